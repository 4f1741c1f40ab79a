//! Lines that the person typed and that wait to be sent.
//!
//! A board that prints a whole report reads nothing meanwhile and loses what is sent. So lines wait until it
//! is quiet, but never longer than [`LONGEST_WAIT`]: a report that never ends must not lock the console.

use std::collections::VecDeque;

use crate::heap::Millis;

/// More lines than this do not wait.
const MOST_LINES: usize = 100;

/// A line is sent after this time even when the board seems busy.
const LONGEST_WAIT: Millis = Millis(10_000);

#[derive(Debug, Default)]
pub(super) struct Outbox {
    lines: VecDeque<Vec<u8>>,
    waiting_since: Option<Millis>,
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
            return self.lines.pop_front();
        }
        let since = *self.waiting_since.get_or_insert(now);
        (now - since >= LONGEST_WAIT).then(|| self.lines.pop_front()).flatten()
    }
}
