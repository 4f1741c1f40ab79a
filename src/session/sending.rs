//! Sending: what is typed, pasted, chosen as a file or kept as a macro, from the wish to the outbox.
//!
//! What the firmware would not take is refused with a sentence, before anything leaves; what changes the board, and what
//! is more than a line, is held until the person has said that it shall. Only what was typed goes into the history, and
//! nothing with a secret in it: neither there nor into the marks of the log.
//!
//! ```
//! use heapscope::heap::Millis;
//! use heapscope::session::{Event, SendEvent, Session, Settings};
//!
//! let mut session = Session::new(Settings::default());
//! session.handle(Event::DemoClicked, Millis(0));
//! assert!(session.check_line("Grüße").is_refused, "Tasmota takes ASCII only");
//! session.handle(Event::LineTyped("SerialLog 3".into()), Millis(100));
//! assert!(session.held_sending().unwrap().question.contains("writes settings"));
//! session.handle(Event::Sending(SendEvent::Confirmed), Millis(200));
//! assert!(session.held_sending().is_none());
//! ```

use super::outbox::{Batch, Leaving, Outbox, Pace, Unit};
use super::{
    Drawer, Effect, Event, GivenFile, History, LocalEcho, Macros, Problem, Progress, Session, unescape,
};
use crate::dialect::{self, CommandRole, Console, Echo, Impact, Refusal};
use crate::recording::MarkKind;
use crate::words::sending as words;

/// A text of more is not sent: at the usual rate it would take an hour.
const LARGEST_FILE_BYTES: usize = 16 << 20;

/// So many lines of what is held are shown.
const SHOWN_LINES: usize = 8;

/// A byte takes so many bits on the line: its own, a start and a stop.
const BITS_OF_BYTE: u64 = 10;

/// What a person did who wants something sent. A line that was typed is [`Event::LineTyped`].
#[derive(Clone, Debug, PartialEq)]
pub enum SendEvent {
    /// Pasted a text of several lines into the line.
    LinesPasted(String),
    /// Chose a file for the board.
    FileChosen(GivenFile, FileForm),
    /// Wants the figures now.
    FiguresClicked,
    /// Chose a command that the page offers: it is sent as if it was typed.
    CommandChosen(String),
    /// Chose a macro, by its text.
    MacroChosen(super::Macro),
    /// What is held shall be sent.
    Confirmed,
    /// It shall not.
    Withdrawn,
    /// What waits and what is being sent shall not be sent any more.
    Stopped,
    /// Changed the macros.
    MacrosChanged(Macros),
    /// Wants the macros as a file.
    MacrosExported,
    /// Chose a file with macros.
    MacrosGiven(GivenFile),
    /// Wants the history forgotten.
    HistoryCleared,
}

/// How a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// As text, line by line.
    Lines,
    /// Its bytes as they are.
    Raw,
}

/// What is to be said of a line while it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineCheck {
    /// One sentence, if there is anything to say.
    pub said: Option<String>,
    /// Whether it cannot be sent.
    pub is_refused: bool,
}

/// What waits for the person's word.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldSending {
    /// The question.
    pub question: String,
    /// Some of its lines, where it has several: those that change the board first of all.
    pub lines: Vec<HeldLine>,
    /// So many more it has.
    pub more_lines: usize,
    /// Whether it changes the board.
    pub has_impact: bool,
    batch: Batch,
    /// What goes into the history when it is sent.
    typed: Option<String>,
    name: Option<(String, u64)>,
}

/// A line that waits for the person's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLine {
    /// Which of them, from 1.
    pub number: usize,
    /// The line, without a secret.
    pub text: String,
    /// What it does to the board.
    pub impact: Impact,
}

impl HeldSending {
    /// Whether it is the line that was typed.
    pub fn is_typed(&self) -> bool {
        self.typed.is_some()
    }
}

/// The part of the session that sends.
pub(super) struct Sending {
    pub outbox: Outbox,
    pub history: History,
    pub macros: Macros,
    held: Option<HeldSending>,
}

impl Default for Sending {
    fn default() -> Self {
        Sending {
            outbox: Outbox::default(),
            history: History::default(),
            macros: Macros::first(),
            held: None,
        }
    }
}

impl Sending {
    /// Whether a line or raw bytes have left in part: nothing may come between.
    pub fn is_inside(&self) -> bool {
        self.outbox.is_inside()
    }

    /// Another board: what waited was meant for the one before.
    pub fn forget_board(&mut self) {
        self.outbox = Outbox::default();
        self.held = None;
    }
}

impl Session {
    /// How the board's console takes lines, as far as its firmware is known.
    pub fn console(&self) -> &'static Console {
        self.detected().map_or(&Console::PLAIN, |detected| detected.info.console)
    }
    /// The lines that were typed.
    pub fn history(&self) -> &History {
        &self.sending.history
    }
    /// The macros.
    pub fn macros(&self) -> &Macros {
        &self.sending.macros
    }
    /// What waits for the person's word, if anything does.
    pub fn held_sending(&self) -> Option<&HeldSending> {
        self.sending.held.as_ref()
    }
    /// How far it is with several lines or a file, if any are being sent.
    pub fn sending_progress(&self) -> Option<Progress> {
        self.sending.outbox.progress()
    }
    /// What is to be said of this line before it is sent.
    pub fn check_line(&self, text: &str) -> LineCheck {
        match self.pieces(text, self.settings.escapes) {
            Err(said) => LineCheck { said: Some(said), is_refused: true },
            Ok(pieces) => {
                let is_escaped = self.settings.escapes && text.contains('\\');
                let said = match self.impact(text, &pieces) {
                    _ if is_escaped => Some(words::sends_bytes(&pieces.concat())),
                    Impact::Asks => None,
                    Impact::Writes => Some(words::WRITES.to_owned()),
                    Impact::Interrupts => Some(words::INTERRUPTS.to_owned()),
                };
                LineCheck { said, is_refused: false }
            }
        }
    }

    pub(super) fn type_line(&mut self, text: String, effects: &mut Vec<Effect>) {
        if !self.can_send() {
            return;
        }
        let pieces = match self.pieces(&text, self.settings.escapes) {
            Ok(pieces) => pieces,
            Err(why) => {
                self.problem = Some(Problem::new(why, words::NOT_SENT_NEXT));
                return;
            }
        };
        let impact = self.impact(&text, &pieces);
        // What escape sequences hide is no less secret.
        let typed = (!pieces.iter().any(|piece| has_secret(&readable(piece)))).then(|| text.clone());
        let batch = Batch::lines(None, pieces);
        let question = match impact {
            Impact::Asks => None,
            Impact::Writes => Some(words::question::writes(&self.shown(&text))),
            Impact::Interrupts => Some(words::question::interrupts(&self.shown(&text))),
        };
        match question {
            None => self.send_batch(batch, typed, None, effects),
            Some(question) => {
                self.sending.held = Some(HeldSending {
                    question,
                    lines: Vec::new(),
                    more_lines: 0,
                    has_impact: true,
                    batch,
                    typed,
                    name: None,
                });
            }
        }
    }

    pub(super) fn take_send_event(&mut self, event: SendEvent, effects: &mut Vec<Effect>) {
        match event {
            SendEvent::LinesPasted(text) => {
                let lines = text.lines().map(str::to_owned).collect();
                self.hold_lines(None, lines, self.settings.escapes, true, effects);
            }
            SendEvent::FileChosen(file, form) => self.take_file(file, form, effects),
            SendEvent::FiguresClicked => {
                let command = self.detected().and_then(|it| it.info.command(CommandRole::Figures));
                if let Some(command) = command {
                    self.hold_lines(None, vec![command.send.to_owned()], false, false, effects);
                }
            }
            SendEvent::CommandChosen(line) => self.type_line(line, effects),
            SendEvent::MacroChosen(chosen) => {
                let lines: Vec<_> = chosen.lines().map(str::to_owned).collect();
                self.hold_lines(Some(chosen.name), lines, chosen.has_escapes, false, effects);
            }
            SendEvent::Confirmed => {
                if let Some(held) = self.sending.held.take()
                    && self.can_send()
                {
                    self.send_batch(held.batch, held.typed, held.name, effects);
                }
            }
            SendEvent::Withdrawn => self.sending.held = None,
            SendEvent::Stopped => self.sending.outbox.stop(),
            SendEvent::MacrosChanged(macros) => {
                effects.push(Effect::Keep(Drawer::Macros, macros.to_json()));
                self.sending.macros = macros;
            }
            SendEvent::MacrosExported => effects.push(Effect::Download {
                name: "heapscope-macros.json".to_owned(),
                bytes: self.sending.macros.to_json().into_bytes(),
            }),
            SendEvent::MacrosGiven(file) => self.take_macros(&file, effects),
            SendEvent::HistoryCleared => {
                self.sending.history.clear();
                effects.push(Effect::Keep(Drawer::History, String::new()));
            }
        }
    }

    fn take_macros(&mut self, file: &GivenFile, effects: &mut Vec<Effect>) {
        let text = String::from_utf8_lossy(&file.bytes);
        let macros = Macros::from_json(text.trim_start_matches('\u{feff}'));
        match macros.filter(|macros| !macros.sets.is_empty()) {
            None => self.problem = Some(Problem::new(words::no_macros(&file.name), words::NO_MACROS_NEXT)),
            Some(macros) => {
                let taken = self.sending.macros.add(macros);
                self.notice = Some(words::macros_taken(&file.name, taken));
                effects.push(Effect::Keep(Drawer::Macros, self.sending.macros.to_json()));
            }
        }
    }

    fn take_file(
        &mut self,
        GivenFile { name, bytes, .. }: GivenFile,
        form: FileForm,
        effects: &mut Vec<Effect>,
    ) {
        if bytes.is_empty() {
            self.problem = Some(Problem::empty_text(&name));
            return;
        }
        if bytes.len() > LARGEST_FILE_BYTES {
            let what = words::file_too_large(&name, LARGEST_FILE_BYTES as u64);
            self.problem = Some(Problem::new(what, words::FILE_TOO_LARGE_NEXT));
            return;
        }
        if form == FileForm::Lines {
            let text = String::from_utf8_lossy(&bytes);
            let lines = text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect();
            return self.hold_lines(Some(name), lines, false, true, effects);
        }
        if !self.can_send() {
            return;
        }
        let count = bytes.len() as u64;
        let question = words::question::raw(&name, count, count / self.bytes_per_second());
        let batch = Batch::raw(name.clone(), bytes);
        self.sending.held = Some(HeldSending {
            question,
            lines: Vec::new(),
            more_lines: 0,
            has_impact: true,
            batch,
            typed: None,
            name: Some((name, count)),
        });
    }

    /// Sends these lines, or holds them first: when `asks`, or when they change the board. Blank ones are left out.
    fn hold_lines(
        &mut self,
        name: Option<String>,
        lines: Vec<String>,
        has_escapes: bool,
        asks: bool,
        effects: &mut Vec<Effect>,
    ) {
        if !self.can_send() {
            return;
        }
        let (mut batch, mut writing) = (Vec::new(), 0);
        for (place, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match self.pieces(line, has_escapes) {
                Ok(pieces) => {
                    writing += usize::from(self.impact(line, &pieces) != Impact::Asks);
                    batch.extend(pieces);
                }
                Err(why) => {
                    let what = words::not_sent(name.as_deref(), place + 1, &why);
                    self.problem = Some(Problem::new(what, words::NOT_SENT_NEXT));
                    return;
                }
            }
        }
        let lines: Vec<_> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
        // A single line of a macro is no file: nothing is counted.
        let batch = Batch::lines(name.clone().filter(|_| lines.len() > 1), batch);
        if !asks && writing == 0 {
            return self.send_batch(batch, None, None, effects);
        }
        if lines.is_empty() {
            return;
        }
        self.sending.held = Some(HeldSending {
            question: words::question::lines(name.as_deref(), lines.len(), writing),
            more_lines: lines.len().saturating_sub(SHOWN_LINES),
            lines: self.shown_lines(&lines, writing),
            has_impact: writing > 0,
            batch,
            typed: None,
            name: None,
        });
    }

    fn send_batch(
        &mut self,
        batch: Batch,
        typed: Option<String>,
        raw: Option<(String, u64)>,
        effects: &mut Vec<Effect>,
    ) {
        if !self.sending.outbox.push(batch) {
            self.problem = Some(Problem::outbox_full());
            return;
        }
        if let Some((name, bytes)) = raw {
            self.note_sent(words::sent_file(&name, bytes));
        }
        if let Some(typed) = typed.filter(|typed| !has_secret(typed))
            && self.sending.history.remember(&typed)
        {
            effects.push(Effect::Keep(Drawer::History, self.sending.history.to_text()));
        }
    }

    /// What of the outbox may leave now.
    pub(super) fn poll_outbox(&mut self, quiet: bool) -> Option<Vec<u8>> {
        let console = self.console();
        let pace = Pace {
            has_echo: console.echo == Echo::Lines,
            burst_bytes: console.longest_burst_bytes.unwrap_or(usize::MAX),
            bytes_per_second: self.bytes_per_second(),
        };
        let leaving = self.sending.outbox.poll_next(quiet, self.now, pace);
        if let Some(unheard) = self.sending.outbox.poll_unheard() {
            let what = match unheard.unit {
                Unit::Lines => words::unheard(unheard.sent, unheard.total),
                Unit::Bytes => return None,
            };
            self.problem = Some(Problem::new(what, words::UNHEARD_NEXT));
            self.revision += 1;
        }
        let Leaving { bytes, line } = leaving?;
        if let Some(line) = line {
            let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
            self.note_sent(match has_secret(&line) {
                true => words::sent_secret(line.split(' ').next().unwrap_or_default()),
                false => words::sent(&line),
            });
        }
        // Progress is on screen.
        self.revision += 1;
        Some(bytes)
    }

    /// Marks in the log what was sent, where the board does not say it itself.
    fn note_sent(&mut self, text: String) {
        let is_wanted = match self.settings.local_echo {
            LocalEcho::Auto => self.console().echo == Echo::Nothing,
            LocalEcho::On => true,
            LocalEcho::Off => false,
        };
        let at = self.recording_time();
        if let Some(recorder) = self.recorder.as_mut().filter(|_| is_wanted) {
            recorder.note(at, MarkKind::Sent, text);
        }
    }

    /// What sending this does, at worst: escape sequences may make several commands of a line, or hide one.
    fn impact(&self, text: &str, pieces: &[Vec<u8>]) -> Impact {
        let console = self.console();
        let of_pieces = pieces.iter().map(|piece| console.impact(&readable(piece)));
        let all: Vec<_> = of_pieces.chain([console.impact(text)]).collect();
        let has = |impact| all.contains(&impact);
        match () {
            () if has(Impact::Interrupts) => Impact::Interrupts,
            () if has(Impact::Writes) => Impact::Writes,
            () => Impact::Asks,
        }
    }

    /// The bytes of a line with its end, or of several where escape sequences make some; else why it cannot be sent.
    fn pieces(&self, text: &str, has_escapes: bool) -> Result<Vec<Vec<u8>>, String> {
        let console = self.console();
        let (bytes, is_ended) = match has_escapes {
            true => {
                let unescaped = unescape(text).map_err(|sequence| words::no_escape(&sequence))?;
                (unescaped.bytes, unescaped.is_ended)
            }
            false => (text.as_bytes().to_vec(), true),
        };
        let mut pieces: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let firmware = self.detected().map_or("", |detected| detected.info.name);
        for piece in &pieces {
            match console.refusal(piece.trim_ascii_end()) {
                None => {}
                Some(Refusal::NotAscii(letter)) => return Err(words::not_ascii(firmware, letter)),
                Some(Refusal::TooLong { bytes, most }) => return Err(words::too_long(firmware, bytes, most)),
            }
        }
        if is_ended {
            let end = self.settings.line_ending.bytes(console);
            // An empty line is sent too: boards answer to it.
            match pieces.last_mut().filter(|last| !last.ends_with(b"\n")) {
                Some(last) => last.extend_from_slice(end),
                None => pieces.push(end.to_vec()),
            }
        }
        Ok(pieces)
    }

    /// As many lines as are shown, in their order: those that change the board, and from the beginning as many others as
    /// there is room for.
    fn shown_lines(&self, lines: &[String], writing: usize) -> Vec<HeldLine> {
        let mut others = SHOWN_LINES.saturating_sub(writing);
        let lines = lines.iter().enumerate().map(|(place, text)| {
            let impact = self.console().impact(text);
            (place, text, impact)
        });
        let shown = lines.filter(|(.., impact)| {
            let is_shown = *impact != Impact::Asks || others > 0;
            others -= usize::from(*impact == Impact::Asks && others > 0);
            is_shown
        });
        let shown = shown.take(SHOWN_LINES);
        shown
            .map(|(place, text, impact)| HeldLine { number: place + 1, text: self.shown(text), impact })
            .collect()
    }

    /// The line as it may be shown: without a secret.
    fn shown(&self, line: &str) -> String {
        match has_secret(line) {
            true => format!("{} …", line.split(' ').next().unwrap_or_default()),
            false => line.to_owned(),
        }
    }

    fn bytes_per_second(&self) -> u64 {
        (u64::from(self.open_line.baud) / BITS_OF_BYTE).max(1)
    }
}

/// Whichever firmware's secret it is: that of the board may not be known yet.
fn readable(piece: &[u8]) -> String {
    String::from_utf8_lossy(piece.trim_ascii()).into_owned()
}

fn has_secret(line: &str) -> bool {
    dialect::ALL.iter().any(|make| make().info().console.has_secret(line))
}

impl From<SendEvent> for Event {
    fn from(event: SendEvent) -> Self {
        Event::Sending(event)
    }
}
