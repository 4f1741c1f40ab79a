//! How it stands with the port, which port is which, and how often a port that came back is tried.

use crate::heap::Millis;

/// A port as the driver knows it. After a replug some browsers give the same device a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PortId(pub u32);

/// A port that the person has granted to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The driver's number for it.
    pub id: PortId,
    /// What is known of the adapter: a port has no name or serial number, only USB ids.
    pub name: String,
    /// USB vendor and product, if it is a USB port.
    pub usb: Option<(u16, u16)>,
}

impl Port {
    /// A port named by its USB ids.
    pub fn new(id: PortId, usb: Option<(u16, u16)>) -> Self {
        Port { id, name: adapter_name(usb), usb }
    }
}

/// The common USB serial adapters and chips by vendor and product id
/// (the Linux drivers cp210x.c, ch341.c, ftdi_sio.c, pl2303.c; Espressif's usb-pids list).
fn adapter_name(usb: Option<(u16, u16)>) -> String {
    let Some((vendor, product)) = usb else { return crate::words::problem::name::SERIAL_PORT.to_owned() };
    let known = match (vendor, product) {
        (0x10c4, 0xea60) => "CP2102",
        (0x10c4, 0xea70) => "CP2105",
        (0x1a86, 0x7523) => "CH340",
        (0x1a86, 0x55d4) => "CH9102",
        (0x0403, 0x6001) => "FT232",
        (0x0403, 0x6010) => "FT2232",
        (0x0403, 0x6015) => "FT231X",
        (0x067b, 0x2303) => "PL2303",
        (0x303a, 0x1001) => "ESP32 USB-JTAG",
        (0x303a, 0x0002) => "ESP32-S2 USB",
        (0x2e8a, _) => "Raspberry Pi RP2",
        (0x2341, _) => "Arduino",
        _ => return format!("USB {vendor:04x}:{product:04x}"),
    };
    known.to_owned()
}

/// How it stands with the port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// No port.
    #[default]
    None,
    /// The browser's chooser is open.
    Choosing,
    /// The port is being opened.
    Opening(Port),
    /// Bytes flow.
    Open(Port),
    /// The port is being closed, as asked.
    Closing(Port),
    /// The device vanished; it is opened again when it comes back.
    Lost(ReconnectMatch),
}

impl Connection {
    /// Whether a port is open, or on the way to it or back.
    pub fn has_port(&self) -> bool {
        matches!(self, Connection::Opening(_) | Connection::Open(_) | Connection::Closing(_))
    }

    /// Whether this port is open.
    pub fn is_open(&self, id: PortId) -> bool {
        matches!(self, Connection::Open(port) if port.id == id)
    }

    /// Whether this port is being closed.
    pub fn is_closing(&self, id: PortId) -> bool {
        matches!(self, Connection::Closing(port) if port.id == id)
    }
}

/// A system needs a moment after the plug before it lets a port be opened: so long after a failure it is tried again.
const TRY_AGAIN_AFTER: Millis = Millis(500);

/// Each pause is twice the one before, up to this many times: 4 seconds.
const MOST_DOUBLINGS: u32 = 3;

/// So many failures, in half a minute, are the end of it.
const MOST_FAILURES: u32 = 11;

/// A port that vanished and came back: it is opened, and opened again when that fails.
#[derive(Debug)]
pub(super) struct Comeback {
    pub port: Port,
    failures: u32,
    next: Option<Millis>,
}

impl Comeback {
    pub fn of(port: Port) -> Self {
        Comeback { port, failures: 0, next: None }
    }

    /// A port that was lost and is still there.
    pub fn soon(port: Port, now: Millis) -> Self {
        Comeback { port, failures: 0, next: Some(now + TRY_AGAIN_AFTER) }
    }

    /// It could not be opened. False when it is not worth another try.
    pub fn fail(&mut self, now: Millis) -> bool {
        let pause = Millis(TRY_AGAIN_AFTER.0 << self.failures.min(MOST_DOUBLINGS));
        self.failures += 1;
        self.next = (self.failures < MOST_FAILURES).then(|| now + pause);
        self.next.is_some()
    }

    /// Whether it is to be tried now.
    pub fn poll(&mut self, now: Millis) -> bool {
        self.next.take_if(|next| *next <= now).is_some()
    }
}

/// What a port must be to be the one that vanished: the same USB ids, or for other ports the same object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconnectMatch {
    /// The adapter's name, for people.
    pub name: String,
    id: PortId,
    usb: Option<(u16, u16)>,
}

impl ReconnectMatch {
    pub(super) fn of(port: &Port) -> Self {
        ReconnectMatch { name: port.name.clone(), id: port.id, usb: port.usb }
    }

    /// Whether this port is the one that vanished, as far as can be known.
    pub fn is_met_by(&self, port: &Port) -> bool {
        self.is_same_object(port) || (self.usb.is_some() && port.usb == self.usb)
    }

    /// Whether the browser gave the same object again, which leaves no doubt.
    pub(super) fn is_same_object(&self, port: &Port) -> bool {
        port.id == self.id
    }
}
