//! The baud rate at which bytes were most likely sent, from what they look like at another.
//!
//! A receiver that runs too fast or too slow takes its samples at wrong places of the same waveform, so text turns into
//! garbage, but for each pair of rates into garbage of its own kind: at 115200 what an ESP8266's boot ROM says at 74880
//! is rich in bytes with runs of ones, what is sent at 9600 is all zeros and ends of bytes. So a sample of what boards
//! write is sent at each usual rate through a receiver at ours, and the rate whose garbage has most nearly the bytes that
//! came is the estimate (naive Bayes over single bytes).
//!
//! It refuses to name a rate for few bytes and for bytes that are text as they are. At a rate much above ours every text
//! looks like chance, as a binary protocol does: where no rate explains the bytes, the usual ones above ours are named.
//!
//! ```
//! use heapscope::session::baud;
//!
//! assert!(baud::is_text(b"00:00:00.001 HDW: ESP8266EX\r\n"));
//! assert!(baud::estimate(b"00:00:00.001 HDW: ESP8266EX\r\n", 115_200, false).is_empty());
//! ```

use super::settings::LineSettings;

/// Fewer bytes tell too little.
pub const ENOUGH_BYTES: usize = 48;

/// More than this share of odd bytes is no text.
const MOST_ODD: f64 = 0.2;

/// A rate as near as this to ours is ours: receivers cope with it.
const SAME_RATE: f64 = 0.03;

/// What explains the bytes must do so better than chance by this factor for each byte.
const BETTER_THAN_CHANCE: f64 = 1.25;

/// Any byte may come: this share is taken for noise and for texts that are unlike the sample.
const NOISE: f64 = 0.2;

/// Bytes that follow each other are not independent: so many tell as much as one would.
const BYTES_THAT_COUNT_AS_ONE: f64 = 3.0;

/// So many bytes show what a rate makes of the sample, which is listened to so many times at most, each time so many bits
/// later.
const ENOUGH_OF_MODEL: f64 = 3_000.0;
const MOST_PASSES: usize = 60;
const PASS_BITS: usize = 61;

/// A rate that is so many times less likely than the best is not named.
const NOT_NAMED_BELOW: f64 = 1_000.0;

/// More than these are no help.
const MOST_NAMED: usize = 3;

/// The rates that boards use, and how usual each is.
const USUAL: [(u32, f64); 10] = [
    (115_200, 100.0),
    (9_600, 30.0),
    (74_880, 30.0),
    (921_600, 10.0),
    (57_600, 5.0),
    (38_400, 5.0),
    (19_200, 5.0),
    (230_400, 5.0),
    (460_800, 5.0),
    (1_500_000, 3.0),
];

/// The rate of an ESP8266's boot ROM, in bits per second.
pub const ESP8266_BOOT_ROM: u32 = 74_880;

/// What boards write, as far as its letters go: stamps, numbers, addresses, words, JSON.
const SAMPLE: &[u8] = include_bytes!("baud_sample.txt");

/// Whether these bytes read as text: UTF-8 with few control characters.
pub fn is_text(bytes: &[u8]) -> bool {
    let is_odd = |letter: char| letter.is_control() && !matches!(letter, '\r' | '\n' | '\t' | '\u{1b}');
    let odd: usize = bytes
        .utf8_chunks()
        .map(|chunk| chunk.invalid().len() + chunk.valid().chars().filter(|letter| is_odd(*letter)).count())
        .sum();
    odd as f64 <= bytes.len() as f64 * MOST_ODD
}

/// The rates, in bits per second, at which these bytes may have been sent, the most likely first; none where that cannot
/// be told. `at`: the rate at which they were received. `drops_errors`: whether the adapter keeps back bytes without a
/// stop bit and reports an error in their place.
pub fn estimate(bytes: &[u8], at: u32, drops_errors: bool) -> Vec<u32> {
    if bytes.len() < ENOUGH_BYTES || is_text(bytes) || !LineSettings::BAUDS.contains(&at) {
        return Vec::new();
    }
    let is_other = |rate: u32| (f64::from(rate) / f64::from(at) - 1.0).abs() > SAME_RATE;
    let candidates = USUAL.into_iter().filter(|(rate, _)| is_other(*rate));
    let mut likely: Vec<_> = candidates
        .map(|(rate, usual)| (rate, log_likelihood(bytes, rate, at, drops_errors), usual.ln()))
        .filter(|(_, log, _)| *log > bytes.len() as f64 * (BETTER_THAN_CHANCE / 256.0).ln())
        .map(|(rate, log, usual)| (rate, log / BYTES_THAT_COUNT_AS_ONE + usual))
        .collect();
    if likely.is_empty() {
        let above = USUAL.into_iter().filter(|(rate, _)| *rate > at && is_other(*rate));
        likely = above.map(|(rate, usual)| (rate, usual.ln())).collect();
    }
    likely.sort_by(|one, two| two.1.total_cmp(&one.1));
    let best = likely.first().map_or(0.0, |(_, log)| *log);
    let named = likely.into_iter().filter(|(_, log)| best - log < NOT_NAMED_BELOW.ln());
    named.map(|(rate, _)| rate).take(MOST_NAMED).collect()
}

/// The usual rates so far below `at` that no byte of theirs has a stop bit there, the most usual first: what they send
/// comes as errors alone.
pub fn much_slower(at: u32) -> Vec<u32> {
    USUAL.into_iter().map(|(rate, _)| rate).filter(|rate| at / rate >= 6).take(MOST_NAMED).collect()
}

/// The logarithm of the probability of these bytes where the sample's letters are sent at `sent` and received at `at`.
fn log_likelihood(bytes: &[u8], sent: u32, at: u32, drops_errors: bool) -> f64 {
    let (line, mut counts, mut all) = (waveform(), [0.0_f64; 256], 0.0);
    // A slow receiver makes few bytes of the sample: it listens again, each time from a little later.
    for pass in 0..MOST_PASSES {
        receive(&line[pass * PASS_BITS..], sent, at, drops_errors, |byte| {
            counts[usize::from(byte)] += 1.0;
            all += 1.0;
        });
        if all >= ENOUGH_OF_MODEL {
            break;
        }
    }
    let probability = |byte: &u8| {
        let of_model = counts[usize::from(*byte)] / f64::max(all, 1.0);
        of_model * (1.0 - NOISE) + NOISE / 256.0
    };
    bytes.iter().map(|byte| probability(byte).ln()).sum()
}

/// The sample as the line carries it, a bit of the sender at a time: start bit, eight bits, stop bit, and some rest
/// behind each line.
fn waveform() -> Vec<bool> {
    let mut bits = vec![true; 16];
    for byte in SAMPLE {
        bits.push(false);
        bits.extend((0..8).map(|bit| byte >> bit & 1 == 1));
        bits.push(true);
        if *byte == b'\n' {
            bits.extend([true; 25]);
        }
    }
    bits
}

/// What a receiver at rate `at` makes of a line that is sent at rate `sent`. Time is counted in units of which a bit of the
/// sender has `at` and a bit of the receiver has `sent`.
fn receive(line: &[bool], sent: u32, at: u32, drops_errors: bool, mut take: impl FnMut(u8)) {
    let (sender_bit, receiver_bit) = (u64::from(at), u64::from(sent));
    let level = |time: u64| line.get((time / sender_bit) as usize).copied();
    let mut time = 0;
    loop {
        // To the next fall: first up, where a byte without a stop bit has left the line low.
        let place = (time / sender_bit) as usize;
        let rest = line.get(place..).unwrap_or_default();
        let Some(high) = rest.iter().position(|&up| up) else { return };
        let Some(low) = rest[high..].iter().position(|&up| !up) else { return };
        let fall = (place + high + low) as u64 * sender_bit;
        let sample = |bit: u64| level(fall + receiver_bit * bit + receiver_bit / 2);
        let (Some(start), Some(stop)) = (sample(0), sample(9)) else { return };
        if start {
            // Too short for a start bit.
            time = fall + receiver_bit / 2;
            continue;
        }
        let byte = (0..8).fold(0, |byte, bit| byte | u8::from(sample(bit + 1) == Some(true)) << bit);
        if stop || !drops_errors {
            take(byte);
        }
        time = fall + receiver_bit * 9 + receiver_bit / 2;
    }
}
