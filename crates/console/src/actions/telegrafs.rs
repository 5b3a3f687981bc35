//! Actions for the forms of the Telegraf page.

use jeton_http::error::ApiError;
use jeton_model::{OrgId, telegraf_config::without_tokens};
use jeton_service::telegrafs::console::BegunTelegraf;

use crate::{
    forms::{
        flash::Flash,
        outcome::{FormFields, Outcome},
    },
    routes::{PageRoute as _, Telegrafs},
    ssr::request::Request,
};

pub(super) async fn perform(
    request: &Request,
    org: OrgId,
    page: Telegrafs,
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    let (service, caller) = (request.service(), request.caller()?);
    let text = |name| fields.get(name).unwrap_or_default();
    let (flash, to) = match page {
        Telegrafs::Create => {
            let begun = BegunTelegraf {
                name: text("name").into(),
                description: text("description").into(),
                text: text("config").into(),
                bucket: text("bucket").into(),
                origin: request.origin(),
            };
            let key = fields.idempotency_key()?;
            let telegraf = service.begin_telegraf(caller, org, begun, key.as_ref()).await?;
            (Flash::TelegrafCreated, Telegrafs::Show(telegraf.id))
        }
        Telegrafs::Show(id) => {
            let typed = text("config");
            let config = if fields.get("replace").is_some() { without_tokens(typed) } else { typed.to_owned() };
            service.save_telegraf_text(caller, id, &config).await?;
            (Flash::TelegrafSaved, page)
        }
        Telegrafs::Rename(id) => {
            service.rename_telegraf(caller, id, text("name"), text("description")).await?;
            (Flash::TelegrafSaved, Telegrafs::Show(id))
        }
        Telegrafs::Delete(id) => {
            service.delete_telegraf(caller, id).await?;
            (Flash::TelegrafDeleted, Telegrafs::List)
        }
        Telegrafs::List => return Err(ApiError::PathNotFound),
    };
    Ok(Outcome::Done { flash, to: to.address(org, &[]) })
}
