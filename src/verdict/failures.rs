//! Failed allocations, and which of them are none. Not a rule: what two rules begin with.
//!
//! Releases of Toit call things out of memory that are something else. Which ones they are is known from their sources;
//! that a failure is one of them is said only where the log proves the release and that memory was there.
//!
//! ```text
//! udp.send of v2.0.0-alpha.189, 48 KB free in one piece   → a false alarm
//! udp.send of v2.0.0-alpha.189, 3 KB free in one piece    → out of memory: the heap may as well be why
//! udp.send of a release that the log does not name        → out of memory
//! ```

use crate::dialect::{Event, EventKind, Extra};
use crate::heap::Figure;
use crate::recording::{DatedEvent, DatedReport, Past};

/// Toit's heaps grow by whole pages (toitlang/toit src/top.h:154-165). A datagram, or what an I²C transfer takes, is less.
pub(super) const TOIT_PAGE_BYTES: u64 = 4_096;

/// No chip of the ESP32 family has so much memory of its own: the report tells of external RAM.
const MEGABYTE: u64 = 1 << 20;

/// So many lines behind the first of a Toit heap report an exception still speaks of the same failure.
const EXCEPTION_WITHIN_LINES: u64 = 100;

/// An allocation that failed, or that was said to have failed.
pub(super) struct Failure<'a> {
    /// What the log says.
    pub dated: &'a DatedEvent,
    /// The heap report that it announced, and its place among the reports.
    pub report: Option<(usize, &'a DatedReport)>,
    /// What it was instead, where the log proves that it was no lack of memory.
    pub false_alarm: Option<FalseAlarm>,
}

/// What releases of Toit call out of memory and is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FalseAlarm {
    /// Before v2.0.0-alpha.191: the network's send buffers were full (24bd15304, #3009).
    UdpSend,
    /// Before v2.0.0-alpha.177: whatever failed in the I²C driver.
    I2c,
    /// A primitive failed while the external RAM, of which alone the report tells, has megabytes in one piece.
    HeapNotShown,
}

/// All failures in order.
pub(super) fn of<'a>(past: &Past<'a>) -> Vec<Failure<'a>> {
    let mut failures: Vec<Failure<'a>> = Vec::new();
    // The last failure that announced a report, where all that failed since is the same false alarm.
    let mut open: Option<(&DatedEvent, FalseAlarm)> = None;
    for dated in past.events().filter(|dated| dated.event.kind == EventKind::OutOfMemory) {
        let report = report_of(past, dated);
        let false_alarm = match report {
            Some((_, report)) => false_alarm(&dated.event, report),
            // Once the report is printed, the program says what failed again, as an exception.
            None => open
                .filter(|(before, _)| is_malloc_failed(&dated.event) && is_near(before, dated))
                .map(|(_, alarm)| alarm),
        };
        open = match (report, false_alarm) {
            (Some(_), Some(alarm)) => Some((dated, alarm)),
            (None, Some(_)) => open,
            (_, None) => None,
        };
        failures.push(Failure { dated, report, false_alarm });
    }
    failures
}

/// Whether a failure still speaks of one before it.
pub(super) fn is_near(before: &DatedEvent, dated: &DatedEvent) -> bool {
    dated.lines.first.saturating_sub(before.lines.first) <= EXCEPTION_WITHIN_LINES
}

/// The Toit heap report that the event announced.
fn report_of<'a>(past: &Past<'a>, event: &DatedEvent) -> Option<(usize, &'a DatedReport)> {
    let line = event.lines.first;
    let place = past.reports().partition_point(|dated| dated.lines.last < line);
    let dated = past.reports().get(place).filter(|dated| dated.lines.contains(line))?;
    (dated.report.format == "heap_report").then_some((place, dated))
}

fn false_alarm(event: &Event, dated: &DatedReport) -> Option<FalseAlarm> {
    let largest = dated.report.figures.at_least(Figure::LargestFreeBlock)?;
    let (asked, release) = (text(event, "requested_by"), alpha(event));
    let is_before = |fixed: u32| release.is_some_and(|release| release < fixed);
    let asked_for = number(event, "requested_bytes");
    let is_primitive = matches!(text(event, "reason"), None | Some("primitive"));
    match asked {
        _ if largest < TOIT_PAGE_BYTES || asked_for.is_some_and(|bytes| bytes > largest) => None,
        Some("udp.send") if is_before(191) => Some(FalseAlarm::UdpSend),
        Some(primitive) if primitive.starts_with("i2c.") && is_before(177) => Some(FalseAlarm::I2c),
        _ if largest >= MEGABYTE && is_primitive => Some(FalseAlarm::HeapNotShown),
        _ => None,
    }
}

/// A text that came with an event.
pub(super) fn text<'a>(event: &'a Event, name: &str) -> Option<&'a str> {
    match extra(event, name)? {
        Extra::Text(text) => Some(text),
        _ => None,
    }
}

/// Texts that came with an event.
pub(super) fn texts<'a>(event: &'a Event, name: &str) -> &'a [String] {
    match extra(event, name) {
        Some(Extra::List(texts)) => texts,
        _ => &[],
    }
}

fn number(event: &Event, name: &str) -> Option<u64> {
    match extra(event, name)? {
        Extra::Number(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

fn extra<'a>(event: &'a Event, name: &str) -> Option<&'a Extra> {
    event.extras.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The N of v2.0.0-alpha.N, the release that the log names; `None` for any other.
pub(super) fn alpha(event: &Event) -> Option<u32> {
    text(event, "sdk_version")?.strip_prefix("v2.0.0-alpha.")?.parse().ok()
}

/// The exception that a failed `malloc` raises; a page that is missing raises another.
fn is_malloc_failed(event: &Event) -> bool {
    text(event, "type") == Some("MALLOC_FAILED")
}
