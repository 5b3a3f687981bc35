//! Texts of the document, in which `backquotes` mark code.

use leptos::prelude::*;

/// A text with its code formatted.
#[component]
pub fn Prose(text: String) -> impl IntoView {
    let pieces = text.split('`').enumerate().map(|(index, piece)| {
        let piece = piece.to_owned();
        if index % 2 == 1 { view! { <code>{piece}</code> }.into_any() } else { piece.into_any() }
    });
    pieces.collect_view()
}
