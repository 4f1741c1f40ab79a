//! Corruption: the allocator's own data is destroyed.

use super::{Evidence, Judgement, State};
use crate::dialect::EventKind;
use crate::recording::Recording;

pub(super) fn judge(recording: &Recording) -> Option<Judgement> {
    let found: Vec<_> =
        recording.events().iter().filter(|dated| dated.event.kind == EventKind::HeapCorrupted).collect();
    let first = found.first()?;
    Some(Judgement {
        state: State::HeapCorrupted,
        headline:
            "Heap corrupted: the program wrote outside its memory, and the allocator's own data is damaged."
                .into(),
        explanation: format!(
            "{} Characters lost on the way are ruled out. From here on anything may happen, so other judgements \
             count less.",
            first.event.text
        ),
        next: "Look at what lies before the damaged block: its owner most likely wrote beyond its end."
            .into(),
        evidence: found.iter().map(|dated| Evidence::new(dated.lines, dated.event.text.clone())).collect(),
    })
}
