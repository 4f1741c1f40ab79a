//! What stands on pictures, and in their text twins.

use crate::format;

pub mod timeline {
    use super::format;
    use crate::heap::Millis;

    pub const TIME: &str = "Time";
    pub const LOG_LINE: &str = "Log line";
    pub const WHAT_HAPPENED: &str = "What happened";
    pub const REPORT: &str = "Report";
    pub const GAP: &str = "Log has a gap";
    /// The flags of the two moments that are compared.
    pub const SIDES: [&str; 2] = ["A", "B"];
    pub const NO_VALUES: &str = "No values.";

    /// What a series was in a part of the recording.
    pub struct Course {
        pub first: String,
        pub last: String,
        pub lowest: String,
        pub highest: String,
        /// How many values there are.
        pub count: usize,
    }

    pub fn course(figure: &str, course: &Course) -> String {
        let Course { first, last, lowest, highest, count } = course;
        match count {
            1 => format!("{figure}: {first}."),
            _ => format!(
                "{figure}: first {first}, last {last}, lowest {lowest}, highest {highest} ({} values).",
                format::count(*count as u64)
            ),
        }
    }

    pub fn length(length: Millis) -> String {
        format!("{} of the recording.", format::duration(length))
    }

    pub fn in_bytes(figure: &str) -> String {
        format!("{figure}, bytes")
    }

    pub const TIME_SECONDS: &str = "Seconds";
    pub const CUT_OFF: &str = "Cut off to whole KB";
    pub const YES: &str = "yes";

    pub fn in_percent(figure: &str) -> String {
        format!("{figure}, %")
    }

    /// What happened, in the log's own words where it has some.
    pub fn happened(kind: &str, text: &str) -> String {
        if text.is_empty() { kind.to_owned() } else { format!("{kind}: {text}") }
    }

    pub fn range(lowest: &str, highest: &str) -> String {
        format!("{lowest} to {highest}")
    }

    /// In the picture: a drop that lasts.
    pub fn drop(bytes: u64, place: &str) -> String {
        format!("{} at {place}", format::change_in_bytes(-(bytes as i64)))
    }

    pub fn largest_drop(bytes: u64, place: &str) -> String {
        format!("The largest drop that lasts is one of {} at {place}.", format::bytes(bytes))
    }

    pub const FORECAST: &str = "Forecast";
    pub const EMPTY_SOONEST: &str = "Forecast: nothing left, at the earliest";
    pub const EMPTY_LIKELY: &str = "Forecast: nothing left, most likely";
    pub const EMPTY_LATEST: &str = "Forecast: nothing left, at the latest";

    /// Where a fall ends: as much as there is room for, the longest first. The latest end may as well be never.
    pub fn empty_in(left: Millis, soonest: Millis, latest: Option<Millis>) -> [String; 3] {
        let likely = format::rough_duration(left);
        [
            format!("empty in {likely} ({})", empty_range(soonest, latest)),
            format!("empty in {likely}"),
            likely,
        ]
    }

    /// From the soonest end to the latest.
    pub fn empty_range(soonest: Millis, latest: Option<Millis>) -> String {
        match latest {
            Some(latest) => format::rough_range(soonest, latest),
            None => format!("{} or later", format::rough_duration(soonest)),
        }
    }

    /// The same as a sentence: what is to be seen of a forecast.
    pub fn forecast(from: Millis, left: Millis, soonest: Millis, latest: Option<Millis>) -> String {
        format!(
            "If it goes on falling as it did until {}, nothing is free {} later ({}).",
            format::clock_offset(from, false),
            format::rough_duration(left),
            empty_range(soonest, latest)
        )
    }

    /// The mark of a line on the axis; lines count from 1 here.
    pub fn line(number: u64) -> String {
        format!("line {}", format::count(number))
    }
}

pub mod block_map {
    use super::format;
    use crate::heap::{Block, Placement};

    pub const NO_BLOCKS: &str = "No blocks.";
    pub const NOTHING_FREE: &str = " Nothing is free.";
    pub const HEADERS: [&str; 4] = ["Address", "Kind", "Bytes", "Block number"];
    pub const FREE: &str = "free";
    pub const USED: &str = "used";
    pub const GUARD: &str = "guard";
    pub const FREE_TITLE: &str = "Free";
    pub const LARGEST: &str = "Largest free block";
    pub const GUARDS: &str = "End of the heap (the allocator's own)";
    pub const HOLDS_IT: &str = "Free, holds it";
    pub const TAKEN: &str = "Would be taken";
    pub const TOO_SMALL: &str = "Free, too small";
    pub const STAYED: &str = "stayed";
    pub const APPEARED: &str = "appeared";
    pub const WENT: &str = "went";
    pub const STAYED_TITLE: &str = "Stayed";
    pub const APPEARED_TITLE: &str = "Appeared";
    pub const WENT_TITLE: &str = "Went";
    pub const CHANGED_TITLE: &str = "Changed size";
    pub const UNREAD: &str = "not read";
    pub const UNREAD_TITLE: &str = "Not read";
    pub const DAMAGED: &str = "Damaged";

    /// So many blocks and bytes of one kind.
    pub struct Sum {
        pub blocks: u64,
        pub bytes: u64,
    }

    pub fn summary(first: u32, end: u32, used: &Sum, free: &Sum) -> String {
        let blocks = |count: u64, kind: &str| {
            format!("{} {kind} {}", format::count(count), if count == 1 { "block" } else { "blocks" })
        };
        format!(
            "{} to {}: {} with {}, {} with {}.",
            format::address(first),
            format::address(end),
            blocks(used.blocks, USED),
            format::exact_bytes(used.bytes),
            blocks(free.blocks, FREE),
            format::exact_bytes(free.bytes),
        )
    }

    pub fn largest(bytes: u64, address: u32) -> String {
        format!(
            " The largest free block has {} and begins at {}.",
            format::exact_bytes(bytes),
            format::address(address)
        )
    }

    /// In the picture: as much as there is room for, the longest first.
    pub fn largest_in_picture(bytes: u64) -> [String; 3] {
        let size = format::bytes(bytes);
        [format!("largest free block: {size}"), format!("largest: {size}"), size]
    }

    /// A size class.
    pub fn up_to(bytes: u64) -> String {
        format!("up to {}", format::bytes(bytes))
    }

    /// The last size class.
    pub fn over(bytes: u64) -> String {
        format!("over {}", format::bytes(bytes))
    }

    /// Used blocks of a size class.
    pub fn used(class: &str) -> String {
        format!("Used, {class}")
    }

    /// What became of blocks, and how many of each size class.
    pub fn by_class(title: &str, classes: impl Iterator<Item = (String, u64)>) -> String {
        let classes: Vec<_> =
            classes.map(|(class, blocks)| format!("{} {class}", format::count(blocks))).collect();
        format!("{title}: {}", classes.join(", "))
    }

    pub fn blocks_and_bytes(blocks: u64, bytes: u64) -> String {
        format!("{} · {}", format::count(blocks), format::bytes(bytes))
    }

    fn blocks(sum: &Sum) -> String {
        let blocks = if sum.blocks == 1 { "block" } else { "blocks" };
        format!("{} {blocks} ({})", format::count(sum.blocks), format::bytes(sum.bytes))
    }

    /// What changed since the map that it is compared with: what appeared, went, changed in size and stayed.
    pub fn changes(sums: &[Sum; 4]) -> String {
        let fates = [APPEARED, WENT, "changed in size", STAYED];
        let known = sums.iter().zip(fates).filter(|(sum, _)| sum.blocks > 0);
        let said: Vec<_> = known.map(|(sum, fate)| format!("{} {fate}", blocks(sum))).collect();
        match said.as_slice() {
            [] => "Compared with that map, nothing is used in either.".to_owned(),
            [one] => format!("Compared with that map, {one}."),
            [first @ .., last] => format!("Compared with that map, {} and {last}.", first.join(", ")),
        }
    }

    /// Where a request would go, and how many of its kind fit.
    pub fn fits(placed: &Placement, taken: &Block, times: u64) -> String {
        let how = match (placed.candidates, placed.alike) {
            (1, _) => "the only free block that holds it".to_owned(),
            (count, 1) => format!("the smallest of {} free blocks that hold it", format::count(count)),
            (count, alike) if count == alike => {
                format!("one of {} free blocks of one size that hold it", format::count(alike))
            }
            (count, alike) => format!(
                "one of the {} smallest of {} free blocks that hold it",
                format::count(alike),
                format::count(count)
            ),
        };
        let times = match times {
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            times => format!("{} times", format::count(times)),
        };
        format!(
            "{} would go to {}, the front of {how} ({}). It fits {times}.",
            format::exact_bytes(placed.request_bytes.into()),
            format::address(taken.address),
            format::bytes(taken.size_bytes.into()),
        )
    }

    /// A request that does not fit, and by how much it misses.
    pub fn does_not_fit(placed: &Placement, free_bytes: u64) -> String {
        let asked = format::exact_bytes(placed.request_bytes.into());
        match placed.missing_bytes() {
            Some(missing) if placed.largest_request_bytes > 0 => format!(
                "{asked} do not fit: the largest request that can be had is {}, {} less, though {} are free in all.",
                format::exact_bytes(placed.largest_request_bytes.into()),
                format::exact_bytes(missing.into()),
                format::exact_bytes(free_bytes),
            ),
            _ => format!("{asked} do not fit. Nothing is free."),
        }
    }

    /// How often a free block holds the request.
    pub fn holds(times: u64) -> String {
        match times {
            0 => "too small".to_owned(),
            1 => "holds it once".to_owned(),
            times => format!("holds it {} times", format::count(times)),
        }
    }

    /// A block's size in the map that it is compared with.
    pub fn was(bytes: u64) -> String {
        format!("{} before", format::exact_bytes(bytes))
    }

    pub fn damaged(kind: &str) -> String {
        format!("{kind}, damaged")
    }

    /// In the picture: as much as there is room for, the longest first.
    pub fn taken_in_picture(bytes: u64) -> [String; 2] {
        let size = format::bytes(bytes);
        [format!("{size} would go here"), size]
    }

    /// The same of a request that does not fit into the largest free block.
    pub fn does_not_fit_in_picture(request_bytes: u64, largest_bytes: u64) -> [String; 3] {
        let (asked, largest) = (format::bytes(request_bytes), format::bytes(largest_bytes));
        [
            format!("{asked} does not fit: the largest free block has {largest}"),
            format!("{asked} does not fit"),
            "does not fit".to_owned(),
        ]
    }

    /// A neighbour of a block.
    pub fn neighbour(kind: &str, number: u32, bytes: u32) -> String {
        format!("{kind} {number} ({})", format::bytes(bytes.into()))
    }

    /// A block that is pointed at; `number` is the allocator's own.
    pub fn spot(
        block: &Block,
        number: Option<u32>,
        kind: &str,
        before: Option<String>,
        behind: Option<String>,
    ) -> String {
        let mut parts = vec![format::address(block.address)];
        parts.extend(number.map(|number| format!("block {number}")));
        parts.push(format::exact_bytes(block.size_bytes.into()));
        parts.push(kind.to_owned());
        parts.extend(before.map(|before| format!("after {before}")));
        parts.extend(behind.map(|behind| format!("before {behind}")));
        parts.join(" · ")
    }
}

pub mod free_blocks {
    use super::format;
    use crate::heap::Fit;

    pub const NOTHING: &str = "Nothing is free.";
    pub const HEADERS: [&str; 4] = ["Size, bytes", "Free blocks", "Bytes", "Bytes in these and larger ones"];
    pub const TOO_SMALL: &str = "In blocks too small for it";
    pub const INCOMPLETE: &str = "The map is not whole: there may be more.";

    /// The sizes of a class.
    pub fn range(from_bytes: u64) -> String {
        format!("{} to {}", format::count(from_bytes), format::count(from_bytes * 2 - 1))
    }

    fn blocks(count: u64) -> String {
        format!("{} free {}", format::count(count), if count == 1 { "block" } else { "blocks" })
    }

    /// A class that is pointed at; `unusable` is what cannot serve the request, if there is one.
    pub fn class(from_bytes: u64, count: u64, bytes: u64, unusable: Option<u64>) -> String {
        let mut said = format!("{} bytes: {}", range(from_bytes), blocks(count));
        if count > 0 {
            said.push_str(&format!(" with {}", format::exact_bytes(bytes)));
        }
        match unusable.filter(|bytes| *bytes > 0) {
            Some(bytes) => said + &format!(", {} of them too small", format::exact_bytes(bytes)),
            None => said,
        }
    }

    pub fn summary(count: u64, bytes: u64, most_from_bytes: u64) -> String {
        format!(
            "{} with {}. Most of it lies in blocks of {} bytes.",
            blocks(count),
            format::exact_bytes(bytes),
            range(most_from_bytes)
        )
    }

    /// How much of the free memory is of no use for a request.
    pub fn unusable(fit: &Fit, free_bytes: u64) -> String {
        format!(
            "For {}, {} of it ({}) is of no use: it lies in smaller blocks.",
            format::bytes(fit.request_bytes.into()),
            format::bytes(fit.unusable_bytes),
            format::share(fit.unusable_bytes, free_bytes)
        )
    }

    /// In blocks that can hold a request.
    pub fn holds(request_bytes: u64) -> String {
        format!("In blocks that hold {}", format::bytes(request_bytes))
    }

    /// A size that matters, numbered as in the picture.
    pub fn mark(number: usize, name: &str, bytes: u64) -> String {
        format!("{number} {name}, {}", format::bytes(bytes))
    }

    /// How often it fits.
    pub fn times(times: u64) -> String {
        match times {
            0 => "does not fit".to_owned(),
            1 => "fits once".to_owned(),
            2 => "fits twice".to_owned(),
            times => format!("fits {} times", format::count(times)),
        }
    }

    /// So many blocks.
    pub fn count_in_picture(count: u64) -> String {
        format!("{}×", format::count(count))
    }
}

pub mod composition {
    use super::format;

    pub const NOTHING: &str = "Nothing is attributed.";
    pub const HEADERS: [&str; 4] = ["Type", "Bytes", "Share", "Count"];
    pub const OF_ONE_KIND: &str = "Bytes of one kind";
    pub const PART_OF_KIND: &str = "Part of the kind above";

    pub fn more_rows(count: usize) -> String {
        format!("and {} more {}", format::count(count as u64), if count == 1 { "row" } else { "rows" })
    }

    pub fn part_of_above(name: &str) -> String {
        format!("part of the above: {name}")
    }

    pub fn caption(total_bytes: u64, kinds: usize, largest: &str, largest_bytes: u64) -> String {
        format!(
            "{} in {} kinds. The largest is {largest}: {}, {}.",
            format::exact_bytes(total_bytes),
            format::count(kinds as u64),
            format::exact_bytes(largest_bytes),
            format::share(largest_bytes, total_bytes),
        )
    }
}

pub mod over_time {
    use super::format;

    pub use super::timeline::{LOG_LINE, TIME, in_bytes, line};

    pub const NOTHING: &str = "There is no second report to compare with.";
    pub const FREE: &str = "Free";

    /// Used blocks up to this size, and above it.
    pub fn used_up_to(bytes: u64) -> String {
        format!("Used ≤ {}", format::bytes(bytes))
    }

    pub fn used_over(bytes: u64) -> String {
        format!("Used > {}", format::bytes(bytes))
    }

    /// Kinds that have no layer of their own.
    pub fn others(count: usize) -> String {
        format!("{} others", format::count(count as u64))
    }

    /// What a kind has, and by how much it grew where that is to be said; and the same where there is less room.
    pub fn bytes_and_growth(bytes: u64, grown_bytes: Option<u64>) -> [String; 2] {
        let now = format::bytes(bytes);
        match grown_bytes {
            Some(by) => [format!("{now} (+{})", format::bytes(by)), format!("+{}", format::bytes(by))],
            None => [now.clone(), now],
        }
    }

    pub fn name_and_bytes(name: &str, bytes: &str) -> String {
        format!("{name} {bytes}")
    }

    /// A kind at one moment.
    pub struct Kind<'a> {
        pub name: &'a str,
        pub bytes: u64,
        pub total_bytes: u64,
    }

    /// What is pointed at; without a kind, all of them.
    pub fn spot(place: &str, kind: Option<Kind<'_>>, total_bytes: u64) -> String {
        match kind {
            Some(Kind { name, bytes, total_bytes }) => {
                format!("{place}: {name} {} ({}).", format::bytes(bytes), format::share(bytes, total_bytes))
            }
            None => format!("{place}: {} in all.", format::bytes(total_bytes)),
        }
    }

    /// What changed since an earlier report, the largest first, and all that is used together.
    pub fn changes(place: &str, changed: &[(&str, i64)], used_bytes: i64) -> String {
        if changed.is_empty() {
            return format!("Nothing changed since {place}.");
        }
        let change = |(name, by): &(&str, i64)| format!("{name} {}", format::change_in_bytes(*by));
        let named: Vec<String> = changed.iter().map(change).collect();
        format!("Since {place}: {}; used in all {}.", named.join(", "), format::change_in_bytes(used_bytes))
    }

    pub fn course(reports: usize, first_bytes: u64, last_bytes: u64) -> String {
        format!(
            "{} reports of one run: {} used at first, {} at last.",
            format::count(reports as u64),
            format::bytes(first_bytes),
            format::bytes(last_bytes)
        )
    }
}
