//! Fragmentation: enough is free, but in pieces too small to use.

use super::{Case, Evidence, Judgement, State, Sureness, fitting::Fitting, now::Now};
use crate::dialect::LineRange;
use crate::heap::Percent;
use crate::heap::order;
use crate::recording::{Metric, Past, Point};
use crate::words::verdict::{fragmentation as words, toit_out_of_memory as toit_words};

/// From here on most of what is free cannot be had in one piece.
const FRAGMENTED_PERCENT: u64 = 50;

/// With less than this free the heap is nearly full, and its pieces are small for that reason.
const LEAST_FREE_BYTES: u64 = 4_096;

/// The median of so many readings: one that fell into a busy moment proves nothing.
const READINGS: usize = 5;

/// A largest block of so much holds whatever these firmwares ask for at once, a full TLS record of 16 KB with room to
/// spare: small pieces beside it do no harm.
const ENOUGH_IN_ONE_PIECE_BYTES: u64 = 32 * 1_024;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let now = Now::of(case);
    let (free, largest) = (now.free?, now.largest?);
    let (median, readings) = median(case)?;
    let is_enough = largest.amount.at_least() >= ENOUGH_IN_ONE_PIECE_BYTES;
    if median < FRAGMENTED_PERCENT || now.free_bytes()? < LEAST_FREE_BYTES || is_enough {
        return None;
    }
    let evidence = words::evidence(free.amount, largest.amount);
    let mut evidence = vec![Evidence::new(LineRange::one(largest.line), evidence)];
    let mut explanation = words::explanation(largest.amount, median);
    // A block map says exactly what will fail.
    let fitting = Fitting::of(case);
    if let Some(fitting) = &fitting {
        let formulas = fitting.formulas().unwrap_or_default();
        explanation = [&*explanation, &*fitting.sentences(), &*formulas].join(" ");
        evidence.push(fitting.evidence());
    }
    Some(Judgement {
        state: State::Fragmenting,
        headline: words::headline(free.amount, largest.amount),
        explanation,
        sureness: match readings {
            READINGS.. => Sureness::Certain,
            _ => Sureness::likely(words::FEW_READINGS),
        },
        next: match (&fitting, case.reports().last()) {
            (Some(_), _) => words::NEXT_WITH_MAP,
            // A table by type: there are no block maps to be asked for.
            (None, Some(dated)) if !dated.report.categories.is_empty() => toit_words::next::NO_PAGE,
            (None, _) => words::NEXT,
        }
        .into(),
        evidence,
    })
}

/// The median of the last readings of this run, in percent, from the firmware or from its block maps, and how many
/// there are.
fn median(past: &Past<'_>) -> Option<(u64, usize)> {
    let series = past.series(Metric::Fragmentation);
    let boot = past.boot();
    let is_recent = |point: &Point| point.at >= boot;
    let mut values: Vec<_> = series.iter().rev().take_while(is_recent).take(READINGS).collect();
    if values.is_empty() {
        // Only time stamps, or KB figures without a percentage: calculate it from the latest two.
        let now = Now::of(past);
        let (free, largest) = (now.free?.amount, now.largest?.amount);
        let percent = Percent::fragmentation_by_largest_block(free.at_least(), largest.at_most())?;
        return Some((u64::try_from(percent.0).ok()?, 1));
    }
    order::sort_by_key(&mut values, |point| point.amount.at_least());
    Some((values[values.len() / 2].amount.at_least(), values.len()))
}
