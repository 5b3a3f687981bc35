//! Details of entries about organizations and set-up.

use serde::Serialize;

use jeton_model::{
    Org,
    org_rules::{OperatorTokens, OrgRules},
    supplied_token::SuppliedTokens,
};

/// An organization that was created or deleted, or before or after a change.
#[derive(Serialize)]
pub(crate) struct OrgState<'a> {
    name: &'a str,
    description: &'a str,
}

impl<'a> OrgState<'a> {
    /// The detail of an organization.
    pub fn of(org: &'a Org) -> Self {
        Self { name: &org.name, description: &org.description }
    }
}

/// The rules of an organization before or after a change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RulesState {
    longest_life: Option<i64>,
    default_life: Option<i64>,
    expiry_required: bool,
    description_required: bool,
    operator_tokens: OperatorTokens,
    self_rotation: bool,
    supplied_tokens: SuppliedTokens,
}

impl RulesState {
    /// The detail of rules.
    pub fn of(rules: &OrgRules) -> Self {
        Self {
            longest_life: rules.longest_life,
            default_life: rules.default_life,
            expiry_required: rules.expiry_required,
            description_required: rules.description_required,
            operator_tokens: rules.operator_tokens,
            self_rotation: rules.self_rotation,
            supplied_tokens: rules.supplied_tokens,
        }
    }
}

/// The names of what set-up created.
#[derive(Serialize)]
pub(crate) struct SetUpDone<'a> {
    pub organization: &'a str,
    pub user: &'a str,
    pub bucket: &'a str,
}

#[cfg(test)]
mod tests {
    use jeton_model::OrgId;

    use super::*;
    use crate::audit::detail::{
        Change,
        tests::{NOW, check, id},
    };

    #[test]
    fn the_texts_are_exact() {
        let org = Org {
            id: OrgId(id(1)),
            name: "my-org".into(),
            description: String::new(),
            created_at: NOW,
            updated_at: NOW,
        };
        let after = Org { description: "new".into(), ..org.clone() };
        check(OrgState::of(&org), r#"{"description":"","name":"my-org"}"#);
        check(
            Change { before: OrgState::of(&org), after: OrgState::of(&after) },
            r#"{"after":{"description":"new","name":"my-org"},"before":{"description":"","name":"my-org"}}"#,
        );
        let rules = OrgRules {
            longest_life: Some(86_400),
            expiry_required: true,
            operator_tokens: OperatorTokens::Operators,
            self_rotation: true,
            supplied_tokens: SuppliedTokens::Anyone,
            ..OrgRules::default()
        };
        check(
            Change { before: RulesState::of(&OrgRules::default()), after: RulesState::of(&rules) },
            concat!(
                r#"{"after":{"defaultLife":null,"descriptionRequired":false,"expiryRequired":true,"#,
                r#""longestLife":86400,"operatorTokens":"operators","selfRotation":true,"suppliedTokens":"anyone"},"#,
                r#""before":{"defaultLife":null,"descriptionRequired":false,"expiryRequired":false,"#,
                r#""longestLife":null,"operatorTokens":"anyone","selfRotation":false,"suppliedTokens":"operators"}}"#,
            ),
        );
        check(
            SetUpDone { organization: "my-org", user: "alice", bucket: "data" },
            r#"{"bucket":"data","organization":"my-org","user":"alice"}"#,
        );
    }
}
