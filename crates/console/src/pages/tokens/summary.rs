//! "This token can …": the meaning of the ticked boxes, and the equivalent commands and request.

use leptos::prelude::*;

use jeton_model::{
    console::{selection::Selection, template::Template},
    describe::{Named, Sentence, cautions, sentence},
};

use crate::{
    components::{
        CopyButton, Icon, Picture,
        tabs::{Tab, Tabs},
        text::{Alert, CanLine},
    },
    snippets::{Example, Limited, curl, influx, jeton, json},
};

use super::custom::form_state::CustomTokenForm;

/// The summary, updated with every box.
#[component]
pub fn Summary(choosing: CustomTokenForm) -> impl IntoView {
    let can = move || {
        let permissions = choosing.permissions();
        if permissions.is_empty() {
            view! { <Nothing waiting=choosing.waiting()/> }.into_any()
        } else {
            view! { <Can permissions choosing/> }.into_any()
        }
    };
    view! {
        <section class="summary" id="summary" aria-labelledby="summary-title">
            <h3 id="summary-title">"This token can"</h3>
            <div class="summary-can" aria-live="polite">{can}</div>
            <Equivalents choosing/>
        </section>
    }
}

/// Returns the reason why there is nothing to generate yet.
pub fn disabled_reason(choosing: CustomTokenForm) -> &'static str {
    if choosing.waiting().is_some() { "Pick a bucket." } else { "Select at least one permission." }
}

/// The summary without permissions. `waiting`: the template that needs a bucket.
#[component]
fn Nothing(waiting: Option<Template>) -> impl IntoView {
    let (picture, title, text) = match waiting {
        None => (
            Picture::Key,
            "This token cannot do anything yet",
            "Pick a template, or tick what it may read and write. What it can do is then listed here.",
        ),
        Some(Template::GrafanaReader) => {
            (Picture::Bucket, "Pick a bucket", "Tick Read for each bucket that the dashboards read.")
        }
        Some(Template::OneBucket) => {
            (Picture::Bucket, "Pick a bucket", "Tick Read and Write for the bucket that the application uses.")
        }
        Some(_) => (Picture::Bucket, "Pick a bucket", "Tick Write for the bucket to write to."),
    };
    view! {
        <div class="can-nothing">
            <span class="ring"><Icon picture/></span>
            <h4>{title}</h4>
            <p>{text}</p>
        </div>
    }
}

/// The list of permissions in sentences.
#[component]
fn Can(mut permissions: Vec<Named>, choosing: CustomTokenForm) -> impl IntoView {
    // By name, in the order of the boxes: ids mean nothing to users.
    permissions.sort_by_cached_key(|named| {
        (
            named.permission.resource.kind,
            named.permission.resource.id.is_some(),
            named.name.clone(),
            named.permission.action,
        )
    });
    let (sentences, warnings) = choosing.at_home(|home| {
        let sentences: Vec<Sentence> = permissions.iter().map(|named| sentence(named, home)).collect();
        (sentences, cautions(&permissions, home))
    });
    let sentences = sentences.into_iter().map(|sentence| view! { <CanLine sentence/> });
    let warnings = warnings.into_iter().map(|(bold, rest)| view! { <Alert small=true><b>{bold}</b>" "{rest}</Alert> });
    view! {
        <ul class="can-list" data-testid="token-can">{sentences.collect_view()}</ul>
        <p class="can-rest">"Everything else is refused."</p>
        {warnings.collect_view()}
    }
}

/// The summary on a phone: one line above the buttons, linked to the full summary.
#[component]
pub fn SummaryLine(choosing: CustomTokenForm) -> impl IntoView {
    let line = move || {
        let permissions = choosing.permissions();
        let Some(first) = permissions.first() else {
            return view! { <Icon picture=Picture::Info/><span>{disabled_reason(choosing)}</span> }.into_any();
        };
        let Sentence { before, name, after } = choosing.at_home(|home| sentence(first, home));
        let mut text = before;
        text[..1].make_ascii_lowercase();
        let more = (permissions.len() > 1).then(|| format!(" and {} more", permissions.len() - 1));
        view! {
            <Icon picture=Picture::CircleCheck class="ok"/>
            <span><b>"Can"</b>" "{text}{name.map(|name| view! { " "<code>{name}</code> })}{after}{more}</span>
        }
        .into_any()
    };
    view! { <a class="summary-link" href="#summary" rel="external">{line}<Icon picture=Picture::ChevronDown/></a> }
}

/// The equivalent commands and request.
#[component]
fn Equivalents(choosing: CustomTokenForm) -> impl IntoView {
    let picks = Memo::new(move |_| choosing.selection.with(Selection::effective));
    let (org, me) = choosing.frame.with_value(|frame| (frame.org.id, frame.user_id));
    let said = choosing.description;
    let org_name = StoredValue::new(choosing.frame.with_value(|frame| frame.org.name.clone()));
    let base_url = StoredValue::new(choosing.frame.with_value(|frame| frame.base_url.clone()));
    let limited = move || Limited { expires_at: choosing.limits.end(), networks: choosing.limits.network_texts() };
    let muted = Signal::derive(move || picks.get().is_empty());
    let stock = ViewFn::from(move || {
        let made = Memo::new(move |_| influx(&picks.get(), &org_name.get_value(), &said.get(), &limited()));
        let example = Memo::new(move |_| made.get().0);
        let limits = move || made.get().1.into_iter().map(|limit| view! { <p class="hint">{limit}</p> }).collect_view();
        view! { <Code example muted/>{limits} }
    });
    let own = move || jeton(&choosing.permissions(), &org_name.get_value(), &said.get(), &limited());
    let request = move || curl(&picks.get(), org, me, &said.get(), &limited(), &base_url.get_value());
    let body = move || json(&picks.get(), org, me, &said.get(), &limited());
    let tabs = vec![
        Tab { name: "jeton", panel: panel(muted, own) },
        Tab { name: "influx", panel: stock },
        Tab { name: "curl", panel: panel(muted, request) },
        Tab { name: "JSON", panel: panel(muted, body) },
    ];
    view! { <Tabs group="Equivalent command" tabs/> }
}

/// Returns the view of an example that updates with the form.
fn panel(muted: Signal<bool>, make: impl Fn() -> Example + Copy + Send + Sync + 'static) -> ViewFn {
    ViewFn::from(move || {
        let example = Memo::new(move |_| make());
        view! { <Code example muted/> }
    })
}

/// An example, with a button that copies it.
#[component]
fn Code(example: Memo<Example>, muted: Signal<bool>) -> impl IntoView {
    view! {
        <div class=move || if muted.get() { "code-box muted" } else { "code-box" }>
            <pre tabindex="0"><code>{move || example.get().view()}</code></pre>
            {move || (!muted.get()).then(|| view! { <CopyButton text=Signal::derive(move || example.get().text()) name="Copy"/> })}
        </div>
    }
}
