//! Web Serial as the browser spells it, declared by hand.
//!
//! web-sys has these behind `--cfg=web_sys_unstable_apis`, a rustc flag that any `RUSTFLAGS` silently replaces.
//! Only what [`serial`](super::serial) calls stands here, and nothing here decides anything.
//! Specification: <https://wicg.github.io/serial/>.

use js_sys::{Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

#[wasm_bindgen]
extern "C" {
    /// What `navigator` is here: the object that may have `serial`.
    pub type NavigatorWithSerial;
    #[wasm_bindgen(method, getter)]
    pub fn serial(this: &NavigatorWithSerial) -> Option<Serial>;

    /// `navigator.serial`. Its events `connect` and `disconnect` have the port as their target.
    #[wasm_bindgen(extends = EventTarget)]
    #[derive(Clone, Debug)]
    pub type Serial;
    #[wasm_bindgen(method, catch, js_name = requestPort)]
    pub fn request_port(this: &Serial) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getPorts)]
    pub fn get_ports(this: &Serial) -> Result<Promise, JsValue>;

    /// A port that the person has granted to the page.
    #[wasm_bindgen(extends = EventTarget)]
    #[derive(Clone, Debug, PartialEq)]
    pub type SerialPort;
    #[wasm_bindgen(method, catch)]
    pub fn open(this: &SerialPort, options: &Object) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn close(this: &SerialPort) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, js_name = getInfo)]
    pub fn get_info(this: &SerialPort) -> PortInfo;
    #[wasm_bindgen(method, getter)]
    pub fn readable(this: &SerialPort) -> Option<ReadableStream>;
    #[wasm_bindgen(method, getter)]
    pub fn writable(this: &SerialPort) -> Option<WritableStream>;

    #[wasm_bindgen(method, catch, js_name = setSignals)]
    pub fn set_signals(this: &SerialPort, signals: &Object) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getSignals)]
    pub fn get_signals(this: &SerialPort) -> Result<Promise, JsValue>;

    /// What `getSignals` resolves to: the lines that the far end drives.
    pub type InputSignals;
    #[wasm_bindgen(method, getter, js_name = clearToSend)]
    pub fn clear_to_send(this: &InputSignals) -> bool;
    #[wasm_bindgen(method, getter, js_name = dataSetReady)]
    pub fn data_set_ready(this: &InputSignals) -> bool;
    #[wasm_bindgen(method, getter, js_name = dataCarrierDetect)]
    pub fn data_carrier_detect(this: &InputSignals) -> bool;
    #[wasm_bindgen(method, getter, js_name = ringIndicator)]
    pub fn ring_indicator(this: &InputSignals) -> bool;

    /// The USB ids of a port; absent for a port that is not on USB.
    pub type PortInfo;
    #[wasm_bindgen(method, getter, js_name = usbVendorId)]
    pub fn usb_vendor_id(this: &PortInfo) -> Option<u16>;
    #[wasm_bindgen(method, getter, js_name = usbProductId)]
    pub fn usb_product_id(this: &PortInfo) -> Option<u16>;

    pub type ReadableStream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    pub fn get_default_reader(this: &ReadableStream) -> Result<Reader, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    pub fn get_reader(this: &ReadableStream, options: &Object) -> Result<Reader, JsValue>;

    /// A default reader (`read()`) or a BYOB reader (`read(view)`): they differ in nothing else.
    #[derive(Clone, Debug)]
    pub type Reader;
    #[wasm_bindgen(method, catch)]
    pub fn read(this: &Reader) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = read)]
    pub fn read_into(this: &Reader, view: &Uint8Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn cancel(this: &Reader) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = releaseLock)]
    pub fn release_lock(this: &Reader) -> Result<(), JsValue>;

    /// What `read` resolves to.
    pub type ReadResult;
    #[wasm_bindgen(method, getter)]
    pub fn done(this: &ReadResult) -> bool;
    #[wasm_bindgen(method, getter)]
    pub fn value(this: &ReadResult) -> Option<Uint8Array>;

    pub type WritableStream;
    #[wasm_bindgen(method, catch, js_name = getWriter)]
    pub fn get_writer(this: &WritableStream) -> Result<Writer, JsValue>;

    #[derive(Clone, Debug)]
    pub type Writer;
    #[wasm_bindgen(method, catch)]
    pub fn write(this: &Writer, bytes: &Uint8Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn abort(this: &Writer) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = releaseLock)]
    pub fn release_lock(this: &Writer) -> Result<(), JsValue>;
}
