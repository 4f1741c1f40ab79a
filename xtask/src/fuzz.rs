//! `cargo xtask fuzz`: feeds the reader what nobody would think of, for hours if wished.
//!
//! Each target in `fuzz/targets` is a program with libFuzzer in it, which watches what parts of the code an input
//! reaches and keeps what reaches more. It begins with pieces of the fixtures. The compiler that builds Heapscope
//! builds the targets too: the flags below are what `cargo fuzz` would give, for the reader alone, and without the sanitizer,
//! which wants another compiler and finds nothing in code without `unsafe`.
//! It refuses to judge: what a target checks stands in `fuzz/lib.rs`.
//!
//! ```text
//! cargo xtask fuzz umm --runs 10000000
//! ```

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::packages;
use crate::shell::{Failure, Result, fail, output_of, repository, run, say};
use crate::toolchain::own_cargo;
use crate::versions::COMPILER_OF_CPP;

/// So many executions of each target are a long run.
const LONG_RUN: &str = "10000000";

/// How long the short form may take with each target, in seconds. Slow machines do fewer executions.
const SHORT_SECONDS: &str = "10";

/// Of each fixture the fuzzer gets pieces of so many bytes: small inputs run fast.
const PIECE_BYTES: usize = 1_024;

const LONGEST_INPUT_BYTES: &str = "1500";

/// How the code is marked, so that libFuzzer sees which parts were reached.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Only the reader is marked. With regular expressions and libraries marked as well, libFuzzer does little else than
/// to look through the marks.
const MARKED_CRATE: &str = "heapscope_reader";

/// Set where Cargo calls this program in place of the compiler.
const IS_COMPILER: &str = "HEAPSCOPE_MARKS_THE_READER";

/// Whether Cargo calls this program in place of the compiler.
pub fn is_compiler() -> bool {
    env::var_os(IS_COMPILER).is_some()
}

/// Calls the compiler, whose path and arguments these are, and adds the marks for the reader.
pub fn compile() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let Some((compiler, arguments)) = arguments.split_first() else { return ExitCode::FAILURE };
    let is_marked = arguments.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1] == MARKED_CRATE);
    let mut command = Command::new(compiler);
    command.args(arguments).args(if is_marked { &COVERAGE[..] } else { &[] });
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

pub fn fuzz(arguments: &[String]) -> Result<()> {
    let (target, runs) = match arguments {
        [] => (None, LONG_RUN),
        [flag, runs] if flag == "--runs" => (None, runs.as_str()),
        [target] => (Some(target), LONG_RUN),
        [target, flag, runs] if flag == "--runs" => (Some(target), runs.as_str()),
        _ => fail!("fuzz takes the name of a target and --runs NUMBER, both optional."),
    };
    if runs.parse::<u64>().is_err() {
        fail!("{runs} is not a number of executions.");
    }
    let all = targets()?;
    if let Some(unknown) = target.filter(|target| !all.contains(target)) {
        fail!("There is no target {unknown}. The targets are: {}.", all.join(", "));
    }
    let chosen: Vec<_> = all.into_iter().filter(|name| target.is_none_or(|target| target == name)).collect();
    let folder = build()?;
    chosen.iter().try_for_each(|name| execute(&folder, name, &[&format!("-runs={runs}")]))
}

/// Every target for a few seconds.
pub fn try_out() -> Result<()> {
    let folder = build()?;
    let limit = format!("-max_total_time={SHORT_SECONDS}");
    targets()?.iter().try_for_each(|name| execute(&folder, name, &[&limit]))
}

fn home() -> PathBuf {
    repository().join("fuzz")
}

/// The names of the targets, which are those of their files.
fn targets() -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(home().join("targets")) else { fail!("fuzz/targets cannot be read.") };
    let names = entries.flatten().map(|entry| entry.path());
    let mut names: Vec<_> =
        names.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    names.sort();
    Ok(names)
}

/// Builds all targets, and gives the folder that they stand in.
fn build() -> Result<PathBuf> {
    packages::install_missing(COMPILER_OF_CPP, "building libFuzzer")?;
    let host = output_of(Command::new(own_cargo()).arg("-vV"))
        .and_then(|text| Some(text.lines().find_map(|line| line.strip_prefix("host: "))?.to_owned()));
    let Some(host) = host else { fail!("Cargo does not say for which machine it compiles.") };
    let own = env::current_exe()
        .map_err(|error| Failure(format!("This program does not find itself: {error}.")))?;
    let mut build = Command::new(own_cargo());
    build.args(["build", "--release", "--bins", "--target", &host]).current_dir(home());
    build.env("RUSTC_WRAPPER", own).env(IS_COMPILER, "1");
    run(&mut build, "The fuzz targets do not compile.")?;
    Ok(home().join("target").join(host).join("release"))
}

fn execute(folder: &Path, name: &str, limits: &[&str]) -> Result<()> {
    let corpus = home().join("corpus").join(name);
    let artifacts = home().join("artifacts").join(name);
    let written = fs::create_dir_all(&artifacts).and_then(|()| seed(name, &corpus));
    if let Err(error) = written {
        fail!("The inputs to begin with cannot be written to {}: {error}.", corpus.display());
    }
    let mut fuzz = Command::new(folder.join(name));
    fuzz.args(limits).arg(format!("-max_len={LONGEST_INPUT_BYTES}"));
    fuzz.arg(format!("-artifact_prefix={}/", artifacts.display())).arg(&corpus);
    let output = fuzz.stdin(Stdio::null()).output();
    let output = output.map_err(|error| Failure(format!("The target {name} cannot be started: {error}.")))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let done = said.lines().rev().find_map(|line| line.strip_prefix("Done "));
    match done.filter(|_| output.status.success()) {
        Some(done) => {
            say(format!("{name}: {done}, nothing found"));
            Ok(())
        }
        None => {
            eprint!("{said}");
            fail!(
                "The target {name} found something: see above. The input is kept in {}.",
                artifacts.display()
            )
        }
    }
}

/// Pieces of the fixtures of the target's firmware; of all, where it is not named after one.
fn seed(name: &str, corpus: &Path) -> std::io::Result<()> {
    fs::create_dir_all(corpus)?;
    let fixtures = repository().join("tests/fixtures");
    let own = fixtures.join(name);
    let folders = if own.is_dir() { vec![own] } else { folders(&fixtures)? };
    for case in
        folders.iter().map(|folder| self::folders(folder)).collect::<std::io::Result<Vec<_>>>()?.concat()
    {
        let Ok(log) = fs::read(case.join("log.txt")) else { continue };
        let case = case.file_name().unwrap_or_default().to_string_lossy();
        // The beginning, the end, and something of the middle.
        let places = [0, log.len() / 2, log.len().saturating_sub(PIECE_BYTES)];
        for (number, begin) in places.into_iter().enumerate() {
            let piece = &log[begin..log.len().min(begin + PIECE_BYTES)];
            fs::write(corpus.join(format!("fixture-{case}-{number}")), piece)?;
        }
    }
    Ok(())
}

fn folders(parent: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent)?.map(|entry| Ok(entry?.path()));
    let paths: std::io::Result<Vec<_>> = entries.collect();
    Ok(paths?.into_iter().filter(|path| path.is_dir()).collect())
}
