//! Notifications: one in the corner for every action, and a voice for what has no place there.

use std::time::Duration;

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::console::hydrate::defer::after_hydration;

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
    /// Whether it has been taken away.
    gone: ArcRwSignal<bool>,
}

/// What a notification offers to do: the word on its button, and what that does.
type Offer = (&'static str, Callback<()>);

/// The notifications of a page.
#[derive(Clone, Copy)]
pub struct Notices {
    /// Those that have gone stay until all have, so that the others keep their places.
    all: RwSignal<Vec<Notice>>,
    voice: RwSignal<String>,
    next: StoredValue<u64>,
    /// While the pointer or the focus is on them, none goes.
    held: RwSignal<bool>,
    /// How many modal dialogs stand above the page: what is outside them can't be pressed.
    covered: RwSignal<u32>,
}

impl Notices {
    /// Makes the page's notifications known to everything in it.
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

    pub fn current() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    pub fn success(&self, title: impl Into<String>, more: impl Into<String>) {
        self.add(false, title.into(), more.into(), None);
    }

    /// Something was done that can be undone for as long as the notification is there.
    pub fn undoable(&self, title: impl Into<String>, undo: Callback<()>) {
        self.add(false, title.into(), String::new(), Some(("Undo", undo)));
    }

    pub fn failure(&self, title: impl Into<String>, more: impl Into<String>) {
        self.add(true, title.into(), more.into(), None);
    }

    /// Says something to a screen reader alone.
    pub fn announce(&self, text: &str) {
        self.voice.set(text.to_owned());
    }

    /// A modal dialog opened: notifications appear in it.
    pub fn cover(&self) {
        self.covered.update(|dialogs| *dialogs += 1);
    }

    /// It closed.
    pub fn uncover(&self) {
        let _ = self.covered.try_update(|dialogs| *dialogs = dialogs.saturating_sub(1));
    }

    fn add(&self, failed: bool, title: String, more: String, way_back: Option<Offer>) {
        let number = self.next.with_value(|number| *number);
        self.next.set_value(number + 1);
        let notice = Notice { number, failed, title, more, way_back, gone: ArcRwSignal::new(false) };
        self.all.update(|notices| notices.push(notice));
        // The server renders them, and has no time to take them away.
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

/// Where notifications appear: above everything. Each dialog has such a place too, for while it is open nothing outside
/// it can be pressed.
#[component]
pub fn Toasts(#[prop(optional)] in_dialog: bool) -> impl IntoView {
    let notices = Notices::current();
    let here = Memo::new(move |_| (notices.covered.get() > 0) == in_dialog);
    move || here.get().then(|| view! { <Region notices/> })
}

#[component]
fn Region(notices: Notices) -> impl IntoView {
    let region = NodeRef::<html::Div>::new();
    Effect::new(move || {
        notices.all.track();
        // What is shown last in the top layer is on top: shown again, it is above what opened meanwhile.
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

/// The notification at a place, and behind it the next. None is touched when another comes or goes, and so none is read
/// aloud twice; a keyed list (`For`) would do the same with five KB of script more.
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
