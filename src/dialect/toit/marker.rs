//! The marker of a heap report that the virtual machine printed because an allocation failed.
//!
//! ```text
//! marker = "out of memory"                                                before v2.0.0-alpha.147
//!        | "out of memory in primitive " MODULE ":" INDEX
//!        | "out of memory in 'allocate instance' " CLASS ":0"
//!        | "out of memory in 'stack grow' " OLD_WORDS ":" NEW_WORDS
//!        | "out of memory in 'pushing error' " CLASS ":0"
//!        | "out of memory in 'gc a lot' 0:0"                              in debug builds
//! ```
//!
//! It is cut at [`MAX_BYTES`] bytes (src/interpreter.cc:115-118): a last number that reaches there is not believed.
//! Any other marker is a program's own, and no failure.
//!
//! # Extras of the event
//!
//! | name | what it says |
//! |---|---|
//! | `reason` | `primitive`, `allocate instance`, `stack grow`, `pushing error`, `gc a lot` |
//! | `primitive` | `3:4` |
//! | `requested_by` | `udp.send`: its name, by the release that the log named, or where all releases agree |
//! | `requested_by_one_of` | what it can be where the log named no release |
//! | `class_id` | the class of the object for which there was no room |
//! | `old_words`, `new_words` | the sizes of the stack that was to grow |
//! | `sdk_version` | the release that the log named at boot |

use super::{Past, primitives, text};
use crate::dialect::{Event, EventKind, Extra};

/// The machine's buffer without its last byte.
const MAX_BYTES: usize = 49;

/// Of a primitive: `reason`, `primitive`, `requested_by`, `sdk_version`, and the `requested_bytes` of a line before.
const MOST_EXTRAS: usize = 5;

/// Why memory was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The release does not say.
    NotSaid,
    /// A primitive asked: module and index.
    Primitive(u64, Option<u64>),
    /// An object of this class.
    Instance(Option<u64>),
    /// A stack was to grow: words before and after.
    Stack(u64, Option<u64>),
    /// The exception itself could not be built: its class.
    Error(Option<u64>),
    /// A build for tests, which collects garbage all the time.
    Test,
}

/// Why memory was wanted; `None` for a program's own marker.
pub(super) fn read(marker: &str) -> Option<Cause> {
    let rest = marker.strip_prefix("out of memory")?;
    if rest.is_empty() {
        return Some(Cause::NotSaid);
    }
    let is_cut = marker.len() >= MAX_BYTES;
    let rest = rest.strip_prefix(" in ")?;
    // Two numbers with a colon between; the last one may have lost digits.
    let numbers = |rest: &str| {
        let (first, rest) = text::digits(rest)?;
        match rest.strip_prefix(':') {
            Some("") => Some((Some(first), None)),
            Some(rest) => {
                let (second, rest) = text::digits(rest)?;
                rest.is_empty().then_some((Some(first), Some(second).filter(|_| !is_cut)))
            }
            None => (rest.is_empty() && is_cut).then_some((None, None)),
        }
    };
    if let Some(rest) = rest.strip_prefix("primitive ") {
        let (module, index) = numbers(rest)?;
        return Some(Cause::Primitive(module?, index));
    }
    let (reason, rest) = crate::dialect::scan::split_once(rest.strip_prefix('\'')?, "' ")?;
    let (first, second) = numbers(rest)?;
    match reason {
        "allocate instance" => Some(Cause::Instance(first)),
        "stack grow" => Some(Cause::Stack(first?, second)),
        "pushing error" => Some(Cause::Error(first)),
        "gc a lot" => Some(Cause::Test),
        _ => None,
    }
}

/// The failure that a marker tells of; `None` for a program's own marker.
pub(super) fn out_of_memory(marker: &str, past: &Past) -> Option<Event> {
    let cause = read(marker)?;
    let mut extras = Vec::with_capacity(MOST_EXTRAS);
    let reason = match cause {
        Cause::NotSaid => None,
        Cause::Primitive(..) => Some("primitive"),
        Cause::Instance(_) => Some("allocate instance"),
        Cause::Stack(..) => Some("stack grow"),
        Cause::Error(_) => Some("pushing error"),
        Cause::Test => Some("gc a lot"),
    };
    extras.extend(reason.map(|reason| ("reason", Extra::Text(reason.into()))));
    let number = |name, number: Option<u64>| Some((name, Extra::Number(number? as i64)));
    let (what, whose) = match cause {
        Cause::NotSaid => ("", None),
        Cause::Primitive(module, index) => (", in ", Some(primitive(module, index, past, &mut extras))),
        Cause::Instance(class) => {
            extras.extend(number("class_id", class));
            (", of an object", None)
        }
        Cause::Stack(old, new) => {
            extras.extend(number("old_words", Some(old)));
            extras.extend(number("new_words", new));
            (", of a stack that was to grow", None)
        }
        Cause::Error(class) => {
            extras.extend(number("class_id", class));
            (", of an exception", None)
        }
        Cause::Test => (", in a build for tests", None),
    };
    if cause != Cause::NotSaid {
        extras.extend(past.board.version.clone().map(|version| ("sdk_version", Extra::Text(version))));
    }
    let whose = whose.as_deref().unwrap_or_default();
    let text = ["An allocation failed after two garbage collections", what, whose].concat();
    Some(Event { extras, ..Event::new(EventKind::OutOfMemory, text) })
}

/// What a primitive is called, as far as its numbers say.
fn primitive(
    module: u64,
    index: Option<u64>,
    past: &Past,
    extras: &mut Vec<(&'static str, Extra)>,
) -> String {
    let Some(index) = index else { return ["a primitive of module ", &module.to_string()].concat() };
    let numbers = [&module.to_string()[..], ":", &index.to_string()].concat();
    let meanings = primitives::meanings(module, index, past.alpha());
    let text = match (&meanings.names[..], meanings.module) {
        ([], None) => ["primitive ", &numbers].concat(),
        ([], Some(module)) => ["primitive ", &numbers, ", of the module ", module].concat(),
        ([name], _) => [name, " (primitive ", &numbers, ")"].concat(),
        (names, _) => [&names.join(" or "), " (primitive ", &numbers, "), depending on the release"].concat(),
    };
    extras.push(("primitive", Extra::Text(numbers)));
    let mut names = meanings.names;
    match names.len() {
        0 => {}
        1 => extras.extend(names.pop().map(|name| ("requested_by", Extra::Text(name)))),
        _ => extras.push(("requested_by_one_of", Extra::List(names))),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_own_markers() {
        let check = |marker: &str, cause| assert_eq!(read(marker), cause, "{marker}");
        check("out of memory", Some(Cause::NotSaid));
        check("out of memory in primitive 3:4", Some(Cause::Primitive(3, Some(4))));
        check("out of memory in 'allocate instance' 24:0", Some(Cause::Instance(Some(24))));
        check("out of memory in 'stack grow' 64:96", Some(Cause::Stack(64, Some(96))));
        check("out of memory in 'pushing error' 30:0", Some(Cause::Error(Some(30))));
        check("out of memory in 'gc a lot' 0:0", Some(Cause::Test));
        // A program's own.
        check("out of memory test", None);
        check("out of memory in my loop 3:4", None);
        check("out of memory in 'my loop' 3:4", None);
        check("out of memory in primitive 3", None);
        check("out of memory in primitive 3:4 again", None);
        check("after connect", None);
    }

    #[test]
    fn a_number_at_the_end_of_the_buffer_is_not_believed() {
        let check = |marker: &str, cause| {
            assert_eq!(marker.len(), MAX_BYTES);
            assert_eq!(read(marker), cause, "{marker}");
        };
        check("out of memory in 'stack grow' 12345678901:1234567", Some(Cause::Stack(12_345_678_901, None)));
        check("out of memory in 'allocate instance' 123456789012", Some(Cause::Instance(None)));
        check("out of memory in 'stack grow' 123456789012345678:", None);
        check(
            "out of memory in 'allocate instance' 12345678901:",
            Some(Cause::Instance(Some(12_345_678_901))),
        );
    }
}
