//! Errors of server functions.

use server_fn::{
    codec::PostcardEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

use crate::Error;

/// Converts the framework's own failures, such as a lost connection.
impl FromServerFnError for Error {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(text)
            | ServerFnErrorErr::MissingArg(text)
            | ServerFnErrorErr::Deserialization(text) => Self::BadJson(text),
            ServerFnErrorErr::Request(_) => {
                Self::BadQuery("The server did not answer. Check the connection, then try again.".into())
            }
            _ => Self::Internal,
        }
    }
}
