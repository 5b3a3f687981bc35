//! The sinks of the audit export: a file, the socket of syslog, or a URL.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use jeton_service::audit::outlet::ExportedEntry;

use super::http_sink::Http;

/// Priority of the entries: facility 13 (log audit), severity 6 (informational).
const PRIORITY: u8 = 13 * 8 + 6;

/// Maximum number of bytes of an entry in a message; the detail of a longer one is left out. Linux refuses messages of
/// more than some 200 KiB, and that entry would block all later ones.
const LONGEST: usize = 64 << 10;

/// A sink of the audit export.
pub(super) enum Sink {
    /// A file with one JSON object per line.
    File(PathBuf),
    /// A Unix socket that takes messages of RFC 5424, such as /dev/log.
    Syslog(PathBuf),
    /// A URL to which JSON lines are posted.
    Http(Box<Http>),
}

impl Sink {
    /// Returns the name, for the log and for the position.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Syslog(_) => "syslog",
            Self::Http(_) => "http",
        }
    }

    /// Writes entries, in order. It opens the sink each time: a file may be rotated, and a daemon restarted.
    ///
    /// # Errors
    /// Fails if the sink cannot be opened, or not all entries are written.
    pub(super) fn write(&self, entries: &[ExportedEntry]) -> io::Result<()> {
        match self {
            Self::File(path) => append(path, entries),
            Self::Syslog(path) => send(path, entries),
            Self::Http(http) => http.write(entries),
        }
    }
}

fn append(path: &Path, entries: &[ExportedEntry]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    if entries.is_empty() {
        return Ok(());
    }
    let mut text = String::new();
    // Terminates the partial line of an interrupted write; its entry is written again in full.
    if !ends_with_line_break(&mut file)? {
        text.push('\n');
    }
    for entry in entries {
        text.push_str(&entry.line);
        text.push('\n');
    }
    file.write_all(text.as_bytes())?;
    flush(&file)
}

/// Flushes the written bytes to the disk, except for pipes and terminals, such as /dev/stdout.
fn flush(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        flushed => flushed,
    }
}

fn ends_with_line_break(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(unix)]
fn send(path: &Path, entries: &[ExportedEntry]) -> io::Result<()> {
    let socket = std::os::unix::net::UnixDatagram::unbound()?;
    socket.connect(path)?;
    socket.set_write_timeout(Some(std::time::Duration::from_secs(1)))?;
    for entry in entries {
        let message = message(entry);
        if socket.send(message.as_bytes())? < message.len() {
            return Err(io::ErrorKind::WriteZero.into());
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn send(_: &Path, _: &[ExportedEntry]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Returns the message of RFC 5424: priority and version, time, host, program, process, message id, structured data,
/// text. The host is left to the daemon.
fn message(entry: &ExportedEntry) -> String {
    let text = if entry.line.len() > LONGEST { &entry.brief } else { &entry.line };
    format!("<{PRIORITY}>1 {} - jeton {} audit - {text}", entry.at, std::process::id())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jeton_model::Timestamp;

    use super::*;

    fn entry(seq: i64) -> ExportedEntry {
        let (at, line) = (Timestamp::from_micros(0), format!("{{\"seq\":{seq}}}"));
        ExportedEntry { seq, hash: String::new(), at, line, brief: format!("brief {seq}") }
    }

    #[test]
    fn a_line_that_was_interrupted_is_followed_by_whole_ones() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("audit.jsonl");
        append(&path, &[entry(1)]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text + "{\"se").unwrap();
        append(&path, &[entry(2), entry(3)]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "{\"seq\":1}\n{\"se\n{\"seq\":2}\n{\"seq\":3}\n");
    }

    #[test]
    fn a_message_has_the_form_of_the_standard() {
        let id = std::process::id();
        assert_eq!(message(&entry(1)), format!("<110>1 1970-01-01T00:00:00Z - jeton {id} audit - {{\"seq\":1}}"));
    }

    #[cfg(unix)]
    #[test]
    fn an_entry_that_no_message_can_hold_does_not_stop_those_after_it() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("log");
        let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
        let long = ExportedEntry { line: "x".repeat(1 << 20), ..entry(1) };
        send(&path, &[long, entry(2)]).unwrap();
        for end in ["audit - brief 1", "audit - {\"seq\":2}"] {
            let mut message = [0; 256];
            let length = socket.recv(&mut message).unwrap();
            assert!(message[..length].ends_with(end.as_bytes()), "{end}");
        }
    }
}
