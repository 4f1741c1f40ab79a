//! The way from the session to what is on screen, and back.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use web_sys::{DataTransfer, FileList};
use yew::prelude::*;

use super::view_state::{ViewAction, ViewState};
use crate::session::{Event, GivenFile, Session};

/// Why the page is drawn again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redrawn {
    /// The session changed.
    Session,
    /// The person's system turned from light to dark, or back.
    Theme,
}

/// Whom to call when the page is to be drawn again.
pub type Listener = Rc<RefCell<Option<Callback<Redrawn>>>>;

/// Reads a file that was chosen, and sends the event that is made of it.
pub type ReadFile = Callback<(FileList, fn(GivenFile) -> Event)>;

/// The session and the ways to it. One for the life of the page.
#[derive(Clone)]
pub struct Store {
    session: Rc<RefCell<Session>>,
    dispatch: Callback<Event>,
    listener: Listener,
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
    /// `dispatch` hands events to the session and carries out what follows; `listener` is filled by the page.
    pub fn new(session: Rc<RefCell<Session>>, dispatch: Callback<Event>, listener: Listener) -> Self {
        Store {
            session,
            dispatch,
            listener,
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
        *self.listener.borrow_mut() = listener;
    }
}

/// What panels are drawn from: the session as it is now, and what only the page cares about.
///
/// Two views are equal when nothing has to be drawn again.
#[derive(Clone, PartialEq)]
pub struct View {
    pub(super) store: Store,
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
