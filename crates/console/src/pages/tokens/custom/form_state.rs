//! The state of the dialog's form.

use std::collections::HashMap;

use leptos::prelude::*;

use jeton_model::{
    Id, ResourceType,
    console::{
        frame::Frame,
        prefill::Prefilled,
        selection::{Pick, Selection},
        template::Template,
        tokens::Choice,
    },
    describe::{Home, Named},
};

use crate::{
    components::form::{answer, typed_fields},
    forms::{
        outcome::FormFields,
        tokens::{CustomForm, NewTokenForm, SearchForm},
    },
    pages::tokens::limits::Limits,
    queries::Picker,
};

/// The state of the form.
#[derive(Clone, Copy)]
pub struct CustomTokenForm {
    /// The ticked boxes.
    pub selection: RwSignal<Selection>,
    /// All choices loaded since the dialog opened: their names are needed after a search hides them.
    known: RwSignal<HashMap<Id, Choice>>,
    /// Ticked resources whose names are not loaded.
    pub nameless: RwSignal<Vec<Id>>,
    /// The text that the choices are searched for.
    pub search: RwSignal<String>,
    /// The typed description; empty if it is to be derived from the permissions.
    pub description: RwSignal<String>,
    /// The template that was chosen last.
    template: RwSignal<Option<Started>>,
    /// The boxes of types that the caller cannot grant.
    refused: RwSignal<Vec<Pick>>,
    /// True if a template or an address expanded the section of configurations, and that of the other types.
    opened: RwSignal<(bool, bool)>,
    /// The chosen expiry and networks.
    pub limits: Limits,
    /// The data of the page's frame, such as the user and the organization.
    pub frame: StoredValue<Frame>,
}

/// The query for the choices: known before the prefill is loaded, so that both load in parallel.
#[derive(Clone, Copy)]
pub struct Lookup {
    /// The text that the choices are searched for.
    pub search: RwSignal<String>,
    /// Ticked resources whose names are not loaded.
    pub nameless: RwSignal<Vec<Id>>,
}

impl Lookup {
    /// Creates the query, from the form submitted without JavaScript if there is one.
    pub fn new() -> Self {
        let sent = typed_fields();
        let ticked =
            sent.all(CustomForm::PERMISSION).filter_map(|value| value.parse::<Pick>().ok()).collect::<Selection>();
        Self {
            search: RwSignal::new(sent.get(SearchForm::SEARCH).unwrap_or_default().to_owned()),
            nameless: RwSignal::new(ticked.iter().filter_map(|pick| pick.id).collect()),
        }
    }
}

/// A template, and the boxes of types that it ticked.
type Started = (Template, Selection);

/// The state that a template replaced, for undo.
pub type Before = (Selection, Option<Started>);

impl CustomTokenForm {
    /// Creates the state from the form submitted without JavaScript, or else from the prefill of the URL.
    pub fn new(frame: Frame, prefilled: Prefilled, lookup: Lookup, limits: Limits) -> Self {
        let sent = answer().map(|answer| answer.fields);
        let choosing = Self {
            selection: RwSignal::new(prefilled.selection),
            known: RwSignal::new(prefilled.known.into_iter().map(|choice| (choice.id, choice)).collect()),
            nameless: lookup.nameless,
            search: lookup.search,
            description: RwSignal::new(prefilled.description),
            template: RwSignal::new(None),
            refused: RwSignal::new(Vec::new()),
            opened: RwSignal::new((false, false)),
            limits,
            frame: StoredValue::new(frame),
        };
        choosing.begin_with(prefilled.template);
        if let Some(fields) = sent {
            choosing.take_over(&fields);
        }
        choosing
    }

    /// Sets the state from the fields of a form.
    pub fn take_over(&self, fields: &FormFields) {
        let ticked: Selection =
            fields.all(CustomForm::PERMISSION).filter_map(|value| value.parse::<Pick>().ok()).collect();
        let known = |id: &Id| self.known.with_untracked(|known| known.contains_key(id));
        self.nameless.set(ticked.iter().filter_map(|pick| pick.id).filter(|id| !known(id)).collect());
        self.selection.set(ticked);
        self.description.set(fields.get(NewTokenForm::DESCRIPTION).unwrap_or_default().to_owned());
        self.limits.take_over(fields);
        self.begin_with(fields.get(CustomForm::TEMPLATE).and_then(Template::from_word));
    }

    /// Returns the fields that a form with this state would submit.
    pub fn fields(&self) -> FormFields {
        let mut fields = vec![(NewTokenForm::DESCRIPTION.to_owned(), self.description.get())];
        let ticked = self.selection.with(|selection| selection.iter().collect::<Vec<_>>());
        fields.extend(ticked.into_iter().map(|pick| (CustomForm::PERMISSION.to_owned(), pick.to_string())));
        fields.extend(self.limits.fields());
        fields.extend(self.chosen().map(|template| (CustomForm::TEMPLATE.to_owned(), template.word().to_owned())));
        FormFields(fields)
    }

    /// Returns whether the form is empty, so that nothing can be lost.
    pub fn is_empty(&self) -> bool {
        self.description.with(String::is_empty) && self.selection.with(Selection::is_empty)
    }

    fn begin_with(&self, template: Option<Template>) {
        let started = template.map(|template| {
            let could = |pick: &Pick| self.selection.with_untracked(|selection| selection.holds(*pick));
            (template, template.types().into_iter().filter(could).collect())
        });
        self.template.set(started);
        self.open_sections();
    }

    /// Takes over the names and the refused boxes from the loaded choices.
    pub fn learn(&self, picker: &Picker) {
        self.known.update(|known| {
            for choice in picker.buckets.items.iter().chain(&picker.telegrafs.items).chain(&picker.ticked) {
                known.insert(choice.id, choice.clone());
            }
        });
        self.refused.set(picker.refused.clone());
    }

    /// Returns the chosen template, unless the boxes were changed since.
    pub fn chosen(&self) -> Option<Template> {
        self.look(Template::fits)
    }

    /// Returns the chosen template, if it still needs a bucket.
    pub fn waiting(&self) -> Option<Template> {
        self.look(Template::waits)
    }

    fn look(&self, holds: fn(Template, &Selection, &Selection) -> bool) -> Option<Template> {
        let (template, types) = self.template.get()?;
        self.selection.with(|selection| holds(template, selection, &types)).then_some(template)
    }

    /// Sets the boxes to those of a template, or clears them. Returns the previous state, if the user had ticked it.
    pub fn choose(&self, template: Option<Template>) -> Option<Before> {
        let before = (self.selection.get_untracked(), self.template.get_untracked());
        let made = before.1.as_ref().map(|(_, types)| types.clone()).unwrap_or_default();
        let refused = self.refused.get_untracked();
        let types = template.map(Template::types).unwrap_or_default();
        let types: Selection = types.into_iter().filter(|pick| !refused.contains(pick)).collect();
        self.selection.set(types.clone());
        self.template.set(template.map(|template| (template, types)));
        self.open_sections();
        (before.0 != made).then_some(before)
    }

    /// Restores the state that a template replaced.
    pub fn bring_back(&self, (selection, template): Before) {
        let _ = self.selection.try_set(selection);
        let _ = self.template.try_set(template);
    }

    /// Handles a click on a box. The first bucket picked for a template gets all the template's actions at once, if the
    /// box is one of them; any other box changes alone.
    pub fn press(&self, pick: Pick, on: bool) {
        let template = untrack(|| self.waiting()).filter(|template| {
            on && pick.kind == ResourceType::Buckets && pick.id.is_some() && template.bucket().contains(&pick.action)
        });
        let refused = pick.id.and_then(|id| self.known.with_untracked(|known| Some(known.get(&id)?.refused.clone())));
        let refused = refused.unwrap_or_default();
        self.selection.update(|selection| {
            selection.set(pick, on);
            for action in template.map(Template::bucket).unwrap_or_default() {
                if !refused.contains(action) {
                    selection.set(Pick { action: *action, ..pick }, true);
                }
            }
        });
    }

    fn open_sections(&self) {
        let apart = |pick: &Pick| Pick::has_singles(pick.kind);
        self.opened.set(self.selection.with_untracked(|selection| {
            (
                selection.iter().any(|pick| pick.kind == ResourceType::Telegrafs),
                !selection.iter().all(|pick| apart(&pick)),
            )
        }));
    }

    /// Returns whether a section of individual resources is expanded initially.
    pub fn is_open(&self, kind: ResourceType) -> bool {
        kind == ResourceType::Buckets || self.opened.get().0
    }

    /// Returns whether the section of the other types is expanded initially.
    pub fn other_is_open(&self) -> bool {
        self.opened.get().1
    }

    /// Returns the permissions of the ticked boxes, with their names.
    pub fn permissions(&self) -> Vec<Named> {
        let frame = self.frame.get_value();
        let picks = self.selection.with(Selection::effective);
        picks.into_iter().map(|pick| self.named(pick, &frame)).collect()
    }

    /// Calls a function with the token's owner, the caller, and its organization, the present one.
    pub fn at_home<T>(&self, then: impl FnOnce(Home<'_>) -> T) -> T {
        self.frame
            .with_value(|frame| then(Home { owner: Some(frame.user_id), org: frame.org.id, org_name: &frame.org.name }))
    }

    fn named(&self, pick: Pick, frame: &Frame) -> Named {
        let choice = pick.id.and_then(|id| self.known.with(|known| known.get(&id).cloned()));
        let own = match pick.kind {
            ResourceType::Orgs => Some(frame.org.name.clone()),
            ResourceType::Users => Some(frame.user.clone()),
            _ => None,
        };
        Named {
            permission: pick.permission(frame.org.id, frame.user_id),
            system: choice.as_ref().is_some_and(|choice| choice.system),
            name: choice.map(|choice| choice.name).or(own),
            org_name: None,
        }
    }
}
