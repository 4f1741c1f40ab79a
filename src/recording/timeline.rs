//! The timeline: figures over time, one series for each metric.

use crate::heap::{Amount, Figure, Figures, Millis, Percent};

/// What can be followed over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Free heap in bytes.
    Free,
    /// Largest free block in bytes.
    LargestFreeBlock,
    /// Low-water mark in bytes.
    LowWaterMark,
    /// Fragmentation in percent, `100 − largest × 100 / free`.
    Fragmentation,
    /// The same as printed in time stamps, which mixes two moments: only of use where there is no other.
    FragmentationStamp,
    /// Failed allocations since boot.
    OomCount,
    /// The largest single request since boot in bytes, also when it failed.
    LargestRequest,
}

impl Metric {
    /// All of them.
    pub const ALL: [Metric; 7] = [
        Metric::Free,
        Metric::LargestFreeBlock,
        Metric::LowWaterMark,
        Metric::Fragmentation,
        Metric::FragmentationStamp,
        Metric::OomCount,
        Metric::LargestRequest,
    ];

    /// The figure that it follows.
    pub const fn figure(self) -> Figure {
        match self {
            Metric::Free => Figure::Free,
            Metric::LargestFreeBlock => Figure::LargestFreeBlock,
            Metric::LowWaterMark => Figure::LowWaterMark,
            Metric::Fragmentation => Figure::Fragmentation,
            Metric::FragmentationStamp => Figure::FragmentationStamp,
            Metric::OomCount => Figure::OomCount,
            Metric::LargestRequest => Figure::LargestRequest,
        }
    }
}

/// No report has more lines: the largest umm_malloc heap has fewer blocks.
const LONGEST_REPORT_LINES: u64 = 40_000;

/// One value at one time, and the log line that said so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, on the recording's clock.
    pub at: Millis,
    /// The value, in the metric's unit.
    pub amount: Amount,
    /// The log line, from 0.
    pub line: u64,
}

/// The values of one metric, in columns, in order of time.
#[derive(Clone, Debug, Default)]
pub struct Series {
    at: Vec<Millis>,
    amounts: Vec<Amount>,
    lines: Vec<u64>,
}

/// The values of one metric, or the beginning of them: borrowed columns, in order of time.
#[derive(Clone, Copy, Debug)]
pub struct Points<'a> {
    at: &'a [Millis],
    amounts: &'a [Amount],
    lines: &'a [u64],
}

impl<'a> Points<'a> {
    /// The first so many of them, or all where there are fewer.
    pub fn beginning(self, count: usize) -> Self {
        let count = count.min(self.len());
        Points { at: &self.at[..count], amounts: &self.amounts[..count], lines: &self.lines[..count] }
    }

    /// Number of points.
    pub fn len(self) -> usize {
        self.at.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(self) -> bool {
        self.at.is_empty()
    }

    /// The point at this index.
    pub fn get(self, index: usize) -> Option<Point> {
        Some(Point { at: *self.at.get(index)?, amount: self.amounts[index], line: self.lines[index] })
    }

    /// The latest point.
    pub fn last(self) -> Option<Point> {
        self.get(self.len().checked_sub(1)?)
    }

    /// All points in order of time.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Point> + ExactSizeIterator + use<'a> {
        (0..self.len()).map(move |index| Point {
            at: self.at[index],
            amount: self.amounts[index],
            line: self.lines[index],
        })
    }

    /// The times.
    pub fn times(self) -> &'a [Millis] {
        self.at
    }

    /// The values.
    pub fn amounts(self) -> &'a [Amount] {
        self.amounts
    }

    /// Index of the first point at or after `at`.
    pub fn first_at_or_after(self, at: Millis) -> usize {
        self.at.partition_point(|&time| time < at)
    }

    /// The last point that was read from a line before this one.
    pub fn last_before_line(self, line: u64) -> Option<Point> {
        self.get(self.lines.partition_point(|&known| known < line).checked_sub(1)?)
    }

    /// The last point that was read from this line.
    pub fn at_line(self, line: u64) -> Option<Point> {
        // Lines grow with time, but for a report, which comes when its last line does.
        self.iter()
            .rev()
            .take_while(|point| point.line + LONGEST_REPORT_LINES >= line)
            .find(|point| point.line == line)
    }
}

impl Series {
    /// All of them, to look at.
    pub fn points(&self) -> Points<'_> {
        Points { at: &self.at, amounts: &self.amounts, lines: &self.lines }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// The point at this index.
    pub fn get(&self, index: usize) -> Option<Point> {
        self.points().get(index)
    }

    /// The latest point.
    pub fn last(&self) -> Option<Point> {
        self.points().last()
    }

    /// All points in order of time.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Point> + ExactSizeIterator + '_ {
        self.points().iter()
    }

    /// The times.
    pub fn times(&self) -> &[Millis] {
        &self.at
    }

    /// The values.
    pub fn amounts(&self) -> &[Amount] {
        &self.amounts
    }

    /// The log lines that said so, from 0.
    pub fn lines(&self) -> &[u64] {
        &self.lines
    }

    fn push(&mut self, point: Point) {
        // The recording's clock never runs backwards; should a caller's do so, time stands still.
        let at = self.at.last().map_or(point.at, |&last| last.max(point.at));
        self.at.push(at);
        self.amounts.push(point.amount);
        self.lines.push(point.line);
    }
}

/// All series of a recording.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    series: [Series; Metric::ALL.len()],
}

impl Timeline {
    /// A timeline of these moments: time, log line and figures of each, in order of time.
    pub fn from_moments(moments: impl IntoIterator<Item = (Millis, u64, Figures)>) -> Self {
        let mut timeline = Timeline::default();
        for (at, line, figures) in moments {
            timeline.push(at, line, &figures);
        }
        timeline
    }

    /// The values of a metric.
    pub fn series(&self, metric: Metric) -> &Series {
        &self.series[metric as usize]
    }

    /// First and last time of anything on it.
    pub fn span(&self) -> Option<(Millis, Millis)> {
        let first = self.series.iter().filter_map(|series| series.at.first()).min()?;
        let last = self.series.iter().filter_map(|series| series.at.last()).max()?;
        Some((*first, *last))
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(Series::is_empty)
    }

    /// Adds the figures of one moment. Where free and largest are known exactly but no fragmentation of that
    /// formula is, it is calculated.
    pub(super) fn push(&mut self, at: Millis, line: u64, figures: &Figures) {
        for metric in Metric::ALL {
            let known = figures.get(metric.figure());
            let calculated = || (metric == Metric::Fragmentation).then(|| fragmentation(figures)).flatten();
            if let Some(amount) = known.or_else(calculated) {
                self.series[metric as usize].push(Point { at, amount, line });
            }
        }
    }
}

fn fragmentation(figures: &Figures) -> Option<Amount> {
    let (free, largest) = (figures.get(Figure::Free)?, figures.get(Figure::LargestFreeBlock)?);
    if free.is_truncated() || largest.is_truncated() {
        return None;
    }
    let percent = Percent::fragmentation_by_largest_block(free.at_least(), largest.at_least())?;
    Some(Amount::exact(u64::try_from(percent.0).ok()?))
}
