//! The link from a token to its audit entries.

use leptos::prelude::*;

use jeton_model::{AuthorizationId, audit::AuditQuery};

use crate::{
    routes::{Audit, PageRoute as _},
    state::org_state::OrgState,
};

/// Links to the entries about actions with the token and on it.
#[component]
pub fn AuditLink(id: AuthorizationId) -> impl IntoView {
    let page = OrgState::current();
    let query = AuditQuery { about: id.to_string(), ..AuditQuery::default() };
    let href = move || Audit::List.address(page.org.get(), &query.parameters());
    view! {
        <p class="hint">
            "Audit log of this token: "<a class="link" href=href data-testid="token-history">"History"</a>
        </p>
    }
}
