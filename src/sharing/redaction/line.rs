//! A line while it is looked through: its words, one after the other, each asked for all that may begin with it.
//!
//! A whole log goes through here before it is saved, and most lines have nothing to hide, so a word is dismissed quickly: by
//! what stands behind it (a shape), by its hash (a sentence, a command) and by its last three letters (a key). Refuses to
//! know what is secret: that stands in the tables of the files beside this one.
//!
//! In `I (12) wifi: ssid=Workshop` the words are `I`, `12`, `wifi`, `ssid` and `Workshop`; only `ssid` is looked up.

use std::ops::Range;
use std::sync::LazyLock;

use super::secrets::{Found, Secret};
use super::{keys, sentences};

/// A line, and what was found in it so far.
pub(super) struct Line<'a> {
    pub text: &'a [u8],
    pub found: Vec<Found>,
    /// Whether an address or a host is among them: then the line speaks of a connection.
    pub has_peer: bool,
    /// Whether its words speak of one, once that was looked for.
    pub names_connection: Option<bool>,
    /// The last value that was looked at around which nothing stands.
    pub run: Range<usize>,
    /// Where the last cookies end.
    pub cookies_end: usize,
}

/// How far is looked from a word for what belongs to it, in bytes: so that a line of nothing but words that begin something
/// takes no longer than others.
pub(super) const FAR: usize = 1_024;

/// More bytes are not taken for one value, for the same reason.
pub(super) const LONGEST_VALUE: usize = 4_096;

/// Values that keep nothing secret.
const NO_VALUES: [&str; 23] = [
    "bearer", "basic", "digest", "true", "false", "none", "null", "(null)", "nil", "ok", "on", "off", "yes",
    "no", "set", "unset", "empty", "hidden", "redacted", "n/a", "tcp", "udp", "ssl",
];

/// What a byte is for the walk through a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Sign,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphanumeric()
            || byte == b'_' as usize
            || byte == b'-' as usize
            || byte >= 128
        {
            classes[byte] = Class::Word;
        } else if matches!(byte as u8, b':' | b'@' | b'|' | b'(') {
            classes[byte] = Class::Sign;
        }
        byte += 1;
    }
    classes
};

/// What can stand in a word.
pub(super) fn is_word(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == Class::Word
}

/// What can stand in the name of a host.
pub(super) fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// Where this part stands at `from` or behind it, letters large or small.
pub(super) fn find(text: &[u8], from: usize, part: &str) -> Option<usize> {
    let rest = text.get(from..)?;
    let (&first, _) = part.as_bytes().split_first()?;
    let mut at = 0;
    loop {
        at += memchr::memchr2(first.to_ascii_lowercase(), first.to_ascii_uppercase(), rest.get(at..)?)?;
        if rest.get(at..at + part.len())?.eq_ignore_ascii_case(part.as_bytes()) {
            return Some(from + at);
        }
        at += 1;
    }
}

pub(super) fn is_one_of(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// A word as the tables have it: in lower case, without `_`, `-` and figures at its end.
pub(super) struct Name {
    letters: [u8; Name::LONGEST],
    start: usize,
}

impl Name {
    /// Of longer words the end is taken: what they mean stands there.
    const LONGEST: usize = 24;

    pub fn of(word: &[u8]) -> Self {
        let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let mut name = Name { letters: [0; Name::LONGEST], start: Name::LONGEST };
        for &byte in word[..word.len() - digits].iter().rev() {
            if name.start > 0 && byte != b'_' && byte != b'-' {
                name.start -= 1;
                name.letters[name.start] = byte.to_ascii_lowercase();
            }
        }
        name
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.letters[self.start..]
    }

    /// A number up to 4095 that depends on the last three letters alone.
    fn ending(&self) -> usize {
        let [.., a, b, c] = self.letters;
        (usize::from(a) * 961 + usize::from(b) * 31 + usize::from(c)) % 4096
    }
}

/// A number up to 4095 that depends on the word, letters large or small, alone.
fn hash(word: &[u8]) -> usize {
    let mut hash = word.len() as u32;
    for byte in word {
        hash = (hash ^ u32::from(byte | 0x20)).wrapping_mul(0x0100_0193);
    }
    (hash >> 20) as usize
}

/// Numbers up to 4095.
struct Numbers([u64; 64]);

impl Numbers {
    fn of(all: impl Iterator<Item = usize>) -> Self {
        let mut numbers = Numbers([0; 64]);
        for number in all {
            numbers.0[number / 64 % 64] |= 1 << (number % 64);
        }
        numbers
    }

    fn has(&self, number: usize) -> bool {
        self.0[number / 64 % 64] >> (number % 64) & 1 == 1
    }
}

/// What words may begin a sentence, and how keys may end.
struct Known {
    starts: Numbers,
    endings: Numbers,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known {
    starts: Numbers::of(sentences::first_words().map(|word| hash(word.as_bytes()))),
    endings: Numbers::of(keys::names().map(|name| Name::of(name.as_bytes()).ending())),
});

impl<'a> Line<'a> {
    /// Everything that is found in a line, in any order; two may overlap.
    pub fn look_through(text: &'a [u8]) -> Vec<Found> {
        let mut line = Line {
            text,
            found: Vec::new(),
            has_peer: false,
            names_connection: None,
            run: 0..0,
            cookies_end: 0,
        };
        line.words(&KNOWN);
        line.found
    }

    fn words(&mut self, known: &Known) {
        let mut place = 0;
        while let Some(&byte) = self.text.get(place) {
            match CLASSES[usize::from(byte)] {
                Class::Other => place += 1,
                Class::Sign => place = self.sign(place),
                Class::Word => {
                    let end = self.while_at(place, is_word);
                    if place > 0 && is_word(self.text[place - 1]) {
                        place = end;
                        continue;
                    }
                    if let Some((range, secret)) = self.shape(place..end) {
                        let end = range.end;
                        self.add(range.clone(), secret);
                        self.beside(range, secret);
                        place = end.max(place + 1);
                        continue;
                    }
                    self.word(place..end, known);
                    place = end;
                }
            }
        }
    }

    /// A sign that may be part of a secret. Gives where to go on.
    fn sign(&mut self, place: usize) -> usize {
        match self.text[place] {
            b':' if self.text[place..].starts_with(b"://") => return self.link(place),
            b':' if self.at(place + 1) == b':' && (place == 0 || !is_word(self.text[place - 1])) => {
                if let Some(end) = self.long_address(place) {
                    self.add(place..end, Secret::LongAddress);
                    return end;
                }
            }
            b'@' => self.mail(place),
            b'|' if !self.text[..place].contains(&b'|') => self.row(place),
            b'(' if self.at(place + 1) == b'-' => self.listed(place),
            _ => {}
        }
        place + 1
    }

    fn word(&mut self, word: Range<usize>, known: &Known) {
        let text = &self.text[word.clone()];
        if known.starts.has(hash(text)) {
            self.sentences(word.clone());
        }
        let name = Name::of(text);
        if known.endings.has(name.ending()) {
            self.key(word, &name);
        }
    }

    pub fn add(&mut self, place: Range<usize>, secret: Secret) {
        let value = self.text.get(place.clone()).unwrap_or_default();
        let is_hidden =
            value.iter().all(|byte| matches!(byte, b'*' | b'.' | b'-' | b'#' | b' ' | b'<' | b'>'));
        if !is_hidden && !is_one_of(value, &NO_VALUES) {
            self.has_peer |= matches!(secret, Secret::Address | Secret::Host);
            self.found.push(Found { place, secret });
        }
    }

    /// The byte at this place; 0 behind the end.
    pub fn at(&self, place: usize) -> u8 {
        self.text.get(place).copied().unwrap_or(0)
    }

    /// What stands not far before this place.
    pub fn near_before(&self, place: usize) -> &'a [u8] {
        let place = place.min(self.text.len());
        &self.text[place.saturating_sub(FAR)..place]
    }

    pub fn is_at(&self, place: usize, part: &str) -> bool {
        self.text
            .get(place..place.saturating_add(part.len()))
            .is_some_and(|text| text.eq_ignore_ascii_case(part.as_bytes()))
    }

    /// Behind the blanks that stand here.
    pub fn after_blanks(&self, place: usize) -> usize {
        self.while_at(place, |byte| matches!(byte, b' ' | b'\t'))
    }

    /// Behind the last byte from `from` on for which this holds.
    pub fn while_at(&self, from: usize, holds: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.iter().position(|&byte| !holds(byte)).unwrap_or(rest.len())
    }

    /// Where the line ends, but for its blanks.
    pub fn end(&self) -> usize {
        self.text.trim_ascii_end().len()
    }

    /// This place without the blanks at its ends.
    pub fn trimmed(&self, place: Range<usize>) -> Range<usize> {
        let text = self.text.get(place.clone()).unwrap_or_default();
        let start = place.start + text.len() - text.trim_ascii_start().len();
        start..start + text.trim_ascii().len()
    }

    /// What stands between these quotes, whichever they are. `start` is the first of them.
    pub fn quoted(&self, start: usize) -> Range<usize> {
        let quote = self.at(start);
        let mut end = start + 1;
        let last = self.text.len().min(start + LONGEST_VALUE);
        while end < last && self.at(end) != quote {
            end += if self.at(end) == b'\\' && self.at(end + 1) == quote { 2 } else { 1 };
        }
        start + 1..end.clamp(start + 1, self.text.len().max(start + 1))
    }

    /// The word that ends before `place`, blanks, quotes and one sign of a key between the two.
    pub fn word_before(&self, place: usize) -> &'a [u8] {
        let before = self.text[..place.min(self.text.len())].trim_ascii_end();
        let quotes = |text: &'a [u8]| text.strip_suffix(b"\"").or(text.strip_suffix(b"'")).unwrap_or(text);
        let before = quotes(before).trim_ascii_end();
        let before = before.strip_suffix(b":").or(before.strip_suffix(b"=")).unwrap_or(before);
        let before = quotes(before.trim_ascii_end());
        let begin = before.iter().rposition(|byte| !is_word(*byte)).map_or(0, |place| place + 1);
        &before[begin..]
    }
}
