//! Files and texts that people drop, choose or paste, as bytes.

use gloo_events::EventListener;
use gloo_file::futures::read_as_bytes;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ClipboardEvent, DataTransfer, HtmlElement};
use yew::Callback;

use crate::session::{Event, Problem};

/// Takes what was dropped: the first file, else the text.
pub fn take_drop(dropped: &DataTransfer, report: &Callback<Event>) {
    let files = dropped.files().map(gloo_file::FileList::from);
    if let Some(files) = files
        && !files.is_empty()
    {
        take_files(&files, report);
    } else if let Ok(text) = dropped.get_data("text/plain")
        && !text.is_empty()
    {
        report.emit(Event::TextGiven { name: "Dropped text".to_owned(), bytes: text.into_bytes() });
    }
}

/// Reads the first of these files.
pub fn take_files(files: &[gloo_file::File], report: &Callback<Event>) {
    let Some(file) = files.first().cloned() else { return };
    let (report, others) = (report.clone(), files.len() - 1);
    spawn_local(async move {
        let name = file.name();
        match read_as_bytes(&file).await {
            Ok(bytes) => {
                report.emit(Event::TextGiven { name: name.clone(), bytes });
                if others > 0 {
                    report.emit(Event::BrowserFailed(Problem::new(
                        format!("Only {name} was read, not the other {others}."),
                        "Drop one file at a time.",
                    )));
                }
            }
            Err(error) => report.emit(Event::BrowserFailed(Problem::new(
                format!("{name} could not be read: {error}"),
                "Drop a file, not a folder, and make sure that it may be read.",
            ))),
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
        let files = pasted.files().map(gloo_file::FileList::from);
        if let Some(files) = files
            && !files.is_empty()
        {
            take_files(&files, &report);
        } else if let Ok(text) = pasted.get_data("text/plain")
            && !text.is_empty()
        {
            report.emit(Event::TextGiven { name: "Pasted text".to_owned(), bytes: text.into_bytes() });
        }
    })
}
