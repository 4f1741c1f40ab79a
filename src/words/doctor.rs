//! What the connection doctor says: what is the matter, and what to do, for each system.

pub const INSECURE: &str =
    "Browsers offer serial ports only to pages that come over https, or from this computer.";
pub const OPEN_SECURELY: &str =
    "Open this page with https:// in front of its address, or from http://localhost.";

pub const FRAMED: &str = "Another page shows this one in a frame and does not let it use serial ports.";
pub const OPEN_UNFRAMED: &str = "Open Heapscope in a tab of its own.";
pub const ALLOW_IN_FRAME: &str =
    "Whoever made the page around it can allow it with allow=\"serial\" on the frame.";

pub const FORBIDDEN: &str = "Serial ports are blocked for this page.";
pub const ALLOW_IN_SITE_SETTINGS: &str = "Click the icon left of the address, open the site settings, and allow serial ports; then load the page anew.";
pub const ASK_ADMINISTRATOR: &str = "On a company's computer its administrator may have blocked them, and a web server may with a Permissions-Policy header.";

pub const NOTHING_CHOSEN: &str = "Was your board not in the list?";
pub const DATA_CABLE: &str =
    "Try another USB cable: many carry power only, and a board on such a cable lights up but is not seen.";
pub const OTHER_SOCKET: &str = "Plug it straight into the computer, not into a hub, and press Connect again: the list shows new ports at once.";
pub const WINDOWS_DRIVER: &str = "Look into the Device Manager under “Ports (COM & LPT)”. A device with a yellow mark needs its adapter’s driver: CP210x from Silicon Labs, CH340 from WCH, FTDI’s VCP driver.";
pub const MACOS_DRIVER: &str = "Type ls /dev/cu.* into a terminal. If no name changes when the board is plugged in, the adapter’s driver is missing: macOS 11 and later bring those for CP210x, CH340 and FTDI.";
pub const MACOS_ALLOW: &str =
    "A laptop may ask whether the accessory may connect: allow it, then plug it in again.";
pub const LINUX_GROUP: &str = "Your account must be in the group that owns the port: sudo usermod -aG dialout $USER (on Arch: uucp), then log out and in again.";
pub const LINUX_SNAP: &str = "A browser from Snap sees no ports by itself: sudo snap connect chromium:raw-usb, then start it again. Firefox from Snap does not reach them; its package from mozilla.org does.";
pub const LINUX_FLATPAK: &str = "A browser from Flatpak needs leave too: flatpak override --user --device=all and the name of the app, such as org.chromium.Chromium, then start it again.";
pub const LINUX_BRLTTY: &str = "If dmesg says that brltty took a CH340 adapter: sudo apt remove brltty, unless somebody uses a Braille display.";
pub const ANDROID_CABLE: &str = "The phone must be the host: use a USB-C cable or an OTG adapter, and allow Chrome to use the device when the phone asks.";

pub const BUSY: &str = "The port is there but does not open.";
pub const CLOSE_OTHERS: &str = "Close whatever else may have it: a serial monitor, the Arduino IDE, PlatformIO, jag monitor, an upload that still runs. Only one program at a time can have a port.";
pub const OTHER_TABS: &str = "Close other tabs and windows that are connected to it, also of other browsers.";
pub const REPLUG: &str = "Unplug it, wait for three seconds, and plug it back in.";
pub const LINUX_MODEM_MANAGER: &str = "ModemManager opens new ports for some seconds to look for modems: wait for half a minute, or sudo systemctl stop ModemManager.";
pub const WINDOWS_BUSY: &str = "If nothing else is open, unplug it and look into the Device Manager whether its COM port goes and comes back.";

pub const TRY_RATES: &str = "Try the rates that are usual for the firmware; switching opens the port anew, which restarts some boards.";
pub const BOOT_ROM: &str = "An ESP8266’s boot ROM writes at 74880, whatever the firmware does later. If readable lines follow by themselves, leave the rate as it is.";
pub const LOOSE_GROUND: &str = "If no rate helps: the wires may be loose or without a common ground, the levels wrong (RS-232 on a 3.3 V pin), or what comes is not text.";

pub const SILENCE: &str = "The port is open, but the board says nothing.";
pub const PRESS_RESET: &str = "Press the board’s reset button: most print something when they start.";
pub const WIRES: &str = "With wires of your own: the board’s TX goes to the adapter’s RX and the other way round, and both share their ground.";
pub const OTHER_CONSOLE: &str = "The firmware may log elsewhere: to another UART, to USB instead of the UART, or not at all (Tasmota: SerialLog 2).";
pub const LEFT_IN_RESET: &str =
    "Some boards stay in reset while RTS is on: switch DTR and RTS off under “Ports and line settings”.";

pub const NAME: &str = "Connection doctor";
pub const CLOSE: &str = "Close this advice";
pub const OTHER_SYSTEMS: &str = "On other systems";
pub const SEND_EMPTY_LINE: &str = "Send an empty line";
pub const CONNECT_AGAIN: &str = "Connect again";

/// A button.
pub fn use_baud(baud: u32) -> String {
    format!("Use {baud} baud")
}

/// Advice for a system.
pub fn on(system: &str) -> String {
    format!("On {system}")
}

/// `at` is the rate of the port, `likely` the one at which the bytes were most likely sent.
pub fn garbage(at: u32, likely: Option<u32>) -> String {
    match likely {
        Some(likely) => {
            format!("What comes at {at} baud is not text. It looks as if it were sent at {likely} baud.")
        }
        None => format!("What comes at {at} baud is not text."),
    }
}
