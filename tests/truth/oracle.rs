//! A judge who knows what no board says, and calls as few boards that do not leak: beside [`learned`](super::learned), the other
//! measure of how soon a leak can be known.
//!
//! No test is faster at the same rate of false alarms than the ratio of the likelihoods with a leak and without (Neyman and
//! Pearson 1933; of sequences Wald 1945). Here both are marginal likelihoods over the family of shapes of the
//! [generator](super): steps anywhere, warm-ups and waves on grids of the very times that are drawn, with sizes as they are drawn, and
//! a leak that is smooth or in pieces. Its threshold is the one at which 1 % of the same recordings without a leak are
//! called at any moment.
//!
//! It knows three things that a board does not say: the deviation and the memory of the noise; the free memory without
//! garbage and bursts; and in place of a search that finds every combination of rivals, the true course of what is
//! harmless in this recording is one of the explanations, on both sides. So it is sooner where there are teeth, bursts, or a
//! warm-up that a leak must be told from; over all classes what is learned is as soon, since it knows how often each
//! size and rate is drawn.
//!
//! What it is not: exact. Beside the truth, combinations of rivals are searched greedily, and the best explanation stands for all, sizes have normal priors
//! where the generator's are even over their logarithms, and values cut to KB are filled in. On single recordings the
//! verdict is sometimes sooner; only of many does the comparison say something.

use std::f64::consts::TAU;

use super::Story;

/// Blocks over the whole run.
const BLOCKS: usize = 64;

/// Means of blocks of the run so far.
struct Blocks {
    at: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    harmless: Vec<Vec<f64>>,
    deviation: f64,
    correlation: f64,
}

fn blocks(story: &Story, index: usize) -> Blocks {
    let begin = story.run_of(index);
    let count = index + 1 - begin;
    let per_block = count.div_ceil(BLOCKS);
    let size = per_block as f64;
    let rho = match story.noise.correlation_seconds {
        seconds if seconds > 0.0 => (-(story.every_seconds as f64) / seconds).exp(),
        _ => 0.0,
    };
    // Variance of a block's mean and covariance of two neighbours, for noise of the first order.
    let sum: f64 = (1..per_block).map(|lag| (size - lag as f64) * rho.powi(lag as i32)).sum();
    let variance = (size + 2.0 * sum) / (size * size);
    let reach: f64 = (0..per_block).map(|lag| rho.powi(lag as i32)).sum();
    let covariance = rho * reach * reach / (size * size);
    let sees_all = !story.is_truncated || story.noise.deviation >= 300.0;
    let (mut at, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
    let mut harmless = vec![Vec::new(); 3];
    let first = story.moments[begin].at.0 as f64;
    // Counted from the end, so that no block is half full but the first.
    let mut end = index + 1;
    while end > begin {
        let from = end.saturating_sub(per_block).max(begin);
        let moments = &story.moments[from..end];
        let mean = |value: &dyn Fn(&super::Moment) -> f64| {
            moments.iter().map(value).sum::<f64>() / moments.len() as f64
        };
        at.push((mean(&|moment| moment.at.0 as f64) - first) / 1_000.0);
        for (kind, column) in harmless.iter_mut().enumerate() {
            column.push(-mean(&|moment| moment.harmless[kind]));
        }
        if sees_all {
            let mean = mean(&|moment| moment.calm);
            low.push(mean);
            high.push(mean);
        } else {
            let cut = |moment: &super::Moment| (moment.calm / 1_024.0).floor() * 1_024.0;
            let mean = mean(&|moment| cut(moment));
            let least = moments.iter().map(cut).fold(f64::MAX, f64::min);
            let most = moments.iter().map(cut).fold(f64::MIN, f64::max);
            let (lower, upper) = match most - least {
                0.0 => (most, most + 1_024.0),
                spread if spread <= 1_024.0 => ((mean + 512.0).min(most), (mean + 512.0).max(most)),
                _ => (mean + 512.0, mean + 512.0),
            };
            low.push(lower);
            high.push(upper);
        }
        end = from;
    }
    at.reverse();
    low.reverse();
    high.reverse();
    harmless.iter_mut().for_each(|column| column.reverse());
    Blocks {
        harmless,
        at,
        low,
        high,
        deviation: (story.noise.deviation * variance.sqrt()).max(if sees_all { 2.0 } else { 60.0 }),
        correlation: (covariance / variance).min(0.995),
    }
}

/// A column and its usual size.
#[derive(Clone)]
struct Part(Vec<f64>, f64, f64);

/// What makes the noise of each block independent of those before: how much of the noise, and of what went in pieces, is known
/// from them, and the deviation of what is not (Kalman 1960).
fn filter(blocks: &Blocks, walk: f64) -> Vec<[f64; 3]> {
    let (rho, variance) = (blocks.correlation, blocks.deviation * blocks.deviation);
    let (mut noise, mut both, mut piece) = (variance, 0.0, 0.0);
    (0..blocks.at.len())
        .map(|i| {
            if i > 0 {
                noise = rho * rho * noise + variance * (1.0 - rho * rho);
                both *= rho;
                piece += walk * (blocks.at[i] - blocks.at[i - 1]);
            }
            let all = noise + 2.0 * both + piece;
            let (of_noise, of_piece) = ((noise + both) / all, (both + piece) / all);
            noise -= of_noise * of_noise * all;
            both -= of_noise * of_piece * all;
            piece -= of_piece * of_piece * all;
            [of_noise, of_piece, all.sqrt()]
        })
        .collect()
}

/// Log marginal likelihood of the blocks, but for a constant: parts of normally distributed size, noise as it is, and
/// pieces that add `walk` square bytes a second.
fn evidence(blocks: &Blocks, parts: &[&Part], walk: f64) -> (f64, Vec<f64>) {
    let n = blocks.at.len();
    let ones = Part(vec![1.0; n], 1e5, 0.0);
    let all: Vec<&Part> = std::iter::once(&ones).chain(parts.iter().copied()).collect();
    let p = all.len();
    let (rho, filter) = (blocks.correlation, filter(blocks, walk));
    let of_noise: f64 = filter.iter().map(|[_, _, deviation]| deviation.ln()).sum();
    let whiten = |column: &[f64]| -> Vec<f64> {
        let (mut noise, mut piece) = (0.0, 0.0);
        let step = |(value, [of_noise, of_piece, deviation]): (&f64, &[f64; 3])| {
            noise *= rho;
            let off = value - noise - piece;
            noise += of_noise * off;
            piece += of_piece * off;
            off / deviation
        };
        column.iter().zip(&filter).map(step).collect()
    };
    let columns: Vec<Vec<f64>> =
        all.iter().map(|part| whiten(&part.0).iter().map(|x| x * part.1).collect()).collect();
    // Cholesky of I + X'X, in units of the usual sizes.
    let mut chol = vec![vec![0.0; p]; p];
    for i in 0..p {
        for j in 0..=i {
            let mut sum: f64 = columns[i].iter().zip(&columns[j]).map(|(a, b)| a * b).sum();
            if i == j {
                sum += 1.0;
            }
            sum -= chol[i][..j].iter().zip(&chol[j][..j]).map(|(a, b)| a * b).sum::<f64>();
            chol[i][j] = if i == j { sum.max(1e-12).sqrt() } else { sum / chol[j][j] };
        }
    }
    let log_det: f64 = (0..p).map(|i| chol[i][i].ln()).sum();
    let origin = (blocks.low[0] + blocks.high[0]) / 2.0;
    let mut y: Vec<f64> = (0..n).map(|i| (blocks.low[i] + blocks.high[i]) / 2.0 - origin).collect();
    let choice: f64 = parts.iter().map(|part| part.2).sum();
    let is_exact = (0..n).all(|i| blocks.low[i] == blocks.high[i]);
    let mut result = (f64::MIN, vec![]);
    for _ in 0..if is_exact { 1 } else { 8 } {
        let target = whiten(&y);
        let mut half: Vec<f64> = Vec::with_capacity(p);
        for i in 0..p {
            let mut sum: f64 = columns[i].iter().zip(&target).map(|(a, b)| a * b).sum();
            for k in 0..i {
                sum -= chol[i][k] * half[k];
            }
            half.push(sum / chol[i][i]);
        }
        let mut sizes = half.clone();
        for i in (0..p).rev() {
            for k in i + 1..p {
                sizes[i] -= chol[k][i] * sizes[k];
            }
            sizes[i] /= chol[i][i];
        }
        let square: f64 = target.iter().map(|a| a * a).sum::<f64>() - half.iter().map(|a| a * a).sum::<f64>();
        let rest: Vec<f64> = (0..n)
            .map(|i| {
                let value: f64 = all.iter().zip(&sizes).map(|(part, size)| part.0[i] * part.1 * size).sum();
                let next = value.max(blocks.low[i] - origin).min(blocks.high[i] - origin);
                let rest = (blocks.low[i] + blocks.high[i]) / 2.0 - origin - value;
                y[i] = next;
                rest
            })
            .collect();
        result = (-square / 2.0 - log_det - of_noise - choice, rest);
    }
    result
}

/// How many nats speak for a leak, judged at this moment.
pub fn odds(story: &Story, index: usize) -> f64 {
    let blocks = blocks(story, index);
    let n = blocks.at.len();
    if n < 3 {
        return f64::MIN;
    }
    let start = story.start;
    let line = Part(blocks.at.iter().map(|at| at / blocks.at[n - 1].max(1.0)).collect(), 0.12 * start, 0.0);
    let mut dictionary: Vec<Vec<Part>> = vec![];
    for seconds in [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0] {
        dictionary.push(vec![Part(
            blocks.at.iter().map(|at| (-at / seconds).exp()).collect(),
            0.1 * start,
            3.0,
        )]);
    }
    for hours in [24.0, 12.0, 9.0, 6.0, 4.2, 3.0, 2.1, 1.5, 1.0, 0.7, 0.5_f64] {
        let wave = |phase: f64, over: f64| {
            Part(
                blocks.at.iter().map(|at| (TAU * (over * at / 3_600.0 / hours + phase)).sin()).collect(),
                0.03 * start * if over > 1.0 { 0.15 } else { 1.0 },
                if hours == 24.0 { 0.6 } else { 1.6 },
            )
        };
        dictionary.push(vec![wave(0.0, 1.0), wave(0.25, 1.0), wave(0.0, 2.0), wave(0.25, 2.0)]);
    }
    let step = |from: usize| {
        Part((0..n).map(|i| if i >= from { 1.0 } else { 0.0 }).collect(), 0.06 * start, (n as f64).ln() + 0.7)
    };
    let steps: Vec<Part> = (1..n).map(step).collect();
    let best_step = |rest: &[f64]| -> usize {
        let mean = rest.iter().sum::<f64>() / n as f64;
        let (mut sum, mut best, mut most) = (0.0, 1, -1.0);
        for from in (1..n).rev() {
            sum += rest[from] - mean;
            let own = from as f64 * (n - from) as f64 / n as f64;
            if sum * sum / own > most {
                (best, most) = (from, sum * sum / own);
            }
        }
        best
    };
    let truth: Vec<Part> = blocks
        .harmless
        .iter()
        .filter(|column| column.iter().any(|value| *value != column[0]))
        .map(|column| Part(column.clone(), 1.5, 1.0))
        .collect();
    // A leak in pieces of so many bytes, or a smooth one.
    let fall = (blocks.high[0] - blocks.low[n - 1]).max(1.0) / (blocks.at[n - 1] - blocks.at[0]).max(1.0);
    let walks = [0.0, 20.0, 55.0, 150.0].map(|bytes| bytes * fall);
    let mut most = [f64::MIN; 2];
    for (with_line, walk) in
        [(false, 0.0), (true, walks[0]), (true, walks[1]), (true, walks[2]), (true, walks[3])]
    {
        let fit = |parts: &[&Part]| {
            let mut all = parts.to_vec();
            if with_line {
                all.push(&line);
            }
            evidence(&blocks, &all, walk)
        };
        let mut parts: Vec<&Part> = vec![];
        let (mut known, mut rest) = fit(&parts);
        known = known.max(fit(&truth.iter().collect::<Vec<_>>()).0);
        for _ in 0..if with_line { 2 } else { 3 } {
            if parts.len() + 3 > n {
                break;
            }
            let mut best: (f64, Vec<f64>, Vec<&Part>) = (f64::MIN, vec![], vec![]);
            let candidate = &steps[best_step(&rest) - 1];
            let singles =
                std::iter::once(vec![candidate]).chain(dictionary.iter().map(|set| set.iter().collect()));
            for set in singles {
                let mut all = parts.clone();
                all.extend(&set);
                let (value, rest) = fit(&all);
                if value > best.0 {
                    best = (value, rest, set);
                }
            }
            known = known.max(best.0);
            rest = best.1;
            parts.extend(best.2);
        }
        let known = known
            - if walk > 0.0 {
                6_f64.ln()
            } else if with_line {
                2_f64.ln()
            } else {
                0.0
            };
        most[usize::from(with_line)] = most[usize::from(with_line)].max(known);
    }
    most[1] - most[0]
}
