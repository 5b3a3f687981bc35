//! The privileges of a user of InfluxDB 1.x, with which the database checks the caller's permissions a second time.

use std::collections::BTreeMap;

use jeton_model::Action;

/// The privileges of a user of InfluxDB 1.x, by database. They end at the database: that a bucket is one of its
/// retention policies is a matter of the decision alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Grants(BTreeMap<String, Privilege>);

/// A privilege on a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Privilege {
    /// To read.
    Read,
    /// To write.
    Write,
    /// Both.
    All,
}

impl Privilege {
    const EVERY: [Self; 3] = [Self::Read, Self::Write, Self::All];

    /// Returns the privilege for an action.
    pub(crate) const fn of(action: Action) -> Self {
        match action {
            Action::Read => Self::Read,
            Action::Write => Self::Write,
        }
    }

    /// Returns the name in statements.
    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::All => "ALL",
        }
    }

    /// Returns the privilege that the database lists under this name.
    pub(crate) fn listed(name: &str) -> Option<Self> {
        let name = name.trim_end_matches(" PRIVILEGES");
        Self::EVERY.into_iter().find(|one| one.keyword() == name)
    }

    fn includes(self, other: Self) -> bool {
        self == Self::All || self == other
    }
}

impl Grants {
    /// Returns the databases with their privileges.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Privilege)> {
        self.0.iter().map(|(database, privilege)| (database.as_str(), *privilege))
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the privileges on these databases alone: the database server knows no privilege on a database that does
    /// not exist.
    #[must_use]
    pub fn within(&self, databases: &[String]) -> Self {
        let there = self.0.iter().filter(|(database, _)| databases.contains(database));
        Self(there.map(|(database, privilege)| (database.clone(), *privilege)).collect())
    }

    /// Returns whether these include each of the others.
    pub fn include(&self, others: &Self) -> bool {
        others.0.iter().all(|(database, other)| self.0.get(database).is_some_and(|own| own.includes(*other)))
    }
}

/// Two different privileges on a database are both of them.
impl FromIterator<(String, Privilege)> for Grants {
    fn from_iter<I: IntoIterator<Item = (String, Privilege)>>(privileges: I) -> Self {
        let mut grants = BTreeMap::new();
        for (database, privilege) in privileges {
            let both = |own: &mut Privilege| *own = if own.includes(privilege) { *own } else { Privilege::All };
            grants.entry(database).and_modify(both).or_insert(privilege);
        }
        Self(grants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(privileges: &[(&str, Privilege)]) -> Grants {
        privileges.iter().map(|(database, privilege)| ((*database).to_owned(), *privilege)).collect()
    }

    #[test]
    fn the_actions_on_the_buckets_of_a_database_add_up() {
        let (read, write, all) = (Privilege::Read, Privilege::Write, Privilege::All);
        assert_eq!(grants(&[("a", read), ("a", write)]), grants(&[("a", all)]));
        assert_eq!(grants(&[("a", all), ("a", read)]), grants(&[("a", all)]));
        assert_eq!(grants(&[("a", write), ("a", write), ("b", read)]), grants(&[("b", read), ("a", write)]));
    }

    #[test]
    fn all_includes_each_and_nothing_else_includes_another() {
        let (read, write) = (grants(&[("a", Privilege::Read)]), grants(&[("a", Privilege::Write)]));
        let all = grants(&[("a", Privilege::All)]);
        assert!(all.include(&read) && all.include(&write) && all.include(&all) && read.include(&Grants::default()));
        assert!(!read.include(&write) && !write.include(&read) && !read.include(&all));
        assert!(!all.include(&grants(&[("b", Privilege::Read)])));
    }

    #[test]
    fn what_does_not_exist_is_left_out() {
        let both = grants(&[("a", Privilege::Read), ("b", Privilege::Write)]);
        assert_eq!(both.within(&["b".into(), "c".into()]), grants(&[("b", Privilege::Write)]));
        assert!(both.within(&[]).is_empty());
    }

    #[test]
    fn a_privilege_is_read_as_the_database_lists_it() {
        for (name, privilege) in [
            ("READ", Some(Privilege::Read)),
            ("WRITE", Some(Privilege::Write)),
            ("ALL PRIVILEGES", Some(Privilege::All)),
        ] {
            assert_eq!(Privilege::listed(name), privilege);
        }
        assert_eq!(Privilege::listed("NO PRIVILEGES"), None);
    }
}
