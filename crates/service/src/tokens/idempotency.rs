//! Idempotency keys of forms and requests that create something.

use jeton_model::{
    Error, Timestamp, UserId,
    user::{MAX_NAME, check_text},
};

use crate::transaction::AuditedTransaction;

/// Time after which a key is forgotten, in seconds: longer than a session lasts.
const REMEMBERED_SECONDS: i64 = 24 * 3600;

/// Consumes an idempotency key. API clients may pass `None`: they retry explicitly.
///
/// # Errors
/// [`Error::AlreadyCreated`] for a repeated key; [`Error::TextTooLong`], [`Error::TextNul`]; the database may fail.
pub(crate) async fn spend(change: &mut AuditedTransaction, id: Option<&str>, user: UserId) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    check_text("form", id, MAX_NAME)?;
    let now = change.now;
    let forgotten: Timestamp = now.plus_seconds(-REMEMBERED_SECONDS);
    jeton_store::idempotency_keys::forget_before(change, forgotten).await?;
    if jeton_store::idempotency_keys::spend(change, id, user, now).await? { Ok(()) } else { Err(Error::AlreadyCreated) }
}
