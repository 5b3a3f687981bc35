//! Recorded answers of influxd 2.9.1, in which the ids and tokens of a test replace the recorded ones.

use std::collections::BTreeMap;

use serde_json::Value;

/// The texts that replace placeholders such as `{{B}}`.
#[derive(Clone)]
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    pub fn filled(&self, text: &str) -> String {
        let text = text.replace("op-token", self.of("OP"));
        self.0.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
    }

    pub fn of(&self, name: &str) -> &str {
        &self.0[name]
    }
}

/// A recorded request with its answer.
#[derive(Clone)]
pub struct Step {
    pub name: String,
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    /// User name and password.
    pub basic: Option<(String, String)>,
    pub body: String,
    pub status: u16,
    pub content_type: String,
    pub answer: String,
}

impl Step {
    /// Returns whether influxd refused the request, or returned no rows.
    pub fn is_refused(&self) -> bool {
        self.status >= 400 || self.answer.contains("\"error\"") || self.answer == r#"{"results":[{"statement_id":0}]}"#
    }

    /// Returns the name of the recorded token, such as `r1`.
    pub fn token(&self) -> Option<&str> {
        let header = self.headers.iter().find(|(name, _)| name == "Authorization");
        let header = header.and_then(|(_, value)| value.strip_prefix("Token "));
        header.or(self.basic.as_ref().map(|(_, password)| password.as_str()))
    }
}

fn data(file: &str) -> Value {
    let path = format!("{}/crates/gate/tests/data/{file}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Returns the steps of a recording whose names have one of the prefixes.
pub fn steps(file: &str, names: &Names, beginnings: &[&str]) -> Vec<Step> {
    let all = data(file)["steps"].as_array().unwrap().clone();
    let wanted = |step: &&Value| beginnings.iter().any(|one| step["name"].as_str().unwrap().starts_with(one));
    all.iter().filter(wanted).map(|step| of(step, names)).collect()
}

fn of(step: &Value, names: &Names) -> Step {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => names.filled(text),
        json => names.filled(&json.to_string()),
    };
    let headers = step["headers"].as_object().into_iter().flatten();
    let basic = step["basic"].as_str().map(|basic| names.filled(basic));
    let expect = &step["expect"];
    let answer = if expect["text"].is_string() { &expect["text"] } else { &expect["json"] };
    Step {
        name: text(&step["name"]),
        method: text(&step["method"]),
        target: text(&step["path"]),
        headers: headers.map(|(name, value)| (name.clone(), text(value))).collect(),
        basic: basic.map(|basic| basic.split_once(':').map(|(user, word)| (user.into(), word.into())).unwrap()),
        body: text(&step["body"]),
        status: u16::try_from(expect["status"].as_u64().unwrap()).unwrap(),
        content_type: text(&expect["headers"]["content-type"]),
        answer: text(answer),
    }
}

/// Returns the syntax tree of each recorded Flux text, or the error of its syntax.
pub fn trees(names: &Names) -> BTreeMap<String, String> {
    let trees = data("influxdb2-ast")["asts"].as_object().unwrap().clone();
    trees.iter().map(|(text, tree)| (names.filled(text), names.filled(&tree.to_string()))).collect()
}
