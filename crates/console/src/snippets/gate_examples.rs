//! Examples for a token that is used through a gate.

use jeton_model::binding::GateKind;

use crate::forms::outcome::TokenGate;

use super::{Example, in_json, single_quoted};

/// Returns a command that writes a row. `bucket`: the name of the bucket, which stands in for an unbound database.
pub fn write(gate: &TokenGate, org_name: &str, bucket: &str, secret: String) -> Example {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let path = match gate.kind {
        GateKind::Influxdb2 => {
            query.append_pair("org", org_name).append_pair("bucket", bucket);
            "/api/v2/write"
        }
        GateKind::Influxdb1 | GateKind::Influxdb3 | GateKind::Victoriametrics => {
            query.append_pair("db", database(gate, bucket));
            "/write"
        }
    };
    let query = query.finish();
    Example::default()
        .comment("# Writes a row through the gate")
        .plain("\ncurl ")
        .value(single_quoted(&format!("{}{path}?{query}", gate.url)))
        .plain(" \\\n  --header \"Authorization: Token ")
        .secret(secret)
        .plain("\" \\\n  --data-binary 'temp,host=x value=1'")
}

/// Returns an output of Telegraf.
pub fn telegraf(gate: &TokenGate, org_name: &str, bucket: &str, secret: String) -> Example {
    let begun = Example::default();
    match gate.kind {
        GateKind::Influxdb1 | GateKind::Victoriametrics => begun
            .plain("[[outputs.influxdb]]\n  urls = [")
            .value(in_json(&gate.url))
            .plain("]\n  database = ")
            .value(in_json(database(gate, bucket)))
            .plain("\n  skip_database_creation = true\n  username = \"jeton\"\n  password = \"")
            .secret(secret)
            .plain("\""),
        GateKind::Influxdb2 | GateKind::Influxdb3 => begun
            .plain("[[outputs.influxdb_v2]]\n  urls = [")
            .value(in_json(&gate.url))
            .plain("]\n  token = \"")
            .secret(secret)
            .plain("\"\n  organization = ")
            .value(in_json(if gate.kind == GateKind::Influxdb2 { org_name } else { "" }))
            .plain("\n  bucket = ")
            .value(in_json(database(gate, bucket))),
    }
}

/// Returns a data source of Grafana.
pub fn grafana(gate: &TokenGate, org_name: &str, bucket: &str, secret: String) -> Example {
    let begun = Example::default()
        .comment("# provisioning/datasources/jeton.yaml")
        .plain("\napiVersion: 1\ndatasources:\n  - name: ")
        .value(in_json(org_name));
    if gate.kind == GateKind::Influxdb2 {
        return begun
            .plain("\n    type: influxdb\n    url: ")
            .value(in_json(&gate.url))
            .plain("\n    jsonData: { version: Flux, organization: ")
            .value(in_json(org_name))
            .plain(" }\n    secureJsonData: { token: \"")
            .secret(secret)
            .plain("\" }");
    }
    let begun = match gate.kind {
        GateKind::Victoriametrics => begun
            .plain("\n    type: prometheus\n    url: ")
            .value(in_json(&gate.url))
            .plain("\n    jsonData: { httpHeaderName1: Authorization }"),
        GateKind::Influxdb1 | GateKind::Influxdb2 | GateKind::Influxdb3 => begun
            .plain("\n    type: influxdb\n    url: ")
            .value(in_json(&gate.url))
            .plain("\n    jsonData: { dbName: ")
            .value(in_json(database(gate, bucket)))
            .plain(", httpHeaderName1: Authorization }"),
    };
    begun.plain("\n    secureJsonData: { httpHeaderValue1: \"Token ").secret(secret).plain("\" }")
}

/// Returns the database of the token's bucket; the name of the bucket if it is not bound.
fn database<'a>(gate: &'a TokenGate, bucket: &'a str) -> &'a str {
    gate.database.as_deref().unwrap_or(bucket)
}
