//! Takes ANSI escape sequences (colours, cursor moves) out of a line.
//!
//! A recogniser wants the words, not the colours. The log keeps the bytes as they came.

use std::borrow::Cow;

/// Every sequence begins with it.
pub const ESCAPE: u8 = 0x1b;

/// The line without escape sequences: `ESC [ … letter` (CSI), `ESC ] … BEL or ESC \` (OSC), `ESC` with one
/// byte behind it. An unfinished sequence at the end is taken out too. Borrows when there is nothing to do.
///
/// ```
/// use heapscope_reader::stream::ansi::strip;
/// assert_eq!(&*strip(b"\x1b[0;32mI (12) free 20\x1b[0m"), b"I (12) free 20");
/// ```
pub fn strip(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(ESCAPE, line) else {
        return Cow::Borrowed(line);
    };
    let mut kept = line[..first].to_vec();
    let mut rest = &line[first..];
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == ESCAPE {
            rest = after_sequence(tail);
        } else {
            let run = memchr::memchr(ESCAPE, rest).unwrap_or(rest.len());
            kept.extend_from_slice(&rest[..run]);
            rest = &rest[run..];
        }
    }
    Cow::Owned(kept)
}

/// A part of a line: what it says, or how that is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes between sequences.
    Text(&'a [u8]),
    /// A whole escape sequence, with its ESC.
    Sequence(&'a [u8]),
}

/// The line in its pieces, in order. The texts together are what [`strip`] leaves of it.
///
/// ```
/// use heapscope_reader::stream::ansi::{Piece, pieces};
/// let pieces: Vec<_> = pieces(b"\x1b[31mred").collect();
/// assert_eq!(pieces, [Piece::Sequence(b"\x1b[31m"), Piece::Text(b"red")]);
/// ```
pub fn pieces(line: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (&first, tail) = rest.split_first()?;
        let is_sequence = first == ESCAPE;
        let length = match is_sequence {
            true => rest.len() - after_sequence(tail).len(),
            false => memchr::memchr(ESCAPE, rest).unwrap_or(rest.len()),
        };
        let (piece, behind) = rest.split_at(length);
        rest = behind;
        Some(if is_sequence { Piece::Sequence(piece) } else { Piece::Text(piece) })
    })
}

/// What follows the sequence whose bytes behind ESC are given.
fn after_sequence(tail: &[u8]) -> &[u8] {
    match tail.split_first() {
        Some((b'[', parameters)) => {
            let end = parameters.iter().position(|byte| (0x40..=0x7e).contains(byte));
            end.map_or(&[], |at| &parameters[at + 1..])
        }
        Some((b']', text)) => match text.iter().position(|&byte| byte == 0x07 || byte == ESCAPE) {
            Some(at) if text[at] == 0x07 => &text[at + 1..],
            Some(at) => text.get(at + 2..).unwrap_or(&[]),
            None => &[],
        },
        Some((_, tail)) => tail,
        None => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces, strip};

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&strip(line.as_bytes())), expected);
        let (mut texts, mut all) = (Vec::new(), Vec::new());
        for piece in pieces(line.as_bytes()) {
            let (Piece::Text(bytes) | Piece::Sequence(bytes)) = piece;
            all.extend_from_slice(bytes);
            texts.extend_from_slice(if matches!(piece, Piece::Text(_)) { bytes } else { &[] });
        }
        assert_eq!(all, line.as_bytes(), "every byte is in one piece");
        assert_eq!(String::from_utf8_lossy(&texts), expected);
    }

    #[test]
    fn takes_sequences_out() {
        check("plain", "plain");
        check("\x1b[1;31mred\x1b[0m tail", "red tail");
        check("a\x1b]0;title\x07b", "ab");
        check("a\x1b]0;title\x1b\\b", "ab");
        check("a\x1bcb", "ab");
    }

    #[test]
    fn an_unfinished_sequence_ends_the_line() {
        check("a\x1b", "a");
        check("a\x1b[12", "a");
        check("a\x1b]0;tit", "a");
    }
}
