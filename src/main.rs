//! Natively: the same reader as the page's, as a command for log files. In the browser: the page.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    command::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {
    heapscope::ui::start();
}

#[cfg(not(target_arch = "wasm32"))]
mod command;
