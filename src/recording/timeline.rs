//! The timeline: figures over time, one series for each metric.
//!
//! A board that reports at regular times takes some 6.2 bytes for each value: two for its time, two for the amount, two for
//! the log line, 0.1 for the blocks that these stand in, and 0.06 for the pyramid of extremes which a picture of any number
//! of them is drawn from. Adding one takes the same time however many there are: nothing that is there is moved.

use std::cell::RefCell;
use std::ops::Range;

use super::column::Column;
use super::decimate::{self, Extent, Known, Samples};
use super::pyramid::Pyramid;
use crate::heap::order::partition_point;
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

/// The values of one metric, in order of time.
#[derive(Clone, Debug, Default)]
pub struct Series {
    at: Column,
    /// As [`Amount::code`] has them.
    amounts: Pyramid,
    lines: Column,
    /// What was drawn last, on each axis: not part of what it is, only of how fast it is seen again.
    known: [RefCell<Known>; 2],
}

/// What the points of a series are put in order by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// Milliseconds on the recording's clock.
    #[default]
    Time,
    /// Log lines, for a log that has no times.
    Lines,
}

/// A series on an axis, to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Track<'a> {
    /// The points.
    pub series: &'a Series,
    /// What they stand on.
    pub axis: Axis,
}

impl Track<'_> {
    /// How far each column of `indices` goes that has a point: see [`decimate::columns`]. The work is per column, and here
    /// it is compiled for speed.
    pub fn columns(&self, indices: Range<usize>, column_width: u64) -> Vec<Extent> {
        match self.series.known[self.axis as usize].try_borrow_mut() {
            Ok(mut known) => known.columns(self, indices, column_width),
            Err(_) => decimate::columns(self, indices, column_width),
        }
    }

    fn keys(&self) -> &Column {
        match self.axis {
            Axis::Time => &self.series.at,
            Axis::Lines => &self.series.lines,
        }
    }
}

impl Samples for Track<'_> {
    fn len(&self) -> usize {
        self.series.len()
    }
    fn key(&self, index: usize) -> u64 {
        self.keys().get(index).unwrap_or(0)
    }
    fn value(&self, index: usize) -> u64 {
        self.series.amount(index).at_least()
    }
    fn extent(&self, indices: Range<usize>) -> Option<(u64, u64)> {
        self.series.extent(indices).map(|(lowest, highest)| (lowest.at_least(), highest.at_least()))
    }
    fn first_within(&self, indices: Range<usize>, key: u64, guess: usize) -> usize {
        self.keys().first_not_below(indices, key, guess)
    }
}

/// The values of one metric, or the beginning of them, in order of time.
#[derive(Clone, Copy, Debug)]
pub struct Points<'a> {
    series: &'a Series,
    count: usize,
}

impl<'a> Points<'a> {
    /// The first so many of them, or all where there are fewer.
    pub fn beginning(self, count: usize) -> Self {
        Points { count: count.min(self.count), ..self }
    }

    /// Number of points.
    pub fn len(self) -> usize {
        self.count
    }

    /// Whether nothing is known.
    pub fn is_empty(self) -> bool {
        self.count == 0
    }

    /// The point at this index.
    pub fn get(self, index: usize) -> Option<Point> {
        (index < self.count).then(|| self.series.point(index))
    }

    /// The time of the point at this index; 0 behind the end.
    pub fn at(self, index: usize) -> Millis {
        self.series.at(index)
    }

    /// The value of the point at this index; 0 behind the end.
    pub fn amount(self, index: usize) -> Amount {
        self.series.amount(index)
    }

    /// Indices of a lowest and a highest value within `indices`, the first of several; `None` when that is empty.
    pub fn extremes(self, indices: Range<usize>) -> Option<(usize, usize)> {
        self.series.extremes(indices.start..indices.end.min(self.count))
    }

    /// The latest point.
    pub fn last(self) -> Option<Point> {
        self.get(self.count.checked_sub(1)?)
    }

    /// All points in order of time.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Point> + ExactSizeIterator + use<'a> {
        (0..self.count).map(move |index| self.series.point(index))
    }

    /// Index of the first point at or after `at`.
    pub fn first_at_or_after(self, at: Millis) -> usize {
        partition_point(0..self.count, |index| self.series.at(index) < at)
    }

    /// Index of the first point that was read from a line behind this one.
    pub fn first_behind_line(self, line: u64) -> usize {
        partition_point(0..self.count, |index| self.series.line(index) <= line)
    }

    /// The last point that was read from a line before this one.
    pub fn last_before_line(self, line: u64) -> Option<Point> {
        self.get(partition_point(0..self.count, |index| self.series.line(index) < line).checked_sub(1)?)
    }

    /// Whether a point was read from this line.
    pub fn has_line(self, line: u64) -> bool {
        self.last_before_line(line.saturating_add(1)).is_some_and(|point| point.line == line)
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
        Points { series: self, count: self.len() }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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

    /// The time of the point at this index; 0 behind the end.
    pub fn at(&self, index: usize) -> Millis {
        Millis(self.at.get(index).unwrap_or(0))
    }

    /// The value of the point at this index; 0 behind the end.
    pub fn amount(&self, index: usize) -> Amount {
        Amount::from_code(self.amounts.get(index).unwrap_or(0))
    }

    /// The log line, from 0, of the point at this index; 0 behind the end.
    pub fn line(&self, index: usize) -> u64 {
        self.lines.get(index).unwrap_or(0)
    }

    /// A lowest and a highest value within `indices`, as far as there are any; `None` when that is empty. Looks at few of
    /// them: see [`Pyramid`].
    pub fn extent(&self, indices: Range<usize>) -> Option<(Amount, Amount)> {
        let (lowest, highest) = self.amounts.extent(indices)?;
        Some((Amount::from_code(lowest), Amount::from_code(highest)))
    }

    /// Indices of a lowest and a highest value within `indices`, the first of several; `None` when that is empty. Looks at
    /// few of them.
    pub fn extremes(&self, indices: Range<usize>) -> Option<(usize, usize)> {
        let (lowest, highest) = self.extent(indices.clone())?;
        let (lowest, highest) = (lowest.at_least(), highest.at_least());
        // As soon as a stretch is long enough to have it.
        let first = |has: &dyn Fn(Amount, Amount) -> bool| {
            partition_point(indices.clone(), |index| {
                !self.extent(indices.start..index + 1).is_some_and(|(lowest, highest)| has(lowest, highest))
            })
        };
        Some((first(&|low, _| low.at_least() == lowest), first(&|_, high| high.at_least() == highest)))
    }

    fn point(&self, index: usize) -> Point {
        Point { at: self.at(index), amount: self.amount(index), line: self.line(index) }
    }

    fn push(&mut self, point: Point) {
        // The recording's clock never runs backwards; should a caller's do so, time stands still.
        let at = self.last().map_or(point.at, |last| last.at.max(point.at));
        self.at.push(at.0);
        self.amounts.push(point.amount.code());
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
        let first = self.series.iter().filter_map(|series| series.get(0)).map(|point| point.at).min()?;
        let last = self.series.iter().filter_map(Series::last).map(|point| point.at).max()?;
        Some((first, last))
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(Series::is_empty)
    }

    /// Adds the figures of one moment. Where free and largest are known exactly but no fragmentation of that
    /// formula is, it is calculated.
    pub fn push(&mut self, at: Millis, line: u64, figures: &Figures) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_takes_some_six_bytes() {
        let mut series = Series::default();
        for index in 0..1_000_000_u64 {
            let amount = Amount::exact(20_000 + index * 7_919 % 9_001);
            series.push(Point { at: Millis(index * 10), amount, line: index });
        }
        let bytes = series.at.bytes() + series.amounts.bytes() + series.lines.bytes();
        let each = bytes as f64 / series.len() as f64;
        assert!((6.1..6.3).contains(&each), "{each}");
    }

    proptest! {
        #[test]
        fn extremes_are_those_of_each_value(
            values in proptest::collection::vec(0_u64..90, 0..300),
            start in 0..300_usize,
            length in 0..300_usize,
        ) {
            let mut series = Series::default();
            for (line, value) in (0..).zip(&values) {
                series.push(Point { at: Millis(line), amount: Amount::exact(*value), line });
            }
            let indices = start..start + length;
            let within = values.iter().take(start + length).skip(start);
            let expected = within.clone().min().zip(within.max());
            let found = series.extremes(indices.clone());
            let first = |value: &u64| indices.clone().find(|&index| values[index] == *value);
            prop_assert_eq!(found, expected.and_then(|(lowest, highest)| first(lowest).zip(first(highest))));
        }
    }
}
