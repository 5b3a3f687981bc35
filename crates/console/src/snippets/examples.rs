//! Examples for a token that was just created.

use crate::forms::outcome::CreatedToken;

use super::{Example, gate_examples, in_json, quoted};

/// Returns ways to use a token that was just created, each with its title.
pub fn examples(token: &CreatedToken) -> Vec<(&'static str, Example)> {
    let CreatedToken { base_url, org_name, .. } = token;
    let secret = || token.token.expose().to_owned();
    let bucket = token.bucket.as_deref().unwrap_or("BUCKET");
    let start = Example::default;
    let managed = vec![
        (
            "Shell",
            start()
                .plain("export INFLUX_HOST=").value(quoted(base_url))
                .plain("\nexport INFLUX_ORG=").value(quoted(org_name))
                .plain("\nexport INFLUX_TOKEN=").secret(secret())
                .plain("\n\n").comment("# Try it: lists the buckets this token may read")
                .plain("\ncurl --get \"$INFLUX_HOST/api/v2/buckets\" \\\n  --data-urlencode \"org=$INFLUX_ORG\" \\\n  --header \"Authorization: Token $INFLUX_TOKEN\""),
        ),
        (
            "influx CLI",
            start()
                .plain("influx config create --active \\\n  --config-name ").value(quoted(org_name))
                .plain(" \\\n  --host-url ").value(quoted(base_url))
                .plain(" \\\n  --org ").value(quoted(org_name))
                .plain(" \\\n  --token ").secret(secret()),
        ),
        ("Telegraf", telegraf(token)),
        ("Grafana", grafana(token)),
        (
            "Python",
            start()
                .plain("from influxdb_client import InfluxDBClient\n\nclient = InfluxDBClient(\n    url=").value(in_json(base_url))
                .plain(",\n    org=").value(in_json(org_name))
                .plain(",\n    token=\"").secret(secret()).plain("\",\n)"),
        ),
    ];
    let used = token.gate.as_ref().map(|gate| ("Database", gate_examples::write(gate, org_name, bucket, secret())));
    used.into_iter().chain(managed).collect()
}

/// Returns the output of Telegraf: through the gate, or to a database whose address Jeton does not know.
fn telegraf(token: &CreatedToken) -> Example {
    let (secret, bucket) = (token.token.expose().to_owned(), token.bucket.as_deref().unwrap_or("BUCKET"));
    if let Some(gate) = &token.gate {
        return gate_examples::telegraf(gate, &token.org_name, bucket, secret);
    }
    Example::default()
        .comment("# urls: the address of your database")
        .plain("\n[[outputs.influxdb_v2]]\n  urls = [")
        .value(in_json(DATABASE))
        .plain("]\n  token = \"")
        .secret(secret)
        .plain("\"\n  organization = ")
        .value(in_json(&token.org_name))
        .plain("\n  bucket = ")
        .value(in_json(bucket))
}

/// Returns the data source of Grafana, likewise.
fn grafana(token: &CreatedToken) -> Example {
    let (secret, org_name) = (token.token.expose().to_owned(), &token.org_name);
    if let Some(gate) = &token.gate {
        return gate_examples::grafana(gate, org_name, token.bucket.as_deref().unwrap_or("BUCKET"), secret);
    }
    Example::default()
        .comment("# provisioning/datasources/influxdb.yaml; url: the address of your database")
        .plain("\napiVersion: 1\ndatasources:\n  - name: ")
        .value(in_json(org_name))
        .plain("\n    type: influxdb\n    url: ")
        .value(in_json(DATABASE))
        .plain("\n    jsonData: { version: Flux, organization: ")
        .value(in_json(org_name))
        .plain(" }\n    secureJsonData: { token: \"")
        .secret(secret)
        .plain("\" }")
}

/// A placeholder for the database's URL, which Jeton does not know without a gate.
const DATABASE: &str = "http://influxdb.example:8086";

/// Returns the content of the file that "Download .env" saves.
pub fn env_file(token: &CreatedToken) -> String {
    format!(
        "INFLUX_HOST={}\nINFLUX_ORG={}\nINFLUX_TOKEN={}\n",
        quoted(&token.base_url),
        quoted(&token.org_name),
        token.token.expose()
    )
}

#[cfg(test)]
mod tests {
    use jeton_model::{AuthorizationId, Id, OrgId, binding::GateKind, token::NewToken};

    use crate::{forms::outcome::TokenGate, snippets::shortened};

    use super::*;

    const ID: Id = Id::new(10).unwrap();

    fn created(token: &NewToken, gate: Option<TokenGate>) -> CreatedToken {
        CreatedToken {
            token: token.clone(),
            id: AuthorizationId(ID),
            org: OrgId(ID),
            org_name: "my-org".into(),
            description: String::new(),
            summary: String::new(),
            is_described: true,
            bucket: None,
            base_url: "http://localhost:8086".into(),
            gate,
        }
    }

    fn gate(kind: GateKind) -> TokenGate {
        TokenGate { url: "http://db.example:8428".into(), kind, database: Some("plant".into()) }
    }

    #[test]
    fn examples_hide_the_token_and_copy_it_whole() {
        let token = NewToken::generate([3; 32]);
        let gates = std::iter::once(None).chain(GateKind::ALL.map(|kind| Some(gate(kind))));
        for created in gates.map(|gate| created(&token, gate)) {
            for (name, example) in examples(&created) {
                assert!(example.text().contains(token.expose()), "{name}");
                // The hidden token is completed in a part that is copied by hand, too.
                let whole = (shortened(token.expose()), token.expose().to_owned());
                assert_eq!(example.secrets(), [whole], "{name}");
            }
            assert!(env_file(&created).contains(token.expose()));
        }
        assert!(shortened(token.expose()).len() < 20);
    }

    #[test]
    fn examples_for_the_database_name_the_gate() {
        let token = NewToken::generate([3; 32]);
        for kind in GateKind::ALL {
            let all = examples(&created(&token, Some(gate(kind))));
            for name in ["Database", "Telegraf", "Grafana"] {
                let (_, example) = all.iter().find(|(title, _)| *title == name).expect(name);
                let text = example.text();
                assert!(
                    text.contains("http://db.example:8428") && !text.contains(DATABASE),
                    "{kind:?}, {name}: {text}"
                );
            }
        }
        let without = examples(&created(&token, None));
        assert!(without.iter().all(|(title, _)| *title != "Database"));
        assert!(without.iter().any(|(_, example)| example.text().contains(DATABASE)));
    }
}
