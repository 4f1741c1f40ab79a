//! Heapscope: an oscilloscope for a board's heap.
//!
//! A web page that talks to a board over Web Serial, reads the heap reports in its log, charts them, and says
//! in plain words what they mean. This library is all of it but the mounting of the page.
//!
//! # The way the data goes
//!
//! One direction, no way back:
//!
//! ```text
//! bytes ──► lines ──► findings ──► recording ──► verdict ──► views
//! port      stream    dialect      recording     verdict     ui, chart
//! file, demo
//! ```
//!
//! # The map of the house
//!
//! Each folder's first comment says what belongs there and what does not. A folder may use those above it in
//! this list, as far as `tests/tidy.rs` allows, never those below.
//!
//! | folder | what lives there |
//! |---|---|
//! | [`heap`] | what a heap is: amounts, figures, blocks, categories; units |
//! | [`stream`] | bytes to lines: the decoder, ANSI |
//! | [`format`](mod@format) | numbers to human text, in one place |
//! | `words` | every sentence of the page, in one place: no decisions |
//! | [`dialect`] | one file per firmware: how it writes reports, what it can be asked; the reader over all of them; findings as JSON lines |
//! | [`recording`] | the log, the timeline, reports and events |
//! | [`console`] | what is shown of a log: looks, search, filter, times, copies |
//! | [`verdict`] | what the figures mean: one file per rule, and the statistics they stand on |
//! | [`chart`] | pictures on any plotters backend: model, scale, decimation, paint, hit test, text twin |
//! | [`sharing`] | what leaves the page: the file of a recording; secrets found and replaced |
//! | [`demo`] | simulated boards that speak the dialects byte for byte |
//! | [`session`] | the application without a browser: events in, effects out; connection and its doctor, modem lines, poller, sending, what is compared, arrangement, settings |
//! | `browser` | below the native line: Web Serial, storage, files, canvas, timers; thin, no decisions |
//! | [`ui`] | Yew: components (values in, callbacks out) and panels (connected) |
//!
//! `heap`, `stream`, `dialect` and `recording`, the reader, are also a package of their own (`reader/Cargo.toml`,
//! `reader.rs`), which is compiled for speed; the rest is compiled for size.
//!
//! `main.rs` mounts the page, or natively runs `command.rs`: the same reader for log files.
//!
//! # Invariants
//!
//! * **Nothing above the native line names a browser, reads a clock or random numbers.**
//! * **Arrows point up the list.** `dialect` knows `stream` and `heap`, never `recording`.
//! * **Cutting the input differently never changes the findings.** Parsers never return an error and never panic;
//!   every buffer has a named bound.
//! * **A new firmware is one new file** in `dialect/`, one line in [`dialect::ALL`] and one fixture folder. A new
//!   rule is one new file in `verdict/` and one line in [`verdict::RULES`], or in [`verdict::ADVISERS`] when it says what
//!   a log cannot show.
//! * **What is unknown is `None`, never 0.** What a firmware truncated to KB stays known as truncated.
//! * **An error is passed on or shown, once**, as a sentence: what happened, what to do next.

#![warn(missing_docs)]
// Whatever comes over a wire must not stop the page. Tests may stop where they like.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub use heapscope_reader::{dialect, heap, recording, stream};

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod chart;
pub mod console;
pub mod demo;
pub mod format;
pub mod session;
pub mod sharing;
pub mod ui;
pub mod verdict;
mod words;
