//! What a reader found, summed up: readers whose sums differ must not be compared by their speed.

use heapscope::dialect::{EventKind, Finding, What};
use heapscope::heap::Figure;

/// Counts and sums over a whole log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Samples with free heap, and all their bytes.
    pub samples: u64,
    pub free_bytes: u64,
    /// Rows of block maps.
    pub blocks: u64,
    /// Bytes in all rows of Toit tables.
    pub table_bytes: u64,
    /// Out-of-memory reports.
    pub failures: u64,
}

impl Sums {
    /// Adds what Heapscope found.
    pub fn add(&mut self, findings: &[Finding]) {
        for finding in findings {
            match &finding.what {
                What::Sample(sample) => {
                    if let Some(free) = sample.figures.at_least(Figure::Free) {
                        self.samples += 1;
                        self.free_bytes += free;
                    }
                }
                What::Report(report) => {
                    self.blocks += report.blocks.blocks().len() as u64;
                    self.table_bytes += report.categories.iter().map(|row| row.bytes).sum::<u64>();
                }
                What::Event(event) => self.failures += u64::from(event.kind == EventKind::OutOfMemory),
                What::Answer(_) => {}
            }
        }
    }
}
