//! What is said about how runs of a firmware end: peaks, large requests, restarts, silence. And what is said of every
//! fixture, so that a change of a rule shows where it matters.

mod support;

use std::fmt::Write;
use std::path::Path;

use heapscope::heap::Millis;
use heapscope::recording::{MarkKind, Recorder, Recording, Source};
use heapscope::verdict::{Judgement, State, Sureness, Verdict, judge, judge_at};
use support::fixtures;

/// A recording of a Tasmota board at a port, line by line.
struct Board {
    recorder: Recorder,
    at: Millis,
}

const BOOT: &str = "Project tasmota - Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T10:00:00)";
const WATCHDOG: &str = " ets Jan  8 2013,rst cause:4, boot mode:(3,6)";
const POWER_ON: &str = " ets Jan  8 2013,rst cause:1, boot mode:(3,6)";
const EXCEPTION: &str = "Exception (29):\r\nepc1=0x4000e25e epc2=0x00000000 epc3=0x00000000 excvaddr=0x00000000 depc=0x00000000\r\n\r\n>>>stack>>>\r\n\r\nctx: cont\r\n<<<stack<<<";
const ABORT_FOR_MEMORY: &str = "--------------- CUT HERE FOR EXCEPTION DECODER ---------------\r\n\r\nAbort called\r\n\r\n>>>stack>>>\r\n\r\nctx: cont\r\n<<<stack<<<\r\n\r\nlast failed alloc call: 40203B1C(4096)\r\n\r\n--------------- CUT HERE FOR EXCEPTION DECODER ---------------";

impl Board {
    fn new() -> Self {
        Board { recorder: Recorder::new(Source::Port { name: "CP2102".into() }), at: Millis(0) }
    }

    fn wait(&mut self, seconds: u64) -> &mut Self {
        self.at = self.at + Millis::from_secs(seconds);
        self
    }

    /// A line as it comes, without a stamp.
    fn prints(&mut self, line: &str) -> &mut Self {
        self.recorder.feed(format!("{line}\r\n").as_bytes(), self.at);
        self
    }

    fn boots(&mut self) -> &mut Self {
        self.prints(&format!("00:00:00.070 {BOOT}"))
    }

    /// The figures of `Status 4` of a build that has all of them: KB, and bytes of the largest request.
    fn figures(&mut self, free: u64, largest: u64, lowest: u64) -> &mut Self {
        self.memory(&format!(r#""Heap":{free},"MaxFree":{largest},"HeapLwm":{lowest}"#))
    }

    fn memory(&mut self, fields: &str) -> &mut Self {
        self.prints(&format!(r#"10:00:00.000 RSL: STATUS4 = {{"StatusMEM":{{{fields}}}}}"#))
    }

    fn marks(&mut self, kind: MarkKind) -> &mut Self {
        self.recorder.note(self.at, kind, "x");
        self
    }

    fn recording(&self) -> &Recording {
        self.recorder.recording()
    }

    fn verdict(&self) -> Verdict {
        judge(self.recording())
    }

    /// The judgement whose headline has these words.
    #[track_caller]
    fn judgement(&self, words: &str) -> Judgement {
        let verdict = self.verdict();
        let found = verdict.judgements.iter().find(|judgement| plain(&judgement.headline).contains(words));
        found.unwrap_or_else(|| panic!("nobody says {words:?}: {}", headlines(&verdict))).clone()
    }

    #[track_caller]
    fn check(&self, state: State, headline: &str) -> Judgement {
        let judgement = self.judgement(headline);
        assert_eq!((judgement.state, plain(&judgement.headline).as_str()), (state, headline));
        assert!(
            !judgement.evidence.is_empty() && !judgement.next.is_empty() && !judgement.explanation.is_empty()
        );
        judgement
    }

    /// None of the rules that this file is about says anything.
    #[track_caller]
    fn check_silence(&self) {
        let verdict = self.verdict();
        let own = verdict.judgements.iter().filter(|judgement| is_of_a_run(judgement));
        assert_eq!(own.count(), 0, "{}", headlines(&verdict));
    }
}

/// Whether it is one of the judgements that this file is about.
fn is_of_a_run(judgement: &Judgement) -> bool {
    const WORDS: [&str; 16] = [
        "At some moment since the board started",
        "One request asked for",
        "Silent since",
        "It writes, but answers no more",
        "Restarting again and again",
        "Restarted again and again",
        "Stopped ",
        "The supply voltage dropped",
        "The program hung",
        "The program crashed",
        "The program gave up",
        "The allocator found",
        "A task's stack",
        "The firmware restarted",
        "Power came back",
        "The board restarted",
    ];
    WORDS.iter().any(|words| judgement.headline.starts_with(words))
}

/// Narrow and no-break spaces are for typesetting; here plain ones read better.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

fn headlines(verdict: &Verdict) -> String {
    verdict.judgements.iter().map(|judgement| format!("\n{}", plain(&judgement.headline))).collect()
}

// Peaks.

#[test]
fn a_low_water_mark_near_zero_is_nearly_full() {
    let mut board = Board::new();
    board.figures(22, 20, 14).wait(10).figures(22, 20, 14).wait(10).figures(22, 20, 3);
    let judgement = board.check(
        State::NearlyFull,
        "At some moment since the board started only 3 KB were free, though 22 KB are now.",
    );
    let explanation = plain(&judgement.explanation);
    assert!(
        explanation.ends_with("Between two readings, 10 s apart, it fell from 14 KB to 3 KB."),
        "{explanation}"
    );
    let lines: Vec<_> = judgement.evidence.iter().map(|evidence| evidence.lines.first).collect();
    assert_eq!(lines, [1, 2, 2]);
    assert_eq!(judgement.sureness, Sureness::Certain);
}

#[test]
fn a_mark_that_was_low_from_the_beginning_may_be_of_the_start() {
    let mut board = Board::new();
    board.boots().figures(22, 20, 6).wait(10).figures(22, 20, 6);
    let judgement = board.judgement("only 6 KB were free");
    // Not near zero: worth a word, but no state of its own.
    assert_eq!(judgement.state, State::NotEnoughData);
    assert!(judgement.explanation.contains("while the board started"), "{}", judgement.explanation);
}

#[test]
fn a_peak_that_leaves_enough_or_is_no_peak_is_not_mentioned() {
    for (free, lowest) in [(23, 18), (24, 9), (7, 3), (5, 3), (200, 90)] {
        let mut board = Board::new();
        board.figures(free, free - 2, lowest);
        board.check_silence();
    }
}

#[test]
fn a_mark_of_the_run_before_says_nothing_of_this_one() {
    let mut board = Board::new();
    board.figures(22, 20, 2).wait(60);
    board.judgement("only 2 KB were free");
    board.boots().wait(10).memory(r#""Heap":24,"MaxFree":22"#);
    board.check_silence();
}

// Large requests.

/// A block map of a build that keeps the largest request; it asked for this many bytes, and so many failed.
fn dump(request: u64, failed: u64) -> String {
    let dump = include_str!("fixtures/umm/form_core_2_7/log.txt");
    let from = dump.find("heap info Free blocks").unwrap();
    assert!(from > 0 && dump.contains("MAX Alloc Request  4096"));
    dump.replace("MAX Alloc Request  4096", &format!("MAX Alloc Request {request:5}"))
        .replace("OOM Count             0", &format!("OOM Count         {failed:5}"))
}

#[test]
fn a_request_for_more_than_the_whole_heap_is_not_the_heaps_fault() {
    let mut board = Board::new();
    board.prints(&dump(60_000, 1));
    let judgement = board.judgement("One request asked for 58.6 KB, more than the whole heap of");
    assert_eq!((judgement.state, judgement.sureness), (State::NotAHeapProblem, Sureness::Certain));
    assert_eq!(judgement.evidence.len(), 2);
}

#[test]
fn a_request_that_never_fits_is_the_first_suspect_when_allocations_failed() {
    let mut board = Board::new();
    board.memory(r#""Heap":23,"MaxFree":11,"OomCount":2,"MaxAllocSz":16384"#);
    let judgement = board.check(
        State::OutOfMemory,
        "One request asked for 16 KB; the largest free block was never more than 11 KB.",
    );
    assert!(matches!(judgement.sureness, Sureness::Likely { .. }));
    // Without a counter it is only possible.
    let mut board = Board::new();
    board.memory(r#""Heap":23,"MaxFree":11,"MaxAllocSz":16384"#);
    let judgement = board.judgement("One request asked for 16 KB");
    assert_eq!(judgement.state, State::NotEnoughData);
    assert!(matches!(judgement.sureness, Sureness::Possible { .. }));
}

#[test]
fn a_request_that_was_granted_is_not_mentioned() {
    let mut board = Board::new();
    // Nothing failed since the start, so it was had.
    board.memory(r#""Heap":23,"MaxFree":11,"OomCount":0,"HeapLwm":12,"MaxAllocSz":16384"#);
    board.check_silence();
    // It would have fitted once.
    let mut board = Board::new();
    board.memory(r#""Heap":23,"MaxFree":20"#).wait(10).memory(r#""Heap":20,"MaxFree":11,"MaxAllocSz":16384"#);
    board.check_silence();
    // KB are cut: 11 KB may be 12 287 bytes.
    let mut board = Board::new();
    board.memory(r#""Heap":23,"MaxFree":11,"MaxAllocSz":12000"#);
    board.check_silence();
}

// Restarts.

#[test]
fn a_watchdog_loop_with_enough_memory_is_not_a_heap_problem() {
    let mut board = Board::new();
    for _ in 0..4 {
        board.boots().wait(20).figures(24, 22, 20).wait(10).prints(WATCHDOG).wait(1);
    }
    let judgement = board.check(
        State::NotAHeapProblem,
        "Restarting again and again: 4 times within 1 min 32 s, by a watchdog, because the program hangs; before the last \
         one 24 KB free, the largest block 22 KB.",
    );
    assert!(matches!(judgement.sureness, Sureness::Likely { .. }));
    assert_eq!(board.verdict().state, State::NotAHeapProblem);
    assert!(judgement.explanation.contains("These figures are from 10"), "{}", judgement.explanation);
    // Each restart, and the figures before the last one.
    let lines: Vec<_> = judgement.evidence.iter().map(|evidence| evidence.lines.first).collect();
    assert_eq!(lines, [2, 5, 8, 11, 10]);
}

#[test]
fn a_loop_without_memory_is_out_of_memory() {
    let mut board = Board::new();
    for _ in 0..3 {
        board.boots().wait(20).figures(2, 1, 1).wait(5).prints(EXCEPTION).wait(1);
    }
    let judgement = board.check(
        State::OutOfMemory,
        "Restarting again and again: 3 times within 52 s, most likely for want of memory; before the last one 2 KB free, \
         the largest block 1 KB.",
    );
    assert!(matches!(judgement.sureness, Sureness::Likely { .. }));
    assert!(judgement.explanation.contains("The log says: Exception (29): store prohibited."));
}

#[test]
fn a_loop_of_which_the_heap_is_not_known_claims_no_state() {
    let mut board = Board::new();
    for _ in 0..5 {
        board.boots().wait(3).prints(WATCHDOG).wait(1);
    }
    let judgement = board.check(
        State::NotEnoughData,
        "Restarting again and again: 5 times within 15 s, by a watchdog, because the program hangs.",
    );
    assert!(judgement.explanation.contains("not known"), "{}", judgement.explanation);
    assert!(judgement.next.contains("SetOption130"));
}

#[test]
fn figures_that_are_too_old_prove_no_health() {
    let mut board = Board::new();
    board.boots().figures(24, 22, 20).wait(600).prints(EXCEPTION);
    assert_eq!(board.judgement("The program crashed").state, State::NotEnoughData);
    let mut board = Board::new();
    board.boots().figures(24, 22, 20).wait(60).prints(EXCEPTION);
    let judgement = board.check(
        State::NotAHeapProblem,
        "The program crashed; just before, 24 KB free, the largest block 22 KB.",
    );
    assert!(judgement.next.contains("ELF"));
    // Little is not none.
    let mut board = Board::new();
    board.boots().figures(5, 4, 4).wait(60).prints(EXCEPTION);
    let judgement = board.judgement("The program crashed");
    assert_eq!(judgement.state, State::NearlyFull);
    assert!(matches!(judgement.sureness, Sureness::Possible { .. }));
}

#[test]
fn a_failed_allocation_just_before_counts_more_than_figures() {
    let mut board = Board::new();
    board.boots().figures(24, 22, 20).prints("10:00:01.000 OOM: count 2 (+2)").wait(2).prints(EXCEPTION);
    assert_eq!(board.judgement("The program crashed").state, State::OutOfMemory);
    let mut board = Board::new();
    board.boots().figures(24, 22, 20).wait(2).prints(ABORT_FOR_MEMORY);
    assert_eq!(board.judgement("The program gave up").state, State::OutOfMemory);
}

#[test]
fn a_brownout_is_never_the_heap() {
    let mut board = Board::new();
    let chip = "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)";
    for _ in 0..4 {
        board.figures(1, 1, 1).wait(2).prints("Brownout detector was triggered").prints(chip).wait(2);
    }
    let judgement = board.judgement("Restarting again and again: 4 times");
    assert_eq!((judgement.state, judgement.sureness), (State::NotAHeapProblem, Sureness::Certain));
    assert!(judgement.headline.contains("because its supply voltage drops"));
    assert!(judgement.next.contains("cable"));
}

#[test]
fn what_somebody_wanted_is_no_finding() {
    // Sleeping and waking as meant.
    let mut board = Board::new();
    for _ in 0..20 {
        let chip = "rst:0x5 (DEEPSLEEP_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)";
        board.prints(chip).figures(24, 22, 20).wait(30);
    }
    board.check_silence();
    // The page opens the port again and again, and each time the board restarts.
    let mut board = Board::new();
    for _ in 0..6 {
        board.marks(MarkKind::Connection).wait(1).prints(POWER_ON).boots().figures(24, 22, 20).wait(40);
    }
    board.check_silence();
    // A person presses reset now and then; a log begins with a start; the firmware is told to restart once.
    let mut board = Board::new();
    for _ in 0..3 {
        board.prints(POWER_ON).boots().figures(24, 22, 20).wait(100);
    }
    board.boots().figures(24, 22, 20);
    board.check_silence();
}

#[test]
fn restarts_far_apart_are_no_loop() {
    let mut board = Board::new();
    for _ in 0..5 {
        board.boots().wait(4 * 3_600).figures(24, 22, 20).wait(10);
    }
    board.check_silence();
    for _ in 0..2 {
        board.wait(4 * 3_600).figures(24, 22, 20).wait(10).prints(EXCEPTION).wait(1).boots();
    }
    board.check(
        State::NotAHeapProblem,
        "Stopped 2 times. The last time the program crashed; just before, 24 KB free, the largest block 22 KB.",
    );
}

#[test]
fn what_tasmota_tells_after_the_restart_is_the_same_crash() {
    let told = r#"00:00:06.020 MQT: tele/plug/INFO3 = {"Info3":{"RestartReason":{"Exception":28,"Reason":"Exception","EPC":["40212345","00000000","00000000"],"EXCVADDR":"00000000","DEPC":"00000000","CallChain":["40212345"]},"BootCount":9}}"#;
    // Told by both.
    let mut board = Board::new();
    board.boots().figures(24, 22, 20).wait(5).prints(EXCEPTION).wait(1).boots().wait(6).prints(told);
    let judgement = board.judgement("The program crashed");
    assert!(!judgement.headline.contains("times"), "{}", judgement.headline);
    assert!(judgement.explanation.contains("store prohibited"));
    // Told by Tasmota alone: the figures are those before its start.
    let mut board = Board::new();
    board.boots().figures(2, 1, 1).wait(5).boots().wait(6).prints(told);
    let judgement = board.check(
        State::OutOfMemory,
        "The program crashed, most likely for want of memory; just before, 2 KB free, the largest block 1 KB.",
    );
    assert!(judgement.explanation.contains("The log says: Exception (28) before the restart."));
    // Of a run that the log does not have.
    let mut board = Board::new();
    board.prints(told);
    assert_eq!(board.judgement("The program crashed").state, State::NotEnoughData);
}

#[test]
fn a_toit_system_without_memory_restarts_for_want_of_it() {
    let mut board = Board::new();
    let starts = "rst:0x5 (DEEPSLEEP_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n[toit] INFO: starting <v2.0.0-alpha.190>";
    board.prints(starts).wait(100);
    board.prints("Out of memory in system process; restarting to attempt to recover.").wait(1).prints(starts);
    let headline = "The program gave up, most likely for want of memory.";
    board.check(State::OutOfMemory, headline);
}

#[test]
fn different_reasons_are_not_told_as_one() {
    let mut board = Board::new();
    for crash in [
        EXCEPTION,
        "Soft WDT reset\r\n\r\n>>>stack>>>\r\n<<<stack<<<",
        "Stack overflow detected\r\n\r\n>>>stack>>>\r\n<<<stack<<<",
    ] {
        board.boots().figures(24, 22, 20).wait(9).prints(crash).wait(1);
    }
    board.check(
        State::NotAHeapProblem,
        "Restarting again and again: 3 times within 20 s, for different reasons; before the last one 24 KB free, the \
         largest block 22 KB.",
    );
    // And it is told as past when the board has run well for long.
    board.boots().figures(24, 22, 20).wait(3_600).figures(24, 22, 20);
    board.judgement("Restarted again and again: 3 times");
}

#[test]
fn crashes_in_a_text_without_times_are_counted_too() {
    let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
    recorder.feed(format!("{EXCEPTION}\r\nhello\r\n").repeat(4).as_bytes(), Millis(0));
    recorder.finish(Millis(0));
    let verdict = judge(recorder.recording());
    assert_eq!(
        (verdict.state, plain(&verdict.headline).as_str()),
        (State::NotEnoughData, "Restarting again and again: 4 times, because the program crashes.")
    );
}

#[test]
fn a_text_does_not_tell_how_long_before_a_crash_its_last_line_was() {
    let log = format!("10:00:00.000-024/00 CMD: a\r\n{EXCEPTION}\r\n");
    let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
    recorder.feed(log.as_bytes(), Millis(0));
    recorder.finish(Millis(0));
    let text = judge(recorder.recording());
    assert_eq!(plain(&text.headline), "The program crashed; just before, 24 KB free.");
    assert!(!text.judgements[0].explanation.contains("These figures are from"));
}

// Silence.

#[test]
fn a_board_that_falls_silent_without_memory_most_likely_ran_out_of_it() {
    let mut board = Board::new();
    board.boots().wait(60).figures(2, 1, 1).wait(30).marks(MarkKind::Unanswered);
    let judgement = board.check(
        State::OutOfMemory,
        "Silent since 0:01:00: its last figures were 2 KB free, the largest block 1 KB.",
    );
    assert!(matches!(judgement.sureness, Sureness::Likely { .. }));
    // What was said then stays said of then.
    let last = board.recording().log().line_count() - 1;
    board.wait(60).boots().wait(5).figures(24, 22, 22);
    board.check_silence_of_now();
    assert_eq!(judge_at(board.recording(), last).state, State::OutOfMemory);
}

impl Board {
    /// Nothing is said of a silence that is over.
    #[track_caller]
    fn check_silence_of_now(&self) {
        let verdict = self.verdict();
        assert!(!headlines(&verdict).contains("Silent since"), "{}", headlines(&verdict));
    }
}

#[test]
fn a_silent_board_with_enough_memory_is_not_a_heap_problem() {
    let mut board = Board::new();
    board.boots().wait(60).figures(24, 22, 20).wait(30).marks(MarkKind::Unanswered);
    let judgement = board.check(
        State::NotAHeapProblem,
        "Silent since 0:01:00: its last figures were 24 KB free, the largest block 22 KB.",
    );
    assert!(matches!(judgement.sureness, Sureness::Possible { .. }));
}

#[test]
fn a_board_that_writes_but_cannot_answer_has_no_memory_or_no_finding() {
    let stamp = |free: u64| format!("10:00:09.000-{free:03}/00 CMD: Status 4");
    let mut board = Board::new();
    board.boots().wait(60).figures(2, 1, 1).wait(28).prints(&stamp(1)).wait(2).marks(MarkKind::Unanswered);
    assert_eq!(board.judgement("It writes, but answers no more: 1 KB free").state, State::OutOfMemory);
    let mut board = Board::new();
    board
        .boots()
        .wait(60)
        .figures(24, 22, 20)
        .wait(28)
        .prints(&stamp(24))
        .wait(2)
        .marks(MarkKind::Unanswered);
    board.check_silence();
}

#[test]
fn a_silence_ends_with_an_answer_a_restart_and_the_cable() {
    let mut board = Board::new();
    board.figures(2, 1, 1).wait(30).marks(MarkKind::Unanswered);
    board.judgement("Silent since");
    for kind in [MarkKind::Answered, MarkKind::Connection, MarkKind::Gap] {
        board.marks(kind);
        board.check_silence_of_now();
        board.marks(MarkKind::Unanswered);
    }
    board.judgement("Silent since");
    board.wait(1).boots();
    board.check_silence_of_now();
}

// All of it.

#[test]
fn every_fixture_has_its_verdict() {
    let mut table = String::new();
    for case in fixtures() {
        let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
        recorder.feed(&case.log, Millis(0));
        recorder.finish(Millis(0));
        let verdict = judge(recorder.recording());
        writeln!(table, "{}: {}", case.name, verdict.state.key()).unwrap();
        for Judgement { state, headline, sureness, .. } in &verdict.judgements {
            writeln!(table, "    {}, {}: {}", state.key(), sureness.label(), plain(headline)).unwrap();
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/verdicts.txt");
    support::snapshot(&path, &table);
}
