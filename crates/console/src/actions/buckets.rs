//! Actions for the forms of the Buckets page.

use jeton_http::error::ApiError;
use jeton_model::{OrgId, bucket::asked_seconds};
use jeton_service::buckets::{AskedBucket, AskedRetention, BucketUpdate};

use crate::{
    forms::{
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
            service.create_bucket(caller, new_bucket(org, fields)?).await?;
            Flash::BucketCreated
        }
        Buckets::Edit(id) => {
            service.update_bucket(caller, id, update(fields)?).await?;
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

fn new_bucket(org: OrgId, fields: &FormFields) -> Result<AskedBucket, ApiError> {
    let text = |name| fields.get(name).unwrap_or_default().trim().to_owned();
    Ok(AskedBucket {
        org: Some(org),
        name: text("name"),
        description: text("description"),
        retention: retention(fields)?.into_iter().collect(),
        ..AskedBucket::default()
    })
}

fn update(fields: &FormFields) -> Result<BucketUpdate, ApiError> {
    let text = |name| fields.get(name).map(|text| text.trim().to_owned());
    Ok(BucketUpdate {
        name: text("name"),
        description: text("description"),
        retention: retention(fields)?.map(|asked| vec![asked]),
    })
}

/// Returns the retention that the form requests, or `None` if it equals the displayed one, so that a custom shard
/// duration stays.
fn retention(fields: &FormFields) -> Result<Option<AskedRetention>, ApiError> {
    let Some(choice) = fields.get("retention") else { return Ok(None) };
    let given = |name| fields.get(name).unwrap_or_default();
    let every = asked_seconds(choice, given("amount"), given("unit"))?;
    if fields.get("shown").is_some_and(|shown| shown == every.to_string()) {
        return Ok(None);
    }
    Ok(Some(AskedRetention { every: Some(every), shard_group: Some(0) }))
}
