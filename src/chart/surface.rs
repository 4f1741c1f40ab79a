//! What a picture is painted on.

use super::palette::Theme;

/// Size, density and theme of the place where a picture is painted.
///
/// Sizes are CSS pixels; the backend behind the `DrawingArea` has [`Surface::device_size`]. Pointer positions
/// of the browser are CSS pixels too and go to hit tests as they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surface {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// Device pixels for each CSS pixel: the browser's `devicePixelRatio`.
    pub density: f64,
    /// Light or dark.
    pub theme: Theme,
}

impl Surface {
    /// A surface for a canvas.
    pub const fn new(width_px: f64, height_px: f64, density: f64, theme: Theme) -> Self {
        Surface { width_px, height_px, density, theme }
    }

    /// Width and height in device pixels: what a canvas's own `width` and `height` must be.
    pub fn device_size(&self) -> (u32, u32) {
        let device = |css_px: f64| (css_px * self.density()).round().max(1.0) as u32;
        (device(self.width_px), device(self.height_px))
    }

    /// A density that can be divided by, whatever the browser said.
    pub(super) fn density(&self) -> f64 {
        if self.density.is_finite() { self.density.clamp(0.25, 16.0) } else { 1.0 }
    }
}

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    /// A rectangle; negative sizes become 0.
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Rect { x, y, width: width.max(0.0), height: height.max(0.0) }
    }

    /// Right edge.
    pub const fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Lower edge.
    pub const fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether the point is inside; right and lower edge are not.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        self.x <= x && x < self.right() && self.y <= y && y < self.bottom()
    }
}
