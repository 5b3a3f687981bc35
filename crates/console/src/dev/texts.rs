//! Samples of texts.

use leptos::prelude::*;

use jeton_model::{
    Action, Liveness,
    console::list_query::ListQuery,
    describe::{Sentence, Summary},
    grant::Breadth,
    tally::Tally,
};

use crate::{
    components::{
        EmptyMark, Icon, Mark, Picture,
        list::{Column, ListNav, NoMatch, Skeleton, Table},
        pager::{Pager, Part as Shown},
        tabs::{Tab, Tabs},
        text::{Alert, Avatar, CanLine, Chip, LivenessBadge, SummaryLines, Time},
    },
    state::org_state::OrgState,
};

use super::{NOW, Part, Sample};

const fn shown(page: u64, total: Tally) -> Shown {
    Shown { page, page_size: 25, total, unfiltered: total }
}

/// All samples of this module.
#[component]
pub fn Texts(state: OrgState) -> impl IntoView {
    let org = state.frame.with_untracked(|frame| frame.org.name.clone());
    view! {
        <Alerts/>
        <Badges/>
        <Summaries org/>
        <Tables/>
        <Part name="Pager">
            <Sample state="First of many">
                <Pager part=shown(1, Tally::exact(312)) address=Callback::new(|_| "#main".to_owned())/>
            </Sample>
            <Sample state="More than are counted">
                <Pager part=shown(401, Tally::up_to(10_000, 10_001)) address=Callback::new(|_| "#main".to_owned())/>
            </Sample>
        </Part>
        <Empty/>
        <Codes/>
        <Part name="Icons">
            <div class="dev-icons">{Picture::ALL.iter().map(|picture| view! { <Icon picture=*picture/> }).collect_view()}</div>
            <Mark/>
        </Part>
        <Above/>
    }
}

/// Samples of alerts.
#[component]
fn Alerts() -> impl IntoView {
    view! {
        <Part name="Alert">
            <Sample state="Warning"><Alert>"Make sure to copy your new API token now. You won't be able to see it again!"</Alert></Sample>
            <Sample state="Error"><Alert danger=true><b>"The bucket was not created."</b>" The name is taken."</Alert></Sample>
            <Sample state="Small"><Alert small=true>"ada is the only owner of my-org."</Alert></Sample>
            <Sample state="Small error"><Alert small=true danger=true>"The server did not answer."</Alert></Sample>
        </Part>
    }
}

/// Samples of badges.
#[component]
fn Badges() -> impl IntoView {
    let states = [Liveness::Live, Liveness::Inactive, Liveness::Leaked, Liveness::Expired, Liveness::Ended];
    view! {
        <Part name="Badges and chips">
            {states.map(|liveness| view! { <LivenessBadge liveness/> }).collect_view()}
            <span class="badge">"system"</span><span class="badge ok">"New"</span><Chip prefix="jtn_77Hd".to_owned()/>
            <kbd>"Esc"</kbd>
        </Part>
        <Part name="Avatar">
            <Sample state="User"><Avatar name="ada".to_owned()/></Sample>
            <Sample state="Organization"><Avatar name="my-org".to_owned() square=true/></Sample>
        </Part>
        <Part name="Time">
            <Sample state="Relative"><Time at=NOW.plus_seconds(-7200) text=NOW.plus_seconds(-7200).ago(NOW)/></Sample>
            <Sample state="Day"><Time at=NOW text=NOW.date()/></Sample>
            <Sample state="Long ago"><span class="long-ago"><Icon picture=Picture::ClockAlert/><Time at=NOW text="120 days ago".to_owned()/></span></Sample>
        </Part>
    }
}

/// Samples of permission summaries.
#[component]
fn Summaries(org: String) -> impl IntoView {
    let lines =
        [(Action::Read, "buckets telemetry, _monitoring"), (Action::Write, "buckets billing, inventory and 3 more")];
    let custom =
        Summary { breadth: Breadth::Custom, lines: lines.map(|(action, text)| (action, text.to_owned())).into() };
    let operator = Summary { breadth: Breadth::Operator, lines: Vec::new() };
    let can = Sentence {
        before: "Read and query data in bucket".into(),
        name: Some("telemetry".into()),
        after: String::new(),
    };
    let name = org.clone();
    view! {
        <Part name="Permissions">
            <Sample state="Custom"><SummaryLines summary=custom org_name=name/></Sample>
            <Sample state="Operator"><SummaryLines summary=operator org_name=org/></Sample>
            <Sample state="This token can"><ul class="can-list"><CanLine sentence=can/></ul></Sample>
        </Part>
    }
}

const CLASS: &str = "grid-table orgs";
const COLUMNS: &[Column] = &[
    ("cell-name", "Name"),
    ("cell-id", "ID"),
    ("cell-members", "Members"),
    ("cell-tokens", "API tokens"),
    ("cell-created", "Created"),
];

/// Samples of tables.
#[component]
fn Tables() -> impl IntoView {
    let listing = listing("");
    let row = |(name, more, tokens): (&'static str, Option<&'static str>, u64)| {
        view! {
            <tr role="row">
                <td role="cell" class="cell-name">
                    <div class="row-title"><a class="row-name" href="#main">{name}</a></div>{more.map(|more| view! { <p class="row-more">{more}</p> })}
                </td>
                <td role="cell" class="cell-id" data-label="ID"><code>"0000000000000001"</code></td>
                <td role="cell" class="cell-members" data-label="Members">"3"</td>
                <td role="cell" class="cell-tokens" data-label="API tokens">{tokens}</td>
                <td role="cell" class="cell-created" data-label="Created"><Time at=NOW text=NOW.date()/></td>
                <td role="cell" class="cell-menu">
                    <button class="icon-button" type="button" aria-label=format!("More actions for {name}")><Icon picture=Picture::More/></button>
                </td>
            </tr>
        }
    };
    let rows = [("my-org", None, 1204), ("plant-b", Some("Halls 4 to 9"), 17)];
    view! {
        <Part name="Tables">
            <Sample state="With rows">
                <Table listing class=CLASS label="Organizations" testid="table" columns=COLUMNS>{rows.map(row).collect_view()}</Table>
            </Sample>
            <Sample state="Loading"><Skeleton class=CLASS label="Loading organizations" columns=COLUMNS/></Sample>
        </Part>
    }
}

fn listing(filter: &str) -> ListNav {
    let query = ListQuery { filter: filter.to_owned(), ..ListQuery::default() };
    ListNav::new(Memo::new(move |_| query.clone()), |_| "#main".to_owned())
}

/// Samples of empty states.
#[component]
fn Empty() -> impl IntoView {
    view! {
        <Part name="Empty state">
            <Sample state="No items">
                <section class="empty whole">
                    <EmptyMark/><h2>"There are no API tokens in my-org yet"</h2>
                    <p>"A token lets a program read or write data without a password."</p><a class="button primary" href="#main">"Generate"</a>
                </section>
            </Sample>
            <Sample state="No match"><NoMatch listing=listing("grafna") noun="tokens"/></Sample>
        </Part>
    }
}

/// Samples of code.
#[component]
fn Codes() -> impl IntoView {
    let panel = |text: &'static str| {
        ViewFn::from(move || view! { <div class="code-box"><pre tabindex="0"><code>{text}</code></pre></div> })
    };
    let tabs = vec![
        Tab { name: "CLI", panel: panel("influx auth create --org my-org --read-buckets") },
        Tab { name: "curl", panel: panel("curl http://127.0.0.1:8086/api/v2/authorizations") },
    ];
    view! {
        <Part name="Tabs and code">
            <Sample state="Two tabs"><Tabs group="Format" tabs/></Sample>
            <Sample state="A token">
                <div class="code-box token-box">
                    <code><span class="token-prefix">"jtn_"</span>"0000000000000000000000000000000000000000000"<span class="token-check">"000000"</span></code>
                </div>
            </Sample>
        </Part>
    }
}

/// Links to the overlays, each of which has an address.
#[component]
fn Above() -> impl IntoView {
    let ways = [
        ("form", "A form"),
        ("question", "The question before a deletion"),
        ("drawer", "The drawer"),
        ("notifications", "Notifications"),
        ("sign-in", "The frame before signing in"),
    ];
    let way = |(show, text): (&'static str, &'static str)| {
        view! { <li><a class="link" href=format!("?show={show}")>{text}</a></li> }
    };
    view! { <Part name="Dialogs and notifications"><ul>{ways.map(way).collect_view()}</ul></Part> }
}
