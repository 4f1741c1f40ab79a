//! Millions of values, and how low and how high they go in any stretch, without looking at each.
//!
//! Of each 64 neighbours the lowest and the highest is kept, of each 64 of these pairs again, and so on: the extremes of any
//! stretch stand in some hundred numbers that lie side by side in a few places, however long it is. It grows at its end, by
//! a thirty-second more than the values themselves take, and refuses to change what it was given. Two bytes for a value
//! make 0.06 for the pyramid above it.
//!
//! ```text
//! level 2: (3 … 9 410)                            one pair for 4096 values
//! level 1: (3 … 880)  (12 … 9 410)  …             one pair for 64 values
//! level 0: 17, 3, 880, 12, 9 410, …               the values
//! ```

use std::ops::Range;

use super::column::{Column, both};

/// Members of a group.
const GROUP: usize = 64;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Pyramid {
    values: Column,
    /// Of each full group of the level below, its lowest value and behind it its highest.
    levels: Vec<Column>,
}

impl Pyramid {
    /// Adds a value.
    pub fn push(&mut self, value: u64) {
        self.values.push(value);
        let mut count = self.values.len();
        for level in 0.. {
            if !count.is_multiple_of(GROUP) {
                return;
            }
            let Some((lowest, highest)) = self.look_at(level, count - GROUP..count) else { return };
            if self.levels.len() == level {
                self.levels.push(Column::default());
            }
            self.levels[level].push(lowest);
            self.levels[level].push(highest);
            count = self.levels[level].len() / 2;
        }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The value at this place; `None` behind the end.
    pub fn get(&self, place: usize) -> Option<u64> {
        self.values.get(place)
    }

    /// The lowest and the highest value in a stretch, as far as there are any; `None` when that is empty.
    pub fn extent(&self, places: Range<usize>) -> Option<(u64, u64)> {
        self.extent_from(0, places.start..places.end.min(self.len()))
    }

    /// The same of members of a level; those of level 0 are values.
    fn extent_from(&self, level: usize, members: Range<usize>) -> Option<(u64, u64)> {
        let groups = members.start.div_ceil(GROUP)..members.end / GROUP;
        if groups.is_empty() {
            return self.look_at(level, members);
        }
        let before = self.look_at(level, members.start..groups.start * GROUP);
        let behind = self.look_at(level, groups.end * GROUP..members.end);
        let inside = self.extent_from(level + 1, groups);
        [before, inside, behind].into_iter().flatten().reduce(both)
    }

    /// The same, one by one.
    fn look_at(&self, level: usize, members: Range<usize>) -> Option<(u64, u64)> {
        match level.checked_sub(1) {
            None => self.values.extent(members),
            // The lowest of the lowest, and the highest of the highest.
            Some(above) => self.levels.get(above)?.extent(2 * members.start..2 * members.end),
        }
    }
}

#[cfg(test)]
impl Pyramid {
    /// What it takes of memory, its values too.
    pub fn bytes(&self) -> usize {
        self.values.bytes() + self.levels.iter().map(Column::bytes).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pyramid(values: &[u64]) -> Pyramid {
        let mut pyramid = Pyramid::default();
        values.iter().for_each(|value| pyramid.push(*value));
        pyramid
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
        #[test]
        fn any_stretch_goes_as_far_as_looking_at_each_finds(
            values in prop::collection::vec(any::<u32>(), 1..200),
            repeats in 1_usize..100,
            bits in 0_u32..32,
            stretches in prop::collection::vec((0_usize..20_000, 0_usize..20_000), 20),
        ) {
            // Long, and of several widths, without making up each value.
            let values: Vec<u64> = (0..values.len() * repeats)
                .map(|place| u64::from(values[place % values.len()].wrapping_mul(place as u32 | 1) >> bits))
                .collect();
            let pyramid = pyramid(&values);
            for (start, length) in stretches {
                let start = start.min(values.len());
                let expected = values.iter().skip(start).take(length).copied();
                let expected = expected.clone().min().zip(expected.max());
                prop_assert_eq!(pyramid.extent(start..start + length), expected);
            }
        }
    }

    #[test]
    fn what_stands_above_the_values_is_little() {
        let pyramid = pyramid(&(0..1_000_000).map(|index| index * 7_919 % 60_013).collect::<Vec<u64>>());
        let above: usize = pyramid.levels.iter().map(Column::len).sum();
        assert_eq!(pyramid.levels.iter().map(|level| level.len() / 2).collect::<Vec<_>>(), [15_625, 244, 3]);
        assert!(above <= pyramid.len() / 31, "{above}");
        let bytes = pyramid.bytes() - pyramid.values.bytes();
        assert!(bytes < pyramid.len() / 10, "{bytes}");
    }
}
