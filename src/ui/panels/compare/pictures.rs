//! The reports of both sides, side by side and on one scale: block maps, the later one with what changed, or compositions.

use std::rc::Rc;

use yew::prelude::*;

use super::super::report::ByPointer;
use super::said;
use crate::chart::{BlockMapPicture, Changes, Composition, Picture};
use crate::session::comparing::Compared;
use crate::ui::components::legend::legend;
use crate::ui::components::picture::{Canvas, Painter, PictureCanvas};
use crate::words::comparing as words;

/// As many rows of a composition as a report has on a phone.
const HIGHEST_PX: f64 = 480.0;

/// See the module. Nothing where the sides have no reports of one kind.
pub(super) fn pictures(compared: &Compared<'_>, theme: u64) -> Html {
    let Some(reports) = said::reports(compared) else { return Html::default() };
    let reports = reports.map(|dated| ByPointer(Rc::clone(&dated.report)));
    let is_one_run = compared.passage.as_ref().is_some_and(|passage| passage.reports.is_some());
    html! { <Pictures {reports} {is_one_run} {theme} /> }
}

#[derive(Clone, PartialEq, Properties)]
struct PicturesProps {
    reports: [ByPointer; 2],
    is_one_run: bool,
    theme: u64,
}

#[component]
fn Pictures(props: &PicturesProps) -> Html {
    let pictures =
        use_memo((props.reports.clone(), props.is_one_run, props.theme), |(reports, is_one_run, _)| {
            [0, 1].map(|place| picture_of(reports, place, *is_one_run))
        });
    let pictures = pictures.iter().enumerate().filter_map(|(place, picture)| {
        let Drawn { painter, label, height_for, legend: signs } = picture.clone()?;
        let class = if height_for.is_some() { "report__bars" } else { "report__map" };
        Some(html! {
            <figure class="compare__picture">
                <figcaption class="report__heading">{ words::SIDES[place] }</figcaption>
                <PictureCanvas {class} {label} {painter} {height_for} />
                { signs }
            </figure>
        })
    });
    html! { <div class="compare__pictures" data-testid="compare-pictures">{ for pictures }</div> }
}

#[derive(Clone)]
struct Drawn {
    painter: Painter,
    label: AttrValue,
    height_for: Option<Callback<f64, f64>>,
    legend: Html,
}

fn picture_of(reports: &[ByPointer; 2], place: usize, is_one_run: bool) -> Option<Drawn> {
    let [own, beside] = if place == 0 { [0, 1] } else { [1, 0] }.map(|place: usize| reports[place].clone());
    if !own.0.blocks.blocks().is_empty() {
        let has_changes = place == 1 && is_one_run;
        let changes = has_changes.then(|| Changes::of(&beside.0.blocks, &own.0.blocks));
        let picture = BlockMapPicture::new(&own.0.blocks).with_changes(changes.as_ref());
        let (label, legend) = (picture.summary().into(), legend(&picture.legend()));
        let painter = Painter::new(move |canvas: Canvas<'_>| {
            let picture = BlockMapPicture::new(&own.0.blocks).with_changes(changes.as_ref());
            canvas.paint(&picture.on_scale_of(Some(&beside.0.blocks)));
        });
        return Some(Drawn { painter, label, height_for: None, legend });
    }
    if own.0.categories.is_empty() {
        return None;
    }
    let picture = Composition::new(&own.0.categories).on_scale_of(&Composition::new(&beside.0.categories));
    let label = picture.table().caption.into();
    let rows = Rc::new(picture.clone());
    let height_for = Callback::from(move |width_px| rows.preferred_height_px(width_px).min(HIGHEST_PX));
    let painter = Painter::new(move |canvas: Canvas<'_>| canvas.paint(&picture));
    Some(Drawn { painter, label, height_for: Some(height_for), legend: Html::default() })
}
