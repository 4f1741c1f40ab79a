//! Dialects: how each firmware writes about its heap, and what it can be asked.
//!
//! A dialect is one file and one line in [`ALL`]. It is a small streaming recogniser over lines: it never
//! blocks, never panics, never returns an error, and copes with a report that is cut off or has foreign
//! lines inside. It keeps no log, knows no clock, and judges nothing.
//!
//! ```
//! use heapscope_reader::dialect::{Reader, What};
//!
//! let mut findings = Vec::new();
//! let mut reader = Reader::default();
//! reader.feed(b"18:40:08.501-023/02 CMD: Status 4\r\n", &mut |_| {}, &mut findings);
//! let What::Sample(sample) = &findings[0].what else { panic!() };
//! assert_eq!(sample.source, "timestamp");
//! ```

mod detection;
mod espressif;
mod finding;
// For the command line: the page writes none.
#[cfg(not(target_arch = "wasm32"))]
pub mod ndjson;
mod output;
mod reader;
mod scan;
mod tasmota;
mod toit;
mod umm;

pub use detection::{Detected, Sign, Sureness};
pub use espressif::BOOT_ROM;
pub use finding::{Answer, Event, EventKind, Extra, Finding, LineRange, Report, Sample, What};
pub use output::Output;
pub use reader::{Reader, readable};
pub use scan::{Field, json_fields};

/// Every dialect. A new firmware is a new file and a new line here.
pub static ALL: &[fn() -> Box<dyn Dialect>] = &[
    || Box::new(tasmota::Tasmota::default()),
    || Box::new(umm::Umm::default()),
    || Box::new(toit::Toit::default()),
    || Box::new(espressif::Espressif::default()),
];

/// The firmwares among them, without the allocators and chips whose messages stand in the logs of many.
pub fn firmwares() -> impl Iterator<Item = &'static Info> {
    ALL.iter().map(|make| make()).filter(|dialect| dialect.board().is_some()).map(|dialect| dialect.info())
}

/// What can be sent to a board before its dialect is known.
pub fn probes() -> impl Iterator<Item = &'static Command> {
    ALL.iter().filter_map(|make| make().info().command(CommandRole::Probe))
}

/// A streaming recogniser of one firmware's log.
pub trait Dialect {
    /// Who it is and what its boards can be asked.
    fn info(&self) -> &'static Info;

    /// Takes the next line. Most lines are none of its business: leaving early is what makes it fast.
    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>);

    /// Whether a line that begins with this byte may be its business, when nothing is open. Lines for which neither
    /// this nor [`Dialect::may_end_with`] holds are not given to it: nearly all lines are others'.
    fn may_begin_with(&self, _first: u8) -> bool {
        true
    }

    /// Whether a line that ends with this byte may be its business, whatever it begins with.
    fn may_end_with(&self, _last: u8) -> bool {
        true
    }

    /// Whether something is open, so that it must see every line.
    fn is_open(&self) -> bool {
        false
    }

    /// The log ends, or bytes were lost here: what is open is handed out as incomplete.
    fn finish(&mut self, output: &mut Output<'_>);

    /// Another board may follow: what is known of this one is forgotten. What is open was finished before.
    fn forget(&mut self);

    /// Whether a report is being printed right now. A board must not be asked anything meanwhile.
    fn is_inside_report(&self) -> bool {
        false
    }

    /// Takes a file that knows names behind the numbers in this firmware's logs, and says in a few words what it is:
    /// `Toit program 0b52d4f8…, 512 classes, 3 021 methods`. `None` when it is none of its own. What was taken is kept
    /// until the end, also when another board follows.
    fn take_symbols(&mut self, _file: &[u8]) -> Option<String> {
        None
    }

    /// Puts names where only numbers stand, in something that this dialect found, as far as the symbol files go.
    fn name(&self, _what: &mut What) {}

    /// What its log said of the board so far. `None` for what is no firmware of its own: an allocator or a chip's
    /// own messages, which stand in the logs of many firmwares.
    fn board(&self) -> Option<&Board> {
        None
    }
}

/// A dialect's constants.
#[derive(Debug, PartialEq, Eq)]
pub struct Info {
    /// Its name in findings and files, for ever: `tasmota`.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What its boards can be asked.
    pub commands: &'static [Command],
}

impl Info {
    /// The command for this, if its boards have one.
    pub fn command(&self, role: CommandRole) -> Option<&'static Command> {
        self.commands.iter().find(|command| command.role == role)
    }
}

/// Something that a board of a dialect can be asked. None of these changes a setting on the board.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// What it is for.
    pub role: CommandRole,
    /// What is sent, without the line end.
    pub send: &'static str,
    /// The [`Answer::topic`] that ends the wait.
    pub answer_topic: &'static str,
    /// What a button says.
    pub label: &'static str,
    /// One sentence for a button's tooltip.
    pub about: &'static str,
    /// After this many milliseconds without an answer, none will come.
    pub patience_millis: u64,
    /// What to do when the board refuses it, in one sentence.
    pub when_refused: &'static str,
}

/// What a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandRole {
    /// Harmless to any board, and answered by those of this dialect.
    Probe,
    /// Asks for heap figures; may be repeated for hours.
    Figures,
    /// Asks for a whole report; may block the board for seconds, so only people ask.
    Report,
}

/// What the log said about the board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// The firmware's version, if it was printed.
    pub version: Option<String>,
    /// Which build of the firmware it is, if that was printed: `release-tasmota`, `tasmota32c3`.
    pub build: Option<String>,
    /// The version of the framework it was built with, if it was printed: `2.7.8`.
    pub core: Option<String>,
    /// The chip, if it was printed: `ESP8266`, `ESP32-C3`.
    pub chip: Option<String>,
    /// The name that its owner gave it, if it was printed.
    pub name: Option<String>,
    /// Why it restarted the last time, in the firmware's words, if that was printed.
    pub restart_reason: Option<String>,
}

/// A line as dialects see it: as text, without colours.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its place in the log, from 0.
    pub number: u64,
    /// Its text. What is not UTF-8 stands as U+FFFD.
    pub text: &'a str,
}
