//! Records of deletions and removals, which imports consult. Unlike the audit log, tombstones are never trimmed.

use serde_json::Value;

use jeton_model::{Id, OrgId, UserId};
use jeton_store::Connection;

use crate::Error;

use super::Event;

/// Writes the tombstone of an entry about a deletion or a removal; does nothing for any other entry.
///
/// # Errors
/// The database may fail.
pub(crate) async fn write(
    connection: &mut Connection,
    event: Event,
    subject: Option<Id>,
    detail: &Value,
) -> Result<(), Error> {
    let Some(subject) = subject else { return Ok(()) };
    if event.is_deletion() {
        jeton_store::tombstones::insert(connection, event.subject_type(), subject).await?;
    } else if let (Event::MemberRemoved, Some(user)) = (event, removed_user(detail)) {
        jeton_store::tombstones::insert_removed_member(connection, OrgId(subject), user).await?;
    }
    Ok(())
}

/// Returns whether something has the tombstone of a deletion.
///
/// # Errors
/// The database may fail.
pub(crate) async fn is_deleted(connection: &mut Connection, event: Event, id: Id) -> Result<bool, Error> {
    Ok(jeton_store::tombstones::contains(connection, event.subject_type(), id).await?)
}

/// Returns whether a user lost a role in an organization, or in something of it.
///
/// # Errors
/// The database may fail.
pub(crate) async fn is_removed(connection: &mut Connection, org: OrgId, user: UserId) -> Result<bool, Error> {
    if jeton_store::tombstones::contains_removed_member(connection, org, user).await? {
        return Ok(true);
    }
    let earlier = jeton_store::tombstones::earlier_removals(connection, org).await?;
    let details = earlier.iter().filter_map(|detail| serde_json::from_str::<Value>(detail).ok());
    Ok(details.filter_map(|detail| removed_user(&detail)).any(|removed| removed == user))
}

fn removed_user(detail: &Value) -> Option<UserId> {
    detail["user"].as_str()?.parse().ok()
}
