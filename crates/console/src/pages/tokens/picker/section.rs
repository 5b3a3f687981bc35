//! One section of the picker.

use leptos::prelude::*;

use crate::components::{Icon, Picture};

/// A section: a row with the boxes of the type, and below it a row for each resource.
#[component]
pub fn Section(
    /// The heading.
    title: &'static str,
    /// The name of the row with the boxes of the type.
    all: &'static str,
    /// True if the rows of the resources are expanded.
    #[prop(into)]
    open: Signal<bool>,
    /// The number of ticked boxes, or of matches.
    #[prop(into)]
    count: Signal<String>,
    /// True during a search: the count is then one of matches.
    searching: bool,
    /// The boxes of the type.
    boxes: AnyView,
    /// The rows of the resources.
    children: Children,
) -> impl IntoView {
    let selected = (!searching).then(|| view! { <span class="wide-only">" selected"</span> });
    view! {
        <section class="accordion" data-testid="accordion">
            <details class="accordion-toggle" open=open>
                <summary data-testid="accordion-header"><Icon picture=Picture::ChevronRight/><h3>{title}</h3><span class="count">{count}{selected}</span></summary>
            </details>
            <span class="accordion-all" aria-hidden="true">{all}</span>
            {boxes}
            <div class="accordion-body" data-testid="accordion-body">{children()}</div>
        </section>
    }
}
