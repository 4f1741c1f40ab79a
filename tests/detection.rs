//! Which firmware speaks: told within the first ten lines of a typical log, followed when it changes, and a person's
//! word stands above all. How the signs are weighed is tested in `src/dialect/detection.rs`; here are real forms.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use heapscope::dialect::{Board, Finding, Reader, Sureness};
use regex::bytes::Regex;
use support::{Case, fixtures};

/// So many lines of a typical log are enough.
const ENOUGH_LINES: usize = 10;

/// What a reader said of the firmware: its id and how sure that is.
type Firmware = Option<(&'static str, Sureness)>;

fn firmware(reader: &Reader) -> Firmware {
    reader.detected().map(|detected| (detected.info.id, detected.sureness))
}

fn feed(reader: &mut Reader, log: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    reader.feed(log, &mut findings);
    reader.flush(&mut findings);
    findings
}

/// What is told of this text alone.
fn told_of(log: &[u8]) -> Firmware {
    let mut reader = Reader::default();
    feed(&mut reader, log);
    firmware(&reader)
}

fn log(name: &str) -> Vec<u8> {
    let case = fixtures().into_iter().find(|case| case.name == name);
    case.unwrap_or_else(|| panic!("there is no fixture {name}")).log
}

/// The lines of a log with their ends, but those without text.
fn lines(log: &[u8]) -> Vec<&[u8]> {
    let all = log.split_inclusive(|&byte| byte == b'\n');
    all.filter(|line| !line.trim_ascii().is_empty()).collect()
}

fn first_lines(log: &[u8]) -> Vec<u8> {
    lines(log).into_iter().take(ENOUGH_LINES).collect::<Vec<_>>().concat()
}

#[test]
fn ten_lines_are_enough() {
    use Sureness::{Certain, Likely, Possible};
    for (name, id, at_least) in [
        ("tasmota/release_15_5", "tasmota", Certain),
        ("tasmota/stock_8_1", "tasmota", Certain),
        ("tasmota/esp32", "tasmota", Certain),
        ("tasmota/esp8266_crash", "tasmota", Certain),
        ("tasmota/translations", "tasmota", Certain),
        ("tasmota/odd_builds", "tasmota", Certain),
        ("tasmota/inline_metrics", "tasmota", Certain),
        // Without a boot: what is printed all day.
        ("tasmota/stamps", "tasmota", Likely),
        ("tasmota/status_0", "tasmota", Certain),
        ("tasmota/topics", "tasmota", Likely),
        ("tasmota/debug_driver", "tasmota", Likely),
        // One answer over ten lines, behind its echo.
        ("tasmota/json_pp", "tasmota", Possible),
        ("toit/jaguar_failure", "toit", Certain),
        ("toit/psram_board", "toit", Certain),
        ("toit/early_report", "toit", Certain),
        ("toit/garbage_collections", "toit", Certain),
        ("toit/process_statistics", "toit", Certain),
        // A table or a message alone.
        ("toit/layouts", "toit", Likely),
        ("toit/markers", "toit", Likely),
        ("toit/out_of_memory_question", "toit", Likely),
        ("toit/message_exceptions", "toit", Likely),
        ("toit/message_old_prefixes", "toit", Likely),
        ("toit/message_monitors", "toit", Likely),
        // As capture tools and people make it.
        ("messy/stamped_by_a_terminal", "tasmota", Possible),
        ("messy/stamped_by_arduino_ide", "tasmota", Possible),
        ("messy/stamped_with_dates", "tasmota", Possible),
        ("messy/coloured", "tasmota", Possible),
        ("messy/quoted_in_markdown", "tasmota", Possible),
        ("messy/mojibake_windows_1252", "toit", Likely),
        ("messy/mojibake_latin_1", "toit", Likely),
        ("messy/mojibake_dos", "toit", Likely),
        ("messy/box_characters_lost", "toit", Likely),
        ("messy/two_boards_in_one_log", "tasmota", Certain),
    ] {
        let told = told_of(&first_lines(&log(name)));
        assert!(
            told.is_some_and(|(told, sureness)| told == id && sureness >= at_least),
            "{name}: {told:?}, not {id} and at least {at_least:?}"
        );
    }
}

/// A line as Tasmota prints nearly all of its lines.
static STAMPED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\d\d:\d\d:\d\d(\.\d{3})?(-\d{3}(/\d\d)?)? ([A-Z]{3}: |Project tasmota )").unwrap()
});

#[test]
fn a_tasmota_log_is_known_by_any_ten_of_its_lines() {
    let mut windows = 0;
    for case in fixtures().iter().filter(|case| case.name.starts_with("tasmota/")) {
        for window in lines(&case.log).windows(ENOUGH_LINES) {
            // Dumps, crashes and what people wrote around them are no lines of Tasmota's own.
            let stamped = window.iter().filter(|line| STAMPED.is_match(line)).count();
            if stamped * 2 >= ENOUGH_LINES {
                let told = told_of(&window.concat());
                let text = String::from_utf8_lossy(&window.concat()).into_owned();
                assert!(told.is_some_and(|(id, _)| id == "tasmota"), "{}: {told:?} of\n{text}", case.name);
                windows += 1;
            }
        }
    }
    assert!(windows > 100, "only {windows} pieces of a log");
}

/// What stands in the logs of many firmwares tells of none.
#[test]
fn an_allocator_and_a_chip_are_no_firmware() {
    let is_shared = |case: &&Case| case.name.starts_with("umm/") || case.name.starts_with("espressif/");
    // In some of them Tasmota speaks as well.
    let speaks = |case: &&Case| lines(&case.log).iter().any(|line| STAMPED.is_match(line));
    let cases = fixtures();
    let (spoken, silent): (Vec<_>, Vec<_>) = cases.iter().filter(is_shared).partition(speaks);
    assert!(spoken.len() > 5);
    for case in spoken {
        assert_eq!(told_of(&case.log).map(|(id, _)| id), Some("tasmota"), "{}", case.name);
    }
    assert!(silent.len() > 20);
    for case in silent {
        assert_eq!(told_of(&case.log), None, "{}", case.name);
    }
}

#[test]
fn the_board_is_known_from_the_same_lines() {
    let board = |name: &str| {
        let mut reader = Reader::default();
        feed(&mut reader, &first_lines(&log(name)));
        reader.detected().unwrap().board.clone()
    };
    let text = |text: &str| Some(text.to_owned());
    let tasmota = Board {
        version: text("15.5.0"),
        build: text("release-tasmota"),
        core: text("2.7.8"),
        chip: text("ESP8266EX"),
        name: text("Bench Plug"),
        restart_reason: None,
    };
    assert_eq!(board("tasmota/release_15_5"), tasmota);
    let toit = Board {
        version: text("v2.0.0-alpha.176"),
        chip: text("ESP32-S3"),
        name: text("tubby-fact"),
        ..Board::default()
    };
    assert_eq!(board("toit/psram_board"), toit);
}

#[test]
fn a_board_that_changes_firmware_is_followed() {
    let log = log("messy/two_boards_in_one_log");
    let mut reader = Reader::default();
    let mut told = Vec::new();
    for line in lines(&log) {
        feed(&mut reader, line);
        if told.last() != Some(&firmware(&reader)) {
            told.push(firmware(&reader));
        }
    }
    // The first line is the chip's name behind a stamp.
    let expected =
        [("tasmota", Sureness::Possible), ("tasmota", Sureness::Certain), ("toit", Sureness::Certain)];
    assert_eq!(told, expected.map(Some));
}

/// A log of another board that is pasted into this one's, or printed by a bridge, is not that board.
#[test]
fn a_few_lines_of_another_firmware_change_nothing() {
    let mut reader = Reader::default();
    feed(&mut reader, &log("tasmota/release_15_5"));
    feed(&mut reader, b"18:36:40.000 BRG: from the other board:\n[toit] INFO: running on ESP32\n");
    assert_eq!(firmware(&reader), Some(("tasmota", Sureness::Certain)));
    feed(&mut reader, &b"[toit] DEBUG: clearing RTC memory\n".repeat(12));
    assert_eq!(firmware(&reader), Some(("toit", Sureness::Likely)));
}

#[test]
fn a_persons_word_holds_and_can_be_taken_back() {
    let log = log("tasmota/release_15_5");
    let of_tasmota =
        |findings: &[Finding]| findings.iter().filter(|finding| finding.dialect == "tasmota").count();
    let mut reader = Reader::default();
    reader.overrule(Some("toit"));
    assert_eq!(of_tasmota(&feed(&mut reader, &log)), 0);
    assert_eq!(firmware(&reader), Some(("toit", Sureness::Told)));
    // Another board behind the same adapter: the person's word is still there.
    reader.forget_board();
    assert_eq!(firmware(&reader), Some(("toit", Sureness::Told)));
    // No firmware's: an allocator, and a name that nobody has.
    for id in ["umm", "espressif", "esphome", ""] {
        reader.overrule(Some(id));
        assert_eq!(reader.overruled_by().map(|info| info.id), Some("toit"), "{id:?}");
    }
    reader.overrule(None);
    assert_eq!((firmware(&reader), reader.overruled_by()), (None, None));
    assert!(of_tasmota(&feed(&mut reader, &log)) > 10);
    assert_eq!(firmware(&reader), Some(("tasmota", Sureness::Certain)));
    // What was taken back does not come again.
    reader.overrule(Some("toit"));
    reader.overrule(None);
    assert_eq!(firmware(&reader), Some(("tasmota", Sureness::Certain)));
}

/// Allocators and chips may be in any board: a person's word does not silence them.
#[test]
fn a_persons_word_leaves_the_block_map() {
    let mut reader = Reader::default();
    reader.overrule(Some("toit"));
    let findings = feed(&mut reader, &log("umm/form_core_2_7"));
    assert!(findings.iter().any(|finding| finding.dialect == "umm"));
}

#[test]
fn look_alikes_are_a_firmware_possibly_at_most() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/look_alikes");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 6);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        // Among Tasmota's are lines that Tasmota does print, of which there is nothing to find.
        let of_another = |line: &&str| !file.ends_with("tasmota.txt") || !STAMPED.is_match(line.as_bytes());
        let text: String = text.split_inclusive('\n').filter(of_another).collect();
        let pieces = text.split("\n## ").chain([text.as_str()]);
        for piece in pieces {
            let told = told_of(piece.as_bytes());
            let is_unsure = told.is_none_or(|(_, sureness)| sureness <= Sureness::Possible);
            assert!(is_unsure, "{}: {told:?} of\n{piece}", file.display());
        }
    }
}
