//! The callers, whose tokens have the permissions of the recorded ones.

use crate::{gate_proxy::gated::Gated, request::Secret, support::server::client};

/// The name of each caller, with its permissions.
pub const CALLERS: [(&str, &[&str]); 6] = [
    ("none", &["read spare"]),
    ("r1", &["read b1"]),
    ("rwa", &["read a", "write a"]),
    ("w1", &["write b1"]),
    ("rw1", &["read b1", "write b1"]),
    ("r1w2", &["read b1", "write b2"]),
];

/// A caller with its token.
pub struct Caller {
    pub name: &'static str,
    pub secret: Secret,
    permissions: &'static [&'static str],
}

impl Caller {
    /// Creates the token of a caller.
    pub async fn new(gated: &Gated, (name, permissions): (&'static str, &'static [&'static str])) -> Self {
        let token = gated.token(permissions).await.secret;
        let request = client().get("http://localhost/").basic_auth("any", Some(&token)).build().expect("a request");
        let basic = request.headers()["authorization"].to_str().expect("a header of text").to_owned();
        Self { name, secret: Secret { token, basic }, permissions }
    }

    /// Returns the databases that the caller reads.
    pub fn readable(&self) -> Vec<&'static str> {
        self.permitted("read ")
    }

    /// Returns the databases that the caller writes.
    pub fn writable(&self) -> Vec<&'static str> {
        self.permitted("write ")
    }

    /// Returns the databases that the caller reads or writes.
    pub fn own(&self) -> Vec<&'static str> {
        self.permitted("").into_iter().filter_map(|permission| Some(permission.split_once(' ')?.1)).collect()
    }

    fn permitted(&self, action: &str) -> Vec<&'static str> {
        self.permissions.iter().filter_map(|permission| permission.strip_prefix(action)).collect()
    }
}
