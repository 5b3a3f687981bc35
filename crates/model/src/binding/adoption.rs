//! The adoption of databases that the upstream has: a bucket is created for each, and bound to it.

use crate::{BucketId, OrgId};

/// The outcome of an adoption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoptions {
    /// The organization that the buckets are in, of InfluxDB 2 alone.
    pub org: Option<OrgAdoption>,
    /// The databases that no bucket stood for.
    pub databases: Vec<Adoption>,
}

/// The organization of an InfluxDB 2, which has the same id in Jeton.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgAdoption {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// True if it did not exist in Jeton.
    pub is_new: bool,
}

/// A database that no bucket stands for, with the outcome of its adoption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The name of the database.
    pub database: String,
    /// The retention policy, of a database that has bindings for some of its policies only.
    pub policy: Option<String>,
    /// The name of the bucket: that of the database, or `db/rp`.
    pub bucket_name: String,
    /// The outcome of the adoption.
    pub outcome: AdoptionOutcome,
}

/// The outcome of the adoption of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdoptionOutcome {
    /// A bucket would be created and bound.
    Planned,
    /// This bucket was created and bound.
    Adopted(BucketId),
    /// It is left as it is.
    Left(Obstacle),
}

/// The reason why a database is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is the database's own.
    Reserved,
    /// No bucket or database may have the name, for this reason.
    Name(String),
    /// The organization has a bucket of this name, whose tokens would get access to the data.
    BucketExists,
    /// Another gate, or another organization, has the database.
    Taken,
    /// More databases were found than are adopted at once.
    TooMany,
    /// The bucket of InfluxDB 2 cannot exist in Jeton, for this reason.
    Invalid(String),
    /// Another bucket of the organization, with this id, has the name of the one of InfluxDB 2.
    OtherId(BucketId),
    /// A bucket with this id was deleted in Jeton.
    Deleted,
}

impl AdoptionOutcome {
    /// Returns the name in the API.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Adopted(_) => "adopted",
            Self::Left(_) => "left",
        }
    }
}

impl Obstacle {
    /// Returns the sentence for an operator: the obstacle and the remedy.
    pub fn sentence(&self) -> String {
        match self {
            Self::Reserved => "it is the database's own, and is never bound to a bucket".into(),
            Self::Name(error) => format!("{error}; bind it to a bucket of another name"),
            Self::BucketExists => {
                "a bucket has this name; bind it to the database, if its tokens may have the data".into()
            }
            Self::Taken => "another gate or organization has it; a database belongs to one gate".into(),
            Self::TooMany => "too many were found to adopt them at once; adopt again".into(),
            Self::Invalid(error) => format!("{error}; change the bucket in InfluxDB, then adopt again"),
            Self::OtherId(here) => {
                format!("bucket {here} has this name here, and a bucket keeps its id; delete it here, then adopt again")
            }
            Self::Deleted => "it was deleted here, and neither adoption nor import creates it again".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Id;

    use super::*;

    #[test]
    fn each_obstacle_says_something_else() {
        let all = [
            Obstacle::Reserved,
            Obstacle::Name("the name is too long".into()),
            Obstacle::BucketExists,
            Obstacle::Taken,
            Obstacle::TooMany,
            Obstacle::Invalid("the name is too long".into()),
            Obstacle::OtherId(BucketId(Id::new(1).unwrap())),
            Obstacle::Deleted,
        ];
        let mut said: Vec<String> = all.iter().map(Obstacle::sentence).collect();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), all.len());
    }
}
