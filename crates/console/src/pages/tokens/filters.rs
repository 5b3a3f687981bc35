//! The dialog with the filters: a GET form that loads the list.

use leptos::{ev::SubmitEvent, prelude::*};

use jeton_model::{
    Action,
    console::{
        attention_filter::AttentionFilter,
        token_query::{StatusFilter, TokenQuery},
        tokens::{FilterChoices, FilterNames, SortKey},
    },
    grant::TokenKind,
};

use crate::{
    components::{Dialog, DialogHead, Icon, Picture},
    hydrate::browser,
    pages::layout::navigator,
    queries::load_filter_choices,
    routes::{PageRoute as _, Tokens, split},
    state::org_state::page_resource,
};

use super::state::TokensState;

/// The dialog. Its choices are loaded when it opens.
#[component]
pub fn FilterRoute() -> impl IntoView {
    let state = TokensState::current();
    let choices = page_resource(move || state.org.get(), load_filter_choices);
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                // Without suggestions a name can still be typed.
                let choices = choices.await.unwrap_or_default();
                let names = state.list.await.map(|page| page.names).unwrap_or_default();
                view! { <FilterDialog choices names state/> }
            })}
        </Suspense>
    }
}

/// The form of the filters.
#[component]
fn FilterDialog(choices: FilterChoices, names: FilterNames, state: TokensState) -> impl IntoView {
    let query = state.query.get_untracked();
    let org = state.org.get_untracked();
    let close = Signal::derive(move || state.address(Tokens::List));
    let navigate = navigator();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let fields = browser::fields(&event);
        let query = TokenQuery::from_parameters(|name| fields.get(name));
        navigate(&Tokens::List.address(org, &query.parameters()));
    };
    // Submitting a GET form replaces the query string of its address, so the other parameters are hidden fields.
    let parameters = TokenQuery { filter: query.filter.clone(), ..TokenQuery::default() }.parameters();
    let parameters = parameters.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let everything = move || state.list_with(|query| *query = query.unfiltered());
    let status = StatusFilter::ALL.map(|one| (one.name(), one.title()));
    let kinds = TokenKind::ALL.map(|one| (one.name(), one.title()));
    let reasons: Vec<_> = AttentionFilter::all().map(|one| (one.name(), one.title())).collect();
    let sorts = [SortKey::Description, SortKey::Status, SortKey::CreatedAt].map(|key| (key.name(), key.title()));
    let orders = [("asc", "Ascending"), ("desc", "Descending")];
    let sizes = [("10", "10"), ("25", "25"), ("50", "50"), ("100", "100")];
    let size = sizes.iter().map(|(size, _)| *size).find(|size| *size == query.page_size.to_string());
    let actions = Action::ALL.map(|one| (one.name(), one.title()));
    let shown = |requested: &str, name: Option<String>| name.unwrap_or_else(|| requested.to_owned());
    view! {
        <Dialog class="filters" close>
            <DialogHead title="Filter API Tokens" close/>
            <form method="get" action=split(&close.get_untracked()).0.to_owned() on:submit=on_submit>
                {parameters.collect_view()}
                <div class="dialog-body filter-fields">
                    <Select name="status" label="Status" options=status.to_vec() value=query.status.map(StatusFilter::name)/>
                    <Select name="kind" label="Permission type" options=kinds.to_vec() value=query.kind.map(TokenKind::name)/>
                    <Select name="attention" label="Attention" options=reasons value=query.attention.map(AttentionFilter::name)/>
                    <Named name="owner" label="Owner" value=shown(&query.owner, names.owner) choices=choices.owners/>
                    <Named name="createdBy" label="Created by" value=shown(&query.created_by, names.created_by) choices=choices.creators/>
                    <Named name="bucket" label="Access to bucket" value=shown(&query.bucket, names.bucket) choices=choices.buckets/>
                    // Several configurations may share a name, so an id stays an id.
                    <Named name="telegraf" label="Access to Telegraf configuration" value=query.telegraf.clone() choices=choices.telegrafs/>
                    <Select name="action" label="Kind of access" options=actions.to_vec() value=query.action.map(Action::name)/>
                    <Select name="perPage" label="Rows per page" options=sizes.to_vec() value=size decided=true/>
                    <Select name="sortKey" label="Sort by" options=sorts.to_vec() value=Some(query.sort.key.name()) decided=true/>
                    <Select name="sortDirection" label="Order" options=orders.to_vec() value=Some(query.sort.direction()) decided=true/>
                </div>
                <footer class="dialog-foot">
                    <a class="link start" href=everything data-noscroll>"Clear all"</a>
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button class="button primary" data-testid="filter--apply">"Show tokens"</button>
                </footer>
            </form>
        </Dialog>
    }
}

/// A select of a few values, or any.
#[component]
fn Select(
    /// The name of the parameter.
    name: &'static str,
    /// The label above the select.
    label: &'static str,
    /// The values, as the form submits them and in words.
    options: Vec<(&'static str, &'static str)>,
    /// The selected value; `None` for any.
    value: Option<&'static str>,
    /// True if "any" is not a choice.
    #[prop(optional)]
    decided: bool,
) -> impl IntoView {
    let id = format!("filter-{name}");
    let any = (!decided).then(|| view! { <option value="">"Any"</option> });
    let options = options
        .into_iter()
        .map(|(word, title)| view! { <option value=word selected=value == Some(word)>{title}</option> });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="input-box">
                <select class="input" id=id name=name>{any}{options.collect_view()}</select>
                <Icon picture=Picture::ChevronDown class="after"/>
            </div>
        </div>
    }
}

/// A field for a name or an id, with suggestions.
#[component]
fn Named(name: &'static str, label: &'static str, value: String, choices: Vec<String>) -> impl IntoView {
    let id = format!("filter-{name}");
    let list = format!("{id}-choices");
    let options = choices.into_iter().map(|choice| view! { <option value=choice></option> });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input" id=id name=name value=value list=list.clone() placeholder="Any" autocomplete="off" autocapitalize="none"
                spellcheck="false" maxlength="255"
            />
            <datalist id=list>{options.collect_view()}</datalist>
        </div>
    }
}
