//! The parts of the console that a browser fetches when it first comes to them, each a file of its own. What everyone
//! needs at once, the frame and the list of tokens, is in the first file.

use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::ChooseView;

#[cfg(feature = "hydrate")]
use crate::console::routes::{ConsoleRoute, Tokens};
use crate::console::{
    components::text::Alert,
    pages::{
        AboutPage, AccountPage, AuditLogPage, SetupPage, SignInPage, StartPage, buckets, members, orgs, telegrafs,
        tokens, users,
    },
};

/// Declares a part: the name of its file, and what it shows.
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
                // The page's head then asks for the file before the script does.
                leptos::prefetch_lazy_fn_on_server(stringify!($file));
                $file::show(self).await.unwrap_or_else(|_| NotLoaded().into_any())
            }

            async fn preload(&self) {
                // Whether it came is asked when it is shown.
                drop($file::fetch().await);
            }
        }
    };
}

part! {
    /// Where a visitor is before they are signed in.
    Entry in entry: Start StartPage, Setup SetupPage, SignIn SignInPage
}
part! {
    /// What is done with tokens, beyond listing them.
    Token in token_dialogs:
    AllAccess tokens::AllAccessRoute, Custom tokens::CustomRoute, Clone tokens::CloneRoute,
    Details tokens::DetailsRoute, Edit tokens::EditRoute, Delete tokens::DeleteRoute,
    Filter tokens::FilterRoute, Look tokens::LookRoute, Selected tokens::SelectedRoute,
    Leaked tokens::LeakedRoute, Descendants tokens::DescendantsRoute,
    Limits tokens::LimitsRoute, Rotate tokens::RotateRoute, Remedy tokens::RemedyRoute
}
part! {
    /// What tokens are for, and whose they are.
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
    Account AccountPage, About AboutPage, AuditLog AuditLogPage
}

/// Fetches the part that an address belongs to. A page is taken over at once, so this comes first.
#[cfg(feature = "hydrate")]
pub async fn fetch_for(path: &str) -> Result<(), SplitLoaderError> {
    match ConsoleRoute::parse(path) {
        None => entry::fetch().await,
        Some((_, ConsoleRoute::Tokens(Tokens::List | Tokens::Rename(_) | Tokens::Export(_)))) => Ok(()),
        Some((_, ConsoleRoute::Tokens(_))) => token_dialogs::fetch().await,
        Some(_) => other_pages::fetch().await,
    }
}

/// In the place of a part whose file did not come.
#[component]
fn NotLoaded() -> impl IntoView {
    view! {
        <Alert danger=true live=true>
            "This part of the console could not be loaded. Check the connection, then reload the page."
        </Alert>
    }
}
