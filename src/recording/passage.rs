//! What became of a heap between two moments of one recording: what a step cost, and what it needed while it lasted.
//!
//! A moment is a log line, and stands for what had been read when it had come ([`Past`]). What firmwares give in whole KB
//! gives a range ([`Change`]), never a number that looks exact. A figure that was not printed anew in between is said to be
//! the same reading, not to be unchanged.
//!
//! What it refuses to do: to subtract across a restart. Memory before and after one does not belong together; both
//! sides are there, and that the board restarted.
//!
//! ```
//! use heapscope_reader::heap::Millis;
//! use heapscope_reader::recording::{Metric, Passage, Recorder, Source};
//!
//! let mut recorder = Recorder::new(Source::Text { name: "log".into() });
//! recorder.feed(b"10:00:01.000-024/00 CMD: a\n10:00:02.000-020/00 CMD: b\n", Millis(0));
//! recorder.finish(Millis(0));
//! let cost = Passage::between(recorder.recording(), 0, 1).change(Metric::Free).unwrap().reversed();
//! assert_eq!((cost.at_least, cost.at_most), (3 * 1024 + 1, 5 * 1024 - 1));
//! ```

use super::{DatedReport, MarkKind, Metric, Past, Point, Recording, are_of_one_heap};
use crate::dialect::EventKind;
use crate::heap::{Amount, Change, Millis};

/// What is compared, in the order in which people read it.
pub const COMPARED: [Metric; 5] =
    [Metric::Free, Metric::LargestFreeBlock, Metric::LowWaterMark, Metric::Fragmentation, Metric::OomCount];

/// A recording as of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The log line, from 0.
    pub line: u64,
    /// When it was, on the recording's clock.
    pub at: Millis,
    /// The last whole report of the heap in the run of then: its place among the recording's.
    pub report: Option<usize>,
    figures: [Option<Point>; COMPARED.len()],
}

/// Two moments of one recording, and what happened from the first to the second.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The earlier moment.
    pub before: Side,
    /// The later one.
    pub after: Side,
    /// The least free heap that is known of in between; `None` across a restart, or when nothing was printed.
    pub lowest: Option<Lowest>,
    /// What happened in between and how often, in the order of its first time.
    pub happened: Vec<(EventKind, usize)>,
    /// How often bytes of the log were lost in between, or the connection changed: it may be that more happened.
    pub gaps: usize,
    /// The reports of both sides, where they show one heap and what became of it in between.
    pub reports: Option<(usize, usize)>,
}

/// The least free heap within a stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lowest {
    /// So many bytes were free.
    pub free: Point,
    /// Whether the firmware's own low-water mark fell to it: then it cannot have been less in between. Else it is the lowest
    /// of what was printed.
    pub is_measured: bool,
}

impl Side {
    /// Of this moment.
    pub fn of(recording: &Recording, line: u64) -> Self {
        let past = recording.past(line);
        Side {
            line,
            at: recording.time_of_line(line),
            report: report_of(&past),
            figures: COMPARED.map(|metric| past.latest(metric)),
        }
    }

    /// What a figure of [`COMPARED`] was, and the line that said so.
    pub fn figure(&self, metric: Metric) -> Option<Point> {
        COMPARED.iter().zip(self.figures).find(|(one, _)| **one == metric)?.1
    }
}

impl Passage {
    /// Between two lines of the log, counted from 0, in any order.
    pub fn between(recording: &Recording, one: u64, two: u64) -> Self {
        let [before, after] = [one.min(two), one.max(two)].map(|line| Side::of(recording, line));
        let mut happened: Vec<(EventKind, usize)> = Vec::new();
        let events = recording.events().iter();
        for dated in events.filter(|dated| before.line < dated.lines.last && dated.lines.last <= after.line) {
            match happened.iter_mut().find(|(kind, _)| *kind == dated.event.kind) {
                Some((_, count)) => *count += 1,
                None => happened.push((dated.event.kind, 1)),
            }
        }
        let marks = recording.log().marks().iter();
        let breaks = marks.filter(|mark| matches!(mark.kind, MarkKind::Gap | MarkKind::Connection));
        let gaps =
            breaks.filter(|mark| before.line < mark.before_line && mark.before_line <= after.line).count();
        let mut passage = Passage { before, after, lowest: None, happened, gaps, reports: None };
        if !passage.has_restart() {
            passage.lowest = passage.find_lowest(recording);
            passage.reports = passage.find_reports(recording);
        }
        passage
    }

    /// Whether the board restarted in between: then nothing was spent or given back, it began anew.
    pub fn has_restart(&self) -> bool {
        self.happened.iter().any(|(kind, _)| *kind == EventKind::Restart)
    }

    /// How far a figure changed; `None` across a restart, where a side does not know it, and where both know it from the
    /// same line.
    pub fn change(&self, metric: Metric) -> Option<Change> {
        let (before, after) = (self.before.figure(metric)?, self.after.figure(metric)?);
        (!self.has_restart() && before.line != after.line).then(|| before.amount.change_to(after.amount))
    }

    /// Whether a figure was not printed anew in between.
    pub fn is_same_reading(&self, metric: Metric) -> bool {
        let line = |side: &Side| side.figure(metric).map(|point| point.line);
        line(&self.before).is_some() && line(&self.before) == line(&self.after)
    }

    /// How much free heap it took in the end; below 0 where there was more afterwards.
    pub fn cost(&self) -> Option<Change> {
        self.change(Metric::Free).map(Change::reversed)
    }

    /// How much of the free heap was taken at the worst moment.
    pub fn peak(&self) -> Option<Change> {
        let (before, lowest) = (self.before.figure(Metric::Free)?, self.lowest?);
        Some(before.amount.change_to(lowest.free.amount).reversed())
    }

    fn find_lowest(&self, recording: &Recording) -> Option<Lowest> {
        let free = recording.timeline().series(Metric::Free).points();
        let within = free.first_behind_line(self.before.line)..free.first_behind_line(self.after.line);
        let printed = free.extremes(within).and_then(|(lowest, _)| free.get(lowest));
        let fallen = self.after.figure(Metric::LowWaterMark).filter(|after| {
            let before = self.before.figure(Metric::LowWaterMark);
            before.is_some_and(|before| surely_less(after.amount, before.amount))
        });
        match (printed, fallen) {
            // A mark of whole KB beside an exact figure may be the same.
            (Some(printed), Some(mark)) if surely_less(printed.amount, mark.amount) => {
                Some(Lowest { free: printed, is_measured: false })
            }
            (_, Some(mark)) => Some(Lowest { free: mark, is_measured: true }),
            (Some(printed), None) => Some(Lowest { free: printed, is_measured: false }),
            (None, None) => None,
        }
    }

    fn find_reports(&self, recording: &Recording) -> Option<(usize, usize)> {
        let places = (self.before.report?, self.after.report?);
        let report = |place: usize| recording.reports().get(place).map(|dated| &*dated.report);
        let is_one = are_of_one_heap(report(places.0)?, report(places.1)?);
        (is_one && places.0 != places.1).then_some(places)
    }
}

fn surely_less(one: Amount, other: Amount) -> bool {
    one.at_most() < other.at_least()
}

/// The last whole report of the heap in the present run.
fn report_of(past: &Past<'_>) -> Option<usize> {
    let restart = past.events().rfind(|dated| dated.event.kind == EventKind::Restart);
    let restart = restart.map(|dated| dated.lines.last);
    let is_whole = |dated: &DatedReport| {
        let report = &dated.report;
        let has_content = !report.blocks.blocks().is_empty() || !report.categories.is_empty();
        report.complete && report.is_main_heap && has_content && Some(dated.lines.last) > restart
    };
    past.reports().iter().rposition(is_whole)
}

/// A run of the firmware: from one restart to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The line, from 0, at which its first figures are known; its first line, where none ever are.
    pub start: u64,
    /// Its last line.
    pub end: u64,
}

impl Recording {
    /// The runs of the firmware in order; one where no restart was seen, none in an empty log. What stands before the
    /// first restart is a run of its own only where something is known of it.
    pub fn runs(&self) -> Vec<Run> {
        let Some(last) = self.log().line_count().checked_sub(1) else { return Vec::new() };
        let restarts = self.events().iter().filter(|dated| dated.event.kind == EventKind::Restart);
        let mut begins: Vec<u64> = restarts.map(|dated| dated.lines.first).collect();
        begins.dedup();
        let free = self.timeline().series(Metric::Free).points();
        // The first point at or behind a line.
        let known_from = |line: u64| {
            let first = line.checked_sub(1).map_or(0, |before| free.first_behind_line(before));
            free.get(first).map(|point| point.line)
        };
        if begins.first().is_none_or(|first| known_from(0).is_some_and(|known| known < *first)) {
            begins.insert(0, 0);
        }
        let ends = begins.iter().skip(1).map(|next| next.saturating_sub(1)).chain([last]);
        let run = |(begin, end): (&u64, u64)| {
            let known = known_from(*begin).filter(|known| *known <= end);
            Run { start: known.unwrap_or(*begin), end }
        };
        begins.iter().zip(ends).map(run).collect()
    }
}

/// What several measurements of one step say together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// Measured once: what is taken once may be kept for good reason.
    Once,
    /// Each time it cost the same, to the byte, and none of it came back before the next.
    SameEachTime {
        /// So often.
        times: usize,
        /// Bytes each time.
        each_bytes: u64,
    },
    /// Each time it cost something, and it did not come back before the next.
    EachTime {
        /// So often.
        times: usize,
        /// The least and the most bytes that one of them cost.
        each: Change,
        /// All of them together.
        total: Change,
    },
    /// Each time it cost something, but before the next it was there again.
    ComesBack {
        /// So often.
        times: usize,
        /// The least and the most bytes that one of them cost.
        each: Change,
    },
    /// The first cost something, those after it nothing that can be seen.
    FirstOnly {
        /// So often in all.
        times: usize,
        /// What the first cost.
        first: Change,
        /// What the later ones cost together.
        later: Change,
    },
    /// None cost anything that can be seen.
    Nothing {
        /// So often.
        times: usize,
        /// What all of them cost together.
        total: Change,
    },
    /// Each costs too little to be seen in figures of whole KB, but all together can be seen.
    OnlyTogether {
        /// So often.
        times: usize,
        /// What all of them cost.
        total: Change,
    },
    /// Some cost something and others do not.
    Varies {
        /// So often.
        times: usize,
        /// The least and the most bytes that one of them cost.
        each: Change,
    },
}

impl Repeats {
    /// Of the measurements of one step, each with its first and last line, in order. Those across a restart, and those
    /// of which nothing is known, are left out; and all before the last restart. `None` where none is left.
    pub fn of(recording: &Recording, steps: impl IntoIterator<Item = (u64, u64)>) -> Option<Self> {
        let mut known: Vec<(u64, u64, Change)> = Vec::new();
        for (first, last) in steps {
            let Some(cost) = Passage::between(recording, first, last).cost() else { continue };
            let restarted =
                known.last().is_some_and(|before| Passage::between(recording, before.0, last).has_restart());
            if restarted {
                known.clear();
            }
            known.push((first, last, cost));
        }
        let times = known.len();
        let (start, _, first) = *known.first()?;
        if times == 1 {
            return Some(Repeats::Once);
        }
        let costs = || known.iter().map(|(.., cost)| *cost);
        let least = costs().map(|cost| cost.at_least).min().unwrap_or(0);
        let most = costs().map(|cost| cost.at_most).max().unwrap_or(0);
        let each = Change { at_least: least, at_most: most };
        let end = known.last().map_or(start, |(_, last, _)| *last);
        let total_from = |start| Passage::between(recording, start, end).cost();
        let total = total_from(start)?;
        let middle = |change: Change| change.at_least.midpoint(change.at_most);
        let sum: i64 = costs().map(middle).sum();
        Some(if least > 0 {
            match first.exact() {
                // More than half of it was there again: it is not the step that keeps it.
                _ if middle(total) < sum / 2 => Repeats::ComesBack { times, each },
                Some(bytes) if least == most && total.at_least >= sum => {
                    Repeats::SameEachTime { times, each_bytes: bytes.unsigned_abs() }
                }
                _ => Repeats::EachTime { times, each, total },
            }
        } else if first.at_least > 0 && costs().skip(1).all(|cost| cost.at_least <= 0) {
            let later = total_from(known.get(1).map_or(start, |(first, ..)| *first))?;
            Repeats::FirstOnly { times, first, later }
        } else if costs().all(|cost| cost.at_least <= 0) {
            match total.at_least > 0 {
                true => Repeats::OnlyTogether { times, total },
                false => Repeats::Nothing { times, total },
            }
        } else {
            Repeats::Varies { times, each }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{Recorder, Source};

    const BOOT: &str =
        "00:00:00.070-031/100Project tasmota - P Version 15.5.0(tasmota)-2_7_8(2026-06-21T10:00:00)";

    /// A log whose lines say so many bytes are free, largest and low-water mark; `boot` restarts.
    fn recording(lines: &[&str]) -> Recorder {
        let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
        for (second, line) in (0_u64..).zip(lines) {
            let line = match *line {
                "boot" => BOOT.to_owned(),
                "oom" => "18:40:09.000 OOM: count 1 (+1)".to_owned(),
                figures => format!(r#"10:00:00.000 RSL: STATUS4 = {{"StatusMEM":{{{figures}}}}}"#),
            };
            recorder.feed(format!("{line}\r\n").as_bytes(), Millis::from_secs(second));
        }
        recorder
    }

    fn heap(kib: u64) -> String {
        format!(r#""Heap":{kib},"MaxFree":{},"Frag":{},"HeapLwm":{}"#, kib - 1, kib / 4, kib - 6)
    }

    fn range(change: Option<Change>) -> Option<(i64, i64)> {
        change.map(|change| (change.at_least, change.at_most))
    }

    #[test]
    fn what_a_step_cost_is_known_as_finely_as_the_firmware_says() {
        let lines = [heap(24), heap(18), heap(21)];
        let recorder = recording(&lines.each_ref().map(String::as_str));
        let passage = Passage::between(recorder.recording(), 0, 2);
        assert_eq!(range(passage.cost()), Some((2_049, 4_095)));
        assert_eq!(range(passage.change(Metric::LargestFreeBlock)), Some((-4_095, -2_049)));
        assert_eq!(range(passage.change(Metric::Fragmentation)), Some((-1, -1)));
        assert_eq!(passage.change(Metric::OomCount), None);
        assert_eq!(passage, Passage::between(recorder.recording(), 2, 0), "in any order");
    }

    #[test]
    fn the_worst_moment_is_the_mark_that_fell_or_the_lowest_that_was_printed() {
        let low = r#""Heap":24,"HeapLwm":9"#;
        let recorder = recording(&[r#""Heap":24,"HeapLwm":20"#, r#""Heap":21"#, low]);
        let lowest = Passage::between(recorder.recording(), 0, 2).lowest.unwrap();
        assert_eq!((lowest.free.amount, lowest.is_measured), (Amount::kib_truncated(9), true));
        assert_eq!(range(Passage::between(recorder.recording(), 0, 2).peak()), Some((14_337, 16_383)));
        let printed = Passage::between(recorder.recording(), 0, 1).lowest.unwrap();
        assert_eq!((printed.free.line, printed.is_measured), (1, false));
        // A mark that was as low before says nothing of this step.
        let steady = recording(&[low, r#""Heap":22,"HeapLwm":9"#]);
        assert_eq!(
            Passage::between(steady.recording(), 0, 1).lowest.map(|lowest| lowest.is_measured),
            Some(false)
        );
    }

    #[test]
    fn nothing_is_subtracted_across_a_restart() {
        let recorder = recording(&[&heap(24), "oom", "boot", &heap(30)]);
        let passage = Passage::between(recorder.recording(), 0, 3);
        assert_eq!(passage.happened, [(EventKind::OutOfMemory, 1), (EventKind::Restart, 1)]);
        assert_eq!((passage.cost(), passage.lowest, passage.reports), (None, None, None));
        assert_eq!(passage.after.figure(Metric::Free).unwrap().amount, Amount::kib_truncated(30));
        assert!(Passage::between(recorder.recording(), 0, 1).lowest.is_none(), "nothing was printed");
        let runs = recorder.recording().runs();
        assert_eq!(runs, [Run { start: 0, end: 1 }, Run { start: 2, end: 3 }]);
    }

    #[test]
    fn what_was_not_printed_anew_is_the_same_reading() {
        let recorder = recording(&[&heap(24), "oom"]);
        let passage = Passage::between(recorder.recording(), 0, 1);
        assert_eq!(passage.cost(), None);
        assert!(passage.is_same_reading(Metric::Free) && !passage.is_same_reading(Metric::OomCount));
    }

    const MAPS: [&str; 2] = [
        include_str!("../../tests/fixtures/umm/leak_core278_full_1/log.txt"),
        include_str!("../../tests/fixtures/umm/leak_core278_full_2/log.txt"),
    ];

    #[test]
    fn maps_of_both_sides_belong_to_it() {
        let mut recorder = Recorder::new(Source::Text { name: "maps".into() });
        recorder.feed(MAPS.concat().as_bytes(), Millis(0));
        recorder.finish(Millis(0));
        let recording = recorder.recording();
        let line = |report: usize| recording.reports()[report].lines.last;
        let passage = Passage::between(recording, line(0), line(1));
        assert_eq!(passage.reports, Some((0, 1)));
        assert_eq!(passage.cost().unwrap().exact(), Some(3_200), "40 blocks of 80 bytes");
        assert_eq!(Passage::between(recording, line(0), line(0) + 1).reports, None, "the same one twice");
    }

    #[test]
    fn what_costs_the_same_to_the_byte_is_said_so() {
        let third = include_str!("../../tests/fixtures/umm/leak_core278_full_3/log.txt");
        let mut recorder = Recorder::new(Source::Text { name: "maps".into() });
        recorder.feed([MAPS[0], MAPS[1], third].concat().as_bytes(), Millis(0));
        recorder.finish(Millis(0));
        let line = |report: usize| recorder.recording().reports()[report].lines.last;
        let steps = [(line(0), line(1)), (line(1), line(2))];
        let said = Repeats::of(recorder.recording(), steps);
        assert_eq!(said, Some(Repeats::SameEachTime { times: 2, each_bytes: 3_200 }));
    }

    /// The steps of a log of figures in whole KB: from each second value to the next. 0 restarts.
    fn steps(values: &[u64]) -> Option<Repeats> {
        let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
        for value in values {
            let line = match value {
                0 => BOOT.to_owned(),
                kib => format!(r#"10:00:00.000 RSL: STATUS4 = {{"StatusMEM":{{"Heap":{kib}}}}}"#),
            };
            recorder.feed(format!("{line}\r\n").as_bytes(), Millis(0));
        }
        let lines = (0..values.len() as u64).step_by(2).map(|line| (line, line + 1));
        Repeats::of(recorder.recording(), lines)
    }

    #[test]
    fn what_repeats_say_in_whole_kilobytes() {
        let change = |at_least, at_most| Change { at_least, at_most };
        assert_eq!(steps(&[24, 22]), Some(Repeats::Once));
        let (each, total) = (change(1_025, 3_071), change(5_121, 7_167));
        assert_eq!(steps(&[24, 22, 22, 20, 20, 18]), Some(Repeats::EachTime { times: 3, each, total }));
        assert_eq!(steps(&[24, 22, 24, 22, 24, 22]), Some(Repeats::ComesBack { times: 3, each }));
        let later = change(-1_023, 1_023);
        let first_only = Repeats::FirstOnly { times: 3, first: each, later };
        assert_eq!(steps(&[24, 22, 22, 22, 22, 22]), Some(first_only));
        assert_eq!(steps(&[24, 24, 24, 24]), Some(Repeats::Nothing { times: 2, total: later }));
        let together = Repeats::OnlyTogether { times: 3, total: change(1_025, 3_071) };
        assert_eq!(steps(&[24, 24, 23, 23, 22, 22]), Some(together));
        assert_eq!(steps(&[24, 24, 24, 22]), Some(Repeats::Varies { times: 2, each: change(-1_023, 3_071) }));
        assert_eq!(
            steps(&[24, 22, 22, 0, 30, 28]),
            Some(Repeats::Once),
            "those before the restart do not count"
        );
        assert_eq!(steps(&[]), None);
    }
}
