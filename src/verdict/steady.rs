//! Steady: enough was seen to say that nothing keeps falling.
//!
//! Memory that went once and stayed away is neither a leak nor steady: that is said as it is.

use super::leak::{LEAST_FALL_BYTES, WARM_UP};
use super::{Evidence, Judgement, State, now::Now, trend};
use crate::dialect::LineRange;
use crate::format;
use crate::heap::Millis;
use crate::recording::{Metric, Point, Recording};

/// A shorter time, or fewer figures, prove nothing.
const SHORTEST_SPAN: Millis = Millis(120_000);
const FEWEST_FIGURES: usize = 8;

pub(super) fn judge(recording: &Recording) -> Option<Judgement> {
    let series = recording.timeline().series(Metric::Free);
    let begin = series.first_at_or_after(recording.boot());
    let (first, last) = (series.get(begin)?, series.last()?);
    let span = last.at - first.at;
    let is_long = span >= SHORTEST_SPAN && series.len() - begin >= FEWEST_FIGURES && recording.has_times();
    // Many figures in a few moments are not many moments: the leak rule must have had enough to judge.
    let trend =
        is_long.then(|| trend::assess(series, recording.boot() + WARM_UP, recording.boot())).flatten()?;
    let figures = Now::of(recording).phrase()?;
    if trend.rise <= -LEAST_FALL_BYTES {
        return Some(fell(&figures, -trend.rise as u64, span, first, last));
    }
    let lowest = (begin..series.len())
        .filter_map(|index| series.get(index))
        .min_by_key(|point| point.amount.at_least())?;
    let (span, lowest_text) = (format::duration(span), format::amount(lowest.amount));
    Some(Judgement {
        state: State::Healthy,
        headline: format!("Healthy: {figures}, no lasting fall in {span}."),
        explanation: format!(
            "The free heap swings but comes back; the least that was seen is {lowest_text}. A slow leak may need hours to \
             show: leave it running to be surer."
        ),
        next: "Leave it running while the board does its hardest work.".into(),
        evidence: vec![Evidence::new(
            LineRange::one(lowest.line),
            format!("{lowest_text} free, the least seen"),
        )],
    })
}

/// Less is free than at first, but the fall did not go on.
fn fell(figures: &str, bytes: u64, span: Millis, first: Point, last: Point) -> Judgement {
    let (fall, span) = (format::bytes(bytes), format::duration(span));
    Judgement {
        state: State::NotEnoughData,
        headline: format!("{figures}: about {fall} less than at first, but not falling all the time."),
        explanation: format!(
            "Within {span} about {fall} went and have not come back. That may have been taken once for good, as \
             a connection or a display does, or it is the first step of a leak."
        ),
        next: "Leave it running: if it falls again in the same way, it leaks.".into(),
        evidence: vec![
            Evidence::new(
                LineRange::one(first.line),
                format!("{} free at first", format::amount(first.amount)),
            ),
            Evidence::new(LineRange::one(last.line), format!("{} free at last", format::amount(last.amount))),
        ],
    }
}
