//! What waits to be sent: lines that were typed, several lines, files.
//!
//! A board that prints a whole report reads nothing meanwhile and loses what is sent. So it waits until it
//! is quiet, but never longer than [`LONGEST_WAIT`]: a report that never ends must not lock the console.
//!
//! Lines leave one at a time: a board's receive buffer has a few hundred bytes, and what does not fit is lost. Where the
//! board repeats each line in its log, the next waits for that; of several lines none follows one that was not repeated.
//! Raw bytes leave no faster than the line carries them, so that they can be stopped.

use std::collections::VecDeque;

use crate::heap::Millis;

/// More lines that were typed one by one, or files, than this do not wait.
const MOST_BATCHES: usize = 100;

/// A line is sent after this time even when the board seems busy.
const LONGEST_WAIT: Millis = Millis(10_000);

/// The next line leaves this long after the one before, where the board repeats none.
const LINE_RHYTHM: Millis = Millis(300);

/// Where it does, a line that it did not repeat within this time was not heard.
const ECHO_PATIENCE: Millis = Millis(2_000);

/// Of several lines it gets more time, since what follows depends on it.
const ECHO_PATIENCE_OF_SEVERAL: Millis = Millis(5_000);

/// Between two parts of a line that is too long to be sent at once, and between two parts of raw bytes.
const PART_RHYTHM: Millis = Millis(100);

/// The smallest part of raw bytes.
const LEAST_RAW_BYTES: usize = 64;

/// How fast things may leave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Whether the board repeats each line in its log.
    pub has_echo: bool,
    /// The most bytes that leave at once.
    pub burst_bytes: usize,
    /// What the line carries.
    pub bytes_per_second: u64,
}

/// Something to be sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Batch {
    /// The file's name, if it is one.
    name: Option<String>,
    content: Content,
    /// So many lines or bytes it had at the beginning.
    total: u64,
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    /// The lines that have not left yet, each with its end. None is empty.
    Lines(VecDeque<Vec<u8>>),
    Raw(Vec<u8>),
}

impl Batch {
    /// These lines, each with its end. Those of no bytes are left out.
    pub fn lines(name: Option<String>, lines: Vec<Vec<u8>>) -> Self {
        let lines: VecDeque<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        Batch { name, total: lines.len() as u64, content: Content::Lines(lines) }
    }

    /// These bytes as they are.
    pub fn raw(name: String, bytes: Vec<u8>) -> Self {
        Batch { name: Some(name), total: bytes.len() as u64, content: Content::Raw(bytes) }
    }

    /// `position`: so many bytes of what is at its front have left.
    fn progress(&self, position: usize) -> Progress {
        let (sent, unit) = match &self.content {
            Content::Lines(lines) => (self.total - lines.len() as u64, Unit::Lines),
            Content::Raw(_) => (position as u64, Unit::Bytes),
        };
        Progress { name: self.name.clone(), sent, total: self.total, unit }
    }
}

/// How far the sending of several lines or of a file has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The file's name, if it is one.
    pub name: Option<String>,
    /// So many have left.
    pub sent: u64,
    /// Of so many.
    pub total: u64,
    /// Of what.
    pub unit: Unit,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Lines.
    Lines,
    /// Bytes.
    Bytes,
}

/// What leaves now.
#[derive(Debug, PartialEq)]
pub(super) struct Leaving {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The whole line that begins with them, if one does.
    pub line: Option<Vec<u8>>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    batches: VecDeque<Batch>,
    /// So many bytes of the first line or of the raw bytes have left.
    position: usize,
    waiting_since: Option<Millis>,
    last: Option<Last>,
    /// How far it was when a line of several was not repeated.
    unheard: Option<Progress>,
}

/// What left last, until the next may follow.
#[derive(Debug)]
enum Last {
    /// A line; others of the same batch may follow.
    Line { line: Vec<u8>, left: Millis, is_followed: bool },
    /// A part of a line, or of raw bytes.
    Part { left: Millis },
}

impl Outbox {
    /// Takes it. False when too much waits already.
    pub fn push(&mut self, batch: Batch) -> bool {
        let has_room = self.batches.len() < MOST_BATCHES;
        if has_room && batch.total > 0 {
            self.batches.push_back(batch);
        }
        has_room
    }

    /// How far it is with several lines or a file; `None` while there are none.
    pub fn progress(&self) -> Option<Progress> {
        let batch = self.batches.front()?;
        let is_line = batch.total == 1 && batch.name.is_none();
        (!is_line).then(|| batch.progress(self.position))
    }

    /// How far it was with several lines when the board did not repeat one of them: told once. Nothing of them follows.
    pub fn poll_unheard(&mut self) -> Option<Progress> {
        self.unheard.take()
    }

    /// Whether a line or raw bytes have left in part.
    pub fn is_inside(&self) -> bool {
        self.position > 0
    }

    /// Nothing more leaves, except the rest of a line that left in part: half a line would spoil the next.
    pub fn stop(&mut self) {
        let is_inside_line = self.position > 0;
        match self.batches.front_mut().map(|batch| &mut batch.content) {
            Some(Content::Lines(lines)) if is_inside_line => {
                lines.truncate(1);
                self.batches.truncate(1);
            }
            _ => {
                self.batches.clear();
                self.position = 0;
            }
        }
        // What is sent from now on follows nothing that was stopped.
        if let Some(Last::Line { is_followed, .. }) = &mut self.last {
            *is_followed = false;
        }
    }

    /// What may leave now.
    pub fn poll_next(&mut self, quiet: bool, now: Millis, pace: Pace) -> Option<Leaving> {
        if self.batches.is_empty() || quiet {
            self.waiting_since = None;
        } else if now - *self.waiting_since.get_or_insert(now) < LONGEST_WAIT {
            return None;
        }
        if self.waits_for_last(now, pace) {
            return None;
        }
        let batch = self.batches.front_mut()?;
        let begin = self.position;
        let leaving = match &mut batch.content {
            Content::Lines(lines) => {
                let line = lines.front()?;
                let end = line.len().min(begin + pace.burst_bytes);
                let leaving =
                    Leaving { bytes: line[begin..end].to_vec(), line: (begin == 0).then(|| line.clone()) };
                if end < line.len() {
                    self.position = end;
                    self.last = Some(Last::Part { left: now });
                } else {
                    let line = lines.pop_front().unwrap_or_default();
                    self.position = 0;
                    self.last = Some(Last::Line { line, left: now, is_followed: !lines.is_empty() });
                }
                leaving
            }
            Content::Raw(bytes) => {
                let part = pace.bytes_per_second * PART_RHYTHM.0 / 1_000;
                let part = usize::try_from(part).unwrap_or(usize::MAX).max(LEAST_RAW_BYTES);
                let end = bytes.len().min(begin.saturating_add(part));
                self.position = end;
                self.last = Some(Last::Part { left: now });
                Leaving { bytes: bytes[begin..end].to_vec(), line: None }
            }
        };
        let is_done = match &batch.content {
            Content::Lines(lines) => lines.is_empty(),
            Content::Raw(bytes) => self.position == bytes.len(),
        };
        if is_done {
            self.batches.pop_front();
            self.position = 0;
        }
        Some(leaving)
    }

    /// Whether what left last must be waited for.
    fn waits_for_last(&mut self, now: Millis, pace: Pace) -> bool {
        let (left, rhythm) = match &self.last {
            None => return false,
            Some(Last::Part { left }) => (*left, PART_RHYTHM),
            Some(Last::Line { left, .. }) if !pace.has_echo => (*left, LINE_RHYTHM),
            Some(Last::Line { left, is_followed: false, .. }) => (*left, ECHO_PATIENCE),
            Some(Last::Line { left, is_followed: true, .. }) => (*left, ECHO_PATIENCE_OF_SEVERAL),
        };
        if now - left < rhythm {
            return true;
        }
        if pace.has_echo && matches!(self.last, Some(Last::Line { is_followed: true, .. })) {
            self.unheard = self.batches.pop_front().map(|batch| batch.progress(0));
            self.last = None;
            return true;
        }
        false
    }

    /// The board echoed this line: it has taken it out of its receive buffer.
    pub fn handle_echo(&mut self, text: &str) {
        let text = text.trim().as_bytes();
        self.last.take_if(|last| matches!(last, Last::Line { line, .. } if line.trim_ascii() == text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ECHOED: Pace = Pace { has_echo: true, burst_bytes: 200, bytes_per_second: 11_520 };
    const PLAIN: Pace = Pace { has_echo: false, burst_bytes: usize::MAX, ..ECHOED };

    fn lines(lines: &[&str]) -> Batch {
        Batch::lines(None, lines.iter().map(|line| format!("{line}\n").into_bytes()).collect())
    }

    /// Everything that leaves within this time, tick by tick.
    fn leaving(outbox: &mut Outbox, from: u64, to: u64, pace: Pace) -> Vec<(u64, String)> {
        let times = (from..to).step_by(100);
        let left = times.filter_map(|at| Some((at, outbox.poll_next(true, Millis(at), pace)?.bytes)));
        left.map(|(at, bytes)| (at, String::from_utf8(bytes).unwrap())).collect()
    }

    #[test]
    fn what_was_stopped_takes_nothing_with_it() {
        let mut outbox = Outbox::default();
        outbox.push(lines(&["a", "b", "c"]));
        assert_eq!(leaving(&mut outbox, 0, 100, ECHOED).len(), 1);
        outbox.stop();
        outbox.push(lines(&["d"]));
        let left: Vec<_> =
            leaving(&mut outbox, 100, 20_000, ECHOED).into_iter().map(|(_, line)| line).collect();
        assert_eq!(left, ["d\n"]);
        assert_eq!(outbox.poll_unheard(), None);
    }

    #[test]
    fn without_echo_lines_leave_in_a_rhythm() {
        let mut outbox = Outbox::default();
        assert!(outbox.push(lines(&["a", "b", "c"])));
        let left = leaving(&mut outbox, 0, 2_000, PLAIN);
        assert_eq!(left, [(0, "a\n".into()), (300, "b\n".into()), (600, "c\n".into())]);
        assert_eq!(outbox.progress(), None);
    }

    #[test]
    fn with_echo_each_line_waits_for_that_of_the_one_before() {
        let mut outbox = Outbox::default();
        outbox.push(lines(&["a", "b", "c"]));
        assert_eq!(leaving(&mut outbox, 0, 1_000, ECHOED).len(), 1);
        outbox.handle_echo("something else");
        assert_eq!(leaving(&mut outbox, 1_000, 2_000, ECHOED).len(), 0);
        outbox.handle_echo("a");
        assert_eq!(leaving(&mut outbox, 2_000, 3_000, ECHOED), [(2_000, "b\n".into())]);
        assert_eq!(outbox.progress(), Some(Progress { name: None, sent: 2, total: 3, unit: Unit::Lines }));
    }

    #[test]
    fn of_several_lines_none_follows_one_that_was_not_heard() {
        let mut outbox = Outbox::default();
        outbox.push(lines(&["a", "b", "c"]));
        outbox.push(lines(&["d"]));
        let left = leaving(&mut outbox, 0, 6_000, ECHOED);
        assert_eq!(left, [(0, "a\n".into()), (5_100, "d\n".into())]);
        assert_eq!(outbox.poll_unheard().map(|progress| (progress.sent, progress.total)), Some((1, 3)));
        assert_eq!(outbox.poll_unheard(), None);
    }

    #[test]
    fn a_single_line_that_was_not_heard_does_not_stop_the_next() {
        let mut outbox = Outbox::default();
        outbox.push(lines(&["a"]));
        outbox.push(lines(&["b"]));
        let left = leaving(&mut outbox, 0, 6_000, ECHOED);
        assert_eq!(left, [(0, "a\n".into()), (2_000, "b\n".into())]);
        assert_eq!(outbox.poll_unheard(), None);
    }

    #[test]
    fn a_long_line_leaves_in_parts_and_is_never_cut_off() {
        let mut outbox = Outbox::default();
        let long = "x".repeat(450);
        outbox.push(lines(&[&long, "b"]));
        let first = outbox.poll_next(true, Millis(0), ECHOED).unwrap();
        assert_eq!((first.bytes.len(), first.line.map(|line| line.len())), (200, Some(451)));
        outbox.stop();
        let left = leaving(&mut outbox, 0, 10_000, ECHOED);
        let sizes: Vec<_> = left.iter().map(|(at, text)| (*at, text.len())).collect();
        assert_eq!(sizes, [(100, 200), (200, 51)]);
        assert!(left[1].1.ends_with('\n'));
    }

    #[test]
    fn raw_bytes_leave_as_fast_as_the_line_carries_them_and_can_be_stopped() {
        let mut outbox = Outbox::default();
        outbox.push(Batch::raw("a.bin".into(), vec![b'x'; 5_000]));
        let left = leaving(&mut outbox, 0, 300, PLAIN);
        assert_eq!(left.iter().map(|(_, text)| text.len()).collect::<Vec<_>>(), [1_152, 1_152, 1_152]);
        let progress = Progress { name: Some("a.bin".into()), sent: 3_456, total: 5_000, unit: Unit::Bytes };
        assert_eq!(outbox.progress(), Some(progress));
        outbox.stop();
        assert_eq!(leaving(&mut outbox, 300, 1_000, PLAIN).len(), 0);
        assert_eq!(outbox.progress(), None);
        outbox.push(lines(&["next"]));
        assert_eq!(
            leaving(&mut outbox, 1_000, 1_100, PLAIN),
            [(1_000, "next\n".into())],
            "from its beginning"
        );
    }

    #[test]
    fn too_much_does_not_wait_and_nothing_is_nothing() {
        let mut outbox = Outbox::default();
        assert!(outbox.push(lines(&[])));
        assert_eq!(leaving(&mut outbox, 0, 1_000, PLAIN).len(), 0);
        for _ in 0..MOST_BATCHES {
            assert!(outbox.push(lines(&["a"])));
        }
        assert!(!outbox.push(lines(&["a"])));
    }
}
