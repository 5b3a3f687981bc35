//! The toolbar above the log: filters and export.

use leptos::prelude::*;

use jeton_model::audit::{ActionGroup, AuditQuery, Format, Span};

use crate::{
    components::{FilterField, Icon, Menu, Picture, menu::ChoiceLink},
    routes::Audit,
};

use super::AuditState;

/// The toolbar of the log.
#[component]
pub fn Toolbar(state: AuditState) -> impl IntoView {
    let others = move || state.query.with(|query| query.with(|query| query.about.clear())).parameters();
    let address = Callback::new(move |about| untrack(|| state.with(|query| query.about = about)));
    let me = move || state.page.frame.with(|frame| frame.user.clone());
    let times = [(String::new(), "Any time")].into_iter();
    let times = times.chain(Span::ALL.map(|span| (span.name().to_owned(), span.title()))).collect::<Vec<_>>();
    let actions = [(String::new(), "All")].into_iter();
    let actions =
        actions.chain(ActionGroup::ALL.map(|group| (group.name().to_owned(), group.title()))).collect::<Vec<_>>();
    view! {
        <div class="toolbar audit-bar">
            <Choices
                state name="Time" testid="time-filter" values=times
                get=|query| query.span.map(|span| span.name().to_owned()).unwrap_or_default()
                set=|query, word| query.span = Span::ALL.into_iter().find(|span| span.name() == word)
            />
            {move || view! {
                <Choices
                    state name="Who" testid="who-filter" values=vec![(String::new(), "Anyone"), (me(), "Me")]
                    get=|query| query.actor.clone() set=|query, word| query.actor = word
                />
            }}
            <Choices
                state name="Action" testid="action-filter" values=actions
                get=|query| query.action.clone() set=|query, word| query.action = word
            />
            <FilterField
                what="Audit Log" current=Signal::derive(move || state.query.get().about) others=Signal::derive(others) address
            />
            <ExportMenu state/>
        </div>
    }
}

/// A menu that filters by one property. `values`: as the query has them, and in words.
#[component]
fn Choices(
    /// The state of the page.
    state: AuditState,
    /// The name of the property, displayed before the current value.
    name: &'static str,
    /// The menu's id in browser tests.
    testid: &'static str,
    /// The values of the property, as the query has them and in words.
    values: Vec<(String, &'static str)>,
    /// Returns the property's value in a query.
    get: fn(&AuditQuery) -> String,
    /// Sets the property's value in a query.
    set: fn(&mut AuditQuery, String),
) -> impl IntoView {
    let current = move || state.query.with(get);
    let known = StoredValue::new(values.clone());
    // A value that is not among the choices is displayed as it is.
    let word = move || {
        let current = current();
        let known = known.with_value(|known| known.iter().find(|(value, _)| *value == current).map(|(_, word)| *word));
        known.map_or(current, Into::into)
    };
    let choice = move |(value, word): (String, &'static str)| {
        let wanted = value.clone();
        let href = move || state.with(|query| set(query, value.clone()));
        view! {
            <ChoiceLink
                href=Signal::derive(href) current=Signal::derive(move || current() == wanted)
                testid=format!("{testid}--{}", word.to_ascii_lowercase().replace(' ', "-"))
            >
                {word}
            </ChoiceLink>
        }
    };
    let face = move || {
        view! { <span class="quiet">{name}</span>" "<b>{word}</b><Icon picture=Picture::ChevronDown class="chevron"/> }
    };
    view! { <Menu testid=testid button="button" face=face>{values.into_iter().map(choice).collect_view()}</Menu> }
}

/// The menu that exports the filtered entries as a file.
#[component]
fn ExportMenu(state: AuditState) -> impl IntoView {
    let face =
        || view! { <Icon picture=Picture::Download/>"Export"<Icon picture=Picture::ChevronDown class="chevron"/> };
    let item = move |format: Format| {
        let words = match format {
            Format::Csv => "CSV",
            Format::JsonLines => "JSON, one entry per line",
        };
        view! {
            <li>
                <a
                    class="menu-item" href=move || state.address(Audit::Export(format)) rel="external" download
                    data-testid=format!("audit-export--{}", format.ending())
                >
                    {words}
                </a>
            </li>
        }
    };
    view! {
        <Menu class="end audit-export" testid="audit-export" button="button" face=face>
            {Format::ALL.map(item).collect_view()}
        </Menu>
    }
}
