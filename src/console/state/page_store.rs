//! States that are made once for a page, however often the server renders it.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    future::Future,
};

use codee::binary::PostcardCodec;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// The states of a page and what is in it, by their types. The server calls a view again for each look at what is
/// pending; made anew each time, a state would load everything again. In the browser every visit has states of its own.
#[derive(Clone, Copy)]
pub struct PageStore(StoredValue<Inner>);

struct Inner {
    owner: Owner,
    states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

impl PageStore {
    /// For as long as the view that calls this: one that is not called again.
    pub fn here() -> Self {
        Self(StoredValue::new(Inner { owner: Owner::current().unwrap_or_default(), states: HashMap::new() }))
    }

    /// The state of a type: made the first time it is asked for.
    pub fn once<T: Copy + Send + Sync + 'static>(self, make: impl FnOnce() -> T) -> T {
        if !cfg!(feature = "ssr") {
            return make();
        }
        let of_type = |inner: &Inner| inner.states.get(&TypeId::of::<T>())?.downcast_ref().copied();
        self.0.with_value(of_type).unwrap_or_else(|| {
            let state = self.0.with_value(|inner| inner.owner.clone()).with(make);
            self.0.update_value(|inner| _ = inner.states.insert(TypeId::of::<T>(), Box::new(state)));
            state
        })
    }
}

/// What a page loads. It travels, in the page and in answers, in a binary form: a reader for JSON would be a tenth of what
/// a browser loads.
pub type PageResource<T> = Resource<T, PostcardCodec>;

/// Loads when the source changes, as [`Resource::new`] does.
pub fn fetch<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    load: impl Fn(S) -> F + Send + Sync + 'static,
) -> PageResource<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, load, false)
}
