//! The API request that creates a token.

use jeton_model::{OrgId, UserId, console::selection::Pick};

use super::{Example, Limited, in_json, single_quoted};

/// Returns the body of the request.
pub fn json(picks: &[Pick], org: OrgId, me: UserId, description: &str, limited: &Limited) -> Example {
    let mut example = Example::default().plain("{\n  \"orgID\": ").value(in_json(&org));
    if !description.is_empty() {
        example = example.plain(",\n  \"description\": ").value(in_json(description));
    }
    if let Some(end) = limited.expires_at {
        example = example.plain(",\n  \"expiresAt\": ").value(in_json(&end.to_second()));
    }
    if !limited.networks.is_empty() {
        example = example.plain(",\n  \"allowedNetworks\": ").value(in_json(&limited.networks));
    }
    example = example.plain(",\n  \"permissions\": [");
    for (index, pick) in picks.iter().enumerate() {
        let permission = pick.permission(org, me);
        let (action, resource) = (in_json(permission.action.name()), in_json(&permission.resource));
        example = example.plain(if index == 0 { "\n    " } else { ",\n    " });
        example = example.plain("{\"action\": ").value(action).plain(", \"resource\": ").value(resource).plain("}");
    }
    example.plain("\n  ]\n}")
}

/// Returns the request as a `curl` command.
pub fn curl(picks: &[Pick], org: OrgId, me: UserId, description: &str, limited: &Limited, base_url: &str) -> Example {
    let body = json(picks, org, me, description, limited).text();
    // No JSON string contains a line break.
    let on_one_line: String = body.lines().map(str::trim_start).collect();
    Example::default()
        .plain("curl --request POST \\\n  ")
        .value(format!("\"{base_url}/api/v2/authorizations\""))
        .plain(" \\\n  --header \"Authorization: Token $INFLUX_TOKEN\" \\\n  --header \"Content-Type: application/json\" \\\n  --data ")
        .value(single_quoted(&on_one_line))
}

#[cfg(test)]
mod tests {
    use jeton_model::{Action, Id, ResourceType, Timestamp};

    use super::*;

    const ID: Id = Id::new(10).unwrap();

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
    }
}
