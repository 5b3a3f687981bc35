//! Lines and columns of a text, and the lines that were changed.

/// The lines of a text that differ from the saved one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The changed lines, from 0, in ascending order.
    pub lines: Vec<usize>,
    /// Number of lines changed, added or removed.
    pub count: usize,
}

/// Compares line by line between the first and the last difference. Moved lines count as changed, which is precise
/// enough for a mark.
pub fn changes(saved: &str, text: &str) -> Changes {
    let (old, new): (Vec<&str>, Vec<&str>) = (saved.split('\n').collect(), text.split('\n').collect());
    let before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let room = old.len().min(new.len()) - before;
    let after = old.iter().rev().zip(new.iter().rev()).take(room).take_while(|(old, new)| old == new).count();
    let (old, changed) = (&old[before..old.len() - after], &new[before..new.len() - after]);
    let same = |index: usize| old.len() == changed.len() && old.get(index) == changed.get(index);
    let lines: Vec<usize> = (0..changed.len()).filter(|index| !same(*index)).map(|index| before + index).collect();
    let count = if old.len() > changed.len() { old.len() } else { lines.len() };
    Changes { lines, count }
}

/// Returns line and column, from 1, of an offset in UTF-16 code units, the browser's unit.
pub fn place(text: &str, offset: u32) -> (usize, usize) {
    let before = &text[..byte_at(text, offset)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count())
}

/// Extends a selection to whole lines; offsets are in UTF-16 code units.
pub fn whole_lines(text: &str, start: u32, end: u32) -> (u32, u32) {
    let (start, end) = (byte_at(text, start), byte_at(text, end));
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[end..].find('\n').map_or(text.len(), |at| end + at);
    (utf16(&text[..from]), utf16(&text[..to]))
}

/// Returns the part of a text between two offsets in UTF-16 code units.
pub fn between(text: &str, start: u32, end: u32) -> &str {
    &text[byte_at(text, start)..byte_at(text, end)]
}

/// One step of indentation.
pub const INDENT: &str = "  ";

/// Indents lines by one step, or outdents them as far as possible.
pub fn indented(lines: &str, outwards: bool) -> String {
    let step = |line: &str| match outwards {
        true => line.strip_prefix(INDENT).or_else(|| line.strip_prefix([' ', '\t'])).unwrap_or(line).to_owned(),
        false if line.is_empty() => String::new(),
        false => format!("{INDENT}{line}"),
    };
    lines.split('\n').map(step).collect::<Vec<_>>().join("\n")
}

/// Escapes a text for the content of an HTML element.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Returns the length of a text in UTF-16 code units.
pub fn utf16(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

fn byte_at(text: &str, offset: u32) -> usize {
    let mut counted = 0;
    for (at, letter) in text.char_indices() {
        if counted >= offset as usize {
            return at;
        }
        counted += letter.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_changed_an_added_and_a_removed_line_count() {
        let of = |saved, text| {
            let Changes { lines, count } = changes(saved, text);
            (lines, count)
        };
        assert_eq!(of("a\nb\nc", "a\nb\nc"), (vec![], 0));
        assert_eq!(of("a\nb\nc", "a\nx\nc"), (vec![1], 1));
        assert_eq!(of("a\nb\nc\nd", "x\nb\nc\ny"), (vec![0, 3], 2));
        assert_eq!(of("a\nc", "a\nb\nc"), (vec![1], 1));
        assert_eq!(of("a\nb\nc", "a\nc"), (vec![], 1));
        assert_eq!(of("", "a\nb"), (vec![0, 1], 2));
    }

    #[test]
    fn places_are_counted_as_browsers_do() {
        assert_eq!(place("ab\ncd", 0), (1, 1));
        assert_eq!(place("ab\ncd", 4), (2, 2));
        assert_eq!(place("🦀x\n", 3), (1, 3));
        assert_eq!(place("ab", 99), (1, 3));
        assert_eq!(whole_lines("🦀x\ncd\ne", 5, 5), (4, 6));
        assert_eq!(between("🦀x\ncd\ne", 4, 6), "cd");
    }

    #[test]
    fn lines_move_by_a_step() {
        assert_eq!(indented("a\n\n  b", false), "  a\n\n    b");
        assert_eq!(indented("   a\n b\nc\n\td", true), " a\nb\nc\nd");
    }

    proptest! {
        #[test]
        fn any_place_of_any_text_can_be_asked_for(text in "[\\PC\n]{0,40}", saved in "[\\PC\n]{0,40}", start in 0u32..60, end in 0u32..60) {
            let (start, end) = (start.min(end), start.max(end));
            let _ = place(&text, start);
            let (from, to) = whole_lines(&text, start, end);
            prop_assert!(from <= to && to <= utf16(&text));
            prop_assert_eq!(changes(&saved, &text).count == 0, saved == text);
        }
    }
}
