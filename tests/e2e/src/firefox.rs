//! Firefox, for everything but the port: a headless one shows nobody the question whether the page may have it.
//!
//! Each is new: an empty profile that is thrown away afterwards.
//!
//! ```no_run
//! # async fn example() {
//! let (browser, page) = heapscope_e2e::firefox::Firefox::start("http://localhost:8080").await;
//! page.open("/#demo").await;
//! # }
//! ```

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::driver::Driver;
use crate::page::{Console, Page};

/// A running Firefox. Dropping it ends every process that belongs to it.
pub struct Firefox(#[expect(dead_code, reason = "it is held, and ends the browser when dropped")] Driver);

impl Firefox {
    /// Starts a browser with one window, which shows nothing yet.
    pub async fn start(origin: &str) -> (Self, Page) {
        let folder = tempfile::tempdir().expect("there is room for a browser profile");
        let downloads = folder.path().join("downloads");
        let profiles = folder.path().join("profiles");
        fs::create_dir_all(&downloads).expect("the folder can be written");
        fs::create_dir_all(&profiles).expect("the folder can be written");
        let arguments = ["--port", "0", "--profile-root", &profiles.to_string_lossy()].map(str::to_owned);
        let mut driver = Driver::start("geckodriver", &arguments, folder, port_in);
        let client = driver.connect("Firefox", capabilities(&downloads)).await;
        let console = Console::Printed(driver.output());
        let page = Page { client, origin: origin.to_owned(), downloads, console };
        (Self(driver), page)
    }
}

/// "1795355080207\tgeckodriver\tINFO\tListening on 127.0.0.1:33275"
fn port_in(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("geckodriver\tINFO\tListening on ")?;
    address.rsplit_once(':')?.1.parse().ok()
}

fn capabilities(downloads: &Path) -> Value {
    json!({
        "moz:firefoxOptions": {
            "args": ["-headless"],
            "prefs": {
                // What pages say to the console, and their errors, are printed.
                "devtools.console.stdout.content": true,
                "browser.download.dir": downloads,
                // The folder above rather than the person's own.
                "browser.download.folderList": 2,
                // Nothing is asked of the internet.
                "app.normandy.enabled": false,
                "app.update.disabledForTesting": true,
                "intl.accept_languages": "en-GB",
            },
        },
        "pageLoadStrategy": "none",
    })
}
