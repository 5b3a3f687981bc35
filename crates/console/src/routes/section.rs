//! The sections of the navigation: the pages of an organization.

use jeton_model::{OrgId, console::capabilities::Capabilities};

use super::address_of;

/// A page of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// The organization's buckets.
    Buckets,
    /// The organization's telegraf configurations.
    Telegrafs,
    /// The organization's API tokens.
    Tokens,
    /// The users of the organization and their roles.
    Members,
    /// All users of the instance.
    Users,
    /// The organizations that the caller may read.
    Orgs,
    /// The gates in front of the organization's databases.
    Databases,
    /// The audit log.
    Audit,
    /// The signed-in user's password and sessions.
    Account,
    /// Facts about the server.
    About,
}

/// Pages that share a heading, as tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Buckets, telegraf configurations and API tokens.
    LoadData,
    /// Members, users, organizations, databases and the audit log.
    Settings,
}

impl Group {
    /// All groups, in the order of the navigation.
    pub const ALL: [Self; 2] = [Self::LoadData, Self::Settings];

    /// Returns the heading of the group's pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::LoadData => "Load Data",
            Self::Settings => "Settings",
        }
    }

    /// Returns the group's sections, in the order of the tabs.
    pub const fn sections(self) -> &'static [Section] {
        match self {
            Self::LoadData => &[Section::Buckets, Section::Telegrafs, Section::Tokens],
            Self::Settings => &[Section::Members, Section::Users, Section::Orgs, Section::Databases, Section::Audit],
        }
    }
}

impl Section {
    const ALL: [Self; 10] = [
        Self::Buckets,
        Self::Telegrafs,
        Self::Tokens,
        Self::Members,
        Self::Users,
        Self::Orgs,
        Self::Databases,
        Self::Audit,
        Self::Account,
        Self::About,
    ];

    /// Returns the name of the page in the navigation.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Buckets => "Buckets",
            Self::Telegrafs => "Telegraf",
            Self::Tokens => "API Tokens",
            Self::Members => "Members",
            Self::Users => "Users",
            Self::Orgs => "Organizations",
            Self::Databases => "Databases",
            Self::Audit => "Audit Log",
            Self::Account => "Account",
            Self::About => "About",
        }
    }

    /// Returns the last segment of its path: "tokens", "organizations".
    pub fn word(self) -> &'static str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    /// Returns its address in an organization.
    pub fn address(self, org: OrgId) -> String {
        address_of(&format!("/orgs/{org}/{}", self.path()))
    }

    /// Returns whether the navigation offers it to a caller with these capabilities.
    pub const fn is_offered(self, may: Capabilities) -> bool {
        match self {
            Self::Users => may.read_users,
            _ => true,
        }
    }

    /// Returns its path below the organization's.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Buckets => "load-data/buckets",
            Self::Telegrafs => "load-data/telegrafs",
            Self::Tokens => "load-data/tokens",
            Self::Members => "settings/members",
            Self::Users => "settings/users",
            Self::Orgs => "settings/organizations",
            Self::Databases => "settings/databases",
            Self::Audit => "settings/audit-log",
            Self::Account => "account",
            Self::About => "about",
        }
    }

    /// Returns its group, if it is one of several tabs.
    pub fn group(self) -> Option<Group> {
        Group::ALL.into_iter().find(|group| group.sections().contains(&self))
    }

    /// Splits path segments into a section and the rest.
    pub(super) fn split<'a, 'b>(segments: &'b [&'a str]) -> Option<(Self, &'b [&'a str])> {
        Self::ALL.into_iter().find_map(|section| {
            let own = section.path().split('/').count();
            let (path, rest) = segments.split_at_checked(own)?;
            path.iter().copied().eq(section.path().split('/')).then_some((section, rest))
        })
    }
}
