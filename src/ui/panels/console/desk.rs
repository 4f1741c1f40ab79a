//! Where the console's hands are: keys, mouse and clipboard, and what each does to the view of the log.
//!
//! It lives as long as the panel and is the same in every drawing; so are the listeners that call it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{ClipboardEvent, Element};
use yew::prelude::*;

use super::{ROW_PX, rows};
use crate::console::{LogView, Matcher, Plain, Query};
use crate::dialect::LineRange;
use crate::recording::{Log, Recording};
use crate::session::Event;
use crate::ui::components::log_menu::LogCommand;
use crate::ui::dom;
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;

/// The page gets its turn after so much searching.
const SLICE_MILLIS: u64 = 8;

/// While the mouse is held beyond an edge, the log is scrolled so often.
const EDGE_MILLIS: u32 = 40;

/// See the module.
#[derive(Clone)]
pub(super) struct Desk {
    pub log_view: Rc<RefCell<LogView>>,
    pub view: View,
    pub scroller: NodeRef,
    pub window: NodeRef,
    pub field: NodeRef,
    pub redraw: UseForceUpdateHandle,
    /// Whether the search bar is open.
    pub is_seeking: Rc<Cell<bool>>,
    /// Whether a slice of work is to come.
    pub works: Rc<Cell<bool>>,
    pub drag: Rc<Cell<Drag>>,
}

/// What the mouse does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drag {
    /// The place that was clicked last.
    began: Option<u64>,
    /// Whether the button is down.
    is_down: bool,
    /// Whether whole rows are being selected.
    is_rows: bool,
    /// How far beyond the edge the mouse is, in pixels; above it is negative.
    beyond_px: f64,
    /// The log is scrolled by a timer.
    is_scrolling: bool,
}

impl Desk {
    /// Changes the view, and draws it.
    pub fn change(&self, change: impl FnOnce(&mut LogView, &Recording)) {
        let session = self.view.session();
        if let Some(recording) = session.recording() {
            change(&mut self.log_view.borrow_mut(), recording);
        }
        self.redraw.force_update();
    }

    /// Changes which rows are shown; what is read stays in sight, unless the end is followed.
    pub fn reshow(&self, change: impl FnOnce(&mut LogView)) {
        let line = self.first_line_in_sight();
        self.change(|view, _| {
            view.stay_at(line);
            change(view);
        });
    }

    /// Opens the search bar, or goes back to it.
    pub fn open_search(&self) {
        self.is_seeking.set(true);
        self.redraw.force_update();
        let field = self.field.clone();
        dom::after(0, move || dom::focus_all(&field));
    }

    pub fn close_search(&self) {
        self.is_seeking.set(false);
        self.reshow(|view| view.seek(Query { text: String::new(), ..view.query().clone() }, None, 0));
        dom::focus(&self.scroller);
    }

    pub fn seek(&self, query: Query) {
        let from = self.first_line_in_sight().unwrap_or(u64::MAX);
        let matcher = matcher(&query);
        self.change(|view, _| view.seek(query, matcher, from));
    }

    /// Searches and lists what is new, a slice at a time.
    pub fn catch_up(&self) {
        if !self.works.replace(true) {
            let desk = self.clone();
            dom::after(0, move || {
                desk.works.set(false);
                // Drawing shows how far it is, and asks for the next slice.
                desk.change(|view, recording| {
                    dom::work(SLICE_MILLIS, || view.advance(recording.log()));
                });
            });
        }
    }

    /// To the next match or the one before; while nothing is sought, to the field for it.
    pub fn step(&self, forward: bool) {
        if self.log_view.borrow().query().text.is_empty() {
            return self.open_search();
        }
        self.change(|view, _| view.step(forward));
    }

    /// A key while the log itself has the focus.
    pub fn take_log_key(&self, event: &KeyboardEvent) {
        let command = event.ctrl_key() || event.meta_key();
        let page = || (self.height_px() / ROW_PX) as i64;
        match event.key().as_str() {
            "a" if command => self.change(|view, recording| view.select_all(recording.log())),
            "Escape" => self.change(|view, _| view.select_none()),
            "ArrowDown" if event.alt_key() => self.to_finding(true),
            "ArrowUp" if event.alt_key() => self.to_finding(false),
            "ArrowDown" if event.shift_key() => self.extend(1),
            "ArrowUp" if event.shift_key() => self.extend(-1),
            "PageDown" if event.shift_key() => self.extend(page()),
            "PageUp" if event.shift_key() => self.extend(-page()),
            "Enter" => {
                if let Some(lines) = self.marked() {
                    self.lead(lines.first);
                }
            }
            _ => return,
        }
        event.prevent_default();
    }

    /// Copies the selected rows, unless a field has the focus or nothing is selected: then the browser does.
    pub fn take_copy(&self, event: &ClipboardEvent) {
        if dom::is_field_focused() {
            return;
        }
        if let (Some(text), Some(clipboard)) = (self.text(true), event.clipboard_data())
            && clipboard.set_data("text/plain", &text).is_ok()
        {
            event.prevent_default();
        }
    }

    pub fn carry_out(&self, command: LogCommand) {
        match command {
            LogCommand::CopySelection => dom::copy(),
            LogCommand::SaveBytes => self.view.send(Event::SaveLogClicked),
            LogCommand::SaveRecording => self.view.send(Event::SaveRecordingClicked),
            LogCommand::SaveSelection | LogCommand::SaveText => {
                let is_selection = command == LogCommand::SaveSelection;
                if let Some(text) = self.text(is_selection) {
                    self.view.send(Event::SaveTextClicked { text, is_selection });
                }
            }
        }
    }

    /// What is selected, or all that is shown; `None` where that is nothing.
    fn text(&self, only_selected: bool) -> Option<String> {
        let session = self.view.session();
        let view = self.log_view.borrow();
        let text = view.text(session.recording()?, &session.settings().log, only_selected);
        (!text.is_empty()).then_some(text)
    }

    /// To the part of the page that this line has to do with.
    pub fn lead(&self, line: u64) {
        let report = self.view.session().recording().and_then(|recording| rows::report_at(recording, line));
        if report.is_some() {
            self.view.act(ViewAction::ShowReport(report));
        }
        self.view.act(ViewAction::Point(LineRange::one(line)));
    }

    /// To the next line that something happened with, or the one before.
    fn to_finding(&self, forward: bool) {
        let from = self.marked().map(|lines| lines.first).or_else(|| self.first_line_in_sight());
        let line = self.view.session().recording().and_then(|recording| {
            let from = from.unwrap_or(recording.log().line_count());
            rows::finding_beside(recording, from, forward)
        });
        if let Some(line) = line {
            self.view.act(ViewAction::Mark(LineRange::one(line)));
        }
    }

    fn marked(&self) -> Option<LineRange> {
        let window = self.window.cast::<Element>()?;
        window.get_attribute("data-marked")?.parse().ok().map(LineRange::one)
    }

    fn extend(&self, by: i64) {
        let (in_sight, marked) = (self.places_in_sight(), self.marked());
        self.change(|view, recording| {
            let log = recording.log();
            if let (None, Some((first, end))) = (view.selection(), in_sight) {
                // From the line with the cursor, else from the edge that the person goes away from.
                let edge = if by < 0 { end.saturating_sub(1) } else { first };
                let marked = marked.map(|lines| view.place_of_line(log, lines.first));
                let begin = marked.filter(|place| (first..end).contains(place)).unwrap_or(edge);
                view.select(log, begin, false);
            } else {
                view.extend(log, by);
            }
        });
        let end = self.log_view.borrow().selection_end();
        if let (Some(end), Some((first, behind)), Some(scroller)) =
            (end, in_sight, self.scroller.cast::<Element>())
        {
            let rows_off =
                if end < first { end as f64 - first as f64 } else { (end + 1).saturating_sub(behind) as f64 };
            scroller.set_scroll_top((f64::from(scroller.scroll_top()) + rows_off * ROW_PX) as i32);
        }
    }

    pub fn take_press(&self, event: &PointerEvent) {
        if event.button() != 0 || event.pointer_type() != "mouse" {
            return;
        }
        let Some(place) = self.place_at(f64::from(event.client_y())) else { return };
        if event.shift_key() {
            // The browser would select what stands between, as far as it is drawn.
            event.prevent_default();
            let began = self.drag.get().began.unwrap_or(place);
            self.change(|view, recording| {
                view.select(recording.log(), began, false);
                view.select(recording.log(), place, true);
            });
            return;
        }
        self.drag.set(Drag { began: Some(place), is_down: true, ..Drag::default() });
        if self.log_view.borrow().selection().is_some() {
            self.change(|view, _| view.select_none());
        }
    }

    pub fn take_movement(&self, event: &PointerEvent) {
        let drag = self.drag.get();
        if !drag.is_down || event.buttons() & 1 == 0 {
            return;
        }
        let y = f64::from(event.client_y());
        let (Some(began), Some(place)) = (drag.began, self.place_at(y)) else { return };
        if !drag.is_rows && place == began {
            // Within a row the browser selects, letter by letter.
            return;
        }
        if let Some(scroller) = self.scroller.cast::<Element>()
            && !drag.is_rows
        {
            // From here on movements beyond the window are ours too.
            let _ = scroller.set_pointer_capture(event.pointer_id());
        }
        self.drag.set(Drag { is_rows: true, beyond_px: self.beyond_px(y), ..drag });
        dom::select_nothing();
        self.select_to(began, place);
        self.scroll_at_edge();
    }

    pub fn take_release(&self) {
        self.drag.set(Drag { is_down: false, beyond_px: 0.0, ..self.drag.get() });
    }

    /// Whether the click that comes now only ends a selection of rows.
    pub fn ends_selection(&self) -> bool {
        let drag = self.drag.get();
        self.drag.set(Drag { is_rows: false, ..drag });
        drag.is_rows || dom::has_selection()
    }

    fn select_to(&self, began: u64, place: u64) {
        self.change(|view, recording| {
            if view.selection().is_none() {
                view.select(recording.log(), began, false);
            }
            view.select(recording.log(), place, true);
        });
    }

    fn scroll_at_edge(&self) {
        let drag = self.drag.get();
        if drag.beyond_px == 0.0 || drag.is_scrolling {
            return;
        }
        self.drag.set(Drag { is_scrolling: true, ..drag });
        let desk = self.clone();
        dom::after(EDGE_MILLIS, move || {
            let drag = desk.drag.get();
            desk.drag.set(Drag { is_scrolling: false, ..drag });
            if !drag.is_down || drag.beyond_px == 0.0 {
                return;
            }
            if let Some(scroller) = desk.scroller.cast::<Element>() {
                scroller.set_scroll_top((f64::from(scroller.scroll_top()) + drag.beyond_px * 2.0) as i32);
            }
            if let (Some(began), Some((first, end))) = (drag.began, desk.places_in_sight()) {
                desk.select_to(began, if drag.beyond_px < 0.0 { first } else { end.saturating_sub(1) });
            }
            desk.scroll_at_edge();
        });
    }

    /// The place of the row at this height of the page, or of the nearest in sight.
    fn place_at(&self, client_y: f64) -> Option<u64> {
        let (first, end) = self.places_in_sight()?;
        let window = self.window.cast::<Element>()?;
        let above = (client_y - window.get_bounding_client_rect().top()) / ROW_PX;
        let place = self.first_drawn()? as f64 + above.floor();
        Some((place.max(first as f64).min(end.saturating_sub(1) as f64)) as u64)
    }

    /// The places that are in sight: from the first to the one behind the last.
    fn places_in_sight(&self) -> Option<(u64, u64)> {
        let (scroller, window) = (self.scroller.cast::<Element>()?, self.window.cast::<Element>()?);
        let (seen, drawn) = (scroller.get_bounding_client_rect(), window.get_bounding_client_rect());
        let drawn_count = u64::from(window.child_element_count());
        let above = ((seen.top() - drawn.top()) / ROW_PX).round().max(0.0) as u64;
        let end = ((seen.bottom() - drawn.top()) / ROW_PX).floor().max(0.0) as u64;
        let first_drawn = self.first_drawn()?;
        Some((first_drawn + above.min(drawn_count), first_drawn + end.min(drawn_count)))
    }

    fn first_drawn(&self) -> Option<u64> {
        self.window.cast::<Element>()?.get_attribute("data-first")?.parse().ok()
    }

    /// `None` while the end is followed.
    fn first_line_in_sight(&self) -> Option<u64> {
        let window = self.window.cast::<Element>()?;
        if window.has_attribute("data-follows") {
            return None;
        }
        let (first, _) = self.places_in_sight()?;
        let session = self.view.session();
        let log: &Log = session.recording()?.log();
        self.log_view.borrow().line_at(log, first)
    }

    /// How far beyond an edge this height is, in pixels.
    fn beyond_px(&self, client_y: f64) -> f64 {
        self.scroller.cast::<Element>().map_or(0.0, |scroller| {
            let seen = scroller.get_bounding_client_rect();
            (client_y - seen.bottom()).max(0.0) + (client_y - seen.top()).min(0.0)
        })
    }

    fn height_px(&self) -> f64 {
        self.scroller.cast::<Element>().map_or(0.0, |scroller| f64::from(scroller.client_height()))
    }
}

/// `None` where nothing is typed, or what is typed is no pattern.
fn matcher(query: &Query) -> Option<Box<dyn Matcher>> {
    match query {
        Query { text, .. } if text.is_empty() => None,
        Query { is_pattern: true, .. } => dom::pattern(query),
        Query { text, minds_case, whole_words, .. } => {
            Some(Box::new(Plain::new(text, *minds_case, *whole_words)))
        }
    }
}
