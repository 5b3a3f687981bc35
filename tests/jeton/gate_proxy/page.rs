//! The console's page of gates, without a script: its content, and its forms.

use serde_json::json;

use crate::{
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{Answer, NAME, answer, permission_on, text},
    },
};

use super::{
    api::{influxdb1, tell},
    configured::{Scene, section, write_through, written},
    played::Played,
};

pub(super) fn page(scene: &Scene<'_>, rest: &str) -> String {
    format!("/orgs/{}/settings/databases{rest}", scene.first.org)
}

/// Returns the text of an element with a test id, up to the end of `tag`.
#[track_caller]
pub(super) fn part(answer: &Answer, testid: &str, tag: &str) -> String {
    let start = format!("data-testid=\"{testid}\"");
    let rest = answer.body.split_once(&start).unwrap_or_else(|| panic!("{testid}: {}", answer.body)).1;
    rest.split(&format!("</{tag}>")).next().unwrap_or_default().to_owned()
}

/// Binds the bucket of the set-up by the form, while the upstream lists no databases.
async fn bind(scene: &Scene<'_>, browser: &Browser<'_>, database: &mut Played) -> Answer {
    let address = page(scene, "/plant/bind");
    let fields = [("bucket", "iot"), ("database", "a"), ("policy", "")];
    let (sent, ()) = tokio::join!(browser.send(&address, &fields), tell(database, &[]));
    sent
}

#[tokio::test]
async fn the_page_shows_each_gate_and_its_drawer_what_was_refused() {
    let home = Home::sqlite();
    let database = Played::start().await;
    let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
    let address = scene.address("plant").await;
    let browser = Browser::sign_in(&scene.server, NAME).await;
    assert_eq!(answer(written(address, &scene.writer().await)).await.status, 404);
    assert_eq!(answer(written(address, "no-token")).await.status, 401);
    let list = browser.open(&page(&scene, "")).await;
    assert_eq!(list.status, 200);
    let row = part(&list, "gate-card plant", "tr");
    for shown in ["plant", &format!("http://{}", database.address), "InfluxDB 1.x", "Enforce", "Not used yet", ">2<"] {
        assert!(row.contains(shown), "{shown} in {row}");
    }
    let drawer = browser.open(&page(&scene, "/plant")).await;
    let facts = part(&drawer, "gate-facts", "dl");
    for shown in ["Last minute", &format!("http://{address}"), "Last hour", "2 requests · 2 refused · 0 failed"] {
        assert!(facts.contains(shown), "{shown} in {facts}");
    }
    let refusals = part(&drawer, "gate-refusals", "ul");
    for shown in ["Database not found: a", "Bind a bucket to the database", "Unauthorized access", "/load-data/tokens/"]
    {
        assert!(refusals.contains(shown), "{shown} in {refusals}");
    }
}

#[tokio::test]
async fn the_list_is_filtered_by_text_and_mode_and_sorted() {
    let home = Home::sqlite();
    let (first, second) = (Played::start().await, Played::start().await);
    let other = section(second.address, "*").replace("\"plant\"", "\"hall\"");
    let scene = Scene::new(&home, &format!("{}{other}", influxdb1(first.address, "*"))).await;
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let names = async |query: &str| {
        let list = browser.open(&page(&scene, query)).await.body;
        let mut found: Vec<(usize, &str)> = ["hall", "plant"]
            .into_iter()
            .filter_map(|name| Some((list.find(&format!("data-testid=\"gate-card {name}\""))?, name)))
            .collect();
        found.sort_unstable();
        (found.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), list)
    };
    let by_address = format!("?searchTerm={}", second.address);
    for (query, expected) in [
        ("", vec!["hall", "plant"]),
        ("?sortDirection=desc", vec!["plant", "hall"]),
        ("?searchTerm=PLA", vec!["plant"]),
        ("?searchTerm=victoria", vec!["hall"]),
        (by_address.as_str(), vec!["hall"]),
        ("?mode=enforce", vec!["hall", "plant"]),
        ("?mode=nothing", vec!["hall", "plant"]),
    ] {
        assert_eq!(names(query).await.0, expected, "{query}");
    }
    for (query, said) in [("?searchTerm=nothing", "No databases match"), ("?mode=observe", "No matching databases")] {
        let (found, list) = names(query).await;
        assert!(found.is_empty() && list.contains(said), "{query}: {list}");
    }
}

#[tokio::test]
async fn tokens_in_use_at_a_gate_are_shown_to_whoever_may_see_them() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &section(database.address, "*")).await;
        scene.bind(database.address).await;
        let (server, operator) = (&scene.server, &scene.first.token);
        let address = scene.address("plant").await;
        let writer = scene.writer().await;
        scene.writer().await;
        assert_eq!(write_through(address, &writer, &mut database).await.status, 204);
        server.service.write_uses().await.expect("a flush");
        let browser = Browser::sign_in(server, NAME).await;
        let row = part(&browser.open(&page(&scene, "")).await, "gate-card plant", "tr");
        assert!(row.contains("1 token in use at plant"), "{row}");
        let drawer = browser.open(&page(&scene, "/plant")).await;
        assert_eq!(part(&drawer, "gate-tokens", "ul").matches("/load-data/tokens/").count(), 1);

        let bob = server.user_with_password(operator, "bob").await;
        let members = format!("/api/v2/orgs/{}/members", scene.first.org);
        server.post(&members, operator, json!({"id": bob})).await.expect(201);
        let member = Browser::sign_in(server, "bob").await;
        let row = part(&member.open(&page(&scene, "")).await, "gate-card plant", "tr");
        assert!(!row.contains("in use at"), "{row}");
        assert!(!member.open(&page(&scene, "/plant")).await.body.contains("gate-tokens"));

        // Nobody used it for longer than a month.
        home.sql("UPDATE gate_uses SET used_at = used_at - 2678400000000").await;
        let row = part(&browser.open(&page(&scene, "")).await, "gate-card plant", "tr");
        assert!(!row.contains("in use at"), "{row}");
    })
    .await;
}

#[tokio::test]
async fn a_request_is_explained_with_a_token_that_the_caller_may_see_and_nothing_is_sent() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &section(database.address, "*")).await;
        scene.bind(database.address).await;
        let (server, first) = (&scene.server, &scene.first);
        let writes = json!([permission_on("write", "buckets", &first.bucket, &first.org)]);
        let writer = server.token(&first.token, &first.org, writes).await.expect(201);
        let (id, secret) = (text(&writer["id"]), text(&writer["token"]));
        let asked = |request: &str, token: &str| {
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("request", request), ("token", token)])
                .finish();
            page(&scene, &format!("/plant?{query}"))
        };
        let browser = Browser::sign_in(server, NAME).await;
        let explain = async |request: &str, token: &str| {
            let drawer = browser.open(&asked(request, token)).await;
            assert!(part(&drawer, "gate-explain-token", "select").contains(&id), "{}", drawer.body);
            part(&drawer, "gate-explanation", "details")
        };
        let allowed = explain("POST /write?db=a", &id).await;
        let permission = format!("write:orgs/{}/buckets/{}", first.org, first.bucket);
        for shown in ["write database a", "Allowed", &permission] {
            assert!(allowed.contains(shown), "{shown} in {allowed}");
        }
        assert!(explain("GET /api/v1/query?query=up", &id).await.contains("Refused with status 403"));
        assert!(explain("POST /write?db=a", "").await.contains("Refused with status 401"));
        assert!(explain("nothing", &id).await.contains("Give the request as"));

        let path = format!("/api/v2/authorizations/{id}");
        server.patch(&path, &first.token, json!({"status": "inactive"})).await.expect(200);
        let drawer = browser.open(&asked("POST /write?db=a", &id)).await;
        assert!(drawer.body.contains("Refused with status 401"), "a token that does not work is no token");

        let redirected = browser.open(&asked(&format!("GET /ping?p={secret}"), "")).await;
        assert_eq!(redirected.status, 303);
        assert!(!redirected.header("location").contains(&secret[8..]), "{}", redirected.header("location"));

        let bob = server.user_with_password(&first.token, "bob").await;
        let members = format!("/api/v2/orgs/{}/members", first.org);
        server.post(&members, &first.token, json!({"id": bob})).await.expect(201);
        let member = Browser::sign_in(server, "bob").await;
        let denied = member.open(&asked("POST /write?db=a", &id)).await;
        assert!(denied.body.contains("gate-explanation") && !denied.body.contains("write database a"));

        let drawer = browser.open(&page(&scene, "/plant")).await;
        assert!(part(&drawer, "gate-facts", "dl").contains("0 requests · 0 refused"), "nothing is counted");
        assert!(!drawer.body.contains("gate-refusals") && database.is_idle());
    })
    .await;
}

#[tokio::test]
async fn a_bucket_is_bound_compared_confirmed_and_unbound_by_forms() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let bound = bind(&scene, &browser, &mut database).await;
        let drawer = page(&scene, "/plant?done=bucket-bound");
        assert_eq!((bound.status, bound.header("location")), (303, drawer), "{}", bound.body);
        let shown = browser.open(&page(&scene, "/plant")).await;
        let row = part(&shown, "gate-bucket iot", "li");
        assert!(row.contains("<code>a<") && !row.contains("Suspended"), "{row}");

        let address = page(&scene, "/plant/sync");
        let (compared, ()) = tokio::join!(browser.send(&address, &[]), tell(&mut database, &["other"]));
        assert_eq!(compared.status, 303, "{}", compared.body);
        let shown = browser.open(&page(&scene, "/plant")).await;
        assert!(part(&shown, "gate-bucket iot", "li").contains("Suspended"));
        assert!(part(&shown, "gate-unknown", "ul").contains("/plant/bind?database=other"));
        assert!(part(&browser.open(&page(&scene, "")).await, "gate-card plant", "tr").contains("1 suspended"));

        let bucket = [("bucket", scene.first.bucket.as_str())];
        assert_eq!(browser.send(&page(&scene, "/plant/confirm"), &bucket).await.status, 303);
        let shown = browser.open(&page(&scene, "/plant")).await;
        assert!(!part(&shown, "gate-bucket iot", "li").contains("Suspended"));
        let again = browser.send(&page(&scene, "/plant/confirm"), &bucket).await;
        assert_eq!(again.status, 422);
        assert!(again.body.contains("is not suspended"), "{}", again.body);

        let form = browser.open(&page(&scene, "/plant/unbind")).await;
        assert!(form.body.contains("iot (a)"), "{}", form.body);
        assert_eq!(browser.send(&page(&scene, "/plant/unbind"), &bucket).await.status, 303);
        assert!(!browser.open(&page(&scene, "/plant")).await.body.contains("gate-bucket iot"));
    })
    .await;
}

#[tokio::test]
async fn what_a_form_refuses_is_told_at_its_field_and_what_was_typed_stays() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &influxdb1(database.address, "b*")).await;
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let send = async |fields: &[(&str, &str)]| browser.send(&page(&scene, "/plant/bind"), fields).await;
    for (fields, told, typed) in [
        ([("bucket", "nothing"), ("database", "b")], "acme has no bucket with this name or id.", "value=\"nothing\""),
        ([("bucket", "iot"), ("database", "a")], "does not guard database", "value=\"a\""),
        ([("bucket", "iot"), ("database", "")], "does not guard database", "value=\"iot\""),
    ] {
        let refused = send(&fields).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(refused.body.contains(told) && refused.body.contains(typed), "{told}: {}", refused.body);
    }
    assert_eq!(browser.send(&page(&scene, "/plant/unbind"), &[]).await.status, 422);
    assert_eq!(browser.send(&page(&scene, "/hall/bind"), &[("bucket", "iot"), ("database", "b")]).await.status, 404);
    assert!(database.is_idle());
}

#[tokio::test]
async fn members_see_the_gates_of_their_organization_and_no_form() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        let (server, token) = (&scene.server, &scene.first.token);
        let elsewhere = server.org(token, "elsewhere").await;
        let bob = server.user_with_password(token, "bob").await;
        for org in [&scene.first.org, &elsewhere] {
            server.post(&format!("/api/v2/orgs/{org}/members"), token, json!({"id": bob})).await.expect(201);
        }
        let browser = Browser::sign_in(server, "bob").await;
        let drawer = browser.open(&page(&scene, "/plant")).await;
        assert!(drawer.body.contains("gate-facts"));
        for form in ["bind-bucket", "compare-gate", "confirm-bucket", "confirm-all"] {
            assert!(!drawer.body.contains(form), "{form}");
        }
        let bind = browser.send(&page(&scene, "/plant/bind"), &[("bucket", "iot"), ("database", "a")]).await;
        assert_eq!(bind.status, 401);
        for action in ["/plant/sync", "/plant/confirm-all"] {
            assert_eq!(browser.send(&page(&scene, action), &[]).await.status, 403, "{action}");
        }
        assert!(database.is_idle());
        let other = browser.open(&format!("/orgs/{elsewhere}/settings/databases")).await;
        assert!(!other.body.contains("gate-card") && other.body.contains("empty-state"));
        let foreign = browser.open(&format!("/orgs/{elsewhere}/settings/databases/plant")).await;
        assert!(foreign.body.contains("not found") && !foreign.body.contains("gate-facts"));
    })
    .await;
}

#[tokio::test]
async fn without_a_gate_the_page_says_how_to_add_one() {
    let home = Home::sqlite();
    let scene = Scene::new(&home, "").await;
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let empty = part(&browser.open(&page(&scene, "")).await, "empty-state", "section");
    for shown in ["No gate guards a database", "[[gate]]", "acme"] {
        assert!(empty.contains(shown), "{shown} in {empty}");
    }
}

#[tokio::test]
async fn a_new_token_is_shown_with_the_address_of_the_gate_that_has_its_bucket() {
    let home = Home::sqlite();
    let database = Played::start().await;
    let scene = Scene::new(&home, &section(database.address, "*")).await;
    let gate = format!("http://{}", scene.address("plant").await);
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let dialog = format!("/orgs/{}/load-data/tokens/generate/custom-api", scene.first.org);
    let permission = format!("write:buckets/{}", scene.first.bucket);
    let create = async || {
        let created = browser.send(&dialog, &[("description", "x"), ("permission", permission.as_str())]).await;
        assert_eq!(created.status, 200, "{}", created.body);
        created.body
    };
    let unbound = create().await;
    assert!(unbound.contains(&format!("{gate}/write?db=iot")), "the name of the bucket stands for its database");
    assert!(!unbound.contains("http://influxdb.example:8086"));
    scene.bind(database.address).await;
    let bound = create().await;
    assert!(bound.contains(&format!("{gate}/write?db=a")), "{bound}");
}
