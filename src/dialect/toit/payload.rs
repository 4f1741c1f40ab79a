//! What an encoded system message says: from its bytes to a finding.
//!
//! Source: toitlang/toit at 37337db07688, tools/mirror.toit (the decoder of the firmware's makers), src/encoder.cc:225-275
//! (envelope, error), src/primitive_debug.cc:30-43 (objects), src/primitive_esp32.cc:545-570 (pages),
//! src/heap_report.cc:92-135 (dump), src/profiler.cc (profile). No names are here, only numbers: see
//! [`Snapshot`](super::snapshot::Snapshot).
//!
//! ```text
//! message = [ 'X', SDK, [ MODEL, ] PROGRAM-UUID, payload ]        UUID of zeros: no single program speaks
//! payload = [ 'E', type, message, stack ]                         an event
//!         | [ 'S', [ [ 'F', index, bci ]* ] ]                     report "stack_trace"
//!         | [ 'O', marker, ( class, count, bytes )* ]             report "object_histogram"
//!         | [ 'M', ( uses, percents, address )*, page-size ]      report "page_report"
//!         | [ 'H', reason, [ [ 'p', address, map ]* ] ]           report "heap_dump"
//!         | [ 'P', title, cutoff, total, ( method, ticks )* ]     report "profile"
//!         | [ 'c', BYTES ]                                        an event: a core dump, not read
//!         | anything else                                         report "system_message", with the value as text
//! ```
//!
//! An exception of type `MALLOC_FAILED`, `ALLOCATION_FAILED` or `OUT_OF_MEMORY` is the event `out_of_memory`, any other
//! `exception`. Rows that are not what they should be are left out and counted. A last row that is not whole is left out.
//!
//! # What else is in a finding
//!
//! `program` (UUID), `sdk`, `model`: the envelope. `type`, `message`, `stack`: an exception; frames as `#0 bci 5836`,
//! with a program's names `#0 Sensor.read main.toit:12:5`; `…` where the device left frames out. `marker`, `objects`,
//! `objects_bytes`: all of a histogram's rows. `reason`: of a dump. `profile_title`, `cutoff_permille`,
//! `ticks`, `methods` (`method 96: 41 ticks`): a profile. `core_dump_bytes`. `value`. Events that are not whole have
//! `complete` and `problems` as reports have them.
//!
//! # The map of a heap dump (tools/mirror.toit:598-669, src/heap_report.cc:32-90)
//!
//! ```text
//! 1xxxxxxx   the next item has x * 32 bytes more
//! 00ssyyyy   (ss + 1) * 8 bytes of type yyyy
//! 01ssyyyy   an allocator's header of 8 bytes, then that
//! ```
//!
//! Types are the tags of the heap report (src/heap_report.h:24-38); 9, 15 and what the map leaves of the page are no
//! part of the heap. `untagged` and the WiFi driver's own come as `misc` (heap_report.cc:60-67). A block with a header
//! has it in its size, but for a free one: its header is a guard. A block of several pages is one a page, in the map
//! as in the counts.

use std::borrow::Cow;

use super::snapshot::uuid;
use super::ubjson::{Extent, List, Value, value};
use crate::dialect::{Event, EventKind, Extra, Report, What};
use crate::heap::{Amount, Block, BlockKind, BlockMap, Category, Figure, Page, PageUse, order};

/// What was read.
pub(super) struct Read {
    pub(super) what: What,
    pub(super) envelope: Option<Envelope>,
}

/// Who sent a message.
pub(super) struct Envelope {
    pub(super) sdk: String,
    pub(super) model: Option<String>,
    program: Option<String>,
}

/// An envelope of 5 elements, and of 4 before the model was in it (src/encoder.cc:225-245).
const BEGINNINGS: [&[u8]; 2] = [b"[#U\x05UX", b"[#U\x04UX"];

/// The longest text of a value. The device cuts strings at 104 bytes and lists at 10 elements.
const MAX_TEXT_BYTES: usize = 1000;

/// More methods of a profile are not listed.
const MAX_METHODS: usize = 1000;

/// A class id has 10 bits (tools/snapshot.toit, `CLASS_ID_BIT_SIZE`).
const MAX_CLASSES: usize = 1024;

/// More pages of a dump are not read: 4 MB.
const MAX_PAGES: usize = 1024;

// Messages are rare: what is called from many places is kept in one, for the reader is compiled for speed and the page
// weighed all the same.

const PAGE_BYTES: u32 = 4096;

/// Size of an allocator's header, and the unit of all sizes in a heap dump.
const CELL_BYTES: u32 = 8;

/// The names of the types in a heap dump, as in the heap report. Empty for what is no part of the heap.
const TYPES: [&str; 16] = [
    "misc",
    "external byte array",
    "tls/bignum",
    "external string",
    "toit processes",
    // Spare pages up to alpha.28, the tables of the garbage collector in newer sources.
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

const FREE: usize = 6;
const OVERHEAD: usize = 8;

/// The bits of a page's uses, in the order in which the decoder names them (tools/mirror.toit:478-487).
const USES: [(u8, &str); 5] = [
    (1 << 1, "Toit"),
    (1 << 4, "Network Buffers"),
    (1 << 2, "External strings/bytearrays"),
    (1 << 3, "TLS/Crypto"),
    (1 << 5, "Misc"),
];

const MERGED_WITH_NEXT: u8 = 1 << 6;

/// Reads a message of which the first `right` bytes are whole tokens.
pub(super) fn read(bytes: &[u8], extent: Extent, right: usize) -> Read {
    let mut problems: Vec<String> = problem(bytes, extent, right).into_iter().collect();
    let (envelope, payload) = match value(&bytes[..right]).and_then(open) {
        Some((envelope, payload)) => (Some(envelope), payload),
        None => {
            if problems.is_empty() || !BEGINNINGS.iter().any(|&beginning| bytes.starts_with(beginning)) {
                problems = vec!["It does not begin as a message of Toit's virtual machine does.".into()];
            }
            (None, None)
        }
    };
    let mut what = match payload {
        Some(payload) => read_payload(payload, &mut problems),
        None => What::Report(Box::new(Report::new("system_message", "Toit system message"))),
    };
    let (extras, is_event) = match &mut what {
        What::Report(report) => {
            report.complete = problems.is_empty();
            report.problems = std::mem::take(&mut problems);
            (&mut report.extras, false)
        }
        What::Event(event) => (&mut event.extras, true),
        _ => return Read { what, envelope },
    };
    if let Some(envelope) = &envelope {
        let known = [
            ("program", &envelope.program),
            ("sdk", &Some(envelope.sdk.clone())),
            ("model", &envelope.model),
        ]
        .map(|(name, text)| Some((name, Extra::Text(text.clone()?))));
        extras.extend(known.into_iter().flatten());
    }
    if is_event && !problems.is_empty() {
        extras.push(("complete", Extra::Flag(false)));
        extras.push(("problems", Extra::List(problems)));
    }
    Read { what, envelope }
}

/// What is wrong with the bytes, as a sentence.
fn problem(bytes: &[u8], extent: Extent, right: usize) -> Option<String> {
    let length = bytes.len();
    match extent {
        Extent::Unfinished if length == super::message::MAX_BYTES => {
            Some(format!("It is longer than {length} bytes; the rest was not read."))
        }
        Extent::Unfinished => Some(format!("It was cut off after {length} bytes.")),
        Extent::Wrong => {
            Some(format!("Its byte {} cannot be right: characters were lost or changed.", right + 1))
        }
        // A dump is filled up with no-ops.
        Extent::Whole if bytes[right..].iter().all(|&byte| byte == b'N') => None,
        Extent::Whole => Some(format!("Behind its end stand {} more bytes.", length - right)),
    }
}

/// The envelope, and the payload if it was reached.
fn open(message: Value<'_>) -> Option<(Envelope, Option<Value<'_>>)> {
    let Value::List(mut items) = message else { return None };
    let Some(Value::Int(88)) = items.next() else { return None };
    let Some(Value::Text(sdk)) = items.next() else { return None };
    let mut item = items.next();
    let mut model = None;
    if let Some(Value::Text(text)) = item {
        model = Some(lossy(text)).filter(|model| !model.is_empty());
        item = items.next();
    }
    let mut program = None;
    if let Some(Value::Bytes(id)) = item {
        program = uuid(id);
        item = items.next();
    }
    Some((Envelope { sdk: lossy(sdk), model, program }, item))
}

#[inline(never)]
fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn read_payload(payload: Value<'_>, problems: &mut Vec<String>) -> What {
    let report = |report| What::Report(Box::new(report));
    match tagged(payload) {
        Some((b'E', items)) => What::Event(exception(items)),
        Some((b'S', items)) => {
            let extras = vec![("stack", Extra::List(frames(items)))];
            report(Report { extras, ..Report::new("stack_trace", "Toit stack trace") })
        }
        Some((b'O', items)) => report(histogram(items, problems)),
        Some((b'M', items)) => report(page_report(items, problems)),
        Some((b'H', items)) => report(heap_dump(items, problems)),
        Some((b'P', items)) => report(profile(items, problems)),
        Some((b'c', mut items)) => {
            let mut event = Event::new(EventKind::Crash, "The board sent a core dump");
            if let Some(Value::Bytes(dump)) = items.next() {
                event.extras.push(("core_dump_bytes", Extra::Number(dump.len() as i64)));
            }
            What::Event(event)
        }
        _ => {
            let extras = vec![("value", Extra::Text(text(payload)))];
            report(Report { extras, ..Report::new("system_message", "Toit system message") })
        }
    }
}

/// The tag of a list, and its other elements.
#[inline(never)]
fn tagged(value: Value<'_>) -> Option<(u8, List<'_>)> {
    let Value::List(mut items) = value else { return None };
    let Value::Int(tag) = items.next()? else { return None };
    Some((u8::try_from(tag).ok()?, items))
}

fn exception(mut items: List<'_>) -> Event {
    let (name, message, stack) = (items.next(), items.next(), items.next());
    let name = name.map(text).filter(|name| !name.is_empty());
    let is_about_class = matches!(name.as_deref(), Some("ALLOCATION_FAILED" | "SERIALIZATION_FAILED"));
    let message = message.map(|message| match message {
        Value::Int(class) if is_about_class => instance(class),
        message => text(message),
    });
    let message = message.filter(|message| !message.is_empty());
    let (kind, mut sentence) = match name.as_deref() {
        Some("MALLOC_FAILED") => (
            EventKind::OutOfMemory,
            "Memory outside the Toit heap could not be allocated (MALLOC_FAILED)".into(),
        ),
        Some("ALLOCATION_FAILED") => {
            (EventKind::OutOfMemory, "The Toit heap could not grow (ALLOCATION_FAILED)".into())
        }
        Some("OUT_OF_MEMORY") => {
            (EventKind::OutOfMemory, "A program ran out of memory (OUT_OF_MEMORY)".into())
        }
        Some(name) => (EventKind::Exception, format!("A program raised {name}")),
        None => (EventKind::Exception, "A program raised an exception".into()),
    };
    if let Some(message) = &message {
        sentence.push_str(": ");
        sentence.push_str(message);
    }
    let stack = stack.and_then(tagged).filter(|(tag, _)| *tag == b'S').map(|(_, items)| frames(items));
    let extras = [
        ("type", name.map(Extra::Text)),
        ("message", message.map(Extra::Text)),
        ("stack", stack.map(Extra::List)),
    ];
    let extras = extras.into_iter().filter_map(|(name, extra)| Some((name, extra?))).collect();
    Event { extras, ..Event::new(kind, sentence) }
}

/// `#0 bci 5836`, the innermost frame first.
fn frames(mut items: List<'_>) -> Vec<String> {
    let Some(Value::List(frames)) = items.next() else { return Vec::new() };
    let (mut lines, mut next) = (Vec::new(), 0);
    for frame in frames {
        let Some((b'F', mut items)) = tagged(frame) else { continue };
        let (Some(Value::Int(index)), Some(Value::Int(bci))) = (items.next(), items.next()) else { continue };
        if index != next {
            lines.push("…".into());
        }
        next = index.saturating_add(1);
        lines.push(format!("#{index} bci {bci}"));
    }
    lines
}

fn histogram(mut items: List<'_>, problems: &mut Vec<String>) -> Report {
    let marker = items.next().map(text).filter(|marker| !marker.is_empty());
    let (mut rows, mut damaged, mut left_out) = (Vec::new(), 0, 0);
    while let (Some(class), Some(count), Some(bytes)) = (items.next(), items.next(), items.next()) {
        match (natural(class), natural(count), natural(bytes)) {
            (Some(_), Some(_), Some(_)) if rows.len() == MAX_CLASSES => left_out += 1,
            (Some(class), Some(count), Some(bytes)) => {
                rows.push(Category {
                    name: format!("class {class}").into(),
                    bytes,
                    count,
                    is_part_of_previous: false,
                });
            }
            _ => damaged += 1,
        }
    }
    order::sort_largest_first(&mut rows, |row| row.bytes);
    say_damaged("rows", damaged, problems);
    if left_out > 0 {
        problems.push(format!("It lists {left_out} classes more than are read."));
    }
    let sum = |what: fn(&Category) -> u64| {
        let sum = rows.iter().map(what).fold(0, u64::saturating_add);
        Extra::Number(i64::try_from(sum).unwrap_or(i64::MAX))
    };
    let mut extras = vec![("objects", sum(|row| row.count)), ("objects_bytes", sum(|row| row.bytes))];
    let title = with_name("Toit objects", &marker);
    if let Some(marker) = marker {
        extras.insert(0, ("marker", Extra::Text(marker)));
    }
    Report { categories: rows, extras, ..Report::new("object_histogram", title) }
}

fn page_report(items: List<'_>, problems: &mut Vec<String>) -> Report {
    // The size of a page comes last, behind groups of three, and is needed from the first on.
    let page_bytes = match items.count() % 3 {
        1 => items
            .last()
            .and_then(natural)
            .and_then(|bytes| u32::try_from(bytes).ok())
            .filter(|&bytes| bytes > 0),
        _ => None,
    };
    let (mut pages, mut damaged) = (Vec::new(), 0);
    let mut items = items;
    while let (Some(uses), Some(percents), Some(address)) = (items.next(), items.next(), items.next()) {
        let (Value::Bytes(uses), Value::Bytes(percents)) = (uses, percents) else {
            damaged += 1;
            continue;
        };
        let address = natural(address).and_then(|address| u32::try_from(address).ok());
        for ((&uses, &percent), number) in uses.iter().zip(percents).zip(0_u32..) {
            if uses == 0 && percent == 0 {
                continue;
            }
            let offset = number.checked_mul(page_bytes.unwrap_or(PAGE_BYTES));
            match address.zip(offset).and_then(|(address, offset)| address.checked_add(offset)) {
                Some(address) => pages.push(page(address, page_bytes, uses, percent)),
                None => damaged += 1,
            }
        }
    }
    if page_bytes.is_none() && problems.is_empty() {
        problems.push("The size of its pages is missing.".into());
    }
    say_damaged("pages", damaged, problems);
    Report { pages, ..Report::new("page_report", "Toit memory pages") }
}

fn page(address: u32, size_bytes: Option<u32>, uses: u8, percent: u8) -> Page {
    let named = USES.iter().filter(|(bit, _)| percent > 0 && uses & bit != 0);
    let named = named.map(|(_, name)| PageUse { name: (*name).to_owned(), bytes: None, count: None });
    Page {
        address,
        size_bytes,
        largest_free_bytes: None,
        used_percent: Some(percent),
        goes_on_in_next: uses & MERGED_WITH_NEXT != 0,
        uses: named.collect(),
    }
}

/// The heap as its dump's maps show it.
#[derive(Default)]
struct Dump {
    blocks: Vec<Block>,
    bytes: [u64; TYPES.len()],
    counts: [u64; TYPES.len()],
}

fn heap_dump(mut items: List<'_>, problems: &mut Vec<String>) -> Report {
    let reason = items.next().map(text).filter(|reason| !reason.is_empty());
    let (mut pages, mut damaged, mut left_out) = (Vec::new(), 0, 0);
    if let Some(Value::List(all)) = items.next() {
        for page in all {
            match heap_page(page) {
                Some(_) if pages.len() == MAX_PAGES => left_out += 1,
                Some(page) => pages.push(page),
                None => damaged += 1,
            }
        }
    }
    // The regions of a heap come in any order.
    order::sort_by_key(&mut pages, |(address, _)| (*address).into());
    let (all, mut dump) = (pages.len(), Dump::default());
    pages.dedup_by_key(|(address, _)| *address);
    for &(address, map) in &pages {
        damaged += u32::from(dump.take(address, map).is_none());
    }
    say_damaged("pages", damaged, problems);
    if pages.len() < all {
        problems.push("Some of its pages stand there twice.".into());
    }
    if left_out > 0 {
        problems.push(format!("It has {left_out} pages more than are read."));
    }
    let first = dump.blocks.first().map_or(0, |block| block.address);
    for block in &mut dump.blocks {
        block.index = (block.address - first) / CELL_BYTES;
    }
    let categories = TYPES.iter().zip(dump.bytes.into_iter().zip(dump.counts)).enumerate();
    let categories =
        categories.filter(|(kind, (name, (bytes, _)))| *kind != FREE && !name.is_empty() && *bytes > 0);
    let categories = categories.map(|(_, (name, (bytes, count)))| Category {
        name: Cow::Borrowed(name),
        bytes,
        count,
        is_part_of_previous: false,
    });
    let title = with_name("Toit heap dump", &reason);
    let mut report = Report { categories: categories.collect(), ..Report::new("heap_dump", title) };
    report.extras.extend(reason.map(|reason| ("reason", Extra::Text(reason))));
    report.blocks = BlockMap::new(dump.blocks);
    if problems.is_empty() {
        let (blocks, free) = (&report.blocks, report.blocks.free_bytes());
        let all: u64 = blocks.blocks().iter().map(|block| u64::from(block.size_bytes)).sum();
        report.figures.set(Figure::Free, Amount::exact(free));
        report.figures.set(Figure::Used, Amount::exact(all - free));
        report.figures.set_known(Figure::LargestFreeBlock, largest_free(blocks).map(Amount::exact));
    }
    report
}

/// The address and the map of a page.
fn heap_page(page: Value<'_>) -> Option<(u32, &[u8])> {
    let (b'p', mut items) = tagged(page)? else { return None };
    let (Value::Int(address), Value::Bytes(map)) = (items.next()?, items.next()?) else { return None };
    let address = u32::try_from(address).ok().filter(|address| address % PAGE_BYTES == 0)?;
    // The last page of the address space would end beyond it.
    address.checked_add(PAGE_BYTES)?;
    Some((address, map))
}

impl Dump {
    /// Takes a page. `None` when its map is longer than it; what stands before that is taken.
    fn take(&mut self, page: u32, map: &[u8]) -> Option<()> {
        let (mut offset, mut more) = (0, 0);
        for &item in map {
            if item & 0x80 != 0 {
                more += u32::from(item & 0x7f) * 4 * CELL_BYTES;
                continue;
            }
            let header = if item & 0x40 != 0 { CELL_BYTES } else { 0 };
            let size = std::mem::take(&mut more) + (u32::from(item >> 4 & 3) + 1) * CELL_BYTES;
            if offset + header + size > PAGE_BYTES {
                return None;
            }
            self.add(page + offset, header, size, usize::from(item & 15));
            offset += header + size;
        }
        Some(())
    }

    fn add(&mut self, address: u32, header: u32, size: u32, kind: usize) {
        let mut put = |address, size_bytes, kind| {
            self.blocks.push(Block { address, size_bytes, kind, index: 0 });
        };
        let is_used = !matches!(kind, FREE | OVERHEAD) && !TYPES[kind].is_empty();
        match is_used {
            true => put(address, header + size, BlockKind::Used),
            false => {
                if header > 0 {
                    put(address, header, BlockKind::Guard);
                }
                match kind {
                    FREE => put(address + header, size, BlockKind::Free),
                    OVERHEAD => put(address + header, size, BlockKind::Guard),
                    _ => {}
                }
            }
        }
        self.bytes[OVERHEAD] += u64::from(header);
        self.counts[OVERHEAD] += u64::from(header > 0);
        self.bytes[kind] += u64::from(size);
        self.counts[kind] += 1;
    }
}

/// The longest run of free pages; where no page is free, the largest piece within one. So the allocator of the
/// firmware counts (cmpctmalloc, patch-head-4.3-1:1304-1371, but for its rounding).
fn largest_free(blocks: &BlockMap) -> Option<u64> {
    let (mut largest_run, mut run, mut end) = (0, 0, 0);
    for page in blocks.free().filter(|block| block.size_bytes == PAGE_BYTES) {
        run = if page.address == end { run + u64::from(PAGE_BYTES) } else { PAGE_BYTES.into() };
        end = page.address + PAGE_BYTES;
        largest_run = run.max(largest_run);
    }
    match largest_run {
        0 => blocks.largest_free().map(|block| block.size_bytes.into()),
        run => Some(run),
    }
}

fn profile(mut items: List<'_>, problems: &mut Vec<String>) -> Report {
    let title = items.next().map(text).filter(|title| !title.is_empty());
    let (cutoff, total) = (items.next(), items.next());
    let (mut rows, mut damaged, mut left_out) = (Vec::new(), 0, 0);
    while let (Some(method), Some(ticks)) = (items.next(), items.next()) {
        match (natural(method), natural(ticks)) {
            (Some(_), Some(_)) if rows.len() == MAX_METHODS => left_out += 1,
            (Some(method), Some(ticks)) => rows.push((method, ticks)),
            _ => damaged += 1,
        }
    }
    say_damaged("rows", damaged, problems);
    if left_out > 0 {
        problems.push(format!("It lists {left_out} methods more than are read."));
    }
    order::sort_largest_first(&mut rows, |(_, ticks)| *ticks);
    let methods = rows.iter().map(|(method, ticks)| format!("method {method}: {ticks} ticks")).collect();
    let number = |value: Option<Value<'_>>| value.and_then(natural)?.try_into().ok().map(Extra::Number);
    let extras = [
        ("profile_title", title.clone().map(Extra::Text)),
        ("cutoff_permille", number(cutoff)),
        ("ticks", number(total)),
        ("methods", Some(Extra::List(methods))),
    ];
    let extras = extras.into_iter().filter_map(|(name, extra)| Some((name, extra?))).collect();
    Report { extras, ..Report::new("profile", with_name("Toit profile", &title)) }
}

#[inline(never)]
fn say_damaged(what: &str, count: u32, problems: &mut Vec<String>) {
    if count > 0 {
        problems.push(format!("{count} of its {what} cannot be read."));
    }
}

#[inline(never)]
fn with_name(what: &str, name: &Option<String>) -> String {
    match name {
        Some(name) => format!("{what}: {name}"),
        None => what.to_owned(),
    }
}

#[inline(never)]
fn natural(value: Value<'_>) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

/// A value for people: text as it is, in lists in quotation marks.
#[inline(never)]
fn text(value: Value<'_>) -> String {
    let mut out = String::new();
    match value {
        Value::Text(text) => out = lossy(text),
        value => write(value, &mut out),
    }
    if out.len() > MAX_TEXT_BYTES {
        out.truncate(out.floor_char_boundary(MAX_TEXT_BYTES));
        out.push('…');
    }
    out
}

/// No deeper than [`DEEPEST`](super::ubjson::DEEPEST): what nests deeper was not found right.
#[inline(never)]
fn write(value: Value<'_>, out: &mut String) {
    // What comes behind this is cut off.
    if out.len() > MAX_TEXT_BYTES {
        return;
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Flag(flag) => out.push_str(if flag { "true" } else { "false" }),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Double(number) => out.push_str(&float(number)),
        Value::Text(text) => {
            out.push('"');
            out.push_str(&String::from_utf8_lossy(text));
            out.push('"');
        }
        Value::Bytes(bytes) => {
            let digits = |out: &mut String, byte: &u8| out.push_str(&format!("{byte:#04x}"));
            out.push('#');
            write_list(bytes.iter().take(MAX_TEXT_BYTES), bytes.len() > MAX_TEXT_BYTES, out, digits);
        }
        Value::List(items) => write_structure(items, out),
    }
}

/// An array, a list, an instance of a class, or any other list.
fn write_structure(items: List<'_>, out: &mut String) {
    let Some((tag, mut content)) = tagged(Value::List(items)) else {
        return write_list(items, false, out, |out, value| write(value, out));
    };
    match (tag, content.next(), content.next()) {
        (b'A' | b'L', Some(Value::Int(size)), Some(Value::List(elements))) => {
            let is_abridged = natural(Value::Int(size)) > Some(elements.count() as u64);
            write_list(elements, is_abridged, out, |out, value| write(value, out));
        }
        (b'I', Some(Value::Int(class)), _) => out.push_str(&instance(class)),
        _ => write_list(items, false, out, |out, value| write(value, out)),
    }
}

fn write_list<T>(
    items: impl Iterator<Item = T>,
    is_abridged: bool,
    out: &mut String,
    mut write: impl FnMut(&mut String, T),
) {
    let mut is_empty = true;
    out.push('[');
    for (number, item) in items.enumerate() {
        is_empty = false;
        if number > 0 {
            out.push_str(", ");
        }
        write(out, item);
        if out.len() > MAX_TEXT_BYTES {
            return;
        }
    }
    out.push_str(match (is_abridged, is_empty) {
        (false, _) => "]",
        (true, false) => ", …]",
        (true, true) => "…]",
    });
}

fn instance(class: i64) -> String {
    format!("instance of class {class}")
}

/// With up to six decimals, or its bits where that cannot tell it: the standard library's way from float to text is
/// 7 KB of the page.
fn float(number: f64) -> String {
    let magnitude = number.abs();
    // Whole millionths, all of which a float tells apart up to here.
    let is_plain = number == 0.0 || (1e-6..1e9).contains(&magnitude);
    if !is_plain {
        return format!("float {:#018x}", number.to_bits());
    }
    let millionths = (magnitude * 1e6 + 0.5) as u64;
    let sign = if number < 0.0 { "-" } else { "" };
    let text = format!("{sign}{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    let end = text.trim_end_matches('0');
    match end.ends_with('.') {
        true => format!("{end}0"),
        false => end.to_owned(),
    }
}
