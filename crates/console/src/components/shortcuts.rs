//! The dialog that lists the keyboard shortcuts, opened by "?".

use leptos::{html, prelude::*};

use crate::hydrate::browser;

use super::{Icon, Picture};

/// An effect, and the alternative keys for it.
type Line = (&'static str, &'static [&'static str]);

const EVERYWHERE: &[Line] = &[
    ("Show this help", &["?"]),
    ("Filter the list", &["/"]),
    ("Generate an API token", &["g"]),
    ("Close, or clear the filter", &["Esc"]),
];
const IN_A_LIST: &[Line] = &[
    ("Next row", &["j", "↓"]),
    ("Previous row", &["k", "↑"]),
    ("Open details", &["Enter"]),
    ("Select the row", &["x"]),
    ("Rename", &["e"]),
];

/// The button that opens the dialog. Shortcuts need JavaScript, so it is hidden without.
#[component]
pub fn ShortcutsButton(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <button class="menu-item needs-script" type="button" aria-keyshortcuts="?" data-testid="shortcuts--button" on:click=move |_| open.set(true)>
            <Icon picture=Picture::Keyboard/>"Keyboard shortcuts"
        </button>
    }
}

/// The dialog, rendered while it is open.
#[component]
pub fn Shortcuts(open: RwSignal<bool>) -> impl IntoView {
    move || open.get().then(|| view! { <ShortcutsDialog open/> })
}

/// The modal dialog with all shortcuts.
#[component]
fn ShortcutsDialog(open: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // The element is not in the document yet.
            request_animation_frame(move || drop(dialog.show_modal()));
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog
            class="dialog shortcuts" aria-labelledby="shortcuts-title" node_ref=dialog data-testid="shortcuts"
            on:close=move |_| open.set(false)
        >
            <header class="dialog-head">
                <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
                <button class="icon-button" type="button" aria-label="Close" autofocus on:click=close><Icon picture=Picture::Close/></button>
            </header>
            <div class="dialog-body">
                <Group title="Everywhere" lines=EVERYWHERE/>
                <Group title="In a list" lines=IN_A_LIST/>
            </div>
            <footer class="dialog-foot"><SingleKeys/></footer>
        </dialog>
    }
}

/// A titled group of shortcuts.
#[component]
fn Group(title: &'static str, lines: &'static [Line]) -> impl IntoView {
    let keys = |keys: &'static [&'static str]| {
        let key = |(index, key): (usize, &&'static str)| view! { {(index > 0).then_some(" or ")}<kbd>{*key}</kbd> };
        keys.iter().enumerate().map(key).collect_view()
    };
    let line = |(what, of): &Line| view! { <div><dt>{*what}</dt><dd>{keys(of)}</dd></div> };
    view! { <section><h3>{title}</h3><dl>{lines.iter().map(line).collect_view()}</dl></section> }
}

/// The switch for single-key shortcuts, which speech input could trigger by accident (WCAG 2.1.4).
#[component]
fn SingleKeys() -> impl IntoView {
    let on = RwSignal::new(browser::single_keys());
    let toggle = move |_| {
        on.update(|on| *on = !*on);
        browser::set_single_keys(on.get_untracked());
    };
    view! {
        <button
            class="switch" type="button" role="switch" aria-checked=move || on.get().to_string() aria-describedby="single-keys-hint"
            data-testid="single-keys" on:click=toggle
        >
            <span>"Single-key shortcuts"</span>
        </button>
        <p id="single-keys-hint" class="hint start">"Turn off if they interfere with speech input. Esc, Enter and arrow keys stay on."</p>
    }
}
