//! The same thing outside the console: commands, requests and examples, to look at and to copy.

use leptos::prelude::*;

use crate::{
    model::{Action, OrgId, ResourceType, Timestamp, UserId, selection::Pick, token::visible_prefix},
    ui::answer::CreatedToken,
};

/// How a piece of an example looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Plain,
    Value,
    Comment,
    /// A secret: shortened on the screen, whole when copied.
    Secret,
}

/// A text to look at and to copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example(Vec<(Look, String)>);

impl Example {
    fn plain(mut self, text: impl Into<String>) -> Self {
        self.0.push((Look::Plain, text.into()));
        self
    }

    fn value(mut self, text: impl Into<String>) -> Self {
        self.0.push((Look::Value, text.into()));
        self
    }

    fn comment(mut self, text: impl Into<String>) -> Self {
        self.0.push((Look::Comment, text.into()));
        self
    }

    fn secret(mut self, text: impl Into<String>) -> Self {
        self.0.push((Look::Secret, text.into()));
        self
    }

    /// What is copied.
    pub fn text(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// What is seen.
    pub fn view(&self) -> impl IntoView + use<> {
        let piece = |(look, text): &(Look, String)| match look {
            Look::Plain => text.clone().into_any(),
            Look::Value => view! { <span class="value">{text.clone()}</span> }.into_any(),
            Look::Comment => view! { <span class="comment">{text.clone()}</span> }.into_any(),
            Look::Secret => view! { <span class="value">{shortened(text)}</span> }.into_any(),
        };
        self.0.iter().map(piece).collect_view()
    }
}

fn shortened(token: &str) -> String {
    match visible_prefix(token) {
        Some(prefix) => format!("{prefix}…{}", &token[token.len() - 6..]),
        None => "…".into(),
    }
}

/// In the order of the stock command's help (contract §7.4).
const FLAG_ORDER: [ResourceType; 22] = {
    use ResourceType as R;
    [
        R::Authorizations,
        R::Buckets,
        R::Dashboards,
        R::Orgs,
        R::Tasks,
        R::Telegrafs,
        R::Users,
        R::Variables,
        R::Secrets,
        R::Labels,
        R::Views,
        R::Documents,
        R::NotificationRules,
        R::NotificationEndpoints,
        R::Checks,
        R::Dbrp,
        R::Annotations,
        R::Sources,
        R::Scrapers,
        R::Notebooks,
        R::Remotes,
        R::Replications,
    ]
};

/// When a token stops working and where it is accepted from, as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limited {
    pub expires_at: Option<Timestamp>,
    pub networks: Vec<String>,
}

/// `influx auth create …`, and what that command can't say.
pub fn command(picks: &[Pick], org_name: &str, description: &str, limited: &Limited) -> (Example, Vec<&'static str>) {
    let mut example = Example::default().plain("influx auth create \\\n  --org ").value(quoted(org_name));
    if !description.is_empty() {
        example = example.plain(" \\\n  --description ").value(quoted(description));
    }
    for action in Action::ALL {
        for pick in picks.iter().filter(|pick| pick.kind == ResourceType::Buckets && pick.action == action) {
            if let Some(id) = pick.id {
                example = example.plain(format!(" \\\n  --{action}-bucket ")).value(id.to_string());
            }
        }
    }
    for kind in FLAG_ORDER {
        for action in Action::ALL.into_iter().filter(|action| picks.contains(&Pick::all(*action, kind))) {
            example = example.plain(format!(" \\\n  --{action}-{kind}"));
        }
    }
    let mut limits = Vec::new();
    match (limited.expires_at.is_some(), !limited.networks.is_empty()) {
        (true, true) => limits.push("influx cannot set an expiry or networks: use curl or JSON."),
        (true, false) => limits.push("influx cannot set an expiry: use curl or JSON."),
        (false, true) => limits.push("influx cannot set networks: use curl or JSON."),
        (false, false) => {}
    }
    if picks.iter().any(|pick| matches!(pick.kind, ResourceType::Orgs | ResourceType::Users)) {
        limits.push("influx grants all organizations and all users here, not only yours: use curl or JSON.");
    }
    if picks.iter().any(|pick| pick.kind == ResourceType::Telegrafs && pick.id.is_some()) {
        limits.push("influx cannot pick a single Telegraf configuration: use curl or JSON.");
    }
    (example, limits)
}

/// The body of the request that creates the token.
pub fn json(picks: &[Pick], org: OrgId, me: UserId, description: &str, limited: &Limited) -> Example {
    let quote = |text: &str| serde_json::Value::from(text).to_string();
    let mut example = Example::default().plain("{\n  \"orgID\": ").value(quote(&org.to_string()));
    if !description.is_empty() {
        example = example.plain(",\n  \"description\": ").value(quote(description));
    }
    if let Some(end) = limited.expires_at {
        example = example.plain(",\n  \"expiresAt\": ").value(quote(&end.to_second().to_string()));
    }
    if !limited.networks.is_empty() {
        let networks = serde_json::Value::from(limited.networks.as_slice()).to_string();
        example = example.plain(",\n  \"allowedNetworks\": ").value(networks);
    }
    example = example.plain(",\n  \"permissions\": [");
    for (index, pick) in picks.iter().enumerate() {
        let permission = pick.permission(org, me);
        let resource = serde_json::to_string(&permission.resource).unwrap_or_default();
        let action = quote(permission.action.name());
        example = example.plain(if index == 0 { "\n    " } else { ",\n    " });
        example = example.plain("{\"action\": ").value(action).plain(", \"resource\": ").value(resource).plain("}");
    }
    example.plain("\n  ]\n}")
}

/// The request that creates the token.
pub fn curl(picks: &[Pick], org: OrgId, me: UserId, description: &str, limited: &Limited, origin: &str) -> Example {
    let body = json(picks, org, me, description, limited).text();
    let compact: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    Example::default()
        .plain("curl --request POST \\\n  ")
        .value(format!("\"{origin}/api/v2/authorizations\""))
        .plain(" \\\n  --header \"Authorization: Token $INFLUX_TOKEN\" \\\n  --header \"Content-Type: application/json\" \\\n  --data ")
        .value(single_quoted(&compact.to_string()))
}

/// A word as a shell reads it back.
fn quoted(text: &str) -> String {
    let plain =
        !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./:@".contains(letter));
    if plain { text.to_owned() } else { single_quoted(text) }
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Ways to use a token that was just created.
pub fn uses(token: &CreatedToken) -> Vec<(&'static str, Example)> {
    let CreatedToken { origin, org_name, .. } = token;
    let secret = || token.token.expose().to_owned();
    let string = |text: &str| serde_json::Value::from(text).to_string();
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
                .comment("# urls: where your database answers")
                .plain("\n[[outputs.influxdb_v2]]\n  urls = [").value(string(DATABASE))
                .plain("]\n  token = \"").secret(secret())
                .plain("\"\n  organization = ").value(string(org_name))
                .plain("\n  bucket = ").value(string(bucket)),
        ),
        (
            "Grafana",
            start()
                .comment("# provisioning/datasources/influxdb.yaml; url: where your database answers")
                .plain("\napiVersion: 1\ndatasources:\n  - name: ").value(string(org_name))
                .plain("\n    type: influxdb\n    url: ").value(string(DATABASE))
                .plain("\n    jsonData: { version: Flux, organization: ").value(string(org_name))
                .plain(" }\n    secureJsonData: { token: \"").secret(secret()).plain("\" }"),
        ),
        (
            "Python",
            start()
                .plain("from influxdb_client import InfluxDBClient\n\nclient = InfluxDBClient(\n    url=").value(string(origin))
                .plain(",\n    org=").value(string(org_name))
                .plain(",\n    token=\"").secret(secret()).plain("\",\n)"),
        ),
    ]
}

/// Stands for the database's address: Jeton keeps the tokens, and knows not where the data is.
const DATABASE: &str = "http://influxdb.example:8086";

/// The file that "Download .env" saves.
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
    use super::*;
    use crate::model::{Id, token::NewToken};

    const ID: Id = Id::new(10).unwrap();

    #[test]
    fn the_command_lists_buckets_before_flags_as_influx_does() {
        let picks = [
            Pick::all(Action::Write, ResourceType::Authorizations),
            Pick::one(Action::Write, ResourceType::Buckets, ID),
            Pick::one(Action::Read, ResourceType::Buckets, ID),
            Pick::all(Action::Read, ResourceType::Dashboards),
        ];
        let (example, limits) = command(&picks, "my org", "", &Limited::default());
        let expected = "influx auth create \\\n  --org 'my org' \\\n  --read-bucket 000000000000000a \\\n  \
                        --write-bucket 000000000000000a \\\n  --write-authorizations \\\n  --read-dashboards";
        assert_eq!(example.text(), expected);
        assert!(limits.is_empty());
    }

    #[test]
    fn what_the_stock_command_would_grant_instead_is_said() {
        let picks =
            [Pick::all(Action::Read, ResourceType::Users), Pick::one(Action::Read, ResourceType::Telegrafs, ID)];
        assert_eq!(command(&picks, "o", "", &Limited::default()).1.len(), 2);
    }

    #[test]
    fn quotes_in_a_description_do_not_leave_the_shell_word() {
        let picks = [Pick::all(Action::Read, ResourceType::Tasks)];
        let text = curl(&picks, OrgId(ID), UserId(ID), "it's", &Limited::default(), "http://localhost:8086").text();
        assert!(text.contains(r"it'\''s"), "{text}");
    }

    #[test]
    fn the_body_is_json() {
        let picks = [Pick::all(Action::Read, ResourceType::Tasks), Pick::one(Action::Read, ResourceType::Buckets, ID)];
        let limited = Limited {
            expires_at: Some(Timestamp::from_micros(1_800_000_000_000_001)),
            networks: vec!["10.0.0.0/8".into()],
        };
        let text = json(&picks, OrgId(ID), UserId(ID), "a \"quote\"", &limited).text();
        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(body["permissions"].as_array().unwrap().len(), 2);
        assert_eq!(body["description"], "a \"quote\"");
        assert_eq!(body["expiresAt"], "2027-01-15T08:00:00Z");
        assert_eq!(body["allowedNetworks"], serde_json::json!(["10.0.0.0/8"]));
        assert_eq!(
            command(&picks, "o", "", &limited).1,
            ["influx cannot set an expiry or networks: use curl or JSON."]
        );
    }

    #[test]
    fn examples_hide_the_token_and_copy_it_whole() {
        let token = NewToken::generate([3; 32]);
        let created = CreatedToken {
            token: token.clone(),
            id: crate::model::AuthorizationId(ID),
            org: OrgId(ID),
            org_name: "my-org".into(),
            description: String::new(),
            summary: String::new(),
            bucket: None,
            origin: "http://localhost:8086".into(),
        };
        for (name, example) in uses(&created) {
            assert!(example.text().contains(token.expose()), "{name}");
        }
        assert!(shortened(token.expose()).len() < 20);
        assert!(env_file(&created).contains(token.expose()));
    }
}
