//! Two reports of one heap compared: which blocks appeared, went and stayed, and which categories changed.
//!
//! A block is the same when it lies at the same address with the same size; one that was given back and taken anew in
//! the same place cannot be told from one that stayed. Only used blocks are compared: what is free follows from them.
//! It refuses to compare what does not belong together (see [`are_of_one_heap`]) and to say what a change means.
//!
//! ```
//! use heapscope_reader::heap::{Block, BlockKind, BlockMap};
//! use heapscope_reader::recording::Comparison;
//!
//! let used = |address, size_bytes| Block { address, size_bytes, kind: BlockKind::Used, index: 0 };
//! let before = BlockMap::new(vec![used(0x100, 48)]);
//! let after = BlockMap::new(vec![used(0x100, 48), used(0x200, 80), used(0x300, 80)]);
//! let comparison = Comparison::of(&before, &after);
//! assert_eq!((comparison.appeared.len(), comparison.gone.len(), comparison.stayed.len()), (2, 0, 1));
//! let grown = &comparison.by_size()[1];
//! assert_eq!((grown.size_bytes, grown.appeared, grown.stayed), (80, 2, 0));
//! ```

use super::{DatedEvent, DatedReport, Recording};
use crate::dialect::{EventKind, Extra, Report};
use crate::heap::order;
use crate::heap::{Block, BlockKind, BlockMap, Category};

/// What became of the used blocks between two maps of one heap, each list in address order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// In the later map only.
    pub appeared: Vec<Block>,
    /// In the earlier map only.
    pub gone: Vec<Block>,
    /// In both.
    pub stayed: Vec<Block>,
}

/// What became of the used blocks of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeChange {
    /// The size of each of them in bytes, header included.
    pub size_bytes: u32,
    /// So many are new.
    pub appeared: u64,
    /// So many are there no more.
    pub gone: u64,
    /// So many were and are there.
    pub stayed: u64,
}

/// What became of one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryChange<'a> {
    /// Its name as the firmware printed it.
    pub name: &'a str,
    /// The row in the earlier report, if it was there.
    pub before: Option<&'a Category>,
    /// The row in the later report, if it is there.
    pub after: Option<&'a Category>,
}

impl Comparison {
    /// Of two maps of one heap, the earlier one first.
    pub fn of(before: &BlockMap, after: &BlockMap) -> Self {
        let mut comparison = Comparison::default();
        let used = |map: &'_ BlockMap| -> Vec<Block> {
            map.blocks().iter().copied().filter(|block| block.kind == BlockKind::Used).collect()
        };
        let (before, after) = (used(before), used(after));
        let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
        loop {
            match (old.peek(), new.peek()) {
                (Some(was), Some(is)) if was.address == is.address && was.size_bytes == is.size_bytes => {
                    comparison.stayed.push(**is);
                    old.next();
                    new.next();
                }
                (Some(was), Some(is)) if was.address <= is.address => {
                    comparison.gone.push(**was);
                    old.next();
                }
                (Some(was), None) => {
                    comparison.gone.push(**was);
                    old.next();
                }
                (_, Some(is)) => {
                    comparison.appeared.push(**is);
                    new.next();
                }
                (None, None) => return comparison,
            }
        }
    }

    /// The same by size, the smallest first.
    pub fn by_size(&self) -> Vec<SizeChange> {
        let mut all: Vec<(u32, SizeChange)> = Vec::new();
        let lists = [(&self.appeared, (1, 0, 0)), (&self.gone, (0, 1, 0)), (&self.stayed, (0, 0, 1))];
        for (blocks, (appeared, gone, stayed)) in lists {
            all.extend(blocks.iter().map(|block| {
                let size_bytes = block.size_bytes;
                (size_bytes, SizeChange { size_bytes, appeared, gone, stayed })
            }));
        }
        order::sort_by_key(&mut all, |(size_bytes, _)| u64::from(*size_bytes));
        let mut sizes: Vec<SizeChange> = Vec::new();
        for (size_bytes, change) in all {
            match sizes.last_mut().filter(|last| last.size_bytes == size_bytes) {
                Some(last) => {
                    last.appeared += change.appeared;
                    last.gone += change.gone;
                    last.stayed += change.stayed;
                }
                None => sizes.push(change),
            }
        }
        sizes
    }
}

impl CategoryChange<'_> {
    /// Bytes in the later report less those in the earlier one.
    pub fn grown_bytes(&self) -> i64 {
        let bytes =
            |row: Option<&Category>| row.map_or(0, |row| i64::try_from(row.bytes).unwrap_or(i64::MAX));
        bytes(self.after).saturating_sub(bytes(self.before))
    }
}

/// The rows of two reports that are not parts of others, in the order of the later report; then those that went.
pub fn by_category<'a>(before: &'a Report, after: &'a Report) -> Vec<CategoryChange<'a>> {
    let rows = |report: &'a Report| report.categories.iter().filter(|row| !row.is_part_of_previous);
    let same = |report: &'a Report, name: &str| rows(report).find(|row| row.name == name);
    let change =
        |name: &'a str| CategoryChange { name, before: same(before, name), after: same(after, name) };
    let gone = rows(before).filter(|row| same(after, &row.name).is_none());
    rows(after).chain(gone).map(|row| change(&row.name)).collect()
}

/// Whether two reports show one heap as a whole, so that what differs happened in between: both are complete, of one
/// kind, of the heap that the board's figures are of; block maps begin at the same address, and tables have the same
/// layout. That the board did not restart in between is the caller's to know.
pub fn are_of_one_heap(before: &Report, after: &Report) -> bool {
    let start = |report: &Report| report.blocks.span().map(|(first, _)| first);
    let is_whole = |report: &Report| report.complete && report.is_main_heap;
    is_whole(before)
        && is_whole(after)
        && (before.format, &before.title) == (after.format, &after.title)
        && start(before) == start(after)
        && layout(before) == layout(after)
}

impl Recording {
    /// The last report before this one that shows the same heap in the same run of the firmware, if there is one: what
    /// it can be compared with.
    pub fn report_before(&self, report: usize) -> Option<&DatedReport> {
        let later = self.reports().get(report)?;
        let is_restart = |dated: &&DatedEvent| {
            dated.event.kind == EventKind::Restart && dated.lines.last < later.lines.last
        };
        let restart = self.events().iter().rfind(is_restart).map(|dated| dated.lines.last);
        let earlier = self.reports().get(..report)?.iter().rev();
        earlier
            .take_while(|earlier| Some(earlier.lines.last) > restart)
            .find(|earlier| are_of_one_heap(&earlier.report, &later.report))
    }
}

fn layout(report: &Report) -> Option<&Extra> {
    report.extras.iter().find(|(name, _)| *name == "layout").map(|(_, layout)| layout)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(blocks: &[(u8, u8)]) -> BlockMap {
        let block = |&(place, size): &(u8, u8)| {
            let kind = if size % 5 == 0 { BlockKind::Free } else { BlockKind::Used };
            Block { address: u32::from(place) * 0x100, size_bytes: u32::from(size) * 8, kind, index: 0 }
        };
        let mut blocks: Vec<Block> = blocks.iter().map(block).collect();
        blocks.sort_by_key(|block| block.address);
        blocks.dedup_by_key(|block| block.address);
        BlockMap::new(blocks)
    }

    proptest::proptest! {
        /// Against looking for each block among all others.
        #[test]
        fn as_the_obvious_way(
            before in proptest::collection::vec((0_u8..20, 1_u8..9), 0..20),
            after in proptest::collection::vec((0_u8..20, 1_u8..9), 0..20),
        ) {
            let (before, after) = (map(&before), map(&after));
            let comparison = Comparison::of(&before, &after);
            let without = |map: &BlockMap, other: &BlockMap, is_in: bool| -> Vec<Block> {
                let used = map.blocks().iter().copied().filter(|block| block.kind == BlockKind::Used);
                used.filter(|block| other.blocks().contains(block) == is_in).collect()
            };
            proptest::prop_assert_eq!(&comparison.appeared, &without(&after, &before, false));
            proptest::prop_assert_eq!(&comparison.gone, &without(&before, &after, false));
            proptest::prop_assert_eq!(&comparison.stayed, &without(&after, &before, true));
            let sizes = comparison.by_size();
            proptest::prop_assert!(sizes.windows(2).all(|pair| pair[0].size_bytes < pair[1].size_bytes));
            let sum = |count: fn(&SizeChange) -> u64| sizes.iter().map(count).sum::<u64>() as usize;
            proptest::prop_assert_eq!(sum(|size| size.appeared), comparison.appeared.len());
            proptest::prop_assert_eq!(sum(|size| size.gone), comparison.gone.len());
            proptest::prop_assert_eq!(sum(|size| size.stayed), comparison.stayed.len());
        }
    }

    #[test]
    fn categories_by_name() {
        let report = |rows: &[(&str, u64, bool)]| Report {
            categories: rows
                .iter()
                .map(|&(name, bytes, is_part_of_previous)| Category {
                    name: name.to_owned().into(),
                    bytes,
                    count: 1,
                    is_part_of_previous,
                })
                .collect(),
            ..Report::new("heap_report", "Heap report")
        };
        let before = report(&[("toit", 4096, false), ("gone", 100, false), ("toit", 7, true)]);
        let after = report(&[("wifi", 50, false), ("toit", 8192, false)]);
        let changes: Vec<_> =
            by_category(&before, &after).iter().map(|change| (change.name, change.grown_bytes())).collect();
        assert_eq!(changes, [("wifi", 50), ("toit", 4096), ("gone", -100)]);
    }
}
