//! Tokens that need attention: a line above the list, and a panel with remedies.

use leptos::prelude::*;

use jeton_model::{
    AuthorizationId,
    attention::Attention,
    console::{
        attention_filter::{AttentionCounts, AttentionFilter},
        token_query::TokenQuery,
    },
    tally::Tally,
    wording::capitalized,
};

use crate::{
    components::{Icon, Picture},
    routes::{Orgs, PageRoute as _, Tokens, Users},
};

use super::{custom::address_from, state::TokensState};

/// Maximum number of reasons in the line; the panel lists all of them.
const IN_LINE: usize = 3;

/// The remedy for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Deactivation of all tokens with the reason.
    DeactivateAll,
    /// Deletion of all tokens with the reason.
    DeleteAll,
    /// An individual remedy in each row.
    Each,
    /// A change to the owners.
    Owners,
    /// A change to each token, or to the rules.
    Rules,
}

impl Remedy {
    /// Returns the remedy for a reason.
    pub const fn of(kind: Attention) -> Self {
        match kind {
            Attention::Unused | Attention::NeverUsed => Self::DeactivateAll,
            Attention::Expired | Attention::Orphaned => Self::DeleteAll,
            Attention::Expiring | Attention::Operator | Attention::NoExpiry => Self::Each,
            Attention::OwnerInactive => Self::Owners,
            Attention::OutOfLine => Self::Rules,
        }
    }
}

/// Formats a reason with its count: "2 expire within 14 days".
fn counted(kind: Attention, count: Tally) -> String {
    let s = if count == Tally::exact(1) { "s" } else { "" };
    let rest = match kind {
        Attention::Expiring => format!("expire{s} within 14 days"),
        Attention::Expired => "expired".into(),
        Attention::Unused => "unused for more than 90 days".into(),
        Attention::NeverUsed => "never used".into(),
        Attention::Orphaned => "without an owner".into(),
        Attention::OwnerInactive => "of an inactive owner".into(),
        Attention::OutOfLine => format!("break{s} a rule"),
        Attention::Operator => return count.of("operator token"),
        Attention::NoExpiry => format!("never expire{s}"),
    };
    format!("{} {rest}", count.text())
}

/// Returns the explanation of a reason, and the advice.
const fn advice(kind: Attention) -> &'static str {
    match kind {
        Attention::Expiring => "Rotate before the expiry, so that programs get a new token in time.",
        Attention::Expired => "Refused since the expiry. Delete the record when it is no longer needed.",
        Attention::Unused => "Not used for 90 days. Deactivate now, and delete later if nothing breaks.",
        Attention::NeverUsed => "Not used in at least 30 days. Deactivate now, and delete later if nothing breaks.",
        Attention::Orphaned => "Permanently refused, because the owner was deleted.",
        Attention::OwnerInactive => "Refused until the owner is active again.",
        Attention::OutOfLine => "Still works, but the organization's rules no longer allow such tokens.",
        Attention::Operator => {
            "Has access to every organization. Where possible, replace it with a token with fewer permissions."
        }
        Attention::NoExpiry => "Works until someone deactivates or deletes it. Set an expiry.",
    }
}

/// Returns the query of all tokens with a reason, without the present filters: the counts are those of the whole
/// organization.
fn narrowed(query: &TokenQuery, filter: AttentionFilter) -> TokenQuery {
    TokenQuery { attention: Some(filter), ..query.unfiltered() }
}

fn list_of(state: TokensState, filter: AttentionFilter) -> String {
    state.list_with(|query| *query = narrowed(query, filter))
}

/// The number of tokens that need attention, with links to those of each reason.
#[component]
pub fn AttentionLine(counts: AttentionCounts, state: TokensState) -> impl IntoView {
    let pressing = counts.of(AttentionFilter::Any);
    let shown: Vec<_> =
        counts.kinds().filter(|(kind, _)| kind.is_pressing() || pressing.is_none()).take(IN_LINE).collect();
    let hint = move |(index, (kind, count)): (usize, (Attention, Tally))| {
        let href = move || list_of(state, AttentionFilter::Only(kind));
        view! { {(index > 0).then_some(", ")}<a href=href data-noscroll>{counted(kind, count)}</a> }
    };
    let needs = if pressing == Tally::exact(1) { "needs" } else { "need" };
    (!shown.is_empty()).then(|| view! {
        <p class="attention-line">
            {(!pressing.is_none()).then(|| view! {
                <a class="attention-link" href=move || list_of(state, AttentionFilter::Any) data-noscroll data-testid="attention--any">
                    <Icon picture=Picture::Warning/><span>{capitalized(&format!("{} {needs} attention", pressing.text()))}</span>
                </a>
            })}
            <span class="attention-hints">{shown.into_iter().enumerate().map(hint).collect_view()}</span>
        </p>
    })
}

/// The panel that explains the attention filter, if one is set, with the remedies.
#[component]
pub fn AttentionPanel(
    /// The counts by reason, once they are loaded.
    counts: Option<AttentionCounts>,
    /// Number of tokens in the list.
    total: Tally,
    /// True if the caller may change any of them.
    may_change: bool,
    /// The state of the page.
    state: TokensState,
) -> impl IntoView {
    match (state.query.get_untracked().attention, counts) {
        (Some(AttentionFilter::Only(kind)), counts) => {
            let count = counts.map_or(total, |counts| counts.of(AttentionFilter::Only(kind)));
            view! { <Reason kind count total may_change state/> }.into_any()
        }
        (Some(AttentionFilter::Any), Some(counts)) => view! { <Reasons counts may_change state/> }.into_any(),
        _ => ().into_any(),
    }
}

/// All reasons, each with its count and its remedy.
#[component]
fn Reasons(counts: AttentionCounts, may_change: bool, state: TokensState) -> impl IntoView {
    let item = move |(kind, count): (Attention, Tally)| {
        let query = narrowed(&state.query.get_untracked(), AttentionFilter::Only(kind));
        let href = Tokens::List.address(state.org.get_untracked(), &query.parameters());
        view! {
            <li>
                <a class="link" href=href data-noscroll>{capitalized(&counted(kind, count))}</a>
                <span class="attention-advice">{advice(kind)}</span>
                <RemedyLink kind query may_change state/>
            </li>
        }
    };
    let items = counts.kinds().map(item).collect_view();
    view! { <section class="attention" aria-label="What needs attention" data-testid="attention-panel"><ul>{items}</ul></section> }
}

/// One reason. States if the caller may see fewer tokens than there are.
#[component]
fn Reason(kind: Attention, count: Tally, total: Tally, may_change: bool, state: TokensState) -> impl IntoView {
    let query = state.query.get_untracked();
    let filter = AttentionFilter::Only(kind);
    let is_all = query.with(|query| query.page = 1) == query.with(|other| *other = narrowed(other, filter));
    let is_less = total.known() < count.known() || (count.is_more() && total == Tally::exact(count.known()));
    // The list is counted further than the reasons are.
    let count = if is_all && count.is_more() && total.known() > count.known() { total } else { count };
    let hidden = (is_all && is_less).then(|| {
        let seen = if total.is_none() { "none".to_owned() } else { total.text() };
        format!(" You see {seen} of them: the others belong to people whose tokens you may not read.")
    });
    view! {
        <section class="attention" aria-label="What needs attention" data-testid="attention-panel">
            <Icon picture=Picture::Warning/>
            <p><b>{capitalized(&counted(kind, count))}"."</b>" "{advice(kind)}{hidden}</p>
            <RemedyLink kind query may_change state/>
        </section>
    }
}

/// The link to the remedy of a reason: a dialog about all its tokens, or the page where it can be fixed.
#[component]
fn RemedyLink(kind: Attention, query: TokenQuery, may_change: bool, state: TokensState) -> impl IntoView {
    let org = state.org.get_untracked();
    let may = state.frame().may;
    let ask = |word| Some((word, Tokens::Remedy.address(org, &query.parameters())));
    let found = match Remedy::of(kind) {
        Remedy::DeactivateAll if may_change => ask("Deactivate all"),
        Remedy::DeleteAll if may_change => ask("Delete all"),
        Remedy::Each if state.query.get_untracked().attention == Some(AttentionFilter::Any) => {
            Some(("Show them", Tokens::List.address(org, &query.parameters())))
        }
        Remedy::Rules if may.change_org => Some(("Open the rules", Orgs::Show(org).address(org, &[]))),
        Remedy::Owners if may.read_users => {
            Some(("Open the users", Users::List.address(org, &[("status", "inactive".to_owned())])))
        }
        _ => None,
    };
    let danger = Remedy::of(kind) == Remedy::DeleteAll;
    found.map(|(word, href)| view! {
        <a class="button small" class:danger=danger href=href data-noscroll data-testid=format!("remedy--{}", kind.name())>{word}</a>
    })
}

/// Returns the remedy in a token's row for the reason that the list is filtered by; `None` if the caller may not change
/// the token.
pub fn row_remedy(id: AuthorizationId, may_change: bool, described: bool, state: TokensState) -> Option<AnyView> {
    let AttentionFilter::Only(kind) = state.query.get_untracked().attention.filter(|_| may_change)? else {
        return None;
    };
    let (word, href) = match kind {
        Attention::Operator => ("Replace", address_from(state, "from", id.to_string())),
        // A token with a description breaks a rule about its life.
        Attention::OutOfLine if !described => ("See why", state.address(Tokens::Details(id))),
        Attention::NoExpiry | Attention::OutOfLine => ("Set an expiry", state.address(Tokens::Limits(id))),
        Attention::Expiring => ("Rotate", state.address(Tokens::Rotate(id))),
        _ => return None,
    };
    Some(view! { <a class="link row-remedy" href=href data-noscroll data-testid="row-remedy">{word}</a> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_verbs_agree() {
        assert_eq!(counted(Attention::Expiring, Tally::exact(1)), "1 expires within 14 days");
        assert_eq!(counted(Attention::Expiring, Tally::exact(1200)), "1,200 expire within 14 days");
        assert_eq!(counted(Attention::Operator, Tally::exact(2)), "2 operator tokens");
        assert_eq!(counted(Attention::NoExpiry, Tally::exact(2)), "2 never expire");
        assert_eq!(counted(Attention::Expired, Tally::up_to(10_000, 10_001)), "more than 10,000 expired");
    }
}
