//! Read access to the OpenAPI document.

use std::sync::Arc;

use serde_json::{Map, Value};

/// This server's OpenAPI document. Cheap to clone.
#[derive(Clone)]
pub struct Document(Arc<Value>);

/// The operations with one tag.
#[derive(Clone)]
pub struct Group {
    /// The name of the tag.
    pub name: String,
    /// The description of the tag.
    pub about: String,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
}

/// An operation: a method of a path.
#[derive(Clone)]
pub struct Operation {
    /// The HTTP method, in lower case.
    pub method: String,
    /// The path, with parameters in braces.
    pub path: String,
    /// The operation object of the OpenAPI document.
    pub about: Value,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Document {
    /// Creates the document from its JSON.
    pub fn new(description: Value) -> Self {
        Self(Arc::new(description))
    }

    /// Returns the description of the API, for the top of the reference.
    pub fn lead(&self) -> String {
        text(&self.0["info"]["description"])
    }

    /// Returns the operations by tag, in the order of the tags.
    pub fn groups(&self) -> Vec<Group> {
        let operations = self.operations();
        let tags = self.0["tags"].as_array().into_iter().flatten();
        tags.map(|tag| {
            let name = text(&tag["name"]);
            let of_tag = operations.iter().filter(|operation| operation.about["tags"][0] == name.as_str());
            Group { about: text(&tag["description"]), operations: of_tag.cloned().collect(), name }
        })
        .collect()
    }

    fn operations(&self) -> Vec<Operation> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| {
            METHODS.iter().filter_map(|method| {
                let about = item.get(*method)?.clone();
                Some(Operation { method: (*method).into(), path: path.clone(), about })
            })
        });
        operations.collect()
    }

    /// Returns the named schemas.
    pub fn schemas(&self) -> Vec<(String, Value)> {
        let schemas = self.0["components"]["schemas"].as_object();
        schemas.map(|schemas| schemas.clone().into_iter().collect()).unwrap_or_default()
    }

    /// Resolves a schema's reference, if it is one.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match name_of(schema) {
            Some(name) => &self.0["components"]["schemas"][name],
            None => schema,
        }
    }

    /// Returns an example value of a schema: its own example, or one composed from its parts.
    pub fn example(&self, schema: &Value) -> Value {
        self.example_within(schema, 0)
    }

    fn example_within(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolve(without_null(schema));
        let given = [&schema["examples"][0], &schema["example"], &schema["default"], &schema["enum"][0]];
        if let Some(given) = given.into_iter().find(|value| !value.is_null()) {
            return given.clone();
        }
        match kind(schema) {
            // Ends the recursion of schemas that refer to themselves; no body nests deeper.
            "object" if depth < 6 => Value::Object(self.example_members(schema, depth)),
            "array" if depth < 6 => vec![self.example_within(&schema["items"], depth + 1)].into(),
            "string" if schema["format"] == "password" => "a long password".into(),
            "string" => "text".into(),
            "integer" | "number" => schema["minimum"].as_i64().unwrap_or(0).into(),
            "boolean" => false.into(),
            _ => Value::Object(Map::new()),
        }
    }

    fn example_members(&self, schema: &Value, depth: usize) -> Map<String, Value> {
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
        let members = schema["properties"].as_object().into_iter().flatten();
        let needed = members.filter(|(name, _)| required(name));
        needed.map(|(name, member)| (name.clone(), self.example_within(member, depth + 1))).collect()
    }
}

impl Group {
    /// Returns the id of the group's element, for links to it.
    pub fn anchor(&self) -> String {
        self.name.to_ascii_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
    }
}

impl Operation {
    /// Returns the operation's id, which is also the id of its element.
    pub fn id(&self) -> String {
        text(&self.about["operationId"])
    }

    /// Returns the one-line summary.
    pub fn summary(&self) -> String {
        text(&self.about["summary"])
    }
}

/// Returns the text of a JSON string; empty for any other value.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Returns the name that a schema refers to.
pub fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// Returns the non-null alternative of a schema: `null` only marks a member as optional.
pub fn without_null(schema: &Value) -> &Value {
    let alternatives = schema["oneOf"].as_array().into_iter().flatten();
    alternatives.into_iter().find(|one| one["type"] != "null").unwrap_or(schema)
}

/// Returns the type of a schema, without `null`.
pub fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        _ => "",
    }
}
