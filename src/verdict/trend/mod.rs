//! Whether free memory falls for good: the statistics behind the leak rule.
//!
//! Free heap swings: a web request takes 3 KB for half a second, garbage piles up until it is collected, a driver keeps
//! what it took, more is in use by day than by night. A leak is what none of these explains. So the curve is explained
//! twice as well as can be, with a steady fall and without one, and the two are compared by their marginal likelihood
//! (Bayes factor: Jeffreys 1939; Kass and Raftery 1995): how well each explanation fits, less the price of what it
//! assumes. A steady fall must explain the curve [`SURE_NATS`] better than the best of everything else to be called a leak.
//!
//! It refuses to say what the figures mean to a person: that is the leak rule's. Everything is a function of the
//! series; it costs the same for a hundred points and for a million, but for cutting these into windows.
//!
//! ```text
//! 30 29 28 27 26 25 24 …   falls by 1 KB a minute: no step, no wave of usual height explains it   → leak
//! 30 30 30 24 24 24 24 …   one step explains it better than a line                                → no leak
//! ```

mod curve;
mod explanation;
mod fit;
mod likelihood;

use crate::heap::{Millis, order};
use crate::recording::Points;
use curve::{Curve, Pick};
use explanation::Explanations;
use likelihood::Weighed;

/// What is known of the fall of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assessment {
    /// Whether it falls for good, beyond doubt.
    pub is_leak: bool,
    /// How many nats (powers of e) more likely the curve is with a steady fall than without. Below 0, nothing speaks
    /// for one.
    pub odds_nats: f64,
    /// The best that can be said against a leak.
    pub rival: Rival,
    /// Bytes per hour; negative when it falls.
    pub per_hour: f64,
    /// The range of that which holds the truth in 9 of 10 cases: the fastest fall, and the slowest.
    pub per_hour_range: (f64, f64),
    /// Time until nothing is free at this rate. `None` when it does not fall.
    pub left: Option<Millis>,
    /// The range of that which holds the truth in 9 of 10 cases. The latest is `None` when it may as well be never.
    pub left_range: Option<(Millis, Option<Millis>)>,
    /// From the first to the last point.
    pub span: Millis,
    /// By how many bytes the steady fall alone changed it over the span.
    pub change: f64,
    /// The middle value of the last quarter minus that of the first, in bytes.
    pub rise: f64,
}

/// What else could have made the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// Chance alone.
    Chance,
    /// Memory that was taken once, or several times, and kept.
    TakenOnce,
    /// What a firmware takes after its start.
    WarmUp,
    /// More is in use at one time of the day than at another.
    Wave,
}

/// Fewer values in a row prove nothing.
const FEWEST_VALUES: usize = 5;

/// A leak must explain the curve so many nats better than anything else: 6 are 400 to 1. Were boards drawn from the
/// priors, no more than one in 400 without a leak would ever be called leaking, however often it is judged (Ville 1939).
const SURE_NATS: f64 = 6.0;

/// A shorter time after the warm-up shows only what the firmware is doing just now.
const SHORTEST_SPAN: Millis = Millis(60_000);

/// A fall of a smaller part of the memory is not worth a word yet: what is small may have causes that nobody thought of.
const LEAST_PART: f64 = 0.015;

/// Nor is one of less than two and a half steps of what the firmware cuts off, in bytes.
const LEAST_CHANGE_TRUNCATED: f64 = 2_560.0;

/// For one value of the envelope, so many points are looked at, at least.
const POINTS_IN_ENVELOPE: usize = 4;

/// How much wider the range of the rate is than its likelihood alone would have it: explanations are never exactly
/// true, and a leak is called when it looks large. Measured with recordings whose truth is known.
const WIDENING: f64 = 1.7;

/// No rate is known better than to this part.
const LEAST_ERROR: f64 = 0.09;

/// What cutting off what is below 1 KB adds to the error of a fall, in bytes: 1024 / √12.
const TRUNCATION_ERROR: f64 = 296.0;

/// Of a normal distribution, nine tenths lie within so many deviations.
const NINE_TENTHS: f64 = 1.645;

/// Once called, a leak stays called until so many nats speak against it, not only at a moment: at the border, a sample more
/// or less must not change what is said. Whether it was called is looked up at the last moments of a fixed schedule: from
/// so many points on, each of this many times as many as the one before. While there are few points, of which each
/// changes more, those just before count as well, and most of them have to speak against it.
const STAYS_NATS: f64 = -3.0;
const FIRST_LOOK: usize = 8;
const NEXT_LOOK: f64 = 1.5;
const LOOKS: usize = 3;
const NEAR_LOOKS: usize = 5;
/// A call that stood at a single one of them was a slip.
const NEAR_CALLS: usize = 2;
const FEW_POINTS: usize = 4_096;
const STEPS_OF_ALL: usize = 64;

/// What is known of the fall of `series` from `from` on, in a run that began at `boot`. `None` when there is too
/// little to say.
pub fn assess(series: Points<'_>, from: Millis, boot: Millis) -> Option<Assessment> {
    let mut known = assess_once(series, from, boot)?;
    // Looking back costs as much again, several times: most boards have lost nothing that could have been called.
    let level = series.get(series.first_at_or_after(from))?.amount.at_least() as f64;
    if !known.is_leak && -known.change >= LEAST_PART * level {
        known.is_leak = stays(&known, series, from, boot);
    }
    Some(known)
}

/// Whether a call that was made before stands, though it would not be made `now`.
fn stays(now: &Assessment, series: Points<'_>, from: Millis, boot: Millis) -> bool {
    let begin = series.first_at_or_after(from);
    let then = |count| assess_once(series.beginning(count), from, boot);
    let near: Vec<_> = near_looks(begin, series.len()).filter_map(then).collect();
    let is_against = |known: &&Assessment| known.odds_nats < STAYS_NATS || known.change >= 0.0;
    let against = near.iter().chain([now]).filter(is_against).count();
    let was_called = |count| then(count).is_some_and(|then| then.is_leak);
    against * 2 <= near.len() + 1
        && (near.iter().filter(|then| then.is_leak).count() >= NEAR_CALLS
            || looks(begin, series.len()).any(was_called))
}

/// The moments just before now, as numbers of points, the latest first.
fn near_looks(begin: usize, now: usize) -> impl Iterator<Item = usize> {
    let count = now - begin;
    let step = (count / STEPS_OF_ALL).max(1).next_power_of_two();
    // Always the same ones, whatever comes behind them.
    let last = (now - 1) / step * step;
    let most = if count <= FEW_POINTS { NEAR_LOOKS } else { 0 };
    (0..most).map_while(move |back| last.checked_sub(back * step).filter(|near| *near >= begin + FIRST_LOOK))
}

/// The last of the schedule's moments before now, as numbers of points, the latest first.
fn looks(begin: usize, now: usize) -> impl Iterator<Item = usize> {
    let next = |count: &usize| Some((*count as f64 * NEXT_LOOK) as usize);
    let all: Vec<usize> = std::iter::successors(Some(FIRST_LOOK), next)
        .map(|count| begin + count)
        .take_while(|count| *count < now)
        .collect();
    all.into_iter().rev().take(LOOKS)
}

fn assess_once(series: Points<'_>, from: Millis, boot: Millis) -> Option<Assessment> {
    let begin = series.first_at_or_after(from);
    let (first, last) = (series.get(begin)?, series.last()?);
    // Noise averages out in the mean of a window, teeth and dips do not count in its highest value: the calmer curve
    // is judged.
    let mean = Curve::of(series, begin, boot, Pick::Mean, 1);
    let highest = Curve::of(series, begin, boot, Pick::Highest, POINTS_IN_ENVELOPE);
    let curve = [highest, mean]
        .into_iter()
        .filter(|curve| curve.len() >= FEWEST_VALUES)
        .min_by(|a, b| a.unrest().total_cmp(&b.unrest()))?;
    let level = (first.amount.at_least() as f64).max(1.0);
    Some(compare(&curve, level, last.at - first.at))
}

/// The best explanations with a steady fall, against the best ones without.
fn compare(curve: &Curve, level: f64, span: Millis) -> Assessment {
    let known = Explanations::new(curve, level, span);
    let (with, without) = (known.weighed(true), known.weighed(false));
    let (Some((chosen, _)), Some((against, rival))) = (best(&with), best(&without)) else {
        return Assessment::nothing(span, curve.rise());
    };
    let odds_nats = chosen.nats - against.nats;
    let hours = (curve.at[curve.len() - 1] - curve.at[0]) / Millis::HOUR.0 as f64;
    let (change, variance) = change(&with, chosen.nats);
    let is_cut = curve.is_truncated();
    let per_hour = change / hours;
    let cut = if is_cut { TRUNCATION_ERROR } else { 0.0 };
    let deviation = (WIDENING * WIDENING * variance + cut * cut).sqrt();
    let error = NINE_TENTHS * deviation.max(LEAST_ERROR * change.abs()) / hours;
    let per_hour_range = (per_hour - error, per_hour + error);
    let free = chosen.end.max(0.0);
    let left = |rate: f64| (rate < 0.0).then(|| Millis((free / -rate * Millis::HOUR.0 as f64) as u64));
    let least_change = (LEAST_PART * level).max(if is_cut { LEAST_CHANGE_TRUNCATED } else { 0.0 });
    Assessment {
        is_leak: -change >= least_change && odds_nats >= SURE_NATS && span >= SHORTEST_SPAN,
        odds_nats,
        rival: *rival,
        per_hour,
        per_hour_range,
        left: left(per_hour),
        left_range: left(per_hour_range.0)
            .filter(|_| per_hour < 0.0)
            .map(|soonest| (soonest, left(per_hour_range.1))),
        span,
        change,
        rise: curve.rise(),
    }
}

/// The fall over the span in bytes, and its variance: of all explanations that come near the best one, each counted as
/// much as it is likely.
fn change(with: &[(Weighed, Rival)], most_nats: f64) -> (f64, f64) {
    let (mut weights, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for (known, _) in with {
        let weight = (known.nats - most_nats).exp();
        weights += weight;
        sum += weight * known.size;
        squares += weight * (known.variance + known.size * known.size);
    }
    let mean: f64 = sum / weights;
    (mean, (squares / weights - mean * mean).max(0.0))
}

fn best(all: &[(Weighed, Rival)]) -> Option<&(Weighed, Rival)> {
    all.iter().max_by(|a, b| a.0.nats.total_cmp(&b.0.nats))
}

impl Assessment {
    fn nothing(span: Millis, rise: f64) -> Self {
        Assessment {
            is_leak: false,
            odds_nats: f64::MIN,
            rival: Rival::Chance,
            per_hour: 0.0,
            per_hour_range: (0.0, 0.0),
            left: None,
            left_range: None,
            span,
            change: 0.0,
            rise,
        }
    }
}

/// The smallest first.
fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    order::sort_by_key(&mut values, |value| order::float_key(*value));
    values
}

/// The middle one.
fn median(values: Vec<f64>) -> f64 {
    let values = sorted(values);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::{Amount, Figure, Figures};
    use crate::recording::{Metric, Timeline};

    /// A board that is asked so often, in seconds.
    pub(super) fn timeline(
        count: usize,
        every_seconds: u64,
        is_truncated: bool,
        free: impl Fn(usize) -> f64,
    ) -> Timeline {
        Timeline::from_moments((0..count).map(|index| {
            let (mut figures, bytes) = (Figures::default(), free(index) as u64);
            let cut = Amount::kib_truncated(bytes / 1_024);
            figures.set(Figure::Free, if is_truncated { cut } else { Amount::exact(bytes) });
            (Millis(index as u64 * every_seconds * 1_000), index as u64, figures)
        }))
    }

    /// Some unrest that is the same in every run, up to 1.
    fn unrest(index: usize) -> f64 {
        (index * 7_919 % 101) as f64 / 101.0
    }

    fn assess_whole(timeline: &Timeline) -> Assessment {
        assess(timeline.series(Metric::Free).points(), Millis(0), Millis(0)).expect("enough values")
    }

    /// Whether it is called a leak at any moment, judged as often as the page does.
    fn is_ever_called(timeline: &Timeline) -> bool {
        let points = timeline.series(Metric::Free).points();
        let is_leak =
            |count| assess(points.beginning(count), Millis(0), Millis(0)).is_some_and(|known| known.is_leak);
        (5..=points.len()).filter(|count| *count < 30 || count % 25 == 0).any(is_leak)
    }

    #[test]
    fn a_steady_fall_is_a_leak_and_its_ranges_hold_the_truth() {
        let known = assess_whole(&timeline(120, 10, false, |index| {
            40_000.0 - 25.0 * index as f64 + 60.0 * unrest(index)
        }));
        assert!(known.is_leak, "{known:?}");
        assert!(known.per_hour_range.0 < -9_000.0 && known.per_hour_range.1 > -9_000.0, "{known:?}");
        let left = Millis((37_025.0 / 9_000.0 * 3_600_000.0) as u64);
        let (soonest, latest) = known.left_range.expect("it falls");
        assert!(soonest < left && latest.is_some_and(|latest| latest > left), "{known:?}");
    }

    #[test]
    fn a_leak_in_pieces_and_one_in_whole_kilobytes_are_leaks() {
        let pieces = |index: usize| 40_000.0 - (index as f64 * 0.4 + 2.0 * unrest(index)).floor() * 90.0;
        assert!(assess_whole(&timeline(200, 10, false, pieces)).is_leak);
        let steady = |index: usize| 40_000.0 - 60.0 * index as f64;
        assert!(assess_whole(&timeline(200, 10, true, steady)).is_leak);
        // Less than two steps of what is cut off says nothing.
        assert!(!assess_whole(&timeline(30, 10, true, steady)).is_leak);
    }

    #[test]
    fn steps_that_are_kept_are_no_leak_at_any_moment() {
        let steps = |index: usize| {
            40_000.0 - if index < 70 { 0.0 } else { 3_000.0 } - if index < 150 { 0.0 } else { 1_500.0 }
        };
        assert!(!is_ever_called(&timeline(300, 10, false, |index| steps(index) + 100.0 * unrest(index))));
        assert!(!is_ever_called(&timeline(300, 10, true, steps)));
        let known = assess_whole(&timeline(300, 10, false, |index| steps(index) + 100.0 * unrest(index)));
        assert_eq!(known.rival, Rival::TakenOnce);
    }

    #[test]
    fn what_bends_as_a_warm_up_or_a_wave_does_is_no_leak_at_any_moment() {
        let warm_up =
            |index: usize| 36_000.0 + 4_000.0 * (-(index as f64) / 9.0).exp() + 30.0 * unrest(index);
        assert!(!is_ever_called(&timeline(300, 10, false, warm_up)));
        let wave = |index: usize| {
            40_000.0 + 1_500.0 * (index as f64 / 288.0 * std::f64::consts::TAU).cos() + 30.0 * unrest(index)
        };
        assert!(!is_ever_called(&timeline(600, 300, false, wave)));
    }

    #[test]
    fn noise_with_and_without_memory_is_no_leak_at_any_moment() {
        assert!(!is_ever_called(&timeline(400, 10, false, |index| 40_000.0 + 2_000.0 * unrest(index))));
        let mut level = 0.0;
        let walk: Vec<f64> = (0..400)
            .map(|index| {
                level = 0.97 * level + 300.0 * (unrest(index) - 0.5);
                40_000.0 + level
            })
            .collect();
        assert!(!is_ever_called(&timeline(400, 10, false, |index| walk[index])));
    }

    #[test]
    fn a_collector_s_teeth_hide_no_leak_and_are_none() {
        let teeth = |index: usize| 40_000.0 - (index % 6) as f64 * 800.0 + 40.0 * unrest(index);
        assert!(!is_ever_called(&timeline(300, 5, false, teeth)));
        assert!(assess_whole(&timeline(300, 5, false, |index| teeth(index) - 30.0 * index as f64)).is_leak);
    }

    #[test]
    fn too_little_proves_nothing() {
        let fall = |index: usize| 40_000.0 - 1_000.0 * index as f64;
        let few = timeline(4, 60, false, fall);
        assert_eq!(assess(few.series(Metric::Free).points(), Millis(0), Millis(0)), None);
        // Enough values, within less than a minute.
        assert!(!assess_whole(&timeline(30, 1, false, fall)).is_leak);
        assert!(assess_whole(&timeline(30, 60, false, fall)).is_leak);
    }

    #[test]
    fn it_is_looked_back_at_moments_that_do_not_move() {
        assert_eq!(looks(10, 30).collect::<Vec<_>>(), [28, 22, 18]);
        assert_eq!(looks(10, 36).collect::<Vec<_>>(), [28, 22, 18]);
        assert_eq!(looks(10, 38).collect::<Vec<_>>(), [37, 28, 22]);
        assert_eq!(looks(10, 12).count(), 0);
        assert_eq!(near_looks(10, 21).collect::<Vec<_>>(), [20, 19, 18]);
        assert_eq!(near_looks(0, 260).take(3).collect::<Vec<_>>(), [256, 252, 248]);
        assert_eq!(near_looks(0, 261).take(3).collect::<Vec<_>>(), [260, 256, 252]);
        assert_eq!((near_looks(0, 1_000).count(), near_looks(0, 5_000).count()), (NEAR_LOOKS, 0));
    }

    #[test]
    fn a_call_stays_until_the_evidence_is_against_it() {
        // It falls, and then rests.
        let free = |index: usize| 40_000.0 - 40.0 * (index.min(60) as f64) + 50.0 * unrest(index);
        let timeline = timeline(400, 10, false, free);
        let points = timeline.series(Metric::Free).points();
        let known =
            |count| assess_once(points.beginning(count), Millis(0), Millis(0)).expect("enough values");
        let says =
            |count| assess(points.beginning(count), Millis(0), Millis(0)).is_some_and(|known| known.is_leak);
        for count in (40..400).step_by(40) {
            let now = known(count);
            let near: Vec<_> = near_looks(0, count).map(known).collect();
            let against = near
                .iter()
                .chain([&now])
                .filter(|then| then.odds_nats < STAYS_NATS || then.change >= 0.0)
                .count();
            let was_called = near.iter().filter(|then| then.is_leak).count() >= NEAR_CALLS
                || looks(0, count).any(|count| known(count).is_leak);
            let may_stay = now.change <= -0.015 * 40_000.0 && against * 2 <= near.len() + 1;
            assert_eq!(says(count), now.is_leak || may_stay && was_called, "{count}: {now:?}");
        }
        assert!(says(60) && !says(400));
    }

    #[test]
    fn what_rises_or_stands_still_is_no_leak() {
        for slope in [0.0, 30.0] {
            let known = assess_whole(&timeline(200, 10, false, |index| {
                40_000.0 + slope * index as f64 + 60.0 * unrest(index)
            }));
            assert!(!known.is_leak && known.rise >= -60.0, "{known:?}");
        }
        assert_eq!(
            assess_whole(&timeline(200, 10, false, |index| 40_000.0 + 30.0 * index as f64)).left,
            None
        );
    }
}
