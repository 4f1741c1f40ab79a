//! What the person is told when something went wrong: what happened, what to do next.

use crate::words::problem as words;

/// One problem, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What happened, in one sentence.
    pub what: String,
    /// What to do next, in one sentence.
    pub next: String,
    /// Whether it is over as soon as the board answers anything.
    pub(super) ends_with_answer: bool,
}

impl Problem {
    /// A problem in these words.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Problem { what: what.into(), next: next.into(), ends_with_answer: false }
    }

    pub(super) fn open_failed(name: &str, reason: &str) -> Self {
        Problem::new(words::open_failed(name, reason), words::OPEN_FAILED_NEXT)
    }

    pub(super) fn lost(name: &str) -> Self {
        Problem::new(words::lost(name), words::LOST_NEXT)
    }

    pub(super) fn which_port(name: &str) -> Self {
        Problem::new(words::which_port(name), words::WHICH_PORT_NEXT)
    }

    pub(super) fn write_failed(reason: &str) -> Self {
        let problem = Problem::new(words::write_failed(reason), words::WRITE_FAILED_NEXT);
        Problem { ends_with_answer: true, ..problem }
    }

    pub(super) fn refused(next: &'static str) -> Self {
        Problem::new(words::REFUSED, next)
    }

    pub(super) fn unanswered(command: &str) -> Self {
        Problem::new(words::unanswered(command), words::UNANSWERED_NEXT)
    }

    pub(super) fn empty_text(name: &str) -> Self {
        Problem::new(words::empty_text(name), words::EMPTY_TEXT_NEXT)
    }

    pub(super) fn only_one_log(name: &str, others: usize) -> Self {
        Problem::new(words::only_one_log(name, others), words::ONLY_ONE_LOG_NEXT)
    }

    pub(super) fn outbox_full() -> Self {
        Problem::new(words::OUTBOX_FULL, words::OUTBOX_FULL_NEXT)
    }

    pub(super) fn many_interruptions(baud: u32) -> Self {
        Problem::new(words::many_interruptions(baud), words::MANY_INTERRUPTIONS_NEXT)
    }
}
