//! One row of a dump: `|0x3fff24c8|B     1|NB     7|PB     0|Z     6|`.
//!
//! Most bytes of a log with dumps are rows, so this reads the columns where `printf` puts them, and goes the slow way
//! only for a row that has lost characters. It judges no row; `checks` does.

use super::dump::BLOCK_BYTES;

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

    /// It came unharmed, and its size is what its links say. That of the last row follows from no link.
    pub fn is_in_order(&self) -> bool {
        let size = i32::from(self.next_block) - i32::from(self.block);
        self.is_exact && (self.is_last() || self.blocks == size)
    }

    /// It is in order, and is what must stand behind that row: at its place, linked with it, and not free like it.
    #[inline]
    pub fn follows(&self, before: &Row) -> bool {
        let is_linked = self.block == before.next_block && self.previous_block == before.block;
        is_linked && self.follows_linked(before)
    }

    /// The same, when the links are known to agree.
    #[inline]
    fn follows_linked(&self, before: &Row) -> bool {
        let distance = u32::from(self.block).wrapping_sub(before.block.into());
        let is_behind = self.block > before.block
            && Some(self.address) == before.address.checked_add(distance * BLOCK_BYTES as u32);
        is_behind && self.is_in_order() && !(self.is_free() && before.is_free())
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
    exact(text.as_bytes()).or_else(|| with_wide_size(text.as_bytes())).or_else(|| loose(text))
}

/// Up to the bar behind the size.
const HEAD_BYTES: usize = 46;

/// What stands behind the size in a [`Form::Padded`] row.
const PADDING: &[u8; 18] = b"                 |";

/// Every column at its place, each number right-aligned in five characters: nearly all rows.
#[inline]
pub(super) fn exact(row: &[u8]) -> Option<Row> {
    columns(row, None).map(|(row, _)| row)
}

/// A row, and the characters of its numbers that the next row repeats.
#[derive(Clone, Copy)]
pub(super) struct Link {
    row: Row,
    block: u64,
    next_block: u64,
}

impl Link {
    /// A row in itself.
    pub fn of(row: &[u8]) -> Option<Link> {
        columns(row, None).map(|(row, [block, next_block])| Link { row, block, next_block })
    }

    /// The row that follows: two of its five numbers stand in this one, and are compared instead of read. `None` for a
    /// row that does not follow, or is not [`exact`].
    #[inline(always)]
    pub fn next(&self, row: &[u8]) -> Option<Link> {
        let (row, [block, next_block]) = columns(row, Some(self))?;
        // Its number and that of the row before it were compared.
        row.follows_linked(&self.row).then_some(Link { row, block, next_block })
    }

    pub fn row(&self) -> Row {
        self.row
    }
}

/// A row, and the characters of its own number and the next one's. Behind a row that is known, only one that follows.
///
/// No column is left early: what is wrong with any is gathered, and asked for once.
#[inline(always)]
fn columns(row: &[u8], before: Option<&Link>) -> Option<(Row, [u64; 2])> {
    let (head, links) = row.split_first_chunk::<HEAD_BYTES>()?;
    let (address, mut wrong) = hex_column(eight(head, 3));
    wrong |= u64::from(head[0] ^ b'|' | head[1] ^ b'0' | head[2] ^ b'x');
    wrong |= u64::from(head[19] ^ b'|' | head[28] ^ b'|' | head[45] ^ b'|');
    let mut number = |at, name, known: Option<(u16, u64)>| {
        let (number, is_wrong) = match known {
            Some((number, characters)) => (number, named(eight(head, at), name) ^ characters << 24),
            None => column(eight(head, at), name),
        };
        wrong |= is_wrong;
        number
    };
    let block = number(11, b"|B ", before.map(|before| (before.row.next_block, before.next_block)));
    let next_block = number(20, b"NB ", None);
    let previous_block = number(29, b"PB ", before.map(|before| (before.row.block, before.block)));
    let blocks = number(37, b"|Z ", None);
    let (form, next_free, previous_free) = if links.is_empty() {
        (Form::Used, 0, 0)
    } else {
        let links: &[u8; PADDING.len()] = links.try_into().ok()?;
        if links == PADDING {
            (Form::Padded, 0, 0)
        } else {
            let (next, is_wrong) = column(eight(links, 0), b"NF ");
            let (previous, is_wrong_too) = column(eight(links, 9), b"PF ");
            wrong |= is_wrong | is_wrong_too | u64::from(links[8] ^ b'|' | links[17] ^ b'|');
            (Form::Linked, next, previous)
        }
    };
    let row = Row {
        address,
        blocks: i32::from(blocks),
        line: 0,
        block,
        next_block,
        previous_block,
        next_free,
        previous_free,
        form,
        is_exact: true,
    };
    (wrong == 0).then_some((row, [eight(head, 11) >> 24, eight(head, 20) >> 24]))
}

/// Only the size can be wider, or negative.
fn with_wide_size(row: &[u8]) -> Option<Row> {
    let (before, sized) = row.split_at_checked(40)?;
    let bar = sized.iter().position(|&byte| byte == b'|')?;
    let blocks = wide_column(&sized[..bar])?;
    // The same with a size that is in order.
    let read = exact(&[before, b"    0", &sized[bar..]].concat())?;
    Some(Row { blocks, ..read })
}

/// Eight characters from `at` on, the first of them in the lowest byte.
#[inline(always)]
fn eight<const N: usize>(row: &[u8; N], at: usize) -> u64 {
    row.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// What stands behind a name of three characters; those are 0 when they are right.
#[inline(always)]
fn named(eight: u64, name: &[u8; 3]) -> u64 {
    let [n, a, m] = *name;
    eight ^ u64::from_le_bytes([n, a, m, 0, 0, 0, 0, 0])
}

/// A name of three characters and `%5d` of a 16-bit number: the number, and what is wrong with it, 0 for nothing.
#[inline(always)]
fn column(eight: u64, name: &[u8; 3]) -> (u16, u64) {
    let named = named(eight, name);
    // Digits become 0 to 9, blanks 0x10. The first character of the number is the lowest byte.
    let characters = named >> 24 ^ 0x30_3030_3030;
    let is_blank = characters & 0x10_1010_1010;
    let blanks = (is_blank << 4).wrapping_sub(is_blank >> 4);
    let digits = characters & !blanks;
    // The name; a blank that is none; what is too large for a digit, which sets its byte's highest bit; blanks behind
    // digits; a blank in the last place.
    let mut wrong = named & 0xFF_FFFF;
    wrong |= (characters ^ is_blank) & blanks;
    wrong |= (digits | digits.wrapping_add(0x76_7676_7676)) & 0x80_8080_8080;
    wrong |= blanks & blanks.wrapping_add(1);
    wrong |= blanks & 0xFF_0000_0000;
    // A number of several digits does not begin with 0.
    let first = blanks.wrapping_add(1).wrapping_mul(0xFF);
    wrong |= u64::from(digits & first == 0 && blanks != 0xFFFF_FFFF);
    // Pairs, then the whole: behind three digits 0 there are eight.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0xFF_00FF_00FF;
    let number = (pairs & 0xFF) * 1_000 + (pairs >> 16 & 0xFF) * 10 + (digits >> 32);
    wrong |= number >> 16;
    (number as u16, wrong)
}

/// `%08x`: the number, and what is wrong with it, 0 for nothing. All eight digits are looked at at once.
#[inline(always)]
fn hex_column(eight: u64) -> (u32, u64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let is_letter = eight >> 6 & EACH;
    let low = eight & (0x0F * EACH);
    let right_high = 0x30 * EACH + 0x30 * is_letter;
    let mut wrong = (eight & (0xF0 * EACH)) ^ right_high;
    // 0 to 9, a to f: more carries into the high half. There is no letter of 0.
    wrong |= (low + 6 * EACH + 3 * is_letter) & (0xF0 * EACH);
    wrong |= is_letter << 4 & !(low + 0x0F * EACH);
    let halves = low + 9 * is_letter;
    let bytes = (halves << 4 | halves >> 8) & 0x00FF_00FF_00FF_00FF;
    let pairs = (bytes << 8 | bytes >> 16) & 0x0000_FFFF_0000_FFFF;
    ((pairs << 16 | pairs >> 32) as u32, wrong)
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

    /// Every character in every place: what is taken for exact is what `printf` makes of the numbers.
    #[test]
    fn exact_is_what_printf_prints() {
        let print = |row: &Row| {
            let Row { address, blocks, block, next_block, previous_block, next_free, previous_free, .. } =
                row;
            let head =
                format!("|0x{address:08x}|B {block:5}|NB {next_block:5}|PB {previous_block:5}|Z {blocks:5}|");
            match row.form {
                Form::Used => head,
                Form::Padded => format!("{head}{:17}|", ""),
                Form::Linked => format!("{head}NF {next_free:5}|PF {previous_free:5}|"),
            }
        };
        for whole in [
            "|0x3fff24c8|B     1|NB     7|PB     0|Z     6|",
            "|0x40012ec8|B 16705|NB  4968|PB     0|Z -1173|",
            "|0x0a12ffc8|B 65535|NB   120|PB 10203|Z 60204|NF   177|PF     0|",
            "|0x3fff25e8|B    37|NB    39|PB    28|Z     2|                 |",
        ] {
            let row = read(whole).unwrap();
            assert!(row.is_exact);
            assert_eq!(print(&row), whole);
            for place in 0..whole.len() {
                for byte in 0..128_u8 {
                    let mut changed = whole.as_bytes().to_vec();
                    changed[place] = byte;
                    let changed = String::from_utf8(changed).unwrap();
                    let Some(row) = read(&changed).filter(|row| row.is_exact) else { continue };
                    assert_eq!(print(&row), changed.trim_end());
                }
            }
        }
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
