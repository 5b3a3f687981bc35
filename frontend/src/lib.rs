//! The library that the browser loads: it hydrates a page that the server has rendered.

/// `at`: the path and the query that the page was loaded from.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate(at: String) {
    jeton_console::start(at);
}
