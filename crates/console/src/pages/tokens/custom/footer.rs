//! The footer of the dialog: summary and buttons.

use leptos::prelude::*;

use jeton_model::wording;

use crate::{
    components::{Icon, Picture},
    hydrate::hydrated::Hydrated,
    pages::tokens::summary::{SummaryLine, disabled_reason},
};

use super::form_state::CustomTokenForm;

/// The footer. Generate displays the number of permissions, and is disabled while there are none.
#[component]
pub fn Foot(
    /// The state of the form.
    choosing: CustomTokenForm,
    /// True if the form rotates a token.
    rotates: bool,
    /// True while the form is pending.
    busy: RwSignal<bool>,
    /// The address of the list.
    close: Signal<String>,
) -> impl IntoView {
    let (verb, doing) = if rotates { ("Rotate", "Rotating") } else { ("Generate", "Generating") };
    let hydrated = Hydrated::current();
    let count = Memo::new(move |_| choosing.selection.with(|selection| selection.effective().len()));
    let waits = move || hydrated.get() && count.get() == 0;
    let label = move || match (busy.get(), count.get()) {
        (true, _) => doing.into_any(),
        (false, 0) => verb.into_any(),
        (false, number) => {
            view! { {verb}" "<span class="count">{format!("· {}", wording::count(number as u64, "permission"))}</span> }
                .into_any()
        }
    };
    view! {
        <footer class="dialog-foot">
            <SummaryLine choosing/>
            <p class="start fixed-note">"You can change the description and the limits later, but not the permissions."</p>
            {move || waits().then(|| view! {
                <p class="reason fixed-note" id="why-disabled"><Icon picture=Picture::Info/>{disabled_reason(choosing)}</p>
            })}
            <a class="button" href=close data-noscroll data-testid="cancel-token-overlay--buton">"Cancel"</a>
            <button
                class="button primary" disabled=waits aria-describedby=move || waits().then_some("why-disabled")
                aria-busy=move || busy.get().then_some("true") data-testid="generate-token-overlay--buton"
            >
                {label}
            </button>
        </footer>
    }
}
