//! Where the script begins.

use leptos::{mount::hydrate_body, prelude::window};
use wasm_bindgen_futures::spawn_local;

use super::{app::App, components::history::listen_first, enhance::enhance, parts};

/// Takes over the page that the server rendered, once the part of the script that shows it is there. Where that does not
/// come, the page stays as it is, and works without.
pub fn start() {
    enhance();
    listen_first();
    spawn_local(async {
        let path = window().location().pathname().unwrap_or_default();
        if parts::fetch_for(&path).await.is_ok() {
            hydrate_body(App);
        }
    });
}
