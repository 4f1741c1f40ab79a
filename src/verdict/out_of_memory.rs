//! Out of memory: allocations failed.

use super::{Evidence, Judgement, State, Sureness, now::Now};
use crate::dialect::{EventKind, LineRange, Report};
use crate::format;
use crate::heap::order;
use crate::heap::{Amount, Figure};
use crate::recording::{DatedEvent, Metric, Past};

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
            let text = failures_since_boot(point.amount);
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
        Some(count) if is_past => format!("{} failed before the last restart", allocations(count)),
        Some(count) => failures_since_boot(count),
        None if is_past => format!("{}, before the last restart", dated.event.text),
        None => dated.event.text.clone(),
    }
}

fn failures_since_boot(count: Amount) -> String {
    format!("{} failed since boot", allocations(count))
}

fn allocations(count: Amount) -> String {
    match count.at_least() {
        1 => "1 allocation".into(),
        many => format!("{} allocations", format::count(many)),
    }
}

/// A firmware that counts its failures.
fn counter(past: &Past<'_>, what: &str) -> (String, String, String) {
    let figures = Now::of(past).phrase();
    let now = figures.map(|figures| format!("; now {figures}")).unwrap_or_default();
    (
        format!("Out of memory: {what}{now}."),
        "The firmware asked for memory and got none. What it wanted to do then did not happen: a page was not served, a \
         message not sent, a line not logged."
            .into(),
        "Ask for a block map: it shows whether memory is used up, or in pieces too small for the request.".into(),
    )
}

/// A Toit heap report at the moment of failure.
fn toit(report: &Report) -> (String, String, String) {
    let figure = |figure| report.figures.get(figure);
    let used = figure(Figure::Used).map(format::amount);
    let headline = match (figure(Figure::LargestFreeBlock), figure(Figure::Free), used) {
        (Some(largest), Some(free), _) => format!(
            "Out of memory: {} free, but the largest block was {}.",
            format::amount(free),
            format::amount(largest),
        ),
        (_, _, Some(used)) => match estimated_free(report) {
            Some((least, most)) => format!(
                "Out of memory with about {} to {} free: {used} in use.",
                format::bytes(least),
                format::bytes(most),
            ),
            None => format!("Out of memory: {used} in use."),
        },
        _ => "Out of memory; the report that should say more is cut off.".into(),
    };
    let free = figure(Figure::Free).map(Amount::at_least).or(estimated_free(report).map(|(least, _)| least));
    let largest = figure(Figure::LargestFreeBlock).map(Amount::at_most);
    let mut explanation = String::from(
        "This is what was in use after two garbage collections, so it is no garbage. Each Toit process grows by whole \
         pages of 4 KB, and each page must be free in one piece. ",
    );
    explanation.push_str(match (free, largest) {
        (_, Some(largest)) if largest < TOIT_PAGE_BYTES => {
            "No free block is that large any more: the free memory is in pieces (fragmentation)."
        }
        (Some(free), None) if free >= 2 * TOIT_PAGE_BYTES => {
            "More than that was free in all, so most likely it is in pieces (fragmentation), or a larger block was asked for."
        }
        (_, Some(_)) => "A page could still be had, so a larger block was asked for, or it was not the heap that failed.",
        _ => "Hardly any memory was left.",
    });
    let mut largest_rows: Vec<_> = report.categories.iter().filter(|row| !row.is_part_of_previous).collect();
    order::sort_largest_first(&mut largest_rows, |row| row.bytes);
    let rows: Vec<_> = largest_rows
        .iter()
        .take(3)
        .map(|row| format!("{} ({})", row.name, format::bytes(row.bytes)))
        .collect();
    if !rows.is_empty() {
        explanation.push_str(&format!(" Most is held by {}.", rows.join(", ")));
    }
    let next =
        "Compare with a second report of the same boot: the row that grew is the one to look at.".into();
    (headline, explanation, next)
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
