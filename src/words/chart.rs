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

    pub fn range(lowest: &str, highest: &str) -> String {
        format!("{lowest} to {highest}")
    }

    /// The mark of a line on the axis; lines count from 1 here.
    pub fn line(number: u64) -> String {
        format!("line {}", format::count(number))
    }
}

pub mod block_map {
    use super::format;

    pub const NO_BLOCKS: &str = "No blocks.";
    pub const NOTHING_FREE: &str = " Nothing is free.";
    pub const HEADERS: [&str; 4] = ["Address", "Kind", "Bytes", "Block number"];
    pub const FREE: &str = "free";
    pub const USED: &str = "used";
    pub const GUARD: &str = "guard";
    pub const FREE_TITLE: &str = "Free";
    pub const LARGEST: &str = "Largest free block";
    pub const GUARDS: &str = "End of the heap (the allocator's own)";

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

    pub fn used_up_to(bytes: u64) -> String {
        format!("Used, up to {}", format::bytes(bytes))
    }

    pub fn used_over(bytes: u64) -> String {
        format!("Used, over {}", format::bytes(bytes))
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
