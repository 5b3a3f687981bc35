//! Plugins that clients send as JSON in the place of a text, rendered as TOML
//! ([compatibility §5.6](../../../../docs/influxdb-compatibility.md#s5-6)).

use serde_json::{Map, Number, Value};

use jeton_model::{
    telegraf_config::{TOKEN_VARIABLE, quoted},
    user::{MAX_NAME, check_text},
};

use crate::{Error, error::TelegrafError};

/// The section that precedes the plugins, with influxd's values.
const AGENT: &str = "[agent]\n  interval = \"10s\"\n  round_interval = true\n  metric_batch_size = 1000\n  \
                     metric_buffer_limit = 10000\n  collection_jitter = \"0s\"\n  flush_interval = \"10s\"\n  \
                     flush_jitter = \"0s\"\n  precision = \"\"\n  hostname = \"\"\n  omit_hostname = false\n";

/// The outputs that influxd knows.
const OUTPUTS: [&str; 2] = ["file", "influxdb_v2"];

/// A plugin as JSON. Its settings may hold a token, so that it has no `Debug`.
#[derive(Clone, Default)]
pub struct Plugin {
    /// `input` or `output`.
    pub kind: String,
    /// The name in Telegraf, such as `cpu`.
    pub name: String,
    /// The settings: an object, or nothing for the defaults.
    pub config: Option<Value>,
}

/// Returns the text of a configuration with these plugins: the section `[agent]`, then one section per plugin in their
/// order. Without any, it has an output to fill in.
///
/// # Errors
/// [`TelegrafError`] for a plugin that is not rendered; `ValidationError` for a name that is too long.
pub fn rendered(plugins: &[Plugin]) -> Result<String, Error> {
    let mut text = AGENT.to_owned();
    if plugins.is_empty() {
        text.push_str(&format!(
            "\n[[outputs.influxdb_v2]]\n  urls = [\"http://127.0.0.1:8086\"]\n  token = \"{TOKEN_VARIABLE}\"\n  \
             organization = \"\"\n  bucket = \"\"\n"
        ));
    }
    for plugin in plugins {
        text.push('\n');
        render(&mut text, plugin)?;
    }
    Ok(text)
}

fn render(text: &mut String, plugin: &Plugin) -> Result<(), Error> {
    let Plugin { kind, name, config } = plugin;
    check_text("the type of a plugin", kind, MAX_NAME)?;
    check_text("the name of a plugin", name, MAX_NAME)?;
    let section = match kind.as_str() {
        "input" => "inputs",
        "output" => "outputs",
        _ => return Err(TelegrafError::PluginType { kind: kind.clone() }.into()),
    };
    // Any input is accepted: Telegraf has more than influxd knows.
    if name.is_empty() || (kind == "output" && !OUTPUTS.contains(&name.as_str())) {
        return Err(TelegrafError::Plugin { name: name.clone(), kind: kind.clone() }.into());
    }
    text.push_str(&format!("[[{section}.{}]]\n", key(name)));
    let settings = match config {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(settings)) => settings,
        Some(_) => return Err(TelegrafError::PluginConfig { name: name.clone() }.into()),
    };
    for (name, value) in present(settings) {
        text.push_str(&format!("  {} = ", key(name)));
        if section == "outputs" && name == "files" {
            render_files(text, value);
        } else {
            render_value(text, value);
        }
        text.push('\n');
    }
    Ok(())
}

/// Returns the members that have a value: TOML has no `null`.
fn present(members: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    members.iter().filter(|(_, value)| !value.is_null())
}

/// Returns a key, in quotation marks if TOML needs them.
fn key(name: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// Renders the files of an output. influxd's clients send objects with a type and a path; Telegraf reads their names.
fn render_files(text: &mut String, files: &Value) {
    let name = |file: &Value| match (file["type"].as_str(), file["path"].as_str()) {
        (Some("stdout"), _) => Value::from("stdout"),
        (_, Some(path)) => Value::from(path),
        _ => file.clone(),
    };
    match files {
        Value::Array(files) => render_value(text, &files.iter().map(name).collect::<Value>()),
        other => render_value(text, other),
    }
}

/// Renders a value on one line: a table in a table stays inside its braces, so that the text grows no faster than the
/// JSON.
fn render_value(text: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&in_toml(number)),
        Value::String(value) => text.push_str(&quoted(value)),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().filter(|item| !item.is_null()).enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                render_value(text, item);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, value)) in present(members).enumerate() {
                text.push_str(if index == 0 { " " } else { ", " });
                text.push_str(&format!("{} = ", key(name)));
                render_value(text, value);
            }
            text.push_str(if text.ends_with('{') { "}" } else { " }" });
        }
    }
}

/// Returns a number; TOML's integers have 64 bits with a sign.
fn in_toml(number: &Number) -> String {
    match (number.as_i64(), number.as_f64()) {
        (None, Some(value)) => format!("{value:?}"),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::toml::{buckets, flaw};
    use super::*;

    fn plugin(kind: &str, name: &str, config: Value) -> Plugin {
        Plugin { kind: kind.into(), name: name.into(), config: Some(config) }
    }

    fn section(plugin: Plugin) -> String {
        let text = rendered(&[plugin]).unwrap();
        assert_eq!(flaw(&text), None, "{text}");
        text.strip_prefix(AGENT).unwrap().trim_start().to_owned()
    }

    #[test]
    fn plugins_follow_the_agent_in_their_order() {
        let output = json!({"urls": ["http://localhost:8086"], "token": "$INFLUX_TOKEN", "organization": "my \"org\"", "bucket": "iot"});
        let cpu = Plugin { kind: "input".into(), name: "cpu".into(), config: None };
        let text = rendered(&[plugin("output", "influxdb_v2", output), cpu]).unwrap();
        assert_eq!(flaw(&text), None);
        assert!(text.starts_with("[agent]\n  interval = \"10s\"\n"));
        assert!(text.find("[[outputs.influxdb_v2]]\n") < text.find("[[inputs.cpu]]\n"));
        assert!(
            text.contains("  urls = [\"http://localhost:8086\"]\n") && text.contains("  token = \"$INFLUX_TOKEN\"\n")
        );
        assert_eq!(buckets(&text), ["iot"]);
        let nothing = rendered(&[]).unwrap();
        assert_eq!((flaw(&nothing), buckets(&nothing)), (None, vec![]));
        assert!(nothing.contains("[[outputs.influxdb_v2]]\n"));
    }

    #[test]
    fn every_kind_of_value_is_toml() {
        let config = json!({"a": true, "b": 7, "c": -1.5, "d": u64::MAX, "e": null, "f": [1, null, [2]], "g": {}, "h i": {"j": "k\nl", "m": null}});
        assert_eq!(
            section(plugin("input", "my plugin", config)),
            "[[inputs.\"my plugin\"]]\n  a = true\n  b = 7\n  c = -1.5\n  d = 1.8446744073709552e19\n  f = [1, [2]]\n  \
             g = {}\n  \"h i\" = { j = \"k\\u000al\" }\n"
        );
        let files = json!({"files": [{"type": "stdout", "path": ""}, {"type": "path", "path": "/tmp/out"}, "plain"]});
        assert_eq!(
            section(plugin("output", "file", files)),
            "[[outputs.file]]\n  files = [\"stdout\", \"/tmp/out\", \"plain\"]\n"
        );
    }

    #[test]
    fn what_influxd_does_not_render_is_refused_in_its_words() {
        let refusal = |plugin| rendered(&[plugin]).unwrap_err().to_string();
        assert_eq!(refusal(plugin("output", "kafka", json!({}))), "unsupported telegraf plugin kafka, type output");
        assert_eq!(refusal(plugin("processor", "x", json!({}))), "unsupported telegraf plugin type processor");
        assert_eq!(refusal(plugin("input", "", json!({}))), "unsupported telegraf plugin , type input");
        assert_eq!(refusal(plugin("input", "cpu", json!([]))), "the config of telegraf plugin cpu must be an object");
        assert_eq!(
            refusal(plugin("input", &"x".repeat(256), json!({}))),
            "the name of a plugin must not be longer than 255 bytes"
        );
    }
}
