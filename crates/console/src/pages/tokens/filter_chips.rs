//! The filters of the list as chips; each is a link that removes its filter.

use leptos::prelude::*;

use jeton_model::{
    Action,
    console::{token_query::TokenQuery, tokens::FilterNames},
};

use crate::components::{Icon, Picture};

use super::state::TokensState;

/// A filter: its label, its value, and the address of the list without it.
struct Chip {
    about: &'static str,
    value: String,
    without: TokenQuery,
}

/// The chips of all filters except the text; nothing if there are none.
#[component]
pub fn Chips(names: FilterNames, state: TokensState) -> impl IntoView {
    let query = state.query.get_untracked();
    let chips = chips(&query, names);
    let all = query.unfiltered();
    let address = move |query: TokenQuery| state.list_with(|changed| *changed = query);
    let many = chips.len() > 1;
    let items = chips.into_iter().map(move |chip| {
        let label = format!("Remove the filter {}: {}", chip.about, chip.value);
        view! {
            <li>
                <a class="filter-chip" href=address(chip.without) data-noscroll aria-label=label data-testid="filter-chip">
                    <span class="quiet">{chip.about}</span>" "<b>{chip.value}</b><Icon picture=Picture::Close/>
                </a>
            </li>
        }
    });
    let items = items.collect_view();
    query.has_chips().then(|| view! {
        <ul class="filter-chips" aria-label="Filters">
            {items}
            {many.then(|| view! { <li><a class="link" href=address(all) data-noscroll data-testid="clear-filters">"Clear all"</a></li> })}
        </ul>
    })
}

fn chips(query: &TokenQuery, names: FilterNames) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut add = |about, value: Option<String>, remove: fn(&mut TokenQuery)| {
        if let Some(value) = value {
            chips.push(Chip { about, value, without: query.with(remove) });
        }
    };
    add("Status", query.status.map(|status| status.title().into()), |query| query.status = None);
    add("Permission type", query.kind.map(|kind| kind.title().into()), |query| query.kind = None);
    add("Attention", query.attention.map(|filter| filter.title().into()), |query| query.attention = None);
    add("Owner", named(&query.owner, names.owner, "user"), |query| query.owner.clear());
    add("Created by", named(&query.created_by, names.created_by, "user"), |query| query.created_by.clear());
    let reaches = match query.action {
        None => "Access to",
        Some(Action::Read) => "Reads",
        Some(Action::Write) => "Writes",
    };
    let bucket = named(&query.bucket, names.bucket, "bucket").map(|name| format!("bucket {name}"));
    add(reaches, bucket, |query| query.bucket.clear());
    let telegraf = named(&query.telegraf, names.telegraf, "configuration");
    add(reaches, telegraf.map(|name| format!("configuration {name}")), |query| query.telegraf.clear());
    chips
}

/// Returns the name of a filter's resource, or that it is unknown.
fn named(requested: &str, name: Option<String>, what: &str) -> Option<String> {
    (!requested.is_empty()).then(|| name.unwrap_or_else(|| format!("{requested} (unknown {what})")))
}

#[cfg(test)]
mod tests {
    use jeton_model::{console::token_query::StatusFilter, grant::TokenKind};

    use super::*;

    #[test]
    fn every_filter_says_what_it_is_and_goes_alone() {
        let query = TokenQuery {
            status: Some(StatusFilter::Live),
            kind: Some(TokenKind::Custom),
            owner: "0000000000000001".into(),
            bucket: "0000000000000002".into(),
            action: Some(Action::Write),
            page: 3,
            ..TokenQuery::default()
        };
        let names = FilterNames { owner: Some("alice".into()), ..FilterNames::default() };
        let chips = chips(&query, names);
        let said: Vec<String> = chips.iter().map(|chip| format!("{} {}", chip.about, chip.value)).collect();
        let unknown = "Writes bucket 0000000000000002 (unknown bucket)";
        assert_eq!(said, ["Status Live", "Permission type Custom", "Owner alice", unknown]);
        assert_eq!(chips[2].without, TokenQuery { owner: String::new(), page: 1, ..query });
    }
}
