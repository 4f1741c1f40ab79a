//! The verdict: a badge, one sentence, and on demand why and what to do.

use std::rc::Rc;

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::dialect::LineRange;
use crate::verdict::{Advice, Evidence, Judgement, State, Verdict};
use crate::words::page::{common, verdict_bar as words};

/// So many pieces of evidence are shown from each end of a long list.
const ENDS_SHOWN: usize = 3;

/// What held at an earlier moment.
#[derive(Clone, PartialEq)]
pub struct Then {
    /// Which moment: `At 0:05:30`.
    pub when: AttrValue,
    /// What would have been said then.
    pub verdict: Rc<Verdict>,
}

/// Properties of [`VerdictBar`].
#[derive(Clone, PartialEq, Properties)]
pub struct VerdictBarProps {
    /// The verdict.
    pub verdict: Rc<Verdict>,
    /// The one for the moment that the person points at. It lies over the present one as long as it is there.
    #[prop_or_default]
    pub then: Option<Then>,
    /// A piece of evidence was clicked: these lines show it.
    pub on_evidence: Callback<LineRange>,
}

/// See the module.
#[component]
pub fn VerdictBar(props: &VerdictBarProps) -> Html {
    let (shows_why, shows_next) = (use_state_eq(|| false), use_state_eq(|| false));
    let verdict = &props.verdict;
    let has_more = has_more(verdict);
    // Screen readers are told when the state changes, not each time that a figure in the sentence does.
    let states = (verdict.state, props.then.as_ref().map(|then| then.verdict.state));
    let said = use_memo(states, |_| match &props.then {
        Some(Then { when, verdict }) => format!("{when}: {}. {}", verdict.state.label(), verdict.headline),
        None => format!("{}. {}", verdict.state.label(), verdict.headline),
    });
    let class = format!("verdict verdict--{}", verdict.state.key());
    html! {
        <section {class} aria-label={words::VERDICT} data-testid="verdict" data-state={verdict.state.key()}>
            <div class="verdict__line">
                { badge(verdict.state) }
                <p class="verdict__headline" data-testid="headline">{ &verdict.headline }</p>
                if has_more {
                    <div class="verdict__buttons">
                        { toggle(words::why(verdict.judgements.len().saturating_sub(1)), "verdict-why", &shows_why) }
                        { toggle(words::WHAT_TO_DO.into(), "verdict-next", &shows_next) }
                    </div>
                }
            </div>
            <p class="visually-hidden" role="status">{ &*said }</p>
            if has_more {
                <div class={more_class(verdict)} hidden={!*shows_why && !*shows_next}>
                    <div id="verdict-why" class="verdict__part" hidden={!*shows_why}>
                        // Not even made while it is closed: a bad log has thousands of pieces of evidence.
                        if *shows_why {
                            { reasons(verdict, !*shows_next, &props.on_evidence) }
                        }
                    </div>
                    <div id="verdict-next" class="verdict__part" hidden={!*shows_next}>
                        { what_to_do(verdict) }
                    </div>
                </div>
            }
            if let Some(then) = &props.then {
                { earlier(then, *shows_why, *shows_next) }
            }
        </section>
    }
}

/// What held then, over what holds now and with the same parts open. The page does not move for it, and nothing in it
/// can be pressed: the pointer is elsewhere.
fn earlier(Then { when, verdict }: &Then, shows_why: bool, shows_next: bool) -> Html {
    let class = format!("verdict verdict--{} verdict--then", verdict.state.key());
    html! {
        <div {class} aria-hidden="true" data-testid="verdict-then" data-state={verdict.state.key()}>
            <div class="verdict__line">
                { badge(verdict.state) }
                <p class="verdict__headline">
                    <strong>{ when }{ ": " }</strong>{ &verdict.headline }
                </p>
            </div>
            if has_more(verdict) && (shows_why || shows_next) {
                <div class={more_class(verdict)}>
                    if shows_why {
                        <div class="verdict__part">{ reasons(verdict, !shows_next, &Callback::noop()) }</div>
                    }
                    if shows_next {
                        <div class="verdict__part">{ what_to_do(verdict) }</div>
                    }
                </div>
            }
        </div>
    }
}

/// Whether there is more to say than the headline.
fn has_more(verdict: &Verdict) -> bool {
    !verdict.judgements.is_empty() || !verdict.advice.is_empty()
}

/// Several findings have more room.
fn more_class(verdict: &Verdict) -> &'static str {
    match verdict.judgements.len() + verdict.advice.len() {
        0 | 1 => "verdict__more",
        _ => "verdict__more verdict__more--several",
    }
}

/// The state of a verdict: its sign and its name.
pub fn badge(state: State) -> Html {
    html! { <span class="badge">{ icon(state_icon(state)) }{ state.label() }</span> }
}

/// Why the worst is said, and what else is: each a line that opens. `has_next`: what to do is said with each, since it
/// does not stand beside them.
pub fn reasons(verdict: &Verdict, has_next: bool, on_evidence: &Callback<LineRange>) -> Html {
    let others = verdict.judgements.get(1..).unwrap_or_default();
    html! {
        <>
            { for verdict.judgements.first().map(|main| why(main, has_next, on_evidence)) }
            if !others.is_empty() {
                <h3 class="verdict__title">{ words::ALSO }</h3>
                { for others.iter().enumerate().map(|(place, judgement)| {
                    // What a person opened stays open while its figures change: a finding is known by its state and
                    // its place among those of that state.
                    let same = others[..place].iter().filter(|other| other.state == judgement.state).count();
                    other(judgement, format!("{}-{same}", judgement.state.key()), has_next, on_evidence)
                }) }
            }
            if !verdict.advice.is_empty() {
                <h3 class="verdict__title">{ words::NOT_SHOWN }</h3>
                { for verdict.advice.iter().map(|advice| not_shown(advice, on_evidence)) }
            }
        </>
    }
}

/// What this log cannot show.
fn not_shown(advice: &Advice, on_evidence: &Callback<LineRange>) -> Html {
    html! {
        <div class="verdict__other">
            <p><strong>{ &advice.headline }</strong></p>
            { for advice.explanation.lines().map(|paragraph| html! { <p>{ paragraph }</p> }) }
            { evidence_list(&advice.evidence, on_evidence) }
        </div>
    }
}

/// A finding that is not the worst.
fn other(judgement: &Judgement, key: String, has_next: bool, on_evidence: &Callback<LineRange>) -> Html {
    let class = format!("finding verdict--{}", judgement.state.key());
    html! {
        <details {key} {class} data-testid="finding" data-state={judgement.state.key()}>
            <summary class="finding__line">
                { icon(Icon::Chevron) }
                <span class="finding__state">{ icon(state_icon(judgement.state)) }{ judgement.state.label() }</span>
                <span class="finding__headline">{ &judgement.headline }</span>
            </summary>
            <div class="finding__more">{ why(judgement, has_next, on_evidence) }</div>
        </details>
    }
}

fn what_to_do(verdict: &Verdict) -> Html {
    let judged = verdict.judgements.iter().map(|judgement| &*judgement.next);
    let all: Vec<&str> = judged.chain(verdict.advice.iter().map(|advice| &*advice.next)).collect();
    // What is to be done for several reasons is said once.
    let is_new = |place: usize| !all[..place].contains(&all[place]);
    let places = (0..all.len()).filter(|&place| !all[place].is_empty() && is_new(place));
    html! {
        <>
            <h3 class="verdict__title">{ words::WHAT_TO_DO }</h3>
            { for places.map(|place| html! { <p>{ all[place] }</p> }) }
        </>
    }
}

fn toggle(label: String, controls: &'static str, shown: &UseStateHandle<bool>) -> Html {
    let onclick = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(!*shown))
    };
    html! {
        <button type="button" class="button button--quiet verdict__toggle" {onclick} aria-controls={controls}
                aria-expanded={shown.to_string()}>
            { icon(Icon::Chevron) }{ label }
        </button>
    }
}

fn why(judgement: &Judgement, has_next: bool, on_evidence: &Callback<LineRange>) -> Html {
    html! {
        <>
            { for judgement.explanation.lines().map(|paragraph| html! { <p>{ paragraph }</p> }) }
            <p class="verdict__sureness">
                { words::how_sure(judgement.sureness.label(), judgement.sureness.why_not_surer()) }
            </p>
            { evidence_list(&judgement.evidence, on_evidence) }
            if has_next && !judgement.next.is_empty() {
                <p>{ words::next(&judgement.next) }</p>
            }
        </>
    }
}

fn evidence_list(evidence: &[Evidence], on_evidence: &Callback<LineRange>) -> Html {
    let (first, left_out, last) = shortened(evidence);
    let item = |evidence| evidence_item(evidence, on_evidence);
    html! {
        if !evidence.is_empty() {
            <ul class="evidence">
                { for first.iter().map(item) }
                if left_out > 0 {
                    <li class="muted">{ common::and_more(left_out) }</li>
                }
                { for last.iter().map(item) }
            </ul>
        }
    }
}

/// Where it began and where it stands: the first and last pieces, and how many are between them.
fn shortened(evidence: &[Evidence]) -> (&[Evidence], usize, &[Evidence]) {
    // "and 1 more" would take the place of the one.
    if evidence.len() <= 2 * ENDS_SHOWN + 1 {
        return (evidence, 0, &[]);
    }
    let (first, rest) = evidence.split_at(ENDS_SHOWN);
    let (between, last) = rest.split_at(rest.len() - ENDS_SHOWN);
    (first, between.len(), last)
}

fn evidence_item(evidence: &Evidence, on_evidence: &Callback<LineRange>) -> Html {
    let lines = evidence.lines;
    let onclick = on_evidence.reform(move |_: MouseEvent| lines);
    html! {
        <li>
            <button type="button" class="link" {onclick}>{ lines_text(lines) }</button>
            <span>{ &evidence.text }</span>
        </li>
    }
}

/// `line 12`, `lines 12–20`: people count from 1.
pub fn lines_text(lines: LineRange) -> String {
    match lines.first == lines.last {
        true => common::line(lines.first),
        false => common::lines(lines.first, lines.last),
    }
}

/// Each state has its own shape, so that colour is not the only sign.
const fn state_icon(state: State) -> Icon {
    match state {
        State::NotEnoughData => Icon::Clock,
        State::Healthy => Icon::Check,
        State::NotAHeapProblem => Icon::Elsewhere,
        State::NearlyFull => Icon::Full,
        State::Fragmenting => Icon::Pieces,
        State::Leaking => Icon::Falling,
        State::OutOfMemory => Icon::Stop,
        State::HeapCorrupted => Icon::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_evidence_keeps_its_ends() {
        let evidence = |count| -> Vec<Evidence> {
            let piece = |line| Evidence { lines: LineRange::one(line), text: String::new() };
            (0..count).map(piece).collect()
        };
        let all = evidence(20_000);
        let (first, left_out, last) = shortened(&all);
        assert_eq!((first, left_out, last), (&all[..3], 19_994, &all[19_997..]));
        for count in [0, 1, 6, 7] {
            assert_eq!(shortened(&evidence(count)), (&*evidence(count), 0, &[][..]));
        }
    }
}
