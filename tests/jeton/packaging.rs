//! The files of `deploy`: the program understands them, and the package finds them.

use std::{collections::BTreeMap, fs, path::Path};

use jeton::config::ConfigFile;
use tempfile::TempDir;

const SETTINGS: &str = include_str!("../../deploy/jeton.toml");
const COMPOSE: &str = include_str!("../../deploy/compose/jeton.toml");
const COMPOSE_INFLUXDB2: &str = include_str!("../../deploy/compose/influxdb2/jeton.toml");
const KUBERNETES: &str = include_str!("../../deploy/kubernetes/jeton.yml");
const POSTGRESQL: &str = include_str!("../../deploy/kubernetes/postgresql.yml");
const MANIFEST: &str = include_str!("../../Cargo.toml");

/// Returns the settings with those that comments suggest.
fn with_suggestions() -> String {
    let lines = SETTINGS.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn the_settings_of_the_package_are_valid_and_so_are_those_that_it_suggests() {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("jeton.toml");
    for (text, gates) in [(SETTINGS.to_owned(), 0), (with_suggestions(), 2)] {
        fs::write(&path, &text).expect("a file");
        let file = ConfigFile::read(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(file.gates().len(), gates, "{text}");
        let config = file.config().expect("settings that go together");
        assert_eq!(config.storage.data, Path::new("/var/lib/jeton"), "the directory of the service");
        assert_eq!(config.backup_dir.is_some(), gates > 0, "suggested, because nobody has created it");
    }
}

/// Returns the settings in the ConfigMap.
fn of_kubernetes() -> String {
    let (_, after) = KUBERNETES.split_once("  jeton.toml: |\n").expect("the settings");
    let (settings, _) = after.split_once("\n---\n").expect("the end of the ConfigMap");
    settings.lines().map(|line| format!("{}\n", line.strip_prefix("    ").expect("a line of the settings"))).collect()
}

#[test]
fn the_settings_of_containers_are_valid() {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("jeton.toml");
    for (text, gates) in [(COMPOSE.to_owned(), 1), (COMPOSE_INFLUXDB2.to_owned(), 1), (of_kubernetes(), 0)] {
        fs::write(&path, &text).expect("a file");
        let file = ConfigFile::read(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(file.gates().len(), gates, "{text}");
        let config = file.config().expect("settings that go together");
        config.http_settings().map(drop).expect("public URLs that go together");
    }
}

#[test]
fn the_guide_creates_each_secret_of_compose_and_grafana_gets_none_of_jeton() {
    let guide = include_str!("../../docs/operating.md");
    let influxdb1 = include_str!("../../deploy/compose.yml");
    let influxdb2 = include_str!("../../deploy/compose-influxdb2.yml");
    for (compose, number) in [(influxdb1, 4), (influxdb2, 6)] {
        let secrets: Vec<&str> = compose.lines().filter_map(|line| line.trim().strip_prefix("file: ./")).collect();
        assert_eq!(secrets.len(), number, "{secrets:?}");
        for secret in secrets {
            assert!(guide.contains(&format!(">{secret}\n")), "{secret}");
        }
        let (_, grafana) = compose.split_once("\n  grafana:\n").expect("the service");
        assert!(grafana.contains("\n    secrets: [grafana-password, grafana-token]\n"), "its users know them");
    }
}

#[test]
fn manifests_that_are_applied_again_replace_no_secret() {
    for manifest in [KUBERNETES, POSTGRESQL] {
        assert!(manifest.lines().any(|line| line.trim_start() == "- name: secrets"), "secrets are mounted");
        assert!(manifest.lines().all(|line| line != "kind: Secret"), "the audit log needs its key for ever");
    }
}

#[test]
fn manifests_name_the_image_of_this_version() {
    let image = concat!("          image: registry.example.com/jeton:", env!("CARGO_PKG_VERSION"));
    assert!(KUBERNETES.lines().any(|line| line == image), "{image}");
}

/// Returns the settings of a program that makes packages.
fn metadata(program: &str) -> toml::Value {
    let manifest: toml::Table = toml::from_str(MANIFEST).expect("a manifest");
    manifest["package"]["metadata"][program].clone()
}

#[test]
fn what_the_package_contains_is_here_or_made_by_its_script() {
    let package = metadata("deb");
    let assets = package["assets"].as_array().expect("assets");
    let sources: Vec<&str> = assets.iter().filter_map(|asset| asset[0].as_str()).collect();
    assert_eq!((sources.len(), sources.len() > 10), (assets.len(), true), "{sources:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for source in sources {
        assert!(source.starts_with("target/") || root.join(source).is_file(), "{source} is not here");
    }
    let scripts = package["maintainer-scripts"].as_str().expect("a folder");
    assert!(root.join(scripts).join("postinst").is_file(), "{scripts}");
}

/// Returns the installed path of an asset. Manual pages are compressed, by cargo-deb or by `scripts/package`.
fn installed(source: &str, target: &str) -> String {
    let (_, name) = source.rsplit_once('/').unwrap_or_default();
    let name = if target.ends_with('/') { name.trim_end_matches(".gz") } else { "" };
    format!("/{}{name}", target.trim_start_matches('/'))
}

#[test]
fn both_packages_install_the_same_files() {
    let text = |value: &toml::Value| value.as_str().expect("a text").to_owned();
    let debian = metadata("deb");
    let debian = debian["assets"].as_array().expect("assets").iter().map(|asset| {
        let path = installed(&text(&asset[0]), &text(&asset[1]));
        (path.replace("/vendor-completions/", "/site-functions/"), text(&asset[2]))
    });
    let rpm = metadata("generate-rpm");
    let rpm = rpm["assets"].as_array().expect("assets").iter();
    let rpm = rpm.map(|asset| (installed(&text(&asset["source"]), &text(&asset["dest"])), text(&asset["mode"])));
    let of_debian = "/usr/share/lintian/overrides/jeton";
    let mut expected: BTreeMap<String, String> = debian.filter(|(path, _)| path != of_debian).collect();
    // cargo-deb adds the licence by itself.
    expected.insert("/usr/share/licenses/jeton/LICENSE".into(), "644".into());
    assert_eq!(rpm.collect::<BTreeMap<_, _>>(), expected);
}

#[test]
fn an_upgrade_of_the_rpm_package_keeps_the_settings_and_runs_its_scriptlets() {
    let package = metadata("generate-rpm");
    let assets = package["assets"].as_array().expect("assets");
    let configuration = assets.iter().filter(|asset| asset.get("config").is_some());
    let kept: Vec<_> = configuration.map(|asset| (asset["dest"].as_str(), asset["config"].as_str())).collect();
    assert_eq!(kept, [(Some("/etc/jeton/jeton.toml"), Some("noreplace"))]);
    for name in ["post_install_script", "pre_uninstall_script", "post_uninstall_script"] {
        let path = package[name].as_str().expect("a path");
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(path).is_file(), "{path} is not here");
    }
}
