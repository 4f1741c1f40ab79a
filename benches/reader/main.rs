//! Bytes per second of the whole path from bytes to findings, on a mixed log, beside the reader that one writes in an
//! afternoon.
//!
//! `cargo bench --bench reader` reads 100 MB; `-- --short` reads 2 MB, to show that it still runs; `-- --write FILE`
//! writes the log, for the benchmark in the browser; `-- --findings` does nothing but read, for a profiler. Machines are noisy: compare figures of one run only. The first
//! rows are parts of the path, for scale.

mod mixed_log;
mod reference;
mod sums;

use std::hint::black_box;
use std::time::{Duration, Instant};

use heapscope::dialect::{Finding, Reader};
use heapscope::heap::Millis;
use heapscope::recording::{Recorder, Source};
use heapscope::stream::LineDecoder;
use mixed_log::mixed_log;
use reference::Reference;
use sums::Sums;

/// How serial bytes come: the page's reader gets some hundred at a time, a file 64 KiB.
const CHUNK_BYTES: usize = 4_096;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--write") {
        std::fs::write(&arguments[at + 1], mixed_log(100_000_000)).expect("the log can be written");
        return;
    }
    let is_short = arguments.iter().any(|argument| argument == "--short");
    let log = mixed_log(if is_short { 2_000_000 } else { 100_000_000 });
    if arguments.iter().any(|argument| argument == "--findings") {
        for _ in 0..3 {
            measure("bytes to findings", &log, || {
                black_box(find(&log));
            });
        }
        return;
    }
    println!("{} MB of mixed log in chunks of {CHUNK_BYTES} bytes", log.len() / 1_000_000);
    measure("memchr over every line end", &log, || {
        black_box(memchr::memchr_iter(b'\n', &log).count());
    });
    measure("bytes to lines", &log, || {
        let (mut decoder, mut lines) = (LineDecoder::default(), 0);
        for chunk in log.chunks(CHUNK_BYTES) {
            decoder.feed(chunk, |_| lines += 1);
        }
        black_box(lines);
    });
    let (mut found, mut expected) = (Sums::default(), Sums::default());
    let fast = measure("bytes to findings", &log, || found = find(&log));
    let slow = measure("the same by regex and serde_json", &log, || {
        let mut reader = Reference::new();
        expected = Sums::default();
        for chunk in log.chunks(CHUNK_BYTES) {
            reader.feed(chunk);
            reader.add_to(&mut expected);
        }
    });
    assert_eq!(found, expected, "the two readers found different things");
    println!("{:<36} {:>8.1} times", "findings against regex", fast / slow);
    measure("bytes to recording", &log, || {
        let mut recorder = Recorder::new(Source::Port { name: "bench".into() });
        for (at, chunk) in log.chunks(CHUNK_BYTES).enumerate() {
            recorder.feed(chunk, Millis(at as u64));
        }
        black_box(recorder.recording().log().line_count());
    });
}

/// What Heapscope finds.
fn find(log: &[u8]) -> Sums {
    let (mut reader, mut findings, mut sums) = (Reader::default(), Vec::<Finding>::new(), Sums::default());
    for chunk in log.chunks(CHUNK_BYTES) {
        reader.feed(chunk, &mut findings);
        sums.add(&findings);
        findings.clear();
    }
    sums
}

/// Prints and gives MB/s of the best of three: the run that was disturbed least.
fn measure(name: &str, log: &[u8], mut run: impl FnMut()) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let begin = Instant::now();
        run();
        best = best.min(begin.elapsed());
    }
    let megabytes_per_second = log.len() as f64 / 1e6 / best.as_secs_f64();
    println!("{name:<36} {megabytes_per_second:>8.0} MB/s");
    megabytes_per_second
}
