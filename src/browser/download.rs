//! Hands the person a file.

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
    let parts = pieces.0.clone();
    spawn_local(async move {
        let started = match gzip::packed(&parts).await {
            Ok(blob) => address_of(&blob).and_then(|address| click_address(&name, &address)),
            Err(error) => return report.emit(Event::BrowserFailed(not_saved_for(&name, &error))),
        };
        if let Err(thrown) = started {
            report.emit(Event::BrowserFailed(not_saved(&name, thrown)));
        }
    });
}

fn not_saved(name: &str, thrown: JsValue) -> Problem {
    not_saved_for(name, &BrowserError::from(thrown))
}

fn not_saved_for(name: &str, reason: &BrowserError) -> Problem {
    Problem::new(words::not_saved(name, &reason.words()), words::NOT_SAVED_NEXT)
}

fn click_link(name: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let pieces = Pieces::default();
    pieces.add(bytes);
    click_address(name, &pieces.address()?)
}

/// A file on its way to the person, piece by piece: each goes to the browser at once, so the page never holds all of it.
#[derive(Default)]
pub struct Pieces(Array);

impl Pieces {
    /// Adds a piece at the end.
    pub fn add(&self, bytes: &[u8]) {
        let part = Array::of1(&Uint8Array::from(bytes));
        // A browser may keep a blob on disk, but not an array of bytes.
        if let Ok(blob) = Blob::new_with_u8_array_sequence(&part) {
            self.0.push(&blob);
        }
    }

    /// Where the browser has the whole file.
    pub fn address(&self) -> Result<String, JsValue> {
        let about = BlobPropertyBag::new();
        about.set_type("application/octet-stream");
        address_of(&Blob::new_with_blob_sequence_and_options(&self.0, &about)?)
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
