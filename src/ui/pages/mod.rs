//! One file a page.

mod not_found;
mod setup;
mod sign_in;
pub mod tokens;

pub use not_found::NotFoundPage;
pub use setup::SetupPage;
pub use sign_in::SignInPage;
