//! The filters with text fields: actor, time and kind of resource.

use leptos::{ev::SubmitEvent, prelude::*};

use jeton_model::{Timestamp, audit::AuditQuery};

use crate::{
    components::{Icon, Picture},
    hydrate::browser,
    pages::layout::navigator,
    routes::{Audit, PageRoute as _, split},
};

use super::AuditState;

/// Resource types: as the log names them, and in words.
const KINDS: [(&str, &str); 8] = [
    ("", "Anything"),
    ("authorizations", "Tokens"),
    ("users", "Users"),
    ("orgs", "Organizations"),
    ("buckets", "Buckets"),
    ("telegrafs", "Telegraf configurations"),
    ("dbrp", "DBRP mappings"),
    ("audit", "The audit log itself"),
];

/// A GET form that loads the log; its fields display the query of the URL.
#[component]
pub fn MoreFilters(state: AuditState) -> impl IntoView {
    let first = state.query.get_untracked();
    let is_used = |query: &AuditQuery| {
        query.from.is_some() || query.to.is_some() || !query.target.is_empty() || !query.actor.is_empty()
    };
    let navigate = navigator();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let fields = browser::fields(&event);
        let query = AuditQuery::from_parameters(|name| fields.get(name));
        navigate(&Audit::List.address(state.page.org.get_untracked(), &query.parameters()));
    };
    // Submitting a GET form replaces the query string of its address, so the other parameters are hidden fields.
    let action = move || split(&state.address(Audit::List)).0.to_owned();
    let hidden = move || {
        let query = state.query.with(|query| {
            query.with(|query| {
                (query.from, query.to) = (None, None);
                query.actor.clear();
                query.target.clear();
            })
        });
        query
            .parameters()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect_view()
    };
    let field = move |get: fn(&AuditQuery) -> String| Signal::derive(move || state.query.with(get));
    let (who, from, to) =
        (field(|query| query.actor.clone()), field(|query| minutes(query.from)), field(|query| minutes(query.to)));
    let target = field(|query| query.target.clone());
    let one_thing = first.target.clone();
    let one_thing = (!KINDS.iter().any(|(kind, _)| *kind == one_thing)).then_some(one_thing);
    let kinds = KINDS.map(|(kind, words)| view! { <option value=kind selected=kind == first.target>{words}</option> });
    let everything = move || state.with(|query| *query = AuditQuery::default());
    let is_filtered = move || state.query.with(AuditQuery::is_filtered);
    view! {
        <details class="audit-more" open=is_used(&first) data-testid="audit-more">
            <summary class="link">"More filters"</summary>
            <form class="audit-form" method="get" action=action aria-label="More filters" on:submit=on_submit>
                {hidden}
                <div class="audit-field">
                    <label for="audit-actor">"Who"</label>
                    <input
                        class="input" id="audit-actor" name="actor" value=who.get_untracked() prop:value=who placeholder="User, prefix or ID"
                        autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="255"
                    />
                </div>
                <div class="audit-field">
                    <label for="audit-from">"From (UTC)"</label>
                    <input class="input" id="audit-from" type="datetime-local" name="from" value=from.get_untracked() prop:value=from/>
                </div>
                <div class="audit-field">
                    <label for="audit-to">"Until (UTC)"</label>
                    <input class="input" id="audit-to" type="datetime-local" name="to" value=to.get_untracked() prop:value=to/>
                </div>
                <div class="audit-field">
                    <label for="audit-target">"What"</label>
                    <div class="select-box">
                        <select class="input" id="audit-target" name="target" prop:value=target>
                            {kinds.collect_view()}
                            {one_thing.map(|thing| view! { <option value=thing.clone() selected=true>{thing.clone()}</option> })}
                        </select>
                        <Icon picture=Picture::ChevronDown/>
                    </div>
                </div>
                <button class="button" data-testid="audit-apply">"Apply"</button>
            </form>
        </details>
        {move || is_filtered().then(|| view! {
            <a class="link audit-clear" href=everything data-noscroll data-testid="audit-clear">"Clear all filters"</a>
        })}
    }
}

/// Formats a time for a `datetime-local` field, to the minute.
fn minutes(time: Option<Timestamp>) -> String {
    time.map(|time| time.to_string().chars().take(16).collect()).unwrap_or_default()
}
