//! Steady: enough was seen to say that nothing keeps falling.
//!
//! Memory that went once and stayed away is neither a leak nor steady: that is said as it is.

use super::leak::LEAST_FALL_BYTES;
use super::{Case, Evidence, Judgement, State, Sureness, now::Now};
use crate::dialect::LineRange;
use crate::heap::Millis;
use crate::recording::{Metric, Point};
use crate::words::verdict::{self as words, fell, steady};

/// A shorter time, or fewer figures, prove nothing.
const SHORTEST_SPAN: Millis = Millis(120_000);
const FEWEST_FIGURES: usize = 8;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let series = case.series(Metric::Free);
    let begin = series.first_at_or_after(case.boot());
    let (first, last) = (series.get(begin)?, series.last()?);
    let span = last.at - first.at;
    let is_long = span >= SHORTEST_SPAN && series.len() - begin >= FEWEST_FIGURES && case.has_times();
    // Many figures in a few moments are not many moments: the leak rule must have had enough to judge.
    let trend = case.trend().filter(|_| is_long)?;
    let figures = Now::of(case).phrase()?;
    if trend.rise <= -LEAST_FALL_BYTES {
        return Some(fell(&figures, -trend.rise as u64, span, first, last));
    }
    let lowest = series.extremes(begin..series.len()).and_then(|(lowest, _)| series.get(lowest))?;
    Some(Judgement {
        state: State::Healthy,
        headline: steady::headline(&figures, span),
        explanation: steady::explanation(lowest.amount),
        sureness: Sureness::likely(steady::NOT_SURER),
        next: steady::NEXT.into(),
        evidence: vec![Evidence::new(LineRange::one(lowest.line), steady::evidence(lowest.amount))],
    })
}

/// Less is free than at first, but the fall did not go on.
fn fell(figures: &str, bytes: u64, span: Millis, first: Point, last: Point) -> Judgement {
    Judgement {
        state: State::NotEnoughData,
        headline: fell::headline(figures, bytes),
        explanation: fell::explanation(bytes, span),
        sureness: Sureness::Certain,
        next: fell::NEXT.into(),
        evidence: vec![
            Evidence::new(LineRange::one(first.line), words::free_at_first(first.amount)),
            Evidence::new(LineRange::one(last.line), words::free_at_last(last.amount)),
        ],
    }
}
