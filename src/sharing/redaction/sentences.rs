//! Sentences and calls with secrets in them, as firmwares print them and people paste them along.
//!
//! All dialects' sentences stand in this one table, not with their dialects. Most are no dialect's own: what ESP-IDF's Wi-Fi
//! library or the ESP8266's SDK says stands in the logs of Tasmota, Toit and ESPHome alike, and whoever pastes a log pastes
//! the calls of a sketch with it. A log must also be safe where no dialect was recognised. And the dialects are compiled
//! for speed, in a package that knows nothing of networks. The groups name their firmware, so that one can move whole.
//!
//! It refuses to match what only looks alike: every literal of a sentence must be there, in order, letters large or small.
//!
//! `Connecting to AP{} {network} in mode {} as {host}...` finds `Workshop` and `plug-7` in
//! `00:00:01 WIF: Connecting to AP1 Workshop in mode 11n as plug-7...`.

use std::ops::Range;

use super::commands;
use super::keys::Meaning;
use super::line::{FAR, Line, find, is_one_of, is_word};
use super::secrets::Secret;

/// A sentence begins with a word. `{kind}` stands for a secret, `{}` for a word, `{...}` for anything, `{key}` for a key whose
/// `{value}` stands elsewhere; each reaches to the next literal (of alternatives, `|` between them, to the first that comes), the last one to the end of the line. A `~` at the end: nothing may follow.
const SENTENCES: &[&str] = &[
    // Tasmota: support_wifi.ino (WifiBegin), xdrv_01_9_webserver.ino (StartWebserver), support_command.ino.
    "Connecting to AP1 {network} Channel | in mode ",
    "Connecting to AP2 {network} Channel | in mode ",
    "mode {} as {host}...",
    "server active on {host} with IP",
    "webserver active on {host} with IP",
    "Cmd '{key}', {...}Data '{value}'",
    // ESP-IDF and the ESP8266's SDK: the Wi-Fi library, esp-tls, the HTTP client's example.
    "connected with {network}, aid|, channel",
    "no {network} found, reconnect",
    "hostname for :{host}:| ",
    "key={key}, value={value}",
    // ESPHome: wifi_component.cpp, its command line, mqtt_client.cpp.
    "Connecting to '{network}'",
    "Connected to '{network}'",
    "connected to {host} @ ",
    "Connecting to {host} @ ",
    "resolve IP address for '{host}'",
    // SensESP, sketches.
    "responder started at {host}",
    "Setting hostname to {host}",
    "Connected to network {network} with IP",
    // Jaguar.
    "Jaguar device '{host}'",
    "Flashed device '{host}'",
    "device with name: '{host}'",
    // PubSubClient's examples, WLED, ESPEasy.
    "MQTT connection as {user}...",
    "ESP-MAC {hardware} on interface {host}~",
    "Access point {network} opened on ",
    "Connecting {network} Ch:",
    "DHCP IP: {} ({host}) GW",
    // Meshtastic.
    "user {user}/{user}, channel",
    "Owner: {user} ({user})",
    // Mongoose OS: mgos_wifi_sta.c.
    "Trying {network} AP {hardware} RSSI",
];

/// Calls and commands with their arguments: what stands before the first, and what each is, separated by commas. Only what
/// is quoted is taken; of positions, figures.
const CALLS: &[(&str, &str)] = &[
    // Sketches for the Arduino cores.
    ("WiFi.begin(", "network,password"),
    ("WiFi.softAP(", "network,password"),
    ("addAP(", "network,password"),
    ("MDNS.begin(", "host"),
    ("setHostname(", "host"),
    ("setPassword(", "password"),
    ("setServer(", "host"),
    ("client.connect(", "user,user,password"),
    // MicroPython, NodeMCU and Espruino.
    ("mqtt.connect(", "user,user,password"),
    ("connect(", "network,password"),
    ("hostname(", "host"),
    ("getaddrinfo(", "host"),
    ("MQTTClient(", "user,host"),
    ("mqtt.Client(", "user,,user,password"),
    // Espressif's AT firmware.
    ("CWJAP=", "network,password"),
    ("CWJAP_CUR=", "network,password"),
    ("CWJAP_DEF=", "network,password"),
    ("CWJAP:", "network,hardware"),
    ("CWJAP_CUR:", "network,hardware"),
    ("CWLAP:(", ",network,,hardware"),
    ("CWSAP=", "network,password"),
    ("CWHOSTNAME=", "host"),
    ("MQTTUSERCFG=", ",,user,user,password"),
    ("MQTTCONN=", ",host"),
    ("CIPSTART=", ",host"),
    ("CIPSTART=", ",,host"),
    // Modems with a satellite receiver (SIM7000).
    ("CGNSINF: ", ",,,position,position"),
    ("CSTT=", ",user,password"),
];

/// A name may follow without anything around it; behind the second only where a word says that it is a network's.
const BARE: [(&str, bool); 2] = [("connecting to ", false), ("connected to ", true)];

/// What may stand behind `Connecting to ` and is no name.
const NO_NAMES: [&str; 29] = [
    "wifi",
    "wi-fi",
    "wlan",
    "network",
    "ap",
    "mqtt",
    "server",
    "broker",
    "cloud",
    "the",
    "host",
    "client",
    "home",
    "api",
    "with",
    "using",
    "failed",
    "timeout",
    "again",
    "saved",
    "new",
    "old",
    "ssid",
    "port",
    "in",
    "and",
    "is",
    "successfully",
    "established",
];

/// More bytes behind `Connecting to ` are no name.
const LONGEST_LINE_REST: usize = 128;

/// What may stand between `Connecting to ` and a name.
const LEADS: [&str; 12] =
    ["the", "saved", "new", "wifi", "wi-fi", "wlan", "network", "ap", "ap1", "ap2", "ssid", "access point"];

/// The words that sentences and calls begin with.
pub(super) fn first_words() -> impl Iterator<Item = &'static str> {
    let calls = CALLS.iter().map(|(before, _)| *before);
    let texts = SENTENCES.iter().copied().chain(calls).chain(commands::programs());
    texts.chain(BARE.map(|(before, _)| before)).map(first_word)
}

fn first_word(text: &'static str) -> &'static str {
    text.find(|letter: char| !letter.is_ascii() || !is_word(letter as u8)).map_or(text, |end| &text[..end])
}

/// What stands between braces.
fn kind(name: &str) -> Option<Secret> {
    Some(match name {
        "network" => Secret::Network,
        "password" => Secret::Password,
        "hardware" => Secret::Hardware,
        "host" => Secret::Host,
        "user" => Secret::User,
        "position" => Secret::Position,
        _ => return None,
    })
}

impl Line<'_> {
    /// What may begin with this word.
    pub fn sentences(&mut self, word: Range<usize>) {
        let mut is_told = false;
        for sentence in SENTENCES {
            if first_word(sentence).len() == word.len() && self.is_at(word.start, first_word(sentence)) {
                is_told |= self.sentence(word.start, sentence).is_some();
            }
        }
        for (before, arguments) in CALLS {
            if first_word(before).len() == word.len() && self.is_at(word.start, before) {
                self.call(word.start + before.len(), arguments);
            }
        }
        for (before, needs_lead) in BARE {
            if !is_told && self.is_at(word.start, before) {
                self.bare_network(word.start + before.len(), needs_lead);
            }
        }
        self.options(word.start);
    }

    /// Whether this sentence stands at `start`; takes what it tells if it does.
    fn sentence(&mut self, start: usize, sentence: &str) -> Option<()> {
        let (mut found, mut key) = (Vec::new(), None);
        let mut place = start;
        let (text, is_last) = match sentence.strip_suffix('~') {
            Some(text) => (text, true),
            None => (sentence, false),
        };
        let mut parts = text.split('{');
        let first = parts.next()?;
        if !self.is_at(place, first) {
            return None;
        }
        place += first.len();
        for part in parts {
            let (name, literal) = part.split_once('}')?;
            let near = &self.text[..self.text.len().min(place + FAR)];
            let (end, literal) = match literal {
                "" => (self.end(), ""),
                literal => literal
                    .split('|')
                    .filter_map(|literal| Some((find(near, place, literal)?, literal)))
                    .min()?,
            };
            let value = place..end.max(place);
            match name {
                "" if self.text[value.clone()].contains(&b' ') => return None,
                "" | "..." => {}
                "key" => key = Some(value),
                "value" => found.push((value, None)),
                name => found.push((value, Some(kind(name)?))),
            }
            place = end + literal.len();
        }
        if is_last && place != self.end() {
            return None;
        }
        for (value, secret) in found {
            match (secret, &key) {
                (Some(secret), _) => self.take(value, secret, true),
                (None, Some(key)) => {
                    let meaning = Meaning::of(&self.text[key.clone()]);
                    meaning.into_iter().for_each(|meaning| self.mean(value.clone(), meaning, true));
                }
                (None, None) => {}
            }
        }
        Some(())
    }

    /// The arguments of a call, from `place` on.
    fn call(&mut self, mut place: usize, arguments: &str) {
        for argument in arguments.split(',') {
            place = self.after_blanks(place);
            let is_quoted = matches!(self.at(place), b'"' | b'\'');
            let value = match is_quoted {
                true => self.quoted(place),
                false => place..self.while_at(place, |byte| !matches!(byte, b',' | b')')),
            };
            let behind = self.after_blanks(value.end + usize::from(is_quoted));
            match kind(argument) {
                Some(Secret::Hardware) => {}
                Some(secret) if is_quoted || secret == Secret::Position => {
                    self.take(value, secret, is_quoted)
                }
                _ => {}
            }
            if self.at(behind) != b',' {
                return;
            }
            place = behind + 1;
        }
    }

    /// `Connecting to Workshop.....`, as the examples of the Arduino cores do; `start` is behind the second word.
    fn bare_network(&mut self, start: usize, needs_lead: bool) {
        let text = self.text;
        let rest = text.get(start..self.end()).unwrap_or_default();
        if rest.len() > LONGEST_LINE_REST {
            return;
        }
        let dots = rest.iter().rev().take_while(|byte| **byte == b'.' || **byte == b' ').count();
        let (mut place, end) = (start, start + rest.len() - dots);
        let mut has_sign = false;
        let lead = |place: usize| {
            LEADS
                .iter()
                .map(|lead| place + lead.len())
                .zip(LEADS)
                .find(|(end, lead)| self.is_at(place, lead) && matches!(self.at(*end), b' ' | b':'))
        };
        while let Some((behind, _)) = lead(place).filter(|_| !has_sign) {
            has_sign = self.at(behind) == b':';
            place = self.after_blanks(behind + usize::from(has_sign));
        }
        let name = text.get(place..end).unwrap_or_default();
        let mut words = name.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty());
        let is_name = !name.is_empty()
            && name.iter().all(|byte| is_word(*byte) || *byte == b' ')
            && !words.any(|word| is_one_of(word, &NO_NAMES));
        // Behind a lead, more words are a sentence: `Connecting to WiFi took longer`.
        let is_whole = has_sign || !name.contains(&b' ') || place == start;
        if is_name && is_whole && (place > start || !needs_lead) {
            self.take(place..end, Secret::Network, true);
        }
    }
}
