//! A row of the list of buckets.

use leptos::prelude::*;

use jeton_model::{Action, BucketId, bucket::BucketKind, console::buckets::BucketRow, wording};

use crate::{
    components::{Icon, Menu, Picture, copy::CopyIdItem, menu::MenuLink, text::Time},
    routes::{Buckets, PageRoute as _, Tokens},
};

use super::BucketsState;

/// A row; on a phone, a card.
#[component]
pub fn Row(row: BucketRow, state: BucketsState) -> impl IntoView {
    let BucketRow { bucket, readers, writers, .. } = row.clone();
    let system = bucket.kind == BucketKind::System;
    let class = if bucket.retention.every == 0 { "kept-forever" } else { "" };
    let description = (!bucket.description.is_empty()).then(|| view! { <p class="row-more">{bucket.description}</p> });
    view! {
        <tr role="row" id=bucket.id.to_string() data-testid=format!("bucket-card {}", bucket.name)>
            <th role="rowheader" scope="row" class="cell-name">
                <div class="row-title">
                    <span class="bucket-name" title=bucket.name.clone() data-testid=format!("bucket-name {}", bucket.name)>{bucket.name.clone()}</span>
                    {system.then(|| view! { <span class="badge">"system"</span> })}
                </div>
                {description}
            </th>
            <td role="cell" class="cell-retention" data-label="Retention"><span class=class>{bucket.retention.words()}</span></td>
            <td role="cell" class="cell-readers" data-label="Tokens that read">
                <TokenCount count=readers action=Action::Read id=bucket.id name=bucket.name.clone() state/>
            </td>
            <td role="cell" class="cell-writers" data-label="Tokens that write">
                <TokenCount count=writers action=Action::Write id=bucket.id name=bucket.name.clone() state/>
            </td>
            <td role="cell" class="cell-created" data-label="Created"><Time at=bucket.created_at text=bucket.created_at.date()/></td>
            <td role="cell" class="cell-id" data-label="ID"><code>{bucket.id.to_string()}</code></td>
            <td role="cell" class="cell-menu"><RowMenu row state/></td>
        </tr>
    }
}

/// The number of live tokens that may act on a bucket, as a link to them.
#[component]
fn TokenCount(count: u64, action: Action, id: BucketId, name: String, state: BucketsState) -> impl IntoView {
    if count == 0 {
        return view! { <span class="no-token">"0"</span> }.into_any();
    }
    let href = move || {
        let filter = [("bucket", id.to_string()), ("action", action.name().into()), ("status", "live".into())];
        Tokens::List.address(state.page.org.get(), &filter)
    };
    let does = if count == 1 { format!("{action}s") } else { action.to_string() };
    let label = format!("{} that {does} {name}", wording::count(count, "token"));
    view! { <a class="token-count" href=href aria-label=label data-testid=format!("tokens-that-{action}")>{wording::grouped(count)}</a> }.into_any()
}

/// The menu of a bucket. System buckets cannot be changed.
#[component]
fn RowMenu(row: BucketRow, state: BucketsState) -> impl IntoView {
    let BucketRow { bucket, may_change, may_generate, .. } = row;
    let id = bucket.id;
    let may_change = may_change && bucket.kind == BucketKind::User;
    // Without JavaScript the menu would be empty.
    let class = if may_change || may_generate { "end" } else { "end needs-script" };
    let generate = move || Tokens::Custom.address(state.page.org.get(), &[("read", format!("buckets/{id}"))]);
    let to = move |page: fn(BucketId) -> Buckets| Signal::derive(move || state.address(page(id)));
    view! {
        <Menu
            class button="icon-button" label=format!("More actions for {}", bucket.name) button_testid="context-menu-bucket"
            face=|| view! { <Icon picture=Picture::More/> }
        >
            {may_generate.then(|| view! {
                <li><a class="menu-item" href=generate data-testid="context-generate-token"><Icon picture=Picture::Key/>"Generate a token for this bucket"</a></li>
            })}
            {may_change.then(|| view! {
                <MenuLink href=to(Buckets::Edit) picture=Picture::Pencil testid="context-edit-bucket">"Edit"</MenuLink>
            })}
            <CopyIdItem id=id.to_string()/>
            {may_change.then(|| view! {
                <MenuLink href=to(Buckets::Delete) picture=Picture::Trash testid="context-delete-menu--button" danger=true apart=true>"Delete"</MenuLink>
            })}
        </Menu>
    }
}
