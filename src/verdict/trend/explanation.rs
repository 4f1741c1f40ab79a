//! What free memory may do, with a leak and without: the explanations that compete.
//!
//! All sizes are parts of the memory that is free at first, so that a small chip and a large one are judged alike. An
//! explanation without a leak may be of several parts, each of which must be worth its price. Beside a leak there is
//! little else: a combination of everything fits everything. A step in the middle of a window leaves that window between
//! two levels, and so has a value of its own there.

use super::Rival;
use super::curve::Curve;
use super::fit::{Fit, Part};
use super::likelihood::{Noise, Weighed, weigh};
use crate::heap::{Millis, order};

/// A leak's usual fall over the span of the curve, as a part of the free memory.
const USUAL_LEAK: f64 = 0.15;

/// What is usually taken at once and kept, and what it costs that there is such a thing, in nats.
const USUAL_STEP: f64 = 0.06;
const STEP_NATS: f64 = 0.7;

/// What a firmware usually takes after its start, with these time constants in seconds. Caches fill for hours, but
/// beyond some minutes the rarer the slower: a leak is straight for as long as such a one is.
const USUAL_WARM_UP: f64 = 0.12;
const WARM_UP_SECONDS: [f64; 7] = [8.0, 20.0, 50.0, 120.0, 300.0, 750.0, 1_900.0];
const WARM_UP_NATS: f64 = 3.0;
const SLOW_WARM_UP_SECONDS: f64 = 300.0;
const SLOWER_NATS: f64 = 1.5;

/// Usual half height of a wave, of its second harmonic as a part of that, and periods in hours: a day, and shorter ones,
/// which are rarer. The price is for each of the four columns of a wave.
const USUAL_WAVE: f64 = 0.035;
const SECOND_HARMONIC: f64 = 0.15;
const WAVE_HOURS: [f64; 8] = [24.0, 12.0, 7.5, 4.5, 2.7, 1.5, 0.85, 0.55];
const DAY_NATS: f64 = 0.5;
const OTHER_WAVE_NATS: f64 = 1.5;

/// Between the times of the lists, the best is looked for in steps of so many times, a warm-up's in steps of the square.
const FINER: [f64; 3] = [1.16, 1.08, 1.04];

/// Beside a leak, a warm-up or a wave is seen only in a span of so many time constants or periods.
const WARM_UPS_SEEN: f64 = 2.0;
const WAVES_SEEN: f64 = 0.75;

/// What it costs to have anything beside a leak, in nats.
const BESIDE_NATS: f64 = 2.5;

/// A leak that makes less than this part of the whole fall is not what made it.
const LEAST_SHARE: f64 = 0.7;
const NO_LEAK_NATS: f64 = 1_000.0;

/// So many explanations at once, without a leak and beside one, at most.
const MOST_AT_ONCE: usize = 5;
const MOST_BESIDE: usize = 3;

/// One more is not looked for where the last one was not worth its price by so many nats.
const WORTH_NATS: f64 = -2.0;

/// What it costs that a step lies within a window, in nats: before or after its middle.
const WITHIN_NATS: f64 = 0.7;

/// So many values more than parts are needed.
const SPARE_VALUES: usize = 4;

/// No heap is calmer than this, in bytes; nor where the firmware cuts off what is below 1 KB.
const CALMEST: f64 = 3.0;
const CALMEST_TRUNCATED: f64 = 150.0;

/// Of so many explanations that seem best, all kinds of noise are tried.
const MOST_WEIGHED: usize = 6;

/// One explanation: its parts, and what it is for people.
#[derive(Clone, Debug)]
pub(super) struct Explanation {
    pub parts: Vec<Part>,
    pub rival: Rival,
    /// It is seen beside a leak in a span of so many seconds.
    seen: f64,
    /// Where it is smooth: its time, which may lie between those of the list.
    family: Option<Family>,
}

/// What is smooth has a time of its own.
#[derive(Clone, Copy, Debug)]
enum Family {
    /// The time constant in seconds.
    WarmUp(f64),
    /// The period in hours.
    Wave(f64),
}

/// All that may explain one curve.
pub(super) struct Explanations<'a> {
    curve: &'a Curve,
    level: f64,
    /// The steady fall.
    leak: Part,
    least: f64,
    span_seconds: f64,
    all: Vec<Explanation>,
}

impl<'a> Explanations<'a> {
    /// What may explain this curve, with so much free at first.
    pub fn new(curve: &'a Curve, level: f64, span: Millis) -> Self {
        let (first, last) = (curve.at[0], curve.at[curve.len() - 1]);
        let column = curve.at.iter().map(|at| (at - first) / (last - first)).collect();
        let leak = Part { column, usual: USUAL_LEAK * level, choice: 0.0 };
        let least = if curve.is_truncated() { CALMEST_TRUNCATED } else { CALMEST };
        let span_seconds = span.0 as f64 / 1_000.0;
        let nothing = Explanation { parts: Vec::new(), rival: Rival::Chance, seen: 0.0, family: None };
        let mut known = Explanations { curve, level, leak, least, span_seconds, all: vec![nothing] };
        let warm_ups = WARM_UP_SECONDS.iter().map(|seconds| known.warm_up(*seconds));
        let smooth: Vec<_> = warm_ups.chain(WAVE_HOURS.iter().map(|hours| known.wave(*hours))).collect();
        // Stairs may be taken for something smooth at first.
        known.find(&[], false);
        known.find(&smooth, false);
        known.find(&[], true);
        let seen: Vec<_> = smooth.iter().filter(|one| one.seen <= known.span_seconds).cloned().collect();
        known.find(&seen, true);
        // Each alone, too, the best of each kind between the times of the list.
        let (warm_ups, waves) = smooth.split_at(WARM_UP_SECONDS.len());
        for kind in [warm_ups, waves] {
            let rate = |one: &Explanation| (known.fit(one, false).evidence(), one.clone());
            let best = kind.iter().map(rate).max_by(|a, b| a.0.total_cmp(&b.0));
            let best = best.map(|best| known.refined(best, rate).1);
            known.all.extend(best);
        }
        known.all.extend(smooth.into_iter().filter(|one| one.seen <= known.span_seconds));
        known
    }

    /// The best explanations without a leak or beside one, each by every kind of noise.
    pub fn weighed(&self, with_leak: bool) -> Vec<(Weighed, Rival)> {
        let may_be = |one: &&Explanation| !with_leak || one.seen <= self.span_seconds;
        let lay = |one| (if with_leak { self.fit_leak(one) } else { self.fit(one, false) }, one);
        let mut fits: Vec<(Fit, &Explanation)> = self.all.iter().filter(may_be).map(lay).collect();
        order::sort_largest_first(&mut fits, |(fit, _)| order::float_key(fit.evidence()));
        fits.truncate(MOST_WEIGHED);
        let leak = with_leak.then_some(&self.leak);
        let weigh_all = |(fit, one): &(Fit, &Explanation)| {
            let parts: Vec<_> = one.parts.iter().chain(leak).collect();
            let by_noise = |(noise, price): (Noise, f64)| {
                let known = weigh(self.curve, &parts, fit, noise, self.least);
                (Weighed { nats: known.nats - price, ..known }, one.rival)
            };
            Noise::kinds(with_leak).map(by_noise).collect::<Vec<_>>()
        };
        fits.iter().flat_map(weigh_all).collect()
    }

    /// How an explanation fits, with a leak or without.
    fn fit(&self, explanation: &Explanation, with_leak: bool) -> Fit {
        let leak = with_leak.then_some(&self.leak);
        let parts: Vec<_> = explanation.parts.iter().chain(leak).collect();
        Fit::of(self.curve, &parts, self.least)
    }

    /// How an explanation fits beside a leak, which must make most of the fall.
    fn fit_leak(&self, explanation: &Explanation) -> Fit {
        let mut fit = self.fit(explanation, true);
        if !explanation.parts.is_empty() {
            fit.assume(BESIDE_NATS);
        }
        let is_stairs = explanation.rival == Rival::TakenOnce;
        let fall = if is_stairs { fit.values[0] - fit.values[fit.values.len() - 1] } else { 0.0 };
        if fit.size >= 0.0 || -fit.size < LEAST_SHARE * fall {
            fit.assume(NO_LEAK_NATS);
        }
        fit
    }

    /// Adds steps, and what is smooth, one after the other: what explains most of the rest, as long as it is worth its
    /// price. What is found beside a leak must explain it without one, too: a rival that was not looked for well is a
    /// false alarm.
    fn find(&mut self, smooth: &[Explanation], with_leak: bool) {
        let mut found = Explanation { parts: Vec::new(), rival: Rival::Chance, seen: 0.0, family: None };
        let mut known = f64::MIN;
        for _ in 0..if with_leak { MOST_BESIDE } else { MOST_AT_ONCE } {
            if found.parts.len() + SPARE_VALUES > self.curve.len() {
                return;
            }
            let steps = self.steps(self.fit(&found, with_leak).best_step(with_leak));
            let rate = |one: &Explanation| {
                let joined = Explanation {
                    parts: found.parts.iter().chain(&one.parts).cloned().collect(),
                    rival: one.rival,
                    seen: found.seen.max(one.seen),
                    family: one.family,
                };
                (self.fit(&joined, with_leak).evidence(), joined)
            };
            let rated = steps.iter().chain(smooth).map(&rate);
            let Some(best) = rated.max_by(|a, b| a.0.total_cmp(&b.0)) else { return };
            let (evidence, best) = self.refined(best, rate);
            if evidence < known + WORTH_NATS {
                return;
            }
            known = evidence;
            // With steps up beside a leak, teeth would be explained as one.
            self.all.push(Explanation { seen: if with_leak { 0.0 } else { f64::MAX }, ..best.clone() });
            found = best;
        }
    }

    /// The best of what is smooth, between the times of the list: something else must not take its place because of them.
    fn refined(
        &self,
        mut best: (f64, Explanation),
        rate: impl Fn(&Explanation) -> (f64, Explanation),
    ) -> (f64, Explanation) {
        for step in FINER {
            for step in [step, 1.0 / step] {
                let Some(other) = best.1.family.and_then(|family| self.beside(family, step)) else {
                    return best;
                };
                let other = rate(&other);
                if other.0 > best.0 {
                    best = other;
                }
            }
        }
        best
    }

    /// The same with a time that is so many times as long, a warm-up's that squared. `None` for a day, which is a day.
    fn beside(&self, family: Family, step: f64) -> Option<Explanation> {
        match family {
            Family::WarmUp(seconds) => Some(self.warm_up(seconds * step * step)),
            Family::Wave(hours) if hours == WAVE_HOURS[0] => None,
            Family::Wave(hours) => Some(self.wave(hours * step)),
        }
    }

    /// A step from this value on, the value itself or the one before on neither level where windows hold many points.
    fn steps(&self, from: usize) -> Vec<Explanation> {
        let count = self.curve.len();
        let part = |is_in: &dyn Fn(usize) -> bool, choice| Part {
            column: (0..count).map(|index| f64::from(u8::from(is_in(index)))).collect(),
            usual: USUAL_STEP * self.level,
            choice,
        };
        let step = part(&|index| index >= from, (count as f64).ln() + STEP_NATS);
        let within = [from, from.saturating_sub(1)].map(|at| part(&|index| index == at, WITHIN_NATS));
        let within = within.into_iter().filter(|_| self.curve.is_of_many);
        let sets = std::iter::once(vec![step.clone()]).chain(within.map(|part| vec![step.clone(), part]));
        sets.map(|parts| Explanation { parts, rival: Rival::TakenOnce, seen: 0.0, family: None }).collect()
    }

    fn warm_up(&self, seconds: f64) -> Explanation {
        let column = self.curve.at.iter().map(|at| (-at / 1_000.0 / seconds).exp()).collect();
        let slower = SLOWER_NATS * (seconds / SLOW_WARM_UP_SECONDS).ln().max(0.0);
        let part = Part { column, usual: USUAL_WARM_UP * self.level, choice: WARM_UP_NATS + slower };
        Explanation {
            parts: vec![part],
            rival: Rival::WarmUp,
            seen: WARM_UPS_SEEN * seconds,
            family: Some(Family::WarmUp(seconds)),
        }
    }

    fn wave(&self, hours: f64) -> Explanation {
        let period = hours * Millis::HOUR.0 as f64;
        let part = |quarter: f64, harmonic: f64, part_of_usual: f64| Part {
            column: self
                .curve
                .at
                .iter()
                .map(|at| (std::f64::consts::TAU * (harmonic * at / period + quarter)).sin())
                .collect(),
            usual: USUAL_WAVE * self.level * part_of_usual,
            choice: if hours == WAVE_HOURS[0] { DAY_NATS } else { OTHER_WAVE_NATS },
        };
        let parts = vec![
            part(0.0, 1.0, 1.0),
            part(0.25, 1.0, 1.0),
            part(0.0, 2.0, SECOND_HARMONIC),
            part(0.25, 2.0, SECOND_HARMONIC),
        ];
        Explanation {
            parts,
            rival: Rival::Wave,
            seen: WAVES_SEEN * hours * 3_600.0,
            family: Some(Family::Wave(hours)),
        }
    }
}
