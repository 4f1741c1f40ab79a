//! Values that were found once, looked for in every line: in all of them together, in one pass.
//!
//! A value is looked up by its first four bytes wherever a word may begin. Refuses values that are words of firmwares, too,
//! values of fewer than four bytes, numbers, and values that stand where a figure has its name (`"Workshop":27`).
//!
//! With `SSID: Workshop` learned, `lost Workshop, not Workshops` has it once.

use std::collections::HashMap;
use std::ops::Range;

use super::secrets::Secret;
use super::shapes::hardware_digits;

/// Shorter values are words of every log: they are replaced only where they give themselves away. By so many bytes a value is
/// looked up.
const SHORTEST: usize = 4;

/// Values that firmwares write for other reasons, in lower case.
const WORDS_OF_LOGS: [&str; 50] = [
    "heap", "free", "frag", "status", "restart", "boot", "reset", "report", "memory", "block", "blocks",
    "total", "used", "wifi", "mqtt", "time", "uptime", "tasmota", "toit", "jaguar", "esphome", "esp32",
    "esp8266", "arduino", "info", "debug", "error", "warning", "count", "bytes", "type", "external", "array",
    "system", "power", "state", "version", "module", "result", "command", "serial", "client", "server",
    "host", "name", "user", "admin", "root", "password", "test",
];

/// Values to be looked for. See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// By their first bytes: the value, and which hit it is.
    by_start: HashMap<[u8; SHORTEST], Vec<(Vec<u8>, usize)>>,
    /// The hashes of the first bytes, so that most places are dismissed at once; empty when nothing is known.
    starts: Vec<u64>,
}

/// So many bits `starts` has.
const BITS: usize = 1 << 14;

fn bit(start: [u8; SHORTEST]) -> usize {
    (u32::from_le_bytes(start).wrapping_mul(0x9e37_79b1) >> 18) as usize % BITS
}

impl Known {
    /// Looks for this value from now on, if it can be told from other words. `hit`: what is given when it is found.
    pub fn add(&mut self, secret: Secret, value: &[u8], hit: usize) {
        match secret {
            // With signs it is found by its shape.
            Secret::Hardware => {
                let digits = hardware_digits(value);
                self.insert(&digits.to_ascii_uppercase(), hit);
                self.insert(&digits, hit);
            }
            Secret::Network | Secret::Password | Secret::Host | Secret::User | Secret::Token => {
                self.insert(value, hit)
            }
            Secret::Address | Secret::LongAddress | Secret::Position => {}
        }
    }

    fn insert(&mut self, value: &[u8], hit: usize) {
        let Some((&start, _)) = value.split_first_chunk::<SHORTEST>() else { return };
        let is_figure = value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':'));
        let lower = value.to_ascii_lowercase();
        if is_figure || WORDS_OF_LOGS.iter().any(|word| word.as_bytes() == lower) {
            return;
        }
        self.starts.resize(BITS / 64, 0);
        self.starts[bit(start) / 64] |= 1 << (bit(start) % 64);
        self.by_start.entry(start).or_default().push((value.to_vec(), hit));
    }

    /// All that stand in this text as whole words, in any order; two may overlap.
    pub fn find(&self, text: &[u8], mut give: impl FnMut(Range<usize>, usize)) {
        if self.starts.is_empty() {
            return;
        }
        let mut is_behind_word = false;
        for (start, window) in text.windows(SHORTEST).enumerate() {
            let is_begin = !std::mem::replace(&mut is_behind_word, is_of_word(window[0]));
            let &[a, b, c, d] = window else { return };
            let bit = bit([a, b, c, d]);
            if !is_begin || self.starts[bit / 64] >> (bit % 64) & 1 == 0 {
                continue;
            }
            for (value, hit) in self.by_start.get(&[a, b, c, d]).into_iter().flatten() {
                let end = start + value.len();
                if text[start..].starts_with(value)
                    && !text.get(end).is_some_and(|byte| is_of_word(*byte))
                    && !is_name_of_figure(&text[end..])
                {
                    give(start..end, *hit);
                }
            }
        }
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Whether a value that stands before this is the name of a number in JSON.
fn is_name_of_figure(behind: &[u8]) -> bool {
    behind
        .strip_prefix(b"\":")
        .is_some_and(|behind| behind.trim_ascii_start().first().is_some_and(u8::is_ascii_digit))
}
