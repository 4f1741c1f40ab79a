//! What is said about sending: at the input before a line leaves, before several do, and when they do not.

use crate::format;

/// Names of settings.
pub mod choice {
    pub const AS_FIRMWARE_WANTS: &str = "The firmware’s";
    pub const ECHO_WHERE_NEEDED: &str = "If needed";
    pub const ECHO_ALWAYS: &str = "Always";
    pub const ECHO_NEVER: &str = "Never";
}

pub const UNHEARD_NEXT: &str = "Check that the board is awake and its log is on, then send the rest again.";
pub const FILE_TOO_LARGE_NEXT: &str = "Send it in parts.";
pub const NOT_SENT_NEXT: &str = "Change it and send it again. Nothing was sent.";
pub const NO_MACROS_NEXT: &str = "Choose a file that was exported here: JSON with a list of sets.";

/// The firmware takes ASCII only; `letter` is none.
pub fn not_ascii(firmware: &str, letter: char) -> String {
    format!("{firmware} throws a line with “{letter}” away: it takes ASCII only.")
}

pub fn too_long(firmware: &str, bytes: usize, most: usize) -> String {
    let (bytes, most) = (format::count(bytes as u64), format::count(most as u64));
    format!("{firmware} drops a line of {bytes} characters: it takes {most}.")
}

/// `sequence` is no escape sequence.
pub fn no_escape(sequence: &str) -> String {
    format!("“{sequence}” is no escape sequence. A backslash alone is \\\\.")
}

/// The bytes of a line with escape sequences.
pub fn sends_bytes(bytes: &[u8]) -> String {
    let shown: Vec<_> = bytes.iter().take(24).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > shown.len() { " …" } else { "" };
    match bytes.len() {
        1 => format!("Sends 1 byte: {}", shown.join(" ")),
        count => format!("Sends {} bytes: {}{more}", format::count(count as u64), shown.join(" ")),
    }
}

pub const WRITES: &str = "This writes settings to the board; Enter asks once more.";
pub const INTERRUPTS: &str = "This interrupts the board; Enter asks once more.";

/// Before something leaves.
pub mod question {
    use super::format;

    pub fn writes(line: &str) -> String {
        format!("“{line}” writes settings to the board. Send it?")
    }

    pub fn interrupts(line: &str) -> String {
        format!("“{line}” interrupts the board. Send it?")
    }

    /// `name` is a file or macro; `writing` of the lines write settings or interrupt the board.
    pub fn lines(name: Option<&str>, count: usize, writing: usize) -> String {
        let of = name.map_or_else(String::new, |name| format!(" of {name}"));
        let count = match count {
            1 => "1 line".to_owned(),
            many => format!("{} lines", format::count(many as u64)),
        };
        let and = match writing {
            0 => String::new(),
            1 => " One of them changes the board.".to_owned(),
            many => format!(" {} of them change the board.", format::count(many as u64)),
        };
        format!("Send {count}{of}, one by one?{and}")
    }

    pub fn raw(name: &str, bytes: u64, seconds: u64) -> String {
        let bytes = format::bytes(bytes);
        let about = match seconds {
            0 | 1 => "about a second".to_owned(),
            many => format!("about {} seconds", format::count(many)),
        };
        format!("Send {name} as it is: {bytes}, {about}?")
    }
}

/// The line of a file or of several, from 1.
pub fn not_sent(name: Option<&str>, line: usize, why: &str) -> String {
    match name {
        Some(name) => format!("Line {line} of {name} cannot be sent. {why}"),
        None => format!("Line {line} cannot be sent. {why}"),
    }
}

pub fn file_too_large(name: &str, most: u64) -> String {
    format!("{name} is too large to be sent: {} is the most.", format::bytes(most))
}

/// The board did not repeat the line of this number, from 1.
pub fn unheard(line: u64, total: u64) -> String {
    let left = total.saturating_sub(line);
    format!(
        "The board did not repeat line {} of {}: the other {} were not sent.",
        format::count(line),
        format::count(total),
        format::count(left)
    )
}

pub fn no_macros(name: &str) -> String {
    format!("{name} has no macros.")
}

pub fn macros_taken(name: &str, sets: usize) -> String {
    match sets {
        0 => format!("The macros of {name} are here already."),
        1 => format!("A set of macros was taken from {name}."),
        many => format!("{many} sets of macros were taken from {name}."),
    }
}

/// A mark in the log: what was sent.
pub fn sent(line: &str) -> String {
    format!("Sent: {line}")
}

/// The same of a line with a secret; `command` is its first word.
pub fn sent_secret(command: &str) -> String {
    format!("Sent: {command} …")
}

pub fn sent_file(name: &str, bytes: u64) -> String {
    format!("Sent: {name}, {}", format::bytes(bytes))
}

/// Around the line.
pub mod line {
    use super::format;
    use crate::words::sending::Kind;

    pub const SENDING: &str = "Sending";
    pub const SEND: &str = "Send";
    pub const DO_NOT_SEND: &str = "Do not send";
    pub const STOP: &str = "Stop";
    pub const OFFERS: &str = "Commands that fit";
    pub const FOUND: &str = "Lines typed before";
    pub const SEARCHING: &str = "Searching what was typed";
    pub const NOTHING_FOUND: &str = "No line typed before has this.";
    pub const WRITES: &str = "writes settings";
    pub const INTERRUPTS: &str = "interrupts";
    pub const LINE_END: &str = "Line end";
    pub const LOCAL_ECHO: &str = "Mark what was sent";
    pub const LOCAL_ECHO_WHAT: &str = "If needed: where the board does not repeat it in its log";
    pub const ESCAPES: &str = "Escape sequences";
    pub const ESCAPES_WHAT: &str =
        r"\n \r \t \e \0 \x03 \u00e4 \\ are bytes; \c at the end leaves the line end out.";
    pub const ESCAPES_ON: &str = r"\x";
    pub const ESCAPES_ARE_ON: &str = "Escape sequences are on";
    pub const FILE_AS_TEXT: &str = "Send a file line by line …";
    pub const FILE_RAW: &str = "Send a file as it is …";
    pub const FORGET: &str = "Forget what was typed";
    pub const MACROS: &str = "Macros";
    pub const EDIT_MACROS: &str = "Edit macros …";
    pub const IMPORT: &str = "Import …";
    pub const EXPORT: &str = "Export";

    pub fn more_lines(count: usize) -> String {
        format!("… and {} more", format::count(count as u64))
    }

    pub fn progress(name: Option<&str>, sent: u64, total: u64, kind: Kind) -> String {
        let name = name.map_or_else(String::new, |name| format!("{name}: "));
        match kind {
            Kind::Lines => format!("{name}{} of {} lines sent", format::count(sent), format::count(total)),
            Kind::Bytes => format!("{name}{} of {} sent", format::bytes(sent), format::bytes(total)),
        }
    }
}

/// What is counted.
#[derive(Clone, Copy)]
pub enum Kind {
    Lines,
    Bytes,
}

/// Where macros are written.
pub mod macros {
    pub const TITLE: &str = "Macros";
    pub const WHAT: &str = "Lines with a name, and perhaps keys. They are kept in this browser; a set can be handed on as a file.";
    pub const SET: &str = "Set";
    pub const SET_NAME: &str = "Name of the set";
    pub const NEW_SET: &str = "New set";
    pub const DELETE_SET: &str = "Delete this set";
    pub const NAME: &str = "Name";
    pub const LINES: &str = "Lines";
    pub const KEYS: &str = "Keys";
    pub const KEYS_EXAMPLE: &str = "Alt+4";
    pub const ESCAPES: &str = "Escapes";
    /// The set that a person begins with, and what its macros are called.
    pub const FIRST_SET: &str = "Tasmota";
    pub const FIRST: [&str; 3] = ["Heap", "Version", "Telemetry"];
    pub const NEW_MACRO: &str = "New macro";
    pub const DELETE: &str = "Delete";
    pub const NO_KEYS: &str = "Keys are written like Alt+4, Ctrl+Shift+F2 or F6.";

    pub fn taken_key(by: &str) -> String {
        format!("These keys are for: {by}.")
    }

    pub fn number(number: usize) -> String {
        format!("Macro {number}")
    }
}
