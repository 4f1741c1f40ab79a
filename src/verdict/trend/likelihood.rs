//! How likely a curve is by one explanation and one kind of noise: what decides between a leak and its rivals.
//!
//! Noise is not alike from value to value: what a value has of the one before says nothing new. So the curve and the
//! parts of its explanation are whitened first: noise of the first order by taking differences (Cochrane and Orcutt
//! 1949), the random walk of a leak in pieces by a filter (Kalman 1960). Then all is linear and normal, and the sizes of the
//! parts are summed over under their priors, in closed form (marginal likelihood: Bishop 2006, 3.5.1). Only the noise's
//! deviation is fitted. A value that is known only between two limits is taken where the explanation says it is, within
//! them, and the fit is repeated.
//!
//! It refuses to search: which explanations there are is for [`explanation`](super::explanation) to say.
//!
//! ```text
//! 30 29 28 27 26 …  steps all alike: by a line and noise without memory, far more likely than by noise that remembers
//! 30 30 27 27 26 …  what is gone stays gone: by a line and pieces
//! ```

use super::curve::Curve;
use super::fit::{Fit, Part, dot};

/// A kind of noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Noise {
    /// Each value has this part of the deviation of the one before, a usual step earlier.
    Memory(f64),
    /// A leak takes pieces by chance. In a usual step that adds so many times the variance of the noise without memory.
    Pieces(f64),
}

/// Every kind, and what it costs to take it, in nats: half of the boards have noise without memory; the longer a memory,
/// the rarer.
const MEMORIES: [(Noise, f64); 7] = [
    (Noise::Memory(0.0), 0.7),
    (Noise::Memory(0.35), 2.3),
    (Noise::Memory(0.6), 2.3),
    (Noise::Memory(0.8), 2.5),
    (Noise::Memory(0.9), 2.8),
    (Noise::Memory(0.96), 3.1),
    (Noise::Memory(0.985), 3.5),
];
const PIECES: [(Noise, f64); 4] = [
    (Noise::Pieces(0.1), 2.5),
    (Noise::Pieces(1.0), 2.5),
    (Noise::Pieces(10.0), 2.5),
    (Noise::Pieces(1e6), 2.5),
];

impl Noise {
    /// The kinds that there may be, with their prices in nats. Only a leak comes in pieces that are never given back.
    pub fn kinds(with_leak: bool) -> impl Iterator<Item = (Noise, f64)> {
        let pieces = if with_leak { &PIECES[..] } else { &[] };
        MEMORIES.iter().chain(pieces).copied()
    }

    /// Makes noise of this kind independent from value to value, with the deviation that the noise has. `steps` are the
    /// times between the values, in usual steps. Returns half the logarithm of the determinant of its covariance.
    fn whiten(self, steps: &[f64], values: &mut [f64]) -> f64 {
        match self {
            Noise::Memory(0.0) => 0.0,
            Noise::Memory(memory) => {
                let (mut before, mut nats) = (values[0], 0.0);
                for (value, step) in values[1..].iter_mut().zip(steps) {
                    let kept = memory.powf(*step);
                    let own = (1.0 - kept * kept).sqrt();
                    nats += own.ln();
                    (before, *value) = (*value, (*value - kept * before) / own);
                }
                nats
            }
            Noise::Pieces(ratio) => {
                // Where the walk is, by all values so far, and the variance of that.
                let (mut walk, mut variance, mut nats) = (0.0, 0.0, 0.0);
                let steps = std::iter::once(&0.0).chain(steps);
                for (value, step) in values.iter_mut().zip(steps) {
                    variance += ratio * step;
                    let (off, all) = (*value - walk, variance + 1.0);
                    walk += variance / all * off;
                    variance /= all;
                    nats += all.ln() / 2.0;
                    *value = off / all.sqrt();
                }
                nats
            }
        }
    }

    /// The noise has at least this variance where no value is known better than to `least` bytes: what firmware cuts off
    /// is not known better for what was cut off before.
    fn least_variance(self, least: f64, is_truncated: bool) -> f64 {
        match self {
            Noise::Memory(memory) if is_truncated => least * least / (1.0 - memory * memory),
            _ => least * least,
        }
    }
}

/// An explanation, weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    /// The logarithm of the marginal likelihood, but for a constant that is the same for every explanation of a curve.
    pub nats: f64,
    /// The size of the last part in bytes.
    pub size: f64,
    /// The variance of that size, in square bytes.
    pub variance: f64,
    /// The explanation at the curve's last point, in bytes.
    pub end: f64,
}

/// Rounds of fitting, at most, and after so many of them values between limits stay where they are.
const ROUNDS: usize = 8;
const ROUNDS_BETWEEN_LIMITS: usize = 5;

/// It is fitted when a round changes the likelihood by less.
const NO_CHANGE_NATS: f64 = 0.05;

/// The usual level in bytes: any.
const ANY: f64 = 1e6;

/// Weighs `parts`, which `fit` has laid through the curve, by this kind of noise. No value is known better than to `least`
/// bytes.
pub(super) fn weigh(curve: &Curve, parts: &[&Part], fit: &Fit, noise: Noise, least: f64) -> Weighed {
    let count = curve.len();
    let usual_step = (curve.at[count - 1] - curve.at[0]) / (count - 1) as f64;
    let steps: Vec<f64> = curve.at.windows(2).map(|pair| (pair[1] - pair[0]) / usual_step).collect();
    // In units of their usual sizes: then each has a prior of one.
    let level = std::iter::once(vec![ANY; count]);
    let scaled = parts.iter().map(|part| part.column.iter().map(|value| value * part.usual).collect());
    let columns: Vec<Vec<f64>> = level.chain(scaled).collect();
    let mut nats_of_noise = 0.0;
    let whiten = |column: &Vec<f64>| {
        let mut white = column.clone();
        nats_of_noise = noise.whiten(&steps, &mut white);
        white
    };
    let white: Vec<Vec<f64>> = columns.iter().map(whiten).collect();
    let squares: Vec<Vec<f64>> = (0..white.len())
        .map(|row| (0..=row).map(|place| dot(&white[row], &white[place])).collect())
        .collect();
    let wanted: Vec<f64> = fit.values.iter().zip(&fit.rest).map(|(value, rest)| value + rest).collect();
    let origin = wanted[0];
    let mut heights: Vec<f64> = wanted.iter().map(|value| value - origin).collect();
    let is_truncated = curve.is_truncated();
    let least = noise.least_variance(least, is_truncated);
    let mut variance = fit.variance().max(least);
    let mut known = Weighed { nats: f64::MIN, size: 0.0, variance: 0.0, end: 0.0 };
    for round in 0..ROUNDS {
        let mut target = heights.clone();
        noise.whiten(&steps, &mut target);
        let right: Vec<f64> = white.iter().map(|column| dot(column, &target)).collect();
        let lower = cholesky(&squares, variance);
        let (half, sizes) = solve(&lower, &right);
        let rest = (dot(&target, &target) - dot(&half, &half)).max(0.0);
        let last = lower.len() - 1;
        let volume: f64 = lower.iter().enumerate().map(|(row, values)| values[row].ln()).sum::<f64>()
            - lower.len() as f64 / 2.0 * variance.ln();
        let nats =
            -fit.kept / 2.0 * variance.ln() - rest / variance / 2.0 - volume - nats_of_noise - fit.assumed;
        let at =
            |index: usize| columns.iter().zip(&sizes).map(|(column, size)| column[index] * size).sum::<f64>();
        let usual = parts.last().map_or(ANY, |part| part.usual);
        let has_changed = (nats - known.nats).abs() >= NO_CHANGE_NATS;
        known = Weighed {
            nats,
            size: sizes[last] * usual,
            variance: variance * (usual / lower[last][last]).powi(2),
            end: at(count - 1) + origin,
        };
        if !has_changed {
            break;
        }
        variance = (rest / fit.kept).max(least);
        if is_truncated && round < ROUNDS_BETWEEN_LIMITS {
            for (index, height) in heights.iter_mut().enumerate() {
                let value = at(index);
                let is_dip = wanted[index] > curve.high[index] + 1.0;
                let limits = (curve.low[index] - origin, curve.high[index] - origin);
                *height = if is_dip { value } else { value.max(limits.0).min(limits.1) };
            }
        }
    }
    known
}

/// The lower triangle whose square is this symmetric matrix, with `diagonal` added on its diagonal.
fn cholesky(squares: &[Vec<f64>], diagonal: f64) -> Vec<Vec<f64>> {
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(squares.len());
    for (row, squares) in squares.iter().enumerate() {
        let mut values: Vec<f64> = Vec::with_capacity(row + 1);
        for place in 0..row {
            let rest = squares[place] - dot(&values, &lower[place][..place]);
            values.push(rest / lower[place][place]);
        }
        let rest = squares[row] + diagonal - dot(&values, &values);
        values.push(rest.max(1e-9 * diagonal).sqrt());
        lower.push(values);
    }
    lower
}

/// What the lower triangle makes `right` of, and what its square makes `right` of.
fn solve(lower: &[Vec<f64>], right: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut half: Vec<f64> = Vec::with_capacity(right.len());
    for (row, values) in lower.iter().enumerate() {
        half.push((right[row] - dot(&values[..row], &half)) / values[row]);
    }
    let mut whole = half.clone();
    for row in (0..lower.len()).rev() {
        for below in row + 1..lower.len() {
            whole[row] -= lower[below][row] * whole[below];
        }
        whole[row] /= lower[row][row];
    }
    (half, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of different lengths, and values that nothing explains.
    const STEPS: [f64; 7] = [1.0, 0.5, 2.0, 1.0, 0.8, 1.2, 0.5];
    const VALUES: [f64; 8] = [120.0, 40.0, -310.0, -260.0, -420.0, -700.0, -650.0, -990.0];

    fn curve() -> Curve {
        let mut at = vec![0.0];
        STEPS.iter().for_each(|step| at.push(at[at.len() - 1] + step * 1_000.0));
        Curve { at, low: VALUES.to_vec(), high: VALUES.to_vec(), is_of_many: false }
    }

    /// The covariance of the noise, for a variance of one, written down as it is defined.
    fn covariance(noise: Noise) -> Vec<Vec<f64>> {
        let at: Vec<f64> = curve().at.iter().map(|at| at / 1_000.0).collect();
        let entry = |row: usize, place: usize| match noise {
            Noise::Memory(0.0) => f64::from(u8::from(row == place)),
            Noise::Memory(memory) => memory.powf((at[row] - at[place]).abs()),
            Noise::Pieces(ratio) => ratio * at[row].min(at[place]) + f64::from(u8::from(row == place)),
        };
        (0..at.len()).map(|row| (0..at.len()).map(|place| entry(row, place)).collect()).collect()
    }

    /// Half the log of the determinant of a matrix, and `values` through its inverse with themselves.
    fn determinant_and_form(matrix: &[Vec<f64>], values: &[f64]) -> (f64, f64) {
        let lower =
            cholesky(&(0..matrix.len()).map(|row| matrix[row][..=row].to_vec()).collect::<Vec<_>>(), 0.0);
        let half = solve(&lower, values).0;
        (lower.iter().enumerate().map(|(row, values)| values[row].ln()).sum(), dot(&half, &half))
    }

    fn all() -> impl Iterator<Item = Noise> {
        Noise::kinds(true).map(|(noise, _)| noise).filter(|noise| *noise != Noise::Pieces(1e6))
    }

    #[test]
    fn whitening_is_what_the_covariance_says() {
        for noise in all() {
            let mut white = VALUES.to_vec();
            let nats = noise.whiten(&STEPS, &mut white);
            let (expected, form) = determinant_and_form(&covariance(noise), &VALUES);
            assert!((nats - expected).abs() < 1e-9, "{noise:?}: {nats} {expected}");
            assert!((dot(&white, &white) / form - 1.0).abs() < 1e-9, "{noise:?}");
        }
    }

    /// Without a trick: the values are normal with the noise's covariance and that of every part; of all deviations of
    /// the noise the best is looked for.
    #[test]
    fn the_likelihood_is_that_of_one_large_normal_distribution() {
        let curve = curve();
        let column: Vec<f64> = curve.at.iter().map(|at| at / curve.at[7]).collect();
        let line = Part { column, usual: 800.0, choice: 0.25 };
        for noise in all() {
            let fit = Fit::of(&curve, &[&line], 3.0);
            let known = weigh(&curve, &[&line], &fit, noise, 3.0);
            let of_noise = covariance(noise);
            let slow = |variance: f64| {
                let entry = |row: usize, place: usize| {
                    variance * of_noise[row][place]
                        + ANY * ANY
                        + 800.0 * 800.0 * line.column[row] * line.column[place]
                };
                let matrix: Vec<Vec<f64>> =
                    (0..8).map(|row| (0..8).map(|place| entry(row, place)).collect()).collect();
                let values: Vec<f64> = VALUES.iter().map(|value| value - VALUES[0]).collect();
                let (nats, form) = determinant_and_form(&matrix, &values);
                -nats - form / 2.0 - 0.25
            };
            let best = (0..400).map(|step| slow(1.05_f64.powi(step))).fold(f64::MIN, f64::max);
            assert!(known.nats <= best + 0.01 && known.nats > best - 0.5, "{noise:?}: {} {best}", known.nats);
        }
    }

    #[test]
    fn steady_steps_are_a_line_and_wandering_is_none() {
        let at: Vec<f64> = (0..24).map(|index| f64::from(index) * 10_000.0).collect();
        let weigh_both = |values: Vec<f64>| {
            let curve = Curve { at: at.clone(), low: values.clone(), high: values, is_of_many: false };
            let line = Part {
                column: (0..24).map(|index| f64::from(index) / 23.0).collect(),
                usual: 5_000.0,
                choice: 0.0,
            };
            let best = |parts: &[&Part]| {
                let fit = Fit::of(&curve, parts, 3.0);
                let nats = Noise::kinds(false)
                    .map(|(noise, price)| weigh(&curve, parts, &fit, noise, 3.0).nats - price);
                nats.fold(f64::MIN, f64::max)
            };
            best(&[&line]) - best(&[])
        };
        let jitter = |index: u32| f64::from(index * 37 % 11) * 4.0;
        assert!(
            weigh_both((0..24).map(|index| 30_000.0 - f64::from(index) * 100.0 + jitter(index)).collect())
                > 10.0
        );
        // Nearly as far down at its end, by way of much that came back.
        let wander =
            [0, 4, 8, 12, 16, 13, 10, 7, 4, 8, 12, 16, 20, 17, 14, 11, 8, 12, 16, 20, 24, 21, 18, 15];
        assert!(weigh_both(wander.iter().map(|step| 30_000.0 - f64::from(*step) * 100.0).collect()) < 4.0);
    }

    #[test]
    fn what_is_cut_off_is_not_known_better_for_what_was_cut_off_before() {
        let least = |noise: Noise, is_truncated| noise.least_variance(150.0, is_truncated);
        assert!(least(Noise::Memory(0.96), true) > 10.0 * least(Noise::Memory(0.0), true));
        assert_eq!(least(Noise::Memory(0.96), false), 150.0 * 150.0);
    }
}
