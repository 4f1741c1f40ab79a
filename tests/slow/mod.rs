//! The slow obvious reader: regular expressions over a whole log that lies in memory.
//!
//! It shares nothing with the reader but the types of its findings, and is what that is measured against. Each dialect
//! is one file and one line in [`DIALECTS`], and reads all lines at once, looking back and ahead as it likes.
#![allow(dead_code, reason = "each user takes a part")]

/// A regular expression that is compiled once.
macro_rules! regex {
    ($pattern:expr) => {{
        static REGEX: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($pattern).unwrap());
        &*REGEX
    }};
}

mod espressif;
mod tasmota;
mod toit;
pub mod toit_messages;
mod umm;

use std::sync::LazyLock;

use heapscope::dialect::Finding;
use heapscope::heap::TimeOfDay;
use heapscope::stream::{HostTime, MAX_LINE_BYTES};
use regex::Regex;

/// Lines in, findings out: each with the line (counted from 0) at whose arrival it is certain, or [`AT_THE_END`].
pub type Slow = fn(&[String]) -> Vec<(usize, Finding)>;

/// For what is handed out when the log ends.
pub const AT_THE_END: usize = usize::MAX;

/// The dialects' ids in the order of `heapscope::dialect::ALL`, as far as they have a slow reader.
pub const DIALECTS: &[(&str, Slow)] =
    &[("tasmota", tasmota::read), ("umm", umm::read), ("toit", toit::read), ("espressif", espressif::read)];

/// All findings of these dialects in a log, in the order in which the reader gives them.
pub fn read(log: &[u8], ids: &[&str]) -> Vec<Finding> {
    let slow: Vec<_> = DIALECTS.iter().filter(|(id, _)| ids.contains(id)).map(|(_, slow)| *slow).collect();
    read_with(log, &slow)
}

/// All findings of these slow readers in a log.
pub fn read_with(log: &[u8], readers: &[Slow]) -> Vec<Finding> {
    let (mut lines, mut host_times) = (Vec::new(), Vec::new());
    for raw in split(log) {
        let (text, host_time) = undress(&String::from_utf8_lossy(&without_colours(&raw)));
        lines.push(text);
        host_times.push(host_time);
    }
    let mut found = Vec::new();
    for (place, slow) in readers.iter().enumerate() {
        found.extend(slow(&lines).into_iter().map(|(at, finding)| (at, place, finding)));
    }
    // A stable sort: what one dialect finds in one line stays in its order.
    found.sort_by_key(|(at, place, _)| (*at, *place));
    let finish = |(at, _, finding): (usize, usize, Finding)| {
        let host_time = host_times.get(at).or(host_times.last()).copied().flatten();
        Finding { host_time, ..finding }
    };
    found.into_iter().map(finish).collect()
}

/// CR LF, LF, a lone CR and CR CR LF end a line. A line of more than [`MAX_LINE_BYTES`] comes in pieces.
fn split(log: &[u8]) -> Vec<Vec<u8>> {
    static LINE: LazyLock<regex::bytes::Regex> =
        LazyLock::new(|| regex::bytes::Regex::new(r"(?s-u)([^\r\n]*)(\r*\n|\r+|$)").unwrap());
    let mut lines = Vec::new();
    for captures in LINE.captures_iter(log) {
        let (text, end) = (&captures[1], &captures[2]);
        if text.is_empty() && (end.is_empty() || !end.ends_with(b"\n")) {
            // Nothing stands behind the last line end; and a lone CR at the beginning of a line is no line.
            continue;
        }
        let mut pieces: Vec<_> = text.chunks(MAX_LINE_BYTES).map(<[u8]>::to_vec).collect();
        // A line of exactly the longest size is handed out before its end is seen, which then is an empty one.
        if pieces.last().is_none_or(|last| last.len() == MAX_LINE_BYTES && !end.is_empty()) {
            pieces.push(Vec::new());
        }
        lines.extend(pieces);
    }
    lines
}

/// Without `ESC [ … letter`, `ESC ] … BEL`, `ESC ] … ESC x` and `ESC x`, finished or not.
fn without_colours(line: &[u8]) -> Vec<u8> {
    static ESCAPE: LazyLock<regex::bytes::Regex> = LazyLock::new(|| {
        let pattern = r"(?s-u)\x1b(?:\[[^@-~]*(?:[@-~]|$)|\][^\x07\x1b]*(?:\x07|\x1b.?|$)|[^\[\]]|$)";
        regex::bytes::Regex::new(pattern).unwrap()
    });
    ESCAPE.replace_all(line, &b""[..]).into_owned()
}

/// Without quotation marks and the stamp of a capture tool.
fn undress(line: &str) -> (String, Option<HostTime>) {
    static QUOTES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(?:> )*(?:>$)?").unwrap());
    static STAMP: LazyLock<Regex> = LazyLock::new(|| {
        let clock = r"(?<hours>\d\d):(?<minutes>\d\d):(?<seconds>\d\d)(?:[.,](?<fraction>\d{1,9}))?";
        let clock = |n: u32| {
            let mut clock = clock.to_owned();
            for name in ["hours", "minutes", "seconds", "fraction"] {
                clock = clock.replace(&format!("<{name}>"), &format!("<{name}{n}>"));
            }
            clock
        };
        let date = |n: u32| {
            format!(r"(?<year{n}>\d{{4}})(?:-(?<monthA{n}>\d\d)-|/(?<monthB{n}>\d\d)/)(?<day{n}>\d\d)[ T_]")
        };
        let zone = r"(?:Z|[+-]\d{2,4}(?::[0-5]\d)?)?";
        let month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
        let forms = [
            format!(r"\[{}\][ \t]?", clock(1)),
            format!(r"\[{}{}{zone}\][ \t]?", date(2), clock(2)),
            format!(
                r"\[[A-Za-z]{{3}} (?<month3>{month}) +(?<day3>\d{{1,2}}) {} (?<year3>\d{{4}})\][ \t]?",
                clock(3)
            ),
            format!(r"{}(?: -> | > | ->$| >$)", clock(4)),
            format!(r"{}{}{zone}(?: -> | > | ->$| >$|[ \t])", date(5), clock(5)),
            format!(r"{month} +(?<day6>\d{{1,2}}) {} ", clock(6)),
        ];
        Regex::new(&format!("^(?:{})", forms.join("|"))).unwrap()
    });
    let line = QUOTES.replace(line, "").into_owned();
    let stamp = || {
        let captures = STAMP.captures(&line)?;
        let any = |name: &str| (1..=6).find_map(|n| captures.name(&format!("{name}{n}")));
        let number = |name: &str| any(name).map(|text| text.as_str().parse::<u64>().unwrap());
        let (hours, minutes, seconds) = (number("hours")?, number("minutes")?, number("seconds")?);
        let fraction =
            any("fraction").map(|text| format!("{:0<3}", text.as_str())[..3].parse::<u64>().unwrap());
        let (year, day) = (number("year"), number("day"));
        let month = number("monthA").or(number("monthB")).or_else(|| {
            let names = "JanFebMarAprMayJunJulAugSepOctNovDec";
            Some(names.find(any("month")?.as_str())? as u64 / 3 + 1)
        });
        let is_iso = any("monthA").or(any("monthB")).is_some();
        let is_possible = hours <= 23
            && minutes <= 59
            && seconds <= 60
            && day.is_none_or(|day| day <= 31)
            && (!is_iso || (month.is_some_and(|month| (1..=12).contains(&month)) && day != Some(0)));
        if !is_possible {
            return None;
        }
        let day = year.zip(month).zip(day).map(|((year, month), day)| day_number(year, month, day) as i32);
        let since_midnight = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + fraction.unwrap_or(0);
        let time = TimeOfDay::new(since_midnight as u32, fraction.is_some());
        Some((line[captures[0].len()..].to_owned(), HostTime { day, time }))
    };
    match stamp() {
        Some((text, host_time)) => (text, Some(host_time)),
        None => (line, None),
    }
}

/// Days since 1970, year by year.
fn day_number(year: u64, month: u64, day: u64) -> i64 {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = |year: i64| if is_leap(year) { 366 } else { 365 };
    let year = year as i64;
    let years: i64 = match year >= 1970 {
        true => (1970..year).map(length).sum(),
        false => -(year..1970).map(length).sum::<i64>(),
    };
    let mut days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    days[1] += i64::from(is_leap(year));
    // Month 0 of a stamp without checks counts as the December before.
    let months: i64 = days[..(month as usize).saturating_sub(1)].iter().sum();
    years + months + day as i64 - 1
}
