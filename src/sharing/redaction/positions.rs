//! Positions: where on the earth a board stands.
//!
//! Degrees with a point behind a key, Meshtastic's whole numbers of 1e-7 degrees, two numbers behind `Location:`, and what
//! satellite receivers and modems say (NMEA 0183: degrees and minutes without a space, then the side). Refuses numbers with
//! fewer than three digits behind the point: less is said of times and voltages, too.
//!
//! `$GPGGA,123519,4807.038,N,01131.000,E,…` has two: 48° 7.038′ north and 11° 31.000′ east.

use std::ops::Range;

use super::line::{Line, find};
use super::secrets::Secret;

/// Whether a value is degrees. `near`: what stands around it; whole numbers are degrees only where both are spoken of.
pub(super) fn is_position(value: &[u8], near: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, part)) => {
            are_digits(whole)
                && are_digits(part)
                && part.len() >= 3
                && whole.parse::<u32>().is_ok_and(|degrees| degrees <= 180)
        }
        None => {
            are_digits(text)
                && text.len() >= 6
                && text.parse::<u32>().is_ok_and(|parts| parts <= 1_800_000_000)
                && find(near, 0, "lat").is_some()
                && (find(near, 0, "lon").is_some() || find(near, 0, "lng").is_some())
        }
    }
}

impl Line<'_> {
    /// The number of a satellite receiver whose digits before the point are these: `4807.038,N,`.
    pub fn minutes(&self, word: &Range<usize>) -> Option<usize> {
        let is_minutes = matches!(word.len(), 4 | 5)
            && self.text[word.clone()].iter().all(u8::is_ascii_digit)
            && self.at(word.end) == b'.';
        let end = self.while_at(word.end + 1, |byte| byte.is_ascii_digit());
        let is_side = self.at(end) == b',' && matches!(self.at(end + 1), b'N' | b'S' | b'E' | b'W');
        let is_end = matches!(self.at(end + 2), b',' | 0 | b'\r' | b'\n');
        (is_minutes && is_side && is_end).then_some(end)
    }

    /// Two numbers with a comma between them, from here on.
    pub fn places(&mut self, place: usize) {
        let number = |place: usize| {
            let start = self.while_at(place, |byte| matches!(byte, b' ' | b'(' | b'['));
            start..self.while_at(start, |byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'))
        };
        let first = number(place);
        if self.at(first.end) != b',' {
            return;
        }
        let second = number(first.end + 1);
        let are_degrees = [&first, &second]
            .iter()
            .all(|part| part.len() >= 6 && is_position(&self.text[(*part).clone()], b""));
        if are_degrees {
            self.add(first, Secret::Position);
            self.add(second, Secret::Position);
        }
    }
}
