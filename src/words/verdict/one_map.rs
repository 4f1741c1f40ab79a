//! What is said of one block map alone.

use crate::format;

pub const NOT_SURER: &str =
    "It is one moment: whether memory keeps falling, or falls apart, shows only over time.";
pub const ASK_FOR_A_SECOND: &str = "Let the board do its usual work for some minutes and ask for a second block map: what only \
                                    ever appears between the two would be a leak.";
pub const STANDS_OUT: &str = "So many blocks of one size may well be right, as for a long list. It is also how a heap looks after \
                              something was taken again and again and never given back. One map cannot tell the two apart.";

pub fn headline(free_bytes: u64, largest_bytes: u64, is_exact: bool) -> String {
    let least = if is_exact { "" } else { "at least " };
    format!(
        "Healthy at this moment: {} free, and {least}{} of it in one piece.",
        format::bytes(free_bytes),
        format::bytes(largest_bytes)
    )
}

/// What is known of the time since the board started.
pub fn explanation(
    is_whole: bool,
    low_water_bytes: Option<u64>,
    largest_request_bytes: Option<u64>,
) -> String {
    let mut text = match is_whole {
        true => "The map of all memory blocks shows nothing out of the ordinary.".to_owned(),
        false => "Rows of the block map are missing, but the totals and the metric below them say how much is free and \
                  bound how far it can lie in pieces: nothing out of the ordinary."
            .to_owned(),
    };
    if let Some(low) = low_water_bytes {
        text.push_str(&format!(" Since the board started, never less than {} was free.", format::bytes(low)));
    }
    if let Some(request) = largest_request_bytes.filter(|request| *request > 0) {
        text.push_str(&format!(
            " The largest request ever made, {}, could still be had.",
            format::exact_bytes(request)
        ));
    }
    text
}

pub fn evidence(free_bytes: u64, largest_bytes: u64) -> String {
    format!(
        "block map: {} free, the largest piece {}",
        format::bytes(free_bytes),
        format::bytes(largest_bytes)
    )
}

pub fn stands_out(size_bytes: u32, count: u64, of_all: u64) -> String {
    format!(
        "{} of the {} used blocks have the same size, {}: a second block map will tell whether that is a leak.",
        format::count(count),
        format::count(of_all),
        format::exact_bytes(size_bytes.into())
    )
}

pub fn stands_out_evidence(size_bytes: u32, count: u64) -> String {
    format!("{} blocks of {}", format::count(count), format::exact_bytes(size_bytes.into()))
}
