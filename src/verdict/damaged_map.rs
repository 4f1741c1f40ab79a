//! A block map that came incomplete: what is missing was lost on the way, and is no damage in the board.
//!
//! Which of the two it is the reader decides by the map's own totals; where the heap is corrupted, that is judged.

use super::{Advice, Case, Evidence, maps};
use crate::dialect::EventKind;
use crate::recording::DatedReport;
use crate::words::verdict::damaged_map as words;

pub(super) fn advise(case: &Case<'_>) -> Option<Advice> {
    let is_corrupted = |dated: &DatedReport| {
        let is_inside = |line: u64| dated.lines.contains(line);
        case.events()
            .any(|event| event.event.kind == EventKind::HeapCorrupted && is_inside(event.lines.first))
    };
    let is_damaged = |dated: &&DatedReport| {
        let report = &dated.report;
        !report.complete && !report.blocks.blocks().is_empty() && !is_corrupted(dated)
    };
    let mut damaged = maps::reports_of_this_run(case).iter().rev().filter(is_damaged);
    let last = damaged.next()?;
    Some(Advice {
        headline: words::headline(1 + damaged.count() as u64),
        explanation: words::explanation(&last.report.problems),
        next: words::NEXT.into(),
        evidence: vec![Evidence::new(last.lines, last.report.problems.join(" "))],
    })
}
