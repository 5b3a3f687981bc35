//! An organization's rules: applied to new and changed tokens, never to existing ones.

use jeton_model::rule_violation::RuleViolation;
use jeton_service::tokens::TokenOptions;

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{Answer, First, Server, answer, permission, permission_in, permission_on, text},
        shared::{at_rest, with_members},
    },
};

use serde_json::{Value, json};

const DAY: i64 = 86_400;

struct Scene {
    server: Server,
    first: First,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        Self { server, first }
    }

    fn path(&self) -> String {
        format!("/api/v2/orgs/{}/rules", self.first.org)
    }

    async fn put(&self, token: &str, rules: Value) -> Answer {
        let request = crate::support::server::with_token(self.server.request("PUT", &self.path()), token);
        answer(request.json(&rules)).await
    }

    async fn rule(&self, rules: Value) -> Value {
        self.put(&self.first.token, rules).await.expect(200)
    }

    fn after(&self, seconds: i64) -> String {
        self.server.clock.now().plus_seconds(seconds).to_string()
    }

    async fn make(&self, more: Value) -> Answer {
        let body = with_members(
            json!({"orgID": self.first.org, "permissions": [permission_in("read", "tasks", &self.first.org)]}),
            &more,
        );
        self.server.post("/api/v2/authorizations", &self.first.token, body).await
    }
}

#[tokio::test]
async fn rules_are_set_by_owners_and_read_by_whoever_reads_the_organization() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let none = json!({
            "longestLifeSeconds": null, "defaultLifeSeconds": null, "expiryRequired": false, "descriptionRequired": false,
            "operatorTokens": "anyone", "selfRotation": false, "suppliedTokens": "operators",
        });
        assert_eq!(scene.server.get(&scene.path(), &scene.first.token).await.expect(200), none);
        let rules = json!({
            "longestLifeSeconds": 365 * DAY, "defaultLifeSeconds": 90 * DAY, "expiryRequired": true,
            "descriptionRequired": true, "operatorTokens": "operators", "selfRotation": true,
            "suppliedTokens": "nobody",
        });
        assert_eq!(scene.rule(rules.clone()).await, rules);
        let org = &scene.first.org;
        let reader = json!({
            "orgID": org, "description": "reader", "permissions": [permission_on("read", "orgs", org, org)],
        });
        let reader = scene.server.post("/api/v2/authorizations", &scene.first.token, reader).await.expect(201);
        let reader = text(&reader["token"]);
        assert_eq!(scene.server.get(&scene.path(), &reader).await.expect(200), rules);
        assert_eq!(scene.put(&reader, json!({})).await.status, 401);
        let stranger = scene.make(json!({"description": "stranger"})).await.expect(201);
        assert_eq!(scene.server.get(&scene.path(), &text(&stranger["token"])).await.status, 401);
        assert_eq!(scene.rule(json!({})).await, none, "what is left out has its default");
        assert_eq!(scene.server.get("/api/v2/orgs/00000000000000ff/rules", &scene.first.token).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused_and_change_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let before = scene.rule(json!({"longestLifeSeconds": DAY})).await;
        for bad in [
            json!({"longestLifeSeconds": 0}),
            json!({"defaultLifeSeconds": -5}),
            json!({"longestLifeSeconds": 3_155_760_001_i64}),
            json!({"longestLifeSeconds": 10, "defaultLifeSeconds": 11}),
            json!({"operatorTokens": "nobody"}),
            json!({"suppliedTokens": "everyone"}),
        ] {
            assert_eq!(scene.put(&scene.first.token, bad.clone()).await.status, 422, "{bad}");
        }
        assert_eq!(scene.put(&scene.first.token, json!({"longestLifeSeconds": "90d"})).await.status, 400);
        assert_eq!(scene.server.get(&scene.path(), &scene.first.token).await.expect(200), before);
    })
    .await;
}

#[tokio::test]
async fn no_new_token_lives_longer_than_allowed() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.rule(json!({"longestLifeSeconds": 90 * DAY})).await;
        let rule = "the organization's rules limit a token's lifetime to 90 days";
        assert_eq!(scene.make(json!({})).await.refused(422), rule);
        assert_eq!(scene.make(json!({"expiresAt": scene.after(90 * DAY + 1)})).await.refused(422), rule);
        let made = scene.make(json!({"expiresAt": scene.after(90 * DAY)})).await.expect(201);

        scene.server.clock.advance(30 * DAY);
        let path = format!("/api/v2/authorizations/{}", text(&made["id"]));
        let patch = async |body: Value| scene.server.patch(&path, &scene.first.token, body).await;
        assert_eq!(patch(json!({"expiresAt": scene.after(61 * DAY)})).await.refused(422), rule, "from its creation");
        assert_eq!(patch(json!({"expiresAt": null})).await.refused(422), rule);
        patch(json!({"expiresAt": scene.after(60 * DAY)})).await.expect(200);

        let v1 = json!({"orgID": scene.first.org, "token": "v1", "permissions": [permission_in("read", "tasks", &scene.first.org)]});
        assert_eq!(scene.server.post("/private/legacy/authorizations", &scene.first.token, v1).await.refused(422), rule);
        let caller = scene.server.caller(&scene.first.token).await;
        let operator = scene.first.authorization.parse().expect("an id");
        let clone = scene.server.service.clone_authorization(&caller, operator, None).await;
        assert_eq!(clone.err().map(|error| error.to_string()).as_deref(), Some(rule));
    })
    .await;
}

#[tokio::test]
async fn what_asks_for_no_expiry_gets_the_default_life() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.rule(json!({"defaultLifeSeconds": 90 * DAY, "expiryRequired": true})).await;
        for silent in [json!({}), json!({"expiresAt": null})] {
            assert_eq!(scene.make(silent).await.expect(201)["expiresAt"], scene.after(90 * DAY));
        }
        assert_eq!(scene.make(json!({"expiresAt": scene.after(DAY)})).await.expect(201)["expiresAt"], scene.after(DAY));
        let caller = scene.server.caller(&scene.first.token).await;
        let org = scene.first.org.parse().expect("an id");
        let made =
            scene.server.service.create_all_access(&caller, org, TokenOptions::default(), None).await.expect("a token");
        assert_eq!(made.details.authorization.expires_at.map(|end| end.to_string()), Some(scene.after(90 * DAY)));
        let short =
            json!([permission("write", "authorizations"), permission("write", "users"), permission("read", "users")]);
        let short = scene.make(json!({"permissions": short, "expiresAt": scene.after(DAY)})).await.expect(201);
        let child =
            scene.server.token(&text(&short["token"]), &scene.first.org, json!([permission("read", "users")])).await;
        assert_eq!(child.expect(201)["expiresAt"], scene.after(DAY), "never longer than its maker");
        scene.rule(json!({"expiryRequired": true})).await;
        assert_eq!(scene.make(json!({})).await.refused(422), "the organization's rules require an expiry");
    })
    .await;
}

#[tokio::test]
async fn a_description_may_be_required() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let old = scene.make(json!({})).await.expect(201);
        scene.rule(json!({"descriptionRequired": true})).await;
        let rule = "the organization's rules require a description";
        assert_eq!(scene.make(json!({})).await.refused(422), rule);
        assert_eq!(scene.make(json!({"description": "  "})).await.refused(422), rule);
        let made = scene.make(json!({"description": "Wall"})).await.expect(201);
        let patch = async |made: &Value, body: Value| {
            let path = format!("/api/v2/authorizations/{}", text(&made["id"]));
            scene.server.patch(&path, &scene.first.token, body).await
        };
        assert_eq!(patch(&made, json!({"description": ""})).await.refused(422), rule);
        patch(&old, json!({"status": "inactive"})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn tokens_for_every_organization_may_be_left_to_operators() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let kinds =
            json!([permission("write", "authorizations"), permission("write", "users"), permission("read", "tasks")]);
        let holder = text(&scene.make(json!({"permissions": kinds})).await.expect(201)["token"]);
        let org = &scene.first.org;
        let everywhere = json!([permission("read", "tasks")]);
        scene.server.token(&holder, org, everywhere.clone()).await.expect(201);
        scene.rule(json!({"operatorTokens": "operators"})).await;
        let message = scene.server.token(&holder, org, everywhere.clone()).await.refused(422);
        assert_eq!(message, "the organization's rules let only operators create tokens for all organizations");
        scene.server.token(&holder, org, json!([permission_in("read", "tasks", org)])).await.expect(201);
        scene.server.token(&scene.first.token, org, everywhere).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn what_is_out_of_line_is_told_and_keeps_working() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let old = scene.make(json!({"expiresAt": scene.after(400 * DAY)})).await.expect(201);
        let rules = json!({"longestLifeSeconds": 365 * DAY, "expiryRequired": true, "descriptionRequired": true});
        scene.rule(rules).await;
        let caller = scene.server.caller(&scene.first.token).await;
        let out_of_line = async |id: &str| {
            let id = id.parse().expect("an id");
            scene.server.service.token_details(&caller, id).await.expect("a token").out_of_line
        };
        let both = [RuleViolation::LongestLife(365 * DAY), RuleViolation::DescriptionRequired];
        assert_eq!(out_of_line(&text(&old["id"])).await, both);
        assert_eq!(out_of_line(&scene.first.authorization).await, [RuleViolation::ExpiryRequired]);
        assert_eq!(scene.server.get("/api/v2/me", &text(&old["token"])).await.status, 401);
        assert_eq!(
            scene.server.get("/api/v2/authorizations", &text(&old["token"])).await.status,
            200,
            "it works as before"
        );
    })
    .await;
}

#[tokio::test]
async fn rules_go_with_their_organization_and_changes_are_logged() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.rule(json!({"longestLifeSeconds": DAY})).await;
        scene.rule(json!({"longestLifeSeconds": 2 * DAY})).await;
        let rows = home.rows("SELECT action, detail FROM audit_log ORDER BY seq DESC LIMIT 1").await;
        assert_eq!(sqlx::Row::get::<String, _>(&rows[0], "action"), "organization rules changed");
        let detail: Value = serde_json::from_str(&sqlx::Row::get::<String, _>(&rows[0], "detail")).expect("JSON");
        assert_eq!((&detail["before"]["longestLife"], &detail["after"]["longestLife"]), (&json!(DAY), &json!(2 * DAY)));
        assert_eq!(home.rows("SELECT org_id FROM org_rules").await.len(), 1);
        scene.server.delete(&format!("/api/v2/orgs/{}", scene.first.org), &scene.first.token).await.expect(204);
        assert_eq!(home.rows("SELECT org_id FROM org_rules").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn without_script_owners_set_the_rules_on_the_page_and_both_are_saved_or_neither() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let signed_in = answer(scene.server.request("POST", "/sign-in").body("username=alice&password=password1")).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let org = &scene.first.org;
    let page = format!("/orgs/{org}/settings/organizations/{org}");
    let send = async |fields: &str| {
        answer(scene.server.request("POST", &page).header("cookie", &cookie).body(fields.to_owned())).await
    };
    let get = async |path: &str| answer(scene.server.request("GET", path).header("cookie", &cookie)).await.body;
    assert!(get(&page).await.contains("Token rules"));
    let refused = send(
        "name=renamed&description=&rules=1&longest-life=30&default-life=90&operator-tokens=anyone\
         &supplied-tokens=operators",
    )
    .await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("the default lifetime must not exceed") && refused.body.contains("value=\"90\""));
    assert_eq!(scene.server.get(&format!("/api/v2/orgs/{org}"), &scene.first.token).await.expect(200)["name"], "acme");
    let fields = "name=acme&description=&rules=1&longest-life=365&default-life=90&expiry-required=yes\
                  &operator-tokens=operators&self-rotation=yes&supplied-tokens=anyone";
    assert_eq!(send(fields).await.status, 303);
    let rules = scene.server.get(&scene.path(), &scene.first.token).await.expect(200);
    assert_eq!(
        (
            &rules["longestLifeSeconds"],
            &rules["defaultLifeSeconds"],
            &rules["expiryRequired"],
            &rules["operatorTokens"],
            &rules["suppliedTokens"]
        ),
        (&json!(365 * DAY), &json!(90 * DAY), &json!(true), &json!("operators"), &json!("anyone"))
    );
    assert_eq!(rules["selfRotation"], true);
    let dialog = get(&format!("/orgs/{org}/load-data/tokens/generate/custom-api")).await;
    assert!(dialog.contains("expires in 90 days, from any network"), "the dialogs propose the default life");
    assert!(dialog.contains("rules require an expiry"));
    let drawer = get(&format!("/orgs/{org}/load-data/tokens/{}", scene.first.authorization)).await;
    assert!(drawer.contains("Breaks the organization’s rules: it never expires."));
}
