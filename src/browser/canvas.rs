//! Paints pictures on a canvas, sharp on any screen, and says when its size changes.

use std::convert::Infallible;

use plotters::prelude::IntoDrawingArea;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ResizeObserver};

use super::theme;
use crate::chart::{Picture, Surface, Theme};

/// The place that the canvas offers: its size on the page, the screen's density, the theme.
pub fn surface(canvas: &HtmlCanvasElement) -> Surface {
    let density = gloo_utils::window().device_pixel_ratio();
    let theme = if theme::is_dark() { Theme::Dark } else { Theme::Light };
    Surface::new(f64::from(canvas.client_width()), f64::from(canvas.client_height()), density, theme)
}

/// Paints the picture. A canvas without size (hidden, not laid out yet) is left alone.
pub fn paint(canvas: &HtmlCanvasElement, picture: &impl Picture) {
    let surface = surface(canvas);
    if surface.width_px < 1.0 || surface.height_px < 1.0 {
        return;
    }
    let (width, height) = surface.device_size();
    // Setting the size clears the canvas and resets its state, so only when it changes.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let Ok(Some(context)) = canvas.get_context("2d") else { return };
    let backend = CanvasBackend { context: context.unchecked_into(), size: (width, height) };
    // A canvas refuses nothing that it was able to give a context for.
    let _ = picture.paint(&backend.into_drawing_area(), &surface);
}

/// plotters' backend for a canvas, as far as our pictures need it: filled rectangles and polygons, paths, level text.
///
/// The ready-made one, plotters-canvas, writes colours and sizes as floating-point numbers. It would be the only one
/// on the page that does, and writing those is 10 KB of code.
struct CanvasBackend {
    context: CanvasRenderingContext2d,
    size: (u32, u32),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl CanvasBackend {
    fn fill_with(&self, colour: BackendColor) {
        self.context.set_fill_style_str(&css_colour(colour));
    }

    /// Leaves a path through these points, not drawn yet.
    fn lay_path(&self, points: impl IntoIterator<Item = BackendCoord>) {
        self.context.begin_path();
        // On an empty path this begins it.
        for (x, y) in points {
            self.context.line_to(f64::from(x), f64::from(y));
        }
    }
}

impl DrawingBackend for CanvasBackend {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &colour, true)
    }

    /// Filled always: our outlines are rectangles themselves.
    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        self.fill_with(style.color());
        let [x, y, width, height] = [left, top, right - left, bottom - top].map(f64::from);
        self.context.fill_rect(x, y, width, height);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.context.set_stroke_style_str(&css_colour(style.color()));
        self.context.set_line_width(f64::from(style.stroke_width()));
        self.lay_path(path);
        self.context.stroke();
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        self.fill_with(style.color());
        self.lay_path(corners);
        self.context.fill();
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let anchor = style.anchor();
        self.context.set_text_align(match anchor.h_pos {
            HPos::Left => "start",
            HPos::Center => "center",
            HPos::Right => "end",
        });
        self.context.set_text_baseline(match anchor.v_pos {
            VPos::Top => "top",
            VPos::Center => "middle",
            VPos::Bottom => "bottom",
        });
        let hundredths = (style.size() * 100.0).round() as u32;
        let (weight, family) = (style.style(), style.family());
        self.context.set_font(&format!(
            "{} {}.{:02}px {}",
            weight.as_str(),
            hundredths / 100,
            hundredths % 100,
            family.as_str()
        ));
        self.fill_with(style.color());
        // It refuses no text; the binding says that it may.
        let _ = self.context.fill_text(text, f64::from(x), f64::from(y));
        Ok(())
    }
}

/// `#00856380`, the last two digits for how much of it is seen.
fn css_colour(colour: BackendColor) -> String {
    let (red, green, blue) = colour.rgb;
    let alpha = (colour.alpha * 255.0).round() as u8;
    format!("#{red:02x}{green:02x}{blue:02x}{alpha:02x}")
}

/// Calls back when an element changes its size, until it is dropped.
#[must_use = "dropping the watch ends it"]
pub struct SizeWatch {
    observer: ResizeObserver,
    _changed: Closure<dyn Fn()>,
}

impl SizeWatch {
    /// Watches this element; calls back once at the beginning, too.
    pub fn new(element: &Element, changed: impl Fn() + 'static) -> Option<Self> {
        let changed = Closure::<dyn Fn()>::new(changed);
        let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(SizeWatch { observer, _changed: changed })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
