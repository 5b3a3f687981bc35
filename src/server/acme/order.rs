//! The order of a certificate.

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Error, ExternalAccountKey, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use secrecy::ExposeSecret as _;

use crate::config::AcmeSettings;

use super::{cache, certificate::Issued, challenge::Challenges, client::Http, error::AcmeError};

/// The type of the error about an account that the authority does not know.
const UNKNOWN_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";
/// The type of the error about an account that is not bound to an external one.
const EXTERNAL_REQUIRED: &str = "urn:ietf:params:acme:error:externalAccountRequired";

/// Obtains a new certificate, whose challenges are answered meanwhile.
///
/// # Errors
/// Fails if the authority can't be asked, or does not issue one.
pub(super) async fn obtain(settings: &AcmeSettings, challenges: &Challenges) -> Result<Issued, AcmeError> {
    let issued = ordered(settings, challenges).await;
    challenges.clear();
    issued
}

async fn ordered(settings: &AcmeSettings, challenges: &Challenges) -> Result<Issued, AcmeError> {
    let account = account(settings).await?;
    let identifiers: Vec<Identifier> = settings.domains.iter().cloned().map(Identifier::Dns).collect();
    let mut order = match account.new_order(&NewOrder::new(&identifiers)).await {
        Err(Error::Api(problem)) if problem.r#type.as_deref() == Some(UNKNOWN_ACCOUNT) => {
            // The next attempt makes another one.
            cache::blocking(settings, cache::forget_account).await?;
            return Err(Error::Api(problem).into());
        }
        made => made?,
    };
    respond(&mut order, challenges).await?;
    let status = order.poll_ready(&RetryPolicy::default()).await;
    if !matches!(status, Ok(OrderStatus::Ready)) {
        let reason = reason(&mut order).await;
        return Err(match (reason, status) {
            (None, Err(error)) => error.into(),
            (reason, _) => AcmeError::NotVerified(reason.unwrap_or_else(|| "it gives no reason".into())),
        });
    }
    let key = order.finalize().await?.into();
    let chain = order.poll_certificate(&RetryPolicy::default()).await?;
    Ok(Issued { chain, key })
}

/// Returns the account of these settings, which is made if there is none.
async fn account(settings: &AcmeSettings) -> Result<Account, AcmeError> {
    let read = cache::blocking(settings, |settings| {
        let known = cache::account(settings)?;
        // The key is for a new account alone.
        let key = if known.is_some() { None } else { settings.external_account_key()? };
        Ok((Http::new(settings)?, known, key))
    });
    let (http, known, key) = read.await?;
    let builder = Account::builder_with_http(Box::new(http));
    if let Some(credentials) = known {
        return Ok(builder.from_credentials(credentials).await?);
    }
    let contacts: Vec<&str> = settings.contacts.iter().map(String::as_str).collect();
    let account = NewAccount { contact: &contacts, terms_of_service_agreed: true, only_return_existing: false };
    let external = settings.external_account.as_ref().zip(key);
    let external = external.map(|(external, key)| ExternalAccountKey::new(external.kid.clone(), key.expose_secret()));
    let (account, credentials) = match builder.create(&account, settings.directory.to_string(), external.as_ref()).await
    {
        Err(Error::Api(problem)) if problem.r#type.as_deref() == Some(EXTERNAL_REQUIRED) => {
            return Err(AcmeError::NoExternalAccount);
        }
        made => made?,
    };
    cache::blocking(settings, move |settings| cache::keep_account(settings, &credentials)).await?;
    Ok(account)
}

/// Answers the challenges of all domains that the authority has not verified lately.
async fn respond(order: &mut Order, challenges: &Challenges) -> Result<(), AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if matches!(authorization.status, AuthorizationStatus::Valid) {
            continue;
        }
        let domain = authorization.identifier().to_string();
        let mut challenge = authorization.challenge(ChallengeType::TlsAlpn01).ok_or(AcmeError::NoChallenge)?;
        challenges.answer(&domain, challenge.key_authorization().digest().as_ref())?;
        challenge.set_ready().await?;
    }
    Ok(())
}

/// Returns the authority's reason why it has not verified a domain.
async fn reason(order: &mut Order) -> Option<String> {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else { continue };
        if let Some(problem) = state.challenges.iter().find_map(|challenge| challenge.error.as_ref()) {
            return Some(problem.to_string());
        }
    }
    None
}
