//! Samples of controls and form fields.

use leptos::prelude::*;

use crate::{
    components::{
        CopyButton, Field, FilterField, Form, Icon, Menu, PasswordField, Picture,
        copy::CopyIdItem,
        field::Hint,
        menu::{ChoiceLink, MenuLink},
        unsaved::{ChangedMark, SaveBar},
    },
    state::org_state::OrgState,
};

use super::{Part, Sample};

/// All samples of this module.
#[component]
pub fn Controls(state: OrgState) -> impl IntoView {
    view! {
        <Buttons/>
        <Fields/>
        <Choices/>
        <Filters/>
        <Menus/>
        <Settings state/>
        <Part name="Theme"><p class="hint">"Below the navigation."</p></Part>
    }
}

/// Samples of buttons.
#[component]
fn Buttons() -> impl IntoView {
    let kinds = [
        ("Plain", "button", "Clone"),
        ("Primary", "button primary", "Generate"),
        ("First step of a deletion", "button danger", "Delete"),
        ("Last step of a deletion", "button destroy", "Delete token"),
        ("Small", "button small", "Clear filter"),
        ("Large", "button large", "Sign in"),
    ];
    let kind = |(state, class, text): (&'static str, &'static str, &'static str)| {
        view! {
            <Sample state>
                <button class=class type="button">{text}</button>
                <button class=class type="button" disabled>{text}", disabled"</button>
                <button class=class type="button" aria-busy="true">{text}", busy"</button>
            </Sample>
        }
    };
    view! {
        <Part name="Buttons">
            {kinds.map(kind).collect_view()}
            <Sample state="With an icon"><button class="button" type="button"><Icon picture=Picture::Plus/>"Create bucket"</button></Sample>
            <Sample state="Icon alone">
                <button class="icon-button" type="button" aria-label="More actions"><Icon picture=Picture::More/></button>
                <button class="icon-button small" type="button" aria-label="Rename"><Icon picture=Picture::Pencil/></button>
            </Sample>
            <Sample state="Copies"><CopyButton text="jtn_" name="Copy the prefix"/></Sample>
            <Sample state="Link"><a class="link" href="#main">"Show them"</a></Sample>
        </Part>
    }
}

/// Samples of fields.
#[component]
fn Fields() -> impl IntoView {
    let text = |text: &str| RwSignal::new(text.to_owned());
    let none = Signal::stored(None::<String>);
    let wrong = |text: &str| Signal::stored(Some(text.to_owned()));
    view! {
        <Part name="Fields">
            <Sample state="Empty"><Field id="empty" label="Description" hint="What the token is for." error=none/></Sample>
            <Sample state="Filled in"><Field id="filled" label="Username" value=text("ada") error=none/></Sample>
            <Sample state="Wrong">
                <Field id="wrong" label="Bucket name" value=text("_telemetry") error=wrong("A name that begins with _ is for system buckets.")/>
            </Sample>
            <Sample state="Password"><PasswordField id="password" label="Password" hint="8 to 72 characters." autocomplete="off" error=none/></Sample>
            <Sample state="Password, wrong"><PasswordField id="password-again" label="Password again" autocomplete="off" error=wrong("The passwords differ.")/></Sample>
            <Sample state="Disabled">
                <div class="field">
                    <label for="disabled">"Owner"</label>
                    <input class="input" id="disabled" value="ada" disabled aria-describedby="disabled-hint"/>
                    <Hint id="disabled" hint="Only an operator chooses another one." error=none/>
                </div>
            </Sample>
            <Sample state="Choice">
                <div class="field">
                    <label for="choice">"Role"</label>
                    <span class="select-box"><select class="input" id="choice"><option>"Owner"</option><option>"Member"</option></select><Icon picture=Picture::ChevronDown/></span>
                </div>
            </Sample>
        </Part>
    }
}

/// Samples of check boxes, switches and radio buttons.
#[component]
fn Choices() -> impl IntoView {
    let on = |on: bool, word: &'static str, busy: Option<&'static str>, disabled: bool| {
        view! {
            <button class="switch" type="button" role="switch" aria-checked=on.to_string() aria-label=format!("Switch: {word}") aria-busy=busy disabled=disabled>
                <span>{word}</span>
            </button>
        }
    };
    let check = |name: &'static str, checked: bool, mixed: bool, disabled: bool| {
        view! {
            <Sample state=name>
                <label class="check">
                    <input type="checkbox" aria-label=name checked=checked data-mixed=mixed.then_some("") disabled=disabled/>
                </label>
            </Sample>
        }
    };
    view! {
        <Part name="Switch">
            <Sample state="On">{on(true, "Active", None, false)}</Sample>
            <Sample state="Off">{on(false, "Inactive", None, false)}</Sample>
            <Sample state="Busy">{on(true, "Saving", Some("true"), false)}</Sample>
            <Sample state="Disabled">{on(true, "Expired", None, true)}</Sample>
        </Part>
        <Part name="Check box">
            {check("Not checked", false, false, false)} {check("Checked", true, false, false)} {check("Mixed", false, true, false)}
            {check("Disabled", false, false, true)} {check("Checked and disabled", true, false, true)}
        </Part>
    }
}

/// Samples of filters.
#[component]
fn Filters() -> impl IntoView {
    let none = Vec::<(&'static str, String)>::new;
    let address = Callback::new(|_: String| "#main".to_owned());
    view! {
        <Part name="Filter field">
            <Sample state="Empty"><FilterField what="Tokens" current=Signal::stored(String::new()) others=Signal::derive(none) address/></Sample>
            <Sample state="Filled in"><FilterField what="Buckets" current=Signal::stored("telemetry".to_owned()) others=Signal::derive(none) address/></Sample>
            <Sample state="Disabled">
                <FilterField what="Users" current=Signal::stored(String::new()) others=Signal::derive(none) address disabled=Signal::stored(true)/>
            </Sample>
        </Part>
    }
}

/// Samples of menus.
#[component]
fn Menus() -> impl IntoView {
    let face = || view! { "Sort by Name"<Icon picture=Picture::ChevronDown class="chevron"/> };
    let here = || Signal::stored("#main".to_owned());
    view! {
        <Part name="Menu">
            <Sample state="Closed">
                <Menu button="button" face=face><ChoiceLink href=here() current=Signal::stored(true)>"Name (A → Z)"</ChoiceLink></Menu>
            </Sample>
            <Sample state="Open, with choices">
                <Menu button="button" face=face open=true>
                    <ChoiceLink href=here() current=Signal::stored(true)>"Name (A → Z)"</ChoiceLink>
                    <ChoiceLink href=here() current=Signal::stored(false)>"Name (Z → A)"</ChoiceLink>
                </Menu>
            </Sample>
            <Sample state="Open, of a row">
                <Menu button="icon-button" label="More actions for telemetry" face=|| view! { <Icon picture=Picture::More/> } open=true>
                    <MenuLink href=here() picture=Picture::Pencil testid="edit">"Edit"</MenuLink>
                    <CopyIdItem id="0000000000000001"/>
                    <MenuLink href=here() picture=Picture::Trash testid="delete" danger=true apart=true>"Delete"</MenuLink>
                </Menu>
            </Sample>
        </Part>
    }
}

/// Samples of settings.
#[component]
fn Settings(state: OrgState) -> impl IntoView {
    let name = state.frame.with_untracked(|frame| frame.org.name.clone());
    let (busy, nothing) = (RwSignal::new(false), Callback::new(|_| ()));
    view! {
        <Part name="Unsaved changes">
            <Sample state="One change">
                <Form action="#main".to_owned() class="settings" busy on_answer=nothing>
                    <div class="field">
                        <label for="org-name">"Name"<ChangedMark changed=Signal::stored(true)/></label><input class="input" id="org-name" value=name/>
                    </div>
                    <SaveBar changes=Signal::stored(1) busy discard=Callback::new(|()| ())/>
                </Form>
            </Sample>
        </Part>
    }
}
