//! Tasmota on ESP8266 and ESP32: time stamps with heap figures, `Status`, `STATE`, `OOM:` lines, boots and crashes.
//!
//! `T:` is arendst/Tasmota 15.5.0.1 (846490ece), `A278:` tasmota/Arduino 2.7.8, the core that its ESP8266 builds use.
//! The allocator's block map, which `Status 44` prints, is read by the [`umm`](super::umm) dialect, and the chips' own
//! crash reports by [`espressif`](super::espressif), since other firmwares print them too.
//!
//! ```
//! use heapscope_reader::dialect::{Reader, What};
//! use heapscope_reader::heap::Figure;
//!
//! let (mut reader, mut findings) = (Reader::default(), Vec::new());
//! reader.feed(b"18:36:07 RSL: STATUS4 = {\"StatusMEM\":{\"Heap\":24}}\n", &mut findings);
//! let What::Sample(sample) = &findings[0].what else { panic!() };
//! assert_eq!((sample.source, sample.figures.at_least(Figure::Free)), ("status4", Some(24 * 1024)));
//! ```
//!
//! # Grammar
//!
//! ```text
//! line      = stamp text                           see the file `stamp`; T: support.ino:2804-2832
//!             Text without a stamp is the chip's or a library's, never Tasmota's own.
//! text      = published | echo | oom | debug | log's end | chip | banner
//! published = ( "MQT: " | "RSL: " | "MSH: " ) topic " = " payload      T: xdrv_02_9_mqtt.ino:705-755
//! echo, oom, debug, log's end                      see the file `messages`
//! chip      = "HDW: " chip …                       "HDW: ESP32-S3 v0.2 (PSRAM)": the first word, when it is an ESP…
//! banner                                           see the file `board`; T: tasmota.ino:722
//! ```
//!
//! Prefixes of three capitals are not translated (T: i18n.h:876-910); texts behind them may be.
//!
//! ## Topics
//!
//! A topic has no blank. Its last segment says what it is, whatever the board's `FullTopic`: `STATUS4`,
//! `stat/plug/STATUS4`, `tasmota/plug/stat/STATUS4`. The payload is read when the topic is
//!
//! * an **answer**: the last segment is `RESULT` or `STATUS` with a number or none, or any segment is `stat`, or it is a
//!   single segment behind `RSL: ` that is not known as telemetry (with `SetOption4` the command stands there). It
//!   becomes an [`Answer`] whatever its payload;
//! * `STATE`, `INFO1` or `INFO3`.
//!
//! ## Payloads
//!
//! JSON, mostly on one line. What stands behind it (` (retained)`, in the build's language) is let be. It goes on over
//! further lines when a brace or bracket is open at the end of the line (a string that does not end on its line ends
//! with it), unless the firmware cut it (it ends with `...` or `truncated`) or it is a refusal (`{"Command":"…`, whose
//! escapes may be cut). A line goes on with it if it has no stamp or one of the same time, and begins, behind blanks,
//! with a quotation mark, brace or bracket. So it ends
//!
//! * where its braces close;
//! * with `JsonPP` (T: support.ino:2689-2775), whose first line is `{` or `[` alone, at the next published line, or
//!   behind [`MOST_FOREIGN_LINES`] other lines, which are read as if it were not there;
//! * else (wrapped by hand, or damaged) at the first other line;
//! * where it would have more than [`MAX_PAYLOAD_BYTES`], and at the end of the log.
//!
//! It is then read leniently, as far as it came: see the file `payload`.
//!
//! # Findings
//!
//! | line | finding |
//! |---|---|
//! | a stamp with figures | sample `timestamp`; its fragmentation is that of the moment on an ESP32, and a stale mix on an ESP8266 ([`Figure::FragmentationStamp`]) |
//! | `StatusMEM` | sample `status4` |
//! | `StatusSTS` behind a `STATUS…` topic | sample `status11` |
//! | `STATE`, or the answer to `State` | sample `state` |
//! | the answer to `Br tasmota.memory()` | sample `berry_memory` |
//! | `DBG: FreeRam …` | sample `debug`: bytes |
//! | the banner | event `restart`, with `version`, `build` and `core` |
//! | `INFO3` when no banner was seen since the last one, and its `BootCount` is another | event `restart`, with `reason`: the log began after the banner, or lost it |
//! | `INFO3` with a reason that is a fault; a crash in `INFO3` or `Status 12` | event `crash`, once a boot, with `reason`, `exception`, `epc`, `excvaddr`, `depc`, `call_chain` |
//! | `OOM:`, the log's end | events `out_of_memory`, `oom_counter_reset`, `log_switched_off`; sample `oom_test` |
//!
//! `SRC: Restart` says no more than the banner two milliseconds later: one boot is one restart. A reason that is no
//! fault comes seconds after the restart was told; it stands in [`Board::restart_reason`].
//!
//! A count of 0 failed allocations is left out where the firmware tells that it clears the count: see
//! [`Payload::read`].

mod board;
mod console;
mod messages;
mod payload;
mod stamp;

use self::payload::{Before, MOST_HEAP_KIB, MOST_HEAP_KIB_OF_AN_ESP8266, Payload};
use self::stamp::Stamp;
use super::scan::open_braces;
use super::{
    Answer, Board, Command, CommandRole, Dialect, End, Event, EventKind, Extra, Front, Info, Line, LineRange,
    Output, Sample, Sequel, Sign, What,
};
use crate::heap::{Amount, Figure, Figures, TimeOfDay};

static INFO: Info = Info {
    id: "tasmota",
    name: "Tasmota",
    console: &console::CONSOLE,
    // Its block maps are umm_malloc's, which knows the sizes that matter.
    requests: &[],
    commands: &[
        Command {
            role: CommandRole::Probe,
            send: "",
            answer_topic: "ECHO",
            label: "Hello",
            about: "An empty line: Tasmota answers it and does nothing else.",
            patience_millis: 2_000,
            when_refused: "",
        },
        Command {
            role: CommandRole::Figures,
            send: "Status 4",
            answer_topic: "STATUS4",
            label: "Ask for heap figures",
            about: "Sends Status 4: free heap, and in debug builds the largest free block and more.",
            patience_millis: 8_000,
            when_refused: "Check that the console takes commands: a device with Tuya or energy hardware may own the port.",
        },
        Command {
            role: CommandRole::Report,
            send: "Status 44",
            answer_topic: "STATUS44",
            label: "Ask for block map",
            about: "Sends Status 44: every block of the heap. The board stands still while it prints, a second or two.",
            patience_millis: 12_000,
            when_refused: "This firmware has no block map: build Tasmota 15.5 or later for ESP8266 with USE_ESP8266_DEBUG_HEAP.",
        },
    ],
};

/// Whether lines with this prefix are read, and whether Tasmota's log has it at all. Which one comes next cannot be
/// guessed: it is looked up without a branch.
#[inline(always)]
fn kind_of([p, r, e]: [u8; 3]) -> (bool, bool) {
    let prefix = u32::from_le_bytes([p, r, e, 0]);
    let known = PREFIXES.table[place_of(prefix, PREFIXES.factor)];
    let is_prefix = known & !IS_READ == prefix;
    (is_prefix & (known & IS_READ != 0), is_prefix)
}

/// Prefixes that Tasmota's log has (T: i18n.h:876-910): behind a stamp, with a colon.
static PREFIXES: Prefixes = Prefixes::of(
    [*b"APP", *b"CMD", *b"DBG", *b"HDW", *b"MQT", *b"MSH", *b"OOM", *b"RSL"],
    [
        *b"BRG", *b"BRY", *b"CFG", *b"DRV", *b"HTP", *b"I2C", *b"QPC", *b"RUL", *b"SER", *b"SNS", *b"SRC",
        *b"TCP", *b"UFS", *b"UPP", *b"WIF", *b"ZIG",
    ],
);

/// A prefix's three letters, the first in the lowest byte, each at the place that a multiplication gives it.
struct Prefixes {
    factor: u32,
    table: [u32; 64],
}

/// Above the letters of a prefix: lines with it are read.
const IS_READ: u32 = 1 << 24;

const fn place_of(prefix: u32, factor: u32) -> usize {
    (prefix.wrapping_mul(factor) >> 26) as usize
}

impl Prefixes {
    /// Looks for a factor that gives each a place of its own.
    const fn of<const READ: usize, const OTHERS: usize>(
        read: [[u8; 3]; READ],
        others: [[u8; 3]; OTHERS],
    ) -> Self {
        let mut factor = 0x9E37_79B1_u32;
        loop {
            let (mut table, mut at) = ([0; 64], 0);
            while at < READ + OTHERS {
                let ([p, r, e], flag) = if at < READ { (read[at], IS_READ) } else { (others[at - READ], 0) };
                let prefix = u32::from_le_bytes([p, r, e, 0]);
                if table[place_of(prefix, factor)] != 0 {
                    break;
                }
                table[place_of(prefix, factor)] = prefix | flag;
                at += 1;
            }
            if at == READ + OTHERS {
                return Prefixes { factor, table };
            }
            factor = factor.wrapping_mul(5).wrapping_add(2);
        }
    }
}

/// Telemetry that stands behind `RSL: ` without a topic in front while MQTT is off.
const TELEMETRY: [&str; 8] = ["LWT", "STATE", "SENSOR", "INFO1", "INFO2", "INFO3", "ENERGY", "HASS_STATE"];

/// A payload of more is read as far as this. `Status 0` in one line has about 6 000.
const MAX_PAYLOAD_BYTES: usize = 32 * 1024;

/// So many lines of others may stand inside an answer that JsonPP spread.
const MOST_FOREIGN_LINES: u32 = 4;

/// Reads Tasmota's log.
#[derive(Default)]
pub struct Tasmota {
    board: Board,
    boot: Boot,
    /// An answer whose braces are still open.
    open: Option<OpenPayload>,
    before: Before,
}

/// What was told of the present run.
#[derive(Default)]
struct Boot {
    /// A banner was seen since the last `INFO3`.
    has_banner: bool,
    /// That of the last `INFO3`.
    count: Option<u32>,
    is_crash_told: bool,
}

/// A topic.
struct Topic<'a> {
    /// Its last segment.
    last: &'a str,
    /// It has no other.
    is_single: bool,
    /// One of them is `stat`.
    has_stat: bool,
}

/// What a topic says of its payload.
struct Meaning<'a> {
    /// Its last segment.
    last: &'a str,
    is_answer: bool,
}

struct OpenPayload {
    lines: LineRange,
    time: TimeOfDay,
    /// The last segment of the topic.
    topic: String,
    is_answer: bool,
    payload: String,
    open_braces: usize,
    is_spread: bool,
    foreign_lines: u32,
}

impl Dialect for Tasmota {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn board(&self) -> Option<&Board> {
        Some(&self.board)
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) -> bool {
        self.take(line, output);
        self.is_open()
    }

    fn may_begin_with(&self, Front { first, sequel }: Front) -> bool {
        match first {
            b'0'..=b'2' => sequel == Sequel::Clock,
            _ => matches!(first, b' ' | b'\t') && sequel != Sequel::Bar,
        }
    }

    fn may_end_with(&self, _: End) -> bool {
        false
    }

    fn is_open(&self) -> bool {
        self.open.is_some()
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.close(output);
    }

    fn forget(&mut self) {
        *self = Tasmota::default();
    }
}

impl Tasmota {
    /// Takes a line. In its one place, so that each line costs one call.
    #[inline(always)]
    fn take(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        if self.open.is_some() && self.goes_on(line, output) {
            return;
        }
        let Some(stamp) = Stamp::read(line.text) else { return };
        if let Some(free_kib) = stamp.free_kib.map(u64::from).filter(|kib| *kib <= MOST_HEAP_KIB) {
            self.stamp_figures(line.number, &stamp, free_kib, output);
        }
        // The common case: a prefix, and nothing that is read.
        let Some([p, r, e, b':', b' ']) = stamp.text.as_bytes().first_chunk() else {
            return self.without_prefix(line.number, &stamp, output);
        };
        let (prefix, text) = (&[*p, *r, *e], &stamp.text[5..]);
        let (is_read, is_prefix) = kind_of(*prefix);
        if is_prefix {
            output.sign(Sign::Hint);
        }
        if !is_read {
            return;
        }
        let what = match prefix {
            b"MQT" | b"RSL" | b"MSH" => {
                return self.published(line.number, &stamp, prefix == b"RSL", text, output);
            }
            b"CMD" => messages::echo(text),
            b"OOM" => messages::oom(text),
            b"DBG" => messages::debug(text),
            b"APP" => messages::log_switched_off(text),
            b"HDW" => {
                self.chip(text);
                return;
            }
            _ => return,
        };
        self.find(line.number, &stamp, what, output);
    }

    fn find(&self, line: u64, stamp: &Stamp<'_>, what: Option<What>, output: &mut Output<'_>) {
        if let Some(what) = what {
            output.find(LineRange::one(line), Some(stamp.time), what);
        }
    }

    fn stamp_figures(&mut self, line: u64, stamp: &Stamp<'_>, free_kib: u64, output: &mut Output<'_>) {
        if free_kib > MOST_HEAP_KIB_OF_AN_ESP8266 {
            self.is_an_esp32();
        }
        let is_esp32 = self.board.chip.as_ref().is_some_and(|chip| chip.starts_with("ESP32"));
        let fragmentation = if is_esp32 { Figure::Fragmentation } else { Figure::FragmentationStamp };
        let free = (Figure::Free, Amount::kib_truncated(free_kib));
        let percent = stamp.fragmentation_percent.map(|percent| Amount::exact(percent.into()));
        let figures = Figures::of(free, percent.map(|percent| (fragmentation, percent)));
        let what = What::Sample(Sample { source: "timestamp", figures });
        output.find(LineRange::one(line), Some(stamp.time), what);
    }

    /// What the board says of its chip itself counts more.
    fn is_an_esp32(&mut self) {
        self.board.chip.get_or_insert_with(|| "ESP32".to_owned());
    }

    /// `ESP32-D0WD-V3 v3.0`
    fn chip(&mut self, hardware: &str) {
        let end = memchr::memchr(b' ', hardware.as_bytes()).unwrap_or(hardware.len());
        if hardware.starts_with("ESP") {
            self.board.chip = Some(hardware[..end].to_owned());
        }
    }

    /// `CMD:` is an echo whose blank was lost where the text was pasted.
    fn without_prefix(&mut self, line: u64, stamp: &Stamp<'_>, output: &mut Output<'_>) {
        match stamp.text {
            "CMD:" => self.find(line, stamp, messages::echo(""), output),
            _ => self.banner(line, stamp, output),
        }
    }

    fn banner(&mut self, line: u64, stamp: &Stamp<'_>, output: &mut Output<'_>) {
        let Some(board) = board::banner(stamp.text) else { return };
        output.sign(Sign::Banner);
        // What the board said of its chip itself counts more than what its build suggests.
        self.board = Board { chip: self.board.chip.take().or(board.chip), ..board };
        self.boot = Boot { has_banner: true, is_crash_told: false, ..self.boot };
        let event = self.restart(None);
        self.find(line, stamp, Some(What::Event(event)), output);
    }

    /// The event, with what is known of the board.
    fn restart(&self, reason: Option<&str>) -> Event {
        let version = self.board.version.as_deref();
        let text = match version {
            Some(version) => format!("Tasmota {version} started"),
            None => "Tasmota started".to_owned(),
        };
        let extras = [
            ("version", version),
            ("build", self.board.build.as_deref()),
            ("core", self.board.core.as_deref()),
            ("reason", reason),
        ];
        let known =
            extras.into_iter().filter_map(|(name, value)| Some((name, Extra::Text(value?.to_owned()))));
        Event { extras: known.collect(), ..Event::new(EventKind::Restart, text) }
    }

    /// Behind `MQT: `, `RSL: ` or `MSH: `.
    fn published(&mut self, line: u64, stamp: &Stamp<'_>, is_rsl: bool, text: &str, output: &mut Output<'_>) {
        let Some((topic, payload)) = topic_and_payload(text) else { return };
        let (last, is_answer) = (topic.last, topic.is_answer(is_rsl));
        if !is_answer && !matches!(last, "STATE" | "INFO1" | "INFO3") {
            return;
        }
        let payload = &payload[..payload.floor_char_boundary(MAX_PAYLOAD_BYTES)];
        let lines = LineRange::one(line);
        let read = self.before.read(payload, last);
        if read.open_braces == 0 || !may_go_on(payload) {
            self.payload(lines, stamp.time, Meaning { last, is_answer }, payload, read, output);
            return;
        }
        self.open = Some(OpenPayload {
            lines,
            time: stamp.time,
            topic: last.to_owned(),
            is_answer,
            payload: payload.to_owned(),
            open_braces: read.open_braces,
            is_spread: matches!(payload, "{" | "["),
            foreign_lines: 0,
        });
    }

    /// Takes the line into the open payload, if it belongs there.
    #[inline(never)]
    fn goes_on(&mut self, line: &Line<'_>, output: &mut Output<'_>) -> bool {
        let stamp = Stamp::read(line.text);
        let stamp = stamp.as_ref();
        let Some(open) = &mut self.open else { return false };
        let is_same_time = stamp.is_none_or(|stamp| stamp.time == open.time);
        let text = stamp.map_or(line.text, |stamp| stamp.text).trim_start_matches([' ', '\t']);
        let has_room = open.payload.len() + text.len() < MAX_PAYLOAD_BYTES;
        if is_same_time && has_room && text.starts_with(['"', '{', '}', '[', ']']) {
            open.payload.push('\n');
            open.payload.push_str(text);
            open.lines.last = line.number;
            open.open_braces = open_braces(text, open.open_braces);
            if open.open_braces == 0 {
                self.close(output);
            }
            return true;
        }
        open.foreign_lines += 1;
        let is_published = || stamp.is_some_and(|stamp| is_published(stamp.text));
        if !open.is_spread || !has_room || open.foreign_lines > MOST_FOREIGN_LINES || is_published() {
            self.close(output);
        }
        false
    }

    /// Hands out what the open payload says.
    fn close(&mut self, output: &mut Output<'_>) {
        if let Some(OpenPayload { lines, time, topic, is_answer, payload, .. }) = self.open.take() {
            let read = Payload::read(&payload, &topic);
            self.payload(lines, time, Meaning { last: &topic, is_answer }, &payload, read, output);
        }
    }

    /// A payload that is all there is of it.
    fn payload(
        &mut self,
        lines: LineRange,
        time: TimeOfDay,
        Meaning { last: topic, is_answer }: Meaning<'_>,
        payload: &str,
        read: Payload<'_>,
        output: &mut Output<'_>,
    ) {
        self.learn(&read, output);
        // Both from `Status 11` and from the answer to `State`.
        let state = if topic.starts_with("STATUS") { "status11" } else { "state" };
        let events = self.events(&read, topic);
        let samples = [("status4", read.memory), (state, read.state), ("berry_memory", read.berry_memory)];
        for (source, figures) in samples {
            if !figures.is_empty() {
                output.find(lines, Some(time), What::Sample(Sample { source, figures }));
            }
        }
        for event in events.into_iter().flatten() {
            output.find(lines, Some(time), What::Event(event));
        }
        if is_answer {
            let (ok, text) = (read.refused.is_none(), read.refused.unwrap_or(payload).to_owned());
            output.find(lines, Some(time), What::Answer(Answer { topic: topic.to_owned(), ok, text }));
        }
    }

    /// What a payload says of the board.
    fn learn(&mut self, read: &Payload<'_>, output: &mut Output<'_>) {
        if let Some(firmware) = read.firmware {
            let (version, build) = board::firmware(firmware);
            self.board.version = Some(version.to_owned());
            self.board.build = build.map(str::to_owned);
            if let Some(build) = build {
                if let Some(chip) = board::chip_of_build(build) {
                    self.board.chip.get_or_insert_with(|| chip.to_owned());
                }
                if memchr::memchr_iter(b't', build.as_bytes()).any(|at| build[at..].starts_with("tasmota")) {
                    output.sign(Sign::Banner);
                }
            }
        }
        if let Some(core) = read.core.and_then(board::core) {
            if let Some(chip) = board::chip_of_core(&core) {
                self.board.chip.get_or_insert_with(|| chip.to_owned());
            }
            self.board.core = Some(core);
        }
        if let Some(hardware) = read.hardware {
            self.chip(hardware);
        }
        if read.is_esp32 {
            self.is_an_esp32();
        }
        if let Some(name) = read.device_name {
            self.board.name = Some(name.to_owned());
        }
        if let Some(reason) = read.restart_reason {
            self.board.restart_reason = Some(reason.to_owned());
        }
    }

    /// A restart that no banner told, and a crash that was not told yet.
    fn events(&mut self, read: &Payload<'_>, topic: &str) -> [Option<Event>; 2] {
        let mut restart = None;
        if topic == "INFO3" && (read.restart_reason.is_some() || read.crash.is_some()) {
            let is_another = read.boot_count.is_some() && read.boot_count != self.boot.count;
            if !self.boot.has_banner && (is_another || self.boot.count.is_none()) {
                self.boot.is_crash_told = false;
                restart = Some(self.restart(read.restart_reason));
            }
            self.boot.has_banner = false;
            self.boot.count = read.boot_count.or(self.boot.count);
        }
        let fault = || {
            let reason = read.restart_reason.filter(|reason| topic == "INFO3" && board::is_fault(reason))?;
            let event = Event::new(EventKind::Crash, format!("{reason} before the restart"));
            Some(Event { extras: vec![("reason", Extra::Text(reason.to_owned()))], ..event })
        };
        let crash = read.crash.as_ref().map(payload::Crash::event).or_else(fault);
        let crash = crash.filter(|_| !self.boot.is_crash_told);
        self.boot.is_crash_told |= crash.is_some();
        [restart, crash]
    }
}

fn is_published(text: &str) -> bool {
    let behind =
        text.split_at_checked(5).filter(|(prefix, _)| matches!(*prefix, "MQT: " | "RSL: " | "MSH: "));
    behind.is_some_and(|(_, text)| topic_and_payload(text).is_some())
}

/// What stands before and behind ` = `.
fn topic_and_payload(text: &str) -> Option<(Topic<'_>, &str)> {
    let (mut begin, mut has_stat, mut at) = (0, false, 0);
    // A topic is short: one look at each of its bytes is faster than a search for each thing.
    loop {
        match text.as_bytes().get(at)? {
            b' ' => break,
            b'/' => {
                has_stat |= &text.as_bytes()[begin..at] == b"stat";
                begin = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    let (last, payload) = (&text[begin..at], text[at..].strip_prefix(" = ")?);
    let is_single = begin == 0;
    (at > 0).then_some((Topic { last, is_single, has_stat: has_stat || last == "stat" }, payload))
}

impl Topic<'_> {
    /// Whether it carries the answer to a command, not telemetry.
    fn is_answer(&self, is_rsl: bool) -> bool {
        let number = self.last.strip_prefix("STATUS");
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
            || self.last == "RESULT"
            || (is_rsl && self.is_single && !TELEMETRY.contains(&self.last))
            || self.has_stat
    }
}

/// Whether a payload may have more lines, if its braces are open.
fn may_go_on(payload: &str) -> bool {
    payload.starts_with(['{', '['])
        && !payload.starts_with(r#"{"Command":""#)
        && !payload.ends_with("...")
        && !payload.ends_with("truncated")
}

#[cfg(test)]
mod tests {
    use super::{Board, MAX_PAYLOAD_BYTES, What};
    use crate::dialect::ndjson;
    use crate::dialect::{Reader, Sureness};

    /// The findings of a log as JSON lines, without their common keys.
    #[track_caller]
    fn check(log: &str, expected: &[&str]) {
        let (mut reader, mut findings) = (Reader::default(), Vec::new());
        reader.feed(log.as_bytes(), &mut findings);
        reader.flush(&mut findings);
        let found: Vec<_> = findings.iter().map(ndjson::to_line).collect();
        let found: Vec<_> = found
            .iter()
            .map(|line| line.replace(r#""dialect":"tasmota","#, "").replace(r#""kind":"#, ""))
            .collect();
        assert_eq!(found, expected, "{log}");
    }

    #[test]
    fn an_oom_counter_that_wrapped_is_a_reset() {
        check(
            "10:00:00.000 OOM: count 3 (+3)\n10:00:01.000 OOM: count 0 (+4294967293)\n10:00:02.000 OOM: count 1 (test-trigger)\n",
            &[
                r#"{"event","lines":[1,1],"device_time":"10:00:00.000","event":"out_of_memory","text":"3 allocations failed, 3 since boot","oom_count":3,"oom_count_added":3}"#,
                r#"{"event","lines":[2,2],"device_time":"10:00:01.000","event":"oom_counter_reset","text":"The counter of failed allocations was reset, so it does not tell how many failed."}"#,
                r#"{"sample","lines":[3,3],"device_time":"10:00:02.000","source":"oom_test","oom_count":1}"#,
            ],
        );
    }

    #[test]
    fn an_answer_over_many_lines_of_one_stamp() {
        check(
            "10:00:00.000 RSL: STATUS4 = {\n10:00:00.000  \"StatusMEM\": {\n10:00:00.000   \"Heap\": 24\n10:00:00.000  }\n10:00:00.000 }\n",
            &[
                r#"{"sample","lines":[1,5],"device_time":"10:00:00.000","source":"status4","free_bytes":24576,"truncated_to_kib":["free_bytes"]}"#,
                r#"{"answer","lines":[1,5],"device_time":"10:00:00.000","topic":"STATUS4","ok":true,"text":"{\n\"StatusMEM\": {\n\"Heap\": 24\n}\n}"}"#,
            ],
        );
    }

    #[test]
    fn a_cut_off_answer_ends_where_the_next_line_begins() {
        check(
            "10:00:00.000 RSL: STATUS4 = {\"StatusMEM\":{\"Heap\":24,\"FlashS ...\n10:00:00.000 CMD: x\n",
            &[
                r#"{"sample","lines":[1,1],"device_time":"10:00:00.000","source":"status4","free_bytes":24576,"truncated_to_kib":["free_bytes"]}"#,
                r#"{"answer","lines":[1,1],"device_time":"10:00:00.000","topic":"STATUS4","ok":true,"text":"{\"StatusMEM\":{\"Heap\":24,\"FlashS ..."}"#,
                r#"{"answer","lines":[2,2],"device_time":"10:00:00.000","topic":"ECHO","ok":true,"text":"x"}"#,
            ],
        );
    }

    #[test]
    fn a_refused_command() {
        check(
            "10:00:00.000 MQT: stat/x/RESULT = {\"Command\":\"Error\",\"Input\":\"STATUS 44\"}\n",
            &[
                r#"{"answer","lines":[1,1],"device_time":"10:00:00.000","topic":"RESULT","ok":false,"text":"STATUS 44"}"#,
            ],
        );
    }

    #[test]
    fn state_is_told_from_other_objects_with_heap() {
        check(
            "10:00:00 MQT: tele/x/STATE = {\"Time\":\"t\",\"Uptime\":\"0T00:15:09\",\"Heap\":26,\"Berry\":{\"HeapUsed\":7}}\n10:00:00 MQT: tele/x/SENSOR = {\"Heap\":1}\n",
            &[
                r#"{"sample","lines":[1,1],"device_time":"10:00:00","source":"state","free_bytes":26624,"script_heap_used_bytes":7168,"truncated_to_kib":["free_bytes","script_heap_used_bytes"]}"#,
            ],
        );
    }

    #[track_caller]
    fn check_chip(log: &str, chip: Option<&str>) {
        let (mut reader, mut findings) = (Reader::default(), Vec::new());
        reader.feed(log.as_bytes(), &mut findings);
        assert_eq!(reader.detected().unwrap().board.chip.as_deref(), chip, "{log}");
    }

    #[test]
    fn the_chip_is_what_the_board_says_or_its_core_tells() {
        let banner = |core| {
            format!("00:00:00.050 Project tasmota - P Version 12.0.2(tasmota)-{core}(2022-06-20T10:00:00)\n")
        };
        check_chip(&banner("2_7_4"), Some("ESP8266"));
        check_chip(&banner("2.7.8"), Some("ESP8266"));
        check_chip(&banner("2_0_3"), Some("ESP32"));
        check_chip(&banner("3_3_8"), Some("ESP32"));
        check_chip(
            &format!("00:00:00.001 HDW: ESP32-D0WD-V3 v3.0\n{}", banner("2_0_3")),
            Some("ESP32-D0WD-V3"),
        );
        check_chip("00:00:00 RSL: STATUS4 = {\"StatusMEM\":{\"Heap\":180,\"PsrMax\":4096}}\n", Some("ESP32"));
    }

    #[test]
    fn amounts_that_cannot_be_are_left_out() {
        check(
            "10:00:00.000-123456 CMD: x\n10:00:00.000-02000 SNS: x\n10:00:00.000 RSL: STATUS4 = {\"StatusMEM\":{\"Heap\":25568,\"MaxFree\":9999999}}\n",
            &[
                r#"{"sample","lines":[3,3],"device_time":"10:00:00.000","source":"status4","free_bytes":25568}"#,
                r#"{"answer","lines":[3,3],"device_time":"10:00:00.000","topic":"STATUS4","ok":true,"text":"{\"StatusMEM\":{\"Heap\":25568,\"MaxFree\":9999999}}"}"#,
            ],
        );
    }

    #[track_caller]
    fn board(log: &str) -> Board {
        let mut reader = Reader::default();
        reader.feed(log.as_bytes(), &mut Vec::new());
        let detected = reader.detected().unwrap();
        assert_eq!((detected.info.id, detected.sureness), ("tasmota", Sureness::Certain));
        detected.board.clone()
    }

    #[test]
    fn a_boot_tells_what_the_board_is() {
        let log = include_str!("../../../tests/fixtures/tasmota/release_15_5/log.txt");
        let some = |text: &str| Some(text.to_owned());
        let expected = Board {
            version: some("15.5.0"),
            build: some("release-tasmota"),
            core: some("2.7.8"),
            chip: some("ESP8266EX"),
            name: some("Bench Plug"),
            restart_reason: None,
        };
        assert_eq!(board(log), expected);
        // It is known within the first ten lines.
        let first_lines: Vec<_> = log.split_inclusive('\n').take(10).collect();
        assert_eq!(board(&first_lines.concat()), expected);
    }

    #[test]
    fn without_a_boot_the_answer_to_status_0_tells_it() {
        let log = include_str!("../../../tests/fixtures/tasmota/status_0/log.txt");
        let one_line = log.lines().find(|line| line.contains("STATUS0")).unwrap();
        for log in [log, &format!("{one_line}\n")] {
            let board = board(log);
            assert_eq!(board.version.as_deref(), Some("15.5.0"));
            assert_eq!(board.build.as_deref(), Some("release-tasmota"));
            assert_eq!(board.core.as_deref(), Some("2.7.8"));
            assert_eq!(board.chip.as_deref(), Some("ESP8266EX"));
            assert_eq!(board.name.as_deref(), Some("Bench Plug"));
            assert_eq!(board.restart_reason.as_deref(), Some("Software/System restart"));
        }
    }

    #[test]
    fn an_esp32_tells_its_kind_and_why_it_started() {
        let log = include_str!("../../../tests/fixtures/tasmota/esp32/log.txt");
        let first_boot: String =
            log.split_inclusive('\n').take_while(|line| !line.starts_with("Guru")).collect();
        let board = board(&first_boot);
        assert_eq!(board.chip.as_deref(), Some("ESP32-S3"));
        assert_eq!(board.core.as_deref(), Some("3.3.8"));
        assert_eq!(board.restart_reason.as_deref(), Some("Vbat power on reset"));
    }

    #[test]
    fn an_answer_without_end_is_bounded() {
        let mut tasmota = String::from("10:00:00.000 RSL: STATUS4 = {\n\"StatusMEM\":{\"Heap\":24,\n");
        tasmota += &"10:00:00.000 \"Sensors\":\"1,2,3,4,5,6\",\n".repeat(10_000);
        let (mut reader, mut findings) = (Reader::default(), Vec::new());
        reader.feed(tasmota.as_bytes(), &mut findings);
        let What::Answer(answer) = &findings[1].what else { panic!("{findings:?}") };
        assert!((MAX_PAYLOAD_BYTES - 100..MAX_PAYLOAD_BYTES).contains(&answer.text.len()));
        assert_eq!(findings.len(), 2);
    }
}
