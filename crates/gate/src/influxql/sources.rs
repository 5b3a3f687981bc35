//! Sources and targets, the places where a statement names databases and retention policies.

use jeton_model::Action;

use super::{Access, parser::Parser, scanner::Unreadable};
use crate::demand::Policy;

impl Parser<'_> {
    /// Reads the target of `INTO`.
    pub(super) fn target(&mut self) -> Result<Access, Unreadable> {
        let mut names = self.names()?;
        if names.end == NamesEnd::Dot {
            self.expect_glued_mark(":")?;
            self.expect("measurement")?;
            names.parts.push(String::new());
        }
        access(Action::Write, names.parts)
    }

    /// Reads sources, with subqueries.
    pub(super) fn sources(&mut self, accesses: &mut Vec<Access>) -> Result<(), Unreadable> {
        self.list(|parser| parser.source(accesses))
    }

    pub(super) fn source(&mut self, accesses: &mut Vec<Access>) -> Result<(), Unreadable> {
        if self.is_mark("/") {
            self.regex()?;
            accesses.push(access(Action::Read, vec![String::new()])?);
            return Ok(());
        }
        if self.skip_mark("(")? {
            self.expect("select")?;
            accesses.extend(self.deeper(Self::select)?);
            return self.expect_mark(")");
        }
        let mut names = self.names()?;
        if names.end == NamesEnd::Dot {
            if !self.ahead.is_glued || !self.is_mark("/") {
                return Err(Unreadable);
            }
            self.regex()?;
            names.parts.push(String::new());
        }
        accesses.push(access(Action::Read, names.parts)?);
        Ok(())
    }

    /// Reads up to three names with dots between them, which must follow each other without spaces and comments.
    fn names(&mut self) -> Result<Names, Unreadable> {
        let mut parts = vec![self.ident()?];
        while self.ahead.is_glued && self.skip_mark(".")? {
            if self.ahead.is_glued && self.is_mark(".") {
                parts.push(String::new());
            } else if self.is_mark("/") || self.is_mark(":") {
                return Ok(Names { parts, end: NamesEnd::Dot });
            } else if self.ahead.is_glued {
                parts.push(self.ident()?);
            } else {
                return Err(Unreadable);
            }
        }
        Ok(Names { parts, end: NamesEnd::Name })
    }
}

/// Names with dots between them.
struct Names {
    parts: Vec<String>,
    end: NamesEnd,
}

/// The last part of dotted names: a name, or a dot, after which a regular expression may follow.
#[derive(PartialEq, Eq)]
enum NamesEnd {
    Name,
    Dot,
}

/// Returns what `measurement`, `policy.measurement` or `database.policy.measurement` means.
fn access(action: Action, parts: Vec<String>) -> Result<Access, Unreadable> {
    let policy = |name: &str| if name.is_empty() { Policy::Default } else { Policy::Named(name.to_owned()) };
    match parts.as_slice() {
        [_] => Ok(Access { action, database: None, policy: Policy::Default }),
        [name, _] if !name.is_empty() => Ok(Access { action, database: None, policy: policy(name) }),
        [database, name, _] if !database.is_empty() => {
            Ok(Access { action, database: Some(database.clone()), policy: policy(name) })
        }
        _ => Err(Unreadable),
    }
}
