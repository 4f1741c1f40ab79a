//! Nothing secret stays, and no figure goes: measured on a labelled corpus and on every log of the other tests.
//!
//! `tests/fixtures/redaction/corpus.txt` has lines as firmwares print them, with their secrets marked; `second.txt` was written
//! by somebody who had not seen the code, and what it showed to be missing was then built. `cargo test --test redaction --
//! --nocapture` prints how many were found, of each kind, in each line alone and in the corpus as one log.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use heapscope::dialect::{Reader, ndjson};
use heapscope::sharing::redaction::{Redaction, Secret, secrets};
use heapscope::stream::MAX_LINE_BYTES;
use proptest::prelude::*;
use serde_json::Value;

/// What must be found of the marked secrets.
const LEAST_RECALL: f64 = 0.99;

/// What must be found of them where only the line itself can tell.
const LEAST_RECALL_ALONE: f64 = 0.97;

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

/// Lines of a corpus, each with its secrets.
type Corpus = Vec<(String, Vec<Label>)>;

fn corpus(name: &str) -> Corpus {
    let text = fs::read_to_string(fixtures().join("redaction").join(name)).expect("the corpus is there");
    text.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()).map(unmarked).collect()
}

fn show(list: &[(String, Label)]) -> String {
    list.iter()
        .map(|(line, (start, end, secret))| format!("{secret:?} {:?} in {line}\n", &line[*start..*end]))
        .collect()
}

/// How many of each kind there are, and how many of them were missed.
fn by_kind(all: &Corpus, missed: &[(String, Label)]) -> String {
    let mut counts = BTreeMap::<Secret, (usize, usize)>::new();
    for (_, labels) in all {
        for (.., secret) in labels {
            counts.entry(*secret).or_default().0 += 1;
        }
    }
    for (_, (.., secret)) in missed {
        counts.entry(*secret).or_default().1 += 1;
    }
    let parts = counts.iter().map(|(secret, (all, missed))| format!("{secret:?} {}/{all}", all - missed));
    parts.collect::<Vec<_>>().join(", ")
}

/// Measures what is found in each line alone, and what is replaced in the corpus as one log. `least`: the smallest shares.
fn measure(name: &str, least: [f64; 2]) {
    let all = corpus(name);
    let count = all.iter().map(|(_, labels)| labels.len()).sum::<usize>();
    assert!(count >= 120, "a corpus of {count} secrets says little");

    let (mut missed, mut wrong) = (Vec::new(), Vec::new());
    for (line, labels) in &all {
        let found: Vec<Label> = secrets(line.as_bytes())
            .into_iter()
            .map(|found| (found.place.start, found.place.end, found.secret))
            .collect();
        missed
            .extend(labels.iter().filter(|label| !found.contains(label)).map(|label| (line.clone(), *label)));
        wrong
            .extend(found.iter().filter(|found| !labels.contains(found)).map(|found| (line.clone(), *found)));
    }
    let alone = 1.0 - missed.len() as f64 / count as f64;
    println!(
        "{name}, each line alone: {} of {count} found ({:.1} %), {} others",
        count - missed.len(),
        alone * 100.0,
        wrong.len()
    );
    println!("  {}", by_kind(&all, &missed));

    let redaction = Redaction::of(all.iter().map(|(line, _)| line.as_bytes()));
    let (mut left, mut learned) = (Vec::new(), Vec::new());
    for (line, labels) in &all {
        let places = redaction.places(line.as_bytes());
        let is_gone =
            |label: &&Label| (label.0..label.1).all(|at| places.iter().any(|(place, _)| place.contains(&at)));
        left.extend(labels.iter().filter(|label| !is_gone(label)).map(|label| (line.clone(), *label)));
        let is_other =
            |place: &Range<usize>| !labels.iter().any(|label| label.0 < place.end && place.start < label.1);
        learned.extend(
            places
                .iter()
                .filter(|(place, _)| is_other(place))
                .map(|(place, hit)| (line.clone(), (place.start, place.end, redaction.hits()[*hit].secret))),
        );
    }
    let whole = 1.0 - left.len() as f64 / count as f64;
    println!(
        "{name}, as one log: {} of {count} gone ({:.1} %), {} others",
        count - left.len(),
        whole * 100.0,
        learned.len()
    );
    print!("{}", show(&learned));
    print!("missed alone:\n{}", show(&missed));

    assert!(wrong.is_empty(), "no secrets:\n{}", show(&wrong));
    assert!(alone >= least[0], "missed:\n{}", show(&missed));
    assert!(whole >= least[1], "left:\n{}", show(&left));
}

#[test]
fn nearly_all_secrets_are_found_and_nothing_else() {
    measure("corpus.txt", [LEAST_RECALL; 2]);
}

/// A log is redacted as a whole: what is learned in one line is found in the others.
#[test]
fn nearly_all_secrets_of_somebody_elses_corpus_are_found_and_nothing_else() {
    measure("second.txt", [LEAST_RECALL_ALONE, LEAST_RECALL]);
}

/// A hostile line has nothing but beginnings of something: it is long, and must come to an end.
#[test]
fn a_line_of_nothing_but_beginnings_is_looked_through() {
    for piece in PIECES.iter().filter(|piece| !piece.is_empty()) {
        let line = piece.repeat(MAX_LINE_BYTES / 4 / piece.len());
        let found = secrets(line.as_bytes());
        assert!(found.iter().all(|found| found.place.end <= line.len()), "{piece:?}");
    }
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
    for (line, labels) in ["corpus.txt", "second.txt"].into_iter().flat_map(corpus) {
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
    #![proptest_config(ProptestConfig { cases: 1_024, failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_bytes_are_looked_through(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        let found = secrets(&line);
        prop_assert!(found.iter().all(|found| found.place.end <= line.len() && !found.place.is_empty()));
        prop_assert!(found.windows(2).all(|pair| pair[0].place.end <= pair[1].place.start));
        Redaction::of([&line[..]]).redacted(&line);
    }

    #[test]
    fn pieces_of_secrets_in_any_order_do_no_harm(pieces in proptest::collection::vec(prop::sample::select(PIECES), 0..16)) {
        let line = pieces.concat();
        let found = secrets(line.as_bytes());
        prop_assert!(found.iter().all(|found| found.place.end <= line.len() && !found.place.is_empty()));
        prop_assert!(found.windows(2).all(|pair| pair[0].place.end <= pair[1].place.start));
        let redaction = Redaction::of([line.as_bytes()]);
        let places = redaction.places(line.as_bytes());
        let is_replaced = |at: usize| places.iter().any(|(place, _)| place.contains(&at));
        prop_assert!(found.iter().all(|found| found.place.clone().all(is_replaced)), "what was found is replaced");
        let kept: Vec<u8> = (0..line.len()).filter(|at| !is_replaced(*at)).map(|at| line.as_bytes()[at]).collect();
        let mut rest = &redaction.redacted(line.as_bytes())[..];
        for byte in kept {
            let at = rest.iter().position(|other| *other == byte);
            prop_assert!(at.is_some(), "what is no secret stays");
            rest = &rest[at.unwrap_or(0) + 1..];
        }
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
    "\x1b[5m",
    "\x1b",
    "b'\\xf4\\x92\\xbf\\x0ej\\xd1'",
    "b'\\",
    "\\x",
    "(",
    "(-",
    "60)",
    "1 | ",
    "1: ",
    "{",
    "}",
    "&",
    ";",
    "\t\t",
    "set to ",
    " >> ",
    ": Sending state ",
    "Cookie",
    "Location: 52.402187,9.736901",
    "lat=477012345 lon=",
    "4807.038,N,",
    "CWLAP:(",
    "mqtt.Client(",
    "Cmd 'SSID1', ",
    "Data '",
    "key=token, value=",
    "user ",
    "client id ",
    "connect ",
    "Backlog ",
    "wifi connect -s ",
    "--wifi-ssid ",
    "mosquitto_pub -h ",
    "a020a61c4f88",
    "-a8032ab6d41c",
    "bot5839201746:AAEvh7rT2mQkZ0pXn4dSWgLy8bUcJ1RtHq6",
    "server ",
    "pool.ntp.org:",
    "no Workshop found, reconnect",
    "mode 11n as ",
    "a@",
    "user=",
    "jag ",
    "' (aa:bb:cc:dd:ee:ff",
    "server a.com ",
    "ssid[",
    "...",
];
