//! State that is created once for a page, however often the server renders its view.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    future::Future,
};

use codee::binary::PostcardCodec;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// The states of a page and its parts, by type. While resources are pending, the server runs a view several times; a
/// state created each time would load its data again. In the browser each visit has its own states.
#[derive(Clone, Copy)]
pub struct PageStore(StoredValue<Inner>);

struct Inner {
    owner: Owner,
    states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

impl PageStore {
    /// Creates the store of the calling view, which must run only once.
    pub fn here() -> Self {
        Self(StoredValue::new(Inner { owner: Owner::current().unwrap_or_default(), states: HashMap::new() }))
    }

    /// Returns the state of a type, created on the first call.
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

/// A resource of a page. It is serialized as Postcard, in the page and in responses: a JSON parser would be a tenth of
/// the WASM's size.
pub type PageResource<T> = Resource<T, PostcardCodec>;

/// Creates a resource that reloads when its source changes, as [`Resource::new`] does.
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
