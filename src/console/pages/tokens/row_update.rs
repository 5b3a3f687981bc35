//! A row after its token was changed.

use crate::{
    console::{
        components::{Notices, form::ActionOutcome},
        forms::outcome::Outcome,
        text::messages,
    },
    model::{AuthorizationId, Status},
};
use leptos::prelude::*;

use super::state::{Changed, TokensState};

/// What the parts of a row share.
#[derive(Clone, Copy)]
pub struct RowContext {
    pub id: AuthorizationId,
    pub name: Memo<String>,
    pub status: Memo<Status>,
    /// Whether its time is over, or it leaked: it can't be switched.
    pub ended: bool,
    pub clonable: bool,
    /// Whether the user may change and delete it.
    pub may_change: bool,
    /// Whether the row was pointed at, or had the focus: only then it needs what is seen only then.
    pub wanted: RwSignal<bool>,
}

/// What a form that changed a token says, and notes for the list.
pub fn on_update(
    id: AuthorizationId,
    name: String,
    state: TokensState,
    then: impl Fn() + Send + Sync + 'static,
) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Updated { description, status }) => {
            notices.success("API token was updated successfully", "");
            state.note_change(id, Changed { description, status });
            then();
        }
        Ok(_) => {}
        Err(error) => notices.failure(format!("Failed to update API token: \"{name}\""), messages::sentence(&error)),
    })
}
