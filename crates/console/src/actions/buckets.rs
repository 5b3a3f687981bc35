//! Actions for the forms of the Buckets page.

use jeton_http::error::ApiError;
use jeton_model::{OrgId, bucket::asked_seconds};
use jeton_service::buckets::{BucketUpdate, RequestedBucket, RequestedRetention};

use crate::{
    forms::{
        buckets::BucketForm,
        flash::Flash,
        outcome::{FormFields, Outcome},
    },
    routes::Buckets,
    ssr::request::Request,
};

/// Runs the form of a dialog. `list`: the address of the list behind the dialog, for the redirect afterwards.
pub(super) async fn perform(
    request: &Request,
    org: OrgId,
    page: Buckets,
    list: String,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let flash = match page {
        Buckets::Create => {
            service.create_bucket(caller, new_bucket(org, fields.into())?).await?;
            Flash::BucketCreated
        }
        Buckets::Edit(id) => {
            service.update_bucket(caller, id, update(fields.into())?).await?;
            Flash::BucketUpdated
        }
        Buckets::Delete(id) => {
            service.delete_bucket(caller, id).await?;
            Flash::BucketDeleted
        }
        Buckets::List => return Err(ApiError::PathNotFound),
    };
    Ok(Outcome::Done { flash, to: list })
}

fn new_bucket(org: OrgId, form: BucketForm) -> Result<RequestedBucket, ApiError> {
    let BucketUpdate { name, description, retention } = update(form)?;
    Ok(RequestedBucket {
        org: Some(org),
        name: name.unwrap_or_default(),
        description: description.unwrap_or_default(),
        retention: retention.unwrap_or_default(),
        ..RequestedBucket::default()
    })
}

fn update(form: BucketForm) -> Result<BucketUpdate, ApiError> {
    let retention = retention(&form)?.map(|requested| vec![requested]);
    let trimmed = |text: String| text.trim().to_owned();
    Ok(BucketUpdate { name: form.name.map(trimmed), description: form.description.map(trimmed), retention })
}

/// Returns the retention that the form requests, or `None` if it equals the displayed one, so that a custom shard
/// duration stays.
fn retention(form: &BucketForm) -> Result<Option<RequestedRetention>, ApiError> {
    let Some(choice) = &form.retention else { return Ok(None) };
    let every = asked_seconds(choice, &form.amount, &form.unit)?;
    if form.shown.as_ref().is_some_and(|shown| *shown == every.to_string()) {
        return Ok(None);
    }
    Ok(Some(RequestedRetention { every: Some(every), shard_group: Some(0) }))
}
