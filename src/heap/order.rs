//! Puts things in order, all through one sort.
//!
//! Each type of element that the standard library sorts is compiled anew, some 4 KB of the page each time. Here
//! only pairs of a key and a place are sorted, so there is one; the order of equal keys is kept.

use std::ops::Range;

/// Smallest key first; equal ones stay as they were.
pub fn sort_by_key<T>(items: &mut Vec<T>, key: impl Fn(&T) -> u64) {
    if items.is_sorted_by_key(&key) {
        return;
    }
    let mut places: Vec<(u64, usize)> = items.iter().map(key).zip(0..).collect();
    sort(&mut places);
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.into_iter().filter_map(|(_, place)| taken[place].take()));
}

/// The one sort: not to be copied into each place that it is called from.
#[inline(never)]
fn sort(places: &mut [(u64, usize)]) {
    places.sort_unstable();
}

/// The largest key first; equal ones stay as they were.
pub fn sort_largest_first<T>(items: &mut Vec<T>, key: impl Fn(&T) -> u64) {
    sort_by_key(items, |item| u64::MAX - key(item));
}

/// The first of these places for which `is_before` no longer holds; it holds for all before it.
pub fn partition_point(places: Range<usize>, is_before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (places.start, places.end.max(places.start));
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// A key that orders numbers as [`f64::total_cmp`] does.
pub fn float_key(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn as_the_standard_library_does(items in proptest::collection::vec((0_u64..8, 0_u8..255), 0..40)) {
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            sort_by_key(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| item.0);
            proptest::prop_assert_eq!(&ours, &theirs);
            let (mut ours, mut theirs) = (items.clone(), items);
            sort_largest_first(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| std::cmp::Reverse(item.0));
            proptest::prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn numbers_in_their_order(a: f64, b: f64) {
            proptest::prop_assert_eq!(float_key(a).cmp(&float_key(b)), a.total_cmp(&b));
        }
    }
}
