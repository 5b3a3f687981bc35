//! The grammar of the closed list of statements.

use jeton_model::Action;

use super::{
    Access, Statement,
    scanner::{Lexeme, Scanner, Token, Unreadable},
};

/// Maximum depth of parentheses and subqueries.
const MAX_DEPTH: usize = 32;

/// Reads statements with one token of lookahead.
pub(super) struct Parser<'a> {
    scanner: Scanner<'a>,
    pub(super) ahead: Lexeme,
    depth: usize,
}

/// Parses a text into its statements.
pub(super) fn parse(text: &str) -> Result<Vec<Statement>, Unreadable> {
    let mut scanner = Scanner::new(text)?;
    let ahead = scanner.next()?;
    let mut parser = Parser { scanner, ahead, depth: 0 };
    let mut statements = Vec::new();
    loop {
        while parser.skip_mark(";")? {}
        if parser.ahead.token == Token::End {
            return Ok(statements);
        }
        statements.push(parser.statement()?);
        if parser.ahead.token != Token::End && !parser.is_mark(";") {
            return Err(Unreadable);
        }
    }
}

impl Parser<'_> {
    fn statement(&mut self) -> Result<Statement, Unreadable> {
        match self.keyword()? {
            "select" => self.select().map(Statement::Access),
            "explain" => self.explain().map(Statement::Access),
            "show" => self.show(),
            "create" => self.create(),
            "delete" => self.deletion(),
            "drop" => {
                self.expect("series")?;
                self.deletion()
            }
            _ => Err(Unreadable),
        }
    }

    fn explain(&mut self) -> Result<Vec<Access>, Unreadable> {
        self.skip("analyze")?;
        self.skip("verbose")?;
        self.expect("select")?;
        self.select()
    }

    fn create(&mut self) -> Result<Statement, Unreadable> {
        self.expect("database")?;
        self.ident().map(Statement::Create)
    }

    /// Reads what follows `DELETE` or `DROP SERIES`. It acts on every retention policy of the request's database.
    fn deletion(&mut self) -> Result<Statement, Unreadable> {
        let mut accesses = Vec::new();
        if self.skip("from")? {
            self.sources(&mut accesses)?;
        }
        self.condition()?;
        let mut deleted = vec![Access::whole(Action::Write, None), Access::whole(Action::Read, None)];
        for access in accesses {
            deleted.push(Access { action: Action::Write, ..access.clone() });
            deleted.push(access);
        }
        Ok(Statement::Deletion(deleted))
    }

    /// Reads what follows `SELECT`.
    pub(super) fn select(&mut self) -> Result<Vec<Access>, Unreadable> {
        let mut accesses = Vec::new();
        self.list(|parser| {
            parser.expression()?;
            if parser.skip("as")? { parser.ident().map(drop) } else { Ok(()) }
        })?;
        if self.skip("into")? {
            accesses.push(self.target()?);
        }
        self.expect("from")?;
        self.sources(&mut accesses)?;
        self.condition()?;
        self.tail()?;
        Ok(accesses)
    }

    /// Reads the clauses after the condition.
    pub(super) fn tail(&mut self) -> Result<(), Unreadable> {
        if self.skip("group")? {
            self.expect("by")?;
            self.list(Self::expression)?;
        }
        self.function("fill")?;
        if self.skip("order")? {
            self.expect("by")?;
            self.list(Self::sort_field)?;
        }
        for keyword in ["limit", "offset", "slimit", "soffset"] {
            if self.skip(keyword)? {
                self.literal()?;
            }
        }
        self.function("tz")
    }

    fn sort_field(&mut self) -> Result<(), Unreadable> {
        if matches!(self.ahead.token, Token::Ident(_)) {
            self.ident()?;
        } else if !matches!(self.ahead.token, Token::Keyword("asc" | "desc")) {
            return Err(Unreadable);
        }
        if !self.skip("asc")? {
            self.skip("desc")?;
        }
        Ok(())
    }

    fn function(&mut self, name: &str) -> Result<(), Unreadable> {
        let is_next = matches!(&self.ahead.token, Token::Ident(word) if word.eq_ignore_ascii_case(name));
        if is_next { self.operand() } else { Ok(()) }
    }

    pub(super) fn condition(&mut self) -> Result<(), Unreadable> {
        if self.skip("where")? { self.expression() } else { Ok(()) }
    }

    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Unreadable>) -> Result<T, Unreadable> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Unreadable);
        }
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn list(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), Unreadable>) -> Result<(), Unreadable> {
        item(self)?;
        while self.skip_mark(",")? {
            item(self)?;
        }
        Ok(())
    }

    /// Reads a regular expression at the `/` ahead.
    pub(super) fn regex(&mut self) -> Result<(), Unreadable> {
        self.scanner.regex(&self.ahead)?;
        self.advance().map(drop)
    }

    pub(super) fn ident(&mut self) -> Result<String, Unreadable> {
        match self.advance()? {
            Token::Ident(name) => Ok(name),
            _ => Err(Unreadable),
        }
    }

    pub(super) fn keyword(&mut self) -> Result<&'static str, Unreadable> {
        match self.advance()? {
            Token::Keyword(word) => Ok(word),
            _ => Err(Unreadable),
        }
    }

    pub(super) fn literal(&mut self) -> Result<(), Unreadable> {
        if self.advance()? == Token::Literal { Ok(()) } else { Err(Unreadable) }
    }

    pub(super) fn expect(&mut self, word: &str) -> Result<(), Unreadable> {
        if self.keyword()? == word { Ok(()) } else { Err(Unreadable) }
    }

    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self.ahead.token, Token::Keyword(next) if next == word)
    }

    pub(super) fn skip(&mut self, word: &str) -> Result<bool, Unreadable> {
        let is_next = self.is(word);
        if is_next {
            self.advance()?;
        }
        Ok(is_next)
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        matches!(self.ahead.token, Token::Mark(next) if next == mark)
    }

    pub(super) fn skip_mark(&mut self, mark: &str) -> Result<bool, Unreadable> {
        let is_next = self.is_mark(mark);
        if is_next {
            self.advance()?;
        }
        Ok(is_next)
    }

    pub(super) fn expect_mark(&mut self, mark: &str) -> Result<(), Unreadable> {
        if self.skip_mark(mark)? { Ok(()) } else { Err(Unreadable) }
    }

    pub(super) fn expect_glued_mark(&mut self, mark: &str) -> Result<(), Unreadable> {
        if self.ahead.is_glued { self.expect_mark(mark) } else { Err(Unreadable) }
    }

    /// Returns the token ahead and reads the next.
    pub(super) fn advance(&mut self) -> Result<Token, Unreadable> {
        let next = self.scanner.next()?;
        Ok(std::mem::replace(&mut self.ahead, next).token)
    }
}
