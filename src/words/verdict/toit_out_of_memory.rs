//! What is said of a Toit heap report at the moment of failure.
//!
//! For example `headline(" in tcp.write", CUT_OFF)` is `Out of memory in tcp.write: the report that should say more is
//! cut off.`

use crate::format;
use crate::heap::Amount;

pub const CUT_OFF: &str = "the report that should say more is cut off";

/// `asked` says what for, with a blank in front; `what` what failed or what was free, without an end.
pub fn headline(asked: &str, what: &str) -> String {
    format!("Out of memory{asked}: {what}.")
}

/// What asked for memory, behind "Out of memory".
pub mod asked {
    pub const OBJECT: &str = " for an object of a program";
    pub const STACK: &str = " for a stack that had to grow";
    pub const EXCEPTION: &str = " for an exception that was to be raised";

    /// Names of primitives: more than one where the log does not name the release.
    pub fn in_primitive(names: &[String]) -> String {
        format!(" in {}", names.join(" or "))
    }

    /// Module and index of a primitive without a known name: `3:4`.
    pub fn in_number(numbers: &str) -> String {
        format!(" in primitive {numbers}")
    }
}

/// What failed, in the headline.
pub mod what {
    use super::{Amount, format};

    pub fn no_page(free: Amount, largest: Amount) -> String {
        format!(
            "no Toit process can grow: a 4 KB page is needed and the largest block is {}, though {} are free in all",
            format::amount(largest),
            format::amount(free)
        )
    }

    pub fn nothing_left(free: Amount, largest: Amount) -> String {
        format!(
            "no Toit process can grow: a 4 KB page is needed and the largest block is {}; only {} are free in all",
            format::amount(largest),
            format::amount(free)
        )
    }

    pub fn larger_than(free: Amount, largest: Amount) -> String {
        format!(
            "{} were free, but nothing larger than {} in one piece",
            format::amount(free),
            format::amount(largest)
        )
    }

    pub fn in_pieces(least_bytes: u64, most_bytes: u64) -> String {
        format!(
            "about {} to {} were free, so it is fragmentation, not shortage",
            format::bytes(least_bytes),
            format::bytes(most_bytes)
        )
    }

    pub fn shortage(least_bytes: u64, most_bytes: u64) -> String {
        format!(
            "only about {} to {} were free, so it is shortage",
            format::bytes(least_bytes),
            format::bytes(most_bytes)
        )
    }

    pub fn used(used: Amount) -> String {
        format!("{} were in use", format::amount(used))
    }
}

pub const BEFORE_RESTART: &str = "That was before the last restart.";
pub const NO_GARBAGE: &str = "This is what was in use after two garbage collections, so it is no garbage.";
pub const PAGES: &str =
    "A Toit process grows by whole pages of 4 KB, and each page must be free in one piece.";
pub const NO_PAGE: &str = "No free block is that large any more: what is free lies in smaller pieces between used \
                           blocks (fragmentation). Some of that is inevitable.";
pub const MOST_LIKELY_NO_PAGE: &str = "More than that was free in all, so it lay in smaller pieces between used \
                                       blocks (fragmentation), of no use to a process. Some of that is inevitable.";
pub const NO_LARGER_BLOCK: &str =
    "A page could still be had, so something larger was asked for, or it was not the heap that failed.";
pub const PAGE_AGAIN: &str = "Such an object fits into one page, and when the report was printed a page could be had \
                              again: the last of three attempts may have gone well after all.";
pub const NO_EXCEPTION_YET: &str =
    "Whether the last attempt failed, too, is said by an exception behind the report.";
pub const HARDLY_ANYTHING: &str = "Hardly anything was free.";
pub const FREE_NOT_SAID: &str = "The report does not say what was free.";
pub const LARGE_BYTE_ARRAYS: &str = "A byte array or string of more than about 4 KB lies outside these pages and needs \
                                     one free piece of its own size: 8 KB for a buffer of 8 KB.";

/// Between which amounts the heap's capacity lies, where the report has percent only.
pub fn capacity(least_bytes: u64, most_bytes: u64) -> String {
    format!(
        "The heap has {} to {}, not all of the chip's memory (520 KB in an ESP32): the rest went at boot, to static \
         buffers and to code that has to be fast (interrupt handlers, WiFi drivers).",
        format::bytes(least_bytes),
        format::bytes(most_bytes)
    )
}

/// Which releases print such a report, and why a newer one is advised. Commits of toitlang/toit: 48728c7cd (alpha.2),
/// 7ab626548 (alpha.22), c9d5c60e1 (alpha.147).
pub mod release {
    pub fn before_largest_block(releases: &str) -> String {
        format!(
            "Releases {releases} print such a report. A newer one is advised: since v2.0.0-alpha.2 the garbage \
             collector compacts in place, which saves much memory; since alpha.22 the report has the largest free \
             block, and since alpha.147 what was asked for."
        )
    }

    pub fn before_cause(releases: &str) -> String {
        format!(
            "Releases {releases} print such a report. A newer one tells more: since v2.0.0-alpha.147 the report says \
             what was asked for."
        )
    }
}

/// It may be one of the known false alarms.
pub mod maybe {
    pub const BUSY_NETWORK: &str = "This release says the same when only the network's send buffers are full; but with \
                                    so little in one piece the heap may as well be why.";
    pub const BUSY_NETWORK_IF_OLD: &str = "In releases before v2.0.0-alpha.191 udp.send says this also when only the \
                                           network's send buffers are full; this log does not name its release.";
    pub const I2C: &str = "This release says the same whatever fails in the I²C driver; but with so little in one \
                           piece the heap may as well be why.";
    pub const I2C_IF_OLD: &str = "In releases before v2.0.0-alpha.177 the I²C driver says this whatever fails in it; \
                                  this log does not name its release.";
}

pub const NO_LARGEST_BLOCK: &str = "This release does not print the largest free block. A single request for more than \
                                    that would look the same.";
pub const PERCENT_ROUNDED: &str = "What was free follows from a percentage that is rounded down.";
pub const LARGER_REQUEST_NOT_SAID: &str = "The report does not say how much was asked for.";

pub mod next {
    pub const NO_PAGE: &str = "Measure next: let the program call system.serial-print-heap-report right after boot and \
                               again some time before it fails; the row that grew is the one to look at. \
                               print-objects (print_objects in old releases) shows what fills the Toit pages. Take \
                               large buffers once, at the start, and keep them.";
    pub const LARGER_BLOCK: &str = "Find what asks for so much in one piece (a large byte array, a TLS record of 16 KB, \
                                    a new task) and do it in parts, or at the start. Measure next: \
                                    system.serial-print-heap-report just before it.";
    pub const SHORTAGE: &str = "Measure next: let the program call system.serial-print-heap-report right after boot \
                                and again some time before it fails; the row that grew is the one to look at. \
                                print-objects (print_objects in old releases) shows what fills the Toit pages.";
}

pub fn evidence(free: Amount, largest: Amount) -> String {
    format!("the report: {} free, the largest block {}", format::amount(free), format::amount(largest))
}

pub fn evidence_of_percent(used: Amount, percent: u64) -> String {
    format!("the report: {} in use, {} of the heap", format::amount(used), format::percent(percent))
}
