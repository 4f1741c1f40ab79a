//! Where in a line of a log something stands that is nobody else's business, and what it is.
//!
//! Three kinds of places are known: sentences of firmwares (`Connecting to AP1 Workshop in mode 11n as plug-1234...`), keys with
//! their values (`"SSId":"Workshop"`, `password=…`, `mqtt://user:password@host`), and shapes that speak for themselves (hardware and
//! network addresses, mail addresses, signed tokens, positions of a satellite receiver). A line is looked at alone; that a
//! name from one line stands in another is the [parent](super)'s business.
//!
//! It does not know figures, and refuses to guess: what has neither a known key before it nor a shape of its own is not a
//! secret. Version numbers of four parts are no addresses.
//!
//! ```
//! use heapscope::sharing::redaction::{Secret, secrets};
//!
//! let line = br#"WIF: {"SSId":"Workshop","IPAddress":"192.168.1.20"}"#;
//! let found: Vec<_> = secrets(line).into_iter().map(|found| (found.secret, &line[found.place])).collect();
//! assert_eq!(found, [(Secret::Network, &b"Workshop"[..]), (Secret::Address, b"192.168.1.20")]);
//! ```

use std::ops::Range;

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Secret {
    /// The name of a wireless network.
    Network,
    /// A password or a passphrase.
    Password,
    /// A hardware address (MAC, BSSID): where a network stands is known from it.
    Hardware,
    /// An IP address of version 4.
    Address,
    /// An IP address of version 6.
    LongAddress,
    /// The name of a board, a computer or a server.
    Host,
    /// The name of a user, or a mail address.
    User,
    /// A key, a token, a cookie.
    Token,
    /// A latitude or a longitude.
    Position,
}

/// A secret, and where in the line it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its first byte, and the one behind it.
    pub place: Range<usize>,
    /// What it is.
    pub secret: Secret,
}

/// All of a line, in order; none overlaps another.
pub fn secrets(line: &[u8]) -> Vec<Found> {
    let mut all = Line { text: line, found: Vec::new() };
    all.sentences();
    all.words();
    let mut found = all.found;
    found.retain(|found| !found.place.is_empty());
    // Of two that begin together the longer one.
    found.sort_by_key(|found| (found.place.start, usize::MAX - found.place.end));
    let mut end = 0;
    found.retain(|found| {
        let is_free = found.place.start >= end;
        if is_free {
            end = found.place.end;
        }
        is_free
    });
    found
}

/// A sentence: what stands before the secret, what ends it (the first that comes; the end of the line always does), what
/// it is.
struct Sentence {
    before: &'static str,
    ends: &'static [&'static str],
    secret: Secret,
}

/// As the firmwares print them: Tasmota's support_wifi.ino (WifiBegin) and xdrv_01_9_webserver.ino (StartWebserver),
/// ESP-IDF's WiFi library and its station example, ESPHome's wifi_component.cpp, Jaguar's jaguar.toit, Espressif's AT firmware,
/// and the calls of sketches and MicroPython programs, which people paste along.
const SENTENCES: &[Sentence] = &[
    Sentence { before: "Connecting to AP1 ", ends: &[" Channel ", " in mode "], secret: Secret::Network },
    Sentence { before: "Connecting to AP2 ", ends: &[" Channel ", " in mode "], secret: Secret::Network },
    Sentence { before: " in mode 11b as ", ends: &["..."], secret: Secret::Host },
    Sentence { before: " in mode 11g as ", ends: &["..."], secret: Secret::Host },
    Sentence { before: " in mode 11n as ", ends: &["..."], secret: Secret::Host },
    Sentence { before: " in mode 11N as ", ends: &["..."], secret: Secret::Host },
    Sentence { before: " in mode HT20 as ", ends: &["..."], secret: Secret::Host },
    Sentence { before: " in mode HT40 as ", ends: &["..."], secret: Secret::Host },
    Sentence { before: " in mode HE20 as ", ends: &["..."], secret: Secret::Host },
    Sentence { before: "Web server active on ", ends: &[" with IP", " "], secret: Secret::Host },
    Sentence { before: "connected with ", ends: &[", aid", ", channel"], secret: Secret::Network },
    Sentence { before: "Connecting to '", ends: &["'"], secret: Secret::Network },
    Sentence { before: "Connected to '", ends: &["'"], secret: Secret::Network },
    Sentence { before: "get hostname for :", ends: &[":", " "], secret: Secret::Host },
    Sentence { before: "Jaguar device '", ends: &["'"], secret: Secret::Host },
    Sentence { before: "+CWJAP:\"", ends: &["\""], secret: Secret::Network },
    Sentence { before: "+CWJAP=\"", ends: &["\""], secret: Secret::Network },
    Sentence { before: "WiFi.begin(\"", ends: &["\""], secret: Secret::Network },
    Sentence { before: ".connect('", ends: &["'"], secret: Secret::Network },
    Sentence { before: ".connect(\"", ends: &["\""], secret: Secret::Network },
];

/// What may stand behind `Connecting to ` and is no name.
const NO_NAMES: [&str; 14] = [
    "wifi", "wi-fi", "wlan", "network", "ap", "mqtt", "server", "broker", "cloud", "the", "host", "client",
    "home", "api",
];

/// Endings of keys, in lower case without `_`, `-` and figures at their end. The first that fits counts.
const KEYS: &[(&str, Secret)] = &[
    ("bssid", Secret::Hardware),
    ("mac", Secret::Hardware),
    ("macaddress", Secret::Hardware),
    ("ssid", Secret::Network),
    ("password", Secret::Password),
    ("passwd", Secret::Password),
    ("passphrase", Secret::Password),
    ("pwd", Secret::Password),
    ("psk", Secret::Password),
    ("username", Secret::User),
    ("user", Secret::User),
    ("clientid", Secret::User),
    ("mqttclient", Secret::User),
    ("hostname", Secret::Host),
    ("devicename", Secret::Host),
    ("host", Secret::Host),
    ("broker", Secret::Host),
    ("token", Secret::Token),
    ("apikey", Secret::Token),
    ("secret", Secret::Token),
    ("authorization", Secret::Token),
    ("cookie", Secret::Token),
    ("latitude", Secret::Position),
    ("longitude", Secret::Position),
];

/// Keys that are the end of too many other words.
const WHOLE_KEYS: &[(&str, Secret)] = &[
    ("pass", Secret::Password),
    ("wifipass", Secret::Password),
    ("mqttpass", Secret::Password),
    ("login", Secret::User),
    ("lat", Secret::Position),
    ("lon", Secret::Position),
    ("lng", Secret::Position),
];

/// Keys of two words.
const TWO_WORDS: &[(&str, &str, Secret)] = &[
    ("client", "id", Secret::User),
    ("user", "name", Secret::User),
    ("api", "key", Secret::Token),
    ("device", "name", Secret::Host),
    ("host", "name", Secret::Host),
    ("server", "address", Secret::Host),
    ("broker", "address", Secret::Host),
];

/// What ends like a key and is none.
const NO_KEYS: [&str; 2] = ["localhost", "ghost"];

/// Tasmota's commands whose value is a secret: a blank stands between the two.
const COMMANDS: &[(&str, Secret)] = &[
    ("ssid", Secret::Network),
    ("password", Secret::Password),
    ("mqttuser", Secret::User),
    ("mqttpassword", Secret::Password),
    ("webpassword", Secret::Password),
    ("mqtthost", Secret::Host),
    ("mqttclient", Secret::User),
    ("hostname", Secret::Host),
    ("latitude", Secret::Position),
    ("longitude", Secret::Position),
];

/// Values that keep nothing secret.
const NO_VALUES: [&str; 16] = [
    "true", "false", "none", "null", "(null)", "nil", "ok", "on", "off", "yes", "no", "set", "unset",
    "empty", "hidden", "redacted",
];

/// Ends of the names that home networks give.
const HOME_ENDINGS: [&str; 7] =
    [".local", ".lan", ".home", ".internal", ".localdomain", ".fritz.box", ".home.arpa"];

/// A line, and what was found in it.
struct Line<'a> {
    text: &'a [u8],
    found: Vec<Found>,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte >= 0x80
}

/// What can stand in the name of a host.
fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn find(text: &[u8], from: usize, part: &str) -> Option<usize> {
    let rest = text.get(from..)?;
    memchr::memmem::find(rest, part.as_bytes()).map(|place| from + place)
}

fn is_one_of(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

impl Line<'_> {
    fn add(&mut self, place: Range<usize>, secret: Secret) {
        let value = self.text.get(place.clone()).unwrap_or_default();
        let is_hidden = value.iter().all(|byte| matches!(byte, b'*' | b'.' | b'-' | b'#' | b' '));
        if !is_hidden && !is_one_of(value, &NO_VALUES) {
            self.found.push(Found { place, secret });
        }
    }

    fn at(&self, place: usize) -> u8 {
        self.text.get(place).copied().unwrap_or(0)
    }

    /// Behind the blanks that stand here.
    fn after_blanks(&self, mut place: usize) -> usize {
        while matches!(self.at(place), b' ' | b'\t') {
            place += 1;
        }
        place
    }

    /// Behind the last byte from `from` on for which this holds.
    fn while_at(&self, from: usize, holds: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.iter().position(|&byte| !holds(byte)).unwrap_or(rest.len())
    }

    fn end(&self) -> usize {
        self.text.len() - self.text.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count()
    }

    /// What firmwares say in whole sentences.
    fn sentences(&mut self) {
        for Sentence { before, ends, secret } in SENTENCES {
            let Some(start) = find(self.text, 0, before).map(|place| place + before.len()) else { continue };
            let end = ends.iter().filter_map(|end| find(self.text, start, end)).min().unwrap_or(self.end());
            self.add(start..end.max(start), *secret);
            // The calls have the password behind the name.
            if before.ends_with(['"', '\'']) && self.at(end) == before.as_bytes()[before.len() - 1] {
                let comma = self.after_blanks(end + 1);
                let quote = self.after_blanks(comma + 1);
                if self.at(comma) == b',' && matches!(self.at(quote), b'"' | b'\'') {
                    let place = self.quoted(quote);
                    if self.hardware(place.start).is_none() {
                        self.add(place, Secret::Password);
                    }
                }
            }
        }
        if self.found.is_empty() {
            self.bare_network();
        }
        self.scanned_network();
        self.satellites();
    }

    /// `Connecting to Workshop.....`, as the examples of the Arduino cores do.
    fn bare_network(&mut self) {
        for before in ["Connecting to ", "connecting to "] {
            let Some(start) = find(self.text, 0, before).map(|place| place + before.len()) else { continue };
            let rest = self.text.get(start..self.end()).unwrap_or_default();
            let dots = rest.iter().rev().take_while(|byte| **byte == b'.' || **byte == b' ').count();
            let name = &rest[..rest.len() - dots];
            let mut words = name.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty());
            let is_name = !name.is_empty()
                && name.iter().all(|byte| is_word(*byte) || *byte == b' ')
                && !words.any(|word| is_one_of(word, &NO_NAMES));
            if is_name {
                self.add(start..start + name.len(), Secret::Network);
            }
        }
    }

    /// `- 'Workshop' (AA:BB:CC:DD:EE:FF)`, as ESPHome lists what it hears.
    fn scanned_network(&mut self) {
        if let Some(behind) = find(self.text, 0, "' (")
            && self.hardware(behind + 3).is_some()
            && let Some(before) = self.text[..behind].iter().position(|byte| *byte == b'\'')
        {
            self.add(before + 1..behind, Secret::Network);
        }
    }

    /// Sentences of satellite receivers (NMEA 0183): `$GPGGA,123519,4807.038,N,01131.000,E,…`.
    fn satellites(&mut self) {
        let Some(start) = self.text.iter().position(|byte| *byte == b'$') else { return };
        let kind = self.text.get(start + 3..start + 6).unwrap_or_default();
        if !matches!(kind, b"GGA" | b"RMC" | b"GLL" | b"GNS") {
            return;
        }
        let mut place = start;
        while place < self.text.len() {
            let end = self.while_at(place, |byte| byte != b',');
            let side = self.at(end + 1);
            if matches!(side, b'N' | b'S' | b'E' | b'W') && self.at(end + 2) == b',' {
                self.add(place..end, Secret::Position);
            }
            place = end + 1;
        }
    }

    /// Keys with values, and shapes.
    fn words(&mut self) {
        let mut place = 0;
        while place < self.text.len() {
            let byte = self.text[place];
            if matches!(byte, b':') && self.text[place..].starts_with(b"://") {
                place = self.link(place);
                continue;
            } else if byte == b'@' {
                self.mail(place);
            }
            let is_begin = is_word(byte) && (place == 0 || !is_word(self.text[place - 1]));
            if !(is_begin || byte == b':' && self.at(place + 1) == b':') {
                place += 1;
                continue;
            }
            if let Some((end, secret)) = self.shape(place) {
                self.add(place..end, secret);
                place = end.max(place + 1);
                continue;
            }
            let end = self.while_at(place, is_word).max(place + 1);
            self.key(place..end);
            place = end;
        }
    }

    /// A word that says what it is by its shape.
    fn shape(&self, start: usize) -> Option<(usize, Secret)> {
        if let Some(end) = self.hardware(start) {
            let digits = &self.text[start..end];
            let is_any = digits.iter().all(|byte| matches!(byte, b'0' | b':' | b'-'))
                || digits.iter().all(|byte| matches!(byte, b'f' | b'F' | b':' | b'-'));
            return (!is_any).then_some((end, Secret::Hardware));
        }
        if let Some(end) = self.address(start) {
            return Some((end, Secret::Address));
        }
        if let Some(end) = self.long_address(start) {
            return Some((end, Secret::LongAddress));
        }
        let word = self.while_at(start, is_of_host);
        let text = &self.text[start..word];
        let text = text.strip_suffix(b".").unwrap_or(text);
        // A signed token has three parts, of which the first begins with {" in base 64.
        if text.starts_with(b"eyJ") && text.len() > 20 {
            return Some((start + text.len(), Secret::Token));
        }
        // What Tasmota calls itself where it has no other name: the end of its hardware address.
        if text.starts_with(b"DVES_") && text.len() >= 11 && text[5..11].iter().all(u8::is_ascii_hexdigit) {
            return Some((start + 11, Secret::Host));
        }
        let lower = text.to_ascii_lowercase();
        let is_home = HOME_ENDINGS.iter().any(|ending| {
            lower.ends_with(ending.as_bytes())
                && lower.len() > ending.len()
                && lower.iter().any(u8::is_ascii_alphabetic)
        });
        is_home.then_some((start + text.len(), Secret::Host))
    }

    /// Six pairs of hexadecimal digits with one sign between them.
    fn hardware(&self, start: usize) -> Option<usize> {
        let sign = self.at(start + 2);
        if !matches!(sign, b':' | b'-') {
            return None;
        }
        for pair in 0..6 {
            let at = start + pair * 3;
            if !self.at(at).is_ascii_hexdigit() || !self.at(at + 1).is_ascii_hexdigit() {
                return None;
            }
            if pair < 5 && self.at(at + 2) != sign {
                return None;
            }
        }
        let end = start + 17;
        let goes_on = self.at(end) == sign && self.at(end + 1).is_ascii_hexdigit();
        (!goes_on && !is_word(self.at(end))).then_some(end)
    }

    /// Four numbers up to 255 with dots between them that are no version, no mask and nobody's.
    fn address(&self, start: usize) -> Option<usize> {
        if start > 0 && matches!(self.text[start - 1], b'.') {
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
        (!goes_on && !is_nobodys && !self.is_version(start)).then_some(place)
    }

    /// Whether a word before this place says that a version follows.
    fn is_version(&self, start: usize) -> bool {
        let before = &self.text[..start];
        let before = before.trim_ascii_end();
        let before = before.strip_suffix(b":").unwrap_or(before);
        let before = before.strip_suffix(b"\"").unwrap_or(before);
        let begin = before.iter().rposition(|byte| !is_word(*byte)).map_or(0, |place| place + 1);
        is_one_of(
            &before[begin..],
            &["v", "version", "ver", "core", "sdk", "idf", "release", "firmware", "fw"],
        )
    }

    /// Groups of up to four hexadecimal digits with colons: eight of them, or fewer with one double colon.
    fn long_address(&self, start: usize) -> Option<usize> {
        if start > 0 && (is_of_host(self.text[start - 1]) || self.text[start - 1] == b':') {
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

    /// `scheme://user:password@host:port/`: what stands around the two slashes at `colon`.
    /// Gives where the host ends.
    fn link(&mut self, colon: usize) -> usize {
        let start = colon + 3;
        let end = self.while_at(start, |byte| {
            !byte.is_ascii_whitespace()
                && !matches!(byte, b'/' | b'"' | b'\'' | b'<' | b'>' | b')' | b',' | b'\\' | 0x1b)
        });
        let mut host = start;
        if let Some(at) = self.text[start..end].iter().rposition(|byte| *byte == b'@') {
            let at = start + at;
            let colon = self.while_at(start, |byte| byte != b':').min(at);
            self.add(start..colon, Secret::User);
            if colon < at {
                self.add(colon + 1..at, Secret::Password);
            }
            host = at + 1;
        }
        if let Some(host_end) = self.address(host) {
            self.add(host..host_end, Secret::Address);
            return host_end;
        }
        let host_end = self.while_at(host, is_of_host).min(end);
        let name = &self.text[host..host_end];
        if !is_one_of(name, &["localhost"]) && name.iter().any(u8::is_ascii_alphabetic) {
            self.add(host..host_end, Secret::Host);
        }
        host_end.max(start)
    }

    /// The mail address around the sign at `at`.
    fn mail(&mut self, at: usize) {
        let is_of_name = |byte: u8| is_of_host(byte) || byte == b'+';
        let start = self.text[..at].iter().rposition(|byte| !is_of_name(*byte)).map_or(0, |place| place + 1);
        let end = self.while_at(at + 1, is_of_host);
        let domain = self.text[at + 1..end].strip_suffix(b".").unwrap_or(&self.text[at + 1..end]);
        let is_domain = domain.iter().rposition(|byte| *byte == b'.').is_some_and(|dot| {
            dot > 0 && domain.len() - dot > 2 && domain[dot + 1..].iter().all(u8::is_ascii_alphabetic)
        });
        // What stands before the sign in a link is its password.
        let word = self.text[..at].iter().rposition(u8::is_ascii_whitespace).unwrap_or(0);
        let is_link = memchr::memmem::find(&self.text[word..at], b"://").is_some();
        if start < at && is_domain && !is_link {
            self.add(start..at + 1 + domain.len(), Secret::User);
        }
    }

    /// A word that may be the key of what follows.
    fn key(&mut self, word: Range<usize>) {
        let raw = &self.text[word.clone()];
        let digits = raw.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (stem, _) = raw.split_at(raw.len() - digits);
        // `host-1` is a name, `password1` a key; `mqtt_client` is a part of ESP-IDF, `MqttClient` Tasmota's name for itself.
        if digits > 0 && stem.ends_with(b"-") || raw.eq_ignore_ascii_case(b"mqtt_client") {
            return;
        }
        let is_letter = |byte: &&u8| !matches!(byte, b'_' | b'-');
        let name: Vec<u8> = stem.iter().filter(is_letter).map(u8::to_ascii_lowercase).collect();
        if is_one_of(&name, &NO_KEYS) {
            return;
        }
        // Two words may be one key: `Client ID: plug`, `API key: …`.
        let second = self.after_blanks(word.end);
        let second = second..self.while_at(second, is_word);
        let is_second = |other: &str| self.text[second.clone()].eq_ignore_ascii_case(other.as_bytes());
        let of_two = TWO_WORDS.iter().find(|(one, two, _)| one.as_bytes() == name && is_second(two));
        if let Some((_, _, secret)) = of_two {
            return self.value(second.end, *secret);
        }
        if self.command(&name, word.clone()) {
            return;
        }
        let whole = WHOLE_KEYS.iter().find(|(key, _)| key.as_bytes() == name);
        let ending = || KEYS.iter().find(|(key, _)| name.ends_with(key.as_bytes()));
        if let Some((_, secret)) = whole.or_else(ending) {
            self.value(word.end, *secret);
        }
    }

    /// Whether this word is a command of Tasmota, whose value stands behind a blank.
    fn command(&mut self, name: &[u8], word: Range<usize>) -> bool {
        let Some((_, secret)) = COMMANDS.iter().find(|(key, _)| key.as_bytes() == name) else { return false };
        let start = self.after_blanks(word.end);
        if start == word.end || matches!(self.at(start), b':' | b'=') || !self.is_command(word.start) {
            return false;
        }
        // Names of networks and passwords may have blanks.
        let has_blanks = matches!(secret, Secret::Network | Secret::Password);
        let end = self.while_at(start, |byte| {
            !matches!(byte, b';' | b'\r' | b'\n' | 0x1b) && (has_blanks || !byte.is_ascii_whitespace())
        });
        let end = start + self.text[start..end].trim_ascii_end().len();
        self.add(start..end, *secret);
        true
    }

    /// Whether a command of Tasmota may begin here.
    fn is_command(&self, start: usize) -> bool {
        let before = self.text[..start].trim_ascii_end();
        before.is_empty()
            || [&b"CMD:"[..], b";", b"Backlog", b"backlog", b"Backlog0", b">"]
                .iter()
                .any(|end| before.ends_with(end))
    }

    /// What stands between these quotes, whichever they are. `start` is the first of them.
    fn quoted(&self, start: usize) -> Range<usize> {
        let quote = self.at(start);
        let mut end = start + 1;
        while end < self.text.len() && self.at(end) != quote {
            end += if self.at(end) == b'\\' && self.at(end + 1) == quote { 2 } else { 1 };
        }
        start + 1..end.min(self.text.len())
    }

    /// The value behind a key that ends at `end`.
    fn value(&mut self, end: usize, secret: Secret) {
        let mut place = end;
        // A JSON text within a string has its quotes escaped.
        let is_escaped = self.at(place) == b'\\' && self.at(place + 1) == b'"';
        if is_escaped {
            place += 2;
        } else if matches!(self.at(place), b'"' | b'\'' | b']' | b')') {
            place += 1;
        }
        place = self.after_blanks(place);
        if !matches!(self.at(place), b':' | b'=') {
            return;
        }
        place += if self.at(place + 1) == b'>' { 2 } else { 1 };
        place = self.after_blanks(place);
        if self.at(place) == b'[' && secret != Secret::Position {
            // Tasmota lists both of its networks.
            while matches!(self.at(place), b'[' | b',') {
                place = self.after_blanks(place + 1);
                if !matches!(self.at(place), b'"' | b'\'') {
                    return;
                }
                let value = self.quoted(place);
                place = value.end + 1;
                self.take(value, secret, true);
            }
            return;
        }
        if self.at(place) == b'\\' && self.at(place + 1) == b'"' {
            let end = find(self.text, place + 2, "\\\"").unwrap_or(self.end());
            return self.take(place + 2..end, secret, true);
        }
        if matches!(self.at(place), b'"' | b'\'') {
            return self.take(self.quoted(place), secret, true);
        }
        if secret == Secret::Token {
            for scheme in ["Bearer ", "Basic ", "bearer ", "Token "] {
                if self.text[place..].starts_with(scheme.as_bytes()) {
                    place += scheme.len();
                }
            }
        }
        let mut end = self.while_at(place, |byte| {
            !byte.is_ascii_whitespace()
                && !matches!(byte, b',' | b';' | b'}' | b')' | b']' | b'"' | b'&' | 0x1b)
        });
        if secret == Secret::Network {
            // Names of networks have blanks, and nothing around them here: up to what most likely does not belong to them.
            end = self.while_at(place, |byte| {
                !matches!(byte, b',' | b';' | b'}' | b']' | b'"' | b'\t' | b'\r' | b'\n' | 0x1b)
            });
            for behind in [
                "  ",
                " (",
                " [",
                " password",
                " Password",
                " pass",
                " PASS",
                " rssi",
                " RSSI",
                " channel",
                " Channel",
                " bssid",
                " BSSID",
                " in mode",
                " - ",
            ] {
                if let Some(found) = find(&self.text[..end], place, behind) {
                    end = found;
                }
            }
            end = place + self.text[place..end].trim_ascii_end().len();
        }
        self.take(place..end, secret, false);
    }

    /// Takes a value, if it can be one.
    fn take(&mut self, place: Range<usize>, secret: Secret, is_quoted: bool) {
        let mut place = place;
        let value = &self.text[place.clone()];
        let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let fits = match secret {
            // A user whose name is a number, a host that is a port, a count of passed tests: these are figures.
            Secret::User | Secret::Host | Secret::Token => !is_number || is_quoted && value.len() > 4,
            Secret::Password => !is_number || is_quoted || value.len() >= 8,
            Secret::Hardware => value.len() == 12 && value.iter().all(u8::is_ascii_hexdigit),
            Secret::Position => is_position(value),
            Secret::Network => true,
            Secret::Address | Secret::LongAddress => false,
        };
        if !fits || memchr::memmem::find(value, b"://").is_some() {
            return;
        }
        if secret == Secret::Host {
            // Addresses are found by their shape; a port is no secret.
            if self.address(place.start).is_some() {
                return;
            }
            place.end = self.while_at(place.start, |byte| is_of_host(byte) || byte >= 0x80).min(place.end);
            if is_quoted {
                place.end =
                    self.quoted(place.start - 1).end.min(self.while_at(place.start, |byte| byte != b':'));
            }
        }
        self.add(place, secret);
    }
}

/// A number of degrees with at least three digits behind the point: less is said of times and voltages, too.
fn is_position(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some((whole, part)) = text.split_once('.') else { return false };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole)
        && are_digits(part)
        && part.len() >= 3
        && whole.parse::<u32>().is_ok_and(|degrees| degrees <= 180)
}
