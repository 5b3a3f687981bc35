//! Reports of leaked tokens: possession of a token entitles a caller to revoke it.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
};

use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    Authorization, AuthorizationId, Liveness, Status,
    leaked::{Finding, LeakOutcome, Suspect, check_number, suspects},
    token::TokenHash,
};
use jeton_store::lineage::{Page, PageStart};

use crate::{
    Caller, Error, Service,
    audit::{Event, detail::token_changes::AuthorizationLeaked},
    auth::credential_status::{CredentialStatus, InvalidReason, PresentedFrom, credential_status},
    error::AuthError,
    transaction::AuditedTransaction,
};

use super::{access::check_readable, later_than, search_keys::keys};

/// Maximum number of descendants that a finding names.
const NAMED: i64 = 100;
/// Maximum number of strings per hour that clients of one origin may report.
pub(crate) const STRINGS_AN_HOUR: usize = 50_000;
/// Number of strings that a report counts as at least.
pub(crate) const STRINGS_AT_LEAST: usize = 50;

/// The content of a report.
pub enum Reported {
    /// Strings, with a finding for each.
    Tokens(Vec<SecretString>),
    /// A text that may contain tokens, such as a pasted log.
    Text(SecretString),
}

impl Service {
    /// Looks up each reported string and deactivates the tokens that would work. The caller needs a live credential,
    /// but no permission. A repeated token is reported as dead.
    ///
    /// # Errors
    /// [`AuthError::TokenInactive`], `ValidationError::ReportTooLong`, [`AuthError::TooManyAttempts`]; the database may fail.
    pub async fn report_leaked(&self, caller: &Caller, reported: &Reported) -> Result<Vec<Finding>, Error> {
        if caller.inactive {
            return Err(Error::Auth(AuthError::TokenInactive));
        }
        let suspects = match reported {
            Reported::Tokens(tokens) => {
                check_number(tokens.len())?;
                tokens.iter().map(|token| Suspect::listed(token.expose_secret())).collect()
            }
            Reported::Text(text) => suspects(text.expose_secret())?,
        };
        self.0.reports.spend(caller.client.origin(), suspects.len(), self.now())?;
        let known = self.known(&suspects).await?;
        let fates = self.deactivate(caller, known.iter().flatten().copied().collect()).await?;
        let mut findings = findings(&suspects, &known, &fates);
        self.add_descendants(caller, &mut findings).await?;
        Ok(findings)
    }

    /// Adds the number of live descendants to each finding, and ids only as far as the caller may read them.
    async fn add_descendants(&self, caller: &Caller, findings: &mut [Finding]) -> Result<(), Error> {
        let now = self.now();
        let visible = caller.visible();
        let mut reader = self.read().await?;
        let part = Page { visible: Some(&visible), only_live: true, start: PageStart::After(None), limit: NAMED };
        for finding in findings {
            let Some(id) = finding.id else { continue };
            finding.live_descendants = jeton_store::lineage::count(&mut reader, id, now).await?.live;
            if finding.live_descendants > 0 {
                let found = jeton_store::lineage::list(&mut reader, id, part, now).await?;
                finding.descendants = found.into_iter().map(|one| one.authorization.id).collect();
            }
            let found = jeton_store::authorizations::by_id(&mut reader, id).await?;
            finding.id = found.filter(|one| check_readable(caller, one).is_ok()).map(|one| one.id);
        }
        Ok(())
    }

    /// The authorization of each string that is a token.
    async fn known(&self, suspects: &[Suspect<'_>]) -> Result<Vec<Option<AuthorizationId>>, Error> {
        let hash = |text: Cow<'_, str>| TokenHash::of(&text);
        let hashes: Vec<Vec<TokenHash>> =
            suspects.iter().map(|suspect| suspect.spellings().map(hash).collect()).collect();
        let all: Vec<TokenHash> = hashes.iter().flatten().cloned().collect();
        let known = jeton_store::hash_lookup::known(&mut *self.read().await?, &all).await?;
        let known: HashMap<String, AuthorizationId> = known.into_iter().collect();
        let of = |hashes: &Vec<TokenHash>| hashes.iter().find_map(|hash| known.get(hash.as_str()).copied());
        Ok(hashes.iter().map(of).collect())
    }

    /// Deactivates those that would work; one that is missing in the result was deleted meanwhile.
    async fn deactivate(
        &self,
        caller: &Caller,
        known: BTreeSet<AuthorizationId>,
    ) -> Result<HashMap<AuthorizationId, LeakOutcome>, Error> {
        let mut fates = HashMap::new();
        if known.is_empty() {
            return Ok(fates);
        }
        let (mut change, _) = self.begin(caller).await?;
        for id in known {
            let Some(authorization) = jeton_store::authorizations::by_id(&mut change, id).await? else { continue };
            let fate = if may_ever_work(&mut change, &authorization).await? {
                LeakOutcome::Deactivated
            } else {
                LeakOutcome::AlreadyDead
            };
            // An inactive token must not be activated again either.
            if fate == LeakOutcome::Deactivated || authorization.liveness(change.now) == Liveness::Inactive {
                mark(&mut change, authorization).await?;
            }
            fates.insert(id, fate);
        }
        change.commit().await?;
        Ok(fates)
    }
}

/// Returns whether a token works from anywhere, or will once its owner is active again.
async fn may_ever_work(change: &mut AuditedTransaction, authorization: &Authorization) -> Result<bool, Error> {
    let now = change.now;
    Ok(match credential_status(change, authorization, PresentedFrom::Anywhere, now).await? {
        CredentialStatus::Live(_) => true,
        CredentialStatus::Invalid(InvalidReason::OwnerInactive) => authorization.liveness(now) == Liveness::Live,
        CredentialStatus::Inactive(_) | CredentialStatus::Invalid(_) => false,
    })
}

/// Deactivates a token permanently.
async fn mark(change: &mut AuditedTransaction, before: Authorization) -> Result<(), Error> {
    let updated_at = later_than(before.updated_at, change.now);
    let leaked_at = Some(change.now);
    let after = Authorization { status: Status::Inactive, leaked_at, updated_at, ..before.clone() };
    jeton_store::authorizations::update(change, &after, &keys(&after)).await?;
    let detail = AuthorizationLeaked::of(&before, &after);
    change.record(Event::AuthorizationLeaked, Some(after.org), after.id, detail).await
}

fn findings(
    suspects: &[Suspect<'_>],
    known: &[Option<AuthorizationId>],
    fates: &HashMap<AuthorizationId, LeakOutcome>,
) -> Vec<Finding> {
    let mut told = HashSet::new();
    let mut findings = Vec::new();
    for (suspect, known) in suspects.iter().zip(known) {
        let fate = match known.and_then(|id| fates.get(&id).map(|fate| (id, *fate))) {
            Some((id, fate)) => Some(if told.insert(id) { fate } else { LeakOutcome::AlreadyDead }),
            None => suspect.unless_known(),
        };
        if let Some(fate) = fate {
            let id = known.filter(|id| fates.contains_key(id));
            findings.push(Finding { id, ..suspect.finding(findings.len(), fate) });
        }
    }
    findings
}
