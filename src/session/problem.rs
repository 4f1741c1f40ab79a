//! What the person is told when something went wrong: what happened, what to do next.

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
        Problem::new(
            format!("{name} could not be opened: {}", sentence(reason)),
            "Close other programs that use the port (a serial monitor, an upload), or unplug it and plug it back; \
             then connect again.",
        )
    }

    pub(super) fn lost(name: &str) -> Self {
        Problem::new(
            format!("The connection to {name} was lost."),
            "Nothing that was received is lost. Plug it back: the recording goes on by itself.",
        )
    }

    pub(super) fn write_failed(reason: &str) -> Self {
        let what = format!("A command could not be sent: {}", sentence(reason));
        Problem { ends_with_answer: true, ..Problem::new(what, "Check the cable, then send it again.") }
    }

    pub(super) fn refused(next: &'static str) -> Self {
        Problem::new("The board refused the command.", next)
    }

    pub(super) fn unanswered(command: &str) -> Self {
        Problem::new(
            format!("The board did not answer {command}."),
            "Near out of memory a board cannot even print its answer; look at the latest figures, and ask again \
             when there is more free memory.",
        )
    }

    pub(super) fn empty_text(name: &str) -> Self {
        Problem::new(format!("{name} is empty."), "Drop a log file, or paste the text of one.")
    }

    pub(super) fn only_one_log(name: &str, others: usize) -> Self {
        let others = match others {
            1 => "the other file".to_owned(),
            many => format!("the other {many} files"),
        };
        Problem::new(
            format!("Only {name} was read, not {others}."),
            "Drop one log at a time; the files with names for it may come along.",
        )
    }

    pub(super) fn outbox_full() -> Self {
        Problem::new("Too many lines wait to be sent.", "Wait until the board has taken them.")
    }

    pub(super) fn many_interruptions(baud: u32) -> Self {
        Problem::new(
            format!("Reading was interrupted many times: the bytes most likely do not come at {baud} baud."),
            "Disconnect, choose the board's baud rate, and connect again; the boot messages of an ESP8266 come at 74880.",
        )
    }

    /// The text of the mark that is left in the log where reading was interrupted.
    pub(super) fn gap_text(error: &str) -> String {
        let what = match error {
            "BufferOverrunError" => "The computer was too slow to take the bytes (buffer overrun)",
            "BreakError" => "The line was held low (break)",
            "FramingError" => "Bytes did not fit the baud rate (framing error)",
            "ParityError" => "Bytes did not fit their parity bit (parity error)",
            _ => "Reading was interrupted",
        };
        format!("{what}: some bytes may be missing here.")
    }
}

/// Somebody else's words as a sentence.
fn sentence(words: &str) -> String {
    let words = words.trim();
    match words.ends_with(['.', '!', '?']) {
        true => words.to_owned(),
        false => format!("{words}."),
    }
}
