//! Marks for what happened: which shape each has, and how many share a place.

use std::ops::Range;

use super::{Axis, Moment};
use crate::chart::MarkShape;
use crate::chart::scale::LinearScale;
use crate::dialect::EventKind;
use crate::recording::{DatedEvent, Mark};

/// Something that happened, on the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flag<'a> {
    /// What.
    pub kind: FlagKind,
    /// When and in which line.
    pub moment: Moment,
    /// The event's own words.
    pub text: &'a str,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlagKind {
    /// On the board.
    Event(EventKind),
    /// Bytes of the log were lost.
    Gap,
}

impl<'a> Flag<'a> {
    pub(super) fn of_event(dated: &'a DatedEvent) -> Self {
        let moment = Moment { at: dated.at, line: dated.lines.first };
        Flag { kind: FlagKind::Event(dated.event.kind), moment, text: &dated.event.text }
    }

    pub(super) fn of_gap(mark: &'a Mark) -> Self {
        let moment = Moment { at: mark.at, line: mark.before_line };
        Flag { kind: FlagKind::Gap, moment, text: &mark.text }
    }
}

impl FlagKind {
    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            FlagKind::Event(kind) => kind.label(),
            FlagKind::Gap => crate::words::chart::timeline::GAP,
        }
    }

    /// Its sign: each kind has its own.
    pub const fn shape(self) -> MarkShape {
        match self {
            FlagKind::Event(EventKind::Restart) => MarkShape::Pennant,
            FlagKind::Event(EventKind::OutOfMemory) => MarkShape::Diamond,
            FlagKind::Event(EventKind::Crash) => MarkShape::Cross,
            FlagKind::Event(EventKind::HeapCorrupted) => MarkShape::Square,
            FlagKind::Event(EventKind::Exception) => MarkShape::Wedge,
            FlagKind::Event(EventKind::ProgramStopped) => MarkShape::Frame,
            FlagKind::Event(EventKind::OomCounterReset) => MarkShape::Ring,
            FlagKind::Event(EventKind::LogSwitchedOff) => MarkShape::Dash,
            FlagKind::Gap => MarkShape::Gap,
        }
    }

    /// The name of its colour in the style sheet.
    pub const fn token(self) -> &'static str {
        match self {
            FlagKind::Event(EventKind::OutOfMemory | EventKind::Crash | EventKind::HeapCorrupted) => {
                "--chart-alarm"
            }
            FlagKind::Event(EventKind::Restart) => "--chart-text",
            _ => "--chart-muted",
        }
    }

    /// Which of several is shown where there is room for one: the highest.
    pub(super) const fn severity(self) -> u8 {
        match self {
            FlagKind::Event(EventKind::HeapCorrupted) => 8,
            FlagKind::Event(EventKind::Crash) => 7,
            FlagKind::Event(EventKind::OutOfMemory) => 6,
            FlagKind::Event(EventKind::Restart) => 5,
            FlagKind::Event(EventKind::Exception) => 4,
            FlagKind::Event(EventKind::ProgramStopped) => 3,
            FlagKind::Gap => 2,
            FlagKind::Event(EventKind::LogSwitchedOff) => 1,
            FlagKind::Event(EventKind::OomCounterReset) => 0,
        }
    }
}

/// Whether memory before and after do not belong together.
pub(super) const fn ends_lines(kind: EventKind) -> bool {
    matches!(kind, EventKind::Restart | EventKind::Crash)
}

/// Flags that stand too close for a mark each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cluster {
    /// Where the mark stands, in CSS pixels: at the first of them.
    pub x: f64,
    /// Their places among all flags.
    pub flags: Range<usize>,
    /// The kind whose shape is shown.
    pub kind: FlagKind,
}

/// Width of a mark in CSS pixels.
pub(super) const MARK_PX: f64 = 10.0;

impl Cluster {
    pub(super) fn contains(&self, x: f64) -> bool {
        (x - self.x).abs() <= MARK_PX
    }

    /// Its names, the longest first: `Crash, Restart`, then `2 events`.
    pub(super) fn labels(&self, all: &[Flag<'_>]) -> Vec<String> {
        let mut kinds: Vec<(FlagKind, usize)> = Vec::new();
        for flag in &all[self.flags.clone()] {
            match kinds.iter_mut().find(|(kind, _)| *kind == flag.kind) {
                Some((_, count)) => *count += 1,
                None => kinds.push((flag.kind, 1)),
            }
        }
        let name = |&(kind, count): &(FlagKind, usize)| match count {
            1 => kind.label().to_owned(),
            _ => format!("{count} × {}", kind.label()),
        };
        let mut labels = Vec::new();
        // More than two names are a list, not a label.
        if kinds.len() <= 2 {
            labels.push(kinds.iter().map(name).collect::<Vec<_>>().join(", "));
        }
        if self.flags.len() > 1 {
            labels.push(format!("{} events", self.flags.len()));
        }
        labels
    }
}

/// The visible flags, in order, gathered where their marks would overlap.
pub(super) fn clusters(flags: &[Flag<'_>], axis: Axis, view: (u64, u64), x: &LinearScale) -> Vec<Cluster> {
    let first = flags.partition_point(|flag| flag.moment.key(axis) < view.0);
    let behind = flags.partition_point(|flag| flag.moment.key(axis) <= view.1);
    let mut clusters: Vec<Cluster> = Vec::new();
    for (index, flag) in flags.iter().enumerate().take(behind).skip(first) {
        let at = x.to_pixel(flag.moment.key(axis) as f64);
        match clusters.last_mut() {
            Some(last) if at - last.x < MARK_PX + 2.0 => {
                last.flags.end = index + 1;
                if flag.kind.severity() > last.kind.severity() {
                    last.kind = flag.kind;
                }
            }
            _ => clusters.push(Cluster { x: at, flags: index..index + 1, kind: flag.kind }),
        }
    }
    clusters
}
