//! Scripts for the connection: what the page does to a board, and what it never does.

mod support;

use heapscope::heap::Millis;
use heapscope::recording::MarkKind;
use heapscope::session::{
    Effect, Event, Inputs, OutputLine, ResetChoice, ResetSequence, Settings, Signals, Step,
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
