//! Sees through the colours of a line: what is looked for stands in the text, what is replaced in the line.
//!
//! ESPHome hides values from a camera by making them blink (`SSID: ESC[5m'Workshop'ESC[6m`), and a search paints what it
//! found in the middle of a word. Refuses to take anything else out of a line.
//!
//! A value that is coloured in its middle, `Work ESC[31m shop` without the blanks, is `Workshop` in the text, and its place
//! in the line goes from the `W` to the `p`, sequences included.

use std::borrow::Cow;
use std::ops::Range;

use crate::stream::ansi::{ESCAPE, Piece, pieces};

/// A line without escape sequences that knows where its bytes came from.
pub(super) struct Plain<'a> {
    /// What the line says.
    pub text: Cow<'a, [u8]>,
    /// For each byte of the text its place in the line; empty when nothing was taken out.
    places: Vec<usize>,
}

impl<'a> Plain<'a> {
    pub fn of(line: &'a [u8]) -> Self {
        if memchr::memchr(ESCAPE, line).is_none() {
            return Plain { text: Cow::Borrowed(line), places: Vec::new() };
        }
        let (mut text, mut places, mut place) = (Vec::new(), Vec::new(), 0);
        for piece in pieces(line) {
            let length = match piece {
                Piece::Sequence(bytes) => bytes.len(),
                Piece::Text(bytes) => {
                    text.extend_from_slice(bytes);
                    places.extend(place..place + bytes.len());
                    bytes.len()
                }
            };
            place += length;
        }
        Plain { text: Cow::Owned(text), places }
    }

    /// Where in the line this place of the text is.
    pub fn in_line(&self, place: Range<usize>) -> Range<usize> {
        let last = place.end.checked_sub(1).and_then(|last| self.places.get(last));
        match (self.places.get(place.start), last) {
            (Some(&start), Some(&last)) => start..last + 1,
            _ => place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_text_is_found_in_the_line() {
        let line = b"\x1b[35mSSID: Work\x1b[31msh\x1b[0mop\x1b[0m";
        let plain = Plain::of(line);
        assert_eq!(&*plain.text, b"SSID: Workshop");
        assert_eq!(&line[plain.in_line(6..14)], b"Work\x1b[31msh\x1b[0mop");
        assert_eq!(Plain::of(b"no colours").in_line(3..10), 3..10);
    }
}
