//! Scripts for the application core: what it does when, with a clock that the test turns.

mod support;

use heapscope::dialect::{EventKind, Extra, Sureness};
use heapscope::heap::Millis;
use heapscope::recording::{MarkKind, Metric, Recording, Source};
use heapscope::session::{
    Connection, DEMO_HEAD_START, END_UNKNOWN, Effect, Event, FileId, FileRest, GivenFile, LineEnding,
    MOST_UNPACKED_BYTES, PIECE_BYTES, PollState, Port, PortId, Problem, Session, Settings,
};
use heapscope::verdict::State;
use support::script::{PORT, Script, cp2102};
use support::toit_program::{EXCEPTION_IN_MAIN as TOIT_EXCEPTION, Form, snapshot_file};

const ECHO: &str = "18:40:08.501-023/02 CMD: Status 4\r\n";
const STATUS4: &str =
    "18:40:08.518-020/00 MQT: stat/x/STATUS4 = {\"StatusMEM\":{\"Heap\":23,\"MaxFree\":21}}\r\n";

#[test]
fn connecting_shows_the_chooser_and_opens_what_was_chosen() {
    let mut script = Script::new();
    script.event(Event::ConnectClicked);
    assert_eq!(script.effects, [Effect::ShowChooser]);
    assert_eq!(*script.session.connection(), Connection::Choosing);
    script.event(Event::PortChosen(cp2102(PORT)));
    assert_eq!(script.effects[1], Effect::OpenPort(PORT, Settings::default().line));
    script.event(Event::PortOpened(PORT));
    assert!(matches!(script.session.connection(), Connection::Open(port) if port.name == "CP2102"));
    let marks = script.session.recording().unwrap().log().marks();
    assert_eq!(marks[0].text, "Connected to CP2102 at 115200 8N1.");
}

#[test]
fn closing_the_chooser_changes_nothing() {
    let mut script = Script::new();
    script.event(Event::ConnectClicked).event(Event::ChooserClosed);
    assert_eq!(*script.session.connection(), Connection::None);
    assert!(script.session.problem().is_none());
}

#[test]
fn a_port_that_cannot_be_opened_is_a_sentence() {
    let mut script = Script::new();
    script.event(Event::PortChosen(cp2102(PORT)));
    script.event(Event::PortOpenFailed(PORT, "Failed to open serial port.".into()));
    let problem = script.session.problem().unwrap();
    assert_eq!(problem.what, "CP2102 could not be opened: Failed to open serial port.");
    assert!(problem.next.contains("other programs"));
    assert_eq!(*script.session.connection(), Connection::None);
}

#[test]
fn a_silent_board_is_probed_and_then_asked() {
    let mut script = Script::connected();
    script.wait(1_400);
    assert_eq!(script.written(), [""; 0], "not before it had time to speak");
    script.wait(300);
    assert_eq!(script.written(), ["\n"]);
    script.receive("00:00:12.000 CMD: \r\n");
    assert_eq!(script.session.detected().unwrap().info.id, "tasmota");
    script.wait(1_000);
    assert_eq!(script.written(), ["Status 4\n"]);
    assert_eq!(script.session.poll_state(), PollState::Waiting("Status 4"));
    script.receive(ECHO).receive(STATUS4).wait(9_000);
    assert_eq!(script.written(), [""; 0]);
    script.wait(1_500);
    assert_eq!(script.written(), ["Status 4\n"], "again after ten seconds");
    let recording = script.session.recording().unwrap();
    assert_eq!(recording.timeline().series(Metric::LargestFreeBlock).len(), 1);
}

#[test]
fn a_board_of_another_firmware_is_probed_three_times_at_most() {
    let mut script = Script::connected();
    for _ in 0..120 {
        script.receive("I (1234) wifi: something else\r\n").wait(1_000);
    }
    assert_eq!(script.written(), ["\n", "\n", "\n"]);
    assert_eq!(script.session.poll_state(), PollState::NotKnown);
}

#[test]
fn a_board_that_speaks_for_itself_is_not_probed() {
    let mut script = Script::connected();
    script.receive("00:00:01.000 WIF: Connecting\r\n").wait(1_000);
    assert_eq!(script.written(), ["Status 4\n"]);
}

#[test]
fn unanswered_questions_come_less_and_less_often() {
    let mut script = Script::connected();
    script.receive("00:00:01.000 WIF: Connecting\r\n").wait(300_000);
    let asked = script.written().len();
    // At 0, 20, 60, 140 and 300 seconds, against 30 times when answered.
    assert!((4..=6).contains(&asked), "asked {asked} times");
    assert!(matches!(script.session.poll_state(), PollState::Unanswered(4.., _) | PollState::Waiting(_)));
    script.wait(400_000).effects.clear();
    // One answer, and the old rhythm is back.
    while script.written().is_empty() {
        script.wait(1_000);
    }
    script.receive(ECHO).receive(STATUS4).wait(10_500);
    assert_eq!(script.written(), ["Status 4\n"]);
}

#[test]
fn nothing_is_sent_while_a_report_is_printed() {
    let mut script = Script::connected();
    script.receive(ECHO).wait(1_000).receive(STATUS4).effects.clear();
    script.event(Event::ReportClicked).wait(500);
    assert_eq!(script.written(), ["Status 44\n"]);
    let rows = "|0x3fff24c0|B     0|NB     1|PB     0|Z     1|NF     1|PF     1|\r\n";
    script.receive(rows).event(Event::LineTyped("Status 2".into()));
    for _ in 0..15 {
        script.wait(1_000).receive(&rows.replace("B     0|", "B     9|"));
    }
    // The person's line waited for ten seconds, no longer: a report may never end.
    assert_eq!(script.written(), ["Status 2\n"]);
    script.receive("18:42:21.002 MQT: stat/x/STATUS44 = {\"Status44\":{}}\r\n").wait(4_000);
    assert_eq!(script.written(), ["Status 4\n"], "asking goes on");
}

#[test]
fn a_refused_block_map_says_what_to_do() {
    let mut script = Script::connected();
    script.receive(ECHO).wait(1_000).receive(STATUS4).event(Event::ReportClicked).wait(500);
    script.receive("18:42:21.002 RSL: RESULT = {\"Command\":\"Error\",\"Input\":\"STATUS 44\"}\r\n");
    assert!(script.session.problem().unwrap().next.contains("USE_ESP8266_DEBUG_HEAP"));
    script.event(Event::ProblemDismissed);
    assert!(script.session.problem().is_none());
}

#[test]
fn polling_can_be_switched_off_and_changed() {
    let mut script = Script::connected();
    let off = Settings { poll_enabled: false, ..Settings::default() };
    script.event(Event::SettingsChanged(off.clone())).receive(ECHO).wait(60_000);
    assert!(script.effects.contains(&Effect::SaveSettings(off.clone())));
    assert_eq!(script.written(), [""; 0]);
    assert_eq!(script.session.poll_state(), PollState::Off);
    let often = Settings { poll_enabled: true, poll_interval: Millis::from_secs(2), ..off };
    script.event(Event::SettingsChanged(often));
    for _ in 0..10 {
        script.wait(2_000).receive(STATUS4);
    }
    assert!(script.written().len() >= 8);
}

#[test]
fn a_typed_line_ends_as_chosen() {
    let mut script = Script::connected();
    let settings = Settings { line_ending: LineEnding::CrLf, poll_enabled: false, ..Settings::default() };
    script.event(Event::SettingsChanged(settings)).event(Event::LineTyped("help".into()));
    assert_eq!(script.written(), ["help\r\n"]);
}

#[test]
fn an_interrupted_read_leaves_a_mark_and_goes_on() {
    let mut script = Script::connected();
    script.receive("one\r\ntw").event(Event::ReadInterrupted(PORT, "BufferOverrunError".into()));
    script.receive("o\r\nthree\r\n");
    let log = script.session.recording().unwrap().log();
    let gap = log.marks().last().unwrap();
    assert_eq!((gap.kind, gap.before_line), (MarkKind::Gap, 2));
    assert!(gap.text.contains("buffer overrun"), "{}", gap.text);
    assert_eq!(log.line_count(), 4);
    assert_eq!(script.log(), "one\r\ntwo\r\nthree\r\n", "every byte is kept");
    assert!(script.session.problem().is_none());
}

#[test]
fn a_wrong_baud_rate_does_not_fill_the_log_with_marks() {
    let mut script = Script::connected();
    for _ in 0..200 {
        script.receive("\u{fffd}x").event(Event::ReadInterrupted(PORT, "FramingError".into())).wait(100);
    }
    let log = script.session.recording().unwrap().log();
    let gaps = log.marks().iter().filter(|mark| mark.kind == MarkKind::Gap).count();
    assert!((15..=21).contains(&gaps), "{gaps} marks in twenty seconds");
    assert!(script.session.problem().unwrap().what.contains("115200 baud"));
    // Read once, the problem does not come back.
    script.event(Event::ProblemDismissed).event(Event::ReadInterrupted(PORT, "FramingError".into()));
    assert!(script.session.problem().is_none());
}

#[test]
fn a_large_text_is_read_in_slices() {
    let mut script = Script::new();
    let line = b"18:40:08.501-023/02 CMD: Status 4\n";
    let text = line.repeat(300_000);
    script.event(Event::TextGiven { name: "large.log".into(), bytes: text.clone() });
    assert!(script.session.unread_bytes() > 0, "the page must stay alive meanwhile");
    script.tick_while(Session::is_taking);
    assert_eq!(
        script.session.recording().unwrap().log().line_count(),
        300_000,
        "the log is seen before it is read"
    );
    assert_eq!(script.session.recording().unwrap().timeline().series(Metric::Free).len(), 0);
    script.tick_while(Session::is_reading);
    assert_eq!(script.session.unread_bytes(), 0);
    assert_eq!(script.session.recording().unwrap().timeline().series(Metric::Free).len(), 300_000);
    assert_eq!(script.session.recording().unwrap().log().line_count(), 300_000);
    assert_eq!(script.log().len(), text.len());
    // Begun anew before the end: nothing of the first is left.
    script.event(Event::TextGiven { name: "large.log".into(), bytes: text });
    script.event(Event::TextGiven { name: "small.log".into(), bytes: b"x\n".to_vec() }).wait(1_000);
    assert_eq!(script.log(), "x\n");
}

/// The browser's part: answers what the session asks of the file until it asks no more.
fn hand_out(script: &mut Script, file: &[u8]) -> usize {
    let mut pieces = 0;
    for _ in 0..10_000 {
        let asked = script.effects.iter().find_map(|effect| match effect {
            Effect::ReadFile(id, place) => Some((*id, place.clone())),
            _ => None,
        });
        script.effects.clear();
        if let Some((id, place)) = asked {
            pieces += 1;
            let end = file.len().min(place.end as usize);
            let piece = file.get(place.start as usize..end).unwrap_or_default().to_vec();
            script.event(Event::FileRead(id, piece));
        } else if !script.session.is_reading() {
            break;
        } else {
            script.wait(100);
        }
    }
    pieces
}

#[test]
fn a_file_that_comes_in_pieces_is_the_same_log() {
    let line = |at: usize| format!("18:40:08.501-023/02 CMD: {at}\n").into_bytes();
    let mut text: Vec<u8> = (0..550_000).flat_map(line).collect();
    text.extend_from_slice(b"18:40:09.000-020/00 OOM: count 3 (+3)\n");
    let begin = |beginning: usize, size: usize| {
        let mut script = Script::new();
        let rest = FileRest { file: FileId(7), place: beginning as u64..size as u64 };
        let file = GivenFile { rest: Some(rest), ..GivenFile::whole("large.log", &text[..beginning]) };
        script.event(Event::FilesGiven(vec![file]));
        script
    };
    let mut script = begin(PIECE_BYTES as usize, text.len());
    assert_eq!(hand_out(&mut script, &text), text.len().div_ceil(PIECE_BYTES as usize) - 1);
    assert_eq!(script.log().as_bytes(), text);
    let recording = script.session.recording().unwrap();
    assert_eq!(recording.timeline().series(Metric::Free).len(), 550_001);
    assert_eq!(script.session.verdict().state, State::OutOfMemory);
    // It became shorter meanwhile: what came stands, and nothing is waited for.
    let mut script = begin(1_000, text.len());
    hand_out(&mut script, &text[..5_000]);
    assert_eq!((script.log().as_bytes(), script.session.unread_bytes()), (&text[..5_000], 0));
    // It cannot be read any more: that is said, and what came stands.
    let mut script = begin(1_000, text.len());
    script.event(Event::FileFailed(FileId(7), Problem::new("The file is gone.", "Drop it again.")));
    script.tick_while(Session::is_reading);
    assert_eq!((script.log().as_bytes(), script.session.unread_bytes()), (&text[..1_000], 0));
    assert!(script.session.problem().is_some());
}

#[test]
fn a_persons_word_on_the_firmware_counts_and_a_text_is_read_again() {
    let mut script = Script::new();
    let tasmota = "18:40:08.501-023/02 CMD: Status 4\n".repeat(5);
    let toit = "Heap report:\n  │   40960   │     12   │  toit processes │\n";
    script.event(Event::TextGiven { name: "log.txt".into(), bytes: format!("{tasmota}{toit}").into_bytes() });
    let detected = script.session.detected().unwrap();
    assert_eq!((detected.info.id, detected.sureness), ("tasmota", Sureness::Likely));
    assert_eq!(script.session.recording().unwrap().timeline().series(Metric::Free).len(), 5);
    script.event(Event::FirmwareChosen(Some("toit")));
    let detected = script.session.detected().unwrap();
    assert_eq!((detected.info.id, detected.sureness), ("toit", Sureness::Told));
    let recording = script.session.recording().unwrap();
    assert_eq!((recording.timeline().series(Metric::Free).len(), recording.reports().len()), (0, 1));
    assert_eq!(script.log(), format!("{tasmota}{toit}"));
    script.event(Event::FirmwareChosen(None));
    assert_eq!(script.session.detected().unwrap().info.id, "tasmota");
    assert_eq!(script.session.chosen_firmware(), None);
    // At a port it counts from here on.
    let mut script = Script::connected();
    script.receive(&tasmota).event(Event::FirmwareChosen(Some("toit"))).receive(&tasmota).receive(toit);
    let recording = script.session.recording().unwrap();
    assert_eq!(recording.timeline().series(Metric::Free).len(), 5);
    assert_eq!(script.session.report_command(), None);
}

/// What [`Session::archive`] gives, in one piece.
fn archive(script: &Script) -> Vec<u8> {
    script.session.archive().expect("there is a recording").flatten().collect()
}

#[test]
fn a_recording_that_is_saved_opens_as_it_was() {
    let mut script = Script::connected();
    for minute in 0..30 {
        let free = 40 - minute;
        script.receive(&format!("18:{minute:02}:08.501-0{free}/02 CMD: Status 4\r\n")).wait(60_000);
    }
    script
        .event(Event::ReadInterrupted(PORT, "BreakError".into()))
        .receive("18:40:09 CMD: the end, which has no");
    script.effects.clear();
    script.event(Event::SaveRecordingClicked);
    assert_eq!(script.effects, [Effect::DownloadRecording { name: "heapscope.heapscope".into() }]);
    let file = archive(&script);

    let mut opened = Script::new();
    opened.event(Event::FilesGiven(vec![GivenFile::whole("plug.heapscope", &*file)])).wait(1_000);
    opened.tick_while(Session::is_reading);
    assert_eq!(opened.session.problem(), None);
    let (before, after) = (script.session.recording().unwrap(), opened.session.recording().unwrap());
    assert_eq!(after.log().to_bytes(), before.log().to_bytes());
    assert_eq!(after.log().marks(), before.log().marks());
    let points =
        |recording: &Recording| recording.timeline().series(Metric::Free).points().iter().collect::<Vec<_>>();
    assert_eq!(points(after), points(before));
    assert_eq!(after.source(), &Source::Saved { name: "CP2102".into() });
    assert_eq!(opened.session.verdict().headline, script.session.verdict().headline);
    // It can be saved again, and nothing of it is lost by another.
    opened.effects.clear();
    opened.event(Event::SaveRecordingClicked);
    assert_eq!(opened.effects, [Effect::DownloadRecording { name: "heapscope-saved.heapscope".into() }]);

    // One that is unpacked on the way comes in pieces, and has no known end.
    let mut large = Script::new();
    let rest = FileRest { file: FileId(3), place: 100..END_UNKNOWN };
    let given = GivenFile { rest: Some(rest), ..GivenFile::whole("plug.heapscope", &file[..100]) };
    large.event(Event::FilesGiven(vec![given]));
    hand_out(&mut large, &file);
    assert_eq!(large.session.recording().unwrap().log().to_bytes(), before.log().to_bytes());
    assert_eq!(large.session.problem(), None);
}

#[test]
fn a_recording_that_is_damaged_says_so_and_has_what_stands_before() {
    let mut script = Script::connected();
    script.receive("18:40:08.501-023/02 CMD: Status 4\r\n").receive("18:40:09.501-022/02 CMD: Status 4\r\n");
    let file = archive(&script);
    for (cut, said) in
        [(file.len() - 4, "The end of this recording is missing."), (11, "This is not a recording of")]
    {
        let mut opened = Script::new();
        opened.event(Event::FilesGiven(vec![GivenFile::whole("plug.heapscope", &file[..cut])])).wait(1_000);
        assert!(opened.session.problem().expect("it is said").what.starts_with(said), "{cut}");
        assert!(script.log().starts_with(&opened.log()));
    }
    // A file that would never end is given up.
    let mut bomb = Script::new();
    let rest = FileRest { file: FileId(3), place: MOST_UNPACKED_BYTES - 5..END_UNKNOWN };
    let given = GivenFile { rest: Some(rest), ..GivenFile::whole("bomb.gz", b"x") };
    bomb.event(Event::FilesGiven(vec![given]));
    bomb.event(Event::FileRead(FileId(3), vec![b'x'; 10])).wait(1_000);
    let said = &bomb.session.problem().expect("it is said").what;
    assert!(said.starts_with("This file unpacks to more than 1"), "{said}");
    bomb.tick_while(Session::is_reading);
    assert_eq!(bomb.log(), "xxxxxxxxxxx");
}

#[test]
fn a_file_in_utf_16_is_read_as_text() {
    let mut script = Script::new();
    let text = "Heap report:\r\n  │   40960   │     12   │  toit processes │\r\n";
    let bytes = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    script.event(Event::TextGiven { name: "PowerShell.txt".into(), bytes }).wait(1_000);
    assert_eq!(script.log(), text);
    assert_eq!(script.session.recording().unwrap().reports().len(), 1);
}

#[test]
fn a_device_that_vanishes_keeps_its_log_and_comes_back_by_itself() {
    let mut script = Script::connected();
    script.receive("before\r\nhalf a li").event(Event::PortLost(PORT, "The device has been lost.".into()));
    script.event(Event::PortUnplugged(PORT));
    assert!(matches!(script.session.connection(), Connection::Lost(_)));
    assert_eq!(script.session.problem().unwrap().what, "The connection to CP2102 was lost.");
    assert_eq!(script.log(), "before\r\nhalf a li");
    // Another adapter is not taken for it.
    script.effects.clear();
    script.event(Event::PortPlugged(Port::new(PortId(7), Some((0x1a86, 0x7523)))));
    assert_eq!(script.effects, []);
    // The same adapter as a new port object.
    let back = PortId(2);
    script.event(Event::PortPlugged(cp2102(back)));
    assert_eq!(script.effects, [Effect::OpenPort(back, Settings::default().line)]);
    script.event(Event::PortOpened(back)).event(Event::BytesReceived(back, b"after\r\n".to_vec()));
    assert_eq!(script.log(), "before\r\nhalf a liafter\r\n", "one recording, nothing lost");
    let log = script.session.recording().unwrap().log();
    let kinds: Vec<_> = log.marks().iter().map(|mark| mark.kind).collect();
    assert_eq!(kinds, [MarkKind::Connection, MarkKind::Gap, MarkKind::Connection]);
    assert_eq!(log.line(1).unwrap().text, "half a li");
    assert!(script.session.problem().is_none(), "the problem is over");
}

#[test]
fn disconnecting_closes_and_stays_closed() {
    let mut script = Script::connected();
    script.receive("x\r\n").event(Event::DisconnectClicked);
    assert_eq!(script.effects, [Effect::ClosePort(PORT)]);
    assert!(!script.session.can_send());
    script.event(Event::PortClosed(PORT)).event(Event::PortPlugged(cp2102(PORT))).wait(30_000);
    assert_eq!(*script.session.connection(), Connection::None);
    assert_eq!(script.log(), "x\r\n");
}

#[test]
fn bytes_of_a_port_that_is_not_open_are_not_taken() {
    let mut script = Script::connected();
    script.event(Event::DisconnectClicked).receive("late\r\n");
    assert_eq!(script.log(), "");
    script.event(Event::BytesReceived(PortId(9), b"foreign\r\n".to_vec()));
    assert_eq!(script.log(), "");
}

#[test]
fn a_recording_from_a_port_is_not_replaced_without_a_word() {
    let mut script = Script::connected();
    let text = Event::TextGiven { name: "log.txt".into(), bytes: b"pasted\n".to_vec() };
    script.receive("precious\r\n").event(text.clone());
    assert!(script.session.is_replacing());
    assert_eq!(script.log(), "precious\r\n");
    script.event(Event::ReplaceCancelled);
    assert!(!script.session.is_replacing());
    script.event(text.clone()).event(Event::ReplaceConfirmed);
    assert_eq!(script.log(), "pasted\n");
    assert_eq!(*script.session.recording().unwrap().source(), Source::Text { name: "log.txt".into() });
    // A text can be had again: no question.
    script.event(Event::DemoClicked);
    assert!(!script.session.is_replacing());
}

#[test]
fn a_saved_recording_may_be_replaced() {
    let mut script = Script::connected();
    script.receive("precious\r\n").event(Event::SaveLogClicked);
    let saved = script.effects.last().unwrap();
    assert_eq!(
        *saved,
        Effect::Download { name: "heapscope-log.txt".into(), bytes: b"precious\r\n".to_vec() }
    );
    script.event(Event::TextGiven { name: "log.txt".into(), bytes: b"pasted\n".to_vec() });
    assert!(!script.session.is_replacing());
}

#[test]
fn an_empty_text_is_a_sentence() {
    let mut script = Script::new();
    script.event(Event::TextGiven { name: "empty.log".into(), bytes: Vec::new() });
    assert_eq!(script.session.problem().unwrap().what, "empty.log is empty.");
    assert!(script.session.recording().is_none());
}

#[test]
fn the_demo_has_something_to_show_at_once_and_goes_on() {
    let mut script = Script::new();
    script.event(Event::DemoClicked);
    let recording = script.session.recording().unwrap();
    assert_eq!(script.session.recording_time(), DEMO_HEAD_START);
    assert!(recording.timeline().series(Metric::LargestFreeBlock).len() >= 40);
    assert!(recording.reports().iter().filter(|dated| dated.report.complete).count() >= 2);
    assert_eq!(script.session.verdict().state, State::Leaking, "{}", script.session.verdict().headline);
    let before = recording.log().byte_count();
    script.wait(30_000);
    let recording = script.session.recording().unwrap();
    assert!(recording.log().byte_count() > before + 500);
    assert_eq!(recording.log().marks(), []);
    assert_eq!(script.effects, [], "the demo touches no port");
    // It answers the person, too.
    script.event(Event::LineTyped("Status 2".into())).wait(1_000);
    assert!(script.log().contains("CMD: Status 2\r\n"));
}

#[test]
fn what_is_forecast_stays_until_the_board_restarts() {
    let mut script = Script::new();
    script.event(Event::DemoClicked);
    let mut forecasts = 0;
    for _ in 0..5 * 12 {
        script.wait(5_000);
        let forecast = script.session.verdict().forecast;
        assert!(forecast.is_none() || forecast == script.session.forecast());
        forecasts += u32::from(forecast.is_some());
    }
    assert!(forecasts > 10, "{forecasts}");
    let boot = |script: &Script| script.session.recording().unwrap().whole().boot();
    let first = boot(&script);
    for _ in 0..15 * 60 {
        if boot(&script) != first {
            break;
        }
        script.wait(1_000);
    }
    assert_ne!(boot(&script), first);
    script.wait(5_000);
    assert_eq!(script.session.forecast(), None);
}

#[test]
fn the_demo_fails_restarts_and_is_judged_anew() {
    let mut script = Script::new();
    script.event(Event::DemoClicked).wait(15 * 60_000);
    let recording = script.session.recording().unwrap();
    let has = |kind| recording.events().iter().any(|dated| dated.event.kind == kind);
    assert!(has(EventKind::OutOfMemory));
    assert!(has(EventKind::Restart));
}

#[test]
fn an_earlier_moment_has_the_verdict_of_then() {
    let mut script = Script::new();
    assert_eq!(script.session.verdict_at(0), None);
    script.event(Event::DemoClicked);
    let lines = script.session.recording().unwrap().log().line_count();
    assert_eq!(script.session.verdict().state, State::Leaking);
    assert_eq!(script.session.verdict().forecast, script.session.forecast());
    let then = script.session.verdict_at(40).unwrap();
    assert_eq!((then.state, then.forecast), (State::NotEnoughData, None));
    assert_eq!(script.session.verdict_at(lines - 1), None, "what holds now holds at the end");
}

#[test]
fn stopping_the_demo_keeps_what_it_said() {
    let mut script = Script::new();
    script.event(Event::DemoClicked).event(Event::DisconnectClicked);
    let before = script.log();
    script.wait(10_000);
    assert_eq!(script.log(), before);
    assert!(!script.session.can_send());
    script.event(Event::StartOverClicked);
    assert!(script.session.recording().is_none());
}

/// Another adapter than [`cp2102`].
fn ch340(id: PortId) -> Port {
    Port::new(id, Some((0x1a86, 0x7523)))
}

fn refusal(json: &str) -> String {
    format!("18:42:21.002 RSL: RESULT = {json}\r\n")
}

#[test]
fn another_adapter_does_not_replace_the_recording_without_a_word() {
    let mut script = Script::connected();
    script.receive("precious\r\n").event(Event::DisconnectClicked).event(Event::PortClosed(PORT));
    script.event(Event::ConnectClicked).effects.clear();
    script.event(Event::PortChosen(ch340(PortId(7))));
    assert!(script.session.is_replacing());
    assert_eq!(script.effects, [], "asked before anything happens");
    script.event(Event::ReplaceCancelled);
    assert_eq!(*script.session.connection(), Connection::None);
    assert_eq!(script.log(), "precious\r\n");
    // The one that was chosen is known now. A port that does not open costs nothing.
    script.event(Event::PortClicked(PortId(7))).event(Event::ReplaceConfirmed);
    assert!(matches!(script.effects[..], [Effect::OpenPort(PortId(7), _)]));
    script.event(Event::PortOpenFailed(PortId(7), "Busy".into()));
    assert_eq!(script.log(), "precious\r\n");
    script.event(Event::DemoClicked);
    assert!(script.session.is_replacing(), "still precious");
    script.event(Event::ReplaceCancelled).event(Event::PortClicked(PortId(7)));
    script.event(Event::ReplaceConfirmed).event(Event::PortOpened(PortId(7)));
    assert_eq!(script.log(), "");
}

#[test]
fn the_same_adapter_goes_on_but_the_board_behind_it_may_be_another() {
    let mut script = Script::connected();
    script.receive(ECHO).event(Event::DisconnectClicked).event(Event::PortClosed(PORT));
    script.event(Event::PortClicked(PORT)).event(Event::PortOpened(PORT));
    assert!(!script.session.is_replacing());
    assert_eq!(script.log(), ECHO);
    assert!(script.session.detected().is_none());
    script.effects.clear();
    script.wait(2_000);
    assert_eq!(script.written(), ["\n"], "a board that is not known is not sent commands");
}

#[test]
fn a_port_that_came_back_is_opened_again_when_that_fails() {
    let mut script = Script::connected();
    script.event(Event::PortLost(PORT, "Gone.".into())).event(Event::PortPlugged(cp2102(PORT)));
    let mut tries = 0;
    while matches!(script.session.connection(), Connection::Opening(_)) {
        tries += 1;
        script.effects.clear();
        script.event(Event::PortOpenFailed(PORT, "Failed to open serial port.".into()));
        if tries == 1 {
            assert!(matches!(script.session.connection(), Connection::Lost(_)));
            script.wait(400);
            assert_eq!(script.effects, [], "not at once");
            script.wait(200);
            assert_eq!(script.effects.len(), 1);
        }
        if matches!(script.session.connection(), Connection::Lost(_)) {
            assert_eq!(script.session.problem().unwrap().what, "The connection to CP2102 was lost.");
            script.wait(4_100);
        }
    }
    assert!((8..=12).contains(&tries), "{tries} tries");
    assert!(script.session.problem().unwrap().what.contains("could not be opened"));
    assert_eq!(*script.session.connection(), Connection::None);
}

#[test]
fn a_port_that_opens_at_the_second_try_goes_on() {
    let mut script = Script::connected();
    script.receive("before\r\n").event(Event::PortLost(PORT, "Gone.".into()));
    script.event(Event::PortPlugged(cp2102(PORT))).event(Event::PortOpenFailed(PORT, "Busy".into()));
    script.wait(600).event(Event::PortOpened(PORT)).receive("after\r\n").wait(10_000);
    assert_eq!(script.log(), "before\r\nafter\r\n");
    assert!(script.session.problem().is_none());
    let opened = script.effects.iter().filter(|effect| matches!(effect, Effect::OpenPort(..))).count();
    assert_eq!(opened, 2);
}

#[test]
fn no_more_tries_after_unplugging_or_giving_up() {
    for end in [Event::PortUnplugged(PORT), Event::DisconnectClicked] {
        let mut script = Script::connected();
        script.event(Event::PortLost(PORT, "Gone.".into())).event(Event::PortPlugged(cp2102(PORT)));
        script.event(Event::PortOpenFailed(PORT, "Busy".into())).event(end.clone()).effects.clear();
        script.wait(10_000);
        assert_eq!(script.effects, []);
        let is_lost = matches!(script.session.connection(), Connection::Lost(_));
        assert_eq!(is_lost, end != Event::DisconnectClicked);
    }
}

#[test]
fn an_empty_text_disturbs_nothing() {
    let mut script = Script::connected();
    let empty = Event::TextGiven { name: "empty.log".into(), bytes: Vec::new() };
    script.receive("precious\r\n").event(empty.clone());
    assert!(!script.session.is_replacing());
    assert_eq!(script.effects, []);
    assert!(script.session.can_send());
    assert_eq!(script.session.problem().unwrap().what, "empty.log is empty.");
    let mut script = Script::new();
    script.event(Event::DemoClicked).event(empty);
    assert!(script.session.is_demo_running());
}

#[test]
fn a_board_that_comes_back_is_asked_soon() {
    for first_words in ["some line\r\n", "00:00:00.001 Project tasmota - Lamp Version 15.5.0(tasmota)\r\n"] {
        let mut script = Script::connected();
        script.receive("00:00:01.000 WIF: Connecting\r\n").wait(400_000);
        assert!(matches!(script.session.poll_state(), PollState::Unanswered(5.., _)));
        script.effects.clear();
        script.receive(first_words).wait(2_200);
        assert_eq!(script.written(), ["Status 4\n"]);
        script.receive(STATUS4).wait(10_500);
        assert_eq!(script.written(), ["Status 4\n"], "the old rhythm");
    }
}

#[test]
fn a_board_that_came_back_while_it_was_asked_is_asked_again() {
    let mut script = Script::connected();
    script.receive("00:00:01.000 WIF: Connecting\r\n").wait(30_000).effects.clear();
    while script.written().is_empty() {
        script.wait(100);
    }
    script.wait(1_000).receive("00:00:00.001 Project tasmota - Lamp Version 15.5.0(tasmota)\r\n").wait(2_500);
    assert_eq!(script.written(), ["Status 4\n"]);
}

#[test]
fn a_board_that_talks_but_never_answers_is_not_hammered() {
    // The pauses between its words: none to speak of, and longer than the patience for an answer.
    for pause in [1_000, 10_000, 15_000] {
        let mut script = Script::connected();
        for _ in 0..3_600_000 / pause {
            script.receive("00:00:01.000 WIF: Connecting\r\n").wait(pause);
        }
        let asked = script.written().len();
        // Of 360 times when answered. The longest pause is 320 seconds.
        assert!((10..=30).contains(&asked), "asked {asked} times at {pause}");
    }
}

#[test]
fn refused_figures_are_asked_less_and_less_often_and_told_once() {
    let mut script = Script::connected();
    script.receive("00:00:01.000 WIF: Connecting\r\n");
    let (mut asked, mut told) = (0, 0);
    for _ in 0..6_000 {
        script.wait(100);
        if !script.written().is_empty() {
            asked += 1;
            script.receive(&refusal(r#"{"Command":"Error","Input":"STATUS 4"}"#)).wait(100);
        }
        if script.session.problem().is_some() {
            told += 1;
            script.event(Event::ProblemDismissed);
        }
    }
    assert!((4..=7).contains(&asked), "asked {asked} times in ten minutes");
    assert_eq!(told, 1);
}

#[test]
fn a_refusal_without_words_is_for_what_was_sent_last() {
    let mut script = Script::connected();
    script.receive("00:00:01.000 WIF: Connecting\r\n").wait(600);
    assert_eq!(script.written(), ["Status 4\n"]);
    script.event(Event::LineTyped("Nonsense".into())).receive(&refusal(r#"{"Command":"Unknown"}"#)).wait(100);
    assert_eq!(script.written(), ["Nonsense\n"]);
    assert!(script.session.problem().is_none());
    assert_eq!(script.session.poll_state(), PollState::Waiting("Status 4"));
    // Nothing was typed: it is the page's own.
    script.receive(STATUS4).wait(10_500).receive(&refusal(r#"{"Command":"Unknown"}"#)).wait(100);
    assert!(script.session.problem().unwrap().what.contains("refused"));
}

#[test]
fn a_report_that_never_comes_is_a_sentence() {
    let mut script = Script::connected();
    script.receive(ECHO).wait(1_000).receive(STATUS4).wait(500).event(Event::ReportClicked).wait(13_000);
    let problem = script.session.problem().unwrap();
    assert_eq!(problem.what, "The board did not answer Status 44.");
    assert!(problem.next.contains("out of memory"));
}

#[test]
fn a_report_is_not_asked_for_minutes_after_the_click() {
    let mut script = Script::connected();
    script.event(Event::ReportClicked).wait(60_000).receive(ECHO).wait(300).receive(STATUS4).wait(5_000);
    assert!(!script.written().contains(&"Status 44\n".to_owned()));
}

#[test]
fn typed_lines_leave_one_by_one() {
    let mut script = Script::connected();
    let settings = Settings { poll_enabled: false, ..Settings::default() };
    script.event(Event::SettingsChanged(settings)).receive(ECHO).effects.clear();
    for number in 0..10 {
        script.event(Event::LineTyped(format!("Var{number} 1")));
    }
    assert_eq!(script.written(), ["Var0 1\n"]);
    script.wait(1_900);
    assert_eq!(script.written(), [""; 0], "one line until its echo");
    script.wait(200);
    assert_eq!(script.written(), ["Var1 1\n"], "an echo may be lost on the way");
    // Its echo says that the board has taken it.
    script.receive("18:40:08.501-023/02 CMD: Var1 1\r\n");
    assert_eq!(script.written(), ["Var2 1\n"]);
    script.wait(2_000 * 7 + 100);
    assert_eq!(script.written().len(), 7);
}

#[test]
fn a_line_that_could_not_be_sent_is_forgotten_when_the_board_answers() {
    let mut script = Script::connected();
    script.receive("x\r\n").event(Event::WriteFailed(PORT, "Broken".into())).receive("y\r\n");
    assert_eq!(script.session.problem().unwrap().what, "A command could not be sent: Broken.");
    script.receive(ECHO);
    assert!(script.session.problem().is_none());
}

#[test]
fn the_chooser_is_not_shown_while_there_is_a_port() {
    let mut script = Script::new();
    script.event(Event::PortChosen(cp2102(PORT))).effects.clear();
    for next in [Event::PortOpened(PORT), Event::DisconnectClicked, Event::PortClosed(PORT)] {
        let before = script.session.connection().clone();
        script.event(Event::ConnectClicked);
        assert!(!script.effects.contains(&Effect::ShowChooser), "{before:?}");
        assert_eq!(*script.session.connection(), before);
        script.event(next);
    }
    script.event(Event::ConnectClicked);
    assert!(script.effects.contains(&Effect::ShowChooser));
}

#[test]
fn the_line_settings_of_the_open_port_are_kept() {
    let mut script = Script::new();
    assert_eq!(script.session.open_line_settings(), None);
    script.event(Event::PortChosen(cp2102(PORT)));
    let mut settings = Settings::default();
    settings.line.baud = 9_600;
    script.event(Event::SettingsChanged(settings)).event(Event::PortOpened(PORT));
    assert_eq!(script.session.open_line_settings(), Some(&Settings::default().line));
    let marks = script.session.recording().unwrap().log().marks();
    assert_eq!(marks[0].text, "Connected to CP2102 at 115200 8N1.");
}

#[test]
fn a_pasted_text_is_saved_under_a_file_name() {
    let mut script = Script::new();
    script.event(Event::TextGiven { name: "Pasted text".into(), bytes: b"x\n".to_vec() });
    script.event(Event::SaveLogClicked);
    assert_eq!(script.effects, [Effect::Download { name: "pasted-text.txt".into(), bytes: b"x\n".to_vec() }]);
}

#[test]
fn a_port_that_opens_too_late_is_closed() {
    let mut script = Script::connected();
    let back = PortId(2);
    script.event(Event::PortLost(PORT, "Gone.".into())).event(Event::PortPlugged(cp2102(PORT)));
    script.event(Event::PortUnplugged(PORT)).event(Event::PortPlugged(cp2102(back))).effects.clear();
    script.event(Event::PortOpened(PORT)).event(Event::PortOpened(back));
    assert_eq!(script.effects, [Effect::ClosePort(PORT)]);
    assert!(matches!(script.session.connection(), Connection::Open(port) if port.id == back));
}

const NAMED_FRAME: &str = "#0 main main.toit:4:10";

fn toit_symbols() -> Event {
    Event::TextGiven { name: "app.snapshot".into(), bytes: snapshot_file(Form::default()) }
}

/// The only frame of the last event.
fn frame(script: &Script) -> String {
    let events = script.session.recording().unwrap().events();
    let stack = events.last().unwrap().event.extras.iter().find(|(name, _)| *name == "stack");
    match stack {
        Some((_, Extra::List(frames))) => frames[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_symbol_file_names_what_was_read_and_replaces_nothing() {
    let mut script = Script::connected();
    script.receive(TOIT_EXCEPTION);
    assert_eq!(frame(&script), "#0 bci 55");
    let number = script.session.recording_number();
    script.event(toit_symbols());
    assert!(!script.session.is_replacing());
    assert_eq!(script.session.recording_number(), number);
    assert_eq!(script.log(), TOIT_EXCEPTION);
    assert_eq!(frame(&script), NAMED_FRAME);
    assert_eq!(
        script.session.notice(),
        Some("Names are taken from app.snapshot: Toit program 0b52d4f8…, 40 classes, 8 methods.")
    );
    // And what comes after it.
    script.receive(TOIT_EXCEPTION);
    assert_eq!(script.session.recording().unwrap().events().len(), 2);
    assert_eq!(frame(&script), NAMED_FRAME);
    script.event(Event::NoticeDismissed);
    assert_eq!(script.session.notice(), None);
}

#[test]
fn a_symbol_file_that_comes_before_the_log_is_kept_for_every_log() {
    let mut script = Script::new();
    script.event(toit_symbols());
    assert!(script.session.recording().is_none());
    assert!(script.session.notice().is_some());
    for _ in 0..2 {
        let log = TOIT_EXCEPTION.as_bytes().to_vec();
        script.event(Event::TextGiven { name: "log.txt".into(), bytes: log });
        assert_eq!(frame(&script), NAMED_FRAME);
    }
}

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> GivenFile {
    GivenFile::whole(name, bytes)
}

#[test]
fn of_several_files_all_symbols_and_the_first_log_are_taken() {
    let mut script = Script::new();
    script.event(Event::FilesGiven(vec![
        file("empty.txt", ""),
        file("log.txt", TOIT_EXCEPTION),
        file("app.snapshot", snapshot_file(Form::default())),
        file("other.txt", ECHO),
        file("third.txt", ECHO),
    ]));
    // The names are there however the files were sorted.
    assert_eq!(script.log(), TOIT_EXCEPTION);
    assert_eq!(frame(&script), NAMED_FRAME);
    assert_eq!(script.session.recording().unwrap().source(), &Source::Text { name: "log.txt".into() });
    assert!(script.session.notice().unwrap().starts_with("Names are taken from app.snapshot: "));
    let problem = script.session.problem().unwrap();
    assert_eq!(problem.what, "Only log.txt was read, not the other 2 files.");
}

#[test]
fn several_symbol_files_alone_leave_everything_as_it_is() {
    let mut script = Script::connected();
    script.receive(TOIT_EXCEPTION);
    let older = Form { has_subscriptions: true, ..Form::default() };
    script.event(Event::FilesGiven(vec![
        file("app.snapshot", snapshot_file(Form::default())),
        file("older.snapshot", snapshot_file(older)),
    ]));
    assert!(!script.session.is_replacing() && script.session.problem().is_none());
    let notice = script.session.notice().unwrap();
    assert!(
        notice.contains("from app.snapshot: ") && notice.contains(". Names are taken from older.snapshot: ")
    );
    assert_eq!(frame(&script), NAMED_FRAME);
    script.event(Event::FilesGiven(Vec::new()));
    assert!(script.session.problem().is_none());
}

/// The recording of a board is asked for once, and then all of it happens.
#[test]
fn several_files_wait_for_the_persons_word_together() {
    let mut script = Script::connected();
    script.receive(ECHO);
    let logs = || vec![file("log.txt", TOIT_EXCEPTION), file("other.txt", ECHO)];
    script.event(Event::FilesGiven(logs()));
    assert!(script.session.is_replacing() && script.session.problem().is_none());
    assert_eq!(script.log(), ECHO);
    script.event(Event::ReplaceConfirmed);
    assert_eq!(script.log(), TOIT_EXCEPTION);
    assert_eq!(script.session.problem().unwrap().what, "Only log.txt was read, not the other file.");

    let mut script = Script::new();
    script.event(Event::FilesGiven(vec![file("a.txt", ""), file("b.txt", "")]));
    assert_eq!(script.session.problem().unwrap().what, "a.txt is empty.");
    assert!(script.session.recording().is_none());
}

/// What marks say of answers, and the state of the verdict.
fn told(script: &Script) -> (Vec<MarkKind>, State) {
    let marks = script.session.recording().unwrap().log().marks().iter().map(|mark| mark.kind);
    let told = marks.filter(|kind| matches!(kind, MarkKind::Unanswered | MarkKind::Answered)).collect();
    (told, script.session.verdict().state)
}

#[test]
fn a_board_that_answers_no_more_is_told_to_the_recording_once() {
    const LITTLE: &str =
        "18:40:08.518-002/00 MQT: stat/x/STATUS4 = {\"StatusMEM\":{\"Heap\":2,\"MaxFree\":1}}\r\n";
    let mut script = Script::connected();
    script.receive(ECHO).wait(1_000);
    script.receive(LITTLE).wait(1_000);
    // One question may be lost on the way.
    script.wait(19_000);
    assert_eq!(told(&script).0, []);
    script.wait(180_000);
    assert_eq!(told(&script), (vec![MarkKind::Unanswered], State::OutOfMemory));
    let headline = script.session.verdict().headline.replace('\u{a0}', " ");
    assert_eq!(headline, "Silent since 0:00:01: its last figures were 2 KB free, the largest block 1 KB.");
    // It was only busy: the next answer ends it.
    script.effects.clear();
    while script.written().is_empty() {
        script.wait(1_000);
    }
    script.receive(STATUS4).wait(1_000);
    let (marks, state) = told(&script);
    assert_eq!(marks, [MarkKind::Unanswered, MarkKind::Answered]);
    assert_ne!(state, State::OutOfMemory);
}

#[test]
fn a_board_that_never_answered_and_one_that_restarts_are_not_called_silent() {
    let mut script = Script::connected();
    script.receive(ECHO).wait(300_000);
    assert_eq!(told(&script).0, []);
    let mut script = Script::connected();
    script.receive(ECHO).wait(1_000);
    script.receive(STATUS4).wait(15_000);
    script.receive("00:00:00.070 Project tasmota - P Version 15.5.0(tasmota)-2_7_8(2026-06-21T10:00:00)\r\n");
    script.wait(17_000);
    assert_eq!(told(&script).0, []);
}
