//! SQL of InfluxDB 3. A query cannot leave the database of its request, except to the schema `system`, which shows the
//! queries of every database. The text is read by tokens; what dialects split differently is not read at all.

/// Words after which a table or schema stands.
const BEFORE_TABLES: [&str; 6] = ["from", "join", "describe", "desc", "in", "table"];

/// A token, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A word, or a text in any quotation marks, in lower case and without backslashes.
    Word(String),
    /// Any other character.
    Other(char),
}

/// Returns whether a text names no system table in any spelling, and can be read with certainty.
pub(super) fn stays_in_database(text: &str) -> bool {
    let Some(tokens) = tokens(text) else { return false };
    let is_system = |at: usize| tokens.get(at) == Some(&Token::Word("system".into()));
    !(0..tokens.len()).any(|at| is_system(at) && (is_qualifier(&tokens, at) || is_table(&tokens, at)))
}

/// Returns whether a dot follows, after closing brackets at most.
fn is_qualifier(tokens: &[Token], at: usize) -> bool {
    let mut after = tokens[at + 1..].iter().skip_while(|token| matches!(token, Token::Other(')' | ']')));
    after.next() == Some(&Token::Other('.'))
}

/// Returns whether the word, with what qualifies it, stands where a table or schema does, after opening brackets at
/// most.
fn is_table(tokens: &[Token], mut at: usize) -> bool {
    while let [.., Token::Word(_), Token::Other('.')] = &tokens[..at] {
        at -= 2;
    }
    let mut before = tokens[..at].iter().rev().skip_while(|token| matches!(token, Token::Other('(' | '[')));
    matches!(before.next(), Some(Token::Word(word)) if BEFORE_TABLES.contains(&word.as_str()))
}

/// Splits a text. Returns `None` for what some dialect would split in another way.
fn tokens(text: &str) -> Option<Vec<Token>> {
    // A carriage return alone ends a comment in some dialects.
    if text.replace("\r\n", "\n").contains('\r') {
        return None;
    }
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            ' ' | '\t' | '\n' | '\r' => &rest[1..],
            '-' if rest.starts_with("--") => rest.find('\n').map_or("", |end| &rest[end..]),
            '/' if rest.starts_with("/*") => comment(rest)?,
            '\'' | '"' | '`' => quoted(rest, first, &mut tokens)?,
            '0'..='9' => number(rest, &mut tokens),
            _ if is_word(first) => word(rest, &mut tokens)?,
            '$' => placeholder(rest)?,
            // A comment in some dialects, escapes outside of quotes, control characters, and what is no letter.
            '#' | '\\' => return None,
            _ if first.is_ascii_control() || !first.is_ascii() => return None,
            _ => {
                tokens.push(Token::Other(first));
                &rest[first.len_utf8()..]
            }
        };
    }
    Some(tokens)
}

/// Skips a comment. Dialects disagree on nested ones, and some run what begins with `!` or `+`.
fn comment(text: &str) -> Option<&str> {
    let (inside, rest) = text[2..].split_once("*/")?;
    let strange = inside.contains("/*") || inside.starts_with(['!', '+']);
    (!strange).then_some(rest)
}

/// Reads a text in quotation marks. A doubled mark stands for itself; a mark after a backslash, which some dialects
/// escape, is not read.
fn quoted<'a>(text: &'a str, mark: char, tokens: &mut Vec<Token>) -> Option<&'a str> {
    let mut content = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            if letters.peek().is_some_and(|(_, next)| *next == mark || *next == '\\') {
                return None;
            }
        } else if letter != mark {
            content.extend(letter.to_lowercase());
        } else if letters.peek().is_some_and(|(_, next)| *next == mark) {
            letters.next();
            content.push(mark);
        } else {
            tokens.push(Token::Word(content));
            return Some(&text[at + 1..]);
        }
    }
    None
}

/// Reads digits alone: a word may follow them immediately.
fn number<'a>(text: &'a str, tokens: &mut Vec<Token>) -> &'a str {
    tokens.push(Token::Other('0'));
    text.trim_start_matches(|letter: char| letter.is_ascii_digit())
}

/// Reads a word. One that a quotation mark follows immediately is the prefix of a literal with escapes of its own.
fn word<'a>(text: &'a str, tokens: &mut Vec<Token>) -> Option<&'a str> {
    let end = text.find(|letter| !is_word(letter)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if rest.starts_with(['\'', '"', '`']) || rest.starts_with("&'") || rest.starts_with("&\"") {
        return None;
    }
    tokens.push(Token::Word(word.to_lowercase()));
    Some(rest)
}

/// Skips a placeholder. A second `$` would begin a text in dollar quotation.
fn placeholder(text: &str) -> Option<&str> {
    let rest = &text[1..];
    let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
    let rest = &rest[end..];
    (end > 0 && !rest.starts_with('$')).then_some(rest)
}

fn is_word(letter: char) -> bool {
    letter.is_alphabetic() || letter.is_ascii_digit() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::stays_in_database;

    #[test]
    fn system_tables_are_found_in_every_spelling() {
        let texts = [
            "SELECT query_text FROM system.queries",
            "SELECT * FROM SYSTEM.QUERIES",
            r#"SELECT * FROM "system"."queries""#,
            r#"SELECT * FROM "SyStEm".queries"#,
            "SELECT * FROM `system`.queries",
            "SELECT * FROM 'system'.queries",
            r"SELECT * FROM 'sys\tem'.queries",
            "SELECT * FROM [system].queries",
            "SELECT * FROM system/**/./**/queries",
            "SELECT * FROM system -- x\n . queries",
            "SELECT * FROM public.system.queries",
            r#"SELECT * FROM public."system".queries"#,
            "SELECT * FROM a, system.queries",
            "SELECT * FROM a JOIN system.queries ON true",
            "WITH q AS (SELECT * FROM system.queries) SELECT count(*) FROM q",
            "SELECT (SELECT max(query_text) FROM system.queries)",
            "DESCRIBE system.queries",
            "DESC system.queries",
            "TABLE system.queries",
            "SHOW COLUMNS FROM system.queries",
            "SHOW COLUMNS FROM queries FROM system",
            "SHOW COLUMNS FROM queries IN system",
            "SHOW TABLES FROM system",
            "SELECT 1system.queries",
            "SHOW COLUMNS FROM queries FROM public.system",
            "EXPLAIN SELECT * FROM system.queries",
            "SELECT system.queries.query_text FROM system.queries",
        ];
        for text in texts {
            assert!(!stays_in_database(text), "{text}");
        }
    }

    #[test]
    fn a_text_that_dialects_split_differently_is_not_read() {
        let texts = [
            "SELECT 1 /* /* */ FROM system.queries -- */",
            "SELECT 1 /*! FROM system.queries */",
            r"SELECT 'a\' FROM system.queries --'",
            r#"SELECT "a\" FROM system.queries --""#,
            r"SELECT E'\x41'",
            r"SELECT * FROM U&'s\0079stem'.queries",
            "SELECT $$ $$ FROM system.queries",
            "SELECT $a$ $a$ FROM system.queries",
            "SELECT 1 # comment",
            "SELECT 'open",
            "SELECT /* open",
            "SELECT \0",
            "SELECT 1 -- x\r, query_text FROM system.queries",
            "SELECT 1\u{a0}FROM m",
            "SELECT ²system FROM m",
        ];
        for text in texts {
            assert!(!stays_in_database(text), "{text}");
        }
    }

    #[test]
    fn other_uses_of_the_word_are_read() {
        let texts = [
            "SELECT * FROM weather",
            "SELECT usage_system FROM cpu",
            "SELECT größe * 1.5e3 FROM \"Außen\" WHERE x = 'ü' LIMIT 10",
            "SELECT system FROM cpu WHERE system > 1",
            "SELECT * FROM log WHERE kind = 'system' AND text <> 'it''s system.x'",
            "SELECT * FROM weather -- system.",
            "SELECT * FROM weather WHERE room = $room AND time > now() - INTERVAL '1 hour'",
            "SELECT a.system FROM cpu a",
        ];
        for text in texts {
            assert!(stays_in_database(text), "{text}");
        }
    }
}
