//! Crashes of ESP8266 and ESP32 firmwares, as the chip's own exception handlers print them.
//!
//! Whatever the firmware is, these lines are the framework's: they carry no time stamp and may begin in the middle
//! of an unfinished log line. Only the line that names the crash is read; stack and registers are left to a
//! decoder.
//!
//! ```text
//! esp8266 = "Exception (" n "):" | "Soft WDT reset" | "Panic " … | "Abort called" | "Unhandled C++ exception: " …
//!                                     (tasmota/Arduino 2.7.8 core_esp8266_postmortem.cpp:95-215)
//! esp32   = "Guru Meditation Error: Core " n " panic'ed (" REASON ")" …
//!                                     (esp-idf components/esp_system/panic.c)
//! ```

use super::{Dialect, Event, EventKind, Info, Line, LineRange, Output, What};

static INFO: Info = Info { id: "espressif", name: "Espressif crash reports", commands: &[] };

/// Reads the lines that name a crash.
#[derive(Default)]
pub struct Espressif;

impl Dialect for Espressif {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        if let Some(text) = read_crash(line.text) {
            let event = Event::new(EventKind::Crash, text);
            output.find(LineRange::one(line.number), None, What::Event(event));
        }
    }

    fn finish(&mut self, _: &mut Output<'_>) {}

    fn forget(&mut self) {}
}

/// The words that name the crash.
fn read_crash(line: &str) -> Option<&str> {
    let text = line.trim();
    // Most lines end here: look at their first letter before anything else.
    let is_crash = match text.as_bytes().first()? {
        b'E' => is_exception(text),
        b'S' => text == "Soft WDT reset",
        b'P' => text.starts_with("Panic ") && text.contains(':'),
        b'A' => text == "Abort called",
        b'U' => text.starts_with("Unhandled C++ exception: "),
        _ => false,
    };
    if is_crash {
        return Some(text.trim_end_matches(':'));
    }
    let at = memchr::memchr_iter(b'G', text.as_bytes())
        .find(|&at| text[at..].starts_with("Guru Meditation Error: "))?;
    Some(&text[at..])
}

/// `Exception (29):`
fn is_exception(text: &str) -> bool {
    let number = text.strip_prefix("Exception (").and_then(|rest| rest.strip_suffix("):"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_name_a_crash() {
        assert_eq!(read_crash("Exception (29):"), Some("Exception (29)"));
        assert_eq!(read_crash("Soft WDT reset\u{0}"), None);
        assert_eq!(read_crash("Soft WDT reset"), Some("Soft WDT reset"));
        assert_eq!(
            read_crash("Panic core_esp8266_main.cpp:98 __yield"),
            Some("Panic core_esp8266_main.cpp:98 __yield")
        );
        assert_eq!(read_crash("Abort called"), Some("Abort called"));
        let guru = "Guru Meditation Error: Core  1 panic'ed (LoadProhibited). Exception was unhandled.";
        assert_eq!(read_crash(&format!("18:40:08.501 MQT: x = {{\"a{guru}")), Some(guru));
    }

    #[test]
    fn lines_that_name_none() {
        for line in [
            "",
            "Exception handling is on",
            "Exception ():",
            "Panic button pressed",
            "RestartReason Exception",
        ] {
            assert_eq!(read_crash(line), None, "{line}");
        }
    }
}
