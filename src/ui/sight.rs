//! The window through which the log is seen: where it stands, and whether it follows the end.
//!
//! Reading further up never moves the text. Only a movement upwards ends following: while lines stream in, the
//! end runs away from the last scroll position that the browser reported, and that is not a person's doing.

use std::rc::Rc;

use yew::Reducible;

/// Nearer to the end than this counts as the end: browsers scroll in fractions of pixels.
const END_PX: f64 = 6.0;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// The number of the recording that it shows.
    pub recording: u64,
    /// How far it is scrolled.
    pub scroll_px: f64,
    /// Its height.
    pub viewport_px: f64,
    /// The number of rows there were when following ended; `None` while it follows.
    pub left_at_row: Option<u64>,
}

/// What moves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Move {
    /// The element was scrolled to here, with so much left below, while there were so many rows.
    Scrolled {
        /// Where it was before, by a person or by us.
        was_px: f64,
        /// From the top.
        scroll_px: f64,
        /// What is left below.
        below_px: f64,
        /// Rows in all.
        rows: u64,
    },
    /// Its height changed.
    Resized {
        /// To this.
        viewport_px: f64,
    },
    /// Something was asked for that stands here.
    Jumped {
        /// From the top.
        scroll_px: f64,
        /// Rows in all.
        rows: u64,
    },
    /// It shows another recording: see [`Sight::of`].
    Began(Sight),
    /// The end is wanted.
    ToEnd,
}

impl Default for Sight {
    fn default() -> Self {
        Sight { recording: 0, scroll_px: 0.0, viewport_px: 600.0, left_at_row: None }
    }
}

impl Sight {
    /// Itself while this recording is shown. Another one is seen from `start_px`, or else followed at its end.
    pub fn of(self, recording: u64, start_px: impl FnOnce() -> Option<f64>) -> Self {
        if self.recording == recording {
            return self;
        }
        let start_px = start_px();
        let left_at_row = start_px.map(|_| 0);
        Sight { recording, scroll_px: start_px.unwrap_or_default(), left_at_row, ..self }
    }

    /// Whether it stays at the end.
    pub fn follows(&self) -> bool {
        self.left_at_row.is_none()
    }

    /// After this movement.
    pub fn moved(self, by: Move) -> Self {
        match by {
            Move::Scrolled { was_px, scroll_px, below_px, rows } => {
                let went_up = scroll_px < was_px - 1.0;
                let left_at_row = match self.left_at_row {
                    _ if below_px <= END_PX => None,
                    None if went_up => Some(rows),
                    unchanged => unchanged,
                };
                Sight { scroll_px, left_at_row, ..self }
            }
            Move::Resized { viewport_px } => Sight { viewport_px, ..self },
            Move::Jumped { scroll_px, rows } => Sight { scroll_px, left_at_row: Some(rows), ..self },
            Move::Began(sight) => sight,
            Move::ToEnd => Sight { left_at_row: None, ..self },
        }
    }
}

impl Reducible for Sight {
    type Action = Move;

    fn reduce(self: Rc<Self>, by: Move) -> Rc<Self> {
        Rc::new(self.moved(by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrolled(was_px: f64, scroll_px: f64, below_px: f64) -> Move {
        Move::Scrolled { was_px, scroll_px, below_px, rows: 100 }
    }

    #[test]
    fn an_end_that_runs_away_is_followed() {
        // The browser reports our own scrolling late, when more lines have come.
        assert!(Sight::default().moved(scrolled(1_000.0, 1_000.0, 240.0)).follows());
    }

    #[test]
    fn reading_up_ends_following_and_the_end_begins_it_again() {
        let reading = Sight::default().moved(scrolled(1_000.0, 960.0, 40.0));
        assert_eq!(reading.left_at_row, Some(100));
        // Down a little: still reading. The count of new lines goes on from where it began.
        let reading =
            reading.moved(Move::Scrolled { was_px: 960.0, scroll_px: 970.0, below_px: 130.0, rows: 105 });
        assert_eq!(reading.left_at_row, Some(100));
        assert!(reading.moved(scrolled(970.0, 1_100.0, 0.5)).follows());
        assert!(reading.moved(Move::ToEnd).follows());
    }

    #[test]
    fn another_recording_is_seen_where_it_is_of_interest_or_followed() {
        let sight = Sight { scroll_px: 300.0, ..Sight::default() };
        assert_eq!(sight.of(0, || Some(7.0)), sight);
        assert!(sight.of(1, || None).follows());
        let text = sight.of(1, || Some(70.0));
        assert_eq!((text.follows(), text.scroll_px), (false, 70.0));
    }

    #[test]
    fn a_jump_stays_where_it_led() {
        let sight = Sight::default().moved(Move::Jumped { scroll_px: 400.0, rows: 100 });
        assert!(!sight.follows());
        assert!(!sight.moved(scrolled(400.0, 400.0, 900.0)).follows());
    }
}
