//! What a step cost, and what differs between two moments or two logs.

pub const CANNOT_BE_ASKED: &str = "This board cannot be asked: what its log last said is taken. Let it print its figures before each snapshot.";
pub const NOTHING_YET: &str = "The board has said nothing yet: there is nothing to take a snapshot of.";
pub const BOARD_GONE: &str = "The board went away before it answered: no snapshot was taken.";

/// A step that has no name.
pub fn step(number: usize) -> String {
    format!("Step {number}")
}

/// `is_second`: the first snapshot is there and stays.
pub fn not_answered(command: &str, is_second: bool) -> String {
    let next = if is_second { "The first one is kept: try the second again." } else { "Try again." };
    format!("The board did not answer “{command}”: no snapshot was taken. {next}")
}
