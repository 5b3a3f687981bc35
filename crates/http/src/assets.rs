//! The console's files, embedded in the binary.

use std::{
    borrow::Cow,
    fmt::Write as _,
    sync::{LazyLock, OnceLock},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use leptos::{
    WasmSplitManifest,
    prelude::{ArcStoredValue, GetValue as _},
};
use rust_embed::EmbeddedFile;

use jeton_model::BasePath;

use crate::entity_tag::is_known;

/// Finds an embedded file by its path below the root of the site.
pub type FindFile = fn(&str) -> Option<EmbeddedFile>;

static FIND_FILE: OnceLock<FindFile> = OnceLock::new();

/// Registers the embedded files, once, before the first request. They are the program's, so that a new site recompiles
/// the program alone.
pub fn register(find: FindFile) {
    // Further servers in this process have the same files.
    _ = FIND_FILE.set(find);
}

fn embedded(path: &str) -> Option<EmbeddedFile> {
    FIND_FILE.get()?(path)
}

/// Paths of the script, the WebAssembly program and the style sheet; their names contain a hash in a release.
pub struct Names {
    /// URL path of the script.
    pub js: String,
    /// URL path of the WebAssembly program.
    pub wasm: String,
    /// URL path of the style sheet.
    pub css: String,
}

/// The names of the embedded files.
pub static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let name = |kind: &str| {
        hash_of(kind).map_or_else(|| format!("/pkg/jeton.{kind}"), |hash| format!("/pkg/jeton.{hash}.{kind}"))
    };
    Names { js: name("js"), wasm: name("wasm"), css: name("css") }
});

/// Returns the hash in the name of a file of this kind, where files have one.
fn hash_of(kind: &str) -> Option<String> {
    let hashes = embedded("hash.txt")?;
    let hashes = String::from_utf8_lossy(&hashes.data);
    hashes.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(':')).map(|hash| hash.trim().to_owned())
}

/// The chunks of each part of the console (`console::hydrate::chunks`), so that a page preloads those it needs.
static PARTS: LazyLock<Option<WasmSplitManifest>> = LazyLock::new(|| {
    let manifest = embedded(&format!("pkg/__wasm_split_manifest.{}.json", hash_of("manifest")?))?;
    let loader = format!("__wasm_split.{}.js", hash_of("split")?);
    let manifest = serde_json::from_slice(&manifest.data).ok()?;
    Some(WasmSplitManifest(ArcStoredValue::new(("/pkg".to_owned(), manifest, loader))))
});

/// Returns the chunks of each part, as addresses below a base path.
pub fn parts(base: &BasePath) -> Option<WasmSplitManifest> {
    let parts = PARTS.as_ref()?;
    if base.is_root() {
        return Some(parts.clone());
    }
    let (folder, manifest, loader) = parts.0.get_value();
    Some(WasmSplitManifest(ArcStoredValue::new((base.join(&folder), manifest, loader))))
}

/// Returns a file in the smallest encoding that the browser accepts; `None` if there is none of that name.
pub fn file(uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let path = uri.path().trim_start_matches('/');
    if path.is_empty() || path == "hash.txt" {
        return None;
    }
    let plain = embedded(path)?;
    let (file, encoding) = smallest(path, plain, headers);
    let etag = etag(&file);
    let cache = if has_hash_in_name(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    if is_known(headers, &etag) {
        return Some(
            (StatusCode::NOT_MODIFIED, [(header::ETAG, etag), (header::CACHE_CONTROL, cache.into())]).into_response(),
        );
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let body = match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response =
        ([(header::CONTENT_TYPE, kind.to_string()), (header::ETAG, etag), (header::CACHE_CONTROL, cache.into())], body)
            .into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// Returns whether a file's name changes with its content ("name.hash.ending"), so that it may be cached for ever. In a
/// development build no name contains a hash.
fn has_hash_in_name(path: &str) -> bool {
    let is_hash = |part: &str| part.len() == HASH_LENGTH && part.bytes().all(is_base64url);
    path.starts_with("pkg/") && NAMES.wasm.matches('.').count() > 1 && path.rsplit('.').nth(1).is_some_and(is_hash)
}

/// Length of the hash in a name, in characters: 128 bits in base64url.
const HASH_LENGTH: usize = 22;

const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn smallest(path: &str, plain: EmbeddedFile, headers: &HeaderMap) -> (EmbeddedFile, Option<&'static str>) {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (name, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepted.split(',').any(|one| one.split(';').next().unwrap_or_default().trim() == name)
            && let Some(file) = embedded(&format!("{path}.{ending}"))
        {
            return (file, Some(name));
        }
    }
    (plain, None)
}

fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    hash[..16].iter().fold(String::from("\""), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }) + "\""
}
