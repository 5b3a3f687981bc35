//! What is ticked in the dialog, and what is known of it.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::{
    console::{
        components::form::{answer, typed_fields},
        forms::outcome::FormFields,
        pages::tokens::limits::Limits,
        queries::Picker,
    },
    model::{
        Id, ResourceType,
        console::{
            frame::Frame,
            prefill::Prefilled,
            selection::{Pick, Selection},
            template::Template,
            tokens::Choice,
        },
        describe::{Home, Named},
    },
};

/// The state of the dialog.
#[derive(Clone, Copy)]
pub struct CustomTokenForm {
    pub selection: RwSignal<Selection>,
    /// Everything that was offered since the dialog opened: names stay known when a search hides them.
    known: RwSignal<HashMap<Id, Choice>>,
    /// What is ticked without its name being known here.
    pub nameless: RwSignal<Vec<Id>>,
    pub search: RwSignal<String>,
    /// What was typed; empty where the description is to be made from the permissions.
    pub description: RwSignal<String>,
    /// The template that was chosen last.
    template: RwSignal<Option<Started>>,
    /// The boxes of types that the caller can't grant.
    refused: RwSignal<Vec<Pick>>,
    /// Which sections a template or an address opened: that of the configurations, and that of the other types.
    opened: RwSignal<(bool, bool)>,
    pub limits: Limits,
    pub frame: StoredValue<Frame>,
}

/// What the server is asked for: known before what the address asks for is loaded, so that both are loaded at once.
#[derive(Clone, Copy)]
pub struct Lookup {
    pub search: RwSignal<String>,
    /// What is ticked without its name being known here.
    pub nameless: RwSignal<Vec<Id>>,
}

impl Lookup {
    /// As a form without script left it.
    pub fn new() -> Self {
        let sent = typed_fields();
        let ticked = sent.all("permission").filter_map(|value| value.parse::<Pick>().ok()).collect::<Selection>();
        Self {
            search: RwSignal::new(sent.get("search").unwrap_or_default().to_owned()),
            nameless: RwSignal::new(ticked.iter().filter_map(|pick| pick.id).collect()),
        }
    }
}

/// A template, and those boxes of types that it could tick.
type Started = (Template, Selection);

/// What a template replaced, to be brought back.
pub type Before = (Selection, Option<Started>);

impl CustomTokenForm {
    /// As a form without script left it, or else as the address has it filled in.
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

    /// Sets everything as the fields of this form say.
    pub fn take_over(&self, fields: &FormFields) {
        let ticked: Selection = fields.all("permission").filter_map(|value| value.parse::<Pick>().ok()).collect();
        let known = |id: &Id| self.known.with_untracked(|known| known.contains_key(id));
        self.nameless.set(ticked.iter().filter_map(|pick| pick.id).filter(|id| !known(id)).collect());
        self.selection.set(ticked);
        self.description.set(fields.get("description").unwrap_or_default().to_owned());
        self.limits.take_over(fields);
        self.begin_with(fields.get("template").and_then(Template::from_word));
    }

    /// What a form with the same content would send.
    pub fn fields(&self) -> FormFields {
        let mut fields = vec![("description".to_owned(), self.description.get())];
        let ticked = self.selection.with(|selection| selection.iter().collect::<Vec<_>>());
        fields.extend(ticked.into_iter().map(|pick| ("permission".to_owned(), pick.to_string())));
        fields.extend(self.limits.fields());
        fields.extend(self.chosen().map(|template| ("template".to_owned(), template.word().to_owned())));
        FormFields(fields)
    }

    /// Whether there is anything that could be lost.
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

    pub fn learn(&self, picker: &Picker) {
        self.known.update(|known| {
            for choice in picker.buckets.items.iter().chain(&picker.telegrafs.items).chain(&picker.ticked) {
                known.insert(choice.id, choice.clone());
            }
        });
        self.refused.set(picker.refused.clone());
    }

    /// The chosen template, for as long as the boxes are those it makes.
    pub fn chosen(&self) -> Option<Template> {
        self.look(Template::fits)
    }

    /// The chosen template, if it still needs a bucket.
    pub fn waiting(&self) -> Option<Template> {
        self.look(Template::waits)
    }

    fn look(&self, holds: fn(Template, &Selection, &Selection) -> bool) -> Option<Template> {
        let (template, types) = self.template.get()?;
        self.selection.with(|selection| holds(template, selection, &types)).then_some(template)
    }

    /// Sets the boxes to what a template makes, or to none. Answers what was there before, if people had ticked it.
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

    /// Brings back what a template replaced.
    pub fn bring_back(&self, (selection, template): Before) {
        let _ = self.selection.try_set(selection);
        let _ = self.template.try_set(template);
    }

    /// A box was pressed. The first bucket picked for a template gets all its actions by one press, if the pressed box
    /// is one of them; any other box stands for itself.
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

    /// Whether a section of single things stands open of itself.
    pub fn is_open(&self, kind: ResourceType) -> bool {
        kind == ResourceType::Buckets || self.opened.get().0
    }

    /// Whether the section of the other types stands open of itself.
    pub fn other_is_open(&self) -> bool {
        self.opened.get().1
    }

    /// The permissions that the ticked boxes make, with their names.
    pub fn permissions(&self) -> Vec<Named> {
        let frame = self.frame.get_value();
        let picks = self.selection.with(Selection::effective);
        picks.into_iter().map(|pick| self.named(pick, &frame)).collect()
    }

    /// Calls a function with the owner and the organization of the token: whoever is signed in, and where they are.
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
