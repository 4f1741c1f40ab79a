//! Out of memory: allocations failed.

use super::{Evidence, Judgement, State, Sureness, fitting::Fitting, now::Now};
use crate::dialect::{EventKind, LineRange, Report};
use crate::heap::order;
use crate::heap::{Amount, Figure};
use crate::recording::{DatedEvent, Metric, Past};
use crate::words::verdict::{out_of_memory as words, toit_out_of_memory as toit_words};

/// Toit's heaps grow by whole pages (toitlang/toit src/top.h:154-165).
const TOIT_PAGE_BYTES: u64 = 4_096;

/// So many lines behind the first of a Toit heap report an exception still speaks of the same failure.
const EXCEPTION_WITHIN_LINES: u64 = 100;

pub(super) fn judge(past: &Past<'_>) -> Option<Judgement> {
    let failed: Vec<_> = past.events().filter(|dated| dated.event.kind == EventKind::OutOfMemory).collect();
    let mut evidence = Evidence::of_events(&failed);
    let counted = past.latest(Metric::OomCount).filter(|point| point.amount.at_least() > 0);
    let (headline, explanation, next) = match (failed.last(), counted) {
        (Some(last), _) => match report_before(past, &failed, last) {
            Some(report) => toit(report),
            None => counter(past, &failures(last, last.at < past.boot())),
        },
        (None, Some(point)) => {
            let text = words::failed_since_boot(point.amount);
            evidence.push(Evidence::new(LineRange::one(point.line), text.clone()));
            counter(past, &text)
        }
        (None, None) => return None,
    };
    // That it failed is certain; why is part of the explanation.
    let sureness = Sureness::Certain;
    Some(Judgement { state: State::OutOfMemory, headline, explanation, sureness, next, evidence })
}

/// The heap report of the last failure. It may stand some lines before: once the report is printed, the program says
/// what failed again, as an exception.
fn report_before<'a>(past: &Past<'a>, failed: &[&DatedEvent], last: &DatedEvent) -> Option<&'a Report> {
    let is_near =
        |event: &&&DatedEvent| last.lines.first.saturating_sub(event.lines.first) <= EXCEPTION_WITHIN_LINES;
    failed.iter().rev().take_while(is_near).find_map(|event| report_of(past, event))
}

/// The heap report that the event announced.
fn report_of<'a>(past: &Past<'a>, event: &DatedEvent) -> Option<&'a Report> {
    let mut reports = past.reports().iter();
    let dated = reports.find(|dated| dated.lines.contains(event.lines.first))?;
    (dated.report.format == "heap_report").then_some(&*dated.report)
}

/// What an event says of how many allocations failed; its own words where it does not count.
fn failures(dated: &DatedEvent, is_past: bool) -> String {
    match dated.event.figures.get(Figure::OomCount) {
        Some(count) if is_past => words::failed_before_restart(count),
        Some(count) => words::failed_since_boot(count),
        None if is_past => words::before_restart(&dated.event.text),
        None => dated.event.text.clone(),
    }
}

/// A firmware that counts its failures.
fn counter(past: &Past<'_>, what: &str) -> (String, String, String) {
    let figures = Now::of(past).phrase();
    let headline = words::headline(what, figures.as_deref());
    // A block map that is there already need not be asked for.
    match Fitting::of(past) {
        Some(fitting) => {
            let explanation = format!("{} {}", words::EXPLANATION, fitting.sentences());
            (headline, explanation, words::NEXT_WITH_MAP.into())
        }
        None => (headline, words::EXPLANATION.into(), words::NEXT.into()),
    }
}

/// A Toit heap report at the moment of failure.
fn toit(report: &Report) -> (String, String, String) {
    let figure = |figure| report.figures.get(figure);
    let estimate = estimated_free(report);
    let headline =
        match (figure(Figure::LargestFreeBlock), figure(Figure::Free), figure(Figure::Used), estimate) {
            (Some(largest), Some(free), ..) => toit_words::free_and_largest(free, largest),
            (_, _, Some(used), Some((least, most))) => toit_words::estimated(least, most, used),
            (_, _, Some(used), None) => toit_words::used(used),
            _ => toit_words::CUT_OFF.into(),
        };
    let free = figure(Figure::Free).map(Amount::at_least).or(estimate.map(|(least, _)| least));
    let largest = figure(Figure::LargestFreeBlock).map(Amount::at_most);
    let why = match (free, largest) {
        (_, Some(largest)) if largest < TOIT_PAGE_BYTES => toit_words::NO_PAGE,
        (Some(free), None) if free >= 2 * TOIT_PAGE_BYTES => toit_words::MOST_LIKELY_NO_PAGE,
        (_, Some(_)) => toit_words::NO_LARGER_BLOCK,
        _ => toit_words::HARDLY_ANYTHING,
    };
    let mut explanation = [toit_words::NO_GARBAGE, why].join(" ");
    let mut rows: Vec<_> = report.categories.iter().filter(|row| !row.is_part_of_previous).collect();
    order::sort_largest_first(&mut rows, |row| row.bytes);
    let rows: Vec<_> = rows.iter().take(3).map(|row| (&*row.name, row.bytes)).collect();
    if !rows.is_empty() {
        explanation.push(' ');
        explanation.push_str(&toit_words::most_is_held_by(&rows));
    }
    (headline, explanation, toit_words::NEXT.into())
}

/// Reports before v2.0.0-alpha.22 do not say what is free, but how many percent are used, rounded down
/// (os_esp32.cc:791-795): the capacity lies between used × 100 / (percent + 1) and used × 100 / percent.
fn estimated_free(report: &Report) -> Option<(u64, u64)> {
    let used = report.figures.at_least(Figure::Used)?;
    let percent =
        report.figures.at_least(Figure::UsedPercent).filter(|percent| (1..100).contains(percent))?;
    let free = |percent: u64| (used * 100 / percent).saturating_sub(used);
    Some((free(percent + 1), free(percent)))
}
