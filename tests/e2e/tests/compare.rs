//! Before and after, as a person does it: a step measured on a real port by keys alone, two moments pointed out in a file,
//! a second log laid beside; and the panels, arranged and found again.

use std::fs;
use std::path::{Path, PathBuf};

use heapscope_e2e::parts::part;
use heapscope_e2e::{Page, Rig, artefact, repository, within};
use tempfile::TempDir;

const ALT: &str = "\u{e00a}";
const SHIFT: &str = "\u{e008}";
const CTRL: &str = "\u{e009}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const RIGHT: &str = "\u{e014}";

/// A log of these fixtures. It is there as long as what is given back with it.
fn log_of(fixtures: &[&str]) -> (TempDir, PathBuf) {
    let text: String = fixtures
        .iter()
        .map(|name| {
            let path = repository().join("tests/fixtures").join(name).join("log.txt");
            fs::read_to_string(path).expect("the fixture exists")
        })
        .collect();
    let folder = tempfile::tempdir().expect("there is room for a log");
    let path = folder.path().join("maps.txt");
    fs::write(&path, text).expect("the log can be written");
    (folder, path)
}

async fn read(page: &Page, path: &Path) {
    page.open("/").await;
    page.wait_for("body", "demo").await;
    page.type_into("input[type=file]", path.to_str().expect("the folder has a plain name")).await;
    page.wait_for_painted("block-map").await;
}

async fn palette(page: &Page, words: &str) {
    page.press(&[CTRL, "k"]).await;
    page.wait_until(
        "opened the palette",
        "return document.activeElement?.dataset.testid === 'palette-input'",
    )
    .await;
    page.type_text(words).await;
    page.wait_for(&part("palette-action"), words).await;
    page.press(&[ENTER]).await;
    page.wait_until("closed the palette", "return !document.querySelector('dialog')").await;
}

#[tokio::test]
async fn a_step_is_measured_on_a_real_port_by_keys_alone() {
    within(180, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        page.open("/").await;
        page.wait_for(&part("port-button"), "CP2102").await;
        palette(page, "Connect to CP2102").await;
        rig.board.wait_for_port(true).await;
        // It restarts when the port is opened, and says then what it is.
        page.wait_for(&part("board-line"), "15.5").await;
        palette(page, "Do not ask the board by itself").await;
        page.wait_for(&part("timeline"), "Free").await;

        page.press(&[ALT, "u"]).await;
        page.wait_for(&part("compare"), "What does a step cost?").await;
        page.run("document.querySelector('[data-testid=step-name]').focus()").await;
        page.type_text("open web page").await;
        for time in 1..=2 {
            let typed = rig.board.typed();
            let before = typed.windows(9).filter(|typed| *typed == b"Status 4\n").count() as u32;
            page.press(&[ALT, "g"]).await;
            page.wait_for(&part("step-acts"), "Now do it: open web page.").await;
            rig.board.wait_for_typed_times(b"Status 4\n", before + 1).await;
            page.press(&[ALT, "g"]).await;
            rig.board.wait_for_typed_times(b"Status 4\n", before + 2).await;
            page.wait_for(&part("compare-figures"), "Free heap").await;
            page.wait_until(
                "listed the step",
                &format!("return document.querySelectorAll('[data-testid=step]').length === {time}"),
            )
            .await;
        }
        page.wait_for(&part("step"), "open web page, 2 of 2").await;
        page.wait_for(&part("compare-said"), "Measured twice").await;
        page.wait_for_painted("timeline").await;
        page.screenshot(&artefact("step-measured.png")).await;
        page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn two_moments_of_a_file_are_pointed_out_and_a_second_log_is_laid_beside() {
    within(180, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let maps = ["umm/leak_core278_full_1", "umm/leak_core278_full_2", "umm/leak_core278_full_3"];
        let (_folder, path) = log_of(&maps);
        read(page, &path).await;
        page.click(&part("measure")).await;
        page.wait_for(&part("compare-cost"), "It cost 6\u{202f}400\u{a0}bytes of free heap.").await;

        // The keyboard's pointer begins in the middle of the chart: at the second of three maps.
        page.press(&[ALT, "t"]).await;
        page.press(&[RIGHT]).await;
        page.press(&[ENTER]).await;
        page.wait_until("marked a line", "return !!document.querySelector('.line--marked')").await;
        page.press(&[ALT, "z"]).await;
        page.wait_for(&part("compare-cost"), "It cost 3\u{202f}200\u{a0}bytes of free heap.").await;
        page.wait_for(&part("compare-changes"), "40 blocks appeared (3.1\u{a0}KB)").await;
        page.wait_for_painted("compare-pictures").await;
        page.run("document.querySelector('[data-testid=compare]').scrollIntoView()").await;
        page.screenshot(&artefact("moments-compared.png")).await;
        page.click(&part("picks-keep")).await;
        page.wait_for(&part("step"), "Step 1: 3\u{202f}200\u{a0}bytes less").await;
        page.click(&part("compare-csv")).await;
        let csv = String::from_utf8(page.downloaded("maps.comparison.csv").await).expect("a text");
        assert!(csv.contains("Free heap,") && csv.contains("3200 bytes less"), "{csv}");

        // A second log, read beside the first.
        page.click(&part("step-picks")).await;
        let (_other_folder, other) = log_of(&["umm/fraghalf_core278_full"]);
        page.type_into(&part("other-file"), other.to_str().expect("a plain name")).await;
        page.wait_until(
            "had two verdicts",
            "return document.querySelectorAll('[data-testid=compare-headline]').length === 2",
        )
        .await;
        page.wait_for(&part("compare-figures"), "maps.txt: ").await;
        page.wait_for(&part("compare-cost"), "B against A: 3\u{202f}096\u{a0}bytes less.").await;
        page.wait_for_painted("compare-pictures").await;
        page.screenshot(&artefact("logs-compared.png")).await;
        page.click(&part("other-close")).await;
        page.wait_for_none("compare-headline").await;
        // As it is dragged: where it falls on the panel it replaces nothing.
        page.press(&[ALT, SHIFT, "u"]).await;
        page.wait_for_none("edge").await;
        page.drop_files(&[&other]).await;
        page.wait_for(&part("compare-cost"), "B against A: 3\u{202f}096\u{a0}bytes less.").await;
        page.press(&[ESCAPE]).await;
        page.resize(360, 780).await;
        let fits = "return document.scrollingElement.scrollWidth <= innerWidth";
        page.wait_until("fitted a phone", fits).await;
        page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn panels_are_arranged_and_stand_there_on_the_next_visit() {
    within(180, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let (_folder, path) = log_of(&["umm/leak_core278_full_1", "umm/leak_core278_full_2"]);
        read(page, &path).await;
        let is_shown =
            |name: &str| format!("return !!document.querySelector('{}')?.offsetParent", part(name));
        let is_gone = |name: &str| format!("return !document.querySelector('{}')?.offsetParent", part(name));

        // Alone, and back.
        page.press(&[ALT, SHIFT, "b"]).await;
        page.wait_until("hid the log", &is_gone("console")).await;
        page.wait_until("showed the report", &is_shown("report")).await;
        page.wait_for_painted("block-map").await;
        page.screenshot(&artefact("report-alone.png")).await;
        page.press(&[ESCAPE]).await;
        page.wait_until("showed the log again", &is_shown("console")).await;

        // The edge between the columns, by keys and by the mouse.
        let width = "return document.querySelector('[data-testid=timeline]').offsetWidth";
        let before = page.run(width).await.as_f64().expect("a width");
        page.run("document.querySelector('[data-testid=edge]').focus()").await;
        page.press(&[RIGHT]).await;
        page.wait_until("was wider", &format!("{width} > {before} + 40")).await;
        let wider = page.run(width).await.as_f64().expect("a width");
        page.drag(&part("edge"), &[(-50, 0), (-50, 0)], std::time::Duration::ZERO).await;
        page.wait_until("was narrower", &format!("{width} < {wider} - 60")).await;

        // Hidden and moved, by menu and palette.
        page.click(&part("arrange-report")).await;
        page.click(&part("panel-hide")).await;
        page.wait_until("hid the report", &is_gone("report")).await;
        palette(page, "Move the log to the other side").await;
        let left = "return document.querySelector('[data-testid=console]').getBoundingClientRect().left < 40";
        page.wait_until("put the log to the left", left).await;

        // The next visit.
        read_hidden(page, &path).await;
        page.wait_until("put the log to the left again", left).await;
        page.wait_until("hid the report again", &is_gone("report")).await;
        page.click(&part("more-menu")).await;
        page.click(&part("show-report")).await;
        page.wait_until("showed the report", &is_shown("report")).await;
        palette(page, "Put all panels back").await;
        page.wait_until("put the log back", &format!("{} === false", left.trim_end())).await;
        page.assert_quiet_console().await;
    })
    .await;
}

/// The same where the report is hidden.
async fn read_hidden(page: &Page, path: &Path) {
    page.open("/#").await;
    page.run("location.reload()").await;
    page.wait_for("body", "demo").await;
    page.type_into("input[type=file]", path.to_str().expect("the folder has a plain name")).await;
    page.wait_for_painted("timeline").await;
}
