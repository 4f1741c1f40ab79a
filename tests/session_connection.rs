//! Scripts for the connection: what the page does to a board, and what it never does.

mod support;

use heapscope::heap::Millis;
use heapscope::recording::MarkKind;
use heapscope::session::{
    Connection, Effect, Event, Inputs, OutputLine, Port, PortId, ResetChoice, ResetSequence, Settings,
    Signals, Step,
};
use support::script::{PORT, Script};

/// What was done to the lines since somebody looked.
fn played(script: &mut Script) -> Vec<Vec<Step>> {
    let effects = std::mem::take(&mut script.effects).into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::PlaySignals(PORT, steps) => Some(steps),
            _ => None,
        })
        .collect()
}

fn marks(script: &Script) -> Vec<String> {
    let log = script.session.recording().unwrap().log();
    log.marks().iter().map(|mark| mark.text.clone()).collect()
}

#[test]
fn nothing_switches_a_line_but_a_person() {
    let mut script = Script::connected();
    script.receive("hello\r\n").wait(60_000);
    script.event(Event::SettingsChanged(Settings { poll_enabled: false, ..Settings::default() }));
    script
        .event(Event::PortLost(PORT, "Gone.".into()))
        .wait(1_000)
        .event(Event::PortOpened(PORT))
        .wait(5_000);
    assert_eq!(script.session.signals(), Signals::default(), "what the system did cannot be known");
    script.event(Event::DisconnectClicked).event(Event::PortClosed(PORT)).wait(1_000);
    assert_eq!(played(&mut script), [[]; 0]);
    // A click that comes too late is for no port.
    script.event(Event::ResetClicked).event(Event::LineSwitched(OutputLine::Dtr, true));
    assert_eq!(played(&mut script), [[]; 0]);
}

#[test]
fn a_line_is_switched_and_shown_until_the_port_is_opened_anew() {
    let mut script = Script::connected();
    script
        .event(Event::LineSwitched(OutputLine::Rts, false))
        .event(Event::LineSwitched(OutputLine::Dtr, true));
    let expected = [[Step::switch(OutputLine::Rts, false)], [Step::switch(OutputLine::Dtr, true)]];
    assert_eq!(played(&mut script), expected);
    assert_eq!((script.session.signals().dtr, script.session.signals().rts), (Some(true), Some(false)));
    assert_eq!(marks(&script)[1..], ["RTS was switched off.", "DTR was switched on."]);
    script.event(Event::DisconnectClicked).event(Event::PortClosed(PORT)).event(Event::PortClicked(PORT));
    script.event(Event::PortChosen(support::script::cp2102(PORT))).event(Event::PortOpened(PORT));
    assert_eq!(script.session.signals(), Signals::default());
}

#[test]
fn the_reset_button_does_what_was_chosen_and_the_restart_is_no_failure() {
    let mut script = Script::connected();
    script.receive("running\r\n").event(Event::ResetClicked);
    let low = Step::Switch { dtr: Some(false), rts: Some(true) };
    let run = vec![low, Step::Wait(Millis(100)), Step::switch(OutputLine::Rts, false)];
    assert_eq!(played(&mut script), [run]);
    let mark = script.session.recording().unwrap().log().marks().last().unwrap().clone();
    assert_eq!(mark.text, "Reset, as asked: dtr off, rts on, wait 100, rts off.");
    // The verdict takes a restart right after such a mark for asked.
    assert_eq!(mark.kind, MarkKind::Connection);

    let own = ResetSequence::parse("dtr on, wait 250, dtr off").unwrap();
    let settings = Settings { reset: ResetChoice::Own, own_reset: own.clone(), ..Settings::default() };
    script.event(Event::SettingsChanged(settings)).event(Event::ResetClicked);
    assert_eq!(played(&mut script), [own.steps().to_vec()]);

    let none = Settings { reset: ResetChoice::Nothing, ..Settings::default() };
    script.event(Event::SettingsChanged(none)).event(Event::ResetClicked);
    assert!(script.session.reset_sequence().is_none());
    assert_eq!(played(&mut script), [[]; 0]);
}

#[test]
fn an_adapter_without_modem_lines_is_fine() {
    let mut script = Script::connected();
    let fails = || Event::SignalsFailed(PORT, "Failed to set control signals.".into());
    script.event(Event::ResetClicked).event(fails());
    let said = "This adapter does not switch DTR and RTS (Failed to set control signals). Reading and sending go on without them.";
    assert_eq!(script.session.notice(), Some(said));
    assert!(script.session.problem().is_none(), "it is no problem");
    assert!(script.session.signals().is_fixed && script.session.reset_sequence().is_none());
    // Once.
    script.event(Event::NoticeDismissed).event(fails());
    assert_eq!(script.session.notice(), None);
    script.receive("still here\r\n");
    assert_eq!(script.log(), "still here\r\n");
}

#[test]
fn the_lines_of_the_far_end_are_read_once_a_second_and_draw_only_what_changed() {
    let mut script = Script::connected();
    let reads = |script: &mut Script| {
        std::mem::take(&mut script.effects)
            .iter()
            .filter(|effect| **effect == Effect::ReadSignals(PORT))
            .count()
    };
    script.wait(5_000);
    assert_eq!(reads(&mut script), 1, "not again before the answer");
    let inputs = Inputs { cts: true, ..Inputs::default() };
    script.event(Event::SignalsRead(PORT, Some(inputs)));
    assert_eq!(script.session.signals().inputs, Some(inputs));
    let revision = script.session.revision();
    script.event(Event::SignalsRead(PORT, Some(inputs)));
    assert_eq!(script.session.revision(), revision);
    for _ in 0..10 {
        script.wait(500).event(Event::SignalsRead(PORT, Some(inputs)));
    }
    assert_eq!(reads(&mut script), 5);
    // One that does not tell them is asked no more, and nobody is bothered.
    script.event(Event::SignalsRead(PORT, None)).wait(10_000);
    assert!(reads(&mut script) <= 1);
    assert_eq!((script.session.signals().inputs, script.session.notice()), (None, None));
}

/// What Tasmota answers to `Status`: the name that its owner gave it.
fn tasmota(name: &str) -> String {
    format!(
        "10:00:00.010-023 RSL: STATUS = {{\"Status\":{{\"Module\":1,\"DeviceName\":\"{name}\",\"Topic\":\"x\"}}}}\r\n"
    )
}

fn adapter(id: u32) -> Port {
    support::script::cp2102(PortId(id))
}

fn said(script: &mut Script, id: u32, text: &str) {
    script.event(Event::BytesReceived(PortId(id), text.as_bytes().to_vec())).wait(200);
}

#[test]
fn a_port_that_failed_without_being_unplugged_is_opened_again() {
    let mut script = Script::connected();
    script.receive("before\r\n").event(Event::PortLost(PORT, "The device has been lost.".into()));
    assert!(matches!(script.session.connection(), Connection::Lost(_)));
    script.wait(400);
    assert_eq!(opened(&mut script), [], "not at once: most often an unplugging follows");
    script.wait(200);
    assert_eq!(opened(&mut script), [PORT]);
    script.event(Event::PortOpened(PORT)).receive("after\r\n");
    assert_eq!(script.log(), "before\r\nafter\r\n");
    assert!(marks(&script)[1].starts_with("The connection was lost."));
    // One that was unplugged is waited for.
    script.event(Event::PortLost(PORT, "Gone.".into())).event(Event::PortUnplugged(PORT)).wait(60_000);
    assert_eq!(opened(&mut script), []);
}

/// The ports that were to be opened since somebody looked.
fn opened(script: &mut Script) -> Vec<PortId> {
    let effects = std::mem::take(&mut script.effects).into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::OpenPort(id, _) => Some(id),
            _ => None,
        })
        .collect()
}

#[test]
fn the_same_object_is_the_same_device_and_another_known_one_is_not() {
    // Firefox: objects come back, so another adapter of the same kind is not taken for the one that vanished.
    let mut script = Script::connected();
    script.event(Event::PortsListed(vec![adapter(2)])).event(Event::PortUnplugged(PortId(2)));
    script.event(Event::PortUnplugged(PORT)).effects.clear();
    script.event(Event::PortPlugged(adapter(2)));
    assert_eq!(opened(&mut script), []);
    assert!(script.session.problem().unwrap().what.contains("was lost"), "nobody is asked");
    script.event(Event::PortPlugged(adapter(1)));
    assert_eq!(opened(&mut script), [PORT]);
}

#[test]
fn of_several_adapters_alike_that_went_together_the_person_chooses() {
    // Chromium: new objects, and a hub was unplugged.
    let mut script = Script::connected();
    script.receive("mine\r\n").event(Event::PortsListed(vec![adapter(2)])).effects.clear();
    script.event(Event::PortUnplugged(PORT)).event(Event::PortUnplugged(PortId(2)));
    script.event(Event::PortPlugged(adapter(3))).event(Event::PortPlugged(adapter(4))).wait(60_000);
    assert_eq!(opened(&mut script), [], "opening the wrong one may restart it");
    let problem = script.session.problem().unwrap();
    assert_eq!(
        problem.what,
        "Several adapters CP2102 were unplugged, and nothing tells which of them came back."
    );
    assert_eq!(script.session.known_ports().len(), 2);
    script.event(Event::PortClicked(PortId(4)));
    assert_eq!(opened(&mut script), [PortId(4)]);
    script.event(Event::PortOpened(PortId(4)));
    said(&mut script, 4, "still mine\r\n");
    assert_eq!(script.log(), "mine\r\nstill mine\r\n");
    // From now on it is clear again which one went.
    script.event(Event::PortUnplugged(PortId(4))).event(Event::PortPlugged(adapter(5)));
    assert_eq!(opened(&mut script), [PortId(5)]);
}

#[test]
fn adapters_alike_are_told_apart_by_what_their_boards_say() {
    let mut script = Script::connected();
    script.event(Event::PortsListed(vec![adapter(2)]));
    said(&mut script, 1, &tasmota("Kitchen"));
    let boards = |script: &Script| {
        let ports = script.session.known_ports().into_iter();
        ports.map(|known| (known.port.id.0, known.boards.join(" or "))).collect::<Vec<_>>()
    };
    assert_eq!(boards(&script), [(1, "Kitchen".to_owned()), (2, String::new())]);
    let kept = |script: &Script| {
        script.effects.iter().rev().find_map(|effect| match effect {
            Effect::KeepBoards(text) => Some(text.clone()),
            _ => None,
        })
    };
    assert_eq!(kept(&script).unwrap(), "10c4:ea60 Kitchen\n");
    script.event(Event::PortClicked(PortId(2))).event(Event::PortOpened(PortId(2)));
    said(&mut script, 2, &tasmota("Desk"));
    assert_eq!(boards(&script), [(1, "Kitchen".to_owned()), (2, "Desk".to_owned())]);
    assert_eq!(marks(&script).last().unwrap(), "This is another board: Desk. The one before was Kitchen.");

    // The next day they have other objects, and either may be either.
    let mut later = Script::new();
    later.event(Event::BoardsKept(kept(&script).unwrap()));
    later.event(Event::PortsListed(vec![adapter(11), adapter(12)]));
    assert_eq!(boards(&later)[0].1, "Desk or Kitchen");
    later.event(Event::PortClicked(PortId(11))).event(Event::PortOpened(PortId(11)));
    said(&mut later, 11, &tasmota("Kitchen"));
    assert_eq!(boards(&later), [(11, "Kitchen".to_owned()), (12, "Desk".to_owned())]);
    // The same one again is no other board.
    later.event(Event::PortUnplugged(PortId(11))).event(Event::PortPlugged(adapter(13)));
    later.event(Event::PortOpened(PortId(13)));
    said(&mut later, 13, &tasmota("Kitchen"));
    assert!(!marks(&later).iter().any(|mark| mark.contains("another board")));
}
