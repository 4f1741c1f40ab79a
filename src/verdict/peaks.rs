//! Peaks: at some moment since the start far less was free than the figures show now.
//!
//! The firmware keeps the least that was ever free (the low-water mark), so it knows of moments that no question hit. A
//! mark of the run before says nothing of this one and is not looked at. What failed at such a moment is the business of
//! [`out_of_memory`](super::out_of_memory).
//!
//! For example a mark of 3 KB beside 22 KB free: something takes 19 KB for a moment, and there is hardly room for it.

use super::{Case, Evidence, Judgement, State, Sureness, now::Now};
use crate::dialect::LineRange;
use crate::recording::{Metric, Past, Point};
use crate::words::verdict::{self as all_words, peaks as words};

/// With less than this left at that moment the next request of a web page, an MQTT message or a TLS record had failed.
const NEAR_ZERO_BYTES: u64 = 4 * 1024;

/// With more than this left there was room.
const WORTH_SAYING_BYTES: u64 = 8 * 1024;

/// Far below: at most one part in so many of what is free now,
const FAR_BELOW: u64 = 2;

/// and by so much, more than what firmwares round away.
const LEAST_DISTANCE_BYTES: u64 = 4 * 1024;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let mark = case.latest(Metric::LowWaterMark)?;
    let free = Now::of(case).free?;
    let (least, now) = (mark.amount.at_most(), free.amount.at_least());
    let is_far_below = least.saturating_mul(FAR_BELOW) <= now && now - least >= LEAST_DISTANCE_BYTES;
    if least > WORTH_SAYING_BYTES || !is_far_below {
        return None;
    }
    let (before, first) = fall(case, mark);
    let when = match before {
        Some(before) if case.has_times() => {
            words::fell_between(before.amount, first.amount, first.at - before.at)
        }
        Some(before) => words::fell(before.amount, first.amount),
        None => words::FROM_THE_BEGINNING.into(),
    };
    let read = |point: Point, text: String| Evidence::new(LineRange::one(point.line), text);
    let mut evidence: Vec<_> =
        before.into_iter().map(|before| read(before, words::mark(before.amount))).collect();
    evidence.push(read(first, words::mark(first.amount)));
    evidence.push(read(free, all_words::free_now(free.amount)));
    Some(Judgement {
        state: if least < NEAR_ZERO_BYTES { State::NearlyFull } else { State::NotEnoughData },
        headline: words::headline(mark.amount, free.amount),
        explanation: [words::explanation(now - least), when].join(" "),
        sureness: Sureness::Certain,
        next: if before.is_some() { words::NEXT } else { words::NEXT_FROM_THE_BEGINNING }.into(),
        evidence,
    })
}

/// The first reading of this run that had the mark as it is now, and the one before it, which was higher. Marks only
/// ever fall within a run.
fn fall(past: &Past<'_>, mark: Point) -> (Option<Point>, Point) {
    let marks = past.series(Metric::LowWaterMark);
    let begin = marks.first_at_or_after(past.boot());
    let (mut low, mut high) = (begin, marks.len());
    while low < high {
        let middle = (low + high) / 2;
        match marks.get(middle) {
            Some(point) if point.amount.at_least() > mark.amount.at_least() => low = middle + 1,
            _ => high = middle,
        }
    }
    let before = low.checked_sub(1).filter(|&before| before >= begin).and_then(|before| marks.get(before));
    (before, marks.get(low).unwrap_or(mark))
}
