//! How a firmware's console takes lines: what ends one, how long it may be, what must not be kept of it, and what can
//! be typed.
//!
//! All of it is data, which a dialect gives with its [`Info`](super::Info). It sends nothing and knows no port.
//!
//! ```
//! use heapscope_reader::dialect::{Console, Refusal};
//!
//! let console = Console { longest_line_bytes: Some(9), is_ascii_only: true, ..Console::PLAIN };
//! assert_eq!(console.refusal(b"Status 44"), None);
//! assert_eq!(console.refusal(b"Status 4 4"), Some(Refusal::TooLong { bytes: 10, most: 9 }));
//! assert_eq!(console.refusal("Ä".as_bytes()), Some(Refusal::NotAscii('Ä')));
//! ```

/// A firmware's console.
#[derive(Debug, PartialEq, Eq)]
pub struct Console {
    /// What makes it execute a line.
    pub line_end: &'static str,
    /// What it shows of what is typed.
    pub echo: Echo,
    /// The longest line in bytes, without its end; `None` where no limit is known.
    pub longest_line_bytes: Option<usize>,
    /// The most bytes that it takes at once without losing any; `None` where no limit is known.
    pub longest_burst_bytes: Option<usize>,
    /// Whether it takes the characters of ASCII only.
    pub is_ascii_only: bool,
    /// Commands whose argument is other commands, with semicolons between them.
    pub sequences: &'static [&'static str],
    /// Commands whose arguments are secret: they are neither kept nor shown.
    pub secrets: &'static [&'static str],
    /// What can be typed, as it is offered to people.
    pub commands: &'static [Offer],
}

/// What a console shows of what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// Nothing, or it is not known.
    Nothing,
    /// Each line, in its log, when it has taken it: an [`Answer`](super::Answer) with the topic `ECHO`.
    Lines,
}

/// A command that people are offered while they type.
#[derive(Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is typed, without its arguments where people choose these.
    pub text: &'static str,
    /// What arguments it takes, as a manual has them: `0…4`. Empty where `text` is whole.
    pub arguments: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// What it does to the board.
    pub impact: Impact,
}

/// What a command does to a board. With no arguments a command asks only, whatever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    /// It answers, and nothing else.
    Asks,
    /// It writes settings, which outlast a restart.
    Writes,
    /// It interrupts what the board does: restarts it, or stops its work.
    Interrupts,
}

/// Why a console would not take a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has this character, and the console takes ASCII only.
    NotAscii(char),
    /// It is too long.
    TooLong {
        /// So many bytes it has.
        bytes: usize,
        /// So many it may have.
        most: usize,
    },
}

/// Words in a line of any firmware behind which a secret stands.
const SECRET_WORDS: [&str; 6] = ["password", "passwd", "passphrase", "secret", "token", "apikey"];

impl Console {
    /// A console of which nothing is known.
    pub const PLAIN: Console = Console {
        line_end: "\n",
        echo: Echo::Nothing,
        longest_line_bytes: None,
        longest_burst_bytes: None,
        is_ascii_only: false,
        sequences: &[],
        secrets: &[],
        commands: &[],
    };

    /// Why it would not take this line, given without its end.
    pub fn refusal(&self, line: &[u8]) -> Option<Refusal> {
        if self.is_ascii_only && !line.is_ascii() {
            let text = String::from_utf8_lossy(line);
            return text.chars().find(|letter| !letter.is_ascii()).map(Refusal::NotAscii);
        }
        let most = self.longest_line_bytes?;
        (line.len() > most).then_some(Refusal::TooLong { bytes: line.len(), most })
    }

    /// What the line does to the board, as far as the offered commands tell: the worst of its commands.
    pub fn impact(&self, line: &str) -> Impact {
        let impacts = self.statements(line).into_iter().map(|(name, arguments)| {
            let is_it = |offer: &&Offer| {
                let offered = offer.text.split(' ').next().unwrap_or_default();
                same_name(name, offered) && !arguments.is_empty()
            };
            self.commands.iter().find(is_it).map_or(Impact::Asks, |offer| offer.impact)
        });
        impacts.max_by_key(|impact| *impact as u8).unwrap_or(Impact::Asks)
    }

    /// Whether the line holds something that must neither be kept nor shown: the argument of a secret command, or, on
    /// any console, something behind a word like `password`.
    pub fn has_secret(&self, line: &str) -> bool {
        let is_secret = |(name, arguments): (&str, &str)| {
            !arguments.is_empty() && self.secrets.iter().any(|secret| same_name(name, secret))
        };
        self.statements(line).into_iter().any(is_secret) || names_a_secret(line)
    }

    /// The offers that fit what was typed so far, best first: those that begin with it, then those that have it in a
    /// later word or in their sentence.
    pub fn offers(&self, typed: &str) -> Vec<&'static Offer> {
        let typed = typed.trim().to_ascii_lowercase();
        if typed.is_empty() {
            return Vec::new();
        }
        let rank = |offer: &Offer| {
            let text = offer.text.to_ascii_lowercase();
            if text.starts_with(&typed) {
                Some(0)
            } else if text.contains(&typed) {
                Some(1)
            } else {
                (typed.len() > 2 && offer.about.to_ascii_lowercase().contains(&typed)).then_some(2)
            }
        };
        // In three rounds: sorting is heavy in the page, and the list is short.
        let round = |wanted| self.commands.iter().filter(move |offer| rank(offer) == Some(wanted));
        (0..=2).flat_map(round).collect()
    }

    /// The commands of a line: name and arguments. One that holds a sequence stands for those in it.
    fn statements<'a>(&self, line: &'a str) -> Vec<(&'a str, &'a str)> {
        let (name, arguments) = statement(line);
        if self.sequences.iter().any(|sequence| same_name(name, sequence)) {
            return arguments.split(';').map(statement).collect();
        }
        vec![(name, arguments)]
    }
}

/// Name and arguments. What stands before the name's last slash is a topic.
fn statement(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find([' ', '=']).unwrap_or(text.len());
    let name = text[..end].rsplit('/').next().unwrap_or_default();
    (name, text[end..].trim_matches([' ', '=']))
}

/// Whether this is the name of that command: capitals and an index behind it do not matter.
fn same_name(name: &str, command: &str) -> bool {
    let name = name.trim_start_matches('_');
    let bare = |name: &str| name.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    let (name, command) = (&name[..bare(name)], &command[..bare(command)]);
    name.eq_ignore_ascii_case(command)
}

/// Whether something stands behind a word like `password`.
fn names_a_secret(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| {
        line.find(word).is_some_and(|at| {
            let behind =
                line[at + word.len()..].trim_start_matches(|letter: char| letter.is_ascii_alphanumeric());
            !behind.trim_matches([' ', '=', ':', '"', '\'']).is_empty()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSOLE: Console = Console {
        sequences: &["Backlog"],
        secrets: &["WifiTest"],
        commands: &[
            Offer { text: "Status 4", arguments: "", about: "Free heap.", impact: Impact::Asks },
            Offer {
                text: "SerialLog", arguments: "0…4", about: "How much it logs.", impact: Impact::Writes
            },
            Offer { text: "Restart 1", arguments: "", about: "Starts anew.", impact: Impact::Interrupts },
        ],
        ..Console::PLAIN
    };

    #[test]
    fn what_a_line_does_is_that_of_its_worst_command() {
        for (line, impact) in [
            ("Status 4", Impact::Asks),
            ("SerialLog", Impact::Asks),
            ("seriallog 3", Impact::Writes),
            ("cmnd/plug/SerialLog 3", Impact::Writes),
            ("Backlog Status 4; SerialLog 3", Impact::Writes),
            ("backlog0 SerialLog 3; restart 1; Status 4", Impact::Interrupts),
            ("_SerialLog 2", Impact::Writes),
            ("Something 3", Impact::Asks),
            ("", Impact::Asks),
        ] {
            assert_eq!(CONSOLE.impact(line), impact, "{line}");
        }
    }

    #[test]
    fn a_secret_is_known_wherever_it_stands() {
        for (line, expected) in [
            ("WifiTest1 net+key", true),
            ("WifiTest", false),
            ("Backlog Status 4;wifitest2 net+key", true),
            ("MqttPassword hunter2", true),
            ("Password1 hunter2", true),
            ("Backlog SSId1 net; Password1 hunter2", true),
            ("set api_token=abc", true),
            ("{\"passwd\": \"x\"}", true),
            ("Password", false),
            ("Password1", false),
            ("Status 4", false),
            ("SSId1 net", false),
        ] {
            assert_eq!(CONSOLE.has_secret(line), expected, "{line}");
        }
    }

    #[test]
    fn offers_that_begin_with_what_was_typed_come_first() {
        let texts = |typed| CONSOLE.offers(typed).into_iter().map(|offer| offer.text).collect::<Vec<_>>();
        assert_eq!(texts("s"), ["Status 4", "SerialLog", "Restart 1"]);
        assert_eq!(texts("status 4"), ["Status 4"]);
        assert_eq!(texts("heap"), ["Status 4"], "by its sentence");
        assert_eq!(texts(" "), [""; 0]);
        assert_eq!(texts("SerialLog 3"), [""; 0]);
    }

    #[test]
    fn what_cannot_be_text_is_refused_where_only_ascii_is_taken() {
        let console = Console { is_ascii_only: true, ..Console::PLAIN };
        assert_eq!(console.refusal(b"\xff"), Some(Refusal::NotAscii('\u{fffd}')));
        assert_eq!(console.refusal(b"\x03"), None);
        assert_eq!(Console::PLAIN.refusal("ä".repeat(1_000).as_bytes()), None);
    }
}
