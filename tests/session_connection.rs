//! Scripts for the connection: what the page does to a board, and what it never does.

mod support;

use heapscope::heap::Millis;
use heapscope::recording::MarkKind;
use heapscope::session::{
    Complaint, Connection, Drawer, Effect, Event, Inputs, LineSettings, OutputLine, Port, PortId,
    ResetChoice, ResetSequence, Settings, Signals, Step, Surroundings, System,
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
            Effect::Keep(Drawer::Boards, text) => Some(text.clone()),
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
    later.event(Event::KeptRead(Drawer::Boards, kept(&script).unwrap()));
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

fn complaint(script: &Script) -> Option<Complaint> {
    script.session.complaint().cloned()
}

#[test]
fn an_empty_chooser_has_advice_for_each_system_until_it_is_closed() {
    let mut script = Script::new();
    script.event(Event::ConnectClicked).event(Event::ChooserClosed);
    let complaint_now = complaint(&script).unwrap();
    assert_eq!(complaint_now, Complaint::NothingChosen);
    let advice = complaint_now.advice();
    for system in System::ALL {
        assert!(advice.iter().any(|advice| advice.system == Some(system)), "{}", system.name());
    }
    for part in ["power only", "dialout", "uucp", "snap connect", "flatpak override"] {
        assert!(advice.iter().any(|advice| advice.text.contains(part)), "{part}");
    }
    script.event(Event::DoctorDismissed);
    assert_eq!(complaint(&script), None);
    script.event(Event::ConnectClicked).event(Event::ChooserClosed);
    assert_eq!(complaint(&script), Some(Complaint::NothingChosen), "asked again, answered again");
    script.event(Event::PortChosen(adapter(1)));
    assert_eq!(complaint(&script), None);
}

#[test]
fn a_port_that_somebody_else_has_says_who_it_may_be() {
    let mut script = Script::new();
    script.event(Event::PortChosen(adapter(1)));
    script.event(Event::PortOpenFailed(PORT, "Failed to open serial port.".into()));
    assert_eq!(complaint(&script), Some(Complaint::Busy));
    script.event(Event::PortChosen(adapter(1))).event(Event::PortOpened(PORT));
    assert_eq!(complaint(&script), None);
}

#[test]
fn where_a_page_may_not_use_ports_it_says_why() {
    for (is_secure, is_framed, is_allowed, expected) in [
        (true, false, Some(true), None),
        (true, false, None, None),
        (true, true, Some(true), None),
        (false, false, None, Some(Complaint::Insecure)),
        (true, true, Some(false), Some(Complaint::Framed)),
        (true, false, Some(false), Some(Complaint::Forbidden)),
    ] {
        let mut script = Script::new();
        let surroundings = Surroundings { is_secure, is_framed, is_allowed, system: Some(System::Linux) };
        script.event(Event::SurroundingsKnown(surroundings));
        assert_eq!(complaint(&script), expected);
    }
    // A person may have blocked it, which only the chooser shows.
    let mut script = Script::new();
    script.event(Event::ConnectClicked).event(Event::ChooserClosed).event(Event::SerialForbidden);
    assert_eq!(complaint(&script), Some(Complaint::Forbidden));
    assert!(script.session.problem().is_none(), "said once");
}

#[test]
fn systems_are_known_by_what_browsers_call_them() {
    for (platform, expected) in [
        ("Linux x86_64", Some(System::Linux)),
        ("Linux", Some(System::Linux)),
        // A Raspberry Pi; browsers on Android that have Web Serial say Android.
        ("Linux aarch64", Some(System::Linux)),
        ("Android", Some(System::Android)),
        ("Win32", Some(System::Windows)),
        ("Windows", Some(System::Windows)),
        ("MacIntel", Some(System::MacOs)),
        ("macOS", Some(System::MacOs)),
        ("", None),
        ("FreeBSD amd64", None),
    ] {
        assert_eq!(System::of_platform(platform), expected, "{platform}");
    }
}

/// A boot ROM's text at 74880 as a receiver at 115200 gets it; made by the simulated receiver of `tests/baud.rs`.
const BOOT_ROM_AT_115200: &[u8] = include_bytes!("fixtures/garbage/boot_rom_74880_at_115200.bin");

#[test]
fn garbage_has_its_baud_rate_and_a_click_switches() {
    let mut script = Script::connected();
    script.event(Event::BytesReceived(PORT, BOOT_ROM_AT_115200.to_vec())).wait(1_000);
    assert_eq!(complaint(&script), None, "a boot ROM is soon done");
    script.wait(1_500).event(Event::BytesReceived(PORT, BOOT_ROM_AT_115200.to_vec())).wait(200);
    let Some(Complaint::Garbage { at, likely }) = complaint(&script) else { panic!("no garbage") };
    assert_eq!((at, likely[0]), (115_200, 74_880));
    assert!(complaint(&script).unwrap().title().ends_with("It looks as if it were sent at 74880 baud."));
    script.effects.clear();
    script.event(Event::BaudChosen(74_880));
    let line = LineSettings { baud: 74_880, ..LineSettings::default() };
    let settings = Settings { line: line.clone(), ..Settings::default() };
    let expected = [Effect::SaveSettings(settings), Effect::ClosePort(PORT), Effect::OpenPort(PORT, line)];
    assert_eq!(script.effects, expected);
    script.event(Event::PortOpened(PORT)).receive(" ets Jan  8 2013,rst cause:2, boot mode:(3,7)\r\n");
    script.wait(5_000);
    assert_eq!(complaint(&script), None);
    assert_eq!(script.session.open_line_settings().unwrap().baud, 74_880);
    // The garbage is kept: nothing that came is thrown away.
    assert!(script.session.recording().unwrap().log().to_bytes().starts_with(BOOT_ROM_AT_115200));
}

#[test]
fn a_boot_rom_before_readable_lines_is_no_garbage() {
    let mut script = Script::connected();
    script.event(Event::BytesReceived(PORT, BOOT_ROM_AT_115200.to_vec())).wait(500);
    for _ in 0..20 {
        script.receive("00:00:00.071-020/00 Project tasmota - Tasmota Version 15.5.0(release)\r\n").wait(300);
        assert_eq!(complaint(&script), None);
    }
}

#[test]
fn a_boot_rom_before_a_silent_firmware_is_no_garbage_for_long() {
    let mut script = Script::connected();
    script.event(Event::BytesReceived(PORT, BOOT_ROM_AT_115200.to_vec())).wait(15_000);
    assert_eq!(complaint(&script), None);
    script.wait(6_000);
    assert!(matches!(complaint(&script), Some(Complaint::Garbage { .. })), "nothing readable ever came");

    // A board that was read at this rate has restarted, and is busy.
    let mut script = Script::connected();
    script.receive("00:00:00.071-020/00 Project tasmota - Tasmota Version 15.5.0(release)\r\n").wait(300);
    script.event(Event::BytesReceived(PORT, BOOT_ROM_AT_115200.to_vec())).wait(60_000);
    assert_eq!(complaint(&script), None);
}

#[test]
fn errors_without_bytes_come_from_a_much_slower_board() {
    let mut script = Script::connected();
    for _ in 0..100 {
        script.event(Event::ReadInterrupted(PORT, "BreakError".into())).wait(100);
    }
    let Some(Complaint::Garbage { likely, .. }) = complaint(&script) else { panic!("no garbage") };
    assert_eq!(likely, [9_600, 19_200]);
    script.event(Event::DoctorDismissed).wait(30_000);
    assert_eq!(complaint(&script), None, "read once, it does not come back");
}

#[test]
fn a_silent_board_is_called_silent_until_it_speaks() {
    let mut script = Script::connected();
    script.wait(19_000);
    assert_eq!(complaint(&script), None);
    script.wait(1_500);
    assert_eq!(complaint(&script), Some(Complaint::Silence { can_send: true }));
    script.written();
    script.event(Event::EmptyLineClicked);
    assert_eq!(script.written(), ["\n"]);
    script.receive("x").wait(200);
    assert_eq!(complaint(&script), None);
    script.wait(120_000);
    assert_eq!(complaint(&script), None, "a board may be quiet");

    // Toit has no console: what is sent to it may be anything to a program.
    let mut toit = Script::connected();
    toit.event(Event::FirmwareChosen(Some("toit"))).wait(21_000);
    assert_eq!(complaint(&toit), Some(Complaint::Silence { can_send: false }));
}
