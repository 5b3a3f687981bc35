//! The certificates of the tests, and their keys.

use std::path::{Path, PathBuf};

/// Returns the path of a file with a certificate or a key.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jeton/tls").join(name)
}
