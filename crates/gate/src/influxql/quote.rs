//! Names in statements of the gate itself.

/// Quotes an identifier of InfluxQL.
pub(crate) fn quoted(name: &str) -> String {
    let escaped = name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_its_quotes() {
        for (name, written) in [
            ("a", r#""a""#),
            ("a b; DROP DATABASE c", r#""a b; DROP DATABASE c""#),
            (r#"a" TO "b"#, r#""a\" TO \"b""#),
            (r"a\", r#""a\\""#),
            (r#"a\" TO "b"#, r#""a\\\" TO \"b""#),
            ("a\nb", r#""a\nb""#),
            ("it's", r#""it's""#),
        ] {
            assert_eq!(quoted(name), written);
        }
    }
}
