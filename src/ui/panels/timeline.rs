//! The heap over time: key figures, the chart, its legend and its table.

use yew::prelude::*;

use super::arrangement::panel_menu;
use crate::chart::{
    self, Axis, Gesture, Hit, LegendItem, Moment, Options, Picture, Surface, Swatch, Table, TimelineChart,
};
use crate::format;
use crate::heap::{Forecast, Unit};
use crate::recording::{Metric, Recording};
use crate::session::Event;
use crate::session::arrangement::Panel;
use crate::session::comparing::CompareEvent;
use crate::ui::components;
use crate::ui::components::icons::Icon;
use crate::ui::components::legend::legend;
use crate::ui::components::picture::{Canvas, Painter, PictureCanvas, Pointer};
use crate::ui::components::picture_files::{PictureFiles, picture_files};
use crate::ui::components::text_twin::TextTwin;
use crate::ui::components::tiles::{Tile, tiles};
use crate::ui::gestures::Handled;
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;
use crate::words::comparing;
use crate::words::page::timeline as words;

/// The key figures: which, their names for tests, their names for people, their lines in the chart. The names are
/// short, so that a row of them has room on a small screen; the tooltip has the full one.
const TILES: [(Metric, &str, &str, &str); 5] = [
    (Metric::Free, "tile-free", words::FREE, "chart-free"),
    (Metric::LargestFreeBlock, "tile-largest", words::LARGEST_BLOCK, "chart-largest"),
    (Metric::Fragmentation, "tile-fragmentation", words::FRAGMENTATION, "chart-share"),
    (Metric::LowWaterMark, "tile-low-water", words::LOWEST_EVER, "chart-low-water"),
    (Metric::OomCount, "tile-failed", words::FAILED, "chart-alarm"),
];

/// Properties of [`TimelinePanel`].
#[derive(Clone, PartialEq, Properties)]
pub struct TimelinePanelProps {
    /// What it is drawn from.
    pub view: View,
    /// The moment that the person points at.
    pub pointed: Option<Moment>,
    /// When nothing will be free, as it is seen now or was seen at that moment.
    pub forecast: Option<Forecast>,
    /// The person points at another one, or at none.
    pub on_point: Callback<Option<Moment>>,
}

/// See the module.
#[component]
pub fn TimelinePanel(props: &TimelinePanelProps) -> Html {
    let view = props.view.clone();
    let pointed = props.pointed;
    let canvas = use_node_ref();
    // What is shown, of which recording: another one is shown whole.
    let shown = use_state_eq(|| (0_u64, chart::View::All));
    let band = use_state_eq(|| None::<(f64, f64)>);
    let session = view.session();
    let Some(recording) = session.recording() else { return Html::default() };
    let number = session.recording_number();
    let part = if shown.0 == number { shown.1 } else { chart::View::All };
    let forecast = props.forecast;
    let options = Options { view: part, band: *band, forecast, ..options(&view, recording, pointed) };
    let chart = TimelineChart::new(recording, options);
    if !recording.source().is_live() && chart.is_empty() && !recording.reports().is_empty() {
        // A text with a report but no figures over time: the report is what it is about.
        return Html::default();
    }
    // A text with one report: its figures say all, and a line of one point nothing.
    let is_still =
        !recording.source().is_live() && chart.is_of_one_moment() && !recording.reports().is_empty();
    let points = recording.timeline().series(Metric::Free).len();

    let on_point = {
        let view = view.clone();
        props.on_point.reform(move |pointer: Option<Pointer>| {
            pointer.and_then(|pointer| hit(&view, part, pointer, |hit| hit.moment))
        })
    };
    let on_press = {
        let view = view.clone();
        Callback::from(move |pointer: Pointer| {
            let place = |hit: Hit<'_>| {
                let line = hit.flags.first().map_or(hit.moment.line, |flag| flag.moment.line);
                (line, hit.report)
            };
            let Some((line, report)) = hit(&view, part, pointer, place) else { return };
            if report.is_some() {
                view.act(ViewAction::ShowReport(report));
            }
            view.act(ViewAction::Mark(crate::dialect::LineRange::one(line)));
        })
    };
    let painter = {
        let view = view.clone();
        Painter::new(move |canvas: Canvas<'_>| {
            let session = view.session();
            if let Some(recording) = session.recording() {
                canvas.paint(&TimelineChart::new(recording, options));
            }
        })
    };
    let on_handle = {
        let (view, shown, band) = (view.clone(), shown.clone(), band.setter());
        Callback::from(move |(handled, surface): (Handled, Surface)| {
            let session = view.session();
            let Some(recording) = session.recording() else { return false };
            let chart = TimelineChart::new(recording, options);
            band.set(match handled {
                Handled::Band(one, two) => Some((chart.key_at(&surface, one), chart.key_at(&surface, two))),
                _ => None,
            });
            let Some(gesture) = gesture(&chart, &surface, handled) else { return false };
            let next = chart.view_after(gesture, recording.source().is_live());
            shown.set((number, next));
            next != part
        })
    };
    let fit = {
        let shown = shown.setter();
        Callback::from(move |_: MouseEvent| shown.set((number, chart::View::All)))
    };
    let table = {
        let view = view.clone();
        Callback::from(move |()| {
            let session = view.session();
            session.recording().map_or_else(Table::default, |recording| {
                let options = Options { view: part, forecast, ..self::options(&view, recording, None) };
                TimelineChart::new(recording, options).table()
            })
        })
    };
    // What is forecast now, wherever the person points: the page must not move under the pointer.
    let always = TimelineChart::new(recording, Options { forecast: session.forecast(), ..options });
    let items = always.legend().into_iter().map(without_value);
    let (marks, lines): (Vec<_>, Vec<_>) =
        items.partition(|item| matches!(item.swatch, Swatch::Mark(_) | Swatch::Hatched));
    html! {
        <section class="panel timeline" aria-labelledby="timeline-title" data-testid="timeline"
                 data-points={points.to_string()} data-first={chart.view().0.to_string()}
                 data-last={chart.view().1.to_string()}>
            <header class="panel__head">
                <h2 id="timeline-title" class="panel__title">{ words::TITLE }</h2>
                if !chart.is_empty() && !is_still {
                    { reading(&chart, pointed) }
                    if part != chart::View::All {
                        <button type="button" class="button button--small timeline__fit" onclick={fit} data-testid="show-all">
                            { words::SHOW_ALL }
                        </button>
                    }
                    { picture_files(&PictureFiles {
                        name: "heap-over-time",
                        painter: painter.clone(),
                        canvas: canvas.clone(),
                        table: table.clone(),
                        on_file: view.sender(|(what, content)| Event::PictureTaken { what, content }),
                    }) }
                }
                { panel_menu(&view, Panel::Timeline) }
            </header>
            { tiles(&known_tiles(recording)) }
            if chart.is_empty() {
                { empty(&view, recording) }
            } else if is_still {
                <p class="timeline__still" data-testid="one-moment">{ words::ONE_MOMENT }</p>
            } else {
                <div class="timeline__picture">
                    <PictureCanvas class="timeline__canvas" label={chart.summary()} node={canvas} {painter} {on_point} {on_press}
                                   {on_handle} />
                </div>
                <div class="timeline__foot">
                    // Where the chart is wide enough to name its lines itself, the style sheet hides these.
                    <div class="timeline__lines">{ legend(&lines) }</div>
                    if !marks.is_empty() {
                        { legend(&marks) }
                    }
                    { measure(&view) }
                    <TextTwin {table} />
                </div>
            }
        </section>
    }
}

/// Opens what compares, or closes it.
fn measure(view: &View) -> Html {
    let is_open = view.session().comparing().is_open();
    html! {
        <button type="button" class="button button--small timeline__measure" title={comparing::MEASURE_WHAT} data-testid="measure"
                aria-expanded={is_open.to_string()} onclick={view.sends(CompareEvent::Opened(!is_open).into())}>
            { comparing::MEASURE }
        </button>
    }
}

/// The values stand in the tiles already; only what is forecast has none.
fn without_value(item: LegendItem) -> LegendItem {
    let value = if item.swatch == Swatch::Hatched { item.value } else { String::new() };
    LegendItem { value, ..item }
}

fn options(view: &View, recording: &Recording, pointed: Option<Moment>) -> Options {
    let marked = view
        .state()
        .marked
        .map(|lines| Moment { at: recording.time_of_line(lines.first), line: lines.first });
    let axis = if recording.has_times() { Axis::Time } else { Axis::Lines };
    let moment = |line| Moment { at: recording.time_of_line(line), line };
    let sides = view.session().compared_lines().map(|line| line.map(moment));
    let until = view.session().forecast().map(|forecast| forecast.whole_until());
    Options { axis, cursor: pointed.or(marked), sides, until, ..Options::default() }
}

/// What is under the pointer, for as long as one looks at it.
fn hit<T>(view: &View, part: chart::View, pointer: Pointer, look: impl FnOnce(Hit<'_>) -> T) -> Option<T> {
    let session = view.session();
    let recording = session.recording()?;
    let options = Options { view: part, ..options(view, recording, None) };
    let hit = TimelineChart::new(recording, options).hit(&pointer.surface, pointer.x, pointer.y);
    hit.map(look)
}

/// What was done to the picture, on its axis.
fn gesture(chart: &TimelineChart<'_>, surface: &Surface, handled: Handled) -> Option<Gesture> {
    let key = |px| chart.key_at(surface, px);
    Some(match handled {
        Handled::Zoomed { at_px, factor } => Gesture::Zoom { at: key(at_px), factor },
        Handled::Pinched { at_px, apart } => Gesture::Zoom { at: key(at_px), factor: 1.0 / apart },
        Handled::Moved(px) => Gesture::Pan { by: key(0.0) - key(px) },
        Handled::Chosen(one, two) => Gesture::Show(key(one), key(two)),
        Handled::Fitted => Gesture::Fit,
        Handled::Band(..) | Handled::Dropped => return None,
    })
}

/// The exact values at the pointer.
fn reading(chart: &TimelineChart<'_>, at: Option<Moment>) -> Html {
    // Its place is kept while nothing is pointed at: the page must not move under the pointer.
    let Some(moment) = at else {
        return html! {
            <p class="reading">
                // The style sheet shows one of them: a phone has no keys.
                <span class="reading__keys">
                    { words::POINT }
                </span>
                <span class="reading__tap">{ words::TAP }</span>
            </p>
        };
    };
    html! {
        <p class="reading">
            <span class="reading__time">{ format::clock_offset(moment.at, false) }</span>
            { for chart.readings(moment).into_iter().map(|reading| {
                html! { <span>{ short_name(reading.metric) }{ " " }<strong>{ reading.text() }</strong></span> }
            }) }
        </p>
    }
}

/// As its tile has it.
fn short_name(metric: Metric) -> &'static str {
    let tile = TILES.into_iter().find(|(one, ..)| *one == metric);
    tile.map_or(metric.figure().label(), |(_, _, name, _)| name)
}

fn known_tiles(recording: &Recording) -> Vec<Tile> {
    let tile = |(metric, testid, label, series): (Metric, &'static str, &'static str, &'static str)| {
        let figure = metric.figure();
        let point = recording.latest(metric)?;
        let title = match figure.unit() {
            Unit::Bytes => words::exactly(figure.label(), &format::exact_amount(point.amount)),
            Unit::Percent | Unit::Count => figure.label().to_owned(),
        };
        Some(Tile { testid, label, value: format::quantity(point.amount, figure.unit()), title, series })
    };
    TILES.into_iter().filter_map(tile).collect()
}

/// What stands in place of the chart while there are no figures.
fn empty(view: &View, recording: &Recording) -> Html {
    let session = view.session();
    let settings = session.settings();
    let is_live = recording.source().is_live();
    let said = match (is_live, session.can_send(), settings.poll_enabled) {
        (false, ..) => words::NONE_IN_LOG.to_owned(),
        (true, true, true) => words::asks(settings.poll_interval),
        (true, true, false) => words::NOT_ASKED.to_owned(),
        (true, false, _) => words::NONE_RECEIVED.to_owned(),
    };
    components::empty::empty(Icon::Falling, &said, (!is_live).then_some(words::WHERE_THEY_COME_FROM))
}
