//! Dialects: how each firmware writes about its heap, and what it can be asked.
//!
//! A dialect is one file and one line in [`ALL`]. It is a small streaming recogniser over lines: it never
//! blocks, never panics, never returns an error, and copes with a report that is cut off or has foreign
//! lines inside. It keeps no log, knows no clock, and judges nothing.
//!
//! ```
//! use heapscope_reader::dialect::{Reader, What};
//!
//! let mut findings = Vec::new();
//! let mut reader = Reader::default();
//! reader.feed(b"18:40:08.501-023/02 CMD: Status 4\r\n", &mut findings);
//! let What::Sample(sample) = &findings[0].what else { panic!() };
//! assert_eq!(sample.source, "timestamp");
//! ```
//!
//! # What is read
//!
//! Every form that the sources named in the dialects' comments print, and the folders below `tests/fixtures` that show it.
//! **Not read** is what is left alone on purpose. A dash alone is for as long as is known. Releases of Toit are those of
//! v2.0.0 where only alpha stands.
//!
//! ## Tasmota
//!
//! | form | since – until | read as | fixtures |
//! |---|---|---|---|
//! | stamp `17:32:30 ` | – 9.2.0 | time | `tasmota/stamps`, `tasmota/stock_8_1` |
//! | stamp `12:37:35.506 ` | 9.2.0.1 – | time | `tasmota/stamps`, `tasmota/topics` |
//! | stamp `…-016 ` with SetOption130 | 9.5.0.9 –, ESP8266 | time, sample | `tasmota/stamps`, `tasmota/status_0` |
//! | stamp `…-259/10 ` | 9.5.0.9 –, ESP32 | time, sample | `tasmota/esp32`, `tasmota/stamps` |
//! | stamp `…-023/02 ` on an ESP8266 | pull request 24777; 15.5.0 – with `USE_ESP8266_DEBUG_HEAP` | time, sample; a stale mix | `tasmota/pull_request_24777`, `tasmota/release_15_5` |
//! | stamp that lost its blank: `-005/100CMD:` | 9.5.0.9 – | time, sample | `tasmota/release_15_5`, `tasmota/stamps` |
//! | `STATUS4` of stock builds | – | sample, answer | `tasmota/stock_8_1`, `tasmota/topics` |
//! | `STATUS4` with `MaxFreeBlock` behind `FlashMode` | pull request 24777 | sample, answer | `tasmota/pull_request_24777`, `tasmota/odd_builds` |
//! | `STATUS4` with `MaxFree`, `Frag`, `OomCount`, `HeapLwm`, `MaxAllocSz` | 15.5.0 – with `USE_ESP8266_DEBUG_HEAP` | sample, answer | `tasmota/release_15_5` |
//! | `STATUS4` with `StackLowMark`, `PsrMax`, `PsrFree` | 10.1.0.4 –, ESP32 | sample, answer | `tasmota/esp32` |
//! | `STATUS4` with decimals or bytes; `FlashMode` as a number | 2021-02 builds, forks; – 2022 | sample, answer | `tasmota/odd_builds` |
//! | `OomCount` 0 of builds that clear the count (`UMM_INLINE_METRICS`) | 15.5.0 – | the 0 is left out | `tasmota/inline_metrics` |
//! | flash, `Features`, `Drivers`, `Sensors` of `STATUS4`; `Vcc`, `LoadAvg`, `Wifi` of `STATE` | – | not read: no heap | `tasmota/status_0`, `tasmota/odd_builds` |
//! | `STATE` by TelePeriod; the answer to `State` | – | sample | `tasmota/stock_8_1`, `tasmota/topics`, `tasmota/json_pp` |
//! | `STATE` with `Berry` | ESP32 | sample | `tasmota/esp32` |
//! | `STATUS11` | – | sample, answer | `tasmota/status_0` |
//! | `STATUS0` in one line (`Status0`) | – | sample, answer | `tasmota/status_0` |
//! | `STATUS`, `STATUS1`, `STATUS2`: name, reason, version, core, chip | – | board, answer | `tasmota/status_0`, `tasmota/esp32`, `tasmota/topics` |
//! | `STATUS3`, `5` – `10`, `13` | – | answer; no heap inside | `tasmota/status_0` |
//! | `STATUS12`: the last crash | – | event, once a boot | `tasmota/esp8266_crash` |
//! | `STATUS44`: `"serial"`, `"Serial output only"` | pull request 24777; 15.5.0 – | answer; the dump: see umm_malloc | `tasmota/topics`, `tasmota/release_15_5`, `umm/form_core_2_7` |
//! | `Br tasmota.memory()` | ESP32 | sample, answer | `tasmota/esp32` |
//! | other answers: `RESULT`, the command as topic (SetOption4), `Backlog`, `Restart`, `SerialReceived` | – | answer | `tasmota/topics` |
//! | refusals: `{"Command":"Error"…`, `"Unknown"`, with `Input`, with a cut escape | `Input` 14.2.0.4 – | answer, not ok | `tasmota/topics`, `tasmota/stock_8_1`, `tasmota/release_15_5` |
//! | behind `MQT: `, `RSL: `, `MSH: `; any `FullTopic`; retained, in any language | – | as the topic's last part says | `tasmota/topics`, `tasmota/stock_8_1` |
//! | `RSL: stat/plug/STATUS4` | – 9.4.0.4 | the same | `tasmota/topics`, `tasmota/stock_8_1` |
//! | payloads that are no JSON: `Online`, `ON`, none | – | answer behind `stat/`, else not read | `tasmota/topics` |
//! | answers cut at the old limits: `...`, ` ...`, `… 1234 truncated` | – 9.4.0.4; JsonPP | as far as they come | `tasmota/topics`, `tasmota/stock_8_1` |
//! | answers over many lines (`JsonPP`), with lines between, cut off | 14.6.0.1 – | the same | `tasmota/json_pp` |
//! | answers wrapped by hand | – | the same | `tasmota/pull_request_24777` |
//! | echo `CMD: Status 4`, `CMD: ` | – | answer `ECHO` | `tasmota/release_15_5`, `tasmota/topics` |
//! | `CMD: Grp …`, `CMD: Group …`, `CMD: Using USB CDC`, `CMD: Fall back …` | – | not read: no echo | `tasmota/topics`, `tasmota/release_15_5` |
//! | `CMD: Serial buffer overrun`, `CMD: USB buffer overrun` | – | answer `ECHO`, not ok: the line was dropped | `tasmota/topics` |
//! | `OOM: count 5 (+3)` | pull request 24777 – | event | `tasmota/release_15_5`, `tasmota/inline_metrics` |
//! | `OOM: count 0 (+4294967293)`: the counter was cleared | the same | event | `tasmota/release_15_5`, `tasmota/inline_metrics` |
//! | `OOM: count 1 (test-trigger)` | the same | sample | `tasmota/pull_request_24777`, `tasmota/debug_driver` |
//! | `DBG: FreeRam …, FreeStack …`, `DBG: == …`, `… CPU …` | with `USE_DEBUG_DRIVER` | sample, in bytes | `tasmota/debug_driver` |
//! | `DBG: ROM …` | the same | not read: no heap | `tasmota/debug_driver` |
//! | `ShowHeap` | the same | answer; the dump: see umm_malloc | `tasmota/debug_driver` |
//! | rows of `MemDump`, `CfgDump` | the same | not read: bytes, no figures | |
//! | `APP: Serial logging disabled`, in every language | – | event | `tasmota/release_15_5`, `tasmota/translations` |
//! | banner `Project tasmota - NAME Version …` | 8.2 – | event, board | `tasmota/release_15_5`, `tasmota/esp32` |
//! | banner without a dash; `sonoff`; `-2.7.8(`; translated | 6.6 – | event, board | `tasmota/stock_8_1`, `tasmota/esp8266_crash`, `tasmota/translations` |
//! | `HDW: ESP8266EX`, `HDW: ESP32-S3 v0.2 (PSRAM)` | – | board | `tasmota/release_15_5`, `tasmota/esp32` |
//! | `INFO1`, `INFO3`, in `"InfoN"` or bare | 9.5 –; – 9.4 | board; event where no banner was | `tasmota/esp8266_crash`, `tasmota/esp32` |
//! | `INFO3` with the crash as an object | – | event, once a boot | `tasmota/esp8266_crash`, `tasmota/esp32` |
//! | `UFS:`, `CFG:`, `QPC:`, `BRY:`, `SRC: Restart`, `HTP:`, `WIF:`, `INFO2` | – | not read: no figures, and the banner tells the start | `tasmota/release_15_5`, `tasmota/esp32` |
//! | `SENSOR`, `LWT`, other telemetry | – | not read: a `Heap` there would be a sensor's | `tasmota/topics` |
//! | noise of the boot ROM at 74880 baud, Improv, absurd values, lines of 70 000 characters | – | what is whole around it | `tasmota/mojibake_and_noise`, `tasmota/odd_builds` |
//!
//! ## umm_malloc
//!
//! | form | since – until | read as | fixtures |
//! |---|---|---|---|
//! | the original: `Dumping the umm_heap...`, last row is the untouched rest | before the ESP8266 | block map | `umm/form_original` |
//! | core 2.5: the same header, no rulers | – 2.5.2 | block map | `umm/form_core_2_5`, `umm/steady_core242` |
//! | core 2.6: rulers, statistics with `Free Space`, no metrics | 2.6 | block map | `umm/form_core_2_6` |
//! | core 2.7: metrics, `Raw Free Space`; three kinds of builds | 2.7.0 – 2.7.8 | block map | `umm/form_core_2_7`, `umm/empty_core278_default`, `umm/boot_core278_default`, `umm/*_core278_full*`, `umm/*_core278_statsfull` |
//! | core 3.0: `Heap ID`, `Free Space` | 3.0 | block map | `umm/form_core_3_0` |
//! | core 3.1: wider; heaps in instruction and external RAM | 3.1 – | a block map each | `umm/form_core_3_1_three_heaps`, `umm/steady_master_default` |
//! | rhempel's: padded rows, no statistics | – | block map | `umm/form_upstream_rh` |
//! | excerpts, as pasted | – | incomplete block map | `tasmota/pull_request_24777` |
//! | nothing free: Usage Metric −1; failed allocations | – | block map | `umm/form_nothing_free`, `umm/oom_core278_*` |
//! | `… Free blocks match.`; `… != heap statistics …` | 2.6 – | complete, or what does not agree | `umm/form_core_2_7` |
//! | overwritten, flipped or torn links: `NB`, `PB`, `NF`, `PF` | – | block map, event | `umm/corrupt_*` |
//! | lost bytes, rows, ends; blanks collapsed | – | incomplete, never corrupted | `umm/lost_*` |
//! | poison: `No poison after block at: …`, `check_poison_block …` | 2.6 – | event | `umm/alarms`, `umm/poison_messages_core278` |
//! | poison: `there is no poison …`, `block start: …` | – 2.5 | event | `umm/alarms` |
//! | integrity: `heap integrity broken: …`, `Heap Corruption!` glued to the next line | – | event | `umm/alarms` |
//! | `Pointer … is not a Heap address.` | 3.0 – | event | `umm/alarms` |
//! | `:oom(4096)@…` | builds with `DEBUG_ESP_OOM` | event | `umm/alarms` |
//!
//! ## Toit
//!
//! | form | since – until | read as | fixtures |
//! |---|---|---|---|
//! | L0: `HEAP REPORT:`, with pages | v0.1.0 – v0.15.1 | report | `toit/early_report` |
//! | L1: ASCII bars, no free memory | v0.16.0 – alpha.21 | report | `toit/out_of_memory_question`, `toit/layouts` |
//! | L2: new names, free memory | alpha.22 – alpha.50 | report | `toit/layouts` |
//! | L3: `process 0x…` as parts | alpha.51 – alpha.117 | report | `toit/layouts` |
//! | L3b: `process 0 UUID` | a draft | report | `toit/layouts` |
//! | L4: `toit processes`, metadata apart | alpha.118 – alpha.146 | report | `toit/layouts` |
//! | L5: the same, with the reason | alpha.147 – | report, event | `toit/layouts`, `toit/jaguar_failure` |
//! | the box-less table of the EC618 | a branch | report | `toit/layouts` |
//! | tables that can be of several layouts; memory that is not attributed; ten processes | – | as far as it is proven | `toit/layout_as_far_as_proven` |
//! | a heap in external RAM: which memory the table covers | alpha.98 – | report | `toit/psram_board` |
//! | a program's own marker; none (`Heap report:`) | – | report | `toit/layout_as_far_as_proven`, `toit/report_without_marker` |
//! | boxes of single pages: two forms, with and without a limit | v0.16.0 –; alpha.22 – | report | `toit/pages` |
//! | `out of memory` | v0.16.0 – alpha.146 | event | `toit/layouts`, `toit/markers` |
//! | `out of memory in primitive M:I` by release; `'allocate instance'`, `'stack grow'`, `'pushing error'`, `'gc a lot'` | alpha.147 – | event, in words | `toit/markers` |
//! | tables cut off, interrupted, damaged | – | incomplete report | `toit/cut_tables`, `messy/foreign_lines_in_a_table` |
//! | tables in a wrong encoding, without box characters | – | report | `toit/wrong_encodings`, `messy/mojibake_*`, `messy/box_characters_lost` |
//! | `Not enough memory for a heap report`, `failed to allocate GC metadata`, `Can't allocate initial spare chunk` | – | event | `toit/jaguar_failure` |
//! | `Out of memory in system process; …` | – | event | `toit/jaguar_failure` |
//! | the same `…; dumping flash partition …` | compiled out | event | `toit/report_without_marker` |
//! | `Out of memory process 3: UUID.`, `… in process …` | Linux, macOS; Windows | event | `toit/hosts` |
//! | `Uncaught exception: …`; `fatal: …` | – | event, once Toit spoke | `toit/jaguar_failure` |
//! | `[jaguar]`: stopped, failed, rebooting; `[toit]`: deep sleep due to an error | – | event | `toit/jaguar_failure`, `toit/psram_board` |
//! | `[toit] INFO: starting <…>`, `running on …`; Jaguar's device name | – | event, board | `toit/jaguar_failure`, `toit/psram_board` |
//! | `New allocation`, `Metadata range`, `backing off`, `not using cmpctmalloc` | – | not read: no figures of the heap | `toit/jaguar_failure` |
//! | `Potential deadlock detected:`, `Out of memory (lwip)` | – | not read: a watchdog; a driver's word without a place | `toit/jaguar_failure` |
//! | `[gc @ … heap: …kb -> …kb …]` | – v0.10.1 | sample | `toit/garbage_collections` |
//! | `[gc @ … overall: …@…% …]` | v0.16.0 – alpha.1 | sample | `toit/garbage_collections` |
//! | `3rd time … failure …`; `… allocation failed, length = …` | – v0.10.1 | event; the bytes it asked for | `toit/garbage_collections` |
//! | `Scavenge:`, `Mark-sweep:`, `soft limit reached`, `cross process gc …`, `timed out waiting …` | debug builds; – v0.10.1 | not read: one process's heap, or no figures | `toit/garbage_collections` |
//! | a program's `process-stats` | – | sample, if it agrees with itself | `toit/process_statistics` |
//! | message `E`: exceptions, for lack of memory or not | – | event | `toit/message_exceptions` |
//! | message `S`: a stack; `O`: objects by class; `P`: a profile | – | report | `toit/message_reports` |
//! | messages `M`: pages; `H`: heap dump | alpha.28 – | report | `toit/message_reports` |
//! | values (`A`, `L`, `I`) | – | report `system_message` | `toit/message_reports` |
//! | message `c`: a core dump | – | event; not unpacked: that needs the ELF file | `toit/message_reports` |
//! | `toit serial decode`; four elements; `\` at the end | before v0.1.0 | the same | `toit/message_old_prefixes` |
//! | `build/host/… "$SNAPSHOT" -b` | v0.1.0 – alpha.3 | the same | `toit/message_old_prefixes` |
//! | `jag decode [--system]` behind `Decode system message with:` | Jaguar – v1.0 | the same | `toit/message_old_prefixes` |
//! | `jag decode` with `\` | alpha.4 – alpha.28 | the same | `toit/message_old_prefixes`, `toit/message_monitors` |
//! | `jag decode` in one line | alpha.29 – | the same | `toit/message_exceptions`, `toit/message_reports` |
//! | messages cut off, changed, wrapped, interrupted | – | as far as they come | `toit/message_damaged` |
//! | messages behind colours, logs, quotation marks; `jag: Failed to decode line.` | – | the same | `toit/message_monitors` |
//! | what `jag monitor` decoded: objects by class, `Objects for …:`, `Object heap histogram …:` | alpha.8 – | report | `toit/objects` |
//! | the machine's own `Objects @ …:` | – alpha.7 | report | `toit/objects` |
//! | what `jag monitor` decoded of exceptions, pages, dumps | – | not read: prose and drawings, which programs print too | `toit/message_monitors` |
//!
//! ## Espressif's chips, under any firmware
//!
//! | form | since – until | read as | fixtures |
//! |---|---|---|---|
//! | ESP8266 `Exception (29):`, registers, stack | 2.5 – | event | `espressif/esp8266_exception` |
//! | the same, with `ctx:` before `>>>stack>>>` | – 2.4 | event | `espressif/esp8266_core_2_4` |
//! | `Soft WDT reset`, `Panic …`, `Abort called`, `Unhandled C++ exception`, `Generic Reset`, `last failed alloc …` | – | event | `espressif/esp8266_reasons` |
//! | `Stack smashing detected`, `Stack overflow detected`, `deliberate infinite loop` | 3.0 – | event | `espressif/esp8266_core_3` |
//! | crashes that were cut off, or begin in another line | – | event, incomplete | `espressif/esp8266_cut_off` |
//! | ` ets Jan  8 2013,rst cause:…` | – | event | `espressif/esp8266_boot` |
//! | core 3's link to an explanation of the crash | 3.0 – | not read: the same for every board | |
//! | `load 0x…`, `tail`, `chksum`, `csum` | – | not read: no reason in it | `espressif/esp8266_boot`, `espressif/esp8266_core_2_4` |
//! | `Guru Meditation Error`, registers, `Backtrace:` | – | event | `espressif/esp32_guru_meditation`, `espressif/esp32_panics` |
//! | the same of a RISC-V chip, with its stack's memory | – | event | `espressif/esp32_c3_register_dump` |
//! | `abort() was called`, `assert failed`, task watchdog, brownout, stack overflow of a task | – | event | `espressif/esp32_panics`, `espressif/esp32_warnings` |
//! | `CORRUPT HEAP: …` | – | event | `espressif/esp32_corrupt_heap` |
//! | `rst:0x1 (POWERON_RESET),boot:…` | – | event | `espressif/esp32_boot` |
//!
//! ## Whatever the firmware
//!
//! | form | fixtures |
//! |---|---|
//! | stamps of terminals, of the Arduino IDE, with dates | `messy/stamped_*` |
//! | colours; Markdown quotations | `messy/coloured`, `messy/quoted_in_markdown` |
//! | logs that begin and end in the middle of a report | `messy/cut_at_either_end` |
//! | two boards in one log | `messy/two_boards_in_one_log` |

mod alike;
mod cause;
mod console;
mod detection;
mod espressif;
mod finding;
mod gate;
// For the command line: the page writes none.
#[cfg(not(target_arch = "wasm32"))]
pub mod ndjson;
mod output;
mod reader;
mod scan;
mod tasmota;
mod toit;
mod umm;

pub use cause::{Cause, tells_crashes_afterwards};
pub use console::{Console, Echo, Impact, Offer, Refusal};
pub use detection::{Detected, Sign, Sureness};
pub use espressif::BOOT_ROM;
pub use finding::{Answer, Event, EventKind, Extra, Finding, LineRange, Report, Sample, What};
pub use gate::{End, Front, Sequel};
pub use output::Output;
pub use reader::{Reader, readable};
pub use scan::{Field, json_fields};

/// Every dialect. A new firmware is a new file and a new line here.
pub static ALL: &[fn() -> Box<dyn Dialect>] = &[
    || Box::new(tasmota::Tasmota::default()),
    || Box::new(umm::Umm::default()),
    || Box::new(toit::Toit::default()),
    || Box::new(espressif::Espressif::default()),
];

/// The firmwares among them, without the allocators and chips whose messages stand in the logs of many.
pub fn firmwares() -> impl Iterator<Item = &'static Info> {
    ALL.iter().map(|make| make()).filter(|dialect| dialect.board().is_some()).map(|dialect| dialect.info())
}

/// What can be sent to a board before its dialect is known.
pub fn probes() -> impl Iterator<Item = &'static Command> {
    ALL.iter().filter_map(|make| make().info().command(CommandRole::Probe))
}

/// A streaming recogniser of one firmware's log.
pub trait Dialect {
    /// Who it is and what its boards can be asked.
    fn info(&self) -> &'static Info;

    /// Takes the next line, and says whether something is open behind it, as [`Dialect::is_open`] does. Most lines are none
    /// of its business: leaving early is what makes it fast.
    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) -> bool;

    /// Takes lines from the front of `rest`, the first of which has this number, as long as each is plainly part of what
    /// is open, finds nothing, leaves that open, and concerns nobody else by its ends, as a row of a table does. All must
    /// end with LF or CR LF in `rest`. The short way for most lines of long reports: what is not taken so comes to
    /// [`Dialect::line`].
    fn goes_on(&mut self, _number: u64, _rest: &str) -> Run {
        Run::default()
    }

    /// Whether a line that begins so may be its business, when nothing is open. Lines for which neither this nor
    /// [`Dialect::may_end_with`] holds are not given to it: nearly all lines are others'. The same at all times.
    fn may_begin_with(&self, _front: Front) -> bool {
        true
    }

    /// Whether a line that ends so may be its business, whatever it begins with. The same at all times.
    fn may_end_with(&self, _end: End) -> bool {
        true
    }

    /// Whether something is open, so that it must see every line.
    fn is_open(&self) -> bool {
        false
    }

    /// The log ends, or bytes were lost here: what is open is handed out as incomplete.
    fn finish(&mut self, output: &mut Output<'_>);

    /// Another board may follow: what is known of this one is forgotten. What is open was finished before.
    fn forget(&mut self);

    /// Whether a report is being printed right now. A board must not be asked anything meanwhile.
    fn is_inside_report(&self) -> bool {
        false
    }

    /// Takes a file that knows names behind the numbers in this firmware's logs, and says in a few words what it is:
    /// `Toit program 0b52d4f8…, 512 classes, 3 021 methods`. `None` when it is none of its own. What was taken is kept
    /// until the end, also when another board follows.
    fn take_symbols(&mut self, _file: &[u8]) -> Option<String> {
        None
    }

    /// Puts names where only numbers stand, in something that this dialect found, as far as the symbol files go.
    fn name(&self, _what: &mut What) {}

    /// What its log said of the board so far. `None` for what is no firmware of its own: an allocator or a chip's
    /// own messages, which stand in the logs of many firmwares.
    fn board(&self) -> Option<&Board> {
        None
    }
}

/// A dialect's constants.
#[derive(Debug, PartialEq, Eq)]
pub struct Info {
    /// Its name in findings and files, for ever: `tasmota`.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What its boards can be asked.
    pub commands: &'static [Command],
    /// How its console takes lines.
    pub console: &'static Console,
    /// What programs under it ask its allocator for at once, the smallest first: sizes at which a heap in pieces matters.
    pub requests: &'static [UsualRequest],
}

/// A size that programs ask for at once.
#[derive(Debug, PartialEq, Eq)]
pub struct UsualRequest {
    /// What the program asks for, in bytes.
    pub bytes: u32,
    /// What it is for, for people.
    pub name: &'static str,
}

/// What programs ask for, under the dialect of this [`Info::id`].
pub fn usual_requests(id: &str) -> &'static [UsualRequest] {
    let known = ALL.iter().map(|make| make().info()).find(|info| info.id == id);
    known.map_or(&[], |info| info.requests)
}

impl Info {
    /// The command for this, if its boards have one.
    pub fn command(&self, role: CommandRole) -> Option<&'static Command> {
        self.commands.iter().find(|command| command.role == role)
    }
}

/// Something that a board of a dialect can be asked. None of these changes a setting on the board.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// What it is for.
    pub role: CommandRole,
    /// What is sent, without the line end.
    pub send: &'static str,
    /// The [`Answer::topic`] that ends the wait.
    pub answer_topic: &'static str,
    /// What a button says.
    pub label: &'static str,
    /// One sentence for a button's tooltip.
    pub about: &'static str,
    /// After this many milliseconds without an answer, none will come.
    pub patience_millis: u64,
    /// What to do when the board refuses it, in one sentence.
    pub when_refused: &'static str,
}

/// What a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandRole {
    /// Harmless to any board, and answered by those of this dialect.
    Probe,
    /// Asks for heap figures; may be repeated for hours.
    Figures,
    /// Asks for a whole report; may block the board for seconds, so only people ask.
    Report,
}

/// What the log said about the board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// The firmware's version, if it was printed.
    pub version: Option<String>,
    /// Which build of the firmware it is, if that was printed: `release-tasmota`, `tasmota32c3`.
    pub build: Option<String>,
    /// The version of the framework it was built with, if it was printed: `2.7.8`.
    pub core: Option<String>,
    /// The chip, if it was printed: `ESP8266`, `ESP32-C3`.
    pub chip: Option<String>,
    /// The name that its owner gave it, if it was printed.
    pub name: Option<String>,
    /// Why it restarted the last time, in the firmware's words, if that was printed.
    pub restart_reason: Option<String>,
}

/// Lines that were taken together: see [`Dialect::goes_on`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// How many.
    pub lines: u64,
    /// How many bytes they have, ends included.
    pub bytes: usize,
}

/// A line as dialects see it: as text, without colours.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its place in the log, from 0.
    pub number: u64,
    /// Its text. What is not UTF-8 stands as U+FFFD.
    pub text: &'a str,
}
