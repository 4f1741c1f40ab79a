//! Decides when the board is asked, and what.
//!
//! Never two questions at once, never during a report, and less and less often while nothing answers, until the
//! board shows that it came back: it restarts, or it speaks after a silence. A board that speaks now and then but
//! never answers is not to be hammered for that, so each silence must be twice as long as the one before.
//!
//! Before the board is known, a harmless probe is sent a few times; see
//! [`CommandRole`](crate::dialect::CommandRole).

use crate::dialect::{self, Answer, Command, CommandRole, Info};
use crate::heap::Millis;

use super::{Problem, Settings};

/// A board that says nothing of its own is probed this long after the port was opened, and again.
const PROBES_AFTER: [Millis; 3] = [Millis(1_500), Millis(5_000), Millis(15_000)];

/// The first question comes this soon after the board became known.
const FIRST_QUESTION_AFTER: Millis = Millis(500);

/// Between two questions lies at least this, so that a person's own lines find room.
const SHORTEST_PAUSE: Millis = Millis(300);

/// Unanswered questions double the interval up to this many times.
const MOST_DOUBLINGS: u32 = 5;

/// A board that has answered before and misses so many questions in a row answers no more. One may be lost on the way.
const MISSED_IN_A_ROW: u32 = 2;

/// The first silence after which bytes show that the board came back.
const FIRST_SILENCE: Millis = Millis(5_000);

/// It doubles up to this many times.
const MOST_SILENCE_DOUBLINGS: u32 = 10;

/// A board that came back is asked this soon: its console must be up first.
const ASK_AGAIN_AFTER: Millis = Millis(2_000);

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
    /// The figures are wanted now, whatever the rhythm.
    figures_wanted: bool,
    /// How the last question that was not a probe ended, and what it was for.
    outcome: Option<(CommandRole, Outcome)>,
    waiting: Option<Waiting>,
    quiet_until: Millis,
    unanswered: u32,
    /// When the last bytes of any kind came.
    last_byte: Millis,
    /// How often the board spoke after a silence, and still has not answered.
    comebacks: u32,
    /// Whether the board refused to give figures, and the person was told.
    refuses_figures: bool,
    problem: Option<Problem>,
    /// How the board was asked for figures.
    figures_asked: Option<&'static Command>,
    /// Whether it answered that since the port was opened.
    has_answered: bool,
    /// So many questions that it must have heard went unanswered since it answered or restarted.
    missed: u32,
    /// Whether the recording was told that it answers no more.
    is_mute: bool,
    news: Option<News>,
}

/// What the log does not say by itself: whether the board answers this command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// It did before, and does no more.
    Unanswered(&'static str),
    /// It does again.
    Answered(&'static str),
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The board answered.
    Answered,
    /// It does not know the command, or does not do it now.
    Refused,
    /// It did not answer in time.
    Unanswered,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    command: &'static Command,
    since: Millis,
    /// The end of patience.
    until: Millis,
    /// Whether the person sent a line after this command.
    is_followed: bool,
    /// Whether the board came back after it was asked, and most likely did not hear it.
    is_unheard: bool,
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
            last_byte: now,
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

    /// A snapshot is wanted: the board is asked this as soon as nothing else is going on, and [`Self::poll_outcome`] tells
    /// how that ended.
    pub(super) fn ask(&mut self, role: CommandRole) {
        self.outcome = None;
        match role {
            CommandRole::Report => self.report_wanted = true,
            CommandRole::Figures => self.figures_wanted = true,
            CommandRole::Probe => {}
        }
    }

    /// How a question ended and what it was for, once.
    pub(super) fn poll_outcome(&mut self) -> Option<(CommandRole, Outcome)> {
        self.outcome.take()
    }

    /// What is to be asked now. `info`: the board's dialect, once known. `busy`: a report is being printed.
    pub fn poll_command(
        &mut self,
        info: Option<&'static Info>,
        busy: bool,
        now: Millis,
    ) -> Option<&'static Command> {
        self.give_up_waiting(now);
        if busy || self.waiting.is_some() || now < self.quiet_until {
            return None;
        }
        let Some(info) = info else {
            return self.probe(now);
        };
        if std::mem::take(&mut self.report_wanted)
            && let Some(command) = info.command(CommandRole::Report)
        {
            return Some(self.wait_for(command, now));
        }
        let next = *self.next_figures.get_or_insert(now + FIRST_QUESTION_AFTER);
        if !std::mem::take(&mut self.figures_wanted) && (!self.enabled || now < next) {
            return None;
        }
        let command = info.command(CommandRole::Figures)?;
        self.next_figures = Some(now + self.pause());
        Some(self.wait_for(command, now))
    }

    /// An answer came.
    pub fn handle_answer(&mut self, answer: &Answer, now: Millis) {
        // One that comes late is an answer, too.
        if let Some(command) =
            self.figures_asked.filter(|command| answer.ok && answer.topic == command.answer_topic)
        {
            (self.has_answered, self.missed) = (true, 0);
            if std::mem::take(&mut self.is_mute) {
                self.news = Some(News::Answered(command.send));
            }
        }
        let Some(waiting) = &mut self.waiting else { return };
        let (command, since) = (waiting.command, waiting.since);
        let is_refusal = match answer.text.as_str() {
            _ if answer.ok => false,
            // Old firmwares do not say what they refuse: it is what was sent last, by whomever.
            "" => !std::mem::take(&mut waiting.is_followed),
            text => text.eq_ignore_ascii_case(command.send),
        };
        if is_refusal {
            self.refused(command);
        } else if answer.topic == command.answer_topic {
            (self.unanswered, self.comebacks) = (0, 0);
            // One that was asked before it was wanted is as good.
            self.figures_wanted &= command.role != CommandRole::Figures;
            self.outcome = Some((command.role, Outcome::Answered));
        } else {
            return;
        }
        if command.role == CommandRole::Figures {
            self.next_figures = Some(since + self.pause());
        }
        self.waiting = None;
        self.quiet_until = now + SHORTEST_PAUSE;
    }

    /// Bytes of any kind came.
    pub fn handle_bytes(&mut self, now: Millis) {
        let silence = now - std::mem::replace(&mut self.last_byte, now);
        let needed = FIRST_SILENCE.0 << self.comebacks.min(MOST_SILENCE_DOUBLINGS);
        // A board that refuses was never away.
        if self.unanswered > 0 && !self.refuses_figures && silence.0 >= needed {
            self.comebacks += 1;
            self.ask_again(now);
        }
        // A report may take long, but then bytes flow.
        if let Some(waiting) = &mut self.waiting
            && waiting.command.role == CommandRole::Report
        {
            waiting.until = now + Millis(waiting.command.patience_millis);
        }
    }

    /// The board restarted.
    pub fn handle_restart(&mut self, now: Millis) {
        (self.missed, self.is_mute) = (0, false);
        if self.unanswered > 0 {
            self.ask_again(now);
        }
    }

    /// A line that the person typed was sent.
    pub fn handle_line_sent(&mut self) {
        if let Some(waiting) = &mut self.waiting {
            waiting.is_followed = true;
        }
    }

    /// What to tell the person about a command, once.
    pub fn poll_problem(&mut self) -> Option<Problem> {
        self.problem.take()
    }

    /// What the recording is to be told, once.
    pub(super) fn poll_news(&mut self) -> Option<News> {
        self.news.take()
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
        if command.role == CommandRole::Figures {
            self.figures_asked = Some(command);
        }
        let until = now + Millis(command.patience_millis);
        self.waiting = Some(Waiting { command, since: now, until, is_followed: false, is_unheard: false });
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
        let Some(waiting) = self.waiting.take_if(|waiting| waiting.until <= now) else { return };
        self.fails(waiting.command, Outcome::Unanswered);
        match waiting.command.role {
            CommandRole::Probe => {}
            CommandRole::Figures if waiting.is_unheard => {}
            CommandRole::Figures => {
                self.unanswered = self.unanswered.saturating_add(1);
                self.missed = self.missed.saturating_add(1);
                if self.has_answered && self.missed >= MISSED_IN_A_ROW && !self.is_mute {
                    self.is_mute = true;
                    self.news = Some(News::Unanswered(waiting.command.send));
                }
                self.next_figures = Some(waiting.since + self.pause());
            }
            CommandRole::Report => self.problem = Some(Problem::unanswered(waiting.command.send)),
        }
    }

    /// A question ended without an answer. While another is wanted, that one's end counts.
    fn fails(&mut self, command: &'static Command, how: Outcome) {
        let is_wanted_again = command.role == CommandRole::Figures && self.figures_wanted;
        if command.role != CommandRole::Probe && !is_wanted_again {
            self.outcome = Some((command.role, how));
        }
    }

    /// A refusal is no figures either: the pauses grow. What goes on by itself is told once, what the person
    /// asked for each time.
    fn refused(&mut self, command: &'static Command) {
        self.fails(command, Outcome::Refused);
        let is_told = match command.role {
            CommandRole::Probe => true,
            CommandRole::Figures => {
                self.unanswered = self.unanswered.saturating_add(1);
                std::mem::replace(&mut self.refuses_figures, true)
            }
            CommandRole::Report => false,
        };
        if !is_told {
            self.problem = Some(Problem::refused(command.when_refused));
        }
    }

    /// The board came back: the pauses begin anew. What it is being asked right now it may not have heard.
    fn ask_again(&mut self, now: Millis) {
        self.unanswered = 0;
        let soon = now + ASK_AGAIN_AFTER;
        self.next_figures = self.next_figures.map(|next| next.min(soon));
        if let Some(waiting) = &mut self.waiting
            && waiting.command.role == CommandRole::Figures
        {
            waiting.until = waiting.until.min(soon);
            waiting.is_unheard = true;
        }
    }

    /// The time from one question to the next.
    fn pause(&self) -> Millis {
        Millis(self.interval.0.saturating_mul(1 << self.unanswered.min(MOST_DOUBLINGS)))
    }
}
