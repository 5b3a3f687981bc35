//! TOML of configurations: validation with messages for people, and the buckets that a text writes to.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use toml_parser::{Source, lexer::TokenKind};

use jeton_model::telegraf::Flaw;

/// Maximum number of inline tables within each other. The parser limits tables and the parts of a key to 80 each, but
/// not their product: a text of 6 KB could nest so deeply that dropping it overflows the stack, which aborts the
/// process.
const MAX_INLINE_TABLES: usize = 6;

/// The first error of a Telegraf configuration's text, if there is one.
pub(crate) fn flaw(text: &str) -> Option<Flaw> {
    let text = with_values_for_variables(text);
    if let Some(at) = too_deep(&text) {
        let message = format!("write no more than {MAX_INLINE_TABLES} inline tables within each other.");
        return Some(Flaw { line: line_of(&text, at), message });
    }
    let error = DeTable::parse(&text).err()?;
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    // An error at the end of a text is reported at its last line that is not blank.
    let before = text.get(..at).unwrap_or_default();
    let before = if at == text.len() { before.trim_end() } else { before };
    Some(Flaw { line: line_of(before, before.len()), message: advice(error.message()) })
}

/// Returns the number of the line at a position.
fn line_of(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}

/// Returns the position of the first inline table that is too deep.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    Source::new(text).lex().find_map(|token| {
        match token.kind() {
            TokenKind::LeftCurlyBracket => depth += 1,
            TokenKind::RightCurlyBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth > MAX_INLINE_TABLES).then(|| token.span().start())
    })
}

/// Returns the buckets of all `[[outputs.influxdb_v2]]`, in the order of the text; none if it is not TOML.
pub(super) fn buckets(text: &str) -> Vec<String> {
    let valued = with_values_for_variables(text);
    if too_deep(&valued).is_some() {
        return Vec::new();
    }
    let Ok(table) = DeTable::parse(&valued) else { return Vec::new() };
    let outputs = table.get_ref().get("outputs").and_then(|outputs| outputs.get_ref().get("influxdb_v2"));
    let Some(outputs) = outputs else { return Vec::new() };
    let all: Vec<&Spanned<DeValue<'_>>> = match outputs.get_ref() {
        DeValue::Array(all) => all.iter().collect(),
        _ => vec![outputs],
    };
    let buckets = all.into_iter().filter_map(|output| output.get_ref().get("bucket"));
    buckets.filter_map(|bucket| as_written(text, bucket)).filter(|bucket| !bucket.is_empty()).collect()
}

/// Returns a string as the text has it, in which variables are not replaced; `None` for a value that is no string.
fn as_written(text: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
    let valued = value.get_ref().as_str()?;
    let written = text.get(value.span()).and_then(|written| DeValue::parse(written).ok());
    let written = written.as_ref().and_then(|written| written.get_ref().as_str());
    Some(written.unwrap_or(valued).to_owned())
}

/// Advice for known parser messages, or else the parser's message.
fn advice(message: &str) -> String {
    let known = [
        ("string values must be quoted", "put the value in quotes, such as \"10s\"."),
        ("invalid boolean", "write true or false, or put the value in quotes."),
        ("invalid float", "write a number, or put the value in quotes."),
        ("unexpected leading zero", "write the number without 0 before it, or put the value in quotes."),
        ("invalid basic string", "close the text with a quotation mark."),
        ("invalid literal string", "close the text with an apostrophe."),
        ("missing escaped value", "write two backslashes for one, or put the value in apostrophes."),
        ("duplicate key", "this name stands twice; remove one."),
        ("key with no value", "write = and a value behind the name."),
        ("unquoted keys cannot be empty", "write a name before the =."),
        ("unexpected key or value", "begin a new line, or put the whole value in quotes."),
        ("missing comma", "write a comma between the values."),
        ("unclosed array table", "close the header with ]]."),
        ("unclosed array", "close the list with ]."),
        ("unclosed table", "close the header with ]."),
    ];
    let found = known.iter().find(|(beginning, _)| message.starts_with(beginning));
    found.map_or_else(|| format!("{}.", message.trim_end_matches('.')), |(_, advice)| (*advice).to_owned())
}

/// Replaces environment variables by digits of the same length. Telegraf expands them before it parses the text, so
/// `$LIMIT` may be a number.
fn with_values_for_variables(text: &str) -> String {
    let mut valued = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        valued.push_str(before);
        let length = variable(from);
        valued.push_str(&if length > 0 { "1".repeat(length) } else { "$".to_owned() });
        rest = &from[length.max(1)..];
    }
    valued.push_str(rest);
    valued
}

/// The length in bytes of the variable at the beginning of a text, `$NAME` or `${NAME:-default}`; 0 if there is none.
fn variable(text: &str) -> usize {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if let Some(braced) = text.strip_prefix("${") {
        // Another `$` ends the search, so that all searches together read a text once.
        let end = braced.find(['}', '$', '\n', '"', '\'']).filter(|end| braced[*end..].starts_with('}'));
        return end.map_or(0, |end| end + 3);
    }
    let name = text[1..].find(|letter| !is_name(letter)).unwrap_or(text.len() - 1);
    if name == 0 { 0 } else { name + 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use jeton_model::telegraf_config::beginning;

    use super::*;

    fn said(text: &str) -> String {
        flaw(text).map_or_else(String::new, |flaw| flaw.to_string())
    }

    #[test]
    fn what_telegraf_reads_is_valid() {
        assert_eq!(said(""), "");
        assert_eq!(said(&beginning("Roof", "my \"org\"", "tele\\metry", "http://localhost:8086")), "");
        assert_eq!(
            said("[agent]\n  metric_batch_size = $SIZE\n  limit = ${LIMIT:-5}\n  interval = \"${EVERY}s\"\n"),
            ""
        );
    }

    #[test]
    fn the_line_is_named_and_what_to_do() {
        for (text, sentence) in [
            ("[agent]\n  interval = 10s\n", "Line 2: put the value in quotes, such as \"10s\"."),
            ("[agent]\n  interval = ten\n", "Line 2: write true or false, or put the value in quotes."),
            ("a = nope\n", "Line 1: write a number, or put the value in quotes."),
            ("a = \"10s\nb = 1\n", "Line 1: close the text with a quotation mark."),
            ("a = '10s\nb = 1\n", "Line 1: close the text with an apostrophe."),
            ("a = \"\\q\"\n", "Line 1: write two backslashes for one, or put the value in apostrophes."),
            ("a = 1\na = 2\n", "Line 2: this name stands twice; remove one."),
            ("a = 1\n\ninterval\n", "Line 3: write = and a value behind the name."),
            ("a = 1 b = 2\n", "Line 1: begin a new line, or put the whole value in quotes."),
            ("a = [\"x\", \"y\"\n\n", "Line 1: close the list with ]."),
            ("a = 1\n[[b]\nc = 1\n", "Line 2: close the header with ]]."),
            ("[b\nc = 1\n", "Line 1: close the header with ]."),
            ("a = 2024-13-01\n", "Line 1: invalid date, expected month between 01 and 12."),
        ] {
            assert_eq!(said(text), sentence, "{text:?}");
        }
    }

    #[test]
    fn the_buckets_are_those_of_all_outputs_to_influxdb() {
        let text = "[agent]\n  metric_batch_size = $SIZE\n[[outputs.influxdb_v2]]\n  bucket = \"iot\"\n\
                    [[outputs.file]]\n  bucket = \"no\"\n[[outputs.influxdb_v2]]\n  bucket = '$BUCKET'\n\
                    [[outputs.influxdb_v2]]\n  bucket = \"\"\n[[outputs.influxdb_v2]]\n  bucket = 7\n\
                    [[inputs.influxdb_v2]]\n  bucket = \"no\"\n";
        assert_eq!(buckets(text), ["iot", "$BUCKET"]);
        assert_eq!(buckets("[outputs.influxdb_v2]\nbucket = \"\"\"a \\\"b\\\"\"\"\"\n"), ["a \"b\""]);
        assert_eq!(buckets(&beginning("Roof", "org", "tele\\metry", "http://localhost:8086")), ["tele\\metry"]);
        for none in ["", "[[outputs.influxdb_v2]]\nbucket = \"open\n", "outputs = 1\n", "[[outputs]]\n[outputs.a]\n"] {
            assert!(buckets(none).is_empty(), "{none:?}");
        }
    }

    #[test]
    fn nesting_beyond_what_telegraf_needs_is_refused_before_it_is_parsed() {
        let nested = |tables: usize| {
            let key = vec!["a"; 79].join(".");
            format!("x = {}1{}\n", format!("{{ {key} = ").repeat(tables), " }".repeat(tables))
        };
        assert_eq!(said(&nested(MAX_INLINE_TABLES)), "");
        for tables in [MAX_INLINE_TABLES + 1, 40, 1000] {
            assert_eq!(said(&nested(tables)), "Line 1: write no more than 6 inline tables within each other.");
            assert!(buckets(&nested(tables)).is_empty());
        }
        assert_eq!(said("a = '{{{{{{{{{{'\nb = \"{{{{{{{{{{\" # {{{{{{{{{{\n"), "", "texts and comments are no tables");
    }

    #[test]
    fn beginnings_of_variables_are_searched_once() {
        // With a search to the end of the text for each, this would take hours.
        assert_eq!(said(&format!("# {}", "${".repeat(256 * 1024))), "");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_check_fail(text in "[\\PC\n]{0,120}") {
            let _ = (flaw(&text), buckets(&text));
        }

        #[test]
        fn values_for_variables_keep_every_place(text in "[a-z${}:\" \n_-]{0,60}") {
            prop_assert_eq!(with_values_for_variables(&text).len(), text.len());
        }
    }
}
