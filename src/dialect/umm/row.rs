//! One row of a dump: `|0x3fff24c8|B     1|NB     7|PB     0|Z     6|`.
//!
//! Most bytes of a log with dumps are rows, so this reads the columns where `printf` puts them, and goes the slow way
//! only for a row that has lost characters. It judges no row; `checks` does.

use super::dump::BLOCK_BYTES;
use crate::stream::line_ends;

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
        // Both are looked at: no branch that is guessed wrong.
        self.is_first() | self.is_last()
    }

    /// It came unharmed, and its size is what its links say. That of the last row follows from no link.
    pub fn is_in_order(&self) -> bool {
        let size = i32::from(self.next_block) - i32::from(self.block);
        self.is_exact && (self.is_last() || self.blocks == size)
    }

    /// It is in order, and is what must stand behind that row: at its place, linked with it, and not free like it.
    pub fn follows(&self, before: &Row) -> bool {
        let is_linked = self.block == before.next_block && self.previous_block == before.block;
        let distance = u32::from(self.block).wrapping_sub(before.block.into());
        let is_behind = self.block > before.block
            && Some(self.address) == before.address.checked_add(distance * BLOCK_BYTES as u32);
        is_linked && is_behind && self.is_in_order() && !(self.is_free() && before.is_free())
    }

    /// A block that can be allocated.
    pub fn is_free(&self) -> bool {
        (self.form == Form::Linked) & !self.is_guard()
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
///
/// No column is left early: what is wrong with any is gathered, and asked for once.
fn exact(row: &[u8]) -> Option<Row> {
    let (head, links) = row.split_first_chunk::<HEAD_BYTES>()?;
    let (address, wrong_address) = hex_column(eight(head, 3));
    let (block, wrong_block) = column(eight(head, 11), b"|B ");
    let (next_block, wrong_next) = column(eight(head, 20), b"NB ");
    let (previous_block, wrong_previous) = column(eight(head, 29), b"PB ");
    let (blocks, wrong_size) = column(eight(head, 37), b"|Z ");
    let wrong = wrong_bars(head) | wrong_address | wrong_block | wrong_next | wrong_previous | wrong_size;
    let (form, next_free, previous_free) = match links.try_into() {
        Ok(links) => links_in(links)?,
        Err(_) if links.is_empty() => (Form::Used, 0, 0),
        Err(_) => return None,
    };
    (wrong == 0).then_some(Row {
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
    })
}

/// What is wrong with what is the same in all rows, 0 for nothing.
#[inline(always)]
fn wrong_bars(head: &[u8; HEAD_BYTES]) -> u64 {
    let begin = head[0] ^ b'|' | head[1] ^ b'0' | head[2] ^ b'x';
    u64::from(begin | head[19] ^ b'|' | head[28] ^ b'|' | head[45] ^ b'|')
}

/// What stands behind the size: the form, `NF` and `PF`.
#[inline(always)]
fn links_in(links: &[u8; PADDING.len()]) -> Option<(Form, u16, u16)> {
    if links == PADDING {
        return Some((Form::Padded, 0, 0));
    }
    let (next, wrong_next) = column(eight(links, 0), b"NF ");
    let (previous, wrong_previous) = column(eight(links, 9), b"PF ");
    let wrong = wrong_next | wrong_previous | u64::from(links[8] ^ b'|' | links[17] ^ b'|');
    (wrong == 0).then_some((Form::Linked, next, previous))
}

/// What a row says of the next one. Of that row's seven numbers four follow from it and from its own size: they are not
/// read, but what `printf` must have made of them is compared.
#[derive(Clone, Copy)]
pub(super) struct Link {
    block: u16,
    next_block: u16,
    /// The numbers' characters, as they stand in the columns.
    block_characters: u64,
    next_block_characters: u64,
    /// Where the next block stands.
    next_address: u32,
    is_free: bool,
}

impl Link {
    /// That of a row as [`exact`] ones are. `None` when none can follow it.
    pub fn of(row: &Row) -> Option<Link> {
        let size = row.next_block.checked_sub(row.block).filter(|size| *size > 0 && row.is_in_order())?;
        Some(Link {
            block: row.block,
            next_block: row.next_block,
            block_characters: decimal_characters(row.block),
            next_block_characters: decimal_characters(row.next_block),
            next_address: row.address.checked_add(u32::from(size) * BLOCK_BYTES as u32)?,
            is_free: row.is_free(),
        })
    }

    /// The row at the front of `rest`, behind which its line ends, if it [follows](Row::follows), and how many bytes it
    /// has with that end. `None` also for the last row, and for one that is not [`exact`].
    #[inline(always)]
    pub fn next(&self, rest: &[u8]) -> Option<(Row, Link, usize)> {
        let (head, behind) = rest.split_first_chunk::<HEAD_BYTES>()?;
        let (size, wrong_size) = size_column(eight(head, 37));
        let block = self.next_block;
        let next_block = block.wrapping_add(size);
        let next_block_characters = decimal_characters(next_block);
        let wrong = wrong_bars(head)
            | wrong_size
            | (eight(head, 3) ^ hex_characters(self.next_address))
            | (named(eight(head, 11), b"|B ") ^ self.next_block_characters << 24)
            | (named(eight(head, 29), b"PB ") ^ self.block_characters << 24)
            | (named(eight(head, 20), b"NB ") ^ next_block_characters << 24);
        if wrong != 0 || next_block <= block {
            return None;
        }
        let (length, (form, next_free, previous_free)) = match line_ends::length_at(behind, 0) {
            Some(end) => (HEAD_BYTES + end, (Form::Used, 0, 0)),
            None => {
                let end = line_ends::length_at(behind, PADDING.len())?;
                (HEAD_BYTES + PADDING.len() + end, links_in(behind.first_chunk()?)?)
            }
        };
        let row = Row {
            address: self.next_address,
            blocks: i32::from(size),
            line: 0,
            block,
            next_block,
            previous_block: self.block,
            next_free,
            previous_free,
            form,
            is_exact: true,
        };
        let link = Link {
            block,
            next_block,
            block_characters: self.next_block_characters,
            next_block_characters,
            next_address: self.next_address.checked_add(u32::from(size) * BLOCK_BYTES as u32)?,
            is_free: row.is_free(),
        };
        (!(link.is_free && self.is_free)).then_some((row, link, length))
    }
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
    // Blanks and digits both have their value in the low half. Pairs first, then the whole: behind three digits 0 there
    // are eight. Characters that are neither make some number, which is then printed otherwise.
    let digits = eight >> 24 & 0x0F_0F0F_0F0F;
    let pairs = digits * 10 + (digits >> 8);
    let number = ((pairs & 0xFF) * 1_000 + (pairs >> 16 & 0xFF) * 10 + (digits >> 32)) as u16;
    (number, named(eight, name) ^ decimal_characters(number) << 24)
}

/// The size, and what is wrong with it, 0 for nothing. Mostly it has one digit or two.
#[inline(always)]
fn size_column(eight: u64) -> (u16, u64) {
    let (tens, ones) = (eight >> 48 & 0x0F, eight >> 56 & 0x0F);
    let number = tens * 10 + ones;
    match number < 100 && named(eight, b"|Z ") == two_digits(number) << 24 {
        true => (number as u16, 0),
        false => column(eight, b"|Z "),
    }
}

/// `%08x`: the number, and what is wrong with it, 0 for nothing.
#[inline(always)]
fn hex_column(eight: u64) -> (u32, u64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let is_letter = eight >> 6 & EACH;
    let halves = (eight & (0x0F * EACH)) + 9 * is_letter;
    let bytes = (halves << 4 | halves >> 8) & 0x00FF_00FF_00FF_00FF;
    let pairs = (bytes << 8 | bytes >> 16) & 0x0000_FFFF_0000_FFFF;
    let number = (pairs << 16 | pairs >> 32) as u32;
    (number, eight ^ hex_characters(number))
}

/// `%5d` of a number below 100: the first character is the lowest byte. Another one's makes no sense.
#[inline(always)]
fn two_digits(number: u64) -> u64 {
    let tens = (number * 103) >> 10;
    let first = if tens == 0 { 0x20 } else { 0x30 + tens };
    0x20_2020 | first << 24 | (0x30 + number - tens * 10) << 32
}

/// `%5d`: the first character is the lowest byte.
#[inline(always)]
fn decimal_characters(number: u16) -> u64 {
    let number = u64::from(number);
    // Sizes mostly have one digit or two.
    if number < 100 {
        return two_digits(number);
    }
    let hundreds = number / 100;
    // And numbers of blocks four.
    if (1_000..10_000).contains(&number) {
        let pairs = hundreds | (number - hundreds * 100) << 16;
        let tens = (pairs * 103) >> 10 & 0x000F_000F;
        return 0x20 | (0x3030_3030 + (tens | (pairs - tens * 10) << 8)) << 8;
    }
    let pairs = (hundreds / 100) | (hundreds % 100) << 16 | (number % 100) << 32;
    let tens = (pairs * 103) >> 10 & 0x000F_000F_000F;
    let digits = (tens | (pairs - tens * 10) << 8) >> 8;
    // The last digit stays one.
    let leading_bits = (digits | 1 << 32).trailing_zeros() & !7;
    let blanks = (1_u64 << leading_bits) - 1;
    digits + 0x30_3030_3030 - (blanks & 0x10_1010_1010)
}

/// `%08x`: the first character is the lowest byte.
#[inline(always)]
pub(super) fn hex_characters(number: u32) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let bytes = u64::from(number.swap_bytes());
    let halves = (bytes | bytes << 16) & 0x0000_FFFF_0000_FFFF;
    let spread = (halves | halves << 8) & 0x00FF_00FF_00FF_00FF;
    let digits = spread >> 4 & 0x000F_000F_000F_000F | (spread & 0x000F_000F_000F_000F) << 8;
    let is_letter = (digits + 6 * EACH) >> 4 & EACH;
    digits + 0x30 * EACH + 0x27 * is_letter
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
    fn characters_as_printf_makes_them() {
        let characters =
            |text: &str| text.bytes().rev().fold(0_u64, |characters, byte| characters << 8 | u64::from(byte));
        for number in 0..=u16::MAX {
            assert_eq!(decimal_characters(number), characters(&format!("{number:5}")), "{number}");
            let address = u32::from(number).wrapping_mul(0x0101_8371);
            assert_eq!(hex_characters(address), characters(&format!("{address:08x}")), "{address:x}");
        }
        assert_eq!(hex_characters(u32::MAX), characters("ffffffff"));
    }

    #[test]
    fn sizes_are_read_as_every_column_is() {
        for third in b" 019:" {
            for last in 0..=u16::MAX {
                let [fourth, fifth] = last.to_le_bytes();
                let eight = u64::from_le_bytes([b'|', b'Z', b' ', b' ', b' ', *third, fourth, fifth]);
                let (expected, wrong) = column(eight, b"|Z ");
                let (size, wrong_size) = size_column(eight);
                assert_eq!(wrong_size == 0, wrong == 0, "{:?}", eight.to_le_bytes());
                assert!(wrong != 0 || size == expected, "{:?}", eight.to_le_bytes());
            }
        }
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
