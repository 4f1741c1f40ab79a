//! The reports of one run over time: who had the memory in each, and what changed between them.

use std::rc::Rc;

use yew::prelude::*;

use super::{ByPointer, shown};
use crate::chart::{Axis, CompositionOverTime, Moment, Picture, Slice};
use crate::recording::Recording;
use crate::session::{Event, FileContent};
use crate::ui::components::legend::legend;
use crate::ui::components::picture::{Canvas, Painter, PictureCanvas, Pointer};
use crate::ui::components::picture_files::{PictureFiles, picture_foot};
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;
use crate::words::page::report as words;

/// The latest so many reports are drawn: more than there are pixels for.
const MOST_REPORTS: usize = 400;

/// See the module. Nothing where the run has one report only.
pub(super) fn over_time(view: &View, recording: &Recording, chosen: usize) -> Html {
    let places = recording.reports_of_run_with(chosen);
    let latest = recording.reports().len() - 1;
    let skipped = places.len().saturating_sub(MOST_REPORTS);
    let reports: Vec<OneReport> = places
        .into_iter()
        .skip(skipped)
        .filter_map(|place| {
            let dated = recording.reports().get(place)?;
            let moment = Moment { at: dated.at, line: dated.lines.first };
            Some(OneReport { place, moment, report: ByPointer(Rc::clone(&dated.report)) })
        })
        .collect();
    if reports.len() < 2 {
        return Html::default();
    }
    let axis = if recording.has_times() { Axis::Time } else { Axis::Lines };
    let on_file = view.sender(|(what, content)| Event::PictureTaken { what, content });
    let on_report = view.actor(move |place| ViewAction::ShowReport(shown(place, latest)));
    html! {
        <OverTimeView {reports} {axis} {chosen} theme={view.theme_number()} {on_file} {on_report} />
    }
}

#[derive(Clone, PartialEq)]
struct OneReport {
    /// Its place among all of the recording.
    place: usize,
    moment: Moment,
    report: ByPointer,
}

#[derive(Clone, PartialEq, Properties)]
struct OverTimeProps {
    reports: Vec<OneReport>,
    axis: Axis,
    chosen: usize,
    theme: u64,
    on_file: Callback<(String, FileContent)>,
    /// A report was chosen: its place among all.
    on_report: Callback<usize>,
}

#[component]
fn OverTimeView(props: &OverTimeProps) -> Html {
    let hover = use_state_eq(|| None::<Slice>);
    let picture = use_memo((props.reports.clone(), props.axis), |(reports, axis)| {
        let picture = match reports.iter().any(|one| !one.report.0.blocks.blocks().is_empty()) {
            true => {
                let maps: Vec<_> = reports.iter().map(|one| (one.moment, &one.report.0.blocks)).collect();
                CompositionOverTime::of_maps(&maps)
            }
            false => {
                let rows: Vec<_> =
                    reports.iter().map(|one| (one.moment, one.report.0.categories.as_slice())).collect();
                CompositionOverTime::of_categories(&rows)
            }
        };
        picture.on(*axis)
    });
    let shown = props.reports.iter().position(|one| one.place == props.chosen);
    let painter =
        use_memo((Rc::clone(&picture), shown, *hover, props.theme), |(picture, shown, hover, _)| {
            let picture = (**picture).clone().with_shown(*shown).with_selected(*hover);
            Painter::new(move |canvas: Canvas<'_>| canvas.paint(&picture))
        });
    let hit = {
        let picture = Rc::clone(&picture);
        move |pointer: Pointer| picture.hit(&pointer.surface, pointer.x, pointer.y)
    };
    let on_point = {
        let (hit, hover) = (hit.clone(), hover.setter());
        Callback::from(move |pointer: Option<Pointer>| hover.set(pointer.and_then(&hit)))
    };
    let on_press = {
        let (places, on_report) = (props.reports.clone(), props.on_report.clone());
        Callback::from(move |pointer: Pointer| {
            if let Some(one) = hit(pointer).and_then(|slice| places.get(slice.moment)) {
                on_report.emit(one.place);
            }
        })
    };
    let table = {
        let picture = Rc::clone(&picture);
        Callback::from(move |()| picture.table())
    };
    if picture.is_empty() {
        return Html::default();
    }
    let node = use_node_ref();
    let said = match *hover {
        Some(slice) => picture.describe(slice),
        None => shown.and_then(|shown| picture.changes(shown)).unwrap_or_else(|| picture.summary()),
    };
    html! {
        <div class="report__picture" data-testid="over-time" data-reports={props.reports.len().to_string()}>
            <h3 class="report__heading">{ words::OVER_TIME }</h3>
            <PictureCanvas class="report__layers" label={picture.summary()} painter={(*painter).clone()} node={node.clone()}
                {on_point} {on_press} />
            <p class="report__pointed" aria-live="polite">{ said }</p>
            { legend(&picture.legend()) }
            { picture_foot(&PictureFiles {
                name: "composition-over-time",
                painter: (*painter).clone(),
                canvas: node,
                table,
                on_file: props.on_file.clone(),
            }) }
        </div>
    }
}
