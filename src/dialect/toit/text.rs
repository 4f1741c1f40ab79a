//! The pieces of Toit's tables, also as they look after a terminal or a web page read them in a wrong encoding.
//!
//! ```text
//! bar   = "│" | "|" | "│" read as Latin-1, CP1252, CP437, CP850 or Mac Roman | 1 to 3 of U+FFFD or "?" | "â"
//! blank = " " | TAB | U+00A0
//! ruler = a line without any ASCII letter or digit: whatever became of ┌─┬┐├┼┤└┴┘
//! row   = bar blank* BYTES blank* bar blank* COUNT blank* bar blank* NAME blank* bar
//! ```
//!
//! A name has no `|` and no `│` in it, and at most [`MAX_NAME_BYTES`] bytes; a number at most 15 digits.

/// The longest name of a row. Toit's own have 53 characters at most, classes in decoded tables 45.
pub(super) const MAX_NAME_BYTES: usize = 100;

/// The longest name of a use in a page: there are many of them. Toit's own have 19 characters at most.
pub(super) const MAX_USE_BYTES: usize = 24;

/// The longest text that is kept of a line: a marker, an exception.
const MAX_TEXT_CHARS: usize = 200;

/// The longest number of a table.
const MAX_DIGITS: usize = 15;

/// The firmware's own bar.
const BAR: &[u8] = "│".as_bytes();

/// What a bar can look like; longer ones before those that they begin or end with.
const BARS: [&str; 14] = [
    "│",
    "|",
    // E2 94 82 as CP1252, as Latin-1, as CP437, as CP850, as Mac Roman.
    "â”‚",
    "â\u{94}\u{82}",
    "Γöé",
    "Ôöé",
    "‚îÇ",
    "\u{fffd}\u{fffd}\u{fffd}",
    "\u{fffd}\u{fffd}",
    "\u{fffd}",
    "???",
    "??",
    "?",
    // Latin-1 from which the control characters were dropped.
    "â",
];

/// A row of a table, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// The first number.
    pub first: u64,
    /// The second number.
    pub second: u64,
    /// The text of the third cell.
    pub name: &'a str,
    /// Blanks between the first number and its bar.
    pub blanks_after_first: usize,
    /// Blanks between the second number and its bar.
    pub blanks_after_second: usize,
    /// Blanks in front of the name.
    pub blanks_before_name: usize,
}

/// What follows the bar at the front.
pub(super) fn after_bar(text: &str) -> Option<&str> {
    // Most lines end here.
    if matches!(text.as_bytes().first()?, b' '..=b'>' | b'@'..=b'{') {
        return None;
    }
    text.strip_prefix('│').or_else(|| BARS.iter().find_map(|bar| text.strip_prefix(bar)))
}

/// What stands before the bar at the end.
pub(super) fn before_bar(text: &str) -> Option<&str> {
    text.strip_suffix('│').or_else(|| BARS.iter().find_map(|bar| text.strip_suffix(bar)))
}

/// Without the blanks at the front, and how many they were.
pub(super) fn blanks(text: &str) -> (usize, &str) {
    let rest = skip_blanks(text);
    let gone = &text[..text.len() - rest.len()];
    (gone.chars().count(), rest)
}

/// Without the blanks at the front.
pub(super) fn skip_blanks(text: &str) -> &str {
    text[blanks_in_front(text.as_bytes())..].trim_start_matches(is_blank)
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{a0}')
}

/// A whole number at the front, and what follows it. One of more than 15 digits is none.
pub(super) fn digits(text: &str) -> Option<(u64, &str)> {
    let (number, length) = number_in_front(text.as_bytes());
    (1..=MAX_DIGITS).contains(&length).then(|| (number, &text[length..]))
}

/// The address that `%p` printed at the front, and what follows it.
pub(super) fn address(text: &str) -> Option<(u32, &str)> {
    let text = text.strip_prefix("0x")?;
    let length = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    Some((u32::from_str_radix(&text[..length], 16).ok()?, &text[length..]))
}

/// Takes a row apart. The line has no white space at its ends.
pub(super) fn row(line: &str) -> Option<Row<'_>> {
    exact_row(line).or_else(|| any_row(line))
}

/// A row with the firmware's own bars and blanks, eight bytes at a time: nearly all are. White space at the line's ends
/// must be blanks.
#[inline(always)]
pub(super) fn exact_row(line: &str) -> Option<Row<'_>> {
    let inner = between_bars(line)?;
    let (first, blanks_after_first, rest) = exact_cell(inner.as_bytes())?;
    let (second, blanks_after_second, rest) = exact_cell(rest.strip_prefix(BAR)?)?;
    let rest = rest.strip_prefix(BAR)?;
    let blanks_before_name = blanks_in_front(rest);
    let begin = inner.len() - rest.len() + blanks_before_name;
    let cell = inner.get(begin..)?;
    let name = &cell[..cell.len() - blanks_behind(cell.as_bytes())];
    // Anything but letters of ASCII is looked at more closely.
    let is_plain =
        |name: &str| name.bytes().fold(true, |is, byte| is & matches!(byte, b' '..=b'~') & (byte != b'|'));
    let is_name = !name.is_empty() && name.len() <= MAX_NAME_BYTES && is_plain(name);
    is_name.then_some(Row {
        first,
        second,
        name,
        blanks_after_first,
        blanks_after_second,
        blanks_before_name,
    })
}

/// What stands between the firmware's own bars at both ends of the line, around which blanks may be.
#[inline(always)]
pub(super) fn between_bars(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    let front = blanks_in_front(bytes);
    let behind = blanks_behind(&bytes[front..]);
    bytes[front..bytes.len() - behind].strip_prefix(BAR)?.strip_suffix(BAR)?;
    line.get(front + BAR.len()..line.len() - behind - BAR.len())
}

/// A number and its blanks up to the next bar: the number, the blanks behind it, and what follows.
#[inline(always)]
fn exact_cell(bytes: &[u8]) -> Option<(u64, usize, &[u8])> {
    let bytes = &bytes[blanks_in_front(bytes)..];
    let (number, length) = number_in_front(bytes);
    let rest = bytes.get(length..).filter(|_| (1..=MAX_DIGITS).contains(&length))?;
    let blanks = blanks_in_front(rest);
    Some((number, blanks, &rest[blanks..]))
}

const BLANKS: u64 = u64::from_le_bytes([b' '; 8]);
const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);

/// How many blanks are at the front.
#[inline(always)]
fn blanks_in_front(bytes: &[u8]) -> usize {
    let mut count = 0;
    while let Some(eight) = bytes[count..].first_chunk() {
        match u64::from_le_bytes(*eight) ^ BLANKS {
            0 => count += 8,
            others => return count + others.trailing_zeros() as usize / 8,
        }
    }
    count + bytes[count..].iter().take_while(|byte| **byte == b' ').count()
}

/// How many blanks are at the end.
#[inline(always)]
fn blanks_behind(mut bytes: &[u8]) -> usize {
    let length = bytes.len();
    while let Some((rest, eight)) = bytes.split_last_chunk() {
        match u64::from_le_bytes(*eight) ^ BLANKS {
            0 => bytes = rest,
            others => return length - bytes.len() + others.leading_zeros() as usize / 8,
        }
    }
    length - bytes.len() + bytes.iter().rev().take_while(|byte| **byte == b' ').count()
}

/// The digits at the front as a number, and how many they are. The number of more than [`MAX_DIGITS`] means nothing.
#[inline(always)]
fn number_in_front(bytes: &[u8]) -> (u64, usize) {
    // Nearly all have less than eight digits, and more than a number behind them: they are read without a loop.
    if let Some(eight) = bytes.first_chunk() {
        let digits = u64::from_le_bytes(*eight) ^ u64::from_le_bytes([b'0'; 8]);
        // The high bit of all bytes up to the first that is more than 9 is right; the sum may overflow behind it.
        let others = (digits.wrapping_add(u64::from_le_bytes([0x76; 8])) | digits) & HIGH_BITS;
        let length = others.trailing_zeros() as usize / 8;
        if (1..8).contains(&length) {
            return (eight_digits(digits << (64 - 8 * length)), length);
        }
    }
    let length = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let add = |number: u64, digit: &u8| number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
    (bytes[..length].iter().fold(0, add), length)
}

/// The number of eight digits of which the first stands in the lowest byte: pairs, then fours, then all are put together
/// (Daniel Lemire, "Quickly parsing eight digits", 2018).
#[inline(always)]
fn eight_digits(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF
}

/// A row with whatever became of its bars and blanks.
fn any_row(line: &str) -> Option<Row<'_>> {
    let (first, rest) = digits(skip_blanks(after_bar(line)?))?;
    let (blanks_after_first, rest) = blanks(rest);
    let (second, rest) = digits(skip_blanks(after_bar(rest)?))?;
    let (blanks_after_second, rest) = blanks(rest);
    let (blanks_before_name, rest) = blanks(after_bar(rest)?);
    let name = name(rest)?;
    Some(Row { first, second, name, blanks_after_first, blanks_after_second, blanks_before_name })
}

/// The name in the last cell: up to the bar at the end.
pub(super) fn name(cell: &str) -> Option<&str> {
    let name = before_bar(cell)?.trim_end_matches(is_blank);
    let is_name = !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.contains(['|', '│']);
    is_name.then_some(name)
}

/// Whether it has no letters and digits of ASCII: a border, in whatever encoding.
pub(super) fn is_ruler(line: &str) -> bool {
    !has(line, u8::is_ascii_alphanumeric)
}

/// Whether it has a digit.
pub(super) fn has_digit(line: &str) -> bool {
    has(line, u8::is_ascii_digit)
}

/// Whether it has such a byte of ASCII. Borders have 200 bytes and more that are none: eight are passed over at once.
fn has(line: &str, is_such: fn(&u8) -> bool) -> bool {
    let (eights, rest) = line.as_bytes().as_chunks();
    let has_ascii = |eight: &&[u8; 8]| u64::from_le_bytes(**eight) & HIGH_BITS != HIGH_BITS;
    eights.iter().filter(has_ascii).any(|eight| eight.iter().any(is_such)) || rest.iter().any(is_such)
}

/// Without the white space at its ends, as [`str::trim`] does, which asks for the class of every character.
pub(super) fn trimmed(text: &str) -> &str {
    let text = text.trim_ascii();
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Its first [`MAX_TEXT_CHARS`] characters.
pub(super) fn kept(text: &str) -> String {
    // Most are short.
    match text.len() <= MAX_TEXT_CHARS {
        true => text.to_owned(),
        false => text.chars().take(MAX_TEXT_CHARS).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(u64, u64, &str)>) {
        assert_eq!(row(line).map(|row| (row.first, row.second, row.name)), expected, "{line}");
    }

    #[test]
    fn bars_in_every_wrong_encoding() {
        let row = "│     784   │      6  │  external byte array  │";
        let utf8 = "│".as_bytes();
        let latin1: String = utf8.iter().map(|&byte| char::from(byte)).collect();
        let bars = [
            "│",
            "|",
            &latin1,
            "â”‚",
            "Γöé",
            "Ôöé",
            "‚îÇ",
            "â",
            "?",
            "??",
            "???",
            "\u{fffd}",
            "\u{fffd}\u{fffd}",
        ];
        for bar in bars {
            check(&row.replace('│', bar), Some((784, 6, "external byte array")));
        }
    }

    #[test]
    fn blanks_that_a_web_page_changed() {
        check("| 784 | 6 | lwip |", Some((784, 6, "lwip")));
        check("|784|6|lwip|", Some((784, 6, "lwip")));
        check("│\u{a0}784\t│ 6 │\u{a0}lwip\u{a0}│", Some((784, 6, "lwip")));
    }

    #[test]
    fn what_is_no_row() {
        for line in [
            "│   Bytes   │  Count  │  Type                 │",
            "│ 784 │ 6 │ lwi",
            "│ 784 │ 6 │  │",
            "│ 784 │ 6 │",
            "│ 784 │ │ lwip │",
            "784 │ 6 │ lwip │",
            "| 1 | 2 | three | four |",
            "│ 1234567890123456 │ 6 │ lwip │",
            "│ -784 │ 6 │ lwip │",
            "│ 0x784 │ 6 │ lwip │",
        ] {
            check(line, None);
        }
        check(&format!("| 1 | 2 | {} |", "n".repeat(MAX_NAME_BYTES + 1)), None);
    }

    #[test]
    fn addresses() {
        assert_eq!(address("0x3ffb0000 x"), Some((0x3ffb_0000, " x")));
        assert_eq!(address("0x123456789"), None);
        assert_eq!(address("0x"), None);
    }

    proptest::proptest! {
        #[test]
        fn eight_bytes_at_a_time_are_as_good_as_one(text in "[ 0-9]{0,20}.{0,4}[ 0-9|│]{0,20}", blanks in " {0,20}") {
            let text = blanks.clone() + &text + &blanks;
            let slow_blanks = text.len() - text.trim_start_matches(' ').len();
            proptest::prop_assert_eq!(blanks_in_front(text.as_bytes()), slow_blanks);
            proptest::prop_assert_eq!(blanks_behind(text.as_bytes()), text.len() - text.trim_end_matches(' ').len());
            let rest = &text[slow_blanks..];
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            let expected = (length <= MAX_DIGITS).then(|| rest[..length].parse::<u64>().ok()).flatten();
            proptest::prop_assert_eq!(digits(rest), expected.map(|number| (number, &rest[length..])));
            proptest::prop_assert_eq!(has_digit(&text), text.contains(|character: char| character.is_ascii_digit()));
        }

        #[test]
        fn an_exact_row_is_what_any_row_is(
            bars in proptest::array::uniform4("│|│|│|[|?]"), blanks in proptest::array::uniform6(" {0,9}|\u{a0}"),
            numbers in proptest::array::uniform2("[0-9]{0,17}"), name in "[ -~│é]{0,12}|[a-z]{90,110}",
        ) {
            let [a, b, c, d] = bars;
            let [e, f, g, h, i, j] = blanks;
            let [first, second] = numbers;
            let line = [a, e, first, f, b, g, second, h, c, i, name, j, d].concat();
            if let Some(row) = exact_row(&line) {
                proptest::prop_assert_eq!(Some(row), any_row(&line));
            }
        }

        #[test]
        fn white_space_is_what_the_library_says(text in "[ \t\r\u{b}\u{a0}\u{2003}x│.]{0,6}") {
            proptest::prop_assert_eq!(trimmed(&text), text.trim());
        }

        #[test]
        fn never_panics(text in ".{0,60}", bars in "[│|?â\u{fffd} 0-9a]{0,20}") {
            for text in [text, bars] {
                row(&text);
                name(&text);
                address(&text);
                is_ruler(&text);
            }
        }
    }
}
