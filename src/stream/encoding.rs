//! Files that are not written in UTF-8: what Windows' shells make of a log that is redirected into one.
//!
//! A byte order mark at the very beginning says so. UTF-16 becomes UTF-8, the mark of UTF-8 is dropped, and everything
//! else passes as it came. It is for files only: a serial port has no encoding, and its every byte is kept.
//!
//! ```
//! use heapscope_reader::stream::encoding::to_utf8;
//!
//! assert_eq!(&*to_utf8(b"\xff\xfeo\0k\0"), b"ok");
//! assert_eq!(&*to_utf8(b"ok"), b"ok");
//! ```

use std::borrow::Cow;

/// The marks, and what they say.
const MARKS: [(&[u8], Encoding); 3] = [
    (b"\xef\xbb\xbf", Encoding::Utf8),
    (b"\xff\xfe", Encoding::Utf16 { is_big_endian: false }),
    (b"\xfe\xff", Encoding::Utf16 { is_big_endian: true }),
];

const LONGEST_MARK_BYTES: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// Or any bytes without a mark.
    Utf8,
    Utf16 {
        is_big_endian: bool,
    },
}

/// The whole of a file as UTF-8; borrowed unless there is something to do.
pub fn to_utf8(file: &[u8]) -> Cow<'_, [u8]> {
    match MARKS.iter().find(|(mark, _)| file.starts_with(mark)) {
        None => Cow::Borrowed(file),
        Some((mark, Encoding::Utf8)) => Cow::Borrowed(&file[mark.len()..]),
        Some(_) => {
            let (mut decoder, mut text) = (FileDecoder::default(), Vec::with_capacity(file.len() / 2));
            decoder.feed(file, &mut |bytes| text.extend_from_slice(bytes));
            decoder.finish(&mut |bytes| text.extend_from_slice(bytes));
            Cow::Owned(text)
        }
    }
}

/// The same, of a file that comes in pieces.
#[derive(Debug, Default)]
pub struct FileDecoder {
    /// Known as soon as the longest mark could have come.
    encoding: Option<Encoding>,
    /// What cannot be understood before more comes: at most a mark, or a character of UTF-16.
    pending: Vec<u8>,
}

impl FileDecoder {
    /// Takes the next bytes and lends out what they are in UTF-8.
    pub fn feed(&mut self, chunk: &[u8], sink: &mut dyn FnMut(&[u8])) {
        match self.encoding {
            Some(Encoding::Utf8) => sink(chunk),
            Some(Encoding::Utf16 { is_big_endian }) => {
                self.pending.extend_from_slice(chunk);
                self.hand_out(is_big_endian, false, sink);
            }
            // Most files begin with much at once: that is not copied.
            None if self.pending.is_empty() && chunk.len() >= LONGEST_MARK_BYTES => {
                self.begin_with(chunk, sink)
            }
            None => {
                self.pending.extend_from_slice(chunk);
                if self.pending.len() >= LONGEST_MARK_BYTES {
                    self.begin(sink);
                }
            }
        }
    }

    /// The file ends: hands out what waited for more.
    pub fn finish(&mut self, sink: &mut dyn FnMut(&[u8])) {
        if self.encoding.is_none() {
            self.begin(sink);
        }
        if let Some(Encoding::Utf16 { is_big_endian }) = self.encoding {
            self.hand_out(is_big_endian, true, sink);
        }
    }

    /// Enough has come to know the encoding.
    fn begin(&mut self, sink: &mut dyn FnMut(&[u8])) {
        let begin = std::mem::take(&mut self.pending);
        self.begin_with(&begin, sink);
    }

    fn begin_with(&mut self, begin: &[u8], sink: &mut dyn FnMut(&[u8])) {
        let mark = MARKS.into_iter().find(|(mark, _)| begin.starts_with(mark));
        let (mark, encoding) = mark.unwrap_or((b"", Encoding::Utf8));
        self.encoding = Some(encoding);
        self.feed(&begin[mark.len()..], sink);
    }

    /// Translates what waits, but for a character that is not whole yet.
    fn hand_out(&mut self, is_big_endian: bool, is_last: bool, sink: &mut dyn FnMut(&[u8])) {
        let unit = |pair: &[u8]| match is_big_endian {
            true => u16::from_be_bytes([pair[0], pair[1]]),
            false => u16::from_le_bytes([pair[0], pair[1]]),
        };
        let mut whole = self.pending.len() & !1;
        let ends_in_half = whole >= 2 && (0xd800..0xdc00).contains(&unit(&self.pending[whole - 2..whole]));
        if ends_in_half && !is_last {
            whole -= 2;
        }
        let units = self.pending[..whole].chunks_exact(2).map(unit);
        let text: String =
            char::decode_utf16(units).map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.pending.drain(..whole);
        if !text.is_empty() {
            sink(text.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, is_big_endian: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if is_big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn in_pieces(file: &[u8], bytes: usize) -> Vec<u8> {
        let (mut decoder, mut text) = (FileDecoder::default(), Vec::new());
        for piece in file.chunks(bytes) {
            decoder.feed(piece, &mut |bytes| text.extend_from_slice(bytes));
        }
        decoder.finish(&mut |bytes| text.extend_from_slice(bytes));
        text
    }

    #[test]
    fn files_without_a_mark_pass_as_they_came() {
        for file in [&b""[..], b"a", b"\xff", b"\xef\xbbx", b"plain \xff\xfe text"] {
            assert_eq!(&*to_utf8(file), file);
            assert_eq!(in_pieces(file, 1), file);
        }
    }

    #[test]
    fn a_lone_half_of_a_character_and_a_lost_byte_are_no_reason_to_stop() {
        assert_eq!(&*to_utf8(b"\xff\xfea\0\x00\xd8b\0"), "a\u{fffd}b".as_bytes());
        assert_eq!(&*to_utf8(b"\xff\xfea\0b"), b"a");
        assert_eq!(&*to_utf8(b"\xff\xfe\x00\xd8"), "\u{fffd}".as_bytes());
    }

    proptest::proptest! {
        #[test]
        fn every_encoding_gives_the_same_text(text in "[a-zé│😀\\r\\n]{0,40}", bytes in 1usize..9) {
            let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
            for file in [marked, utf16(&text, false), utf16(&text, true)] {
                proptest::prop_assert_eq!(&*to_utf8(&file), text.as_bytes());
                proptest::prop_assert_eq!(in_pieces(&file, bytes), text.as_bytes());
            }
        }
    }
}
