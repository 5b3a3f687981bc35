//! Handlers for the outcomes of forms in the lists of members and users.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    components::{
        Notices,
        form::{ActionOutcome, refusal},
    },
    error::ConsoleError,
    forms::outcome::Outcome,
    hydrate::browser,
    routes::{PageRoute, address_of},
    state::{list_state::ListState, org_state::OrgState},
};

/// Returns the error of a form in the list, if it was submitted without JavaScript.
pub fn refused_in_list(page: OrgState) -> RwSignal<Option<ConsoleError>> {
    let at_list = untrack(|| page.route()).is_none_or(|route| !route.has_dialog());
    RwSignal::new(refusal().filter(|_| at_list))
}

/// Forwards an outcome, unless the form ended the sender's own session: then redirects to the sign-in page.
pub fn or_signed_out(then: Callback<ActionOutcome>) -> Callback<ActionOutcome> {
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::SignedOut) => browser::go(&address_of("/sign-in")),
        answer => then.run(answer),
    })
}

/// Handles the outcome of a form in the list: reloads the list in place.
pub fn on_changed<P, T>(
    state: ListState<P, T>,
    failed: &'static str,
    refused: RwSignal<Option<ConsoleError>>,
) -> Callback<ActionOutcome>
where
    P: PageRoute + Send + Sync + 'static,
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let notices = Notices::current();
    or_signed_out(Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Done { flash, .. }) => {
            notices.success(flash.sentence(), "");
            let _ = refused.try_set(None);
            state.reload();
        }
        Ok(_) => {}
        Err(error) => notices.failure(failed, error.sentence()),
    }))
}
