//! The id of this instance, by which a gate recognizes the authorizations that it created in a database. Nodes that
//! share a database of Jeton have different ids, because none knows the tokens of another's authorizations. It is no
//! secret.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use jeton_model::Id;
use jeton_service::random;

use super::private_files;

/// The file of the id in the data directory.
pub(super) const FILE: &str = "instance.id";

/// The id cannot be read or created.
#[derive(Debug, thiserror::Error)]
#[error("the id of this instance in {} can't be used: {error}; make the directory writable, or remove the file", .path.display())]
pub struct InstanceError {
    path: PathBuf,
    error: io::Error,
}

/// Returns the id of the instance with this data directory. It is created if there is none, and is no part of backups.
///
/// # Errors
/// Fails if the file cannot be read or written, or if it contains something else.
pub fn id(directory: &Path) -> Result<Id, InstanceError> {
    let path = directory.join(FILE);
    read_or_create(directory, &path).map_err(|error| InstanceError { path, error })
}

fn read_or_create(directory: &Path, path: &Path) -> io::Result<Id> {
    match fs::read_to_string(path) {
        // A crash may have left an empty file.
        Ok(text) if text.trim().is_empty() => create(path),
        Ok(text) => text.trim().parse().map_err(|_| io::Error::other("it is no id of 16 hexadecimal digits")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            private_files::create_directory(directory)?;
            create(path)
        }
        Err(error) => Err(error),
    }
}

fn create(path: &Path) -> io::Result<Id> {
    let id = Id::from_random(random());
    let mut file = private_files::open(path)?;
    file.write_all(id.to_string().as_bytes())?;
    file.sync_all()?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_keeps_its_id_and_another_has_another() {
        let (one, other) = (tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap());
        let first = id(one.path()).unwrap();
        assert_eq!(id(one.path()).unwrap(), first);
        assert_ne!(id(other.path()).unwrap(), first);
        fs::write(one.path().join(FILE), "x").unwrap();
        assert!(id(one.path()).unwrap_err().to_string().contains(FILE));
        fs::write(one.path().join(FILE), "").unwrap();
        assert_ne!(id(one.path()).unwrap(), first, "an empty file is none");
    }
}
