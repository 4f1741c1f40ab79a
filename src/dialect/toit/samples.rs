//! Figures that stand in single lines: garbage collections of old releases, and what programs print themselves.
//!
//! # Grammar
//!
//! ```text
//! gc A   = "[gc @ " … " | heap: " … " | free: " BEFORE "kb->" AFTER "kb" [ " (largest " N UNIT ")" ] " " MS "ms]"      up to v0.10.1
//! gc B   = "[gc @ " … " | overall: " … " -> " USED "/" CAPACITY "@" PERCENT "%" " | free: " … " -> " LARGEST "/" FREE " | " MS "ms]"
//!                                                             v0.16.0 to v2.0.0-alpha.1 (48728c7cd)
//! stats  = … [ "process" ( "-" | "_" | " " ) ] "stats" ( ":" | "=" | " " )* "[" N ", " … 11 numbers … "]"
//! ```
//!
//! The figures are those after the collection. `kb` and numbers with a `K` (B writes them above 9999) are bytes >> 10,
//! others are bytes. UNIT is `kb`, `K` or nothing, for bytes. The figures of one process's heap, which stand in front,
//! are not those of the board's; nor are those of `Scavenge:` and `Mark-sweep:` (two_space_heap.cc:193-407), which
//! are not read.
//!
//! The 11 numbers are those of `system.process-stats` (lib/system/system.toit:85-127). A list of 11 numbers can be
//! anything: it must stand behind the word (`stats` alone counts only where Toit spoke before), at the end of the line,
//! and agree with itself: what is allocated is no more
//! than what is reserved, the largest free block no more than all that is free, compactions no more than full collections.
//! Free and largest are over internal and external RAM together.

use super::text;
use crate::dialect::Sample;
use crate::heap::{Amount, Figure, Figures};

/// What a single line says of the heap.
pub(super) fn read(line: &str, has_spoken: bool) -> Option<Sample> {
    // Most lines end here.
    if !line.ends_with(']') {
        return None;
    }
    let (source, figures) = match line.strip_prefix("[gc @ ") {
        Some(rest) => ("gc", kilobytes_free(rest).or_else(|| overall(rest))?),
        None => ("process_stats", process_stats(line, has_spoken)?),
    };
    Some(Sample { source, figures })
}

/// What follows the last time that these words stand in the text.
fn after_last<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let first = *words.as_bytes().first()?;
    let mut places = memchr::memrchr_iter(first, text.as_bytes());
    places.find_map(|at| text[at..].strip_prefix(words))
}

/// `12.345ms]`
fn is_duration(text: &str) -> bool {
    let duration = || {
        let (_, rest) = text::digits(text)?;
        let (_, rest) = text::digits(rest.strip_prefix('.')?)?;
        Some(rest == "ms]")
    };
    duration() == Some(true)
}

/// `free: %zdkb->%zdkb[ (largest %zd%s)] %d.%03dms]`
fn kilobytes_free(line: &str) -> Option<Figures> {
    let (_, rest) = text::digits(after_last(line, " | free: ")?)?;
    let (free, rest) = text::digits(rest.strip_prefix("kb->")?)?;
    let mut rest = rest.strip_prefix("kb")?;
    let mut figures = Figures::default();
    figures.set(Figure::Free, Amount::kib_truncated(free));
    if let Some(largest) = rest.strip_prefix(" (largest ") {
        let (largest, unit) = text::digits(largest)?;
        let (amount, behind) = match unit.strip_prefix("kb").or_else(|| unit.strip_prefix('K')) {
            Some(behind) => (Amount::kib_truncated(largest), behind),
            None => (Amount::exact(largest), unit),
        };
        figures.set(Figure::LargestFreeBlock, amount);
        rest = behind.strip_prefix(')')?;
    }
    is_duration(rest.strip_prefix(' ')?).then_some(figures)
}

/// `overall: U/C@P% -> U/C@P% | free: L/F -> L/F | %d.%03dms]`
fn overall(line: &str) -> Option<Figures> {
    let (_, rest) = usage(after_last(line, " | overall: ")?)?;
    let (usage, rest) = usage(rest.strip_prefix(" -> ")?)?;
    let (_, rest) = pair(rest.strip_prefix(" | free: ")?)?;
    let ((largest, free), rest) = pair(rest.strip_prefix(" -> ")?)?;
    let mut figures = usage;
    figures.set(Figure::LargestFreeBlock, largest);
    figures.set(Figure::Free, free);
    is_duration(rest.strip_prefix(" | ")?).then_some(figures)
}

/// `180K/243K@74%`
fn usage(text: &str) -> Option<(Figures, &str)> {
    let ((used, capacity), rest) = pair(text)?;
    let (percent, rest) = text::digits(rest.strip_prefix('@')?)?;
    let mut figures = Figures::default();
    figures.set(Figure::Used, used);
    figures.set(Figure::Total, capacity);
    figures.set(Figure::UsedPercent, Amount::exact(percent));
    Some((figures, rest.strip_prefix('%')?))
}

/// `42K/58K`
fn pair(text: &str) -> Option<((Amount, Amount), &str)> {
    let (first, rest) = amount(text)?;
    let (second, rest) = amount(rest.strip_prefix('/')?)?;
    Some(((first, second), rest))
}

/// `9876` or `12K`
fn amount(text: &str) -> Option<(Amount, &str)> {
    let (number, rest) = text::digits(text)?;
    Some(match rest.strip_prefix('K') {
        Some(rest) => (Amount::kib_truncated(number), rest),
        None => (Amount::exact(number), rest),
    })
}

/// `process-stats: [13, 45056, 61440, 0, 901120, 1, 3, 98304, 65536, 2, 1]`
fn process_stats(line: &str, has_spoken: bool) -> Option<Figures> {
    let open = memchr::memrchr(b'[', line.as_bytes())?;
    let (label, list) = line.split_at(open);
    let label = label.trim_end_matches([':', '=', ' ']).strip_suffix("stats")?;
    if !has_spoken && !["process-", "process_", "process "].iter().any(|word| label.ends_with(word)) {
        return None;
    }
    let mut numbers = [0_u64; 11];
    let mut rest = &list[1..];
    for (place, number) in numbers.iter_mut().enumerate() {
        if place > 0 {
            rest = rest.strip_prefix(", ")?;
        }
        (*number, rest) = text::digits(rest)?;
    }
    let [_, allocated, reserved, _, _, _, _, free, largest, full, compacting] = numbers;
    let is_plausible =
        allocated <= reserved && largest <= free && compacting <= full && allocated > 0 && largest > 0;
    if rest != "]" || !is_plausible {
        return None;
    }
    let mut figures = Figures::default();
    figures.set(Figure::Free, Amount::exact(free));
    figures.set(Figure::LargestFreeBlock, Amount::exact(largest));
    Some(figures)
}
