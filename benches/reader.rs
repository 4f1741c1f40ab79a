//! Bytes per second of the whole path from bytes to findings, on a mixed log.
//!
//! `cargo bench --bench reader` reads 100 MB; `-- --short` reads 5 MB, to show that it still runs. Machines are
//! noisy: compare figures of one run only. The first rows are parts of the path, for scale.

use std::hint::black_box;
use std::time::{Duration, Instant};

use heapscope::dialect::{Finding, Reader};
use heapscope::heap::Millis;
use heapscope::recording::{Recorder, Source};
use heapscope::stream::LineDecoder;

const FIXTURES: [&str; 4] = [
    include_str!("../tests/fixtures/tasmota/release_15_5/log.txt"),
    include_str!("../tests/fixtures/umm/leak_core278_full_2/log.txt"),
    include_str!("../tests/fixtures/toit/out_of_memory_question/log.txt"),
    include_str!("../tests/fixtures/tasmota/stock_8_1/log.txt"),
];

/// Log lines of other firmwares, which every dialect must pass over.
const CHATTER: &str = "\
I (1234) wifi:state: assoc -> run (10)\r
\x1b[0;32mI (1250) esp_netif_handlers: sta ip: 192.0.2.17, mask: 255.255.255.0, gw: 192.0.2.1\x1b[0m\r
[12:34:56][D][sensor:094]: 'Temperature': Sending state 21.50000 C with 1 decimals of accuracy\r
18:36:09.100 SNS: nothing new\r
temperature=21.5 humidity=40 pressure=1013\r
";

/// How serial bytes come: the page's reader gets some hundred at a time, a file 64 KiB.
const CHUNK_BYTES: usize = 4_096;

fn main() {
    let is_short = std::env::args().any(|argument| argument == "--short");
    let log = mixed_log(if is_short { 5_000_000 } else { 100_000_000 });
    println!("{} MB of mixed log in chunks of {CHUNK_BYTES} bytes", log.len() / 1_000_000);
    measure("memchr over every line end", &log, || {
        black_box(memchr::memchr_iter(b'\n', &log).count());
    });
    measure("bytes to lines", &log, || {
        let (mut decoder, mut lines) = (LineDecoder::default(), 0);
        for chunk in log.chunks(CHUNK_BYTES) {
            decoder.feed(chunk, &mut |_| lines += 1);
        }
        black_box(lines);
    });
    measure("bytes to findings", &log, || {
        let (mut reader, mut findings) = (Reader::default(), Vec::<Finding>::new());
        let mut count = 0;
        for chunk in log.chunks(CHUNK_BYTES) {
            reader.feed(chunk, &mut |_| {}, &mut findings);
            count += findings.drain(..).count();
        }
        black_box(count);
    });
    measure("bytes to recording", &log, || {
        let mut recorder = Recorder::new(Source::Port { name: "bench".into() });
        for (at, chunk) in log.chunks(CHUNK_BYTES).enumerate() {
            recorder.feed(chunk, Millis(at as u64));
        }
        black_box(recorder.recording().log().line_count());
    });
}

/// Prints the best of three: the run that was disturbed least.
fn measure(name: &str, log: &[u8], mut run: impl FnMut()) {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let begin = Instant::now();
        run();
        best = best.min(begin.elapsed());
    }
    let megabytes_per_second = log.len() as f64 / 1e6 / best.as_secs_f64();
    println!("{name:<28} {megabytes_per_second:>8.0} MB/s");
}

fn mixed_log(bytes: usize) -> Vec<u8> {
    let mut log = Vec::with_capacity(bytes + 100_000);
    let mut turn = 0;
    while log.len() < bytes {
        log.extend_from_slice(FIXTURES[turn % FIXTURES.len()].as_bytes());
        for _ in 0..20 {
            log.extend_from_slice(CHATTER.as_bytes());
        }
        turn += 1;
    }
    log
}
