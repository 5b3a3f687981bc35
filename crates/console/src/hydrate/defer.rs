//! Deferred hydration: hydrates parts of a page in short tasks, so that the page stays responsive.
//!
//! Hydration walks the page from the first element to the last in one task, which blocks a phone for about 250 ms. A
//! view passed to [`defer`] is skipped at first, and hydrated later in tasks of a few milliseconds.

use std::{cell::RefCell, rc::Rc};

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::types::{Element, Node},
        ssr::StreamBuilder,
        view::{
            Mountable, Position, PositionState, Render, RenderHtml,
            add_attr::AddAnyAttr,
            any_view::{AnyView, AnyViewState},
        },
    },
};
use wasm_bindgen::JsCast;

use super::scheduler::enqueue;

/// Defers the hydration of a view with one root element. On the server and in a page that the browser renders, the view
/// is rendered at once.
///
/// Serialized resources are matched by their order in the page (`Suspense` and `Transition` count too), and parts are
/// hydrated in the order in which they were deferred. So where a part that loads or suspends is deferred, every later
/// part of the page that does so must be deferred too, after it.
pub fn defer<V: IntoView + 'static>(view: impl FnOnce() -> V + Send + 'static) -> Deferred {
    if cfg!(feature = "ssr") {
        Deferred::Now(view().into_any())
    } else {
        Deferred::Later(Box::new(|| view().into_any()))
    }
}

/// A view that is hydrated later; see [`defer`].
pub enum Deferred {
    /// A view that is rendered at once, on the server.
    Now(AnyView),
    /// The function that creates the view once it is hydrated or rendered, in the browser.
    Later(Box<dyn FnOnce() -> AnyView + Send>),
}

impl Deferred {
    fn view(self) -> AnyView {
        match self {
            Self::Now(view) => view,
            Self::Later(view) => view(),
        }
    }
}

/// The state of a deferred view in the browser.
pub enum Part {
    /// The server's element, not hydrated yet.
    Served(Element),
    /// The view, hydrated or rendered.
    There(AnyViewState),
}

impl Part {
    fn served(&self) -> Option<Element> {
        if let Self::Served(element) = self { Some(element.clone()) } else { None }
    }
}

impl Render for Deferred {
    type State = Rc<RefCell<Part>>;

    fn build(self) -> Self::State {
        Rc::new(RefCell::new(Part::There(self.view().build())))
    }

    fn rebuild(self, state: &mut Self::State) {
        let mut part = state.borrow_mut();
        match &mut *part {
            Part::There(there) => self.view().rebuild(there),
            Part::Served(element) => {
                let mut built = self.view().build();
                if let Some(parent) = element.parent_element() {
                    built.mount(&parent, Some(element));
                }
                element.remove();
                *part = Part::There(built);
            }
        }
    }
}

impl RenderHtml for Deferred {
    type AsyncOutput = AnyView;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        if let Self::Now(view) = self {
            view.dry_resolve();
        }
    }

    async fn resolve(self) -> AnyView {
        self.view().resolve().await
    }

    fn html_len(&self) -> usize {
        if let Self::Now(view) = self { view.html_len() } else { 0 }
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.view().to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.view().to_html_async_with_buf::<OUT_OF_ORDER>(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        position.set(Position::NextChild);
        let element: Element = cursor.current().unchecked_into();
        let state = Rc::new(RefCell::new(Part::Served(element)));
        // Skips the part if it was removed meanwhile.
        let (gone, owner) = (Rc::downgrade(&state), Owner::current());
        enqueue(Box::new(move || {
            let Some(state) = gone.upgrade() else { return };
            let Some(element) = state.borrow().served() else { return };
            let owner = owner.unwrap_or_default();
            let there = owner.with(|| self.view().hydrate_from_position::<FROM_SERVER>(&element, Position::Current));
            *state.borrow_mut() = Part::There(there);
        }));
        state
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl AddAnyAttr for Deferred {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

impl Mountable for Part {
    fn unmount(&mut self) {
        match self {
            Self::Served(element) => element.remove(),
            Self::There(there) => there.unmount(),
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        match self {
            Self::Served(element) => drop(parent.insert_before(element, marker)),
            Self::There(there) => there.mount(parent, marker),
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        match self {
            Self::Served(element) => {
                let parent = element.parent_element();
                parent.is_some_and(|parent| child.try_mount(&parent, Some(element)))
            }
            Self::There(there) => there.insert_before_this(child),
        }
    }

    fn elements(&self) -> Vec<Element> {
        match self {
            Self::Served(element) => vec![element.clone()],
            Self::There(there) => there.elements(),
        }
    }
}
