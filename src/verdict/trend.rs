//! Whether a series falls: the statistics behind the leak rule.
//!
//! Free heap swings: a web request takes 3 KB for half a second, a garbage collector lets garbage pile up. What
//! leaks is what does not come back. So the span is cut into windows, the highest value of each is kept (the
//! envelope), and a line is laid through these: the median of the slopes of all pairs (Theil 1950, Sen 1968),
//! which outliers cannot bend, with the Mann–Kendall test (Mann 1945) for whether there is a trend at all.

use crate::heap::Millis;
use crate::heap::order;
use crate::recording::Points;

/// Windows over the whole span. Pairs grow with the square: 40 windows are 780 slopes.
const WINDOWS: u64 = 40;

/// Fewer windows with values than this show no trend: the test cannot reach its level with fewer than five.
const FEWEST_WINDOWS: usize = 6;

/// Mann–Kendall's statistic beyond this is a trend; one in a thousand series without any exceeds it.
const SURE: f64 = 3.29;

/// Each half of a lasting trend has this part of its slope at least.
const LEAST_PACE: f64 = 0.25;

/// A trend of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Trend {
    /// Bytes per hour; negative when it falls.
    pub per_hour: f64,
    /// Whether chance alone would hardly show this.
    pub is_sure: bool,
    /// From the first to the last value of the envelope.
    pub span: Millis,
    /// The value of the fitted line at the end minus that at the beginning.
    pub change: f64,
    /// Whether it goes on all the time: each half alone goes the same way, at a quarter of the pace at least. A
    /// single step, such as memory that was taken once and kept, does not.
    pub is_lasting: bool,
    /// The middle value of the last quarter of the envelope minus that of the first.
    pub rise: f64,
}

/// The trend of the upper envelope of `series` from `from` on. `None` when there is too little to say.
pub(super) fn of_envelope(series: Points<'_>, from: Millis) -> Option<Trend> {
    let envelope = envelope(series, from);
    if envelope.len() < FEWEST_WINDOWS {
        return None;
    }
    let (first, last) = (envelope.first()?, envelope.last()?);
    let per_milli = slope(&envelope)?;
    let (early, late) = envelope.split_at(envelope.len() / 2);
    let keeps_pace = |half| slope(half).is_some_and(|half| half / per_milli >= LEAST_PACE);
    let quarter = envelope.len().div_ceil(4);
    Some(Trend {
        per_hour: per_milli * Millis::HOUR.0 as f64,
        is_sure: z(score(&envelope), &envelope).abs() >= SURE,
        span: Millis((last.0 - first.0) as u64),
        change: per_milli * (last.0 - first.0),
        is_lasting: per_milli != 0.0 && keeps_pace(early) && keeps_pace(late),
        rise: middle(&envelope[envelope.len() - quarter..]) - middle(&envelope[..quarter]),
    })
}

/// The median of the slopes of all pairs (Theil–Sen). `None` for fewer than two points.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let pairs =
        points.iter().enumerate().flat_map(|(index, a)| points[index + 1..].iter().map(move |b| (a, b)));
    let mut slopes: Vec<_> = pairs.map(|(a, b)| (b.1 - a.1) / (b.0 - a.0)).collect();
    order::sort_by_key(&mut slopes, |slope| order::float_key(*slope));
    slopes.get(slopes.len() / 2).copied()
}

/// How many pairs rise, minus how many fall.
fn score(points: &[(f64, f64)]) -> i64 {
    let pairs =
        points.iter().enumerate().flat_map(|(index, a)| points[index + 1..].iter().map(move |b| b.1 - a.1));
    pairs.map(|change| i64::from(change > 0.0) - i64::from(change < 0.0)).sum()
}

/// The median of the values.
fn middle(points: &[(f64, f64)]) -> f64 {
    let mut values: Vec<_> = points.iter().map(|point| point.1).collect();
    order::sort_by_key(&mut values, |value| order::float_key(*value));
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The highest value of each window, at its own time in milliseconds.
fn envelope(series: Points<'_>, from: Millis) -> Vec<(f64, f64)> {
    let begin = series.first_at_or_after(from);
    let (Some(first), Some(last)) = (series.get(begin), series.last()) else { return Vec::new() };
    let width = ((last.at - first.at).0 / WINDOWS).max(1);
    let mut envelope: Vec<(u64, (f64, f64))> = Vec::new();
    for point in (begin..series.len()).filter_map(|index| series.get(index)) {
        let window = (point.at - first.at).0 / width;
        let value = (point.at.0 as f64, point.amount.at_least() as f64);
        match envelope.last_mut() {
            Some((known, best)) if *known == window => {
                if value.1 > best.1 {
                    *best = value;
                }
            }
            _ => envelope.push((window, value)),
        }
    }
    // Two values at one time have no slope between them.
    let mut values: Vec<_> = envelope.into_iter().map(|(_, value)| value).collect();
    values.dedup_by(|b, a| b.0 <= a.0);
    values
}

/// Mann–Kendall's statistic in standard deviations, corrected for equal values (Kendall 1970).
fn z(score: i64, envelope: &[(f64, f64)]) -> f64 {
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut values: Vec<f64> = envelope.iter().map(|point| point.1).collect();
    order::sort_by_key(&mut values, |value| order::float_key(*value));
    let ties: f64 = values.chunk_by(|a, b| a == b).map(|equal| term(equal.len() as f64)).sum();
    let variance = (term(envelope.len() as f64) - ties) / 18.0;
    if variance <= 0.0 {
        return 0.0;
    }
    // The continuity correction moves the score one towards zero.
    (score - score.signum()) as f64 / variance.sqrt()
}
