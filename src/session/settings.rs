//! What the person chose, and how it is kept.

use serde_json::{Value, json};

use crate::heap::Millis;

/// What the person chose. Kept by the browser as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the port is opened.
    pub line: LineSettings,
    /// What ends a line that was typed.
    pub line_ending: LineEnding,
    /// Whether a board that can be asked for figures is asked by itself.
    pub poll_enabled: bool,
    /// How often.
    pub poll_interval: Millis,
}

impl Settings {
    /// The board can be asked as often as every two seconds, and must be asked at least once an hour.
    pub const POLL_INTERVALS: std::ops::RangeInclusive<Millis> = Millis::from_secs(2)..=Millis::HOUR;

    /// As JSON text.
    pub fn to_json(&self) -> String {
        json!({
            "version": 1,
            "baud": self.line.baud,
            "data_bits": self.line.data_bits,
            "stop_bits": self.line.stop_bits,
            "parity": self.line.parity.key(),
            "flow_control": self.line.flow_control.key(),
            "line_ending": self.line_ending.key(),
            "poll_enabled": self.poll_enabled,
            "poll_interval_millis": self.poll_interval.0,
        })
        .to_string()
    }

    /// From JSON text. What is missing or makes no sense keeps its default.
    pub fn from_json(text: &str) -> Self {
        let stored: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let mut settings = Settings::default();
        let number = |key: &str| stored[key].as_u64();
        let word = |key: &str| stored[key].as_str();
        let line = &mut settings.line;
        let baud = number("baud").and_then(|baud| u32::try_from(baud).ok());
        set(&mut line.baud, baud.filter(|baud| LineSettings::BAUDS.contains(baud)));
        let small = |key: &str, allowed: [u64; 2]| {
            number(key).filter(|bits| allowed.contains(bits)).map(|bits| bits as u8)
        };
        set(&mut line.data_bits, small("data_bits", [7, 8]));
        set(&mut line.stop_bits, small("stop_bits", [1, 2]));
        set(&mut line.parity, word("parity").and_then(Parity::from_key));
        set(&mut line.flow_control, word("flow_control").and_then(FlowControl::from_key));
        set(&mut settings.line_ending, word("line_ending").and_then(LineEnding::from_key));
        set(&mut settings.poll_enabled, stored["poll_enabled"].as_bool());
        let interval = number("poll_interval_millis").map(Millis);
        set(&mut settings.poll_interval, interval.filter(|every| Self::POLL_INTERVALS.contains(every)));
        settings
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            line: LineSettings::default(),
            line_ending: LineEnding::Lf,
            poll_enabled: true,
            poll_interval: Millis::from_secs(10),
        }
    }
}

/// How a port is opened: the fields of Web Serial's `SerialOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits per second.
    pub baud: u32,
    /// 7 or 8.
    pub data_bits: u8,
    /// 1 or 2.
    pub stop_bits: u8,
    /// Parity bit.
    pub parity: Parity,
    /// Flow control.
    pub flow_control: FlowControl,
}

impl LineSettings {
    /// What adapters can do.
    pub const BAUDS: std::ops::RangeInclusive<u32> = 300..=6_000_000;
    /// What is offered, the usual ones first to last. 74880 is the ESP8266 boot ROM's.
    pub const USUAL_BAUDS: [u32; 10] =
        [9_600, 19_200, 38_400, 57_600, 74_880, 115_200, 230_400, 460_800, 921_600, 1_500_000];

    /// `115200 8N1`.
    pub fn summary(&self) -> String {
        let parity = match self.parity {
            Parity::None => 'N',
            Parity::Even => 'E',
            Parity::Odd => 'O',
        };
        format!("{} {}{}{}", self.baud, self.data_bits, parity, self.stop_bits)
    }
}

impl Default for LineSettings {
    fn default() -> Self {
        LineSettings {
            baud: 115_200,
            data_bits: 8,
            stop_bits: 1,
            parity: Parity::None,
            flow_control: FlowControl::None,
        }
    }
}

/// A set of choices, each with the key under which it is kept and the label that people see.
macro_rules! choices {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $choice:ident = $key:literal, $label:literal;)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$what])* $choice,)+ }

        impl $name {
            /// All choices.
            pub const ALL: &'static [$name] = &[$($name::$choice),+];

            /// The word under which it is kept, and that Web Serial uses where it knows the thing.
            pub const fn key(self) -> &'static str {
                match self { $($name::$choice => $key,)+ }
            }

            /// The word that people see.
            pub const fn label(self) -> &'static str {
                match self { $($name::$choice => $label,)+ }
            }

            /// The choice of this key.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.key() == key)
            }
        }
    };
}

choices! {
    /// Parity bit.
    Parity {
        /// No parity bit.
        None = "none", "No parity";
        /// Even parity.
        Even = "even", "Even parity";
        /// Odd parity.
        Odd = "odd", "Odd parity";
    }
}

choices! {
    /// Who tells the sender to wait.
    FlowControl {
        /// Nobody.
        None = "none", "No flow control";
        /// The lines RTS and CTS.
        Hardware = "hardware", "RTS/CTS";
    }
}

choices! {
    /// What ends a line that was typed.
    LineEnding {
        /// `\n`
        Lf = "lf", "LF";
        /// `\r\n`
        CrLf = "crlf", "CR LF";
        /// `\r`
        Cr = "cr", "CR";
        /// Nothing.
        Nothing = "none", "No line end";
    }
}

impl LineEnding {
    /// The bytes.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            LineEnding::Lf => b"\n",
            LineEnding::CrLf => b"\r\n",
            LineEnding::Cr => b"\r",
            LineEnding::Nothing => b"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_being_kept() {
        let settings = Settings {
            line: LineSettings {
                baud: 74_880,
                data_bits: 7,
                stop_bits: 2,
                parity: Parity::Odd,
                flow_control: FlowControl::Hardware,
            },
            line_ending: LineEnding::Nothing,
            poll_enabled: false,
            poll_interval: Millis::from_secs(30),
        };
        assert_eq!(Settings::from_json(&settings.to_json()), settings);
    }

    #[test]
    fn what_makes_no_sense_keeps_its_default() {
        assert_eq!(Settings::from_json(""), Settings::default());
        assert_eq!(Settings::from_json("[1]"), Settings::default());
        let odd =
            r#"{"baud":1,"data_bits":264,"parity":"maybe","poll_interval_millis":1,"line_ending":"cr"}"#;
        assert_eq!(Settings::from_json(odd), Settings { line_ending: LineEnding::Cr, ..Settings::default() });
    }
}
