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
//! Opening and closing are orders: each port carries them out one after the other, and only the last one given
//! counts. One that was overtaken leaves the port closed and reports nothing.
//!
//! `cancel()` and `abort()` release no lock, and `close()` wants none held. A read error ends one `readable`;
//! while the port gives another, it was survivable. Nothing but handing on the bytes happens between two
//! reads. After a replug some browsers hand out a new object and some the same one: same object, same [`PortId`].

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use yew::Callback;

use super::error::BrowserError;
use super::serial_bindings::{
    InputSignals, NavigatorWithSerial, ReadResult, Reader, Serial, SerialPort, Writer,
};
use crate::heap::Millis;
use crate::session::{Event, Inputs, LineSettings, Port, PortId, Problem, Step};
use crate::words::browser::serial as words;

/// Between two reads the browser keeps this much. Its default of 255 bytes overruns at once.
const BUFFER_BYTES: u32 = 64 * 1024;

/// While a write hangs (flow control, a dead adapter), no more pieces than this wait behind it.
const MOST_UNSENT: usize = 64;

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
    /// The number of the last order. What belongs to an earlier one stops and reports nothing.
    order: Cell<u64>,
    /// Resolves when all orders so far are carried out.
    orders_done: RefCell<Option<Promise>>,
    reader: RefCell<Option<Reader>>,
    writer: RefCell<Option<Writer>>,
    unsent: RefCell<VecDeque<Vec<u8>>>,
    /// Resolves when reading has stopped and given its lock back.
    reading: RefCell<Option<Promise>>,
}

impl Slot {
    /// Numbers a new order: what went on before is overtaken.
    fn next_order(&self) -> u64 {
        self.order.set(self.order.get() + 1);
        self.order.get()
    }

    fn is_current(&self, order: u64) -> bool {
        self.order.get() == order
    }

    /// Carries out an order after those before it.
    fn enqueue(&self, carry_out: impl Future<Output = ()> + 'static) {
        let before = self.orders_done.borrow_mut().take();
        let done = future_to_promise(async move {
            if let Some(before) = before {
                let _ = JsFuture::from(before).await;
            }
            carry_out.await;
            Ok(JsValue::UNDEFINED)
        });
        *self.orders_done.borrow_mut() = Some(done);
    }
}

impl SerialDriver {
    /// Looks for Web Serial, reports what there is, and listens to cables.
    pub fn start(report: Callback<Event>) -> Rc<Self> {
        Self::with(&gloo_utils::window().navigator().into(), report)
    }

    /// The same with any object that has `serial`, or not, as `navigator` does.
    pub fn with(navigator: &JsValue, report: Callback<Event>) -> Rc<Self> {
        let navigator: &NavigatorWithSerial = navigator.unchecked_ref();
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
            None => Err(JsValue::from_str(words::NONE)),
        };
        spawn_local(async move {
            match settled(asked).await {
                Ok(port) => {
                    let slot = driver.slot_of(port.unchecked_into());
                    driver.report.emit(Event::PortChosen(driver.describe(&slot)));
                }
                Err(thrown) => {
                    let error = BrowserError::from(thrown);
                    driver.report.emit(Event::ChooserClosed);
                    if error.name != "NotFoundError" {
                        driver.report.emit(chooser_failed(&error));
                    }
                }
            }
        });
    }

    /// Opens the port and reads from it until it is closed or lost.
    pub fn open(self: &Rc<Self>, id: PortId, line: &LineSettings) {
        let Some(slot) = self.slot(id) else { return };
        let (order, options, report) = (slot.next_order(), options(line), self.report.clone());
        slot.enqueue(open(Rc::clone(&slot), order, options, report));
    }

    /// Closes the port, in the order that the browser wants.
    pub fn close(self: &Rc<Self>, id: PortId) {
        let Some(slot) = self.slot(id) else { return };
        let (order, report) = (slot.next_order(), self.report.clone());
        slot.enqueue({
            let slot = Rc::clone(&slot);
            async move {
                // Even when overtaken: the next order opens the port anew, maybe with other line settings.
                shut(&slot).await;
                if slot.is_current(order) {
                    report.emit(Event::PortClosed(id));
                }
            }
        });
    }

    /// Sends these bytes after those given before.
    pub fn write(self: &Rc<Self>, id: PortId, bytes: Vec<u8>) {
        let Some(slot) = self.slot(id) else { return };
        if slot.unsent.borrow().len() >= MOST_UNSENT {
            let reason = words::STILL_WAITS.to_owned();
            self.report.emit(Event::WriteFailed(id, reason));
            return;
        }
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
                report.emit(Event::WriteFailed(id, words::TAKES_NOTHING.to_owned()));
                return;
            }
        };
        *slot.writer.borrow_mut() = Some(writer.clone());
        spawn_local(write_all(Rc::clone(&slot), slot.order.get(), writer, report));
    }

    /// Switches lines of an open port, step by step, after what was asked for before.
    pub fn play_signals(self: &Rc<Self>, id: PortId, steps: Vec<Step>) {
        let Some(slot) = self.slot(id) else { return };
        let (order, report) = (slot.order.get(), self.report.clone());
        slot.enqueue({
            let slot = Rc::clone(&slot);
            async move {
                for step in steps {
                    if !slot.is_current(order) {
                        return;
                    }
                    let failed = match step {
                        Step::Wait(wait) => {
                            pause(wait).await;
                            None
                        }
                        Step::Switch { dtr, rts } => {
                            settled(slot.port.set_signals(&signals(dtr, rts))).await.err()
                        }
                    };
                    if let Some(thrown) = failed {
                        if slot.is_current(order) {
                            report.emit(Event::SignalsFailed(id, BrowserError::from(thrown).words()));
                        }
                        return;
                    }
                }
            }
        });
    }

    /// Reads the lines that the far end drives.
    pub fn read_signals(self: &Rc<Self>, id: PortId) {
        let Some(slot) = self.slot(id) else { return };
        let (order, report) = (slot.order.get(), self.report.clone());
        spawn_local(async move {
            let inputs = settled(slot.port.get_signals()).await.ok().map(|signals| {
                let signals: InputSignals = signals.unchecked_into();
                Inputs {
                    cts: signals.clear_to_send(),
                    dsr: signals.data_set_ready(),
                    dcd: signals.data_carrier_detect(),
                    ri: signals.ring_indicator(),
                }
            });
            if slot.is_current(order) {
                report.emit(Event::SignalsRead(id, inputs));
            }
        });
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
            let event = match settled(serial.get_ports()).await {
                Ok(ports) => {
                    let ports = js_sys::Array::from(&ports).into_iter();
                    let slots = ports.map(|port| driver.slot_of(port.unchecked_into()));
                    Event::PortsListed(slots.map(|slot| driver.describe(&slot)).collect())
                }
                Err(thrown) => chooser_failed(&BrowserError::from(thrown)),
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
            order: Cell::new(0),
            orders_done: RefCell::default(),
            reader: RefCell::default(),
            writer: RefCell::default(),
            unsent: RefCell::default(),
            reading: RefCell::default(),
        });
        slots.push(Rc::clone(&slot));
        slot
    }

    fn describe(&self, slot: &Slot) -> Port {
        let info = slot.port.get_info();
        Port::new(slot.id, info.usb_vendor_id().zip(info.usb_product_id()))
    }
}

/// Carries out the order to open the port.
async fn open(slot: Rc<Slot>, order: u64, options: Object, report: Callback<Event>) {
    if !slot.is_current(order) {
        return;
    }
    if slot.reading.borrow().is_some() {
        // The device was unplugged and is back before its last read has failed.
        shut(&slot).await;
    }
    let opened = settled(slot.port.open(&options)).await;
    match (opened, slot.is_current(order)) {
        (Ok(_), true) => {
            let reading = future_to_promise(read_all(Rc::clone(&slot), order, report.clone()));
            *slot.reading.borrow_mut() = Some(reading);
            report.emit(Event::PortOpened(slot.id));
        }
        (Ok(_), false) => shut(&slot).await,
        (Err(thrown), true) => {
            let reason = BrowserError::from(thrown).words();
            report.emit(Event::PortOpenFailed(slot.id, reason));
        }
        (Err(_), false) => {}
    }
}

/// Reads until the port is closed or lost. The outer loop is one `readable` a turn, the inner one read.
async fn read_all(slot: Rc<Slot>, order: u64, report: Callback<Event>) -> Result<JsValue, JsValue> {
    let mut failure = BrowserError { name: String::new(), message: words::LOST.to_owned() };
    let mut buffer = ArrayBuffer::new(BUFFER_BYTES);
    while slot.is_current(order)
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
            match settled(asked).await {
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
        match ended {
            Some(error)
                if error.name != "NetworkError"
                    && slot.is_current(order)
                    && slot.port.readable().is_some() =>
            {
                report.emit(Event::ReadInterrupted(slot.id, error.name));
            }
            Some(error) => {
                failure = error;
                break;
            }
            // The stream ended without an error, which only closing does. Asked again it might end again at once,
            // for ever, and the page would never get its turn.
            None => break,
        }
    }
    if slot.is_current(order) {
        // Closed at once, so that the same object can be opened again when the device comes back. `reading` is
        // this very task: waiting for it would never end.
        *slot.reading.borrow_mut() = None;
        slot.next_order();
        slot.enqueue({
            let slot = Rc::clone(&slot);
            async move { shut(&slot).await }
        });
        report.emit(Event::PortLost(slot.id, failure.words()));
    }
    Ok(JsValue::UNDEFINED)
}

/// Gives all locks back and closes the port. What fails on the way is of no use to anyone any more.
async fn shut(slot: &Slot) {
    let reader = slot.reader.borrow().clone();
    if let Some(reader) = reader {
        let _ = settled(reader.cancel()).await;
    }
    let reading = slot.reading.borrow_mut().take();
    if let Some(reading) = reading {
        let _ = JsFuture::from(reading).await;
    }
    slot.unsent.borrow_mut().clear();
    let writer = slot.writer.borrow_mut().take();
    if let Some(writer) = writer {
        let _ = settled(writer.abort()).await;
        let _ = writer.release_lock();
    }
    let _ = settled(slot.port.close()).await;
}

/// Sends what waits, in order, and gives the lock back.
async fn write_all(slot: Rc<Slot>, order: u64, writer: Writer, report: Callback<Event>) {
    loop {
        let Some(bytes) = slot.unsent.borrow_mut().pop_front() else { break };
        let written = settled(writer.write(&Uint8Array::from(bytes.as_slice()))).await;
        if let Err(thrown) = written {
            slot.unsent.borrow_mut().clear();
            if slot.is_current(order) {
                report.emit(Event::WriteFailed(slot.id, BrowserError::from(thrown).words()));
            }
        }
    }
    // Closing takes the writer for itself and gives its lock back.
    if slot.writer.borrow_mut().take().is_some() {
        let _ = writer.release_lock();
    }
}

/// What the browser's promise comes to, or what it threw in place of one.
async fn settled(asked: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(asked?).await
}

fn signals(dtr: Option<bool>, rts: Option<bool>) -> Object {
    let signals = Object::new();
    for (name, state) in [("dataTerminalReady", dtr), ("requestToSend", rts)] {
        if let Some(state) = state {
            // A fresh object takes any field.
            let _ = Reflect::set(&signals, &name.into(), &state.into());
        }
    }
    signals
}

async fn pause(time: Millis) {
    let paused = Promise::new(&mut |resolve, _| {
        Timeout::new(time.0 as u32, move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        })
        .forget();
    });
    let _ = JsFuture::from(paused).await;
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

fn chooser_failed(error: &BrowserError) -> Event {
    match error.name.as_str() {
        "SecurityError" => Event::SerialForbidden,
        _ => Event::BrowserFailed(Problem::new(words::no_list(&error.words()), words::NO_LIST_NEXT)),
    }
}
