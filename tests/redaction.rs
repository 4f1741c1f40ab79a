//! Nothing secret stays, and no figure goes: measured on a labelled corpus and on every log of the other tests.
//!
//! `tests/fixtures/redaction/corpus.txt` has lines as firmwares print them, with their secrets marked. `cargo test --test
//! redaction -- --nocapture` prints how many were found.

use std::fs;
use std::path::{Path, PathBuf};

use heapscope::dialect::{Reader, ndjson};
use heapscope::sharing::redaction::{Redaction, Secret, secrets};
use proptest::prelude::*;
use serde_json::Value;

/// What must be found of the marked secrets.
const LEAST_RECALL: f64 = 0.99;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn kind(name: &str) -> Secret {
    match name {
        "network" => Secret::Network,
        "password" => Secret::Password,
        "hardware" => Secret::Hardware,
        "address" => Secret::Address,
        "long-address" => Secret::LongAddress,
        "host" => Secret::Host,
        "user" => Secret::User,
        "token" => Secret::Token,
        "position" => Secret::Position,
        _ => panic!("{name:?} is no kind of secret"),
    }
}

/// Where a secret begins and ends, and what it is.
type Label = (usize, usize, Secret);

/// A line without its marks, and what was marked.
fn unmarked(line: &str) -> (String, Vec<Label>) {
    let (mut text, mut labels, mut rest) = (String::new(), Vec::new(), line);
    while let Some(start) = rest.find("[[") {
        let bar = start + rest[start..].find('|').expect("a mark has a bar");
        // Of three brackets the outer one belongs to the line.
        let start = start + rest[start..].bytes().take_while(|byte| *byte == b'[').count() - 2;
        let end = bar + rest[bar..].find("]]").expect("a mark ends");
        text.push_str(&rest[..start]);
        let begin = text.len();
        text.push_str(&rest[bar + 1..end]);
        labels.push((begin, text.len(), kind(&rest[start + 2..bar])));
        rest = &rest[end + 2..];
    }
    text.push_str(rest);
    (text, labels)
}

fn corpus() -> Vec<(String, Vec<Label>)> {
    let text = fs::read_to_string(fixtures().join("redaction/corpus.txt")).expect("the corpus is there");
    text.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()).map(unmarked).collect()
}

#[test]
fn nearly_all_secrets_are_found_and_nothing_else() {
    let (mut all, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for (line, labels) in corpus() {
        let found: Vec<_> = secrets(line.as_bytes())
            .into_iter()
            .map(|found| (found.place.start, found.place.end, found.secret))
            .collect();
        all += labels.len();
        missed
            .extend(labels.iter().filter(|label| !found.contains(label)).map(|label| (line.clone(), *label)));
        wrong
            .extend(found.iter().filter(|found| !labels.contains(found)).map(|found| (line.clone(), *found)));
    }
    let show = |list: &[(String, Label)]| -> String {
        list.iter()
            .map(|(line, (start, end, secret))| format!("{secret:?} {:?} in {line}\n", &line[*start..*end]))
            .collect()
    };
    let recall = 1.0 - missed.len() as f64 / all as f64;
    println!(
        "{} of {all} secrets found ({:.1} %), {} others",
        all - missed.len(),
        recall * 100.0,
        wrong.len()
    );
    assert!(all >= 120, "a corpus of {all} secrets says little");
    assert!(recall >= LEAST_RECALL, "missed:\n{}", show(&missed));
    assert!(wrong.is_empty(), "no secrets:\n{}", show(&wrong));
}

/// All logs of the other tests.
fn logs(folder: &Path, all: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("fixtures can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() {
            logs(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "txt") {
            all.push((path.clone(), fs::read(&path).expect("a fixture can be read")));
        }
    }
}

/// What was found in a log, without its texts: these may be secrets.
fn figures(log: &[u8]) -> Vec<Value> {
    let (mut reader, mut findings) = (Reader::default(), Vec::new());
    reader.feed(log, &mut findings);
    reader.flush(&mut findings);
    findings
        .iter()
        .map(|finding| without_texts(serde_json::from_str(&ndjson::to_line(finding)).expect("JSON")))
        .collect()
}

fn without_texts(value: Value) -> Value {
    match value {
        Value::String(_) => Value::Null,
        Value::Array(list) => list.into_iter().map(without_texts).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, without_texts(value))).collect(),
        other => other,
    }
}

fn redacted(log: &[u8]) -> Vec<u8> {
    let lines = || log.split_inclusive(|byte| *byte == b'\n');
    let redaction = Redaction::of(lines());
    lines().flat_map(|line| redaction.redacted(line).into_owned()).collect()
}

#[test]
fn no_figure_of_any_log_is_touched() {
    let mut all = Vec::new();
    logs(&fixtures(), &mut all);
    let (mut count, mut changed) = (0, 0);
    for (path, log) in &all {
        let (before, redacted) = (figures(log), redacted(log));
        count += before.len();
        changed += usize::from(redacted != *log);
        assert_eq!(figures(&redacted), before, "{}", path.display());
    }
    println!("{count} findings in {} logs, of which {changed} had secrets", all.len());
    assert!(all.len() > 90 && count > 700 && changed > 8);
}

#[test]
fn what_is_redacted_has_no_secret_of_before() {
    for (line, labels) in corpus() {
        let redaction = Redaction::of([line.as_bytes()]);
        let out =
            String::from_utf8(redaction.redacted(line.as_bytes()).into_owned()).expect("text stays text");
        for (start, end, secret) in labels {
            let value = &line[start..end];
            assert!(!out.contains(value), "{secret:?} {value:?} is still in {out}");
        }
        let once = Redaction::of([out.as_bytes()]);
        assert_eq!(once.redacted(out.as_bytes()), out.as_bytes(), "redacting twice changes nothing");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_bytes_are_looked_through(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        let found = secrets(&line);
        prop_assert!(found.iter().all(|found| found.place.end <= line.len() && !found.place.is_empty()));
        prop_assert!(found.windows(2).all(|pair| pair[0].place.end <= pair[1].place.start));
        Redaction::of([&line[..]]).redacted(&line);
    }

    #[test]
    fn pieces_of_secrets_in_any_order_do_no_harm(pieces in proptest::collection::vec(prop::sample::select(PIECES), 0..12)) {
        let line = pieces.concat();
        let found = secrets(line.as_bytes());
        prop_assert!(found.windows(2).all(|pair| pair[0].place.end <= pair[1].place.start));
        Redaction::of([line.as_bytes()]).redacted(line.as_bytes());
    }
}

const PIECES: &[&str] = &[
    "ssid",
    ":",
    "\"",
    "'",
    "=",
    " ",
    "[",
    "]",
    ",",
    "://",
    "@",
    "a.b",
    "10.0.0.1",
    "::",
    "fe80",
    "$GPGGA",
    "N",
    "\\\"",
    "Connecting to ",
    "AP1 ",
    "CMD: ",
    "Password1 ",
    "WiFi.begin(\"",
    "' (",
    "aa:bb:cc:dd:ee:ff",
    ".local",
    "eyJ",
    "\u{e9}",
];
