//! A row of a report that says who has the memory.

use std::borrow::Cow;

/// Memory of one kind, as a report attributes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The name as the firmware printed it.
    pub name: Cow<'static, str>,
    /// Bytes.
    pub bytes: u64,
    /// Number of allocations, as printed. What it counts is the dialect's to say.
    pub count: u64,
    /// A sub-row is a part of the last row before it that is not one: never add it to a total.
    pub is_part_of_previous: bool,
}
