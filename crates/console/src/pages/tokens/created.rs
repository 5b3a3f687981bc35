//! The dialog that displays a new token, once.

use crate::{
    components::{
        CopyButton, Dialog, Icon, Notices, Picture,
        copy::copy,
        tabs::{Tab, Tabs},
        text::Alert,
    },
    forms::outcome::CreatedToken,
    hydrate::browser,
    routes::without_scrolling,
    snippets::{env_file, examples},
};

use super::state::{CreatedBy, TokensState};

use leptos::{ev::ClipboardEvent, html, prelude::*};
use leptos_router::hooks::use_navigate;

/// The state of the copy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CopyState {
    NotYet,
    Copied,
    /// The browser denied access to the clipboard; the text is selected instead.
    Selected,
}

/// The dialog with the token. Neither Esc nor a click outside closes it; leaving without a copy needs a confirmation.
/// `close`: the address of the list, with the new row highlighted.
#[component]
pub fn CreatedDialog(token: CreatedToken, how: CreatedBy, close: String) -> impl IntoView {
    let copy_state = RwSignal::new(CopyState::NotYet);
    let asks = RwSignal::new(false);
    let title = how.title();
    let old = match how {
        CreatedBy::Rotated { old } => Some(view! { <p class="created-old" data-testid="old-token">{old}</p> }),
        CreatedBy::Created | CreatedBy::Cloned => None,
    };
    let facts = if token.description.is_empty() { "Without description".to_owned() } else { token.description.clone() };
    let facts = token.is_described.then(|| view! { <b>{facts}</b> });
    let summary = token.summary.clone();
    let snippets = examples(&token)
        .into_iter()
        .map(|(name, example)| Tab {
            name,
            panel: ViewFn::from(move || {
                let (view, text, secrets) = (example.view(), example.text(), example.secrets());
                // Text that is selected and copied by hand contains the whole token too.
                let on_copy = move |event: ClipboardEvent| browser::copy_whole(&event, &secrets);
                view! {
                    <div class="code-box">
                        <pre tabindex="0" on:copy=on_copy><code>{view}</code></pre>
                        <CopyButton text label="Copy" class="button small needs-script"/>
                    </div>
                    <p class="hint">"The token is shortened on screen only. Copy includes the whole token."</p>
                }
            }),
        })
        .collect::<Vec<_>>();
    view! {
        <Dialog class="medium created" close=close.clone() locked=true>
            <header class="dialog-head" data-testid="overlay--header">
                <span class="done"><Icon picture=Picture::Check/></span><h2 id="dialog-title">{title}</h2>
            </header>
            <div class="dialog-body">
                <Alert><b>"Make sure to copy your new API token now. You won't be able to see it again!"</b></Alert>
                <TokenBox token=token.token.expose().to_owned()/>
                <p class="created-facts">{facts}<span>{summary}</span></p>
                {old}
                <CopyRow token=token.clone() copy_state/>
                <Tabs group="Use the token" tabs=snippets/>
            </div>
            <footer class="dialog-foot"><Leave close copy_state asks/></footer>
        </Dialog>
    }
}

/// The token: prefix in brass, check characters in grey.
#[component]
fn TokenBox(token: String) -> impl IntoView {
    let parts = if jeton_model::token::is_well_formed(&token) {
        let (prefix, rest) = token.split_at(4);
        let (middle, check) = rest.split_at(rest.len() - 6);
        view! { <span class="token-prefix">{prefix.to_owned()}</span>{middle.to_owned()}<span class="token-check">{check.to_owned()}</span> }.into_any()
    } else {
        token.into_any()
    };
    view! { <div class="code-box token-box" data-testid="code-snippet"><code id="new-token" tabindex="0" aria-label="The new token">{parts}</code></div> }
}

/// The buttons that copy the token or save it.
#[component]
fn CopyRow(token: CreatedToken, copy_state: RwSignal<CopyState>) -> impl IntoView {
    let notices = Notices::current();
    let button = NodeRef::<html::Button>::new();
    let (secret, file) = (token.token.expose().to_owned(), env_file(&token));
    let on_copy = move |_| {
        copy(secret.clone(), move |done| {
            if done {
                copy_state.set(CopyState::Copied);
                notices.success("API token has been copied to clipboard", "");
            } else {
                copy_state.set(CopyState::Selected);
                browser::select("new-token");
            }
        });
    };
    let on_download = move |_| {
        browser::download("jeton.env", &file);
        copy_state.set(CopyState::Copied);
    };
    view! {
        <div class="copy-row needs-script">
            <button
                class="button primary large" type="button" autofocus node_ref=button data-testid="button-copy"
                data-copied=move || (copy_state.get() == CopyState::Copied).then_some("") on:click=on_copy
            >
                <Icon picture=Picture::Copy class="icon-copy"/><Icon picture=Picture::Check class="icon-copied"/>"Copy to Clipboard"
            </button>
            <button class="button large" type="button" data-testid="button-download" on:click=on_download>
                <Icon picture=Picture::Download/>"Download .env"
            </button>
            {move || (copy_state.get() == CopyState::Selected).then(|| view! { <p class="hint" role="status">"Press Ctrl+C to copy."</p> })}
        </div>
    }
}

/// The button that closes the dialog.
#[component]
fn Leave(close: String, copy_state: RwSignal<CopyState>, asks: RwSignal<bool>) -> impl IntoView {
    let navigate = use_navigate();
    let state = use_context::<TokensState>();
    let address = close.clone();
    let leave = StoredValue::new(move || {
        if let Some(state) = state {
            navigate(&address, without_scrolling());
            state.created.set(None);
        } else {
            // After set-up the session is new, so the next page is loaded from the server.
            browser::go(&address);
        }
    });
    let on_press = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if copy_state.get_untracked() == CopyState::NotYet && !asks.get_untracked() {
            asks.set(true);
        } else {
            leave.with_value(|leave| leave());
        }
    };
    move || {
        if asks.get() {
            view! {
                <p class="start ask" role="alert">"You have not copied the token. Close anyway?"</p>
                <button class="button" type="button" on:click=move |_| asks.set(false)>"Keep open"</button>
                <button class="button danger" type="button" on:click=move |_| leave.with_value(|leave| leave())>"Close"</button>
            }
            .into_any()
        } else {
            view! {
                <p class="start">"Keep it in a password manager or secret store. Jeton keeps only a hash."</p>
                <a class="button" href=close.clone() rel="external" on:click=on_press data-testid="saved-token--button">"I have saved it"</a>
            }
            .into_any()
        }
    }
}
