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

/// Time in seconds within which the user of a token notices that somebody else rotated it.
const NOTICED_WITHIN: i64 = 7 * 86_400;

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
    /// [`AuthError::TokenInactive`], `ValidationError::ReportTooLong`, [`AuthError::TooManyAttempts`]; the database may
    /// fail.
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

    /// The authorizations of each string that is a token: two, if it was stored as SHA-256 and imported as SHA-512.
    async fn known(&self, suspects: &[Suspect<'_>]) -> Result<Vec<Vec<AuthorizationId>>, Error> {
        let hash = |text: Cow<'_, str>| TokenHash::all_of(&text);
        let hashes: Vec<Vec<TokenHash>> =
            suspects.iter().map(|suspect| suspect.spellings().flat_map(hash).collect()).collect();
        let all: Vec<TokenHash> = hashes.iter().flatten().cloned().collect();
        let known = jeton_store::hash_lookup::known(&mut *self.read().await?, &all).await?;
        let known: HashMap<String, AuthorizationId> = known.into_iter().collect();
        let of = |hashes: &Vec<TokenHash>| hashes.iter().filter_map(|hash| known.get(hash.as_str()).copied()).collect();
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
        let (mut change, _) = self.begin_alone(caller).await?;
        for id in known {
            let Some(authorization) = jeton_store::authorizations::by_id(&mut change, id).await? else { continue };
            let outcome = deactivate_one(&mut change, authorization).await?;
            fates.insert(id, outcome);
            deactivate_renewals(&mut change, id, outcome).await?;
        }
        change.commit().await?;
        Ok(fates)
    }
}

/// Deactivates a token that would work. An inactive token must not be activated again either.
async fn deactivate_one(change: &mut AuditedTransaction, authorization: Authorization) -> Result<LeakOutcome, Error> {
    let works = may_ever_work(change, &authorization).await?;
    if works || authorization.liveness(change.now) == Liveness::Inactive {
        mark(change, authorization).await?;
    }
    Ok(if works { LeakOutcome::Deactivated } else { LeakOutcome::AlreadyDead })
}

/// Deactivates the tokens into which a reported one rotated itself: whoever found it may have done that. Those of a
/// string that was dead already are spared if the rotation is long ago, because a token that rotates itself leaves many
/// dead strings behind, and its user would have noticed.
async fn deactivate_renewals(
    change: &mut AuditedTransaction,
    reported: AuthorizationId,
    outcome: LeakOutcome,
) -> Result<(), Error> {
    let mut predecessor = reported;
    while let Some(id) = jeton_store::rotations::successor(change, predecessor).await? {
        let Some(successor) = jeton_store::authorizations::by_id(change, id).await? else { break };
        let age = change.now.seconds_since(successor.created_at);
        let is_old = outcome == LeakOutcome::AlreadyDead && predecessor == reported && age > NOTICED_WITHIN;
        if successor.created_with != Some(predecessor) || is_old {
            break;
        }
        deactivate_one(change, successor).await?;
        predecessor = id;
    }
    Ok(())
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
    known: &[Vec<AuthorizationId>],
    fates: &HashMap<AuthorizationId, LeakOutcome>,
) -> Vec<Finding> {
    let mut reported = HashSet::new();
    let mut findings = Vec::new();
    for (suspect, known) in suspects.iter().zip(known) {
        let found = known.iter().filter_map(|id| fates.get(id).map(|fate| (*id, *fate)));
        let found = found.max_by_key(|(_, fate)| *fate == LeakOutcome::Deactivated);
        let fate = match found {
            Some((id, fate)) => Some(if reported.insert(id) { fate } else { LeakOutcome::AlreadyDead }),
            None => suspect.unless_known(),
        };
        if let Some(fate) = fate {
            let id = found.map(|(id, _)| id);
            findings.push(Finding { id, ..suspect.finding(findings.len(), fate) });
        }
    }
    findings
}
