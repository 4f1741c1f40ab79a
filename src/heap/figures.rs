//! The figures that firmwares print about a heap, each with its name, unit and meaning in one place.

use super::Amount;

/// What a number says. The name in [`Figure::key`] is part of the documented output and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// Free bytes in the heap.
    Free,
    /// Bytes that the heap has in all.
    Total,
    /// Bytes that are allocated.
    Used,
    /// Size of the largest free block: no single allocation can exceed it.
    LargestFreeBlock,
    /// The least free memory since boot ("low-water mark").
    LowWaterMark,
    /// The same, but measured only during reallocations (umm_malloc's "Low Watermark ISR").
    LowWaterMarkIsr,
    /// Fragmentation as `100 − largest × 100 / free`: Tasmota's `Frag`, the ESP32 core.
    Fragmentation,
    /// Fragmentation as printed in Tasmota's timestamps: same formula, but over a largest block that may
    /// be a second old, so a single one proves nothing (Tasmota support_esp8266.ino:116-137).
    FragmentationStamp,
    /// Fragmentation as `100 − √Σ(free run²) × 100 / free`: umm_malloc's metric (umm_info.c).
    FragmentationL2,
    /// Used blocks × 100 / **free** blocks: umm_malloc's "Usage Metric"; exceeds 100 on a full heap.
    UsageMetric,
    /// How much of the heap's capacity is allocated, as the firmware printed it.
    UsedPercent,
    /// Failed allocations since boot.
    OomCount,
    /// Failed allocations since the firmware last looked.
    OomCountAdded,
    /// The largest single request since boot, also when it failed.
    LargestRequest,
    /// Number of allocations that a report counts.
    Allocations,
    /// Free bytes of external RAM.
    PsramFree,
    /// External RAM in all.
    PsramTotal,
    /// The least free stack of the main task since boot.
    StackLowWaterMark,
    /// Free stack of the running task at this moment.
    StackFree,
    /// Bytes that the interpreter of a scripting language holds: a part of the used heap (Tasmota's Berry).
    ScriptHeapUsed,
    /// Objects that the interpreter of a scripting language holds.
    ScriptObjects,
    /// Free bytes of instruction RAM that can be allocated.
    InstructionRamFree,
}

/// What a figure's number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Whole percent.
    Percent,
    /// A plain number of things.
    Count,
}

impl Figure {
    /// Its name in the JSON lines, with the unit in it.
    pub const fn key(self) -> &'static str {
        match self {
            Figure::Free => "free_bytes",
            Figure::Total => "total_bytes",
            Figure::Used => "used_bytes",
            Figure::LargestFreeBlock => "largest_free_block_bytes",
            Figure::LowWaterMark => "low_water_mark_bytes",
            Figure::LowWaterMarkIsr => "low_water_mark_isr_bytes",
            Figure::Fragmentation | Figure::FragmentationStamp | Figure::FragmentationL2 => {
                "fragmentation_percent"
            }
            Figure::UsageMetric => "usage_metric_percent",
            Figure::UsedPercent => "used_percent",
            Figure::OomCount => "oom_count",
            Figure::OomCountAdded => "oom_count_added",
            Figure::LargestRequest => "largest_request_bytes",
            Figure::Allocations => "allocations",
            Figure::PsramFree => "psram_free_bytes",
            Figure::PsramTotal => "psram_total_bytes",
            Figure::StackLowWaterMark => "stack_low_water_mark_bytes",
            Figure::StackFree => "stack_free_bytes",
            Figure::ScriptHeapUsed => "script_heap_used_bytes",
            Figure::ScriptObjects => "script_objects",
            Figure::InstructionRamFree => "instruction_ram_free_bytes",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Figure::Free => "Free heap",
            Figure::Total => "Heap in all",
            Figure::Used => "Used",
            Figure::LargestFreeBlock => "Largest free block",
            Figure::LowWaterMark => "Low-water mark",
            Figure::LowWaterMarkIsr => "Low-water mark during realloc",
            Figure::Fragmentation => "Fragmentation",
            Figure::FragmentationStamp => "Fragmentation (time stamp)",
            Figure::FragmentationL2 => "Fragmentation metric",
            Figure::UsageMetric => "Usage metric",
            Figure::UsedPercent => "Used of capacity",
            Figure::OomCount => "Failed allocations",
            Figure::OomCountAdded => "Failed since last check",
            Figure::LargestRequest => "Largest request",
            Figure::Allocations => "Allocations",
            Figure::PsramFree => "Free PSRAM",
            Figure::PsramTotal => "PSRAM in all",
            Figure::StackLowWaterMark => "Stack low-water mark",
            Figure::StackFree => "Free stack",
            Figure::ScriptHeapUsed => "Script heap used",
            Figure::ScriptObjects => "Script objects",
            Figure::InstructionRamFree => "Free instruction RAM",
        }
    }

    /// What its number counts.
    pub const fn unit(self) -> Unit {
        match self {
            Figure::Fragmentation
            | Figure::FragmentationStamp
            | Figure::FragmentationL2
            | Figure::UsageMetric
            | Figure::UsedPercent => Unit::Percent,
            Figure::OomCount | Figure::OomCountAdded | Figure::Allocations | Figure::ScriptObjects => {
                Unit::Count
            }
            _ => Unit::Bytes,
        }
    }

    /// Vendors call different formulas "fragmentation": the one behind this figure.
    pub const fn formula(self) -> Option<&'static str> {
        match self {
            Figure::Fragmentation => Some("100 - largest*100/free"),
            Figure::FragmentationStamp => Some("100 - largest(cached)*100/free"),
            Figure::FragmentationL2 => Some("100 - sqrt(sum(free_run^2))*100/free"),
            _ => None,
        }
    }
}

/// A few figures of one moment, in the order in which they were set. What is not known is not in it.
///
/// A board that puts figures into every time stamp gives millions of these, of one or two figures each: so few stand
/// in the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures(Store);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Store {
    /// So many of the places are set; the others stand as [`UNSET`], so that equal figures are equal.
    Few(u8, [Figure; FEW], [Amount; FEW]),
    Many(Vec<Entry>),
}

type Entry = (Figure, Amount);

const FEW: usize = 2;

const UNSET: Entry = (Figure::Free, Amount::exact(0));

impl Default for Figures {
    #[inline]
    fn default() -> Self {
        Figures(Store::Few(0, [UNSET.0; FEW], [UNSET.1; FEW]))
    }
}

impl Figures {
    /// One figure, and a second one where it is known.
    #[inline]
    pub fn of(first: Entry, second: Option<Entry>) -> Self {
        let (more, second) = match second {
            Some(second) => (1, second),
            None => (0, UNSET),
        };
        Figures(Store::Few(1 + more, [first.0, second.0], [first.1, second.1]))
    }

    /// Sets a figure; a second value for the same figure replaces the first.
    pub fn set(&mut self, figure: Figure, amount: Amount) {
        match &mut self.0 {
            Store::Few(count, figures, amounts) => {
                let known = usize::from(*count);
                if let Some(place) = figures[..known].iter().position(|known| *known == figure) {
                    amounts[place] = amount;
                } else if known < FEW {
                    (figures[known], amounts[known]) = (figure, amount);
                    *count += 1;
                } else {
                    let mut many = Vec::with_capacity(4 * FEW);
                    many.extend(figures.iter().copied().zip(amounts.iter().copied()));
                    many.push((figure, amount));
                    self.0 = Store::Many(many);
                }
            }
            Store::Many(entries) => match entries.iter_mut().find(|(known, _)| *known == figure) {
                Some((_, old)) => *old = amount,
                None => entries.push((figure, amount)),
            },
        }
    }

    /// Sets a figure when its value is known.
    pub fn set_known(&mut self, figure: Figure, amount: Option<Amount>) {
        if let Some(amount) = amount {
            self.set(figure, amount);
        }
    }

    /// The figure, if known.
    pub fn get(&self, figure: Figure) -> Option<Amount> {
        match &self.0 {
            Store::Few(count, figures, amounts) => {
                let known = &figures[..usize::from(*count)];
                known.iter().position(|known| *known == figure).map(|place| amounts[place])
            }
            Store::Many(entries) => {
                entries.iter().find(|(known, _)| *known == figure).map(|(_, amount)| *amount)
            }
        }
    }

    /// Its smallest possible value, if known. Short for `get(..).map(Amount::at_least)`.
    pub fn at_least(&self, figure: Figure) -> Option<u64> {
        self.get(figure).map(Amount::at_least)
    }

    /// All that is known.
    pub fn iter(&self) -> impl Iterator<Item = (Figure, Amount)> + '_ {
        let (few, many): ((&[Figure], &[Amount]), &[Entry]) = match &self.0 {
            Store::Few(count, figures, amounts) => {
                let count = usize::from(*count);
                ((&figures[..count], &amounts[..count]), &[])
            }
            Store::Many(entries) => ((&[], &[]), entries),
        };
        few.0.iter().copied().zip(few.1.iter().copied()).chain(many.iter().copied())
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Store::Few(count, ..) => *count == 0,
            Store::Many(entries) => entries.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_behave_alike() {
        let all = [Figure::Free, Figure::Used, Figure::Total, Figure::OomCount, Figure::LowWaterMark];
        for count in 0..=all.len() {
            let mut figures = Figures::default();
            assert!(figures.is_empty());
            for (value, figure) in all[..count].iter().enumerate() {
                figures.set(*figure, Amount::exact(99));
                figures.set(*figure, Amount::exact(value as u64));
            }
            let expected: Vec<_> = all[..count]
                .iter()
                .enumerate()
                .map(|(value, figure)| (*figure, Amount::exact(value as u64)))
                .collect();
            assert_eq!(figures.iter().collect::<Vec<_>>(), expected);
            assert_eq!(figures.get(Figure::PsramFree), None);
        }
    }

    #[test]
    fn samples_are_small_enough_to_be_moved_by_the_million() {
        assert!(size_of::<Figures>() <= 32, "{}", size_of::<Figures>());
    }
}
