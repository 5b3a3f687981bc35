//! The usage of the token by day.

use std::fmt::Write as _;

use leptos::prelude::*;

use jeton_model::{
    LastUse, Timestamp,
    console::lineage::{DayUse, Lineage, beginning_of},
    wording,
};

use crate::components::text::Time;

/// The size of the chart in SVG units; the style scales it.
const WIDTH: usize = 480;
const HEIGHT: u64 = 36;
/// The width of a day in SVG units, with its gap.
const STEP: usize = 16;

/// A bar chart of the days, hidden from screen readers, which read a table instead.
#[component]
pub fn Uses(history: Lineage) -> impl IntoView {
    let (uses, refused) = history.total();
    let first = history.days.first().map(|day| day_name(day.day)).unwrap_or_default();
    let bars = bars(&history.days);
    let rows = history.days.iter().rev().filter(|day| day.uses > 0 || day.refused > 0).map(|day| {
        view! { <tr><th scope="row">{day_name(day.day)}</th><td>{wording::grouped(day.uses)}</td><td>{wording::grouped(day.refused)}</td></tr> }
    });
    view! {
        <section class="uses" data-testid="token-uses">
            <h3 class="section-title">
                "Uses "<span>"last 30 days"</span>
                <span class="uses-total"><b>{wording::grouped(uses)}</b>{if uses == 1 { " request · " } else { " requests · " }}{share(uses, refused)}</span>
            </h3>
            <svg class="spark" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true" inner_html=bars></svg>
            <p class="spark-ends" aria-hidden="true"><span>{first}</span><span>"today"</span></p>
            {(uses > 0).then(|| view! {
                <div class="sr-only">
                    <table>
                        <caption>"Requests per day, without days that had none"</caption>
                        <thead><tr><th scope="col">"Day"</th><th scope="col">"Requests"</th><th scope="col">"Refused"</th></tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            })}
        </section>
    }
}

/// Returns the bars as SVG markup: built from numbers and day names only, so it needs no escaping.
fn bars(days: &[DayUse]) -> String {
    let most = days.iter().map(|day| day.uses).max().unwrap_or(0).max(1);
    let mut bars = String::new();
    for (index, day) in days.iter().enumerate() {
        // A day with a single use is visible, and a day without differs from a missing one.
        let height = if day.uses == 0 { 1 } else { (day.uses.saturating_mul(HEIGHT) / most).max(3) };
        let class = match (index + 1 == days.len(), day.uses) {
            (true, _) => "today",
            (false, 0) => "none",
            (false, _) => "day",
        };
        let requests = wording::count(day.uses, "request");
        let _ = write!(
            bars,
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{height}" rx="1"><title>{}: {requests}, {} refused</title></rect>"#,
            index * STEP,
            HEIGHT - height,
            STEP - 2,
            day_name(day.day),
            wording::grouped(day.refused),
        );
    }
    bars
}

/// Formats a day: "25 Oct".
fn day_name(day: i64) -> String {
    let date = beginning_of(day).date();
    date.rsplit_once(' ').map_or(date.clone(), |(day, _)| day.to_owned())
}

/// Formats a share: "0.02% refused".
fn share(uses: u64, refused: u64) -> String {
    match refused {
        0 => "none refused".into(),
        _ if refused.saturating_mul(10_000) < uses => "less than 0.01% refused".into(),
        _ if refused >= uses => "all refused".into(),
        _ => {
            let hundredths = u128::from(refused) * 10_000 / u128::from(uses);
            format!("{}.{:02}% refused", hundredths / 100, hundredths % 100)
        }
    }
}

/// The time, address and client of the last use.
#[component]
pub fn LastUsed(last: Option<LastUse>, now: Timestamp) -> impl IntoView {
    let Some(last) = last else { return view! { <span class="quiet">"never"</span> }.into_any() };
    let exact = format!(" ({})", last.at.minute());
    view! {
        <span class="last-used" data-testid="last-used">
            <Time at=last.at text=last.at.ago(now)/><span class="quiet">{exact}</span>
            {from(&last).map(|(address, agent)| view! { <span class="used-from">"from "<code>{address}</code>{agent}</span> })}
        </span>
    }
    .into_any()
}

/// Returns the address, and the client if it sent a name.
pub fn from(last: &LastUse) -> Option<(String, Option<String>)> {
    Some((last.from.clone()?, last.agent.as_ref().map(|agent| format!(" · {agent}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_refusals_is_told_in_hundredths_of_a_percent() {
        assert_eq!(share(513_402, 103), "0.02% refused");
        assert_eq!(share(1_000_000, 3), "less than 0.01% refused");
        assert_eq!(share(4, 1), "25.00% refused");
        assert_eq!(share(4, 4), "all refused");
        assert_eq!(share(0, 0), "none refused");
    }

    #[test]
    fn every_day_has_a_bar_and_a_used_one_is_seen() {
        let days =
            [DayUse::default(), DayUse { day: 1, uses: 1, refused: 0 }, DayUse { day: 2, uses: 1_000_000, refused: 1 }];
        let bars = bars(&days);
        assert_eq!(bars.matches("<rect").count(), 3);
        assert!(bars.contains(r#"class="none" x="0" y="35" width="14" height="1""#), "{bars}");
        assert!(bars.contains(r#"height="3" rx="1"><title>2 Jan: 1 request, 0 refused"#), "{bars}");
        assert!(bars.contains(r#"class="today" x="32" y="0" width="14" height="36""#), "{bars}");
    }
}
