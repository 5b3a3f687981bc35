//! Values and scenes that many tests share.

use serde_json::Value;

use crate::home::Home;

use super::server::{First, Server, text};

/// Returns an id as the database stores it, so that ids sort as unsigned numbers.
pub fn column(id: &str) -> i64 {
    (u64::from_str_radix(id, 16).expect("an id") ^ (1 << 63)).cast_signed()
}

/// Returns an object with further members, which replace those of the same name.
pub fn with_members(mut object: Value, more: &Value) -> Value {
    let members = object.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    object
}

/// Starts a server with a stopped clock and sets it up.
pub async fn at_rest(home: &Home) -> (Server, First) {
    let server = Server::start_at_rest(home).await;
    let first = server.set_up().await;
    (server, first)
}

/// Sets a server up and creates bob, a user with a password who is a member of nothing; returns bob's id too.
pub async fn with_bob(server: Server) -> (Server, First, String) {
    let first = server.set_up().await;
    let bob = server.user_with_password(&first.token, "bob").await;
    (server, first, bob)
}

/// Returns the id of an organization's system bucket `_monitoring`.
pub async fn system_bucket(server: &Server, first: &First) -> String {
    let list = format!("/api/v2/buckets?orgID={}&name=_monitoring", first.org);
    text(&server.get(&list, &first.token).await.expect(200)["buckets"][0]["id"])
}
