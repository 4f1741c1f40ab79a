//! What a dialect found in the log: samples, reports, events, answers.

use crate::heap::{BlockMap, Category, Figures, Page, TimeOfDay};
use crate::stream::HostTime;

/// Something that was read from a range of log lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which dialect read it: its [`Info::id`](super::Info).
    pub dialect: &'static str,
    /// The lines it was read from, counted from 0 at the first line of the log.
    pub lines: LineRange,
    /// The time that the firmware printed in front of the (first) line, if it did.
    pub device_time: Option<TimeOfDay>,
    /// The time that a capture tool wrote in front of the (last) line, if one did.
    pub host_time: Option<HostTime>,
    /// What it is.
    pub what: What,
}

/// The four kinds of findings.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A few figures of one moment.
    Sample(Sample),
    /// A whole table or block map.
    Report(Box<Report>),
    /// Something that happened.
    Event(Event),
    /// The board's answer to a command.
    Answer(Answer),
}

/// Log lines `first` to `last`, both included, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineRange {
    /// First line.
    pub first: u64,
    /// Last line.
    pub last: u64,
}

impl LineRange {
    /// A single line.
    pub const fn one(line: u64) -> Self {
        LineRange { first: line, last: line }
    }

    /// Whether the line is one of them.
    pub const fn contains(self, line: u64) -> bool {
        self.first <= line && line <= self.last
    }
}

/// A few figures of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What printed them, as the dialect calls it: `status4`, `state`, `timestamp`.
    pub source: &'static str,
    /// The figures.
    pub figures: Figures,
}

/// A whole table or block map.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What it is, as the dialect calls it: `umm_dump`, `heap_report`.
    pub format: &'static str,
    /// For people: what this report is called on screen.
    pub title: String,
    /// Whether all of it was there, and agrees with itself.
    pub complete: bool,
    /// What is missing or does not agree, a sentence each. Empty when complete.
    pub problems: Vec<String>,
    /// Its figures: those printed, and those that follow from a complete block map.
    pub figures: Figures,
    /// Who has the memory, in printed order; empty when the report does not say.
    pub categories: Vec<Category>,
    /// The blocks; empty when the report has none.
    pub blocks: BlockMap,
    /// The pages, in printed order; empty when the report has none.
    pub pages: Vec<Page>,
    /// False for a second heap (instruction RAM, external RAM): its figures are not those of the board's heap.
    pub is_main_heap: bool,
    /// Whether this build clears its count of failed allocations before it prints it, so that 0 says nothing.
    pub clears_oom_count: bool,
    /// What else was printed: name (with its unit) and value.
    pub extras: Vec<(&'static str, Extra)>,
}

impl Report {
    /// A complete report of the main heap in which nothing stands yet.
    pub fn new(format: &'static str, title: impl Into<String>) -> Self {
        Report {
            format,
            title: title.into(),
            complete: true,
            problems: Vec::new(),
            figures: Figures::default(),
            categories: Vec::new(),
            blocks: BlockMap::default(),
            pages: Vec::new(),
            is_main_heap: true,
            clears_oom_count: false,
            extras: Vec::new(),
        }
    }

    /// Gives back the room that its lists grew into: a long log has thousands of reports.
    pub fn shrink(&mut self) {
        self.problems.shrink_to_fit();
        self.categories.shrink_to_fit();
        self.blocks.shrink();
        self.pages.shrink_to_fit();
        self.extras.shrink_to_fit();
    }
}

/// A value that only one dialect knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Extra {
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Several texts in order: the frames of a stack, the registers of a crash.
    List(Vec<String>),
}

/// Something that happened on the board.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// One plain sentence or phrase, from the log's words.
    pub text: String,
    /// Figures that came with it.
    pub figures: Figures,
    /// What else the log says of it: name (with its unit) and value.
    pub extras: Vec<(&'static str, Extra)>,
}

impl Event {
    /// An event of which no more is known than its text.
    pub fn new(kind: EventKind, text: impl Into<String>) -> Self {
        Event { kind, text: text.into(), figures: Figures::default(), extras: Vec::new() }
    }
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The firmware started anew: memory before and after do not belong together.
    Restart,
    /// An allocation failed.
    OutOfMemory,
    /// The counter of failed allocations jumped back: nothing is known about what failed before.
    OomCounterReset,
    /// The firmware crashed.
    Crash,
    /// The firmware stopped logging on its own.
    LogSwitchedOff,
    /// The allocator found its own data destroyed.
    HeapCorrupted,
    /// A program raised an exception that nobody caught.
    Exception,
    /// A program, not the whole firmware, ended on its own or was stopped.
    ProgramStopped,
}

impl EventKind {
    /// Its name in the JSON lines.
    pub const fn key(self) -> &'static str {
        match self {
            EventKind::Restart => "restart",
            EventKind::OutOfMemory => "out_of_memory",
            EventKind::OomCounterReset => "oom_counter_reset",
            EventKind::Crash => "crash",
            EventKind::LogSwitchedOff => "log_switched_off",
            EventKind::HeapCorrupted => "heap_corrupted",
            EventKind::Exception => "exception",
            EventKind::ProgramStopped => "program_stopped",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            EventKind::Restart => "Restart",
            EventKind::OutOfMemory => "Out of memory",
            EventKind::OomCounterReset => "Failure counter reset",
            EventKind::Crash => "Crash",
            EventKind::LogSwitchedOff => "Log switched off",
            EventKind::HeapCorrupted => "Heap corrupted",
            EventKind::Exception => "Exception",
            EventKind::ProgramStopped => "Program stopped",
        }
    }
}

/// The board's answer to a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What it answers, in capitals as the dialect writes it: `STATUS4`, `RESULT`. The echo of a command
    /// that was typed has the topic `ECHO`.
    pub topic: String,
    /// False when the board refused the command or did not know it.
    pub ok: bool,
    /// The answer's text, or the command that was echoed or refused.
    pub text: String,
}
