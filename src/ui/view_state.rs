//! What only the page cares about: the one cursor, the report that is shown. State, actions and reducer.

use std::rc::Rc;

use yew::Reducible;

use crate::dialect::LineRange;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ViewState {
    /// The lines that a click on a piece of evidence or on the timeline marked.
    pub marked: Option<LineRange>,
    /// Grows with each click, so that a second click on the same thing leads there again.
    pub jumps: u64,
    /// The report that the person chose; `None` follows the latest.
    pub report: Option<usize>,
    /// While the block maps are played, one after the other: the number of this step.
    pub playing: Option<u64>,
    /// Whether something is being dragged over the page.
    pub is_dragging: bool,
    /// The window that lies over the page.
    pub dialog: Option<Dialog>,
}

/// A window over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Everything that can be done.
    Palette,
    /// The keys.
    Shortcuts,
    /// The macros.
    Macros,
}

/// What can change it.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewAction {
    /// Mark these lines, and scroll to them.
    Mark(LineRange),
    /// Mark these lines where they stand.
    Point(LineRange),
    /// Show this report, or the latest.
    ShowReport(Option<usize>),
    /// Play the block maps from this report on.
    Play(Option<usize>),
    /// The time of a step is over: show this report, or stay at the last.
    PlayOn {
        /// Which step it was.
        step: u64,
        /// The report that is next, if one is.
        next: Option<NextMap>,
    },
    /// Stop playing.
    Pause,
    /// Something is dragged over the page, or no longer.
    Drag(bool),
    /// Open this window, or close it.
    Open(Option<Dialog>),
    /// Another recording is on screen.
    Reset,
}

/// A report as [`ViewAction::ShowReport`] has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextMap(pub Option<usize>);

impl Reducible for ViewState {
    type Action = ViewAction;

    fn reduce(self: Rc<Self>, action: ViewAction) -> Rc<Self> {
        let state = (*self).clone();
        Rc::new(match action {
            ViewAction::Mark(lines) => ViewState { marked: Some(lines), jumps: state.jumps + 1, ..state },
            ViewAction::Point(lines) => ViewState { marked: Some(lines), ..state },
            // Whoever chooses another wants to look at it.
            ViewAction::ShowReport(report) => ViewState { report, playing: None, ..state },
            ViewAction::Play(report) => ViewState { report, playing: Some(0), ..state },
            ViewAction::PlayOn { step, next } => match next {
                // Stopped in the meantime.
                _ if state.playing != Some(step) => state,
                Some(NextMap(report)) => ViewState { report, playing: Some(step + 1), ..state },
                None => ViewState { playing: None, ..state },
            },
            ViewAction::Pause => ViewState { playing: None, ..state },
            ViewAction::Drag(is_dragging) => ViewState { is_dragging, ..state },
            ViewAction::Open(dialog) => ViewState { dialog, ..state },
            ViewAction::Reset => ViewState::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_evidence_leads_there_twice() {
        let mark = || ViewAction::Mark(LineRange { first: 3, last: 5 });
        let once = Rc::new(ViewState::default()).reduce(mark());
        let twice = Rc::clone(&once).reduce(mark());
        assert_eq!(once.marked, twice.marked);
        assert_ne!(once.jumps, twice.jumps);
    }

    #[test]
    fn playing_goes_on_until_the_last_map_or_until_one_is_chosen() {
        let play_on = |state: Rc<ViewState>, step, next: Option<usize>| {
            state.reduce(ViewAction::PlayOn { step, next: next.map(|next| NextMap(Some(next))) })
        };
        let state = Rc::new(ViewState::default()).reduce(ViewAction::Play(Some(0)));
        let second = play_on(state, 0, Some(1));
        assert_eq!((second.report, second.playing), (Some(1), Some(1)));
        // A timer that comes late.
        assert_eq!(*play_on(Rc::clone(&second), 0, Some(2)), *second);
        let chosen = Rc::clone(&second).reduce(ViewAction::ShowReport(Some(0)));
        assert_eq!((chosen.report, chosen.playing), (Some(0), None));
        assert_eq!(*play_on(Rc::clone(&chosen), 1, Some(2)), *chosen);
        let end = play_on(second, 1, None);
        assert_eq!((end.report, end.playing), (Some(1), None));
    }

    #[test]
    fn another_recording_forgets_lines_and_report() {
        let state = Rc::new(ViewState { report: Some(2), ..ViewState::default() });
        let state = state.reduce(ViewAction::Mark(LineRange::one(9))).reduce(ViewAction::Reset);
        assert_eq!(*state, ViewState::default());
    }
}
