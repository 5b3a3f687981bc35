//! The console's Telegraf page: lists, saved changes, and errors.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use jeton_model::{IdempotencyKey, OrgId, TelegrafId, ValidationError, console::list_query::ListQuery};
use jeton_service::{
    Caller, Error,
    error::{AuthError, TelegrafError},
    telegrafs::console::BegunTelegraf,
};

use crate::{
    home::{Home, on_each_database},
    support::server::{BUCKET, NAME, PASSWORD, Server, answer, permission_in, permission_on, text, with_token},
};

const TOML: &str = "[[outputs.influxdb_v2]]\n  bucket = \"iot\"\n";

struct Scene {
    server: Server,
    token: String,
    caller: Caller,
    org: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        Self { caller: server.caller(&first.token).await, server, token: first.token, org: first.org }
    }

    fn org(&self) -> OrgId {
        self.org.parse().expect("an id")
    }

    async fn telegraf(&self, name: &str, config: &str) -> TelegrafId {
        let body = json!({"orgID": self.org, "name": name, "config": config});
        let made = self.server.post("/api/v2/telegrafs", &self.token, body).await.expect(201);
        text(&made["id"]).parse().expect("an id")
    }

    async fn token(&self, permissions: Value) -> Value {
        self.server.token(&self.token, &self.org, permissions).await.expect(201)
    }

    fn on(&self, id: TelegrafId) -> Value {
        permission_on("read", "telegrafs", &id.to_string(), &self.org)
    }

    /// Returns the names on a page, and the number of configurations with and without the filter.
    async fn page(&self, caller: &Caller, query: &ListQuery) -> (Vec<String>, u64, u64) {
        let page = self.server.service.telegraf_page(caller, self.org(), query).await.expect("a page");
        (page.rows.into_iter().map(|row| row.name).collect(), page.total, page.unfiltered)
    }

    async fn tokens_of(&self, id: TelegrafId) -> u64 {
        let facts = self.server.service.telegraf_facts(&self.caller, self.org(), id).await;
        facts.expect("facts").row.tokens
    }

    /// Begins a console session and returns its cookie.
    async fn cookie(&self) -> String {
        let fields = [("username", NAME), ("password", PASSWORD)];
        let signed_in = answer(form(self.server.request("POST", "/sign-in"), &fields)).await;
        assert_eq!(signed_in.status, 303);
        signed_in.header("set-cookie").split(';').next().expect("a cookie").into()
    }
}

/// Adds a form to a request, as a browser without JavaScript sends it.
fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

#[tokio::test]
async fn the_list_is_paged_filtered_and_holds_what_the_caller_sees() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for number in (0..12).rev() {
            scene.telegraf(&format!("Site {number:02}"), TOML).await;
        }
        let roof = scene.telegraf("roof", "# no output").await;
        let query =
            |filter: &str, page| ListQuery { filter: filter.into(), page, page_size: 10, ..ListQuery::default() };
        let (names, total, unfiltered) = scene.page(&scene.caller, &query("", 2)).await;
        assert_eq!((names, total, unfiltered), (vec!["Site 09".into(), "Site 10".into(), "Site 11".into()], 13, 13));
        assert_eq!(
            scene.page(&scene.caller, &query("SITE 1", 7)).await,
            (vec!["Site 10".into(), "Site 11".into()], 2, 13)
        );

        let made = scene.token(json!([scene.on(roof)])).await;
        let reader = scene.server.caller(&text(&made["token"])).await;
        assert_eq!(scene.page(&reader, &query("", 1)).await, (vec!["roof".into()], 1, 1));
        let rows = scene.server.service.telegraf_page(&reader, scene.org(), &query("", 1)).await.expect("a page").rows;
        assert_eq!((rows[0].bucket.as_deref(), rows[0].tokens), (None, 1));
    })
    .await;
}

#[tokio::test]
async fn the_list_does_without_the_texts() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.telegraf("one", TOML).await;
        let bucket = async |scene: &Scene| {
            let page = scene.server.service.telegraf_page(&scene.caller, scene.org(), &ListQuery::default()).await;
            page.expect("a page").rows[0].bucket.clone()
        };
        assert_eq!(bucket(&scene).await.as_deref(), Some("iot"));
        home.sql("UPDATE telegrafs SET config = '# no output'").await;
        assert_eq!(bucket(&scene).await.as_deref(), Some("iot"), "it was not read from the text");
        // As stored before lists showed the bucket.
        home.sql("UPDATE telegrafs SET output_bucket = NULL, config = '[[outputs.influxdb_v2]]\nbucket = \"old\"\n'")
            .await;
        let Scene { server, token, .. } = scene;
        server.stop().await;
        let server = Server::start(&home).await;
        let org = server.get("/api/v2/orgs", &token).await.expect(200)["orgs"][0]["id"].clone();
        let scene = Scene { caller: server.caller(&token).await, server, token, org: text(&org) };
        assert_eq!(bucket(&scene).await.as_deref(), Some("old"));
    })
    .await;
}

#[tokio::test]
async fn only_live_tokens_for_exactly_this_configuration_are_counted() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (one, other) = (scene.telegraf("one", TOML).await, scene.telegraf("other", TOML).await);
        scene.token(json!([permission_in("read", "telegrafs", &scene.org)])).await;
        assert_eq!((scene.tokens_of(one).await, scene.tokens_of(other).await), (0, 0), "those for all are left out");

        let write = permission_on("write", "telegrafs", &one.to_string(), &scene.org);
        scene.token(json!([scene.on(one), write])).await;
        let second = scene.token(json!([scene.on(one)])).await;
        assert_eq!((scene.tokens_of(one).await, scene.tokens_of(other).await), (2, 0), "a token counts once");

        let path = format!("/api/v2/authorizations/{}", text(&second["id"]));
        scene.server.patch(&path, &scene.token, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(scene.tokens_of(one).await, 1, "an inactive token does not count");

        let bob = scene.server.user(&scene.token, "bob").await;
        let body = json!({"orgID": scene.org, "userID": bob, "permissions": [scene.on(one)]});
        scene.server.post("/api/v2/authorizations", &scene.token, body).await.expect(201);
        assert_eq!(scene.tokens_of(one).await, 2);
        let path = format!("/api/v2/users/{bob}");
        scene.server.patch(&path, &scene.token, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(scene.tokens_of(one).await, 1, "an inactive owner's does not count");
        home.sql("UPDATE authorizations SET expires_at = 1 WHERE kind = 'v2'").await;
        assert_eq!(scene.tokens_of(other).await, 0);
        home.sql("UPDATE authorizations SET expires_at = NULL").await;
        home.sql("UPDATE authorizations SET ended_at = 1 WHERE description = ''").await;
        assert_eq!(scene.tokens_of(one).await, 0, "an ended one neither");
    })
    .await;
}

#[tokio::test]
async fn a_new_configuration_begins_with_a_text_that_works() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (service, org) = (&scene.server.service, scene.org());
        let begun = BegunTelegraf {
            name: " Roof ".into(),
            description: "Sensors".into(),
            bucket: BUCKET.into(),
            base_url: "https://jeton.example".into(),
            ..BegunTelegraf::default()
        };
        let made = service
            .begin_telegraf(&scene.caller, org, begun.clone(), Some(&IdempotencyKey::parse("form-1").unwrap()))
            .await
            .expect("made");
        assert_eq!((made.name.as_str(), made.description.as_str()), ("Roof", "Sensors"));
        assert_eq!(service.check_toml(&made.config), None);
        let facts = service.telegraf_facts(&scene.caller, org, made.id).await.expect("facts");
        assert_eq!(facts.row.bucket.as_deref(), Some(BUCKET));
        assert!(facts.may_change);

        let again = service
            .begin_telegraf(&scene.caller, org, begun.clone(), Some(&IdempotencyKey::parse("form-1").unwrap()))
            .await;
        assert!(
            matches!(again, Err(Error::Validation(ValidationError::Field { field, .. })) if field == "form"),
            "a form counts once"
        );
        let nameless = BegunTelegraf { name: " ".into(), ..begun.clone() };
        let refused = service.begin_telegraf(&scene.caller, org, nameless, None).await;
        assert_eq!(refused, Err(Error::field("name", "Fill this in.")));
        let own = BegunTelegraf { text: "[agent\r\n".into(), ..begun.clone() };
        let refused = service.begin_telegraf(&scene.caller, org, own, None).await;
        assert_eq!(refused, Err(Error::field("config", "Line 1: close the header with ].")));
        let own = BegunTelegraf { text: "[agent]\r\n".into(), ..begun.clone() };
        let made = service.begin_telegraf(&scene.caller, org, own, None).await.expect("made");
        assert_eq!(made.config, "[agent]\n");

        let reads = scene
            .token(json!([permission_in("read", "telegrafs", &scene.org), permission_in("read", "orgs", &scene.org)]))
            .await;
        let reader = scene.server.caller(&text(&reads["token"])).await;
        let refused = service.begin_telegraf(&reader, org, BegunTelegraf { text: TOML.into(), ..begun }, None).await;
        assert!(matches!(refused, Err(Error::Auth(AuthError::Unauthorized(_)))));
        assert_eq!(service.bucket_names(&scene.caller, org).await, Ok(vec![BUCKET.to_owned()]));
        assert_eq!(service.bucket_names(&reader, org).await, Ok(vec![]));
    })
    .await;
}

#[tokio::test]
async fn the_console_saves_only_toml_and_keeps_what_it_does_not_show() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (service, org) = (&scene.server.service, scene.org());
        let id = scene.telegraf("roof", TOML).await;
        // As it was imported.
        home.sql("UPDATE telegrafs SET config = '[agent\r\nx'").await;
        let before = service.telegraf_text(&scene.caller, org, id).await.expect("a text");
        assert_eq!((before.text.as_str(), before.flaw.map(|flaw| flaw.line)), ("[agent\nx", Some(1)));

        let refused = service.save_telegraf_text(&scene.caller, id, "[agent]\n  interval = 10s\n").await;
        assert_eq!(refused, Err(Error::field("config", "Line 2: put the value in quotes, such as \"10s\".")));
        let metadata = json!({"orgID": scene.org, "name": "roof", "description": "d", "config": "x = 1", "metadata": {"buckets": ["b"]}});
        let path = format!("/api/v2/telegrafs/{id}");
        let put = with_token(scene.server.request("PUT", &path), &scene.token).json(&metadata);
        answer(put).await.expect(200);
        service.save_telegraf_text(&scene.caller, id, "[agent]\r\n").await.expect("saved");
        service.rename_telegraf(&scene.caller, id, " Attic ", "").await.expect("renamed");
        let accept = with_token(scene.server.request("GET", &path), &scene.token);
        let after = answer(accept.header("accept", "application/json")).await.expect(200);
        assert_eq!((text(&after["name"]), text(&after["config"])), ("Attic".into(), "[agent]\n".into()));
        assert_eq!(after["metadata"], json!({"buckets": ["b"]}), "what the console does not show stays");
        assert_eq!(service.rename_telegraf(&scene.caller, id, "", "").await, Err(Error::field("name", "Fill this in.")));
    })
    .await;
}

#[tokio::test]
async fn who_may_only_read_changes_nothing_and_another_organization_holds_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (service, org) = (&scene.server.service, scene.org());
        let id = scene.telegraf("roof", TOML).await;
        let made = scene.token(json!([scene.on(id)])).await;
        let reader = scene.server.caller(&text(&made["token"])).await;
        assert!(!service.telegraf_facts(&reader, org, id).await.expect("facts").may_change);
        assert!(!service.telegraf_text(&reader, org, id).await.expect("a text").may_change);
        let refused = [
            service.save_telegraf_text(&reader, id, TOML).await.map(drop),
            service.rename_telegraf(&reader, id, "x", "").await.map(drop),
        ];
        assert!(refused.iter().all(|result| matches!(result, Err(Error::Auth(AuthError::Unauthorized(_))))));
        let other = scene.server.org(&scene.token, "other").await.parse().expect("an id");
        let not_found = Error::Telegraf(TelegrafError::NotFound);
        assert_eq!(service.telegraf_facts(&scene.caller, other, id).await, Err(not_found.clone()));
        assert_eq!(service.telegraf_text(&scene.caller, other, id).await, Err(not_found));
    })
    .await;
}

#[tokio::test]
async fn without_script_a_form_saves_and_a_link_downloads() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let id = scene.telegraf("Roof/../\"east\"", TOML).await;
        let cookie = scene.cookie().await;
        let page = format!("/orgs/{}/load-data/telegrafs/{id}", scene.org);
        let send = async |fields: &[(&str, &str)]| {
            answer(form(scene.server.request("POST", &page).header("cookie", &cookie), fields)).await
        };

        let refused = send(&[("config", "[agent]\r\n<b = \"x")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("[agent]\n&lt;b = \"x"), "what was typed stays");
        assert!(refused.body.contains("Line 2: "), "the line is named");
        let pasted = format!("token = \"{}\"\r\n", scene.token);
        let saved = send(&[("config", &pasted), ("replace", "token")]).await;
        assert_eq!((saved.status, saved.header("location")), (303, format!("{page}?done=telegraf-saved")));

        let download = format!("/download/telegrafs/{id}");
        let file = answer(scene.server.request("GET", &download).header("cookie", &cookie)).await;
        assert_eq!((file.status, file.body.as_str()), (200, "token = \"$INFLUX_TOKEN\"\n"));
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"Roof..east.toml\"");
        assert_eq!(answer(scene.server.request("GET", &download)).await.header("location"), "/sign-in");
        let nothing =
            answer(scene.server.request("GET", "/download/telegrafs/00000000000000ff").header("cookie", &cookie)).await;
        assert_eq!(nothing.status, 404);
        let gone = answer(
            scene.server.request("GET", &page.replace(&id.to_string(), "00000000000000ff")).header("cookie", &cookie),
        )
        .await;
        assert_eq!(gone.status, 404);
        assert!(gone.body.contains("There is no such configuration."));
    })
    .await;
}
