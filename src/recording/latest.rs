//! The latest figures, chosen so that they do not contradict each other.

use super::{Metric, Past, Point, Recording};
use crate::heap::Millis;

/// A largest block that is older than the free heap by more says nothing about now.
const OUTDATED_AFTER: Millis = Millis(15 * 60_000);

impl Recording {
    /// The latest value of a metric in the present run of the firmware: see [`Past::latest`].
    pub fn latest(&self, metric: Metric) -> Option<Point> {
        self.whole().latest(metric)
    }
}

impl Past<'_> {
    /// The latest value of a metric in the then present run of the firmware.
    ///
    /// Free heap and largest block are of one moment where there is such a moment: the free heap of a time
    /// stamp, taken while the board was busy, beside a largest block from before it would contradict itself.
    /// Fragmentation falls back to that of time stamps, but for 100 %: so Tasmota writes before it has looked for its
    /// largest block. A count of 0 failed allocations that cannot be
    /// believed is not known.
    pub fn latest(&self, metric: Metric) -> Option<Point> {
        match metric {
            Metric::Free => {
                let together = self.largest_block().and_then(|block| self.series(metric).at_line(block.line));
                together.or_else(|| self.last(metric))
            }
            Metric::LargestFreeBlock => self.largest_block(),
            Metric::Fragmentation => self.last(metric).or_else(|| {
                let stamp = self.last(Metric::FragmentationStamp)?;
                (stamp.amount.at_least() < 100).then_some(stamp)
            }),
            Metric::OomCount => {
                let count = self.last(metric)?;
                (count.amount.at_least() > 0 || self.has_reliable_oom_count()).then_some(count)
            }
            Metric::LowWaterMark | Metric::FragmentationStamp | Metric::LargestRequest => self.last(metric),
        }
    }

    fn last(&self, metric: Metric) -> Option<Point> {
        self.series(metric).last().filter(|point| point.at >= self.boot())
    }

    fn largest_block(&self) -> Option<Point> {
        let block = self.last(Metric::LargestFreeBlock)?;
        let newest = self.last(Metric::Free).map_or(block.at, |free| free.at);
        (newest - block.at <= OUTDATED_AFTER).then_some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{Recorder, Source};

    /// Lines and the seconds at which they come.
    fn recording(lines: &[(u64, &str)]) -> Recorder {
        let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
        for (second, line) in lines {
            recorder.feed(format!("{line}\r\n").as_bytes(), Millis::from_secs(*second));
        }
        recorder
    }

    #[track_caller]
    fn check(lines: &[(u64, &str)], metric: Metric, expected: Option<u64>) {
        let recorder = recording(lines);
        let latest = recorder.recording().latest(metric);
        assert_eq!(latest.map(|point| point.amount.at_least()), expected, "{metric:?}");
    }

    const STATUS4: &str = r#"10:00:00.000-026/00 RSL: STATUS4 = {"StatusMEM":{"Heap":27,"MaxFree":26,"Frag":4,"OomCount":0,"HeapLwm":20}}"#;
    const BUSY: &str = "10:00:05.000-022/00 CMD: Power";
    const BOOT: &str =
        "00:00:00.070-031/100Project tasmota - P Version 15.5.0(tasmota)-2_7_8(2026-06-21T10:00:00)";

    #[test]
    fn free_heap_and_largest_block_are_of_one_moment() {
        let log = [(0, STATUS4), (5, BUSY)];
        check(&log, Metric::Free, Some(27 * 1024));
        check(&log, Metric::LargestFreeBlock, Some(26 * 1024));
    }

    #[test]
    fn an_outdated_largest_block_is_not_known() {
        let log = [(0, STATUS4), (1_000, BUSY)];
        check(&log, Metric::Free, Some(22 * 1024));
        check(&log, Metric::LargestFreeBlock, None);
    }

    #[test]
    fn what_was_before_a_restart_is_not_now() {
        let log = [(0, STATUS4), (5, BOOT)];
        check(&log, Metric::Free, Some(31 * 1024));
        check(&log, Metric::LargestFreeBlock, None);
        check(&log, Metric::OomCount, None);
    }

    #[test]
    fn fragmentation_of_stamps_only_where_there_is_no_other() {
        check(&[(0, BUSY)], Metric::Fragmentation, Some(0));
        check(&[(0, BOOT)], Metric::Fragmentation, None);
        check(&[(0, STATUS4), (5, "10:00:09.000-020/33 CMD: x")], Metric::Fragmentation, Some(4));
    }

    #[test]
    fn a_count_of_none_is_believed_unless_the_log_gives_it_away() {
        check(&[(0, STATUS4)], Metric::OomCount, Some(0));
        let dump = include_str!("../../tests/fixtures/umm/leak_core278_full_1/log.txt");
        check(&[(0, STATUS4), (5, dump)], Metric::OomCount, None);
        check(&[(0, "10:00:00.000 OOM: count 0 (+4294967293)"), (5, STATUS4)], Metric::OomCount, None);
    }
}
