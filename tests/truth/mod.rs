//! Recordings whose truth is known: boards that leak and boards that do not, as a technician meets them.
//!
//! A [`Story`] is drawn from wide ranges by its class and seed alone. It knows at every moment what no board says: how
//! much of the free memory is gone for good, how fast it goes, and when none will be left. [`Story::feed`] prints it
//! as a board does, line by line. It refuses to know how it is judged.
//!
//! ```text
//! free = start − leak − taken at boot − taken once − daily wave + noise − garbage − bursts,   then cut to KB or not
//! ```
//!
//! # The ranges
//!
//! | what | drawn from |
//! |---|---|
//! | polled every | 1, 2, 5, 10, 30, 60, 120, 300 s, arriving up to 5 % of that later |
//! | length without a leak | 12 to 1500 polls |
//! | length with a leak | until half the memory is gone, which takes from 20 polls and 5 min to 2500 polls and 14 days |
//! | free at the start | 14 KB to 220 KB |
//! | printed | whole KB cut off, or bytes, one as often as the other |
//! | noise | none to 2 % of the free memory; half of it serially correlated over 2 s to 10 min (first order) |
//! | garbage collection | a tooth of 3 to 20 % (up to 16 KB) every 4 to 60 s, each of another length |
//! | warm-up | 2 to 25 % taken within 4 s to 5 min (time constant), smoothly or in 3 to 8 stairs |
//! | waves | half height 0.5 to 8 %, period a day (7 of 10) or 30 min to 12 h, any phase, with a second harmonic |
//! | taken once and kept | 1 to 3 times 1 to 15 %, at any time |
//! | bursts | 2 to 25 % for one poll or for up to 5 min, every 3 to 60 polls |
//! | restarts | 1 to 3, with a new warm-up in half of the runs |
//! | the leak | smooth, or in pieces of 16 to 200 bytes that come by chance |
//!
//! "%" is of the memory that is free at the start; all but counts and times of day spread evenly over their powers of ten.

pub mod learned;
pub mod oracle;
pub mod random;

use std::f64::consts::TAU;

use heapscope::heap::Millis;
use heapscope::recording::Recorder;
use random::Random;

/// How often a board is asked, in seconds.
pub const POLLED_EVERY_SECONDS: [u64; 8] = [1, 2, 5, 10, 30, 60, 120, 300];

const DAY_SECONDS: f64 = 86_400.0;

/// What else happens to the free memory, besides a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Hardly anything.
    Steady,
    /// Noise.
    Noisy,
    /// A garbage collector's teeth.
    Sawtooth,
    /// The firmware takes what it keeps, right after its start.
    WarmUp,
    /// More is in use by day than by night.
    DailyWave,
    /// Memory is taken once and kept.
    TakenOnce,
    /// The largest block shrinks.
    Fragmentation,
    /// Requests that take much and give it back.
    Bursts,
    /// The board starts anew while it is watched.
    Restarts,
    /// Two or three of the above at once.
    Mixed,
    /// Two levels, of day and night or of work days and week ends, or of shorter times.
    TwoLevels,
    /// Noise that remembers for up to hours.
    LongMemory,
    /// Much is given back at once, and slowly taken again.
    Refills,
    /// A cache fills up to its limit.
    Cache,
    /// Noise that is far off now and then, both ways.
    HeavyTails,
    /// Samples are missing, one by one and for long.
    Gaps,
    /// The clock is set forward while nothing happens.
    ClockJumps,
    /// Objects come and go; a leak begins late.
    Late,
    /// Pieces are taken and given back by the dozen; a leak takes them by the dozen, too, and most of them by day.
    Eventful,
    /// More is taken in 4 to 8 large steps, ever more rarely; a leak takes steps all the time. In whole KB.
    Stairs,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 10] = [
        Shape::Steady,
        Shape::Noisy,
        Shape::Sawtooth,
        Shape::WarmUp,
        Shape::DailyWave,
        Shape::TakenOnce,
        Shape::Fragmentation,
        Shape::Bursts,
        Shape::Restarts,
        Shape::Mixed,
    ];

    /// Shapes that the rules were not made for: what they take for granted must hold without them.
    pub const OTHERS: [Shape; 10] = [
        Shape::TwoLevels,
        Shape::LongMemory,
        Shape::Refills,
        Shape::Cache,
        Shape::HeavyTails,
        Shape::Gaps,
        Shape::ClockJumps,
        Shape::Late,
        Shape::Eventful,
        Shape::Stairs,
    ];
}

/// Noise of the first order: each value remembers this much of the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Standard deviation in bytes.
    pub deviation: f64,
    /// After so many seconds 1/e of it is left; 0 for noise without memory.
    pub correlation_seconds: f64,
}

/// What the board said at one moment, and what was behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// When it said so.
    pub at: Millis,
    /// Free memory as it was.
    pub free: f64,
    /// The same without garbage and bursts: what an oracle may see.
    pub calm: f64,
    /// Free memory without anything that comes back: what runs out.
    pub lasting: f64,
    /// How much has leaked so far.
    pub leaked: f64,
    /// What was taken at boot, what was taken once, and the daily wave: all that falls without being a leak.
    pub harmless: [f64; 3],
    /// The largest free block.
    pub largest: f64,
    /// The least that was free since the start.
    pub least: f64,
    /// The board's first words stand before this moment.
    pub is_boot: bool,
}

/// One recording and its truth.
#[derive(Clone, Debug)]
pub struct Story {
    /// Its class.
    pub shape: Shape,
    /// Bytes that leak a second; `None` where nothing leaks.
    pub leak: Option<f64>,
    /// How often it is polled.
    pub every_seconds: u64,
    /// Whether the firmware prints whole KB.
    pub is_truncated: bool,
    /// Free at the start of a run, in bytes.
    pub start: f64,
    /// Its noise.
    pub noise: Noise,
    /// Everything that it says.
    pub moments: Vec<Moment>,
}

/// What a story is made of.
#[derive(Clone, Debug, Default)]
struct Parts {
    has_boot: bool,
    warm_up: bool,
    wave: bool,
    taken_once: bool,
    bursts: bool,
    teeth: bool,
    fragments: bool,
    restarts: bool,
    two_levels: bool,
    refills: bool,
    cache: bool,
    heavy_tails: bool,
    gaps: bool,
    clock_jumps: bool,
    objects: bool,
    late: bool,
    eventful: bool,
    stairs: bool,
}

impl Story {
    /// The story of this class and seed; each seed is another board, watched in another way.
    pub fn new(shape: Shape, is_leak: bool, seed: u64) -> Self {
        let class = 2 * shape as u64 + u64::from(is_leak);
        let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(class << 56));
        let every_seconds = POLLED_EVERY_SECONDS[random.whole(0, POLLED_EVERY_SECONDS.len() - 1)];
        let is_truncated = random.chance(0.5) || shape == Shape::Stairs;
        Story::drawn(shape, is_leak, every_seconds, is_truncated, &mut random)
    }

    fn drawn(
        shape: Shape,
        is_leak: bool,
        every_seconds: u64,
        is_truncated: bool,
        random: &mut Random,
    ) -> Self {
        let every = every_seconds as f64;
        let start = random.scale(14_336.0, 225_280.0);
        let half_takes = random.scale(300_f64.max(20.0 * every), (14.0 * DAY_SECONDS).min(2_500.0 * every));
        let leak = is_leak.then_some(start / 2.0 / half_takes);
        let count = match is_leak {
            true => (half_takes / every).ceil() as usize + 1,
            false => random.scale(12.0, 1_500.0) as usize,
        };
        let parts = Parts::of(shape, random);
        let noise = noise(shape, start, random);
        // A leak that begins anew with the last start of the board needs the whole length behind that.
        let mut runs = vec![count];
        if parts.restarts {
            let restarts = random.whole(1, 3);
            runs = match is_leak {
                true => (0..restarts).map(|_| random.whole(5, 40)).chain([count]).collect(),
                false => (0..=restarts).map(|_| (count / (restarts + 1)).max(4)).collect(),
            };
        }
        let mut story = Story { shape, leak, every_seconds, is_truncated, start, noise, moments: Vec::new() };
        for (run, count) in runs.iter().enumerate() {
            story.tell(&parts, *count, parts.has_boot || run > 0, random);
        }
        story
    }

    /// One run of the board.
    fn tell(&mut self, parts: &Parts, count: usize, begins_with_boot: bool, random: &mut Random) {
        let (every, start) = (self.every_seconds as f64, self.start);
        let begin =
            self.moments.last().map_or(0.0, |last| last.at.0 as f64 / 1_000.0 + random.between(1.0, 5.0));
        let span = count as f64 * every;
        let warm_up = WarmUp::new(parts.warm_up && (!parts.restarts || random.chance(0.5)), start, random);
        let wave = Wave::new(parts.wave, start, random);
        let mut once: Vec<(f64, f64)> = Vec::new();
        if parts.taken_once {
            let most = if self.leak.is_some() { 0.07 } else { 0.15 };
            once = (0..random.whole(1, 3))
                .map(|_| (random.between(0.0, span), start * random.scale(0.01, most)))
                .collect();
        }
        let mut bursts = Bursts::new(parts.bursts, start, every, random);
        let mut teeth = Teeth::new(parts.teeth, start, random);
        let fragments_by = random.between(0.3, 0.95);
        let mut leak = Leak::new(self.leak, random);
        let mut others = Others::new(parts, self.leak.is_some(), span, start, random);
        others.shape(&mut leak, parts, span, start, random);
        // What the clock was set forward by.
        let mut ahead = 0.0;
        let mut gap = 0;
        let mut noise = random.normal();
        let mut least = f64::MAX;
        for index in 0..count {
            let since = index as f64 * every + random.between(0.0, 0.05 * every);
            let keeps = match self.noise.correlation_seconds {
                seconds if seconds > 0.0 => (-every / seconds).exp(),
                _ => 0.0,
            };
            noise = keeps * noise + (1.0 - keeps * keeps).sqrt() * random.normal();
            let leaked = leak.until(since, random);
            let taken: f64 = once.iter().filter(|(at, _)| *at <= since).map(|(_, bytes)| bytes).sum();
            let (other, swings) = others.taken(since, begin + since, random);
            let harmless = [warm_up.taken(since) + other, taken, wave.taken(begin + since) + swings];
            let lasting = start - leaked - harmless[0] - harmless[1];
            let unusual = if parts.heavy_tails { random.student() } else { noise };
            let calm = lasting - harmless[2] + self.noise.deviation * unusual;
            let garbage = teeth.taken(since, random);
            let free = (calm - garbage - bursts.taken(since, random)).max(2_048.0);
            if parts.gaps {
                gap = if gap == 0 && random.chance(0.03) { random.whole(1, 40) } else { gap.max(1) - 1 };
                // The first and the last are there.
                if (gap > 0 || random.chance(0.2)) && index > 0 && index + 1 < count {
                    continue;
                }
            }
            if parts.clock_jumps && random.chance(2.0 / count as f64) {
                ahead += random.scale(600.0, 40_000.0_f64.min(20.0 * span));
            }
            least = least.min(free);
            let part = if parts.fragments { 1.0 - fragments_by * since / span } else { 0.85 };
            self.moments.push(Moment {
                at: Millis(((begin + since + ahead) * 1_000.0) as u64),
                free,
                calm,
                lasting,
                leaked,
                harmless,
                largest: (free * part).max(1_100.0),
                least,
                is_boot: begins_with_boot && index == 0,
            });
        }
    }

    /// Where the present run begins, as an index of the moments.
    pub fn run_of(&self, index: usize) -> usize {
        (0..=index).rev().find(|&index| self.moments[index].is_boot).unwrap_or(0)
    }

    /// How long the rest will last from this moment on; `None` where nothing leaks.
    pub fn left(&self, index: usize) -> Option<f64> {
        Some(self.moments[index].lasting / self.leak? * 1_000.0)
    }

    /// What the firmware prints of an amount.
    fn printed(&self, bytes: f64) -> u64 {
        let bytes = bytes as u64;
        if self.is_truncated { bytes / 1_024 } else { bytes }
    }

    /// The board says what it says at one moment.
    pub fn feed(&self, index: usize, recorder: &mut Recorder) {
        let moment = &self.moments[index];
        if moment.is_boot {
            const BOOT: &str = "00:00:00.070 Project tasmota - Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T10:00:00)\r\n";
            recorder.feed(BOOT.as_bytes(), moment.at);
        }
        let [free, largest, least] =
            [moment.free, moment.largest, moment.least].map(|bytes| self.printed(bytes));
        let fragmentation = 100_u64.saturating_sub(largest * 100 / free.max(1));
        // Firmware that was changed to print bytes is told by its numbers: no heap has so many KB.
        let line = format!(
            "10:00:00.000 RSL: STATUS4 = {{\"StatusMEM\":{{\"Heap\":{free},\"MaxFree\":{largest},\"Frag\":{fragmentation},\"HeapLwm\":{least}}}}}\r\n"
        );
        recorder.feed(line.as_bytes(), moment.at);
    }
}

impl Parts {
    fn of(shape: Shape, random: &mut Random) -> Self {
        let mut parts = Parts { has_boot: random.chance(0.3), ..Parts::default() };
        let mut add = |shape: Shape| match shape {
            Shape::Steady | Shape::Noisy | Shape::Mixed => {}
            Shape::Sawtooth => parts.teeth = true,
            Shape::WarmUp => (parts.warm_up, parts.has_boot) = (true, true),
            Shape::DailyWave => parts.wave = true,
            Shape::TakenOnce => parts.taken_once = true,
            Shape::Fragmentation => parts.fragments = true,
            Shape::Bursts => parts.bursts = true,
            Shape::Restarts => (parts.restarts, parts.warm_up) = (true, true),
            Shape::TwoLevels => parts.two_levels = true,
            Shape::LongMemory => {}
            Shape::Refills => parts.refills = true,
            Shape::Cache => parts.cache = true,
            Shape::HeavyTails => parts.heavy_tails = true,
            Shape::Gaps => (parts.gaps, parts.taken_once, parts.bursts) = (true, true, true),
            Shape::ClockJumps => (parts.clock_jumps, parts.taken_once) = (true, true),
            Shape::Late => (parts.objects, parts.late) = (true, true),
            Shape::Eventful => (parts.objects, parts.eventful) = (true, true),
            Shape::Stairs => parts.stairs = true,
        };
        add(shape);
        if shape == Shape::Mixed {
            for _ in 0..random.whole(2, 3) {
                add(Shape::ALL[random.whole(2, 7)]);
            }
        }
        parts
    }
}

fn noise(shape: Shape, start: f64, random: &mut Random) -> Noise {
    let deviation = match shape {
        Shape::Steady if random.chance(0.3) => 0.0,
        Shape::Steady => random.scale(1.0, 30.0),
        Shape::Noisy => random.scale(0.002, 0.02) * start,
        Shape::LongMemory => random.scale(0.002, 0.03) * start,
        Shape::HeavyTails => random.scale(0.0005, 0.01) * start,
        _ => random.scale(3.0, 0.004 * start),
    };
    let correlation_seconds = match shape {
        Shape::LongMemory => random.scale(600.0, 21_600.0),
        _ if random.chance(0.5) => 0.0,
        _ => random.scale(2.0, 600.0),
    };
    Noise { deviation, correlation_seconds }
}

/// What the firmware takes after its start.
struct WarmUp {
    depth: f64,
    seconds: f64,
    /// Times of the stairs; smooth where there are none.
    stairs: Vec<f64>,
}

impl WarmUp {
    fn new(is_there: bool, start: f64, random: &mut Random) -> Self {
        if !is_there {
            return WarmUp { depth: 0.0, seconds: 1.0, stairs: Vec::new() };
        }
        let seconds = random.scale(4.0, 300.0);
        let stairs = if random.chance(0.5) { random.whole(3, 8) } else { 0 };
        WarmUp {
            depth: start * random.scale(0.02, 0.25),
            seconds,
            stairs: (0..stairs).map(|_| random.wait(seconds)).collect(),
        }
    }

    fn taken(&self, since: f64) -> f64 {
        match self.stairs.len() {
            0 => self.depth * (1.0 - (-since / self.seconds).exp()),
            stairs => {
                let climbed = self.stairs.iter().filter(|at| **at <= since).count();
                self.depth * climbed as f64 / stairs as f64
            }
        }
    }
}

/// More in use at one time of the day than at another.
struct Wave {
    half_height: f64,
    period: f64,
    phase: f64,
    second: f64,
    second_phase: f64,
}

impl Wave {
    fn new(is_there: bool, start: f64, random: &mut Random) -> Self {
        Wave {
            half_height: if is_there { start * random.scale(0.005, 0.08) } else { 0.0 },
            period: if random.chance(0.7) { DAY_SECONDS } else { random.scale(1_800.0, DAY_SECONDS / 2.0) },
            phase: random.between(0.0, TAU),
            second: random.between(0.0, 0.3),
            second_phase: random.between(0.0, TAU),
        }
    }

    fn taken(&self, at: f64) -> f64 {
        let angle = TAU * at / self.period + self.phase;
        self.half_height * (angle.sin() + self.second * (2.0 * angle + self.second_phase).sin())
    }
}

/// Garbage that piles up until it is collected.
struct Teeth {
    depth: f64,
    seconds: f64,
    jitter: f64,
    begin: f64,
    end: f64,
}

impl Teeth {
    fn new(is_there: bool, start: f64, random: &mut Random) -> Self {
        let seconds = random.scale(4.0, 60.0);
        let begin = -random.between(0.0, seconds);
        Teeth {
            depth: if is_there { (start * random.scale(0.03, 0.2)).min(16_384.0) } else { 0.0 },
            seconds,
            jitter: random.between(0.1, 0.4),
            begin,
            end: begin + seconds,
        }
    }

    fn taken(&mut self, since: f64, random: &mut Random) -> f64 {
        while self.end <= since {
            self.begin = self.end;
            self.end += self.seconds * (1.0 + random.between(-self.jitter, self.jitter));
        }
        self.depth * (since - self.begin) / self.seconds
    }
}

/// Requests that take much for a while.
struct Bursts {
    is_there: bool,
    every: f64,
    mean_wait: f64,
    most: f64,
    begin: f64,
    end: f64,
    bytes: f64,
}

impl Bursts {
    fn new(is_there: bool, start: f64, every: f64, random: &mut Random) -> Self {
        let mean_wait = every * random.scale(3.0, 60.0);
        let begin = random.wait(mean_wait);
        let mut bursts = Bursts { is_there, every, mean_wait, most: start, begin, end: begin, bytes: 0.0 };
        bursts.draw(random);
        bursts
    }

    fn draw(&mut self, random: &mut Random) {
        let longest = 300_f64.min(0.5 * self.mean_wait).max(self.every);
        let lasts = if random.chance(0.6) { self.every } else { random.scale(self.every, longest * 1.001) };
        self.end = self.begin + lasts;
        self.bytes = self.most * random.scale(0.02, 0.25);
    }

    fn taken(&mut self, since: f64, random: &mut Random) -> f64 {
        if !self.is_there {
            return 0.0;
        }
        while self.end <= since {
            self.begin = self.end + random.wait(self.mean_wait);
            self.draw(random);
        }
        if since >= self.begin { self.bytes } else { 0.0 }
    }
}

/// Memory that is forgotten.
struct Leak {
    /// Bytes a second.
    rate: f64,
    /// Bytes at once; smooth when 0.
    piece: f64,
    leaked: f64,
    next: f64,
    /// So many pieces come together.
    dozen: usize,
    /// Half of the time hardly anything leaks.
    is_by_day: bool,
    begins: f64,
}

impl Leak {
    fn new(rate: Option<f64>, random: &mut Random) -> Self {
        let piece = if random.chance(0.5) { random.scale(16.0, 200.0) } else { 0.0 };
        let rate = rate.unwrap_or(0.0);
        let next = if rate > 0.0 && piece > 0.0 { random.wait(piece / rate) } else { f64::MAX };
        Leak { rate, piece, leaked: 0.0, next, dozen: 1, is_by_day: false, begins: 0.0 }
    }

    fn until(&mut self, since: f64, random: &mut Random) -> f64 {
        if self.piece == 0.0 {
            return self.rate * (since - self.begins).max(0.0);
        }
        while self.next <= since {
            let dozen = if self.dozen > 1 { random.whole(1, 2 * self.dozen - 1) } else { 1 };
            self.leaked += self.piece * dozen as f64;
            let wait = random.wait(self.piece * self.dozen as f64 / self.rate);
            // Nine of ten events are in one half of each busy time, of about 40 events.
            let busy = 40.0 * self.piece * self.dozen as f64 / self.rate;
            let is_busy = (self.next / busy).fract() < 0.5;
            self.next += match self.is_by_day {
                true if is_busy => wait / 1.8,
                true => wait * 5.0,
                false => wait,
            };
        }
        self.leaked
    }
}

/// What the rules were not made for.
#[derive(Default)]
struct Others {
    two_levels: Option<TwoLevels>,
    /// When it was given back or the cache began, how much is taken again, and with which time constant in seconds.
    refills: Vec<(f64, f64, f64)>,
    /// Of a refill, everything is taken at first.
    is_full: bool,
    objects: Option<Objects>,
    stairs: Vec<(f64, f64)>,
}

impl Others {
    fn new(parts: &Parts, is_leak: bool, span: f64, start: f64, random: &mut Random) -> Self {
        let mut others = Others { is_full: parts.refills, ..Others::default() };
        if parts.two_levels {
            others.two_levels = Some(TwoLevels::new(start, random));
        }
        if parts.refills {
            others.refills = (0..random.whole(1, 3))
                .map(|_| {
                    let at = random.between(0.0, span);
                    (at, start * random.scale(0.02, 0.12), random.scale(20.0, 1_800.0))
                })
                .collect();
        }
        if parts.cache {
            others.refills = vec![(0.0, start * random.scale(0.02, 0.2), random.scale(60.0, 7_200.0))];
        }
        if parts.objects {
            others.objects = Some(Objects::new(span, start, random));
        }
        if parts.stairs && !is_leak {
            // What is used for the first time comes ever more rarely.
            let step =
                |random: &mut Random| (span * random.scale(0.003, 1.0), start * random.scale(0.005, 0.06));
            others.stairs = (0..random.whole(4, 8)).map(|_| step(random)).collect();
        }
        others
    }

    /// How the leak goes that these shapes have.
    fn shape(&self, leak: &mut Leak, parts: &Parts, span: f64, start: f64, random: &mut Random) {
        if leak.rate <= 0.0 {
            return;
        }
        if parts.late {
            // As much earlier as it takes to lose half of the memory in what is left.
            leak.begins = span * random.between(0.1, 0.4);
        }
        if parts.stairs {
            leak.piece = (start * random.scale(0.005, 0.03)).max(600.0);
        }
        if parts.eventful {
            leak.piece = random.scale(100.0, 1_000.0).min(start / 100.0);
            leak.dozen = random.whole(2, 12);
            leak.is_by_day = true;
        }
        if leak.piece > 0.0 {
            leak.next = leak.begins + random.wait(leak.piece * leak.dozen as f64 / leak.rate);
        }
    }

    /// What is taken for good, and what comes and goes.
    fn taken(&mut self, since: f64, at: f64, random: &mut Random) -> (f64, f64) {
        let refill = |&(begin, bytes, seconds): &(f64, f64, f64)| {
            if since < begin {
                return if self.is_full { bytes } else { 0.0 };
            }
            bytes * (1.0 - (-(since - begin) / seconds).exp())
        };
        let refills: f64 = self.refills.iter().map(refill).sum();
        let stairs: f64 = self.stairs.iter().filter(|(at, _)| *at <= since).map(|(_, bytes)| bytes).sum();
        let levels = self.two_levels.as_mut().map_or(0.0, |levels| levels.taken(at, random));
        let objects = self.objects.as_mut().map_or(0.0, |objects| objects.taken(since, random));
        (refills + stairs, levels + objects)
    }
}

/// Two levels in turn.
struct TwoLevels {
    depth: f64,
    period: f64,
    high_part: f64,
    jitter: f64,
    is_taken: bool,
    until: f64,
}

impl TwoLevels {
    fn new(start: f64, random: &mut Random) -> Self {
        let period = match random.whole(0, 9) {
            0..6 => DAY_SECONDS,
            6 => 7.0 * DAY_SECONDS,
            _ => random.scale(1_800.0, DAY_SECONDS / 2.0),
        };
        TwoLevels {
            depth: start * random.scale(0.01, 0.12),
            period,
            high_part: random.between(0.2, 0.8),
            jitter: random.between(0.0, 0.05),
            is_taken: random.chance(0.5),
            until: period * random.between(0.0, 0.5),
        }
    }

    fn taken(&mut self, at: f64, random: &mut Random) -> f64 {
        while self.until <= at {
            self.is_taken = !self.is_taken;
            let part = if self.is_taken { self.high_part } else { 1.0 - self.high_part };
            self.until += self.period * part * (1.0 + random.between(-self.jitter, self.jitter));
        }
        if self.is_taken { self.depth } else { 0.0 }
    }
}

/// Objects that come by chance and live for a while: as many as usual from the beginning on.
struct Objects {
    bytes: f64,
    every: f64,
    lives: f64,
    next: f64,
    ends: Vec<f64>,
}

impl Objects {
    fn new(span: f64, start: f64, random: &mut Random) -> Self {
        let bytes = random.scale(50.0, 500.0);
        let count = (start * random.scale(0.005, 0.06) / bytes).max(1.0);
        let lives = random.scale(5.0, 1_800.0).min(span);
        let ends = (0..count as usize).map(|_| random.wait(lives)).collect();
        let every = lives / count;
        Objects { bytes, every, lives, next: random.wait(every), ends }
    }

    fn taken(&mut self, since: f64, random: &mut Random) -> f64 {
        // After a long time none of the old ones is left.
        let skip = since - 10.0 * self.lives;
        self.next = self.next.max(skip);
        while self.next <= since {
            self.ends.push(self.next + random.wait(self.lives));
            self.next += random.wait(self.every);
        }
        self.ends.retain(|end| *end > since);
        self.bytes * self.ends.len() as f64
    }
}
