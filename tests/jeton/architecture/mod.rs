//! The layers of the source code, derived from its imports: which layer may use which, and that no import cycles exist.

mod imports;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use imports::imports;

/// The layers, and those that each may use. All other edges are forbidden.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("bolt", &[]),
    ("store", &["model"]),
    ("service", &["model", "store"]),
    ("gate", &["model"]),
    ("proxy", &["model", "service", "gate"]),
    ("http", &["model", "service"]),
    ("api", &["model", "service", "http"]),
    ("console", &["model", "service", "http"]),
    ("client", &["model"]),
    ("server", &["model", "store", "service", "gate", "proxy", "http", "api", "console", "config"]),
    ("cli", &["model", "bolt", "store", "service", "gate", "client", "server", "config"]),
];

/// Words that only some places may contain, and these places.
const RESERVED: [(&str, &[&str]); 6] = [
    ("sqlx", &["store"]),
    ("axum", &["http", "api", "console", "server", "config.rs"]),
    ("leptos", &["console", "http/assets.rs", "http/security_headers.rs", "http/state.rs", "server/start.rs"]),
    ("clap", &["cli", "client", "config.rs", "config"]),
    ("SystemTime::now", &["service/clock.rs"]),
    ("getrandom", &["service/lib.rs"]),
];

/// The folders of source code, and the layer that each is; `None` for the program, whose modules are layers.
fn sources() -> Vec<(PathBuf, Option<&'static str>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = ALLOWED.iter().map(|(layer, _)| (root.join("crates").join(layer).join("src"), Some(*layer)));
    crates.filter(|(folder, _)| folder.exists()).chain([(root.join("src"), None)]).collect()
}

/// Returns the text as if all crates were one: `jeton_model::Id`, and `crate::Id` in that crate, become
/// `crate::model::Id`.
fn as_one_crate(text: &str, layer: Option<&str>) -> String {
    let text = layer.map_or_else(|| text.to_owned(), |layer| text.replace("crate::", &format!("crate::{layer}::")));
    ALLOWED
        .iter()
        .fold(text, |text, (layer, _)| text.replace(&format!("jeton_{layer}::"), &format!("crate::{layer}::")))
}

/// Returns the source files by layer and path, such as `model/id.rs`, without comments, string literals and unit tests.
fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (source, layer) in sources() {
        let mut folders = vec![source.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let name = path.strip_prefix(&source).unwrap().to_str().unwrap();
                    let name = layer.map_or_else(|| name.to_owned(), |layer| format!("{layer}/{name}"));
                    let code = imports::code(&std::fs::read_to_string(&path).unwrap());
                    files.insert(name, as_one_crate(&code, layer));
                }
            }
        }
    }
    assert!(files.len() > 300, "the source was found");
    files
}

fn layer(file: &str) -> &str {
    file.split_once('/').map_or_else(|| file.trim_end_matches(".rs"), |(layer, _)| layer)
}

/// Returns, for each file, the files that it imports from.
fn graph(files: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<&str>> {
    let by_module: BTreeMap<Vec<String>, &str> =
        files.keys().map(|file| (imports::module(file), file.as_str())).collect();
    let edges = files.iter().map(|(file, text)| {
        let module = imports::module(file);
        let targets = imports(text, &module)
            .into_iter()
            .filter_map(|path| (1..=path.len()).rev().find_map(|length| by_module.get(&path[..length]).copied()));
        (file.as_str(), targets.filter(|target| target != file).collect())
    });
    edges.collect()
}

#[test]
fn dependencies_point_downwards_only() {
    let files = files();
    let allowed: BTreeMap<_, _> = ALLOWED.into_iter().collect();
    for (file, targets) in graph(&files) {
        let from = layer(file);
        let Some(allowed) = allowed.get(from) else { continue };
        for target in targets {
            let to = layer(target);
            assert!(from == to || allowed.contains(&to), "{file} imports {target}: {from} may not use {to}");
        }
    }
}

#[test]
fn words_of_one_layer_are_used_there_alone() {
    for (file, text) in files() {
        for (word, places) in RESERVED {
            let at_home = places.iter().any(|place| file == *place || file.starts_with(&format!("{place}/")));
            assert!(at_home || !imports::has_word(&text, word), "{file} uses {word}, which only {places:?} may use");
        }
    }
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let files = files();
    let mut edges = graph(&files);
    // A module composes its submodules; only they may import from it.
    for (file, targets) in &mut edges {
        if let Some(folder) = file.strip_suffix("mod.rs").or_else(|| file.strip_suffix("lib.rs")) {
            targets.retain(|target| !target.starts_with(folder));
        }
    }
    // Files that no remaining file imports, or that import none, are in no cycle.
    loop {
        let before = edges.len();
        let imported: BTreeSet<&str> = edges.values().flatten().copied().collect();
        let left: BTreeSet<&str> = edges.keys().copied().collect();
        edges.retain(|file, targets| imported.contains(file) && targets.iter().any(|target| left.contains(target)));
        if edges.len() == before {
            break;
        }
    }
    assert!(edges.is_empty(), "these import each other: {edges:#?}");
}
