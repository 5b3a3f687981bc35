//! The HTTP client of the API.

use std::{sync::Once, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{
    Method, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE},
    redirect::Policy,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::{
    error::{Failure, Outcome},
    expiry_notice::warn_of_expiry,
    output::{Format, note},
    profiles::{DEFAULT_HOST, Profile},
    response::{checked, innermost, unreachable},
    server_flags::ServerFlags,
    url::host_url,
};

/// Timeouts of connecting, and of the whole response.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// A server, and the credential for it.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    headers: HeaderMap,
    /// The user name and password that started the session, if there is no token.
    signed_in: Option<(String, SecretString)>,
    debug: bool,
    /// True if a warning is printed when the token in use expires soon.
    warns_of_expiry: bool,
}

/// A builder of requests.
pub struct Request<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    query: Vec<(&'a str, String)>,
    body: Option<(&'static str, String)>,
    /// True if the password that started the session is sent along.
    with_password: bool,
    /// Timeout of the whole response, if it is another than usual.
    within: Option<Duration>,
}

/// Selects ring for TLS, as for the database. Must run before any [`reqwest::Client`] is built.
pub fn use_ring() {
    static ONCE: Once = Once::new();
    // It fails only if a provider is already installed.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

impl Client {
    /// Returns a client for the server of the flags or the profile. `token` comes from a flag or variable; without it
    /// the profile's token is used, and without that its user name and password start a session.
    pub async fn connect(flags: &ServerFlags, profile: &Profile, token: Option<SecretString>) -> Outcome<Self> {
        let mut client = Self::anonymous(flags, profile)?;
        let token = token.or_else(|| (!profile.token.is_empty()).then(|| profile.token.clone().into()));
        if let Some(token) = token {
            client.authorize(AUTHORIZATION, &format!("Token {}", token.expose_secret()))?;
        } else if !profile.cookie.is_empty() {
            client.sign_in(&profile.cookie).await?;
        }
        Ok(client)
    }

    /// Returns a client without any credential.
    pub fn anonymous(flags: &ServerFlags, profile: &Profile) -> Outcome<Self> {
        let host = flags.host.as_deref().filter(|host| !host.is_empty());
        let base = host_url(host.unwrap_or(if profile.url.is_empty() { DEFAULT_HOST } else { &profile.url }))?;
        let mut headers = HeaderMap::new();
        // A telegraf configuration is TOML without it.
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(id) = &flags.trace_debug_id {
            add(&mut headers, "influx-debug-id", id)?;
        }
        for header in &flags.extra_http_header {
            let (name, value) = header
                .expose_secret()
                .split_once(':')
                .ok_or_else(|| Failure::new("--extra-http-header must have the form key:value"))?;
            add(&mut headers, name.trim(), value.trim())?;
        }
        use_ring();
        let agent = format!("jeton/{} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS);
        let builder = reqwest::Client::builder().user_agent(agent).redirect(Policy::none());
        let builder = builder.connect_timeout(CONNECT_WITHIN).timeout(ANSWER_WITHIN);
        let built = builder.danger_accept_invalid_certs(flags.skip_verify).build();
        let http = built.map_err(|error| Failure::new(format!("TLS can't be used: {}", innermost(&error))))?;
        Ok(Self { http, base, headers, signed_in: None, debug: flags.http_debug, warns_of_expiry: false })
    }

    /// Returns scheme, host and port, as printed for other programs.
    pub fn host(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Returns whether it has a credential.
    pub fn has_credential(&self) -> bool {
        self.headers.contains_key(AUTHORIZATION) || self.headers.contains_key(COOKIE)
    }

    /// Returns whether its credential is a session.
    pub const fn has_session(&self) -> bool {
        self.signed_in.is_some()
    }

    /// Sets whether a warning is printed when the token in use expires soon: not where programs read the output.
    pub fn warning_of_expiry(mut self, format: Format) -> Self {
        self.warns_of_expiry = matches!(format, Format::Table | Format::Env);
        self
    }

    /// Replaces the credential by this token.
    pub fn with_token(mut self, token: &SecretString) -> Outcome<Self> {
        self.authorize(AUTHORIZATION, &format!("Token {}", token.expose_secret()))?;
        Ok(self)
    }

    fn authorize(&mut self, name: HeaderName, value: &str) -> Outcome {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| Failure::new("the token contains invalid characters; check that it was copied whole"))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }

    /// Starts a session with `user[:password]` in base64, the format of profiles.
    async fn sign_in(&mut self, encoded: &str) -> Outcome {
        let bad = || Failure::new("the config's user name can't be read; set it again with jeton config set");
        let known = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad)?;
        let (name, password) = match known.split_once(':') {
            Some((name, password)) => (name.to_owned(), SecretString::from(password)),
            None if crate::secret::can_ask() => {
                let prompt = format!("Please type the password of \"{known}\"");
                (known.clone(), crate::secret::ask(&prompt, false)?)
            }
            None => {
                return Err(Failure::new(format!(
                    "there is no terminal to ask for the password of \"{known}\"; use a terminal or a token"
                )));
            }
        };
        let url = self.url("/api/v2/signin", &[])?;
        let request = self.http.post(url.clone()).headers(self.headers.clone());
        let sent = request.basic_auth(&name, Some(password.expose_secret())).send().await;
        let response = checked(sent.map_err(|error| unreachable(&Method::POST, &url, &error))?).await;
        let response = response.map_err(|failure| failure.while_doing("sign-in failed"))?;
        let cookie = response.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        self.authorize(COOKIE, &cookie.ok_or_else(|| Failure::new("the server sent no session cookie"))?)?;
        self.signed_in = Some((name, password));
        Ok(())
    }

    /// Returns a GET request.
    pub fn get(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::GET, path)
    }

    /// Returns a POST request.
    pub fn post(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::POST, path)
    }

    /// Returns a PATCH request.
    pub fn patch(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::PATCH, path)
    }

    /// Returns a PUT request.
    pub fn put(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::PUT, path)
    }

    /// Returns a DELETE request.
    pub fn delete(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::DELETE, path)
    }

    fn request(&self, method: Method, path: impl Into<String>) -> Request<'_> {
        Request {
            client: self,
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            with_password: false,
            within: None,
        }
    }

    fn url(&self, path: &str, query: &[(&str, String)]) -> Outcome<Url> {
        let mut url = self.base.clone();
        // A server behind a proxy may be mounted below a path.
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

impl<'a> Request<'a> {
    /// Adds a parameter to the query; an empty one is left out.
    pub fn query(mut self, name: &'a str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.query.push((name, value));
        }
        self
    }

    /// Sends along the password that started the session: some changes require it.
    pub const fn with_own_password(mut self) -> Self {
        self.with_password = true;
        self
    }

    /// Sets another timeout of the whole response, for one that is long.
    pub const fn within(mut self, duration: Duration) -> Self {
        self.within = Some(duration);
        self
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Some(("application/json", body.to_string()));
        self
    }

    /// Sets a form's body.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body = Some(("application/x-www-form-urlencoded", body));
        self
    }

    /// Sends the request and parses the response.
    pub async fn read<T: DeserializeOwned>(self) -> Outcome<T> {
        let (method, path) = (self.method.clone(), self.path.clone());
        let response = self.sent().await?;
        let bytes = response
            .bytes()
            .await
            .map_err(|error| Failure::new(format!("the response was cut off: {}", innermost(&error))))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Failure::new(format!("{method} {path}: the response does not conform to InfluxDB's API: {error}"))
        })
    }

    /// Sends the request and returns the type and the body of the response, of at most `limit` bytes.
    pub async fn bytes(self, limit: usize) -> Outcome<(String, Vec<u8>)> {
        let (method, path) = (self.method.clone(), self.path.clone());
        let mut response = self.sent().await?;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let cut_off = |error| Failure::new(format!("the response was cut off: {}", innermost(&error)));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(cut_off)? {
            if body.len() + chunk.len() > limit {
                return Err(Failure::new(format!("{method} {path}: the response has more than {limit} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((kind, body))
    }

    /// Sends the request and ignores the response's body.
    pub async fn done(self) -> Outcome {
        self.sent().await.map(drop)
    }

    async fn sent(self) -> Outcome<Response> {
        let Self { client, method, path, query, body, with_password, within } = self;
        let url = client.url(&path, &query)?;
        let mut request = client.http.request(method.clone(), url.clone()).headers(client.headers.clone());
        if let Some((name, password)) = client.signed_in.as_ref().filter(|_| with_password) {
            request = request.basic_auth(name, Some(password.expose_secret()));
        }
        if let Some((kind, body)) = body {
            request = request.header(CONTENT_TYPE, kind).body(body);
        }
        if let Some(duration) = within {
            request = request.timeout(duration);
        }
        let sent = request.send().await;
        if client.debug {
            let status = sent.as_ref().map_or_else(|_| "no response".to_owned(), |answer| answer.status().to_string());
            note(&format!("{method} {}{path}: {status}", client.host()));
        }
        let response = sent.map_err(|error| unreachable(&method, &url, &error))?;
        if client.warns_of_expiry {
            warn_of_expiry(response.headers());
        }
        checked(response).await
    }
}

fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Outcome {
    let refuse = || Failure::new(format!("the header \"{name}\" has an invalid name or value"));
    let name: HeaderName = name.parse().map_err(|_| refuse())?;
    let mut value = HeaderValue::from_str(value).map_err(|_| refuse())?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
