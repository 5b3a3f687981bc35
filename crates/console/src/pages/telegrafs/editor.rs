//! The editor of a configuration's text: a plain form with progressive enhancement.

use leptos::{ev, html, prelude::*};

use jeton_model::{TelegrafId, telegraf::TelegrafText, telegraf_config::without_tokens, wording};

use crate::{
    components::{
        Form, Icon, Notices, Picture,
        form::{ActionOutcome, answer, refusal},
        text::Alert,
    },
    forms::{outcome::Outcome, telegrafs::TelegrafTextForm},
    hydrate::hydrated::Hydrated,
    routes::Telegrafs,
};

use super::{
    draft::Draft,
    gutter::Gutter,
    highlight::{Colours, has_colours},
    state::TelegrafState,
    text_lines::escaped,
};

/// The editor; read only where the caller may not change the configuration.
#[component]
pub fn Editor(id: TelegrafId, text: TelegrafText, state: TelegrafState) -> impl IntoView {
    let hydrated = Hydrated::current();
    let may_change = text.may_change;
    let typed = answer()
        .and_then(|answer| answer.fields.get(TelegrafTextForm::CONFIG).map(|typed| typed.replace("\r\n", "\n")));
    let refused = typed.as_ref().and_then(|_| refusal());
    let draft = Draft::new(text.text, typed, text.flaw, refused);
    draft.take_over(!hydrated.get_untracked());
    Effect::new(move || state.unsaved.set(draft.is_changed()));
    on_cleanup(move || _ = state.unsaved.try_set(false));
    let busy = RwSignal::new(false);
    let on_answer = on_saved(draft, state);
    view! {
        <Form action=Signal::derive(move || state.address(Telegrafs::Show(id))) class="editor-form" busy on_answer>
            <Refused draft/>
            <PastedToken draft may_change/>
            <TextBox draft readonly=Signal::derive(move || !may_change || busy.get())/>
            {may_change.then(|| view! { <Foot id draft busy state/> })}
        </Form>
    }
}

/// Handles the outcome of a save: the saved text becomes the base for changes.
fn on_saved(draft: Draft, state: TelegrafState) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Done { flash, .. }) => {
            notices.success(flash.sentence(), "");
            draft.refused.set(None);
            draft.saved.set(draft.text.get_untracked());
            state.reload();
        }
        Ok(_) => {}
        Err(error) => {
            notices.failure("The configuration was not saved", error.sentence());
            draft.refused.set(Some(error));
        }
    })
}

/// The error of the form as a whole; errors in the text are displayed below it.
#[component]
fn Refused(draft: Draft) -> impl IntoView {
    let other = move || draft.refused.get().filter(|error| error.about() != Some(TelegrafTextForm::CONFIG));
    move || {
        other().map(|error| {
            view! { <Alert danger=true live=true><b>"The configuration was not saved."</b>" "{error.sentence()}</Alert> }
        })
    }
}

/// The warning that the text contains a token.
#[component]
fn PastedToken(draft: Draft, may_change: bool) -> impl IntoView {
    let replace = move |event: ev::MouseEvent| {
        event.prevent_default();
        draft.put(draft.text.with_untracked(|text| without_tokens(text)));
    };
    let warning = move || {
        view! {
            <Alert live=true>
                <b>"There is a token in this text."</b>" Everyone who may read the configuration can use it. "
                {may_change.then(|| view! {
                    <button class="button small" name=TelegrafTextForm::REPLACE value="token" data-testid="replace-token" on:click=replace>
                        "Replace with $INFLUX_TOKEN"
                    </button>
                })}
            </Alert>
        }
    };
    move || draft.has_token.get().then(warning)
}

/// The text area between its line numbers and status line, with the syntax highlighting over it.
#[component]
fn TextBox(draft: Draft, readonly: Signal<bool>) -> impl IntoView {
    let (gutter, colours) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let follow = move || {
        let Some(area) = draft.area.get_untracked() else { return };
        for beside in [gutter, colours].into_iter().filter_map(|node| node.get_untracked()) {
            beside.set_scroll_top(area.scroll_top());
            beside.set_scroll_left(area.scroll_left());
        }
    };
    // After hydration only: without JavaScript the highlighting could not follow the typed text.
    let hydrated = Hydrated::current();
    let coloured = Memo::new(move |_| hydrated.get() && draft.text.with(|text| has_colours(text)));
    Effect::new(move || {
        if colours.get().is_some() {
            follow();
        }
    });
    let leaving = StoredValue::new(false);
    let on_key = move |event: ev::KeyboardEvent| {
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if event.key() == "Tab" && plain && !leaving.get_value() && !readonly.get_untracked() {
            event.prevent_default();
            draft.indent(event.shift_key());
        }
        if event.key() != "Shift" {
            leaving.set_value(event.key() == "Escape");
        }
    };
    let on_blur = move |_| {
        leaving.set_value(false);
        draft.caret.set(None);
    };
    view! {
        <div class="editor" class:coloured=coloured class:wrong=move || draft.problem().is_some()>
            <Gutter draft node_ref=gutter/>
            <textarea
                class="editor-text" name=TelegrafTextForm::CONFIG wrap="off" rows="16" spellcheck="false" autocapitalize="none" autocomplete="off"
                aria-label="Configuration" aria-describedby="editor-keys editor-status" aria-invalid=move || draft.problem().map(|_| "true")
                readonly=readonly node_ref=draft.area inner_html=content(&draft.text.get_untracked()) data-testid="telegraf-text"
                on:input:target=move |event| draft.typed(event.target().value())
                on:keydown=on_key on:keyup=move |_| draft.note_caret() on:click=move |_| draft.note_caret() on:focus=move |_| draft.note_caret()
                on:blur=on_blur on:scroll=move |_| follow()
            ></textarea>
            {move || coloured.get().then(|| view! { <Colours draft node_ref=colours/> })}
            <Status draft/>
        </div>
    }
}

/// Returns a text as the content of a text area. The HTML parser drops a leading line break.
pub fn content(text: &str) -> String {
    format!("\n{}", escaped(text))
}

/// The status line: position, changes and TOML errors.
#[component]
fn Status(draft: Draft) -> impl IntoView {
    let verdict = move || match draft.problem() {
        Some(problem) => view! { <span class="danger"><Icon picture=Picture::CircleAlert/>{problem}</span> }.into_any(),
        None => view! { <span class="ok"><Icon picture=Picture::CircleCheck/>"Valid TOML"</span> }.into_any(),
    };
    let caret = move || draft.caret.get().map(|(line, column)| format!("Line {line}, column {column}"));
    let changed = move || {
        let count = draft.changes.with(|changes| changes.count as u64);
        (count > 0).then(|| view! { <span class="editor-changed">{wording::count(count, "line")}" changed"</span> })
    };
    view! {
        <div class="editor-status">
            <span id="editor-status" role="status" data-testid="toml-status">{verdict}</span>
            <span class="needs-script">{caret}</span>
            {changed}
            <span class="editor-note">"Telegraf reads the token from the environment variable INFLUX_TOKEN."</span>
        </div>
    }
}

/// The buttons. After hydration they are disabled while there are no changes.
#[component]
fn Foot(id: TelegrafId, draft: Draft, busy: RwSignal<bool>, state: TelegrafState) -> impl IntoView {
    let hydrated = Hydrated::current();
    let idle = Memo::new(move |_| hydrated.get() && !draft.is_changed());
    let discard = move |event: ev::MouseEvent| {
        event.prevent_default();
        draft.put(draft.saved.get_untracked());
    };
    view! {
        <div class="editor-foot">
            <p class="hint">
                "Agents load the new text at their next start. "
                <span class="needs-script" id="editor-keys">"Tab indents; press Esc, then Tab, to leave the text."</span>
            </p>
            <a
                class="button" href=move || state.address(Telegrafs::Show(id)) rel="external" aria-disabled=move || idle.get().then_some("true")
                data-testid="discard-telegraf" on:click=discard
            >
                "Discard"
            </a>
            <button
                class="button primary" disabled=move || idle.get() || (hydrated.get() && draft.flaw.with(Option::is_some))
                aria-busy=move || busy.get().then_some("true") aria-describedby="editor-status" data-testid="save-telegraf"
            >
                {move || if busy.get() { "Saving" } else { "Save changes" }}
            </button>
        </div>
    }
}
