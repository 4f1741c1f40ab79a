//! Out of memory: allocations failed.
//!
//! A failure with a Toit heap report says more than that it happened: see
//! [`toit_out_of_memory`](super::toit_out_of_memory). Failures that are known to be something else are left to
//! [`not_a_heap_problem`](super::not_a_heap_problem).

use super::failures::{self, Failure};
use super::{Case, Evidence, Judgement, State, Sureness, fitting::Fitting, now::Now, toit_out_of_memory};
use crate::dialect::LineRange;
use crate::heap::Figure;
use crate::recording::{DatedEvent, DatedReport, Metric};
use crate::words::verdict::{out_of_memory as words, toit_out_of_memory as toit_words};

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let failed: Vec<_> = case.failures().iter().filter(|failure| failure.false_alarm.is_none()).collect();
    let events: Vec<&DatedEvent> = failed.iter().map(|failure| failure.dated).collect();
    let mut evidence = Evidence::of_events(&events);
    let counted = case.latest(Metric::OomCount).filter(|point| point.amount.at_least() > 0);
    let what = match (failed.last(), counted) {
        (Some(last), _) => match with_report(&failed, last) {
            Some((failure, report)) => {
                return Some(toit_out_of_memory::of_report(case, failure, report, evidence));
            }
            None => failures_since(last.dated, last.dated.at < case.boot()),
        },
        (None, Some(point)) => {
            let text = words::failed_since_boot(point.amount);
            evidence.push(Evidence::new(LineRange::one(point.line), text.clone()));
            text
        }
        (None, None) => return None,
    };
    let is_toit = failed.last().is_some_and(|failure| failure.dated.dialect == "toit");
    let figures = Now::of(case).phrase();
    // A block map that is there already need not be asked for.
    let (explanation, next) = match Fitting::of(case) {
        Some(fitting) => ([words::EXPLANATION, &fitting.sentences()].join(" "), words::NEXT_WITH_MAP),
        None if is_toit => (words::EXPLANATION.into(), toit_words::next::SHORTAGE),
        None => (words::EXPLANATION.into(), words::NEXT),
    };
    Some(Judgement {
        state: State::OutOfMemory,
        headline: words::headline(&what, figures.as_deref()),
        explanation,
        // That it failed is certain; why is part of the explanation.
        sureness: Sureness::Certain,
        next: next.into(),
        evidence,
    })
}

/// The heap report of the last failure, and the failure that announced it. It may stand some lines before: once the
/// report is printed, the program says what failed again, as an exception.
fn with_report<'f, 'a>(
    failed: &[&'f Failure<'a>],
    last: &Failure<'_>,
) -> Option<(&'f Failure<'a>, (usize, &'a DatedReport))> {
    let near =
        failed.iter().rev().copied().take_while(|failure| failures::is_near(failure.dated, last.dated));
    near.into_iter().find_map(|failure| Some((failure, failure.report?)))
}

/// What an event says of how many allocations failed; its own words where it does not count.
fn failures_since(dated: &DatedEvent, is_past: bool) -> String {
    match dated.event.figures.get(Figure::OomCount) {
        Some(count) if is_past => words::failed_before_restart(count),
        Some(count) => words::failed_since_boot(count),
        None if is_past => words::before_restart(dated.event.text.trim_end_matches('.')),
        None => dated.event.text.trim_end_matches('.').to_owned(),
    }
}
