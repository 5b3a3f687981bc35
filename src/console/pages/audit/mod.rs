//! The Audit Log page: what was done, by whom, from where, and what was refused.

mod entry;
mod expanded;
mod filters;
mod list;
mod newer;
mod toolbar;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    console::{
        components::Page,
        queries::load_audit,
        routes::{Audit, PageRoute as _, Section},
        state::{
            org_state::OrgState,
            page_store::{PageResource, fetch},
        },
    },
    model::{
        Error,
        audit::{AuditPage, AuditQuery},
    },
};

use expanded::Open;
use filters::MoreFilters;
use list::List;
use toolbar::Toolbar;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct AuditState {
    page: OrgState,
    query: Memo<AuditQuery>,
    /// The entries that stand open; to open one loads nothing.
    open: Memo<Open>,
    reloads: RwSignal<u32>,
    list: PageResource<Result<AuditPage, Error>>,
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

    /// The address of the log as it is, or of a file of it.
    fn address(self, page: Audit) -> String {
        page.address(self.page.org.get(), &self.query.with(AuditQuery::parameters))
    }

    /// The address of the same entries, with one of them opened or closed.
    fn with_open(self, seq: i64, is_open: bool) -> String {
        untrack(|| {
            let mut parameters = self.query.with(AuditQuery::parameters);
            parameters.extend(self.open.get().with(seq, is_open).parameter());
            Audit::List.address(self.page.org.get(), &parameters)
        })
    }

    /// Loads the entries anew; what is shown stays until then.
    fn reload(self) {
        self.reloads.update(|reloads| *reloads += 1);
    }

    /// The address of the log from its newest entry, changed.
    fn with(self, change: impl FnOnce(&mut AuditQuery)) -> String {
        Audit::List.address(self.page.org.get(), &self.query.with(|query| query.with(change)).parameters())
    }
}

/// Filters, entries, and the way to older ones.
#[component]
pub fn AuditLogPage() -> impl IntoView {
    let page = OrgState::current();
    let state = page.kept.once(|| AuditState::new(page));
    view! {
        <Page section=Section::Audit dialog=|| ()>
            <Toolbar state/>
            <div class="audit-filters"><MoreFilters state/></div>
            <List state/>
        </Page>
    }
}
