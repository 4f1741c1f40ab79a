//! A large request: one allocation asked for more than any free block that was seen.
//!
//! Firmwares keep the largest request since the start, also one that failed (umm_malloc's "MAX Alloc Request", Tasmota's
//! `MaxAllocSz`). It says nothing where a count of 0 failures can be believed: then the request was granted when it was
//! made, and what a board takes once at its start need not fit again.
//!
//! For example 60 000 bytes on a heap of 48 KB: that can never be had, and the heap is not why.

use super::{Case, Evidence, Judgement, State, Sureness};
use crate::dialect::LineRange;
use crate::heap::{Amount, Figure};
use crate::recording::{Metric, Past, Point};
use crate::words::verdict::large_request as words;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let request = case.latest(Metric::LargestRequest)?;
    let asked = request.amount.at_least();
    if let Some((total, lines)) = heap_in_all(case)
        && asked > total.at_most()
    {
        return Some(Judgement {
            state: State::NotAHeapProblem,
            headline: words::more_than_all(request.amount, total),
            explanation: words::MORE_THAN_ALL.into(),
            sureness: Sureness::Certain,
            next: words::NEXT_MORE_THAN_ALL.into(),
            evidence: vec![
                Evidence::new(LineRange::one(request.line), words::request(request.amount)),
                Evidence::new(lines, words::total(total)),
            ],
        });
    }
    let failures = case.latest(Metric::OomCount).map(|count| count.amount.at_least());
    if failures == Some(0) {
        return None;
    }
    let largest = largest_seen(case, asked)?;
    let (state, sureness) = match failures {
        Some(_) => (State::OutOfMemory, Sureness::likely(words::NOT_SURER_FAILED)),
        None => (State::NotEnoughData, Sureness::possible(words::NOT_SURER)),
    };
    Some(Judgement {
        state,
        headline: words::headline(request.amount, largest.amount),
        explanation: words::explanation(largest.amount, failures.is_some()),
        sureness,
        next: words::NEXT.into(),
        evidence: vec![
            Evidence::new(LineRange::one(request.line), words::request(request.amount)),
            Evidence::new(LineRange::one(largest.line), words::largest(largest.amount)),
        ],
    })
}

/// The largest free block that was seen in this run; `None` where none was, or where one had room for `asked` bytes.
fn largest_seen(past: &Past<'_>, asked: u64) -> Option<Point> {
    let boot = past.boot();
    let blocks = past.series(Metric::LargestFreeBlock);
    let mut largest: Option<Point> = None;
    for point in blocks.iter().rev().take_while(|point| point.at >= boot) {
        if point.amount.at_most() >= asked {
            return None;
        }
        if largest.is_none_or(|known| known.amount.at_most() < point.amount.at_most()) {
            largest = Some(point);
        }
    }
    largest
}

/// The size of the whole heap, from the last block map of this run that tells it.
fn heap_in_all(past: &Past<'_>) -> Option<(Amount, LineRange)> {
    let boot = past.boot();
    let reports = past.reports().iter().rev().take_while(|dated| dated.at >= boot);
    let mut known = reports.filter(|dated| {
        dated.report.complete && dated.report.problems.is_empty() && dated.report.is_main_heap
    });
    known.find_map(|dated| Some((dated.report.figures.get(Figure::Total)?, dated.lines)))
}
