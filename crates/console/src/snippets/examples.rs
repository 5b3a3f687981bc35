//! Examples for a token that was just created.

use crate::forms::outcome::CreatedToken;

use super::{Example, in_json, quoted};

/// Returns ways to use a token that was just created, each with its title.
pub fn examples(token: &CreatedToken) -> Vec<(&'static str, Example)> {
    let CreatedToken { origin, org_name, .. } = token;
    let secret = || token.token.expose().to_owned();
    let bucket = token.bucket.as_deref().unwrap_or("BUCKET");
    let start = Example::default;
    vec![
        (
            "Shell",
            start()
                .plain("export INFLUX_HOST=").value(quoted(origin))
                .plain("\nexport INFLUX_ORG=").value(quoted(org_name))
                .plain("\nexport INFLUX_TOKEN=").secret(secret())
                .plain("\n\n").comment("# Try it: lists the buckets this token may read")
                .plain("\ncurl --get \"$INFLUX_HOST/api/v2/buckets\" \\\n  --data-urlencode \"org=$INFLUX_ORG\" \\\n  --header \"Authorization: Token $INFLUX_TOKEN\""),
        ),
        (
            "influx CLI",
            start()
                .plain("influx config create --active \\\n  --config-name ").value(quoted(org_name))
                .plain(" \\\n  --host-url ").value(quoted(origin))
                .plain(" \\\n  --org ").value(quoted(org_name))
                .plain(" \\\n  --token ").secret(secret()),
        ),
        (
            "Telegraf",
            start()
                .comment("# urls: the address of your database")
                .plain("\n[[outputs.influxdb_v2]]\n  urls = [").value(in_json(DATABASE))
                .plain("]\n  token = \"").secret(secret())
                .plain("\"\n  organization = ").value(in_json(org_name))
                .plain("\n  bucket = ").value(in_json(bucket)),
        ),
        (
            "Grafana",
            start()
                .comment("# provisioning/datasources/influxdb.yaml; url: the address of your database")
                .plain("\napiVersion: 1\ndatasources:\n  - name: ").value(in_json(org_name))
                .plain("\n    type: influxdb\n    url: ").value(in_json(DATABASE))
                .plain("\n    jsonData: { version: Flux, organization: ").value(in_json(org_name))
                .plain(" }\n    secureJsonData: { token: \"").secret(secret()).plain("\" }"),
        ),
        (
            "Python",
            start()
                .plain("from influxdb_client import InfluxDBClient\n\nclient = InfluxDBClient(\n    url=").value(in_json(origin))
                .plain(",\n    org=").value(in_json(org_name))
                .plain(",\n    token=\"").secret(secret()).plain("\",\n)"),
        ),
    ]
}

/// A placeholder for the database's URL, which Jeton does not know: it only manages tokens.
const DATABASE: &str = "http://influxdb.example:8086";

/// Returns the content of the file that "Download .env" saves.
pub fn env_file(token: &CreatedToken) -> String {
    format!(
        "INFLUX_HOST={}\nINFLUX_ORG={}\nINFLUX_TOKEN={}\n",
        quoted(&token.origin),
        quoted(&token.org_name),
        token.token.expose()
    )
}

#[cfg(test)]
mod tests {
    use jeton_model::{AuthorizationId, Id, OrgId, token::NewToken};

    use crate::snippets::shortened;

    use super::*;

    const ID: Id = Id::new(10).unwrap();

    #[test]
    fn examples_hide_the_token_and_copy_it_whole() {
        let token = NewToken::generate([3; 32]);
        let created = CreatedToken {
            token: token.clone(),
            id: AuthorizationId(ID),
            org: OrgId(ID),
            org_name: "my-org".into(),
            description: String::new(),
            summary: String::new(),
            bucket: None,
            origin: "http://localhost:8086".into(),
        };
        for (name, example) in examples(&created) {
            assert!(example.text().contains(token.expose()), "{name}");
        }
        assert!(shortened(token.expose()).len() < 20);
        assert!(env_file(&created).contains(token.expose()));
    }
}
