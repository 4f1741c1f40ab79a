//! Not a heap problem: alarms that are known to be none, named as what they are.
//!
//! Failures that releases of Toit call out of memory (see [`failures`](super::failures)), Tasmota's counter of failed
//! allocations that jumped back, and its fragmentation in time stamps. Said only where the log proves it. What else is
//! wrong with the heap outweighs it.

use super::failures::FalseAlarm;
use super::{Case, Evidence, Judgement, State, Sureness};
use crate::dialect::{EventKind, LineRange};
use crate::heap::{Figure, Millis};
use crate::recording::{DatedEvent, Metric, Past, Point};
use crate::words::verdict::not_a_heap_problem as words;

/// From here on a time stamp's fragmentation looks like an alarm.
const ALARMING_PERCENT: u64 = 50;

/// Only the last of them: one of an hour ago alarms nobody any more.
const LAST_STAMPS: usize = 20;

/// The largest block in a time stamp is no older (Tasmota's support_esp8266.ino:116-137).
const STAMP_AGE: Millis = Millis::SECOND;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    failure(case).or_else(|| counter(case)).or_else(|| stamp(case))
}

/// The last failure that was none.
fn failure(case: &Case<'_>) -> Option<Judgement> {
    let alarms: Vec<_> = case.failures().iter().filter(|failure| failure.false_alarm.is_some()).collect();
    let last = alarms.iter().rev().find(|failure| failure.report.is_some())?;
    let (alarm, (_, report)) = (last.false_alarm?, last.report?);
    let figures = &report.report.figures;
    let (free, largest) = (figures.get(Figure::Free)?, figures.get(Figure::LargestFreeBlock)?);
    let (what, why, next) = match alarm {
        FalseAlarm::UdpSend => {
            (words::failure::UDP_SEND, words::failure::UDP_SEND_WHY, words::failure::UDP_SEND_NEXT)
        }
        FalseAlarm::I2c => (words::failure::I2C, words::failure::I2C_WHY, words::failure::I2C_NEXT),
        FalseAlarm::HeapNotShown => (
            words::failure::HEAP_NOT_SHOWN,
            words::failure::HEAP_NOT_SHOWN_WHY,
            words::failure::HEAP_NOT_SHOWN_NEXT,
        ),
    };
    let because = match report.report.is_main_heap && alarm != FalseAlarm::HeapNotShown {
        true => words::failure::A_MOMENT_LATER,
        false => words::failure::INTERNAL_NOT_SHOWN,
    };
    let events: Vec<&DatedEvent> = alarms.iter().map(|failure| failure.dated).collect();
    Some(Judgement {
        state: State::NotAHeapProblem,
        headline: words::headline(what),
        explanation: [why.to_owned(), words::failure::room(free, largest)].join(" "),
        sureness: Sureness::likely(because),
        next: next.into(),
        evidence: Evidence::of_events(&events),
    })
}

/// `OOM: count 0 (+4294967293)` in this run of the firmware.
fn counter(past: &Past<'_>) -> Option<Judgement> {
    let was_reset =
        |dated: &&DatedEvent| dated.event.kind == EventKind::OomCounterReset && dated.at >= past.boot();
    let found: Vec<_> = past.events().filter(was_reset).collect();
    if found.is_empty() {
        return None;
    }
    Some(Judgement {
        state: State::NotAHeapProblem,
        headline: words::headline(words::counter::WHAT),
        explanation: words::counter::WHY.into(),
        sureness: Sureness::likely(words::counter::BECAUSE),
        next: words::counter::NEXT.into(),
        evidence: Evidence::of_events(&found),
    })
}

/// A time stamp that shows fragmentation where a measurement of the same moment shows none.
fn stamp(past: &Past<'_>) -> Option<Judgement> {
    let stamps = past.series(Metric::FragmentationStamp);
    let is_recent = |point: &Point| point.at >= past.boot();
    let last = stamps.iter().rev().take(LAST_STAMPS).take_while(is_recent);
    let mut alarming = last.filter(|point| point.amount.at_least() >= ALARMING_PERCENT);
    let (stamp, exact) = alarming.find_map(|stamp| Some((stamp, exact_at(past, stamp)?)))?;
    let (shown, measured) = (stamp.amount.at_least(), exact.amount.at_least());
    Some(Judgement {
        state: State::NotAHeapProblem,
        headline: words::headline(&words::stamp::what(shown, measured)),
        explanation: words::stamp::WHY.into(),
        sureness: match stamp.line == exact.line {
            true => Sureness::Certain,
            false => Sureness::likely(words::stamp::BECAUSE),
        },
        next: words::stamp::NEXT.into(),
        evidence: vec![
            Evidence::new(LineRange::one(stamp.line), words::stamp::evidence(shown)),
            Evidence::new(LineRange::one(exact.line), words::stamp::evidence_of_exact(measured)),
        ],
    })
}

/// What was measured at the time of the stamp, where it is far less.
fn exact_at(past: &Past<'_>, stamp: Point) -> Option<Point> {
    let exact = past.series(Metric::Fragmentation);
    let same = exact.at_line(stamp.line);
    let near = || {
        let next = exact.get(exact.first_at_or_after(stamp.at))?;
        (past.has_times() && next.at - stamp.at < STAMP_AGE).then_some(next)
    };
    same.or_else(near).filter(|point| 2 * point.amount.at_least() < stamp.amount.at_least())
}
