//! Whether a dump came whole, and whether the heap that it shows is sound: two questions that are kept apart.
//!
//! The allocator walks by NB, prints the address that belongs to B, and calculates Z (A278: umm_info.c:46-163). Where
//! these do not fit, or a row is not what `printf` makes of its numbers, **characters were lost on the way**; the totals
//! tell whether rows are missing. Only in rows that came unharmed does a link that leads nowhere mean that **the heap is
//! corrupted**, and only with all rows here is the list of free blocks followed.
//!
//! ```text
//! |0x3fff2520|B    12|NB 16705|PB     7|Z 16693|     the text "AA" was written over NB of block 12,
//! |0x40012ec8|B 16705|NB  4968|…                    most likely by block 7, which stands before it
//! ```

use super::alarm::{as_text, link_extras};
use super::dump::{BLOCK_BYTES, Dump, MAX_ROWS, Matching, Region, Statistic, Totals, address, usage_metric};
use super::row::{Form, Row};
use crate::dialect::{Event, EventKind, Extra};

/// Room for the free rows of most dumps.
const USUAL_FREE_ROWS: usize = 64;

/// What can be made of a dump's rows.
pub(super) struct Reading {
    /// Whether all of it is here and agrees with itself.
    pub is_complete: bool,
    /// What is missing or does not agree, a sentence each.
    pub problems: Vec<String>,
    /// The totals in the allocator's blocks, without the first and last row.
    pub blocks: Option<Totals>,
    /// The first thing that shows that the allocator's own data is destroyed.
    pub broken: Option<Broken>,
}

/// What shows that the heap is corrupted.
pub(super) struct Broken {
    /// The line of the row that is wrong, counted from the first of the dump.
    pub line: u32,
    pub event: Event,
    /// The rows do not cover the heap, since the chain of blocks leaves it.
    hides_blocks: bool,
}

impl Broken {
    fn hiding_blocks(self) -> Broken {
        Broken { hides_blocks: true, ..self }
    }
}

impl Reading {
    pub fn of(dump: &Dump) -> Self {
        let mut problems = damage_on_the_way(dump);
        let is_intact = problems.is_empty();
        let sums = Sums::of(&dump.rows);
        let counted = CountedLast::of(dump, &sums);
        problems.extend(missing_parts(dump, &sums, &counted));
        let is_complete = problems.is_empty();
        if let (Some(Matching::No(counted)), Some(blocks)) = (dump.matching, dump.blocks) {
            problems.push(format!(
                "The allocator counted {counted} free blocks, but {} are in its list.",
                blocks.free
            ));
        }
        let link = is_intact.then(|| broken_link(dump)).flatten();
        let broken = link.or_else(|| is_complete.then(|| broken_free_list(&dump.rows)).flatten());
        problems.extend(broken.iter().map(|broken| broken.event.text.clone()));
        let is_complete = is_complete && !broken.as_ref().is_some_and(|broken| broken.hides_blocks);
        let blocks = dump.blocks.map(|totals| Totals {
            total: totals.total.saturating_sub(counted.guards),
            free: totals.free.saturating_sub(counted.guards),
            ..totals
        });
        Reading { is_complete, problems, blocks, broken }
    }
}

/// What the rows between the first and the last add up to.
struct Sums {
    used_entries: i64,
    free_entries: i64,
    used_blocks: i64,
    free_blocks: i64,
}

impl Sums {
    fn of(rows: &[Row]) -> Self {
        let (mut entries, mut blocks) = (0, 0);
        let (mut free_entries, mut free_blocks) = (0, 0);
        for row in rows.iter().filter(|row| !row.is_guard()) {
            // Free blocks come as they like: a branch here is guessed wrong every other time.
            let is_free = i64::from(row.is_free());
            let size = i64::from(row.blocks);
            (entries, blocks) = (entries + 1, blocks + size);
            (free_entries, free_blocks) = (free_entries + is_free, free_blocks + is_free * size);
        }
        let (used_entries, used_blocks) = (entries - free_entries, blocks - free_blocks);
        Sums { used_entries, free_entries, used_blocks, free_blocks }
    }
}

/// How many blocks of the last row the totals count.
struct CountedLast {
    /// In all.
    blocks: i64,
    /// As a free block that nobody can have. A longer last row is free memory indeed.
    guards: i64,
}

impl CountedLast {
    fn of(dump: &Dump, sums: &Sums) -> Self {
        let last = dump.rows.last().filter(|row| row.is_last()).map(|row| i64::from(row.blocks));
        let adds_up = |last| dump.blocks.is_some_and(|blocks| blocks.free == sums.free_blocks + last);
        let blocks = match last {
            _ if dump.is_old => last.unwrap_or(1),
            Some(last) if dump.may_count_last_row() && adds_up(last) => last,
            _ => 0,
        };
        CountedLast { blocks, guards: i64::from(blocks == 1) }
    }
}

/// Rows that the allocator cannot have printed so, a sentence each kind.
fn damage_on_the_way(dump: &Dump) -> Vec<String> {
    let mut problems = Vec::new();
    if dump.is_even() {
        return problems;
    }
    let rows = &dump.rows;
    let offset = |row: &Row| i64::from(row.block) * BLOCK_BYTES as i64;
    let start = rows.first().map_or(0, |row| i64::from(row.address) - offset(row));
    let fits = |row: &Row| {
        let size = i32::from(row.next_block) - i32::from(row.block);
        let has_right_size = row.is_last() || row.blocks == size;
        row.is_exact && i64::from(row.address) == start + offset(row) && has_right_size
    };
    let unfit = rows.iter().filter(|row| !fits(row)).count();
    let damaged = unfit as u64 + u64::from(dump.damaged_rows);
    if damaged > 0 {
        let rows = if damaged == 1 { "row has" } else { "rows have" };
        problems.push(format!("{damaged} {rows} lost or changed characters on the way."));
    }
    if dump.has_too_many_rows {
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
fn missing_parts(dump: &Dump, sums: &Sums, counted: &CountedLast) -> Vec<String> {
    let mut problems = Vec::new();
    let Some((entries, blocks)) = dump.entries.zip(dump.blocks) else {
        problems.push("It was cut off: the totals are missing.".into());
        return problems;
    };
    let expected = entries.total.saturating_add(2);
    let seen = dump.rows.len() as i64 + i64::from(dump.damaged_rows);
    if seen != expected {
        problems.push(format!("{seen} of {expected} rows are here."));
    }
    let has_both_ends =
        dump.rows.first().is_some_and(Row::is_first) && dump.rows.last().is_some_and(Row::is_last);
    let adds_up = entries == Totals { total: seen - 2, used: sums.used_entries, free: sums.free_entries }
        && blocks.free == sums.free_blocks + counted.blocks
        && blocks.used == sums.used_blocks
        && blocks.total == blocks.used.saturating_add(blocks.free);
    if problems.is_empty() && !(has_both_ends && adds_up) {
        problems.push("The rows do not add up to the totals below them.".into());
    }
    if !has_whole_tail(dump, blocks, counted) {
        problems.push("A line is missing below the totals.".into());
    } else if dump.usage_metric.is_some_and(|metric| metric != usage_metric(blocks).unwrap_or(-1)) {
        problems.push("A number below the totals does not agree with them.".into());
    }
    problems
}

/// Whether what follows the totals has all its lines, as far as one can tell from those that came.
fn has_whole_tail(dump: &Dump, blocks: Totals, counted: &CountedLast) -> bool {
    let has = |which| dump.statistic(which).is_some();
    let has_metrics = dump.usage_metric.is_some();
    let agree_metrics = has_metrics == dump.fragmentation_metric.is_some();
    if dump.is_old {
        return true;
    }
    if dump.may_count_last_row() {
        // RH before the metrics: a ruler ends it. A dump that was cut there does not count its last row.
        return counted.blocks > 0 && dump.inner_rulers == 1;
    }
    if !dump.has_statistics && !has(Statistic::OomCount) && !has(Statistic::SizeOfBlock) {
        // RH. Without its padded rows it is a newer core's dump that was cut here.
        let is_upstream = dump.rows.iter().all(|row| row.form != Form::Used);
        return agree_metrics && has_metrics && is_upstream && dump.inner_rulers == 2;
    }
    let full = [Statistic::LowWatermark, Statistic::LowWatermarkIsr, Statistic::MaxAllocRequest].map(has);
    let free_space = dump.statistic(Statistic::RawFreeSpace).or(dump.statistic(Statistic::FreeSpace));
    let free_blocks = match dump.matching {
        Some(Matching::No(counted)) => counted,
        _ => blocks.free,
    };
    let rulers = 1 + u32::from(has_metrics) + u32::from(dump.matching.is_some());
    agree_metrics
        && dump.has_statistics
        && has(Statistic::OomCount)
        && has(Statistic::SizeOfBlock)
        && full.iter().all(|has| *has == full[0])
        && free_space == Some(free_blocks.saturating_mul(BLOCK_BYTES as i64))
        && dump.inner_rulers == rulers
}

/// A row and its neighbours.
#[derive(Clone, Copy)]
struct Place<'a> {
    rows: &'a [Row],
    at: usize,
}

impl Place<'_> {
    fn row(&self) -> &Row {
        &self.rows[self.at]
    }

    fn name(&self) -> String {
        let row = self.row();
        format!("block {} at {:#010x}", row.block, row.address)
    }

    /// `fault` is a sentence without its full stop.
    fn broken(&self, fault: &str, mut extras: Vec<(&'static str, Extra)>) -> Broken {
        let before = self.at.checked_sub(1).map(|at| &self.rows[at]);
        let mut text = format!("The heap is corrupted: {fault}.");
        if let Some(row) = before {
            text.push_str(&format!(" Block {} at {:#010x} stands before it.", row.block, row.address));
            extras.push(("previous_block", Extra::Number(row.block.into())));
            extras.push(("previous_address", address(row.address)));
        }
        if let Some(row) = self.rows.get(self.at + 1) {
            extras.push(("next_block", Extra::Number(row.block.into())));
            extras.push(("next_address", address(row.address)));
        }
        let event = Event { extras, ..Event::new(EventKind::HeapCorrupted, text) };
        Broken { line: self.row().line, event, hides_blocks: false }
    }

    /// One of its four links is wrong.
    fn link(&self, link: &'static str, found: u16, expected: Option<u16>, fault: &str) -> Broken {
        let row = self.row();
        let (found, expected) = (i64::from(found), expected.map(i64::from));
        let extras = link_extras(Some(address(row.address)), row.block.into(), link, found, expected);
        self.broken(fault, extras)
    }

    /// It is not one link that is wrong.
    fn other(&self, fault: &str) -> Broken {
        let row = self.row();
        let block = ("block", Extra::Number(row.block.into()));
        self.broken(fault, vec![("address", address(row.address)), block])
    }
}

/// `16705 ("AA")`: what was found, and the text that it may be.
fn named(found: u16) -> String {
    match as_text(found.into()) {
        Some(text) => format!("{found} (\"{text}\")"),
        None => found.to_string(),
    }
}

/// The first link that does not hold among rows that came unharmed.
fn broken_link(dump: &Dump) -> Option<Broken> {
    let rows = &dump.rows[..];
    let region = Region::of(rows.first()?.address);
    let pairs = if dump.is_even() { &[] } else { rows };
    for (at, pair) in pairs.windows(2).enumerate() {
        let (row, next) = (&pair[0], &pair[1]);
        let (here, behind) = (Place { rows, at }, Place { rows, at: at + 1 });
        let leaves = region.is_some_and(|region| next.address >= region.end);
        if leaves || next.block <= row.block {
            let found = named(row.next_block);
            let fault =
                format!("{} names {found} as the next block, which lies outside the heap", here.name());
            return Some(here.link("NB", row.next_block, None, &fault).hiding_blocks());
        }
        if next.previous_block != row.block {
            let found = named(next.previous_block);
            let fault = format!(
                "{} names {found} as the block before it, but {} stands there",
                behind.name(),
                row.block
            );
            return Some(behind.link("PB", next.previous_block, Some(row.block), &fault));
        }
        if row.is_free() && next.is_free() {
            let name = here.name();
            let fault =
                format!("{name} and the one behind it are both free, which the allocator never leaves");
            return Some(here.other(&fault));
        }
    }
    let last = Place { rows, at: rows.len() - 1 };
    let (name, blocks) = (last.name(), last.row().blocks);
    if !last.row().is_last() || blocks == 1 {
        return None;
    }
    if blocks < 1 {
        return Some(last.other(&format!("{name} is the last, but lies outside the heap")).hiding_blocks());
    }
    let fault = format!("{name} names no next block, but {} blocks of the heap lie behind it", blocks - 1);
    (!dump.may_count_last_row()).then(|| last.link("NB", 0, None, &fault).hiding_blocks())
}

/// Walks the free list from the first row: it must visit every free row once, and back again.
fn broken_free_list(rows: &[Row]) -> Option<Broken> {
    let mut here = Place { rows, at: 0 };
    let mut wanted = here.row().next_free;
    // Few rows are: they are found faster among themselves.
    let mut free: Vec<(u16, usize)> = Vec::with_capacity(USUAL_FREE_ROWS);
    free.extend(rows.iter().zip(0..).filter(|(row, _)| row.is_free()).map(|(row, at)| (row.block, at)));
    let mut left = free.len();
    while wanted != 0 {
        let previous = here.row().block;
        // The rows are in order: a broken link was looked for before.
        let found = free.binary_search_by_key(&wanted, |(block, _)| *block).ok();
        let (Some((_, at)), 1..) = (found.map(|place| free[place]), left) else {
            let mut back = rows.iter().filter(|row| row.is_free() && row.previous_free == previous);
            let expected = back.next().filter(|_| back.next().is_none()).map(|row| row.block);
            let name = here.name();
            let fault = format!("{name} names {} as the next free one, which is none", named(wanted));
            return Some(here.link("NF", wanted, expected, &fault));
        };
        here = Place { rows, at };
        let row = here.row();
        if row.previous_free != previous {
            let (name, found) = (here.name(), named(row.previous_free));
            let fault = format!("free {name} names {found} as the free one before it, not {previous}");
            return Some(here.link("PF", row.previous_free, Some(previous), &fault));
        }
        wanted = row.next_free;
        left -= 1;
    }
    if left == 0 {
        return None;
    }
    let left_out = Extra::Number(i64::try_from(left).unwrap_or(i64::MAX));
    let text = format!("The heap is corrupted: the list of free blocks leaves out {left} of them.");
    let event =
        Event { extras: vec![("left_out_blocks", left_out)], ..Event::new(EventKind::HeapCorrupted, text) };
    Some(Broken { line: here.row().line, event, hides_blocks: false })
}
