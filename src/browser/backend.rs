//! What the page draws pictures on: a canvas, or the text of an SVG file.
//!
//! One type for both, so that the code that paints is compiled into the page once. It hands on what
//! [`chart`](crate::chart) draws: rectangles, paths, shapes and texts. Everything else that plotters can draw it puts
//! together from these.

use std::error::Error;
use std::io;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use plotters_canvas::CanvasBackend;
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

/// A canvas, and what it is filled with at the moment. A picture of thousands of rectangles has a few colours, and
/// telling a canvas its colour as a text takes longer than a rectangle.
pub struct Canvas {
    all: CanvasBackend,
    context: CanvasRenderingContext2d,
    filled_with: Option<BackendColor>,
}

impl Canvas {
    /// `None` for a canvas that gives no context.
    pub fn new(element: &HtmlCanvasElement) -> Option<Self> {
        let context = element.get_context("2d").ok()??.dyn_into().ok()?;
        let all = CanvasBackend::with_canvas_object(element.clone())?;
        Some(Canvas { all, context, filled_with: None })
    }

    /// Whatever is drawn with it may change the colour.
    fn all(&mut self) -> &mut CanvasBackend {
        self.filled_with = None;
        &mut self.all
    }

    fn fill(&mut self, (left, top): BackendCoord, (right, bottom): BackendCoord, colour: BackendColor) {
        let is_same = |known: BackendColor| known.rgb == colour.rgb && known.alpha == colour.alpha;
        if !self.filled_with.is_some_and(is_same) {
            let (red, green, blue) = colour.rgb;
            self.context.set_fill_style_str(&format!("rgba({red},{green},{blue},{})", colour.alpha));
            self.filled_with = Some(colour);
        }
        self.context.fill_rect(left.into(), top.into(), (right - left).into(), (bottom - top).into());
    }
}

type Drawn = Result<(), DrawingErrorKind<io::Error>>;

/// The canvas has an error of its own, that cannot be made elsewhere.
fn same<E: Error + Send + Sync>(drawn: Result<(), DrawingErrorKind<E>>) -> Drawn {
    drawn.map_err(|error| DrawingErrorKind::DrawingError(io::Error::other(error.to_string())))
}

impl DrawingBackend for PageBackend<'_> {
    type ErrorType = io::Error;

    fn get_size(&self) -> (u32, u32) {
        match self {
            PageBackend::Canvas(canvas) => canvas.all.get_size(),
            PageBackend::Svg(svg) => svg.get_size(),
        }
    }

    fn ensure_prepared(&mut self) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.all().ensure_prepared()),
            PageBackend::Svg(svg) => same(svg.ensure_prepared()),
        }
    }

    fn present(&mut self) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.all().present()),
            PageBackend::Svg(svg) => same(svg.present()),
        }
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.all().draw_pixel(point, colour)),
            PageBackend::Svg(svg) => same(svg.draw_pixel(point, colour)),
        }
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
                same(canvas.all().draw_rect(upper_left, lower_right, style, is_filled))
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
            PageBackend::Canvas(canvas) => same(canvas.all().draw_path(path, style)),
            PageBackend::Svg(svg) => same(svg.draw_path(path, style)),
        }
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.all().fill_polygon(corners, style)),
            PageBackend::Svg(svg) => same(svg.fill_polygon(corners, style)),
        }
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, place: BackendCoord) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.all().draw_text(text, style, place)),
            PageBackend::Svg(svg) => same(svg.draw_text(text, style, place)),
        }
    }
}
