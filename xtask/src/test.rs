//! `cargo xtask test`: every check there is, one after the other, stopping at the first that fails.
//!
//! It installs what the checks need and is missing. At the end it prints how long each step took, so that
//! whoever makes one slow sees it.
//! It refuses to leave a step out without saying so.
//!
//! ```text
//! cargo xtask test native
//! ```

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::bench;
use crate::fuzz;
use crate::packages;
use crate::page::{self, Ready};
use crate::shell::{Result, fail, find_program, repository, run, say};
use crate::toolchain::{WasmToolchain, own_cargo, own_component, path_beginning_with};
use crate::tools;
use crate::versions::{DEBIAN_BROWSER, DEBIAN_FIREFOX, DEBIAN_SERIAL_RIG, WASM_TARGET};

type Part = fn(&mut Steps) -> Result<()>;

/// The parts, in the order in which they run: what is quick to fail comes first.
const PARTS: &[(&str, Part)] = &[
    ("lint", lint),
    ("native", native),
    ("bench", bench),
    ("fuzz", fuzz),
    ("web", web),
    ("e2e", end_to_end),
];

pub fn test(arguments: &[String]) -> Result<()> {
    let chosen: Vec<_> = match arguments {
        [] => PARTS.iter().collect(),
        [part] => PARTS.iter().filter(|(name, _)| name == part).collect(),
        _ => fail!("Only one part can be named."),
    };
    if chosen.is_empty() {
        let names: Vec<_> = PARTS.iter().map(|(name, _)| *name).collect();
        fail!("There is no such part. The parts are: {}.", names.join(", "));
    }
    let mut steps = Steps { taken: Vec::new() };
    let result = chosen.iter().try_for_each(|(_, part)| part(&mut steps));
    steps.report();
    result?;
    say("All checks passed.");
    Ok(())
}

fn lint(steps: &mut Steps) -> Result<()> {
    steps.take("set-up of the linters", || {
        own_component("rustfmt")?;
        own_component("clippy")?;
        WasmToolchain::ready()?.ready_to_lint()
    })?;
    let advice = "The format is not rustfmt's. Please run `cargo fmt --all`, in the repository, in tests/e2e and in fuzz.";
    steps.take("format", || {
        run(cargo("fmt").args(["--all", "--check"]), advice)?;
        run(cargo("fmt").arg("--check").current_dir(end_to_end_folder()), advice)?;
        run(cargo("fmt").arg("--check").current_dir(repository().join("fuzz")), advice)
    })?;
    steps.take("clippy", || {
        let mut clippy = cargo("clippy");
        clippy.args(["--workspace", "--all-targets", "--", "-D", "warnings"]);
        run(&mut clippy, "Clippy has something to say.")
    })?;
    steps.take("clippy for wasm32", || {
        let mut clippy = WasmToolchain::ready()?.cargo("clippy");
        // The other tests are native: they read files, and draw charts to SVG.
        clippy.args(["--target", WASM_TARGET, "--lib", "--bins", "--test", "web", "--", "-D", "warnings"]);
        run(&mut clippy, "Clippy has something to say about what only the browser compiles.")
    })?;
    steps.take("clippy for tests/e2e", || {
        let mut clippy = cargo("clippy");
        clippy.args(["--all-targets", "--", "-D", "warnings"]).current_dir(end_to_end_folder());
        run(&mut clippy, "Clippy has something to say about the end-to-end tests.")
    })
}

fn native(steps: &mut Steps) -> Result<()> {
    steps.take("native tests", || run(cargo("test").arg("--workspace"), "A native test failed."))
}

/// Do the measurements still run?
fn bench(steps: &mut Steps) -> Result<()> {
    steps.take("trying the benches out", bench::try_out)
}

/// A few seconds of what `cargo xtask fuzz` does for hours.
fn fuzz(steps: &mut Steps) -> Result<()> {
    steps.take("fuzzing for a few seconds", fuzz::try_out)
}

fn web(steps: &mut Steps) -> Result<()> {
    let driver = steps.take("set-up of the browser", || {
        packages::install_missing(DEBIAN_BROWSER, "the tests in a browser")?;
        Ok(find_program("chromedriver"))
    })?;
    let Some(driver) = driver else { fail!("The browser's driver, chromedriver, is not on the PATH.") };
    let (toolchain, bindgen) = steps
        .take("set-up of the page's compiler", || Ok((WasmToolchain::ready()?, tools::wasm_bindgen()?)))?;
    steps.take("tests in the browser", || {
        let mut test = toolchain.cargo("test");
        test.args(["--target", WASM_TARGET, "--test", "web"]);
        test.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            bindgen.with_file_name("wasm-bindgen-test-runner"),
        );
        // How to start the browser stands in webdriver.json.
        test.env("CHROMEDRIVER", driver).env("WASM_BINDGEN_TEST_TIMEOUT", "120");
        run(&mut test, "A test in the browser failed.")
    })
}

fn end_to_end(steps: &mut Steps) -> Result<()> {
    let ready = steps.take("set-up of the page's tools", Ready::all)?;
    steps.take("building the page", || page::build(&ready).map(drop))?;
    if !cfg!(target_os = "linux") {
        say("Left out: the end-to-end tests, because serial ports without hardware need Linux.");
        return Ok(());
    }
    let geckodriver = steps.take("set-up of the serial rig and of Firefox", || {
        for packages in [DEBIAN_BROWSER, DEBIAN_SERIAL_RIG, DEBIAN_FIREFOX] {
            packages::install_missing(packages, "the end-to-end tests")?;
        }
        tools::geckodriver()
    })?;
    steps.take("end-to-end tests", || {
        // How the tests are started stands in tests/e2e/.cargo/config.toml.
        let mut test = cargo("test");
        let beside = geckodriver.parent().expect("a program stands in a folder");
        test.current_dir(end_to_end_folder()).env("PATH", path_beginning_with(&[beside.to_owned()]));
        run(&mut test, "An end-to-end test failed.")
    })
}

/// Has its own workspace, so that its browser driver's crates stay out of the page's Cargo.lock.
fn end_to_end_folder() -> PathBuf {
    repository().join("tests/e2e")
}

fn cargo(subcommand: &str) -> Command {
    let mut cargo = Command::new(own_cargo());
    cargo.arg(subcommand).current_dir(repository());
    cargo
}

/// Takes the steps and remembers how long each took.
struct Steps {
    taken: Vec<(&'static str, Duration)>,
}

impl Steps {
    fn take<T>(&mut self, name: &'static str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        say(format!("\n== {name}"));
        let started = Instant::now();
        let result = step();
        self.taken.push((name, started.elapsed()));
        result.map_err(|failure| crate::shell::Failure(format!("\nFailed at \"{name}\": {failure}")))
    }

    fn report(&self) {
        say("\nHow long each step took:");
        for (name, time) in &self.taken {
            say(format!("{:>8.1} s  {name}", time.as_secs_f32()));
        }
    }
}
