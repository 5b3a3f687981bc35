//! Members and users in the console: what is listed, who may change it, and what always stays.

use jeton::{
    model::{
        Error, OrgId, Status, UserId,
        list_query::ListQuery,
        org::Role,
        people::{MemberPage, UserPage},
    },
    service::{Caller, roles::NewUser, users::UserUpdate},
};
use serde_json::json;
use sqlx::Row as _;

use crate::{
    home::{Home, on_each_database},
    server::{First, PASSWORD, Server, permission, permission_in, permission_on, text},
};

/// An organization with alice, who may do everything, bruno, who is a member, and carla, who owns it too.
struct Scene {
    server: Server,
    first: First,
    alice: Caller,
    bruno: UserId,
    carla: UserId,
    org: OrgId,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let alice = server.caller(&first.token).await;
        let org: OrgId = first.org.parse().expect("an id");
        let join = async |name: &str, role| {
            let new = NewUser {
                name: name.into(),
                password: Some("password2".to_owned().into()),
                member_of: Some((org, role)),
            };
            server.service.create_with_password(&alice, new).await.expect("a user").id
        };
        let (bruno, carla) = (join("Bruno", Role::Member).await, join("carla", Role::Owner).await);
        Self { alice, bruno, carla, org, first, server }
    }

    async fn members(&self, caller: &Caller, query: ListQuery) -> Result<MemberPage, Error> {
        self.server.service.member_page(caller, self.org, &query).await
    }

    async fn users(&self, query: ListQuery) -> UserPage {
        self.server.service.user_page(&self.alice, &query).await.expect("a page")
    }

    async fn role(&self, user: UserId) -> Option<Role> {
        let page = self.members(&self.alice, ListQuery::default()).await.expect("a page");
        page.listed.rows.iter().find(|row| row.person.user.id == user).map(|row| row.role)
    }

    /// A token of someone, made by alice.
    async fn token_of(&self, user: UserId, description: &str, status: &str) -> String {
        let permissions = json!([permission_on("read", "orgs", &self.first.org, &self.first.org)]);
        let body = json!({"orgID": self.first.org, "userID": user, "description": description, "status": status, "permissions": permissions});
        text(&self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)["token"])
    }

    /// Someone's own session.
    async fn caller(&self, name: &str, password: &str) -> Caller {
        let cookie = self.server.sign_in(name, password).await.cookie();
        let key = cookie.split_once('=').expect("a cookie").1.to_owned();
        self.server.service.caller_by_session(&key, jeton::service::Client::default()).await.expect("a session")
    }
}

fn names(page: &MemberPage) -> Vec<&str> {
    page.listed.rows.iter().map(|row| row.person.user.name.as_str()).collect()
}

fn filter(text: &str) -> ListQuery {
    ListQuery { filter: text.into(), ..ListQuery::default() }
}

/// A form as a browser without script sends it.
fn form(request: reqwest::RequestBuilder, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

async fn last_actions(home: &Home, count: i64) -> Vec<String> {
    let rows = home.rows(&format!("SELECT action FROM audit_log ORDER BY seq DESC LIMIT {count}")).await;
    rows.iter().rev().map(|row| row.get("action")).collect()
}

#[tokio::test]
async fn members_are_listed_by_name_and_narrowed_by_name_role_and_status() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let whole = scene.members(&scene.alice, ListQuery::default()).await.expect("a page");
        assert_eq!(names(&whole), ["alice", "Bruno", "carla"], "whatever the case");
        assert_eq!((whole.listed.total, whole.listed.unfiltered, whole.owners), (3, 3, 2));
        let backwards = ListQuery { descending: true, page_size: 10, ..ListQuery::default() };
        assert_eq!(names(&scene.members(&scene.alice, backwards).await.expect("a page")), ["carla", "Bruno", "alice"]);

        let part = scene.members(&scene.alice, filter("RU")).await.expect("a page");
        assert_eq!((names(&part), part.listed.total, part.listed.unfiltered, part.owners), (vec!["Bruno"], 1, 3, 2));
        assert_eq!(names(&scene.members(&scene.alice, filter("%")).await.expect("a page")), [""; 0]);
        let owners = ListQuery { role: Some(Role::Owner), ..ListQuery::default() };
        assert_eq!(names(&scene.members(&scene.alice, owners).await.expect("a page")), ["alice", "carla"]);
        let service = &scene.server.service;
        service.update_user(&scene.alice, scene.carla, Status::Inactive.into()).await.expect("a change");
        let inactive = ListQuery { status: Some(Status::Inactive), ..ListQuery::default() };
        assert_eq!(names(&scene.members(&scene.alice, inactive).await.expect("a page")), ["carla"]);
    })
    .await;
}

#[tokio::test]
async fn members_come_in_pages() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for number in 0..12 {
            let user = scene.server.user(&scene.first.token, &format!("svc-{number:02}")).await;
            let body = json!({"id": user});
            let path = format!("/api/v2/orgs/{}/members", scene.first.org);
            scene.server.post(&path, &scene.first.token, body).await.expect(201);
        }
        let query = |page| ListQuery { page, page_size: 10, ..ListQuery::default() };
        let second = scene.members(&scene.alice, query(2)).await.expect("a page");
        assert_eq!((second.listed.page, second.listed.rows.len(), second.listed.total), (2, 5, 15));
        assert_eq!(names(&second)[4], "svc-11");
        assert_eq!(scene.members(&scene.alice, query(9)).await.expect("a page").listed.page, 2);
    })
    .await;
}

#[tokio::test]
async fn rows_say_what_works_and_when_someone_signed_in() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.token_of(scene.bruno, "Grafana", "active").await;
        scene.token_of(scene.bruno, "Notebook", "active").await;
        scene.token_of(scene.bruno, "Off", "inactive").await;
        let bruno = scene.caller("Bruno", "password2").await;
        let page = scene.members(&scene.alice, ListQuery::default()).await.expect("a page");
        let row = |name: &str| page.listed.rows.iter().find(|row| row.person.user.name == name).expect(name).clone();
        assert_eq!(row("Bruno").person.live_tokens, 2);
        assert!(row("Bruno").person.last_sign_in.is_some() && row("carla").person.last_sign_in.is_none());
        assert!(row("Bruno").person.tokens_listed && row("Bruno").person.may_change);
        assert!(row("alice").person.only_operator && !row("carla").person.only_operator);
        assert!(!row("alice").only_owner, "carla owns it too");

        // A member sees how many tokens others have, but can neither list them nor change anyone but themselves.
        let page = scene.members(&bruno, ListQuery::default()).await.expect("a page");
        let seen: Vec<_> =
            page.listed.rows.iter().map(|row| (row.person.tokens_listed, row.person.may_change)).collect();
        assert_eq!(seen, [(false, false), (true, true), (false, false)]);
        assert_eq!(page.listed.rows[1].person.live_tokens, 2);

        // Nothing of an inactive user is live.
        let service = &scene.server.service;
        service.update_user(&scene.alice, scene.bruno, Status::Inactive.into()).await.expect("a change");
        assert_eq!(scene.server.service.leaving(&scene.alice, scene.bruno).await.expect("facts").live_tokens, 0);
    })
    .await;
}

#[tokio::test]
async fn an_organization_is_listed_only_to_whoever_reads_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let permissions = json!([permission_in("read", "tasks", &scene.first.org)]);
        let made = scene.server.token(&scene.first.token, &scene.first.org, permissions).await.expect(201);
        let narrow = scene.server.caller(&text(&made["token"])).await;
        assert!(matches!(scene.members(&narrow, ListQuery::default()).await, Err(Error::Unauthorized(_))));
        let bruno = scene.caller("Bruno", "password2").await;
        let users = scene.server.service.user_page(&bruno, &ListQuery::default()).await;
        assert!(matches!(users, Err(Error::Unauthorized(_))), "a member does not see all users");
    })
    .await;
}

#[tokio::test]
async fn a_role_is_changed_in_one_row_of_the_log() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let service = &scene.server.service;
        service.change_role(&scene.alice, scene.org, scene.bruno, Role::Owner).await.expect("a change");
        assert_eq!(scene.role(scene.bruno).await, Some(Role::Owner));
        assert_eq!(last_actions(&home, 1).await, ["role changed"]);
        let before = home.rows("SELECT seq FROM audit_log").await.len();
        service.change_role(&scene.alice, scene.org, scene.bruno, Role::Owner).await.expect("nothing to do");
        assert_eq!(home.rows("SELECT seq FROM audit_log").await.len(), before, "what stays is no event");
        assert_eq!(service.check_audit_log().await.expect("a check"), (before as i64, true));
        // Rights follow at once.
        let bruno = scene.caller("Bruno", "password2").await;
        service.change_role(&bruno, scene.org, scene.carla, Role::Member).await.expect("an owner may");
    })
    .await;
}

#[tokio::test]
async fn an_organization_keeps_its_last_owner_in_the_console() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (service, org, alice) = (&scene.server.service, scene.org, scene.alice.id());
        service.change_role(&scene.alice, org, alice, Role::Member).await.expect("carla is left");
        for user in [scene.carla] {
            assert_eq!(service.change_role(&scene.alice, org, user, Role::Member).await, Err(Error::LastOwner));
            assert_eq!(service.dismiss_member(&scene.alice, org, user).await, Err(Error::LastOwner));
        }
        assert_eq!(scene.role(scene.carla).await, Some(Role::Owner));
        assert!(service.member(&scene.alice, org, scene.carla).await.expect("a member").only_owner);
        service.dismiss_member(&scene.alice, org, scene.bruno).await.expect("a member may go");
        assert_eq!(scene.role(scene.bruno).await, None);
        assert_eq!(last_actions(&home, 1).await, ["member removed"]);
        // The API stays influxd's: it takes even the last one.
        let path = format!("/api/v2/orgs/{org}/owners/{}", scene.carla);
        scene.server.delete(&path, &scene.first.token).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn members_change_neither_roles_nor_membership() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (service, org) = (&scene.server.service, scene.org);
        let bruno = scene.caller("Bruno", "password2").await;
        let refused = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Unauthorized(_))), "{result:?}");
        refused(service.change_role(&bruno, org, scene.bruno, Role::Owner).await);
        refused(service.change_role(&bruno, org, scene.carla, Role::Member).await);
        refused(service.dismiss_member(&bruno, org, scene.carla).await);
        refused(service.add_named_member(&bruno, org, "alice", Role::Member).await.map(drop));
        refused(service.addable(&bruno, org, "").await.map(drop));
        refused(service.member(&bruno, org, scene.carla).await.map(drop));
        refused(service.leaving(&bruno, scene.carla).await.map(drop));
        let new = NewUser { name: "dora".into(), member_of: Some((org, Role::Member)), ..NewUser::default() };
        refused(service.create_with_password(&bruno, new.clone()).await.map(drop));
        // An owner of the organization rules it, but creates no users.
        let carla = scene.caller("carla", "password2").await;
        refused(service.create_with_password(&carla, new).await.map(drop));
        service.change_role(&carla, org, scene.bruno, Role::Owner).await.expect("an owner may");
    })
    .await;
}

#[tokio::test]
async fn a_stranger_to_the_organization_has_no_role_to_change() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let dora: UserId = scene.server.user(&scene.first.token, "dora").await.parse().expect("an id");
        let (service, org) = (&scene.server.service, scene.org);
        assert_eq!(service.change_role(&scene.alice, org, dora, Role::Owner).await, Err(Error::NotMember));
        assert_eq!(service.dismiss_member(&scene.alice, org, dora).await, Err(Error::NotMember));
        let nobody: UserId = "00000000000000ff".parse().expect("an id");
        assert_eq!(service.change_role(&scene.alice, org, nobody, Role::Owner).await, Err(Error::UserNotFound));
    })
    .await;
}

#[tokio::test]
async fn members_are_added_by_name_or_by_id() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (service, org) = (&scene.server.service, scene.org);
        let dora = scene.server.user(&scene.first.token, "dora").await;
        scene.server.user(&scene.first.token, "eve").await;
        let offered = service.addable(&scene.alice, org, "").await.expect("names");
        assert_eq!((offered.names, offered.more), (vec!["dora".to_owned(), "eve".to_owned()], false));
        assert_eq!(service.addable(&scene.alice, org, "EV").await.expect("names").names, ["eve"]);
        service.add_named_member(&scene.alice, org, "eve", Role::Owner).await.expect("by name");

        // An owner who may not see all users is offered none, and names none.
        let carla = scene.caller("carla", "password2").await;
        assert_eq!(service.addable(&carla, org, "").await.expect("names").names, [""; 0]);
        let unknown = service.add_named_member(&carla, org, "dora", Role::Member).await;
        assert_eq!(unknown, Err(Error::field("user", "There is no user with this ID.")));
        service.add_named_member(&carla, org, &dora, Role::Member).await.expect("by id");
        let twice = service.add_named_member(&carla, org, &dora, Role::Member).await;
        assert_eq!(twice, Err(Error::field("user", "dora belongs to this organization already.")));
        let missing = service.add_named_member(&scene.alice, org, "nobody", Role::Member).await;
        assert_eq!(missing, Err(Error::field("user", "There is no such user. Check the spelling.")));
    })
    .await;
}

#[tokio::test]
async fn a_user_is_invited_whole_or_not_at_all() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (service, org) = (&scene.server.service, scene.org);
        assert_eq!(last_actions(&home, 3).await, ["user created", "password set", "member added"]);
        scene.caller("carla", "password2").await;
        let invite = |name: &str, password: &str, org| NewUser {
            name: name.into(),
            password: Some(password.to_owned()).filter(|text| !text.is_empty()).map(Into::into),
            member_of: Some((org, Role::Member)),
        };
        let rows = home.rows("SELECT seq FROM audit_log").await.len();
        let nowhere: OrgId = "00000000000000ff".parse().expect("an id");
        let cases = [
            (invite("carla", "password3", org), Error::UserNameTaken { name: "carla".into() }),
            (invite("dora", "short", org), Error::PasswordLength),
            (invite("", "password3", org), Error::UserNameEmpty),
            (invite("dora", "password3", nowhere), Error::OrgNotFound),
        ];
        for (new, expected) in cases {
            assert_eq!(service.create_with_password(&scene.alice, new).await, Err(expected));
        }
        assert_eq!(scene.users(filter("dora")).await.listed.total, 0, "nothing is left behind");
        assert_eq!(home.rows("SELECT seq FROM audit_log").await.len(), rows);
        service.create_with_password(&scene.alice, invite("dora", "", org)).await.expect("without a password");
        assert_eq!(last_actions(&home, 2).await, ["user created", "member added"]);
        assert_eq!(scene.server.sign_in("dora", PASSWORD).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn all_users_are_listed_with_their_organizations() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for name in ["plant-b", "Plant-a", "plant-c"] {
            scene.server.org(&scene.first.token, name).await;
        }
        scene.server.user(&scene.first.token, "dora").await;
        scene.token_of(scene.bruno, "Grafana", "active").await;
        let page = scene.users(ListQuery::default()).await;
        let seen: Vec<_> = page
            .listed
            .rows
            .iter()
            .map(|row| (row.person.user.name.as_str(), row.orgs.join(" "), row.org_count, row.person.live_tokens))
            .collect();
        let expected = [
            ("alice", "acme Plant-a".to_owned(), 4, 1),
            ("Bruno", "acme".to_owned(), 1, 1),
            ("carla", "acme".to_owned(), 1, 0),
            ("dora", String::new(), 0, 0),
        ];
        assert_eq!(seen, expected);
        assert_eq!(scene.users(filter("DOR")).await.listed.total, 1);

        // Names of organizations are only for those who may see them.
        let permissions = json!([permission("read", "users")]);
        let made = scene.server.token(&scene.first.token, &scene.first.org, permissions).await.expect(201);
        let narrow = scene.server.caller(&text(&made["token"])).await;
        let page = scene.server.service.user_page(&narrow, &ListQuery::default()).await.expect("a page");
        assert!(page.listed.rows.iter().all(|row| row.orgs.is_empty() && !row.person.may_change));
        assert_eq!(page.listed.rows[0].org_count, 4);
    })
    .await;
}

#[tokio::test]
async fn what_ends_with_a_user_is_known_before() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let service = &scene.server.service;
        let mut last = String::new();
        for number in 1..=7 {
            last = scene.token_of(scene.bruno, &format!("Token {number}"), "active").await;
        }
        scene.token_of(scene.bruno, "Off", "inactive").await;
        let leaving = service.leaving(&scene.alice, scene.bruno).await.expect("facts");
        assert_eq!((leaving.live_tokens, leaving.tokens.len(), leaving.is_self), (7, 5, false));
        assert_eq!(leaving.tokens[0].description, "Token 1");
        assert!(leaving.tokens[0].prefix.as_ref().is_some_and(|prefix| prefix.starts_with("jtn_")));
        assert!(leaving.only_owner_of.is_empty() && !leaving.only_operator);
        let org = format!("/api/v2/orgs/{}", scene.org);
        assert_eq!(scene.server.get(&org, &last).await.status, 200);

        let alice = service.leaving(&scene.alice, scene.alice.id()).await.expect("facts");
        assert!(alice.is_self && alice.only_operator && alice.only_owner_of.is_empty(), "carla owns acme too");
        for name in ["o1", "o2", "o3", "o4"] {
            scene.server.org(&scene.first.token, name).await;
        }
        let alice = service.leaving(&scene.alice, scene.alice.id()).await.expect("facts");
        assert_eq!((alice.only_owner_of, alice.and_more), (vec!["o1".into(), "o2".into(), "o3".into()], true));

        // Tokens that the caller can't see are only counted.
        let permissions = json!([permission("write", "users"), permission("read", "users")]);
        let made = scene.server.token(&scene.first.token, &scene.first.org, permissions).await.expect(201);
        let narrow = scene.server.caller(&text(&made["token"])).await;
        let leaving = service.leaving(&narrow, scene.bruno).await.expect("facts");
        assert_eq!((leaving.live_tokens, leaving.tokens), (7, vec![]));

        service.delete_user(&scene.alice, scene.bruno).await.expect("a deletion");
        assert_eq!(scene.server.get(&org, &last).await.status, 403);
        assert_eq!(service.leaving(&scene.alice, scene.bruno).await, Err(Error::UserNotFound));
    })
    .await;
}

#[tokio::test]
async fn the_forms_answer_without_script() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let key = form(scene.server.request("POST", "/sign-in"), &[("username", "alice"), ("password", PASSWORD)]);
        let signed_in = crate::server::answer(key).await;
        let cookie = signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let members = format!("/orgs/{}/settings/members", scene.org);
        let send = async |path: String, fields: &[(&str, &str)]| {
            crate::server::answer(form(scene.server.request("POST", &path).header("cookie", &cookie), fields)).await
        };
        let bruno = scene.bruno.to_string();
        let done = send(format!("{members}?perPage=10"), &[("user", &bruno), ("role", "owner")]).await;
        assert_eq!((done.status, done.header("location")), (303, format!("{members}?perPage=10&done=role-changed")));
        assert_eq!(scene.role(scene.bruno).await, Some(Role::Owner));

        let done = send(members.clone(), &[("user", &bruno), ("status", "inactive")]).await;
        assert_eq!(done.header("location"), format!("{members}?done=user-deactivated"));
        let refused =
            send(format!("{members}/invite"), &[("username", "carla"), ("password", ""), ("role", "owner")]).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.body.contains("There is a user of this name already.") && refused.body.contains("value=\"carla\"")
        );
        let refused = send(format!("{members}/add"), &[("user", "nobody"), ("role", "member")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("There is no such user.") && refused.body.contains("value=\"nobody\""));

        let users = format!("/orgs/{}/settings/users", scene.org);
        let refused = send(format!("{users}/{bruno}/edit"), &[("username", "carla")]).await;
        assert_eq!(refused.status, 422);
        let done = send(format!("{users}/{bruno}/edit"), &[("username", "bruno")]).await;
        assert_eq!(done.header("location"), format!("{users}?done=user-updated"));
        let done = send(format!("{users}/{bruno}/password"), &[("password", "password9")]).await;
        assert_eq!(done.header("location"), format!("{users}?done=password-set"));
        let done = send(format!("{users}/{bruno}/delete"), &[]).await;
        assert_eq!(done.header("location"), format!("{users}?done=user-deleted"));

        // Whoever deactivates themselves is signed out by that.
        let update = UserUpdate::from(Status::Active);
        let own = scene.alice.id().to_string();
        let done = send(format!("{users}/{own}/deactivate"), &[("status", "inactive")]).await;
        assert_eq!((done.status, done.header("location")), (303, "/sign-in".to_owned()));
        let refused = scene.server.service.update_user(&scene.alice, scene.alice.id(), update).await;
        assert_eq!(refused, Err(Error::UserInactive));
    })
    .await;
}
