//! What the rows of Toit's heap report mean: one sentence for each, what is usual for it, and what is said when it is
//! more. When it is said is decided in `verdict/composition.rs`.
//!
//! `NAMES` are those that Toit prints, today's first: they are not to be translated.
//!
//! Sources: toitlang/toit at 37337db07688, src/heap_report.h:24-38 (the tags), src/heap_report.cc:242-258, and the files
//! that set them: process.cc, messaging.cc, resources/tls.cc, lwip_esp32.cc, scheduler.cc:822, resource.cc:227,
//! resources/wifi_esp32.cc, gc_metadata.cc:45-65, heap.cc:112. What is usual is what reports of ESP32 boards without
//! external RAM show; where the source has a size, it is the source's.
//!
//! For example `table::most_is_held_by(&[("wifi", 4_096)])` is `Most is held by wifi (4 KB).`

use crate::format;
use crate::heap::Amount;

pub mod misc {
    pub const NAMES: &[&str] = &["misc"];
    pub const MEANING: &str = "Memory that the firmware itself files under nothing in particular.";
    pub const USUAL: &str = "Nothing: this row is hardly ever printed.";
}

pub mod external_byte_array {
    pub const NAMES: &[&str] = &["external byte array"];
    pub const MEANING: &str = "Byte arrays of more than about 4 KB, which have no room in a page of a process, and \
                               messages on their way from one process to another.";
    pub const USUAL: &str = "Less than 1 KB while nothing large is sent, received or drawn.";
    pub const MORE: &str = "Large buffers: the body of a web page, a picture, a firmware update, or messages that \
                            nobody fetches. Each needs one free piece of its own size.";
}

pub mod tls {
    pub const NAMES: &[&str] = &["tls/bignum", "bignum"];
    pub const MEANING: &str = "Encrypted connections (TLS): their buffers, handshakes and certificates, and arithmetic \
                               with large numbers.";
    pub const USUAL: &str = "Nothing without TLS, 20 to 50 KB for an open connection.";
    pub const MORE: &str = "More than one encrypted connection seems to be open, or being opened. Open them one after \
                            the other, and close those that are not needed.";
    pub const WHILE_FULL: &str = "An encrypted connection is open or being opened, and the heap is nearly full: this \
                                  is what the program can give back at once.";
}

pub mod external_string {
    pub const NAMES: &[&str] = &["external string"];
    pub const MEANING: &str = "Strings of more than about 4 KB, which have no room in a page of a process, and strings \
                               on their way from one process to another.";
    pub const USUAL: &str = "Nothing, or a few KB.";
    pub const MORE: &str =
        "Long texts are held as a whole. Each needs one free piece of its own size: handle them in parts.";
}

pub mod toit_processes {
    pub const NAMES: &[&str] = &["toit processes"];
    pub const OLD_NAMES: &[&str] = &["toit"];
    pub const MEANING: &str = "Where the objects of all Toit programs live, in pages of 4 KB that their garbage collector looks after.";
    pub const USUAL: &str =
        "16 KB for the system, 12 to 20 KB for Jaguar where it runs, 4 to 64 KB for each program.";
    pub const MORE: &str = "The programs hold many objects: print-objects shows of which class they are.";
}

/// A process's own row.
pub mod process {
    pub const SYSTEM: &str =
        "The pages of the system's own process, which starts the others. A part of the row above.";
    pub const CURRENT: &str = "The pages of the process in which it happened: the one that asked for memory, or for \
                               this report. A part of the row above.";
    pub const OTHER: &str = "The pages of another process: a program, or Jaguar. A part of the row above.";
    pub const UNNAMED: &str = "The pages of one process. A part of the row above.";
    pub const USUAL_OF_SYSTEM: &str = "16 KB.";
    pub const USUAL: &str = "12 to 20 KB for Jaguar, 4 to 64 KB for a program. Large byte arrays and strings are not \
                             in it.";
    pub const MORE: &str = "This one process holds many objects: print-objects, called in its program, shows of which \
                            class they are.";
}

pub mod unused {
    pub const NAMES: &[&str] = &["unused"];
    pub const MEANING: &str = "Pages that are kept ready for the Toit programs.";
    pub const USUAL: &str = "A few pages of 4 KB; releases since v2.0.0-alpha.28 have no such row.";
}

pub mod heap_metadata {
    pub const NAMES: &[&str] = &["heap metadata"];
    pub const NAMES_AS_PART: &[&str] = &["GC heap metadata"];
    pub const MEANING: &str = "Tables of the garbage collector, taken once at boot and never given back.";
    pub const PART: &str =
        "Tables of the garbage collector, taken once at boot and never given back. A part of the row above.";
    pub const USUAL: &str = "16 KB, 12 KB in some releases before v2.0.0-alpha.99.";
    pub const USUAL_IN_PSRAM: &str = "About 8% of the external RAM, which they cover: 652 KB for 8 MB.";
    pub const MORE: &str =
        "More than a board without external RAM needs: releases before v2.0.0-alpha.25 took more.";
}

pub mod spare_new_space {
    pub const NAMES: &[&str] = &["spare new-space"];
    pub const NAMES_AS_PART: &[&str] = &["Spare new-space"];
    pub const MEANING: &str = "One page that all processes share: the garbage collector moves to it what is still in \
                               use.";
    pub const PART: &str = "One page that all processes share: the garbage collector moves to it what is still in \
                            use. A part of the row above.";
    pub const USUAL: &str = "Always one page of 4 KB.";
}

pub mod lwip {
    pub const NAMES: &[&str] = &["lwip"];
    pub const MEANING: &str =
        "The network's lower half (TCP/IP): open sockets, and packets that wait to be sent or read.";
    pub const USUAL: &str = "About 5 KB at rest, and some KB more for each busy connection.";
    pub const MORE: &str =
        "Many sockets are open, or data arrives faster than the program reads it: close what is not needed.";
}

pub mod heap_overhead {
    pub const NAMES: &[&str] = &["heap overhead"];
    pub const MEANING: &str = "The allocator's own bookkeeping: 8 bytes for each block, used or free. Its count is the \
                               number of blocks, not of allocations.";
    pub const USUAL: &str = "5 to 10 KB, with a count somewhat above the number of allocations.";
    pub const MORE: &str = "That many small blocks cut the memory into small pieces, also what is free between them \
                            (fragmentation).";

    use super::format;

    /// Bytes that an allocation has on average.
    pub fn blocks(blocks: u64, allocations: u64, average_bytes: u64) -> String {
        format!(
            "{} blocks for {} allocations, which have {} on average.",
            format::count(blocks),
            format::count(allocations),
            format::bytes(average_bytes)
        )
    }
}

pub mod unknown {
    pub const NAMES: &[&str] = &["unknown"];
    pub const MEANING: &str = "Memory with a mark that the firmware itself does not know.";
    pub const USUAL: &str = "Nothing: this row is hardly ever printed.";
}

pub mod event_source {
    pub const NAMES: &[&str] = &["event source"];
    pub const MEANING: &str = "What carries events of the hardware and the network to the programs: timers, pins, \
                               serial ports, I²C.";
    pub const USUAL: &str = "About 8 KB, hardly changing after boot.";
    pub const MORE: &str =
        "Many drivers are in use at the same time, or opened again and again without being closed.";
}

pub mod other_threads {
    pub const NAMES: &[&str] = &["thread/other", "other threads"];
    pub const MEANING: &str = "What the firmware's own threads take for drivers and resources that the programs \
                               opened, Bluetooth among them.";
    pub const USUAL: &str = "About 4 KB.";
    pub const MORE: &str = "Bluetooth, or many resources that the programs opened and did not close.";
}

pub mod thread_spawn {
    pub const NAMES: &[&str] = &["thread/spawn", "thread spawn"];
    pub const MEANING: &str = "Stacks of the firmware's own threads: 8 KB for each that runs Toit code, 2 to 5 KB for \
                               the others.";
    pub const USUAL: &str = "About 20 KB, the same from boot on.";
    pub const MORE: &str = "More threads than usual run.";
}

pub mod untagged {
    pub const NAMES: &[&str] = &["untagged", "null tag"];
    pub const MEANING: &str = "Memory that nobody put a name to: the chip's own system (ESP-IDF) at its start, its \
                               drivers, Bluetooth, interrupt handlers.";
    pub const USUAL: &str = "40 to 50 KB with WiFi, hardly changing after boot.";
    pub const MORE: &str = "The chip's own system or a driver holds more than usual: Bluetooth, Ethernet, displays and \
                            cameras do.";
    pub const ATTRIBUTES_NOTHING: &str = "This firmware does not say who has its memory: all of it is in this row, so \
                                          that its size tells nothing.";
}

pub mod wifi {
    pub const NAMES: &[&str] = &["wifi"];
    pub const MEANING: &str = "The WiFi driver: its buffers for sending and receiving, queues and locks.";
    pub const USUAL: &str = "About 40 KB while WiFi is on.";
    pub const MORE: &str = "Many packets wait to be sent or read.";
}

pub const UNKNOWN_ROW: &str = "A row that Heapscope does not know.";

/// In the verdict: what the table as a whole shows.
pub mod table {
    use super::{Amount, format};

    pub const NOTHING_STANDS_OUT: &str = "No row stands out: each is about as large as is usual for it.";
    pub const ATTRIBUTES_NOTHING: &str = "This firmware does not say who has its memory: all of it is in one row, so that the table cannot tell.";
    pub const ONE_REPORT: &str = "One report shows what is held, not what grows.";
    pub const NOTHING_GREW: &str = "No row is larger than in the report before.";
    pub const INCOMPLETE: &str = "The report is incomplete: rows may be missing.";
    pub const WHERE_EXPLAINED: &str = "Below the report, each row is explained.";
    pub const NEXT: &str = "Let the program call system.serial-print-heap-report right after boot and again later: the \
                            row that grew is the one to look at. print-objects shows what fills the Toit pages.";

    /// `figures` say what is free, where that is known; `who` is a sentence.
    pub fn headline(figures: Option<&str>, who: &str) -> String {
        match figures {
            Some(figures) => format!("{figures}. {who}"),
            None => who.to_owned(),
        }
    }

    /// Names and bytes of rows, the largest first.
    pub fn most_is_held_by(rows: &[(&str, u64)]) -> String {
        format!("Most is held by {}.", with_bytes(rows))
    }

    /// Names and bytes of rows.
    pub fn stand_out(rows: &[(&str, u64)]) -> String {
        let verb = if rows.len() == 1 { "stands" } else { "stand" };
        format!("{} {verb} out.", with_bytes(rows))
    }

    fn with_bytes(rows: &[(&str, u64)]) -> String {
        let rows: Vec<_> =
            rows.iter().map(|(name, bytes)| format!("{name} ({})", format::bytes(*bytes))).collect();
        rows.join(", ")
    }

    /// Names of rows, and by how much they grew, the most first.
    pub fn grew(rows: &[(&str, i64)]) -> String {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, bytes)| format!("{name} ({})", format::change_in_bytes(*bytes)))
            .collect();
        format!("Since the report before, these rows grew: {}.", rows.join(", "))
    }

    pub fn evidence(used: Option<Amount>, row_count: usize) -> String {
        let rows = match row_count {
            1 => "the report, 1 row".to_owned(),
            many => format!("the report, {} rows", format::count(many as u64)),
        };
        match used {
            Some(used) => format!("{rows}, {} in use", format::amount(used)),
            None => rows,
        }
    }

    pub const EVIDENCE_BEFORE: &str = "the report before, to compare";
}
