//! The footer of the drawer.

use leptos::prelude::*;

use jeton_model::{
    Liveness, Status,
    console::{messages, tokens::Details},
};

use crate::{
    components::{Form, Icon, Picture},
    forms::tokens::TokenForm,
    pages::tokens::{
        row_update::on_update,
        state::{Changed, TokensState},
    },
    routes::Tokens,
};

/// The link to the dialog, or the reason why the token cannot be rotated.
#[component]
fn RotateLink(details: Details, overlaps: bool, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let reason = match (details.replaced_by, overlaps) {
        (Some(_), _) => Some("It was already rotated: rotate its successor."),
        (None, true) => Some("The previous token still works: end the overlap first."),
        (None, false) => None,
    };
    match reason {
        None => view! {
            <a class="button" href=move || state.address(Tokens::Rotate(id)) data-noscroll data-testid="context-rotate-token">
                <Icon picture=Picture::Rotate/>"Rotate"
            </a>
        }
        .into_any(),
        Some(reason) => view! {
            <span title=reason>
                <button class="button" type="button" disabled aria-describedby="why-not-rotate"><Icon picture=Picture::Rotate/>"Rotate"</button>
                <span class="sr-only" id="why-not-rotate">{reason}</span>
            </span>
        }
        .into_any(),
    }
}

/// The actions on the token.
#[component]
pub fn Actions(details: Details, now_is: Memo<Changed>, overlaps: bool, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let alive = matches!(details.liveness, Liveness::Live | Liveness::Inactive);
    let clonable = alive || details.liveness == Liveness::Leaked;
    let name = messages::name(&details.authorization.description, details.authorization.token_prefix.as_deref());
    let on_answer = on_update(id, name, state, || {});
    let toggle = move || match now_is.get().status {
        Status::Active => view! { <Icon picture=Picture::Pause/>"Deactivate" }.into_any(),
        Status::Inactive => view! { <Icon picture=Picture::Play/>"Activate" }.into_any(),
    };
    view! {
        <div class="start actions">
            {alive.then(|| view! { <RotateLink details=details.clone() overlaps state/> })}
            {clonable.then(|| view! {
                <a class="button" href=move || state.address(Tokens::Clone(id)) data-noscroll data-testid="context-clone-token">
                    <Icon picture=Picture::Clone/>"Clone"
                </a>
            })}
            {alive.then(|| view! {
                <Form action=Signal::derive(move || state.address(Tokens::Details(id))) on_answer>
                    <button
                        class="button" name=TokenForm::STATUS value=move || now_is.get().status.toggled().name()
                        data-testid="custom-api-token-toggle"
                    >
                        {toggle}
                    </button>
                </Form>
            })}
        </div>
        <a class="button danger" href=move || state.address(Tokens::Delete(id)) data-noscroll data-testid="context-delete-menu--button">
            <Icon picture=Picture::Trash/>"Delete"
        </a>
    }
}
