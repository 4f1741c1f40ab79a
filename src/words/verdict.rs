//! What the rules of the verdict say: one module for each, and what several of them say.

pub mod composition;
pub mod corruption;
pub mod damaged_map;
pub mod fitting;
pub mod growing_blocks;
pub mod not_a_heap_problem;
pub mod one_map;
pub mod toit_out_of_memory;
pub mod withheld;

use crate::format;
use crate::heap::{Amount, Millis};

/// The badges.
pub mod state {
    pub const NOT_ENOUGH_DATA: &str = "Not enough data yet";
    pub const HEALTHY: &str = "Healthy";
    pub const NOT_A_HEAP_PROBLEM: &str = "Not a heap problem";
    pub const NEARLY_FULL: &str = "Nearly full";
    pub const FRAGMENTING: &str = "Fragmenting";
    pub const LEAKING: &str = "Leaking";
    pub const OUT_OF_MEMORY: &str = "Out of memory";
    pub const HEAP_CORRUPTED: &str = "Heap corrupted";
}

/// How sure a judgement is.
pub mod sureness {
    pub const CERTAIN: &str = "certain";
    pub const LIKELY: &str = "likely";
    pub const POSSIBLE: &str = "possible";
}

/// The figures that many sentences begin with.
pub mod now {
    use super::{Amount, format};

    pub fn free_and_largest(free: Amount, largest: Amount) -> String {
        format!("{}, the largest block {}", super::free(free), format::amount(largest))
    }

    pub fn largest(largest: Amount) -> String {
        format!("The largest free block is {}", format::amount(largest))
    }
}

/// While there is too little to say anything else.
pub mod too_little {
    pub const NOTHING_CAME: &str = "Nothing has come from the board yet.";
    pub const NO_FIGURES: &str = "No heap figures in this log so far.";

    pub fn figures(figures: &str) -> String {
        format!("{figures}. More of the log is needed to say whether that falls.")
    }
}

pub fn free(free: Amount) -> String {
    format!("{} free", format::amount(free))
}

pub fn free_at_first(free: Amount) -> String {
    format!("{} free at first", format::amount(free))
}

pub fn free_at_last(free: Amount) -> String {
    format!("{} free at last", format::amount(free))
}

pub mod fragmentation {
    use super::{Amount, format};

    pub const FEW_READINGS: &str =
        "There are few readings so far: a board that is busy just then looks the same for a moment.";
    pub const NEXT: &str =
        "Ask for a block map: used blocks that lie scattered in free memory are what holds it apart.";
    pub const NEXT_WITH_MAP: &str = "Look in the block map for small used blocks between free ones: what takes them while \
                                     larger ones come and go is to take them earlier, or all at once.";

    pub fn headline(free: Amount, largest: Amount) -> String {
        let (free, largest) = (super::free(free), format::amount(largest));
        format!("Fragmenting: {free}, but the largest block is {largest}.")
    }

    pub fn explanation(largest: Amount, outside_percent: u64) -> String {
        format!(
            "An allocation must fit into one block, so nothing larger than {} can be had, however much is free. {} of \
             the free memory lies outside the largest block (the formula is 100 − largest × 100 / free).",
            format::amount(largest),
            format::percent(outside_percent),
        )
    }

    pub fn evidence(free: Amount, largest: Amount) -> String {
        format!("the largest of {} is {}", super::free(free), format::amount(largest))
    }
}

pub mod leak {
    use super::{Millis, format};
    use crate::heap::Figure;

    pub const CACHE: &str = "A cache that still fills looks the same until it is full.";
    pub const CHANCE: &str = "There are few readings so far, and chance alone could have made them.";
    pub const TAKEN_ONCE: &str =
        "Memory that is taken in several steps and then kept could look the same so far.";
    pub const WARM_UP: &str =
        "A firmware that still takes what it needs after its start could look the same so far.";
    pub const WAVE: &str =
        "More may be in use at one time of the day than at another: it is surer after a whole day.";
    pub const NEXT: &str = "Ask for two block maps some minutes apart, with what you suspect in between: blocks that \
                            only ever appear are the leak.";

    /// `figures` say what is free now; `left` is the time until nothing is, where it is worth saying.
    pub fn headline(bytes_per_hour: f64, figures: &str, left: Option<Millis>) -> String {
        let rate = format::rate(bytes_per_hour);
        let forecast = left.map(|left| format!(", out of memory in roughly {}", format::duration(left)));
        format!("Leaking about {rate}: {figures}{}.", forecast.unwrap_or_default())
    }

    pub fn explanation(fall_bytes: u64, span: Millis) -> String {
        format!(
            "Over {} the free heap fell by about {} and did not come back. Short dips are left out, and no single step, \
             warm-up or daily rhythm explains it.",
            format::duration(span),
            format::bytes(fall_bytes),
        )
    }

    /// Bytes per hour: the range that holds the truth in nine of ten cases.
    pub fn rate_range((fastest, slowest): (f64, f64)) -> String {
        format!("It loses between {} and {}.", format::rate(slowest), format::rate(fastest))
    }

    /// When nothing will be left, in nine of ten cases. The latest may be too far away to be told.
    pub fn left_range(least: Millis, most: Option<Millis>) -> String {
        let least = format::duration(least);
        match most {
            Some(most) => format!("At this pace nothing is left in {least} to {}.", format::duration(most)),
            None => format!("At this pace nothing is left in {least} at the earliest."),
        }
    }

    /// Other figures that fall with it.
    pub fn agrees(with: &[Figure]) -> Option<String> {
        Some(match with {
            [] => return None,
            [Figure::LargestFreeBlock] => "The largest free block falls with it.".into(),
            [_] => "The low-water mark falls with it.".into(),
            _ => "The largest free block and the low-water mark fall with it.".into(),
        })
    }
}

pub mod nearly_full {
    pub const EXPLANATION: &str = "A web page, an MQTT message or a TLS record needs several KB at once. With so \
                                   little left the next such request may fail.";
    pub const NEXT: &str =
        "Look at what was switched on last, or compare with the free heap right after a restart.";

    pub fn headline(figures: &str) -> String {
        format!("Nearly full: {figures}.")
    }
}

pub mod out_of_memory {
    use super::{Amount, format};

    pub const NEXT: &str =
        "Ask for a block map: it shows whether memory is used up, or in pieces too small for the request.";
    pub const NEXT_WITH_MAP: &str = "Look in the block map which sizes of blocks hold most, and ask for another some minutes later: \
                                     what only ever appears between the two is what uses it up.";
    pub const EXPLANATION: &str = "The firmware asked for memory and got none. What it wanted to do then did not \
                                   happen: a page was not served, a message not sent, a line not logged.";

    /// `what` failed; `figures` say what is free now.
    pub fn headline(what: &str, figures: Option<&str>) -> String {
        let now = figures.map(|figures| format!("; now {figures}"));
        // Some firmwares begin with these words themselves.
        let begin = if what.starts_with("Out of memory") { "" } else { "Out of memory: " };
        format!("{begin}{what}{}.", now.unwrap_or_default())
    }

    fn allocations(count: Amount) -> String {
        match count.at_least() {
            1 => "1 allocation".into(),
            many => format!("{} allocations", format::count(many)),
        }
    }

    pub fn failed_since_boot(count: Amount) -> String {
        format!("{} failed since boot", allocations(count))
    }

    pub fn failed_before_restart(count: Amount) -> String {
        format!("{} failed before the last restart", allocations(count))
    }

    /// `what` is the log's own sentence.
    pub fn before_restart(what: &str) -> String {
        format!("{what}, before the last restart")
    }
}

pub mod steady {
    use super::{Amount, Millis, format};

    pub const NOT_SURER: &str = "A slow leak may need hours to show: leave it running to be surer.";
    pub const NEXT: &str = "Leave it running while the board does its hardest work.";

    pub fn headline(figures: &str, span: Millis) -> String {
        format!("Healthy: {figures}, no lasting fall in {}.", format::duration(span))
    }

    pub fn explanation(lowest: Amount) -> String {
        let lowest = format::amount(lowest);
        format!("The free heap swings but comes back; the least that was seen is {lowest}.")
    }

    pub fn evidence(lowest: Amount) -> String {
        format!("{}, the least seen", super::free(lowest))
    }
}

/// Memory that went once.
pub mod fell {
    use super::{Millis, format};

    pub const NEXT: &str = "Leave it running: if it falls again in the same way, it leaks.";

    pub fn headline(figures: &str, fall_bytes: u64) -> String {
        let fall = format::bytes(fall_bytes);
        format!("{figures}: about {fall} less than at first, but not falling all the time.")
    }

    pub fn explanation(fall_bytes: u64, span: Millis) -> String {
        format!(
            "Within {} about {} went and have not come back. That may have been taken once for good, as a connection \
             or a display does, or it is the first step of a leak.",
            format::duration(span),
            format::bytes(fall_bytes),
        )
    }
}
