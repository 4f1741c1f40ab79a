//! Corruption: the allocator's own data is destroyed. Which part of it, at which address, by whom most likely.
//!
//! The readers say what does not hold (see the extras in [`umm`](crate::dialect) and ESP-IDF's `CORRUPT HEAP`); here
//! it is said who does such a thing. In memory a umm_malloc block begins with NB (2 bytes), PB (2), and in a free block
//! NF (2) and PF (2), where a used one has the program's data (tasmota/Arduino 2.7.8 umm_malloc_cfg.h, umm_block):
//!
//! * who writes past the end of the block before hits NB first;
//! * PB alone is hit from behind: by who writes just before the beginning of its own data, or from anywhere;
//! * NF or PF alone are hit by who still uses what was given back.
//!
//! A block map that lost characters on the way raises no such event: its reader tells the two apart by the totals.

use super::{Case, Evidence, Judgement, State, Sureness};
use crate::dialect::{EventKind, Extra};
use crate::heap::{Block, BlockKind};
use crate::recording::{DatedEvent, Past};
use crate::words::verdict::corruption as words;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let found: Vec<_> = case.events().filter(|dated| dated.event.kind == EventKind::HeapCorrupted).collect();
    // The present run counts more, and the first damage of it: what follows may come of that.
    let first = found.iter().find(|dated| dated.at >= case.boot()).or(found.first())?;
    let is_past = first.at < case.boot();
    let damage = damage(case, first);
    let is_of_map = is_of_map(case, first);
    // What its own checks print are the firmware's words; what was seen in a map is said above.
    let quoted = (!is_of_map).then_some(&*first.event.text);
    Some(Judgement {
        state: State::HeapCorrupted,
        headline: words::headline(&damage, is_past),
        explanation: words::explanation(quoted, &damage),
        sureness: sureness(is_of_map, &found, first),
        next: words::next(&damage).into(),
        evidence: Evidence::of_events(&found),
    })
}

/// The firmware's own checks are believed. What was seen in a block map may be a character that changed on the way, unless
/// a second map shows it too.
fn sureness(is_of_map: bool, found: &[&DatedEvent], first: &DatedEvent) -> Sureness {
    let alike = found.iter().filter(|dated| dated.event == first.event).count();
    match is_of_map && alike < 2 {
        true => Sureness::likely(words::NOT_SURER),
        false => Sureness::Certain,
    }
}

fn is_of_map(past: &Past<'_>, dated: &DatedEvent) -> bool {
    past.reports().iter().any(|report| report.lines.contains(dated.lines.first))
}

fn damage<'a>(past: &Past<'a>, dated: &'a DatedEvent) -> words::Damage<'a> {
    let event = &dated.event;
    let extra = |wanted: &str| event.extras.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    let text = |name: &str| match extra(name) {
        Some(Extra::Text(text)) => Some(&**text),
        _ => None,
    };
    let number = |name: &str| match extra(name) {
        Some(Extra::Number(number)) => u64::try_from(*number).ok(),
        _ => None,
    };
    let address = text("address");
    let has = |word: &str| event.text.contains(word);
    if let (Some(link), Some(block)) = (text("link"), number("block")) {
        let spot = words::Link {
            block,
            address,
            found: number("found"),
            expected: number("expected"),
            text: text("found_as_text"),
            before: number("previous_block").and_then(|index| block_before(past, dated, index)),
            behind: number("next_block").zip(text("next_address")),
            is_in_map: is_of_map(past, dated),
        };
        return match link {
            "NB" => words::Damage::NextLink(spot),
            "PB" => words::Damage::PreviousLink(spot),
            _ => words::Damage::FreeLink(spot),
        };
    }
    if let Some(count) = number("left_out_blocks") {
        return words::Damage::ListLeavesOut(count);
    }
    if let Some(side) = text("where") {
        let text = text("found_as_text");
        return words::Damage::Poison { is_after: side == "after", address, text };
    }
    if let (Some(block), Some(next)) = (number("block"), number("next_block")) {
        return words::Damage::FreeNeighbours { block, next, address };
    }
    let found = text("found");
    match address {
        Some(address) if event.text.starts_with("check_poison_block") => {
            words::Damage::GivenBackTwice { address }
        }
        Some(address) if event.text.starts_with("Pointer") => words::Damage::NotOfTheHeap { address },
        Some(address) if has(" tail ") => words::Damage::Tail { address, text: found.and_then(as_text) },
        Some(address) if has(" head ") => words::Damage::Head { address, text: found.and_then(as_text) },
        Some(address) if has(" Invalid ") => {
            words::Damage::FreedData { address, text: found.and_then(as_text) }
        }
        address => words::Damage::Other { address },
    }
}

/// The block that stands before the damaged one, as its map shows it.
fn block_before(past: &Past<'_>, dated: &DatedEvent, index: u64) -> Option<words::Before> {
    let report = past.reports().iter().find(|report| report.lines.contains(dated.lines.first))?;
    let is_meant = |block: &&Block| u64::from(block.index) == index;
    let block = report.report.blocks.blocks().iter().find(is_meant)?;
    Some(words::Before {
        block: index,
        address: block.address,
        size_bytes: block.size_bytes,
        is_free: block.kind == BlockKind::Free,
        is_guard: block.kind == BlockKind::Guard,
    })
}

/// `0x41414141` was text before it was overwritten, if all of its bytes are printable; the low one stands first.
fn as_text(number: &str) -> Option<String> {
    let number = u32::from_str_radix(number.strip_prefix("0x")?, 16).ok()?;
    let bytes = number.to_le_bytes();
    let is_printable = |byte: &u8| matches!(byte, b' '..=b'~');
    bytes.iter().all(is_printable).then(|| String::from_utf8_lossy(&bytes).into_owned())
}
