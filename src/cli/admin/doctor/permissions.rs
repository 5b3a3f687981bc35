//! Owners and access modes of the files.

use std::path::{Path, PathBuf};

use crate::{
    config::Config,
    server::{data_files, private_files::open_to_others, tls::caution},
};

use super::finding::Finding;

const CHECK: &str = "permissions";

/// Examines the files of the data, the backups and the credentials of gates.
pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let data = &config.storage.data;
    let files: Vec<PathBuf> = data_files::all(data).into_iter().filter(|file| file.exists()).collect();
    let acme = data_files::acme_cache(data);
    let directories = [Some(data), Some(&acme), config.backup_dir.as_ref()].into_iter().flatten();
    let open = directories.filter_map(|directory| open(directory, "700"));
    let open = open.chain(files.iter().filter_map(|file| open_file(file)));
    let foreign = files.iter().filter_map(|file| foreign(data, file));
    let secrets = credentials(config).into_iter().chain(tls_key(config)).chain(external_account(config));
    let secrets = secrets.chain(audit_key(config)).chain(sink(config));
    let found: Vec<Finding> = open.chain(foreign).chain(secrets).collect();
    if found.is_empty() {
        return vec![Finding::ok(CHECK, "only the user of the server can read its files")];
    }
    found
}

fn open_file(file: &Path) -> Option<Finding> {
    open(file, "600")
}

fn open(path: &Path, mode: &str) -> Option<Finding> {
    let found = open_to_others(path)?;
    let path = path.display();
    Some(Finding::failed(
        CHECK,
        format!("other users of this machine have access to {path} (its mode is {found}); run: chmod {mode} {path}"),
    ))
}

/// Files of another owner than that of the directory: a command ran as another user, such as root.
#[cfg(unix)]
fn foreign(directory: &Path, file: &Path) -> Option<Finding> {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| path.metadata().map(|found| found.uid()).ok();
    let (expected, found) = (owner(directory)?, owner(file)?);
    let shown = file.display();
    (expected != found).then(|| {
        Finding::failed(
            CHECK,
            format!("{shown} belongs to another user than its directory; run: chown {expected} {shown}"),
        )
    })
}

#[cfg(not(unix))]
fn foreign(_: &Path, _: &Path) -> Option<Finding> {
    None
}

/// Examines the key of the certificate.
fn tls_key(config: &Config) -> Option<Finding> {
    caution(config.tls_key.as_ref()?).map(|said| Finding::failed(CHECK, said))
}

/// Examines the file with the key of the external account of ACME.
fn external_account(config: &Config) -> Option<Finding> {
    let settings = config.tls().ok().flatten()?;
    let said = settings.external_account()?.caution()?;
    Some(Finding::failed(CHECK, said))
}

/// Examines the file of the audit key, which a tool of containers may mount for a group.
fn audit_key(config: &Config) -> Option<Finding> {
    let file = config.storage.audit_key_file.as_ref()?.readable_by_all()?;
    let file = file.display();
    let sentence = format!(
        "every user of this machine can read the audit key in {file}, and forge the audit log; run: chmod o-r {file}"
    );
    Some(Finding::failed(CHECK, sentence))
}

/// Examines the file with the token for the HTTP sink of the audit export.
fn sink(config: &Config) -> Option<Finding> {
    let sink = config.http_sink().ok().flatten()?;
    sink.token_caution().map(|said| Finding::failed(CHECK, said))
}

/// Examines the files with secrets of the gates.
fn credentials(config: &Config) -> Vec<Finding> {
    let gates = config.file.as_ref().map(|file| file.gates()).unwrap_or_default();
    let cautions = gates.iter().flat_map(|gate| gate.secret_files().filter_map(move |file| file.caution(&gate.name)));
    cautions.map(|said| Finding::failed(CHECK, said)).collect()
}
