//! A block map: the picture, the way to the other maps of the recording, what is compared, and what would fit.

use std::rc::Rc;

use yew::prelude::*;

use super::free_blocks::FreeBlocksView;
use super::{ByPointer, offered, shown};
use crate::chart::{BlockMapPicture, Changes, Damage, Picture, Spot, Surface, Way};
use crate::dialect::usual_requests;
use crate::heap::{Block, Rounding};
use crate::recording::{Comparison, Recording};
use crate::session::maps::{MapChoice, PLAY_STEP, Walk, of_heap};
use crate::session::{Event, FileContent, MapForm, Settings};
use crate::ui::components::fit_control::{FitControl, fit_control};
use crate::ui::components::legend::legend;
use crate::ui::components::map_tools::{MapTools, Partner, map_tools};
use crate::ui::components::picture::{Canvas, Painter, PictureCanvas, Pointer};
use crate::ui::components::picture_files::{PictureFiles, picture_foot};
use crate::ui::dom;
use crate::ui::store::View;
use crate::ui::view_state::{NextMap, ViewAction};
use crate::verdict::rounding;
use crate::words::page::{block_map as words, report};

/// See the module. `chosen` is a report with blocks.
pub(super) fn block_map(
    view: &View,
    recording: &Recording,
    chosen: usize,
    state: &UseStateHandle<MapChoice>,
) -> Html {
    let (Some(dated), Some(walk)) = (recording.reports().get(chosen), Walk::of(recording, chosen)) else {
        return Html::default();
    };
    let session = view.session();
    let choice = **state;
    let rounding = rounding(&dated.report);
    let before = choice.compared.report(recording, chosen).and_then(|before| recording.reports().get(before));
    let request = choice.request_bytes.zip(rounding);
    let requests = usual_requests(dated.dialect);
    let latest = recording.reports().len() - 1;
    let next = walk.next.map(|next| NextMap(shown(next, latest)));
    let on_file = view.sender(|(what, content)| Event::PictureTaken { what, content });
    let on_step_over = view.actor(move |step| ViewAction::PlayOn { step, next });
    let report = ByPointer(Rc::clone(&dated.report));
    let is_strip = session.settings().map_form == MapForm::Strip;
    let controls = html! {
        <>
            { tools(view, recording, chosen, walk, state) }
            if rounding.is_some() {
                { fit_control(&FitControl {
                    request_bytes: choice.request_bytes,
                    requests,
                    on_change: setter(state, move |request_bytes| MapChoice { request_bytes, ..choice }),
                }) }
            } else {
                <p class="report__said muted" data-testid="fit-unknown">
                    { if dated.report.complete { words::FIT_NOT_KNOWN } else { words::FIT_NOT_WHOLE } }
                </p>
            }
        </>
    };
    html! {
        <>
            <BlockMapView report={report.clone()} place={chosen} before={before.map(|before| ByPointer(Rc::clone(&before.report)))}
                damage={Damage::of_run(recording.events(), recording.reports(), dated)} {request} {is_strip}
                theme={view.theme_number()} playing={view.state().playing} {on_step_over} on_file={on_file.clone()} {controls} />
            if before.is_none() {
                { compared(recording, chosen) }
            }
            if dated.report.blocks.largest_free().is_some() {
                <FreeBlocksView {report} {requests} {rounding} request_bytes={choice.request_bytes}
                    theme={view.theme_number()} {on_file} />
            }
        </>
    }
}

/// A callback that changes what is shown.
fn setter<T: 'static>(
    state: &UseStateHandle<MapChoice>,
    choose: impl Fn(T) -> MapChoice + 'static,
) -> Callback<T> {
    let setter = state.setter();
    Callback::from(move |value| setter.set(choose(value)))
}

/// The way to the other maps, and how this one is shown.
fn tools(
    view: &View,
    recording: &Recording,
    chosen: usize,
    walk: Walk,
    state: &UseStateHandle<MapChoice>,
) -> Html {
    let session = view.session();
    let latest = recording.reports().len() - 1;
    let choice = **state;
    let show = |report: Option<usize>| {
        report.map(|report| view.actor(move |_: MouseEvent| ViewAction::ShowReport(shown(report, latest))))
    };
    let is_playing = view.state().playing.is_some();
    let on_play = view.actor(move |_: MouseEvent| match (is_playing, walk.next) {
        (true, _) => ViewAction::Pause,
        // By a press of the button each, where nothing is to move by itself.
        (false, Some(next)) if dom::wants_less_motion() => ViewAction::ShowReport(shown(next, latest)),
        (false, Some(_)) => ViewAction::Play(Some(chosen)),
        // From the last it begins anew.
        (false, None) => ViewAction::Play(shown(walk.first, latest)),
    });
    let maps = of_heap(recording, chosen);
    let partner = |place: usize| {
        let report = *maps.get(place)?;
        let dated = recording.reports().get(report)?;
        let when = super::when(recording, dated);
        let label = report::entry(report + 1, latest + 1, &when, dated.report.complete);
        let is_shown = report == chosen;
        Some(Partner { report, label: if is_shown { words::this_one(&label) } else { label }, is_shown })
    };
    let settings = session.settings().clone();
    map_tools(&MapTools {
        place: walk.place,
        count: walk.count,
        on_previous: show(walk.previous),
        on_next: show(walk.next),
        is_playing,
        on_play,
        compared: choice.compared,
        partners: offered(walk.count, walk.place).into_iter().filter_map(partner).collect(),
        on_compare: setter(state, move |compared| MapChoice { compared, ..choice }),
        form: settings.map_form,
        on_form: view
            .sender(move |map_form| Event::SettingsChanged(Settings { map_form, ..settings.clone() })),
    })
}

#[derive(Clone, PartialEq, Properties)]
struct BlockMapProps {
    report: ByPointer,
    /// Which report it is: what is pointed at belongs to one.
    place: usize,
    before: Option<ByPointer>,
    damage: Vec<Damage>,
    request: Option<(u32, Rounding)>,
    is_strip: bool,
    theme: u64,
    /// What is worked with the picture in sight: right below it.
    controls: Html,
    /// A file was made of the picture.
    on_file: Callback<(String, FileContent)>,
    /// The number of the step, while the maps are played.
    playing: Option<u64>,
    /// The time of this step is over.
    on_step_over: Callback<u64>,
}

/// All that the picture is made of.
#[derive(Clone, PartialEq)]
struct Shown {
    report: ByPointer,
    changes: Option<Rc<Changes>>,
    damage: Vec<Damage>,
    request: Option<(u32, Rounding)>,
    is_strip: bool,
}

impl Shown {
    fn picture(&self) -> BlockMapPicture<'_> {
        let picture = BlockMapPicture::new(&self.report.0.blocks)
            .as_strip(self.is_strip)
            .with_changes(self.changes.as_deref())
            .with_damage(&self.damage)
            .incomplete(!self.report.0.complete);
        match self.request {
            Some((bytes, rounding)) => picture.with_request(bytes, rounding),
            None => picture,
        }
    }
}

#[component]
fn BlockMapView(props: &BlockMapProps) -> Html {
    let hover = use_state_eq(|| None::<(usize, Spot)>);
    let scroller = use_node_ref();
    let changes = use_memo((props.report.clone(), props.before.clone()), |(after, before)| {
        let before = before.as_ref()?;
        Some(Rc::new(Changes::of(&before.0.blocks, &after.0.blocks)))
    });
    let shown = Rc::new(Shown {
        report: props.report.clone(),
        changes: (*changes).clone(),
        damage: props.damage.clone(),
        request: props.request,
        is_strip: props.is_strip,
    });
    let place = props.place;
    let spot = hover.filter(|(report, _)| *report == place).map(|(_, spot)| spot);
    let painter = use_memo(((*shown).clone(), spot, props.theme), |(shown, spot, _)| {
        let (shown, spot) = (shown.clone(), *spot);
        Painter::new(move |canvas: Canvas<'_>| canvas.paint(&shown.picture().with_selected(spot)))
    });
    use_effect_with((props.playing, place), {
        let on_step_over = props.on_step_over.clone();
        move |(playing, _)| {
            if let Some(step) = *playing {
                dom::after(PLAY_STEP.0 as u32, move || on_step_over.emit(step));
            }
        }
    });
    let on_point = {
        let (shown, hover) = (Rc::clone(&shown), hover.setter());
        Callback::from(move |pointer: Option<Pointer>| {
            let spot = pointer.and_then(|pointer| hit(&shown.picture(), pointer));
            hover.set(spot.map(|spot| (place, spot)));
        })
    };
    let on_press = on_point.reform(Some);
    let node = use_node_ref();
    let on_way = {
        let (shown, hover, scroller) = (Rc::clone(&shown), hover.setter(), scroller.clone());
        Callback::from(move |(way, surface): (Way, Surface)| {
            let picture = shown.picture();
            let Some(spot) = picture.step(&surface, spot, way) else { return };
            hover.set(Some((place, spot)));
            if let (true, Some(rect)) = (shown.is_strip, picture.rects(&surface, spot).first()) {
                dom::show_across(&scroller, rect.x, rect.right());
            }
        })
    };
    let table = {
        let shown = Rc::clone(&shown);
        Callback::from(move |()| shown.picture().table())
    };
    let picture = shown.picture();
    let said = spot.map_or_else(|| picture.heap_said(), |spot| picture.describe(spot));
    let summary = picture.summary();
    let width_px = props.is_strip.then(|| picture.strip_width_px());
    let blocks = props.report.0.blocks.blocks().len();
    let canvas = |class: &'static str| {
        let painter = (*painter).clone();
        html! {
            <PictureCanvas key={class} {class} label={summary.clone()} {painter} node={node.clone()} {width_px} {on_point} {on_press} {on_way} />
        }
    };
    html! {
        <div class="report__picture" data-testid="block-map" data-blocks={blocks.to_string()}>
            if props.is_strip {
                <div class="report__scroller" ref={scroller} data-testid="map-strip">{ canvas("report__strip") }</div>
            } else {
                { canvas("report__map") }
            }
            { props.controls.clone() }
            <p class="report__pointed" aria-live="polite" data-testid="map-pointed">{ said }</p>
            if let Some(said) = picture.changes_said() {
                <p class="report__said" data-testid="changes-said">{ said }</p>
            }
            if let Some(said) = picture.request_said() {
                <p class="report__said" aria-live="polite" data-testid="fit-said">{ said }</p>
            }
            { legend(&picture.legend()) }
            { picture_foot(&PictureFiles {
                name: "blocks",
                painter: (*painter).clone(),
                canvas: node,
                table,
                on_file: props.on_file.clone(),
            }) }
        </div>
    }
}

/// Between two rows the nearer one is meant: nobody can aim at a gap.
fn hit(picture: &BlockMapPicture<'_>, Pointer { x, y, surface }: Pointer) -> Option<Spot> {
    [0.0, 2.0, -2.0, 4.0].into_iter().find_map(|aside_px| picture.hit(&surface, x, y + aside_px))
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
    let said = report::compared(sum(&comparison.appeared), sum(&comparison.gone), comparison.stayed.len());
    html! { <p class="report__said muted" data-testid="compared">{ said }</p> }
}
