//! The limits of a token: its expiry and its networks.

mod dialog;
mod fields;

use leptos::prelude::*;

use jeton_model::{
    Networks, Timestamp,
    duration::length,
    expiry::{self, KEEP, NEVER, ON_A_DAY, chosen, offer_title},
    org_rules::{OrgRules, RulesNow},
    wording::{self, capitalized},
};

use crate::{
    components::form::{answer, typed_fields},
    error::ConsoleError,
    forms::{outcome::FormFields, tokens::LimitsForm},
};

pub use dialog::LimitsRoute;
pub use fields::{ExpiryField, LimitsSection, NetworksField};

/// The limits chosen in a form.
#[derive(Clone, Copy)]
pub struct Limits {
    /// A period in seconds, or one of the words of [`expiry`].
    pub expires: RwSignal<String>,
    /// The chosen day as `YYYY-MM-DD`, if the expiry is on a day; empty otherwise.
    pub day: RwSignal<String>,
    /// The typed networks.
    pub networks: RwSignal<String>,
    facts: StoredValue<Facts>,
}

/// Facts that do not change while the form is open.
#[derive(Clone)]
struct Facts {
    rules: OrgRules,
    now: Timestamp,
    created_at: Timestamp,
    offers: Vec<(i64, bool)>,
    /// The token's present expiry, which may be kept.
    current: Option<Option<Timestamp>>,
}

impl Limits {
    /// Creates the limits of a new token. `life` (in seconds) and `networks`: those of the token it is derived from. If
    /// the rules could not be loaded, none apply.
    pub fn of_new(rules: Result<RulesNow, ConsoleError>, life: Option<i64>, networks: &Networks) -> Self {
        let RulesNow { rules, now } =
            rules.unwrap_or(RulesNow { rules: OrgRules::default(), now: Timestamp::from_micros(0) });
        let offers = expiry::offers(&rules, life, now, now);
        let usable = |life: &i64| offers.contains(&(*life, true));
        let never = rules.broken_by_life(now, None).is_none();
        let last = offers.iter().rev().find(|(_, allowed)| *allowed).map(|(life, _)| *life);
        let proposed = life.filter(usable).or(rules.default_life).or(if never { None } else { last });
        let proposed = proposed.map_or_else(|| NEVER.to_owned(), |life| life.to_string());
        let facts = Facts { rules, now, created_at: now, offers, current: None };
        Self::with(facts, proposed, networks)
    }

    /// Creates the limits of an existing token.
    fn of_token(rules: RulesNow, created_at: Timestamp, expires_at: Option<Timestamp>, networks: &Networks) -> Self {
        let RulesNow { rules, now } = rules;
        let offers = expiry::offers(&rules, None, created_at, now);
        Self::with(Facts { rules, now, created_at, offers, current: Some(expires_at) }, KEEP.into(), networks)
    }

    /// Creates the limits from the form submitted without JavaScript, or else from the proposal.
    fn with(facts: Facts, proposed: String, networks: &Networks) -> Self {
        let limits = Self {
            expires: RwSignal::new(proposed),
            day: RwSignal::new(String::new()),
            networks: RwSignal::new(networks.texts().join(", ")),
            facts: StoredValue::new(facts),
        };
        if answer().is_some() {
            limits.take_over(&typed_fields());
        }
        limits
    }

    /// Sets the limits from the fields of a form.
    pub fn take_over(&self, fields: &FormFields) {
        for (name, signal) in self.signals() {
            if let Some(text) = fields.get(name) {
                signal.set(text.to_owned());
            }
        }
    }

    /// Returns the fields that a form with these limits would submit.
    pub fn fields(&self) -> Vec<(String, String)> {
        self.signals().map(|(name, signal)| (name.to_owned(), signal.get())).into()
    }

    const fn signals(&self) -> [(&'static str, RwSignal<String>); 3] {
        [
            (LimitsForm::EXPIRES, self.expires),
            (LimitsForm::EXPIRES_DAY, self.day),
            (LimitsForm::NETWORKS, self.networks),
        ]
    }

    /// Returns when the token would expire, if that is determined.
    pub fn end(&self) -> Option<Timestamp> {
        let now = self.facts.with_value(|facts| facts.now);
        chosen(&self.expires.get(), &self.day.get(), now).ok().flatten().and_then(expiry::Expiry::end)
    }

    /// Returns the typed networks individually.
    pub fn network_texts(&self) -> Vec<String> {
        let typed = self.networks.get();
        typed.split(',').map(str::trim).filter(|text| !text.is_empty()).map(Into::into).collect()
    }

    /// Describes the limits: "expires in 90 days, from any network".
    pub fn in_words(&self) -> String {
        let expires = match self.expires.get().as_str() {
            NEVER => "never expires".to_owned(),
            ON_A_DAY => {
                self.end().map_or_else(|| "expires on a day".into(), |end| format!("expires on {}", end.date()))
            }
            life => life.parse().map_or_else(|_| String::new(), |life| format!("expires in {}", offer_title(life))),
        };
        match self.network_texts().len() as u64 {
            0 => format!("{expires}, from any network"),
            number => format!("{expires}, from {}", wording::count(number, "network")),
        }
    }

    /// Describes the effect of the choice, and the rule that forbids others.
    fn effect(&self) -> String {
        let facts = self.facts.get_value();
        let mut effect = match (self.expires.get().as_str(), self.end()) {
            (KEEP, _) => match facts.current.flatten() {
                Some(end) => format!("Expires on {}, as before.", end.minute()),
                None => "Never expires, as before.".into(),
            },
            (NEVER, _) => "Works until someone deactivates or deletes it.".into(),
            (_, Some(end)) => format!("Expires on {}.", end.minute()),
            (_, None) => "Choose the day on which it expires, at 00:00 UTC.".into(),
        };
        if let Some(broken) = facts.rules.broken_by_life(facts.created_at, None) {
            effect.push_str(&format!(" {}.", capitalized(&broken.to_string())));
        }
        if let (Some(usual), None) = (facts.rules.default_life, facts.current) {
            effect.push_str(&format!(" The default is {}.", length(usual)));
        }
        effect
    }

    /// Returns whether the organization's rules limit the expiry: then the choice is displayed at once.
    fn is_ruled(&self) -> bool {
        self.facts.with_value(|facts| {
            facts.rules.default_life.is_some() || facts.rules.broken_by_life(facts.created_at, None).is_some()
        })
    }
}
