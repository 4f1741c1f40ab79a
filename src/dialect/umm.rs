//! umm_malloc's block map: the dump of `umm_info()`, which Tasmota's `Status 44` prints, and its alarms.
//!
//! `A278:` is tasmota/Arduino 2.7.8, `AM:` esp8266/Arduino master, `RH:` rhempel/umm_malloc.
//!
//! # Grammar (A278: umm_info.c:46-163, umm_local.c:188-201)
//!
//! ```text
//! dump       = head row+ [ ruler ] totals [ ruler metrics ] [ ruler [ match ruler ] statistics ruler ]
//! head       = ruler | "Dumping the umm_heap..."                      the latter: core <= 2.5
//! row        = "|0x" ADDRESS "|B " n "|NB " n "|PB " n "|Z " n "|"    a used block
//!            | … the same … "NF " n "|PF " n "|"                      a free block; also the first and last row
//! totals     = "Total Entries " n "Used Entries " n "Free Entries " n
//!              "Total Blocks " n "Used Blocks " n "Free Blocks " n
//! metrics    = "Usage Metric: " n   "Fragmentation Metric: " n        core >= 2.7, RH
//! match      = "heap info Free blocks and heap statistics Free blocks match."
//!            | "heap info Free blocks " n "!= heap statistics Free Blocks " n
//! statistics = "umm heap statistics:" [ "Heap ID" n ] ( "Raw Free Space" | "Free Space" ) n "OOM Count" n
//!              [ "Low Watermark" n "Low Watermark ISR" n "MAX Alloc Request" n ] "Size of umm_block" n
//! ```
//!
//! A block is 8 bytes. `B` is a row's block number, `NB` the next row's, `PB` the one before, `Z = NB − B` its
//! size in blocks; ADDRESS is always the heap's start + 8 × B. The first row (B 0) heads the free list, the last
//! (NB 0) ends the heap; nobody gets either.
//!
//! # How the reader goes
//!
//! ```text
//!   Idle ── head, row ──► Rows ── totals ──► Tail ── last ruler, or any other line ──► Idle (report handed out)
//!                          │  ▲ foreign line: skipped, up to MAX_FOREIGN_LINES
//!                          └──┘
//! ```
//!
//! `OOM Count` is always 0 in builds with `UMM_INLINE_METRICS`, since `umm_info()` clears it before it prints
//! (A278: umm_info.c:44). Such builds print no `match` line. There a 0 says nothing, and is left out.

use super::scan::{number, number_after};
use super::{Dialect, Event, EventKind, Extra, Info, Line, LineRange, Output, Report, What};
use crate::heap::{Amount, Block, BlockKind, BlockMap, Figure, Figures, Percent};

static INFO: Info = Info { id: "umm", name: "umm_malloc", commands: &[] };

/// Bytes in one of the allocator's blocks (AM: umm_malloc_cfg.h, `sizeof(umm_block)`).
const BLOCK_BYTES: u64 = 8;

/// RH fills a used row up with 17 blanks and a bar (RH: src/umm_info.c:66-171).
const RH_PADDING: usize = 18;

/// An allocation pays this much of its first block for the links (A278: umm_malloc.cpp:303-365).
const HEADER_BYTES: u64 = 4;

/// More rows than this cannot be one ESP8266 heap: block numbers have 15 bits.
const MAX_ROWS: usize = 1 << 15;

/// A dump prints with interrupts off, so other lines mean that it was cut off; but a pasted one may have a
/// person's words inside.
const MAX_FOREIGN_LINES: u32 = 8;

/// Where the ESP8266's data RAM ends, and its instruction RAM, in which a second heap may lie, begins and ends.
const RAM_ENDS: [u32; 2] = [0x4000_0000, 0x4011_0000];

/// The first line of a dump of core 2.5 and before.
const OLD_HEAD: &str = "Dumping the umm_heap...";

/// Reads the dumps.
#[derive(Default)]
pub struct Umm {
    dump: Option<Dump>,
}

/// A dump as far as it came.
#[derive(Default)]
struct Dump {
    first_line: u64,
    last_line: u64,
    /// The form of core 2.5 and before: no rulers, totals that count the last row too.
    is_old: bool,
    rows: Vec<Row>,
    damaged_rows: u32,
    too_many_rows: bool,
    foreign_lines: u32,
    entries: Option<Totals>,
    blocks: Option<Totals>,
    /// Rulers between the totals and the statistics: they tell whether a line is missing there.
    inner_rulers: u32,
    usage_metric: Option<i64>,
    fragmentation_metric: Option<i64>,
    has_match_line: bool,
    statistics: Vec<(&'static str, i64)>,
    has_statistics: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Totals {
    total: i64,
    used: i64,
    free: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    address: u32,
    block: i64,
    next_block: i64,
    previous_block: i64,
    blocks: i64,
    /// Next and previous block in the free list.
    free_links: Option<(i64, i64)>,
    /// False when the row is shorter or longer than the allocator prints it: characters were lost.
    has_right_length: bool,
    /// The log line, from 0.
    line: u64,
}

impl Row {
    fn is_first(&self) -> bool {
        self.block == 0
    }
    fn is_last(&self) -> bool {
        self.next_block == 0
    }
    fn is_guard(&self) -> bool {
        self.is_first() || self.is_last()
    }
    fn is_free(&self) -> bool {
        self.free_links.is_some() && !self.is_guard()
    }
}

impl Dialect for Umm {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn is_inside_report(&self) -> bool {
        self.dump.is_some()
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        let text = line.text;
        if let Some(at) = find_row(text) {
            self.row(line.number, &text[at..], output);
        } else if let Some(dump) = &mut self.dump {
            let step = match is_alarm(text.trim_end()) {
                true => Step::EndBefore,
                false => dump.advance(line.number, text),
            };
            match step {
                Step::GoOn => {}
                Step::End => self.close(output),
                Step::EndBefore => {
                    self.close(output);
                    self.begin_or_alarm(line, output);
                }
            }
        } else {
            self.begin_or_alarm(line, output);
        }
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.close(output);
    }

    fn forget(&mut self) {
        *self = Umm::default();
    }
}

/// What a line means for the dump that is open.
enum Step {
    /// It goes on.
    GoOn,
    /// The line was its last.
    End,
    /// It ended before this line.
    EndBefore,
}

impl Umm {
    /// A line of the table. `text` begins at its first bar.
    fn row(&mut self, number: u64, text: &str, output: &mut Output<'_>) {
        let row = read_row(text).map(|row| Row { line: number, ..row });
        if self.dump.is_none() && row.is_none() {
            // Noise with a bar in it. A dump whose very first row is damaged begins with its second.
            return;
        }
        let begins_anew = self.dump.as_ref().is_some_and(|dump| {
            dump.entries.is_some() || (row.is_some_and(|row| row.is_first()) && !dump.rows.is_empty())
        });
        if begins_anew {
            self.close(output);
        }
        let dump = self.dump.get_or_insert_with(|| Dump::begin(number));
        dump.last_line = number;
        match row {
            Some(row) if dump.rows.len() < MAX_ROWS => dump.rows.push(row),
            Some(_) => dump.too_many_rows = true,
            None => dump.damaged_rows += 1,
        }
    }

    /// A line outside a dump: it may begin one, or be an alarm of the allocator's own checks.
    fn begin_or_alarm(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        let text = line.text.trim_end();
        let is_old = text.starts_with(OLD_HEAD);
        if is_old || is_table_ruler(text) {
            self.dump = Some(Dump { is_old, ..Dump::begin(line.number) });
        } else if is_alarm(text) {
            output.find(LineRange::one(line.number), None, corruption(text.trim()));
        }
    }

    /// Hands out the dump as far as it came. A lone ruler is no dump.
    fn close(&mut self, output: &mut Output<'_>) {
        let Some(dump) = self.dump.take() else { return };
        if dump.rows.is_empty() && dump.entries.is_none() {
            return;
        }
        let lines = LineRange { first: dump.first_line, last: dump.last_line };
        let read = Reading::of(&dump);
        let broken = read.corruption.clone();
        output.find(lines, None, What::Report(Box::new(dump.report(read))));
        if let Some((line, text)) = broken {
            output.find(LineRange::one(line), None, corruption(&text));
        }
    }
}

fn corruption(text: &str) -> What {
    What::Event(Event::new(EventKind::HeapCorrupted, text))
}

/// `UMM_POISON_CHECK` and `UMM_INTEGRITY_CHECK` builds (A278: umm_poison.c, umm_integrity.c).
fn is_alarm(text: &str) -> bool {
    const ALARMS: [&str; 5] = [
        "No poison after block at: 0x",
        "No poison before block at: 0x",
        "there is no poison ",
        "heap integrity broken:",
        "check_poison_block is called for free block",
    ];
    ALARMS.iter().any(|alarm| text.starts_with(alarm))
}

/// Where a row begins in a line: it may be printed into the middle of another.
fn find_row(text: &str) -> Option<usize> {
    memchr::memchr_iter(b'|', text.as_bytes()).find(|&at| text[at..].starts_with("|0x"))
}

/// The ruler around the table has crosses inside; those between the parts have not.
fn is_table_ruler(text: &str) -> bool {
    is_ruler(text) && text[1..text.len() - 1].contains('+')
}

fn is_ruler(text: &str) -> bool {
    text.len() >= 20 && text.starts_with('+') && text.bytes().all(|byte| byte == b'+' || byte == b'-')
}

/// `|0x3fff24c8|B     1|NB     7|PB     0|Z     6|` with or without `NF   67|PF  1313|`.
fn read_row(text: &str) -> Option<Row> {
    let text = text.trim_end();
    let (address, rest) = text.strip_prefix("|0x")?.split_once('|')?;
    let address = u32::from_str_radix(address, 16).ok()?;
    let (block, rest) = field(rest, "B ")?;
    let (next_block, rest) = field(rest, "NB ")?;
    let (previous_block, rest) = field(rest, "PB ")?;
    let (blocks, rest) = field(rest, "Z ")?;
    let links = rest.trim_start();
    let free_links = match field(links, "NF ") {
        Some((next, rest)) => Some((next, field(rest, "PF ")?.0)),
        // RH pads a used row with blanks and a bar.
        None if links.trim_end_matches('|').trim().is_empty() => None,
        None => return None,
    };
    // Fields have a least width and grow with the number, so a row's right length follows from its numbers.
    let width = |number: i64| number.to_string().len().max(5);
    let mut length = 1 + 10 + 1 + 2 + width(block) + 1 + 3 + width(next_block);
    length += 1 + 3 + width(previous_block) + 1 + 2 + width(blocks) + 1;
    if let Some((next, previous)) = free_links {
        length += 3 + width(next) + 1 + 3 + width(previous) + 1;
    }
    if free_links.is_none() && !links.is_empty() {
        length += RH_PADDING;
    }
    let has_right_length = text.len() == length;
    Some(Row { address, block, next_block, previous_block, blocks, free_links, has_right_length, line: 0 })
}

/// `NAME` and a number up to the next bar.
fn field<'a>(text: &'a str, name: &str) -> Option<(i64, &'a str)> {
    let (number, rest) = number_after(text, name)?;
    Some((number, rest.trim_start().strip_prefix('|')?))
}

/// The lines of the statistics: their words, and the extra or figure that they become.
const STATISTICS: [&str; 8] = [
    "Heap ID",
    "Raw Free Space",
    "Free Space",
    "OOM Count",
    "Low Watermark ISR",
    "Low Watermark",
    "MAX Alloc Request",
    "Size of umm_block",
];

impl Dump {
    fn begin(line: u64) -> Self {
        Dump { first_line: line, last_line: line, ..Dump::default() }
    }

    /// A line that is not a row.
    fn advance(&mut self, number: u64, line: &str) -> Step {
        let text = line.trim();
        if self.entries.is_none() {
            return self.advance_table(number, line);
        }
        let mut ends = false;
        let known = if text.is_empty() {
            // Blank lines belong to nothing; they do not make the report longer.
            return Step::GoOn;
        } else if let Some(totals) = read_totals(text, "Blocks") {
            self.blocks = Some(totals);
            // Nothing follows in the old form: do not wait for a line that may never come.
            ends = self.is_old;
            true
        } else if is_ruler(text) {
            ends = self.statistic("Size of umm_block").is_some();
            self.inner_rulers += u32::from(!self.has_statistics);
            !is_table_ruler(text) || ends
        } else if let Some((metric, _)) = number_after(text, "Usage Metric:") {
            self.usage_metric = Some(metric);
            true
        } else if let Some((metric, _)) = number_after(text, "Fragmentation Metric:") {
            self.fragmentation_metric = Some(metric);
            true
        } else if text.starts_with("heap info Free blocks ") {
            self.has_match_line = true;
            true
        } else if text.starts_with("umm heap statistics:") {
            self.has_statistics = true;
            true
        } else {
            let read = STATISTICS.iter().find_map(|name| Some((*name, number_after(text, name)?.0)));
            self.statistics.extend(read);
            read.is_some()
        };
        if known {
            self.last_line = number;
        }
        match (known, ends) {
            (true, true) => Step::End,
            (true, false) => Step::GoOn,
            (false, _) => Step::EndBefore,
        }
    }

    /// A line before the totals that is not a row.
    fn advance_table(&mut self, number: u64, line: &str) -> Step {
        let text = line.trim();
        if let Some(totals) = read_totals(text, "Entries") {
            self.entries = Some(totals);
            self.last_line = number;
        } else if is_ruler(text) {
            if self.rows.is_empty() {
                // A ruler above nothing: the table begins below this one.
                self.first_line = number;
            }
            self.last_line = number;
        } else if text.starts_with(OLD_HEAD) {
            return Step::EndBefore;
        } else if !text.is_empty() {
            self.foreign_lines += 1;
            if self.foreign_lines > MAX_FOREIGN_LINES || (self.rows.is_empty() && self.damaged_rows == 0) {
                return Step::EndBefore;
            }
        }
        Step::GoOn
    }

    fn statistic(&self, name: &str) -> Option<i64> {
        self.statistics.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// Without the `match` line the counter is cleared before it is printed.
    fn has_inline_metrics(&self) -> bool {
        self.has_statistics && !self.has_match_line && self.fragmentation_metric.is_some()
    }

    fn report(self, read: Reading) -> Report {
        let mut figures = Figures::default();
        let mut extras = Vec::new();
        let blocks = BlockMap::new(self.rows.iter().filter_map(to_block).collect());
        self.put_sizes(&read, &blocks, &mut figures, &mut extras);
        self.put_statistics(&mut figures, &mut extras);
        let first = self.rows.first().filter(|row| row.is_first());
        let last = self.rows.last().filter(|row| row.is_last());
        let address = |address: u32| Extra::Text(format!("{address:#010x}"));
        extras.extend(first.map(|row| ("heap_start_address", address(row.address))));
        let end = last.map(|row| row.address.saturating_add(BLOCK_BYTES as u32));
        extras.extend(end.map(|end| ("heap_end_address", address(end))));
        Report {
            format: "umm_dump",
            // Heap 0 is the data RAM; then come instruction RAM and external RAM (AM: umm_malloc_cfg.h).
            is_main_heap: self.statistic("Heap ID").unwrap_or(0) == 0,
            clears_oom_count: self.has_inline_metrics(),
            title: "Block map (umm_malloc)".into(),
            complete: read.is_complete,
            problems: read.problems,
            figures,
            categories: Vec::new(),
            blocks,
            pages: Vec::new(),
            extras,
        }
    }

    /// What follows from the blocks when all are there, else what the totals say.
    fn put_sizes(
        &self,
        read: &Reading,
        map: &BlockMap,
        figures: &mut Figures,
        extras: &mut Vec<(&'static str, Extra)>,
    ) {
        let bytes = |blocks: i64| u64::try_from(blocks).ok().map(|blocks| blocks.saturating_mul(BLOCK_BYTES));
        let mut put = |figure, bytes: Option<u64>| figures.set_known(figure, bytes.map(Amount::exact));
        if let Some(totals) = read.blocks {
            put(Figure::Free, bytes(totals.free));
            put(Figure::Total, bytes(totals.total));
            put(Figure::Used, bytes(totals.used));
            extras.push(("total_blocks", Extra::Number(totals.total)));
            extras.push(("used_blocks", Extra::Number(totals.used)));
            extras.push(("free_blocks", Extra::Number(totals.free)));
        }
        let largest = map.largest_free().map(|block| u64::from(block.size_bytes));
        let fragmentation = match read.is_complete {
            true => {
                let largest = largest.unwrap_or(0);
                put(Figure::LargestFreeBlock, Some(largest));
                let largest_malloc = largest.saturating_sub(HEADER_BYTES);
                extras.push(("largest_malloc_bytes", number_extra(largest_malloc)));
                let by_largest = Percent::fragmentation_by_largest_block(map.free_bytes(), largest);
                extras.extend(
                    by_largest
                        .map(|percent| ("fragmentation_by_largest_block_percent", Extra::Number(percent.0))),
                );
                Some(fragmentation_metric(map))
            }
            false => {
                // Blocks are missing, so the largest one that is seen need not be the largest.
                extras
                    .extend(largest.map(|largest| ("largest_free_block_seen_bytes", number_extra(largest))));
                self.fragmentation_metric.and_then(|metric| u64::try_from(metric).ok())
            }
        };
        figures.set_known(Figure::FragmentationL2, fragmentation.map(Amount::exact));
        let usage = self.usage_metric.or_else(|| {
            let totals = read.blocks?;
            totals.used.checked_mul(100)?.checked_div(totals.free)
        });
        figures.set_known(
            Figure::UsageMetric,
            usage.and_then(|usage| u64::try_from(usage).ok()).map(Amount::exact),
        );
        if let Some(entries) = self.entries {
            figures.set_known(Figure::Allocations, u64::try_from(entries.used).ok().map(Amount::exact));
            extras.push(("total_entries", Extra::Number(entries.total)));
            extras.push(("used_entries", Extra::Number(entries.used)));
            extras.push(("free_entries", Extra::Number(entries.free)));
        }
    }

    fn put_statistics(&self, figures: &mut Figures, extras: &mut Vec<(&'static str, Extra)>) {
        let inline_metrics = self.has_inline_metrics();
        let exact =
            |name| self.statistic(name).and_then(|value| u64::try_from(value).ok()).map(Amount::exact);
        let oom_count = exact("OOM Count");
        match oom_count {
            Some(count) if inline_metrics && count.at_least() == 0 => {
                extras.push(("oom_count_printed", Extra::Number(0)));
            }
            _ => figures.set_known(Figure::OomCount, oom_count),
        }
        figures.set_known(Figure::LowWaterMark, exact("Low Watermark"));
        figures.set_known(Figure::LowWaterMarkIsr, exact("Low Watermark ISR"));
        figures.set_known(Figure::LargestRequest, exact("MAX Alloc Request"));
        let number = |name| self.statistic(name).map(Extra::Number);
        extras.extend(number("Heap ID").map(|id| ("heap_id", id)));
        extras.extend(number("Size of umm_block").map(|size| ("size_of_umm_block_bytes", size)));
        let free_space = number("Raw Free Space").or_else(|| number("Free Space"));
        extras.extend(free_space.map(|free| ("raw_free_space_bytes", free)));
        if inline_metrics {
            extras.push(("has_inline_metrics", Extra::Flag(true)));
        }
    }
}

fn number_extra(value: u64) -> Extra {
    Extra::Number(i64::try_from(value).unwrap_or(i64::MAX))
}

/// `Total Entries %5d    Used Entries %5d    Free Entries %5d`, or the same of blocks.
fn read_totals(text: &str, of: &str) -> Option<Totals> {
    let mut rest = text;
    let mut next = |kind: &str| {
        let after = rest.trim_start().strip_prefix(kind)?.trim_start().strip_prefix(of)?;
        let (value, after) = number(after.trim_start())?;
        rest = after;
        Some(value)
    };
    Some(Totals { total: next("Total")?, used: next("Used")?, free: next("Free")? })
}

/// A block of the map, if the row makes sense by itself.
fn to_block(row: &Row) -> Option<Block> {
    let kind = match (row.is_guard(), row.is_free()) {
        (true, _) => BlockKind::Guard,
        (false, true) => BlockKind::Free,
        (false, false) => BlockKind::Used,
    };
    let size_bytes = u32::try_from(row.blocks).ok()?.checked_mul(BLOCK_BYTES as u32)?;
    Some(Block { address: row.address, size_bytes, kind, index: u32::try_from(row.block).ok()? })
}

/// `100 − √Σ Z² × 100 / Σ Z` over the free blocks, in integers (A278: umm_info.c, sqrt32).
fn fragmentation_metric(map: &BlockMap) -> u64 {
    let blocks = map.free().map(|block| u64::from(block.size_bytes) / BLOCK_BYTES);
    let (sum, squares) =
        blocks.fold((0, 0), |(sum, squares), blocks| (sum + blocks, squares + blocks * blocks));
    match (u64::isqrt(squares) * 100).checked_div(sum) {
        Some(share) => 100_u64.saturating_sub(share),
        None => 0,
    }
}

/// What can be made of a dump's rows: whether all are there, and whether the heap is sound.
struct Reading {
    is_complete: bool,
    problems: Vec<String>,
    /// The totals in the allocator's blocks, without the first and last row.
    blocks: Option<Totals>,
    /// What shows that the allocator's own data is destroyed, and the log line that shows it.
    corruption: Option<(u64, String)>,
}

impl Reading {
    fn of(dump: &Dump) -> Self {
        let damage = damage_on_the_way(dump);
        let is_intact = damage.is_empty();
        let mut problems = damage;
        problems.extend(missing_parts(dump));
        // The old form counts the last row as one free block more.
        let extra = i64::from(dump.is_old);
        let blocks = dump.blocks.map(|totals| Totals {
            total: totals.total - extra,
            free: totals.free - extra,
            ..totals
        });
        let is_complete = problems.is_empty();
        let link = is_intact.then(|| broken_link(&dump.rows)).flatten();
        let corruption = link.or_else(|| is_complete.then(|| broken_free_list(&dump.rows)).flatten());
        problems.extend(corruption.iter().map(|(_, text)| text.clone()));
        Reading { is_complete, problems, blocks, corruption }
    }
}

/// Rows that the allocator cannot have printed so, a sentence each kind. It walks by NB, prints the address
/// that belongs to B, and calculates Z (A278: umm_info.c:46-163): where these do not fit, characters were
/// lost or changed on the way, or whole rows are missing.
fn damage_on_the_way(dump: &Dump) -> Vec<String> {
    let mut problems = Vec::new();
    let rows = &dump.rows;
    let start =
        rows.first().map_or(0, |row| i64::from(row.address) - row.block.saturating_mul(BLOCK_BYTES as i64));
    let fits = |row: &Row| {
        let address = start.saturating_add(row.block.saturating_mul(BLOCK_BYTES as i64));
        let size = if row.is_last() { row.blocks } else { row.next_block - row.block };
        row.has_right_length && i64::from(row.address) == address && row.blocks == size
    };
    let damaged = rows.iter().filter(|row| !fits(row)).count() as u32 + dump.damaged_rows;
    if damaged > 0 {
        let rows = if damaged == 1 { "row has" } else { "rows have" };
        problems.push(format!("{damaged} {rows} lost or changed characters on the way."));
    }
    if dump.too_many_rows {
        problems.push(format!("It has more than {MAX_ROWS} rows; the rest was left out."));
    }
    if !rows.first().is_some_and(Row::is_first) {
        problems.push("Its beginning is missing.".into());
    }
    let torn = rows.windows(2).filter(|pair| pair[0].next_block != pair[1].block).count();
    if torn > 0 && damaged == 0 {
        let places = if torn == 1 { "place" } else { "places" };
        problems.push(format!("Rows are missing in {torn} {places}."));
    }
    problems
}

/// Which parts did not arrive, a sentence each.
fn missing_parts(dump: &Dump) -> Vec<String> {
    let mut problems = Vec::new();
    let rows = &dump.rows;
    let Some((entries, blocks)) = dump.entries.zip(dump.blocks) else {
        problems.push("It was cut off: the totals are missing.".into());
        return problems;
    };
    let expected = entries.total.saturating_add(2);
    let seen = rows.len() as i64 + i64::from(dump.damaged_rows);
    if seen != expected {
        problems.push(format!("{seen} of {expected} rows are here."));
    }
    let guards = rows.iter().filter(|row| row.is_guard()).count();
    let sum = |free: bool| -> i64 {
        let chosen = rows.iter().filter(|row| !row.is_guard() && row.is_free() == free);
        chosen.fold(0, |sum, row| sum.saturating_add(row.blocks))
    };
    let extra = i64::from(dump.is_old);
    let agree = guards == 2 && sum(true) + extra == blocks.free && sum(false) == blocks.used;
    if problems.is_empty() && !agree {
        problems.push("The rows do not add up to the totals below them.".into());
    }
    if !dump.has_whole_tail(blocks) {
        problems.push("A line is missing below the totals.".into());
    }
    problems
}

impl Dump {
    /// Whether what follows the totals has all its lines, as far as one can tell from those that came.
    fn has_whole_tail(&self, blocks: Totals) -> bool {
        let has = |name| self.statistic(name).is_some();
        let has_metrics = self.usage_metric.is_some();
        let agree_metrics = has_metrics == self.fragmentation_metric.is_some();
        let has_any_statistic = self.has_statistics || !self.statistics.is_empty();
        if !has_any_statistic {
            // Core 2.5 and before, or RH, which ends with a ruler behind the metrics.
            return self.is_old || (agree_metrics && self.inner_rulers == 1 + u32::from(has_metrics));
        }
        let full = ["Low Watermark", "Low Watermark ISR", "MAX Alloc Request"].map(has);
        let free_space = self.statistic("Raw Free Space").or(self.statistic("Free Space"));
        let rulers = 1 + u32::from(has_metrics) + u32::from(self.has_match_line);
        agree_metrics
            && self.has_statistics
            && has("OOM Count")
            && has("Size of umm_block")
            && full.iter().all(|has| *has == full[0])
            && free_space == Some(blocks.free.saturating_mul(BLOCK_BYTES as i64))
            && self.inner_rulers == rulers
    }
}

/// The first link that does not hold among rows that came unharmed: the heap itself is destroyed there.
fn broken_link(rows: &[Row]) -> Option<(u64, String)> {
    let at = |row: &Row| format!("block {} at {:#010x}", row.block, row.address);
    let in_ram = rows.first().and_then(|row| RAM_ENDS.into_iter().find(|end| row.address < *end))?;
    for pair in rows.windows(2) {
        let (row, next) = (&pair[0], &pair[1]);
        let broken = if next.address >= in_ram || row.next_block <= row.block {
            format!("{} names {} as the next block, which lies outside the heap", at(row), row.next_block)
        } else if next.previous_block != row.block {
            format!(
                "{} names {} as the block before it, but {} stands there",
                at(next),
                next.previous_block,
                row.block
            )
        } else if row.is_free() && next.is_free() {
            format!("{} and the one behind it are both free, which the allocator never leaves", at(row))
        } else {
            continue;
        };
        return Some((next.line, corruption_text(&broken)));
    }
    None
}

/// Walks the free list from the first row: it must visit every free row once, and back again.
fn broken_free_list(rows: &[Row]) -> Option<(u64, String)> {
    let head = rows.first()?;
    let (mut wanted, mut previous, mut line) = (head.free_links?.0, head.block, head.line);
    let mut left = rows.iter().filter(|row| row.is_free()).count();
    while wanted != 0 {
        let found = rows.binary_search_by_key(&wanted, |row| row.block).ok().map(|at| &rows[at]);
        let links = found.filter(|row| row.is_free()).and_then(|row| row.free_links);
        let (Some(row), Some((next, back)), 1..) = (found, links, left) else {
            let broken = format!("block {previous} names {wanted} as the next free one, which is none");
            return Some((line, corruption_text(&broken)));
        };
        if back != previous {
            let broken =
                format!("free block {wanted} names {back} as the free one before it, not {previous}");
            return Some((row.line, corruption_text(&broken)));
        }
        (wanted, previous, line, left) = (next, row.block, row.line, left - 1);
    }
    (left > 0).then(|| (line, corruption_text(&format!("the list of free blocks leaves out {left} of them"))))
}

fn corruption_text(broken: &str) -> String {
    format!("The heap is corrupted: {broken}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_every_form() {
        let used = read_row("|0x3fff24c8|B     1|NB     7|PB     0|Z     6|").unwrap();
        assert_eq!((used.address, used.block, used.next_block), (0x3fff_24c8, 1, 7));
        assert_eq!((used.previous_block, used.blocks, used.free_links), (0, 6, None));
        assert!(used.has_right_length && !used.is_free());
        let free = read_row("|0x3fff25e8|B    37|NB    39|PB    28|Z     2|NF   177|PF   220|").unwrap();
        assert_eq!(free.free_links, Some((177, 220)));
        assert!(free.has_right_length && free.is_free());
        let padded = read_row("|0x3fff24c8|B     1|NB     7|PB     0|Z     6|                 |").unwrap();
        assert!(padded.has_right_length && !padded.is_free());
        let corrupt = read_row("|0x40012ec8|B 16705|NB     7|PB     0|Z -11737|").unwrap();
        assert_eq!(corrupt.blocks, -11737);
        assert!(corrupt.has_right_length);
    }

    #[test]
    fn a_lost_character_shows() {
        let whole = "|0x3fff25e8|B    37|NB    39|PB    28|Z     2|NF   177|PF   220|";
        for at in 0..whole.len() {
            let mut damaged = whole.to_owned();
            damaged.remove(at);
            let row = read_row(&damaged);
            assert!(row.is_none_or(|row| !row.has_right_length), "{damaged}");
        }
    }

    #[test]
    fn the_metric_of_the_allocator() {
        let block = |address, size_bytes, kind| Block { address, size_bytes, kind, index: 0 };
        assert_eq!(fragmentation_metric(&BlockMap::default()), 0);
        let one = BlockMap::new(vec![block(0, 80, BlockKind::Free), block(80, 8, BlockKind::Used)]);
        assert_eq!(fragmentation_metric(&one), 0);
        // Two free runs of 3 and 4 blocks: √(9 + 16) = 5; 100 − 500 / 7 = 29.
        let two = BlockMap::new(vec![
            block(0, 24, BlockKind::Free),
            block(24, 8, BlockKind::Used),
            block(32, 32, BlockKind::Free),
        ]);
        assert_eq!(fragmentation_metric(&two), 29);
    }
}
