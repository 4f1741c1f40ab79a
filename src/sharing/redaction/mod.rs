//! Secrets of a log replaced, each always by the same: the log stays as readable as it was.
//!
//! A log is looked through twice. First [`secrets`] are found where they give themselves away; then these very values are
//! replaced wherever they stand, so that the name of a network is gone from the line that only says `Workshop is far away`,
//! too. What stands in their place has the form of what it replaces (an address is an address that no network has, RFC 2544
//! and RFC 3849), so that a reader of the log finds the same as before.
//!
//! A person may keep single values, or all of a kind. It does not decide what is sent, and does not change a figure: a value
//! that is a word of the firmware itself is replaced only where it gives itself away.
//!
//! ```
//! use heapscope::sharing::redaction::Redaction;
//!
//! let line = br#"{"SSId":"Workshop","IPAddress":"192.168.1.20","Heap":27}"#;
//! let redaction = Redaction::of([&line[..]]);
//! assert_eq!(redaction.redacted(line), &br#"{"SSId":"network-1","IPAddress":"198.18.0.1","Heap":27}"#[..]);
//! ```

mod commands;
mod escapes;
mod keys;
mod known;
mod line;
mod links;
mod positions;
mod secrets;
mod sentences;
mod shapes;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use escapes::Plain;
use known::Known;
pub use secrets::{Found, Secret, secrets};

/// A value that is to be replaced, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub secret: Secret,
    /// Its bytes, as they stand in the log where it came first; colours are none of them.
    pub value: Vec<u8>,
    /// What stands in its place. Where an address is written in another way, so is this.
    pub replacement: String,
    /// In so many places it gave itself away.
    pub count: u64,
    /// Whether the person wants it to stay.
    pub is_kept: bool,
    /// It came as the so-many-th of its kind, from 1.
    number: u32,
}

/// What is replaced in a log. See the module.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    hits: Vec<Hit>,
    /// Where in `hits` a value is, in the one form that all its forms have in common.
    places: HashMap<(Secret, Vec<u8>), usize>,
    /// How many there are of each kind.
    counts: HashMap<Secret, u32>,
    known: Known,
}

impl Redaction {
    /// What is secret in these lines.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut redaction = Redaction::default();
        for line in lines {
            redaction.learn(line);
        }
        redaction
    }

    /// Looks through one more line.
    pub fn learn(&mut self, line: &[u8]) {
        let plain = Plain::of(line);
        for Found { place, secret } in secrets::in_text(&plain.text) {
            let value = &plain.text[place];
            let hit = *self.places.entry((secret, common_form(secret, value))).or_insert_with(|| {
                let number = self.counts.entry(secret).or_default();
                *number += 1;
                self.hits.push(Hit {
                    secret,
                    value: value.to_vec(),
                    replacement: replacement(secret, *number, value),
                    count: 0,
                    is_kept: false,
                    number: *number,
                });
                self.known.add(secret, value, self.hits.len() - 1);
                self.hits.len() - 1
            });
            self.hits[hit].count += 1;
        }
    }

    /// What was found, in the order in which it came.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Keeps this value, or replaces it after all. `hit`: its place in [`Redaction::hits`].
    pub fn keep(&mut self, hit: usize, is_kept: bool) {
        if let Some(hit) = self.hits.get_mut(hit) {
            hit.is_kept = is_kept;
        }
    }

    /// Where in this line something learned stands, kept or not, and its place in [`Redaction::hits`]. In order; none
    /// overlaps another.
    pub fn places(&self, line: &[u8]) -> Vec<(Range<usize>, usize)> {
        let plain = Plain::of(line);
        let mut places = self.places_in_text(&plain.text);
        for (place, _) in &mut places {
            *place = plain.in_line(place.clone());
        }
        places
    }

    fn places_in_text(&self, text: &[u8]) -> Vec<(Range<usize>, usize)> {
        let mut places = Vec::new();
        for Found { place, secret } in secrets::in_text(text) {
            let form = common_form(secret, &text[place.clone()]);
            places.extend(self.places.get(&(secret, form)).map(|&hit| (place, hit)));
        }
        self.known.find(text, |place, hit| places.push((place, hit)));
        if places.len() > 1 {
            places.sort_by_key(|(place, hit)| (place.start, usize::MAX - place.end, *hit));
            let mut end = 0;
            places.retain_mut(|(place, _)| secrets::is_left(place, &mut end));
        }
        places
    }

    /// The line with everything replaced that is not kept.
    pub fn redacted<'a>(&self, line: &'a [u8]) -> Cow<'a, [u8]> {
        let plain = Plain::of(line);
        let (mut out, mut copied) = (Vec::new(), 0);
        for (place, hit) in self.places_in_text(&plain.text) {
            let hit = &self.hits[hit];
            if hit.is_kept {
                continue;
            }
            let in_line = plain.in_line(place.clone());
            out.extend_from_slice(&line[copied..in_line.start]);
            let as_written = replacement(hit.secret, hit.number, &plain.text[place]);
            out.extend_from_slice(as_written.as_bytes());
            copied = in_line.end;
        }
        if copied == 0 {
            return Cow::Borrowed(line);
        }
        out.extend_from_slice(&line[copied..]);
        Cow::Owned(out)
    }
}

/// The form that all forms of one value have in common: of a hardware address its twelve digits, of a host small letters.
fn common_form(secret: Secret, value: &[u8]) -> Vec<u8> {
    match secret {
        Secret::Hardware => shapes::hardware_digits(value),
        Secret::Host => value.to_ascii_lowercase(),
        _ => value.to_vec(),
    }
}

/// What stands in the place of the value that came as the `number`th of its kind, in the form of that value.
fn replacement(secret: Secret, number: u32, value: &[u8]) -> String {
    let [top, high, middle, low] = number.to_be_bytes();
    match secret {
        Secret::Network => format!("network-{number}"),
        Secret::Password => format!("password-{number}"),
        Secret::Host => format!("host-{number}"),
        Secret::User => format!("user-{number}"),
        Secret::Token => format!("token-{number}"),
        // Bit 1 of the first byte: given by hand, no maker's.
        Secret::Hardware => match (value.get(2), value.contains(&b'\\')) {
            (_, true) => format!(r"\x02\x00\x{top:02x}\x{high:02x}\x{middle:02x}\x{low:02x}"),
            (Some(&sign @ (b':' | b'-')), _) => {
                let sign = char::from(sign);
                format!("02{sign}00{sign}{top:02X}{sign}{high:02X}{sign}{middle:02X}{sign}{low:02X}")
            }
            _ => format!("0200{top:02X}{high:02X}{middle:02X}{low:02X}"),
        },
        // For measurements between networks (198.18.0.0/15): no board has it.
        Secret::Address => format!("198.{}.{middle}.{low}", 18 + high % 2),
        // For documentation.
        Secret::LongAddress => {
            format!("2001:db8::{:x}:{:x}", number >> 16, number & 0xffff).replace("::0:", "::")
        }
        Secret::Position if value.contains(&b'.') => "0.000".to_owned(),
        Secret::Position => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(lines: &[&str]) -> Vec<String> {
        let redaction = Redaction::of(lines.iter().map(|line| line.as_bytes()));
        let text = |line: &&str| String::from_utf8(redaction.redacted(line.as_bytes()).into_owned()).unwrap();
        lines.iter().map(text).collect()
    }

    #[test]
    fn the_same_value_has_the_same_replacement_everywhere() {
        let out = redacted(&[
            "WIF: Connecting to AP1 Workshop Channel 6 BSSId A4:91:B1:00:12:34 in mode 11n as bench-plug-1234...",
            "WIF: lost Workshop, not Workshops",
            "HTP: Web server active on bench-plug-1234 with IP address 192.168.1.20",
            "peer 192.168.1.20 (a4:91:b1:00:12:34), gateway 192.168.1.1",
        ]);
        assert_eq!(
            out,
            [
                "WIF: Connecting to AP1 network-1 Channel 6 BSSId 02:00:00:00:00:01 in mode 11n as host-1...",
                "WIF: lost network-1, not Workshops",
                "HTP: Web server active on host-1 with IP address 198.18.0.1",
                "peer 198.18.0.1 (02:00:00:00:00:01), gateway 198.18.0.2",
            ]
        );
    }

    #[test]
    fn what_is_redacted_once_stays_as_it_is() {
        let lines =
            ["ssid: Workshop", "ip 10.1.2.3, mac aa:bb:cc:dd:ee:f0", "password=hunter22 token: abc.def-1"];
        let once = redacted(&lines);
        let again: Vec<&str> = once.iter().map(String::as_str).collect();
        assert_eq!(redacted(&again), once);
    }

    #[test]
    fn a_value_that_is_kept_stays() {
        let line = b"ssid: Workshop, ip 10.1.2.3";
        let mut redaction = Redaction::of([&line[..]]);
        redaction.keep(0, true);
        assert_eq!(redaction.redacted(line), &b"ssid: Workshop, ip 198.18.0.1"[..]);
        redaction.keep(0, false);
        redaction.keep(7, true);
        assert_eq!(redaction.redacted(line), &b"ssid: network-1, ip 198.18.0.1"[..]);
        let counts: Vec<_> = redaction.hits().iter().map(|hit| (hit.secret, hit.count)).collect();
        assert_eq!(counts, [(Secret::Network, 1), (Secret::Address, 1)]);
    }

    #[test]
    fn an_address_is_the_same_in_all_its_forms() {
        let out = redacted(&[
            "BSSID: A4:91:B1:0C:22:5E",
            "peer a4-91-b1-0c-22-5e, topic a491b10c225e and A491B10C225E",
            r"(b'Workshop', b'\xa4\x91\xb1\x0c\x22\x5e', 6)",
        ]);
        assert_eq!(
            out,
            [
                "BSSID: 02:00:00:00:00:01",
                "peer 02-00-00-00-00-01, topic 020000000001 and 020000000001",
                r"(b'network-1', b'\x02\x00\x00\x00\x00\x01', 6)",
            ]
        );
    }

    #[test]
    fn colours_hide_nothing() {
        let out = redacted(&[
            "  SSID: \x1b[5m'Work\x1b[31mshop'\x1b[6m",
            "\x1b[32mWorkshop\x1b[0m is \x1b[1mfar\x1b[0m",
        ]);
        assert_eq!(
            out,
            ["  SSID: \x1b[5m'network-1'\x1b[6m", "\x1b[32mnetwork-1\x1b[0m is \x1b[1mfar\x1b[0m"]
        );
    }

    #[test]
    fn of_two_that_overlap_nothing_stays() {
        let out = redacted(&["Password1 abcd 10", "abcd 10.1.2.3", "ip 10.1.2.3"]);
        assert_eq!(out, ["Password1 password-1", "password-1198.18.0.1", "ip 198.18.0.1"]);
    }

    #[test]
    fn a_network_with_the_name_of_a_figure_does_not_take_the_figure() {
        let out = redacted(&["SSId: Heap", r#"{"Heap":27}"#, "ssid: 27", "Heap 27"]);
        assert_eq!(out, ["SSId: network-1", r#"{"Heap":27}"#, "ssid: network-2", "Heap 27"]);
    }
}
