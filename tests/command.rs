//! `heapscope read` as people call it: what it prints, and with which sentence it gives up.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::process::{Command, Output};

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
