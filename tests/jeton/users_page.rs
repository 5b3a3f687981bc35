//! The Users page of the console: creation, the list, and deletion.

use serde_json::json;

use jeton_model::{OrgId, Status, ValidationError, console::list_query::ListQuery, org::Role};
use jeton_service::{
    Error,
    error::{AuthError, OrgError, UserError},
    orgs::console_members::NewUser,
    users::UserUpdate,
};

use crate::{
    home::on_each_database,
    support::{
        people::{Scene, filter, form, last_actions},
        server::{PASSWORD, answer, permission, text},
    },
};

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
            (invite("carla", "password3", org), Error::User(UserError::NameTaken { name: "carla".into() })),
            (invite("dora", "short", org), Error::Validation(ValidationError::PasswordLength)),
            (invite("", "password3", org), Error::Validation(ValidationError::UserNameEmpty)),
            (invite("dora", "password3", nowhere), Error::Org(OrgError::NotFound)),
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

        // Names of organizations are shown only to callers who may see them.
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
        assert_eq!(service.leaving(&scene.alice, scene.bruno).await, Err(Error::User(UserError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn the_forms_answer_without_script() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let key = form(scene.server.request("POST", "/sign-in"), &[("username", "alice"), ("password", PASSWORD)]);
        let signed_in = answer(key).await;
        let cookie = signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let members = format!("/orgs/{}/settings/members", scene.org);
        let send = async |path: String, fields: &[(&str, &str)]| {
            answer(form(scene.server.request("POST", &path).header("cookie", &cookie), fields)).await
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
            refused.body.contains("A user with this name already exists.") && refused.body.contains("value=\"carla\"")
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

        // A user who leaves an organization is redirected to another; deactivating oneself ends the session.
        let own = scene.alice.id().to_string();
        let done = send(format!("{members}/{own}/remove"), &[]).await;
        assert_eq!(done.header("location"), "/?done=member-removed");
        let update = UserUpdate::from(Status::Active);
        let done = send(format!("{users}/{own}/deactivate"), &[("status", "inactive")]).await;
        assert_eq!((done.status, done.header("location")), (303, "/sign-in".to_owned()));
        let refused = scene.server.service.update_user(&scene.alice, scene.alice.id(), update).await;
        assert_eq!(refused, Err(Error::Auth(AuthError::UserInactive)));
    })
    .await;
}
