//! What the page can do, in the palette and in the list of shortcuts: verbs first.

pub const TITLE: &str = "What do you want to do?";
pub const PLACEHOLDER: &str = "Type to find it";
pub const NOTHING: &str = "Nothing that can be done now has these words.";
pub const SHORTCUTS: &str = "Keyboard shortcuts";
pub const CLOSE: &str = "Close";
pub const EVERYWHERE: &str = "Everywhere";
pub const IN_LINE: &str = "In the command line";
pub const IN_CHART: &str = "In the chart of the heap";
pub const OWN_MACROS: &str = "Macros";

pub const PALETTE: &str = "Find everything that can be done";
pub const CONNECT: &str = "Connect a board";
pub const DISCONNECT: &str = "Disconnect the board";
pub const CONNECT_OR_DISCONNECT: &str = "Connect or disconnect a board";
pub const STOP_DEMO: &str = "Stop the demo";
pub const WATCH_DEMO: &str = "Watch the demo board";
pub const ASK: &str = "Ask the board for its figures now";
pub const ASK_BY_ITSELF: &str = "Ask the board by itself from now on";
pub const DO_NOT_ASK: &str = "Do not ask the board by itself";
pub const REPORT: &str = "Ask for a block map or report";
pub const SAVE_RECORDING: &str = "Save the recording with its times";
pub const SAVE: &str = "Save the log as a file";
pub const FIND: &str = "Find in the log";
pub const NEXT_MATCH: &str = "Go to the next match in the log";
pub const NEXT_MATCH_TOO: &str = "The same as F3";
pub const MATCH_BEFORE: &str = "Go to the match before";
pub const MATCH_BEFORE_TOO: &str = "The same as Shift+F3";
pub const LOG_VIEW: &str = "Choose how the log is shown, copied and saved";
pub const RESET: &str = "Reset the board";
pub const START_OVER: &str = "Start over";
pub const LINE_SETTINGS: &str = "Ports and line settings";
pub const SENDING: &str = "Line end, echo and escape sequences";
pub const MACROS: &str = "Edit macros";
pub const EXPORT_MACROS: &str = "Export the macros as a file";
pub const IMPORT_MACROS: &str = "Import macros from a file";
pub const FILE_AS_TEXT: &str = "Send a file line by line";
pub const FILE_RAW: &str = "Send a file as it is";
pub const STOP_SENDING: &str = "Stop sending";
pub const FORGET: &str = "Forget what was typed";
pub const BY_LOG: &str = "Recognise the firmware by its log";
pub const GO_VERDICT: &str = "Go to the verdict";
pub const GO_CHART: &str = "Go to the chart, and its cursor";
pub const GO_REPORT: &str = "Go to the report";
pub const MAP_BEFORE: &str = "Show the block map before";
pub const NEXT_MAP: &str = "Show the next block map";
pub const MEASURE: &str = "Measure a step, compare two moments: open or close";
pub const SNAPSHOT: &str = "Take a snapshot: the first, or the second";
pub const MEASURE_AGAIN: &str = "Measure the step again";
pub const GIVE_UP_STEP: &str = "Give up the step that is being measured";
pub const PUT_A: &str = "Put flag A at the marked line";
pub const PUT_B: &str = "Put flag B at the marked line";
pub const OTHER_LOG: &str = "Compare with another log";
pub const PLAY_MAPS: &str = "Play the block maps, or stop";
pub const GO_LOG: &str = "Go to the log";
pub const GO_LINE: &str = "Go to the command line";
pub const WHY: &str = "Show or hide why";
pub const WHAT_TO_DO: &str = "Show or hide what to do";
pub const NEXT_EVIDENCE: &str = "Show the next piece of evidence in the log";
pub const EVIDENCE_BEFORE: &str = "Show the piece of evidence before";

/// Keys that belong to a place: what they do there.
pub const LINE_KEYS: [(&str, &str); 6] = [
    ("Enter", "Sends the line"),
    ("↑ ↓", "Lines typed before; or through what is offered"),
    ("Ctrl+R", "Searches what was typed"),
    ("Tab", "Takes what is chosen of the offered"),
    ("Escape", "Closes what is offered"),
    ("Paste", "Several lines are sent one by one"),
];

/// The same.
pub const CHART_KEYS: [(&str, &str); 3] = [
    ("← → ↑ ↓", "Moves the cursor and reads values"),
    ("Enter", "Finds the line in the log"),
    ("← → ↑ ↓", "In a block map: from block to block, from row to row"),
];

pub fn connect_to(port: &str, number: Option<usize>) -> String {
    match number {
        Some(number) => format!("Connect to {port} (no. {number})"),
        None => format!("Connect to {port}"),
    }
}

pub fn it_is(firmware: &str) -> String {
    format!("Read the log as that of {firmware}")
}

pub fn send(command: &str) -> String {
    format!("Send {command}")
}

pub fn send_macro(set: &str, name: &str) -> String {
    format!("Send {name} ({set})")
}
