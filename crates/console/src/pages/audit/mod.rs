//! The Audit Log page: who did what, when and from where, and which requests were denied.

mod entry;
mod expanded;
mod filters;
mod list;
mod newer;
mod toolbar;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use jeton_model::audit::{AuditPage, AuditQuery};

use crate::{
    components::Page,
    error::ConsoleError,
    queries::load_audit,
    routes::{Audit, PageRoute as _, Section},
    state::{
        org_state::OrgState,
        page_store::{PageResource, fetch},
    },
};

use expanded::Open;
use filters::MoreFilters;
use list::List;
use toolbar::Toolbar;

/// State that the parts of the page share.
#[derive(Clone, Copy)]
pub struct AuditState {
    page: OrgState,
    query: Memo<AuditQuery>,
    /// The expanded entries; expanding one loads nothing.
    open: Memo<Open>,
    reloads: RwSignal<u32>,
    list: PageResource<Result<AuditPage, ConsoleError>>,
}

impl AuditState {
    fn new(page: OrgState) -> Self {
        let parameters = use_query_map();
        let query = Memo::new(move |_| {
            let parameters = parameters.read();
            AuditQuery::from_parameters(|name| parameters.get_str(name))
        });
        let open = Memo::new(move |_| Open::parse(parameters.read().get_str(Open::PARAMETER).unwrap_or_default()));
        let reloads = RwSignal::new(0);
        let list = fetch(
            move || (page.org.get(), query.get(), reloads.get()),
            |(org, query, _)| async move { load_audit(org, query).await },
        );
        Self { page, query, open, reloads, list }
    }

    /// Returns the address of the log in its present state, or of an export of it.
    fn address(self, page: Audit) -> String {
        page.address(self.page.org.get(), &self.query.with(AuditQuery::parameters))
    }

    /// Returns the address of the same list, with one entry expanded or collapsed.
    fn with_open(self, seq: i64, is_open: bool) -> String {
        untrack(|| {
            let mut parameters = self.query.with(AuditQuery::parameters);
            parameters.extend(self.open.get().with(seq, is_open).parameter());
            Audit::List.address(self.page.org.get(), &parameters)
        })
    }

    /// Reloads the entries; the displayed ones stay until then.
    fn reload(self) {
        self.reloads.update(|reloads| *reloads += 1);
    }

    /// Returns the address of a changed query, from the newest entry on.
    fn with(self, change: impl FnOnce(&mut AuditQuery)) -> String {
        Audit::List.address(self.page.org.get(), &self.query.with(|query| query.with(change)).parameters())
    }
}

/// The Audit Log page: filters, entries and pagination.
#[component]
pub fn AuditLogPage() -> impl IntoView {
    let page = OrgState::current();
    let state = page.store.once(|| AuditState::new(page));
    view! {
        <Page section=Section::Audit dialog=|| ()>
            <Toolbar state/>
            <div class="audit-filters"><MoreFilters state/></div>
            <List state/>
        </Page>
    }
}
