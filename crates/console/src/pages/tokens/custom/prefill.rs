//! Prefilling the dialog from its URL.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use jeton_model::{
    AuthorizationId,
    console::{
        prefill::{Gap, Prefill, Prefilled},
        token_query::TokenQuery,
    },
    wording,
};

use crate::{
    components::text::Alert,
    error::ConsoleError,
    pages::tokens::state::TokensState,
    queries::load_prefill,
    routes::{ConsoleRoute, PageRoute as _, Tokens, with_parameters},
    state::{org_state::page_resource, page_store::PageResource},
};

/// Maximum number of gaps that are listed individually.
const GAPS_SHOWN: usize = 5;

type Filled = PageResource<Result<Prefilled, ConsoleError>>;

/// Returns the prefill that the URL requests, and the resource with its result.
pub fn resource(state: TokensState) -> (Memo<Prefill>, Filled) {
    let parameters = use_query_map();
    let requested = Memo::new(move |before: Option<&Prefill>| {
        // While navigating to another page the dialog stays as it is.
        if state.page.route() != Some(ConsoleRoute::Tokens(Tokens::Custom)) {
            return before.cloned().unwrap_or_default();
        }
        let parameters = parameters.read();
        Prefill::from_parameters(|name| parameters.get_all(name).unwrap_or_default())
    });
    let filled = page_resource(
        move || (state.org.get(), requested.get()),
        |(org, requested)| async move {
            if requested.is_bare() { Ok(Prefilled::default()) } else { load_prefill(org, requested).await }
        },
    );
    (requested, filled)
}

/// Returns the address of the dialog with a prefill parameter; the state of the list is kept.
pub fn address_from(state: TokensState, name: &'static str, value: String) -> String {
    let mut parameters = state.query.with(TokenQuery::parameters);
    parameters.push((name, value));
    Tokens::Custom.address(state.org.get(), &parameters)
}

/// Returns the address of the dialog that rotates a token to what it used.
pub fn address_narrowing(state: TokensState, id: AuthorizationId) -> String {
    with_parameters(address_from(state, "rotate", id.to_string()), &[("narrow", "1")])
}

/// The requested permissions that could not be prefilled.
#[component]
pub fn Gaps(gaps: Vec<Gap>) -> impl IntoView {
    let more = gaps.len().saturating_sub(GAPS_SHOWN);
    (!gaps.is_empty()).then(|| {
        let lines = gaps.iter().take(GAPS_SHOWN).map(|gap| view! { <li>{gap.sentence()}</li> }).collect_view();
        view! {
            <div data-testid="prefill-gaps">
                <Alert small=true>
                    <b>"Check this before you generate the token."</b>
                    <ul>
                        {lines}
                        {(more > 0).then(|| view! { <li>{format!("And {} more.", wording::grouped(more as u64))}</li> })}
                    </ul>
                </Alert>
            </div>
        }
    })
}
