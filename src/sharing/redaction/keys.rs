//! Keys and the values behind them, however they are written: `"SSId":"Workshop"`, `wifi_pass=…`, `Client ID: 'plug'`,
//! `'SSID' >> 'Workshop'`, `password set to …`, `--wifi-ssid Workshop`, `user me pass …`.
//!
//! What a key means is data: the tables below. What a value may look like is decided by what it means: a host that is a
//! number is a port, a password that is one a count of passed tests. Refuses to take a word for a value that no sign, no
//! quotes and no speech of a connection tie to its key.
//!
//! `wifi_ssid=Workshop wifi_pass=opensesame` has the keys `wifissid` and `wifipass`, known by how they end.

use std::ops::Range;

use super::line::{FAR, LONGEST_VALUE, Line, Name, find, is_of_host, is_one_of, is_word};
use super::positions::is_position;
use super::secrets::Secret;
use super::{commands, shapes};

/// What a key says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The value is the secret.
    Is(Secret),
    /// A key, if it looks like one: `key` alone may be anything.
    MayBeToken,
    /// Names with values, of which these are secret.
    Cookies,
    /// A latitude and a longitude.
    Places,
}

use Meaning::{Cookies, Is, MayBeToken, Places};

/// Endings of keys, as [`Name`] has them. The first that fits counts.
const KEYS: &[(&str, Meaning)] = &[
    ("bssid", Is(Secret::Hardware)),
    ("mac", Is(Secret::Hardware)),
    ("macaddr", Is(Secret::Hardware)),
    ("macaddress", Is(Secret::Hardware)),
    ("ssid", Is(Secret::Network)),
    ("password", Is(Secret::Password)),
    ("passwd", Is(Secret::Password)),
    ("passphrase", Is(Secret::Password)),
    ("pwd", Is(Secret::Password)),
    ("psk", Is(Secret::Password)),
    ("username", Is(Secret::User)),
    ("user", Is(Secret::User)),
    ("clientid", Is(Secret::User)),
    ("mqttclient", Is(Secret::User)),
    ("longname", Is(Secret::User)),
    ("shortname", Is(Secret::User)),
    ("hostname", Is(Secret::Host)),
    ("devicename", Is(Secret::Host)),
    ("host", Is(Secret::Host)),
    ("broker", Is(Secret::Host)),
    ("ntpserver", Is(Secret::Host)),
    ("mqttserver", Is(Secret::Host)),
    ("token", Is(Secret::Token)),
    ("apikey", Is(Secret::Token)),
    ("appid", Is(Secret::Token)),
    ("secret", Is(Secret::Token)),
    ("authorization", Is(Secret::Token)),
    ("cookie", Cookies),
    ("latitude", Is(Secret::Position)),
    ("longitude", Is(Secret::Position)),
    // Meshtastic: degrees as whole numbers of 1e-7.
    ("latitudei", Is(Secret::Position)),
    ("longitudei", Is(Secret::Position)),
    ("key", MayBeToken),
];

/// Keys that are the end of too many other words.
const WHOLE_KEYS: &[(&str, Meaning)] = &[
    ("pass", Is(Secret::Password)),
    ("wifipass", Is(Secret::Password)),
    ("mqttpass", Is(Secret::Password)),
    // ESP-IDF's provisioning: the proof of possession.
    ("pop", Is(Secret::Password)),
    ("login", Is(Secret::User)),
    // Tasmota's discovery.
    ("hn", Is(Secret::Host)),
    ("lat", Is(Secret::Position)),
    ("lon", Is(Secret::Position)),
    ("lng", Is(Secret::Position)),
    ("location", Places),
    ("position", Places),
    ("coordinates", Places),
    ("latlon", Places),
    ("latlng", Places),
    ("gps", Places),
    // In links to maps.
    ("q", Places),
    ("ll", Places),
];

/// Keys of two words.
const TWO_WORDS: &[(&str, &str, Meaning)] = &[
    ("client", "id", Is(Secret::User)),
    ("user", "name", Is(Secret::User)),
    ("api", "key", Is(Secret::Token)),
    ("device", "name", Is(Secret::Host)),
    ("host", "name", Is(Secret::Host)),
    ("server", "address", Is(Secret::Host)),
    ("broker", "address", Is(Secret::Host)),
    ("wifi", "key", Is(Secret::Password)),
    ("wi-fi", "key", Is(Secret::Password)),
    ("network", "key", Is(Secret::Password)),
    ("shared", "key", Is(Secret::Password)),
    // ESP-IDF's provisioning: the name of the network that the board opens.
    ("service", "name", Is(Secret::Network)),
];

/// What ends like a key and is none.
const NO_KEYS: [&str; 3] = ["localhost", "ghost", "uhost"];

/// Between key and value; behind the blanks.
const SIGNS: [&str; 6] = ["=>", ">>", "->", ":=", ":", "="];

/// Instead of a sign.
const FILLERS: [&str; 3] = ["set to", "is set to", "changed to"];

/// Behind a sign: ESPHome's sensors, WiFiManager.
const BEHIND_SIGNS: [&str; 2] = ["Sending state ", "STA:"];

/// What ends the name of a network that nothing stands around: what most likely does not belong to it any more.
const BEHIND_NAMES: [&str; 13] = [
    "  ", " (", " [", " pass", " psk", " rssi", " channel", " bssid", " in mode", " - ", " ch ", " auth",
    " with ",
];

/// Names of networks have at most 32 bytes; a byte may be written as four.
const LONGEST_NAME: usize = 128;

/// What stands behind a password and is no part of it.
const BEHIND_PASSWORDS: [&str; 16] = [
    "is", "was", "not", "accepted", "rejected", "ok", "too", "for", "from", "with", "wrong", "invalid",
    "length", "set", "changed", "failed",
];

/// What stands behind the names of keys in sentences, too, and is no value there.
pub(super) const NO_BARE_VALUES: [&str; 33] = [
    "timeout",
    "name",
    "id",
    "error",
    "failed",
    "wrong",
    "is",
    "not",
    "set",
    "interface",
    "data",
    "agent",
    "defined",
    "event",
    "request",
    "found",
    "or",
    "and",
    "the",
    "for",
    "in",
    "of",
    "to",
    "a",
    "with",
    "from",
    "incorrect",
    "missing",
    "mismatch",
    "changed",
    "configured",
    "too",
    "was",
];

/// Keys that may follow a value without a sign.
const NEXT_KEYS: [&str; 13] = [
    "and", "user", "username", "pass", "password", "broker", "host", "port", "ssid", "key", "bssid",
    "channel", "client",
];

/// Parts of a cookie that are none.
const COOKIE_ATTRIBUTES: [&str; 6] = ["path", "domain", "expires", "max-age", "samesite", "version"];

/// All that [`Line::key`] knows, so that other words are not looked up.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let seconds = TWO_WORDS.iter().map(|(_, second, _)| *second);
    KEYS.iter().chain(WHOLE_KEYS).map(|(name, _)| *name).chain(seconds).chain(commands::names())
}

impl Meaning {
    /// Of this word as a key.
    pub fn of(word: &[u8]) -> Option<Self> {
        Meaning::of_name(&Name::of(word))
    }

    fn of_name(name: &Name) -> Option<Self> {
        let name = name.as_bytes();
        let whole = WHOLE_KEYS.iter().find(|(key, _)| key.as_bytes() == name);
        let ending = || KEYS.iter().find(|(key, _)| name.ends_with(key.as_bytes()));
        let (_, meaning) = whole.or_else(ending)?;
        (!is_one_of(name, &NO_KEYS)).then_some(*meaning)
    }
}

impl Line<'_> {
    /// A word that may be the key of what follows.
    pub fn key(&mut self, word: Range<usize>, name: &Name) {
        let raw = &self.text[word.clone()];
        let stem = &raw[..raw.len() - raw.iter().rev().take_while(|byte| byte.is_ascii_digit()).count()];
        // `host-1` is a name, `password1` a key; `mqtt_client` is a part of ESP-IDF, `MqttClient` Tasmota's name for itself.
        if stem.len() < raw.len() && stem.ends_with(b"-") || raw.eq_ignore_ascii_case(b"mqtt_client") {
            return;
        }
        if self.command(name, word.clone()) {
            return;
        }
        let Some(meaning) = self.of_two(&word, name).or_else(|| Meaning::of_name(name)) else { return };
        match self.value_start(&word) {
            Some(start) => self.value(start, meaning),
            None => self.bare_value(word.end, meaning),
        }
    }

    /// What this word and the one before it mean together: `Client ID`, `API key`.
    fn of_two(&self, word: &Range<usize>, name: &Name) -> Option<Meaning> {
        let (_, first, meaning) = TWO_WORDS
            .iter()
            .map(|(first, second, meaning)| (second, first, meaning))
            .find(|(second, first, _)| {
            second.as_bytes() == name.as_bytes()
                && word.start > first.len()
                && matches!(self.at(word.start - 1), b' ' | b'_')
                && self.is_at(word.start - 1 - first.len(), first)
        })?;
        let begin = word.start - 1 - first.len();
        (begin == 0 || !is_word(self.at(begin - 1))).then_some(*meaning)
    }

    /// Where the value of this key begins.
    fn value_start(&self, key: &Range<usize>) -> Option<usize> {
        let mut place = key.end;
        // A JSON text within a string has its quotes escaped.
        if self.at(place) == b'\\' && self.at(place + 1) == b'"' {
            place += 2;
        } else if matches!(self.at(place), b'"' | b'\'' | b']' | b')') {
            place += 1;
        }
        let mut behind = self.after_blanks(place);
        if behind > place && self.is_at(behind, "is") {
            let sign = self.after_blanks(behind + 2);
            behind = if matches!(self.at(sign), b':' | b'=') { sign } else { behind };
        }
        if let Some(sign) = SIGNS.iter().find(|sign| self.is_at(behind, sign)) {
            if *sign == ":" && self.at(behind + 1) == b':' {
                return None;
            }
            let mut start = self.after_blanks(behind + sign.len());
            for more in BEHIND_SIGNS {
                if self.is_at(start, more) {
                    start = self.after_blanks(start + more.len());
                }
            }
            return Some(start);
        }
        // `ssid[Workshop]`, but not `user[3]`.
        let is_index = self.while_at(place + 1, |byte| byte.is_ascii_digit());
        if place == key.end && self.at(place) == b'[' && self.at(is_index) != b']' {
            return Some(place);
        }
        let is_option = self.is_at(key.start, "--");
        let tabs = self.text[place..behind].iter().filter(|byte| **byte == b'\t').count();
        let is_quoted = place == key.end && matches!(self.at(behind), b'"' | b'\'');
        if behind > place && (is_option || is_quoted || tabs > 1) {
            return Some(behind);
        }
        let filler = FILLERS.iter().find(|filler| behind > place && self.is_at(behind, filler))?;
        let behind = self.after_blanks(behind + filler.len());
        Some(if self.at(behind) == b':' { self.after_blanks(behind + 1) } else { behind })
    }

    /// The value that begins here, of a key that says this of it.
    fn value(&mut self, place: usize, meaning: Meaning) {
        if self.at(place) == b'[' && !matches!(meaning, Is(Secret::Position) | Places) {
            // Tasmota lists both of its networks.
            let mut place = place;
            let inner = self.after_blanks(place + 1);
            if !matches!(self.at(inner), b'"' | b'\'') {
                let near = &self.text[..self.text.len().min(inner + LONGEST_NAME)];
                let length =
                    near[inner.min(near.len())..].iter().take_while(|byte| !matches!(byte, b']' | b','));
                let end = inner + length.count();
                if self.at(end) == b']' {
                    self.mean(self.trimmed(inner..end), meaning, true);
                }
                return;
            }
            while matches!(self.at(place), b'[' | b',') {
                place = self.after_blanks(place + 1);
                if !matches!(self.at(place), b'"' | b'\'') {
                    return;
                }
                let value = self.quoted(place);
                place = self.after_blanks(value.end + 1);
                self.mean(value, meaning, true);
            }
            return;
        }
        if self.at(place) == b'\\' && self.at(place + 1) == b'"' {
            let near = &self.text[..self.text.len().min(place + LONGEST_VALUE)];
            let end = find(near, place + 2, "\\\"").unwrap_or(near.len());
            return self.mean(place + 2..end.max(place + 2), meaning, true);
        }
        // Python writes bytes with a letter before them.
        let quote = if self.at(place) == b'b' { place + 1 } else { place };
        if matches!(self.at(quote), b'"' | b'\'') {
            return self.mean(self.quoted(quote), meaning, true);
        }
        let end = match meaning {
            Cookies | Places => self.end().min(place + LONGEST_VALUE).max(place),
            Is(Secret::Network) => self.end_of_name(place),
            Is(Secret::Password) => self.end_of_password(place),
            Is(_) | MayBeToken => self.end_of_word(self.after_scheme(place)),
        };
        self.mean(place..end, meaning, false);
    }

    /// What this place means, quoted or not.
    pub fn mean(&mut self, place: Range<usize>, meaning: Meaning, is_quoted: bool) {
        match meaning {
            Is(Secret::Token) => {
                self.take(self.after_scheme(place.start)..place.end, Secret::Token, is_quoted)
            }
            Is(secret) => self.take(place, secret, is_quoted),
            MayBeToken if shapes::is_random(&self.text[place.clone()]) => self.add(place, Secret::Token),
            MayBeToken => {}
            Cookies => self.cookies(place),
            Places => self.places(place.start),
        }
    }

    /// Behind what says how a token is meant: `Bearer …`.
    fn after_scheme(&self, place: usize) -> usize {
        let scheme = ["Bearer ", "Basic ", "Token "].into_iter().find(|scheme| self.is_at(place, scheme));
        place + scheme.map_or(0, str::len)
    }

    /// Where a value ends around which nothing stands, and which has no blanks.
    fn end_of_word(&mut self, start: usize) -> usize {
        // Within a value that was looked at it ends where that does.
        if self.run.contains(&start) {
            return self.run.end;
        }
        let mut end = start;
        while end < self.text.len() {
            let byte = self.at(end);
            // In a query `&` ends a value, in a password it may stand.
            let is_next = || {
                let behind = self.while_at(end + 1, is_word);
                behind > end + 1 && self.at(behind) == b'='
            };
            let is_outer_quote = || {
                matches!(self.at(end + 1), b')' | b',' | b']' | b'}' | b' ' | 0)
                    && self.near_before(start).contains(&b'\'')
            };
            if byte.is_ascii_whitespace()
                || matches!(byte, b',' | b';' | b'}' | b')' | b']' | b'"')
                || byte == b'&' && is_next()
                || byte == b'\'' && is_outer_quote()
            {
                break;
            }
            end += 1;
        }
        self.run = start..end;
        end
    }

    /// Names of networks have blanks.
    fn end_of_name(&self, start: usize) -> usize {
        let is_of_name =
            |byte: &u8| !matches!(byte, b',' | b';' | b'}' | b']' | b'"' | b'\t' | b'\r' | b'\n');
        let near = self.text.get(start..self.text.len().min(start + LONGEST_NAME)).unwrap_or_default();
        let mut end = start + near.iter().take_while(|byte| is_of_name(byte)).count();
        for behind in BEHIND_NAMES {
            if let Some(found) = find(&self.text[..end], start, behind) {
                end = found;
            }
        }
        end = self.before_next_key(start..end);
        self.trimmed(start..end).end
    }

    /// So may passwords; but behind most of them a sentence goes on.
    fn end_of_password(&mut self, start: usize) -> usize {
        let end = self.end_of_word(start);
        let line = self.end();
        if self.at(start.saturating_sub(1)) != b' ' || self.at(end) != b' ' || end >= line || line - end > FAR
        {
            return end;
        }
        let rest = &self.text[end..line];
        let mut words = rest.split(|byte| *byte == b' ').skip(1);
        let are_plain = rest.iter().all(|byte| is_word(*byte) || matches!(byte, b' ' | b'!' | b'.'));
        let is_one = words.clone().count() <= 5
            && words.all(|word| !word.is_empty() && !is_one_of(word, &BEHIND_PASSWORDS));
        if are_plain && is_one { line } else { end }
    }

    /// Up to ` word=` or ` word:`, if that stands here.
    fn before_next_key(&self, place: Range<usize>) -> usize {
        let mut at = place.start;
        while let Some(blank) = self.text[at..place.end].iter().position(|byte| *byte == b' ') {
            let begin = self.after_blanks(at + blank);
            let behind = self.while_at(begin, is_word);
            if behind > begin && behind <= place.end && matches!(self.at(behind), b'=' | b':') {
                return at + blank;
            }
            at = begin.clamp(at + blank + 1, place.end);
        }
        place.end
    }

    /// `user me pass …`: without a sign, where the line speaks of a connection and nothing but keys follows.
    fn bare_value(&mut self, end: usize, meaning: Meaning) {
        let start = self.after_blanks(end);
        if start == end {
            return;
        }
        let value =
            start..self.while_at(start, |byte| !byte.is_ascii_whitespace() && byte != b',' && byte != b';');
        let text = &self.text[value.clone()];
        if matches!(meaning, Is(Secret::Token) | MayBeToken) {
            if shapes::is_random(text) {
                self.add(value, Secret::Token);
            }
            return;
        }
        if !matches!(meaning, Is(Secret::User | Secret::Password | Secret::Network)) {
            return;
        }
        let next = self.after_blanks(value.end);
        let next_word = next..self.while_at(next, is_word);
        let is_last = next >= self.end()
            || matches!(self.at(next), b',' | b';')
            || is_one_of(&self.text[next_word], &NEXT_KEYS);
        let is_value = !is_one_of(text, &NO_BARE_VALUES)
            && !is_one_of(text, &NEXT_KEYS)
            && text.iter().any(u8::is_ascii_alphabetic)
            && !matches!(text.last(), Some(b':' | b'='));
        if is_last && is_value && self.is_of_connection() {
            self.take(value, secret_of(meaning), false);
        }
    }

    fn is_of_connection(&mut self) -> bool {
        let text = self.text;
        let is_named = || find(text, 0, "connect").is_some() || find(text, 0, "mqtt").is_some();
        self.has_peer || *self.names_connection.get_or_insert_with(is_named)
    }

    /// What stands not far from this place.
    fn around(&self, place: usize) -> &[u8] {
        let end = self.text.len().min(place + FAR);
        &self.text[place.saturating_sub(FAR).min(end)..end]
    }

    /// `session=…; Path=/`: the values.
    fn cookies(&mut self, place: Range<usize>) {
        let mut start = place.start.max(self.cookies_end);
        self.cookies_end = place.end;
        while start < place.end {
            let end = self.while_at(start, |byte| byte != b';').min(place.end);
            let part = self.trimmed(start..end);
            let sign = self.while_at(part.start, |byte| byte != b'=').min(part.end);
            if sign < part.end && !is_one_of(&self.text[part.start..sign], &COOKIE_ATTRIBUTES) {
                self.take(sign + 1..part.end, Secret::Token, true);
            }
            start = end + 1;
        }
    }

    /// Takes a value, if it can be one.
    pub fn take(&mut self, place: Range<usize>, secret: Secret, is_quoted: bool) {
        let mut place = place;
        let value = self.text.get(place.clone()).unwrap_or_default();
        let is_number = value.iter().all(u8::is_ascii_digit);
        let says_something = value.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
        let fits = says_something
            && match secret {
                // A user whose name is a number, a host that is a port: these are figures.
                Secret::User | Secret::Host | Secret::Token => !is_number || is_quoted && value.len() > 4,
                // Frameworks for tests: `PASS: test_heap`.
                Secret::Password => {
                    (!is_number || is_quoted || value.len() >= 8)
                        && (is_quoted || !value.starts_with(b"test_"))
                }
                Secret::Hardware => value.len() == 12 && value.iter().all(u8::is_ascii_hexdigit),
                Secret::Position => is_position(value, self.around(place.start)),
                Secret::Network => !shapes::is_hardware(value) && !matches!(value, b"BSSID" | b"RSSI"),
                Secret::Address | Secret::LongAddress => false,
            };
        if !fits || memchr::memmem::find(&value[..value.len().min(LONGEST_NAME)], b"://").is_some() {
            return;
        }
        if secret == Secret::Host {
            // Addresses are found by their shape; a port is no secret; constants are no hosts.
            let is_constant = value.contains(&b'_') && !value.iter().any(u8::is_ascii_lowercase);
            if self.address(place.start).is_some() || is_constant {
                return;
            }
            let end = match is_quoted {
                true => self.while_at(place.start, |byte| byte != b':'),
                false => self.while_at(place.start, |byte| is_of_host(byte) || byte >= 0x80),
            };
            place.end = end.min(place.end);
        }
        self.add(place, secret);
    }
}

/// Of a key whose value is the secret; of others it does not matter.
fn secret_of(meaning: Meaning) -> Secret {
    match meaning {
        Is(secret) => secret,
        MayBeToken | Cookies => Secret::Token,
        Places => Secret::Position,
    }
}
