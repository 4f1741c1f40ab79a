//! The commands of this repository, each of which installs what it needs and is missing.
//!
//! `cargo xtask` alone lists them. This file is that list; the work is done in the files beside it:
//!
//! * `toolchain` and `tools`: what must be installed, found or made ready;
//! * `packages` and `versions`: how and in which version;
//! * `page`, `serve`, `size`, `test`, `bench`, `fuzz`: the commands; `slim` makes the page smaller, `rival` is what
//!   `bench` measures beside it;
//! * `shell`: running programs and speaking to the person.
//!
//! It has no dependencies, so that it starts in a moment on a fresh machine.

mod bench;
mod fuzz;
mod packages;
mod page;
mod rival;
mod serve;
mod shell;
mod size;
mod slim;
mod test;
mod toolchain;
mod tools;
mod versions;

use std::env;
use std::process::ExitCode;

use shell::{Result, fail, run, say};
use toolchain::WasmToolchain;
use versions::WASM_TARGET;

const USAGE: &str = "\
cargo xtask serve [--port N]  build the page and serve it on http://localhost:8080
cargo xtask build             build the page into dist/, for any web server
cargo xtask test [PART]       run every check; PART is one of lint, native, bench, fuzz, web, e2e
cargo xtask size              weigh the page against its budget
cargo xtask bench [PART]      measure speed beside others'; PART is one of native, reader, console, pictures, or --short
cargo xtask fuzz [TARGET] [--runs N]
                              feed the reader what nobody would think of, 10 million times
cargo xtask wasm COMMAND ...  run cargo for the page's target, as in: cargo xtask wasm check
cargo xtask help              this list

Each of them installs what it needs and is missing.";

fn main() -> ExitCode {
    if fuzz::is_compiler() {
        return fuzz::compile();
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(failure);
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        println!("{USAGE}");
        return Ok(());
    };
    match (name.as_str(), rest) {
        ("serve", rest) => serve::serve(rest),
        ("build", []) => {
            let dist = page::build(&page::Ready::all()?)?;
            say(format!("The page is in {}.", dist.display()));
            Ok(())
        }
        ("test", rest) => test::test(rest),
        ("size", []) => size::size(),
        ("bench", rest) => bench::bench(rest),
        ("fuzz", rest) => fuzz::fuzz(rest),
        ("wasm", [subcommand, rest @ ..]) => {
            let mut cargo = WasmToolchain::ready()?.cargo(subcommand);
            cargo.args(["--target", WASM_TARGET]).args(rest);
            run(&mut cargo, "Cargo reports a failure.")
        }
        ("help" | "--help" | "-h", []) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => fail!("There is no `cargo xtask {}`. There is:\n\n{USAGE}", arguments.join(" ")),
    }
}
