//! The organizations and buckets of an InfluxDB 2, as it lists them to the gate.

use jeton_gate::{Kind, RecordPage, RecordPages, Records};
use jeton_model::{Bucket, Org, OrgId};

use crate::gate::ProxyGate;

impl ProxyGate {
    /// Asks an InfluxDB 2 for its organizations, with the credential of the gate; `None` if it does not tell.
    pub async fn upstream_orgs(&self) -> Option<Vec<Org>> {
        self.records(RecordPages::orgs()).await?.orgs(self.service().now())
    }

    /// Asks an InfluxDB 2 for the buckets of an organization, with the credential of the gate; `None` if it does not
    /// tell.
    pub async fn upstream_buckets(&self, org: OrgId) -> Option<Vec<Bucket>> {
        self.records(RecordPages::buckets(org)).await?.buckets(self.service().now())
    }

    async fn records(&self, mut pages: RecordPages) -> Option<Records> {
        if self.rules().kind() != Kind::Influxdb2 {
            return None;
        }
        loop {
            let answer = self.upstream().list(&pages.target()).await?;
            match pages.read(&answer)? {
                RecordPage::Ask(next) => pages = next,
                RecordPage::Done(records) => return Some(records),
            }
        }
    }
}
