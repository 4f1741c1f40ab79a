//! The program that drives a browser, and the browser that it started.
//!
//! Chromium's and Firefox's drivers speak the same language, WebDriver; they differ in how they are started and in
//! how they say on which port they listen. Dropping a driver ends every process that belongs to it.
//!
//! ```no_run
//! # use heapscope_e2e::driver::Driver;
//! # async fn example() {
//! let folder = tempfile::tempdir().unwrap();
//! let port = |line: &str| line.strip_prefix("listening on ")?.parse().ok();
//! let driver = Driver::start("some-driver", &[], folder, port);
//! # }
//! ```

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use tempfile::TempDir;

use crate::page::answer;

/// How long a driver may take to start; the first time on a cold machine is slow.
const STARTING: Duration = Duration::from_secs(60);

/// How long the browser may take to end politely. Nothing in it is worth waiting longer for.
const ENDING: Duration = Duration::from_secs(2);

/// A driver that runs, and its browser once it is connected.
pub struct Driver {
    process: Child,
    port: u16,
    session: String,
    /// Everything that the browser writes.
    folder: TempDir,
    output: Output,
}

impl Driver {
    /// Starts a driver. `port_in` finds the port that it chose in a line that it prints. `folder` is the browser's,
    /// is named among its arguments, and goes away with it.
    pub fn start(
        program: &str,
        arguments: &[String],
        folder: TempDir,
        port_in: fn(&str) -> Option<u16>,
    ) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        // What the browser leaves lying about goes away with its folder.
        command.env("TMPDIR", folder.path());
        // When the test is killed outright nothing of ours runs any more; then the system ends the driver, and
        // the browser sees its connection to the driver close.
        // SAFETY: one system call between fork and exec, which allocates nothing.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        let mut process = command.spawn().unwrap_or_else(|error| {
            panic!("{program} does not start: {error}. `cargo xtask test e2e` installs it.")
        });
        let printed = BufReader::new(process.stdout.take().expect("its output is ours"));
        let (sender, receiver) = mpsc::channel();
        let output = Output::default();
        let kept = output.clone();
        // Goes on reading to the end, so that the driver never waits for us.
        thread::spawn(move || {
            for line in printed.lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line) {
                    let _ = sender.send(port);
                }
                kept.0.lock().expect("nobody panics with it").push(line);
            }
        });
        match receiver.recv_timeout(STARTING) {
            Ok(port) => Self { process, port, session: String::new(), folder, output },
            Err(_) => {
                let _ = process.kill();
                let _ = process.wait();
                panic!("{program} did not say within {STARTING:?} on which port it listens.");
            }
        }
    }

    /// Starts the browser. `name` is what a person calls it.
    pub async fn connect(&mut self, name: &str, capabilities: Value) -> Client {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let Value::Object(capabilities) = capabilities else {
            panic!("capabilities are an object");
        };
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{}", self.port);
        let client = answer(builder.connect(&address), format!("{name} does not start")).await;
        self.session = client.session_id().await.ok().flatten().unwrap_or_default();
        client
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the driver and the browser print.
    pub fn output(&self) -> Output {
        self.output.clone()
    }

    /// Memory of their own that those processes have whose arguments contain a text.
    pub fn memory_bytes(&self, argument: &str) -> u64 {
        let is_meant = |id: &u32| {
            let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&arguments).contains(argument)
        };
        let processes = descendants(self.process.id());
        processes.iter().filter(|id| is_meant(id)).map(|id| own_memory_bytes(*id)).sum()
    }

    fn end_session(&self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(ENDING))?;
        let (port, session) = (self.port, &self.session);
        write!(
            connection,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        )?;
        // The driver answers when the browser has ended, and leaves the connection open.
        let _ = connection.read(&mut [0; 1024])?;
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Politely first: the driver ends the browser that belongs to the session. Then for certain.
        let _ = self.end_session();
        let _ = self.process.kill();
        let _ = self.process.wait();
        end_processes_that_name(self.folder.path());
    }
}

/// Lines that were printed and not taken yet.
#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<Vec<String>>>);

impl Output {
    /// Takes the lines that are wanted, and forgets the others.
    pub fn take(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let mut lines = self.0.lock().expect("nobody panics with it");
        lines.drain(..).filter(|line| is_wanted(line)).collect()
    }
}

/// The processes that a process started, and those that these started.
fn descendants(ancestor: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let parents: Vec<(u32, u32)> = processes
        .filter_map(|process| {
            let id = process.file_name().to_string_lossy().parse().ok()?;
            // "1234 (name) S 1200 …": the name may have blanks.
            let status = fs::read_to_string(process.path().join("stat")).ok()?;
            let parent = status.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((id, parent))
        })
        .collect();
    let mut found = vec![ancestor];
    let mut at = 0;
    while let Some(&known) = found.get(at) {
        found.extend(parents.iter().filter(|(_, parent)| *parent == known).map(|(id, _)| *id));
        at += 1;
    }
    found
}

/// What a process has in memory that is in no file.
fn own_memory_bytes(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next()?.parse().ok());
    kib.unwrap_or(0_u64) * 1024
}

/// Ends what is left of the browser: the processes that have our own folder, made a moment ago, among their arguments.
fn end_processes_that_name(folder: &Path) {
    let folder = folder.to_string_lossy().into_owned();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let id = process.file_name().to_string_lossy().parse::<libc::pid_t>();
        let arguments = fs::read(process.path().join("cmdline")).unwrap_or_default();
        if let Ok(id) = id
            && String::from_utf8_lossy(&arguments).contains(&folder)
        {
            // SAFETY: a system call without memory.
            unsafe { libc::kill(id, libc::SIGKILL) };
        }
    }
}
