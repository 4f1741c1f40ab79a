//! `cargo xtask serve`: builds the page and serves it on this machine, to this machine only.
//!
//! It refuses to watch files: after a change run `cargo xtask build` beside it and load the page again, which
//! serves what is in `dist/` at that moment.
//!
//! ```text
//! cargo xtask serve --port 8081
//! ```

use xtask::page_server::PageServer;

use crate::page::{self, Ready};
use crate::shell::{Result, fail, say};

const DEFAULT_PORT: u16 = 8080;

pub fn serve(arguments: &[String]) -> Result<()> {
    let port = port_in(arguments)?;
    // Asked before the long work, and again after it.
    drop(listen(port)?);
    page::build(&Ready::all()?)?;
    let server = listen(port)?;
    say("");
    say("Heapscope is ready (Ctrl-C stops it):");
    say(format!("  http://localhost:{port}/       connect a board, or drop a log on the page"));
    say(format!("  http://localhost:{port}/#demo  the demo board, no hardware needed"));
    server.serve()
}

fn listen(port: u16) -> Result<PageServer> {
    match PageServer::listen(port, page::dist()) {
        Ok(server) => Ok(server),
        Err(error) => fail!(
            "Port {port} cannot be used ({error}). Please end the program that has it, or choose another: cargo xtask serve --port {}",
            port.checked_add(1).unwrap_or(DEFAULT_PORT)
        ),
    }
}

fn port_in(arguments: &[String]) -> Result<u16> {
    let text = match arguments {
        [] => return Ok(DEFAULT_PORT),
        [flag, number] if flag == "--port" => number,
        [one] if one.starts_with("--port=") => &one["--port=".len()..],
        _ => fail!("serve takes nothing but --port NUMBER."),
    };
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => fail!("{text} is not a port. It must be a number from 1 to 65535."),
    }
}
