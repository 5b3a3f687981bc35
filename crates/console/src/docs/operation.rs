//! One operation: description, parameters, responses, and a command that calls it.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    document::{Document, Operation, text},
    prose::Prose,
    schema::{Member, Members, TypeView, members_of},
};

/// One operation of the reference.
#[component]
pub fn OperationView(operation: Operation, document: Document, base_url: String) -> impl IntoView {
    let about = &operation.about;
    let parameters: Vec<Member> = about["parameters"].as_array().into_iter().flatten().map(parameter).collect();
    let body = body(about).1;
    let members = members_of(document.resolve(body));
    let answers = about["responses"].as_object().into_iter().flatten();
    let answers = answers.map(|(status, answer)| view! { <AnswerView status=status.clone() answer=answer.clone()/> });
    let answers = answers.collect_view();
    let command = command(&operation, &document, &base_url);
    let id = operation.id();
    view! {
        <article class="docs-operation" id=id>
            <h3>{operation.summary()}</h3>
            <p class="docs-path">
                <span class=format!("method {}", operation.method)>{operation.method.to_ascii_uppercase()}</span>
                <code>{operation.path.clone()}</code>
            </p>
            <p class="docs-about"><Prose text=text(&about["description"])/></p>
            {(!parameters.is_empty()).then(|| view! { <h4>"Parameters"</h4><Members members=parameters/> })}
            {(!members.is_empty()).then(|| view! { <h4>"Body"</h4><Members members/> })}
            <h4>"Responses"</h4>
            <dl class="docs-members">{answers}</dl>
            <div class="code-box"><pre tabindex="0"><code>{command}</code></pre></div>
        </article>
    }
}

fn parameter(parameter: &Value) -> Member {
    let place = match parameter["in"].as_str().unwrap_or_default() {
        "path" => "In the path. ",
        "header" => "A header. ",
        _ => "",
    };
    Member {
        name: text(&parameter["name"]),
        is_required: parameter["required"] == true,
        schema: parameter["schema"].clone(),
        about: format!("{place}{}", text(&parameter["description"])),
    }
}

/// One response of an operation.
#[component]
fn AnswerView(status: String, answer: Value) -> impl IntoView {
    let schema = answer["content"].as_object().and_then(|content| content.values().next());
    let schema = schema.map(|content| content["schema"].clone()).filter(Value::is_object);
    view! {
        <div class="docs-member">
            <dt>
                <code>{status}</code>
                {schema.map(|schema| view! { <span class="docs-of"><TypeView schema/></span> })}
            </dt>
            <dd><Prose text=text(&answer["description"])/></dd>
        </div>
    }
}

/// Returns a command line that calls the operation; placeholders are in capitals.
fn command(operation: &Operation, document: &Document, base_url: &str) -> String {
    let mut lines =
        vec![format!("curl {}'{base_url}{}'", method_flag(&operation.method), in_capitals(&operation.path))];
    lines.extend(credentials(&operation.about["security"]).map(Into::into));
    let (is_form, body) = body(&operation.about);
    if is_form {
        let example = document.example(body);
        let parameters = example.as_object().into_iter().flatten();
        lines.extend(parameters.map(|(name, value)| format!("--data-urlencode '{name}={}'", text(value))));
    } else if body.is_object() {
        let example = serde_json::to_string(&document.example(body)).unwrap_or_default();
        lines.push(format!("--data '{example}'"));
    }
    lines.join(" \\\n  ")
}

/// Returns whether the body is a form rather than JSON, and its schema.
fn body(about: &Value) -> (bool, &Value) {
    let content = &about["requestBody"]["content"];
    let form = &content["application/x-www-form-urlencoded"]["schema"];
    if form.is_object() { (true, form) } else { (false, &content["application/json"]["schema"]) }
}

fn method_flag(method: &str) -> String {
    if method == "get" { String::new() } else { format!("--request {} ", method.to_ascii_uppercase()) }
}

/// Returns the credentials for the command, or `None` if the operation needs none.
fn credentials(security: &Value) -> Option<&'static str> {
    let Some(ways) = security.as_array() else { return Some("--header \"Authorization: Token $TOKEN\"") };
    let needs = |name: &str| ways.iter().any(|way| way.get(name).is_some());
    match () {
        () if needs("Session") && needs("Password") => Some("--cookie \"$SESSION\" --user NAME:OLD_PASSWORD"),
        () if needs("Password") => Some("--user NAME:PASSWORD"),
        () if needs("Session") => Some("--cookie \"$SESSION\""),
        () => None,
    }
}

/// Returns a path with its parameters in capitals: `/orgs/{orgID}` becomes `/orgs/ORG_ID`.
fn in_capitals(path: &str) -> String {
    let mut shown = String::new();
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '{' => inside = true,
            '}' => inside = false,
            letter if inside => {
                if letter == 'I' {
                    shown.push('_');
                }
                shown.push(letter.to_ascii_uppercase());
            }
            letter => shown.push(letter),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::in_capitals;

    #[test]
    fn what_has_to_be_filled_in_stands_out() {
        assert_eq!(in_capitals("/api/v2/orgs/{orgID}/members/{userID}"), "/api/v2/orgs/ORG_ID/members/USER_ID");
    }
}
