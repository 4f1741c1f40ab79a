//! The free blocks by size: how much memory lies in blocks of which size.
//!
//! Each column is a class of sizes, from a power of two up to the next, and as high as there are bytes in free blocks of
//! that class; above it stands how many blocks these are. Sizes that matter for the firmware are upright lines, numbered as
//! in the legend. With a request, the bytes in blocks that can hold it are solid and the others hatched: what is hatched is
//! free, and of no use for it.
//!
//! It shows what a map has. Of a map that is not whole, blocks may be missing in it, and its caption says so.
//!
//! ```
//! use heapscope::chart::{FreeBlocks, Picture};
//! use heapscope::heap::{Block, BlockKind, BlockMap};
//!
//! let free = |address, size_bytes| Block { address, size_bytes, kind: BlockKind::Free, index: 0 };
//! let map = BlockMap::new(vec![free(0x100, 80), free(0x200, 24), free(0x300, 96)]);
//! let table = FreeBlocks::new(&map).table();
//! assert_eq!(table.rows[0][..3], ["16 to 31", "1", "24"]);
//! assert_eq!(table.rows[2][..3], ["64 to 127", "2", "176"]);
//! ```

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::pen::{HPos, Pen, SMALL_TEXT_PX, TextLook, VPos, text_width_px};
use super::scale::{LinearScale, byte_ticks};
use super::{LegendItem, PaintResult, Picture, Rect, Surface, Swatch, Table};
use crate::dialect::UsualRequest;
use crate::format;
use crate::heap::{BlockMap, Fit, Rounding};
use crate::words::chart::free_blocks as words;

/// See the module.
#[derive(Clone, Debug)]
pub struct FreeBlocks {
    /// One for each power of two from the smallest free block to the largest, or to the largest of the marks.
    classes: Vec<SizeClass>,
    marks: Vec<SizeMark>,
    request: Option<(u32, Fit)>,
    selected: Option<usize>,
    is_incomplete: bool,
}

/// Free blocks of one class of sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SizeClass {
    /// The smallest size of the class in bytes: a power of two. The next class begins at twice that.
    pub from_bytes: u64,
    /// How many free blocks.
    pub blocks: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Bytes in those of them that can hold the request; all of them without one.
    pub usable_bytes: u64,
}

/// A size that matters.
#[derive(Clone, Copy, Debug)]
struct SizeMark {
    /// The size of the block that it gets, if the allocator's rounding is known; else what is asked for.
    block_bytes: u64,
    request: &'static UsualRequest,
    /// How many could be had, where that is known.
    times: Option<u64>,
}

const TOP_PX: f64 = 30.0;
const BOTTOM_PX: f64 = 20.0;
const LEFT_PX: f64 = 52.0;
const RIGHT_PX: f64 = 10.0;
const LEAST_INTERVAL_PX: f64 = 28.0;
/// A number on the axis of sizes takes so much at most: `32 KB`.
const LABEL_PX: f64 = 46.0;
/// Between two columns.
const GAP_PX: f64 = 3.0;

impl FreeBlocks {
    /// Of this map's free blocks.
    pub fn new(map: &BlockMap) -> Self {
        let (smallest, largest) = map.free().fold((u32::MAX, 0), |(smallest, largest), block| {
            (smallest.min(block.size_bytes.max(1)), largest.max(block.size_bytes))
        });
        let mut picture = FreeBlocks {
            classes: Vec::new(),
            marks: Vec::new(),
            request: None,
            selected: None,
            is_incomplete: false,
        };
        if largest == 0 {
            return picture;
        }
        picture.reach(u64::from(1_u32 << smallest.ilog2()), largest.into());
        for block in map.free().filter(|block| block.size_bytes > 0) {
            let bytes = u64::from(block.size_bytes);
            if let Some(class) = picture.class_of(bytes).and_then(|class| picture.classes.get_mut(class)) {
                class.blocks += 1;
                class.bytes += bytes;
                class.usable_bytes += bytes;
            }
        }
        picture
    }

    /// The same with marks at these sizes; `rounding` is the allocator's, where it is known and the map is whole.
    #[must_use]
    pub fn with_marks(
        mut self,
        map: &BlockMap,
        requests: &'static [UsualRequest],
        rounding: Option<Rounding>,
    ) -> Self {
        if self.classes.is_empty() {
            return self;
        }
        self.marks = requests
            .iter()
            .map(|request| SizeMark {
                block_bytes: rounding
                    .map_or(request.bytes, |rounding| rounding.block_bytes(request.bytes))
                    .into(),
                request,
                times: rounding.map(|rounding| Fit::of(map, request.bytes, rounding).times),
            })
            .collect();
        if let Some(last) = self.marks.iter().map(|mark| mark.block_bytes).max() {
            self.reach(self.classes[0].from_bytes, last);
        }
        self
    }

    /// The same with a request: which of the free bytes can serve it.
    #[must_use]
    pub fn with_request(mut self, map: &BlockMap, request_bytes: u32, rounding: Rounding) -> Self {
        let needed = rounding.block_bytes(request_bytes);
        if !self.classes.is_empty() {
            self.reach(self.classes[0].from_bytes, needed.into());
        }
        for block in map.free().filter(|block| block.size_bytes < needed) {
            let bytes = u64::from(block.size_bytes);
            if let Some(class) = self.class_of(bytes).and_then(|class| self.classes.get_mut(class)) {
                class.usable_bytes = class.usable_bytes.saturating_sub(bytes);
            }
        }
        self.request = Some((needed, Fit::of(map, request_bytes, rounding)));
        self
    }

    /// The same with one class marked.
    #[must_use]
    pub fn with_selected(mut self, class: Option<usize>) -> Self {
        self.selected = class;
        self
    }

    /// The same of a map that is not whole.
    #[must_use]
    pub fn incomplete(mut self, is_incomplete: bool) -> Self {
        self.is_incomplete = is_incomplete;
        self
    }

    /// Whether nothing is free: there is nothing to be drawn.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The classes, the smallest first; some of them may be empty.
    pub fn classes(&self) -> &[SizeClass] {
        &self.classes
    }

    /// The class under the pointer.
    pub fn hit(&self, surface: &Surface, x: f64, _y: f64) -> Option<usize> {
        let frame = Frame::of(self, surface);
        let place = (x - frame.left) / frame.class_px;
        (place >= 0.0 && place < self.classes.len() as f64).then_some(place as usize)
    }

    /// A class in words.
    pub fn describe(&self, class: usize) -> String {
        let Some(class) = self.classes.get(class) else { return String::new() };
        let unusable = self.request.map(|_| class.bytes - class.usable_bytes);
        words::class(class.from_bytes, class.blocks, class.bytes, unusable)
    }

    /// What there is in a sentence or two.
    pub fn summary(&self) -> String {
        let sum = |count: fn(&SizeClass) -> u64| self.classes.iter().map(count).sum::<u64>();
        let largest = self.classes.iter().max_by_key(|class| class.bytes).filter(|class| class.bytes > 0);
        let Some(largest) = largest else { return words::NOTHING.into() };
        let mut said =
            words::summary(sum(|class| class.blocks), sum(|class| class.bytes), largest.from_bytes);
        if let Some((_, fit)) = &self.request {
            said.push(' ');
            said.push_str(&words::unusable(fit, sum(|class| class.bytes)));
        }
        if self.is_incomplete {
            said.push(' ');
            said.push_str(words::INCOMPLETE);
        }
        said
    }

    /// Makes room for all classes from this one to that of a size.
    fn reach(&mut self, from_bytes: u64, to_bytes: u64) {
        let mut next = self.classes.last().map_or(from_bytes, |class| class.from_bytes * 2);
        while next <= to_bytes {
            self.classes.push(SizeClass { from_bytes: next, ..SizeClass::default() });
            next *= 2;
        }
    }

    fn class_of(&self, bytes: u64) -> Option<usize> {
        self.classes.iter().rposition(|class| class.from_bytes <= bytes)
    }

    /// Where a size stands on the axis, in classes: even within each.
    fn place_of(&self, bytes: u64) -> f64 {
        let Some(class) = self.class_of(bytes) else { return 0.0 };
        let from = self.classes[class].from_bytes;
        class as f64 + ((bytes - from) as f64 / from as f64).min(1.0)
    }
}

/// Where things stand.
struct Frame {
    left: f64,
    right: f64,
    class_px: f64,
    y: LinearScale,
    ticks: super::scale::Ticks,
}

impl Frame {
    fn of(picture: &FreeBlocks, surface: &Surface) -> Frame {
        let right = (surface.width_px - RIGHT_PX).max(LEFT_PX + 1.0);
        let bottom = (surface.height_px - BOTTOM_PX).max(TOP_PX + 1.0);
        let most = picture.classes.iter().map(|class| class.bytes).max().unwrap_or(0);
        let ticks = byte_ticks(most, ((bottom - TOP_PX) / LEAST_INTERVAL_PX) as u64);
        let y = LinearScale::new((0.0, ticks.top() as f64), (bottom, TOP_PX));
        let class_px = (right - LEFT_PX) / picture.classes.len().max(1) as f64;
        Frame { left: LEFT_PX, right, class_px, y, ticks }
    }

    fn bottom(&self) -> f64 {
        self.y.pixels().0
    }

    fn x(&self, place: f64) -> f64 {
        self.left + place * self.class_px
    }

    /// The column of a class, from so many bytes to so many.
    fn bar(&self, class: usize, from_bytes: u64, to_bytes: u64) -> Rect {
        let (top, bottom) = (self.y.to_pixel(to_bytes as f64), self.y.to_pixel(from_bytes as f64));
        // What is there is seen, however little.
        let top = if to_bytes > from_bytes { top.min(bottom - 1.0) } else { bottom };
        let left = self.x(class as f64) + GAP_PX / 2.0;
        Rect::new(left, top, self.class_px - GAP_PX, bottom - top)
    }
}

impl Picture for FreeBlocks {
    fn paint<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>, surface: &Surface) -> PaintResult<DB> {
        let (pen, frame) = (Pen::new(root, surface), Frame::of(self, surface));
        let palette = pen.palette();
        pen.ground()?;
        if self.classes.is_empty() {
            return Ok(());
        }
        for &tick in &frame.ticks.values {
            let y = frame.y.to_pixel(tick as f64);
            let colour = if tick == 0 { palette.axis } else { palette.grid };
            pen.level(frame.left, frame.right, y, 1.0, colour)?;
            let look = TextLook::new(SMALL_TEXT_PX, palette.muted, HPos::Right, VPos::Center);
            pen.text(&format::byte_tick(tick, frame.ticks.top()), (frame.left - 6.0, y), look)?;
        }
        for (place, class) in self.classes.iter().enumerate() {
            self.paint_class(&pen, &frame, place, class)?;
        }
        self.paint_sizes(&pen, &frame)?;
        self.paint_marks(&pen, &frame)?;
        self.paint_counts(&pen, &frame)
    }

    fn table(&self) -> Table {
        let mut rows: Vec<Vec<String>> = Vec::new();
        // Bytes in blocks of this class and all larger ones.
        let mut larger = 0;
        for class in self.classes.iter().rev() {
            larger += class.bytes;
            rows.push(vec![
                words::range(class.from_bytes),
                format::count(class.blocks),
                format::count(class.bytes),
                format::count(larger),
            ]);
        }
        rows.reverse();
        let headers = words::HEADERS.map(String::from).to_vec();
        Table { caption: self.summary(), headers, rows }
    }

    fn legend(&self) -> Vec<LegendItem> {
        let mut items = Vec::new();
        let mut add = |label: String, value: String, token, swatch| {
            items.push(LegendItem { label, value, token, swatch });
        };
        let sum = |bytes: fn(&SizeClass) -> u64| self.classes.iter().map(bytes).sum::<u64>();
        if let Some((_, fit)) = &self.request {
            let usable = format::bytes(sum(|class| class.usable_bytes));
            add(words::holds(fit.request_bytes.into()), usable, "--chart-free", Swatch::Solid);
            let unusable = format::bytes(fit.unusable_bytes);
            add(words::TOO_SMALL.into(), unusable, "--chart-free", Swatch::Hatched);
        }
        for (place, mark) in self.marks.iter().enumerate() {
            let label = words::mark(place + 1, mark.request.name, mark.request.bytes.into());
            let value = mark.times.map(words::times).unwrap_or_default();
            add(label, value, "--chart-text", Swatch::Dashes);
        }
        items
    }
}

impl FreeBlocks {
    fn paint_class<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        frame: &Frame,
        place: usize,
        class: &SizeClass,
    ) -> PaintResult<DB> {
        let palette = pen.palette();
        let all = frame.bar(place, 0, class.bytes);
        if self.selected == Some(place) {
            let whole = Rect::new(all.x - 1.0, TOP_PX, all.width + 2.0, frame.bottom() - TOP_PX);
            pen.fill(whole, palette.grid)?;
        }
        if class.bytes == 0 {
            return Ok(());
        }
        if class.usable_bytes > 0 {
            pen.fill(frame.bar(place, 0, class.usable_bytes), palette.free)?;
        }
        if class.usable_bytes < class.bytes {
            let rect = frame.bar(place, class.usable_bytes, class.bytes);
            pen.fill(rect, palette.free.over(palette.background, 0.12))?;
            let inner = Rect::new(rect.x + 1.0, rect.y + 1.0, rect.width - 2.0, rect.height - 2.0);
            pen.path(&super::pen::hatch(inner, 7.0), 1.0, palette.free.over(palette.background, 0.55))?;
            pen.outline(rect, 1.0, palette.free)?;
        }
        Ok(())
    }

    /// How many blocks are in each class: on their own ground, since marks may run through them.
    fn paint_counts<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame) -> PaintResult<DB> {
        let palette = pen.palette();
        for (place, class) in self.classes.iter().enumerate().filter(|(_, class)| class.bytes > 0) {
            let bar = frame.bar(place, 0, class.bytes);
            let long = words::count_in_picture(class.blocks);
            let is_long = text_width_px(&long, SMALL_TEXT_PX) <= frame.class_px;
            let count = if is_long { long } else { format::count(class.blocks) };
            let (x, width) = (bar.x + bar.width / 2.0, text_width_px(&count, SMALL_TEXT_PX) + 2.0);
            let is_marked = self.selected == Some(place);
            let ground = if is_marked { palette.grid } else { palette.background };
            pen.fill(Rect::new(x - width / 2.0, bar.y - 14.0, width, 13.0), ground)?;
            let look = TextLook::new(SMALL_TEXT_PX, palette.text, HPos::Center, VPos::Bottom);
            pen.text(&count, (x, bar.y - 2.0), look)?;
        }
        Ok(())
    }

    /// Where classes begin.
    fn paint_sizes<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame) -> PaintResult<DB> {
        let palette = pen.palette();
        let every = (LABEL_PX / frame.class_px).ceil().max(1.0) as usize;
        let end = self.classes.last().map_or(0, |class| class.from_bytes * 2);
        let edges = self.classes.iter().map(|class| class.from_bytes).chain([end]);
        for (place, bytes) in edges.enumerate() {
            let x = frame.x(place as f64);
            pen.upright(x, frame.bottom(), frame.bottom() + 4.0, 1.0, palette.axis)?;
            if place % every == 0 && x + LABEL_PX / 2.0 <= frame.right + RIGHT_PX {
                let look = TextLook::new(SMALL_TEXT_PX, palette.muted, HPos::Center, VPos::Top);
                pen.text(&format::byte_tick(bytes, bytes * 2), (x, frame.bottom() + 5.0), look)?;
            }
        }
        Ok(())
    }

    fn paint_marks<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame) -> PaintResult<DB> {
        let palette = pen.palette();
        if let Some((needed, fit)) = &self.request {
            let x = frame.x(self.place_of(u64::from(*needed)));
            pen.upright(x, TOP_PX - 4.0, frame.bottom(), 2.0, palette.text)?;
            let text = format::bytes(fit.request_bytes.into());
            let half = text_width_px(&text, SMALL_TEXT_PX) / 2.0;
            let middle = x.min(frame.right - half).max(frame.left + half);
            let look = TextLook::new(SMALL_TEXT_PX, palette.text, HPos::Center, VPos::Top).bold();
            pen.text(&text, (middle, 0.0), look)?;
        }
        for (place, mark) in self.marks.iter().enumerate() {
            let x = frame.x(self.place_of(mark.block_bytes));
            pen.upright_dashes(x, TOP_PX - 4.0, frame.bottom(), palette.text)?;
            let look = TextLook::new(SMALL_TEXT_PX, palette.text, HPos::Center, VPos::Center);
            let y = TOP_PX - 9.0;
            pen.disc(x, y, 7.0, palette.grid)?;
            pen.text(&(place + 1).to_string(), (x, y), look)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Theme;
    use crate::heap::{Block, BlockKind};
    use proptest::prelude::*;

    fn map(sizes: &[u32]) -> BlockMap {
        let block = |(place, size): (usize, &u32)| Block {
            address: place as u32 * 0x10_0000,
            size_bytes: *size,
            kind: BlockKind::Free,
            index: 0,
        };
        BlockMap::new(sizes.iter().enumerate().map(block).collect())
    }

    proptest! {
        #[test]
        fn no_free_byte_is_lost(sizes in prop::collection::vec(1_u32..70_000, 0..60), request in 0_u32..80_000) {
            let map = map(&sizes);
            let picture = FreeBlocks::new(&map).with_request(&map, request, Rounding::UMM);
            let sum = |bytes: fn(&SizeClass) -> u64| picture.classes().iter().map(bytes).sum::<u64>();
            prop_assert_eq!(sum(|class| class.bytes), map.free_bytes());
            prop_assert_eq!(sum(|class| class.blocks), sizes.len() as u64);
            let unusable = Fit::of(&map, request, Rounding::UMM).unusable_bytes;
            prop_assert_eq!(sum(|class| class.bytes - class.usable_bytes), unusable);
            // The slow obvious way, for each class.
            for class in picture.classes() {
                let range = class.from_bytes..class.from_bytes * 2;
                let of_class = sizes.iter().map(|size| u64::from(*size)).filter(|size| range.contains(size));
                prop_assert_eq!(class.bytes, of_class.sum::<u64>());
            }
            let doubles = picture.classes().windows(2).all(|pair| pair[0].from_bytes * 2 == pair[1].from_bytes);
            prop_assert!(doubles);
        }

        #[test]
        fn sizes_stand_in_order(one in 1_u64..70_000, two in 1_u64..70_000) {
            let map = map(&[8, 60_000]);
            let picture = FreeBlocks::new(&map).with_request(&map, 70_000, Rounding::UMM);
            let (low, high) = (one.min(two), one.max(two));
            prop_assert!(picture.place_of(low) <= picture.place_of(high));
            prop_assert!(picture.place_of(high) <= picture.classes().len() as f64);
        }
    }

    #[test]
    fn every_column_is_found_where_it_is_drawn() {
        let map = map(&[8, 24, 24, 4_096, 9_000]);
        let picture = FreeBlocks::new(&map);
        let surface = Surface::new(600.0, 160.0, 1.0, Theme::Light);
        let frame = Frame::of(&picture, &surface);
        for (place, class) in picture.classes().iter().enumerate() {
            let bar = frame.bar(place, 0, class.bytes);
            assert_eq!(picture.hit(&surface, bar.x + bar.width / 2.0, 50.0), Some(place));
            assert!(class.bytes == 0 || bar.height >= 1.0);
        }
        assert_eq!(picture.hit(&surface, 3.0, 50.0), None);
    }

    #[test]
    fn nothing_free_is_nothing() {
        let map = BlockMap::default();
        let picture =
            FreeBlocks::new(&map).with_request(&map, 100, Rounding::UMM).with_marks(&map, &[], None);
        assert!(picture.is_empty() && picture.table().rows.is_empty());
        assert_eq!(picture.summary(), "Nothing is free.");
    }
}
