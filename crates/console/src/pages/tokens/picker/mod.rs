//! The picker: the check boxes of the Custom API Token dialog.

mod boxes;
mod rows;
mod section;

use leptos::prelude::*;

use jeton_model::{
    Action, ResourceType,
    console::{selection::Pick, tokens::Choices},
    wording,
};

use crate::{forms::tokens::CustomForm, queries::Picker, text::case_fold::folded};

use super::custom::form_state::CustomTokenForm;

use boxes::{ColumnBox, PickBox};
use rows::{ThingRow, TypeRow};
use section::Section;

/// Returns the types below "Other Resources", in alphabetical order.
fn other_types() -> Vec<ResourceType> {
    let apart = [ResourceType::Buckets, ResourceType::Telegrafs];
    let mut kinds: Vec<_> = ResourceType::grantable().filter(|kind| !apart.contains(kind)).collect();
    kinds.sort_by_key(|kind| title(*kind));
    kinds
}

/// Returns the name of a type as in InfluxDB's console.
fn title(kind: ResourceType) -> String {
    wording::capitalized(kind.name())
}

/// The three sections: buckets, telegraf configurations, and the other types.
#[component]
pub fn PickerSections(picker: Picker, choosing: CustomTokenForm) -> impl IntoView {
    let Picker { buckets, telegrafs, refused, .. } = picker;
    let search = folded(choosing.search.get_untracked().trim());
    let others: Vec<ResourceType> =
        other_types().into_iter().filter(|kind| folded(&title(*kind)).contains(&search)).collect();
    let refused = StoredValue::new(refused);
    let offered: Vec<Pick> = offered(&buckets, &telegrafs, &others);
    view! {
        <Things
            kind=ResourceType::Buckets title="Buckets" all="All Buckets" none="No buckets match your search term" id="Buckets"
            choices=buckets search=search.clone() choosing refused
        />
        <Things
            kind=ResourceType::Telegrafs title="Telegraf Configurations" all="All Telegrafs" none="No telegrafs match your search term" id="Telegrafs"
            choices=telegrafs search=search.clone() choosing refused
        />
        <Others kinds=others search choosing refused/>
        <NotOffered offered choosing/>
    }
}

fn offered(buckets: &Choices, telegrafs: &Choices, others: &[ResourceType]) -> Vec<Pick> {
    let singles =
        |kind, choices: &Choices| choices.items.iter().map(|choice| (kind, Some(choice.id))).collect::<Vec<_>>();
    let types = [ResourceType::Buckets, ResourceType::Telegrafs]
        .into_iter()
        .chain(others.iter().copied())
        .map(|kind| (kind, None));
    let all = types.chain(singles(ResourceType::Buckets, buckets)).chain(singles(ResourceType::Telegrafs, telegrafs));
    all.flat_map(|(kind, id)| Action::ALL.map(|action| Pick { kind, id, action })).collect()
}

/// Hidden fields for ticked boxes that a search hides, so that they are submitted too.
#[component]
fn NotOffered(offered: Vec<Pick>, choosing: CustomTokenForm) -> impl IntoView {
    move || {
        let hidden = choosing.selection.with(|selection| {
            selection.effective().into_iter().filter(|pick| !offered.contains(pick)).collect::<Vec<_>>()
        });
        hidden
            .into_iter()
            .map(|pick| view! { <input type="hidden" name=CustomForm::PERMISSION value=pick.to_string()/> })
            .collect_view()
    }
}

/// A section of individual resources.
#[component]
fn Things(
    /// The type of the resources.
    kind: ResourceType,
    /// The heading of the section.
    title: &'static str,
    /// The name of the row with the boxes of the type.
    all: &'static str,
    /// The message if a search matches nothing.
    none: &'static str,
    /// The id from which the element ids of the boxes are formed.
    id: &'static str,
    /// The resources that match the search.
    choices: Choices,
    /// The folded search text.
    search: String,
    /// The state of the form.
    choosing: CustomTokenForm,
    /// The boxes of types that the caller cannot grant.
    refused: StoredValue<Vec<Pick>>,
) -> impl IntoView {
    let Choices { items, total, unfiltered } = choices;
    let searching = !search.is_empty();
    let count = Signal::derive(move || {
        if searching {
            return if total == 0 {
                "No match".into()
            } else {
                format!("{} of {} match", wording::grouped(total), wording::grouped(unfiltered))
            };
        }
        let ticked = choosing
            .selection
            .with(|selection| Action::ALL.map(|action| selection.singles(kind, action)).into_iter().sum::<usize>());
        format!("{ticked} of {}", wording::grouped(unfiltered * 2))
    });
    let boxes = Action::ALL.map(|action| {
        let pick = Pick::all(action, kind);
        let mixed = Signal::derive(move || choosing.selection.with(|selection| !selection.holds(pick) && selection.singles(kind, action) > 0));
        view! { <PickBox pick id=id.to_owned() label=all.to_owned() mixed refused=refused.with_value(|refused| refused.contains(&pick)) choosing/> }
    });
    let reason =
        Action::ALL.iter().any(|action| refused.with_value(|refused| refused.contains(&Pick::all(*action, kind))));
    let reason = reason.then(|| {
        let text = format!("You don't hold this permission for all {}, so you can't grant it.", kind.words());
        view! { <p class="perm-more" id=format!("{id}-why")>{text}</p> }
    });
    let shown = items.len() as u64;
    let nothing = items.is_empty().then(|| {
        view! { <p class="perm-none">{if searching { none.to_owned() } else { format!("There are no {} yet.", kind.words()) }}</p> }
    });
    let more = (total > shown).then(|| {
        let text = format!("{shown} of {} {}. Search to find the others.", wording::grouped(total), kind.words());
        view! { <p class="perm-more" role="status">{text}</p> }
    });
    let open = Signal::derive(move || if searching { total > 0 } else { choosing.is_open(kind) });
    view! {
        <Section title all open count searching boxes=boxes.collect_view().into_any()>
            {reason}
            {items.into_iter().map(|choice| view! { <ThingRow kind choice search=search.clone() choosing/> }).collect_view()}
            {nothing}
            {more}
        </Section>
    }
}

/// The section of the other types.
#[component]
fn Others(
    /// The types that match the search.
    kinds: Vec<ResourceType>,
    /// The folded search text.
    search: String,
    /// The state of the form.
    choosing: CustomTokenForm,
    /// The boxes of types that the caller cannot grant.
    refused: StoredValue<Vec<Pick>>,
) -> impl IntoView {
    let searching = !search.is_empty();
    let all = other_types();
    let number = all.len();
    let found = kinds.len();
    let types = all.clone();
    let count = Signal::derive(move || {
        if searching {
            return if found == 0 { "No match".into() } else { format!("{found} of {number} match") };
        }
        let ticked = types.iter().flat_map(|kind| Action::ALL.map(|action| Pick::all(action, *kind)));
        let ticked = choosing.selection.with(|selection| ticked.filter(|pick| selection.holds(*pick)).count());
        format!("{ticked} of {}", number * 2)
    });
    let boxes = Action::ALL.map(|action| view! { <ColumnBox action kinds=all.clone() choosing refused/> });
    let nothing = kinds.is_empty().then(|| view! { <p class="perm-none">"No Resources match your search term"</p> });
    let open = Signal::derive(move || if searching { found > 0 } else { choosing.other_is_open() });
    view! {
        <Section title="Other Resources" all="All Other Resources" open count searching boxes=boxes.collect_view().into_any()>
            {kinds.into_iter().map(|kind| view! { <TypeRow kind search=search.clone() choosing refused/> }).collect_view()}
            {nothing}
        </Section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_resources_are_those_of_influxdbs_console_in_its_order() {
        let titles: Vec<String> = other_types().into_iter().map(title).collect();
        let expected = [
            "Annotations",
            "Authorizations",
            "Checks",
            "Dashboards",
            "Dbrp",
            "Documents",
            "Labels",
            "Notebooks",
            "NotificationEndpoints",
            "NotificationRules",
            "Orgs",
            "Remotes",
            "Replications",
            "Scrapers",
            "Secrets",
            "Sources",
            "Tasks",
            "Users",
            "Variables",
            "Views",
        ];
        assert_eq!(titles, expected);
    }
}
