//! A heap in address order: what is used, what is free, and where.
//!
//! Rows like those of a hex dump, each a power of two of bytes long and beginning at a multiple of it, so
//! that an address can be found by eye. Blocks are as wide as they are large; one that does not end with its
//! row goes on in the next. Rows without any block (another memory, far away) are left out.
//!
//! Free blocks are hatched and bordered, used ones are solid and darker the larger they are, the allocator's
//! guards stand out of the row, and the largest free block has a thick border and its size in it.
//!
//! **Every block has at least one device pixel in a row**, as long as the row has as many pixels as blocks:
//! edges move aside for tiny neighbours. Where it has not, free blocks are painted over used ones, never the
//! other way round. It refuses to name an owner: an allocator does not know one.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::pen::{HPos, Pen, SMALL_TEXT_PX, TextLook, VPos, text_width_px};
use super::{LegendItem, PaintResult, Picture, Rect, Surface, Swatch, Table};
use crate::format;
use crate::heap::{Block, BlockKind, BlockMap};
use crate::words::chart::block_map as words;

/// The picture of a block map.
#[derive(Clone, Copy, Debug)]
pub struct BlockMapPicture<'a> {
    map: &'a BlockMap,
    selected: Option<usize>,
}

/// Used blocks up to this many bytes belong to the first, second and third size class; larger ones to the
/// fourth. Headers, strings and small objects; buffers; the large ones that one asks about.
const SIZE_CLASSES_UP_TO_BYTES: [u32; 3] = [32, 128, 1024];

const MARGIN_PX: f64 = 4.0;
const ADDRESS_PX: f64 = 82.0;
/// Below this width in CSS pixels there is no room for addresses.
const NO_ADDRESS_BELOW_PX: f64 = 260.0;
const ROW_GAP_PX: f64 = 4.0;
const LEAST_ROW_PX: f64 = 14.0;
const LARGEST_ROW_PX: f64 = 32.0;

impl<'a> BlockMapPicture<'a> {
    /// A picture of this map.
    pub fn new(map: &'a BlockMap) -> Self {
        BlockMapPicture { map, selected: None }
    }

    /// The same with one block marked: its index among [`BlockMap::blocks`].
    #[must_use]
    pub fn with_selected(self, block: Option<usize>) -> Self {
        BlockMapPicture { selected: block, ..self }
    }

    /// The block under the pointer: its index among [`BlockMap::blocks`].
    pub fn hit(&self, surface: &Surface, x: f64, y: f64) -> Option<usize> {
        let layout = Layout::new(self.map, surface);
        let row = layout.rows.iter().find(|row| row.rect(&layout).contains(x, y))?;
        let pixel = ((x - layout.left) * surface.density()).floor().max(0.0) as u32;
        // As painted: free ones lie on top.
        let covers = |piece: &&Piece| piece.from <= pixel && pixel < piece.to;
        let on_top = row.pieces.iter().filter(covers).find(|piece| self.is_free(piece.block));
        Some(on_top.or_else(|| row.pieces.iter().rfind(covers))?.block)
    }

    /// Where a block is drawn, in CSS pixels: one rectangle for each row that it touches.
    pub fn rects(&self, surface: &Surface, block: usize) -> Vec<Rect> {
        Layout::new(self.map, surface).rects_of(block).collect()
    }

    /// Bytes for which a full row stands.
    pub fn bytes_per_row(&self, surface: &Surface) -> u32 {
        Layout::new(self.map, surface).bytes_per_row
    }

    /// The map in a sentence or two.
    pub fn summary(&self) -> String {
        let Some((first, end)) = self.map.span() else { return words::NO_BLOCKS.into() };
        let sum = |kind, bytes| {
            let blocks = self.map.blocks().iter().filter(|block| block.kind == kind).count() as u64;
            words::Sum { blocks, bytes }
        };
        let used = sum(BlockKind::Used, self.map.used_bytes());
        let free = sum(BlockKind::Free, self.map.free_bytes());
        let mut text = words::summary(first, end, &used, &free);
        match self.map.largest_free() {
            Some(largest) => text.push_str(&words::largest(u64::from(largest.size_bytes), largest.address)),
            None => text.push_str(words::NOTHING_FREE),
        }
        text
    }

    fn is_free(&self, block: usize) -> bool {
        self.map.blocks().get(block).is_some_and(|block| block.kind == BlockKind::Free)
    }

    fn largest_free(&self) -> Option<usize> {
        let largest = self.map.largest_free()?;
        self.map.blocks().iter().position(|block| block == largest)
    }

    /// `space` keeps neighbours apart: the last device pixel of a piece that has pixels to spare.
    fn paint_used<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        rect: Rect,
        block: &Block,
    ) -> PaintResult<DB> {
        let hairline = pen.hairline_px();
        let space = if rect.width >= 3.0 * hairline { hairline } else { 0.0 };
        let rect = Rect::new(rect.x, rect.y, rect.width - space, rect.height);
        pen.fill(rect, pen.palette().used[size_class(block.size_bytes)])
    }

    /// The largest gets its own border later.
    fn paint_free<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        rect: Rect,
        is_largest: bool,
    ) -> PaintResult<DB> {
        let (palette, hairline) = (pen.palette(), pen.hairline_px());
        let space = if rect.width >= 3.0 * hairline { hairline } else { 0.0 };
        let rect = Rect::new(rect.x, rect.y, rect.width - space, rect.height);
        if rect.width < 4.0 {
            return pen.fill(rect, palette.free);
        }
        pen.fill(rect, palette.free.over(palette.background, 0.12))?;
        // Within the border, with all of its own width.
        let inner = Rect::new(rect.x + 1.0, rect.y + 1.0, rect.width - 2.0, rect.height - 2.0);
        pen.path(&hatch(inner, 7.0), 1.0, palette.free.over(palette.background, 0.55))?;
        if is_largest { Ok(()) } else { pen.outline(rect, 1.0, palette.free) }
    }

    /// Higher than its row: the ends of the heap are seen even when they have one pixel.
    fn paint_guard<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, rect: Rect) -> PaintResult<DB> {
        let over = ROW_GAP_PX / 2.0;
        let width = rect.width.min(3.0).max(pen.hairline_px());
        let rect = Rect::new(rect.x, rect.y - over, width, rect.height + 2.0 * over);
        pen.fill(rect, pen.palette().text)
    }

    fn paint_largest<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, layout: &Layout) -> PaintResult<DB> {
        let (Some(largest), Some(block)) = (self.largest_free(), self.map.largest_free()) else {
            return Ok(());
        };
        let palette = pen.palette();
        let rects: Vec<Rect> = layout.rects_of(largest).collect();
        // One border around all rows: open where the block goes on in another row.
        for (row, rect) in rects.iter().enumerate() {
            let (left, width) = (rect.x, rect.width.min(2.0));
            pen.level(left, rect.right(), rect.y, 2.0, palette.largest)?;
            pen.level(left, rect.right(), rect.bottom() - 2.0, 2.0, palette.largest)?;
            if row == 0 {
                pen.fill(Rect::new(left, rect.y, width, rect.height), palette.largest)?;
            }
            if row + 1 == rects.len() {
                pen.fill(Rect::new(rect.right() - width, rect.y, width, rect.height), palette.largest)?;
            }
        }
        let Some(widest) =
            rects.iter().copied().reduce(|one, two| if two.width > one.width { two } else { one })
        else {
            return Ok(());
        };
        let texts = words::largest_in_picture(u64::from(block.size_bytes));
        let room = widest.width - 16.0;
        let Some(text) = texts.iter().find(|text| text_width_px(text, SMALL_TEXT_PX) <= room) else {
            return Ok(());
        };
        // On its own ground: hatching behind letters is hard to read.
        let (middle_x, middle_y) = (widest.x + widest.width / 2.0, widest.y + widest.height / 2.0);
        let width = text_width_px(text, SMALL_TEXT_PX) + 4.0;
        let height = (widest.height - 4.0).min(SMALL_TEXT_PX + 4.0);
        pen.fill(
            Rect::new(middle_x - width / 2.0, middle_y - height / 2.0, width, height),
            palette.background,
        )?;
        let look = TextLook::new(SMALL_TEXT_PX, palette.text, HPos::Center, VPos::Center);
        pen.text(text, (middle_x, middle_y), look)
    }
}

impl Picture for BlockMapPicture<'_> {
    fn paint<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>, surface: &Surface) -> PaintResult<DB> {
        let (pen, layout) = (Pen::new(root, surface), Layout::new(self.map, surface));
        pen.ground()?;
        let (blocks, largest) = (self.map.blocks(), self.largest_free());
        for row in &layout.rows {
            let rect = row.rect(&layout);
            // Bytes that no block accounts for stay as they are here.
            pen.fill(rect, pen.palette().grid.over(pen.palette().background, 0.5))?;
            // Free blocks last: nothing may hide them.
            for is_free in [false, true] {
                for piece in row.pieces.iter().filter(|piece| self.is_free(piece.block) == is_free) {
                    let (rect, block) = (piece.rect(row, &layout), &blocks[piece.block]);
                    match block.kind {
                        BlockKind::Used => self.paint_used(&pen, rect, block)?,
                        BlockKind::Free => self.paint_free(&pen, rect, Some(piece.block) == largest)?,
                        BlockKind::Guard => self.paint_guard(&pen, rect)?,
                    }
                }
            }
            if layout.has_addresses {
                let look = TextLook::new(SMALL_TEXT_PX, pen.palette().muted, HPos::Left, VPos::Center);
                let address = format::address(row.first_address());
                pen.text(&address, (MARGIN_PX, rect.y + rect.height / 2.0), look)?;
            }
        }
        self.paint_largest(&pen, &layout)?;
        for rect in self.selected.into_iter().flat_map(|block| layout.rects_of(block)) {
            let over = ROW_GAP_PX / 2.0;
            let around =
                Rect::new(rect.x - over, rect.y - over, rect.width + 2.0 * over, rect.height + 2.0 * over);
            pen.outline(around, over, pen.palette().text)?;
        }
        Ok(())
    }

    fn table(&self) -> Table {
        let rows = self.map.blocks().iter().map(|block| {
            let kind = match block.kind {
                BlockKind::Free => words::FREE,
                BlockKind::Used => words::USED,
                BlockKind::Guard => words::GUARD,
            };
            let size = format::count(u64::from(block.size_bytes));
            vec![format::address(block.address), kind.into(), size, block.index.to_string()]
        });
        let headers = words::HEADERS.map(String::from).to_vec();
        Table { caption: self.summary(), headers, rows: rows.collect() }
    }

    fn legend(&self) -> Vec<LegendItem> {
        let item = |label: String, value: u64, token, swatch| LegendItem {
            label,
            value: format::bytes(value),
            token,
            swatch,
        };
        let mut items = Vec::new();
        if let Some(largest) = self.map.largest_free() {
            items.push(item(
                words::FREE_TITLE.into(),
                self.map.free_bytes(),
                "--chart-free",
                Swatch::Hatched,
            ));
            let size = u64::from(largest.size_bytes);
            items.push(item(words::LARGEST.into(), size, "--chart-largest", Swatch::Outlined));
        }
        let [small, medium, large] = SIZE_CLASSES_UP_TO_BYTES.map(u64::from);
        let labels = [
            words::used_up_to(small),
            words::used_up_to(medium),
            words::used_up_to(large),
            words::used_over(large),
        ];
        let tokens = ["--chart-used-1", "--chart-used-2", "--chart-used-3", "--chart-used-4"];
        for (class, (label, token)) in labels.into_iter().zip(tokens).enumerate() {
            let used = self.map.blocks().iter().filter(|block| block.kind == BlockKind::Used);
            let sizes = used.map(|block| block.size_bytes).filter(|&size| size_class(size) == class);
            let bytes: u64 = sizes.map(u64::from).sum();
            if bytes > 0 {
                items.push(item(label, bytes, token, Swatch::Solid));
            }
        }
        if self.map.blocks().iter().any(|block| block.kind == BlockKind::Guard) {
            let label = words::GUARDS.into();
            items.push(LegendItem {
                label,
                value: String::new(),
                token: "--chart-text",
                swatch: Swatch::Bar,
            });
        }
        items
    }
}

fn size_class(size_bytes: u32) -> usize {
    SIZE_CLASSES_UP_TO_BYTES.iter().take_while(|&&up_to| size_bytes > up_to).count()
}

/// Slanted lines `step_px` apart through a rectangle, as one path that turns on its edges. Lines start from
/// multiples on the page and not from the rectangle, so that the pattern runs through neighbours.
fn hatch(rect: Rect, step_px: f64) -> Vec<(f64, f64)> {
    let mut path = Vec::new();
    // Lines x + y = sum, from lower left to upper right.
    let mut sum = ((rect.x + rect.y) / step_px).ceil() * step_px;
    let mut is_upwards = true;
    while sum < rect.right() + rect.bottom() {
        let low = match sum - rect.x <= rect.bottom() {
            true => (rect.x, sum - rect.x),
            false => (sum - rect.bottom(), rect.bottom()),
        };
        let high = match sum - rect.y <= rect.right() {
            true => (sum - rect.y, rect.y),
            false => (rect.right(), sum - rect.right()),
        };
        // From one line to the next along the edges, around the corner where there is one.
        let (from, to) = if is_upwards { (low, high) } else { (high, low) };
        if let Some(&last) = path.last() {
            path.extend(corner_between(rect, last, from));
        }
        path.extend([from, to]);
        is_upwards = !is_upwards;
        sum += step_px;
    }
    path
}

/// The corner that keeps a way between two points on the edges of a rectangle on these edges.
fn corner_between(rect: Rect, one: (f64, f64), two: (f64, f64)) -> Option<(f64, f64)> {
    let is_straight = one.0 == two.0 || one.1 == two.1;
    let is_at_right = one.0.max(two.0) >= rect.right();
    let corner = if is_at_right { (rect.right(), rect.y) } else { (rect.x, rect.bottom()) };
    (!is_straight).then_some(corner)
}

struct Layout {
    left: f64,
    width: f64,
    has_addresses: bool,
    row_height: f64,
    bytes_per_row: u32,
    density: f64,
    rows: Vec<Row>,
}

struct Row {
    /// Address of its left edge, a multiple of the bytes in a row.
    address: u64,
    /// Upper edge in CSS pixels.
    y: f64,
    pieces: Vec<Piece>,
}

/// A block's part of a row, in device pixels from the row's left edge, `to` not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    block: usize,
    from: u32,
    to: u32,
}

impl Layout {
    fn new(map: &BlockMap, surface: &Surface) -> Self {
        let has_addresses = surface.width_px >= NO_ADDRESS_BELOW_PX;
        let left = if has_addresses { MARGIN_PX + ADDRESS_PX } else { MARGIN_PX };
        // Whole device pixels, so that pieces can be counted in them.
        let density = surface.density();
        let left = (left * density).round() / density;
        let columns = ((surface.width_px - left - MARGIN_PX).max(1.0) * density).floor().max(1.0) as u32;
        let height = (surface.height_px - 2.0 * MARGIN_PX).max(1.0);
        let max_rows = (((height + ROW_GAP_PX) / (LEAST_ROW_PX + ROW_GAP_PX)) as usize).max(1);

        let mut bytes_per_row = 256_u32;
        while row_addresses(map, bytes_per_row).len() > max_rows && bytes_per_row < 1 << 31 {
            bytes_per_row *= 2;
        }
        let addresses = row_addresses(map, bytes_per_row);
        let pitch = (height + ROW_GAP_PX) / addresses.len().max(1) as f64;
        let row_height = (pitch - ROW_GAP_PX).clamp(1.0, LARGEST_ROW_PX).floor();
        let rows = addresses.iter().enumerate().map(|(index, &address)| Row {
            address,
            y: MARGIN_PX + index as f64 * (row_height + ROW_GAP_PX),
            pieces: pieces(map, address, bytes_per_row, columns),
        });
        let rows = rows.collect();
        let width = f64::from(columns) / density;
        Layout { left, width, has_addresses, row_height, bytes_per_row, density, rows }
    }

    fn rects_of(&self, block: usize) -> impl Iterator<Item = Rect> + '_ {
        self.rows.iter().flat_map(move |row| {
            let pieces = row.pieces.iter().filter(move |piece| piece.block == block);
            pieces.map(move |piece| piece.rect(row, self))
        })
    }
}

impl Row {
    fn rect(&self, layout: &Layout) -> Rect {
        Rect::new(layout.left, self.y, layout.width, layout.row_height)
    }

    fn first_address(&self) -> u32 {
        self.address as u32
    }
}

impl Piece {
    fn rect(self, row: &Row, layout: &Layout) -> Rect {
        let css = |pixel: u32| f64::from(pixel) / layout.density;
        Rect::new(layout.left + css(self.from), row.y, css(self.to - self.from), layout.row_height)
    }
}

fn end_of(block: &Block) -> u64 {
    u64::from(block.address) + u64::from(block.size_bytes)
}

/// The addresses of all rows that have a byte of a block.
fn row_addresses(map: &BlockMap, bytes_per_row: u32) -> Vec<u64> {
    let length = u64::from(bytes_per_row);
    let mut addresses: Vec<u64> = Vec::new();
    for block in map.blocks().iter().filter(|block| block.size_bytes > 0) {
        let first = u64::from(block.address) / length * length;
        let next = addresses.last().map_or(first, |last| first.max(last + length));
        let mut address = next;
        while address < end_of(block) {
            addresses.push(address);
            address += length;
        }
    }
    addresses
}

/// The blocks of a row as pixels: as wide as they are large, but one pixel at least, as long as there are
/// enough of them.
fn pieces(map: &BlockMap, address: u64, bytes_per_row: u32, columns: u32) -> Vec<Piece> {
    let (blocks, end) = (map.blocks(), address + u64::from(bytes_per_row));
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
    use super::*;
    use crate::chart::Theme;
    use proptest::prelude::*;

    fn map(sizes: &[(u32, BlockKind)]) -> BlockMap {
        let mut address = 0x3fff_24c0_u32;
        let blocks = sizes.iter().enumerate().map(|(index, &(size_bytes, kind))| {
            let block = Block { address, size_bytes, kind, index: index as u32 };
            address += size_bytes;
            block
        });
        BlockMap::new(blocks.collect())
    }

    fn sizes() -> impl Strategy<Value = Vec<(u32, BlockKind)>> {
        let size = prop_oneof![4 => 1_u32..6, 2 => 6_u32..80, 1 => 80_u32..1_500].prop_map(|size| size * 8);
        let kind = prop_oneof![3 => Just(BlockKind::Used), 1 => Just(BlockKind::Free)];
        prop::collection::vec((size, kind), 1..400)
    }

    proptest! {
        // Every case looks for some hundred blocks.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_block_is_seen_and_found(sizes in sizes(), width in 300_u32..1_200, density in 1_u32..3) {
            let map = map(&sizes);
            let surface = Surface::new(f64::from(width), 300.0, f64::from(density), Theme::Light);
            let (picture, layout) = (BlockMapPicture::new(&map), Layout::new(&map, &surface));
            let pixel = 1.0 / f64::from(density);
            let is_crowded = layout.rows.iter().any(|row| {
                row.pieces.len() as f64 > layout.width * f64::from(density)
            });
            for (index, block) in map.blocks().iter().enumerate() {
                let rects = picture.rects(&surface, index);
                prop_assert!(!rects.is_empty());
                for rect in rects {
                    prop_assert!(rect.width >= pixel - 1e-9);
                    let hit = picture.hit(&surface, rect.x + pixel / 2.0, rect.y + 1.0);
                    if !is_crowded {
                        prop_assert_eq!(hit, Some(index));
                    } else if block.kind == BlockKind::Free {
                        prop_assert!(hit.is_some_and(|hit| picture.is_free(hit)));
                    }
                }
            }
        }

        #[test]
        fn pieces_lie_side_by_side_inside_their_row(sizes in sizes(), columns in 200_u32..2_000) {
            let map = map(&sizes);
            let bytes_per_row = 4_096;
            for address in row_addresses(&map, bytes_per_row) {
                let pieces = pieces(&map, address, bytes_per_row, columns);
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
            let layout = Layout::new(&map, &surface);
            let picture = BlockMapPicture::new(&map);
            for (index, block) in map.blocks().iter().enumerate().filter(|(_, block)| block.size_bytes > 2_048) {
                let width: f64 = picture.rects(&surface, index).iter().map(|rect| rect.width).sum();
                let expected = f64::from(block.size_bytes) * layout.width / f64::from(layout.bytes_per_row);
                // Its own rounding, and what its tiny neighbours took.
                let tiny = map.blocks().iter().filter(|block| block.size_bytes < 64).count() as f64;
                prop_assert!((width - expected).abs() <= 4.0 + tiny, "{width} for {expected}");
            }
        }

        #[test]
        fn hatching_stays_inside(x in 0.0..100.0, y in 0.0..100.0, width in 1.0..200.0, height in 1.0..40.0) {
            let rect = Rect::new(x, y, width, height);
            for (x, y) in hatch(rect, 7.0) {
                prop_assert!(x >= rect.x - 1e-9 && x <= rect.right() + 1e-9);
                prop_assert!(y >= rect.y - 1e-9 && y <= rect.bottom() + 1e-9);
            }
        }
    }

    #[test]
    fn a_free_block_of_one_pixel_is_found_among_a_crowd() {
        let mut sizes = vec![(8, BlockKind::Used); 4_000];
        sizes[2_000].1 = BlockKind::Free;
        let (map, surface) = (map(&sizes), Surface::new(130.0, 40.0, 1.0, Theme::Light));
        let picture = BlockMapPicture::new(&map);
        let rect = picture.rects(&surface, 2_000)[0];
        assert_eq!(picture.hit(&surface, rect.x + 0.5, rect.y + 1.0), Some(2_000));
    }

    #[test]
    fn rows_begin_at_round_addresses_and_skip_what_is_far() {
        let block = |address, size_bytes| Block { address, size_bytes, kind: BlockKind::Used, index: 0 };
        let map = BlockMap::new(vec![block(0x3ffb_0010, 0x1000), block(0x4000_0000, 0x10)]);
        assert_eq!(row_addresses(&map, 0x1000), [0x3ffb_0000, 0x3ffb_1000, 0x4000_0000]);
        let top = BlockMap::new(vec![block(0xffff_ff00, 0x100)]);
        assert_eq!(row_addresses(&top, 0x1000), [0xffff_f000]);
    }

    #[test]
    fn size_classes_begin_behind_their_limit() {
        assert_eq!([8, 32, 33, 128, 129, 1_024, 1_025].map(size_class), [0, 0, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn nothing_is_nothing() {
        let (map, surface) = (BlockMap::default(), Surface::new(300.0, 100.0, 1.0, Theme::Light));
        let picture = BlockMapPicture::new(&map);
        assert_eq!(picture.hit(&surface, 100.0, 20.0), None);
        assert_eq!(picture.summary(), "No blocks.");
        assert!(picture.legend().is_empty() && picture.table().rows.is_empty());
    }
}
