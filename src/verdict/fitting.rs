//! What the latest block map says exactly: which requests still fit, and how often. Not a rule: what several rules say.

use super::Evidence;
use crate::dialect::Report;
use crate::heap::{Figure, Fit, Millis, Percent, Rounding};
use crate::recording::{DatedReport, Metric, Past};
use crate::words::verdict::fitting as words;

/// What programs ask for at once: a longer text, a message, a piece of a web page, a buffer, a full TLS record.
const REQUESTS_BYTES: [u32; 6] = [256, 512, 1_024, 2_048, 4_096, 16_384];

/// A map that is older than the latest figures by more says nothing about now.
const OUTDATED_AFTER: Millis = Millis(5 * 60_000);

/// How requests of several sizes stand with a report's free blocks. Nothing for a map that is not whole, or of an
/// allocator whose rounding is not known.
pub fn what_fits(report: &Report) -> Vec<Fit> {
    let fits = |rounding| REQUESTS_BYTES.map(|bytes| Fit::of(&report.blocks, bytes, rounding)).to_vec();
    rounding(report).map(fits).unwrap_or_default()
}

/// How the allocator of a whole block map rounds requests: with it one can say what still fits. `None` for a map that is
/// not whole, or of an allocator whose rounding is not known.
pub fn rounding(report: &Report) -> Option<Rounding> {
    (report.format == "umm_dump" && report.complete).then_some(Rounding::UMM)
}

/// What still fits, by the latest whole block map of this run.
pub(super) struct Fitting<'a> {
    pub dated: &'a DatedReport,
    pub fits: Vec<Fit>,
    pub free_bytes: u64,
}

impl<'a> Fitting<'a> {
    /// `None` without a whole block map of an allocator whose rounding is known, or where later figures say more.
    pub fn of(past: &Past<'a>) -> Option<Self> {
        let maps = super::maps::of_this_run(past);
        let dated = maps.last()?;
        let newest = past.series(Metric::Free).last().map_or(dated.at, |point| point.at);
        let is_known = dated.report.format == "umm_dump" && newest - dated.at <= OUTDATED_AFTER;
        let map = &dated.report.blocks;
        is_known.then(|| Fitting { dated, fits: what_fits(&dated.report), free_bytes: map.free_bytes() })
    }

    /// The largest request that can be had.
    pub fn largest_request_bytes(&self) -> u64 {
        let largest = self.dated.report.blocks.largest_free().map_or(0, |block| block.size_bytes);
        u64::from(largest.saturating_sub(Rounding::UMM.header_bytes))
    }

    /// In sentences: what fits, and what cannot be had though enough is free.
    pub fn sentences(&self) -> String {
        let mut said = vec![words::largest(self.largest_request_bytes())];
        said.extend(words::fits(&self.fits));
        let fails = |fit: &&Fit| fit.times == 0 && self.free_bytes >= u64::from(fit.request_bytes);
        said.extend(self.fits.iter().find(fails).map(|fit| words::cannot_be_had(fit, self.free_bytes)));
        let is_split = |fit: &&Fit| fit.times > 0 && fit.unusable_bytes * 4 >= self.free_bytes;
        said.extend(self.fits.iter().rfind(is_split).map(|fit| words::too_small(fit, self.free_bytes)));
        said.join(" ")
    }

    /// Vendors' metrics are different formulas: which one is which.
    pub fn formulas(&self) -> Option<String> {
        let metric = self.dated.report.figures.at_least(Figure::FragmentationL2)?;
        let largest = self.dated.report.blocks.largest_free().map_or(0, |block| block.size_bytes);
        let by_largest = Percent::fragmentation_by_largest_block(self.free_bytes, largest.into())?;
        Some(words::formulas(metric, u64::try_from(by_largest.0).ok()?))
    }

    pub fn evidence(&self) -> Evidence {
        let pieces = self.dated.report.blocks.free().count() as u64;
        Evidence::new(self.dated.lines, words::evidence(self.free_bytes, pieces))
    }
}
