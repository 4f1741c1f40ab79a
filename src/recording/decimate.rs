//! From millions of points to a few for each pixel column, without losing an extreme.
//!
//! # Contract
//!
//! * What comes out is a selection of the points that went in, in their order: no value is invented.
//! * Of every column it holds the first point, a lowest, a highest and the last: at most four.
//!   A heap chart lives by its minima, so methods that judge by area (LTTB) will not do.
//! * **Stable while panning.** Column `k` holds the keys `k × width .. (k + 1) × width`, counted from 0 on the
//!   data's axis and not from the edge of the view. Moving the view never regroups points, so a line
//!   does not shimmer.
//! * Work is per column, apart from [`Samples::extremes`], which looks at each point unless the samples
//!   bring something better: a pyramid of minima and maxima plugs in there and changes nothing else.
//!
//! ```
//! use heapscope::chart::decimate::{Samples, decimate};
//!
//! struct Dips(Vec<u64>);
//! impl Samples for Dips {
//!     fn len(&self) -> usize { self.0.len() }
//!     fn key(&self, index: usize) -> u64 { index as u64 }
//!     fn value(&self, index: usize) -> u64 { self.0[index] }
//! }
//!
//! let mut values = vec![100; 1_000];
//! values[637] = 3;
//! let kept = decimate(&Dips(values), 0..1_000, 100);
//! assert!(kept.contains(&637) && kept.len() <= 40);
//! ```

use std::ops::Range;

use crate::heap::order::partition_point;

/// Points with a key (time in ms, or line number) that never falls, and a value.
pub trait Samples {
    /// Number of points.
    fn len(&self) -> usize;

    /// Where the point stands on the axis. Never less than that of the point before.
    fn key(&self, index: usize) -> u64;

    /// How high it stands.
    fn value(&self, index: usize) -> u64;

    /// Whether there is no point.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Indices of a lowest and a highest value within `indices`; `None` when that is empty.
    fn extremes(&self, indices: Range<usize>) -> Option<(usize, usize)> {
        let first = indices.clone().next()?;
        let (mut lowest, mut highest) = ((self.value(first), first), (self.value(first), first));
        for index in indices {
            let value = self.value(index);
            if value < lowest.0 {
                lowest = (value, index);
            }
            if value > highest.0 {
                highest = (value, index);
            }
        }
        Some((lowest.1, highest.1))
    }

    /// Index of the first point at or after `key`.
    fn first_at_or_after(&self, key: u64) -> usize {
        partition_point(0..self.len(), |index| self.key(index) < key)
    }
}

/// Width of a column in units of the axis, so that `span` units take `columns` pixels at most. 1 at least.
pub fn column_width(span: u64, columns: u64) -> u64 {
    span.div_ceil(columns.max(1)).max(1)
}

/// The points of all columns that `first..=last` touches, whole columns at the edges too, and one point
/// more on either side, for the line that comes in from there.
pub fn visible(samples: &impl Samples, first: u64, last: u64, column_width: u64) -> Range<usize> {
    let column_width = column_width.max(1);
    let start = samples.first_at_or_after(first / column_width * column_width);
    let behind = (last / column_width + 1).checked_mul(column_width);
    let end = behind.map_or(samples.len(), |key| samples.first_at_or_after(key));
    start.saturating_sub(1)..end.saturating_add(1).min(samples.len())
}

/// The indices to draw out of `indices`, in order. See the module's contract.
pub fn decimate(samples: &impl Samples, indices: Range<usize>, column_width: u64) -> Vec<usize> {
    let column_width = column_width.max(1);
    let indices = indices.start..indices.end.min(samples.len());
    let (mut kept, mut start) = (Vec::new(), indices.start);
    while start < indices.end {
        let column = samples.key(start) / column_width;
        let end = end_of_column(samples, start..indices.end, column, column_width);
        if end - start <= 4 {
            kept.extend(start..end);
        } else if let Some((lowest, highest)) = samples.extremes(start..end) {
            let mut chosen = [start, lowest.min(highest), lowest.max(highest), end - 1];
            chosen.sort_unstable();
            for index in chosen {
                if kept.last() != Some(&index) {
                    kept.push(index);
                }
            }
        }
        start = end;
    }
    kept
}

/// Index behind the last point of a column that begins at `indices.start`. Searched in growing steps, since
/// it is usually near.
fn end_of_column(samples: &impl Samples, indices: Range<usize>, column: u64, column_width: u64) -> usize {
    let is_inside = |index: usize| samples.key(index) / column_width <= column;
    let (mut inside, mut step) = (indices.start, 1);
    loop {
        let next = inside.saturating_add(step);
        if next >= indices.end {
            return partition_point(inside + 1..indices.end, is_inside);
        }
        if !is_inside(next) {
            return partition_point(inside + 1..next, is_inside);
        }
        (inside, step) = (next, step.saturating_mul(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Debug)]
    struct Points(Vec<(u64, u64)>);

    impl Samples for Points {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn key(&self, index: usize) -> u64 {
            self.0[index].0
        }
        fn value(&self, index: usize) -> u64 {
            self.0[index].1
        }
    }

    fn points() -> impl Strategy<Value = Points> {
        prop::collection::vec((0_u64..50, 0_u64..1_000), 0..300).prop_map(|steps| {
            let mut key = 0;
            Points(
                steps
                    .into_iter()
                    .map(|(step, value)| {
                        // Many points at one time, and now and then a long pause.
                        key += if step < 25 { 0 } else { step * step };
                        (key, value)
                    })
                    .collect(),
            )
        })
    }

    /// First, lowest, highest and last value of each column: the slow and obvious way.
    fn naive(points: impl Iterator<Item = (u64, u64)>, width: u64) -> BTreeMap<u64, (u64, u64, u64, u64)> {
        let mut columns = BTreeMap::new();
        for (key, value) in points {
            let column = columns.entry(key / width).or_insert((value, value, value, value));
            *column = (column.0, column.1.min(value), column.2.max(value), value);
        }
        columns
    }

    proptest! {
        #[test]
        fn no_extreme_is_lost(points in points(), width in 1_u64..5_000) {
            let kept = decimate(&points, 0..points.len(), width);
            prop_assert!(kept.is_sorted_by(|one, two| one < two));
            let all = naive(points.0.iter().copied(), width);
            prop_assert_eq!(naive(kept.iter().map(|&index| points.0[index]), width), all.clone());
            prop_assert!(kept.len() <= all.len() * 4);
        }

        #[test]
        fn panning_never_regroups(points in points(), width in 1_u64..2_000, from in 0_u64..20_000, shift in 0_u64..3_000) {
            let view = |first: u64| {
                let last = first + 20 * width;
                let range = visible(&points, first, last, width);
                (first / width..=last / width, decimate(&points, range, width))
            };
            let ((columns_one, one), (columns_two, two)) = (view(from), view(from + shift));
            let in_both = |index: &usize| {
                let column = points.key(*index) / width;
                columns_one.contains(&column) && columns_two.contains(&column)
            };
            let one: Vec<usize> = one.into_iter().filter(in_both).collect();
            let two: Vec<usize> = two.into_iter().filter(in_both).collect();
            prop_assert_eq!(one, two);
        }

        #[test]
        fn the_view_has_whole_columns_and_a_neighbour_on_either_side(
            points in points(), first in 0_u64..20_000, span in 0_u64..9_000, width in 1_u64..2_000,
        ) {
            let range = visible(&points, first, first + span, width);
            let touched = |key: u64| (first / width..=(first + span) / width).contains(&(key / width));
            let inside: Vec<usize> = (0..points.len()).filter(|&index| touched(points.key(index))).collect();
            prop_assert!(inside.iter().all(|index| range.contains(index)));
            prop_assert!(range.len() <= inside.len() + 2);
        }
    }

    #[test]
    fn nothing_comes_from_nothing() {
        assert!(decimate(&Points(Vec::new()), 0..0, 10).is_empty());
        assert_eq!(decimate(&Points(vec![(5, 1)]), 0..9, 0), [0_usize]);
        assert_eq!(visible(&Points(Vec::new()), 0, u64::MAX, 3), 0..0);
        assert_eq!(column_width(0, 0), 1);
    }
}
