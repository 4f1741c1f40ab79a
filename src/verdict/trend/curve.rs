//! A series, cut into few windows: what explanations are laid through.

use super::{median, sorted};
use crate::heap::Millis;
use crate::heap::order::partition_point;
use crate::recording::{Point, Points};

/// Windows over the whole span: the cost of an explanation grows with their number.
const WINDOWS: usize = 48;

/// In a window's mean, values so many deviations below it do not count, found in so many rounds; not in a window of
/// few values.
const DIP_DEVIATIONS: f64 = 1.7;
const DIP_ROUNDS: usize = 3;
const FEW_VALUES: usize = 4;

/// Of a window of more, only so many are looked at: its mean would not be known better with all.
const MOST_LOOKED_AT: usize = 512;

/// Unrest below this counts as none, in bytes.
const CALM: f64 = 16.0;

/// Values over time. Each lies between two limits, which are the same where it is known exactly.
#[derive(Clone, Debug, Default)]
pub(super) struct Curve {
    /// Milliseconds since the board's start.
    pub at: Vec<f64>,
    /// Not below, in bytes.
    pub low: Vec<f64>,
    /// Not above, in bytes.
    pub high: Vec<f64>,
    /// Whether a value may be the mean of many points.
    pub is_of_many: bool,
}

/// How the values of a window become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pick {
    /// The mean, without what lies far below it: noise averages out.
    Mean,
    /// The highest: dips and teeth do not count.
    Highest,
}

impl Curve {
    /// The curve through the points of `series` from index `begin` on, with at least `per_window` points for one of
    /// its own, and times counted from `origin`.
    pub fn of(series: Points<'_>, begin: usize, origin: Millis, pick: Pick, per_window: usize) -> Self {
        let mut curve = Curve::default();
        let count = series.len();
        let (Some(first), Some(last)) = (series.get(begin), series.last()) else { return curve };
        let windows = ((count - begin) / per_window).clamp(1, WINDOWS) as u64;
        curve.is_of_many = pick == Pick::Mean && count - begin > WINDOWS;
        let width = (last.at - first.at).0 / windows + 1;
        let mut index = begin;
        while index < count {
            let window_of = |index: usize| (series.at(index) - first.at).0 / width;
            let window = window_of(index);
            let end = partition_point(index..count, |index| window_of(index) == window);
            let step = (end - index).div_ceil(MOST_LOOKED_AT);
            let floor = match pick {
                Pick::Mean if end - index >= FEW_VALUES => {
                    let values = (index..end).step_by(step).map(|index| series.amount(index));
                    without_dips(values.map(|amount| amount.at_least() as f64))
                }
                _ => 0.0,
            };
            // The highest is found in all of them, also where only some are looked at.
            let highest = match pick {
                Pick::Highest if step > 1 => {
                    series.extremes(index..end).and_then(|(_, highest)| series.get(highest))
                }
                _ => None,
            };
            let points = (index..end).step_by(step).filter_map(|index| series.get(index));
            let points = points.filter(|point| point.amount.at_least() as f64 >= floor).chain(highest);
            curve.add(points, origin, pick);
            index = end;
        }
        curve
    }

    fn add(&mut self, points: impl Iterator<Item = Point>, origin: Millis, pick: Pick) {
        let (mut count, mut at, mut sum) = (0.0, 0.0, 0.0);
        let (mut least, mut most, mut cut) = (f64::MAX, f64::MIN, 0.0_f64);
        for point in points {
            let value = point.amount.at_least() as f64;
            count += 1.0;
            at += (point.at - origin).0 as f64;
            sum += value;
            (least, most) = (least.min(value), most.max(value));
            cut = cut.max((point.amount.at_most() - point.amount.at_least()) as f64);
        }
        let at = at / count;
        // Two windows at one time have no slope between them.
        if count == 0.0 || self.at.last().is_some_and(|last| *last >= at) {
            return;
        }
        let middle = sum / count + cut / 2.0;
        let (low, high) = match pick {
            Pick::Highest => (most, most + cut),
            Pick::Mean if most == least => (most, most + cut),
            // It swings about a border between two whole KB. The truth lies between the mean and that border: near
            // the mean for much noise, near the border for little.
            Pick::Mean if most - least <= cut + 1.0 => (middle.min(most), middle.max(most)),
            Pick::Mean => (middle, middle),
        };
        self.at.push(at);
        self.low.push(low);
        self.high.push(high);
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// How much the mean of a window has of the one before, for noise of which after so many seconds 1/e is left.
    pub fn memory(&self, seconds: f64) -> f64 {
        let width = (self.at[self.len() - 1] - self.at[0]) / (self.len() - 1) as f64 / 1_000.0 / seconds;
        let lost = 1.0 - (-width).exp();
        if self.is_of_many { lost * lost / (2.0 * (width - lost)).max(lost * lost) } else { 1.0 - lost }
    }

    /// The middle between a value's limits.
    pub fn middle(&self, index: usize) -> f64 {
        (self.low[index] + self.high[index]) / 2.0
    }

    /// Whether some of its values are known only between limits.
    pub fn is_truncated(&self) -> bool {
        self.low != self.high
    }

    /// How far values lie from the middle of their neighbours, as the error of the mean of all of them, in bytes. The
    /// largest fifth, such as steps, does not count, nor does a slope.
    pub fn unrest(&self) -> f64 {
        let jump = |index: usize| {
            let above = self.low[index] - (self.high[index - 1] + self.high[index + 1]) / 2.0;
            let below = self.high[index] - (self.low[index - 1] + self.low[index + 1]) / 2.0;
            above.max(0.0) - below.min(0.0)
        };
        let jumps = sorted((1..self.len() - 1).map(jump).collect());
        jumps[jumps.len() * 4 / 5].max(CALM) / (self.len() as f64).sqrt()
    }

    /// The middle value of the last quarter minus that of the first.
    pub fn rise(&self) -> f64 {
        let quarter = self.len().div_ceil(4);
        let middle = |range: std::ops::Range<usize>| median(range.map(|index| self.middle(index)).collect());
        middle(self.len() - quarter..self.len()) - middle(0..quarter)
    }
}

/// Below this lie only dips.
fn without_dips(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let mut floor = 0.0;
    for _ in 0..DIP_ROUNDS {
        let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for value in values.clone().filter(|value| *value >= floor) {
            count += 1.0;
            sum += value;
            squares += value * value;
        }
        let mean: f64 = sum / count;
        floor = mean - DIP_DEVIATIONS * (squares / count - mean * mean).max(0.0).sqrt() - 1.0;
    }
    floor
}

#[cfg(test)]
mod tests {
    use super::super::tests::timeline;
    use super::*;
    use crate::recording::Metric;

    fn curve(
        count: usize,
        is_truncated: bool,
        free: impl Fn(usize) -> f64,
        pick: Pick,
        per_window: usize,
    ) -> Curve {
        let timeline = timeline(count, 10, is_truncated, free);
        Curve::of(timeline.series(Metric::Free).points(), 0, Millis(0), pick, per_window)
    }

    #[test]
    fn few_points_are_the_curve_and_many_are_windows() {
        let few = curve(20, false, |index| 30_000.0 - index as f64, Pick::Mean, 1);
        assert_eq!((few.len(), few.low[3], few.high[3]), (20, 29_997.0, 29_997.0));
        let many = curve(4_800, false, |index| 30_000.0 - index as f64, Pick::Mean, 1);
        assert!(many.len() <= WINDOWS && many.is_of_many);
        assert!((many.middle(0) - 29_950.5).abs() < 2.0, "{}", many.middle(0));
    }

    #[test]
    fn dips_do_not_lower_a_mean_and_teeth_do_not_lower_an_envelope() {
        let dips =
            |index: usize| if index.is_multiple_of(10) { 20_000.0 } else { 30_000.0 + (index % 3) as f64 };
        let mean = curve(4_800, false, dips, Pick::Mean, 1);
        assert!(mean.low.iter().all(|value| (*value - 30_001.0).abs() < 1.0));
        let teeth = |index: usize| 30_000.0 - (index % 7) as f64 * 1_000.0;
        let highest = curve(4_800, false, teeth, Pick::Highest, 4);
        assert!(highest.low.iter().all(|value| *value == 30_000.0));
    }

    #[test]
    fn what_is_cut_off_lies_between_limits() {
        let still = curve(20, true, |_| 30_000.0, Pick::Mean, 1);
        assert_eq!((still.low[0], still.high[0], still.is_truncated()), (29_696.0, 29_696.0 + 1_023.0, true));
        // It swings about 29 KB, evenly: the truth is near that border.
        let swings =
            curve(4_800, true, |index| 29_696.0 + if index % 2 == 0 { 90.0 } else { -90.0 }, Pick::Mean, 1);
        assert!(
            swings.low[5] <= 29_700.0 && swings.high[5] >= 29_690.0,
            "{} {}",
            swings.low[5],
            swings.high[5]
        );
        assert!(swings.high[5] - swings.low[5] < 100.0);
    }

    #[test]
    fn a_slope_is_no_unrest() {
        let slope = curve(40, false, |index| 60_000.0 - 1_000.0 * index as f64, Pick::Mean, 1);
        let noise = curve(40, false, |index| 60_000.0 - (index * 37 % 11) as f64 * 100.0, Pick::Mean, 1);
        assert!(slope.unrest() < CALM && noise.unrest() > 3.0 * slope.unrest());
        assert!((slope.rise() + 30_000.0).abs() < 1_001.0, "{}", slope.rise());
    }
}
