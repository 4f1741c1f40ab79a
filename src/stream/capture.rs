//! Takes off a line what capture tools and people put in front of it: a time stamp, quotation marks.
//!
//! A recogniser wants the line as the board printed it. The log keeps the bytes as they came. Only forms that no
//! firmware of ours prints are taken off: a bare `12:34:56.789 text` is left, for that is how Tasmota writes.
//!
//! ```
//! use heapscope_reader::stream::capture::undress;
//!
//! let line = undress("> [2026-11-22 18:40:09.001] 18:40:08.501 CMD: Status 4");
//! assert_eq!(line.text, "18:40:08.501 CMD: Status 4");
//! assert_eq!(line.host_time.unwrap().time.since_midnight().0, 67_209_001);
//! ```
//!
//! # Forms
//!
//! | form | who writes it |
//! |---|---|
//! | `[12:34:56] `, `[12:34:56.789] ` | tio, ESPHome's client, many terminals |
//! | `[2026-11-22 12:34:56] `, `[2026-11-22T12:34:56.789] ` | minicom, tio, GTKTerm |
//! | `12:34:56.789 -> ` | Arduino IDE's serial monitor |
//! | `12:34:56.789 > ` | PlatformIO's monitor with the `time` filter |
//! | `2026-11-22 12:34:56.789 `, `2026-11-22T12:34:56,789Z `, `2026-11-22T12:34:56+01:00 ` | CoolTerm, loggers, `ts` with a format |
//! | `Nov 22 12:34:56 ` | `ts` of moreutils |
//! | `[Sun Nov 22 12:34:56.789 2026] ` | Tera Term |
//! | `> ` | Markdown and mail quotations, also nested |

use crate::heap::TimeOfDay;

/// A line without what stood in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undressed<'a> {
    /// As the board printed it.
    pub text: &'a str,
    /// The capture tool's time stamp.
    pub host_time: Option<HostTime>,
}

/// When the capturing computer saw a line, by its own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostTime {
    /// Days since 1970-01-01, where the tool writes the date.
    pub day: Option<i32>,
    /// The time of day, in whatever time zone it was written.
    pub time: TimeOfDay,
}

/// Takes quotation marks off, then a time stamp.
pub fn undress(line: &str) -> Undressed<'_> {
    let text = if line.starts_with('>') { unquote(line) } else { line };
    let stamped = match text.as_bytes() {
        [b'[', ..] => bracketed(text),
        [b'0'..=b'9', ..] => bare(text),
        [b'A'..=b'Z', ..] => month_first(text),
        _ => None,
    };
    match stamped {
        Some((host_time, text)) => Undressed { text, host_time: Some(host_time) },
        None => Undressed { text, host_time: None },
    }
}

/// Whether [`undress`] may take anything off a line that begins so.
pub fn may_be_dressed(first: u8) -> bool {
    matches!(first, b'>' | b'[' | b'0'..=b'9' | b'A'..=b'Z')
}

/// Whether [`undress`] may take anything off: nearly all lines have nothing on, and are left after a byte or two.
#[inline]
pub fn is_dressed(line: &[u8]) -> bool {
    match line {
        [b'>', ..] => true,
        [b'[', b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', ..] => true,
        // Every line of Tasmota begins so: the arrow is looked for before the numbers are read.
        [b'0'..=b'9', _, b':', ..] => has_arrow(line),
        [b'0'..=b'9', _, _, _, b'-' | b'/', ..] => true,
        [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z', b' ', ..] => true,
        _ => false,
    }
}

/// `> > text`. Prompts (`>>> `) and `>>>stack>>>` are no quotations: there no blank stands behind the first mark.
fn unquote(line: &str) -> &str {
    let mut text = line;
    while let Some(rest) = text.strip_prefix('>') {
        match rest.strip_prefix(' ') {
            Some(rest) => text = rest,
            None if rest.is_empty() => return rest,
            None => break,
        }
    }
    text
}

/// Whether ` -> ` or ` > ` may stand behind `12:34:56.789`.
fn has_arrow(line: &[u8]) -> bool {
    // With Tasmota's figures behind the stamp: most lines end here.
    if let [_, _, _, _, _, _, _, _, b'.', _, _, b'0'..=b'9', b'-', ..] = line {
        return false;
    }
    let fraction = line.iter().skip(8).take_while(|byte| matches!(byte, b'.' | b',' | b'0'..=b'9')).count();
    matches!(line.get(8 + fraction..), Some([b' ', b'-' | b'>', ..]))
}

/// `[12:34:56.789] `, `[2026-11-22 12:34:56] `, `[Sun Nov 22 12:34:56.789 2026] `
fn bracketed(text: &str) -> Option<(HostTime, &str)> {
    let inner = &text[1..];
    let (host_time, rest) = date_and_time(inner).or_else(|| tera_term(inner))?;
    let rest = rest.strip_prefix(']')?;
    // ESPHome's client writes "[12:34:56][D]…", without a blank.
    Some((host_time, rest.strip_prefix([' ', '\t']).unwrap_or(rest)))
}

/// `12:34:56.789 -> `, `12:34:56.789 > `, `2026-11-22T12:34:56.789Z `
fn bare(text: &str) -> Option<(HostTime, &str)> {
    let (host_time, rest) = date_and_time(text)?;
    let arrow = [" -> ", " > "].into_iter().find_map(|arrow| rest.strip_prefix(arrow));
    let is_empty_line = || matches!(rest, " ->" | " >").then_some("");
    let behind_date = || host_time.day.and(rest.strip_prefix([' ', '\t']));
    Some((host_time, arrow.or_else(is_empty_line).or_else(behind_date)?))
}

/// `Nov 22 12:34:56 `
fn month_first(text: &str) -> Option<(HostTime, &str)> {
    let (_, rest) = month(text)?;
    let (_, rest) = number(rest.strip_prefix(' ')?.trim_start_matches(' '), 1..=2, 31)?;
    let (time, rest) = clock(rest.strip_prefix(' ')?)?;
    // Without the year the day cannot be counted.
    Some((HostTime { day: None, time }, rest.strip_prefix(' ')?))
}

/// `Sun Nov 22 12:34:56.789 2026`
fn tera_term(text: &str) -> Option<(HostTime, &str)> {
    let weekday = text.get(..4)?;
    if !weekday.ends_with(' ') || !weekday[..3].bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let (month, rest) = month(&text[4..])?;
    let (day, rest) = number(rest.strip_prefix(' ')?.trim_start_matches(' '), 1..=2, 31)?;
    let (time, rest) = clock(rest.strip_prefix(' ')?)?;
    let (year, rest) = number(rest.strip_prefix(' ')?, 4..=4, 9_999)?;
    Some((HostTime { day: Some(days_since_1970(year, month, day)), time }, rest))
}

/// `12:34:56.789`, or with a date in front and a time zone behind.
fn date_and_time(text: &str) -> Option<(HostTime, &str)> {
    if let Some((time, rest)) = clock(text) {
        return Some((HostTime { day: None, time }, rest));
    }
    let (year, rest) = number(text, 4..=4, 9_999)?;
    let separator = ['-', '/'].into_iter().find(|&separator| rest.starts_with(separator))?;
    let (month, rest) = number(rest.strip_prefix(separator)?, 2..=2, 12)?;
    let (day, rest) = number(rest.strip_prefix(separator)?, 2..=2, 31)?;
    let (time, rest) = clock(rest.strip_prefix([' ', 'T', '_'])?)?;
    if month == 0 || day == 0 {
        return None;
    }
    Some((HostTime { day: Some(days_since_1970(year, month, day)), time }, without_zone(rest)))
}

/// `Z`, `+01:00`, `+0100`: which zone it is does not matter, all lines are of the same.
fn without_zone(text: &str) -> &str {
    let zone = || {
        let (_, rest) = number(text.strip_prefix(['+', '-'])?, 2..=4, 9_999)?;
        match rest.strip_prefix(':') {
            Some(minutes) => Some(number(minutes, 2..=2, 59)?.1),
            None => Some(rest),
        }
    };
    text.strip_prefix('Z').or_else(zone).unwrap_or(text)
}

/// `12:34:56`, with 1 to 9 digits of the second behind a dot or comma.
fn clock(text: &str) -> Option<(TimeOfDay, &str)> {
    let (hours, rest) = number(text, 2..=2, 23)?;
    let (minutes, rest) = number(rest.strip_prefix(':')?, 2..=2, 59)?;
    // 60 is a leap second.
    let (seconds, rest) = number(rest.strip_prefix(':')?, 2..=2, 60)?;
    let since_midnight = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
    let Some(fraction) = rest.strip_prefix(['.', ',']) else {
        return Some((TimeOfDay::new(since_midnight as u32, false), rest));
    };
    let (_, rest) = number(fraction, 1..=9, u64::MAX)?;
    let digits = &fraction.as_bytes()[..fraction.len() - rest.len()];
    let millis =
        (0..3).fold(0, |sum, at| sum * 10 + digits.get(at).map_or(0, |digit| u64::from(digit - b'0')));
    Some((TimeOfDay::new((since_midnight + millis) as u32, true), rest))
}

/// `Nov`: its number from 1.
fn month(text: &str) -> Option<(u64, &str)> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let name = text.get(..3)?;
    let at = (0..12).find(|at| &MONTHS[at * 3..at * 3 + 3] == name)?;
    Some((at as u64 + 1, &text[3..]))
}

/// A number of so many digits, at most `most`.
fn number(text: &str, lengths: std::ops::RangeInclusive<usize>, most: u64) -> Option<(u64, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    if !lengths.contains(&length) {
        return None;
    }
    let number = text[..length].parse().ok().filter(|number| *number <= most)?;
    Some((number, &text[length..]))
}

/// Days of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil).
fn days_since_1970(year: u64, month: u64, day: u64) -> i32 {
    let year = year as i64 - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month as i64 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as i64 - 1;
    // The year has four digits.
    (era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line, its text, and day and time of its stamp.
    #[track_caller]
    fn check(line: &str, text: &str, stamp: Option<(Option<i32>, u64)>) {
        let undressed = undress(line);
        assert_eq!(undressed.text, text, "{line}");
        let time = undressed.host_time.map(|host| (host.day, host.time.since_midnight().0));
        assert_eq!(time, stamp, "{line}");
    }

    /// 2026-11-22
    const DAY: Option<i32> = Some(20_779);

    #[test]
    fn every_form_of_stamp() {
        check("[12:34:56] x", "x", Some((None, 45_296_000)));
        check("[12:34:56.789] x", "x", Some((None, 45_296_789)));
        check("[12:34:56][D][debug:1]: x", "[D][debug:1]: x", Some((None, 45_296_000)));
        check("[2026-11-22 12:34:56] x", "x", Some((DAY, 45_296_000)));
        check("[2026-11-22T12:34:56.789123] x", "x", Some((DAY, 45_296_789)));
        check("12:34:56.789 -> x", "x", Some((None, 45_296_789)));
        check("12:34:56.789 ->", "", Some((None, 45_296_789)));
        check("12:34:56.789 > x", "x", Some((None, 45_296_789)));
        check("2026-11-22 12:34:56.7 x", "x", Some((DAY, 45_296_700)));
        check("2026/11/22 12:34:56,789\tx", "x", Some((DAY, 45_296_789)));
        check("2026-11-22T12:34:56,789Z x", "x", Some((DAY, 45_296_789)));
        check("2026-11-22T12:34:56+01:00 x", "x", Some((DAY, 45_296_000)));
        check("2026-11-22T12:34:56-0330 -> x", "x", Some((DAY, 45_296_000)));
        check("Nov 22 12:34:56 x", "x", Some((None, 45_296_000)));
        check("Nov  2 12:34:56 x", "x", Some((None, 45_296_000)));
        check("[Sun Nov 22 12:34:56.789 2026] x", "x", Some((DAY, 45_296_789)));
    }

    #[test]
    fn what_a_firmware_printed_is_left() {
        for line in [
            "",
            "x",
            "12:34:56.789 CMD: x",
            "12:34:56 RSL: x",
            "12:34:56.789-023/02 CMD: x",
            "[12:34:56",
            "[12:61:00] x",
            "[toit] INFO: x",
            "2026-11-22",
            "2026-13-22 12:34:56 x",
            "Now 22 12:34:56 x",
            ">>> gc.mem_free()",
            ">>>stack>>>",
            "[Größe] x",
        ] {
            check(line, line, None);
        }
    }

    #[test]
    fn quotations() {
        check("> x", "x", None);
        check("> > 12:34:56.789 -> x", "x", Some((None, 45_296_789)));
        check(">", "", None);
    }

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        assert_eq!(days_since_1970(2024, 2, 29), 19_782);
        assert_eq!(Some(days_since_1970(2026, 11, 22)), DAY);
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_only_takes_off_the_front(line in "[\\[\\]> 0-9:.,A-Zé+-]{0,40}") {
            proptest::prop_assert!(line.ends_with(undress(&line).text));
            if !is_dressed(line.as_bytes()) || !line.bytes().next().is_some_and(may_be_dressed) {
                proptest::prop_assert_eq!(undress(&line), Undressed { text: &line, host_time: None });
            }
        }
    }
}
