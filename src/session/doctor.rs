//! The connection doctor: what keeps a board from being read, and what to do about it.
//!
//! It looks at what happened (a chooser that was closed empty, a port that did not open, bytes that are no text, no bytes
//! at all) and at what the browser can do, and comes to one [`Complaint`]. It is calm: one at a time, gone by itself when it
//! is over, and once dismissed it does not come back before the port is opened anew. What a browser can do it knows from
//! the features that are there, never from the browser's name (that there is no Web Serial at all says the first page); the system's name only decides which advice stands first.
//!
//! For example a port that is open for 20 seconds and silent is [`Complaint::Silence`]; with it comes a button that sends
//! an empty line, unless the firmware is known and has no harmless one.

use super::baud;
use super::connection::Connection;
use super::{Effect, Event, Session};
use crate::dialect::CommandRole;
use crate::heap::Millis;
use crate::recording::MarkKind;
use crate::words::connection::lines;
use crate::words::doctor as words;
use crate::words::problem::mark;

/// What the page finds itself in. What was not asked yet is as on a computer where all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether the page came over https, or from this computer: only there browsers have Web Serial.
    pub is_secure: bool,
    /// Whether another page frames this one.
    pub is_framed: bool,
    /// Whether the page's own permissions policy allows serial ports; `None` where the browser does not tell.
    pub is_allowed: Option<bool>,
    /// The operating system.
    pub system: Option<System>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Surroundings { is_secure: true, is_framed: false, is_allowed: None, system: None }
    }
}

/// An operating system, as far as advice differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux on a computer.
    Linux,
    /// Windows.
    Windows,
    /// macOS.
    MacOs,
    /// Android.
    Android,
}

impl System {
    /// All of them.
    pub const ALL: [System; 4] = [System::Windows, System::MacOs, System::Linux, System::Android];

    /// From what a browser calls the platform: `Linux x86_64`, `Win32`, `MacIntel`, `Android`.
    pub fn of_platform(platform: &str) -> Option<Self> {
        let has = |part: &str| platform.contains(part);
        match () {
            () if has("Android") => Some(System::Android),
            () if has("Linux") => Some(System::Linux),
            () if has("Win") => Some(System::Windows),
            () if has("Mac") || has("macOS") => Some(System::MacOs),
            () => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            System::Linux => "Linux",
            System::Windows => "Windows",
            System::MacOs => "macOS",
            System::Android => "Android",
        }
    }
}

/// What keeps a board from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// The page was not loaded in a way that lets a browser offer Web Serial.
    Insecure,
    /// Another page frames this one and does not hand the permission on.
    Framed,
    /// Serial ports are blocked for this page.
    Forbidden,
    /// The chooser was closed with nothing chosen: maybe nothing was in it.
    NothingChosen,
    /// The port does not open: most often somebody else has it.
    Busy,
    /// Bytes come, and are no text.
    Garbage {
        /// The rate at which they are received, in bits per second.
        at: u32,
        /// The rates at which they may have been sent, the most likely first.
        likely: Vec<u32>,
    },
    /// The port is open, and nothing comes.
    Silence {
        /// Whether an empty line may be sent.
        can_send: bool,
    },
}

/// A piece of advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// For this system only.
    pub system: Option<System>,
    /// One or two sentences.
    pub text: &'static str,
}

impl Complaint {
    /// What it is, in one sentence.
    pub fn title(&self) -> String {
        match self {
            Complaint::Insecure => words::INSECURE.to_owned(),
            Complaint::Framed => words::FRAMED.to_owned(),
            Complaint::Forbidden => words::FORBIDDEN.to_owned(),
            Complaint::NothingChosen => words::NOTHING_CHOSEN.to_owned(),
            Complaint::Busy => words::BUSY.to_owned(),
            Complaint::Garbage { at, likely } => words::garbage(*at, likely.first().copied()),
            Complaint::Silence { .. } => words::SILENCE.to_owned(),
        }
    }

    /// What to do, in the order in which to try it.
    pub fn advice(&self) -> Vec<Advice> {
        let any = |texts: &[&'static str]| texts.iter().map(|&text| Advice { system: None, text }).collect();
        let on = |system, texts: &[&'static str]| {
            texts.iter().map(|&text| Advice { system: Some(system), text }).collect::<Vec<_>>()
        };
        let mut advice: Vec<_> = match self {
            Complaint::Insecure => any(&[words::OPEN_SECURELY]),
            Complaint::Framed => any(&[words::OPEN_UNFRAMED, words::ALLOW_IN_FRAME]),
            Complaint::Forbidden => any(&[words::ALLOW_IN_SITE_SETTINGS, words::ASK_ADMINISTRATOR]),
            Complaint::NothingChosen => any(&[words::DATA_CABLE, words::OTHER_SOCKET]),
            Complaint::Busy => any(&[words::CLOSE_OTHERS, words::OTHER_TABS, words::REPLUG]),
            Complaint::Garbage { at, likely }
                if likely.contains(&baud::ESP8266_BOOT_ROM) && *at == 115_200 =>
            {
                any(&[words::BOOT_ROM, words::TRY_RATES, words::LOOSE_GROUND])
            }
            Complaint::Garbage { .. } => any(&[words::TRY_RATES, words::LOOSE_GROUND]),
            Complaint::Silence { .. } => {
                any(&[words::PRESS_RESET, words::WIRES, words::OTHER_CONSOLE, words::LEFT_IN_RESET])
            }
        };
        match self {
            Complaint::NothingChosen => {
                advice.extend(on(System::Windows, &[words::WINDOWS_DRIVER]));
                advice.extend(on(System::MacOs, &[words::MACOS_DRIVER, words::MACOS_ALLOW]));
                advice.extend(on(
                    System::Linux,
                    &[words::LINUX_GROUP, words::LINUX_SNAP, words::LINUX_FLATPAK, words::LINUX_BRLTTY],
                ));
                advice.extend(on(System::Android, &[words::ANDROID_CABLE]));
            }
            Complaint::Busy => {
                advice.extend(on(
                    System::Linux,
                    &[words::LINUX_GROUP, words::LINUX_SNAP, words::LINUX_MODEM_MANAGER],
                ));
                advice.extend(on(System::Windows, &[words::WINDOWS_BUSY]));
            }
            _ => {}
        }
        advice
    }

    fn is_like(&self, other: &Complaint) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// So many of the last bytes are looked at.
const RECENT_BYTES: usize = 256;

/// Garbage that comes for so long does not end by itself, as a boot ROM's does.
const GARBAGE_FOR: Millis = Millis(2_000);

/// Where nothing readable ever came, a burst of garbage that nothing follows for so long is not a boot ROM's alone, or its
/// board says nothing else.
const BURST_ALONE_FOR: Millis = Millis::from_secs(20);

/// A board that has said nothing for so long since the port was opened is silent.
const SILENCE_FOR: Millis = Millis::from_secs(20);

/// So many interruptions without enough bytes to look at are garbage as well.
const INTERRUPTIONS: u64 = 20;

/// What the doctor has seen of the port since it was opened.
#[derive(Debug, Default)]
pub(super) struct Doctor {
    pub surroundings: Surroundings,
    complaint: Option<Complaint>,
    /// What the person has read and closed.
    dismissed: Vec<Complaint>,
    opened_at: Millis,
    recent: Vec<u8>,
    /// When bytes came last.
    heard_at: Option<Millis>,
    has_heard_text: bool,
    garbage_since: Option<Millis>,
}

impl Doctor {
    /// A port was opened: whatever was the matter is over.
    pub fn port_opened(&mut self, now: Millis) {
        let surroundings = std::mem::take(&mut self.surroundings);
        *self = Doctor { surroundings, opened_at: now, ..Doctor::default() };
    }

    /// The port is no longer there.
    pub fn port_gone(&mut self) {
        self.complaint.take_if(|it| matches!(it, Complaint::Garbage { .. } | Complaint::Silence { .. }));
        (self.recent, self.garbage_since) = (Vec::new(), None);
    }

    /// Bytes came.
    pub fn hear(&mut self, bytes: &[u8], now: Millis) {
        self.heard_at = Some(now);
        self.recent.extend_from_slice(&bytes[bytes.len().saturating_sub(RECENT_BYTES)..]);
        self.recent.drain(..self.recent.len().saturating_sub(RECENT_BYTES));
    }

    pub fn complain(&mut self, complaint: Complaint) {
        if !self.dismissed.iter().any(|known| known.is_like(&complaint)) {
            self.complaint = Some(complaint);
        }
    }

    /// The person wants to try again.
    pub fn begin_again(&mut self) {
        (self.complaint, self.dismissed) = (None, Vec::new());
    }
}

/// What a person can do against a complaint with one click.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// What kind it is, for tests and styles: `baud`, `connect`, `send`, `reset`.
    pub key: &'static str,
    /// What stands on its button.
    pub label: String,
    /// What it does.
    pub event: Event,
}

impl Session {
    /// What can be done against the complaint with one click, the most promising first.
    pub fn remedies(&self) -> Vec<Remedy> {
        let remedy = |key, label: &str, event| Remedy { key, label: label.to_owned(), event };
        match self.complaint() {
            None | Some(Complaint::Insecure | Complaint::Framed | Complaint::Forbidden) => Vec::new(),
            Some(Complaint::NothingChosen | Complaint::Busy) => {
                vec![remedy("connect", words::CONNECT_AGAIN, Event::ConnectClicked)]
            }
            Some(Complaint::Garbage { likely, .. }) => {
                let switch = |&baud| remedy("baud", &words::use_baud(baud), Event::BaudChosen(baud));
                likely.iter().map(switch).collect()
            }
            Some(Complaint::Silence { can_send }) => {
                let send = remedy("send", words::SEND_EMPTY_LINE, Event::EmptyLineClicked);
                let reset = remedy("reset", lines::RESET_BOARD, Event::ResetClicked);
                let can_reset = self.reset_sequence().is_some();
                [can_send.then_some(send), can_reset.then_some(reset)].into_iter().flatten().collect()
            }
        }
    }

    /// What keeps a board from being read, if anything does.
    pub fn complaint(&self) -> Option<&Complaint> {
        self.doctor.complaint.as_ref()
    }

    /// What the page finds itself in.
    pub fn surroundings(&self) -> &Surroundings {
        &self.doctor.surroundings
    }

    /// The browser said what it can do.
    pub(super) fn look_around(&mut self, surroundings: Surroundings) {
        let complaint = match surroundings {
            Surroundings { is_secure: false, .. } => Some(Complaint::Insecure),
            Surroundings { is_framed: true, is_allowed: Some(false), .. } => Some(Complaint::Framed),
            Surroundings { is_allowed: Some(false), .. } => Some(Complaint::Forbidden),
            _ => None,
        };
        self.doctor.surroundings = surroundings;
        if let Some(complaint) = complaint {
            self.doctor.complain(complaint);
        }
    }

    /// The browser refused to show its chooser, or its list of ports.
    pub(super) fn serial_forbidden(&mut self) {
        self.doctor.complain(match self.doctor.surroundings.is_framed {
            true => Complaint::Framed,
            false => Complaint::Forbidden,
        });
    }

    /// Looks whether what comes is text, and whether anything comes.
    pub(super) fn examine(&mut self) {
        if !matches!(self.connection, Connection::Open(_)) {
            return;
        }
        let (now, at) = (self.now, self.open_line.baud);
        let can_send =
            self.detected().is_none_or(|detected| detected.info.command(CommandRole::Probe).is_some());
        let errors_alone =
            self.interruptions >= INTERRUPTIONS && self.doctor.recent.len() < baud::ENOUGH_BYTES;
        let doctor = &mut self.doctor;
        let garbage =
            errors_alone || (doctor.recent.len() >= baud::ENOUGH_BYTES && !baud::is_text(&doctor.recent));
        let since = match garbage {
            true => Some(*doctor.garbage_since.get_or_insert(now)),
            false => None,
        };
        doctor.garbage_since = since;
        doctor.has_heard_text |= !garbage && doctor.recent.len() >= baud::ENOUGH_BYTES;
        let last = if errors_alone { now } else { doctor.heard_at.unwrap_or(now) };
        let goes_on = |since: Millis| {
            last - since >= GARBAGE_FOR || !doctor.has_heard_text && now - since >= BURST_ALONE_FOR
        };
        let before = doctor.complaint.clone();
        match since {
            None => {
                doctor.complaint.take_if(|it| matches!(it, Complaint::Garbage { .. }));
            }
            Some(since) if doctor.complaint.is_none() && goes_on(since) => {
                let likely = match errors_alone {
                    true => baud::much_slower(at),
                    false => baud::estimate(&doctor.recent, at, self.interruptions > 0),
                };
                doctor.complain(Complaint::Garbage { at, likely });
            }
            Some(_) => {}
        }
        if doctor.heard_at.is_some() || errors_alone {
            doctor.complaint.take_if(|it| matches!(it, Complaint::Silence { .. }));
        } else if now - doctor.opened_at >= SILENCE_FOR && doctor.complaint.is_none() {
            doctor.complain(Complaint::Silence { can_send });
        }
        if before != doctor.complaint {
            self.revision += 1;
        }
    }

    /// The person read it and closed it.
    pub(super) fn dismiss_doctor(&mut self) {
        self.doctor.dismissed.extend(self.doctor.complaint.take());
    }

    /// The person wants the board to be read at this rate: the port is opened anew.
    pub(super) fn switch_baud(&mut self, baud: u32, effects: &mut Vec<Effect>) {
        self.settings.line.baud = baud;
        effects.push(Effect::SaveSettings(self.settings.clone()));
        if let Connection::Open(port) = &self.connection {
            let port = port.clone();
            self.mark(MarkKind::Connection, mark::reopened_at(baud));
            self.problem = None;
            self.doctor.port_gone();
            // One order after the other: the port is closed before it is opened.
            effects.push(Effect::ClosePort(port.id));
            self.begin_opening(port, effects);
        }
    }

    /// The person wants an empty line to be sent, to see whether anybody answers.
    pub(super) fn send_empty_line(&mut self, effects: &mut Vec<Effect>) {
        if self.can_send() {
            self.send(vec![b'\n'], effects);
        }
    }
}
