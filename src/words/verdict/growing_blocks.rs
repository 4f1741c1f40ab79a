//! What is said of blocks and categories that only ever grow.

use crate::format;

pub const FILLS: &str = "A list or a cache that still fills looks the same until it is full.";
pub const ONE_STEP: &str =
    "Two block maps show one step only: what was set up once in between, and stays, looks the same.";

/// How blocks of some sizes grew over some maps.
pub struct Growth<'a> {
    /// The smallest and the largest in bytes, with all that the allocator adds.
    pub sizes: (u32, u32),
    pub appeared: u64,
    pub gone: u64,
    pub bytes: u64,
    /// Number of block maps.
    pub maps: usize,
    /// Or else it is only possible.
    pub is_likely: bool,
    /// What was used in all at the last, less what was at the first.
    pub more_used_bytes: u64,
    pub bytes_per_hour: Option<f64>,
    /// What a program asks for to get such a block: the least and the most.
    pub requests: Option<(u32, u32)>,
    /// Where a few of the new ones lie.
    pub addresses: &'a [u32],
}

impl Growth<'_> {
    pub fn headline(&self, figures: Option<&str>) -> String {
        let which = match self.maps {
            2 => "between the two block maps".into(),
            many => format!("over {} block maps", format::count(many as u64)),
        };
        let gone = match self.gone {
            0 => "none went".into(),
            gone => format!("only {} went", format::count(gone)),
        };
        let now = figures.map(|figures| format!("; now {figures}")).unwrap_or_default();
        let word = if self.is_likely { "Leaking" } else { "Possibly leaking" };
        format!("{word}: {} appeared {which} and {gone}{now}.", blocks(self.sizes, self.appeared))
    }

    pub fn explanation(&self) -> String {
        let mut text = format!(
            "A block is one piece of memory that the program holds. From the first of these maps to the last {} more \
             came into use, and {} are {} of that. A piece of one size that is taken again and \
             again and never given back is how a leak looks.",
            format::bytes(self.more_used_bytes),
            if self.sizes.0 == self.sizes.1 { "blocks of this one size" } else { "blocks of these sizes" },
            format::bytes(self.bytes.min(self.more_used_bytes)),
        );
        if let Some(rate) = self.bytes_per_hour {
            text.push_str(&format!(" These blocks alone take about {}.", format::rate(rate)));
        }
        let addresses: Vec<_> = self.addresses.iter().map(|address| format::address(*address)).collect();
        if !addresses.is_empty() {
            text.push_str(&format!(" Some of the new ones lie at {}.", addresses.join(", ")));
        }
        text
    }

    pub fn next(&self) -> String {
        let Some((least, most)) = self.requests else {
            return "Look for code that takes memory of this size whenever something happens that happened between the maps."
                .into();
        };
        format!(
            "Look for code that asks for {least} to {most} bytes: that is what gets such a block, in which the \
             allocator's own links have a part. What happened on the board as often as blocks appeared is where to \
             begin; another block map after doing just that proves it."
        )
    }
}

/// `40 blocks of 80 bytes`, `37 blocks of 72 to 80 bytes`.
pub fn blocks((smallest, largest): (u32, u32), count: u64) -> String {
    let word = if count == 1 { "block" } else { "blocks" };
    let largest_bytes = format::exact_bytes(largest.into());
    let count = format::count(count);
    match smallest == largest {
        true => format!("{count} {word} of {largest_bytes}"),
        false => format!("{count} {word} of {} to {largest_bytes}", format::count(smallest.into())),
    }
}

pub const CATEGORY_EXPLANATION: &str = "The reports of one run are compared row by row. This row is larger in each report \
                                        than in the one before, so what it counts is taken and not given back.";
pub const CATEGORY_NEXT: &str = "Look at what the program does between two reports that has to do with this row, and take \
                                 another report after doing just that.";

/// `name` is the row's in the report.
pub fn category_headline(name: &str, bytes: u64) -> String {
    format!(
        "Possibly leaking: \"{name}\" grew in each of the last three reports, by {} in all.",
        format::bytes(bytes)
    )
}

pub fn category_held(name: &str, bytes: u64) -> String {
    format!("{name}: {}", format::bytes(bytes))
}
