//! What one block map says, while there is no more to go by: that nothing stands out at this moment, or that one
//! size of block does.
//!
//! It is silent where figures over time say more, and where the map shows little free memory or small pieces, which
//! other rules judge. A map that came incomplete counts as far as its totals bound what is missing.

use super::fitting::Fitting;
use super::{Case, Evidence, Judgement, State, Sureness, leak, maps, steady};
use crate::dialect::{Extra, Report};
use crate::heap::{Block, BlockKind, Figure, Millis};
use crate::recording::{DatedReport, Metric};
use crate::words::verdict::one_map as words;

/// A piece of that size serves what programs mostly ask for at once: a web page's buffer, a message.
const LARGE_REQUEST_BYTES: u64 = 4_096;

/// With less free than this, one such request more and little is left.
const ENOUGH_FREE_BYTES: u64 = 2 * LARGE_REQUEST_BYTES;

/// One size that makes up so much of all used blocks stands out.
const STANDS_OUT_PERCENT: usize = 50;
const STANDS_OUT_BLOCKS: usize = 50;

/// A map that is older than the latest figures by more says nothing about now.
const OUTDATED_AFTER: Millis = Millis(15 * 60_000);

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let is_map = |dated: &&DatedReport| dated.report.format == "umm_dump" && dated.report.is_main_heap;
    let dated = maps::reports_of_this_run(case).iter().rfind(is_map)?;
    let is_outdated =
        case.series(Metric::Free).last().is_some_and(|last| last.at - dated.at > OUTDATED_AFTER);
    // Figures over time say more.
    if is_outdated || leak::judge(case).is_some() || steady::judge(case).is_some() {
        return None;
    }
    let report = &dated.report;
    let (free, largest) = (report.figures.at_least(Figure::Free)?, largest_at_least(report)?);
    let low = report.figures.at_least(Figure::LowWaterMark);
    let request = report.figures.at_least(Figure::LargestRequest);
    let is_enough = free >= ENOUGH_FREE_BYTES && largest.bytes >= LARGE_REQUEST_BYTES;
    let was_enough = low.is_none_or(|low| low >= LARGE_REQUEST_BYTES);
    let still_fits = request.is_none_or(|request| request < largest.bytes);
    let failed = case.latest(Metric::OomCount).is_some_and(|count| count.amount.at_least() > 0);
    if !is_enough || !was_enough || !still_fits || failed {
        return None;
    }
    if report.complete
        && let Some((size_bytes, count, of_all)) = standing_out(report)
        && maps::of_this_run(case).len() < 2
    {
        return Some(Judgement {
            state: State::NotEnoughData,
            headline: words::stands_out(size_bytes, count, of_all),
            explanation: words::STANDS_OUT.into(),
            sureness: Sureness::Certain,
            next: words::ASK_FOR_A_SECOND.into(),
            evidence: vec![Evidence::new(dated.lines, words::stands_out_evidence(size_bytes, count))],
        });
    }
    let mut explanation = words::explanation(report.complete, low, request);
    if let Some(fitting) = Fitting::of(case).filter(|fitting| fitting.dated.lines == dated.lines) {
        explanation = format!("{explanation} {}", fitting.sentences());
    }
    Some(Judgement {
        state: State::Healthy,
        headline: words::headline(free, largest.bytes, largest.is_exact),
        explanation,
        sureness: Sureness::likely(words::NOT_SURER),
        next: words::ASK_FOR_A_SECOND.into(),
        evidence: vec![Evidence::new(dated.lines, words::evidence(free, largest.bytes))],
    })
}

struct Largest {
    bytes: u64,
    is_exact: bool,
}

/// The largest free block: as it is in a whole map, else the least that it can be.
///
/// umm_malloc's metric is 100 − √ΣZ² × 100 / ΣZ, rounded up, and ΣZ² is at most largest × ΣZ. So the largest is at
/// least ((100 − metric) / 100)² of what is free, whatever rows are missing.
fn largest_at_least(report: &Report) -> Option<Largest> {
    if report.complete {
        return Some(Largest { bytes: report.figures.at_least(Figure::LargestFreeBlock)?, is_exact: true });
    }
    let has_totals = report.figures.at_least(Figure::Free)?;
    let kept = 100_u64.checked_sub(report.figures.at_least(Figure::FragmentationL2)?)?;
    let bound = has_totals.checked_mul(kept * kept)? / 10_000;
    let seen = report.extras.iter().find_map(|(name, value)| match value {
        Extra::Number(bytes) if *name == "largest_free_block_seen_bytes" => u64::try_from(*bytes).ok(),
        _ => None,
    });
    Some(Largest { bytes: bound.max(seen.unwrap_or(0)), is_exact: false })
}

/// The size that most used blocks have, how many they are, and how many there are in all.
fn standing_out(report: &Report) -> Option<(u32, u64, u64)> {
    let used = |block: &&Block| block.kind == BlockKind::Used;
    let used: Vec<&Block> = report.blocks.blocks().iter().filter(used).collect();
    // A size that more than half of them have is the middle one in the order of sizes.
    let mut sizes: Vec<u32> = used.iter().map(|block| block.size_bytes).collect();
    crate::heap::order::sort_by_key(&mut sizes, |size| u64::from(*size));
    let middle = *sizes.get(sizes.len() / 2)?;
    let count = sizes.iter().filter(|&&size| size == middle).count();
    let stands_out = count >= STANDS_OUT_BLOCKS && count * 100 >= sizes.len() * STANDS_OUT_PERCENT;
    stands_out.then_some((middle, count as u64, sizes.len() as u64))
}
