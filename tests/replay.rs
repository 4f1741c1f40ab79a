//! Replays every fixture: what is read from it, however it is cut, and against independently kept truth.

mod support;

use heapscope::dialect::ndjson;
use heapscope::dialect::{EventKind, Finding, Report, What};
use heapscope::heap::{BlockKind, Figure};
use serde_json::Value;
use support::{Case, Cut, fixtures, read, snapshot};

fn lines(findings: &[Finding]) -> String {
    findings.iter().map(|finding| ndjson::to_line(finding) + "\n").collect()
}

#[test]
fn every_fixture_is_read_as_it_was_agreed() {
    let mut compared = 0;
    for case in fixtures() {
        // Block maps are compared with their truth instead; a copy of every block would say less.
        if case.truth().is_none() {
            snapshot(&case.folder.join("findings.ndjson"), &lines(&read(&case.log, Cut::Whole)));
            compared += 1;
        }
    }
    assert!(compared >= 6, "only {compared} fixtures were found");
}

#[test]
fn cutting_the_input_differently_never_changes_the_findings() {
    for case in fixtures() {
        let whole = lines(&read(&case.log, Cut::Whole));
        assert!(!whole.is_empty(), "{} has no findings", case.name);
        for cut in [Cut::Bytewise, Cut::Random(1), Cut::Random(2), Cut::Random(3)] {
            assert_eq!(lines(&read(&case.log, cut)), whole, "{} cut {cut:?}", case.name);
        }
    }
}

/// A log as a capture tool or a person makes it, line by line.
fn dressed(log: &[u8], dress: impl Fn(&str) -> String) -> Vec<u8> {
    let mut out = Vec::new();
    for line in log.split_inclusive(|&byte| byte == b'\n') {
        let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
        // Bytes that are no text stay as they are: what is put around them is all that counts.
        let [front, back] =
            dress("\0").split('\0').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        out.extend([front.as_bytes(), &line[..end], back.as_bytes(), &line[end..]].concat());
    }
    out
}

#[test]
fn what_capture_tools_and_people_put_around_lines_changes_nothing() {
    type Dress = fn(&str) -> String;
    let dresses: [(&str, Dress, Option<u64>); 7] = [
        ("a terminal's stamp", |line| format!("[12:34:56] {line}"), Some(45_296_000)),
        ("the Arduino IDE's stamp", |line| format!("12:34:56.789 -> {line}"), Some(45_296_789)),
        ("PlatformIO's stamp", |line| format!("12:34:56.789 > {line}"), Some(45_296_789)),
        ("an ISO date", |line| format!("2026-11-22T12:34:56.789+01:00 {line}"), Some(45_296_789)),
        ("a Markdown quotation", |line| format!("> {line}"), None),
        ("colours", |line| format!("\x1b[0;32m{line}\x1b[0m"), None),
        (
            "a coloured, stamped quotation",
            |line| format!("> > \x1b[1m[2026-11-22 12:34:56] {line}\x1b[0m"),
            Some(45_296_000),
        ),
    ];
    for case in fixtures() {
        // What is put in front of a piece of a line of more than 64 KiB stands in its middle; and some are dressed
        // already.
        let lines_of_log = || case.log.split(|&byte| byte == b'\n');
        let is_dressed = read(&case.log, Cut::Whole).iter().any(|finding| finding.host_time.is_some())
            || lines_of_log().any(|line| line.starts_with(b"> "));
        if is_dressed || lines_of_log().any(|line| line.len() > 60_000) {
            continue;
        }
        let bare = |findings: Vec<Finding>| -> Vec<_> {
            findings.into_iter().map(|finding| Finding { host_time: None, ..finding }).collect()
        };
        let plain = bare(read(&case.log, Cut::Whole));
        for (name, dress, time) in &dresses {
            let findings = read(&dressed(&case.log, dress), Cut::Whole);
            if let Some(time) = time {
                let times = findings.iter().filter_map(|finding| finding.host_time);
                assert!(times.clone().count() > 0, "{} in {name}", case.name);
                assert!(
                    times.clone().all(|host| host.time.since_midnight().0 == *time),
                    "{} in {name}",
                    case.name
                );
            }
            assert_eq!(lines(&bare(findings)), lines(&plain), "{} in {name}", case.name);
        }
    }
}

#[test]
fn block_maps_agree_with_their_truth() {
    let cases: Vec<_> = fixtures().into_iter().filter(|case| case.truth().is_some()).collect();
    assert!(cases.len() >= 14, "only {} block maps were found", cases.len());
    for case in cases {
        let truth = case.truth().unwrap();
        let report = only_report(&case);
        compare_with_truth(&case, &report, &truth);
    }
}

fn only_report(case: &Case) -> Report {
    let findings = read(&case.log, Cut::Whole);
    let mut reports = findings.into_iter().filter_map(|finding| match finding.what {
        What::Report(report) => Some(*report),
        _ => None,
    });
    let report = reports.next().unwrap_or_else(|| panic!("{} has no report", case.name));
    assert!(reports.next().is_none(), "{} has more than one report", case.name);
    report
}

fn compare_with_truth(case: &Case, report: &Report, truth: &Value) {
    let name = &case.name;
    assert!(report.complete, "{name}: {:?}", report.problems);
    let is_corrupt = truth["metadata_corrupted_on_purpose"] == true;
    assert_eq!(!report.problems.is_empty(), is_corrupt, "{name}: {:?}", report.problems);

    let figure = |figure: Figure| report.figures.get(figure).map(|amount| amount.at_least());
    let extra = |key: &str| {
        let object: Value = serde_json::from_str(&ndjson::to_line(&Finding {
            dialect: "umm",
            lines: heapscope::dialect::LineRange::one(0),
            device_time: None,
            host_time: None,
            what: What::Report(Box::new(report.clone())),
        }))
        .unwrap();
        object[key].clone()
    };
    let number = |key: &str| truth[key].as_u64();
    assert_eq!(figure(Figure::Free), number("free_bytes"), "{name}");
    assert_eq!(figure(Figure::Used), number("used_bytes"), "{name}");
    assert_eq!(figure(Figure::Total), number("total_blocks").map(|blocks| blocks * 8), "{name}");
    assert_eq!(figure(Figure::LargestFreeBlock), number("largest_free_bytes"), "{name}");
    assert_eq!(figure(Figure::FragmentationL2), number("fragmentation_metric"), "{name}");
    assert_eq!(figure(Figure::UsageMetric), number("usage_metric"), "{name}");
    assert_eq!(figure(Figure::Allocations), number("used_entries"), "{name}");
    assert_eq!(extra("fragmentation_by_largest_block_percent"), truth["tasmota_frag_percent"], "{name}");
    assert_eq!(extra("largest_malloc_bytes"), truth["largest_allocatable_bytes"], "{name}");
    for key in ["total_blocks", "used_blocks", "free_blocks", "total_entries", "used_entries", "free_entries"]
    {
        assert_eq!(extra(key), truth[key], "{name}: {key}");
    }
    assert_eq!(extra("heap_start_address"), truth["heap_start"], "{name}");
    assert_eq!(extra("heap_end_address"), truth["heap_end"], "{name}");

    // Only full statistics print these; only builds without inline metrics print a true count.
    let flags = truth["build_flags"].as_str().unwrap();
    let full = flags.contains("UMM_STATS_FULL");
    let has_statistics = !truth["source"].as_str().unwrap().contains("2.4.2");
    let counts = has_statistics && !flags.contains("UMM_INLINE_METRICS");
    let expected = |is_printed: bool, key: &str| is_printed.then(|| number(key)).flatten();
    assert_eq!(figure(Figure::LowWaterMark), expected(full, "low_watermark_bytes"), "{name}");
    assert_eq!(figure(Figure::LargestRequest), expected(full, "max_alloc_request"), "{name}");
    assert_eq!(figure(Figure::OomCount), expected(counts, "failed_allocations_seen_by_driver"), "{name}");

    let entries = truth["entries"].as_array().unwrap();
    let blocks: Vec<_> =
        report.blocks.blocks().iter().filter(|block| block.kind != BlockKind::Guard).collect();
    assert_eq!(blocks.len(), entries.len(), "{name}");
    for (block, entry) in blocks.iter().zip(entries) {
        assert_eq!(format!("{:#010x}", block.address), entry["addr"], "{name}");
        assert_eq!(u64::from(block.index), entry["b"], "{name}");
        assert_eq!(u64::from(block.size_bytes), entry["blocks"].as_u64().unwrap() * 8, "{name}");
        assert_eq!(block.kind == BlockKind::Free, entry["free"] == true, "{name}");
    }
}

fn dump(name: &str) -> Vec<u8> {
    let case = fixtures().into_iter().find(|case| case.name == format!("umm/{name}"));
    case.expect("the fixture exists").log
}

/// The reports and corruption events of a log.
fn reports_and_corruptions(log: &[u8]) -> (Vec<Report>, Vec<String>) {
    let (mut reports, mut corruptions) = (Vec::new(), Vec::new());
    for finding in read(log, Cut::Whole) {
        match finding.what {
            What::Report(report) => reports.push(*report),
            What::Event(event) if event.kind == EventKind::HeapCorrupted => corruptions.push(event.text),
            _ => {}
        }
    }
    (reports, corruptions)
}

#[test]
fn a_block_map_with_any_line_missing_is_incomplete() {
    for name in ["leak_core278_full_1", "oom_core278_statsfull", "steady_core242", "steady_master_default"] {
        let log = String::from_utf8(dump(name)).unwrap();
        let all: Vec<_> = log.split_inclusive('\n').collect();
        let table_begins = all.iter().position(|line| line.starts_with("|0x")).unwrap();
        let table_ends = all.iter().rposition(|line| line.starts_with("|0x")).unwrap() + 1;
        for missing in table_begins..all.len() {
            // The ruler below the table says nothing that the rows do not say, and the last one of all is
            // waited for: without it the report ends with the next line of the log.
            let is_idle =
                all[missing].starts_with('+') && (missing == table_ends || missing == all.len() - 1);
            // Cores before 3.0 have no such line: its absence proves nothing.
            let is_optional = all[missing].contains("Heap ID");
            if is_idle || is_optional || all[missing].trim().is_empty() {
                continue;
            }
            let rest: String =
                all.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, line)| *line).collect();
            let (reports, corruptions) = reports_and_corruptions(rest.as_bytes());
            let line = all[missing];
            assert!(reports.iter().all(|report| !report.complete), "{name} is complete without {line}");
            assert!(reports.iter().all(|report| !report.problems.is_empty()), "{name} without {line}");
            assert_eq!(corruptions, [""; 0], "{name} without {line}");
        }
    }
}

#[test]
fn a_block_map_with_a_lost_character_is_no_corruption() {
    let log = dump("leak_core278_full_1");
    let table = log.iter().rposition(|&byte| byte == b'|').unwrap();
    // Each column is hit somewhere.
    for lost in (70..table).step_by(13) {
        let mut damaged = log.clone();
        damaged.remove(lost);
        let (_, corruptions) = reports_and_corruptions(&damaged);
        assert_eq!(corruptions, [""; 0], "byte {lost} lost");
    }
}

#[test]
fn a_changed_digit_is_no_corruption_unless_it_is_a_link_that_nothing_else_repeats() {
    let log = String::from_utf8(dump("leak_core278_full_1")).unwrap();
    let rows: Vec<_> = log.lines().enumerate().filter(|(_, line)| line.starts_with("|0x")).collect();
    for (number, row) in rows.into_iter().step_by(5) {
        for (at, character) in row.char_indices().filter(|(_, character)| character.is_ascii_digit()) {
            let mut changed = row.to_owned();
            changed.replace_range(at..=at, if character == '7' { "3" } else { "7" });
            let lines =
                log.lines().enumerate().map(|(line, text)| if line == number { &changed } else { text });
            let text: String = lines.map(|line| format!("{line}\r\n")).collect();
            let (reports, corruptions) = reports_and_corruptions(text.as_bytes());
            let is_link = ["|PB", "|NF", "|PF"]
                .iter()
                .any(|name| row.find(name).is_some_and(|start| (start..start + 10).contains(&at)));
            assert!(is_link || corruptions.is_empty(), "{changed}: {corruptions:?}");
            assert!(is_link || reports.iter().all(|report| !report.complete), "{changed} is complete");
        }
    }
}

#[test]
fn a_destroyed_free_list_is_corruption() {
    let log = String::from_utf8(dump("fraghalf_core278_full")).unwrap();
    let free: Vec<_> = log.lines().filter(|line| line.contains("|NF ")).collect();
    // The text "AA", written over the links of a free block.
    let links = free[4].find("|NF").unwrap();
    let overwritten = format!("{}|NF 16705|PF 16705|", &free[4][..links]);
    let (reports, corruptions) = reports_and_corruptions(log.replace(free[4], &overwritten).as_bytes());
    assert_eq!(corruptions.len(), 1);
    assert!(reports[0].complete && !reports[0].problems.is_empty());
}

#[test]
fn padded_rows_of_the_original_umm_malloc_are_measured_too() {
    let log = String::from_utf8(dump("leak_core278_full_1")).unwrap();
    let pad = |line: &str| match line.starts_with("|0x") && !line.contains("NF") {
        true => format!("{line}                 |\n"),
        false => format!("{line}\n"),
    };
    let padded: String = log.lines().map(pad).collect();
    let (reports, corruptions) = reports_and_corruptions(padded.as_bytes());
    assert!(reports[0].complete && corruptions.is_empty(), "{:?}", reports[0].problems);
    let (reports, corruptions) =
        reports_and_corruptions(padded.replacen("PB  1689", "PB  169", 1).as_bytes());
    assert!(!reports[0].complete && corruptions.is_empty(), "{corruptions:?}");
}

#[test]
fn a_cut_dump_ends_soon_and_hides_no_alarm() {
    let log = String::from_utf8(dump("leak_core278_full_1")).unwrap();
    let cut: String = log.split_inclusive('\n').take(20).collect();
    let alarm = "No poison after block at: 0x3fff24e8, actual data: 0x01 0xa5 0xa5 0xa5\r\n";
    let (reports, corruptions) = reports_and_corruptions(format!("{cut}{alarm}").as_bytes());
    assert_eq!((reports.len(), corruptions.len()), (1, 1));
    let mut reader = heapscope::dialect::Reader::default();
    let mut findings = Vec::new();
    reader.feed(cut.as_bytes(), &mut findings);
    assert!(reader.is_inside_report());
    reader.feed("10:00:00.000 WIF: x\r\n".repeat(10).as_bytes(), &mut findings);
    assert!(!reader.is_inside_report());
}

#[test]
fn a_report_cut_at_either_end_or_damaged_never_panics_and_never_lies() {
    for case in fixtures() {
        for cut in (0..case.log.len()).step_by(case.log.len() / 40 + 1) {
            read(&case.log[..cut], Cut::Whole);
            read(&case.log[cut..], Cut::Whole);
            let mut damaged = case.log.clone();
            damaged[cut] ^= 0x15;
            read(&damaged, Cut::Whole);
        }
    }
}

#[test]
fn a_bar_in_noise_is_no_report() {
    for noise in ["|0x", "+----------+-------+\n|0x\n", "x|0xzz|B\n|0x3fff24c8|B     1|NB"] {
        assert_eq!(read(noise.as_bytes(), Cut::Whole), [], "{noise}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    #[test]
    fn garbage_has_no_reports_and_never_panics(
        input in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2_000),
        cut in 0u64..1_000,
    ) {
        let findings = read(&input, Cut::Random(cut));
        let reports = findings.iter().filter(|finding| matches!(finding.what, What::Report(_))).count();
        proptest::prop_assert_eq!(reports, 0);
    }
}
