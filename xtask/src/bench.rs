//! `cargo xtask bench`: how fast the reader is, natively.
//!
//! It keeps no history and compares nothing: machines are noisy, and figures of two runs on one machine say little.
//!
//! ```text
//! cargo xtask bench --short
//! ```

use std::process::Command;

use crate::shell::{Result, repository, run};
use crate::toolchain::own_cargo;

/// Runs everything in `benches/`, which takes the arguments as they are.
pub fn bench(arguments: &[String]) -> Result<()> {
    run_with("bench", arguments)
}

/// On little input and not even optimised, so that it can share what the tests compiled: the figures mean nothing,
/// but it still runs.
pub fn try_out() -> Result<()> {
    run_with("test", &["--short".to_owned()])
}

fn run_with(subcommand: &str, arguments: &[String]) -> Result<()> {
    let mut bench = Command::new(own_cargo());
    // Only the benches: the library's own test harness would not know their arguments.
    bench.args([subcommand, "--bench", "*", "--"]).args(arguments).current_dir(repository());
    run(&mut bench, "A measurement does not run.")
}
