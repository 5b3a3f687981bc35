//! A token that expires soon is announced to its holder, and to nobody else.

use serde_json::{Value, json};

use crate::{
    home::Home,
    support::{
        command::{Shell, words},
        server::{First, Server, permission_in, text},
        terminal::Terminal,
    },
};

const DAY: i64 = 86_400;
const HEADER: &str = "jeton-token-expires";

async fn start(home: &Home) -> (Server, First) {
    let server = Server::start_at_rest(home).await;
    let first = server.set_up().await;
    (server, first)
}

/// Creates a token that reads buckets and lives for so many seconds.
async fn made(server: &Server, first: &First, life: Option<i64>) -> Value {
    let end = life.map(|life| server.clock.now().plus_seconds(life).to_string());
    let body =
        json!({"orgID": first.org, "permissions": [permission_in("read", "buckets", &first.org)], "expiresAt": end});
    server.post("/api/v2/authorizations", &first.token, body).await.expect(201)
}

#[tokio::test]
async fn answers_announce_that_the_presented_token_expires_within_thirty_days() {
    let home = Home::sqlite();
    let (server, first) = start(&home).await;
    let announced = async |token: &str, path: &str| {
        let answer = server.get(path, token).await;
        (answer.status, answer.headers.get(HEADER).map(|value| value.to_str().expect("text").to_owned()))
    };
    let soon = made(&server, &first, Some(30 * DAY)).await;
    let (token, end) = (text(&soon["token"]), Some(text(&soon["expiresAt"])));
    assert_eq!(announced(&token, "/api/v2/buckets").await, (200, end.clone()));
    assert_eq!(announced(&token, "/api/v2/me").await, (401, end.clone()), "also where a permission is missing");
    assert_eq!(announced(&token, "/api/v2/nowhere").await, (404, end));
    let late = text(&made(&server, &first, Some(30 * DAY + 1)).await["token"]);
    let never = text(&made(&server, &first, None).await["token"]);
    for quiet in [&late, &never, &first.token] {
        assert_eq!(announced(quiet, "/api/v2/buckets").await, (200, None));
    }
    server.clock.advance(1);
    assert!(announced(&late, "/api/v2/buckets").await.1.is_some());
    server.clock.advance(30 * DAY);
    assert_eq!(announced(&token, "/api/v2/buckets").await, (401, None), "an expired token is like an unknown one");
}

#[tokio::test]
async fn commands_warn_on_a_terminal_and_not_where_programs_read() {
    let home = Home::sqlite();
    let (server, first) = start(&home).await;
    let soon = made(&server, &first, Some(DAY)).await;
    let shell = Shell::new(&server).with("INFLUX_TOKEN", &text(&soon["token"]));
    let warning =
        format!("warning: the token in use expires at {}; replace it with jeton auth rotate", text(&soon["expiresAt"]));
    let at_terminal = async |line: &str| Terminal::run(shell.command(line), |_| ()).await;
    let said = at_terminal("auth list").await;
    assert_eq!((said.code, said.stdout.matches(&warning).count()), (Some(0), 1), "{said:?}");
    let said = at_terminal("auth list --json").await;
    assert!(said.code == Some(0) && !said.stdout.contains("warning: "), "{said:?}");
    let said = shell.run_with(&words("auth list"), "").await;
    assert!(said.code == Some(0) && said.stderr.is_empty(), "{said:?}");
}
