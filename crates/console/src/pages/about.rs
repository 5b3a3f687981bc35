//! The About page: server versions, and links to its documentation.

use leptos::prelude::*;

use jeton_model::console::server_info::ServerInfo;

use crate::{
    components::{
        Icon, Page, Picture,
        text::{Alert, Time},
    },
    queries::load_about,
    routes::{Section, address_of},
    state::org_state::page_resource,
};

/// The About page: versions, health, interfaces and licences.
#[component]
pub fn AboutPage() -> impl IntoView {
    let facts = page_resource(|| (), |()| async move { load_about().await });
    view! {
        <Page section=Section::About dialog=|| ()>
            <div class="settings">
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        match facts.await {
                            Ok(facts) => {
                                let has_metrics = facts.has_metrics;
                                view! { <Server facts/><Interfaces has_metrics/> }.into_any()
                            }
                            Err(error) => view! {
                                <Alert danger=true><b>"The server information could not be loaded."</b>" "{error.sentence()}</Alert>
                                <Interfaces has_metrics=false/>
                            }
                            .into_any(),
                        }
                    })}
                </Transition>
                <Licences/>
            </div>
        </Page>
    }
}

/// Facts about this server.
#[component]
fn Server(facts: ServerInfo) -> impl IntoView {
    let health = if facts.is_healthy {
        view! { <span class="badge ok"><Icon picture=Picture::CircleCheck/>"Healthy"</span>" The database responds." }
            .into_any()
    } else {
        view! { <span class="badge danger"><Icon picture=Picture::CircleAlert/>"Failing"</span>" The database does not respond." }.into_any()
    };
    view! {
        <section class="settings-section" aria-labelledby="about-server">
            <header><h2 id="about-server">"Server"</h2><p>"The server behind this console."</p></header>
            <dl class="fact-list">
                <div><dt>"Jeton"</dt><dd data-testid="about-version">{facts.version}</dd></div>
                <div><dt>"Compatible with"</dt><dd>"InfluxDB "{facts.influxdb}</dd></div>
                <div><dt>"Database"</dt><dd>{facts.database}</dd></div>
                <div><dt>"Health"</dt><dd data-testid="about-health">{health}</dd></div>
                <div><dt>"Started"</dt><dd><Time at=facts.started text=facts.started.ago(facts.now)/>", "{facts.started.minute()}</dd></div>
            </dl>
        </section>
    }
}

/// A link to an address of this server outside of the console.
#[component]
fn Elsewhere(href: &'static str, name: &'static str, what: &'static str) -> impl IntoView {
    view! { <li><a class="link" href=address_of(href) rel="external">{name}</a><span>{what}</span></li> }
}

/// Links to the server's interfaces.
#[component]
fn Interfaces(has_metrics: bool) -> impl IntoView {
    view! {
        <section class="settings-section" aria-labelledby="about-interfaces">
            <header><h2 id="about-interfaces">"For programs"</h2><p>"URLs for programs and monitoring."</p></header>
            <ul class="links">
                <Elsewhere href="/docs" name="API reference" what="all requests, with examples"/>
                <Elsewhere href="/api/v2/openapi.json" name="OpenAPI document" what="the same, for code generators"/>
                <Elsewhere href="/health" name="Health" what="status of server and database"/>
                {has_metrics.then(|| view! { <Elsewhere href="/metrics" name="Metrics" what="counters for Prometheus"/> })}
            </ul>
        </section>
    }
}

/// Links to the licences.
#[component]
fn Licences() -> impl IntoView {
    view! {
        <section class="settings-section" aria-labelledby="about-licences">
            <header><h2 id="about-licences">"Licences"</h2></header>
            <ul class="links">
                <li><span>"Jeton is free software under the MIT licence."</span></li>
                <li>
                    <span>
                        "The icons are from "<a class="link" href="https://lucide.dev" rel="external noreferrer">"Lucide"</a>", under the ISC licence."
                    </span>
                </li>
            </ul>
        </section>
    }
}
