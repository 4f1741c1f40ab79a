//! Composition: what each row of a Toit heap report means, what is usual for it, and what stands out.
//!
//! [`explain`] is for the page, which says it row by row, and for the rules, which say what stands out. It knows the
//! rows of every layout by their names, old and new; the table that it looks into is `KINDS`.
//!
//! What it refuses to do: to add parts to the row that they are parts of; to measure rows of external RAM by what is
//! usual in internal memory; to call a row large where the firmware attributes nothing; and to compare with a report of
//! another run of the firmware, or of another memory.
//!
//! For example `wifi` with 41.9 KB is "the WiFi driver", about 40 KB are usual, and nothing stands out.

use super::failures::TOIT_PAGE_BYTES;
use super::{Case, Evidence, Judgement, State, Sureness, now::Now};
use crate::dialect::{EventKind, Extra, Report};
use crate::heap::{Category, Figure, order};
use crate::recording::{DatedReport, Past};
use crate::words::verdict::composition as words;

/// What is to be said about one row of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowExplanation {
    /// What it is: one sentence.
    pub meaning: &'static str,
    /// What is usual for it, on a board like this one.
    pub usual: Option<&'static str>,
    /// What is to be said of it in this report: a sentence or two.
    pub remark: Option<String>,
    /// By how many bytes it changed since the report before, where there is one to compare with.
    pub change_bytes: Option<i64>,
    /// Whether it is one of those to look at.
    pub stands_out: bool,
}

/// What is known of rows of one kind.
struct Kind {
    /// As Toit prints it, today and in former releases.
    names: &'static [&'static str],
    meaning: &'static str,
    usual: &'static str,
    /// In a report of internal memory, more than this stands out. Beyond what any report at hand shows, or what its
    /// source explains.
    most_bytes: u64,
    /// What that may be.
    more: &'static str,
}

const KIB: u64 = 1_024;

/// A row of which any size may be usual.
const ANY: u64 = u64::MAX;

/// The rows that are no parts, and the parts that have names of their own (src/os_esp32.cc:622-639 and its history).
static KINDS: &[Kind] = {
    use words::*;
    &[
        kind(misc::NAMES, misc::MEANING, misc::USUAL, ANY, ""),
        kind(
            external_byte_array::NAMES,
            external_byte_array::MEANING,
            external_byte_array::USUAL,
            16 * KIB,
            external_byte_array::MORE,
        ),
        kind(tls::NAMES, tls::MEANING, tls::USUAL, 50 * KIB, tls::MORE),
        kind(
            external_string::NAMES,
            external_string::MEANING,
            external_string::USUAL,
            16 * KIB,
            external_string::MORE,
        ),
        // 16 KB, 20 KB and 64 KB; before v2.0.0-alpha.118 also the collector's tables, up to 28 KB, and its spare page.
        kind(
            toit_processes::NAMES,
            toit_processes::MEANING,
            toit_processes::USUAL,
            100 * KIB,
            toit_processes::MORE,
        ),
        kind(
            toit_processes::OLD_NAMES,
            toit_processes::MEANING,
            toit_processes::USUAL,
            132 * KIB,
            toit_processes::MORE,
        ),
        kind(unused::NAMES, unused::MEANING, unused::USUAL, ANY, ""),
        kind(lwip::NAMES, lwip::MEANING, lwip::USUAL, 20 * KIB, lwip::MORE),
        kind(heap_overhead::NAMES, heap_overhead::MEANING, heap_overhead::USUAL, ANY, ""),
        kind(unknown::NAMES, unknown::MEANING, unknown::USUAL, ANY, ""),
        kind(event_source::NAMES, event_source::MEANING, event_source::USUAL, 16 * KIB, event_source::MORE),
        kind(
            other_threads::NAMES,
            other_threads::MEANING,
            other_threads::USUAL,
            16 * KIB,
            other_threads::MORE,
        ),
        kind(thread_spawn::NAMES, thread_spawn::MEANING, thread_spawn::USUAL, 40 * KIB, thread_spawn::MORE),
        kind(untagged::NAMES, untagged::MEANING, untagged::USUAL, 64 * KIB, untagged::MORE),
        kind(wifi::NAMES, wifi::MEANING, wifi::USUAL, 60 * KIB, wifi::MORE),
        kind(
            heap_metadata::NAMES,
            heap_metadata::MEANING,
            heap_metadata::USUAL,
            16 * KIB,
            heap_metadata::MORE,
        ),
        kind(
            heap_metadata::NAMES_AS_PART,
            heap_metadata::PART,
            heap_metadata::USUAL,
            16 * KIB,
            heap_metadata::MORE,
        ),
        kind(spare_new_space::NAMES, spare_new_space::MEANING, spare_new_space::USUAL, ANY, ""),
        kind(spare_new_space::NAMES_AS_PART, spare_new_space::PART, spare_new_space::USUAL, ANY, ""),
    ]
};

/// The rows of single processes: what their names begin with.
static PROCESSES: &[(&str, Kind)] = &[
    ("system ", process(words::process::SYSTEM, words::process::USUAL_OF_SYSTEM)),
    ("current ", process(words::process::CURRENT, words::process::USUAL)),
    ("other ", process(words::process::OTHER, words::process::USUAL)),
    ("process ", process(words::process::UNNAMED, words::process::USUAL)),
];

/// With so many blocks in a heap of some 240 KB, most of them are small. Reports at hand have up to 600.
const MANY_BLOCKS: u64 = 1_000;

/// From here on a heap is nearly full, and whatever the program can give back counts.
const NEARLY_FULL_PERCENT: u64 = 80;

/// The least that a connection takes while it is opened: one record (RFC 8446, section 5.1).
const TLS_RECORD_BYTES: u64 = 16 * KIB;

/// So many rows are named as those that hold the most.
const NAMED: usize = 3;

const fn kind(
    names: &'static [&'static str],
    meaning: &'static str,
    usual: &'static str,
    most_bytes: u64,
    more: &'static str,
) -> Kind {
    Kind { names, meaning, usual, most_bytes, more }
}

const fn process(meaning: &'static str, usual: &'static str) -> Kind {
    kind(&[], meaning, usual, 64 * KIB, words::process::MORE)
}

impl Kind {
    fn of(row: &Category) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.names.contains(&&*row.name)).or_else(|| {
            let is_it = |(begin, _): &&(&str, Kind)| row.name.starts_with(begin) && row.is_part_of_previous;
            PROCESSES.iter().find(is_it).map(|(_, kind)| kind)
        })
    }
}

/// The same row has the same key in every report: a process is known by its number, whoever asked for the report.
fn key(row: &Category) -> &str {
    let role = PROCESSES.iter().find_map(|(begin, _)| row.name.strip_prefix(begin));
    match role {
        Some(process) if row.is_part_of_previous => process.trim_start(),
        _ => &row.name,
    }
}

/// Explains each row of a report, in printed order; nothing for reports that are no heap reports of Toit.
///
/// `previous` is a report to compare with: see [`previous`].
pub fn explain(report: &Report, previous: Option<&Report>) -> Vec<RowExplanation> {
    if report.format != "heap_report" {
        return Vec::new();
    }
    report.categories.iter().map(|row| explain_row(report, previous, row)).collect()
}

fn explain_row(report: &Report, previous: Option<&Report>, row: &Category) -> RowExplanation {
    let change_bytes = previous.and_then(|previous| change(report, previous, row));
    // A page, and a tenth of what there was.
    let grew =
        |change: i64| change >= TOIT_PAGE_BYTES as i64 && change as u64 * 10 >= row.bytes - change as u64;
    let has_grown = change_bytes.is_some_and(grew);
    let Some(kind) = Kind::of(row) else {
        let (meaning, usual, remark) = (words::UNKNOWN_ROW, None, None);
        return RowExplanation { meaning, usual, remark, change_bytes, stands_out: has_grown };
    };
    let (remark, is_large) = remark(report, kind, row);
    RowExplanation {
        meaning: kind.meaning,
        usual: match (is_psram(report), kind.meaning == words::heap_metadata::MEANING) {
            (false, _) => Some(kind.usual),
            (true, true) => Some(words::heap_metadata::USUAL_IN_PSRAM),
            (true, false) => None,
        },
        remark,
        change_bytes,
        stands_out: is_large || has_grown,
    }
}

/// What is to be said of a row in this report, and whether it is to be looked at.
fn remark(report: &Report, kind: &Kind, row: &Category) -> (Option<String>, bool) {
    if kind.names == words::untagged::NAMES && attributes_nothing(report) {
        return (Some(words::untagged::ATTRIBUTES_NOTHING.into()), true);
    }
    let is_psram = is_psram(report);
    if kind.names == words::heap_overhead::NAMES {
        let blocks = blocks(report, row);
        let is_many = row.count >= MANY_BLOCKS && !is_psram;
        let more = is_many.then(|| words::heap_overhead::MORE.to_owned());
        let said: Vec<_> = blocks.into_iter().chain(more).collect();
        return ((!said.is_empty()).then(|| said.join(" ")), is_many);
    }
    let is_full =
        report.figures.at_least(Figure::UsedPercent).is_some_and(|used| used >= NEARLY_FULL_PERCENT);
    match row.bytes {
        _ if is_psram => (None, false),
        bytes if bytes > kind.most_bytes => (Some(kind.more.into()), true),
        bytes if kind.names == words::tls::NAMES && is_full && bytes >= TLS_RECORD_BYTES => {
            (Some(words::tls::WHILE_FULL.into()), true)
        }
        _ => (None, false),
    }
}

/// What the count of `heap overhead` says.
fn blocks(report: &Report, row: &Category) -> Option<String> {
    let allocations = report.figures.at_least(Figure::Allocations).filter(|&count| count > 0)?;
    let used = report.figures.at_least(Figure::Used)?.checked_sub(row.bytes)?;
    Some(words::heap_overhead::blocks(row.count, allocations, used / allocations))
}

/// By how many bytes a row changed. A row that is not in a complete report had no bytes: such rows are not printed.
fn change(report: &Report, previous: &Report, row: &Category) -> Option<i64> {
    let is_it =
        |other: &&Category| key(other) == key(row) && other.is_part_of_previous == row.is_part_of_previous;
    let is_twice = report.categories.iter().filter(is_it).count() > 1;
    let mut before = previous.categories.iter().filter(is_it);
    let bytes = match (before.next(), before.next()) {
        _ if is_twice => None,
        (Some(row), None) => Some(row.bytes),
        (None, None) => (previous.complete && !row.is_part_of_previous).then_some(0),
        _ => None,
    };
    Some(i64::try_from(row.bytes).ok()? - i64::try_from(bytes?).ok()?)
}

fn extra<'a>(report: &'a Report, name: &str) -> Option<&'a Extra> {
    report.extras.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Whether the report tells of external RAM only.
fn is_psram(report: &Report) -> bool {
    matches!(extra(report, "covers"), Some(Extra::Text(memory)) if memory == "psram")
}

fn attributes_nothing(report: &Report) -> bool {
    extra(report, "attributes_nothing") == Some(&Extra::Flag(true))
}

/// The report before this one to compare it with: the last one of the same memory in the same run of the firmware.
/// `place` is that of the report among all that had come.
pub fn previous<'a>(past: &Past<'a>, place: usize) -> Option<&'a DatedReport> {
    let (before, report) = (past.reports().get(..place)?, past.reports().get(place)?);
    let is_alike = |other: &&DatedReport| {
        other.dialect == report.dialect
            && other.report.format == report.report.format
            && is_psram(&other.report) == is_psram(&report.report)
    };
    let previous = before.iter().rev().find(is_alike)?;
    let is_between = |restart: u64| previous.lines.last < restart && restart < report.lines.last;
    let mut events = past.events();
    let restarted =
        events.any(|dated| dated.event.kind == EventKind::Restart && is_between(dated.lines.first));
    (!restarted).then_some(previous)
}

/// What the rows say together, for a rule's explanation.
pub(super) fn summary(report: &Report, previous: Option<&Report>) -> Vec<String> {
    if attributes_nothing(report) {
        return vec![words::table::ATTRIBUTES_NOTHING.into()];
    }
    let most = most(report);
    if most.is_empty() {
        return Vec::new();
    }
    let explanations = explain(report, previous);
    let rows = || report.categories.iter().zip(&explanations);
    let mut said = vec![words::table::most_is_held_by(&most)];
    if !report.complete {
        said.push(words::table::INCOMPLETE.into());
    }
    let large: Vec<_> = rows()
        .filter(|(row, explained)| explained.stands_out && !row.is_part_of_previous)
        .map(|(row, _)| (&*row.name, row.bytes))
        .collect();
    match large.is_empty() {
        // Not even of the rows that are there: what would stand out may be missing.
        true if report.complete && !is_psram(report) => said.push(words::table::NOTHING_STANDS_OUT.into()),
        true => {}
        false => said.push(words::table::stand_out(&large)),
    }
    if previous.is_some() {
        let mut grown: Vec<_> = rows()
            .filter_map(|(row, explained)| Some((&*row.name, explained.change_bytes.filter(|&by| by > 0)?)))
            .collect();
        order::sort_largest_first(&mut grown, |(_, by)| by.unsigned_abs());
        grown.truncate(NAMED);
        match grown.is_empty() {
            true if report.complete => said.push(words::table::NOTHING_GREW.into()),
            true => {}
            false => said.push(words::table::grew(&grown)),
        }
    }
    said.push(words::table::WHERE_EXPLAINED.into());
    said
}

/// The rows that hold the most: their names and bytes.
fn most(report: &Report) -> Vec<(&str, u64)> {
    let mut rows: Vec<_> = report.categories.iter().filter(|row| !row.is_part_of_previous).collect();
    order::sort_largest_first(&mut rows, |row| row.bytes);
    rows.iter().take(NAMED).map(|row| (&*row.name, row.bytes)).collect()
}

/// What a table shows where nothing failed: who has the memory. It is no more than that, so its state is that too
/// little is known.
pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let place = case.reports().iter().rposition(|dated| dated.report.format == "heap_report")?;
    let dated = case.reports().get(place).filter(|dated| dated.at >= case.boot())?;
    let report = &*dated.report;
    let (most, previous) = (most(report), previous(case, place));
    if most.is_empty() {
        return None;
    }
    let used = report.figures.get(Figure::Used);
    let mut evidence =
        vec![Evidence::new(dated.lines, words::table::evidence(used, report.categories.len()))];
    evidence.extend(previous.map(|before| Evidence::new(before.lines, words::table::EVIDENCE_BEFORE)));
    let mut said = summary(report, previous.map(|before| &*before.report));
    if previous.is_none() {
        said.push(words::table::ONE_REPORT.into());
    }
    let who = match attributes_nothing(report) {
        true => words::table::ATTRIBUTES_NOTHING.to_owned(),
        false => words::table::most_is_held_by(&most),
    };
    Some(Judgement {
        state: State::NotEnoughData,
        headline: words::table::headline(Now::of(case).phrase().as_deref(), &who),
        explanation: said.join(" "),
        sureness: match report.complete {
            true => Sureness::Certain,
            false => Sureness::likely(words::table::INCOMPLETE),
        },
        next: words::table::NEXT.into(),
        evidence,
    })
}
