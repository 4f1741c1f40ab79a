//! What is said of files and links that were made of a recording.

/// In place of an adapter's name.
pub const DEMO_BOARD: &str = "Demo board";

pub const NOT_A_RECORDING: &str = "This is not a recording of Heapscope, or its beginning is damaged. Choose the .heapscope file again, or a log.";

pub fn newer(version: u32, known: u32) -> String {
    format!(
        "This recording has format {version}, and this page knows formats up to {known}. Reload the page, or open the file \
         where it was saved."
    )
}

pub fn damaged(place: u64) -> String {
    format!(
        "This recording is damaged at byte {place} of its content: what stands before it was read. If you can, copy the file again."
    )
}
