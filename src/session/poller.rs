//! Decides when the board is asked, and what.
//!
//! Never two questions at once, never during a report, and less and less often while nothing answers.
//! Before the board is known, a harmless probe is sent a few times; see
//! [`CommandRole`](crate::dialect::CommandRole).

use crate::dialect::{self, Answer, Command, CommandRole};
use crate::heap::Millis;

use super::Settings;

/// A board that says nothing of its own is probed this long after the port was opened, and again.
const PROBES_AFTER: [Millis; 3] = [Millis(1_500), Millis(5_000), Millis(15_000)];

/// The first question comes this soon after the board became known.
const FIRST_QUESTION_AFTER: Millis = Millis(500);

/// Between two questions lies at least this, so that a person's own lines find room.
const SHORTEST_PAUSE: Millis = Millis(300);

/// Unanswered questions double the interval up to this many times.
const MOST_DOUBLINGS: u32 = 5;

/// Asks the board. See the module.
#[derive(Debug, Default)]
pub struct Poller {
    enabled: bool,
    interval: Millis,
    /// When the port was opened.
    since: Millis,
    probes_sent: usize,
    /// When the figures may be asked for next; `None` until the board is known.
    next_figures: Option<Millis>,
    report_wanted: bool,
    waiting: Option<Waiting>,
    quiet_until: Millis,
    unanswered: u32,
    refusal: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    command: &'static Command,
    since: Millis,
    /// The last sign of life: bytes of any kind push the end of patience for a report.
    last_byte: Millis,
}

/// How it stands with asking the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollState {
    /// The person switched it off.
    Off,
    /// It is not known yet what this board can be asked.
    NotKnown,
    /// The next question comes in this time.
    Next(Millis),
    /// An answer to this is awaited.
    Waiting(&'static str),
    /// So many questions in a row went unanswered; the next comes in this time.
    Unanswered(u32, Millis),
}

impl Poller {
    /// For a port that is opened now.
    pub fn new(settings: &Settings, now: Millis) -> Self {
        Poller {
            enabled: settings.poll_enabled,
            interval: settings.poll_interval,
            since: now,
            ..Poller::default()
        }
    }

    /// The person changed how often the board is asked.
    pub fn set_rhythm(&mut self, enabled: bool, interval: Millis, now: Millis) {
        (self.enabled, self.interval) = (enabled, interval);
        self.next_figures = self.next_figures.map(|next| next.min(now + interval));
    }

    /// The person wants a whole report, as soon as nothing else is going on.
    pub fn ask_for_report(&mut self) {
        self.report_wanted = true;
    }

    /// What is to be asked now. `commands`: those of the board, once known. `busy`: a report is being printed.
    pub fn poll_command(
        &mut self,
        commands: Option<&'static [Command]>,
        busy: bool,
        now: Millis,
    ) -> Option<&'static Command> {
        self.give_up_waiting(now);
        if busy || self.waiting.is_some() || now < self.quiet_until {
            return None;
        }
        let Some(commands) = commands else {
            return self.probe(now);
        };
        let find = |role| commands.iter().find(|command: &&Command| command.role == role);
        if std::mem::take(&mut self.report_wanted)
            && let Some(command) = find(CommandRole::Report)
        {
            return Some(self.wait_for(command, now));
        }
        let next = *self.next_figures.get_or_insert(now + FIRST_QUESTION_AFTER);
        if !self.enabled || now < next {
            return None;
        }
        let command = find(CommandRole::Figures)?;
        self.next_figures = Some(now + self.pause());
        Some(self.wait_for(command, now))
    }

    /// An answer came.
    pub fn handle_answer(&mut self, answer: &Answer, now: Millis) {
        let Some(waiting) = self.waiting else { return };
        let command = waiting.command;
        let is_refusal =
            !answer.ok && (answer.text.is_empty() || answer.text.eq_ignore_ascii_case(command.send));
        if is_refusal || answer.topic == command.answer_topic {
            self.waiting = None;
            self.unanswered = 0;
            self.quiet_until = now + SHORTEST_PAUSE;
            if command.role == CommandRole::Figures {
                self.next_figures = Some(waiting.since + self.interval);
            }
            if is_refusal {
                self.refusal = Some(command.when_refused);
            }
        }
    }

    /// Bytes of any kind came.
    pub fn handle_bytes(&mut self, now: Millis) {
        if let Some(waiting) = &mut self.waiting {
            waiting.last_byte = now;
        }
    }

    /// What to tell the person about a command that the board refused, once.
    pub fn poll_refusal(&mut self) -> Option<&'static str> {
        self.refusal.take()
    }

    /// Whether an answer to such a command is awaited.
    pub fn is_waiting_for(&self, role: CommandRole) -> bool {
        self.waiting.is_some_and(|waiting| waiting.command.role == role)
    }

    /// How it stands.
    pub fn state(&self, now: Millis) -> PollState {
        if let Some(waiting) = self.waiting
            && waiting.command.role != CommandRole::Probe
        {
            return PollState::Waiting(waiting.command.send);
        }
        match self.next_figures {
            _ if !self.enabled => PollState::Off,
            None => PollState::NotKnown,
            Some(next) if self.unanswered > 0 => PollState::Unanswered(self.unanswered, next - now),
            Some(next) => PollState::Next(next - now),
        }
    }

    fn wait_for(&mut self, command: &'static Command, now: Millis) -> &'static Command {
        self.waiting = Some(Waiting { command, since: now, last_byte: now });
        command
    }

    fn probe(&mut self, now: Millis) -> Option<&'static Command> {
        let after = *PROBES_AFTER.get(self.probes_sent)?;
        if now - self.since < after {
            return None;
        }
        self.probes_sent += 1;
        let command = dialect::probes().next()?;
        Some(self.wait_for(command, now))
    }

    fn give_up_waiting(&mut self, now: Millis) {
        let Some(waiting) = self.waiting else { return };
        let patience = Millis(waiting.command.patience_millis);
        // A report may take long, but then bytes flow.
        let from = match waiting.command.role {
            CommandRole::Report => waiting.last_byte,
            CommandRole::Probe | CommandRole::Figures => waiting.since,
        };
        if now - from >= patience {
            self.waiting = None;
            if waiting.command.role == CommandRole::Figures {
                self.unanswered = self.unanswered.saturating_add(1);
                self.next_figures = Some(waiting.since + self.pause());
            }
        }
    }

    /// The time from one question to the next.
    fn pause(&self) -> Millis {
        Millis(self.interval.0.saturating_mul(1 << self.unanswered.min(MOST_DOUBLINGS)))
    }
}
