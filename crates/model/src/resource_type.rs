//! The types of resources that permissions are about.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::permission_error::PermissionError;

macro_rules! resource_types {
    ($($(#[$doc:meta])* $variant:ident $name:literal),+ $(,)?) => {
        /// The types of resources that InfluxDB 2 grants access to (docs/influxdb-compatibility.md §4.1).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ResourceType { $($(#[$doc])* #[serde(rename = $name)] $variant),+ }

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
    /// Authorizations, the records of tokens.
    Authorizations "authorizations",
    /// Buckets.
    Buckets "buckets",
    /// Dashboards of InfluxDB.
    Dashboards "dashboards",
    /// Organizations.
    Orgs "orgs",
    /// Connections of InfluxDB to other sources of data.
    Sources "sources",
    /// Scheduled Flux scripts of InfluxDB.
    Tasks "tasks",
    /// Telegraf configurations.
    Telegrafs "telegrafs",
    /// Users.
    Users "users",
    /// Variables of InfluxDB's dashboards.
    Variables "variables",
    /// Scrapers of InfluxDB, which collect metrics from targets.
    Scrapers "scrapers",
    /// Secrets that InfluxDB stores for scripts.
    Secrets "secrets",
    /// Labels of InfluxDB's resources.
    Labels "labels",
    /// Contents of the cells of InfluxDB's dashboards.
    Views "views",
    /// Documents of InfluxDB, such as templates.
    Documents "documents",
    /// Rules of InfluxDB by which the results of checks are sent.
    NotificationRules "notificationRules",
    /// Services to which InfluxDB sends notifications.
    NotificationEndpoints "notificationEndpoints",
    /// Checks of InfluxDB, which give data a status.
    Checks "checks",
    /// DBRP mappings.
    Dbrp "dbrp",
    /// Notebooks of InfluxDB.
    Notebooks "notebooks",
    /// Annotations of InfluxDB's graphs.
    Annotations "annotations",
    /// Connections to remote InfluxDB servers, for replications.
    Remotes "remotes",
    /// Replications of buckets to remote servers.
    Replications "replications",
    /// The whole server. It permits everything and is only granted by set-up.
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
