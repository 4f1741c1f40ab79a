//! The way to a port and back to it: opening, losing, coming back, closing.
//!
//! A device that vanished is waited for and opened again, and its log goes on behind a marked gap. After a replug Chromium
//! hands out a new port object and Firefox the same one; with several adapters alike, a new object says nothing of which
//! it is. So it is taken for the one that vanished only where no other could be meant; else the person is asked.

use super::connection::{Comeback, Connection, Port, PortId, ReconnectMatch};
use super::doctor::Complaint;
use super::poller::Poller;
use super::signals::Lines;
use super::{Effect, Problem, Session};
use crate::heap::Millis;
use crate::recording::{MarkKind, Source};
use crate::words::problem::mark;

/// Interruptions of reading within this time have one mark in the log.
const MARK_RHYTHM: Millis = Millis(1_000);

/// After so many interruptions since the port was opened, the line settings are most likely wrong.
const MANY_INTERRUPTIONS: u64 = 20;

/// So many ports that were unplugged are remembered.
const MOST_STRAYED: usize = 64;

impl Session {
    /// Bytes were lost, and reading goes on. At a wrong baud rate this comes many times a second: one mark
    /// stands for all within a second, and the person is told.
    pub(super) fn interrupted(&mut self, error: &str) {
        self.interruptions += 1;
        let at = self.recording_time();
        let last = self.recording().and_then(|recording| recording.log().marks().last());
        let is_marked = last.is_some_and(|mark| mark.kind == MarkKind::Gap && at - mark.at < MARK_RHYTHM);
        if !is_marked {
            self.mark(MarkKind::Gap, mark::gap(error));
        } else if let Some(recorder) = &mut self.recorder {
            let answers = recorder.finish(at);
            self.take_answers(&answers);
        }
        if self.interruptions == MANY_INTERRUPTIONS {
            self.problem = Some(Problem::many_interruptions(self.open_line.baud));
        }
    }

    pub(super) fn port(&self, id: PortId) -> Option<&Port> {
        self.ports.iter().find(|port| port.id == id)
    }

    pub(super) fn remember(&mut self, port: Port) {
        match self.ports.iter_mut().find(|known| known.id == port.id) {
            Some(known) => *known = port,
            None => self.ports.push(port),
        }
    }

    /// As the person wants it.
    pub(super) fn open(&mut self, port: Port, effects: &mut Vec<Effect>) {
        if let Connection::Open(current) | Connection::Opening(current) = &self.connection {
            if current.id == port.id {
                return;
            }
            let id = current.id;
            effects.push(Effect::ClosePort(id));
            self.mark(MarkKind::Connection, mark::CLOSED_FOR_ANOTHER.into());
        }
        self.demo = None;
        self.problem = None;
        self.comeback = None;
        self.doctor.begin_again();
        self.begin_opening(port, effects);
    }

    pub(super) fn begin_opening(&mut self, port: Port, effects: &mut Vec<Effect>) {
        self.open_line = self.settings.line.clone();
        effects.push(Effect::OpenPort(port.id, self.open_line.clone()));
        self.connection = Connection::Opening(port);
    }

    /// Opens the port that vanished and came back, as often as that is worth trying.
    pub(super) fn come_back(&mut self, effects: &mut Vec<Effect>) {
        if let Some(comeback) = &mut self.comeback
            && comeback.poll(self.now)
        {
            let port = comeback.port.clone();
            self.begin_opening(port, effects);
            self.revision += 1;
        }
    }

    /// The port that was being opened again is not there: back to waiting for it.
    pub(super) fn wait_for_port(&mut self) {
        if let Connection::Opening(port) = &self.connection {
            self.connection = Connection::Lost(ReconnectMatch::of(port));
        }
    }

    pub(super) fn opened(&mut self, id: PortId, effects: &mut Vec<Effect>) {
        let port = match &self.connection {
            Connection::Opening(port) if port.id == id => port.clone(),
            _ => {
                // The person changed their mind meanwhile, or the device came back as another port.
                effects.push(Effect::ClosePort(id));
                return;
            }
        };
        let text = mark::connected(&port.name, &self.open_line.summary());
        let goes_on = self.recording().is_some_and(
            |recording| matches!(recording.source(), Source::Port { name } if *name == port.name),
        );
        match goes_on {
            true => self.expect_same_board(),
            false => self.expect_any_board(),
        }
        let at = self.recording_time();
        match &mut self.recorder {
            // The name of an adapter says nothing of the board behind it.
            Some(recorder) if goes_on => recorder.forget_board(at),
            _ => self.begin_live(Source::Port { name: port.name.clone() }),
        }
        self.strayed.retain(|strayed| strayed.usb != port.usb);
        self.connection = Connection::Open(port);
        self.comeback = None;
        self.interruptions = 0;
        self.problem = None;
        self.sending.forget_board();
        self.lines = Lines::default();
        self.doctor.port_opened(self.now);
        self.poller = Poller::new(&self.settings, self.now);
        self.mark(MarkKind::Connection, text);
    }

    pub(super) fn open_failed(&mut self, id: PortId, reason: &str) {
        if let Connection::Opening(port) = &self.connection
            && port.id == id
        {
            if self.comeback.as_mut().is_some_and(|comeback| comeback.fail(self.now)) {
                self.wait_for_port();
                return;
            }
            self.problem = Some(Problem::open_failed(&port.name, reason));
            self.doctor.complain(Complaint::Busy);
            self.connection = Connection::None;
            self.comeback = None;
        }
    }

    pub(super) fn disconnect(&mut self, effects: &mut Vec<Effect>) {
        self.comeback = None;
        self.sending.forget_board();
        if self.demo.take().is_some() {
            self.mark(MarkKind::Connection, mark::DEMO_STOPPED.into());
        }
        self.doctor.port_gone();
        match std::mem::take(&mut self.connection) {
            Connection::Open(port) => {
                effects.push(Effect::ClosePort(port.id));
                self.mark(MarkKind::Connection, mark::disconnected(&port.name));
                self.connection = Connection::Closing(port);
            }
            Connection::Opening(port) => {
                effects.push(Effect::ClosePort(port.id));
                self.connection = Connection::Closing(port);
            }
            Connection::Lost(_) => {
                self.mark(MarkKind::Connection, mark::STOPPED_WAITING.into());
            }
            Connection::Closing(port) => self.connection = Connection::Closing(port),
            Connection::Choosing | Connection::None => {}
        }
    }

    pub(super) fn lose(&mut self, id: PortId, reason: &str) {
        if !self.connection.is_open(id) {
            return;
        }
        if let Connection::Open(port) = std::mem::take(&mut self.connection) {
            self.doctor.port_gone();
            self.sending.forget_board();
            self.mark(MarkKind::Gap, mark::lost(reason));
            self.problem = Some(Problem::lost(&port.name));
            self.connection = Connection::Lost(ReconnectMatch::of(&port));
        }
    }

    /// Reading failed for good. Where the device was not unplugged, it is opened again.
    pub(super) fn lose_and_try_again(&mut self, id: PortId, reason: &str) {
        if !self.connection.is_open(id) {
            return;
        }
        let port = self.port(id).cloned();
        self.lose(id, reason);
        self.comeback = port.map(|port| Comeback::soon(port, self.now));
    }

    /// A port that was granted is gone.
    pub(super) fn unplugged(&mut self, id: PortId) {
        self.strayed.extend(self.port(id).cloned());
        if self.strayed.len() > MOST_STRAYED {
            self.strayed.remove(0);
        }
        self.ports.retain(|port| port.id != id);
        self.lose(id, mark::UNPLUGGED);
        if self.comeback.take_if(|comeback| comeback.port.id == id).is_some() {
            self.wait_for_port();
        }
    }

    /// A port that was granted is there.
    pub(super) fn plugged(&mut self, port: Port, effects: &mut Vec<Effect>) {
        self.remember(port.clone());
        let is_same_object = self.strayed.iter().any(|strayed| strayed.id == port.id);
        let alike = self.strayed.iter().filter(|strayed| strayed.usb == port.usb).count();
        if let Connection::Lost(wanted) = &self.connection
            && wanted.is_met_by(&port)
        {
            if wanted.is_same_object(&port) || (!is_same_object && alike <= 1) {
                self.comeback = Some(Comeback::of(port.clone()));
                self.begin_opening(port.clone(), effects);
            } else if !is_same_object {
                // Several adapters alike went, as with a hub, and this may be any of them.
                self.problem = Some(Problem::which_port(&port.name));
                return;
            }
        }
        // It is no longer away: itself, or else one of those that it may be.
        let came = match is_same_object {
            true => self.strayed.iter().position(|strayed| strayed.id == port.id),
            false => self.strayed.iter().position(|strayed| strayed.usb == port.usb),
        };
        if let Some(came) = came {
            self.strayed.remove(came);
        }
    }
}
