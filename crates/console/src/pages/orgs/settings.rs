//! The settings of an organization, in place of the list: name, description, rules and deletion.

use leptos::prelude::*;

use jeton_model::{
    OrgId,
    org::OrgSummary,
    org_rules::{OrgRules, RulesNow},
};

use crate::{
    components::{
        CopyButton, Form, Icon, Notices, Picture,
        form::{ActionOutcome, refusal, typed_fields},
        text::Alert,
        unsaved::{SaveBar, ask_before_leaving},
    },
    error::ConsoleError,
    forms::{orgs::OrgSettingsForm, outcome::Outcome},
    queries::{load_org, load_org_rules},
    routes::{Orgs, Section},
    state::org_state::page_resource,
};

use super::{
    OrgsState, at_field,
    delete::what_goes,
    fields::{TextSetting, Texts},
    name_error,
    rules::{RuleFacts, RuleFields, RulesForm},
    violations::{OutOfLine, ViolationCounts},
};

/// The settings of an organization; reloaded when the id changes.
#[component]
pub fn Settings(id: OrgId, state: OrgsState) -> impl IntoView {
    let found = page_resource(|| (), move |()| load_org(id));
    let rules = page_resource(|| (), move |()| load_org_rules(id));
    let broken = ViolationCounts::of(id);
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match (found.await, rules.await) {
                    (Ok(summary), Ok(RulesNow { rules, .. })) => view! { <Loaded summary rules broken state/> }.into_any(),
                    (Err(error), _) | (_, Err(error)) => view! { <Missing error state/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The error in place of the settings.
#[component]
fn Missing(error: ConsoleError, state: OrgsState) -> impl IntoView {
    view! {
        <div class="list-failed">
            <Alert danger=true>
                <b>"This organization can't be shown."</b>" "{error.sentence()}<br/>
                <a class="link" href=move || state.address(Orgs::List)>"Back to the list"</a>
            </Alert>
        </div>
    }
}

/// The loaded settings.
#[component]
fn Loaded(summary: OrgSummary, rules: OrgRules, broken: ViolationCounts, state: OrgsState) -> impl IntoView {
    let OrgSummary { org, may_change, .. } = &summary;
    let id = org.id;
    let saved = Texts { name: RwSignal::new(org.name.clone()), description: RwSignal::new(org.description.clone()) };
    // A form refused without JavaScript keeps the submitted values.
    let before = typed_fields();
    let initial = |name, saved: &str| RwSignal::new(before.get(name).unwrap_or(saved).to_owned());
    let given = Texts {
        name: initial(OrgSettingsForm::NAME, &org.name),
        description: initial(OrgSettingsForm::DESCRIPTION, &org.description),
    };
    let content = if *may_change {
        view! { <Change summary rules=RulesForm::new(&rules) broken saved given state/> }.into_any()
    } else {
        view! { <ReadOnly saved rules broken/> }.into_any()
    };
    view! { <Head id name=saved.name state/>{content} }
}

/// The breadcrumbs, and the id with a button that copies it.
#[component]
fn Head(id: OrgId, name: RwSignal<String>, state: OrgsState) -> impl IntoView {
    let other = move || state.page.org.get() != id;
    view! {
        <div class="crumbs">
            <nav aria-label="Breadcrumb">
                <a href=move || state.address(Orgs::List)>"Organizations"</a><Icon picture=Picture::ChevronRight/>
                <h2 aria-current="page">{name}</h2>
            </nav>
            <code class="crumb-id">{id.to_string()}</code><CopyButton text=id.to_string() name="Copy the ID"/>
            {move || other().then(|| view! {
                <a class="button small crumbs-end" href=Section::Orgs.address(id) data-testid="switch-org">
                    <Icon picture=Picture::ArrowRight/>"Switch to "{name}
                </a>
            })}
        </div>
    }
}

/// The form, and below it the section about deletion.
#[component]
fn Change(
    /// The organization as loaded.
    summary: OrgSummary,
    /// The settings of its rules.
    rules: RulesForm,
    /// The number of tokens that break its rules.
    broken: ViolationCounts,
    /// The saved name and description.
    saved: Texts,
    /// The typed name and description.
    given: Texts,
    /// The state of the page.
    state: OrgsState,
) -> impl IntoView {
    let id = summary.org.id;
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let name_changed = Memo::new(move |_| given.name.get() != saved.name.get());
    let description_changed = Memo::new(move |_| given.description.get() != saved.description.get());
    let texts_changed = move || u64::from(name_changed.get()) + u64::from(description_changed.get());
    let changes = Memo::new(move |_| texts_changed() + rules.changes());
    broken.follow(rules);
    let discard = Callback::new(move |()| {
        given.set(saved.name.get_untracked(), saved.description.get_untracked());
        rules.discard();
        refused.set(None);
    });
    let elsewhere = move || refused.get().filter(|error| error.fields().is_empty());
    let action = Signal::derive(move || state.address(Orgs::Show(id)));
    // Without the query string, so that dialogs above this page share the prefix.
    let within = untrack(|| action.get()).split('?').next().unwrap_or_default().to_owned();
    ask_before_leaving(Signal::derive(move || changes.get() > 0), within);
    view! {
        <Form action class="settings" busy on_answer=on_saved(saved, given, rules, refused, state)>
            {move || elsewhere().map(|error| view! {
                <Alert danger=true live=true><b>"The changes were not saved."</b>" "{error.sentence()}</Alert>
            })}
            <section class="settings-section" aria-labelledby="settings-organization">
                <header>
                    <h3 id="settings-organization">"Organization"</h3>
                    <p>"Programs use the name in their settings. After renaming, change these settings too."</p>
                </header>
                <div class="settings-pair">
                    <TextSetting
                        id=OrgSettingsForm::NAME label="Name" required=true saved=saved.name given=given.name changed=name_changed
                        error=name_error(refused)
                    />
                    <TextSetting
                        id=OrgSettingsForm::DESCRIPTION label="Description" saved=saved.description given=given.description
                        changed=description_changed error=at_field(refused, &[OrgSettingsForm::DESCRIPTION])
                    />
                </div>
            </section>
            <RuleFields rules refused><OutOfLine broken/></RuleFields>
            <Deletion summary name=saved.name state/>
            <SaveBar changes busy discard/>
        </Form>
    }
}

/// The section about deletion: states what is deleted, and links to the dialog.
#[component]
fn Deletion(summary: OrgSummary, name: RwSignal<String>, state: OrgsState) -> impl IntoView {
    let id = summary.org.id;
    view! {
        <section class="settings-section" aria-labelledby="settings-delete">
            <header><h3 id="settings-delete" class="danger">"Delete this organization"</h3><p>"Cannot be undone."</p></header>
            <div class="settings-row">
                <p>{what_goes(&summary)}" You are asked to type the name."</p>
                <a class="button danger" href=move || state.address(Orgs::Delete(id)) data-noscroll data-testid="delete-org--button">
                    <Icon picture=Picture::Trash/><span class="clipped">"Delete "{name}</span>
                </a>
            </div>
        </section>
    }
}

/// The settings for users who may not change them.
#[component]
fn ReadOnly(saved: Texts, rules: OrgRules, broken: ViolationCounts) -> impl IntoView {
    let description = move || Some(saved.description.get()).filter(|text| !text.is_empty()).unwrap_or("–".into());
    view! {
        <div class="settings">
            <section class="settings-section" aria-labelledby="settings-organization">
                <header><h3 id="settings-organization">"Organization"</h3><p>"Only its owners may change it."</p></header>
                <dl class="fact-list"><div><dt>"Name"</dt><dd>{saved.name}</dd></div><div><dt>"Description"</dt><dd>{description}</dd></div></dl>
            </section>
            <RuleFacts rules><OutOfLine broken/></RuleFacts>
        </div>
    }
}

/// Handles a successful save: the typed values become the saved ones everywhere on the page.
fn on_saved(
    saved: Texts,
    given: Texts,
    rules: RulesForm,
    refused: RwSignal<Option<ConsoleError>>,
    state: OrgsState,
) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Done { flash, .. }) => {
            let trimmed = |text: RwSignal<String>| text.with_untracked(|text| text.trim().to_owned());
            let (name, description) = (trimmed(given.name), trimmed(given.description));
            saved.set(name.clone(), description.clone());
            given.set(name, description);
            rules.saved();
            refused.set(None);
            notices.success(flash.sentence(), "");
            state.reload();
        }
        Ok(_) => {}
        Err(error) => {
            notices.failure("The changes were not saved", error.sentence());
            refused.set(Some(error));
        }
    })
}
