//! The log as a person handles it: finding, filtering, selecting, copying and saving more of it than is drawn.
//!
//! Everything is done with the keys and the mouse that a person would use; scripts only look.

use std::fs;
use std::time::Duration;

use heapscope_e2e::parts::part;
use heapscope_e2e::{Page, Rig, artefact, within};
use tempfile::TempDir;

const CONTROL: char = '\u{e009}';
const SHIFT: char = '\u{e008}';
/// Lets go of all such keys.
const RELEASE: char = '\u{e000}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';

const SCROLLER: &str = "[data-testid=console] [role=region]";

/// Opens a page that has read this text, and keeps what is copied from then on.
async fn read(page: &Page, text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("there is room for a log");
    let path = folder.path().join("log.txt");
    fs::write(&path, text).expect("the log can be written");
    page.open("/").await;
    page.wait_for("body", "demo").await;
    page.type_into("input[type=file]", path.to_str().expect("the folder has a plain name")).await;
    page.wait_for_within(Duration::from_secs(60), &part("byte-count"), "bytes").await;
    page.run(
        "addEventListener('copy', (event) => window.copied = event.clipboardData.getData('text/plain'))",
    )
    .await;
    folder
}

/// Numbers are grouped by narrow blanks.
async fn wait_for_search(page: &Page, state: &str) {
    let script = format!(
        "return (document.querySelector('[data-testid=search-state]')?.textContent ?? '').replace(/\\s/g, '')
             .includes('{}')",
        state.replace(' ', "")
    );
    page.wait_until(&format!("said that the search found {state:?}"), &script).await;
}

/// The list that a select unfolds is the browser's own and cannot be clicked without a screen.
async fn choose(page: &Page, name: &str, value: &str) {
    page.run(&format!(
        "const list = document.querySelector('{}');
         list.value = '{value}';
         list.dispatchEvent(new Event('change', {{ bubbles: true }}))",
        part(name)
    ))
    .await;
}

/// The rows in sight, without those drawn beyond the edges.
async fn rows_in_sight(page: &Page) -> Vec<String> {
    let script =
        "const list = document.querySelector('[data-testid=console] [role=region]').getBoundingClientRect();
         return [...document.querySelectorAll('[data-testid=console-line]')].filter((row) => {
             const place = row.getBoundingClientRect();
             return place.top >= list.top - 1 && place.bottom <= list.bottom + 1;
         }).map((row) => row.querySelector('.line__text').textContent)";
    serde_json::from_value(page.run(script).await).expect("texts")
}

async fn copied(page: &Page) -> String {
    page.run("return window.copied ?? ''").await.as_str().expect("a text").to_owned()
}

/// A million lines: all are found though some fifty are drawn, and no frame takes long meanwhile.
#[tokio::test]
async fn a_million_lines_are_searched_while_one_types() {
    within(240, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let text: String = (0..1_000_000)
            .map(|line| format!("line {line} of the {}\n", if line % 100 == 7 { "Radio" } else { "rest" }))
            .collect();
        let _folder = read(page, &text).await;
        page.wait_until(
            "read all lines",
            "return document.querySelector('.console__count').textContent.replace(/\\D/g, '').startsWith('1000000')",
        )
        .await;
        page.run(
            "window.longest = 0;
             let before = performance.now();
             const frame = (now) => { window.longest = Math.max(window.longest, now - before); before = now; requestAnimationFrame(frame); };
             requestAnimationFrame((now) => { before = now; requestAnimationFrame(frame); });
             window.began = performance.now();",
        )
        .await;
        // The browser's own find would see the drawn rows only: the key opens ours.
        page.type_into("body", &format!("{CONTROL}f{RELEASE}")).await;
        page.wait_for_within(Duration::from_secs(5), &part("search"), "").await;
        page.type_into(&part("search-input"), "radio").await;
        wait_for_search(page, "of 10000").await;
        page.wait_until(
            "counted to the end",
            "return !document.querySelector('[data-testid=search-state]').textContent.includes('…')",
        )
        .await;
        let taken = page.run("return [performance.now() - window.began, window.longest]").await;
        println!("typing and searching a million lines: {taken} ms in all, and the longest frame");
        let longest = taken[1].as_f64().expect("a number");
        assert!(longest < 250.0, "a frame took {longest} ms while searching");

        // Enter goes on, Shift+Enter back; from the last one to the first.
        page.type_into(&part("search-input"), &format!("{SHIFT}{ENTER}{RELEASE}")).await;
        let before = page.run("return document.querySelector('[data-testid=search-state]').textContent").await;
        page.type_into(&part("search-input"), &ENTER.to_string()).await;
        let behind = page.run("return document.querySelector('[data-testid=search-state]').textContent").await;
        assert_ne!(before, behind);
        // So do the keys that browsers have for it, wherever the focus is.
        page.press(&["\u{e033}"]).await;
        let further = page.run("return document.querySelector('[data-testid=search-state]').textContent").await;
        assert_ne!(behind, further);
        page.type_into(SCROLLER, &format!("{CONTROL}{SHIFT}g{RELEASE}")).await;
        let back = page.run("return document.querySelector('[data-testid=search-state]').textContent").await;
        assert_eq!(back, behind);
        page.wait_until(
            "brought the match into sight",
            "const found = document.querySelector('.found--current')?.getBoundingClientRect();
             const list = document.querySelector('[data-testid=console] [role=region]').getBoundingClientRect();
             return found && found.top >= list.top && found.bottom <= list.bottom",
        )
        .await;
        page.screenshot(&artefact("search.png")).await;

        // Case, and patterns as the browser has them.
        page.click(&part("search-case")).await;
        wait_for_search(page, "No match").await;
        page.click(&part("search-case")).await;
        page.click(&part("search-pattern")).await;
        page.type_into(&part("search-input"), &format!("{CONTROL}a{RELEASE}^line 99999\\d of")).await;
        wait_for_search(page, "of 10").await;
        page.type_into(&part("search-input"), "(").await;
        wait_for_search(page, "No pattern").await;
        page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn a_filter_leaves_matching_lines_and_gives_the_place_back() {
    within(90, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let text: String =
            (0..5_000).map(|line| format!("line {line}{}\n", if line % 500 == 250 { " wifi" } else { "" })).collect();
        let _folder = read(page, &text).await;
        page.type_into("body", &format!("{CONTROL}f{RELEASE}")).await;
        page.type_into(&part("search-input"), "wifi").await;
        wait_for_search(page, "of 10").await;
        choose(page, "filter", "0").await;
        page.wait_until(
            "showed ten rows",
            "return document.querySelectorAll('[data-testid=console-line]').length === 10",
        )
        .await;
        assert_eq!(rows_in_sight(page).await[3], "line 1750 wifi");
        choose(page, "filter", "2").await;
        page.wait_until(
            "showed lines around them, and where some are left out",
            "return [...document.querySelectorAll('.line__text')].some((line) => line.textContent === 'line 4748')
                 && document.querySelectorAll('.line--apart').length >= 5",
        )
        .await;
        page.screenshot(&artefact("filter.png")).await;
        // Closed, all lines are there again, and the match is still in sight.
        let current = page.run("return document.querySelector('.found--current').closest('.line').querySelector('.line__text').textContent").await;
        page.type_into(&part("search-input"), &ESCAPE.to_string()).await;
        page.wait_until("closed the search", "return !document.querySelector('[data-testid=search]')").await;
        page.wait_until(
            "showed all lines",
            "return [...document.querySelectorAll('[data-testid=console-line]')].some((row) => row.textContent.endsWith('1'))",
        )
        .await;
        let rows = rows_in_sight(page).await;
        assert!(rows.iter().any(|row| *row == current.as_str().unwrap()), "{current} is not among {rows:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_selected_and_copied_goes_beyond_what_is_drawn() {
    within(90, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let text: String = (0..3_000).map(|line| format!("\u{1b}[32mline {line}\u{1b}[0m\n")).collect();
        let _folder = read(page, &text).await;
        let plain: String = (0..3_000).map(|line| format!("line {line}\n")).collect();

        // With the keyboard: everything.
        page.type_into(SCROLLER, &format!("{CONTROL}a{RELEASE}")).await;
        page.type_into(SCROLLER, &format!("{CONTROL}c{RELEASE}")).await;
        page.wait_until("copied", "return (window.copied ?? '').length > 0").await;
        assert!(copied(page).await == plain, "not all was copied");

        // With the mouse, beyond the lower edge: it scrolls, and selects what passes by.
        page.run("document.querySelector('[data-testid=console] [role=region]').scrollTop = 0").await;
        page.wait_for(&part("console"), "line 1").await;
        let edge = page
            .run(
                "const list = document.querySelector('[data-testid=console] [role=region]').getBoundingClientRect();
                 const row = document.querySelectorAll('[data-testid=console-line]')[2].getBoundingClientRect();
                 return Math.round(list.bottom - row.top)",
            )
            .await;
        let edge = edge.as_i64().expect("a number of pixels");
        let row = format!("{}:nth-child(3) .line__text", part("console-line"));
        page.drag(&row, &[(0, 60), (0, edge - 60 + 20)], Duration::from_secs(1)).await;
        page.screenshot(&artefact("selection.png")).await;
        page.type_into(SCROLLER, &format!("{CONTROL}c{RELEASE}")).await;
        page.wait_until("copied the rows", "return window.copied.startsWith('line 2\\n')").await;
        let rows = copied(page).await.lines().count();
        assert!(rows > 60, "only {rows} rows were selected");

        // From the menu, into the real clipboard.
        page.click(&part("log-menu")).await;
        page.click(&part("copy-selection")).await;
        assert_eq!(page.clipboard().await, copied(page).await);

        // As a file too. And the log itself stays what it was.
        page.click(&part("log-menu")).await;
        page.click(&part("save-selection")).await;
        let saved = page.downloaded("log.selection.txt").await;
        assert_eq!(String::from_utf8(saved).unwrap(), copied(page).await);
        page.click(&part("log-menu")).await;
        page.click(&part("save-text")).await;
        assert!(page.downloaded("log.plain.txt").await == plain.as_bytes());
        page.click(&part("log-menu")).await;
        page.click(&part("save-bytes")).await;
        assert!(page.downloaded("log.txt").await == text.as_bytes());

        // Within a row the browser's own selection is left alone.
        page.type_into(SCROLLER, &ESCAPE.to_string()).await;
        page.run(
            "const text = document.querySelector('[data-testid=console-line] .line__text').firstElementChild.firstChild;
             getSelection().setBaseAndExtent(text, 0, text, 4);",
        )
        .await;
        page.type_into(SCROLLER, &format!("{CONTROL}c{RELEASE}")).await;
        assert!(copied(page).await.lines().count() != 3_000);
        assert_eq!(page.run("return getSelection().toString()").await, "line");
        page.assert_quiet_console().await;
    })
    .await;
}

/// What is chosen stays chosen on the next visit; repeats become one row; numbers show every byte.
#[tokio::test]
async fn views_of_a_log() {
    within(90, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let text = "18:00:01.000 no AP\r\n18:00:02.000 no AP\r\n18:00:03.000 no AP\r\nready\r\n".repeat(2);
        let folder = read(page, &text).await;
        page.click(&part("log-menu")).await;
        page.click(&part("collapse")).await;
        page.wait_for(&part("repeats"), "× 3").await;
        choose(page, "log-times", "firmware").await;
        page.wait_for(".line__time", "18:00:01.000").await;
        // The driver takes the focus from where it is before it types, which would close the menu; a click moves it.
        page.click(&part("highlight-input")).await;
        page.type_into(&part("highlight-input"), &format!("ready{ENTER}")).await;
        page.wait_for("mark.highlight", "ready").await;
        page.screenshot(&artefact("views.png")).await;
        page.click(&part("hex")).await;
        page.wait_for(&part("console-hex"), "31 38 3a 30 30").await;
        page.screenshot(&artefact("numbers.png")).await;
        // On the next visit.
        let path = folder.path().join("log.txt");
        page.open("/").await;
        page.wait_for("body", "demo").await;
        page.type_into("input[type=file]", path.to_str().unwrap()).await;
        page.wait_for("mark.highlight", "ready").await;
        page.wait_for(".line__time", "18:00:01.000").await;
    })
    .await;
}
