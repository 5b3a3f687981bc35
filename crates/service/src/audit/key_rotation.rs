//! The rotation of the audit key.

use std::io;

use jeton_store::audit::{Anchor, anchor, set_anchor, set_key_check};

use crate::{AuditKey, Error, Offline};

use super::{
    Event,
    detail::log::{KeyAdopted, KeyRotated},
    verify::{Fault, check, sign},
};

/// The reason why the audit key was not rotated.
#[derive(Debug, thiserror::Error)]
pub enum KeyRotationError {
    /// The log is broken, and the new key would vouch for what is in it.
    #[error("the audit log is NOT intact: {0}; a new key would vouch for it")]
    Broken(Fault),
    /// The new key could not be kept.
    #[error("the new audit key can't be kept: {0}")]
    NotKept(io::Error),
    /// An operation failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Offline {
    /// Continues the chain with another key, in one transaction: the old key signs an entry that names the new one, the
    /// new key signs one that names the old, and it signs the place where the chain begins.
    ///
    /// `keep`: keeps the new key so that it survives a crash. It is called under the write lock, once nothing but the
    /// commit is left: of two rotations at the same time, the one that is refused does not replace the key that the
    /// other has kept.
    ///
    /// Nothing may be changed through this service afterwards, which still has the old key.
    ///
    /// # Errors
    /// [`KeyRotationError::Broken`] if the log is not intact, [`KeyRotationError::NotKept`] if `keep` fails; the
    /// database may fail.
    pub async fn rotate_audit_key(
        &self,
        new: &AuditKey,
        keep: impl FnOnce() -> io::Result<()> + Send,
    ) -> Result<(), KeyRotationError> {
        let old = &self.service.0.audit_key;
        let checked = check(self.service.store(), old, &[]).await?;
        if let Some(fault) = checked.fault.filter(Fault::is_tampering) {
            return Err(KeyRotationError::Broken(fault));
        }
        let (old_check, new_check) = (old.check(), new.check());
        let mut change = self.service.begin_job().await?;
        change.record_without_subject(Event::AuditKeyRotated, None, KeyRotated { new_key: &new_check }).await?;
        change.continue_with(new.clone());
        change.record_without_subject(Event::AuditKeyAdopted, None, KeyAdopted { old_key: &old_check }).await?;
        if let Some(begin) = anchor(&mut change).await.map_err(Error::from)? {
            let signature = sign(new, begin.seq, &begin.hash, begin.at);
            set_anchor(&mut change, &Anchor { signature, ..begin }).await.map_err(Error::from)?;
        }
        set_key_check(&mut change, &new_check).await.map_err(Error::from)?;
        keep().map_err(KeyRotationError::NotKept)?;
        Ok(change.commit().await?)
    }
}
