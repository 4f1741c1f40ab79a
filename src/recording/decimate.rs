//! From millions of points to a few for each pixel column, without losing an extreme.
//!
//! # Contract
//!
//! * What comes out was in what went in: no value is invented. [`decimate`] gives points, in their order.
//! * Of every column there is the first point, a lowest, a highest and the last: at most four.
//!   A heap chart lives by its minima, so methods that judge by area (LTTB) will not do.
//! * **Stable while panning.** Column `k` holds the keys `k × width .. (k + 1) × width`, counted from 0 on the
//!   data's axis and not from the edge of the view. Moving the view never regroups points, so a line
//!   does not shimmer.
//! * [`columns`] gives no points but how far each column goes: the work is per column and does not grow with the points,
//!   where the samples know the extent of a stretch ([`Samples::extent`]). It is for lines of more points than pixels;
//!   [`decimate`], which looks at each point, is for those of less.
//!
//! ```
//! use heapscope_reader::recording::decimate::{Samples, columns, decimate};
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
//! let dips = Dips(values);
//! let kept = decimate(&dips, 0..1_000, 100);
//! assert!(kept.contains(&637) && kept.len() <= 40);
//! let columns = columns(&dips, 0..1_000, 100);
//! assert_eq!((columns.len(), columns[6].lowest, columns[6].highest), (10, 3, 100));
//! ```

use std::ops::Range;

use crate::heap::order::partition_point;

/// How far the points of a column go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Which column: it holds the keys from so many times its width.
    pub column: u64,
    /// The value of the first point.
    pub first: u64,
    /// The lowest value.
    pub lowest: u64,
    /// The highest value.
    pub highest: u64,
    /// The value of the last point.
    pub last: u64,
}

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

    /// Lowest and highest value within `indices`, as far as there are any; `None` when that is empty.
    fn extent(&self, indices: Range<usize>) -> Option<(u64, u64)> {
        let values = (indices.start..indices.end.min(self.len())).map(|index| self.value(index));
        values.clone().min().zip(values.max())
    }

    /// Index of the first point at or after `key`.
    fn first_at_or_after(&self, key: u64) -> usize {
        self.first_within(0..self.len(), key, 0)
    }

    /// Index of the first point at or after `key` within `indices`, or their end. It is likely to be near `guess`.
    fn first_within(&self, indices: Range<usize>, key: u64, guess: usize) -> usize {
        let _ = guess;
        partition_point(indices, |index| self.key(index) < key)
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
    let behind = (last / column_width).checked_add(1).and_then(|next| next.checked_mul(column_width));
    let end = behind.map_or(samples.len(), |key| samples.first_at_or_after(key));
    start.saturating_sub(1)..end.saturating_add(1).min(samples.len())
}

/// The indices to draw out of `indices`, in order. See the module's contract. Looks at each of them.
pub fn decimate(samples: &impl Samples, indices: Range<usize>, column_width: u64) -> Vec<usize> {
    let mut kept = Vec::new();
    each_column(samples, indices, column_width, |points| {
        if points.len() <= 4 {
            kept.extend(points);
            return;
        }
        let (first, last) = (points.start, points.end - 1);
        let (mut lowest, mut highest) = (first, first);
        for index in points {
            if samples.value(index) < samples.value(lowest) {
                lowest = index;
            }
            if samples.value(index) > samples.value(highest) {
                highest = index;
            }
        }
        let mut chosen = [first, lowest.min(highest), lowest.max(highest), last];
        chosen.sort_unstable();
        for index in chosen {
            if kept.last() != Some(&index) {
                kept.push(index);
            }
        }
    });
    kept
}

/// How far each column of `indices` goes that has a point, in order. See the module's contract.
pub fn columns(samples: &impl Samples, indices: Range<usize>, column_width: u64) -> Vec<Extent> {
    Known::default().columns(samples, indices, column_width)
}

/// Columns that were looked at before. Who moves a view sees nearly all of them again, and they are what they were: points
/// only come behind the last one. It holds as many as a view has, 48 bytes each.
#[derive(Clone, Debug, Default)]
pub struct Known {
    column_width: u64,
    /// Whole columns, in order, each with its points.
    columns: Vec<(Range<usize>, Extent)>,
}

impl Known {
    /// The same as [`columns`], of samples that only ever grew since the last time.
    pub fn columns(
        &mut self,
        samples: &impl Samples,
        indices: Range<usize>,
        column_width: u64,
    ) -> Vec<Extent> {
        if self.column_width != column_width {
            *self = Known { column_width, columns: Vec::new() };
        }
        let indices = indices.start..indices.end.min(samples.len());
        let begin =
            partition_point(0..self.columns.len(), |place| self.columns[place].0.start < indices.start);
        let mut known = self.columns[begin..].iter().peekable();
        let (mut extents, mut whole) = (Vec::new(), Vec::new());
        let (mut start, mut length) = (indices.start, 1);
        while start < indices.end {
            while known.next_if(|(points, _)| points.start < start).is_some() {}
            let (points, extent) =
                match known.next_if(|(points, _)| points.start == start && points.end <= indices.end) {
                    Some((points, extent)) => (points.clone(), *extent),
                    None => {
                        let (column, points) = column_at(samples, start..indices.end, column_width, length);
                        let (first, last) = (samples.value(points.start), samples.value(points.end - 1));
                        let Some((lowest, highest)) = samples.extent(points.clone()) else { break };
                        (points, Extent { column, first, lowest, highest, last })
                    }
                };
            // At either end a column may go on beyond.
            if points.start > indices.start && points.end < indices.end {
                whole.push((points.clone(), extent));
            }
            extents.push(extent);
            (start, length) = (points.end, points.len());
        }
        // A line that breaks asks for each of its parts; what is in none of them will not be asked for soon.
        const MOST: usize = 16_384;
        if self.columns.len() + whole.len() > MOST {
            self.columns.clear();
        }
        let first =
            partition_point(0..self.columns.len(), |place| self.columns[place].0.start < indices.start);
        let behind = partition_point(0..self.columns.len(), |place| self.columns[place].0.end <= indices.end);
        self.columns.splice(first..behind.max(first), whole);
        extents
    }
}

/// Calls for each column that has a point.
fn each_column(
    samples: &impl Samples,
    indices: Range<usize>,
    column_width: u64,
    mut call: impl FnMut(Range<usize>),
) {
    let indices = indices.start..indices.end.min(samples.len());
    let (mut start, mut length) = (indices.start, 1);
    while start < indices.end {
        let (_, points) = column_at(samples, start..indices.end, column_width, length);
        (start, length) = (points.end, points.len());
        call(points);
    }
}

/// The column of the first of these points: its number, and which of them are in it. There are likely to be about `length`:
/// boards report at regular times, and a column has about as many points as the one before.
fn column_at(
    samples: &impl Samples,
    indices: Range<usize>,
    column_width: u64,
    length: usize,
) -> (u64, Range<usize>) {
    let (start, column_width) = (indices.start, column_width.max(1));
    let column = samples.key(start) / column_width;
    let behind = column.checked_add(1).and_then(|next| next.checked_mul(column_width));
    let end = behind.map_or(indices.end, |behind| {
        samples.first_within(start + 1..indices.end, behind, start.saturating_add(length))
    });
    (column, start..end)
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
            let columns = columns(&points, 0..points.len(), width);
            let known: BTreeMap<u64, (u64, u64, u64, u64)> =
                columns.iter().map(|extent| (extent.column, (extent.first, extent.lowest, extent.highest, extent.last))).collect();
            prop_assert_eq!(known, all);
            prop_assert!(columns.is_sorted_by(|one, two| one.column < two.column));
        }

        #[test]
        fn panning_never_regroups(points in points(), width in 1_u64..2_000, from in 0_u64..20_000, shift in 0_u64..3_000) {
            let view = |first: u64| {
                let last = first + 20 * width;
                let range = visible(&points, first, last, width);
                let columns = first / width..=last / width;
                let extents = super::columns(&points, range.clone(), width);
                (columns, decimate(&points, range, width), extents)
            };
            let ((columns_one, one, extents_one), (columns_two, two, extents_two)) = (view(from), view(from + shift));
            let in_both = |index: &usize| {
                let column = points.key(*index) / width;
                columns_one.contains(&column) && columns_two.contains(&column)
            };
            let one: Vec<usize> = one.into_iter().filter(in_both).collect();
            let two: Vec<usize> = two.into_iter().filter(in_both).collect();
            prop_assert_eq!(one, two);
            let in_both = |extent: &Extent| columns_one.contains(&extent.column) && columns_two.contains(&extent.column);
            let one: Vec<Extent> = extents_one.into_iter().filter(in_both).collect();
            let two: Vec<Extent> = extents_two.into_iter().filter(in_both).collect();
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

    proptest! {
        #[test]
        fn what_is_known_is_what_would_be_found(
            points in points(),
            views in prop::collection::vec((0_usize..300, 0_usize..300, 0_usize..20, 0_usize..3), 1..30),
        ) {
            let (mut known, mut count) = (Known::default(), 0);
            for (start, length, more, width) in views {
                count = (count + more).min(points.0.len());
                let points = Points(points.0[..count].to_vec());
                let (indices, width) = (start..start + length, [1, 300, 1_000][width]);
                let expected = super::columns(&points, indices.clone(), width);
                prop_assert_eq!(known.columns(&points, indices, width), expected);
            }
        }
    }

    #[test]
    fn who_moves_on_looks_at_what_is_new() {
        struct Counted(std::cell::Cell<usize>);
        impl Samples for Counted {
            fn len(&self) -> usize {
                1_000_000
            }
            fn key(&self, index: usize) -> u64 {
                index as u64
            }
            fn value(&self, index: usize) -> u64 {
                self.0.set(self.0.get() + 1);
                index as u64 % 977
            }
        }
        let (samples, mut known) = (Counted(std::cell::Cell::new(0)), Known::default());
        known.columns(&samples, 0..900_000, 1_000);
        let at_first = samples.0.take();
        let moved = known.columns(&samples, 3_500..903_500, 1_000);
        assert_eq!(moved.len(), 901);
        // At those that came in, and at those that were cut off by an edge.
        assert!(samples.0.get() * 100 < at_first, "{} of {at_first}", samples.0.get());
    }

    #[test]
    fn nothing_comes_from_nothing() {
        assert!(decimate(&Points(Vec::new()), 0..0, 10).is_empty());
        assert!(columns(&Points(Vec::new()), 0..0, 10).is_empty());
        assert_eq!(columns(&Points(vec![(u64::MAX, 1)]), 0..9, 1).len(), 1);
        assert_eq!(decimate(&Points(vec![(5, 1)]), 0..9, 0), [0_usize]);
        assert_eq!(visible(&Points(Vec::new()), 0, u64::MAX, 3), 0..0);
        assert_eq!(column_width(0, 0), 1);
    }
}
