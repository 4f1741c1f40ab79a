//! Toit's encoded messages: the reader against the slow obvious one, messages written by an encoder of the tests' own,
//! and names from a program's snapshot.

mod slow;
mod support;

use heapscope::dialect::{ALL, Finding, Reader, ndjson};
use proptest::prelude::*;
use slow::toit_messages::{Problem, Value, is_message, messages, parse};
use support::fixtures;
use support::toit_program::{
    BLOCK, CONSTRUCTOR, END, ENTRY, Form, GLOBAL, LAMBDA, MAIN, NAMED_CONSTRUCTOR, PROGRAM, READ, SENSOR,
    snapshot_file,
};

/// What is read of messages alone: the dialect also reads plain text.
fn fast(log: &[u8]) -> Vec<Finding> {
    let dialects = ALL.iter().map(|make| make()).filter(|dialect| dialect.info().id == "toit").collect();
    let (mut reader, mut findings) = (Reader::with(dialects), Vec::new());
    reader.feed(log, &mut findings);
    reader.flush(&mut findings);
    findings.retain(is_message);
    findings
}

#[track_caller]
fn check(log: &[u8]) {
    let (fast, slow) = (fast(log), slow::read_with(log, &[messages]));
    let differs = (0..fast.len().max(slow.len())).find(|&place| fast.get(place) != slow.get(place));
    if let Some(place) = differs {
        let line = |findings: &[Finding]| {
            let line = findings.get(place).map(ndjson::to_line).unwrap_or_default();
            line.chars().take(1_500).collect::<String>()
        };
        let log = log.escape_ascii().to_string();
        panic!("fast: {}\nslow: {}\n{}", line(&fast), line(&slow), &log[..log.len().min(3_000)]);
    }
}

fn message_fixtures() -> Vec<Vec<u8>> {
    let cases = fixtures().into_iter().filter(|case| case.name.starts_with("toit/message_"));
    let logs: Vec<_> = cases.map(|case| case.log).collect();
    assert!(logs.len() >= 5, "only {} fixtures were found", logs.len());
    logs
}

#[test]
fn every_fixture_is_read_as_the_slow_reader_reads_it() {
    let mut found = 0;
    for case in fixtures() {
        check(&case.log);
        found += fast(&case.log).len();
    }
    assert!(found >= 50, "only {found} messages were found");
}

// The encoder, after the firmware's src/encoder.cc.

fn put_int(number: i64, out: &mut Vec<u8>) {
    match number {
        0..=255 => out.extend([b'U', number as u8]),
        -128..=-1 => out.extend([b'i', number as u8]),
        -32_768..=32_767 => {
            out.push(b'I');
            out.extend((number as i16).to_be_bytes());
        }
        -2_147_483_647..=2_147_483_647 => {
            out.push(b'l');
            out.extend((number as i32).to_be_bytes());
        }
        _ => {
            out.push(b'L');
            out.extend(number.to_be_bytes());
        }
    }
}

fn put(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(b'Z'),
        Value::Flag(flag) => out.push(if *flag { b'T' } else { b'F' }),
        Value::Int(number) => put_int(*number, out),
        Value::Double(number) => {
            out.push(b'D');
            out.extend(number.to_be_bytes());
        }
        Value::Text(text) => {
            out.push(b'S');
            put_int(text.len() as i64, out);
            out.extend(text);
        }
        Value::Bytes(bytes) => {
            out.extend(b"[$U#");
            put_int(bytes.len() as i64, out);
            out.extend(bytes);
        }
        // Both forms, whichever the length says.
        Value::List(items) if items.len() % 5 == 3 => {
            out.push(b'[');
            for item in items {
                put(item, out);
                out.push(b'N');
            }
            out.push(b']');
        }
        Value::List(items) => {
            out.extend(b"[#");
            put_int(items.len() as i64, out);
            items.iter().for_each(|item| put(item, out));
        }
    }
}

fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(value, &mut bytes);
    bytes
}

fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_usize, |bits, &byte| bits << 8 | usize::from(byte));
        for place in 0..4 {
            match place <= group.len() {
                true => text.push(char::from(alphabet[bits >> (18 - 6 * place) & 63])),
                false => text.push('='),
            }
        }
    }
    text
}

fn int(number: i64) -> Value {
    Value::Int(number)
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn tagged(tag: u8, items: Vec<Value>) -> Value {
    Value::List([int(tag.into())].into_iter().chain(items).collect())
}

fn envelope(payload: Value) -> Value {
    tagged(b'X', vec![text("v2.0.0-alpha.195"), text("esp32"), Value::Bytes(PROGRAM.into()), payload])
}

fn stack(bcis: &[i64]) -> Value {
    let frame = |(index, &bci): (usize, &i64)| tagged(b'F', vec![int(index as i64), int(bci)]);
    tagged(b'S', vec![Value::List(bcis.iter().enumerate().map(frame).collect())])
}

/// How a message stands in a log.
#[derive(Clone, Debug)]
struct Wrapping {
    prefix: &'static str,
    /// Characters a line, and what stands at its end.
    line: (usize, &'static str),
    /// Lines of others between its own.
    foreign: Vec<&'static str>,
    line_end: &'static str,
}

fn wrapping() -> impl Strategy<Value = Wrapping> {
    let prefixes = vec![
        "",
        "jag decode ",
        "jag decode --system ",
        "toit decode ",
        "toit serial decode ",
        "build/host/sdk/bin/toit.run tools/system_message.toit \"$SNAPSHOT\" -b ",
        "[12:34:56] jag decode ",
        "I (3412) x: ",
        "> ",
    ];
    let line = prop_oneof![
        Just((usize::MAX, "")),
        Just((2000, "\\")),
        (40_usize..300).prop_map(|length| (length, "\\")),
        (40_usize..300).prop_map(|length| (length, "")),
    ];
    let foreign = prop_oneof![
        3 => Just(vec![]),
        1 => proptest::collection::vec(
            proptest::sample::select(vec!["", "[wifi] DEBUG: connected", "I (12) x: ok", "----"]), 1..4),
    ];
    let line_end = proptest::sample::select(vec!["\n", "\r\n"]);
    (proptest::sample::select(prefixes), line, foreign, line_end)
        .prop_map(|(prefix, line, foreign, line_end)| Wrapping { prefix, line, foreign, line_end })
}

impl Wrapping {
    fn keeps_it_whole(&self) -> bool {
        self.foreign.is_empty() || self.line.1 == "\\" || self.line.0 == usize::MAX
    }

    fn wrap(&self, bytes: &[u8]) -> String {
        let base64 = base64(bytes);
        let (length, end) = self.line;
        let pieces: Vec<_> =
            base64.as_bytes().chunks(length).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
        let mut between = format!("{end}{}", self.line_end);
        for foreign in &self.foreign {
            between += &format!("{foreign}{}", self.line_end);
        }
        format!("{}{}{}", self.prefix, pieces.join(&between), self.line_end)
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Flag),
        any::<i64>().prop_map(Value::Int),
        (-70_000_i64..70_000).prop_map(Value::Int),
        proptest::sample::select(b"XESOMHPAFLIcp".to_vec()).prop_map(|tag| Value::Int(tag.into())),
        (-1e10..1e10).prop_map(Value::Double),
        any::<f64>().prop_filter("equal to itself", |number| !number.is_nan()).prop_map(Value::Double),
        "[ -~é]{0,30}".prop_map(|text| Value::Text(text.into_bytes())),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        proptest::collection::vec(0_u8..128, 0..40).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(6, 60, 12, |inner| {
        let tags = proptest::sample::select(b"XESOMHPAFLIcp".to_vec());
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::List),
            (tags, proptest::collection::vec(inner, 0..12)).prop_map(|(tag, items)| tagged(tag, items)),
        ]
    })
}

/// Payloads that mean something, more or less.
fn payload() -> impl Strategy<Value = Value> {
    let number = || prop_oneof![0_i64..100_000, -3_i64..40];
    let map = || proptest::collection::vec(prop_oneof![0_u8..128, 0_u8..255], 0..80).prop_map(Value::Bytes);
    let page = (prop_oneof![(0_i64..8).prop_map(|page| 0x3ffb_0000 + page * 4096), number()], map())
        .prop_map(|(address, map)| tagged(b'p', vec![int(address), map]));
    let names = vec!["MALLOC_FAILED", "ALLOCATION_FAILED", "OUT_OF_MEMORY", "LOOKUP_FAILED", ""];
    let numbers = proptest::collection::vec(number().prop_map(Value::Int), 0..40);
    prop_oneof![
        (proptest::sample::select(names), any_value(), proptest::collection::vec(number(), 0..10))
            .prop_map(|(name, message, bcis)| tagged(b'E', vec![text(name), message, stack(&bcis)])),
        numbers.clone().prop_map(|rows| tagged(b'O', [vec![text("m")], rows].concat())),
        (numbers, number()).prop_map(|(rows, total)| {
            tagged(b'P', [vec![text("app"), int(10), int(total)], rows].concat())
        }),
        proptest::collection::vec(page, 0..6)
            .prop_map(|pages| tagged(b'H', vec![text("Heap usage report"), Value::List(pages)])),
        (proptest::collection::vec((map(), map(), number()), 0..4), number()).prop_map(|(groups, size)| {
            let groups = groups.into_iter().flat_map(|(uses, full, address)| [uses, full, int(address)]);
            tagged(b'M', groups.chain([int(size)]).collect())
        }),
        any_value(),
    ]
}

/// What happens to a log on its way.
#[derive(Clone, Debug)]
enum Damage {
    Cut(usize),
    LoseFront(usize),
    LoseBytes(usize, usize),
    LoseLine(usize),
    RepeatLine(usize),
    Change(usize, u8),
    Insert(usize, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let inserts = vec![
        "\r\n",
        "\n",
        " ",
        "\\",
        "\\\n",
        "=",
        "==",
        "W",
        "WyNVBVVY",
        "N",
        "A",
        "jag decode ",
        "\nok\n",
        "é",
    ];
    prop_oneof![
        any::<usize>().prop_map(Damage::Cut),
        any::<usize>().prop_map(Damage::LoseFront),
        (any::<usize>(), 1_usize..5).prop_map(|(at, count)| Damage::LoseBytes(at, count)),
        any::<usize>().prop_map(Damage::LoseLine),
        any::<usize>().prop_map(Damage::RepeatLine),
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        (any::<usize>(), proptest::sample::select(inserts)).prop_map(|(at, text)| Damage::Insert(at, text)),
    ]
}

fn damaged(log: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut log = log.to_vec();
    for damage in damages {
        let length = log.len();
        if length == 0 {
            return log;
        }
        let mut lines: Vec<_> = log.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
        let count = lines.len();
        match *damage {
            Damage::Cut(at) => log.truncate(at % length),
            Damage::LoseFront(at) => drop(log.drain(..at % length)),
            Damage::LoseBytes(at, count) => drop(log.drain(at % length..(at % length + count).min(length))),
            Damage::Change(at, byte) => log[at % length] = byte,
            Damage::Insert(at, text) => drop(log.splice(at % length..at % length, text.bytes())),
            Damage::LoseLine(at) => {
                lines.remove(at % count);
                log = lines.concat();
            }
            Damage::RepeatLine(at) => {
                lines.insert(at % count, lines[at % count].clone());
                log = lines.concat();
            }
        }
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_written_is_read_again(value in any_value()) {
        let bytes = encode(&value);
        let parsed = parse(&bytes);
        prop_assert_eq!(parsed.problem, None);
        prop_assert_eq!(parsed.at, bytes.len());
        prop_assert_eq!(parsed.value, Some(value));
    }

    #[test]
    fn a_message_is_read_however_it_stands_in_the_log(payload in payload(), wrapping in wrapping()) {
        let bytes = encode(&envelope(payload));
        let log = wrapping.wrap(&bytes);
        check(log.as_bytes());
        let found = fast(log.as_bytes());
        prop_assert_eq!(found.len(), 1, "{}", log);
        if wrapping.keeps_it_whole() {
            // As one line it says the same.
            let plain = fast(format!("jag decode {}\n", base64(&bytes)).as_bytes());
            prop_assert_eq!(&found[0].what, &plain[0].what);
            let has_all = plain[0].lines.last == 0;
            prop_assert!(has_all);
        }
    }

    #[test]
    fn a_message_in_pieces_is_read_as_far_as_it_goes(payload in payload(), cut in any::<usize>()) {
        let bytes = encode(&envelope(payload));
        let cut = &bytes[..cut % bytes.len()];
        prop_assert_eq!(parse(cut).problem, Some(Problem::CutOff));
        check(format!("jag decode {}\n", base64(cut)).as_bytes());
    }

    #[test]
    fn any_bytes_behind_the_command(bytes in proptest::collection::vec(any::<u8>(), 0..120), payload in payload()) {
        check(format!("jag decode {}\n", base64(&bytes)).as_bytes());
        // Behind a right beginning.
        let mut whole = encode(&envelope(payload));
        whole.truncate(whole.len() - bytes.len() % whole.len());
        whole.extend(bytes);
        check(format!("jag decode {}\n", base64(&whole)).as_bytes());
    }

    #[test]
    fn damaged_messages_are_read_as_the_slow_reader_reads_them(
        payload in payload(),
        wrapping in wrapping(),
        damages in proptest::collection::vec(damage(), 1..6),
    ) {
        check(&damaged(wrapping.wrap(&encode(&envelope(payload))).as_bytes(), &damages));
    }

    #[test]
    fn damaged_fixtures_are_read_as_the_slow_reader_reads_them(
        which in any::<usize>(),
        damages in proptest::collection::vec(damage(), 1..8),
    ) {
        let logs = message_fixtures();
        check(&damaged(&logs[which % logs.len()], &damages));
    }
}

// Names.

fn log(payload: Value) -> String {
    format!("jag decode {}\n", base64(&encode(&envelope(payload))))
}

/// Each finding as a JSON line, read with these symbol files.
fn named(log: &str, files: &[&[u8]]) -> Vec<serde_json::Value> {
    let (mut reader, mut findings) = (Reader::default(), Vec::new());
    for file in files {
        assert!(reader.take_symbols(file).is_some());
    }
    reader.feed(log.as_bytes(), &mut findings);
    reader.flush(&mut findings);
    findings.iter().map(|finding| serde_json::from_str(&ndjson::to_line(finding)).unwrap()).collect()
}

fn names(log: &str) -> serde_json::Value {
    let mut found = named(log, &[&snapshot_file(Form::default())]);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[test]
fn a_snapshot_says_what_it_is() {
    let what = |form| Reader::default().take_symbols(&snapshot_file(form));
    let words = "Toit program 0b52d4f8…, 40 classes, 8 methods";
    assert_eq!(what(Form::default()).as_deref(), Some(words));
    assert_eq!(what(Form { has_subscriptions: true, ..Form::default() }).as_deref(), Some(words));
    let words = "Toit program 0b52d4f8…, stripped of its names";
    assert_eq!(what(Form { is_stripped: true, ..Form::default() }).as_deref(), Some(words));
    assert_eq!(Reader::default().take_symbols(b"18:40:08.501 CMD: Status 4\n"), None);
    assert_eq!(Reader::default().take_symbols(b""), None);
}

#[test]
fn frames_have_names_and_places() {
    let at = |method: u32, bci: u32| i64::from(method + 4 + bci);
    let bcis = [
        at(READ, 10),
        // No call is known to be there: the method's own place.
        at(READ, 11),
        at(READ, 199),
        at(BLOCK, 0),
        at(LAMBDA, 29),
        at(CONSTRUCTOR, 0),
        at(NAMED_CONSTRUCTOR, 0),
        at(GLOBAL, 0),
        // Beyond the program.
        i64::from(END),
        -1,
        at(MAIN, 7),
        at(ENTRY, 4),
        at(MAIN, 60),
    ];
    let payload = tagged(b'E', vec![text("MALLOC_FAILED"), text(""), stack(&bcis)]);
    let expected = [
        "#0 Sensor.read lib/sensor.toit:13:5",
        "#1 Sensor.read lib/sensor.toit:12:3",
        "#2 Sensor.read lib/sensor.toit:300:9",
        "#3 Sensor.read.<block> lib/sensor.toit:14:20",
        "#4 Sensor.read.<block>.<lambda> lib/sensor.toit:15:22",
        "#5 Sensor lib/sensor.toit:5:3",
        "#6 Sensor.with-pins lib/sensor.toit:8:3",
        "#7 config main.toit:1:1",
        "#8 bci 482",
        "#9 bci -1",
        "#10 main main.toit:4:10",
    ];
    assert_eq!(names(&log(payload))["stack"], serde_json::json!(expected));
}

#[test]
fn classes_and_methods_have_names() {
    let sensor = i64::from(SENSOR);
    let rows = [sensor, 2, 64, 99, 1, 16, 4, 3, 48].map(int);
    let histogram = tagged(b'O', [vec![text("")], rows.to_vec()].concat());
    let categories = &names(&log(histogram))["categories"];
    let shown: Vec<_> = (0..3).map(|row| categories[row]["name"].as_str().unwrap()).collect();
    assert_eq!(shown, ["Sensor", "Class4", "class 99"]);

    let rows = [i64::from(READ), 7, 1, 3, i64::from(MAIN), 5].map(int);
    let profile = tagged(b'P', [vec![text("app"), int(10), int(15)], rows.to_vec()].concat());
    assert_eq!(
        names(&log(profile))["methods"],
        serde_json::json!(["Sensor.read: 7 ticks", "main: 5 ticks", "method 1: 3 ticks"])
    );

    let failed = tagged(b'E', vec![text("ALLOCATION_FAILED"), int(sensor), stack(&[])]);
    assert_eq!(names(&log(failed))["message"], "instance of Sensor");
    let instances = |classes: &[i64]| {
        let list = classes.iter().map(|&class| tagged(b'I', vec![int(class)])).collect();
        tagged(b'L', vec![int(9), Value::List(list)])
    };
    let lookup = tagged(b'E', vec![text("LOOKUP_FAILED"), instances(&[sensor, 77, 1]), stack(&[])]);
    let lookup = names(&log(lookup));
    assert_eq!(lookup["message"], "[instance of Sensor, instance of class 77, instance of Class1, …]");
    assert!(lookup["text"].as_str().unwrap().contains("instance of Sensor"));
}

#[test]
fn another_programs_numbers_stay_numbers() {
    let mut bytes = encode(&envelope(stack(&[150])));
    let place = bytes.windows(16).position(|window| window == PROGRAM).unwrap();
    bytes[place] ^= 1;
    let found = named(&format!("jag decode {}\n", base64(&bytes)), &[&snapshot_file(Form::default())]);
    assert_eq!(found[0]["stack"], serde_json::json!(["#0 bci 150"]));
}

#[test]
fn a_board_that_changes_keeps_the_names() {
    let mut reader = Reader::default();
    reader.take_symbols(&snapshot_file(Form::default())).unwrap();
    reader.forget_board();
    let mut findings = Vec::new();
    reader.feed(log(stack(&[i64::from(MAIN) + 11])).as_bytes(), &mut findings);
    assert!(ndjson::to_line(&findings[0]).contains("main main.toit:4:10"));
}

#[test]
fn a_snapshot_that_is_cut_off_is_none() {
    let (whole, stripped) =
        (snapshot_file(Form::default()), snapshot_file(Form { is_stripped: true, ..Form::default() }));
    for end in (0..whole.len()).filter(|&end| end != stripped.len()) {
        // The last byte fills the file up to an even size, and says nothing.
        let is_only_filler = end == whole.len() - 1 && whole[end] == b'\n';
        assert_eq!(Reader::default().take_symbols(&whole[..end]).is_some(), is_only_filler, "{end}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_damaged_snapshot_never_panics(
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        bcis in proptest::collection::vec(0_i64..600, 0..12),
    ) {
        let mut file = snapshot_file(Form::default());
        for (place, byte) in changes {
            let length = file.len();
            file[place % length] = byte;
        }
        let mut reader = Reader::default();
        if reader.take_symbols(&file).is_some() {
            let payload = tagged(b'E', vec![text("X"), tagged(b'I', vec![int(37)]), stack(&bcis)]);
            reader.feed(log(payload).as_bytes(), &mut Vec::new());
        }
    }
}
