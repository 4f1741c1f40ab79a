//! Tasmota's console: its limits, and the commands that help with its heap.
//!
//! `T:` = arendst/Tasmota v15.5.0.1. It runs a line at `\n`, drops what is not printable, throws the line away at a byte
//! above 127 (T: support_tasmota.ino:1867-1931), takes 799 characters (T: tasmota.h:199, `INPUT_BUFFER_SIZE` 800) and
//! writes the line into its log before it runs it. Its receive ring has 256 bytes on an ESP8266 (core 2.7.8:
//! HardwareSerial.cpp:36), so more than 200 at once may be lost.
//!
//! What is secret: whatever lets somebody else in. The name of a network is no secret: it is sent in clear to everyone
//! near. Names with `Password` or `Token` in them are known on every console, and need not stand here.

use crate::dialect::{Console, Echo, Impact, Offer};

const fn asks(text: &'static str, about: &'static str) -> Offer {
    Offer { text, arguments: "", about, impact: Impact::Asks }
}

const fn writes(text: &'static str, arguments: &'static str, about: &'static str) -> Offer {
    Offer { text, arguments, about, impact: Impact::Writes }
}

const fn interrupts(text: &'static str, about: &'static str) -> Offer {
    Offer { text, arguments: "", about, impact: Impact::Interrupts }
}

pub(super) static CONSOLE: Console = Console {
    line_end: "\n",
    echo: Echo::Lines,
    longest_line_bytes: Some(799),
    longest_burst_bytes: Some(200),
    is_ascii_only: true,
    sequences: &["Backlog"],
    secrets: &["TLSKey", "WifiTest", "TmToken", "SendMail"],
    commands: &[
        asks("Status 4", "Free heap, flash, and in debug builds the largest free block."),
        asks(
            "Status 44",
            "Every block of the heap, in debug builds for ESP8266. The board stands still while it prints.",
        ),
        asks("Status 0", "Everything that the other Status commands say."),
        asks("Status 1", "Why it restarted the last time, and since when it runs."),
        asks("Status 2", "Version, build, core and chip of the firmware."),
        asks("Status 3", "How much is logged where."),
        asks("Status 5", "Network: address, gateway, name."),
        asks("Status 6", "MQTT: host, topic, count."),
        asks("Status 10", "What the sensors measure."),
        asks("Status 11", "Free heap, uptime, load and Wi-Fi signal, as in the telemetry."),
        asks("Status 12", "The last crash: exception and call chain."),
        asks("State", "Free heap, uptime, load and Wi-Fi signal."),
        asks("Br tasmota.memory()", "Memory as Berry sees it, on ESP32."),
        asks("ShowHeap", "Every block of the heap, in builds with the debug driver."),
        writes("SerialLog", "0…4", "How much it logs on this port: 0 nothing, 2 the usual, 3 and 4 more."),
        writes("SetOption130", "0|1", "Puts the free heap into the stamp of every log line."),
        writes(
            "TelePeriod",
            "10…3600",
            "How many seconds lie between two telemetry messages, and so between two figures.",
        ),
        writes("Sleep", "0…250", "How many milliseconds it may sleep between two rounds."),
        writes("MqttLog", "0…4", "How much it logs over MQTT, which costs heap."),
        writes("WebLog", "0…4", "How much it logs on its own page, which costs heap."),
        writes("WebServer", "0|1|2", "Its own web page: 0 switches it off and frees heap."),
        writes("Module", "0…255", "Which device it is configured as; starts the board anew."),
        writes("Template", "{…}", "The pins of a device that has no module of its own."),
        writes(
            "Rule1",
            "on … do … endon",
            "The first set of rules; alone it says what they are and the room left.",
        ),
        writes("Baudrate", "300…", "How fast it speaks on this port; connect again at that rate."),
        writes("SSId1", "name", "The Wi-Fi network that it joins; starts the board anew."),
        writes("Password1", "key", "The key of that network; starts the board anew. It is not kept here."),
        writes("Hostname", "name", "Its name in the network; starts the board anew."),
        writes("MqttHost", "name", "Where its MQTT messages go; starts MQTT anew."),
        writes("MqttPassword", "key", "The password of that host. It is not kept here."),
        writes("Topic", "name", "Its name in MQTT; starts MQTT anew."),
        interrupts("Restart 1", "Starts the board anew. What its heap looked like is gone."),
        interrupts("Reset 1", "Erases all settings and starts anew."),
        interrupts("Upgrade 1", "Loads new firmware from its OtaUrl and starts anew."),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_can_be_sent_and_is_told_apart() {
        for (place, offer) in CONSOLE.commands.iter().enumerate() {
            assert_eq!(CONSOLE.refusal(offer.text.as_bytes()), None, "{}", offer.text);
            assert!(offer.about.ends_with('.'), "{}", offer.text);
            assert!(CONSOLE.commands[..place].iter().all(|other| other.text != offer.text), "{}", offer.text);
            let line =
                if offer.arguments.is_empty() { offer.text.to_owned() } else { format!("{} 1", offer.text) };
            assert_eq!(CONSOLE.impact(&line), offer.impact, "{}", offer.text);
        }
    }

    #[test]
    fn whoever_could_let_others_in_is_secret() {
        for line in [
            "Password hunter22",
            "Password2 hunter22",
            "MqttPassword hunter22",
            "WebPassword hunter22",
            "WifiTest1 net+hunter22",
            "TLSKey2 AbCd",
            "TmToken 1:abc",
            "Backlog SSId1 net; Password1 hunter22; Restart 1",
        ] {
            assert!(CONSOLE.has_secret(line), "{line}");
        }
        for line in ["SSId1 net", "MqttHost broker", "MqttUser me", "Status 4", "TLSKey"] {
            assert!(!CONSOLE.has_secret(line), "{line}");
        }
    }
}
