//! The page without a gate: how to add one.

use leptos::prelude::*;

use crate::{
    components::{CopyButton, EmptyMark},
    state::org_state::OrgState,
};

/// A section of the configuration file, as a start.
const SECTION: &str = "[[gate]]\nname = \"metrics\"\nkind = \"victoriametrics\"\nlisten = \"0.0.0.0:8428\"\n\
                       upstream = \"http://127.0.0.1:8427\"\n";

/// The empty state of the list.
#[component]
pub fn Empty() -> impl IntoView {
    view! {
        <section class="empty whole" data-testid="empty-state">
            <EmptyMark/>
            <h2>"No gate guards a database of this organization"</h2>
            <HowToAdd/>
        </section>
    }
}

/// The section of the configuration file that adds a gate.
#[component]
pub fn HowToAdd() -> impl IntoView {
    let state = OrgState::current();
    let section = move || {
        let org = state.frame.with(|frame| in_toml(&frame.org.name));
        format!("{SECTION}org = {org}\ndatabases = [\"*\"]\n")
    };
    view! {
        <p>
            "A gate stands in front of a database and lets the tokens of Jeton decide about each request. Add a section to the configuration \
             file of the server, which it reads at its start with "<code class="nowrap">"--config"</code>" and after each change."
        </p>
        <div class="terminal">
            <p>"For a VictoriaMetrics that listens on port 8427"</p>
            <div class="code-box">
                <pre tabindex="0"><code>{section}</code></pre>
                <CopyButton text=Signal::derive(section) name="Copy the section"/>
            </div>
        </div>
    }
}

/// Formats a text as a string of TOML.
fn in_toml(text: &str) -> String {
    let escaped = text.chars().map(|letter| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
        letter => letter.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_organization_is_one_string() {
        assert_eq!(in_toml("my-org"), "\"my-org\"");
        assert_eq!(in_toml("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000A\"");
    }
}
