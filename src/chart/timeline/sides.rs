//! The two moments that are compared: flags A and B, and what lies between them.
//!
//! A's letter stands to the left of its line and B's to the right, so that they are told apart where the moments are one;
//! but at an end of the picture inside of it.
//! It says nothing of what differs: that stands beside the picture.

use plotters::backend::DrawingBackend;

use super::{Frame, TimelineChart};
use crate::chart::pen::{HPos, Pen, SMALL_TEXT_PX, TextLook, VPos};
use crate::chart::{PaintResult, Rect};
use crate::words::chart::timeline as words;

/// Width and height of a flag in CSS pixels.
const FLAG_PX: f64 = SMALL_TEXT_PX + 5.0;

pub(super) fn paint<DB: DrawingBackend>(
    chart: &TimelineChart<'_>,
    frame: &Frame,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let (axis, (first, last)) = (chart.options.axis, chart.view);
    let keys = chart.options.sides.map(|side| side.map(|moment| moment.key(axis)));
    let (top, palette) = (frame.lane.bottom(), pen.palette());
    let colour = palette.text;
    if let [Some(one), Some(two)] = keys {
        let x = |key: u64| frame.x.to_pixel(key.max(first).min(last) as f64);
        let (left, right) = (x(one.min(two)), x(one.max(two)));
        let is_seen = one.max(two) >= first && one.min(two) <= last;
        if is_seen {
            pen.fill_thinly(Rect::new(left, top, right - left, frame.bottom - top), palette.text, 0.06)?;
        }
    }
    for ((key, letter), is_left) in keys.into_iter().zip(words::SIDES).zip([true, false]) {
        let Some(key) = key.filter(|key| (first..=last).contains(key)) else { continue };
        let x = frame.x.to_pixel(key as f64);
        pen.upright(x, top, frame.bottom, 1.5, colour)?;
        // Not over the labels of the axis, nor beyond the end.
        let is_left = (is_left || x + FLAG_PX > frame.right) && x - FLAG_PX >= frame.left;
        let flag = Rect::new(if is_left { x - FLAG_PX } else { x }, top, FLAG_PX, FLAG_PX);
        pen.fill(flag, colour)?;
        let look = TextLook::new(SMALL_TEXT_PX, palette.background, HPos::Center, VPos::Center);
        pen.text(letter, (flag.x + FLAG_PX / 2.0, flag.y + FLAG_PX / 2.0), look.bold())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::chart::{Moment, Options, Surface, Theme, TimelineChart, View, svg};
    use crate::heap::Millis;
    use crate::recording::{Recorder, Source};

    fn painted(sides: [Option<u64>; 2], view: View) -> String {
        let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
        for second in 0..100_u64 {
            recorder.feed(b"10:00:00.000-024/00 CMD: a\r\n", Millis::from_secs(second));
        }
        let moment = |second| Moment { at: Millis::from_secs(second), line: second };
        let options = Options { sides: sides.map(|side| side.map(moment)), view, ..Options::default() };
        svg(
            &TimelineChart::new(recorder.recording(), options),
            &Surface::new(900.0, 300.0, 1.0, Theme::Light),
        )
    }

    #[test]
    fn flags_stand_where_their_moments_are_and_only_while_these_are_in_sight() {
        let has = |svg: &str, letter: char| svg.contains(&format!(">{letter}</text>"));
        let both = painted([Some(20), Some(60)], View::All);
        assert!(has(&both, 'A') && has(&both, 'B'));
        let one = painted([Some(20), None], View::All);
        assert!(has(&one, 'A') && !has(&one, 'B'));
        let part = painted([Some(20), Some(60)], View::Time(Millis::from_secs(50), Millis::from_secs(99)));
        assert!(!has(&part, 'A') && has(&part, 'B'));
        let none = painted([None, None], View::All);
        assert!(!has(&none, 'A') && !has(&none, 'B'));
    }
}
