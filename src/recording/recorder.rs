//! Fills a recording: from bytes to lines, findings, timeline, reports and events.

use std::rc::Rc;

use super::{Log, MarkKind, Metric, Timeline};
use crate::dialect::{
    Answer, BOOT_ROM, Detected, Event, EventKind, Extra, Finding, Info, LineRange, Reader, Report, Sample,
    What,
};
use crate::heap::{Figure, Millis, TimeOfDay};
use crate::stream::{HostTime, LineDecoder};

/// Where the bytes of a recording come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A board at a port; the text names the adapter.
    Port {
        /// What the browser knows of the adapter: `CP2102`, `USB 10c4:ea60`.
        name: String,
    },
    /// The simulated board.
    Demo,
    /// A recording of a port or of the simulated board that was kept. The bytes have the times at which they came then.
    Saved {
        /// What was behind the port; empty for the simulated board.
        name: String,
    },
    /// A dropped file or pasted text. All of it arrives at once, so its own times are the only ones.
    Text {
        /// The file's name, or `Pasted text`.
        name: String,
    },
}

impl Source {
    /// Whether bytes arrive now, at the time at which they are printed.
    pub fn is_live(&self) -> bool {
        matches!(self, Source::Port { .. } | Source::Demo)
    }

    /// Whether bytes arrived at the time at which they were printed.
    pub fn has_arrivals(&self) -> bool {
        !matches!(self, Source::Text { .. })
    }
}

/// What is known of one board or file. Fill it with a [`Recorder`].
#[derive(Debug)]
pub struct Recording {
    source: Source,
    log: Log,
    timeline: Timeline,
    reports: Vec<DatedReport>,
    events: Vec<DatedEvent>,
    /// Boots of which a firmware said more later, as they were known before: the line that said more, and what was
    /// known. In the order of those lines.
    changed_boots: Vec<(u64, DatedEvent)>,
    /// Figures that stand on several lines.
    long_figures: Vec<LineRange>,
    /// The first line that a time was read from.
    first_printed_time: Option<u64>,
    /// Each set of figures that one place of a firmware's output was seen to have, once.
    printed: Vec<Printed>,
}

/// What figures a firmware prints in one place of its output, and where it was first seen to print just these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Whose it is.
    pub dialect: &'static str,
    /// The place, as the dialect calls it: `status4`, `timestamp`.
    pub source: &'static str,
    /// The lines that showed it first.
    pub lines: LineRange,
    /// One bit each.
    figures: u32,
}

impl Printed {
    /// Whether this figure was among them.
    pub fn has(&self, figure: Figure) -> bool {
        self.figures & bit(figure) != 0
    }
}

/// There are fewer figures than bits.
fn bit(figure: Figure) -> u32 {
    1 << (figure as u32 % u32::BITS)
}

/// What was read from a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// Figures of the timeline.
    Figures,
    /// It is part of a report.
    Report,
    /// Something happened.
    Event,
}

/// A report, when it came and from which lines.
#[derive(Clone, Debug)]
pub struct DatedReport {
    /// When its last line came, on the recording's clock.
    pub at: Millis,
    /// Its lines.
    pub lines: LineRange,
    /// Whose it is.
    pub dialect: &'static str,
    /// The report.
    pub report: Rc<Report>,
}

/// An event, when it came and from which lines.
#[derive(Clone, Debug, PartialEq)]
pub struct DatedEvent {
    /// When, on the recording's clock.
    pub at: Millis,
    /// Its lines.
    pub lines: LineRange,
    /// Whose it is.
    pub dialect: &'static str,
    /// The event.
    pub event: Event,
}

impl Recording {
    /// Where the bytes come from.
    pub fn source(&self) -> &Source {
        &self.source
    }
    /// Every byte and line.
    pub fn log(&self) -> &Log {
        &self.log
    }
    /// Figures over time.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }
    /// Reports in order.
    pub fn reports(&self) -> &[DatedReport] {
        &self.reports
    }
    /// Events in order.
    pub fn events(&self) -> &[DatedEvent] {
        &self.events
    }
    /// An event may point into the middle of a report, which ended before it was understood.
    fn add_event(&mut self, event: DatedEvent) {
        let place = self.events.partition_point(|known| known.lines.last <= event.lines.last);
        self.events.insert(place, event);
    }
    /// A firmware's first words behind the chip's own are the same boot. The event stays where the chip spoke, and
    /// happened when the firmware began to run: what came before belongs to the run before.
    fn join_boot(&mut self, chip: LineRange, firmware: DatedEvent) {
        let is_chip = |dated: &&mut DatedEvent| dated.lines == chip && dated.event.kind == EventKind::Restart;
        let Some(boot) = self.events.iter_mut().rev().find(is_chip) else {
            return self.add_event(firmware);
        };
        self.changed_boots.push((firmware.lines.last, boot.clone()));
        let reason = boot.event.extras.iter().find(|(name, _)| *name == "reason");
        boot.event.text = match reason {
            Some((_, Extra::Text(reason))) => format!("{} ({reason})", firmware.event.text),
            _ => firmware.event.text,
        };
        boot.at = firmware.at;
        boot.event.extras.extend(firmware.event.extras);
    }
    /// What was read from this log line: the weightiest, where it is several things.
    pub fn trace_of_line(&self, line: u64) -> Option<Trace> {
        // Findings come in the order of their last lines.
        let event = self.events.partition_point(|dated| dated.lines.last < line);
        if self.events.get(event).is_some_and(|dated| dated.lines.contains(line)) {
            return Some(Trace::Event);
        }
        let report = self.reports.partition_point(|dated| dated.lines.last < line);
        if self.reports.get(report).is_some_and(|dated| dated.lines.contains(line)) {
            return Some(Trace::Report);
        }
        let has_point = |metric: &Metric| self.timeline.series(*metric).points().has_line(line);
        Metric::ALL.iter().any(has_point).then_some(Trace::Figures)
    }
    /// When this log line was: as it arrived, or in a text at the time that was last printed before it.
    pub fn time_of_line(&self, line: u64) -> Millis {
        if self.source.has_arrivals() {
            return self.log.line(line).map_or(Millis(0), |line| line.at);
        }
        let times = Metric::ALL.iter().filter_map(|metric| {
            let before = self.timeline.series(*metric).points().last_before_line(line.saturating_add(1));
            before.map(|point| point.at)
        });
        times.max().unwrap_or(Millis(0))
    }
    /// Whether times on its clock mean anything: not for a text whose lines have none.
    pub fn has_times(&self) -> bool {
        self.whole().has_times()
    }
    /// The same while it had no more than so many lines.
    pub(super) fn has_times_before(&self, line_count: u64) -> bool {
        self.source.has_arrivals() || self.first_printed_time.is_some_and(|line| line < line_count)
    }
    /// When the present run of the firmware began: at the last restart seen, else at the beginning.
    pub fn boot(&self) -> Millis {
        self.whole().boot()
    }
    /// The boot that had come by this line, as it was known then, if the firmware said more of it behind the line.
    pub(super) fn boot_changed_behind(&self, line: u64) -> Option<&DatedEvent> {
        let next = self.changed_boots.partition_point(|(known_by, _)| *known_by <= line);
        let (_, boot) = self.changed_boots.get(next)?;
        (boot.lines.last <= line).then_some(boot)
    }
    /// Each set of figures that one place of a firmware's output was seen to have, once.
    pub fn printed(&self) -> &[Printed] {
        &self.printed
    }
    fn remember_printed(&mut self, dialect: &'static str, lines: LineRange, sample: &Sample) {
        let figures = sample.figures.iter().fold(0, |bits, (figure, _)| bits | bit(figure));
        let source = sample.source;
        let is_known =
            |known: &Printed| (known.figures, known.source, known.dialect) == (figures, source, dialect);
        if !self.printed.iter().any(is_known) {
            self.printed.push(Printed { dialect, source, lines, figures });
        }
    }
    /// The lines of figures that stand on several.
    pub(super) fn long_figures(&self) -> &[LineRange] {
        &self.long_figures
    }
}

/// A firmware names itself at most so many lines behind the boot ROM: ESP-IDF's boot log has about 80.
const BOOT_LINES: u64 = 200;

/// Fills a [`Recording`]. Its clock starts at 0 with the first call.
///
/// Bytes are first kept, and seen as lines; what they say is read from there. A large text can be looked at before it is
/// read, and is not held twice.
pub struct Recorder {
    recording: Recording,
    /// Cuts what comes into the log's lines.
    decoder: LineDecoder,
    reader: Reader,
    /// How much of the log was read.
    read_bytes: u64,
    /// When the last bytes came.
    last_arrival: Millis,
    /// Turns times in a text into the recording's clock. Unused when bytes arrive live.
    text_clock: TextClock,
    findings: Vec<Finding>,
    /// Where the chip said that it starts, if no firmware has said so since.
    chip_boot: Option<LineRange>,
}

impl Recorder {
    /// A recorder for bytes from `source`.
    pub fn new(source: Source) -> Self {
        Recorder::of_log(source, Log::default(), LineDecoder::default())
    }

    /// The same bytes with nothing read of them yet, as for another reader. What is known of the board is forgotten.
    pub fn anew(self) -> Self {
        Recorder::of_log(self.recording.source, self.recording.log, self.decoder)
    }

    fn of_log(source: Source, log: Log, decoder: LineDecoder) -> Self {
        Recorder {
            recording: Recording {
                source,
                log,
                timeline: Timeline::default(),
                reports: Vec::new(),
                events: Vec::new(),
                changed_boots: Vec::new(),
                long_figures: Vec::new(),
                first_printed_time: None,
                printed: Vec::new(),
            },
            decoder,
            reader: Reader::default(),
            read_bytes: 0,
            last_arrival: Millis(0),
            text_clock: TextClock::default(),
            findings: Vec::new(),
            chip_boot: None,
        }
    }

    /// Says where the bytes come from that will be taken: there must be none yet.
    pub fn came_from(&mut self, source: Source) {
        if self.recording.log.byte_count() == 0 {
            self.recording.source = source;
        }
    }

    /// Takes bytes that arrived at `at`, reads them, and gives the answers that were among them.
    pub fn feed(&mut self, bytes: &[u8], at: Millis) -> Vec<Answer> {
        self.append(bytes, at);
        self.read(u64::MAX)
    }

    /// Keeps bytes that arrived at `at`: they stand in the log, and what they say is not read yet.
    pub fn append(&mut self, bytes: &[u8], at: Millis) {
        let log = &mut self.recording.log;
        log.append(bytes);
        self.decoder.feed(bytes, |line| log.add_line(line.start, line.bytes.len(), at));
        self.last_arrival = at;
    }

    /// How much of the log is not read yet, in bytes.
    pub fn unread_bytes(&self) -> u64 {
        self.recording.log.byte_count() - self.read_bytes
    }

    /// Reads the next so many bytes of the log, or what there is, and gives the answers that were among them.
    pub fn read(&mut self, most_bytes: u64) -> Vec<Answer> {
        let end = self.recording.log.byte_count().min(self.read_bytes.saturating_add(most_bytes));
        let mut answers = Vec::new();
        while self.read_bytes < end {
            let most = usize::try_from(end - self.read_bytes).unwrap_or(usize::MAX);
            let piece = self.recording.log.bytes_from(self.read_bytes, most);
            if piece.is_empty() {
                break;
            }
            self.read_bytes += piece.len() as u64;
            self.reader.feed(piece, &mut self.findings);
            answers.append(&mut self.take_findings());
        }
        answers
    }

    /// The input ends: what is open is closed as incomplete. More may follow all the same.
    pub fn finish(&mut self, at: Millis) -> Vec<Answer> {
        let mut answers = self.read(u64::MAX);
        let log = &mut self.recording.log;
        self.decoder.flush(|line| log.add_line(line.start, line.bytes.len(), at));
        self.last_arrival = at;
        self.reader.flush(&mut self.findings);
        answers.append(&mut self.take_findings());
        answers
    }

    /// Bytes were lost here, or the connection changed: ends what is open and leaves a mark.
    pub fn mark(&mut self, at: Millis, kind: MarkKind, text: impl Into<String>) -> Vec<Answer> {
        let answers = self.finish(at);
        self.recording.log.add_mark(at, kind, text.into());
        answers
    }

    /// Something is known that the log does not say, and the bytes go on as before: leaves a mark, and ends nothing.
    pub fn note(&mut self, at: Millis, kind: MarkKind, text: impl Into<String>) {
        self.recording.log.add_mark(at, kind, text.into());
    }

    /// Another board may follow in the same recording: ends what is open, and forgets what is known of this one.
    pub fn forget_board(&mut self, at: Millis) {
        self.finish(at);
        self.reader.forget_board();
    }

    /// What there is so far.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The line that has not ended yet, as it came.
    pub fn partial_line(&self) -> &[u8] {
        self.decoder.partial()
    }

    /// When the last bytes came.
    pub fn last_arrival(&self) -> Millis {
        self.last_arrival
    }

    /// Whether a report is being printed right now.
    pub fn is_inside_report(&self) -> bool {
        self.reader.is_inside_report()
    }

    /// The firmware that speaks, as soon as there is a sign of one.
    pub fn detected(&self) -> Option<Detected<'_>> {
        self.reader.detected()
    }

    /// A person says which firmware it is, or takes that back: see [`Reader::overrule`].
    pub fn overrule(&mut self, id: Option<&str>) {
        self.reader.overrule(id);
    }

    /// Takes a file with names, and says what it is; `None` when no dialect knows it. Names are put also into what was
    /// read before.
    pub fn take_symbols(&mut self, file: &[u8]) -> Option<String> {
        let what_it_is = self.reader.take_symbols(file)?;
        let Recorder { reader, recording, .. } = self;
        for dated in &mut recording.reports {
            let mut what = What::Report(Box::new(Report::clone(&dated.report)));
            reader.name(dated.dialect, &mut what);
            // What stays the same stays where it is: pictures are drawn anew for another.
            if let What::Report(report) = what
                && *report != *dated.report
            {
                dated.report = Rc::from(report);
            }
        }
        for dated in &mut recording.events {
            let mut what = What::Event(dated.event.clone());
            reader.name(dated.dialect, &mut what);
            if let What::Event(event) = what {
                dated.event = event;
            }
        }
        Some(what_it_is)
    }

    /// What a person said, if anything.
    pub fn overruled_by(&self) -> Option<&'static Info> {
        self.reader.overruled_by()
    }

    fn take_findings(&mut self) -> Vec<Answer> {
        let (mut answers, arrived) = (Vec::new(), self.last_arrival);
        for finding in self.findings.drain(..) {
            let at = match self.recording.source.has_arrivals() {
                // A report that was cut off is handed out when it is given up, but it came before.
                true => self.recording.log.arrival(finding.lines.last).unwrap_or(arrived),
                false => self.text_clock.date(&finding),
            };
            let (lines, recording) = (finding.lines, &mut self.recording);
            if finding.device_time.is_some() || finding.host_time.is_some() {
                recording.first_printed_time.get_or_insert(lines.last);
            }
            match finding.what {
                What::Sample(sample) => {
                    recording.timeline.push(at, lines.first, &sample.figures);
                    recording.remember_printed(finding.dialect, lines, &sample);
                    if lines.last > lines.first {
                        recording.long_figures.push(lines);
                    }
                }
                What::Report(mut report) => {
                    report.shrink();
                    // An incomplete table's sums would draw a drop that never was.
                    if report.complete && report.is_main_heap {
                        recording.timeline.push(at, lines.last, &report.figures);
                    }
                    let report = Rc::from(report);
                    recording.reports.push(DatedReport { at, lines, dialect: finding.dialect, report });
                }
                What::Event(event) => {
                    let is_restart = event.kind == EventKind::Restart;
                    let is_chip = finding.dialect == BOOT_ROM;
                    let dated = DatedEvent { at, lines, dialect: finding.dialect, event };
                    let chip = if is_restart { self.chip_boot.take() } else { None };
                    let is_near = |chip: &LineRange| lines.first.saturating_sub(chip.last) <= BOOT_LINES;
                    match chip.filter(is_near) {
                        Some(chip) if !is_chip => recording.join_boot(chip, dated),
                        _ => recording.add_event(dated),
                    }
                    if is_restart && is_chip {
                        self.chip_boot = Some(lines);
                    }
                }
                What::Answer(answer) => answers.push(answer),
            }
        }
        answers
    }
}

/// Dates the findings of a text, in which all bytes arrive at once, by the times that it prints.
///
/// Device times run backwards a little (a blocked clock), jump (the clock is set after boot) and start anew
/// (restart, midnight). Steps forward are believed up to [`TextClock::LONGEST_STEP`]; a jump counts as one second.
/// Stamps of a capture tool count more than the device's: they never jump. Findings without a time come at the time of
/// the one before, restarts one second after it: what came before is not of this run; where no line has a time, each comes one second
/// after the one before, so that at least their order shows.
#[derive(Debug, Default)]
struct TextClock {
    now: Millis,
    last: Option<TimeOfDay>,
    last_host: Option<HostTime>,
}

impl TextClock {
    /// A board reports at least a few times a day. A longer step cannot be told from a day more or less.
    const LONGEST_STEP: Millis = Millis(12 * Millis::HOUR.0);

    /// Before its clock is set, a board counts from midnight: a long step from there is the clock being set.
    const CLOCK_IS_SET_BY: Millis = Millis(5 * Millis::MINUTE.0);

    const DAY: Millis = Millis(24 * Millis::HOUR.0);

    fn date(&mut self, finding: &Finding) -> Millis {
        if let Some(host) = finding.host_time {
            if let Some(last) = self.last_host {
                self.now = self.now + Self::host_step(last, host);
            }
            self.last_host = Some(host);
        } else if self.last_host.is_some() {
            // The capture tool's clock is the better one. A line without its stamp came with the one before.
        } else if let Some(time) = finding.device_time {
            if let Some(last) = self.last {
                self.now = self.now + Self::step(last.since_midnight(), time.since_midnight());
            }
            self.last = Some(time);
        } else if (self.last.is_none() && !matches!(finding.what, What::Answer(_))) || is_restart(finding) {
            self.now = self.now + Millis::SECOND;
        }
        self.now
    }

    /// How much time passed between two stamps of the capturing computer. A clock that is set back stands still.
    fn host_step(before: HostTime, after: HostTime) -> Millis {
        let days = before.day.zip(after.day).map(|(before, after)| after - before);
        match days.map(u64::try_from) {
            Some(Ok(days)) => {
                (after.time.since_midnight() + Millis(Self::DAY.0.saturating_mul(days)))
                    - before.time.since_midnight()
            }
            Some(Err(_)) => Millis(0),
            None => Self::step(before.time.since_midnight(), after.time.since_midnight()),
        }
    }

    /// How much time passed between two times of day, as far as they tell.
    fn step(before: Millis, after: Millis) -> Millis {
        let is_back = after < before;
        let forward = if is_back { after + Self::DAY - before } else { after - before };
        let just_booted = |time: Millis| time <= Self::CLOCK_IS_SET_BY;
        let clock_was_set = !is_back && just_booted(before) && forward > Millis::HOUR;
        let restarted = is_back && just_booted(after) && forward > Millis::MINUTE;
        match forward {
            // The blocked clock: some hundred milliseconds back. Time stands still.
            _ if is_back && before - after <= Millis::SECOND => Millis(0),
            _ if clock_was_set || restarted || forward > Self::LONGEST_STEP => Millis::SECOND,
            _ => forward,
        }
    }
}

fn is_restart(finding: &Finding) -> bool {
    matches!(&finding.what, What::Event(event) if event.kind == EventKind::Restart)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: u64, minutes: u64, seconds: u64) -> Millis {
        Millis::from_secs((hours * 60 + minutes) * 60 + seconds)
    }

    #[track_caller]
    fn check(before: Millis, after: Millis, step: Millis) {
        assert_eq!(TextClock::step(before, after), step, "{before:?} to {after:?}");
    }

    #[test]
    fn times_of_day_become_a_clock_that_goes_forward() {
        check(at(10, 0, 0), at(10, 0, 7), at(0, 0, 7));
        check(at(10, 0, 0), at(12, 0, 3), at(2, 0, 3));
        check(at(23, 59, 50), at(0, 0, 20), at(0, 0, 30));
        check(at(22, 0, 0), at(1, 0, 0), at(3, 0, 0));
        // Blocked, set, restarted, and a day that nobody can count.
        check(Millis(500_928), Millis(500_557), Millis(0));
        check(at(0, 0, 6), at(18, 36, 0), Millis::SECOND);
        check(at(18, 0, 0), at(0, 0, 0), Millis::SECOND);
        check(at(3, 0, 0), at(17, 0, 0), Millis::SECOND);
    }

    #[test]
    fn a_capture_tools_clock_counts_more_than_the_devices() {
        let mut recorder = Recorder::new(Source::Text { name: "log".into() });
        // The device's clock stands still and jumps; the tool's goes on over midnight, and over three days.
        let log = "\
[2026-11-22 23:59:50] 00:00:01.000-023/02 CMD: a
[2026-11-23 00:00:20] 18:00:01.000-022/02 CMD: b
[2026-11-26 00:00:20] 18:00:01.000-021/02 CMD: c
18:00:09.000-021/02 CMD: d
[2026-11-26 00:00:10] 18:00:01.000-021/02 CMD: e
";
        recorder.feed(log.as_bytes(), Millis(0));
        recorder.finish(Millis(0));
        let points = recorder.recording().timeline().series(Metric::Free).iter();
        let times = points.map(|point| point.at).collect::<Vec<_>>();
        let day = 24 * 3_600_000;
        let expected = [0, 30_000, 30_000 + 3 * day, 30_000 + 3 * day, 30_000 + 3 * day].map(Millis);
        assert_eq!(times, expected);
    }

    #[test]
    fn the_chips_word_and_the_firmwares_are_one_boot() {
        let boots = |log: &str| {
            let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
            for (at, line) in log.split_inclusive('\n').enumerate() {
                recorder.feed(line.as_bytes(), Millis(at as u64));
            }
            let events = recorder.recording().events().iter();
            events.map(|dated| (dated.lines.first, dated.at.0, dated.event.text.clone())).collect::<Vec<_>>()
        };
        let chip = "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\n";
        let firmware =
            "00:00:00.050 Project tasmota - bench Version 15.5.0(tasmota)-3_1_3(2026-06-21T10:00:00)\n";
        let other = "I (29) boot: x\n";
        let both = |first, at| (first, at, "Tasmota 15.5.0 started (POWERON_RESET)".to_owned());
        let alone = |at| (at, at, "The chip started: POWERON_RESET".to_owned());
        assert_eq!(boots(&format!("{chip}{other}{firmware}")), [both(0, 2)]);
        // A chip that starts again before its firmware spoke, and a firmware whose chip was not heard.
        assert_eq!(boots(&format!("{chip}{chip}{firmware}")), [alone(0), both(1, 2)]);
        let texts = boots(&format!("{chip}{firmware}{firmware}{chip}"));
        assert_eq!(texts, [both(0, 1), (2, 2, "Tasmota 15.5.0 started".to_owned()), alone(3)]);
        assert_eq!(boots(&format!("{chip}{}{firmware}", other.repeat(300))).len(), 2);
    }

    #[test]
    fn a_report_is_dated_by_its_last_line_and_only_the_main_heap_is_charted() {
        let dump = include_str!("../../tests/fixtures/umm/steady_master_default/log.txt");
        let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
        recorder.feed(dump.as_bytes(), Millis(1_000));
        recorder.feed(
            dump.replace("Heap ID                 0", "Heap ID                 1").as_bytes(),
            Millis(2_000),
        );
        // A third one, cut off, and what the board says long after.
        recorder.feed(&dump.as_bytes()[..1_000], Millis(3_000));
        recorder.feed("\r\nhello\r\n".repeat(20).as_bytes(), Millis(60_000));
        let recording = recorder.recording();
        let dates: Vec<_> = recording.reports().iter().map(|dated| dated.at.0).collect();
        assert_eq!(dates, [1_000, 2_000, 3_000]);
        assert_eq!(recording.timeline().series(Metric::Free).len(), 1);
    }
}
