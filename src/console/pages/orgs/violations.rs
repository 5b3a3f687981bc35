//! Below the rules of an organization: how many of its tokens do not follow them.

use leptos::prelude::*;

use crate::{
    console::{
        components::text::Alert,
        queries::load_out_of_line,
        routes::{PageRoute as _, Tokens},
        state::{org_state::page_resource, page_store::PageResource},
        text::messages,
    },
    model::{
        Error, OrgId,
        attention::{Attention, AttentionFilter},
        console::tokens::TokenQuery,
        org_rules::OrgRules,
    },
};

use super::rules::RulesForm;

/// How many tokens of an organization do not follow its rules: those that are saved, or those that are typed.
#[derive(Clone, Copy)]
pub struct ViolationCounts {
    org: OrgId,
    /// Nothing for those that are saved.
    typed: RwSignal<Option<OrgRules>>,
    count: PageResource<Result<Option<u64>, Error>>,
}

impl ViolationCounts {
    /// Those that are saved.
    pub fn of(org: OrgId) -> Self {
        let typed = RwSignal::new(None);
        let count = page_resource(move || typed.get(), move |rules| load_out_of_line(org, rules));
        Self { org, typed, count }
    }

    /// Counts again whenever other rules are typed, or are saved. What makes no rules counts nothing new.
    pub fn follow(self, rules: RulesForm) {
        Effect::new(move || {
            let wanted = (rules.changes() > 0).then(|| rules.given());
            if wanted != Some(None) {
                self.typed.set(wanted.flatten());
            }
        });
    }
}

/// Says so, unless all of them do. They are only listed by the rules that are saved.
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
            Some(
                view! { <Alert><b>{format!("{} {follow}", messages::count(count, "token"))}</b>{advice}{link}</Alert> },
            )
        })
    };
    view! { <div class="rules-broken" role="status" data-testid="rules-broken"><Transition fallback=|| ()>{notice}</Transition></div> }
}
