//! Pictures of a heap: over time, in address order, by size, by owner.
//!
//! Each picture is built from a recording's data, painted on any plotters backend (a canvas in the page, SVG
//! in tests and exports) and asked what is under the pointer, in five steps with a place each: *model* (what is
//! shown), *scale* ([`scale`]), *decimation* ([`decimate`](crate::recording::decimate)), *paint* and *hit test*.
//!
//! Nothing here knows a browser, a clock or a firmware, judges a heap, or measures text. Drawing is made of
//! rectangles, paths and anchored text only: plotters' own charts know neither KB nor clocks, and their
//! measuring of text makes the browser lay out the page.
//!
//! **A byte axis begins at 0.** **No extreme is lost.** **A line is never drawn over a restart or a gap.**
//! **Every picture has a text twin** ([`Picture::table`]).
//!
//! ```
//! use heapscope::chart::{Composition, Picture, Surface, Theme, svg};
//! use heapscope::heap::Category;
//!
//! let wifi = Category { name: "wifi".into(), bytes: 42_896, count: 112, is_part_of_previous: false };
//! let picture = Composition::new(&[wifi]);
//! let svg = svg(&picture, &Surface::new(400.0, 60.0, 1.0, Theme::Light));
//! assert!(svg.contains("wifi"));
//! ```

mod block_map;
mod composition;
mod composition_over_time;
mod free_blocks;
mod legend;
pub mod palette;
mod pen;
pub mod scale;
mod surface;
mod svg;
mod table;
mod timeline;

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

pub use crate::recording::Axis;
pub use block_map::{BlockMapPicture, Change, Changes, Count, Damage, Fate, Spot, Way};
pub use composition::{Composition, CompositionRow};
pub use composition_over_time::{CompositionOverTime, Slice};
pub use free_blocks::{FreeBlocks, SizeClass};
pub use legend::{LegendItem, MarkShape, Swatch};
pub use palette::{Palette, Rgb, Theme};
pub use pen::{PaintError, PaintResult};
pub use surface::{Rect, Surface};
pub use svg::{Svg, svg};
pub use table::Table;
pub use timeline::{
    Content, Flag, FlagKind, Gesture, Hit, Moment, Options, Reading, Sight, TimelineChart, View,
};

/// What every picture can do.
pub trait Picture {
    /// Paints the whole picture, ground included. `root` must have [`Surface::device_size`].
    fn paint<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>, surface: &Surface) -> PaintResult<DB>;

    /// The same as text.
    fn table(&self) -> Table;

    /// All that it stands on, as the text of a CSV file in as many pieces as it likes: what has too much for its table has
    /// all of it here.
    fn write_data(&self, put: &mut dyn FnMut(&str)) {
        put(&self.table().to_csv());
    }

    /// What its signs mean, in the order in which one reads them.
    fn legend(&self) -> Vec<LegendItem>;
}
