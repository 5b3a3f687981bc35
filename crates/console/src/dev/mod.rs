//! `/dev/components`: a gallery of every component in every state. Debug builds only.

mod controls;
mod overlays;
mod texts;

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use leptos::prelude::*;
use leptos_meta::{ServerMetaContext, provide_meta_context};
use leptos_router::{components::Router as Routed, location::RequestUrl};

use jeton_model::{
    Id, OrgId, Timestamp, UserId,
    console::{
        capabilities::{Capabilities, Counts},
        frame::Frame,
        tokens::OrgRef,
    },
    tally::Tally,
};

use crate::{
    components::{
        Notices, Page,
        frame::{AuthFrame, OrgFrame},
    },
    routes::{Section, address_of, split},
    ssr::document,
    state::{org_state::OrgState, page_store::PageStore},
};

use controls::Controls;
use overlays::Overlay;
use texts::Texts;

const PATH: &str = "/dev/components";
const STYLE: &str = "/dev/components.css";

/// The current time of the samples: 5 May 2026, 09:14 UTC.
const NOW: Timestamp = Timestamp::from_micros(1_777_972_440_000_000);

/// Adds the gallery's route.
pub fn add<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.route(PATH, get(page)).route(STYLE, get(style))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("components.css"))
}

/// The handler of the gallery. `?show=` names an overlay above the page, or a page in its place.
async fn page(request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let (_, pairs) = split(parts.uri.path_and_query().map_or("", |address| address.as_str()));
    let shown = pairs.into_iter().find(|(name, _)| name == "show").map(|(_, what)| what).unwrap_or_default();
    let Some(id) = Id::new(1) else { return StatusCode::NOT_FOUND.into_response() };
    let html = Owner::new().with(|| {
        provide_context(parts);
        provide_context(RequestUrl::new(&address_of(PATH)));
        provide_context(ServerMetaContext::new().0);
        provide_meta_context();
        let head = view! { <title>"Components · Jeton"</title><link rel="stylesheet" href=address_of(STYLE)/> };
        // The page has no JavaScript, but displays elements that need it too.
        document::document(false, head, view! { <Routed><Gallery id shown/></Routed> }).to_html()
    });
    Html(html).into_response()
}

/// All samples, and the overlay that the query names.
#[component]
fn Gallery(id: Id, shown: String) -> impl IntoView {
    Notices::provide();
    if shown == "sign-in" {
        return view! { <AuthFrame brand=true><h1>"Before signing in"</h1></AuthFrame> }.into_any();
    }
    let state = state(id, !shown.is_empty() && shown != "notifications");
    provide_context(state);
    let dialog = ViewFn::from({
        let shown = shown.clone();
        move || view! { <Overlay shown=shown.clone()/> }
    });
    view! {
        <OrgFrame state>
            <Page section=Section::Tokens dialog>
                <div class="dev">
                    <Controls state/>
                    <Texts state/>
                </div>
            </Page>
        </OrgFrame>
    }
    .into_any()
}

/// Returns the state of an organization that is not stored. `covered`: whether a dialog is above it.
fn state(id: Id, covered: bool) -> OrgState {
    let org = OrgRef { id: OrgId(id), name: "my-org".into() };
    let everything = Capabilities {
        create_buckets: true,
        create_telegrafs: true,
        create_tokens: true,
        change_org: true,
        create_orgs: true,
        read_users: true,
        change_users: true,
    };
    let frame = Frame {
        user: "ada".into(),
        user_id: UserId(id),
        places: vec![org.clone()],
        org,
        counts: Counts { buckets: 4, telegrafs: 2, tokens: Tally::exact(1204) },
        may: everything,
        base_url: "http://127.0.0.1:8086".into(),
    };
    let mut state = OrgState::new(frame, Memo::new(|_| None), PageStore::here());
    state.covered = Signal::stored(covered);
    state
}

/// A section of the gallery: one component, or several related ones.
#[component]
fn Part(name: &'static str, children: Children) -> impl IntoView {
    view! { <section class="dev-part"><h2>{name}</h2>{children()}</section> }
}

/// A component in one state.
#[component]
fn Sample(state: &'static str, children: Children) -> impl IntoView {
    view! { <div class="dev-sample"><p class="hint">{state}</p>{children()}</div> }
}
