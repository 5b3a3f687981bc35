//! Reading the text of a Telegraf configuration: the bucket it writes to, and tokens that were pasted into it.

use crate::token::is_token;

/// The environment variable that replaces a token in a text; Telegraf expands it.
pub const TOKEN_VARIABLE: &str = "$INFLUX_TOKEN";

/// Returns the bucket of the first `[[outputs.influxdb_v2]]`. Scans line by line, so that it works on invalid TOML too.
pub fn bucket(text: &str) -> Option<String> {
    let mut in_output = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_output = header(line) == "[[outputs.influxdb_v2]]";
        } else if let Some(value) = line.strip_prefix("bucket").filter(|_| in_output) {
            let value = value.trim_start().strip_prefix('=').map(str::trim_start);
            if let Some(bucket) = value.and_then(string).filter(|bucket| !bucket.is_empty()) {
                return Some(bucket);
            }
        }
    }
    None
}

/// Returns a table's header without spaces and without what follows it.
fn header(line: &str) -> String {
    let end = line.rfind("]]").map_or(line.len(), |at| at + 2);
    line[..end].chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// Parses the TOML string at the beginning of a text; `None` for multi-line strings and for escapes that names don't
/// need.
fn string(text: &str) -> Option<String> {
    if text.starts_with("\"\"\"") || text.starts_with("'''") {
        return None;
    }
    if let Some(literal) = text.strip_prefix('\'') {
        return literal.split_once('\'').map(|(value, _)| value.to_owned());
    }
    let mut letters = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match letters.next()? {
            '"' => return Some(value),
            '\\' => value.push(letters.next().filter(|letter| matches!(letter, '"' | '\\'))?),
            letter => value.push(letter),
        }
    }
}

/// Returns whether a text contains a token.
pub fn has_token(text: &str) -> bool {
    pieces(text).any(|(_, is_token)| is_token)
}

/// Returns the text with [`TOKEN_VARIABLE`] in the place of every token.
pub fn without_tokens(text: &str) -> String {
    pieces(text).map(|(piece, is_token)| if is_token { TOKEN_VARIABLE } else { piece }).collect()
}

/// Splits a text into candidates for tokens and the text between them, each with whether it is a token.
fn pieces(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let is_body = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let body = if is_body(first) { rest.find(|letter| !is_body(letter)) } else { rest.find(is_body) };
        let body = body.unwrap_or(rest.len());
        // influxd's tokens end in two of these.
        let padded = if is_body(first) && rest[body..].starts_with("==") { body + 2 } else { body };
        let end = if is_token(&rest[..padded]) { padded } else { body };
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some((piece, is_token(piece)))
    })
}

/// Returns the initial text of a configuration: the machine's own metrics, written to a bucket. `base_url`: the URL
/// under which agents reach this server.
pub fn beginning(name: &str, org: &str, bucket: &str, base_url: &str) -> String {
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    format!(
        "# {name}\n\
         [agent]\n  interval = \"10s\"\n  flush_interval = \"10s\"\n  omit_hostname = false\n\n\
         [[outputs.influxdb_v2]]\n  urls = [{urls}]\n  token = \"{TOKEN_VARIABLE}\"\n  organization = {org}\n  bucket = {bucket}\n\n\
         [[inputs.cpu]]\n  percpu = false\n\n[[inputs.mem]]\n\n[[inputs.disk]]\n  \
         ignore_fs = [\"tmpfs\", \"devtmpfs\", \"devfs\", \"iso9660\", \"overlay\", \"aufs\", \"squashfs\"]\n\n[[inputs.system]]\n",
        urls = quoted(base_url),
        org = quoted(org),
        bucket = quoted(bucket),
    )
}

/// Returns a text as a TOML string on one line.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::token::NewToken;

    use super::*;

    #[test]
    fn the_bucket_is_that_of_the_first_output() {
        let text =
            |value: &str| format!("[agent]\n bucket = \"no\"\n[[ outputs.influxdb_v2 ]] # a\n  bucket = {value}\n");
        assert_eq!(bucket(&text("\"telemetry\" # here")).as_deref(), Some("telemetry"));
        assert_eq!(bucket(&text("'tele \"x\"'")).as_deref(), Some("tele \"x\""));
        assert_eq!(bucket(&text("\"a \\\"b\\\" \\\\\"")).as_deref(), Some("a \"b\" \\"));
        assert_eq!(bucket(&text("\"\"\"x\"\"\"")), None);
        assert_eq!(bucket(&text("\"open")), None);
        assert_eq!(bucket("[[outputs.influxdb_v2]]\nbucket_tag = \"x\"\n[[outputs.file]]\nbucket = \"y\""), None);
    }

    #[test]
    fn pasted_tokens_are_noticed_and_replaced() {
        let (ours, influxds) = (NewToken::generate([7; 32]), "A".repeat(86) + "==");
        let text = format!(
            "token = \"{}\"\ntoken=\"{influxds}\"\nname = \"{}\"\n",
            ours.expose(),
            "a-very-long-name".repeat(9)
        );
        assert!(has_token(&text));
        let kept = format!("name = \"{}\"\n", "a-very-long-name".repeat(9));
        assert_eq!(without_tokens(&text), format!("token = \"$INFLUX_TOKEN\"\ntoken=\"$INFLUX_TOKEN\"\n{kept}"));
        assert!(!has_token(&without_tokens(&text)));
    }

    #[test]
    fn a_new_text_writes_to_its_bucket_and_holds_no_token() {
        let text = beginning("Roof\n[evil]", "my \"org\"", "tele\\metry", "https://jeton.example");
        assert!(text.starts_with("# Roof[evil]\n[agent]\n"));
        assert!(text.contains(
            "  urls = [\"https://jeton.example\"]\n  token = \"$INFLUX_TOKEN\"\n  organization = \"my \\\"org\\\"\"\n"
        ));
        assert_eq!(bucket(&text).as_deref(), Some("tele\\metry"));
        assert!(!has_token(&text));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "\\PC{0,80}") {
            let _ = bucket(&text);
            prop_assert_eq!(without_tokens(&text), text);
        }

        #[test]
        fn any_bucket_is_found_in_the_text_made_for_it(name in "[^\\pC\\s][^\\pC]{0,20}") {
            prop_assert_eq!(bucket(&beginning("n", "o", &name, "http://x")), Some(name));
        }
    }
}
