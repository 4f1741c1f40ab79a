//! `cargo xtask bench`: how fast the reader is, natively and in a browser, beside the readers that one writes in an
//! afternoon; and how long judging takes.
//!
//! It keeps no history and compares nothing but what it measures itself in one run: machines are noisy, and figures of
//! two runs on one machine say little.
//!
//! ```text
//! cargo xtask bench --short
//! ```

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use xtask::page_server::PageServer;

use crate::packages;
use crate::shell::{Result, fail, find_program, repository, run, say};
use crate::toolchain::{WasmToolchain, own_cargo};
use crate::tools;
use crate::versions::{DEBIAN_BROWSER, WASM_TARGET};

/// 100 MB through JavaScript three times takes some seconds; a browser that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// The name of each native measurement, as cargo takes it.
const ALL: &str = "*";

/// Runs everything in `benches/`: natively, which takes the arguments as they are, and in a browser. A bound that is not
/// met, on a busy machine perhaps, keeps nothing else from being measured, and is an error at the end.
pub fn bench(arguments: &[String]) -> Result<()> {
    let native = run_with("bench", ALL, arguments);
    let browser = if arguments.is_empty() { in_browser() } else { Ok(()) };
    native.and(browser)
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
fn in_browser() -> Result<()> {
    packages::install_missing(DEBIAN_BROWSER, "the benchmark in a browser")?;
    let Some(browser) = find_program("chromium") else { fail!("The browser, chromium, is not on the PATH.") };
    let folder = repository().join("target/bench");
    build(&folder)?;
    run_with(
        "bench",
        "reader",
        &["--write".to_owned(), folder.join("mixed.log").to_string_lossy().into_owned()],
    )?;

    let server = match PageServer::listen(0, folder.clone()) {
        Ok(server) => server,
        Err(error) => fail!("No port can be opened for the benchmark's page: {error}."),
    };
    let address = format!("http://localhost:{}/", server.port());
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
    chromium.arg(format!("--user-data-dir={}", folder.join("profile").display())).arg(address);
    chromium.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = match chromium.spawn() {
        Ok(child) => child,
        Err(error) => fail!("The browser cannot be started: {error}."),
    };
    say("In Chromium:");
    let result = listen(&lines_of(&mut child));
    // It may have ended by itself, which is as good.
    let _ = child.kill();
    let _ = child.wait();
    result
}

/// Puts the page of the benchmark together.
fn build(folder: &Path) -> Result<()> {
    let toolchain = WasmToolchain::ready()?;
    let mut compile = toolchain.cargo("build");
    compile.args(["--profile", "page", "--target", WASM_TARGET, "--package", "heapscope-bench-browser"]);
    run(&mut compile, "The benchmark does not compile.")?;
    let _ = fs::remove_dir_all(folder);
    let mut bind = Command::new(tools::wasm_bindgen()?);
    bind.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(folder);
    bind.arg(repository().join("target").join(WASM_TARGET).join("page/heapscope_bench_browser.wasm"));
    run(&mut bind, "wasm-bindgen could not prepare the benchmark.")?;
    for file in ["index.html", "reference.js"] {
        if let Err(error) = fs::copy(repository().join("benches/browser").join(file), folder.join(file)) {
            fail!("{file} cannot be copied to {}: {error}.", folder.display());
        }
    }
    Ok(())
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
