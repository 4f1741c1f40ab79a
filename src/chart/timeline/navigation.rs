//! Which part of a timeline is seen: nearer, further, sideways, all of it, or its end as it grows.
//!
//! Views are in the axis' own unit, milliseconds or log lines, and never leave what there is. It draws nothing and
//! knows no wheel and no finger: those are [`Gesture`]s by now.
//!
//! ```
//! use heapscope::chart::{Gesture, Sight};
//!
//! let hour = Sight { all: (0, 3_600_000), shown: (0, 3_600_000), ahead: 0, least: 1_000 };
//! let near = hour.after(Gesture::Zoom { at: 1_800_000.0, factor: 0.5 });
//! assert_eq!(near, Some((900_000, 2_700_000)));
//! assert_eq!(hour.after(Gesture::Fit), None, "all of it, however long it becomes");
//! ```

/// What a person does with the picture, in the axis' unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gesture {
    /// Shows `factor` times as much as before; what is at `at` stays where it is.
    Zoom {
        /// On the axis.
        at: f64,
        /// Below 1 is nearer.
        factor: f64,
    },
    /// Shows what is so much further.
    Pan {
        /// Below 0 is earlier.
        by: f64,
    },
    /// Shows exactly this.
    Show(f64, f64),
    /// Shows all.
    Fit,
}

/// What is seen of how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// First and last place that there is.
    pub all: (u64, u64),
    /// First and last place that is shown.
    pub shown: (u64, u64),
    /// So far beyond the end there is something to be seen, too: at most a third of what is shown is given to it.
    pub ahead: u64,
    /// Nearer than this one cannot go.
    pub least: u64,
}

impl Sight {
    /// What is shown afterwards: first and last place. `None` is all of it.
    pub fn after(&self, gesture: Gesture) -> Option<(u64, u64)> {
        let (first, last) = (self.shown.0 as f64, self.shown.1 as f64);
        let (first, last) = match gesture {
            Gesture::Zoom { at, factor } => {
                let at = at.max(first).min(last);
                // Not nearer than there is something to see, whatever was asked for; and around the same place.
                let factor = factor.max(self.least as f64 / (last - first).max(1.0)).min(1e6);
                (at - (at - first) * factor, at + (last - at) * factor)
            }
            Gesture::Pan { by } => (first + by, last + by),
            Gesture::Show(one, two) => {
                // Drawn over the edge is drawn to the edge.
                let whole = self.whole();
                let inside = |place: f64| place.max(whole.0 as f64).min(whole.1 as f64);
                let (one, two) = (inside(one), inside(two));
                let middle = (one + two) / 2.0;
                let half = ((two - one).abs() / 2.0).max(self.least as f64 / 2.0);
                (middle - half, middle + half)
            }
            Gesture::Fit => return None,
        };
        self.within_all(first, last)
    }

    /// Whether the end is seen: then a recording that grows is followed.
    pub fn shows_the_end(&self) -> bool {
        // What was rounded may be off by one.
        let shown = self.shown.1 - self.shown.0;
        self.shown.1.saturating_add(1) >= self.all.1.saturating_add(self.ahead_in(shown)).max(1)
    }

    /// How far beyond the end a view of this length goes.
    pub fn ahead_in(&self, length: u64) -> u64 {
        self.ahead.min(length / 3)
    }

    /// All that there is, and what is to be seen beyond its end.
    pub fn whole(&self) -> (u64, u64) {
        let length = self.all.1 - self.all.0;
        (self.all.0, self.all.1.saturating_add(self.ahead.min(length / 2)))
    }

    /// Pushed back to where there is something, as long as it was.
    fn within_all(&self, first: f64, last: f64) -> Option<(u64, u64)> {
        let (whole_first, whole_last) = self.whole();
        let length = last - first;
        if !length.is_finite() || length >= (whole_last - whole_first) as f64 {
            return None;
        }
        let end = self.all.1.saturating_add(self.ahead_in(length as u64)) as f64;
        let first = first.max(whole_first as f64).min(end - length);
        Some((first.round() as u64, (first + length).round() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: Sight =
        Sight { all: (1_000, 3_601_000), shown: (601_000, 1_201_000), ahead: 0, least: 1_000 };

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let (first, last) = HOUR.after(Gesture::Zoom { at: 751_000.0, factor: 0.5 }).unwrap();
        // A quarter from the left edge, before and after.
        assert_eq!((first, last), (676_000, 976_000));
        assert_eq!(HOUR.after(Gesture::Zoom { at: 751_000.0, factor: 100.0 }), None);
    }

    #[test]
    fn one_cannot_go_beyond_the_ends() {
        assert_eq!(HOUR.after(Gesture::Pan { by: -1e9 }), Some((1_000, 601_000)));
        assert_eq!(HOUR.after(Gesture::Pan { by: 1e9 }), Some((3_001_000, 3_601_000)));
        assert!(Sight { shown: (3_001_000, 3_601_000), ..HOUR }.shows_the_end());
        assert!(!HOUR.shows_the_end());
    }

    #[test]
    fn a_third_of_what_is_seen_may_lie_ahead() {
        let sight = Sight { ahead: 86_400_000, ..HOUR };
        assert_eq!(sight.whole(), (1_000, 5_401_000));
        assert_eq!(sight.after(Gesture::Pan { by: 1e9 }), Some((3_201_000, 3_801_000)));
        assert!(Sight { shown: (3_201_000, 3_801_000), ..sight }.shows_the_end());
        assert!(!Sight { shown: (3_001_000, 3_601_000), ..sight }.shows_the_end());
        // No further than there is something to be seen.
        let sight = Sight { ahead: 50_000, ..HOUR };
        assert_eq!(sight.whole(), (1_000, 3_651_000));
        assert_eq!(sight.after(Gesture::Pan { by: 1e9 }), Some((3_051_000, 3_651_000)));
        assert_eq!(sight.after(Gesture::Zoom { at: 751_000.0, factor: 100.0 }), None);
    }

    #[test]
    fn a_stretch_is_shown_whichever_end_came_first() {
        assert_eq!(HOUR.after(Gesture::Show(900_000.0, 800_000.0)), Some((800_000, 900_000)));
        assert_eq!(HOUR.after(Gesture::Show(3_001_000.0, 9e9)), Some((3_001_000, 3_601_000)));
        // A click that slipped is not a microscope.
        assert_eq!(HOUR.after(Gesture::Show(900_000.0, 900_001.0)), Some((899_501, 900_501)));
    }

    proptest! {
        #[test]
        fn nothing_leaves_what_there_is(
            first in 0_u64..4_000_000, length in 0_u64..4_000_000, by in -1e12_f64..1e12, factor in 0.0_f64..1e9,
            ahead in 0_u64..9_000_000,
        ) {
            let shown = (first.clamp(1_000, 3_601_000), (first + length).clamp(1_000, 3_601_000));
            let sight = Sight { shown, ahead, ..HOUR };
            for gesture in [
                Gesture::Zoom { at: by, factor },
                Gesture::Pan { by },
                Gesture::Show(by, by * factor),
                Gesture::Zoom { at: f64::NAN, factor: f64::NAN },
            ] {
                if let Some((first, last)) = sight.after(gesture) {
                    let end = HOUR.all.1 + sight.ahead_in(last - first) + 1;
                    prop_assert!(HOUR.all.0 <= first && first <= last && last <= end, "{gesture:?} {first} {last}");
                }
            }
        }
    }
}
