//! The lists of the organizations and buckets of an InfluxDB 2: the requests for their pages, and the parsing of the
//! answers.

use std::collections::BTreeSet;

use jeton_model::{Bucket, Org, OrgId, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::records::{BucketBody, OrgBody};

/// Maximum number of items of a page (docs/influxdb-compatibility.md §1.8).
const PAGE: usize = 100;
/// Maximum number of items of a list.
const MOST: usize = 100_000;
/// Maximum number of bytes of the pages of a list: each is kept in memory until the last one was read.
const MOST_BYTES: usize = 128 * 1024 * 1024;

/// A list that is requested page by page, on the gate's own behalf.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordPages {
    /// The path, and the part of the query string that selects the items.
    selection: String,
    /// The member of the answer that contains the items.
    member: &'static str,
    offset: usize,
    /// Number of bytes of the pages so far.
    bytes: usize,
    items: Vec<Value>,
    /// The ids of the items.
    ids: BTreeSet<String>,
}

/// The next step of reading a list.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordPage {
    /// A request for another page.
    Ask(RecordPages),
    /// The complete list.
    Done(Records),
}

/// The records of a complete list.
#[derive(Clone, Debug, PartialEq)]
pub struct Records(Vec<Value>);

impl RecordPages {
    /// Returns the list of the organizations.
    pub fn orgs() -> Self {
        Self::of("/api/v2/orgs?".into(), "orgs")
    }

    /// Returns the list of the buckets of an organization.
    pub fn buckets(org: OrgId) -> Self {
        Self::of(format!("/api/v2/buckets?orgID={org}&"), "buckets")
    }

    fn of(selection: String, member: &'static str) -> Self {
        Self { selection, member, offset: 0, bytes: 0, items: Vec::new(), ids: BTreeSet::new() }
    }

    /// Returns the target of the next GET request.
    pub fn target(&self) -> String {
        format!("{}limit={PAGE}&offset={}", self.selection, self.offset)
    }

    /// Parses the answer with a page; `None` if it is not valid, or if the list is too long. A page with nothing new is
    /// the last one.
    pub fn read(mut self, body: &[u8]) -> Option<RecordPage> {
        let mut answer: Value = serde_json::from_slice(body).ok()?;
        let page = match answer.get_mut(self.member)?.take() {
            Value::Array(page) => page,
            Value::Null => Vec::new(),
            _ => return None,
        };
        let before = self.items.len();
        for item in page {
            let id = item.get("id")?.as_str()?.to_owned();
            if self.ids.insert(id) {
                self.items.push(item);
            }
        }
        if self.items.len() == before {
            return Some(RecordPage::Done(Records(self.items)));
        }
        self.offset += PAGE;
        self.bytes += body.len();
        (self.items.len() <= MOST && self.bytes <= MOST_BYTES).then_some(RecordPage::Ask(self))
    }
}

impl Records {
    /// Returns the organizations; `None` if one of them is not valid. `now`: their times, where the database tells
    /// none.
    pub fn orgs(self, now: Timestamp) -> Option<Vec<Org>> {
        Some(self.parsed::<OrgBody>()?.into_iter().map(|body| body.into_org(now)).collect())
    }

    /// Returns the buckets; `None` if one of them is not valid. `now`: their times, where the database tells none.
    pub fn buckets(self, now: Timestamp) -> Option<Vec<Bucket>> {
        Some(self.parsed::<BucketBody>()?.into_iter().map(|body| body.into_bucket(now)).collect())
    }

    fn parsed<T: DeserializeOwned>(self) -> Option<Vec<T>> {
        self.0.into_iter().map(|item| serde_json::from_value(item).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(0);

    fn page(ids: std::ops::Range<u64>) -> Vec<u8> {
        let orgs: Vec<Value> = ids.map(|id| serde_json::json!({"id": format!("{id:016x}"), "name": "o"})).collect();
        serde_json::json!({ "orgs": orgs }).to_string().into_bytes()
    }

    #[test]
    fn a_list_is_read_to_its_last_page() {
        let first = RecordPages::orgs();
        assert_eq!(first.target(), "/api/v2/orgs?limit=100&offset=0");
        let Some(RecordPage::Ask(second)) = first.read(&page(1..101)) else { panic!("a second page") };
        assert_eq!(second.target(), "/api/v2/orgs?limit=100&offset=100");
        // Without pages, the second one repeats the first one.
        let Some(RecordPage::Ask(third)) = second.clone().read(&page(100..151)) else { panic!("a third page") };
        for (last, length) in [(second.read(&page(1..101)), 100), (third.read(br#"{"orgs":null}"#), 150)] {
            let Some(RecordPage::Done(records)) = last else { panic!("the list") };
            assert_eq!(records.orgs(NOW).unwrap().len(), length);
        }
    }

    /// A page has at most the bytes of one answer, but a list has any number of pages.
    #[test]
    fn a_list_of_too_many_bytes_is_none() {
        let (first, bytes) = (page(1..2), page(1..2).len());
        for (before, after) in [(0, Some(bytes)), (MOST_BYTES - bytes, Some(MOST_BYTES)), (MOST_BYTES, None)] {
            let read = RecordPages { bytes: before, ..RecordPages::orgs() }.read(&first);
            let next = read.map(|page| if let RecordPage::Ask(next) = page { next.bytes } else { 0 });
            assert_eq!(next, after);
        }
    }

    #[test]
    fn a_list_with_an_unknown_form_is_none() {
        for body in
            [&b""[..], b"{}", b"[]", br#"{"orgs":{}}"#, br#"{"orgs":[{"name":"o"}]}"#, br#"{"orgs":[{"id":1}]}"#]
        {
            assert_eq!(RecordPages::orgs().read(body), None);
        }
        let Some(RecordPage::Ask(next)) = RecordPages::orgs().read(br#"{"orgs":[{"id":"x","name":"o"}]}"#) else {
            panic!("a second page")
        };
        let Some(RecordPage::Done(records)) = next.read(br#"{"orgs":[]}"#) else { panic!("the list") };
        assert_eq!(records.orgs(NOW), None, "an id has 16 digits");
    }

    #[test]
    fn buckets_keep_their_ids_and_retention() {
        let org: OrgId = "48c88459ee424a04".parse().unwrap();
        let first = RecordPages::buckets(org);
        assert_eq!(first.target(), "/api/v2/buckets?orgID=48c88459ee424a04&limit=100&offset=0");
        let listed = br#"{"buckets":[{"id":"dd7cd2292f6e974a","orgID":"48c88459ee424a04","type":"user","name":"b1",
            "retentionRules":[{"type":"expire","everySeconds":86400,"shardGroupDurationSeconds":3600}],
            "createdAt":"2021-07-08T09:10:11.123456789Z","updatedAt":"2021-07-08T09:10:11.123456789Z"}]}"#;
        let Some(RecordPage::Ask(next)) = first.read(listed) else { panic!("a second page") };
        let Some(RecordPage::Done(records)) = next.read(br#"{"buckets":[]}"#) else { panic!("the list") };
        let [bucket] = <[Bucket; 1]>::try_from(records.buckets(NOW).unwrap()).unwrap();
        assert_eq!((bucket.id.to_string().as_str(), bucket.org), ("dd7cd2292f6e974a", org));
        assert_eq!((bucket.retention.every, bucket.retention.shard_group), (86_400, 3600));
        assert!(bucket.created_at > NOW);
    }
}
