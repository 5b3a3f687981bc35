//! Files that get their names once they are whole.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

/// Creates a file with this content that only its owner can read. It is removed when it is dropped.
pub fn private_file(directory: &Path, prefix: &str, content: &[u8]) -> io::Result<NamedTempFile> {
    // The mode of temporary files is 0600.
    let mut file = Builder::new().prefix(prefix).suffix(".part").tempfile_in(directory)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives a file its name; never replaces another file.
pub fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist_noclobber(path).map(drop).map_err(|refused| refused.error)
}

/// Returns the path with one more extension.
pub fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}
