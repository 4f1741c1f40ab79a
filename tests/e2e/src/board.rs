//! The board at the far end of the cable.
//!
//! It runs in a thread of its own, lives by the wall clock, and writes down every byte in both directions. Like a
//! real board it talks whether or not anybody listens: what it says while the port is closed is lost, and is not in
//! the record of what was sent.
//! It refuses to wait for the browser for ever: a byte that nobody takes for [`PATIENCE`] is a failure.
//!
//! ```no_run
//! # async fn example(rig: &heapscope_e2e::Rig) {
//! rig.board.send(b"hello\r\n");
//! rig.board.wait_for_typed(b"Status 4\n").await;
//! # }
//! ```

use std::io;
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use heapscope::demo::{Board, Scenario, TasmotaBoard};
use heapscope::heap::Millis;

use crate::cable::Terminal;

/// The board that is plugged in unless a test brings its own: the one that the page has as its demo.
pub fn simulated() -> Box<dyn Board + Send> {
    Box::new(TasmotaBoard::new(Scenario::Leaking))
}

/// How long the browser may leave bytes lying in the cable.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often the board gets the time.
const TICK: Duration = Duration::from_millis(5);

/// How long the cable must be quiet before a careful person pulls it.
const SILENCE: Duration = Duration::from_millis(300);

/// A test's hand on the board: clones all mean the same one, through any number of unplugs.
#[derive(Clone, Default)]
pub struct Bench {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Everything that went into the cable while the port was open.
    sent: Vec<u8>,
    /// Everything that came out of it.
    typed: Vec<u8>,
    /// What a test wants said beside what the board says by itself.
    queued: Vec<u8>,
    port_open: bool,
    /// Power is off: the thread ends.
    off: bool,
    /// The board keeps its mouth shut.
    hushed: bool,
    last_word: Option<Instant>,
    failure: Option<String>,
}

impl Bench {
    /// Says these bytes as they are, as soon as the port is open.
    pub fn send(&self, bytes: &[u8]) {
        self.state().queued.extend_from_slice(bytes);
    }

    /// Every byte that went over the cable towards the browser.
    pub fn sent(&self) -> Vec<u8> {
        self.state().sent.clone()
    }

    /// Every byte that came over the cable from the browser.
    pub fn typed(&self) -> Vec<u8> {
        self.state().typed.clone()
    }

    /// Has the browser opened the port?
    pub fn port_is_open(&self) -> bool {
        self.state().port_open
    }

    /// Waits until the browser has opened the port, or closed it.
    pub async fn wait_for_port(&self, open: bool) {
        let wanted = if open { "opened" } else { "closed" };
        self.wait(|state| state.port_open == open, |_| format!("The browser has not {wanted} the port"))
            .await;
    }

    /// Waits until these bytes were typed.
    pub async fn wait_for_typed(&self, bytes: &[u8]) {
        self.wait_for_typed_times(bytes, 1).await;
    }

    /// Waits until these bytes were typed so often, with patience for each time.
    pub async fn wait_for_typed_times(&self, bytes: &[u8], times: u32) {
        let count =
            |state: &State| state.typed.windows(bytes.len()).filter(|window| *window == bytes).count();
        let found = |state: &State| count(state) >= times as usize;
        self.wait_within(PATIENCE * times, found, |state| {
            let (wanted, got) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&state.typed));
            format!("{wanted:?} was typed to the board {} times, not {times}: {got:?}", count(state))
        })
        .await;
    }

    /// Silences the board and waits until all that it said has arrived. `speak` lets it go on.
    pub async fn hush(&self) {
        self.state().hushed = true;
        let quiet = |state: &State| state.last_word.is_none_or(|word| word.elapsed() > SILENCE);
        self.wait(quiet, |_| "The board does not fall silent".to_owned()).await;
    }

    /// Lets a board go on after `hush`; its clock has not stood still meanwhile.
    pub fn speak(&self) {
        self.state().hushed = false;
    }

    /// Switches a board on at this end of the cable.
    pub(crate) fn power_on(&self, terminal: Terminal, board: Box<dyn Board + Send>) -> Power {
        let fresh = State::default();
        let mut state = self.state();
        (state.off, state.hushed, state.port_open) = (fresh.off, fresh.hushed, fresh.port_open);
        drop(state);
        let bench = self.clone();
        let thread = thread::spawn(move || {
            if let Err(error) = bench.live(&terminal, board) {
                bench.state().failure = Some(error.to_string());
            }
        });
        Power { bench: self.clone(), thread: Some(thread) }
    }

    fn live(&self, terminal: &Terminal, mut board: Box<dyn Board + Send>) -> io::Result<()> {
        let power_on = Instant::now();
        let mut waiting = Vec::new();
        let mut stuck_since = Instant::now();
        loop {
            let (readable, writable, open) = look(terminal)?;
            let mut state = self.state();
            state.port_open = open;
            if state.off {
                return Ok(());
            }
            if readable {
                let typed = terminal.read()?;
                board.input(&typed);
                state.typed.extend_from_slice(&typed);
            }
            if !state.hushed {
                let before = waiting.len();
                let now = Millis(power_on.elapsed().as_millis() as u64);
                board.advance(now, &mut waiting);
                if !open {
                    // Nobody listens; but what the test itself wants said is kept for later.
                    waiting.truncate(before);
                }
            }
            if !open {
                // What lay in the cable when the port was closed.
                waiting.clear();
            } else {
                waiting.append(&mut state.queued);
            }
            if waiting.is_empty() {
                stuck_since = Instant::now();
            } else if writable {
                let count = terminal.write(&waiting)?;
                if count > 0 {
                    state.sent.extend(waiting.drain(..count));
                    state.last_word = Some(Instant::now());
                    stuck_since = Instant::now();
                }
            }
            drop(state);
            if stuck_since.elapsed() > PATIENCE {
                let error = format!("the browser has the port open but reads nothing for {PATIENCE:?}");
                return Err(io::Error::other(error));
            }
            if waiting.is_empty() {
                thread::sleep(TICK);
            }
        }
    }

    async fn wait(&self, done: impl Fn(&State) -> bool, problem: impl Fn(&State) -> String) {
        self.wait_within(PATIENCE, done, problem).await;
    }

    async fn wait_within(
        &self,
        patience: Duration,
        done: impl Fn(&State) -> bool,
        problem: impl Fn(&State) -> String,
    ) {
        let started = Instant::now();
        loop {
            {
                let state = self.state();
                if let Some(failure) = &state.failure {
                    panic!("The board stopped: {failure}.");
                }
                if done(&state) {
                    return;
                }
                assert!(started.elapsed() < patience, "{} within {patience:?}.", problem(&state));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A test that panicked while it looked has changed nothing by halves.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Dropping it switches the board off.
pub(crate) struct Power {
    bench: Bench,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Power {
    fn drop(&mut self) {
        self.bench.state().off = true;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.bench.state().port_open = false;
    }
}

/// Is there something to read, is there room to write, does the browser have the port open?
fn look(terminal: &Terminal) -> io::Result<(bool, bool, bool)> {
    let mut poll =
        libc::pollfd { fd: terminal.as_raw_fd(), events: libc::POLLIN | libc::POLLOUT, revents: 0 };
    // SAFETY: one valid entry, borrowed for the call.
    if unsafe { libc::poll(&mut poll, 1, 0) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let has = |event| poll.revents & event != 0;
    Ok((has(libc::POLLIN), has(libc::POLLOUT), !has(libc::POLLHUP)))
}
