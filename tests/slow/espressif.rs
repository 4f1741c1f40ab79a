//! Crash lines of ESP8266 and ESP32 firmwares, the slow way.

use std::sync::LazyLock;

use heapscope::dialect::{Event, EventKind, Finding, LineRange, What};
use regex::Regex;

static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(Exception \(\d+\)|Soft WDT reset|Panic .*:.*|Abort called|Unhandled C\+\+ exception: .*?):?\s*$",
    )
    .unwrap()
});

static INSIDE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"Guru Meditation Error: .*").unwrap());

/// See `heapscope::dialect`'s file of the same name for the grammar.
pub fn read(lines: &[String]) -> Vec<(usize, Finding)> {
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let text = WHOLE.captures(line).map(|captures| captures[1].to_owned());
        let text = text.or_else(|| Some(INSIDE.find(line)?.as_str().trim().to_owned()));
        if let Some(text) = text {
            let lines = LineRange::one(number as u64);
            let what = What::Event(Event::new(EventKind::Crash, text));
            found.push((
                number,
                Finding { dialect: "espressif", lines, device_time: None, host_time: None, what },
            ));
        }
    }
    found
}
