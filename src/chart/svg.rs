//! Pictures as SVG text: what files and tests have, drawn by the same code that paints the page.
//!
//! A plotters backend of our own. The one that plotters brings is 15 KB of the page, makes texts smaller than asked
//! for, and forgets how wide an outline is; here is what the [pen](super::pen) draws: rectangles, paths, shapes, texts.
//! It holds no styles: each element says how it looks, so that other programs may take the picture apart.
//!
//! ```
//! use heapscope::chart::{Composition, Surface, Theme, svg};
//!
//! let svg = svg(&Composition::new(&[]), &Surface::new(400.0, 60.0, 2.0, Theme::Light));
//! assert!(svg.starts_with(r#"<svg width="400" height="60" viewBox="0 0 800 120""#));
//! ```

use std::convert::Infallible;
use std::fmt::Write;

use plotters::drawing::IntoDrawingArea;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use super::{Picture, Surface};

/// The picture as an SVG document.
pub fn svg(picture: &impl Picture, surface: &Surface) -> String {
    let mut text = String::new();
    // A text refuses nothing.
    let _ = picture.paint(&Svg::new(&mut text, surface).into_drawing_area(), surface);
    text.push_str("</svg>\n");
    text
}

/// Writes elements behind those that are there.
pub struct Svg<'a> {
    text: &'a mut String,
    size: (u32, u32),
}

impl<'a> Svg<'a> {
    /// Begins a document as large as this surface. Whoever began it writes its end, `</svg>`.
    pub fn new(text: &'a mut String, surface: &Surface) -> Self {
        let size = surface.device_size();
        let mut this = Svg { text, size };
        let (width, height) = (surface.width_px.round() as u32, surface.height_px.round() as u32);
        this.write(format_args!(
            "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\">\n",
            size.0, size.1
        ));
        this
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // A text refuses nothing.
        let _ = self.text.write_fmt(text);
    }

    /// `name="#RRGGBB"`, and how much of what is below it hides.
    fn colour(&mut self, name: &str, BackendColor { rgb: (red, green, blue), alpha }: BackendColor) {
        self.write(format_args!(" {name}=\"#{red:02X}{green:02X}{blue:02X}\""));
        if alpha < 1.0 {
            self.write(format_args!(" opacity=\"{alpha}\""));
        }
    }

    fn points(&mut self, points: impl IntoIterator<Item = BackendCoord>) {
        self.text.push_str(" points=\"");
        let mut between = "";
        for (x, y) in points {
            self.write(format_args!("{between}{x},{y}"));
            between = " ";
        }
        self.text.push_str("\"/>\n");
    }

    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '&' => self.text.push_str("&amp;"),
                // XML has no other control characters, and whoever reads the file would stop at one.
                '\0'..='\x1f' => self.text.push(' '),
                other => self.text.push(other),
            }
        }
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Svg<'_> {
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

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        is_filled: bool,
    ) -> Drawn {
        self.write(format_args!(
            "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\"",
            right - left,
            bottom - top
        ));
        if is_filled {
            self.colour("fill", style.color());
        } else {
            self.text.push_str(" fill=\"none\"");
            self.colour("stroke", style.color());
        }
        self.text.push_str("/>\n");
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.text.push_str("<polyline fill=\"none\"");
        self.colour("stroke", style.color());
        self.write(format_args!(" stroke-width=\"{}\"", style.stroke_width()));
        self.points(path);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        self.text.push_str("<polygon");
        self.colour("fill", style.color());
        self.points(corners);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        // From the line on which the letters stand, in their own measures.
        let down = match style.anchor().v_pos {
            VPos::Top => "0.76em",
            VPos::Center => "0.5ex",
            VPos::Bottom => "-0.5ex",
        };
        self.write(format_args!(
            "<text x=\"{x}\" y=\"{y}\" dy=\"{down}\" text-anchor=\"{anchor}\" font-family=\"{}\" font-size=\"{}\"",
            style.family().as_str(),
            style.size()
        ));
        if let FontStyle::Bold = style.style() {
            self.text.push_str(" font-weight=\"bold\"");
        }
        self.colour("fill", style.color());
        self.text.push('>');
        self.escaped(text);
        self.text.push_str("</text>\n");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Composition, Theme};
    use crate::heap::Category;

    #[test]
    fn a_name_from_a_board_is_text_and_nothing_else() {
        let name = "\u{1b}</text><script>";
        let row = Category { name: name.into(), bytes: 4_096, count: 1, is_part_of_previous: false };
        let surface = Surface::new(800.0, 80.0, 1.0, Theme::Light);
        let svg = svg(&Composition::new(&[row]), &surface);
        assert!(svg.contains("&lt;script&gt;"), "{svg}");
        assert!(!svg.contains('\u{1b}'), "{svg}");
        assert!(!svg.contains("<script"));
        assert_eq!(svg.matches("<svg").count(), svg.matches("</svg>").count());
    }
}
