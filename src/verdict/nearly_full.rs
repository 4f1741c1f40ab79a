//! Nearly full: so little is free that the next larger request may fail.

use super::{Case, Evidence, Judgement, State, Sureness, now::Now};
use crate::dialect::LineRange;
use crate::words::verdict::nearly_full as words;

/// A web page, an MQTT message or a TLS record takes several KB at once.
const LITTLE_BYTES: u64 = 6 * 1024;

pub(super) fn judge(case: &Case<'_>) -> Option<Judgement> {
    let now = Now::of(case);
    let free = now.free?;
    if free.amount.at_most() >= LITTLE_BYTES {
        return None;
    }
    let figures = now.phrase()?;
    Some(Judgement {
        state: State::NearlyFull,
        headline: words::headline(&figures),
        explanation: words::EXPLANATION.into(),
        sureness: Sureness::Certain,
        next: words::NEXT.into(),
        evidence: vec![Evidence::new(LineRange::one(free.line), figures)],
    })
}
