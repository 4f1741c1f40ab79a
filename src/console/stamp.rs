//! The time that a firmware prints in front of a line: where it stands, and what it is.
//!
//! Only to be shown in a column, to be subtracted, and to be left out when lines are compared. What times mean for
//! figures is the dialects' to say.
//!
//! ```
//! use heapscope::console::Stamp;
//! let stamp = Stamp::of_line(b"18:40:08.501-023/02 CMD: Status 4").unwrap();
//! assert_eq!((stamp.end, stamp.at.0), (12, 67_208_501));
//! ```

use crate::heap::Millis;

/// More digits are no time.
const MOST_DIGITS: usize = 12;

/// A time at the beginning of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The byte behind it; brackets around it belong to it.
    pub end: usize,
    /// The time: since midnight, or since the start of the board.
    pub at: Millis,
}

impl Stamp {
    /// The stamp of a line without escape sequences. The forms:
    ///
    /// | form | who |
    /// |---|---|
    /// | `18:40:08.501` `18:40:08` | Tasmota, terminals |
    /// | `[18:40:08]` `[18:40:08.501]` | ESPHome |
    /// | `[00:00:01.234,567]` | Zephyr |
    /// | `2024-05-01 18:40:08.501` `2024-05-01T18:40:08` | terminals |
    /// | `I (4711)` `I (18:40:08.501)` | ESP-IDF; the letter stays in front |
    /// | `[  4711]` | Arduino, Linux without a fraction |
    pub fn of_line(line: &[u8]) -> Option<Self> {
        let (at_start, close) = match line {
            [b'[', ..] => (1, Some(b']')),
            [b'E' | b'W' | b'I' | b'D' | b'V', b' ', b'(', ..] => (3, Some(b')')),
            _ => (0, None),
        };
        let begin = at_start + line[at_start..].iter().take_while(|&&byte| byte == b' ').count();
        let after_date = begin + date_length(&line[begin..]);
        let (at, length) = match clock(&line[after_date..]) {
            Some(found) => found,
            None if close.is_some() && after_date == begin => millis(&line[begin..])?,
            None => return None,
        };
        let mut end = after_date + length;
        if let Some(close) = close {
            if line.get(end) != Some(&close) {
                return None;
            }
            end += 1;
        } else if line.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        Some(Stamp { end, at })
    }
}

/// The length of `2024-05-01 ` or `2024-05-01T`; 0 where there is none.
fn date_length(text: &[u8]) -> usize {
    match text.get(..11) {
        Some([a, b, c, d, b'-', e, f, b'-', g, h, b' ' | b'T'])
            if [a, b, c, d, e, f, g, h].iter().all(|byte| byte.is_ascii_digit()) =>
        {
            11
        }
        _ => 0,
    }
}

/// `18:40:08` with or without `.501` and, behind that, `,234`.
fn clock(text: &[u8]) -> Option<(Millis, usize)> {
    let two = |at: usize| match text.get(at..at + 2) {
        Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => {
            Some(u64::from(tens - b'0') * 10 + u64::from(ones - b'0'))
        }
        _ => None,
    };
    let (hours, minutes, seconds) = (two(0)?, two(3)?, two(6)?);
    if text[2] != b':' || text[5] != b':' || minutes > 59 || seconds > 60 {
        return None;
    }
    let whole = Millis(((hours * 60 + minutes) * 60 + seconds) * 1_000);
    let digits = |at: usize| text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let has_fraction = matches!(text.get(8), Some(b'.' | b',')) && digits(9) >= 3;
    if !has_fraction {
        return Some((whole, 8));
    }
    let thousandths = text[9..12].iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    let mut end = 9 + digits(9);
    if text.get(end) == Some(&b',') && digits(end + 1) == 3 {
        end += 4;
    }
    Some((whole + Millis(thousandths), end))
}

/// `4711`
fn millis(text: &[u8]) -> Option<(Millis, usize)> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > MOST_DIGITS {
        return None;
    }
    let number = text[..digits].iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Some((Millis(number), digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(&str, u64)>) {
        let found = Stamp::of_line(line.as_bytes()).map(|stamp| (&line[..stamp.end], stamp.at.0));
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn forms() {
        check("18:40:08.501-023/02 CMD: x", Some(("18:40:08.501", 67_208_501)));
        check("18:40:08 CMD: x", Some(("18:40:08", 67_208_000)));
        check("[12:00:00][W][wifi:401]: x", Some(("[12:00:00]", 43_200_000)));
        check("[00:00:01.234,567] <err> x", Some(("[00:00:01.234,567]", 1_234)));
        check("2024-05-01T18:40:08.501 x", Some(("2024-05-01T18:40:08.501", 67_208_501)));
        check("I (4711) boot: x", Some(("I (4711)", 4_711)));
        check("E (18:40:08.501) x", Some(("E (18:40:08.501)", 67_208_501)));
        check("[  4711][E][a.cpp:1] x", Some(("[  4711]", 4_711)));
    }

    #[test]
    fn what_is_none() {
        for line in [
            "",
            "[",
            "I (",
            "4711 x",
            "18:40",
            "18:70:08",
            "18:40:080",
            "[4711",
            "I (x)",
            "[12:00:00",
            "2024-05-01 x",
            "[1234567890123]",
            "[2024-05-01 12]",
        ] {
            check(line, None);
        }
    }
}
