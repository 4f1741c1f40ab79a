//! A curve, explained: linear least squares, with a price for what is assumed. Quick: with it explanations are searched; the best
//! of them are [weighed](super::likelihood) then.
//!
//! Columns are made orthogonal one after the other (Gram and Schmidt), so each has its size at once. A size is drawn
//! towards 0 as far as its usual size says (ridge; Hoerl and Kennard 1970), and costs what a normal prior of that
//! deviation costs. A value that is known only between two limits is taken where the explanation says it is, within
//! them, and the fit is repeated (expectation and maximisation; Dempster, Laird and Rubin 1977). Values far below the
//! explanation are dips: left out, at a price.

use super::curve::Curve;

/// One way in which free memory may go.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its value at each point of the curve, for a size of one.
    pub column: Vec<f64>,
    /// The deviation of the sizes that it usually has, in bytes.
    pub usual: f64,
    /// What it costs to choose it among its like, in nats.
    pub choice: f64,
}

/// How an explanation fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Fit {
    /// The explanation at each point.
    pub values: Vec<f64>,
    /// What it leaves unexplained.
    pub rest: Vec<f64>,
    /// The price of its parts, in nats.
    price: f64,
    /// What of that is for what was chosen, not for how large it is.
    pub assumed: f64,
    /// The size of the last part.
    pub size: f64,
    /// How many values are no dips.
    pub kept: f64,
    /// The noise is no smaller than this, in bytes.
    least: f64,
    /// And remembers no more than this of the value before.
    longest_memory: f64,
    /// The columns, each without what those before it have, and their sums of squares.
    columns: Vec<(Vec<f64>, f64)>,
}

/// Rounds of fitting, at most.
const ROUNDS: usize = 12;

/// A value so many deviations below the explanation is a dip.
const DIP_DEVIATIONS: f64 = 3.0;

/// What a dip costs in nats: one value in twenty.
const DIP_NATS: f64 = 3.0;

/// No more than one value in so many is a dip: else the explanation is wrong.
const DIPS_ONE_IN: usize = 3;

/// A column shorter than this has nothing of its own.
const NOTHING: f64 = 1e-9;

/// Noise with a memory longer than this is no noise: of a value, and after so many seconds 1/e of it.
const LONGEST_MEMORY: f64 = 0.95;
const LONGEST_MEMORY_SECONDS: f64 = 600.0;

impl Fit {
    /// Fits a level and `parts` to the curve. The noise has a deviation of `least` bytes at least.
    pub fn of(curve: &Curve, parts: &[&Part], least: f64) -> Fit {
        let count = curve.len();
        let mut columns: Vec<(Vec<f64>, f64)> = vec![(vec![1.0; count], count as f64)];
        for part in parts {
            let mut column = part.column.clone();
            for (other, square) in columns.iter().filter(|(_, square)| *square > NOTHING) {
                let share = dot(&column, other) / square;
                column.iter_mut().zip(other).for_each(|(value, other)| *value -= share * other);
            }
            let square = dot(&column, &column);
            columns.push((column, square));
        }
        let longest_memory = curve.memory(LONGEST_MEMORY_SECONDS).min(LONGEST_MEMORY);
        let mut fit = Fit { columns, least, longest_memory, kept: count as f64, ..Fit::default() };
        let mut wanted: Vec<f64> = (0..count).map(|index| curve.middle(index)).collect();
        let mut variance = 100.0 * least * least;
        for round in 0..ROUNDS {
            fit.lay_through(&wanted, parts, variance);
            fit.compare_with(curve, if round > 0 { variance } else { f64::MAX });
            let mut moved = 0.0_f64;
            for (index, wanted) in wanted.iter_mut().enumerate() {
                let next = fit.values[index] + fit.rest[index];
                moved = moved.max((next - *wanted).abs());
                *wanted = next;
            }
            let before = std::mem::replace(&mut variance, (fit.squares() / fit.kept).max(least * least));
            if (variance / before - 1.0).abs() < 0.05 && moved < 0.1 * variance.sqrt() {
                break;
            }
        }
        fit
    }

    fn lay_through(&mut self, wanted: &[f64], parts: &[&Part], variance: f64) {
        self.values = vec![0.0; wanted.len()];
        (self.price, self.assumed) = (0.0, 0.0);
        for (place, (column, square)) in self.columns.iter().enumerate() {
            let part = place.checked_sub(1).map(|place| parts[place]);
            let ridge = part.map_or(0.0, |part| variance / (part.usual * part.usual));
            let size = if square + ridge > NOTHING { dot(column, wanted) / (square + ridge) } else { 0.0 };
            self.values.iter_mut().zip(column).for_each(|(value, column)| *value += size * column);
            if let Some(part) = part {
                let unusual = size / part.usual;
                self.price += (unusual * unusual + (1.0 + square / ridge).ln()) / 2.0;
                self.price += part.choice;
                self.assumed += part.choice;
                self.size = size;
            }
        }
    }

    /// What is left of the curve, without its dips.
    fn compare_with(&mut self, curve: &Curve, variance: f64) {
        let limits = curve.low.iter().zip(&curve.high);
        self.rest = limits
            .zip(&self.values)
            .map(|((low, high), value)| (low - value).max(0.0) + (high - value).min(0.0))
            .collect();
        let deepest = -DIP_DEVIATIONS * variance.sqrt();
        let mut dips = self.rest.iter().filter(|rest| **rest < deepest).count();
        if dips * DIPS_ONE_IN > self.rest.len() {
            dips = 0;
        }
        if dips > 0 {
            self.rest.iter_mut().filter(|rest| **rest < deepest).for_each(|rest| *rest = 0.0);
        }
        self.assume(DIP_NATS * dips as f64);
        self.kept = (self.rest.len() - dips) as f64;
    }

    /// Something is assumed, at this price in nats.
    pub fn assume(&mut self, nats: f64) {
        self.price += nats;
        self.assumed += nats;
    }

    /// The sum of squares of what is left.
    fn squares(&self) -> f64 {
        dot(&self.rest, &self.rest)
    }

    /// The variance of the noise, in square bytes.
    pub fn variance(&self) -> f64 {
        (self.squares() / self.kept).max(self.least * self.least)
    }

    /// How much of the noise each value has from the one before.
    fn memory(&self) -> f64 {
        let count = self.rest.len();
        let lag = dot(&self.rest[1..], &self.rest[..count - 1]) / self.squares().max(1.0);
        // Small samples show too little of it by about 1/n (Marriott and Pope 1954).
        (lag + 1.0 / count as f64).clamp(0.0, self.longest_memory)
    }

    /// The log of the marginal likelihood, but for a constant: of noise of the first order with the memory that is left.
    pub fn evidence(&self) -> f64 {
        let memory = self.memory();
        let variance = self.squares() / self.kept * (1.0 - memory * memory) + self.least * self.least;
        -(self.rest.len() as f64 + 1.0) / 2.0 * variance.ln() - self.price
    }

    /// The point from which on a step explains most of the rest; only steps down where asked for.
    pub fn best_step(&self, only_down: bool) -> usize {
        let count = self.rest.len();
        let (mut best, mut most, mut sum) = (1, -1.0, 0.0);
        let mut shares = vec![0.0; self.columns.len()];
        for from in (1..count).rev() {
            sum += self.rest[from];
            let mut own = (count - from) as f64;
            for (share, (column, square)) in shares.iter_mut().zip(&self.columns) {
                *share += column[from];
                if *square > NOTHING {
                    own -= *share * *share / square;
                }
            }
            let is_allowed = own > NOTHING && (sum < 0.0 || !only_down);
            if is_allowed && sum * sum / own > most {
                (best, most) = (from, sum * sum / own);
            }
        }
        best
    }
}

/// The scalar product.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[f64], cut: f64) -> Curve {
        let at = (0..values.len()).map(|index| index as f64 * 1_000.0).collect();
        Curve {
            at,
            low: values.to_vec(),
            high: values.iter().map(|value| value + cut).collect(),
            is_of_many: false,
        }
    }

    fn line(count: usize) -> Part {
        Part {
            column: (0..count).map(|index| index as f64 / (count - 1) as f64).collect(),
            usual: 1e5,
            choice: 1.5,
        }
    }

    #[test]
    fn a_line_is_laid_through_a_line() {
        let values: Vec<f64> = (0..20).map(|index| 30_000.0 - 100.0 * f64::from(index)).collect();
        let fit = Fit::of(&curve(&values, 0.0), &[&line(20)], 3.0);
        assert!((fit.size + 1_900.0).abs() < 1.0, "{}", fit.size);
        assert!(fit.rest.iter().all(|rest| rest.abs() < 1.0));
        assert_eq!((fit.kept, fit.assumed), (20.0, 1.5));
    }

    #[test]
    fn dips_are_left_out_at_a_price() {
        let mut values: Vec<f64> = (0..30).map(|index| 30_000.0 + f64::from(index % 3) * 10.0).collect();
        (values[7], values[19]) = (20_000.0, 24_000.0);
        let fit = Fit::of(&curve(&values, 0.0), &[], 3.0);
        assert!((fit.values[0] - 30_010.0).abs() < 5.0, "{}", fit.values[0]);
        assert_eq!((fit.kept, fit.assumed), (28.0, 2.0 * DIP_NATS));
    }

    #[test]
    fn between_its_limits_any_value_fits() {
        // 100 bytes a step, cut to whole KB.
        let values: Vec<f64> = (0..40)
            .map(|index| ((30_000.0 - 100.0 * f64::from(index)) / 1_024.0_f64).floor() * 1_024.0)
            .collect();
        let fit = Fit::of(&curve(&values, 1_023.0), &[&line(40)], 150.0);
        assert!((fit.size + 3_900.0).abs() < 400.0, "{}", fit.size);
        assert!(fit.rest.iter().all(|rest| rest.abs() < 150.0));
    }

    #[test]
    fn the_best_step_is_where_the_level_changes() {
        let values: Vec<f64> = (0..20).map(|index| if index < 13 { 30_000.0 } else { 27_000.0 }).collect();
        let fit = Fit::of(&curve(&values, 0.0), &[], 3.0);
        assert_eq!(fit.best_step(false), 13);
        let up: Vec<f64> = values.iter().rev().copied().collect();
        assert_eq!(Fit::of(&curve(&up, 0.0), &[], 3.0).best_step(false), 7);
        assert_ne!(Fit::of(&curve(&up, 0.0), &[], 3.0).best_step(true), 7);
    }
}
