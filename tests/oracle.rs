//! The reader against the slow obvious one of `tests/slow`: on every fixture, and on fixtures that were damaged.

mod slow;
mod support;

use heapscope::dialect::ndjson;
use heapscope::dialect::{ALL, Finding, Reader};
use proptest::prelude::*;
use support::fixtures;

/// The findings of one dialect's reader alone.
fn fast(log: &[u8], id: &str) -> Vec<Finding> {
    let dialects = ALL.iter().map(|make| make()).filter(|dialect| dialect.info().id == id).collect();
    let (mut reader, mut findings) = (Reader::with(dialects), Vec::new());
    reader.feed(log, &mut findings);
    reader.flush(&mut findings);
    findings
}

#[track_caller]
fn check(log: &[u8], id: &str) {
    let (fast, slow) = (fast(log, id), slow::read(log, &[id]));
    if fast != slow {
        let lines = |findings: &[Finding]| -> Vec<_> { findings.iter().map(ndjson::to_line).collect() };
        assert_eq!(lines(&fast), lines(&slow), "{id} reads {:?}", String::from_utf8_lossy(log));
        assert_eq!(fast, slow, "{id} reads {:?}", String::from_utf8_lossy(log));
    }
}

#[test]
fn every_fixture_is_read_as_the_slow_reader_reads_it() {
    for (id, _) in slow::DIALECTS {
        for case in fixtures() {
            check(&case.log, id);
        }
    }
}

/// What happens to a log on its way.
#[derive(Clone, Debug)]
enum Damage {
    Cut(usize),
    LoseFront(usize),
    LoseByte(usize),
    LoseLine(usize),
    RepeatLine(usize),
    SwapLines(usize, usize),
    Change(usize, u8),
    Insert(usize, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let insert = proptest::sample::select(vec![
        "\r\n",
        "\n",
        " ",
        ":",
        "|",
        "{",
        "}",
        "\"",
        "0",
        "9",
        "-",
        "\x1b[0m",
        "> ",
        "[12:34:56] ",
        "\u{fffd}",
        "│",
        "18:40:08.501 ",
        "Heap report:\n",
        "|0x3fff24c8|B     1|NB     7|PB     0|Z     6|\n",
    ]);
    prop_oneof![
        any::<usize>().prop_map(Damage::Cut),
        any::<usize>().prop_map(Damage::LoseFront),
        any::<usize>().prop_map(Damage::LoseByte),
        any::<usize>().prop_map(Damage::LoseLine),
        any::<usize>().prop_map(Damage::RepeatLine),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Damage::SwapLines(a, b)),
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        (any::<usize>(), insert).prop_map(|(at, text)| Damage::Insert(at, text)),
    ]
}

/// A character of an answer that becomes another, is lost, or gets one before it.
fn change() -> impl Strategy<Value = Damage> {
    let characters = b"0123456789.,:{}[]\"\\ aH".to_vec();
    prop_oneof![
        (any::<usize>(), proptest::sample::select(characters))
            .prop_map(|(at, byte)| Damage::Change(at, byte)),
        any::<usize>().prop_map(Damage::LoseByte),
        (any::<usize>(), proptest::sample::select(vec!["1", "23", "\"", ",", "}", "x"]))
            .prop_map(|(at, text)| Damage::Insert(at, text)),
    ]
}

fn damaged(log: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut log = log.to_vec();
    for damage in damages {
        if log.is_empty() {
            return log;
        }
        let length = log.len();
        let mut lines = |edit: &dyn Fn(&mut Vec<Vec<u8>>)| {
            let mut lines: Vec<_> = log.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
            edit(&mut lines);
            log = lines.concat();
        };
        match *damage {
            Damage::Cut(at) => log.truncate(at % length),
            Damage::LoseFront(at) => drop(log.drain(..at % length)),
            Damage::LoseByte(at) => drop(log.remove(at % length)),
            Damage::Change(at, byte) => log[at % length] = byte,
            Damage::Insert(at, text) => drop(log.splice(at % length..at % length, text.bytes())),
            Damage::LoseLine(at) => lines(&|lines| drop(lines.remove(at % lines.len()))),
            Damage::RepeatLine(at) => lines(&|lines| {
                let at = at % lines.len();
                lines.insert(at, lines[at].clone());
            }),
            Damage::SwapLines(a, b) => lines(&|lines| {
                let count = lines.len();
                lines.swap(a % count, b % count);
            }),
        }
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn damaged_logs_are_read_as_the_slow_reader_reads_them(
        which in any::<usize>(),
        damages in proptest::collection::vec(damage(), 1..6),
    ) {
        let cases = fixtures();
        let case = &cases[which % cases.len()];
        let log = damaged(&case.log, &damages);
        for (id, _) in slow::DIALECTS {
            check(&log, id);
        }
    }

    #[test]
    fn answers_like_one_before_are_read_as_the_slow_reader_reads_them(
        which in any::<usize>(),
        changes in proptest::collection::vec(change(), 0..4),
        more_changes in proptest::collection::vec(change(), 0..2),
    ) {
        let cases = fixtures();
        let is_answer = |line: &&[u8]| line.windows(4).any(|four| four == b" = {");
        let answers: Vec<_> =
            cases.iter().flat_map(|case| case.log.split_inclusive(|&byte| byte == b'\n').filter(is_answer)).collect();
        let answer = answers[which % answers.len()];
        let log = [answer, &damaged(answer, &changes), b"\n", &damaged(answer, &more_changes), b"\n", answer].concat();
        check(&log, "tasmota");
    }

    #[test]
    fn any_text_is_read_as_the_slow_reader_reads_it(log in "[ -~\r\n\t\u{1b}│é]{0,200}") {
        for (id, _) in slow::DIALECTS {
            check(log.as_bytes(), id);
        }
    }

    #[test]
    fn any_stamp_is_taken_off_as_the_slow_reader_does(
        log in "(> ){0,2}(\\[?(20[0-9]{2}[-/][01][0-9][-/][0-3][0-9][T ]|Nov +[0-3]?[0-9] |Sun Feb 29 )?[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.,][0-9]{1,4})?(Z|[+][0-9:]{2,5}| 2024)?\\]?)( -> | > | |\t|)(Abort called|Exception \\(9\\):|x)\n",
    ) {
        check(log.as_bytes(), "espressif");
    }
}
