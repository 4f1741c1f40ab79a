//! The verdict: what the figures mean, in plain words, with the evidence.
//!
//! Pure functions from a recording to judgements. One rule a file and a line in [`RULES`]; a rule says
//! nothing when it has nothing to say. No rule looks at a clock or a screen, or asks the board anything. Rules read
//! through a [`Past`], so that each says as well what held at an earlier moment ([`judge_at`]).
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

mod before_end;
mod case;
pub mod composition;
mod corruption;
mod damaged_map;
mod failures;
mod fitting;
mod fragmentation;
mod growing_blocks;
mod large_request;
mod leak;
mod maps;
mod nearly_full;
mod not_a_heap_problem;
mod now;
mod one_map;
mod out_of_memory;
mod peaks;
mod restarts;
mod silence;
mod steady;
mod toit_out_of_memory;
pub mod trend;
mod withheld;

pub use case::Case;
pub use fitting::{rounding, what_fits};

use crate::dialect::LineRange;
use crate::heap::{Forecast, order};
use crate::recording::{DatedEvent, Past, Recording};
use crate::words::verdict as words;

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
    /// What would show more. It says nothing of how it stands with the heap, so it changes none of the above.
    pub advice: Vec<Advice>,
    /// When nothing will be left, where a leak was found that makes it worth saying.
    pub forecast: Option<Forecast>,
}

/// What cannot be seen in this log, and how it could be.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// One plain sentence: what is missing.
    pub headline: String,
    /// Why, in a few sentences.
    pub explanation: String,
    /// How to get it.
    pub next: String,
    /// Where it can be seen.
    pub evidence: Vec<Evidence>,
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
    /// How sure that is, and why it is not surer.
    pub sureness: Sureness,
    /// What to do next, in one sentence.
    pub next: String,
    /// Where it can be seen.
    pub evidence: Vec<Evidence>,
}

/// How sure a judgement is. What is not certain says why it is not surer, in a sentence or two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sureness {
    /// The log says so itself, or no other reading of its figures is left.
    #[default]
    Certain,
    /// Hardly anything else would look like this.
    Likely {
        /// Why it is not surer.
        because: String,
    },
    /// Something else may well look like this.
    Possible {
        /// Why it is not surer.
        because: String,
    },
}

impl Sureness {
    /// Likely, and no more, for this reason.
    fn likely(because: impl Into<String>) -> Self {
        Sureness::Likely { because: because.into() }
    }

    /// Possible, and no more, for this reason.
    fn possible(because: impl Into<String>) -> Self {
        Sureness::Possible { because: because.into() }
    }

    /// One word.
    pub const fn label(&self) -> &'static str {
        match self {
            Sureness::Certain => words::sureness::CERTAIN,
            Sureness::Likely { .. } => words::sureness::LIKELY,
            Sureness::Possible { .. } => words::sureness::POSSIBLE,
        }
    }

    /// Why it is not surer; `None` where it is certain.
    pub fn why_not_surer(&self) -> Option<&str> {
        match self {
            Sureness::Certain => None,
            Sureness::Likely { because } | Sureness::Possible { because } => Some(because),
        }
    }
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
    /// Things failed, or look as if they had, and it is known that the heap is not why.
    NotAHeapProblem,
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
    /// A few words, for a badge.
    pub const fn label(self) -> &'static str {
        match self {
            State::NotEnoughData => words::state::NOT_ENOUGH_DATA,
            State::Healthy => words::state::HEALTHY,
            State::NotAHeapProblem => words::state::NOT_A_HEAP_PROBLEM,
            State::NearlyFull => words::state::NEARLY_FULL,
            State::Fragmenting => words::state::FRAGMENTING,
            State::Leaking => words::state::LEAKING,
            State::OutOfMemory => words::state::OUT_OF_MEMORY,
            State::HeapCorrupted => words::state::HEAP_CORRUPTED,
        }
    }

    /// The word that style sheets and tests know it by.
    pub const fn key(self) -> &'static str {
        match self {
            State::NotEnoughData => "not-enough-data",
            State::Healthy => "healthy",
            State::NotAHeapProblem => "not-a-heap-problem",
            State::NearlyFull => "nearly-full",
            State::Fragmenting => "fragmenting",
            State::Leaking => "leaking",
            State::OutOfMemory => "out-of-memory",
            State::HeapCorrupted => "heap-corrupted",
        }
    }
}

/// A rule: what it says of what had been read by a moment, if anything.
pub type Rule = fn(&Case<'_>) -> Option<Judgement>;

/// Every rule. A new one is a new file and a new line here.
pub static RULES: &[Rule] = &[
    corruption::judge,
    out_of_memory::judge,
    leak::judge,
    growing_blocks::judge,
    fragmentation::judge,
    nearly_full::judge,
    steady::judge,
    not_a_heap_problem::judge,
    silence::judge,
    restarts::judge,
    large_request::judge,
    peaks::judge,
    composition::judge,
    one_map::judge,
];

/// Says what would show more.
pub type Adviser = fn(&Case<'_>) -> Option<Advice>;

/// Every adviser.
pub static ADVISERS: &[Adviser] = &[damaged_map::advise, withheld::advise];

/// What is to be said about the recording.
pub fn judge(recording: &Recording) -> Verdict {
    judge_past(&recording.whole())
}

/// What would have been said when this log line had come, counted from 0; or the last line of what it is part of.
pub fn judge_at(recording: &Recording, line: u64) -> Verdict {
    judge_past(&recording.past(line))
}

/// What is to be said about what had been read by a moment.
pub fn judge_past(past: &Past<'_>) -> Verdict {
    let case = Case::new(*past);
    conclude(&case, RULES.iter().filter_map(|rule| rule(&case)).collect())
}

/// A verdict that is being made, one rule at a time. Of a long log some rules look at very many values, and whoever draws a
/// page as well cannot wait for all of them.
///
/// ```
/// use heapscope::recording::{Recorder, Source};
/// use heapscope::verdict::{Judging, judge};
///
/// let recorder = Recorder::new(Source::Demo);
/// let (mut judging, whole) = (Judging::default(), recorder.recording().whole());
/// let verdict = loop {
///     if let Some(verdict) = judging.advance(&whole) {
///         break verdict;
///     }
/// };
/// assert_eq!(verdict, judge(recorder.recording()));
/// ```
#[derive(Default)]
pub struct Judging {
    judgements: Vec<Judgement>,
    asked: usize,
    /// What took long to find out.
    trend: Option<Option<trend::Assessment>>,
}

impl Judging {
    /// Asks the next rule; gives the verdict when all have been asked. The past must be the same each time.
    pub fn advance(&mut self, past: &Past<'_>) -> Option<Verdict> {
        let case = Case::with_trend(*past, self.trend);
        let Some(rule) = RULES.get(self.asked) else {
            return Some(conclude(&case, std::mem::take(&mut self.judgements)));
        };
        self.judgements.extend(rule(&case));
        self.asked += 1;
        self.trend = case.known_trend();
        None
    }
}

/// What follows from what the rules said.
fn conclude(case: &Case<'_>, mut judgements: Vec<Judgement>) -> Verdict {
    // "Healthy" is what is left when nothing of the heap is found. What is not the heap's fault does not contradict it.
    if judgements.iter().any(|judgement| judgement.state > State::NotAHeapProblem) {
        judgements.retain(|judgement| judgement.state > State::Healthy);
    } else if judgements.iter().any(|judgement| judgement.state == State::Healthy) {
        // Nor is too little known then.
        judgements.retain(|judgement| judgement.state != State::NotEnoughData);
    }
    // The worst first; among equals the order of the list stands.
    order::sort_largest_first(&mut judgements, |judgement| judgement.state as u64);
    let advice = ADVISERS.iter().filter_map(|adviser| adviser(case)).collect();
    let (state, headline) = match judgements.first() {
        Some(worst) => (worst.state, worst.headline.clone()),
        None => (State::NotEnoughData, too_little(case)),
    };
    Verdict { state, headline, judgements, advice, forecast: leak::forecast(case) }
}

/// What can be said all the same.
fn too_little(past: &Past<'_>) -> String {
    match now::Now::of(past).phrase() {
        Some(figures) => words::too_little::figures(&figures),
        None if past.line_count() == 0 => words::too_little::NOTHING_CAME.into(),
        None => words::too_little::NO_FIGURES.into(),
    }
}
