//! `/docs`: the API reference, rendered once from the served OpenAPI document, without JavaScript.

mod document;
mod operation;
mod prose;
mod schema;
mod template;

use axum::{
    extract::{Request, State},
    response::{Html, IntoResponse, Response},
};
use leptos::{nonce::Nonce, prelude::*};

use jeton_http::{cookies, state::AppState};

use crate::{
    components::{
        Mark,
        theme::{Theme, ThemeSwitch},
    },
    routes::address_of,
};

use document::{Document, Group};
use operation::OperationView;
use prose::Prose;
use schema::SchemaView;

/// The reference's styles, inlined in this page so that the console's pages do not load them.
const STYLE: &str = concat!("@layer pages{", include_str!("../../../../style/pages/docs.css"), "}");

/// Responds with the reference, in the theme that the visitor chose.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let headers = request.headers();
    let (url, base) = (state.settings.base_url(headers).unwrap_or_default(), state.settings.base_path.as_str());
    let theme = Theme::from_cookie(cookies::read(headers, cookies::THEME));
    let nonce = request.extensions().get::<Nonce>().map(ToString::to_string).unwrap_or_default();
    Html(template::of(theme, state.api_description).fill(&nonce, &url, base)).into_response()
}

/// The API reference.
#[component]
fn Docs(document: Document, base_url: String) -> impl IntoView {
    let groups = document.groups();
    let contents = groups.iter().map(contents_of).collect_view();
    let operations = groups
        .iter()
        .map(|group| view! { <GroupView group=group.clone() document=document.clone() base_url=base_url.clone()/> })
        .collect_view();
    let schemas =
        document.schemas().into_iter().map(|(name, schema)| view! { <SchemaView name schema/> }).collect_view();
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="docs">
            <header class="docs-head">
                <a class="brand" href=address_of("/")><Mark/><span class="brand-name">"Jeton"</span></a>
                <span class="docs-what">"API"</span>
                <a class="link docs-raw" href=address_of("/api/v2/openapi.json")>"OpenAPI document"</a>
                <ThemeSwitch/>
            </header>
            <nav class="docs-nav" aria-label="Operations">
                {contents}
                <section><h2><a href="#types">"Types"</a></h2></section>
            </nav>
            <main id="main" class="docs-main" tabindex="-1">
                <h1>"API"</h1>
                <p class="docs-lead"><Prose text=document.lead()/></p>
                <Authentication base_url/>
                {operations}
                <section class="docs-group">
                    <h2 id="types">"Types"</h2>
                    {schemas}
                </section>
            </main>
        </div>
    }
}

fn contents_of(group: &Group) -> impl IntoView + use<> {
    let links = group.operations.iter().map(|operation| {
        let target = format!("#{}", operation.id());
        view! {
            <li>
                <a href=target>
                    <span class=format!("method {}", operation.method)>{operation.method.to_ascii_uppercase()}</span>
                    <span>{operation.summary()}</span>
                </a>
            </li>
        }
    });
    let links = links.collect_view();
    view! { <section><h2><a href=format!("#{}", group.anchor())>{group.name.clone()}</a></h2><ul>{links}</ul></section> }
}

/// The operations of one tag.
#[component]
fn GroupView(group: Group, document: Document, base_url: String) -> impl IntoView {
    let anchor = group.anchor();
    let operations = group.operations.into_iter().map(|operation| {
        view! { <OperationView operation document=document.clone() base_url=base_url.clone()/> }
    });
    let operations = operations.collect_view();
    view! {
        <section class="docs-group">
            <h2 id=anchor>{group.name}</h2>
            <p class="docs-about"><Prose text=group.about/></p>
            {operations}
        </section>
    }
}

/// The section about authentication.
#[component]
fn Authentication(base_url: String) -> impl IntoView {
    let example = format!("curl {base_url}/api/v2/me --header 'Authorization: Token jtn_…'");
    view! {
        <section class="docs-group">
            <h2 id="authentication">"Credentials"</h2>
            <p>
                "Send a token as " <code>"Authorization: Token …"</code> " or " <code>"Bearer …"</code>
                ". Browsers sign in and send the session's cookie. Errors are JSON with a " <code>"code"</code> " and a "
                <code>"message"</code> "; a missing permission is 401, as in InfluxDB."
            </p>
            <div class="code-box"><pre tabindex="0"><code>{example}</code></pre></div>
        </section>
    }
}
