//! What a person chose for the console and finds again tomorrow.
//!
//! ```
//! use heapscope::console::{Highlight, Preferences};
//! let highlights = vec![Highlight { text: "wifi \"x\"".into(), colour: 2 }];
//! let preferences = Preferences { highlights, ..Preferences::default() };
//! assert!(preferences.to_json().contains(r#""highlights":"27769666920227822""#));
//! ```

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// What stands in the column of times.
    pub times: Times,
    /// Whether copies and saved texts have that column too.
    pub copies_times: bool,
    /// Texts that are always coloured.
    pub highlights: Vec<Highlight>,
}

/// What stands in the column of times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// When the line came, since the recording began. Nothing in a text, which came at once.
    #[default]
    Arrival,
    /// What the firmware printed.
    Firmware,
    /// How long after the line before: by arrival, in a text by what the firmware printed.
    SinceBefore,
    /// There is no column.
    None,
}

impl Times {
    /// All of them.
    pub const ALL: [Times; 4] = [Times::Arrival, Times::Firmware, Times::SinceBefore, Times::None];

    /// The word under which it is kept.
    pub const fn key(self) -> &'static str {
        match self {
            Times::Arrival => "arrival",
            Times::Firmware => "firmware",
            Times::SinceBefore => "since-before",
            Times::None => "none",
        }
    }

    /// The one of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|times| times.key() == key)
    }
}

/// A text that is coloured wherever it stands, whatever its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// The text.
    pub text: String,
    /// One of [`Highlight::COLOURS`].
    pub colour: u8,
}

impl Highlight {
    /// There are so many colours, numbered from 0.
    pub const COLOURS: u8 = 6;
    /// So many may be kept: each line in sight is searched for all of them.
    pub const MOST: usize = 30;
}

impl Preferences {
    /// As fields of a JSON object, without braces. A highlight is the digit of its colour and its text in base 16, so
    /// that nothing in it needs escaping; a blank stands between two.
    pub fn to_json(&self) -> String {
        let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let highlights: Vec<_> = self
            .highlights
            .iter()
            .map(|highlight| format!("{}{}", highlight.colour, hex(&highlight.text)))
            .collect();
        format!(
            r#""log_times":"{}","log_copies_times":{},"highlights":"{}""#,
            self.times.key(),
            self.copies_times,
            highlights.join(" ")
        )
    }

    /// Takes what was kept under this key, if it makes sense.
    pub fn take(&mut self, key: &str, value: &str) {
        match key {
            "log_times" => self.times = Times::from_key(value).unwrap_or(self.times),
            "log_copies_times" => self.copies_times = value.parse().unwrap_or(self.copies_times),
            "highlights" => {
                self.highlights = value.split(' ').filter_map(highlight).take(Highlight::MOST).collect();
            }
            _ => {}
        }
    }
}

fn highlight(kept: &str) -> Option<Highlight> {
    let colour = kept.get(..1)?.parse().ok().filter(|colour| *colour < Highlight::COLOURS)?;
    let digits = kept.get(1..)?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    let text = String::from_utf8(bytes?).ok().filter(|text| !text.is_empty())?;
    Some(Highlight { text, colour })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::json_fields;

    fn read(fields: &str) -> Preferences {
        let mut preferences = Preferences::default();
        json_fields(&format!("{{{fields}}}"), |field| preferences.take(field.key, field.value));
        preferences
    }

    #[test]
    fn preferences_survive_being_kept() {
        for times in Times::ALL {
            let highlight = |text: &str, colour| Highlight { text: text.into(), colour };
            let highlights = vec![highlight("a \"b\" \\ü", 0), highlight(" ", 5)];
            let preferences = Preferences { times, copies_times: true, highlights };
            assert_eq!(read(&preferences.to_json()), preferences);
        }
        assert_eq!(read(&Preferences::default().to_json()), Preferences::default());
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        let kept = r#""log_times":"x","log_copies_times":3,"highlights":"961 0 1 26 2zz 3ff 2ä 177""#;
        let highlights = vec![Highlight { text: "w".into(), colour: 1 }];
        assert_eq!(read(kept), Preferences { highlights, ..Preferences::default() });
    }
}
