//! The number of an organization's tokens that break its rules, displayed below the rules.

use leptos::prelude::*;

use jeton_model::{
    OrgId,
    attention::Attention,
    console::{attention_filter::AttentionFilter, token_query::TokenQuery},
    org_rules::OrgRules,
    wording,
};

use crate::{
    components::text::Alert,
    error::ConsoleError,
    queries::load_out_of_line,
    routes::{PageRoute as _, Tokens},
    state::{org_state::page_resource, page_store::PageResource},
};

use super::rules::RulesForm;

/// The number of tokens that break the saved rules, or the typed ones.
#[derive(Clone, Copy)]
pub struct ViolationCounts {
    org: OrgId,
    /// The typed rules; `None` for the saved ones.
    typed: RwSignal<Option<OrgRules>>,
    count: PageResource<Result<Option<u64>, ConsoleError>>,
}

impl ViolationCounts {
    /// Counts the violations of the saved rules.
    pub fn of(org: OrgId) -> Self {
        let typed = RwSignal::new(None);
        let count = page_resource(move || typed.get(), move |rules| load_out_of_line(org, rules));
        Self { org, typed, count }
    }

    /// Counts again when the rules are changed or saved. Invalid rules keep the last count.
    pub fn follow(self, rules: RulesForm) {
        Effect::new(move || {
            let wanted = (rules.changes() > 0).then(|| rules.given());
            if wanted != Some(None) {
                self.typed.set(wanted.flatten());
            }
        });
    }
}

/// The number of violations, if any. Only those of the saved rules have a link to the tokens.
#[component]
pub fn OutOfLine(broken: ViolationCounts) -> impl IntoView {
    let query = TokenQuery { attention: Some(AttentionFilter::Only(Attention::OutOfLine)), ..TokenQuery::default() };
    let href = Tokens::List.address(broken.org, &query.parameters());
    let notice = move || {
        let href = href.clone();
        Suspend::new(async move {
            let count = broken.count.await.ok().flatten().filter(|count| *count > 0)?;
            let one = count == 1;
            let follow = if one { "does not follow these rules." } else { "do not follow these rules." };
            let advice = if one { " It keeps working. " } else { " They keep working. " };
            let show = if one { "Show it" } else { "Show them" };
            let link = move || {
                let saved = broken.typed.with(Option::is_none);
                let href = href.clone();
                saved.then(|| view! { <a class="link" href=href data-testid="rules-broken--show">{show}</a> })
            };
            Some(view! { <Alert><b>{format!("{} {follow}", wording::count(count, "token"))}</b>{advice}{link}</Alert> })
        })
    };
    view! { <div class="rules-broken" role="status" data-testid="rules-broken"><Transition fallback=|| ()>{notice}</Transition></div> }
}
