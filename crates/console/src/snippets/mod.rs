//! Snippets: equivalent commands, requests and examples, to read and to copy.

mod command;
pub(crate) mod examples;
mod gate_examples;
mod request;

pub use command::{influx, jeton};
pub use examples::{env_file, examples};
pub use request::{curl, json};

use leptos::prelude::*;

use jeton_model::{Timestamp, token::visible_prefix};

/// The highlighting of a piece of a snippet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Plain,
    Value,
    Comment,
    /// A secret: shortened in the view, complete in the copied text.
    Secret,
}

/// A snippet to view and to copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example(Vec<(Look, String)>);

impl Example {
    fn plain(mut self, text: impl Into<String>) -> Self {
        self.0.push((Look::Plain, text.into()));
        self
    }

    fn value(mut self, text: impl Into<String>) -> Self {
        self.0.push((Look::Value, text.into()));
        self
    }

    fn comment(mut self, text: impl Into<String>) -> Self {
        self.0.push((Look::Comment, text.into()));
        self
    }

    fn secret(mut self, text: impl Into<String>) -> Self {
        self.0.push((Look::Secret, text.into()));
        self
    }

    /// Returns the text to copy.
    pub fn text(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Returns each secret as the view shows it, and as it is copied.
    pub fn secrets(&self) -> Vec<(String, String)> {
        let secrets = self.0.iter().filter(|(look, _)| *look == Look::Secret);
        secrets.map(|(_, text)| (shortened(text), text.clone())).collect()
    }

    /// Returns the view.
    pub fn view(&self) -> impl IntoView + use<> {
        let piece = |(look, text): &(Look, String)| match look {
            Look::Plain => text.clone().into_any(),
            Look::Value => view! { <span class="value">{text.clone()}</span> }.into_any(),
            Look::Comment => view! { <span class="comment">{text.clone()}</span> }.into_any(),
            Look::Secret => view! { <span class="value">{shortened(text)}</span> }.into_any(),
        };
        self.0.iter().map(piece).collect_view()
    }
}

fn shortened(token: &str) -> String {
    match visible_prefix(token) {
        Some(prefix) => format!("{prefix}…{}", &token[token.len() - 6..]),
        None => "…".into(),
    }
}

/// The requested expiry and networks of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limited {
    /// The expiry; `None` if the token is not to expire.
    pub expires_at: Option<Timestamp>,
    /// The networks from which it is to be accepted, in CIDR notation; empty for any address.
    pub networks: Vec<String>,
}

/// Quotes a word for a shell, if necessary.
pub fn quoted(text: &str) -> String {
    let plain =
        !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./:@".contains(letter));
    if plain { text.to_owned() } else { single_quoted(text) }
}

fn in_json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
