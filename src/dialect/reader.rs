//! Bytes in, findings out: the line decoder and all dialects behind it.

use std::borrow::Cow;

use super::{ALL, Board, Dialect, Finding, Info, Line};
use crate::stream::{LineDecoder, RawLine, ansi};

/// Reads a log in whatever pieces it comes. Cutting it differently never changes the findings.
pub struct Reader {
    decoder: LineDecoder,
    dialects: Vec<Box<dyn Dialect>>,
    lines: u64,
}

impl Default for Reader {
    fn default() -> Self {
        Reader {
            decoder: LineDecoder::default(),
            dialects: ALL.iter().map(|make| make()).collect(),
            lines: 0,
        }
    }
}

impl Reader {
    /// Takes the next bytes. Every line that they end is lent to `lines`, every finding appended.
    pub fn feed(&mut self, chunk: &[u8], lines: &mut dyn FnMut(RawLine<'_>), findings: &mut Vec<Finding>) {
        let Reader { decoder, dialects, lines: count } = self;
        decoder.feed(chunk, &mut |raw| take_line(dialects, count, raw, lines, findings));
    }

    /// The log ends, or bytes were lost here: hands out the line that was begun and what dialects have open.
    pub fn flush(&mut self, lines: &mut dyn FnMut(RawLine<'_>), findings: &mut Vec<Finding>) {
        let Reader { decoder, dialects, lines: count } = self;
        decoder.flush(&mut |raw| take_line(dialects, count, raw, lines, findings));
        for dialect in dialects {
            dialect.finish(findings);
        }
    }

    /// Another board may follow: what is known of this one is forgotten. Flush first, or what is open is lost.
    pub fn forget_board(&mut self) {
        self.dialects = ALL.iter().map(|make| make()).collect();
    }

    /// Number of lines so far.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The beginning of a line that has not ended yet.
    pub fn partial(&self) -> &[u8] {
        self.decoder.partial()
    }

    /// Whether a report is being printed right now.
    pub fn is_inside_report(&self) -> bool {
        self.dialects.iter().any(|dialect| dialect.is_inside_report())
    }

    /// The board and its dialect, once the log has made it known.
    pub fn board(&self) -> Option<(&Board, &'static Info)> {
        self.dialects.iter().find_map(|dialect| Some((dialect.board()?, dialect.info())))
    }
}

fn take_line(
    dialects: &mut [Box<dyn Dialect>],
    count: &mut u64,
    raw: RawLine<'_>,
    lines: &mut dyn FnMut(RawLine<'_>),
    findings: &mut Vec<Finding>,
) {
    lines(raw);
    let text = readable(raw.bytes);
    let line = Line { number: *count, text: &text };
    *count += 1;
    for dialect in dialects {
        dialect.line(&line, findings);
    }
}

/// The line as text without colours; borrowed in the common case.
pub fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match ansi::strip(bytes) {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
