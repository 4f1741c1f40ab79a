//! What a rule judges: the past of a recording, and what several rules want to know of it, found out once.
//!
//! It is the [`Past`] in everything; nothing in it is a judgement.

use std::cell::OnceCell;
use std::ops::Deref;

use super::failures::{self, Failure};
use super::leak::WARM_UP;
use super::trend::{self, Assessment};
use crate::recording::{Metric, Past};

/// A past on its way through the rules.
pub struct Case<'a> {
    past: Past<'a>,
    trend: OnceCell<Option<Assessment>>,
    failures: OnceCell<Vec<Failure<'a>>>,
}

impl<'a> Case<'a> {
    /// Nothing is known of it yet.
    pub fn new(past: Past<'a>) -> Self {
        Case { past, trend: OnceCell::new(), failures: OnceCell::new() }
    }

    /// The same, where its [`Case::trend`] may be known from before.
    pub(super) fn with_trend(past: Past<'a>, trend: Option<Option<Assessment>>) -> Self {
        let case = Case::new(past);
        if let Some(trend) = trend {
            case.trend.get_or_init(|| trend);
        }
        case
    }

    /// The trend, if anybody wanted to know it.
    pub(super) fn known_trend(&self) -> Option<Option<Assessment>> {
        self.trend.get().copied()
    }

    /// Whether the free heap falls for good in the present run of the firmware, and how fast; `None` where there is too
    /// little to say.
    pub(super) fn trend(&self) -> Option<Assessment> {
        *self.trend.get_or_init(|| {
            let (series, boot) = (self.past.series(Metric::Free), self.past.boot());
            trend::assess(series, boot + WARM_UP, boot)
        })
    }

    /// Every allocation that failed, or was said to have, in order.
    pub(super) fn failures(&self) -> &[Failure<'a>] {
        self.failures.get_or_init(|| failures::of(&self.past))
    }
}

impl<'a> Deref for Case<'a> {
    type Target = Past<'a>;

    fn deref(&self) -> &Past<'a> {
        &self.past
    }
}
