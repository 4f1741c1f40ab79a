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

pub fn free_now(free: Amount) -> String {
    format!("{} now", self::free(free))
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
        let rate = format::rough_rate(bytes_per_hour);
        let forecast =
            left.map(|left| format!(", out of memory in roughly {}", format::rough_duration(left)));
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

/// What was free while nobody looked.
pub mod peaks {
    use super::{Amount, Millis, format};

    pub const FROM_THE_BEGINNING: &str =
        "It was that low already when it was read first: it may have been while the board started.";
    pub const NEXT: &str = "Ask for the figures every second or two while the board does again what it did between \
                            these two readings: the dip shows what takes the memory.";
    pub const NEXT_FROM_THE_BEGINNING: &str = "Restart the board and ask for the figures every second or two while it \
                                               does its hardest work: the dip shows what takes the memory.";

    pub fn headline(least: Amount, free: Amount) -> String {
        let (least, free) = (format::amount(least), format::amount(free));
        format!("At some moment since the board started only {least} were free, though {free} are now.")
    }

    pub fn explanation(taken_bytes: u64) -> String {
        format!(
            "The firmware keeps the least that was ever free. For a short time about {} more were in use than now: a web \
             page, a TLS handshake or a large message does that. If something else needs memory just then, it gets none.",
            format::bytes(taken_bytes)
        )
    }

    pub fn fell(before: Amount, after: Amount) -> String {
        format!("Between two readings it fell from {} to {}.", format::amount(before), format::amount(after))
    }

    pub fn fell_between(before: Amount, after: Amount, apart: Millis) -> String {
        let (before, after) = (format::amount(before), format::amount(after));
        format!("Between two readings, {} apart, it fell from {before} to {after}.", format::duration(apart))
    }

    pub fn mark(least: Amount) -> String {
        format!("{} were the least that was ever free", format::amount(least))
    }
}

/// One allocation that asked for much.
pub mod large_request {
    use super::{Amount, format};

    pub const MORE_THAN_ALL: &str = "No board of this kind could ever give that much, however healthy its heap is. Such \
                                     a size most often comes from a number that was never set, a length that went below \
                                     zero, or a file that was to be read in one piece.";
    pub const NEXT_MORE_THAN_ALL: &str =
        "Look in the program for what asks for that size: print the sizes before they are asked for.";
    pub const NOT_SURER_FAILED: &str =
        "The firmware counts failures but not their sizes: another request may be the one that failed.";
    pub const NOT_SURER: &str = "It may have been had while the board started, when more was free in one piece; this \
                                 firmware does not say whether a request failed.";
    pub const NEXT: &str = "Find out what asks for that much (a TLS connection, a large message, a file read at once) \
                            and have it ask for less, or once right after the start.";

    pub fn more_than_all(asked: Amount, total: Amount) -> String {
        let (asked, total) = (format::amount(asked), format::amount(total));
        format!("One request asked for {asked}, more than the whole heap of {total} has.")
    }

    pub fn headline(asked: Amount, largest: Amount) -> String {
        let (asked, largest) = (format::amount(asked), format::amount(largest));
        format!("One request asked for {asked}; the largest free block was never more than {largest}.")
    }

    pub fn explanation(largest: Amount, failed: bool) -> String {
        let failed = if failed { "Allocations failed, and this one is the first to suspect. " } else { "" };
        format!(
            "{failed}An allocation must fit into one block. In all figures of this run the largest one is {}, so the same \
             request would have failed at each of these moments.",
            format::amount(largest)
        )
    }

    pub fn request(asked: Amount) -> String {
        format!("{} is the largest request since the start", format::amount(asked))
    }

    pub fn largest(largest: Amount) -> String {
        format!("{} is the largest free block that was seen", format::amount(largest))
    }

    pub fn total(total: Amount) -> String {
        format!("the whole heap has {}", format::amount(total))
    }
}

/// A board that answers no more.
pub mod silence {
    use super::{Millis, format};

    pub const EXHAUSTED: &str = "Hardly any memory was left when it spoke last. An answer needs memory for its own text; \
                                 without it the firmware writes nothing, or hangs.";
    pub const SHORT: &str = "Little memory was left when it spoke last, and one larger request may have taken the rest. An \
                             answer needs memory for its own text.";
    pub const ENOUGH: &str = "It had enough memory when it spoke last, so the heap is hardly why. Most often a program \
                              hangs, sleeps, or does not read its serial port any more.";
    pub const UNKNOWN: &str = "Its last figures are too old to say how the heap stood when it fell silent.";
    pub const NOT_SURER_EXHAUSTED: &str = "A program that hangs for another reason is just as silent.";
    pub const NOT_SURER_ENOUGH: &str = "Memory can run out between two answers, and nobody would see it.";
    pub const NEXT_EXHAUSTED: &str = "Restart the board and watch its free memory from the beginning, asked every few \
                                      seconds: what takes it before the next silence is what to look for.";
    pub const NEXT_ENOUGH: &str = "Look whether the board still does its work, and at the last lines that it wrote; then \
                                   restart it and ask every few seconds until it happens again.";

    /// `figures` are the last ones.
    pub fn silent(since: Millis, figures: &str) -> String {
        format!("Silent since {}: its last figures were {figures}.", format::clock_offset(since, false))
    }

    pub fn no_answers(figures: &str) -> String {
        format!("It writes, but answers no more: {figures}.")
    }

    pub fn last_figures(figures: &str) -> String {
        format!("the last figures: {figures}")
    }
}

/// Why boards restart, and what memory has to do with it.
pub mod restarts {
    use super::{Millis, format};

    /// What is said of one reason.
    pub struct Reason {
        /// Behind "restarting again and again".
        pub by: &'static str,
        /// What happened, as the beginning of a sentence.
        pub once: &'static str,
        /// What that means.
        pub why: &'static str,
        /// What to do where memory is not the reason.
        pub next: &'static str,
    }

    pub const BROWNOUT: Reason = Reason {
        by: "because its supply voltage drops",
        once: "the supply voltage dropped, and the board restarted",
        why: "The chip measures its supply and restarts when the voltage is too low for a moment (brownout). Radios and \
              relays take the most current.",
        next: "Use a shorter and thicker cable and a stronger supply, or put a capacitor close to the chip.",
    };
    pub const WATCHDOG: Reason = Reason {
        by: "by a watchdog, because the program hangs",
        once: "the program hung, and a watchdog restarted the board",
        why: "A watchdog restarts the board when the program does not report back in time: it waits for something, or runs \
              in a circle.",
        next: "Look at the last lines before each restart: what the program began there it did not end.",
    };
    pub const EXCEPTION: Reason = Reason {
        by: "because the program crashes",
        once: "the program crashed",
        why: "The program used an address or an instruction that it may not. Most often it followed a pointer that was \
              never set, was freed before, or is what a failed allocation gave and nobody looked at.",
        next: "Decode the addresses of the crash with the firmware's ELF file (an exception decoder does it): they name the \
               line of the program.",
    };
    pub const ABORT: Reason = Reason {
        by: "because the program gives up",
        once: "the program gave up",
        why: "The program found something that must not be and stopped itself: a check failed, or nobody handled an error.",
        next: "Look up the check or the error that the log names; decode the addresses of the crash with the firmware's ELF \
               file.",
    };
    pub const ALLOCATOR: Reason = Reason {
        by: "because the allocator finds its data damaged",
        once: "the allocator found its own data damaged and stopped the program",
        why: "The check that failed is the allocator's own: something wrote outside its memory, or freed what was not its \
              own.",
        next: "Build with heap poisoning (ESP-IDF: comprehensive) to have the damage found closer to where it is done.",
    };
    pub const STACK: Reason = Reason {
        by: "because a task's stack is too small",
        once: "a task's stack was too small",
        why: "Each task has its own stack, and this one went beyond its end: too many calls within calls, or large \
              variables inside a function.",
        next: "Give that task a larger stack, or keep large variables on the heap.",
    };
    pub const SOFTWARE: Reason = Reason {
        by: "each time by its own firmware",
        once: "the firmware restarted the board",
        why: "The firmware restarted the chip itself: on a command, for an update, or since it could not go on.",
        next: "Look at the last lines before each restart: most firmwares say why.",
    };
    pub const OUTSIDE: Reason = Reason {
        by: "by its power or its reset pin",
        once: "power came back, or the reset pin was pulled",
        why: "The chip says that it was switched on or reset from outside: a loose plug, a supply that goes off, a reset \
              button, or a program that opens the port.",
        next: "Check plugs and supply, and whether another program opens the port.",
    };
    pub const UNKNOWN_REASON: Reason = Reason {
        by: "for a reason that the log does not name",
        once: "the board restarted",
        why: "The log shows the starts but not why.",
        next: "Look at the last lines before each restart; record from before the start, since the chip names the reason \
               first.",
    };

    pub const EXHAUSTED: &str = "Hardly any memory was left just before, or an allocation had just failed: that is most \
                                 likely the reason.";
    pub const SHORT: &str = "Little memory was left just before: one larger request may have taken the rest.";
    pub const ENOUGH: &str = "There was enough memory just before, so the heap is hardly the reason.";
    pub const DAMAGED: &str = "After such damage a program may crash anywhere.";
    pub const UNKNOWN: &str =
        "Whether memory is the reason is not known: no fresh figures of the heap came before.";
    pub const NOT_THE_HEAP: &str = "The heap has nothing to do with that.";
    pub const STACK_IS_NOT_HEAP: &str = "That is another memory than the heap.";

    pub const NOT_SURER_EXHAUSTED: &str =
        "A mistake that has nothing to do with memory may come at the same moment.";
    pub const NOT_SURER_SHORT: &str = "Many boards run well with so little, and crash for another reason.";
    pub const NOT_SURER_ENOUGH: &str =
        "One large request, or a peak between two figures, would not have been seen.";
    pub const NOT_SURER_BY_HAND: &str =
        "A person who presses reset, and a board that sleeps and wakes as it is meant to, look the same.";
    pub const NOT_SURER_ALLOCATOR: &str = "Memory that is freed twice fails the same check.";
    pub const NOT_SURER_UNKNOWN: &str = "Without figures of the heap from just before it can be either.";

    pub const NEXT_MEMORY: &str = "Find what takes the memory first: watch the free heap from the start to the next \
                                   restart, and ask for a block map or a report when it is low.";
    pub const NEXT_UNKNOWN: &str = "Have the figures come every few seconds (Tasmota: SetOption130 1 puts the free heap into \
                                    every line), so that the last ones before the next restart are known.";

    pub const BY_MEMORY: &str = "most likely for want of memory";
    pub const BY_SEVERAL: &str = "for different reasons";
    pub const BY_SEVERAL_WITH_DAMAGE: &str =
        "for different reasons, damaged data of the allocator among them";

    pub fn mostly(by: &str) -> String {
        format!("mostly {by}")
    }

    /// `goes_on`: it did so until the end of the log. `span` from the first to the last, where times are known; `figures`
    /// from just before the last.
    pub fn again_and_again(
        goes_on: bool,
        times: usize,
        span: Option<Millis>,
        by: &str,
        figures: Option<&str>,
    ) -> String {
        let what = if goes_on { "Restarting" } else { "Restarted" };
        let within = span.map(|span| format!(" within {}", format::duration(span))).unwrap_or_default();
        let before = figures.map(|figures| format!("; before the last one {figures}")).unwrap_or_default();
        format!("{what} again and again: {} times{within}, {by}{before}.", format::count(times as u64))
    }

    /// `once` is what happened, the last time of so many; `for_memory`: most likely because there was none.
    pub fn ended(times: usize, once: &str, for_memory: bool, figures: Option<&str>) -> String {
        let before = figures.map(|figures| format!("; just before, {figures}")).unwrap_or_default();
        let why = if for_memory { ", most likely for want of memory" } else { "" };
        let (first, rest) = once.split_at(1);
        match times {
            1 => format!("{}{rest}{why}{before}.", first.to_ascii_uppercase()),
            many => {
                format!("Stopped {} times. The last time {once}{why}{before}.", format::count(many as u64))
            }
        }
    }

    /// `what` is the log's own sentence.
    pub fn log_says(what: &str) -> String {
        format!("The log says: {}.", what.trim_end_matches(['.', ':']))
    }

    pub fn age(age: Millis) -> String {
        format!("These figures are from {} before.", format::duration(age))
    }

    pub fn just_before(figures: &str) -> String {
        format!("{figures}, just before")
    }
}
