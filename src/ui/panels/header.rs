//! The head of the page: what is connected, and what can be done with it.

use yew::prelude::*;

use super::arrangement::hidden_panels;
use crate::dialect::{self, Detected};
use crate::recording::Source;
use crate::session::{Connection, Event, Session, Settings};
use crate::ui::components::icons::{Icon, icon, logo};
use crate::ui::components::line_settings::{LineSettingsForm, line_settings};
use crate::ui::components::menu::Menu;
use crate::ui::components::modem_lines::{ModemLines, modem_lines};
use crate::ui::components::poll_control::{PollControl, poll_control};
use crate::ui::components::port_list::port_list;
use crate::ui::store::View;
use crate::ui::view_state::{Dialog, ViewAction};
use crate::words::actions;
use crate::words::connection::lines;
use crate::words::page::{common, header as words};

/// See the module.
pub fn header_panel(view: &View) -> Html {
    let session = view.session();
    let has_recording = session.recording().is_some();
    html! {
        <header class="header">
            <span class="header__name">{ logo() }{ words::NAME }</span>
            if has_recording {
                { board_line(view, &session) }
                <div class="header__actions">
                    { ask(view, &session) }
                    { connect(view, &session) }
                    <button type="button" class="button" data-testid="save-log" title={words::SAVE_WHAT}
                            onclick={view.sends(Event::SaveLogClicked)}>
                        { icon(Icon::Save) }<span class="wide">{ common::SAVE_LOG }</span>
                    </button>
                    <Menu face={icon(Icon::More)} label={words::MORE} class="button--icon" has_chevron=false at_end=true
                          testid="more-menu">
                        <button type="button" class="menu__item" data-testid="start-over"
                                onclick={view.sends(Event::StartOverClicked)}>
                            { words::START_OVER }
                        </button>
                        { hidden_panels(view) }
                        <button type="button" class="menu__item" data-testid="open-palette"
                                onclick={view.actor(|_: MouseEvent| ViewAction::Open(Some(Dialog::Palette)))}>
                            { actions::PALETTE }
                        </button>
                        <button type="button" class="menu__item" data-testid="open-shortcuts"
                                onclick={view.actor(|_: MouseEvent| ViewAction::Open(Some(Dialog::Shortcuts)))}>
                            { actions::SHORTCUTS }
                        </button>
                        <button type="button" class="menu__item" data-testid="demo-again"
                                onclick={view.sends(Event::DemoClicked)}>
                            { common::WATCH_DEMO }
                        </button>
                    </Menu>
                </div>
            }
        </header>
    }
}

/// Adapter, baud rate, firmware, version, chip: what is known.
fn board_line(view: &View, session: &Session) -> Html {
    let Some(recording) = session.recording() else { return Html::default() };
    let (status, said) = match session.connection() {
        Connection::Open(port) => {
            let baud = session.open_line_settings().map(|line| line.baud);
            ("open", words::port(&port.name, baud))
        }
        Connection::Opening(port) => ("busy", common::opening(&port.name)),
        Connection::Closing(port) => ("busy", words::closing(&port.name)),
        Connection::Choosing => ("busy", words::CHOOSE_IN_LIST.to_owned()),
        Connection::Lost(lost) => ("lost", words::lost(&lost.name)),
        Connection::None => match recording.source() {
            Source::Port { name } => ("closed", words::disconnected(name)),
            Source::Demo if session.is_demo_running() => ("open", String::new()),
            Source::Demo => ("closed", words::STOPPED.to_owned()),
            Source::Text { name } | Source::Saved { name } => ("file", name.clone()),
        },
    };
    html! {
        <div class="board" data-testid="board-line" data-connection={status}>
            <span class={format!("board__dot board__dot--{status}")} aria-hidden="true"></span>
            if *recording.source() == Source::Demo {
                <span class="board__demo" data-testid="demo-badge">{ words::DEMO_BOARD }<span class="board__sim">{ words::SIMULATED }</span></span>
            }
            if !said.is_empty() {
                <span class="board__port" title={said.clone()}>{ said.clone() }</span>
            }
            { firmware(view, session) }
        </div>
    }
}

/// What the firmware is taken for, and how to say that it is another.
fn firmware(view: &View, session: &Session) -> Html {
    let (name, how) = match session.detected() {
        Some(Detected { info, board, sureness }) => {
            let parts =
                [Some(info.name), board.version.as_deref(), board.chip.as_deref(), board.name.as_deref()];
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            (name, words::recognised(sureness.words()))
        }
        None => (words::FIRMWARE.to_owned(), words::NO_FIRMWARE.to_owned()),
    };
    let chosen = session.chosen_firmware().map(|info| info.id);
    let choice = |id: Option<&'static str>, label: String| {
        html! {
            <button type="button" class="menu__item" aria-pressed={(chosen == id).to_string()}
                    data-testid={format!("firmware-{}", id.unwrap_or("by-log"))}
                    onclick={view.sends(Event::FirmwareChosen(id))}>
                { label }
            </button>
        }
    };
    html! {
        <Menu face={html! { <span class="board__name">{ name.clone() }</span> }} label={format!("{name}. {how}")} class="board__firmware"
              has_chevron=false testid="firmware">
            <p class="menu__note">{ how }</p>
            { choice(None, words::BY_LOG.into()) }
            { for dialect::firmwares().map(|info| choice(Some(info.id), words::it_is(info.name))) }
        </Menu>
    }
}

/// Asking the board: once on a click, and by itself.
fn ask(view: &View, session: &Session) -> Html {
    if !session.can_send() {
        return Html::default();
    }
    let settings = session.settings().clone();
    let (state, enabled, interval) = (session.poll_state(), settings.poll_enabled, settings.poll_interval);
    let on_change = view.sender(move |(poll_enabled, poll_interval)| {
        Event::SettingsChanged(Settings { poll_enabled, poll_interval, ..settings.clone() })
    });
    let command = session.report_command();
    let is_known = session.detected().is_some();
    html! {
        <>
            { poll_control(&PollControl { state, enabled, interval, on_change }) }
            if command.is_some() || !is_known {
                <button type="button" class="button" data-testid="report-button" disabled={command.is_none()}
                        title={command.map_or(words::NOT_KNOWN, |command| command.about)}
                        onclick={view.sends(Event::ReportClicked)}>
                    { icon(Icon::Blocks) }
                    <span class="wide">{ command.map_or(words::ASK_FOR_REPORT, |command| command.label) }</span>
                </button>
            }
        </>
    }
}

fn connect(view: &View, session: &Session) -> Html {
    let disconnect = |label: &'static str| {
        html! {
            <button type="button" class="button" data-testid="disconnect-button" title={label}
                    onclick={view.sends(Event::DisconnectClicked)}>
                { icon(Icon::Unplug) }<span class="wide">{ label }</span>
            </button>
        }
    };
    match session.connection() {
        Connection::Open(_) | Connection::Opening(_) => {
            return html! {
                <>{ reset_button(view, session) }{ disconnect(words::DISCONNECT) }{ connect_menu(view, session, true) }</>
            };
        }
        // Which port it is may be for the person to say.
        Connection::Lost(_) if !session.ports().is_empty() => {
            return html! {
                <div class="split">{ disconnect(words::STOP_WAITING) }{ connect_menu(view, session, false) }</div>
            };
        }
        Connection::Lost(_) => return disconnect(words::STOP_WAITING),
        _ if session.is_demo_running() => return disconnect(words::STOP_DEMO),
        Connection::Closing(_) | Connection::Choosing | Connection::None => {}
    }
    if session.has_serial() == Some(false) {
        return Html::default();
    }
    let is_busy = *session.connection() != Connection::None;
    html! {
        <div class="split">
            <button type="button" class="button button--primary" data-testid="connect-button" disabled={is_busy}
                    onclick={view.sends(Event::ConnectClicked)}>
                { icon(Icon::Plug) }{ common::CONNECT }
            </button>
            { connect_menu(view, session, false) }
        </div>
    }
}

/// Starts the board anew, where the adapter can do that.
fn reset_button(view: &View, session: &Session) -> Html {
    let Some(sequence) = session.reset_sequence() else { return Html::default() };
    html! {
        <button type="button" class="button reset" data-testid="reset-button"
                title={format!("{} ({sequence})", lines::RESET_BOARD)} onclick={view.sends(Event::ResetClicked)}>
            { icon(Icon::Restart) }<span class="wide">{ lines::RESET }</span>
        </button>
    }
}

fn connect_menu(view: &View, session: &Session, is_open: bool) -> Html {
    let is_primary =
        matches!(session.connection(), Connection::None | Connection::Choosing | Connection::Closing(_));
    let settings = session.settings().clone();
    let line = settings.line.clone();
    let modem = ModemLines {
        signals: is_open.then(|| session.signals()),
        reset: settings.reset,
        own_reset: settings.own_reset.clone(),
        on_switch: view.sender(|(line, on)| Event::LineSwitched(line, on)),
        on_reset: {
            let settings = settings.clone();
            view.sender(move |(reset, own_reset)| {
                Event::SettingsChanged(Settings { reset, own_reset, ..settings.clone() })
            })
        },
    };
    let on_line = view.sender(move |line| Event::SettingsChanged(Settings { line, ..settings.clone() }));
    html! {
        <Menu face={if is_open { icon(Icon::Settings) } else { Html::default() }} label={words::PORTS}
              class={if is_primary { "button--primary button--icon" } else { "button--icon" }} has_chevron={!is_open}
              at_end=true testid="connect-menu">
            if !is_open && !session.ports().is_empty() {
                <p class="form__title">{ common::USED_BEFORE }</p>
                { port_list(&session.known_ports(), &view.sender(Event::PortClicked)) }
            }
            { line_settings(&LineSettingsForm { line, is_open, on_change: on_line }) }
            { modem_lines(&modem) }
            if session.reset_sequence().is_some() {
                <button type="button" class="menu__item reset--in-menu" onclick={view.sends(Event::ResetClicked)}>
                    { lines::RESET_BOARD }
                </button>
            }
        </Menu>
    }
}
