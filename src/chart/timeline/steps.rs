//! The largest lasting drop that is in sight: how much went, and when.
//!
//! A drop lasts where everything for a while after it lies below everything for a while before it. So a dip that comes back
//! is none, nor is a steady fall, of which any step is a small part; and noise has to be overcome. It only measures: what a drop means is not for a picture to say.
//!
//! ```text
//! 24 25 24 25 24 │ 18 19 18 19 18   5 KB are beyond noise; 6 KB from the middle before to the middle after
//! ```

use std::collections::VecDeque;

use plotters::backend::DrawingBackend;

use super::{Frame, Part, TimelineChart, VisibleLine};
use crate::chart::pen::{HPos, Pen, SMALL_TEXT_PX, TextLook, VPos, text_width_px};
use crate::chart::scale::LinearScale;
use crate::chart::{PaintResult, Rect, Surface, Theme};
use crate::heap::order::{self, partition_point};
use crate::recording::Metric;
use crate::recording::decimate::Samples;
use crate::words::chart::timeline as words;

/// A drop is looked for with this part of what is in sight on either side.
const WINDOW_PART: u64 = 16;
/// What is less than this part of the panel's height is nothing to look at.
const LEAST_PART: u64 = 12;

/// The largest lasting drop of the free heap that is in sight; `top` is the highest value that has room.
fn in_sight(line: &VisibleLine<'_, '_>, chart: &TimelineChart<'_>, frame: &Frame, top: u64) -> Option<Drop> {
    let window = (chart.view.1 - chart.view.0) / WINDOW_PART;
    let of_part = |part: &Part| {
        let points: Vec<(u64, u64)> = match part {
            Part::Points(indices) => {
                indices.iter().map(|&index| (line.trace.key(index), line.trace.value(index))).collect()
            }
            // Whatever falls within a column has fallen there.
            Part::Columns(extents) => extents
                .iter()
                .flat_map(|extent| {
                    let key = extent.column.saturating_mul(frame.column_width);
                    [(key, extent.highest), (key, extent.lowest)]
                })
                .collect(),
        };
        largest(&points, window, top / LEAST_PART)
    };
    let is_in_sight = |drop: &Drop| (chart.view.0..=chart.view.1).contains(&drop.at);
    let drops = line.parts.iter().filter_map(of_part).filter(is_in_sight);
    drops.max_by_key(|drop| drop.beyond_noise).filter(|_| line.trace.metric == Metric::Free)
}

/// The same as a sentence. Looked for anew.
pub(super) fn sentence(chart: &TimelineChart<'_>) -> Option<String> {
    const SURFACE: Surface = Surface::new(900.0, 320.0, 1.0, Theme::Light);
    let (trace, frame) = (chart.bytes.first()?, Frame::new(chart, &SURFACE));
    let line = VisibleLine::new(trace, chart, &frame);
    let drop = in_sight(&line, chart, &frame, line.top())?;
    Some(words::largest_drop(drop.size(), &chart.place_in_words(drop.at)))
}

/// Says in the picture how much went, and when.
pub(super) fn mark<DB: DrawingBackend>(
    line: &VisibleLine<'_, '_>,
    chart: &TimelineChart<'_>,
    frame: &Frame,
    scale: &LinearScale,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    const LINE_PX: f64 = 15.0;
    let Some(drop) = in_sight(line, chart, frame, scale.values().1 as u64) else { return Ok(()) };
    let palette = pen.palette();
    let text = words::drop(drop.size(), &chart.place_in_words(drop.at));
    let width = text_width_px(&text, SMALL_TEXT_PX);
    let x = frame.x.to_pixel(drop.at as f64);
    let (high, low) = (scale.to_pixel(drop.from as f64), scale.to_pixel(drop.to as f64));
    // Beside the drop, where the line was before and is no more; at the right edge before it, above the line.
    let (left, middle) = match x + 8.0 + width <= frame.right {
        true if low - high >= LINE_PX + 4.0 => (x + 8.0, (high + low) / 2.0),
        true => (x + 8.0, high - LINE_PX),
        false => ((x - 8.0 - width).max(frame.left), high - LINE_PX),
    };
    let plate = Rect::new(left - 3.0, middle - LINE_PX / 2.0, width + 6.0, LINE_PX);
    pen.fill_thinly(plate, palette.background, 0.85)?;
    pen.upright(x, high, low, 3.0, palette.text)?;
    let head = [(x - 5.0, low - 7.0), (x + 5.0, low - 7.0), (x, low)];
    pen.polygon(&head, palette.text, 1.0)?;
    let look = TextLook::new(SMALL_TEXT_PX, palette.text, HPos::Left, VPos::Center);
    pen.text(&text, (left, middle), look.bold())
}

/// A drop in a line, in the units of its axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Drop {
    /// Where the first value after it stands.
    pub at: u64,
    /// The middle value for a while before it.
    pub from: u64,
    /// The middle value for a while after it.
    pub to: u64,
    /// From the lowest value before it to the highest after: what cannot be noise.
    pub beyond_noise: u64,
}

impl Drop {
    pub(super) fn size(&self) -> u64 {
        self.from.saturating_sub(self.to)
    }
}

/// So many values are wanted on either side: fewer are chance.
const FEWEST: usize = 4;

/// The largest lasting drop of a line: (key, value) in order, each with `window` units on either side. Those of less than
/// `least` are not looked for.
pub(super) fn largest(points: &[(u64, u64)], window: u64, least: u64) -> Option<Drop> {
    let before = extremes(points.iter().copied(), window, |one, two| one <= two);
    let last_key = points.last()?.0;
    // The same from behind, with time running back.
    let reversed = points.iter().rev().map(|&(key, value)| (last_key - key, value));
    let mut after = extremes(reversed, window, |one, two| one >= two);
    after.reverse();
    let drops = (FEWEST..points.len().saturating_sub(FEWEST - 1)).filter_map(|behind| {
        let (low, high) = (before.get(behind - 1)?, after.get(behind)?);
        let is_long = |extreme: &Extreme| extreme.values >= FEWEST && extreme.length * 2 >= window;
        let size = low.value.checked_sub(high.value)?;
        // Half of all that went meanwhile, at least.
        let is_step = size >= least.max(1) && size.saturating_mul(2) >= low.far.saturating_sub(high.far);
        (is_long(low) && is_long(high) && is_step).then_some((size, behind))
    });
    let (beyond_noise, behind) = drops.max()?;
    let at = points[behind].0;
    let middle = |side: &[(u64, u64)]| {
        let mut values: Vec<u64> = side.iter().map(|point| point.1).collect();
        order::sort_by_key(&mut values, |value| *value);
        // The mean of both, where two are in the middle.
        let (one, two) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        one + (two - one) / 2
    };
    let begin = points[behind - 1].0.saturating_sub(window);
    let first = partition_point(0..behind, |index| points[index].0 < begin);
    let end = partition_point(behind..points.len(), |index| points[index].0 <= at.saturating_add(window));
    // A column of pixels that has both sides of it is of neither.
    let split = usize::from(points[behind - 1].0 == at);
    let (from, to) = (middle(&points[first..behind - split]), middle(&points[behind + split..end]));
    Some(Drop { at, from, to, beyond_noise })
}

/// The lowest or highest value of the last while.
struct Extreme {
    value: u64,
    /// The value that is furthest away.
    far: u64,
    /// Of so many values.
    values: usize,
    /// From the first of them to the last, in units of the axis.
    length: u64,
}

/// For each point the extreme of the `window` units up to it. `wins` says which of two is kept.
fn extremes(
    points: impl Iterator<Item = (u64, u64)>,
    window: u64,
    wins: fn(u64, u64) -> bool,
) -> Vec<Extreme> {
    // Those that may still become the extreme, the present one first.
    let mut candidates: VecDeque<(u64, u64)> = VecDeque::new();
    let mut seen: VecDeque<(u64, u64)> = VecDeque::new();
    let take = |(key, value): (u64, u64)| {
        let begin = key.saturating_sub(window);
        while candidates.back().is_some_and(|&(_, last)| wins(value, last)) {
            candidates.pop_back();
        }
        candidates.push_back((key, value));
        while candidates.front().is_some_and(|&(first, _)| first < begin) {
            candidates.pop_front();
        }
        seen.push_back((key, value));
        while seen.front().is_some_and(|&(first, _)| first < begin) {
            seen.pop_front();
        }
        let extreme = candidates.front().map_or(value, |&(_, value)| value);
        let (first, far) = seen.front().copied().unwrap_or((key, value));
        Extreme { value: extreme, far, values: seen.len(), length: key - first }
    };
    points.map(take).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Looking at all windows, the slow and obvious way.
    fn naive(points: &[(u64, u64)], window: u64, least: u64) -> Option<u64> {
        let drops = (1..points.len()).filter_map(|behind| {
            let (first, last) = (points[behind - 1].0, points[behind].0);
            let before: Vec<_> = points[..behind].iter().filter(|point| point.0 + window >= first).collect();
            let after: Vec<_> = points[behind..].iter().filter(|point| point.0 <= last + window).collect();
            let length = |side: &[&(u64, u64)]| side.last().unwrap().0 - side[0].0;
            let is_long = |side: &[&(u64, u64)]| side.len() >= FEWEST && length(side) * 2 >= window;
            let low = before.iter().map(|point| point.1).min()?;
            let high = after.iter().map(|point| point.1).max()?;
            let went = before[0].1.saturating_sub(after.last().unwrap().1);
            let is_step = low >= high + least.max(1) && (low - high) * 2 >= went;
            (is_long(&before) && is_long(&after) && is_step).then(|| low - high)
        });
        drops.max()
    }

    proptest! {
        #[test]
        fn as_the_obvious_way(
            steps in prop::collection::vec((0_u64..40, 0_u64..20), 0..80), window in 0_u64..200, least in 0_u64..12,
        ) {
            let (mut key, mut level) = (0, 400);
            let points: Vec<_> = steps.iter().map(|&(wait, down)| {
                key += wait;
                level -= if down == 19 { 9 } else { 0 };
                (key, level + down % 7)
            }).collect();
            let found = largest(&points, window, least);
            prop_assert_eq!(found.map(|drop| drop.beyond_noise), naive(&points, window, least));
        }
    }

    fn line(value: impl Fn(u64) -> u64) -> Vec<(u64, u64)> {
        (0..100).map(|index| (index * 10, value(index))).collect()
    }

    #[test]
    fn a_step_is_found_where_it_is_and_nothing_else_is() {
        let noise = |index: u64| index * 7 % 5 * 20;
        let step = |index: u64| if index < 63 { 20_000 } else { 14_000 };
        let drop = largest(&line(|index| step(index) + noise(index)), 150, 1_000).unwrap();
        assert_eq!(drop, Drop { at: 630, from: 20_040, to: 14_040, beyond_noise: 5_920 });
        // A steady fall, a dip that comes back, a rise, noise, and what has just begun.
        for value in [
            (|index| 20_000 - index * 100) as fn(u64) -> u64,
            |index| if (40..44).contains(&index) { 9_000 } else { 20_000 },
            |index| 10_000 + index * 100,
            |index| 10_000 + index * 7_919 % 3_000,
            |index| if index < 98 { 20_000 } else { 14_000 },
        ] {
            assert_eq!(largest(&line(value), 150, 1_000), None);
        }
        assert_eq!(largest(&[], 150, 1_000), None);
    }
}
