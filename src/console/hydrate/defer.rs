//! Taking over a page in small portions, so that it answers whoever uses it meanwhile.
//!
//! Hydration runs from the first element to the last in one go, which on a phone is a quarter of a second in which nothing
//! moves. What is put off with [`defer`] is passed over at first, and taken over in tasks of a few milliseconds each.

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

pub use super::scheduler::after_hydration;
use super::scheduler::enqueue;
#[cfg(feature = "hydrate")]
pub use super::scheduler::{is_done, is_left, leave};

/// A part of the page, one element, that is taken over after the rest. Where nothing is to be taken over (on the server, and
/// on a page that the browser renders) it is there at once.
///
/// What the server has found out is handed over in the order of the page, to what loads and to what waits (`Transition`
/// counts too), and parts are taken over in the order in which they were put off. So where a part that loads or waits is put
/// off, all that does so and follows it on the page has to be put off too, behind it.
pub fn defer<V: IntoView + 'static>(view: impl FnOnce() -> V + Send + 'static) -> Deferred {
    if cfg!(feature = "ssr") {
        Deferred::Now(view().into_any())
    } else {
        Deferred::Then(Box::new(|| view().into_any()))
    }
}

pub enum Deferred {
    Now(AnyView),
    Then(Box<dyn FnOnce() -> AnyView + Send>),
}

impl Deferred {
    fn view(self) -> AnyView {
        match self {
            Self::Now(view) => view,
            Self::Then(view) => view(),
        }
    }
}

pub enum Part {
    /// The server's element, not taken over yet.
    Served(Element),
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
        // What has gone meanwhile is not taken over any more.
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
