//! The `SHOW` statements of the closed list.

use jeton_model::Action;

use super::{Access, Statement, parser::Parser, scanner::Unreadable};

impl Parser<'_> {
    /// Reads what follows `SHOW`.
    pub(super) fn show(&mut self) -> Result<Statement, Unreadable> {
        match self.keyword()? {
            "databases" => Ok(Statement::Databases),
            "retention" => {
                self.expect("policies")?;
                self.on().map(Statement::Policies)
            }
            "measurements" => self.of_database(),
            "measurement" => self.cardinality(),
            "series" => self.list_or_count(),
            "tag" => self.tags(),
            "field" => self.fields(),
            _ => Err(Unreadable),
        }
    }

    fn tags(&mut self) -> Result<Statement, Unreadable> {
        match self.keyword()? {
            "keys" => self.of_database(),
            "key" => self.cardinality(),
            "values" => self.list_or_count(),
            _ => Err(Unreadable),
        }
    }

    /// Reads a list, or the number of its names after `EXACT` or `CARDINALITY`.
    fn list_or_count(&mut self) -> Result<Statement, Unreadable> {
        let is_exact = self.skip("exact")?;
        if is_exact || self.is("cardinality") { self.cardinality() } else { self.of_database() }
    }

    /// Reads a number of names. InfluxDB takes sources that name no database for the request's, whatever follows `ON`.
    fn cardinality(&mut self) -> Result<Statement, Unreadable> {
        self.skip("exact")?;
        self.expect("cardinality")?;
        let (database, mut accesses) = self.clauses()?;
        let mut of_database = accesses.clone();
        set_database(&mut of_database, database.as_ref());
        accesses.extend(of_database);
        Self::listed(database, accesses)
    }

    /// Reads `FIELD KEYS` or `FIELD KEY CARDINALITY`. The former is the one list that InfluxDB makes from the retention
    /// policies of its sources alone.
    fn fields(&mut self) -> Result<Statement, Unreadable> {
        if self.skip("key")? {
            return self.cardinality();
        }
        self.expect("keys")?;
        let (database, mut accesses) = self.clauses()?;
        set_database(&mut accesses, database.as_ref());
        if database.is_some() || accesses.iter().all(|access| access.database.is_some()) {
            accesses.push(Access::whole(Action::Read, database));
        }
        Ok(Statement::Access(accesses))
    }

    /// Reads the clauses of a list that InfluxDB makes from every retention policy, whatever its sources name.
    fn of_database(&mut self) -> Result<Statement, Unreadable> {
        let (database, mut accesses) = self.clauses()?;
        set_database(&mut accesses, database.as_ref());
        Self::listed(database, accesses)
    }

    fn listed(database: Option<String>, mut accesses: Vec<Access>) -> Result<Statement, Unreadable> {
        accesses.push(Access::whole(Action::Read, database));
        Ok(Statement::Access(accesses))
    }

    /// Reads the clauses; returns the database after `ON`, and what the sources name.
    fn clauses(&mut self) -> Result<(Option<String>, Vec<Access>), Unreadable> {
        let mut accesses = Vec::new();
        let database = self.on()?;
        if self.skip("from")? {
            self.sources(&mut accesses)?;
        }
        if self.skip("with")? {
            self.with(&mut accesses)?;
        }
        self.condition()?;
        self.tail()?;
        Ok((database, accesses))
    }

    fn on(&mut self) -> Result<Option<String>, Unreadable> {
        if self.skip("on")? { self.ident().map(Some) } else { Ok(None) }
    }

    /// Reads what follows `WITH`: a measurement, which may name a database, or keys, which do not.
    fn with(&mut self, accesses: &mut Vec<Access>) -> Result<(), Unreadable> {
        if self.skip("measurement")? {
            if !self.skip_mark("=")? {
                self.expect_mark("=~")?;
            }
            return self.source(accesses);
        }
        self.expect("key")?;
        if self.skip("in")? {
            self.expect_mark("(")?;
            self.list(|parser| parser.ident().map(drop))?;
            return self.expect_mark(")");
        }
        if self.skip_mark("=~")? || self.skip_mark("!~")? {
            return if self.is_mark("/") { self.regex() } else { Err(Unreadable) };
        }
        if !self.skip_mark("=")? && !self.skip_mark("<>")? {
            self.expect_mark("!=")?;
        }
        self.ident().map(drop)
    }
}

/// Gives the database after `ON` to sources that name none.
fn set_database(accesses: &mut [Access], database: Option<&String>) {
    for access in accesses {
        access.database = access.database.take().or_else(|| database.cloned());
    }
}
