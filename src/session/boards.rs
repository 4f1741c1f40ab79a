//! Which board is behind which adapter, as far as the firmware said it.
//!
//! A port has no name or serial number, so several adapters alike are told apart by what their boards said: the name that
//! its owner gave a board, else its firmware and chip. A label belongs to a port object while the page lives; for the
//! next time only the adapter's USB ids and the names that were seen behind them can be kept.
//! It refuses to guess: where several names are possible, all of them are said.
//!
//! Kept as text, a line for each: `10c4:ea60 kitchen-plug`.

use super::connection::{Connection, Port, PortId};
use super::{Drawer, Effect, Session};
use crate::dialect::Detected;
use crate::recording::MarkKind;
use crate::words::problem::mark;

/// So many names are kept; the one that was not seen for the longest goes.
const MOST_KEPT: usize = 32;

/// A longer name is cut.
const LONGEST_NAME: usize = 40;

/// A port, and what is known of the board behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPort {
    /// The port.
    pub port: Port,
    /// The names of boards that may be behind it: one where it is known, several where any of them may be.
    pub boards: Vec<String>,
}

/// USB vendor and product.
type Adapter = (u16, u16);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Boards {
    /// What this page saw.
    by_port: Vec<(PortId, String)>,
    /// What was seen behind such adapters, the latest first.
    by_adapter: Vec<(Adapter, String)>,
    /// What the board said that went on in this recording before the port was opened anew.
    before: Option<Identity>,
}

impl Boards {
    pub fn restore(&mut self, text: &str) {
        for line in text.lines() {
            let read = line.split_once(' ').and_then(|(ids, name)| {
                let (vendor, product) = ids.split_once(':')?;
                let id = |digits| u16::from_str_radix(digits, 16).ok();
                Some(((id(vendor)?, id(product)?), tidy(name)))
            });
            let known = read.filter(|kept| !kept.1.is_empty() && !self.by_adapter.contains(kept));
            self.by_adapter.extend(known);
        }
        self.by_adapter.truncate(MOST_KEPT);
    }

    fn to_text(&self) -> String {
        let lines = self.by_adapter.iter();
        lines.map(|((vendor, product), name)| format!("{vendor:04x}:{product:04x} {name}\n")).collect()
    }

    fn of_port(&self, id: PortId) -> Option<&str> {
        self.by_port.iter().find(|(known, _)| *known == id).map(|(_, name)| name.as_str())
    }

    /// Takes what the board behind an open port said. False when that is no news.
    fn learn(&mut self, port: &Port, name: &str) -> bool {
        let name = tidy(name);
        let earlier = self.of_port(port.id).map(str::to_owned);
        if name.is_empty() || earlier.as_deref() == Some(&name) {
            return false;
        }
        self.by_port.retain(|(known, _)| *known != port.id);
        self.by_port.push((port.id, name.clone()));
        if let Some(adapter) = port.usb {
            // While a board says more and more of itself, each name stands in place of the one before.
            self.by_adapter.retain(|(known, kept)| {
                *known != adapter || (*kept != name && earlier.as_ref() != Some(kept))
            });
            self.by_adapter.insert(0, (adapter, name));
            self.by_adapter.truncate(MOST_KEPT);
        }
        true
    }

    /// Which boards may be behind this one of these ports.
    fn behind(&self, port: &Port, ports: &[Port]) -> Vec<String> {
        if let Some(name) = self.of_port(port.id) {
            return vec![name.to_owned()];
        }
        let taken: Vec<_> = ports.iter().filter_map(|other| self.of_port(other.id)).collect();
        let seen = self.by_adapter.iter().filter(|(adapter, _)| port.usb == Some(*adapter));
        seen.map(|(_, name)| name).filter(|name| !taken.contains(&name.as_str())).cloned().collect()
    }
}

/// A name as it is kept: one line, not too long.
fn tidy(name: &str) -> String {
    let letters = name.trim().chars().filter(|letter| !letter.is_control());
    letters.take(LONGEST_NAME).collect()
}

/// What a board says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    name: Option<String>,
    /// Firmware and chip.
    chip: Option<String>,
}

impl Identity {
    fn of(Detected { info, board, .. }: Detected<'_>) -> Self {
        let chip = board.chip.as_ref().map(|chip| format!("{} {chip}", info.name));
        Identity { name: board.name.clone(), chip }
    }

    /// What tells this board from others; `None` while the log says no more than which firmware it is.
    fn label(&self) -> Option<&str> {
        self.name.as_deref().or(self.chip.as_deref())
    }

    /// A name against a name, a chip against a chip: what says more of the same board is no other board.
    fn differs(&self, other: &Identity) -> bool {
        let differ =
            |one: &Option<String>, two: &Option<String>| one.is_some() && two.is_some() && one != two;
        differ(&self.name, &other.name) || differ(&self.chip, &other.chip)
    }
}

impl Session {
    /// The ports that were granted before and are plugged in, with what is known of the boards behind them.
    pub fn known_ports(&self) -> Vec<KnownPort> {
        let ports = self.ports.iter();
        ports
            .map(|port| KnownPort { port: port.clone(), boards: self.boards.behind(port, &self.ports) })
            .collect()
    }

    /// The port is opened anew, and the recording goes on.
    pub(super) fn expect_same_board(&mut self) {
        let said = self.detected().map(Identity::of).filter(|board| board.label().is_some());
        self.boards.before = said.or(self.boards.before.take());
    }

    /// The recording is of something new.
    pub(super) fn expect_any_board(&mut self) {
        self.boards.before = None;
    }

    /// Looks at what the board behind the open port says of itself.
    pub(super) fn learn_board(&mut self, effects: &mut Vec<Effect>) {
        let Connection::Open(port) = &self.connection else { return };
        let Some(board) = self.detected().map(Identity::of) else { return };
        let Some(label) = board.label() else { return };
        let port = port.clone();
        if self.boards.learn(&port, label) {
            effects.push(Effect::Keep(Drawer::Boards, self.boards.to_text()));
            self.revision += 1;
        }
        let before = self.boards.before.take_if(|before| board.differs(before));
        if let Some(before) = before.as_ref().and_then(Identity::label) {
            let at = self.recording_time();
            if let Some(recorder) = &mut self.recorder {
                recorder.note(at, MarkKind::Connection, mark::another_board(label, before));
                self.revision += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(id: u32) -> Port {
        Port::new(PortId(id), Some((0x10c4, 0xea60)))
    }

    fn names(boards: &Boards, id: u32, ports: &[Port]) -> String {
        boards.behind(&port(id), ports).join(" or ")
    }

    #[test]
    fn names_survive_being_kept_and_are_all_said_where_any_may_be_meant() {
        let mut boards = Boards::default();
        assert!(boards.learn(&port(1), "Tasmota ESP8266EX") && boards.learn(&port(1), "kitchen plug"));
        assert!(!boards.learn(&port(1), "kitchen plug"), "no news");
        assert!(boards.learn(&port(2), "desk-lamp"));
        assert_eq!(boards.to_text(), "10c4:ea60 desk-lamp\n10c4:ea60 kitchen plug\n");
        let ports = [port(1), port(2), port(3)];
        assert_eq!(names(&boards, 1, &ports), "kitchen plug");
        assert_eq!(names(&boards, 3, &ports), "", "both are taken");
        assert_eq!(names(&boards, 3, &[port(1), port(3)]), "desk-lamp");

        // Another page, later.
        let mut later = Boards::default();
        later.restore(&boards.to_text());
        assert_eq!(names(&later, 7, &[port(7)]), "desk-lamp or kitchen plug");
        assert_eq!(later.behind(&Port::new(PortId(8), Some((1, 2))), &[]), [""; 0]);
        assert_eq!(later.to_text(), boards.to_text());
    }

    #[test]
    fn what_another_program_left_is_no_reason_to_fail() {
        let mut boards = Boards::default();
        boards.restore("\n:\nx:y z\n10c4:ea60\n10c4:ea60 \n10c4:ea60 a\u{1b}[31m\n10c4 b\n");
        assert_eq!(boards.to_text(), "10c4:ea60 a[31m\n");
        boards.restore(&(0..100).map(|number| format!("1:2 board-{number}\n")).collect::<String>());
        assert_eq!(boards.by_adapter.len(), MOST_KEPT);
        let long = "x".repeat(1_000);
        boards.learn(&port(1), &long);
        assert_eq!(boards.of_port(PortId(1)).map(str::len), Some(LONGEST_NAME));
    }

    #[test]
    fn what_says_more_of_a_board_is_no_other_board() {
        let identity = |name: Option<&str>, chip: Option<&str>| Identity {
            name: name.map(str::to_owned),
            chip: chip.map(str::to_owned),
        };
        let (chip, both) =
            (identity(None, Some("Tasmota ESP32")), identity(Some("lamp"), Some("Tasmota ESP32")));
        assert!(!chip.differs(&both) && !both.differs(&chip));
        assert!(both.differs(&identity(Some("plug"), None)));
        assert!(chip.differs(&identity(Some("lamp"), Some("Tasmota ESP8266"))));
    }
}
