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

mod secrets;

use std::borrow::Cow;
use std::collections::HashMap;

pub use secrets::{Found, Secret, secrets};

/// A value that is to be replaced, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub secret: Secret,
    /// Its bytes, as they stand in the log.
    pub value: Vec<u8>,
    /// What stands in its place.
    pub replacement: String,
    /// In so many places it gave itself away.
    pub count: u64,
    /// Whether the person wants it to stay.
    pub is_kept: bool,
}

/// What is replaced in a log. See the module.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    hits: Vec<Hit>,
    places: HashMap<(Secret, Vec<u8>), usize>,
}

/// Shorter values are words of every log: they are replaced only where they give themselves away.
const SHORTEST_EVERYWHERE: usize = 4;

/// Values that firmwares write for other reasons, in lower case.
const WORDS_OF_LOGS: [&str; 44] = [
    "heap", "free", "frag", "status", "restart", "boot", "reset", "report", "memory", "block", "blocks",
    "total", "used", "wifi", "mqtt", "time", "uptime", "tasmota", "toit", "jaguar", "esphome", "esp32",
    "esp8266", "arduino", "info", "debug", "error", "warning", "count", "bytes", "type", "external", "array",
    "system", "power", "state", "version", "module", "result", "command", "serial", "client", "server",
    "host",
];

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
        for Found { place, secret } in secrets(line) {
            let value = &line[place];
            let key = (secret, value.to_vec());
            let hit = match self.places.get(&key) {
                Some(&hit) => hit,
                None => {
                    let number = self.hits.iter().filter(|hit| hit.secret == secret).count() as u32 + 1;
                    let replacement = replacement(secret, number, value);
                    self.hits.push(Hit {
                        secret,
                        value: value.to_vec(),
                        replacement,
                        count: 0,
                        is_kept: false,
                    });
                    self.places.insert(key, self.hits.len() - 1);
                    self.hits.len() - 1
                }
            };
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

    /// The line with everything replaced that is not kept.
    pub fn redacted<'a>(&self, line: &'a [u8]) -> Cow<'a, [u8]> {
        let mut places: Vec<(usize, usize, usize)> = secrets(line)
            .into_iter()
            .filter_map(|Found { place, secret }| {
                let hit = *self.places.get(&(secret, line[place.clone()].to_vec()))?;
                Some((place.start, place.end, hit))
            })
            .collect();
        for (index, hit) in self.hits.iter().enumerate().filter(|(_, hit)| is_known_everywhere(hit)) {
            let mut from = 0;
            while let Some(start) = memchr::memmem::find(&line[from..], &hit.value).map(|place| from + place)
            {
                let end = start + hit.value.len();
                from = end;
                if is_whole_word(line, start, end) {
                    places.push((start, end, index));
                }
            }
        }
        // Of two that begin together the longer one: a name within a longer one goes with it.
        places.sort_by_key(|&(start, end, hit)| (start, usize::MAX - end, hit));
        let (mut out, mut copied) = (Vec::new(), 0);
        for (start, end, hit) in places {
            let hit = &self.hits[hit];
            if start < copied || hit.is_kept {
                continue;
            }
            out.extend_from_slice(&line[copied..start]);
            out.extend_from_slice(hit.replacement.as_bytes());
            copied = end;
        }
        if copied == 0 && out.is_empty() {
            return Cow::Borrowed(line);
        }
        out.extend_from_slice(&line[copied..]);
        Cow::Owned(out)
    }
}

/// Whether a value is looked for where nothing gives it away.
fn is_known_everywhere(hit: &Hit) -> bool {
    let is_name = matches!(
        hit.secret,
        Secret::Network | Secret::Password | Secret::Host | Secret::User | Secret::Token
    );
    let is_figure = hit.value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':'));
    let lower = hit.value.to_ascii_lowercase();
    is_name
        && hit.value.len() >= SHORTEST_EVERYWHERE
        && !is_figure
        && !WORDS_OF_LOGS.iter().any(|word| word.as_bytes() == lower)
}

fn is_whole_word(line: &[u8], start: usize, end: usize) -> bool {
    let goes_on = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    !goes_on(start.checked_sub(1).and_then(|before| line.get(before))) && !goes_on(line.get(end))
}

/// What stands in the place of the value that came as the `number`th of its kind.
fn replacement(secret: Secret, number: u32, value: &[u8]) -> String {
    let (high, low) = (number >> 8 & 0xff, number & 0xff);
    match secret {
        Secret::Network => format!("network-{number}"),
        Secret::Password => format!("password-{number}"),
        Secret::Host => format!("host-{number}"),
        Secret::User => format!("user-{number}"),
        Secret::Token => format!("token-{number}"),
        // Bit 1 of the first byte: given by hand, no maker's.
        Secret::Hardware => match value.get(2) {
            Some(&sign @ (b':' | b'-')) => {
                let sign = char::from(sign);
                format!("02{sign}00{sign}00{sign}00{sign}{high:02X}{sign}{low:02X}")
            }
            _ => format!("02000000{high:02X}{low:02X}"),
        },
        // For measurements between networks: no board has it.
        Secret::Address => format!("198.18.{high}.{low}"),
        // For documentation.
        Secret::LongAddress => format!("2001:db8::{number:x}"),
        Secret::Position => "0.000".to_owned(),
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
                "peer 198.18.0.1 (02:00:00:00:00:02), gateway 198.18.0.2",
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
    fn a_network_with_the_name_of_a_figure_does_not_take_the_figure() {
        let out = redacted(&["SSId: Heap", r#"{"Heap":27}"#, "ssid: 27", "Heap 27"]);
        assert_eq!(out, ["SSId: network-1", r#"{"Heap":27}"#, "ssid: network-2", "Heap 27"]);
    }
}
