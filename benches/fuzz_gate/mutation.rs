//! Mutations of requests: other databases, statements, parameters, paths, methods, headers and bodies.

use crate::{
    databases::DATABASES,
    random::Random,
    request::{Credential, FORM, Framing, Request, encoded, pairs},
    seeds::Seeds,
};

/// Maximum number of mutations of a request.
const MUTATIONS: usize = 4;

const PIECES: [&str; 34] = [
    "\"", "'", "/", "\\", ".", "..", ":", "--", "/*", "*/", "\n", "\r", "\t", " ", ";", ",", "(", ")", "$x", "{", "}",
    " FROM ", " ON ", " INTO ", "1", "-", "=~", "::", "\u{a0}", "\0", "b..", "\"b\"", "db=\"b\"", " or ",
];
const METHODS: [&str; 8] = ["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "post"];
const PARAMETERS: [(&str, &str); 24] = [
    ("db", "b"),
    ("DB", "b"),
    ("db[]", "b"),
    ("bucket", "b/autogen"),
    ("bucket", "foreign"),
    ("rp", "autogen"),
    ("rp", "week"),
    ("org", "acme"),
    ("q", "SELECT * FROM b..m"),
    ("query", "{db=\"b\"}"),
    ("match[]", "{db=\"b\"}"),
    ("match", "{db=\"b\"}"),
    ("extra_label", "db=b"),
    ("extra_filters", "{db=\"b\"}"),
    ("extra_filters[]", "{db=\"b\"}"),
    ("params", "{\"x\":\"b\"}"),
    ("chunked", "true"),
    ("pretty", "true"),
    ("epoch", "ns"),
    ("node_id", "1"),
    ("precision", "s"),
    ("consistency", "all"),
    ("nocache", "1"),
    ("trace", "1"),
];
const TAILS: [&str; 8] =
    ["&db=b", ";db=b", "&d%62=b", "&db=%62", "&extra%5Flabel=db%3Db", "&%", "#&db=b", "&db=a&db=b"];
const PATHS: [&str; 8] = [
    "/query",
    "/write",
    "/api/v1/query",
    "/api/v1/export",
    "/api/v2/write",
    "/api/v2/query",
    "/debug/vars",
    "/metrics",
];
const HEADERS: [(&str, &str); 16] = [
    ("Content-Type", "text/plain"),
    ("Content-Type", "multipart/form-data; boundary=x"),
    ("Content-Type", "application/json"),
    ("Content-Type", "application/x-www-form-urlencoded; charset=utf-16"),
    ("Content-Encoding", "gzip"),
    ("Content-Encoding", "snappy"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Original-URI", "/query?db=b&q=SHOW+SERIES"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Gate-Args", "db=b"),
    ("Cookie", "session=x"),
    ("Upgrade", "h2c"),
    ("Accept", "application/csv"),
    ("Accept", "application/x-msgpack"),
    ("Range", "bytes=0-10"),
    ("Host", "b"),
];

/// Returns the next request of a caller. `own`: a database that the caller reads or writes.
pub fn mutated(random: &mut Random, seeds: &Seeds, own: &str) -> Request {
    let group = random.pick(&[&seeds.recorded, &seeds.own, &seeds.own]);
    let mut request = random.item(group).clone();
    request.credential = credential(random);
    // Without it, most requests would be refused for the database that they name.
    if !random.is_one_in(4) {
        for name in ["a", "b1"] {
            rename(&mut request, name, own);
        }
    }
    for _ in 0..random.below(MUTATIONS) {
        mutate(random, seeds, &mut request);
    }
    request
}

fn credential(random: &mut Random) -> Credential {
    match random.below(40) {
        0 => Credential::Missing,
        1 => Credential::Unknown,
        2 => Credential::Twice,
        3..8 => Credential::Bearer,
        8..12 => Credential::Basic,
        12..18 => Credential::Query,
        _ => Credential::Token,
    }
}

fn mutate(random: &mut Random, seeds: &Seeds, request: &mut Request) {
    match random.below(12) {
        0 | 1 => {
            let (from, to) = (random.pick(&DATABASES), random.pick(&DATABASES));
            rename(request, from, to);
        }
        2 => replace_query(random, seeds, request),
        3 | 4 => change_value(random, request),
        5 => add_parameter(random, request),
        6 => request.tail.push_str(random.pick(&TAILS)),
        7 => change_path(random, request),
        8 => random.pick(&METHODS).clone_into(&mut request.method),
        9 => change_head(random, request),
        10 => change_body(random, seeds, request),
        _ => move_parameters(request),
    }
}

/// Renames a database wherever a word is its name.
fn rename(request: &mut Request, from: &str, to: &str) {
    for (_, value) in &mut request.query {
        *value = renamed(value, from, to);
    }
    if let Ok(body) = std::str::from_utf8(&request.body) {
        request.body = renamed(body, from, to).into_bytes();
    }
}

fn renamed(text: &str, from: &str, to: &str) -> String {
    let is_part = |one: char| one.is_alphanumeric() || one == '_';
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|one: char| is_part(one) != is_part(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        renamed.push_str(if word == from { to } else { word });
        rest = after;
    }
    renamed
}

fn replace_query(random: &mut Random, seeds: &Seeds, request: &mut Request) {
    let query = random.item(&seeds.queries).clone();
    let names = ["q", "query", "match[]"];
    match request.query.iter_mut().find(|(name, _)| names.contains(&name.as_str())) {
        Some((_, value)) => *value = query,
        None => request.query.push((random.pick(&names).to_owned(), query)),
    }
}

fn change_value(random: &mut Random, request: &mut Request) {
    if request.query.is_empty() {
        return;
    }
    let at = random.below(request.query.len());
    let (_, value) = &mut request.query[at];
    *value = String::from_utf8_lossy(&changed(random, value.as_bytes())).into_owned();
}

/// Inserts, removes, repeats or replaces bytes.
fn changed(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let at = random.below(bytes.len() + 1);
    let (before, after) = bytes.split_at(at);
    let some = random.below(4).min(after.len());
    match random.below(5) {
        0 => [before, random.pick(&PIECES).as_bytes(), after].concat(),
        1 => [before, &after[some..]].concat(),
        2 => [before, random.pick(&PIECES).as_bytes(), &after[some..]].concat(),
        3 => [before, &after[..some], after].concat(),
        _ => [before, random.pick(&DATABASES).as_bytes(), after].concat(),
    }
}

fn add_parameter(random: &mut Random, request: &mut Request) {
    let (name, value) = random.item(&PARAMETERS);
    let at = random.below(request.query.len() + 1);
    request.query.insert(at, ((*name).to_owned(), (*value).to_owned()));
}

fn change_path(random: &mut Random, request: &mut Request) {
    let path = &request.path;
    request.path = match random.below(9) {
        0 => format!("/{path}"),
        1 => format!("/.{path}"),
        2 => format!("/x/..{path}"),
        3 => format!("{path}/"),
        4 => format!("/prometheus{path}"),
        5 => format!("/influx{path}"),
        6 => path.replace("/q", "/%71").replace("/w", "%2Fw"),
        7 => format!("http://localhost{path}"),
        _ => random.pick(&PATHS).to_owned(),
    };
}

fn change_head(random: &mut Random, request: &mut Request) {
    let (name, value) = random.item(&HEADERS);
    match random.below(8) {
        0 => request.framing = Framing::Chunked,
        1 => request.framing = *random.item(&[Framing::Both, Framing::TwoLengths]),
        2 => request.set_content_type(FORM),
        3 | 4 => request.set_content_type(value),
        _ => request.headers.push(((*name).to_owned(), (*value).to_owned())),
    }
}

fn change_body(random: &mut Random, seeds: &Seeds, request: &mut Request) {
    request.body = match random.below(5) {
        0 => random.item(&seeds.own).body.clone(),
        1 => random.item(&seeds.recorded).body.clone(),
        2 => [request.body.as_slice(), b"\nplanted,db=b,host=x v=3 1700000000000000000".as_slice()].concat(),
        3 => {
            let mut form = pairs(&request.body);
            let (name, value) = random.item(&PARAMETERS);
            form.push(((*name).to_owned(), (*value).to_owned()));
            request.set_content_type(FORM);
            encoded(&form).into_bytes()
        }
        _ => changed(random, &request.body),
    };
}

/// Moves the parameters of the URL into a form, or those of a form into the URL.
fn move_parameters(request: &mut Request) {
    if request.is_form() {
        request.query.extend(pairs(&request.body));
        request.body.clear();
        return;
    }
    request.body = encoded(&request.query).into_bytes();
    request.query.clear();
    request.set_content_type(FORM);
    "POST".clone_into(&mut request.method);
}
