//! How a person arranges the panels: which are shown, in which order, which one alone, and how wide the columns are.
//!
//! A technician's page is the default: everything in its place. It knows names and numbers only, no page; and it
//! refuses to hide the last panel. What is kept for the next visit is all but which panel is enlarged.
//!
//! ```
//! use heapscope::session::arrangement::{ArrangeEvent, Arrangement, Panel};
//!
//! let arrangement = Arrangement::default().after(ArrangeEvent::Hidden(Panel::Report, true));
//! assert_eq!(arrangement.to_text(), "timeline comparison -report log");
//! assert_eq!(Arrangement::from_text("timeline comparison -report log"), arrangement);
//! ```

use super::{Drawer, Effect, Session};

/// A part of the page that can be arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The heap over time.
    Timeline,
    /// Before and after. It is closed, not hidden.
    Comparison,
    /// The report.
    Report,
    /// The log. In a wide window it has a column of its own: the left one when it is the first panel.
    Log,
}

impl Panel {
    /// All of them, in the order in which they stand by default.
    pub const ALL: [Panel; 4] = [Panel::Timeline, Panel::Comparison, Panel::Report, Panel::Log];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Panel::Timeline => "timeline",
            Panel::Comparison => "comparison",
            Panel::Report => "report",
            Panel::Log => "log",
        }
    }
}

/// What a person did to the panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrangeEvent {
    /// Wants this one alone; or all of them again, when it is alone.
    Enlarged(Panel),
    /// Wants all of them again.
    Restored,
    /// Wants this one hidden, or not.
    Hidden(Panel, bool),
    /// Wants these two to change places: see [`Arrangement::neighbour`].
    Swapped(Panel, Panel),
    /// Wants the log in the other column: first of all, or last.
    LogMoved,
    /// Wants the column of pictures to take so many percent of the width.
    Widened(u8),
    /// Wants everything as it was in the beginning.
    Reset,
}

impl From<ArrangeEvent> for super::Event {
    fn from(event: ArrangeEvent) -> Self {
        super::Event::Arrange(event)
    }
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrangement {
    order: [Panel; 4],
    /// By [`Panel`].
    hidden: [bool; 4],
    enlarged: Option<Panel>,
    width_percent: Option<u8>,
}

impl Default for Arrangement {
    fn default() -> Self {
        Arrangement { order: Panel::ALL, hidden: [false; 4], enlarged: None, width_percent: None }
    }
}

impl Arrangement {
    /// The column of pictures takes at least and at most so many percent of the width.
    pub const WIDTHS_PERCENT: std::ops::RangeInclusive<u8> = 25..=75;
    /// What it takes where nobody chose.
    pub const WIDTH_PERCENT: u8 = 53;

    /// The panels in order, those that are not shown too.
    pub fn order(&self) -> [Panel; 4] {
        self.order
    }

    /// Whether the person hid it.
    pub fn is_hidden(&self, panel: Panel) -> bool {
        self.hidden[panel as usize]
    }

    /// The one that is shown alone.
    pub fn enlarged(&self) -> Option<Panel> {
        self.enlarged
    }

    /// Whether it is on screen: not hidden, and no other one alone.
    pub fn is_shown(&self, panel: Panel) -> bool {
        match self.enlarged {
            Some(alone) => alone == panel,
            None => !self.is_hidden(panel),
        }
    }

    /// Whether the log stands in the left column, or above all else.
    pub fn is_log_first(&self) -> bool {
        self.order[0] == Panel::Log
    }

    /// How many percent of the width the column of pictures takes, where the person chose.
    pub fn width_percent(&self) -> Option<u8> {
        self.width_percent
    }

    /// Whether it is as it was in the beginning.
    pub fn is_default(&self) -> bool {
        *self == Arrangement::default()
    }

    /// After this.
    #[must_use]
    pub fn after(mut self, event: ArrangeEvent) -> Self {
        match event {
            ArrangeEvent::Enlarged(panel) => {
                self.enlarged = Some(panel).filter(|_| self.enlarged != Some(panel));
            }
            ArrangeEvent::Restored => self.enlarged = None,
            ArrangeEvent::Hidden(panel, is_hidden) => {
                self.hidden[panel as usize] = is_hidden && panel != Panel::Comparison;
                // The comparison comes and goes: something must stay without it.
                let stays = |panel: Panel| panel != Panel::Comparison && !self.is_hidden(panel);
                if !self.order.into_iter().any(stays) {
                    self.hidden[panel as usize] = false;
                }
                self.enlarged = None;
            }
            ArrangeEvent::LogMoved => {
                let is_first = self.is_log_first();
                let rest = self.order.into_iter().filter(|panel| *panel != Panel::Log);
                let all: Vec<Panel> = match is_first {
                    true => rest.chain([Panel::Log]).collect(),
                    false => [Panel::Log].into_iter().chain(rest).collect(),
                };
                self.order = all.try_into().unwrap_or(self.order);
            }
            // The log has a column of its own.
            ArrangeEvent::Swapped(Panel::Log, _) | ArrangeEvent::Swapped(_, Panel::Log) => {}
            ArrangeEvent::Swapped(panel, other) => {
                self.order = self.order.map(|one| match one {
                    one if one == panel => other,
                    one if one == other => panel,
                    one => one,
                });
            }
            ArrangeEvent::Widened(percent) => {
                let (least, most) = (*Self::WIDTHS_PERCENT.start(), *Self::WIDTHS_PERCENT.end());
                self.width_percent = Some(percent.max(least).min(most));
            }
            ArrangeEvent::Reset => self = Arrangement::default(),
        }
        self
    }

    /// The next one above or below in its column that is there and not hidden: with which it changes places when it
    /// moves. The log has none.
    pub fn neighbour(&self, panel: Panel, is_up: bool, is_there: impl Fn(Panel) -> bool) -> Option<Panel> {
        let place = self.order.iter().position(|one| *one == panel).filter(|_| panel != Panel::Log)?;
        let (above, below) = (self.order.get(..place)?, self.order.get(place + 1..)?);
        let stands = |one: &&Panel| **one != Panel::Log && !self.is_hidden(**one) && is_there(**one);
        let found = if is_up { above.iter().rev().find(stands) } else { below.iter().find(stands) };
        found.copied()
    }

    /// As text, for the next visit.
    pub fn to_text(&self) -> String {
        let word = |panel: &Panel| {
            let hidden = if self.is_hidden(*panel) { "-" } else { "" };
            format!("{hidden}{}", panel.key())
        };
        let mut words: Vec<_> = self.order.iter().map(word).collect();
        words.extend(self.width_percent.map(|percent| percent.to_string()));
        words.join(" ")
    }

    /// From text. What is missing or makes no sense stands where it does by default.
    pub fn from_text(text: &str) -> Self {
        let mut arrangement = Arrangement::default();
        let mut order: Vec<Panel> = Vec::new();
        for word in text.split_whitespace() {
            if let Ok(percent) = word.parse() {
                arrangement = arrangement.after(ArrangeEvent::Widened(percent));
            }
            let (name, is_hidden) = word.strip_prefix('-').map_or((word, false), |name| (name, true));
            let panel = Panel::ALL.into_iter().find(|panel| panel.key() == name);
            if let Some(panel) = panel.filter(|panel| !order.contains(panel)) {
                order.push(panel);
                arrangement = arrangement.after(ArrangeEvent::Hidden(panel, is_hidden));
            }
        }
        let missing: Vec<_> = Panel::ALL.into_iter().filter(|panel| !order.contains(panel)).collect();
        order.extend(missing);
        // The log is the first or the last.
        if order.first() != Some(&Panel::Log) {
            order.retain(|panel| *panel != Panel::Log);
            order.push(Panel::Log);
        }
        arrangement.order = order.try_into().unwrap_or(Panel::ALL);
        arrangement
    }
}

impl Session {
    /// How the person arranged the panels.
    pub fn arrangement(&self) -> &Arrangement {
        &self.arrangement
    }

    /// The panel that this one changes places with when it moves up or down.
    pub fn neighbour_of(&self, panel: Panel, is_up: bool) -> Option<Panel> {
        let is_there = |panel: Panel| panel != Panel::Comparison || self.comparing.is_open();
        self.arrangement.neighbour(panel, is_up, is_there)
    }

    pub(super) fn arrange(&mut self, event: ArrangeEvent, effects: &mut Vec<Effect>) {
        let before = self.arrangement.to_text();
        self.arrangement = self.arrangement.after(event);
        let kept = self.arrangement.to_text();
        if kept != before {
            effects.push(Effect::Keep(Drawer::Panels, kept));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn after(events: &[ArrangeEvent]) -> Arrangement {
        events.iter().fold(Arrangement::default(), |arrangement, event| arrangement.after(*event))
    }

    #[test]
    fn one_is_shown_alone_and_then_all_are_again() {
        let alone = after(&[ArrangeEvent::Enlarged(Panel::Report)]);
        assert!(alone.is_shown(Panel::Report) && !alone.is_shown(Panel::Log));
        for event in [ArrangeEvent::Enlarged(Panel::Report), ArrangeEvent::Restored] {
            assert!(alone.after(event).is_default());
        }
        let other = alone.after(ArrangeEvent::Enlarged(Panel::Log));
        assert_eq!(other.enlarged(), Some(Panel::Log));
    }

    #[test]
    fn the_last_panel_is_not_hidden() {
        let hide = |panel| ArrangeEvent::Hidden(panel, true);
        let all = after(&[hide(Panel::Timeline), hide(Panel::Report), hide(Panel::Log)]);
        assert_eq!(all.to_text(), "-timeline comparison -report log");
        assert!(all.after(ArrangeEvent::Reset).is_default());
        assert!(!all.after(hide(Panel::Comparison)).is_hidden(Panel::Comparison));
    }

    #[test]
    fn the_log_changes_the_column_and_the_others_their_places() {
        let moved = after(&[ArrangeEvent::Swapped(Panel::Report, Panel::Comparison), ArrangeEvent::LogMoved]);
        assert_eq!(moved.to_text(), "log timeline report comparison");
        assert_eq!(moved.after(ArrangeEvent::Swapped(Panel::Log, Panel::Report)), moved);
        assert!(!moved.after(ArrangeEvent::LogMoved).is_log_first());
        let above = |panel, is_open: bool| {
            moved.neighbour(panel, true, |other| is_open || other != Panel::Comparison)
        };
        assert_eq!(above(Panel::Timeline, true), None, "the log is not passed");
        assert_eq!(above(Panel::Comparison, true), Some(Panel::Report));
        assert_eq!(moved.neighbour(Panel::Report, false, |_| false), None);
        // What is not there is passed over: each press moves something.
        let first = Arrangement::default();
        let up = |arrangement: Arrangement, is_open: bool| {
            arrangement.neighbour(Panel::Report, true, |other| is_open || other != Panel::Comparison)
        };
        assert_eq!(
            [true, false].map(|is_open| up(first, is_open)),
            [Some(Panel::Comparison), Some(Panel::Timeline)]
        );
        assert_eq!(up(first.after(ArrangeEvent::Hidden(Panel::Timeline, true)), false), None);
    }

    #[test]
    fn what_makes_no_sense_stands_where_it_does_by_default() {
        assert!(Arrangement::from_text("").is_default());
        assert!(Arrangement::from_text("x -y 7z").is_default());
        assert_eq!(
            Arrangement::from_text("report log -log report 200").to_text(),
            "report timeline comparison log 75"
        );
        assert!(!Arrangement::from_text("-timeline -report -log").is_hidden(Panel::Log));
    }

    fn any_event() -> impl Strategy<Value = ArrangeEvent> {
        let panel = || prop::sample::select(Panel::ALL.to_vec());
        prop_oneof![
            panel().prop_map(ArrangeEvent::Enlarged),
            Just(ArrangeEvent::Restored),
            (panel(), any::<bool>()).prop_map(|(panel, is_hidden)| ArrangeEvent::Hidden(panel, is_hidden)),
            (panel(), panel()).prop_map(|(panel, other)| ArrangeEvent::Swapped(panel, other)),
            Just(ArrangeEvent::LogMoved),
            any::<u8>().prop_map(ArrangeEvent::Widened),
        ]
    }

    proptest! {
        #[test]
        fn it_survives_being_kept_and_always_shows_something(events in prop::collection::vec(any_event(), 0..12)) {
            let arrangement = after(&events);
            let kept = Arrangement::from_text(&arrangement.to_text());
            prop_assert_eq!(kept, arrangement.after(ArrangeEvent::Restored));
            prop_assert!(Panel::ALL.into_iter().any(|panel| arrangement.is_shown(panel)));
            let mut order = arrangement.order().map(|panel| panel as usize);
            order.sort();
            prop_assert_eq!(order, [0, 1, 2, 3]);
            prop_assert!(arrangement.order()[0] == Panel::Log || arrangement.order()[3] == Panel::Log);
        }
    }
}
