//! The configuration file of `jeton serve`: TOML with the settings of the flags, and the gates.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args as _, Command, FromArgMatches as _};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Config,
    flaw::Flaw,
    gates::{CredentialError, GateSettings, LoadedGate, Reader},
    keys,
};

/// The key of the gates.
const GATE: &str = "gate";

/// The reason why a configuration file is not used, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    /// The file cannot be read, or is not UTF-8.
    #[error("the configuration file {} can't be read: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The text has a mistake.
    #[error("the configuration file {}, line {line}, column {column}: {message}", .path.display())]
    Flaw {
        /// The file.
        path: PathBuf,
        /// The line of the mistake, from 1.
        line: usize,
        /// The column of the mistake in characters, from 1.
        column: usize,
        /// The mistake and what to write instead.
        message: String,
    },
    /// The credential of a gate cannot be read.
    #[error(transparent)]
    Credential(#[from] CredentialError),
}

/// A configuration file as it was read. It contains no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    path: PathBuf,
    /// Values by key, as the command line has them.
    settings: BTreeMap<String, Vec<String>>,
    gates: Vec<GateSettings>,
}

impl ConfigFile {
    /// Reads and validates a file.
    ///
    /// # Errors
    /// Fails if the file cannot be read, or with the first mistake in its text.
    pub fn read(path: &Path) -> Result<Self, ConfigFileError> {
        let text = fs::read_to_string(path).map_err(|error| ConfigFileError::Read { path: path.into(), error })?;
        Self::parse(path, &text).map_err(|flaw| {
            let (line, column) = flaw.position(&text);
            ConfigFileError::Flaw { path: path.into(), line, column, message: flaw.message }
        })
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, Flaw> {
        let serve = serve();
        let mut file = Self { path: path.into(), settings: BTreeMap::new(), gates: Vec::new() };
        let mut entries: Vec<_> = DeTable::parse(text)?.into_inner().into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            if key.get_ref() == GATE {
                file.gates = gates(value)?;
            } else {
                let values = keys::values(&serve, &key, &value)?;
                file.settings.insert(key.into_inner().into_owned(), values);
            }
        }
        Ok(file)
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the gates in the order of the file.
    pub fn gates(&self) -> &[GateSettings] {
        &self.gates
    }

    /// Returns the number of settings without the gates.
    pub fn number_of_settings(&self) -> usize {
        self.settings.len()
    }

    /// Returns the gates with their credentials, which are read now.
    ///
    /// # Errors
    /// Fails if a credential cannot be read.
    pub fn load_gates(&self) -> Result<Vec<LoadedGate>, ConfigFileError> {
        Ok(self.gates.iter().map(LoadedGate::load).collect::<Result<_, _>>()?)
    }

    /// Makes the values of the file the defaults of `jeton serve`, so that flags and variables take precedence.
    pub fn make_defaults(&self, serve: Command) -> Command {
        serve.mut_args(|flag| match flag.get_long().and_then(|name| self.settings.get(name)) {
            Some(values) => flag.default_values(values),
            None => flag,
        })
    }

    /// Returns the configuration of a server that has this file, and neither flags nor variables.
    ///
    /// # Errors
    /// Fails with an error of the command line; each value by itself was accepted before.
    pub fn config(&self) -> Result<Config, clap::Error> {
        let serve = self.make_defaults(serve()).mut_args(|flag| flag.env(None::<&'static str>));
        let matches = serve.no_binary_name(true).try_get_matches_from([""; 0])?;
        let config = Config::from_arg_matches(&matches)?;
        Ok(Config { file: Some(self.clone()), ..config })
    }

    /// Returns the keys without `gate` whose values differ in another version of the file.
    pub fn changed_keys(&self, other: &Self) -> Vec<String> {
        let keys: BTreeSet<&String> = self.settings.keys().chain(other.settings.keys()).collect();
        keys.into_iter().filter(|key| self.settings.get(*key) != other.settings.get(*key)).cloned().collect()
    }

    /// Returns the names of all keys but `gate`, in the order of the flags.
    pub fn keys() -> Vec<String> {
        keys::names(&serve())
    }
}

/// Returns the command `jeton serve` by itself.
fn serve() -> Command {
    Config::augment_args(Command::new("serve"))
}

fn gates(value: Spanned<DeValue<'_>>) -> Result<Vec<GateSettings>, Flaw> {
    let span = value.span();
    let DeValue::Array(sections) = value.into_inner() else {
        return Err(Flaw::new(&span, "write [[gate]] with two brackets: there may be several gates"));
    };
    let mut reader = Reader::default();
    sections.into_iter().try_for_each(|section| reader.read(section))?;
    Ok(reader.gates())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> ConfigFile {
        ConfigFile::parse(Path::new("jeton.toml"), text).unwrap()
    }

    fn config(text: &str) -> Config {
        parsed(text).config().unwrap()
    }

    /// Returns the line and the column of the first mistake, and the sentence.
    fn refused(text: &str) -> (usize, usize, String) {
        let flaw = ConfigFile::parse(Path::new("jeton.toml"), text).unwrap_err();
        let (line, column) = flaw.position(text);
        (line, column, flaw.message)
    }

    #[test]
    fn a_file_sets_what_flags_set() {
        let config = config(
            "addr = \":9000\"\nmax-tokens-per-user = 1_000\necho-own-token = true\nlog-format = \"json\"\n\
             trusted-proxies = [\"10.0.0.1\", \"10.0.1.0/24\"]\npublic-url = \"https://a.example,http://b.example\"\n\
             init-username = \"alice\"\ndatabase-url = \"postgres:///jeton?host=/run/postgresql\"\n",
        );
        assert_eq!(config.addr, crate::config::ListenAddr::EveryInterface(9000));
        assert_eq!(config.max_tokens_per_user, 1000);
        assert!(config.echo_own_token);
        assert_eq!(config.log_format, crate::config::LogFormat::Json);
        assert_eq!((config.trusted_proxies.len(), config.public_url.len()), (2, 2));
        assert_eq!(config.init.init_username.as_deref(), Some("alice"));
        assert!(config.storage.database_url.is_some());
    }

    #[test]
    fn what_a_file_does_not_set_has_its_default() {
        let config = config("echo-own-token = false\ntrusted-proxies = []\n");
        assert_eq!(config.backup_keep, 7);
        assert!(!config.echo_own_token);
        assert!(config.trusted_proxies.is_empty());
    }

    #[test]
    fn flags_win_over_the_file() {
        let file = parsed("addr = \":9000\"\ntrusted-proxies = [\"10.0.0.1\", \"10.0.0.2\"]\nbackup-keep = 3\n");
        let command = file.make_defaults(serve()).mut_args(|flag| flag.env(None::<&'static str>));
        let flags = ["serve", "--addr=:9001", "--trusted-proxies=10.0.0.3"];
        let config = Config::from_arg_matches(&command.try_get_matches_from(flags).unwrap()).unwrap();
        assert_eq!(config.addr, crate::config::ListenAddr::EveryInterface(9001));
        assert_eq!((config.trusted_proxies.len(), config.backup_keep), (1, 3));
    }

    #[test]
    fn an_unknown_key_is_refused_where_it_is() {
        assert_eq!(
            refused("addr = \":1\"\n\n  backup_dir = \"b\"\n"),
            (3, 3, "there is no setting \"backup_dir\"; did you mean backup-dir?".into())
        );
        assert_eq!(refused("adr = \":1\"").2, "there is no setting \"adr\"; did you mean addr?", "as for a flag");
        let (line, _, sentence) = refused("addr = \":1\"\n[server]\nport = 1\n");
        assert_eq!(line, 2);
        assert!(sentence.starts_with("there is no setting \"server\"; jeton serve --help"), "{sentence}");
        assert!(refused("idle-timeout-ms = 1").2.starts_with("there is no setting \"idle-timeout-ms\""));
    }

    #[test]
    fn a_value_that_no_flag_accepts_is_refused_where_it_is() {
        for (text, column, sentence) in [
            ("addr = \"8086\"", 8, "addr: give an IP address and a port such as 127.0.0.1:8086"),
            ("backup-keep = 0", 15, "backup-keep: "),
            ("backup-every = \"1s\"", 16, "backup-every: must be at least 1m"),
            ("log-format = \"xml\"", 14, "log-format: write one of text, json"),
            ("echo-own-token = \"yes\"", 18, "echo-own-token: write true or false"),
            ("addr = true", 8, "addr: write a text in quotation marks, or a number"),
            ("addr = [\":1\", \":2\"]", 8, "addr: write a text in quotation marks, or a number"),
            ("trusted-proxies = [\"10.0.0.1\", \"everyone\"]", 32, "trusted-proxies: "),
            ("data = \"\"", 8, "data: "),
            ("public-url = \"ftp://a.example\"", 14, "public-url: the scheme must be http or https"),
        ] {
            let (line, at, said) = refused(text);
            assert_eq!((line, at), (1, column), "{text}: {said}");
            assert!(said.starts_with(sentence), "{text}: {said}");
        }
    }

    #[test]
    fn a_text_that_is_no_toml_is_refused_where_it_ends_to_be() {
        assert_eq!(refused("addr = \":1\"\ndata = x\n").0, 2);
        assert_eq!(refused("addr = \":1\"\naddr = \":2\"\n").0, 2);
        assert_eq!(refused("gate = 1\n").2, "write [[gate]] with two brackets: there may be several gates");
        assert_eq!(refused("\n[gate]\nname = \"a\"\n").0, 2);
    }

    #[test]
    fn a_secret_in_the_file_is_refused_without_repeating_it() {
        for (key, instead) in [
            ("init-password", "init-password-file"),
            ("init-token", "init-token-file"),
            ("audit-key", "JETON_AUDIT_KEY"),
            ("config", "can't name another"),
            ("fresh", "--fresh"),
        ] {
            let (line, column, sentence) = refused(&format!("{key} = \"hunter2hunter2\""));
            assert_eq!((line, column), (1, 1), "{key}");
            assert!(sentence.starts_with(&format!("{key} is no setting of the file: ")), "{sentence}");
            assert!(sentence.contains(instead) && !sentence.contains("hunter2"), "{sentence}");
        }
        for url in ["postgres://a:hunter2@h/d", "postgres://h/d?password=hunter2", "hunter2"] {
            let (_, _, sentence) = refused(&format!("database-url = \"{url}\""));
            assert!(sentence.contains("JETON_DATABASE_URL") && !sentence.contains("hunter2"), "{sentence}");
        }
    }

    #[test]
    fn no_flag_whose_value_is_hidden_is_a_key_but_the_urls_of_the_database_and_the_sink() {
        let hidden: Vec<_> = serve()
            .get_arguments()
            .filter(|flag| flag.is_hide_env_values_set())
            .filter_map(|flag| flag.get_long().map(str::to_owned))
            .collect();
        assert!(hidden.len() > 2, "{hidden:?}");
        let keys = ConfigFile::keys();
        let shown: Vec<_> = hidden.into_iter().filter(|name| keys.contains(name)).collect();
        assert_eq!(shown, ["database-url", "audit-http"]);
    }

    #[test]
    fn the_keys_that_differ_are_named() {
        let (before, after) = (parsed("addr = \":1\"\nbackup-keep = 3\n"), parsed("addr = \":1\"\ndata = \"d\"\n"));
        assert_eq!(before.changed_keys(&after), ["backup-keep", "data"]);
        assert_eq!(before.changed_keys(&before), [""; 0]);
    }
}
