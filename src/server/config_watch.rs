//! Reloading of the configuration file: on SIGHUP, and when it or a file of a gate changes.

use std::{path::PathBuf, sync::Arc};

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use crate::config::{
    ConfigFile, ConfigFileError,
    gates::{GateSettings, LoadedGate},
};

use super::{
    file_marks::{LOOK_EVERY, Mark, marks},
    gate_warnings,
    hangup::Hangup,
    service_manager::{self, State},
};

/// The gates of a server, as they are at the moment.
pub type Gates = Arc<[LoadedGate]>;

/// The watched files, and the channel that announces their changes.
pub struct ConfigWatch {
    gates: watch::Sender<Gates>,
    watched: Option<Watched>,
}

/// A configuration file that is watched.
struct Watched {
    /// The file that the server was started with: its settings stay until the next start.
    started: ConfigFile,
    requires_certificates: bool,
    /// The files of the gates, and the file itself.
    paths: Vec<PathBuf>,
    /// The state of the files when they were last read.
    known: Vec<Mark>,
    /// Their state at the last look, if that is another one.
    changed: Option<Vec<Mark>>,
    hangup: Hangup,
}

impl ConfigWatch {
    /// Reads the credentials of the gates and begins to watch a file. Without one, there are no gates.
    /// `requires_certificates`: whether the server accepts no connection without a certificate of a reverse proxy.
    ///
    /// # Errors
    /// Fails if a credential cannot be read.
    pub fn begin(file: Option<&ConfigFile>, requires_certificates: bool) -> Result<Self, ConfigFileError> {
        let Some(file) = file else {
            return Ok(Self { gates: watch::Sender::new(Arc::default()), watched: None });
        };
        let watched = Watched::new(file.clone(), requires_certificates);
        let gates = file.load_gates()?;
        caution(&gates, &[], requires_certificates);
        Ok(Self { gates: watch::Sender::new(gates.into()), watched: Some(watched) })
    }

    /// Returns a receiver of the gates.
    pub fn gates(&self) -> watch::Receiver<Gates> {
        self.gates.subscribe()
    }

    /// Watches until the sender of `running` is dropped.
    pub async fn run(mut self, mut running: watch::Receiver<()>) {
        let Some(watched) = &mut self.watched else {
            drop(running.changed().await);
            return;
        };
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = running.changed() => return,
                () = watched.hangup.received() => watched.reload_announced(&self.gates),
                _ = look.tick() => watched.look(&self.gates),
            }
        }
    }
}

impl Watched {
    fn new(started: ConfigFile, requires_certificates: bool) -> Self {
        let paths = paths(&started);
        let hangup = Hangup::install();
        Self { known: marks(&paths), paths, changed: None, hangup, started, requires_certificates }
    }

    /// Reads the files again if they have changed since, and did not change further since the last look.
    fn look(&mut self, gates: &watch::Sender<Gates>) {
        let now = marks(&self.paths);
        if now == self.known {
            self.changed = None;
        } else if self.changed.as_ref() == Some(&now) {
            self.reload(gates);
        } else {
            self.changed = Some(now);
        }
    }

    /// Reads the files again, and notifies the service manager of the begin and the end.
    fn reload_announced(&mut self, gates: &watch::Sender<Gates>) {
        service_manager::notify(State::Reloading);
        self.reload(gates);
        service_manager::notify(State::Ready);
    }

    /// Reads the files again. If one is not valid, the earlier gates stay.
    fn reload(&mut self, gates: &watch::Sender<Gates>) {
        self.changed = None;
        self.known = marks(&self.paths);
        if let Err(error) = self.read(gates) {
            tracing::error!("the gates stay as they were: {error}");
        }
    }

    fn read(&mut self, gates: &watch::Sender<Gates>) -> Result<(), ConfigFileError> {
        let file = ConfigFile::read(self.started.path())?;
        // Also if a credential is missing: the change that mends it is one of these files.
        self.follow(&file);
        self.replace(gates, file.load_gates()?);
        let needs_restart = self.started.changed_keys(&file);
        if !needs_restart.is_empty() {
            tracing::warn!("changed settings take effect at the next start: {}", needs_restart.join(", "));
        }
        Ok(())
    }

    /// Watches the files of another version.
    fn follow(&mut self, file: &ConfigFile) {
        let paths = paths(file);
        if paths != self.paths {
            self.known = marks(&paths);
            self.paths = paths;
        }
    }

    /// Publishes the gates, if they differ from the earlier ones.
    fn replace(&self, gates: &watch::Sender<Gates>, loaded: Vec<LoadedGate>) {
        caution(&loaded, &gates.borrow(), self.requires_certificates);
        let is_changed = gates.send_if_modified(|current| {
            let is_changed = current[..] != loaded[..];
            if is_changed {
                *current = loaded.into();
            }
            is_changed
        });
        let outcome = if is_changed { "changed" } else { "did not change" };
        tracing::info!("the configuration file was read again, and its gates {outcome}");
    }
}

/// Logs what the credential files of gates, and the ways to those that are new, allow beyond need. `earlier`: the gates
/// before.
fn caution(gates: &[LoadedGate], earlier: &[LoadedGate], requires_certificates: bool) {
    for LoadedGate { settings, .. } in gates {
        for said in settings.secret_files().filter_map(|file| file.caution(&settings.name)) {
            tracing::warn!("{said}");
        }
    }
    for said in gate_warnings::of(gates, earlier, requires_certificates) {
        tracing::warn!("{said}");
    }
}

fn paths(file: &ConfigFile) -> Vec<PathBuf> {
    file.gates().iter().flat_map(GateSettings::files).chain([file.path().to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use secrecy::ExposeSecret as _;
    use tempfile::TempDir;

    use super::*;

    /// A directory with a configuration file and a credential, and the watch of it.
    struct Place {
        directory: TempDir,
        watch: ConfigWatch,
        gates: watch::Receiver<Gates>,
    }

    impl Place {
        fn new() -> Self {
            let directory = TempDir::new().unwrap();
            fs::write(directory.path().join("token"), "first").unwrap();
            fs::write(directory.path().join("jeton.toml"), text(&directory, "[\"a\"]")).unwrap();
            let file = ConfigFile::read(&directory.path().join("jeton.toml")).unwrap();
            let watch = ConfigWatch::begin(Some(&file), false).unwrap();
            let gates = watch.gates();
            Self { directory, watch, gates }
        }

        fn write(&self, name: &str, content: &str) {
            fs::write(self.directory.path().join(name), content).unwrap();
        }

        fn look(&mut self) {
            let watched = self.watch.watched.as_mut().unwrap();
            watched.look(&self.watch.gates);
        }

        /// Returns the patterns and the credential of the only gate.
        fn gate(&self) -> (String, String) {
            let gates = self.gates.borrow();
            let credential = gates[0].credential.as_ref().unwrap().expose_secret().to_owned();
            (gates[0].settings.databases[0].to_string(), credential)
        }
    }

    /// Returns a file with one gate. `databases`: its patterns, of any length.
    fn text(directory: &TempDir, databases: &str) -> String {
        let credential = directory.path().join("token");
        format!(
            "backup-keep = 3\n[[gate]]\nname = \"plant\"\nkind = \"influxdb3\"\nlisten = \":0\"\norg = \"acme\"\n\
             upstream = \"http://127.0.0.1:9\"\ncredential-file = \"{}\"\ndatabases = {databases}\n",
            credential.display()
        )
    }

    fn of(databases: &str, credential: &str) -> (String, String) {
        (databases.into(), credential.into())
    }

    #[tokio::test]
    async fn a_changed_file_is_read_at_the_second_look() {
        let mut place = Place::new();
        assert_eq!(place.gate(), of("a", "first"));
        place.write("jeton.toml", &text(&place.directory, "[\"second\"]"));
        place.look();
        assert!(!place.gates.has_changed().unwrap(), "it may be incomplete");
        place.look();
        assert!(place.gates.has_changed().unwrap());
        assert_eq!(place.gate(), of("second", "first"));
    }

    #[tokio::test]
    async fn a_changed_credential_is_read_too() {
        let mut place = Place::new();
        place.write("token", "the second\n");
        place.look();
        place.look();
        assert_eq!(place.gate(), of("a", "the second"));
    }

    #[tokio::test]
    async fn a_file_with_a_mistake_changes_nothing_until_it_is_mended() {
        let mut place = Place::new();
        for mistake in ["[[gate]]\n", "nonsense", "[]"] {
            let content = if mistake == "[]" { text(&place.directory, mistake) } else { mistake.into() };
            place.write("jeton.toml", &content);
            place.look();
            place.look();
            assert!(!place.gates.has_changed().unwrap(), "{mistake}");
            assert_eq!(place.gate(), of("a", "first"), "{mistake}");
        }
        place.write("jeton.toml", &text(&place.directory, "[\"mended\"]"));
        place.look();
        place.look();
        assert_eq!(place.gate(), of("mended", "first"));
    }

    #[tokio::test]
    async fn whoever_waits_for_gates_is_not_told_what_is_the_same() {
        let mut place = Place::new();
        place.write("jeton.toml", &(text(&place.directory, "[\"a\"]") + "# a comment\n"));
        place.look();
        place.look();
        assert!(!place.gates.has_changed().unwrap());
    }

    #[tokio::test]
    async fn a_removed_gate_is_gone_and_its_credential_no_longer_needed() {
        let mut place = Place::new();
        place.write("jeton.toml", "backup-keep = 3\n");
        place.look();
        place.look();
        assert!(place.gates.borrow().is_empty());
        fs::remove_file(place.directory.path().join("token")).unwrap();
        place.look();
        assert!(place.watch.watched.as_ref().unwrap().changed.is_none());
    }

    #[tokio::test]
    async fn a_credential_that_was_missing_is_read_once_it_is_there() {
        let mut place = Place::new();
        let changed = text(&place.directory, "[\"later\"]").replace("/token\"", "/other\"");
        place.write("jeton.toml", &changed);
        place.look();
        place.look();
        assert_eq!(place.gate(), of("a", "first"), "it is missing");
        place.write("other", "other");
        place.look();
        place.look();
        assert_eq!(place.gate(), of("later", "other"));
    }

    #[tokio::test]
    async fn without_a_file_there_are_no_gates() {
        let watch = ConfigWatch::begin(None, false).unwrap();
        assert!(watch.gates().borrow().is_empty());
    }
}
