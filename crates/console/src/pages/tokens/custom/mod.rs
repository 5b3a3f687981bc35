//! The dialog that generates a Custom API Token, or rotates a token into one.

mod draft;
mod fields;
mod footer;
pub mod form_state;
mod prefill;
mod rotation;
mod templates;

use leptos::prelude::*;

use jeton_model::{console::prefill::Prefilled, org_rules::RulesNow};

use crate::{
    components::{
        Dialog, DialogHead, Form,
        form::{FormId, refusal},
        text::Alert,
    },
    error::ConsoleError,
    forms::tokens::CustomForm,
    queries::{Picker, load_org_rules, load_picker},
    routes::Tokens,
    state::{org_state::page_resource, page_store::PageResource},
};

use super::{
    all_access::{NotCreated, on_created},
    limits::{Limits, LimitsSection},
    picker::PickerSections,
    state::TokensState,
    summary::Summary,
};

use draft::Restored;
use fields::{Description, SearchField, ask_later};
use footer::Foot;
use form_state::Lookup;
use prefill::Gaps;
use rotation::RotationFields;
use templates::Templates;

pub use form_state::CustomTokenForm;
pub use prefill::{address_from, address_narrowing};

/// The dialog, prefilled from the URL.
#[component]
pub fn CustomRoute() -> impl IntoView {
    let state = TokensState::current();
    let (requested, filled) = prefill::resource(state);
    let rules = page_resource(move || state.org.get(), load_org_rules);
    let lookup = Lookup::new();
    let searched = RwSignal::new(lookup.search.get_untracked());
    ask_later(lookup.search, searched);
    let picker = page_resource(
        move || (state.org.get(), searched.get(), lookup.nameless.get()),
        |(org, search, nameless)| async move { load_picker(org, search, nameless).await },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (filled, rules) = (filled.await, rules.await);
                let bare = requested.with_untracked(jeton_model::console::prefill::Prefill::is_bare);
                view! { <CustomDialog filled rules bare lookup picker state/> }
            })}
        </Transition>
    }
}

/// The form. No permission is granted by default; Generate is disabled until a box is ticked. `bare`: whether the URL
/// prefills nothing.
#[component]
fn CustomDialog(
    /// The prefill of the URL, or the error of loading it.
    filled: Result<Prefilled, ConsoleError>,
    /// The organization's rules, which constrain the limits.
    rules: Result<RulesNow, ConsoleError>,
    /// True if the URL prefills nothing.
    bare: bool,
    /// The query for the choices.
    lookup: Lookup,
    /// The choices that the query matches.
    picker: PageResource<Result<Picker, ConsoleError>>,
    /// The state of the page.
    state: TokensState,
) -> impl IntoView {
    let (filled, failed) = match filled {
        Ok(filled) => (filled, None),
        Err(error) => (Prefilled::default(), Some(error)),
    };
    let (gaps, rotates) = (filled.gaps.clone(), filled.rotates);
    let limits = Limits::of_new(rules, filled.life, &filled.networks);
    let choosing = CustomTokenForm::new(state.frame(), filled, lookup, limits);
    let restored = draft::keep(choosing, state, bare);
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = on_created(state, refused);
    let close = Signal::derive(move || state.address(Tokens::List));
    let action = Signal::derive(move || match rotates {
        Some(token) => address_from(state, "rotate", token.id.to_string()),
        None => state.address(Tokens::Custom),
    });
    let title = if rotates.is_some() { "Rotate with changes" } else { "Generate a Custom API Token" };
    let template = move || {
        choosing
            .chosen()
            .map(|template| view! { <input type="hidden" name=CustomForm::TEMPLATE value=template.word()/> })
    };
    view! {
        <Dialog class="wide custom" close>
            <DialogHead title close/>
            <Form action busy on_answer>
                <FormId/>
                {template}
                <div class="custom-intro">
                    <NotCreated refused/>
                    {failed.map(|error| view! { <Alert danger=true><b>"The form could not be filled in from the address."</b>" "{error.sentence()}</Alert> })}
                    <Gaps gaps/>
                    <Restored choosing restored/>
                    {rotates.is_none().then(|| view! { <Templates choosing state/> })}
                    <Description choosing refused/>
                    {rotates.map(|token| view! { <RotationFields token/> })}
                </div>
                <LimitsSection limits refused/>
                <div class="custom-main"><PickerSection choosing picker/><Summary choosing/></div>
                <Foot choosing rotates=rotates.is_some() busy close/>
            </Form>
        </Dialog>
    }
}

/// The boxes; their search runs on the server.
#[component]
fn PickerSection(choosing: CustomTokenForm, picker: PageResource<Result<Picker, ConsoleError>>) -> impl IntoView {
    let sections = move || {
        Suspend::new(async move {
            match picker.await {
                Ok(picker) => {
                    choosing.learn(&picker);
                    view! { <PickerSections picker choosing/> }.into_any()
                }
                Err(error) => view! { <p class="perm-none" role="alert">{error.sentence()}</p> }.into_any(),
            }
        })
    };
    view! {
        <section class="picker" aria-label="Permissions">
            <SearchField choosing/>
            <Transition fallback=|| view! { <p class="perm-none" role="status">"Loading…"</p> }>{sections}</Transition>
        </section>
    }
}
