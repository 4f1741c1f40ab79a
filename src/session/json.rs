//! A small JSON reader and writer for what people keep and hand on: sets of macros.
//!
//! Strict where [`json_fields`](crate::dialect::json_fields) is lenient: a file that is damaged is not taken at all.
//! It reads no text that is nested deeper than [`DEEPEST`]. Numbers, true, false and null stay the words they are.
//!
//! ```text
//! Json::read(r#"{"a": ["b"]}"#)  =  Object([("a", List([Text("b")]))])
//! ```

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    /// A number, true, false or null.
    Word(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A set of macros nests four deep.
const DEEPEST: usize = 16;

impl Json {
    /// The value that the text is, or `None`.
    pub fn read(text: &str) -> Option<Json> {
        let mut rest = text.trim_start();
        let value = value(&mut rest, 0)?;
        rest.is_empty().then_some(value)
    }

    /// The value of this key.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(fields) => fields.iter().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of this key.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The values of the list of this key; none where there is no list.
    pub fn list(&self, key: &str) -> &[Json] {
        match self.get(key) {
            Some(Json::List(values)) => values,
            _ => &[],
        }
    }
}

/// Puts a text into quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", control as u32)),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Takes a value and the blanks behind it off the front.
fn value(rest: &mut &str, depth: usize) -> Option<Json> {
    let value = match rest.chars().next()? {
        '{' | '[' if depth == DEEPEST => return None,
        '"' => Json::Text(string(rest)?),
        '[' => Json::List(items(rest, ']', |rest| value(rest, depth + 1))?),
        '{' => Json::Object(items(rest, '}', |rest| {
            let key = string(rest)?;
            take(rest, ':')?;
            Some((key, value(rest, depth + 1)?))
        })?),
        _ => {
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"+-.".contains(letter));
            let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
            if !is_number(word) && !["true", "false", "null"].contains(&word) {
                return None;
            }
            *rest = behind;
            Json::Word(word.to_owned())
        }
    };
    *rest = rest.trim_start();
    Some(value)
}

/// Not by `parse`, for its weight: nobody needs the number.
fn is_number(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let (word, exponent) = word.split_once(['e', 'E']).unwrap_or((word, "0"));
    let (whole, fraction) = word.split_once('.').unwrap_or((word, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = whole.len() == 1 || !whole.starts_with('0');
    is_digits(whole) && is_plain && is_digits(fraction) && is_digits(exponent.trim_start_matches(['+', '-']))
}

fn items<T>(rest: &mut &str, end: char, mut item: impl FnMut(&mut &str) -> Option<T>) -> Option<Vec<T>> {
    let mut items = Vec::new();
    *rest = rest[1..].trim_start();
    if take(rest, end).is_some() {
        return Some(items);
    }
    loop {
        items.push(item(rest)?);
        if take(rest, end).is_some() {
            return Some(items);
        }
        take(rest, ',')?;
    }
}

/// Takes this letter and the blanks behind it off the front.
fn take(rest: &mut &str, letter: char) -> Option<()> {
    *rest = rest.strip_prefix(letter)?.trim_start();
    Some(())
}

/// Takes a string and the blanks behind it off the front.
fn string(rest: &mut &str) -> Option<String> {
    let mut letters = rest.strip_prefix('"')?.chars();
    let mut text = String::new();
    loop {
        match letters.next()? {
            '"' => break,
            '\\' => text.push(escaped(&mut letters)?),
            letter if letter < ' ' => return None,
            letter => text.push(letter),
        }
    }
    *rest = letters.as_str().trim_start();
    Some(text)
}

fn escaped(letters: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match letters.next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let high = four_digits(letters)?;
            let number = match high {
                // The first of two that stand for one character.
                0xd800..0xdc00 => {
                    let (backslash, u) = (letters.next()?, letters.next()?);
                    let low = four_digits(letters).filter(|low| (0xdc00..0xe000).contains(low))?;
                    ((backslash, u) == ('\\', 'u')).then_some(())?;
                    0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                }
                number => number,
            };
            char::from_u32(number)?
        }
        letter @ ('"' | '\\' | '/') => letter,
        _ => return None,
    })
}

fn four_digits(letters: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut number = 0;
    for _ in 0..4 {
        number = number * 16 + letters.next()?.to_digit(16)?;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same as the reader that everybody uses.
    fn is(ours: &Json, theirs: &serde_json::Value) -> bool {
        use serde_json::Value;
        match (ours, theirs) {
            (Json::Text(ours), Value::String(theirs)) => ours == theirs,
            (Json::List(ours), Value::Array(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is(ours, theirs))
            }
            (Json::Object(ours), Value::Object(theirs)) => {
                ours.iter().zip(theirs).all(|(ours, theirs)| ours.0 == *theirs.0 && is(&ours.1, theirs.1))
            }
            (Json::Word(ours), Value::Number(theirs)) => ours.parse::<f64>().ok() == theirs.as_f64(),
            (Json::Word(ours), Value::Bool(theirs)) => ours.parse() == Ok(*theirs),
            (Json::Word(ours), Value::Null) => ours == "null",
            _ => false,
        }
    }

    #[test]
    fn it_reads_what_serde_json_reads_and_refuses_what_it_refuses() {
        for text in [
            "{}",
            "[]",
            " [ ] ",
            "\"\"",
            "1",
            "-1.5e3",
            "true",
            "null",
            r#"{"a":1,"b":[true,null,{"c":"d"}]}"#,
            r#""\u00e4\n\t\"\\\/ \ud83d\ude00 ä""#,
            "{\n  \"a\" : [ 1 , 2 ]\n}",
            "",
            "{",
            "[1",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "\"a",
            "\"\\y\"",
            "\"\\u12\"",
            "\"\\ud83d\"",
            "\"\n\"",
            "1 2",
            "yes",
            "[1 2]",
            "{\"a\":1,}",
            "{\"a\":1]",
            "é",
            "+1",
            "01",
            "1.",
            ".5",
            "1e",
            "-",
            "0.5E+7",
            "-0",
            "\"\\ud83d\\u0041\"",
        ] {
            match (Json::read(text), serde_json::from_str::<serde_json::Value>(text)) {
                (Some(ours), Ok(theirs)) => assert!(is(&ours, &theirs), "{text}: {ours:?}"),
                (None, Err(_)) => {}
                (ours, theirs) => panic!("{text}: {ours:?}, {theirs:?}"),
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Json::read(&nested(DEEPEST)).is_some());
        assert!(Json::read(&nested(DEEPEST + 1)).is_none());
        assert!(Json::read(&"[".repeat(1_000_000)).is_none());
    }

    #[test]
    fn what_is_quoted_reads_as_it_was() {
        for text in ["", "a \"b\" \\ c", "line\nline\ttab\r\u{1}", "ä😀"] {
            assert_eq!(Json::read(&quoted(text)), Some(Json::Text(text.to_owned())), "{text:?}");
            assert_eq!(serde_json::from_str::<String>(&quoted(text)).unwrap(), text);
        }
    }
}
