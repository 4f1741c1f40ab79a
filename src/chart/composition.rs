//! Who has the memory: the rows of a report as level bars, the largest first.
//!
//! Sub-rows stand indented under their parent, largest first too, and are never added to a total: the
//! parent has their bytes already. Nothing is left out by size: a report's small rows are often the
//! new ones. Where the height does not suffice, the last line says how many rows are missing.
//!
//! ```text
//!   toit            ██████████████████████████████   72 KB   35%   18 ×
//!     0193…c4f2     █████████████                    32 KB   15%    8 ×
//!   null tag        ████████████████████             47.2 KB 23%  184 ×
//! ```

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::pen::{HPos, Pen, SMALL_TEXT_PX, TEXT_PX, TextLook, VPos};
use super::{LegendItem, PaintResult, Picture, Rect, Surface, Swatch, Table};
use crate::format;
use crate::heap::Category;
use crate::heap::order;
use crate::words::chart::composition as words;

/// The picture of a report's categories.
#[derive(Clone, Debug, PartialEq)]
pub struct Composition {
    rows: Vec<CompositionRow>,
    total_bytes: u64,
    selected: Option<usize>,
    /// A bar as long as there is room for stands for at least so many bytes.
    scale_bytes: u64,
}

/// One row, in the order in which it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositionRow {
    /// The name as the firmware printed it.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// The count as printed.
    pub count: u64,
    /// Whether it is a part of the last row before it that is not.
    pub is_part: bool,
    /// Its place among the categories that were given: the row of the report.
    pub source: usize,
}

impl Composition {
    /// Height of a row on a wide surface, in CSS pixels.
    const ROW_PX: f64 = 24.0;
    /// Height of a row whose text stands above its bar, in CSS pixels.
    const NARROW_ROW_PX: f64 = 36.0;
    /// Below this width in CSS pixels, text and bar do not stand side by side.
    const NARROW_BELOW_PX: f64 = 480.0;
    const INDENT_PX: f64 = 16.0;
    const MARGIN_PX: f64 = 4.0;

    /// A picture of these categories, given in printed order.
    pub fn new(categories: &[Category]) -> Self {
        // A first row that claims to be a part has no parent: it stands for itself.
        let mut groups: Vec<(CompositionRow, Vec<CompositionRow>)> = Vec::new();
        for (source, category) in categories.iter().enumerate() {
            let row = |is_part| CompositionRow {
                name: category.name.clone().into_owned(),
                bytes: category.bytes,
                count: category.count,
                is_part,
                source,
            };
            match groups.last_mut() {
                Some((_, parts)) if category.is_part_of_previous => parts.push(row(true)),
                _ => groups.push((row(false), Vec::new())),
            }
        }
        let total_bytes = groups.iter().fold(0_u64, |sum, (row, _)| sum.saturating_add(row.bytes));
        order::sort_largest_first(&mut groups, |(row, _)| row.bytes);
        let mut rows = Vec::with_capacity(categories.len());
        for (row, mut parts) in groups {
            order::sort_largest_first(&mut parts, |row| row.bytes);
            rows.push(row);
            rows.append(&mut parts);
        }
        Composition { rows, total_bytes, selected: None, scale_bytes: 1 }
    }

    /// The same with one row marked.
    #[must_use]
    pub fn with_selected(self, row: Option<usize>) -> Self {
        Composition { selected: row, ..self }
    }

    /// The same on the scale of another that stands beside it, where that one's bars are longer.
    #[must_use]
    pub fn on_scale_of(self, other: &Composition) -> Self {
        let scale_bytes = self.scale_bytes.max(other.largest_bytes());
        Composition { scale_bytes, ..self }
    }

    fn largest_bytes(&self) -> u64 {
        self.rows.iter().map(|row| row.bytes).max().unwrap_or(0).max(self.scale_bytes)
    }

    /// The rows in the order in which they are drawn.
    pub fn rows(&self) -> &[CompositionRow] {
        &self.rows
    }

    /// Bytes of all rows that are not parts of others.
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// The height in CSS pixels at which all rows fit.
    pub fn preferred_height_px(&self, width_px: f64) -> f64 {
        2.0 * Self::MARGIN_PX + self.rows.len() as f64 * Self::row_px(width_px)
    }

    /// The row under the pointer, in CSS pixels.
    pub fn hit(&self, surface: &Surface, x: f64, y: f64) -> Option<usize> {
        let rows = 0..self.shown(surface);
        rows.into_iter().find(|&row| Self::row_rect(surface, row).contains(x, y))
    }

    /// Where a row's bar stands, in CSS pixels; `None` when the row has no room.
    pub fn bar(&self, surface: &Surface, row: usize) -> Option<Rect> {
        if row >= self.shown(surface) {
            return None;
        }
        let (row_rect, data) = (Self::row_rect(surface, row), self.rows.get(row)?);
        let columns = Columns::new(surface.width_px);
        let largest = self.largest_bytes();
        let thickness = if data.is_part { 8.0 } else { 14.0 };
        let middle = match columns.is_narrow {
            true => row_rect.y + 26.0,
            false => row_rect.y + row_rect.height / 2.0,
        };
        let thickness = if columns.is_narrow { thickness / 2.0 + 1.0 } else { thickness };
        let width = (columns.bar_right - columns.bar_left) * (data.bytes as f64 / largest as f64);
        // What has bytes has a bar.
        let least = if data.bytes > 0 { 1.0 } else { 0.0 };
        Some(Rect::new(columns.bar_left, middle - thickness / 2.0, width.max(least), thickness))
    }

    fn row_px(width_px: f64) -> f64 {
        if width_px < Self::NARROW_BELOW_PX { Self::NARROW_ROW_PX } else { Self::ROW_PX }
    }

    fn row_rect(surface: &Surface, row: usize) -> Rect {
        let height = Self::row_px(surface.width_px);
        Rect::new(0.0, Self::MARGIN_PX + row as f64 * height, surface.width_px, height)
    }

    /// How many rows have room. When not all have, the last line is for the note that says so.
    fn shown(&self, surface: &Surface) -> usize {
        let room = (surface.height_px - 2.0 * Self::MARGIN_PX) / Self::row_px(surface.width_px);
        let room = room.max(0.0) as usize;
        if room >= self.rows.len() { self.rows.len() } else { room.saturating_sub(1) }
    }

    fn paint_row<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        surface: &Surface,
        row: usize,
    ) -> PaintResult<DB> {
        let (Some(bar), Some(data)) = (self.bar(surface, row), self.rows.get(row)) else { return Ok(()) };
        let (palette, columns) = (pen.palette(), Columns::new(surface.width_px));
        let rect = Self::row_rect(surface, row);
        if self.selected == Some(row) {
            pen.fill(rect, palette.grid)?;
        }
        let track = Rect::new(columns.bar_left, bar.y, columns.bar_right - columns.bar_left, bar.height);
        pen.fill(track, palette.grid.over(palette.background, 0.6))?;
        // A part is paler and thinner than its parent, and stands under it.
        let colour = if data.is_part { palette.used[0] } else { palette.used[1] };
        pen.fill(bar, colour)?;

        let indent = if data.is_part { Self::INDENT_PX } else { 0.0 };
        let middle = if columns.is_narrow { rect.y + 11.0 } else { rect.y + rect.height / 2.0 };
        let name_room = ((columns.name_right - columns.name_left - indent) / (TEXT_PX * 0.6)) as usize;
        let name = format::shorten_middle(&data.name, name_room);
        let name_colour = if data.is_part { palette.muted } else { palette.text };
        let left = TextLook::new(TEXT_PX, name_colour, HPos::Left, VPos::Center);
        pen.text(&name, (columns.name_left + indent, middle), left)?;

        let look = TextLook::new(TEXT_PX, name_colour, HPos::Right, VPos::Center);
        let help = TextLook::new(SMALL_TEXT_PX, palette.muted, HPos::Right, VPos::Center);
        pen.text(&format::bytes(data.bytes), (columns.bytes_right, middle), look)?;
        pen.text(&format::share(data.bytes, self.total_bytes), (columns.share_right, middle), look)?;
        pen.text(&format!("{}\u{a0}×", format::count(data.count)), (columns.count_right, middle), help)
    }
}

impl Picture for Composition {
    fn paint<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>, surface: &Surface) -> PaintResult<DB> {
        let pen = Pen::new(root, surface);
        pen.ground()?;
        let shown = self.shown(surface);
        for row in 0..shown {
            self.paint_row(&pen, surface, row)?;
        }
        let missing = self.rows.len() - shown;
        if missing > 0 {
            let rect = Self::row_rect(surface, shown);
            let look = TextLook::new(SMALL_TEXT_PX, pen.palette().muted, HPos::Left, VPos::Top);
            let text = words::more_rows(missing);
            pen.text(&text, (Columns::new(surface.width_px).name_left, rect.y + 6.0), look)?;
        }
        Ok(())
    }

    fn table(&self) -> Table {
        let rows = self.rows.iter().map(|row| {
            let name = if row.is_part { words::part_of_above(&row.name) } else { row.name.clone() };
            let share = format::share(row.bytes, self.total_bytes);
            vec![name, format::count(row.bytes), share, format::count(row.count)]
        });
        let whole = self.rows.iter().filter(|row| !row.is_part);
        let caption = match self.rows.first() {
            Some(largest) => words::caption(self.total_bytes, whole.count(), &largest.name, largest.bytes),
            None => words::NOTHING.into(),
        };
        let headers = words::HEADERS.map(String::from).to_vec();
        Table { caption, headers, rows: rows.collect() }
    }

    fn legend(&self) -> Vec<LegendItem> {
        let item = |label: &str, token| LegendItem {
            label: label.into(),
            value: String::new(),
            token,
            swatch: Swatch::Solid,
        };
        let mut items = vec![item(words::OF_ONE_KIND, "--chart-used-2")];
        if self.rows.iter().any(|row| row.is_part) {
            items.push(item(words::PART_OF_KIND, "--chart-used-1"));
        }
        items
    }
}

/// Where the columns stand, in CSS pixels. On a narrow surface the bar has a line for itself.
struct Columns {
    is_narrow: bool,
    name_left: f64,
    name_right: f64,
    bar_left: f64,
    bar_right: f64,
    bytes_right: f64,
    share_right: f64,
    count_right: f64,
}

impl Columns {
    const MARGIN_PX: f64 = 8.0;
    const BYTES_PX: f64 = 66.0;
    const SHARE_PX: f64 = 46.0;
    const COUNT_PX: f64 = 56.0;

    fn new(width_px: f64) -> Self {
        let is_narrow = width_px < Composition::NARROW_BELOW_PX;
        let count_right = width_px - Self::MARGIN_PX;
        let share_right = count_right - Self::COUNT_PX;
        let bytes_right = share_right - Self::SHARE_PX;
        let (name_left, numbers_left) = (Self::MARGIN_PX, bytes_right - Self::BYTES_PX);
        let name_right = match is_narrow {
            true => numbers_left - 4.0,
            false => name_left + (width_px * 0.24).clamp(120.0, 220.0),
        };
        let (bar_left, bar_right) = match is_narrow {
            true => (name_left, count_right),
            false => (name_right + 12.0, numbers_left - 8.0),
        };
        Columns {
            is_narrow,
            name_left,
            name_right,
            bar_left,
            bar_right,
            bytes_right,
            share_right,
            count_right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Theme;

    fn category(name: &str, bytes: u64, is_part_of_previous: bool) -> Category {
        Category { name: name.to_owned().into(), bytes, count: 1, is_part_of_previous }
    }

    fn nested() -> Composition {
        Composition::new(&[
            category("small", 10, false),
            category("large", 90, false),
            category("part a", 30, true),
            category("part b", 60, true),
        ])
    }

    #[test]
    fn parts_follow_their_parent_and_are_not_added() {
        let picture = nested();
        let names: Vec<&str> = picture.rows().iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["large", "part b", "part a", "small"]);
        assert_eq!(picture.total_bytes(), 100);
        assert_eq!(picture.rows()[1].source, 3);
    }

    #[test]
    fn bars_are_as_long_as_their_bytes() {
        let (picture, surface) = (nested(), Surface::new(900.0, 200.0, 1.0, Theme::Light));
        let widths: Vec<f64> =
            (0..4).filter_map(|row| picture.bar(&surface, row)).map(|bar| bar.width).collect();
        for (row, width) in picture.rows().iter().zip(&widths) {
            let expected = widths[0] * row.bytes as f64 / 90.0;
            assert!((width - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn two_that_stand_side_by_side_have_one_scale() {
        let (large, small) = (nested(), Composition::new(&[category("small", 45, false)]));
        let surface = Surface::new(900.0, 200.0, 1.0, Theme::Light);
        let width = |picture: &Composition| picture.bar(&surface, 0).unwrap().width;
        let full = width(&large);
        assert!((width(&small.clone().on_scale_of(&large)) - full / 2.0).abs() < 1e-9);
        assert!((width(&large.clone().on_scale_of(&small)) - full).abs() < 1e-9);
        assert!((width(&small) - full).abs() < 1e-9);
    }

    #[test]
    fn every_row_is_found_where_it_is_drawn() {
        for width in [360.0, 900.0] {
            let picture = nested();
            let surface = Surface::new(width, picture.preferred_height_px(width), 1.0, Theme::Light);
            for row in 0..4 {
                let bar = picture.bar(&surface, row).unwrap();
                assert_eq!(picture.hit(&surface, bar.x + 0.5, bar.y + 1.0), Some(row));
            }
            assert_eq!(picture.hit(&surface, 10.0, surface.height_px - 1.0), None);
        }
    }

    #[test]
    fn rows_without_room_are_counted() {
        let surface = Surface::new(900.0, 8.0 + 3.0 * 24.0, 1.0, Theme::Light);
        assert_eq!(nested().shown(&surface), 2);
        assert!(crate::chart::svg(&nested(), &surface).contains("and 2 more rows"));
    }

    #[test]
    fn a_part_without_parent_stands_for_itself() {
        let picture = Composition::new(&[category("orphan", 5, true)]);
        assert_eq!((picture.total_bytes(), picture.rows()[0].is_part), (5, false));
    }
}
