//! Corruption: the allocator's own data is destroyed.

use super::{Evidence, Judgement, State, Sureness};
use crate::dialect::EventKind;
use crate::recording::Past;

pub(super) fn judge(past: &Past<'_>) -> Option<Judgement> {
    let found: Vec<_> = past.events().filter(|dated| dated.event.kind == EventKind::HeapCorrupted).collect();
    let first = found.first()?;
    let is_past = first.at < past.boot();
    let when = if is_past { " before the last restart" } else { "" };
    Some(Judgement {
        state: State::HeapCorrupted,
        headline: format!(
            "Heap corrupted{when}: the program wrote outside its memory, and the allocator's own data is damaged."
        ),
        explanation: format!(
            "{}. After such damage anything may happen, so other judgements count less.",
            first.event.text.trim_end_matches('.')
        ),
        sureness: Sureness::likely(
            "No characters are missing on the way, but a wrong one could look like this: see whether it stays so.",
        ),
        next: "Look at what lies before the damaged block: its owner most likely wrote beyond its end."
            .into(),
        evidence: Evidence::of_events(&found),
    })
}
