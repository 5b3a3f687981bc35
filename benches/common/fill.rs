//! Many tokens, written through the store in large transactions.

use jeton_model::{Authorization, AuthorizationId, Id, grant::TokenKind, token::TokenHash};
use jeton_store::{
    authorization_insert,
    authorizations::{self, Keys, Secret},
};

use super::{
    Result,
    data::Data,
    load::Connection,
    server::{First, Jeton, text},
};

/// Number of tokens in one transaction.
const AT_ONCE: u64 = 20_000;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Sets up a server and fills its database with `tokens` tokens in the first organization; it is stopped afterwards.
pub async fn filled(data: &Data, tokens: u64) -> Result<First> {
    let jeton = Jeton::start(data).await?;
    let first = First::set_up(jeton.address).await?;
    let made = Connection::to(jeton.address).await?.send(&first.creation(&first.usual())).await?.json()?;
    let template: AuthorizationId = text(&made["id"])?.parse()?;
    jeton.stop().await?;
    fill(data, template, tokens).await?;
    Ok(first)
}

async fn fill(data: &Data, template: AuthorizationId, tokens: u64) -> Result<()> {
    let store = data.store().await?;
    let template = authorizations::by_id(&mut *store.read().await?, template).await?.ok_or("no such token")?;
    let mut number = 0;
    while number < tokens {
        let mut transaction = store.write().await?;
        for _ in 0..AT_ONCE.min(tokens - number) {
            number += 1;
            let (new, keys) = copy(&template, number)?;
            let hash = TokenHash::of(&value(number));
            if !authorization_insert::insert(&mut transaction, &new, Secret::Token(&hash), &keys).await? {
                return Err("a token was there before".into());
            }
        }
        transaction.commit().await?;
        if number.is_multiple_of(100_000) {
            eprintln!("{number} of {tokens} tokens are written");
        }
    }
    store.close().await;
    if !data.is_sqlite() {
        // PostgreSQL does this itself within a minute or two, in the middle of a measurement.
        sqlx::query("VACUUM ANALYZE").execute(&mut data.raw().await?).await?;
    }
    Ok(())
}

/// Returns the token with this number.
pub fn value(number: u64) -> String {
    format!("benchmark-token-{number:016}")
}

fn copy(template: &Authorization, number: u64) -> Result<(Authorization, Keys)> {
    // An odd factor gives each number another id, in no order.
    let id = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let days = i64::try_from(number % 300)?;
    let expires_at = template.created_at.micros() + (days + 1) * DAY;
    let new = Authorization {
        id: AuthorizationId(Id::new(id).ok_or("an id of zero")?),
        description: format!("Gateway {number} of plant {}", number % 100),
        expires_at: number.is_multiple_of(2).then(|| jeton_model::Timestamp::from_micros(expires_at)),
        ..template.clone()
    };
    let keys = Keys {
        description: format!("gateway {number:010} of plant {:03}", number % 100),
        search: format!("{} {} active custom read write buckets", new.description.to_lowercase(), new.id),
        kind: TokenKind::Custom,
    };
    Ok((new, keys))
}
