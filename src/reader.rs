//! The reader alone: from bytes to findings and to the recording that keeps them, without anything that judges or shows
//! them.
//!
//! It is compiled for speed, the page around it for size: that is all that makes it a package of its own. `lib.rs`
//! gives its folders on, and has the map of the house.
//!
//! ```
//! use heapscope_reader::dialect::Reader;
//!
//! let (mut reader, mut findings) = (Reader::default(), Vec::new());
//! reader.feed(b"18:36:07.615-024 CMD: Status 4\r\n", &mut findings);
//! assert_eq!(findings.len(), 2);
//! ```

#![warn(missing_docs)]
// Whatever comes over a wire must not stop the page. Tests may stop where they like.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod dialect;
pub mod heap;
pub mod recording;
pub mod stream;
