//! The application without a browser: events in, effects out, time passed in.
//!
//! Connecting, reconnecting, asking the board, the demo, and what the person is told are decided here. It
//! opens no port, reads no clock and draws nothing: a driver carries out its [`Effect`]s and reports back
//! with [`Event`]s, and tests do so with a clock that they turn themselves.
//!
//! ```
//! use heapscope::heap::Millis;
//! use heapscope::session::{Event, Session, Settings};
//!
//! let mut session = Session::new(Settings::default());
//! let log = b"18:40:09.000-020/00 OOM: count 3 (+3)\n";
//! let text = Event::TextGiven { name: "log.txt".into(), bytes: log.to_vec() };
//! let effects = session.handle(text, Millis(0));
//! assert!(effects.is_empty());
//! assert_eq!(session.recording().unwrap().events().len(), 1);
//! ```

pub mod arrangement;
pub mod baud;
mod boards;
pub mod comparing;
mod connection;
mod doctor;
mod drawer;
mod escape;
mod history;
mod json;
mod link;
mod macros;
pub mod maps;
mod outbox;
mod outlook;
mod poller;
mod problem;
mod reading;
mod saving;
mod sending;
mod settings;
mod shortcut;
mod signals;

pub use connection::{Connection, Port, PortId};
pub use doctor::{Advice, Complaint, Remedy, Surroundings, System};
pub use drawer::Drawer;
pub use escape::{Unescaped, unescape};
pub use history::History;
pub use macros::{Macro, MacroSet, Macros};
pub use outbox::{Progress, Unit};
use outlook::Outlook;
pub use poller::{PollState, Poller};
pub use problem::Problem;
pub use reading::{
    BEGINNING_BYTES, END_UNKNOWN, FileId, FileRest, GivenFile, MOST_UNPACKED_BYTES, PIECE_BYTES, Packing,
};
pub use saving::FileContent;
pub use sending::{FileForm, HeldLine, HeldSending, LineCheck, SendEvent};
pub use settings::{
    FlowControl, LineEnding, LineSettings, LocalEcho, MapForm, Parity, ResetChoice, Settings,
};
pub use shortcut::Shortcut;
pub use signals::{Inputs, OutputLine, ResetSequence, Signals, Step};

use std::rc::Rc;

use crate::demo::{Board as _, Scenario, TasmotaBoard};
use crate::dialect::{Answer, Command, CommandRole, Detected, EventKind, Info, Reader};
use crate::heap::{Forecast, Millis};
use crate::recording::{MarkKind, Recorder, Recording, Source};
use crate::sharing::archive::Writer;
use crate::verdict::{self, Judging, Verdict};
use crate::words::problem::{self as words, mark};
use arrangement::{ArrangeEvent, Arrangement};
use boards::Boards;
pub use boards::KnownPort;
use comparing::{CompareEvent, Comparing};
use connection::Comeback;
use doctor::Doctor;
use poller::News;
use reading::Reading;
use sending::Sending;
use signals::Lines;

/// What happened: the person did something, the browser reported something, or time passed.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Time passed. Send one at least every 250 ms.
    Tick,

    /// Wants to choose a port.
    ConnectClicked,
    /// Wants this port, which was granted before.
    PortClicked(PortId),
    /// Wants the connection or the demo to end.
    DisconnectClicked,
    /// Wants to watch the simulated board.
    DemoClicked,
    /// Dropped a file or pasted a text. A file with names behind a log's numbers, such as a Toit program's snapshot, is
    /// no log: it replaces nothing, and is kept for this recording and those to come.
    TextGiven {
        /// File name, or [`PASTED_TEXT`].
        name: String,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// Dropped or chose files, perhaps several at once. All that are symbol files are taken as with
    /// [`Event::TextGiven`], then the first of the others is read.
    FilesGiven(Vec<GivenFile>),
    /// The next piece of a file, as asked. An empty one where the file ended before.
    FileRead(FileId, Vec<u8>),
    /// The next piece of a file cannot be read.
    FileFailed(FileId, Problem),
    /// Says which firmware it is, by its [`Info::id`]; `None` leaves that to the log again.
    FirmwareChosen(Option<&'static str>),
    /// Wants to go back to the first page.
    StartOverClicked,
    /// Agrees that the recording on screen is replaced.
    ReplaceConfirmed,
    /// Does not.
    ReplaceCancelled,
    /// Typed a line for the board.
    LineTyped(String),
    /// Wants something else sent, or has a say in it.
    Sending(SendEvent),
    /// Compares: measures a step, picks two moments, gives a second log.
    Compare(CompareEvent),
    /// Arranges the panels.
    Arrange(ArrangeEvent),
    /// Asks for a whole report (Tasmota: `Status 44`).
    ReportClicked,
    /// Switches a line of the open port.
    LineSwitched(OutputLine, bool),
    /// Wants the board to be reset.
    ResetClicked,
    /// Changed settings.
    SettingsChanged(Settings),
    /// Wants the log as a file.
    SaveLogClicked,
    /// Wants the recording as a file: every byte with its time.
    SaveRecordingClicked,
    /// Wants this text, which is what the console shows or what is selected there, as a file.
    SaveTextClicked {
        /// The file's content.
        text: String,
        /// Whether it is a part of the log.
        is_selection: bool,
    },
    /// Wants a picture, or the figures in it, as a file.
    PictureTaken {
        /// What the file is called behind the name of the log: `heap-over-time.svg`.
        what: String,
        /// Its content.
        content: FileContent,
    },
    /// Read the problem and closed it.
    ProblemDismissed,
    /// Read the notice and closed it.
    NoticeDismissed,
    /// Wants the board to be read at this baud rate.
    BaudChosen(u32),
    /// Wants an empty line to be sent.
    EmptyLineClicked,
    /// Read the doctor's advice and closed it.
    DoctorDismissed,

    /// Whether this browser has Web Serial at all.
    SerialSupportKnown(bool),
    /// The browser had kept this since the last visit: see [`Effect::Keep`].
    KeptRead(Drawer, String),
    /// What the page finds itself in.
    SurroundingsKnown(Surroundings),
    /// The browser does not let this page use serial ports.
    SerialForbidden,
    /// These ports were granted before.
    PortsListed(Vec<Port>),
    /// The person chose this port.
    PortChosen(Port),
    /// The person closed the chooser, or it found nothing.
    ChooserClosed,
    /// A granted port was plugged in.
    PortPlugged(Port),
    /// A granted port was unplugged.
    PortUnplugged(PortId),
    /// The port is open.
    PortOpened(PortId),
    /// The port could not be opened.
    PortOpenFailed(PortId, String),
    /// Bytes came.
    BytesReceived(PortId, Vec<u8>),
    /// Reading failed, and goes on: the browser's name of the error.
    ReadInterrupted(PortId, String),
    /// The device is gone, or reading failed for good: the browser's words.
    PortLost(PortId, String),
    /// The port is closed, as asked.
    PortClosed(PortId),
    /// Bytes could not be written: the browser's words.
    WriteFailed(PortId, String),
    /// The lines that the far end drives; `None` where the adapter does not tell them.
    SignalsRead(PortId, Option<Inputs>),
    /// The adapter does not switch its lines: the browser's words.
    SignalsFailed(PortId, String),
    /// Something else in the browser failed.
    BrowserFailed(Problem),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Show the browser's chooser. Must follow a click at once.
    ShowChooser,
    /// Open the port.
    OpenPort(PortId, LineSettings),
    /// Close the port.
    ClosePort(PortId),
    /// Send these bytes, after those given before.
    Write(PortId, Vec<u8>),
    /// Switch lines of the port, step by step.
    PlaySignals(PortId, Vec<Step>),
    /// Read the lines of the port that the far end drives.
    ReadSignals(PortId),
    /// Keep the settings.
    SaveSettings(Settings),
    /// Keep this for the next visit, for [`Event::KeptRead`].
    Keep(Drawer, String),
    /// Read so many bytes of a file from this place on, and report them with [`Event::FileRead`].
    ReadFile(FileId, std::ops::Range<u64>),
    /// Hand the person the recording as a packed file: what [`Session::archive`] gives.
    DownloadRecording {
        /// Suggested name.
        name: String,
    },
    /// Hand the person a file.
    Download {
        /// Suggested name.
        name: String,
        /// Content.
        bytes: Vec<u8>,
    },
    /// The same with what stands in an address.
    DownloadAddress {
        /// Suggested name.
        name: String,
        /// `data:image/png;base64,…`
        address: String,
    },
}

/// What stands for the name of a text that was pasted, and has none.
pub const PASTED_TEXT: &str = words::name::PASTED_TEXT;

/// The demo begins this long after the simulated board was switched on, so that there is something to see.
pub const DEMO_HEAD_START: Millis = Millis(9 * 60_000);

/// In the head start the simulated board is asked for its block map at these times.
const DEMO_REPORTS: [Millis; 2] = [Millis(2 * 60_000), Millis(DEMO_HEAD_START.0 - 12_000)];

/// Simulated time passes in steps of this size during the head start.
const DEMO_STEP: Millis = Millis(250);

/// A report from which nothing has come for so long has ended, whatever its last line was.
const REPORT_STALLS_AFTER: Millis = Millis(3_000);

/// A text is read in slices of this size, one a tick, so that the page stays alive while it reads a large file: some
/// milliseconds in a browser that has not had the time yet to make the reader fast.
const SLICE_BYTES: u64 = 32 << 10;

/// A text that is not longer is read at once.
const SMALL_TEXT_BYTES: u64 = 256 << 10;

/// While a text is read, what was found is shown this often.
const READING_SHOWS: Millis = Millis(500);

/// So many symbol files are kept; the oldest goes.
const MAX_SYMBOL_FILES: usize = 16;

/// The verdict is made anew at most this often.
const VERDICT_RHYTHM: Millis = Millis(500);

/// The application. See the module for an example.
pub struct Session {
    settings: Settings,
    connection: Connection,
    /// How the port was opened: the settings may have changed since.
    open_line: LineSettings,
    /// The port that vanished and is being opened again.
    comeback: Option<Comeback>,
    ports: Vec<Port>,
    /// Ports that were unplugged and have not come back.
    strayed: Vec<Port>,
    boards: Boards,
    has_serial: Option<bool>,
    lines: Lines,
    doctor: Doctor,
    recorder: Option<Recorder>,
    recording_number: u64,
    demo: Option<Box<TasmotaBoard>>,
    poller: Poller,
    sending: Sending,
    comparing: Comparing,
    arrangement: Arrangement,
    problem: Option<Problem>,
    /// Something that went well and does not show by itself, in one sentence.
    notice: Option<String>,
    /// The symbol files that were given, for the recordings to come.
    symbol_files: Vec<Vec<u8>>,
    /// An event that waits for the person's word, since it replaces a recording that cannot be had again.
    held: Option<Event>,
    /// The session's clock runs ahead of the page's by this: the demo's head start.
    ahead: Millis,
    /// The present time on the session's clock.
    now: Millis,
    /// When the recording began, on the session's clock.
    began: Millis,
    verdict: Rc<Verdict>,
    outlook: Outlook,
    /// The verdict on a text that was just read to its end.
    judging: Option<Judging>,
    /// When the page was last asked to show how far a text was read.
    shown_at: Millis,
    judged_at: Millis,
    judged_revision: u64,
    revision: u64,
    /// How often reading was interrupted since the port was opened.
    interruptions: u64,
    saved_bytes: u64,
    /// When the last bytes came, on the session's clock.
    last_byte: Millis,
    /// A text that is being read.
    reading: Reading,
}

impl Session {
    /// A session that shows the first page.
    pub fn new(settings: Settings) -> Self {
        Session {
            open_line: settings.line.clone(),
            settings,
            connection: Connection::None,
            comeback: None,
            ports: Vec::new(),
            strayed: Vec::new(),
            boards: Boards::default(),
            has_serial: None,
            lines: Lines::default(),
            doctor: Doctor::default(),
            recorder: None,
            recording_number: 0,
            demo: None,
            poller: Poller::default(),
            sending: Sending::default(),
            comparing: Comparing::default(),
            arrangement: Arrangement::default(),
            problem: None,
            notice: None,
            symbol_files: Vec::new(),
            held: None,
            ahead: Millis(0),
            now: Millis(0),
            began: Millis(0),
            verdict: Rc::new(Verdict::default()),
            outlook: Outlook::default(),
            judging: None,
            shown_at: Millis(0),
            judged_at: Millis(0),
            judged_revision: 0,
            revision: 0,
            interruptions: 0,
            saved_bytes: 0,
            last_byte: Millis(0),
            reading: Reading::default(),
        }
    }

    /// Takes an event at `page_time` (milliseconds since the page was opened) and says what is to be done.
    pub fn handle(&mut self, event: Event, page_time: Millis) -> Vec<Effect> {
        self.now = self.now.max(page_time + self.ahead);
        // What comes by itself all the time grows the revision only where it changes something.
        let is_routine = matches!(event, Event::Tick | Event::SignalsRead(..));
        let mut effects = Vec::new();
        self.take(event, &mut effects);
        self.go_on(&mut effects);
        if !is_routine {
            self.revision += 1;
        }
        self.judge(is_routine);
        effects
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// How it stands with the port.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }
    /// How the port was opened; `None` while none is open. The settings may have changed since.
    pub fn open_line_settings(&self) -> Option<&LineSettings> {
        matches!(self.connection, Connection::Open(_)).then_some(&self.open_line)
    }
    /// The ports that were granted before and are plugged in.
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }
    /// Whether the browser has Web Serial; `None` until it was asked.
    pub fn has_serial(&self) -> Option<bool> {
        self.has_serial
    }
    /// Which recording is on screen: grows with each that begins or ends.
    pub fn recording_number(&self) -> u64 {
        self.recording_number
    }
    /// What is on screen; `None` on the first page.
    pub fn recording(&self) -> Option<&Recording> {
        self.recorder.as_ref().map(Recorder::recording)
    }
    /// The line that has not ended yet, as it came.
    pub fn partial_line(&self) -> &[u8] {
        self.recorder.as_ref().map_or(&[], Recorder::partial_line)
    }
    /// The firmware that speaks, as soon as there is a sign of one.
    pub fn detected(&self) -> Option<Detected<'_>> {
        self.recorder.as_ref()?.detected()
    }
    /// The firmware that the person said it is, if they did.
    pub fn chosen_firmware(&self) -> Option<&'static Info> {
        self.recorder.as_ref()?.overruled_by()
    }
    /// The command that asks the board for a whole report, once it is known that there is one.
    pub fn report_command(&self) -> Option<&'static Command> {
        self.detected()?.info.command(CommandRole::Report)
    }
    /// What the person must be told, if anything.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }
    /// What the person may want to know, if anything: one sentence.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }
    /// Whether the person must say whether the recording on screen may be replaced.
    pub fn is_replacing(&self) -> bool {
        self.held.is_some()
    }
    /// How it stands with asking the board.
    pub fn poll_state(&self) -> PollState {
        self.poller.state(self.now)
    }
    /// How many bytes of a large text are still to be read.
    pub fn unread_bytes(&self) -> u64 {
        self.recorder.as_ref().map_or(0, Recorder::unread_bytes) + self.reading.missing_bytes()
    }
    /// Whether a text is not read to its end yet, or not judged.
    pub fn is_reading(&self) -> bool {
        self.reading.goes_on() || self.judging.is_some()
    }
    /// Whether a text has come and is not in the log yet: there is nothing to show.
    pub fn is_taking(&self) -> bool {
        self.reading.has_beginning()
    }
    /// Whether the next tick goes on with a text: takes it into the log, reads it, or says what it means.
    pub fn has_more_to_read(&self) -> bool {
        self.reads_on() || self.judging.is_some() || self.comparing.has_more_to_read()
    }
    fn reads_on(&self) -> bool {
        let unread = self.recorder.as_ref().map_or(0, Recorder::unread_bytes);
        self.reading.goes_on() && (unread > 0 || self.is_taking() || self.reading.has_all())
    }
    /// How long the log will be when all of its text has come.
    pub fn expected_bytes(&self) -> u64 {
        self.recording().map_or(0, |recording| recording.log().byte_count()) + self.reading.missing_bytes()
    }
    /// Whether lines can be sent: a port is open, or the demo runs.
    pub fn can_send(&self) -> bool {
        matches!(self.connection, Connection::Open(_)) || self.demo.is_some()
    }
    /// Whether the simulated board is running.
    pub fn is_demo_running(&self) -> bool {
        self.demo.is_some()
    }
    /// What the figures mean.
    pub fn verdict(&self) -> &Rc<Verdict> {
        &self.verdict
    }
    /// What would have been said when this log line had come; `None` where nothing came later, and [`Self::verdict`] holds.
    pub fn verdict_at(&self, line: u64) -> Option<Verdict> {
        let past = self.recording()?.past(line);
        (!past.is_whole()).then(|| verdict::judge_past(&past))
    }
    /// When nothing will be free, where that was said now or a moment ago.
    pub fn forecast(&self) -> Option<Forecast> {
        self.outlook.forecast(self.recording_number)
    }
    /// Grows with everything that changes what is on screen.
    pub fn revision(&self) -> u64 {
        self.revision
    }
    /// The present time on the recording's clock.
    pub fn recording_time(&self) -> Millis {
        self.now - self.began
    }

    fn take(&mut self, event: Event, effects: &mut Vec<Effect>) {
        let files = match event {
            Event::TextGiven { name, bytes } => vec![GivenFile::whole(name, bytes)],
            Event::FilesGiven(files) => files,
            event => return self.take_or_hold(event, effects),
        };
        let others = self.without_symbols(files).into_iter();
        let (empty, logs): (Vec<_>, Vec<_>) = others.partition(|file| file.bytes.is_empty());
        match empty.first() {
            _ if !logs.is_empty() => self.take_or_hold(Event::FilesGiven(logs), effects),
            Some(file) => self.problem = Some(Problem::empty_text(&file.name)),
            None => {}
        }
    }

    fn take_or_hold(&mut self, event: Event, effects: &mut Vec<Effect>) {
        if self.would_lose_recording(&event) {
            self.hold(event);
        } else {
            self.carry_out(event, effects);
        }
    }

    fn carry_out(&mut self, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Tick => {
                self.come_back(effects);
                self.read_lines(effects);
                self.learn_board(effects);
                self.examine();
                self.run_demo();
                self.read_slice(effects);
                self.read_other();
            }
            Event::ConnectClicked if self.connection.has_port() => {}
            Event::ConnectClicked => {
                self.problem = None;
                self.doctor.begin_again();
                self.comeback = None;
                self.connection = Connection::Choosing;
                effects.push(Effect::ShowChooser);
            }
            Event::PortClicked(id) => {
                if let Some(port) = self.port(id).cloned() {
                    self.open(port, effects);
                }
            }
            Event::PortChosen(port) => {
                self.remember(port.clone());
                self.open(port, effects);
            }
            Event::ChooserClosed => {
                if self.connection == Connection::Choosing {
                    self.connection = Connection::None;
                    self.doctor.complain(Complaint::NothingChosen);
                }
            }
            Event::BaudChosen(baud) => self.switch_baud(baud, effects),
            Event::EmptyLineClicked => self.send_empty_line(effects),
            Event::DoctorDismissed => self.dismiss_doctor(),
            Event::SurroundingsKnown(surroundings) => self.look_around(surroundings),
            Event::SerialForbidden => self.serial_forbidden(),
            Event::DisconnectClicked => self.disconnect(effects),
            Event::DemoClicked => self.start_demo(effects),
            Event::TextGiven { name, bytes } => self.read_text(GivenFile::whole(name, bytes), effects),
            Event::FilesGiven(files) => self.read_first(files, effects),
            Event::FileRead(file, bytes) => {
                if let Some(recorder) = &mut self.recorder {
                    self.reading.take(file, &bytes, recorder);
                }
                self.read_slice(effects);
            }
            Event::FileFailed(file, problem) => {
                if let Some(recorder) = &mut self.recorder
                    && self.reading.give_up(file, recorder)
                {
                    self.problem = Some(problem);
                }
                self.read_slice(effects);
            }
            Event::FirmwareChosen(id) => self.choose_firmware(id, effects),
            Event::StartOverClicked => {
                self.disconnect(effects);
                self.recorder = None;
                self.reading = Reading::default();
                self.comparing = Comparing::default();
                self.judging = None;
                self.recording_number += 1;
                self.problem = None;
            }
            Event::ReplaceConfirmed => {
                if let Some(event) = self.held.take() {
                    self.carry_out(event, effects);
                }
            }
            Event::ReplaceCancelled => self.held = None,
            Event::LineTyped(text) => self.type_line(text, effects),
            Event::Sending(event) => self.take_send_event(event, effects),
            Event::Compare(event) => self.take_compare_event(event),
            Event::Arrange(event) => self.arrange(event, effects),
            Event::ReportClicked => {
                // A wish that cannot be met now must not come true minutes later.
                if self.can_send() && self.report_command().is_some() {
                    self.poller.ask_for_report();
                }
            }
            Event::SettingsChanged(settings) => {
                self.poller.set_rhythm(settings.poll_enabled, settings.poll_interval, self.now);
                effects.push(Effect::SaveSettings(settings.clone()));
                self.settings = settings;
            }
            Event::SaveRecordingClicked => self.save_recording(effects),
            Event::SaveLogClicked => self.save_log(effects),
            Event::SaveTextClicked { text, is_selection } => {
                let name =
                    self.recording().map(|recording| saving::text_name(recording.source(), is_selection));
                effects.extend(name.map(|name| Effect::Download { name, bytes: text.into_bytes() }));
            }
            Event::PictureTaken { what, content } => {
                let name = self.recording().map(|recording| saving::picture_name(recording.source(), &what));
                effects.extend(name.map(|name| match content {
                    FileContent::Text(text) => Effect::Download { name, bytes: text.into_bytes() },
                    FileContent::Address(address) => Effect::DownloadAddress { name, address },
                }));
            }
            Event::ProblemDismissed => self.problem = None,
            Event::NoticeDismissed => self.notice = None,
            Event::SerialSupportKnown(has_serial) => self.has_serial = Some(has_serial),
            Event::PortsListed(ports) => ports.into_iter().for_each(|port| self.remember(port)),
            Event::PortPlugged(port) => self.plugged(port, effects),
            Event::PortUnplugged(id) => self.unplugged(id),
            Event::PortOpened(id) => self.opened(id, effects),
            Event::PortOpenFailed(id, reason) => self.open_failed(id, &reason),
            Event::BytesReceived(id, bytes) => {
                if self.connection.is_open(id) {
                    self.receive(&bytes);
                }
            }
            Event::ReadInterrupted(id, error) => {
                if self.connection.is_open(id) {
                    self.interrupted(&error);
                }
            }
            Event::PortLost(id, reason) => self.lose_and_try_again(id, &reason),
            Event::KeptRead(drawer, text) => self.take_kept(drawer, &text),
            Event::PortClosed(id) => {
                if self.connection.is_closing(id) {
                    self.connection = Connection::None;
                }
            }
            Event::WriteFailed(id, reason) => {
                if self.connection.is_open(id) {
                    self.problem = Some(Problem::write_failed(&reason));
                }
            }
            Event::LineSwitched(line, on) => self.switch_line(line, on, effects),
            Event::ResetClicked => self.reset_board(effects),
            Event::SignalsRead(id, inputs) => {
                if self.connection.is_open(id) {
                    self.take_inputs(inputs);
                }
            }
            Event::SignalsFailed(id, reason) => {
                if self.connection.is_open(id) {
                    self.lines_are_fixed(&reason);
                }
            }
            Event::BrowserFailed(problem) => self.problem = Some(problem),
        }
    }

    /// Only what came from a port cannot be had again; the demo and a text can. What comes from the same adapter
    /// is added to it.
    fn would_lose_recording(&self, event: &Event) -> bool {
        let Some(recording) = self.recording() else { return false };
        let Source::Port { name } = recording.source() else { return false };
        let replaces = match event {
            Event::DemoClicked | Event::TextGiven { .. } | Event::FilesGiven(_) | Event::StartOverClicked => {
                true
            }
            Event::PortClicked(id) => self.port(*id).is_some_and(|port| port.name != *name),
            Event::PortChosen(port) => port.name != *name,
            _ => false,
        };
        replaces && recording.log().byte_count() > self.saved_bytes
    }

    /// Keeps the event until the person has said whether the recording may be replaced.
    fn hold(&mut self, event: Event) {
        if let Event::PortChosen(port) = &event {
            self.remember(port.clone());
            // The chooser is closed whatever the answer will be.
            if self.connection == Connection::Choosing {
                self.connection = Connection::None;
            }
        }
        self.held = Some(event);
    }

    /// What goes on by itself: asking the board, and sending what waits.
    fn go_on(&mut self, effects: &mut Vec<Effect>) {
        self.go_on_measuring();
        if !self.can_send() {
            return;
        }
        let is_inside_report = self.recorder.as_ref().is_some_and(Recorder::is_inside_report);
        // A report flows. One that stopped in the middle must not silence the console for ever.
        let busy = is_inside_report && self.now - self.last_byte < REPORT_STALLS_AFTER;
        let info = self.detected().map(|detected| detected.info);
        if let Some(command) = self.poller.poll_command(info, busy || self.sending.is_inside(), self.now) {
            let mut bytes = command.send.as_bytes().to_vec();
            // The line end that the dialect executes on, whatever the person's own lines end with.
            bytes.push(b'\n');
            self.send(bytes, effects);
        }
        if let Some(news) = self.poller.poll_news() {
            self.note(news);
        }
        if let Some(problem) = self.poller.poll_problem() {
            self.problem = Some(problem);
            self.revision += 1;
        }
        let quiet = !busy && !self.poller.is_waiting_for(CommandRole::Report);
        if let Some(bytes) = self.poll_outbox(quiet) {
            self.poller.handle_line_sent();
            self.send(bytes, effects);
        }
    }

    fn send(&mut self, bytes: Vec<u8>, effects: &mut Vec<Effect>) {
        match (&mut self.demo, &self.connection) {
            (Some(demo), _) => demo.input(&bytes),
            (None, Connection::Open(port)) => effects.push(Effect::Write(port.id, bytes)),
            _ => {}
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let at = self.recording_time();
        self.last_byte = self.now;
        self.doctor.hear(bytes, self.now);
        if let Some(recorder) = &mut self.recorder {
            let events_before = recorder.recording().events().len();
            let boot_before = recorder.recording().boot();
            let answers = recorder.feed(bytes, at);
            let events = recorder.recording().events().iter().skip(events_before);
            let restarted = events.map(|dated| dated.event.kind).any(|kind| kind == EventKind::Restart);
            // The chip spoke before; now the firmware did.
            let restarted = restarted || recorder.recording().boot() != boot_before;
            self.take_answers(&answers);
            self.poller.handle_bytes(self.now);
            if restarted {
                self.poller.handle_restart(self.now);
            }
            self.revision += 1;
        }
    }

    fn take_answers(&mut self, answers: &[Answer]) {
        for answer in answers {
            self.poller.handle_answer(answer, self.now);
            if answer.topic == "ECHO" {
                self.sending.outbox.handle_echo(&answer.text);
            }
        }
        if !answers.is_empty() {
            self.problem.take_if(|problem| problem.ends_with_answer);
        }
    }

    fn mark(&mut self, kind: MarkKind, text: String) {
        let at = self.recording_time();
        if let Some(recorder) = &mut self.recorder {
            let answers = recorder.mark(at, kind, text);
            self.take_answers(&answers);
        }
    }

    /// What the board does not say itself: that it answers no more, or again.
    fn note(&mut self, news: News) {
        let at = self.recording_time();
        let (kind, text) = match news {
            News::Unanswered(command) => (MarkKind::Unanswered, mark::unanswered(command)),
            News::Answered(command) => (MarkKind::Answered, mark::answered(command)),
        };
        if let Some(recorder) = &mut self.recorder {
            recorder.note(at, kind, text);
            self.revision += 1;
        }
    }

    fn begin_live(&mut self, source: Source) {
        self.reading = Reading::default();
        self.begin(Recorder::new(source));
    }

    fn begin(&mut self, mut recorder: Recorder) {
        for file in &self.symbol_files {
            recorder.take_symbols(file);
        }
        self.recorder = Some(recorder);
        self.comparing = Comparing::default();
        self.recording_number += 1;
        self.began = self.now;
        self.saved_bytes = 0;
        self.judged_revision = 0;
        self.judging = None;
        self.verdict = Rc::new(Verdict::default());
    }

    /// Takes the file if it is one of symbols, and says what it is.
    fn take_symbols(&mut self, file: &[u8]) -> Option<String> {
        let what_it_is = match &mut self.recorder {
            Some(recorder) => {
                if let Some(other) = &mut self.comparing.other {
                    other.take_symbols(file);
                }
                recorder.take_symbols(file)
            }
            None => Reader::default().take_symbols(file),
        }?;
        self.symbol_files.retain(|known| known != file);
        if self.symbol_files.len() == MAX_SYMBOL_FILES {
            self.symbol_files.remove(0);
        }
        self.symbol_files.push(file.to_vec());
        Some(what_it_is)
    }

    /// Takes the symbol files among these and says so; gives the others.
    fn without_symbols(&mut self, mut files: Vec<GivenFile>) -> Vec<GivenFile> {
        let mut taken = Vec::new();
        files.retain(|GivenFile { name, bytes, .. }| {
            let what_it_is = self.take_symbols(bytes);
            taken.extend(what_it_is.iter().map(|it| words::names_taken(name, it)));
            what_it_is.is_none()
        });
        if !taken.is_empty() {
            self.notice = Some(taken.join(" "));
        }
        files
    }

    fn read_first(&mut self, files: Vec<GivenFile>, effects: &mut Vec<Effect>) {
        let mut files = files.into_iter();
        let Some(first) = files.next() else { return };
        let name = first.name.clone();
        self.read_text(first, effects);
        if files.len() > 0 {
            self.problem = Some(Problem::only_one_log(&name, files.len()));
        }
    }

    fn read_text(&mut self, file: GivenFile, effects: &mut Vec<Effect>) {
        self.disconnect(effects);
        self.problem = None;
        // A recording says itself where it came from.
        self.begin(Recorder::new(Source::Text { name: file.name.clone() }));
        self.reading = Reading::begin(file);
        self.begin_reading(effects);
    }

    /// From here on the log is read as this firmware's. A text is read again from its beginning.
    fn choose_firmware(&mut self, id: Option<&'static str>, effects: &mut Vec<Effect>) {
        let is_of_file = |recorder: &mut Recorder| !recorder.recording().source().is_live();
        if let Some(recorder) = self.recorder.take_if(is_of_file) {
            self.begin(recorder.anew());
            self.reading.again();
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.overrule(id);
        }
        self.begin_reading(effects);
    }

    /// Reads a small text at once. A large one is shown first.
    fn begin_reading(&mut self, effects: &mut Vec<Effect>) {
        if self.unread_bytes() <= SMALL_TEXT_BYTES {
            while self.reads_on() {
                self.read_slice(effects);
            }
        } else {
            effects.extend(self.reading.next_piece());
        }
    }

    /// Takes or reads the next part of a text, or ends it when all is read. Each in a turn of its own: judging a large one
    /// takes as long as reading many a slice.
    fn read_slice(&mut self, effects: &mut Vec<Effect>) {
        let Some(recorder) = self.recorder.as_mut().filter(|_| self.reading.goes_on()) else { return };
        if self.reading.has_beginning() {
            self.reading.put_beginning(recorder);
            self.revision += u64::from(!self.reading.has_beginning());
            effects.extend(self.reading.next_piece());
            return;
        }
        if self.reading.ends(recorder) {
            recorder.finish(recorder.last_arrival());
            self.revision += 1;
            // What was said of a part of it is out of date.
            self.judged_revision = 0;
            self.judging = Some(Judging::default());
            self.problem = self.reading.take_problem().or(self.problem.take());
            return;
        }
        // First, so that it comes while this is read.
        effects.extend(self.reading.next_piece());
        recorder.read(SLICE_BYTES);
        if self.now - self.shown_at >= READING_SHOWS {
            self.revision += 1;
            self.shown_at = self.now;
        }
    }

    fn start_demo(&mut self, effects: &mut Vec<Effect>) {
        self.disconnect(effects);
        self.problem = None;
        self.begin_live(Source::Demo);
        self.demo = Some(Box::new(TasmotaBoard::new(Scenario::default())));
        self.sending.forget_board();
        self.poller = Poller::new(&self.settings, self.now);
        let mut reports = DEMO_REPORTS.into_iter().peekable();
        while self.recording_time() < DEMO_HEAD_START {
            self.now = self.now + DEMO_STEP;
            if reports.next_if(|&at| at <= self.recording_time()).is_some() {
                self.poller.ask_for_report();
            }
            self.run_demo();
            self.go_on(effects);
        }
        self.ahead = self.ahead + DEMO_HEAD_START;
    }

    fn run_demo(&mut self) {
        let at = self.recording_time();
        let Some(demo) = &mut self.demo else { return };
        let mut bytes = Vec::new();
        demo.advance(at, &mut bytes);
        self.receive(&bytes);
    }

    /// The recording as a file, piece by piece, before it is compressed.
    pub fn archive(&self) -> Option<Writer<'_>> {
        self.recorder.as_ref().map(Writer::new)
    }

    fn save_recording(&mut self, effects: &mut Vec<Effect>) {
        let Some(recording) = self.recording() else { return };
        let name = saving::recording_name(recording.source());
        self.saved_bytes = recording.log().byte_count();
        effects.push(Effect::DownloadRecording { name });
    }

    fn save_log(&mut self, effects: &mut Vec<Effect>) {
        let Some(recording) = self.recording() else { return };
        let bytes = recording.log().to_bytes();
        let name = saving::log_name(recording.source());
        self.saved_bytes = bytes.len() as u64;
        effects.push(Effect::Download { name, bytes });
    }

    /// Makes the verdict anew when it is time to. That on a text is made one rule at a time, `in_steps`.
    fn judge(&mut self, in_steps: bool) {
        // Half a text says half of the truth, and is soon read.
        let is_due = self.judged_revision != self.revision
            && !self.reading.goes_on()
            && (self.judged_revision == 0 || self.now - self.judged_at >= VERDICT_RHYTHM);
        if !is_due {
            return;
        }
        let judging = self.judging.take();
        let is_of_text = judging.is_some();
        if let Some(recorder) = &self.recorder {
            let past = recorder.recording().whole();
            self.verdict = match judging.filter(|_| in_steps) {
                None => Rc::new(verdict::judge_past(&past)),
                Some(mut judging) => match judging.advance(&past) {
                    Some(verdict) => Rc::new(verdict),
                    None => {
                        self.judging = Some(judging);
                        return;
                    }
                },
            };
            let number = self.recording_number;
            self.outlook.judged(number, &self.verdict, past.boot(), self.now);
        }
        self.revision += u64::from(is_of_text);
        self.judged_at = self.now;
        self.judged_revision = self.revision;
    }
}
