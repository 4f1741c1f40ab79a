//! What the console shows of a log: looks, search, filter, times, copies. Native: no page, no clock.
//!
//! A recording's log is bytes and lines; a person wants rows to read. This folder makes them, for as few rows as are in
//! sight, and answers where in a million of them something stands. It changes nothing in the log: each view can be left
//! again, and what is saved is what came.
//!
//! ```
//! use heapscope::console::Level;
//! assert_eq!(Level::of_line(b"[E][main.cpp:12] loop(): no memory"), Some(Level::Error));
//! ```

mod hexadecimal;
mod legible;
mod level;
mod listing;
mod preferences;
mod row;
mod search;
mod spans;
mod stamp;
mod style;
mod view;

pub use hexadecimal::{HEX_ROW_BYTES, HexRow};
pub use legible::{Rgb, legible};
pub use level::Level;
pub use listing::{Entry, Listing};
pub use preferences::{Highlight, Preferences, Times};
pub use row::{LineRow, MOST_SHOWN_BYTES, Paint, Piece, PieceMark, line_row, unfinished_row};
pub use search::{Matcher, Plain, Query, Search};
pub use spans::{LOOK_BACK_BYTES, Span, SpanKind, Spans, spans, style_at};
pub use stamp::Stamp;
pub use style::{Change, Colour, Style};
pub use view::{LogView, Shown};
