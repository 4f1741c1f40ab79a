//! A crash as far as it was printed, and the event that is made of it.

use super::MAX_FOREIGN_LINES;
use crate::dialect::scan::{number, split_once};
use crate::dialect::{Event, EventKind, Extra, LineRange};

/// So many addresses of code are kept from a stack of 4 KB: more than a call chain has.
const MAX_STACK_ADDRESSES: usize = 64;

/// So many frames are kept. ESP-IDF prints at most 100, Tasmota keeps 31.
const MAX_FRAMES: usize = 64;

/// A RISC-V core prints 37 registers, an Xtensa core 24.
const MAX_REGISTERS: usize = 48;

/// A name is cut here. An assertion can be long.
const MAX_NAME_BYTES: usize = 400;

/// `Exception (29):` and its like: what a line that names a crash says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    text: String,
    extras: Vec<(&'static str, NameExtra)>,
}

#[derive(Debug, PartialEq, Eq)]
enum NameExtra {
    Number(i64),
    Text(String),
}

/// What a line is to a crash. `'a` is the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Blank,
    Foreign,
    Cut,
    Name(Name),
    /// epc1, epc2, epc3, excvaddr, depc.
    Registers([u32; 5]),
    StackBegin,
    StackEnd,
    Context(&'a str),
    /// Four words of an ESP8266's stack.
    StackRow([u32; 4]),
    /// Who asked, how many bytes, and where.
    Failed(u32, i64, &'a str),
    /// `NAME: 0x…` up to four times.
    RegisterLine(&'a str),
    /// What stands behind `Backtrace:`.
    Backtrace(&'a str),
    Sha(&'a str),
    /// A line of the grammar that says nothing more.
    Filler,
    End,
}

impl<'a> Part<'a> {
    /// Reads a line without blanks around it.
    pub fn read(text: &'a str) -> Part<'a> {
        let Some(first) = text.as_bytes().first() else { return Part::Blank };
        if let Some(name) = guru(text) {
            return Part::Name(name);
        }
        // Most lines end here: look at their first letter before anything else.
        let part = match first {
            b'-' => is_cut(text).then_some(Part::Cut),
            b'>' => (text == ">>>stack>>>").then_some(Part::StackBegin),
            b'<' => (text == "<<<stack<<<").then_some(Part::StackEnd),
            b'0'..=b'9' | b'a'..=b'f' => stack_row(text).or_else(|| lower_case(text)),
            b'l' | b's' => lower_case(text),
            b'*' | b'A'..=b'Z' => capital(text).or_else(|| register_line(text)),
            _ => None,
        };
        part.unwrap_or(Part::Foreign)
    }
}

/// `--------------- CUT HERE FOR EXCEPTION DECODER ---------------`
fn is_cut(text: &str) -> bool {
    text.trim_matches('-') == " CUT HERE FOR EXCEPTION DECODER " && text.ends_with('-')
}

/// `Guru Meditation Error: Core  1 panic'ed (LoadProhibited). …`, anywhere in a line.
fn guru(text: &str) -> Option<Name> {
    let text = &text[super::find_cry(text, "Guru Meditation Error: ")?..];
    let mut name = Name::new(text);
    let details = || {
        let rest = text.strip_prefix("Guru Meditation Error: Core ")?;
        let digits = rest.trim_start_matches(' ');
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        let core = digits[..count].parse::<u32>().ok()?;
        let (reason, _) = split_once(digits[count..].strip_prefix(" panic'ed (")?, ")")?;
        Some((core, reason))
    };
    if let Some((core, reason)) = details() {
        name.add("reason", NameExtra::Text(shortened(reason).into()));
        name.add("core", NameExtra::Number(core.into()));
    }
    Some(name)
}

/// Lines that begin with a small letter.
fn lower_case(text: &str) -> Option<Part<'_>> {
    if let Some(rest) = text.strip_prefix("epc1=0x") {
        return registers(rest).map(Part::Registers);
    }
    if let Some(rest) = text.strip_prefix("ctx: ") {
        return ["cont", "sys", "bearssl"].contains(&rest).then_some(Part::Context(rest));
    }
    if let Some(rest) = text.strip_prefix("sp: ") {
        let (_, rest) = hex(rest, 8)?;
        let (_, rest) = hex(rest.strip_prefix(" end: ")?, 8)?;
        let (_, rest) = hex(rest.strip_prefix(" offset: ")?, 4)?;
        return rest.is_empty().then_some(Part::Filler);
    }
    if let Some(rest) = text.strip_prefix("last failed alloc call: ") {
        return failed(rest);
    }
    if let Some(rest) = text.strip_prefix("abort() was called at PC 0x") {
        let digits = rest.bytes().take_while(is_hex).count();
        let address = u32::from_str_radix(&rest[..digits], 16).ok().filter(|_| digits <= 8)?;
        let (core, _) = number(rest[digits..].strip_prefix(" on core ")?)?;
        let mut name = Name::new(text);
        name.add("core", NameExtra::Number(core));
        name.add("address", NameExtra::Text(format!("{address:#010x}")));
        return Some(Part::Name(name));
    }
    text.starts_with("assert failed: ").then(|| Part::Name(Name::new(text)))
}

/// Lines that begin with a capital letter, or with stars.
fn capital(text: &str) -> Option<Part<'_>> {
    if let Some(exception) = text.strip_prefix("Exception (").and_then(|rest| rest.strip_suffix("):")) {
        let is_number =
            (1..=9).contains(&exception.len()) && exception.bytes().all(|byte| byte.is_ascii_digit());
        let exception = is_number.then(|| exception.parse::<u32>().ok())??;
        return Some(Part::Name(xtensa_exception(exception)));
    }
    if let Some(task) = text.strip_prefix("***ERROR*** A stack overflow in task ") {
        let (task, _) = split_once(task, " has been detected")?;
        let mut name = Name::new(text);
        name.add("task", NameExtra::Text(shortened(task).into()));
        return Some(Part::Name(name));
    }
    if let Some(frames) = text.strip_prefix("Backtrace:") {
        return Some(Part::Backtrace(frames));
    }
    if let Some(sha) = text.strip_prefix("ELF file SHA256: ") {
        let digits = sha.bytes().take_while(is_hex).count();
        return (1..=64).contains(&digits).then(|| Part::Sha(&sha[..digits]));
    }
    if let Some(address) = text.strip_prefix("Stack smashing detected at 0x") {
        let (_, rest) = hex(address, 8)?;
        return rest.is_empty().then(|| Part::Name(Name::new(text)));
    }
    if let Some(rest) = text.strip_prefix("Core ") {
        let digits = rest.trim_start_matches(' ').trim_start_matches(|digit: char| digit.is_ascii_digit());
        return (digits == " register dump:").then_some(Part::Filler);
    }
    match text {
        "Soft WDT reset"
        | "Soft WDT reset - deliberate infinite loop detected"
        | "Abort called"
        | "Generic Reset"
        | "User exception (panic/abort/assert)"
        | "Stack overflow detected"
        | "Stack overflow detected." => return Some(Part::Name(Name::new(text))),
        "Stack memory:" => return Some(Part::Filler),
        "Rebooting..." | "CPU halted." | "Entering gdb stub now." => return Some(Part::End),
        _ => {}
    }
    let is_name = text.starts_with("Unhandled C++ exception: ") || is_panic(text);
    if is_name {
        return Some(Part::Name(Name::new(text)));
    }
    warning(text).map(|text| Part::Name(Name::new(text)))
}

/// `Panic core_esp8266_main.cpp:98 __yield`: the first word is a file with an ending, and a line number.
fn is_panic(text: &str) -> bool {
    let place = || {
        let (place, _) = split_once(text.strip_prefix("Panic ")?, " ")?;
        let colon = memchr::memrchr(b':', place.as_bytes())?;
        let (file, line) = (&place[..colon], &place[colon + 1..]);
        let dot = memchr::memrchr(b'.', file.as_bytes())?;
        let is_line = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
        (is_line && !file[dot..].contains(':')).then_some(())
    };
    place().is_some()
}

/// A watchdog or the supply voltage; newer releases log them.
fn warning(text: &str) -> Option<&str> {
    const WARNINGS: [(&str, &str); 2] =
        [("Task watchdog got triggered", "task_wdt: "), ("Brownout detector was triggered", "BOD: ")];
    WARNINGS.iter().find_map(|(warning, tag)| {
        if text.starts_with(warning) {
            return Some(text);
        }
        let (before, after) = split_once(text.strip_prefix("E ")?, tag)?;
        // `E (1234) task_wdt: ` or `E BOD: `: nothing but a time in between.
        let is_time = before.bytes().all(|byte| byte.is_ascii_digit() || b"() ".contains(&byte));
        (is_time && after.starts_with(warning)).then_some(after)
    })
}

/// Behind `epc1=0x`.
fn registers(text: &str) -> Option<[u32; 5]> {
    let (epc1, rest) = hex(text, 8)?;
    let (epc2, rest) = hex(rest.strip_prefix(" epc2=0x")?, 8)?;
    let (epc3, rest) = hex(rest.strip_prefix(" epc3=0x")?, 8)?;
    let (excvaddr, rest) = hex(rest.strip_prefix(" excvaddr=0x")?, 8)?;
    let (depc, rest) = hex(rest.strip_prefix(" depc=0x")?, 8)?;
    rest.is_empty().then_some([epc1, epc2, epc3, excvaddr, depc])
}

/// `3ffffdc0:  3fff1a2c 00000000 0000000a 40209c11 <`, or a row of a RISC-V core's stack: `3fc98a80: 0x3c025000 …`.
fn stack_row(text: &str) -> Option<Part<'_>> {
    let (_, rest) = hex(text, 8)?;
    if let Some(rest) = rest.strip_prefix(": 0x") {
        return hex(rest, 8).map(|_| Part::Filler);
    }
    let mut rest = rest.strip_prefix(": ")?;
    let mut words = [0; 4];
    for word in &mut words {
        (*word, rest) = hex(rest.strip_prefix(' ')?, 8)?;
    }
    ["", " <"].contains(&rest).then_some(Part::StackRow(words))
}

/// Behind `last failed alloc call: `.
fn failed(text: &str) -> Option<Part<'_>> {
    let digits = text.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')).count();
    let caller = u32::from_str_radix(&text[..digits], 16).ok().filter(|_| digits == 8)?;
    let rest = text[digits..].strip_prefix('(')?;
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let bytes = rest[..count].parse::<u32>().ok()?;
    let rest = rest[count..].strip_prefix(')')?;
    let place = match rest.strip_prefix('@') {
        Some(place) => place,
        None => rest.is_empty().then_some("")?,
    };
    Some(Part::Failed(caller, bytes.into(), place))
}

/// `PC      : 0x400d1c2f  PS      : 0x00060330  …`
fn register_line(text: &str) -> Option<Part<'_>> {
    let mut rest = text;
    while !rest.is_empty() {
        (_, rest) = register(rest)?;
    }
    Some(Part::RegisterLine(text))
}

/// Its name and value, and what follows the blanks behind it.
fn register(text: &str) -> Option<((&str, u32), &str)> {
    let is_name = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'/');
    let count = text.bytes().take_while(is_name).count();
    let (name, rest) = text.split_at(count);
    let (value, rest) = hex(rest.trim_start_matches(' ').strip_prefix(": 0x")?, 8)?;
    (1..=8).contains(&count).then(|| ((name, value), rest.trim_start_matches(' ')))
}

/// So many digits, small letters, and what follows them.
fn hex(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let is_number = number.bytes().all(|byte| is_hex(&byte));
    Some((u32::from_str_radix(number, 16).ok().filter(|_| is_number)?, rest))
}

fn is_hex(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_NAME_BYTES)]
}

impl Name {
    fn new(text: &str) -> Self {
        Name { text: shortened(text).into(), extras: Vec::new() }
    }

    fn add(&mut self, name: &'static str, value: NameExtra) {
        self.extras.push((name, value));
    }
}

/// `Exception (29):` of an ESP8266: the cause in words (Xtensa Instruction Set Architecture, EXCCAUSE).
fn xtensa_exception(exception: u32) -> Name {
    let cause = match exception {
        0 => "illegal instruction",
        1 => "system call",
        2 => "instruction fetch error",
        3 => "load or store error",
        4 => "level-1 interrupt",
        5 => "alloca",
        6 => "division by zero",
        8 => "privileged instruction",
        9 => "unaligned load or store",
        20 => "instruction fetch prohibited",
        28 => "load prohibited",
        29 => "store prohibited",
        _ => "",
    };
    let mut name = Name::new(&format!("Exception ({exception})"));
    if !cause.is_empty() {
        name.text = format!("Exception ({exception}): {cause}");
        name.add("reason", NameExtra::Text(cause.into()));
    }
    name.add("exception", NameExtra::Number(exception.into()));
    name
}

/// What a line means for the crash that is open.
pub(super) enum Step {
    /// It goes on.
    GoOn,
    /// The line was its last.
    End,
    /// It ended before this line.
    EndBefore,
}

/// A crash as far as it came.
#[derive(Default)]
pub(super) struct Crash {
    first_line: u64,
    last_line: u64,
    foreign_lines: u32,
    has_cut: bool,
    has_stack: bool,
    /// Registers, a stack or a backtrace: what follows a name.
    has_body: bool,
    is_whole: bool,
    name: Option<Name>,
    registers: Option<[u32; 5]>,
    /// Those of an ESP32, printed as they come: `PC 0x400d1c2f`.
    register_list: Vec<String>,
    context: Option<String>,
    stack_addresses: Vec<u32>,
    backtrace: Option<Backtrace>,
    elf_sha256: Option<String>,
    failed: Option<(u32, i64, String)>,
}

struct Backtrace {
    frames: Vec<String>,
    is_corrupted: bool,
}

impl Crash {
    /// The first line, if it is one.
    pub fn begin(line: u64, part: &Part<'_>) -> Option<Crash> {
        let begins = matches!(part, Part::Cut | Part::Name(_) | Part::StackBegin);
        let mut crash = Crash { first_line: line, last_line: line, ..Crash::default() };
        begins.then(|| {
            crash.advance(line, part);
            crash
        })
    }

    /// The next line.
    pub fn advance(&mut self, line: u64, part: &Part<'_>) -> Step {
        match part {
            Part::Blank => return Step::GoOn,
            Part::Foreign if self.foreign_lines == MAX_FOREIGN_LINES => return Step::EndBefore,
            Part::Foreign => {
                self.foreign_lines += 1;
                return Step::GoOn;
            }
            Part::Name(_) if self.has_body => return Step::EndBefore,
            Part::Cut if self.has_cut && self.name.is_none() && !self.has_stack => return Step::EndBefore,
            _ => {}
        }
        self.last_line = line;
        match part {
            Part::Blank | Part::Foreign => {}
            Part::Cut => {
                self.is_whole = self.has_cut || self.has_body;
                self.has_cut = true;
            }
            Part::Name(name) => self.add_name(name),
            Part::End => self.is_whole = true,
            body => {
                self.has_body = true;
                self.add(body);
            }
        }
        if self.is_whole { Step::End } else { Step::GoOn }
    }

    /// Of several names the first counts; the next add what it did not say.
    fn add_name(&mut self, next: &Name) {
        let name = self.name.get_or_insert_with(|| Name { text: next.text.clone(), extras: Vec::new() });
        for (key, value) in &next.extras {
            if name.extras.iter().any(|(known, _)| known == key) {
                continue;
            }
            let value = match value {
                NameExtra::Number(number) => NameExtra::Number(*number),
                NameExtra::Text(text) => NameExtra::Text(text.clone()),
            };
            name.add(key, value);
        }
    }

    fn add(&mut self, part: &Part<'_>) {
        match part {
            Part::Registers(registers) => {
                self.registers.get_or_insert(*registers);
            }
            Part::StackBegin => self.has_stack = true,
            Part::StackEnd => self.is_whole = !self.has_cut,
            Part::Context(context) => {
                self.context.get_or_insert_with(|| (*context).into());
            }
            Part::StackRow(words) => {
                let left = MAX_STACK_ADDRESSES - self.stack_addresses.len();
                self.stack_addresses.extend(words.iter().filter(|word| is_code(**word)).take(left));
            }
            Part::Failed(caller, bytes, place) => {
                self.failed.get_or_insert_with(|| (*caller, *bytes, shortened(place).into()));
            }
            Part::RegisterLine(text) => self.add_registers(text),
            Part::Backtrace(text) => {
                self.backtrace.get_or_insert_with(|| Backtrace::read(text));
            }
            Part::Sha(sha) => {
                self.elf_sha256.get_or_insert_with(|| (*sha).into());
            }
            _ => {}
        }
    }

    fn add_registers(&mut self, mut text: &str) {
        while let Some(((name, value), rest)) = register(text)
            && self.register_list.len() < MAX_REGISTERS
        {
            self.register_list.push(format!("{name} {value:#010x}"));
            text = rest;
        }
    }

    /// The event and its lines. A cut alone is no crash.
    pub fn event(self) -> Option<(LineRange, Event)> {
        if self.name.is_none() && !self.has_stack {
            return None;
        }
        let lines = LineRange { first: self.first_line, last: self.last_line };
        let name = self.name.unwrap_or_else(|| Name::new("Crash"));
        let mut event = Event::new(EventKind::Crash, name.text);
        let mut put = |key, value| event.extras.push((key, value));
        let address = |address: u32| Extra::Text(format!("{address:#010x}"));
        for (key, value) in name.extras {
            let value = match value {
                NameExtra::Number(number) => Extra::Number(number),
                NameExtra::Text(text) => Extra::Text(text),
            };
            put(key, value);
        }
        if let Some(registers) = self.registers {
            let names = ["epc1", "epc2", "epc3", "excvaddr", "depc"];
            names.into_iter().zip(registers).for_each(|(name, value)| put(name, address(value)));
        }
        if !self.register_list.is_empty() {
            put("registers", Extra::List(self.register_list));
        }
        if let Some(context) = self.context {
            put("context", Extra::Text(context));
        }
        if !self.stack_addresses.is_empty() {
            let addresses = self.stack_addresses.iter().map(|address| format!("{address:#010x}"));
            put("stack_addresses", Extra::List(addresses.collect()));
        }
        if let Some(backtrace) = self.backtrace {
            put("backtrace", Extra::List(backtrace.frames));
            put("backtrace_is_corrupted", Extra::Flag(backtrace.is_corrupted));
        }
        if let Some(sha) = self.elf_sha256 {
            put("elf_sha256", Extra::Text(sha));
        }
        if let Some((caller, bytes, place)) = self.failed {
            put("last_failed_alloc_bytes", Extra::Number(bytes));
            put("last_failed_alloc_caller", address(caller));
            if !place.is_empty() {
                put("last_failed_alloc_place", Extra::Text(place));
            }
        }
        // A name alone may be all that is printed: a watchdog that only warns.
        if !self.is_whole && (self.has_body || self.has_cut) {
            put("is_cut_off", Extra::Flag(true));
        }
        Some((lines, event))
    }
}

/// Instruction RAM or flash of an ESP8266.
fn is_code(address: u32) -> bool {
    matches!(address, 0x4010_0000..=0x4010_ffff | 0x4020_0000..=0x402f_ffff)
}

impl Backtrace {
    /// ` 0x400d1c2c:0x3ffb1f50 … |<-CORRUPTED`. Older releases print no blank before the first.
    fn read(text: &str) -> Backtrace {
        let (mut rest, mut frames) = (text, Vec::new());
        while let Some((pc, after)) = hex_with_prefix(rest.strip_prefix(' ').unwrap_or(rest))
            && let Some((sp, after)) = after.strip_prefix(':').and_then(hex_with_prefix)
            && frames.len() < MAX_FRAMES
        {
            frames.push(format!("{pc:#010x}:{sp:#010x}"));
            rest = after;
        }
        Backtrace { frames, is_corrupted: split_once(text, "|<-CORRUPTED").is_some() }
    }
}

fn hex_with_prefix(text: &str) -> Option<(u32, &str)> {
    hex(text.strip_prefix("0x")?, 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn names(line: &str, expected: Option<&str>) {
        let name = match Part::read(line) {
            Part::Name(name) => Some(name.text),
            _ => None,
        };
        assert_eq!(name.as_deref(), expected, "{line}");
    }

    #[test]
    fn lines_that_name_a_crash() {
        names("Exception (29):", Some("Exception (29): store prohibited"));
        names("Exception (63):", Some("Exception (63)"));
        for line in [
            "Soft WDT reset",
            "Soft WDT reset - deliberate infinite loop detected",
            "Panic core_esp8266_main.cpp:98 __yield",
            "Panic C:\\x\\main.cpp:9 loop(): Assertion 'x' failed.",
            "Abort called",
            "Stack smashing detected at 0x40201234",
            "abort() was called at PC 0x400d1c2f on core 0",
            "assert failed: multi_heap_free multi_heap_poisoning.c:259 (head != NULL)",
            "***ERROR*** A stack overflow in task loopTask has been detected.",
            "Brownout detector was triggered",
        ] {
            names(line, Some(line));
        }
        names(
            "E (10293) task_wdt: Task watchdog got triggered. The following tasks did not reset the watchdog in time:",
            Some("Task watchdog got triggered. The following tasks did not reset the watchdog in time:"),
        );
        let guru = "Guru Meditation Error: Core  1 panic'ed (LoadProhibited). Exception was unhandled.";
        names(&format!("18:40:08.501 MQT: x = {{\"a{guru}"), Some(guru));
    }

    #[test]
    fn lines_that_name_none() {
        for line in [
            "",
            "Exception handling is on",
            "Exception ():",
            "Exception (1234567890):",
            "Panic button pressed",
            "Panic 12:30 again",
            "Panic at main.cpp:98 again",
            "RestartReason Exception",
            "Soft WDT reset\u{0}",
            "Stack overflow detected by me",
            "E (1) wifi: x task_wdt: Task watchdog got triggered",
        ] {
            names(line, None);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut crash = Crash::begin(0, &Part::StackBegin).unwrap();
        for line in 1..1_000 {
            crash.advance(line, &Part::read("3ffffdc0:  40201a2c 40100000 402fffff 40209c11"));
            crash.advance(line, &Part::read("PC      : 0x400d1c2f  PS      : 0x00060330"));
        }
        assert_eq!(crash.stack_addresses.len(), MAX_STACK_ADDRESSES);
        assert_eq!(crash.register_list.len(), MAX_REGISTERS);
    }
}
