//! Draws in CSS pixels on any plotters backend: the one place that knows what the backends differ in.
//!
//! * Positions come in CSS pixels and leave as whole device pixels, so edges are sharp at any density.
//! * Straight lines and outlines are filled rectangles: a canvas blurs a 1-pixel stroke over two pixels.
//! * Text is anchored and never measured: measuring makes a browser lay out the page. Where the room matters,
//!   [`text_width_px`] guesses, rather too wide than too narrow.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::style::text_anchor::Pos;
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};
use plotters_backend::{BackendCoord, DrawingErrorKind};

pub(super) use plotters::style::text_anchor::{HPos, VPos};

use super::palette::{Palette, Rgb};
use super::surface::{Rect, Surface};

/// Size of text that matters, in CSS pixels.
pub(super) const TEXT_PX: f64 = 12.0;
/// Size of text that helps, in CSS pixels.
pub(super) const SMALL_TEXT_PX: f64 = 11.0;

/// Why a picture could not be painted: the backend's own error.
pub type PaintError<DB> = DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>;

/// What every drawing gives.
pub type PaintResult<DB> = Result<(), PaintError<DB>>;

/// Width that a text takes at most, in CSS pixels, as far as one can tell without the font.
pub(super) fn text_width_px(text: &str, size_px: f64) -> f64 {
    text.chars().count() as f64 * size_px * 0.58
}

pub(super) struct Pen<'a, DB: DrawingBackend> {
    root: &'a DrawingArea<DB, Shift>,
    surface: &'a Surface,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub(super) fn new(root: &'a DrawingArea<DB, Shift>, surface: &'a Surface) -> Self {
        Pen { root, surface }
    }

    pub(super) fn palette(&self) -> &'static Palette {
        self.surface.theme.palette()
    }

    /// One device pixel in CSS pixels.
    pub(super) fn hairline_px(&self) -> f64 {
        1.0 / self.surface.density()
    }

    /// The whole picture in one colour.
    pub(super) fn ground(&self) -> PaintResult<DB> {
        let whole = Rect::new(0.0, 0.0, self.surface.width_px, self.surface.height_px);
        self.fill(whole, self.palette().background)
    }

    /// A filled rectangle. Neighbours that share an edge neither overlap nor leave a gap.
    pub(super) fn fill(&self, rect: Rect, colour: Rgb) -> PaintResult<DB> {
        self.fill_thinly(rect, colour, 1.0)
    }

    /// The same, see-through: `alpha` 0 is nothing, 1 is all.
    pub(super) fn fill_thinly(&self, rect: Rect, colour: Rgb, alpha: f64) -> PaintResult<DB> {
        let corners = [self.device(rect.x, rect.y), self.device(rect.right(), rect.bottom())];
        if corners[0].0 == corners[1].0 || corners[0].1 == corners[1].1 {
            return Ok(());
        }
        self.root.draw(&Rectangle::new(corners, shape(colour, alpha, 0)))
    }

    /// The inner edge of a rectangle, `width_px` wide.
    pub(super) fn outline(&self, rect: Rect, width_px: f64, colour: Rgb) -> PaintResult<DB> {
        let (width, height) = (width_px.min(rect.width / 2.0), width_px.min(rect.height / 2.0));
        self.fill(Rect::new(rect.x, rect.y, rect.width, height), colour)?;
        self.fill(Rect::new(rect.x, rect.bottom() - height, rect.width, height), colour)?;
        let inner_height = rect.height - 2.0 * height;
        self.fill(Rect::new(rect.x, rect.y + height, width, inner_height), colour)?;
        self.fill(Rect::new(rect.right() - width, rect.y + height, width, inner_height), colour)
    }

    /// A level line, its upper edge at `y`.
    pub(super) fn level(
        &self,
        from_x: f64,
        to_x: f64,
        y: f64,
        width_px: f64,
        colour: Rgb,
    ) -> PaintResult<DB> {
        self.fill(Rect::new(from_x, y, to_x - from_x, width_px), colour)
    }

    /// An upright line around `x`.
    pub(super) fn upright(
        &self,
        x: f64,
        from_y: f64,
        to_y: f64,
        width_px: f64,
        colour: Rgb,
    ) -> PaintResult<DB> {
        // Rounded once: a line that moves keeps its width.
        let (left, _) = self.device(x - width_px / 2.0, 0.0);
        let rect = Rect::new(f64::from(left) / self.surface.density(), from_y, width_px, to_y - from_y);
        self.fill(rect, colour)
    }

    /// An upright line of dashes.
    pub(super) fn upright_dashes(&self, x: f64, from_y: f64, to_y: f64, colour: Rgb) -> PaintResult<DB> {
        const DASH_PX: f64 = 3.0;
        let mut y = from_y;
        while y < to_y {
            self.upright(x, y, (y + DASH_PX).min(to_y), 1.0, colour)?;
            y += 2.0 * DASH_PX;
        }
        Ok(())
    }

    /// The column of device pixels that a place is in.
    pub(super) fn device_x(&self, x: f64) -> i32 {
        (x * self.surface.density()).floor() as i32
    }

    /// Columns one device pixel wide, each longer by half of `thickness_px` at either end: what a line of that width through
    /// them covers.
    pub(super) fn columns(
        &self,
        columns: impl IntoIterator<Item = Column>,
        thickness_px: f64,
        colour: Rgb,
        alpha: f64,
    ) -> PaintResult<DB> {
        let density = self.surface.density();
        // Rounded once: a line is as thick wherever it runs.
        let half = if thickness_px > 0.0 { f64::from(self.device_width(thickness_px)) / 2.0 } else { 0.0 };
        let corners = columns.into_iter().flat_map(|Column { left, top, bottom }| {
            let (upper, lower) = (top * density - half, bottom.max(top) * density + half);
            [(left, upper.round() as i32), (left + 1, lower.round() as i32)]
        });
        self.root.draw(&Columns { corners: corners.collect(), style: shape(colour, alpha, 0) })
    }

    /// A line through all points, in one call to the backend.
    pub(super) fn path(&self, points: &[(f64, f64)], width_px: f64, colour: Rgb) -> PaintResult<DB> {
        let width = self.device_width(width_px);
        let points: Vec<(i32, i32)> = self.device_points(points);
        if points.len() < 2 {
            return Ok(());
        }
        self.root.draw(&PathElement::new(points, shape(colour, 1.0, width)))
    }

    /// A line through all points in dashes of `dash_px`.
    pub(super) fn dashed_path(
        &self,
        points: &[(f64, f64)],
        dash_px: f64,
        width_px: f64,
        colour: Rgb,
    ) -> PaintResult<DB> {
        for dash in dashes(points, dash_px) {
            self.path(&dash, width_px, colour)?;
        }
        Ok(())
    }

    /// A filled shape.
    pub(super) fn polygon(&self, points: &[(f64, f64)], colour: Rgb, alpha: f64) -> PaintResult<DB> {
        let points = self.device_points(points);
        if points.len() < 3 {
            return Ok(());
        }
        self.root.draw(&Polygon::new(points, shape(colour, alpha, 0)))
    }

    /// A filled disc, as a polygon: backends round the radius of circles.
    pub(super) fn disc(&self, x: f64, y: f64, radius_px: f64, colour: Rgb) -> PaintResult<DB> {
        self.polygon(&ring(x, y, radius_px), colour, 1.0)
    }

    /// A text. `y` is its top, middle or bottom.
    pub(super) fn text(&self, text: &str, (x, y): (f64, f64), style: TextLook) -> PaintResult<DB> {
        let size = style.size_px * self.surface.density();
        let weight = if style.is_bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = FontDesc::new(FontFamily::Name("system-ui, sans-serif"), size, weight);
        let colour = RGBAColor(style.colour.0, style.colour.1, style.colour.2, 1.0);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(style.across, style.down));
        self.root.draw(&Text::new(text, self.device(x, y), style))
    }

    fn device(&self, x: f64, y: f64) -> (i32, i32) {
        let density = self.surface.density();
        // `as` saturates: a position far outside stays outside.
        ((x * density).round() as i32, (y * density).round() as i32)
    }

    fn device_width(&self, width_px: f64) -> u32 {
        (width_px * self.surface.density()).round().max(1.0) as u32
    }

    /// In device pixels, without points that fall on the one before.
    fn device_points(&self, points: &[(f64, f64)]) -> Vec<(i32, i32)> {
        let mut device: Vec<(i32, i32)> = points.iter().map(|&(x, y)| self.device(x, y)).collect();
        device.dedup();
        device
    }
}

/// A column one device pixel wide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Column {
    /// Its left edge, in device pixels.
    pub left: i32,
    /// Its upper end, in CSS pixels.
    pub top: f64,
    /// Its lower end, in CSS pixels.
    pub bottom: f64,
}

/// Many rectangles of one colour as one element: plotters takes longer over an element than a canvas over a rectangle.
struct Columns {
    /// Upper left and lower right of each.
    corners: Vec<BackendCoord>,
    style: ShapeStyle,
}

impl<'a> PointCollection<'a, BackendCoord> for &'a Columns {
    type Point = &'a BackendCoord;
    type IntoIter = &'a [BackendCoord];

    fn point_iter(self) -> &'a [BackendCoord] {
        &self.corners
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Columns {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut corners: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        while let (Some(upper_left), Some(lower_right)) = (corners.next(), corners.next()) {
            if upper_left.1 < lower_right.1 {
                backend.draw_rect(upper_left, lower_right, &self.style, true)?;
            }
        }
        Ok(())
    }
}

/// How a text looks, and which of its points is meant by its position.
#[derive(Clone, Copy)]
pub(super) struct TextLook {
    pub size_px: f64,
    pub colour: Rgb,
    pub across: HPos,
    pub down: VPos,
    pub is_bold: bool,
}

impl TextLook {
    pub(super) const fn new(size_px: f64, colour: Rgb, across: HPos, down: VPos) -> Self {
        TextLook { size_px, colour, across, down, is_bold: false }
    }

    pub(super) const fn bold(self) -> Self {
        TextLook { is_bold: true, ..self }
    }
}

/// Corners of a polygon that looks round at the size of a mark.
pub(super) fn ring(x: f64, y: f64, radius_px: f64) -> Vec<(f64, f64)> {
    /// Sines of the first quarter's corners. `f64::sin` would bring its tables for angles of any size, 4 KB.
    const SINES: [f64; 4] =
        [0.0, 0.382_683_432_365_089_8, std::f64::consts::FRAC_1_SQRT_2, 0.923_879_532_511_286_7];
    let (mut across, mut down) = ([1.0, SINES[3], SINES[2], SINES[1]], SINES);
    let mut corners = Vec::with_capacity(16);
    for _quarter in 0..4 {
        corners.extend(
            across.iter().zip(down).map(|(across, down)| (x + radius_px * across, y + radius_px * down)),
        );
        // A quarter further.
        (across, down) = (down.map(|down| -down), across);
    }
    corners
}

/// Slanted lines `step_px` apart through a rectangle, as one path that turns on its edges. Lines start from
/// multiples on the page and not from the rectangle, so that the pattern runs through neighbours.
pub(super) fn hatch(rect: Rect, step_px: f64) -> Vec<(f64, f64)> {
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

/// Slanted lines `step_px` apart through a shape without dents, as one path that turns on its edges.
pub(super) fn hatch_shape(corners: &[(f64, f64)], step_px: f64) -> Vec<(f64, f64)> {
    let sums = || corners.iter().map(|(x, y)| x + y);
    let (first, last) = (sums().fold(f64::INFINITY, f64::min), sums().fold(f64::NEG_INFINITY, f64::max));
    let mut path = Vec::new();
    let mut sum = (first / step_px).ceil() * step_px;
    // Nothing is as large as that; and what is not a number ends it, too.
    while sum < last && path.len() < 4_000 {
        let ends = corners.iter().zip(corners.iter().cycle().skip(1));
        let mut cut: Vec<(f64, f64)> = ends
            .filter_map(|(one, two)| {
                let (from, to) = (one.0 + one.1, two.0 + two.1);
                let part = (sum - from) / (to - from);
                let is_cut = (from <= sum) != (to <= sum);
                is_cut.then_some((one.0 + (two.0 - one.0) * part, one.1 + (two.1 - one.1) * part))
            })
            .collect();
        // Each line begins on the edge where the one before ended.
        let is_upwards = (path.len() / 2) % 2 == 0;
        if cut.first().zip(cut.get(1)).is_some_and(|(one, two)| (one.0 < two.0) != is_upwards) {
            cut.reverse();
        }
        path.extend(cut);
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

/// The same as [`hatch`], from upper left to lower right.
pub(super) fn hatch_back(rect: Rect, step_px: f64) -> Vec<(f64, f64)> {
    let mirrored = hatch(rect, step_px).into_iter().map(|(x, y)| (rect.x + rect.right() - x, y));
    mirrored.collect()
}

fn shape(colour: Rgb, alpha: f64, width: u32) -> ShapeStyle {
    ShapeStyle { color: RGBAColor(colour.0, colour.1, colour.2, alpha), filled: true, stroke_width: width }
}

/// Cuts a path into dashes with spaces of the same length.
fn dashes(points: &[(f64, f64)], dash_px: f64) -> Vec<Vec<(f64, f64)>> {
    let (mut dashes, mut dash, mut left, mut is_drawn) = (Vec::new(), Vec::new(), dash_px, true);
    let Some(&first) = points.first() else { return dashes };
    let mut at = first;
    dash.push(at);
    for &next in &points[1..] {
        let mut length = (next.0 - at.0).hypot(next.1 - at.1);
        while length > left {
            let part = left / length;
            at = (at.0 + (next.0 - at.0) * part, at.1 + (next.1 - at.1) * part);
            length -= left;
            left = dash_px;
            if is_drawn {
                dash.push(at);
                dashes.push(std::mem::take(&mut dash));
            } else {
                dash.push(at);
            }
            is_drawn = !is_drawn;
        }
        left -= length;
        at = next;
        if is_drawn {
            dash.push(at);
        }
    }
    if is_drawn && dash.len() > 1 {
        dashes.push(dash);
    }
    dashes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn hatching_stays_inside(x in 0.0..100.0, y in 0.0..100.0, width in 1.0..200.0, height in 1.0..40.0) {
            let rect = Rect::new(x, y, width, height);
            for (x, y) in hatch(rect, 7.0).into_iter().chain(hatch_back(rect, 5.0)) {
                prop_assert!(x >= rect.x - 1e-9 && x <= rect.right() + 1e-9);
                prop_assert!(y >= rect.y - 1e-9 && y <= rect.bottom() + 1e-9);
            }
        }
    }

    #[test]
    fn the_hatching_of_a_shape_stays_inside() {
        let corners = [(10.0, 0.0), (110.0, 60.0), (110.0, 80.0), (40.0, 80.0)];
        let path = hatch_shape(&corners, 7.0);
        assert_eq!(path.len(), 2 * 26);
        for (x, y) in path {
            assert!((10.0..=110.0).contains(&x) && (0.0..=80.0).contains(&y), "{x} {y}");
            assert!(y >= (x - 10.0) * 0.6 - 1e-9 && x >= 10.0 + y * 30.0 / 80.0 - 1e-9, "{x} {y}");
        }
        assert!(hatch_shape(&[], 7.0).is_empty() && hatch_shape(&[(f64::NAN, 1.0); 3], 7.0).is_empty());
    }

    #[test]
    fn dashes_are_as_long_as_their_spaces_also_around_corners() {
        let dashes = dashes(&[(0.0, 0.0), (5.0, 0.0), (5.0, 7.0)], 2.0);
        assert_eq!(dashes[0], [(0.0, 0.0), (2.0, 0.0)]);
        assert_eq!(dashes[1], [(4.0, 0.0), (5.0, 0.0), (5.0, 1.0)]);
        assert_eq!(dashes[2], [(5.0, 3.0), (5.0, 5.0)]);
        assert_eq!(dashes.len(), 3);
    }
}
