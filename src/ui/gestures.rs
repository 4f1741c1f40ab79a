//! What mouse and fingers do on a picture with an axis from left to right: a band is drawn, it is moved, pinched.
//!
//! A mouse draws a band, which is shown larger when it is let go; with Shift it moves the picture, as one finger does.
//! Two fingers pinch. It knows pixels only, and refuses to guess: a movement of a few pixels is a click that slipped.
//!
//! ```
//! use heapscope::ui::gestures::{Gestures, Handled};
//!
//! let mut gestures = Gestures::default();
//! gestures.down(1, 100.0, false);
//! assert_eq!(gestures.moved(1, 180.0), Some(Handled::Band(100.0, 180.0)));
//! assert_eq!(gestures.up(1), Some(Handled::Chosen(100.0, 180.0)));
//! ```

/// Less than this is no movement, in CSS pixels.
const SLIP_PX: f64 = 4.0;

/// What was done, in CSS pixels from the left edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Handled {
    /// A band is being drawn from here to there.
    Band(f64, f64),
    /// It was let go: this is wanted.
    Chosen(f64, f64),
    /// The picture is moved so far to the right.
    Moved(f64),
    /// Two fingers around here are so many times as far apart as before.
    Pinched {
        /// Between them.
        at_px: f64,
        /// Above 1 is nearer.
        apart: f64,
    },
    /// What was begun is not wanted.
    Dropped,
    /// The wheel was turned here, or a key pressed: shows so many times as much.
    Zoomed {
        /// What stays where it is.
        at_px: f64,
        /// Below 1 is nearer.
        factor: f64,
    },
    /// All is wanted.
    Fitted,
}

/// What a turn of the wheel means: its way in the browser's unit, and which unit that is. Sideways, or with Shift, it
/// moves the picture.
pub fn turned(at_px: f64, (across, down): (f64, f64), unit: u32, has_shift: bool) -> Option<Handled> {
    // Pixels, lines, pages: the `deltaMode` of the browser's WheelEvent.
    let px = match unit {
        0 => 1.0,
        1 => 16.0,
        _ => 400.0,
    };
    // A notch of most wheels is 100 to 120 pixels: a third nearer or further.
    const DOUBLED_PX: f64 = 240.0;
    let (across, down) = (across * px, down * px);
    if across.abs() > down.abs() {
        Some(Handled::Moved(-across))
    } else if down == 0.0 {
        None
    } else if has_shift {
        Some(Handled::Moved(-down))
    } else {
        let doubled = (down / DOUBLED_PX).clamp(-2.0, 2.0);
        Some(Handled::Zoomed { at_px, factor: doubled.exp2() })
    }
}

/// What is down, and since where.
#[derive(Clone, Debug, Default)]
pub struct Gestures {
    /// Number of the pointer, and where it is.
    down: Vec<(i32, f64)>,
    /// Where the first of them went down.
    began_px: f64,
    /// Whether it moves the picture rather than draws a band.
    moves: bool,
    /// Whether it is more than a click by now.
    is_more: bool,
}

impl Gestures {
    /// A pointer goes down here; `moves` is true for a finger, and for a mouse with Shift.
    pub fn down(&mut self, pointer: i32, x_px: f64, moves: bool) {
        if self.down.is_empty() {
            (self.began_px, self.moves, self.is_more) = (x_px, moves, false);
        }
        self.down.retain(|&(known, _)| known != pointer);
        self.down.push((pointer, x_px));
    }

    /// It moves to here.
    pub fn moved(&mut self, pointer: i32, x_px: f64) -> Option<Handled> {
        let place = self.down.iter().position(|&(known, _)| known == pointer)?;
        let was_px = self.down[place].1;
        if let [one, two] = *self.down {
            self.is_more = true;
            let other_px = if place == 0 { two.1 } else { one.1 };
            self.down[place].1 = x_px;
            // Fingers above each other would be infinitely far apart a moment later.
            let apart = |px: f64| (px - other_px).abs().max(SLIP_PX);
            return Some(Handled::Pinched { at_px: other_px, apart: apart(x_px) / apart(was_px) });
        }
        if !self.is_more && (x_px - self.began_px).abs() < SLIP_PX {
            return None;
        }
        self.is_more = true;
        self.down[place].1 = x_px;
        Some(if self.moves { Handled::Moved(x_px - was_px) } else { Handled::Band(self.began_px, x_px) })
    }

    /// It goes up, where it was last.
    pub fn up(&mut self, pointer: i32) -> Option<Handled> {
        let place = self.down.iter().position(|&(known, _)| known == pointer)?;
        let (_, x_px) = self.down.remove(place);
        let was_band = self.is_more && !self.moves && self.down.is_empty();
        was_band.then_some(Handled::Chosen(self.began_px, x_px))
    }

    /// The browser took it away, or the person pressed Escape.
    pub fn drop_all(&mut self) -> Option<Handled> {
        let was_more = !std::mem::take(&mut self.down).is_empty() && self.is_more;
        was_more.then_some(Handled::Dropped)
    }

    /// Whether the click that comes now is the end of a movement.
    pub fn was_more_than_a_click(&self) -> bool {
        self.is_more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_that_slips_is_a_click() {
        let mut gestures = Gestures::default();
        gestures.down(1, 100.0, false);
        assert_eq!(gestures.moved(1, 102.0), None);
        assert_eq!(gestures.up(1), None);
        assert!(!gestures.was_more_than_a_click());
        assert_eq!(gestures.moved(1, 200.0), None, "nothing is down");
    }

    #[test]
    fn a_finger_moves_and_two_pinch() {
        let mut gestures = Gestures::default();
        gestures.down(1, 100.0, true);
        assert_eq!(gestures.moved(1, 110.0), Some(Handled::Moved(10.0)));
        assert_eq!(gestures.moved(1, 105.0), Some(Handled::Moved(-5.0)));
        gestures.down(2, 205.0, true);
        assert_eq!(gestures.moved(2, 305.0), Some(Handled::Pinched { at_px: 105.0, apart: 2.0 }));
        // What is left over of a pinch moves on, and chooses nothing.
        assert_eq!(gestures.up(1), None);
        assert_eq!(gestures.moved(2, 300.0), Some(Handled::Moved(-5.0)));
        assert_eq!(gestures.up(2), None);
        assert!(gestures.was_more_than_a_click());
    }

    #[test]
    fn a_wheel_zooms_and_sideways_moves() {
        assert_eq!(turned(9.0, (0.0, 240.0), 0, false), Some(Handled::Zoomed { at_px: 9.0, factor: 2.0 }));
        assert_eq!(turned(9.0, (0.0, -15.0), 1, false), Some(Handled::Zoomed { at_px: 9.0, factor: 0.5 }));
        assert_eq!(turned(9.0, (30.0, 2.0), 0, false), Some(Handled::Moved(-30.0)));
        assert_eq!(turned(9.0, (0.0, 30.0), 0, true), Some(Handled::Moved(-30.0)));
        assert_eq!(turned(9.0, (0.0, 0.0), 0, false), None);
        // A touchpad that is flung does not go from a week to a second.
        assert_eq!(turned(9.0, (0.0, 9e9), 0, false), Some(Handled::Zoomed { at_px: 9.0, factor: 4.0 }));
    }

    #[test]
    fn a_band_can_be_dropped() {
        let mut gestures = Gestures::default();
        gestures.down(1, 100.0, false);
        assert_eq!(gestures.moved(1, 300.0), Some(Handled::Band(100.0, 300.0)));
        assert_eq!(gestures.drop_all(), Some(Handled::Dropped));
        assert_eq!(gestures.up(1), None);
        assert_eq!(gestures.drop_all(), None);
    }

    #[test]
    fn fingers_in_one_place_do_not_explode() {
        let mut gestures = Gestures::default();
        gestures.down(1, 100.0, true);
        gestures.down(2, 100.0, true);
        let Some(Handled::Pinched { apart, .. }) = gestures.moved(2, 102.0) else { panic!("two are down") };
        assert!((0.5..=2.0).contains(&apart), "{apart}");
    }
}
