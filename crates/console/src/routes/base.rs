//! The base path, which every address of the console contains: links, forms, redirects and the browser's own location.

use leptos_router::NavigateOptions;

use jeton_model::BasePath;

/// Returns the address of a path of this site, such as `/sign-in`.
pub fn address_of(path: &str) -> String {
    with_base(|base| base.join(path))
}

/// Returns the path of this site that an address names, as the server's routes match it; `None` if it is another
/// site's.
pub fn below_base(address: &str) -> Option<&str> {
    with_base(|base| base.strip(address))
}

/// Returns the base path; empty if Jeton is served at the root of its host.
pub fn base_path() -> String {
    with_base(BasePath::to_string)
}

/// Returns the options of a navigation that does not scroll. The router takes addresses as they are: by default it
/// would add the base path a second time.
pub fn without_scrolling() -> NavigateOptions {
    NavigateOptions { resolve: false, scroll: false, ..NavigateOptions::default() }
}

/// Calls a function with the base path of the request. Leptos evaluates attributes in the request's task, some without
/// its context, and parts of a page in tasks of their own, which have the context alone.
#[cfg(feature = "ssr")]
fn with_base<T>(read: impl FnOnce(&BasePath) -> T) -> T {
    let of_context = || {
        let state = leptos::prelude::use_context::<jeton_http::state::AppState>()?;
        Some(state.settings.base_path.clone())
    };
    read(&jeton_http::base_path::current().or_else(of_context).unwrap_or_default())
}

#[cfg(not(feature = "ssr"))]
fn with_base<T>(read: impl FnOnce(&BasePath) -> T) -> T {
    read(base_of_document())
}

/// Returns the base path that the server wrote into this document.
#[cfg(not(feature = "ssr"))]
pub fn base_of_document() -> &'static BasePath {
    static BASE: std::sync::OnceLock<BasePath> = std::sync::OnceLock::new();
    BASE.get_or_init(|| {
        let html = leptos::prelude::document().document_element();
        let path = html.and_then(|html| html.get_attribute("data-base"));
        path.and_then(|path| path.parse().ok()).unwrap_or_default()
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use jeton_http::base_path::scope;
    use jeton_model::{Id, OrgId};

    use crate::routes::{ConsoleRoute, PageRoute as _, Section, Tokens, route_of};

    use super::*;

    #[test]
    fn every_address_is_below_the_base_path_and_is_read_there_only() {
        let org = OrgId(Id::new(1).unwrap());
        let base: BasePath = "/orgs".parse().unwrap();
        scope(base, || {
            let list = "/orgs/orgs/0000000000000001/load-data/tokens";
            assert_eq!(Tokens::List.address(org, &[("page", "2".to_owned())]), format!("{list}?page=2"));
            assert_eq!(Section::Tokens.address(org), list);
            assert_eq!(address_of("/sign-in"), "/orgs/sign-in");
            assert_eq!(route_of(list), Some((org, ConsoleRoute::Tokens(Tokens::List))));
            assert_eq!(route_of("/orgs/0000000000000001/load-data/tokens"), None);
        });
        assert_eq!(address_of("/sign-in"), "/sign-in");
    }
}
