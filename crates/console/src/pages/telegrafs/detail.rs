//! The chosen configuration: name, tokens, start command and text.

use leptos::prelude::*;

use jeton_model::{
    TelegrafId,
    console::messages,
    telegraf::{TelegrafFacts, TelegrafRow},
    wording,
};

use crate::{
    components::{
        CopyButton, Icon, Menu, Picture,
        copy::CopyIdItem,
        menu::MenuLink,
        text::{Alert, Time},
    },
    error::ConsoleError,
    queries::load_telegraf_text,
    routes::{PageRoute as _, Telegrafs, Tokens, address_of},
    state::org_state::page_resource,
};

use super::{
    editor::Editor,
    state::{TelegrafState, name_of},
};

/// The configuration beside the list; on a narrow screen, in its place. The text is loaded once, so that unsaved
/// changes survive a rename.
#[component]
pub fn Shown(state: TelegrafState) -> impl IntoView {
    let org = state.list.page.org;
    let text = page_resource(
        move || (org.get(), state.chosen.get()),
        |(org, chosen)| async move {
            match chosen {
                Some(id) => Some((id, load_telegraf_text(org, id).await)),
                None => None,
            }
        },
    );
    let head = move || {
        Suspend::new(async move {
            match state.facts.await {
                Some(Ok(facts)) => view! { <Head facts state/> }.into_any(),
                Some(Err(error)) => view! { <Failed error state/> }.into_any(),
                None => view! { <Nothing state/> }.into_any(),
            }
        })
    };
    let body = move || {
        Suspend::new(async move {
            match text.await {
                // The error is displayed above.
                Some((id, Ok(text))) => view! { <Editor id text state/> }.into_any(),
                _ => ().into_any(),
            }
        })
    };
    view! {
        <div class="telegraf-shown">
            <Transition fallback=|| ()>{head}</Transition>
            <Transition fallback=|| ()>{body}</Transition>
        </div>
    }
}

/// The placeholder while no configuration is chosen.
#[component]
fn Nothing(state: TelegrafState) -> impl IntoView {
    let any = move || state.list.page.frame.with(|frame| frame.counts.telegrafs) > 0;
    move || any().then(|| view! { <p class="telegraf-none">"Choose a configuration to see and edit its text."</p> })
}

/// The error in place of the configuration.
#[component]
fn Failed(error: ConsoleError, state: TelegrafState) -> impl IntoView {
    let sentence = match error {
        ConsoleError::TelegrafNotFound => "There is no such configuration. It may have been deleted.".to_owned(),
        error => error.sentence(),
    };
    view! {
        <Back state/>
        <Alert danger=true>{sentence}</Alert>
    }
}

/// The link back to the list, on narrow screens.
#[component]
fn Back(state: TelegrafState) -> impl IntoView {
    view! {
        <a class="link telegraf-back" href=move || state.address(Telegrafs::List)><Icon picture=Picture::ChevronLeft/>"All configurations"</a>
    }
}

/// The heading of the configuration, with its actions.
#[component]
fn Head(facts: TelegrafFacts, state: TelegrafState) -> impl IntoView {
    let TelegrafFacts { row, description, updated_at, now, may_change } = facts;
    let id = row.id;
    let name = name_of(&row);
    let may_generate = state.list.page.frame.with_untracked(|frame| frame.may.create_tokens);
    let generate = generate_address(&row, state);
    view! {
        <header class="telegraf-head">
            <Back state/>
            <div class="telegraf-title">
                <h2 id="telegraf-name">{name.clone()}</h2>
                {may_change.then(|| view! {
                    <a
                        class="icon-button" href=move || state.address(Telegrafs::Rename(id)) data-noscroll
                        aria-label=format!("Rename {name}") data-testid="rename-telegraf"
                    >
                        <Icon picture=Picture::Pencil/>
                    </a>
                })}
                <div class="telegraf-actions">
                    {may_generate.then(|| view! {
                        <a class="button" href=generate data-testid="generate-telegraf-token"><Icon picture=Picture::Key/><span>"Generate a token"<span class="wide-only">" for this configuration"</span></span></a>
                    })}
                    <MoreMenu id name=name.clone() may_change state/>
                </div>
            </div>
            <p class="telegraf-facts">
                <TokensLink row=row.clone() state/><span aria-hidden="true">" · "</span>
                "changed "<Time at=updated_at text=messages::ago_or_day(updated_at, now)/>
            </p>
            {(!description.is_empty()).then(|| view! { <p class="telegraf-description">{description}</p> })}
            <StartWith id state/>
        </header>
    }
}

/// Returns the address of the dialog that generates a token for an agent: to read this configuration, and to write to
/// its bucket.
fn generate_address(row: &TelegrafRow, state: TelegrafState) -> String {
    let mut parameters = vec![("read", format!("telegrafs/{}", row.id))];
    // Only the agent can resolve an environment variable.
    if let Some(bucket) = row.bucket.as_ref().filter(|bucket| !bucket.contains('$')) {
        parameters.push(("write", format!("buckets/{bucket}")));
    }
    if !row.name.is_empty() {
        parameters.push(("description", row.name.clone()));
    }
    Tokens::Custom.address(state.list.page.org.get_untracked(), &parameters)
}

/// A link to the live tokens with a permission on this very configuration.
#[component]
fn TokensLink(row: TelegrafRow, state: TelegrafState) -> impl IntoView {
    if row.tokens == 0 {
        return view! { <span class="no-token"><Icon picture=Picture::Key/>"no token"</span>" is for this configuration" }.into_any();
    }
    let parameters = [("telegraf", row.id.to_string()), ("status", "live".to_owned())];
    let href = Tokens::List.address(state.list.page.org.get_untracked(), &parameters);
    let rest = if row.tokens == 1 { " is for this configuration" } else { " are for this configuration" };
    view! { <a class="link" href=href data-testid="telegraf-tokens">{wording::count(row.tokens, "token")}</a>{rest} }
        .into_any()
}

/// The command that starts an agent with the configuration.
#[component]
fn StartWith(id: TelegrafId, state: TelegrafState) -> impl IntoView {
    let base_url = state.list.page.frame.with_untracked(|frame| frame.base_url.clone());
    let address = format!("{base_url}/api/v2/telegrafs/");
    let command = format!("telegraf --config {address}{id}");
    view! {
        <div class="start-with">
            <span>"Start with"</span>
            <div class="code-box">
                <pre tabindex="0"><code>"telegraf --config "{address}<span class="value">{id.to_string()}</span></code></pre>
                <CopyButton text=command name="Copy the command"/>
            </div>
        </div>
    }
}

/// The menu with the other actions.
#[component]
fn MoreMenu(id: TelegrafId, name: String, may_change: bool, state: TelegrafState) -> impl IntoView {
    let delete = move || state.address(Telegrafs::Delete(id));
    view! {
        <Menu
            class="end" button="button icon-only" label=format!("More actions for {name}") button_testid="telegraf-menu"
            face=|| view! { <Icon picture=Picture::More/> }
        >
            <li>
                <a class="menu-item" href=address_of(&format!("/download/telegrafs/{id}")) download rel="external" data-testid="download-telegraf">
                    <Icon picture=Picture::Download/>"Download"
                </a>
            </li>
            <CopyIdItem id=id.to_string() testid="copy-telegraf-id"/>
            {may_change.then(|| view! {
                <MenuLink href=Signal::derive(delete) picture=Picture::Trash testid="delete-telegraf" danger=true apart=true>"Delete"</MenuLink>
            })}
        </Menu>
    }
}
