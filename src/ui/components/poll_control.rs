//! Whether and how often the board is asked, and how it stands with that.

use yew::prelude::*;

use super::icons::{Icon, icon};
use super::menu::Menu;
use crate::heap::Millis;
use crate::session::{PollState, Settings};
use crate::ui::dom;
use crate::words::page::poll as words;

/// What [`poll_control`] is drawn from.
#[derive(Clone, PartialEq)]
pub struct PollControl {
    /// How it stands.
    pub state: PollState,
    /// Whether the board is asked by itself.
    pub enabled: bool,
    /// How often.
    pub interval: Millis,
    /// It was changed.
    pub on_change: Callback<(bool, Millis)>,
}

/// See the module.
pub fn poll_control(props: &PollControl) -> Html {
    let (enabled, interval, on_change) = (props.enabled, props.interval, &props.on_change);
    let switched = on_change.reform(move |event: Event| (dom::ticked(&event), interval));
    let retimed = on_change.reform(move |event: Event| {
        let (shortest, longest) = (*Settings::POLL_INTERVALS.start(), *Settings::POLL_INTERVALS.end());
        let typed = dom::changed(&event).parse().map_or(interval, Millis::from_secs);
        (enabled, typed.clamp(shortest, longest))
    });
    let (key, words) = state_words(&props.state, props.interval);
    let face = html! {
        <>
            { icon(Icon::Clock) }
            <span data-testid="poll-state" data-state={key}>
                { words }
            </span>
        </>
    };
    html! {
        <Menu {face} class="poll" testid="poll-menu" at_end=true>
            <div class="form">
                <label class="form__check">
                    <input type="checkbox" checked={enabled} onchange={switched} data-testid="poll-switch" />
                    <span>{ words::ASK_BY_ITSELF }</span>
                </label>
                <label class="form__row">
                    <span>{ words::EVERY_SECONDS }</span>
                    <input class="field field--short" type="number" inputmode="numeric" data-testid="poll-interval"
                           min={seconds(*Settings::POLL_INTERVALS.start())}
                           max={seconds(*Settings::POLL_INTERVALS.end())}
                           value={seconds(interval)} disabled={!enabled} onchange={retimed} />
                </label>
                <p class="form__note">
                    { words::RESTRAINT }
                </p>
            </div>
        </Menu>
    }
}

fn seconds(time: Millis) -> String {
    (time.0 / 1_000).to_string()
}

/// The word for tests, and the words for people.
fn state_words(state: &PollState, interval: Millis) -> (&'static str, String) {
    // The second that has begun: "in 0 s" reads as if something were stuck.
    let begun = |time: Millis| time.0.div_ceil(1_000);
    match state {
        PollState::Off => ("off", words::OFF.to_owned()),
        PollState::NotKnown => ("unknown", words::LISTENING.to_owned()),
        PollState::Next(left) => ("next", words::next(interval.0 / 1_000, begun(*left))),
        PollState::Waiting(command) => ("waiting", words::asked(command)),
        PollState::Unanswered(count, left) => ("unanswered", words::unanswered(*count, begun(*left))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_never_nothing() {
        let words = |left| state_words(&PollState::Next(Millis(left)), Millis::from_secs(10)).1;
        assert_eq!(words(9_100), "Every 10 s · in 10 s");
        assert_eq!(words(1), "Every 10 s · in 1 s");
    }
}
