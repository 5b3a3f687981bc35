//! The cookies of the console's preferences, which server and browser write. They are not secret.

/// Name of the cookie with the theme that a visitor chose.
pub const THEME: &str = "jeton-theme";
/// Name of the cookie with the preferences of the token list.
pub const TOKEN_LIST: &str = "jeton-view";

/// Returns the text that stores a preference for a year, or deletes it. `path`: that of the console's root.
pub fn preference_cookie(name: &str, value: Option<&str>, path: &str) -> String {
    let (value, seconds) = value.map_or(("", 0), |value| (value, 31_536_000));
    format!("{name}={value}; Path={path}; Max-Age={seconds}; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_kept_for_a_year_or_deleted() {
        let dark = preference_cookie(THEME, Some("dark"), "/jeton/");
        assert_eq!(dark, "jeton-theme=dark; Path=/jeton/; Max-Age=31536000; SameSite=Lax");
        assert_eq!(preference_cookie(THEME, None, "/"), "jeton-theme=; Path=/; Max-Age=0; SameSite=Lax");
    }
}
