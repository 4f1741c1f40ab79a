//! What is said of files and links that were made of a recording.

use crate::format;

/// In place of an adapter's name.
pub const DEMO_BOARD: &str = "Demo board";

pub const NOT_A_RECORDING: &str = "This is not a recording of Heapscope, or its beginning is damaged.";
pub const CHOOSE_AGAIN: &str = "Choose the .heapscope file again, or a log.";

pub fn newer(version: u32, known: u32) -> String {
    format!("This recording has format {version}, and this page knows formats up to {known}.")
}
pub const LOAD_ANEW: &str = "Load the page anew, or open the file where it was saved.";

pub fn damaged(place: u64) -> String {
    format!("This recording is damaged at byte {place} of its content. What stands before it was read.")
}
pub const CUT_SHORT: &str = "The end of this recording is missing. What it has was read.";
pub const COPY_AGAIN: &str = "If you can, copy the file again.";

pub fn too_large(most_bytes: u64) -> String {
    let most = format::bytes(most_bytes);
    format!("This file unpacks to more than {most}, which a page cannot hold. Its beginning was read.")
}
pub const READ_ELSEWHERE: &str = "Read it with the command: heapscope read FILE.";
