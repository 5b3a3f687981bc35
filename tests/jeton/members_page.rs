//! The members of an organization in the console: the list, who may change it, and the last owner.

use serde_json::json;

use jeton_model::{Status, UserId, console::list_query::ListQuery, org::Role};
use jeton_service::{
    Error,
    error::{AuthError, OrgError, UserError},
    orgs::console_members::NewUser,
};

use crate::{
    home::on_each_database,
    support::{
        people::{Scene, filter, last_actions, names},
        server::{permission_in, text},
    },
};

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

        // A member sees how many tokens others have, but can neither list nor change them.
        let page = scene.members(&bruno, ListQuery::default()).await.expect("a page");
        let seen: Vec<_> =
            page.listed.rows.iter().map(|row| (row.person.tokens_listed, row.person.may_change)).collect();
        assert_eq!(seen, [(false, false), (true, true), (false, false)]);
        assert_eq!(page.listed.rows[1].person.live_tokens, 2);

        // No token of an inactive user is live.
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
        assert!(matches!(
            scene.members(&narrow, ListQuery::default()).await,
            Err(Error::Auth(AuthError::Unauthorized(_)))
        ));
        let bruno = scene.caller("Bruno", "password2").await;
        let users = scene.server.service.user_page(&bruno, &ListQuery::default()).await;
        assert!(matches!(users, Err(Error::Auth(AuthError::Unauthorized(_)))), "a member does not see all users");
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
        assert_eq!(scene.server.check_audit_log().await, (before as i64, true));
        // New permissions apply at once.
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
            assert_eq!(
                service.change_role(&scene.alice, org, user, Role::Member).await,
                Err(Error::Org(OrgError::LastOwner))
            );
            assert_eq!(service.dismiss_member(&scene.alice, org, user).await, Err(Error::Org(OrgError::LastOwner)));
        }
        assert_eq!(scene.role(scene.carla).await, Some(Role::Owner));
        assert!(service.member(&scene.alice, org, scene.carla).await.expect("a member").only_owner);
        service.dismiss_member(&scene.alice, org, scene.bruno).await.expect("a member may go");
        assert_eq!(scene.role(scene.bruno).await, None);
        assert_eq!(last_actions(&home, 1).await, ["member removed"]);
        // The API behaves like influxd: it removes even the last owner.
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
        let refused = |result: Result<(), Error>| {
            assert!(matches!(result, Err(Error::Auth(AuthError::Unauthorized(_)))), "{result:?}");
        };
        refused(service.change_role(&bruno, org, scene.bruno, Role::Owner).await);
        refused(service.change_role(&bruno, org, scene.carla, Role::Member).await);
        refused(service.dismiss_member(&bruno, org, scene.carla).await);
        refused(service.add_named_member(&bruno, org, "alice", Role::Member).await.map(drop));
        refused(service.addable(&bruno, org, "").await.map(drop));
        refused(service.member(&bruno, org, scene.carla).await.map(drop));
        refused(service.leaving(&bruno, scene.carla).await.map(drop));
        let new = NewUser { name: "dora".into(), member_of: Some((org, Role::Member)), ..NewUser::default() };
        refused(service.create_with_password(&bruno, new.clone()).await.map(drop));
        // An owner of the organization manages it, but may not create users.
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
        assert_eq!(
            service.change_role(&scene.alice, org, dora, Role::Owner).await,
            Err(Error::Org(OrgError::NotMember))
        );
        assert_eq!(service.dismiss_member(&scene.alice, org, dora).await, Err(Error::Org(OrgError::NotMember)));
        let nobody: UserId = "00000000000000ff".parse().expect("an id");
        assert_eq!(
            service.change_role(&scene.alice, org, nobody, Role::Owner).await,
            Err(Error::User(UserError::NotFound))
        );
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

        // An owner who may not list all users is offered none.
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
