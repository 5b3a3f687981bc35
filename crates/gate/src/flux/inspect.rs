//! The walk through a syntax tree. Everything that is not known to be harmless is refused.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Named;
use crate::refusal::FluxReason;

/// The packages that stay within the database.
const IMPORTS: [&str; 31] = [
    "array",
    "bitwise",
    "csv",
    "date",
    "dict",
    "experimental",
    "experimental/aggregate",
    "experimental/array",
    "experimental/date/boundaries",
    "experimental/geo",
    "experimental/json",
    "experimental/query",
    "experimental/record",
    "experimental/table",
    "generate",
    "hex",
    "influxdata/influxdb",
    "influxdata/influxdb/schema",
    "influxdata/influxdb/v1",
    "interpolate",
    "join",
    "json",
    "math",
    "regexp",
    "runtime",
    "sampledata",
    "strings",
    "system",
    "timezone",
    "types",
    "universe",
];

/// The allowed packages with functions that read files or addresses if they are given one.
const WITH_SOURCES: [&str; 2] = ["csv", "influxdata/influxdb/v1"];

/// The nodes of the syntax that are understood.
const NODES: [&str; 39] = [
    "ArrayExpression",
    "BinaryExpression",
    "Block",
    "BooleanLiteral",
    "CallExpression",
    "ConditionalExpression",
    "DateTimeLiteral",
    "DictExpression",
    "DictItem",
    "DurationLiteral",
    "ExpressionStatement",
    "File",
    "FloatLiteral",
    "FunctionExpression",
    "Identifier",
    "ImportDeclaration",
    "IndexExpression",
    "IntegerLiteral",
    "InterpolatedPart",
    "LabelLiteral",
    "LogicalExpression",
    "MemberExpression",
    "ObjectExpression",
    "OptionStatement",
    "Package",
    "PackageClause",
    "ParenExpression",
    "PipeExpression",
    "PipeLiteral",
    "Property",
    "RegexpLiteral",
    "ReturnStatement",
    "StringExpression",
    "StringLiteral",
    "TextPart",
    "UnaryExpression",
    "UnsignedIntegerLiteral",
    "UnsignedLiteral",
    "VariableAssignment",
];

/// The members of what has no type: positions, parts of durations, comments.
const UNTYPED: [&str; 10] = ["start", "end", "line", "column", "source", "file", "magnitude", "unit", "text", "lit"];

/// Returns the buckets that a text names.
pub(super) fn inspect(answer: &Value, imports: &[String]) -> Result<Named, FluxReason> {
    let tree = answer.get("ast").and_then(Value::as_object).ok_or_else(|| unreadable("there is no syntax tree"))?;
    let mut walk = Walk { extra: imports, named: Named::default(), imported: BTreeSet::new(), source: None };
    walk.node(tree)?;
    let reads = WITH_SOURCES.iter().any(|package| walk.imported.contains(*package));
    match walk.source {
        Some(key) if reads => Err(FluxReason::Key(key)),
        _ => Ok(walk.named),
    }
}

struct Walk<'a> {
    extra: &'a [String],
    named: Named,
    imported: BTreeSet<String>,
    /// A property `url` or `file`.
    source: Option<String>,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value) -> Result<(), FluxReason> {
        match value {
            Value::Array(values) => values.iter().try_for_each(|value| self.value(value)),
            Value::Object(node) => self.node(node),
            _ => Ok(()),
        }
    }

    fn node(&mut self, node: &Map<String, Value>) -> Result<(), FluxReason> {
        match kind(node) {
            None if node.contains_key("type") => return Err(unreadable("a node has a type that is no text")),
            None => untyped(node)?,
            Some(kind) if !NODES.contains(&kind) => return Err(unreadable(kind)),
            Some("Property") => self.property(node)?,
            Some("ImportDeclaration") => self.import(node)?,
            Some("CallExpression") => call(node)?,
            Some(_) => {}
        }
        if node.get("errors").is_some_and(|errors| !is_empty(errors)) {
            return Err(FluxReason::Syntax);
        }
        node.values().try_for_each(|value| self.value(value))
    }

    fn property(&mut self, node: &Map<String, Value>) -> Result<(), FluxReason> {
        let key = node.get("key").and_then(text).ok_or_else(|| unreadable("a property without a name"))?;
        match key {
            "bucketID" => self.bucket(node.get("value")),
            "bucket" => {
                let name = node.get("value").and_then(Value::as_object).and_then(literal);
                self.named.names.extend(name.map(str::to_owned));
                Ok(())
            }
            "host" | "token" | "org" | "orgID" => Err(FluxReason::Key(key.to_owned())),
            "url" | "file" => {
                self.source = Some(key.to_owned());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn bucket(&mut self, value: Option<&Value>) -> Result<(), FluxReason> {
        let id = value.and_then(Value::as_object).and_then(literal).and_then(|text| text.parse().ok());
        self.named.ids.insert(id.ok_or(FluxReason::ComputedBucketId)?);
        Ok(())
    }

    fn import(&mut self, node: &Map<String, Value>) -> Result<(), FluxReason> {
        let path = node.get("path").and_then(text).ok_or_else(|| unreadable("an import without a path"))?;
        if !IMPORTS.contains(&path) && !self.extra.iter().any(|extra| extra == path) {
            return Err(FluxReason::Import(path.to_owned()));
        }
        self.imported.insert(path.to_owned());
        Ok(())
    }
}

/// Refuses a call whose arguments come from a record, where they cannot be seen.
fn call(node: &Map<String, Value>) -> Result<(), FluxReason> {
    let arguments = node.get("arguments").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let seen = |argument: &Value| {
        let argument = argument.as_object();
        argument.is_some_and(|one| kind(one) == Some("ObjectExpression") && one.get("with").is_none_or(Value::is_null))
    };
    if arguments.iter().all(seen) { Ok(()) } else { Err(unreadable("a call with a record")) }
}

fn untyped(node: &Map<String, Value>) -> Result<(), FluxReason> {
    let known = node.keys().all(|key| UNTYPED.contains(&key.as_str()));
    if known { Ok(()) } else { Err(unreadable("a node without a type")) }
}

fn kind(node: &Map<String, Value>) -> Option<&str> {
    node.get("type")?.as_str()
}

/// Returns the text of an identifier or a string literal.
fn text(node: &Value) -> Option<&str> {
    let node = node.as_object()?;
    if kind(node)? == "Identifier" { node.get("name")?.as_str() } else { literal(node) }
}

/// Returns the text of a string literal.
fn literal(node: &Map<String, Value>) -> Option<&str> {
    if kind(node)? == "StringLiteral" { node.get("value")?.as_str() } else { None }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn unreadable(what: &str) -> FluxReason {
    FluxReason::Unreadable(what.to_owned())
}
