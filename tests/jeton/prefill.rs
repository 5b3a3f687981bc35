//! Addresses that prefill the Custom API Token dialog: ticked boxes, and messages about the rest.

use jeton_model::{
    Action, OrgId, ResourceType,
    console::{
        prefill::{Gap, Prefill, Prefilled},
        selection::Pick,
        template::Template,
    },
    token::NewToken,
};
use jeton_service::Caller;

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{First, Server, answer, permission, permission_in, permission_on, text},
        shared::at_rest,
    },
};

use serde_json::{Value, json};

struct Scene {
    server: Server,
    first: First,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        Self { server, first }
    }

    fn org(&self) -> OrgId {
        self.first.org.parse().expect("an id")
    }

    async fn filled_for(&self, caller: &Caller, parameters: &[(&str, &str)]) -> Prefilled {
        let asked = Prefill::from_parameters(|name| {
            parameters.iter().filter(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()).collect()
        });
        self.server.service.prefill(caller, self.org(), &asked).await.expect("never an error for what an address says")
    }

    async fn filled(&self, parameters: &[(&str, &str)]) -> Prefilled {
        let caller = self.server.caller(&self.first.token).await;
        self.filled_for(&caller, parameters).await
    }

    /// Returns a caller with only these permissions.
    async fn with(&self, permissions: Value) -> Caller {
        let made = self.server.token(&self.first.token, &self.first.org, permissions).await.expect(201);
        self.server.caller(&text(&made["token"])).await
    }
}

fn texts(filled: &Prefilled) -> Vec<String> {
    filled.selection.effective().iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn names_and_ids_are_ticked_and_a_type_alone_is_all_of_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let other = scene.server.bucket(&scene.first.token, &scene.first.org, "a/b").await;
        let filled = scene
            .filled(&[
                ("read", "buckets/iot"),
                ("write", &format!("buckets/{other}")),
                ("read", "buckets/a/b"),
                ("read", "tasks"),
                ("description", "For the wall"),
            ])
            .await;
        let mut expected = vec![
            format!("read:buckets/{}", scene.first.bucket),
            format!("read:buckets/{other}"),
            format!("write:buckets/{other}"),
            "read:tasks".to_owned(),
        ];
        let mut ticked = texts(&filled);
        expected.sort();
        ticked.sort();
        assert_eq!(ticked, expected);
        assert_eq!(filled.gaps, []);
        assert_eq!(filled.description, "For the wall");
        let mut names: Vec<&str> = filled.known.iter().map(|choice| choice.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a/b", "iot"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_told_and_the_rest_is_ticked() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let elsewhere = scene.server.org(&scene.first.token, "elsewhere").await;
        let foreign = scene.server.bucket(&scene.first.token, &elsewhere, "there").await;
        let foreign_address = format!("buckets/{foreign}");
        let filled = scene
            .filled(&[
                ("read", "buckets/iot"),
                ("read", "buckets/there"),
                ("read", &foreign_address),
                ("read", "buckets/a\0b"),
                ("read", "bukets/iot"),
                ("write", "instance"),
                ("write", "tasks/nightly"),
                ("template", "nonsense"),
                ("from", "nonsense"),
            ])
            .await;
        assert_eq!(texts(&filled), [format!("read:buckets/{}", scene.first.bucket)]);
        let gaps = [
            Gap::Template("nonsense".into()),
            Gap::Thing(ResourceType::Buckets, "there".into()),
            Gap::Thing(ResourceType::Buckets, foreign),
            Gap::Thing(ResourceType::Buckets, "a\0b".into()),
            Gap::Type("bukets".into()),
            Gap::Type("instance".into()),
            Gap::NoSingle(ResourceType::Tasks, "nightly".into()),
            Gap::Original,
        ];
        assert_eq!(filled.gaps, gaps);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_ticked_that_the_caller_may_not_grant_or_see() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, bucket) = (&scene.first.org, &scene.first.bucket);
        let hidden = scene.server.bucket(&scene.first.token, org, "hidden").await;
        let caller = scene
            .with(json!([
                permission_on("read", "orgs", org, org),
                permission_on("read", "buckets", bucket, org),
                permission_in("read", "tasks", org)
            ]))
            .await;
        let asked = [
            ("read", "buckets/iot"),
            ("write", "buckets/iot"),
            ("read", "buckets/hidden"),
            ("read", "tasks"),
            ("read", "buckets"),
        ];
        let filled = scene.filled_for(&caller, &asked).await;
        assert_eq!(texts(&filled), [format!("read:buckets/{bucket}"), "read:tasks".to_owned()]);
        let gaps = [
            Gap::Thing(ResourceType::Buckets, "hidden".into()),
            Gap::NotHeld(Action::Read, ResourceType::Buckets, None),
            Gap::NotHeld(Action::Write, ResourceType::Buckets, Some("iot".into())),
        ];
        assert_eq!(filled.gaps, gaps);
        let by_id = scene.filled_for(&caller, &[("read", &format!("buckets/{hidden}"))]).await;
        assert_eq!(by_id.gaps, [Gap::Thing(ResourceType::Buckets, hidden)], "an id tells no more than a name");
        let backup = scene.filled_for(&caller, &[("template", "backup")]).await;
        assert_eq!(texts(&backup), ["read:orgs", "read:tasks"]);
        assert_eq!(backup.template, Some(Template::ReadEverything));
    })
    .await;
}

#[tokio::test]
async fn a_token_is_started_from_as_far_as_boxes_go() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, bucket) = (&scene.first.org, &scene.first.bucket);
        let gone = scene.server.bucket(&scene.first.token, org, "gone").await;
        let body = json!({"orgID": org, "description": "Collector", "permissions": [
            permission_on("write", "buckets", bucket, org), permission_on("read", "buckets", &gone, org),
            permission_in("read", "tasks", org), permission_on("read", "tasks", bucket, org), permission("read", "labels"),
        ]});
        let made = scene.server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201);
        scene.server.delete(&format!("/api/v2/buckets/{gone}"), &scene.first.token).await.expect(204);
        let filled = scene.filled(&[("from", &text(&made["id"]))]).await;
        assert_eq!(texts(&filled), [format!("write:buckets/{bucket}"), "read:tasks".to_owned(), "read:labels".to_owned()]);
        let alone = format!("read:orgs/{org}/tasks/{bucket}").parse().expect("a permission");
        assert_eq!(filled.gaps, [Gap::Thing(ResourceType::Buckets, gone), Gap::NoBox(alone), Gap::OnlyHere]);
        assert_eq!(filled.description, format!("Collector (cloned at {})", scene.server.clock.now().second()));
        let named = scene.filled(&[("from", &text(&made["id"])), ("description", "Mine")]).await;
        assert_eq!(named.description, "Mine");
    })
    .await;
}

#[tokio::test]
async fn a_token_of_another_organization_or_of_someone_unseen_is_no_start() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = &scene.first.org;
        let elsewhere = scene.server.org(&scene.first.token, "elsewhere").await;
        let foreign = scene.server.token(&scene.first.token, &elsewhere, json!([permission("read", "tasks")])).await;
        let filled = scene.filled(&[("from", &text(&foreign.expect(201)["id"]))]).await;
        assert_eq!((filled.gaps, filled.description), (vec![Gap::Original], String::new()));
        let caller = scene.with(json!([permission_on("read", "orgs", org, org)])).await;
        let unseen = scene.filled_for(&caller, &[("from", &scene.first.authorization)]).await;
        assert_eq!(unseen.gaps, [Gap::Original]);
    })
    .await;
}

#[tokio::test]
async fn whose_the_new_token_will_be_is_told() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let bob = scene.server.user(&scene.first.token, "bob").await;
        let body = json!({"orgID": scene.first.org, "userID": bob, "permissions": [permission_in("read", "tasks", &scene.first.org)]});
        let made = scene.server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201);
        let filled = scene.filled(&[("from", &text(&made["id"]))]).await;
        assert_eq!(filled.gaps, [Gap::OtherOwner(Some("bob".into()))]);
    })
    .await;
}

#[tokio::test]
async fn a_rotation_is_filled_in_for_the_owner_and_keeps_the_description() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, server) = (&scene.first.org, &scene.server);
        let bob = server.user(&scene.first.token, "bob").await;
        let own = json!({"action": "read", "resource": {"type": "users", "id": bob}});
        let body = json!({"orgID": org, "userID": bob, "description": "Collector", "allowedNetworks": ["10.0.0.0/8"],
            "permissions": [permission_in("read", "tasks", org), own]});
        let made = server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201);
        let id = text(&made["id"]);
        let filled = scene.filled(&[("rotate", &id), ("read", "labels"), ("description", "Mine")]).await;
        assert_eq!(filled.rotates.map(|token| token.id.to_string()), Some(id.clone()));
        assert_eq!(filled.description, "Collector");
        assert_eq!(filled.networks.to_string(), "10.0.0.0/8");
        assert_eq!(texts(&filled).len(), 2, "the address adds nothing: {:?}", texts(&filled));
        assert!(texts(&filled).contains(&"read:users".to_owned()), "the box stands for the owner");
        assert_eq!(filled.gaps, [Gap::OwnerStays(Some("bob".into()))]);
        assert_eq!(scene.filled(&[("from", &id)]).await.rotates, None);
        let unknown = scene.filled(&[("rotate", "nonsense")]).await;
        assert_eq!((unknown.rotates, unknown.gaps), (None, vec![Gap::Original]));
    })
    .await;
}

#[tokio::test]
async fn an_organization_that_is_not_seen_is_filled_in_by_nobody() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let caller = scene.with(json!([permission_in("read", "tasks", &scene.first.org)])).await;
        let asked = Prefill { template: Some("backup".into()), ..Prefill::default() };
        assert!(scene.server.service.prefill(&caller, scene.org(), &asked).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_page_is_filled_in_without_script_and_a_pasted_token_leaves_the_address() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let request = scene.server.request("POST", "/sign-in").body("username=alice&password=password1");
    let signed_in = answer(request).await;
    let cookie = signed_in.header("set-cookie");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let dialog = format!("/orgs/{}/load-data/tokens/generate/custom-api", scene.first.org);
    let page = async |query: &str| {
        answer(scene.server.request("GET", &format!("{dialog}{query}")).header("cookie", &cookie)).await
    };

    let filled = page("?read=buckets/iot&write=buckets/nope&description=Wall&perPage=10").await;
    assert_eq!(filled.status, 200);
    let value = Pick::one(Action::Read, ResourceType::Buckets, scene.first.bucket.parse().expect("an id"));
    let ticked = |body: &str| {
        body.split("<input").any(|tag| {
            let tag = tag.split('>').next().unwrap_or_default();
            tag.contains(&format!("value=\"{value}\"")) && tag.contains(" checked")
        })
    };
    assert!(ticked(&filled.body), "the bucket is ticked");
    assert!(filled.body.contains("value=\"Wall\""), "the description is filled in");
    assert!(filled.body.contains("There is no “nope” among the buckets that you can see."));
    assert!(filled.body.contains("perPage=10"), "the way back keeps the list");
    assert!(!ticked(&page("").await.body));

    let token = NewToken::generate([9; 32]);
    let pasted = page(&format!("?description={}&template=backup", token.expose())).await;
    assert_eq!(pasted.status, 303);
    let prefix = token.prefix().expect("a prefix");
    assert_eq!(pasted.header("location"), format!("{dialog}?description={prefix}&template=backup"));
}
