//! The estimate of a baud rate, against a receiver that is simulated slowly: a waveform in time, sixteen looks at each
//! bit, clocks that are wrong by a few percent, and texts that the estimate does not know.

use heapscope::session::baud::{ENOUGH_BYTES, estimate, is_text};

/// Numbers that look random and are the same in each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The times at which the line changes, in seconds, beginning with its first fall.
fn changes(text: &[u8], baud: f64, chance: &mut Chance) -> Vec<f64> {
    let (bit, mut time, mut level, mut changes) = (1.0 / baud, 0.001, true, Vec::new());
    let mut hold = |next: bool, bits: f64, time: &mut f64| {
        if next != level {
            changes.push(*time);
            level = next;
        }
        *time += bits * bit;
    };
    for byte in text {
        hold(false, 1.0, &mut time);
        for place in 0..8 {
            hold(byte & 1 << place != 0, 1.0, &mut time);
        }
        // A program pauses now and then.
        let rest = if *byte == b'\n' { 1.0 + 300.0 * chance.next() } else { 1.0 };
        hold(true, rest, &mut time);
    }
    changes
}

/// What a UART makes of it: it looks sixteen times a bit and takes the majority of the three in the middle.
fn received(changes: &[f64], baud: f64, drops_errors: bool) -> Vec<u8> {
    let level = |time: f64| changes.partition_point(|change| *change <= time) % 2 == 0;
    let look = 1.0 / baud / 16.0;
    let end = changes.last().unwrap() + 20.0 / baud;
    let (mut time, mut bytes) = (0.0, Vec::new());
    while time < end {
        if level(time) {
            // It looks on until the line falls.
            let next = changes.get(changes.partition_point(|change| *change <= time));
            let Some(fall) = next else { break };
            time += ((fall - time) / look).ceil().max(1.0) * look;
            continue;
        }
        let middle = |bit: f64| {
            let votes = [7.0, 8.0, 9.0].map(|tick| level(time + (bit * 16.0 + tick) * look));
            votes.into_iter().filter(|vote| *vote).count() >= 2
        };
        if middle(0.0) {
            time += look;
            continue;
        }
        let byte = (0..8).fold(0, |byte, bit| byte | u8::from(middle(f64::from(bit) + 1.0)) << bit);
        let stop = middle(9.0);
        if stop || !drops_errors {
            bytes.push(byte);
        }
        time += 9.5 * 16.0 * look;
        while !stop && !level(time) && time < end {
            time += look;
        }
    }
    bytes
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}/log.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

const TEXTS: [&str; 5] = [
    "espressif/esp8266_boot",
    "espressif/esp8266_exception",
    "espressif/esp32_boot",
    "tasmota/release_15_5",
    "toit/out_of_memory_question",
];

/// What a receiver makes of `length` bytes' worth of a fixture.
fn garbage(
    text: &[u8],
    sent: u32,
    at: u32,
    drops_errors: bool,
    length: usize,
    chance: &mut Chance,
) -> Vec<u8> {
    let wrong = |chance: &mut Chance| 1.0 + 0.03 * (chance.next() - 0.5);
    // A slow receiver swallows several of the sender's bytes for one of its own, or loses them.
    let needed = length * (1 + sent as usize / at as usize) * 3;
    let first = (chance.next() * text.len() as f64) as usize;
    let part: Vec<u8> = text.iter().cycle().skip(first).take(needed).copied().collect();
    let line = changes(&part, f64::from(sent) * wrong(chance), chance);
    let mut bytes = received(&line, f64::from(at) * wrong(chance), drops_errors);
    bytes.truncate(length);
    bytes
}

#[test]
fn at_the_right_rate_the_simulated_receiver_gets_the_text() {
    let mut chance = Chance(1);
    for name in TEXTS {
        let text = fixture(name);
        let line = changes(&text, 115_200.0 * 1.015, &mut chance);
        assert_eq!(received(&line, 115_200.0, true), text, "{name}");
    }
}

/// How often the rate is the first of those named, of twenty texts, parts and clocks.
fn score(sent: u32, at: u32, drops_errors: bool) -> usize {
    let mut chance = Chance(u64::from(sent) ^ u64::from(at) << 32);
    let mut first = 0;
    for name in TEXTS {
        let text = fixture(name);
        for _ in 0..4 {
            let bytes = garbage(&text, sent, at, drops_errors, 128, &mut chance);
            first += usize::from(estimate(&bytes, at, drops_errors).first() == Some(&sent));
        }
    }
    first
}

#[test]
fn rates_are_told_by_their_garbage() {
    // Sent, received at, and how often of twenty times it must be the first that is named.
    let expected = [
        // What a technician meets: a boot ROM at 74880, and programs for slower boards.
        (74_880, 115_200, 17),
        (57_600, 115_200, 18),
        (38_400, 115_200, 18),
        (9_600, 115_200, 18),
        // The page was left at another rate.
        (115_200, 921_600, 18),
        (9_600, 74_880, 18),
        (115_200, 9_600, 16),
        (115_200, 19_200, 16),
        // Rates that are faster than ours and near it are harder.
        (115_200, 74_880, 16),
        (230_400, 115_200, 10),
    ];
    for drops_errors in [false, true] {
        for (sent, at, least) in expected {
            // Nothing but errors comes from a rate so slow.
            if drops_errors && at / sent >= 8 {
                continue;
            }
            let first = score(sent, at, drops_errors);
            println!("{sent} at {at}, errors kept back: {drops_errors}: {first} of 20");
            assert!(first >= least, "{sent} at {at}, errors kept back: {drops_errors}: {first} of 20");
        }
    }
}

#[test]
fn what_is_no_garbage_or_too_little_has_no_estimate() {
    for name in TEXTS {
        let text = fixture(name);
        assert!(is_text(&text), "{name}");
        assert_eq!(estimate(&text, 115_200, false), [0; 0]);
    }
    let mut chance = Chance(7);
    let bytes = garbage(&fixture(TEXTS[0]), 74_880, 115_200, false, ENOUGH_BYTES, &mut chance);
    assert!(!is_text(&bytes));
    assert_eq!(estimate(&bytes[1..], 115_200, false), [0; 0]);
    assert_eq!(estimate(&bytes, 0, false), [0; 0], "a rate that no port has");
    assert!(is_text("Grüße, 温度 23 °C\u{1b}[0m\r\n".as_bytes()));
    assert!(is_text(b""));
}

/// The garbage that other tests have, made here: `UPDATE_SNAPSHOTS=1` writes it anew.
#[test]
fn the_garbage_of_the_boot_rom_is_this() {
    let text: Vec<u8> = fixture("espressif/esp8266_boot").into_iter().take(160).collect();
    let line = changes(&text, 74_880.0, &mut Chance(3));
    let bytes = received(&line, 115_200.0, false);
    let path = format!("{}/tests/fixtures/garbage/boot_rom_74880_at_115200.bin", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}
