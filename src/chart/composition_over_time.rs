//! Who has the memory, over time: one layer for each kind, one upon the other, the largest at the bottom.
//!
//! Of several reports of one run of a firmware: the types of a Toit heap, or the used blocks of a block map by their size,
//! with what is free upon them. Kinds beyond the first few are one layer together. A layer is known by its place and its
//! name as well as by its colour, and every other one is hatched.
//!
//! Between two reports nothing is known: the straight line there is drawn thinly ruled at each report, so that one sees
//! where it was measured. It refuses to show one report alone: over time that says nothing.
//!
//! ```
//! use heapscope::chart::{CompositionOverTime, Moment, Picture};
//! use heapscope::heap::{Category, Millis};
//!
//! let wifi = |bytes| vec![Category { name: "wifi".into(), bytes, count: 1, is_part_of_previous: false }];
//! let (first, second) = (wifi(40_000), wifi(48_000));
//! let at = |seconds| Moment { at: Millis::from_secs(seconds), line: seconds };
//! let picture = CompositionOverTime::of_categories(&[(at(1), &first[..]), (at(9), &second[..])]);
//! assert!(picture.changes(1).unwrap().contains("wifi +7.8"));
//! ```

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::block_map::{SIZE_CLASSES, SIZE_CLASSES_UP_TO_BYTES, size_class};
use super::pen::{HPos, Pen, SMALL_TEXT_PX, TextLook, VPos, hatch_shape, text_width_px};
use super::scale::{self, LinearScale};
use super::{Axis, LegendItem, Moment, PaintResult, Picture, Rgb, Surface, Swatch, Table};
use crate::format;
use crate::heap::{BlockKind, BlockMap, Category, Millis, order};
use crate::words::chart::over_time as words;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct CompositionOverTime {
    moments: Vec<Moment>,
    /// From the bottom up.
    layers: Vec<Layer>,
    axis: Axis,
    /// The report that is shown elsewhere on the page.
    shown: Option<usize>,
    selected: Option<Slice>,
}

/// One kind.
#[derive(Clone, Debug, PartialEq)]
struct Layer {
    name: String,
    kind: LayerKind,
    /// At each moment.
    bytes: Vec<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LayerKind {
    Used,
    Others,
    Free,
}

/// What is under the pointer: a report, and one of its kinds, if any is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The report's place among those that were given.
    pub moment: usize,
    /// The kind's place from the bottom up.
    pub layer: Option<usize>,
}

/// So many kinds have layers of their own.
const MOST_LAYERS: usize = 6;
/// So many changes are named.
const NAMED: usize = 3;

const TOP_PX: f64 = 8.0;
const AXIS_PX: f64 = 22.0;
const LEFT_PX: f64 = 58.0;
const RIGHT_PX: f64 = 12.0;
const END_LABELS_PX: f64 = 190.0;
/// Below this width in CSS pixels there is no room for names beside the layers.
const NO_END_LABELS_BELOW_PX: f64 = 600.0;
const HATCH_STEP_PX: f64 = 8.0;

impl CompositionOverTime {
    /// Of the rows of several reports, in order of time. Parts of other rows are not added.
    pub fn of_categories(reports: &[(Moment, &[Category])]) -> Self {
        let mut layers: Vec<Layer> = Vec::new();
        for (place, (_, categories)) in reports.iter().enumerate() {
            for row in categories.iter().filter(|row| !row.is_part_of_previous) {
                let known = layers.iter().position(|layer| layer.name == row.name);
                let index = known.unwrap_or_else(|| {
                    let bytes = vec![0; reports.len()];
                    layers.push(Layer { name: row.name.clone().into_owned(), kind: LayerKind::Used, bytes });
                    layers.len() - 1
                });
                let bytes = &mut layers[index].bytes[place];
                *bytes = bytes.saturating_add(row.bytes);
            }
        }
        order::sort_largest_first(&mut layers, Layer::weight);
        if layers.len() > MOST_LAYERS + 1 {
            let others = layers.split_off(MOST_LAYERS);
            let mut bytes = vec![0_u64; reports.len()];
            for layer in &others {
                bytes.iter_mut().zip(&layer.bytes).for_each(|(sum, more)| *sum = sum.saturating_add(*more));
            }
            layers.push(Layer { name: words::others(others.len()), kind: LayerKind::Others, bytes });
        }
        Self::new(reports.iter().map(|(moment, _)| *moment).collect(), layers)
    }

    /// Of the blocks of several maps of one heap, in order of time: what is used by size, and what is free.
    pub fn of_maps(reports: &[(Moment, &BlockMap)]) -> Self {
        let layer = |name, kind| Layer { name, kind, bytes: vec![0; reports.len()] };
        let limits = SIZE_CLASSES_UP_TO_BYTES.map(u64::from);
        let largest = limits.last().map(|limit| words::used_over(*limit));
        let names = limits.into_iter().map(words::used_up_to).chain(largest);
        let mut layers: Vec<Layer> = names.map(|name| layer(name, LayerKind::Used)).collect();
        layers.push(layer(words::FREE.into(), LayerKind::Free));
        for (place, (_, map)) in reports.iter().enumerate() {
            for block in map.blocks() {
                let index = match block.kind {
                    BlockKind::Free => SIZE_CLASSES,
                    BlockKind::Used => size_class(block.size_bytes),
                    _ => continue,
                };
                layers[index].bytes[place] += u64::from(block.size_bytes);
            }
        }
        let free = layers.pop();
        order::sort_largest_first(&mut layers, Layer::weight);
        layers.extend(free);
        layers.retain(|layer| layer.weight() > 0);
        Self::new(reports.iter().map(|(moment, _)| *moment).collect(), layers)
    }

    fn new(moments: Vec<Moment>, layers: Vec<Layer>) -> Self {
        CompositionOverTime { moments, layers, axis: Axis::Time, shown: None, selected: None }
    }

    /// The same on an axis of log lines, for a log without times.
    #[must_use]
    pub fn on(self, axis: Axis) -> Self {
        CompositionOverTime { axis, ..self }
    }

    /// The same with the report marked that is shown elsewhere.
    #[must_use]
    pub fn with_shown(self, moment: Option<usize>) -> Self {
        CompositionOverTime { shown: moment, ..self }
    }

    /// The same with what is pointed at marked.
    #[must_use]
    pub fn with_selected(self, selected: Option<Slice>) -> Self {
        CompositionOverTime { selected, ..self }
    }

    /// Whether there is nothing to be seen over time.
    pub fn is_empty(&self) -> bool {
        self.moments.len() < 2 || self.layers.is_empty()
    }

    /// What is under the pointer, in CSS pixels; `None` outside of the picture.
    pub fn hit(&self, surface: &Surface, x: f64, y: f64) -> Option<Slice> {
        let frame = Frame::of(self, surface)?;
        if x < LEFT_PX - 4.0 || x > frame.right + 4.0 || y < 0.0 || y > surface.height_px {
            return None;
        }
        let distance = |place: usize| (frame.x(self, place) - x).abs();
        let moment = (0..self.moments.len()).min_by(|one, two| distance(*one).total_cmp(&distance(*two)))?;
        let bytes = frame.y.to_value(y);
        let mut top = 0.0;
        let layer = self.layers.iter().position(|layer| {
            let is_below = top <= bytes;
            top += layer.bytes[moment] as f64;
            is_below && bytes < top
        });
        Some(Slice { moment, layer })
    }

    /// What is pointed at, in words.
    pub fn describe(&self, slice: Slice) -> String {
        let total = self.total(slice.moment);
        let layer = slice.layer.and_then(|layer| self.layers.get(layer));
        let bytes = layer.and_then(|layer| layer.bytes.get(slice.moment));
        let kind = layer.zip(bytes).map(|(layer, bytes)| words::Kind {
            name: &layer.name,
            bytes: *bytes,
            total_bytes: total,
        });
        let place = self.place(slice.moment);
        [Some(words::spot(&place, kind, total)), self.changes(slice.moment)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// What changed between the report before and this one; `None` for the first.
    pub fn changes(&self, moment: usize) -> Option<String> {
        let before = moment.checked_sub(1).filter(|_| moment < self.moments.len())?;
        self.changes_between(before, moment)
    }

    /// What changed from one report to another, the largest first.
    fn changes_between(&self, before: usize, after: usize) -> Option<String> {
        let change = |layer: &Layer| layer.bytes[after] as i64 - layer.bytes[before] as i64;
        let mut changed: Vec<(&str, i64)> = self
            .layers
            .iter()
            .map(|layer| (&*layer.name, change(layer)))
            .filter(|(_, by)| *by != 0)
            .collect();
        order::sort_largest_first(&mut changed, |(_, by)| by.unsigned_abs());
        changed.truncate(NAMED);
        let used = |place| self.used(place) as i64;
        Some(words::changes(&self.place(before), &changed, used(after) - used(before)))
    }

    /// The kind that grew most from the first report to the last, and by how many bytes.
    fn grew_most(&self) -> Option<(usize, u64)> {
        let last = self.moments.len().checked_sub(1)?;
        let used = self.layers.iter().enumerate().filter(|(_, layer)| layer.kind != LayerKind::Free);
        let grown = used.map(|(index, layer)| (index, layer.bytes[last].saturating_sub(layer.bytes[0])));
        grown.filter(|(_, by)| *by > 0).max_by_key(|(_, by)| *by)
    }

    /// What all kinds have at a moment.
    fn total(&self, moment: usize) -> u64 {
        self.layers.iter().map(|layer| layer.bytes[moment]).fold(0, u64::saturating_add)
    }

    /// The same without what is free.
    fn used(&self, moment: usize) -> u64 {
        let used = self.layers.iter().filter(|layer| layer.kind != LayerKind::Free);
        used.map(|layer| layer.bytes[moment]).fold(0, u64::saturating_add)
    }

    fn key(&self, place: usize) -> u64 {
        self.moments[place].key(self.axis)
    }

    /// When a report came, or where it stands.
    fn place(&self, moment: usize) -> String {
        let moment = self.moments[moment];
        match self.axis {
            Axis::Time => format::clock_offset(moment.at, false),
            Axis::Lines => words::line(moment.line.saturating_add(1)),
        }
    }

    /// What it shows, in a few sentences.
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return words::NOTHING.into();
        }
        let last = self.moments.len() - 1;
        let course = words::course(self.moments.len(), self.used(0), self.used(last));
        [Some(course), self.changes_between(0, last)].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The token of a layer's colour, the colour itself, and whether it is hatched.
    fn look(&self, layer: usize) -> (&'static str, bool) {
        const TOKENS: [&str; 4] = ["--chart-used-4", "--chart-used-3", "--chart-used-2", "--chart-used-1"];
        match self.layers[layer].kind {
            LayerKind::Used => (TOKENS[layer % TOKENS.len()], layer % 2 == 1),
            LayerKind::Others => ("--chart-muted", true),
            LayerKind::Free => ("--chart-free", true),
        }
    }
}

impl Layer {
    /// What decides how low it lies.
    fn weight(&self) -> u64 {
        self.bytes.iter().fold(0, |sum, bytes| sum.saturating_add(*bytes))
    }
}

/// Where things stand for one surface.
struct Frame {
    right: f64,
    bottom: f64,
    x: LinearScale,
    y: LinearScale,
    ticks: scale::Ticks,
    has_end_labels: bool,
}

impl Frame {
    /// `None` where there is nothing to be seen.
    fn of(picture: &CompositionOverTime, surface: &Surface) -> Option<Self> {
        if picture.is_empty() {
            return None;
        }
        let has_end_labels = surface.width_px >= NO_END_LABELS_BELOW_PX;
        let margin = if has_end_labels { END_LABELS_PX } else { RIGHT_PX };
        let right = (surface.width_px - margin).max(LEFT_PX + 10.0);
        let bottom = (surface.height_px - AXIS_PX).max(TOP_PX + 10.0);
        let most = (0..picture.moments.len()).map(|place| picture.total(place)).max().unwrap_or(0);
        let ticks = scale::byte_ticks(most, ((bottom - TOP_PX) / 36.0) as u64);
        let keys = (picture.key(0) as f64, picture.key(picture.moments.len() - 1) as f64);
        Some(Frame {
            right,
            bottom,
            x: LinearScale::new(keys, (LEFT_PX, right)),
            y: LinearScale::new((0.0, ticks.top() as f64), (bottom, TOP_PX)),
            ticks,
            has_end_labels,
        })
    }

    fn x(&self, picture: &CompositionOverTime, place: usize) -> f64 {
        // Reports of one moment stand side by side, in their order.
        match picture.key(0) == picture.key(picture.moments.len() - 1) {
            true => {
                let part = place as f64 / (picture.moments.len() - 1) as f64;
                LEFT_PX + (self.right - LEFT_PX) * part
            }
            false => self.x.to_pixel(picture.key(place) as f64),
        }
    }
}

impl Picture for CompositionOverTime {
    fn paint<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>, surface: &Surface) -> PaintResult<DB> {
        let pen = Pen::new(root, surface);
        pen.ground()?;
        let Some(frame) = Frame::of(self, surface) else { return Ok(()) };
        let palette = pen.palette();
        for &tick in &frame.ticks.values {
            let y = frame.y.to_pixel(tick as f64);
            pen.level(
                LEFT_PX,
                frame.right,
                y,
                pen.hairline_px(),
                if tick == 0 { palette.axis } else { palette.grid },
            )?;
            let look = TextLook::new(SMALL_TEXT_PX, palette.muted, HPos::Right, VPos::Center);
            pen.text(&format::byte_tick(tick, frame.ticks.top()), (LEFT_PX - 8.0, y), look)?;
        }
        let count = self.moments.len();
        let mut below = vec![0_u64; count];
        let mut names = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            let edge = |bytes: &[u64]| -> Vec<(f64, f64)> {
                let points = bytes.iter().enumerate();
                points.map(|(place, bytes)| (frame.x(self, place), frame.y.to_pixel(*bytes as f64))).collect()
            };
            let lower = edge(&below);
            below.iter_mut().zip(&layer.bytes).for_each(|(sum, bytes)| *sum = sum.saturating_add(*bytes));
            let upper = edge(&below);
            self.paint_layer(&pen, index, &lower, &upper)?;
            if let (Some(low), Some(high)) = (lower.last(), upper.last()) {
                names.push((index, (low.1 + high.1) / 2.0, low.1 - high.1));
            }
        }
        if frame.has_end_labels {
            self.paint_names(&pen, &frame, &names)?;
        }
        self.paint_moments(&pen, &frame)
    }

    fn table(&self) -> Table {
        if self.is_empty() {
            return Table { caption: self.summary(), ..Table::default() };
        }
        let first = match self.axis {
            Axis::Time => words::TIME,
            Axis::Lines => words::LOG_LINE,
        };
        let names = self.layers.iter().map(|layer| words::in_bytes(&layer.name));
        let headers = std::iter::once(first.to_owned()).chain(names).collect();
        let row = |place: usize| {
            let bytes = self.layers.iter().map(|layer| format::count(layer.bytes[place]));
            std::iter::once(self.place(place)).chain(bytes).collect()
        };
        Table { caption: self.summary(), headers, rows: (0..self.moments.len()).map(row).collect() }
    }

    fn legend(&self) -> Vec<LegendItem> {
        // As they lie upon each other.
        let last = self.moments.len().saturating_sub(1);
        let item = |index: usize| {
            let (token, is_hatched) = self.look(index);
            LegendItem {
                label: self.layers[index].name.clone(),
                value: format::bytes(self.layers[index].bytes[last]),
                token,
                swatch: if is_hatched { Swatch::Hatched } else { Swatch::Solid },
            }
        };
        (0..self.layers.len()).rev().map(item).collect()
    }
}

impl CompositionOverTime {
    fn colour<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, layer: usize) -> Rgb {
        let (token, _) = self.look(layer);
        let known = pen.palette().tokens().into_iter().find(|(name, _)| *name == token);
        known.map_or(pen.palette().text, |(_, colour)| colour)
    }

    fn paint_layer<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        layer: usize,
        lower: &[(f64, f64)],
        upper: &[(f64, f64)],
    ) -> PaintResult<DB> {
        let (palette, colour) = (pen.palette(), self.colour(pen, layer));
        let (_, is_hatched) = self.look(layer);
        let mut area = upper.to_vec();
        area.extend(lower.iter().rev());
        let is_selected = self.selected.is_some_and(|slice| slice.layer == Some(layer));
        let strength = if is_hatched { 0.3 } else { 0.85 };
        pen.polygon(&area, colour.over(palette.background, if is_selected { 1.0 } else { strength }), 1.0)?;
        if is_hatched && !is_selected {
            for (low, high) in lower.windows(2).zip(upper.windows(2)) {
                let shape = [high[0], high[1], low[1], low[0]];
                pen.path(&hatch_shape(&shape, HATCH_STEP_PX), 1.0, colour.over(palette.background, 0.65))?;
            }
        }
        pen.path(upper, 1.0, palette.background)?;
        pen.path(upper, 1.0, colour)
    }

    /// Names beside the last report, as far as they have room.
    fn paint_names<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        frame: &Frame,
        names: &[(usize, f64, f64)],
    ) -> PaintResult<DB> {
        const LINE_PX: f64 = 13.0;
        let last = self.moments.len() - 1;
        let culprit = self.grew_most();
        let mut free_below = frame.bottom + LINE_PX / 2.0;
        for &(index, middle, height) in names {
            let y = middle.min(free_below - LINE_PX);
            // Further away than that it would not be seen whose name it is.
            if height <= 0.0 || middle - y > LINE_PX + height / 2.0 || y < TOP_PX - LINE_PX / 2.0 {
                continue;
            }
            free_below = y;
            let layer = &self.layers[index];
            // Whoever took it is named with what it took.
            let grown = culprit.filter(|(grown, _)| *grown == index).map(|(_, by)| by);
            // Bold letters are wider.
            let letter_px = text_width_px("x", SMALL_TEXT_PX) * if grown.is_some() { 1.1 } else { 1.0 };
            let letters = ((END_LABELS_PX - 14.0) / letter_px) as usize;
            let texts = words::bytes_and_growth(layer.bytes[last], grown);
            let length = |bytes: &String| bytes.chars().count() + 1;
            let fits = |bytes: &&String| layer.name.chars().count() + length(bytes) <= letters;
            let bytes = texts.iter().find(fits).unwrap_or(&texts[1]);
            let name = format::shorten_middle(&layer.name, letters.saturating_sub(length(bytes)));
            let x = frame.right + 6.0;
            pen.path(&[(x - 4.0, middle), (x, y)], 1.0, pen.palette().axis)?;
            let is_selected = self.selected.is_some_and(|slice| slice.layer == Some(index));
            let look = TextLook::new(SMALL_TEXT_PX, pen.palette().text, HPos::Left, VPos::Center);
            let look = if is_selected || grown.is_some() { look.bold() } else { look };
            pen.text(&words::name_and_bytes(&name, bytes), (x + 4.0, y), look)?;
        }
        Ok(())
    }

    /// A thin line at each report, and strong ones at that which is shown and that which is pointed at.
    fn paint_moments<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame) -> PaintResult<DB> {
        /// Nearer than this on average, lines would hide what they rule.
        const RULED_PX: f64 = 12.0;
        let palette = pen.palette();
        let is_ruled = self.moments.len() as f64 * RULED_PX <= frame.right - LEFT_PX;
        for place in (0..self.moments.len()).filter(|_| is_ruled) {
            let x = frame.x(self, place);
            pen.upright(x, TOP_PX, frame.bottom, pen.hairline_px(), palette.background)?;
            pen.upright(x, frame.bottom, frame.bottom + 4.0, 1.0, palette.axis)?;
        }
        let marked = [self.shown, self.selected.map(|slice| slice.moment)];
        for place in marked.into_iter().flatten().filter(|place| *place < self.moments.len()) {
            pen.upright(frame.x(self, place), TOP_PX, frame.bottom + 4.0, 2.0, palette.text)?;
        }
        self.paint_axis(pen, frame)
    }

    fn paint_axis<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, frame: &Frame) -> PaintResult<DB> {
        let look = TextLook::new(SMALL_TEXT_PX, pen.palette().muted, HPos::Center, VPos::Top);
        let (first, last) = (self.key(0), self.key(self.moments.len() - 1));
        let room = ((frame.right - LEFT_PX) / 96.0) as u64;
        let labels: Vec<(u64, String)> = match self.axis {
            Axis::Time => {
                let ticks = scale::time_ticks(Millis(first), Millis(last), room);
                let label = |at: u64| format::time_tick(Millis(at), Millis(ticks.step), Millis(ticks.top()));
                ticks.values.iter().map(|&at| (at, label(at))).collect()
            }
            Axis::Lines => {
                let ticks = scale::count_ticks(first.saturating_add(1), last.saturating_add(1), room);
                ticks.values.iter().map(|&line| (line - 1, words::line(line))).collect()
            }
        };
        if first == last {
            return Ok(());
        }
        for (key, text) in labels {
            pen.text(&text, (frame.x.to_pixel(key as f64), frame.bottom + 7.0), look)?;
        }
        Ok(())
    }
}
