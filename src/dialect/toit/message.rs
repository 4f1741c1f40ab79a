//! Encoded system messages: from the lines of a log to the bytes of a message.
//!
//! Toit prints what needs a program's names to be understood as base64, for `jag decode` on the developer's computer:
//! exceptions, stacks, object histograms, heap dumps, profiles. Here the lines are put together; what the bytes say is
//! read in [`payload`](super::payload). A message without its end, or with characters missing, is handed out as far as
//! it goes. Nothing is a message but what begins with an envelope or stands behind one of the commands.
//!
//! Source: toitlang/toit at 37337db07688, system/containers.toit:402-428 (today's print), src/heap_report.cc (the dump);
//! the older forms from its history, the first at 84df90ea8. `jag monitor`: toitlang/jaguar cmd/jag/commands/decode.go.
//!
//! # Grammar
//!
//! ```text
//! message      = first ( foreign* continuation )*
//! first        = … BASE64 tail                   BASE64 of 32 characters or more that begins an envelope:
//!                                                "WyNVBVVY", or before the model was in it "WyNVBFVY"
//!              | command BASE64 tail             any BASE64 of 32 characters or more
//! command      = "jag decode " [ "--system " ] | "toit decode " | "toit serial decode "
//!              | "build/" PATH " tools/system_message.toit \"$SNAPSHOT\" -b "
//! continuation = BASE64 tail                     blanks around it do not count
//! BASE64       = ( A-Z | a-z | 0-9 | "+" | "/" )* [ "=" [ "=" ] ]
//! tail         = "\"                             the message goes on (up to alpha.28, after 2000 characters)
//!              | nothing                         it goes on in the very next line, if it is unfinished
//!              | … other characters              it ends here, whatever is missing
//! ```
//!
//! A line that the message must go on behind may be followed by up to 10 foreign lines. Without a backslash it must be
//! the very next line: so goes on what a terminal wrapped, or what was longer than a line can be. A message ends with
//! "=", and after 96 KB of base64. A new first line ends the one before. What stands in front of an envelope, such as
//! the command or a monitor's decoration, does not matter; the character before it must not be one of base64.
//!
//! ```text
//! jag decode WyNVBVVYU1UQdjIuMC4wLWFscGhhLjE5NVNVBWVzcDMyWyRVI1UQAAECAwQFBgcICQoLDA0OD1sjVQRVRVNVDU1BTExP…
//! ```

use super::payload;
use super::ubjson::{Extent, Skim};
use crate::dialect::{Board, Line, LineRange, Output, Sign};

/// Characters of base64 that are read of one message: a dump of 4 MB of external RAM.
const MAX_BASE64: usize = 96 * 1024;

/// The bytes that those are.
pub(super) const MAX_BYTES: usize = MAX_BASE64 / 4 * 3;

/// Less base64 than this is a word. The shortest message has an envelope of 30 bytes.
const MIN_BASE64: usize = 32;

/// Other tasks may log between two lines of a message.
const MAX_FOREIGN_LINES: u32 = 10;

/// `[#U\x05UX` and `[#U\x04UX` in base64.
const ENVELOPES: [&str; 2] = ["WyNVBVVY", "WyNVBFVY"];

/// Puts messages together.
#[derive(Default)]
pub(super) struct Messages {
    open: Option<Message>,
    /// What their envelopes said.
    board: Board,
}

/// A message as far as it came.
struct Message {
    lines: LineRange,
    base64: Base64,
    bytes: Vec<u8>,
    skim: Skim,
    has_backslash: bool,
    foreign_lines: u32,
}

/// These may stand behind a message that begins in the middle of a line: padding, quotation marks, a backslash.
pub(super) const CLOSING: &[u8] = b"=\"'`\\ ";

/// So many of them.
const MAX_BEHIND: usize = 3;

/// And so many letters before them show that it may be one.
const MIN_TAIL: usize = 8;

impl Messages {
    /// Takes the next line; `trimmed` is its text without white space at its ends.
    pub(super) fn line(
        &mut self,
        line: &Line<'_>,
        trimmed: &str,
        board: &mut Board,
        output: &mut Output<'_>,
    ) {
        if let Some(base64) = first_piece(line.text, trimmed) {
            self.finish(board, output);
            let mut message = Message::begin(line.number);
            let goes_on = message.take(base64);
            self.open = Some(message);
            return self.finish_unless(goes_on, board, output);
        }
        let Some(message) = &mut self.open else {
            if line.text.starts_with("Received a Toit s") {
                output.sign(Sign::Hint);
            }
            return;
        };
        let goes_on = if is_continuation(trimmed) {
            message.lines.last = line.number;
            message.take(trimmed)
        } else {
            message.foreign_lines += 1;
            message.has_backslash && message.foreign_lines <= MAX_FOREIGN_LINES
        };
        self.finish_unless(goes_on, board, output);
    }

    /// The board that they come from.
    pub(super) fn board(&self) -> &Board {
        &self.board
    }

    /// Whether the end of a message is waited for.
    pub(super) fn is_inside(&self) -> bool {
        self.open.is_some()
    }

    /// Hands out what is open. The chip that it names goes to `board`, too.
    pub(super) fn finish(&mut self, board: &mut Board, output: &mut Output<'_>) {
        let Some(mut message) = self.open.take() else { return };
        let extent = message.skim.advance(&message.bytes);
        let read = payload::read(&message.bytes, extent, message.skim.at());
        if let Some(envelope) = read.envelope {
            // Nobody else writes this; but a message may be pasted into another's log.
            (0..3).for_each(|_| output.sign(Sign::Hint));
            let chip = envelope.model.as_deref().and_then(chip);
            if chip.is_some() {
                board.chip.clone_from(&chip);
            }
            self.board = Board { version: Some(envelope.sdk), chip, ..Board::default() };
        }
        output.find(message.lines, None, read.what);
    }

    fn finish_unless(&mut self, goes_on: bool, board: &mut Board, output: &mut Output<'_>) {
        if !goes_on {
            self.finish(board, output);
        }
    }
}

impl Message {
    fn begin(line: u64) -> Self {
        Message {
            lines: LineRange::one(line),
            base64: Base64::default(),
            bytes: Vec::new(),
            skim: Skim::default(),
            has_backslash: false,
            foreign_lines: 0,
        }
    }

    /// Takes the base64 at the front. Whether more is expected.
    fn take(&mut self, text: &str) -> bool {
        let length = base64_length(text);
        let tail = text[length..].trim();
        // Growing step by step would take twice the memory of the longest message.
        if self.bytes.len() + length > MAX_BYTES / 2 {
            self.bytes.reserve_exact(MAX_BYTES - self.bytes.len());
        }
        self.base64.push(&text.as_bytes()[..length], &mut self.bytes);
        self.has_backslash = tail == "\\";
        self.foreign_lines = 0;
        if self.base64.has_ended || !(tail.is_empty() || self.has_backslash) {
            return false;
        }
        self.has_backslash || self.skim.advance(&self.bytes) == Extent::Unfinished
    }
}

/// Whether a line ends as one with a message in it does: in eight letters of base64, behind which a quotation mark, a
/// backslash and the like may stand.
pub(super) fn may_end(line: &[u8]) -> bool {
    let is_letter = |byte: &&u8| is_base64(**byte);
    // The five bytes before the last three are letters in any case. Most lines have a blank or the like there, which
    // stands before all letters in ASCII: all five are looked at at once.
    let Some(last) = line.last_chunk::<MIN_TAIL>() else { return false };
    let five = u64::from_le_bytes(*last) & 0xFF_FFFF_FFFF;
    if five.wrapping_sub(0x2B_2B2B_2B2B) & !five & 0x80_8080_8080 != 0 {
        return false;
    }
    let behind = line.iter().rev().take_while(|byte| CLOSING.contains(byte)).count();
    let tail = &line[..line.len() - behind];
    behind <= MAX_BEHIND && tail.iter().rev().take_while(is_letter).take(MIN_TAIL).count() == MIN_TAIL
}

/// The line from where a message begins in it; `trimmed` is the line without white space at its ends.
fn first_piece<'a>(line: &'a str, trimmed: &'a str) -> Option<&'a str> {
    let begins = |text: &str| base64_length(text) >= MIN_BASE64;
    let bytes = line.as_bytes();
    // In the middle of a line, a message ends it.
    let ends = may_end(trimmed.as_bytes());
    if !ends && !trimmed.starts_with('W') {
        return behind_command(trimmed).filter(|text| begins(text));
    }
    let envelope = memchr::memchr_iter(b'W', bytes).map(|at| &line[at..]).find(|text| {
        let is_envelope = ENVELOPES.iter().any(|envelope| text.starts_with(envelope));
        let before = line.len() - text.len();
        let is_inside = before > 0 && (is_base64(bytes[before - 1]) || bytes[before - 1] == b'=');
        let is_front = || line[..before].trim().is_empty();
        is_envelope && !is_inside && (ends || is_front()) && begins(text)
    });
    envelope.or_else(|| behind_command(trimmed).filter(|text| begins(text)))
}

/// What stands behind the command that decodes a message, whatever it is.
fn behind_command(text: &str) -> Option<&str> {
    match text.as_bytes().first()? {
        b'j' => {
            let rest = text.strip_prefix("jag decode ")?;
            Some(rest.strip_prefix("--system ").unwrap_or(rest))
        }
        b't' => text.strip_prefix("toit decode ").or_else(|| text.strip_prefix("toit serial decode ")),
        b'b' => {
            let (program, rest) = text.strip_prefix("build/")?.split_at_checked(text.find(' ')? - 6)?;
            let rest = rest.strip_prefix(" tools/system_message.toit \"$SNAPSHOT\" -b ")?;
            (!program.is_empty()).then_some(rest)
        }
        _ => None,
    }
}

/// Whether the line, without blanks around it, is base64 alone, or base64 and a backslash.
fn is_continuation(text: &str) -> bool {
    let length = base64_length(text);
    let tail = text[length..].trim_start();
    length > 0 && (tail.is_empty() || tail == "\\")
}

/// How much of the front is base64.
fn base64_length(text: &str) -> usize {
    let digits = text.bytes().take_while(|&byte| is_base64(byte)).count();
    let padding = text.bytes().skip(digits).take(2).take_while(|&byte| byte == b'=').count();
    digits + padding
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// Decodes base64 that comes in pieces of any length.
#[derive(Default)]
struct Base64 {
    /// The bits that are no byte yet, at the low end.
    bits: u32,
    bit_count: u32,
    characters: usize,
    /// With padding, or because it was too long.
    has_ended: bool,
}

impl Base64 {
    fn push(&mut self, text: &[u8], bytes: &mut Vec<u8>) {
        for &character in text {
            let digit = match character {
                _ if self.characters == MAX_BASE64 => {
                    self.has_ended = true;
                    return;
                }
                b'A'..=b'Z' => character - b'A',
                b'a'..=b'z' => character - b'a' + 26,
                b'0'..=b'9' => character - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => {
                    self.has_ended = true;
                    return;
                }
            };
            self.characters += 1;
            self.bits = self.bits << 6 | u32::from(digit);
            self.bit_count += 6;
            if self.bit_count >= 8 {
                self.bit_count -= 8;
                bytes.push((self.bits >> self.bit_count) as u8);
            }
        }
    }
}

/// `ESP32-S3` of the model `esp32s3-spiram`.
fn chip(model: &str) -> Option<String> {
    let rest = model.strip_prefix("esp32")?;
    let variant = rest.split('-').next().unwrap_or(rest);
    Some(match variant {
        "" => "ESP32".to_owned(),
        _ => format!("ESP32-{}", variant.to_ascii_uppercase()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "WyNVBVVYU1UQdjIuMC4wLWFscGhhLjE5NVNVBWVzcDMy";

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        assert_eq!(first_piece(line, line.trim()), expected, "{line}");
    }

    #[test]
    fn where_a_message_begins() {
        for before in ["", "jag decode ", "  toit decode ", "I (34) x: ", "`", "W W: "] {
            check(&format!("{before}{MESSAGE}"), Some(MESSAGE));
        }
        // Inside of other base64, and too short.
        check(&format!("AA{MESSAGE}"), None);
        check(&format!("={MESSAGE}"), None);
        check(&MESSAGE[..31], None);
        check(&format!("{}=", &MESSAGE[..31]), Some(&format!("{}=", &MESSAGE[..31])));
        // What is damaged in front, only where a command stands before it.
        check(&MESSAGE[1..], None);
        for command in [
            "jag decode ",
            "jag decode --system ",
            "toit decode ",
            "toit serial decode ",
            "build/x/toit.run tools/system_message.toit \"$SNAPSHOT\" -b ",
        ] {
            check(&format!("{command}{}", &MESSAGE[1..]), Some(&MESSAGE[1..]));
        }
        check(&format!("Run jag decode {}", &MESSAGE[1..]), None);
        check(&format!("build/ tools/system_message.toit \"$SNAPSHOT\" -b {}", &MESSAGE[1..]), None);
        check("jag decode <message>", None);
        check("build/", None);
    }

    #[test]
    fn base64_in_pieces_of_any_length() {
        let mut whole = Vec::new();
        Base64::default().push(b"aGVhcHNjb3BlIQ==", &mut whole);
        assert_eq!(whole, b"heapscope!");
        for length in 1..8 {
            let (mut base64, mut bytes) = (Base64::default(), Vec::new());
            b"aGVhcHNjb3BlIQ==".chunks(length).for_each(|piece| base64.push(piece, &mut bytes));
            assert_eq!(bytes, whole);
            assert!(base64.has_ended);
        }
    }

    #[test]
    fn no_more_is_kept_than_the_longest_message() {
        let mut message = Message::begin(0);
        // A text of 16 MB.
        assert!(message.take("WyNVBVVYU2wBAAAA"));
        let line = "A".repeat(1_000);
        let lines = (0..1_000).take_while(|_| message.take(&line)).count();
        assert_eq!(lines, (MAX_BASE64 - 16) / 1_000);
        assert_eq!(message.bytes.len(), MAX_BYTES);
        assert_eq!(message.bytes.capacity(), MAX_BYTES);
    }

    #[test]
    fn chips_as_their_makers_write_them() {
        for (model, expected) in [
            ("esp32", Some("ESP32")),
            ("esp32s3-spiram-octo", Some("ESP32-S3")),
            ("esp32-eth-clk", Some("ESP32")),
            ("host", None),
        ] {
            assert_eq!(chip(model).as_deref(), expected, "{model}");
        }
    }
}
