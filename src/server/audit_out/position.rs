//! The positions of the audit export, in a file of the data directory.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::server::private_files::create_directory;

/// The name of the file.
pub const NAME: &str = "audit-out.json";

/// The last exported entry; the default is before the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Its sequence number.
    pub(super) seq: i64,
    /// Its hash.
    pub(super) hash: String,
}

/// The positions of the sinks by their names.
pub(super) struct Positions {
    file: PathBuf,
    /// `None` before the file was read.
    known: Option<BTreeMap<String, Position>>,
}

impl Positions {
    /// Returns the positions that are stored in a directory.
    pub(super) fn in_directory(directory: &Path) -> Self {
        Self { file: directory.join(NAME), known: None }
    }

    /// Returns the position of a sink.
    ///
    /// # Errors
    /// Fails, with the file and the remedy, if the file can't be read.
    pub(super) fn of(&mut self, sink: &str) -> io::Result<Position> {
        let position = self.known().map(|known| known.get(sink).cloned().unwrap_or_default());
        position.map_err(|error| self.failure(&error))
    }

    /// Stores the position of a sink.
    ///
    /// # Errors
    /// Fails, with the file and the remedy, if the file can't be written.
    pub(super) fn set(&mut self, sink: &str, position: &Position) -> io::Result<()> {
        self.store(sink, position).map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &io::Error) -> io::Error {
        let file = self.file.display();
        let remedy = "give this user access, or remove it, and all entries are exported again";
        io::Error::other(format!("{file} can't be used: {error}; {remedy}"))
    }

    fn store(&mut self, sink: &str, position: &Position) -> io::Result<()> {
        self.known()?.insert(sink.to_owned(), position.clone());
        let text = serde_json::to_vec(&self.known)?;
        let directory = self.file.parent().unwrap_or(Path::new("."));
        // With PostgreSQL and the audit key in a variable, nothing else creates the directory.
        create_directory(directory)?;
        let file = tempfile::NamedTempFile::new_in(directory)?;
        fs::write(file.path(), text)?;
        file.as_file().sync_all()?;
        file.persist(&self.file).map(drop).map_err(|refused| refused.error)
    }

    fn known(&mut self) -> io::Result<&mut BTreeMap<String, Position>> {
        if self.known.is_none() {
            let read = match fs::read(&self.file) {
                Ok(text) => serde_json::from_slice(&text)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
                Err(error) => return Err(error),
            };
            self.known = Some(read);
        }
        Ok(self.known.get_or_insert_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_there_after_a_restart() {
        let directory = tempfile::TempDir::new().unwrap();
        let position = Position { seq: 7, hash: "of 7".into() };
        let mut before = Positions::in_directory(directory.path());
        assert_eq!(before.of("file").unwrap(), Position::default());
        before.set("file", &position).unwrap();
        let mut after = Positions::in_directory(directory.path());
        assert_eq!((after.of("file").unwrap(), after.of("syslog").unwrap()), (position, Position::default()));
    }

    #[test]
    fn a_file_that_is_damaged_is_told_with_its_name() {
        let directory = tempfile::TempDir::new().unwrap();
        fs::write(directory.path().join(NAME), "{").unwrap();
        let said = Positions::in_directory(directory.path()).of("file").unwrap_err().to_string();
        assert!(said.contains(NAME) && said.contains("remove it"), "{said}");
    }
}
