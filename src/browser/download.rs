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

/// Packs these pieces, one after the other, and starts the download of what comes out. Each goes to the browser at once, so the
/// page never holds all of it.
pub fn start_packed(name: String, pieces: impl Iterator<Item = Vec<u8>>, report: Callback<Event>) {
    let parts = Array::new();
    for piece in pieces {
        // A browser may keep a blob on disk, but not an array of bytes.
        if let Ok(blob) = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(&*piece))) {
            parts.push(&blob);
        }
    }
    spawn_local(async move {
        let started = match gzip::packed(&parts).await {
            Ok(blob) => click_blob(&name, &blob).map_err(BrowserError::from),
            Err(error) => Err(error),
        };
        if let Err(error) = started {
            let problem = Problem::new(words::not_saved(&name, &error.words()), words::NOT_SAVED_NEXT);
            report.emit(Event::BrowserFailed(problem));
        }
    });
}

fn not_saved(name: &str, thrown: JsValue) -> Problem {
    Problem::new(words::not_saved(name, &BrowserError::from(thrown).words()), words::NOT_SAVED_NEXT)
}

fn click_link(name: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let about = BlobPropertyBag::new();
    about.set_type("application/octet-stream");
    let parts = Array::of1(&Uint8Array::from(bytes));
    click_blob(name, &Blob::new_with_u8_array_sequence_and_options(&parts, &about)?)
}

fn click_blob(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    click_address(name, &address)?;
    // The browser has taken the blob by then.
    gloo_timers::callback::Timeout::new(60_000, move || {
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
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
