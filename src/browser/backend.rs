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

use crate::chart::Svg;

/// See the module.
pub enum PageBackend<'a> {
    /// A canvas.
    Canvas(CanvasBackend),
    /// The text of an SVG file.
    Svg(Svg<'a>),
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
            PageBackend::Canvas(canvas) => canvas.get_size(),
            PageBackend::Svg(svg) => svg.get_size(),
        }
    }

    fn ensure_prepared(&mut self) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.ensure_prepared()),
            PageBackend::Svg(svg) => same(svg.ensure_prepared()),
        }
    }

    fn present(&mut self) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.present()),
            PageBackend::Svg(svg) => same(svg.present()),
        }
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.draw_pixel(point, colour)),
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
            PageBackend::Canvas(canvas) => same(canvas.draw_rect(upper_left, lower_right, style, is_filled)),
            PageBackend::Svg(svg) => same(svg.draw_rect(upper_left, lower_right, style, is_filled)),
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.draw_path(path, style)),
            PageBackend::Svg(svg) => same(svg.draw_path(path, style)),
        }
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.fill_polygon(corners, style)),
            PageBackend::Svg(svg) => same(svg.fill_polygon(corners, style)),
        }
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, place: BackendCoord) -> Drawn {
        match self {
            PageBackend::Canvas(canvas) => same(canvas.draw_text(text, style, place)),
            PageBackend::Svg(svg) => same(svg.draw_text(text, style, place)),
        }
    }
}
