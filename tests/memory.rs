//! How much memory the reader takes beyond the log and its findings, whatever it is fed: at most [`BOUND_BYTES`].
//!
//! Every allocation of this program is counted, so there is one test in this file and it runs alone.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use heapscope::dialect::Reader;
use support::fixtures;

const BOUND_BYTES: usize = 512 * 1024;

/// The system's allocator, with a count of what is allocated now and the most that ever was.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: it was allocated above, with this layout.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most that a reader has beyond its findings while it reads `input`, given in pieces of 4 KiB. Findings are
/// dropped after each piece, as somebody does who prints them.
fn most_bytes(input: impl Iterator<Item = Vec<u8>>) -> usize {
    let before = NOW.load(Ordering::Relaxed);
    let (mut reader, mut most) = (Reader::default(), 0);
    let mut take = |reader: &mut Reader, piece: Option<&[u8]>| {
        let mut findings = Vec::new();
        let piece_bytes = piece.map_or(0, |_| 4_096);
        MOST.store(NOW.load(Ordering::Relaxed), Ordering::Relaxed);
        match piece {
            Some(piece) => reader.feed(piece, &mut findings),
            None => reader.flush(&mut findings),
        }
        let with_findings = NOW.load(Ordering::Relaxed);
        drop(findings);
        let findings_bytes = with_findings.saturating_sub(NOW.load(Ordering::Relaxed));
        let peak = MOST.load(Ordering::Relaxed).saturating_sub(before);
        most = most.max(peak.saturating_sub(findings_bytes + piece_bytes));
    };
    for piece in input {
        take(&mut reader, Some(&piece));
    }
    take(&mut reader, None);
    most
}

/// Pieces of 4 KiB of a text without end, `megabytes` long.
fn endless(text: &str, megabytes: usize) -> impl Iterator<Item = Vec<u8>> {
    let bytes = text.as_bytes().to_vec();
    let mut at = 0;
    (0..megabytes * 256).map(move |_| {
        let piece = (0..4_096).map(|offset| bytes[(at + offset) % bytes.len()]).collect();
        at = (at + 4_096) % bytes.len();
        piece
    })
}

#[test]
fn the_reader_takes_at_most_512_kib_whatever_it_is_fed() {
    let mut all = Vec::new();
    // A report of each kind that never ends, and lines that never end.
    for (name, begin, more) in [
        ("a line without end", "", "x"),
        ("spaces", "", " "),
        ("line ends", "", "\n"),
        ("NULs", "", "\0"),
        ("escapes", "", "\x1b["),
        ("invalid UTF-8", "", "é\n\u{80}"),
        (
            "a block map",
            "+----------+-------+--------+--------+-------+--------+--------+\n",
            "|0x3fff25e8|B    37|NB    39|PB    28|Z     2|NF   177|PF   220|\n",
        ),
        (
            "damaged rows",
            "|0x3fff24c8|B     1|NB     7|PB     0|Z     6|\n",
            "|0x3fff25e8|B    37|NB    39|PB    28|Z     2|NF   177|P\n",
        ),
        ("an answer", "18:40:08.501 RSL: STATUS4 = {\n", "18:40:08.501  \"Heap\": 24,\n"),
        ("a long answer", "18:40:08.501 RSL: STATUS4 = {\"a\":\"", "xxxxxxxxxxxxxxxx\\\""),
        ("nested JSON", "18:40:08.501 RSL: STATUS4 = ", "{\"a\":["),
        (
            "a table",
            "Heap report @ out of memory:\n",
            "  │   40960   │     12   │  toit processes                                     │\n",
        ),
        (
            "pages",
            "Heap report:\n",
            "  │ 0x3ffb0000 ├───────────┬─────────┬───────────────────────┤\n  │            │       8   │      1  │  wifi                 │\n",
        ),
        // A text of 16 MB; a list without end.
        ("a message", "jag decode WyNVBVVYU2wBAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAA"),
        (
            "a message of many lines",
            "jag decode WyNVBVVYU2wBAAAAAAAAAAAAAAAAAAAA\\\n",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\\n",
        ),
        (
            "a histogram",
            "jag decode WyNVBVVYU1UBdlNVAVskVSNVEAAAAAAAAAAAAAAAAAAAAABbVU9TVQBb\\\n",
            "VQFVAVUBVQFVAVUBVQFVAVUBVQFVAVUB\\\n",
        ),
        ("messages", "", "jag decode WyNVBVVYUwZ2MC4wUwZ2MC4wUwZ2MC4wUwZ2MC4w\n"),
        (
            "a stack",
            "\nException (29):\nepc1=0x4000e1c3 epc2=0x00000000 epc3=0x00000000 excvaddr=0x00000018 depc=0x00000000\n\n>>>stack>>>\n",
            "3ffffe70:  3ffe8a90 3ffef4c0 00000000 4020a1b2 <\n",
        ),
        (
            "a backtrace",
            "Guru Meditation Error: Core  1 panic'ed (LoadProhibited). Exception was unhandled.\nBacktrace:",
            " 0x400d1234:0x3ffb1f60",
        ),
        ("stamps", "", "18:40:08.501-023/02 CMD: Status 4\n"),
        (
            "objects",
            "Objects:\n",
            "  │       1 │      1k   24 │ List                                         │\n",
        ),
    ] {
        let input = std::iter::once(begin.as_bytes().to_vec()).chain(endless(more, 2));
        all.push((name.to_owned(), most_bytes(input)));
    }
    // Everything that can be open at once, and a line without end at last.
    let logs: Vec<_> =
        fixtures().into_iter().map(|case| case.log[..case.log.len() * 2 / 3].to_vec()).collect();
    all.push(("all fixtures, cut off".into(), most_bytes(logs.into_iter().chain(endless("x", 1)))));

    all.sort_by_key(|(_, bytes)| *bytes);
    for (name, bytes) in &all {
        println!("{:>8} bytes  {name}", bytes);
    }
    let (name, bytes) = all.last().unwrap();
    assert!(*bytes <= BOUND_BYTES, "{name}: {bytes} bytes");
    // What keeps a line of 64 KiB cannot do with less: the count counts.
    assert!(*bytes >= 64 * 1024);
}
