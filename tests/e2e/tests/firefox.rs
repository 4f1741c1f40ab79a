//! Everything but the port, in Firefox: the demo board, a pasted log, a file, the log's own tools, and keys.
//!
//! The other engine paints, lays out, scrolls, pastes and saves in its own way. What the page does is tested elsewhere;
//! here is shown that it does it there as well.

use std::time::{Duration, Instant};

use heapscope_e2e::firefox::Firefox;
use heapscope_e2e::parts::part;
use heapscope_e2e::{Page, artefact, page_folder, repository, served, within};

const CTRL: &str = "\u{e009}";
const ENTER: &str = "\u{e007}";

async fn start() -> (Firefox, Page) {
    Firefox::start(&served(page_folder())).await
}

#[tokio::test]
async fn the_demo_lives_and_is_judged() {
    within(90, async {
        let (_browser, page) = start().await;
        let started = Instant::now();
        page.open("/#demo").await;
        page.wait_for(&part("verdict"), "Leaking").await;
        page.wait_for_painted("timeline").await;
        page.wait_for_painted("block-map").await;
        println!("the demo was there after {:?}", started.elapsed());
        page.wait_for(&part("board-line"), "simulated").await;
        let bytes = "document.querySelector('[data-testid=byte-count]').dataset.bytes";
        let before = page.run(&format!("return Number({bytes})")).await;
        page.wait_until("went on with the demo", &format!("return Number({bytes}) > {before} + 200")).await;
        // It answers as a board does.
        page.type_into(&part("command-input"), "Status 2\u{e007}").await;
        page.wait_for(&part("console"), "StatusFWR").await;
        page.screenshot(&artefact("firefox-demo.png")).await;
        page.resize(500, 800).await;
        page.wait_until(
            "fitted into a narrow window",
            "return innerWidth < 600 && document.documentElement.scrollWidth <= innerWidth",
        )
        .await;
        page.screenshot(&artefact("firefox-demo-narrow.png")).await;
        page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn a_log_is_pasted_searched_and_saved() {
    within(90, async {
        let (_browser, page) = start().await;
        page.open("/").await;
        page.wait_for(&part("demo-button"), "demo").await;
        let fixture = repository().join("tests/fixtures/toit/out_of_memory_question/log.txt");
        let text = std::fs::read_to_string(fixture).unwrap();
        page.paste(&text).await;
        page.wait_for(&part("verdict"), "Out of memory").await;
        page.wait_for_painted("composition").await;
        page.screenshot(&artefact("firefox-pasted.png")).await;
        // The page's own search comes in place of the browser's.
        page.press(&[CTRL, "f"]).await;
        page.wait_until(
            "put the focus on its search",
            "return document.activeElement?.dataset.testid === 'search-input'",
        )
        .await;
        page.type_text("byte array").await;
        page.wait_for(&part("search-state"), "of").await;
        page.press(&[ENTER]).await;
        page.click(&part("save-log")).await;
        let saved = page.downloaded("pasted-text.txt").await;
        assert_eq!(String::from_utf8_lossy(&saved), text);
        page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn a_chosen_file_is_read_and_scrolled() {
    within(120, async {
        let (_browser, page) = start().await;
        page.open("/").await;
        page.wait_for(&part("demo-button"), "demo").await;
        let file = repository().join("tests/fixtures/umm/fraghalf_core278_full/log.txt");
        page.type_into("input[type=file]", &file.to_string_lossy()).await;
        page.wait_for(&part("verdict"), "Fragmenting").await;
        page.wait_for(&part("board-line"), "log.txt").await;
        page.wait_for_painted("block-map").await;

        // A long one: only what is in sight is in the document, at both ends of it.
        let long = tempfile::Builder::new().suffix(".log").tempfile().unwrap();
        let lines: String = (1..=300_000).map(|line| format!("line number {line} of many\n")).collect();
        std::fs::write(long.path(), lines).unwrap();
        page.open("/?").await;
        page.wait_for(&part("demo-button"), "demo").await;
        page.type_into("input[type=file]", &long.path().to_string_lossy()).await;
        let console = part("console");
        page.wait_for_within(Duration::from_secs(30), &console, "line number 300000 of many").await;
        assert!(page.texts(&part("console-line")).await.len() < 300);
        page.run(&format!(
            "[...document.querySelectorAll('{console}, {console} *')]
                 .find((part) => part.scrollHeight > part.clientHeight + 1000).scrollTop = 0"
        ))
        .await;
        page.wait_for(&console, "line number 1 of many").await;
        page.assert_quiet_console().await;
    })
    .await;
}

/// A browser is never named: what it can is seen. This one has Web Serial, so the page offers to connect.
#[tokio::test]
async fn the_page_offers_what_the_browser_can() {
    within(60, async {
        let (_browser, page) = start().await;
        page.open("/").await;
        page.wait_for(&part("demo-button"), "demo").await;
        let has_ports = page.run("return 'serial' in navigator").await;
        let offers =
            page.run("return !!document.querySelector('[data-testid=connect-button]:enabled')").await;
        assert_eq!(offers, has_ports);
        page.assert_quiet_console().await;
    })
    .await;
}
