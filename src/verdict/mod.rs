//! The verdict: what the figures mean, in plain words, with the evidence.
//!
//! Pure functions from a recording to judgements. One rule a file and a line in [`RULES`]; a rule says
//! nothing when it has nothing to say. No rule looks at a clock or a screen, or asks the board anything.
//!
//! ```
//! use heapscope::heap::Millis;
//! use heapscope::recording::{Recorder, Source};
//! use heapscope::verdict::{State, judge};
//!
//! let mut recorder = Recorder::new(Source::Text { name: "log".into() });
//! recorder.feed(b"18:40:09.000-020/00 OOM: count 3 (+3)\n", Millis(0));
//! assert_eq!(judge(recorder.recording()).state, State::OutOfMemory);
//! ```

mod corruption;
mod fragmentation;
mod leak;
mod nearly_full;
mod now;
mod out_of_memory;
mod steady;
pub mod trend;

use crate::dialect::LineRange;
use crate::heap::order;
use crate::recording::{DatedEvent, Recording};

/// Of many events alike, so many at the beginning and at the end are evidence enough.
const SHOWN_OF_MANY: usize = 3;

/// What is to be said about a recording: one state, one sentence, and the judgements behind it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// The worst that any rule found.
    pub state: State,
    /// One plain sentence with the figures.
    pub headline: String,
    /// The worst first.
    pub judgements: Vec<Judgement>,
}

/// What one rule says.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// How bad it is.
    pub state: State,
    /// One plain sentence with the figures.
    pub headline: String,
    /// Why, in a few sentences.
    pub explanation: String,
    /// What to do next, in one sentence.
    pub next: String,
    /// Where it can be seen.
    pub evidence: Vec<Evidence>,
}

/// Log lines that show something.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The lines, from 0.
    pub lines: LineRange,
    /// What they show.
    pub text: String,
}

impl Evidence {
    /// Lines, and what they show.
    fn new(lines: LineRange, text: impl Into<String>) -> Self {
        Evidence { lines, text: text.into() }
    }

    /// The first and the last few of many events.
    fn of_events(events: &[&DatedEvent]) -> Vec<Self> {
        let is_shown = |place: &usize| place + SHOWN_OF_MANY >= events.len() || *place < SHOWN_OF_MANY;
        let places = (0..events.len()).filter(is_shown);
        places.map(|place| Evidence::new(events[place].lines, events[place].event.text.clone())).collect()
    }
}

/// How it stands with the heap, from harmless to worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Too little is known to say anything.
    #[default]
    NotEnoughData,
    /// Nothing stands out.
    Healthy,
    /// Little is free.
    NearlyFull,
    /// What is free is in small pieces.
    Fragmenting,
    /// Free memory falls without coming back.
    Leaking,
    /// Allocations failed.
    OutOfMemory,
    /// The allocator's own data is destroyed.
    HeapCorrupted,
}

impl State {
    /// Two words or less, for a badge.
    pub const fn label(self) -> &'static str {
        match self {
            State::NotEnoughData => "Not enough data yet",
            State::Healthy => "Healthy",
            State::NearlyFull => "Nearly full",
            State::Fragmenting => "Fragmenting",
            State::Leaking => "Leaking",
            State::OutOfMemory => "Out of memory",
            State::HeapCorrupted => "Heap corrupted",
        }
    }

    /// The word that style sheets and tests know it by.
    pub const fn key(self) -> &'static str {
        match self {
            State::NotEnoughData => "not-enough-data",
            State::Healthy => "healthy",
            State::NearlyFull => "nearly-full",
            State::Fragmenting => "fragmenting",
            State::Leaking => "leaking",
            State::OutOfMemory => "out-of-memory",
            State::HeapCorrupted => "heap-corrupted",
        }
    }
}

/// A rule: what it says of a recording, if anything.
pub type Rule = fn(&Recording) -> Option<Judgement>;

/// Every rule. A new one is a new file and a new line here.
pub static RULES: &[Rule] = &[
    corruption::judge,
    out_of_memory::judge,
    leak::judge,
    fragmentation::judge,
    nearly_full::judge,
    steady::judge,
];

/// What is to be said about the recording.
pub fn judge(recording: &Recording) -> Verdict {
    let mut judgements: Vec<_> = RULES.iter().filter_map(|rule| rule(recording)).collect();
    // "Healthy" is what is left when nothing else is found.
    if judgements.iter().any(|judgement| judgement.state > State::Healthy) {
        judgements.retain(|judgement| judgement.state > State::Healthy);
    }
    // The worst first; among equals the order of the list stands.
    order::sort_largest_first(&mut judgements, |judgement| judgement.state as u64);
    match judgements.first() {
        Some(worst) => Verdict { state: worst.state, headline: worst.headline.clone(), judgements },
        None => Verdict { state: State::NotEnoughData, headline: too_little(recording), judgements },
    }
}

/// What can be said all the same.
fn too_little(recording: &Recording) -> String {
    match now::Now::of(recording).sentence() {
        Some(figures) => format!("{figures} More of the log is needed to say whether that falls."),
        None if recording.log().line_count() == 0 => "Nothing has come from the board yet.".into(),
        None => "No heap figures in this log so far.".into(),
    }
}
