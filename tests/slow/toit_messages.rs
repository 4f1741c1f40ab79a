//! Toit's encoded messages, the slow way: the lines by regular expressions, the bytes as a tree of values.

use std::sync::LazyLock;

use heapscope::dialect::{Event, EventKind, Extra, Finding, LineRange, Report, What};
use heapscope::heap::{Amount, Block, BlockKind, BlockMap, Category, Figure, Page, PageUse};
use regex::Regex;

use super::AT_THE_END;

static ENVELOPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^A-Za-z0-9+/=])(?<base64>WyNVB[VF]VY(?:[A-Za-z0-9+/]{24,}={0,2}|[A-Za-z0-9+/]{23}={1,2}|[A-Za-z0-9+/]{22}==))(?<tail>.*)$").unwrap()
});

static END: LazyLock<regex::bytes::Regex> =
    LazyLock::new(|| regex::bytes::Regex::new(r"(?s-u)[A-Za-z0-9+/]{8}[=\x22'`\\ ]{0,3}$").unwrap());

static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    let command = r#"jag decode (?:--system )?|toit (?:serial )?decode |build/[^ ]+ tools/system_message\.toit "\$SNAPSHOT" -b "#;
    let base64 = r"[A-Za-z0-9+/]{32,}={0,2}|[A-Za-z0-9+/]{31}={1,2}|[A-Za-z0-9+/]{30}==";
    Regex::new(&format!(r"^\s*(?:{command})(?<base64>{base64})(?<tail>.*)$")).unwrap()
});

static CONTINUATION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(?<base64>[A-Za-z0-9+/]+={0,2}|={1,2})(?<tail>\s*\\?\s*)$").unwrap());

/// Whether this was read from a message. The dialect reads plain text, too.
pub fn is_message(finding: &Finding) -> bool {
    let extras = match &finding.what {
        What::Report(report) if report.format == "system_message" => return true,
        What::Report(report) => &report.extras,
        What::Event(event) => &event.extras,
        _ => return false,
    };
    extras.iter().any(|(name, _)| *name == "sdk")
}

/// How many characters of a message are read.
const MOST: usize = 98_304;

/// Where a message stands.
struct Message {
    first: usize,
    last: usize,
    /// The line at which it is certain that no more comes.
    at: usize,
    base64: String,
}

/// See the module of the same name in `heapscope::dialect` for the grammar.
pub fn messages(lines: &[String]) -> Vec<(usize, Finding)> {
    let mut found = Vec::new();
    let mut number = 0;
    while number < lines.len() {
        let Some(message) = gather(lines, number) else {
            number += 1;
            continue;
        };
        let bytes = decode(&message.base64);
        let lines = LineRange { first: message.first as u64, last: message.last as u64 };
        let what = understand(&bytes);
        found
            .push((message.at, Finding { dialect: "toit", lines, device_time: None, host_time: None, what }));
        number = message.last + 1;
    }
    found
}

/// The message that begins in this line.
fn gather(lines: &[String], first: usize) -> Option<Message> {
    let begins = |line: &str| {
        // In the middle of a line, a message ends it, but for a few characters.
        let envelope = ENVELOPE.captures(line).filter(|captures| {
            let is_front = line[..captures.name("base64").unwrap().start()].trim().is_empty();
            is_front || END.is_match(line.trim().as_bytes())
        });
        let captures = envelope.or_else(|| COMMAND.captures(line))?;
        Some((captures["base64"].to_owned(), captures["tail"].to_owned()))
    };
    let (mut base64, mut tail) = begins(&lines[first])?;
    let (mut last, mut at) = (first, first);
    loop {
        let has_backslash = tail.trim() == "\\";
        let is_open = has_backslash || tail.trim().is_empty();
        let is_waiting = has_backslash || parse(&decode(&base64)).problem == Some(Problem::CutOff);
        if !is_open || !is_waiting || base64.contains('=') || base64.len() > MOST {
            break;
        }
        // The next line that is no foreign one.
        let patience = if has_backslash { 10 } else { 0 };
        let mut next = last + 1;
        while next < lines.len() && begins(&lines[next]).is_none() && !CONTINUATION.is_match(&lines[next]) {
            if next - last > patience {
                break;
            }
            next += 1;
        }
        at = if next < lines.len() { next } else { AT_THE_END };
        let captures = lines.get(next).filter(|line| begins(line).is_none());
        let Some(captures) = captures.and_then(|line| CONTINUATION.captures(line)) else { break };
        base64.push_str(&captures["base64"]);
        tail = captures["tail"].to_owned();
        last = next;
    }
    base64.truncate(MOST);
    Some(Message { first, last, at, base64 })
}

/// What comes before the padding; a last character of which no byte comes is nothing.
fn decode(base64: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = base64.trim_end_matches('=').chars().take(MOST);
    let bits: Vec<bool> = digits
        .map(|character| alphabet.find(character).unwrap())
        .flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1 == 1))
        .collect();
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
    bits.chunks_exact(8).map(byte).collect()
}

/// A value of UBJSON with all that is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Flag(bool),
    Int(i64),
    Double(f64),
    Text(Vec<u8>),
    Bytes(Vec<u8>),
    /// Also a list whose end is missing, as far as it goes.
    List(Vec<Value>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Problem {
    CutOff,
    Wrong,
}

/// A value at the front of some bytes.
#[derive(Debug)]
pub struct Parsed {
    pub value: Option<Value>,
    pub problem: Option<Problem>,
    /// Behind the value, or where the problem is.
    pub at: usize,
}

pub fn parse(bytes: &[u8]) -> Parsed {
    let mut parser = Parser { bytes, at: 0 };
    let (value, problem) = match parser.value(0) {
        Ok(value) => (value, None),
        Err((value, problem)) => (value, Some(problem)),
    };
    Parsed { value, problem, at: parser.at }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A value, or as much of it as there is.
type Result = std::result::Result<Option<Value>, (Option<Value>, Problem)>;

impl Parser<'_> {
    /// `None` is a closing bracket.
    fn value(&mut self, depth: usize) -> Result {
        while self.bytes.get(self.at) == Some(&b'N') {
            self.at += 1;
        }
        let begin = self.at;
        // An atom or the head of a list is there or not.
        let token = self.token();
        if token.is_err() {
            self.at = begin;
        }
        let head = match token.map_err(|problem| (None, problem))? {
            Token::Atom(value) => return Ok(Some(value)),
            Token::End if depth == 0 => {
                self.at = begin;
                return Err((None, Problem::Wrong));
            }
            Token::End => return Ok(None),
            Token::List(count) => count,
        };
        if depth == 16 {
            self.at = begin;
            return Err((None, Problem::Wrong));
        }
        let mut items = Vec::new();
        while head.is_none_or(|count| (items.len() as u64) < count) {
            let before = self.at;
            match self.value(depth + 1) {
                Ok(Some(item)) => items.push(item),
                Ok(None) if head.is_none() => break,
                Ok(None) => {
                    // A bracket that ends no list; no-ops before it are right.
                    self.at = before + self.bytes[before..].iter().take_while(|&&byte| byte == b'N').count();
                    return Err((Some(Value::List(items)), Problem::Wrong));
                }
                Err((item, problem)) => {
                    items.extend(item);
                    return Err((Some(Value::List(items)), problem));
                }
            }
        }
        Ok(Some(Value::List(items)))
    }

    fn take(&mut self, count: usize) -> std::result::Result<&[u8], Problem> {
        let taken = self.bytes.get(self.at..).and_then(|rest| rest.get(..count)).ok_or(Problem::CutOff)?;
        self.at += count;
        Ok(taken)
    }

    fn int(&mut self) -> std::result::Result<i64, Problem> {
        Ok(match self.take(1)?[0] {
            b'U' => self.take(1)?[0].into(),
            b'i' => i8::from_be_bytes(self.take(1)?.try_into().unwrap()).into(),
            b'I' => i16::from_be_bytes(self.take(2)?.try_into().unwrap()).into(),
            b'l' => i32::from_be_bytes(self.take(4)?.try_into().unwrap()).into(),
            b'L' => i64::from_be_bytes(self.take(8)?.try_into().unwrap()),
            _ => return Err(Problem::Wrong),
        })
    }

    fn counted(&mut self) -> std::result::Result<Vec<u8>, Problem> {
        let count = usize::try_from(self.int()?).map_err(|_| Problem::Wrong)?;
        Ok(self.take(count)?.to_vec())
    }

    fn token(&mut self) -> std::result::Result<Token, Problem> {
        let marker = self.take(1)?[0];
        Ok(match marker {
            b'Z' => Token::Atom(Value::Null),
            b'T' => Token::Atom(Value::Flag(true)),
            b'F' => Token::Atom(Value::Flag(false)),
            b'D' => Token::Atom(Value::Double(f64::from_be_bytes(self.take(8)?.try_into().unwrap()))),
            b'S' => Token::Atom(Value::Text(self.counted()?)),
            b']' => Token::End,
            b'[' => match self.bytes.get(self.at).ok_or(Problem::CutOff)? {
                b'#' => {
                    self.at += 1;
                    Token::List(Some(u64::try_from(self.int()?).map_err(|_| Problem::Wrong)?))
                }
                b'$' if self.take(3)? == b"$U#" => Token::Atom(Value::Bytes(self.counted()?)),
                b'$' => return Err(Problem::Wrong),
                _ => Token::List(None),
            },
            _ => {
                self.at -= 1;
                Token::Atom(Value::Int(self.int()?))
            }
        })
    }
}

enum Token {
    Atom(Value),
    List(Option<u64>),
    End,
}

impl Value {
    fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    fn int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    fn natural(&self) -> Option<u64> {
        self.int()?.try_into().ok()
    }

    fn raw(&self) -> Option<&Vec<u8>> {
        match self {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn tag(&self) -> Option<u8> {
        self.items().first()?.int()?.try_into().ok()
    }

    /// As people read it.
    fn shown(&self) -> String {
        let whole = match self {
            Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
            other => other.nested(),
        };
        if whole.len() <= 1000 {
            return whole;
        }
        let end = (0..=1000).rev().find(|&end| whole.is_char_boundary(end)).unwrap();
        format!("{}…", &whole[..end])
    }

    fn nested(&self) -> String {
        let listed = |items: Vec<String>| format!("[{}]", items.join(", "));
        match self {
            Value::Null => "null".into(),
            Value::Flag(flag) => flag.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Double(number) => float(*number),
            Value::Text(text) => format!("\"{}\"", String::from_utf8_lossy(text)),
            Value::Bytes(bytes) => {
                format!("#{}", listed(bytes.iter().map(|byte| format!("0x{byte:02x}")).collect()))
            }
            Value::List(items) => {
                let all = |items: &[Value]| items.iter().map(Value::nested).collect::<Vec<_>>();
                match (self.tag(), items.get(1), items.get(2)) {
                    (Some(b'A' | b'L'), Some(Value::Int(size)), Some(Value::List(elements))) => {
                        let mut shown = all(elements);
                        if *size > elements.len() as i64 {
                            shown.push("…".into());
                        }
                        listed(shown)
                    }
                    (Some(b'I'), Some(Value::Int(class)), _) => format!("instance of class {class}"),
                    _ => listed(all(items)),
                }
            }
        }
    }
}

fn float(number: f64) -> String {
    if number != 0.0 && !(1e-6..1e9).contains(&number.abs()) {
        return format!("float 0x{:016x}", number.to_bits());
    }
    static ZEROS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(\.\d+?)0+$").unwrap());
    // Half of the last digit up, as people round.
    let rounded = (number.abs() * 1e6 + 0.5).trunc() / 1e6;
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{}", ZEROS.replace(&format!("{rounded:.6}"), "$1"))
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn understand(bytes: &[u8]) -> What {
    let Parsed { value, problem, at } = parse(bytes);
    let no_ops = bytes[at..].iter().all(|&byte| byte == b'N');
    let mut problems: Vec<String> = match problem {
        Some(Problem::CutOff) if bytes.len() == MOST / 4 * 3 => {
            vec!["It is longer than 73728 bytes; the rest was not read.".into()]
        }
        Some(Problem::CutOff) => vec![format!("It was cut off after {} bytes.", bytes.len())],
        Some(Problem::Wrong) => {
            vec![format!("Its byte {} cannot be right: characters were lost or changed.", at + 1)]
        }
        None if !no_ops => vec![format!("Behind its end stand {} more bytes.", bytes.len() - at)],
        None => vec![],
    };
    let items = value.as_ref().map(Value::items).unwrap_or_default();
    let (mut payload, mut extras) = (None, Vec::new());
    match items {
        [Value::Int(88), Value::Text(sdk), rest @ ..] => {
            let (mut model, mut rest) = (None, rest);
            if let [Value::Text(text), behind @ ..] = rest {
                (model, rest) = (Some(text.clone()), behind);
            }
            if let [Value::Bytes(id), behind @ ..] = rest {
                rest = behind;
                if id.len() == 16 && id.iter().any(|&byte| byte != 0) {
                    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
                    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
                    extras.push(("program", Extra::Text(parts.join("-"))));
                }
            }
            extras.push(("sdk", Extra::Text(lossy(sdk))));
            if let Some(model) = model.filter(|model| !model.is_empty()) {
                extras.push(("model", Extra::Text(lossy(&model))));
            }
            payload = rest.first();
        }
        _ => {
            let begins = bytes.starts_with(b"[#U\x05UX") || bytes.starts_with(b"[#U\x04UX");
            if problems.is_empty() || !begins {
                problems = vec!["It does not begin as a message of Toit's virtual machine does.".into()];
            }
        }
    }
    let mut what = match payload {
        Some(payload) => payload_of(payload, &mut problems),
        None => What::Report(Report::new("system_message", "Toit system message").into()),
    };
    match &mut what {
        What::Report(report) => {
            report.complete = problems.is_empty();
            report.problems = problems;
            report.extras.extend(extras);
        }
        What::Event(event) => {
            event.extras.extend(extras);
            if !problems.is_empty() {
                event.extras.push(("complete", Extra::Flag(false)));
                event.extras.push(("problems", Extra::List(problems)));
            }
        }
        _ => unreachable!(),
    }
    what
}

fn payload_of(payload: &Value, problems: &mut Vec<String>) -> What {
    let items = payload.items().get(1..).unwrap_or_default();
    match payload.tag() {
        Some(b'E') => What::Event(exception(items)),
        Some(b'S') => {
            let mut report = Report::new("stack_trace", "Toit stack trace");
            report.extras.push(("stack", Extra::List(frames(items))));
            What::Report(report.into())
        }
        Some(b'O') => What::Report(objects(items, problems).into()),
        Some(b'M') => What::Report(pages(items, problems).into()),
        Some(b'H') => What::Report(dump(items, problems).into()),
        Some(b'P') => What::Report(profile(items, problems).into()),
        Some(b'c') => {
            let mut event = Event::new(EventKind::Crash, "The board sent a core dump");
            if let Some(bytes) = items.first().and_then(Value::raw) {
                event.extras.push(("core_dump_bytes", Extra::Number(bytes.len() as i64)));
            }
            What::Event(event)
        }
        _ => {
            let mut report = Report::new("system_message", "Toit system message");
            report.extras.push(("value", Extra::Text(payload.shown())));
            What::Report(report.into())
        }
    }
}

fn exception(items: &[Value]) -> Event {
    let name = items.first().map(Value::shown).filter(|name| !name.is_empty());
    let name_text = name.as_deref().unwrap_or("");
    let message = items.get(1).map(|message| match (name_text, message) {
        ("ALLOCATION_FAILED" | "SERIALIZATION_FAILED", Value::Int(class)) => {
            format!("instance of class {class}")
        }
        _ => message.shown(),
    });
    let message = message.filter(|message| !message.is_empty());
    let (kind, mut text) = match name_text {
        "MALLOC_FAILED" => (
            EventKind::OutOfMemory,
            "Memory outside the Toit heap could not be allocated (MALLOC_FAILED)".to_owned(),
        ),
        "ALLOCATION_FAILED" => {
            (EventKind::OutOfMemory, "The Toit heap could not grow (ALLOCATION_FAILED)".to_owned())
        }
        "OUT_OF_MEMORY" => (EventKind::OutOfMemory, "A program ran out of memory (OUT_OF_MEMORY)".to_owned()),
        "" => (EventKind::Exception, "A program raised an exception".to_owned()),
        name => (EventKind::Exception, format!("A program raised {name}")),
    };
    if let Some(message) = &message {
        text = format!("{text}: {message}");
    }
    let mut event = Event::new(kind, text);
    event.extras.extend(name.map(|name| ("type", Extra::Text(name))));
    event.extras.extend(message.map(|message| ("message", Extra::Text(message))));
    if let Some(stack) = items.get(2).filter(|stack| stack.tag() == Some(b'S')) {
        event.extras.push(("stack", Extra::List(frames(&stack.items()[1..]))));
    }
    event
}

fn frames(items: &[Value]) -> Vec<String> {
    let frames = items.first().map(Value::items).unwrap_or_default();
    let known = frames.iter().filter(|frame| frame.tag() == Some(b'F'));
    let known: Vec<_> = known
        .filter_map(|frame| Some((frame.items().get(1)?.int()?, frame.items().get(2)?.int()?)))
        .collect();
    let mut lines = Vec::new();
    for (place, (index, bci)) in known.iter().enumerate() {
        let expected = match place {
            0 => 0,
            _ => known[place - 1].0.saturating_add(1),
        };
        if *index != expected {
            lines.push("…".into());
        }
        lines.push(format!("#{index} bci {bci}"));
    }
    lines
}

fn unreadable(count: usize, what: &str, problems: &mut Vec<String>) {
    if count > 0 {
        problems.push(format!("{count} of its {what} cannot be read."));
    }
}

fn named(what: &str, name: Option<&String>) -> String {
    name.map_or(what.to_owned(), |name| format!("{what}: {name}"))
}

fn objects(items: &[Value], problems: &mut Vec<String>) -> Report {
    let marker = items.first().map(Value::shown).filter(|marker| !marker.is_empty());
    let rows = items.get(1..).unwrap_or_default().chunks_exact(3);
    let all = rows.len();
    let mut rows: Vec<_> = rows
        .filter_map(|row| {
            let [class, count, bytes] = row else { return None };
            let name = format!("class {}", class.natural()?);
            Some(Category {
                name: name.into(),
                bytes: bytes.natural()?,
                count: count.natural()?,
                is_part_of_previous: false,
            })
        })
        .collect();
    unreadable(all - rows.len(), "rows", problems);
    if rows.len() > 1024 {
        problems.push(format!("It lists {} classes more than are read.", rows.len() - 1024));
        rows.truncate(1024);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.bytes));
    let total = |amounts: Vec<u64>| {
        let sum = amounts.iter().map(|&amount| u128::from(amount)).sum::<u128>();
        Extra::Number(i64::try_from(sum).unwrap_or(i64::MAX))
    };
    let mut report = Report::new("object_histogram", named("Toit objects", marker.as_ref()));
    report.extras.extend(marker.map(|marker| ("marker", Extra::Text(marker))));
    report.extras.push(("objects", total(rows.iter().map(|row| row.count).collect())));
    report.extras.push(("objects_bytes", total(rows.iter().map(|row| row.bytes).collect())));
    report.categories = rows;
    report
}

fn pages(items: &[Value], problems: &mut Vec<String>) -> Report {
    let mut report = Report::new("page_report", "Toit memory pages");
    let groups = items.chunks_exact(3);
    let size = match groups.remainder() {
        [size] => size.natural().and_then(|size| u32::try_from(size).ok()).filter(|&size| size > 0),
        _ => None,
    };
    let mut bad = 0;
    for group in groups {
        let [Value::Bytes(uses), Value::Bytes(percents), address] = group else {
            bad += 1;
            continue;
        };
        let base = address.natural().filter(|&address| address <= u32::MAX.into());
        for (place, (&uses, &percent)) in uses.iter().zip(percents).enumerate() {
            let offset = place as u64 * u64::from(size.unwrap_or(4096));
            let address = base.map(|base| base + offset).filter(|&address| address <= u32::MAX.into());
            let is_there = uses != 0 || percent != 0;
            let Some(address) = address.filter(|_| is_there) else {
                bad += usize::from(is_there);
                continue;
            };
            let names = [
                (2, "Toit"),
                (16, "Network Buffers"),
                (4, "External strings/bytearrays"),
                (8, "TLS/Crypto"),
                (32, "Misc"),
            ];
            let names = names.iter().filter(|(bit, _)| percent != 0 && uses & bit != 0);
            report.pages.push(Page {
                address: address as u32,
                size_bytes: size,
                largest_free_bytes: None,
                used_percent: Some(percent),
                goes_on_in_next: uses & 64 != 0,
                uses: names
                    .map(|(_, name)| PageUse { name: name.to_string(), bytes: None, count: None })
                    .collect(),
            });
        }
    }
    if size.is_none() && problems.is_empty() {
        problems.push("The size of its pages is missing.".into());
    }
    unreadable(bad, "pages", problems);
    report
}

const NAMES: [&str; 16] = [
    "misc",
    "external byte array",
    "tls/bignum",
    "external string",
    "toit processes",
    "spare pages or gc metadata",
    "free",
    "lwip",
    "heap overhead",
    "",
    "event source",
    "thread/other",
    "thread/spawn",
    "untagged",
    "wifi",
    "",
];

/// A piece of a page: offset, size, type.
fn pieces(map: &[u8]) -> Option<Vec<(u32, u32, usize, bool)>> {
    let (mut all, mut offset, mut more) = (Vec::new(), 0_u32, 0_u32);
    for &byte in map {
        if byte >= 128 {
            more += u32::from(byte - 128) * 32;
            continue;
        }
        let has_header = byte >= 64;
        let size = more + u32::from(byte % 64 / 16 + 1) * 8;
        more = 0;
        let begin = offset + if has_header { 8 } else { 0 };
        offset = begin + size;
        if offset > 4096 {
            return None;
        }
        all.push((begin, size, usize::from(byte % 16), has_header));
    }
    Some(all)
}

fn dump(items: &[Value], problems: &mut Vec<String>) -> Report {
    let reason = items.first().map(Value::shown).filter(|reason| !reason.is_empty());
    let mut report = Report::new("heap_dump", named("Toit heap dump", reason.as_ref()));
    report.extras.extend(reason.map(|reason| ("reason", Extra::Text(reason))));
    let (mut blocks, mut totals) = (Vec::new(), [(0_u64, 0_u64); 16]);
    let all = items.get(1).map(Value::items).unwrap_or_default();
    let pages = all.iter().filter_map(|page| match page.items() {
        [Value::Int(112), Value::Int(address), Value::Bytes(map), ..]
            if address % 4096 == 0 && (0..0xffff_f000).contains(address) =>
        {
            Some((*address as u32, map))
        }
        _ => None,
    });
    let mut pages: Vec<_> = pages.collect();
    let mut bad = all.len() - pages.len();
    let left_out = pages.len().saturating_sub(1024);
    pages.truncate(1024);
    let taken = pages.len();
    // The first of several with one address counts.
    let pages: std::collections::BTreeMap<_, _> = pages.into_iter().rev().collect();
    for (&address, map) in &pages {
        // What was read of a page before its map went wrong stays.
        let (end, all) = (0..=map.len()).rev().find_map(|end| Some((end, pieces(&map[..end])?))).unwrap();
        bad += usize::from(end < map.len());
        for (offset, size, kind, has_header) in all {
            let mut block = |address, size_bytes, kind| {
                blocks.push(Block { address, size_bytes, kind, index: 0 });
            };
            let begin = address + offset;
            totals[kind].0 += u64::from(size);
            totals[kind].1 += 1;
            if has_header {
                totals[8].0 += 8;
                totals[8].1 += 1;
            }
            let is_plain = matches!(kind, 6 | 8 | 9 | 15);
            if has_header && is_plain {
                block(begin - 8, 8, BlockKind::Guard);
            }
            match (kind, has_header) {
                (6, _) => block(begin, size, BlockKind::Free),
                (8, _) => block(begin, size, BlockKind::Guard),
                (9 | 15, _) => {}
                (_, true) => block(begin - 8, size + 8, BlockKind::Used),
                (_, false) => block(begin, size, BlockKind::Used),
            }
        }
    }
    unreadable(bad, "pages", problems);
    if pages.len() < taken {
        problems.push("Some of its pages stand there twice.".into());
    }
    if left_out > 0 {
        problems.push(format!("It has {left_out} pages more than are read."));
    }
    let mut kept: Vec<Block> = blocks;
    if let Some(first) = kept.first().map(|block| block.address) {
        kept.iter_mut().for_each(|block| block.index = (block.address - first) / 8);
    }
    for (kind, (bytes, count)) in totals.into_iter().enumerate() {
        if bytes > 0 && !matches!(kind, 6 | 9 | 15) {
            let name = NAMES[kind].to_owned();
            report.categories.push(Category { name: name.into(), bytes, count, is_part_of_previous: false });
        }
    }
    if problems.is_empty() {
        let size = |kind: fn(BlockKind) -> bool| {
            kept.iter().filter(|block| kind(block.kind)).map(|block| u64::from(block.size_bytes)).sum::<u64>()
        };
        report.figures.set(Figure::Free, Amount::exact(size(|kind| kind == BlockKind::Free)));
        report.figures.set(Figure::Used, Amount::exact(size(|kind| kind != BlockKind::Free)));
        let free: Vec<_> = kept.iter().filter(|block| block.kind == BlockKind::Free).collect();
        let pages: Vec<_> =
            free.iter().filter(|block| block.size_bytes == 4096).map(|block| block.address).collect();
        let run =
            |&first: &u32| (0..).take_while(|n| pages.contains(&(first + n * 4096))).count() as u64 * 4096;
        let largest = pages.iter().map(run).max();
        let largest = largest.or_else(|| free.iter().map(|block| u64::from(block.size_bytes)).max());
        if let Some(largest) = largest {
            report.figures.set(Figure::LargestFreeBlock, Amount::exact(largest));
        }
    }
    report.blocks = BlockMap::new(kept);
    report
}

fn profile(items: &[Value], problems: &mut Vec<String>) -> Report {
    let title = items.first().map(Value::shown).filter(|title| !title.is_empty());
    let mut report = Report::new("profile", named("Toit profile", title.as_ref()));
    let rows = items.get(3..).unwrap_or_default().chunks_exact(2);
    let all = rows.len();
    let rows: Vec<_> = rows.filter_map(|row| Some((row[0].natural()?, row[1].natural()?))).collect();
    unreadable(all - rows.len(), "rows", problems);
    if rows.len() > 1000 {
        problems.push(format!("It lists {} methods more than are read.", rows.len() - 1000));
    }
    let mut rows: Vec<_> = rows.into_iter().take(1000).collect();
    rows.sort_by_key(|(_, ticks)| std::cmp::Reverse(*ticks));
    let methods = rows.iter().map(|(method, ticks)| format!("method {method}: {ticks} ticks")).collect();
    let number = |place: usize| items.get(place)?.int().filter(|&number| number >= 0);
    report.extras.extend(title.map(|title| ("profile_title", Extra::Text(title))));
    report.extras.extend(number(1).map(|cutoff| ("cutoff_permille", Extra::Number(cutoff))));
    report.extras.extend(number(2).map(|ticks| ("ticks", Extra::Number(ticks))));
    report.extras.push(("methods", Extra::List(methods)));
    report
}
