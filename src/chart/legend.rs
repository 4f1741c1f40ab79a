//! What the signs in a picture mean, as data: the page makes HTML of it.

use super::palette::{Rgb, Theme};

/// One sign and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendItem {
    /// What it means.
    pub label: String,
    /// The latest value, as text; empty where there is none.
    pub value: String,
    /// The name of its colour in the style sheet: `--chart-free`.
    pub token: &'static str,
    /// The sign.
    pub swatch: Swatch,
}

impl LegendItem {
    /// Its colour on a page of this theme.
    pub fn colour(&self, theme: Theme) -> Rgb {
        let tokens = theme.palette().tokens();
        let known = tokens.into_iter().find(|(name, _)| *name == self.token);
        known.map_or(theme.palette().text, |(_, colour)| colour)
    }
}

/// How a sign is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swatch {
    /// A thick line over a tinted area.
    LineOverArea,
    /// A thin line.
    Line,
    /// A line of dashes.
    Dashes,
    /// A filled square.
    Solid,
    /// A square with a border and slanted lines in it.
    Hatched,
    /// A square with a thick border.
    Outlined,
    /// A square with lines across each other.
    Crossed,
    /// A square of a thin tint.
    Tinted,
    /// A square with level lines in it.
    Striped,
    /// A hatched upper half of a square.
    UpperHalf,
    /// A filled lower half of a square.
    LowerHalf,
    /// A narrow upright bar.
    Bar,
    /// A mark in the lane above the timeline.
    Mark(MarkShape),
}

/// Shapes of the marks on a timeline: each kind has its own, so that colour is not needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkShape {
    /// A pennant: the firmware started anew.
    Pennant,
    /// A diamond: out of memory.
    Diamond,
    /// A cross: a crash.
    Cross,
    /// A filled square: the heap is corrupted.
    Square,
    /// A ring: the counter of failures began anew.
    Ring,
    /// Two bars: bytes were lost here.
    Gap,
    /// A bar lying down: the log was switched off.
    Dash,
    /// A wedge that points down: a program raised an exception.
    Wedge,
    /// A hollow square: a program stopped.
    Frame,
    /// A small triangle on the time axis: a report.
    Triangle,
}
