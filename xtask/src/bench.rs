//! `cargo xtask bench`: how fast the reader is, natively and in a browser, beside the readers that one writes in an
//! afternoon; how long judging takes; how fast the log is shown, beside xterm.js; and the pictures, beside uPlot.
//!
//! It keeps no history and compares nothing but what it measures itself in one run: machines are noisy, and figures of
//! two runs on one machine say little.
//!
//! ```text
//! cargo xtask bench --short
//! ```

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use xtask::page_server::PageServer;

use crate::packages;
use crate::page;
use crate::rival;
use crate::shell::{Result, fail, find_program, repository, run, say};
use crate::toolchain::{WasmToolchain, own_cargo};
use crate::tools;
use crate::versions::{DEBIAN_BROWSER, DEBIAN_SERIAL_RIG, WASM_TARGET};

/// 100 MB through JavaScript three times takes some seconds; a browser that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// The name of each native measurement, as cargo takes it.
const ALL: &str = "*";

/// Runs every measurement, or one part of them. What is out of its bound fails in the end, when all have been taken.
pub fn bench(arguments: &[String]) -> Result<()> {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let parts: &[fn() -> Result<()>] = match arguments[..] {
        [] => &[native, reader, console, pictures],
        ["native"] => &[native],
        ["reader"] => &[reader],
        ["console"] => &[console],
        ["pictures"] => &[pictures],
        ["--short"] => return run_with("bench", ALL, &["--short".to_owned()]),
        _ => fail!("bench takes one of native, reader, console, pictures or --short, or nothing."),
    };
    let failures: Vec<_> = parts.iter().filter_map(|part| part().err()).collect();
    match failures.into_iter().next() {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

fn native() -> Result<()> {
    run_with("bench", ALL, &[])
}

/// On little input and not even optimised, so that it can share what the tests compiled: the figures mean nothing,
/// but it still runs.
pub fn try_out() -> Result<()> {
    run_with("test", ALL, &["--short".to_owned()])
}

fn run_with(subcommand: &str, bench: &str, arguments: &[String]) -> Result<()> {
    let mut command = Command::new(own_cargo());
    // Only the benches: the library's own test harness would not know their arguments.
    command
        .args([subcommand, "--no-fail-fast", "--bench", bench, "--"])
        .args(arguments)
        .current_dir(repository());
    run(&mut command, "A measurement does not run, or a bound is not met.")
}

/// The wasm reader, compiled as the page has it, beside one in JavaScript.
fn reader() -> Result<()> {
    let folder = build(&["index.html", "reference.js"])?;
    run_with(
        "bench",
        "reader",
        &["--write".to_owned(), folder.join("mixed.log").to_string_lossy().into_owned()],
    )?;
    say("In Chromium:");
    in_browser(folder, "")
}

/// The pictures, compiled as the page has them, beside a chart in JavaScript.
fn pictures() -> Result<()> {
    let chart = rival::fetch(&rival::CHART)?;
    let folder = build(&["pictures.html"])?;
    for file in rival::CHART.files {
        let name = Path::new(file).file_name().unwrap_or_default();
        copy(&chart.join(file), &folder.join(name))?;
    }
    let name = chart.file_name().unwrap_or_default().to_string_lossy();
    say(format!("The pictures in Chromium, beside {name}:"));
    in_browser(folder, "pictures.html")
}

/// Opens a page of this folder, and says what it says, until its end.
fn in_browser(folder: PathBuf, page: &str) -> Result<()> {
    packages::install_missing(DEBIAN_BROWSER, "the benchmark in a browser")?;
    let Some(browser) = find_program("chromium") else { fail!("The browser, chromium, is not on the PATH.") };
    let profile = folder.join("profile");
    let server = match PageServer::listen(0, folder) {
        Ok(server) => server,
        Err(error) => fail!("No port can be opened for the benchmark's page: {error}."),
    };
    let address = format!("http://localhost:{}/{page}", server.port());
    thread::spawn(|| server.serve());
    let mut chromium = Command::new(browser);
    chromium.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
    ]);
    chromium.args(["--disable-background-networking", "--enable-logging=stderr"]);
    chromium.arg(format!("--user-data-dir={}", profile.display())).arg(address);
    chromium.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = match chromium.spawn() {
        Ok(child) => child,
        Err(error) => fail!("The browser cannot be started: {error}."),
    };
    let result = listen(&lines_of(&mut child));
    // It may have ended by itself, which is as good.
    let _ = child.kill();
    let _ = child.wait();
    result
}

/// The whole page beside a terminal, in the browser of the end-to-end tests.
fn console() -> Result<()> {
    page::build(&page::Ready::all()?)?;
    packages::install_missing(DEBIAN_BROWSER, "the benchmark in a browser")?;
    packages::install_missing(DEBIAN_SERIAL_RIG, "the benchmark in a browser")?;
    let terminal = rival::fetch(&rival::TERMINAL)?;
    let name = terminal.file_name().unwrap_or_default().to_string_lossy();
    say(format!("The log in Chromium, beside {name}:"));
    let mut bench = Command::new(own_cargo());
    // How it is started stands in tests/e2e/.cargo/config.toml. What is measured runs in the browser: the program that
    // looks need not be fast, and is compiled for the end-to-end tests anyway.
    bench.args(["test", "--quiet", "--bench", "console", "--", "--terminal"]).arg(&terminal);
    bench.current_dir(repository().join("tests/e2e"));
    run(&mut bench, "The log is slower than it may be.")
}

/// Puts the page of a benchmark together in a folder, of these files and what Rust makes of the package.
fn build(files: &[&str]) -> Result<PathBuf> {
    let folder = repository().join("target/bench");
    let toolchain = WasmToolchain::ready()?;
    let mut compile = toolchain.cargo("build");
    compile.args(["--profile", "page", "--target", WASM_TARGET, "--package", "heapscope-bench-browser"]);
    run(&mut compile, "The benchmark does not compile.")?;
    let _ = fs::remove_dir_all(&folder);
    let mut bind = Command::new(tools::wasm_bindgen()?);
    bind.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&folder);
    bind.arg(repository().join("target").join(WASM_TARGET).join("page/heapscope_bench_browser.wasm"));
    run(&mut bind, "wasm-bindgen could not prepare the benchmark.")?;
    for file in files {
        copy(&repository().join("benches/browser").join(file), &folder.join(file))?;
    }
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    match fs::copy(from, to) {
        Ok(_) => Ok(()),
        Err(error) => fail!("{} cannot be copied to {}: {error}.", from.display(), to.display()),
    }
}

/// What the page says, as it says it.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(output) = child.stderr.take() {
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
                // [pid:tid:time:INFO:CONSOLE(1)] "bench: …", source: http://… (1)
                let said = line.split_once("\"bench: ").and_then(|(_, rest)| rest.rsplit_once("\", source:"));
                if let Some((said, _)) = said
                    && sender.send(said.to_owned()).is_err()
                {
                    return;
                }
            }
        });
    }
    receiver
}

fn listen(lines: &Receiver<String>) -> Result<()> {
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) if line == "end" => return Ok(()),
            Ok(line) if line.starts_with("failed: ") => fail!("The benchmark in the browser {line}"),
            Ok(line) => println!("{line}"),
            Err(RecvTimeoutError::Timeout) => fail!("The benchmark in the browser says nothing any more."),
            Err(RecvTimeoutError::Disconnected) => fail!("The browser ended before the benchmark did."),
        }
    }
}
