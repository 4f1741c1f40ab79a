//! What holds at an earlier moment is what would have been said then: a recording cut at a line says the same as a
//! recording that was fed no more than that.

mod support;

use heapscope::demo::{Board, Scenario, TasmotaBoard};
use heapscope::heap::Millis;
use heapscope::recording::{DatedEvent, Metric, Past, Point, Recorder, Source};
use heapscope::verdict::{State, judge, judge_at, judge_past};
use support::fixtures;

/// Bytes and when they came.
type Chunks = Vec<(Vec<u8>, Millis)>;

/// Each recording is cut at about so many lines.
const CUTS: usize = 60;

/// A report that was cut off is given up some lines later. A text's clock has gone on by then, if it has a time at all,
/// and dates the report later than if the log had ended before. All else is the same.
const GIVEN_UP_LATE: [&str; 2] = ["espressif/esp8266_cut_off", "messy/two_boards_in_one_log"];

/// A recorder that was fed the first `length` bytes, and then its input ended.
fn fed(source: &Source, chunks: &Chunks, length: usize) -> Recorder {
    let (mut recorder, mut left, mut last) = (Recorder::new(source.clone()), length, Millis(0));
    for (bytes, at) in chunks {
        let taken = bytes.len().min(left);
        if left == 0 {
            break;
        }
        recorder.feed(&bytes[..taken], *at);
        (left, last) = (left - taken, *at);
    }
    recorder.finish(last);
    recorder
}

/// How many bytes there are when each line has ended.
fn line_ends(source: &Source, chunks: &Chunks) -> Vec<usize> {
    let (mut recorder, mut ends, mut length) = (Recorder::new(source.clone()), Vec::new(), 0);
    for (bytes, at) in chunks {
        for byte in bytes {
            recorder.feed(&[*byte], *at);
            length += 1;
            let lines = recorder.recording().log().line_count() as usize;
            ends.resize(lines, length);
        }
    }
    ends
}

/// All that a rule can see.
type Seen<'a> = ([Vec<Point>; 7], Vec<(Millis, u64, u64)>, Vec<&'a DatedEvent>, Millis, bool, bool);

fn seen<'a>(past: &Past<'a>) -> Seen<'a> {
    (
        Metric::ALL.map(|metric| past.series(metric).iter().collect()),
        past.reports().iter().map(|dated| (dated.at, dated.lines.first, dated.lines.last)).collect(),
        past.events().collect(),
        past.boot(),
        past.has_times(),
        past.has_reliable_oom_count(),
    )
}

/// Cuts the recording at many lines. Gives the states that held at them.
fn check(name: &str, source: &Source, chunks: &Chunks) -> Vec<State> {
    let ends = line_ends(source, chunks);
    let whole = fed(source, chunks, usize::MAX);
    let whole = whole.recording();
    let step = (ends.len() / CUTS).max(1);
    let mut states = Vec::new();
    for line in (0..ends.len()).step_by(step) {
        let past = whole.past(line as u64);
        // In the middle of a report it is the moment of its last line.
        let end = past.line_count() as usize;
        assert!(end > line, "{name}");
        let Some(&length) = ends.get(end - 1) else { continue };
        let then = fed(source, chunks, length);
        let then = then.recording();
        if !GIVEN_UP_LATE.contains(&name) {
            assert_eq!(seen(&past), seen(&then.whole()), "{name}, cut behind line {end}");
        }
        assert_eq!(judge_at(whole, line as u64), judge(then), "{name}, cut behind line {end}");
        states.push(judge_past(&past).state);
    }
    let last = whole.log().line_count().saturating_sub(1);
    assert_eq!(judge_at(whole, last), judge(whole), "{name}");
    assert!(whole.past(last).is_whole(), "{name}");
    states
}

#[test]
fn of_the_demo_board() {
    let mut board = TasmotaBoard::new(Scenario::default());
    let mut chunks = Chunks::new();
    for step in 1..=4 * 60 * 22 {
        let at = Millis(step * 250);
        match step % (4 * 300) {
            1_000 => board.input(b"Status 44\n"),
            asks if asks % 40 == 0 => board.input(b"Status 4\n"),
            _ => {}
        }
        let mut bytes = Vec::new();
        board.advance(at, &mut bytes);
        chunks.push((bytes, at));
    }
    let mut states = check("the demo board", &Source::Demo, &chunks);
    states.dedup();
    // It gets worse and worse, and the moments show how.
    for state in [State::NotEnoughData, State::Leaking, State::OutOfMemory] {
        assert!(states.contains(&state), "{states:?}");
    }
}

#[test]
fn of_every_fixture() {
    let mut states = 0;
    for case in fixtures() {
        let source = Source::Text { name: "log.txt".into() };
        states += check(&case.name, &source, &vec![(case.log, Millis(0))]).len();
    }
    assert!(states > 1_000, "{states} moments");
}

#[test]
fn a_moment_within_a_report_is_that_of_its_end() {
    let dump = include_str!("fixtures/umm/leak_core278_full_1/log.txt");
    let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
    recorder.feed(format!("hello\r\n{dump}\r\nhello\r\n").as_bytes(), Millis(0));
    recorder.finish(Millis(0));
    let recording = recorder.recording();
    let lines = recording.reports()[0].lines;
    assert!(lines.last > lines.first + 10);
    for line in [lines.first, lines.first + 5, lines.last] {
        let past = recording.past(line);
        assert_eq!((past.line_count(), past.reports().len()), (lines.last + 1, 1));
    }
    let before = recording.past(lines.first - 1);
    assert_eq!((before.line_count(), before.reports().len(), before.is_whole()), (lines.first, 0, false));
}
