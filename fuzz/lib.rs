//! What the fuzz targets share: the checks.

#[path = "../tests/slow/mod.rs"]
mod slow;

use heapscope::dialect::{ALL, Finding, Reader, ndjson};

/// One input of so many is read by the slow reader too: with it, the fuzzer is fifteen times as slow.
const SLOW_SHARE: usize = 16;

/// The dialect's reader must not panic, must find the same however the log is cut, and, in a share of the inputs, what
/// the slow reader finds.
pub fn dialect(id: &str, log: &[u8]) {
    let whole = read(id, [log]);
    let choice = choice(log);
    let (front, back) = log.split_at(choice.checked_rem(log.len()).unwrap_or(0));
    assert_same(&read(id, [front, back]), &whole, "cut differently");
    if choice / 1_000 % SLOW_SHARE == 0 {
        assert_same(&slow::read(log, &[id]), &whole, "read slowly");
    }
}

/// A number that depends on the input alone, so that every failure can be repeated.
fn choice(input: &[u8]) -> usize {
    input.iter().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)))
}

/// As [`dialect`], for Toit's encoded messages alone. What begins with a bracket is a message, anything else a log.
pub fn message(data: &[u8]) {
    let log = match data.first() {
        Some(b'[') => ["jag decode ".as_bytes(), &base64(data), b"\n"].concat(),
        _ => data.to_vec(),
    };
    let whole = read("toit", [&log[..]]);
    let (front, back) = log.split_at(log.len() / 2);
    assert_same(&read("toit", [front, back]), &whole, "cut differently");
    if choice(data) / 1_000 % SLOW_SHARE != 0 {
        return;
    }
    let messages: Vec<_> = whole.into_iter().filter(slow::toit_messages::is_message).collect();
    assert_same(&slow::read_with(&log, &[slow::toit_messages::messages]), &messages, "read slowly");
}

/// No file may make the reader panic, neither when it is taken nor when names are looked up in it.
pub fn snapshot(data: &[u8]) {
    let is_archive = data.starts_with(b"!<arch>\n");
    let mut reader = Reader::default();
    let taken = match is_archive {
        true => reader.take_symbols(data),
        false => reader.take_symbols(&archive(data)),
    };
    if taken.is_none() {
        return;
    }
    // A stack with frames all over, and an instance of each of the first classes.
    let mut message = b"[#U\x05UXSU\x00SU\x00[$U#U\x10aaaaaaaaaaaaaaaa[#U\x04UESU\x01x[".to_vec();
    for class in 0..40 {
        message.extend([b'[', b'#', b'U', 2, b'U', b'I', b'U', class]);
    }
    message.extend(b"][#U\x02US[");
    for bci in (0..1_000_u16).step_by(7) {
        let [high, low] = bci.to_be_bytes();
        message.extend([b'[', b'#', b'U', 3, b'U', b'F', b'U', 0, b'I', high, low]);
    }
    message.extend(b"]");
    let log = ["jag decode ".as_bytes(), &base64(&message), b"\n"].concat();
    let mut findings = Vec::new();
    reader.feed(&log, &mut findings);
    assert_eq!(findings.len(), 1);
}

/// A snapshot with this source map.
fn archive(source_map: &[u8]) -> Vec<u8> {
    let mut file = b"!<arch>\n".to_vec();
    for (name, content) in
        [("toit", &b"like a tiger"[..]), ("uuid", b"aaaaaaaaaaaaaaaa"), ("source-map", source_map)]
    {
        file.extend(format!("{name:<48}{:<10}`\n", content.len()).bytes());
        file.extend(content);
        if content.len() % 2 == 1 {
            file.push(b'\n');
        }
    }
    file
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::new();
    for group in bytes.chunks(3) {
        let byte = |place: usize| usize::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digits = [18, 12, 6, 0].map(|shift| alphabet[bits >> shift & 63]);
        text.extend(&digits[..=group.len()]);
        text.extend(&b"=="[..3 - group.len()]);
    }
    text
}

fn read<const N: usize>(id: &str, chunks: [&[u8]; N]) -> Vec<Finding> {
    let dialects = ALL.iter().map(|make| make()).filter(|dialect| dialect.info().id == id).collect();
    let (mut reader, mut findings) = (Reader::with(dialects), Vec::new());
    for chunk in chunks {
        reader.feed(chunk, &mut findings);
    }
    reader.flush(&mut findings);
    findings
}

fn assert_same(other: &[Finding], whole: &[Finding], how: &str) {
    if other != whole {
        let lines = |findings: &[Finding]| -> Vec<_> { findings.iter().map(ndjson::to_line).collect() };
        panic!("{how}: {:#?}\nbut whole: {:#?}", lines(other), lines(whole));
    }
}
