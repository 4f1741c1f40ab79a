//! Leak: free memory falls and does not come back.
//!
//! Judged within the present run of the firmware, after the first half minute, in which every firmware takes memory for
//! good. Whether it is a leak, how fast, and how long the rest will last is for [`trend`](super::trend) to say.

use super::trend::{Assessment, Rival};
use super::{Case, Evidence, Judgement, State, Sureness, now::Now};
use crate::dialect::LineRange;
use crate::heap::{Forecast, Millis};
use crate::recording::{Metric, Past};
use crate::words::verdict::{self as words, leak};

/// Connections, caches and drivers are set up in the first half minute; that is no leak.
pub(super) const WARM_UP: Millis = Millis(30_000);

/// A fall of less than this is lost in what firmwares round away: two steps of 1 KB.
pub(super) const LEAST_FALL_BYTES: f64 = 2_048.0;

/// Beyond this a forecast says no more than "not soon".
const LONGEST_FORECAST: Millis = Millis(60 * 24 * 3_600_000);

/// So many nats more likely than anything else, and hardly a doubt is left: 20 are more than 10^8 to 1.
const NO_DOUBT_NATS: f64 = 20.0;

/// A figure that falls by this part of what the free heap does falls with it.
const LEAST_SHARE_OF_FALL: f64 = 0.5;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let trend = case.trend()?;
    if !trend.is_leak || !case.has_times() {
        return None;
    }
    let series = case.series(Metric::Free);
    let from = case.boot() + WARM_UP;
    let (first, last) = (series.get(series.first_at_or_after(from))?, series.last()?);
    let figures = Now::of(case).phrase()?;
    let is_soon = |left: &Millis| *left <= LONGEST_FORECAST;
    let (least, most) = trend.left_range?;
    let agreeing: Vec<_> = [Metric::LargestFreeBlock, Metric::LowWaterMark]
        .into_iter()
        .filter(|metric| falls_too(case, *metric, from, &trend))
        .map(Metric::figure)
        .collect();
    let mut explanation = leak::explanation(-trend.change as u64, trend.span);
    for sentence in [
        Some(leak::rate_range(trend.per_hour_range)).filter(|_| trend.per_hour_range.1 < 0.0),
        Some(leak::left_range(least, most.filter(is_soon))).filter(|_| is_soon(&least)),
        leak::agrees(&agreeing),
    ] {
        explanation.extend([" "].into_iter().chain(sentence.as_deref()).filter(|_| sentence.is_some()));
    }
    Some(Judgement {
        state: State::Leaking,
        headline: leak::headline(trend.per_hour, &figures, trend.left.filter(is_soon)),
        explanation,
        sureness: sureness(&trend),
        next: leak::NEXT.into(),
        evidence: vec![
            Evidence::new(LineRange::one(first.line), words::free_at_first(first.amount)),
            Evidence::new(LineRange::one(last.line), words::free_at_last(last.amount)),
        ],
    })
}

/// What is to be seen of it where the free heap is drawn; `None` where there is no leak, or its end is far away.
pub(super) fn forecast(case: &Case<'_>) -> Option<Forecast> {
    let trend = case.trend().filter(|trend| trend.is_leak && case.has_times())?;
    let left = trend.left.filter(|left| *left <= LONGEST_FORECAST)?;
    let (soonest, latest) = trend.left_range?;
    let from = case.series(Metric::Free).last()?.at;
    Some(Forecast {
        from,
        // Where the line stands that falls to nothing in this time.
        free_bytes: (-trend.per_hour * left.0 as f64 / Millis::HOUR.0 as f64) as u64,
        soonest: from + soonest,
        likely: from + left,
        latest: latest.filter(|latest| *latest <= LONGEST_FORECAST).map(|latest| from + latest),
    })
}

/// What could still explain it, and why it does not count for more.
fn sureness(trend: &Assessment) -> Sureness {
    if trend.odds_nats >= NO_DOUBT_NATS {
        return Sureness::likely(leak::CACHE);
    }
    Sureness::likely(match trend.rival {
        Rival::Chance => leak::CHANCE,
        Rival::TakenOnce => leak::TAKEN_ONCE,
        Rival::WarmUp => leak::WARM_UP,
        Rival::Wave => leak::WAVE,
    })
}

/// Whether another figure fell by a good part of what the free heap fell by, over the same time.
fn falls_too(past: &Past<'_>, metric: Metric, from: Millis, trend: &Assessment) -> bool {
    let series = past.series(metric);
    let begin = series.first_at_or_after(from);
    let (Some(first), Some(last)) = (series.get(begin), series.last()) else { return false };
    let fall = first.amount.at_least() as f64 - last.amount.at_most() as f64;
    fall >= LEAST_SHARE_OF_FALL * -trend.change
}
