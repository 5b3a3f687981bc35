//! The tokens of InfluxQL, as Go's scanner reads them. A text that it reads in a surprising way is refused.

/// A text that is not understood with certainty. It is left to operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// An identifier, decoded.
    Ident(String),
    /// A reserved word, in lower case.
    Keyword(&'static str),
    /// A string, number or duration, none of which names anything.
    Literal,
    /// A bound parameter, which may stand for an identifier.
    Parameter,
    /// An operator or a punctuation mark.
    Mark(&'static str),
    /// The end of the text.
    End,
}

/// A token with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) token: Token,
    /// True if it follows the token before immediately, without white space or comments.
    pub(super) is_glued: bool,
    start: usize,
}

/// The reserved words of influxql v1.4.1.
const KEYWORDS: &str = "all alter analyze and any as asc begin by cardinality continuous create database databases \
    default delete desc destinations diagnostics distinct drop duration end every exact explain false field for from \
    future grant grants group groups in inf insert into key keys kill limit measurement measurements name offset on or \
    order password past policies policy privileges queries query read replication resample retention revoke select \
    series set shard shards show slimit soffset stats subscription subscriptions tag to true user users values verbose \
    where with write";

/// Operators and punctuation, longer ones first.
const MARKS: [&str; 26] = [
    "=~", "!~", "!=", "<>", ">=", "<=", "::", "=", ">", "<", "(", ")", ",", ";", ":", ".", "+", "-", "*", "/", "%",
    "&", "|", "^", "{", "}",
];

/// Reads tokens from a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Begins a text. Control characters but tabulators and line ends are refused: NUL ends Go's texts, and a carriage
    /// return alone ends its comments.
    pub(super) fn new(text: &'a str) -> Result<Self, Unreadable> {
        let lines = text.replace("\r\n", "\n");
        let strange = lines.contains(|letter: char| letter.is_control() && !matches!(letter, '\t' | '\n'));
        if strange { Err(Unreadable) } else { Ok(Self { text, at: 0 }) }
    }

    pub(super) fn next(&mut self) -> Result<Lexeme, Unreadable> {
        let before = self.at;
        self.skip_blanks()?;
        let (start, is_glued) = (self.at, self.at == before);
        let token = self.token()?;
        Ok(Lexeme { token, is_glued, start })
    }

    /// Reads a regular expression in place of the `/` that was read last.
    pub(super) fn regex(&mut self, slash: &Lexeme) -> Result<(), Unreadable> {
        self.at = slash.start + 1;
        loop {
            match self.take().ok_or(Unreadable)? {
                '/' => return Ok(()),
                '\n' => return Err(Unreadable),
                '\\' if self.peek() == Some('/') => {
                    self.take();
                }
                _ => {}
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn take_while(&mut self, takes: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|letter| !takes(letter)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn skip_blanks(&mut self) -> Result<(), Unreadable> {
        loop {
            self.take_while(|letter| matches!(letter, ' ' | '\t' | '\n' | '\r'));
            if self.rest().starts_with("--") {
                self.take_while(|letter| letter != '\n');
            } else if let Some(comment) = self.rest().strip_prefix("/*") {
                self.at += 2 + comment.find("*/").ok_or(Unreadable)? + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Token, Unreadable> {
        match self.peek() {
            None => Ok(Token::End),
            Some('"') => self.quoted().and_then(|name| self.closed(name)),
            Some('\'') => self.quoted().map(|_| Token::Literal),
            Some('$') => self.parameter(),
            Some(letter) if letter.is_ascii_alphabetic() || letter == '_' => self.word(),
            Some(letter) if letter.is_ascii_digit() => self.number(),
            Some('.') if self.rest()[1..].starts_with(|letter: char| letter.is_ascii_digit()) => self.number(),
            Some(_) => self.mark(),
        }
    }

    /// Reads a quoted text with Go's escapes.
    fn quoted(&mut self) -> Result<String, Unreadable> {
        let quote = self.take().ok_or(Unreadable)?;
        let mut text = String::new();
        loop {
            match self.take().ok_or(Unreadable)? {
                letter if letter == quote => return Ok(text),
                '\n' => return Err(Unreadable),
                '\\' => text.push(match self.take().ok_or(Unreadable)? {
                    'n' => '\n',
                    letter @ ('\\' | '"' | '\'') => letter,
                    _ => return Err(Unreadable),
                }),
                letter => text.push(letter),
            }
        }
    }

    /// Refuses an identifier that continues after its quotation mark.
    fn closed(&self, name: String) -> Result<Token, Unreadable> {
        let continues = self.peek().is_some_and(|letter| is_name(letter) || letter == '"');
        if continues || name.is_empty() { Err(Unreadable) } else { Ok(Token::Ident(name)) }
    }

    /// Reads a bare word. Go drops one that is followed immediately by a quoted one: `a"b"` is `b`.
    fn word(&mut self) -> Result<Token, Unreadable> {
        let word = self.take_while(is_name);
        if self.peek() == Some('"') {
            return Err(Unreadable);
        }
        let lower = word.to_ascii_lowercase();
        let keyword = KEYWORDS.split_ascii_whitespace().find(|keyword| *keyword == lower);
        Ok(keyword.map_or_else(|| Token::Ident(word.to_owned()), Token::Keyword))
    }

    fn parameter(&mut self) -> Result<Token, Unreadable> {
        self.take();
        let name = self.take_while(is_name);
        if name.is_empty() || self.peek() == Some('"') { Err(Unreadable) } else { Ok(Token::Parameter) }
    }

    /// Reads a number or a duration.
    fn number(&mut self) -> Result<Token, Unreadable> {
        self.take_while(|letter| letter.is_ascii_digit());
        if self.peek() == Some('.') {
            self.take();
            if self.take_while(|letter| letter.is_ascii_digit()).is_empty() {
                return Err(Unreadable);
            }
        } else {
            self.take_while(|letter| letter.is_ascii_alphanumeric() || letter == 'µ');
        }
        let continues = self.peek().is_some_and(|letter| is_name(letter) || matches!(letter, '"' | '.'));
        if continues { Err(Unreadable) } else { Ok(Token::Literal) }
    }

    fn mark(&mut self) -> Result<Token, Unreadable> {
        let mark = MARKS.iter().find(|mark| self.rest().starts_with(**mark)).ok_or(Unreadable)?;
        self.at += mark.len();
        Ok(Token::Mark(mark))
    }
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}
