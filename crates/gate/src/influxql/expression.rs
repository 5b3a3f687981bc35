//! Expressions. They name fields, tags and functions, never a database.

use super::{
    parser::Parser,
    scanner::{Token, Unreadable},
};

/// Operators between operands. A `/` there is a division.
const BINARY: [&str; 17] = ["+", "-", "*", "/", "%", "&", "|", "^", "=", "!=", "<>", "=~", "!~", ">", ">=", "<", "<="];

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<(), Unreadable> {
        self.operand()?;
        while self.takes_operator()? {
            self.operand()?;
        }
        Ok(())
    }

    fn takes_operator(&mut self) -> Result<bool, Unreadable> {
        let takes = match &self.ahead.token {
            Token::Mark(mark) => BINARY.contains(mark),
            Token::Keyword(word) => matches!(*word, "and" | "or"),
            _ => false,
        };
        if takes {
            self.advance()?;
        }
        Ok(takes)
    }

    /// Reads an operand. A `/` there begins a regular expression.
    pub(super) fn operand(&mut self) -> Result<(), Unreadable> {
        match self.ahead.token.clone() {
            Token::Literal | Token::Parameter | Token::Keyword("true" | "false") => self.advance().map(drop),
            Token::Ident(_) => self.reference(),
            Token::Keyword("distinct") => {
                self.advance()?;
                if self.is_mark("(") { self.arguments() } else { self.reference() }
            }
            Token::Mark("/") => self.regex(),
            Token::Mark("(") => {
                self.advance()?;
                self.deeper(Self::expression)?;
                self.expect_mark(")")
            }
            Token::Mark("+" | "-") => {
                self.advance()?;
                self.deeper(Self::operand)
            }
            Token::Mark("*") => {
                self.advance()?;
                self.cast()
            }
            _ => Err(Unreadable),
        }
    }

    /// Reads a reference to a field or tag, or a call. Neither names a database.
    fn reference(&mut self) -> Result<(), Unreadable> {
        self.ident()?;
        if self.ahead.is_glued && self.is_mark("(") {
            return self.arguments();
        }
        while self.ahead.is_glued && self.skip_mark(".")? {
            self.ident()?;
        }
        self.cast()
    }

    fn arguments(&mut self) -> Result<(), Unreadable> {
        self.expect_mark("(")?;
        if self.skip_mark(")")? {
            return Ok(());
        }
        self.deeper(|parser| parser.list(Self::expression))?;
        self.expect_mark(")")
    }

    fn cast(&mut self) -> Result<(), Unreadable> {
        if !self.ahead.is_glued || !self.skip_mark("::")? {
            return Ok(());
        }
        match self.advance()? {
            Token::Ident(_) | Token::Keyword("field" | "tag") => Ok(()),
            _ => Err(Unreadable),
        }
    }
}
