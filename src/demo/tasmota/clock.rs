//! The board's idea of time of day: right only as often as the firmware looks.
//!
//! Tasmota counts seconds in a software timer, which runs when the main loop lets it, and takes milliseconds from the
//! hardware. While the loop is blocked the two disagree, and printed times run backwards: `18:42:20.928`, then
//! `18:42:20.557`. The clock starts at 00:00:00 and jumps to local time when NTP answers.

use super::super::wire::{TICKS_PER_MILLI, TICKS_PER_SECOND, Tick};

/// Local time in seconds since 1970 at which the demo's world begins: 2026-07-01 18:35:54, so that the first NTP
/// answer, 6 s later, says 18:36:00.
const WORLD_BEGINS: u64 = 1_782_930_954;
/// Central European summer time.
const SECONDS_AHEAD_OF_UTC: u64 = 7200;

/// Tasmota's `Rtc`.
#[derive(Debug)]
pub(super) struct Clock {
    /// Seconds since 1970, or since boot while not synchronised.
    seconds: u64,
    /// Where this second began.
    second_began: Tick,
}

impl Clock {
    pub(super) fn new(boot: Tick) -> Self {
        Clock { seconds: 0, second_began: boot }
    }

    /// The firmware yields, and the software timer catches up.
    pub(super) fn catch_up(&mut self, now: Tick) {
        let passed = now.saturating_sub(self.second_began) / TICKS_PER_SECOND;
        self.seconds += passed;
        self.second_began += passed * TICKS_PER_SECOND;
    }

    /// NTP answers: whole seconds, and milliseconds count from here.
    pub(super) fn synchronise(&mut self, now: Tick) {
        self.seconds = WORLD_BEGINS + now / TICKS_PER_SECOND;
        self.second_began = now;
    }

    /// `HH:MM:SS.mmm` as the log prints it: milliseconds of now, the second of the last yield.
    pub(super) fn stamp(&self, now: Tick) -> String {
        let millis = now.saturating_sub(self.second_began) / TICKS_PER_MILLI % 1000;
        let day = self.seconds % 86_400;
        format!("{:02}:{:02}:{:02}.{millis:03}", day / 3600, day / 60 % 60, day % 60)
    }

    /// Local time as `2026-07-01T18:36:00`.
    pub(super) fn local(&self) -> String {
        iso(self.seconds)
    }

    /// The same in UTC. Before NTP it is as wrong as the local time.
    pub(super) fn utc(&self) -> String {
        iso(self.seconds.saturating_sub(SECONDS_AHEAD_OF_UTC))
    }

    /// UTC some seconds ago.
    pub(super) fn utc_before(&self, seconds: u64) -> String {
        iso(self.seconds.saturating_sub(SECONDS_AHEAD_OF_UTC + seconds))
    }
}

/// `2026-07-01T18:36:00` from seconds since 1970 (days to dates: Howard Hinnant's civil_from_days).
fn iso(seconds: u64) -> String {
    let day = seconds / 86_400 + 719_468; // days since 0000-03-01
    let (era, day_of_era) = (day / 146_097, day % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let time = seconds % 86_400;
    format!(
        "{year:04}-{month:02}-{day_of_month:02}T{:02}:{:02}:{:02}",
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

/// `0T00:15:09`, as Tasmota prints a duration.
pub(super) fn duration(seconds: u64) -> String {
    format!("{}T{:02}:{:02}:{:02}", seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right() {
        assert_eq!(iso(0), "1970-01-01T00:00:00");
        assert_eq!(iso(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(iso(WORLD_BEGINS), "2026-07-01T18:35:54");
        assert_eq!(duration(90_061), "1T01:01:01");
    }

    #[test]
    fn while_blocked_printed_time_runs_backwards() {
        let mut clock = Clock::new(0);
        let at = |millis: Tick| millis * TICKS_PER_MILLI;
        clock.catch_up(at(20_928));
        assert_eq!(clock.stamp(at(20_928)), "00:00:20.928");
        assert_eq!(clock.stamp(at(21_557)), "00:00:20.557", "no second has passed for a blocked loop");
        clock.catch_up(at(21_558));
        assert_eq!(clock.stamp(at(21_558)), "00:00:21.558");
    }

    #[test]
    fn ntp_sets_whole_seconds() {
        let mut clock = Clock::new(0);
        clock.synchronise(6 * TICKS_PER_SECOND + 5);
        assert_eq!(clock.stamp(6 * TICKS_PER_SECOND + 5), "18:36:00.000");
        assert_eq!(clock.local(), "2026-07-01T18:36:00");
        assert_eq!(clock.utc(), "2026-07-01T16:36:00");
        assert_eq!(clock.utc_before(6), "2026-07-01T16:35:54");
    }
}
