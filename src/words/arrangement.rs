//! Arranging the panels.

pub const MENU: &str = "Arrange this panel";
pub const ENLARGE: &str = "Enlarge";
pub const RESTORE: &str = "Show all panels again";
pub const HIDE: &str = "Hide";
pub const UP: &str = "Move up";
pub const DOWN: &str = "Move down";
pub const OTHER_COLUMN: &str = "Move to the other side";
pub const RESET: &str = "Put all panels back in their places";
pub const WIDTH: &str = "Width of the left column";
pub const WIDER: &str = "Make the column of pictures wider";
pub const NARROWER: &str = "Make the column of pictures narrower";

/// The panels as they are called in a sentence, in the order of [`Panel::ALL`](crate::session::arrangement::Panel::ALL).
pub const NAMES: [&str; 4] = ["the chart", "the comparison", "the report", "the log"];

/// What makes each of them large, or all of them as before.
pub const ENLARGE_EACH: [&str; 4] = [
    "Enlarge the chart, or show all again",
    "Enlarge the comparison, or show all again",
    "Enlarge the report, or show all again",
    "Enlarge the log, or show all again",
];

pub fn hide(name: &str) -> String {
    format!("Hide {name}")
}

pub fn show(name: &str) -> String {
    format!("Show {name}")
}

pub fn up(name: &str) -> String {
    format!("Move {name} up")
}

pub fn down(name: &str) -> String {
    format!("Move {name} down")
}

pub fn other_column(name: &str) -> String {
    format!("Move {name} to the other side")
}
