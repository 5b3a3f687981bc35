//! The application: its router and the page of each route.

use crate::{
    components::Notices,
    hydrate::{
        chunks::{Entry, Page, Token},
        defer::defer,
        hydrated::Hydrated,
        scheduler::after_hydration,
    },
    pages::{NotFoundPage, OrgLayout, tokens::TokensPage},
    routes::base_path,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The root component. Pages are rendered completely before the first byte is sent: without JavaScript nothing can be
/// streamed in later, and the status of the response must be known.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Notices::provide();
    let hydrated = Hydrated::provide();
    Effect::new(move || {
        after_hydration(move || {
            hydrated.set();
            if let Some(html) = document().document_element() {
                drop(html.set_attribute("data-hydrated", ""));
            }
        });
    });
    view! {
        <Title text="Jeton"/>
        <Router base=base_path()>
            {defer(|| view! { <div class="whole-page"><Pages/></div> })}
        </Router>
    }
}

/// The routes of the console, each with its page.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/") view=Entry::Start ssr=SsrMode::Async/>
            <Route path=path!("/setup") view=Entry::Setup ssr=SsrMode::Async/>
            <Route path=path!("/sign-in") view=Entry::SignIn ssr=SsrMode::Async/>
            <ParentRoute path=path!("/orgs/:org") view=OrgLayout ssr=SsrMode::Async>
                <ParentRoute path=path!("load-data/buckets") view=Page::Buckets>
                    <Route path=path!("") view=NoDialog/>
                    <Route path=path!("new") view=Page::CreateBucket/>
                    <Route path=path!(":bucket/edit") view=Page::EditBucket/>
                    <Route path=path!(":bucket/delete") view=Page::DeleteBucket/>
                </ParentRoute>
                <ParentRoute path=path!("load-data/telegrafs") view=Page::Telegrafs>
                    <Route path=path!("") view=NoDialog/>
                    <Route path=path!("new") view=Page::CreateTelegraf/>
                    <Route path=path!(":telegraf") view=NoDialog/>
                    <Route path=path!(":telegraf/rename") view=Page::RenameTelegraf/>
                    <Route path=path!(":telegraf/delete") view=Page::DeleteTelegraf/>
                </ParentRoute>
                <ParentRoute path=path!("load-data/tokens") view=TokensPage>
                    <Route path=path!("") view=NoDialog/>
                    <Route path=path!("generate/all-access") view=Token::AllAccess/>
                    <Route path=path!("generate/custom-api") view=Token::Custom/>
                    <Route path=path!("filter") view=Token::Filter/>
                    <Route path=path!("look") view=Token::Look/>
                    <Route path=path!("selected") view=Token::Selected/>
                    <Route path=path!("leaked") view=Token::Leaked/>
                    <Route path=path!("remedy") view=Token::Remedy/>
                    <Route path=path!(":token") view=Token::Details/>
                    <Route path=path!(":token/edit") view=Token::Edit/>
                    <Route path=path!(":token/rename") view=NoDialog/>
                    <Route path=path!(":token/limits") view=Token::Limits/>
                    <Route path=path!(":token/clone") view=Token::Clone/>
                    <Route path=path!(":token/rotate") view=Token::Rotate/>
                    <Route path=path!(":token/delete") view=Token::Delete/>
                    <Route path=path!(":token/descendants") view=Token::Descendants/>
                </ParentRoute>
                <ParentRoute path=path!("settings/members") view=Page::Members>
                    <Route path=path!("") view=NoDialog/>
                    <Route path=path!("add") view=Page::AddMember/>
                    <Route path=path!("invite") view=Page::InviteMember/>
                    <Route path=path!(":user/remove") view=Page::RemoveMember/>
                    <Route path=path!(":user/deactivate") view=Page::DeactivateMember/>
                    <Route path=path!(":user/delete") view=Page::DeleteMember/>
                </ParentRoute>
                <ParentRoute path=path!("settings/users") view=Page::Users>
                    <Route path=path!("") view=NoDialog/>
                    <Route path=path!("new") view=Page::CreateUser/>
                    <Route path=path!(":user/edit") view=Page::RenameUser/>
                    <Route path=path!(":user/password") view=Page::SetPassword/>
                    <Route path=path!(":user/sessions") view=Page::UserSessions/>
                    <Route path=path!(":user/deactivate") view=Page::DeactivateUser/>
                    <Route path=path!(":user/delete") view=Page::DeleteUser/>
                </ParentRoute>
                <ParentRoute path=path!("settings/organizations") view=Page::Orgs>
                    <Route path=path!("") view=NoDialog/>
                    <Route path=path!("new") view=Page::CreateOrg/>
                    <Route path=path!(":id") view=NoDialog/>
                    <Route path=path!(":id/delete") view=Page::DeleteOrg/>
                </ParentRoute>
                <ParentRoute path=path!("settings/databases") view=Page::Databases>
                    <Route path=path!("") view=NoDialog/>
                    <Route path=path!(":gate") view=Page::Gate/>
                    <Route path=path!(":gate/bind") view=Page::BindBucket/>
                    <Route path=path!(":gate/unbind") view=Page::UnbindBucket/>
                    <Route path=path!(":gate/confirm") view=Page::Gate/>
                    <Route path=path!(":gate/confirm-all") view=Page::ConfirmBuckets/>
                    <Route path=path!(":gate/sync") view=Page::Gate/>
                </ParentRoute>
                <Route path=path!("settings/audit-log") view=Page::AuditLog/>
                <Route path=path!("account") view=Page::Account/>
                <Route path=path!("about") view=Page::About/>
            </ParentRoute>
        </Routes>
    }
}

/// The empty dialog of an address that names only a page.
#[component]
fn NoDialog() -> impl IntoView {}
