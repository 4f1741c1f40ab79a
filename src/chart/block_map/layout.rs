//! Where blocks lie: rows of bytes, and in them whole device pixels for each block.
//!
//! As rows, each stands for a power of two of bytes and begins at a multiple of it. As a strip, each memory is one row from
//! its first byte to its last. Only what a map itself says has a place: memory between two heaps is left out, and between
//! two blocks of an incomplete map it is a piece that was not read.

use super::super::{Rect, Surface};
use crate::heap::{Block, BlockKind, BlockMap};

/// Two blocks that are farther apart lie in different memories. Larger than the RAM of the chips whose maps are read.
const ANOTHER_MEMORY_BYTES: u64 = 256 * 1024;

const MARGIN_PX: f64 = 4.0;
const ADDRESS_PX: f64 = 82.0;
/// Below this width in CSS pixels there is no room for addresses.
const NO_ADDRESS_BELOW_PX: f64 = 260.0;
/// Between two rows.
pub(super) const ROW_GAP_PX: f64 = 4.0;
const LEAST_ROW_PX: f64 = 14.0;
const LARGEST_ROW_PX: f64 = 32.0;
/// A strip has its addresses below it.
pub(super) const RULER_PX: f64 = 18.0;
const STRIP_BYTES_PER_PX: u64 = 8;
/// Browsers refuse canvases wider than 16 384 device pixels; some screens have three of them to one of CSS.
const STRIP_MOST_PX: f64 = 5_000.0;

pub(super) struct Layout {
    pub left: f64,
    pub width: f64,
    pub has_addresses: bool,
    pub is_strip: bool,
    pub row_height: f64,
    pub bytes_per_row: u32,
    density: f64,
    pub rows: Vec<Row>,
}

pub(super) struct Row {
    /// Address of its left edge; but in a strip, a multiple of the bytes in a row.
    pub address: u64,
    /// Upper edge in CSS pixels.
    pub y: f64,
    /// The blocks in it, in address order.
    pub pieces: Vec<Piece>,
    /// What was not read, each by its place among [`unread`].
    pub unread: Vec<Piece>,
}

/// A block's part of a row, in device pixels from the row's left edge, `to` not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub block: usize,
    pub from: u32,
    pub to: u32,
}

impl Layout {
    /// `beside`: another map that stands on the same scale.
    pub fn new(
        map: &BlockMap,
        unread: &[Block],
        beside: Option<&BlockMap>,
        is_strip: bool,
        surface: &Surface,
    ) -> Self {
        let has_addresses = surface.width_px >= NO_ADDRESS_BELOW_PX && !is_strip;
        let left = if has_addresses { MARGIN_PX + ADDRESS_PX } else { MARGIN_PX };
        // Whole device pixels, so that pieces can be counted in them.
        let density = surface.density();
        let left = (left * density).round() / density;
        let columns = ((surface.width_px - left - MARGIN_PX).max(1.0) * density).floor().max(1.0) as u32;
        let height = (surface.height_px - 2.0 * MARGIN_PX).max(1.0);
        let taken = with_unread(map, unread);
        let gap = if is_strip { ROW_GAP_PX + RULER_PX } else { ROW_GAP_PX };
        let beside = beside.map(|map| with_unread(map, &[])).unwrap_or_default();
        let rows_of = |bytes_per_row| {
            row_addresses(&taken, bytes_per_row).len().max(row_addresses(&beside, bytes_per_row).len())
        };
        let (addresses, bytes_per_row) = match is_strip {
            true => memories(&taken),
            false => {
                let max_rows = (((height + gap) / (LEAST_ROW_PX + gap)) as usize).max(1);
                let mut bytes_per_row = 256_u32;
                while rows_of(bytes_per_row) > max_rows && bytes_per_row < 1 << 31 {
                    bytes_per_row *= 2;
                }
                (row_addresses(&taken, bytes_per_row), bytes_per_row)
            }
        };
        let row_count = if is_strip { addresses.len() } else { rows_of(bytes_per_row) };
        let ruler = if is_strip { RULER_PX } else { 0.0 };
        let pitch = (height - ruler + gap) / row_count.max(1) as f64;
        let row_height = (pitch - gap).clamp(1.0, LARGEST_ROW_PX).floor();
        let rows = addresses.iter().enumerate().map(|(index, &address)| Row {
            address,
            y: MARGIN_PX + index as f64 * (row_height + gap),
            pieces: pieces(map.blocks(), address, bytes_per_row, columns),
            unread: pieces(unread, address, bytes_per_row, columns),
        });
        let rows = rows.collect();
        let width = f64::from(columns) / density;
        Layout { left, width, has_addresses, is_strip, row_height, bytes_per_row, density, rows }
    }

    pub fn rects_of(&self, block: usize) -> impl Iterator<Item = Rect> + '_ {
        self.rows.iter().flat_map(move |row| {
            let pieces = row.pieces.iter().filter(move |piece| piece.block == block);
            pieces.map(move |piece| piece.rect(row, self))
        })
    }

    /// Where bytes of a map lie that are no block of it: those that went, those that would be taken.
    pub fn rects_between(&self, blocks: &[Block], from: u64, to: u64) -> Vec<Rect> {
        let rects = self.rows.iter().filter_map(|row| {
            let end = row.address + u64::from(self.bytes_per_row);
            let (from, to) = (from.max(row.address), to.min(end));
            (from < to).then(|| {
                let left = row.pixel_of(blocks, from, self);
                let right = row.pixel_of(blocks, to, self).max(left + 1);
                Piece { block: 0, from: left, to: right }.rect(row, self)
            })
        });
        rects.collect()
    }

    /// The row that has this address, and its place there in CSS pixels.
    pub fn place_of(&self, blocks: &[Block], address: u64) -> Option<(&Row, f64)> {
        let end = |row: &&Row| row.address + u64::from(self.bytes_per_row);
        let row = self.rows.iter().find(|row| row.address <= address && address < end(row))?;
        Some((row, self.left + f64::from(row.pixel_of(blocks, address, self)) / self.density))
    }

    fn columns(&self) -> u32 {
        (self.width * self.density).round() as u32
    }
}

impl Row {
    pub fn rect(&self, layout: &Layout) -> Rect {
        Rect::new(layout.left, self.y, layout.width, layout.row_height)
    }

    /// Where an address is drawn: between the edges of its block, which may stand aside for tiny neighbours.
    fn pixel_of(&self, blocks: &[Block], address: u64, layout: &Layout) -> u32 {
        let behind = self.pieces.partition_point(|piece| u64::from(blocks[piece.block].address) <= address);
        let row_end = self.address + u64::from(layout.bytes_per_row);
        // Of the block that holds it, or from its end to the next block.
        let before = behind.checked_sub(1).map(|place| self.pieces[place]);
        let next = self.pieces.get(behind);
        let (from, first) = match before {
            Some(piece) if address < end_of(&blocks[piece.block]) => {
                let block = &blocks[piece.block];
                let (start, end) = (u64::from(block.address).max(self.address), end_of(block).min(row_end));
                return between((start, end), (piece.from, piece.to), address);
            }
            Some(piece) => (end_of(&blocks[piece.block]), piece.to),
            None => (self.address, 0),
        };
        let (to, last) = next.map_or((row_end, layout.columns()), |piece| {
            (u64::from(blocks[piece.block].address), piece.from)
        });
        between((from, to), (first, last), address)
    }
}

/// Linear, and within the pixels.
fn between((from, to): (u64, u64), (first, last): (u32, u32), at: u64) -> u32 {
    let (offset, length) = (at.saturating_sub(from), to.saturating_sub(from).max(1));
    let width = u64::from(last.saturating_sub(first));
    first + (offset.min(length) * width / length) as u32
}

impl Piece {
    pub fn rect(self, row: &Row, layout: &Layout) -> Rect {
        let css = |pixel: u32| f64::from(pixel) / layout.density;
        Rect::new(layout.left + css(self.from), row.y, css(self.to - self.from), layout.row_height)
    }
}

/// The width in CSS pixels at which a strip has a pixel for every 8 bytes, as far as a canvas can be that wide.
pub(super) fn strip_width_px(map: &BlockMap, unread: &[Block]) -> f64 {
    let bytes_per_row = u64::from(memories(&with_unread(map, unread)).1);
    ((bytes_per_row / STRIP_BYTES_PER_PX) as f64 + 2.0 * MARGIN_PX).min(STRIP_MOST_PX)
}

/// The pieces of memory between two blocks that a map which is not whole does not have, as used blocks.
pub(super) fn unread(map: &BlockMap) -> Vec<Block> {
    let pairs = map.blocks().windows(2).filter_map(|pair| {
        let (from, to) = (end_of(&pair[0]), u64::from(pair[1].address));
        let length = to.checked_sub(from).filter(|length| *length > 0 && *length < ANOTHER_MEMORY_BYTES)?;
        let (address, size_bytes) = (u32::try_from(from).ok()?, u32::try_from(length).ok()?);
        Some(Block { address, size_bytes, kind: BlockKind::Used, index: pair[0].index })
    });
    pairs.collect()
}

pub(super) fn end_of(block: &Block) -> u64 {
    u64::from(block.address) + u64::from(block.size_bytes)
}

/// First address and end of all that has a place, in order.
fn with_unread(map: &BlockMap, unread: &[Block]) -> Vec<(u64, u64)> {
    let span = |block: &Block| (u64::from(block.address), end_of(block));
    let (mut blocks, mut holes) = (map.blocks().iter().peekable(), unread.iter().peekable());
    let mut all = Vec::with_capacity(map.blocks().len() + unread.len());
    loop {
        let is_hole = match (blocks.peek(), holes.peek()) {
            (Some(block), Some(hole)) => hole.address < block.address,
            (None, Some(_)) => true,
            _ => false,
        };
        let next = if is_hole { holes.next() } else { blocks.next() };
        match next {
            Some(block) if block.size_bytes > 0 => all.push(span(block)),
            Some(_) => {}
            None => return all,
        }
    }
}

/// The addresses of all rows that have a byte of it.
fn row_addresses(taken: &[(u64, u64)], bytes_per_row: u32) -> Vec<u64> {
    let length = u64::from(bytes_per_row);
    let mut addresses: Vec<u64> = Vec::new();
    for &(from, to) in taken {
        let first = from / length * length;
        let next = addresses.last().map_or(first, |last| first.max(last + length));
        let mut address = next;
        while address < to {
            addresses.push(address);
            address += length;
        }
    }
    addresses
}

/// Where each memory begins, and how long the longest is.
fn memories(taken: &[(u64, u64)]) -> (Vec<u64>, u32) {
    let (mut begins, mut longest, mut end) = (Vec::<u64>::new(), 1, 0);
    for &(from, to) in taken {
        if begins.is_empty() || from >= end + ANOTHER_MEMORY_BYTES {
            begins.push(from);
        }
        end = to.max(end);
        longest = begins.last().map_or(longest, |begin| longest.max(end - begin));
    }
    (begins, u32::try_from(longest).unwrap_or(u32::MAX))
}

/// The blocks of a row as pixels: as wide as they are large, but one pixel at least, as long as there are
/// enough of them.
fn pieces(blocks: &[Block], address: u64, bytes_per_row: u32, columns: u32) -> Vec<Piece> {
    let end = address + u64::from(bytes_per_row);
    let first = blocks.partition_point(|block| end_of(block) <= address);
    let behind = blocks.partition_point(|block| u64::from(block.address) < end);
    let to_pixel = |at: u64| {
        let offset = at.clamp(address, end) - address;
        // Rounded to the nearest; fits, since `columns` does.
        ((offset * u64::from(columns) * 2 + u64::from(bytes_per_row)) / (u64::from(bytes_per_row) * 2)) as u32
    };
    let mut pieces: Vec<Piece> = (first..behind)
        .filter(|&block| blocks[block].size_bytes > 0 && end_of(&blocks[block]) > address)
        .map(|block| Piece {
            block,
            from: to_pixel(u64::from(blocks[block].address)),
            to: to_pixel(end_of(&blocks[block])),
        })
        .collect();
    if pieces.len() > columns as usize {
        // More blocks than pixels: each where it belongs, and some share a pixel.
        for piece in &mut pieces {
            piece.from = piece.from.min(columns - 1);
            piece.to = piece.to.max(piece.from + 1);
        }
        return pieces;
    }
    // Tiny pieces push their right neighbours aside …
    let mut edge = 0;
    for piece in &mut pieces {
        piece.from = piece.from.max(edge);
        piece.to = piece.to.max(piece.from + 1);
        edge = piece.to;
    }
    // … and where that runs over the end of the row, all move back as far as needed.
    let mut edge = columns;
    for piece in pieces.iter_mut().rev() {
        piece.to = piece.to.min(edge);
        piece.from = piece.from.min(piece.to - 1);
        edge = piece.from;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::tests::{map, sizes};
    use super::*;
    use crate::chart::Theme;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn pieces_lie_side_by_side_inside_their_row(sizes in sizes(), columns in 200_u32..2_000) {
            let map = map(&sizes);
            let bytes_per_row = 4_096;
            for address in row_addresses(&with_unread(&map, &[]), bytes_per_row) {
                let pieces = pieces(map.blocks(), address, bytes_per_row, columns);
                prop_assert!(pieces.iter().all(|piece| piece.from < piece.to && piece.to <= columns));
                if pieces.len() <= columns as usize {
                    prop_assert!(pieces.windows(2).all(|pair| pair[0].to <= pair[1].from));
                }
            }
        }

        #[test]
        fn wide_blocks_are_as_wide_as_they_are_large(sizes in sizes()) {
            let map = map(&sizes);
            let surface = Surface::new(1_000.0, 400.0, 1.0, Theme::Light);
            let layout = Layout::new(&map, &[], None, false, &surface);
            for (index, block) in map.blocks().iter().enumerate().filter(|(_, block)| block.size_bytes > 2_048) {
                let width: f64 = layout.rects_of(index).map(|rect| rect.width).sum();
                let expected = f64::from(block.size_bytes) * layout.width / f64::from(layout.bytes_per_row);
                // Its own rounding, and what its tiny neighbours took.
                let tiny = map.blocks().iter().filter(|block| block.size_bytes < 64).count() as f64;
                prop_assert!((width - expected).abs() <= 4.0 + tiny, "{width} for {expected}");
            }
        }

        /// What is drawn between the first and the last byte of a block is drawn where the block is.
        #[test]
        fn bytes_lie_in_their_blocks(sizes in sizes(), is_strip: bool) {
            let map = map(&sizes);
            let surface = Surface::new(700.0, 300.0, 1.0, Theme::Light);
            let layout = Layout::new(&map, &[], None, is_strip, &surface);
            let is_crowded = layout.rows.iter().any(|row| row.pieces.len() as f64 > layout.width);
            if !is_crowded {
                for (index, block) in map.blocks().iter().enumerate() {
                    let whole: Vec<Rect> = layout.rects_of(index).collect();
                    let bytes = layout.rects_between(map.blocks(), block.address.into(), end_of(block));
                    prop_assert_eq!(whole.len(), bytes.len());
                    for (one, two) in whole.iter().zip(&bytes) {
                        prop_assert_eq!((one.x, one.y), (two.x, two.y));
                        prop_assert!(two.right() <= one.right() + 1e-9 || one.width < 2.0);
                    }
                }
            }
        }
    }

    fn used(address: u32, size_bytes: u32) -> Block {
        Block { address, size_bytes, kind: BlockKind::Used, index: 0 }
    }

    #[test]
    fn rows_begin_at_round_addresses_and_skip_what_is_far() {
        let map = BlockMap::new(vec![used(0x3ffb_0010, 0x1000), used(0x4000_0000, 0x10)]);
        assert_eq!(row_addresses(&with_unread(&map, &[]), 0x1000), [0x3ffb_0000, 0x3ffb_1000, 0x4000_0000]);
        let top = BlockMap::new(vec![used(0xffff_ff00, 0x100)]);
        assert_eq!(row_addresses(&with_unread(&top, &[]), 0x1000), [0xffff_f000]);
    }

    #[test]
    fn a_strip_has_a_row_for_each_memory() {
        let map = BlockMap::new(vec![used(0x100, 0x40), used(0x200, 0x80), used(0x4000_0000, 0x10)]);
        assert_eq!(memories(&with_unread(&map, &[])), (vec![0x100, 0x4000_0000], 0x180));
        assert_eq!(strip_width_px(&map, &[]), 56.0);
        assert_eq!(memories(&[]), (vec![], 1));
    }

    #[test]
    fn what_was_not_read_lies_between_two_blocks_of_one_memory() {
        let map =
            BlockMap::new(vec![used(0x100, 0x40), used(0x140, 0x40), used(0x200, 0), used(0x4000_0000, 8)]);
        assert_eq!(unread(&map), [used(0x180, 0x80)]);
        assert_eq!(with_unread(&map, &unread(&map))[2], (0x180, 0x200));
    }
}
