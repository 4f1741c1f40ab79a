//! What is said of block maps, of figures that a build withholds, and of damaged heaps.

mod support;

use heapscope::demo::{Allocation, UmmHeap};
use heapscope::heap::Millis;
use heapscope::recording::{Recorder, Source};
use heapscope::verdict::{Advice, Judgement, State, Sureness, Verdict, judge, judge_at};
use support::fixtures;

fn recorder_of(log: &[u8]) -> Recorder {
    let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
    recorder.feed(log, Millis(0));
    recorder.finish(Millis(0));
    recorder
}

fn verdict_of(log: &[u8]) -> Verdict {
    judge(recorder_of(log).recording())
}

fn log_of(name: &str) -> Vec<u8> {
    fixtures().into_iter().find(|case| case.name == name).expect("the fixture exists").log
}

fn logs_of(names: &[&str]) -> Vec<u8> {
    names.iter().flat_map(|name| log_of(name)).collect()
}

/// Narrow and no-break spaces are for typesetting; here plain ones read better.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

#[track_caller]
fn has(text: &str, expected: &str) {
    assert!(plain(text).contains(expected), "{expected:?} is not in {:?}", plain(text));
}

#[track_caller]
fn check(verdict: &Verdict, state: State, headline: &str) {
    assert_eq!((verdict.state, plain(&verdict.headline).as_str()), (state, headline));
}

fn judgement(verdict: &Verdict, state: State) -> &Judgement {
    verdict.judgements.iter().find(|judgement| judgement.state == state).expect("there is such a judgement")
}

fn advice<'a>(verdict: &'a Verdict, headline: &str) -> &'a Advice {
    let found = verdict.advice.iter().find(|advice| advice.headline.contains(headline));
    found.unwrap_or_else(|| panic!("no {headline:?} in {:#?}", verdict.advice))
}

/// Which state each block map, each log of Tasmota's and each damaged heap has.
const STATES: &[(&str, State)] = &[
    ("espressif/esp32_corrupt_heap", State::HeapCorrupted),
    ("tasmota/pull_request_24777", State::Healthy),
    ("umm/alarms", State::HeapCorrupted),
    ("umm/boot_core278_default", State::Healthy),
    ("umm/corrupt_chain_ends_early", State::HeapCorrupted),
    ("umm/corrupt_free_links_overwritten", State::HeapCorrupted),
    ("umm/corrupt_free_neighbours", State::HeapCorrupted),
    ("umm/corrupt_list_leaves_out", State::HeapCorrupted),
    ("umm/corrupt_nf_overwritten", State::HeapCorrupted),
    ("umm/corrupt_overrun_of_nb", State::HeapCorrupted),
    ("umm/corrupt_pb_core278_full", State::HeapCorrupted),
    ("umm/corrupt_pb_flipped", State::HeapCorrupted),
    ("umm/corrupt_pb_overwritten", State::HeapCorrupted),
    ("umm/corrupt_pf", State::HeapCorrupted),
    ("umm/empty_core278_default", State::Healthy),
    ("umm/form_core_2_5", State::Healthy),
    ("umm/form_core_2_6", State::OutOfMemory),
    ("umm/form_core_2_7", State::Healthy),
    ("umm/form_core_3_0", State::Healthy),
    ("umm/form_core_3_1_three_heaps", State::OutOfMemory),
    ("umm/form_nothing_free", State::NearlyFull),
    ("umm/form_original", State::Healthy),
    ("umm/form_upstream_rh", State::NearlyFull),
    ("umm/fraghalf_core278_full", State::Fragmenting),
    ("umm/leak_core278_full_1", State::Healthy),
    ("umm/leak_core278_full_2", State::Healthy),
    ("umm/leak_core278_full_3", State::Healthy),
    ("umm/leak_core278_full_4", State::NotEnoughData),
    ("umm/lost_blanks", State::Healthy),
    ("umm/lost_on_the_way", State::NotEnoughData),
    ("umm/oom_core278_default", State::OutOfMemory),
    ("umm/oom_core278_statsfull", State::OutOfMemory),
    ("umm/poison_messages_core278", State::HeapCorrupted),
    // An allocator that stops the program for its damaged data.
    ("espressif/esp32_panics", State::HeapCorrupted),
    ("umm/realloc_core278_statsfull", State::Healthy),
    ("umm/steady_core242", State::Healthy),
    ("umm/steady_core278_full", State::Healthy),
    ("umm/steady_master_default", State::Healthy),
];

#[test]
fn the_state_of_each_fixture() {
    for case in fixtures() {
        let verdict = verdict_of(&case.log);
        let expected = STATES.iter().find(|(name, _)| *name == case.name);
        if let Some((name, state)) = expected {
            assert_eq!(verdict.state, *state, "{name}: {}", verdict.headline);
        } else {
            assert!(!case.name.starts_with("umm/"), "{} is not in the table", case.name);
            // No other log shows one heap several times, or a damaged one.
            assert_ne!(verdict.state, State::HeapCorrupted, "{}", case.name);
            let leaks = |judgement: &Judgement| judgement.state == State::Leaking;
            assert!(!verdict.judgements.iter().any(leaks), "{}: {}", case.name, verdict.headline);
        }
        for judgement in &verdict.judgements {
            assert!(!judgement.evidence.is_empty() && !judgement.next.is_empty(), "{}", case.name);
        }
        for advice in &verdict.advice {
            assert!(!advice.evidence.is_empty() && !advice.next.is_empty(), "{}", case.name);
        }
    }
}

// Maps compared.

#[test]
fn a_leak_is_told_by_its_size() {
    let names = [
        "umm/leak_core278_full_1",
        "umm/leak_core278_full_2",
        "umm/leak_core278_full_3",
        "umm/leak_core278_full_4",
    ];
    let verdict = verdict_of(&logs_of(&names));
    check(
        &verdict,
        State::Leaking,
        "Leaking: 120 blocks of 80 bytes appeared over 4 block maps and none went; now 11.2 KB free, the largest \
         block 9.2 KB.",
    );
    let leak = &verdict.judgements[0];
    assert!(matches!(leak.sureness, Sureness::Likely { .. }), "{:?}", leak.sureness);
    // 72 bytes leaked: the truth beside the fixtures.
    has(&leak.next, "Look for code that asks for 69 to 76 bytes");
    has(
        &leak.explanation,
        "From the first of these maps to the last 9.4 KB more came into use, and blocks of this one size are 9.4 KB of that.",
    );
    let evidence: Vec<_> = leak.evidence.iter().map(|evidence| plain(&evidence.text)).collect();
    assert_eq!(
        evidence,
        ["5 blocks of 80 bytes", "45 blocks of 80 bytes", "85 blocks of 80 bytes", "125 blocks of 80 bytes"]
    );
    let three = verdict_of(&logs_of(&names[..3]));
    assert!(matches!(three.judgements[0].sureness, Sureness::Possible { .. }));
    // Two alone show one step.
    let two = verdict_of(&logs_of(&names[1..3]));
    check(
        &two,
        State::Leaking,
        "Possibly leaking: 40 blocks of 80 bytes appeared between the two block maps and none went; now 14.3 KB \
         free, the largest block 12.9 KB.",
    );
    assert!(matches!(two.judgements[0].sureness, Sureness::Possible { .. }));
}

#[test]
fn maps_that_do_not_belong_together_are_not_compared() {
    let (first, last) = ("umm/leak_core278_full_1", "umm/leak_core278_full_4");
    let boot = b"00:00:00.001 Project tasmota - P Version 15.5.0(tasmota)-2_7_8(2026-06-21T10:00:00)\r\n";
    let restarted = [log_of(first), boot.to_vec(), log_of(last)].concat();
    assert_eq!(verdict_of(&restarted).state, State::NotEnoughData);
    // Another firmware: its heap begins elsewhere.
    let other = logs_of(&["umm/realloc_core278_statsfull", last]);
    assert_eq!(verdict_of(&other).state, State::NotEnoughData);
    // A map that was cut off.
    let mut cut = log_of(first);
    cut.truncate(cut.len() / 2);
    cut.extend(b"\r\n");
    cut.extend(log_of(last));
    let verdict = verdict_of(&cut);
    assert_eq!(verdict.state, State::NotEnoughData);
    // Backwards it is memory given back.
    assert_eq!(verdict_of(&logs_of(&[last, first])).state, State::Healthy);
    assert_eq!(verdict_of(&logs_of(&[first, first, first])).state, State::Healthy);
}

/// A generator of Marsaglia's (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % u64::from(end)) as u32
    }
}

/// What a program does besides its work.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Course {
    /// Nothing.
    Steady,
    /// A cache of so many entries, filled within the first tenth of the time.
    FillsEarly(u32),
    /// Documents of 10 to 60 pieces of 20 bytes, taken at once and given back at once some time later.
    Documents,
    /// So many bytes, taken now and then and never given back.
    Leaks(u32),
    /// Texts of 100 to 120 bytes likewise.
    LeaksTexts,
}

/// A board whose program takes and gives back memory at random, and prints so many block maps.
fn maps_of(seed: u64, course: Course, maps: u32) -> Recorder {
    let (mut heap, mut random) = (UmmHeap::default(), Random(seed * 0x9E37_79B9 + 1));
    let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
    let mut kept: Vec<Allocation> = (0..60).filter_map(|_| heap.malloc(8 + random.below(150))).collect();
    let mut held: Vec<Allocation> = Vec::new();
    let mut documents: Vec<Vec<Allocation>> = Vec::new();
    let rounds = 300;
    for map in 0..maps {
        for round in 0..rounds {
            // Sizes as programs have them: a few that come often.
            let size = [12, 20, 24, 40, 64, 72, 100, 250, 600][random.below(9) as usize];
            held.extend(heap.malloc(size));
            while held.len() > 20 + random.below(20) as usize {
                let place = random.below(held.len() as u32) as usize;
                heap.free(held.swap_remove(place));
            }
            match course {
                Course::Steady => {}
                Course::FillsEarly(entries) => {
                    if map == 0 && round < entries {
                        kept.extend(heap.malloc(44));
                    }
                }
                Course::Documents => {
                    if random.below(20) == 0 {
                        let pieces = 10 + random.below(51);
                        documents.push((0..pieces).filter_map(|_| heap.malloc(20)).collect());
                    }
                    while documents.len() > 2 + random.below(6) as usize {
                        let place = random.below(documents.len() as u32) as usize;
                        documents.swap_remove(place).into_iter().for_each(|piece| heap.free(piece));
                    }
                }
                Course::Leaks(bytes) => {
                    if random.below(30) == 0 {
                        kept.extend(heap.malloc(bytes));
                    }
                }
                Course::LeaksTexts => {
                    if random.below(20) == 0 {
                        kept.extend(heap.malloc(100 + random.below(21)));
                    }
                }
            }
        }
        let at = Millis::from_secs(60 + 300 * u64::from(map));
        let mut print = Vec::new();
        heap.print_info(&mut print);
        recorder.feed(&print, at);
    }
    recorder
}

fn leak(recorder: &Recorder) -> Option<Judgement> {
    let judgements = judge(recorder.recording()).judgements;
    judgements
        .into_iter()
        .find(|judgement| judgement.headline.contains("eaking: ") && judgement.headline.contains("map"))
}

#[test]
fn programs_that_do_not_leak_are_not_called_leaking() {
    let mut recordings = 0;
    for seed in 1..=60 {
        for maps in [2, 3, 4, 6, 10] {
            for course in [Course::Steady, Course::FillsEarly(100)] {
                let recorder = maps_of(seed, course, maps);
                assert_eq!(recorder.recording().reports().len(), maps as usize);
                let leak = leak(&recorder);
                assert!(leak.is_none(), "{seed} {maps} {course:?}: {}", leak.unwrap().headline);
                recordings += 1;
            }
        }
    }
    assert_eq!(recordings, 600);
}

#[test]
fn documents_that_come_and_go_are_hardly_ever_called_leaking() {
    let mut called: Vec<(u32, usize)> = Vec::new();
    for maps in [2, 3, 4, 5, 6, 8] {
        let leaking = (1..=100).filter(|seed| leak(&maps_of(*seed, Course::Documents, maps)).is_some());
        called.push((maps, leaking.count()));
    }
    println!("{called:?}");
    let of_many: usize = called.iter().filter(|(maps, _)| *maps > 2).map(|(_, count)| count).sum();
    assert!(of_many <= 5, "{called:?} of 100 each");
}

#[test]
fn programs_that_leak_are_found_by_size() {
    for seed in 1..=40 {
        for bytes in [36, 52, 130, 200] {
            let leak = leak(&maps_of(seed, Course::Leaks(bytes), 6));
            let leak = leak.unwrap_or_else(|| panic!("{seed}: {bytes} bytes"));
            let block = (bytes + 4).div_ceil(8) * 8;
            has(&leak.headline, &format!("of {block} bytes"));
            has(&leak.explanation, "These blocks alone take about ");
        }
        let leak = leak(&maps_of(seed, Course::LeaksTexts, 6)).unwrap_or_else(|| panic!("{seed}: texts"));
        let sizes = [
            "104 to 112",
            "104 to 128",
            "of 112",
            "of 120",
            "112 to 128",
            "120 to 128",
            "113",
            "of 128",
            "of 104",
        ];
        assert!(sizes.iter().any(|size| plain(&leak.headline).contains(size)), "{}", leak.headline);
    }
}

#[test]
fn a_row_of_a_table_that_grows_three_times_is_a_possible_leak() {
    let table = |toit: u64, wifi: u64| {
        format!(
            "Heap report @ out of memory:\n  {toit:7} bytes     {:3} allocs  toit processes\n  {wifi:7} bytes      10 allocs  wifi\n  \
             Total: {} bytes in {} allocations, largest free 40k, total free 60k\n\n",
            toit / 4096,
            toit + wifi,
            toit / 4096 + 10
        )
    };
    let verdict = |rows: &[(u64, u64)]| {
        let log: String = rows.iter().map(|&(toit, wifi)| table(toit, wifi)).collect();
        let recorder = recorder_of(log.as_bytes());
        let tables = recorder.recording().reports().iter().filter(|dated| dated.report.complete).count();
        assert_eq!(tables, rows.len(), "{:#?}", recorder.recording().reports());
        judge(recorder.recording())
    };
    let grows = verdict(&[(40_960, 9_000), (45_056, 9_100), (53_248, 9_000)]);
    let leak = judgement(&grows, State::Leaking);
    has(
        &leak.headline,
        "Possibly leaking: \"toit processes\" grew in each of the last three reports, by 12 KB in all.",
    );
    assert!(matches!(leak.sureness, Sureness::Possible { .. }));
    for rows in [
        &[(40_960, 9_000), (45_056, 9_100)][..],
        &[(40_960, 9_000), (45_056, 9_100), (40_960, 9_200)],
        &[(40_960, 9_000), (40_960, 9_100), (40_960, 9_200)],
    ] {
        let judgements = verdict(rows).judgements;
        assert!(!judgements.iter().any(|judgement| judgement.state == State::Leaking), "{rows:?}");
    }
}

// What fits.

#[test]
fn fragmentation_is_counted_exactly() {
    let verdict = verdict_of(&log_of("umm/fraghalf_core278_full"));
    check(&verdict, State::Fragmenting, "Fragmenting: 11.3 KB free, but the largest block is 760 bytes.");
    let text = &verdict.judgements[0].explanation;
    has(text, "By the block map, the largest request that can be had is 756 bytes.");
    has(text, "What still fits: 256 bytes 33 times, or 512 bytes 14 times.");
    has(text, "Nothing of 1 KB or more can be had, though 11.3 KB are free.");
    // Two vendors, two formulas.
    has(text, "umm_malloc's own metric is 79% here");
    has(text, "the one that Tasmota prints as Frag 94%");
}

/// Against the sizes that the program kept which allocated.
#[test]
fn what_fits_agrees_with_the_truth() {
    let mut compared = 0;
    for case in fixtures().iter().filter(|case| case.name.starts_with("umm/")) {
        let Some(truth) = case.truth() else { continue };
        let sizes: Vec<u64> = truth["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["free"] == true)
            .map(|entry| entry["blocks"].as_u64().unwrap() * 8)
            .collect();
        let recorder = recorder_of(&case.log);
        let map = &recorder.recording().reports()[0].report.blocks;
        for request in [1_u64, 4, 5, 60, 256, 512, 1_024, 2_048, 4_096, 16_384] {
            let needed = if request <= 4 { 8 } else { (2 + (request - 5) / 8) * 8 };
            let fit = heapscope::heap::Fit::of(map, request as u32, heapscope::heap::Rounding::UMM);
            assert_eq!(
                fit.times,
                sizes.iter().map(|size| size / needed).sum::<u64>(),
                "{} {request}",
                case.name
            );
            let too_small: u64 = sizes.iter().filter(|size| **size < needed).sum();
            assert_eq!(fit.unusable_bytes, too_small, "{} {request}", case.name);
            compared += 1;
        }
    }
    assert!(compared >= 140, "{compared}");
}

#[test]
fn a_map_in_which_nothing_stands_out() {
    let verdict = verdict_of(&log_of("umm/steady_core278_full"));
    check(&verdict, State::Healthy, "Healthy at this moment: 20.5 KB free, and 19.3 KB of it in one piece.");
    let healthy = &verdict.judgements[0];
    has(&healthy.explanation, "Since the board started, never less than 18.5 KB was free.");
    has(&healthy.explanation, "The largest request ever made, 4 096 bytes, could still be had.");
    has(&healthy.explanation, "or 4 KB 4 times, or 16 KB once.");
    has(healthy.sureness.why_not_surer().unwrap(), "It is one moment");
    check(
        &verdict_of(&log_of("umm/realloc_core278_statsfull")),
        State::Healthy,
        "Healthy at this moment: 23.3 KB free, and 22.4 KB of it in one piece.",
    );
}

#[test]
fn one_size_that_stands_out_is_no_leak_yet() {
    check(
        &verdict_of(&log_of("umm/leak_core278_full_4")),
        State::NotEnoughData,
        "125 of the 236 used blocks have the same size, 80 bytes: a second block map will tell whether that is a leak.",
    );
}

#[test]
fn out_of_memory_with_a_map_does_not_ask_for_one() {
    for (name, free) in [("umm/oom_core278_statsfull", "10.3 KB"), ("umm/oom_core278_default", "8.3 KB")] {
        let verdict = verdict_of(&log_of(name));
        has(&verdict.headline, "Out of memory: 8 allocations failed since boot");
        has(&verdict.judgements[0].explanation, &format!("can be had, though {free} are free."));
        assert!(!verdict.judgements[0].next.contains("Ask for a block map"));
        judgement(&verdict, State::Fragmenting);
    }
}

// Damage.

#[test]
fn damage_is_named_with_its_place() {
    for (name, headline, words) in [
        (
            "umm/corrupt_pb_core278_full",
            "Heap corrupted: the head of block 2268 at 0x3fff6ba0 was overwritten.",
            "In block 2268 at 0x3fff6ba0 the link to the block before (PB) is 2444, where 2265 belongs. It lies between \
             block 2265 at 0x3fff6b88 and block 2280 at 0x3fff6c00. The two bytes before this number are in order",
        ),
        (
            "umm/corrupt_overrun_of_nb",
            "Heap corrupted: the head of block 7 at 0x3fff24f8 was overwritten with the text \"AA\", most likely from \
             block 1 before it.",
            "Block 1 at 0x3fff24c8 before it (48 bytes) is in use: its owner most likely wrote beyond its end.",
        ),
        (
            "umm/corrupt_pb_flipped",
            "Heap corrupted: the head of block 551 at 0x3fff35f8 was overwritten.",
            "Exactly one bit differs",
        ),
        (
            "umm/corrupt_free_links_overwritten",
            "Heap corrupted: block 551 at 0x3fff35f8 was written to with the text \"ll\" though it is free.",
            "Most likely its former owner still writes there.",
        ),
        (
            "umm/corrupt_free_neighbours",
            "Heap corrupted: blocks 7 and 36 lie side by side and are both free, which the allocator never leaves.",
            "the mark which says whether one of them is free was overwritten",
        ),
        (
            "umm/corrupt_list_leaves_out",
            "Heap corrupted: the list of free blocks leaves out 3 of them, so they can never be used again.",
            "the list that goes through it ends early",
        ),
    ] {
        let verdict = verdict_of(&log_of(name));
        check(&verdict, State::HeapCorrupted, headline);
        has(&verdict.judgements[0].explanation, words);
        // A wrong character would look alike, unless it does so twice.
        assert!(matches!(verdict.judgements[0].sureness, Sureness::Likely { .. }), "{name}");
        let twice = verdict_of(&logs_of(&[name, name]));
        check(&twice, State::HeapCorrupted, headline);
        assert_eq!(twice.judgements[0].sureness, Sureness::Certain, "{name}");
    }
}

#[test]
fn what_the_firmware_itself_found_is_certain() {
    for (line, headline) in [
        (
            "No poison after block at: 0x3fff24e8, actual data: 0x01 0xa5 0xa5 0xa5",
            "Heap corrupted: the program wrote just behind a piece of its memory, at 0x3fff24e8.",
        ),
        (
            "No poison before block at: 0x3fff24f8, actual data: 0x48 0x65 0x6c 0x6c",
            "Heap corrupted: the program wrote just before a piece of its memory, at 0x3fff24f8 (\"Hell\" stands there now).",
        ),
        (
            "check_poison_block is called for free block 0x3fff24c8",
            "Heap corrupted: memory at 0x3fff24c8 was given back a second time.",
        ),
        (
            "Pointer 0x3ffe8000 is not a Heap address.",
            "Heap corrupted: the program gave back memory at 0x3ffe8000 that never came from the heap.",
        ),
        (
            "heap integrity broken: block links don't match: 7 -> 37, but 37 -> 16705",
            "Heap corrupted: the head of block 37 was overwritten with the text \"AA\".",
        ),
        (
            "CORRUPT HEAP: Bad tail at 0x3ffb4b5c. Expected 0xbaad5678 got 0x00005678",
            "Heap corrupted: the program wrote beyond the end of a block, at 0x3ffb4b5c.",
        ),
        (
            "CORRUPT HEAP: Bad head at 0x3ffb4b40. Expected 0xabba1234 got 0x41414141",
            "Heap corrupted: the word before a block's data was overwritten, at 0x3ffb4b40 (\"AAAA\" stands there now).",
        ),
        (
            "CORRUPT HEAP: Invalid data at 0x3ffb4b60. Expected 0xfefefefe got 0x00000000",
            "Heap corrupted: memory at 0x3ffb4b60 was written to after it had been given back.",
        ),
        (
            "CORRUPT HEAP: multi_heap.c:432 detected at 0x3ffb4b5c",
            "Heap corrupted: the program wrote outside its memory, at 0x3ffb4b5c, and the allocator's own data is damaged.",
        ),
    ] {
        let verdict = verdict_of(format!("{line}\r\n").as_bytes());
        check(&verdict, State::HeapCorrupted, headline);
        assert_eq!(verdict.judgements[0].sureness, Sureness::Certain, "{line}");
        has(&verdict.judgements[0].explanation, line.trim_end_matches('.'));
    }
}

#[test]
fn lost_characters_are_no_damage() {
    let verdict = verdict_of(&log_of("umm/lost_on_the_way"));
    assert_eq!(verdict.state, State::NotEnoughData);
    let advice = advice(&verdict, "no sign of damage in the board");
    has(&advice.headline, "5 block maps came incomplete or changed");
    // Where the heap is damaged, nothing of the kind is said.
    let corrupt = verdict_of(&log_of("umm/corrupt_overrun_of_nb"));
    assert!(!corrupt.advice.iter().any(|advice| advice.headline.contains("no sign of damage")));
}

// What the build withholds.

#[test]
fn both_captures_of_the_pull_request_are_judged() {
    let recorder = recorder_of(&log_of("tasmota/pull_request_24777"));
    let line_of = |wanted: &str| {
        let text = String::from_utf8(log_of("tasmota/pull_request_24777")).unwrap();
        text.lines().position(|line| line.contains(wanted)).unwrap() as u64
    };
    // Before: a stock build.
    let before = judge_at(recorder.recording(), line_of("18:36:07.627-021"));
    check(&before, State::NotEnoughData, "24 KB free. More of the log is needed to say whether that falls.");
    let missing = advice(&before, "does not print the largest free block");
    has(&missing.next, "`#define USE_ESP8266_DEBUG_HEAP` in user_config_override.h");
    has(&missing.next, "Build with -DUMM_STATS_FULL and without -DUMM_INLINE_METRICS");
    assert_eq!(before.advice.len(), 1, "{:#?}", before.advice);
    // After: with both flags, and an excerpt of a block map.
    let after = judge(recorder.recording());
    check(
        &after,
        State::Healthy,
        "Healthy at this moment: 23.7 KB free, and at least 23.1 KB of it in one piece.",
    );
    let healthy = &after.judgements[0];
    has(&healthy.explanation, "Rows of the block map are missing, but the totals and the metric below them");
    has(&healthy.explanation, "Since the board started, never less than 16.8 KB was free.");
    has(&healthy.explanation, "The largest request ever made, 4 096 bytes, could still be had.");
    let flags = advice(
        &after,
        "The 0 failed allocations that Status 4 and block maps of this build print say nothing.",
    );
    has(&flags.explanation, "It was built with -DUMM_INLINE_METRICS.");
    has(&flags.explanation, "Tasmota's pull request 24777 advises that flag together with -DUMM_STATS_FULL");
    has(&flags.next, "in platformio_override.ini, `build_flags = ${common.build_flags} -DUMM_STATS_FULL`");
    has(&flags.next, "because the allocator is compiled with the framework");
    has(&advice(&after, "no sign of damage").explanation, "6 of 130 rows are here.");
}

#[test]
fn advice_changes_no_judgement() {
    let answer = |second: u64| {
        format!(
            "10:{:02}:{:02}.000 RSL: STATUS4 = {{\"StatusMEM\":{{\"Heap\":24}}}}\r\n",
            second / 60,
            second % 60
        )
    };
    let log: String = (0..40).map(|step| answer(step * 10)).collect();
    let verdict = verdict_of(log.as_bytes());
    check(&verdict, State::Healthy, "Healthy: 24 KB free, no lasting fall in 6 min 30 s.");
    assert_eq!(verdict.judgements.len(), 1);
    advice(&verdict, "does not print the largest free block");
    // With so many figures there is a series already.
    assert!(!verdict.advice[0].next.contains("SetOption130"));
    let one = verdict_of(answer(0).as_bytes());
    check(&one, State::NotEnoughData, "24 KB free. More of the log is needed to say whether that falls.");
    has(&one.advice[0].next, "Send SetOption130 1 for a series without asking");
}

#[test]
fn what_each_log_withholds() {
    let headlines = |name: &str| -> Vec<String> {
        verdict_of(&log_of(name)).advice.iter().map(|advice| plain(&advice.headline)).collect()
    };
    const CLEARED: &str =
        "The 0 failed allocations that Status 4 and block maps of this build print say nothing.";
    const NO_LARGEST: &str =
        "This build does not print the largest free block, so fragmentation cannot be seen.";
    const NO_STATISTICS: &str =
        "This build prints neither the least free memory since the start nor the largest request.";
    const OLD_TOIT: &str = "This Toit release does not print the largest free block.";
    for (name, expected) in [
        ("umm/leak_core278_full_1", &[CLEARED][..]),
        ("umm/oom_core278_default", &[NO_STATISTICS]),
        // Full statistics, and forms of cores that have none.
        ("umm/oom_core278_statsfull", &[]),
        ("umm/realloc_core278_statsfull", &[]),
        ("umm/steady_core242", &[]),
        ("tasmota/stock_8_1", &[NO_LARGEST]),
        ("tasmota/inline_metrics", &[CLEARED]),
        ("tasmota/esp32", &[]),
        ("toit/out_of_memory_question", &[OLD_TOIT]),
        ("toit/psram_board", &[]),
        ("espressif/esp32_boot", &[]),
    ] {
        assert_eq!(headlines(name), expected, "{name}");
    }
    let old = verdict_of(&log_of("tasmota/stock_8_1"));
    has(&old.advice[0].explanation, "This is release 8.1.0; 15.5 is the first that can.");
}
