//! The draft: a text that is being edited.

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};
use web_sys::HtmlTextAreaElement;

use jeton_model::{telegraf::Flaw, telegraf_config::has_token};

use crate::{error::ConsoleError, forms::telegrafs::TelegrafTextForm, hydrate::browser, queries::check_toml};

use super::text_lines::{Changes, INDENT, between, changes, indented, place, utf16, whole_lines};

/// Debounce: delay between the last keystroke and the validation of the TOML by the server.
const CHECK_AFTER: Duration = Duration::from_millis(300);

/// The saved text, the typed text, and the state of its validation.
#[derive(Clone, Copy)]
pub struct Draft {
    /// The saved text.
    pub saved: RwSignal<String>,
    /// The typed text.
    pub text: RwSignal<String>,
    /// The TOML error of the last validation.
    pub flaw: RwSignal<Option<Flaw>>,
    /// The error of the last attempt to save.
    pub refused: RwSignal<Option<ConsoleError>>,
    /// Line and column of the caret while the text area has the focus.
    pub caret: RwSignal<Option<(usize, usize)>>,
    /// The lines in which the typed text differs from the saved one.
    pub changes: Memo<Changes>,
    /// True if the typed text contains a token.
    pub has_token: Memo<bool>,
    /// The text area, once it is rendered.
    pub area: NodeRef<html::Textarea>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl Draft {
    /// Creates a draft. `typed`: the text that a form submitted without JavaScript.
    pub fn new(saved: String, typed: Option<String>, flaw: Option<Flaw>, refused: Option<ConsoleError>) -> Self {
        let text = RwSignal::new(typed.unwrap_or_else(|| saved.clone()));
        let saved = RwSignal::new(saved);
        Self {
            saved,
            text,
            flaw: RwSignal::new(flaw),
            refused: RwSignal::new(refused),
            caret: RwSignal::new(None),
            changes: Memo::new(move |_| saved.with(|saved| text.with(|text| changes(saved, text)))),
            has_token: Memo::new(move |_| text.with(|text| has_token(text))),
            area: NodeRef::new(),
            waiting: StoredValue::new(None),
        }
    }

    /// Returns whether the typed text differs from the saved one.
    pub fn is_changed(&self) -> bool {
        self.changes.with(|changes| changes.count > 0)
    }

    /// Returns the TOML error in a sentence.
    pub fn problem(&self) -> Option<String> {
        let refused = self.refused.get().and_then(|error| error.at_field(TelegrafTextForm::CONFIG));
        refused.or_else(|| self.flaw.get().map(|flaw| flaw.to_string()))
    }

    /// Connects the text area; text typed before hydration is kept.
    pub fn take_over(self, was_there: bool) {
        Effect::new(move || {
            let Some(area) = self.area.get() else { return };
            if was_there && area.default_value().is_ok_and(|given| given != area.value()) {
                self.typed(area.value());
            } else if area.value() != self.text.get_untracked() {
                area.set_value(&self.text.get_untracked());
            }
        });
    }

    /// Records that the text changed.
    pub fn typed(self, text: String) {
        self.text.set(text);
        if self.refused.with_untracked(Option::is_some) {
            self.refused.set(None);
        }
        self.note_caret();
        if let Some(waiting) = self.waiting.get_value() {
            waiting.clear();
        }
        self.waiting.set_value(set_timeout_with_handle(move || self.check(), CHECK_AFTER).ok());
    }

    /// Replaces the typed text.
    pub fn put(self, text: String) {
        if let Some(area) = self.area.get_untracked() {
            area.set_value(&text);
            drop(area.focus());
        }
        self.typed(text);
    }

    fn check(self) {
        let Some(text) = self.text.try_get_untracked() else { return };
        spawn_local(async move {
            let Ok(flaw) = check_toml(text.clone()).await else { return };
            if self.text.try_with_untracked(|now| *now == text) == Some(true) {
                self.flaw.set(flaw);
            }
        });
    }

    /// Updates the position of the caret.
    pub fn note_caret(self) {
        let at = self.area.get_untracked().and_then(|area| area.selection_start().ok().flatten());
        self.caret.set(at.map(|at| self.text.with_untracked(|text| place(text, at))));
        self.fill_line();
    }

    /// Sets the highlighted line for the style sheet.
    fn fill_line(self) {
        let (Some(area), Some((line, _))) = (self.area.get_untracked(), self.caret.get_untracked()) else { return };
        let element: &web_sys::HtmlElement = &area;
        drop(element.style().set_property("--line-number", &line.to_string()));
    }

    /// Indents the selected lines by one step, or outdents them; without a selection, inserts a step.
    pub fn indent(self, outwards: bool) {
        let Some(area) = self.area.get_untracked() else { return };
        let (Ok(Some(start)), Ok(Some(end))) = (area.selection_start(), area.selection_end()) else { return };
        let text = area.value();
        if !outwards && !between(&text, start, end).contains('\n') {
            browser::type_text(INDENT);
            return;
        }
        let (from, to) = whole_lines(&text, start, end);
        let moved = indented(between(&text, from, to), outwards);
        if moved == between(&text, from, to) {
            return;
        }
        drop(area.set_selection_range(from, to));
        browser::type_text(&moved);
        select_again(&area, (from, to), (start, end), &moved);
        self.note_caret();
    }
}

/// Restores the selection of the indented lines; without a selection, the caret keeps its character.
fn select_again(area: &HtmlTextAreaElement, (from, to): (u32, u32), (start, end): (u32, u32), moved: &str) {
    let length = utf16(moved);
    let (start, end) = if start == end {
        let at = (start + length).saturating_sub(to - from).max(from);
        (at, at)
    } else {
        (from, from + length)
    };
    drop(area.set_selection_range(start, end));
}
