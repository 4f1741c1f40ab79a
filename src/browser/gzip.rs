//! gzip, which the browser has: recordings are packed and unpacked without a library of our own.
//!
//! Both are streams: neither end is ever in the page as a whole.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStream, ReadableStreamDefaultReader, Response};

use super::error::BrowserError;

// web-sys has these only behind a flag for the compiler.
#[wasm_bindgen]
extern "C" {
    type CompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<CompressionStream, JsValue>;

    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
}

/// What a packed file begins with (RFC 1952).
pub const SIGNATURE: [u8; 2] = [0x1f, 0x8b];

/// A packed file of these blobs, one after the other.
pub async fn packed(parts: &Array) -> Result<Blob, BrowserError> {
    let plain = Blob::new_with_blob_sequence(parts)?;
    let gzip = CompressionStream::new("gzip")?;
    let packed = plain.stream().pipe_through(gzip.unchecked_ref());
    let blob = Response::new_with_opt_readable_stream(Some(&packed))?.blob()?;
    Ok(JsFuture::from(blob).await?.unchecked_into())
}

/// A file that is unpacked while it is read.
#[derive(Clone)]
pub struct Unpacking(ReadableStreamDefaultReader);

impl Unpacking {
    /// Begins at the beginning.
    pub fn of(file: &Blob) -> Result<Self, BrowserError> {
        let gzip = DecompressionStream::new("gzip")?;
        let plain: ReadableStream = file.stream().pipe_through(gzip.unchecked_ref());
        Ok(Unpacking(plain.get_reader().unchecked_into()))
    }

    /// The next bytes: so many at least, fewer at the end or before damage, and none behind the end.
    pub async fn next(&self, least: usize) -> Result<Vec<u8>, BrowserError> {
        let mut bytes = Vec::new();
        while bytes.len() < least {
            let read = match JsFuture::from(self.0.read()).await {
                Ok(read) => read,
                // What came before the damage is good; who asks for more is told.
                Err(_) if !bytes.is_empty() => break,
                Err(thrown) => return Err(thrown.into()),
            };
            let value = js_sys::Reflect::get(&read, &JsValue::from_str("value"))?;
            let Some(chunk) = value.dyn_ref::<Uint8Array>() else { break };
            let start = bytes.len();
            bytes.resize(start + chunk.length() as usize, 0);
            chunk.copy_to(&mut bytes[start..]);
        }
        Ok(bytes)
    }
}
