//! The permissions as InfluxDB's API writes them.

use leptos::prelude::*;

use jeton_model::console::tokens::Details;

use crate::components::CopyButton;

/// The permissions in order, one a line.
#[component]
pub fn AsText(details: Details) -> impl IntoView {
    let lines: Vec<String> = details.authorization.permissions.iter().map(ToString::to_string).collect();
    let text = lines.join("\n");
    view! {
        <details class="more disclosure" data-testid="permissions-text">
            <summary>"As text"</summary>
            <div class="code-box">
                <pre tabindex="0"><code>{text.clone()}</code></pre>
                <CopyButton text name="Copy the permissions"/>
            </div>
        </details>
    }
}
