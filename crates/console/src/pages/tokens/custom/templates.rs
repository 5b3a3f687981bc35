//! The templates: chips that set the boxes.

use leptos::prelude::*;

use jeton_model::console::template::Template;

use crate::{
    components::{Icon, Notices, Picture},
    hydrate::{browser, hydrated::Hydrated},
    pages::tokens::state::TokensState,
    routes::Tokens,
};

use super::{address_from, form_state::CustomTokenForm};

const fn picture(template: Template) -> Picture {
    match template {
        Template::TelegrafWriter => Picture::Antenna,
        Template::GrafanaReader => Picture::Chart,
        Template::OneBucket => Picture::Bucket,
        Template::ReadEverything => Picture::Archive,
        Template::CiDeploy => Picture::Rocket,
    }
}

/// A chip for each template; without JavaScript, a link to the dialog with that template.
#[component]
pub fn Templates(choosing: CustomTokenForm, state: TokensState) -> impl IntoView {
    let hydrated = Hydrated::current();
    let chips = move || {
        let scripted = hydrated.get();
        let chip = |template| {
            if scripted {
                view! { <ChipButton template choosing/> }.into_any()
            } else {
                view! { <ChipLink template choosing state/> }.into_any()
            }
        };
        Template::ALL.map(chip).collect_view()
    };
    view! {
        <div class="field">
            <p class="label" id="templates-label">"Start from a template"</p>
            <div class="templates" role="group" aria-labelledby="templates-label">{chips}</div>
        </div>
    }
}

/// A chip as a button.
#[component]
fn ChipButton(template: Template, choosing: CustomTokenForm) -> impl IntoView {
    let notices = Notices::current();
    let chosen = Memo::new(move |_| choosing.chosen() == Some(template));
    let on_click = move |_| {
        let wanted = Some(template).filter(|_| !chosen.get_untracked());
        if let Some(before) = choosing.choose(wanted) {
            let said = match wanted {
                Some(template) => format!("“{}” replaced your selection", template.name()),
                None => "The selection was cleared".into(),
            };
            notices.undoable(said, Callback::new(move |()| choosing.bring_back(before.clone())));
        }
        if untrack(|| choosing.waiting()).is_some() {
            browser::focus("[data-testid='search-widget']");
        }
    };
    view! {
        <button class="template" type="button" aria-pressed=move || chosen.get().to_string() data-testid=testid(template) on:click=on_click>
            <Face template chosen=chosen choosing/>
        </button>
    }
}

/// A chip as a link.
#[component]
fn ChipLink(template: Template, choosing: CustomTokenForm, state: TokensState) -> impl IntoView {
    let chosen = choosing.chosen() == Some(template);
    // Clicked again, it clears the boxes.
    let href = move || match chosen {
        true => state.address(Tokens::Custom),
        false => address_from(state, "template", template.word().into()),
    };
    view! {
        <a class="template" href=href data-noscroll aria-current=chosen.then_some("true") data-testid=testid(template)>
            <Face template chosen=Signal::stored(chosen) choosing/>
        </a>
    }
}

/// The content of a chip.
#[component]
fn Face(template: Template, #[prop(into)] chosen: Signal<bool>, choosing: CustomTokenForm) -> impl IntoView {
    let hint = choosing.frame.with_value(|frame| template.hint(&frame.org.name));
    let icon = move || view! { <Icon picture=if chosen.get() { Picture::Check } else { picture(template) }/> };
    view! {
        {icon}
        <span class="template-name">{template.name()}</span>
        <span class="template-hint">{hint}</span>
    }
}

fn testid(template: Template) -> String {
    format!("template-{}", template.word())
}
