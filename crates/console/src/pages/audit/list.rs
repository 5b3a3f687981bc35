//! The list of audit entries, newest first.

use leptos::prelude::*;

use jeton_model::{
    audit::{AuditPage, AuditQuery, COUNTED, Chain},
    wording,
};

use crate::{
    components::{
        Icon, Picture,
        list::{Loads, Unmatched},
        text::Alert,
    },
    hydrate::browser,
    routes::Audit,
};

use super::{AuditState, entry::Entry, newer::News};

/// The list of entries. The old ones stay until the new ones are loaded.
#[component]
pub fn List(state: AuditState) -> impl IntoView {
    let here = Signal::derive(move || state.address(Audit::List));
    view! {
        <Loads
            list=state.list here failed="The audit log could not be loaded." meanwhile=|| view! { <Skeleton/> }
            render=move |page| view! { <Loaded page state/> }.into_any()
        />
    }
}

/// The loaded entries.
#[component]
fn Loaded(page: AuditPage, state: AuditState) -> impl IntoView {
    browser::keep_focus();
    let range = range(&page);
    let AuditPage { rows, total, newer, older, chain, now, .. } = page;
    let ends = (rows.first().map(|row| row.seq), rows.last().map(|row| row.seq));
    let first = ends.0.unwrap_or_default();
    let is_newest = state.query.with_untracked(|query| query.after.is_none() && query.before.is_none());
    let entries = if rows.is_empty() {
        view! { <Nothing state/> }.into_any()
    } else {
        view! {
            <div class="audit-head" aria-hidden="true">
                <span>"Time (UTC)"</span><span>"Who"</span><span>"From"</span><span>"What"</span>
            </div>
            <ol class="audit-list" aria-label="Audit Log" data-testid="audit-list">
                {rows.into_iter().map(|row| view! { <Entry row now state/> }).collect_view()}
            </ol>
        }
        .into_any()
    };
    let count = if total > COUNTED {
        view! { "more than "<b>{wording::grouped(COUNTED)}</b>" entries" }.into_any()
    } else {
        let word = if total == 1 { " entry" } else { " entries" };
        view! { <b>{wording::grouped(total)}</b>{word} }.into_any()
    };
    view! {
        {chain.as_ref().and_then(fault)}
        <div class="audit-over">
            <p class="list-count audit-count" role="status">
                {count}{chain.filter(|chain| chain.fault.is_none()).map(|chain| view! { <Whole chain/> })}
            </p>
            {is_newest.then(|| view! { <News first state/> })}
        </div>
        {entries}
        <Steps range newer=ends.0.filter(|_| newer) older=ends.1.filter(|_| older) state/>
    }
}

/// Formats the range of the entries: "26–50 of 1,284". Beyond the maximum count, the total is not exact.
fn range(page: &AuditPage) -> String {
    let (first, last) = (page.before + 1, page.before + page.rows.len() as u64);
    match (page.before, page.total) {
        _ if page.rows.is_empty() => String::new(),
        (COUNTED.., _) => format!("after the first {}", wording::grouped(COUNTED)),
        (_, total) if total > COUNTED => {
            format!("{}–{} of more than {}", wording::grouped(first), wording::grouped(last), wording::grouped(COUNTED))
        }
        (_, total) => {
            format!("{}–{} of {}", wording::grouped(first), wording::grouped(last), wording::grouped(total))
        }
    }
}

/// The statement that the hash chain is intact.
#[component]
fn Whole(chain: Chain) -> impl IntoView {
    let at = chain.at.map_or_else(|| wording::grouped(chain.seq.unsigned_abs()), |at| at.second() + " UTC");
    view! {
        <span aria-hidden="true">" · "</span>
        <span class="audit-whole" data-testid="audit-chain"><Icon picture=Picture::ShieldCheck/>{format!("Chain verified up to {at}")}</span>
        <span class="wide-only">" No entry was changed or removed."</span>
    }
}

/// The alert about the fault of the chain, if there is one.
fn fault(chain: &Chain) -> Option<AnyView> {
    let fault = chain.fault.clone()?;
    Some(match chain.is_unverified {
        true => view! { <Unverified fault/> }.into_any(),
        false => view! { <Tampered fault/> }.into_any(),
    })
}

/// The alert that a part of the hash chain was not verified.
#[component]
fn Unverified(fault: String) -> impl IntoView {
    view! {
        <Alert danger=true>
            <b>"A part of the audit log was not verified: "{fault}"."</b>
        </Alert>
    }
}

/// The alert that the hash chain is broken.
#[component]
fn Tampered(fault: String) -> impl IntoView {
    view! {
        <Alert danger=true>
            <b>"The audit log was tampered with: "{fault}"."</b>" Entries from there on can’t be trusted. Compare with a backup and with the heads in the server’s log: jeton audit verify --head."
        </Alert>
    }
}

/// The range of the displayed entries, and links to newer and older ones. `newer`, `older`: the sequence numbers of the
/// first and the last entry, if there are any beyond.
#[component]
fn Steps(range: String, newer: Option<i64>, older: Option<i64>, state: AuditState) -> impl IntoView {
    let newer = newer.map(|seq| untrack(|| state.with(|query| query.before = Some(seq))));
    let older = older.map(|seq| untrack(|| state.with(|query| query.after = Some(seq))));
    let newest = newer.is_some().then(|| untrack(|| state.with(|_| ())));
    let step = |href: Option<String>, rel: &'static str, testid: &'static str, face: AnyView| match href {
        Some(href) => view! { <li><a href=href rel=rel data-testid=testid>{face}</a></li> }.into_any(),
        None => view! { <li><a role="link" aria-disabled="true" data-testid=testid>{face}</a></li> }.into_any(),
    };
    view! {
        <nav class="pager audit-pager" aria-label="Pages">
            <p><span data-testid="audit-range">{range}</span>{newest.map(|href| view! { <a class="link" href=href data-testid="audit-newest">"Newest entries"</a> })}</p>
            <ol class="pager-pages">
                {step(newer, "prev", "audit-newer", view! { <Icon picture=Picture::ChevronLeft/>"Newer" }.into_any())}
                {step(older, "next", "audit-older", view! { "Older"<Icon picture=Picture::ChevronRight/> }.into_any())}
            </ol>
        </nav>
    }
}

/// The empty state of the list.
#[component]
fn Nothing(state: AuditState) -> impl IntoView {
    let filtered = state.query.with_untracked(AuditQuery::is_filtered);
    let everything = move || state.with(|query| *query = AuditQuery::default());
    let (title, text, link) = if filtered {
        ("No entries match", "Change the filters, or look at all entries.", "Clear all filters")
    } else {
        ("No entries here", "Actions and refused requests are recorded from now on.", "Newest entries")
    };
    view! { <Unmatched title=title.to_owned() hint=text clear=link href=Signal::derive(everything)/> }
}

/// The placeholder until the first response.
#[component]
fn Skeleton() -> impl IntoView {
    let row = || view! { <li class="audit-waiting" aria-hidden="true"><div class="skeleton"></div></li> };
    view! { <ol class="audit-list" aria-label="Audit Log" aria-busy="true">{(0..8).map(|_| row()).collect_view()}</ol> }
}
