//! The boxes of the Custom API Token dialog.

use leptos::prelude::*;

use super::custom::Choosing;
use crate::{
    model::{
        Action, ResourceType,
        listing::{Choice, Choices},
        selection::Pick,
    },
    ui::{
        components::{Icon, Picture},
        load::Picker,
        words,
    },
};

/// What is offered below "Other Resources", by the letters of their names.
fn other_types() -> Vec<ResourceType> {
    let apart = [ResourceType::Buckets, ResourceType::Telegrafs];
    let mut kinds: Vec<_> = ResourceType::grantable().filter(|kind| !apart.contains(kind)).collect();
    kinds.sort_by_key(|kind| title(*kind));
    kinds
}

/// The name of a type as InfluxDB's console shows it.
fn title(kind: ResourceType) -> String {
    let name = kind.name();
    name[..1].to_uppercase() + &name[1..]
}

/// Three sections: each bucket, each telegraf configuration, every other type.
#[component]
pub fn PickerSections(picker: Picker, choosing: Choosing) -> impl IntoView {
    let Picker { buckets, telegrafs, refused, .. } = picker;
    let search = choosing.search.get_untracked().trim().to_lowercase();
    let others: Vec<ResourceType> =
        other_types().into_iter().filter(|kind| title(*kind).to_lowercase().contains(&search)).collect();
    let refused = StoredValue::new(refused);
    let offered: Vec<Pick> = offered(&buckets, &telegrafs, &others);
    view! {
        <Things
            kind=ResourceType::Buckets title="Buckets" all="All Buckets" none="No buckets match your search term" id="Buckets"
            choices=buckets search=search.clone() open=true choosing refused
        />
        <Things
            kind=ResourceType::Telegrafs title="Telegraf Configurations" all="All Telegrafs" none="No telegrafs match your search term" id="Telegrafs"
            choices=telegrafs search=search.clone() open=!search.is_empty() choosing refused
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

/// What was ticked before a search hid it is sent all the same.
#[component]
fn NotOffered(offered: Vec<Pick>, choosing: Choosing) -> impl IntoView {
    move || {
        let hidden = choosing.selection.with(|selection| {
            selection.effective().into_iter().filter(|pick| !offered.contains(pick)).collect::<Vec<_>>()
        });
        hidden
            .into_iter()
            .map(|pick| view! { <input type="hidden" name="permission" value=pick.to_string()/> })
            .collect_view()
    }
}

/// A section: a line with the boxes of the type, and below it a line for each thing.
#[component]
fn Section(
    title: &'static str,
    all: &'static str,
    open: bool,
    #[prop(into)] count: Signal<String>,
    searching: bool,
    boxes: AnyView,
    children: Children,
) -> impl IntoView {
    let selected = (!searching).then(|| view! { <span class="wide-only">" selected"</span> });
    view! {
        <section class="accordion" data-testid="accordion">
            <details class="accordion-toggle" open=open>
                <summary data-testid="accordion-header"><Icon picture=Picture::ChevronRight/><h3>{title}</h3><span class="count">{count}{selected}</span></summary>
            </details>
            <span class="accordion-all" aria-hidden="true">{all}</span>
            {boxes}
            <div class="accordion-body" data-testid="accordion-body">{children()}</div>
        </section>
    }
}

#[component]
fn Things(
    kind: ResourceType,
    title: &'static str,
    all: &'static str,
    none: &'static str,
    id: &'static str,
    choices: Choices,
    search: String,
    open: bool,
    choosing: Choosing,
    refused: StoredValue<Vec<Pick>>,
) -> impl IntoView {
    let Choices { items, total, unfiltered } = choices;
    let searching = !search.is_empty();
    let count = Signal::derive(move || {
        if searching {
            return if total == 0 {
                "No match".into()
            } else {
                format!("{} of {} match", words::grouped(total), words::grouped(unfiltered))
            };
        }
        let ticked = choosing
            .selection
            .with(|selection| Action::ALL.map(|action| selection.singles(kind, action)).into_iter().sum::<usize>());
        format!("{ticked} of {}", words::grouped(unfiltered * 2))
    });
    let boxes = Action::ALL.map(|action| {
        let pick = Pick::all(action, kind);
        let mixed = Signal::derive(move || choosing.selection.with(|selection| !selection.holds(pick) && selection.singles(kind, action) > 0));
        view! { <PickBox pick id=id.to_owned() label=all.to_owned() mixed refused=refused.with_value(|refused| refused.contains(&pick)) choosing/> }
    });
    let shown = items.len() as u64;
    let nothing = items.is_empty().then(|| {
        view! { <p class="perm-none">{if searching { none.to_owned() } else { format!("There are no {} yet.", kind.words()) }}</p> }
    });
    let more = (total > shown).then(|| {
        let text = format!("{shown} of {} {}. Search to find the others.", words::grouped(total), kind.words());
        view! { <p class="perm-more" role="status">{text}</p> }
    });
    let open = open && (!searching || total > 0);
    view! {
        <Section title all open count searching boxes=boxes.collect_view().into_any()>
            {items.into_iter().map(|choice| view! { <ThingRow kind choice search=search.clone() choosing/> }).collect_view()}
            {nothing}
            {more}
        </Section>
    }
}

#[component]
fn ThingRow(kind: ResourceType, choice: Choice, search: String, choosing: Choosing) -> impl IntoView {
    let id = choice.id.to_string();
    let is_bucket = kind == ResourceType::Buckets;
    let label =
        if is_bucket { format!("bucket {}", choice.name) } else { format!("Telegraf configuration {}", choice.name) };
    let name = view! { <Hit name=choice.name.clone() search/> };
    let name =
        if is_bucket { view! { <code>{name}</code> }.into_any() } else { view! { <span>{name}</span> }.into_any() };
    let why = (!choice.refused.is_empty()).then_some("You can't grant what you don't hold.");
    let boxes = Action::ALL.map(|action| {
        let refused = choice.refused.contains(&action);
        view! { <PickBox pick=Pick::one(action, kind, choice.id) id=id.clone() label=label.clone() refused choosing/> }
    });
    view! {
        <div class=if why.is_some() { "perm-row refused" } else { "perm-row" }>
            <span class="perm-name">
                {name}
                {choice.system.then(|| view! { <span class="badge">"system"</span> })}
                <code class="perm-id" aria-hidden="true">{id.clone()}</code>
                {why.map(|why| view! { <span class="perm-why" id=format!("{id}-why")>{why}</span> })}
            </span>
            {boxes.collect_view()}
        </div>
    }
}

/// A name with what was searched for set off.
#[component]
fn Hit(name: String, search: String) -> impl IntoView {
    let folded = name.to_lowercase();
    match folded.find(&search) {
        // Folding may change lengths; then the whole name is shown as it is.
        Some(at)
            if !search.is_empty()
                && folded.len() == name.len()
                && name.is_char_boundary(at)
                && name.is_char_boundary(at + search.len()) =>
        {
            let (before, rest) = name.split_at(at);
            let (hit, after) = rest.split_at(search.len());
            view! { {before.to_owned()}<mark>{hit.to_owned()}</mark>{after.to_owned()} }.into_any()
        }
        _ => name.into_any(),
    }
}

#[component]
fn Others(
    kinds: Vec<ResourceType>,
    search: String,
    choosing: Choosing,
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
    let open = searching && found > 0;
    view! {
        <Section title="Other Resources" all="All Other Resources" open count searching boxes=boxes.collect_view().into_any()>
            {kinds.into_iter().map(|kind| view! { <TypeRow kind search=search.clone() choosing refused/> }).collect_view()}
            {nothing}
        </Section>
    }
}

#[component]
fn TypeRow(kind: ResourceType, search: String, choosing: Choosing, refused: StoredValue<Vec<Pick>>) -> impl IntoView {
    let name = title(kind);
    let id = kind.name().to_owned();
    let picks = Action::ALL.map(|action| Pick::all(action, kind));
    let is_refused = move |pick: Pick| refused.with_value(|refused| refused.contains(&pick));
    let why = picks
        .into_iter()
        .any(is_refused)
        .then(|| format!("You hold no such permission for {}, so you cannot grant it.", kind.words()));
    let whose = match kind {
        ResourceType::Orgs => Some("only this organization"),
        ResourceType::Users => Some("only your own user"),
        _ => None,
    };
    let boxes =
        picks.map(|pick| view! { <PickBox pick id=id.clone() label=name.clone() refused=is_refused(pick) choosing/> });
    let class = if why.is_some() { "perm-row refused" } else { "perm-row" };
    view! {
        <div class=class>
            <span class="perm-name">
                <span><Hit name=name.clone() search/></span>
                {whose.map(|whose| view! { <span class="perm-why">{whose}</span> })}
                {why.map(|why| view! { <span class="perm-why" id=format!("{id}-why")>{why}</span> })}
            </span>
            {boxes.collect_view()}
        </div>
    }
}

/// The id of a box: that of the thing, and with a 1 for writing, as InfluxDB's console has them.
fn box_id(id: &str, action: Action) -> String {
    match action {
        Action::Read => id.to_owned(),
        Action::Write => format!("{id}1"),
    }
}

/// One box. Implied by the box of its type, it is shown set and can't be changed.
#[component]
fn PickBox(
    pick: Pick,
    id: String,
    label: String,
    #[prop(into, optional)] mixed: Signal<bool>,
    refused: bool,
    choosing: Choosing,
) -> impl IntoView {
    let Choosing { selection, .. } = choosing;
    let implied = move || selection.with(|selection| selection.implied(pick));
    let checked = move || implied() || selection.with(|selection| selection.holds(pick));
    let described = refused.then(|| format!("{id}-why"));
    view! {
        <label class=format!("check {}", pick.action)>
            <input
                type="checkbox" id=box_id(&id, pick.action) name="permission" value=pick.to_string()
                aria-label=format!("{} {label}", pick.action.title()) aria-describedby=described
                checked=checked prop:checked=checked disabled=move || refused || implied()
                data-mixed=move || mixed.get().then_some("") prop:indeterminate=mixed
                on:change:target=move |event| {
                    let on = event.target().checked();
                    selection.update(|selection| selection.set(pick, on));
                }
            />
        </label>
    }
}

/// Sets a whole column of types, and never inverts it. It is no permission of its own, so it needs the script.
#[component]
fn ColumnBox(
    action: Action,
    kinds: Vec<ResourceType>,
    choosing: Choosing,
    refused: StoredValue<Vec<Pick>>,
) -> impl IntoView {
    let Choosing { selection, .. } = choosing;
    let picks: Vec<Pick> = kinds.into_iter().map(|kind| Pick::all(action, kind)).collect();
    let picks: Vec<Pick> =
        picks.into_iter().filter(|pick| refused.with_value(|refused| !refused.contains(pick))).collect();
    let none_to_set = picks.is_empty();
    let picks = StoredValue::new(picks);
    let set = move || {
        picks
            .with_value(|picks| selection.with(|selection| picks.iter().filter(|pick| selection.holds(**pick)).count()))
    };
    let all = move || set() > 0 && set() == picks.with_value(Vec::len);
    let mixed = move || set() > 0 && !all();
    view! {
        <label class=format!("check {action}")>
            <input
                class="needs-script" type="checkbox" id=box_id("Other", action) aria-label=format!("{} All Other Resources", action.title())
                prop:checked=all disabled=none_to_set data-mixed=move || mixed().then_some("") prop:indeterminate=mixed
                on:change:target=move |event| {
                    let on = event.target().checked();
                    selection.update(|selection| picks.with_value(|picks| picks.iter().for_each(|pick| selection.set(*pick, on))));
                }
            />
        </label>
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
