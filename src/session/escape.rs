//! Escape sequences in what is typed, where the person wants them: `\x03` for the key Ctrl+C.
//!
//! It guesses nothing: what is no sequence is an error, which is told before anything is sent.
//!
//! | sequence | bytes |
//! |---|---|
//! | `\n` `\r` `\t` `\0` `\e` | line feed, carriage return, tabulator, 0, escape |
//! | `\\` | a backslash |
//! | `\xHH` | the byte with these two hexadecimal digits |
//! | `\uHHHH` `\u{H…}` | the character with this number, in UTF-8 |
//! | `\c` at the end | none, and no line end behind the line, as `echo` has it |
//!
//! ```
//! use heapscope::session::unescape;
//!
//! assert_eq!(unescape(r"a\x03\t").unwrap().bytes, b"a\x03\t");
//! assert_eq!(unescape(r"\y"), Err(r"\y".to_owned()));
//! ```

/// What was typed, as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unescaped {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether the line end follows: not behind `\c`.
    pub is_ended: bool,
}

/// Puts bytes in place of escape sequences; the error is the first that is none.
pub fn unescape(text: &str) -> Result<Unescaped, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let sequence = &rest[at..];
        if sequence == "\\c" {
            return Ok(Unescaped { bytes, is_ended: false });
        }
        let length = one(sequence, &mut bytes).ok_or_else(|| beginning(sequence))?;
        rest = &sequence[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(Unescaped { bytes, is_ended: true })
}

/// Reads the sequence at the front, and gives its length.
fn one(sequence: &str, bytes: &mut Vec<u8>) -> Option<usize> {
    let byte = match sequence.as_bytes().get(1)? {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0' => 0,
        b'e' => 0x1b,
        b'\\' => b'\\',
        b'x' => {
            bytes.push(u8::try_from(hexadecimal(sequence.get(2..4)?)?).ok()?);
            return Some(4);
        }
        b'u' => return character(sequence, bytes),
        _ => return None,
    };
    bytes.push(byte);
    Some(2)
}

fn character(sequence: &str, bytes: &mut Vec<u8>) -> Option<usize> {
    let (digits, length) = match sequence[2..].strip_prefix('{') {
        Some(braced) => {
            let end = braced.find('}')?;
            (braced.get(..end)?, end + 4)
        }
        None => (sequence.get(2..6)?, 6),
    };
    let letter = char::from_u32(hexadecimal(digits)?)?;
    bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    Some(length)
}

/// One to six digits and nothing else.
fn hexadecimal(digits: &str) -> Option<u32> {
    let is_number = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Enough of what is no sequence to find it.
fn beginning(sequence: &str) -> String {
    sequence.chars().take(4).take_while(|letter| *letter != ' ').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_bytes() {
        for (text, bytes) in [
            ("Status 4", &b"Status 4"[..]),
            (r"\x03", b"\x03"),
            (r"a\n\r\t\0\e\\b", b"a\n\r\t\0\x1b\\b"),
            (r"\u00e4\u{1F600}", "ä😀".as_bytes()),
            (r"\xff\xFE", b"\xff\xfe"),
            ("ä", "ä".as_bytes()),
            ("", b""),
        ] {
            assert_eq!(unescape(text), Ok(Unescaped { bytes: bytes.to_vec(), is_ended: true }), "{text}");
        }
        assert_eq!(unescape(r"+++\c"), Ok(Unescaped { bytes: b"+++".to_vec(), is_ended: false }));
    }

    #[test]
    fn what_is_none_is_named() {
        for (text, named) in [
            (r"a\y b", r"\y"),
            (r"\x3", r"\x3"),
            (r"\xäö", r"\xäö"),
            (r"\x+3", r"\x+3"),
            (r"\u12", r"\u12"),
            (r"\u{}", r"\u{}"),
            (r"\u{d800}", r"\u{d"),
            (r"\u{1F600", r"\u{1"),
            ("end\\", "\\"),
            (r"\c more", r"\c"),
        ] {
            assert_eq!(unescape(text), Err(named.to_owned()), "{text}");
        }
    }
}
