//! Numbers as people read them, in one place: bytes, percent, counts, times, rates, addresses.
//!
//! Every number on screen goes through here, so that the same amount reads the same in the verdict, on an
//! axis and in a table. It refuses to know what a number *means*, to look at a locale or a clock, and to add
//! precision: an amount that the firmware truncated to KB stays whole KB, and what is exact is never
//! shown as if it were not. 1 KB is 1024 bytes, as in every firmware that Heapscope reads.
//!
//! Digits are grouped with a narrow no-break space (U+202F) and stand before their unit with a no-break space
//! (U+00A0); [`plain_digits`] takes both out again for spreadsheets.
//!
//! ```
//! use heapscope::format;
//! use heapscope::heap::{Amount, Millis};
//!
//! assert_eq!(format::bytes(24_260), "23.7\u{a0}KB");
//! assert_eq!(format::amount(Amount::kib_truncated(23)), "23\u{a0}KB");
//! assert_eq!(format::exact_bytes(24_260), "24\u{202f}260\u{a0}bytes");
//! assert_eq!(format::duration(Millis(7_500_000)), "2\u{a0}h\u{a0}5\u{a0}min");
//! ```

use crate::heap::{Amount, Millis, Unit};

/// Stands between groups of three digits: narrow, and never at the end of a line.
const GROUP_SEPARATOR: char = '\u{202f}';
/// Stands between a number and its unit: never at the end of a line either.
const NO_BREAK: char = '\u{a0}';
/// The minus of typography: as wide as a plus.
const MINUS: char = '\u{2212}';

const KIB: u64 = 1024;
const MIB: u64 = 1024 * 1024;

/// Bytes in the unit that fits: `812 bytes`, `23.7 KB`, `128 KB`, `3.9 MB`. Rounded to the nearest; whole
/// multiples have no decimal.
pub fn bytes(bytes: u64) -> String {
    match bytes {
        // What would round to "1024 KB" is a megabyte.
        _ if bytes >= MIB - KIB / 2 => scaled(bytes, MIB, "MB"),
        _ if bytes >= KIB => scaled(bytes, KIB, "KB"),
        1 => format!("1{NO_BREAK}byte"),
        _ => format!("{bytes}{NO_BREAK}bytes"),
    }
}

fn scaled(bytes: u64, unit_bytes: u64, unit: &str) -> String {
    let value = bytes as f64 / unit_bytes as f64;
    // From a hundred on, a tenth says nothing.
    let is_whole = bytes.is_multiple_of(unit_bytes) || value >= 99.95;
    let number = if is_whole { count(value.round() as u64) } else { decimal(value, 1) };
    format!("{number}{NO_BREAK}{unit}")
}

/// Bytes to the last one: `24 260 bytes`.
pub fn exact_bytes(bytes: u64) -> String {
    format!("{}{NO_BREAK}{}", count(bytes), if bytes == 1 { "byte" } else { "bytes" })
}

/// An amount of bytes. One that the firmware truncated to KB is shown as the firmware did: `23 KB`.
pub fn amount(amount: Amount) -> String {
    match amount.is_truncated() {
        true => format!("{}{NO_BREAK}KB", count(amount.at_least() / KIB)),
        false => bytes(amount.at_least()),
    }
}

/// An amount of bytes with every digit that is known: `24 260 bytes`, but `23 KB` when truncated.
pub fn exact_amount(amount: Amount) -> String {
    match amount.is_truncated() {
        true => self::amount(amount),
        false => exact_bytes(amount.at_least()),
    }
}

/// An amount in the unit of its figure: bytes, percent or a plain count.
pub fn quantity(amount: Amount, unit: Unit) -> String {
    match unit {
        Unit::Bytes => self::amount(amount),
        Unit::Percent => percent(amount.at_least()),
        Unit::Count => count(amount.at_least()),
    }
}

/// A change in bytes, always with its sign: `+1.2 KB`, `−300 bytes`, `±0`.
pub fn change_in_bytes(change_bytes: i64) -> String {
    match change_bytes {
        0 => "±0".into(),
        _ if change_bytes < 0 => format!("{MINUS}{}", bytes(change_bytes.unsigned_abs())),
        _ => format!("+{}", bytes(change_bytes.unsigned_abs())),
    }
}

/// A plain number with its digits in groups: `1 234 567`. Four digits are grouped too: columns align.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * GROUP_SEPARATOR.len_utf8());
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(GROUP_SEPARATOR);
        }
        text.push(digit);
    }
    text
}

/// Whole percent: `37%`.
pub fn percent(percent: u64) -> String {
    format!("{percent}%")
}

/// A number, not below 0, with as many decimals as asked for: `23.7`.
///
/// All decimals on the page are written here, from whole numbers: the standard library's way from `f64` to text,
/// exact at any size, is 7 KB of the page. (`f64::clamp` between limits that are no constants brings it in, too: they
/// stand in its panic.)
pub fn decimal(value: f64, places: u32) -> String {
    let scale = 10_u64.pow(places);
    let scaled = (value * scale as f64).round_ties_even() as u64;
    format!("{}.{:02$}", scaled / scale, scaled % scale, places as usize)
}

/// A part of a whole: `35%`, `0.4%`, `under 0.1%`. Empty when there is no whole.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let share = part as f64 * 100.0 / whole as f64;
    match share {
        _ if part == 0 => "0%".into(),
        _ if share < 0.1 => "under 0.1%".into(),
        _ if share < 9.95 => format!("{}%", decimal(share, 1)),
        _ => percent(share.round() as u64),
    }
}

/// How long something took, in at most two units: `850 ms`, `35 s`, `14 min`, `2 h 5 min`, `3 d 4 h`.
/// Rounded down: nothing is said to have lasted longer than it did.
pub fn duration(duration: Millis) -> String {
    let seconds = duration.0 / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: u64, large_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{}{NO_BREAK}{large_unit}", count(large)),
        _ => format!("{}{NO_BREAK}{large_unit}{NO_BREAK}{small}{NO_BREAK}{small_unit}", count(large)),
    };
    match () {
        _ if days > 0 => two(days, "d", hours % 24, "h"),
        _ if hours > 0 => two(hours, "h", minutes % 60, "min"),
        // A few minutes with their seconds; from ten on seconds say nothing.
        _ if minutes >= 10 => two(minutes, "min", 0, ""),
        _ if minutes > 0 => two(minutes, "min", seconds % 60, "s"),
        _ if seconds > 0 || duration.0 == 0 => two(seconds, "s", 0, ""),
        _ => two(duration.0, "ms", 0, ""),
    }
}

/// How long something will take that is not known to the minute, in one unit: `50 s`, `90 min`, `15 h`, `4 d`. Rounded to
/// the nearest; the unit changes where a step of the larger one is no more than a third.
pub fn rough_duration(duration: Millis) -> String {
    let (count, unit) = rough(duration);
    format!("{}{NO_BREAK}{unit}", self::count(count))
}

/// The range of that, with the unit said once where both have it: `10–22 h`, `50 min–4 h`.
pub fn rough_range(least: Millis, most: Millis) -> String {
    let ((first, unit), (_, last_unit)) = (rough(least), rough(most));
    let least = if unit == last_unit { count(first) } else { rough_duration(least) };
    format!("{least}\u{2013}{}", rough_duration(most))
}

fn rough(duration: Millis) -> (u64, &'static str) {
    const UNITS: [(u64, &str); 3] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min")];
    let fits = UNITS.into_iter().find(|(unit, _)| duration.0 >= 3 * unit);
    let (unit, name) = fits.unwrap_or((1_000, "s"));
    (duration.0.saturating_add(unit / 2) / unit, name)
}

/// A time since the recording began, as a clock that starts at 0: `0:05:00`, `27:12:09`. With `with_millis`:
/// `0:05:00.250`.
pub fn clock_offset(at: Millis, with_millis: bool) -> String {
    let seconds = at.0 / 1_000;
    let clock = format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if with_millis { format!("{clock}.{:03}", at.0 % 1_000) } else { clock }
}

/// The label of a tick on a time axis whose ticks stand `step` apart up to `last`, in the unit of the step:
/// `+5 min`, `+2 h`, `+0.5 s`; as a clock (`0:05:30`) where no single unit reads well.
pub fn time_tick(at: Millis, step: Millis, last: Millis) -> String {
    const DAY: Millis = Millis(24 * Millis::HOUR.0);
    let in_unit = |unit: Millis, name: &str| format!("+{}{NO_BREAK}{name}", count(at.0 / unit.0));
    let is_multiple_of = |unit: Millis| step.0.is_multiple_of(unit.0) && at.0.is_multiple_of(unit.0);
    match () {
        _ if at.0 == 0 => "0".into(),
        _ if is_multiple_of(DAY) => in_unit(DAY, "d"),
        _ if is_multiple_of(Millis::HOUR) && last < Millis(2 * DAY.0) => in_unit(Millis::HOUR, "h"),
        _ if is_multiple_of(Millis::MINUTE) && last < Millis(2 * Millis::HOUR.0) => {
            in_unit(Millis::MINUTE, "min")
        }
        _ if is_multiple_of(Millis::SECOND) && last < Millis(2 * Millis::MINUTE.0) => {
            in_unit(Millis::SECOND, "s")
        }
        _ if step < Millis::SECOND && last < Millis(2 * Millis::MINUTE.0) => {
            format!("+{}{NO_BREAK}s", shortest_decimal(at.0 as f64 / 1_000.0))
        }
        _ => clock_offset(at, step < Millis::SECOND),
    }
}

/// The label of a tick on a byte axis that goes up to `top_bytes`. All labels of one axis have the same unit:
/// `0`, `0.5 KB`, `16 KB`, `2 MB`.
pub fn byte_tick(bytes: u64, top_bytes: u64) -> String {
    let (unit_bytes, unit) = match top_bytes {
        _ if top_bytes >= 2 * MIB => (MIB, "MB"),
        _ if top_bytes >= 2 * KIB => (KIB, "KB"),
        _ => (1, "B"),
    };
    match bytes {
        0 => "0".into(),
        _ => format!("{}{NO_BREAK}{unit}", shortest_decimal(bytes as f64 / unit_bytes as f64)),
    }
}

/// A device's time of day as firmwares print it: `18:40:08.501`.
pub fn device_clock(since_midnight: Millis, has_millis: bool) -> String {
    let seconds = since_midnight.0 / 1_000;
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if has_millis { format!("{clock}.{:03}", since_midnight.0 % 1_000) } else { clock }
}

/// How fast an amount of bytes changes, without sign, over the span in which it is at least a byte:
/// `1.2 KB per hour`, `40 bytes per day`, `3.5 KB per minute`.
pub fn rate(bytes_per_hour: f64) -> String {
    rate_over_span(bytes_per_hour, 60.0 * KIB as f64, |rate| rate)
}

/// The amount over the span that fits, in which `said` is said of it. From `per_minute_from` bytes per hour on, that is a minute.
fn rate_over_span(bytes_per_hour: f64, per_minute_from: f64, said: fn(f64) -> f64) -> String {
    let per_hour = bytes_per_hour.abs();
    let (rate, span) = match per_hour {
        // Not a number, or without end: nothing that can be said.
        _ if !per_hour.is_finite() => return "unknown".into(),
        _ if per_hour >= per_minute_from => (per_hour / 60.0, "minute"),
        _ if per_hour >= 10.0 => (per_hour, "hour"),
        _ => (per_hour * 24.0, "day"),
    };
    format!("{} per {span}", bytes(said(rate).round() as u64))
}

/// The same to about a tenth, for what is not known better: `60 KB per hour`. Always of the hour unless that is much, so
/// that it does not change its form while it is watched.
pub fn rough_rate(bytes_per_hour: f64) -> String {
    rate_over_span(bytes_per_hour, 600.0 * KIB as f64, |rate| {
        let unit = if rate >= KIB as f64 { KIB as f64 } else { 1.0 };
        rough_number(rate / unit) * unit
    })
}

/// The nearest of ten steps to the next power of ten (the preferred numbers R10 of ISO 3, rounded to what people say).
fn rough_number(value: f64) -> f64 {
    const STEPS: [f64; 11] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let mut power = 1.0;
    while value >= power * 10.0 {
        power *= 10.0;
    }
    let nearest = |best: f64, step: f64| {
        if (value - step * power).abs() < (value - best).abs() { step * power } else { best }
    };
    STEPS.into_iter().fold(if value < 1.0 { value } else { power }, nearest)
}

/// An address: `0x3fff24c0`.
pub fn address(address: u32) -> String {
    format!("{address:#010x}")
}

/// A text of at most `max_chars` characters: a longer one loses its middle, since both ends of a name (of a
/// UUID, of a path) tell names apart: `0193…c4f2`.
pub fn shorten_middle(text: &str, max_chars: usize) -> String {
    let length = text.chars().count();
    if length <= max_chars {
        return text.to_owned();
    }
    let kept = max_chars.saturating_sub(1);
    let (front, back) = (kept.div_ceil(2), kept / 2);
    text.chars().take(front).chain(['…']).chain(text.chars().skip(length - back)).collect()
}

/// A text without the spaces that group digits, and with plain ones before units: what a spreadsheet reads.
pub fn plain_digits(text: &str) -> String {
    text.chars()
        .filter(|&char| char != GROUP_SEPARATOR)
        .map(|char| if char == NO_BREAK { ' ' } else { char })
        .collect()
}

/// As many decimals as it needs, three at most.
fn shortest_decimal(value: f64) -> String {
    let text = decimal(value, 3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(actual: String, expected: &str) {
        assert_eq!(plain_digits(&actual), expected);
    }

    #[test]
    fn a_rough_rate_has_few_forms() {
        for (given, expected) in [
            (54_700.0, "50 KB per hour"),
            (-57_000.0, "60 KB per hour"),
            (67_000.0, "60 KB per hour"),
            (1_300.0, "1.2 KB per hour"),
            (9_900.0, "10 KB per hour"),
            (100.0, "100 bytes per hour"),
            (4.2, "100 bytes per day"),
            (600.0 * 1_024.0, "10 KB per minute"),
            (0.01, "0 bytes per day"),
            (f64::NAN, "unknown"),
        ] {
            check(rough_rate(given), expected);
        }
    }

    #[test]
    fn bytes_have_the_unit_that_fits() {
        for (given, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1_023, "1023 bytes"),
            (1_024, "1 KB"),
            (1_025, "1.0 KB"),
            (24_260, "23.7 KB"),
            (102_348, "99.9 KB"),
            (102_349, "100 KB"),
            (131_072, "128 KB"),
            (1_048_063, "1023 KB"),
            (1_048_064, "1.0 MB"),
            (4_194_304, "4 MB"),
            (4_100_000, "3.9 MB"),
            (u64::MAX, "17592186044416 MB"),
        ] {
            check(bytes(given), expected);
        }
    }

    #[test]
    fn truncated_amounts_claim_no_decimals() {
        check(amount(Amount::kib_truncated(23)), "23 KB");
        check(exact_amount(Amount::kib_truncated(1_234)), "1234 KB");
        check(exact_amount(Amount::exact(24_260)), "24260 bytes");
        check(quantity(Amount::exact(37), Unit::Percent), "37%");
        check(quantity(Amount::exact(1_234), Unit::Count), "1234");
    }

    #[test]
    fn what_is_not_known_to_the_minute_has_one_unit() {
        for (seconds, expected) in [
            (0, "0 s"),
            (179, "179 s"),
            (180, "3 min"),
            (5_400, "90 min"),
            (10_799, "180 min"),
            (10_800, "3 h"),
            (54_900, "15 h"),
            (259_200, "3 d"),
            (1_540_000, "18 d"),
        ] {
            check(rough_duration(Millis::from_secs(seconds)), expected);
        }
        let range = |least, most| rough_range(Millis::from_secs(least), Millis::from_secs(most));
        check(range(36_000, 79_200), "10\u{2013}22 h");
        check(range(3_000, 14_400), "50 min\u{2013}4 h");
    }

    #[test]
    fn digits_stand_in_groups() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1\u{202f}000");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(exact_bytes(24_260), "24\u{202f}260\u{a0}bytes");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        for (given, expected) in [
            (0, "0 s"),
            (850, "850 ms"),
            (35_999, "35 s"),
            (60_000, "1 min"),
            (95_000, "1 min 35 s"),
            (14 * 60_000 + 59_999, "14 min"),
            (2 * 3_600_000 + 5 * 60_000, "2 h 5 min"),
            (76 * 3_600_000, "3 d 4 h"),
        ] {
            check(duration(Millis(given)), expected);
        }
    }

    #[test]
    fn clocks() {
        check(clock_offset(Millis(300_250), false), "0:05:00");
        check(clock_offset(Millis(300_250), true), "0:05:00.250");
        check(device_clock(Millis(67_208_501), true), "18:40:08.501");
        check(device_clock(Millis(67_208_501), false), "18:40:08");
    }

    #[test]
    fn ticks_of_time_use_the_unit_of_their_step() {
        let tick = |at, step, last| time_tick(Millis(at), Millis(step), Millis(last));
        check(tick(300_000, 60_000, 600_000), "+5 min");
        check(tick(0, 60_000, 600_000), "0");
        check(tick(500, 500, 2_000), "+0.5 s");
        check(tick(90_000, 10_000, 110_000), "+90 s");
        check(tick(330_000, 30_000, 600_000), "0:05:30");
        check(tick(7_200_000, 3_600_000, 9_000_000), "+2 h");
        check(tick(9_000_000, 900_000, 9_000_000), "2:30:00");
        check(tick(86_400_000 * 3, 86_400_000, 86_400_000 * 9), "+3 d");
        check(tick(300_250, 250, 300_500), "0:05:00.250");
    }

    #[test]
    fn ticks_of_bytes_share_one_unit() {
        check(byte_tick(0, 65_536), "0");
        check(byte_tick(512, 4_096), "0.5 KB");
        check(byte_tick(16_384, 65_536), "16 KB");
        check(byte_tick(512, 1_024), "512 B");
        check(byte_tick(1_572_864, 4_194_304), "1.5 MB");
    }

    #[test]
    fn rates_choose_their_span() {
        check(rate(-1_229.0), "1.2 KB per hour");
        check(rate(2.0), "48 bytes per day");
        check(rate(215_040.0), "3.5 KB per minute");
        check(rate(f64::NAN), "unknown");
    }

    #[test]
    fn changes_have_a_sign() {
        check(change_in_bytes(1_229), "+1.2 KB");
        check(change_in_bytes(-300), "−300 bytes");
        check(change_in_bytes(0), "±0");
        check(change_in_bytes(i64::MIN), "−8796093022208 MB");
    }

    #[test]
    fn shares() {
        check(share(352, 1_000), "35%");
        check(share(4, 1_000), "0.4%");
        check(share(1, 1_000_000), "under 0.1%");
        check(share(0, 10), "0%");
        check(share(1, 0), "");
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shorten_middle("wifi", 4), "wifi");
        assert_eq!(shorten_middle("0193d2ab-77aa-c4f2", 9), "0193…c4f2");
        assert_eq!(shorten_middle("ölümlü", 3), "ö…ü");
        assert_eq!(shorten_middle("abc", 1), "…");
        assert_eq!(shorten_middle("abc", 0), "…");
    }
}
