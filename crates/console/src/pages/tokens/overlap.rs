//! The choice of how long the old token of a rotation keeps working.

use leptos::prelude::*;

use jeton_model::{Span, Timestamp};

use crate::{components::form::typed, forms::tokens::RotateForm};

/// The choices of the overlap: the form's values, and their labels.
const OVERLAPS: [(&str, &str); 4] = [("0", "Stop now"), ("1h", "1 hour"), ("24h", "24 hours"), ("7d", "7 days")];
/// The overlap chosen initially.
const USUAL: &str = "24h";

/// The choice of the overlap, and below it the end of the old token.
#[component]
pub fn Overlap(
    /// The expiry of the old token.
    own_end: Option<Timestamp>,
    /// The server's time.
    now: Timestamp,
    /// True if the chosen overlap has the initial focus.
    #[prop(optional)]
    focus: bool,
) -> impl IntoView {
    let sent = typed(RotateForm::OVERLAP);
    let chosen = OVERLAPS.iter().map(|(value, _)| *value).find(|value| *value == sent).unwrap_or(USUAL);
    let choice = move |(value, title): (&'static str, &'static str)| {
        let checked = value == chosen;
        let focused = checked && focus;
        view! { <label><input type="radio" name=RotateForm::OVERLAP value=value checked=checked autofocus=focused/><span>{title}</span></label> }
    };
    let hint =
        move |(value, _): (&'static str, &'static str)| view! { <p class="hint">{ends(value, own_end, now)}</p> };
    view! {
        <fieldset class="field overlap" data-testid="overlap">
            <legend class="label">"Keep the old token for"</legend>
            <div class="choice-bar">{OVERLAPS.map(choice)}</div>
            {OVERLAPS.map(hint)}
        </fieldset>
    }
}

/// Returns when the old token ends after an overlap.
fn ends(overlap: &str, own_end: Option<Timestamp>, now: Timestamp) -> String {
    let span = overlap.parse::<Span>().unwrap_or_default();
    let end = now.plus_seconds(span.seconds());
    match own_end {
        _ if span == Span::default() => "It stops working at once.".into(),
        Some(own) if own <= end => format!("Ends on {}, when it expires anyway. You can end it earlier.", own.minute()),
        _ => format!("Ends on {}. You can end it earlier.", end.minute()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_told_with_the_end_that_it_has() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        assert_eq!(ends("0", None, now), "It stops working at once.");
        assert_eq!(ends("24h", None, now), "Ends on 16 Jan 2027, 08:00 UTC. You can end it earlier.");
        let soon = Some(now.plus_seconds(1800));
        assert_eq!(
            ends("7d", soon, now),
            "Ends on 15 Jan 2027, 08:30 UTC, when it expires anyway. You can end it earlier."
        );
    }

    #[test]
    fn what_is_chosen_at_first_is_offered() {
        assert!(OVERLAPS.iter().any(|(value, _)| *value == USUAL));
        assert!(OVERLAPS.iter().all(|(value, _)| value.parse::<Span>().is_ok()));
    }
}
