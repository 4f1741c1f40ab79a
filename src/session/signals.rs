//! The modem lines of a port: what is known of them, and the sequence that the reset button plays on them.
//!
//! No line is switched that nobody asked to be switched: opening, closing and pausing touch none. What the system does to
//! them when it opens a port cannot be read back, so DTR and RTS are `None` until a person switched them.
//!
//! On most boards with an ESP chip two transistors join DTR and RTS to the chip: RTS alone holds it in reset, DTR alone
//! holds GPIO0 low, which asks the boot ROM to wait for an upload; both together do nothing. Some drivers switch one
//! after the other, and some boards are wired otherwise: so a sequence is data.
//!
//! ```
//! use heapscope::heap::Millis;
//! use heapscope::session::{ResetSequence, Step};
//!
//! let sequence = ResetSequence::parse("dtr off, rts on, wait 100, rts off").unwrap();
//! let both = Step::Switch { dtr: Some(false), rts: Some(true) };
//! let free = Step::Switch { dtr: None, rts: Some(false) };
//! assert_eq!(sequence.steps(), [both, Step::Wait(Millis(100)), free]);
//! assert_eq!(sequence.to_string(), "dtr off, rts on, wait 100, rts off");
//! ```

use std::fmt;

use super::connection::{Connection, PortId};
use super::settings::ResetChoice;
use super::{Effect, Session};
use crate::heap::Millis;
use crate::recording::MarkKind;
use crate::words::problem::{self as words, mark};

/// What is known of the lines of the open port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// Data terminal ready; `None` while it is as the system set it.
    pub dtr: Option<bool>,
    /// Request to send; `None` while it is as the system set it.
    pub rts: Option<bool>,
    /// The lines that the board drives; `None` where the adapter does not tell them.
    pub inputs: Option<Inputs>,
    /// Whether the adapter refused to switch DTR and RTS.
    pub is_fixed: bool,
}

/// The lines that the far end drives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Clear to send.
    pub cts: bool,
    /// Data set ready.
    pub dsr: bool,
    /// Data carrier detect.
    pub dcd: bool,
    /// Ring indicator.
    pub ri: bool,
}

/// A line that the page can switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputLine {
    /// Data terminal ready.
    Dtr,
    /// Request to send.
    Rts,
}

/// One step of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Switches these lines at once; `None` leaves a line as it is.
    Switch {
        /// Data terminal ready.
        dtr: Option<bool>,
        /// Request to send.
        rts: Option<bool>,
    },
    /// Waits at least so long.
    Wait(Millis),
}

impl Step {
    /// Switches this line alone.
    pub fn switch(line: OutputLine, on: bool) -> Self {
        match line {
            OutputLine::Dtr => Step::Switch { dtr: Some(on), rts: None },
            OutputLine::Rts => Step::Switch { dtr: None, rts: Some(on) },
        }
    }
}

/// What the reset button does to the lines. As text: `dtr on`, `rts off`, `wait 100` (milliseconds), with anything between
/// them; lines that are switched with no `wait` between them are switched at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResetSequence(Vec<Step>);

/// No board wants longer; whoever types a zero too many is not to wait for minutes.
const LONGEST_WAIT: Millis = Millis::from_secs(5);

/// More steps than any board wants.
const MOST_STEPS: usize = 32;

/// Orders and times as in esptool's `reset.py`.
const HOLD: Step = Step::Switch { dtr: Some(false), rts: Some(true) };
const HELD: Step = Step::Wait(Millis(100));
const FREE: Step = Step::Switch { dtr: Some(false), rts: Some(false) };
const ESP_RUN: [Step; 3] = [HOLD, HELD, Step::Switch { dtr: None, rts: Some(false) }];
const ESP_BOOTLOADER: [Step; 5] = [
    HOLD,
    HELD,
    Step::Switch { dtr: Some(true), rts: Some(false) },
    Step::Wait(Millis(50)),
    Step::Switch { dtr: Some(false), rts: None },
];

/// A chip that is its own USB adapter (ESP32-C3, -S3 and later) has no transistors: DTR alone is remembered as the wish
/// for an upload until both are off, so the lines must go over both on to RTS alone, which resets it.
const ESP_USB_BOOTLOADER: [Step; 9] = [
    FREE,
    HELD,
    Step::Switch { dtr: Some(true), rts: Some(false) },
    HELD,
    Step::Switch { dtr: None, rts: Some(true) },
    Step::Wait(Millis(1)),
    HOLD,
    HELD,
    FREE,
];

impl ResetSequence {
    /// From its text; `None` when that is not understood, or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words =
            text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut steps: Vec<Step> = Vec::new();
        while let Some(word) = words.next() {
            let value = words.next()?;
            let step = match word.to_ascii_lowercase().as_str() {
                "dtr" => Step::switch(OutputLine::Dtr, switched(value)?),
                "rts" => Step::switch(OutputLine::Rts, switched(value)?),
                "wait" => Step::Wait(value.parse().ok().map(Millis).filter(|wait| *wait <= LONGEST_WAIT)?),
                _ => return None,
            };
            match (steps.last_mut(), step) {
                (Some(Step::Switch { dtr, rts }), Step::Switch { dtr: new_dtr, rts: new_rts }) => {
                    (*dtr, *rts) = (new_dtr.or(*dtr), new_rts.or(*rts));
                }
                _ => steps.push(step),
            }
        }
        (steps.len() <= MOST_STEPS).then_some(ResetSequence(steps))
    }

    /// What is done, in order.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

fn switched(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "on" | "1" | "true" => Some(true),
        "off" | "0" | "false" => Some(false),
        _ => None,
    }
}

impl fmt::Display for ResetSequence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |line: &str, state: Option<bool>| {
            state.map(|on| format!("{line} {}", if on { "on" } else { "off" }))
        };
        let parts = self.0.iter().flat_map(|step| match step {
            Step::Switch { dtr, rts } => [on("dtr", *dtr), on("rts", *rts)],
            Step::Wait(wait) => [Some(format!("wait {}", wait.0)), None],
        });
        out.write_str(&parts.flatten().collect::<Vec<_>>().join(", "))
    }
}

impl ResetChoice {
    /// The sequence of this choice, where it is not the person's own.
    fn sequence(self) -> Option<ResetSequence> {
        match self {
            ResetChoice::EspRun => Some(ResetSequence(ESP_RUN.to_vec())),
            ResetChoice::EspBootloader => Some(ResetSequence(ESP_BOOTLOADER.to_vec())),
            ResetChoice::EspUsbBootloader => Some(ResetSequence(ESP_USB_BOOTLOADER.to_vec())),
            ResetChoice::Nothing | ResetChoice::Own => None,
        }
    }
}

/// How often the lines are read that the far end drives.
const READ_RHYTHM: Millis = Millis::from_secs(1);

/// The lines of the open port, and when they are read next.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub signals: Signals,
    next_read: Millis,
    /// Whether an answer is awaited, or the adapter does not tell them.
    is_done_reading: bool,
}

impl Session {
    /// What is known of the lines of the open port.
    pub fn signals(&self) -> Signals {
        self.lines.signals
    }

    /// What the reset button does; `None` where there is none: no port is open, the adapter switches no lines, or the
    /// person chose to have none.
    pub fn reset_sequence(&self) -> Option<ResetSequence> {
        let is_open = matches!(self.connection, Connection::Open(_)) && !self.lines.signals.is_fixed;
        let sequence = match self.settings.reset {
            ResetChoice::Own => Some(self.settings.own_reset.clone()),
            choice => choice.sequence(),
        };
        sequence.filter(|sequence| is_open && !sequence.steps().is_empty())
    }

    /// The person switches a line.
    pub(super) fn switch_line(&mut self, line: OutputLine, on: bool, effects: &mut Vec<Effect>) {
        let Connection::Open(port) = &self.connection else { return };
        let id = port.id;
        self.mark(MarkKind::Connection, mark::switched(line == OutputLine::Dtr, on));
        self.play(id, vec![Step::switch(line, on)], effects);
    }

    /// The person wants the board to be reset.
    pub(super) fn reset_board(&mut self, effects: &mut Vec<Effect>) {
        let Connection::Open(port) = &self.connection else { return };
        let id = port.id;
        if let Some(sequence) = self.reset_sequence() {
            self.mark(MarkKind::Connection, mark::reset(&sequence.to_string()));
            self.play(id, sequence.0, effects);
        }
    }

    fn play(&mut self, id: PortId, steps: Vec<Step>, effects: &mut Vec<Effect>) {
        for step in &steps {
            if let Step::Switch { dtr, rts } = step {
                let signals = &mut self.lines.signals;
                (signals.dtr, signals.rts) = (dtr.or(signals.dtr), rts.or(signals.rts));
            }
        }
        effects.push(Effect::PlaySignals(id, steps));
    }

    /// Reads the lines of the far end now and then.
    pub(super) fn read_lines(&mut self, effects: &mut Vec<Effect>) {
        if let Connection::Open(port) = &self.connection
            && !self.lines.is_done_reading
            && self.lines.next_read <= self.now
        {
            self.lines.is_done_reading = true;
            self.lines.next_read = self.now + READ_RHYTHM;
            effects.push(Effect::ReadSignals(port.id));
        }
    }

    pub(super) fn take_inputs(&mut self, inputs: Option<Inputs>) {
        // An adapter that does not tell them is not asked again.
        self.lines.is_done_reading = inputs.is_none();
        if self.lines.signals.inputs != inputs {
            self.lines.signals.inputs = inputs;
            self.revision += 1;
        }
    }

    /// The adapter has no such lines, or its driver does not switch them: said once, and nothing else changes.
    pub(super) fn lines_are_fixed(&mut self, reason: &str) {
        let was_known = std::mem::replace(&mut self.lines.signals.is_fixed, true);
        (self.lines.signals.dtr, self.lines.signals.rts) = (None, None);
        if !was_known {
            self.notice = Some(words::lines_are_fixed(reason));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_survives_being_written_down() {
        let longest = "dtr off, rts on, wait 100, dtr on, rts off, wait 50, dtr off";
        assert_eq!(ResetChoice::EspBootloader.sequence().unwrap().to_string(), longest);
        for text in [longest, "dtr on, wait 0, rts on", ""] {
            assert_eq!(ResetSequence::parse(text).unwrap().to_string(), text);
        }
        for sequence in ResetChoice::ALL.iter().filter_map(|choice| choice.sequence()) {
            assert_eq!(ResetSequence::parse(&sequence.to_string()), Some(sequence));
        }
        let loose = ResetSequence::parse(" RTS=1;\n wait(20) / rts:false ").unwrap();
        assert_eq!(loose.to_string(), "rts on, wait 20, rts off");
    }

    #[test]
    fn what_is_no_sequence_is_none() {
        let long = "rts on, wait 1, ".repeat(MOST_STEPS);
        for text in ["rts", "rts maybe", "wait", "wait long", "wait 5001", "cts on", "rts on wait", &long] {
            assert_eq!(ResetSequence::parse(text), None, "{text}");
        }
    }

    /// RTS alone is reset, DTR alone is GPIO0 low; both or none is neither. The ROM looks at GPIO0 when reset ends.
    #[test]
    fn the_sequences_do_to_a_chip_what_they_say() {
        for (choice, waits_for_upload) in [(ResetChoice::EspRun, false), (ResetChoice::EspBootloader, true)] {
            // A system that opens a port most often has switched both on.
            let (mut dtr, mut rts, mut resets, mut boots) = (true, true, 0, Vec::new());
            for step in choice.sequence().unwrap().steps() {
                let was_reset = rts && !dtr;
                if let Step::Switch { dtr: new_dtr, rts: new_rts } = *step {
                    (dtr, rts) = (new_dtr.unwrap_or(dtr), new_rts.unwrap_or(rts));
                }
                let is_reset = rts && !dtr;
                resets += usize::from(is_reset && !was_reset);
                if was_reset && !is_reset {
                    boots.push(dtr && !rts);
                }
            }
            assert_eq!((resets, boots, dtr, rts), (1, vec![waits_for_upload], false, false));
        }
    }
    /// The wish for an upload stands from DTR alone until both lines are off; RTS alone resets.
    #[test]
    fn a_chip_with_its_own_usb_waits_for_an_upload() {
        let (mut dtr, mut rts, mut wishes, mut boots) = (true, true, false, Vec::new());
        for step in ResetChoice::EspUsbBootloader.sequence().unwrap().steps() {
            let was_reset = rts && !dtr;
            if let Step::Switch { dtr: new_dtr, rts: new_rts } = *step {
                (dtr, rts) = (new_dtr.unwrap_or(dtr), new_rts.unwrap_or(rts));
            }
            wishes = dtr && !rts || rts && wishes;
            if rts && !dtr && !was_reset {
                boots.push(wishes);
            }
        }
        assert_eq!((boots, dtr, rts), (vec![true], false, false));
    }
}
