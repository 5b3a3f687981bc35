//! Profiles in `~/.influxdbv2/configs` (docs/influxdb-compatibility.md §7.2), shared with `influx`.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::error::{Failure, Outcome};

/// Names that `influx config NAME` or `jeton config NAME` would interpret as something else.
const RESERVED: [&str; 8] = ["-", "list", "update", "set", "delete", "switch", "create", "check"];

/// URL of the server if nothing sets another.
pub const DEFAULT_HOST: &str = "http://localhost:8086";

/// A server and the credential for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// URL of the server; empty if it is not set.
    #[serde(default)]
    pub url: String,
    /// The token; empty if there is none.
    #[serde(default)]
    pub token: String,
    /// Name of the organization to use by default; empty if it is not set.
    #[serde(default)]
    pub org: String,
    /// True if commands use this profile.
    #[serde(default, skip_serializing_if = "is_false")]
    pub active: bool,
    /// True if `config -` switches back to it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub previous: bool,
    /// `user[:password]` in base64, in the place of a token.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cookie: String,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// All profiles of one file.
#[derive(Debug)]
pub struct Profiles {
    path: PathBuf,
    by_name: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Reads a file, by default `~/.influxdbv2/configs`. A missing file counts as empty. An unreadable one is an error,
    /// because writing it would lose its contents.
    pub fn read(path: Option<&Path>) -> Outcome<Self> {
        let path = path.map_or_else(usual_path, |path| Ok(path.to_owned()))?;
        let refuse = |what: &str| Failure::new(format!("the config file {} {what}", path.display()));
        let by_name = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                // The parser's own message would contain the line, and a token with it.
                .map_err(|_| refuse("is not valid TOML in the format of influx; correct or remove it"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(refuse(&format!("can't be read: {error}"))),
        };
        Ok(Self { path, by_name })
    }

    /// Writes the file atomically, readable for its owner only.
    pub fn write(&self) -> Outcome {
        self.replace_file().map_err(|error| self.unwritten(&error))
    }

    /// Writes the file, but leaves one that is read-only as it is, such as a secret that is mounted into a container.
    pub fn write_unless_read_only(&self) -> Outcome {
        if fs::metadata(&self.path).is_ok_and(|file| file.permissions().readonly()) {
            return Ok(());
        }
        let is_refused = |error: &io::Error| {
            matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
        };
        match self.replace_file() {
            Err(error) if is_refused(&error) => Ok(()),
            written => written.map_err(|error| self.unwritten(&error)),
        }
    }

    fn unwritten(&self, error: &io::Error) -> Failure {
        Failure::new(format!("the config file {} can't be written: {error}", self.path.display()))
    }

    fn replace_file(&self) -> io::Result<()> {
        // A symbolic link is kept: its target is replaced.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let text = toml::to_string(&self.by_name).map_err(io::Error::other)?;
        let beside = folder.join(format!(".configs.{}", std::process::id()));
        let written = write_new(&beside, &text).and_then(|()| fs::rename(&beside, &path));
        if written.is_err() {
            drop(fs::remove_file(&beside));
        }
        written
    }

    /// Returns the profile that commands use: the first that is marked as active, else the first.
    pub fn active(&self) -> Option<(&str, &Profile)> {
        let marked = self.by_name.iter().find(|(_, profile)| profile.active);
        marked.or_else(|| self.by_name.iter().next()).map(|(name, profile)| (name.as_str(), profile))
    }

    /// Returns all profiles by name.
    pub fn all(&self) -> &BTreeMap<String, Profile> {
        &self.by_name
    }

    /// Returns whether there is no profile.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Returns a profile by its name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.by_name.get(name)
    }

    /// Makes a profile active; returns whether that changes anything.
    pub fn switch(&mut self, name: &str) -> Outcome<bool> {
        if !self.by_name.contains_key(name) {
            return Err(not_found(name));
        }
        let before = self.active().map(|(name, _)| name.to_owned());
        let marked = self.by_name.get(name).is_some_and(|profile| profile.active);
        if before.as_deref() == Some(name) && marked {
            return Ok(false);
        }
        for (other, profile) in &mut self.by_name {
            profile.active = other == name;
            profile.previous = Some(other) == before.as_ref() && other != name;
        }
        Ok(true)
    }

    /// Makes the previous profile active.
    pub fn switch_back(&mut self) -> Outcome {
        let previous = self.by_name.iter().find(|(_, profile)| profile.previous).map(|(name, _)| name.clone());
        let name = previous.ok_or_else(|| Failure::new("previous  activated config is not found"))?;
        self.switch(&name).map(drop)
    }

    /// Adds a profile under a new name; if it is active, the others no longer are.
    pub fn create(&mut self, name: &str, profile: Profile) -> Outcome {
        if name.is_empty() {
            return Err(Failure::new("config name is empty"));
        }
        if RESERVED.contains(&name) {
            return Err(Failure::new(format!("\"{name}\" is not a valid config name")));
        }
        if self.by_name.contains_key(name) {
            return Err(Failure::new(format!("config \"{name}\" already exists")));
        }
        let activate = profile.active;
        self.by_name.insert(name.into(), Profile { active: false, ..profile });
        if activate { self.switch(name).map(drop) } else { Ok(()) }
    }

    /// Changes a profile.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut Profile)) -> Outcome<&Profile> {
        let profile = self.by_name.get_mut(name).ok_or_else(|| not_found(name))?;
        change(profile);
        Ok(profile)
    }

    /// Removes a profile; if it was active, the first of the others becomes active. `None` for an unknown name.
    pub fn remove(&mut self, name: &str) -> Option<Profile> {
        let removed = self.by_name.remove(name)?;
        if removed.active {
            let next = self.by_name.keys().next().cloned();
            if let Some(profile) = next.and_then(|next| self.by_name.get_mut(&next)) {
                profile.active = true;
                profile.previous = false;
            }
        }
        Some(removed)
    }
}

/// Returns the error for an unknown name.
pub fn not_found(name: &str) -> Failure {
    Failure::new(format!("config \"{name}\" is not found"))
}

fn usual_path() -> Outcome<PathBuf> {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    let home = home.ok_or_else(|| Failure::new("there is no home directory; set --configs-path"))?;
    Ok(home.join(".influxdbv2").join("configs"))
}

/// Writes and syncs a new file that only its owner can read, before it replaces the old one.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    // One that a crash left behind may have any mode.
    drop(fs::remove_file(path));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
