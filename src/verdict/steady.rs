//! Steady: enough was seen to say that nothing falls.

use super::{Evidence, Judgement, State, now::Now, trend};
use crate::dialect::LineRange;
use crate::format;
use crate::heap::Millis;
use crate::recording::{Metric, Recording};

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
    if !is_long || trend::of_envelope(series, recording.boot()).is_none() {
        return None;
    }
    let lowest = (begin..series.len())
        .filter_map(|index| series.get(index))
        .min_by_key(|point| point.amount.at_least())?;
    let figures = Now::of(recording).phrase()?;
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
