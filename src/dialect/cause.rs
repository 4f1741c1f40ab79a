//! What ended a run of a firmware: the words of boot ROMs, crash reports and firmwares for it, as one of a few causes.
//!
//! It refuses to say what the cause has to do with memory: that is for whoever knows the figures before. For example
//! `RTCWDT_BROWN_OUT_RESET` is [`Cause::Brownout`], although it has the watchdog's letters in it.

use super::{Event, Extra};

/// What ended a run of a firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The supply voltage dropped.
    Brownout,
    /// A task's stack was too small.
    Stack,
    /// The allocator's own check failed.
    Allocator,
    /// The program hung.
    Watchdog,
    /// The program used an address or an instruction that it may not.
    Exception,
    /// The program gave up: a check of its own failed.
    Abort,
    /// The firmware restarted the chip, for whatever reason.
    Software,
    /// Power or the reset pin: a person, or a loose plug.
    Outside,
    /// It woke up, or the computer restarted it: somebody wanted that.
    Wanted,
    /// The log does not say.
    Unknown,
}

impl Cause {
    /// All of them.
    pub const ALL: [Cause; 10] = [
        Cause::Brownout,
        Cause::Stack,
        Cause::Allocator,
        Cause::Watchdog,
        Cause::Exception,
        Cause::Abort,
        Cause::Software,
        Cause::Outside,
        Cause::Wanted,
        Cause::Unknown,
    ];

    /// Whether it is no good in itself.
    pub const fn is_fault(self) -> bool {
        !matches!(self, Cause::Software | Cause::Outside | Cause::Wanted | Cause::Unknown)
    }

    /// Why a chip or firmware says that it started.
    pub fn of_restart(restart: &Event) -> Cause {
        reason(restart).and_then(|reason| first_of(START_WORDS, reason)).unwrap_or(Cause::Unknown)
    }

    /// What a crash was. One that is none of the others is an exception: its name is that of the processor's cause.
    pub fn of_crash(crash: &Event) -> Cause {
        let of_reason = || reason(crash).and_then(|reason| first_of(CRASH_WORDS, reason));
        first_of(CRASH_WORDS, &crash.text).or_else(of_reason).unwrap_or(Cause::Exception)
    }
}

impl Event {
    /// A watchdog that only complains: nothing ended.
    pub fn is_only_a_warning(&self) -> bool {
        self.extras.is_empty() && self.text.starts_with("Task watchdog got triggered")
    }

    /// A failed allocation after which the firmware restarts: Toit's system process, by a short deep sleep
    /// (toitlang/toit src/os_esp32.cc:509-524).
    pub fn restarts_for_memory(&self) -> bool {
        self.text.starts_with("Out of memory in system process;")
    }
}

/// Whether this firmware tells of a crash after the restart, and not when it happens: Tasmota (support_crash_recorder.ino).
pub fn tells_crashes_afterwards(dialect: &str) -> bool {
    dialect == "tasmota"
}

/// What stands in the reasons of boot ROMs (ESP8266 Technical Reference; ESP-IDF components/esp_rom) and of Tasmota
/// (support_esp8266.ino, support_esp32.ino). The first that is found counts.
const START_WORDS: &[(&str, Cause)] = &[
    ("brown", Cause::Brownout),
    ("vdd", Cause::Brownout),
    ("glitch", Cause::Brownout),
    // An ESP8266 has one word for this, for waking up, and for a restart of its own.
    ("reset pin", Cause::Outside),
    ("deepsleep", Cause::Wanted),
    ("deep sleep", Cause::Wanted),
    ("deep-sleep", Cause::Wanted),
    ("wdt", Cause::Watchdog),
    ("watchdog", Cause::Watchdog),
    ("watch dog", Cause::Watchdog),
    ("blocked loop", Cause::Watchdog),
    ("usb", Cause::Wanted),
    ("power", Cause::Outside),
    ("external", Cause::Outside),
    ("exception", Cause::Exception),
    ("panic", Cause::Exception),
    ("sw_", Cause::Software),
    ("software", Cause::Software),
];

/// What stands in the names of crashes.
const CRASH_WORDS: &[(&str, Cause)] = &[
    ("brownout", Cause::Brownout),
    ("not stable", Cause::Brownout),
    ("stack overflow", Cause::Stack),
    ("stack smashing", Cause::Stack),
    ("stack canary", Cause::Stack),
    // The checks of ESP-IDF's heap component.
    ("assert failed: multi_heap", Cause::Allocator),
    ("assert failed: tlsf", Cause::Allocator),
    ("assert failed: block_", Cause::Allocator),
    ("wdt", Cause::Watchdog),
    ("watchdog", Cause::Watchdog),
    ("watch dog", Cause::Watchdog),
    ("blocked loop", Cause::Watchdog),
    ("abort", Cause::Abort),
    ("assert", Cause::Abort),
    ("unhandled c++", Cause::Abort),
    ("fatal: ", Cause::Abort),
    ("due to error", Cause::Abort),
];

fn reason(event: &Event) -> Option<&str> {
    event.extras.iter().find_map(|(name, value)| match value {
        Extra::Text(reason) if *name == "reason" => Some(reason.as_str()),
        _ => None,
    })
}

/// The first of these words that stands in the text, in small letters or capitals.
fn first_of(words: &[(&str, Cause)], text: &str) -> Option<Cause> {
    let text = text.to_ascii_lowercase();
    let stands_in = |word: &str| {
        let first = word.as_bytes().first().copied().unwrap_or_default();
        memchr::memchr_iter(first, text.as_bytes())
            .any(|at| text.as_bytes()[at..].starts_with(word.as_bytes()))
    };
    words.iter().find(|(word, _)| stands_in(word)).map(|(_, cause)| *cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::EventKind;

    #[test]
    fn why_chips_start() {
        for (reason, cause) in [
            ("RTCWDT_BROWN_OUT_RESET", Cause::Brownout),
            ("Reset when the vdd voltage is not stable", Cause::Brownout),
            ("PWR_GLITCH_RESET", Cause::Brownout),
            ("reset pin, or wake-up from deep sleep", Cause::Outside),
            ("DEEPSLEEP_RESET", Cause::Wanted),
            ("Deep-Sleep Wake", Cause::Wanted),
            ("USB_UART_CHIP_RESET", Cause::Wanted),
            ("TG1WDT_SYS_RESET", Cause::Watchdog),
            ("Timer Group0 Watch dog reset digital core", Cause::Watchdog),
            ("hardware watchdog", Cause::Watchdog),
            ("Software Watchdog", Cause::Watchdog),
            ("Blocked Loop", Cause::Watchdog),
            ("POWERON_RESET", Cause::Outside),
            ("Vbat power on reset", Cause::Outside),
            ("External System", Cause::Outside),
            ("Exception", Cause::Exception),
            ("RTC_SW_SYS_RST", Cause::Software),
            ("Software/System restart", Cause::Software),
            ("Unknown", Cause::Unknown),
        ] {
            let mut event = Event::new(EventKind::Restart, "x");
            event.extras.push(("reason", Extra::Text(reason.into())));
            assert_eq!(Cause::of_restart(&event), cause, "{reason}");
        }
        assert_eq!(Cause::of_restart(&Event::new(EventKind::Restart, "watchdog")), Cause::Unknown);
    }

    #[test]
    fn what_crashes_are() {
        for (text, cause) in [
            ("Exception (29): store prohibited", Cause::Exception),
            (
                "Guru Meditation Error: Core  1 panic'ed (LoadProhibited). Exception was unhandled.",
                Cause::Exception,
            ),
            ("Guru Meditation Error: Core  0 panic'ed (Interrupt wdt timeout on CPU0).", Cause::Watchdog),
            ("Soft WDT reset", Cause::Watchdog),
            ("Hardware Watchdog before the restart", Cause::Watchdog),
            ("assert failed: multi_heap_free multi_heap_poisoning.c:259 (head != NULL)", Cause::Allocator),
            ("assert failed: xQueueSemaphoreTake queue.c:1549 (pxQueue->uxItemSize == 0)", Cause::Abort),
            ("abort() was called at PC 0x400d1c2f on core 0", Cause::Abort),
            ("Unhandled C++ exception: OOM", Cause::Abort),
            ("***ERROR*** A stack overflow in task loopTask has been detected.", Cause::Stack),
            (
                "Guru Meditation Error: Core  0 panic'ed (Unhandled debug exception). Stack canary watchpoint",
                Cause::Stack,
            ),
            ("Brownout detector was triggered", Cause::Brownout),
            ("[toit] WARN: entering deep sleep for 1s due to error", Cause::Abort),
        ] {
            assert_eq!(Cause::of_crash(&Event::new(EventKind::Crash, text)), cause, "{text}");
        }
    }
}
