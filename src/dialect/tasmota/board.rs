//! What a Tasmota board says of itself: its boot banner, versions, the chip, why it restarted.
//!
//! ```text
//! banner   = PROJECT " tasmota " [ "- " ] NAME " " VERSION " " version [ "(" build ")" ] "-" core [ "(" date ")" ]
//!            "Project tasmota - Bench Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T09:14:02)"
//!            "Project tasmota Plug4 Version 8.1.0(tasmota)-2_6_1"
//!            PROJECT is one word or two of the build's language (language/*.h: D_PROJECT), and VERSION one, which
//!            ends NAME. Before 8.1 the project was called `sonoff`, the dash came with 8.2 (tasmota.ino:722).
//! version  = number "." number "." number [ "." number ]
//! core     = number ( "." | "_" ) number ( "." | "_" ) number [ ( "." | "_" ) number ], of 1 to 3 digits each
//! ```

use crate::dialect::Board;

/// A firmware in the form `15.5.0(release-tasmota)`: version and build.
pub(super) fn firmware(text: &str) -> (&str, Option<&str>) {
    let Some(bracket) = memchr::memchr(b'(', text.as_bytes()) else { return (text, None) };
    let build = &text[bracket + 1..];
    let end = memchr::memchr(b')', build.as_bytes()).unwrap_or(build.len());
    (&text[..bracket], Some(&build[..end]).filter(|build| !build.is_empty()))
}

/// The chip that a build is for: `tasmota32c3` is for the ESP32-C3. Only ESP32 builds say it.
pub(super) fn chip_of_build(build: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 7] = [
        ("c2", "ESP32-C2"),
        ("c3", "ESP32-C3"),
        ("c5", "ESP32-C5"),
        ("c6", "ESP32-C6"),
        ("s2", "ESP32-S2"),
        ("s3", "ESP32-S3"),
        ("p4", "ESP32-P4"),
    ];
    const NAME: &str = "tasmota32";
    let at = memchr::memchr_iter(b't', build.as_bytes()).find(|&at| build[at..].starts_with(NAME))?;
    let kind = &build[at + NAME.len()..];
    Some(KINDS.iter().find(|(start, _)| kind.starts_with(start)).map_or("ESP32", |(_, chip)| chip))
}

/// The chip that a core is for. Tasmota's ESP8266 cores are 2.3 to 2.7 (tasmota.ino:552-575); the ESP32's were 1.0
/// and 2.0 before 3.0.
pub(super) fn chip_of_core(core: &str) -> Option<&'static str> {
    match core.as_bytes() {
        [b'2', b'.', b'3'..=b'7', b'.', ..] => Some("ESP8266"),
        [b'1' | b'2', b'.', b'0', b'.', ..] | [b'3', b'.', ..] => Some("ESP32"),
        _ => None,
    }
}

/// `2_7_8` and `2.7.4.9`, with whatever follows, as `2.7.8` and `2.7.4.9`.
pub(super) fn core(text: &str) -> Option<String> {
    let mut core = String::new();
    let mut rest = text;
    for part in 0..4 {
        let behind_dot = if part == 0 { Some(rest) } else { rest.strip_prefix(['.', '_']) };
        let digits = behind_dot.map_or(0, |part| part.bytes().take_while(u8::is_ascii_digit).count());
        match behind_dot {
            Some(behind_dot) if (1..=3).contains(&digits) => {
                if part > 0 {
                    core.push('.');
                }
                core.push_str(&behind_dot[..digits]);
                rest = &behind_dot[digits..];
            }
            _ if part == 3 => {}
            _ => return None,
        }
    }
    Some(core)
}

/// The boot banner: what it says of the board.
pub(super) fn banner(text: &str) -> Option<Board> {
    let rest = behind_project(text)?;
    let rest = rest.strip_prefix("- ").unwrap_or(rest);
    // The version is the first word that looks like one: a name may have digits in it.
    let mut place = 0;
    let (name, version, build, behind) = loop {
        let (before, word) = (&rest[..place], &rest[place..]);
        if let Some((version, build, behind)) = version(word) {
            break (before, version, build, behind);
        }
        place += memchr::memchr(b' ', word.as_bytes())? + 1;
    };
    let name = name.trim_end_matches(' ');
    let name = &name[..memchr::memrchr(b' ', name.as_bytes()).unwrap_or(0)];
    let core = core(behind);
    let chip = build.and_then(chip_of_build).or_else(|| chip_of_core(core.as_deref()?));
    Some(Board {
        version: Some(version.to_owned()),
        build: build.map(str::to_owned),
        chip: chip.map(str::to_owned),
        core,
        name: Some(name.trim_matches(' ').to_owned()).filter(|name| !name.is_empty()),
        restart_reason: None,
    })
}

/// What stands behind `Project tasmota `. The first word is translated, to two words in one language.
fn behind_project(text: &str) -> Option<&str> {
    let mut rest = text;
    for _ in 0..2 {
        let at = memchr::memchr(b' ', rest.as_bytes()).filter(|at| *at > 0)?;
        rest = &rest[at + 1..];
        if let Some(rest) = ["tasmota ", "sonoff "].into_iter().find_map(|name| rest.strip_prefix(name)) {
            return Some(rest);
        }
    }
    None
}

/// `15.5.0.1(release-tasmota)-`: the version, the build, and what follows the dash.
fn version(text: &str) -> Option<(&str, Option<&str>, &str)> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (version, rest) = text.split_at(length);
    let is_number = |part: &str| !part.is_empty();
    if !(3..=4).contains(&version.split('.').count()) || !version.split('.').all(is_number) {
        return None;
    }
    let Some(build) = rest.strip_prefix('(') else { return Some((version, None, rest.strip_prefix('-')?)) };
    let end = memchr::memchr(b')', build.as_bytes())?;
    let behind = build[end + 1..].strip_prefix('-')?;
    Some((version, Some(&build[..end]).filter(|build| !build.is_empty()), behind))
}

/// Whether a reason to restart is a fault (A278: Esp.cpp getResetReason; T: support_esp32.ino:374-403).
pub(super) fn is_fault(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    let has = |part: &str| {
        memchr::memchr_iter(part.as_bytes()[0], reason.as_bytes()).any(|at| reason[at..].starts_with(part))
    };
    ["exception", "watchdog", "watch dog", "panic", "not stable", "blocked loop"].into_iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<[Option<&str>; 5]>) {
        let board = banner(text);
        let fields = board.as_ref().map(|board| {
            [&board.version, &board.build, &board.core, &board.chip, &board.name]
                .map(|field| field.as_deref())
        });
        assert_eq!(fields, expected, "{text}");
    }

    #[test]
    fn every_form_of_banner() {
        check(
            "Project tasmota - Bench Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T09:14:02)",
            Some([
                Some("15.5.0"),
                Some("release-tasmota"),
                Some("2.7.8"),
                Some("ESP8266"),
                Some("Bench Plug"),
            ]),
        );
        check(
            "Project tasmota - Plug 4.1 x Version 9.5.0.9(tasmota)-2.7.8(2021",
            Some([Some("9.5.0.9"), Some("tasmota"), Some("2.7.8"), Some("ESP8266"), Some("Plug 4.1 x")]),
        );
        check(
            "Project tasmota Plug4 Version 8.1.0(tasmota)-2_6_1",
            Some([Some("8.1.0"), Some("tasmota"), Some("2.6.1"), Some("ESP8266"), Some("Plug4")]),
        );
        check(
            "Project sonoff Sonoff Version 6.6.0(release-sonoff)-2_3_0",
            Some([Some("6.6.0"), Some("release-sonoff"), Some("2.3.0"), Some("ESP8266"), Some("Sonoff")]),
        );
        check(
            "Dự án tasmota - Đèn Phiên bản 12.1.0(tasmota-VN)-2_7_4_9(2022)",
            Some([Some("12.1.0"), Some("tasmota-VN"), Some("2.7.4.9"), Some("ESP8266"), Some("Đèn Phiên")]),
        );
        check(
            "Projekt tasmota - Tasmota Version 14.0.0(tasmota32c3-DE)-3_0_1(2024-05-01T10:00:00)",
            Some([Some("14.0.0"), Some("tasmota32c3-DE"), Some("3.0.1"), Some("ESP32-C3"), Some("Tasmota")]),
        );
        check(
            "Project tasmota -  Version 12.0.2-STAGE(2022)",
            Some([Some("12.0.2"), None, None, None, None]),
        );
    }

    #[test]
    fn what_is_no_banner() {
        for text in [
            "",
            "Project tasmota",
            "Project tasmota is great",
            "Project tasmota - X Version 15.5(release)-2_7_8",
            "Project tasmota - X Version 15.5.0 is out",
            "My Project uses tasmota 15.5.0-x",
            "tasmota - X Version 15.5.0(x)-2_7_8",
            "Project tasmota - X Version 1..5(x)-2_7_8",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn chips() {
        assert_eq!(chip_of_build("tasmota32"), Some("ESP32"));
        assert_eq!(chip_of_build("release-tasmota32s3"), Some("ESP32-S3"));
        assert_eq!(chip_of_build("tasmota32-bluetooth"), Some("ESP32"));
        assert_eq!(chip_of_build("release-tasmota"), None);
        for (core, chip) in [
            ("2.7.8", Some("ESP8266")),
            ("2.3.0", Some("ESP8266")),
            ("2.0.3", Some("ESP32")),
            ("1.0.6", Some("ESP32")),
            ("3.3.8", Some("ESP32")),
            ("4.0.0", None),
            ("", None),
        ] {
            assert_eq!(chip_of_core(core), chip, "{core}");
        }
    }

    #[test]
    fn faults() {
        for reason in [
            "Exception",
            "Hardware Watchdog",
            "Software Watchdog",
            "RTC Watch dog Reset CPU",
            "Reset when the vdd voltage is not stable",
            "Blocked Loop",
        ] {
            assert!(is_fault(reason), "{reason}");
        }
        for reason in ["Power On", "Software/System restart", "Deep-Sleep Wake", "Vbat power on reset", ""] {
            assert!(!is_fault(reason), "{reason}");
        }
    }
}
