//! One file a page.

pub mod buckets;
pub mod layout;
pub mod list_state;
mod not_found;
mod setup;
mod sign_in;
pub mod tokens;

pub use layout::OrgLayout;
pub use not_found::NotFoundPage;
pub use setup::SetupPage;
pub use sign_in::SignInPage;
