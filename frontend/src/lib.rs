//! What the browser loads: the crate's other half, started on a page the server has rendered.

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    jeton::hydrate();
}
