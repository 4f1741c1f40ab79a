//! Files and texts that people drop, choose or paste, as bytes.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ClipboardEvent, DataTransfer, File, FileList};
use yew::Callback;

use super::error::BrowserError;
use super::gzip::{self, Unpacking};
use super::keys;
use crate::session::{
    BEGINNING_BYTES, END_UNKNOWN, Event, FileId, FileRest, GivenFile, MOST_UNPACKED_BYTES, PASTED_TEXT,
    PIECE_BYTES, Packing, Problem,
};
use crate::words::browser as words;

/// Takes what was dropped or pasted: the files, else the text.
fn take(given: &DataTransfer, name_of_text: &str, all: &Files, report: &Callback<Event>) {
    if let Some(files) = given.files()
        && files.length() > 0
    {
        all.take(&files, report);
    } else if let Ok(text) = given.get_data("text/plain")
        && !text.is_empty()
    {
        report.emit(Event::TextGiven { name: name_of_text.to_owned(), bytes: text.into_bytes() });
    }
}

/// The files whose beginnings were handed out, by their numbers, as long as there is more of them.
#[derive(Clone, Default)]
pub struct Files {
    known: Rc<RefCell<Vec<Option<Known>>>>,
}

/// A file whose beginning was handed out.
#[derive(Clone)]
enum Known {
    /// As it is.
    Plain(File),
    /// It is unpacked on the way; under this name.
    Packed(String, Unpacking),
}

impl Files {
    /// Takes what was dropped: the files, else the text.
    pub fn take_drop(&self, dropped: &DataTransfer, report: &Callback<Event>) {
        take(dropped, words::DROPPED_TEXT, self, report);
    }

    /// Reads these files, and reports them together: the small ones whole, of a large one its beginning.
    pub fn take(&self, files: &FileList, report: &Callback<Event>) {
        // The browser may empty the list as soon as this returns.
        let files: Vec<_> = (0..files.length()).filter_map(|place| files.get(place)).collect();
        let (this, report) = (self.clone(), report.clone());
        spawn_local(async move {
            let (mut given, mut problem) = (Vec::new(), None);
            for file in files {
                let (name, size) = (file.name(), file.size() as u64);
                match piece_of(&file, 0..size.min(BEGINNING_BYTES)).await {
                    Ok(bytes) if bytes.starts_with(&gzip::SIGNATURE) => match this.unpack(&file).await {
                        Ok(file) => given.push(file),
                        Err(error) => problem = Some(not_read(&name, &error)),
                    },
                    Ok(bytes) => {
                        let place = BEGINNING_BYTES..size;
                        let rest = (!place.is_empty()).then(|| this.remember(Known::Plain(file), place));
                        given.push(GivenFile { name, bytes, rest });
                    }
                    Err(error) => problem = Some(not_read(&name, &error)),
                }
            }
            if problem.is_none() || !given.is_empty() {
                report.emit(Event::FilesGiven(given));
            }
            if let Some(problem) = problem {
                report.emit(Event::BrowserFailed(problem));
            }
        });
    }

    /// Reads a piece of a file, and reports it.
    pub fn read(&self, id: FileId, place: Range<u64>, report: &Callback<Event>) {
        let report = report.clone();
        let known = self.known.borrow().get(id.0 as usize).cloned().flatten();
        let Some(known) = known else {
            let problem = Problem::new(words::FILE_IS_GONE, words::NOT_READ_NEXT);
            return report.emit(Event::FileFailed(id, problem));
        };
        let this = self.clone();
        spawn_local(async move {
            let (read, name) = match &known {
                Known::Plain(file) => (piece_of(file, place.clone()).await, file.name()),
                Known::Packed(name, file) => (file.next(PIECE_BYTES as usize).await, name.clone()),
            };
            let is_last = match (&known, &read) {
                (Known::Plain(file), _) => place.end as f64 >= file.size(),
                (Known::Packed(..), read) => read.as_ref().map_or(true, Vec::is_empty),
            };
            if is_last && let Some(known) = this.known.borrow_mut().get_mut(id.0 as usize) {
                // Its last piece: the browser need not keep it any longer.
                *known = None;
            }
            report.emit(match read {
                Ok(bytes) => Event::FileRead(id, bytes),
                Err(error) => Event::FileFailed(id, not_read(&name, &error)),
            });
        });
    }

    /// The beginning of a packed file. What follows is unpacked when it is asked for.
    async fn unpack(&self, file: &File) -> Result<GivenFile, BrowserError> {
        let unpacking = Unpacking::of(file)?;
        let bytes = unpacking.next(BEGINNING_BYTES as usize).await?;
        let (name, begin) = (file.name(), bytes.len() as u64);
        // Whether there is more is known when it is asked for.
        let rest = self.remember(Known::Packed(name.clone(), unpacking), begin..END_UNKNOWN);
        Ok(GivenFile { name, bytes, rest: Some(rest) })
    }

    fn remember(&self, file: Known, place: Range<u64>) -> FileRest {
        let mut known = self.known.borrow_mut();
        known.push(Some(file));
        FileRest { file: FileId(known.len() as u32 - 1), place }
    }
}

async fn piece_of(file: &File, place: Range<u64>) -> Result<Vec<u8>, BrowserError> {
    let piece = file.slice_with_f64_and_f64(place.start as f64, place.end as f64)?;
    let buffer = JsFuture::from(piece.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Reads the first of these files, all of it, and reports the event that is made of it.
pub fn read_one(files: &FileList, packing: Packing, report: &Callback<Event>, event: fn(GivenFile) -> Event) {
    let Some(file) = files.get(0) else { return };
    let report = report.clone();
    spawn_local(async move {
        let name = file.name();
        let mut read = piece_of(&file, 0..file.size() as u64).await;
        if packing == Packing::Goes
            && let Ok(bytes) = &read
            && bytes.starts_with(&gzip::SIGNATURE)
        {
            read = match Unpacking::of(&file) {
                Ok(unpacking) => unpacking.next(MOST_UNPACKED_BYTES as usize).await,
                Err(error) => Err(error),
            };
        }
        report.emit(match read {
            Ok(bytes) => event(GivenFile::whole(name, bytes)),
            Err(error) => Event::BrowserFailed(not_read(&name, &error)),
        });
    });
}

fn not_read(name: &str, error: &BrowserError) -> Problem {
    Problem::new(words::not_read(name, &error.words()), words::NOT_READ_NEXT)
}

/// Takes what is pasted anywhere on the page, except into a field. Ends when the listener is dropped.
#[must_use = "dropping the listener ends it"]
pub fn on_paste(files: Files, report: Callback<Event>) -> EventListener {
    EventListener::new(&gloo_utils::document(), "paste", move |event| {
        if keys::goes_into_field(event) {
            return;
        }
        let Some(pasted) = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data) else {
            return;
        };
        take(&pasted, PASTED_TEXT, &files, &report);
    })
}
