//! Everything that the page can do now, with its keys: what the palette lists and the keyboard does.
//!
//! An action is a value: an event for the session, a change of the view, or a place to go to. It is decided here which of
//! them make sense at the moment; whoever carries them out only does so. A new action is a line here.
//!
//! ```
//! use heapscope::session::{Session, Settings};
//! use heapscope::ui::actions::{actions, matching};
//! use heapscope::ui::view_state::ViewState;
//!
//! let session = Session::new(Settings::default());
//! let actions = actions(&session, &ViewState::default());
//! let found = matching(actions.iter().map(|action| action.label.as_str()), "demo");
//! assert_eq!(actions[found[0]].label, "Watch the demo board");
//! ```

use super::components::command_line::INPUT;
use super::panels::{FILE_LINES, FILE_MACROS, FILE_RAW};
use super::view_state::{Dialog, ViewAction, ViewState};
use crate::dialect::{self, CommandRole, Impact, LineRange};
use crate::session::arrangement::{ArrangeEvent, Arrangement, Panel};
use crate::session::comparing::{CompareEvent, Measuring, Pick, Place};
use crate::session::maps::Walk;
use crate::session::{Connection, Event, SendEvent, Session, Settings, Shortcut};
use crate::verdict::Verdict;
use crate::words::actions as words;
use crate::words::arrangement;
use crate::words::doctor;
use crate::words::page::common;

/// Something that the page can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What it is called.
    pub label: String,
    /// Its keys.
    pub keys: Option<Shortcut>,
    /// What it does to the board, if it sends something.
    pub impact: Impact,
    /// What it does.
    pub what: What,
}

/// What an action does.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Sends an event to the session.
    Send(Event),
    /// Changes the view.
    Act(ViewAction),
    /// Goes to the first part of the page that this selects.
    Go(&'static str),
    /// Presses the first button that this selects.
    Press(&'static str),
}

/// The keys that the page has, and what they do, in the order of the list that people see.
pub const KEYS: [(&str, &str); 34] = [
    ("Ctrl+K", words::PALETTE),
    ("?", words::SHORTCUTS),
    ("Alt+C", words::CONNECT_OR_DISCONNECT),
    ("Alt+A", words::ASK),
    ("Alt+R", words::REPORT),
    ("Alt+S", words::SAVE),
    ("Ctrl+F", words::FIND),
    ("F3", words::NEXT_MATCH),
    ("Shift+F3", words::MATCH_BEFORE),
    ("Ctrl+G", words::NEXT_MATCH_TOO),
    ("Ctrl+Shift+G", words::MATCH_BEFORE_TOO),
    ("Alt+V", words::GO_VERDICT),
    ("Alt+T", words::GO_CHART),
    ("Alt+B", words::GO_REPORT),
    ("Alt+J", words::MAP_BEFORE),
    ("Alt+K", words::NEXT_MAP),
    ("Alt+P", words::PLAY_MAPS),
    ("Alt+U", words::MEASURE),
    ("Alt+G", words::SNAPSHOT),
    ("Alt+Y", words::PUT_A),
    ("Alt+Z", words::PUT_B),
    ("Alt+L", words::GO_LOG),
    ("Alt+I", words::GO_LINE),
    ("Alt+Shift+T", arrangement::ENLARGE_EACH[0]),
    ("Alt+Shift+U", arrangement::ENLARGE_EACH[1]),
    ("Alt+Shift+B", arrangement::ENLARGE_EACH[2]),
    ("Alt+Shift+L", arrangement::ENLARGE_EACH[3]),
    ("Escape", arrangement::RESTORE),
    ("Alt+W", words::WHY),
    ("Alt+O", words::WHAT_TO_DO),
    ("Alt+N", words::NEXT_EVIDENCE),
    ("Alt+Shift+N", words::EVIDENCE_BEFORE),
    ("Alt+M", words::MACROS),
    ("Alt+X", words::STOP_SENDING),
];

/// The search of the log has buttons for all of this. There is nothing to step through before it is open: then it opens.
const SEARCH: [(&str, &str); 5] = [
    (words::FIND, "[data-testid=find]"),
    (words::NEXT_MATCH, "[data-testid=find][aria-expanded=false], [data-testid=search-next]"),
    (words::MATCH_BEFORE, "[data-testid=find][aria-expanded=false], [data-testid=search-before]"),
    (words::NEXT_MATCH_TOO, "[data-testid=find][aria-expanded=false], [data-testid=search-next]"),
    (words::MATCH_BEFORE_TOO, "[data-testid=find][aria-expanded=false], [data-testid=search-before]"),
];

/// The keys of what is called so.
fn keys_of(label: &str) -> Option<Shortcut> {
    let keys = KEYS.iter().find(|(_, known)| *known == label);
    keys.and_then(|(keys, _)| Shortcut::from_text(keys))
}

/// Whether the page itself has these keys, and for what.
pub fn own_keys(keys: &Shortcut) -> Option<&'static str> {
    KEYS.iter().find(|(own, _)| Shortcut::from_text(own).as_ref() == Some(keys)).map(|(_, label)| *label)
}

/// What can be done now.
pub fn actions(session: &Session, state: &ViewState) -> Vec<Action> {
    let mut list = List { actions: Vec::new() };
    // What comes first is what Enter does in the palette: not an end.
    let is_free = !session.can_send();
    if is_free {
        connection(session, &mut list);
    } else {
        asking(session, &mut list);
    }
    if session.recording().is_some() {
        list.add(words::SAVE, What::Send(Event::SaveLogClicked));
        list.add(words::SAVE_RECORDING, What::Send(Event::SaveRecordingClicked));
        for (label, css) in SEARCH {
            list.add(label, What::Press(css));
        }
        list.add(words::LOG_VIEW, What::Press("[data-testid=log-menu]"));
        moving(session, state, &mut list);
    }
    if session.can_send() {
        sending(session, &mut list);
    }
    if !is_free {
        connection(session, &mut list);
    }
    if session.recording().is_some() {
        rest(session, &mut list);
    }
    if session.complaint().is_some() {
        for remedy in session.remedies() {
            let what = What::Send(remedy.event);
            // Some can be done at any time.
            if list.actions.iter().all(|action| action.what != what) {
                list.add_with(remedy.label, None, what);
            }
        }
        list.add(doctor::CLOSE, What::Send(Event::DoctorDismissed));
    }
    if session.problem().is_some() {
        list.add(common::CLOSE_MESSAGE, What::Send(Event::ProblemDismissed));
    }
    if session.notice().is_some() {
        list.add(common::CLOSE_MESSAGE, What::Send(Event::NoticeDismissed));
    }
    list.add(words::MACROS, What::Act(ViewAction::Open(Some(Dialog::Macros))));
    list.add(words::SHORTCUTS, What::Act(ViewAction::Open(Some(Dialog::Shortcuts))));
    list.actions
}

fn connection(session: &Session, list: &mut List) {
    let connection = session.connection();
    let keys = keys_of(words::CONNECT_OR_DISCONNECT);
    let is_free = *connection == Connection::None && !session.is_demo_running();
    if is_free {
        if session.has_serial() != Some(false) {
            list.add_with(words::CONNECT, keys, What::Send(Event::ConnectClicked));
        }
        for (place, port) in session.ports().iter().enumerate() {
            let is_one_of_several =
                session.ports().iter().filter(|other| other.name == port.name).count() > 1;
            let label = words::connect_to(&port.name, is_one_of_several.then_some(place + 1));
            list.add_with(label, None, What::Send(Event::PortClicked(port.id)));
        }
    } else if session.is_demo_running() {
        list.add_with(words::STOP_DEMO, keys, What::Send(Event::DisconnectClicked));
    } else if !matches!(connection, Connection::Choosing | Connection::Closing(_)) {
        list.add_with(words::DISCONNECT, keys, What::Send(Event::DisconnectClicked));
    }
    if !session.is_demo_running() {
        list.add(words::WATCH_DEMO, What::Send(Event::DemoClicked));
    }
}

fn asking(session: &Session, list: &mut List) {
    let info = session.detected().map(|detected| detected.info);
    if info.is_some_and(|info| info.command(CommandRole::Figures).is_some()) {
        list.add(words::ASK, What::Send(SendEvent::FiguresClicked.into()));
    }
    if session.report_command().is_some() {
        list.add(words::REPORT, What::Send(Event::ReportClicked));
    }
    let settings = session.settings().clone();
    let label = if settings.poll_enabled { words::DO_NOT_ASK } else { words::ASK_BY_ITSELF };
    let settings = Settings { poll_enabled: !settings.poll_enabled, ..settings };
    list.add(label, What::Send(Event::SettingsChanged(settings)));
}

fn moving(session: &Session, state: &ViewState, list: &mut List) {
    list.add(words::GO_VERDICT, What::Go("[data-testid=verdict]"));
    list.add(words::GO_CHART, go_to(session, Panel::Timeline, ".timeline__canvas"));
    list.add(words::GO_REPORT, go_to(session, Panel::Report, "[data-testid=report]"));
    maps(session, state, list);
    comparing(session, state, list);
    list.add(words::GO_LOG, go_to(session, Panel::Log, ".console__scroller"));
    arranging(session, list);
    if session.can_send() {
        list.add(words::GO_LINE, What::Go(INPUT));
    }
    let verdict = session.verdict();
    if !verdict.judgements.is_empty() || !verdict.advice.is_empty() {
        list.add(words::WHY, What::Press("[aria-controls=verdict-why]"));
        list.add(words::WHAT_TO_DO, What::Press("[aria-controls=verdict-next]"));
    }
    for (label, is_forward) in [(words::NEXT_EVIDENCE, true), (words::EVIDENCE_BEFORE, false)] {
        if let Some(lines) = evidence(verdict, state.marked, is_forward) {
            list.add(label, What::Act(ViewAction::Mark(lines)));
        }
    }
}

/// To a panel, which is shown first where it is not.
fn go_to(session: &Session, panel: Panel, css: &'static str) -> What {
    let arrangement = session.arrangement();
    match arrangement.enlarged() {
        _ if arrangement.is_shown(panel) => What::Go(css),
        Some(_) => What::Send(ArrangeEvent::Enlarged(panel).into()),
        None => What::Send(ArrangeEvent::Hidden(panel, false).into()),
    }
}

/// How the panels stand.
fn arranging(session: &Session, list: &mut List) {
    let arrange = |event: ArrangeEvent| What::Send(event.into());
    let now = session.arrangement();
    if now.enlarged().is_some() {
        list.add(arrangement::RESTORE, arrange(ArrangeEvent::Restored));
    }
    let is_open = |panel: &Panel| *panel != Panel::Comparison || session.comparing().is_open();
    for panel in Panel::ALL.into_iter().filter(is_open) {
        let name = arrangement::NAMES[panel as usize];
        list.add(arrangement::ENLARGE_EACH[panel as usize], arrange(ArrangeEvent::Enlarged(panel)));
        let mut add = |label: String, event| list.add_with(label, None, arrange(event));
        match panel {
            Panel::Comparison => {}
            _ if now.is_hidden(panel) => add(arrangement::show(name), ArrangeEvent::Hidden(panel, false)),
            _ => add(arrangement::hide(name), ArrangeEvent::Hidden(panel, true)),
        }
        if panel == Panel::Log {
            add(arrangement::other_column(name), ArrangeEvent::LogMoved);
        }
        for (is_up, label) in [(true, arrangement::up(name)), (false, arrangement::down(name))] {
            if let Some(other) = session.neighbour_of(panel, is_up) {
                add(label, ArrangeEvent::Swapped(panel, other));
            }
        }
    }
    let width = now.width_percent().unwrap_or(Arrangement::WIDTH_PERCENT);
    list.add(arrangement::WIDER, arrange(ArrangeEvent::Widened(width + 5)));
    list.add(arrangement::NARROWER, arrange(ArrangeEvent::Widened(width - 5)));
    if !now.is_default() {
        list.add(arrangement::RESET, arrange(ArrangeEvent::Reset));
    }
}

/// Steps that are measured, and moments that are compared.
fn comparing(session: &Session, state: &ViewState, list: &mut List) {
    let comparing = session.comparing();
    list.add(words::MEASURE, What::Send(CompareEvent::Opened(!comparing.is_open()).into()));
    let is_acting = matches!(comparing.measuring(), Measuring::Acting { .. });
    match comparing.measuring() {
        Measuring::Acting { .. } => list.add(words::SNAPSHOT, What::Send(CompareEvent::StepDone.into())),
        Measuring::Nothing if session.can_send() && comparing.is_open() => {
            // As the button does it: with the name that was typed.
            list.add(words::SNAPSHOT, What::Press("[data-testid=step-go]"));
        }
        Measuring::Nothing if session.can_send() => {
            list.add(words::SNAPSHOT, What::Send(CompareEvent::StepBegun(String::new()).into()));
        }
        _ => {}
    }
    if *comparing.measuring() != Measuring::Nothing {
        list.add(words::GIVE_UP_STEP, What::Send(CompareEvent::StepWithdrawn.into()));
    }
    let step = comparing.step().and_then(|step| comparing.steps().get(step));
    if let Some(step) = step.filter(|_| session.can_send() && !is_acting) {
        list.add(words::MEASURE_AGAIN, What::Send(CompareEvent::StepBegun(step.name.clone()).into()));
    }
    if let Some(lines) = state.marked {
        let pick = Pick { is_other: false, place: Place::Line(lines.first) };
        for (side, label) in [words::PUT_A, words::PUT_B].into_iter().enumerate() {
            list.add(label, What::Send(CompareEvent::Picked(side, pick).into()));
        }
    }
    if comparing.is_open() && comparing.other().is_none() {
        list.add(words::OTHER_LOG, What::Press("[data-testid=other-file]"));
    }
}

/// The way through the block maps, while one is shown and there are others.
fn maps(session: &Session, state: &ViewState, list: &mut List) {
    let Some(recording) = session.recording() else { return };
    let latest = recording.reports().len().saturating_sub(1);
    let chosen = state.report.filter(|&chosen| chosen <= latest).unwrap_or(latest);
    let Some(walk) = Walk::of(recording, chosen).filter(|walk| walk.count > 1) else { return };
    if walk.previous.is_some() {
        list.add(words::MAP_BEFORE, What::Press("[data-testid=map-previous]"));
    }
    if walk.next.is_some() {
        list.add(words::NEXT_MAP, What::Press("[data-testid=map-next]"));
    }
    list.add(words::PLAY_MAPS, What::Press("[data-testid=map-play]"));
}

fn sending(session: &Session, list: &mut List) {
    if session.sending_progress().is_some() {
        list.add(words::STOP_SENDING, What::Send(SendEvent::Stopped.into()));
    }
    for set in &session.macros().sets {
        for one in &set.macros {
            let label = words::send_macro(&set.name, &one.name);
            let keys = one.key.clone();
            list.add_with(label, keys, What::Send(SendEvent::MacroChosen(one.clone()).into()));
        }
    }
    for offer in session.console().commands.iter().filter(|offer| offer.arguments.is_empty()) {
        let what = What::Send(SendEvent::CommandChosen(offer.text.to_owned()).into());
        list.actions.push(Action { label: words::send(offer.text), keys: None, impact: offer.impact, what });
    }
    list.add(words::FILE_AS_TEXT, What::Press(FILE_LINES));
    list.add(words::FILE_RAW, What::Press(FILE_RAW));
}

fn rest(session: &Session, list: &mut List) {
    list.add(words::SENDING, What::Press("[data-testid=send-menu]"));
    if matches!(session.connection(), Connection::Open(_)) {
        list.actions.push(Action {
            label: words::RESET.to_owned(),
            keys: None,
            impact: Impact::Interrupts,
            what: What::Send(Event::ResetClicked),
        });
    }
    if session.has_serial() == Some(true) && !session.is_demo_running() {
        list.add(words::LINE_SETTINGS, What::Press("[data-testid=connect-menu]"));
    }
    list.add(words::EXPORT_MACROS, What::Send(SendEvent::MacrosExported.into()));
    list.add(words::IMPORT_MACROS, What::Press(FILE_MACROS));
    list.add(words::FORGET, What::Send(SendEvent::HistoryCleared.into()));
    list.add(words::BY_LOG, What::Send(Event::FirmwareChosen(None)));
    for info in dialect::firmwares() {
        list.add_with(words::it_is(info.name), None, What::Send(Event::FirmwareChosen(Some(info.id))));
    }
    list.add(words::START_OVER, What::Send(Event::StartOverClicked));
}

/// The piece of evidence behind the marked lines, or before them, in the order of the log; round at its ends.
pub fn evidence(verdict: &Verdict, marked: Option<LineRange>, is_forward: bool) -> Option<LineRange> {
    let all = verdict.judgements.iter().flat_map(|judgement| &judgement.evidence);
    let all = all.map(|evidence| (evidence.lines.first, evidence.lines.last));
    let marked = marked.map(|lines| (lines.first, lines.last));
    let (first, last) = if is_forward {
        all.clone().filter(|one| Some(*one) > marked).min().or_else(|| all.min())
    } else {
        all.clone().filter(|one| marked.is_some_and(|marked| *one < marked)).max().or_else(|| all.max())
    }?;
    Some(LineRange { first, last })
}

/// The places of the labels that have all these words, whatever their capitals: first those that begin with them.
pub fn matching<'a>(labels: impl Iterator<Item = &'a str>, typed: &str) -> Vec<usize> {
    let typed = typed.trim().to_ascii_lowercase();
    let labels = labels.map(str::to_ascii_lowercase).enumerate();
    let has_all = |label: &str| typed.split_whitespace().all(|word| label.contains(word));
    let found = labels.filter(|(_, label)| has_all(label));
    let (mut first, rest): (Vec<_>, Vec<_>) = found.partition(|(_, label)| label.starts_with(&typed));
    first.extend(rest);
    first.into_iter().map(|(place, _)| place).collect()
}

struct List {
    actions: Vec<Action>,
}

impl List {
    fn add(&mut self, label: &'static str, what: What) {
        self.add_with(label, keys_of(label), what);
    }

    fn add_with(&mut self, label: impl Into<String>, keys: Option<Shortcut>, what: What) {
        self.actions.push(Action { label: label.into(), keys, impact: Impact::Asks, what });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::Millis;
    use crate::session::{Port, PortId};

    fn session(events: Vec<Event>) -> Session {
        let mut session = Session::new(Settings::default());
        for event in events {
            session.handle(event, Millis(1_000));
        }
        session
    }

    fn labels(session: &Session) -> Vec<String> {
        actions(session, &ViewState::default()).into_iter().map(|action| action.label).collect()
    }

    fn port(id: u32) -> Port {
        Port::new(PortId(id), Some((0x10c4, 0xea60)))
    }

    #[test]
    fn the_first_page_connects_shows_the_demo_and_lists_its_keys() {
        let first =
            session(vec![Event::SerialSupportKnown(true), Event::PortsListed(vec![port(0), port(1)])]);
        let expected = [
            "Connect a board",
            "Connect to CP2102 (no. 1)",
            "Connect to CP2102 (no. 2)",
            "Watch the demo board",
            "Edit macros",
            "Keyboard shortcuts",
        ];
        assert_eq!(labels(&first), expected);
        let without = session(vec![Event::SerialSupportKnown(false)]);
        assert!(!labels(&without).contains(&words::CONNECT.to_owned()));
    }

    #[test]
    fn what_the_doctor_offers_can_be_done_by_keys() {
        let mut silent = session(vec![Event::PortChosen(port(0)), Event::PortOpened(PortId(0))]);
        silent.handle(Event::Tick, Millis(30_000));
        let labels = labels(&silent);
        for label in ["Send an empty line", "Close this advice"] {
            assert!(labels.contains(&label.to_owned()), "{labels:?}");
        }
        let resets = labels.iter().filter(|label| label.contains("Reset the board")).count();
        assert_eq!(resets, 1, "{labels:?}");
    }

    #[test]
    fn a_board_can_be_asked_saved_and_left_by_keys() {
        let board = session(vec![
            Event::PortChosen(port(0)),
            Event::PortOpened(PortId(0)),
            Event::BytesReceived(PortId(0), b"18:40:08.501-023/02 CMD: Status 4\r\n".to_vec()),
        ]);
        let actions = actions(&board, &ViewState::default());
        for (keys, what) in [
            ("Alt+C", What::Send(Event::DisconnectClicked)),
            ("Alt+A", What::Send(SendEvent::FiguresClicked.into())),
            ("Alt+R", What::Send(Event::ReportClicked)),
            ("Alt+S", What::Send(Event::SaveLogClicked)),
            ("Alt+I", What::Go(INPUT)),
            ("Alt+M", What::Act(ViewAction::Open(Some(Dialog::Macros)))),
        ] {
            let keys = Shortcut::from_text(keys).unwrap();
            let action = actions.iter().find(|action| action.keys.as_ref() == Some(&keys));
            assert_eq!(action.map(|action| &action.what), Some(&what), "{keys}");
        }
        let restart = actions.iter().find(|action| action.label == "Send Restart 1").unwrap();
        assert_eq!(restart.impact, Impact::Interrupts);
        let heap = actions.iter().find(|action| action.label == "Send Heap (Tasmota)").unwrap();
        assert_eq!(heap.keys, Shortcut::from_text("Alt+1"));
    }

    #[test]
    fn block_maps_are_walked_through_by_keys_where_there_are_several() {
        let maps = [
            include_str!("../../tests/fixtures/umm/leak_core278_full_1/log.txt"),
            include_str!("../../tests/fixtures/umm/leak_core278_full_2/log.txt"),
        ];
        let given = |log: String| {
            session(vec![Event::TextGiven { name: "dumps.txt".into(), bytes: log.into_bytes() }])
        };
        let has = |session: &Session, report, label: &str| {
            let state = ViewState { report, ..ViewState::default() };
            actions(session, &state).iter().any(|action| action.label == label)
        };
        let (one, two) = (given(maps[0].into()), given(maps.concat()));
        assert!(!has(&one, None, words::PLAY_MAPS) && has(&two, None, words::PLAY_MAPS));
        assert_eq!([Some(0), None].map(|report| has(&two, report, words::MAP_BEFORE)), [false, true]);
        assert_eq!([Some(0), None].map(|report| has(&two, report, words::NEXT_MAP)), [true, false]);
    }

    #[test]
    fn a_step_is_measured_and_flags_are_put_by_keys() {
        let mut demo = session(vec![Event::DemoClicked]);
        let what = |session: &Session, state: &ViewState, keys: &str| {
            let keys = Shortcut::from_text(keys);
            actions(session, state).into_iter().find(|action| action.keys == keys).map(|action| action.what)
        };
        let state = ViewState { marked: Some(LineRange::one(7)), ..ViewState::default() };
        let put = CompareEvent::Picked(1, Pick { is_other: false, place: Place::Line(7) });
        assert_eq!(what(&demo, &state, "Alt+Z"), Some(What::Send(put.into())));
        assert_eq!(what(&demo, &ViewState::default(), "Alt+Z"), None, "nothing is marked");
        let begun = CompareEvent::StepBegun(String::new());
        assert_eq!(what(&demo, &state, "Alt+G"), Some(What::Send(begun.clone().into())));
        demo.handle(begun.into(), Millis(1_100));
        assert_eq!(what(&demo, &state, "Alt+G"), None, "the board is being asked");
        for tick in 12..80 {
            demo.handle(Event::Tick, Millis(tick * 100));
        }
        assert_eq!(what(&demo, &state, "Alt+G"), Some(What::Send(CompareEvent::StepDone.into())));
    }

    #[test]
    fn every_panel_is_enlarged_hidden_moved_and_put_back_by_name() {
        let mut demo = session(vec![Event::DemoClicked]);
        let mut perform = |label: &str| {
            let found =
                actions(&demo, &ViewState::default()).into_iter().find(|action| action.label == label);
            let Some(What::Send(event)) = found.map(|action| action.what) else { panic!("{label}") };
            demo.handle(event, Millis(1_100));
            demo.arrangement().to_text()
        };
        assert_eq!(perform("Hide the report"), "timeline comparison -report log");
        assert_eq!(perform("Go to the report"), "timeline comparison report log", "it is shown first");
        assert_eq!(perform("Move the report up"), "report comparison timeline log");
        assert_eq!(perform("Move the log to the other side"), "log report comparison timeline");
        assert_eq!(perform(arrangement::WIDER), "log report comparison timeline 58");
        perform("Enlarge the log, or show all again");
        perform(arrangement::RESTORE);
        assert_eq!(perform(arrangement::RESET), "timeline comparison report log");
        assert_eq!(own_keys(&Shortcut::from_text("Escape").unwrap()), Some(arrangement::RESTORE));
    }

    #[test]
    fn no_two_have_the_same_keys() {
        for (place, (keys, label)) in KEYS.iter().enumerate() {
            let shortcut = Shortcut::from_text(keys);
            assert!(shortcut.is_some(), "{keys}");
            assert_eq!(shortcut.unwrap().to_string(), *keys);
            assert!(KEYS[..place].iter().all(|(other, _)| other != keys), "{keys}");
            assert!(KEYS[..place].iter().all(|(_, other)| other != label), "{label}");
        }
        let demo = session(vec![Event::DemoClicked]);
        let mut keys: Vec<_> =
            actions(&demo, &ViewState::default()).into_iter().filter_map(|action| action.keys).collect();
        let count = keys.len();
        keys.sort_by_key(ToString::to_string);
        keys.dedup();
        assert_eq!(keys.len(), count);
        assert_eq!(own_keys(&Shortcut::from_text("Ctrl+K").unwrap()), Some(words::PALETTE));
        assert_eq!(own_keys(&Shortcut::from_text("Alt+1").unwrap()), None);
    }

    #[test]
    fn evidence_is_walked_in_the_order_of_the_log() {
        let demo = session(vec![Event::DemoClicked]);
        let verdict = demo.verdict();
        let first = evidence(verdict, None, true).unwrap();
        let mut seen = vec![first];
        loop {
            let next = evidence(verdict, seen.last().copied(), true).unwrap();
            if next == first {
                break;
            }
            assert!((next.first, next.last) > seen.last().map(|last| (last.first, last.last)).unwrap());
            seen.push(next);
        }
        assert!(seen.len() > 1);
        assert_eq!(evidence(verdict, Some(first), false), seen.last().copied(), "round the beginning");
        assert_eq!(evidence(&Verdict::default(), None, true), None);
    }

    #[test]
    fn what_begins_with_the_words_comes_first() {
        let labels = ["Save the log", "Go to the log", "Log out", "Connect"];
        assert_eq!(matching(labels.into_iter(), "log"), [2, 0, 1]);
        assert_eq!(matching(labels.into_iter(), "LOG the"), [0, 1]);
        assert_eq!(matching(labels.into_iter(), " "), [0, 1, 2, 3]);
        assert_eq!(matching(labels.into_iter(), "nothing"), [0; 0]);
    }
}
