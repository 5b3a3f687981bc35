//! Tokens that violate the rules of their organization: reported beside the rules, before and after these are set.

use serde_json::{Value, json};

use jeton_model::{ValidationError, org_rules::OrgRules};
use jeton_service::{Caller, Error, error::AuthError};

use crate::{
    home::on_each_database,
    support::{
        console::Browser,
        server::{NAME, permission_in, permission_on, text},
    },
};

use super::{DAY, Office};

const NEVER_FORBIDDEN: OrgRules = OrgRules {
    longest_life: None,
    default_life: None,
    expiry_required: true,
    description_required: false,
    operator_tokens: jeton_model::org_rules::OperatorTokens::Anyone,
    self_rotation: false,
    supplied_tokens: jeton_model::supplied_token::SuppliedTokens::Operators,
};

#[tokio::test]
async fn the_page_of_the_rules_tells_how_many_tokens_do_not_follow_them_and_leads_there() {
    on_each_database(async |home| {
        let office = Office::open(home).await;
        let (service, org) = (&office.server.service, office.org);
        let browser = Browser::sign_in(&office.server, NAME).await;
        let path = format!("/orgs/{org}/settings/organizations/{org}");
        let list = format!("/orgs/{org}/load-data/tokens?attention=out-of-line");
        assert!(!browser.open(&path).await.body.contains("these rules."), "without rules there is none");
        service.set_org_rules(&office.caller, org, NEVER_FORBIDDEN).await.expect("rules");
        let two = browser.open(&path).await.body;
        assert!(two.contains("2 tokens do not follow these rules.") && two.contains("Show them"), "{two}");
        assert!(two.contains(&format!(r#"href="{list}""#)), "{two}");
        office
            .home
            .sql(&format!("UPDATE authorizations SET expires_at = {} WHERE breadth = 'custom'", office.now() + DAY))
            .await;
        let one = browser.open(&path).await.body;
        assert!(one.contains("1 token does not follow these rules.") && one.contains("Show it"), "{one}");
        assert_eq!(browser.open(&list).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_other_rules_would_break_is_for_owners_to_know() {
    on_each_database(async |home| {
        let office = Office::open(home).await;
        let first = &office.first;
        let of = async |permissions: Value| {
            let made = office.server.token(&first.token, &first.org, permissions).await.expect(201);
            office.server.caller(&text(&made["token"])).await
        };
        let reads_org = permission_on("read", "orgs", &first.org, &first.org);
        let reads_tokens = permission_in("read", "authorizations", &first.org);
        let (weak, reader) = (of(json!([reads_org])).await, of(json!([reads_org, reads_tokens])).await);
        let count = async |caller: &Caller, rules: Option<&OrgRules>| {
            office.server.service.out_of_line(caller, office.org, rules).await
        };
        assert_eq!(count(&office.caller, Some(&NEVER_FORBIDDEN)).await, Ok(Some(4)));
        assert_eq!(count(&office.caller, None).await, Ok(Some(0)));
        assert_eq!(count(&reader, None).await, Ok(Some(0)));
        assert_eq!(count(&weak, None).await, Ok(None), "whoever reads no tokens learns no number");
        assert!(matches!(count(&reader, Some(&NEVER_FORBIDDEN)).await, Err(Error::Auth(AuthError::Unauthorized(_)))));
        let nonsense = OrgRules { longest_life: Some(-1), ..NEVER_FORBIDDEN };
        assert!(matches!(
            count(&office.caller, Some(&nonsense)).await,
            Err(Error::Validation(ValidationError::Field { .. }))
        ));
        let stranger = of(json!([reads_tokens])).await;
        assert!(matches!(count(&stranger, None).await, Err(Error::Auth(AuthError::Unauthorized(_)))));
    })
    .await;
}
