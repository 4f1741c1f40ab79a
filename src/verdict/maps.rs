//! The reports of the present run that can be compared. Not a rule: what several rules begin with.

use crate::dialect::EventKind;
use crate::recording::{DatedReport, Past, are_of_one_heap};

/// So many of the latest are looked at: a person asks for a block map now and then, and the board stands still for it.
const MOST: usize = 16;

/// The latest whole block maps of this run, the earliest first, all of the heap that the latest shows.
pub(super) fn of_this_run<'a>(past: &Past<'a>) -> Vec<&'a DatedReport> {
    latest(past, |dated| !dated.report.blocks.blocks().is_empty())
}

/// The same of tables that say who has the memory, without blocks.
pub(super) fn tables_of_this_run<'a>(past: &Past<'a>) -> Vec<&'a DatedReport> {
    latest(past, |dated| dated.report.blocks.blocks().is_empty() && !dated.report.categories.is_empty())
}

/// The reports of the present run, in order. Told by lines: in a text whose reports have no time, what stands before a
/// restart may have the same time as that.
pub(super) fn reports_of_this_run<'a>(past: &Past<'a>) -> &'a [DatedReport] {
    let restart = past.events().rev().find(|dated| dated.event.kind == EventKind::Restart);
    let reports = past.reports();
    let begin =
        restart.map_or(0, |restart| reports.partition_point(|dated| dated.lines.last <= restart.lines.last));
    reports.get(begin..).unwrap_or_default()
}

fn latest<'a>(past: &Past<'a>, is_meant: fn(&DatedReport) -> bool) -> Vec<&'a DatedReport> {
    let mut reports = reports_of_this_run(past).iter().rev().filter(|dated| is_meant(dated));
    let Some(last) = reports.find(|dated| are_of_one_heap(&dated.report, &dated.report)) else {
        return Vec::new();
    };
    let alike = reports.filter(|dated| are_of_one_heap(&dated.report, &last.report));
    let mut found: Vec<_> = [last].into_iter().chain(alike).take(MOST).collect();
    found.reverse();
    found
}
