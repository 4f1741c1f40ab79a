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

use crate::heap::{Millis, order};
use crate::recording::Points;
use curve::{Curve, Pick};
use explanation::Explanations;
use fit::Fit;

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

/// A leak must explain the curve so many nats better than anything else: 5.5 are 245 to 1.
const SURE_NATS: f64 = 5.5;

/// Against a wave or a warm-up it must be so many: every slope of these is steady for a while.
const SURE_OF_NO_BEND_NATS: f64 = 7.0;

/// A shorter time after the warm-up shows only what the firmware is doing just now.
const SHORTEST_SPAN: Millis = Millis(60_000);

/// A fall of a smaller part of the memory is not worth a word yet.
const LEAST_PART: f64 = 0.02;

/// For one value of the envelope, so many points are looked at, at least.
const POINTS_IN_ENVELOPE: usize = 4;

/// How much wider the range of the rate is than its likelihood alone would have it: explanations are never exactly
/// true, and a leak is called when it looks large. Measured with recordings whose truth is known.
const WIDENING: f64 = 3.5;

/// No rate is known better than to this part.
const LEAST_ERROR: f64 = 0.06;

/// What cutting off what is below 1 KB adds to the error of a fall, in bytes: 1024 / √12.
const TRUNCATION_ERROR: f64 = 296.0;

/// Of a normal distribution, nine tenths lie within so many deviations.
const NINE_TENTHS: f64 = 1.645;

/// What is known of the fall of `series` from `from` on, in a run that began at `boot`. `None` when there is too
/// little to say.
pub fn assess(series: Points<'_>, from: Millis, boot: Millis) -> Option<Assessment> {
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
    let count = curve.len();
    let known = Explanations::new(curve, level, span);
    let without: Vec<(Fit, Rival)> =
        known.all().iter().map(|explanation| (known.fit(explanation, false), explanation.rival)).collect();
    let with: Vec<Fit> = known.beside_a_leak().map(|explanation| known.fit_leak(explanation)).collect();
    let evidence = Fit::evidence;
    let (Some(chosen), Some(rival)) = (best(&with, evidence), best(&without, |(fit, _)| evidence(fit)))
    else {
        return Assessment::nothing(span, curve.rise());
    };
    let odds_nats = evidence(chosen) - evidence(&rival.0);
    let hours = (curve.at[count - 1] - curve.at[0]) / Millis::HOUR.0 as f64;
    let change = chosen.size;
    let per_hour = change / hours;
    let cut = if curve.is_truncated() { TRUNCATION_ERROR } else { 0.0 };
    let variance = variance(&with, chosen) + cut * cut;
    let error = NINE_TENTHS * variance.sqrt().max(LEAST_ERROR * change.abs()) / hours;
    let per_hour_range = (per_hour - error, per_hour + error);
    let free = chosen.values[count - 1].max(0.0);
    let left = |rate: f64| (rate < 0.0).then(|| Millis((free / -rate * Millis::HOUR.0 as f64) as u64));
    let sure_nats =
        if matches!(rival.1, Rival::Wave | Rival::WarmUp) { SURE_OF_NO_BEND_NATS } else { SURE_NATS };
    let is_large = -change >= LEAST_PART * level;
    Assessment {
        is_leak: is_large && odds_nats >= sure_nats && span >= SHORTEST_SPAN,
        odds_nats,
        rival: rival.1,
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

/// The variance of the fall over the span, in square bytes: of all explanations that come near the best one, each
/// counted as much as it is likely.
fn variance(fits: &[Fit], chosen: &Fit) -> f64 {
    let most = chosen.evidence();
    let (mut weights, mut sum) = (0.0, 0.0);
    for fit in fits {
        let weight = (fit.evidence() - most).exp();
        let own = WIDENING * WIDENING * fit.variance() / fit.independent() / fit.own.max(1e-9);
        weights += weight;
        sum += weight * (own + (fit.size - chosen.size) * (fit.size - chosen.size));
    }
    sum / weights
}

fn best<T>(all: &[T], evidence: impl Fn(&T) -> f64) -> Option<&T> {
    all.iter().max_by(|a, b| evidence(a).total_cmp(&evidence(b)))
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
