//! Before and after: a step is measured, two moments are picked, a second log is laid beside; and what differs.

mod pictures;
mod said;

use yew::prelude::*;

use super::PanelProps;
use super::arrangement::panel_menu;
use super::report::offered;
use crate::recording::{Passage, Recording};
use crate::session::arrangement::Panel;
use crate::session::comparing::{CompareEvent, Compared, Measuring, Pick, Place};
use crate::session::{Event as SessionEvent, FileContent, GivenFile, Packing, Session};
use crate::ui::components::icons::{Icon, icon};
use crate::ui::components::text_twin::table;
use crate::ui::components::verdict_bar::badge;
use crate::ui::dom;
use crate::ui::store::View;
use crate::words::comparing as words;
use said::Said;

/// See the module. It remembers the name that is being typed.
#[component]
pub fn ComparePanel(props: &PanelProps) -> Html {
    let view = &props.view;
    let name = use_state_eq(String::new);
    let lists = [use_node_ref(), use_node_ref()];
    let session = view.session();
    // Once a person chose in a list, what its options say of themselves counts no more.
    use_effect_with((session.picks(), session.comparing().step()), {
        let lists = lists.clone();
        move |(picks, _)| {
            for (list, pick) in lists.iter().zip(picks) {
                dom::choose(list, &pick.key());
            }
        }
    });
    let Some(recording) = session.recording() else { return Html::default() };
    let comparing = session.comparing();
    let step = comparing.step().and_then(|step| comparing.steps().get(step));
    // What is half read would be compared with what is whole.
    let is_reading = comparing.other().is_some_and(|(_, is_read)| is_read);
    let compared = session.compared().filter(|_| !is_reading);
    let is_measuring = *comparing.measuring() != Measuring::Nothing;
    let said = compared.as_ref().filter(|_| !is_measuring).map(|compared| {
        // One across a restart says nothing of the step: what the others of its name say stands with them.
        let counts = compared.passage.as_ref().is_some_and(|passage| passage.cost().is_some());
        let repeats = step.filter(|_| counts).and_then(|step| session.repeats_of(&step.name));
        Said::of(compared, repeats.as_ref())
    });
    let ondrop = {
        let view = view.clone();
        Callback::from(move |event: DragEvent| {
            // A log that falls here is the second one; anywhere else it replaces the first.
            if let Some(files) =
                event.data_transfer().and_then(|dropped| dropped.files()).filter(|files| files.length() > 0)
            {
                event.prevent_default();
                event.stop_propagation();
                view.act(crate::ui::view_state::ViewAction::Drag(false));
                view.read_file().emit((files, Packing::Goes, other_given));
            }
        })
    };
    html! {
        <section class="panel compare" aria-labelledby="compare-title" data-testid="compare" {ondrop}>
            <header class="panel__head">
                <h2 id="compare-title" class="panel__title">{ words::TITLE }</h2>
                if let Some(said) = &said {
                    { take_away(view, said) }
                }
                { panel_menu(view, Panel::Comparison) }
                <button type="button" class="button button--quiet button--icon button--small compare__close" aria-label={words::CLOSE}
                        title={words::CLOSE} data-testid="compare-close" onclick={view.sends(CompareEvent::Opened(false).into())}>
                    { icon(Icon::Close) }
                </button>
            </header>
            { control(view, &session, &name) }
            if let Some(said) = comparing.said() {
                <p class="compare__note" role="status" data-testid="compare-note">{ said.to_owned() }</p>
            }
            if !is_measuring {
                if !comparing.steps().is_empty() {
                    { steps(view, recording, &session) }
                }
                if step.is_none() {
                    { picks(view, recording, &session, &lists) }
                }
                if !is_reading {
                    { result(compared.as_ref(), said.as_ref(), view.theme_number()) }
                }
            }
        </section>
    }
}

fn other_given(file: GivenFile) -> SessionEvent {
    CompareEvent::OtherGiven(file).into()
}

/// What the person does next for a step.
fn control(view: &View, session: &Session, name: &UseStateHandle<String>) -> Html {
    let comparing = session.comparing();
    let withdraw = html! {
        <button type="button" class="button button--small" data-testid="step-withdraw" onclick={view.sends(CompareEvent::StepWithdrawn.into())}>
            { words::WITHDRAW }
        </button>
    };
    match comparing.measuring() {
        Measuring::Nothing if session.can_send() => {
            let onsubmit = {
                let (view, name) = (view.clone(), name.clone());
                Callback::from(move |event: SubmitEvent| {
                    event.prevent_default();
                    view.send(CompareEvent::StepBegun((*name).clone()).into());
                })
            };
            let oninput = {
                let name = name.setter();
                Callback::from(move |event: InputEvent| name.set(dom::typed(&event)))
            };
            let with_report =
                view.sender(|event: Event| CompareEvent::WithReport(dom::ticked(&event)).into());
            html! {
                <form class="compare__control" {onsubmit}>
                    <p class="compare__hint">{ words::WHAT_TO_DO }</p>
                    <input class="field" type="text" aria-label={words::NAME} placeholder={words::NAME_EXAMPLE}
                           value={(**name).clone()} {oninput} data-testid="step-name" />
                    <button type="submit" class="button button--primary" data-testid="step-go">{ words::FIRST }</button>
                    if session.report_command().is_some() {
                        <label class="form__check">
                            <input type="checkbox" checked={comparing.with_report()} onchange={with_report} data-testid="step-report" />
                            { words::WITH_REPORT }
                        </label>
                    }
                </form>
            }
        }
        Measuring::Nothing => html! { <p class="compare__hint">{ words::IN_FILE }</p> },
        Measuring::AwaitsFirst(asked) | Measuring::AwaitsSecond(asked, _) => html! {
            <div class="compare__control" aria-busy="true">
                <p role="status" data-testid="step-waits">{ words::waiting(asked.command.send) }</p>
                { withdraw }
            </div>
        },
        Measuring::Acting { name, before } => {
            let at = session
                .recording()
                .map_or_else(Default::default, |recording| recording.time_of_line(*before));
            html! {
                <div class="compare__control">
                    <p role="status" data-testid="step-acts">{ words::act(name, at) }</p>
                    <button type="button" class="button button--primary" data-testid="step-go"
                            onclick={view.sends(CompareEvent::StepDone.into())}>
                        { words::SECOND }
                    </button>
                    { withdraw }
                </div>
            }
        }
    }
}

/// The steps that were measured, and what can be done with the one that is shown.
fn steps(view: &View, recording: &Recording, session: &Session) -> Html {
    let comparing = session.comparing();
    let all = comparing.steps();
    let chip = |(place, step): (usize, &crate::session::comparing::Step)| {
        let alike = all.iter().enumerate().filter(|(_, other)| other.name == step.name);
        let number = alike.clone().filter(|(other, _)| *other <= place).count();
        let cost = Passage::between(recording, step.before, step.after).cost();
        let is_shown = comparing.step() == Some(place);
        html! {
            <button type="button" class={classes!("chip", is_shown.then_some("chip--chosen"))} aria-pressed={is_shown.to_string()}
                    data-testid="step" onclick={view.sends(CompareEvent::StepChosen(place).into())}>
                { words::measured(&step.name, number, alike.count(), cost) }
            </button>
        }
    };
    let shown = comparing.step().and_then(|place| Some((place, all.get(place)?)));
    html! {
        <div class="compare__steps" role="group" aria-label={words::STEPS}>
            { for all.iter().enumerate().map(chip) }
            <button type="button" class={classes!("chip", shown.is_none().then_some("chip--chosen"))} aria-pressed={shown.is_none().to_string()}
                    data-testid="step-picks" onclick={view.sends(CompareEvent::StepChosen(usize::MAX).into())}>
                { words::PICKED }
            </button>
            if let Some((place, step)) = shown {
                if session.can_send() {
                    <button type="button" class="button button--small" data-testid="step-again"
                            onclick={view.sends(CompareEvent::StepBegun(step.name.clone()).into())}>
                        { words::AGAIN }
                    </button>
                }
                <input class="field compare__name" type="text" aria-label={words::NAME} value={step.name.clone()} key={place}
                       onchange={view.sender(move |event: Event| CompareEvent::StepNamed(place, dom::changed(&event)).into())}
                       data-testid="step-rename" />
                <button type="button" class="button button--quiet button--small" data-testid="step-remove"
                        onclick={view.sends(CompareEvent::StepRemoved(place).into())}>
                    { words::REMOVE }
                </button>
            }
        </div>
    }
}

/// The two moments, where it is no step.
fn picks(view: &View, recording: &Recording, session: &Session, lists: &[NodeRef; 2]) -> Html {
    let marked = view.state().marked.map(|lines| Pick { is_other: false, place: Place::Line(lines.first) });
    let picks = session.picks();
    let other = session.comparing().other().map(|(name, _)| name).zip(session.comparing().other_recording());
    let list = |side: usize| {
        let chosen = picks[side];
        let mut choices = vec![chosen];
        choices.extend(marked);
        choices.extend(runs_of(recording, false, chosen));
        choices.extend(other.map(|(_, recording)| runs_of(recording, true, chosen)).unwrap_or_default());
        choices.dedup();
        let first = choices.remove(0);
        if !choices.contains(&first) {
            choices.insert(0, first);
        }
        let onchange = {
            let view = view.clone();
            Callback::from(move |event: Event| {
                if let Some(pick) = Pick::from_key(&dom::chosen(&event)) {
                    view.send(CompareEvent::Picked(side, pick).into());
                }
            })
        };
        let option = |pick: &Pick| {
            html! {
                <option value={pick.key()} selected={*pick == chosen}>{ label_of(session, *pick) }</option>
            }
        };
        html! {
            <label class="map-tools__choice">
                { words::SIDES[side] }
                <select ref={&lists[side]} class="field" {onchange} data-testid={format!("pick-{side}")}>
                    { for choices.iter().map(option) }
                </select>
            </label>
        }
    };
    let put = |side: usize| {
        let onclick = {
            let view = view.clone();
            Callback::from(move |_: MouseEvent| {
                if let Some(pick) = marked {
                    view.send(CompareEvent::Picked(side, pick).into());
                }
            })
        };
        html! {
            <button type="button" class="button button--small" disabled={marked.is_none()} {onclick} data-testid={format!("put-{side}")}>
                { words::PUT[side] }
            </button>
        }
    };
    let is_one = picks.iter().all(|pick| !pick.is_other);
    html! {
        <div class="map-tools compare__picks" role="group" aria-label={words::PICKED}>
            { list(0) }
            { list(1) }
            { put(0) }
            { put(1) }
            if is_one {
                <button type="button" class="button button--small" data-testid="picks-keep"
                        onclick={view.sends(CompareEvent::PicksKept(String::new()).into())}>
                    { words::KEEP }
                </button>
            }
            { other_log(view, session) }
        </div>
    }
}

/// Beginning and end of the runs of a recording, as many as a list can have.
fn runs_of(recording: &Recording, is_other: bool, chosen: Pick) -> Vec<Pick> {
    let count = recording.runs().len();
    let near = match chosen.place {
        Place::RunStart(run) | Place::RunEnd(run) if chosen.is_other == is_other && run < count => run,
        _ => count.saturating_sub(1),
    };
    let both = |run| [Place::RunStart(run), Place::RunEnd(run)].map(|place| Pick { is_other, place });
    let mut runs = offered(count, near);
    runs.reverse();
    runs.into_iter().flat_map(both).collect()
}

fn label_of(session: &Session, pick: Pick) -> String {
    let what = match pick.place {
        Place::Line(line) => words::at_line(line),
        Place::RunStart(run) => words::run_start(run),
        Place::RunEnd(run) => words::run_end(run),
    };
    match session.comparing().other().filter(|_| pick.is_other) {
        Some((name, _)) => words::of_log(name, &what),
        None => what,
    }
}

/// The way to a second log, or away from it.
fn other_log(view: &View, session: &Session) -> Html {
    match session.comparing().other() {
        None => {
            let onchange = {
                let read = view.read_file();
                Callback::from(move |event: Event| {
                    dom::take_chosen_files(&event, |files| read.emit((files, Packing::Goes, other_given)));
                })
            };
            html! {
                <label class="compare__other">
                    <span class="link">{ words::FROM_LOG }</span>
                    <input class="visually-hidden" type="file" {onchange} data-testid="other-file" />
                </label>
            }
        }
        Some((name, is_read)) => html! {
            <p class="compare__other">
                if is_read {
                    <span role="status">{ words::reading(name) }</span>
                }
                <button type="button" class="link" data-testid="other-close" onclick={view.sends(CompareEvent::OtherClosed.into())}>
                    { words::OTHER_CLOSE }
                </button>
            </p>
        },
    }
}

fn take_away(view: &View, said: &Said) -> Html {
    let text = said.to_text();
    let csv = said.figures.to_csv();
    let copy = Callback::from(move |_: MouseEvent| dom::copy_text(text.clone()));
    let save = view.sender(move |_: MouseEvent| SessionEvent::PictureTaken {
        what: "comparison.csv".to_owned(),
        content: FileContent::Text(csv.clone()),
    });
    html! {
        <div class="compare__files">
            <button type="button" class="button button--small" onclick={copy} data-testid="compare-copy">{ words::COPY }</button>
            <button type="button" class="button button--small" onclick={save} data-testid="compare-csv">{ words::AS_CSV }</button>
        </div>
    }
}

fn result(compared: Option<&Compared<'_>>, said: Option<&Said>, theme: u64) -> Html {
    let (Some(compared), Some(said)) = (compared, said) else {
        return html! { <p class="empty">{ words::NOT_THERE }</p> };
    };
    let headlines = compared.passage.is_none().then(|| {
        compared.sides.iter().enumerate().map(|(place, side)| {
            html! {
                <div class="compare__verdict">
                    <strong>{ words::column(place, &said::when(side)) }</strong>
                    { badge(side.verdict.state) }
                    <p data-testid="compare-headline">{ &side.verdict.headline }</p>
                </div>
            }
        })
    });
    let (first, others) =
        said.sentences.split_first().map_or((None, [].as_slice()), |(first, others)| (Some(first), others));
    html! {
        <>
            if let Some(headlines) = headlines {
                <div class="compare__pictures">{ for headlines }</div>
            }
            <div class="compare__said" aria-live="polite">
                if let Some(first) = first {
                    <p class="compare__cost" data-testid="compare-cost">{ first }</p>
                }
                { for others.iter().map(|said| html! { <p data-testid="compare-said">{ said }</p> }) }
            </div>
            if !said.figures.rows.is_empty() {
                <div class="compare__figures" data-testid="compare-figures">{ table(&said.figures) }</div>
            }
            { pictures::pictures(compared, theme) }
            { for said.changes.iter().map(|changes| html! {
                <div class="compare__changes" data-testid="compare-changes">{ table(changes) }</div>
            }) }
        </>
    }
}
