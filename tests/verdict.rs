//! What is said about whole logs.

mod support;

use heapscope::format;
use heapscope::heap::Millis;
use heapscope::recording::{Metric, Recorder, Recording, Source};
use heapscope::verdict::{State, Sureness, Verdict, judge};
use support::fixtures;

/// A recording of a board that answers `Status 4` every ten seconds.
struct Board {
    recorder: Recorder,
    at: Millis,
}

impl Board {
    fn new() -> Self {
        Board { recorder: Recorder::new(Source::Port { name: "CP2102".into() }), at: Millis(0) }
    }

    fn says(&mut self, text: &str) -> &mut Self {
        let line = format!("10:00:00.000 {text}\r\n");
        self.recorder.feed(line.as_bytes(), self.at);
        self
    }

    fn status4(&mut self, free_kib: u64, largest_kib: u64) -> &mut Self {
        let percent = 100_u64.saturating_sub(largest_kib * 100 / free_kib);
        self.says(&format!(
            r#"RSL: STATUS4 = {{"StatusMEM":{{"Heap":{free_kib},"MaxFree":{largest_kib},"Frag":{percent}}}}}"#
        ));
        self.at = self.at + Millis::from_secs(10);
        self
    }

    fn recording(&self) -> &Recording {
        self.recorder.recording()
    }

    fn verdict(&self) -> Verdict {
        judge(self.recording())
    }
}

/// Narrow and no-break spaces are for typesetting; here plain ones read better.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

#[track_caller]
fn check(verdict: &Verdict, state: State, headline: &str) {
    assert_eq!((verdict.state, plain(&verdict.headline).as_str()), (state, headline));
}

#[test]
fn nothing_has_come() {
    check(&Board::new().verdict(), State::NotEnoughData, "Nothing has come from the board yet.");
    let mut board = Board::new();
    board.recorder.feed(b"hello\n", Millis(0));
    check(&board.verdict(), State::NotEnoughData, "No heap figures in this log so far.");
}

#[test]
fn a_single_answer_is_not_enough() {
    let verdict = Board::new().status4(24, 22).verdict();
    check(
        &verdict,
        State::NotEnoughData,
        "24 KB free, the largest block 22 KB. More of the log is needed to say whether that falls.",
    );
}

#[test]
fn a_board_that_stays_where_it_is_is_healthy() {
    let mut board = Board::new();
    for step in 0..60 {
        // Truncation to KB makes a steady board jump by one.
        board.status4(24 + u64::from(step % 7 == 0), 22);
    }
    check(
        &board.verdict(),
        State::Healthy,
        "Healthy: 24 KB free, the largest block 22 KB, no lasting fall in 9 min 50 s.",
    );
}

#[test]
fn a_fall_that_does_not_come_back_is_a_leak() {
    let mut board = Board::new();
    for step in 0..60 {
        // 8 KB in ten minutes, with dips of 5 KB that come back.
        let free = 26 - step * 8 / 60;
        board.status4(if step % 4 == 3 { free - 5 } else { free }, free - 2);
    }
    let verdict = board.verdict();
    assert_eq!(verdict.state, State::Leaking, "{}", verdict.headline);
    let headline = plain(&verdict.headline);
    assert!(headline.starts_with("Leaking about "), "{headline}");
    assert!(headline.contains("out of memory in roughly "), "{headline}");
    assert!(!verdict.judgements[0].evidence.is_empty());
}

#[test]
fn a_leak_has_a_forecast_that_says_what_its_sentence_says() {
    let mut board = Board::new();
    for step in 0..60 {
        assert_eq!(board.verdict().forecast.is_some(), board.verdict().state == State::Leaking, "{step}");
        board.status4(30 - step / 4, 14);
    }
    let verdict = board.verdict();
    let forecast = verdict.forecast.expect("it leaks");
    let points = board.recording().timeline().series(Metric::Free).points();
    assert_eq!(Some(forecast.from), points.last().map(|point| point.at));
    assert!(forecast.soonest < forecast.likely && Some(forecast.likely) < forecast.latest, "{forecast:?}");
    // 15 KB are left, and fall by 1 KB in 40 s.
    assert!((15 * 1_024..17 * 1_024).contains(&forecast.free_bytes), "{forecast:?}");
    assert!(forecast.left().0.abs_diff(640_000) < 60_000, "{forecast:?}");
    let said = format!("out of memory in roughly {}.", format::duration(forecast.left()));
    assert!(verdict.headline.contains(&said), "{} {said}", verdict.headline);
    // After a restart there is nothing to be said of the future.
    board.says("Project tasmota - Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T10:00:00)");
    board.status4(30, 14);
    assert_eq!(board.verdict().forecast, None);
}

#[test]
fn a_leak_is_not_healthy_as_well() {
    let mut board = Board::new();
    for step in 0..60 {
        board.status4(30 - step / 4, 14);
    }
    let states: Vec<_> = board.verdict().judgements.iter().map(|judgement| judgement.state).collect();
    assert!(states.contains(&State::Leaking) && !states.contains(&State::Healthy), "{states:?}");
}

#[test]
fn memory_that_went_once_is_neither_a_leak_nor_steady() {
    for step_at in [20, 30, 40] {
        let mut board = Board::new();
        for step in 0..60 {
            board.status4(if step < step_at { 28 } else { 22 }, 20);
        }
        check(
            &board.verdict(),
            State::NotEnoughData,
            "22 KB free, the largest block 20 KB: about 6 KB less than at first, but not falling all the time.",
        );
    }
    let mut board = Board::new();
    for step in 0..60 {
        board.status4([28, 24, 20][step / 20], 18);
    }
    assert_eq!(board.verdict().state, State::NotEnoughData);
}

#[test]
fn what_failed_before_a_restart_is_not_said_of_this_run() {
    let mut board = Board::new();
    board.says(r#"RSL: STATUS4 = {"StatusMEM":{"Heap":9,"OomCount":3}}"#);
    assert_eq!(board.verdict().state, State::OutOfMemory);
    board.says("OOM: count 5 (+2)");
    board.at = board.at + Millis::from_secs(1);
    board.says("Project tasmota - Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T10:00:00)");
    board.status4(26, 25);
    check(
        &board.verdict(),
        State::OutOfMemory,
        "Out of memory: 5 allocations failed before the last restart; now 26 KB free, the largest block 25 KB.",
    );
}

#[test]
fn many_events_have_little_evidence() {
    let mut board = Board::new();
    for count in 1..=500 {
        board.says(&format!("OOM: count {count} (+1)"));
    }
    let verdict = board.verdict();
    check(&verdict, State::OutOfMemory, "Out of memory: 500 allocations failed since boot.");
    assert_eq!(verdict.judgements[0].evidence.len(), 6);
}

#[test]
fn a_sawtooth_is_no_leak() {
    let mut board = Board::new();
    for step in 0..90 {
        board.status4(30 - step % 10, 20);
    }
    assert_eq!(board.verdict().state, State::Healthy);
}

#[test]
fn a_fall_that_ended_with_a_restart_is_judged_anew() {
    let mut board = Board::new();
    for step in 0..40 {
        board.status4(40 - step / 2, 18);
    }
    assert_eq!(board.verdict().state, State::Leaking);
    board.says("Project tasmota - Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T10:00:00)");
    for _ in 0..40 {
        board.status4(40, 38);
    }
    assert_eq!(board.verdict().state, State::Healthy);
}

#[test]
fn memory_taken_in_the_first_half_minute_is_no_leak() {
    let mut board = Board::new();
    for free in [40, 34, 29] {
        board.status4(free, free - 2);
    }
    for _ in 0..40 {
        board.status4(26, 24);
    }
    assert_eq!(board.verdict().state, State::Healthy);
}

#[test]
fn much_free_but_in_pieces_is_fragmentation() {
    let mut board = Board::new();
    for _ in 0..20 {
        board.status4(11, 1);
    }
    check(&board.verdict(), State::Fragmenting, "Fragmenting: 11 KB free, but the largest block is 1 KB.");
}

#[test]
fn what_is_not_certain_says_why_it_is_not_surer() {
    let mut board = Board::new();
    board.status4(11, 1);
    let few = board.verdict().judgements[0].sureness.clone();
    let because = few.why_not_surer().expect("one reading is not enough to be certain");
    assert!(matches!(few, Sureness::Likely { .. }) && because.contains("few readings"), "{few:?}");
    for _ in 0..4 {
        board.status4(11, 1);
    }
    assert_eq!(board.verdict().judgements[0].sureness, Sureness::Certain);
    assert_eq!(Sureness::Certain.why_not_surer(), None);
}

#[test]
fn states_stand_from_harmless_to_worst() {
    use State::*;
    let states = [
        NotEnoughData,
        Healthy,
        NotAHeapProblem,
        NearlyFull,
        Fragmenting,
        Leaking,
        OutOfMemory,
        HeapCorrupted,
    ];
    assert!(states.is_sorted());
    for state in states {
        assert_eq!(state.key(), state.label().to_lowercase().replace(' ', "-").trim_end_matches("-yet"));
    }
}

#[test]
fn little_free_is_nearly_full() {
    let mut board = Board::new();
    for _ in 0..20 {
        board.status4(4, 3);
    }
    check(&board.verdict(), State::NearlyFull, "Nearly full: 4 KB free, the largest block 3 KB.");
}

#[test]
fn failed_allocations_outweigh_the_rest() {
    let mut board = Board::new();
    board.status4(9, 2).says("OOM: count 3 (+3)");
    check(
        &board.verdict(),
        State::OutOfMemory,
        "Out of memory: 3 allocations failed since boot; now 9 KB free, the largest block 2 KB.",
    );
}

#[test]
fn a_wrapped_counter_is_no_failure() {
    let mut board = Board::new();
    board.status4(24, 22).says("OOM: count 0 (+4294967293)");
    assert_eq!(board.verdict().state, State::NotAHeapProblem);
}

fn verdict_of_fixture(name: &str) -> Verdict {
    let case = fixtures().into_iter().find(|case| case.name == name).expect("the fixture exists");
    let mut recorder = Recorder::new(Source::Text { name: case.name });
    recorder.feed(&case.log, Millis(0));
    recorder.finish(Millis(0));
    judge(recorder.recording())
}

#[test]
fn the_first_founding_question() {
    let verdict = verdict_of_fixture("toit/out_of_memory_question");
    check(
        &verdict,
        State::OutOfMemory,
        "Out of memory: about 33.6 KB to 36.4 KB were free, so it is fragmentation, not shortage.",
    );
    let explanation = plain(&verdict.judgements[0].explanation);
    assert!(explanation.contains("fragmentation"), "{explanation}");
    assert!(explanation.contains("toit (72 KB), null tag (47.2 KB), wifi (41.9 KB)"), "{explanation}");
}

#[test]
fn an_exception_behind_a_toit_report_speaks_of_the_same_failure() {
    let report = String::from_utf8(
        fixtures().into_iter().find(|case| case.name == "toit/out_of_memory_question").unwrap().log,
    )
    .unwrap();
    let verdict = |between: usize| {
        let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
        let exception = support::toit_program::EXCEPTION_IN_MAIN;
        let log = format!("{report}\n{}{exception}", "[wifi] DEBUG: connected\n".repeat(between));
        recorder.feed(log.as_bytes(), Millis(0));
        recorder.finish(Millis(0));
        judge(recorder.recording())
    };
    let headline = "Out of memory: about 33.6 KB to 36.4 KB were free, so it is fragmentation, not shortage.";
    check(&verdict(0), State::OutOfMemory, headline);
    // Long after it is another one.
    assert!(!plain(&verdict(200).judgements[0].headline).contains(headline));
}

#[test]
fn the_second_founding_question() {
    // Of the block map only an excerpt was pasted, but its totals and its metric bound the rest.
    let verdict = verdict_of_fixture("tasmota/pull_request_24777");
    check(
        &verdict,
        State::Healthy,
        "Healthy at this moment: 23.7 KB free, and at least 23.1 KB of it in one piece.",
    );
}

#[test]
fn block_maps_alone() {
    check(
        &verdict_of_fixture("umm/fraghalf_core278_full"),
        State::Fragmenting,
        "Fragmenting: 11.3 KB free, but the largest block is 760 bytes.",
    );
    assert_eq!(verdict_of_fixture("umm/corrupt_pb_core278_full").state, State::HeapCorrupted);
    assert_eq!(verdict_of_fixture("umm/oom_core278_statsfull").state, State::OutOfMemory);
    // One map alone does not show that it leaks.
    assert_eq!(verdict_of_fixture("umm/leak_core278_full_4").state, State::NotEnoughData);
}
