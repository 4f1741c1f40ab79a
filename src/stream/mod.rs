//! Bytes to lines: the decoder, the removal of ANSI colours and of what capture tools put in front.
//!
//! Knows nothing of heaps or firmwares. Keeps no log: it lends each line out once.

pub mod ansi;
pub mod capture;
mod decoder;
pub mod encoding;
pub(crate) mod line_ends;

pub use capture::HostTime;
pub use decoder::{LineDecoder, MAX_LINE_BYTES, RawLine, Sink};
