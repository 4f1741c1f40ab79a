//! The way from the session to what is on screen, and back.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use web_sys::{DataTransfer, FileList};
use yew::prelude::*;

use super::view_state::{ViewAction, ViewState};
use crate::session::{Event, GivenFile, Packing, Session};

/// Why the page is drawn again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redrawn {
    /// The session changed.
    Session,
    /// More came into the log: what else changed can wait a moment.
    Log,
    /// The person's system turned from light to dark, or back.
    Theme,
}

/// Whom to call when the page is to be drawn again.
#[derive(Clone, Default)]
pub struct Listeners {
    page: Rc<RefCell<Option<Callback<Redrawn>>>>,
    log: Rc<RefCell<Option<Callback<()>>>>,
}

impl Listeners {
    /// Calls whom this concerns.
    pub fn tell(&self, why: Redrawn) {
        match why {
            Redrawn::Log => emit(&self.log, ()),
            Redrawn::Session | Redrawn::Theme => emit(&self.page, why),
        }
    }
}

fn emit<T: 'static>(listener: &RefCell<Option<Callback<T>>>, value: T) {
    // Not held while it is called: it may be replaced by what it does.
    let listener = listener.borrow().clone();
    if let Some(listener) = listener {
        listener.emit(value);
    }
}

/// Reads a file that was chosen, and sends the event that is made of it.
pub type ReadFile = Callback<(FileList, Packing, fn(GivenFile) -> Event)>;

/// The session and the ways to it. One for the life of the page.
#[derive(Clone)]
pub struct Store {
    session: Rc<RefCell<Session>>,
    dispatch: Callback<Event>,
    listeners: Listeners,
    take_drop: Callback<DataTransfer>,
    take_files: Callback<FileList>,
    read_file: ReadFile,
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.session, &other.session)
    }
}

impl Store {
    /// `dispatch` hands events to the session and carries out what follows; `listeners` are filled by the page.
    pub fn new(session: Rc<RefCell<Session>>, dispatch: Callback<Event>, listeners: Listeners) -> Self {
        Store {
            session,
            dispatch,
            listeners,
            take_drop: Callback::noop(),
            take_files: Callback::noop(),
            read_file: Callback::noop(),
        }
    }

    /// The same with ways for files that were dropped or chosen.
    pub fn with_files(
        self,
        take_drop: Callback<DataTransfer>,
        take_files: Callback<FileList>,
        read_file: ReadFile,
    ) -> Self {
        Store { take_drop, take_files, read_file, ..self }
    }

    /// From now on this is called when the page is to be drawn again.
    pub fn listen(&self, listener: Option<Callback<Redrawn>>) {
        *self.listeners.page.borrow_mut() = listener;
    }

    /// From now on this is called when only the log is to be drawn again.
    pub fn listen_to_log(&self, listener: Option<Callback<()>>) {
        *self.listeners.log.borrow_mut() = listener;
    }
}

/// What panels are drawn from: the session as it is now, and what only the page cares about.
///
/// Two views are equal when nothing has to be drawn again.
#[derive(Clone, PartialEq)]
pub struct View {
    pub(in crate::ui) store: Store,
    /// Grows with each drawing.
    pub(super) beat: u64,
    /// Grows when the person's system turns from light to dark or back.
    pub(super) theme: u64,
    pub(super) state: UseReducerHandle<ViewState>,
}

impl View {
    /// The session.
    pub fn session(&self) -> Ref<'_, Session> {
        self.store.session.borrow()
    }

    /// Sends an event.
    pub fn send(&self, event: Event) {
        self.store.dispatch.emit(event);
    }

    /// A callback that makes an event of whatever it is called with.
    pub fn sender<T: 'static>(&self, event: impl Fn(T) -> Event + 'static) -> Callback<T> {
        self.store.dispatch.reform(event)
    }

    /// A callback that sends this event, whatever it is called with.
    pub fn sends<T: 'static>(&self, event: Event) -> Callback<T> {
        self.sender(move |_| event.clone())
    }

    /// What only the page cares about.
    pub fn state(&self) -> &ViewState {
        &self.state
    }

    /// Changes that.
    pub fn act(&self, action: ViewAction) {
        self.state.dispatch(action);
    }

    /// A callback that changes that.
    pub fn actor<T: 'static>(&self, action: impl Fn(T) -> ViewAction + 'static) -> Callback<T> {
        let dispatcher = self.state.dispatcher();
        Callback::from(move |value| dispatcher.dispatch(action(value)))
    }

    /// Changes when pictures must be painted again because the theme did.
    pub fn theme_number(&self) -> u64 {
        self.theme
    }

    /// Takes what was dropped on the page.
    pub fn take_drop(&self) -> Callback<DataTransfer> {
        self.store.take_drop.clone()
    }

    /// Reads a file for something of its own.
    pub fn read_file(&self) -> ReadFile {
        self.store.read_file.clone()
    }

    /// Takes files that were chosen.
    pub fn take_files(&self) -> Callback<FileList> {
        self.store.take_files.clone()
    }
}
