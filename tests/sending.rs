//! Scripts for sending: what leaves when, what is asked first, what is refused, and what is kept.

#![cfg(not(target_arch = "wasm32"))]

use heapscope::heap::Millis;
use heapscope::recording::MarkKind;
use heapscope::session::{
    Drawer, Effect, Event, FileForm, GivenFile, LineEnding, LocalEcho, Macro, Macros, Port, PortId,
    SendEvent, Session, Settings,
};

const PORT: PortId = PortId(1);
const TASMOTA: &str = "18:40:08.501-023/02 CMD: Status 4\r\n";

/// A session with an open port, and the page's clock.
struct Script {
    session: Session,
    now: Millis,
    effects: Vec<Effect>,
}

impl Script {
    /// With a board of which nothing is known.
    fn plain() -> Self {
        Script::with(Settings { poll_enabled: false, ..Settings::default() })
    }

    fn with(settings: Settings) -> Self {
        let mut script = Script { session: Session::new(settings), now: Millis(5_000), effects: Vec::new() };
        let port = Port::new(PORT, Some((0x10c4, 0xea60)));
        script.event(Event::PortChosen(port)).event(Event::PortOpened(PORT));
        script.effects.clear();
        script
    }

    /// With a Tasmota board.
    fn tasmota() -> Self {
        let mut script = Script::plain();
        script.receive(TASMOTA).effects.clear();
        script
    }

    fn event(&mut self, event: impl Into<Event>) -> &mut Self {
        self.effects.extend(self.session.handle(event.into(), self.now));
        self
    }

    fn type_line(&mut self, line: &str) -> &mut Self {
        self.event(Event::LineTyped(line.into()))
    }

    fn receive(&mut self, text: &str) -> &mut Self {
        self.event(Event::BytesReceived(PORT, text.as_bytes().to_vec()))
    }

    /// As Tasmota repeats a line.
    fn echo(&mut self, line: &str) -> &mut Self {
        self.receive(&format!("18:40:08.501-023/02 CMD: {line}\r\n"))
    }

    fn wait(&mut self, millis: u64) -> &mut Self {
        let end = self.now + Millis(millis);
        while self.now < end {
            self.now = self.now + Millis(100);
            self.event(Event::Tick);
        }
        self
    }

    /// What was written since the last call.
    fn written(&mut self) -> Vec<Vec<u8>> {
        let (written, others) = std::mem::take(&mut self.effects)
            .into_iter()
            .partition(|effect| matches!(effect, Effect::Write(..)));
        self.effects = others;
        let bytes = |effect| match effect {
            Effect::Write(id, bytes) => {
                assert_eq!(id, PORT);
                bytes
            }
            _ => unreachable!(),
        };
        written.into_iter().map(bytes).collect()
    }

    /// What was kept last.
    fn kept(&self, wanted: Drawer) -> Option<&str> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Keep(drawer, text) if *drawer == wanted => Some(text.as_str()),
            _ => None,
        })
    }

    fn history(&self) -> Vec<&str> {
        self.session.history().newest_first().collect()
    }

    fn sent_marks(&self) -> Vec<String> {
        let marks = self.session.recording().unwrap().log().marks().iter();
        marks.filter(|mark| mark.kind == MarkKind::Sent).map(|mark| mark.text.clone()).collect()
    }

    fn said(&self, line: &str) -> (String, bool) {
        let check = self.session.check_line(line);
        (check.said.unwrap_or_default(), check.is_refused)
    }
}

fn file(name: &str, bytes: &[u8]) -> GivenFile {
    GivenFile::whole(name, bytes)
}

// History.

#[test]
fn what_was_typed_is_kept_for_the_next_visit() {
    let mut script = Script::tasmota();
    script.type_line("Status 2").type_line("State").type_line("Status 2").type_line("");
    assert_eq!(script.history(), ["Status 2", "State"]);
    let kept = script.kept(Drawer::History).unwrap().to_owned();
    let mut later = Script::tasmota();
    later.event(Event::KeptRead(Drawer::History, kept));
    assert_eq!(later.history(), ["Status 2", "State"]);
    later.event(SendEvent::HistoryCleared);
    assert_eq!((later.history().len(), later.kept(Drawer::History)), (0, Some("")));
}

#[test]
fn a_secret_is_sent_and_neither_kept_nor_shown() {
    // Whether the firmware is known or not.
    for mut script in [Script::tasmota(), Script::plain()] {
        for line in ["Password1 hunter22", "WifiTest1 net+hunter22", "Backlog SSId1 net; Password1 hunter22"]
        {
            script.type_line(line).event(SendEvent::Confirmed).echo(line).wait(400);
            assert_eq!(script.written(), [format!("{line}\n").into_bytes()]);
        }
        assert_eq!(script.history(), [""; 0]);
        assert_eq!(script.kept(Drawer::History), None);
        let marks = script.sent_marks().join(" ");
        assert!(!marks.contains("hunter22"), "{marks}");
        let held = script.type_line("Password1 hunter22").session.held_sending();
        assert!(held.is_none_or(|held| !held.question.contains("hunter22")), "{held:?}");
    }
}

// Several lines.

#[test]
fn pasted_lines_are_asked_about_and_go_one_by_one_on_the_echo() {
    let mut script = Script::tasmota();
    script.event(SendEvent::LinesPasted("Status 1\r\n\nStatus 2\nSerialLog 3\n".into()));
    assert!(script.written().is_empty(), "nothing leaves before the person has said so");
    let held = script.session.held_sending().unwrap();
    assert_eq!(held.question, "Send 3 lines, one by one? One of them changes the board.");
    let lines: Vec<_> = held.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["Status 1", "Status 2", "SerialLog 3"]);
    script.event(SendEvent::Confirmed);
    assert_eq!(script.written(), [b"Status 1\n"]);
    script.wait(1_000);
    assert!(script.written().is_empty());
    let progress = script.session.sending_progress().unwrap();
    assert_eq!((progress.sent, progress.total), (1, 3));
    script.echo("Status 1");
    assert_eq!(script.written(), [b"Status 2\n"]);
    script.echo("Status 2");
    assert_eq!(script.written(), [b"SerialLog 3\n"]);
    assert_eq!(script.session.sending_progress(), None);
    assert_eq!(script.history(), [""; 0], "what was pasted was not typed");
}

#[test]
fn what_changes_the_board_is_shown_wherever_it_stands() {
    let mut script = Script::tasmota();
    let text: String = (1..=20).map(|number| format!("Var{number} 1\n")).collect();
    script.event(SendEvent::LinesPasted(text + "SerialLog 3\nStatus 1\nMqttPassword hunter22"));
    let held = script.session.held_sending().unwrap();
    let numbers: Vec<_> = held.lines.iter().map(|line| line.number).collect();
    assert_eq!((numbers, held.more_lines), (vec![1, 2, 3, 4, 5, 6, 21, 23], 15));
    assert_eq!(held.lines[7].text, "MqttPassword …");
}

#[test]
fn where_nothing_is_repeated_lines_go_with_a_pause() {
    let mut script = Script::plain();
    script.event(SendEvent::LinesPasted("one\ntwo\nthree".into())).event(SendEvent::Confirmed);
    assert_eq!(script.written(), [b"one\n"]);
    script.wait(200);
    assert!(script.written().is_empty());
    script.wait(500);
    assert_eq!(script.written(), [&b"two\n"[..], b"three\n"]);
}

#[test]
fn sending_can_be_withdrawn_and_stopped() {
    let mut script = Script::tasmota();
    script.event(SendEvent::LinesPasted("a\nb\nc".into())).event(SendEvent::Withdrawn).wait(1_000);
    assert!(script.written().is_empty() && script.session.held_sending().is_none());
    script.event(SendEvent::LinesPasted("a\nb\nc".into())).event(SendEvent::Confirmed).echo("a");
    assert_eq!(script.written().len(), 2);
    script.event(SendEvent::Stopped).echo("b").wait(10_000);
    assert!(script.written().is_empty());
    assert!(script.session.sending_progress().is_none() && script.session.problem().is_none());
}

#[test]
fn a_line_that_was_not_heard_ends_it_with_a_sentence() {
    let mut script = Script::tasmota();
    script
        .event(SendEvent::LinesPasted("a\nb\nc\nd".into()))
        .event(SendEvent::Confirmed)
        .echo("a")
        .wait(6_000);
    assert_eq!(script.written().len(), 2);
    let problem = script.session.problem().unwrap();
    assert_eq!(problem.what, "The board did not repeat line 2 of 4: the other 2 were not sent.");
}

#[test]
fn nothing_waits_for_another_board() {
    let mut script = Script::tasmota();
    script.event(SendEvent::LinesPasted("a\nb".into())).event(SendEvent::Confirmed).type_line("SerialLog 1");
    script
        .event(Event::PortUnplugged(PORT))
        .event(Event::PortPlugged(Port::new(PortId(1), Some((0x10c4, 0xea60)))));
    script.event(Event::PortOpened(PORT)).written();
    script.event(SendEvent::Confirmed).wait(10_000);
    assert_eq!(script.written(), [b"\n", b"\n"], "the page's own probes and nothing else");
}

// Line ends, local echo, escape sequences.

#[test]
fn lines_end_as_the_firmware_wants_or_as_the_person_does() {
    for (line_ending, expected) in [
        (LineEnding::Auto, &b"x\n"[..]),
        (LineEnding::CrLf, b"x\r\n"),
        (LineEnding::Cr, b"x\r"),
        (LineEnding::Nothing, b"x"),
    ] {
        let mut script = Script::tasmota();
        let settings = Settings { line_ending, ..script.session.settings().clone() };
        script.event(Event::SettingsChanged(settings)).type_line("x");
        assert_eq!(script.written(), [expected], "{line_ending:?}");
    }
}

#[test]
fn what_was_sent_is_marked_where_the_board_does_not_say_it() {
    for (local_echo, of_tasmota, of_another) in
        [(LocalEcho::Auto, false, true), (LocalEcho::On, true, true), (LocalEcho::Off, false, false)]
    {
        for (mut script, expected) in [(Script::tasmota(), of_tasmota), (Script::plain(), of_another)] {
            let settings = Settings { local_echo, ..script.session.settings().clone() };
            script.event(Event::SettingsChanged(settings)).type_line("help");
            let marks: &[&str] = if expected { &["Sent: help"] } else { &[] };
            assert_eq!(script.sent_marks(), marks, "{local_echo:?}");
        }
    }
}

#[test]
fn a_mark_of_what_was_sent_leaves_a_report_whole() {
    let mut script = Script::tasmota();
    let settings = Settings { local_echo: LocalEcho::On, ..script.session.settings().clone() };
    script.event(Event::SettingsChanged(settings));
    script.receive("18:40:08.518-020/00 MQT: stat/x/STATUS4 = {\"StatusMEM\":{\"Heap\":23,\r\n");
    script.type_line("Status 2").receive("\"MaxFree\":21}}\r\n");
    assert_eq!(script.sent_marks().len(), 1);
    let largest = script.session.recording().unwrap().latest(heapscope::recording::Metric::LargestFreeBlock);
    assert!(largest.is_some(), "the answer was cut by the mark");
}

#[test]
fn escape_sequences_are_bytes_only_where_they_are_wanted() {
    let mut script = Script::plain();
    script.type_line(r"\x03");
    assert_eq!(script.written(), [br"\x03".to_vec().into_iter().chain(*b"\n").collect::<Vec<_>>()]);
    assert_eq!(script.said(r"\x03"), (String::new(), false));
    let settings = Settings { escapes: true, ..script.session.settings().clone() };
    script.event(Event::SettingsChanged(settings)).wait(300);
    assert_eq!(script.said(r"\x03"), ("Sends 2 bytes: 03 0a".into(), false));
    assert_eq!(script.said(r"\x03\c"), ("Sends 1 byte: 03".into(), false));
    let (said, is_refused) = script.said(r"\q");
    assert!(is_refused && said.contains(r"“\q”"), "{said}");
    script.type_line(r"\x03\c").wait(300).type_line(r"a\nb").wait(300).type_line(r"\q").wait(300);
    assert_eq!(script.written(), [&b"\x03"[..], b"a\n", b"b\n"]);
    assert!(script.session.problem().is_some());
}

#[test]
fn escape_sequences_hide_nothing_that_changes_the_board() {
    let mut script = Script::tasmota();
    let settings = Settings { escapes: true, ..script.session.settings().clone() };
    script.event(Event::SettingsChanged(settings));
    for line in [
        r"Status 4
Restart 1",
        r"Restart 1",
        r"Status 4
MqttHost x",
    ] {
        script.type_line(line).wait(300);
        assert!(script.session.held_sending().is_some(), "{line}");
        assert_eq!(script.written(), Vec::<Vec<u8>>::new());
        script.event(SendEvent::Withdrawn);
    }
    // Nor what must not be kept.
    script.type_line(r"Password1 hidden").event(SendEvent::Confirmed).wait(300);
    assert_eq!(script.kept(Drawer::History), None);
    // What waited for the board goes with it.
    script.type_line("Restart 1").event(Event::DisconnectClicked);
    assert!(script.session.held_sending().is_none());
}

// The firmware's limits.

#[test]
fn what_tasmota_would_not_take_is_refused_before_it_leaves() {
    let mut script = Script::tasmota();
    assert_eq!(
        script.said("DeviceName Küche"),
        ("Tasmota throws a line with “ü” away: it takes ASCII only.".into(), true)
    );
    let longest = "x".repeat(799);
    assert_eq!(script.said(&longest), (String::new(), false));
    assert_eq!(
        script.said(&(longest.clone() + "x")),
        ("Tasmota drops a line of 800 characters: it takes 799.".into(), true)
    );
    script.type_line("DeviceName Küche").type_line(&(longest + "x")).wait(5_000);
    assert!(script.written().is_empty());
    script.event(SendEvent::LinesPasted("Status 1\nDeviceName Küche\n".into()));
    assert!(script.session.held_sending().is_none());
    assert!(
        script.session.problem().unwrap().what.starts_with("Line 2 cannot be sent. Tasmota"),
        "before the first"
    );
    // Another firmware may take it.
    let mut script = Script::plain();
    assert_eq!(script.said("echo Küche"), (String::new(), false));
    script.type_line("echo Küche");
    assert_eq!(script.written(), ["echo Küche\n".as_bytes()]);
}

#[test]
fn a_long_line_goes_to_tasmota_in_bursts_that_its_buffer_holds() {
    let mut script = Script::tasmota();
    script.type_line(&"x".repeat(450)).wait(1_000);
    let sizes: Vec<_> = script.written().iter().map(Vec::len).collect();
    assert_eq!(sizes, [200, 200, 51]);
}

#[test]
fn what_changes_the_board_is_said_and_asked_first() {
    let mut script = Script::tasmota();
    assert_eq!(script.said("Status 4"), (String::new(), false));
    assert!(script.said("SerialLog 3").0.contains("writes settings"));
    assert!(script.said("Restart 1").0.contains("interrupts"));
    script.type_line("SerialLog 3").wait(1_000);
    assert!(script.written().is_empty());
    assert_eq!(script.history(), [""; 0]);
    script.event(SendEvent::Confirmed);
    assert_eq!(script.written(), [b"SerialLog 3\n"]);
    assert_eq!(script.history(), ["SerialLog 3"]);
    script.type_line("SerialLog");
    assert!(script.session.held_sending().is_none(), "alone it only asks");
}

// Files.

#[test]
fn a_text_goes_line_by_line_and_is_never_held_back_by_its_marks() {
    let mut script = Script::tasmota();
    let text = file("setup.txt", b"\xef\xbb\xbfStatus 1\r\n\r\nStatus 2\r\n");
    script.event(SendEvent::FileChosen(text, FileForm::Lines));
    assert_eq!(script.session.held_sending().unwrap().question, "Send 2 lines of setup.txt, one by one?");
    script.event(SendEvent::Confirmed);
    assert_eq!(script.session.sending_progress().unwrap().name.as_deref(), Some("setup.txt"));
    script.echo("Status 1").echo("Status 2");
    assert_eq!(script.written(), [b"Status 1\n", b"Status 2\n"]);
}

#[test]
fn raw_bytes_leave_at_the_lines_speed_to_the_byte() {
    let mut script = Script::plain();
    let bytes: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    script.event(SendEvent::FileChosen(file("a.bin", &bytes), FileForm::Raw));
    let question = &script.session.held_sending().unwrap().question;
    assert_eq!(question, "Send a.bin as it is: 19.5\u{a0}KB, about a second?");
    script.event(SendEvent::Confirmed).wait(900);
    let first = script.written().concat();
    assert!((10_000..13_000).contains(&first.len()), "{} bytes in 0.9 s at 115200 baud", first.len());
    script.wait(2_000);
    let rest = script.written().concat();
    let rest = rest.strip_suffix(b"\n").unwrap_or(&rest);
    assert!([&first, rest].concat() == bytes, "the page's own question waited for the end");
    assert_eq!(script.sent_marks(), ["Sent: a.bin, 19.5\u{a0}KB"]);
}

#[test]
fn a_file_that_cannot_be_sent_is_a_sentence() {
    let mut script = Script::tasmota();
    script.event(SendEvent::FileChosen(file("empty.txt", b""), FileForm::Lines));
    assert_eq!(script.session.problem().unwrap().what, "empty.txt is empty.");
    script.event(SendEvent::FileChosen(file("big.bin", &vec![0; (16 << 20) + 1]), FileForm::Raw));
    assert!(script.session.problem().unwrap().what.starts_with("big.bin is too large"));
    script.event(SendEvent::FileChosen(file("a.txt", "a\nä\n".as_bytes()), FileForm::Lines));
    assert!(script.session.problem().unwrap().what.starts_with("Line 2 of a.txt cannot be sent."));
    assert!(script.session.held_sending().is_none());
}

// Macros.

#[test]
fn a_macro_is_sent_and_asked_about_if_it_changes_the_board() {
    let mut script = Script::tasmota();
    let heap = script.session.macros().sets[0].macros[0].clone();
    script.event(SendEvent::MacroChosen(heap));
    assert_eq!(script.written(), [b"Status 4\n"]);
    script.echo("Status 4");
    let quiet = Macro { name: "Quiet".into(), text: "MqttLog 0\nWebLog 0\n".into(), ..Macro::default() };
    script.event(SendEvent::MacroChosen(quiet)).wait(100);
    assert!(script.written().is_empty());
    let question = &script.session.held_sending().unwrap().question;
    assert_eq!(question, "Send 2 lines of Quiet, one by one? 2 of them change the board.");
    let stop = Macro { name: "Stop".into(), text: r"\x03\c".into(), has_escapes: true, ..Macro::default() };
    script.event(SendEvent::Withdrawn).event(SendEvent::MacroChosen(stop)).wait(100);
    assert_eq!(script.written(), [b"\x03"], "its own escape sequences, whatever the setting");
}

#[test]
fn macros_are_kept_exported_and_imported() {
    let mut script = Script::tasmota();
    let mut macros = script.session.macros().clone();
    macros.sets[0].name = "Plug".into();
    script.event(SendEvent::MacrosChanged(macros.clone())).event(SendEvent::MacrosExported);
    let exported = script.effects.iter().find_map(|effect| match effect {
        Effect::Download { name, bytes } => Some(file(name, bytes)),
        _ => None,
    });
    let exported = exported.unwrap();
    assert_eq!(exported.name, "heapscope-macros.json");
    let kept = script.kept(Drawer::Macros).unwrap().to_owned();
    let mut other = Script::tasmota();
    other.event(SendEvent::MacrosGiven(exported.clone()));
    assert_eq!(other.session.macros().sets.len(), 2);
    assert_eq!(other.session.notice(), Some("A set of macros was taken from heapscope-macros.json."));
    assert!(other.kept(Drawer::Macros).is_some());
    other.event(SendEvent::MacrosGiven(exported));
    assert_eq!(other.session.macros().sets.len(), 2, "not twice");
    other.event(SendEvent::MacrosGiven(file("x.json", b"{}")));
    assert_eq!(other.session.problem().unwrap().what, "x.json has no macros.");
    other.event(Event::KeptRead(Drawer::Macros, kept));
    assert_eq!(*other.session.macros(), macros);
    other.event(Event::KeptRead(Drawer::Macros, "damaged".into()));
    assert_eq!(*other.session.macros(), macros);
    assert!(Macros::from_json(&macros.to_json()).is_some());
}

#[test]
fn figures_come_on_a_click_once_the_firmware_is_known() {
    let mut script = Script::plain();
    script.event(SendEvent::FiguresClicked).wait(500);
    assert!(script.written().is_empty());
    script.receive(TASMOTA).event(SendEvent::FiguresClicked);
    assert_eq!(script.written(), [b"Status 4\n"]);
    assert_eq!(script.history(), [""; 0]);
}

#[test]
fn without_a_board_nothing_is_held_or_sent() {
    let mut session = Session::new(Settings::default());
    for event in [
        Event::LineTyped("SerialLog 3".into()),
        SendEvent::LinesPasted("a\nb".into()).into(),
        SendEvent::FileChosen(file("a.bin", b"abc"), FileForm::Raw).into(),
        SendEvent::MacroChosen(Macros::first().sets[0].macros[0].clone()).into(),
        SendEvent::Confirmed.into(),
    ] {
        assert!(session.handle(event, Millis(0)).is_empty());
        assert!(session.held_sending().is_none());
    }
    assert_eq!(session.history().newest_first().count(), 0);
}
