//! 1.x credentials: user names and passwords, and their verification.

use serde_json::json;

use jeton_service::{Caller, Client, Error, auth::v1_credentials::V1Credential, error::AuthError};

use crate::{
    home::{Home, on_each_database},
    support::server::{First, Server, permission_in, permission_on, text},
};

const PASSWORD: &str = "grafana-password";

/// A server with the credential `grafana`, which reads one bucket.
struct Scene {
    server: Server,
    first: First,
    path: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let permissions = json!([permission_on("read", "buckets", &first.bucket, &first.org)]);
        let body = json!({"orgID": first.org, "token": "grafana", "permissions": permissions});
        let created = server.post("/private/legacy/authorizations", &first.token, body).await.expect(201);
        let path = format!("/private/legacy/authorizations/{}", text(&created["id"]));
        Self { server, first, path }
    }

    async fn with_password(home: &Home) -> Self {
        let scene = Self::new(home).await;
        scene.set_password(PASSWORD).await;
        scene
    }

    async fn set_password(&self, password: &str) {
        let path = format!("{}/password", self.path);
        self.server.post(&path, &self.first.token, json!({"password": password})).await.expect(204);
    }

    async fn basic(&self, username: &str, password: &str) -> Result<Caller, Error> {
        let credential = V1Credential::Password { username: username.into(), password: password.into() };
        self.server.service.caller_by_v1_credential(Some(credential), Client::default()).await
    }

    async fn header(&self, header: &str) -> Result<Caller, Error> {
        let credential = V1Credential::of(None, Some(header));
        self.server.service.caller_by_v1_credential(credential, Client::default()).await
    }

    async fn is_refused(&self) -> bool {
        self.basic("grafana", PASSWORD).await.is_err_and(|error| error == Error::Auth(AuthError::V1Unauthorized))
    }
}

#[tokio::test]
async fn a_user_name_and_its_password_open_what_was_granted() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        let caller = scene.basic("grafana", PASSWORD).await.expect("the caller");
        let granted: Vec<String> = caller.permissions().iter().map(ToString::to_string).collect();
        assert_eq!(granted, [format!("read:orgs/{}/buckets/{}", scene.first.org, scene.first.bucket)]);
        assert_eq!(caller.user.name, crate::support::server::NAME);
        let query = format!("db=iot&u=grafana&p={PASSWORD}");
        let in_query = V1Credential::of(Some(&query), None);
        assert!(scene.server.service.caller_by_v1_credential(in_query, Client::default()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_none_are_refused_in_one_way() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        assert!(scene.is_refused().await, "no password is set yet");
        scene.set_password("another password").await;
        assert!(scene.is_refused().await);
        let nothing = scene.server.service.caller_by_v1_credential(None, Client::default()).await;
        assert_eq!(nothing.unwrap_err(), Error::Auth(AuthError::Unauthenticated));
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_is_refused_from_then_on_although_it_was_right_before() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        assert!(scene.basic("grafana", PASSWORD).await.is_ok());
        scene.set_password("another password").await;
        assert!(scene.is_refused().await);
        assert!(scene.basic("grafana", "another password").await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_unknown_user_name_with_a_token_as_password_is_the_token() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        let token = scene.first.token.clone();
        assert_eq!(scene.basic("anyone", &token).await.map(|caller| caller.permissions().len()), Ok(44));
        assert!(scene.basic("grafana", &token).await.is_err(), "a known user name has its own password");
        assert!(scene.header(&format!("Token {token}")).await.is_ok());
        assert!(scene.header(&format!("Token anyone:{token}")).await.is_ok());
        assert_eq!(
            scene.header(&format!("Bearer {token}")).await.unwrap_err(),
            Error::Auth(AuthError::Unauthenticated)
        );
        assert_eq!(scene.header("Token nonsense").await.unwrap_err(), Error::Auth(AuthError::V1Unauthorized));
    })
    .await;
}

#[tokio::test]
async fn what_is_switched_off_or_gone_opens_nothing_to_a_1_x_client() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        assert!(!scene.is_refused().await);
        server.patch(&scene.path, &first.token, json!({"status": "inactive"})).await.expect(200);
        assert!(scene.is_refused().await);
        server.patch(&scene.path, &first.token, json!({"status": "active"})).await.expect(200);
        assert!(!scene.is_refused().await);
        server.delete(&scene.path, &first.token).await.expect(204);
        assert!(scene.is_refused().await);

        let permissions = json!([permission_in("read", "buckets", &first.org)]);
        let created = server.token(&first.token, &first.org, permissions).await.expect(201);
        let header = format!("Token {}", text(&created["token"]));
        assert!(scene.header(&header).await.is_ok());
        let path = format!("/api/v2/authorizations/{}", text(&created["id"]));
        server.patch(&path, &first.token, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(scene.header(&header).await.unwrap_err(), Error::Auth(AuthError::V1Unauthorized));
    })
    .await;
}

#[tokio::test]
async fn credentials_end_with_their_user() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let bob = server.user(&first.token, "bob").await;
        let permissions = json!([permission_in("read", "buckets", &first.org)]);
        let body = json!({"orgID": first.org, "userID": bob, "token": "bobs", "permissions": permissions});
        let created = server.post("/private/legacy/authorizations", &first.token, body).await.expect(201);
        let path = format!("/private/legacy/authorizations/{}", text(&created["id"]));
        let password = json!({"password": PASSWORD});
        server.post(&format!("{path}/password"), &first.token, password).await.expect(204);
        assert!(scene.basic("bobs", PASSWORD).await.is_ok());
        server.delete(&format!("/api/v2/users/{bob}"), &first.token).await.expect(204);
        assert_eq!(scene.basic("bobs", PASSWORD).await.unwrap_err(), Error::Auth(AuthError::V1Unauthorized));
        server.post("/api/v2/users", &first.token, json!({"name": "bob", "id": bob})).await.expect(201);
        assert_eq!(
            scene.basic("bobs", PASSWORD).await.unwrap_err(),
            Error::Auth(AuthError::V1Unauthorized),
            "nothing revives it"
        );
    })
    .await;
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        for guess in 0..5 {
            let refused = scene.basic("grafana", &format!("guess {guess}")).await.unwrap_err();
            assert_eq!(refused, Error::Auth(AuthError::V1Unauthorized));
        }
        let throttled = scene.basic("grafana", "another guess").await;
        assert!(matches!(throttled, Err(Error::Auth(AuthError::TooManyAttempts { .. }))));
    })
    .await;
}

#[tokio::test]
async fn a_client_that_goes_on_with_a_wrong_password_is_refused_in_one_way_and_costs_one_verification() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        let before = scene.server.service.password_verifications();
        for _ in 0..20 {
            let refused = scene.basic("grafana", "the password of last year").await.unwrap_err();
            assert_eq!(refused, Error::Auth(AuthError::V1Unauthorized));
        }
        assert_eq!(scene.server.service.password_verifications() - before, 1);
        scene.set_password("the password of last year").await;
        assert!(scene.basic("grafana", "the password of last year").await.is_ok(), "until it is the right one");
    })
    .await;
}

#[tokio::test]
async fn many_requests_at_once_with_a_right_password_are_one_verification() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        let before = scene.server.service.password_verifications();
        let callers = futures_util::future::join_all((0..20).map(|_| scene.basic("grafana", PASSWORD))).await;
        assert!(callers.iter().all(Result::is_ok), "{callers:?}");
        assert_eq!(scene.server.service.password_verifications() - before, 1);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_while_its_right_password_is_verified_has_not_guessed() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let verifications = || scene.server.service.password_verifications();
        for number in 0..6 {
            // Another one each time: nothing is remembered.
            let password = format!("{PASSWORD}-{number}");
            scene.set_password(&password).await;
            let before = verifications();
            let begins = async {
                while verifications() == before {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                () = begins => {}
                _ = scene.basic("grafana", &password) => {}
            }
        }
        let before = verifications();
        assert!(scene.basic("grafana", &format!("{PASSWORD}-5")).await.is_ok(), "it is no guess");
        assert_eq!(verifications(), before, "the one that it left ended, and is remembered");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_while_it_waits_has_not_guessed() {
    on_each_database(async |home| {
        let scene = Scene::with_password(&home).await;
        for number in 0..10 {
            let guess =
                V1Credential::Password { username: "grafana".into(), password: format!("guess {number}").into() };
            let address = format!("192.0.2.{number}").parse().ok();
            let other = Client { address, ..Client::default() };
            // It has the only place, so that the other one waits until it leaves.
            tokio::select! {
                biased;
                guessed = scene.server.service.caller_by_v1_credential(Some(guess), other) => assert!(guessed.is_err()),
                _ = scene.basic("grafana", PASSWORD) => {}
            }
        }
        assert!(scene.basic("grafana", PASSWORD).await.is_ok(), "it has made no attempt that failed");
    })
    .await;
}

#[tokio::test]
async fn nobody_grants_a_1_x_client_what_they_do_not_hold() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let held = json!([
            permission_in("write", "authorizations", &first.org),
            permission_on("write", "users", &first.user, &first.org),
            permission_on("read", "buckets", &first.bucket, &first.org),
        ]);
        let creator = text(&server.token(&first.token, &first.org, held).await.expect(201)["token"]);
        let ask = async |action: &str| {
            let permissions = json!([permission_on(action, "buckets", &first.bucket, &first.org)]);
            let body = json!({"orgID": first.org, "token": action, "permissions": permissions});
            server.post("/private/legacy/authorizations", &creator, body).await
        };
        assert_eq!(ask("read").await.status, 201);
        assert!(ask("write").await.refused(403).contains("is not allowed"));
    })
    .await;
}

#[tokio::test]
async fn names_of_credentials_have_a_limit_that_is_named() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let permissions = json!([permission_in("read", "buckets", &first.org)]);
        for (name, why) in [("é".repeat(200), "longer than 255 bytes"), ("a\0".into(), "a NUL character")] {
            let body = json!({"orgID": first.org, "token": name, "permissions": permissions});
            let message = server.post("/private/legacy/authorizations", &first.token, body).await.refused(400);
            assert!(message.ends_with(why), "{message}");
        }
    })
    .await;
}
