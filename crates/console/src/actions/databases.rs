//! Actions for the forms of the Databases page.

use jeton_http::{error::ApiError, gates::Place};
use jeton_model::{
    BucketId, OrgId, Timestamp,
    binding::{Confirmation, ConfirmationOutcome},
};
use jeton_service::gates::ShownGate;

use crate::{
    forms::{
        databases::{BindForm, BoundForm, ConfirmAllForm},
        flash::Flash,
        outcome::{FormFields, Outcome},
    },
    routes::{Databases, PageRoute as _},
    ssr::request::Request,
};

/// Runs a form of the drawer or of a dialog. On success, each redirects to the drawer.
pub(super) async fn perform(
    request: &Request,
    org: OrgId,
    page: Databases,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    let (state, caller) = (request.state(), request.caller()?);
    let (flash, gate) = match page {
        Databases::Bind(gate) => {
            bind(request, gate.as_str(), fields.into()).await?;
            (Flash::BucketBound, gate)
        }
        Databases::Unbind(gate) => {
            request.service().unbind_bucket(caller, gate.as_str(), bucket(fields)?).await?;
            (Flash::BucketUnbound, gate)
        }
        Databases::Confirm(gate) => {
            state.confirm(caller, gate.as_str(), bucket(fields)?).await?;
            (Flash::BucketConfirmed, gate)
        }
        Databases::ConfirmAll(gate) => {
            let shown = shown(org, fields.into());
            (confirmed(&state.confirm_all(caller, gate.as_str(), Some(&shown)).await?), gate)
        }
        Databases::Sync(gate) => {
            state.compare(caller, gate.as_str()).await?;
            (Flash::GateCompared, gate)
        }
        Databases::List | Databases::Show(_) => return Err(ApiError::PathNotFound),
    };
    Ok(Outcome::Done { flash, to: Databases::Show(gate).address(org, &[]) })
}

async fn bind(request: &Request, gate: &str, form: BindForm) -> Result<(), ApiError> {
    let (state, caller) = (request.state(), request.caller()?);
    let found = state.gate(caller, gate).await?;
    let bucket = request.service().bucket_to_bind(caller, &found, form.bucket.trim()).await?;
    let policy = form.policy.map(|policy| policy.trim().to_owned()).filter(|policy| !policy.is_empty());
    state.bind(caller, gate, Place { bucket, database: form.database.trim().to_owned(), policy }).await?;
    Ok(())
}

/// Returns what the page showed of a gate. A form without it confirms nothing: no gate has an empty upstream.
fn shown(org: OrgId, form: ConfirmAllForm) -> ShownGate {
    let last_suspended = form.last_suspended.and_then(|micros| i64::try_from(micros).ok()).map(Timestamp::from_micros);
    ShownGate { org, upstream: form.upstream, last_suspended }
}

/// Returns the message about the outcomes for all suspended buckets.
fn confirmed(all: &[Confirmation]) -> Flash {
    let number = all.iter().filter(|one| one.outcome == ConfirmationOutcome::Confirmed).count();
    if number == all.len() {
        Flash::BucketsConfirmed
    } else if number > 0 {
        Flash::SomeBucketsConfirmed
    } else {
        Flash::NoBucketConfirmed
    }
}

fn bucket(fields: &FormFields) -> Result<BucketId, ApiError> {
    let form = BoundForm::from(fields);
    form.bucket.parse().map_err(|_| ApiError::field(BoundForm::BUCKET, "Choose a bucket."))
}
