//! Blocks that only ever appear: the fingerprint of a leak, read from block maps of one run laid side by side.
//!
//! A program that leaks takes memory of one size again and again and never gives it back. So blocks are compared by
//! address and size from map to map (see [`Comparison`]), and of each size is counted what appeared and what went.
//! A size that grew from map to map, and of which hardly anything went, is what leaks; of two maps alone, only a strong
//! growth of which nothing went is said, as possible. Sizes beyond 64 bytes are looked at in ranges of a quarter of
//! an octave as well, since texts are not all of one length.
//!
//! Reports that have categories and no blocks are compared by category: a row that grew in each of three reports is a
//! possible leak.

use super::{Case, Evidence, Judgement, SHOWN_OF_MANY, State, Sureness, maps, now::Now};
use crate::heap::{Block, BlockKind, Millis, Rounding};
use crate::recording::{Comparison, DatedReport, Past, SizeChange, by_category};
use crate::words::verdict::growing_blocks as words;

use super::leak::WARM_UP;

/// How many blocks of a size are held at a moment varies by chance, by about the square root of their number where
/// they come and go independently (Poisson). Growth of less than so many of that proves nothing: a small allocator hands out
/// the same places again, so blocks that came and went in between look as if they had stayed.
const CHANCE: u64 = 4;

/// Whatever comes and goes in heaps of many, as the pieces of a document do, is by chance more in each of three maps than in
/// the one before once in six times, of four once in 24. Of fewer than so many maps the steps must be alike as well.
const MANY_MAPS: usize = 5;

/// Steps are alike when none is more than so many times as large as another.
const ALIKE: u64 = 3;

/// Less in bytes is nothing that anybody misses.
const LEAST_BYTES: u64 = 512;

/// What is much for one step, or for two.
const MUCH_BYTES: u64 = 1_024;

/// Of what leaks, at most one in so many goes: a program may give back the odd one.
const GONE_AT_MOST_ONE_IN: u64 = 20;

/// A category has to grow by as much to be named.
const LEAST_CATEGORY_BYTES: i64 = 2_048;

/// A shorter time gives no rate.
const SHORTEST_SPAN: Millis = Millis(90_000);

/// So many addresses of new blocks are named.
const SHOWN_ADDRESSES: usize = 3;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let all = maps::of_this_run(case);
    // What is taken while the firmware starts is no leak. Where no start was seen, it may have run for days.
    let boot = case.boot();
    let is_unknown = boot == Millis(0) || !case.has_times();
    let is_warm = |dated: &&DatedReport| is_unknown || dated.at >= boot + WARM_UP;
    let maps: Vec<_> = all.into_iter().filter(is_warm).collect();
    match maps.len() {
        0 | 1 => growing_category(case),
        _ => leaking_size(case, &maps),
    }
}

/// Sizes in bytes, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    smallest: u32,
    largest: u32,
}

impl Sizes {
    fn has(self, size_bytes: u32) -> bool {
        self.smallest <= size_bytes && size_bytes <= self.largest
    }

    /// The quarter of an octave that this size lies in.
    fn around(size_bytes: u32) -> Self {
        let octave = size_bytes.saturating_sub(1).max(1).ilog2();
        let step = (1_u32 << octave) / 4;
        let step = step.max(Rounding::UMM.step_bytes);
        let largest = size_bytes.div_ceil(step).saturating_mul(step);
        Sizes { smallest: largest.saturating_sub(step) + 1, largest }
    }
}

/// How the blocks of some sizes grew over the last maps.
struct Growth {
    sizes: Sizes,
    /// The first of the maps that it goes on from.
    from: usize,
    appeared: u64,
    gone: u64,
    bytes: u64,
}

impl Growth {
    /// `None` when these sizes do not keep growing up to the last map.
    fn of(steps: &[Vec<SizeChange>], sizes: Sizes) -> Option<Self> {
        let of_step = |step: &Vec<SizeChange>| {
            let changes = step.iter().filter(|change| sizes.has(change.size_bytes));
            changes.fold((0, 0, 0), |(appeared, gone, bytes): (u64, u64, i64), change| {
                let grown = change.appeared as i64 - change.gone as i64;
                (appeared + change.appeared, gone + change.gone, bytes + grown * i64::from(change.size_bytes))
            })
        };
        let counts: Vec<_> = steps.iter().map(of_step).collect();
        let never_falls = counts.iter().rev().take_while(|(appeared, gone, _)| appeared >= gone).count();
        let begin = counts.len() - never_falls;
        let first = (begin..counts.len()).find(|&step| counts[step].0 > counts[step].1)?;
        let counts = &counts[first..];
        let growing = counts.iter().filter(|(appeared, gone, _)| appeared > gone).count();
        // It may rest now and then, but not most of the time.
        if growing * 3 < counts.len() * 2 {
            return None;
        }
        let grown = counts.iter().map(|(appeared, gone, _)| appeared.saturating_sub(*gone));
        let (least, most) = (grown.clone().min()?, grown.max()?);
        if counts.len() + 1 < MANY_MAPS && most > least * ALIKE {
            return None;
        }
        let appeared: u64 = counts.iter().map(|(appeared, ..)| appeared).sum();
        let gone: u64 = counts.iter().map(|(_, gone, _)| gone).sum();
        let bytes = u64::try_from(counts.iter().map(|(.., bytes)| bytes).sum::<i64>()).ok()?;
        let growth = Growth { sizes, from: first, appeared, gone, bytes };
        let blocks = appeared - gone;
        let of_last = steps.last()?.iter().filter(|change| sizes.has(change.size_bytes));
        let held: u64 = of_last.map(|change| change.stayed + change.appeared).sum();
        let is_by_chance = blocks * blocks < CHANCE * CHANCE * held;
        let is_enough = match steps.len() {
            1 => bytes >= MUCH_BYTES && gone == 0,
            _ => growing >= 2 && bytes >= LEAST_BYTES,
        };
        (is_enough && !is_by_chance && gone * GONE_AT_MOST_ONE_IN <= appeared).then_some(growth)
    }
}

/// The size that grows most, a single one where it has most of it.
fn fastest(steps: &[Vec<SizeChange>]) -> Option<Growth> {
    let last = steps.last()?;
    let grows = |change: &&SizeChange| change.appeared > 0;
    let mut known: Vec<u32> = steps.iter().flatten().filter(grows).map(|change| change.size_bytes).collect();
    known.dedup();
    let largest = |best: Option<Growth>, growth: Growth| match best {
        Some(best) if best.bytes >= growth.bytes => Some(best),
        _ => Some(growth),
    };
    let single = known
        .iter()
        .filter_map(|&size_bytes| Growth::of(steps, Sizes { smallest: size_bytes, largest: size_bytes }));
    let single = single.fold(None, largest);
    let ranges =
        last.iter().filter(grows).filter_map(|change| Growth::of(steps, Sizes::around(change.size_bytes)));
    let range = ranges.fold(None, largest);
    match (single, range) {
        (Some(single), Some(range)) if range.bytes > single.bytes + single.bytes / 2 => Some(range),
        (Some(single), _) => Some(single),
        (None, range) => range,
    }
}

fn leaking_size(past: &Past<'_>, maps: &[&DatedReport]) -> Option<Judgement> {
    let pairs = maps.windows(2);
    let steps: Vec<_> =
        pairs.map(|pair| Comparison::of(&pair[0].report.blocks, &pair[1].report.blocks).by_size()).collect();
    let growth = fastest(&steps)?;
    let maps = maps.get(growth.from..)?;
    let (first, last) = (maps.first()?, maps.last()?);
    let comparison = Comparison::of(&first.report.blocks, &last.report.blocks);
    let new: Vec<&Block> =
        comparison.appeared.iter().filter(|block| growth.sizes.has(block.size_bytes)).collect();
    // As large as they are, not as the range would allow.
    let smallest = new.iter().map(|block| block.size_bytes).min()?;
    let largest = new.iter().map(|block| block.size_bytes).max()?;
    let used = |dated: &DatedReport| dated.report.blocks.used_bytes();
    let more_used = used(last).saturating_sub(used(first));
    let explains_the_fall = more_used * 2 >= growth.bytes;
    let is_two = maps.len() == 2;
    if is_two && !explains_the_fall {
        return None;
    }
    let is_strong = maps.len() > 3 && growth.bytes >= MUCH_BYTES;
    let sureness = match () {
        () if is_two => Sureness::Possible { because: words::ONE_STEP.into() },
        () if is_strong && explains_the_fall => Sureness::likely(words::FILLS),
        () => Sureness::Possible { because: words::FILLS.into() },
    };
    let span = last.at - first.at;
    let rate = (past.has_times() && span >= SHORTEST_SPAN)
        .then(|| growth.bytes as f64 * Millis::HOUR.0 as f64 / span.0 as f64);
    let requests = (last.report.format == "umm_dump")
        .then(|| (Rounding::UMM.requests(smallest).0, Rounding::UMM.requests(largest).1));
    let addresses: Vec<u32> = new.iter().rev().take(SHOWN_ADDRESSES).map(|block| block.address).collect();
    let said = words::Growth {
        sizes: (smallest, largest),
        appeared: growth.appeared,
        gone: growth.gone,
        bytes: growth.bytes,
        maps: maps.len(),
        is_likely: matches!(sureness, Sureness::Likely { .. }),
        more_used_bytes: more_used,
        bytes_per_hour: rate,
        requests,
        addresses: &addresses,
    };
    let figures = Now::of(past).phrase();
    Some(Judgement {
        state: State::Leaking,
        headline: said.headline(figures.as_deref()),
        explanation: said.explanation(),
        sureness,
        next: said.next(),
        evidence: evidence(maps, smallest, largest),
    })
}

/// How many blocks of these sizes each of the maps has: the first and the last few.
fn evidence(maps: &[&DatedReport], smallest: u32, largest: u32) -> Vec<Evidence> {
    let sizes = Sizes { smallest, largest };
    let is_shown = |place: &usize| place + SHOWN_OF_MANY >= maps.len() || *place < SHOWN_OF_MANY;
    let shown = (0..maps.len()).filter(is_shown).map(|place| maps[place]);
    shown
        .map(|dated| {
            let is_meant = |block: &&Block| block.kind == BlockKind::Used && sizes.has(block.size_bytes);
            let count = dated.report.blocks.blocks().iter().filter(is_meant).count();
            Evidence::new(dated.lines, words::blocks((smallest, largest), count as u64))
        })
        .collect()
}

/// A row that grew from each report to the next.
fn growing_category(past: &Past<'_>) -> Option<Judgement> {
    let tables = maps::tables_of_this_run(past);
    let [.., before, between, after] = tables[..] else { return None };
    let steps = [by_category(&before.report, &between.report), by_category(&between.report, &after.report)];
    let grew = |step: &[crate::recording::CategoryChange<'_>], name: &str| {
        let change = step.iter().find(|change| change.name == name)?;
        (change.before.is_some() && change.grown_bytes() > 0).then(|| change.grown_bytes())
    };
    let grown = steps[1].iter().filter_map(|change| {
        let bytes = grew(&steps[0], change.name)? + grew(&steps[1], change.name)?;
        (bytes >= LEAST_CATEGORY_BYTES).then_some((change.name, bytes))
    });
    let (name, bytes) = grown.reduce(|best, row| if row.1 > best.1 { row } else { best })?;
    let bytes = bytes.unsigned_abs();
    let held = |dated: &DatedReport| {
        let row = dated.report.categories.iter().find(|row| row.name == name)?;
        Some(Evidence::new(dated.lines, words::category_held(name, row.bytes)))
    };
    Some(Judgement {
        state: State::Leaking,
        headline: words::category_headline(name, bytes),
        explanation: words::CATEGORY_EXPLANATION.into(),
        sureness: Sureness::Possible { because: words::FILLS.into() },
        next: words::CATEGORY_NEXT.into(),
        evidence: [before, between, after].into_iter().filter_map(held).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_size_and_touch() {
        let mut end = 0;
        for size_bytes in (8..=4_096_u32).step_by(8) {
            let range = Sizes::around(size_bytes);
            assert!(range.has(size_bytes), "{size_bytes}");
            if size_bytes > end {
                assert_eq!(range.smallest, end + 1, "{size_bytes}");
                end = range.largest;
            }
            assert_eq!(range.largest, end, "{size_bytes}");
        }
        assert_eq!(Sizes::around(80), Sizes { smallest: 65, largest: 80 });
    }
}
