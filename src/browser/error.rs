//! What JavaScript threw, in words. Every `JsValue` error passes through here, once.

use js_sys::Error;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DomException;

/// An error of the browser: its name tells them apart, its message is for people.
#[derive(Clone, Debug)]
pub struct BrowserError {
    /// `NetworkError`, `NotFoundError` … or `Error`.
    pub name: String,
    /// The browser's sentence.
    pub message: String,
}

impl From<JsValue> for BrowserError {
    fn from(thrown: JsValue) -> Self {
        if let Some(exception) = thrown.dyn_ref::<DomException>() {
            return BrowserError { name: exception.name(), message: exception.message() };
        }
        if let Some(error) = thrown.dyn_ref::<Error>() {
            return BrowserError { name: error.name().into(), message: error.message().into() };
        }
        let message = thrown.as_string().unwrap_or_else(|| format!("{thrown:?}"));
        BrowserError { name: "Error".to_owned(), message }
    }
}

impl BrowserError {
    /// Its message, or its name where there is none: never nothing.
    pub fn words(&self) -> String {
        match self.message.is_empty() {
            true => self.name.clone(),
            false => self.message.clone(),
        }
    }
}
