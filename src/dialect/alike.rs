//! The fields of a JSON text that is like one before: only where the two differ anything is read.
//!
//! A board answers the same question with the same text, but for some numbers. So a text is kept with the places of its
//! values. The next one is compared with it: where both are the same up to a value, that value ends anew, and both are the
//! same again behind it, they have the same fields. It refuses every other text; that one is read by [`json_fields`], whose
//! results these are exactly.
//!
//! ```text
//! kept   {"Time":"08:00:00","Heap":24,"Wifi":{"RSSI":70}}
//! next   {"Time":"08:05:00","Heap":9,"Wifi":{"RSSI":100}}
//!                    ^~~~~~        ^                 ^~~      compared, but for these
//! ```

use wide::u8x16;

use super::scan::{Field, json_fields, string_end, word_length};

/// Longer texts are not kept.
const MOST_BYTES: usize = 2_048;

/// Texts with more values are not kept.
const MOST_VALUES: usize = 64;

/// A text that was read, and where its values stand.
#[derive(Debug)]
pub(super) struct Known {
    text: String,
    /// In the order of the text.
    values: Vec<Value>,
    /// So many braces and brackets are open behind it.
    open: usize,
}

/// Places in the text.
#[derive(Clone, Copy, Debug)]
struct Value {
    parent: Place,
    key: Place,
    value: Place,
    /// Its field says something to whoever reads the text.
    counts: bool,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    begin: u16,
    end: u16,
}

impl Place {
    /// That of a piece of the text. Of an empty one that is no piece, somewhere.
    fn of(piece: &str, text: &str) -> Option<Self> {
        let begin = piece.as_ptr().addr().checked_sub(text.as_ptr().addr()).filter(|at| *at <= text.len());
        let begin = begin.unwrap_or(0);
        Some(Place { begin: begin.try_into().ok()?, end: (begin + piece.len()).try_into().ok()? })
    }

    fn in_text(self, text: &str) -> &str {
        text.get(self.begin.into()..self.end.into()).unwrap_or_default()
    }
}

impl Known {
    /// Reads a text as [`json_fields`] does, and keeps it when texts like it can be told by it. `take` says whether the field
    /// counts: those that do not are passed over in texts like it. Also gives how many braces and brackets are open.
    pub fn read<'a>(text: &'a str, mut take: impl FnMut(&Field<'a>) -> bool) -> (usize, Option<Known>) {
        let can_keep = text.len() <= MOST_BYTES;
        let mut values = can_keep.then(|| Vec::with_capacity(MOST_VALUES / 2));
        let open = json_fields(text, |field| {
            let counts = take(&field);
            if let Some(known) = &mut values {
                match Value::of(&field, text, counts) {
                    Some(value) if known.len() < MOST_VALUES => known.push(value),
                    _ => values = None,
                }
            }
        });
        (open, values.map(|values| Known { text: text.to_owned(), values, open }))
    }

    /// Gives parent, key and value of the fields that count in a text like this one, and how many braces and brackets are
    /// open behind it. `None` when it is not like this one: then what was taken says nothing.
    pub fn fields_of<'a>(&self, text: &'a str, mut take: impl FnMut(&str, &str, &'a str)) -> Option<usize> {
        let (old, new) = (self.text.as_bytes(), text.as_bytes());
        // Both are the same up to here, but for values.
        let (mut old_at, mut new_at) = (0, 0);
        let mut take_at = |value: &Value, begin: usize, end: usize| {
            if value.counts {
                let (parent, key) = (value.parent.in_text(&self.text), value.key.in_text(&self.text));
                take(parent, key, text.get(begin..end)?);
            }
            Some(())
        };
        let mut values = &self.values[..];
        loop {
            let same = same_length(&old[old_at..], &new[new_at..]);
            let differs = old_at + same;
            let is_end = differs == old.len() && new_at + same == new.len();
            while let [value, rest @ ..] = values {
                let (begin, end) = (usize::from(value.value.begin), usize::from(value.value.end));
                if end >= differs && !is_end {
                    break;
                }
                take_at(value, begin - old_at + new_at, end - old_at + new_at)?;
                values = rest;
            }
            if is_end {
                return Some(self.open);
            }
            let [value, rest @ ..] = values else { return None };
            let begin = usize::from(value.value.begin);
            if differs < begin {
                return None;
            }
            let new_begin = begin - old_at + new_at;
            let new_end = match old[..begin].last() {
                Some(b'"') => string_end(new, new_begin - 1)?,
                _ => new_begin + plain_word_length(&new[new_begin..])?,
            };
            take_at(value, new_begin, new_end)?;
            (old_at, new_at, values) = (value.value.end.into(), new_end, rest);
        }
    }
}

impl Value {
    fn of(field: &Field<'_>, text: &str, counts: bool) -> Option<Self> {
        let place = |piece| Place::of(piece, text);
        let value = Value {
            parent: place(field.parent)?,
            key: place(field.key)?,
            value: place(field.value)?,
            counts,
        };
        let behind = text.as_bytes().get(usize::from(value.value.end)..)?;
        let is_string = text.as_bytes()[..usize::from(value.value.begin)].last() == Some(&b'"');
        // A word behind which blanks were cut off is none that ends there.
        (is_string || word_length(behind) == Some(0)).then_some(value)
    }
}

/// How many bytes a word has that nothing is cut off from. `None` when it does not end, or has none.
fn plain_word_length(text: &[u8]) -> Option<usize> {
    let length = word_length(text)?;
    let (first, last) = (text[..length].first()?, text[..length].last()?);
    (first.is_ascii_graphic() && last.is_ascii_graphic()).then_some(length)
}

/// How many bytes are the same at the front of both.
#[inline]
fn same_length(a: &[u8], b: &[u8]) -> usize {
    let mut same = 0;
    for (a, b) in a.as_chunks().0.iter().zip(b.as_chunks().0) {
        let equal = u8x16::new(*a).simd_eq(u8x16::new(*b)).to_bitmask();
        if equal != 0xFFFF {
            return same + equal.trailing_ones() as usize;
        }
        same += 16;
    }
    same + a[same..].iter().zip(&b[same..]).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Fields = Vec<(String, String, String)>;

    /// As [`json_fields`] gives them: the slow reader.
    fn slowly(text: &str) -> (usize, Fields) {
        let mut found = Vec::new();
        let open = json_fields(text, |field| {
            found.push((field.parent.into(), field.key.into(), field.value.into()))
        });
        (open, found)
    }

    fn like(known: &str, text: &str) -> Option<(usize, Fields)> {
        let known = Known::read(known, |_| true).1?;
        let mut found = Vec::new();
        let open = known
            .fields_of(text, |parent, key, value| found.push((parent.into(), key.into(), value.into())))?;
        Some((open, found))
    }

    const STATE: &str =
        r#"{"Time":"08:00:00","Heap":24,"Wifi":{"AP":1,"RSSI":70},"List":["a",1],"POWER":"ON"}"#;

    #[track_caller]
    fn check(text: &str, is_alike: bool) {
        assert_eq!(like(STATE, text), is_alike.then(|| slowly(text)), "{text}");
    }

    #[test]
    fn values_may_be_others_and_of_another_length() {
        check(STATE, true);
        check(&STATE.replace("24", "9").replace("70", "100").replace("08:00:00", "08:05:01"), true);
        check(&STATE.replace("ON", "OFF").replace("\"08:00:00\"", "\"\""), true);
        check(&STATE.replace("24", "24.5").replace("ON", r#"O\"N"#), true);
    }

    #[test]
    fn anything_else_is_refused() {
        check(&STATE.replace("Heap", "Help"), false);
        check(&STATE.replace("24", "\"24\""), false);
        check(&STATE.replace("24", "24 "), false);
        check(&STATE.replace("24", " 24"), false);
        check(&STATE.replace("24", ""), false);
        check(&STATE.replace("24", "{}"), false);
        check(&STATE.replace("24,", "24}"), false);
        check(&STATE.replace("\"a\"", "\"b\""), false);
        check(&STATE[..STATE.len() - 1], false);
        check(&STATE[..40], false);
        check("", false);
        check(&format!("{STATE} (retained)"), false);
    }

    fn json() -> impl proptest::strategy::Strategy<Value = String> {
        use proptest::prelude::*;
        let piece = proptest::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            " ",
            "\n",
            "1",
            "2",
            "24",
            "a",
            "b",
            "\"a\":",
            "\"b\":1,",
            "\"a\":\"",
            "é",
            "\"a\":{\"b\":1,\"a\":2},",
            "...",
        ]);
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]

        #[test]
        fn what_is_not_refused_is_read_as_slowly(known in json(), text in json()) {
            if let Some(read) = like(&known, &text) {
                proptest::prop_assert_eq!(read, slowly(&text));
            }
        }

        #[test]
        fn a_text_with_a_few_characters_changed(
            known in json(),
            changes in proptest::collection::vec((0usize..80, proptest::sample::select(b"{}[],:\"\\ \n12ab".to_vec()), 0usize..2), 0..3),
        ) {
            let mut text = known.clone().into_bytes();
            for (at, byte, removed) in changes {
                let at = at.min(text.len());
                text.splice(at..(at + removed).min(text.len()), [byte]);
            }
            let text = String::from_utf8_lossy(&text).into_owned();
            if let Some(read) = like(&known, &text) {
                proptest::prop_assert_eq!(read, slowly(&text));
            }
            proptest::prop_assert!(Known::read(&known, |_| true).1.is_none() || like(&known, &known) == Some(slowly(&known)));
        }

        #[test]
        fn the_same_bytes_are_counted(a in "[ab]{0,40}", b in "[ab]{0,40}") {
            let expected = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            proptest::prop_assert_eq!(same_length(a.as_bytes(), b.as_bytes()), expected);
            let (longer_a, longer_b) = (a.clone() + &a + &b, a.clone() + &a + &a);
            proptest::prop_assert!(same_length(longer_a.as_bytes(), longer_b.as_bytes()) >= 2 * a.len());
        }
    }
}
