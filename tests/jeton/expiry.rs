//! Expiry: a token works until that moment, and nothing that it creates outlives it.

use serde_json::{Value, json};

use jeton_service::{
    Client, Error,
    auth::v1_credentials::V1Credential,
    error::{AuthError, DelegationError},
    tokens::bulk::{BulkAction, Targets},
};

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{Answer, First, Server, answer, members, permission, permission_in, permission_on, text},
        shared::with_members,
    },
};

const DAY: i64 = 86_400;

async fn set_up(home: &Home) -> (Server, First) {
    let server = Server::start_at_rest(home).await;
    let first = server.set_up().await;
    (server, first)
}

/// Returns a time relative to now, as the API writes it.
fn after(server: &Server, seconds: i64) -> String {
    server.clock.now().plus_seconds(seconds).to_string()
}

/// Creates a token that may create others, with further members.
async fn make(server: &Server, by: &str, org: &str, more: Value) -> Answer {
    let kinds = ["authorizations", "users"];
    let permissions: Vec<Value> =
        kinds.iter().flat_map(|kind| ["read", "write"].map(|action| permission(action, kind))).collect();
    let body = with_members(json!({"orgID": org, "permissions": permissions}), &more);
    server.post("/api/v2/authorizations", by, body).await
}

fn path(made: &Value) -> String {
    format!("/api/v2/authorizations/{}", text(&made["id"]))
}

#[tokio::test]
async fn an_expired_token_is_refused_at_the_second_it_expires_like_an_unknown_one() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let end = after(&server, 600);
        let made = make(&server, &first.token, &first.org, json!({"expiresAt": end})).await.expect(201);
        assert_eq!(made["expiresAt"], end);
        let token = text(&made["token"]);
        server.clock.advance(599);
        assert_eq!(server.get("/api/v2/me", &token).await.status, 200);
        server.clock.advance(1);
        let unknown = server.get("/api/v2/me", "jtn_unknown").await;
        for path in ["/api/v2/me", "/api/v2/authorizations", "/api/v2/buckets"] {
            let refused = server.get(path, &token).await;
            assert_eq!((refused.status, &refused.body), (401, &unknown.body), "{path}");
        }
        let bearer = server.request("GET", "/api/v2/me").header("authorization", format!("Bearer {token}"));
        assert_eq!(answer(bearer).await.status, 401);
        let v1 = Some(V1Credential::Token(token.into()));
        assert_eq!(
            server.service.caller_by_v1_credential(v1, Client::default()).await.err(),
            Some(Error::Auth(AuthError::V1Unauthorized))
        );
        let listed = server.get("/api/v2/authorizations", &first.token).await.expect(200);
        assert!(members(&listed["authorizations"], "id").contains(&text(&made["id"])), "it stays listed");
    })
    .await;
}

#[tokio::test]
async fn an_expired_credential_of_a_1_x_client_is_refused_although_its_password_is_remembered() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let body = json!({
            "orgID": first.org, "token": "meter", "expiresAt": after(&server, 600),
            "permissions": [permission_on("write", "buckets", &first.bucket, &first.org)],
        });
        let made = server.post("/private/legacy/authorizations", &first.token, body).await.expect(201);
        let path = format!("/private/legacy/authorizations/{}", text(&made["id"]));
        let password = json!({"password": "password7"});
        server.post(&format!("{path}/password"), &first.token, password).await.expect(204);
        let open = async || {
            let credential =
                V1Credential::Password { username: "meter".into(), password: "password7".to_owned().into() };
            server.service.caller_by_v1_credential(Some(credential), Client::default()).await.map(drop)
        };
        assert_eq!(open().await, Ok(()));
        server.clock.advance(599);
        assert_eq!(open().await, Ok(()), "out of the cache");
        server.clock.advance(1);
        assert_eq!(open().await, Err(Error::Auth(AuthError::V1Unauthorized)));
        let again = server.patch(&path, &first.token, json!({"expiresAt": null})).await;
        assert!(again.refused(422).contains("cannot be reactivated"));
    })
    .await;
}

#[tokio::test]
async fn an_expiry_is_a_time_to_come() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        for past in [0, -1] {
            let refused = make(&server, &first.token, &first.org, json!({"expiresAt": after(&server, past)})).await;
            assert_eq!(refused.refused(422), "expiresAt must be in the future");
        }
        for nonsense in [json!("tomorrow"), json!(7), json!("2027-02-30T00:00:00Z"), json!("")] {
            let refused = make(&server, &first.token, &first.org, json!({"expiresAt": nonsense})).await;
            assert_eq!(refused.status, 400, "{}", refused.body);
        }
        for never in [json!({}), json!({"expiresAt": null})] {
            let made = make(&server, &first.token, &first.org, never).await.expect(201);
            assert!(made.get("expiresAt").is_none(), "what is not limited is answered as before");
        }
        let zoned = make(&server, &first.token, &first.org, json!({"expiresAt": "2030-01-01T02:00:00+02:00"})).await;
        assert_eq!(zoned.expect(201)["expiresAt"], "2030-01-01T00:00:00Z");
    })
    .await;
}

#[tokio::test]
async fn an_expiry_is_changed_and_taken_away_until_it_has_come() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let made = make(&server, &first.token, &first.org, json!({})).await.expect(201);
        let patch = async |body: Value| server.patch(&path(&made), &first.token, body).await;
        let end = after(&server, 600);
        assert_eq!(patch(json!({"expiresAt": end})).await.expect(200)["expiresAt"], end);
        assert_eq!(patch(json!({"description": "kept"})).await.expect(200)["expiresAt"], end, "left out, it stays");
        assert!(patch(json!({"EXPIRESAT": null})).await.expect(200).get("expiresAt").is_none());
        assert_eq!(patch(json!({"expiresAt": after(&server, 0)})).await.status, 422);
        assert_eq!(patch(json!({"expiresAt": "soon"})).await.status, 400);
        patch(json!({"expiresAt": end})).await.expect(200);
        server.clock.advance(600);
        for wish in [json!(null), json!(after(&server, 600))] {
            let message = patch(json!({"expiresAt": wish})).await.refused(422);
            assert_eq!(message, "the authorization has expired and cannot be reactivated; clone it to get a new token");
        }
        patch(json!({"status": "active", "description": "late"})).await.expect(200);
        assert_eq!(
            server.get("/api/v2/me", &text(&made["token"])).await.status,
            401,
            "switching it on revives nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_token_makes_or_changes_never_outlives_it() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let end = after(&server, 600);
        let made = make(&server, &first.token, &first.org, json!({"expiresAt": end})).await.expect(201);
        let maker = text(&made["token"]);
        let said = |message: String| assert!(message.contains(&format!("than that of the token you are using ({end})")), "{message}");
        said(make(&server, &maker, &first.org, json!({"expiresAt": after(&server, 601)})).await.refused(422));
        let child = make(&server, &maker, &first.org, json!({})).await.expect(201);
        assert_eq!(child["expiresAt"], end, "what says nothing gets the same end");
        let shorter = make(&server, &maker, &first.org, json!({"expiresAt": after(&server, 60)})).await.expect(201);
        assert_eq!(shorter["expiresAt"], after(&server, 60));

        said(server.patch(&path(&child), &maker, json!({"expiresAt": null})).await.refused(422));
        said(server.patch(&path(&child), &maker, json!({"expiresAt": after(&server, 601)})).await.refused(422));
        server.patch(&path(&child), &maker, json!({"expiresAt": after(&server, 599)})).await.expect(200);

        let v1 = json!({"orgID": first.org, "token": "v1", "permissions": [permission("read", "users")], "expiresAt": after(&server, 601)});
        said(server.post("/private/legacy/authorizations", &maker, v1).await.refused(422));
        let v1 = json!({"orgID": first.org, "token": "v1", "permissions": [permission("read", "users")]});
        assert_eq!(server.post("/private/legacy/authorizations", &maker, v1).await.expect(201)["expiresAt"], end);
    })
    .await;
}

#[tokio::test]
async fn a_token_gets_hold_of_nothing_that_outlives_it() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let end = after(&server, 600);
        let maker = make(&server, &first.token, &first.org, json!({"expiresAt": end})).await.expect(201);
        let maker = text(&maker["token"]);
        let off = make(&server, &first.token, &first.org, json!({"status": "inactive"})).await.expect(201);
        let caller = server.caller(&maker).await;

        let clone = server.service.clone_authorization(&caller, text(&off["id"]).parse().expect("an id"), None).await;
        assert!(
            matches!(clone.err(), Some(Error::Delegation(DelegationError::OutlivesCaller { .. }))),
            "a clone lives as long as its original"
        );
        assert_eq!(server.patch(&path(&off), &maker, json!({"status": "active"})).await.status, 422);
        let which = Targets::These([text(&off["id"]).parse().expect("an id")].into());
        let org = first.org.parse().expect("an id");
        let many = server.service.change_tokens(&caller, org, &which, BulkAction::Activate).await;
        assert!(matches!(many.err(), Some(Error::Delegation(DelegationError::OutlivesCaller { .. }))));
        server.patch(&path(&off), &maker, json!({"description": "renamed"})).await.expect(200);

        let v1 = json!({"orgID": first.org, "token": "v1", "permissions": [permission("read", "users")]});
        let v1 = server.post("/private/legacy/authorizations", &first.token, v1).await.expect(201);
        let password = format!("/private/legacy/authorizations/{}/password", text(&v1["id"]));
        assert_eq!(server.post(&password, &maker, json!({"password": "password9"})).await.status, 422);

        let on = make(&server, &first.token, &first.org, json!({})).await.expect(201);
        server.patch(&path(&on), &maker, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(
            server.get("/api/v2/users", &text(&on["token"])).await.expect(200)["users"],
            json!([]),
            "to take away is no gain"
        );
    })
    .await;
}

#[tokio::test]
async fn a_session_may_make_what_outlives_it() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let cookie = server.sign_in(crate::support::server::NAME, crate::support::server::PASSWORD).await.cookie();
        let body = json!({
            "orgID": first.org, "permissions": [permission_in("read", "tasks", &first.org)], "expiresAt": after(&server, 4000 * DAY),
        });
        let request = server.request("POST", "/api/v2/authorizations").header("cookie", &cookie).json(&body);
        answer(request).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_clone_of_what_expired_lives_as_long_again() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let made = make(&server, &first.token, &first.org, json!({"expiresAt": after(&server, DAY)})).await.expect(201);
        server.clock.advance(2 * DAY);
        let caller = server.caller(&first.token).await;
        let id = text(&made["id"]).parse().expect("an id");
        let clone = server.service.clone_authorization(&caller, id, None).await.expect("a clone");
        assert_eq!(clone.details.authorization.expires_at, Some(server.clock.now().plus_seconds(DAY)));
        assert_eq!(server.get("/api/v2/me", clone.token.expose()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_tells_what_an_expiry_was_and_is() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let made = make(&server, &first.token, &first.org, json!({})).await.expect(201);
        let end = after(&server, 600);
        server
            .patch(&path(&made), &first.token, json!({"expiresAt": end, "allowedNetworks": ["10.0.0.0/8"]}))
            .await
            .expect(200);
        let rows = home.rows("SELECT detail FROM audit_log ORDER BY seq DESC LIMIT 1").await;
        let detail: Value = serde_json::from_str(&sqlx::Row::get::<String, _>(&rows[0], "detail")).expect("JSON");
        assert_eq!((&detail["before"]["expiresAt"], &detail["after"]["expiresAt"]), (&Value::Null, &json!(end)));
        assert_eq!(detail["after"]["allowedNetworks"], json!(["10.0.0.0/8"]));
    })
    .await;
}

#[tokio::test]
async fn without_script_expiry_and_networks_are_chosen_shown_and_changed() {
    let home = Home::sqlite();
    let (server, first) = set_up(&home).await;
    let signed_in = answer(server.request("POST", "/sign-in").body("username=alice&password=password1")).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let base = format!("/orgs/{}/load-data/tokens", first.org);
    let get = async |path: &str| answer(server.request("GET", path).header("cookie", &cookie)).await;
    let send = async |path: &str, fields: &str| {
        answer(server.request("POST", path).header("cookie", &cookie).body(fields.to_owned())).await
    };
    let all_access = format!("{base}/generate/all-access");
    let dialog = get(&all_access).await;
    for shown in ["30 days", "90 days", "1 year", "Custom", "Never", "Allowed networks"] {
        assert!(dialog.body.contains(shown), "{shown}");
    }
    let wrong = send(&all_access, "form=a&description=x&expires=date&expires-day=&networks=office").await;
    assert_eq!(wrong.status, 422);
    let fields = "form=b&description=Wall&expires=date&expires-day=2020-01-01&networks=10.0.0.0/8";
    let past = send(&all_access, fields).await;
    assert_eq!(past.status, 422);
    assert!(past.body.contains("Choose a time in the future."), "what is wrong is said at its field");
    assert!(
        past.body.contains("value=\"2020-01-01\"") && past.body.contains("value=\"10.0.0.0/8\""),
        "what was typed stays"
    );
    let made = send(&all_access, "form=c&description=Wall&expires=1036800&networks=10.0.0.0/8,+2001:db8::/32").await;
    assert_eq!(made.status, 200, "{}", made.body);
    let listed = server.get("/api/v2/authorizations?q=Wall", &first.token).await.expect(200);
    let one = &listed["authorizations"][0];
    assert_eq!(
        (&one["expiresAt"], &one["allowedNetworks"]),
        (&json!(after(&server, 12 * DAY)), &json!(["10.0.0.0/8", "2001:db8::/32"]))
    );
    assert!(get(&base).await.body.contains("in 12 days"));

    let drawer = format!("{base}/{}", text(&one["id"]));
    let shown = get(&drawer).await.body;
    assert!(shown.contains("in 12 days") && shown.contains("2001:db8::/32"));
    let changed = send(&format!("{drawer}/limits"), "expires=never&networks=").await;
    assert_eq!(changed.status, 303, "{}", changed.body);
    let one = server.get(&path(one), &first.token).await.expect(200);
    assert!(one.get("expiresAt").is_none() && one.get("allowedNetworks").is_none());
    send(&format!("{drawer}/limits"), "expires=2592000&networks=").await;
    send(&format!("{drawer}/limits"), "expires=keep&networks=10.0.0.0/8").await;
    let one = server.get(&path(&one), &first.token).await.expect(200);
    assert_eq!(one["expiresAt"], after(&server, 30 * DAY));
    server.clock.advance(33 * DAY);
    let late = answer(server.request("POST", "/sign-in").body("username=alice&password=password1")).await;
    let cookie = late.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let page = answer(server.request("GET", &base).header("cookie", &cookie)).await.body;
    assert!(page.contains("expired 3 days ago"));
}
