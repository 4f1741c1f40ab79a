//! How long judging takes: the page judges twice a second on a recording that grows, and once a frame for the moment that
//! is pointed at.
//!
//! `cargo bench --bench verdict` judges recordings of a million samples and 500 block maps, rule by rule, says whether
//! [`LONGEST`] is met, and fails at its end where it is not; `-- --short` judges small ones, to show that it still runs. Machines are noisy: the
//! best of some runs counts.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use heapscope::heap::Millis;
use heapscope::recording::{Recorder, Recording, Source};
use heapscope::verdict::{Case, RULES, judge, judge_at};

/// A fiftieth of the time between two verdicts, so that drawing and reading have the rest.
const LONGEST: Duration = Duration::from_millis(10);

/// Samples of a recording, and block maps in it.
const FULL: (u64, u64) = (1_000_000, 500);
const SHORT: (u64, u64) = (4_000, 10);

/// What happens to a board.
struct Story {
    name: &'static str,
    /// KB that are free, given the sample's number.
    free_kib: fn(u64) -> u64,
    /// What is printed behind a sample: nothing, most of the time.
    more: fn(u64) -> Option<String>,
}

const CRASH: &str = "Exception (29):\r\nepc1=0x4000e25e epc2=0x00000000 epc3=0x00000000 excvaddr=0x00000000 depc=0x00000000\r\n>>>stack>>>\r\n<<<stack<<<\r\n ets Jan  8 2013,rst cause:4, boot mode:(3,6)";

const STORIES: [Story; 4] = [
    Story { name: "steady", free_kib: |_| 24, more: |_| None },
    Story { name: "leaking", free_kib: |sample| 60_u64.saturating_sub(sample / 20_000), more: |_| None },
    Story {
        name: "crashing 5 000 times",
        free_kib: |sample| 24 - sample % 20,
        more: |sample| (sample % 200 == 199).then(|| CRASH.to_owned()),
    },
    Story {
        name: "100 000 failures",
        free_kib: |sample| 3 + sample % 3,
        more: |sample| sample.is_multiple_of(10).then(|| format!("10:00:00.000 OOM: count {sample} (+1)")),
    },
];

fn main() -> ExitCode {
    let is_short = std::env::args().any(|argument| argument == "--short");
    let (samples, reports) = if is_short { SHORT } else { FULL };
    println!("Judging recordings of {samples} samples and {reports} block maps, best of 20");
    let mut slowest = Duration::ZERO;
    for story in STORIES {
        let (name, recorder) = (story.name, recorder(samples, reports, &story));
        let recording = recorder.recording();
        let whole = measure(|| drop(black_box(judge(recording))));
        let middle = recording.log().line_count() / 2;
        let then = measure(|| drop(black_box(judge_at(recording, middle))));
        println!(
            "{name:<28} {:>8.2} ms, at a moment {:>8.2} ms, {}",
            millis(whole),
            millis(then),
            judge(recording).state.key()
        );
        for (rule, name) in RULES.iter().zip(rule_names()) {
            let past = recording.whole();
            let took = measure(|| drop(black_box(rule(&Case::new(past)))));
            println!("    {name:<24} {:>8.2} ms", millis(took));
        }
        slowest = slowest.max(whole).max(then);
    }
    // What is not optimised says nothing.
    if is_short || cfg!(debug_assertions) {
        return ExitCode::SUCCESS;
    }
    let is_met = slowest <= LONGEST;
    let word = if is_met { "met" } else { "not met" };
    println!("slowest {:.2} ms, at most {:.0} ms: {word}", millis(slowest), millis(LONGEST));
    if is_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A recording of a port: a sample each 100 ms, every tenth with the largest block and what else debug builds print.
fn recorder(samples: u64, reports: u64, story: &Story) -> Recorder {
    let dump = include_str!("../../tests/fixtures/umm/form_core_2_7/log.txt");
    let mut recorder = Recorder::new(Source::Port { name: "bench".into() });
    for sample in 0..samples {
        let (at, free) = (Millis(sample * 100), (story.free_kib)(sample));
        let largest = free * 9 / 10;
        let line = match sample % 10 {
            0 => format!(
                r#"10:00:00.000 RSL: STATUS4 = {{"StatusMEM":{{"Heap":{free},"MaxFree":{largest},"Frag":10,"OomCount":0,"HeapLwm":2,"MaxAllocSz":70000}}}}"#
            ),
            _ => format!("10:00:00.000-{free:03}/10 MQT: x"),
        };
        recorder.feed(line.as_bytes(), at);
        recorder.feed(b"\r\n", at);
        if let Some(more) = (story.more)(sample) {
            recorder.feed(more.as_bytes(), at);
            recorder.feed(b"\r\n", at);
        }
        if sample.is_multiple_of(samples / reports) {
            recorder.feed(dump.as_bytes(), at);
            recorder.feed(b"\r\n", at);
        }
    }
    let recording: &Recording = recorder.recording();
    assert!(recording.reports().len() as u64 >= reports, "{} reports", recording.reports().len());
    recorder
}

/// The rules' names, in their order.
fn rule_names() -> impl Iterator<Item = &'static str> {
    let list = include_str!("../../src/verdict/mod.rs").split("pub static RULES").nth(1).unwrap_or("");
    list.split("];").next().unwrap_or("").lines().filter_map(|line| line.trim().strip_suffix("::judge,"))
}

/// The best of some runs: the one that was disturbed least.
fn measure(mut run: impl FnMut()) -> Duration {
    let times = (0..20).map(|_| {
        let begin = Instant::now();
        run();
        begin.elapsed()
    });
    times.min().unwrap_or_default()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
