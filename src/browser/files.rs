//! Files and texts that people drop, choose or paste, as bytes.

use gloo_events::EventListener;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ClipboardEvent, DataTransfer, FileList, HtmlElement};
use yew::Callback;

use super::error::BrowserError;
use crate::session::{Event, GivenFile, PASTED_TEXT, Problem};
use crate::words::browser as words;

/// Takes what was dropped: the files, else the text.
pub fn take_drop(dropped: &DataTransfer, report: &Callback<Event>) {
    take(dropped, words::DROPPED_TEXT, report);
}

fn take(given: &DataTransfer, name_of_text: &str, report: &Callback<Event>) {
    if let Some(files) = given.files()
        && files.length() > 0
    {
        take_files(&files, report);
    } else if let Ok(text) = given.get_data("text/plain")
        && !text.is_empty()
    {
        report.emit(Event::TextGiven { name: name_of_text.to_owned(), bytes: text.into_bytes() });
    }
}

/// Reads these files, and reports them together.
pub fn take_files(files: &FileList, report: &Callback<Event>) {
    read(files, report, Event::FilesGiven);
}

/// Reads the first of these files, and reports the event that is made of it.
pub fn read_one(files: &FileList, report: &Callback<Event>, event: fn(GivenFile) -> Event) {
    let first = move |given: Vec<GivenFile>| event(given.into_iter().next().unwrap_or_default());
    read(files, report, first);
}

fn read(files: &FileList, report: &Callback<Event>, event: impl FnOnce(Vec<GivenFile>) -> Event + 'static) {
    // The browser may empty the list as soon as this returns.
    let files: Vec<_> = (0..files.length()).filter_map(|place| files.get(place)).collect();
    let report = report.clone();
    spawn_local(async move {
        let (mut given, mut problem) = (Vec::new(), None);
        for file in files {
            let name = file.name();
            match JsFuture::from(file.array_buffer()).await {
                Ok(buffer) => given.push(GivenFile { name, bytes: Uint8Array::new(&buffer).to_vec() }),
                Err(thrown) => {
                    problem = Some(Problem::new(
                        words::not_read(&name, &BrowserError::from(thrown).words()),
                        words::NOT_READ_NEXT,
                    ));
                }
            }
        }
        if problem.is_none() || !given.is_empty() {
            report.emit(event(given));
        }
        if let Some(problem) = problem {
            report.emit(Event::BrowserFailed(problem));
        }
    });
}

/// Takes what is pasted anywhere on the page, except into a field. Ends when the listener is dropped.
#[must_use = "dropping the listener ends it"]
pub fn on_paste(report: Callback<Event>) -> EventListener {
    EventListener::new(&gloo_utils::document(), "paste", move |event| {
        let into_field = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let is_field =
            |element: &HtmlElement| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
        if into_field.as_ref().is_some_and(is_field) {
            return;
        }
        let Some(pasted) = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data) else {
            return;
        };
        take(&pasted, PASTED_TEXT, &report);
    })
}
