//! What the JSON behind a topic says: figures, the board's firmware, why it restarted, whether it refused.
//!
//! One payload may be one object (`STATUS4`), several (`STATUS0`) or none at all. It is read leniently: old firmwares
//! cut it off, people wrap it. Nothing is decided here; [`Tasmota`](super::Tasmota) does that.
//!
//! | object | read from it | Tasmota |
//! |---|---|---|
//! | `StatusMEM` | see [`memory_figure`] | support_command.ino:1026-1061 |
//! | `StatusSTS`, or the outermost with `Uptime` | `Heap`; of its `Berry`: `HeapUsed`, `Objects` | support_tasmota.ino:857-930, xdrv_52_9_berry.ino:361 |
//! | `StatusFWR` | `Version`, `Core`, `Hardware` | support_command.ino |
//! | `Info1`, or the outermost of `INFO1` | `Version` | xdrv_02_9_mqtt.ino:1060-1099 |
//! | `Info3`, or the outermost of `INFO3` | `RestartReason`, `BootCount` | the same |
//! | `StatusPRM` | `RestartReason` | support_command.ino |
//! | `RestartReason` as an object, `StatusSTK` | the crash | support_crash_recorder.ino |
//! | `Status` | `DeviceName` | support_command.ino |
//! | `"Br":"{'heap_free': 136, …}"` | see [`berry_figure`] | xdrv_52_3_berry_tasmota.ino:209-246 |
//! | the outermost | `Command` (`Error` or `Unknown`), `Input` | support_command.ino:494-511 |

use crate::dialect::alike::Known;
use crate::dialect::scan::{json_fields, split_once};
use crate::dialect::{Event, EventKind, Extra};
use crate::heap::{Amount, Figure, Figures};

/// What one payload says.
#[derive(Default)]
pub(super) struct Payload<'a> {
    /// Of `Status 4`.
    pub memory: Figures,
    /// Of `STATE` and `Status 11`.
    pub state: Figures,
    /// Of `tasmota.memory()`.
    pub berry_memory: Figures,
    /// `15.5.0(release-tasmota)`
    pub firmware: Option<&'a str>,
    /// `2_7_8`
    pub core: Option<&'a str>,
    /// `ESP32-D0WD-V3 v3.0`
    pub hardware: Option<&'a str>,
    pub device_name: Option<&'a str>,
    pub restart_reason: Option<&'a str>,
    pub boot_count: Option<u32>,
    pub crash: Option<Crash<'a>>,
    /// For a command that was refused: the command, or nothing where the firmware does not repeat it.
    pub refused: Option<&'a str>,
    /// It has figures that only ESP32 builds print.
    pub is_esp32: bool,
    /// So many braces and brackets are open behind it.
    pub open_braces: usize,
}

/// A crash before the last restart.
#[derive(Default)]
pub(super) struct Crash<'a> {
    exception: Option<u32>,
    reason: Option<&'a str>,
    epc: Vec<&'a str>,
    excvaddr: Option<&'a str>,
    depc: Option<&'a str>,
    call_chain: Vec<&'a str>,
}

impl<'a> Payload<'a> {
    /// `topic` is the last segment of the topic.
    pub fn read(payload: &'a str, topic: &str) -> Self {
        let mut reading = Reading::of(topic);
        reading.read.open_braces = json_fields(payload, |field| {
            reading.take(field.parent, field.key, field.value);
        });
        reading.finish(payload)
    }
}

/// The last payloads of a few topics: the next one is mostly like it.
#[derive(Default)]
pub(super) struct Before {
    payloads: Vec<(String, Known)>,
    /// The one that leaves when there is no room.
    oldest: usize,
}

impl Before {
    /// So many topics are kept.
    const MOST: usize = 4;

    /// As [`Payload::read`] does.
    pub fn read<'a>(&mut self, payload: &'a str, topic: &str) -> Payload<'a> {
        let known = self.payloads.iter_mut().find(|(known, _)| known == topic);
        if let Some((_, known)) = &known {
            let mut reading = Reading::of(topic);
            let open = known.fields_of(payload, |parent, key, value| {
                reading.take(parent, key, value);
            });
            if let Some(open) = open {
                reading.read.open_braces = open;
                return reading.finish(payload);
            }
        }
        let mut reading = Reading::of(topic);
        let (open, read) = Known::read(payload, |field| reading.take(field.parent, field.key, field.value));
        reading.read.open_braces = open;
        match (known, read) {
            (Some((_, known)), Some(read)) => *known = read,
            (None, Some(read)) => self.keep(topic, read),
            (_, None) => {}
        }
        reading.finish(payload)
    }

    fn keep(&mut self, topic: &str, read: Known) {
        if topic.len() > LONGEST_TOPIC_BYTES {
            return;
        }
        if self.payloads.len() < Self::MOST {
            return self.payloads.push((topic.to_owned(), read));
        }
        if let Some(oldest) = self.payloads.get_mut(self.oldest) {
            *oldest = (topic.to_owned(), read);
        }
        self.oldest = (self.oldest + 1) % Self::MOST;
    }
}

/// `STATUS11`, `INFO3`: topics that are read are no longer.
const LONGEST_TOPIC_BYTES: usize = 32;

/// A payload on its way.
#[derive(Default)]
struct Reading<'a> {
    read: Payload<'a>,
    crash: Crash<'a>,
    is_info1: bool,
    is_info3: bool,
    has_uptime: bool,
    has_inline_metrics: bool,
    is_refused: bool,
    input: Option<&'a str>,
}

impl<'a> Reading<'a> {
    fn of(topic: &str) -> Self {
        Reading {
            is_info1: topic == "INFO1",
            is_info3: topic == "INFO3",
            has_inline_metrics: true,
            ..Reading::default()
        }
    }

    /// Takes a field, and says whether it may say anything. Telemetry has dozens that say nothing: names are compared as
    /// bytes, which leaves at the first that differs.
    fn take(&mut self, parent: &str, key: &str, value: &'a str) -> bool {
        match parent.as_bytes() {
            b"" => {
                let is_state = self.take_state(key, value);
                let is_info = self.take_info(key, value);
                self.take_outermost(key, value) || is_state || is_info
            }
            b"StatusMEM" => {
                self.read.is_esp32 |= matches!(key, "PsrMax" | "PsrFree" | "StackLowMark");
                self.has_inline_metrics &= key != "HeapLwm";
                memory_figure(key, value, &mut self.read.memory)
            }
            b"StatusSTS" => self.take_state(key, value),
            b"Berry" => self.take_berry(key, value),
            b"StatusFWR" => {
                match key {
                    "Version" => self.read.firmware = Some(value),
                    "Core" => self.read.core = Some(value),
                    "Hardware" => self.read.hardware = Some(value),
                    _ => return false,
                }
                true
            }
            b"Info1" if self.is_info1 => self.take_info(key, value),
            b"Info3" if self.is_info3 => self.take_info(key, value),
            b"Status" if key == "DeviceName" => {
                self.read.device_name = Some(value);
                true
            }
            b"StatusPRM" if key == "RestartReason" => {
                self.read.restart_reason = Some(value);
                true
            }
            b"RestartReason" | b"StatusSTK" => {
                self.crash.take(key, value);
                true
            }
            _ => false,
        }
    }

    fn take_state(&mut self, key: &str, value: &str) -> bool {
        match key.as_bytes() {
            b"Heap" => self.read.state.set_known(Figure::Free, heap(value)),
            b"Uptime" => self.has_uptime = true,
            _ => return false,
        }
        true
    }

    fn take_berry(&mut self, key: &str, value: &str) -> bool {
        let (figure, amount) = match key.as_bytes() {
            b"HeapUsed" => (Figure::ScriptHeapUsed, kib(value, MOST_PSRAM_KIB)),
            b"Objects" => (Figure::ScriptObjects, count(value)),
            _ => return false,
        };
        self.read.state.set_known(figure, amount);
        true
    }

    fn take_info(&mut self, key: &str, value: &'a str) -> bool {
        match key.as_bytes() {
            b"Version" if self.is_info1 => self.read.firmware = Some(value),
            b"RestartReason" if self.is_info3 => self.read.restart_reason = Some(value),
            b"BootCount" if self.is_info3 => self.read.boot_count = number_32(value),
            _ => return false,
        }
        true
    }

    fn take_outermost(&mut self, key: &str, value: &'a str) -> bool {
        match key.as_bytes() {
            b"Br" => self.read.berry_memory = berry_memory(value),
            b"Command" => self.is_refused = matches!(value, "Error" | "Unknown"),
            b"Input" => self.input = Some(value),
            _ => return false,
        }
        true
    }

    fn finish(self, payload: &'a str) -> Payload<'a> {
        let Reading { mut read, mut crash, .. } = self;
        // `HeapLwm` needs UMM_STATS_FULL. Without that, `OomCount` is there only with UMM_INLINE_METRICS, whose
        // umm_info() clears the count just before it is printed (tasmota/Arduino 2.7.8 umm_info.c:44): 0 says nothing.
        if self.has_inline_metrics && read.memory.at_least(Figure::OomCount) == Some(0) {
            let known = read.memory.iter().filter(|(figure, _)| *figure != Figure::OomCount);
            read.memory = known.fold(Figures::default(), |mut figures, (figure, amount)| {
                figures.set(figure, amount);
                figures
            });
        }
        // `Heap` alone could be anything; together with `Uptime` it is the STATE object.
        if !self.has_uptime || read.state.get(Figure::Free).is_none() {
            read.state = Figures::default();
        }
        read.is_esp32 |= read.state.get(Figure::ScriptHeapUsed).is_some() || !read.berry_memory.is_empty();
        read.is_esp32 |= [&read.memory, &read.state].into_iter().any(has_more_than_an_esp8266);
        if crash.exception.is_some() || crash.reason.is_some() {
            crash.take_arrays(payload);
            read.crash = Some(crash);
        }
        let input = || self.input.or_else(|| cut_input(payload)).unwrap_or("");
        read.refused = self.is_refused.then(input);
        read
    }
}

/// `Input` is cut to 63 characters after it was escaped: an escape that was cut swallows the quotation mark that
/// should end it.
fn cut_input(payload: &str) -> Option<&str> {
    let (_, input) = split_once(payload, "\"Input\":\"")?;
    let input = input.strip_suffix("\"}").unwrap_or(input);
    Some(input.strip_suffix('\\').unwrap_or(input))
}

impl<'a> Crash<'a> {
    /// A list of more is cut: Tasmota prints 48 at most (support_crash_recorder.ino).
    const MOST_ADDRESSES: usize = 64;

    fn take(&mut self, key: &str, value: &'a str) {
        match key {
            "Exception" => self.exception = number_32(value),
            "Reason" => self.reason = Some(value),
            "EPC" => self.epc = vec![value],
            "EXCVADDR" => self.excvaddr = Some(value),
            "DEPC" => self.depc = Some(value),
            _ => {}
        }
    }

    fn take_arrays(&mut self, payload: &'a str) {
        if self.epc.is_empty() {
            self.epc = addresses(payload, "\"EPC\"");
        }
        self.call_chain = addresses(payload, "\"CallChain\"");
    }

    /// As an event.
    pub fn event(&self) -> Event {
        let text = match (self.reason, self.exception) {
            (Some(reason), Some(exception)) => format!("{reason} ({exception}) before the restart"),
            (Some(reason), None) => format!("{reason} before the restart"),
            (None, exception) => format!("Exception {} before the restart", exception.unwrap_or_default()),
        };
        let text_of = |text: &str| Extra::Text(text.to_owned());
        let list_of = |list: &[&str]| {
            (!list.is_empty()).then(|| Extra::List(list.iter().map(|&item| item.to_owned()).collect()))
        };
        let extras = [
            ("reason", self.reason.map(text_of)),
            ("exception", self.exception.map(|number| Extra::Number(number.into()))),
            ("epc", list_of(&self.epc)),
            ("excvaddr", self.excvaddr.map(text_of)),
            ("depc", self.depc.map(text_of)),
            ("call_chain", list_of(&self.call_chain)),
        ];
        let extras = extras.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        Event { extras, ..Event::new(EventKind::Crash, text) }
    }
}

/// The addresses of `"EPC":["4000df64","00000000"]`: up to the first bracket, whatever else stands between.
fn addresses<'a>(payload: &'a str, quoted_key: &str) -> Vec<&'a str> {
    let array = memchr::memchr_iter(b'"', payload.as_bytes()).find_map(|at| {
        let value = payload[at..].strip_prefix(quoted_key)?.trim_start().strip_prefix(':')?;
        value.trim_start().strip_prefix('[')
    });
    let Some(array) = array else { return Vec::new() };
    let array = &array[..memchr::memchr(b']', array.as_bytes()).unwrap_or(array.len())];
    let mut addresses = Vec::new();
    let mut at = 0;
    while let Some(quote) = memchr::memchr(b'"', &array.as_bytes()[at..])
        && addresses.len() < Crash::MOST_ADDRESSES
    {
        at += quote + 1;
        let digits = array.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if (1..=8).contains(&digits) && array.as_bytes().get(at + digits) == Some(&b'"') {
            addresses.push(&array[at..at + digits]);
            at += digits + 1;
        }
    }
    addresses
}

/// Figures of `{"StatusMEM":{…}}`. `Free` is flash, not memory. Each may be missing: stock builds print only `Heap`.
fn memory_figure(key: &str, value: &str, figures: &mut Figures) -> bool {
    let (figure, amount) = match key {
        "Heap" => (Figure::Free, heap(value)),
        // Pull request 24777 had the longer name.
        "MaxFree" | "MaxFreeBlock" => (Figure::LargestFreeBlock, heap(value)),
        "Frag" => (Figure::Fragmentation, percent(value)),
        "OomCount" => (Figure::OomCount, count(value)),
        "HeapLwm" => (Figure::LowWaterMark, heap(value)),
        "MaxAllocSz" => (Figure::LargestRequest, count(value)),
        "StackLowMark" => (Figure::StackLowWaterMark, heap(value)),
        "PsrFree" => (Figure::PsramFree, kib(value, MOST_PSRAM_KIB)),
        "PsrMax" => (Figure::PsramTotal, kib(value, MOST_PSRAM_KIB)),
        _ => return false,
    };
    figures.set_known(figure, amount);
    true
}

/// Figures of Berry's `tasmota.memory()`: a map as Berry writes it, in any order.
fn berry_memory(map: &str) -> Figures {
    let mut figures = Figures::default();
    let bytes = map.as_bytes();
    for quote in memchr::memchr_iter(b'\'', bytes) {
        let name = &map[quote + 1..];
        let length = name.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count();
        let Some(value) = name[length..].strip_prefix("':") else { continue };
        let value = value.strip_prefix(' ').unwrap_or(value);
        let digits = value.bytes().take_while(u8::is_ascii_digit).count();
        berry_figure(&name[..length], &value[..digits], &mut figures);
    }
    match figures.get(Figure::Free) {
        Some(_) => figures,
        None => Figures::default(),
    }
}

/// Everything in KB but `frag`. `stack_low` has decimals, which are dropped.
fn berry_figure(name: &str, value: &str, figures: &mut Figures) {
    let (figure, amount) = match name {
        "heap_free" => (Figure::Free, kib(value, MOST_HEAP_KIB)),
        "frag" => (Figure::Fragmentation, percent(value)),
        "stack_low" => (Figure::StackLowWaterMark, kib(value, MOST_HEAP_KIB)),
        "psram" => (Figure::PsramTotal, kib(value, MOST_PSRAM_KIB)),
        "psram_free" => (Figure::PsramFree, kib(value, MOST_PSRAM_KIB)),
        "iram_free" => (Figure::InstructionRamFree, kib(value, MOST_HEAP_KIB)),
        "gc_heap" => (Figure::ScriptHeapUsed, kib(value, MOST_PSRAM_KIB)),
        _ => return,
    };
    figures.set_known(figure, amount);
}

/// No chip that Tasmota runs on has more KB of internal RAM (the ESP32-P4 has 768).
pub(super) const MOST_HEAP_KIB: u64 = 1_024;

/// The largest PSRAM that an ESP32 can address.
const MOST_PSRAM_KIB: u64 = 65_536;

/// An ESP8266 has 80 KB of data RAM in all.
pub(super) const MOST_HEAP_KIB_OF_AN_ESP8266: u64 = 80;

fn has_more_than_an_esp8266(figures: &Figures) -> bool {
    figures.at_least(Figure::Free).is_some_and(|free| free > MOST_HEAP_KIB_OF_AN_ESP8266 * 1024)
}

/// Whole KB; a few development builds of February 2021 print decimals, which are dropped here. Some old forks
/// print bytes: a number too large for KB is one of those.
fn heap(value: &str) -> Option<Amount> {
    let bytes = || number(value).filter(|bytes| *bytes <= MOST_HEAP_KIB * 1024).map(Amount::exact);
    kib(value, MOST_HEAP_KIB).or_else(bytes)
}

/// KB, at most so many. Decimals are dropped, as the firmware drops them elsewhere.
fn kib(value: &str, most: u64) -> Option<Amount> {
    let whole = match memchr::memchr(b'.', value.as_bytes()) {
        Some(point) if value[point + 1..].bytes().all(|byte| byte.is_ascii_digit()) => &value[..point],
        Some(_) => return None,
        None => value,
    };
    number(whole).filter(|kib| *kib <= most).map(Amount::kib_truncated)
}

fn percent(value: &str) -> Option<Amount> {
    number(value).filter(|percent| *percent <= 100).map(Amount::exact)
}

/// The counters have 32 bits.
fn count(value: &str) -> Option<Amount> {
    number_32(value).map(|count| Amount::exact(count.into()))
}

fn number_32(value: &str) -> Option<u32> {
    u32::try_from(number(value)?).ok()
}

/// Digits and nothing else.
fn number(value: &str) -> Option<u64> {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| value.parse().ok()).flatten()
}
