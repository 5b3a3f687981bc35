//! The secret itself: generating, recognising and hashing tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256, Sha512};

const PREFIX: &str = "jtn_";
const SECRET_LENGTH: usize = 43;
const CHECK_LENGTH: usize = 6;
const LENGTH: usize = PREFIX.len() + SECRET_LENGTH + CHECK_LENGTH;
const VISIBLE: usize = PREFIX.len() + 4;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Computed bit by bit: a table would add 16 KB of incompressible data to the WASM, for checksums over 47 characters.
const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// A new token that is about to be shown to its user. The only secret that may be serialized, and only into the
/// response to its creation.
#[derive(Clone, Debug)]
pub struct NewToken(SecretString);

impl NewToken {
    /// Returns a token made from 256 random bits: `jtn_`, 43 base62 characters, and six check characters.
    pub fn generate(random: [u8; 32]) -> Self {
        let mut text = String::with_capacity(LENGTH);
        text.push_str(PREFIX);
        text.push_str(&base62(&random, SECRET_LENGTH));
        text.push_str(&check_characters(&text));
        Self(text.into())
    }

    /// Returns a token that someone else chose, unchanged (set-up, import).
    pub fn supplied(text: String) -> Self {
        Self(text.into())
    }

    /// Returns the secret.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the hash, which is what the database stores.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.expose())
    }

    /// Returns `jtn_` and the next four characters; `None` for a token of another form.
    pub fn prefix(&self) -> Option<String> {
        visible_prefix(self.expose())
    }
}

impl Serialize for NewToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for NewToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::supplied)
    }
}

/// The response header with the time at which the presented token expires.
pub const EXPIRY_HEADER: &str = "jeton-token-expires";

/// Minimum advised number of characters of a token that someone chose. Shorter ones can be guessed.
pub const ADVISED_LENGTH: usize = 32;

/// The forms of influxd's hashes, and the number of bytes of each.
const SHA_256: (&str, usize) = ("$influxdb2-sha256$", 32);
const SHA_512: (&str, usize) = ("$influxdb2-sha512$", 64);

/// A token's hash in influxd's form, `$influxdb2-sha256$<base64url(sha256(token))>` (docs/influxdb-compatibility.md
/// §4.7). An import may bring `$influxdb2-sha512$` along.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl TokenHash {
    /// Hashes a token as it is stored.
    pub fn of(token: &str) -> Self {
        Self::with(SHA_256, &Sha256::digest(token))
    }

    /// Returns every hash under which a token may be found: that of [`Self::of`], and the SHA-512 of an import.
    pub fn all_of(token: &str) -> [Self; 2] {
        [Self::of(token), Self::sha_512_of(token)]
    }

    /// Formats the SHA-256 of a token as it is stored.
    pub(crate) fn of_sha_256(digest: &[u8; 32]) -> Self {
        Self::with(SHA_256, digest)
    }

    /// Hashes a token as an import may store it.
    pub(crate) fn sha_512_of(token: &str) -> Self {
        Self::with(SHA_512, &Sha512::digest(token))
    }

    /// Reads a hash that influxd stored; `None` if it has another form.
    pub fn stored(text: &str) -> Option<Self> {
        let form = [SHA_256, SHA_512].into_iter().find(|(name, _)| text.starts_with(name))?;
        let digest = URL_SAFE.decode(&text[form.0.len()..]).ok().filter(|digest| digest.len() == form.1)?;
        Some(Self::with(form, &digest)).filter(|hash| hash.0 == text)
    }

    fn with((name, _): (&str, usize), digest: &[u8]) -> Self {
        Self(format!("{name}{}", URL_SAFE.encode(digest)))
    }

    /// Parses a hash as [`Self::of`] makes it; `None` if the text has another form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::stored(text).filter(|_| text.starts_with(SHA_256.0))
    }

    /// Returns the hash as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns whether this is a token of Jeton's form with matching check characters: typing errors and other programs'
/// tokens are recognised without a lookup.
pub fn is_well_formed(text: &str) -> bool {
    has_shape(text) && text[LENGTH - CHECK_LENGTH..] == check_characters(&text[..LENGTH - CHECK_LENGTH])
}

/// Returns `jtn_` and the next four characters, by which people recognise a token in lists.
pub fn visible_prefix(text: &str) -> Option<String> {
    has_shape(text).then(|| text[..VISIBLE].to_owned())
}

/// Returns whether this has the form of a token of Jeton or influxd.
pub fn is_token(text: &str) -> bool {
    has_shape(text) || (text.len() == 88 && text.ends_with("==") && is_influxd_token(text))
}

/// Returns whether a token of Jeton's form is a part of a text, whatever stands around it.
pub fn contains_token(text: &str) -> bool {
    text.match_indices(PREFIX).any(|(at, _)| text.get(at..at + LENGTH).is_some_and(has_shape))
}

/// Cuts whatever looks like a token out of a text, down to what may be shown. People paste tokens into filters, and a
/// filter becomes part of a URL, a log line, a bookmark.
pub fn redact(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(redact_word).collect()
}

fn redact_word(word: &str) -> String {
    let bare = word.trim_end();
    let rest = &word[bare.len()..];
    if bare.starts_with(PREFIX) && bare.len() > VISIBLE && bare.is_ascii() {
        return format!("{}{rest}", &bare[..VISIBLE]);
    }
    if is_influxd_token(bare) {
        return format!("{}{rest}", &bare[..4]);
    }
    word.to_owned()
}

/// Returns whether this has the form of influxd's tokens: 64 bytes in base64url, 88 characters that end in `==`, or 86
/// without the padding.
fn is_influxd_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    body.len() >= 43 && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn has_shape(text: &str) -> bool {
    text.len() == LENGTH
        && text.starts_with(PREFIX)
        && text[PREFIX.len()..].bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn check_characters(text: &str) -> String {
    base62(&CRC.checksum(text.as_bytes()).to_be_bytes(), CHECK_LENGTH)
}

/// Formats a big-endian number in base 62, padded with zeros to `width`.
fn base62(bytes: &[u8], width: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![b'0'; width];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = (remainder << 8) | u32::from(*byte);
            *byte = (value / 62) as u8;
            remainder = value % 62;
        }
        *digit = BASE62[remainder as usize];
    }
    digits.into_iter().map(char::from).collect()
}

/// Returns whether this is a JWT: three non-empty parts of base64url, of which the first contains a JSON object.
pub fn is_jwt(token: &str) -> bool {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { return false };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let object =
        |part: &str| decoded(part).is_some_and(|bytes| serde_json::from_slice::<serde_json::Map<_, _>>(&bytes).is_ok());
    object(header) && object(claims) && decoded(signature).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hashes_are_influxds_own() {
        assert_eq!(
            TokenHash::of("my-token").as_str(),
            "$influxdb2-sha256$_s5Q0ih_ckWupYGbdfle6L7ClaFPjvHnox8X8drp30Q="
        );
    }

    #[test]
    fn both_of_influxds_forms_are_read_and_no_others() {
        let long = "$influxdb2-sha512$Qf-A8bEI7kCy_QiFr_N0RhDHXME5oguQIj6qQEYc9iii0aq3ckjm0aZDmOCIAmRwYmHs77Z2nFsfL6A4eUewSg==";
        let [short, other] = TokenHash::all_of("my-token");
        assert_eq!((&short, other.as_str()), (&TokenHash::of("my-token"), long));
        assert_eq!(TokenHash::stored(long), Some(other));
        assert_eq!(TokenHash::stored(short.as_str()), Some(short));
        let base = "_s5Q0ih_ckWupYGbdfle6L7ClaFPjvHnox8X8drp30Q=";
        for foreign in [
            String::new(),
            "my-token".into(),
            "$influxdb2-sha256$".into(),
            format!("$influxdb2-sha512${base}"),
            format!("$influxdb2-sha384${base}"),
            format!("$influxdb2-sha256${}", base.replace('=', "")),
            format!("$influxdb2-sha256${}", base.replace("Q=", "R=")),
            format!(" $influxdb2-sha256${base}"),
            "$2a$10$ObDq/83Ts0Tbe4ldW8lTiezVihb2kNRAm.Co6mXSn5A7T1WSWNs/2".into(),
        ] {
            assert_eq!(TokenHash::stored(&foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_token_has_the_form_that_scanners_look_for() {
        let token = NewToken::generate([0xff; 32]);
        assert_eq!(token.expose().len(), 53);
        assert!(token.expose().starts_with("jtn_"));
        assert!(is_well_formed(token.expose()));
        assert_eq!(token.prefix().unwrap().len(), 8);
    }

    #[test]
    fn only_tokens_of_this_form_have_a_prefix() {
        assert_eq!(NewToken::supplied("op-token".into()).prefix(), None);
        assert_eq!(NewToken::supplied("A".repeat(86) + "==").prefix(), None);
    }

    #[test]
    fn pasted_tokens_are_cut_and_words_are_not() {
        let token = NewToken::generate([7; 32]);
        let prefix = token.prefix().unwrap();
        assert_eq!(redact(&format!("find {} now", token.expose())), format!("find {prefix} now"));
        assert_eq!(redact(&("A".repeat(86) + "==")), "AAAA");
        assert_eq!(redact("Telegraf eu-west  ॐ "), "Telegraf eu-west  ॐ ");
        assert_eq!(redact("jtn_k7Vn"), "jtn_k7Vn");
    }

    #[test]
    fn debugging_a_token_does_not_show_it() {
        let token = NewToken::generate([7; 32]);
        assert!(!format!("{token:?}").contains(&token.expose()[4..]));
    }

    proptest! {
        #[test]
        fn a_typing_error_is_noticed(random: [u8; 32], at in 4usize..53, letter in "[0-9A-Za-z]") {
            let token = NewToken::generate(random).expose().to_owned();
            let mut typed = token.clone();
            typed.replace_range(at..=at, &letter);
            prop_assert_eq!(is_well_formed(&typed), typed == token);
        }

        #[test]
        fn different_bits_give_different_tokens(a: [u8; 32], b: [u8; 32]) {
            prop_assert_eq!(NewToken::generate(a).expose() == NewToken::generate(b).expose(), a == b);
        }

        #[test]
        fn no_text_makes_recognition_fail(text in "\\PC{0,80}") {
            let _ = is_well_formed(&text);
            let _ = visible_prefix(&text);
            let _ = redact(&text);
        }
    }

    #[test]
    fn a_jwt_is_told_from_a_token() {
        assert!(is_jwt("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA"));
        assert!(!is_jwt("op-token"));
        assert!(!is_jwt("a.b.c"));
    }
}
