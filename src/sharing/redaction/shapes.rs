//! What says what it is by its shape: hardware and network addresses, tokens, names made of a hardware address, and rows of
//! tables with them.
//!
//! Refuses versions of four parts (`9.5.0.8`), masks, times, names in C++ (`ab::cd`), UUIDs and fingerprints. Twelve
//! hexadecimal digits without a sign are a hardware address only behind a word that says so, or alone in a topic.
//!
//! `- 'Workshop' (A4:91:B1:0C:22:5E)`, as ESPHome lists what it hears, has an address, and beside it a name.

use std::ops::Range;

use super::line::{FAR, Line, Name, find, is_of_host, is_one_of, is_word};
use super::secrets::Secret;

/// What stands before a hardware address without signs.
const BEFORE_HARDWARE: [&str; 12] = [
    "id",
    "mac",
    "espmac",
    "macaddr",
    "address",
    "addr",
    "bssid",
    "found",
    "device",
    "peer",
    "node",
    "discovery",
];

/// How tokens begin that their makers made to be known, and how long they are at least: signed tokens (three parts, of which
/// the first begins with `{"` in base 64), GitHub, GitLab, Slack, OpenAI, Google, AWS.
const TOKENS: [(&str, usize); 10] = [
    ("eyJ", 21),
    ("ghp_", 30),
    ("gho_", 30),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("sk-", 30),
    ("AIza", 35),
    ("AKIA", 20),
];

/// What stands before a version.
const BEFORE_VERSIONS: [&str; 19] = [
    "v", "version", "ver", "core", "sdk", "idf", "release", "firmware", "fw", "build", "required", "package",
    "mbedtls", "lwip", "lvgl", "openssl", "wolfssl", "bearssl", "zephyr",
];

/// Whether this looks drawn by lot: 16 to 512 signs of base 64, with figures, large and small letters; or as many as a
/// key has in hexadecimal digits.
pub(super) fn is_random(value: &[u8]) -> bool {
    let is_base_64 =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=' | b':');
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let is_hex = value.len() >= 32 && value.iter().all(u8::is_ascii_hexdigit);
    (16..=512).contains(&value.len())
        && value.iter().all(is_base_64)
        && has(u8::is_ascii_digit)
        && (is_hex || has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
}

/// Six pairs of hexadecimal digits with one sign between them, and nothing else.
pub(super) fn is_hardware(value: &[u8]) -> bool {
    let is_pair = |pair: &[u8]| pair[..2].iter().all(u8::is_ascii_hexdigit);
    value.len() == 17
        && value.chunks(3).all(is_pair)
        && value
            .chunks(3)
            .all(|pair| pair.get(2).is_none_or(|sign| *sign == value[2] && matches!(sign, b':' | b'-')))
}

impl<'a> Line<'a> {
    /// The secret that begins with this word by its shape.
    pub fn shape(&self, word: Range<usize>) -> Option<(Range<usize>, Secret)> {
        let start = word.start;
        let text = &self.text[word.clone()];
        let (first, next) = (text[0], self.at(word.end));
        let to = |end: usize, secret| Some((start..end, secret));
        if (text.len() == 2 || text.len() >= 17)
            && let Some(end) = self.hardware(start)
        {
            let digits = &self.text[start..end];
            let is_any = digits.iter().all(|byte| matches!(byte, b'0' | b':' | b'-'))
                || digits.iter().all(|byte| matches!(byte, b'f' | b'F' | b':' | b'-'));
            return if is_any { None } else { to(end, Secret::Hardware) };
        }
        match next {
            b'.' => {
                if text.len() <= 3
                    && first.is_ascii_digit()
                    && let Some(end) = self.address(start)
                {
                    return to(end, Secret::Address);
                }
                if let Some(end) = self.minutes(&word) {
                    return to(end, Secret::Position);
                }
                if self.at(word.end + 1).is_ascii_alphanumeric()
                    && (start == 0 || !is_of_host(self.at(start - 1)))
                {
                    let end = self.while_at(word.end, is_of_host);
                    let end = if self.at(end - 1) == b'.' { end - 1 } else { end };
                    if self.is_server(&(start..end)) {
                        return to(end, Secret::Host);
                    }
                    if let Some(end) = self.token(start..end) {
                        return to(end, Secret::Token);
                    }
                }
            }
            b':' => {
                if text.len() <= 4
                    && first.is_ascii_hexdigit()
                    && let Some(end) = self.long_address(start)
                {
                    return to(end, Secret::LongAddress);
                }
                if let Some(place) = self.telegram(&word) {
                    return Some((place, Secret::Token));
                }
            }
            b'"' | b'\'' if text == b"b" => {
                let literal = self.quoted(word.end);
                if self.is_literal_hardware(&literal) {
                    return Some((literal, Secret::Hardware));
                }
            }
            _ => {}
        }
        if text.len() == 12 && self.is_bare_hardware(&word) {
            return to(word.end, Secret::Hardware);
        }
        if text.len() < 11 {
            return None;
        }
        if let Some(end) = self.token(word.clone()) {
            return to(end, Secret::Token);
        }
        // Hooks of services have their secret in the path.
        let is_of_path =
            start > 0 && self.at(start - 1) == b'/' && matches!(next, b'/' | b'?' | b' ' | b'"' | b'\'' | 0);
        if is_of_path
            && text.len() >= 20
            && is_random(text)
            && find(self.near_before(start), 0, "http").is_some()
        {
            return to(word.end, Secret::Token);
        }
        // What Tasmota calls itself where it has no other name: the end of its hardware address.
        if text.starts_with(b"DVES_") && text[5..11].iter().all(u8::is_ascii_hexdigit) {
            return to(start + 11, Secret::Host);
        }
        // A name that ends with the whole address: `shellyplus1-a8032ab6d41c`. A UUID has no other letters.
        let (name, digits) = text.split_at(text.len().saturating_sub(12));
        let is_named = name.len() > 3
            && matches!(name.last(), Some(b'-' | b'_'))
            && first.is_ascii_alphabetic()
            && name.iter().any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit());
        (is_named && is_address_digits(digits)).then_some((word, Secret::Host))
    }

    /// What stands beside a secret that was found by its shape: `'Workshop' (AA:BB:CC:DD:EE:FF)`, as ESPHome lists what it
    /// hears, and `(b'Workshop', b'\xaa…`, as MicroPython does.
    pub fn beside(&mut self, place: Range<usize>, secret: Secret) {
        if secret != Secret::Hardware {
            return;
        }
        let text = self.near_before(place.start);
        let offset = place.start - text.len();
        for (behind, before) in
            [("' (", "'"), ("\" (", "\""), ("', b'", "(b'"), ("\", b'", "(b\""), ("', b\"", "(b'")]
        {
            if let Some(front) = text.strip_suffix(behind.as_bytes())
                && let Some(begin) = memchr::memmem::rfind(front, before.as_bytes())
            {
                let name = begin + before.len()..front.len();
                self.take(offset + name.start..offset + name.end, Secret::Network, true);
                return;
            }
        }
    }

    /// A row of a table of networks: `1 | Workshop | -60 | 6 | WPA2`. `bar`: the first of the line.
    pub fn row(&mut self, bar: usize) {
        let front = self.text[..bar].trim_ascii();
        let number = front.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        if number.is_empty() || number.len() > 3 || !number.iter().all(u8::is_ascii_digit) {
            return;
        }
        let column = self.trimmed(bar + 1..self.while_at(bar + 1, |byte| byte != b'|'));
        let rest = self.text.get(column.end..).unwrap_or_default();
        let is_of_network = rest.split(|byte| *byte == b'|').any(|column| {
            let column = column.trim_ascii();
            is_hardware(column) || is_strength(column)
        });
        let name = &self.text[column.clone()];
        // Zephyr prints the length of the name behind it.
        let wide = memchr::memmem::find(name, b"  ").unwrap_or(name.len());
        if is_of_network && !name.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') {
            self.take(column.start..column.start + wide, Secret::Network, true);
        }
    }

    /// A line of a list of networks: `1: Workshop (-60)*`. `bracket`: where the strength begins.
    pub fn listed(&mut self, bracket: usize) {
        let end = self.while_at(bracket + 2, |byte| byte.is_ascii_digit());
        if bracket > FAR || !is_strength(self.text.get(bracket + 1..end).unwrap_or_default()) {
            return;
        }
        let front = self.text[..bracket].trim_ascii_end();
        let Some(sign) = memchr::memmem::find(front, b": ") else { return };
        let number = front[..sign].trim_ascii();
        let is_number = (1..=3).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
        if is_number {
            let name = self.trimmed(sign + 2..front.len());
            self.take(name, Secret::Network, true);
        }
    }

    /// Where the token ends that this is, if its maker made it to be known.
    fn token(&self, place: Range<usize>) -> Option<usize> {
        let text = &self.text[place.clone()];
        let is_one =
            TOKENS.iter().any(|(begin, length)| text.starts_with(begin.as_bytes()) && text.len() >= *length);
        let is_random = text.iter().any(u8::is_ascii_digit) || text.starts_with(b"eyJ");
        (is_one && is_random).then_some(place.end)
    }

    /// A token of Telegram's, `bot` before it in links: ten digits, a colon, 35 signs.
    fn telegram(&self, word: &Range<usize>) -> Option<Range<usize>> {
        let text = &self.text[word.clone()];
        let digits = text.strip_prefix(b"bot").unwrap_or(text);
        let is_number = (8..=12).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        let end = self.while_at(word.end + 1, is_word);
        (is_number && end - word.end > 30).then_some(word.end - digits.len()..end)
    }

    /// Whether six bytes are written here as Python writes what is no text: `\xf4\x92\xbf\x0ej\xd1`.
    fn is_literal_hardware(&self, place: &Range<usize>) -> bool {
        let text = &self.text[place.clone()];
        let (mut at, mut count, mut has_digits) = (0, 0, false);
        while at < text.len() {
            let is_digits = text[at..].starts_with(b"\\x");
            has_digits |= is_digits;
            at += if is_digits { 4 } else { 1 + usize::from(text[at] == b'\\') };
            count += 1;
        }
        count == 6 && has_digits
    }

    /// Whether twelve digits are an address.
    fn is_bare_hardware(&self, word: &Range<usize>) -> bool {
        if !is_address_digits(&self.text[word.clone()]) {
            return false;
        }
        let before = self.text[..word.start].last();
        let is_in_topic = before == Some(&b'/') && matches!(self.at(word.end), b'/' | b' ' | 0);
        is_in_topic || is_one_of(Name::of(self.word_before(word.start)).as_bytes(), &BEFORE_HARDWARE)
    }

    /// Six pairs of hexadecimal digits with one sign between them.
    pub fn hardware(&self, start: usize) -> Option<usize> {
        let end = start + 17;
        let sign = self.at(start + 2);
        let is_pair = |pair: &[u8]| matches!(pair, [before, a, b, last] if !is_word(*before) && a.is_ascii_hexdigit() && b.is_ascii_hexdigit() && *last == sign);
        // A fingerprint has more pairs.
        let goes_on = self.at(end) == sign && self.at(end + 1).is_ascii_hexdigit()
            || start >= 4 && is_pair(&self.text[start - 4..start]);
        (is_hardware(self.text.get(start..end)?) && !goes_on && !is_word(self.at(end))).then_some(end)
    }

    /// Four numbers up to 255 with dots between them that are no version, no mask and nobody's.
    pub fn address(&self, start: usize) -> Option<usize> {
        if start > 0 && matches!(self.at(start - 1), b'.') {
            return None;
        }
        let (mut numbers, mut place) = ([0_u32; 4], start);
        for (index, number) in numbers.iter_mut().enumerate() {
            let end = self.while_at(place, |byte| byte.is_ascii_digit());
            if end == place || end - place > 3 {
                return None;
            }
            *number = self.text[place..end].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
            if *number > 255 || (index < 3 && self.at(end) != b'.') {
                return None;
            }
            place = if index < 3 { end + 1 } else { end };
        }
        let next = self.at(place);
        let goes_on =
            is_word(next) || next == b'(' || (next == b'.' && self.at(place + 1).is_ascii_alphanumeric());
        let is_nobodys = matches!(numbers, [0 | 127, ..] | [255, 255, ..]);
        let is_version = || is_one_of(self.word_before(start), &BEFORE_VERSIONS);
        (!goes_on && !is_nobodys && !is_version()).then_some(place)
    }

    /// Groups of up to four hexadecimal digits with colons: eight of them, or fewer with one double colon.
    pub fn long_address(&self, start: usize) -> Option<usize> {
        if start > 0 && (is_of_host(self.at(start - 1)) || self.at(start - 1) == b':') {
            return None;
        }
        let (mut place, mut groups, mut is_short, mut has_digit, mut longest) = (start, 0, false, false, 0);
        loop {
            let end = self.while_at(place, |byte| byte.is_ascii_hexdigit());
            if end - place > 4 {
                return None;
            }
            groups += usize::from(end > place);
            has_digit |= self.text[place..end].iter().any(u8::is_ascii_digit);
            longest = longest.max(end - place);
            place = end;
            if self.at(place) != b':' {
                break;
            }
            if self.at(place + 1) == b':' {
                if is_short {
                    return None;
                }
                (is_short, place) = (true, place + 2);
            } else if self.at(place + 1).is_ascii_hexdigit() {
                place += 1;
            } else {
                break;
            }
        }
        // `3::4` is a module and a primitive of Toit, `ab::cd` a name in C++.
        let is_short = is_short && (2..8).contains(&groups) && has_digit && (longest > 2 || groups > 2);
        let is_whole = groups == 8 || is_short;
        (is_whole && !is_word(self.at(place))).then_some(place)
    }
}

/// The twelve digits of a hardware address, however it is written, in lower case.
pub(super) fn hardware_digits(value: &[u8]) -> Vec<u8> {
    if !value.contains(&b'\\') {
        return value.iter().filter(|byte| byte.is_ascii_hexdigit()).map(u8::to_ascii_lowercase).collect();
    }
    let (mut digits, mut rest) = (Vec::new(), value);
    while let Some((&byte, tail)) = rest.split_first() {
        let (byte, behind) = match (byte, tail) {
            (b'\\', [b'x', digits @ ..]) if digits.len() >= 2 => {
                let number =
                    std::str::from_utf8(&digits[..2]).ok().and_then(|text| u8::from_str_radix(text, 16).ok());
                (number.unwrap_or(0), &digits[2..])
            }
            (b'\\', [b'n', behind @ ..]) => (b'\n', behind),
            (b'\\', [b'r', behind @ ..]) => (b'\r', behind),
            (b'\\', [b't', behind @ ..]) => (b'\t', behind),
            (b'\\', [byte, behind @ ..]) => (*byte, behind),
            _ => (byte, tail),
        };
        digits.extend(format!("{byte:02x}").bytes());
        rest = behind;
    }
    digits
}

/// Whether these are the digits of an address: in one case, and more than a number.
fn is_address_digits(digits: &[u8]) -> bool {
    let is_one_case =
        !(digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase));
    digits.len() == 12
        && digits.iter().all(u8::is_ascii_hexdigit)
        && digits.iter().any(u8::is_ascii_digit)
        && digits.iter().any(u8::is_ascii_alphabetic)
        && is_one_case
}

/// Whether this is how strong a network is heard, in dBm.
fn is_strength(text: &[u8]) -> bool {
    text.split_first().is_some_and(|(sign, digits)| {
        *sign == b'-' && (2..=3).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
    })
}
