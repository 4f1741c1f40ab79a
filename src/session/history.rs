//! The lines that a person typed, for the arrow keys and the search, over visits.
//!
//! Each line stands once, where it was typed last. Kept as text, a line each: what is typed has no line ends. It never
//! decides whether a line may be kept: whoever knows the firmware does, see [`Console::has_secret`](crate::dialect::Console).
//!
//! ```
//! use heapscope::session::History;
//!
//! let mut history = History::from_text("Status 4\nState\n");
//! history.remember("Status 4");
//! assert_eq!(history.newest_first().collect::<Vec<_>>(), ["Status 4", "State"]);
//! assert_eq!(history.search("STA").next(), Some("Status 4"));
//! ```

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The oldest first.
    lines: Vec<String>,
}

impl History {
    /// More lines than this are not kept; the oldest goes.
    pub const MOST_LINES: usize = 500;

    /// A longer line is not kept.
    pub const LONGEST_LINE_BYTES: usize = 2_000;

    /// Takes a line that was typed. False when nothing changed: it is blank, too long, or the newest already.
    pub fn remember(&mut self, line: &str) -> bool {
        let is_one_line = !line.contains(['\n', '\r']);
        let is_wanted = !line.trim().is_empty() && line.len() <= Self::LONGEST_LINE_BYTES && is_one_line;
        if !is_wanted || self.lines.last().is_some_and(|last| last == line) {
            return false;
        }
        self.lines.retain(|known| known != line);
        if self.lines.len() == Self::MOST_LINES {
            self.lines.remove(0);
        }
        self.lines.push(line.to_owned());
        true
    }

    /// Forgets all of it.
    pub fn clear(&mut self) {
        self.lines.clear();
    }

    /// All lines, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &str> + Clone {
        self.lines.iter().rev().map(String::as_str)
    }

    /// The line that was typed so many lines ago, from 0.
    pub fn get(&self, ago: usize) -> Option<&str> {
        let place = self.lines.len().checked_sub(ago + 1)?;
        self.lines.get(place).map(String::as_str)
    }

    /// Lines that have this text somewhere, whatever its capitals, the newest first.
    pub fn search(&self, text: &str) -> impl Iterator<Item = &str> + Clone {
        let text = text.to_ascii_lowercase();
        self.newest_first().filter(move |line| line.to_ascii_lowercase().contains(&text))
    }

    /// As text, the oldest line first.
    pub fn to_text(&self) -> String {
        self.lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    /// From text. What it would not have kept is left out.
    pub fn from_text(text: &str) -> Self {
        let mut history = History::default();
        for line in text.lines() {
            history.remember(line);
        }
        history
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_once_where_it_was_typed_last() {
        let mut history = History::default();
        for (line, changes) in
            [("a", true), ("b", true), ("b", false), ("a", true), (" ", false), ("", false)]
        {
            assert_eq!(history.remember(line), changes, "{line:?}");
        }
        assert_eq!(history.newest_first().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((history.get(0), history.get(1), history.get(2)), (Some("a"), Some("b"), None));
    }

    #[test]
    fn it_is_bounded() {
        let mut history = History::default();
        for number in 0..History::MOST_LINES + 20 {
            history.remember(&format!("line {number}"));
        }
        assert!(!history.remember(&"x".repeat(History::LONGEST_LINE_BYTES + 1)));
        assert_eq!(history.newest_first().count(), History::MOST_LINES);
        assert_eq!(history.get(0), Some("line 519"));
        assert_eq!(history.newest_first().last(), Some("line 20"));
    }

    #[test]
    fn it_survives_being_kept() {
        let mut history = History::default();
        for line in ["Status 4", "  two blanks before", "ä → ß", "\\x03"] {
            history.remember(line);
        }
        assert_eq!(History::from_text(&history.to_text()), history);
        assert_eq!(History::from_text(""), History::default());
    }

    #[test]
    fn it_is_searched_from_the_newest_whatever_the_capitals() {
        let history = History::from_text("Status 4\nRestart 1\nSTATE\n");
        assert_eq!(history.search("sta").collect::<Vec<_>>(), ["STATE", "Restart 1", "Status 4"]);
        assert_eq!(history.search("").count(), 3);
        assert_eq!(history.search("nothing").count(), 0);
    }
}
