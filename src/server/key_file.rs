//! The file of the audit key in the data directory, and the mark beside it that the key has signed entries.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use jeton_service::{
    AuditKey,
    audit::{
        log_state::{LogState, log_state},
        verify::has_key,
    },
    random,
};
use jeton_store::Store;

use super::private_files;

/// The file of the key.
pub const KEY: &str = "audit.key";
/// The mark beside it.
pub const MARK: &str = "audit.key.used";
/// The file beside it in which a rotation prepares the next keys.
pub const PREPARED: &str = "audit.key.next";

/// The keys of an audit log as a file or a variable holds them, in hex, with white space between them: the current one,
/// and then those of earlier parts of the log.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    current: Vec<u8>,
    earlier: Vec<Vec<u8>>,
}

impl Keys {
    /// Parses keys; `None` if there is none, or if one is too short or not hexadecimal.
    pub fn parse(text: &str) -> Option<Self> {
        let mut keys = text.split_whitespace().map(from_hex);
        let current = keys.next()??;
        Some(Self { current, earlier: keys.collect::<Option<_>>()? })
    }

    /// Writes the keys as their file holds them.
    pub fn to_text(&self) -> String {
        let all: Vec<String> = [&self.current].into_iter().chain(&self.earlier).map(|key| to_hex(key)).collect();
        all.join("\n")
    }

    /// Returns the key that signs, with those that only verify.
    pub fn audit_key(&self) -> AuditKey {
        AuditKey::new(self.current.clone()).with_earlier(self.earlier.iter().cloned())
    }

    /// Returns the keys after a rotation.
    pub fn rotated(&self) -> Self {
        let earlier = [&self.current].into_iter().chain(&self.earlier).cloned().collect();
        Self { current: random::<32>().to_vec(), earlier }
    }
}

/// Returns the keys in the data directory, if there are any.
pub fn known_keys(directory: &Path) -> io::Result<Option<Keys>> {
    match fs::read_to_string(directory.join(KEY)) {
        Ok(text) => from_text(&text, KEY).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the keys in any file.
pub fn keys_in(file: &Path) -> io::Result<Keys> {
    from_text(&fs::read_to_string(file)?, "the file")
}

/// Returns the keys that a rotation prepared beside a file of keys, if there are any. A file that was not written to its
/// end counts as none: no database has its keys.
fn prepared_keys(file: &Path) -> io::Result<Option<Keys>> {
    match fs::read_to_string(prepared(file)) {
        Ok(text) => Ok(Keys::parse(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Prepares keys beside the file that they are to replace, in a new file. They survive a power failure once this
/// returns.
pub fn prepare_keys(file: &Path, keys: &Keys) -> io::Result<()> {
    if let Err(error) = fs::remove_file(prepared(file))
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut written = private_files::open(&prepared(file))?;
    written.write_all(keys.to_text().as_bytes())?;
    written.sync_all()?;
    sync_directory(file)
}

/// Lets the keys that were prepared replace those of a file.
pub fn install_prepared(file: &Path) -> io::Result<()> {
    fs::rename(prepared(file), file)?;
    sync_directory(file)
}

fn prepared(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".next");
    name.into()
}

/// Makes the names beside a file survive a power failure.
fn sync_directory(file: &Path) -> io::Result<()> {
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    private_files::sync_directory(directory)
}

/// Returns the keys that were prepared beside a file, if the database has them and not those of the file.
pub async fn taken_over(store: &Store, file: &Path, known: &Keys) -> io::Result<Option<Keys>> {
    let Some(prepared) = prepared_keys(file)? else { return Ok(None) };
    let is_taken = !is_of(known, store).await? && is_of(&prepared, store).await?;
    Ok(is_taken.then_some(prepared))
}

/// Returns whether a database has the current one of these keys.
async fn is_of(keys: &Keys, store: &Store) -> io::Result<bool> {
    has_key(store, &keys.audit_key()).await.map(|has| has == Some(true)).map_err(io::Error::other)
}

/// Returns whether the key of a database has signed entries; false, with a warning, if the database fails.
pub async fn has_signed(store: &Store) -> bool {
    match log_state(store).await {
        Ok(state) => state == LogState::Written,
        Err(error) => {
            tracing::warn!(%error, "could not see whether the audit key was used");
            false
        }
    }
}

/// Creates the audit key of a new database.
pub fn new_key(directory: &Path) -> io::Result<Keys> {
    let keys = Keys { current: random::<32>().to_vec(), earlier: Vec::new() };
    let mut file = private_files::open(&directory.join(KEY))?;
    file.write_all(keys.to_text().as_bytes())?;
    file.sync_all()?;
    Ok(keys)
}

fn from_text(text: &str, name: &str) -> io::Result<Keys> {
    Keys::parse(text).ok_or_else(|| io::Error::other(format!("{name} does not hold a key in hex")))
}

/// Parses a key; `None` if it is too short or not hexadecimal.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() < 32 || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

fn to_hex(key: &[u8]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The mark that a key has signed entries. It tells a lost database from one that never was: both are empty.
#[derive(Clone, Debug)]
pub struct KeyMark {
    file: PathBuf,
    /// Recognizes the key, so that the mark does not count for another one.
    check: String,
}

impl KeyMark {
    /// Returns the mark of a key in this directory, whether it is set or not.
    pub fn of(directory: &Path, key: &AuditKey) -> Self {
        Self { file: directory.join(MARK), check: key.check() }
    }

    /// Returns whether this key has signed entries.
    pub fn is_set(&self) -> io::Result<bool> {
        match fs::read_to_string(&self.file) {
            Ok(text) => Ok(text.trim() == self.check),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sets the mark.
    pub fn set(&self) -> io::Result<()> {
        if self.is_set()? {
            return Ok(());
        }
        let mut file = private_files::open(&self.file)?;
        file.set_len(0)?;
        file.write_all(self.check.as_bytes())?;
        file.sync_all()
    }

    /// Removes the mark, for a start without the earlier data.
    pub fn clear(&self) -> io::Result<()> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_counts_for_its_own_key_alone() {
        let directory = tempfile::TempDir::new().unwrap();
        let of = |byte| KeyMark::of(directory.path(), &AuditKey::new(vec![byte; 32]));
        assert!(!of(1).is_set().unwrap());
        of(1).set().unwrap();
        assert!(of(1).is_set().unwrap() && !of(2).is_set().unwrap());
        of(2).set().unwrap();
        assert!(of(2).is_set().unwrap() && !of(1).is_set().unwrap());
        of(2).clear().unwrap();
        of(2).clear().unwrap();
        assert!(!of(2).is_set().unwrap());
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let directory = tempfile::TempDir::new().unwrap();
        assert!(known_keys(directory.path()).unwrap().is_none());
        let keys = new_key(directory.path()).unwrap();
        assert!(known_keys(directory.path()).unwrap() == Some(keys.clone()));
        assert!(keys_in(&directory.path().join(KEY)).unwrap() == keys);
        for bad in ["", "ab", "xyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxy", "abc"] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_rotation_keeps_the_earlier_keys_behind_the_new_one() {
        let directory = tempfile::TempDir::new().unwrap();
        let file = directory.path().join(KEY);
        let first = new_key(directory.path()).unwrap();
        let second = first.rotated();
        prepare_keys(&file, &second.rotated()).unwrap();
        prepare_keys(&file, &second).unwrap();
        assert!(keys_in(&file).unwrap() == first, "nothing is replaced yet");
        assert!(prepared_keys(&file).unwrap() == Some(second.clone()));
        install_prepared(&file).unwrap();
        assert!(keys_in(&file).unwrap() == second && prepared_keys(&file).unwrap().is_none());
        assert!(second.to_text().ends_with(&format!("\n{}", first.to_text())));
        assert_ne!(second.audit_key().check(), first.audit_key().check());
        for bad in ["", " \n", "00112233445566778899aabbccddeeff x"] {
            assert!(Keys::parse(bad).is_none(), "{bad}");
        }
    }
}
