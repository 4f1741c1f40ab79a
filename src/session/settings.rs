//! What the person chose, and how it is kept.
//!
//! As JSON, which is written and read by hand: serde_json would be 15 KB of the page for these few values.

use super::signals::ResetSequence;
use crate::console::Preferences;
use crate::dialect::{Console, json_fields};
use crate::heap::Millis;
use crate::words::problem::choice;
use crate::words::sending::choice as sending;

/// What the person chose. Kept by the browser as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the port is opened.
    pub line: LineSettings,
    /// What ends a line that was typed.
    pub line_ending: LineEnding,
    /// Whether what was sent is marked in the log.
    pub local_echo: LocalEcho,
    /// Whether escape sequences in a line that was typed stand for bytes.
    pub escapes: bool,
    /// Whether a board that can be asked for figures is asked by itself.
    pub poll_enabled: bool,
    /// How often.
    pub poll_interval: Millis,
    /// What the reset button does.
    pub reset: ResetChoice,
    /// The person's own sequence for it.
    pub own_reset: ResetSequence,
    /// How block maps are laid out.
    pub map_form: MapForm,
    /// How the log is shown.
    pub log: Preferences,
}

impl Settings {
    /// The board can be asked as often as every two seconds, and must be asked at least once an hour.
    pub const POLL_INTERVALS: std::ops::RangeInclusive<Millis> = Millis::from_secs(2)..=Millis::HOUR;

    /// As JSON text.
    pub fn to_json(&self) -> String {
        let Settings {
            line,
            line_ending,
            local_echo,
            escapes,
            poll_enabled,
            poll_interval,
            reset,
            own_reset,
            map_form,
            log,
        } = self;
        // All of it numbers and words of our own: nothing that needs escaping.
        format!(
            r#"{{"version":1,"baud":{},"data_bits":{},"stop_bits":{},"parity":"{}","flow_control":"{}","line_ending":"{}","local_echo":"{}","escapes":{escapes},"poll_enabled":{poll_enabled},"poll_interval_millis":{},"reset":"{}","own_reset":"{own_reset}","map_form":"{}",{}}}"#,
            line.baud,
            line.data_bits,
            line.stop_bits,
            line.parity.key(),
            line.flow_control.key(),
            line_ending.key(),
            local_echo.key(),
            poll_interval.0,
            reset.key(),
            map_form.key(),
            log.to_json(),
        )
    }

    /// From JSON text. What is missing or makes no sense keeps its default.
    pub fn from_json(text: &str) -> Self {
        let mut settings = Settings::default();
        json_fields(text, |field| {
            if field.parent.is_empty() {
                settings.take(field.key, field.value);
            }
        });
        settings
    }

    /// Takes what was kept under this key, if it makes sense.
    fn take(&mut self, key: &str, value: &str) {
        let number = value.parse::<u64>().ok();
        let small = |allowed: [u64; 2]| number.filter(|bits| allowed.contains(bits)).map(|bits| bits as u8);
        let line = &mut self.line;
        match key {
            "baud" => {
                let baud = number.and_then(|baud| u32::try_from(baud).ok());
                set(&mut line.baud, baud.filter(|baud| LineSettings::BAUDS.contains(baud)));
            }
            "data_bits" => set(&mut line.data_bits, small([7, 8])),
            "stop_bits" => set(&mut line.stop_bits, small([1, 2])),
            "parity" => set(&mut line.parity, Parity::from_key(value)),
            "flow_control" => set(&mut line.flow_control, FlowControl::from_key(value)),
            "line_ending" => set(&mut self.line_ending, LineEnding::from_key(value)),
            "local_echo" => set(&mut self.local_echo, LocalEcho::from_key(value)),
            "escapes" => set(&mut self.escapes, value.parse().ok()),
            "poll_enabled" => set(&mut self.poll_enabled, value.parse().ok()),
            "poll_interval_millis" => {
                let interval = number.map(Millis);
                set(&mut self.poll_interval, interval.filter(|every| Self::POLL_INTERVALS.contains(every)));
            }
            "reset" => set(&mut self.reset, ResetChoice::from_key(value)),
            "own_reset" => set(&mut self.own_reset, ResetSequence::parse(value)),
            "map_form" => set(&mut self.map_form, MapForm::from_key(value)),
            _ => self.log.take(key, value),
        }
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
            line_ending: LineEnding::Auto,
            local_echo: LocalEcho::Auto,
            escapes: false,
            poll_enabled: true,
            poll_interval: Millis::from_secs(10),
            reset: ResetChoice::EspRun,
            own_reset: ResetSequence::default(),
            map_form: MapForm::Rows,
            log: Preferences::default(),
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
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $choice:ident = $key:literal, $label:expr;)+ }) => {
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
        None = "none", choice::NO_PARITY;
        /// Even parity.
        Even = "even", choice::EVEN_PARITY;
        /// Odd parity.
        Odd = "odd", choice::ODD_PARITY;
    }
}

choices! {
    /// Who tells the sender to wait.
    FlowControl {
        /// Nobody.
        None = "none", choice::NO_FLOW_CONTROL;
        /// The lines RTS and CTS.
        Hardware = "hardware", choice::RTS_CTS;
    }
}

choices! {
    /// What the reset button does to the modem lines.
    ResetChoice {
        /// An ESP chip starts its firmware.
        EspRun = "esp_run", choice::ESP_RUN;
        /// An ESP chip waits for an upload.
        EspBootloader = "esp_bootloader", choice::ESP_BOOTLOADER;
        /// An ESP chip that is its own USB adapter waits for an upload.
        EspUsbBootloader = "esp_usb_bootloader", choice::ESP_USB_BOOTLOADER;
        /// There is no button.
        Nothing = "none", choice::NO_RESET;
        /// The person's own sequence.
        Own = "own", choice::OWN_RESET;
    }
}

choices! {
    /// How block maps are laid out.
    MapForm {
        /// In rows, like a hex dump.
        Rows = "rows", choice::MAP_ROWS;
        /// As one long strip.
        Strip = "strip", choice::MAP_STRIP;
    }
}

choices! {
    /// What ends a line that was typed.
    LineEnding {
        /// What the firmware executes on.
        Auto = "auto", sending::AS_FIRMWARE_WANTS;
        /// `\n`
        Lf = "lf", "LF";
        /// `\r\n`
        CrLf = "crlf", "CR LF";
        /// `\r`
        Cr = "cr", "CR";
        /// Nothing.
        Nothing = "none", choice::NO_LINE_END;
    }
}

choices! {
    /// Whether what was sent is marked in the log.
    LocalEcho {
        /// Where the firmware does not repeat it itself.
        Auto = "auto", sending::ECHO_WHERE_NEEDED;
        /// Always.
        On = "on", sending::ECHO_ALWAYS;
        /// Never.
        Off = "off", sending::ECHO_NEVER;
    }
}

impl LineEnding {
    /// The bytes, for this console.
    pub const fn bytes(self, console: &'static Console) -> &'static [u8] {
        match self {
            LineEnding::Auto => console.line_end.as_bytes(),
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
            local_echo: LocalEcho::Off,
            escapes: true,
            poll_enabled: false,
            poll_interval: Millis::from_secs(30),
            reset: ResetChoice::Own,
            own_reset: ResetSequence::parse("rts on, wait 20, rts off").unwrap(),
            map_form: MapForm::Strip,
            log: Preferences { copies_times: true, ..Preferences::default() },
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
