//! Commands whose values stand behind a blank: Tasmota's, and programs with options, as people paste them along.
//!
//! Refuses a word that is not in the place of a command: `Password` in the middle of a sentence is none.
//!
//! `Backlog SSID1 Garden House; Password1 correct horse` has two, `wifi connect -s Workshop -p opensesame` options.

use std::ops::Range;

use super::keys::NO_BARE_VALUES;
use super::line::{FAR, Line, Name, find, is_one_of, is_word};
use super::secrets::Secret;

/// Tasmota's (support_command.ino, xdrv_02_9_mqtt.ino).
const COMMANDS: &[(&str, Secret)] = &[
    ("ssid", Secret::Network),
    ("password", Secret::Password),
    ("mqttuser", Secret::User),
    ("mqttpassword", Secret::Password),
    ("webpassword", Secret::Password),
    ("mqtthost", Secret::Host),
    ("mqttclient", Secret::User),
    ("hostname", Secret::Host),
    ("ntpserver", Secret::Host),
    ("latitude", Secret::Position),
    ("longitude", Secret::Position),
];

/// What may stand before a command.
const BEFORE: [&[u8]; 5] = [b"CMD:", b"Backlog", b"backlog", b"Backlog0", b">"];

/// Programs, and their options with secrets. An option of two dashes whose name is a key needs no line here.
const PROGRAMS: &[(&str, &[(&str, Secret)])] = &[
    // Zephyr's shell.
    ("wifi connect", &[("-s", Secret::Network), ("-p", Secret::Password), ("-b", Secret::Hardware)]),
    ("mosquitto_pub", MOSQUITTO),
    ("mosquitto_sub", MOSQUITTO),
    ("jag", &[("--name", Secret::Host), ("--device", Secret::Host), ("-d", Secret::Host)]),
];

const MOSQUITTO: &[(&str, Secret)] =
    &[("-h", Secret::Host), ("-u", Secret::User), ("-P", Secret::Password), ("-i", Secret::User)];

/// Names of commands.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(name, _)| *name)
}

/// Names of programs.
pub(super) fn programs() -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().map(|(name, _)| *name)
}

impl Line<'_> {
    /// Whether this word is a command of Tasmota, whose value stands behind a blank.
    pub fn command(&mut self, name: &Name, word: Range<usize>) -> bool {
        let Some((_, secret)) = COMMANDS.iter().find(|(key, _)| key.as_bytes() == name.as_bytes()) else {
            return false;
        };
        let start = self.after_blanks(word.end);
        if start == word.end || matches!(self.at(start), b':' | b'=') || !self.is_command(word.start) {
            return false;
        }
        // Names of networks and passwords may have blanks.
        let has_blanks = matches!(secret, Secret::Network | Secret::Password);
        let end = self.while_at(start, |byte| {
            !matches!(byte, b';' | b'\r' | b'\n') && (has_blanks || !byte.is_ascii_whitespace())
        });
        // `SSID \t\tWorkshop` and `SSID is …` are no commands, but for them a key is looked for.
        let value = self.trimmed(start..end);
        let text = &self.text[value.clone()];
        if text.is_empty() || self.text[word.end..start].contains(&b'\t') || matches!(text[0], b'"' | b'\'') {
            return false;
        }
        // `Password incorrect` and `Hostname is plug` begin sentences.
        let first = text.split(|byte| !is_word(*byte)).next().unwrap_or_default();
        if is_one_of(first, &NO_BARE_VALUES) {
            return false;
        }
        self.add(value, *secret);
        true
    }

    /// Whether a command of Tasmota may begin here.
    fn is_command(&self, start: usize) -> bool {
        let before = self.text[..start].trim_ascii_end();
        // In sentences there are semicolons, too.
        let is_next = before.ends_with(b";") && find(self.near_before(start), 0, "backlog").is_some();
        before.is_empty() || is_next || BEFORE.iter().any(|end| before.ends_with(end))
    }

    /// The options of the program that may begin at `start`.
    pub fn options(&mut self, start: usize) {
        let Some((name, options)) = PROGRAMS.iter().find(|(name, _)| self.is_at(start, name)) else { return };
        let mut place = start + name.len();
        let last = self.text.len().min(start + FAR);
        while place < last {
            let begin = self.after_blanks(place);
            let end = self.while_at(begin, |byte| !byte.is_ascii_whitespace() && byte != b'=');
            let value = self.after_blanks(end + usize::from(self.at(end) == b'='));
            place = end.max(place + 1);
            let option = &self.text[begin.min(end)..end];
            let Some((_, secret)) = options.iter().find(|(name, _)| name.as_bytes() == option) else {
                continue;
            };
            let is_quoted = matches!(self.at(value), b'"' | b'\'');
            let value = match is_quoted {
                true => self.quoted(value),
                false => value..self.while_at(value, |byte| !byte.is_ascii_whitespace()),
            };
            place = place.max(value.end);
            if !is_one_of(&self.text[value.clone()], &["scan", "list"]) {
                self.take(value, *secret, is_quoted);
            }
        }
    }
}
