//! What the page says, in English, in one place: to be reviewed at a glance, and one day translated.
//!
//! Each sentence is a constant, or a small function with typed arguments that puts figures into it. One file for each
//! part of the house that speaks, and in it one module for each rule or panel.
//!
//! What does not belong here: what firmwares' readers say of a log (the texts of events, what is wrong with a report),
//! and the names of figures. These stand with the dialects and in `heap`, since the command line prints them without a page.
//! And no decisions: which sentence is said is decided where it is said.
//!
//! `tests/tidy.rs` keeps sentences out of the folders that are to take them from here.
//!
//! For example `verdict::nearly_full::headline("4 KB free")` is `Nearly full: 4 KB free.`

pub mod actions;
pub mod arrangement;
#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod chart;
pub mod comparing;
pub mod connection;
pub mod console;
pub mod doctor;
pub mod page;
pub mod problem;
pub mod sending;
pub mod sharing;
pub mod verdict;
