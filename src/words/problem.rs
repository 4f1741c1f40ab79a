//! What the session tells: problems (what happened, what to do next), marks that it leaves in the log, and quiet
//! notices of what went well.

pub const OPEN_FAILED_NEXT: &str = "Close other programs that use the port (a serial monitor, an upload), or unplug it \
                                    and plug it back; then connect again.";
pub const LOST_NEXT: &str =
    "Nothing that was received is lost. Plug it back: the recording goes on by itself.";
pub const WHICH_PORT_NEXT: &str = "Choose the board in the list beside Connect: the recording goes on with it, and its log says whether it is the same.";
pub const WRITE_FAILED_NEXT: &str = "Check the cable, then send it again.";
pub const REFUSED: &str = "The board refused the command.";
pub const UNANSWERED_NEXT: &str = "Near out of memory a board cannot even print its answer; look at the latest figures, \
                                   and ask again when there is more free memory.";
pub const EMPTY_TEXT_NEXT: &str = "Drop a log file, or paste the text of one.";
pub const ONLY_ONE_LOG_NEXT: &str = "Drop one log at a time; the files with names for it may come along.";
pub const OUTBOX_FULL: &str = "Too many lines wait to be sent.";
pub const OUTBOX_FULL_NEXT: &str = "Wait until the board has taken them.";
pub const MANY_INTERRUPTIONS_NEXT: &str = "Disconnect, choose the board's baud rate, and connect again; the boot \
                                           messages of an ESP8266 come at 74880.";

/// `reason` is the browser's.
pub fn open_failed(name: &str, reason: &str) -> String {
    format!("{name} could not be opened: {}", sentence(reason))
}

pub fn lost(name: &str) -> String {
    format!("The connection to {name} was lost.")
}

pub fn which_port(name: &str) -> String {
    format!("Several adapters {name} were unplugged, and nothing tells which of them came back.")
}

/// `reason` is the browser's.
pub fn write_failed(reason: &str) -> String {
    format!("A command could not be sent: {}", sentence(reason))
}

pub fn unanswered(command: &str) -> String {
    format!("The board did not answer {command}.")
}

pub fn empty_text(name: &str) -> String {
    format!("{name} is empty.")
}

pub fn only_one_log(name: &str, others: usize) -> String {
    match others {
        1 => format!("Only {name} was read, not the other file."),
        many => format!("Only {name} was read, not the other {many} files."),
    }
}

pub fn many_interruptions(baud: u32) -> String {
    format!("Reading was interrupted many times: the bytes most likely do not come at {baud} baud.")
}

/// An adapter without modem lines. `reason` is the browser's.
pub fn lines_are_fixed(reason: &str) -> String {
    format!(
        "This adapter does not switch DTR and RTS ({}). Reading and sending go on without them.",
        reason.trim_end_matches('.')
    )
}

/// Somebody else's words as a sentence.
fn sentence(words: &str) -> String {
    let words = words.trim();
    match words.ends_with(['.', '!', '?']) {
        true => words.to_owned(),
        false => format!("{words}."),
    }
}

/// Marks in the log.
pub mod mark {
    pub const CLOSED_FOR_ANOTHER: &str = "Closed, to open another port.";
    pub const DEMO_STOPPED: &str = "The demo was stopped.";
    pub const STOPPED_WAITING: &str = "Stopped waiting for the device.";
    pub const UNPLUGGED: &str = "The device was unplugged.";

    pub fn unanswered(command: &str) -> String {
        format!("The board, which had answered before, does not answer {command} any more.")
    }

    pub fn answered(command: &str) -> String {
        format!("The board answers {command} again.")
    }

    /// `line` is how the port was opened: `115200 8N1`.
    pub fn connected(name: &str, line: &str) -> String {
        format!("Connected to {name} at {line}.")
    }

    pub fn reopened_at(baud: u32) -> String {
        format!("Closed, to open it again at {baud} baud.")
    }

    pub fn disconnected(name: &str) -> String {
        format!("Disconnected from {name}.")
    }

    /// What the firmware says of itself now, and what it said before the port was opened anew.
    pub fn another_board(now: &str, before: &str) -> String {
        format!("This is another board: {now}. The one before was {before}.")
    }

    /// `reason` is a sentence.
    pub fn lost(reason: &str) -> String {
        format!("The connection was lost. {reason}")
    }

    /// DTR, or else RTS.
    pub fn switched(is_dtr: bool, on: bool) -> String {
        format!("{} was switched {}.", if is_dtr { "DTR" } else { "RTS" }, if on { "on" } else { "off" })
    }

    /// `sequence` is what was done: `dtr off, rts on, wait 100, rts off`.
    pub fn reset(sequence: &str) -> String {
        format!("Reset, as asked: {sequence}.")
    }

    /// `error` is the browser's name of what interrupted reading.
    pub fn gap(error: &str) -> String {
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

/// A file of names was taken.
pub fn names_taken(file: &str, what_it_is: &str) -> String {
    format!("Names are taken from {file}: {what_it_is}.")
}

/// Names of things without one.
pub mod name {
    pub const PASTED_TEXT: &str = "Pasted text";
    pub const SERIAL_PORT: &str = "Serial port";
}

/// The choices of settings.
pub mod choice {
    pub const MAP_ROWS: &str = "In rows";
    pub const MAP_STRIP: &str = "As one strip";
    pub const NO_PARITY: &str = "No parity";
    pub const EVEN_PARITY: &str = "Even parity";
    pub const ODD_PARITY: &str = "Odd parity";
    pub const NO_FLOW_CONTROL: &str = "No flow control";
    pub const RTS_CTS: &str = "RTS/CTS";
    pub const NO_LINE_END: &str = "No line end";
    pub const ESP_RUN: &str = "ESP: run";
    pub const ESP_BOOTLOADER: &str = "ESP: bootloader";
    pub const ESP_USB_BOOTLOADER: &str = "ESP with its own USB: bootloader";
    pub const NO_RESET: &str = "No reset button";
    pub const OWN_RESET: &str = "Own sequence";
}
