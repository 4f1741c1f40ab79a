//! How far the axis of time goes on beyond the last value: to the end of what is forecast.
//!
//! A forecast may come and go while the evidence is at the border; the picture must not jump each time. So the room that it
//! was given stays for [`STAYS`] after it was last said, or until the firmware starts anew. It draws nothing.

use crate::heap::{Forecast, Millis};

/// So long is the room of a forecast kept that is said no more.
const STAYS: Millis = Millis(90_000);

/// The room for a forecast; by default there is none.
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
    pub fn judged(&mut self, recording: u64, forecast: Option<Forecast>, boot: Millis, now: Millis) {
        let is_kept = |kept: &Kept| {
            kept.recording == recording && boot <= kept.forecast.from && now - kept.said_at <= STAYS
        };
        self.kept = match forecast {
            Some(forecast) => Some(Kept { recording, forecast, said_at: now }),
            None => self.kept.filter(is_kept),
        };
    }

    /// The moment on the recording's clock to which the axis goes on.
    pub fn until(&self, recording: u64) -> Option<Millis> {
        self.kept.filter(|kept| kept.recording == recording).map(|kept| kept.forecast.whole_until())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_room_outlasts_a_forecast_that_comes_and_goes() {
        let seconds = Millis::from_secs;
        let forecast = Forecast {
            from: seconds(600),
            free_bytes: 1_000,
            soonest: seconds(1_000),
            likely: seconds(1_200),
            latest: Some(seconds(1_800)),
        };
        let mut outlook = Outlook::default();
        outlook.judged(1, None, seconds(0), seconds(10));
        assert_eq!(outlook.until(1), None);
        outlook.judged(1, Some(forecast), seconds(0), seconds(20));
        assert_eq!(outlook.until(1), Some(seconds(1_900)));
        outlook.judged(1, None, seconds(0), seconds(110));
        assert_eq!(outlook.until(1), Some(seconds(1_900)), "said a moment ago");
        assert_eq!(outlook.until(2), None, "another recording");
        outlook.judged(1, None, seconds(0), seconds(111));
        assert_eq!(outlook.until(1), None, "not said for long");
        outlook.judged(1, Some(forecast), seconds(0), seconds(120));
        outlook.judged(1, None, seconds(610), seconds(130));
        assert_eq!(outlook.until(1), None, "another run");
    }
}
