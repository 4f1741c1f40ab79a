//! What the console says around the log: the search bar, the menu of views, the margin.

use crate::format;

pub const FIND: &str = "Find";
pub const FIND_WHAT: &str = "Find in the whole log (Ctrl+F)";
pub const FIND_IN_LOG: &str = "Find in the log";
pub const CLOSE_SEARCH: &str = "Close the search (Esc)";
pub const NEXT_MATCH: &str = "Next match (Enter, F3)";
pub const MATCH_BEFORE: &str = "Match before (Shift+Enter, Shift+F3)";
pub const MIND_CASE: &str = "Capital letters count";
pub const WHOLE_WORDS: &str = "Whole words only";
pub const AS_PATTERN: &str = "Regular expression";
pub const ONLY_MATCHES_WHAT: &str = "Which lines are shown";
pub const NO_PATTERN: &str = "No pattern yet";
pub const NO_MATCH: &str = "No match";

/// Where a search stands: at which match, counted from 0, of how many, and whether it is still counting.
pub fn matches(current: Option<u64>, count: u64, is_done: bool) -> String {
    let more = if is_done { "" } else { " …" };
    match (current, count) {
        (_, 0) if is_done => NO_MATCH.into(),
        (_, 0) => "…".into(),
        (Some(current), count) => format!("{} of {}{more}", format::count(current + 1), format::count(count)),
        (None, count) => format!("{}{more}", format::count(count)),
    }
}

/// Which lines a search leaves.
pub mod filter {
    pub const ALL: &str = "All lines";
    pub const MATCHES: &str = "Only matches";
    pub const WITH_2: &str = "± 2 lines";
    pub const WITH_5: &str = "± 5 lines";
}

pub const VIEW: &str = "View";
pub const VIEW_WHAT: &str = "How the log is shown, copied and saved";
pub const TIMES: &str = "Times";
pub const COPIES_TIMES: &str = "Copy and save with times";
pub const COLLAPSE: &str = "Repeats as one row";
pub const AS_NUMBERS: &str = "Bytes as numbers";
pub const HIGHLIGHTS: &str = "Always coloured";
pub const ADD_HIGHLIGHT: &str = "Text to colour, Enter";
pub const ANOTHER_COLOUR: &str = "Another colour";
pub const REMOVE_HIGHLIGHT: &str = "No longer coloured";
pub const COPY_SELECTION: &str = "Copy the selection";
pub const SAVE_SELECTION: &str = "Save the selection";
pub const SAVE_TEXT: &str = "Save as text, without colours";
pub const SAVE_BYTES: &str = "Save every byte";
pub const SAVE_RECORDING: &str = "Save the recording, with its times";
pub const SELECT_HOW: &str =
    "Drag over rows, or Shift+click, or Ctrl+A in the log. Ctrl+C copies all that is selected.";

/// What may stand in the column of times.
pub mod times {
    pub const ARRIVAL: &str = "Arrival";
    pub const FIRMWARE: &str = "The firmware’s";
    pub const SINCE_BEFORE: &str = "Since the line before";
    pub const NONE: &str = "None";
}

pub fn selected(rows: u64) -> String {
    match rows {
        1 => "1 row selected".into(),
        rows => format!("{} rows selected", format::count(rows)),
    }
}

/// Behind a copied line.
pub fn times_over(count: u64) -> String {
    format!(" (× {count})")
}

pub fn times_in_a_row(count: u64) -> String {
    format!("× {}", format::count(count))
}

pub fn more_bytes(count: usize) -> String {
    format!(" … {} more bytes", format::count(count as u64))
}

/// `what` a click on the margin leads to.
pub fn leads_there(what: &str) -> String {
    format!("{what} (click to go there)")
}
