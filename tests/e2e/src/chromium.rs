//! Chromium, in which a serial port can be opened without a person.
//!
//! Each is new: an empty profile that is thrown away afterwards, in which the person granted the page our serial
//! adapter some day before, because the browser's own chooser cannot be clicked without a screen.
//! Everything else is a real page in a real browser.
//!
//! ```no_run
//! # async fn example() {
//! let (browser, page) = heapscope_e2e::chromium::Chromium::start("http://localhost:8080").await;
//! page.open("/").await;
//! # }
//! ```

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cable;
use crate::driver::Driver;
use crate::page::{Console, Page};

/// How often the browser is started until one has a window that works.
const STARTS: u32 = 4;

/// How long a new window may take to load its first, empty page. A working one takes half a second.
const WAKING: Duration = Duration::from_secs(10);

/// A running Chromium. Dropping it ends every process that belongs to it.
pub struct Chromium(Driver);

impl Chromium {
    /// Starts a browser in which the page at `origin` has been granted the adapter, and opens one window.
    ///
    /// About one Chromium in twenty starts with a window that never loads anything: all its processes idle, the
    /// driver waiting. Nothing of ours has run by then, so it is thrown away and another one is started.
    pub async fn start(origin: &str) -> (Self, Page) {
        for _ in 1..STARTS {
            let (browser, page) = Self::start_once(origin).await;
            if tokio::time::timeout(WAKING, page.wakes()).await.is_ok() {
                return (browser, page);
            }
            eprintln!("Chromium started with a dead window; trying another one.");
        }
        Self::start_once(origin).await
    }

    async fn start_once(origin: &str) -> (Self, Page) {
        let profile = tempfile::tempdir().expect("there is room for a browser profile");
        let downloads = profile.path().join("downloads");
        fs::create_dir_all(profile.path().join("Default")).expect("the profile can be written");
        let preferences = preferences(origin, &downloads).to_string();
        fs::write(profile.path().join("Default/Preferences"), preferences)
            .expect("the profile can be written");

        let mut driver = Driver::start("chromedriver", &["--port=0".to_owned()], profile, port_in);
        let capabilities = capabilities(driver.folder());
        let client = driver.connect("Chromium", capabilities).await;
        let page = Page { client, origin: origin.to_owned(), downloads, console: Console::Asked };
        (Self(driver), page)
    }

    /// Memory of their own that the processes have which show pages.
    pub fn memory_of_pages_bytes(&self) -> u64 {
        self.0.memory_bytes("--type=renderer")
    }
}

/// "ChromeDriver was started successfully on port 40435."
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

/// The driver switches off what a browser does to hidden pages; a person's browser does it.
const NOT_FOR_TESTS_ALONE: [&str; 3] = [
    "disable-background-timer-throttling",
    "disable-backgrounding-occluded-windows",
    "disable-renderer-backgrounding",
];

fn capabilities(profile: &Path) -> Value {
    let arguments = [
        &format!("--user-data-dir={}", profile.display()),
        "--headless=new",
        // The page gets 900 pixels of it: the rest is the browser's own.
        "--window-size=1440,1043",
        // The driver talks to the browser through a pipe, whose end the browser notices.
        "--remote-debugging-pipe",
        // Tests are often run as root, in containers.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en-GB",
        // A page that was hidden for so many seconds is treated as one that was hidden for five minutes.
        "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5",
    ];
    json!({
        "goog:chromeOptions": { "args": arguments, "excludeSwitches": NOT_FOR_TESTS_ALONE },
        "goog:loggingPrefs": { "browser": "ALL" },
        // Tests wait for what they want to see. The driver's own waiting for a page to be loaded hangs now and then
        // when the browser's first, empty window is not done when the page is asked for.
        "pageLoadStrategy": "none",
    })
}

/// What the person granted and chose before.
fn preferences(origin: &str, downloads: &Path) -> Value {
    let adapter = json!({
        "name": cable::NAME,
        "vendor_id": cable::VENDOR,
        "product_id": cable::PRODUCT,
        "serial_number": cable::SERIAL_NUMBER,
    });
    let granted = json!({
        // Some day; the browser wants a number here.
        "last_modified": "13300000000000000",
        "setting": { "chosen-objects": [adapter] },
    });
    let site = format!("{origin},*");
    json!({
        "profile": { "content_settings": { "exceptions": { "serial_chooser_data": { site: granted } } } },
        // A distribution's browser may begin with a page on the internet; waiting for that can fail in many ways.
        "session": { "restore_on_startup": 4, "startup_urls": ["about:blank"] },
        "download": { "default_directory": downloads, "prompt_for_download": false },
    })
}
