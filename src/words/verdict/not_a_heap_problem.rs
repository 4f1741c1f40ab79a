//! What is said of alarms that are none.
//!
//! For example `headline(&counter::WHAT)` is `Not a heap problem: the counter of failed allocations was set back.`

use crate::format;
use crate::heap::Amount;

/// `what` has no end.
pub fn headline(what: &str) -> String {
    format!("Not a heap problem: {what}.")
}

/// Failures that releases of Toit call out of memory and that are something else.
pub mod failure {
    use super::{Amount, format};

    pub const UDP_SEND: &str =
        "udp.send found the network's send buffers full, and this release of Toit calls that out of memory";
    pub const I2C: &str =
        "something failed in the I²C driver, and this release of Toit calls that out of memory";
    pub const HEAP_NOT_SHOWN: &str = "the heap that this report shows has megabytes free";

    /// Source: toitlang/toit 24bd15304 (#3009).
    pub const UDP_SEND_WHY: &str = "Releases before v2.0.0-alpha.191 report full send buffers of the network as a \
                                    failed allocation, although memory is there.";
    /// Source: toitlang/toit, the I²C driver up to v2.0.0-alpha.176.
    pub const I2C_WHY: &str =
        "Releases before v2.0.0-alpha.177 report whatever fails in the I²C driver as a failed allocation.";
    /// Source: toitlang/toit src/os_esp32.cc:73-82, 841-846, src/primitive.cc:72-74.
    pub const HEAP_NOT_SHOWN_WHY: &str = "The report covers only the external RAM. What failed is a driver, or the \
                                          chip's own internal memory, which drivers, stacks and requests up to 16 KB \
                                          use and which the report does not show.";

    pub fn room(free: Amount, largest: Amount) -> String {
        format!(
            "When the report was printed, {} were free, {} of them in one piece: what it shows was not why.",
            format::amount(free),
            format::amount(largest)
        )
    }

    pub const A_MOMENT_LATER: &str =
        "The report comes a moment after the failure: just then, less may have been free.";
    pub const INTERNAL_NOT_SHOWN: &str =
        "The report does not show the internal memory, which may be short for itself.";

    pub const UDP_SEND_NEXT: &str = "Update to v2.0.0-alpha.191 or later. Until then catch the exception and send again \
                                     a little later, or send less at a time.";
    pub const I2C_NEXT: &str = "Update to v2.0.0-alpha.177 or later, which say what failed; and look at the wiring, the \
                                pull-up resistors and the address of the device.";
    pub const HEAP_NOT_SHOWN_NEXT: &str = "Look at what was opened just before, and open less of it at a time: WiFi, \
                                           Bluetooth, TLS and drivers need internal memory.";
}

/// Tasmota's counter of failed allocations that jumped back. Sources: tasmota/Arduino 2.7.8 umm_info.c:44, Tasmota's
/// support_esp8266.ino.
pub mod counter {
    pub const WHAT: &str = "the counter of failed allocations was set back, and the log shows a difference of four \
                            billion";
    pub const WHY: &str = "Builds with UMM_INLINE_METRICS clear this counter whenever they make a block map or answer \
                           Status 4, and Tasmota then prints a difference below zero as a very large number. What \
                           had failed before is in lines that say so; this line is no failure.";
    pub const BECAUSE: &str =
        "What failed before this log began, and since the counter was cleared, it cannot say.";
    pub const NEXT: &str = "Nothing for this line. To have a count that can be trusted, build with -DUMM_STATS_FULL and \
                            without -DUMM_INLINE_METRICS.";
}

/// Tasmota's fragmentation in time stamps. Source: Tasmota's support_esp8266.ino:116-137.
pub mod stamp {
    use super::format;

    pub fn what(stamp_percent: u64, exact_percent: u64) -> String {
        format!(
            "the time stamp shows {} fragmentation, Status 4 at the same time {}",
            format::percent(stamp_percent),
            format::percent(exact_percent)
        )
    }

    pub const WHY: &str = "The percentage in a time stamp mixes two moments: the largest block of up to a second ago, \
                           and the free heap of now. A single one proves nothing; Status 4 measures both at once.";
    pub const BECAUSE: &str = "Less than a second lies between the two, in which the heap may have changed.";
    pub const NEXT: &str = "Trust the fragmentation of Status 4, not that of time stamps.";

    pub fn evidence(stamp_percent: u64) -> String {
        format!("{} in the time stamp", format::percent(stamp_percent))
    }

    pub fn evidence_of_exact(exact_percent: u64) -> String {
        format!("{} measured at once", format::percent(exact_percent))
    }
}
