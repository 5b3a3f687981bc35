//! The requests that a reverse proxy cannot pass on after asking.

/// The reason why a request must go through the gate as a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyOnly {
    /// The body decides, or it is rebuilt.
    Body,
    /// Jeton answers in the database's place.
    Answer,
    /// The path is not the one that goes to the database, or it has an escape.
    Target,
    /// The content type is that of a form, from which the database takes parameters.
    Form,
    /// The request reads several buckets.
    Several,
    /// The query string changes, and the reverse proxy cannot change it.
    Parameters,
    /// The query string is too long for a header.
    Long,
    /// The credential stands in the query string.
    Credential,
    /// The database checks the caller's permissions, which needs a credential per caller.
    Authority,
}

impl ProxyOnly {
    /// Returns the message for the client: the reason, and the use of the gate as a proxy.
    pub(super) fn message(self) -> String {
        let what = match self {
            Self::Body => "forward auth does not see the body, which decides about this request",
            Self::Answer => "the gate answers this request itself, which forward auth cannot do",
            Self::Target => "forward auth cannot change the path: write it as documented, without escapes",
            Self::Form => "forward auth cannot change the content type: send text/plain instead of a form",
            Self::Several => "forward auth reads one bucket, and the token reads several",
            Self::Parameters => "this reverse proxy cannot change the query string as this request needs it",
            Self::Long => "the query string is too long for forward auth",
            Self::Authority => "forward auth cannot show the database what the token permits",
            Self::Credential => "forward auth cannot remove a credential from the query string: send it in a header",
        };
        format!("{what}; or use the gate as a proxy (listen)")
    }
}
