//! Where dialects put what they find.

use super::detection::Detection;
use super::{Finding, Info, LineRange, Sign, What};
use crate::heap::TimeOfDay;
use crate::stream::HostTime;

/// Where one dialect puts what it finds in one line.
pub struct Output<'a> {
    pub(super) findings: &'a mut Vec<Finding>,
    pub(super) detection: &'a mut Detection,
    pub(super) info: &'static Info,
    /// The dialect's place among all.
    pub(super) place: usize,
    /// Lent, for it is copied only into findings.
    pub(super) host_time: &'a Option<HostTime>,
}

impl Output<'_> {
    /// Something was read from these lines, in front of which the firmware printed this time.
    #[inline]
    pub fn find(&mut self, lines: LineRange, device_time: Option<TimeOfDay>, what: What) {
        let (dialect, host_time) = (self.info.id, *self.host_time);
        self.findings.push(Finding { dialect, lines, device_time, host_time, what });
    }

    /// This line shows who speaks.
    #[inline]
    pub fn sign(&mut self, sign: Sign) {
        self.detection.sign(self.place, sign);
    }
}
