//! The demo board, seen from the other end of its cable.

use heapscope::demo::{Board, Scenario, TasmotaBoard};
use heapscope::heap::Millis;

/// The console: types lines at given seconds, and keeps what comes back.
fn session(scenario: Scenario, typed: &[(u64, &[u8])], until_secs: u64, step_millis: u64) -> Vec<u8> {
    let mut board = TasmotaBoard::new(scenario);
    let mut log = Vec::new();
    let mut typed = typed.iter().peekable();
    let mut now = 0;
    loop {
        while let Some((secs, bytes)) = typed.next_if(|(secs, _)| secs * 1000 <= now) {
            assert_eq!(secs * 1000, now, "inputs must fall on a step");
            board.input(bytes);
        }
        if now >= until_secs * 1000 {
            return log;
        }
        now += step_millis;
        board.advance(Millis(now), &mut log);
    }
}

/// What a poller types: `Status 4` every ten seconds, and a heap dump every five minutes.
fn polling(until_secs: u64) -> Vec<(u64, &'static [u8])> {
    let line = |secs: u64| -> &'static [u8] {
        if secs.is_multiple_of(300) { b"Status 44\n" } else { b"Status 4\n" }
    };
    (10..until_secs).step_by(10).map(|secs| (secs, line(secs))).collect()
}

/// The lines that the board answers to one line of input after 20 s.
fn answers(input: &[u8]) -> Vec<String> {
    let log = session(Scenario::Healthy, &[(19, input)], 22, 1000);
    let text = String::from_utf8(log).unwrap();
    let lines: Vec<String> = text.lines().map(String::from).collect();
    let from = lines.iter().position(|line| line.contains(" CMD: ")).expect("nothing was echoed");
    lines[from..].iter().map(|line| line.split_once(' ').unwrap_or(("", line)).1.to_string()).collect()
}

#[track_caller]
fn check(input: &str, expected: &[&str]) {
    let answers = answers(format!("{input}\n").as_bytes());
    assert_eq!(answers[0], format!("CMD: {input}"));
    let (mut rest, mut missing) = (answers[1..].iter(), Vec::new());
    for part in expected {
        if !rest.any(|line| line.contains(part)) {
            missing.push(*part);
        }
    }
    assert!(missing.is_empty(), "{input:?} gave {answers:#?}\nwithout {missing:?}, in this order");
}

/// `HH:MM:SS.mmm`, then ` `, `-FFF/PP ` or `-FFF/100`: facts 2.5. Gives the figures and the text.
fn parse_stamp(line: &str) -> Option<(Option<(u32, u32)>, &str)> {
    let shape: String = line.get(..12)?.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if shape != "00:00:00.000" {
        return None;
    }
    let rest = &line[12..];
    let Some(figures) = rest.strip_prefix('-') else { return Some((None, rest.strip_prefix(' ')?)) };
    let (free, rest) = figures.split_once('/')?;
    let (percent, text) = match rest.strip_prefix("100") {
        Some(text) => (100, text),
        None => (rest.get(..2)?.parse().ok()?, rest.get(2..)?.strip_prefix(' ')?),
    };
    (free.len() == 3).then_some(())?;
    Some((Some((free.parse().ok()?, percent)), text))
}

fn is_dump_line(line: &str) -> bool {
    const STARTS: [&str; 9] =
        ["|0x", "+--", "Total ", "Usage ", "Fragmentation ", "heap info ", "umm heap ", "  ", "\r"];
    line.is_empty() || STARTS.iter().any(|start| line.starts_with(start))
}

#[test]
fn every_line_of_eighteen_minutes_is_well_formed() {
    for scenario in [Scenario::Leaking, Scenario::Healthy] {
        let log = String::from_utf8(session(scenario, &polling(18 * 60), 18 * 60, 1000)).unwrap();
        let mut kinds = [0; 3];
        for line in log.split_inclusive('\n') {
            let line = line.strip_suffix("\r\n").unwrap_or_else(|| panic!("{line:?} ends otherwise"));
            if is_dump_line(line) {
                kinds[0] += 1;
                continue;
            }
            let (figures, text) = parse_stamp(line).unwrap_or_else(|| panic!("{line:?}"));
            kinds[1 + usize::from(figures.is_some())] += 1;
            assert!(!text.starts_with(' '), "{line:?}");
            if let Some((free, percent)) = figures {
                assert!(free < 39 && percent <= 100);
            } else {
                // Only before settings are loaded.
                assert!(text.starts_with("HDW: ") || text.starts_with("UFS: "), "{line:?}");
            }
        }
        assert!(kinds[0] > 400 && kinds[1] == 2 && kinds[2] > 250, "{kinds:?}");
    }
}

#[test]
fn how_time_is_cut_changes_nothing() {
    for scenario in [Scenario::Leaking, Scenario::OutOfMemory] {
        let typed = polling(20 * 60);
        let whole = session(scenario, &typed, 20 * 60, 5_000);
        assert!(whole.len() > 60_000);
        assert_eq!(session(scenario, &typed, 20 * 60, 10), whole);
        assert_eq!(session(scenario, &typed, 20 * 60, 1), whole);
    }
}

#[test]
fn scenarios_differ_and_repeat() {
    let of = |scenario| session(scenario, &[], 120, 1000);
    assert_eq!(of(Scenario::Leaking), of(Scenario::Leaking));
    assert_ne!(of(Scenario::Leaking), of(Scenario::Healthy));
    assert_ne!(of(Scenario::Leaking), of(Scenario::OutOfMemory));
}

#[test]
fn bytes_never_come_faster_than_the_line() {
    let mut board = TasmotaBoard::new(Scenario::OutOfMemory);
    let mut busiest = 0;
    for step in 1..60_000_u64 {
        let mut log = Vec::new();
        board.advance(Millis(step * 5), &mut log);
        assert!(log.len() <= 58, "{} bytes in 5 ms", log.len());
        busiest = busiest.max(log.len());
        if step % 2000 == 0 {
            board.input(b"Status 44\nStatus 0\n");
        }
    }
    assert!(busiest >= 57, "the test must see a busy line");
}

#[test]
fn commands_are_answered_as_by_the_firmware() {
    check("", &[]);
    check(
        "Status 4",
        &["MQT: stat/demo-plug/STATUS4 = {\"StatusMEM\":{\"ProgramSize\":662,\"Free\":1384,\"Heap\":2"],
    );
    check("Status", &["MQT: stat/demo-plug/STATUS = {\"Status\":{\"Module\":0,\"DeviceName\":\"Demo Plug\""]);
    check("Status44", &["stat/demo-plug/STATUS = {\"Status\":{"]);
    check(
        "status 0",
        &[
            "/STATUS = {\"Status\":{",
            "/STATUS1 = {\"StatusPRM\":{",
            "/STATUS2 = {\"StatusFWR\":{\"Version\":\"15.5.0(",
            "/STATUS3 = {\"StatusLOG\":{\"SerialLog\":2,",
            "/STATUS4 = {\"StatusMEM\":{",
            "/STATUS5 = {\"StatusNET\":{",
            "/STATUS6 = {\"StatusMQT\":{",
            "/STATUS7 = {\"StatusTIM\":{\"UTC\":\"2026-07-01T16:36:1",
            "/STATUS10 = {\"StatusSNS\":{",
            "/STATUS11 = {\"StatusSTS\":{\"Time\":\"2026-07-01T18:36:1",
        ],
    );
    check(
        "Status 3",
        &[
            "\"SetOption\":[\"00008009\",\"2805C80001000600003C5A0A192800000000\",\"00000080\",\"00006000\",\"00014000\",",
        ],
    );
    check("Status0", &["MQT: stat/demo-plug/STATUS0 = {\"Status\":{\"Module\":0,"]);
    check("Status 8", &["/STATUS8 = {\"StatusSNS\":{\"Time\":"]);
    for number in [9, 12, 13, 14, 43, 99] {
        let refused = format!("/RESULT = {{\"Command\":\"Error\",\"Input\":\"STATUS {number}\"}}");
        check(&format!("Status {number}"), &[&refused]);
    }
    check("Br", &["MQT: stat/demo-plug/RESULT = {\"Command\":\"Unknown\",\"Input\":\"BR\"}"]);
    check("foo bar \"x\"", &["{\"Command\":\"Unknown\",\"Input\":\"FOO bar \\\"x\\\"\"}"]);
    check("State", &["/RESULT = {\"Time\":\"2026-07-01T18:36:1"]);
    check("SetOption130", &["/RESULT = {\"SetOption130\":\"ON\"}"]);
    check("so3", &["{\"SetOption3\":\"ON\"}"]);
    check("SetOption34", &["{\"SetOption34\":200}"]);
    check("SetOption130 2", &["{\"Command\":\"Error\",\"Input\":\"SETOPTION130 2\"}"]);
    check("SetOption200", &["{\"Command\":\"Error\""]);
    check("SerialLog 2", &["/RESULT = {\"SerialLog\":{\"2\":{\"Active\":\"2\"}}}"]);
    check("SerialLog 3", &["{\"SerialLog\":{\"3\":{\"Active\":\"3\"}}}"]);
    check("TelePeriod 10", &["/RESULT = {\"TelePeriod\":10}", "MQT: tele/demo-plug/STATE = {", "SENSOR = {"]);
    check("cmnd/x/status 4", &["STATUS4 = {"]);
    check("Power toggle", &["/RESULT = {\"POWER\":\"OFF\"}", "MQT: stat/demo-plug/POWER = OFF"]);
    check("Restart", &["{\"Restart\":\"1 to restart\"}"]);
    check("Backlog", &["{\"Backlog\":\"Empty\"}"]);
    check("Backlog TelePeriod; SetOption130", &["{\"TelePeriod\":60}", "{\"SetOption130\":\"ON\"}"]);
    assert_eq!(answers(b"_TelePeriod\n"), ["CMD: _TelePeriod"]);
    assert_eq!(answers(b"\n"), ["CMD: "]);
    assert_eq!(answers(b"{}\n"), ["CMD: {}"]);
}

#[test]
fn every_answer_in_json_is_json() {
    let log =
        session(Scenario::Healthy, &[(20, b"Status 0\n"), (22, b"Status0\n"), (24, b"State\n")], 80, 1000);
    let log = String::from_utf8(log).unwrap();
    let objects: Vec<&str> = log.lines().filter_map(|line| Some(line.split_once(" = {")?.1)).collect();
    for object in &objects {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(&format!("{{{object}"));
        assert!(parsed.is_ok(), "{object}: {parsed:?}");
    }
    assert!(objects.len() > 15);
    let all = log.lines().find(|line| line.contains("STATUS0 = ")).unwrap();
    for part in ["Status", "StatusPRM", "StatusFWR", "StatusMEM", "StatusNET", "StatusSTS"] {
        assert!(all.contains(&format!("\"{part}\":{{")), "{part}");
    }
}

#[test]
fn input_is_taken_as_the_firmware_takes_it() {
    assert_eq!(
        answers(b"\rTel\x08ePer\r\niod\r\n")[0],
        "CMD: TelePer",
        "CR and backspace are as if not there"
    );
    assert_eq!(answers(b"junk\xc3\xa4Topic\n")[0], "CMD: Topic", "a byte over 127 drops what was typed");
    let longest = "x".repeat(799);
    assert_eq!(answers(format!("{longest}\n").as_bytes())[0], format!("CMD: {longest}"));
    let too_long = answers(format!("{longest}y\nTopic\n").as_bytes());
    assert_eq!(too_long[..2], ["CMD: Serial buffer overrun", "CMD: Topic"]);
}

#[test]
fn setoption130_changes_the_stamps() {
    let typed: [(u64, &[u8]); 2] = [(20, b"SetOption130 0\n"), (130, b"SetOption130 1\n")];
    let log = String::from_utf8(session(Scenario::Healthy, &typed, 240, 1000)).unwrap();
    let at = |text: &str| log.find(text).unwrap();
    let (off, on) = (at("\"SetOption130\":\"OFF\""), at("\"SetOption130\":\"ON\""));
    let has_figures = |part: &str| -> Vec<bool> {
        part.lines()
            .skip(1)
            .filter(|line| line.len() > 12)
            .map(|line| parse_stamp(line).unwrap().0.is_some())
            .collect()
    };
    let without = has_figures(&log[off..log[..on].rfind('\n').unwrap()]);
    assert!(without.len() > 4 && without.iter().all(|has| !has), "{without:?}");
    assert!(has_figures(&log[on..]).iter().all(|has| *has));
}

#[test]
fn a_dump_agrees_with_itself_and_blocks_the_board() {
    let mut board = TasmotaBoard::new(Scenario::Leaking);
    let mut log = Vec::new();
    board.advance(Millis(300_000), &mut log);
    log.clear();
    board.input(b"Status 44\n");
    board.advance(Millis(300_100), &mut log);
    board.input(&[b"xxxxxxx\n".repeat(25), b"lost\n".to_vec()].concat()); // 205 bytes, of which 128 fit
    board.advance(Millis(304_000), &mut log);
    let text = String::from_utf8(log).unwrap();
    let (before, rest) = text.split_once("\r\n\r\n+--").unwrap();
    assert!(before.ends_with("CMD: Status 44"));

    let rows: Vec<Vec<u32>> = rest
        .lines()
        .filter(|line| line.starts_with("|0x"))
        .map(|line| {
            let cells = line.trim_matches('|').split('|').enumerate();
            let number = |(at, cell): (usize, &str)| match at {
                0 => u32::from_str_radix(&cell[2..], 16).unwrap(),
                _ => cell.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == ' ').parse().unwrap(),
            };
            cells.map(number).collect()
        })
        .collect();
    let last = rows.len() - 1;
    assert!(rows.len() > 150, "{} rows", rows.len());
    for (at, row) in rows.iter().enumerate() {
        let (address, block, next, prev, size) = (row[0], row[1], row[2], row[3], row[4]);
        assert_eq!(address, 0x3fff_24c0 + 8 * block);
        if at < last {
            assert_eq!(next, rows[at + 1][1]);
            assert_eq!(size, next - block);
        } else {
            assert_eq!((next, size, row[5], row[6], address + 8), (0, 1, 0, 0, 0x3fff_c000));
        }
        assert_eq!(prev, if at > 0 { rows[at - 1][1] } else { 0 });
    }
    let free: Vec<&Vec<u32>> = rows[1..last].iter().filter(|row| row.len() == 7).collect();
    assert!(rows[1..last].windows(2).all(|pair| pair[0].len() == 5 || pair[1].len() == 5), "free neighbours");
    let (mut from, mut block, mut walked) = (0, rows[0][5], 0);
    while block != 0 {
        let row = free.iter().find(|row| row[1] == block).expect("the free list stays in free chunks");
        assert_eq!(row[6], from);
        (from, block, walked) = (block, row[5], walked + 1);
        assert!(walked <= free.len());
    }
    assert_eq!(walked, free.len());
    let free_blocks: u32 = free.iter().map(|row| row[4]).sum();
    let totals = format!(
        "Total Entries {:5}    Used Entries {:5}    Free Entries {:5}\r\n\
         Total Blocks   4966    Used Blocks  {:5}    Free Blocks  {free_blocks:5}\r\n",
        last - 1,
        last - 1 - free.len(),
        free.len(),
        4966 - free_blocks
    );
    assert!(rest.contains(&totals), "{totals}");
    assert!(
        rest.contains(&format!("  Raw Free Space    {:5}\r\n  OOM Count             0\r\n", free_blocks * 8))
    );
    assert!(rest.contains("heap info Free blocks and heap statistics Free blocks match.\r\n"));

    // After it, in this order: the OOM line, the answer, and those of the inputs that the FIFO had room for.
    let after = &rest[rest.rfind("--+\r\n").unwrap() + 5..];
    let after: Vec<&str> = after.lines().map(|line| parse_stamp(line).unwrap().1).collect();
    assert_eq!(after[0], "OOM: count 0 (test-trigger)");
    assert_eq!(
        after[1],
        "MQT: stat/demo-plug/STATUS44 = {\"Status44\":{\"HeapDump\":\"Serial output only\"}}"
    );
    let commands: Vec<&&str> = after.iter().filter(|text| text.starts_with("CMD: ")).collect();
    assert_eq!(commands.len(), 16, "128 bytes are 16 lines of 8: {commands:?}");
    assert!(commands.iter().all(|text| **text == "CMD: xxxxxxx"));
}

#[test]
fn nothing_is_printed_while_a_dump_is_and_its_time_is_real() {
    let mut board = TasmotaBoard::new(Scenario::Leaking);
    let mut log = Vec::new();
    board.advance(Millis(600_000), &mut log);
    log.clear();
    board.input(b"Status 44\n");
    let (mut began, mut ended) = (0, 0);
    for now in 600_001..603_000 {
        board.advance(Millis(now), &mut log);
        let text = String::from_utf8_lossy(&log);
        if began == 0 && text.contains("\r\n\r\n+") {
            began = now;
        }
        if ended == 0 && text.contains("Size of umm_block     8\r\n") {
            ended = now;
        }
    }
    let text = String::from_utf8(log).unwrap();
    let dump = &text[text.find("\r\n\r\n+").unwrap() + 2..text.find("Size of umm_block").unwrap()];
    let expected = dump.len() as u64 * 100 / 1152;
    assert!(
        ended - began >= expected && ended - began <= expected + 5,
        "{} ms, not {expected}",
        ended - began
    );
    assert!(expected > 600);
    assert!(dump.lines().all(is_dump_line));
}

#[test]
fn serial_logging_is_switched_off_after_ten_minutes() {
    let text = |typed: &[(u64, &[u8])], until| {
        String::from_utf8(session(Scenario::Healthy, typed, until, 1000)).unwrap()
    };
    let silent = text(&[], 900);
    assert!(silent.ends_with(" APP: Serial logging disabled\r\n"));
    assert!(silent.lines().last().unwrap().starts_with("18:45:54.211"), "600 s after boot");

    let woken = text(&[(300, b"\n"), (700, b"\n")], 900);
    let (_, after) = woken.split_once("APP: Serial logging disabled\r\n").unwrap();
    let (_, first) = parse_stamp(after.lines().next().unwrap()).unwrap();
    assert_eq!(first, "CMD: ", "silent until a line comes");
    assert!(after.contains("tele/demo-plug/STATE"), "and then for good");

    let stopped = text(&[(300, b"SerialLog 2\n")], 900);
    assert!(!stopped.contains("Serial logging disabled"));
    let quiet = text(&[(300, b"SerialLog 0\n")], 900);
    assert!(quiet.ends_with("CMD: SerialLog 0\r\n"), "level 0 silences its own answer");
}

#[test]
fn a_restart_boots_with_a_fresh_heap_and_the_time_goes_on() {
    let log = session(Scenario::Leaking, &[(240, b"Restart 1\n")], 270, 1000);
    let text = String::from_utf8_lossy(&log);
    let (_, after) =
        text.split_once("MQT: stat/demo-plug/RESULT = {\"Restart\":\"Restarting\"}\r\n").unwrap();
    let (_, after) = after.split_once("APP: Restarting\r\n").unwrap();
    let (garbage, after) = after.split_once("00:00:00.001 HDW: ESP8266EX\r\n").unwrap();
    assert!(garbage.contains('\u{fffd}') && garbage.ends_with("\r\n"), "{garbage:?}");
    assert!(after.contains("{\"Info3\":{\"RestartReason\":\"Software/System restart\",\"BootCount\":10}}"));
    let first = after.lines().find(|line| line.contains("MQT: Attempting")).unwrap();
    assert!(first.starts_with("18:40:0"), "{first}");
    let free =
        parse_stamp(after.lines().find(|line| line.contains("QPC: Reset")).unwrap()).unwrap().0.unwrap().0;
    assert!(free >= 23, "{free} KB free");
}

#[test]
fn the_leaking_board_runs_out_of_memory_crashes_and_begins_again() {
    let mut board = TasmotaBoard::new(Scenario::Leaking);
    let mut log = Vec::new();
    let (mut first_failure, mut crash) = (None, None);
    let mut most_failures = 0;
    for second in 1..=24 * 60 {
        board.advance(Millis::from_secs(second), &mut log);
        if second % 10 == 0 && second > 9 {
            board.input(b"Status 4\n");
        }
        if second == 60 {
            assert!((21_000..25_500).contains(&board.heap().free_bytes()), "{}", board.heap().free_bytes());
        }
        if board.boot_count() > 9 {
            crash = crash.or(Some(second));
        } else if board.heap().oom_count() > 0 {
            most_failures = board.heap().oom_count();
            first_failure = first_failure.or(Some(second));
        }
    }
    let (first_failure, crash) = (first_failure.unwrap(), crash.unwrap());
    assert!((14 * 60..18 * 60).contains(&first_failure), "first failure after {first_failure} s");
    assert!((first_failure + 60..22 * 60).contains(&crash), "crash after {crash} s");

    let text = String::from_utf8_lossy(&log);
    let (before, after) = text.split_once("--------------- CUT HERE").unwrap();
    // Every failure is logged: the counts add up, without a gap.
    let mut count = 0;
    for line in before.lines().filter_map(|line| line.split_once(" OOM: count ")) {
        let (now, more) = line.1.strip_suffix(')').unwrap().split_once(" (+").unwrap();
        count += more.parse::<u32>().unwrap();
        assert_eq!(count, now.parse::<u32>().unwrap());
    }
    assert!(count > 10 && count <= most_failures + 5, "{count} of {most_failures}");
    // Near the end a question is echoed, but the answer finds no memory.
    let (_, last_asked) = before.rsplit_once("CMD: Status 4\r\n").unwrap();
    assert!(!last_asked.contains("STATUS4 = "));
    assert!(after.contains("RestartReason\":{\"Exception\":29,") && after.contains("STATUS4 = "));
    assert_eq!(board.heap().oom_count(), 0);
}

#[test]
fn the_healthy_board_stays_healthy() {
    let mut board = TasmotaBoard::new(Scenario::Healthy);
    let mut least = u32::MAX;
    for minute in 1..=180 {
        board.advance(Millis(minute * 60_000), &mut Vec::new());
        least = least.min(board.heap().free_bytes());
    }
    assert_eq!((board.heap().oom_count(), board.boot_count()), (0, 9));
    assert!(least > 15_000, "{least}");
}

#[test]
fn hostile_input_only_costs_time() {
    let mut board = TasmotaBoard::new(Scenario::OutOfMemory);
    let mut log = Vec::new();
    let junk: Vec<u8> = (0..5000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for step in 0..200 {
        board.input(&junk);
        board.input(
            b"\nStatus -5\nSetOption99999999999 1\nBacklog Backlog Backlog;;;Restart -1\nRestart 99\n",
        );
        board.advance(Millis(step * 997), &mut log);
    }
    board.advance(Millis(4 * 3_600_000), &mut log);
    assert!(board.boot_count() > 20);
}
