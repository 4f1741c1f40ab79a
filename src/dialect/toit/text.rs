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
    BARS.iter().find_map(|bar| text.strip_prefix(bar))
}

/// What stands before the bar at the end.
pub(super) fn before_bar(text: &str) -> Option<&str> {
    BARS.iter().find_map(|bar| text.strip_suffix(bar))
}

/// Without the blanks at the front, and how many they were.
pub(super) fn blanks(text: &str) -> (usize, &str) {
    let rest = text.trim_start_matches(is_blank);
    let gone = &text[..text.len() - rest.len()];
    (gone.chars().count(), rest)
}

/// Without the blanks at the front.
pub(super) fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{a0}')
}

/// A whole number at the front, and what follows it. One of more than 15 digits is none.
pub(super) fn digits(text: &str) -> Option<(u64, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=15).contains(&length) {
        return None;
    }
    Some((text[..length].parse().ok()?, &text[length..]))
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

/// A row with the firmware's own bars and blanks, byte by byte: nearly all are.
fn exact_row(line: &str) -> Option<Row<'_>> {
    const BAR: &[u8] = "│".as_bytes();
    let without_blanks = |bytes: &mut &[u8]| {
        let count = bytes.iter().take_while(|&&byte| byte == b' ').count();
        *bytes = &bytes[count..];
        count
    };
    let mut rest = line.as_bytes();
    let mut cell = || {
        rest = rest.strip_prefix(BAR)?;
        without_blanks(&mut rest);
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = rest.get(..length).filter(|digits| (1..=15).contains(&digits.len()))?;
        let number = digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
        rest = &rest[length..];
        Some((number, without_blanks(&mut rest)))
    };
    let ((first, blanks_after_first), (second, blanks_after_second)) = (cell()?, cell()?);
    let mut rest = rest.strip_prefix(BAR)?;
    let blanks_before_name = without_blanks(&mut rest);
    let begin = line.len() - rest.len();
    let name = line.get(begin..line.len() - BAR.len()).filter(|_| rest.ends_with(BAR))?.trim_end_matches(' ');
    // Anything but letters of ASCII is looked at more closely.
    let is_plain = name.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'|');
    let is_name = is_plain && !name.is_empty() && name.len() <= MAX_NAME_BYTES;
    is_name.then_some(Row {
        first,
        second,
        name,
        blanks_after_first,
        blanks_after_second,
        blanks_before_name,
    })
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
    !line.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// Whether it has a digit.
pub(super) fn has_digit(line: &str) -> bool {
    line.bytes().any(|byte| byte.is_ascii_digit())
}

/// Its first [`MAX_TEXT_CHARS`] characters.
pub(super) fn kept(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
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
