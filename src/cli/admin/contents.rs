//! A sentence about the content of a backup.

use crate::server::backup::{AuditHead, Counts};

/// Returns the numbers of records, and the last entry of the audit log.
pub fn contents(counts: &Counts, head: &AuditHead) -> String {
    let tokens = count(counts.authorizations, "token", "tokens and 1.x credentials");
    let log = match head.seq {
        0 => "an empty audit log".to_owned(),
        seq => format!("the audit log up to {seq}:{}", head.hash),
    };
    format!(
        "{tokens}, {}, {}, {}, and {log}",
        count(counts.users, "user", "users"),
        count(counts.organizations, "organization", "organizations"),
        count(counts.buckets, "bucket", "buckets"),
    )
}

fn count(number: i64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
