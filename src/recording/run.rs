//! The reports that can be set beside each other over time: of one heap, in one run of the firmware.

use super::{DatedEvent, Recording, are_of_one_heap};
use crate::dialect::EventKind;

impl Recording {
    /// The reports of the heap that this one shows as a whole, in the run of the firmware in which it came, in order; with
    /// itself, if it is whole. Told by lines: reports of a text may all have the same time.
    pub fn reports_of_run_with(&self, report: usize) -> Vec<usize> {
        let Some(chosen) = self.reports().get(report) else { return Vec::new() };
        let is_restart = |dated: &&DatedEvent| dated.event.kind == EventKind::Restart;
        let mut restarts = self.events().iter().filter(is_restart).map(|dated| dated.lines.last);
        let begin = restarts.clone().rfind(|restart| *restart < chosen.lines.last);
        let end = restarts.find(|restart| *restart >= chosen.lines.last);
        let is_of_run =
            |line: u64| begin.is_none_or(|begin| begin < line) && end.is_none_or(|end| line <= end);
        let all = self.reports().iter().enumerate();
        let alike = all.filter(|(_, dated)| {
            is_of_run(dated.lines.last) && are_of_one_heap(&dated.report, &chosen.report)
        });
        alike.map(|(place, _)| place).collect()
    }
}
