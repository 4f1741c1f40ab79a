//! Running other programs, and speaking to the person who waits.
//!
//! What xtask says is one plain line, on standard error with everything else that is not a result.
//! A failure is a sentence that says what happened and what to do next; it is returned, never
//! printed here, so that `main` prints it exactly once.
//!
//! It refuses to go through a shell: programs get their arguments as they are, so a folder name with a
//! space in it is nothing special, and the same code runs where there is no `sh`.
//!
//! ```ignore
//! say("Checking the format.");
//! run(Command::new("cargo").args(["fmt", "--check"]), "The format is not right.")?;
//! ```

use std::env;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What went wrong and what to do next, in one or two sentences.
#[derive(Debug)]
pub struct Failure(pub String);

pub type Result<T> = std::result::Result<T, Failure>;

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// `fail!("The folder {path} is missing.")` leaves the function with that sentence.
macro_rules! fail {
    ($($sentence:tt)*) => { return Err($crate::shell::Failure(format!($($sentence)*))) };
}
pub(crate) use fail;

/// Tells the person what is going on.
pub fn say(line: impl fmt::Display) {
    eprintln!("{line}");
}

/// Runs a program that shares our terminal. `otherwise` is the sentence for the case that it fails.
pub fn run(command: &mut Command, otherwise: &str) -> Result<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => fail!("{otherwise} ({} ended with {status}.)", name(command)),
        Err(error) => fail!("{otherwise} ({} cannot be started: {error}.)", name(command)),
    }
}

/// Runs a program out of sight and shows what it printed only when it fails.
pub fn run_quietly(command: &mut Command, otherwise: &str) -> Result<()> {
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            eprint!("{}", String::from_utf8_lossy(&output.stdout));
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            fail!("{otherwise} ({} ended with {}.)", name(command), output.status)
        }
        Err(error) => fail!("{otherwise} ({} cannot be started: {error}.)", name(command)),
    }
}

/// What a program prints on standard output, trimmed; `None` if it is missing or fails.
pub fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Does this work at all? Nothing is shown, and after `limit` the program is ended and the answer is no.
pub fn works_within(command: &mut Command, limit: Duration) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = quiet.spawn() else {
        return false;
    };
    let started = Instant::now();
    while started.elapsed() < limit {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(50)),
            Err(_) => break,
        }
    }
    // Both may fail because it has just ended by itself, which is as good.
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// Sends `input` through a program and gives back what comes out.
pub fn filter(command: &mut Command, input: std::fs::File) -> Option<Vec<u8>> {
    let mut child = command.stdin(input).stdout(Stdio::piped()).spawn().ok()?;
    let mut out = Vec::new();
    child.stdout.take()?.read_to_end(&mut out).ok()?;
    child.wait().ok()?.success().then_some(out)
}

/// Where a program of this name stands on the PATH.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// The folder that holds the workspace's Cargo.toml.
pub fn repository() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask stands in the repository")
}

/// The program's name as a person would say it.
fn name(command: &Command) -> String {
    let path = Path::new(command.get_program());
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
