//! Nothing false: what merely looks like a heap report gives no findings.
//!
//! `tests/look_alikes/*.txt` are ordinary chatter, source code, JSON of other programs and tables of other tools. Lines
//! that begin with `## ` say what follows; each such piece is read alone and as part of the whole.

mod support;

use std::fs;
use std::path::Path;

use heapscope::dialect::{Finding, ndjson};
use support::{Cut, read};

fn assert_nothing(name: &str, text: &str) {
    let findings = read(text.as_bytes(), Cut::Whole);
    let lines: Vec<_> = findings.iter().map(|finding: &Finding| ndjson::to_line(finding)).collect();
    assert!(lines.is_empty(), "{name} is no report, but gives {lines:#?}");
}

#[test]
fn nothing_false_is_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/look_alikes");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut pieces = 0;
    for file in files {
        let (name, text) = (file.display().to_string(), fs::read_to_string(&file).unwrap());
        assert_nothing(&name, &text);
        for piece in text.split("\n## ") {
            assert_nothing(&format!("{name}, {}", piece.lines().next().unwrap_or_default()), piece);
            pieces += 1;
        }
    }
    assert!(pieces >= 15, "only {pieces} look-alikes");
}

/// The sources of the readers are full of examples, quoted as sources quote them.
#[test]
fn source_code_is_no_log() {
    for file in [
        "src/dialect/ndjson.rs",
        "src/dialect/reader.rs",
        "src/heap/figures.rs",
        "benches/browser/reference.js",
    ] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        assert_nothing(file, &text);
    }
}
