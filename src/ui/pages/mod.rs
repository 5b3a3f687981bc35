//! One file a page.

pub mod layout;
pub mod list_state;
pub mod members;
mod not_found;
mod people;
mod setup;
mod sign_in;
pub mod tokens;
pub mod users;

pub use layout::OrgLayout;
pub use not_found::NotFoundPage;
pub use setup::SetupPage;
pub use sign_in::SignInPage;
