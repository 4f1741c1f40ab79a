//! One report: its block map or its composition, its figures, and what is missing in it. One file for each kind of report.

mod block_map;
mod composition;
mod figures;
mod free_blocks;
mod over_time;

use std::rc::Rc;

use yew::prelude::*;

use super::arrangement::panel_menu;
use crate::dialect::Report;
use crate::format;
use crate::recording::{DatedReport, Recording};
use crate::session::arrangement::Panel;
use crate::session::maps::MapChoice;
use crate::ui::components;
use crate::ui::components::icons::{Icon, icon};
use crate::ui::components::names_hint::names_hint;
use crate::ui::dom;
use crate::ui::panels::PanelProps;
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;
use crate::words::page::{common, report as words};

/// Of more reports than these only some are offered.
const ALL_OFFERED: usize = 50;

/// See the module. It remembers what is shown on block maps, from one to the next: a slider must not draw the whole page
/// anew. Another recording is another panel.
#[component]
pub fn ReportPanel(props: &PanelProps) -> Html {
    let view = &props.view;
    let choice = use_state_eq(MapChoice::default);
    let list = use_node_ref();
    let session = view.session();
    let chosen = session.recording().map_or(0, |recording| {
        let latest = recording.reports().len().saturating_sub(1);
        view.state().report.filter(|&chosen| chosen <= latest).unwrap_or(latest)
    });
    // Once a person chose in a list, what its options say of themselves counts no more.
    use_effect_with(chosen, {
        let list = list.clone();
        move |chosen| dom::choose(&list, &chosen.to_string())
    });
    let Some(recording) = session.recording() else { return Html::default() };
    let reports = recording.reports();
    let Some(dated) = reports.get(chosen) else { return empty(view, recording) };
    let report = &dated.report;
    let mark_lines = {
        let lines = dated.lines;
        view.actor(move |_: MouseEvent| ViewAction::Mark(lines))
    };
    html! {
        <section class="panel report" aria-labelledby="report-title" data-testid="report"
                 data-format={report.format} data-complete={report.complete.to_string()}>
            <header class="panel__head">
                <h2 id="report-title" class="panel__title">{ &report.title }</h2>
                <button type="button" class="link" onclick={mark_lines}>
                    { crate::ui::components::verdict_bar::lines_text(dated.lines) }
                </button>
                if reports.len() > 1 {
                    { select(view, recording, chosen, list) }
                }
                { panel_menu(view, Panel::Report) }
            </header>
            if !report.complete {
                { incomplete(report) }
            }
            { names_hint(recording, Some(report)) }
            if !report.blocks.blocks().is_empty() {
                { block_map::block_map(view, recording, chosen, &choice) }
            }
            if !report.categories.is_empty() {
                { composition::composition(view, recording, chosen) }
            }
            { over_time::over_time(view, recording, chosen) }
            { figures::what_fits(report) }
            { figures::figures(report) }
        </section>
    }
}

fn empty(view: &View, recording: &Recording) -> Html {
    let session = view.session();
    let report_command = session.report_command();
    let said = match (session.can_send(), report_command) {
        (true, Some(command)) => words::fetches(command.label),
        (true, None) => words::NOT_YET.to_owned(),
        (false, _) => words::NONE_IN_LOG.to_owned(),
    };
    let what = (!recording.source().is_live()).then_some(words::WHAT_A_REPORT_IS);
    html! {
        <section class="panel report report--empty" aria-label={words::REPORT}>
            { components::empty::empty(Icon::Blocks, &said, what) }
            { names_hint(recording, None) }
        </section>
    }
}

fn select(view: &View, recording: &Recording, chosen: usize, list: NodeRef) -> Html {
    let latest = recording.reports().len() - 1;
    let onchange = view.actor(move |event: Event| {
        let place = dom::chosen(&event).parse().ok();
        ViewAction::ShowReport(place.and_then(|place| shown(place, latest)))
    });
    let entry = |place: usize| {
        let dated = &recording.reports()[place];
        let when = when(recording, dated);
        html! {
            <option value={place.to_string()} selected={place == chosen}>
                { words::entry(place + 1, latest + 1, &when, dated.report.complete) }
            </option>
        }
    };
    html! {
        <select ref={list} class="field report__select" aria-label={words::WHICH} {onchange} data-testid="report-select">
            { for offered(recording.reports().len(), chosen).into_iter().map(entry) }
        </select>
    }
}

/// Which of so many reports can be chosen, the latest first. All of a few; of many the first, the last, and those around
/// the chosen one, ever further apart, so that any other is a few choices away. A list of thousands takes a browser longer
/// to lay out than the rest of the page, each time that one more comes.
pub(in crate::ui::panels) fn offered(count: usize, chosen: usize) -> Vec<usize> {
    if count <= ALL_OFFERED {
        return (0..count).rev().collect();
    }
    let distances = std::iter::successors(Some(1), |distance| Some(distance + 1.max(distance / 4)));
    let distances: Vec<usize> = distances.take_while(|distance| *distance < count).collect();
    let later = distances.iter().rev().map(|distance| chosen + distance).filter(|place| *place < count);
    let earlier = distances.iter().filter_map(|distance| chosen.checked_sub(*distance));
    let mut places: Vec<usize> =
        [count - 1].into_iter().chain(later).chain([chosen]).chain(earlier).chain([0]).collect();
    places.dedup();
    places
}

/// When a report came, or where it stands.
fn when(recording: &Recording, dated: &DatedReport) -> String {
    match recording.source().is_live() {
        true => format::clock_offset(dated.at, false),
        false => common::line(dated.lines.first),
    }
}

/// Who chooses the latest wants to see the next one, too.
fn shown(report: usize, latest: usize) -> Option<usize> {
    Some(report).filter(|report| *report != latest)
}

fn incomplete(report: &Report) -> Html {
    html! {
        <div class="notice" role="note">
            { icon(Icon::Warning) }
            <div>
                <strong>{ words::INCOMPLETE }</strong>
                { for report.problems.iter().map(|problem| html! { <p>{ problem }</p> }) }
            </div>
        </div>
    }
}

/// A report, equal to itself only: comparing thousands of blocks to see that nothing changed helps nobody.
#[derive(Clone)]
pub(in crate::ui::panels) struct ByPointer(pub Rc<Report>);

impl PartialEq for ByPointer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_reports_some_are_offered_from_which_all_can_be_reached() {
        assert_eq!(offered(3, 0), [2, 1, 0]);
        assert_eq!(offered(ALL_OFFERED, 7).len(), ALL_OFFERED);
        for count in [ALL_OFFERED + 1, 500, 100_000] {
            for (from, wanted) in
                [(count - 1, 0), (count - 1, count / 3), (count / 3, count - 2), (0, count / 2)]
            {
                let (mut chosen, mut choices) = (from, 0);
                while chosen != wanted {
                    let places = offered(count, chosen);
                    assert!(places.len() < 100 && places.contains(&chosen), "{count}: {}", places.len());
                    assert!(places.is_sorted_by(|one, other| one > other), "{places:?}");
                    assert_eq!((places.first(), places.last()), (Some(&(count - 1)), Some(&0)));
                    chosen = places.into_iter().min_by_key(|place| place.abs_diff(wanted)).unwrap();
                    choices += 1;
                    assert!(choices <= 6, "{count}: {from} to {wanted}");
                }
            }
        }
    }
}
