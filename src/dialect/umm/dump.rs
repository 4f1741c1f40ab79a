//! A dump as far as it came, and the report that is made of it.
//!
//! It keeps rows and the few numbers below them, in a bounded place; what they mean is decided when it ends.

use super::checks::{self, Broken};
use super::row::{self, Form, Link, Row};
use super::{MAX_FOREIGN_LINES, OLD_HEAD};
use crate::dialect::scan::number;
use crate::dialect::{Extra, LineRange, Report, Run};
use crate::heap::{Amount, Block, BlockKind, BlockMap, Figure, Figures, Percent};

/// Bytes in one of the allocator's blocks (AM: umm_malloc_cfg.h, `sizeof(umm_block)`).
pub(super) const BLOCK_BYTES: u64 = 8;

/// An allocation pays this much of its first block for the links (A278: umm_malloc.cpp:303-365).
const HEADER_BYTES: u64 = 4;

/// More rows than this are left out. The print of 1 600 takes so long that the chip's watchdog should end it
/// (inferred from A278: umm_info.c prints with interrupts off, 48 bytes a row at 115200 baud). At 24 bytes a row this
/// is 96 KB, 144 KB while the list grows for the last time.
pub(super) const MAX_ROWS: usize = 4_096;

/// The line between the parts of a dump's end.
const RULER: &str = "+--------------------------------------------------------------+";

/// Its lines are no longer, ends included.
const LONGEST_LINE_BYTES: usize = 80;

/// Room for the rows of most dumps.
const USUAL_ROWS: usize = 256;

/// Room for what most reports say besides their figures.
const USUAL_EXTRAS: usize = 20;

/// What may stand above the first row.
#[derive(Clone, Copy)]
pub(super) struct Head {
    line: u64,
    /// The form of core 2.5 and before: no rulers, totals that count the last row too.
    is_old: bool,
    /// Rows behind it that could not be read.
    pub damaged_rows: u32,
}

impl Head {
    /// `text` without blanks around it.
    pub fn read(line: u64, text: &str) -> Option<Head> {
        let is_old = text.starts_with(OLD_HEAD);
        (is_old || is_table_ruler(text)).then_some(Head { line, is_old, damaged_rows: 0 })
    }
}

/// What a line means for the dump that is open.
pub(super) enum Step {
    /// It goes on.
    GoOn,
    /// The line was its last.
    End,
    /// It ended before this line.
    EndBefore,
}

/// A dump as far as it came.
#[derive(Default)]
pub(super) struct Dump {
    first_line: u64,
    last_line: u64,
    pub is_old: bool,
    pub rows: Vec<Row>,
    /// What the last of them says of the next one.
    link: Option<Link>,
    /// The last of them is not what must follow the one before it, or so it was with an earlier one: there is something
    /// to be looked for. Most dumps have nothing.
    is_uneven: bool,
    pub damaged_rows: u32,
    pub has_too_many_rows: bool,
    foreign_lines: u32,
    pub entries: Option<Totals>,
    pub blocks: Option<Totals>,
    /// Plain rulers between the totals and the statistics: they tell whether a line is missing there.
    pub inner_rulers: u32,
    pub usage_metric: Option<i64>,
    pub fragmentation_metric: Option<i64>,
    pub matching: Option<Matching>,
    pub has_statistics: bool,
    statistics: [Option<i64>; STATISTICS.len()],
    /// How many characters its line has: core 3.0 prints `%5u`, later ones `%7u`.
    heap_id_width: usize,
}

/// One line of totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Totals {
    pub total: i64,
    pub used: i64,
    pub free: i64,
}

/// Whether the list has as many free blocks as the allocator counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matching {
    Yes,
    /// What the allocator counted.
    No(i64),
}

/// The lines of the statistics.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    HeapId,
    RawFreeSpace,
    FreeSpace,
    OomCount,
    LowWatermark,
    LowWatermarkIsr,
    MaxAllocRequest,
    SizeOfBlock,
}

/// Their words.
const STATISTICS: [(&str, Statistic); 8] = [
    ("Heap ID", Statistic::HeapId),
    ("Raw Free Space", Statistic::RawFreeSpace),
    ("Free Space", Statistic::FreeSpace),
    ("OOM Count", Statistic::OomCount),
    ("Low Watermark", Statistic::LowWatermark),
    ("Low Watermark ISR", Statistic::LowWatermarkIsr),
    ("MAX Alloc Request", Statistic::MaxAllocRequest),
    ("Size of umm_block", Statistic::SizeOfBlock),
];

/// Where a heap lies, by the address of its first row (AM: mmu_iram.h, umm_malloc.cpp).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    begin: u32,
    pub end: u32,
    name: &'static str,
}

const REGIONS: [Region; 3] = [
    Region { begin: 0x3ffe_8000, end: 0x4000_0000, name: "data RAM" },
    Region { begin: 0x4010_0000, end: 0x4011_0000, name: "instruction RAM" },
    Region { begin: 0x1000_0000, end: 0x1080_0000, name: "external RAM" },
];

impl Region {
    pub fn of(address: u32) -> Option<Region> {
        REGIONS.into_iter().find(|region| (region.begin..region.end).contains(&address))
    }

    fn is_data_ram(self) -> bool {
        self == REGIONS[0]
    }
}

impl Dump {
    /// Its first whole row is in this line.
    pub fn begin(line: u64, head: Option<Head>) -> Self {
        Dump {
            first_line: head.map_or(line, |head| head.line),
            last_line: line,
            is_old: head.is_some_and(|head| head.is_old),
            damaged_rows: head.map_or(0, |head| head.damaged_rows),
            rows: Vec::with_capacity(USUAL_ROWS),
            ..Dump::default()
        }
    }

    /// Takes a row.
    pub fn add(&mut self, line: u64, row: Row) {
        self.link = Link::of(&row);
        self.is_uneven |= match self.rows.last() {
            Some(before) => !row.follows(before),
            None => !(row.is_first() && row.is_in_order()),
        };
        self.push(line, row);
    }

    /// Takes lines from the front of `rest`, the first of which has this number, as long as each is what the allocator
    /// prints there, character for character.
    pub fn goes_on(&mut self, number: u64, rest: &str) -> Run {
        match self.has_totals() {
            true => self.tail_goes_on(number, rest),
            false => self.rows_go_on(number, rest.as_bytes()),
        }
    }

    /// Rows that follow from the one before, as nearly all do.
    fn rows_go_on(&mut self, number: u64, rest: &[u8]) -> Run {
        let mut run = Run::default();
        let Some(mut link) = self.link else { return run };
        while let Some((row, next, length)) = link.next(&rest[run.bytes..]) {
            self.push(number + run.lines, row);
            run = Run { lines: run.lines + 1, bytes: run.bytes + length };
            link = next;
        }
        self.link = Some(link);
        run
    }

    /// Lines below the first of the totals, but for the last.
    fn tail_goes_on(&mut self, number: u64, rest: &str) -> Run {
        let mut run = Run::default();
        while let Some((line, bytes)) = short_line(&rest[run.bytes..])
            && self.takes_in_tail(line)
            && let Step::GoOn = self.advance(number + run.lines, line.trim_start_matches(' '))
        {
            run = Run { lines: run.lines + 1, bytes: run.bytes + bytes };
        }
        run
    }

    /// Whether the line, if it is of the grammar, is neither the last nor anything else.
    fn takes_in_tail(&self, line: &str) -> bool {
        let has_number = || line.ends_with(|last: char| last.is_ascii_digit());
        match line.as_bytes() {
            [b'+', ..] => line == RULER && self.statistic(Statistic::SizeOfBlock).is_none(),
            // In the old form, the totals of blocks are the last line.
            [b'T', ..] => has_number() && !self.is_old,
            [b' ' | b'U' | b'F', ..] => has_number(),
            [b'u', ..] => true,
            _ => false,
        }
    }

    fn push(&mut self, line: u64, row: Row) {
        self.last_line = line;
        if self.rows.len() == MAX_ROWS {
            self.has_too_many_rows = true;
            return;
        }
        let line = u32::try_from(line - self.first_line).unwrap_or(u32::MAX);
        self.rows.push(Row { line, ..row });
    }

    /// All rows came unharmed from the first to the last that is there, each follows from the one before it, and none
    /// has two free neighbours in one: there is no harm among them to be looked for.
    pub fn is_even(&self) -> bool {
        let leaves = |row: &Row| self.region().is_some_and(|region| row.address >= region.end);
        !self.is_uneven
            && self.damaged_rows == 0
            && !self.has_too_many_rows
            && !self.rows.last().is_none_or(leaves)
    }

    pub fn add_damaged(&mut self, line: u64) {
        self.last_line = line;
        self.link = None;
        self.damaged_rows = self.damaged_rows.saturating_add(1);
    }

    pub fn has_totals(&self) -> bool {
        self.entries.is_some()
    }

    pub fn lines(&self) -> LineRange {
        LineRange { first: self.first_line, last: self.last_line }
    }

    pub fn statistic(&self, which: Statistic) -> Option<i64> {
        self.statistics[which as usize]
    }

    /// A line that is no row, without blanks around it.
    pub fn advance(&mut self, line: u64, text: &str) -> Step {
        let step = match self.has_totals() {
            true => self.advance_tail(text),
            false => self.advance_table(text),
        };
        // Only what says something makes the report longer.
        let says_something = self.has_totals() && !matches!(step, Step::EndBefore);
        if says_something {
            self.last_line = line;
        }
        step
    }

    fn advance_table(&mut self, text: &str) -> Step {
        if let Some(totals) = Totals::read(text, "Entries") {
            self.entries = Some(totals);
        } else if text.starts_with(OLD_HEAD) {
            return Step::EndBefore;
        } else if !is_ruler(text) {
            if self.foreign_lines == MAX_FOREIGN_LINES {
                return Step::EndBefore;
            }
            self.foreign_lines += 1;
        }
        Step::GoOn
    }

    fn advance_tail(&mut self, text: &str) -> Step {
        if is_ruler(text) {
            return match (is_table_ruler(text), self.statistic(Statistic::SizeOfBlock)) {
                (true, _) => Step::EndBefore,
                (false, Some(_)) => Step::End,
                (false, None) => {
                    self.inner_rulers = self.inner_rulers.saturating_add(u32::from(!self.has_statistics));
                    Step::GoOn
                }
            };
        }
        if let Some(totals) = Totals::read(text, "Blocks") {
            self.blocks = Some(totals);
            // Nothing follows in the old form: do not wait for a line that may never come.
            return if self.is_old { Step::End } else { Step::GoOn };
        }
        if let Some(metric) = named_number(text, "Usage Metric:") {
            self.usage_metric = Some(metric);
        } else if let Some(metric) = named_number(text, "Fragmentation Metric:") {
            self.fragmentation_metric = Some(metric);
        } else if let Some(matching) = Matching::read(text) {
            self.matching = Some(matching);
        } else if text == "umm heap statistics:" {
            self.has_statistics = true;
        } else {
            let read = STATISTICS.iter().find_map(|(name, which)| Some((*which, named_number(text, name)?)));
            let Some((which, value)) = read else { return Step::EndBefore };
            if which == Statistic::HeapId {
                self.heap_id_width = text.len();
            }
            self.statistics[which as usize].get_or_insert(value);
        }
        Step::GoOn
    }

    /// The report, and what shows that the heap is destroyed.
    pub fn report(self) -> (Report, Option<Broken>) {
        let reading = checks::Reading::of(&self);
        let mut figures = Figures::default();
        let mut extras = Vec::with_capacity(USUAL_EXTRAS);
        let map = self.map();
        self.put_sizes(&reading, &map, &mut figures, &mut extras);
        self.put_statistics(&mut figures, &mut extras);
        self.put_places(&reading, &mut extras);
        let region = self.region();
        let is_elsewhere = region.is_some_and(|region| !region.is_data_ram());
        let title = match region {
            Some(region) if is_elsewhere => format!("Block map of {} (umm_malloc)", region.name),
            _ => "Block map (umm_malloc)".into(),
        };
        let report = Report {
            // Heap 0 is the data RAM; then come instruction RAM and external RAM (AM: umm_malloc_cfg.h).
            is_main_heap: self.statistic(Statistic::HeapId).unwrap_or(0) == 0 && !is_elsewhere,
            clears_oom_count: self.has_inline_metrics(),
            complete: reading.is_complete,
            problems: reading.problems,
            figures,
            blocks: map,
            extras,
            ..Report::new("umm_dump", title)
        };
        (report, reading.broken)
    }

    /// The blocks of the rows that make sense by themselves.
    fn map(&self) -> BlockMap {
        // Before the ESP8266 the last row was all that had never been touched.
        let may_be_rest = self.may_count_last_row();
        let region = self.region().unwrap_or(Region { begin: 0, end: u32::MAX, name: "" });
        let block = |row: &Row| {
            let is_rest = row.is_last() && row.blocks > 1 && may_be_rest;
            // Looked up, for which of them are free cannot be guessed.
            let kinds = [BlockKind::Used, BlockKind::Free, BlockKind::Guard, BlockKind::Free];
            let kind = kinds[usize::from(row.is_guard()) << 1 | usize::from(row.is_free() | is_rest)];
            let size_bytes = u32::try_from(row.blocks).ok()?.checked_mul(BLOCK_BYTES as u32)?;
            // A link that was overwritten makes a block that reaches out of the memory it lies in.
            let end = row.address.checked_add(size_bytes)?;
            let is_inside = region.begin <= row.address && end <= region.end;
            is_inside.then_some(Block { address: row.address, size_bytes, kind, index: row.block.into() })
        };
        let mut blocks = Vec::with_capacity(self.rows.len());
        blocks.extend(self.rows.iter().filter_map(block));
        BlockMap::new(blocks)
    }

    /// The forms without metrics and statistics: their totals may count the last row too.
    pub fn may_count_last_row(&self) -> bool {
        let has_more = self.usage_metric.is_some()
            || self.fragmentation_metric.is_some()
            || self.has_statistics
            || self.statistics.iter().any(Option::is_some);
        self.is_old || !has_more
    }

    fn region(&self) -> Option<Region> {
        Region::of(self.rows.first().filter(|row| row.is_first())?.address)
    }

    /// Without the `match` line the counter is cleared before it is printed.
    fn has_inline_metrics(&self) -> bool {
        self.has_statistics && self.matching.is_none() && self.fragmentation_metric.is_some()
    }

    /// Which releases print so, as far as its lines prove it. A line that is missing proves something only in a
    /// complete dump.
    fn core(&self, reading: &checks::Reading) -> Option<&'static str> {
        let last_row = self.rows.last().filter(|row| row.is_last()).map(|row| row.blocks);
        let is_padded = || self.rows.iter().any(|row| row.form == Form::Padded);
        let has = |statistic| self.statistic(statistic).is_some();
        match () {
            () if has(Statistic::RawFreeSpace) => Some("2.7.0 to 2.7.8"),
            () if self.heap_id_width == 23 => Some("3.0"),
            () if self.heap_id_width == 25 => Some("3.1 and later"),
            () if self.is_old => Some(if last_row? > 1 { "original umm_malloc" } else { "2.5.2 and before" }),
            () if !reading.is_complete => None,
            () if self.may_count_last_row() => Some("original umm_malloc"),
            () if has(Statistic::FreeSpace) && self.usage_metric.is_none() => Some("2.6"),
            () => is_padded().then_some("upstream umm_malloc"),
        }
    }

    /// What follows from the blocks when all are there, else what the totals say.
    fn put_sizes(
        &self,
        reading: &checks::Reading,
        map: &BlockMap,
        figures: &mut Figures,
        extras: &mut Vec<(&'static str, Extra)>,
    ) {
        let bytes = |blocks: i64| u64::try_from(blocks).ok().map(|blocks| blocks.saturating_mul(BLOCK_BYTES));
        let mut put = |figure, bytes: Option<u64>| figures.set_known(figure, bytes.map(Amount::exact));
        if let Some(totals) = reading.blocks {
            put(Figure::Free, bytes(totals.free));
            put(Figure::Total, bytes(totals.total));
            put(Figure::Used, bytes(totals.used));
            extras.push(("total_blocks", Extra::Number(totals.total)));
            extras.push(("used_blocks", Extra::Number(totals.used)));
            extras.push(("free_blocks", Extra::Number(totals.free)));
        }
        let largest = map.largest_free().map(|block| u64::from(block.size_bytes));
        let fragmentation = match reading.is_complete {
            true => {
                let largest = largest.unwrap_or(0);
                put(Figure::LargestFreeBlock, Some(largest));
                let largest_malloc = largest.saturating_sub(HEADER_BYTES);
                extras.push(("largest_malloc_bytes", number_extra(largest_malloc)));
                let by_largest = Percent::fragmentation_by_largest_block(map.free_bytes(), largest);
                let by_largest = by_largest.map(|percent| Extra::Number(percent.0));
                extras.extend(by_largest.map(|percent| ("fragmentation_by_largest_block_percent", percent)));
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
        let usage = self.usage_metric.or_else(|| usage_metric(reading.blocks?));
        let usage = usage.and_then(|usage| u64::try_from(usage).ok());
        figures.set_known(Figure::UsageMetric, usage.map(Amount::exact));
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
            |which| self.statistic(which).and_then(|value| u64::try_from(value).ok()).map(Amount::exact);
        let oom_count = exact(Statistic::OomCount);
        match oom_count {
            Some(count) if inline_metrics && count.at_least() == 0 => {
                extras.push(("oom_count_printed", Extra::Number(0)));
            }
            _ => figures.set_known(Figure::OomCount, oom_count),
        }
        figures.set_known(Figure::LowWaterMark, exact(Statistic::LowWatermark));
        figures.set_known(Figure::LowWaterMarkIsr, exact(Statistic::LowWatermarkIsr));
        figures.set_known(Figure::LargestRequest, exact(Statistic::MaxAllocRequest));
        let number = |which| self.statistic(which).map(Extra::Number);
        extras.extend(number(Statistic::HeapId).map(|id| ("heap_id", id)));
        extras.extend(number(Statistic::SizeOfBlock).map(|size| ("size_of_umm_block_bytes", size)));
        let free_space = number(Statistic::RawFreeSpace).or_else(|| number(Statistic::FreeSpace));
        extras.extend(free_space.map(|free| ("raw_free_space_bytes", free)));
        if let Some(Matching::No(counted)) = self.matching {
            extras.push(("free_blocks_counted", Extra::Number(counted)));
        }
        if inline_metrics {
            extras.push(("has_inline_metrics", Extra::Flag(true)));
        }
        if self.statistic(Statistic::LowWatermark).is_some() {
            extras.push(("has_full_statistics", Extra::Flag(true)));
        }
    }

    /// Where the heap lies, and who prints so.
    fn put_places(&self, reading: &checks::Reading, extras: &mut Vec<(&'static str, Extra)>) {
        let first = self.rows.first().filter(|row| row.is_first());
        let last = self.rows.last().filter(|row| row.is_last());
        extras.extend(first.map(|row| ("heap_start_address", address(row.address))));
        let end = last.map(|row| {
            // Of a last row that is the whole rest, the rest is heap too.
            let rest = u32::try_from(row.blocks).unwrap_or(1).max(1).saturating_mul(BLOCK_BYTES as u32);
            row.address.saturating_add(if self.may_count_last_row() { rest } else { BLOCK_BYTES as u32 })
        });
        extras.extend(end.map(|end| ("heap_end_address", address(end))));
        extras.extend(self.region().map(|region| ("heap", Extra::Text(region.name.into()))));
        extras.extend(self.core(reading).map(|core| ("core", Extra::Text(core.into()))));
    }
}

impl Totals {
    /// `Total Entries %5d    Used Entries %5d    Free Entries %5d`, or the same of blocks.
    fn read(text: &str, of: &str) -> Option<Totals> {
        let mut rest = text;
        let mut next = |kind: &str| {
            let after = rest.strip_prefix(kind)?.strip_prefix(of)?;
            let (value, after) = number(blanks(after)?)?;
            rest = after.trim_start_matches(' ');
            Some(value)
        };
        let totals = Totals { total: next("Total ")?, used: next("Used ")?, free: next("Free ")? };
        rest.is_empty().then_some(totals)
    }
}

impl Matching {
    fn read(text: &str) -> Option<Matching> {
        let rest = text.strip_prefix("heap info Free blocks ")?;
        if rest == "and heap statistics Free blocks match." {
            return Some(Matching::Yes);
        }
        let (_, rest) = number(rest.trim_start_matches(' '))?;
        let rest = rest.trim_start_matches(' ').strip_prefix("!= heap statistics Free Blocks")?;
        let (counted, rest) = number(blanks(rest)?)?;
        rest.is_empty().then_some(Matching::No(counted))
    }
}

/// `used × 100 / free`, −1 when nothing is free (A278: umm_info.c).
pub(super) fn usage_metric(totals: Totals) -> Option<i64> {
    totals.used.checked_mul(100)?.checked_div(totals.free)
}

/// `100 − √Σ Z² × 100 / Σ Z` over the free blocks, in integers (A278: umm_info.c, sqrt32).
fn fragmentation_metric(map: &BlockMap) -> u64 {
    let size = |block: &Block| if block.kind == BlockKind::Free { block.size_bytes } else { 0 };
    let blocks = map.blocks().iter().map(|block| u64::from(size(block)) / BLOCK_BYTES);
    let (sum, squares) =
        blocks.fold((0, 0), |(sum, squares), blocks| (sum + blocks, squares + blocks * blocks));
    match (u64::isqrt(squares) * 100).checked_div(sum) {
        Some(share) => 100_u64.saturating_sub(share),
        None => 0,
    }
}

/// An address as it is written everywhere.
pub(super) fn address(address: u32) -> Extra {
    let digits = row::hex_characters(address).to_le_bytes();
    Extra::Text(["0x", str::from_utf8(&digits).unwrap_or_default()].concat())
}

fn number_extra(value: u64) -> Extra {
    Extra::Number(i64::try_from(value).unwrap_or(i64::MAX))
}

/// The line at the front of `rest` and how many bytes it has with its end, if it is no longer than those of a dump.
fn short_line(rest: &str) -> Option<(&str, usize)> {
    let near = &rest.as_bytes()[..rest.len().min(LONGEST_LINE_BYTES)];
    let end = memchr::memchr(b'\n', near)?;
    let length = end - usize::from(near[..end].ends_with(b"\r"));
    Some((&rest[..length], end + 1))
}

/// The whole line is a name, blanks and a number.
fn named_number(text: &str, name: &str) -> Option<i64> {
    // Most names end here.
    if text.as_bytes().first() != name.as_bytes().first() {
        return None;
    }
    let (number, rest) = number(blanks(text.strip_prefix(name)?)?)?;
    rest.is_empty().then_some(number)
}

/// What stands behind one blank or more.
fn blanks(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(' ');
    (rest.len() < text.len()).then_some(rest)
}

/// The ruler around the table has crosses inside; those between the parts have not.
fn is_table_ruler(text: &str) -> bool {
    is_ruler(text) && text[1..text.len() - 1].contains('+')
}

fn is_ruler(text: &str) -> bool {
    text.len() >= 20 && text.starts_with('+') && text.bytes().all(|byte| byte == b'+' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn totals_are_whole_lines() {
        let text = "Total Blocks   4966    Used Blocks   2353    Free Blocks   2613";
        assert_eq!(Totals::read(text, "Blocks"), Some(Totals { total: 4966, used: 2353, free: 2613 }));
        for text in [
            "Total Blocks   4966    Used Blocks   2353",
            "Total Blocks   4966    Used Blocks   2353    Free Blocks   2613x",
        ] {
            assert_eq!(Totals::read(text, "Blocks"), None, "{text}");
        }
    }

    #[test]
    fn statistics_stand_at_their_place() {
        for (place, (_, which)) in STATISTICS.iter().enumerate() {
            assert_eq!(*which as usize, place);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let row = super::super::row::read("|0x3fff24c8|B     1|NB     7|PB     0|Z     6|").unwrap();
        let mut dump = Dump::begin(0, None);
        (0..MAX_ROWS as u64 + 10).for_each(|line| dump.add(line, row));
        assert!(dump.has_too_many_rows);
        assert!(dump.rows.capacity() * size_of::<Row>() <= 100_000);
    }
}
