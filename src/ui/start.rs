//! Where the script begins.

use leptos::{mount::hydrate_body, prelude::window};
use wasm_bindgen_futures::spawn_local;

use super::{app::App, browser, components::history::listen_first, enhance::enhance, parts};

/// Takes over the page that the server rendered, once the part of the script that shows it is there. Where that does not
/// come, the page stays as it is, and works without. `at`: the path and the query that the page was loaded from; whoever has
/// gone back or forward since sees another page than the address says, which is then loaded.
pub fn start(at: String) {
    enhance();
    listen_first();
    spawn_local(async move {
        let path = window().location().pathname().unwrap_or_default();
        let fetched = parts::fetch_for(&path).await;
        if browser::here() != at {
            browser::reload();
        } else if fetched.is_ok() {
            hydrate_body(App);
        }
    });
}
