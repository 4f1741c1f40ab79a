//! Toit's log, the slow way: each report is looked for from its first line on, each single line by itself.

mod reports;
mod singles;

use std::sync::LazyLock;

use heapscope::dialect::{Event, EventKind, Finding, LineRange, What};
use regex::Regex;

use super::AT_THE_END;

/// A regular expression in which `BAR`, `_` (blanks), `N` (a number), `HEX` and `UUID` stand for what they say.
fn pattern(text: &str) -> Regex {
    let text = text
        .replace("UUID", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
        .replace("BAR", r"(?:│|\||â”‚|â\x{94}\x{82}|Γöé|Ôöé|‚îÇ|\x{fffd}{1,3}|\?{1,3}|â)")
        .replace("HEX", "0x([0-9a-fA-F]+)")
        .replace("_", r"[ \t\x{a0}]*")
        .replace('N', "([0-9]{1,15})");
    Regex::new(&text).unwrap()
}

/// Declares regular expressions in the words of [`pattern`].
macro_rules! patterns {
    ($($name:ident = $text:expr;)*) => {
        $(static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| $crate::slow::toit::pattern($text));)*
    };
}
use patterns;

patterns! {
    BOOT = r"^([^<]*)\[toit\] I\x4eFO: starting <([^>]*)>";
    START = "^.*?Heap report(.*):$";
    SPOKEN = r"^\[(?:toit|jaguar|jaguar\.http)\] (?:DEBUG|I\x4eFO|WAR\x4e|ERROR|FATAL): ";
    SPIRAM = r"^\[toit\] I\x4eFO: using SPIRAM for heap metadata and heap\.?$";
}

/// The version in a boot line. In the middle of a line, that ends it.
fn boot(line: &str) -> Option<&str> {
    let captures = BOOT.captures(line)?;
    let (_, [before, _]) = captures.extract();
    let version = captures.get(2)?.range();
    (before.is_empty() || line.ends_with('>')).then(|| &line[version])
}

/// The whole log, and what can be asked about the lines before one.
struct Log<'a> {
    lines: Vec<&'a str>,
}

/// What is found: the line that makes it certain; reports before events, and those of the same line in this order.
type Found = Vec<(usize, u8, Finding)>;

impl Log<'_> {
    /// The lines before this one that are no boot lines, last first.
    fn before(&self, line: usize) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.lines[..line.min(self.lines.len())].iter().enumerate().rev();
        lines.filter(|(_, line)| boot(line).is_none()).map(|(at, line)| (at, *line))
    }

    /// The version that the last boot line before this line named.
    fn version(&self, line: usize) -> Option<String> {
        let before = &self.lines[..line.min(self.lines.len())];
        before.iter().rev().find_map(|line| Some(kept(boot(line)?)))
    }

    fn alpha(&self, line: usize) -> Option<u64> {
        static ALPHA: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"^v2\.0\.0-alpha\.([0-9]{1,15})$").unwrap());
        Some(number(&ALPHA.captures(&self.version(line)?)?[1]))
    }

    fn has_heap_in_psram(&self, line: usize) -> bool {
        let before = self.lines[..line.min(self.lines.len())].iter().rev();
        before.take_while(|line| boot(line).is_none()).any(|line| SPIRAM.is_match(line))
    }

    /// Whether Toit spoke in this line or before.
    fn has_spoken(&self, line: usize) -> bool {
        let failed = |marker: String| marker == "out of memory" || reports::is_l5(&marker);
        let mut lines = self.lines[..=line].iter();
        lines.any(|line| {
            boot(line).is_some() || SPOKEN.is_match(line) || marker(line).flatten().is_some_and(failed)
        })
    }
}

/// The marker of the heap report that begins in this line.
fn marker(line: &str) -> Option<Option<String>> {
    let captures = START.captures(line)?;
    match captures[1].strip_prefix(" @ ") {
        Some(marker) => Some(Some(kept(marker))),
        None => captures[1].is_empty().then_some(None),
    }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap()
}

/// The first 200 characters.
fn kept(text: &str) -> String {
    text.chars().take(200).collect()
}

fn finding(first: usize, last: usize, what: What) -> Finding {
    let lines = LineRange { first: first as u64, last: last as u64 };
    Finding { dialect: "toit", lines, device_time: None, host_time: None, what }
}

/// See the files of `heapscope::dialect::toit` for the grammar.
pub fn read(lines: &[String]) -> Vec<(usize, Finding)> {
    let log = Log { lines: lines.iter().map(|line| line.trim()).collect() };
    let mut found = Found::new();
    reports::read(&log, &mut found);
    for (at, line) in log.lines.iter().enumerate() {
        match boot(line) {
            Some(version) => {
                let event = Event::new(EventKind::Restart, format!("Toit {} started", kept(version)));
                found.push((at, 2, finding(at, at, What::Event(event))));
            }
            None => singles::read(&log, at, &mut found),
        }
    }
    found.sort_by_key(|(at, rank, _)| (*at, *rank));
    // Encoded messages are read for themselves, and first.
    let mut all = super::toit_messages::messages(lines);
    all.extend(found.into_iter().map(|(at, _, finding)| (at, finding)));
    all.sort_by_key(|(at, _)| *at);
    all
}

/// The blocks that begin with a line of their own and go on over the next ones.
struct Extent {
    /// Its lines that are parts of it.
    parts: Vec<usize>,
    /// The line that makes the end certain.
    certain: usize,
    /// The first line behind it.
    next: usize,
}

/// What a line is to a report that is open.
#[derive(PartialEq)]
enum Is {
    Part,
    End,
    Idle,
    Foreign,
}

/// How far a report goes that begins in the line before `from`.
fn extent(
    log: &Log<'_>,
    from: usize,
    patience: usize,
    begins_another: &dyn Fn(&str) -> bool,
    kind: &mut dyn FnMut(&str) -> Is,
) -> Extent {
    let (mut parts, mut foreign) = (Vec::new(), 0);
    for (at, line) in log.lines.iter().enumerate().skip(from) {
        if line.is_empty() {
            continue;
        }
        if boot(line).is_some() || begins_another(line) {
            return Extent { parts, certain: at, next: at };
        }
        match kind(line) {
            Is::Idle => {}
            Is::Foreign => {
                foreign += 1;
                if foreign > patience {
                    return Extent { parts, certain: at, next: at + 1 };
                }
            }
            Is::Part => {
                parts.push(at);
                foreign = 0;
            }
            Is::End => {
                parts.push(at);
                return Extent { parts, certain: at, next: at + 1 };
            }
        }
    }
    Extent { parts, certain: AT_THE_END, next: log.lines.len() }
}
