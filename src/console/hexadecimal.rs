//! Bytes as numbers, beside what they are as text: every byte that came, line ends and escape sequences too.
//!
//! ```
//! use heapscope::console::HexRow;
//! let row = HexRow::new(16, b"OK\r\n");
//! assert_eq!(row.address, "00000010");
//! assert_eq!(row.numbers, "4f 4b 0d 0a");
//! assert_eq!(row.text, "OK··");
//! ```

/// Bytes in a row, as `hexdump -C` has them.
pub const HEX_ROW_BYTES: usize = 16;

/// A row of bytes, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexRow {
    /// The position of its first byte among all bytes.
    pub address: String,
    /// Its bytes in base 16, parted in the middle.
    pub numbers: String,
    /// Those of its bytes that are printable ASCII; a dot in place of each other.
    pub text: String,
}

impl HexRow {
    /// The row of these bytes, of which the first stands at `position`.
    pub fn new(position: u64, bytes: &[u8]) -> Self {
        let mut numbers = String::new();
        for (place, byte) in bytes.iter().enumerate() {
            numbers += match place {
                0 => "",
                8 => "  ",
                _ => " ",
            };
            numbers += &format!("{byte:02x}");
        }
        let letter = |byte: &u8| if matches!(byte, 0x20..=0x7e) { char::from(*byte) } else { '·' };
        HexRow { address: format!("{position:08x}"), numbers, text: bytes.iter().map(letter).collect() }
    }

    /// As a line of text, its columns in line with those of other rows.
    pub fn line(&self) -> String {
        format!("{}  {:<48}  |{}|", self.address, self.numbers, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_line() {
        let row = HexRow::new(0, b"0123456789abcde\xff");
        assert_eq!(
            row.line(),
            "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 ff  |0123456789abcde·|"
        );
        let short = HexRow::new(0x1f0, b"x");
        assert_eq!(short.line().find('|'), row.line().find('|'));
    }
}
