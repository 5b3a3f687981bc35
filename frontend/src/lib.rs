//! What the browser loads: the crate's other half, started on a page the server has rendered.

/// `at`: the path and the query that the page was loaded from.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate(at: String) {
    jeton_console::start(at);
}
