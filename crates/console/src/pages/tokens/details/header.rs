//! The header of the drawer: the description, and links to the neighbouring tokens.

use leptos::prelude::*;

use jeton_model::console::{messages, tokens::Details};

use crate::{
    components::{
        Form, Icon, Picture,
        form::{refusal, typed},
    },
    forms::tokens::TokenForm,
    pages::{
        layout::navigator,
        tokens::{
            row_update::on_update,
            state::{Changed, TokensState},
        },
    },
    routes::Tokens,
};

/// The header. `editing`: displays the description as a field.
#[component]
pub fn Head(details: Details, now_is: Memo<Changed>, editing: bool, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let prefix = details.authorization.token_prefix.clone();
    let name = Memo::new(move |_| messages::name(&now_is.get().description, prefix.as_deref()));
    let navigate = navigator();
    let back = move || navigate(&untrack(|| state.address(Tokens::Details(id))));
    let on_answer = on_update(id, name.get_untracked(), state, back);
    let title = move || {
        if editing {
            let shown =
                if refusal().is_some() { typed(TokenForm::DESCRIPTION) } else { now_is.get_untracked().description };
            view! {
            <h2 id="dialog-title" class="sr-only">{name}</h2>
            <Form action=Signal::derive(move || state.address(Tokens::Edit(id))) class="rename" on_answer>
                <input
                    class="input" name=TokenForm::DESCRIPTION value=shown placeholder="Describe this token"
                    aria-label="Description" maxlength="1024" autofocus data-testid="custom-api-token-input"
                />
                <button class="button small primary" data-testid="token-save-btn">"Save"</button>
                <a class="button small" href=move || state.address(Tokens::Details(id)) data-noscroll data-testid="token-cancel-btn">"Cancel"</a>
            </Form>
        }
        .into_any()
        } else {
            view! {
            <h2 id="dialog-title">{name}</h2>
            <a class="icon-button" href=move || state.address(Tokens::Edit(id)) data-noscroll aria-label=move || format!("Rename {}", name.get())>
                <Icon picture=Picture::Pencil/>
            </a>
        }
        .into_any()
        }
    };
    let near = move |step: isize| {
        let rows = state.rows();
        let at = rows.iter().position(|row| *row == id)?.checked_add_signed(step)?;
        rows.get(at).map(|id| state.address(Tokens::Details(*id)))
    };
    view! {
        <header class="dialog-head" data-testid="overlay--header">
            {title()}
            {move || near(-1).map(|href| view! {
                <a class="icon-button push" href=href data-noscroll rel="prev" aria-label="Previous token"><Icon picture=Picture::ChevronUp/></a>
            })}
            {move || near(1).map(|href| view! {
                <a class="icon-button" href=href data-noscroll rel="next" aria-label="Next token"><Icon picture=Picture::ChevronDown/></a>
            })}
            <a class="icon-button" href=move || state.address(Tokens::List) data-noscroll autofocus=!editing aria-label="Close">
                <Icon picture=Picture::Close/>
            </a>
        </header>
    }
}
