//! The answer to what a list asked for.

use leptos::prelude::*;

use crate::{
    console::{
        components::{form::to_sign_in, text::Alert},
        state::page_store::PageResource,
        text::messages,
    },
    model::Error,
};

/// Shows what was answered, and keeps it until the next answer is there.
#[component]
pub fn Loads<T, F>(
    list: PageResource<Result<T, Error>>,
    /// Where the list is, to try again.
    #[prop(into)]
    here: Signal<String>,
    /// What is said if it could not be loaded: "The buckets could not be loaded."
    failed: &'static str,
    /// What stands there until the first answer.
    #[prop(optional, into)]
    meanwhile: ViewFn,
    /// The answer as it is shown.
    render: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> AnyView + Copy + Send + Sync + 'static,
{
    view! {
        <Transition fallback=move || meanwhile.run()>
            {move || Suspend::new(async move {
                match list.await {
                    Ok(answer) => render(answer),
                    Err(Error::Unauthenticated) => {
                        Effect::new(to_sign_in);
                        ().into_any()
                    }
                    Err(error) => view! { <Failed what=failed error here/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Failed(what: &'static str, error: Error, here: Signal<String>) -> impl IntoView {
    view! {
        <div class="list-failed">
            <Alert danger=true live=true>
                <b>{what}</b>" "{messages::sentence(&error)}<br/>
                <a class="link" href=here rel="external">"Try again"</a>
            </Alert>
        </div>
    }
}
