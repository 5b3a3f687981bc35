//! Texts without the case of their letters, for what people search.

/// A text in small letters, of any script. The browser brings its own tables for this: Rust's would be 14 KB more to load.
pub fn folded(text: &str) -> String {
    if cfg!(feature = "ssr") { text.to_lowercase() } else { js_sys::JsString::from(text).to_lower_case().into() }
}
