//! The recording: everything that came from one board or file, and what was read from it.
//!
//! It is the one thing that is kept, exported and judged. It only grows. It knows no port, no clock and no
//! screen: bytes come with the time at which they arrived.
//!
//! ```
//! use heapscope_reader::heap::Millis;
//! use heapscope_reader::recording::{Metric, Recorder, Source};
//!
//! let mut recorder = Recorder::new(Source::Text { name: "pasted".into() });
//! recorder.feed(b"18:36:07.615-024 CMD: Status 4\r\n", Millis(0));
//! recorder.finish(Millis(0));
//! let recording = recorder.recording();
//! assert_eq!(recording.log().line_count(), 1);
//! assert_eq!(recording.timeline().series(Metric::Free).len(), 1);
//! ```

mod column;
mod comparison;
pub mod decimate;
mod latest;
mod line_index;
mod log;
mod passage;
mod past;
mod pyramid;
mod recorder;
mod run;
mod timeline;

pub use comparison::{CategoryChange, Comparison, SizeChange, are_of_one_heap, by_category};
pub use log::{Log, LogLine, Mark, MarkKind, Row};
pub use passage::{COMPARED, Lowest, Passage, Repeats, Run, Side};
pub use past::Past;
pub use recorder::{DatedEvent, DatedReport, Printed, Recorder, Recording, Source, Trace};
pub use timeline::{Axis, Metric, Point, Points, Series, Timeline, Track};
