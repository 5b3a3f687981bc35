//! The draft of the form, kept in the tab's session storage by organization, so that it survives a reload. It never
//! contains a token.

use leptos::prelude::*;

use jeton_model::token::redact;

use crate::{
    components::{Icon, Picture, form::answer},
    forms::{outcome::FormFields, tokens::NewTokenForm},
    hydrate::browser,
    pages::tokens::state::TokensState,
};

use super::form_state::CustomTokenForm;

/// Restores the draft, and saves every change until the dialog is closed. Returns whether a draft was restored. An
/// address that prefills the dialog has precedence.
pub fn keep(choosing: CustomTokenForm, state: TokensState, bare: bool) -> RwSignal<bool> {
    let restored = RwSignal::new(false);
    if !bare {
        return restored;
    }
    let key = StoredValue::new(format!("jeton.custom.{}", state.org.get_untracked()));
    let sent = answer().is_some();
    // Effects run only in the browser.
    Effect::new(move |before: Option<()>| {
        let first = before.is_none() && !sent;
        if let Some(text) = first.then(|| key.with_value(|key| browser::stored(key))).flatten() {
            choosing.take_over(&FormFields(form_urlencoded::parse(text.as_bytes()).into_owned().collect()));
            restored.set(true);
        }
        let text = (!choosing.is_empty()).then(|| written(choosing.fields()));
        key.with_value(|key| browser::keep(key, text.as_deref()));
    });
    Effect::new(move || {
        let key = key.get_value();
        // A reload does not run this clean-up; closing the dialog does.
        on_cleanup(move || browser::keep(&key, None));
    });
    restored
}

fn written(fields: FormFields) -> String {
    let safe = fields.0.into_iter().map(|(name, value)| {
        let value = if name == NewTokenForm::DESCRIPTION { redact(&value) } else { value };
        (name, value)
    });
    form_urlencoded::Serializer::new(String::new()).extend_pairs(safe).finish()
}

/// The notice that a draft was restored, with a button that starts over.
#[component]
pub fn Restored(choosing: CustomTokenForm, restored: RwSignal<bool>) -> impl IntoView {
    let anew = move |_| {
        choosing.take_over(&FormFields::default());
        restored.set(false);
        browser::focus("#description");
    };
    view! {
        <div role="status">
            {move || restored.get().then(|| view! {
                <p class="restored" data-testid="draft-restored">
                    <Icon picture=Picture::Info/>
                    <span>"Your entries from before the reload were restored."</span>
                    <button class="link link-button" type="button" on:click=anew>"Start over"</button>
                </p>
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::token::NewToken;

    use super::*;

    #[test]
    fn a_pasted_token_is_not_kept() {
        let token = NewToken::generate([5; 32]);
        let fields = FormFields(vec![("description".into(), token.expose().into())]);
        assert_eq!(written(fields), format!("description={}", token.prefix().unwrap()));
    }
}
