//! Corruption: the allocator's own data is destroyed.

use super::{Evidence, Judgement, State, Sureness};
use crate::dialect::EventKind;
use crate::recording::Past;
use crate::words::verdict::corruption as words;

pub(super) fn judge(past: &Past<'_>) -> Option<Judgement> {
    let found: Vec<_> = past.events().filter(|dated| dated.event.kind == EventKind::HeapCorrupted).collect();
    let first = found.first()?;
    let is_past = first.at < past.boot();
    Some(Judgement {
        state: State::HeapCorrupted,
        headline: words::headline(is_past),
        explanation: words::explanation(&first.event.text),
        sureness: Sureness::likely(words::NOT_SURER),
        next: words::NEXT.into(),
        evidence: Evidence::of_events(&found),
    })
}
