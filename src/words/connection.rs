//! What is said of a connection: ports and the boards behind them, the modem lines, the reset button.

/// The list of ports.
pub mod ports {
    /// More names than these would fill the button.
    const MOST: usize = 3;

    /// The boards that may be behind a port.
    pub fn boards(names: &[String]) -> String {
        let more = if names.len() > MOST { " …" } else { "" };
        names[..names.len().min(MOST)].join(" or ") + more
    }
}

/// The modem lines and the reset button.
pub mod lines {
    pub const TITLE: &str = "Modem lines";
    pub const AS_SET: &str = "as the system set it";
    pub const ON: &str = "on";
    pub const OFF: &str = "off";

    pub const DTR: &str = "DTR";
    pub const RTS: &str = "RTS";
    pub const FIXED: &str = "This adapter does not switch DTR and RTS.";
    pub const FROM_BOARD: &str = "From the board";
    pub const NO_INPUTS: &str = "not told";
    pub const RESET: &str = "Reset";
    pub const RESET_BOARD: &str = "Reset the board";
    pub const RESET_BUTTON: &str = "Reset button";
    pub const OWN_SEQUENCE: &str = "Own sequence";
    pub const OWN_HOW: &str = "Such as: dtr off, rts on, wait 100, rts off. Waits are in milliseconds; what stands between two waits is switched at once.";
    pub const OPENING: &str = "Heapscope switches no line unless you ask for it. The system switches both on when it opens a port, which restarts some boards.";

    pub fn switch(line: &str, state: &str) -> String {
        format!("{line} {state}")
    }

    /// A line of the far end.
    pub fn input(name: &str, on: bool) -> String {
        format!("{name} {}", if on { ON } else { OFF })
    }
}
