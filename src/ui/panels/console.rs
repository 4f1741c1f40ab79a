//! The log: a virtual list of its rows, the line to type commands into, and how much there is.
//!
//! Where the list stands and whether it follows the end is [`Sight`]'s to say.

use web_sys::Element;
use yew::prelude::*;

use super::{CommandPanel, PanelProps};
use crate::dialect::{LineRange, readable};
use crate::format;
use crate::recording::{Recording, Row, Trace};
use crate::session::Session;
use crate::ui::components::console_row::{ConsoleRow, console_row};
use crate::ui::components::icons::{Icon, icon};
use crate::ui::dom::{self, use_size_watch};
use crate::ui::sight::{Move, Sight};
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;
use crate::ui::virtual_rows::VirtualRows;
use crate::words::page::console as words;

/// The height of a row in CSS pixels; `--row-height` in the style sheet is the same.
const ROW_PX: f64 = 20.0;

/// An event of more lines than this does not mark each line of a report.
const MOST_ALARM_LINES: u64 = 5;

/// See the module.
#[component]
pub fn ConsolePanel(props: &PanelProps) -> Html {
    let view = props.view.clone();
    let known_sight = use_reducer_eq(Sight::default);
    let moves = known_sight.dispatcher();
    let (scroller, sizer, window) = (use_node_ref(), use_node_ref(), use_node_ref());
    let session = view.session();
    let count = row_count(&session);
    let rows = VirtualRows { count, row_px: ROW_PX, viewport_px: known_sight.viewport_px };
    let sight = known_sight.of(session.recording_number(), || start_px(session.recording()?, &rows));
    let follows = sight.follows();
    let shown = rows.window(if follows { rows.max_scroll_px() } else { sight.scroll_px });

    // After each drawing: put the rows where they belong, and stay at the end.
    use_effect({
        let (moves, scroller, sizer, window) =
            (moves.clone(), scroller.clone(), sizer.clone(), window.clone());
        let was_px = sight.scroll_px;
        move || {
            dom::set_style(&sizer, "height", &dom::px(rows.height_px()));
            dom::set_style(&window, "transform", &format!("translateY({})", dom::px(shown.top_px)));
            if follows && let Some(scroller) = scroller.cast::<Element>() {
                scroller.set_scroll_top(scroller.scroll_height());
                let scroll_px = f64::from(scroller.scroll_top());
                if scroll_px != was_px {
                    moves.dispatch(Move::Followed { scroll_px });
                }
            }
        }
    });
    // Another recording: see `start_px`. The rows have their places by now.
    use_effect_with(session.recording_number(), {
        let (moves, scroller) = (moves.clone(), scroller.clone());
        move |_| {
            scroll_to(&scroller, sight.scroll_px);
            moves.dispatch(Move::Began(sight));
        }
    });
    // A jump to marked lines.
    use_effect_with(view.state().jumps, {
        let (moves, scroller, view) = (moves.clone(), scroller.clone(), view.clone());
        move |_| {
            let Some(lines) = view.state().marked else { return };
            let row = view.session().recording().map(|recording| recording.log().row_of_line(lines.first));
            if let Some(row) = row {
                let scroll_px = rows.scroll_to_px(row);
                scroll_to(&scroller, scroll_px);
                moves.dispatch(Move::Jumped { scroll_px, rows: count });
            }
        }
    });
    use_size_watch(scroller.clone(), {
        let (moves, scroller) = (moves.clone(), scroller.clone());
        move || {
            if let Some(scroller) = scroller.cast::<Element>() {
                moves.dispatch(Move::Resized { viewport_px: f64::from(scroller.client_height()) });
            }
        }
    });
    let onscroll = {
        let (moves, scroller) = (moves.clone(), scroller.clone());
        Callback::from(move |_: web_sys::Event| {
            if let Some(scroller) = scroller.cast::<Element>() {
                let scroll_px = f64::from(scroller.scroll_top());
                let below_px = f64::from(scroller.scroll_height() - scroller.client_height()) - scroll_px;
                moves.dispatch(Move::Scrolled { scroll_px, below_px, rows: count });
            }
        })
    };
    let to_end = {
        let moves = moves.clone();
        Callback::from(move |_: MouseEvent| moves.dispatch(Move::ToEnd))
    };

    let Some(recording) = session.recording() else { return Html::default() };
    let new_rows = sight.left_at_row.map_or(0, |left_at| count.saturating_sub(left_at));
    let bytes = recording.log().byte_count();
    html! {
        <section class="panel console" aria-labelledby="console-title" data-testid="console">
            <header class="panel__head">
                <h2 id="console-title" class="panel__title">{ words::LOG }</h2>
                <span class="console__count">
                    { words::lines(recording.log().line_count()) }{ " · " }
                    <span data-testid="byte-count" data-bytes={bytes.to_string()}>{ format::exact_bytes(bytes) }</span>
                </span>
            </header>
            <div class="console__body">
                <div ref={scroller} class="console__scroller" {onscroll} tabindex="0" role="region"
                     aria-label={words::LINES_OF_LOG}>
                    <div ref={sizer} class="console__sizer">
                        <div ref={window} class="console__rows" onclick={point_at_line(&view)}>
                            { for (shown.first..shown.end).filter_map(|place| {
                                Some(console_row(&row(&session, recording, &view, place)?, place))
                            }) }
                        </div>
                    </div>
                </div>
                if !follows && new_rows > 0 && session.can_send() {
                    <button type="button" class="pill" onclick={to_end} data-testid="new-lines">
                        { words::new_lines(new_rows) }
                        { icon(Icon::Down) }
                    </button>
                }
            </div>
            <CommandPanel view={view.clone()} />
        </section>
    }
}

/// A text is opened at its last report, which is most likely why it was given. A board's log is followed.
fn start_px(recording: &Recording, rows: &VirtualRows) -> Option<f64> {
    let report = recording.reports().last().filter(|_| !recording.source().is_live())?;
    Some(rows.scroll_to_px(recording.log().row_of_line(report.lines.first)))
}

fn scroll_to(scroller: &NodeRef, scroll_px: f64) {
    if let Some(scroller) = scroller.cast::<Element>() {
        scroller.set_scroll_top(scroll_px as i32);
    }
}

fn row_count(session: &Session) -> u64 {
    let rows = session.recording().map_or(0, |recording| recording.log().row_count());
    rows + u64::from(!session.partial_line().is_empty())
}

fn row(session: &Session, recording: &Recording, view: &View, place: u64) -> Option<ConsoleRow> {
    let log = recording.log();
    let is_live = recording.source().is_live();
    Some(match log.row(place) {
        Some(Row::Line(number)) => {
            let line = log.line(number)?;
            ConsoleRow::Line {
                number,
                at: is_live.then_some(line.at),
                text: line.text.into_owned(),
                trace: trace(recording, number),
                is_marked: view.state().marked.is_some_and(|lines| lines.contains(number)),
            }
        }
        Some(Row::Mark(index)) => {
            let mark = log.marks().get(index)?;
            ConsoleRow::Mark { at: is_live.then_some(mark.at), kind: mark.kind, text: mark.text.clone() }
        }
        None => ConsoleRow::Unfinished { text: readable(session.partial_line()).into_owned() },
    })
}

/// What was read from the line. A long event that is shown by a report (a corrupted heap by its whole dump) would
/// make an alarm of each of its lines: there the report is what one sees.
fn trace(recording: &Recording, line: u64) -> Option<Trace> {
    let trace = recording.trace_of_line(line)?;
    let events = recording.events();
    let event = events.get(events.partition_point(|dated| dated.lines.last < line));
    let is_long = event.is_some_and(|dated| dated.lines.last - dated.lines.first >= MOST_ALARM_LINES);
    if trace != Trace::Event || !is_long {
        return Some(trace);
    }
    let reports = recording.reports();
    let report = reports.get(reports.partition_point(|dated| dated.lines.last < line));
    let is_in_report = report.is_some_and(|dated| dated.lines.contains(line));
    Some(if is_in_report { Trace::Report } else { trace })
}

/// A click on a line puts the one cursor there. A click that ends a selection does not.
fn point_at_line(view: &View) -> Callback<MouseEvent> {
    let view = view.clone();
    Callback::from(move |event: MouseEvent| {
        let selection = web_sys::window().and_then(|window| window.get_selection().ok().flatten());
        if selection.is_some_and(|selection| !selection.is_collapsed()) {
            return;
        }
        let line = event
            .target_dyn_into::<Element>()
            .and_then(|target| target.closest("[data-line]").ok().flatten());
        let number = line.and_then(|line| line.get_attribute("data-line")).and_then(|text| text.parse().ok());
        if let Some(number) = number {
            view.act(ViewAction::Point(LineRange::one(number)));
        }
    })
}
