//! A row of the list of tokens.

use jeton_model::{
    AuthorizationId, Liveness, Status, Timestamp,
    console::{messages, tokens::TokenRow},
};

use crate::{
    components::{
        Icon, Picture,
        form::send,
        text::{Chip, Expires, LivenessBadge, SummaryLines, first_letter},
    },
    forms::{
        outcome::FormFields,
        tokens::{SelectedForm, TokenForm},
    },
    routes::Tokens,
    state::list_preferences::Column,
};

use super::{
    attention::row_remedy,
    rename::Rename,
    row_menu::RowMenu,
    row_selection::{FORM, SelectBox},
    row_update::{RowContext, on_update},
    state::TokensState,
};

use leptos::{ev::MouseEvent, prelude::*};

/// A row; on a phone, a card.
#[component]
pub fn Row(row: TokenRow, now: Timestamp, state: TokensState) -> impl IntoView {
    let id = row.id;
    let changed = Memo::new(move |_| state.change_of(id));
    let (first_description, first_status) = (row.description.clone(), row.status);
    let description =
        Memo::new(move |_| changed.get().map_or_else(|| first_description.clone(), |change| change.description));
    let status = Memo::new(move |_| changed.get().map_or(first_status, |change| change.status));
    let prefix = row.prefix.clone();
    let name = Memo::new(move |_| messages::name(&description.get(), prefix.as_deref()));
    let marked = state.query.get_untracked().show == Some(id);
    let renaming = Memo::new(move |_| state.renaming() == Some(id));
    let owner = row.owner.clone().unwrap_or_else(|| "deleted user".into());
    let letter = first_letter(&owner);
    // Hidden by default, and the most expensive cell to render.
    let shows_modified = Memo::new(move |_| state.view.with(|view| view.shows(Column::Modified)));
    let modified = move || {
        let at = if changed.get().is_some() { now } else { row.changed_at.unwrap_or(row.created_at) };
        view! { <Moment at text=messages::ago_or_day(at, now)/> }
    };
    let ended = matches!(row.liveness, Liveness::Ended | Liveness::Expired | Liveness::Leaked);
    let clonable = !matches!(row.liveness, Liveness::Ended | Liveness::Expired);
    let may_change = !row.read_only;
    let wanted = RwSignal::new(false);
    let facts = RowContext { id, name, status, ended, clonable, may_change, wanted };
    let want = move || {
        if !wanted.get_untracked() {
            wanted.set(true);
        }
    };
    let class = move || {
        let inactive = (status.get() == Status::Inactive).then_some("inactive");
        // The drawer or a dialog is about this token.
        let current = (state.token() == Some(id)).then_some("current");
        let names: Vec<_> = [inactive, marked.then_some("marked"), current].into_iter().flatten().collect();
        (!names.is_empty()).then(|| names.join(" "))
    };
    view! {
        <tr
            role="row" class=class data-testid=move || format!("token-card {}", description.get())
            on:pointerenter=move |_| want() on:focusin=move |_| want()
        >
            <td role="cell" class="cell-select">{may_change.then(|| view! { <SelectBox id name selection=state.selection/> })}</td>
            <td role="cell" class="cell-description">
                {move || if renaming.get() {
                    view! { <Rename id description=description.get_untracked() state/> }.into_any()
                } else {
                    view! { <Name facts description marked state/> }.into_any()
                }}
                {row.prefix.clone().map(|prefix| view! { <Chip prefix/> })}
            </td>
            <td role="cell" class="cell-permissions"><SummaryLines summary=row.summary.clone() org_name=state.frame().org.name/></td>
            <td role="cell" class="cell-owner" data-letter=letter><span>{owner}</span></td>
            <td role="cell" class="cell-used">{row.used_at.map(|at| view! { <Used at now/> })}</td>
            <td role="cell" class="cell-created"><Moment at=row.created_at text=row.created_at.date()/></td>
            {move || shows_modified.get().then(|| view! { <td role="cell" class="cell-modified">{modified}</td> })}
            <td role="cell" class="cell-expires">{row.expires_at.map(|end| view! { <Expires end now/> })}</td>
            <td role="cell" class="cell-status">
                {if ended || !may_change {
                    view! { <LivenessBadge liveness=row.liveness/> }.into_any()
                } else {
                    view! { <Switch id name status state/> }.into_any()
                }}
            </td>
            <td role="cell" class="cell-menu"><RowMenu facts state/></td>
        </tr>
    }
}

/// The cell with the description, or the field that edits it.
#[component]
fn Name(facts: RowContext, description: Memo<String>, marked: bool, state: TokensState) -> impl IntoView {
    let RowContext { id, name, may_change, .. } = facts;
    let shown = move || match description.get() {
        text if text.is_empty() => "Describe this API Token".to_owned(),
        text => text,
    };
    view! {
        <div class="token-title">
            <a
                class="token-name" href=move || state.address(Tokens::Details(id)) data-noscroll
                data-testid=move || format!("token-name {}", description.get())
            >
                {shown}
            </a>
            {if marked { Some(view! { <span class="badge ok">"New"</span> }.into_any()) } else { row_remedy(id, may_change, !description.get_untracked().is_empty(), state) }}
            {move || (may_change && facts.wanted.get()).then(|| view! {
                <a
                    class="icon-button small" href=move || state.address(Tokens::Rename(id)) data-noscroll
                    aria-label=move || format!("Rename {}", name.get()) data-testid="resource-editable-name--button"
                >
                    <Icon picture=Picture::Pencil/>
                </a>
            })}
        </div>
    }
}

/// The status switch. It changes optimistically, and reverts with a notification if the server refuses.
#[component]
fn Switch(id: AuthorizationId, name: Memo<String>, status: Memo<Status>, state: TokensState) -> impl IntoView {
    let busy = RwSignal::new(false);
    let on = move || (status.get() == Status::Active) != busy.get();
    let word = move || {
        if busy.get() {
            "Saving"
        } else if on() {
            "Active"
        } else {
            "Inactive"
        }
    };
    let on_answer = on_update(id, name.get_untracked(), state, || {});
    let on_click = move |event: MouseEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            let wanted = status.get_untracked().toggled().name().to_owned();
            send(
                untrack(|| state.address(Tokens::Details(id))),
                FormFields(vec![(TokenForm::STATUS.into(), wanted)]),
                busy,
                on_answer,
            );
        }
    };
    // Without JavaScript it belongs to the form of the check boxes, with a button that names the action: a form in
    // every row would be larger than the switch.
    let does = move || match status.get() {
        Status::Active => SelectedForm::DEACTIVATE,
        Status::Inactive => SelectedForm::ACTIVATE,
    };
    view! {
        <button
            class="switch" role="switch" aria-checked=move || on().to_string() aria-label=move || format!("Active: {}", name.get())
            aria-busy=move || busy.get().then_some("true") form=FORM name=does value=id.to_string() data-testid="slide-toggle"
            on:click=on_click
        >
            <span>{word}</span>
        </button>
    }
}

/// Number of days without use after which a token is highlighted.
const UNUSED_DAYS: i64 = 90;

/// The time of the last use. For an unused token the style displays the text, which keeps the row small.
#[component]
fn Used(at: Timestamp, now: Timestamp) -> impl IntoView {
    if now.seconds_since(at) > UNUSED_DAYS * 86_400 {
        view! { <span class="unused" title=at.minute()><Icon picture=Picture::ClockAlert/>{at.ago(now)}</span> }
            .into_any()
    } else {
        view! { <Moment at text=at.ago(now)/> }.into_any()
    }
}

/// A relative time, with the exact one in a tooltip.
#[component]
fn Moment(at: Timestamp, text: String) -> impl IntoView {
    view! { <span title=at.minute()>{text}</span> }
}
