//! Output of a token that was just created, shown this once.

use crate::{
    authorization::{Authorization, Row},
    error::Outcome,
    flags::Session,
    output::{Format, print},
};

/// Prints an authorization with its token, in the requested format.
pub fn show(session: &Session, created: Authorization) -> Outcome {
    if session.printer.format == Format::Env {
        return print(&variables(session.client.host(), &created.org, &created.token));
    }
    session.printer.one(&Row::from(created))
}

/// Returns variables in the format of shells, Docker and systemd.
pub fn variables(host: &str, org: &str, token: &str) -> String {
    format!("INFLUX_HOST={}\nINFLUX_ORG={}\nINFLUX_TOKEN={}\n", quoted(host), quoted(org), quoted(token))
}

/// Quotes a word for a shell.
fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@=".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_variables_back() {
        let text = variables("http://localhost:8086", "it's mine", "jtn_abc==");
        assert_eq!(text, "INFLUX_HOST=http://localhost:8086\nINFLUX_ORG='it'\\''s mine'\nINFLUX_TOKEN=jtn_abc==\n");
    }
}
