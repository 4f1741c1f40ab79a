//! What is forecast, for pictures: it stays a moment longer than it is said.
//!
//! A forecast may come and go while the evidence is at the border, and a picture that makes room for it must not jump each
//! time. So it stays for [`STAYS`] after it was last said, as long as a leak is still spoken of and the firmware does not
//! start anew. It draws nothing.

use crate::heap::{Forecast, Millis};
use crate::verdict::{State, Verdict};

/// So long is a forecast kept that is said no more.
const STAYS: Millis = Millis(90_000);

/// What is forecast; by default nothing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    kept: Option<Kept>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept {
    /// Of which recording.
    recording: u64,
    forecast: Forecast,
    /// When it was last said, on the session's clock.
    said_at: Millis,
}

impl Outlook {
    /// A verdict was made at `now` on a recording whose present run began at `boot`.
    pub fn judged(&mut self, recording: u64, verdict: &Verdict, boot: Millis, now: Millis) {
        let leaks = verdict.judgements.iter().any(|judgement| judgement.state == State::Leaking);
        let is_kept = |kept: &Kept| {
            let is_of_run = kept.recording == recording && boot <= kept.forecast.from;
            leaks && is_of_run && now - kept.said_at <= STAYS
        };
        self.kept = match verdict.forecast {
            Some(forecast) => Some(Kept { recording, forecast, said_at: now }),
            None => self.kept.filter(is_kept),
        };
    }

    /// What is forecast for a recording.
    pub fn forecast(&self, recording: u64) -> Option<Forecast> {
        self.kept.filter(|kept| kept.recording == recording).map(|kept| kept.forecast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Judgement, Sureness};

    const fn seconds(seconds: u64) -> Millis {
        Millis::from_secs(seconds)
    }

    const FORECAST: Forecast = Forecast {
        from: seconds(600),
        free_bytes: 1_000,
        soonest: seconds(1_000),
        likely: seconds(1_200),
        latest: Some(seconds(1_800)),
    };

    fn verdict(state: State, forecast: Option<Forecast>) -> Verdict {
        let judgement = Judgement {
            state,
            headline: String::new(),
            explanation: String::new(),
            sureness: Sureness::Certain,
            next: String::new(),
            evidence: Vec::new(),
        };
        Verdict { judgements: vec![judgement], forecast, ..Verdict::default() }
    }

    #[test]
    fn it_outlasts_a_forecast_that_comes_and_goes() {
        let (with, without) = (verdict(State::Leaking, Some(FORECAST)), verdict(State::Leaking, None));
        let mut outlook = Outlook::default();
        outlook.judged(1, &without, seconds(0), seconds(10));
        assert_eq!(outlook.forecast(1), None);
        outlook.judged(1, &with, seconds(0), seconds(20));
        assert_eq!(outlook.forecast(1), Some(FORECAST));
        outlook.judged(1, &without, seconds(0), seconds(110));
        assert_eq!(outlook.forecast(1), Some(FORECAST), "said a moment ago");
        assert_eq!(outlook.forecast(2), None, "another recording");
        outlook.judged(1, &without, seconds(0), seconds(111));
        assert_eq!(outlook.forecast(1), None, "not said for long");
    }

    #[test]
    fn it_ends_with_the_leak_and_with_the_run() {
        let with = verdict(State::Leaking, Some(FORECAST));
        for (then, boot) in [
            (verdict(State::Healthy, None), 0),
            (verdict(State::Leaking, None), 610),
            (Verdict::default(), 0),
        ] {
            let mut outlook = Outlook::default();
            outlook.judged(1, &with, seconds(0), seconds(20));
            outlook.judged(1, &then, seconds(boot), seconds(21));
            assert_eq!(outlook.forecast(1), None, "{then:?}");
        }
    }
}
