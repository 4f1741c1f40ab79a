//! Macros: lines with a name and perhaps a key, in sets that can be handed on as a file.
//!
//! The file is JSON, so that people can read it, and a setup link can carry it. What it does not know it passes over;
//! what is too much it leaves out.
//!
//! ```
//! use heapscope::session::Macros;
//!
//! let file = r#"{"sets": [{"name": "Plug", "macros": [{"name": "Heap", "text": "Status 4", "key": "Alt+1"}]}]}"#;
//! let macros = Macros::from_json(file).unwrap();
//! assert_eq!(macros.sets[0].macros[0].key.as_ref().unwrap().to_string(), "Alt+1");
//! assert_eq!(Macros::from_json(&macros.to_json()), Some(macros));
//! ```

use super::Shortcut;
use super::json::{Json, quoted};
use crate::words::sending::macros as words;

/// All sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Macros {
    /// The sets.
    pub sets: Vec<MacroSet>,
}

/// A set of macros, such as those for one product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MacroSet {
    /// Its name.
    pub name: String,
    /// The macros.
    pub macros: Vec<Macro>,
}

/// Lines with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// What is sent: one line or several.
    pub text: String,
    /// The keys that send it.
    pub key: Option<Shortcut>,
    /// Whether it has escape sequences.
    pub has_escapes: bool,
}

/// The first macros that a person has: none of them changes anything.
const FIRST: [&str; 3] = ["Status 4", "Status 2", "State"];

impl Macros {
    /// More sets than this are not taken.
    pub const MOST_SETS: usize = 50;
    /// More macros of a set are not taken.
    pub const MOST_MACROS: usize = 100;
    /// A longer text of a macro is not taken.
    pub const LONGEST_TEXT_BYTES: usize = 20_000;

    /// What a person begins with.
    pub fn first() -> Self {
        let macros = words::FIRST.into_iter().zip(FIRST).enumerate().map(|(place, (name, text))| Macro {
            name: name.to_owned(),
            text: text.to_owned(),
            key: Shortcut::from_text(&format!("Alt+{}", place + 1)),
            has_escapes: false,
        });
        Macros { sets: vec![MacroSet { name: words::FIRST_SET.to_owned(), macros: macros.collect() }] }
    }

    /// The macro with this key: the first of them, where several have it.
    pub fn with_key(&self, key: &Shortcut) -> Option<&Macro> {
        self.all().find(|one| one.key.as_ref() == Some(key))
    }

    /// All macros of all sets.
    pub fn all(&self) -> impl Iterator<Item = &Macro> {
        self.sets.iter().flat_map(|set| &set.macros)
    }

    /// Takes the sets of others. A set that is here already is not taken twice; one of the same name gets another.
    /// Gives how many were taken.
    pub fn add(&mut self, others: Macros) -> usize {
        let mut taken = 0;
        for mut set in others.sets {
            if self.sets.contains(&set) || self.sets.len() == Self::MOST_SETS {
                continue;
            }
            let name = set.name.clone();
            let mut number = 2;
            while self.sets.iter().any(|known| known.name == set.name) {
                set.name = format!("{name} {number}");
                number += 1;
            }
            self.sets.push(set);
            taken += 1;
        }
        taken
    }

    /// As JSON text, for people to read.
    pub fn to_json(&self) -> String {
        let sets: Vec<_> = self.sets.iter().map(MacroSet::to_json).collect();
        format!("{{\"version\": 1, \"sets\": [\n{}\n]}}\n", sets.join(",\n"))
    }

    /// From JSON text; `None` where it is no JSON, or has no list `sets`.
    pub fn from_json(text: &str) -> Option<Self> {
        let file = Json::read(text)?;
        let Some(Json::List(_)) = file.get("sets") else { return None };
        let sets = file.list("sets").iter().take(Self::MOST_SETS).filter_map(|set| {
            let macros = set.list("macros").iter().filter_map(Macro::from_json).take(Self::MOST_MACROS);
            Some(MacroSet { name: set.text("name")?.to_owned(), macros: macros.collect() })
        });
        Some(Macros { sets: sets.collect() })
    }
}

impl MacroSet {
    fn to_json(&self) -> String {
        let macros: Vec<_> = self.macros.iter().map(Macro::to_json).collect();
        format!("{{\"name\": {}, \"macros\": [\n  {}\n]}}", quoted(&self.name), macros.join(",\n  "))
    }
}

impl Macro {
    /// The lines that are sent; blank ones are none.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.trim().is_empty())
    }

    fn to_json(&self) -> String {
        let key = self.key.as_ref().map_or_else(String::new, |key| format!(", \"key\": \"{key}\""));
        let escapes = if self.has_escapes { ", \"escapes\": true" } else { "" };
        format!("{{\"name\": {}, \"text\": {}{key}{escapes}}}", quoted(&self.name), quoted(&self.text))
    }

    fn from_json(json: &Json) -> Option<Self> {
        let text = json.text("text").filter(|text| text.len() <= Macros::LONGEST_TEXT_BYTES)?;
        Some(Macro {
            name: json.text("name")?.to_owned(),
            text: text.to_owned(),
            // A key that types something would make typing impossible.
            key: json.text("key").and_then(Shortcut::from_text).filter(Shortcut::types_nothing),
            has_escapes: json.get("escapes") == Some(&Json::Word("true".to_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_survive_being_handed_on() {
        let mut macros = Macros::first();
        macros.sets[0].macros.push(Macro {
            name: "Stop \"it\"".into(),
            text: "\\x03\nBacklog a; b\n".into(),
            key: Shortcut::from_text("Ctrl+F2"),
            has_escapes: true,
        });
        macros.sets.push(MacroSet { name: "empty".into(), macros: Vec::new() });
        let json = macros.to_json();
        assert_eq!(Macros::from_json(&json), Some(macros));
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
        assert_eq!(Macros::from_json(&Macros::default().to_json()), Some(Macros::default()));
    }

    #[test]
    fn what_makes_no_sense_is_left_out_and_what_is_no_file_is_none() {
        for text in ["", "[]", "{}", "{\"sets\": 1}", "Status 4"] {
            assert_eq!(Macros::from_json(text), None, "{text}");
        }
        let long = "x".repeat(Macros::LONGEST_TEXT_BYTES + 1);
        let file = format!(
            r#"{{"sets": [{{"macros": []}}, 3, {{"name": "a", "macros": [{{"name": "no text"}}, {{"name": "long", "text": "{long}"}},
            {{"name": "b", "text": "c", "key": "Shift+A", "escapes": "yes", "more": [1]}}]}}]}}"#
        );
        let one = Macro { name: "b".into(), text: "c".into(), ..Macro::default() };
        let set = MacroSet { name: "a".into(), macros: vec![one] };
        assert_eq!(Macros::from_json(&file), Some(Macros { sets: vec![set] }));
    }

    #[test]
    fn a_set_is_taken_once_and_never_over_another() {
        let mut macros = Macros::first();
        assert_eq!(macros.add(Macros::first()), 0);
        let mut others = Macros::first();
        others.sets[0].macros.pop();
        assert_eq!(macros.add(others), 1);
        let names: Vec<_> = macros.sets.iter().map(|set| set.name.as_str()).collect();
        assert_eq!(names, ["Tasmota", "Tasmota 2"]);
        assert_eq!(macros.with_key(&Shortcut::from_text("Alt+2").unwrap()).unwrap().text, "Status 2");
    }

    #[test]
    fn the_first_macros_change_nothing() {
        let tasmota = crate::dialect::firmwares().find(|info| info.id == "tasmota").unwrap();
        for one in Macros::first().all() {
            assert_eq!(tasmota.console.impact(&one.text), crate::dialect::Impact::Asks, "{}", one.text);
        }
    }
}
