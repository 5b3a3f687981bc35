//! The layout of an organization's page: heading, tabs, content, and the dialog above it.

use leptos::{prelude::*, text_prop::TextProp};
use leptos_meta::Title;

use crate::{
    hydrate::defer::defer,
    routes::{Group, Section},
    state::org_state::OrgState,
};

/// The content of the frame. `dialog`: renders the dialog that the address names.
#[component]
pub fn Page(section: Section, #[prop(into)] dialog: ViewFn, children: Children) -> impl IntoView {
    let state = OrgState::current();
    let group = section.group();
    let title = move || {
        let above = group.map(|group| format!("{} | ", group.title())).unwrap_or_default();
        format!("{} | {above}{} | Jeton", section.title(), state.frame.with(|frame| frame.org.name.clone()))
    };
    // The server writes the title after the content, when the state of the page may be disposed already.
    let title = if cfg!(feature = "ssr") { TextProp::from(untrack(title)) } else { TextProp::from(title) };
    let heading = group.map_or(section.title(), Group::title);
    view! {
        <Title text=title/>
        <div class="page-content" inert=state.covered>
            {defer(move || view! {
                <header class="page-head">
                    <h1 data-testid=group.map(testid)>{heading}</h1>
                    {group.map(|group| view! { <Tabs group section/> })}
                </header>
            })}
            {defer(|| view! { <div class="page-body">{children()}</div> })}
        </div>
        {defer(move || view! { <div class="above">{dialog.run()}</div> })}
    }
}

/// Returns the test id of the heading in InfluxDB's console (docs/influxdb-compatibility.md §9.1).
const fn testid(group: Group) -> &'static str {
    match group {
        Group::LoadData => "load-data--header",
        Group::Settings => "settings--header",
    }
}

/// The tabs of a group of pages.
#[component]
fn Tabs(group: Group, section: Section) -> impl IntoView {
    let state = OrgState::current();
    let tab = move |of: Section| {
        let testid = format!("{}--tab", of.word());
        view! {
            <a href=move || of.address(state.org.get()) aria-current=(of == section).then_some("page") data-testid=testid>{of.title()}</a>
        }
    };
    let offered = move || {
        let may = state.frame.with(|frame| frame.may);
        group.sections().iter().copied().filter(|of| of.is_offered(may)).map(tab).collect_view()
    };
    view! { <nav class="page-tabs" aria-label=group.title()>{offered}</nav> }
}
