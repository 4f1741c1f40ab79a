//! How a block map is drawn.
//!
//! What is alike in a row is one shape, however many blocks it stands for: a backend takes as long for a large polygon as
//! for a small one, and a map may have thousands of blocks.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::super::palette::Rgb;
use super::super::pen::{HPos, Pen, SMALL_TEXT_PX, TextLook, VPos, hatch, hatch_back, text_width_px};
use super::super::{PaintResult, Rect, Surface};
use super::layout::{Layout, ROW_GAP_PX, RULER_PX, Row, end_of};
use super::{BlockMapPicture, Fate, GONE_PART, SIZE_CLASSES, size_class};
use crate::format;
use crate::heap::{Block, BlockKind, Placement};
use crate::words::chart::block_map as words;

/// Narrower pieces have no room for a pattern.
const LEAST_PATTERN_PX: f64 = 4.0;
const HATCH_PX: f64 = 7.0;
/// Half the size of the cross that marks damage, and of the wedge that marks what is taken.
const MARK_PX: f64 = 4.5;
const LEAST_TICK_PX: f64 = 110.0;

pub(super) fn paint<DB: DrawingBackend>(
    picture: &BlockMapPicture<'_>,
    root: &DrawingArea<DB, Shift>,
    surface: &Surface,
) -> PaintResult<DB> {
    let unread = picture.unread();
    let layout = picture.layout(&unread, surface);
    let painter = Painter { picture, pen: Pen::new(root, surface), layout: &layout };
    painter.pen.ground()?;
    for row in &layout.rows {
        painter.row(row)?;
    }
    painter.gone()?;
    match (picture.placement(), picture.changes) {
        (Some(placed), _) => painter.request(&placed)?,
        (None, None) => painter.largest(|bytes| words::largest_in_picture(bytes).to_vec())?,
        (None, Some(_)) => {}
    }
    painter.damage(&unread)?;
    painter.selected()
}

struct Painter<'a, DB: DrawingBackend> {
    picture: &'a BlockMapPicture<'a>,
    pen: Pen<'a, DB>,
    layout: &'a Layout,
}

/// Rectangles of one look, as the outline of a comb: the lower edges of all of them are one line.
#[derive(Default)]
struct Comb(Vec<(f64, f64)>);

impl Comb {
    fn add(&mut self, rect: Rect) {
        if rect.width > 0.0 && rect.height > 0.0 {
            let (right, bottom) = (rect.right(), rect.bottom());
            debug_assert!(self.0.first().is_none_or(|(_, first)| (first - bottom).abs() < 1e-6));
            self.0.extend([(rect.x, bottom), (rect.x, rect.y), (right, rect.y), (right, bottom)]);
        }
    }
}

impl<DB: DrawingBackend> Painter<'_, DB> {
    fn blocks(&self) -> &[Block] {
        self.picture.map.blocks()
    }

    fn row(&self, row: &Row) -> PaintResult<DB> {
        let (pen, layout) = (&self.pen, self.layout);
        let palette = pen.palette();
        let rect = row.rect(layout);
        // Bytes that no block accounts for stay as they are here.
        pen.fill(rect, palette.grid.over(palette.background, 0.5))?;
        for piece in &row.unread {
            self.unread(piece.rect(row, layout), palette.muted)?;
        }
        let mut looks: [Comb; SIZE_CLASSES] = Default::default();
        let mut stripes = Vec::new();
        let mut guards = Vec::new();
        let mut free = Vec::new();
        for piece in &row.pieces {
            let (rect, block) = (piece.rect(row, layout), &self.blocks()[piece.block]);
            match block.kind {
                BlockKind::Guard => guards.push((rect, block)),
                BlockKind::Free => free.push((rect, piece.block)),
                BlockKind::Used => {
                    let rect = self.spaced(rect);
                    match self.picture.changes.map(|changes| changes.fate(piece.block)) {
                        None => looks[size_class(block.size_bytes)].add(rect),
                        Some(Fate::Appeared) => looks[APPEARED].add(lower(rect)),
                        Some(Fate::Changed { .. }) => {
                            looks[CHANGED].add(rect);
                            stripes.push(rect);
                        }
                        Some(Fate::Stayed | Fate::None) => looks[STAYED].add(rect),
                    }
                }
            }
        }
        let colours = match self.picture.changes {
            None => palette.used,
            Some(_) => {
                let stayed = palette.axis.over(palette.background, 0.55);
                [stayed, palette.share, palette.low_water, palette.background]
            }
        };
        for (Comb(points), colour) in looks.iter().zip(colours) {
            pen.polygon(points, colour, 1.0)?;
        }
        self.stripes(&stripes)?;
        for (rect, block) in guards {
            self.guard(row, rect, block)?;
        }
        // Last: nothing may hide them.
        self.free(&free)?;
        if layout.has_addresses {
            let look = TextLook::new(SMALL_TEXT_PX, palette.muted, HPos::Left, VPos::Center);
            let address = format::address(row.address as u32);
            pen.text(&address, (4.0, rect.y + rect.height / 2.0), look)?;
        }
        if layout.is_strip { self.ruler(row) } else { Ok(()) }
    }

    /// Keeps neighbours apart: without the last device pixel of a piece that has pixels to spare.
    fn spaced(&self, rect: Rect) -> Rect {
        let hairline = self.pen.hairline_px();
        let space = if rect.width >= 3.0 * hairline { hairline } else { 0.0 };
        Rect::new(rect.x, rect.y, rect.width - space, rect.height)
    }

    /// The largest gets its own border later.
    fn free(&self, pieces: &[(Rect, usize)]) -> PaintResult<DB> {
        let (pen, palette) = (&self.pen, self.pen.palette());
        let largest = self.picture.largest_free();
        let is_plain = self.picture.changes.is_some() && self.picture.request.is_none();
        let has_border = |block: usize| Some(block) != largest || self.picture.request.is_some();
        let (mut solid, mut thin, mut tint) = (Comb::default(), Comb::default(), Comb::default());
        let (mut border, mut inner, mut edge) = (Comb::default(), Comb::default(), Comb::default());
        let mut hatched = Vec::new();
        for &(rect, block) in pieces {
            let rect = self.spaced(rect);
            let holds = self.picture.holds_request(&self.blocks()[block]);
            match (rect.width < LEAST_PATTERN_PX, holds && !is_plain) {
                (true, true) => solid.add(rect),
                (true, false) => thin.add(rect),
                (false, false) => {
                    edge.add(rect);
                    tint.add(inset(rect));
                }
                (false, true) if has_border(block) => {
                    border.add(rect);
                    inner.add(inset(rect));
                    hatched.push(inset(rect));
                }
                (false, true) => {
                    tint.add(rect);
                    hatched.push(inset(rect));
                }
            }
        }
        let light = palette.free.over(palette.background, 0.12);
        let looks = [
            (solid, palette.free),
            (thin, palette.free.over(palette.background, 0.45)),
            (edge, palette.free.over(palette.background, 0.4)),
            (tint, light),
            (border, palette.free),
            (inner, light),
        ];
        for (Comb(points), colour) in looks {
            pen.polygon(&points, colour, 1.0)?;
        }
        for rect in hatched {
            pen.path(&hatch(rect, HATCH_PX), 1.0, palette.free.over(palette.background, 0.55))?;
        }
        Ok(())
    }

    /// Higher than its row: the ends of the heap are seen even when they have one pixel.
    fn guard(&self, row: &Row, rect: Rect, block: &Block) -> PaintResult<DB> {
        if self.picture.is_incomplete && block.size_bytes > 64 {
            // Where the chain of blocks ends too early, the last one seems to be all of the rest.
            self.unread(rect, self.pen.palette().muted)?;
        }
        if u64::from(block.address) < row.address {
            return Ok(());
        }
        let over = ROW_GAP_PX / 2.0;
        let width = rect.width.min(3.0).max(self.pen.hairline_px());
        let rect = Rect::new(rect.x, rect.y - over, width, rect.height + 2.0 * over);
        self.pen.fill(rect, self.pen.palette().text)
    }

    fn unread(&self, rect: Rect, colour: Rgb) -> PaintResult<DB> {
        let (pen, palette) = (&self.pen, self.pen.palette());
        let rect = self.spaced(rect);
        if rect.width < LEAST_PATTERN_PX {
            return pen.fill(rect, colour);
        }
        pen.fill(rect, palette.background)?;
        let faint = colour.over(palette.background, 0.6);
        pen.path(&hatch(rect, HATCH_PX), 1.0, faint)?;
        pen.path(&hatch_back(rect, HATCH_PX), 1.0, faint)
    }

    /// Two level lines through each.
    fn stripes(&self, rects: &[Rect]) -> PaintResult<DB> {
        for part in [1.0, 2.0] {
            let mut lines = Comb::default();
            for rect in rects {
                let y = rect.y + (rect.height * part / 3.0).floor();
                lines.add(Rect::new(rect.x, y, rect.width, 1.0));
            }
            self.pen.polygon(&lines.0, self.pen.palette().background, 1.0)?;
        }
        Ok(())
    }

    /// What went: the upper part of where it was, hatched the other way.
    fn gone(&self) -> PaintResult<DB> {
        let Some(changes) = self.picture.changes else { return Ok(()) };
        let (pen, palette) = (&self.pen, self.pen.palette());
        let (mut border, mut inner, mut hatched) = (Comb::default(), Comb::default(), Vec::new());
        let mut y = f64::NEG_INFINITY;
        let flush = |border: &mut Comb, inner: &mut Comb, hatched: &mut Vec<Rect>| {
            pen.polygon(&std::mem::take(border).0, palette.largest, 1.0)?;
            pen.polygon(&std::mem::take(inner).0, palette.background, 1.0)?;
            let paths = std::mem::take(hatched);
            paths.into_iter().try_for_each(|rect| pen.path(&hatch_back(rect, 5.0), 1.0, palette.largest))
        };
        for block in changes.gone() {
            for rect in self.layout.rects_between(self.blocks(), block.address.into(), end_of(block)) {
                // One shape in each row.
                if rect.y != y {
                    flush(&mut border, &mut inner, &mut hatched)?;
                    y = rect.y;
                }
                let height = (rect.height * GONE_PART).floor().max(1.0);
                let rect = self.spaced(Rect { height, ..rect });
                border.add(rect);
                if rect.width >= LEAST_PATTERN_PX {
                    inner.add(inset(rect));
                    hatched.push(inset(rect));
                }
            }
        }
        flush(&mut border, &mut inner, &mut hatched)
    }

    /// The free blocks that hold it stand out already: here, what would be taken of one of them.
    fn request(&self, placed: &Placement) -> PaintResult<DB> {
        let (pen, palette) = (&self.pen, self.pen.palette());
        let Some(taken) = placed.taken else {
            let request_bytes = placed.request_bytes.into();
            return self.largest(|largest| words::does_not_fit_in_picture(request_bytes, largest).to_vec());
        };
        let from = u64::from(taken.address);
        let rects = self.layout.rects_between(self.blocks(), from, from + u64::from(placed.block_bytes));
        for &rect in &rects {
            pen.fill(self.spaced(rect), palette.free)?;
        }
        let texts = words::taken_in_picture(placed.request_bytes.into());
        self.label(&rects, &texts)?;
        let Some(first) = rects.first() else { return Ok(()) };
        // A wedge points at its first byte; it stays inside the picture.
        let x = (first.x + first.width.min(2.0) / 2.0).max(self.layout.left + MARK_PX);
        let wedge = |grow: f64| {
            let (half, y) = (MARK_PX + grow, first.y - ROW_GAP_PX / 2.0 - grow);
            [(x - half, y), (x + half, y), (x, y + 1.6 * MARK_PX + 2.5 * grow)]
        };
        pen.polygon(&wedge(1.5), palette.background, 1.0)?;
        pen.polygon(&wedge(0.0), palette.text, 1.0)
    }

    /// One border around all rows of the largest free block: open where it goes on in another row.
    fn largest(&self, texts: impl Fn(u64) -> Vec<String>) -> PaintResult<DB> {
        let (Some(largest), Some(block)) = (self.picture.largest_free(), self.picture.map.largest_free())
        else {
            return Ok(());
        };
        let (pen, palette) = (&self.pen, self.pen.palette());
        let rects: Vec<Rect> = self.layout.rects_of(largest).collect();
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
        self.label(&rects, &texts(block.size_bytes.into()))
    }

    /// The first or second text for which the widest of the rectangles has room, on its own ground: hatching behind
    /// letters is hard to read. Where none has room, the first that the row has room for, beside the rectangle: it is what
    /// the picture is looked at for.
    fn label(&self, rects: &[Rect], texts: &[String]) -> PaintResult<DB> {
        let (pen, palette) = (&self.pen, self.pen.palette());
        let widest = rects.iter().copied().reduce(|one, two| if two.width > one.width { two } else { one });
        let Some(widest) = widest else { return Ok(()) };
        let room = widest.width - 16.0;
        let Some(text) = texts.iter().take(2).find(|text| text_width_px(text, SMALL_TEXT_PX) <= room) else {
            return self.label_beside(widest, texts);
        };
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

    fn label_beside(&self, rect: Rect, texts: &[String]) -> PaintResult<DB> {
        const SPACE_PX: f64 = 5.0;
        let (pen, palette, layout) = (&self.pen, self.pen.palette(), self.layout);
        let height = (layout.row_height - 2.0).min(SMALL_TEXT_PX + 6.0);
        let (left, right) = (rect.x - layout.left, layout.left + layout.width - rect.right());
        // At the side where there is more of the row.
        let room = left.max(right) - 2.0 * SPACE_PX;
        let fits = |text: &&String| text_width_px(text, SMALL_TEXT_PX) + 12.0 <= room;
        let Some(text) = texts.iter().find(fits) else { return Ok(()) };
        let width = text_width_px(text, SMALL_TEXT_PX) + 12.0;
        let x = if left > right { rect.x - SPACE_PX - width } else { rect.right() + SPACE_PX };
        let plate = Rect::new(x, rect.y + (rect.height - height) / 2.0, width, height);
        pen.fill(plate, palette.background)?;
        pen.outline(plate, 1.0, palette.largest)?;
        let middle = plate.y + height / 2.0;
        let near = if left > right { plate.right() } else { rect.right() };
        pen.level(near, near + SPACE_PX, middle, 1.0, palette.largest)?;
        let look = TextLook::new(SMALL_TEXT_PX, palette.text, HPos::Center, VPos::Center);
        pen.text(text, (plate.x + width / 2.0, middle), look)
    }

    /// A cross where the allocator's data is destroyed, over the block that it belongs to; and what it hides.
    fn damage(&self, unread: &[Block]) -> PaintResult<DB> {
        let (pen, palette) = (&self.pen, self.pen.palette());
        for damage in self.picture.damage {
            for hole in unread.iter().filter(|hole| damage.is_in(hole)) {
                for rect in self.layout.rects_between(self.blocks(), hole.address.into(), end_of(hole)) {
                    self.unread(rect, palette.alarm)?;
                }
            }
            let block = self.picture.block_at(damage.address);
            for rect in block.into_iter().flat_map(|block| self.layout.rects_of(block)) {
                if rect.width >= LEAST_PATTERN_PX {
                    pen.path(&hatch(inset(rect), HATCH_PX), 1.0, palette.alarm)?;
                    pen.path(&hatch_back(inset(rect), HATCH_PX), 1.0, palette.alarm)?;
                    pen.outline(rect, 2.0, palette.alarm)?;
                } else {
                    pen.fill(rect, palette.alarm)?;
                }
            }
            let Some((row, x)) = self.layout.place_of(self.blocks(), damage.address.into()) else { continue };
            let x = x.clamp(self.layout.left + MARK_PX, self.layout.left + self.layout.width - MARK_PX);
            let y = row.y + self.layout.row_height / 2.0;
            pen.disc(x, y, MARK_PX + 3.0, palette.background)?;
            for slope in [-MARK_PX, MARK_PX] {
                pen.path(&[(x - MARK_PX, y - slope), (x + MARK_PX, y + slope)], 2.5, palette.alarm)?;
            }
        }
        Ok(())
    }

    fn selected(&self) -> PaintResult<DB> {
        let rects = self.picture.selected.map(|spot| self.picture.rects_in(self.layout, spot));
        for rect in rects.into_iter().flatten() {
            let over = ROW_GAP_PX / 2.0;
            let around =
                Rect::new(rect.x - over, rect.y - over, rect.width + 2.0 * over, rect.height + 2.0 * over);
            self.pen.outline(around, over, self.pen.palette().text)?;
        }
        Ok(())
    }

    /// Addresses below a strip, at multiples of a power of two.
    fn ruler(&self, row: &Row) -> PaintResult<DB> {
        let (pen, palette, layout) = (&self.pen, self.pen.palette(), self.layout);
        let (row_bytes, mut step) = (u64::from(layout.bytes_per_row), 256_u64);
        while (step as f64) * layout.width / (row_bytes as f64) < LEAST_TICK_PX && step < row_bytes {
            step *= 2;
        }
        let mut address = row.address.div_ceil(step) * step;
        let end = row.pieces.last().map_or(row.address, |piece| end_of(&self.blocks()[piece.block]));
        let y = row.y + layout.row_height;
        while address < end {
            if let Some((_, x)) = layout.place_of(self.blocks(), address) {
                pen.upright(x, y, y + 5.0, 1.0, palette.axis)?;
                let look = TextLook::new(SMALL_TEXT_PX, palette.muted, HPos::Left, VPos::Bottom);
                pen.text(&format::address(address as u32), (x + 4.0, y + RULER_PX), look)?;
            }
            address += step;
        }
        Ok(())
    }
}

/// The places of the looks among those of a row, when a map is compared.
const STAYED: usize = 0;
const APPEARED: usize = 1;
const CHANGED: usize = 2;

/// What is left of a row below what went.
fn lower(rect: Rect) -> Rect {
    let upper = (rect.height * GONE_PART).floor();
    Rect::new(rect.x, rect.y + upper, rect.width, rect.height - upper)
}

/// Within a border of one pixel.
fn inset(rect: Rect) -> Rect {
    Rect::new(rect.x + 1.0, rect.y + 1.0, rect.width - 2.0, rect.height - 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_comb_covers_its_rectangles_and_nothing_else() {
        let mut comb = Comb::default();
        for (x, width) in [(0.0, 2.0), (4.0, 1.0), (9.0, 0.0)] {
            comb.add(Rect::new(x, 3.0, width, 5.0));
        }
        // The area by the shoelace formula: what joins the teeth has none.
        let points = &comb.0;
        let next = points.iter().cycle().skip(1);
        let area: f64 = points.iter().zip(next).map(|(one, two)| one.0 * two.1 - two.0 * one.1).sum();
        assert_eq!((points.len(), area / 2.0), (8, 15.0));
    }
}
