//! What the page draws pictures on: a canvas, or the text of an SVG file.
//!
//! One type for both, so that the code that paints is compiled into the page once. It hands on what
//! [`chart`](crate::chart) draws: rectangles, paths, shapes and texts. Everything else that plotters can draw it puts
//! together from these.
//!
//! A canvas of our own and not that of plotters, which tells its canvas colour and font again for each thing it draws:
//! both are texts, and take longer than a rectangle.

use std::io;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::chart::Svg;

/// See the module.
pub enum PageBackend<'a> {
    /// A canvas.
    Canvas(Canvas),
    /// The text of an SVG file.
    Svg(Svg<'a>),
}

/// A canvas, and what it was told last.
pub struct Canvas {
    context: CanvasRenderingContext2d,
    size: (u32, u32),
    filled_with: Option<BackendColor>,
    stroked_with: Option<(BackendColor, u32)>,
    font: String,
    anchor: Option<(&'static str, &'static str)>,
    /// Columns one pixel wide that wait to be drawn together, of the colour and width that strokes have now.
    has_columns: bool,
}

impl Canvas {
    /// `None` for a canvas that gives no context.
    pub fn new(element: &HtmlCanvasElement) -> Option<Self> {
        Some(Canvas {
            context: element.get_context("2d").ok()??.dyn_into().ok()?,
            size: (element.width(), element.height()),
            filled_with: None,
            stroked_with: None,
            font: String::new(),
            anchor: None,
            has_columns: false,
        })
    }

    /// Draws what waits. Whatever is drawn next lies on top of it.
    fn finish_columns(&mut self) {
        if self.has_columns {
            self.context.stroke();
            self.has_columns = false;
        }
    }

    fn fill_with(&mut self, colour: BackendColor) {
        if !self.filled_with.is_some_and(|known| is_same(known, colour)) {
            self.context.set_fill_style_str(&css(colour));
            self.filled_with = Some(colour);
        }
    }

    fn stroke_with(&mut self, colour: BackendColor, width: u32) {
        if !self.stroked_with.is_some_and(|(known, same)| is_same(known, colour) && same == width) {
            self.finish_columns();
            self.context.set_stroke_style_str(&css(colour));
            self.context.set_line_width(width.into());
            self.stroked_with = Some((colour, width));
        }
    }

    fn fill(&mut self, (left, top): BackendCoord, (right, bottom): BackendCoord, colour: BackendColor) {
        if right - left == 1 {
            return self.column(left, top, bottom, colour);
        }
        self.finish_columns();
        self.fill_with(colour);
        self.context.fill_rect(left.into(), top.into(), (right - left).into(), (bottom - top).into());
    }

    /// A line over many samples is one column for each pixel, thousands of them of one colour. As one path of upright
    /// strokes, each over the whole of its pixels, they take a canvas a quarter of the time that rectangles take.
    fn column(&mut self, left: i32, top: i32, bottom: i32, colour: BackendColor) {
        self.stroke_with(colour, 1);
        if !self.has_columns {
            self.context.begin_path();
            self.has_columns = true;
        }
        let middle = f64::from(left) + 0.5;
        self.context.move_to(middle, top.into());
        self.context.line_to(middle, bottom.into());
    }

    /// Tells the canvas a path, without drawing it.
    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>) {
        self.finish_columns();
        self.context.begin_path();
        // The first one begins it: there is nowhere to come from.
        points.into_iter().for_each(|(x, y)| self.context.line_to(x.into(), y.into()));
    }

    fn text(&mut self, text: &str, style: &impl BackendTextStyle, (x, y): BackendCoord) {
        self.finish_columns();
        self.fill_with(style.color());
        let font = format!("{} {}px {}", style.style().as_str(), style.size(), style.family().as_str());
        if self.font != font {
            self.context.set_font(&font);
            self.font = font;
        }
        let across = match style.anchor().h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        };
        let down = match style.anchor().v_pos {
            VPos::Top => "top",
            VPos::Center => "middle",
            VPos::Bottom => "bottom",
        };
        if self.anchor != Some((across, down)) {
            self.context.set_text_align(across);
            self.context.set_text_baseline(down);
            self.anchor = Some((across, down));
        }
        // Refused by no canvas that has a context.
        let _ = self.context.fill_text(text, x.into(), y.into());
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        self.finish_columns();
    }
}

fn is_same(one: BackendColor, two: BackendColor) -> bool {
    one.rgb == two.rgb && one.alpha == two.alpha
}

fn css(BackendColor { rgb: (red, green, blue), alpha }: BackendColor) -> String {
    format!("rgba({red},{green},{blue},{alpha})")
}

type Drawn = Result<(), DrawingErrorKind<io::Error>>;

/// A text refuses nothing.
fn same<E>(drawn: Result<(), E>) -> Drawn {
    drawn.map_err(|_| DrawingErrorKind::DrawingError(io::ErrorKind::Other.into()))
}

impl DrawingBackend for PageBackend<'_> {
    type ErrorType = io::Error;

    fn get_size(&self) -> (u32, u32) {
        match self {
            PageBackend::Canvas(canvas) => canvas.size,
            PageBackend::Svg(svg) => svg.get_size(),
        }
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        if let PageBackend::Canvas(canvas) = self {
            canvas.finish_columns();
        }
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &colour, true)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        lower_right: BackendCoord,
        style: &S,
        is_filled: bool,
    ) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) if is_filled => {
                canvas.fill(upper_left, lower_right, style.color());
                Ok(())
            }
            PageBackend::Canvas(canvas) => {
                let ((left, top), (right, bottom)) = (upper_left, lower_right);
                canvas.stroke_with(style.color(), style.stroke_width());
                canvas.path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]);
                canvas.context.stroke();
                Ok(())
            }
            PageBackend::Svg(svg) => same(svg.draw_rect(upper_left, lower_right, style, is_filled)),
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => {
                canvas.stroke_with(style.color(), style.stroke_width());
                canvas.path(path);
                canvas.context.stroke();
                Ok(())
            }
            PageBackend::Svg(svg) => same(svg.draw_path(path, style)),
        }
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => {
                canvas.path(corners);
                canvas.fill_with(style.color());
                canvas.context.fill();
                Ok(())
            }
            PageBackend::Svg(svg) => same(svg.fill_polygon(corners, style)),
        }
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, place: BackendCoord) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => {
                canvas.text(text, style, place);
                Ok(())
            }
            PageBackend::Svg(svg) => same(svg.draw_text(text, style, place)),
        }
    }
}
