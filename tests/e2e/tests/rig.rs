//! The rig itself: before it says anything about Heapscope it must show that it is what it claims to be.
//!
//! The page here is `fixtures/index.html`, the plainest that uses a serial port.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use heapscope::demo::Board;
use heapscope::heap::Millis;
use heapscope_e2e::board::{Bench, simulated};
use heapscope_e2e::{Page, Rig, within};

/// Says what a test tells it to say, and nothing else but a greeting.
struct Plain {
    greeted: bool,
    typed: Vec<u8>,
}

impl Board for Plain {
    fn advance(&mut self, _: Millis, out: &mut Vec<u8>) {
        if !self.greeted {
            self.greeted = true;
            out.extend_from_slice(b"hello\r\n");
        }
        for line in self.typed.drain(..).filter(|byte| *byte == b'\n') {
            out.extend_from_slice(b"heard");
            out.push(line);
        }
    }

    fn input(&mut self, bytes: &[u8]) {
        self.typed.extend_from_slice(bytes);
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

async fn plain_rig() -> Rig {
    Rig::with(fixtures(), Box::new(|| Box::new(Plain { greeted: false, typed: Vec::new() }))).await
}

/// What the page has received, byte for byte, once it is as much as the board sent.
async fn received(page: &Page, board: &Bench) -> Vec<u8> {
    board.hush().await;
    let characters = page.run("return window.received").await;
    characters.as_str().expect("it is a text").chars().map(|byte| byte as u8).collect()
}

#[tokio::test]
async fn bytes_go_both_ways_and_the_cable_can_be_pulled() {
    within(120, async {
        let mut rig = plain_rig().await;
        rig.page.open("/").await;

        // The port is there, granted, and opens.
        rig.page.wait_for("#ports", "1 port: 10c4:ea60").await;
        rig.page.wait_for("#state", "port 1 is open").await;
        rig.board.wait_for_port(true).await;

        // The page writes, and the board answers.
        rig.page.run("return window.send('Status 4\\n')").await;
        rig.board.wait_for_typed(b"Status 4\n").await;
        assert_eq!(rig.board.typed(), b"Status 4\n");
        rig.page.wait_until("received the answer", "return window.received.endsWith('heard\\n')").await;

        // Every kind of byte arrives, many of them, in order.
        let everything: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        rig.board.send(&everything);
        rig.page.wait_until("received all bytes", "return window.received.length >= 100000").await;
        assert!(
            received(&rig.page, &rig.board).await == rig.board.sent(),
            "what arrived is not what was sent"
        );

        // The cable is pulled: the page's read fails, and the port that it knew says goodbye.
        rig.unplug().await;
        rig.page.wait_for("#state", "NetworkError: The device has been lost.").await;
        rig.page.wait_for("#events", "disconnect of port 1").await;
        assert_eq!(rig.page.run("return navigator.serial.getPorts().then(ports => ports.length)").await, 0);

        // And plugged in again: a new port object, which opens and has data.
        rig.replug().await;
        rig.page.wait_for("#events", "disconnect of port 1, connect of port 2").await;
        rig.page.wait_for("#state", "port 2 is open").await;
        let before = rig.board.sent().len();
        rig.board.send(b"again\r\n");
        rig.page.wait_until("received data again", "return window.received.endsWith('again\\r\\n')").await;
        assert!(rig.board.sent().len() > before);
        assert!(
            received(&rig.page, &rig.board).await == rig.board.sent(),
            "what arrived is not what was sent"
        );
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// Heapscope's own simulated board is as real to the browser as any.
#[tokio::test]
async fn the_simulated_board_answers_through_the_cable() {
    within(120, async {
        let rig = Rig::with(fixtures(), Box::new(simulated)).await;
        rig.page.open("/").await;
        rig.page.wait_for("#state", "port 1 is open").await;
        rig.page.run("return window.send('Status 4\\n')").await;
        rig.page
            .wait_until("received the memory report", "return window.received.includes('\"Heap\":')")
            .await;
        assert!(
            received(&rig.page, &rig.board).await == rig.board.sent(),
            "what arrived is not what was sent"
        );
    })
    .await;
}

/// The board's record holds what went over the cable, not what was said to nobody.
#[tokio::test]
async fn what_is_said_to_a_closed_port_is_not_counted_as_sent() {
    within(120, async {
        let rig = plain_rig().await;
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(200) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(rig.board.sent(), b"");
        assert!(!rig.board.port_is_open());
    })
    .await;
}
