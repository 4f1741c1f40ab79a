//! What is compared, in sentences and tables: all that the panel shows but the pictures, and what is copied as text.
//!
//! It subtracts what stands in two columns; whether the difference is a cost is the [`Passage`]'s to say.

use crate::chart::Table;
use crate::format;
use crate::heap::{Block, Category, Unit};
use crate::recording::{
    COMPARED, Comparison, DatedReport, Metric, Passage, Recording, Repeats, Side, SizeChange, by_category,
};
use crate::session::comparing::{Compared, ComparedSide};
use crate::words::comparing as words;

/// So many rows of sizes or types are shown: those that changed most.
const MOST_ROWS: usize = 12;

/// See the module.
pub(super) struct Said {
    /// What it comes to, the most important first.
    pub sentences: Vec<String>,
    /// The figures of both sides.
    pub figures: Table,
    /// What became of blocks by size, and of memory by type, where both sides have such reports.
    pub changes: Vec<Table>,
}

impl Said {
    /// Of what is compared, and of all measurements of the step, if it is one.
    pub fn of(compared: &Compared<'_>, repeats: Option<&Repeats>) -> Self {
        let mut sentences = match &compared.passage {
            Some(passage) => of_passage(passage),
            None => {
                let free = compared.sides.each_ref().map(|side| side.side.figure(Metric::Free));
                vec![match free {
                    [Some(one), Some(two)] => words::two_logs(one.amount.change_to(two.amount)),
                    _ => words::TWO_LOGS.to_owned(),
                }]
            }
        };
        sentences.extend(repeats.map(of_repeats));
        let changes = reports(compared).map(|reports| of_reports(compared, reports)).unwrap_or_default();
        Said { sentences, figures: figures(compared), changes }
    }

    /// All of it, to be copied.
    pub fn to_text(&self) -> String {
        let mut text = self.sentences.join("\n");
        for table in std::iter::once(&self.figures).chain(&self.changes) {
            text.push_str("\n\n");
            if !table.caption.is_empty() {
                text.push_str(&table.caption);
                text.push('\n');
            }
            text.push_str(&table.to_tsv());
        }
        text
    }
}

fn of_passage(passage: &Passage) -> Vec<String> {
    use Metric::Free;
    let mut said = Vec::new();
    let has_free = |side: &Side| side.figure(Free).is_some();
    said.push(match passage.cost() {
        _ if passage.has_restart() => words::RESTARTED.to_owned(),
        Some(cost) => words::cost(cost),
        None if has_free(&passage.before) && has_free(&passage.after) => words::NOT_PRINTED.to_owned(),
        None => words::NO_FREE.to_owned(),
    });
    if let Some(lowest) = passage.lowest {
        said.push(words::lowest(lowest.free.amount, passage.peak(), lowest.is_measured));
    }
    if !passage.happened.is_empty() {
        said.push(words::happened(passage.happened.iter().map(|(kind, count)| (kind.label(), *count))));
    }
    if passage.gaps > 0 {
        said.push(words::GAPS.to_owned());
    }
    said
}

fn of_repeats(repeats: &Repeats) -> String {
    use words::repeats as say;
    match *repeats {
        Repeats::Once => say::ONCE.to_owned(),
        Repeats::SameEachTime { times, each_bytes } => say::same_each_time(times, each_bytes),
        Repeats::EachTime { times, each, total } => say::each_time(times, each, total),
        Repeats::ComesBack { times, each } => say::comes_back(times, each),
        Repeats::FirstOnly { times, first, later } => say::first_only(times, first, later.exact().is_some()),
        Repeats::Nothing { times, total } => say::nothing(times, total.exact().is_some()),
        Repeats::OnlyTogether { times, total } => say::only_together(times, total),
        Repeats::Varies { times, each } => say::varies(times, each),
    }
}

/// When a side is, and whose it is.
pub(super) fn when(side: &ComparedSide<'_>) -> String {
    let recording = side.recording;
    let line = words::at_line(side.side.line);
    let when = match (recording.source().is_live(), recording.has_times()) {
        (true, _) => format::clock_offset(side.side.at, false),
        (false, true) => format!("{}, {line}", format::clock_offset(side.side.at, false)),
        (false, false) => line,
    };
    match side.other {
        Some(name) => words::of_log(name, &when),
        None => when,
    }
}

fn figures(compared: &Compared<'_>) -> Table {
    let [before, after] = &compared.sides;
    let known = COMPARED.into_iter().filter_map(|metric| {
        let points = [before, after].map(|side| side.side.figure(metric));
        let figure = metric.figure();
        let cell = |place: usize| match (points[place], figure.unit()) {
            (Some(point), Unit::Bytes) => format::exact_amount(point.amount),
            (Some(point), unit) => format::quantity(point.amount, unit),
            (None, _) => words::NOT_KNOWN.to_owned(),
        };
        let is_same = compared.passage.as_ref().is_some_and(|passage| passage.is_same_reading(metric));
        let difference = match points {
            [None, None] => return None,
            [Some(_), Some(_)] if is_same => words::SAME_READING.to_owned(),
            [Some(one), Some(two)] => words::difference(one.amount.change_to(two.amount), figure.unit()),
            _ => String::new(),
        };
        Some(vec![figure.label().to_owned(), cell(0), cell(1), difference])
    });
    let column = |place: usize, side| words::column(place, &when(side));
    Table {
        caption: String::new(),
        headers: vec![words::FIGURE.into(), column(0, before), column(1, after), words::DIFFERENCE.into()],
        rows: known.collect(),
    }
}

/// The reports of both sides, where they are of one kind and not the same.
pub(super) fn reports<'a>(compared: &Compared<'a>) -> Option<[&'a DatedReport; 2]> {
    let report = |side: &ComparedSide<'a>| -> Option<&'a DatedReport> {
        let recording: &'a Recording = side.recording;
        recording.reports().get(side.side.report?)
    };
    let [one, two] = [report(&compared.sides[0])?, report(&compared.sides[1])?];
    let is_same = compared.passage.is_some() && one.lines == two.lines;
    let is_one_kind = one.report.format == two.report.format;
    let has_both = |has: fn(&DatedReport) -> bool| has(one) && has(two);
    let has_content = has_both(|dated| !dated.report.blocks.blocks().is_empty())
        || has_both(|dated| !dated.report.categories.is_empty());
    (!is_same && is_one_kind && has_content).then_some([one, two])
}

fn of_reports(compared: &Compared<'_>, [one, two]: [&DatedReport; 2]) -> Vec<Table> {
    let mut tables = Vec::new();
    let is_one_run = compared.passage.as_ref().is_some_and(|passage| passage.reports.is_some());
    let from = words::from_reports(one.lines.last, two.lines.last);
    let maps = [one, two].map(|dated| &dated.report.blocks);
    if maps.iter().all(|map| !map.blocks().is_empty()) {
        tables.push(match is_one_run {
            true => by_fate(&from, &Comparison::of(maps[0], maps[1])),
            // The addresses of two runs say nothing of each other: what can be told is how many there are of each size.
            false => by_count(&from, maps.map(|map| Comparison::of(&Default::default(), map).by_size())),
        });
    }
    if !one.report.categories.is_empty() && !two.report.categories.is_empty() {
        let changes = by_category(&one.report, &two.report);
        let bytes = |row: Option<&Category>| row.map_or_else(String::new, |row| format::bytes(row.bytes));
        let rows = changes.iter().map(|change| {
            let cells = vec![
                change.name.to_owned(),
                bytes(change.before),
                bytes(change.after),
                format::change_in_bytes(change.grown_bytes()),
            ];
            (change.grown_bytes(), cells)
        });
        let mut table = largest_first(&from, &words::BY_TYPE, rows.collect());
        let sum =
            |rows: Vec<Option<&Category>>| -> u64 { rows.into_iter().flatten().map(|row| row.bytes).sum() };
        let before = sum(changes.iter().map(|change| change.before).collect());
        let after = sum(changes.iter().map(|change| change.after).collect());
        let grown: i64 = changes.iter().map(|change| change.grown_bytes()).sum();
        table.rows.push(vec![
            words::IN_ALL.to_owned(),
            format::bytes(before),
            format::bytes(after),
            format::change_in_bytes(grown),
        ]);
        tables.push(table);
    }
    tables
}

fn by_fate(from: &str, comparison: &Comparison) -> Table {
    let sum = |blocks: &[Block]| {
        (blocks.len(), blocks.iter().map(|block| u64::from(block.size_bytes)).sum::<u64>())
    };
    let said = words::blocks(sum(&comparison.appeared), sum(&comparison.gone), comparison.stayed.len());
    let rows = comparison.by_size().into_iter().filter(|size| size.appeared + size.gone > 0).map(|size| {
        let bytes = grown(size.size_bytes, size.gone, size.appeared);
        let cells = vec![
            format::exact_bytes(size.size_bytes.into()),
            format::count(size.appeared),
            format::count(size.gone),
            format::count(size.stayed),
            format::change_in_bytes(bytes),
        ];
        (bytes, cells)
    });
    largest_first(&format!("{from} {said}"), &words::BY_SIZE, rows.collect())
}

fn by_count(from: &str, [one, two]: [Vec<SizeChange>; 2]) -> Table {
    let (mut one, mut two) = (one.into_iter().peekable(), two.into_iter().peekable());
    let mut rows = Vec::new();
    loop {
        let size = match (one.peek(), two.peek()) {
            (Some(one), Some(two)) => one.size_bytes.min(two.size_bytes),
            (Some(only), None) | (None, Some(only)) => only.size_bytes,
            (None, None) => break,
        };
        let count = |size_of: Option<SizeChange>| size_of.map_or(0, |change| change.appeared);
        let before = count(one.next_if(|next| next.size_bytes == size));
        let after = count(two.next_if(|next| next.size_bytes == size));
        let bytes = grown(size, before, after);
        if bytes != 0 {
            let cells = vec![
                format::exact_bytes(size.into()),
                format::count(before),
                format::count(after),
                format::change_in_bytes(bytes),
            ];
            rows.push((bytes, cells));
        }
    }
    largest_first(from, &words::BY_COUNT, rows)
}

/// Bytes in so many blocks of a size, less those in so many before.
fn grown(size_bytes: u32, before: u64, after: u64) -> i64 {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    (number(after) - number(before)).saturating_mul(i64::from(size_bytes))
}

/// The rows that changed most, and how many others did.
fn largest_first(caption: &str, headers: &[&str], mut rows: Vec<(i64, Vec<String>)>) -> Table {
    rows.retain(|(bytes, cells)| *bytes != 0 || cells.len() == words::BY_SIZE.len());
    crate::heap::order::sort_largest_first(&mut rows, |(bytes, _)| bytes.unsigned_abs());
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    let mut rows: Vec<_> = rows.into_iter().take(MOST_ROWS).map(|(_, cells)| cells).collect();
    if left_out > 0 {
        let mut cells = vec![String::new(); headers.len()];
        cells[0] = words::more_rows(left_out);
        rows.push(cells);
    }
    Table {
        caption: caption.to_owned(),
        headers: headers.iter().map(|header| (*header).to_owned()).collect(),
        rows,
    }
}
