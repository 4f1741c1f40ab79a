//! Calls back after a time, in a hidden page too.
//!
//! Browsers let a hidden page's own timers fire once a second, and after some minutes once a minute; a board would be
//! asked late and its answers be timed wrongly. The timers of a dedicated worker go on. It is a file of its own
//! (`static/ticker.js`), so that a page whose policy allows scripts from its own server alone may have it. Where it
//! cannot be had at all, the page's own timers must do.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::Worker;

const FILE: &str = "ticker.js";

/// See the module.
pub struct Ticker {
    worker: RefCell<Option<Worker>>,
    call: Box<dyn Fn()>,
    listeners: RefCell<Vec<EventListener>>,
    /// What was asked last, in milliseconds, where its time has not come.
    awaited: RefCell<Option<u32>>,
}

impl Ticker {
    /// `call` is called once for each time that [`Ticker::after`] asked for.
    pub fn start(call: impl Fn() + 'static) -> Rc<Self> {
        let ticker = Rc::new(Ticker {
            worker: RefCell::new(Worker::new(FILE).ok()),
            call: Box::new(call),
            listeners: RefCell::default(),
            awaited: RefCell::default(),
        });
        if let Some(worker) = &*ticker.worker.borrow() {
            let listen = |name, happened: fn(&Rc<Self>)| {
                let ticker = Rc::downgrade(&ticker);
                EventListener::new(worker, name, move |_| {
                    if let Some(ticker) = ticker.upgrade() {
                        happened(&ticker);
                    }
                })
            };
            let listeners = [listen("message", Self::ring), listen("error", Self::do_without)];
            ticker.listeners.borrow_mut().extend(listeners);
        }
        ticker
    }

    /// Calls back once, after this time. One at a time: asked again before, only the number of calls is certain.
    pub fn after(self: &Rc<Self>, millis: u32) {
        *self.awaited.borrow_mut() = Some(millis);
        let worker = self.worker.borrow();
        let sent = worker.as_ref().map(|worker| worker.post_message(&JsValue::from(millis)));
        if !matches!(sent, Some(Ok(()))) {
            let ticker = Rc::clone(self);
            Timeout::new(millis, move || ticker.ring()).forget();
        }
    }

    fn ring(self: &Rc<Self>) {
        if self.awaited.borrow_mut().take().is_some() {
            (self.call)();
        }
    }

    /// The worker does not start: its file is missing, or a policy forbids it.
    fn do_without(self: &Rc<Self>) {
        *self.worker.borrow_mut() = None;
        let awaited = *self.awaited.borrow();
        if let Some(millis) = awaited {
            self.after(millis);
        }
    }
}
