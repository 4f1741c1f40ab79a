//! Heapscope tried as a person uses it: a real browser, its own Web Serial, and a serial port with a board at the end.
//!
//! Nothing in the page is pretended. The port is a pseudo-terminal that Chromium takes for a USB adapter, because
//! umockdev shows it one; the board is the simulation that the page itself has as its demo.
//!
//! * [`rig`]: everything together; a test begins with [`Rig::start`].
//! * [`board`]: the board at the far end of the cable, and a record of every byte that went over it.
//! * [`cable`]: the pseudo-terminal, and plugging it in and out.
//! * [`parts`]: the page of Heapscope, as every test knows it.
//! * [`page`]: what a test may do with a page, in whichever browser.
//! * [`chromium`], [`firefox`]: the browsers. Firefox shows everything but the port.
//! * [`driver`]: the programs that drive them.
//!
//! It needs Linux with chromium, chromedriver, firefox, geckodriver and umockdev, and the page in `dist/`; `cargo xtask test e2e` sees to
//! all of it. By hand it is `cargo test` in this folder.
//!
//! ```no_run
//! use heapscope_e2e::{Rig, within};
//! # async fn example() {
//! within(120, async {
//!     let mut rig = Rig::start().await;
//!     rig.page.open("/").await;
//!     rig.page.wait_for("h1", "Heapscope").await;
//!     rig.unplug().await;
//!     rig.page.wait_for("[role=status]", "unplugged").await;
//!     rig.replug().await;
//! })
//! .await;
//! # }
//! ```

pub mod board;
pub mod cable;
pub mod chromium;
pub mod driver;
pub mod firefox;
pub mod page;
pub mod parts;
pub mod rig;

pub use page::Page;
pub use rig::Rig;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use xtask::page_server::PageServer;

/// Ends a test that takes too long, with a sentence. Whatever it started is cleared away on the way out.
pub async fn within<T>(seconds: u64, test: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(seconds), test).await {
        Ok(value) => value,
        Err(_) => panic!("The test took more than {seconds} seconds and was ended."),
    }
}

/// Where a test keeps what people want to look at afterwards, such as a screenshot.
pub fn artefact(name: &str) -> PathBuf {
    let folder = repository().join("target/e2e");
    std::fs::create_dir_all(&folder).expect("target/ can be written");
    folder.join(name)
}

/// The page as it was built, in `dist/`.
pub fn page_folder() -> PathBuf {
    let dist = repository().join("dist");
    assert!(
        dist.join("index.html").is_file(),
        "There is no page in {}. Please run: cargo xtask build",
        dist.display()
    );
    dist
}

/// Serves a folder until the test program ends, and says where.
pub fn served(folder: PathBuf) -> String {
    let server = PageServer::listen(0, folder).expect("some port is free");
    let origin = format!("http://localhost:{}", server.port());
    thread::spawn(move || server.serve());
    origin
}

/// The folder in which the page's own package stands.
pub fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this package stands in tests/e2e of the repository")
}
