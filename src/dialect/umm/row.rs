//! One row of a dump: `|0x3fff24c8|B     1|NB     7|PB     0|Z     6|`.
//!
//! Most bytes of a log with dumps are rows, so this reads the columns where `printf` puts them, and goes the slow way
//! only for a row that has lost characters. It judges no row; `checks` does.

/// A row, in 24 bytes: a dump has thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Where the block stands in memory.
    pub address: u32,
    /// Its size in the allocator's blocks. A negative one, which `%5u` prints as 2^32 less, stands as such.
    pub blocks: i32,
    /// Its log line, counted from the first of the dump.
    pub line: u32,
    /// Its number.
    pub block: u16,
    /// The number of the block behind it; 0 in the last row.
    pub next_block: u16,
    /// The number of the block before it.
    pub previous_block: u16,
    /// Next in the list of free blocks. Only for [`Form::Linked`].
    pub next_free: u16,
    /// Previous in the list of free blocks. Only for [`Form::Linked`].
    pub previous_free: u16,
    /// Which columns it has.
    pub form: Form,
    /// Whether the allocator prints these numbers in just this way. Else characters were lost.
    pub is_exact: bool,
}

/// Which columns a row has behind the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// None: a used block.
    Used,
    /// 17 blanks and a bar: a used block, as the upstream allocator prints it (RH: src/umm_info.c:66-171).
    Padded,
    /// `NF` and `PF`: a free block, the first or the last row.
    Linked,
}

impl Row {
    /// The head of the list of free blocks.
    pub fn is_first(&self) -> bool {
        self.block == 0
    }

    /// The end of the heap.
    pub fn is_last(&self) -> bool {
        self.next_block == 0
    }

    /// The first or the last: nobody gets either.
    pub fn is_guard(&self) -> bool {
        self.is_first() || self.is_last()
    }

    /// A block that can be allocated.
    pub fn is_free(&self) -> bool {
        self.form == Form::Linked && !self.is_guard()
    }
}

/// Where a row begins in a line: it may be printed into the middle of another.
pub(super) fn find(text: &str) -> Option<usize> {
    if text.starts_with("|0x") {
        return Some(0);
    }
    // In the middle of a line, a row ends it.
    let ends_it = text.as_bytes().last().is_some_and(|&byte| byte == b'|' || !byte.is_ascii_graphic());
    if !ends_it {
        return None;
    }
    memchr::memchr_iter(b'|', text.as_bytes()).find(|&at| text[at..].starts_with("|0x"))
}

/// Reads a row from its first bar to the end of the line.
pub(super) fn read(text: &str) -> Option<Row> {
    let text = text.trim_end();
    exact(text.as_bytes()).or_else(|| loose(text))
}

/// What stands behind the size in a [`Form::Padded`] row.
const PADDING: &[u8] = b"                 |";

/// Every column at its place, each number right-aligned in five characters. Only the size can be wider.
fn exact(row: &[u8]) -> Option<Row> {
    let (head, rest) = row.split_first_chunk::<45>()?;
    let [b'|', b'0', b'x', address @ .., _, _] = head.first_chunk::<13>()? else { return None };
    let block = column(head, 11, b"|B ")?;
    let next_block = column(head, 20, b"NB ")?;
    let previous_block = column(head, 29, b"PB ")?;
    if head[19] != b'|' || head[28] != b'|' || head[37..40] != *b"|Z " {
        return None;
    }
    // The size may be wider; mostly it is not.
    let (blocks, links) = match rest.split_first()? {
        (b'|', links) => {
            let size = column(head, 37, b"|Z ").map(i32::from);
            (size.or_else(|| wide_column(&row[40..45]))?, links)
        }
        _ => {
            let bar = rest.iter().position(|&byte| byte == b'|')?;
            (wide_column(&row[40..45 + bar])?, &rest[bar + 1..])
        }
    };
    let (form, next_free, previous_free) = match links {
        [] => (Form::Used, 0, 0),
        PADDING => (Form::Padded, 0, 0),
        _ => {
            let links: &[u8; 18] = links.try_into().ok()?;
            let (next, previous) = (column(links, 0, b"NF ")?, column(links, 9, b"PF ")?);
            (links[8] == b'|' && links[17] == b'|').then_some((Form::Linked, next, previous))?
        }
    };
    Some(Row {
        address: hex(address)?,
        blocks,
        line: 0,
        block,
        next_block,
        previous_block,
        next_free,
        previous_free,
        form,
        is_exact: true,
    })
}

/// A name of three characters and `%5d` of a 16-bit number, eight characters from `at` on: all are looked at at once.
#[inline]
fn column<const N: usize>(row: &[u8; N], at: usize, name: &[u8; 3]) -> Option<u16> {
    let bytes: [u8; 8] = row.get(at..at + 8)?.try_into().ok()?;
    if bytes[..3] != *name {
        return None;
    }
    // The first character of the number is the lowest byte.
    let number = u64::from_le_bytes(bytes) >> 24;
    let blanks = (number ^ 0x20_2020_2020).trailing_zeros() / 8;
    if blanks > 4 {
        return None;
    }
    // Digits become 0 to 9, what is too large sets its byte's highest bit. Blanks in front are taken out.
    let digits = (number ^ 0x30_3030_3030) & (!0 << (8 * blanks));
    let has_other = (digits | digits.wrapping_add(0x76_7676_7676)) & 0x80_8080_8080 != 0;
    let first = digits >> (8 * blanks) & 0xFF;
    if has_other || (first == 0 && blanks < 4) {
        return None;
    }
    let digit = |place: u32| (digits >> (8 * place) & 0xFF) as u32;
    let number = digit(0) * 10_000 + digit(1) * 1_000 + digit(2) * 100 + digit(3) * 10 + digit(4);
    u16::try_from(number).ok()
}

/// `%5d` or `%5u` of a 32-bit number.
fn wide_column(digits: &[u8]) -> Option<i32> {
    let blanks = digits.iter().take_while(|&&byte| byte == b' ').count();
    let number = &digits[blanks..];
    let is_negative = number.first() == Some(&b'-');
    let magnitude = &number[usize::from(is_negative)..];
    let has_right_width = digits.len() == number.len().max(5);
    let is_canonical = magnitude.first() != Some(&b'0') || number.len() == 1;
    (has_right_width && is_canonical).then(|| size(is_negative, magnitude))?
}

/// A size in 32 bits, with or without a sign.
fn size(is_negative: bool, magnitude: &[u8]) -> Option<i32> {
    let magnitude = i64::from(decimal(magnitude)?);
    match is_negative {
        true => i32::try_from(-magnitude).ok(),
        false => Some(magnitude as u32 as i32),
    }
}

/// A number of at most ten digits that has 32 bits.
fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 10 {
        return None;
    }
    let mut sum = 0_u64;
    for digit in digits {
        let value = digit.wrapping_sub(b'0');
        if value > 9 {
            return None;
        }
        sum = sum * 10 + u64::from(value);
    }
    u32::try_from(sum).ok()
}

/// Up to eight digits, small letters.
fn hex(digits: &[u8]) -> Option<u32> {
    let mut sum = 0;
    for digit in digits {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        sum = sum << 4 | u32::from(value);
    }
    Some(sum)
}

/// The names and bars in their order, whatever number of blanks is between them and the numbers.
fn loose(text: &str) -> Option<Row> {
    let (address, rest) = digits(text.strip_prefix("|0x")?, |byte| byte.is_ascii_hexdigit(), 8)?;
    let address = hex(address)?;
    let (block, rest) = field(rest.strip_prefix('|')?, "B")?;
    let (next_block, rest) = field(rest, "NB")?;
    let (previous_block, rest) = field(rest, "PB")?;
    let rest = rest.strip_prefix('Z')?.trim_start_matches(' ');
    let unsigned = rest.strip_prefix('-');
    let (magnitude, rest) = digits(unsigned.unwrap_or(rest), |byte| byte.is_ascii_digit(), 10)?;
    let blocks = size(unsigned.is_some(), magnitude)?;
    let rest = rest.strip_prefix('|')?.trim_start_matches(' ');
    let (form, next_free, previous_free) = match rest {
        "" => (Form::Used, 0, 0),
        "|" => (Form::Padded, 0, 0),
        _ => {
            let (next, rest) = field(rest, "NF")?;
            let (previous, rest) = field(rest, "PF")?;
            rest.is_empty().then_some((Form::Linked, next, previous))?
        }
    };
    Some(Row {
        address,
        blocks,
        line: 0,
        block,
        next_block,
        previous_block,
        next_free,
        previous_free,
        form,
        is_exact: false,
    })
}

/// `NAME`, blanks, a number of at most five digits, a bar.
fn field<'a>(text: &'a str, name: &str) -> Option<(u16, &'a str)> {
    let text = text.strip_prefix(name)?.trim_start_matches(' ');
    let (number, rest) = digits(text, |byte| byte.is_ascii_digit(), 5)?;
    Some((u16::try_from(decimal(number)?).ok()?, rest.strip_prefix('|')?))
}

/// One to so many digits, and what follows them.
fn digits(text: &str, is_digit: fn(&u8) -> bool, most: usize) -> Option<(&[u8], &str)> {
    let count = text.bytes().take_while(is_digit).count();
    (1..=most).contains(&count).then(|| (&text.as_bytes()[..count], &text[count..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_small() {
        assert_eq!(size_of::<Row>(), 24);
    }

    #[test]
    fn rows_of_every_form() {
        let used = read("|0x3fff24c8|B     1|NB     7|PB     0|Z     6|").unwrap();
        assert_eq!((used.address, used.block, used.next_block), (0x3fff_24c8, 1, 7));
        assert_eq!((used.previous_block, used.blocks, used.form), (0, 6, Form::Used));
        assert!(used.is_exact && !used.is_free());
        let free = read("|0x3fff25e8|B    37|NB    39|PB    28|Z     2|NF   177|PF   220|").unwrap();
        assert_eq!((free.form, free.next_free, free.previous_free), (Form::Linked, 177, 220));
        assert!(free.is_exact && free.is_free());
        let padded = read("|0x3fff24c8|B     1|NB     7|PB     0|Z     6|                 |").unwrap();
        assert!(padded.is_exact && padded.form == Form::Padded);
    }

    #[test]
    fn sizes_that_are_negative_or_wide() {
        let corrupt = read("|0x40012ec8|B 16705|NB  4968|PB     0|Z -11737|").unwrap();
        assert_eq!((corrupt.blocks, corrupt.is_exact), (-11737, true));
        let unsigned = read("|0x40012ec8|B 16705|NB  4968|PB     0|Z 4294955559|").unwrap();
        assert_eq!((unsigned.blocks, unsigned.is_exact), (-11737, true));
        assert_eq!(read("|0x40012ec8|B 16705|NB  4968|PB     0|Z    -1|").unwrap().blocks, -1);
        assert_eq!(read("|0x40012ec8|B 16705|NB  4968|PB     0|Z 9999999999|"), None);
    }

    #[test]
    fn a_lost_character_shows() {
        let whole = "|0x3fff25e8|B    37|NB    39|PB    28|Z     2|NF   177|PF   220|";
        for at in 0..whole.len() {
            let mut damaged = whole.to_owned();
            damaged.remove(at);
            assert!(read(&damaged).is_none_or(|row| !row.is_exact), "{damaged}");
        }
    }

    #[test]
    fn blanks_that_a_web_page_collapsed_leave_the_numbers() {
        let row = read("|0x3fff25e8|B 37|NB 39|PB 28|Z 2|NF 177|PF 220|").unwrap();
        assert_eq!((row.block, row.next_free, row.is_exact), (37, 177, false));
        // Right-aligned, or else it is not what printf makes of it.
        for odd in [
            "|0x3fff24c8|B 1    |NB     7|PB     0|Z     6|",
            "|0x3fff24c8|B 00001|NB     7|PB     0|Z     6|",
        ] {
            assert!(read(odd).is_none_or(|row| !row.is_exact), "{odd}");
        }
    }
}
