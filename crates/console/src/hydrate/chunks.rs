//! Code splitting: the chunks of the console that the browser fetches on demand. The frame and the list of tokens,
//! which nearly every visit needs, are in the main file.

use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::ChooseView;

#[cfg(feature = "hydrate")]
use crate::routes::{ConsoleRoute, Tokens, route_of};
use crate::{
    components::text::Alert,
    pages::{
        AboutPage, AccountPage, AuditLogPage, SetupPage, SignInPage, StartPage, buckets, databases, members, orgs,
        telegrafs, tokens, users,
    },
};

/// Declares a chunk: the name of its file, and the components in it.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident in $file:ident: $($name:ident $view:path),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $part {
            $($name),+
        }

        mod $file {
            use super::*;

            #[leptos::wasm_split::wasm_split($file, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
            pub fn show(part: $part) -> Result<AnyView, SplitLoaderError> {
                Ok(match part {
                    $($part::$name => $view().into_any()),+
                })
            }
        }

        impl ChooseView for $part {
            async fn choose(self) -> AnyView {
                // Adds a preload link to the head, so that the browser fetches the chunk before the main script
                // requests it.
                leptos::prefetch_lazy_fn_on_server(stringify!($file));
                $file::show(self).await.unwrap_or_else(|_| NotLoaded().into_any())
            }

            async fn preload(&self) {
                // A failure is handled when the chunk is rendered.
                drop($file::fetch().await);
            }
        }
    };
}

part! {
    /// The pages for visitors without a session or an organization.
    Entry in entry: Start StartPage, Setup SetupPage, SignIn SignInPage
}
part! {
    /// Dialogs about tokens, apart from the list.
    Token in token_dialogs:
    AllAccess tokens::AllAccessRoute, Custom tokens::CustomRoute, Clone tokens::CloneRoute,
    Details tokens::DetailsRoute, Edit tokens::EditRoute, Delete tokens::DeleteRoute,
    Filter tokens::FilterRoute, Look tokens::LookRoute, Selected tokens::SelectedRoute,
    Leaked tokens::LeakedRoute, Descendants tokens::DescendantsRoute,
    Limits tokens::LimitsRoute, Rotate tokens::RotateRoute, Remedy tokens::RemedyRoute
}
part! {
    /// The pages other than that of the tokens.
    Page in other_pages:
    Buckets buckets::BucketsPage, CreateBucket buckets::CreateRoute, EditBucket buckets::EditRoute,
    DeleteBucket buckets::DeleteRoute,
    Telegrafs telegrafs::TelegrafsPage, CreateTelegraf telegrafs::CreateRoute, RenameTelegraf telegrafs::RenameRoute,
    DeleteTelegraf telegrafs::DeleteRoute,
    Members members::MembersPage, AddMember members::AddRoute, InviteMember members::InviteRoute,
    RemoveMember members::RemoveRoute, DeactivateMember members::DeactivateRoute, DeleteMember members::DeleteRoute,
    Users users::UsersPage, CreateUser users::CreateRoute, RenameUser users::RenameRoute,
    SetPassword users::PasswordRoute, UserSessions users::SessionsRoute, DeactivateUser users::DeactivateRoute, DeleteUser users::DeleteRoute,
    Orgs orgs::OrgsPage, CreateOrg orgs::CreateRoute, DeleteOrg orgs::DeleteRoute,
    Databases databases::DatabasesPage, Gate databases::DetailsRoute, BindBucket databases::BindRoute,
    UnbindBucket databases::UnbindRoute, ConfirmBuckets databases::ConfirmAllRoute,
    Account AccountPage, About AboutPage, AuditLog AuditLogPage
}

/// Fetches the chunk that an address needs, before hydration starts.
#[cfg(feature = "hydrate")]
pub async fn fetch_for(address: &str) -> Result<(), SplitLoaderError> {
    match route_of(address) {
        None => entry::fetch().await,
        Some((_, ConsoleRoute::Tokens(Tokens::List | Tokens::Rename(_) | Tokens::Export(_)))) => Ok(()),
        Some((_, ConsoleRoute::Tokens(_))) => token_dialogs::fetch().await,
        Some(_) => other_pages::fetch().await,
    }
}

/// The error in place of a chunk that could not be fetched.
#[component]
fn NotLoaded() -> impl IntoView {
    view! {
        <Alert danger=true live=true>
            "This part of the console could not be loaded. Check the connection, then reload the page."
        </Alert>
    }
}
