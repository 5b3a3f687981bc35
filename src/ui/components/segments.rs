//! One choice of a few, side by side: a group of radio buttons, which works without script.

use leptos::prelude::*;

/// One of the choices.
pub struct Segment {
    /// What the form sends.
    pub value: String,
    pub title: String,
    /// The line below while it is chosen.
    pub hint: String,
}

/// The choices of a field; the first one is chosen unless another one's value is `chosen`.
#[component]
pub fn Segments(
    name: &'static str,
    legend: &'static str,
    segments: Vec<Segment>,
    chosen: String,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let at = segments.iter().position(|segment| segment.value == chosen).unwrap_or(0);
    let (labels, hints): (Vec<_>, Vec<_>) = segments
        .into_iter()
        .enumerate()
        .map(|(index, Segment { value, title, hint })| {
            let is_chosen = index == at;
            let label = view! {
                <label class="segment">
                    <input class="sr-only" type="radio" name=name value=value checked=is_chosen autofocus=is_chosen && autofocus/>{title}
                </label>
            };
            (label, view! { <p class="hint">{hint}</p> })
        })
        .unzip();
    view! {
        <fieldset class="segments">
            <legend>{legend}</legend>
            <div class="segment-row">{labels}</div>
            {hints}
        </fieldset>
    }
}
