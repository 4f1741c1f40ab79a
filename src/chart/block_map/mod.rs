//! A heap in address order: what is used, what is free, and where.
//!
//! As rows like those of a hex dump, each a power of two of bytes long and beginning at a multiple of it, so
//! that an address can be found by eye; or as one long strip. Blocks are as wide as they are large; one that does not end
//! with its row goes on in the next. Rows without any block (another memory, far away) are left out.
//!
//! Free blocks are hatched and bordered, used ones are solid and darker the larger they are, the allocator's
//! guards stand out of the row, and the largest free block has a thick border and its size in it. On top of that:
//!
//! * **With a request** ([`BlockMapPicture::with_request`]) only the free blocks that can hold it are hatched, and a
//!   wedge marks the bytes that the allocator would give.
//! * **With changes** ([`BlockMapPicture::with_changes`]) what stayed is grey; what appeared fills the lower half of its
//!   row, what went the upper half, hatched the other way; what changed its size is striped.
//! * **Damage** ([`Damage`]) is a cross where it is, and what could not be read behind it is cross-hatched.
//!
//! **Every block has at least one device pixel in a row**, as long as the row has as many pixels as blocks:
//! edges move aside for tiny neighbours. Where it has not, free blocks are painted over used ones, never the
//! other way round. It refuses to name an owner: an allocator does not know one. And it refuses to guess: a request is
//! placed only by an allocator's known rounding, in a map that is whole.
//!
//! ```
//! use heapscope::chart::{BlockMapPicture, Spot};
//! use heapscope::heap::{Block, BlockKind, BlockMap, Rounding};
//!
//! let free = |address, size_bytes| Block { address, size_bytes, kind: BlockKind::Free, index: 0 };
//! let map = BlockMap::new(vec![free(0x100, 80), free(0x200, 24)]);
//! let picture = BlockMapPicture::new(&map).with_request(32, Rounding::UMM);
//! assert!(picture.describe(Spot::Block(0)).starts_with("0x00000100"));
//! assert!(picture.summary().ends_with("It fits twice."));
//! ```

mod changes;
mod layout;
mod paint;

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::{LegendItem, MarkShape, PaintResult, Picture, Rect, Surface, Swatch, Table};
use crate::dialect::{EventKind, Extra};
use crate::format;
use crate::heap::{Block, BlockKind, BlockMap, Fit, Placement, Rounding};
use crate::recording::{DatedEvent, DatedReport};
use crate::words::chart::block_map as words;
pub use changes::{Change, Changes, Count, Fate};
use layout::{Layout, Piece, end_of};

/// The picture of a block map.
#[derive(Clone, Copy, Debug)]
pub struct BlockMapPicture<'a> {
    map: &'a BlockMap,
    selected: Option<Spot>,
    beside: Option<&'a BlockMap>,
    is_strip: bool,
    request: Option<(u32, Rounding)>,
    changes: Option<&'a Changes>,
    damage: &'a [Damage],
    is_incomplete: bool,
}

/// Something in the picture that one can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A block: its place among [`BlockMap::blocks`].
    Block(usize),
    /// A block that went: its place among [`Changes::gone`].
    Gone(usize),
    /// Bytes behind this block of an incomplete map that were not read.
    Unread(usize),
}

/// The ways of an arrow key through the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the spot before.
    Left,
    /// To the next spot.
    Right,
    /// To the row above.
    Up,
    /// To the row below.
    Down,
}

/// A place where the allocator's own data is destroyed, or was when the firmware looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Address of the block whose header or links are wrong, or of its first byte for the program.
    pub address: u32,
    /// What is wrong, in the words of who found it.
    pub text: String,
}

impl Damage {
    /// What the firmware told of a map's memory in the run that the map is of: what the map itself shows, and alarms
    /// outside of reports, each address once. What another report shows belongs to that; damage without an address, or with
    /// one elsewhere, has no place.
    pub fn of_run(events: &[DatedEvent], reports: &[DatedReport], map: &DatedReport) -> Vec<Damage> {
        let (lines, Some((first, last))) = (map.lines, map.report.blocks.span()) else { return Vec::new() };
        let restarts = || events.iter().filter(|dated| dated.event.kind == EventKind::Restart);
        let begin =
            restarts().rfind(|dated| dated.lines.last < lines.first).map_or(0, |dated| dated.lines.first);
        let end = restarts().find(|dated| dated.lines.first > lines.last);
        let end = end.map_or(u64::MAX, |dated| dated.lines.first);
        let is_meant = |dated: &&DatedEvent| {
            let line = dated.lines.first;
            let is_corrupted = dated.event.kind == EventKind::HeapCorrupted;
            is_corrupted
                && (begin..end).contains(&line)
                && (lines.contains(line) || !reports.iter().any(|report| report.lines.contains(line)))
        };
        let mut damage: Vec<Damage> = Vec::new();
        let found = events.iter().filter(is_meant).filter_map(|dated| {
            let address = dated.event.extras.iter().find(|(name, _)| *name == "address");
            let Some((_, Extra::Text(address))) = address else { return None };
            let address = u32::from_str_radix(address.strip_prefix("0x")?, 16).ok()?;
            (first..=last).contains(&address).then(|| Damage { address, text: dated.event.text.clone() })
        });
        for one in found {
            if damage.len() < MOST_DAMAGE && damage.iter().all(|other| other.address != one.address) {
                damage.push(one);
            }
        }
        damage
    }

    fn is_in(&self, block: &Block) -> bool {
        (u64::from(block.address)..end_of(block)).contains(&u64::from(self.address))
    }
}

/// More places would hide the map. The first are the ones that count: what follows may come of them.
const MOST_DAMAGE: usize = 12;

/// Used blocks up to this many bytes belong to the first, second and third size class; larger ones to the
/// fourth. Headers, strings and small objects; buffers; the large ones that one asks about.
pub(super) const SIZE_CLASSES_UP_TO_BYTES: [u32; 3] = [32, 128, 1024];
/// How many size classes there are.
pub const SIZE_CLASSES: usize = SIZE_CLASSES_UP_TO_BYTES.len() + 1;

const USED_TOKENS: [&str; SIZE_CLASSES] =
    ["--chart-used-1", "--chart-used-2", "--chart-used-3", "--chart-used-4"];

/// What went is drawn in this part of a row, from above; what appeared in the rest of it.
const GONE_PART: f64 = 0.45;

impl<'a> BlockMapPicture<'a> {
    /// A picture of this map.
    pub fn new(map: &'a BlockMap) -> Self {
        BlockMapPicture {
            map,
            selected: None,
            beside: None,
            is_strip: false,
            request: None,
            changes: None,
            damage: &[],
            is_incomplete: false,
        }
    }

    /// The same with one spot marked.
    #[must_use]
    pub fn with_selected(self, selected: Option<Spot>) -> Self {
        BlockMapPicture { selected, ..self }
    }

    /// The same as one long strip in place of rows.
    #[must_use]
    pub fn as_strip(self, is_strip: bool) -> Self {
        BlockMapPicture { is_strip, ..self }
    }

    /// The same in rows as long and as high as those of another map that stands beside it.
    #[must_use]
    pub fn on_scale_of(self, beside: Option<&'a BlockMap>) -> Self {
        BlockMapPicture { beside, ..self }
    }

    /// The same with what would become of a request of so many bytes. The map must be whole.
    #[must_use]
    pub fn with_request(self, request_bytes: u32, rounding: Rounding) -> Self {
        BlockMapPicture { request: Some((request_bytes, rounding)), ..self }
    }

    /// The same with what changed since an earlier map of this heap.
    #[must_use]
    pub fn with_changes(self, changes: Option<&'a Changes>) -> Self {
        BlockMapPicture { changes, ..self }
    }

    /// The same with what is known to be destroyed.
    #[must_use]
    pub fn with_damage(self, damage: &'a [Damage]) -> Self {
        BlockMapPicture { damage, ..self }
    }

    /// The same of a map that is not whole: what is missing between its blocks was not read.
    #[must_use]
    pub fn incomplete(self, is_incomplete: bool) -> Self {
        BlockMapPicture { is_incomplete, ..self }
    }

    /// What is under the pointer.
    pub fn hit(&self, surface: &Surface, x: f64, y: f64) -> Option<Spot> {
        let unread = self.unread();
        let layout = self.layout(&unread, surface);
        let row = layout.rows.iter().find(|row| row.rect(&layout).contains(x, y))?;
        // As painted: what went lies on top, in its part of the row.
        let is_upper = y < row.y + layout.row_height * GONE_PART;
        let gone = self.changes.filter(|_| is_upper).and_then(|changes| {
            let rects =
                |block: &Block| layout.rects_between(self.map.blocks(), block.address.into(), end_of(block));
            changes.gone().iter().rposition(|block| rects(block).iter().any(|rect| rect.contains(x, y)))
        });
        if let Some(gone) = gone {
            return Some(Spot::Gone(gone));
        }
        let pixel = ((x - layout.left) * surface.density()).floor().max(0.0) as u32;
        // As painted: free ones lie on top.
        let covers = |piece: &&Piece| piece.from <= pixel && pixel < piece.to;
        let on_top = row.pieces.iter().filter(covers).find(|piece| self.is_free(piece.block));
        let block = on_top.or_else(|| row.pieces.iter().rfind(covers)).map(|piece| Spot::Block(piece.block));
        block.or_else(|| {
            let piece = row.unread.iter().find(covers)?;
            self.unread_spots(&unread).nth(piece.block)
        })
    }

    /// Where the pointer of the keyboard goes from this spot, or where it begins.
    pub fn step(&self, surface: &Surface, from: Option<Spot>, way: Way) -> Option<Spot> {
        let spots = self.spots();
        let Some(at) = from.and_then(|from| spots.iter().position(|spot| *spot == from)) else {
            // At what one looks for first: the damage, else the block that would be taken, else the largest free one.
            let damage = self.damage.first().and_then(|damage| self.block_at(damage.address));
            let taken = self.placement().and_then(|placed| self.block_at(placed.taken?.address));
            let found = damage.or(taken).or_else(|| self.largest_free()).map(Spot::Block);
            return found.or_else(|| spots.first().copied());
        };
        match way {
            Way::Left => spots.get(at.saturating_sub(1)).copied(),
            Way::Right => spots.get(at + 1).or(spots.last()).copied(),
            Way::Up | Way::Down => {
                let rects = self.rects(surface, spots[at]);
                let (first, last) = (rects.first()?, rects.last()?);
                let pitch = last.height + layout::ROW_GAP_PX;
                let (rect, y) = match way {
                    Way::Up => (first, first.y - pitch + first.height / 2.0),
                    _ => (last, last.y + pitch + last.height / 2.0),
                };
                self.hit(surface, rect.x + rect.width.min(2.0) / 2.0, y).or(from)
            }
        }
    }

    /// Where a spot is drawn, in CSS pixels: one rectangle for each row that it touches.
    pub fn rects(&self, surface: &Surface, spot: Spot) -> Vec<Rect> {
        let unread = self.unread();
        let layout = self.layout(&unread, surface);
        self.rects_in(&layout, spot)
    }

    /// Bytes for which a full row stands.
    pub fn bytes_per_row(&self, surface: &Surface) -> u32 {
        self.layout(&self.unread(), surface).bytes_per_row
    }

    /// How wide a strip wants to be, in CSS pixels: wide enough for every block.
    pub fn strip_width_px(&self) -> f64 {
        layout::strip_width_px(self.map, &self.unread())
    }

    /// What would become of the request, if there is one.
    pub fn placement(&self) -> Option<Placement> {
        self.request.map(|(bytes, rounding)| Placement::of(self.map, bytes, rounding))
    }

    /// The map in a sentence or two, what is broken in it, and a sentence more for each thing that is shown on it.
    pub fn summary(&self) -> String {
        let said = [Some(self.heap_said()), self.changes_said(), self.request_said()];
        said.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The map alone in a sentence or two, and what is broken in it.
    pub fn heap_said(&self) -> String {
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
        // The first: all of them stand at their places.
        if let Some(damage) = self.damage.first() {
            text.push(' ');
            text.push_str(&damage.text);
        }
        text
    }

    /// What would become of the request, in a sentence or two.
    pub fn request_said(&self) -> Option<String> {
        let (bytes, rounding) = self.request?;
        let placed = Placement::of(self.map, bytes, rounding);
        let Some(taken) = placed.taken else {
            return Some(words::does_not_fit(&placed, self.map.free_bytes()));
        };
        Some(words::fits(&placed, &taken, Fit::of(self.map, bytes, rounding).times))
    }

    /// What changed, in a sentence.
    pub fn changes_said(&self) -> Option<String> {
        let changes = self.changes?;
        Some(words::changes(&Change::ALL.map(|change| {
            let count = changes.count(change);
            words::Sum { blocks: count.blocks, bytes: count.bytes }
        })))
    }

    /// A spot in words: address, size, what it is, its neighbours, what is wrong with it.
    pub fn describe(&self, spot: Spot) -> String {
        let blocks = self.map.blocks();
        let (block, kind) = match spot {
            Spot::Block(place) => (blocks.get(place).copied(), self.kind_said(place)),
            Spot::Gone(place) => {
                let gone = self.changes.and_then(|changes| changes.gone().get(place)).copied();
                (gone, words::WENT.to_owned())
            }
            Spot::Unread(_) => (self.unread_of(spot), words::UNREAD.to_owned()),
        };
        let Some(block) = block else { return String::new() };
        let number = (!matches!(spot, Spot::Unread(_))).then_some(block.index);
        let before = blocks[..blocks.partition_point(|other| other.address < block.address)].last();
        let behind = blocks.get(blocks.partition_point(|other| u64::from(other.address) < end_of(&block)));
        let near = |block: Option<&Block>| {
            block.map(|block| words::neighbour(kind_word(block.kind), block.index, block.size_bytes))
        };
        let mut said = words::spot(&block, number, &kind, near(before), near(behind));
        for damage in self.damage.iter().filter(|damage| damage.is_in(&block)) {
            said.push(' ');
            said.push_str(&damage.text);
        }
        said
    }

    /// What a block of the map is, and what is to be told of it.
    fn kind_said(&self, place: usize) -> String {
        let Some(block) = self.map.blocks().get(place) else { return String::new() };
        let mut said = kind_word(block.kind).to_owned();
        let fate = self.changes.map_or(Fate::None, |changes| changes.fate(place));
        let fate = match fate {
            Fate::None => None,
            Fate::Stayed => Some(words::STAYED.to_owned()),
            Fate::Appeared => Some(words::APPEARED.to_owned()),
            Fate::Changed { before_bytes } => Some(words::was(before_bytes.into())),
        };
        let request = self.request.filter(|_| block.kind == BlockKind::Free).map(|(bytes, rounding)| {
            words::holds(u64::from(block.size_bytes / rounding.block_bytes(bytes).max(1)))
        });
        for more in [fate, request].into_iter().flatten() {
            said.push_str(", ");
            said.push_str(&more);
        }
        said
    }

    /// Everything that one can point at, in address order.
    fn spots(&self) -> Vec<Spot> {
        let unread = self.unread();
        let (mut gone, mut holes) = (0, self.unread_spots(&unread).zip(&unread).peekable());
        let mut spots = Vec::with_capacity(self.map.blocks().len());
        let all_gone: &[Block] = self.changes.map_or(&[], |changes| changes.gone());
        for (place, block) in self.map.blocks().iter().enumerate() {
            while all_gone.get(gone).is_some_and(|went| went.address < block.address) {
                spots.push(Spot::Gone(gone));
                gone += 1;
            }
            while let Some((hole, _)) = holes.next_if(|(_, hole)| hole.address < block.address) {
                spots.push(hole);
            }
            if block.size_bytes > 0 {
                spots.push(Spot::Block(place));
            }
        }
        spots.extend((gone..all_gone.len()).map(Spot::Gone));
        spots
    }

    fn rects_in(&self, layout: &Layout, spot: Spot) -> Vec<Rect> {
        let between =
            |block: &Block| layout.rects_between(self.map.blocks(), block.address.into(), end_of(block));
        match spot {
            Spot::Block(place) => layout.rects_of(place).collect(),
            Spot::Gone(place) => {
                let gone = self.changes.and_then(|changes| changes.gone().get(place));
                let upper = |rect: Rect| Rect { height: (rect.height * GONE_PART).floor().max(1.0), ..rect };
                gone.map(between).unwrap_or_default().into_iter().map(upper).collect()
            }
            Spot::Unread(_) => self.unread_of(spot).map(|hole| between(&hole)).unwrap_or_default(),
        }
    }

    fn layout(&self, unread: &[Block], surface: &Surface) -> Layout {
        Layout::new(self.map, unread, self.beside, self.is_strip, surface)
    }

    /// What a whole map would have and this one has not.
    fn unread(&self) -> Vec<Block> {
        if self.is_incomplete { layout::unread(self.map) } else { Vec::new() }
    }

    fn unread_spots(&self, unread: &[Block]) -> impl Iterator<Item = Spot> {
        let spots: Vec<Spot> = unread
            .iter()
            .map(|hole| {
                let behind = self.map.blocks().partition_point(|block| block.address < hole.address);
                Spot::Unread(behind.saturating_sub(1))
            })
            .collect();
        spots.into_iter()
    }

    fn unread_of(&self, spot: Spot) -> Option<Block> {
        let unread = self.unread();
        let place = self.unread_spots(&unread).position(|one| one == spot)?;
        unread.get(place).copied()
    }

    fn is_free(&self, block: usize) -> bool {
        self.map.blocks().get(block).is_some_and(|block| block.kind == BlockKind::Free)
    }

    /// The block that has this address.
    fn block_at(&self, address: u32) -> Option<usize> {
        self.map
            .blocks()
            .iter()
            .position(|block| (u64::from(block.address)..end_of(block)).contains(&u64::from(address)))
    }

    fn largest_free(&self) -> Option<usize> {
        let largest = self.map.largest_free()?;
        self.map.blocks().iter().position(|block| block == largest)
    }

    /// Whether a free block is drawn as one that can be had: all of them while nothing is asked for.
    fn holds_request(&self, block: &Block) -> bool {
        self.request.is_none_or(|(bytes, rounding)| block.size_bytes >= rounding.block_bytes(bytes))
    }
}

impl Picture for BlockMapPicture<'_> {
    fn paint<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>, surface: &Surface) -> PaintResult<DB> {
        paint::paint(self, root, surface)
    }

    fn table(&self) -> Table {
        let is_damaged = |block: &Block| self.damage.iter().any(|damage| damage.is_in(block));
        let rows = self.spots().into_iter().filter_map(|spot| {
            let (block, mut kind, number) = match spot {
                Spot::Block(place) => {
                    let block = *self.map.blocks().get(place)?;
                    (block, self.kind_said(place), block.index.to_string())
                }
                Spot::Gone(place) => {
                    let block = *self.changes?.gone().get(place)?;
                    (block, words::WENT.to_owned(), block.index.to_string())
                }
                Spot::Unread(_) => (self.unread_of(spot)?, words::UNREAD.to_owned(), String::new()),
            };
            if is_damaged(&block) {
                kind = words::damaged(&kind);
            }
            let size = format::count(u64::from(block.size_bytes));
            Some(vec![format::address(block.address), kind, size, number])
        });
        let headers = words::HEADERS.map(String::from).to_vec();
        Table { caption: self.summary(), headers, rows: rows.collect() }
    }

    fn legend(&self) -> Vec<LegendItem> {
        let mut items = match self.changes {
            Some(changes) => legend_of_changes(changes),
            None => self.legend_of_used(),
        };
        let mut first = self.legend_of_free();
        first.append(&mut items);
        let mut add = |label: String, token, swatch| {
            first.push(LegendItem { label, value: String::new(), token, swatch });
        };
        if self.map.blocks().iter().any(|block| block.kind == BlockKind::Guard) {
            add(words::GUARDS.into(), "--chart-text", Swatch::Bar);
        }
        if self.is_incomplete && !self.unread().is_empty() {
            add(words::UNREAD_TITLE.into(), "--chart-muted", Swatch::Crossed);
        }
        if !self.damage.is_empty() {
            add(words::DAMAGED.into(), "--chart-alarm", Swatch::Mark(MarkShape::Cross));
        }
        first
    }
}

impl BlockMapPicture<'_> {
    fn legend_of_free(&self) -> Vec<LegendItem> {
        let Some(largest) = self.map.largest_free() else { return Vec::new() };
        let item = |label: &str, bytes: u64, token, swatch| LegendItem {
            label: label.to_owned(),
            value: format::bytes(bytes),
            token,
            swatch,
        };
        let free_bytes = self.map.free_bytes();
        let largest = item(words::LARGEST, largest.size_bytes.into(), "--chart-largest", Swatch::Outlined);
        let Some((bytes, rounding)) = self.request else {
            let free = item(words::FREE_TITLE, free_bytes, "--chart-free", Swatch::Hatched);
            return [Some(free), self.changes.is_none().then_some(largest)].into_iter().flatten().collect();
        };
        let unusable_bytes = Fit::of(self.map, bytes, rounding).unusable_bytes;
        let placed = Placement::of(self.map, bytes, rounding);
        let mut items = match placed.taken {
            Some(_) => vec![
                item(words::HOLDS_IT, free_bytes - unusable_bytes, "--chart-free", Swatch::Hatched),
                item(words::TAKEN, placed.block_bytes.into(), "--chart-text", Swatch::Mark(MarkShape::Wedge)),
            ],
            None => vec![largest],
        };
        if unusable_bytes > 0 {
            items.push(item(words::TOO_SMALL, unusable_bytes, "--chart-free", Swatch::Tinted));
        }
        items
    }

    fn legend_of_used(&self) -> Vec<LegendItem> {
        let mut bytes = [0_u64; SIZE_CLASSES];
        for block in self.map.blocks().iter().filter(|block| block.kind == BlockKind::Used) {
            bytes[size_class(block.size_bytes)] += u64::from(block.size_bytes);
        }
        let labels = class_labels().map(|class| words::used(&class));
        let all = labels.into_iter().zip(USED_TOKENS).zip(bytes);
        all.filter(|(_, bytes)| *bytes > 0)
            .map(|((label, token), bytes)| LegendItem {
                label,
                value: format::bytes(bytes),
                token,
                swatch: Swatch::Solid,
            })
            .collect()
    }
}

fn legend_of_changes(changes: &Changes) -> Vec<LegendItem> {
    let all = Change::ALL.map(|change| (change, changes.count(change)));
    let known = all.into_iter().filter(|(_, count)| count.blocks > 0);
    known
        .map(|(change, count)| {
            let (label, token, swatch) = match change {
                Change::Appeared => (words::APPEARED_TITLE, "--chart-share", Swatch::LowerHalf),
                Change::Gone => (words::WENT_TITLE, "--chart-largest", Swatch::UpperHalf),
                Change::Changed => (words::CHANGED_TITLE, "--chart-low-water", Swatch::Striped),
                Change::Stayed => (words::STAYED_TITLE, "--chart-axis", Swatch::Solid),
            };
            let classes = class_labels().into_iter().zip(count.by_class).filter(|(_, blocks)| *blocks > 0);
            let label = match change {
                Change::Stayed => label.to_owned(),
                _ => words::by_class(label, classes),
            };
            let value = words::blocks_and_bytes(count.blocks, count.bytes);
            LegendItem { label, value, token, swatch }
        })
        .collect()
}

/// The size classes in words, the smallest first.
fn class_labels() -> [String; SIZE_CLASSES] {
    let [small, medium, large] = SIZE_CLASSES_UP_TO_BYTES.map(u64::from);
    [words::up_to(small), words::up_to(medium), words::up_to(large), words::over(large)]
}

const fn kind_word(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Free => words::FREE,
        BlockKind::Used => words::USED,
        BlockKind::Guard => words::GUARD,
    }
}

pub(super) fn size_class(size_bytes: u32) -> usize {
    SIZE_CLASSES_UP_TO_BYTES.iter().take_while(|&&up_to| size_bytes > up_to).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Theme;
    use proptest::prelude::*;

    pub(super) fn map(sizes: &[(u32, BlockKind)]) -> BlockMap {
        let mut address = 0x3fff_24c0_u32;
        let blocks = sizes.iter().enumerate().map(|(index, &(size_bytes, kind))| {
            let block = Block { address, size_bytes, kind, index: index as u32 };
            address += size_bytes;
            block
        });
        BlockMap::new(blocks.collect())
    }

    pub(super) fn sizes() -> impl Strategy<Value = Vec<(u32, BlockKind)>> {
        let size = prop_oneof![4 => 1_u32..6, 2 => 6_u32..80, 1 => 80_u32..1_500].prop_map(|size| size * 8);
        let kind = prop_oneof![3 => Just(BlockKind::Used), 1 => Just(BlockKind::Free)];
        prop::collection::vec((size, kind), 1..400)
    }

    #[test]
    fn two_that_stand_side_by_side_have_one_scale() {
        let (large, small) = (map(&[(1 << 15, BlockKind::Used)]), map(&[(1 << 10, BlockKind::Used)]));
        let surface = Surface::new(600.0, 200.0, 1.0, Theme::Light);
        let rows = |map, beside| {
            let picture = BlockMapPicture::new(map).on_scale_of(beside);
            let layout = picture.layout(&[], &surface);
            (layout.bytes_per_row, layout.row_height)
        };
        assert_ne!(rows(&small, None), rows(&large, None));
        assert_eq!(rows(&small, Some(&large)), rows(&large, None));
        assert_eq!(rows(&large, Some(&small)), rows(&large, None));
    }

    proptest! {
        // Every case looks for some hundred blocks.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_block_is_seen_and_found(
            sizes in sizes(), width in 300_u32..1_200, density in 1_u32..3, is_strip: bool
        ) {
            let map = map(&sizes);
            let surface = Surface::new(f64::from(width), 300.0, f64::from(density), Theme::Light);
            let picture = BlockMapPicture::new(&map).as_strip(is_strip);
            let layout = picture.layout(&[], &surface);
            let pixel = 1.0 / f64::from(density);
            let is_crowded = layout.rows.iter().any(|row| {
                row.pieces.len() as f64 > layout.width * f64::from(density)
            });
            for (index, block) in map.blocks().iter().enumerate() {
                let rects = picture.rects(&surface, Spot::Block(index));
                prop_assert!(!rects.is_empty());
                for rect in rects {
                    prop_assert!(rect.width >= pixel - 1e-9);
                    let hit = picture.hit(&surface, rect.x + pixel / 2.0, rect.y + 1.0);
                    if !is_crowded {
                        prop_assert_eq!(hit, Some(Spot::Block(index)));
                    } else if block.kind == BlockKind::Free {
                        prop_assert!(matches!(hit, Some(Spot::Block(hit)) if picture.is_free(hit)));
                    }
                }
            }
        }

        /// Arrow keys reach everything, in address order, and what went is found where it is drawn.
        #[test]
        fn arrow_keys_reach_every_spot(before in sizes(), after in sizes()) {
            let (before, after) = (map(&before[..before.len().min(60)]), map(&after[..after.len().min(60)]));
            let changes = Changes::of(&before, &after);
            let surface = Surface::new(1_200.0, 300.0, 1.0, Theme::Light);
            let picture = BlockMapPicture::new(&after).with_changes(Some(&changes));
            let all = picture.spots();
            prop_assert_eq!(all.len(), after.blocks().len() + changes.gone().len());
            let (mut at, mut seen) = (all[0], vec![all[0]]);
            while let Some(next) = picture.step(&surface, Some(at), Way::Right).filter(|next| *next != at) {
                seen.push(next);
                at = next;
            }
            prop_assert_eq!(&seen, &all);
            for (place, block) in changes.gone().iter().enumerate() {
                // What went behind the end of the later map has no place in it.
                let is_inside = u64::from(block.address) < after.span().map_or(0, |(_, end)| u64::from(end));
                for rect in picture.rects(&surface, Spot::Gone(place)) {
                    let hit = picture.hit(&surface, rect.x + 0.5, rect.y + 0.5);
                    prop_assert!(matches!(hit, Some(Spot::Gone(_))), "{place} {hit:?}");
                }
                prop_assert!(!is_inside || !picture.rects(&surface, Spot::Gone(place)).is_empty());
            }
        }
    }

    #[test]
    fn a_free_block_of_one_pixel_is_found_among_a_crowd() {
        let mut sizes = vec![(8, BlockKind::Used); 4_000];
        sizes[2_000].1 = BlockKind::Free;
        let (map, surface) = (map(&sizes), Surface::new(130.0, 40.0, 1.0, Theme::Light));
        let picture = BlockMapPicture::new(&map);
        let rect = picture.rects(&surface, Spot::Block(2_000))[0];
        assert_eq!(picture.hit(&surface, rect.x + 0.5, rect.y + 1.0), Some(Spot::Block(2_000)));
    }

    #[test]
    fn a_strip_of_five_thousand_blocks_has_room_for_all() {
        let map = map(&vec![(8, BlockKind::Used); 5_000]);
        let picture = BlockMapPicture::new(&map).as_strip(true);
        let surface = Surface::new(picture.strip_width_px(), 84.0, 1.0, Theme::Light);
        let layout = picture.layout(&[], &surface);
        assert_eq!(layout.rows.len(), 1);
        assert!(layout.rows[0].pieces.len() <= 5_000 && layout.width >= 4_990.0);
    }

    #[test]
    fn size_classes_begin_behind_their_limit() {
        assert_eq!([8, 32, 33, 128, 129, 1_024, 1_025].map(size_class), [0, 0, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn nothing_is_nothing() {
        let (map, surface) = (BlockMap::default(), Surface::new(300.0, 100.0, 1.0, Theme::Light));
        for picture in [BlockMapPicture::new(&map), BlockMapPicture::new(&map).as_strip(true)] {
            assert_eq!(picture.hit(&surface, 100.0, 20.0), None);
            assert_eq!(picture.step(&surface, None, Way::Right), None);
            assert_eq!(picture.summary(), "No blocks.");
            assert!(picture.legend().is_empty() && picture.table().rows.is_empty());
        }
        let picture = BlockMapPicture::new(&map).with_request(100, Rounding::UMM);
        assert!(picture.request_said().is_some_and(|said| said.contains("Nothing is free")));
    }

    #[test]
    fn the_keyboard_begins_at_what_one_looks_for() {
        let used = BlockKind::Used;
        let map = map(&[(8, used), (80, BlockKind::Free), (8, used), (400, BlockKind::Free), (8, used)]);
        let surface = Surface::new(300.0, 100.0, 1.0, Theme::Light);
        let first = |picture: BlockMapPicture<'_>| picture.step(&surface, None, Way::Right);
        let picture = BlockMapPicture::new(&map);
        assert_eq!(first(picture), Some(Spot::Block(3)), "the largest free block");
        assert_eq!(first(picture.with_request(40, Rounding::UMM)), Some(Spot::Block(1)), "what is taken");
        let damage = [Damage { address: map.blocks()[4].address, text: "Broken.".into() }];
        let picture = picture.with_damage(&damage);
        assert_eq!(first(picture), Some(Spot::Block(4)));
        assert!(picture.describe(Spot::Block(4)).ends_with("Broken."));
        assert!(picture.table().rows[4][1].contains("damaged"));
    }
}
