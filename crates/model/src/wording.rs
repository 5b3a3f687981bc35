//! Formatting of numbers and words in sentences.

/// Formats a number with its noun: "1 token", "2 tokens", "1,284 entries".
pub fn count(number: u64, one: &str) -> String {
    let counted = grouped(number);
    match (number, one.strip_suffix("ry")) {
        (1, _) => format!("{counted} {one}"),
        (_, Some(stem)) => format!("{counted} {stem}ries"),
        (_, None) => format!("{counted} {one}s"),
    }
}

/// Formats a number with a comma between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns the text with an upper-case first letter.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(128), "128");
        assert_eq!(grouped(100_000), "100,000");
        assert_eq!(count(1, "token"), "1 token");
    }

    #[test]
    fn numbers_and_words_agree() {
        assert_eq!(count(1, "entry"), "1 entry");
        assert_eq!(count(1284, "entry"), "1,284 entries");
        assert_eq!(count(0, "day"), "0 days");
    }
}
