//! The routes of the console. The URL is the state: it holds dialogs, filters, order and page numbers.

mod audit;
mod base;
mod databases;
mod load_data;
mod page_routes;
pub(crate) mod return_url;
mod section;
mod settings;
mod tokens;

#[cfg(feature = "ssr")]
mod redact;

use std::fmt;

use jeton_model::OrgId;

pub use audit::Audit;
#[cfg(feature = "hydrate")]
pub(crate) use base::base_of_document;
pub use base::{address_of, base_path, below_base, without_scrolling};
pub use databases::Databases;
pub use load_data::{Buckets, Telegrafs};
#[cfg(feature = "ssr")]
pub use redact::redact_tokens;
pub use return_url::return_url;
pub use section::{Group, Section};
pub use settings::{About, Account, Members, Orgs, Users};
pub use tokens::{Export, Tokens};

/// The routes of one page: the page alone, or a dialog above it. `Display` formats the path below the page's own.
pub trait PageRoute: Copy + PartialEq + fmt::Display {
    /// The page's section of the navigation, which has the page's path.
    const SECTION: Section;
    /// The route of the page without a dialog.
    const LIST: Self;

    /// Parses the path segments after the page's own path.
    fn parse(rest: &[&str]) -> Option<Self>;

    /// Returns whether a dialog is above the page.
    fn has_dialog(self) -> bool;

    /// Returns its address in an organization; the parameters are the state of the list, so that closing a dialog
    /// restores it.
    fn address(self, org: OrgId, parameters: &[(&'static str, String)]) -> String {
        with_parameters(address_of(&format!("/orgs/{org}/{}{self}", Self::SECTION.path())), parameters)
    }
}

/// A route of any page of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleRoute {
    /// A route of the Buckets page.
    Buckets(Buckets),
    /// A route of the Telegraf page.
    Telegrafs(Telegrafs),
    /// A route of the API Tokens page.
    Tokens(Tokens),
    /// A route of the Members page.
    Members(Members),
    /// A route of the Users page.
    Users(Users),
    /// A route of the Organizations page.
    Orgs(Orgs),
    /// A route of the Databases page.
    Databases(Databases),
    /// A route of the Audit Log page.
    Audit(Audit),
    /// A route of the Account page.
    Account(Account),
    /// A route of the About page.
    About(About),
}

impl ConsoleRoute {
    /// Parses a path below the base path.
    pub fn parse(path: &str) -> Option<(OrgId, Self)> {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let ["orgs", org, rest @ ..] = segments.as_slice() else { return None };
        let (section, rest) = Section::split(rest)?;
        let place = match section {
            Section::Buckets => Self::Buckets(PageRoute::parse(rest)?),
            Section::Telegrafs => Self::Telegrafs(PageRoute::parse(rest)?),
            Section::Tokens => Self::Tokens(PageRoute::parse(rest)?),
            Section::Members => Self::Members(PageRoute::parse(rest)?),
            Section::Users => Self::Users(PageRoute::parse(rest)?),
            Section::Orgs => Self::Orgs(PageRoute::parse(rest)?),
            Section::Databases => Self::Databases(PageRoute::parse(rest)?),
            Section::Audit => Self::Audit(PageRoute::parse(rest)?),
            Section::Account => Self::Account(PageRoute::parse(rest)?),
            Section::About => Self::About(PageRoute::parse(rest)?),
        };
        Some((org.parse().ok()?, place))
    }

    /// Returns the section of its page.
    pub const fn section(self) -> Section {
        match self {
            Self::Buckets(_) => Section::Buckets,
            Self::Telegrafs(_) => Section::Telegrafs,
            Self::Tokens(_) => Section::Tokens,
            Self::Members(_) => Section::Members,
            Self::Users(_) => Section::Users,
            Self::Orgs(_) => Section::Orgs,
            Self::Databases(_) => Section::Databases,
            Self::Audit(_) => Section::Audit,
            Self::Account(_) => Section::Account,
            Self::About(_) => Section::About,
        }
    }

    /// Returns whether a dialog is above the page.
    pub fn has_dialog(self) -> bool {
        match self {
            Self::Buckets(page) => page.has_dialog(),
            Self::Telegrafs(page) => page.has_dialog(),
            Self::Tokens(page) => page.has_dialog(),
            Self::Members(page) => page.has_dialog(),
            Self::Users(page) => page.has_dialog(),
            Self::Orgs(page) => page.has_dialog(),
            Self::Databases(page) => page.has_dialog(),
            Self::Audit(page) => page.has_dialog(),
            Self::Account(page) => page.has_dialog(),
            Self::About(page) => page.has_dialog(),
        }
    }
}

/// Returns the organization and the route that an address names; its query does not matter.
pub fn route_of(address: &str) -> Option<(OrgId, ConsoleRoute)> {
    ConsoleRoute::parse(split(below_base(address)?).0)
}

/// Splits an address of this site into path and query parameters.
pub fn split(address: &str) -> (&str, Vec<(String, String)>) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    (path, form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

/// Appends query parameters to a path.
pub fn with_parameters<K: AsRef<str>, V: AsRef<str>>(mut path: String, parameters: &[(K, V)]) -> String {
    if !parameters.is_empty() {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(&form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish());
    }
    path
}

#[cfg(test)]
mod tests {
    use jeton_model::{AuthorizationId, BucketId, Id, TelegrafId, UserId, audit::Format};

    use super::*;

    const ORG: OrgId = OrgId(Id::new(1).unwrap());
    const ID: Id = Id::new(2).unwrap();

    fn written(place: ConsoleRoute, parameters: &[(&'static str, String)]) -> String {
        match place {
            ConsoleRoute::Buckets(page) => page.address(ORG, parameters),
            ConsoleRoute::Telegrafs(page) => page.address(ORG, parameters),
            ConsoleRoute::Tokens(page) => page.address(ORG, parameters),
            ConsoleRoute::Members(page) => page.address(ORG, parameters),
            ConsoleRoute::Users(page) => page.address(ORG, parameters),
            ConsoleRoute::Orgs(page) => page.address(ORG, parameters),
            ConsoleRoute::Databases(page) => page.address(ORG, parameters),
            ConsoleRoute::Audit(page) => page.address(ORG, parameters),
            ConsoleRoute::Account(page) => page.address(ORG, parameters),
            ConsoleRoute::About(page) => page.address(ORG, parameters),
        }
    }

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let token = AuthorizationId(ID);
        let tokens = [
            Tokens::List,
            Tokens::AllAccess,
            Tokens::Custom,
            Tokens::Details(token),
            Tokens::Edit(token),
            Tokens::Rename(token),
            Tokens::Clone(token),
            Tokens::Rotate(token),
            Tokens::Delete(token),
            Tokens::Descendants(token),
            Tokens::Filter,
            Tokens::Look,
            Tokens::Selected,
            Tokens::Leaked,
            Tokens::Remedy,
            Tokens::Export(Export::Csv),
            Tokens::Export(Export::Json),
        ];
        let (bucket, telegraf, user) = (BucketId(ID), TelegrafId(ID), UserId(ID));
        let buckets = [Buckets::List, Buckets::Create, Buckets::Edit(bucket), Buckets::Delete(bucket)];
        let telegrafs = [
            Telegrafs::List,
            Telegrafs::Create,
            Telegrafs::Show(telegraf),
            Telegrafs::Rename(telegraf),
            Telegrafs::Delete(telegraf),
        ];
        let members = [
            Members::List,
            Members::Add,
            Members::Invite,
            Members::Remove(user),
            Members::Deactivate(user),
            Members::Delete(user),
        ];
        let users = [
            Users::List,
            Users::Create,
            Users::Edit(user),
            Users::Password(user),
            Users::Sessions(user),
            Users::Deactivate(user),
            Users::Delete(user),
        ];
        let audit = [Audit::List, Audit::Export(Format::Csv), Audit::Export(Format::JsonLines)];
        let gate = "hall-2.a".parse().unwrap();
        let databases = [
            Databases::List,
            Databases::Show(gate),
            Databases::Bind(gate),
            Databases::Unbind(gate),
            Databases::Confirm(gate),
            Databases::ConfirmAll(gate),
            Databases::Sync(gate),
        ];
        let orgs = [Orgs::List, Orgs::Create, Orgs::Show(ORG), Orgs::Delete(ORG)];
        let places = (tokens.into_iter().map(ConsoleRoute::Tokens))
            .chain(buckets.map(ConsoleRoute::Buckets))
            .chain(telegrafs.map(ConsoleRoute::Telegrafs))
            .chain(members.map(ConsoleRoute::Members))
            .chain(users.map(ConsoleRoute::Users))
            .chain(orgs.map(ConsoleRoute::Orgs))
            .chain(databases.map(ConsoleRoute::Databases))
            .chain(audit.map(ConsoleRoute::Audit))
            .chain([ConsoleRoute::Account(Account), ConsoleRoute::About(About)]);
        for place in places {
            let address = written(place, &[("page", "2".to_owned())]);
            let (path, query) = split(&address);
            assert_eq!(ConsoleRoute::parse(path), Some((ORG, place)), "{address}");
            assert_eq!(query, [("page".to_owned(), "2".to_owned())]);
        }
    }

    #[test]
    fn what_is_no_address_of_a_page_means_nothing() {
        for path in [
            "/",
            "/orgs/1/load-data/tokens",
            "/orgs/0000000000000001",
            "/orgs/0000000000000001/load-data/buckets/x",
            "/orgs/0000000000000001/about/x",
            "/orgs/0000000000000001/settings/databases/a%20b",
        ] {
            assert_eq!(ConsoleRoute::parse(path), None, "{path}");
        }
    }
}
