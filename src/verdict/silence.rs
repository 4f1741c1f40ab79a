//! Silence: a board that had answered answers no more, and how its heap stood then.
//!
//! A log cannot tell that something did not come, so the session leaves a mark when several questions in a row went
//! unanswered. What a board says last before it hangs is the best that there is. Near the end of its memory it may still
//! write short lines and no answer: Arduino's `Print::printf` takes a buffer for a line of 64 characters or more, and
//! gives up silently without one (esp8266/Arduino cores/esp8266/Print.cpp).
//!
//! It refuses to speak of a board that was unplugged or disconnected, or restarted since. Example: the board said
//! `2 KB free`, and then answered nothing: most likely memory ran out.

use super::before_end::{BeforeEnd, Memory};
use super::{Case, Evidence, Judgement, State, Sureness};
use crate::dialect::{EventKind, LineRange};
use crate::heap::Millis;
use crate::recording::MarkKind;
use crate::words::verdict::silence as words;

/// Questions go unanswered for so long before the mark is left; a board that wrote something in this time still speaks.
const SILENT_AFTER: Millis = Millis(5_000);

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let mark = case.marks().last().filter(|mark| mark.kind == MarkKind::Unanswered)?;
    if case.boot() > mark.at {
        return None;
    }
    let last_line_at = case.last_line_at()?;
    let run = case.events().rev().find(|dated| dated.event.kind == EventKind::Restart);
    let from_line = run.map_or(0, |dated| dated.lines.first);
    let known = BeforeEnd::of(case, from_line, case.line_count(), last_line_at);
    let (last, figures) = (known.free?, known.phrase()?);
    // Lines that came between the questions and the end of patience are answers of a kind, too.
    let still_speaks = mark.at - last_line_at < SILENT_AFTER;
    let headline = match still_speaks {
        true => words::no_answers(&figures),
        false => words::silent(last_line_at, &figures),
    };
    let (state, explanation) = match known.memory {
        Memory::Exhausted => (State::OutOfMemory, words::EXHAUSTED),
        Memory::Short => (State::NearlyFull, words::SHORT),
        // It speaks and has memory: something else has its console, and that is no finding.
        Memory::Enough | Memory::Unknown if still_speaks => return None,
        Memory::Enough => (State::NotAHeapProblem, words::ENOUGH),
        Memory::Unknown => (State::NotEnoughData, words::UNKNOWN),
    };
    let is_about_memory = matches!(known.memory, Memory::Exhausted | Memory::Short);
    let sureness = match known.memory {
        Memory::Exhausted => Sureness::likely(words::NOT_SURER_EXHAUSTED),
        Memory::Short => Sureness::possible(words::NOT_SURER_EXHAUSTED),
        Memory::Enough | Memory::Unknown => Sureness::possible(words::NOT_SURER_ENOUGH),
    };
    let next = if is_about_memory { words::NEXT_EXHAUSTED } else { words::NEXT_ENOUGH };
    Some(Judgement {
        state,
        headline,
        explanation: explanation.into(),
        sureness,
        next: next.into(),
        evidence: vec![Evidence::new(LineRange::one(last.line), words::last_figures(&figures))],
    })
}
