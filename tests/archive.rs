//! The file of a recording: what is written comes back, whatever is read of it is good, and nothing in a file has power.
//!
//! `tests/fixtures/archive/` keeps a file of every version that was ever written, with what must come out of it.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use heapscope::dialect::Report;
use heapscope::heap::Millis;
use heapscope::recording::{Mark, MarkKind, Metric, Point, Recorder, Recording, Source};
use heapscope::sharing::archive::{ArchiveReader, LONGEST_LINE_BYTES, MOST_BYTES, Refusal, Writer};
use heapscope::sharing::redaction::Redaction;
use heapscope::verdict::judge;
use proptest::prelude::*;

/// What happens to a recorder.
#[derive(Clone, Debug)]
enum Step {
    Bytes(Vec<u8>),
    Mark(MarkKind, String),
    Wait(u64),
}

fn record(source: Source, steps: &[Step]) -> Recorder {
    let (mut recorder, mut now) = (Recorder::new(source), Millis(0));
    for step in steps {
        match step {
            Step::Bytes(bytes) => drop(recorder.feed(bytes, now)),
            Step::Mark(kind @ (MarkKind::Gap | MarkKind::Connection), text) => {
                drop(recorder.mark(now, *kind, text))
            }
            Step::Mark(kind, text) => recorder.note(now, *kind, text),
            Step::Wait(millis) => now = now + Millis(*millis),
        }
    }
    recorder
}

fn file(recorder: &Recorder) -> Vec<u8> {
    Writer::new(recorder).flatten().collect()
}

/// What was in a file.
struct Restored {
    recorder: Recorder,
    is_whole: bool,
}

/// Reads a file in pieces of this size.
fn read(file: &[u8], piece: usize) -> Result<Restored, Refusal> {
    let mut reader = ArchiveReader::default();
    let mut recorder = Recorder::new(Source::Saved { name: "a file".into() });
    for piece in file.chunks(piece) {
        reader.feed(piece, &mut recorder)?;
    }
    match reader.finish() {
        Err(refusal) if refusal != Refusal::CutShort => Err(refusal),
        ended => Ok(Restored { recorder, is_whole: ended.is_ok() }),
    }
}

/// All that a recording knows, but for where it came from.
#[derive(Debug, PartialEq)]
struct Known {
    bytes: Vec<u8>,
    lines: Vec<(Vec<u8>, Millis)>,
    marks: Vec<Mark>,
    points: Vec<Vec<Point>>,
    reports: Vec<(Millis, Report)>,
    events: Vec<(Millis, String)>,
    headline: String,
}

fn known(recording: &Recording) -> Known {
    let log = recording.log();
    let line = |number| {
        let bytes = log.line_bytes(number).expect("it is counted").into_owned();
        (bytes, log.arrival(number).expect("it is counted"))
    };
    let points = |metric| recording.timeline().series(metric).points().iter().collect();
    let verdict = judge(recording);
    Known {
        bytes: log.to_bytes(),
        lines: (0..log.line_count()).map(line).collect(),
        marks: log.marks().to_vec(),
        points: Metric::ALL.into_iter().map(points).collect(),
        reports: recording.reports().iter().map(|dated| (dated.at, Report::clone(&dated.report))).collect(),
        events: recording.events().iter().map(|dated| (dated.at, dated.event.text.clone())).collect(),
        headline: verdict.headline.clone(),
    }
}

fn restored(mut restored: Restored) -> Known {
    let is_inside = restored.recorder.partial_line().len();
    restored.recorder.read(u64::MAX);
    assert_eq!(restored.recorder.partial_line().len(), is_inside);
    known(restored.recorder.recording())
}

const STATUS4: &[u8] =
    b"18:40:08.501-023/02 RSL: STATUS4 = {\"StatusMEM\":{\"Heap\":23,\"MaxFree\":21,\"Frag\":7,\"OomCount\":0}}\r\n";

fn step() -> impl Strategy<Value = Step> {
    let dump = fs::read(fixtures().join("umm/leak_core278_full_1/log.txt")).expect("the fixture is there");
    let kind = prop::sample::select(vec![
        MarkKind::Sent,
        MarkKind::Connection,
        MarkKind::Gap,
        MarkKind::Unanswered,
        MarkKind::Answered,
    ]);
    prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..60).prop_map(Step::Bytes),
        4 => Just(Step::Bytes(STATUS4.to_vec())),
        2 => (0..STATUS4.len()).prop_map(|cut| Step::Bytes(STATUS4[..cut].to_vec())),
        1 => Just(Step::Bytes(dump)),
        1 => Just(Step::Bytes(b"\nend\nbytes 7 +9\n".to_vec())),
        3 => (kind, "[a-z +\u{e9}]{0,20}").prop_map(|(kind, text)| Step::Mark(kind, text.trim().to_owned())),
        4 => (0_u64..100_000).prop_map(Step::Wait),
    ]
}

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn port() -> Source {
    Source::Port { name: "CP2102".into() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_written_comes_back(steps in prop::collection::vec(step(), 0..24), piece in 1_usize..400) {
        let recorder = record(port(), &steps);
        let file = file(&recorder);
        let back = read(&file, piece).expect("our own file");
        prop_assert!(back.is_whole);
        prop_assert_eq!(restored(back), known(recorder.recording()));
    }

    #[test]
    fn a_file_that_was_cut_short_has_what_stands_before(
        steps in prop::collection::vec(step(), 1..16), part in 0_usize..1_000,
    ) {
        let recorder = record(port(), &steps);
        let file = file(&recorder);
        let cut = file.len() * part / 1_000;
        match read(&file[..cut], 97) {
            Ok(back) => {
                prop_assert!(!back.is_whole);
                let all = recorder.recording().log().to_bytes();
                let bytes = back.recorder.recording().log().to_bytes();
                prop_assert!(all.starts_with(&bytes));
                // No more is missing than what was cut off.
                prop_assert!(all.len() - bytes.len() <= file.len() - cut);
            }
            Err(refusal) => prop_assert!(cut < 12 && refusal == Refusal::NotARecording, "{cut} {refusal:?}"),
        }
    }

    #[test]
    fn a_damaged_file_is_read_as_far_as_it_goes_or_refused(
        steps in prop::collection::vec(step(), 1..10), at in 0_usize..1_000, byte in any::<u8>(), piece in 1_usize..200,
    ) {
        let mut file = file(&record(port(), &steps));
        let at = at * (file.len() - 1) / 1_000;
        file[at] = byte;
        let (slowly, fast) = (read(&file, piece), read(&file, file.len()));
        prop_assert_eq!(slowly.as_ref().err(), fast.as_ref().err());
        if let (Ok(slowly), Ok(fast)) = (slowly, fast) {
            prop_assert_eq!(restored(slowly), restored(fast));
        }
    }

    #[test]
    fn any_bytes_behind_a_header_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let file = [b"heapscope 1\n", &bytes[..]].concat();
        if let Err(refusal) = read(&file, 13) {
            prop_assert!(matches!(refusal, Refusal::Damaged(_)), "{refusal:?}");
            prop_assert!(refusal.what().ends_with('.') && refusal.next().ends_with('.'));
        }
    }
}

#[test]
fn what_is_no_recording_is_refused_with_a_sentence() {
    for (file, expected) in [
        (&b""[..], Refusal::NotARecording),
        (b"heap", Refusal::NotARecording),
        (b"18:36:07.615-024 CMD: Status 4\n", Refusal::NotARecording),
        (b"heapscope\n", Refusal::NotARecording),
        (b"heapscope 0\n", Refusal::NotARecording),
        (b"heapscope -1\n", Refusal::NotARecording),
        (b"heapscope 2\nbytes 0 +1\nx\nend\n", Refusal::Newer(2)),
        (b"heapscope 1\nbytes x +1\nx\n", Refusal::Damaged(12)),
        (b"heapscope 1\nbytes 5 +1\nx\nbytes 4 +1\nx\n", Refusal::Damaged(25)),
        (b"heapscope 1\nbytes 0 +1\nxy\n", Refusal::Damaged(24)),
        (b"heapscope 1\nbytes 0 +99999999999999999999\n", Refusal::Damaged(12)),
        (b"heapscope 1\nmark 0\n", Refusal::Damaged(12)),
        (b"heapscope 1\n\xff\n", Refusal::Damaged(12)),
    ] {
        assert_eq!(read(file, 5).err(), Some(expected), "{}", String::from_utf8_lossy(file));
    }
    // A length is believed no further than a record may be, and a line has an end.
    let long = format!("heapscope 1\nbytes 0 +{}\n", MOST_BYTES + 1);
    assert_eq!(read(long.as_bytes(), 64).err(), Some(Refusal::Damaged(12)));
    let endless = [b"heapscope 1\n".to_vec(), vec![b'x'; LONGEST_LINE_BYTES + 1]].concat();
    assert!(matches!(read(&endless, 1_000).err(), Some(Refusal::Damaged(_))));
    assert_eq!(read(&vec![b'h'; 1 << 20], 1 << 20).err(), Some(Refusal::NotARecording));
}

#[test]
fn records_of_newer_pages_are_skipped() {
    let file =
        b"heapscope 1\nsource port CP2102\nnote +3\na\nb\nphase 12 of the moon\nbytes 7 +3\nab\n\nend\nmore";
    for piece in 1..40 {
        let back = read(file, piece).expect("it is known but for two records");
        assert!(back.is_whole);
        assert_eq!(back.recorder.recording().log().to_bytes(), b"ab\n");
        assert_eq!(back.recorder.recording().source(), &Source::Saved { name: "CP2102".into() });
    }
}

#[test]
fn a_text_keeps_its_own_times_and_a_person_s_word_on_the_firmware() {
    let mut recorder = Recorder::new(Source::Text { name: "a log.txt".into() });
    recorder.overrule(Some("tasmota"));
    recorder.feed(STATUS4, Millis(0));
    let back = read(&file(&recorder), 50).expect("our own file");
    assert_eq!(back.recorder.recording().source(), recorder.recording().source());
    assert_eq!(back.recorder.overruled_by().map(|info| info.id), Some("tasmota"));
    assert_eq!(restored(back), known(recorder.recording()));
}

#[test]
fn a_redacted_file_has_the_same_figures_and_no_secret() {
    let lines: [&[u8]; 3] = [
        b"00:00:00.545-025/02 WIF: Connecting to AP1 Workshop in mode 11n as bench-plug-1234...\r\n",
        STATUS4,
        b"18:40:09.000-023/02 WIF: Workshop is far away\r\n",
    ];
    let mut recorder = Recorder::new(port());
    for (second, line) in lines.iter().enumerate() {
        recorder.feed(line, Millis::from_secs(second as u64));
    }
    recorder.note(Millis(9_000), MarkKind::Sent, "SSID1 Workshop");
    let redaction = Redaction::of(lines);
    let file: Vec<u8> = Writer::new(&recorder).redacted(&redaction).flatten().collect();
    let back = restored(read(&file, 64).expect("our own file"));
    let before = known(recorder.recording());
    assert_eq!((&back.points, &back.headline), (&before.points, &before.headline));
    let text = String::from_utf8(file).expect("text");
    assert!(!text.contains("Workshop") && !text.contains("bench-plug"), "{text}");
}

/// Every version that was ever written is read, for good.
#[test]
fn files_of_all_versions_are_read() {
    let folder = fixtures().join("archive");
    let file = fs::read(folder.join("version_1.heapscope")).expect("the fixture is there");
    let mut plain = Vec::new();
    GzDecoder::new(&*file).read_to_end(&mut plain).expect("it is a gzip file");
    let back = read(&plain, 1_000).expect("version 1");
    assert!(back.is_whole);
    let back = restored(back);
    assert_eq!((back.lines.len(), back.marks.len(), back.reports.len()), (150, 2, 1));
    assert_eq!(back.lines[0].1, Millis(1_000));
    assert_eq!(back.marks[0].text, "Connected to CP2102.");
    assert_eq!(
        back.headline,
        "Healthy at this moment: 20.5\u{a0}KB free, and 19.3\u{a0}KB of it in one piece."
    );
}
