//! Block maps as a person handles them: from one to the next, compared, asked what fits, by keys and on a phone.

use std::fs;

use heapscope_e2e::parts::part;
use heapscope_e2e::{Page, Rig, artefact, repository, within};
use tempfile::TempDir;

const ALT: &str = "\u{e00a}";
const LEFT: &str = "\u{e012}";
const RIGHT: &str = "\u{e014}";

/// Opens a page that has read these dumps. The file is there as long as what is given back.
async fn read(page: &Page, dumps: &[&str]) -> TempDir {
    let log: String = dumps
        .iter()
        .map(|dump| {
            let path = repository().join("tests/fixtures/umm").join(dump).join("log.txt");
            fs::read_to_string(path).expect("the fixture exists")
        })
        .collect();
    let folder = tempfile::tempdir().expect("there is room for a log");
    let path = folder.path().join("dumps.txt");
    fs::write(&path, log).expect("the log can be written");
    page.open("/").await;
    page.wait_for("body", "demo").await;
    page.type_into("input[type=file]", path.to_str().expect("the folder has a plain name")).await;
    page.wait_for_painted("block-map").await;
    folder
}

/// Chooses in a list, as the list does it.
async fn choose(page: &Page, name: &str, value: &str) {
    let script = format!(
        "const list = document.querySelector('{}');
         list.value = '{value}';
         list.dispatchEvent(new Event('change', {{ bubbles: true }}))",
        part(name)
    );
    page.run(&script).await;
}

#[tokio::test]
async fn dumps_are_seen_over_time_and_one_is_chosen_there() {
    within(60, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let dumps = ["leak_core278_full_1", "leak_core278_full_2", "leak_core278_full_3"];
        let _log = read(page, &dumps).await;
        page.wait_for_painted("over-time").await;
        assert_eq!(page.attribute("over-time", "data-reports").await, "3");
        // The mouse comes to the middle, where the second one is nearest, and stays there.
        page.click(".report__layers").await;
        let listed = "return document.querySelector('[data-testid=report-select]').value";
        assert_eq!(page.run(listed).await, "1");
        page.wait_for(".report__pointed", "used in all +").await;
        page.screenshot(&artefact("over-time.png")).await;
        page.click("[data-testid=over-time] [data-testid=picture-menu]").await;
        page.click(&format!("[data-testid=over-time] {}", part("save-csv"))).await;
        let csv = String::from_utf8(page.downloaded("dumps.composition-over-time.csv").await).unwrap();
        assert!(csv.starts_with("Log line,") && csv.lines().count() == 4, "{csv}");
        page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn dumps_are_walked_through_compared_and_asked_what_fits() {
    within(120, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let _log = read(page, &["leak_core278_full_1", "leak_core278_full_2", "fraghalf_core278_full"]).await;

        // What is asked of the one map is asked of the next.
        page.click(&part("fit-offer")).await;
        page.wait_for(&part("fit-said"), "do not fit").await;
        page.press(&[ALT, "j"]).await;
        page.wait_for(&part("map-place"), "2 of 3").await;
        page.wait_for(&part("fit-said"), "would go to 0x3fff7ea8").await;
        let listed = "return document.querySelector('[data-testid=report-select]').value";
        assert_eq!(page.run(listed).await, "1", "the list of reports follows");
        choose(page, "map-compare", "before").await;
        page.wait_for(&part("changes-said"), "40 blocks (3.1\u{a0}KB) appeared").await;
        page.screenshot(&artefact("map-compared.png")).await;
        page.press(&[ALT, "k"]).await;
        page.wait_for(&part("changes-said"), "went").await;

        // The slider is worked by keys as well, and says what it stands at.
        page.run("document.querySelector('[data-testid=fit-slider]').focus()").await;
        page.press(&[LEFT]).await;
        let stands_at = "return document.querySelector('[data-testid=fit-slider]').ariaValueText
                             ?? document.querySelector('[data-testid=fit-slider]').getAttribute('aria-valuetext')";
        assert_eq!(page.run(stands_at).await, "1.4\u{a0}KB");

        // Played from the first to the last.
        choose(page, "report-select", "0").await;
        page.wait_for(&part("map-place"), "1 of 3").await;
        page.click(&part("map-play")).await;
        page.wait_for(&part("map-place"), "2 of 3").await;
        page.wait_for(&part("map-place"), "3 of 3").await;
        page.wait_for("[data-testid=map-play][title^=Play]", "").await;
        page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn a_strip_is_walked_along_by_keys_and_found_again() {
    within(120, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        let _log = read(page, &["leak_core278_full_3"]).await;
        choose(page, "map-form", "strip").await;
        page.wait_for_painted("map-strip").await;
        let scrolled = "return document.querySelector('[data-testid=map-strip]').scrollLeft > 500";
        page.run("document.querySelector('[data-testid=map-strip] canvas').focus()").await;
        // It begins at the largest free block, far to the right.
        page.press(&[RIGHT]).await;
        page.wait_for(&part("map-pointed"), "free").await;
        page.wait_until("scrolled to what is pointed at", scrolled).await;
        page.press(&[LEFT]).await;
        page.wait_for(&part("map-pointed"), "before free").await;

        page.resize(360, 780).await;
        let overflow = page
            .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await;
        assert!(overflow.as_i64().unwrap() <= 0, "the page is {overflow} px wider than the phone");
        page.screenshot(&artefact("map-strip-phone.png")).await;

        // The next visit shows it so, too.
        let _again = read(page, &["corrupt_pb_core278_full"]).await;
        page.wait_for_painted("map-strip").await;
        page.wait_for(&part("map-pointed"), "The heap is corrupted").await;
        page.assert_quiet_console().await;
    })
    .await;
}
