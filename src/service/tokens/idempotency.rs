//! Forms that were sent twice.

use crate::{
    model::{
        Error, Timestamp, UserId,
        user::{MAX_NAME, check_text},
    },
    service::transaction::AuditedTransaction,
    store,
};

/// How long a form's id is remembered: longer than a session lives.
const REMEMBERED_SECONDS: i64 = 24 * 3600;

/// Lets a form through once. `id`: from the page that showed the form; `None` from programs, which say it themselves.
pub(crate) async fn spend(change: &mut AuditedTransaction, id: Option<&str>, user: UserId) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    check_text("form", id, MAX_NAME)?;
    let now = change.now;
    let forgotten: Timestamp = now.plus_seconds(-REMEMBERED_SECONDS);
    store::idempotency_keys::forget_before(change, forgotten).await?;
    if store::idempotency_keys::spend(change, id, user, now).await? { Ok(()) } else { Err(Error::AlreadyCreated) }
}
