//! The reasons why a request has no canonical form.

/// A request that two programs could read differently, or that no program can read. It is refused with 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The method is none of those that the databases answer.
    Method,
    /// The request target does not begin with `/`, such as the absolute form.
    TargetForm,
    /// The request target has a character that must be escaped, a fragment, or a raw `;`.
    TargetCharacter,
    /// A percent sign is not followed by two hexadecimal digits, or the decoded bytes are not UTF-8.
    Escape,
    /// The decoded path or parameter has a control character.
    Control,
    /// The path has an empty segment, `.` or `..`.
    Segment,
    /// The path has an escaped `/`, `.`, `;` or `\`.
    EscapedSeparator,
    /// A header that may occur once occurs twice.
    RepeatedHeader(&'static str),
    /// A header has a value that cannot be read.
    HeaderValue(&'static str),
    /// `Transfer-Encoding` is something else than `chunked`, or stands beside `Content-Length`.
    Framing,
    /// A GET or HEAD request has a body.
    BodyOnGet,
    /// The request carries two credentials that differ.
    TwoCredentials,
    /// A parameter or member that decides occurs twice.
    Repeated(String),
    /// A parameter or member that is required is missing.
    Missing(&'static str),
    /// The request names no organization.
    NoOrg,
    /// A parameter or member has a value that is not accepted.
    Value(&'static str),
    /// The body has a member that is not accepted.
    Unknown(String),
    /// The body is not what its content type says.
    Body,
}

impl Malformed {
    /// Returns the sentence that the client is told.
    pub fn message(&self) -> String {
        match self {
            Self::Method => "this method is not supported".into(),
            Self::TargetForm => "the request target must begin with a slash".into(),
            Self::TargetCharacter => "the request target has a character that must be percent-encoded".into(),
            Self::Escape => "the request has an invalid percent-encoding".into(),
            Self::Control => "the request has a control character in its path or parameters".into(),
            Self::Segment => "the path has an empty segment, . or ..".into(),
            Self::EscapedSeparator => "the path has an encoded separator or dot".into(),
            Self::RepeatedHeader(name) => format!("the header {name} occurs twice"),
            Self::HeaderValue(name) => format!("the header {name} cannot be read"),
            Self::Framing => "Transfer-Encoding must be chunked, without Content-Length".into(),
            Self::BodyOnGet => "a GET or HEAD request must not have a body".into(),
            Self::TwoCredentials => "the request carries two different credentials; send one".into(),
            Self::Repeated(name) => format!("{name} occurs twice; send it once"),
            Self::Missing(name) => format!("missing {name}"),
            Self::NoOrg => "failed to decode request body: Please provide either orgID or org".into(),
            Self::Value(name) => format!("the value of {name} is not accepted"),
            Self::Unknown(name) => format!("{name} is not accepted in this request"),
            Self::Body => "the body cannot be read".into(),
        }
    }
}
