//! One report: its block map or its composition, its figures, and what is missing in it.

use std::rc::Rc;

use yew::prelude::*;

use crate::chart::{BlockMapPicture, Composition, Picture, Table};
use crate::dialect::{Extra, Report};
use crate::format;
use crate::heap::{Block, BlockKind};
use crate::recording::{Comparison, Recording};
use crate::ui::components::icons::{Icon, icon};
use crate::ui::components::legend::legend;
use crate::ui::components::names_hint::names_hint;
use crate::ui::components::picture::{Canvas, Painter, PictureCanvas, Pointer};
use crate::ui::components::row_list::row_list;
use crate::ui::components::text_twin::TextTwin;
use crate::ui::dom;
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;
use crate::verdict::composition;
use crate::words::page::{common, report as words};

/// 20 rows on a phone, 30 elsewhere: beyond that the picture counts them, and the table has them.
const HIGHEST_COMPOSITION_PX: f64 = 730.0;

/// Of more reports than these only some are offered.
const ALL_OFFERED: usize = 50;

/// See the module.
pub fn report_panel(view: &View) -> Html {
    let session = view.session();
    let Some(recording) = session.recording() else { return Html::default() };
    let reports = recording.reports();
    let latest = reports.len().saturating_sub(1);
    let chosen = view.state().report.filter(|&chosen| chosen < reports.len()).unwrap_or(latest);
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
                    { select(view, recording, chosen) }
                }
            </header>
            if !report.complete {
                { incomplete(report) }
            }
            { names_hint(recording, Some(report)) }
            if !report.blocks.blocks().is_empty() {
                <BlockMapView key={chosen} report={ByPointer(Rc::clone(report))} theme={view.theme_number()} />
            }
            if !report.categories.is_empty() {
                <CompositionView key={chosen} report={ByPointer(Rc::clone(report))} theme={view.theme_number()} />
                { explained_rows(recording, chosen) }
            }
            { compared(recording, chosen) }
            { what_fits(report) }
            { figures(report) }
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
    html! {
        <section class="panel report report--empty" aria-label={words::REPORT}>
            <p class="empty">{ said }</p>
            { names_hint(recording, None) }
        </section>
    }
}

fn select(view: &View, recording: &Recording, chosen: usize) -> Html {
    let latest = recording.reports().len() - 1;
    let onchange = view.actor(move |event: Event| {
        let place = dom::chosen(&event).parse().ok();
        // Who chooses the latest wants to see the next one, too.
        ViewAction::ShowReport(place.filter(|&place| place != latest))
    });
    let is_live = recording.source().is_live();
    let entry = |place: usize| {
        let dated = &recording.reports()[place];
        let when = match is_live {
            true => format::clock_offset(dated.at, false),
            false => common::line(dated.lines.first),
        };
        html! {
            <option value={place.to_string()} selected={place == chosen}>
                { words::entry(place + 1, latest + 1, &when, dated.report.complete) }
            </option>
        }
    };
    html! {
        <select class="field report__select" aria-label={words::WHICH} {onchange} data-testid="report-select">
            { for offered(recording.reports().len(), chosen).into_iter().map(entry) }
        </select>
    }
}

/// Which of so many reports can be chosen, the latest first. All of a few; of many the first, the last, and those around
/// the chosen one, ever further apart, so that any other is a few choices away. A list of thousands takes a browser longer
/// to lay out than the rest of the page, each time that one more comes.
fn offered(count: usize, chosen: usize) -> Vec<usize> {
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

/// What each row of the table is; nothing where the report has no rows that are known.
fn explained_rows(recording: &Recording, chosen: usize) -> Html {
    let past = recording.whole();
    let Some(dated) = past.reports().get(chosen) else { return Html::default() };
    let previous = composition::previous(&past, chosen);
    let explanations = composition::explain(&dated.report, previous.map(|before| &*before.report));
    match explanations.is_empty() {
        true => Html::default(),
        false => row_list(&Composition::new(&dated.report.categories), &explanations),
    }
}

/// What became of the blocks since the map before. Nothing where there is none to compare with.
fn compared(recording: &Recording, chosen: usize) -> Html {
    let maps = recording.report_before(chosen).zip(recording.reports().get(chosen));
    let Some((before, after)) = maps.filter(|(_, after)| !after.report.blocks.blocks().is_empty()) else {
        return Html::default();
    };
    let comparison = Comparison::of(&before.report.blocks, &after.report.blocks);
    let sum = |blocks: &[Block]| {
        (blocks.len(), blocks.iter().map(|block| u64::from(block.size_bytes)).sum::<u64>())
    };
    let said = words::compared(sum(&comparison.appeared), sum(&comparison.gone), comparison.stayed.len());
    html! { <p class="muted" data-testid="compared">{ said }</p> }
}

/// How often requests of several sizes could be had.
fn what_fits(report: &Report) -> Html {
    let fits = crate::verdict::what_fits(report);
    if fits.is_empty() {
        return Html::default();
    }
    html! {
        <dl class="figures" aria-label={words::WHAT_FITS} data-testid="what-fits">
            <div class="figures__item"><dt>{ words::WHAT_FITS }{ ":" }</dt></div>
            { for fits.iter().map(|fit| {
                let (request, times) = words::fits(fit);
                html! { <div class="figures__item"><dt>{ request }</dt><dd>{ times }</dd></div> }
            }) }
        </dl>
    }
}

/// The figures, and on demand whatever else was printed.
fn figures(report: &Report) -> Html {
    html! {
        <>
            if !report.figures.is_empty() {
                <dl class="figures">
                    { for report.figures.iter().map(|(figure, amount)| html! {
                        <div class="figures__item">
                            <dt>{ figure.label() }</dt><dd>{ format::quantity(amount, figure.unit()) }</dd>
                        </div>
                    }) }
                </dl>
            }
            if !report.extras.is_empty() {
                <details class="twin">
                    <summary>{ words::EVERYTHING_ELSE }</summary>
                    <dl class="figures figures--more">
                        { for report.extras.iter().map(|(name, value)| {
                            let (name, value) = extra(name, value);
                            html! { <div class="figures__item"><dt>{ name }</dt><dd>{ value }</dd></div> }
                        }) }
                    </dl>
                </details>
            }
        </>
    }
}

/// `free_space_bytes`, 24240 as people write it: `Free space`, `24 240 bytes`.
fn extra(name: &str, value: &Extra) -> (String, String) {
    let (name, is_bytes) = match name.strip_suffix("_bytes") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let mut name = name.replace('_', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let value = match value {
        Extra::Number(number) => match u64::try_from(*number) {
            Ok(bytes) if is_bytes => format::exact_bytes(bytes),
            Ok(count) => format::count(count),
            Err(_) => number.to_string(),
        },
        Extra::Text(text) => text.clone(),
        Extra::List(texts) => texts.join("\n"),
        Extra::Flag(flag) => (if *flag { words::YES } else { words::NO }).to_owned(),
    };
    (name, value)
}

/// A report, equal to itself only: comparing thousands of blocks to see that nothing changed helps nobody.
#[derive(Clone)]
struct ByPointer(Rc<Report>);

impl PartialEq for ByPointer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ReportProps {
    report: ByPointer,
    theme: u64,
}

#[component]
fn BlockMapView(props: &ReportProps) -> Html {
    let hover = use_state_eq(|| None::<usize>);
    let report = &props.report.0;
    let picture = BlockMapPicture::new(&report.blocks);
    let painter = use_memo((props.report.clone(), *hover, props.theme), |(report, hover, _)| {
        let (report, hover) = (Rc::clone(&report.0), *hover);
        Painter::new(move |canvas: Canvas<'_>| {
            canvas.paint(&BlockMapPicture::new(&report.blocks).with_selected(hover));
        })
    });
    let on_point = {
        let (report, hover) = (Rc::clone(report), hover.clone());
        Callback::from(move |pointer: Option<Pointer>| {
            let block = pointer.and_then(|Pointer { x, y, surface }| {
                let picture = BlockMapPicture::new(&report.blocks);
                // Between two rows the nearer one is meant: whoever comes by arrow keys cannot aim.
                [0.0, 2.0, -2.0, 4.0].into_iter().find_map(|aside_px| picture.hit(&surface, x, y + aside_px))
            });
            hover.set(block);
        })
    };
    let table = {
        let report = Rc::clone(report);
        Callback::from(move |()| BlockMapPicture::new(&report.blocks).table())
    };
    let pointed = hover.and_then(|block| report.blocks.blocks().get(block));
    let said = pointed.map(|block| {
        let state = match block.kind {
            BlockKind::Free => words::FREE,
            BlockKind::Used => words::USED,
            BlockKind::Guard => words::GUARD,
        };
        format!(
            "{} · {} · {state}",
            format::address(block.address),
            format::exact_bytes(block.size_bytes.into())
        )
    });
    html! {
        <div class="report__picture" data-testid="block-map" data-blocks={report.blocks.blocks().len().to_string()}>
            <PictureCanvas class="report__map" label={picture.summary()} painter={(*painter).clone()} {on_point} />
            <p class="report__pointed">{ said.unwrap_or_else(|| picture.summary()) }</p>
            { legend(&picture.legend()) }
            <TextTwin {table} />
        </div>
    }
}

#[component]
fn CompositionView(props: &ReportProps) -> Html {
    let hover = use_state_eq(|| None::<usize>);
    let composition = use_memo(props.report.clone(), |report| Composition::new(&report.0.categories));
    let painter = use_memo((props.report.clone(), *hover, props.theme), |(report, hover, _)| {
        let picture = Composition::new(&report.0.categories).with_selected(*hover);
        Painter::new(move |canvas: Canvas<'_>| canvas.paint(&picture))
    });
    let on_point = {
        let (composition, hover) = (Rc::clone(&composition), hover);
        Callback::from(move |pointer: Option<Pointer>| {
            hover.set(pointer.and_then(|pointer| composition.hit(&pointer.surface, pointer.x, pointer.y)));
        })
    };
    let table = {
        let composition = Rc::clone(&composition);
        Callback::from(move |()| -> Table { composition.table() })
    };
    let height_for = {
        let composition = Rc::clone(&composition);
        Callback::from(move |width_px| composition.preferred_height_px(width_px).min(HIGHEST_COMPOSITION_PX))
    };
    let label = composition.table().caption;
    html! {
        <div class="report__picture" data-testid="composition" data-rows={composition.rows().len().to_string()}>
            <PictureCanvas class="report__bars" {label} painter={(*painter).clone()}
                {height_for} {on_point} />
            <TextTwin {table} />
        </div>
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
