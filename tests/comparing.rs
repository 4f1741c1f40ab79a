//! Scripts for what is compared: steps that are measured with a board that answers, is silent, goes away or cannot be
//! asked; moments of a file; a second log beside the first.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use heapscope::heap::Millis;
use heapscope::recording::{Metric, Repeats};
use heapscope::session::comparing::{CompareEvent, Measuring, Pick, Place};
use heapscope::session::{Event, GivenFile, Session, Settings};
use heapscope::verdict::State;
use support::script::{PORT, Script};

fn status4(kib: u64) -> String {
    format!(
        "18:40:08.518-020/00 MQT: stat/x/STATUS4 = {{\"StatusMEM\":{{\"Heap\":{kib},\"MaxFree\":9}}}}\r\n"
    )
}

/// A board that is known and not asked by itself.
fn connected() -> Script {
    let mut script = Script::connected();
    let quiet = Settings { poll_enabled: false, ..Settings::default() };
    script.event(Event::SettingsChanged(quiet)).receive("00:00:01.000 WIF: Connecting\r\n").wait(1_000);
    script.effects.clear();
    script
}

/// Takes a snapshot at which so much is free.
fn snapshot(script: &mut Script, event: CompareEvent, kib: u64) {
    script.event(event.into()).wait(500);
    assert_eq!(script.written(), ["Status 4\n"]);
    script.receive(&status4(kib)).wait(400);
}

fn begin(name: &str) -> CompareEvent {
    CompareEvent::StepBegun(name.into())
}

fn measuring(script: &Script) -> &Measuring {
    script.session.comparing().measuring()
}

#[test]
fn a_step_is_measured_with_fresh_figures_and_measured_again() {
    let mut script = connected();
    for (before, after) in [(24, 22), (22, 20), (20, 18)] {
        script.event(begin("open web page").into());
        assert!(
            matches!(measuring(&script), Measuring::AwaitsFirst(asked) if asked.command.send == "Status 4")
        );
        script.wait(500);
        assert_eq!(script.written(), ["Status 4\n"], "though it is not asked by itself");
        script.receive(&status4(before)).wait(400);
        assert!(matches!(measuring(&script), Measuring::Acting { name, .. } if name == "open web page"));
        snapshot(&mut script, CompareEvent::StepDone, after);
        assert_eq!(*measuring(&script), Measuring::Nothing);
        let compared = script.session.compared().unwrap();
        let cost = compared.passage.unwrap().cost().unwrap();
        assert_eq!((cost.at_least, cost.at_most), (1_025, 3_071));
    }
    let lines: Vec<_> =
        script.session.comparing().steps().iter().map(|step| (step.before, step.after)).collect();
    assert_eq!(lines, [(1, 2), (3, 4), (5, 6)]);
    let said = script.session.repeats_of("open web page");
    assert!(matches!(said, Some(Repeats::EachTime { times: 3, .. })), "{said:?}");
    assert_eq!(script.session.compared_lines(), [Some(5), Some(6)]);
    script.event(CompareEvent::StepRemoved(2).into());
    script.event(CompareEvent::StepNamed(0, "  another ".into()).into());
    assert_eq!(script.session.repeats_of("open web page"), Some(Repeats::Once));
    assert_eq!(script.session.comparing().step(), Some(1), "another one is shown");
}

#[test]
fn a_board_that_does_not_answer_gives_no_snapshot() {
    let mut script = connected();
    script.event(begin("").into()).wait(7_000);
    assert!(matches!(measuring(&script), Measuring::AwaitsFirst(_)), "it has time");
    script.wait(2_500);
    assert_eq!(*measuring(&script), Measuring::Nothing);
    let said = "The board did not answer “Status 4”: no snapshot was taken. Try again.";
    assert_eq!(script.session.comparing().said(), Some(said));
    assert!(script.session.comparing().steps().is_empty());

    // The second one is as good as it was before; the first is kept.
    script.effects.clear();
    snapshot(&mut script, begin(""), 24);
    script.event(CompareEvent::StepDone.into()).wait(10_000);
    assert!(matches!(measuring(&script), Measuring::Acting { name, before: 1 } if name == "Step 1"));
    assert!(script.session.comparing().said().unwrap().contains("The first one is kept"));
    script.effects.clear();
    snapshot(&mut script, CompareEvent::StepDone, 20);
    assert_eq!(script.session.comparing().steps().len(), 1);
    assert_eq!(script.session.comparing().said(), None);
}

#[test]
fn a_question_that_was_lost_before_does_not_end_the_wait() {
    let mut script = connected();
    script.event(Event::SettingsChanged(Settings::default())).wait(1_000);
    assert_eq!(script.written(), ["Status 4\n"], "asked by itself");
    script.wait(6_000).event(begin("").into()).wait(3_000);
    assert!(matches!(measuring(&script), Measuring::AwaitsFirst(_)));
    assert_eq!(script.written(), ["Status 4\n"], "asked for the snapshot");
    script.receive(&status4(24)).wait(200);
    assert!(matches!(measuring(&script), Measuring::Acting { .. }));
}

#[test]
fn a_board_that_goes_away_gives_no_snapshot_and_the_first_is_kept() {
    let mut script = connected();
    snapshot(&mut script, begin("reconnect"), 24);
    script.event(CompareEvent::StepDone.into()).wait(100);
    script.event(Event::DisconnectClicked).event(Event::PortClosed(PORT)).wait(200);
    assert!(matches!(measuring(&script), Measuring::Acting { .. }));
    assert!(script.session.comparing().said().unwrap().contains("went away"));
    script.event(CompareEvent::StepWithdrawn.into());
    assert_eq!(*measuring(&script), Measuring::Nothing);
}

#[test]
fn across_a_restart_nothing_is_subtracted() {
    let mut script = connected();
    snapshot(&mut script, begin(""), 24);
    script.receive(
        "00:00:00.070-031/100Project tasmota - P Version 15.5.0(tasmota)-2_7_8(2026-06-21T10:00:00)\r\n",
    );
    script.wait(3_000).effects.clear();
    snapshot(&mut script, CompareEvent::StepDone, 30);
    let passage = script.session.compared().unwrap().passage.unwrap();
    assert!(passage.has_restart());
    assert_eq!(passage.change(Metric::Free), None);
}

#[test]
fn a_board_that_cannot_be_asked_is_taken_at_its_word() {
    let mut script = Script::connected();
    script.event(begin("").into());
    assert!(script.session.comparing().said().unwrap().contains("said nothing yet"));
    script.receive("Objects:\r\n").event(begin("").into());
    assert!(matches!(measuring(&script), Measuring::Acting { before: 0, .. }));
    assert!(script.session.comparing().said().unwrap().contains("cannot be asked"));
}

#[test]
fn a_board_that_refuses_the_block_map_is_measured_without() {
    let mut script = connected();
    script.event(CompareEvent::WithReport(true).into()).event(begin("").into()).wait(500);
    assert_eq!(script.written(), ["Status 44\n"]);
    script
        .receive("18:42:21.002 RSL: RESULT = {\"Command\":\"Error\",\"Input\":\"STATUS 44\"}\r\n")
        .wait(400);
    assert_eq!(*measuring(&script), Measuring::Nothing);
    let said = "The board refused “Status 44”: no snapshot was taken. Try it without the block map.";
    assert_eq!(script.session.comparing().said(), Some(said));
    script.event(CompareEvent::WithReport(false).into());
    snapshot(&mut script, begin(""), 24);
    assert!(matches!(measuring(&script), Measuring::Acting { .. }));
}

#[test]
fn the_demo_is_measured_with_its_block_map() {
    let mut script = Script::new();
    script.event(Event::DemoClicked).event(CompareEvent::WithReport(true).into());
    for event in [begin("leak"), CompareEvent::StepDone] {
        script.event(event.into());
        let waits = |session: &Session| {
            matches!(session.comparing().measuring(), Measuring::AwaitsFirst(_) | Measuring::AwaitsSecond(..))
        };
        for _ in 0..300 {
            if !waits(&script.session) {
                break;
            }
            script.wait(100);
        }
        script.wait(5_000);
    }
    let passage = script.session.compared().unwrap().passage.unwrap();
    assert!(passage.reports.is_some(), "{:?}", script.session.comparing().said());
    assert!(passage.cost().unwrap().exact().is_some(), "a block map knows every byte");
}

fn map(number: u32) -> String {
    let path = format!("tests/fixtures/umm/leak_core278_full_{number}/log.txt");
    std::fs::read_to_string(path).unwrap()
}

fn reads(script: &mut Script, logs: &[String]) {
    let bytes = logs.concat().into_bytes();
    script.event(Event::TextGiven { name: "maps.txt".into(), bytes });
}

#[test]
fn any_two_moments_of_a_file_are_compared_and_can_be_kept() {
    let mut script = Script::new();
    reads(&mut script, &[map(1), map(2), map(3)]);
    script.event(CompareEvent::Opened(true).into());
    let reports = script.session.recording().unwrap().reports();
    let [first, second] = [0, 1].map(|report: usize| reports[report].lines.last);
    let pick = |line| Pick { is_other: false, place: Place::Line(line) };
    // In any order.
    script.event(CompareEvent::Picked(0, pick(second)).into());
    script.event(CompareEvent::Picked(1, pick(first)).into());
    let passage = script.session.compared().unwrap().passage.unwrap();
    assert_eq!((passage.before.line, passage.after.line), (first, second));
    assert_eq!(passage.cost().unwrap().exact(), Some(3_200));
    assert_eq!(script.session.compared_lines(), [Some(first), Some(second)]);
    script.event(CompareEvent::PicksKept("boot".into()).into());
    assert_eq!(script.session.comparing().steps()[0].name, "boot");
    // A line that is not there is nothing to compare.
    script.event(CompareEvent::Picked(1, pick(1 << 40)).into());
    assert!(script.session.compared().is_none());
    // Another recording forgets it all.
    reads(&mut script, &[map(1)]);
    assert!(script.session.comparing().steps().is_empty() && !script.session.comparing().is_open());
}

#[test]
fn two_runs_of_the_firmware_are_compared() {
    let mut script = Script::new();
    let boot =
        "00:00:00.070-031/100Project tasmota - P Version 15.5.0(tasmota)-2_7_8(2026-06-21T10:00:00)\r\n";
    let log = [status4(24), status4(20), boot.into(), status4(25), status4(19)].concat();
    script.event(Event::TextGiven { name: "boots.txt".into(), bytes: log.into_bytes() });
    script.event(CompareEvent::Opened(true).into());
    let run = |place| Pick { is_other: false, place };
    let free = |script: &Script| {
        let compared = script.session.compared().unwrap();
        let free = compared.sides.each_ref().map(|side| side.side.figure(Metric::Free).unwrap().amount);
        (free.map(|amount| amount.at_least() / 1024), compared.passage.unwrap().has_restart())
    };
    // What nobody chose is the last run. A boot prints what is free, too.
    assert_eq!(free(&script), ([31, 19], false));
    for (first, second, expected) in [
        (Place::RunStart(0), Place::RunEnd(0), ([24, 20], false)),
        (Place::RunEnd(0), Place::RunEnd(1), ([20, 19], true)),
    ] {
        script.event(CompareEvent::Picked(0, run(first)).into());
        script.event(CompareEvent::Picked(1, run(second)).into());
        assert_eq!(free(&script), expected);
    }
}

#[test]
fn a_second_log_stands_beside_the_first() {
    let mut script = Script::new();
    reads(&mut script, &[map(1)]);
    let other = GivenFile::whole("later.txt", map(3).into_bytes());
    script.event(CompareEvent::OtherGiven(other).into());
    let compared = script.session.compared().unwrap();
    assert!(compared.passage.is_none());
    assert_eq!(compared.sides.each_ref().map(|side| side.other), [None, Some("later.txt")]);
    let free =
        compared.sides.each_ref().map(|side| side.side.figure(Metric::Free).unwrap().amount.at_least());
    assert_eq!(free[0] - free[1], 6_400, "80 blocks of 80 bytes");
    assert_ne!(compared.sides[1].verdict.state, State::default());
    assert_eq!(script.session.compared_lines()[1], None, "it has no place on the timeline");
    script.event(CompareEvent::OtherClosed.into());
    assert!(script.session.compared().unwrap().passage.is_some());
    script.event(CompareEvent::OtherGiven(GivenFile::whole("empty.txt", "")).into());
    assert!(script.session.problem().is_some() && script.session.comparing().other().is_none());
}

#[test]
fn a_recording_that_was_saved_stands_beside_a_log() {
    let saved = b"heapscope 1\nsource port CP2102\nbytes 4000 +27\n10:00:01.000-030/00 CMD: a\n\nend\n";
    for (file, problem) in
        [(&saved[..], None), (&saved[..saved.len() - 5], Some("The end of this recording is missing."))]
    {
        let mut script = Script::new();
        let log = b"10:00:01.000-024/00 CMD: a\n10:00:02.000-020/00 CMD: b\n".to_vec();
        script.event(Event::TextGiven { name: "log.txt".into(), bytes: log }).wait(1_000);
        script.event(CompareEvent::OtherGiven(GivenFile::whole("plug.heapscope", file)).into());
        let compared = script.session.compared().expect("both are there");
        assert_eq!(
            compared.sides[1].side.figure(Metric::Free).map(|point| point.amount.at_least()),
            Some(30 * 1024)
        );
        let said = script.session.problem().map(|problem| problem.what.as_str());
        assert!(problem.is_none() == said.is_none(), "{said:?}");
        assert!(problem.is_none_or(|problem| said.is_some_and(|said| said.starts_with(problem))), "{said:?}");
    }
}

#[test]
fn a_large_second_log_is_read_part_by_part() {
    let mut script = Script::new();
    reads(&mut script, &[map(1)]);
    let line = "10:00:00.000-024/00 CMD: a\r\n10:00:01.000-020/00 CMD: b\r\n";
    let other = GivenFile::whole("long.txt", line.repeat(20_000).into_bytes());
    script.event(CompareEvent::OtherGiven(other).into());
    assert_eq!(script.session.comparing().other(), Some(("long.txt", true)));
    assert!(script.session.has_more_to_read());
    script.tick_while(Session::has_more_to_read);
    assert_eq!(script.session.comparing().other(), Some(("long.txt", false)));
    let compared = script.session.compared().unwrap();
    assert_eq!(compared.sides[1].side.line, 39_999);
    assert_eq!(compared.sides[1].side.figure(Metric::Free).unwrap().amount.at_least(), 20 * 1024);
    assert!(script.now < Millis(60_000));
}

#[test]
fn a_choice_is_found_by_its_word() {
    for is_other in [false, true] {
        for place in [Place::Line(12), Place::RunStart(0), Place::RunEnd(7)] {
            let pick = Pick { is_other, place };
            assert_eq!(Pick::from_key(&pick.key()), Some(pick));
        }
    }
    for key in ["", "line", "line-", "line-x", "boot-3"] {
        assert_eq!(Pick::from_key(key), None, "{key}");
    }
}
