//! Templates for a Custom API Token: the most common uses, as pure data.

use serde::{Deserialize, Serialize};

use crate::{Action, ResourceType};

use super::selection::{Pick, Selection};

/// A template: it ticks boxes, which can all be changed afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Template {
    /// An agent that writes its metrics.
    TelegrafWriter,
    /// External dashboards that read some buckets.
    GrafanaReader,
    /// An application with a bucket of its own.
    OneBucket,
    /// A program that reads everything in the organization. It is not enough for `influx backup`.
    ReadEverything,
    /// A pipeline that deploys dashboards and tasks.
    CiDeploy,
}

/// The types that a deployment reads and writes.
const DEPLOYED: [ResourceType; 3] = [ResourceType::Buckets, ResourceType::Tasks, ResourceType::Dashboards];

impl Template {
    /// Every template, in the order in which they are offered.
    pub const ALL: [Self; 5] =
        [Self::TelegrafWriter, Self::GrafanaReader, Self::OneBucket, Self::ReadEverything, Self::CiDeploy];

    /// Returns the name in URLs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TelegrafWriter => "telegraf-writer",
            Self::GrafanaReader => "grafana-reader",
            Self::OneBucket => "one-bucket",
            Self::ReadEverything => "read-everything",
            Self::CiDeploy => "ci-deploy",
        }
    }

    /// Returns the template with this name in URLs.
    pub fn from_word(word: &str) -> Option<Self> {
        // The name that addresses had before.
        let word = if word == "backup" { Self::ReadEverything.word() } else { word };
        Self::ALL.into_iter().find(|template| template.word() == word)
    }

    /// Returns the title that the console shows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TelegrafWriter => "Telegraf writer",
            Self::GrafanaReader => "Grafana reader",
            Self::OneBucket => "One bucket read and write",
            Self::ReadEverything => "Read everything",
            Self::CiDeploy => "CI deploy",
        }
    }

    /// Returns a line that says what it ticks.
    pub fn hint(self, org_name: &str) -> String {
        match self {
            Self::TelegrafWriter => "Write to one bucket".into(),
            Self::GrafanaReader => "Read chosen buckets".into(),
            Self::OneBucket => "For one application".into(),
            Self::ReadEverything => format!("In {org_name}; influx backup needs an operator token"),
            Self::CiDeploy => "Buckets, tasks, dashboards".into(),
        }
    }

    /// Returns the boxes of types that it ticks.
    pub fn types(self) -> Vec<Pick> {
        match self {
            Self::TelegrafWriter | Self::GrafanaReader | Self::OneBucket => Vec::new(),
            Self::ReadEverything => ResourceType::grantable().map(|kind| Pick::all(Action::Read, kind)).collect(),
            Self::CiDeploy => {
                DEPLOYED.into_iter().flat_map(|kind| Action::ALL.map(|action| Pick::all(action, kind))).collect()
            }
        }
    }

    /// Returns the actions that it ticks for each chosen bucket; none if it needs no bucket.
    pub const fn bucket(self) -> &'static [Action] {
        match self {
            Self::TelegrafWriter => &[Action::Write],
            Self::GrafanaReader => &[Action::Read],
            Self::OneBucket => &Action::ALL,
            Self::ReadEverything | Self::CiDeploy => &[],
        }
    }

    /// Returns whether it is about several buckets rather than one.
    const fn of_several_buckets(self) -> bool {
        matches!(self, Self::GrafanaReader)
    }

    /// Returns whether the boxes are still those of this template. `types`: the boxes of types that it ticked, which
    /// are fewer if the caller may not grant all of them.
    pub fn fits(self, selection: &Selection, types: &Selection) -> bool {
        if selection.types() != *types {
            return false;
        }
        let buckets = selection.things(ResourceType::Buckets);
        let alone = selection.iter().all(|pick| pick.id.is_none() || pick.kind == ResourceType::Buckets);
        let few = self.of_several_buckets() || buckets.len() <= 1;
        let whole = buckets.iter().all(|id| {
            let ticked = Action::ALL
                .into_iter()
                .filter(|action| selection.holds(Pick::one(*action, ResourceType::Buckets, *id)));
            ticked.eq(self.bucket().iter().copied())
        });
        alone && few && whole
    }

    /// Returns whether a bucket must still be chosen.
    pub fn waits(self, selection: &Selection, types: &Selection) -> bool {
        !self.bucket().is_empty() && selection.things(ResourceType::Buckets).is_empty() && self.fits(selection, types)
    }
}

#[cfg(test)]
mod tests {
    use crate::Id;

    use super::*;

    const A: Id = Id::new(1).unwrap();
    const B: Id = Id::new(2).unwrap();

    fn bucket(action: Action, id: Id) -> Pick {
        Pick::one(action, ResourceType::Buckets, id)
    }

    fn types(template: Template) -> Selection {
        template.types().into_iter().collect()
    }

    #[test]
    fn words_lead_back_to_their_templates() {
        for template in Template::ALL {
            assert_eq!(Template::from_word(template.word()), Some(template));
        }
        assert_eq!(Template::from_word("backup"), Some(Template::ReadEverything), "as before");
        assert_eq!(Template::from_word("Backup"), None);
    }

    #[test]
    fn a_template_either_sets_types_or_waits_for_a_bucket() {
        for template in Template::ALL {
            let set = types(template);
            assert!(template.fits(&set, &set), "{}", template.name());
            assert_eq!(template.waits(&set, &set), set.is_empty(), "{}", template.name());
        }
        assert_eq!(Template::ReadEverything.types().len(), 22);
        assert!(Template::ReadEverything.types().iter().all(|pick| pick.action == Action::Read));
        assert_eq!(Template::CiDeploy.types().len(), 6);
    }

    #[test]
    fn no_template_promises_a_backup_that_its_token_cannot_make() {
        for template in Template::ALL {
            assert!(!template.name().to_lowercase().contains("backup"), "{}", template.name());
        }
        assert!(Template::ReadEverything.hint("acme").contains("influx backup needs an operator token"));
    }

    #[test]
    fn one_bucket_is_one_bucket_with_both_actions() {
        let none = Selection::default();
        let of = |picks: &[Pick]| picks.iter().copied().collect::<Selection>();
        let both = [bucket(Action::Read, A), bucket(Action::Write, A)];
        assert!(Template::OneBucket.fits(&of(&both), &none));
        assert!(!Template::OneBucket.waits(&of(&both), &none));
        assert!(!Template::OneBucket.fits(&of(&both[..1]), &none));
        let two = [both[0], both[1], bucket(Action::Read, B), bucket(Action::Write, B)];
        assert!(!Template::OneBucket.fits(&of(&two), &none));
    }

    #[test]
    fn a_reader_may_read_several_buckets_and_write_none() {
        let none = Selection::default();
        let mut ticked: Selection = [bucket(Action::Read, A), bucket(Action::Read, B)].into_iter().collect();
        assert!(Template::GrafanaReader.fits(&ticked, &none));
        ticked.set(bucket(Action::Write, B), true);
        assert!(!Template::GrafanaReader.fits(&ticked, &none));
    }

    #[test]
    fn any_other_box_makes_it_another_token() {
        let set = types(Template::CiDeploy);
        let mut ticked = set.clone();
        ticked.set(Pick::all(Action::Read, ResourceType::Labels), true);
        assert!(!Template::CiDeploy.fits(&ticked, &set));
        let telegraf = Pick::one(Action::Read, ResourceType::Telegrafs, A);
        assert!(!Template::TelegrafWriter.fits(&[telegraf].into_iter().collect(), &Selection::default()));
    }
}
