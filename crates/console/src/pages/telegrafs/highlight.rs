//! Syntax highlighting of a configuration: comments, tables and values.

use leptos::{html, prelude::*};

use super::{draft::Draft, text_lines::escaped};

/// Maximum size in bytes of a highlighted text; highlighting a longer one would delay each keystroke.
const COLOURED: usize = 64 * 1024;

/// The highlighted copy of the text, laid over the text area, whose own text is transparent.
#[component]
pub fn Colours(draft: Draft, node_ref: NodeRef<html::Div>) -> impl IntoView {
    let html = move || draft.text.with(|text| coloured(text));
    view! { <div class="editor-colours" aria-hidden="true" node_ref=node_ref><div inner_html=html></div></div> }
}

/// Returns whether a text is short enough to be highlighted.
pub fn has_colours(text: &str) -> bool {
    text.len() <= COLOURED
}

/// Highlights TOML: `name = value # comment`, `[table]`; values may span lines.
fn coloured(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let mut value = Value::default();
    for line in text.split_inclusive('\n') {
        let (before, rest) = line.split_at(value.start(line));
        let tags = if before.trim_start().starts_with('[') { TABLE } else { PLAIN };
        push(&mut html, tags, before);
        let (within, comment) = rest.split_at(value.end(rest));
        push(&mut html, VALUE, within);
        push(&mut html, COMMENT, comment);
    }
    html
}

/// The tags around a highlighted part.
type Tags = (&'static str, &'static str);
const PLAIN: Tags = ("", "");
const TABLE: Tags = ("<b>", "</b>");
const VALUE: Tags = ("<span class=\"value\">", "</span>");
const COMMENT: Tags = ("<span class=\"comment\">", "</span>");

fn push(html: &mut String, (before, after): Tags, text: &str) {
    if !text.is_empty() {
        html.extend([before, &escaped(text), after]);
    }
}

/// The parser's state in a value, which may span lines.
#[derive(Default)]
struct Value {
    /// Number of its open brackets.
    brackets: usize,
    /// The delimiter that ends its string.
    quote: Option<&'static str>,
}

impl Value {
    /// Returns the offset of a line's value, or of a comment in its place.
    fn start(&self, line: &str) -> usize {
        if self.brackets > 0 || self.quote.is_some() {
            return 0;
        }
        let comment = line.find('#').unwrap_or(line.len());
        match line[..comment].find('=') {
            Some(at) if !line.trim_start().starts_with('[') => at + 1,
            _ => comment,
        }
    }

    /// Returns the offset at which the value ends on this line, and a comment begins.
    fn end(&mut self, line: &str) -> usize {
        let mut at = 0;
        while let Some(letter) = line[at..].chars().next() {
            let rest = &line[at..];
            let mut length = letter.len_utf8();
            match self.quote {
                Some(quote) if rest.starts_with(quote) => {
                    length = quote.len();
                    self.quote = None;
                }
                Some(quote) if letter == '\\' && quote.starts_with('"') => {
                    length += rest[length..].chars().next().map_or(0, char::len_utf8);
                }
                Some(_) => {}
                None if letter == '#' => return at,
                None => length = self.outside(rest, letter),
            }
            at += length;
        }
        // Only a string with triple quotes spans lines.
        self.quote = self.quote.filter(|quote| quote.len() > 1);
        at
    }

    /// Reads a character outside of a string, or an opening delimiter; returns its length in bytes.
    fn outside(&mut self, rest: &str, letter: char) -> usize {
        match letter {
            '[' | '{' => self.brackets += 1,
            ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        self.quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote));
        self.quote.map_or(letter.len_utf8(), str::len)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Formats the highlighted parts for tests: `{v:…}` is a value.
    fn parts(text: &str) -> String {
        let html = coloured(text).replace("</span>", "}").replace("</b>", "}");
        html.replace(TABLE.0, "{t:").replace(VALUE.0, "{v:").replace(COMMENT.0, "{c:")
    }

    #[test]
    fn tables_values_and_comments_are_told_apart() {
        assert_eq!(parts("# all\n"), "{c:# all\n}");
        assert_eq!(parts("[[inputs.cpu]] # x=1"), "{t:[[inputs.cpu]] }{c:# x=1}");
        assert_eq!(parts("  a = \"1#2\" # b"), "  a ={v: \"1#2\" }{c:# b}");
        assert_eq!(parts("a"), "a");
    }

    #[test]
    fn a_value_goes_on_until_its_brackets_and_quotes_are_closed() {
        assert_eq!(parts("a = [ # x\n '[',\n]\nb = 2"), "a ={v: [ }{c:# x\n}{v: '[',\n}{v:]\n}b ={v: 2}");
        assert_eq!(parts("a = \"\"\"\nb = #\n\"\"\"\n[c]"), "a ={v: \"\"\"\n}{v:b = #\n}{v:\"\"\"\n}{t:[c]}");
        assert_eq!(parts("a = \"never closed\n[c]"), "a ={v: \"never closed\n}{t:[c]}");
        assert_eq!(parts(r##"a = "\"#" # b"##), r##"a ={v: "\"#" }{c:# b}"##);
        assert_eq!(parts(r"a = 'C:\' # b"), r"a ={v: 'C:\' }{c:# b}");
    }

    proptest! {
        #[test]
        fn colours_change_no_letter(text in "([\\[\\]{}=#\"'\\\\<&a \n]|\\PC){0,60}") {
            let plain = [TABLE, VALUE, COMMENT].iter().fold(coloured(&text), |html, (before, after)| {
                html.replace(before, "").replace(after, "")
            });
            prop_assert_eq!(plain.replace("&lt;", "<").replace("&amp;", "&"), text);
        }
    }
}
