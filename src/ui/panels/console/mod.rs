//! The log: a virtual list of its rows, the line to type commands into, and how much there is.
//!
//! Where the list stands and whether it follows the end is [`Sight`]'s to say.

mod desk;
mod looks;
mod rows;

use std::cell::Cell;
use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::arrangement::panel_menu;
use super::{CommandPanel, PanelProps};
use crate::console::LogView;
use crate::dialect::LineRange;
use crate::format;
use crate::recording::Recording;
use crate::session::arrangement::Panel;
use crate::session::{Event, Session, Settings};
use crate::ui::components::console_row::console_row;
use crate::ui::components::icons::{Icon, icon};
use crate::ui::components::log_menu::{LogMenu, log_menu};
use crate::ui::components::search_bar::{SearchBar, search_bar};
use crate::ui::dom::{self, use_size_watch};
use crate::ui::sight::{Move, Sight};
use crate::ui::view_state::ViewAction;
use crate::ui::virtual_rows::VirtualRows;
use crate::words::console as said;
use crate::words::page::console as words;
use desk::Desk;

/// The height of a row in CSS pixels; `--row-height` in the style sheet is the same.
const ROW_PX: f64 = 20.0;

/// Beside the scroll bar matches are marked in so many steps.
const MAP_STEPS: u64 = 200;

/// See the module.
#[component]
pub fn ConsolePanel(props: &PanelProps) -> Html {
    let view = props.view.clone();
    let desk = Desk {
        log_view: use_mut_ref(LogView::default),
        view: view.clone(),
        scroller: use_node_ref(),
        window: use_node_ref(),
        field: use_node_ref(),
        redraw: use_force_update(),
        is_seeking: use_memo((), |()| false.into()),
        works: use_memo((), |()| false.into()),
        drag: use_memo((), |()| desk::Drag::default().into()),
    };
    // The log is drawn more often than what is around it.
    use_effect_with((), {
        let (store, redraw) = (view.store.clone(), desk.redraw.clone());
        move |()| {
            store.listen_to_log(Some(Callback::from(move |()| redraw.force_update())));
            move || store.listen_to_log(None)
        }
    });
    let known_sight = use_reducer_eq(Sight::default);
    let moves = known_sight.dispatcher();
    let (scroller, sizer, window) = (desk.scroller.clone(), use_node_ref(), desk.window.clone());
    let shown_recording = use_mut_ref(|| 0_u64);
    let session = view.session();
    if shown_recording.replace(session.recording_number()) != session.recording_number() {
        desk.log_view.borrow_mut().begin();
    }
    desk.log_view.borrow_mut().set_highlights(&session.settings().log.highlights);
    let count = row_count(&session, &desk.log_view.borrow());
    let rows = VirtualRows { count, row_px: ROW_PX, viewport_px: known_sight.viewport_px };
    let sight = known_sight.of(session.recording_number(), || start_px(session.recording()?, &rows));
    let follows = sight.follows();
    // Where we ourselves scrolled to; a person's scrolling is told from it.
    let stood_at_px = use_memo((), |()| Cell::new(0.0_f64));
    let shown = rows.window(if follows { rows.max_scroll_px() } else { sight.scroll_px });

    // After each drawing: put the rows where they belong, and stay at the end.
    use_effect({
        let (moves, desk, sizer) = (moves.clone(), desk.clone(), sizer.clone());
        let stood_at_px = Rc::clone(&stood_at_px);
        move || {
            let Desk { scroller, window, .. } = &desk;
            dom::set_style(&sizer, "height", &dom::px(rows.height_px()));
            dom::set_style(window, "transform", &format!("translateY({})", dom::px(shown.top_px)));
            if follows && let Some(scroller) = scroller.cast::<Element>() {
                scroller.set_scroll_top(scroller.scroll_height());
                // Not a thing to draw again for: the rows at the end are drawn wherever it stood before.
                stood_at_px.set(f64::from(scroller.scroll_top()));
            }
            looks::put_colours(window);
            // What the search found, and what is to stay in sight when other rows are shown.
            let session = desk.view.session();
            let Some(log) = session.recording().map(Recording::log) else { return };
            let jump = desk.log_view.borrow_mut().take_jump(log);
            if let Some(line) = jump {
                let place = desk.log_view.borrow().place_of_line(log, line);
                let was_px =
                    scroller.cast::<Element>().map_or(0.0, |scroller| f64::from(scroller.scroll_top()));
                let is_in_sight = rows.is_in_sight(place, was_px);
                let scroll_px = if is_in_sight { was_px } else { rows.scroll_to_px(place) };
                scroll_to(scroller, scroll_px);
                moves.dispatch(Move::Jumped { scroll_px, rows: count });
            }
            if desk.log_view.borrow().is_behind(log) {
                desk.catch_up();
            }
        }
    });
    // A match further right than the window.
    use_effect_with((desk.log_view.borrow().current(), shown.first), {
        let scroller = scroller.clone();
        move |_| looks::show_current_match(&scroller)
    });
    dom::use_copied({
        let desk = desk.clone();
        move |event| desk.take_copy(&event)
    });
    // Another recording: see `start_px`. The rows have their places by now.
    use_effect_with(session.recording_number(), {
        let (moves, scroller) = (moves.clone(), scroller.clone());
        move |_| {
            // One that is followed stands at its end already; a moment at the beginning would pass for a person's.
            if !sight.follows() {
                scroll_to(&scroller, sight.scroll_px);
            }
            moves.dispatch(Move::Began(sight));
        }
    });
    // A large text is seen before it is read: its last report is known only now.
    use_effect_with((session.recording_number(), session.is_reading()), {
        let (moves, scroller, view) = (moves.clone(), scroller.clone(), view.clone());
        move |(_, is_reading)| {
            let session = view.session();
            let start_px = session.recording().and_then(|recording| start_px(recording, &rows));
            if let Some(scroll_px) = start_px.filter(|_| !is_reading && follows) {
                scroll_to(&scroller, scroll_px);
                moves.dispatch(Move::Jumped { scroll_px, rows: count });
            }
        }
    });
    // A jump to marked lines.
    use_effect_with(view.state().jumps, {
        let (moves, scroller, view, desk) = (moves.clone(), scroller.clone(), view.clone(), desk.clone());
        move |_| {
            let Some(lines) = view.state().marked else { return };
            let place =
                |recording: &Recording| desk.log_view.borrow().place_of_line(recording.log(), lines.first);
            if let Some(place) = view.session().recording().map(place) {
                let scroll_px = rows.scroll_to_px(place);
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
        let (moves, scroller, stood_at_px) = (moves.clone(), scroller.clone(), Rc::clone(&stood_at_px));
        Callback::from(move |_: web_sys::Event| {
            if let Some(scroller) = scroller.cast::<Element>() {
                let scroll_px = f64::from(scroller.scroll_top());
                let was_px = if follows { stood_at_px.get() } else { sight.scroll_px };
                // The browser's word on our own scrolling, many times a second.
                if follows && scroll_px >= was_px {
                    return;
                }
                let below_px = f64::from(scroller.scroll_height() - scroller.client_height()) - scroll_px;
                moves.dispatch(Move::Scrolled { was_px, scroll_px, below_px, rows: count });
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
    let marked = view.state().marked;
    let log_view = desk.log_view.borrow();
    let drawn = rows::rows(&session, recording, &log_view, marked, &shown);
    let body = classes!("console__rows", log_view.selection().is_some().then_some("console__rows--selected"));
    html! {
        <section class="panel console" aria-labelledby="console-title" data-testid="console">
            <header class="panel__head">
                <h2 id="console-title" class="panel__title">{ words::LOG }</h2>
                <span class="console__count">
                    { words::lines(recording.log().line_count()) }{ " · " }
                    <span data-testid="byte-count" data-bytes={bytes.to_string()}>{ format::exact_bytes(bytes) }</span>
                </span>
                { tools(&desk, &log_view, &session, recording) }
                { panel_menu(&view, Panel::Log) }
            </header>
            if desk.is_seeking.get() {
                { search(&desk, &log_view, recording) }
            }
            <div class="console__body">
                <div ref={scroller} class="console__scroller" {onscroll} tabindex="0" role="region"
                     aria-label={words::LINES_OF_LOG} onkeydown={with(&desk, |desk, event| desk.take_log_key(&event))}
                     onpointermove={with(&desk, |desk, event| desk.take_movement(&event))}
                     onpointerup={with(&desk, |desk, _| desk.take_release())}
                     onpointercancel={with(&desk, |desk, _| desk.take_release())}
                     oncontextmenu={with(&desk, |desk, _: MouseEvent| {
                         // So that the browser's own menu offers to copy.
                         if desk.log_view.borrow().selection().is_some() {
                             dom::select_text(&desk.window);
                         }
                     })}>
                    <div ref={sizer} class="console__sizer">
                        <div ref={window} class={body} data-first={shown.first.to_string()}
                             data-follows={follows.then_some("")}
                             data-marked={marked.map(|lines| lines.first.to_string())}
                             onpointerdown={with(&desk, |desk, event| desk.take_press(&event))}
                             onclick={with(&desk, take_click)}>
                            { for drawn.iter().map(|(row, is_selected)| console_row(row, *is_selected)) }
                        </div>
                    </div>
                </div>
                { map_of_matches(&log_view, recording) }
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

/// A callback that does something at the desk.
fn with<T: 'static>(desk: &Desk, act: impl Fn(&Desk, T) + 'static) -> Callback<T> {
    let desk = desk.clone();
    Callback::from(move |value| act(&desk, value))
}

/// What stands in the panel's head.
fn tools(desk: &Desk, log_view: &LogView, session: &Session, recording: &Recording) -> Html {
    let settings = session.settings().clone();
    html! {
        <div class="console__tools">
            <button type="button" class="button button--small" title={said::FIND_WHAT} data-testid="find"
                    aria-expanded={desk.is_seeking.get().to_string()}
                    onclick={with(desk, |desk, _| desk.open_search())}>
                { icon(Icon::Find) }<span class="wide">{ said::FIND }</span>
            </button>
            { log_menu(&LogMenu {
                preferences: settings.log.clone(),
                collapses: log_view.collapses(),
                is_hex: log_view.is_hex(),
                selected_count: log_view.selected_count(recording.log()),
                on_preferences: desk.view.sender(move |log| Event::SettingsChanged(Settings { log, ..settings.clone() })),
                on_collapse: with(desk, |desk, collapses| desk.reshow(|view| view.set_collapses(collapses))),
                on_hex: with(desk, |desk, is_hex| desk.reshow(|view| view.set_hex(is_hex))),
                on_command: with(desk, |desk, command| desk.carry_out(command)),
            }) }
        </div>
    }
}

fn search(desk: &Desk, log_view: &LogView, recording: &Recording) -> Html {
    let state = match log_view.search() {
        Some(search) => {
            let is_done = search.next_line() >= recording.log().line_count();
            said::matches(log_view.current(), search.match_count(), is_done)
        }
        None if log_view.query().text.is_empty() => String::new(),
        None => said::NO_PATTERN.to_owned(),
    };
    search_bar(&SearchBar {
        query: log_view.query().clone(),
        state,
        filter: log_view.filter(),
        field: desk.field.clone(),
        on_query: with(desk, Desk::seek),
        on_step: with(desk, |desk, forward| desk.step(forward)),
        on_filter: with(desk, |desk, filter| desk.reshow(|view| view.set_filter(filter))),
        on_close: with(desk, |desk, ()| desk.close_search()),
    })
}

/// Where in the log the matches are, beside the scroll bar. Where only some rows are shown, that says nothing.
fn map_of_matches(log_view: &LogView, recording: &Recording) -> Html {
    let Some(search) = log_view.search().filter(|_| log_view.filter().is_none() && !log_view.is_hex()) else {
        return Html::default();
    };
    let steps = search.parts(recording.log().line_count(), MAP_STEPS);
    let marked = steps.iter().enumerate().filter(|(_, has_match)| **has_match);
    let path: String = marked.map(|(step, _)| format!("M0 {step}h1v1H0z")).collect();
    html! {
        <svg class="console__map" viewBox={format!("0 0 1 {MAP_STEPS}")} preserveAspectRatio="none" aria-hidden="true"
             data-testid="match-map">
            <path d={path} />
        </svg>
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

fn row_count(session: &Session, log_view: &LogView) -> u64 {
    let has_unfinished = !session.partial_line().is_empty();
    session.recording().map_or(0, |recording| log_view.row_count(recording.log(), has_unfinished))
}

/// A click on a line puts the one cursor there; on its margin, it leads to what was read from it. A click that ends a
/// selection does neither.
fn take_click(desk: &Desk, event: MouseEvent) {
    if desk.ends_selection() || event.shift_key() {
        return;
    }
    let Some(target) = event.target_dyn_into::<Element>() else { return };
    let line = target.closest("[data-line]").ok().flatten();
    let number = line.and_then(|line| line.get_attribute("data-line")).and_then(|text| text.parse().ok());
    match number {
        Some(number) if target.closest(".line__margin").ok().flatten().is_some() => desk.lead(number),
        Some(number) => desk.view.act(ViewAction::Point(LineRange::one(number))),
        None => {}
    }
}
