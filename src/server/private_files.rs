//! Files and directories that only the server's user can read.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// Opens a file for writing. A new file is readable for its owner only, whatever the umask.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, OWNER_ONLY);
    options.open(path)
}

/// Creates a directory that only its owner can enter. An existing one stays as it is.
#[cfg(unix)]
pub fn create_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Creates a directory; without Unix modes, with the access rights that it inherits.
#[cfg(not(unix))]
pub fn create_directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Makes the names in a directory survive a power failure.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
const OWNER_ONLY: u32 = 0o600;
/// Mode bits of the group and of others.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Removes all access of the group and of others from a file, if it exists.
#[cfg(unix)]
pub fn tighten(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    match mode(path)? {
        Some(mode) if mode & OTHERS != 0 => fs::set_permissions(path, fs::Permissions::from_mode(OWNER_ONLY)),
        _ => Ok(()),
    }
}

/// Does nothing: there are no Unix modes.
#[cfg(not(unix))]
pub fn tighten(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns a directory's mode in octal if the group or others have any access to it.
#[cfg(unix)]
pub fn open_to_others(directory: &Path) -> Option<String> {
    let mode = mode(directory).ok().flatten()?;
    (mode & OTHERS != 0).then(|| format!("{mode:03o}"))
}

/// Returns `None`: there are no Unix modes.
#[cfg(not(unix))]
pub fn open_to_others(_: &Path) -> Option<String> {
    None
}

/// Returns the nine permission bits of a file or directory, if it exists.
#[cfg(unix)]
fn mode(path: &Path) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt as _;
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.permissions().mode() & 0o777)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
