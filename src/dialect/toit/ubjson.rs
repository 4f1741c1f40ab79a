//! The part of UBJSON that Toit's virtual machine writes: values read where they lie, nothing is copied.
//!
//! Source: toitlang/toit src/encoder.cc (the writer), src/heap_report.cc:92-135 (the list without a count).
//! It reads no other UBJSON (no objects, no typed lists but bytes, no 32-bit floats) and knows no message.
//!
//! ```text
//! value = "Z" | "T" | "F" | int | "D" f64 | "S" int byte* | bytes | list       numbers are big-endian
//! int   = "U" u8 | "i" i8 | "I" i16 | "l" i32 | "L" i64
//! bytes = "[$U#" int byte*
//! list  = "[#" int value* | "[" value* "]"                                     "N" may stand before any of these
//! ```
//!
//! Bytes from a log may end anywhere: [`Skim`] tells how far they are right, and a [`List`] ends where they do.
//! `[#U\x02U\x07T` is the list `7, true`.

/// Lists within lists. The deepest message nests six: envelope, error, stack, frames, frame.
pub(super) const DEEPEST: usize = 16;

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Flag(bool),
    Int(i64),
    Double(f64),
    /// UTF-8, or what the device cut off in the middle of a character.
    Text(&'a [u8]),
    Bytes(&'a [u8]),
    List(List<'a>),
}

/// The elements of a list that are still to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct List<'a> {
    rest: &'a [u8],
    left: Left,
}

/// How many elements a list still has; `None` when it ends with a bracket.
type Left = Option<u64>;

#[derive(Clone, Copy)]
enum Token<'a> {
    /// An atom, or the head of a list.
    Value(Value<'a>),
    /// The end of a list without a count.
    End,
}

/// Why there is no token.
enum Stop {
    CutOff,
    Wrong,
}

/// Reads a token and gives what follows it. What a bracket begins, the byte behind it tells: where that is missing, it
/// may still come, unless the bytes end there because they were right up to there.
#[inline(never)]
fn token(bytes: &[u8], is_skimmed: bool) -> Result<(Token<'_>, &[u8]), Stop> {
    let (&marker, rest) = bytes.split_first().ok_or(Stop::CutOff)?;
    let (value, rest) = match marker {
        b'Z' => (Value::Null, rest),
        b'T' => (Value::Flag(true), rest),
        b'F' => (Value::Flag(false), rest),
        b'D' => {
            let (bits, rest) = rest.split_first_chunk().ok_or(Stop::CutOff)?;
            (Value::Double(f64::from_be_bytes(*bits)), rest)
        }
        b'S' => {
            let (text, rest) = counted_bytes(rest)?;
            (Value::Text(text), rest)
        }
        b'[' => match rest.first() {
            None if !is_skimmed => return Err(Stop::CutOff),
            Some(b'#') => {
                let (count, rest) = int(&rest[1..])?;
                let left = Some(u64::try_from(count).map_err(|_| Stop::Wrong)?);
                (Value::List(List { rest, left }), rest)
            }
            Some(b'$') => {
                let head = rest.get(..3).ok_or(Stop::CutOff)?;
                let (bytes, rest) = match head {
                    b"$U#" => counted_bytes(&rest[3..])?,
                    _ => return Err(Stop::Wrong),
                };
                (Value::Bytes(bytes), rest)
            }
            _ => (Value::List(List { rest, left: None }), rest),
        },
        b']' => return Ok((Token::End, rest)),
        _ => {
            let (number, rest) = int(bytes)?;
            (Value::Int(number), rest)
        }
    };
    Ok((Token::Value(value), rest))
}

#[inline(never)]
fn int(bytes: &[u8]) -> Result<(i64, &[u8]), Stop> {
    let (&marker, rest) = bytes.split_first().ok_or(Stop::CutOff)?;
    let size = match marker {
        b'U' | b'i' => 1,
        b'I' => 2,
        b'l' => 4,
        b'L' => 8,
        _ => return Err(Stop::Wrong),
    };
    let (digits, rest) = rest.split_at_checked(size).ok_or(Stop::CutOff)?;
    let is_negative = marker != b'U' && digits[0] >= 0x80;
    let sign = if is_negative { -1 } else { 0 };
    Ok((digits.iter().fold(sign, |number, &digit| number << 8 | i64::from(digit)), rest))
}

fn counted_bytes(bytes: &[u8]) -> Result<(&[u8], &[u8]), Stop> {
    let (count, rest) = int(bytes)?;
    if count < 0 {
        return Err(Stop::Wrong);
    }
    usize::try_from(count).ok().and_then(|count| rest.split_at_checked(count)).ok_or(Stop::CutOff)
}

fn without_no_ops(bytes: &[u8]) -> &[u8] {
    let count = bytes.iter().take_while(|&&byte| byte == b'N').count();
    &bytes[count..]
}

/// How far some bytes are a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// More bytes are needed.
    Unfinished,
    /// They are a whole value.
    Whole,
    /// They are none, from where the skim stands.
    Wrong,
}

/// Walks over a value, also one that comes in pieces, and remembers where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skim {
    at: usize,
    open: [Left; DEEPEST],
    depth: usize,
    extent: Extent,
}

impl Default for Skim {
    fn default() -> Self {
        Skim { at: 0, open: [None; DEEPEST], depth: 0, extent: Extent::Unfinished }
    }
}

impl Skim {
    /// The bytes before this are right: whole tokens of a value.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes on. `bytes` are those of before, and more.
    #[inline(never)]
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Extent {
        while self.extent == Extent::Unfinished {
            let rest = without_no_ops(&bytes[self.at..]);
            self.at = bytes.len() - rest.len();
            match token(rest, false) {
                Err(Stop::CutOff) => break,
                Err(Stop::Wrong) => self.extent = Extent::Wrong,
                Ok((token, behind)) if self.enter(token) => self.at = bytes.len() - behind.len(),
                Ok(_) => self.extent = Extent::Wrong,
            }
        }
        self.extent
    }

    /// False when this token cannot stand here.
    fn enter(&mut self, token: Token<'_>) -> bool {
        match token {
            Token::Value(Value::List(list)) => {
                let Some(place) = self.open.get_mut(self.depth) else { return false };
                if list.left != Some(0) {
                    *place = list.left;
                    self.depth += 1;
                    return true;
                }
            }
            Token::Value(_) => {}
            Token::End => {
                if self.depth == 0 || self.open[self.depth - 1].is_some() {
                    return false;
                }
                self.depth -= 1;
            }
        }
        self.leave_value();
        true
    }

    /// A value ended, and with it each list whose last it was.
    fn leave_value(&mut self) {
        while self.depth > 0 {
            match &mut self.open[self.depth - 1] {
                None | Some(2..) | Some(0) => break,
                Some(1) => self.depth -= 1,
            }
        }
        match self.depth {
            0 => self.extent = Extent::Whole,
            depth => self.open[depth - 1] = self.open[depth - 1].map(|left| left - 1),
        }
    }
}

/// The value at the front. `bytes` are as far as a [`Skim`] found them right.
pub(super) fn value(bytes: &[u8]) -> Option<Value<'_>> {
    match token(without_no_ops(bytes), true) {
        Ok((Token::Value(value), _)) => Some(value),
        _ => None,
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Value<'a>;

    #[inline(never)]
    fn next(&mut self) -> Option<Value<'a>> {
        if self.left == Some(0) {
            return None;
        }
        let Ok((Token::Value(value), rest)) = token(without_no_ops(self.rest), true) else {
            self.left = Some(0);
            return None;
        };
        self.left = self.left.map(|left| left - 1);
        self.rest = match value {
            Value::List(list) => list.behind(),
            _ => rest,
        };
        Some(value)
    }
}

impl<'a> List<'a> {
    /// What follows it; nothing when it is cut off.
    fn behind(self) -> &'a [u8] {
        let mut skim = Skim { depth: 1, ..Skim::default() };
        skim.open[0] = self.left;
        match self.left == Some(0) || skim.advance(self.rest) == Extent::Whole {
            true => &self.rest[skim.at..],
            false => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[#U\x03 U\x07 [ N T Z ] S U\x02 hi`
    const BYTES: &[u8] = b"[#U\x03U\x07[NTZ]SU\x02hi";

    #[test]
    fn numbers_of_all_sizes() {
        for (bytes, number) in [
            (&b"U\xff"[..], 255),
            (b"i\xff", -1),
            (b"I\x80\x00", -32_768),
            (b"l\x00\x01\x11p", 70_000),
            (b"l\x80\x00\x00\x01", -2_147_483_647),
            (b"L\x80\x00\x00\x00\x00\x00\x00\x00", i64::MIN),
        ] {
            assert_eq!(value(bytes), Some(Value::Int(number)));
        }
    }

    #[test]
    fn lists_with_and_without_a_count() {
        let Some(Value::List(items)) = value(BYTES) else { panic!() };
        let items: Vec<_> = items.collect();
        let [Value::Int(7), Value::List(inner), Value::Text(b"hi")] = items[..] else { panic!("{items:?}") };
        assert_eq!(inner.collect::<Vec<_>>(), [Value::Flag(true), Value::Null]);
    }

    #[test]
    fn a_skim_goes_on_where_it_stood() {
        for cut in 0..BYTES.len() {
            let mut skim = Skim::default();
            assert_eq!(skim.advance(&BYTES[..cut]), Extent::Unfinished, "{cut}");
            assert_eq!(skim.advance(BYTES), Extent::Whole, "{cut}");
            assert_eq!(skim.at(), BYTES.len());
        }
    }

    #[test]
    fn what_is_wrong_is_found_where_it_stands() {
        for (bytes, at) in [
            (&b"]"[..], 0),
            (b"[#U\x01]", 4),
            (b"[TX", 2),
            (b"[$i#U\x01", 0),
            (b"Si\xff", 0),
            (&[b'['; 18], 16),
        ] {
            let mut skim = Skim::default();
            assert_eq!((skim.advance(bytes), skim.at()), (Extent::Wrong, at), "{}", bytes.escape_ascii());
        }
    }
}
