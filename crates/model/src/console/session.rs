//! View models of sessions.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, User};

/// A session in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Name of the session among its user's sessions. It is no credential.
    pub key: String,
    /// True if it is the session of the request.
    pub is_current: bool,
    /// True if it began with the console's sign-in, and not with a program's.
    pub from_console: bool,
    /// Time of the sign-in.
    pub began_at: Timestamp,
    /// Time of the last use; recorded with a delay of at most a minute.
    pub seen_at: Timestamp,
    /// Time at which it ends unless it is used before; use renews it.
    pub expires_at: Timestamp,
    /// The address from which it was begun.
    pub address: Option<String>,
    /// The browser or program, in short words.
    pub agent: String,
}

/// A user's sessions: that of the request first, the others by their last use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSessions {
    /// The sessions, at most 100.
    pub rows: Vec<SessionRow>,
    /// Number of sessions; it exceeds `rows` if a program begins many.
    pub total: u64,
    /// Time at which the list was read.
    pub now: Timestamp,
}

/// A user with their sessions, as an administrator sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsOf {
    /// The user who signed in.
    pub user: User,
    /// The user's sessions.
    pub sessions: UserSessions,
    /// True if the reader may end them.
    pub may_end: bool,
}

/// Browsers by the word that identifies them. The order matters: most also claim to be Chrome and Safari.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Operating systems by the word that identifies them. The order matters: Android claims to be Linux, an iPhone to be
/// like a Mac.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Maximum number of characters shown of a program's own name.
const LONGEST_NAME: usize = 40;

/// Returns a `User-Agent` in short words: "Firefox on Linux", "curl", "Telegraf".
pub fn agent_in_words(agent: Option<&str>) -> String {
    let agent = agent.unwrap_or_default().trim();
    let find =
        |known: &[(&str, &'static str)]| known.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    if agent.starts_with("Mozilla/") {
        return match (find(&BROWSERS), find(&SYSTEMS)) {
            (Some(browser), Some(system)) => format!("{browser} on {system}"),
            (Some(browser), None) => browser.into(),
            (None, Some(system)) => format!("A browser on {system}"),
            (None, None) => "A browser".into(),
        };
    }
    let name: String = agent.split(['/', ' ', '(']).next().unwrap_or_default().chars().take(LONGEST_NAME).collect();
    if name.is_empty() { "An unnamed program".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_by_name_and_system() {
        let described = |agent: &str| agent_in_words(Some(agent));
        assert_eq!(
            described("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            "Firefox on Linux"
        );
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
        assert_eq!(described(&format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome}")), "Chrome on Windows");
        assert_eq!(
            described(&format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Edg/126.0")),
            "Edge on Windows"
        );
        assert_eq!(described(&format!("Mozilla/5.0 (Linux; Android 14) {chrome}")), "Chrome on Android");
        let safari = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15";
        assert_eq!(described(&format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {safari}")), "Safari on macOS");
        assert_eq!(
            described(&format!("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {safari}")),
            "Safari on iPhone"
        );
        assert_eq!(described("Mozilla/5.0"), "A browser");
    }

    #[test]
    fn programs_are_told_by_their_own_name() {
        assert_eq!(agent_in_words(Some("curl/8.5.0")), "curl");
        assert_eq!(agent_in_words(Some("Telegraf/1.30 Go/1.22")), "Telegraf");
        assert_eq!(agent_in_words(Some(&"x".repeat(255))).len(), LONGEST_NAME);
        assert_eq!(agent_in_words(Some(" ")), "An unnamed program");
        assert_eq!(agent_in_words(None), "An unnamed program");
    }
}
