//! What is compared: the steps that a person measures (a snapshot, the thing itself, another snapshot), and any two moments
//! of this recording or of a second one beside it.
//!
//! A snapshot of a connected board asks it first, by the poller's own way, so that its figures are fresh; one that does not
//! answer is no snapshot, and that is said. A board that cannot be asked is taken at its last word.
//!
//! What it refuses to do: to subtract. A step is two log lines, and [`Passage`] says what lies between them.
//!
//! ```
//! use heapscope::heap::Millis;
//! use heapscope::session::comparing::{CompareEvent, Pick, Place};
//! use heapscope::session::{Event, Session, Settings};
//!
//! let mut session = Session::new(Settings::default());
//! let log = b"10:00:01.000-024/00 CMD: a\n10:00:02.000-020/00 CMD: b\n".to_vec();
//! session.handle(Event::TextGiven { name: "log.txt".into(), bytes: log }, Millis(0));
//! session.handle(CompareEvent::Opened(true).into(), Millis(0));
//! let compared = session.compared().unwrap();
//! assert_eq!(compared.sides.map(|side| side.side.line), [0, 1], "from the beginning to the end");
//! assert!(compared.passage.unwrap().cost().unwrap().at_least > 3_000);
//! assert_eq!(Pick::from_key("run-end-0"), Some(Pick { is_other: false, place: Place::RunEnd(0) }));
//! ```

use std::rc::Rc;

use super::poller::Outcome;
use super::reading::Reading;
use super::{Event, GivenFile, Problem, SLICE_BYTES, SMALL_TEXT_BYTES, Session};
use crate::dialect::{Command, CommandRole};
use crate::heap::Millis;
use crate::recording::{Passage, Recorder, Recording, Repeats, Side, Source};
use crate::verdict::{Judging, Verdict};
use crate::words::comparing as words;

/// What a person did who compares.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareEvent {
    /// Wants to compare, or no longer.
    Opened(bool),
    /// Wants the first snapshot of a step of this name; of the next number, where it has none.
    StepBegun(String),
    /// Did the thing: wants the second snapshot.
    StepDone,
    /// Does not want it measured after all.
    StepWithdrawn,
    /// Whether each snapshot asks for a whole report, too.
    WithReport(bool),
    /// Wants to see this step.
    StepChosen(usize),
    /// Calls this step so.
    StepNamed(usize, String),
    /// Wants this step forgotten.
    StepRemoved(usize),
    /// Wants this to be the first or the second of what is compared (0 or 1).
    Picked(usize, Pick),
    /// Wants the two that are compared in the list of steps, under this name.
    PicksKept(String),
    /// Gave a second log.
    OtherGiven(GivenFile),
    /// Does not want the second log any more.
    OtherClosed,
}

impl From<CompareEvent> for Event {
    fn from(event: CompareEvent) -> Self {
        Event::Compare(event)
    }
}

/// A step that was measured: two lines of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the person calls it. Steps of one name are one step, measured again.
    pub name: String,
    /// The last line of the first snapshot, from 0.
    pub before: u64,
    /// The last line of the second.
    pub after: u64,
}

/// How it stands with the step that is being measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Measuring {
    /// None is.
    #[default]
    Nothing,
    /// The board was asked for the first snapshot.
    AwaitsFirst(Asked),
    /// The first snapshot is there: the person does the thing.
    Acting {
        /// What the step is called.
        name: String,
        /// The last line of the snapshot.
        before: u64,
    },
    /// The board was asked for the second snapshot.
    AwaitsSecond(Asked, u64),
}

/// What the board was asked for a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What the step is called.
    pub name: String,
    /// The command.
    pub command: &'static Command,
    /// When it was wanted.
    since: Millis,
}

/// One of the two that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Whether it is of the second log.
    pub is_other: bool,
    /// Where in its log.
    pub place: Place,
}

/// A moment of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// When this line had come.
    Line(u64),
    /// When the first figures of this run of the firmware are known, counted from 0.
    RunStart(usize),
    /// The end of this run.
    RunEnd(usize),
}

impl Pick {
    /// The word for it in a list of choices.
    pub fn key(self) -> String {
        let other = if self.is_other { "other-" } else { "" };
        match self.place {
            Place::Line(line) => format!("{other}line-{line}"),
            Place::RunStart(run) => format!("{other}run-start-{run}"),
            Place::RunEnd(run) => format!("{other}run-end-{run}"),
        }
    }

    /// The one of this word.
    pub fn from_key(key: &str) -> Option<Self> {
        let place = key.strip_prefix("other-");
        let (is_other, place) = (place.is_some(), place.unwrap_or(key));
        let (kind, number) = place.rsplit_once('-')?;
        let place = match kind {
            "line" => Place::Line(number.parse().ok()?),
            "run-start" => Place::RunStart(number.parse().ok()?),
            "run-end" => Place::RunEnd(number.parse().ok()?),
            _ => return None,
        };
        Some(Pick { is_other, place })
    }
}

/// What of all this is on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Chosen {
    /// The two that were picked.
    #[default]
    Picks,
    /// This step.
    Step(usize),
}

/// The second log, read by a recorder of its own.
pub(super) struct Other {
    name: String,
    recorder: Recorder,
    reading: Reading,
    judging: Option<Judging>,
    verdict: Rc<Verdict>,
}

impl Other {
    /// Reads and judges the next part of it. True when that was the last.
    fn advance(&mut self) -> bool {
        if self.reading.has_beginning() {
            self.reading.put_beginning(&mut self.recorder);
        } else if self.reading.ends(&self.recorder) {
            self.recorder.finish(self.recorder.last_arrival());
            self.judging = Some(Judging::default());
        } else if self.reading.goes_on() {
            self.recorder.read(SLICE_BYTES);
        } else if let Some(judging) = &mut self.judging
            && let Some(verdict) = judging.advance(&self.recorder.recording().whole())
        {
            self.verdict = Rc::new(verdict);
            self.judging = None;
            return true;
        }
        false
    }

    /// Names for what it has as numbers.
    pub fn take_symbols(&mut self, file: &[u8]) {
        self.recorder.take_symbols(file);
    }

    fn is_busy(&self) -> bool {
        self.reading.goes_on() || self.judging.is_some()
    }
}

/// What is compared in this recording.
#[derive(Default)]
pub struct Comparing {
    is_open: bool,
    steps: Vec<Step>,
    measuring: Measuring,
    with_report: bool,
    /// Why there is no snapshot, or what there is to be known of it.
    said: Option<String>,
    chosen: Chosen,
    picks: Option<[Pick; 2]>,
    pub(super) other: Option<Other>,
}

/// One of the two that are compared, and whose it is.
#[derive(Clone)]
pub struct ComparedSide<'a> {
    /// Its recording.
    pub recording: &'a Recording,
    /// What its whole recording means.
    pub verdict: Rc<Verdict>,
    /// The name of its log, where it is the second one.
    pub other: Option<&'a str>,
    /// The moment.
    pub side: Side,
}

/// What is compared.
#[derive(Clone)]
pub struct Compared<'a> {
    /// The earlier and the later, or the first and the second log.
    pub sides: [ComparedSide<'a>; 2],
    /// What lies between them; `None` where they are of two logs.
    pub passage: Option<Passage>,
}

impl Comparing {
    /// Whether the person compares.
    pub fn is_open(&self) -> bool {
        self.is_open
    }
    /// The steps that were measured, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
    /// How it stands with the step that is being measured.
    pub fn measuring(&self) -> &Measuring {
        &self.measuring
    }
    /// Whether each snapshot asks for a whole report, too.
    pub fn with_report(&self) -> bool {
        self.with_report
    }
    /// What is to be said of the last snapshot, if anything: one or two sentences.
    pub fn said(&self) -> Option<&str> {
        self.said.as_deref()
    }
    /// The step that is shown; `None` where it is what was picked.
    pub fn step(&self) -> Option<usize> {
        match self.chosen {
            Chosen::Step(step) if step < self.steps.len() => Some(step),
            _ => None,
        }
    }
    /// The name of the second log, and whether it is still being read.
    pub fn other(&self) -> Option<(&str, bool)> {
        self.other.as_ref().map(|other| (other.name.as_str(), other.is_busy()))
    }
    /// What the second log says.
    pub fn other_recording(&self) -> Option<&Recording> {
        self.other.as_ref().map(|other| other.recorder.recording())
    }

    /// The next part of a second log.
    pub(super) fn read_on(&mut self) -> bool {
        self.other.as_mut().is_some_and(|other| other.is_busy() && other.advance())
    }

    /// Whether a second log is not read to its end.
    pub(super) fn has_more_to_read(&self) -> bool {
        self.other.as_ref().is_some_and(Other::is_busy)
    }
}

/// A snapshot that has not come after this long does not come: the board answers nothing, or prints without end.
const PATIENCE: Millis = Millis(30_000);

/// A name of more letters is cut off.
const LONGEST_NAME: usize = 60;

impl Session {
    /// What is compared.
    pub fn comparing(&self) -> &Comparing {
        &self.comparing
    }

    /// The two that are picked: from the beginning to the end of the last run, where nobody chose.
    pub fn picks(&self) -> [Pick; 2] {
        self.comparing.picks.unwrap_or_else(|| {
            let last = self.recording().map_or(0, |recording| recording.runs().len().saturating_sub(1));
            [Place::RunStart(last), Place::RunEnd(last)].map(|place| Pick { is_other: false, place })
        })
    }

    /// What is on screen of what is compared. `None` while nothing is, or while one of the moments is not there.
    pub fn compared(&self) -> Option<Compared<'_>> {
        let comparing = &self.comparing;
        let picks = match comparing.step().and_then(|step| comparing.steps.get(step)) {
            _ if !comparing.is_open => return None,
            Some(step) => {
                [step.before, step.after].map(|line| Pick { is_other: false, place: Place::Line(line) })
            }
            None => self.picks(),
        };
        let [first, second] = [self.line_of(picks[0])?, self.line_of(picks[1])?];
        let is_one = picks[0].is_other == picks[1].is_other;
        let passage =
            if is_one { Some(Passage::between(self.recording_of(picks[0])?, first, second)) } else { None };
        let sides = match &passage {
            Some(passage) => [passage.before.clone(), passage.after.clone()],
            None => [
                Side::of(self.recording_of(picks[0])?, first),
                Side::of(self.recording_of(picks[1])?, second),
            ],
        };
        let [before, after] = sides;
        let whose = |pick: Pick, side: Side| {
            let other = comparing.other.as_ref().filter(|_| pick.is_other);
            let verdict = other.map_or(&self.verdict, |other| &other.verdict);
            Some(ComparedSide {
                recording: self.recording_of(pick)?,
                verdict: Rc::clone(verdict),
                other: other.map(|other| other.name.as_str()),
                side,
            })
        };
        Some(Compared { sides: [whose(picks[0], before)?, whose(picks[1], after)?], passage })
    }

    /// The lines of this recording that are compared, the earlier first: where the timeline has its flags.
    pub fn compared_lines(&self) -> [Option<u64>; 2] {
        if !self.comparing.is_open {
            return [None, None];
        }
        if let Measuring::Acting { before, .. } | Measuring::AwaitsSecond(_, before) =
            self.comparing.measuring
        {
            return [Some(before), None];
        }
        if let Measuring::AwaitsFirst(_) = self.comparing.measuring {
            return [None, None];
        }
        let step = self.comparing.step().and_then(|step| self.comparing.steps.get(step));
        if let Some(step) = step {
            return [Some(step.before), Some(step.after)];
        }
        let picks = self.picks();
        let lines = picks.map(|pick| if pick.is_other { None } else { self.line_of(pick) });
        match lines {
            [Some(one), Some(two)] => [Some(one.min(two)), Some(one.max(two))],
            lines => lines,
        }
    }

    /// What the measurements of one step say together.
    pub fn repeats_of(&self, name: &str) -> Option<Repeats> {
        let alike = self.comparing.steps.iter().filter(|step| step.name == name);
        Repeats::of(self.recording()?, alike.map(|step| (step.before, step.after)))
    }

    /// The log line of a pick.
    pub fn line_of(&self, pick: Pick) -> Option<u64> {
        let recording = self.recording_of(pick)?;
        match pick.place {
            Place::Line(line) => Some(line).filter(|line| *line < recording.log().line_count()),
            Place::RunStart(run) => Some(recording.runs().get(run)?.start),
            Place::RunEnd(run) => Some(recording.runs().get(run)?.end),
        }
    }

    fn recording_of(&self, pick: Pick) -> Option<&Recording> {
        match pick.is_other {
            true => self.comparing.other_recording(),
            false => self.recording(),
        }
    }

    pub(super) fn take_compare_event(&mut self, event: CompareEvent) {
        let comparing = &mut self.comparing;
        match event {
            CompareEvent::Opened(is_open) => {
                comparing.is_open = is_open;
                comparing.said = None;
            }
            CompareEvent::StepBegun(name) => self.begin_step(&name),
            CompareEvent::StepDone => self.end_step(),
            CompareEvent::StepWithdrawn => {
                comparing.measuring = Measuring::Nothing;
                comparing.said = None;
            }
            CompareEvent::WithReport(with_report) => comparing.with_report = with_report,
            CompareEvent::StepChosen(step) => comparing.chosen = Chosen::Step(step),
            CompareEvent::StepNamed(step, name) => {
                let name = name_of(&name);
                if let (Some(step), false) = (comparing.steps.get_mut(step), name.is_empty()) {
                    step.name = name;
                }
            }
            CompareEvent::StepRemoved(step) => {
                if step < comparing.steps.len() {
                    comparing.steps.remove(step);
                    comparing.chosen = match comparing.steps.len().checked_sub(1) {
                        Some(last) => Chosen::Step(step.min(last)),
                        None => Chosen::Picks,
                    };
                }
            }
            CompareEvent::Picked(place, pick) => {
                let mut picks = self.picks();
                // A step that is shown is what one begins with.
                if let Some(step) = self.comparing.step().and_then(|step| self.comparing.steps.get(step)) {
                    picks = [step.before, step.after]
                        .map(|line| Pick { is_other: false, place: Place::Line(line) });
                }
                if let Some(changed) = picks.get_mut(place) {
                    *changed = pick;
                }
                self.comparing.picks = Some(picks);
                self.comparing.chosen = Chosen::Picks;
                self.comparing.is_open = true;
            }
            CompareEvent::PicksKept(name) => {
                let lines = self.compared_lines();
                if let [Some(before), Some(after)] = lines {
                    self.keep_step(Step { name: self.step_name(&name), before, after });
                }
            }
            CompareEvent::OtherGiven(file) => self.take_other(file),
            CompareEvent::OtherClosed => {
                comparing.other = None;
                comparing.picks = None;
            }
        }
    }

    /// The name that was given, or the next number.
    fn step_name(&self, name: &str) -> String {
        let name = name_of(name);
        if name.is_empty() { words::step(self.comparing.steps.len() + 1) } else { name }
    }

    fn begin_step(&mut self, name: &str) {
        let name = self.step_name(name);
        self.comparing.is_open = true;
        match self.ask_for_snapshot() {
            Some(command) => {
                let asked = Asked { name, command, since: self.now };
                self.comparing.measuring = Measuring::AwaitsFirst(asked);
            }
            None => self.take_snapshot(name, None),
        }
    }

    fn end_step(&mut self) {
        let Measuring::Acting { name, before } = &self.comparing.measuring else { return };
        let (name, before) = (name.clone(), *before);
        match self.ask_for_snapshot() {
            Some(command) => {
                let asked = Asked { name, command, since: self.now };
                self.comparing.measuring = Measuring::AwaitsSecond(asked, before);
            }
            None => self.take_snapshot(name, Some(before)),
        }
    }

    /// Asks the board for its figures, or for its report; gives what it is asked.
    fn ask_for_snapshot(&mut self) -> Option<&'static Command> {
        self.comparing.said = None;
        let info = self.detected().filter(|_| self.can_send()).map(|detected| detected.info);
        let command = |role| info.and_then(|info| info.command(role));
        let report = command(CommandRole::Report).filter(|_| self.comparing.with_report);
        match report.or_else(|| command(CommandRole::Figures)) {
            Some(command) => {
                self.poller.ask(command.role);
                Some(command)
            }
            None => {
                if self.can_send() {
                    self.comparing.said = Some(words::CANNOT_BE_ASKED.to_owned());
                }
                None
            }
        }
    }

    /// What the log says up to now is the snapshot: the first of a step, or the second where the first ended at `before`.
    fn take_snapshot(&mut self, name: String, before: Option<u64>) {
        let last = self.recording().and_then(|recording| recording.log().line_count().checked_sub(1));
        match (last, before) {
            (None, _) => {
                self.comparing.measuring = Measuring::Nothing;
                self.comparing.said = Some(words::NOTHING_YET.to_owned());
            }
            (Some(line), None) => self.comparing.measuring = Measuring::Acting { name, before: line },
            (Some(after), Some(before)) => {
                self.comparing.measuring = Measuring::Nothing;
                self.keep_step(Step { name, before, after });
            }
        }
    }

    fn keep_step(&mut self, step: Step) {
        self.comparing.steps.push(step);
        self.comparing.chosen = Chosen::Step(self.comparing.steps.len() - 1);
    }

    /// Takes the snapshot when the board has answered, or says that it does not.
    pub(super) fn go_on_measuring(&mut self) {
        let outcome = self.poller.poll_outcome();
        let (asked, before) = match &self.comparing.measuring {
            Measuring::AwaitsFirst(asked) => (asked, None),
            Measuring::AwaitsSecond(asked, before) => (asked, Some(*before)),
            Measuring::Nothing | Measuring::Acting { .. } => return,
        };
        let (name, command) = (asked.name.clone(), asked.command);
        let is_too_late = self.now - asked.since > PATIENCE;
        match outcome.filter(|(role, _)| *role == command.role) {
            Some((_, Outcome::Answered)) => self.take_snapshot(name, before),
            None if self.can_send() && !is_too_late => return,
            outcome => {
                // What was there before it was asked is there again.
                self.comparing.measuring = match before {
                    Some(before) => Measuring::Acting { name, before },
                    None => Measuring::Nothing,
                };
                self.comparing.said = Some(match outcome {
                    _ if !self.can_send() => words::BOARD_GONE.to_owned(),
                    Some((_, Outcome::Refused)) => words::refused(command.send),
                    _ => words::not_answered(command.send, before.is_some()),
                });
            }
        }
        self.revision += 1;
    }

    fn take_other(&mut self, file: GivenFile) {
        if let Some(what_it_is) = self.take_symbols(&file.bytes) {
            self.notice = Some(crate::words::problem::names_taken(&file.name, &what_it_is));
            return;
        }
        if file.bytes.is_empty() {
            self.problem = Some(Problem::empty_text(&file.name));
            return;
        }
        let mut recorder = Recorder::new(Source::Text { name: file.name.clone() });
        for symbols in &self.symbol_files {
            recorder.take_symbols(symbols);
        }
        let is_small = file.bytes.len() as u64 <= SMALL_TEXT_BYTES;
        let mut other = Other {
            name: file.name.clone(),
            recorder,
            reading: Reading::begin(file),
            judging: None,
            verdict: Rc::new(Verdict::default()),
        };
        while is_small && other.is_busy() {
            other.advance();
        }
        self.problem = other.reading.take_problem().or(self.problem.take());
        // The second log may have many runs; its last one is what it is about.
        let own = self.picks().map(|pick| Pick { is_other: false, ..pick });
        let last = |recording: &Recording| recording.runs().len().saturating_sub(1);
        let end = |recording, is_other| Pick { is_other, place: Place::RunEnd(last(recording)) };
        let first = self.recording().map_or(own[1], |recording| end(recording, false));
        let second = match is_small {
            true => end(other.recorder.recording(), true),
            false => Pick { is_other: true, place: Place::RunEnd(0) },
        };
        self.comparing.picks = Some([first, second]);
        self.comparing.other = Some(other);
        self.comparing.chosen = Chosen::Picks;
        self.comparing.is_open = true;
    }

    /// The next part of a second log: when it is all read, its last run is what is compared.
    pub(super) fn read_other(&mut self) {
        if self.comparing.read_on() {
            let problem = self.comparing.other.as_mut().and_then(|other| other.reading.take_problem());
            self.problem = problem.or(self.problem.take());
            let runs = self.comparing.other_recording().map_or(0, |other| other.runs().len());
            let end = Place::RunEnd(runs.saturating_sub(1));
            for pick in self.comparing.picks.iter_mut().flatten().filter(|pick| pick.is_other) {
                if pick.place == Place::RunEnd(0) {
                    pick.place = end;
                }
            }
            self.revision += 1;
        }
    }
}

fn name_of(typed: &str) -> String {
    typed.trim().chars().take(LONGEST_NAME).collect()
}
