//! Leak: free memory falls and does not come back.
//!
//! Judged within the present run of the firmware, after the first half minute, in which every firmware takes memory for
//! good. Whether it is a leak, how fast, and how long the rest will last is for [`trend`] to say.

use super::{Evidence, Judgement, State, now::Now, trend};
use crate::dialect::LineRange;
use crate::format;
use crate::heap::Millis;
use crate::recording::{Metric, Recording};

/// Connections, caches and drivers are set up in the first half minute; that is no leak.
pub(super) const WARM_UP: Millis = Millis(30_000);

/// A fall of less than this is lost in what firmwares round away: two steps of 1 KB.
pub(super) const LEAST_FALL_BYTES: f64 = 2_048.0;

/// Beyond this a forecast says no more than "not soon".
const LONGEST_FORECAST: Millis = Millis(60 * 24 * 3_600_000);

pub(super) fn judge(recording: &Recording) -> Option<Judgement> {
    let series = recording.timeline().series(Metric::Free);
    let from = recording.boot() + WARM_UP;
    let trend = trend::assess(series, from, recording.boot())?;
    if !trend.is_leak || !recording.has_times() {
        return None;
    }
    let (first, last) = (series.get(series.first_at_or_after(from))?, series.last()?);
    let now = Now::of(recording);
    let left = trend.left?;
    let forecast = match left <= LONGEST_FORECAST {
        true => format!(", out of memory in roughly {}", format::duration(left)),
        false => String::new(),
    };
    let rate = format::rate(trend.per_hour);
    let figures = now.phrase()?;
    let span = format::duration(trend.span);
    Some(Judgement {
        state: State::Leaking,
        headline: format!("Leaking about {rate}: {figures}{forecast}."),
        explanation: format!(
            "Over {span} the free heap fell by about {} and did not come back. Short dips are left out, and no \
             single step, warm-up or daily rhythm explains it.",
            format::bytes(-trend.change as u64),
        ),
        next: "Ask for two block maps some minutes apart, with what you suspect in between: blocks that only ever \
               appear are the leak."
            .into(),
        evidence: vec![
            Evidence::new(LineRange::one(first.line), format!("{} free at first", format::amount(first.amount))),
            Evidence::new(LineRange::one(last.line), format!("{} free at last", format::amount(last.amount))),
        ],
    })
}
