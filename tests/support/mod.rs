//! What the integration tests share: fixtures, cuts, snapshots.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod script;
pub mod toit_program;

use std::path::{Path, PathBuf};

use heapscope::dialect::{Finding, Reader};
use serde_json::Value;

/// A log and where it stands.
pub struct Case {
    /// `firmware/case`.
    pub name: String,
    pub folder: PathBuf,
    pub log: Vec<u8>,
}

impl Case {
    /// What is known of it independently of the print.
    pub fn truth(&self) -> Option<Value> {
        let text = std::fs::read_to_string(self.folder.join("truth.json")).ok()?;
        Some(serde_json::from_str(&text).expect("truth.json is JSON"))
    }
}

/// Every fixture, in order of its name.
pub fn fixtures() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut cases = Vec::new();
    for firmware in folders(&root) {
        for folder in folders(&firmware) {
            let name = folder.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let log = std::fs::read(folder.join("log.txt")).expect("every fixture has a log.txt");
            cases.push(Case { name, folder, log });
        }
    }
    cases
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).expect("the folder can be read");
    let mut folders: Vec<_> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// How an input is cut into chunks.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    Whole,
    Bytewise,
    /// Pieces of 0 to 99 bytes; the number chooses which.
    Random(u64),
}

/// All findings of a log.
pub fn read(log: &[u8], cut: Cut) -> Vec<Finding> {
    let (mut reader, mut findings) = (Reader::default(), Vec::new());
    let mut rest = log;
    let mut state = match cut {
        Cut::Random(seed) => seed.wrapping_mul(2).wrapping_add(1),
        _ => 0,
    };
    while !rest.is_empty() {
        let length = match cut {
            Cut::Whole => rest.len(),
            Cut::Bytewise => 1,
            Cut::Random(_) => {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as usize % 100
            }
        };
        let (chunk, later) = rest.split_at(length.min(rest.len()));
        reader.feed(chunk, &mut findings);
        rest = later;
    }
    reader.flush(&mut findings);
    findings
}

/// Compares a text with the one kept in a file; `UPDATE_SNAPSHOTS=1` keeps it instead.
#[track_caller]
pub fn snapshot(file: &Path, actual: &str) {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, actual).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    if kept == actual {
        return;
    }
    let differs = kept.lines().zip(actual.lines()).position(|(kept, actual)| kept != actual);
    let line = differs.unwrap_or(kept.lines().count().min(actual.lines().count()));
    panic!(
        "{} differs in line {}:\n  kept: {}\n  now:  {}\nRun with UPDATE_SNAPSHOTS=1 if this is meant.",
        file.display(),
        line + 1,
        kept.lines().nth(line).unwrap_or("(nothing)"),
        actual.lines().nth(line).unwrap_or("(nothing)"),
    );
}
