//! What the allocator's own checks print, and failed allocations: one line each.
//!
//! It reads no stack and no dump, and believes a line only from its beginning. The text of an event is the line.

use crate::dialect::scan::number;
use crate::dialect::{Event, EventKind, Extra};

/// Names and values of an event.
type Extras = Vec<(&'static str, Extra)>;

/// So many bytes of poison are kept. The allocator prints four (AM: umm_malloc_cfg.h, `UMM_POISON_SIZE_AFTER`).
const MAX_POISON_BYTES: usize = 16;

/// A line that tells of trouble.
pub(super) struct Alarm {
    /// What happened.
    pub event: Event,
    /// What the next line may add to it.
    pub sequel: Sequel,
}

/// What may stand in the line behind an alarm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sequel {
    /// Nothing of it.
    None,
    /// `Heap Corruption!` with no line end behind it: the log's next line is glued on.
    Cry,
    /// `block start: 3fff24e8`.
    BlockStart,
}

/// What is printed behind a failed integrity check, and alone where that was lost.
pub(super) const CRY: &str = "Heap Corruption!";

/// Reads a line without blanks around it. Most lines end at their first letter.
pub(super) fn read(text: &str) -> Option<Alarm> {
    let corrupted = |extras, sequel| {
        let event = Event { extras, ..Event::new(EventKind::HeapCorrupted, text) };
        Some(Alarm { event, sequel })
    };
    match text.as_bytes().first()? {
        b'N' => corrupted(poison(text.strip_prefix("No poison ")?, " block at: ")?, Sequel::None),
        b't' => {
            let rest = text.strip_prefix("there is no poison ")?;
            corrupted(poison(rest, " the block.")?, Sequel::BlockStart)
        }
        b'h' => corrupted(integrity(text.strip_prefix("heap integrity broken: ")?), Sequel::Cry),
        b'c' => {
            let rest = text.strip_prefix("check_poison_block is called for free block ")?;
            let (address, _) = address(rest)?;
            corrupted(vec![("address", address)], Sequel::None)
        }
        b'P' => {
            let rest = text.strip_prefix("Pointer ")?;
            let (address, rest) = hex(rest.strip_prefix("0x").unwrap_or(rest))?;
            let is_whole = rest.strip_prefix(" is not a Heap address")?.trim_start_matches('.').is_empty();
            is_whole.then(|| corrupted(vec![("address", address)], Sequel::None))?
        }
        b'H' => {
            text.strip_prefix(CRY)?;
            let event = Event::new(EventKind::HeapCorrupted, CRY);
            Some(Alarm { event, sequel: Sequel::None })
        }
        b':' => {
            let (bytes, rest) = number(text.strip_prefix(":oom(")?)?;
            let place = rest.strip_prefix(")@")?;
            let mut event =
                Event::new(EventKind::OutOfMemory, format!("An allocation of {bytes} bytes failed"));
            event.extras.push(("requested_bytes", Extra::Number(bytes)));
            if !place.is_empty() && place != "?" {
                event.extras.push(("place", Extra::Text(place.into())));
            }
            Some(Alarm { event, sequel: Sequel::None })
        }
        _ => None,
    }
}

/// `block start: 3fff24e8`, the whole line.
pub(super) fn block_start(text: &str) -> Option<(&'static str, Extra)> {
    let (address, rest) = hex(text.strip_prefix("block start: ")?)?;
    rest.is_empty().then_some(("block_start_address", address))
}

/// A number that was text before it was overwritten: both of its bytes are printable. The low one stands first.
pub(super) fn as_text(number: i64) -> Option<String> {
    let bytes = u16::try_from(number).ok()?.to_le_bytes();
    bytes.iter().all(is_printable).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn is_printable(byte: &u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// `before` or `after`, the words behind it, and as much of address and data as is there.
fn poison(text: &str, words: &str) -> Option<Extras> {
    let place = ["before", "after"].into_iter().find(|place| text.starts_with(place))?;
    let rest = text[place.len()..].strip_prefix(words)?;
    let mut extras = vec![("where", Extra::Text(place.into()))];
    let rest = rest.strip_prefix(" Expected poison address: ").unwrap_or(rest);
    let Some((address, rest)) = address(rest) else { return Some(extras) };
    extras.push(("address", address));
    let Some(mut rest) = rest.strip_prefix(", actual data:") else { return Some(extras) };
    let mut bytes = Vec::new();
    while let Some((digits, after)) = rest.strip_prefix(" 0x").and_then(|rest| rest.split_at_checked(2))
        && digits.bytes().all(|byte| is_hex(&byte))
        && let Ok(byte) = u8::from_str_radix(digits, 16)
        && bytes.len() < MAX_POISON_BYTES
    {
        bytes.push(byte);
        rest = after;
    }
    if !bytes.is_empty() {
        let list = bytes.iter().map(|byte| format!("{byte:#04x}")).collect();
        extras.push(("actual_data", Extra::List(list)));
        if bytes.iter().all(is_printable) {
            extras.push(("found_as_text", Extra::Text(String::from_utf8_lossy(&bytes).into_owned())));
        }
    }
    Some(extras)
}

/// The six forms of AM: umm_integrity.c. A line that was damaged has none of the names and numbers.
fn integrity(text: &str) -> Extras {
    let forms = [too_large, links_differ, mask_wrong, out_of_order];
    forms.iter().find_map(|form| form(text)).unwrap_or_default()
}

/// `too large next free num: %d (in block %d, addr 0x%lx)`
fn too_large(text: &str) -> Option<Extras> {
    let rest = text.strip_prefix("too large next ")?;
    let (link, rest) = match rest.strip_prefix("free num: ") {
        Some(rest) => ("NF", rest),
        None => ("NB", rest.strip_prefix("block num: ")?),
    };
    let (found, rest) = number(rest)?;
    let (block, address) = in_block(rest)?;
    Some(link_extras(Some(address), block, link, found, None))
}

/// `free links don't match: %d -> %d, but %d -> %d`: first to second, but second back to something else.
fn links_differ(text: &str) -> Option<Extras> {
    let (link, rest) = match text.strip_prefix("free links") {
        Some(rest) => ("PF", rest),
        None => ("PB", text.strip_prefix("block links")?),
    };
    let (expected, rest) = number(rest.strip_prefix(" don't match: ")?)?;
    let (_, rest) = number(rest.strip_prefix(" -> ")?)?;
    let (block, rest) = number(rest.strip_prefix(", but ")?)?;
    let (found, rest) = number(rest.strip_prefix(" -> ")?)?;
    rest.is_empty().then(|| link_extras(None, block, link, found, Some(expected)))
}

/// `mask wrong at addr 0x%lx: n=0x%x, p=0x%x`
fn mask_wrong(text: &str) -> Option<Extras> {
    let (address, rest) = address(text.strip_prefix("mask wrong at addr ")?)?;
    rest.starts_with(": n=0x").then(|| vec![("address", address)])
}

/// `next block %d is before prev this one (in block %d, addr 0x%lx)`
fn out_of_order(text: &str) -> Option<Extras> {
    let (found, rest) = number(text.strip_prefix("next block ")?)?;
    let (block, address) = in_block(rest.strip_prefix(" is before prev this one")?)?;
    Some(link_extras(Some(address), block, "NB", found, None))
}

/// ` (in block %d, addr 0x%lx)`, the end of the line.
fn in_block(text: &str) -> Option<(i64, Extra)> {
    let (block, rest) = number(text.strip_prefix(" (in block ")?)?;
    let (address, rest) = address(rest.strip_prefix(", addr ")?)?;
    (rest == ")").then_some((block, address))
}

/// What is said of a link that does not hold, whoever found it.
pub(super) fn link_extras(
    address: Option<Extra>,
    block: i64,
    link: &'static str,
    found: i64,
    expected: Option<i64>,
) -> Extras {
    let mut extras = Extras::new();
    extras.extend(address.map(|address| ("address", address)));
    extras.push(("block", Extra::Number(block)));
    extras.push(("link", Extra::Text(link.into())));
    extras.push(("found", Extra::Number(found)));
    extras.extend(expected.map(|expected| ("expected", Extra::Number(expected))));
    extras.extend(as_text(found).map(|text| ("found_as_text", Extra::Text(text))));
    extras
}

/// `0x3fff24e8`
fn address(text: &str) -> Option<(Extra, &str)> {
    hex(text.strip_prefix("0x")?)
}

/// One to eight digits; the address as it is written everywhere.
fn hex(text: &str) -> Option<(Extra, &str)> {
    let count = text.bytes().take_while(is_hex).count();
    let (digits, rest) = text.split_at(count);
    let address = u32::from_str_radix(digits, 16).ok().filter(|_| count <= 8)?;
    Some((Extra::Text(format!("{address:#010x}")), rest))
}

fn is_hex(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let extras = read(line).map(|alarm| {
            let value = |value: &Extra| match value {
                Extra::Number(number) => number.to_string(),
                Extra::Text(text) => text.clone(),
                Extra::List(texts) => texts.join(","),
                Extra::Flag(flag) => flag.to_string(),
            };
            let extras = alarm.event.extras.iter();
            extras.map(|(name, extra)| format!("{name}={}", value(extra))).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(extras.as_deref().unwrap_or("-"), expected, "{line}");
    }

    #[test]
    fn poison() {
        check(
            "No poison after block at: 0x3fff24e8, actual data: 0x01 0xa5 0xa5 0xa5",
            "where=after address=0x3fff24e8 actual_data=0x01,0xa5,0xa5,0xa5",
        );
        check(
            "there is no poison before the block. Expected poison address: 0x3fff24e8, actual data: 0x41 0x42 0x43 0x44",
            "where=before address=0x3fff24e8 actual_data=0x41,0x42,0x43,0x44 found_as_text=ABCD",
        );
        check("there is no poison after the block. ", "where=after");
        check("No poison after block at: 0x3fff24e8, act", "where=after address=0x3fff24e8");
        check("there is no poison in this soup", "-");
        check("check_poison_block is called for free block 0x3fff24e8", "address=0x3fff24e8");
        check("Pointer 0x3ffe8000 is not a Heap address.", "address=0x3ffe8000");
        check("Pointer 3ffe8000 is not a Heap address.", "address=0x3ffe8000");
        check("Pointer x is not a Heap address.", "-");
        check("Pointer 0x3ffe08000 is not a Heap address.", "-");
    }

    #[test]
    fn integrity() {
        let check = |text: &str, expected| check(&format!("heap integrity broken: {text}"), expected);
        check(
            "too large next free num: 16705 (in block 28, addr 0x3fff25a0)",
            "address=0x3fff25a0 block=28 link=NF found=16705 found_as_text=AA",
        );
        check(
            "too large next block num: 9000 (in block 28, addr 0x3fff25a0)",
            "address=0x3fff25a0 block=28 link=NB found=9000 found_as_text=(#",
        );
        check("free links don't match: 3 -> 9, but 9 -> 4", "block=9 link=PF found=4 expected=3");
        check("block links don't match: 3 -> 9, but 9 -> 4", "block=9 link=PB found=4 expected=3");
        check("mask wrong at addr 0x3fff25a0: n=0x8000, p=0x0", "address=0x3fff25a0");
        check(
            "next block 3 is before prev this one (in block 28, addr 0x3fff25a0)",
            "address=0x3fff25a0 block=28 link=NB found=3",
        );
        check("free links don't ma", "");
    }

    #[test]
    fn failed_allocations() {
        check(":oom(4096)@?", "requested_bytes=4096");
        check(":oom(4096)@core_esp8266_x.cpp:37", "requested_bytes=4096 place=core_esp8266_x.cpp:37");
        check(":oom(64)@File: 0x4023a1b0:12", "requested_bytes=64 place=File: 0x4023a1b0:12");
        check(":oom()@?", "-");
    }

    #[test]
    fn the_low_byte_of_a_number_comes_first_in_memory() {
        assert_eq!(as_text(0x4241).as_deref(), Some("AB"));
        assert_eq!(as_text(0x0041), None);
        assert_eq!(as_text(-1), None);
    }
}
