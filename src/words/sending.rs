//! What is said about sending: at the input before a line leaves, before several do, and when they do not.

use crate::format;

/// Names of settings.
pub mod choice {
    pub const AS_FIRMWARE_WANTS: &str = "As it wants";
    pub const ECHO_WHERE_NEEDED: &str = "Where the board does not";
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
