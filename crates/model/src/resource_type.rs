//! The types of resources that permissions are about.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::permission_error::PermissionError;

macro_rules! resource_types {
    ($($variant:ident $name:literal),+ $(,)?) => {
        /// The types of resources that InfluxDB 2 grants access to (docs/influxdb-compatibility.md §4.1).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ResourceType { $(#[serde(rename = $name)] $variant),+ }

        impl ResourceType {
            /// Every type, in the order of `/api/v2/resources`, which the grant sets of operators and owners follow.
            pub const ALL: [Self; 23] = [$(Self::$variant),+];

            /// Returns the name in the API, which is case-sensitive.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

resource_types! {
    Authorizations "authorizations",
    Buckets "buckets",
    Dashboards "dashboards",
    Orgs "orgs",
    Sources "sources",
    Tasks "tasks",
    Telegrafs "telegrafs",
    Users "users",
    Variables "variables",
    Scrapers "scrapers",
    Secrets "secrets",
    Labels "labels",
    Views "views",
    Documents "documents",
    NotificationRules "notificationRules",
    NotificationEndpoints "notificationEndpoints",
    Checks "checks",
    Dbrp "dbrp",
    Notebooks "notebooks",
    Annotations "annotations",
    Remotes "remotes",
    Replications "replications",
    Instance "instance",
}

impl ResourceType {
    /// The types in the order of the flags of InfluxDB's own command (docs/influxdb-compatibility.md §7.4).
    pub const IN_FLAG_ORDER: [Self; 22] = [
        Self::Authorizations,
        Self::Buckets,
        Self::Dashboards,
        Self::Orgs,
        Self::Tasks,
        Self::Telegrafs,
        Self::Users,
        Self::Variables,
        Self::Secrets,
        Self::Labels,
        Self::Views,
        Self::Documents,
        Self::NotificationRules,
        Self::NotificationEndpoints,
        Self::Checks,
        Self::Dbrp,
        Self::Annotations,
        Self::Sources,
        Self::Scrapers,
        Self::Notebooks,
        Self::Remotes,
        Self::Replications,
    ];

    /// Returns every type except `instance`, which permits everything and is only granted by set-up.
    pub fn grantable() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kind| *kind != Self::Instance)
    }

    /// Returns the name in words: "notification rules" for `notificationRules`.
    pub fn words(self) -> String {
        let mut words = String::new();
        for letter in self.name().chars() {
            if letter.is_ascii_uppercase() {
                words.push(' ');
            }
            words.push(letter.to_ascii_lowercase());
        }
        match self {
            Self::Dbrp => "DBRP mappings".into(),
            Self::Orgs => "organizations".into(),
            Self::Telegrafs => "telegraf configurations".into(),
            _ => words,
        }
    }
}

impl FromStr for ResourceType {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, PermissionError> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(PermissionError::UnknownType)
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
