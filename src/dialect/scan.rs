//! Small pieces of text scanning that several dialects need.
//!
//! Everything here takes text that may be cut off or damaged, and answers `None` rather than guess.

/// Takes `prefix` off the front, then blanks, then a whole number. Gives the number and what follows it.
///
/// ```text
/// number_after("Free Blocks  %5d", "Free Blocks")
/// ```
pub(super) fn number_after<'a>(text: &'a str, prefix: &str) -> Option<(i64, &'a str)> {
    number(text.strip_prefix(prefix)?.trim_start())
}

/// What stands before and behind the first separator, of one character at least.
///
/// As [`str::split_once`] does. That one's search is made for long texts and brings 2 KB to the page.
pub(super) fn split_once<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let first = *separator.as_bytes().first()?;
    let mut places = memchr::memchr_iter(first, text.as_bytes());
    places.find_map(|at| Some((&text[..at], text[at..].strip_prefix(separator)?)))
}

/// A whole number at the front, with an optional minus sign. Too large a number is `None`.
pub(super) fn number(text: &str) -> Option<(i64, &str)> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let sign = text.len() - unsigned.len();
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let end = sign + digits;
    if digits == 0 {
        return None;
    }
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// A field of a JSON text, as far as it can be made out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field<'a> {
    /// Key of the object that it stands in; empty for the outermost.
    pub parent: &'a str,
    /// Its key.
    pub key: &'a str,
    /// Its value: the text of a number or word, or of a string without its quotes (escapes as they stand).
    /// Empty for an object or array.
    pub value: &'a str,
}

/// Fields that stand deeper are passed over. Tasmota nests four deep.
const DEEPEST: usize = 16;

/// Reads the fields of a JSON object leniently: text cut off at the end, an ellipsis in place of a value and
/// anything behind the last brace are no reason to lose the fields before them. Fields inside arrays are
/// passed over.
///
/// Gives how many braces and brackets are open behind it.
pub fn json_fields<'a>(text: &'a str, mut take: impl FnMut(Field<'a>)) -> usize {
    let bytes = text.as_bytes();
    // The key that each open object stands under.
    let mut parents = [""; DEEPEST];
    let mut depth = 0_usize;
    // Where the outermost array stands, or an object that is too deep: what is in it is passed over.
    let mut passed_over: Option<usize> = None;
    let mut key: Option<&'a str> = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let Some(end) = string_end(bytes, at) else { return depth };
                let begin = at + 1;
                at = end + 1;
                if passed_over.is_some() {
                    continue;
                }
                let string = &text[begin..end];
                let Some(known) = key.take() else {
                    let colon = at + blanks(text, at);
                    if bytes.get(colon) == Some(&b':') {
                        key = Some(string);
                        at = colon + 1;
                    }
                    continue;
                };
                if let Some(&parent) = parents[..depth.min(DEEPEST)].last() {
                    take(Field { parent, key: known, value: string });
                }
            }
            b',' => {
                key = None;
                at += 1;
            }
            b':' | b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'{' | b'[' => {
                match parents.get_mut(depth) {
                    Some(parent) if byte == b'{' => *parent = key.take().unwrap_or(""),
                    _ => passed_over = passed_over.or(Some(depth)),
                }
                key = None;
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                passed_over = passed_over.filter(|place| *place != depth);
                key = None;
                at += 1;
            }
            _ => {
                // A word that the text was cut off in is not a value.
                let Some(length) = word_length(&bytes[at..]) else { return depth };
                // A value ends with a comma or a brace. Anything else shows that characters were lost.
                let is_ended = matches!(bytes[at + length], b',' | b'}' | b']' | b'\n');
                if let Some(key) = key.take()
                    && is_ended
                    && passed_over.is_none()
                    && let Some(&parent) = parents[..depth.min(DEEPEST)].last()
                {
                    take(Field { parent, key, value: trim_end(&text[at..at + length]) });
                }
                at += length;
            }
        }
    }
    depth
}

/// What a number or a word without quotation marks ends before.
const ENDS_WORD: [bool; 256] = {
    let (mut table, ends, mut at) = ([false; 256], b",}]\"{[:\n", 0);
    while at < ends.len() {
        table[ends[at] as usize] = true;
        at += 1;
    }
    table
};

/// How many bytes stand before the end of a word. `None` when the text is cut off in it.
#[inline]
pub(super) fn word_length(text: &[u8]) -> Option<usize> {
    text.iter().position(|&byte| ENDS_WORD[usize::from(byte)])
}

/// How many bytes of blanks stand at this place: mostly none.
#[inline]
fn blanks(text: &str, at: usize) -> usize {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii_graphic() => 0,
        _ => text[at..].len() - text[at..].trim_start().len(),
    }
}

/// As [`str::trim_end`], which is slow where there is nothing to trim.
#[inline]
fn trim_end(text: &str) -> &str {
    match text.as_bytes().last() {
        Some(byte) if byte.is_ascii_graphic() => text,
        _ => text.trim_end(),
    }
}

/// How many braces and brackets are open behind a line of JSON, when so many were open before it. A string that
/// does not end on the line ends with it.
pub(super) fn open_braces(line: &str, open_before: usize) -> usize {
    let bytes = line.as_bytes();
    let (mut open, mut at) = (open_before, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            b'"' => match string_end(bytes, at) {
                Some(end) => at = end,
                None => return open,
            },
            _ => {}
        }
        at += 1;
    }
    open
}

/// Position of the quote that ends the string that begins at `start`. Strings are short: eight bytes are looked at at
/// once, and no search is begun anew for each.
#[inline]
pub(super) fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    /// The highest bit of the first byte that is 0. Others behind it may be set too.
    fn zeros(eight: u64) -> u64 {
        eight.wrapping_sub(0x0101_0101_0101_0101) & !eight & 0x8080_8080_8080_8080
    }
    let mut at = start + 1;
    loop {
        let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else {
            return string_end_slowly(bytes, at);
        };
        let eight = u64::from_le_bytes(*eight);
        let found = zeros(eight ^ 0x2222_2222_2222_2222) | zeros(eight ^ 0x5C5C_5C5C_5C5C_5C5C);
        if found == 0 {
            at += 8;
            continue;
        }
        at += (found.trailing_zeros() / 8) as usize;
        if bytes[at] == b'"' {
            return Some(at);
        }
        // Whatever is escaped.
        at += 2;
    }
}

/// The same from within the string, one byte at a time: where less than eight are left.
fn string_end_slowly(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        json_fields(text, |field| {
            found.push((field.parent.to_owned(), field.key.to_owned(), field.value.to_owned()));
        });
        found
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(a, b, c)| (a.to_string(), b.to_string(), c.to_string())).collect();
        assert_eq!(fields(text), expected, "{text}");
    }

    #[test]
    fn fields_with_their_parents() {
        check(
            r#"{"StatusMEM":{"Heap":24,"Mode":"DO\"UT","Features":["1","2"]},"b":{"c":{"d":-1}}}"#,
            &[("StatusMEM", "Heap", "24"), ("StatusMEM", "Mode", r#"DO\"UT"#), ("c", "d", "-1")],
        );
    }

    #[test]
    fn cut_off_or_abridged_text_loses_only_its_end() {
        check(r#"{"a":{"Heap":24,"Fra"#, &[("a", "Heap", "24")]);
        check(r#"{"a":{"Heap":24,"Frag":1"#, &[("a", "Heap", "24")]);
        check(
            r#"{"a":{"x":[...],"y":"...","Heap":24}} (retained)"#,
            &[("a", "y", "..."), ("a", "Heap", "24")],
        );
        // Two lines run together, a lost comma.
        check(r#"{"a":{"Heap":2418:40:10.123 MQT: x"#, &[]);
        check(r#"{"a":{"Heap":2"Frag":5,"b":6}}"#, &[("a", "Frag", "5"), ("a", "b", "6")]);
        check("", &[]);
        check("}}]]\"", &[]);
    }

    #[test]
    fn numbers_and_what_follows() {
        assert_eq!(number_after("OOM: count 3 (+4)", "OOM: count"), Some((3, " (+4)")));
        assert_eq!(number_after("Z -11737|", "Z"), Some((-11737, "|")));
        assert_eq!(number_after("Z |", "Z"), None);
        assert_eq!(number("99999999999999999999"), None);
    }

    /// What the lenient reader is measured against: serde_json, which takes only whole and right texts.
    fn fields_by_serde(value: &serde_json::Value, parent: &str, found: &mut Vec<(String, String, String)>) {
        let Some(object) = value.as_object() else { return };
        for (key, value) in object {
            match value {
                serde_json::Value::Object(_) => fields_by_serde(value, key, found),
                serde_json::Value::Array(_) => {}
                serde_json::Value::String(text) => found.push((parent.into(), key.clone(), text.clone())),
                other => found.push((parent.into(), key.clone(), other.to_string())),
            }
        }
    }

    fn json() -> impl proptest::strategy::Strategy<Value = serde_json::Value> {
        use proptest::prelude::*;
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            "[a-zA-Z0-9 :,{}\\[\\]]{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                proptest::collection::vec(("[a-zA-Z]{1,6}", inner), 0..4)
                    .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest::proptest! {
        #[test]
        fn whole_texts_are_read_as_serde_reads_them(value in json()) {
            let text = value.to_string();
            let mut expected = Vec::new();
            fields_by_serde(&value, "", &mut expected);
            proptest::prop_assert_eq!(fields(&text), expected);
            proptest::prop_assert_eq!(open_braces(&text, 0), 0);
        }

        #[test]
        fn a_cut_text_gives_the_first_of_the_whole_texts_fields(value in json(), cut in 0usize..200) {
            let text = value.to_string();
            let cut = text.floor_char_boundary(cut.min(text.len()));
            let (part, whole) = (fields(&text[..cut]), fields(&text));
            proptest::prop_assert_eq!(&part[..], &whole[..part.len()]);
        }

        #[test]
        fn never_panics_and_counts_braces_alike(text in ".{0,80}") {
            let open = json_fields(&text, |_| {});
            proptest::prop_assert_eq!(open, open_braces(&text, 0));
            number(&text);
        }
    }
}
