//! The asynchronous part of a list: skeleton, rows or error.

use leptos::prelude::*;

use crate::{
    components::{form::to_sign_in, text::Alert},
    error::ConsoleError,
    state::page_store::PageResource,
};

/// Renders the loaded rows, and keeps them until the next response.
#[component]
pub fn Loads<T, F>(
    /// The resource with the rows.
    list: PageResource<Result<T, ConsoleError>>,
    /// The address of the list, for the link that retries.
    #[prop(into)]
    here: Signal<String>,
    /// The error message: "The buckets could not be loaded."
    failed: &'static str,
    /// The placeholder until the first response.
    #[prop(optional, into)]
    meanwhile: ViewFn,
    /// Renders the response.
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
                    Err(ConsoleError::Unauthenticated) => {
                        Effect::new(to_sign_in);
                        ().into_any()
                    }
                    Err(error) => view! { <Failed what=failed error here/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The error in place of the list, with a link that retries.
#[component]
fn Failed(what: &'static str, error: ConsoleError, here: Signal<String>) -> impl IntoView {
    view! {
        <div class="list-failed">
            <Alert danger=true live=true>
                <b>{what}</b>" "{error.sentence()}<br/>
                <a class="link" href=here rel="external">"Try again"</a>
            </Alert>
        </div>
    }
}
