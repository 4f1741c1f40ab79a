//! The cable: a pseudo-terminal that Chromium takes for a USB serial adapter, and plugging it in and out.
//!
//! Chromium asks udev for serial ports. umockdev answers in udev's place with a device of ours whose file is the
//! pseudo-terminal; the test binary must be started by `umockdev-wrapper` for that, and every program that it
//! starts then sees the same devices. No root, no kernel module.
//! It refuses to be two test beds at once, because umockdev keeps one per process; `Cable::lay` waits its turn.
//!
//! Limits: a pseudo-terminal has no modem lines, so a page's `setSignals` fails as on some real adapters, and any
//! baud rate is accepted and ignored.

use std::env;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::ptr;

use tokio::sync::{Mutex, MutexGuard};

/// What the adapter says of itself over USB: a CP2102, as on most ESP8266 boards.
pub const VENDOR: u16 = 0x10c4;
pub const PRODUCT: u16 = 0xea60;
pub const NAME: &str = "CP2102";
pub const SERIAL_NUMBER: &str = "0001";

const DEVICE: &CStr = c"/sys/devices/platform/serial8250/tty/ttyUSB0";

/// A place to plug adapters in.
pub struct Cable {
    testbed: Testbed,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::const_new(());

impl Cable {
    /// Nothing is plugged in yet. Programs started from now on see this cable and no real ports.
    pub async fn lay() -> Self {
        let turn = TURN.lock().await;
        let testbed = Testbed::new();
        Self { testbed, _turn: turn }
    }

    /// Plugs a new adapter in and gives back the board's end of it.
    pub fn plug(&self) -> Terminal {
        let terminal = Terminal::open().expect("the system gives a pseudo-terminal");
        self.testbed.add(&description(&terminal.far_end));
        terminal
    }

    /// Takes the adapter away. The board's end must be dropped right after.
    pub fn unplug(&self) {
        self.testbed.remove();
    }
}

/// Chromium lists the ttys whose numbers belong to a serial driver and opens whatever file they name.
fn description(file: &Path) -> String {
    let (major, minor) = serial_driver();
    let file = file.display();
    format!(
        "P: /devices/platform/serial8250/tty/ttyUSB0\n\
         E: DEVNAME={file}\n\
         E: SUBSYSTEM=tty\n\
         E: MAJOR={major}\n\
         E: MINOR={minor}\n\
         E: ID_BUS=usb\n\
         E: ID_VENDOR_ID={VENDOR:04x}\n\
         E: ID_MODEL_ID={PRODUCT:04x}\n\
         E: ID_MODEL_ENC={NAME}\n\
         E: ID_SERIAL_SHORT={SERIAL_NUMBER}\n\
         A: dev={major}:{minor}\\n\n"
    )
}

/// The first numbers of any driver of the kind "serial": the line `serial /dev/ttyS 4 64-67 serial` gives 4 and 64.
fn serial_driver() -> (u32, u32) {
    let drivers = fs::read_to_string("/proc/tty/drivers").expect("Linux lists its terminal drivers");
    let numbers = drivers.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [.., major, minors, "serial"] = words[..] else {
            return None;
        };
        Some((major.parse().ok()?, minors.split('-').next()?.parse().ok()?))
    });
    numbers.expect("/proc/tty/drivers names a serial driver; without one Chromium shows no ports at all")
}

/// The board's end of the cable.
pub struct Terminal {
    near_end: File,
    far_end: PathBuf,
}

impl Terminal {
    fn open() -> io::Result<Self> {
        // SAFETY: plain system calls; the descriptor is ours from here on.
        let near_end = unsafe {
            // The browser must not inherit it, or the cable would stay plugged in when we let go of it.
            let options = libc::O_RDWR | libc::O_NOCTTY | libc::O_NONBLOCK | libc::O_CLOEXEC;
            let descriptor = libc::posix_openpt(options);
            if descriptor < 0 {
                return Err(io::Error::last_os_error());
            }
            File::from_raw_fd(descriptor)
        };
        let mut name = [0 as c_char; 64];
        // SAFETY: the descriptor is open, and `name` is as long as we say.
        let far_end = unsafe {
            check(libc::grantpt(near_end.as_raw_fd()))?;
            check(libc::unlockpt(near_end.as_raw_fd()))?;
            check(libc::ptsname_r(near_end.as_raw_fd(), name.as_mut_ptr(), name.len()))?;
            PathBuf::from(CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned())
        };
        // Bytes must pass unchanged from the first one on. That this opens and closes the far end once is wanted too:
        // from then on the near end knows whether anybody has the far end open.
        let once = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOCTTY).open(&far_end)?;
        // SAFETY: an all-zero termios is only a place to write to.
        unsafe {
            let mut settings: libc::termios = std::mem::zeroed();
            check(libc::tcgetattr(once.as_raw_fd(), &mut settings))?;
            libc::cfmakeraw(&mut settings);
            check(libc::tcsetattr(once.as_raw_fd(), libc::TCSANOW, &settings))?;
        }
        Ok(Self { near_end, far_end })
    }

    /// What the browser wrote and nobody took yet.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut buffer = [0; 4096];
        match (&self.near_end).read(&mut buffer) {
            Ok(count) => Ok(buffer[..count].to_vec()),
            // Nothing there, or the far end was closed a moment ago.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Vec::new()),
            Err(error) if error.raw_os_error() == Some(libc::EIO) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Writes as much as there is room for.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match (&self.near_end).write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(error) if error.raw_os_error() == Some(libc::EIO) => Ok(0),
            result => result,
        }
    }
}

impl AsRawFd for Terminal {
    fn as_raw_fd(&self) -> RawFd {
        self.near_end.as_raw_fd()
    }
}

fn check(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

const UMOCKDEV: &CStr = c"libumockdev.so.0";
const GOBJECT: &CStr = c"libgobject-2.0.so.0";

type Object = *mut c_void;

/// The few functions of libumockdev that are needed, found while running so that building needs no headers of it.
struct Testbed {
    object: Object,
    add_from_string: unsafe extern "C" fn(Object, *const c_char, *mut *mut c_void) -> c_int,
    uevent: unsafe extern "C" fn(Object, *const c_char, *const c_char),
    remove_device: unsafe extern "C" fn(Object, *const c_char),
    unref: unsafe extern "C" fn(Object),
}

impl Testbed {
    fn new() -> Self {
        let preloaded = env::var("LD_PRELOAD").unwrap_or_default();
        assert!(
            preloaded.contains("umockdev"),
            "These tests must be started by umockdev-wrapper. `cargo xtask test e2e` does, and `cargo test` in tests/e2e."
        );
        // SAFETY: the types of the functions are those of umockdev.h, and of glib-object.h for g_object_unref.
        let testbed = unsafe {
            let new: unsafe extern "C" fn() -> Object = function(UMOCKDEV, c"umockdev_testbed_new");
            Self {
                object: new(),
                add_from_string: function(UMOCKDEV, c"umockdev_testbed_add_from_string"),
                uevent: function(UMOCKDEV, c"umockdev_testbed_uevent"),
                remove_device: function(UMOCKDEV, c"umockdev_testbed_remove_device"),
                unref: function(GOBJECT, c"g_object_unref"),
            }
        };
        // This socket would swallow the terminal's ioctls, and opening the port would fail.
        let folder = env::var_os("UMOCKDEV_DIR").expect("a new test bed names its folder");
        let _ = fs::remove_file(Path::new(&folder).join("ioctl/_default"));
        testbed
    }

    /// Announces itself to those who listen.
    fn add(&self, description: &str) {
        let text = CString::new(description).expect("a description has no NUL in it");
        // SAFETY: the object lives, the text ends with NUL, and no details of an error are asked for.
        let added = unsafe { (self.add_from_string)(self.object, text.as_ptr(), ptr::null_mut()) };
        assert!(added != 0, "umockdev does not take this description:\n{description}");
    }

    fn remove(&self) {
        // SAFETY: the object lives, and both texts end with NUL.
        unsafe {
            (self.uevent)(self.object, DEVICE.as_ptr(), c"remove".as_ptr());
            (self.remove_device)(self.object, DEVICE.as_ptr());
        }
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        // SAFETY: this was the only reference.
        unsafe { (self.unref)(self.object) };
    }
}

/// Finds a function of a library, which stays loaded from then on.
///
/// # Safety
///
/// `F` must be the type of that function: a pointer to an `extern "C" fn` with its parameters and result.
unsafe fn function<F: Copy>(library: &CStr, name: &CStr) -> F {
    const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
    // SAFETY: both names end with NUL.
    let found = unsafe {
        let handle = libc::dlopen(library.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL);
        if handle.is_null() { handle } else { libc::dlsym(handle, name.as_ptr()) }
    };
    assert!(!found.is_null(), "{library:?} with {name:?} is missing. Please install umockdev.");
    // SAFETY: a function pointer has the size of any other, and the caller vouches for its type.
    unsafe { std::mem::transmute_copy(&found) }
}
