//! What is said of Toit's heap reports row by row, of Toit running out of memory, and of alarms that are none.

mod support;

use heapscope::heap::Millis;
use heapscope::recording::{Recorder, Source};
use heapscope::verdict::composition::{RowExplanation, explain, previous};
use heapscope::verdict::{Judgement, State, Sureness, Verdict, judge};
use support::fixtures;

fn recorder(log: &str) -> Recorder {
    let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
    recorder.feed(log.as_bytes(), Millis(0));
    recorder.finish(Millis(0));
    recorder
}

fn verdict(log: &str) -> Verdict {
    judge(recorder(log).recording())
}

fn fixture(name: &str) -> String {
    let case = fixtures().into_iter().find(|case| case.name == name).expect("the fixture exists");
    String::from_utf8(case.log).expect("it is UTF-8")
}

/// Narrow and no-break spaces are for typesetting; here plain ones read better.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// The explanations of the last report, with the names of its rows.
fn rows(log: &str) -> Vec<(String, RowExplanation)> {
    let recorder = recorder(log);
    let past = recorder.recording().whole();
    let place =
        past.reports().iter().rposition(|dated| dated.report.format == "heap_report").expect("a report");
    let report = &past.reports()[place].report;
    let before = previous(&past, place).map(|dated| dated.report.clone());
    let explained = explain(report, before.as_deref());
    report.categories.iter().map(|row| row.name.to_string()).zip(explained).collect()
}

fn row(log: &str, name: &str) -> RowExplanation {
    rows(log).into_iter().find(|(known, _)| known == name).expect("the row exists").1
}

/// The judgement of this state.
fn judgement(verdict: &Verdict, state: State) -> Option<&Judgement> {
    verdict.judgements.iter().find(|judgement| judgement.state == state)
}

fn because(judgement: &Judgement) -> &str {
    judgement.sureness.why_not_surer().expect("it is not certain")
}

/// A report in today's layout that agrees with itself. `rows` are names, bytes and counts of rows that are no parts.
fn report(marker: &str, rows: &[(&str, u64, u64)], largest_kib: u64, free_kib: u64) -> String {
    let mut text = format!("Heap report @ {marker}:\n");
    for (name, bytes, count) in rows {
        text += &format!("  │ {bytes:7}   │ {count:6}   │  {name:<50} │\n");
    }
    let bytes: u64 = rows.iter().map(|(_, bytes, _)| bytes).sum();
    let uncounted = ["heap overhead", "heap metadata", "spare new-space"];
    let counts = rows.iter().filter(|(name, ..)| !uncounted.contains(name));
    let allocations: u64 = counts.map(|(_, _, count)| count).sum();
    let percent = bytes * 100 / (bytes + free_kib * 1_024);
    text + &format!(
        "  Total: {bytes} bytes in {allocations} allocations ({percent}%), largest free {largest_kib}k, total free \
         {free_kib}k\n"
    )
}

/// A board without external RAM in which nothing stands out.
fn usual(marker: &str, largest_kib: u64, free_kib: u64) -> String {
    let rows = [
        ("lwip", 5_016, 25),
        ("heap overhead", 7_144, 585),
        ("thread/spawn", 20_744, 25),
        ("untagged", 48_368, 184),
        ("wifi", 42_896, 112),
    ];
    report(marker, &rows, largest_kib, free_kib)
}

const UDP_SEND: &str = "out of memory in primitive 3:4";

fn boot(alpha: u32) -> String {
    format!("[toit] INFO: starting <v2.0.0-alpha.{alpha}>\n")
}

/// The table of the founding question with nothing else around it.
fn table_of_the_question() -> String {
    let log = fixture("toit/out_of_memory_question");
    let begin = log.find("Heap report").unwrap();
    let end = begin + log[begin..].find("(85%)").unwrap() + "(85%)".len();
    log[begin..end].to_owned()
}

/// Everything that the accepted answer to the question says, and more, in these words.
#[test]
fn the_founding_question_is_answered() {
    let verdict = verdict(&table_of_the_question());
    let judgement = &verdict.judgements[0];
    assert_eq!(verdict.state, State::OutOfMemory);
    assert_eq!(
        plain(&verdict.headline),
        "Out of memory: about 33.6 KB to 36.4 KB were free, so it is fragmentation, not shortage."
    );
    assert_eq!(
        plain(&judgement.explanation),
        "This is what was in use after two garbage collections, so it is no garbage. A Toit process grows by whole \
         pages of 4 KB, and each page must be free in one piece. More than that was free in all, so it lay in smaller \
         pieces between used blocks (fragmentation), of no use to a process. Some of that is inevitable. A byte array \
         or string of more than about 4 KB lies outside these pages and needs one free piece of its own size: 8 KB for \
         a buffer of 8 KB.\n\
         Most is held by toit (72 KB), null tag (47.2 KB), wifi (41.9 KB). No row stands out: each is about as large as \
         is usual for it. Below the report, each row is explained.\n\
         The heap has 240 KB to 243 KB, not all of the chip's memory (520 KB in an ESP32): the rest went at boot, to \
         static buffers and to code that has to be fast (interrupt handlers, WiFi drivers). Releases v0.16.0 to \
         v2.0.0-alpha.21 print such a report. A newer one is advised: since v2.0.0-alpha.2 the garbage collector \
         compacts in place, which saves much memory; since alpha.22 the report has the largest free block, and since \
         alpha.147 what was asked for."
    );
    assert_eq!(
        because(judgement),
        "This release does not print the largest free block. A single request for more than that would look the same."
    );
    assert_eq!(
        judgement.next,
        "Measure next: let the program call system.serial-print-heap-report right after boot and again some time before \
         it fails; the row that grew is the one to look at. print-objects (print_objects in old releases) shows what \
         fills the Toit pages. Take large buffers once, at the start, and keep them."
    );
    let evidence: Vec<_> = judgement.evidence.iter().map(|evidence| plain(&evidence.text)).collect();
    assert_eq!(
        evidence,
        ["An allocation failed after two garbage collections", "the report: 206 KB in use, 85% of the heap"]
    );
    assert_eq!((judgement.evidence[1].lines.first, judgement.evidence[1].lines.last), (0, 14));
}

#[test]
fn each_row_of_the_founding_question_is_explained() {
    let rows = rows(&table_of_the_question());
    assert!(rows.iter().all(|(_, explained)| !explained.stands_out && explained.change_bytes.is_none()));
    let said = rows.iter().map(|(name, explained)| {
        let usual = explained.usual.expect("something is usual for every row");
        let here = explained.remark.as_ref().map(|remark| format!(" Here: {}", plain(remark)));
        format!("{name}: {} Usual: {usual}{}", explained.meaning, here.unwrap_or_default())
    });
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            "external byte array: Byte arrays of more than about 4 KB, which have no room in a page of a process, and \
             messages on their way from one process to another. Usual: Less than 1 KB while nothing large is sent, \
             received or drawn.",
            "toit: Where the objects of all Toit programs live, in pages of 4 KB that their garbage collector looks \
             after. Usual: 16 KB for the system, 12 to 20 KB for Jaguar where it runs, 4 to 64 KB for each program.",
            "lwip: The network's lower half (TCP/IP): open sockets, and packets that wait to be sent or read. Usual: \
             About 5 KB at rest, and some KB more for each busy connection.",
            "heap overhead: The allocator's own bookkeeping: 8 bytes for each block, used or free. Its count is the \
             number of blocks, not of allocations. Usual: 5 to 10 KB, with a count somewhat above the number of \
             allocations. Here: 585 blocks for 541 allocations, which have 377 bytes on average.",
            "event source: What carries events of the hardware and the network to the programs: timers, pins, serial \
             ports, I²C. Usual: About 8 KB, hardly changing after boot.",
            "other threads: What the firmware's own threads take for drivers and resources that the programs opened, \
             Bluetooth among them. Usual: About 4 KB.",
            "thread spawn: Stacks of the firmware's own threads: 8 KB for each that runs Toit code, 2 to 5 KB for the \
             others. Usual: About 20 KB, the same from boot on.",
            "null tag: Memory that nobody put a name to: the chip's own system (ESP-IDF) at its start, its drivers, \
             Bluetooth, interrupt handlers. Usual: 40 to 50 KB with WiFi, hardly changing after boot.",
            "wifi: The WiFi driver: its buffers for sending and receiving, queues and locks. Usual: About 40 KB while \
             WiFi is on.",
        ]
    );
}

#[test]
fn every_row_of_every_layout_is_known() {
    let mut seen = Vec::new();
    for case in fixtures() {
        let recorder = recorder(&String::from_utf8_lossy(&case.log));
        for dated in recorder.recording().reports() {
            let explained = explain(&dated.report, None);
            if dated.report.format != "heap_report" {
                assert!(explained.is_empty(), "{}: {}", case.name, dated.report.format);
                continue;
            }
            assert_eq!(explained.len(), dated.report.categories.len(), "{}", case.name);
            for (row, explained) in dated.report.categories.iter().zip(explained) {
                let is_known = explained.meaning != "A row that Heapscope does not know.";
                // A damaged name is no name.
                assert!(is_known || row.name.contains(['?', '\u{fffd}']), "{}: {}", case.name, row.name);
                let is_part = explained.meaning.ends_with("A part of the row above.");
                assert_eq!(is_part, row.is_part_of_previous, "{}: {}", case.name, row.name);
                seen.push(row.name.split(' ').next().unwrap_or_default().to_owned());
            }
        }
    }
    for name in ["bignum", "toit", "process", "GC", "Spare", "system", "current", "other", "heap", "spare"] {
        assert!(seen.iter().any(|known| known == name), "{name}");
    }
}

#[test]
fn what_is_more_than_usual_stands_out() {
    let log = report(
        "now",
        &[
            ("external byte array", 49_152, 4),
            ("tls/bignum", 61_440, 300),
            ("lwip", 5_016, 25),
            ("heap overhead", 14_000, 1_700),
            ("untagged", 48_368, 184),
        ],
        12,
        60,
    );
    let out: Vec<_> =
        rows(&log).into_iter().filter(|(_, row)| row.stands_out).map(|(name, _)| name).collect();
    assert_eq!(out, ["external byte array", "tls/bignum", "heap overhead"]);
    assert_eq!(
        plain(row(&log, "heap overhead").remark.as_deref().unwrap()),
        "1 700 blocks for 513 allocations, which have 319 bytes on average. That many small blocks cut the memory into \
         small pieces, also what is free between them (fragmentation)."
    );
    let remark = row(&log, "external byte array").remark.unwrap();
    assert!(remark.ends_with("Each needs one free piece of its own size."), "{remark}");
}

#[test]
fn an_encrypted_connection_stands_out_only_while_the_heap_is_nearly_full() {
    let tls = |free_kib| {
        let rows = [("tls/bignum", 21_480, 138), ("wifi", 42_896, 112)];
        row(&report("now", &rows, 3, free_kib), "tls/bignum").stands_out
    };
    assert!(tls(8) && !tls(60));
}

#[test]
fn builds_that_attribute_nothing_are_recognised() {
    let log = report("now", &[("heap overhead", 7_144, 585), ("untagged", 162_144, 540)], 48, 79);
    let untagged = row(&log, "untagged");
    assert_eq!(
        untagged.remark.as_deref(),
        Some(
            "This firmware does not say who has its memory: all of it is in this row, so that its size tells nothing."
        )
    );
    assert!(untagged.stands_out);
    let verdict = verdict(&log);
    assert_eq!(verdict.state, State::NotEnoughData);
    assert_eq!(
        plain(&verdict.headline),
        "79 KB free, the largest block 48 KB. This firmware does not say who has its memory: all of it is in one row, so \
         that the table cannot tell."
    );
}

#[test]
fn rows_of_external_ram_are_not_measured_by_internal_memory() {
    let rows =
        [("external byte array", 900_000, 3), ("heap metadata", 667_648, 1), ("spare new-space", 4_096, 1)];
    let log = report("now", &rows, 6_000, 6_800);
    for (name, explained) in self::rows(&log) {
        assert!(!explained.stands_out, "{name}");
        let metadata = "About 8% of the external RAM, which they cover: 652 KB for 8 MB.";
        assert_eq!(explained.usual, (name == "heap metadata").then_some(metadata), "{name}");
    }
}

#[test]
fn rows_are_compared_with_the_report_before_of_the_same_run() {
    let before = [("external byte array", 1_024, 1), ("lwip", 5_016, 25), ("wifi", 42_896, 112)];
    let after = [
        ("external byte array", 9_216, 2),
        ("tls/bignum", 300, 2),
        ("lwip", 5_000, 25),
        ("wifi", 42_896, 112),
    ];
    let (before, after) = (report("a", &before, 60, 90), report("b", &after, 50, 80));
    let changes = |log: &str| -> Vec<_> {
        rows(log).into_iter().map(|(_, row)| (row.change_bytes, row.stands_out)).collect()
    };
    let log = format!("{before}hello\n{after}");
    assert_eq!(
        changes(&log),
        [(Some(8_192), true), (Some(300), false), (Some(-16), false), (Some(0), false)]
    );
    let verdict = verdict(&log);
    assert!(
        plain(&verdict.judgements[0].explanation).contains(
            "Since the report before, these rows grew: external byte array (+8 KB), tls/bignum (+300 bytes)."
        ),
        "{verdict:?}"
    );
    // Another run, another memory, or nothing before.
    let restarted = format!("{before}{}{after}", boot(189));
    let psram = report("p", &[("heap metadata", 667_648, 1)], 6_000, 6_800);
    for log in [after.clone(), restarted, format!("{psram}{after}")] {
        assert!(changes(&log).iter().all(|(change, _)| change.is_none()), "{log}");
    }
    // What a report that was cut off does not have is not known to have been 0.
    let cut = before.lines().take(2).collect::<Vec<_>>().join("\n");
    assert_eq!(changes(&format!("{cut}\n{after}"))[1].0, None);
}

#[test]
fn a_process_is_the_same_whoever_asked_for_the_report() {
    let log = |role: &str, bytes: u64| {
        format!(
            "Heap report @ now:\n  │ {:7}   │ {:6}   │  {:<50} │\n  │   {bytes:7} │ {:6} │    {role:<7} {:4} {} │\n  \
             │   20744   │     25   │  {:<50} │\n  Total: {} bytes in 37 allocations (40%), largest free 60k, total free 90k\n",
            bytes,
            12,
            "toit processes",
            10,
            2,
            "0b52d4f8-66a7-5c6a-9d77-53c0a60a1a55",
            "thread/spawn",
            bytes + 20_744
        )
    };
    let rows = rows(&(log("current", 24_576) + &log("other", 32_768)));
    assert_eq!(rows[1].1.change_bytes, Some(8_192));
    assert!(rows[1].1.meaning.starts_with("The pages of another process"), "{rows:?}");
    assert!(rows[1].1.stands_out);
}

#[test]
fn a_table_alone_says_who_has_the_memory() {
    let verdict = verdict(&usual("after connect", 64, 90));
    assert_eq!(verdict.state, State::NotEnoughData);
    assert_eq!(
        plain(&verdict.headline),
        "90 KB free, the largest block 64 KB. Most is held by untagged (47.2 KB), wifi (41.9 KB), thread/spawn (20.3 KB)."
    );
    assert!(verdict.judgements[0].explanation.ends_with("One report shows what is held, not what grows."));
}

#[test]
fn no_page_is_said_in_words_of_what_fails() {
    let verdict = verdict(&(boot(195) + &usual("out of memory in primitive 2:6", 3, 21)));
    assert_eq!(
        plain(&verdict.headline),
        "Out of memory in tcp.write: no Toit process can grow: a 4 KB page is needed and the largest block is 3 KB, though \
         21 KB are free in all."
    );
    assert_eq!(verdict.judgements[0].sureness, Sureness::Certain);
}

#[test]
fn who_asked_is_said_as_far_as_the_log_says_it() {
    let begins = |marker: &str, expected: &str| {
        let headline = verdict(&usual(marker, 3, 21)).headline;
        assert!(headline.starts_with(&format!("Out of memory{expected}: no Toit process")), "{headline}");
    };
    begins("out of memory", "");
    begins("out of memory in primitive 2:6", " in tcp.write");
    begins("out of memory in primitive 3:4", " in udp.send or udp.connect");
    begins("out of memory in primitive 77:1", " in primitive 77:1");
    begins("out of memory in 'allocate instance' 24:0", " for an object of a program");
    begins("out of memory in 'stack grow' 64:96", " for a stack that had to grow");
    begins("out of memory in 'pushing error' 30:0", " for an exception that was to be raised");
}

#[test]
fn what_failed_depends_on_what_was_free() {
    let check = |marker: &str, largest, free, headline: &str, why: &str| {
        let verdict = verdict(&usual(marker, largest, free));
        assert_eq!(plain(&verdict.headline), headline);
        assert!(verdict.judgements[0].explanation.contains(why), "{}", verdict.judgements[0].explanation);
    };
    let marker = "out of memory in primitive 2:6";
    check(
        marker,
        1,
        3,
        "Out of memory in tcp.write: no Toit process can grow: a 4 KB page is needed and the largest block is 1 KB; only 3 \
         KB are free in all.",
        "Hardly anything was free.",
    );
    check(
        marker,
        8,
        21,
        "Out of memory in tcp.write: 21 KB were free, but nothing larger than 8 KB in one piece.",
        "so something larger was asked for",
    );
    check(
        "out of memory in 'allocate instance' 24:0",
        8,
        21,
        "Out of memory for an object of a program: 21 KB were free, but nothing larger than 8 KB in one piece.",
        "a page could be had again",
    );
}

#[test]
fn a_failure_before_the_last_restart_is_said_to_be_one() {
    let log = usual("out of memory in primitive 2:6", 3, 21) + &boot(195);
    let verdict = verdict(&log);
    assert!(
        verdict.judgements[0].explanation.starts_with("That was before the last restart."),
        "{verdict:?}"
    );
}

#[test]
fn udp_send_of_an_old_release_is_a_false_alarm() {
    let verdict = verdict(&(boot(189) + &usual(UDP_SEND, 48, 79)));
    assert_eq!(verdict.state, State::NotAHeapProblem);
    assert_eq!(
        verdict.headline,
        "Not a heap problem: udp.send found the network's send buffers full, and this release of Toit calls that out of \
         memory."
    );
    let judgement = &verdict.judgements[0];
    assert_eq!(
        plain(&judgement.explanation),
        "Releases before v2.0.0-alpha.191 report full send buffers of the network as a failed allocation, although memory \
         is there. When the report was printed, 79 KB were free, 48 KB of them in one piece: what it shows was not why."
    );
    assert_eq!(
        because(judgement),
        "The report comes a moment after the failure: just then, less may have been free."
    );
    assert!(judgement.next.starts_with("Update to v2.0.0-alpha.191 or later."));
    assert_eq!(judgement.evidence.len(), 1);
}

#[test]
fn nothing_is_a_false_alarm_that_the_log_does_not_prove() {
    // No release, one that is mended or unknown, no room, another primitive, no figures, memory asked for beyond what is free.
    let tcp = "out of memory in primitive 2:6";
    let cut = usual(UDP_SEND, 48, 79).lines().take(3).collect::<Vec<_>>().join("\n");
    for log in [
        usual(UDP_SEND, 48, 79),
        boot(191) + &usual("out of memory in primitive 3:6", 48, 79),
        "[toit] INFO: starting <v2.0.0-alpha.189.2>\n".to_owned() + &usual(UDP_SEND, 48, 79),
        boot(189) + &usual(UDP_SEND, 3, 79),
        boot(189) + &usual(tcp, 48, 79),
        boot(189) + &cut,
        boot(177) + &usual("out of memory in primitive 6:2", 48, 79),
        boot(176) + &usual("out of memory in primitive 6:2", 2, 79),
    ] {
        let verdict = verdict(&log);
        assert_eq!(verdict.state, State::OutOfMemory, "{log}");
        assert!(judgement(&verdict, State::NotAHeapProblem).is_none(), "{log}");
    }
    // But that it may be one is said.
    let explanation = |log: &str| verdict(log).judgements[0].explanation.clone();
    assert!(explanation(&usual(UDP_SEND, 48, 79)).contains("this log does not name its release"));
    assert!(explanation(&(boot(189) + &usual(UDP_SEND, 3, 79))).contains("the heap may as well be why"));
    let i2c = "out of memory in primitive 6:2";
    assert!(explanation(&usual(i2c, 48, 79)).contains("I²C driver says this whatever fails in it; this log"));
    assert!(explanation(&(boot(176) + &usual(i2c, 2, 79))).contains("whatever fails in the I²C driver; but"));
    assert!(!explanation(&(boot(189) + &usual(tcp, 3, 79))).contains("send buffers"));
}

#[test]
fn the_last_releases_with_a_false_alarm_and_the_first_without() {
    let state = |alpha, primitive: &str| {
        verdict(&(boot(alpha) + &usual(&format!("out of memory in primitive {primitive}"), 48, 79))).state
    };
    use State::{NotAHeapProblem, OutOfMemory};
    // udp.send moved from 3:4 to 3:6 in alpha.190.
    assert_eq!(
        [state(147, "3:4"), state(189, "3:4"), state(190, "3:6"), state(191, "3:6"), state(190, "3:4")],
        [NotAHeapProblem, NotAHeapProblem, NotAHeapProblem, OutOfMemory, OutOfMemory]
    );
    assert_eq!([state(176, "6:2"), state(177, "6:2")], [NotAHeapProblem, OutOfMemory]);
}

#[test]
fn a_real_failure_outweighs_a_false_alarm() {
    let log = boot(189) + &usual(UDP_SEND, 48, 79) + &usual("out of memory in primitive 2:6", 3, 21);
    let verdict = verdict(&log);
    assert_eq!(verdict.state, State::OutOfMemory);
    let evidence = &judgement(&verdict, State::OutOfMemory).unwrap().evidence;
    assert!(evidence.iter().all(|evidence| !evidence.text.contains("udp.send")), "{evidence:?}");
    assert!(judgement(&verdict, State::NotAHeapProblem).is_some());
}

#[test]
fn an_exception_behind_a_false_alarm_is_the_same() {
    let exception = support::toit_program::EXCEPTION_IN_MAIN;
    let log = |between: usize| {
        format!("{}{}{}{exception}", boot(189), usual(UDP_SEND, 48, 79), "[wifi] DEBUG: ok\n".repeat(between))
    };
    assert_eq!(verdict(&log(0)).state, State::NotAHeapProblem);
    // Each is near the one before, but the last ones are not near the report.
    let many = log(0) + &format!("{}{exception}", "[wifi] DEBUG: ok\n".repeat(60)).repeat(4);
    assert_eq!(verdict(&many).state, State::OutOfMemory);
    // Long after it is another one.
    assert_eq!(verdict(&log(200)).state, State::OutOfMemory);
}

#[test]
fn a_driver_of_a_board_with_external_ram() {
    let verdict = verdict(&fixture("toit/psram_board"));
    assert_eq!(verdict.state, State::NotAHeapProblem);
    assert_eq!(
        verdict.headline,
        "Not a heap problem: something failed in the I²C driver, and this release of Toit calls that out of memory."
    );
    assert_eq!(
        because(&verdict.judgements[0]),
        "The report does not show the internal memory, which may be short for itself."
    );
}

#[test]
fn megabytes_free_are_not_the_heap_that_failed() {
    let rows = [("toit processes", 40_960, 12), ("heap metadata", 667_648, 1), ("spare new-space", 4_096, 1)];
    let log = |marker: &str| report(marker, &rows, 7_468, 7_475);
    let verdict = |marker: &str| verdict(&log(marker));
    for marker in ["out of memory", "out of memory in primitive 13:2"] {
        let verdict = verdict(marker);
        assert_eq!(
            verdict.headline,
            "Not a heap problem: the heap that this report shows has megabytes free."
        );
        assert!(matches!(verdict.judgements[0].sureness, Sureness::Likely { .. }));
    }
    // Objects live in the external RAM.
    assert_eq!(verdict("out of memory in 'allocate instance' 24:0").state, State::OutOfMemory);
}

#[test]
fn a_counter_that_was_set_back_is_named_as_what_it_is() {
    let verdict = verdict("10:00:00.000 OOM: count 0 (+4294967293)\n");
    assert_eq!(verdict.state, State::NotAHeapProblem);
    assert_eq!(
        verdict.headline,
        "Not a heap problem: the counter of failed allocations was set back, and the log shows a difference of four \
         billion."
    );
    // Of a former run of the firmware it is not said.
    let later = "10:00:00.000 OOM: count 0 (+4294967293)\n00:00:00.070 Project tasmota - Plug Version \
                 15.5.0(release-tasmota)-2_7_8(2026-06-21T10:00:00)\n";
    assert_eq!(self::verdict(later).state, State::NotEnoughData);
}

#[test]
fn a_stale_time_stamp_is_named_where_a_measurement_contradicts_it() {
    let status4 = |at: &str, stamp: &str, percent: u64| {
        format!(
            "{at}{stamp} MQT: stat/x/STATUS4 = {{\"StatusMEM\":{{\"Heap\":23,\"MaxFree\":21,\"Frag\":{percent}}}}}\n"
        )
    };
    let verdict_of = |log: &str| verdict(log);
    let stale = verdict_of(&status4("10:00:01.000", "-023/73", 7));
    assert_eq!(stale.state, State::NotAHeapProblem);
    assert_eq!(
        stale.headline,
        "Not a heap problem: the time stamp shows 73% fragmentation, Status 4 at the same time 7%."
    );
    assert_eq!(stale.judgements[0].sureness, Sureness::Certain);
    let near = verdict_of(&format!("10:00:00.500-023/73 CMD: x\n{}", status4("10:00:01.000", "-023/02", 7)));
    assert!(matches!(near.judgements[0].sureness, Sureness::Likely { .. }), "{near:?}");
    // Too late, no alarm at all, the same, or nothing to compare with.
    for log in [
        format!("10:00:00.500-023/73 CMD: x\n{}", status4("10:00:09.000", "-023/02", 7)),
        status4("10:00:01.000", "-023/45", 7),
        status4("10:00:01.000", "-023/73", 70),
        "10:00:00.500-023/73 CMD: x\n".to_owned(),
    ] {
        assert!(judgement(&verdict_of(&log), State::NotAHeapProblem).is_none(), "{log}");
    }
}
