//! The permissions as InfluxDB's API writes them.

use leptos::prelude::*;

use crate::{console::components::CopyButton, model::console::tokens::Details};

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
