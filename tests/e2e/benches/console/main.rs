//! How fast the log is shown, beside xterm.js, in one Chromium and one run.
//!
//! Both get the same bytes: a file of 10 MB until its end is painted, and a board that sends 300 kB/s over the same
//! cable. Heapscope does in that time all that it does (it reads, charts and judges the log); xterm.js shows it.
//! It refuses to compare with anything measured in another run.
//!
//! ```text
//! cargo xtask bench
//! ```

#[path = "../../../../benches/reader/mixed_log.rs"]
mod mixed_log;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use heapscope::demo::Board;
use heapscope::heap::Millis;
use heapscope_e2e::{Page, Rig, repository, within};
use serde_json::{Value, json};

/// What both show until it is painted.
const LOG_BYTES: usize = 10_000_000;

/// What Heapscope imports while no frame may be long.
const LARGE_LOG_BYTES: usize = 100_000_000;

/// 3 Mbit/s with start and stop bits.
const STREAM_BYTES_PER_SECOND: u64 = 300_000;

/// So long a stream is watched, after it has run in.
const WATCHED: Duration = Duration::from_secs(10);
const RUN_IN: Duration = Duration::from_secs(3);

/// How often a file is shown; the best counts.
const TIMES: usize = 3;

/// The bounds.
const LEAST_TIMES_AS_FAST: f64 = 15.0;
const LONGEST_FRAME_MILLIS: f64 = 50.0;
const LEAST_FRAMES_PER_SECOND: f64 = 57.0;
const MOST_OF_ITS_MAIN_THREAD: f64 = 0.5;
const MOST_MEMORY_OF_LOG: f64 = 1.5;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let Some(at) = arguments.iter().position(|argument| argument == "--terminal") else {
        // `cargo test` runs every bench to see whether it still does.
        println!("Left out: xterm.js is not here. `cargo xtask bench` fetches it.");
        return ExitCode::SUCCESS;
    };
    let terminal = PathBuf::from(arguments.get(at + 1).map_or("", String::as_str));
    let folder = repository().join("target/bench/console");
    put_together(&folder, &terminal).expect("target/ can be written");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let table = runtime.expect("a thread is enough").block_on(within(600, measure(folder)));
    print(&table);
    ExitCode::from(u8::from(table.iter().any(|row| !row.is_met)))
}

/// A line of what is printed.
struct Row {
    what: &'static str,
    heapscope: String,
    terminal: String,
    bound: String,
    is_met: bool,
}

fn print(table: &[Row]) {
    println!("{:44} {:>12} {:>12}   bound", "", "Heapscope", "xterm.js");
    for Row { what, heapscope, terminal, bound, is_met } in table {
        let met = match (bound.is_empty(), is_met) {
            (true, _) => "",
            (false, true) => ": met",
            (false, false) => ": NOT MET",
        };
        println!("{what:44} {heapscope:>12} {terminal:>12}   {bound}{met}");
    }
}

/// The page, the terminal and the logs in one folder, so that one server has all of it.
fn put_together(folder: &Path, terminal: &Path) -> std::io::Result<()> {
    let _ = fs::remove_dir_all(folder);
    copy_all(&repository().join("dist"), folder)?;
    fs::copy(terminal.join("lib/xterm.js"), folder.join("xterm.js"))?;
    fs::copy(terminal.join("css/xterm.css"), folder.join("xterm.css"))?;
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/console/terminal.html"),
        folder.join("terminal.html"),
    )?;
    let log = mixed_log::mixed_log(LOG_BYTES);
    fs::write(folder.join("board.log"), &log[..LOG_BYTES])?;
    let large = log[..LOG_BYTES].repeat(LARGE_LOG_BYTES / LOG_BYTES);
    fs::write(folder.join("large.log"), large)
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy_all(&entry.path(), &target)?,
            false => drop(fs::copy(entry.path(), target)?),
        }
    }
    Ok(())
}

async fn measure(folder: PathBuf) -> Vec<Row> {
    let mut rig = Rig::with(folder, Box::new(|| Box::new(Streaming::default()))).await;
    let mut rows = Vec::new();

    let (mut ours, mut judged, mut theirs) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..TIMES {
        let import = import(&mut rig, "board.log").await;
        ours = ours.min(import.millis);
        judged = judged.min(import.judged_millis);
        theirs = theirs.min(load_in_terminal(&rig.page).await);
    }
    let speed = |millis: f64| LOG_BYTES as f64 / 1e3 / millis;
    rows.push(Row {
        what: "10 MB until painted",
        heapscope: format!("{:.1} MB/s", speed(ours)),
        terminal: format!("{:.1} MB/s", speed(theirs)),
        bound: format!("{:.1} times as fast, at least {LEAST_TIMES_AS_FAST}", theirs / ours),
        is_met: theirs / ours >= LEAST_TIMES_AS_FAST,
    });
    rows.push(Row {
        what: "10 MB until read, charted and judged",
        heapscope: format!("{:.1} MB/s", speed(judged)),
        terminal: String::new(),
        bound: String::new(),
        is_met: true,
    });

    let large = import(&mut rig, "large.log").await;
    let longest = large.long_frames.iter().map(|(millis, _)| *millis).reduce(f64::max);
    rows.push(Row {
        what: "100 MB: longest frame",
        heapscope: longest.map_or("none long".to_owned(), |millis| format!("{millis:.0} ms")),
        terminal: String::new(),
        bound: format!("{} longer than {LONGEST_FRAME_MILLIS} ms, at most 0", large.long_frames.len()),
        is_met: large.long_frames.is_empty(),
    });
    for (millis, why) in &large.long_frames {
        println!("  a frame of {millis:.0} ms, {why}");
    }
    let of_log = large.memory_bytes / LARGE_LOG_BYTES as f64;
    rows.push(Row {
        what: "100 MB: memory taken",
        heapscope: format!("{:.0} MB", large.memory_bytes / 1e6),
        terminal: String::new(),
        bound: format!("{of_log:.2} of the log, at most {MOST_MEMORY_OF_LOG}"),
        is_met: of_log <= MOST_MEMORY_OF_LOG,
    });

    rig.page.open("/").await;
    rig.page.wait_for("[data-testid=port-button]", "CP2102").await;
    rig.page.click("[data-testid=port-button]").await;
    rig.board.wait_for_port(true).await;
    let ours = watch(&rig.page).await;
    rig.page.open("/terminal.html").await;
    rig.page.wait_until("loaded the terminal", "return typeof connect === 'function'").await;
    rig.board.wait_for_port(false).await;
    rig.page.run("return connect()").await;
    rig.board.wait_for_port(true).await;
    let theirs = watch(&rig.page).await;
    rows.push(Row {
        what: "300 kB/s: frames a second",
        heapscope: format!("{:.0}", ours.frames_per_second),
        terminal: format!("{:.0}", theirs.frames_per_second),
        bound: format!("at least {LEAST_FRAMES_PER_SECOND} of 60"),
        is_met: ours.frames_per_second >= LEAST_FRAMES_PER_SECOND,
    });
    let of_theirs = ours.busy / theirs.busy;
    rows.push(Row {
        what: "300 kB/s: main thread busy",
        heapscope: format!("{:.1} %", ours.busy * 100.0),
        terminal: format!("{:.1} %", theirs.busy * 100.0),
        bound: format!("{of_theirs:.2} of the terminal's, at most {MOST_OF_ITS_MAIN_THREAD}"),
        is_met: of_theirs <= MOST_OF_ITS_MAIN_THREAD,
    });
    rows
}

/// How a file was read.
struct Import {
    millis: f64,
    /// Until all that the log says was read, and judged.
    judged_millis: f64,
    /// Frames of more than 50 ms, as Chromium counts them: how long, and why.
    long_frames: Vec<(f64, String)>,
    memory_bytes: f64,
}

/// Drops a file on a new page, and waits until its end is painted.
async fn import(rig: &mut Rig, name: &str) -> Import {
    // Another address first: else the page is the one that was there.
    rig.page.open("/not-there").await;
    rig.page.open("/").await;
    rig.page.wait_for("h1", "heap").await;
    let before = memory(rig).await;
    let script = "return (async () => {
        const log = new File([await (await fetch('NAME')).arrayBuffer()], 'NAME');
        const given = new DataTransfer();
        given.items.add(log);
        const long = [];
        let began = performance.now();
        // When, how long, and what the longest of its scripts was called by.
        const known = (entry) => {
            const longest = [...entry.scripts].sort((one, two) => two.duration - one.duration)[0];
            const script = longest ? `${Math.round(longest.duration)} ms in ${longest.invoker}` : 'no script';
            const painting = entry.renderStart ? entry.startTime + entry.duration - entry.renderStart : 0;
            const when = `${Math.round(entry.startTime - began)} ms after the drop`;
            return [entry.duration, `${when}: ${script}, ${Math.round(painting)} ms of rendering`];
        };
        const isOurs = (entry) => entry.startTime >= began;
        const observer = new PerformanceObserver((list) => long.push(...list.getEntries().filter(isOurs).map(known)));
        const frame = () => new Promise(requestAnimationFrame);
        // Making a file of 100 MB takes 50 to 100 ms, which are not the page's: its frame must be over.
        await frame();
        await frame();
        observer.observe({ type: 'long-animation-frame' });
        began = performance.now();
        const event = new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true });
        document.querySelector('h1').dispatchEvent(event);
        const read = () => Number(document.querySelector('[data-testid=byte-count]')?.dataset.bytes ?? -1);
        while (read() !== log.size) await frame();
        await frame();
        await frame();
        const millis = performance.now() - began;
        const isReading = () => document.querySelector('[data-testid=headline]')?.textContent.startsWith('Reading');
        while (isReading() ?? true) await frame();
        const judged = performance.now() - began;
        await new Promise((done) => setTimeout(done, 300));
        observer.disconnect();
        return { millis, judged, long };
    })()";
    let read = rig.page.run(&script.replace("NAME", name)).await;
    let long: Vec<(f64, String)> = serde_json::from_value(read["long"].clone()).expect("a list of frames");
    Import {
        millis: read["millis"].as_f64().expect("a duration"),
        judged_millis: read["judged"].as_f64().expect("a duration"),
        long_frames: long,
        memory_bytes: memory(rig).await - before,
    }
}

/// What the page's processes have, after everything that nobody needs was given back.
async fn memory(rig: &Rig) -> f64 {
    rig.page.devtools("HeapProfiler.collectGarbage", json!({})).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    rig.memory_of_pages_bytes() as f64
}

async fn load_in_terminal(page: &Page) -> f64 {
    page.open("/terminal.html").await;
    page.wait_until("loaded the terminal", "return typeof load === 'function'").await;
    let script = "return (async () => {
        const log = new Uint8Array(await (await fetch('board.log')).arrayBuffer());
        const frame = () => new Promise(requestAnimationFrame);
        await frame();
        const began = performance.now();
        await load(log);
        await frame();
        await frame();
        return performance.now() - began;
    })()";
    page.run(script).await.as_f64().expect("a duration")
}

/// What a page does while bytes come.
struct Watched {
    frames_per_second: f64,
    /// Part of the time that the main thread worked.
    busy: f64,
}

async fn watch(page: &Page) -> Watched {
    tokio::time::sleep(RUN_IN).await;
    page.devtools("Performance.enable", json!({})).await;
    page.run("window.frames = 0; (function count() { window.frames++; requestAnimationFrame(count); })();")
        .await;
    let before = task_seconds(page).await;
    tokio::time::sleep(WATCHED).await;
    let after = task_seconds(page).await;
    let frames = page.run("return window.frames").await.as_f64().expect("a number");
    Watched {
        frames_per_second: frames / WATCHED.as_secs_f64(),
        busy: (after - before) / WATCHED.as_secs_f64(),
    }
}

async fn task_seconds(page: &Page) -> f64 {
    let metrics = page.devtools("Performance.getMetrics", json!({})).await;
    let metrics = metrics["metrics"].as_array().cloned().unwrap_or_default();
    let is_task = |metric: &&Value| metric["name"] == "TaskDuration";
    metrics
        .iter()
        .find(is_task)
        .and_then(|metric| metric["value"].as_f64())
        .expect("Chromium counts its tasks")
}

/// A board that talks without end.
struct Streaming {
    log: Vec<u8>,
    said: u64,
}

impl Default for Streaming {
    fn default() -> Self {
        Streaming { log: mixed_log::mixed_log(1_000_000), said: 0 }
    }
}

impl Board for Streaming {
    fn advance(&mut self, now: Millis, out: &mut Vec<u8>) {
        let due = now.0 * STREAM_BYTES_PER_SECOND / 1_000;
        while self.said < due {
            let at = (self.said % self.log.len() as u64) as usize;
            let length = (self.log.len() - at).min((due - self.said) as usize);
            out.extend_from_slice(&self.log[at..at + length]);
            self.said += length as u64;
        }
    }

    fn input(&mut self, _: &[u8]) {}
}
