//! Fields of forms about users.

use leptos::prelude::*;

use jeton_model::org::Role;

use crate::{
    components::{Field, Icon, PasswordField, Picture, field::FieldError, form::typed, text::Alert},
    error::ConsoleError,
    forms::{members::MemberRoleForm, users::NewUserForm},
};

/// Returns the error message of one field. The rules for user names call it `name`.
pub fn at_field(refused: RwSignal<Option<ConsoleError>>, field: &'static str) -> FieldError {
    Signal::derive(move || {
        let error = refused.get()?;
        error.at_field(field).or_else(|| if field == NewUserForm::USERNAME { error.at_field("name") } else { None })
    })
}

/// The error above the fields, unless it belongs to one of them.
#[component]
pub fn Refusal(refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    move || {
        let error = refused.get().filter(|error| error.fields().is_empty());
        error.map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })
    }
}

/// Name and password of a new user; the password may be set later.
#[component]
pub fn NewUserFields(refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    view! {
        <Field
            id=NewUserForm::USERNAME label="Username" autofocus=true error=at_field(refused, NewUserForm::USERNAME)
            hint="Used to sign in. Case-sensitive."
        />
        <PasswordField
            id=NewUserForm::PASSWORD label="Password (optional)" autocomplete="new-password" optional=true
            error=at_field(refused, NewUserForm::PASSWORD)
            hint="8 to 72 characters. Without a password, the user cannot sign in, but tokens work."
        />
    }
}

/// The choice of a user's role in an organization.
#[component]
pub fn RoleField(org_name: String) -> impl IntoView {
    let owner = typed(MemberRoleForm::ROLE) == Role::Owner.name();
    let option = move |role: Role| {
        view! { <option value=role.name() selected=(role == Role::Owner) == owner>{role.title()}</option> }
    };
    view! {
        <div class="field">
            <label for="role">"Role"</label>
            <span class="select-box">
                <select class="input" id="role" name=MemberRoleForm::ROLE aria-describedby="role-hint">
                    {[Role::Member, Role::Owner].map(option).collect_view()}
                </select>
                <Icon picture=Picture::ChevronDown/>
            </span>
            <p class="hint" id="role-hint">"Owners can change everything in "{org_name}", members can read it."</p>
        </div>
    }
}
