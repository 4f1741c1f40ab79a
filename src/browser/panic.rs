//! When Heapscope itself fails: says so on the page, and still hands out the log.
//!
//! A panic here ends all Rust on the page for good: nothing that Yew draws will ever change again. So the
//! message is written with plain DOM calls, and the button below it copies the log's bytes as they stand.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo_utils::document;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::download;
use crate::session::Session;
use crate::words::browser::panic as words;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn log_error(message: &str);
}

thread_local! {
    static SAVE: RefCell<Option<Closure<dyn Fn()>>> = const { RefCell::new(None) };
    static RELOAD: Closure<dyn Fn()> = Closure::new(|| {
        let _ = gloo_utils::window().location().reload();
    });
}

/// From now on a panic is shown, and this session's log can be saved after it.
pub fn show_panics(session: &Rc<RefCell<Session>>) {
    let session = Rc::downgrade(session);
    SAVE.with_borrow_mut(|save| *save = Some(Closure::new(move || save_log(&session))));
    std::panic::set_hook(Box::new(|info| {
        let message = info.to_string();
        log_error(&message);
        // Where even this fails, the browser's own console has the message.
        let _ = show(&message);
    }));
}

fn show(message: &str) -> Result<(), JsValue> {
    let overlay = element("div", "panic", "")?;
    overlay.set_attribute("role", "alertdialog")?;
    overlay.set_attribute("aria-label", words::TITLE)?;
    let card = element("div", "panic__card", "")?;
    card.append_child(&element("h1", "panic__title", words::TITLE)?.into())?;
    card.append_child(&element("p", "", words::TEXT)?.into())?;
    card.append_child(&element("pre", "panic__message", message)?.into())?;
    let save: HtmlElement = element("button", "button button--primary", words::SAVE_LOG)?.unchecked_into();
    SAVE.with_borrow(|closure| {
        let function = closure.as_ref().map(|closure| closure.as_ref().unchecked_ref());
        save.set_onclick(function);
    });
    let reload: HtmlElement = element("button", "button", words::RELOAD)?.unchecked_into();
    RELOAD.with(|closure| reload.set_onclick(Some(closure.as_ref().unchecked_ref())));
    let buttons = element("p", "panic__buttons", "")?;
    buttons.append_child(&save)?;
    buttons.append_child(&reload)?;
    card.append_child(&buttons)?;
    overlay.append_child(&card)?;
    gloo_utils::body().append_child(&overlay)?;
    save.focus()
}

fn element(tag: &str, class: &str, text: &str) -> Result<Element, JsValue> {
    let element = document().create_element(tag)?;
    element.set_class_name(class);
    element.set_text_content(Some(text));
    Ok(element)
}

fn save_log(session: &Weak<RefCell<Session>>) {
    let Some(session) = session.upgrade() else { return };
    // SAFETY: this runs only after a panic. Where that happened in the middle of a change, the frame that held
    // the borrow has trapped and never runs again, so nobody else refers to the session; its log grows by
    // whole steps, and here it is only read.
    let session = unsafe { &*session.as_ptr() };
    if let Some(recording) = session.recording() {
        let _ = download::start("heapscope-log-after-crash.txt", &recording.log().to_bytes());
    }
}
