//! Leak: free memory falls and does not come back.
//!
//! Judged within the present run of the firmware, on the upper envelope of the free heap (see
//! [`trend`](super::trend)), after a warm-up in which every firmware takes memory for good. Memory that was taken
//! once and kept is no leak: the fall must go on in both halves of the time.

use super::{Evidence, Judgement, State, Sureness, now::Now, trend};
use crate::dialect::LineRange;
use crate::heap::Millis;
use crate::recording::{Metric, Past};
use crate::words::verdict::{self as words, leak};

/// Connections, caches and drivers are set up in the first half minute; that is no leak.
pub(super) const WARM_UP: Millis = Millis(30_000);

/// A shorter span shows only what the firmware is doing just now.
const SHORTEST_SPAN: Millis = Millis(90_000);

/// A fall of less than this is lost in what firmwares round away: two steps of 1 KB.
pub(super) const LEAST_FALL_BYTES: f64 = 2_048.0;

/// Beyond this a forecast says no more than "not soon".
const LONGEST_FORECAST: Millis = Millis(60 * 24 * 3_600_000);

pub(super) fn judge(past: &Past<'_>) -> Option<Judgement> {
    let series = past.series(Metric::Free);
    let from = past.boot() + WARM_UP;
    let trend = trend::of_envelope(series, from)?;
    let falls =
        trend.is_sure && trend.is_lasting && trend.change <= -LEAST_FALL_BYTES && trend.span >= SHORTEST_SPAN;
    if !falls || !past.has_times() {
        return None;
    }
    let (first, last) = (series.get(series.first_at_or_after(from))?, series.last()?);
    let now = Now::of(past);
    let left = now.free_bytes()? as f64 / -trend.per_hour * Millis::HOUR.0 as f64;
    let left = Millis(left as u64);
    let figures = now.phrase()?;
    Some(Judgement {
        state: State::Leaking,
        headline: leak::headline(trend.per_hour, &figures, (left <= LONGEST_FORECAST).then_some(left)),
        explanation: leak::explanation(-trend.change as u64, trend.span),
        sureness: Sureness::likely(leak::NOT_SURER),
        next: leak::NEXT.into(),
        evidence: vec![
            Evidence::new(LineRange::one(first.line), words::free_at_first(first.amount)),
            Evidence::new(LineRange::one(last.line), words::free_at_last(last.amount)),
        ],
    })
}
