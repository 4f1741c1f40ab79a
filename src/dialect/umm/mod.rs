//! umm_malloc's block map: the dump of `umm_info()`, which Tasmota's `Status 44` prints, and its alarms.
//!
//! `A278:` is tasmota/Arduino 2.7.8, `AM:` esp8266/Arduino master, `RH:` rhempel/umm_malloc.
//!
//! # Grammar of a dump (A278: umm_info.c:46-163, umm_local.c:188-201; RH: src/umm_info.c:66-171)
//!
//! ```text
//! dump       = [ head ] row+ [ ruler ] totals [ ruler metrics ] [ ruler [ match ruler ] statistics ruler ]
//! head       = ruler | "Dumping the umm_heap..."                      the latter: core <= 2.5.2
//! row        = "|0x" ADDRESS "|B " n "|NB " n "|PB " n "|Z " n "|"    a used block; RH: and 17 blanks and a bar
//!            | … the same … "NF " n "|PF " n "|"                      a free block; also the first and last row
//! totals     = "Total Entries " n "Used Entries " n "Free Entries " n
//!              "Total Blocks " n "Used Blocks " n "Free Blocks " n
//! metrics    = "Usage Metric: " n   "Fragmentation Metric: " n        core >= 2.7, RH
//! match      = "heap info Free blocks and heap statistics Free blocks match."
//!            | "heap info Free blocks " n "!= heap statistics Free Blocks " n
//! statistics = "umm heap statistics:" [ "Heap ID" n ] ( "Raw Free Space" | "Free Space" ) n "OOM Count" n
//!              [ "Low Watermark" n "Low Watermark ISR" n "MAX Alloc Request" n ] "Size of umm_block" n
//! ```
//!
//! A block is 8 bytes. `B` is a row's block number, `NB` the next row's, `PB` the one before, `Z = NB − B` its
//! size in blocks; ADDRESS is always the heap's start + 8 × B. The first row (B 0) heads the free list, the last
//! (NB 0) ends the heap; nobody gets either. In the forms without metrics and statistics the totals count the last row
//! too: as one free block, or before the ESP8266 as the whole rest of the heap that was never touched.
//!
//! # Which lines belong to a dump
//!
//! Rows are found anywhere in a line, all else is a whole line; blank lines count nowhere.
//!
//! * It begins with its first whole row, or with the head above that. Rows that are damaged may stand between.
//! * Until the totals, up to [`MAX_FOREIGN_LINES`] other lines may stand inside. It ends before the next line of that
//!   kind, a first row, the head of the old form, or an alarm.
//! * Behind `Total Entries` it ends before any line that is not of its grammar; with `Total Blocks` in the old form; and
//!   with the first plain ruler behind `Size of umm_block`.
//!
//! # Alarms (AM: umm_poison.c, umm_integrity.c, heap.cpp:174-202)
//!
//! ```text
//! alarm = "No poison " WHERE " block at: 0x" ADDRESS ", actual data:" ( " 0x" byte )*
//!       | "there is no poison " WHERE " the block." …  [ line end "block start: " ADDRESS ]     core <= 2.5
//!       | "check_poison_block is called for free block 0x" ADDRESS
//!       | "heap integrity broken: " …  [ line end "Heap Corruption!" … ]    the next log line is glued to it
//!       | "Pointer " ADDRESS " is not a Heap address."                                          core 3
//!       | ":oom(" bytes ")@" PLACE                                                              DEBUG_ESP_OOM
//! ```
//!
//! # What it calls things
//!
//! | extra | meaning |
//! |---|---|
//! | `core` | which releases of the ESP8266 core print so, in words, as far as the form proves it |
//! | `heap` | `data RAM`, `instruction RAM`, `external RAM`: where it lies |
//! | `address`, `block` | the block whose header or links are wrong |
//! | `link`, `found`, `expected` | which link (`NB`, `PB`, `NF`, `PF`), what stands there, and what should |
//! | `found_as_text` | what was found, read as the text that was written over it |
//! | `previous_block`, `previous_address`, `next_block`, `next_address` | the neighbours; who wrote past the end is mostly the previous one |
//! | `where`, `actual_data` | poison: on which side of the block, and the bytes that stand there now |
//! | `requested_bytes`, `place` | an allocation that failed, and who asked |
//!
//! `OOM Count` is always 0 in builds with `UMM_INLINE_METRICS`, since `umm_info()` clears it before it prints
//! (A278: umm_info.c:44). Such builds print no `match` line. There a 0 says nothing, and is left out.

mod alarm;
mod checks;
mod dump;
mod row;

use super::{
    Console, Dialect, End, Event, Front, Info, Line, LineRange, Output, Run, Sequel, UsualRequest, What,
};
use alarm::Alarm;
use dump::{Dump, Head, Step};
use row::Row;

static INFO: Info = Info {
    id: "umm",
    name: "umm_malloc",
    commands: &[],
    console: &Console::PLAIN,
    // On an ESP8266. The frame: IEEE 802.3 with its header of 14 bytes. BearSSL: its second stack (esp8266/Arduino
    // StackThunk.cpp, `_stackSize`), and what it needs to receive a full TLS record of 16 KB (bearssl_ssl.h,
    // `BR_SSL_BUFSIZE_INPUT`: 16384 + 325, the default of `WiFiClientSecure`).
    requests: &[
        UsualRequest { bytes: 1_514, name: "Ethernet frame" },
        UsualRequest { bytes: 6_200, name: "BearSSL stack" },
        UsualRequest { bytes: 16_709, name: "TLS record in BearSSL" },
    ],
};

/// A dump prints with interrupts off, so other lines mean that it was cut off; but a pasted one may have a
/// person's words inside.
const MAX_FOREIGN_LINES: u32 = 8;

/// The first line of a dump of core 2.5 and before.
const OLD_HEAD: &str = "Dumping the umm_heap...";

/// Reads the dumps and the alarms.
#[derive(Default)]
pub struct Umm {
    /// The last ruler or old head, if nothing but blank lines and damaged rows came since.
    head: Option<Head>,
    dump: Option<Dump>,
    /// An alarm that the next line may belong to, and its line.
    waiting: Option<(u64, Event)>,
    /// The line of the last alarm that [`alarm::CRY`] may follow.
    integrity_line: Option<u64>,
}

impl Dialect for Umm {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn is_inside_report(&self) -> bool {
        self.dump.is_some() || self.head.is_some()
    }

    fn goes_on(&mut self, number: u64, rest: &str) -> Run {
        match self {
            Umm { dump: Some(dump), head: None, waiting: None, .. } => dump.goes_on(number, rest),
            _ => Run::default(),
        }
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) -> bool {
        self.take(line, output);
        self.is_open()
    }

    fn may_begin_with(&self, Front { first, sequel }: Front) -> bool {
        matches!(first, b'|' | b'+' | b'D' | b'N' | b't' | b'h' | b'c' | b'P' | b'H' | b':')
            || !first.is_ascii_graphic() && sequel != Sequel::Bar
    }

    fn may_end_with(&self, End { last, .. }: End) -> bool {
        // A row in the middle of a line.
        last == b'|' || !last.is_ascii_graphic() && last != End::BAR
    }

    fn is_open(&self) -> bool {
        self.dump.is_some() || self.head.is_some() || self.waiting.is_some()
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.give_waiting(output);
        self.close(output);
        self.head = None;
    }

    fn forget(&mut self) {
        *self = Umm::default();
    }
}

/// Whether something may begin in a line without blanks around it, when nothing is open.
fn may_begin(text: &str) -> bool {
    let begins = |first| matches!(first, b'|' | b'+' | b'D' | b'N' | b't' | b'h' | b'c' | b'P' | b'H' | b':');
    text.ends_with('|') || text.bytes().next().is_some_and(begins)
}

impl Umm {
    /// Takes a line. In its one place, so that each line costs one call.
    #[inline(always)]
    fn take(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        if self.waiting.is_some() && self.ends_waiting(line, output) {
            return;
        }
        let is_idle = self.dump.is_none() && self.head.is_none();
        // Most lines of a log end here: they neither begin an alarm or a dump, nor end in a row.
        if is_idle && !may_begin(line.text.trim()) {
            return;
        }
        if let Some(at) = row::find(line.text) {
            return self.row(line.number, &line.text[at..], output);
        }
        let text = line.text.trim();
        if text.is_empty() {
            return;
        }
        let alarm = alarm::read(text);
        self.head = Head::read(line.number, text);
        if let Some(dump) = &mut self.dump {
            let step = match alarm {
                Some(_) => Step::EndBefore,
                None => dump.advance(line.number, text),
            };
            match step {
                Step::GoOn => {}
                Step::End => {
                    self.close(output);
                    self.head = None;
                }
                Step::EndBefore => self.close(output),
            }
        }
        if let Some(alarm) = alarm {
            self.alarm(line.number, alarm, output);
        }
    }

    /// A line of the table. `text` begins at its first bar.
    fn row(&mut self, number: u64, text: &str, output: &mut Output<'_>) {
        let row = row::read(text);
        let ends = match (&self.dump, &row) {
            (Some(dump), Some(row)) => dump.has_totals() || row.is_first(),
            (Some(dump), None) => dump.has_totals(),
            (None, _) => false,
        };
        if ends {
            self.close(output);
        }
        match row {
            Some(row) => self.whole_row(number, row),
            None => {
                if let Some(dump) = &mut self.dump {
                    dump.add_damaged(number);
                }
                if let Some(head) = &mut self.head {
                    head.damaged_rows = head.damaged_rows.saturating_add(1);
                }
            }
        }
    }

    fn whole_row(&mut self, number: u64, row: Row) {
        let head = self.head.take();
        self.dump.get_or_insert_with(|| Dump::begin(number, head)).add(number, row);
    }

    /// Hands out an alarm, or keeps it for the next line.
    fn alarm(&mut self, number: u64, alarm: Alarm, output: &mut Output<'_>) {
        let follows_integrity = number.checked_sub(1) == self.integrity_line && self.integrity_line.is_some();
        match alarm.sequel {
            alarm::Sequel::BlockStart => self.waiting = Some((number, alarm.event)),
            // The same trouble was named in the line before.
            alarm::Sequel::None if alarm.event.text == alarm::CRY && follows_integrity => {}
            alarm::Sequel::None => output.find(LineRange::one(number), None, What::Event(alarm.event)),
            alarm::Sequel::Cry => {
                self.integrity_line = Some(number);
                output.find(LineRange::one(number), None, What::Event(alarm.event));
            }
        }
    }

    /// The line behind an alarm: hands that out, and says whether the line belongs to it.
    fn ends_waiting(&mut self, line: &Line<'_>, output: &mut Output<'_>) -> bool {
        let block_start = alarm::block_start(line.text.trim());
        let belongs = block_start.is_some();
        if let Some((first, mut event)) = self.waiting.take() {
            event.extras.extend(block_start);
            let last = if belongs { line.number } else { first };
            output.find(LineRange { first, last }, None, What::Event(event));
        }
        belongs
    }

    fn give_waiting(&mut self, output: &mut Output<'_>) {
        if let Some((line, event)) = self.waiting.take() {
            output.find(LineRange::one(line), None, What::Event(event));
        }
    }

    /// Hands out the dump as far as it came.
    fn close(&mut self, output: &mut Output<'_>) {
        let Some(dump) = self.dump.take() else { return };
        let lines = dump.lines();
        let (report, broken) = dump.report();
        output.find(lines, None, What::Report(Box::new(report)));
        if let Some(broken) = broken {
            let line = LineRange::one(lines.first + u64::from(broken.line));
            output.find(line, None, What::Event(broken.event));
        }
    }
}
