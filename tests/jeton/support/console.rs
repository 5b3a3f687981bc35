//! The console as a browser without JavaScript uses it: pages by GET, forms by POST.

use super::server::{Answer, PASSWORD, Server, answer};

/// A client that is signed in to the console.
pub struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

impl<'a> Browser<'a> {
    pub async fn sign_in(server: &'a Server, name: &str) -> Self {
        let nobody = Self { server, cookie: String::new() };
        let answer = nobody.send("/sign-in", &[("username", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        Self { server, cookie }
    }

    pub async fn open(&self, address: &str) -> Answer {
        answer(self.server.request("GET", address).header("cookie", &self.cookie)).await
    }

    /// Opens a page with another cookie beside the session's.
    pub async fn open_with(&self, address: &str, cookie: &str) -> Answer {
        answer(self.server.request("GET", address).header("cookie", format!("{}; {cookie}", self.cookie))).await
    }

    /// Calls a server function, as a page does.
    pub async fn call(&self, function: &str, arguments: &serde_json::Value) -> Answer {
        let request = self.server.request("POST", &format!("/fn/{function}"));
        answer(request.header("cookie", &self.cookie).json(arguments)).await
    }

    /// Sends a form.
    pub async fn send(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.server.request("POST", address).header("cookie", &self.cookie);
        answer(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }
}
