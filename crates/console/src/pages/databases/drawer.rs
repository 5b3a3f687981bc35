//! The state that the parts of the drawer share.

use leptos::prelude::*;

use crate::{
    components::{Notices, form::ActionOutcome},
    forms::outcome::Outcome,
};

use super::DatabasesState;

/// The state that the parts of the drawer share.
#[derive(Clone, Copy)]
pub struct Drawer {
    /// The state of the page.
    pub state: DatabasesState,
    reloads: RwSignal<u32>,
}

impl Drawer {
    /// Returns the state of a drawer. `reloads`: changes when the gate is to be loaded again.
    pub fn new(state: DatabasesState, reloads: RwSignal<u32>) -> Self {
        Self { state, reloads }
    }

    /// Handles the outcome of a form in the drawer, which stays open and shows the change. `failed`: the message of a
    /// failure.
    pub fn on_done(self, failed: &'static str) -> Callback<ActionOutcome> {
        let notices = Notices::current();
        Callback::new(move |answer: ActionOutcome| match answer {
            Ok(Outcome::Done { flash, .. }) => {
                notices.success(flash.sentence(), "");
                self.state.reload();
                let _ = self.reloads.try_update(|reloads| *reloads += 1);
            }
            Ok(_) => {}
            Err(error) => {
                let reason = error.fields().first().map(|(_, message)| message.clone());
                notices.failure(failed, reason.unwrap_or_else(|| error.sentence()));
                let _ = self.reloads.try_update(|reloads| *reloads += 1);
            }
        })
    }
}
