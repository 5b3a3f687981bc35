//! Notifications (toasts) about actions, and a live region for screen readers.

use std::time::Duration;

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::hydrate::scheduler::after_hydration;

use super::{Icon, Picture};

const SUCCESS_STAYS: Duration = Duration::from_secs(5);
const FAILURE_STAYS: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Notice {
    number: u64,
    failed: bool,
    title: String,
    more: String,
    way_back: Option<Offer>,
    /// True if it was dismissed.
    gone: ArcRwSignal<bool>,
}

/// The action that a notification offers: the label of its button, and the callback.
type Offer = (&'static str, Callback<()>);

/// The notifications of a page.
#[derive(Clone, Copy)]
pub struct Notices {
    /// Dismissed notifications stay until all are dismissed, so that the others keep their indices.
    all: RwSignal<Vec<Notice>>,
    voice: RwSignal<String>,
    next: StoredValue<u64>,
    /// True if the pointer or the focus is on them, which suspends the dismissal.
    held: RwSignal<bool>,
    /// Number of open modal dialogs: elements outside of them cannot be pressed.
    covered: RwSignal<u32>,
}

impl Notices {
    /// Provides the notifications as context for the page.
    pub fn provide() -> Self {
        let notices = Self {
            all: RwSignal::new(Vec::new()),
            voice: RwSignal::new(String::new()),
            next: StoredValue::new(0),
            held: RwSignal::new(false),
            covered: RwSignal::new(0),
        };
        provide_context(notices);
        notices
    }

    /// Returns the notifications of the page; provides them if there are none yet.
    pub fn current() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Shows that something was done, for five seconds.
    pub fn success(&self, title: impl Into<String>, more: impl Into<String>) {
        self.add(false, title.into(), more.into(), None);
    }

    /// Shows that something was done, with a button that undoes it while the notification is visible.
    pub fn undoable(&self, title: impl Into<String>, undo: Callback<()>) {
        self.add(false, title.into(), String::new(), Some(("Undo", undo)));
    }

    /// Shows that something failed, for ten seconds.
    pub fn failure(&self, title: impl Into<String>, more: impl Into<String>) {
        self.add(true, title.into(), more.into(), None);
    }

    /// Announces a text to screen readers only.
    pub fn announce(&self, text: &str) {
        self.voice.set(text.to_owned());
    }

    /// Records that a modal dialog opened: notifications then appear in it.
    pub fn cover(&self) {
        self.covered.update(|dialogs| *dialogs += 1);
    }

    /// Records that a modal dialog closed.
    pub fn uncover(&self) {
        let _ = self.covered.try_update(|dialogs| *dialogs = dialogs.saturating_sub(1));
    }

    fn add(&self, failed: bool, title: String, more: String, way_back: Option<Offer>) {
        let number = self.next.with_value(|number| *number);
        self.next.set_value(number + 1);
        let notice = Notice { number, failed, title, more, way_back, gone: ArcRwSignal::new(false) };
        self.all.update(|notices| notices.push(notice));
        // No timers on the server.
        if cfg!(feature = "hydrate") {
            self.later(number, if failed { FAILURE_STAYS } else { SUCCESS_STAYS });
        }
    }

    fn later(self, number: u64, stays: Duration) {
        set_timeout(
            move || match self.held.try_get_untracked() {
                Some(true) => self.later(number, SUCCESS_STAYS),
                Some(false) => self.dismiss(number),
                None => {}
            },
            stays,
        );
    }

    fn dismiss(&self, number: u64) {
        let goes = |notices: &Vec<Notice>| {
            if let Some(notice) = notices.iter().find(|notice| notice.number == number) {
                notice.gone.set(true);
            }
            notices.iter().all(|notice| notice.gone.get_untracked())
        };
        if self.all.try_with_untracked(goes) == Some(true) {
            self.all.update(Vec::clear);
        }
    }
}

/// The region of the notifications, in the top layer. Each modal dialog has one too, since elements outside of it
/// cannot be pressed.
#[component]
pub fn Toasts(#[prop(optional)] in_dialog: bool) -> impl IntoView {
    let notices = Notices::current();
    let here = Memo::new(move |_| (notices.covered.get() > 0) == in_dialog);
    move || here.get().then(|| view! { <Region notices/> })
}

/// The popover and live region that holds the notifications.
#[component]
fn Region(notices: Notices) -> impl IntoView {
    let region = NodeRef::<html::Div>::new();
    Effect::new(move || {
        notices.all.track();
        // The last shown popover is on top: showing it again raises it above elements opened meanwhile.
        if let Some(region) = region.get() {
            after_hydration(move || {
                let region: &web_sys::HtmlElement = region.unchecked_ref();
                drop(region.hide_popover());
                drop(region.show_popover());
            });
        }
    });
    view! {
        <div
            class="toasts" popover="manual" role="region" aria-label="Notifications" node_ref=region
            on:mouseenter=move |_| notices.held.set(true) on:mouseleave=move |_| notices.held.set(false)
            on:focusin=move |_| notices.held.set(true) on:focusout=move |_| notices.held.set(false)
        >
            <p class="sr-only" role="status">{notices.voice}</p>
            <NoticesFrom place=0 notices/>
        </div>
    }
}

/// The notification at an index, followed by the next one. The nodes of the others never change, so none is announced
/// twice; a keyed list (`For`) would do the same, at 5 KB more WASM.
#[component]
fn NoticesFrom(place: usize, notices: Notices) -> impl IntoView {
    let notice = Memo::new(move |_| notices.all.with(|all| all.get(place).map(|notice| notice.number)));
    move || {
        notice.get()?;
        let notice = notices.all.with_untracked(|all| all.get(place).cloned())?;
        let gone = notice.gone.clone();
        let shown = move || (!gone.get()).then(|| view! { <Toast notice=notice.clone() notices/> });
        Some(view! { {shown}<NoticesFrom place=place + 1 notices/> }.into_any())
    }
}

/// One notification.
#[component]
fn Toast(notice: Notice, notices: Notices) -> impl IntoView {
    let kind = if notice.failed { "error" } else { "success" };
    let (picture, class) = if notice.failed { (Picture::CircleAlert, "danger") } else { (Picture::CircleCheck, "ok") };
    let number = notice.number;
    let way_back = notice.way_back.map(|(word, undo)| {
        let on_click = move |_| {
            undo.try_run(());
            notices.dismiss(number);
        };
        view! { <button class="link link-button" type="button" data-testid="notification--action" on:click=on_click>{word}</button> }
    });
    view! {
        <div class="toast" role=if notice.failed { "alert" } else { "status" } data-testid=format!("notification-{kind}")>
            <Icon picture class/>
            <div>
                <p class="toast-title">{notice.title}</p>
                {(!notice.more.is_empty()).then(|| view! { <p class="toast-more">{notice.more}</p> })}
            </div>
            {way_back}
            <button
                class="icon-button small needs-script" type="button" aria-label="Dismiss"
                data-testid=format!("notification-{kind}--dismiss") on:click=move |_| notices.dismiss(number)
            >
                <Icon picture=Picture::Close/>
            </button>
        </div>
    }
}
