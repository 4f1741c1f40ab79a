//! The bound: how soon a test knows of a leak that has what the firmware printed and nothing else, and has seen how
//! thousands of boards of the [generator](super) go on.
//!
//! No test is faster at the same rate of false alarms than one that calls where the odds of a leak, given all that was
//! printed so far, reach a threshold (Neyman and Pearson 1933; of sequences Wald 1945). The odds over the whole family have no closed form:
//! phases, teeth, bursts and times of steps would have to be summed over. So they are learned: each moment of a recording is
//! described by [`features`], and boosted trees (Friedman 2001) learn from recordings of known truth how much each
//! combination of them speaks for a leak. Among the features are the marginal likelihoods of the generator's own
//! explanations, summed over their times, with a steady fall and without, for means and for upper envelopes, by
//! noise with several memories.
//!
//! What makes it a bound: it is a test that exists and keeps to 1 %, so the best one is at least as fast. It knows more than a product
//! may know: the family's time constants, rates and sizes, each as often as it is drawn. How far from the best it is
//! can be seen from the other side: the [oracle](super::oracle) knows what no board says, and is as fast.
//!
//! What it is not told: how long a recording will be, or how long the runs before were. In the generator that alone
//! gives leaks away, and on no board.
//!
//! Two of them are kept, learned from 500 recordings of each class, seeds from 2 000 on, with thresholds by 150 others of each, from
//! 1 000 on: [`TEN`], of the ten classes and nothing else, and
//! [`TWELVE`], of these and [`Shape::LongMemory`](super::Shape) and [`Shape::Cache`](super::Shape) as well: a test that must not call these, either, cannot be as
//! fast.
//!
//! ```text
//! HEAPSCOPE_LEARN=500 cargo test --release --test confusion what_is_learned   learns both anew, of so many recordings of each class
//! ```

use std::f64::consts::TAU;
use std::fmt::Write;

use super::Story;

/// Learned of the ten classes.
pub const TEN: &str = include_str!("learned_ten.txt");

/// Learned of the ten classes, long memories and caches.
pub const TWELVE: &str = include_str!("learned_twelve.txt");

/// Trees, their depth, how much of what each says counts, and borders between the values of a feature.
const TREES: usize = 150;
const DEPTH: usize = 3;
const RATE: f64 = 0.12;
const BINS: usize = 48;

/// What a node's few recordings say counts less: it is drawn towards nothing as if by so many more.
const DRAWN: f64 = 2.0;

/// Blocks that a run is cut into.
const BLOCKS: usize = 24;

/// More moments than these in a run tell nothing: in the generator only leaks are that long.
const MOST_MOMENTS: f64 = 700.0;

/// Time constants of warm-ups in seconds, periods of waves in hours, and memories of noise in seconds, as they are drawn.
const WARM_UP_SECONDS: [f64; 7] = [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0];
const WAVE_HOURS: [f64; 10] = [24.0, 12.0, 9.0, 6.5, 4.5, 3.2, 2.2, 1.5, 0.95, 0.6];
const MEMORY_SECONDS: [f64; 4] = [0.0, 8.0, 60.0, 400.0];

/// Usual sizes as parts of the memory.
const USUAL_LEAK: f64 = 0.13;
const USUAL_STEP: f64 = 0.06;
const USUAL_WARM_UP: f64 = 0.1;
const USUAL_WAVE: f64 = 0.03;

/// A judge that has learned.
pub struct Learned {
    /// At more, 1 % of the recordings without a leak are called at some moment.
    pub threshold: f64,
    trees: Vec<Tree>,
}

/// A moment whose truth is known.
pub struct Example {
    /// What is known of it.
    pub features: Vec<f32>,
    /// Whether something leaks.
    pub is_leak: bool,
    /// How much it counts.
    pub weight: f64,
}

/// Questions, from the top, each row from left to right, and what each of their answers says.
struct Tree {
    questions: Vec<(usize, f32)>,
    nats: Vec<f32>,
}

impl Tree {
    fn nats(&self, features: &[f32]) -> f32 {
        let next = |place: usize| {
            let (feature, border) = self.questions[place];
            2 * place + 1 + usize::from(features[feature] > border)
        };
        let place = (0..DEPTH).fold(0, |place, _| next(place));
        self.nats[place - self.questions.len()]
    }
}

impl Learned {
    /// What was written by [`Learned::write`].
    pub fn read(text: &str) -> Self {
        let mut lines =
            text.lines().map(|line| line.split(' ').map(|word| word.parse::<f32>().expect("a number")));
        let threshold = lines.next().and_then(|mut line| line.next()).expect("a threshold");
        let tree = |line: Vec<f32>| {
            let (questions, nats) = line.split_at(2 * ((1 << DEPTH) - 1));
            let questions = questions.chunks(2).map(|pair| (pair[0] as usize, pair[1])).collect();
            Tree { questions, nats: nats.to_vec() }
        };
        Learned { threshold: threshold.into(), trees: lines.map(|line| tree(line.collect())).collect() }
    }

    /// As text: the threshold, and a line for each tree.
    pub fn write(&self) -> String {
        let mut text = format!("{:.3}\n", self.threshold);
        for tree in &self.trees {
            let questions = tree.questions.iter().map(|(feature, border)| format!("{feature} {border}"));
            let nats = tree.nats.iter().map(|nats| format!("{nats:.4}"));
            let words: Vec<_> = questions.chain(nats).collect();
            writeln!(text, "{}", words.join(" ")).expect("text can be written to");
        }
        text
    }

    /// How much speaks for a leak, in nats but for a constant.
    pub fn nats(&self, features: &[f32]) -> f64 {
        self.trees.iter().map(|tree| f64::from(tree.nats(features))).sum()
    }

    /// Learns, and calls nothing by itself: the threshold is for recordings to say that it has not learned from.
    pub fn learn(examples: &[Example]) -> Self {
        let borders: Vec<Vec<f32>> =
            (0..examples[0].features.len()).map(|feature| borders(examples, feature)).collect();
        let bins: Vec<Vec<u8>> = examples
            .iter()
            .map(|example| {
                let bin = |(value, borders): (&f32, &Vec<f32>)| {
                    borders.partition_point(|border| border < value) as u8
                };
                example.features.iter().zip(&borders).map(bin).collect()
            })
            .collect();
        let mut nats = vec![0.0_f64; examples.len()];
        let mut trees = Vec::with_capacity(TREES);
        for _ in 0..TREES {
            let tree = grow(examples, &bins, &borders, &nats);
            for (nats, example) in nats.iter_mut().zip(examples) {
                *nats += f64::from(tree.nats(&example.features));
            }
            trees.push(tree);
        }
        Learned { threshold: f64::MAX, trees }
    }
}

/// Values between which there are equally many examples.
fn borders(examples: &[Example], feature: usize) -> Vec<f32> {
    let some = examples.iter().step_by((examples.len() / 4_000).max(1));
    let mut values: Vec<f32> = some.map(|example| example.features[feature]).collect();
    values.sort_by(f32::total_cmp);
    let mut borders: Vec<f32> = (1..BINS).map(|bin| values[bin * (values.len() - 1) / BINS]).collect();
    borders.dedup();
    borders
}

/// The tree that says most of what is not known yet: by the slope of the logistic loss, and how that bends.
fn grow(examples: &[Example], bins: &[Vec<u8>], borders: &[Vec<f32>], nats: &[f64]) -> Tree {
    let slope = |(example, nats): (&Example, &f64)| {
        let chance = 1.0 / (1.0 + (-nats).exp());
        let off = f64::from(u8::from(example.is_leak)) - chance;
        [off * example.weight, (chance * (1.0 - chance)).max(1e-6) * example.weight]
    };
    let slopes: Vec<[f64; 2]> = examples.iter().zip(nats).map(slope).collect();
    let mut places = vec![0_usize; examples.len()];
    let mut questions = Vec::new();
    for row in 0..DEPTH {
        let (first, count) = ((1 << row) - 1, 1 << row);
        let half = borders.len().div_ceil(2);
        let best_of = |features: std::ops::Range<usize>| {
            let mut sums = vec![[0.0_f64; 2]; count * features.len() * BINS];
            for ((slope, place), bins) in slopes.iter().zip(&places).zip(bins) {
                let from = (place - first) * features.len();
                for (feature, bin) in bins[features.clone()].iter().enumerate() {
                    let sum = &mut sums[(from + feature) * BINS + usize::from(*bin)];
                    sum[0] += slope[0];
                    sum[1] += slope[1];
                }
            }
            let best = |place: usize| {
                let rate = |feature: usize| {
                    let from = (place * features.len() + feature) * BINS;
                    best_border(&sums[from..from + BINS], borders[features.start + feature].len())
                        .map(|(gain, bin)| (gain, features.start + feature, bin))
                };
                (0..features.len()).filter_map(rate).max_by(|a, b| a.0.total_cmp(&b.0))
            };
            (0..count).map(best).collect::<Vec<_>>()
        };
        let halves = std::thread::scope(|scope| {
            let best_of = &best_of;
            [0..half, half..borders.len()]
                .map(|features| scope.spawn(move || best_of(features)))
                .map(|thread| thread.join().expect("it ran"))
        });
        let chosen: Vec<_> = halves[0]
            .iter()
            .zip(&halves[1])
            .map(|(a, b)| a.iter().chain(b).copied().max_by(|a, b| a.0.total_cmp(&b.0)))
            .collect();
        questions.extend(
            chosen
                .iter()
                .map(|best| best.map_or((0, f32::MAX), |(_, feature, bin)| (feature, borders[feature][bin]))),
        );
        for (place, bins) in places.iter_mut().zip(bins) {
            let is_more =
                chosen[*place - first].is_some_and(|(_, feature, bin)| usize::from(bins[feature]) > bin);
            *place = 2 * *place + 1 + usize::from(is_more);
        }
    }
    let mut sums = [[0.0_f64; 2]; 1 << DEPTH];
    for (slope, place) in slopes.iter().zip(&places) {
        let sum = &mut sums[place - questions.len()];
        sum[0] += slope[0];
        sum[1] += slope[1];
    }
    let nats = sums.iter().map(|[off, bend]| (off / (bend + DRAWN) * RATE) as f32).collect();
    Tree { questions, nats }
}

/// Where a feature's values are best divided, and what is gained.
fn best_border(sums: &[[f64; 2]], borders: usize) -> Option<(f64, usize)> {
    let all = sums.iter().fold([0.0, 0.0], |all, sum| [all[0] + sum[0], all[1] + sum[1]]);
    let worth = |[off, bend]: [f64; 2]| off * off / (bend + DRAWN);
    let (mut below, mut best) = ([0.0, 0.0], None);
    for (bin, sum) in sums.iter().enumerate().take(borders) {
        below = [below[0] + sum[0], below[1] + sum[1]];
        let above = [all[0] - below[0], all[1] - below[1]];
        let gain = worth(below) + worth(above) - worth(all);
        if below[1] >= DRAWN && above[1] >= DRAWN && gain > best.map_or(0.0, |(gain, _)| gain) {
            best = Some((gain, bin));
        }
    }
    best
}

/// What a run has printed.
struct Printed {
    /// Seconds since it began.
    at: Vec<f64>,
    /// The middle of what each figure may mean, in bytes.
    free: Vec<f64>,
}

impl Printed {
    fn of(story: &Story, moments: std::ops::Range<usize>) -> Self {
        let first = story.moments[moments.start].at;
        let moments = &story.moments[moments];
        let half = if story.is_truncated { 512.0 } else { 0.0 };
        let unit = if story.is_truncated { 1_024.0 } else { 1.0 };
        Printed {
            at: moments.iter().map(|moment| (moment.at - first).0 as f64 / 1_000.0).collect(),
            free: moments.iter().map(|moment| story.printed(moment.free) as f64 * unit + half).collect(),
        }
    }

    /// Blocks of as many values each, counted from the end: the mean time, and what `pick` makes of the sorted values.
    fn blocks(&self, pick: impl Fn(&[f64]) -> f64) -> Printed {
        let per_block = self.at.len().div_ceil(BLOCKS);
        let (mut at, mut free) = (Vec::new(), Vec::new());
        for (times, values) in self.at.rchunks(per_block).zip(self.free.rchunks(per_block)) {
            if 2 * times.len() < per_block {
                break;
            }
            let mut values = values.to_vec();
            values.sort_by(f64::total_cmp);
            at.push(mean(times));
            free.push(pick(&values));
        }
        at.reverse();
        free.reverse();
        Printed { at, free }
    }
}

/// What is known at this moment, from what was printed in this run and the one before. `None` when that is too little.
pub fn features(story: &Story, index: usize) -> Option<Vec<f32>> {
    let begin = story.run_of(index);
    let run = Printed::of(story, begin..index + 1);
    let count = run.at.len();
    if count < 4 || run.at[count - 1] <= run.at[0] {
        return None;
    }
    let is_boot = story.moments[begin].is_boot;
    let (cut, step) = if story.is_truncated { (1.0, 1_024.0) } else { (0.0, 0.0) };
    let span = run.at[count - 1] - run.at[0];
    let level = run.free.iter().copied().fold(1.0, f64::max);
    let mut all = vec![
        (count as f64).min(MOST_MOMENTS).ln(),
        span.ln(),
        (span / count as f64).ln(),
        cut,
        f64::from(u8::from(is_boot)),
        level.ln(),
    ];
    let per_block = count.div_ceil(BLOCKS) as f64;
    let curves = [
        run.blocks(mean),
        run.blocks(|values| values[values.len() - 1]),
        run.blocks(|values| values[values.len() / 2]),
    ];
    for (number, curve) in curves.iter().enumerate() {
        if curve.at.len() < 4 {
            return None;
        }
        if number < 2 {
            let least = if cut > 0.0 { 0.025 * step * step / per_block.sqrt().min(4.0) } else { 4.0 };
            likelihoods(curve, least, level, is_boot, &mut all);
        }
        shape(curve, level, &mut all);
    }
    ups_and_downs(&run.free, level, &mut all);
    let before = (0..begin).next_back().map(|last| Printed::of(story, story.run_of(last)..begin));
    run_before(&run, before.filter(|before| before.at.len() >= 4), level, &mut all);
    Some(all.into_iter().map(|value| value as f32).collect())
}

/// Slope, its error, and the deviation of the rest: of least squares.
fn line(at: &[f64], free: &[f64]) -> (f64, f64, f64) {
    let (count, middle, level) = (at.len() as f64, mean(at), mean(free));
    let (mut wide, mut both, mut high) = (0.0, 0.0, 0.0);
    for (at, free) in at.iter().zip(free) {
        wide += (at - middle).powi(2);
        both += (at - middle) * (free - level);
        high += (free - level).powi(2);
    }
    let slope = both / wide.max(1e-12);
    let rest = (high - slope * both).max(0.0);
    (slope, (rest / (count - 2.0).max(1.0) / wide.max(1e-12)).sqrt(), (rest / count).sqrt())
}

/// How a curve runs: lines through all of it and through parts of it, its largest drop, Mann and Kendall's statistic, and
/// what the rest remembers.
fn shape(curve: &Printed, level: f64, all: &mut Vec<f64>) {
    let (at, free) = (&curve.at, &curve.free);
    let count = at.len();
    let span = at[count - 1] - at[0];
    let (slope, error, rest) = line(at, free);
    let drop = free.windows(2).map(|pair| pair[0] - pair[1]).fold(f64::MIN, f64::max);
    let half = count / 2;
    let last = (count / 4).max(3);
    let first_half = line(&at[..half], &free[..half]);
    let second_half = line(&at[count - half..], &free[count - half..]);
    let end = line(&at[count - last..], &free[count - last..]);
    let of_slope = |other: f64| (other / slope.abs().max(1e-9)).clamp(-20.0, 20.0);
    let in_errors = |slope: f64, error: f64| (slope / error.max(1e-9)).clamp(-100.0, 100.0);
    all.extend([slope * span / level, in_errors(slope, error), (rest / level).max(1e-6).ln()]);
    all.push(drop / (slope.abs() * span).max(1.0));
    all.extend([of_slope(first_half.0), of_slope(second_half.0), of_slope(end.0)]);
    all.extend([in_errors(first_half.0, first_half.1), in_errors(second_half.0, second_half.1)]);
    let mut order = 0.0;
    for later in 1..count {
        for earlier in 0..later {
            order += (free[later] - free[earlier]).clamp(-1.0, 1.0);
        }
    }
    let count = count as f64;
    all.extend([order / (count * (count - 1.0) / 2.0), order / count.powf(1.5)]);
    let rest: Vec<f64> = at.iter().zip(free).map(|(at, free)| free - slope * at).collect();
    let middle = mean(&rest);
    let off: Vec<f64> = rest.iter().map(|rest| rest - middle).collect();
    all.push(dot(&off[1..], &off[..off.len() - 1]) / dot(&off, &off).max(1e-9));
}

/// How much goes up and down from value to value, and how far the end lies below the beginning.
fn ups_and_downs(free: &[f64], level: f64, all: &mut Vec<f64>) {
    let (mut up, mut down, mut ups, mut downs) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for step in free.windows(2).map(|pair| pair[1] - pair[0]) {
        if step > 0.0 {
            (up, ups) = (up + step, ups + 1.0);
        } else if step < 0.0 {
            (down, downs) = (down - step, downs + 1.0);
        }
    }
    all.extend([
        (down + 1.0).ln() - (up + 1.0).ln(),
        downs - ups,
        (downs - ups) / (downs + ups + 1.0).sqrt(),
    ]);
    all.extend([(up / level + 1e-5).ln(), downs / free.len() as f64]);
    let sixth = free.len().div_ceil(6);
    let (first, last) = (&free[..sixth], &free[free.len() - sixth..]);
    let highest = |values: &[f64]| values.iter().copied().fold(f64::MIN, f64::max);
    let lowest = first.iter().copied().fold(f64::MAX, f64::min);
    all.extend([(lowest - highest(last)) / level, (highest(first) - highest(last)) / level]);
}

/// What the run before did in the same time since its start, and how this one goes away from it.
fn run_before(run: &Printed, before: Option<Printed>, level: f64, all: &mut Vec<f64>) {
    let Some(before) = before else {
        all.extend([0.0; 8]);
        return;
    };
    let (last, span) = (run.at.len() - 1, run.at[run.at.len() - 1] - run.at[0]);
    let change = |(slope, error, _): (f64, f64, f64), span: f64| {
        [slope * span / level, (slope / error.max(1e-9)).clamp(-200.0, 200.0)]
    };
    all.extend(change(line(&before.at, &before.free), span));
    let half = before.at.len() / 2;
    all.extend(change(line(&before.at[half..], &before.free[half..]), span));
    let end = before.at.partition_point(|at| *at <= run.at[last]).max(1) - 1;
    all.extend([(run.free[last] - before.free[end]) / level, (run.free[0] - before.free[0]) / level]);
    let both = run.at.iter().zip(&run.free).filter_map(|(at, free)| {
        let next = before.at.partition_point(|other| other <= at);
        let (then, later) = (*before.at.get(next.checked_sub(1)?)?, *before.at.get(next)?);
        let part = (at - then) / (later - then).max(1e-9);
        Some((*at, free - before.free[next - 1] * (1.0 - part) - before.free[next] * part))
    });
    let (at, free): (Vec<f64>, Vec<f64>) = both.unzip();
    match at.len() {
        0..4 => all.extend([0.0; 2]),
        count => all.extend(change(line(&at, &free), at[count - 1] - at[0])),
    }
}

/// Explanations: chance, one to three steps, a warm-up, a wave, and one of these two with a step.
const EXPLANATIONS: usize = 8;

/// How likely a curve is by each explanation, with a steady fall and without: each summed over its times. `least` is the
/// variance that the noise has at least.
fn likelihoods(curve: &Printed, least: f64, level: f64, is_boot: bool, all: &mut Vec<f64>) {
    let columns = Columns::of(curve, level);
    let span = curve.at[curve.at.len() - 1] - curve.at[0];
    let step = span / (curve.at.len() - 1) as f64;
    let mut nats = [[const { Vec::new() }; EXPLANATIONS], [const { Vec::new() }; EXPLANATIONS]];
    let mut leak = (f64::MIN, 0.0, 1.0);
    for seconds in MEMORY_SECONDS {
        // It is the same as none.
        if seconds > 0.0 && (-step / seconds).exp() < 0.03 {
            continue;
        }
        let mut white = White::of(&columns, curve, seconds, least);
        for (with_leak, nats) in nats.iter_mut().enumerate() {
            let found = explain(&columns, &mut white, with_leak == 1, is_boot, nats);
            if with_leak == 1 && found.0 - white.price > leak.0 {
                leak = (found.0 - white.price, found.1, found.2);
            }
        }
    }
    let [without, with] = nats.map(|nats| nats.map(|nats| sum_of_powers(&nats)));
    let best = |nats: &[f64]| nats.iter().copied().fold(f64::MIN, f64::max);
    let (most_without, most_with) = (best(&without), best(&with));
    all.extend([most_with - most_without, sum_of_powers(&with) - sum_of_powers(&without)]);
    all.extend(with.iter().map(|nats| (nats - most_without).clamp(-50.0, 200.0)));
    all.extend(without.iter().map(|nats| (most_with - nats).clamp(-50.0, 200.0)));
    all.extend([with[0] - without[0], leak.1 * USUAL_LEAK, leak.1 / leak.2.max(1e-9)]);
}

/// Every explanation by one kind of noise. Returns the best one's likelihood, and the leak's size and deviation in usual sizes.
fn explain(
    columns: &Columns,
    white: &mut White,
    with_leak: bool,
    is_boot: bool,
    nats: &mut [Vec<f64>; EXPLANATIONS],
) -> (f64, f64, f64) {
    let count = white.count;
    let memory_price = white.price;
    let rate = |white: &mut White, parts: &[usize]| {
        let mut parts = parts.to_vec();
        if with_leak {
            parts.push(Columns::LEAK);
        }
        white.likelihood(&parts)
    };
    white.variance = 4.0 * white.least;
    rate(white, &[0]);
    let chance = rate(white, &[0]);
    nats[0].push(chance.0 - memory_price);
    let mut best = chance;
    let a_step = (count as f64).ln() + 0.7;
    let mut parts = vec![0];
    for steps in 1..=3 {
        if parts.len() + 4 > count {
            break;
        }
        let (mut known, mut chosen) = (Vec::new(), (f64::MIN, 0));
        for step in columns.steps.clone().filter(|step| !parts.contains(step)).collect::<Vec<_>>() {
            let found = rate(white, &[&parts[..], &[step]].concat());
            let price = a_step * f64::from(steps);
            known.push(found.0 - price - memory_price);
            if found.0 > chosen.0 {
                chosen = (found.0, step);
            }
            if found.0 - price > best.0 {
                best = (found.0 - price, found.1, found.2);
            }
        }
        nats[steps as usize].push(sum_of_powers(&known));
        parts.push(chosen.1);
    }
    if count < 5 {
        return best;
    }
    let without_boot = if is_boot { 0.0 } else { 3.0 };
    let warm_ups: Vec<_> = columns.warm_ups.clone().map(|part| vec![0, part]).collect();
    let waves: Vec<_> = columns
        .waves
        .clone()
        .step_by(4)
        .map(|part| [0].into_iter().chain(part..part + 4).collect())
        .collect();
    for (place, kind) in [warm_ups, waves].into_iter().enumerate() {
        let price = |number: usize| match (place, number) {
            (0, _) => 2.0 + without_boot,
            (_, 0) => 0.4,
            _ => 3.5,
        };
        let found: Vec<f64> = kind.iter().map(|parts| rate(white, parts).0).collect();
        let known: Vec<f64> =
            found.iter().enumerate().map(|(number, nats)| nats - price(number) - memory_price).collect();
        nats[4 + place].push(sum_of_powers(&known));
        let chosen = (0..kind.len()).max_by(|a, b| found[*a].total_cmp(&found[*b]));
        if let Some(chosen) = chosen.filter(|_| count >= 7) {
            let steps = columns.steps.clone();
            let known: Vec<f64> = steps
                .map(|step| {
                    rate(white, &[&kind[chosen][..], &[step]].concat()).0 - 2.0 - a_step - memory_price
                })
                .collect();
            nats[6 + place].push(sum_of_powers(&known));
        }
    }
    best
}

/// The parts that explanations are made of, each for its usual size; the level is the first.
struct Columns {
    all: Vec<Vec<f64>>,
    steps: std::ops::Range<usize>,
    warm_ups: std::ops::Range<usize>,
    waves: std::ops::Range<usize>,
}

impl Columns {
    const LEAK: usize = 1;

    fn of(curve: &Printed, level: f64) -> Self {
        let at = &curve.at;
        let (count, span) = (at.len(), at[at.len() - 1] - at[0]);
        let of_times =
            |value: &dyn Fn(f64) -> f64| at.iter().map(|at| level * value(*at)).collect::<Vec<f64>>();
        let mut all = vec![vec![1e6; count], of_times(&|since| USUAL_LEAK * (since - at[0]) / span)];
        let begin = all.len();
        for from in 1..count {
            all.push((0..count).map(|index| if index >= from { USUAL_STEP * level } else { 0.0 }).collect());
        }
        let steps = begin..all.len();
        all.extend(
            WARM_UP_SECONDS.map(|seconds| of_times(&|since| USUAL_WARM_UP * (-since / seconds).exp())),
        );
        let warm_ups = steps.end..all.len();
        for hours in WAVE_HOURS {
            for (harmonic, quarter, part) in
                [(1.0, 0.0, 1.0), (1.0, 0.25, 1.0), (2.0, 0.0, 0.15), (2.0, 0.25, 0.15)]
            {
                let turn = |since: f64| TAU * (harmonic * since / 3_600.0 / hours + quarter);
                all.push(of_times(&|since| USUAL_WAVE * part * turn(since).sin()));
            }
        }
        let waves = warm_ups.end..all.len();
        Columns { all, steps, warm_ups, waves }
    }
}

/// Columns and curve, made independent from value to value for noise of the first order (Cochrane and Orcutt 1949).
struct White {
    count: usize,
    /// Sums of products of columns, as far as they were asked for.
    products: Vec<f64>,
    columns: Vec<Vec<f64>>,
    with_curve: Vec<f64>,
    of_curve: f64,
    nats_of_noise: f64,
    /// What it costs that the noise is of this kind.
    price: f64,
    least: f64,
    /// The variance of the noise that was best last.
    variance: f64,
}

impl White {
    fn of(columns: &Columns, curve: &Printed, memory_seconds: f64, least: f64) -> Self {
        let kept: Vec<f64> = match memory_seconds {
            0.0 => vec![0.0; curve.at.len() - 1],
            seconds => curve.at.windows(2).map(|pair| (-(pair[1] - pair[0]) / seconds).exp()).collect(),
        };
        let own = |kept: f64| (1.0 - kept * kept).sqrt();
        let whiten = |values: &[f64]| -> Vec<f64> {
            let later =
                values.windows(2).zip(&kept).map(|(pair, kept)| (pair[1] - kept * pair[0]) / own(*kept));
            std::iter::once(values[0]).chain(later).collect()
        };
        let columns: Vec<Vec<f64>> = columns.all.iter().map(|column| whiten(column)).collect();
        let free: Vec<f64> = curve.free.iter().map(|free| free - curve.free[0]).collect();
        let free = whiten(&free);
        White {
            count: free.len(),
            products: vec![f64::NAN; columns.len() * columns.len()],
            with_curve: columns.iter().map(|column| dot(column, &free)).collect(),
            of_curve: dot(&free, &free),
            nats_of_noise: kept.iter().map(|kept| own(*kept).ln()).sum(),
            price: if memory_seconds == 0.0 { 0.7 } else { 1.8 },
            columns,
            least,
            variance: 4.0 * least,
        }
    }

    fn product(&mut self, row: usize, place: usize) -> f64 {
        let known = row * self.columns.len() + place;
        if self.products[known].is_nan() {
            self.products[known] = dot(&self.columns[row], &self.columns[place]);
        }
        self.products[known]
    }

    /// The log of the marginal likelihood by these parts, of normal sizes, but for a constant; and the size of the last one, and
    /// the deviation of that. The variance of the noise is the best one.
    fn likelihood(&mut self, parts: &[usize]) -> (f64, f64, f64) {
        const ROUNDS: usize = 3;
        let mut known = (f64::MIN, 0.0, 1.0);
        let mut variance = self.variance;
        for _ in 0..ROUNDS {
            let mut lower: Vec<Vec<f64>> = Vec::with_capacity(parts.len());
            let mut half: Vec<f64> = Vec::with_capacity(parts.len());
            let mut volume = 0.0;
            for (row, part) in parts.iter().enumerate() {
                let mut values = Vec::with_capacity(row + 1);
                for place in 0..row {
                    let rest = self.product(parts[row], parts[place]) - dot(&values, &lower[place][..place]);
                    values.push(rest / lower[place][place]);
                }
                let rest: f64 = self.product(*part, *part) + variance - dot(&values, &values);
                let own = rest.max(1e-9 * variance).sqrt();
                half.push((self.with_curve[*part] - dot(&values, &half)) / own);
                values.push(own);
                volume += (own * own / variance).ln() / 2.0;
                lower.push(values);
            }
            let rest = (self.of_curve - dot(&half, &half)).max(0.0);
            let nats = -(self.count as f64) / 2.0 * variance.ln()
                - rest / variance / 2.0
                - volume
                - self.nats_of_noise;
            let last = parts.len() - 1;
            if nats > known.0 {
                known = (nats, half[last] / lower[last][last], variance.sqrt() / lower[last][last]);
                self.variance = variance;
            }
            let next = ((rest + 2.0 * self.least) / (self.count as f64 + 1.0)).max(self.least);
            if (next / variance - 1.0).abs() < 0.03 {
                break;
            }
            variance = next;
        }
        known
    }
}

/// The logarithm of the sum of what these are the logarithms of.
fn sum_of_powers(nats: &[f64]) -> f64 {
    let most = nats.iter().copied().fold(f64::MIN, f64::max);
    if most == f64::MIN {
        return most;
    }
    most + nats.iter().map(|nats| (nats - most).exp()).sum::<f64>().ln()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
