//! Updating a row after its token was changed.

use leptos::prelude::*;

use jeton_model::{AuthorizationId, Status};

use crate::{
    components::{Notices, form::ActionOutcome},
    forms::outcome::Outcome,
};

use super::state::{Changed, TokensState};

/// State that the cells of a row share.
#[derive(Clone, Copy)]
pub struct RowContext {
    /// The token's authorization.
    pub id: AuthorizationId,
    /// The displayed name: the description, or else the token's prefix.
    pub name: Memo<String>,
    /// The present status.
    pub status: Memo<Status>,
    /// True if it has ended, expired or leaked, so that its status cannot be switched.
    pub ended: bool,
    /// True if it can be cloned: it has neither ended nor expired.
    pub clonable: bool,
    /// True if the caller may change and delete it.
    pub may_change: bool,
    /// True if the row was pointed at or focused, so that the parts that are rendered on demand are needed.
    pub wanted: RwSignal<bool>,
}

/// Handles the outcome of a form that changed a token: shows a notification, and records the change for the list.
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
        Err(error) => notices.failure(format!("Failed to update API token: \"{name}\""), error.sentence()),
    })
}
