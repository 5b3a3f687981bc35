//! Actions for the forms of the Telegraf page.

use jeton_http::error::ApiError;
use jeton_model::{OrgId, telegraf_config::without_tokens};
use jeton_service::telegrafs::console::BegunTelegraf;

use crate::{
    forms::{
        flash::Flash,
        outcome::{FormFields, Outcome},
        telegrafs::{NewTelegrafForm, TelegrafNameForm, TelegrafTextForm},
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
    let (flash, to) = match page {
        Telegrafs::Create => {
            let TelegrafNameForm { name, description } = fields.into();
            let NewTelegrafForm { bucket, config: text } = fields.into();
            let begun = BegunTelegraf { name, description, text, bucket, base_url: request.base_url() };
            let key = fields.idempotency_key()?;
            let telegraf = service.begin_telegraf(caller, org, begun, key.as_ref()).await?;
            (Flash::TelegrafCreated, Telegrafs::Show(telegraf.id))
        }
        Telegrafs::Show(id) => {
            let TelegrafTextForm { config, replace } = fields.into();
            let config = if replace { without_tokens(&config) } else { config };
            service.save_telegraf_text(caller, id, &config).await?;
            (Flash::TelegrafSaved, page)
        }
        Telegrafs::Rename(id) => {
            let TelegrafNameForm { name, description } = fields.into();
            service.rename_telegraf(caller, id, &name, &description).await?;
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
