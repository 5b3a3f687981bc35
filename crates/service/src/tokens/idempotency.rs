//! Idempotency keys of forms and requests that create something.

use jeton_model::{IdempotencyKey, Timestamp, UserId};

use crate::{Error, error::CreationError, transaction::AuditedTransaction};

/// Time after which a key is forgotten, in seconds: longer than a session lasts.
const REMEMBERED_SECONDS: i64 = 24 * 3600;

/// Consumes an idempotency key. API clients may pass `None`: they retry explicitly.
///
/// # Errors
/// [`CreationError::AlreadyCreated`] for a repeated key; the database may fail.
pub(crate) async fn spend(
    change: &mut AuditedTransaction,
    key: Option<&IdempotencyKey>,
    user: UserId,
) -> Result<(), Error> {
    let Some(key) = key else { return Ok(()) };
    let now = change.now;
    let forgotten: Timestamp = now.plus_seconds(-REMEMBERED_SECONDS);
    jeton_store::idempotency_keys::forget_before(change, forgotten).await?;
    if jeton_store::idempotency_keys::spend(change, key.as_str(), user, now).await? {
        Ok(())
    } else {
        Err(Error::Creation(CreationError::AlreadyCreated))
    }
}
