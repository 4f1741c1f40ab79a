//! The build withholds it: figures that this firmware's release and build do not print, or print wrongly, and exactly
//! how to get them.
//!
//! No judgement, and it changes none: it stands below them as advice. It speaks only of what was seen to be missing
//! in an answer that would have it, never of what was not asked for. `T:` is arendst/Tasmota 15.5.0.1, `A278:`
//! tasmota/Arduino 2.7.8.

use super::{Advice, Case, Evidence, maps};
use crate::dialect::{EventKind, Extra, Report};
use crate::heap::Figure;
use crate::recording::{DatedReport, Metric, Past, Printed};
use crate::words::verdict::withheld as words;

const TASMOTA: &str = "tasmota";

/// With so many figures there is a series, however it came about.
const A_SERIES: usize = 8;

pub(super) fn advise(case: &Case<'_>) -> Option<Advice> {
    let kinds = [cleared_count, no_largest_block, no_statistics, no_largest_in_toit, no_series];
    kinds.iter().filter_map(|kind| kind(case)).reduce(|mut first, other| {
        first.explanation = [&*first.explanation, &*other.headline, &*other.explanation].join(" ");
        first.next = [&*first.next, &*other.next].join(" ");
        first.evidence.extend(other.evidence);
        first
    })
}

/// Block maps of the present run.
fn block_maps<'a>(past: &Past<'a>) -> impl DoubleEndedIterator<Item = &'a DatedReport> + use<'a> {
    maps::reports_of_this_run(past).iter().filter(|dated| dated.report.format == "umm_dump")
}

fn has_extra(report: &Report, wanted: &str) -> bool {
    report.extras.iter().any(|(name, _)| *name == wanted)
}

fn tasmota<'a>(past: &Past<'a>) -> impl Iterator<Item = &'a Printed> + use<'a> {
    past.printed().filter(|printed| printed.dialect == TASMOTA)
}

/// Whether Tasmota speaks here. Plain programs have the same allocator.
fn is_tasmota(past: &Past<'_>) -> bool {
    tasmota(past).next().is_some()
}

/// Only builds for ESP32 print these (T: support_command.ino:1026-1061), and the percentage of a stamp at its own moment.
fn is_esp32(past: &Past<'_>) -> bool {
    use Figure::{
        Fragmentation, InstructionRamFree, PsramFree, PsramTotal, ScriptHeapUsed, StackLowWaterMark,
    };
    let only_there = [StackLowWaterMark, PsramTotal, PsramFree, ScriptHeapUsed, InstructionRamFree];
    tasmota(past).any(|printed| {
        only_there.iter().any(|&figure| printed.has(figure))
            || printed.source == "timestamp" && printed.has(Fragmentation)
    })
}

/// The release that the banner of the last start names.
fn version<'a>(past: &Past<'a>) -> Option<&'a str> {
    let of_tasmota = |dated: &&crate::recording::DatedEvent| {
        dated.dialect == TASMOTA && dated.event.kind == EventKind::Restart
    };
    let start = past.events().rev().find(of_tasmota)?;
    start.event.extras.iter().find_map(|(name, value)| match value {
        Extra::Text(version) if *name == "version" => Some(&**version),
        _ => None,
    })
}

/// Release 15.5 is the first with USE_ESP8266_DEBUG_HEAP (T: my_user_config.h:1368).
fn is_before_15_5(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    let release = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    release < (15, 5)
}

/// With UMM_INLINE_METRICS the counter stands in `ummHeapInfo`, which each umm_info() clears before it counts (A278:
/// umm_malloc_cfg.h:195-197, umm_info.c:44); the answers to Status 4 and 44 call it first (T: support_esp8266.ino:154).
fn cleared_count(past: &Past<'_>) -> Option<Advice> {
    let map = block_maps(past).rfind(|dated| dated.report.clears_oom_count);
    let reset = past
        .events()
        .rfind(|dated| dated.event.kind == EventKind::OomCounterReset && dated.at >= past.boot());
    let evidence = match (map, reset) {
        (Some(dated), _) => Evidence::new(dated.lines, words::cleared_count::NO_MATCH_LINE),
        (None, Some(dated)) => Evidence::new(dated.lines, dated.event.text.clone()),
        (None, None) => return None,
    };
    Some(Advice {
        headline: words::cleared_count::HEADLINE.into(),
        explanation: words::cleared_count::EXPLANATION.into(),
        next: words::full_statistics(is_tasmota(past)),
        evidence: vec![evidence],
    })
}

/// `Status 4` without `MaxFree`: all stock builds.
fn no_largest_block(past: &Past<'_>) -> Option<Advice> {
    let boot = past.boot();
    let is_known = |metric| past.series(metric).last().is_some_and(|point| point.at >= boot);
    let has_maps = block_maps(past).next().is_some();
    let is_esp32 = is_esp32(past);
    let is_shown = is_known(Metric::LargestFreeBlock) || is_esp32 && is_known(Metric::Fragmentation);
    if is_shown || has_maps {
        return None;
    }
    let answer = tasmota(past).find(|printed| {
        printed.source == "status4" && printed.has(Figure::Free) && !printed.has(Figure::LargestFreeBlock)
    })?;
    let (explanation, next) = match is_esp32 {
        true => (words::no_largest_block::ON_ESP32.into(), words::no_largest_block::NEXT_ON_ESP32.into()),
        false => {
            let old = version(past).filter(|version| is_before_15_5(version));
            (words::no_largest_block::explanation(old), words::no_largest_block::next())
        }
    };
    Some(Advice {
        headline: words::no_largest_block::HEADLINE.into(),
        explanation,
        next,
        evidence: vec![Evidence::new(answer.lines, words::no_largest_block::EVIDENCE)],
    })
}

/// A map with statistics but without the low-water mark: a build without UMM_STATS_FULL (A278: umm_local.c:188-201).
fn no_statistics(past: &Past<'_>) -> Option<Advice> {
    let is_short = |report: &Report| {
        report.complete
            && has_extra(report, "raw_free_space_bytes")
            && !has_extra(report, "has_full_statistics")
    };
    let dated = block_maps(past).next_back().filter(|dated| is_short(&dated.report))?;
    // Then it is said already.
    if dated.report.clears_oom_count {
        return None;
    }
    Some(Advice {
        headline: words::no_statistics::HEADLINE.into(),
        explanation: words::no_statistics::EXPLANATION.into(),
        next: words::full_statistics(is_tasmota(past)),
        evidence: vec![Evidence::new(dated.lines, words::no_statistics::EVIDENCE)],
    })
}

/// Toit's heap report names the largest free block from v2.0.0-alpha.22 on (toitlang/toit e12dd0510, src/os_esp32.cc).
fn no_largest_in_toit(past: &Past<'_>) -> Option<Advice> {
    let is_old = |dated: &&DatedReport| {
        let figures = &dated.report.figures;
        dated.report.format == "heap_report"
            && dated.report.complete
            && figures.get(Figure::Used).is_some()
            && figures.get(Figure::LargestFreeBlock).is_none()
    };
    let dated = maps::reports_of_this_run(past).iter().rfind(is_old)?;
    Some(Advice {
        headline: words::no_largest_in_toit::HEADLINE.into(),
        explanation: words::no_largest_in_toit::EXPLANATION.into(),
        next: words::no_largest_in_toit::NEXT.into(),
        evidence: vec![Evidence::new(dated.lines, words::no_largest_in_toit::EVIDENCE)],
    })
}

/// Without SetOption130 figures come only with answers, and with telemetry every five minutes.
fn no_series(past: &Past<'_>) -> Option<Advice> {
    let has_stamps = tasmota(past).any(|printed| printed.source == "timestamp");
    let series = past.series(Metric::Free);
    let figures = series.len() - series.first_at_or_after(past.boot());
    let answer = tasmota(past).find(|printed| printed.has(Figure::Free))?;
    (!has_stamps && figures < A_SERIES).then(|| Advice {
        headline: words::no_series::HEADLINE.into(),
        explanation: words::no_series::EXPLANATION.into(),
        next: words::no_series::NEXT.into(),
        evidence: vec![Evidence::new(answer.lines, words::no_series::EVIDENCE)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_in_their_order() {
        for (version, is_before) in [
            ("15.5.0", false),
            ("15.5", false),
            ("16.0.1", false),
            ("15.4.9", true),
            ("8.1.0", true),
            ("x", true),
        ] {
            assert_eq!(is_before_15_5(version), is_before, "{version}");
        }
    }
}
