//! A recording as it stood at a moment: what had been read when a log line had come, and nothing later.
//!
//! Whoever judges reads through it, so that one rule says what holds now and what held then. It borrows and cuts;
//! it copies nothing. The whole recording is the past of its end.
//!
//! What it refuses to do: to cut through a report or through figures that stand on several lines. They are said
//! when their last line comes, so a moment among their lines is the moment of that line. What a log says of itself
//! only later, it does not know: a chip's start has no firmware's name before the firmware spoke.
//!
//! ```
//! use heapscope_reader::heap::Millis;
//! use heapscope_reader::recording::{Metric, Recorder, Source};
//!
//! let mut recorder = Recorder::new(Source::Text { name: "log".into() });
//! recorder.feed(b"10:00:01.000-024/00 CMD: a\n10:00:02.000-020/00 CMD: b\n", Millis(0));
//! let past = recorder.recording().past(0);
//! assert_eq!(past.series(Metric::Free).len(), 1);
//! assert_eq!(past.latest(Metric::Free).unwrap().amount.at_least(), 24 * 1024);
//! assert!(recorder.recording().past(1).is_whole());
//! ```

use super::{DatedEvent, DatedReport, Mark, Metric, Points, Printed, Recording};
use crate::dialect::{EventKind, LineRange};
use crate::heap::Millis;

/// What had been read of a recording by a moment.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    recording: &'a Recording,
    /// So many lines had come.
    line_count: u64,
    /// So many values of each metric were known.
    values: [usize; Metric::ALL.len()],
    reports: &'a [DatedReport],
    events: &'a [DatedEvent],
    /// An event of which more is known today: its place, and how it was known then.
    changed: Option<(usize, &'a DatedEvent)>,
    boot: Millis,
}

impl Recording {
    /// All that is known now.
    pub fn whole(&self) -> Past<'_> {
        let values = Metric::ALL.map(|metric| self.timeline().series(metric).len());
        Past::new(self, self.log().line_count(), values, self.reports(), self.events(), None)
    }

    /// What was known when this log line had come, counted from 0; or the last line of what it is part of.
    pub fn past(&self, line: u64) -> Past<'_> {
        let line = self.end_of_findings_at(line);
        let values = Metric::ALL.map(|metric| {
            let points = self.timeline().series(metric).points();
            points.first_behind_line(line)
        });
        let reports = self.reports().partition_point(|dated| dated.lines.last <= line);
        let events = &self.events()[..self.events().partition_point(|dated| dated.lines.last <= line)];
        let changed = self.boot_changed_behind(line).and_then(|then| {
            let place =
                events.iter().rposition(|now| now.lines == then.lines && now.event.kind == then.event.kind);
            Some((place?, then))
        });
        let line_count = self.log().line_count().min(line.saturating_add(1));
        Past::new(self, line_count, values, &self.reports()[..reports], events, changed)
    }

    /// The last line of what this line is part of, and of what that is part of.
    fn end_of_findings_at(&self, line: u64) -> u64 {
        let reports = self.reports().iter().map(|dated| dated.lines);
        let events = self.events().iter().map(|dated| dated.lines);
        let findings = reports.chain(events).chain(self.long_figures().iter().copied());
        let mut end = line;
        loop {
            let longer = |lines: &LineRange| lines.first <= end && lines.last > end;
            match findings.clone().filter(longer).map(|lines| lines.last).max() {
                Some(last) => end = last,
                None => return end,
            }
        }
    }
}

impl<'a> Past<'a> {
    fn new(
        recording: &'a Recording,
        line_count: u64,
        values: [usize; Metric::ALL.len()],
        reports: &'a [DatedReport],
        events: &'a [DatedEvent],
        changed: Option<(usize, &'a DatedEvent)>,
    ) -> Self {
        let mut past = Past { recording, line_count, values, reports, events, changed, boot: Millis(0) };
        let restart = past.events().rev().find(|dated| dated.event.kind == EventKind::Restart);
        past.boot = restart.map_or(Millis(0), |dated| dated.at);
        past
    }

    /// Whether nothing was read later: what held then is what holds now.
    pub fn is_whole(&self) -> bool {
        let whole = self.recording.whole();
        let sizes =
            |past: &Past<'_>| (past.values, past.reports.len(), past.events.len(), past.changed.is_some());
        sizes(self) == sizes(&whole)
    }

    /// So many log lines had ended.
    pub fn line_count(&self) -> u64 {
        self.line_count
    }

    /// The values of a metric.
    pub fn series(&self, metric: Metric) -> Points<'a> {
        self.recording.timeline().series(metric).points().beginning(self.values[metric as usize])
    }

    /// Reports in order.
    pub fn reports(&self) -> &'a [DatedReport] {
        self.reports
    }

    /// Events in order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &'a DatedEvent> + Clone + use<'a> {
        let (events, changed) = (self.events, self.changed);
        (0..events.len()).map(move |place| match changed {
            Some((changed, then)) if changed == place => then,
            _ => &events[place],
        })
    }

    /// Each set of figures that one place of a firmware's output had been seen to have, once.
    pub fn printed(&self) -> impl Iterator<Item = &'a Printed> + use<'a> {
        let line_count = self.line_count;
        self.recording.printed().iter().filter(move |printed| printed.lines.last < line_count)
    }

    /// When the last of its lines came. The times of a text's lines are all the same.
    pub fn last_line_at(&self) -> Option<Millis> {
        self.recording.log().arrival(self.line_count.checked_sub(1)?)
    }

    /// Where bytes were lost, the connection changed or the board fell silent, in order. What stands between the last
    /// line and the next is of this moment.
    pub fn marks(&self) -> &'a [Mark] {
        let marks = self.recording.log().marks();
        &marks[..marks.partition_point(|mark| mark.before_line <= self.line_count)]
    }

    /// When the then present run of the firmware began: at the last restart seen, else at the beginning.
    pub fn boot(&self) -> Millis {
        self.boot
    }

    /// Whether lines came at the time at which they were printed. In a text, a line without a time has that of a line
    /// before it.
    pub fn is_live(&self) -> bool {
        self.recording.source().has_arrivals()
    }

    /// Whether times on its clock mean anything: not for a text whose lines have none.
    pub fn has_times(&self) -> bool {
        self.recording.has_times_before(self.line_count)
    }

    /// Whether a count of 0 failed allocations can be believed: the block maps of some builds give away that
    /// they clear the counter before they print it, and so does a counter that jumped back.
    pub fn has_reliable_oom_count(&self) -> bool {
        let was_reset = |dated: &DatedEvent| dated.event.kind == EventKind::OomCounterReset;
        !self.reports.iter().any(|dated| dated.report.clears_oom_count) && !self.events().any(was_reset)
    }
}
