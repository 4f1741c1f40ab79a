//! Links, mail addresses and names of servers: who is spoken to, and as whom.
//!
//! A name with dots is a server's where a word before it says so, a port follows, or it ends as home networks end their
//! names. Refuses files (`main.cpp:12`), versions, and what a program calls with dots in it (`wifi.sta.config`).
//!
//! `mqtts://sensor:pa55@broker.example.org:8883` has a user, a password and a host.

use std::ops::Range;

use super::line::{Line, is_of_host, is_one_of};
use super::secrets::Secret;

/// Ends of the names that home networks give.
const HOME_ENDINGS: [&str; 7] =
    [".local", ".lan", ".home", ".internal", ".localdomain", ".fritz.box", ".home.arpa"];

/// What names of servers end with, besides two letters for a country.
const DOMAINS: [&str; 24] = [
    "com", "net", "org", "info", "biz", "edu", "gov", "arpa", "eu", "io", "dev", "app", "cloud", "tech",
    "online", "site", "xyz", "iot", "example", "test", "local", "lan", "home", "internal",
];

/// What files end with that could be a country.
const FILES: [&str; 16] =
    ["cc", "hh", "rs", "py", "js", "ts", "so", "md", "gz", "sh", "be", "go", "mk", "pl", "ld", "db"];

/// What stands before the name of a server.
const BEFORE_SERVERS: [&str; 19] = [
    "server",
    "broker",
    "host",
    "to",
    "via",
    "from",
    "resolve",
    "resolving",
    "resolved",
    "lookup",
    "ping",
    "pinging",
    "domain",
    "endpoint",
    "peer",
    "remote",
    "dns",
    "ntp",
    "smtp",
];

impl Line<'_> {
    /// `scheme://user:password@host:port/`: what stands around the two slashes at `colon`. Gives where the host ends.
    pub fn link(&mut self, colon: usize) -> usize {
        let start = colon + 3;
        let end = self.while_at(start, |byte| {
            !byte.is_ascii_whitespace()
                && !matches!(byte, b'/' | b'"' | b'\'' | b'<' | b'>' | b')' | b',' | b'\\')
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
    pub fn mail(&mut self, at: usize) {
        let is_of_name = |byte: u8| is_of_host(byte) || byte == b'+';
        let start = self.text[..at].iter().rposition(|byte| !is_of_name(*byte)).map_or(0, |place| place + 1);
        let end = self.while_at(at + 1, is_of_host);
        let domain = self.text[at + 1..end].strip_suffix(b".").unwrap_or(&self.text[at + 1..end]);
        let is_domain = domain.iter().rposition(|byte| *byte == b'.').is_some_and(|dot| {
            dot > 0 && domain.len() - dot > 2 && domain[dot + 1..].iter().all(u8::is_ascii_alphabetic)
        });
        // What stands before the sign in a link is its password.
        let before = self.near_before(at);
        let word = before.iter().rposition(u8::is_ascii_whitespace).unwrap_or(0);
        let is_link = memchr::memmem::find(&before[word..], b"://").is_some();
        if start < at && is_domain && !is_link {
            self.add(start..at + 1 + domain.len(), Secret::User);
        }
    }

    /// Whether the name with dots that stands here is a server's.
    pub fn is_server(&self, place: &Range<usize>) -> bool {
        let name = &self.text[place.clone()];
        let Some(dot) = name.iter().rposition(|byte| *byte == b'.') else { return false };
        let (front, last) = (&name[..dot], &name[dot + 1..]);
        if !front.iter().any(u8::is_ascii_alphabetic) || !last.iter().all(u8::is_ascii_alphabetic) {
            return false;
        }
        let ends_with = |ending: &&str| {
            let start = name.len().saturating_sub(ending.len());
            start > 0 && name[start..].eq_ignore_ascii_case(ending.as_bytes())
        };
        if HOME_ENDINGS.iter().any(ends_with) {
            return true;
        }
        let is_domain = is_one_of(last, &DOMAINS) || last.len() == 2 && !is_one_of(last, &FILES);
        let has_port = || self.at(place.end) == b':' && self.at(place.end + 1).is_ascii_digit();
        is_domain && (has_port() || is_one_of(self.word_before(place.start), &BEFORE_SERVERS))
    }
}
