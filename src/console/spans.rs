//! A line of the log as it is shown: pieces of text, each with its look.
//!
//! Nothing is hidden: a control character is shown as its picture (`␇`), one that would change how its neighbours are
//! drawn by its number, and a byte that is no UTF-8 as `\xFF`. Only escape sequences leave no text; they are what makes
//! the look. Places in a line are bytes of it without its escape sequences, as [`ansi::strip`] gives it: searching
//! and showing speak of the same places.
//!
//! ```
//! use heapscope::console::{Style, spans};
//! let spans = spans(b"a\x1b[31mb\x07\xff", Style::default(), 100).shown;
//! let texts: Vec<_> = spans.iter().map(|span| &*span.text).collect();
//! assert_eq!(texts, ["a", "b", "␇", "\\xFF"]);
//! ```

use std::borrow::Cow;

use super::{Change, Style};
use crate::recording::Log;
use crate::stream::MAX_LINE_BYTES;
use crate::stream::ansi::{ESCAPE, Piece, pieces};

/// A piece of a line that looks the same throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// What is shown.
    pub text: Cow<'a, str>,
    /// Its first byte, in the line without escape sequences.
    pub start: usize,
    /// The byte behind its last one.
    pub end: usize,
    /// What it is.
    pub kind: SpanKind,
    /// Its look.
    pub style: Style,
}

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// Text, as it stands.
    Text,
    /// Stands for something that has no face of its own: a control character, a byte that is no UTF-8.
    Stand,
}

/// A line in pieces, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spans<'a> {
    /// The pieces in order.
    pub shown: Vec<Span<'a>>,
    /// How many bytes behind them are not shown, escape sequences not counted.
    pub hidden_bytes: usize,
}

/// The line in pieces. `style` holds at its beginning. About `most_bytes` of it are shown: a character is never cut.
pub fn spans(line: &[u8], style: Style, most_bytes: usize) -> Spans<'_> {
    let mut spans = Spans { shown: Vec::new(), hidden_bytes: 0 };
    let (mut style, mut at) = (style, 0);
    for piece in pieces(line) {
        match piece {
            Piece::Sequence(sequence) => style = Change::of_sequence(sequence).after(style),
            Piece::Text(bytes) => {
                let shown = &bytes[..whole_characters(bytes, most_bytes.saturating_sub(at))];
                add(&mut spans.shown, shown, at, style);
                spans.hidden_bytes += bytes.len() - shown.len();
                at += bytes.len();
            }
        }
    }
    spans
}

/// How far back one looks for the colours that hold at a line. A log that sets one and never resets any is shown as
/// a terminal would whose lines further up are gone.
pub const LOOK_BACK_BYTES: usize = 256 * 1024;

/// The look that holds at the beginning of a line, carried over from the lines before.
///
/// Nothing is kept for it: the last reset usually stands one line further up.
pub fn style_at(log: &Log, line: u64) -> Style {
    // Most logs have no colours. Twice as far, for a line's end may have two bytes; and the last line is looked at whole.
    let begin = log.line_start(line).unwrap_or(log.byte_count());
    let furthest = begin.saturating_sub((2 * LOOK_BACK_BYTES + MAX_LINE_BYTES) as u64);
    if !log.may_have_escapes(furthest..begin) {
        return Style::default();
    }
    let (mut change, mut looked_at) = (Change::default(), 0);
    for number in (0..line).rev() {
        let Some(bytes) = log.line_bytes(number) else { break };
        if memchr::memchr(ESCAPE, &bytes).is_some() {
            change = Change::of_line(&bytes).then(change);
        }
        // An empty line is not for nothing either.
        looked_at += bytes.len() + 1;
        if change.is_whole() || looked_at >= LOOK_BACK_BYTES {
            break;
        }
    }
    change.after(Style::default())
}

fn add<'a>(spans: &mut Vec<Span<'a>>, bytes: &'a [u8], start: usize, style: Style) {
    let mut at = start;
    for chunk in bytes.utf8_chunks() {
        let mut text = chunk.valid();
        while let Some(first) = text.chars().next() {
            let length = match stand_in(first) {
                Some(stand_in) => {
                    let (start, end) = (at, at + first.len_utf8());
                    spans.push(Span { text: stand_in.into(), start, end, kind: SpanKind::Stand, style });
                    first.len_utf8()
                }
                None => {
                    let length = text.find(|letter| stand_in(letter).is_some()).unwrap_or(text.len());
                    let (start, end) = (at, at + length);
                    let shown = Cow::Borrowed(&text[..length]);
                    spans.push(Span { text: shown, start, end, kind: SpanKind::Text, style });
                    length
                }
            };
            at += length;
            text = &text[length..];
        }
        for byte in chunk.invalid() {
            let text = format!("\\x{byte:02X}").into();
            spans.push(Span { text, start: at, end: at + 1, kind: SpanKind::Stand, style });
            at += 1;
        }
    }
}

/// What is shown in place of a character that has no face, or that would change how others are drawn.
fn stand_in(letter: char) -> Option<String> {
    match letter {
        '\t' => None,
        '\u{7f}' => Some('\u{2421}'.into()),
        '\0'..'\u{20}' => char::from_u32(0x2400 + letter as u32).map(String::from),
        // C1 controls; marks of direction, zero width and byte order. Not the joiners, which emoji are made with.
        '\u{80}'..='\u{9f}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => Some(format!("U+{:04X}", letter as u32)),
        _ => None,
    }
}

/// The greatest length up to `most` that does not cut a character.
fn whole_characters(bytes: &[u8], most: usize) -> usize {
    if bytes.len() <= most {
        return bytes.len();
    }
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| (0x80..0xc0).contains(byte));
    let back = (0..4).take_while(|&back| back < most && is_inside(most - back)).count();
    if back < 4 { most - back } else { most }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::console::Colour;
    use crate::heap::Millis;
    use crate::recording::{Recorder, Source};
    use crate::stream::ansi;

    fn recorder(text: &[u8]) -> Recorder {
        let mut recorder = Recorder::new(Source::Text { name: "log".into() });
        recorder.feed(text, Millis(0));
        recorder.finish(Millis(0));
        recorder
    }

    #[test]
    fn nothing_hides() {
        let spans = spans("a\0b\tc\x7f\u{202e}d".as_bytes(), Style::default(), 100);
        let texts: Vec<_> = spans.shown.iter().map(|span| &*span.text).collect();
        assert_eq!(texts, ["a", "␀", "b\tc", "␡", "U+202E", "d"]);
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let text = "ä".repeat(50);
        let cut = spans(text.as_bytes(), Style::default(), 33);
        assert_eq!((cut.shown[0].text.chars().count(), cut.hidden_bytes), (16, 68));
        assert_eq!(spans(b"short", Style::default(), 33).hidden_bytes, 0);
        // What is no character may be cut anywhere.
        assert_eq!(spans(&[0x80; 50], Style::default(), 33).hidden_bytes, 17);
    }

    #[test]
    fn colours_go_on_over_lines_until_they_are_reset() {
        let recorder = recorder(b"\x1b[31mred\nstill\n\x1b[1mbold\n\x1b[0mplain\nplain\n");
        let log = recorder.recording().log();
        let red = Style { foreground: Some(Colour::Named(1)), ..Style::default() };
        let styles: Vec<_> = (0..5).map(|line| style_at(log, line)).collect();
        let plain = Style::default();
        assert_eq!(styles, [plain, red, red, Style { is_bold: true, ..red }, plain]);
    }

    /// A log in pieces that make colours, controls and damage likely.
    fn any_log() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\x1b[31m".to_vec()),
            Just(b"\x1b[0m".to_vec()),
            Just(b"\x1b[1;44m".to_vec()),
            Just(b"\x1b[22;7m".to_vec()),
            Just(b"\x1b[38;5;200m".to_vec()),
            Just("grün\n".as_bytes().to_vec()),
            Just(b"\n".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..8),
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn looking_back_finds_what_reading_from_the_beginning_finds(text in any_log()) {
            let recorder = recorder(&text);
            let log = recorder.recording().log();
            let mut style = Style::default();
            for line in 0..log.line_count() {
                prop_assert_eq!(style_at(log, line), style);
                for piece in pieces(&log.line_bytes(line).unwrap()) {
                    if let Piece::Sequence(sequence) = piece {
                        style = Change::of_sequence(sequence).after(style);
                    }
                }
            }
        }

        #[test]
        fn every_byte_is_shown_once(line in proptest::collection::vec(any::<u8>(), 0..80), most in 0..100_usize) {
            let stripped = ansi::strip(&line);
            let spans = spans(&line, Style::default(), most);
            let mut at = 0;
            for span in &spans.shown {
                prop_assert_eq!(span.start, at);
                prop_assert!(span.end > span.start);
                if span.kind == SpanKind::Text {
                    prop_assert_eq!(span.text.as_bytes(), &stripped[span.start..span.end]);
                }
                at = span.end;
            }
            prop_assert_eq!(at + spans.hidden_bytes, stripped.len());
        }
    }
}
