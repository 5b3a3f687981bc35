//! The gates through which the token was used.

use leptos::prelude::*;

use jeton_model::{Timestamp, binding::GateUse, wording};

use crate::components::text::Time;

/// Maximum number of rows.
const SHOWN: usize = 20;

/// The last uses through gates; nothing if there are none.
#[component]
pub fn Gates(
    /// The uses, the last one first.
    uses: Vec<GateUse>,
    /// The time at which they were read.
    now: Timestamp,
) -> impl IntoView {
    if uses.is_empty() {
        return ().into_any();
    }
    let total = uses.len();
    let rows = uses.into_iter().take(SHOWN).map(|used| view! { <Row used now/> }).collect_view();
    view! {
        <section data-testid="token-gates">
            <h3 class="section-title">"Used through gates"</h3>
            <table class="perm-table gate-uses">
                <thead>
                    <tr><th scope="col">"Gate"</th><th scope="col">"Bucket"</th><th scope="col">"Action"</th><th scope="col">"Last use"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {(total > SHOWN).then(|| view! { <p class="hint">{rest(total as u64)}</p> })}
        </section>
    }
    .into_any()
}

fn rest(total: u64) -> String {
    format!("The last {SHOWN} of {}. jeton auth uses lists more.", wording::grouped(total))
}

/// The last use of an action on a bucket.
#[component]
fn Row(used: GateUse, now: Timestamp) -> impl IntoView {
    let GateUse { gate, bucket, bucket_name, action, at } = used;
    let name = bucket_name.unwrap_or_else(|| bucket.to_string());
    view! {
        <tr>
            <th scope="row">{gate}</th>
            <td><code>{name}</code></td>
            <td>{action.name()}</td>
            <td><Time at text=at.ago(now)/></td>
        </tr>
    }
}
