//! The connection on a real port: hidden pages, cables that are pulled, adapters without modem lines, the doctor.

use std::time::Duration;

use heapscope::demo::Board;
use heapscope::heap::Millis;
use heapscope_e2e::parts::part;
use heapscope_e2e::{Page, Rig, artefact, board, page_folder, repository, within};

async fn open_with(rig: &Rig, settings: &str) {
    rig.page.open("/").await;
    rig.page.wait_for(&part("port-button"), "CP2102").await;
    if !settings.is_empty() {
        // As a person chose it some day before.
        rig.page.run(&format!("localStorage.setItem('heapscope.settings', '{settings}')")).await;
        rig.page.run("location.reload()").await;
        rig.page.wait_until("came back", "return document.readyState === 'complete'").await;
        rig.page.wait_for(&part("port-button"), "CP2102").await;
    }
}

async fn connect(rig: &Rig, settings: &str) {
    open_with(rig, settings).await;
    rig.page.click(&part("port-button")).await;
    rig.board.wait_for_port(true).await;
}

/// How much longer than usual the long tests are: `HEAPSCOPE_SOAK=5` makes 50 cycles of ten.
fn soak(usual: u32) -> u32 {
    let factor = std::env::var("HEAPSCOPE_SOAK").ok().and_then(|factor| factor.parse().ok());
    usual * factor.unwrap_or(1)
}

/// What a page's own timer of 100 ms does. Without it the tests of hidden pages would show nothing.
async fn begin_control(page: &Page) {
    let control = "window.rings = [];
        const ring = () => { rings.push(document.visibilityState); setTimeout(ring, 100); };
        ring()";
    page.run(control).await;
}

/// How often it rang while the page was hidden: while a port is open Chromium lets it ring once a second.
async fn assert_held_back(page: &Page, hidden: Duration) -> u64 {
    let rings = page.run("return rings.filter((state) => state === 'hidden').length").await.as_u64().unwrap();
    let most = hidden.as_secs() + 3;
    assert!((1..=most).contains(&rings), "not hidden, or not held back: {rings} times in {hidden:?}");
    rings
}

fn times_typed(rig: &Rig, line: &[u8]) -> usize {
    rig.board.typed().windows(line.len()).filter(|window| *window == line).count()
}

/// The page's own timers are held back in a hidden tab, and the board is asked all the same.
#[tokio::test]
async fn a_hidden_page_goes_on_asking_and_reading() {
    within(240, async {
        const HIDDEN: Duration = Duration::from_secs(30);
        let rig = Rig::start().await;
        connect(&rig, r#"{"poll_interval_millis":2000}"#).await;
        rig.board.wait_for_typed_times(b"Status 4\n", 2).await;
        begin_control(&rig.page).await;
        let before = times_typed(&rig, b"Status 4\n");
        rig.page.hidden_for(HIDDEN).await;
        let times = times_typed(&rig, b"Status 4\n") - before;
        let rings = assert_held_back(&rig.page, HIDDEN).await;
        println!("hidden for {HIDDEN:?}: asked {times} times, the page's own timer rang {rings} times");
        assert!((11..=16).contains(&times), "asked {times} times in {HIDDEN:?}, every two seconds");
        rig.wait_for_all_bytes().await;
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// Lines that wait leave every 300 ms, which no timer of a hidden page could do.
#[tokio::test]
async fn lines_leave_a_hidden_page_as_fast_as_a_visible_one() {
    within(120, async {
        const HIDDEN: Duration = Duration::from_secs(10);
        let rig = Rig::with(repository().join("dist"), Box::new(|| Box::new(Silent))).await;
        connect(&rig, "").await;
        begin_control(&rig.page).await;
        rig.page.type_into(&part("command-input"), &"x\u{e007}".repeat(80)).await;
        let before = times_typed(&rig, b"x\n");
        rig.page.hidden_for(HIDDEN).await;
        let lines = times_typed(&rig, b"x\n") - before;
        let rings = assert_held_back(&rig.page, HIDDEN).await;
        println!("hidden for {HIDDEN:?}: {lines} lines left, the page's own timer rang {rings} times");
        assert!(before + lines < 80, "too few lines were typed to see anything");
        assert!(lines as u64 > 3 * rings / 2, "{lines} lines, no more than the page's own timer could send");
    })
    .await;
}

/// Never stops talking: 50 KB a second, each line with its number.
#[derive(Default)]
struct Talker {
    said: u64,
}

impl Board for Talker {
    fn advance(&mut self, now: Millis, out: &mut Vec<u8>) {
        while self.said < now.0 {
            self.said += 1;
            out.extend_from_slice(
                format!("{:08} a line of fifty bytes, to the very last {:04}\r\n", self.said, now.0 % 10_000)
                    .as_bytes(),
            );
        }
    }

    fn input(&mut self, _: &[u8]) {}
}

#[tokio::test]
async fn pulling_the_cable_again_and_again_loses_nothing_and_leaves_no_lock() {
    let cycles = soak(10);
    within(120 + 15 * u64::from(cycles), async {
        let mut rig = Rig::with(repository().join("dist"), Box::new(|| Box::<Talker>::default())).await;
        open_with(&rig, "").await;
        // Every port object that the page ever gets.
        let watch = "window.seen = [];
            navigator.serial.addEventListener('connect', (event) => seen.push(event.target));
            return navigator.serial.getPorts().then((ports) => { seen.push(...ports); return seen.length; })";
        assert_eq!(rig.page.run(watch).await, 1);
        rig.page.click(&part("port-button")).await;
        rig.board.wait_for_port(true).await;
        for _ in 0..cycles {
            tokio::time::sleep(Duration::from_millis(400)).await;
            rig.unplug().await;
            rig.replug().await;
            rig.board.wait_for_port(true).await;
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        rig.wait_for_all_bytes().await;
        let open = "return [seen.length, seen.filter((port) => port.readable || port.writable).length]";
        assert_eq!(
            rig.page.run(open).await,
            serde_json::json!([cycles + 1, 1]),
            "the last one alone is open"
        );
        rig.page.click(&part("save-log")).await;
        let saved = rig.page.downloaded("heapscope-log.txt").await;
        println!("{cycles} cycles, {} bytes", saved.len());
        assert_eq!(saved.len(), rig.board.sent().len());
        assert!(saved == rig.board.sent(), "what was saved is not what was sent");
        rig.page.click(&part("disconnect-button")).await;
        rig.board.wait_for_port(false).await;
        let locked = "return seen.filter((port) => port.readable || port.writable).length";
        assert_eq!(rig.page.run(locked).await, 0);
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// Says only what a test wants said.
struct Silent;

impl Board for Silent {
    fn advance(&mut self, _: Millis, _: &mut Vec<u8>) {}
    fn input(&mut self, _: &[u8]) {}
}

/// A pseudo-terminal has no modem lines, as some adapters have none.
#[tokio::test]
async fn an_adapter_without_modem_lines_is_one_calm_sentence() {
    within(120, async {
        let rig = Rig::with(repository().join("dist"), Box::new(|| Box::new(Silent))).await;
        connect(&rig, "").await;
        rig.board.send(b"before\r\n");
        rig.page.wait_for(&part("console"), "before").await;
        rig.page.click(&part("connect-menu")).await;
        rig.page.wait_for(&part("modem-lines"), "not told").await;
        rig.page.screenshot(&artefact("modem-lines.png")).await;
        rig.page.click("header .logo").await;
        rig.page.click(&part("reset-button")).await;
        rig.page.wait_for(&part("notice"), "This adapter does not switch DTR and RTS").await;
        rig.page
            .wait_until(
                "took the button away",
                &format!("return !document.querySelector('{}')", part("reset-button")),
            )
            .await;
        rig.board.send(b"after\r\n");
        rig.page.wait_for(&part("console"), "after").await;
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// Garbage has its rate named, and a click opens the port at it; silence offers an empty line, which arrives.
#[tokio::test]
async fn the_doctor_names_the_rate_and_breaks_the_silence() {
    within(180, async {
        let rig = Rig::with(repository().join("dist"), Box::new(|| Box::new(Silent))).await;
        connect(&rig, "").await;
        rig.page.wait_for_within(Duration::from_secs(30), &part("doctor"), "the board says nothing").await;
        rig.page.screenshot(&artefact("doctor-silence.png")).await;
        let typed = rig.board.typed().len();
        rig.page.click(&part("doctor-send")).await;
        rig.page.wait_until("sent", "return true").await;
        while rig.board.typed().len() == typed {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(rig.board.typed()[typed..], *b"\n");
        let garbage = repository().join("tests/fixtures/garbage/boot_rom_74880_at_115200.bin");
        let garbage = std::fs::read(garbage).unwrap();
        // A boot ROM's would be over by then.
        rig.board.send(&garbage);
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        rig.board.send(&garbage);
        rig.page.wait_for(&part("doctor"), "sent at 74880 baud").await;
        rig.page.screenshot(&artefact("doctor-garbage.png")).await;
        rig.page.resize(360, 780).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        rig.page.screenshot(&artefact("doctor-garbage-phone.png")).await;
        let overflow = rig.page.run("return document.documentElement.scrollWidth - innerWidth").await;
        assert!(overflow.as_i64().unwrap() <= 0, "the page is {overflow} px wider than the phone");
        rig.page.click(&part("doctor-baud")).await;
        rig.page.wait_for(&part("board-line"), "74880 baud").await;
        rig.board.wait_for_port(true).await;
        rig.board.send(b" ets Jan  8 2013,rst cause:2, boot mode:(3,7)\r\n");
        rig.page.wait_for(&part("console"), "ets Jan").await;
        rig.page
            .wait_until("was content", &format!("return !document.querySelector('{}')", part("doctor")))
            .await;
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// A host may forget a file, or a policy forbid workers: then the page's own timers do, as long as it is in sight.
#[tokio::test]
async fn without_its_worker_the_page_asks_all_the_same() {
    within(90, async {
        let folder = tempfile::tempdir().expect("there is room for the page");
        for file in std::fs::read_dir(page_folder()).expect("the page is built").flatten() {
            if file.file_name() != "ticker.js" {
                std::fs::copy(file.path(), folder.path().join(file.file_name())).expect("it can be copied");
            }
        }
        let rig = Rig::with(folder.path().to_owned(), Box::new(board::simulated)).await;
        connect(&rig, "").await;
        rig.board.wait_for_typed_times(b"Status 4\n", 2).await;
        let missing = rig.page.console().await;
        assert!(missing.iter().all(|line| line.contains("ticker.js")), "{missing:?}");
    })
    .await;
}
