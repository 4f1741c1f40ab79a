//! Tasmota on ESP8266 and ESP32: time stamps with heap figures, `Status 4`, `STATE`, `OOM:` lines.
//!
//! `T:` is arendst/Tasmota 15.5.0.1 (846490ece). The allocator's block map, which `Status 44` prints, is read
//! by the [`umm`](super::umm) dialect, since other ESP8266 firmwares print it too.
//!
//! # Grammar
//!
//! ```text
//! line      = [ stamp ] [ prefix ": " ] text                  T: support.ino:2804-2832
//! stamp     = HH:MM:SS [ "." mmm ] [ "-" FREE [ "/" FRAG ] ] " "
//!             FREE: free heap in KB, 3 to 5 digits; FRAG: percent, 2 or 3 digits. Both with SetOption130;
//!             the blank is lost when the two need 7 digits or more.
//! prefix    = 3 capitals or digits: APP CMD MQT RSL …         T: i18n.h:876-910
//! answer    = ("MQT: " | "RSL: " | "MSH: ") topic " = " payload
//!             The last segment of the topic says what it is: STATUS4, STATE, RESULT.
//! echo      = "CMD: " the line that was typed, before it runs  T: support_tasmota.ino:1933
//! oom       = "OOM: count " N " (+" M ")" | "OOM: count " N " (test-trigger)"
//!                                                             T: support_esp8266.ino:139-176
//! ```
//!
//! A payload is JSON on one line. With JsonPP it goes on over lines of the same stamp; a text from a web page
//! may have it wrapped by hand; old firmwares cut it off. So it is collected until its braces close, and read
//! leniently.
//!
//! # Figures of `{"StatusMEM":{…}}` (T: support_command.ino:1026-1061)
//!
//! `Heap`, `MaxFree` (in pull request 24777 `MaxFreeBlock`), `HeapLwm`, `StackLowMark`, `PsrFree`, `PsrMax`
//! in KB, of which the bytes below are dropped; `Frag` in percent; `OomCount`; `MaxAllocSz` in bytes. `Free` is
//! flash, not memory. Each may be missing: stock builds print only `Heap`.

use super::scan::{Field, json_fields, number, number_after, open_braces, split_once};
use super::{
    Answer, Board, Command, CommandRole, Dialect, Event, EventKind, Info, Line, LineRange, Output, Sample,
    Sign, What,
};
use crate::heap::{Amount, Figure, Figures, Millis, TimeOfDay};

static INFO: Info = Info {
    id: "tasmota",
    name: "Tasmota",
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

/// Prefixes that only Tasmota's log has in this form: behind a stamp, with a colon.
const PREFIXES: [&str; 18] = [
    "APP", "BRY", "CFG", "CMD", "DBG", "DRV", "HDW", "HTP", "MQT", "OOM", "QPC", "RSL", "RUL", "SER", "SNS",
    "SRC", "UFS", "WIF",
];

/// A payload of more characters is read as far as this. `Status 0` in one line has about 6 000.
const MAX_PAYLOAD_BYTES: usize = 64 * 1024;

/// Reads Tasmota's log.
#[derive(Default)]
pub struct Tasmota {
    board: Board,
    /// An answer whose braces are still open.
    open: Option<OpenAnswer>,
}

struct OpenAnswer {
    first_line: u64,
    last_line: u64,
    time: Option<TimeOfDay>,
    topic: String,
    payload: String,
}

impl Dialect for Tasmota {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn board(&self) -> Option<&Board> {
        Some(&self.board)
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        let stamp = Stamp::read(line.text);
        if self.open.is_some() && self.goes_on(line, stamp.as_ref(), output) {
            return;
        }
        let Some(stamp) = stamp else { return };
        if has_prefix(stamp.text) {
            output.sign(Sign::Hint);
        }
        if let Some(figures) = stamp.figures() {
            let sample = Sample { source: "timestamp", figures };
            output.find(LineRange::one(line.number), Some(stamp.time), What::Sample(sample));
        }
        self.text(line.number, &stamp, output);
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.close(output);
    }

    fn forget(&mut self) {
        *self = Tasmota::default();
    }
}

impl Tasmota {
    /// What stands behind the stamp.
    fn text(&mut self, number: u64, stamp: &Stamp<'_>, output: &mut Output<'_>) {
        let (lines, time) = (LineRange::one(number), Some(stamp.time));
        if let Some(echo) = stamp.text.strip_prefix("CMD: ") {
            if let Some(answer) = echo_answer(echo) {
                output.find(lines, time, What::Answer(answer));
            }
        } else if let Some((topic, payload)) = published(stamp.text) {
            let payload = &payload[..payload.floor_char_boundary(MAX_PAYLOAD_BYTES)];
            self.open = Some(OpenAnswer {
                first_line: number,
                last_line: number,
                time,
                topic: topic.to_owned(),
                payload: payload.to_owned(),
            });
            if !payload.starts_with(['{', '[']) || open_braces(payload) == 0 {
                self.close(output);
            }
        } else if let Some(what) = oom_line(stamp.text) {
            output.find(lines, time, what);
        } else if stamp.text == "APP: Serial logging disabled" {
            let kind = EventKind::LogSwitchedOff;
            let text = "Tasmota stopped logging to the serial port; the next command switches it on again.";
            output.find(lines, time, What::Event(Event::new(kind, text)));
        } else if let Some(board) = banner(stamp.text) {
            let version = board.version.clone().unwrap_or_default();
            let text = format!("Tasmota {version} started");
            output.find(lines, time, What::Event(Event::new(EventKind::Restart, text.trim_end())));
            output.sign(Sign::Banner);
            // What the board said of itself counts more than what its core's version suggests.
            self.board = Board { chip: self.board.chip.take().or(board.chip), ..board };
        } else if let Some(chip) = stamp.text.strip_prefix("HDW: ")
            && chip.starts_with("ESP")
        {
            self.board.chip = chip.split_whitespace().next().map(str::to_owned);
        }
    }

    /// Takes the line into the open answer, if it belongs there. Else the answer ends, as far as it came.
    fn goes_on(&mut self, line: &Line<'_>, stamp: Option<&Stamp<'_>>, output: &mut Output<'_>) -> bool {
        let Some(open) = &mut self.open else { return false };
        let is_same_time = stamp.is_none_or(|stamp| Some(stamp.time) == open.time);
        let text = stamp.map_or(line.text, |stamp| stamp.text).trim_start();
        let is_json = text.starts_with(['"', '{', '}', '[', ']']);
        let has_room = open.payload.len() + text.len() < MAX_PAYLOAD_BYTES;
        let belongs = is_same_time && is_json && has_room;
        if belongs {
            open.payload.push('\n');
            open.payload.push_str(text);
            open.last_line = line.number;
        }
        if !belongs || open_braces(&open.payload) == 0 {
            self.close(output);
        }
        belongs
    }

    /// Hands out what the open answer says.
    fn close(&mut self, output: &mut Output<'_>) {
        let Some(open) = self.open.take() else { return };
        let lines = LineRange { first: open.first_line, last: open.last_line };
        let read = Payload::read(&open.payload, &open.topic);
        if read.is_esp32 {
            self.board.chip.get_or_insert_with(|| "ESP32".into());
        }
        if read.version.is_some() {
            self.board.version = read.version;
        }
        for (source, figures) in read.samples {
            output.find(lines, open.time, What::Sample(Sample { source, figures }));
        }
        if is_answer(&open.topic) {
            let topic = last_segment(&open.topic).to_owned();
            let text = read.refused.clone().unwrap_or(open.payload);
            let answer = Answer { topic, ok: read.refused.is_none(), text };
            output.find(lines, open.time, What::Answer(answer));
        }
    }
}

/// The stamp in front of a line, and what stands behind it.
struct Stamp<'a> {
    time: TimeOfDay,
    free_kib: Option<u64>,
    fragmentation: Option<u64>,
    text: &'a str,
}

impl<'a> Stamp<'a> {
    /// `HH:MM:SS[.mmm][-FREE[/FRAG]] text`
    fn read(line: &'a str) -> Option<Self> {
        let bytes = line.as_bytes();
        // The common case is a line without a stamp: leave at once.
        if bytes.len() < 8 || bytes[2] != b':' || bytes[5] != b':' {
            return None;
        }
        let two = |at: usize| {
            let (tens, ones) = (bytes[at], bytes[at + 1]);
            (tens.is_ascii_digit() && ones.is_ascii_digit())
                .then(|| u64::from(tens - b'0') * 10 + u64::from(ones - b'0'))
        };
        let (hours, minutes, seconds) = (two(0)?, two(3)?, two(6)?);
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        let mut text = line.get(8..)?;
        let mut millis = None;
        if let Some(rest) = text.strip_prefix('.') {
            let (digits, rest) = digits(rest, 3..=3)?;
            (millis, text) = (Some(digits), rest);
        }
        let (mut free_kib, mut fragmentation) = (None, None);
        if let Some((free, rest)) = text.strip_prefix('-').and_then(|rest| digits(rest, 3..=5)) {
            (free_kib, text) = (Some(free), rest);
            if let Some((percent, rest)) = text.strip_prefix('/').and_then(|rest| digits(rest, 2..=3)) {
                (fragmentation, text) = (Some(percent), rest);
            }
        }
        // A stamp without heap figures must end with its blank: "12:34:56Z" and "12:34:56," are not Tasmota's.
        match text.strip_prefix(' ') {
            Some(rest) => text = rest,
            None if text.is_empty() || free_kib.is_some() => {}
            None => return None,
        }
        let since_midnight = Millis(((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis.unwrap_or(0));
        let time = TimeOfDay { since_midnight, has_millis: millis.is_some() };
        Some(Stamp { time, free_kib, fragmentation, text })
    }

    fn figures(&self) -> Option<Figures> {
        let mut figures = Figures::default();
        let free_kib = self.free_kib.filter(|kib| *kib <= MOST_HEAP_KIB)?;
        figures.set(Figure::Free, Amount::kib_truncated(free_kib));
        figures.set_known(Figure::FragmentationStamp, self.fragmentation.map(Amount::exact));
        Some(figures)
    }
}

/// A run of digits of a length within `lengths`, and what follows it. A longer run is not cut: it is something else.
fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<(u64, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    lengths.contains(&length).then_some((digits.parse().ok()?, rest))
}

fn has_prefix(text: &str) -> bool {
    let Some((prefix, _)) = split_once(text, ": ") else { return text.starts_with("Project tasmota") };
    PREFIXES.contains(&prefix) || text.starts_with("Project tasmota")
}

/// `Project tasmota - NAME Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T…)`; before 2020 without the dash.
fn banner(text: &str) -> Option<Board> {
    let rest = text.strip_prefix("Project tasmota ")?;
    let rest = rest.strip_prefix("- ").unwrap_or(rest);
    let (name, version) = split_once(rest, "Version ")?;
    // The core's version tells the chip: Tasmota's ESP8266 cores are 2.3 to 2.7 (T: tasmota.ino:552-575). The
    // ESP32's were 1.0 and 2.0 before 3.0.
    let core = split_once(version, ")-").map_or("", |(_, core)| core);
    let is_esp8266 = core.strip_prefix('2').is_some_and(|minor| {
        minor.starts_with(['_', '.']) && minor[1..].starts_with(['3', '4', '5', '6', '7'])
    });
    let chip = is_esp8266.then(|| "ESP8266".to_owned());
    let version = version.split(['(', ' ']).next().filter(|version| !version.is_empty());
    let name = Some(name.trim()).filter(|name| !name.is_empty());
    Some(Board { version: version.map(str::to_owned), chip, name: name.map(str::to_owned) })
}

/// Topic and payload of an answer or telemetry line.
fn published(text: &str) -> Option<(&str, &str)> {
    let rest = ["MQT: ", "RSL: ", "MSH: "].into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let (topic, payload) = split_once(rest, " = ")?;
    (!topic.is_empty() && !topic.contains(' ')).then_some((topic, payload))
}

fn last_segment(topic: &str) -> &str {
    topic.rsplit('/').next().unwrap_or(topic)
}

/// Whether a topic carries the answer to a command, not telemetry.
fn is_answer(topic: &str) -> bool {
    let last = last_segment(topic);
    let is_status = last.strip_prefix("STATUS").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    is_status || last == "RESULT" || topic.split('/').any(|segment| segment == "stat")
}

/// `CMD: ` also begins a few lines that are no echo.
fn echo_answer(text: &str) -> Option<Answer> {
    let is_debug = ["Grp ", "Group ", "Using USB CDC", "Fall back to serial port"];
    if is_debug.iter().any(|debug| text.starts_with(debug)) {
        return None;
    }
    let ok = !matches!(text, "Serial buffer overrun" | "USB buffer overrun");
    Some(Answer { topic: "ECHO".into(), ok, text: text.into() })
}

/// `OOM: count N (+M)` and `OOM: count N (test-trigger)`.
fn oom_line(text: &str) -> Option<What> {
    let (count, rest) = number_after(text, "OOM: count ")?;
    let mut figures = Figures::default();
    figures.set(Figure::OomCount, Amount::exact(u64::try_from(count).ok()?));
    let rest = rest.trim_start().strip_prefix('(')?;
    if rest.starts_with("test-trigger") {
        return Some(What::Sample(Sample { source: "oom_test", figures }));
    }
    let (added, _) = number(rest.strip_prefix('+')?)?;
    // A 32-bit difference that wrapped around: the counter jumped back. `umm_info()` clears it in builds
    // with UMM_INLINE_METRICS (tasmota/Arduino 2.7.8 umm_info.c:44).
    if added > i64::from(i32::MAX) {
        let kind = EventKind::OomCounterReset;
        let text = "The counter of failed allocations was reset, so it does not tell how many failed.";
        return Some(What::Event(Event::new(kind, text)));
    }
    let times = if added == 1 { "allocation" } else { "allocations" };
    let text = format!("{added} {times} failed, {count} since boot");
    figures.set(Figure::OomCountAdded, Amount::exact(u64::try_from(added).ok()?));
    Some(What::Event(Event { figures, ..Event::new(EventKind::OutOfMemory, text) }))
}

/// What a payload says.
#[derive(Default)]
struct Payload {
    samples: Vec<(&'static str, Figures)>,
    /// For a command that was refused: the command, or nothing where the firmware does not repeat it.
    refused: Option<String>,
    version: Option<String>,
    /// It has figures that only ESP32 builds print.
    is_esp32: bool,
}

impl Payload {
    fn read(payload: &str, topic: &str) -> Self {
        let mut read = Payload::default();
        let (mut memory, mut state) = (Figures::default(), Figures::default());
        let mut has_uptime = false;
        let (mut is_refused, mut input) = (false, None);
        json_fields(payload, &mut |field| match (field.parent, field.key) {
            ("StatusMEM", _) => {
                if matches!(field.key, "PsrMax" | "StackLowMark") {
                    read.is_esp32 = true;
                }
                memory_figure(&field, &mut memory);
            }
            ("" | "StatusSTS", "Heap") => state.set_known(Figure::Free, heap(field.value)),
            ("" | "StatusSTS", "Uptime") => has_uptime = true,
            ("", "Command") => is_refused = matches!(field.value, "Error" | "Unknown"),
            ("", "Input") => input = Some(field.value.to_owned()),
            ("StatusFWR" | "Info1", "Version") => {
                read.version = field.value.split('(').next().map(str::to_owned);
            }
            _ => {}
        });
        if !memory.is_empty() {
            read.samples.push(("status4", memory));
        }
        // `Heap` alone could be anything; together with `Uptime` it is the STATE object.
        if has_uptime && !state.is_empty() {
            let is_status = last_segment(topic).starts_with("STATUS");
            read.samples.push((if is_status { "status11" } else { "state" }, state));
        }
        read.refused = is_refused.then(|| input.unwrap_or_default());
        read
    }
}

fn memory_figure(field: &Field<'_>, figures: &mut Figures) {
    let plain = || field.value.parse().ok().map(Amount::exact);
    let (figure, amount) = match field.key {
        "Heap" => (Figure::Free, heap(field.value)),
        "MaxFree" | "MaxFreeBlock" => (Figure::LargestFreeBlock, heap(field.value)),
        "Frag" => (Figure::Fragmentation, plain()),
        "OomCount" => (Figure::OomCount, plain()),
        "HeapLwm" => (Figure::LowWaterMark, heap(field.value)),
        "MaxAllocSz" => (Figure::LargestRequest, plain()),
        "StackLowMark" => (Figure::StackLowWaterMark, heap(field.value)),
        "PsrFree" => (Figure::PsramFree, psram(field.value)),
        "PsrMax" => (Figure::PsramTotal, psram(field.value)),
        _ => return,
    };
    figures.set_known(figure, amount);
}

/// No chip that Tasmota runs on has more KB of internal RAM (the ESP32-P4 has 768).
const MOST_HEAP_KIB: u64 = 1_024;

/// The largest PSRAM that an ESP32 can address.
const MOST_PSRAM_KIB: u64 = 65_536;

/// Whole KB; a few development builds of February 2021 print decimals, which are dropped here. Some old forks
/// print bytes: a number too large for KB is one of those.
fn heap(value: &str) -> Option<Amount> {
    let whole: u64 = value.split('.').next()?.parse().ok()?;
    match whole {
        ..=MOST_HEAP_KIB => Some(Amount::kib_truncated(whole)),
        _ if whole <= MOST_HEAP_KIB * 1024 => Some(Amount::exact(whole)),
        _ => None,
    }
}

/// PSRAM in whole KB.
fn psram(value: &str) -> Option<Amount> {
    value.parse().ok().filter(|kib| *kib <= MOST_PSRAM_KIB).map(Amount::kib_truncated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Reader;
    use crate::dialect::ndjson;

    /// The findings of a log as JSON lines, without their common keys.
    #[track_caller]
    fn check(log: &str, expected: &[&str]) {
        let (mut reader, mut findings) = (Reader::default(), Vec::new());
        reader.feed(log.as_bytes(), &mut |_| {}, &mut findings);
        reader.flush(&mut |_| {}, &mut findings);
        let found: Vec<_> = findings.iter().map(ndjson::to_line).collect();
        let found: Vec<_> = found
            .iter()
            .map(|line| line.replace(r#""dialect":"tasmota","#, "").replace(r#""kind":"#, ""))
            .collect();
        assert_eq!(found, expected, "{log}");
    }

    #[track_caller]
    fn check_stamp(line: &str, expected: Option<(u64, Option<u64>, Option<u64>, &str)>) {
        let stamp = Stamp::read(line);
        let read =
            stamp.map(|stamp| (stamp.time.since_midnight.0, stamp.free_kib, stamp.fragmentation, stamp.text));
        assert_eq!(read, expected, "{line}");
    }

    #[test]
    fn every_form_of_stamp() {
        check_stamp("17:32:30 RSL: x", Some((63_150_000, None, None, "RSL: x")));
        check_stamp("12:37:35.506 MQT: x", Some((45_455_506, None, None, "MQT: x")));
        check_stamp("12:37:35.506-016 x", Some((45_455_506, Some(16), None, "x")));
        check_stamp("14:58:08.046-259/10 x", Some((53_888_046, Some(259), Some(10), "x")));
        check_stamp(
            "18:40:08.501-023/02 CMD: Status 4",
            Some((67_208_501, Some(23), Some(2), "CMD: Status 4")),
        );
        check_stamp("13:45:21.999-005/100CMD: x", Some((49_521_999, Some(5), Some(100), "CMD: x")));
        check_stamp("13:45:21.999-1234/12CMD: x", Some((49_521_999, Some(1234), Some(12), "CMD: x")));
    }

    #[test]
    fn what_is_no_stamp() {
        for line in
            ["", "x", "24:00:00 x", "12:60:00 x", "12:34:56Z", "12:34:5", "ab:cd:ef gh", "12:34:56.1 x"]
        {
            check_stamp(line, None);
        }
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
                r#"{"sample","lines":[1,1],"device_time":"10:00:00","source":"state","free_bytes":26624,"truncated_to_kib":["free_bytes"]}"#,
            ],
        );
    }

    #[track_caller]
    fn check_chip(log: &str, chip: Option<&str>) {
        let (mut reader, mut findings) = (Reader::default(), Vec::new());
        reader.feed(log.as_bytes(), &mut |_| {}, &mut findings);
        assert_eq!(reader.board().unwrap().0.chip.as_deref(), chip, "{log}");
    }

    #[test]
    fn the_chip_is_what_the_board_says_or_its_core_tells() {
        let banner = |core| {
            format!("00:00:00.050 Project tasmota - P Version 12.0.2(tasmota)-{core}(2022-06-20T10:00:00)\n")
        };
        check_chip(&banner("2_7_4"), Some("ESP8266"));
        check_chip(&banner("2.7.8"), Some("ESP8266"));
        check_chip(&banner("2_0_3"), None);
        check_chip(&banner("3_3_8"), None);
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

    #[test]
    fn the_banner_names_the_board() {
        let mut reader = Reader::default();
        let mut findings = Vec::new();
        let log = b"00:00:00.001 HDW: ESP8266EX\n00:00:00.050 Project tasmota - Demo Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T10:00:00)\n";
        reader.feed(log, &mut |_| {}, &mut findings);
        let (board, info) = reader.board().unwrap();
        assert_eq!(info.id, "tasmota");
        assert_eq!(board.version.as_deref(), Some("15.5.0"));
        assert_eq!(board.name.as_deref(), Some("Demo Plug"));
        assert_eq!(board.chip.as_deref(), Some("ESP8266EX"));
        assert_eq!(findings.len(), 1);
    }
}
