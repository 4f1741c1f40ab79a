//! Everything together: the page served, a browser that looks at it, and a board on a cable between them.
//!
//! Dropping the rig ends all of it, also when a test fails.
//!
//! ```no_run
//! # async fn example() {
//! let mut rig = heapscope_e2e::Rig::start().await;
//! rig.page.open("/").await;
//! rig.board.send(b"something the board says\r\n");
//! rig.unplug().await;
//! rig.replug().await;
//! # }
//! ```

use std::path::PathBuf;

use heapscope::demo::Board;

use crate::board::{self, Bench, Power};
use crate::cable::Cable;
use crate::chromium::Chromium;
use crate::page::Page;
use crate::{page_folder, served};

/// What is plugged in: made anew each time, because a board that was unplugged starts from the beginning.
pub type Maker = Box<dyn Fn() -> Box<dyn Board + Send>>;

/// The fields are in the order in which they must end: first the browser, then the board, then the cable.
pub struct Rig {
    pub page: Page,
    browser: Chromium,
    power: Option<Power>,
    pub board: Bench,
    cable: Cable,
    maker: Maker,
}

impl Rig {
    /// Heapscope as built in `dist/`, and its own simulated board. The board is plugged in, and the page not opened yet.
    pub async fn start() -> Self {
        Self::with(page_folder(), Box::new(board::simulated)).await
    }

    /// Any folder of pages, any board.
    pub async fn with(folder: PathBuf, maker: Maker) -> Self {
        let origin = served(folder);
        let cable = Cable::lay().await;
        let board = Bench::default();
        let power = board.power_on(cable.plug(), maker());
        let (browser, page) = Chromium::start(&origin).await;
        Self { page, browser, power: Some(power), board, cable, maker }
    }

    /// Memory of their own that the browser's processes have which show pages.
    pub fn memory_of_pages_bytes(&self) -> u64 {
        self.browser.memory_of_pages_bytes()
    }

    /// Pulls the cable out. The board falls silent a moment before, so that whatever it sent has arrived:
    /// what a real cable loses while it is pulled, nobody can count.
    pub async fn unplug(&mut self) {
        if self.board.port_is_open() {
            self.board.hush().await;
        }
        self.cable.unplug();
        self.power = None;
    }

    /// Plugs it in again, under the same name. The board starts from the beginning.
    pub async fn replug(&mut self) {
        assert!(self.power.is_none(), "The cable is plugged in already.");
        self.power = Some(self.board.power_on(self.cable.plug(), (self.maker)()));
    }
}
