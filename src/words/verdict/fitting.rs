//! What is said of requests that still fit, by a block map.

use crate::format;
use crate::heap::Fit;

/// A full record of TLS, as a server may send it (RFC 8446, 5.1: 2^14 bytes).
const TLS_RECORD_BYTES: u32 = 16_384;

pub fn largest(bytes: u64) -> String {
    format!("By the block map, the largest request that can be had is {}.", format::exact_bytes(bytes))
}

/// `What still fits: 256 bytes 33 times, or 512 bytes 11 times.` Nothing where nothing fits.
pub fn fits(fits: &[Fit]) -> Option<String> {
    let times = |times: u64| match times {
        1 => "once".into(),
        2 => "twice".into(),
        _ => format!("{} times", format::count(times)),
    };
    let fitting = fits.iter().filter(|fit| fit.times > 0);
    let said: Vec<_> = fitting
        .map(|fit| format!("{} {}", format::bytes(fit.request_bytes.into()), times(fit.times)))
        .collect();
    (!said.is_empty()).then(|| format!("What still fits: {}.", said.join(", or ")))
}

/// What is larger fits no more than this does.
pub fn cannot_be_had(fit: &Fit, free_bytes: u64) -> String {
    let free = format::bytes(free_bytes);
    match fit.request_bytes {
        TLS_RECORD_BYTES => {
            format!(
                "A TLS record of {} cannot be had, though {free} are free.",
                format::bytes(TLS_RECORD_BYTES.into())
            )
        }
        bytes => {
            format!("Nothing of {} or more can be had, though {free} are free.", format::bytes(bytes.into()))
        }
    }
}

pub fn too_small(fit: &Fit, free_bytes: u64) -> String {
    format!(
        "{} of the free memory lies in pieces too small for a request of {}.",
        format::share(fit.unusable_bytes, free_bytes),
        format::bytes(fit.request_bytes.into())
    )
}

pub fn formulas(metric_percent: u64, by_largest_percent: u64) -> String {
    format!(
        "Two formulas go by the name of fragmentation: umm_malloc's own metric is {} here (100 − √Σ piece² × 100 / free), \
         the one that Tasmota prints as Frag {} (100 − largest × 100 / free).",
        format::percent(metric_percent),
        format::percent(by_largest_percent)
    )
}

pub fn evidence(free_bytes: u64, pieces: u64) -> String {
    let word = if pieces == 1 { "piece" } else { "pieces" };
    format!("block map: {} free in {} {word}", format::bytes(free_bytes), format::count(pieces))
}
