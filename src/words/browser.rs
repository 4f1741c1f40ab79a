//! What is said where the browser itself fails.

/// `reason` is the browser's.
pub fn not_saved(name: &str, reason: &str) -> String {
    format!("{name} could not be saved: {reason}")
}
pub const NOT_SAVED_NEXT: &str = "Allow downloads for this page, then save again.";

/// `reason` is the browser's.
pub fn not_read(name: &str, reason: &str) -> String {
    format!("{name} could not be read: {reason}")
}
pub const FILE_IS_GONE: &str = "The rest of the file could not be read.";
pub const NOT_READ_NEXT: &str = "Drop a file, not a folder, and make sure that it may be read.";

/// The name of a text that was dropped.
pub const DROPPED_TEXT: &str = "Dropped text";

pub mod serial {
    pub const NONE: &str = "This browser has no Web Serial";
    pub const STILL_WAITS: &str = "The port takes no more bytes: what was sent before still waits";
    pub const TAKES_NOTHING: &str = "The port takes no bytes any more";
    pub const LOST: &str = "The device has been lost.";
    pub const NO_LIST_NEXT: &str = "Press Connect again; if it stays so, load the page anew.";

    /// `reason` is the browser's.
    pub fn no_list(reason: &str) -> String {
        format!("The browser could not show its list of ports: {reason}")
    }
}

/// The page has a bug, and stopped.
pub mod panic {
    pub const TITLE: &str = "Heapscope hit a bug";
    pub const TEXT: &str = "The page has stopped. What was received so far is still here: save the log, then load the \
                            page anew. Please send us the text below.";
    pub const SAVE_LOG: &str = "Save log";
    pub const RELOAD: &str = "Load the page anew";
}
