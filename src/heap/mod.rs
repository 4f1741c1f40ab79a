//! What a heap is, whoever manages it: amounts, figures, blocks, pages, categories.
//!
//! Here live the nouns that every dialect, verdict and picture shares. Nothing here knows a firmware,
//! a log or a screen, and nothing here guesses: what is not known is absent.
//!
//! ```
//! use heapscope_reader::heap::{Amount, Figure, Figures};
//!
//! let mut figures = Figures::default();
//! figures.set(Figure::Free, Amount::kib_truncated(23));
//! assert_eq!(figures.get(Figure::Free).unwrap().at_least(), 23 * 1024);
//! assert_eq!(figures.get(Figure::LargestFreeBlock), None);
//! ```

mod amount;
mod block;
mod category;
mod figures;
mod fit;
mod forecast;
pub mod order;
mod page;
mod units;

pub use amount::{Amount, Change};
pub use block::{Block, BlockKind, BlockMap};
pub use category::Category;
pub use figures::{Figure, Figures, Unit};
pub use fit::{Fit, Placement, Rounding};
pub use forecast::Forecast;
pub use page::{Page, PageUse};
pub use units::{Millis, Percent, TimeOfDay};
