//! Tabs that switch without JavaScript: a group of radio buttons, one panel each.

use leptos::prelude::*;

/// A tab: its name and its panel.
#[derive(Clone)]
pub struct Tab {
    /// The label of the tab.
    pub name: &'static str,
    /// The content of the panel.
    pub panel: ViewFn,
}

/// Displays one of several panels. `group`: the name of the radio group.
#[component]
pub fn Tabs(group: &'static str, tabs: Vec<Tab>) -> impl IntoView {
    let name = group.to_ascii_lowercase().replace(' ', "-");
    let labels = tabs.iter().enumerate().map(|(index, tab)| {
        view! {
            // An empty `form` keeps the choice out of the surrounding form.
            <label class="tab"><input class="sr-only" type="radio" name=name.clone() form="" checked=index == 0/>{tab.name}</label>
        }
    });
    view! {
        <div class="tabset">
            <div class="tablist" role="radiogroup" aria-label=group>{labels.collect_view()}</div>
            {tabs.iter().map(|tab| view! { <div class="tab-panel">{tab.panel.run()}</div> }).collect_view()}
        </div>
    }
}
