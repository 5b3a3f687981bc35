//! The API over HTTP: one request, one answer, and refusals in `influx`'s words (contract §7.1).

use std::{error::Error as _, sync::Once, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{
    Method, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{
    failure::{Failure, Outcome},
    flags::ServerFlags,
    output::warn,
    profiles::{DEFAULT_HOST, Profile},
};

/// How long a connection, and then an answer, may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// A server, and the credential for it.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    headers: HeaderMap,
    debug: bool,
}

/// A request that is being put together.
pub struct Request<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    query: Vec<(&'a str, String)>,
    body: Option<(&'static str, String)>,
}

/// Chooses ring for TLS, as for the database. Must come before any [`reqwest::Client`] is built.
pub fn use_ring() {
    static ONCE: Once = Once::new();
    // It fails only where one was chosen already.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

impl Client {
    /// A client for the server of the flags or the profile. `token`: of a flag or variable; without it the profile's
    /// token counts, and without that its user name and password, which sign in.
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

    /// A client without any credential.
    pub fn anonymous(flags: &ServerFlags, profile: &Profile) -> Outcome<Self> {
        let host = flags.host.as_deref().filter(|host| !host.is_empty());
        let base = host_url(host.unwrap_or(if profile.url.is_empty() { DEFAULT_HOST } else { &profile.url }))?;
        let mut headers = HeaderMap::new();
        if let Some(id) = &flags.trace_debug_id {
            add(&mut headers, "influx-debug-id", id)?;
        }
        for header in &flags.extra_http_header {
            let (name, value) = header
                .expose_secret()
                .split_once(':')
                .ok_or_else(|| Failure::new("--extra-http-header wants key:value"))?;
            add(&mut headers, name.trim(), value.trim())?;
        }
        use_ring();
        let agent = format!("jeton/{} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS);
        let builder = reqwest::Client::builder().user_agent(agent).redirect(Policy::none());
        let builder = builder.connect_timeout(CONNECT_WITHIN).timeout(ANSWER_WITHIN);
        let built = builder.danger_accept_invalid_certs(flags.skip_verify).build();
        let http = built.map_err(|error| Failure::new(format!("TLS can't be used: {}", innermost(&error))))?;
        Ok(Self { http, base, headers, debug: flags.http_debug })
    }

    /// Scheme, host and port, as other programs are told it.
    pub fn host(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Whether it speaks for someone.
    pub fn has_credential(&self) -> bool {
        self.headers.contains_key(AUTHORIZATION) || self.headers.contains_key(COOKIE)
    }

    /// Speaks with this token from now on.
    pub fn with_token(mut self, token: &SecretString) -> Outcome<Self> {
        self.authorize(AUTHORIZATION, &format!("Token {}", token.expose_secret()))?;
        Ok(self)
    }

    fn authorize(&mut self, name: HeaderName, value: &str) -> Outcome {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| Failure::new("the token holds characters that no token has; was it copied whole?"))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }

    /// Signs in with `user[:password]` in base64, as the profile keeps it.
    async fn sign_in(&mut self, kept: &str) -> Outcome {
        let bad = || Failure::new("the config's user name can't be read; set it again with jeton config set");
        let known = STANDARD.decode(kept).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad)?;
        let (name, password) = match known.split_once(':') {
            Some((name, password)) => (name.to_owned(), SecretString::from(password)),
            None if super::secret::can_ask() => {
                let prompt = format!("Please type the password of \"{known}\"");
                (known.clone(), super::secret::ask(&prompt, false)?)
            }
            None => return Err(Failure::new(format!("there is no terminal to ask for the password of \"{known}\""))),
        };
        let url = self.url("/api/v2/signin", &[])?;
        let request = self.http.post(url.clone()).headers(self.headers.clone());
        let sent = request.basic_auth(name, Some(password.expose_secret())).send().await;
        let response = checked(sent.map_err(|error| unreachable(&Method::POST, &url, &error))?).await;
        let response = response.map_err(|failure| failure.while_doing("sign-in failed"))?;
        let cookie = response.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        self.authorize(COOKIE, &cookie.ok_or_else(|| Failure::new("sign-in gave no session"))?)
    }

    /// Reads something.
    pub fn get(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::GET, path)
    }

    /// Creates something or asks for it to be done.
    pub fn post(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::POST, path)
    }

    /// Changes something.
    pub fn patch(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::PATCH, path)
    }

    /// Deletes something.
    pub fn delete(&self, path: impl Into<String>) -> Request<'_> {
        self.request(Method::DELETE, path)
    }

    fn request(&self, method: Method, path: impl Into<String>) -> Request<'_> {
        Request { client: self, method, path: path.into(), query: Vec::new(), body: None }
    }

    fn url(&self, path: &str, query: &[(&str, String)]) -> Outcome<Url> {
        let mut url = self.base.clone();
        // A server behind a proxy may live below a path.
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

impl<'a> Request<'a> {
    /// A parameter of the address; an empty one is left out.
    pub fn query(mut self, name: &'a str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.query.push((name, value));
        }
        self
    }

    /// A body of JSON.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Some(("application/json", body.to_string()));
        self
    }

    /// A body as HTML forms send it.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body = Some(("application/x-www-form-urlencoded", body));
        self
    }

    /// Sends it and reads the answer.
    pub async fn read<T: DeserializeOwned>(self) -> Outcome<T> {
        let (method, path) = (self.method.clone(), self.path.clone());
        let response = self.sent().await?;
        let bytes = response
            .bytes()
            .await
            .map_err(|error| Failure::new(format!("the answer broke off: {}", innermost(&error))))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Failure::new(format!("{method} {path}: the answer is not what InfluxDB's API says: {error}"))
        })
    }

    /// Sends it; nothing is expected back.
    pub async fn done(self) -> Outcome {
        self.sent().await.map(drop)
    }

    async fn sent(self) -> Outcome<Response> {
        let Self { client, method, path, query, body } = self;
        let url = client.url(&path, &query)?;
        let mut request = client.http.request(method.clone(), url.clone()).headers(client.headers.clone());
        if let Some((kind, body)) = body {
            request = request.header(CONTENT_TYPE, kind).body(body);
        }
        let sent = request.send().await;
        if client.debug {
            let status = sent.as_ref().map_or_else(|_| "no answer".to_owned(), |answer| answer.status().to_string());
            warn(&format!("{method} {}{path}: {status}", client.host()));
        }
        checked(sent.map_err(|error| unreachable(&method, &url, &error))?).await
    }
}

/// A part of a path, whatever it holds.
pub fn segment(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let escape = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    // The API knows no empty segment, and a dot would leave the path.
    if matches!(text, "" | "." | "..") { "%20".into() } else { text.bytes().map(escape).collect() }
}

/// A base address: scheme and host, perhaps a path.
pub fn host_url(text: &str) -> Outcome<Url> {
    let refuse = |why: &str| Failure::new(format!("host URL \"{text}\" is invalid: {why}"));
    let parsed: Option<Url> = text.parse().ok();
    match parsed {
        Some(url) if !matches!(url.scheme(), "http" | "https") => {
            Err(refuse("a scheme of http or https must be provided for host url"))
        }
        // It would end up in errors and process lists.
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(Failure::new("host URL is invalid: leave user name and password out of it"))
        }
        Some(url) if url.query().is_none() && url.fragment().is_none() => Ok(url),
        Some(_) => Err(refuse("it must end after the host, or a path")),
        None => Err(refuse("a scheme of http or https must be provided for host url")),
    }
}

fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Outcome {
    let refuse = || Failure::new(format!("\"{name}\" can't be sent as a header"));
    let name: HeaderName = name.parse().map_err(|_| refuse())?;
    let mut value = HeaderValue::from_str(value).map_err(|_| refuse())?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

/// Passes a success on; words a refusal as `influx` does: `<status line>: <message>`.
async fn checked(response: Response) -> Outcome<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let line = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Unknown"));
    let header = |name: HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    if status.is_redirection() {
        let failure = Failure::refused(status.as_u16(), format!("{line}: the server is elsewhere"));
        return Err(failure.hint(format!("give its own address with --host; it says {}", header(LOCATION))));
    }
    let kind = header(CONTENT_TYPE);
    let body: Option<Value> = response.bytes().await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let said = body.as_ref().and_then(|body| body.get("message").or_else(|| body.get("error")).and_then(Value::as_str));
    let message = match said {
        Some(message) => format!("{line}: {message}"),
        None => format!("{line}: unable to decode response content type \"{kind}\""),
    };
    Err(advised(Failure::refused(status.as_u16(), message), status, said.unwrap_or_default()))
}

/// What to do about a refusal that says nothing about itself.
fn advised(failure: Failure, status: StatusCode, said: &str) -> Failure {
    match (status, said) {
        (StatusCode::UNAUTHORIZED, "unauthorized access") => failure.hint(
            "this token is missing, unknown, expired or used from elsewhere; give one with --token -, JETON_TOKEN or jeton config create",
        ),
        (StatusCode::UNAUTHORIZED, "token is inactive") => {
            failure.hint("someone switched this token off; with another one: jeton auth active --id ID")
        }
        (StatusCode::UNAUTHORIZED, said) if said.ends_with("is unauthorized") => {
            failure.hint("this token does not hold that permission; use one that does")
        }
        (StatusCode::FORBIDDEN, said) if said.contains("is not allowed") => {
            failure.hint("nobody grants what they don't hold; use a token that holds this permission")
        }
        _ => failure,
    }
}

/// `Get "http://…": …`, without the parameters: people paste secrets into these.
fn unreachable(method: &Method, url: &Url, error: &reqwest::Error) -> Failure {
    let mut shown = url.clone();
    shown.set_query(None);
    let name = method.as_str();
    let method = format!("{}{}", &name[..1], name[1..].to_lowercase());
    let reason = if error.is_timeout() { "no answer in time".to_owned() } else { innermost(error) };
    let failure = Failure::new(format!("{method} \"{shown}\": {reason}"));
    if error.is_connect() { failure.hint("does the server run there? --host says where it is") } else { failure }
}

/// The reason at the bottom of an error, which says most.
fn innermost(error: &reqwest::Error) -> String {
    let mut last = error.source();
    while let Some(next) = last.and_then(std::error::Error::source) {
        last = Some(next);
    }
    last.map_or_else(|| "it failed".into(), ToString::to_string)
}
