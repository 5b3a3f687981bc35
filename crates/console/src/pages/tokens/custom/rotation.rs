//! The fields of the dialog that rotates a token with changes: the token, and how long it keeps working.

use leptos::prelude::*;

use jeton_model::console::prefill::RotatedToken;

use crate::{forms::tokens::CustomForm, pages::tokens::overlap::Overlap};

/// The fields; the successor's own are those of any custom token.
#[component]
pub fn RotationFields(token: RotatedToken) -> impl IntoView {
    view! {
        <input type="hidden" name=CustomForm::ROTATES value=token.id.to_string()/>
        <Overlap own_end=token.expires_at now=token.now/>
    }
}
