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
        AboutPage, AccountPage, AuditLogPage, NotFoundPage, OrgLayout, SetupPage, SignInPage, StartPage, buckets,
        members, orgs, telegrafs, tokens, users,
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
                <Route path=path!("/") view=StartPage ssr=SsrMode::Async/>
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("/orgs/:org") view=OrgLayout ssr=SsrMode::Async>
                    <ParentRoute path=path!("load-data/buckets") view=buckets::BucketsPage>
                        <Route path=path!("") view=NoDialog/>
                        <Route path=path!("new") view=buckets::CreateRoute/>
                        <Route path=path!(":bucket/edit") view=buckets::EditRoute/>
                        <Route path=path!(":bucket/delete") view=buckets::DeleteRoute/>
                    </ParentRoute>
                    <ParentRoute path=path!("load-data/telegrafs") view=telegrafs::TelegrafsPage>
                        <Route path=path!("") view=NoDialog/>
                        <Route path=path!("new") view=telegrafs::CreateRoute/>
                        <Route path=path!(":telegraf") view=NoDialog/>
                        <Route path=path!(":telegraf/rename") view=telegrafs::RenameRoute/>
                        <Route path=path!(":telegraf/delete") view=telegrafs::DeleteRoute/>
                    </ParentRoute>
                    <ParentRoute path=path!("load-data/tokens") view=tokens::TokensPage>
                        <Route path=path!("") view=NoDialog/>
                        <Route path=path!("generate/all-access") view=tokens::AllAccessRoute/>
                        <Route path=path!("generate/custom-api") view=tokens::CustomRoute/>
                        <Route path=path!("filter") view=tokens::FilterRoute/>
                        <Route path=path!("look") view=tokens::LookRoute/>
                        <Route path=path!("selected") view=tokens::SelectedRoute/>
                        <Route path=path!(":token") view=tokens::DetailsRoute/>
                        <Route path=path!(":token/edit") view=tokens::EditRoute/>
                        <Route path=path!(":token/rename") view=NoDialog/>
                        <Route path=path!(":token/clone") view=tokens::CloneRoute/>
                        <Route path=path!(":token/delete") view=tokens::DeleteRoute/>
                    </ParentRoute>
                    <ParentRoute path=path!("settings/members") view=members::MembersPage>
                        <Route path=path!("") view=NoDialog/>
                        <Route path=path!("add") view=members::AddRoute/>
                        <Route path=path!("invite") view=members::InviteRoute/>
                        <Route path=path!(":user/remove") view=members::RemoveRoute/>
                        <Route path=path!(":user/deactivate") view=members::DeactivateRoute/>
                        <Route path=path!(":user/delete") view=members::DeleteRoute/>
                    </ParentRoute>
                    <ParentRoute path=path!("settings/users") view=users::UsersPage>
                        <Route path=path!("") view=NoDialog/>
                        <Route path=path!("new") view=users::CreateRoute/>
                        <Route path=path!(":user/edit") view=users::RenameRoute/>
                        <Route path=path!(":user/password") view=users::PasswordRoute/>
                        <Route path=path!(":user/deactivate") view=users::DeactivateRoute/>
                        <Route path=path!(":user/delete") view=users::DeleteRoute/>
                    </ParentRoute>
                    <ParentRoute path=path!("settings/organizations") view=orgs::OrgsPage>
                        <Route path=path!("") view=NoDialog/>
                        <Route path=path!("new") view=orgs::CreateRoute/>
                        <Route path=path!(":id") view=NoDialog/>
                        <Route path=path!(":id/delete") view=orgs::DeleteRoute/>
                    </ParentRoute>
                    <Route path=path!("settings/audit-log") view=AuditLogPage/>
                    <Route path=path!("account") view=AccountPage/>
                    <Route path=path!("about") view=AboutPage/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The address names the page alone.
#[component]
fn NoDialog() -> impl IntoView {}
