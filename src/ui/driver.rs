//! Turns the page's clock: hands events to the session, carries out its effects, asks for redraws.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use yew::Callback;

use super::store::{Listeners, Redrawn};
use super::{App, AppProps, Store, dom};
use crate::browser::files::{self, Files};
use crate::browser::frame::Redraw;
use crate::browser::serial::SerialDriver;
use crate::browser::ticker::Ticker;
use crate::browser::{address, clock, download, panic, storage, surroundings, theme};
use crate::heap::Millis;
use crate::session::{Connection, Effect, Event, Session};

/// Between two ticks while bytes may come, and while nothing goes on.
const TICK_LIVE_MILLIS: u32 = 100;
const TICK_IDLE_MILLIS: u32 = 250;

/// While a large text is read: as often as the browser allows, but it gets its turn in between.
const TICK_READING_MILLIS: u32 = 0;

/// While the next piece of a file is on its way, or a frame.
const TICK_AWAITING_MILLIS: u32 = 10;

/// Reading takes so long a turn, and then the page is drawn and hears the person. A frame has 16 ms, and others want
/// some of them.
const READING_TURN: Millis = Millis(6);

/// While a text goes into the log there is nothing to be drawn yet.
const TAKING_TURN: Millis = Millis(24);

/// What is to be drawn is drawn before more is read; but a hidden page draws nothing, and reads all the same.
const DRAWN_WITHIN: Millis = Millis(100);

/// What comes by itself is seen in the log this often, and in all else this often: what moves faster than one can read
/// it only makes the machine warm. So does a log of which more than a window full comes between two drawings.
const LOG_RHYTHM: Millis = Millis(60);
const FULL_LOG_RHYTHM: Millis = Millis(160);
const WINDOW_FULL_LINES: u64 = 50;
const PICTURE_RHYTHM: Millis = Millis(1_000);

/// The page's one driver. It lives as long as the page.
pub struct Driver {
    session: Rc<RefCell<Session>>,
    serial: RefCell<Option<Rc<SerialDriver>>>,
    ticker: RefCell<Option<Rc<Ticker>>>,
    files: Files,
    redraw: Redraw,
    /// What the next redraw is for.
    why: Cell<Option<Redrawn>>,
    /// When the log and when all of the page was last drawn, and whether something has changed since.
    log_drawn_at: Cell<Millis>,
    all_drawn_at: Cell<Millis>,
    is_log_behind: Cell<bool>,
    is_all_behind: Cell<bool>,
    /// How many lines the log had then.
    drawn_lines: Cell<u64>,
    /// Revision and second that were last asked to be drawn.
    drawn: Cell<(u64, u64)>,
}

/// Starts the application in the page.
pub fn start() {
    let store = drive();
    let mount = gloo_utils::document().get_element_by_id("app");
    let mount = mount.unwrap_or_else(|| gloo_utils::body().into());
    // What stood there while the program was loading.
    mount.set_text_content(None);
    yew::Renderer::<App>::with_root_and_props(mount, AppProps { store }).render();
}

/// Sets everything in motion, and gives what the page is drawn from.
fn drive() -> Store {
    let session = Rc::new(RefCell::new(Session::new(storage::load())));
    panic::show_panics(&session);
    let listeners = Listeners::default();
    let driver = Rc::new_cyclic(|driver: &Weak<Driver>| {
        let (driver, listeners) = (driver.clone(), listeners.clone());
        let redraw = Redraw::new(move || {
            let why = driver.upgrade().and_then(|driver| driver.why.take());
            if let Some(why) = why {
                listeners.tell(why);
            }
        });
        Driver {
            session: Rc::clone(&session),
            serial: RefCell::default(),
            ticker: RefCell::default(),
            files: Files::default(),
            redraw,
            why: Cell::default(),
            log_drawn_at: Cell::default(),
            all_drawn_at: Cell::default(),
            is_log_behind: Cell::default(),
            is_all_behind: Cell::default(),
            drawn_lines: Cell::default(),
            drawn: Cell::default(),
        }
    });
    let dispatch = Callback::from({
        let driver = Rc::clone(&driver);
        move |event| driver.handle(event)
    });
    dispatch.emit(Event::SurroundingsKnown(surroundings::look()));
    for (drawer, text) in storage::kept() {
        dispatch.emit(Event::KeptRead(drawer, text));
    }
    *driver.serial.borrow_mut() = Some(SerialDriver::start(dispatch.clone()));

    // These listen as long as the page lives.
    std::mem::forget(theme::on_change({
        let listeners = listeners.clone();
        move || listeners.tell(Redrawn::Theme)
    }));
    std::mem::forget(files::on_paste(driver.files.clone(), dispatch.clone()));
    std::mem::forget(address::on_change({
        let dispatch = dispatch.clone();
        move || start_demo_if_asked(&dispatch)
    }));
    start_demo_if_asked(&dispatch);
    *driver.ticker.borrow_mut() = Some(Ticker::start({
        let driver = Rc::downgrade(&driver);
        move || {
            if let Some(driver) = driver.upgrade() {
                driver.tick();
            }
        }
    }));
    driver.tick();

    let take_drop = Callback::from({
        let (files, dispatch) = (driver.files.clone(), dispatch.clone());
        move |dropped| files.take_drop(&dropped, &dispatch)
    });
    let take_files = Callback::from({
        let (files, dispatch) = (driver.files.clone(), dispatch.clone());
        move |chosen| files.take(&chosen, &dispatch)
    });
    let read_file = Callback::from({
        let dispatch = dispatch.clone();
        move |(chosen, packing, event): (_, _, fn(_) -> Event)| {
            files::read_one(&chosen, packing, &dispatch, event);
        }
    });
    Store::new(session, dispatch, listeners).with_files(take_drop, take_files, read_file)
}

fn start_demo_if_asked(dispatch: &Callback<Event>) {
    if address::fragment() == "demo" {
        dispatch.emit(Event::DemoClicked);
    }
}

impl Driver {
    fn handle(self: &Rc<Self>, event: Event) {
        let came_by_itself = matches!(event, Event::Tick | Event::BytesReceived(..) | Event::FileRead(..));
        let now = clock::now();
        let state = || {
            let session = self.session.borrow();
            (session.is_taking(), session.is_reading())
        };
        let (was_taking, was_reading) = state();
        let is_tick = event == Event::Tick;
        let effects = self.session.borrow_mut().handle(event, now);
        let (is_taking, is_reading) = state();
        // The log of a text, and what it says, are waited for.
        let is_awaited = (was_taking && !is_taking) || (was_reading && !is_reading);
        let came_by_itself = came_by_itself && !is_awaited;
        for effect in effects {
            self.carry_out(effect);
        }
        let drawn = {
            let session = self.session.borrow();
            // Countdowns on screen change once a second.
            (session.revision(), session.recording_time().0 / 1_000)
        };
        if self.drawn.replace(drawn) != drawn {
            self.is_log_behind.set(true);
            self.is_all_behind.set(true);
        }
        // A text that is about to be in the log is drawn when it is.
        let is_due = |drawn_at: &Cell<Millis>, rhythm| {
            !is_taking && (!came_by_itself || now - drawn_at.get() >= rhythm)
        };
        let log_rhythm = match self.lines() - self.drawn_lines.get().min(self.lines()) {
            ..=WINDOW_FULL_LINES => LOG_RHYTHM,
            _ => FULL_LOG_RHYTHM,
        };
        if self.is_all_behind.get() && is_due(&self.all_drawn_at, PICTURE_RHYTHM) {
            self.all_drawn_at.set(now);
            self.is_all_behind.set(false);
            self.draw(Redrawn::Session, now);
        } else if self.is_log_behind.get() && is_due(&self.log_drawn_at, log_rhythm) {
            // All of the page has the log in it.
            self.draw(self.why.get().unwrap_or(Redrawn::Log), now);
        }
        if !is_tick && !was_reading && is_reading {
            // The tick that is awaited may be a while off.
            self.tick();
        }
    }

    /// How many lines the log has.
    fn lines(&self) -> u64 {
        self.session.borrow().recording().map_or(0, |recording| recording.log().line_count())
    }

    fn draw(&self, why: Redrawn, now: Millis) {
        self.log_drawn_at.set(now);
        self.is_log_behind.set(false);
        self.drawn_lines.set(self.lines());
        self.why.set(Some(why));
        self.redraw.request();
    }

    fn carry_out(self: &Rc<Self>, effect: Effect) {
        let serial = self.serial.borrow().clone();
        match (effect, serial) {
            (Effect::ShowChooser, Some(serial)) => serial.show_chooser(),
            (Effect::OpenPort(id, line), Some(serial)) => serial.open(id, &line),
            (Effect::ClosePort(id), Some(serial)) => serial.close(id),
            (Effect::Write(id, bytes), Some(serial)) => serial.write(id, bytes),
            (Effect::PlaySignals(id, steps), Some(serial)) => serial.play_signals(id, steps),
            (Effect::ReadSignals(id), Some(serial)) => serial.read_signals(id),
            (Effect::SaveSettings(settings), _) => storage::save(&settings),
            (Effect::Keep(drawer, text), _) => storage::keep(drawer, &text),
            (Effect::ReadFile(file, place), _) => {
                let driver = Rc::clone(self);
                self.files.read(file, place, &Callback::from(move |event| driver.handle(event)));
            }
            (Effect::Download { name, bytes }, _) => {
                if let Err(problem) = download::start(&name, &bytes) {
                    self.handle(Event::BrowserFailed(problem));
                }
            }
            (Effect::DownloadRecording { name }, _) => {
                let driver = Rc::clone(self);
                let report = Callback::from(move |event| driver.handle(event));
                let pieces = download::Pieces::default();
                self.session.borrow().archive().into_iter().flatten().for_each(|piece| pieces.add(&piece));
                download::start_packed(name, &pieces, report);
            }
            (Effect::DownloadAddress { name, address }, _) => {
                if let Err(problem) = download::start_address(&name, &address) {
                    self.handle(Event::BrowserFailed(problem));
                }
            }
            // The session has no port before the serial driver has reported one.
            (_, None) => {}
        }
    }

    fn tick(self: &Rc<Self>) {
        let began = clock::now();
        while !self.awaits_frame() {
            self.handle(Event::Tick);
            let session = self.session.borrow();
            let turn = if session.is_taking() { TAKING_TURN } else { READING_TURN };
            if !session.has_more_to_read() || clock::now() - began >= turn {
                break;
            }
        }
        let pause = {
            let session = self.session.borrow();
            let is_live = session.is_demo_running() || !matches!(session.connection(), Connection::None);
            match (session.has_more_to_read() && !self.awaits_frame(), session.is_reading(), is_live) {
                (true, ..) => TICK_READING_MILLIS,
                (false, true, _) => TICK_AWAITING_MILLIS,
                (false, false, true) => TICK_LIVE_MILLIS,
                (false, false, false) => TICK_IDLE_MILLIS,
            }
        };
        match self.session.borrow().is_taking() {
            // At once: the way over the ticker's worker takes as long as some of these turns. A page that was just given
            // a file is not hidden.
            true => {
                let driver = Rc::clone(self);
                dom::after(0, move || driver.tick());
            }
            false => self.tick_after(pause),
        }
    }

    fn tick_after(&self, pause_millis: u32) {
        let ticker = self.ticker.borrow().clone();
        if let Some(ticker) = ticker {
            ticker.after(pause_millis);
        }
    }

    /// Whether a text is being read, and what was found of it so far is about to be drawn.
    fn awaits_frame(&self) -> bool {
        let is_awaited = self.why.get().is_some() && clock::now() - self.log_drawn_at.get() < DRAWN_WITHIN;
        is_awaited && self.session.borrow().is_reading()
    }
}
