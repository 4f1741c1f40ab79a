//! What free memory may do, with a leak and without: the explanations that compete.
//!
//! All sizes are parts of the memory that is free at first, so that a small chip and a large one are judged alike. An
//! explanation without a leak may be of several parts, each of which must be worth its price. Beside a leak there is
//! little else: a combination of everything fits everything.

use super::Rival;
use super::curve::Curve;
use super::fit::{Fit, Part};
use crate::heap::Millis;

/// A leak's usual fall over the span of the curve, as a part of the free memory.
const USUAL_LEAK: f64 = 0.15;

/// What is usually taken at once and kept, and what it costs that there is such a thing, in nats.
const USUAL_STEP: f64 = 0.06;
const STEP_NATS: f64 = 0.7;

/// What a firmware usually takes after its start, with these time constants in seconds.
const USUAL_WARM_UP: f64 = 0.12;
const WARM_UP_SECONDS: [f64; 5] = [8.0, 20.0, 50.0, 120.0, 300.0];
const WARM_UP_NATS: f64 = 3.0;

/// Usual half height of a wave, of its second harmonic as a part of that, and periods in hours: a day, and shorter ones,
/// which are rarer. The price is for each of the four columns of a wave.
const USUAL_WAVE: f64 = 0.035;
const SECOND_HARMONIC: f64 = 0.15;
const WAVE_HOURS: [f64; 8] = [24.0, 12.0, 7.5, 4.5, 2.7, 1.5, 0.85, 0.55];
const DAY_NATS: f64 = 0.5;
const OTHER_WAVE_NATS: f64 = 1.5;

/// Beside a leak, a warm-up or a wave is seen only in a span of so many time constants or periods.
const WARM_UPS_SEEN: f64 = 2.0;
const WAVES_SEEN: f64 = 0.75;

/// What it costs to have anything beside a leak, in nats.
const BESIDE_NATS: f64 = 1.0;

/// A leak that makes less than this part of the whole fall is not what made it.
const LEAST_SHARE: f64 = 0.7;
const NO_LEAK_NATS: f64 = 1_000.0;

/// Without a leak, so many explanations at once, at most.
const MOST_AT_ONCE: usize = 3;

/// So many steps beside a leak, at most.
const STEPS_BESIDE: usize = 2;

/// So many values more than parts are needed.
const SPARE_VALUES: usize = 4;

/// No heap is calmer than this, in bytes; nor where the firmware cuts off what is below 1 KB.
const CALMEST: f64 = 8.0;
const CALMEST_TRUNCATED: f64 = 160.0;

/// One explanation: its parts, and what it is for people.
#[derive(Clone, Debug)]
pub(super) struct Explanation {
    pub parts: Vec<Part>,
    pub rival: Rival,
}

/// All that may explain one curve.
pub(super) struct Explanations<'a> {
    curve: &'a Curve,
    level: f64,
    /// The steady fall.
    leak: Part,
    least: f64,
    harmless: Vec<Explanation>,
    beside_a_leak: Vec<Explanation>,
}

impl<'a> Explanations<'a> {
    /// What may explain this curve, with so much free at first.
    pub fn new(curve: &'a Curve, level: f64, span: Millis) -> Self {
        let (first, last) = (curve.at[0], curve.at[curve.len() - 1]);
        let column = curve.at.iter().map(|at| (at - first) / (last - first)).collect();
        let leak = Part { column, usual: USUAL_LEAK * level, choice: 0.0 };
        let least = if curve.is_truncated() { CALMEST_TRUNCATED } else { CALMEST };
        let nothing = || vec![Explanation { parts: Vec::new(), rival: Rival::Chance }];
        let mut all =
            Explanations { curve, level, leak, least, harmless: nothing(), beside_a_leak: nothing() };
        let seconds = span.0 as f64 / 1_000.0;
        let smooth: Vec<_> = WARM_UP_SECONDS
            .iter()
            .map(|constant| (WARM_UPS_SEEN * constant, all.warm_up(*constant)))
            .chain(WAVE_HOURS.iter().map(|hours| (WAVES_SEEN * hours * 3_600.0, all.wave(*hours))))
            .collect();
        all.find_harmless(&smooth);
        all.find_steps_beside_a_leak();
        all.beside_a_leak.extend(smooth.into_iter().filter(|(seen, _)| *seen <= seconds).map(|(_, one)| one));
        all
    }

    /// What explains it without a leak: one alone, two at once, …
    pub fn harmless(&self) -> &[Explanation] {
        &self.harmless
    }

    /// What else there may be beside a leak.
    pub fn beside_a_leak(&self) -> &[Explanation] {
        &self.beside_a_leak
    }

    /// How an explanation fits, with a leak or without.
    pub fn fit(&self, explanation: &Explanation, with_leak: bool) -> Fit {
        let leak = with_leak.then_some(&self.leak);
        let parts: Vec<_> = explanation.parts.iter().chain(leak).collect();
        Fit::of(self.curve, &parts, self.least)
    }

    /// How an explanation fits beside a leak, which must make most of the fall.
    pub fn fit_leak(&self, explanation: &Explanation) -> Fit {
        let mut fit = self.fit(explanation, true);
        if !explanation.parts.is_empty() {
            fit.price += BESIDE_NATS;
        }
        let is_stairs = explanation.rival == Rival::TakenOnce;
        let fall = if is_stairs { fit.values[0] - fit.values[fit.values.len() - 1] } else { 0.0 };
        if fit.size >= 0.0 || -fit.size < LEAST_SHARE * fall {
            fit.price += NO_LEAK_NATS;
        }
        fit
    }

    /// Adds what explains most of the rest, as long as it is worth its price.
    fn find_harmless(&mut self, smooth: &[(f64, Explanation)]) {
        let mut parts: Vec<Part> = Vec::new();
        let mut known = f64::MIN;
        for _ in 0..MOST_AT_ONCE {
            if parts.len() + SPARE_VALUES > self.curve.len() {
                return;
            }
            let fit = |more: &[Part]| {
                Fit::of(self.curve, &parts.iter().chain(more).collect::<Vec<_>>(), self.least)
            };
            let step = self.step(fit(&[]).best_step(false));
            let candidates = std::iter::once(&step).chain(smooth.iter().map(|(_, one)| one));
            let rated = candidates.map(|one| (fit(&one.parts).evidence(1.0), one));
            let Some((evidence, found)) = rated.max_by(|a, b| a.0.total_cmp(&b.0)) else { return };
            if evidence < known {
                return;
            }
            known = evidence;
            parts.extend(found.parts.iter().cloned());
            self.harmless.push(Explanation { parts: parts.clone(), rival: found.rival });
        }
    }

    fn find_steps_beside_a_leak(&mut self) {
        let mut found = Explanation { parts: Vec::new(), rival: Rival::TakenOnce };
        for _ in 0..STEPS_BESIDE {
            if found.parts.len() + 1 + SPARE_VALUES > self.curve.len() {
                return;
            }
            let step = self.step(self.fit(&found, true).best_step(true));
            found.parts.extend(step.parts);
            self.beside_a_leak.push(found.clone());
        }
    }

    fn step(&self, from: usize) -> Explanation {
        let count = self.curve.len();
        let column = (0..count).map(|index| f64::from(u8::from(index >= from))).collect();
        let choice = (count as f64).ln() + STEP_NATS;
        let part = Part { column, usual: USUAL_STEP * self.level, choice };
        Explanation { parts: vec![part], rival: Rival::TakenOnce }
    }

    fn warm_up(&self, seconds: f64) -> Explanation {
        let column = self.curve.at.iter().map(|at| (-at / 1_000.0 / seconds).exp()).collect();
        let part = Part { column, usual: USUAL_WARM_UP * self.level, choice: WARM_UP_NATS };
        Explanation { parts: vec![part], rival: Rival::WarmUp }
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
        Explanation { parts, rival: Rival::Wave }
    }
}
