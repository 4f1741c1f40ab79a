//! The line that is being typed: the arrow keys through the history, its search, and what is offered meanwhile.
//!
//! It follows the combobox of WAI-ARIA: the focus stays in the line, and one of the options can be active. Choosing one
//! puts it into the line and sends nothing. It draws nothing, and remembers no history of its own.
//!
//! ```text
//! nothing is offered:  ↑ ↓ older, newer line     Ctrl+R search
//! something is:        ↓ into the options        ↑ out of them, older line   Enter takes   Escape closes
//! ```

use crate::dialect::{Console, Impact};
use crate::session::History;

/// So many options are shown.
pub const MOST_OPTIONS: usize = 8;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineEditor {
    text: String,
    /// What was being typed before the history was walked or searched.
    draft: String,
    /// How many lines ago the line in sight was typed; `None` for the new one.
    ago: Option<usize>,
    list: List,
    /// The active option.
    active: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum List {
    #[default]
    Closed,
    /// The firmware's commands that fit.
    Commands,
    /// The lines of the history that fit.
    History,
}

/// What the options come from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The lines that were typed.
    pub history: &'a History,
    /// The firmware's console.
    pub console: &'a Console,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is put into the line.
    pub text: String,
    /// What arguments it takes.
    pub arguments: &'static str,
    /// One sentence; empty for a line of the history.
    pub about: &'static str,
    /// What it does to the board.
    pub impact: Impact,
}

impl LineEditor {
    /// What stands in the line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the history is being searched.
    pub fn is_searching(&self) -> bool {
        self.list == List::History
    }

    /// The place of the active option.
    pub fn active(&self) -> Option<usize> {
        self.active
    }

    /// The options, best first.
    pub fn choices(&self, sources: Sources<'_>) -> Vec<Choice> {
        let choices: Vec<_> = match self.list {
            List::Closed => return Vec::new(),
            List::Commands => sources
                .console
                .offers(&self.text)
                .into_iter()
                .take(MOST_OPTIONS)
                .map(|offer| {
                    let space = if offer.arguments.is_empty() { "" } else { " " };
                    Choice {
                        text: format!("{}{space}", offer.text),
                        arguments: offer.arguments,
                        about: offer.about,
                        impact: offer.impact,
                    }
                })
                .collect(),
            List::History => sources
                .history
                .search(&self.text)
                .take(MOST_OPTIONS)
                .map(|line| Choice {
                    text: line.to_owned(),
                    arguments: "",
                    about: "",
                    impact: sources.console.impact(line),
                })
                .collect(),
        };
        // What stands there already is no offer.
        let is_whole = self.list == List::Commands && choices.len() == 1 && choices[0].text == self.text;
        if is_whole { Vec::new() } else { choices }
    }

    /// The line was changed by typing.
    pub fn type_text(&mut self, text: String) {
        self.text = text;
        self.ago = None;
        self.active = match self.list {
            List::History => Some(0),
            _ => None,
        };
        if self.list == List::Closed {
            self.list = List::Commands;
        }
    }

    /// A key went down: whether it was for the editor, and means nothing else.
    pub fn press(&mut self, key: &str, ctrl: bool, sources: Sources<'_>) -> bool {
        let count = self.choices(sources).len();
        match (key, ctrl) {
            ("r" | "R", true) => self.search(),
            ("ArrowDown", false) if count > 0 => {
                self.active = Some(self.active.map_or(0, |active| (active + 1).min(count - 1)));
            }
            ("ArrowUp", false) if count > 0 && self.active.is_some() => {
                let above = self.active.and_then(|active| active.checked_sub(1));
                self.active = if self.is_searching() { above.or(Some(0)) } else { above };
            }
            ("ArrowUp", false) => self.walk(sources.history, true),
            ("ArrowDown", false) => self.walk(sources.history, false),
            ("Enter" | "Tab", false) if count > 0 && self.active.is_some() => {
                let active = self.active.unwrap_or_default();
                self.choose(active, sources);
            }
            ("Escape", false) if count > 0 || self.is_searching() => {
                if self.is_searching() {
                    self.text = std::mem::take(&mut self.draft);
                }
                self.close();
            }
            _ => return false,
        }
        true
    }

    /// This option goes into the line.
    pub fn choose(&mut self, place: usize, sources: Sources<'_>) {
        if let Some(choice) = self.choices(sources).into_iter().nth(place) {
            self.text = choice.text;
            self.draft.clear();
            self.ago = None;
        }
        self.close();
    }

    /// Lines of the history that have what was typed.
    pub fn search(&mut self) {
        if !self.is_searching() {
            self.draft.clone_from(&self.text);
        }
        (self.list, self.active, self.ago) = (List::History, Some(0), None);
    }

    /// Nothing is offered any more.
    pub fn close(&mut self) {
        (self.list, self.active) = (List::Closed, None);
    }

    /// The line was sent.
    pub fn clear(&mut self) {
        *self = LineEditor::default();
    }

    fn walk(&mut self, history: &History, is_older: bool) {
        let ago = match (self.ago, is_older) {
            (None, true) => Some(0),
            (Some(ago), true) => Some(ago + 1),
            (Some(ago), false) => ago.checked_sub(1),
            (None, false) => return,
        };
        if self.ago.is_none() {
            self.draft.clone_from(&self.text);
        }
        match ago {
            None => self.text = std::mem::take(&mut self.draft),
            Some(back) => {
                // Beyond the oldest line there is none.
                let Some(line) = history.get(back) else { return };
                line.clone_into(&mut self.text);
            }
        }
        self.ago = ago;
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect;

    fn history() -> History {
        History::from_text("Status 2\nState\nTelePeriod 10\n")
    }

    fn with<T>(test: impl Fn(Sources<'_>, LineEditor) -> T) -> T {
        let tasmota = dialect::firmwares().find(|info| info.id == "tasmota").unwrap();
        test(Sources { history: &history(), console: tasmota.console }, LineEditor::default())
    }

    #[test]
    fn arrows_walk_the_history_and_keep_what_was_being_typed() {
        with(|sources, mut editor| {
            editor.type_text("half a li".into());
            let expected = ["TelePeriod 10", "State", "Status 2", "Status 2"];
            for line in expected {
                assert!(editor.press("ArrowUp", false, sources));
                assert_eq!(editor.text(), line);
            }
            for line in ["State", "TelePeriod 10", "half a li", "half a li"] {
                editor.press("ArrowDown", false, sources);
                assert_eq!(editor.text(), line);
            }
            // What was changed is a new line.
            editor.press("ArrowUp", false, sources);
            editor.type_text("TelePeriod 300".into());
            editor.press("ArrowUp", false, sources);
            editor.press("ArrowDown", false, sources);
            assert_eq!(editor.text(), "TelePeriod 300");
        });
    }

    #[test]
    fn commands_are_offered_chosen_and_not_sent() {
        with(|sources, mut editor| {
            editor.type_text("seri".into());
            let choices = editor.choices(sources);
            assert_eq!((choices[0].text.as_str(), choices[0].arguments), ("SerialLog ", "0…4"));
            assert_eq!(choices[0].impact, Impact::Writes);
            assert!(!editor.press("Enter", false, sources), "nothing is active: Enter sends");
            assert!(editor.press("ArrowDown", false, sources));
            assert_eq!(editor.active(), Some(0));
            assert!(editor.press("Enter", false, sources));
            assert_eq!(editor.text(), "SerialLog ");
            assert!(editor.choices(sources).is_empty());
            assert!(!editor.press("Enter", false, sources));
        });
    }

    #[test]
    fn escape_closes_and_the_arrow_up_leads_out() {
        with(|sources, mut editor| {
            editor.type_text("Status".into());
            assert_eq!(editor.choices(sources).len(), MOST_OPTIONS);
            editor.press("ArrowDown", false, sources);
            editor.press("ArrowDown", false, sources);
            assert_eq!(editor.active(), Some(1));
            editor.press("ArrowUp", false, sources);
            editor.press("ArrowUp", false, sources);
            assert_eq!((editor.active(), editor.text()), (None, "Status"));
            for _ in 0..20 {
                editor.press("ArrowDown", false, sources);
            }
            assert_eq!(editor.active(), Some(MOST_OPTIONS - 1));
            assert!(editor.press("Escape", false, sources));
            assert!(editor.choices(sources).is_empty());
            assert!(!editor.press("Escape", false, sources), "the second one is somebody else's");
            editor.type_text("Status 44".into());
            assert!(editor.choices(sources).is_empty(), "it stands there already");
        });
    }

    #[test]
    fn the_history_is_searched_as_one_types() {
        with(|sources, mut editor| {
            editor.type_text("dra".into());
            assert!(editor.press("r", true, sources));
            assert!(editor.is_searching() && editor.choices(sources).is_empty());
            editor.type_text("stat".into());
            let texts: Vec<_> = editor.choices(sources).into_iter().map(|choice| choice.text).collect();
            assert_eq!(texts, ["State", "Status 2"]);
            editor.press("ArrowDown", false, sources);
            let mut other = editor.clone();
            assert!(editor.press("Enter", false, sources));
            assert_eq!((editor.text(), editor.is_searching()), ("Status 2", false));
            assert!(other.press("Escape", false, sources));
            assert_eq!((other.text(), other.is_searching()), ("dra", false));
        });
    }

    #[test]
    fn without_firmware_and_history_nothing_is_offered() {
        let sources = Sources { history: &History::default(), console: &Console::PLAIN };
        let mut editor = LineEditor::default();
        editor.type_text("Status".into());
        assert!(editor.choices(sources).is_empty());
        for key in ["ArrowUp", "ArrowDown", "Home"] {
            editor.press(key, false, sources);
            assert_eq!(editor.text(), "Status");
        }
        editor.clear();
        assert_eq!(editor, LineEditor::default());
    }
}
