//! Restarts: a board that restarts again and again, or crashed, and the heap just before.
//!
//! A run of the firmware ends with a crash, with a restart, or with both: the chip tells a crash when it happens, Tasmota
//! tells it after the restart, and the boot ROM tells why the chip started. What somebody wanted is no finding: waking from
//! sleep, the reset that opening a port causes, an update. A restart loop is a finding of its own, however healthy the
//! heap looks; whether it is a problem *of the heap* is known from the last figures before each end. Where there are none,
//! that is said, and no state is claimed.
//!
//! For example three watchdog resets within a minute with 20 KB free just before are [`State::NotAHeapProblem`], with
//! 1 KB free [`State::OutOfMemory`].

use super::before_end::{BeforeEnd, Memory};
use super::{Case, Evidence, Judgement, SHOWN_OF_MANY, State, Sureness};
use crate::dialect::{Cause, EventKind, LineRange, tells_crashes_afterwards};
use crate::heap::Millis;
use crate::recording::{DatedEvent, MarkKind, Metric, Past};
use crate::words::verdict::restarts::{self as words, Reason};

/// So many ends of runs that follow each other closely are a loop.
const LOOP: usize = 3;

/// A loop of which a person may be the reason, who presses the button, needs one more.
const LOOP_BY_HAND: usize = 4;

/// Ends that are no further apart follow each other closely.
const CLOSE: Millis = Millis(10 * 60_000);

/// Opening a port restarts most boards, within this time.
const OPENING_RESTARTS_WITHIN: Millis = Millis(5_000);

/// A failed allocation so many lines before the end has to do with it.
const FAILURE_WITHIN_LINES: u64 = 100;

/// An allocation that fails although the largest block is this large asked for a very large one, or for other memory.
const DOUBTFUL_BLOCK_BYTES: u64 = 64 * 1024;

/// The heap is looked at before so many ends at most, the last ones: they are what the board does now.
const MOST_JUDGED: usize = 100;

/// A run that ended.
#[derive(Clone, Copy, Debug)]
struct End<'a> {
    cause: Cause,
    /// What tells of it: the crash, or else the restart.
    told: &'a DatedEvent,
    at: Millis,
    /// The first line of the run, and the first one behind it.
    from_line: u64,
    end_line: u64,
    /// The failed allocation shortly before.
    failed: Option<&'a DatedEvent>,
}

/// The run that is being read.
#[derive(Clone, Copy, Debug, Default)]
struct Run<'a> {
    from_line: u64,
    crash: Option<&'a DatedEvent>,
    failed: Option<&'a DatedEvent>,
    /// Whether anything is known to have happened in it.
    is_seen: bool,
}

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let mut ends = ends(case);
    let is_loop = keep_loop(case, &mut ends);
    if !is_loop {
        ends.retain(|end| end.is_finding(case));
    }
    let last = ends.last()?;
    let common = Common::of(&ends);
    let is_common = is_loop && (common.is_most || common.cause == Cause::Allocator);
    let reason = reason_for(if is_common { common.cause } else { last.cause });
    let (state, sureness, memory) = verdict(case, &ends, &common);
    let before = last.before(case);
    let for_memory = state == State::OutOfMemory;
    let figures = before.phrase();
    let headline = if is_loop {
        let span = ends.first().map(|first| last.at - first.at).filter(|_| case.has_times());
        let by = match () {
            _ if for_memory => words::BY_MEMORY.into(),
            _ if common.is_only => reason.by.into(),
            _ if common.is_most => words::mostly(reason.by),
            _ if state == State::HeapCorrupted => words::BY_SEVERAL_WITH_DAMAGE.into(),
            _ => words::BY_SEVERAL.into(),
        };
        words::again_and_again(goes_on(case, last), ends.len(), span, &by, figures.as_deref())
    } else {
        words::ended(ends.len(), reason_for(last.cause).once, for_memory, figures.as_deref())
    };
    let next = match state {
        State::OutOfMemory | State::NearlyFull => words::NEXT_MEMORY,
        State::NotEnoughData => words::NEXT_UNKNOWN,
        _ => reason.next,
    };
    let said = words::log_says(&last.told.event.text);
    // A chip's own words have no time in a text.
    let age = before.age.filter(|_| case.is_live()).map(words::age).unwrap_or_default();
    let mut explanation = vec![reason.why, &said, memory, &age];
    explanation.retain(|part| !part.is_empty());
    Some(Judgement {
        state,
        headline,
        explanation: explanation.join(" "),
        sureness,
        next: next.into(),
        evidence: evidence(&ends, &before),
    })
}

/// The state, how sure it is, and what the memory has to do with it.
fn verdict(past: &Past<'_>, ends: &[End<'_>], common: &Common) -> (State, Sureness, &'static str) {
    let judged = &ends[ends.len().saturating_sub(MOST_JUDGED)..];
    let memories: Vec<_> = judged.iter().map(|end| end.memory(past)).collect();
    let count = |memory| memories.iter().filter(|known| **known == memory).count();
    let (exhausted, short) = (count(Memory::Exhausted), count(Memory::Short));
    let all_have_enough = count(Memory::Enough) == judged.len();
    let all_are = |causes: &[Cause]| ends.iter().all(|end| causes.contains(&end.cause));
    // A person may have restarted a board that had no memory, unless it is known why it restarted, or that it failed.
    let is_known = common.cause != Cause::Unknown || ends.iter().any(|end| end.failed.is_some());
    match common.cause {
        // Neither the voltage nor a task's stack comes out of the heap.
        Cause::Brownout if common.is_only => (State::NotAHeapProblem, Sureness::Certain, words::NOT_THE_HEAP),
        _ if all_are(&[Cause::Stack, Cause::Brownout]) => {
            (State::NotAHeapProblem, Sureness::Certain, words::STACK_IS_NOT_HEAP)
        }
        Cause::Allocator => {
            (State::HeapCorrupted, Sureness::likely(words::NOT_SURER_ALLOCATOR), words::DAMAGED)
        }
        _ if exhausted * 2 > judged.len() && is_known => {
            (State::OutOfMemory, Sureness::likely(words::NOT_SURER_EXHAUSTED), words::EXHAUSTED)
        }
        Cause::Unknown if exhausted * 2 > judged.len() => {
            (State::NearlyFull, Sureness::possible(words::NOT_SURER_BY_HAND), words::EXHAUSTED)
        }
        _ if (exhausted + short) * 2 > judged.len() => {
            (State::NearlyFull, Sureness::possible(words::NOT_SURER_SHORT), words::SHORT)
        }
        Cause::Outside | Cause::Unknown if all_have_enough => {
            (State::NotAHeapProblem, Sureness::possible(words::NOT_SURER_BY_HAND), words::ENOUGH)
        }
        _ if all_have_enough => {
            (State::NotAHeapProblem, Sureness::likely(words::NOT_SURER_ENOUGH), words::ENOUGH)
        }
        _ => (State::NotEnoughData, Sureness::possible(words::NOT_SURER_UNKNOWN), words::UNKNOWN),
    }
}

/// Whether the last end was not long ago, as far as the log goes.
fn goes_on(past: &Past<'_>, last: &End<'_>) -> bool {
    let figures = past.series(Metric::Free).last().map_or(Millis(0), |point| point.at);
    let event = past.events().next_back().map_or(Millis(0), |dated| dated.at);
    !past.has_times() || figures.max(event) - last.at <= CLOSE
}

/// The first and the last few ends; for the last one also what was known before it.
fn evidence(ends: &[End<'_>], before: &BeforeEnd) -> Vec<Evidence> {
    let is_shown = |place: &usize| *place < SHOWN_OF_MANY || place + SHOWN_OF_MANY >= ends.len();
    let told = |end: &End<'_>| Evidence::new(end.told.lines, end.told.event.text.clone());
    let mut evidence: Vec<_> = (0..ends.len()).filter(is_shown).map(|place| told(&ends[place])).collect();
    let Some(last) = ends.last() else { return evidence };
    if let Some(failed) = last.failed {
        evidence.push(Evidence::new(failed.lines, failed.event.text.clone()));
    }
    if let (Some(point), Some(figures)) = (before.free.or(before.largest), before.phrase()) {
        evidence.push(Evidence::new(LineRange::one(point.line), words::just_before(&figures)));
    }
    evidence
}

/// Leaves the longest row of ends that follow each other closely, if it is long enough; of several the last.
fn keep_loop<'a>(past: &Past<'_>, ends: &mut Vec<End<'a>>) -> bool {
    // A text without times does not show how close they are: only what is no good in itself counts there.
    let has_times = past.has_times();
    let counts = |end: &End<'a>| has_times || end.cause.is_fault();
    let countable: Vec<_> = ends.iter().copied().filter(counts).collect();
    let longest = countable
        .chunk_by(|a, b| !has_times || b.at - a.at <= CLOSE)
        .max_by_key(|row| row.len())
        .map(<[End<'a>]>::to_vec)
        .unwrap_or_default();
    let by_hand = Common::of(&longest).cause == Cause::Outside;
    let is_loop = longest.len() >= if by_hand { LOOP_BY_HAND } else { LOOP };
    if is_loop {
        *ends = longest;
    }
    is_loop
}

/// All runs that ended without anybody's wish, as far as is known.
fn ends<'a>(past: &Past<'a>) -> Vec<End<'a>> {
    let mut ends: Vec<End<'a>> = Vec::new();
    let mut run = Run::default();
    // Whether Tasmota told of the crash before this run already, or the chip did.
    let mut is_told = false;
    for dated in past.events() {
        let event = &dated.event;
        match event.kind {
            EventKind::Restart => {
                let end = end_of(past, &run, dated);
                is_told = run.crash.is_some();
                ends.extend(end);
                run = Run { from_line: dated.lines.first, is_seen: true, ..Run::default() };
            }
            EventKind::Crash if tells_crashes_afterwards(dated.dialect) => {
                if !std::mem::replace(&mut is_told, true) {
                    tell_afterwards(&mut ends, &run, dated);
                }
            }
            // A warning that nothing came of.
            EventKind::Crash if event.is_only_a_warning() => {}
            EventKind::Crash => {
                // After a crash nothing runs on: another one is of the next run, whose start was not heard.
                if let Some(crash) = run.crash {
                    ends.push(crashed(&run, crash));
                    run = Run { from_line: crash.lines.last, ..Run::default() };
                }
                run.crash = Some(dated);
                run.is_seen = true;
            }
            EventKind::OutOfMemory => (run.failed, run.is_seen) = (Some(dated), true),
            _ => run.is_seen = true,
        }
    }
    if let Some(crash) = run.crash {
        ends.push(crashed(&run, crash));
    }
    ends
}

/// How a run ended with this restart; `None` where somebody wanted that, or where no run is known.
fn end_of<'a>(past: &Past<'a>, run: &Run<'a>, restart: &'a DatedEvent) -> Option<End<'a>> {
    if let Some(crash) = run.crash {
        return Some(crashed(run, crash));
    }
    let cause = match run.failed.is_some_and(|failed| failed.event.restarts_for_memory()) {
        true => Cause::Abort,
        false => Cause::of_restart(&restart.event),
    };
    let end = end(run, cause, restart);
    let is_known = run.is_seen || cause.is_fault() || end.before(past).memory != Memory::Unknown;
    let is_wanted = cause == Cause::Wanted || (cause != Cause::Brownout && is_opening(past, restart));
    (is_known && !is_wanted).then_some(end)
}

/// What Tasmota says of the run before: it explains the restart, or stands for one that the log does not have.
fn tell_afterwards<'a>(ends: &mut Vec<End<'a>>, run: &Run<'a>, crash: &'a DatedEvent) {
    let cause = Cause::of_crash(&crash.event);
    let restart_line = run.from_line;
    match ends.last_mut() {
        Some(end) if end.told.lines.first == restart_line && end.told.event.kind == EventKind::Restart => {
            (end.cause, end.told) = (cause, crash);
        }
        // The run before was not heard.
        _ => ends.push(End { cause, told: crash, at: crash.at, from_line: 0, end_line: 0, failed: None }),
    }
}

fn crashed<'a>(run: &Run<'a>, crash: &'a DatedEvent) -> End<'a> {
    end(run, Cause::of_crash(&crash.event), crash)
}

fn end<'a>(run: &Run<'a>, cause: Cause, told: &'a DatedEvent) -> End<'a> {
    let (from_line, end_line) = (run.from_line, told.lines.first);
    let is_near = |failed: &&DatedEvent| end_line.saturating_sub(failed.lines.last) <= FAILURE_WITHIN_LINES;
    End { cause, told, at: told.at, from_line, end_line, failed: run.failed.filter(is_near) }
}

/// Whether the page opened the port just then.
fn is_opening(past: &Past<'_>, restart: &DatedEvent) -> bool {
    let marks = past.marks();
    let before = &marks[..marks.partition_point(|mark| mark.before_line <= restart.lines.first)];
    let opened = before.iter().rev().find(|mark| mark.kind == MarkKind::Connection);
    opened.is_some_and(|mark| restart.at - mark.at <= OPENING_RESTARTS_WITHIN)
}

/// What most ends have in common.
struct Common {
    /// The most frequent cause; of several the last. Damage of the allocator's data stands before all others: it makes
    /// programs crash anywhere.
    cause: Cause,
    /// All have it.
    is_only: bool,
    /// More than half of them have it.
    is_most: bool,
}

impl Common {
    fn of(ends: &[End<'_>]) -> Self {
        let weight = |cause: &Cause| {
            let is_one = |end: &End<'_>| end.cause == *cause;
            let count = ends.iter().filter(|end| is_one(end)).count();
            (count > 0 && *cause == Cause::Allocator, count, ends.iter().rposition(is_one))
        };
        let cause = Cause::ALL.into_iter().max_by_key(weight).unwrap_or(Cause::Unknown);
        let (_, count, _) = weight(&cause);
        Common { cause, is_only: count == ends.len(), is_most: count * 2 > ends.len() }
    }
}

impl End<'_> {
    /// Whether it is worth a word when it is no loop.
    fn is_finding(&self, past: &Past<'_>) -> bool {
        self.cause.is_fault() || (self.cause == Cause::Software && self.memory(past) == Memory::Exhausted)
    }

    /// The last figures of the run.
    fn before(&self, past: &Past<'_>) -> BeforeEnd {
        BeforeEnd::of(past, self.from_line, self.end_line, self.at)
    }

    /// What is known of the memory just before: what the log says of failures counts more than figures.
    fn memory(&self, past: &Past<'_>) -> Memory {
        let before = self.before(past);
        let failed_in_crash =
            self.told.event.extras.iter().any(|(name, _)| *name == "last_failed_alloc_bytes");
        let gave_up_for_memory = self.cause == Cause::Abort && failed_in_crash;
        // A failure beside so much in one piece is of another memory, or none at all.
        let is_doubtful = before.largest.is_some_and(|block| block.amount.at_least() >= DOUBTFUL_BLOCK_BYTES);
        match before.memory {
            _ if self.failed.is_some() && !is_doubtful => Memory::Exhausted,
            _ if gave_up_for_memory => Memory::Exhausted,
            // It failed at some time, long ago or just now.
            Memory::Enough | Memory::Unknown if failed_in_crash || self.failed.is_some() => Memory::Unknown,
            known => known,
        }
    }
}

/// What is said of a cause.
fn reason_for(cause: Cause) -> &'static Reason {
    match cause {
        Cause::Brownout => &words::BROWNOUT,
        Cause::Stack => &words::STACK,
        Cause::Allocator => &words::ALLOCATOR,
        Cause::Watchdog => &words::WATCHDOG,
        Cause::Exception => &words::EXCEPTION,
        Cause::Abort => &words::ABORT,
        Cause::Software => &words::SOFTWARE,
        Cause::Outside => &words::OUTSIDE,
        Cause::Wanted | Cause::Unknown => &words::UNKNOWN_REASON,
    }
}
