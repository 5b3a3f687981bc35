//! The command that the console shows for a token: run in a shell, it creates the same token.

use serde_json::{Value, json};

use crate::{
    home::Home,
    support::{
        command::Shell,
        server::{First, NAME, PASSWORD, Server, answer, permission_in, permission_on, text},
        shared::with_members,
    },
};

struct Scene {
    server: Server,
    first: First,
    shell: Shell,
    cookie: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let form = format!("username={NAME}&password={PASSWORD}");
        let signed_in = answer(server.request("POST", "/sign-in").body(form)).await;
        let cookie = signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let shell = Shell::new(&server).with("JETON_TOKEN", &first.token);
        Self { server, first, shell, cookie }
    }

    async fn renamed(&self, name: &str) {
        let path = format!("/api/v2/orgs/{}", self.first.org);
        self.server.patch(&path, &self.first.token, json!({"name": name})).await.expect(200);
    }

    async fn bucket(&self, name: &str) -> String {
        self.server.bucket(&self.first.token, &self.first.org, name).await
    }

    async fn telegraf(&self, name: &str) -> String {
        let body = json!({"orgID": self.first.org, "name": name, "config": "[agent]\n"});
        text(&self.server.post("/api/v2/telegrafs", &self.first.token, body).await.expect(201)["id"])
    }

    /// Creates a token to clone.
    async fn token(&self, permissions: &Value, more: Value) -> Value {
        let body = with_members(json!({"orgID": self.first.org, "permissions": permissions}), &more);
        self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)
    }

    /// Returns the command and the JSON that the dialog for cloning a token shows.
    async fn shown(&self, from: &Value, description: &str) -> (String, Value) {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("from", &text(&from["id"]))
            .append_pair("description", description)
            .finish();
        let path = format!("/orgs/{}/load-data/tokens/generate/custom-api?{query}", self.first.org);
        let page = answer(self.server.request("GET", &path).header("cookie", &self.cookie)).await;
        assert_eq!(page.status, 200);
        let examples: Vec<String> = page.body.split("<pre").skip(1).map(seen).collect();
        let [own, stock, _, body] = &examples[..] else { panic!("{examples:?}") };
        assert!(own.starts_with("jeton auth create ") && stock.starts_with("influx auth create "), "{examples:?}");
        (own.clone(), serde_json::from_str(body).expect("JSON"))
    }

    /// Runs the dialog's command; returns the created token, and the dialog's JSON.
    async fn typed(&self, from: &Value, description: &str) -> (Value, Value) {
        let (command, body) = self.shown(from, description).await;
        let said = self.shell.type_in(&format!("{command} --json")).await;
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{command}\n{said:?}");
        let made: Value = serde_json::from_str(&said.stdout).expect("JSON");
        let path = format!("/api/v2/authorizations/{}", text(&made["id"]));
        (self.server.get(&path, &self.first.token).await.expect(200), body)
    }
}

/// Returns the text that a browser shows, up to the end of its element.
fn seen(html: &str) -> String {
    let html = html.split_once("<code>").expect("code").1.split("</code>").next().expect("its end");
    let text: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    names.iter().fold(text, |text, (name, letter)| text.replace(name, letter))
}

/// Returns the granted permissions, sorted.
fn granted(permissions: &Value) -> Vec<String> {
    let words = |permission: &Value| {
        let of = |name: &str| permission["resource"][name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {} {}", permission["action"], of("type"), of("id"), of("orgID"))
    };
    let mut granted: Vec<String> = permissions.as_array().expect("a list").iter().map(words).collect();
    granted.sort();
    granted
}

#[track_caller]
fn assert_is_what_was_shown(made: &Value, shown: &Value, permissions: &Value) {
    assert_eq!(granted(&made["permissions"]), granted(&shown["permissions"]));
    assert_eq!(granted(&made["permissions"]), granted(permissions));
    assert_eq!(made["orgID"], shown["orgID"]);
    for name in ["expiresAt", "allowedNetworks"] {
        assert_eq!(made.get(name), shown.get(name), "{name}");
    }
    assert_eq!(text(&made["description"]), shown["description"].as_str().unwrap_or_default());
}

#[tokio::test]
async fn a_shell_reads_the_names_back_whatever_they_hold() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.renamed("it's \"ours\" & theirs").await;
    let org = &scene.first.org;
    let names = ["hall 2", "it's", "a $HOME `id` & b", "-dash", "back\\slash", "größe", "0123456789abcdef", "a/b"];
    let mut permissions = vec![];
    for (number, name) in names.into_iter().enumerate() {
        let action = if number % 2 == 0 { "read" } else { "write" };
        permissions.push(permission_on(action, "buckets", &scene.bucket(name).await, org));
    }
    permissions.push(permission_on("read", "buckets", &scene.first.bucket, org));
    let permissions = Value::from(permissions);
    let from = scene.token(&permissions, json!({})).await;
    for description in ["", "plain", "it's \"quoted\" $HOME\\", "-v", "<b>&amp;"] {
        let (made, shown) = scene.typed(&from, description).await;
        assert_is_what_was_shown(&made, &shown, &permissions);
    }
}

#[tokio::test]
async fn whole_types_and_single_things_are_granted_as_they_were_ticked_and_no_more() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let org = &scene.first.org;
    let telegraf = scene.telegraf("agents").await;
    scene.telegraf("agents").await;
    let on = |action: &str, kind: &str, id: &str| json!({"action": action, "resource": {"type": kind, "id": id}});
    let own =
        [on("read", "orgs", org), on("read", "users", &scene.first.user), on("write", "users", &scene.first.user)];
    let single = [
        permission_on("read", "telegrafs", &telegraf, org),
        permission_on("write", "buckets", &scene.first.bucket, org),
    ];
    let whole =
        ["tasks", "buckets", "notificationRules", "dbrp", "telegrafs"].map(|kind| permission_in("write", kind, org));
    let every: Vec<Value> = jeton_model::ResourceType::grantable()
        .filter(|kind| !matches!(kind.name(), "orgs" | "users"))
        .flat_map(|kind| ["read", "write"].map(|action| permission_in(action, kind.name(), org)))
        .collect();
    for permissions in [own.to_vec(), single.to_vec(), whole.to_vec(), [own.to_vec(), every].concat()] {
        let permissions = Value::from(permissions);
        let from = scene.token(&permissions, json!({})).await;
        let (made, shown) = scene.typed(&from, "").await;
        assert_is_what_was_shown(&made, &shown, &permissions);
    }
}

#[tokio::test]
async fn the_expiry_and_the_networks_are_those_beside_the_command() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let permissions = json!([permission_in("read", "tasks", &scene.first.org)]);
    let end = scene.server.service.now().plus_seconds(90 * 24 * 3600);
    let more = json!({"expiresAt": end, "allowedNetworks": ["10.40.0.0/16", "192.0.2.7", "2001:db8:40::/48"]});
    let from = scene.token(&permissions, more).await;
    let (made, shown) = scene.typed(&from, "Hall 2").await;
    assert!(shown["expiresAt"].is_string() && shown["allowedNetworks"].as_array().expect("networks").len() == 3);
    assert_is_what_was_shown(&made, &shown, &permissions);
}

#[tokio::test]
async fn what_one_flag_cannot_say_another_says_in_words() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let org = &scene.first.org;
    let other = scene.server.org(&scene.first.token, "other").await;
    let telegraf = scene.telegraf("agents").await;
    let shell = Shell::new(&scene.server).with("JETON_TOKEN", &scene.first.token).with("JETON_ORG", "acme");
    let line = "auth create --can read:orgs/other --can read:telegrafs/agents --can read:users/alice --can write:tasks --can read:users";
    let id = text(&shell.json(line).await["id"]);
    let made = scene.server.get(&format!("/api/v2/authorizations/{id}"), &scene.first.token).await.expect(200);
    let expected = json!([
        {"action": "read", "resource": {"type": "orgs", "id": other}},
        permission_on("read", "telegrafs", &telegraf, org),
        {"action": "read", "resource": {"type": "users", "id": scene.first.user}},
        permission_in("write", "tasks", org),
        {"action": "read", "resource": {"type": "users"}},
    ]);
    assert_eq!(granted(&made["permissions"]), granted(&expected));
    let twin = scene.telegraf("agents").await;
    let (said, _) = shell.fails("auth create --can read:telegrafs/agents").await;
    assert!(said.contains(&twin) && said.contains(&telegraf) && said.contains("; use the id of one: "), "{said}");
    for (line, expected) in [
        ("auth create --can read:telegrafs/nobody", "could not find telegraf configuration \"nobody\""),
        ("auth create --can read:tasks/nightly", "\"nightly\" is not an id, as required for tasks"),
        ("auth create --operator --can read:tasks", "cannot compose other permissions with operator permissions"),
    ] {
        assert_eq!(shell.fails(line).await.0, expected);
    }
}
