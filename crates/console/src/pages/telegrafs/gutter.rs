//! The line numbers of the editor.

use std::fmt::Write as _;

use leptos::{html, prelude::*};

use super::draft::Draft;

/// The line numbers, with marks for changed lines, the TOML error and the caret. They are rendered as one string, since
/// long configurations have thousands of lines.
#[component]
pub fn Gutter(draft: Draft, node_ref: NodeRef<html::Div>) -> impl IntoView {
    let count = Memo::new(move |_| draft.text.with(|text| 1 + text.matches('\n').count()));
    let current = Memo::new(move |_| draft.caret.get().map(|(line, _)| line));
    let wrong = Memo::new(move |_| draft.flaw.with(|flaw| flaw.as_ref().map(|flaw| flaw.line)));
    let numbers =
        move || draft.changes.with(|changes| numbers(count.get(), &changes.lines, wrong.get(), current.get()));
    view! { <div class="editor-gutter needs-script" aria-hidden="true" node_ref=node_ref inner_html=numbers></div> }
}

fn numbers(count: usize, changed: &[usize], wrong: Option<usize>, current: Option<usize>) -> String {
    let mut html = String::new();
    let mut changed = changed.iter().peekable();
    for number in 1..=count {
        let is_changed = changed.next_if(|line| **line + 1 == number).is_some();
        let class = match (is_changed, wrong == Some(number), current == Some(number)) {
            (_, true, true) => "wrong current",
            (_, true, false) => "wrong",
            (true, false, true) => "changed current",
            (true, false, false) => "changed",
            (false, false, true) => "current",
            (false, false, false) => "",
        };
        let _ = write!(html, "<i class=\"{class}\">{number}</i>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn lines_are_marked() {
        let html = numbers(3, &[1, 2], Some(3), Some(2));
        assert_eq!(html, "<i class=\"\">1</i><i class=\"changed current\">2</i><i class=\"wrong\">3</i>");
    }
}
