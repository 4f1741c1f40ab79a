//! Drives Web Serial: carries out the session's effects on ports, and reports what happens to them.
//!
//! It decides nothing: which port, when, whether to open it again are the session's. It knows only the order
//! in which the browser wants things done:
//!
//! ```text
//! open ─► [ reader ─► read … read ─ error ─► release ─► next reader ]… ─► lost, or:
//!         close asked ─► cancel ─► release reader ─► abort, release writer ─► close
//! ```
//!
//! `cancel()` and `abort()` release no lock, and `close()` wants none held. A read error ends one `readable`;
//! while the port gives another, it was survivable. Nothing but handing on the bytes happens between two
//! reads. After a replug some browsers hand out a new object and some the same one: same object, same [`PortId`].

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use yew::Callback;

use super::error::BrowserError;
use super::serial_bindings::{NavigatorWithSerial, ReadResult, Reader, Serial, SerialPort, Writer};
use crate::session::{Event, LineSettings, Port, PortId, Problem};

/// Between two reads the browser keeps this much. Its default of 255 bytes overruns at once.
const BUFFER_BYTES: u32 = 64 * 1024;

/// All ports that this page has seen.
pub struct SerialDriver {
    /// `None` where the browser has no Web Serial.
    serial: Option<Serial>,
    slots: RefCell<Vec<Rc<Slot>>>,
    report: Callback<Event>,
    listeners: RefCell<Vec<EventListener>>,
}

/// One port object, and what is going on with it.
struct Slot {
    id: PortId,
    port: SerialPort,
    /// Set while the port is meant to be open; reading stops when it is cleared.
    is_wanted: Cell<bool>,
    reader: RefCell<Option<Reader>>,
    writer: RefCell<Option<Writer>>,
    unsent: RefCell<VecDeque<Vec<u8>>>,
    /// Resolves when reading has stopped and given its lock back.
    reading: RefCell<Option<Promise>>,
    /// Resolves when the last close is done: the next open waits for it.
    closing: RefCell<Option<Promise>>,
}

impl SerialDriver {
    /// Looks for Web Serial, reports what there is, and listens to cables.
    pub fn start(report: Callback<Event>) -> Rc<Self> {
        let navigator: NavigatorWithSerial =
            gloo_utils::window().navigator().unchecked_into::<JsValue>().into();
        let driver = Rc::new(SerialDriver {
            serial: navigator.serial(),
            slots: RefCell::default(),
            report,
            listeners: RefCell::default(),
        });
        driver.report.emit(Event::SerialSupportKnown(driver.serial.is_some()));
        if let Some(serial) = driver.serial.clone() {
            driver.listen(&serial, "connect", |driver, slot| Event::PortPlugged(driver.describe(slot)));
            driver.listen(&serial, "disconnect", |_, slot| Event::PortUnplugged(slot.id));
            driver.list_granted(serial);
        }
        driver
    }

    /// Shows the browser's chooser. The call must be on the stack of a click.
    pub fn show_chooser(self: &Rc<Self>) {
        let driver = Rc::clone(self);
        let asked = match &self.serial {
            Some(serial) => serial.request_port(),
            None => Err(JsValue::from_str("This browser has no Web Serial")),
        };
        spawn_local(async move {
            let chosen = match asked {
                Ok(promise) => JsFuture::from(promise).await,
                Err(thrown) => Err(thrown),
            };
            match chosen {
                Ok(port) => {
                    let slot = driver.slot_of(port.unchecked_into());
                    driver.report.emit(Event::PortChosen(driver.describe(&slot)));
                }
                Err(thrown) => {
                    let error = BrowserError::from(thrown);
                    driver.report.emit(Event::ChooserClosed);
                    if error.name != "NotFoundError" {
                        driver.report.emit(Event::BrowserFailed(chooser_problem(&error)));
                    }
                }
            }
        });
    }

    /// Opens the port and reads from it until it is closed or lost.
    pub fn open(self: &Rc<Self>, id: PortId, line: &LineSettings) {
        let Some(slot) = self.slot(id) else { return };
        let (driver, options) = (Rc::clone(self), options(line));
        slot.is_wanted.set(true);
        spawn_local(async move {
            let closing = slot.closing.borrow_mut().take();
            if let Some(closing) = closing {
                let _ = JsFuture::from(closing).await;
            }
            let opened = match slot.port.open(&options) {
                Ok(promise) => JsFuture::from(promise).await,
                Err(thrown) => Err(thrown),
            };
            match opened {
                Ok(_) => {
                    let reading = future_to_promise(read_all(Rc::clone(&slot), driver.report.clone()));
                    *slot.reading.borrow_mut() = Some(reading);
                    driver.report.emit(Event::PortOpened(id));
                }
                Err(thrown) => {
                    slot.is_wanted.set(false);
                    let reason = BrowserError::from(thrown).words();
                    driver.report.emit(Event::PortOpenFailed(id, reason));
                }
            }
        });
    }

    /// Closes the port, in the order that the browser wants.
    pub fn close(self: &Rc<Self>, id: PortId) {
        let Some(slot) = self.slot(id) else { return };
        slot.is_wanted.set(false);
        let report = self.report.clone();
        let closed = future_to_promise(shut(Rc::clone(&slot)));
        *slot.closing.borrow_mut() = Some(closed.clone());
        spawn_local(async move {
            let _ = JsFuture::from(closed).await;
            report.emit(Event::PortClosed(id));
        });
    }

    /// Sends these bytes after those given before.
    pub fn write(self: &Rc<Self>, id: PortId, bytes: Vec<u8>) {
        let Some(slot) = self.slot(id) else { return };
        slot.unsent.borrow_mut().push_back(bytes);
        if slot.writer.borrow().is_some() {
            return;
        }
        let report = self.report.clone();
        let writer = match slot.port.writable().map(|writable| writable.get_writer()) {
            Some(Ok(writer)) => writer,
            Some(Err(thrown)) => {
                slot.unsent.borrow_mut().clear();
                let reason = BrowserError::from(thrown).words();
                report.emit(Event::WriteFailed(id, reason));
                return;
            }
            None => {
                slot.unsent.borrow_mut().clear();
                report.emit(Event::WriteFailed(id, "The port takes no bytes any more".to_owned()));
                return;
            }
        };
        *slot.writer.borrow_mut() = Some(writer.clone());
        spawn_local(write_all(slot, writer, report));
    }

    fn listen(self: &Rc<Self>, serial: &Serial, name: &'static str, event: fn(&Self, &Rc<Slot>) -> Event) {
        let driver = Rc::downgrade(self);
        let listener = EventListener::new(serial, name, move |happened| {
            let (Some(driver), Some(port)) = (driver.upgrade(), happened.target()) else { return };
            let slot = driver.slot_of(port.unchecked_into());
            driver.report.emit(event(&driver, &slot));
        });
        self.listeners.borrow_mut().push(listener);
    }

    fn list_granted(self: &Rc<Self>, serial: Serial) {
        let driver = Rc::clone(self);
        spawn_local(async move {
            let listed = match serial.get_ports() {
                Ok(promise) => JsFuture::from(promise).await,
                Err(thrown) => Err(thrown),
            };
            let event = match listed {
                Ok(ports) => {
                    let ports = js_sys::Array::from(&ports).into_iter();
                    let slots = ports.map(|port| driver.slot_of(port.unchecked_into()));
                    Event::PortsListed(slots.map(|slot| driver.describe(&slot)).collect())
                }
                Err(thrown) => Event::BrowserFailed(chooser_problem(&BrowserError::from(thrown))),
            };
            driver.report.emit(event);
        });
    }

    fn slot(&self, id: PortId) -> Option<Rc<Slot>> {
        self.slots.borrow().iter().find(|slot| slot.id == id).cloned()
    }

    fn slot_of(&self, port: SerialPort) -> Rc<Slot> {
        let mut slots = self.slots.borrow_mut();
        if let Some(known) = slots.iter().find(|slot| Object::is(&slot.port, &port)) {
            return Rc::clone(known);
        }
        let slot = Rc::new(Slot {
            id: PortId(slots.len() as u32),
            port,
            is_wanted: Cell::new(false),
            reader: RefCell::default(),
            writer: RefCell::default(),
            unsent: RefCell::default(),
            reading: RefCell::default(),
            closing: RefCell::default(),
        });
        slots.push(Rc::clone(&slot));
        slot
    }

    fn describe(&self, slot: &Slot) -> Port {
        let info = slot.port.get_info();
        Port::new(slot.id, info.usb_vendor_id().zip(info.usb_product_id()))
    }
}

/// Reads until the port is closed or lost. The outer loop is one `readable` a turn, the inner one read.
async fn read_all(slot: Rc<Slot>, report: Callback<Event>) -> Result<JsValue, JsValue> {
    let mut failure = BrowserError { name: String::new(), message: "The device has been lost.".to_owned() };
    let mut buffer = ArrayBuffer::new(BUFFER_BYTES);
    while slot.is_wanted.get()
        && let Some(readable) = slot.port.readable()
    {
        let byob = Object::new();
        let _ = Reflect::set(&byob, &"mode".into(), &"byob".into());
        let (reader, is_byob) = match readable.get_reader(&byob) {
            Ok(reader) => (reader, true),
            Err(_) => match readable.get_default_reader() {
                Ok(reader) => (reader, false),
                Err(thrown) => {
                    failure = thrown.into();
                    break;
                }
            },
        };
        *slot.reader.borrow_mut() = Some(reader.clone());
        let ended = loop {
            let asked = match is_byob {
                true => reader.read_into(&Uint8Array::new(&buffer)),
                false => reader.read(),
            };
            let read = match asked {
                Ok(promise) => JsFuture::from(promise).await,
                Err(thrown) => Err(thrown),
            };
            match read {
                Ok(result) => {
                    let result: ReadResult = result.unchecked_into();
                    if let Some(bytes) = result.value() {
                        let received = bytes.to_vec();
                        // The read took our buffer and gives it back inside its answer.
                        buffer = bytes.buffer();
                        if !received.is_empty() {
                            report.emit(Event::BytesReceived(slot.id, received));
                        }
                    } else if is_byob {
                        buffer = ArrayBuffer::new(BUFFER_BYTES);
                    }
                    if result.done() {
                        break None;
                    }
                }
                Err(thrown) => break Some(BrowserError::from(thrown)),
            }
        };
        *slot.reader.borrow_mut() = None;
        let _ = reader.release_lock();
        if buffer.byte_length() == 0 {
            // A read that failed keeps what it took.
            buffer = ArrayBuffer::new(BUFFER_BYTES);
        }
        if let Some(error) = ended {
            if error.name != "NetworkError" && slot.is_wanted.get() && slot.port.readable().is_some() {
                report.emit(Event::ReadInterrupted(slot.id, error.name));
            } else {
                failure = error;
                break;
            }
        }
    }
    if slot.is_wanted.replace(false) {
        // Closed at once, so that the same object can be opened again when the device comes back. `reading` is
        // this very task: waiting for it would never end.
        *slot.reading.borrow_mut() = None;
        *slot.closing.borrow_mut() = Some(future_to_promise(shut(Rc::clone(&slot))));
        report.emit(Event::PortLost(slot.id, failure.words()));
    }
    Ok(JsValue::UNDEFINED)
}

/// Gives all locks back and closes the port. What fails on the way is of no use to anyone any more.
async fn shut(slot: Rc<Slot>) -> Result<JsValue, JsValue> {
    let reader = slot.reader.borrow().clone();
    if let Some(Ok(cancelled)) = reader.map(|reader| reader.cancel()) {
        let _ = JsFuture::from(cancelled).await;
    }
    let reading = slot.reading.borrow_mut().take();
    if let Some(reading) = reading {
        let _ = JsFuture::from(reading).await;
    }
    slot.unsent.borrow_mut().clear();
    let writer = slot.writer.borrow_mut().take();
    if let Some(writer) = writer {
        if let Ok(aborted) = writer.abort() {
            let _ = JsFuture::from(aborted).await;
        }
        let _ = writer.release_lock();
    }
    if let Ok(closed) = slot.port.close() {
        let _ = JsFuture::from(closed).await;
    }
    Ok(JsValue::UNDEFINED)
}

/// Sends what waits, in order, and gives the lock back.
async fn write_all(slot: Rc<Slot>, writer: Writer, report: Callback<Event>) {
    loop {
        let Some(bytes) = slot.unsent.borrow_mut().pop_front() else { break };
        let written = match writer.write(&Uint8Array::from(bytes.as_slice())) {
            Ok(promise) => JsFuture::from(promise).await,
            Err(thrown) => Err(thrown),
        };
        if let Err(thrown) = written {
            slot.unsent.borrow_mut().clear();
            if slot.is_wanted.get() {
                report.emit(Event::WriteFailed(slot.id, BrowserError::from(thrown).words()));
            }
        }
    }
    // Closing takes the writer for itself and gives its lock back.
    if slot.writer.borrow_mut().take().is_some() {
        let _ = writer.release_lock();
    }
}

fn options(line: &LineSettings) -> Object {
    let options = Object::new();
    let fields: [(&str, JsValue); 6] = [
        ("baudRate", line.baud.into()),
        ("dataBits", line.data_bits.into()),
        ("stopBits", line.stop_bits.into()),
        ("parity", line.parity.key().into()),
        ("flowControl", line.flow_control.key().into()),
        ("bufferSize", BUFFER_BYTES.into()),
    ];
    for (name, value) in fields {
        // A fresh object takes any field.
        let _ = Reflect::set(&options, &name.into(), &value);
    }
    options
}

fn chooser_problem(error: &BrowserError) -> Problem {
    match error.name.as_str() {
        "SecurityError" => Problem::new(
            "The browser does not let this page use serial ports.",
            "Allow serial ports in the site settings (the icon left of the address), or open the page in a \
             window of its own if another page frames it.",
        ),
        _ => Problem::new(
            format!("The browser could not show its list of ports: {}", error.words()),
            "Press Connect again; if it stays so, load the page anew.",
        ),
    }
}
