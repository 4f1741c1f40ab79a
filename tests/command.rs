//! `heapscope read` as people call it: what it prints, and what the last line says of the board, and with which
//! sentence it gives up.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::fs;
use std::io::Write;
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;

use support::toit_program::{EXCEPTION_IN_MAIN, Form, snapshot_file};

fn heapscope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_heapscope")).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn symbol_files_give_names_wherever_they_stand() {
    let folder = std::env::temp_dir().join(format!("heapscope-command-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (log, symbols, other) = (path("log.txt"), path("app.snapshot"), path("other.snapshot"));
    std::fs::write(&log, EXCEPTION_IN_MAIN).unwrap();
    std::fs::write(&symbols, snapshot_file(Form::default())).unwrap();
    std::fs::write(&other, "no snapshot").unwrap();

    let plain = heapscope(&["read", &log]);
    assert!(text(&plain.stdout).contains("#0 bci 55"));
    for arguments in [
        ["read", &log, "--symbols", &symbols].as_slice(),
        &["read", "--symbols", &symbols, "--symbols", &symbols, &log],
    ] {
        let named = heapscope(arguments);
        assert!(named.status.success());
        assert!(text(&named.stdout).contains("#0 main main.toit:4:10"), "{}", text(&named.stdout));
    }

    let wrong = heapscope(&["read", &log, "--symbols", &other]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("other.snapshot is no symbol file"), "{}", text(&wrong.stderr));
    assert!(wrong.stdout.is_empty());
    let missing = heapscope(&["read", &log, "--symbols", &path("missing")]);
    assert!(text(&missing.stderr).contains("missing cannot be read"));
    for misuse in
        [["read", "--symbols", &symbols].as_slice(), &["read", &log, "--symbols"], &["read", "--x", &log]]
    {
        let misuse = heapscope(misuse);
        assert_eq!(misuse.status.code(), Some(2));
        assert!(text(&misuse.stderr).contains("Usage: heapscope read FILE"));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The last line that is printed of this fixture.
fn last_line(fixture: &str, more: &[&str]) -> String {
    let log = format!("{}/tests/fixtures/{fixture}/log.txt", env!("CARGO_MANIFEST_DIR"));
    let output = heapscope(&[&["read", &*log], more].concat());
    assert!(output.status.success());
    text(&output.stdout).lines().last().unwrap().to_owned()
}

#[test]
fn the_last_line_is_what_the_log_said_of_the_board() {
    assert_eq!(
        last_line("tasmota/release_15_5", &[]),
        concat!(
            r#"{"kind":"board","dialect":"tasmota","sureness":"certain","version":"15.5.0","chip":"ESP8266EX","#,
            r#""name":"Bench Plug","build":"release-tasmota","core":"2.7.8"}"#
        )
    );
    assert!(last_line("tasmota/status_0", &[]).ends_with(r#","restart_reason":"Software/System restart"}"#));
    // What is not known is absent.
    assert_eq!(
        last_line("messy/stamped_with_dates", &[]),
        r#"{"kind":"board","dialect":"tasmota","sureness":"likely"}"#
    );
    assert_eq!(
        last_line("toit/psram_board", &[]),
        concat!(
            r#"{"kind":"board","dialect":"toit","sureness":"certain","version":"v2.0.0-alpha.176","#,
            r#""chip":"ESP32-S3","name":"tubby-fact"}"#
        )
    );
    // An allocator is no firmware: nothing is said.
    assert!(last_line("umm/form_core_2_5", &[]).starts_with(r#"{"kind":"report""#));
}

#[test]
fn the_firmware_may_be_told() {
    assert_eq!(
        last_line("umm/form_core_2_5", &["--firmware", "tasmota"]),
        r#"{"kind":"board","dialect":"tasmota","sureness":"told"}"#
    );
    let of_tasmota = last_line("tasmota/stock_8_1", &["--firmware", "toit"]);
    assert_eq!(of_tasmota, r#"{"kind":"board","dialect":"toit","sureness":"told"}"#);
    for unknown in ["umm", "esphome"] {
        let output = heapscope(&["read", "--firmware", unknown, "no such file"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        assert_eq!(
            text(&output.stderr),
            format!(
                "heapscope: {unknown} is no firmware that is known here. Give one of these: tasmota, toit.\n"
            )
        );
    }
    for misuse in [["--firmware"].as_slice(), &["--firmware", "toit", "--firmware", "toit"]] {
        assert_eq!(heapscope(&[&["read", "log.txt"], misuse].concat()).status.code(), Some(2));
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("a list takes all");
    encoder.finish().expect("a list takes all")
}

#[test]
fn recordings_and_compressed_logs_are_read_like_logs() {
    let path = |name: &str| format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    let fixture = |name: &str| format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let log = fs::read(fixture("umm/leak_core278_full_1/log.txt")).unwrap();
    let expected = heapscope(&["read", &fixture("umm/leak_core278_full_1/log.txt")]).stdout;
    fs::write(path("log.gz"), gzip(&log)).unwrap();
    assert_eq!(heapscope(&["read", &path("log.gz")]).stdout, expected);

    let recording =
        [b"heapscope 1\nbytes 0 +", log.len().to_string().as_bytes(), b"\n", &log, b"\nend\n"].concat();
    for (name, content) in [("plain", recording.clone()), ("compressed", gzip(&recording))] {
        fs::write(path(name), content).unwrap();
        assert_eq!(text(&heapscope(&["read", &path(name)]).stdout), text(&expected), "{name}");
    }

    // What stands before the damage is printed, and it is said.
    let damaged = [&recording[..recording.len() - 4], b"bytes x +1\n"].concat();
    fs::write(path("damaged"), damaged).unwrap();
    let output = heapscope(&["read", &path("damaged")]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), text(&expected)));
    assert!(text(&output.stderr).contains("This recording is damaged at byte"), "{}", text(&output.stderr));
    fs::write(path("newer"), b"heapscope 9\n").unwrap();
    assert!(text(&heapscope(&["read", &path("newer")]).stderr).contains("This recording has format 9"));
}
