//! Leaked tokens: finding them in a reported text, and the outcome for each.

use std::{borrow::Cow, collections::HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    AuthorizationId, ValidationError,
    token::{is_well_formed, visible_prefix},
};

/// Maximum number of tokens in a report.
pub const MAX_TOKENS: usize = 1000;
/// Maximum number of distinct words in a reported text that don't have a token's form.
pub const MAX_WORDS: usize = 10_000;

/// The outcome for a string that was reported as leaked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeakOutcome {
    /// A token that was live, and was deactivated.
    Deactivated,
    /// A token that was not live any more.
    AlreadyDead,
    /// No token of this server.
    Unknown,
    /// A string in the form of Jeton's tokens with wrong check characters: it was altered or cut.
    Damaged,
}

impl LeakOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Deactivated, Self::AlreadyDead, Self::Unknown, Self::Damaged];

    /// Returns the name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deactivated => "deactivated",
            Self::AlreadyDead => "alreadyDead",
            Self::Unknown => "unknown",
            Self::Damaged => "damaged",
        }
    }
}

/// The report on one string. It never contains the string itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The string's index, from 0.
    pub position: u64,
    /// The first line of a text that contains it, from 1.
    pub line: Option<u64>,
    /// The first characters, to recognise it by; empty if they would reveal too much.
    pub prefix: String,
    /// The outcome for the string.
    pub fate: LeakOutcome,
    /// Its authorization, if the reporting caller may read it.
    pub id: Option<AuthorizationId>,
    /// Number of its descendants that are live.
    pub live_descendants: u64,
    /// The first of these descendants that the reporting caller may read.
    pub descendants: Vec<AuthorizationId>,
}

/// A string that may be a token. It is a secret, so it implements no `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Suspect<'a> {
    text: &'a str,
    line: Option<u64>,
    /// True if it is a word of a text, which is reported only if it is a token.
    is_word: bool,
}

impl<'a> Suspect<'a> {
    /// Returns one of a list of strings, each of which is reported.
    pub fn listed(text: &'a str) -> Self {
        Self { text: text.trim(), line: None, is_word: false }
    }

    /// Returns the texts to look up: the string itself, and with the trailing `==` that influxd's tokens easily lose.
    pub fn spellings(self) -> impl Iterator<Item = Cow<'a, str>> {
        let body = self.text.trim_end_matches('=');
        let whole =
            (is_influxd_body(body) && body.len() + 2 != self.text.len()).then(|| Cow::from(format!("{body}==")));
        [Cow::from(self.text)].into_iter().chain(whole)
    }

    /// Returns the outcome if it is no token of this server; `None` for the ordinary words of a text.
    pub fn unless_known(self) -> Option<LeakOutcome> {
        match visible_prefix(self.text) {
            Some(_) if !is_well_formed(self.text) => Some(LeakOutcome::Damaged),
            _ => (!self.is_word).then_some(LeakOutcome::Unknown),
        }
    }

    /// Returns the report on it.
    pub fn finding(self, position: usize, fate: LeakOutcome) -> Finding {
        let shown = match self.text {
            short if short.chars().nth(23).is_none() => 0,
            text if text.starts_with(PREFIX) => SHOWN_OF_OURS,
            _ => SHOWN_OF_OTHERS,
        };
        Finding {
            position: position as u64,
            line: self.line,
            prefix: self.text.chars().take(shown).collect(),
            fate,
            id: None,
            live_descendants: 0,
            descendants: Vec::new(),
        }
    }
}

const PREFIX: &str = "jtn_";
/// Number of characters of a Jeton token after the prefix.
const REST: usize = 49;
/// Number of characters of an influxd token without the trailing `==`.
const INFLUXD_BODY: usize = 86;
const SHOWN_OF_OURS: usize = 8;
const SHOWN_OF_OTHERS: usize = 4;

/// Returns every string in a text that may be a token, once each, in their order: whatever has a token's form, even
/// within a word, and each word, because tokens that someone chose have no form.
///
/// # Errors
/// Fails if the text has more than [`MAX_TOKENS`] tokens or [`MAX_WORDS`] words.
pub fn suspects(text: &str) -> Result<Vec<Suspect<'_>>, ValidationError> {
    let mut found = Found::default();
    for (index, line) in text.lines().enumerate() {
        let number = Some(index as u64 + 1);
        for word in line.split(is_between_words).filter(|word| !word.is_empty()) {
            let mut shaped = tokens_in(word).peekable();
            if shaped.peek().is_none() {
                for text in readings(word) {
                    found.add(Suspect { text, line: number, is_word: true })?;
                }
            }
            for text in shaped {
                found.add(Suspect { text, line: number, is_word: false })?;
            }
        }
    }
    Ok(found.suspects)
}

#[derive(Default)]
struct Found<'a> {
    suspects: Vec<Suspect<'a>>,
    seen: HashSet<&'a str>,
    words: usize,
}

impl<'a> Found<'a> {
    fn add(&mut self, suspect: Suspect<'a>) -> Result<(), ValidationError> {
        if !self.seen.insert(suspect.text) {
            return Ok(());
        }
        self.suspects.push(suspect);
        self.words += usize::from(suspect.is_word);
        if self.words > MAX_WORDS {
            return Err(ValidationError::ReportTooLong { limit: MAX_WORDS, what: "different words".into() });
        }
        check_number(self.suspects.len() - self.words)
    }
}

/// Checks the number of tokens in a report.
///
/// # Errors
/// Fails if it exceeds [`MAX_TOKENS`].
pub fn check_number(tokens: usize) -> Result<(), ValidationError> {
    let what = || "tokens".to_owned();
    if tokens > MAX_TOKENS { Err(ValidationError::ReportTooLong { limit: MAX_TOKENS, what: what() }) } else { Ok(()) }
}

fn is_between_words(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || matches!(letter, '"' | '\'' | '`')
}

/// Returns the readings of a word: as it is; without surrounding punctuation; and after its first `=`, as in
/// `INFLUX_TOKEN=…`.
fn readings(word: &str) -> impl Iterator<Item = &str> {
    let is_punctuation =
        |letter: char| matches!(letter, '.' | ',' | ';' | ':' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>');
    let value = word.split_once('=').map(|(_, value)| value.trim_matches(is_punctuation));
    [Some(word), Some(word.trim_matches(is_punctuation)), value].into_iter().flatten().filter(|text| !text.is_empty())
}

/// Returns the parts of a word that have a token's form: Jeton's, whole or cut off, and influxd's, with and without
/// `==`.
fn tokens_in(word: &str) -> impl Iterator<Item = &str> {
    ours_in(word).chain(influxd_in(word))
}

fn ours_in(word: &str) -> impl Iterator<Item = &str> {
    word.match_indices(PREFIX).filter_map(|(at, _)| {
        let rest = &word[at + PREFIX.len()..];
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
        // Lists and logs show this much of a token themselves.
        let is_more_than_shown = end > SHOWN_OF_OURS - PREFIX.len();
        is_more_than_shown.then(|| &word[at..at + PREFIX.len() + end.min(REST)])
    })
}

fn influxd_in(word: &str) -> impl Iterator<Item = &str> {
    let is_of_body = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let mut rest = word;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(is_of_body)?;
            rest = &rest[start..];
            let body = rest.find(|letter| !is_of_body(letter)).unwrap_or(rest.len());
            let padding = rest[body..].bytes().take(2).take_while(|byte| *byte == b'=').count();
            let (run, after) = rest.split_at(body + padding);
            rest = after;
            if is_influxd_body(&run[..body]) {
                return Some(run);
            }
        }
    })
}

fn is_influxd_body(text: &str) -> bool {
    text.len() == INFLUXD_BODY && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::token::NewToken;

    use super::*;

    fn token() -> String {
        NewToken::generate([9; 32]).expose().to_owned()
    }

    fn shaped(text: &str) -> Vec<(String, Option<u64>)> {
        let found = suspects(text).unwrap();
        found.into_iter().filter(|one| !one.is_word).map(|one| (one.text.to_owned(), one.line)).collect()
    }

    fn holds(text: &str, word: &str) -> bool {
        suspects(text).unwrap().iter().any(|one| one.text == word)
    }

    #[test]
    fn a_token_is_found_wherever_it_stands_and_once() {
        let token = token();
        for around in ["{}", "INFLUX_TOKEN={}", "https://x/?token={}&y", "{\"a\":\"{}\"}", "Token {},", "x={}{}"] {
            let text = format!("one\n{}\n{token}", around.replace("{}", &token));
            assert_eq!(shaped(&text), [(token.clone(), Some(2))], "{around}");
        }
    }

    #[test]
    fn what_jeton_itself_shows_of_a_token_is_none() {
        assert_eq!(shaped("jtn_k7Vn jtn_k7Vn… jtn_"), []);
    }

    #[test]
    fn influxds_tokens_are_found_with_and_without_their_end() {
        let body = "Ab-_".repeat(22)[..86].to_owned();
        for end in ["==", "=", "", "%3D%3D"] {
            let text = format!("token={body}{end}");
            let found = suspects(&text).unwrap();
            let spellings: Vec<_> = found[0].spellings().collect();
            assert!(!found[0].is_word && spellings.contains(&Cow::from(format!("{body}=="))), "{end}");
        }
        assert_eq!(shaped(&"a".repeat(87)), []);
    }

    #[test]
    fn words_without_a_form_are_looked_up_too() {
        for text in ["op-token", "(op-token).", "INFLUX_TOKEN=op-token", "a 'op-token' b", "token: `op-token`,"] {
            assert!(holds(text, "op-token"), "{text}");
        }
        assert!(holds("a=b=c", "b=c") && holds("a=b=c", "a=b=c"));
    }

    #[test]
    fn only_what_may_be_a_token_is_told_of() {
        let token = token();
        let outcome = |text: &str| suspects(text).unwrap()[0].unless_known();
        assert_eq!(outcome("word"), None);
        assert_eq!(outcome(&token), Some(LeakOutcome::Unknown));
        assert_eq!(outcome(&format!("{}x", &token[..52])), Some(LeakOutcome::Damaged));
        assert_eq!(Suspect::listed("word").unless_known(), Some(LeakOutcome::Unknown));
    }

    #[test]
    fn of_a_string_so_much_is_said_as_it_can_bear() {
        let prefix = |text: &str| Suspect::listed(text).finding(0, LeakOutcome::Unknown).prefix;
        assert_eq!(prefix("op-token"), "");
        assert_eq!(prefix("my-super-secret-auth-token"), "my-s");
        assert_eq!(prefix(&token()), token()[..8]);
        assert_eq!(prefix(&"ॐ".repeat(30)), "ॐॐॐॐ");
    }

    #[test]
    fn the_limits_are_named() {
        let many = |count: usize, of: fn(usize) -> String| (0..count).map(|n| of(n) + "\n").collect::<String>();
        let words = |count| many(count, |n| format!("word{n}"));
        let tokens = |count| many(count, |n| format!("jtn_{n:049}"));
        assert_eq!(suspects(&words(10_000)).map(|found| found.len()), Ok(10_000));
        let refused = suspects(&words(10_001)).map(|found| found.len());
        assert_eq!(refused, Err(ValidationError::ReportTooLong { limit: 10_000, what: "different words".into() }));
        assert_eq!(suspects(&tokens(1000)).map(|found| found.len()), Ok(1000));
        let refused = suspects(&tokens(1001)).map(|found| found.len());
        assert_eq!(refused, Err(ValidationError::ReportTooLong { limit: 1000, what: "tokens".into() }));
    }

    #[test]
    fn a_fate_is_written_by_its_name() {
        for fate in LeakOutcome::ALL {
            assert_eq!(serde_json::to_value(fate).unwrap(), fate.name());
        }
    }

    proptest! {
        #[test]
        fn no_text_hides_a_token_or_makes_the_search_fail(before in "\\PC{0,40}[ \"'=:]", after in "([ \"'&,]\\PC{0,40})?") {
            let token = token();
            let text = before + &token + &after;
            prop_assert!(holds(&text, &token));
        }
    }
}
