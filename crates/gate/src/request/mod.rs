//! Requests in canonical form: what decides is parsed once, and a request that two programs could read differently has
//! no canonical form.

mod content;
mod credential;
pub(crate) mod escape;
mod headers;
mod malformed;
mod parameters;
mod path;

pub use content::{Content, Media};
pub use credential::{Credential, Credentials};
pub use malformed::Malformed;
pub use parameters::Parameters;
pub use path::Path;

use headers::Headers;

/// The head of a request as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method, in the letters of the client.
    pub method: &'a str,
    /// The request target: path and query string.
    pub target: &'a str,
    /// Names and values of the headers, in any case and order.
    pub headers: &'a [(&'a str, &'a [u8])],
}

/// The methods that the databases answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 7] = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Options];

    /// Returns the name, which is case-sensitive.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }
}

/// A request in canonical form. [`CanonicalRequest::parse`] is the only way to one, so that whatever is decided, and
/// whatever is sent to a database, comes from values that were read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalRequest {
    method: Method,
    path: Path,
    query: Parameters,
    content: Content,
    credentials: Credentials,
    forwarded: Vec<(&'static str, String)>,
}

impl CanonicalRequest {
    /// Parses the head of a request.
    ///
    /// # Errors
    /// Fails if the request could be read in two ways: escapes in the path, parameters that contradict each other,
    /// headers that occur twice, a body where there is none.
    pub fn parse(head: &Head<'_>) -> Result<Self, Malformed> {
        let method = Method::ALL.into_iter().find(|one| one.name() == head.method).ok_or(Malformed::Method)?;
        let (path, query) = target(head.target)?;
        let headers = Headers::parse(head.headers)?;
        let content = Content::parse(&headers)?;
        if matches!(method, Method::Get | Method::Head) && content.has_body() {
            return Err(Malformed::BodyOnGet);
        }
        let credentials = Credentials::parse(headers.single("authorization")?, &query)?;
        let query = query.without(&["u", "p"]);
        Ok(Self { method, path, query, content, credentials, forwarded: headers.forwarded() })
    }

    /// Returns the method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Returns the decoded path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the request target without credentials, in canonical encoding.
    pub fn target(&self) -> String {
        escape::target(self.path.as_str(), self.query.pairs())
    }

    /// Returns the request target with the credential of its query string, encoded in one way.
    pub(crate) fn whole_target(&self) -> String {
        let mut pairs = self.query.pairs().to_vec();
        pairs.extend(self.credentials.pairs());
        escape::target(self.path.as_str(), &pairs)
    }

    /// Returns the parameters of the query string, without the credential's.
    pub fn query(&self) -> &Parameters {
        &self.query
    }

    /// Returns what the head says about the body.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Returns the credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns the headers that may go on to the database.
    pub(crate) fn forwarded(&self) -> &[(&'static str, String)] {
        &self.forwarded
    }
}

fn target(text: &str) -> Result<(Path, Parameters), Malformed> {
    if !text.starts_with('/') {
        return Err(Malformed::TargetForm);
    }
    if text.contains('#') || !text.bytes().all(|byte| matches!(byte, b'!'..=b'~')) {
        return Err(Malformed::TargetCharacter);
    }
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    Ok((Path::parse(path)?, Parameters::parse(query)?))
}

#[cfg(test)]
mod tests;
