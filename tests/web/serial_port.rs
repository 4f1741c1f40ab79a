//! The real driver and the real session on a port that fails as the specification of Web Serial allows.
//!
//! A pseudo-terminal has no parity and no breaks, so the errors of a line are injected at the lowest place there is: in a
//! `SerialPort` of our own (`serial_port.js`), as the browser would report them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use heapscope::browser::serial::SerialDriver;
use heapscope::heap::Millis;
use heapscope::recording::MarkKind;
use heapscope::session::{Connection, Effect, Event, Inputs, OutputLine, PortId, Session, Settings};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::Callback;

/// How often each thing is done; `HEAPSCOPE_SOAK` at compile time makes it more.
fn times(usual: u32) -> u32 {
    option_env!("HEAPSCOPE_SOAK")
        .and_then(|factor| factor.parse().ok())
        .map_or(usual, |factor: u32| usual * factor)
}

/// A page without anything on screen: session, driver, port, and a clock that the test turns.
struct Rig {
    session: Rc<RefCell<Session>>,
    driver: Rc<SerialDriver>,
    now: Rc<Cell<u64>>,
    port: JsValue,
}

impl Rig {
    async fn connected() -> Self {
        let made = js_sys::eval(include_str!("serial_port.js")).unwrap();
        let port = Reflect::get(&made, &"port".into()).unwrap();
        let settings = Settings { poll_enabled: false, ..Settings::default() };
        let session = Rc::new(RefCell::new(Session::new(settings)));
        let (now, slot) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(None::<Rc<SerialDriver>>)));
        let report = Callback::from({
            let (session, now, slot) = (Rc::clone(&session), Rc::clone(&now), Rc::clone(&slot));
            move |event| {
                // Each event is later than the one before by more than the rhythm of marks, so that each has its own.
                now.set(now.get() + 1_500);
                let effects = session.borrow_mut().handle(event, Millis(now.get()));
                let driver = slot.borrow().clone();
                if let Some(driver) = driver {
                    effects.into_iter().for_each(|effect| carry_out(&driver, effect));
                }
            }
        });
        let driver = SerialDriver::with(&made, report);
        *slot.borrow_mut() = Some(Rc::clone(&driver));
        let rig = Rig { session, driver, now, port };
        rig.until(|session| !session.ports().is_empty()).await;
        rig.event(Event::PortClicked(PortId(0)));
        rig.until(|session| matches!(session.connection(), Connection::Open(_))).await;
        rig
    }

    fn event(&self, event: Event) {
        self.now.set(self.now.get() + 1_500);
        let effects = self.session.borrow_mut().handle(event, Millis(self.now.get()));
        effects.into_iter().for_each(|effect| carry_out(&self.driver, effect));
    }

    async fn until(&self, holds: impl Fn(&Session) -> bool) {
        for _ in 0..2_000 {
            if holds(&self.session.borrow()) {
                return;
            }
            TimeoutFuture::new(1).await;
        }
        panic!("not within some seconds; {:?}", self.session.borrow().connection());
    }

    /// Calls a method of the port, and waits for what it promises.
    async fn port(&self, method: &str, argument: &str) -> JsValue {
        let function: Function = Reflect::get(&self.port, &method.into()).unwrap().unchecked_into();
        let returned = function.call1(&self.port, &argument.into()).unwrap();
        match returned.dyn_into::<Promise>() {
            Ok(promise) => JsFuture::from(promise).await.unwrap(),
            Err(value) => value,
        }
    }

    fn field(&self, name: &str) -> JsValue {
        Reflect::get(&self.port, &name.into()).unwrap()
    }

    fn log(&self) -> String {
        let session = self.session.borrow();
        String::from_utf8(session.recording().unwrap().log().to_bytes()).unwrap()
    }
}

fn carry_out(driver: &Rc<SerialDriver>, effect: Effect) {
    match effect {
        Effect::OpenPort(id, line) => driver.open(id, &line),
        Effect::ClosePort(id) => driver.close(id),
        Effect::Write(id, bytes) => driver.write(id, bytes),
        Effect::PlaySignals(id, steps) => driver.play_signals(id, steps),
        Effect::ReadSignals(id) => driver.read_signals(id),
        _ => {}
    }
}

#[wasm_bindgen_test]
async fn a_thousand_errors_of_each_kind_leave_the_log_whole() {
    let rig = Rig::connected().await;
    let (count, mut sent) = (times(1_000), String::new());
    let kinds = ["BufferOverrunError", "BreakError", "FramingError", "ParityError"];
    for number in 0..count {
        for kind in kinds {
            let line = format!("line {number} before a {kind}\r\n");
            rig.port("receive", &line).await;
            rig.port("fail", kind).await;
            sent.push_str(&line);
        }
    }
    rig.port("receive", "the end\r\n").await;
    sent.push_str("the end\r\n");
    rig.until(|session| session.recording().unwrap().log().byte_count() == sent.len() as u64).await;
    assert!(rig.log() == sent, "what was kept is not what came");

    let session = rig.session.borrow();
    let log = session.recording().unwrap().log();
    let gaps: Vec<_> = log.marks().iter().filter(|mark| mark.kind == MarkKind::Gap).collect();
    assert_eq!(gaps.len() as u32, count * 4, "each gap has its mark");
    for (place, gap) in gaps.iter().enumerate() {
        assert_eq!(gap.before_line, place as u64 + 1, "right behind the line before it");
        let sign = ["buffer overrun", "break", "framing", "parity"][place % 4];
        assert!(gap.text.contains(sign), "{}", gap.text);
    }
    assert!(matches!(session.connection(), Connection::Open(_)), "and the port was never given up");
    assert_eq!(rig.field("opened"), 1);
}

#[wasm_bindgen_test]
async fn unplugging_and_closing_leave_no_lock_behind() {
    let rig = Rig::connected().await;
    let (cycles, mut sent) = (times(50), String::new());
    for cycle in 1..=cycles {
        let line = format!("cycle {cycle}\r\n");
        rig.port("receive", &line).await;
        sent.push_str(&line);
        // A write is under way when the device goes.
        rig.event(Event::LineTyped("Status 4".into()));
        rig.port("unplug", "").await;
        rig.until(|session| matches!(session.connection(), Connection::Lost(_))).await;
        rig.event(Event::PortUnplugged(PortId(0)));
        // Firefox's way: the same object comes back.
        Reflect::set(&rig.port, &"isThere".into(), &true.into()).unwrap();
        let port = heapscope::session::Port::new(PortId(0), Some((0x10c4, 0xea60)));
        rig.event(Event::PortPlugged(port));
        rig.until(|session| matches!(session.connection(), Connection::Open(_))).await;
        assert_eq!(rig.field("opened"), cycle + 1, "it could be closed, so it could be opened again");
    }
    rig.port("receive", "the end\r\n").await;
    sent.push_str("the end\r\n");
    rig.until(|session| session.recording().unwrap().log().byte_count() == sent.len() as u64).await;
    assert!(rig.log() == sent, "what was kept is not what came");
    rig.event(Event::DisconnectClicked);
    rig.until(|session| *session.connection() == Connection::None).await;
    assert_eq!(rig.port("isLocked", "").await, false);
    assert_eq!(rig.field("isOpen"), false);
}

#[wasm_bindgen_test]
async fn lines_are_switched_as_asked_and_never_by_themselves() {
    let rig = Rig::connected().await;
    rig.event(Event::Tick);
    rig.until(|session| session.signals().inputs.is_some()).await;
    let inputs = Inputs { cts: true, ri: true, ..Inputs::default() };
    assert_eq!(rig.session.borrow().signals().inputs, Some(inputs));
    let played = || js_sys::Array::from(&rig.field("signals")).join("; ").as_string().unwrap();
    assert_eq!(played(), "", "nobody asked for anything");
    rig.event(Event::ResetClicked);
    for _ in 0..1_000 {
        if js_sys::Array::from(&rig.field("signals")).length() == 2 {
            break;
        }
        TimeoutFuture::new(1).await;
    }
    let run = r#"{"dataTerminalReady":false,"requestToSend":true}; {"requestToSend":false}"#;
    assert_eq!(played(), run);
    rig.event(Event::LineSwitched(OutputLine::Dtr, true));
    TimeoutFuture::new(20).await;
    assert_eq!(played(), format!(r#"{run}; {{"dataTerminalReady":true}}"#));
    rig.event(Event::DisconnectClicked);
    rig.until(|session| *session.connection() == Connection::None).await;
    assert!(played().ends_with(r#"{"dataTerminalReady":true}"#), "closing switches nothing");
}
