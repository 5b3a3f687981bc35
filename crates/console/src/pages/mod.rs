//! The pages, each in a module of its own.

mod about;
mod account;
mod audit;
pub mod buckets;
pub mod databases;
pub mod layout;
pub mod members;
mod no_org;
mod not_found;
pub mod orgs;
mod people;
mod setup;
mod sign_in;
pub mod telegrafs;
pub mod tokens;
pub mod users;

pub use about::AboutPage;
pub use account::AccountPage;
pub use audit::AuditLogPage;
pub use layout::OrgLayout;
pub use no_org::StartPage;
pub use not_found::NotFoundPage;
pub use setup::SetupPage;
pub use sign_in::SignInPage;
