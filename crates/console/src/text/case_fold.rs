//! Case folding, for searches that ignore case.

/// Returns a text in lower case. In the browser JavaScript's tables are used: Rust's would add 14 KB to the WASM.
pub fn folded(text: &str) -> String {
    if cfg!(feature = "ssr") { text.to_lowercase() } else { js_sys::JsString::from(text).to_lower_case().into() }
}
