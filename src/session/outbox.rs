//! Lines that the person typed and that wait to be sent.
//!
//! A board that prints a whole report reads nothing meanwhile and loses what is sent. So lines wait until it
//! is quiet, but never longer than [`LONGEST_WAIT`]: a report that never ends must not lock the console.
//!
//! Lines leave one at a time: a board's receive buffer has 256 bytes, and what does not fit is lost.

use std::collections::VecDeque;

use crate::heap::Millis;

/// More lines than this do not wait.
const MOST_LINES: usize = 100;

/// A line is sent after this time even when the board seems busy.
const LONGEST_WAIT: Millis = Millis(10_000);

/// The next line leaves this long after the one before, or once the board has echoed that one.
const LINE_RHYTHM: Millis = Millis(300);

#[derive(Debug, Default)]
pub(super) struct Outbox {
    lines: VecDeque<Vec<u8>>,
    waiting_since: Option<Millis>,
    /// The line that left last and when, until the next may follow.
    last: Option<(Vec<u8>, Millis)>,
}

impl Outbox {
    /// Takes a line with its end. False when too many wait already.
    pub fn push(&mut self, line: Vec<u8>) -> bool {
        let has_room = self.lines.len() < MOST_LINES;
        if has_room {
            self.lines.push_back(line);
        }
        has_room
    }

    /// The next line that may be sent now.
    pub fn poll_next(&mut self, quiet: bool, now: Millis) -> Option<Vec<u8>> {
        if self.lines.is_empty() || quiet {
            self.waiting_since = None;
        } else if now - *self.waiting_since.get_or_insert(now) < LONGEST_WAIT {
            return None;
        }
        if self.last.as_ref().is_some_and(|(_, left)| now - *left < LINE_RHYTHM) {
            return None;
        }
        let line = self.lines.pop_front()?;
        self.last = Some((line.clone(), now));
        Some(line)
    }

    /// The board echoed this line: it has taken it out of its receive buffer.
    pub fn handle_echo(&mut self, text: &str) {
        self.last.take_if(|(line, _)| line.trim_ascii() == text.trim().as_bytes());
    }
}
