//! The stamp in front of Tasmota's log lines: the time, and with SetOption130 free heap and fragmentation.
//!
//! ```text
//! stamp = { " " | TAB } HH ":" MM ":" SS [ "." mmm [ "-" FREE [ "/" FRAGMENTATION ] ] ] " "
//! ```
//!
//! | since | form |
//! |---|---|
//! | the beginning | `17:32:30 ` |
//! | 9.2.0.1 | `12:37:35.506 ` |
//! | 9.5.0.9 on ESP8266 | `12:37:35.506-016 ` |
//! | 9.5.0.9 on ESP32, pull request 24777 and `USE_ESP8266_DEBUG_HEAP` on ESP8266 | `14:58:08.046-259/10 ` |
//!
//! * Blanks before it are no firmware's: text that was pasted is often indented.
//! * `FREE` is printed with `%03d`: 3 digits, or 4 to 5 without a zero in front. So a time zone (`-0300`) is none.
//! * `FRAGMENTATION` is printed with `%02d`: 2 digits, or `100`.
//! * The stamp is made in a buffer of 21 bytes: when the two numbers have 6 digits or more, its blank is lost
//!   (Tasmota support.ino:2804-2832). Every other stamp ends with its blank or with the line: `12:34:56Z` is none.

use crate::heap::TimeOfDay;

/// A line's stamp, and what stands behind it.
#[derive(Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub time: TimeOfDay,
    pub free_kib: Option<u32>,
    pub fragmentation_percent: Option<u32>,
    pub text: &'a str,
}

/// So many digits in both numbers, and there is no room for the blank.
const DIGITS_WITHOUT_BLANK: usize = 6;

impl<'a> Stamp<'a> {
    /// A line without a stamp is left after its first bytes.
    #[inline(always)]
    pub fn read(line: &'a str) -> Option<Self> {
        match line.as_bytes().first()? {
            // As a board with SetOption130 prints nearly all its lines.
            b'0'..=b'2' => Self::with_figures(line).or_else(|| Self::of_any_form(line)),
            b' ' | b'\t' => Self::indented(line),
            _ => None,
        }
    }

    /// `12:37:35.506-016/10 ` and nothing else, all its places looked at at once.
    #[inline(always)]
    fn with_figures(line: &'a str) -> Option<Self> {
        let text = line.get(20..)?;
        let stamp: &[u8; 20] = line.as_bytes().first_chunk()?;
        let [clock @ .., _, _, _, _, _, _, _, _, _, _, _, _] = stamp;
        let [_, _, _, _, _, _, _, _, figures @ .., _, _, _, _] = stamp;
        let [_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, percent @ ..] = stamp;
        let seconds = self::clock(*clock)?;
        let figures = placed(*figures, *b".000-000")?;
        let [p1, q1, p2, q2] = *percent;
        let percent = placed([p1, q1, p2, q2, 0, 0, 0, 0], *b"/00 \0\0\0\0")?;
        let number = |at| u32::from(pairs(figures)[at]) * 10 + u32::from(figures[at + 2]);
        Some(Stamp {
            time: TimeOfDay::new(seconds * 1_000 + number(1), true),
            free_kib: Some(number(5)),
            fragmentation_percent: Some(pairs(percent)[1].into()),
            text,
        })
    }

    /// A line that begins with a blank, as text that was pasted does.
    #[inline(never)]
    fn indented(line: &'a str) -> Option<Self> {
        let blanks = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        matches!(line.as_bytes().get(blanks), Some(b'0'..=b'2'))
            .then(|| Self::of_any_form(&line[blanks..]))?
    }

    /// A line that begins with a digit.
    #[inline(never)]
    fn of_any_form(line: &'a str) -> Option<Self> {
        let seconds = clock(*line.as_bytes().first_chunk()?)?;
        let text = line.get(8..)?;
        let (millis, mut text) = match text.as_bytes() {
            [] => (None, text),
            [b' ', ..] => (None, &text[1..]),
            [b'.', _, _, _, ..] => {
                let (millis, length) = digits(&text.as_bytes()[1..]);
                if length != 3 {
                    return None;
                }
                (Some(millis), &text[4..])
            }
            _ => return None,
        };
        let (mut free_kib, mut fragmentation_percent) = (None, None);
        if millis.is_some() {
            match text.as_bytes() {
                [] => {}
                [b' ', ..] => text = &text[1..],
                [b'-', ..] => (free_kib, fragmentation_percent, text) = heap(&text[1..])?,
                _ => return None,
            }
        }
        let time = TimeOfDay::new(seconds * 1_000 + millis.unwrap_or(0), millis.is_some());
        Some(Stamp { time, free_kib, fragmentation_percent, text })
    }
}

/// Digits where the form has a 0, as 0 to 9; everything else as in the form, as 0. All places are checked at once.
#[inline(always)]
fn placed(bytes: [u8; 8], form: [u8; 8]) -> Option<[u8; 8]> {
    let digits = u64::from_le_bytes(bytes) ^ u64::from_le_bytes(form);
    // What is too large in its place sets that byte's highest bit.
    let room = form.map(|byte| if byte == b'0' { 0x76 } else { 0x7F });
    let too_large = digits.wrapping_add(u64::from_le_bytes(room));
    ((digits | too_large) & 0x8080_8080_8080_8080 == 0).then(|| digits.to_le_bytes())
}

/// Each digit and the one behind it as a number, all at once.
#[inline(always)]
fn pairs(digits: [u8; 8]) -> [u8; 8] {
    let digits = u64::from_le_bytes(digits);
    (digits * 10 + (digits >> 8)).to_le_bytes()
}

/// `HH:MM:SS` in seconds.
#[inline(always)]
fn clock(bytes: [u8; 8]) -> Option<u32> {
    let [hours, _, _, minutes, _, _, seconds, _] = pairs(placed(bytes, *b"00:00:00")?).map(u32::from);
    (hours <= 23 && minutes <= 59 && seconds <= 59).then_some((hours * 60 + minutes) * 60 + seconds)
}

/// `FREE["/"FRAGMENTATION]`, and what stands behind the stamp.
fn heap(text: &str) -> Option<(Option<u32>, Option<u32>, &str)> {
    let bytes = text.as_bytes();
    let (free, free_digits) = digits(bytes);
    let is_padded = free_digits == 3 || (free_digits > 3 && bytes[0] != b'0');
    if !is_padded || free_digits > 5 {
        return None;
    }
    if bytes.get(free_digits) != Some(&b'/') {
        let text = &text[free_digits..];
        return Some((Some(free), None, without_blank(text).or(text.is_empty().then_some(text))?));
    }
    let (percent, percent_digits) = digits(&bytes[free_digits + 1..]);
    if percent_digits != 2 && (percent_digits != 3 || percent != 100) {
        return None;
    }
    let text = &text[free_digits + 1 + percent_digits..];
    let has_no_blank = text.is_empty() || free_digits + percent_digits >= DIGITS_WITHOUT_BLANK;
    Some((Some(free), Some(percent), without_blank(text).or(has_no_blank.then_some(text))?))
}

fn without_blank(text: &str) -> Option<&str> {
    text.strip_prefix(' ')
}

/// The run of digits at the front and its length. A number of more than five digits is not told right.
fn digits(bytes: &[u8]) -> (u32, usize) {
    let run = bytes.iter().take(6).take_while(|byte| byte.is_ascii_digit());
    run.fold((0, 0), |(number, length), byte| (number * 10 + u32::from(byte - b'0'), length + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(u64, Option<u32>, Option<u32>, &str)>) {
        let stamp = Stamp::read(line);
        let read = stamp.map(|stamp| {
            (stamp.time.since_midnight().0, stamp.free_kib, stamp.fragmentation_percent, stamp.text)
        });
        assert_eq!(read, expected, "{line}");
    }

    #[test]
    fn every_form() {
        check("17:32:30 RSL: x", Some((63_150_000, None, None, "RSL: x")));
        check("12:37:35.506 MQT: x", Some((45_455_506, None, None, "MQT: x")));
        check("12:37:35.506-016 x", Some((45_455_506, Some(16), None, "x")));
        check("14:58:08.046-259/10 x", Some((53_888_046, Some(259), Some(10), "x")));
        check("23:59:59.999-1234 x", Some((86_399_999, Some(1234), None, "x")));
        check("  \t18:40:08.501-023/02 CMD: x", Some((67_208_501, Some(23), Some(2), "CMD: x")));
    }

    #[test]
    fn the_blank_is_lost_where_the_buffer_ends() {
        check("13:45:21.999-005/100CMD: x", Some((49_521_999, Some(5), Some(100), "CMD: x")));
        check("13:45:21.999-1234/12CMD: x", Some((49_521_999, Some(1234), Some(12), "CMD: x")));
        check("13:45:21.999-1234/12 CMD: x", Some((49_521_999, Some(1234), Some(12), "CMD: x")));
        check("13:45:21.999-023/02CMD: x", None);
        check("13:45:21.999-023CMD: x", None);
    }

    #[test]
    fn the_line_may_end_with_the_stamp() {
        check("00:00:00", Some((0, None, None, "")));
        check("00:00:00.001", Some((1, None, None, "")));
        check("00:00:00.001-023", Some((1, Some(23), None, "")));
        check("00:00:00.001-023/00", Some((1, Some(23), Some(0), "")));
    }

    #[test]
    fn what_is_no_stamp() {
        for line in [
            "",
            " ",
            "x",
            "24:00:00 x",
            "12:60:00 x",
            "12:00:60 x",
            "12:34:56Z",
            "12:34:56,789 x",
            "12:34:56+01:00 x",
            "12:34:5",
            "12-34-56 x",
            "ab:cd:ef gh",
            "1:23:45:67 x",
            "12:34:56.1 x",
            "12:34:56.1234 x",
            "12:34:56-023 x",
            "12:34:56.789-0300 x",
            "12:34:56.789-12 x",
            "12:34:56.789-123456 x",
            "12:34:56.789-023/1 x",
            "12:34:56.789-023/101 x",
            "12:34:56.789-023/007 x",
            "12:34:56.789-023/ x",
            "12:34:5é x",
            "\u{a0}12:34:56 x",
        ] {
            check(line, None);
        }
    }

    #[test]
    fn every_byte_of_the_clock_is_checked() {
        for place in 0..8 {
            for byte in 0..=255_u8 {
                let mut bytes = *b"11:11:11";
                bytes[place] = byte;
                let is_right = if place % 3 == 2 { byte == b':' } else { byte.is_ascii_digit() };
                // Of the hours' tens only 0, 1 and 2 are right, of the others' those up to 5.
                let is_right = is_right
                    && match place {
                        0 => byte <= b'2',
                        3 | 6 => byte <= b'5',
                        _ => true,
                    };
                assert_eq!(clock(bytes).is_some(), is_right, "{place} {byte}");
            }
        }
    }
}
