//! Hands the person a file.

use std::cell::RefCell;

use gloo_utils::{body, document};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};
use yew::Callback;

use super::error::BrowserError;
use super::gzip;
use crate::session::{Event, Problem};
use crate::words::browser as words;

/// Starts the download of these bytes under this name.
pub fn start(name: &str, bytes: &[u8]) -> Result<(), Problem> {
    click_link(name, bytes).map_err(|thrown| not_saved(name, thrown))
}

/// Starts the download of what stands in an address, such as that of an image.
pub fn start_address(name: &str, address: &str) -> Result<(), Problem> {
    click_address(name, address).map_err(|thrown| not_saved(name, thrown))
}

/// Packs these pieces, one after the other, and starts the download of what comes out.
pub fn start_packed(name: String, pieces: &Pieces, report: Callback<Event>) {
    let parts = pieces.parts();
    spawn_local(async move {
        let started = async {
            let blob = gzip::packed(&parts?).await?;
            Ok::<_, BrowserError>(click_address(&name, &address_of(&blob)?)?)
        };
        if let Err(error) = started.await {
            report.emit(Event::BrowserFailed(not_saved(&name, error)));
        }
    });
}

fn not_saved(name: &str, reason: impl Into<BrowserError>) -> Problem {
    Problem::new(words::not_saved(name, &reason.into().words()), words::NOT_SAVED_NEXT)
}

fn click_link(name: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let pieces = Pieces::default();
    pieces.add(bytes);
    click_address(name, &pieces.address()?)
}

/// A file on its way to the person, piece by piece: each goes to the browser at once, so the page never holds all of it.
#[derive(Default)]
pub struct Pieces {
    parts: Array,
    /// Why a piece was not taken: a file with a hole is none.
    refused: RefCell<Option<JsValue>>,
}

impl Pieces {
    /// Adds a piece at the end.
    pub fn add(&self, bytes: &[u8]) {
        let part = Array::of1(&Uint8Array::from(bytes));
        // A browser may keep a blob on disk, but not an array of bytes.
        match Blob::new_with_u8_array_sequence(&part) {
            Ok(blob) => drop(self.parts.push(&blob)),
            Err(thrown) => drop(self.refused.borrow_mut().get_or_insert(thrown)),
        }
    }

    /// All of them, in order; an error where one was not taken.
    fn parts(&self) -> Result<Array, JsValue> {
        self.refused.borrow().clone().map_or_else(|| Ok(self.parts.clone()), Err)
    }

    /// Where the browser has the whole file.
    pub fn address(&self) -> Result<String, JsValue> {
        let about = BlobPropertyBag::new();
        about.set_type("application/octet-stream");
        let parts = self.parts()?;
        address_of(&Blob::new_with_blob_sequence_and_options(&parts, &about)?)
    }
}

/// The address of what the browser has.
fn address_of(blob: &Blob) -> Result<String, JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    // The browser has taken the blob by then.
    let revoked = address.clone();
    gloo_timers::callback::Timeout::new(60_000, move || {
        let _ = Url::revoke_object_url(&revoked);
    })
    .forget();
    Ok(address)
}

fn click_address(name: &str, address: &str) -> Result<(), JsValue> {
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(address);
    link.set_download(name);
    // Firefox follows only links that are part of the page.
    body().append_child(&link)?;
    link.click();
    link.remove();
    Ok(())
}
