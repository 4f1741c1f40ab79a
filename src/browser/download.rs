//! Hands the person a file.

use gloo_utils::{body, document};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::error::BrowserError;
use crate::session::Problem;
use crate::words::browser as words;

/// Starts the download of these bytes under this name.
pub fn start(name: &str, bytes: &[u8]) -> Result<(), Problem> {
    click_link(name, bytes).map_err(|thrown| not_saved(name, thrown))
}

/// Starts the download of what stands in an address, such as that of an image.
pub fn start_address(name: &str, address: &str) -> Result<(), Problem> {
    click_address(name, address).map_err(|thrown| not_saved(name, thrown))
}

fn not_saved(name: &str, thrown: JsValue) -> Problem {
    Problem::new(words::not_saved(name, &BrowserError::from(thrown).words()), words::NOT_SAVED_NEXT)
}

fn click_link(name: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let about = BlobPropertyBag::new();
    about.set_type("application/octet-stream");
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &about)?;
    let address = Url::create_object_url_with_blob(&blob)?;
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
