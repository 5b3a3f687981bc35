//! Reads everything from influxd's key-value store (docs/influxdb-compatibility.md §10.6), which holds what the API
//! hides: the hashes of tokens and passwords.

use std::collections::HashMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use jeton_bolt::{Bolt, Bucket as StoreBucket, Entry};
use jeton_client::error::{Failure, Outcome};
use jeton_model::{
    AuthorizationId, Bucket, BucketId, Dbrp, Id, OrgId, Timestamp, UserId,
    bucket::{BucketKind, Retention},
    org::Role,
};
use jeton_service::{
    import::{Holder, Kind, Left, Source, SourceMembership, SourcePassword, SourceSecret, SourceUser},
    orgs::members::Parent,
};

use super::{
    authorization::AuthorizationBody,
    read::each,
    wire::{DbrpBody, Now, OrgBody, TelegrafBody, UserBody},
};

/// The types of resources whose members are imported.
const TYPES: [&str; 4] = ["instance", "orgs", "buckets", "telegrafs"];
const NANOSECONDS: i64 = 1_000_000_000;

/// Reads a store: everything that the API lists, and the hashes.
pub fn source(file: &[u8], now: Now) -> Outcome<Source> {
    let bolt = Bolt::open(file).map_err(|error| Failure::new(error.to_string()))?;
    let buckets = bolt.buckets().map_err(|error| Failure::new(error.to_string()))?;
    let buckets: HashMap<&[u8], StoreBucket<'_>> = buckets.into_iter().collect();
    if !buckets.contains_key(b"organizationsv1".as_slice()) {
        return Err(Failure::new("this BoltDB file is not influxd's: it lists no organizations"));
    }
    Reading { buckets, now, source: Source::default() }.all()
}

struct Reading<'a> {
    /// The buckets of the file by name; finding one in the file reads all of them.
    buckets: HashMap<&'a [u8], StoreBucket<'a>>,
    now: Now,
    source: Source,
}

impl<'a> Reading<'a> {
    fn all(mut self) -> Outcome<Source> {
        let now = self.now;
        let orgs: Vec<OrgBody> = self.records("organizationsv1", Kind::Organization)?;
        self.source.orgs = orgs.into_iter().map(|body| body.into_org(now)).collect();
        let users: Vec<UserBody> = self.records("usersv1", Kind::User)?;
        let users = users.into_iter().map(|body| SourceUser { user: body.into_user(), owns_instance: false });
        self.source.users = users.collect();
        let buckets: Vec<StoredBucket> = self.records("bucketsv1", Kind::Bucket)?;
        self.source.buckets = buckets.into_iter().map(|body| body.into_bucket(now)).collect();
        self.source.dbrps = self.dbrps()?;
        let telegrafs: Vec<TelegrafBody> = self.records("telegrafv1", Kind::Telegraf)?;
        self.source.telegrafs = telegrafs.into_iter().map(|body| body.into_telegraf(now)).collect();
        let tokens: Vec<AuthorizationBody> = self.records("authorizationsv1", Kind::Authorization)?;
        let tokens = tokens.into_iter().filter(|body| !body.is_shadow());
        self.source.authorizations = tokens.map(|body| body.into_token(now)).collect();
        let credentials: Vec<AuthorizationBody> = self.records("legacy/authorizationsv1", Kind::V1Authorization)?;
        self.source.authorizations.extend(credentials.into_iter().map(|body| body.into_credential(now)));
        self.memberships()?;
        self.user_passwords()?;
        self.credential_passwords()?;
        Ok(self.source)
    }

    /// Reads a bucket; none in releases without it.
    fn entries(&self, bucket: &str) -> Outcome<Vec<Entry<'a>>> {
        let Some(found) = self.buckets.get(bucket.as_bytes()) else { return Ok(Vec::new()) };
        found.entries().map_err(|error| Failure::new(error.to_string()))
    }

    /// Reads the JSON values of a bucket; one that is no JSON is left out and reported.
    fn values(&mut self, bucket: &str, kind: Kind) -> Outcome<Vec<Value>> {
        let mut values = Vec::new();
        for (key, value) in self.entries(bucket)? {
            match serde_json::from_slice(value) {
                Ok(value) => values.push(value),
                Err(error) => {
                    let (id, reason) = (text(key), format!("it can't be parsed: {error}"));
                    self.source.unreadable.push(Left { kind, id, name: String::new(), reason, revoked: false });
                }
            }
        }
        Ok(values)
    }

    /// Reads the records of a bucket; one that cannot be parsed is left out and reported.
    fn records<T: DeserializeOwned>(&mut self, bucket: &str, kind: Kind) -> Outcome<Vec<T>> {
        let values = self.values(bucket, kind)?;
        Ok(each(kind, values, &mut self.source.unreadable))
    }

    /// Reads the mappings. The defaults are in a bucket of their own; a mapping's own word may be an old one.
    fn dbrps(&mut self) -> Outcome<Vec<Dbrp>> {
        let bodies: Vec<DbrpBody> = self.records("dbrpv1", Kind::DbrpMapping)?;
        let defaults: HashMap<&[u8], &[u8]> = self.entries("dbrpdefaultv1")?.into_iter().collect();
        let stored = bodies.into_iter().filter(|body| !body.is_virtual).map(DbrpBody::into_dbrp);
        let with_default = stored.map(|dbrp| {
            let database = format!("{}{}", dbrp.org, dbrp.database);
            let default = defaults.get(database.as_bytes()).map(|id| text(id));
            let is_default = default.map_or(dbrp.is_default, |id| id == dbrp.id.to_string());
            Dbrp { is_default, ..dbrp }
        });
        Ok(with_default.collect())
    }

    /// Reads the roles. A role of a user, or in a resource, that is not in the store gives nothing.
    fn memberships(&mut self) -> Outcome {
        let mut values = self.values("userresourcemappingsv1", Kind::Membership)?;
        values.retain(|value| {
            value["mappingType"] != "org" && value["resourceType"].as_str().is_some_and(|kind| TYPES.contains(&kind))
        });
        let mappings: Vec<StoredMapping> = each(Kind::Membership, values, &mut self.source.unreadable);
        let parents = self.parents();
        for StoredMapping { user, role, resource_type, resource } in mappings {
            let Some(found) = self.source.users.iter_mut().find(|found| found.user.id == user) else { continue };
            if resource_type == "instance" {
                found.owns_instance |= role == Role::Owner;
            } else if let Some((parent, name)) = parents.get(&(resource_type.as_str(), resource)) {
                let words = format!("{}, {} of {name}", found.user.name, role.name());
                self.source.memberships.push(SourceMembership { parent: *parent, user, role, words });
            }
        }
        Ok(())
    }

    /// Returns the resources that have members, by type and id, with their names.
    fn parents(&self) -> HashMap<(&'static str, Id), (Parent, String)> {
        let orgs = self.source.orgs.iter();
        let orgs = orgs.map(|org| (("orgs", Id::from(org.id)), (Parent::Org(org.id), org.name.clone())));
        let own = self.source.buckets.iter().filter(|bucket| bucket.kind == BucketKind::User);
        let buckets = own.map(|bucket| {
            (("buckets", Id::from(bucket.id)), (Parent::Bucket(bucket.id), format!("bucket {}", bucket.name)))
        });
        let telegrafs = self.source.telegrafs.iter().map(|one| {
            let name = format!("telegraf configuration {}", one.name);
            (("telegrafs", Id::from(one.id)), (Parent::Telegraf(one.id), name))
        });
        orgs.chain(buckets).chain(telegrafs).collect()
    }

    fn user_passwords(&mut self) -> Outcome {
        let names = self.source.users.iter().map(|one| (Id::from(one.user.id), one.user.name.clone())).collect();
        self.passwords("userspasswordv1", &names, |id| Holder::User(UserId(id)))
    }

    fn credential_passwords(&mut self) -> Outcome {
        let mut names = HashMap::new();
        for one in &self.source.authorizations {
            if let SourceSecret::Username(name) = &one.secret {
                names.insert(Id::from(one.authorization.id), name.clone());
            }
        }
        self.passwords("legacy/authorizationPasswordv1", &names, |id| Holder::Credential(AuthorizationId(id)))
    }

    /// Reads the hashes of a bucket that belong to one of `names`.
    fn passwords(&mut self, bucket: &str, names: &HashMap<Id, String>, holder: fn(Id) -> Holder) -> Outcome {
        for (key, value) in self.entries(bucket)? {
            let id: Option<Id> = text(key).parse().ok();
            let Some((id, name)) = id.and_then(|id| Some((id, names.get(&id)?.clone()))) else { continue };
            self.source.passwords.push(SourcePassword { holder: holder(id), name, hash: text(value).into() });
        }
        Ok(())
    }
}

/// Returns bytes as text; what is not text becomes replacement characters, which no id and no hash contains.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A user's role as it is stored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredMapping {
    #[serde(rename = "userID")]
    user: UserId,
    #[serde(rename = "userType")]
    role: Role,
    resource_type: String,
    #[serde(rename = "resourceID")]
    resource: Id,
}

/// A bucket as it is stored: unlike in the API, durations are in nanoseconds and the type is a number.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredBucket {
    id: BucketId,
    #[serde(rename = "orgID")]
    org: OrgId,
    #[serde(default, rename = "type")]
    kind: i64,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    rp: String,
    #[serde(default)]
    retention_period: i64,
    #[serde(default)]
    shard_group_duration: i64,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl StoredBucket {
    fn into_bucket(self, now: Now) -> Bucket {
        let (every, shard_group) = (self.retention_period / NANOSECONDS, self.shard_group_duration / NANOSECONDS);
        let is_system = self.kind == 1 || self.name.starts_with('_');
        Bucket {
            id: self.id,
            org: self.org,
            kind: if is_system { BucketKind::System } else { BucketKind::User },
            name: self.name,
            description: self.description,
            retention_policy: self.rp,
            // An invalid one is refused later.
            retention: Retention::new(every, shard_group).unwrap_or(Retention { every, shard_group }),
            created_at: self.created_at.unwrap_or(now),
            updated_at: self.updated_at.unwrap_or(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    /// Made by influxd 2.9.1; `crates/bolt/tests/data/influxd-2.9.1.kv.md` describes it.
    const FILE: &[u8] = include_bytes!("../../../../crates/bolt/tests/data/influxd-2.9.1.kv");

    fn read(file: &[u8]) -> Outcome<Source> {
        source(file, Timestamp::from_micros(0))
    }

    /// Returns the file with other bytes of the same length, also in pages that are no longer in use.
    fn replaced<const N: usize>(from: &[u8; N], to: &[u8; N]) -> Vec<u8> {
        let mut file = FILE.to_vec();
        for at in 0..file.len() - N {
            if file[at..at + N] == *from {
                file[at..at + N].copy_from_slice(to);
            }
        }
        assert_ne!(file, FILE);
        file
    }

    #[test]
    fn influxds_records_are_read_whole() {
        let source = read(FILE).unwrap();
        assert!(source.unreadable.is_empty());
        let owners: Vec<_> = source.users.iter().map(|one| (one.user.name.as_str(), one.owns_instance)).collect();
        assert_eq!(owners, [("alice", true), ("bob", false), ("eve", false)]);
        let words: Vec<_> = source.memberships.iter().map(|one| one.words.as_str()).collect();
        assert_eq!(words, ["alice, owner of acme", "bob, member of acme", "alice, owner of other"]);
        let bucket = source.buckets.iter().find(|bucket| bucket.name == "iot-center").expect("the bucket");
        assert_eq!((bucket.kind, bucket.retention), (BucketKind::User, Retention::FOREVER));
        let system = source.buckets.iter().filter(|bucket| bucket.kind == BucketKind::System);
        assert_eq!(system.map(|bucket| bucket.retention.every).max(), Some(604_800));
        assert_eq!((source.orgs.len(), source.telegrafs[0].config.as_str()), (2, "[agent]\n"));
        assert!(source.dbrps[0].is_default);
        let hashes = source.authorizations.iter().filter(|one| matches!(one.secret, SourceSecret::Hashed(_)));
        assert_eq!((hashes.count(), source.authorizations.len()), (4, 5));
        let names: Vec<_> = source.passwords.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["alice", "bob", "hall3"], "eve has none");
        assert!(source.passwords.iter().all(|one| one.hash.expose_secret().starts_with("$2a$10$")));
    }

    #[test]
    fn a_record_that_is_damaged_is_reported_and_the_others_are_read() {
        let source = read(&replaced(b"{\"id\":\"2751034c", b"?\"id\":\"2751034c")).unwrap();
        assert_eq!((source.orgs.len(), source.unreadable.len()), (1, 1));
        assert_eq!(
            (source.unreadable[0].kind, source.unreadable[0].id.as_str()),
            (Kind::Organization, "2751034ca3b7d82e")
        );
    }

    #[test]
    fn other_files_are_refused() {
        let said = |file: &[u8]| read(file).err().expect("an error").to_string();
        assert_eq!(said(b"{}"), "this is not a BoltDB file");
        assert!(said(&FILE[..FILE.len() / 2]).contains("cut off"));
        let other = replaced(b"organizationsv1", b"organizationsv2");
        assert!(said(&other).contains("is not influxd's"), "{}", said(&other));
    }
}
