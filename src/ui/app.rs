//! The application: which address shows which page.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use super::{
    components::Notices,
    pages::{
        NotFoundPage, OrgLayout, SetupPage, SignInPage,
        tokens::{
            AllAccessRoute, CloneRoute, CustomRoute, DeleteRoute, DetailsRoute, EditRoute, FilterRoute, ListRoute,
            LookRoute, SelectedRoute, TokensPage,
        },
    },
};

/// Whether the script has taken over: the server, and the browser's first pass, say no.
#[derive(Clone, Copy)]
pub struct Hydrated(RwSignal<bool>);

impl Hydrated {
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(false)))
    }

    pub fn get(self) -> bool {
        self.0.get()
    }
}

/// Every page. They are rendered whole before the first byte is sent: without script nothing comes later, and the
/// status of the answer is known.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Notices::provide();
    let hydrated = Hydrated(RwSignal::new(false));
    provide_context(hydrated);
    Effect::new(move || {
        hydrated.0.set(true);
        if let Some(html) = document().document_element() {
            drop(html.set_attribute("data-hydrated", ""));
        }
    });
    view! {
        <Title text="Jeton"/>
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("/orgs/:org") view=OrgLayout ssr=SsrMode::Async>
                    <ParentRoute path=path!("load-data/tokens") view=TokensPage>
                        <Route path=path!("") view=ListRoute/>
                        <Route path=path!("generate/all-access") view=AllAccessRoute/>
                        <Route path=path!("generate/custom-api") view=CustomRoute/>
                        <Route path=path!("filter") view=FilterRoute/>
                        <Route path=path!("look") view=LookRoute/>
                        <Route path=path!("selected") view=SelectedRoute/>
                        <Route path=path!(":token") view=DetailsRoute/>
                        <Route path=path!(":token/edit") view=EditRoute/>
                        <Route path=path!(":token/rename") view=ListRoute/>
                        <Route path=path!(":token/clone") view=CloneRoute/>
                        <Route path=path!(":token/delete") view=DeleteRoute/>
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
