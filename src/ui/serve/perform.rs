//! What each form does: read its fields, call one operation of the service, say what came of it.

use secrecy::{ExposeSecret, SecretString};

use crate::{
    model::{
        Action, AuthorizationId, Error, OrgId, ResourceType,
        describe::Summary,
        grant::Breadth,
        selection::{Pick, Selection},
    },
    server::cookie,
    service::{
        authorizations::{AuthorizationUpdate, Created},
        sessions::Kind,
        setup::SetUp,
    },
    ui::{
        address::{self, Tokens},
        answer::{CreatedToken, Fields, Outcome},
        request::Request,
    },
};

/// What came of a form, and the cookie that goes with it.
pub struct Done {
    pub result: Result<Outcome, Error>,
    pub cookie: Option<String>,
}

impl From<Result<Outcome, Error>> for Done {
    fn from(result: Result<Outcome, Error>) -> Self {
        Self { result, cookie: None }
    }
}

/// Does what the form at `address` asks for.
pub async fn perform(request: &Request, address: &str, fields: &Fields) -> Done {
    let (path, query) = address::split(address);
    let done = match path {
        "/setup" => set_up(request, fields).await,
        "/sign-in" => {
            let to = query.iter().find(|(key, _)| key == "to").map_or("/", |(_, value)| value.as_str());
            sign_in(request, fields, to).await
        }
        "/sign-out" => sign_out(request).await,
        _ => match address::parse_tokens(path) {
            Some((org, tokens)) => on_tokens(request, org, tokens, fields).await.map(Done::from_outcome),
            None => Err(Error::PathNotFound),
        },
    };
    done.unwrap_or_else(|error| Done::from(Err(error)))
}

impl Done {
    const fn from_outcome(outcome: Outcome) -> Self {
        Self { result: Ok(outcome), cookie: None }
    }
}

async fn set_up(request: &Request, fields: &Fields) -> Result<Done, Error> {
    let state = request.state();
    state.config.check_setup_host(&request.headers)?;
    let text = |name| fields.get(name).unwrap_or_default().to_owned();
    let password: SecretString = text("password").into();
    // A person who signs in needs a password; a program that sets up may do without.
    if password.expose_secret().is_empty() {
        return Err(Error::PasswordLength);
    }
    if fields.get("confirm") != Some(password.expose_secret()) {
        return Err(Error::field("confirm", "The passwords differ. Type the same one twice."));
    }
    let given = SetUp {
        username: text("username"),
        password: Some(password),
        org: text("org"),
        bucket: text("bucket"),
        retention_seconds: 0,
        token: None,
    };
    let done = state.service.set_up(given, &request.client, true).await?;
    let token = CreatedToken {
        token: done.token,
        id: done.authorization.id,
        org: done.org.id,
        org_name: done.org.name,
        description: done.authorization.description,
        summary: "Everything in every organization".into(),
        bucket: Some(done.bucket.name),
        origin: request.origin(),
    };
    let cookie = done.session.map(|session| cookie::console(session.key.expose_secret(), state.config.is_https()));
    Ok(Done { result: Ok(Outcome::SetUp(token)), cookie })
}

async fn sign_in(request: &Request, fields: &Fields, to: &str) -> Result<Done, Error> {
    let state = request.state();
    let name = fields.get("username").unwrap_or_default();
    let password: SecretString = fields.get("password").unwrap_or_default().into();
    let session = state.service.sign_in(name, &password, Kind::Console, &request.client).await?;
    let cookie = cookie::console(session.key.expose_secret(), state.config.is_https());
    Ok(Done { result: Ok(Outcome::SignedIn { to: address::local(to).into() }), cookie: Some(cookie) })
}

async fn sign_out(request: &Request) -> Result<Done, Error> {
    let state = request.state();
    let key = cookie::read(&request.headers, cookie::console_name(state.config.is_https()));
    match state.service.sign_out(key.unwrap_or_default(), &request.client).await {
        // Whoever is signed out already gets what they wanted.
        Ok(()) | Err(Error::Unauthenticated) => {}
        Err(error) => return Err(error),
    }
    Ok(Done { result: Ok(Outcome::SignedOut), cookie: Some(cookie::forget_console(state.config.is_https())) })
}

async fn on_tokens(request: &Request, org: OrgId, tokens: Tokens, fields: &Fields) -> Result<Outcome, Error> {
    let (service, caller) = (request.service(), request.caller()?);
    let form = fields.get("form").filter(|id| !id.is_empty());
    let description = fields.get("description").unwrap_or_default().to_owned();
    match tokens {
        Tokens::AllAccess => {
            let created = service.create_all_access(caller, org, description, form).await?;
            Ok(Outcome::Created(created_token(request, created)))
        }
        // Only the button at the end of the form creates; the one beside the search field looks for more to tick.
        Tokens::Custom if fields.get("find").is_some() => Ok(Outcome::Searched),
        Tokens::Custom => {
            let selection = fields.all("permission").map(str::parse::<Pick>).collect::<Result<Selection, _>>()?;
            let created = service.create_custom(caller, org, &selection, description, form).await?;
            Ok(Outcome::Created(created_token(request, created)))
        }
        Tokens::Clone(id) => {
            let created = service.clone_authorization(caller, id, form).await?;
            Ok(Outcome::Cloned(created_token(request, created)))
        }
        Tokens::Delete(id) if fields.get("status").is_none() => {
            service.delete_authorization(caller, id).await?;
            Ok(Outcome::Deleted)
        }
        Tokens::Details(id) | Tokens::Edit(id) | Tokens::Rename(id) | Tokens::Delete(id) => {
            update(request, id, fields).await
        }
        Tokens::List => Err(Error::PathNotFound),
    }
}

async fn update(request: &Request, id: AuthorizationId, fields: &Fields) -> Result<Outcome, Error> {
    let update = AuthorizationUpdate {
        status: fields.get("status").map(Into::into),
        description: fields.get("description").map(|text| text.trim().to_owned()),
    };
    let details = request.service().update_authorization(request.caller()?, id, update).await?;
    Ok(Outcome::Updated { description: details.authorization.description, status: details.authorization.status })
}

fn created_token(request: &Request, created: Created) -> CreatedToken {
    let Created { details, token } = created;
    let authorization = details.authorization;
    let summary = Summary::of(&details.permissions, authorization.org);
    let written = details.permissions.iter().find(|named| {
        (named.permission.action, named.permission.resource.kind) == (Action::Write, ResourceType::Buckets)
            && named.name.is_some()
    });
    let lines = summary.lines.iter().map(|(action, text)| format!("{} {text}", action.title()));
    CreatedToken {
        bucket: written.and_then(|named| named.name.clone()),
        summary: match summary.breadth {
            Breadth::Operator => "Everything in every organization".into(),
            Breadth::AllAccess(_) => "Everything in this organization".into(),
            Breadth::Custom => lines.collect::<Vec<_>>().join(" · "),
        },
        token,
        id: authorization.id,
        org: authorization.org,
        org_name: details.org_name.unwrap_or_default(),
        description: authorization.description,
        origin: request.origin(),
    }
}
