//! Cuts chunks of bytes into lines, wherever the chunks were cut.
//!
//! Borrows each line from the chunk and copies only what a chunk boundary cuts. It refuses to interpret:
//! invalid UTF-8, NULs and colours pass through untouched.
//!
//! ```
//! use heapscope_reader::stream::LineDecoder;
//!
//! let mut decoder = LineDecoder::default();
//! let mut lines = Vec::new();
//! for chunk in [&b"one\r"[..], b"\ntw", b"o\nthree"] {
//!     decoder.feed(chunk, |line| lines.push(line.bytes.to_vec()));
//! }
//! decoder.flush(|line| lines.push(line.bytes.to_vec()));
//! assert_eq!(lines, [&b"one"[..], b"two", b"three"]);
//! ```

use super::line_ends::{self, LineEnds};

/// The longest line. What is longer is handed out in pieces of this size, so that a board that never ends
/// its line (or a dropped binary file) neither grows a buffer without bound nor waits for ever.
/// Tasmota's longest lines are about 1.5 KB; an encoded Toit message may reach some 10 KB.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

/// A line as it came, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawLine<'a> {
    /// Its bytes, without CR and LF.
    pub bytes: &'a [u8],
    /// Position of its first byte among all bytes fed so far.
    pub start: u64,
    /// False for a piece that was cut at [`MAX_LINE_BYTES`], or flushed: more of the line may follow.
    pub is_ended: bool,
}

/// Where the decoder stands between two bytes.
///
/// ```text
///            other                CR: line ends
///   InLine ─────────► InLine    ───────────────► AfterCr     (LF, CR: swallowed)
///   LineStart ── CR ─────────────────────────────► AfterEmptyCr (LF: an empty line; other: nothing)
///   any of them ── LF: line ends ──► LineStart
/// ```
///
/// So CR LF, LF and a lone CR end a line; CR CR LF ends one line, not two; and the CR of LF CR is no line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    LineStart,
    InLine,
    AfterCr,
    AfterEmptyCr,
}

/// What is done with lines. Every `FnMut(RawLine)` is one.
pub trait Sink {
    /// Takes a line.
    fn line(&mut self, line: RawLine<'_>);

    /// Takes lines from the front of `rest`, which begins where a line begins, at position `start`: gives how many bytes
    /// they have, ends included. All must end with LF or CR LF in `rest`. The short way for lines whose end the sink
    /// knows before it is looked for; what is not taken so comes to [`Sink::line`].
    #[inline(always)]
    fn run(&mut self, _rest: &[u8], _start: u64) -> usize {
        0
    }
}

impl<F: FnMut(RawLine<'_>)> Sink for F {
    #[inline(always)]
    fn line(&mut self, line: RawLine<'_>) {
        self(line);
    }
}

/// The decoder. See the module for an example.
#[derive(Debug, Default)]
pub struct LineDecoder {
    /// The beginning of a line that a chunk boundary cut. Never longer than [`MAX_LINE_BYTES`].
    partial: Vec<u8>,
    /// Bytes fed so far.
    position: u64,
    state: State,
}

impl LineDecoder {
    /// Takes the next bytes and lends out every line that they end.
    #[inline]
    pub fn feed(&mut self, chunk: &[u8], mut sink: impl FnMut(RawLine<'_>)) {
        self.feed_to(chunk, &mut sink);
    }

    /// The same, for a sink that may know where lines end.
    #[inline]
    pub fn feed_to(&mut self, chunk: &[u8], sink: &mut impl Sink) {
        let mut rest = chunk;
        while !rest.is_empty() {
            if self.state == State::LineStart && self.partial.is_empty() {
                let length = whole_lines(rest, self.position, sink);
                self.position += length as u64;
                rest = &rest[length..];
            }
            rest = self.advance(rest, sink);
        }
    }

    /// Hands out the line that was begun, if any: at the end of input, or where bytes were lost.
    pub fn flush(&mut self, mut sink: impl FnMut(RawLine<'_>)) {
        if !self.partial.is_empty() {
            let start = self.position - self.partial.len() as u64;
            sink(RawLine { bytes: &self.partial, start, is_ended: false });
            self.partial.clear();
            self.state = State::LineStart;
        }
        // Else no line was begun: the LF of a CR LF may still come, and is no line of its own.
    }

    /// How many bytes were fed so far: the next one's position.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The beginning of the line that has not ended yet.
    pub fn partial(&self) -> &[u8] {
        &self.partial
    }

    /// Consumes something of `rest`, whatever it is.
    #[inline(never)]
    fn advance<'a>(&mut self, rest: &'a [u8], sink: &mut dyn Sink) -> &'a [u8] {
        let Some(&byte) = rest.first() else { return rest };
        if matches!(self.state, State::LineStart | State::InLine) {
            return self.advance_line(rest, sink);
        }
        if byte == b'\n' && self.state == State::AfterEmptyCr {
            // The CR stands one byte before: the empty line begins there.
            sink.line(RawLine { bytes: &[], start: self.position - 1, is_ended: true });
        }
        if byte != b'\r' {
            self.state = State::LineStart;
        }
        let is_swallowed = matches!(byte, b'\r' | b'\n');
        self.position += u64::from(is_swallowed);
        &rest[usize::from(is_swallowed)..]
    }

    /// Consumes up to and including the next CR or LF, or up to the longest line.
    fn advance_line<'a>(&mut self, rest: &'a [u8], sink: &mut dyn Sink) -> &'a [u8] {
        let room = MAX_LINE_BYTES - self.partial.len();
        let window = &rest[..rest.len().min(room)];
        let Some(end) = memchr::memchr2(b'\r', b'\n', window) else {
            self.position += window.len() as u64;
            self.state = State::InLine;
            if window.len() == room {
                self.hand_out(window, self.position, false, sink);
            } else {
                self.partial.extend_from_slice(window);
            }
            return &rest[window.len()..];
        };
        let is_empty = end == 0 && self.state == State::LineStart;
        let content_end = self.position + end as u64;
        self.position = content_end + 1;
        let is_cr = rest[end] == b'\r';
        if is_cr && is_empty {
            self.state = State::AfterEmptyCr;
        } else {
            self.hand_out(&rest[..end], content_end, true, sink);
            self.state = if is_cr { State::AfterCr } else { State::LineStart };
        }
        &rest[end + 1..]
    }

    /// Hands out `partial` and `tail` as one line whose last byte stands before `end`.
    fn hand_out(&mut self, tail: &[u8], end: u64, is_ended: bool, sink: &mut dyn Sink) {
        if self.partial.is_empty() {
            let start = end - tail.len() as u64;
            sink.line(RawLine { bytes: tail, start, is_ended });
        } else {
            self.partial.extend_from_slice(tail);
            let start = end - self.partial.len() as u64;
            sink.line(RawLine { bytes: &self.partial, start, is_ended });
            self.partial.clear();
        }
    }
}

/// Lends out the lines at the front that are whole and end with LF or CR LF: nearly all lines are of this kind, and never
/// go through the states. Gives how many bytes they have, ends included. `position` is that of the first byte.
#[inline]
fn whole_lines(bytes: &[u8], position: u64, sink: &mut impl Sink) -> usize {
    let mut ends = LineEnds::new(bytes);
    let mut begin = 0;
    loop {
        begin += sink.run(&bytes[begin..], position + begin as u64);
        let Some(end) = ends.next_from(begin) else { break };
        let Some(length) = line_ends::length_at(bytes, end) else { break };
        if end - begin >= MAX_LINE_BYTES {
            break;
        }
        sink.line(RawLine { bytes: &bytes[begin..end], start: position + begin as u64, is_ended: true });
        begin = end + length;
    }
    begin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(chunks: &[&[u8]]) -> Vec<(Vec<u8>, u64, bool)> {
        let mut decoder = LineDecoder::default();
        let mut lines = Vec::new();
        let mut sink = |line: RawLine<'_>| lines.push((line.bytes.to_vec(), line.start, line.is_ended));
        for chunk in chunks {
            decoder.feed(chunk, &mut sink);
        }
        decoder.flush(&mut sink);
        lines
    }

    /// The slow obvious version: one byte at a time, no borrowing.
    fn decode_naively(input: &[u8]) -> Vec<(Vec<u8>, u64, bool)> {
        let mut lines = Vec::new();
        let (mut line, mut start, mut at) = (Vec::new(), 0, 0);
        while at < input.len() {
            match input[at] {
                byte @ (b'\r' | b'\n') => {
                    // How far the end of line reaches: CRs, then at most one LF.
                    let mut end = at;
                    if byte == b'\r' {
                        while input.get(end + 1) == Some(&b'\r') {
                            end += 1;
                        }
                        if input.get(end + 1) == Some(&b'\n') {
                            end += 1;
                        }
                    }
                    let begun =
                        !line.is_empty() || lines.last().is_some_and(|(_, _, ended): &(_, _, bool)| !ended);
                    if begun || input[end] == b'\n' {
                        // An empty line stands where its last CR or LF does.
                        let empty_at = if byte == b'\r' { end - 1 } else { end };
                        let from = if line.is_empty() && !begun {
                            empty_at
                        } else if line.is_empty() {
                            at
                        } else {
                            start
                        };
                        lines.push((std::mem::take(&mut line), from as u64, true));
                    }
                    at = end + 1;
                }
                byte => {
                    if line.is_empty() {
                        start = at;
                    }
                    line.push(byte);
                    at += 1;
                    if line.len() == MAX_LINE_BYTES {
                        lines.push((std::mem::take(&mut line), start as u64, false));
                    }
                }
            }
        }
        if !line.is_empty() {
            lines.push((line, start as u64, false));
        }
        lines
    }

    #[track_caller]
    fn check(input: &str, expected: &[&str]) {
        let lines: Vec<_> = decode(&[input.as_bytes()]).into_iter().map(|line| line.0).collect();
        let lines: Vec<_> = lines.iter().map(|line| String::from_utf8_lossy(line)).collect();
        assert_eq!(lines, expected, "{input:?}");
    }

    #[test]
    fn every_kind_of_line_end() {
        check("a\nb\n", &["a", "b"]);
        check("a\r\nb\r\n", &["a", "b"]);
        check("a\rb\r", &["a", "b"]);
        check("a\r\r\nb", &["a", "b"]);
        check("a\n\rb\n\r", &["a", "b"]);
        check("a\n\nb", &["a", "", "b"]);
        check("a\r\n\r\nb", &["a", "", "b"]);
        check("", &[]);
        check("\n", &[""]);
        check("\r\n", &[""]);
    }

    #[test]
    fn a_line_without_end_comes_in_pieces() {
        let long = vec![b'x'; MAX_LINE_BYTES + 5];
        let lines = decode(&[&long]);
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].0.len(), lines[0].1, lines[0].2), (MAX_LINE_BYTES, 0, false));
        assert_eq!((lines[1].0.len(), lines[1].1, lines[1].2), (5, MAX_LINE_BYTES as u64, false));
    }

    #[test]
    fn a_flush_between_cr_and_lf_makes_no_empty_line() {
        let (mut decoder, mut lines) = (LineDecoder::default(), Vec::new());
        let mut sink = |line: RawLine<'_>| lines.push(line.bytes.to_vec());
        decoder.feed(b"one\r", &mut sink);
        decoder.flush(&mut sink);
        decoder.feed(b"\ntwo\n", &mut sink);
        assert_eq!(lines, [b"one", b"two"]);
    }

    #[test]
    fn a_line_of_exactly_the_longest_size_is_one_line_and_its_end() {
        let mut long = vec![b'x'; MAX_LINE_BYTES];
        long.extend(b"\r\nnext\n");
        let lines = decode(&[&long]);
        assert_eq!(lines, decode_naively(&long));
        assert_eq!(lines.last().unwrap().0, b"next");
    }

    proptest::proptest! {
        #[test]
        fn the_same_lines_however_it_is_cut(
            input in proptest::collection::vec(proptest::sample::select(b"ab\r\n\x00\xff".to_vec()), 0..64),
            cuts in proptest::collection::vec(0usize..64, 0..6),
        ) {
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(input.len())).collect();
            cuts.extend([0, input.len()]);
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).map(|pair| &input[pair[0]..pair[1]]).collect();
            let bytewise: Vec<_> = input.chunks(1).collect();
            let expected = decode_naively(&input);
            proptest::prop_assert_eq!(&decode(&[&input]), &expected);
            proptest::prop_assert_eq!(&decode(&chunks), &expected);
            proptest::prop_assert_eq!(&decode(&bytewise), &expected);
        }
    }
}
