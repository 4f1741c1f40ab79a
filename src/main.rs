#![cfg_attr(target_arch = "wasm32", no_main)]
//! Natively: the same reader as the page's, as a command for log files. In the browser: the page.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    command::main()
}

#[cfg(not(target_arch = "wasm32"))]
mod command;
