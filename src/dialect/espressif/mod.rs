//! What Espressif's chips and their frameworks print when a firmware ends and when it begins: crashes, damaged heaps,
//! the boot ROM's reason. Whatever the firmware is, these lines are the framework's: they carry no time stamp, and may
//! begin in the middle of an unfinished log line.
//!
//! It decodes no address: that needs the firmware's ELF file.
//!
//! # Grammar
//!
//! ```text
//! crash     = [ cut ] name [ registers ] stack [ failed ] [ cut ]                               ESP8266
//!           | name [ registers ] ( backtrace | stack memory ) [ "ELF file SHA256: " … ] end     ESP32
//! cut       = "--------------- CUT HERE FOR EXCEPTION DECODER ---------------"
//! name      = "Exception (" n "):" | "Soft WDT reset" … | "Panic " FILE ":" n " " FUNCTION [ ": Assertion '" … ]
//!           | "Abort called" | "Unhandled C++ exception: " … | "Generic Reset" | "User exception (panic/abort/assert)"
//!           | "Stack smashing detected at 0x" … | "Stack overflow detected" …
//!                 (A278: core_esp8266_postmortem.cpp:95-215, and its successor in core 3)
//!           | … "Guru Meditation Error: Core " n " panic'ed (" REASON ")" …      anywhere in a line
//!           | "abort() was called at PC 0x" … | "assert failed: " … | "***ERROR*** A stack overflow in task " …
//!           | … "task_wdt: Task watchdog got triggered" … | … "Brownout detector was triggered"
//!                 (esp-idf components/esp_system/panic.c, task_wdt.c, brownout.c)
//! registers = "epc1=0x" … " depc=0x" … | "Core " n " register dump:" ( NAME ": 0x" … )+
//! stack     = ">>>stack>>>" ( "ctx: " … | "sp: " … | ADDRESS ":  " ( ADDRESS )4 )* "<<<stack<<<"
//! failed    = "last failed alloc call: " ADDRESS "(" bytes ")" [ "@" PLACE ]
//! end       = "Rebooting..." | "CPU halted." | "Entering gdb stub now."
//! boot      = " ets Jan  8 2013,rst cause:" n ", boot mode:(" n "," n ")"                        ESP8266
//!           | "rst:0x" n " (" REASON "),boot:0x" n " (" MODE ")"                                 ESP32
//! heap      = … "CORRUPT HEAP: " …                      (esp-idf components/heap/multi_heap_poisoning.c)
//! ```
//!
//! # Which lines belong to a crash
//!
//! It begins with a cut, a name or `>>>stack>>>`; the lines of the grammar may come in any order, for releases differ.
//! Blank lines count nowhere; up to [`MAX_FOREIGN_LINES`] other lines may stand inside, for a panic prints details of
//! its own. It ends with the second cut, with the stack where the first cut is missing, with an end, or before: a name
//! behind registers or stack, a boot, and the foreign line that is one too many. Of several names the first counts. A
//! cut alone is no crash; one that is cut off is, and says so.
//!
//! `Guru Meditation Error: ` and `CORRUPT HEAP: ` may stand in the middle of a line whose end the chip's word cut off. Then
//! they end it: the line ends with `.`, `)`, `0x` and eight characters of which the last is of a hexadecimal number, or a
//! character that is none of ASCII's.
//!
//! # What it calls things
//!
//! | extra | meaning |
//! |---|---|
//! | `reason` | in words: the cause of an exception, what an ESP32 puts in parentheses, why a chip started |
//! | `exception`, `core` | numbers that stand in the name |
//! | `epc1` … `depc`, `excvaddr` | registers of an ESP8266 |
//! | `registers` | those of an ESP32: `PC 0x400d1c2f` |
//! | `context` | whose stack it is: `cont` (the sketch), `sys`, `bearssl` |
//! | `stack_addresses` | addresses of code that stand on the stack, for a decoder |
//! | `backtrace`, `backtrace_is_corrupted` | the frames, `PC:SP` each; whether the chip itself doubts them |
//! | `elf_sha256` | which build it was |
//! | `last_failed_alloc_bytes`, `last_failed_alloc_caller`, `last_failed_alloc_place` | the last allocation that failed, long ago or just now |
//! | `is_cut_off` | its end is missing |
//! | `address`, `expected`, `found` | a damaged heap |
//! | `reset_cause`, `boot_mode` | a boot |

mod boot;
mod crash;
mod heap;

use super::{Console, Dialect, End, Front, Info, Line, LineRange, Output, Sequel, What};
use crash::{Crash, Part, Step};

/// Its name in findings. A chip's start that it tells of is the first word of a boot; the firmware's own follows.
pub const BOOT_ROM: &str = "espressif";

static INFO: Info = Info {
    id: BOOT_ROM,
    name: "Espressif crash reports",
    commands: &[],
    console: &Console::PLAIN,
    requests: &[],
};

/// So many lines that are not of the grammar may stand inside a crash.
const MAX_FOREIGN_LINES: u32 = 8;

/// Reads crashes and boots.
#[derive(Default)]
pub struct Espressif {
    crash: Option<Crash>,
}

impl Dialect for Espressif {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) -> bool {
        self.take(line, output);
        self.is_open()
    }

    fn may_begin_with(&self, Front { first, sequel }: Front) -> bool {
        // A cut, the stack, a name, a boot.
        matches!(first, b'-' | b'>' | b'*' | b'A'..=b'Z' | b'a' | b'e' | b'r')
            || !first.is_ascii_graphic() && sequel != Sequel::Bar
    }

    fn may_end_with(&self, End { last, is_word }: End) -> bool {
        // A cry in the middle of a line.
        match last {
            b'0'..=b'9' | b'a'..=b'f' => is_word,
            _ => matches!(last, b'.' | b')') || !last.is_ascii_graphic() && last != End::BAR,
        }
    }

    fn is_open(&self) -> bool {
        self.crash.is_some()
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.close(output);
    }

    fn forget(&mut self) {
        *self = Espressif::default();
    }
}

/// Whether a line shows at a glance that nothing begins in it: neither a crash or boot at its front, nor a cry.
fn is_foreign(line: &str) -> bool {
    let first = line.trim_start().as_bytes().first();
    let may_begin =
        matches!(first, Some(b'-' | b'>' | b'<' | b'*' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'));
    !may_begin && memchr::memchr2(b'C', b'G', line.as_bytes()).is_none()
}

/// A panic or a damaged heap may be told in the middle of a line, but then it ends the line: in a full stop, a
/// parenthesis, or a number of 32 bits. What ends in a character of box drawing is a table's.
fn may_end_a_cry(line: &[u8]) -> bool {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    match line {
        [.., b'.' | b')'] => true,
        [.., last] if last.is_ascii() => {
            line.last_chunk().is_some_and(|[zero, x, digits @ ..]: &[u8; 10]| {
                [*zero, *x] == *b"0x" && digits.iter().all(is_digit)
            })
        }
        _ => End::of(line).is_some_and(|end| end.last != End::BAR),
    }
}

/// Where these words begin in a line: at its front, or, if they can end it, anywhere.
fn find_cry(line: &str, words: &str) -> Option<usize> {
    let front = line.len() - line.trim_start().len();
    if line[front..].starts_with(words) {
        return Some(front);
    }
    if !may_end_a_cry(line.trim_end().as_bytes()) {
        return None;
    }
    let first = *words.as_bytes().first()?;
    memchr::memchr_iter(first, line.as_bytes()).find(|&at| line[at..].starts_with(words))
}

impl Espressif {
    /// Takes a line. In its one place, so that each line costs one call.
    #[inline(always)]
    fn take(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        // Stamps of other firmwares end here, unless a cry stands behind them.
        let is_stamp = matches!(line.text.as_bytes(), [b'0'..=b'9', _, b':', ..]);
        if self.crash.is_none() && is_stamp && !may_end_a_cry(line.text.trim_end().as_bytes()) {
            return;
        }
        if self.crash.is_none() && is_foreign(line.text) {
            return;
        }
        if let Some(event) = heap::read(line.text) {
            return output.find(LineRange::one(line.number), None, What::Event(event));
        }
        let text = line.text.trim();
        let part = Part::read(text);
        // A crash may begin in the middle of the boot's line; then that is the news.
        let boot = if matches!(part, Part::Name(_)) { None } else { boot::read(text) };
        // Most lines of a log end here.
        if self.crash.is_none() && boot.is_none() && matches!(part, Part::Foreign | Part::Blank) {
            return;
        }
        let step = match &mut self.crash {
            _ if boot.is_some() => Step::EndBefore,
            Some(crash) => crash.advance(line.number, &part),
            None => Step::EndBefore,
        };
        match step {
            Step::GoOn => {}
            Step::End => self.close(output),
            Step::EndBefore => {
                self.close(output);
                if let Some(event) = boot {
                    output.find(LineRange::one(line.number), None, What::Event(event));
                } else {
                    self.crash = Crash::begin(line.number, &part);
                }
            }
        }
    }

    /// Hands out the crash as far as it came.
    fn close(&mut self, output: &mut Output<'_>) {
        if let Some((lines, event)) = self.crash.take().and_then(Crash::event) {
            output.find(lines, None, What::Event(event));
        }
    }
}
