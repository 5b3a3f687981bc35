//! The reference as a template: rendering it is expensive and needs no sign-in, so it happens once per theme.

use std::{fmt::Write as _, sync::OnceLock};

use axum::http::{Request, header};
use leptos::prelude::*;
use serde_json::Value;

use jeton_http::{base_path, cookies};
use jeton_model::BasePath;

use crate::{components::theme::Theme, ssr::document::document as html_document};

use super::{Docs, STYLE, document::Document};

/// Placeholders for the parts that differ by request. None contains a character that HTML would escape.
const NONCE: &str = "nonce-of-this-request";
const BASE_URL: &str = "http://base-url-of-this-request.invalid";
const BASE: &str = "/base-path-of-this-server";

/// A rendered page with gaps.
pub struct Template(Vec<(String, Gap)>);

/// The part that follows a piece of the page.
#[derive(Clone, Copy)]
enum Gap {
    Nonce,
    BaseUrl,
    Base,
    End,
}

/// The page in each theme.
static SYSTEM: OnceLock<Template> = OnceLock::new();
static LIGHT: OnceLock<Template> = OnceLock::new();
static DARK: OnceLock<Template> = OnceLock::new();

/// Returns the page in a theme. `description`: returns the OpenAPI document; called when a theme is first requested.
pub fn of(theme: Option<Theme>, description: fn() -> Value) -> &'static Template {
    let template = match theme {
        None => &SYSTEM,
        Some(Theme::Light) => &LIGHT,
        Some(Theme::Dark) => &DARK,
    };
    template.get_or_init(|| Template::of(&render(theme, Document::new(description()))))
}

impl Template {
    fn of(mut page: &str) -> Self {
        let mut pieces = Vec::new();
        while let Some((at, gap, length)) = next_gap(page) {
            pieces.push((page[..at].to_owned(), gap));
            page = &page[at + length..];
        }
        pieces.push((page.to_owned(), Gap::End));
        Self(pieces)
    }

    /// Fills the gaps for a request. `base_url` is untrusted, as its host comes from the client.
    pub fn fill(&self, nonce: &str, base_url: &str, base: &str) -> String {
        let (nonce, base_url) = (escaped(nonce), escaped(base_url));
        let mut page = String::with_capacity(self.0.iter().map(|(text, _)| text.len() + base_url.len()).sum());
        for (text, gap) in &self.0 {
            page.push_str(text);
            page.push_str(match gap {
                Gap::Nonce => &nonce,
                Gap::BaseUrl => &base_url,
                Gap::Base => base,
                Gap::End => "",
            });
        }
        page
    }
}

fn next_gap(page: &str) -> Option<(usize, Gap, usize)> {
    let gaps = [(NONCE, Gap::Nonce), (BASE_URL, Gap::BaseUrl), (BASE, Gap::Base)];
    gaps.into_iter().filter_map(|(mark, gap)| Some((page.find(mark)?, gap, mark.len()))).min_by_key(|(at, _, _)| *at)
}

/// Escapes a text for HTML content and attribute values.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        match letter {
            '&' | '<' | '>' | '"' | '\'' => _ = write!(escaped, "&#{};", u32::from(letter)),
            letter => escaped.push(letter),
        }
        escaped
    })
}

fn render(theme: Option<Theme>, document: Document) -> String {
    let chosen = theme.map(|theme| format!("{}={}", cookies::THEME, theme.name()));
    let request = Request::builder().header(header::COOKIE, chosen.unwrap_or_default()).body(());
    let base: BasePath = BASE.parse().unwrap_or_default();
    let write = || {
        if let Ok(request) = request {
            provide_context(request.into_parts().0);
        }
        let head = view! {
            <title>"API · Jeton"</title>
            <style nonce=NONCE inner_html=STYLE></style>
        };
        html_document(true, head, view! { <Docs document base_url=BASE_URL.to_owned()/> }).to_html()
    };
    Owner::new().with(|| base_path::scope(base, write))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description() -> Value {
        serde_json::json!({
            "info": {"description": "About."},
            "tags": [{"name": "Users", "description": "People."}],
            "paths": {"/api/v2/me": {"get": {"tags": ["Users"], "summary": "Oneself", "responses": {}}}},
            "components": {"schemas": {}},
        })
    }

    #[test]
    fn every_gap_is_filled_and_nothing_of_a_client_is_markup() {
        for theme in [None, Some(Theme::Light), Some(Theme::Dark)] {
            let page = of(theme, description).fill("abc+/=", "http://a\"'&<b>.example", "/jeton");
            assert!(!page.contains(NONCE) && !page.contains(BASE_URL) && !page.contains(BASE));
            assert!(page.contains("action=\"/jeton/theme\""));
            assert!(page.contains("<style nonce=\"abc+/=\">"));
            assert!(page.contains("http://a&#34;&#39;&#38;&#60;b&#62;.example/api/v2/me"));
            let look = theme.map_or_else(String::new, |theme| format!("data-theme=\"{}\"", theme.name()));
            assert!(page.contains(&look));
        }
    }
}
