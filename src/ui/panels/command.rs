//! The command line with all that belongs to sending: options, macros, files, the question before, the progress.

use yew::prelude::*;

use super::PanelProps;
use crate::session::{
    Connection, Event, FileForm, GivenFile, LineEnding, LocalEcho, Packing, SendEvent, Session, Settings,
};
use crate::ui::components::command_line::{CommandLine, INPUT, command_line, held_bar, progress_bar};
use crate::ui::components::icons::{Icon, icon};
use crate::ui::components::line_settings::option;
use crate::ui::components::menu::Menu;
use crate::ui::dom;
use crate::ui::line_editor::{LineEditor, Sources};
use crate::ui::store::View;
use crate::ui::view_state::{Dialog, ViewAction};
use crate::words::page::console as words;
use crate::words::sending::line;

/// Fields for files, which buttons and the palette press. They stand on the page all the time.
pub const FILE_LINES: &str = "#send-file-lines";
/// The same for raw bytes.
pub const FILE_RAW: &str = "#send-file-raw";
/// The same for macros.
pub const FILE_MACROS: &str = "#macros-file";

/// See the module.
#[component]
pub fn CommandPanel(props: &PanelProps) -> Html {
    let view = props.view.clone();
    let editor = use_state_eq(LineEditor::default);
    let session = view.session();
    let sources = Sources { history: session.history(), console: session.console() };
    let held = session.held_sending().cloned();

    // The question takes the focus, from wherever it was asked.
    use_effect_with(held.clone(), |held| {
        if held.is_some() {
            dom::focus_first("#send-held");
        }
    });

    let edit = {
        let editor = editor.clone();
        move |change: &dyn Fn(&mut LineEditor)| {
            let mut changed = (*editor).clone();
            change(&mut changed);
            editor.set(changed);
        }
    };
    let on_type = {
        let edit = edit.clone();
        Callback::from(move |text: String| edit(&|editor| editor.type_text(text.clone())))
    };
    let on_key = {
        let (view, editor) = (view.clone(), editor.clone());
        Callback::from(move |event: KeyboardEvent| {
            let session = view.session();
            let sources = Sources { history: session.history(), console: session.console() };
            let mut changed = (*editor).clone();
            let is_handled = changed.press(&event.key(), event.ctrl_key(), sources);
            editor.set(changed);
            is_handled
        })
    };
    let on_choose = {
        let (view, edit) = (view.clone(), edit.clone());
        Callback::from(move |place: usize| {
            let session = view.session();
            let sources = Sources { history: session.history(), console: session.console() };
            edit(&|editor| editor.choose(place, sources));
        })
    };
    let on_leave = {
        let edit = edit.clone();
        Callback::from(move |()| edit(&LineEditor::close))
    };
    let on_send = {
        let (view, editor, edit) = (view.clone(), editor.clone(), edit.clone());
        Callback::from(move |()| {
            let text = editor.text().to_owned();
            if !view.session().can_send() || view.session().check_line(&text).is_refused {
                return;
            }
            view.send(Event::LineTyped(text));
            // What is held back stays in the line: it may be changed instead.
            if view.session().held_sending().is_none() {
                edit(&LineEditor::clear);
            }
        })
    };
    let on_answer = {
        let (view, edit) = (view.clone(), edit);
        Callback::from(move |shall: bool| {
            let was_typed = view.session().held_sending().is_some_and(|held| held.is_typed());
            view.send(if shall { SendEvent::Confirmed.into() } else { SendEvent::Withdrawn.into() });
            if shall && was_typed {
                edit(&LineEditor::clear);
            }
            dom::focus_first(INPUT);
        })
    };
    let choices = editor.choices(sources);
    let line = CommandLine {
        disabled_because: disabled_because(&session),
        text: editor.text().to_owned().into(),
        check: session.check_line(editor.text()),
        choices,
        active: editor.active(),
        is_searching: editor.is_searching(),
        has_escapes: session.settings().escapes,
        on_type,
        on_key,
        on_paste_lines: view.sender(|text| SendEvent::LinesPasted(text).into()),
        on_choose,
        on_leave,
        on_send,
        menus: html! { <>{ macros(&view, &session) }{ options(&view, &session) }</> },
    };
    html! {
        <>
            if let Some(held) = &held {
                { held_bar(held, &on_answer) }
            } else if let Some(progress) = session.sending_progress() {
                { progress_bar(&progress, view.sends(SendEvent::Stopped.into())) }
            }
            { command_line(line) }
            { file_field("send-file-lines", &view, |file| SendEvent::FileChosen(file, FileForm::Lines).into()) }
            { file_field("send-file-raw", &view, |file| SendEvent::FileChosen(file, FileForm::Raw).into()) }
            { file_field("macros-file", &view, |file| SendEvent::MacrosGiven(file).into()) }
        </>
    }
}

/// Out of sight: what one presses is a button elsewhere.
fn file_field(id: &'static str, view: &View, event: fn(GivenFile) -> Event) -> Html {
    let read = view.read_file();
    let onchange = Callback::from(move |change: web_sys::Event| {
        dom::take_chosen_files(&change, |files| read.emit((files, Packing::Stays, event)));
    });
    html! { <input {id} class="visually-hidden" type="file" tabindex="-1" aria-hidden="true" {onchange} /> }
}

/// How lines are sent, and files.
fn options(view: &View, session: &Session) -> Html {
    let settings = session.settings().clone();
    let change = move |change: fn(&mut Settings, &str)| {
        let settings = settings.clone();
        view.sender(move |value: String| {
            let mut settings = settings.clone();
            change(&mut settings, &value);
            Event::SettingsChanged(settings)
        })
    };
    let on_line_ending = change(|settings, key| {
        settings.line_ending = LineEnding::from_key(key).unwrap_or(settings.line_ending);
    });
    let on_local_echo = change(|settings, key| {
        settings.local_echo = LocalEcho::from_key(key).unwrap_or(settings.local_echo);
    });
    let on_escapes = change(|settings, value| settings.escapes = value == "true");
    let (ending, echo) = (session.settings().line_ending, session.settings().local_echo);
    let chosen = |event: web_sys::Event| dom::chosen(&event);
    let press = |css: &'static str| Callback::from(move |_: MouseEvent| dom::press(css));
    html! {
        <Menu face={icon(Icon::Settings)} label={line::SENDING} class="button--icon" has_chevron=false at_end=true testid="send-menu">
            <div class="form">
                <label class="form__row">{ line::LINE_END }
                    <select class="field" title={words::LINE_END_WHAT} onchange={on_line_ending.reform(chosen)} data-testid="line-ending">
                        { for LineEnding::ALL.iter().map(|&one| option(one.key(), one.label(), one == ending)) }
                    </select>
                </label>
                <label class="form__row">{ line::LOCAL_ECHO }
                    <select class="field" title={line::LOCAL_ECHO_WHAT} onchange={on_local_echo.reform(chosen)} data-testid="local-echo">
                        { for LocalEcho::ALL.iter().map(|&one| option(one.key(), one.label(), one == echo)) }
                    </select>
                </label>
                <label class="form__check">
                    <input type="checkbox" checked={session.settings().escapes} data-testid="escapes"
                           onchange={on_escapes.reform(|event: web_sys::Event| dom::ticked(&event).to_string())} />
                    <span>{ line::ESCAPES }<br /><span class="form__note">{ line::ESCAPES_WHAT }</span></span>
                </label>
            </div>
            if session.can_send() {
                <button type="button" class="menu__item" onclick={press(FILE_LINES)}>{ line::FILE_AS_TEXT }</button>
                <button type="button" class="menu__item" onclick={press(FILE_RAW)}>{ line::FILE_RAW }</button>
            }
            <button type="button" class="menu__item" onclick={view.sends(SendEvent::HistoryCleared.into())}
                    data-testid="forget-history">{ line::FORGET }</button>
        </Menu>
    }
}

/// The macros, and what is done with them.
fn macros(view: &View, session: &Session) -> Html {
    let can_send = session.can_send();
    let one = |chosen: &crate::session::Macro| {
        let event = SendEvent::MacroChosen(chosen.clone());
        html! {
            <button type="button" class="menu__item menu__item--keys" disabled={!can_send} title={chosen.text.clone()}
                    onclick={view.sends(event.into())} data-testid="macro">
                { &chosen.name }
                if let Some(key) = &chosen.key {
                    <kbd>{ key.to_string() }</kbd>
                }
            </button>
        }
    };
    html! {
        <Menu face={html! { <span class="command__label">{ line::MACROS }</span> }} label={line::MACROS} class="command__macros"
              at_end=true testid="macros-menu">
            { for session.macros().sets.iter().map(|set| html! {
                <>
                    <p class="form__title">{ &set.name }</p>
                    { for set.macros.iter().map(one) }
                </>
            }) }
            <hr class="menu__rule" />
            <button type="button" class="menu__item" data-testid="edit-macros"
                    onclick={view.actor(|_: MouseEvent| ViewAction::Open(Some(Dialog::Macros)))}>{ line::EDIT_MACROS }</button>
            <button type="button" class="menu__item" onclick={Callback::from(|_: MouseEvent| dom::press(FILE_MACROS))}>
                { line::IMPORT }
            </button>
            <button type="button" class="menu__item" onclick={view.sends(SendEvent::MacrosExported.into())}
                    data-testid="export-macros">{ line::EXPORT }</button>
        </Menu>
    }
}

fn disabled_because(session: &Session) -> Option<AttrValue> {
    if session.can_send() {
        return None;
    }
    Some(AttrValue::Static(match session.connection() {
        Connection::Lost(_) => words::UNPLUGGED,
        Connection::Opening(_) => words::OPENING,
        _ => words::NOT_CONNECTED,
    }))
}
