//! Paints pictures on a canvas, sharp on any screen, and into files; says when a canvas changes its size.

use plotters::prelude::IntoDrawingArea;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCanvasElement, ResizeObserver};

use super::backend::{Canvas, PageBackend};
use super::download::Pieces;
use super::theme;
use crate::chart::{Picture, Surface, Svg, Theme};

/// The place that the canvas offers: its size on the page, the screen's density, the theme.
pub fn surface(canvas: &HtmlCanvasElement) -> Surface {
    let density = gloo_utils::window().device_pixel_ratio();
    let theme = if theme::is_dark() { Theme::Dark } else { Theme::Light };
    Surface::new(f64::from(canvas.client_width()), f64::from(canvas.client_height()), density, theme)
}

/// Paints the picture. A canvas without size (hidden, not laid out yet) is left alone.
pub fn paint(canvas: &HtmlCanvasElement, picture: &impl Picture) {
    paint_on(canvas, &surface(canvas), picture);
}

fn paint_on(canvas: &HtmlCanvasElement, surface: &Surface, picture: &impl Picture) {
    if surface.width_px < 1.0 || surface.height_px < 1.0 {
        return;
    }
    let (width, height) = surface.device_size();
    // Setting the size clears the canvas and resets its state, so only when it changes.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let Some(backend) = Canvas::new(canvas) else { return };
    // A canvas refuses nothing that it was able to give a context for.
    let _ = picture.paint(&PageBackend::Canvas(backend).into_drawing_area(), surface);
}

/// The picture as the address of a PNG image, which has the image itself in it. `None` where the browser gives none.
pub fn png(picture: &impl Picture, surface: &Surface) -> Option<String> {
    let canvas = gloo_utils::document().create_element("canvas").ok()?.unchecked_into::<HtmlCanvasElement>();
    paint_on(&canvas, surface, picture);
    canvas.to_data_url().ok()
}

/// The picture as the text of an SVG file.
pub fn svg(picture: &impl Picture, surface: &Surface) -> String {
    let mut text = String::new();
    let root = PageBackend::Svg(Svg::new(&mut text, surface)).into_drawing_area();
    // A text refuses nothing.
    let _ = picture.paint(&root, surface);
    drop(root);
    text + "</svg>\n"
}

/// The address of a CSV file of all that the picture stands on.
pub fn csv(picture: &impl Picture) -> Option<String> {
    let pieces = Pieces::default();
    picture.write_data(&mut |piece| pieces.add(piece.as_bytes()));
    pieces.address().ok()
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
