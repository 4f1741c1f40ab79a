//! Bytes to lines: the decoder, and the removal of ANSI colours.
//!
//! Knows nothing of heaps or firmwares. Keeps no log: it lends each line out once.

pub mod ansi;
mod decoder;

pub use decoder::{LineDecoder, MAX_LINE_BYTES, RawLine};
