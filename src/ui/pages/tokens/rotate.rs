//! Rotate: a new token with the same permissions, and how long the old one keeps working.

use leptos::prelude::*;

use super::{
    all_access::{NotCreated, on_created},
    confirm::{Missing, details_resource, history_resource, name_of},
    state::TokensState,
};
use crate::{
    model::{
        AuthorizationId, Liveness, Span, Timestamp,
        expiry::{DAY, Expiry},
        history::History,
        listing::Details,
    },
    ui::{
        address::Tokens,
        components::{
            Dialog, DialogHead, Form, Icon, Picture,
            form::{FormId, refusal, typed},
            segments::{Segment, Segments},
            text::{Alert, Chip},
        },
    },
};

/// The overlaps that are offered: as forms send them, and as they are called.
const OVERLAPS: [(&str, &str); 4] = [("0", "Stop now"), ("1h", "1 hour"), ("24h", "24 hours"), ("7d", "7 days")];
/// The one that is chosen at first.
const USUAL: &str = "24h";
/// The lengths of life that are offered, in days.
const LIVES: [(i64, &str); 3] = [(30, "30 days"), (90, "90 days"), (365, "1 year")];

#[component]
pub fn RotateRoute() -> impl IntoView {
    let state = TokensState::current();
    let (details, history) = (details_resource(state), history_resource(state));
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match (details.await, history.await) {
                    (Ok(details), Ok(history)) => match obstacle(&details) {
                        Some(sentence) => view! { <CannotRotate details sentence state/> }.into_any(),
                        None => view! { <RotateDialog details history state/> }.into_any(),
                    },
                    (Err(error), _) | (_, Err(error)) => view! { <Missing error close/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Why a token is not to be rotated, as far as its record says.
fn obstacle(details: &Details) -> Option<&'static str> {
    match details.liveness {
        _ if details.replaced_by.is_some() => Some("This token was rotated before. Rotate its successor instead."),
        Liveness::Live => None,
        Liveness::Inactive => Some("An inactive token cannot be rotated. Activate it first."),
        Liveness::Expired => Some("An expired token cannot be rotated. Clone it to get a new one."),
        Liveness::Ended => Some("The owner or organization of this token was deleted. Generate a new one."),
    }
}

#[component]
fn CannotRotate(details: Details, sentence: &'static str, state: TokensState) -> impl IntoView {
    let close = Signal::derive(move || state.address(Tokens::List));
    let successor = details.replaced_by.map(|id: AuthorizationId| {
        view! { <a class="button" href=move || state.address(Tokens::Rotate(id)) data-noscroll>"Rotate its successor"</a> }
    });
    view! {
        <Dialog class="narrow" close>
            <DialogHead title=format!("“{}” is not rotated", name_of(&details)) close/>
            <div class="dialog-body"><p>{sentence}</p></div>
            <footer class="dialog-foot">{successor}<a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}

/// Says what happens, and asks for two lengths of time.
#[component]
fn RotateDialog(details: Details, history: History, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let now = history.now;
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = on_created(state, refused);
    let close = Signal::derive(move || state.address(Tokens::List));
    let or =
        |name: &str, usual: &str| Some(typed(name)).filter(|sent| !sent.is_empty()).unwrap_or_else(|| usual.into());
    let (overlap, expires) = (or("overlap", USUAL), or("expires", "keep"));
    let day = typed("expires-day");
    let authorization = details.authorization.clone();
    let ends = overlaps(authorization.expires_at, now);
    let lives = lives(authorization.created_at, authorization.expires_at, now);
    view! {
        <Dialog class="rotate" close>
            <DialogHead title=format!("Rotate “{}”?", name_of(&details)) close/>
            <Form action=Signal::derive(move || state.address(Tokens::Rotate(id))) busy on_answer>
                <FormId/>
                <div class="dialog-body">
                    <NotCreated refused/>
                    <WhatHappens details now/>
                    <Segments name="overlap" legend="Keep the old token for" segments=ends chosen=overlap autofocus=true/>
                    <div class="expires-after">
                        <Segments name="expires" legend="The new token expires after" segments=lives chosen=expires/>
                        <input class="input" type="date" name="expires-day" value=day aria-label="Day on which the new token expires"/>
                    </div>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll data-testid="rotate-token--cancel-button">"Cancel"</a>
                    <button
                        class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="rotate-token--confirm-button"
                    >
                        {move || if busy.get() { "Rotating" } else { "Rotate token" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// In the order of time; which of the last lines is true depends on the choice below.
#[component]
fn WhatHappens(details: Details, now: Timestamp) -> impl IntoView {
    let authorization = details.authorization;
    let prefix = authorization.token_prefix.clone();
    let which = move || match prefix.clone() {
        Some(prefix) => view! { <Chip prefix/> }.into_any(),
        None => "the old token".into_any(),
    };
    let last = match &authorization.last_use {
        Some(last) => format!("It was used {}.", last.at.ago(now)),
        None => "It was never used.".into(),
    };
    view! {
        <ul class="what-happens">
            <li>
                <Icon picture=Picture::Key/>
                <span><b>"You get a new token,"</b>" shown once. Description, owner, permissions and allowed networks stay the same."</span>
            </li>
            <li class="with-overlap">
                <Icon picture=Picture::Swap/><span><b>"Both tokens work"</b>" for a while: programs can switch one by one."</span>
            </li>
            <li class="with-overlap">
                <Icon picture=Picture::Ban/><span><b>"Then "{which()}" is refused."</b>" "{last.clone()}</span>
            </li>
            <li class="without-overlap">
                <Icon picture=Picture::Ban/><span><b>"The old token is refused at once."</b>" "{last}</span>
            </li>
        </ul>
        {authorization.last_use.is_some().then(|| view! {
            <div class="without-overlap"><Alert small=true>"Programs that still use it stop until they have the new one."</Alert></div>
        })}
    }
}

fn overlaps(own_end: Option<Timestamp>, now: Timestamp) -> Vec<Segment> {
    let hint = |value: &str| {
        let span = value.parse::<Span>().unwrap_or_default();
        let end = now.plus_seconds(span.seconds());
        match own_end {
            _ if span == Span::default() => "It is refused from now on.".to_owned(),
            Some(own) if own <= end => {
                format!("Ends on {}, when it expires anyway. You can end it earlier.", own.minute())
            }
            _ => format!("Ends on {}. You can end it earlier.", end.minute()),
        }
    };
    let segment =
        |(value, title): (&str, &str)| Segment { value: value.into(), title: title.into(), hint: hint(value) };
    OVERLAPS.into_iter().map(segment).collect()
}

fn lives(created_at: Timestamp, own_end: Option<Timestamp>, now: Timestamp) -> Vec<Segment> {
    let old = own_end.map_or_else(
        || "The old one would never expire.".to_owned(),
        |end| format!("The old one would expire on {}.", end.date()),
    );
    let same = match Expiry::same_life(created_at, own_end, now).end() {
        Some(end) => format!("On {}: it lives as long as the old one was to live.", end.minute()),
        None => "Never, as the old one.".into(),
    };
    let segment = |value: &str, title: &str, hint: String| Segment { value: value.into(), title: title.into(), hint };
    let after = |(days, title): (i64, &str)| {
        let end = now.plus_seconds(days * DAY);
        segment(&(days * DAY).to_string(), title, format!("On {}. {old}", end.minute()))
    };
    std::iter::once(segment("keep", "The same", same))
        .chain(LIVES.into_iter().map(after))
        .chain([
            segment("date", "Custom", "On the day that you choose, at its beginning in UTC.".into()),
            segment("never", "Never", format!("It works until someone stops it. {old}")),
        ])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_told_with_the_end_that_it_has() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let hints = |end: Option<Timestamp>| overlaps(end, now).into_iter().map(|one| one.hint).collect::<Vec<_>>();
        let free = hints(None);
        assert_eq!(free[0], "It is refused from now on.");
        assert_eq!(free[2], "Ends on 16 Jan 2027, 08:00 UTC. You can end it earlier.");
        let short = hints(Some(now.plus_seconds(1800)));
        assert_eq!(short[3], "Ends on 15 Jan 2027, 08:30 UTC, when it expires anyway. You can end it earlier.");
    }

    #[test]
    fn what_is_chosen_at_first_is_offered() {
        assert!(OVERLAPS.iter().any(|(value, _)| *value == USUAL));
        assert!(OVERLAPS.iter().all(|(value, _)| value.parse::<Span>().is_ok()));
    }
}
