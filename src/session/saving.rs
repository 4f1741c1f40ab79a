//! What files are called that a person saves.
//!
//! A log keeps the name that it came with; what is only a view of it, such as its text without colours, never does: it
//! must not replace the log that it was made from.

use super::PASTED_TEXT;
use crate::recording::Source;

/// What is in a file that was made of what the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// This text.
    Text(String),
    /// What stands in this address, which the browser made.
    Address(String),
}

/// The file that has every byte of a log.
pub(super) fn log_name(source: &Source) -> String {
    match source {
        Source::Port { .. } => "heapscope-log.txt".to_owned(),
        Source::Demo => "heapscope-demo-log.txt".to_owned(),
        Source::Saved { .. } => "heapscope-saved-log.txt".to_owned(),
        Source::Text { name } if name == PASTED_TEXT => "pasted-text.txt".to_owned(),
        Source::Text { name } => name.clone(),
    }
}

/// The file that has every byte with its time.
pub(super) fn recording_name(source: &Source) -> String {
    let log = log_name(source);
    let stem = stem(&log);
    format!("{}.heapscope", stem.strip_suffix("-log").unwrap_or(stem))
}

/// The file that has what the console shows of a log, or what of it is selected: `heapscope-log.selection.txt`.
pub(super) fn text_name(source: &Source, is_selection: bool) -> String {
    let name = beside_log(source, if is_selection { "selection" } else { "plain" });
    name + ".txt"
}

/// What a picture's files are called, without the ending: `heapscope-log.heap-over-time`.
pub(super) fn picture_name(source: &Source, picture: &str) -> String {
    beside_log(source, picture)
}

fn beside_log(source: &Source, what: &str) -> String {
    format!("{}.{what}", stem(&log_name(source)))
}

/// A file's name without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_of_a_log_never_has_its_name() {
        let text = |name: &str| Source::Text { name: name.into() };
        for source in
            [Source::Demo, Source::Port { name: "CP2102".into() }, text("a.b.log"), text("a"), text(".txt")]
        {
            for is_selection in [false, true] {
                assert_ne!(text_name(&source, is_selection), log_name(&source));
            }
        }
        assert_eq!(text_name(&text("a.b.log"), false), "a.b.plain.txt");
        assert_eq!(picture_name(&text("a.b.log"), "block-map"), "a.b.block-map");
        assert_eq!(recording_name(&Source::Demo), "heapscope-demo.heapscope");
        assert_eq!(recording_name(&text("a.b.log")), "a.b.heapscope");
        assert_eq!(text_name(&Source::Demo, true), "heapscope-demo-log.selection.txt");
    }
}
