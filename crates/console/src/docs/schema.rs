//! Schemas: the values that a type allows.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    document::{kind, name_of, text, without_null},
    prose::Prose,
};

/// A named schema, with its members.
#[component]
pub fn SchemaView(name: String, schema: Value) -> impl IntoView {
    let anchor = anchor(&name);
    let members = members_of(&schema);
    let is_object = !members.is_empty();
    let shape = (!is_object).then(|| view! { <p><TypeView schema=schema.clone()/></p> });
    view! {
        <article class="docs-type" id=anchor>
            <h3><code>{name}</code></h3>
            <p class="docs-about"><Prose text=text(&schema["description"])/></p>
            {shape}
            {is_object.then(|| view! { <Members members/> })}
        </article>
    }
}

/// A member of an object.
#[derive(Clone)]
pub struct Member {
    /// The name of the member.
    pub name: String,
    /// True if the member must be present.
    pub is_required: bool,
    /// The schema of the member's values.
    pub schema: Value,
    /// The description of the member.
    pub about: String,
}

/// Returns the members of an object, including those of composed schemas.
pub fn members_of(schema: &Value) -> Vec<Member> {
    let parts = schema["allOf"].as_array().into_iter().flatten().filter(|part| part.get("properties").is_some());
    let parts: Vec<&Value> = std::iter::once(schema).chain(parts).collect();
    let members = parts.into_iter().flat_map(|part| {
        let required =
            |name: &str| part["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
        part["properties"].as_object().into_iter().flatten().map(move |(name, member)| Member {
            is_required: required(name),
            name: name.clone(),
            about: text(&member["description"]),
            schema: member.clone(),
        })
    });
    members.collect()
}

/// A table of names, types and descriptions.
#[component]
pub fn Members(members: Vec<Member>) -> impl IntoView {
    let row = |member: Member| {
        view! {
            <div class="docs-member">
                <dt>
                    <code>{member.name}</code>
                    <span class="docs-of"><TypeView schema=member.schema/></span>
                    {member.is_required.then(|| view! { <span class="docs-needed">"required"</span> })}
                </dt>
                <dd><Prose text=member.about/></dd>
            </div>
        }
    };
    view! { <dl class="docs-members">{members.into_iter().map(row).collect_view()}</dl> }
}

/// A short description of a type; a named one links to its definition.
#[component]
pub fn TypeView(schema: Value) -> impl IntoView {
    let schema = without_null(&schema).clone();
    if let Some(name) = name_of(&schema) {
        let (target, name) = (format!("#{}", anchor(name)), name.to_owned());
        return view! { <a class="link" href=target>{name}</a> }.into_any();
    }
    if kind(&schema) == "array" {
        let items = schema["items"].clone();
        return view! { "list of "<TypeView schema=items/> }.into_any();
    }
    words(&schema).into_any()
}

fn words(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(text).collect::<Vec<_>>().join(" · ");
    }
    let kind = match kind(schema) {
        "" => "anything",
        "integer" => "whole number",
        "boolean" => "true or false",
        "string" if schema["format"] == "date-time" => "time",
        "string" => "text",
        other => other,
    };
    let limit = |name: &str, before: &str, after: &str| {
        schema[name].as_u64().map(|limit| format!(", {before}{limit}{after}")).unwrap_or_default()
    };
    format!("{kind}{}{}", limit("minimum", "at least ", ""), limit("maximum", "at most ", ""))
}

fn anchor(name: &str) -> String {
    format!("type-{name}")
}
