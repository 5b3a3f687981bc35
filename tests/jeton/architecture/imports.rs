//! Reads the imports of a Rust file: paths that begin with `crate` or `super`, in `use` declarations and elsewhere.

/// Returns the path of the module that a file below `src` contains.
pub fn module(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').filter(|part| !matches!(*part, "lib" | "main" | "mod")).map(str::to_owned).collect()
}

/// Returns the text without comments, string literals and unit tests that end it.
pub fn code(text: &str) -> String {
    let text = text.find("#[cfg(test)]\nmod tests {").map_or(text, |tests| &text[..tests]);
    let lines = text.lines().map(|line| {
        let line = line.trim_start();
        if line.starts_with("//") { "" } else { line.split(" // ").next().unwrap_or_default() }
    });
    let mut code = String::new();
    for line in lines {
        for (index, part) in line.split('"').enumerate() {
            if index % 2 == 0 {
                code.push_str(part);
            }
        }
        code.push('\n');
    }
    code
}

/// Returns whether a text contains a word or a path as a whole, not as a part of a longer one.
pub fn has_word(text: &str, word: &str) -> bool {
    let continues = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices(word)
        .any(|(at, _)| !continues(text[..at].chars().next_back()) && !continues(text[at + word.len()..].chars().next()))
}

/// Returns the paths that a module imports or names, from the root of the crate.
pub fn imports(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for root in ["crate::", "super::"] {
        for (at, _) in text.match_indices(root) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | ':')) {
                continue;
            }
            let mut base = if root == "crate::" { Vec::new() } else { module.to_vec() };
            let mut rest = &text[at + root.len()..];
            if root == "super::" {
                base.pop();
                while let Some(further) = rest.strip_prefix("super::") {
                    base.pop();
                    rest = further;
                }
            }
            tree(rest, base, &mut found);
        }
    }
    found
}

/// Parses a tree of paths, as in `a::{b, c::{self, D}}`; returns the text after it.
fn tree<'a>(mut text: &'a str, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    loop {
        text = text.trim_start();
        if let Some(mut inside) = text.strip_prefix('{') {
            loop {
                inside = inside.trim_start().trim_start_matches(',').trim_start();
                if inside.is_empty() {
                    return inside;
                }
                if let Some(rest) = inside.strip_prefix('}') {
                    return rest;
                }
                let rest = tree(inside, path.clone(), found);
                // Not a path, such as `as name`: skip it.
                inside = if rest.len() == inside.len() { &rest[1..] } else { rest };
            }
        }
        let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if !name.is_empty() && name != "self" {
            path.push(name.to_owned());
        }
        match rest.strip_prefix("::") {
            Some(further) => text = further,
            None => {
                found.push(path);
                return rest.strip_prefix('*').unwrap_or(rest);
            }
        }
    }
}

#[test]
fn imports_are_read_whole() {
    let module = ["service".to_owned(), "auth".to_owned()];
    let text = "use crate::{model::{Error, id::{self, Id}}, store};\nuse super::tokens::Created as New;\nlet x = super::super::http::y();";
    let read: Vec<String> = imports(text, &module).iter().map(|path| path.join("::")).collect();
    for path in ["model::Error", "model::id", "model::id::Id", "store", "service::tokens::Created", "http::y"] {
        assert!(read.iter().any(|one| one == path), "{path} is among {read:?}");
    }
}
