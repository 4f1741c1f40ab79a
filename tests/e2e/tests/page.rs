//! Heapscope itself: a person, a browser, a port, a board.
//!
//! The screenshots that are kept in `target/e2e` are what a person saw at that moment.

use std::time::{Duration, Instant};

use heapscope::demo::Board;
use heapscope::heap::Millis;
use heapscope_e2e::parts::part;
use heapscope_e2e::{Rig, artefact, repository, within};

async fn connect(rig: &Rig) {
    rig.page.open("/").await;
    rig.page.wait_for(&part("port-button"), "CP2102").await;
    rig.page.click(&part("port-button")).await;
    rig.board.wait_for_port(true).await;
}

/// The product in one test: everything between plugging a board in and handing its log on.
#[tokio::test]
async fn a_board_is_connected_read_asked_unplugged_and_loses_nothing() {
    within(180, async {
        let mut rig = Rig::start().await;
        connect(&rig).await;

        // It is recognised by its log, asked by itself, and charted.
        rig.page.wait_for(&part("board-line"), "Tasmota").await;
        rig.board.wait_for_typed(b"Status 4\n").await;
        rig.page.wait_for(&part("tile-largest"), "KB").await;
        rig.page.wait_for(&part("tile-free"), "KB").await;
        rig.page.wait_for_number("timeline", "data-points", 3).await;
        rig.page.wait_for_painted("timeline").await;

        // Asked for its block map, it prints one, and the page draws it.
        rig.page.click(&part("report-button")).await;
        rig.board.wait_for_typed(b"Status 44\n").await;
        rig.page.wait_for_number("block-map", "data-blocks", 50).await;
        assert_eq!(rig.page.attribute("report", "data-format").await, "umm_dump");
        assert_eq!(rig.page.attribute("report", "data-complete").await, "true");
        rig.page.wait_for_painted("block-map").await;

        // A person types a command.
        rig.page.type_into(&part("command-input"), "Status 2\u{e007}").await;
        rig.board.wait_for_typed(b"Status 2\n").await;
        rig.page.wait_for(&part("console"), "StatusFWR").await;

        // A second answer to Status 4 comes by itself.
        rig.board.wait_for_typed_times(b"Status 4\n", 2).await;
        rig.page.screenshot(&artefact("connected.png")).await;

        // A line is cut off, and then the cable is pulled: the log stays.
        rig.board.send(b"18:40:08.501-023/02 RSL: STAT");
        rig.wait_for_all_bytes().await;
        rig.page.wait_for(&part("console"), "RSL: STAT").await;
        rig.unplug().await;
        rig.page.wait_for(&part("problem"), "was lost").await;
        rig.page.wait_for(&part("console"), "RSL: STAT").await;
        rig.page.screenshot(&artefact("unplugged.png")).await;

        // Plugged in again, the recording goes on by itself.
        rig.replug().await;
        rig.board.wait_for_port(true).await;
        rig.board.wait_for_typed_times(b"Status 4\n", 3).await;
        rig.page.wait_for_none("problem").await;

        // What the page hands on is what the board sent, to the byte.
        rig.wait_for_all_bytes().await;
        rig.page.click(&part("save-log")).await;
        let saved = rig.page.downloaded("heapscope-log.txt").await;
        assert_eq!(saved.len(), rig.board.sent().len());
        assert!(saved == rig.board.sent(), "what was saved is not what was sent");
        rig.page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn the_demo_shows_chart_map_and_verdict_within_five_seconds() {
    within(60, async {
        let rig = Rig::start().await;
        let started = Instant::now();
        rig.page.open("/#demo").await;
        rig.page.wait_for_painted("timeline").await;
        rig.page.wait_for_painted("block-map").await;
        rig.page.wait_for(&part("verdict"), "Leaking").await;
        let taken = started.elapsed();
        assert!(taken < Duration::from_secs(5), "it took {taken:?}");
        println!("the demo was there after {taken:?}");
        // It never passes for a real board.
        rig.page.wait_for(&part("board-line"), "simulated").await;
        assert!(!rig.board.port_is_open(), "the demo must not touch a port");
        // And it lives.
        let before: u64 = rig.page.attribute("byte-count", "data-bytes").await.parse().unwrap();
        rig.page.wait_for_number("byte-count", "data-bytes", before + 200).await;
        rig.page.screenshot(&artefact("demo.png")).await;
        rig.page.resize(360, 780).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        rig.page.screenshot(&artefact("demo-phone.png")).await;
        let overflow = rig.page.run("return document.documentElement.scrollWidth - innerWidth").await;
        assert!(overflow.as_i64().unwrap() <= 0, "the page is {overflow} px wider than the phone");
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// A person chooses a file instead of dropping it.
#[tokio::test]
async fn a_chosen_file_is_read() {
    within(60, async {
        let rig = Rig::start().await;
        rig.page.open("/").await;
        rig.page.wait_for(&part("demo-button"), "demo").await;
        let file = repository().join("tests/fixtures/umm/fraghalf_core278_full/log.txt");
        rig.page.type_into("input[type=file]", &file.to_string_lossy()).await;
        rig.page.wait_for(&part("verdict"), "Fragmenting").await;
        rig.page.wait_for(&part("board-line"), "log.txt").await;
        rig.page.wait_for_painted("block-map").await;
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// Files come from the desktop as people drag them.
#[tokio::test]
async fn dragged_files_are_read_where_they_fall() {
    within(60, async {
        let rig = Rig::start().await;
        rig.page.open("/").await;
        rig.page.wait_for(&part("demo-button"), "demo").await;
        let fixtures = repository().join("tests/fixtures");
        let dump = fixtures.join("umm/fraghalf_core278_full/log.txt");
        rig.page.drop_files(&[&dump]).await;
        rig.page.wait_for(&part("verdict"), "Fragmenting").await;
        rig.page.wait_for(&part("board-line"), "log.txt").await;
        rig.page.wait_until("calm", "return !document.querySelector('.drop-overlay')").await;
        // Over a log that is there, too: it can be dropped again, so nobody is asked.
        let table = fixtures.join("toit/out_of_memory_question/log.txt");
        rig.page.drop_files(&[&table]).await;
        rig.page.wait_for(&part("verdict"), "Out of memory").await;
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// A recording that a person saved opens as it was, in a page of its own: every byte, its times, the verdict.
#[tokio::test]
async fn a_recording_is_saved_and_opened_again() {
    within(120, async {
        let rig = Rig::start().await;
        rig.page.open("/#demo").await;
        rig.page.wait_for(&part("verdict"), "Leaking").await;
        rig.page.wait_for_painted("timeline").await;
        rig.page.run("document.querySelector('[data-testid=log-menu]').click()").await;
        rig.page.click(&part("save-recording")).await;
        let file = rig.page.downloaded("heapscope-demo.heapscope").await;
        assert!(file.starts_with(&[0x1f, 0x8b]), "it is packed");
        let headline = rig.page.texts(&part("headline")).await;
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("from a colleague.heapscope");
        std::fs::write(&path, file).expect("it can be written");

        rig.page.open("/").await;
        rig.page.wait_for(&part("demo-button"), "demo").await;
        rig.page.drop_files(&[&path]).await;
        rig.page.wait_for(&part("verdict"), "Leaking").await;
        rig.page.wait_for(&part("board-line"), "Demo board").await;
        rig.page.wait_for_painted("timeline").await;
        let restored = rig.page.texts(&part("headline")).await;
        // The demo went on for a moment after the headline was read, at most.
        assert_eq!(restored.len(), headline.len());
        rig.page.screenshot(&artefact("recording-opened.png")).await;
        // It is unpacked where it is the second log as well.
        rig.page.click(&part("measure")).await;
        rig.page.type_into(&part("other-file"), &path.to_string_lossy()).await;
        let two = "return document.querySelectorAll('[data-testid=compare-headline]').length === 2";
        rig.page.wait_until("had two verdicts", two).await;
        rig.page.wait_for(&part("compare-figures"), "from a colleague.heapscope: ").await;

        // One that was cut short has what it has, and says so.
        let whole = std::fs::read(&path).unwrap();
        let cut = folder.path().join("cut.heapscope");
        std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
        rig.page.drop_files(&[&cut]).await;
        rig.page.wait_for(&part("problem"), "The end of this recording is missing.").await;
        rig.page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn a_pasted_log_is_explained_without_a_board() {
    within(60, async {
        let rig = Rig::start().await;
        rig.page.open("/").await;
        rig.page.wait_for("body", "demo").await;
        rig.page.screenshot(&artefact("first-page.png")).await;
        let fixture = repository().join("tests/fixtures/toit/out_of_memory_question/log.txt");
        let text = std::fs::read_to_string(fixture).unwrap();
        rig.page.paste(&text).await;
        rig.page.wait_for(&part("verdict"), "Out of memory").await;
        rig.page.wait_for_painted("composition").await;
        assert_eq!(rig.page.attribute("report", "data-format").await, "heap_report");
        assert_eq!(rig.page.attribute("report", "data-complete").await, "true");
        rig.page.click("[data-testid=composition] [data-testid=picture-menu]").await;
        rig.page.click(&part("save-csv")).await;
        let csv = String::from_utf8(rig.page.downloaded("pasted-text.composition.csv").await).unwrap();
        assert!(csv.contains("\r\ntoit,73728,35%,18\r\n"), "{csv}");
        rig.page.screenshot(&artefact("pasted-toit.png")).await;
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

/// Noise of the boot ROM, half a report, invalid UTF-8, markup, a line of a megabyte: shown, kept, harmless.
#[tokio::test]
async fn bad_input_is_shown_harmlessly_and_kept_to_the_byte() {
    within(180, async {
        let rig = Rig::with(repository().join("dist"), Box::new(|| Box::new(Silent))).await;
        connect(&rig).await;
        let noise: Vec<u8> = (0..600_u32).map(|index| (index * 73 + 41) as u8).collect();
        rig.board.send(&noise);
        rig.board.send(b"\xff\xfe\x00</script><img src=x onerror=\"window.broken=1\"><script>window.broken=1</script>\r\n");
        rig.board.send(b"Heap report @ out of memory:\r\n  | 784 | 6 | external byte array |\r\n");
        rig.board.send(b"|0x3fff24c0|B     0|NB     1|PB     0|Z     1|NF     1|PF     1|\r\n");
        rig.board.send(&vec![b'x'; 1_000_000]);
        rig.board.send(b"\r\nthe end\r\n");
        rig.page.wait_for_within(Duration::from_secs(60), &part("console"), "the end").await;
        rig.wait_for_all_bytes().await;
        assert_eq!(rig.page.run("return window.broken ?? 0").await, 0);
        rig.page.click(&part("save-log")).await;
        let saved = rig.page.downloaded("heapscope-log.txt").await;
        assert!(saved == rig.board.sent(), "what was saved is not what was sent");
        // The page goes on: what comes now is read.
        rig.board.send(b"18:40:08.501-023/02 CMD: x\r\n");
        rig.page.wait_for(&part("tile-free"), "23").await;
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// 100,000 lines: only what is in sight is in the document, and scrolling to the other end takes a moment.
#[tokio::test]
async fn a_hundred_thousand_lines_stay_smooth() {
    within(120, async {
        let rig = Rig::start().await;
        rig.page.open("/").await;
        rig.page.wait_for("body", "demo").await;
        let text: String = (1..=100_000).map(|line| format!("line number {line} of many\n")).collect();
        rig.page.paste(&text).await;
        rig.page.wait_for(&part("console"), "line number 100000 of many").await;
        let rows = rig.page.texts(&part("console-line")).await.len();
        assert!(rows < 300, "{rows} lines are in the document");
        // The longest that the page needs from a scroll to its next frame, over fifty jumps through the log.
        let script = format!(
            "const console = document.querySelector('{}');
             const list = console.scrollHeight > console.clientHeight
                 ? console : [...console.querySelectorAll('*')].find(part => part.scrollHeight > part.clientHeight + 1000);
             const frame = () => new Promise(requestAnimationFrame);
             return (async () => {{
                 let longest = 0;
                 for (let jump = 0; jump < 50; jump++) {{
                     list.scrollTop = list.scrollHeight * ((jump * 37) % 50) / 50;
                     const begin = performance.now();
                     await frame(); await frame();
                     longest = Math.max(longest, performance.now() - begin);
                 }}
                 list.scrollTop = 0;
                 await frame(); await frame();
                 return longest;
             }})()",
            part("console")
        );
        let longest = rig.page.run(&script).await.as_f64().expect("a number of milliseconds");
        println!("the longest of fifty jumps took {longest:.0} ms for two frames");
        rig.page.wait_for(&part("console"), "line number 1 of many").await;
        // Two frames are 33 ms; a slow machine gets ten times that.
        assert!(longest < 330.0, "a jump took {longest} ms");
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// A browser that cannot run the page is told so by the script that comes before it; one that can sees no such words.
#[tokio::test]
async fn a_browser_that_is_too_old_is_told_so() {
    within(60, async {
        let rig = Rig::start().await;
        rig.page.open("/").await;
        rig.page.wait_for("body", "demo").await;
        let script = "const before = document.body.textContent.includes('too old');
             document.querySelector('#app').innerHTML = '<p class=\"loading\">Heapscope is loading …</p>';
             return (async () => {
                 const source = await (await fetch('start.js')).text();
                 // Another scope, since the script's own names are taken by its first run.
                 new Function('WebAssembly', source)({ validate: () => false });
                 return [before, document.querySelector('#app').textContent];
             })()";
        let said = rig.page.run(script).await;
        assert_eq!(said[0], false);
        assert!(said[1].as_str().unwrap().starts_with("This browser is too old for Heapscope."), "{said}");
    })
    .await;
}

/// A person knows better which firmware it is, on a phone too.
#[tokio::test]
async fn the_firmware_can_be_chosen_by_hand() {
    within(60, async {
        let rig = Rig::start().await;
        rig.page.resize(360, 780).await;
        rig.page.open("/").await;
        rig.page.wait_for("body", "demo").await;
        rig.page.paste("18:40:08.501-023/02 CMD: Status 4\n18:40:09.501-023/02 CMD: Status 4\n").await;
        rig.page.wait_for(&part("firmware"), "Tasmota").await;
        rig.page.click(&part("firmware")).await;
        rig.page.wait_for(&part("firmware-toit"), "Toit").await;
        let script = "const panel = document.querySelector('.board .menu__panel').getBoundingClientRect();
             return panel.left >= 0 && panel.right <= innerWidth";
        assert_eq!(rig.page.run(script).await, true, "the menu reaches beyond the phone");
        rig.page.screenshot(&artefact("firmware-phone.png")).await;
        rig.page.click(&part("firmware-toit")).await;
        rig.page.wait_for(&part("firmware"), "Toit").await;
        rig.page.assert_quiet_console().await;
    })
    .await;
}

/// A picture is taken away sharp, as a drawing, and as figures.
#[tokio::test]
async fn a_picture_is_saved_and_copied() {
    within(60, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        page.open("/").await;
        page.wait_for("body", "demo").await;
        // Two dumps: one alone has no line.
        let dump =
            |number| repository().join(format!("tests/fixtures/umm/leak_core278_full_{number}/log.txt"));
        let dumps = [1, 2].map(|number| std::fs::read(dump(number)).expect("the fixture is there")).concat();
        let folder = tempfile::tempdir().expect("there is room");
        std::fs::write(folder.path().join("log.txt"), dumps).expect("it can be written");
        page.type_into("input[type=file]", &folder.path().join("log.txt").to_string_lossy()).await;
        page.wait_for_painted("timeline").await;
        let choose = async |what: &str| {
            page.click("[data-testid=timeline] [data-testid=picture-menu]").await;
            page.click(&part(what)).await;
        };
        choose("save-png").await;
        let png = page.downloaded("log.heap-over-time.png").await;
        assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
        let width = u64::from(u32::from_be_bytes(png[16..20].try_into().unwrap()));
        let shown = page.run("return document.querySelector('.timeline__canvas').clientWidth").await;
        assert_eq!(Some(width), shown.as_u64().map(|width| 2 * width));
        choose("save-svg").await;
        let svg = String::from_utf8(page.downloaded("log.heap-over-time.svg").await).unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.contains(">0</text>"));
        let is_drawing =
            "return new DOMParser().parseFromString(arguments[0], 'image/svg+xml').documentElement.nodeName";
        let script = is_drawing.replace("arguments[0]", &serde_json::to_string(&svg).unwrap());
        assert_eq!(page.run(&script).await, "svg");
        choose("save-csv").await;
        let csv = String::from_utf8(page.downloaded("log.heap-over-time.csv").await).unwrap();
        assert!(csv.lines().count() > 1 && csv.starts_with("Log line,"), "{csv}");
        choose("copy-table").await;
        let copied = page.clipboard().await;
        assert!(copied.starts_with("Log line\tFree heap, bytes\t"), "{copied}");
        // The file has every value; the table what one reads.
        assert!(csv.lines().count() >= copied.lines().count(), "{csv}");
        page.assert_quiet_console().await;
    })
    .await;
}

/// The chart is zoomed with the wheel, by drawing a band, and with keys; a part of it stays what it is while the demo
/// goes on, and the end is followed.
#[tokio::test]
async fn the_timeline_is_zoomed_and_moved() {
    within(90, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        page.open("/#demo").await;
        page.wait_for_painted("timeline").await;
        let part = async || {
            let first = page.attribute("timeline", "data-first").await.parse::<f64>().unwrap();
            (first, page.attribute("timeline", "data-last").await.parse::<f64>().unwrap())
        };
        let canvas = ".timeline__canvas";
        let all = part().await;

        page.turn_wheel(canvas, -240).await;
        page.wait_for(&crate::part("show-all"), "Show all").await;
        let near = part().await;
        let share = (near.1 - near.0) / (all.1 - all.0);
        assert!((0.4..0.6).contains(&share), "{share} of it is shown");
        page.screenshot(&artefact("zoomed.png")).await;
        // Its page does not scroll meanwhile.
        assert_eq!(page.run("return document.querySelector('.workbench__pictures').scrollTop").await, 0);
        page.click(&crate::part("show-all")).await;
        page.wait_for_none("show-all").await;

        // A band, drawn with the mouse beyond the edge and let go there.
        page.drag(canvas, &[(60, 0), (500, 40)], Duration::from_millis(50)).await;
        page.wait_for(&crate::part("show-all"), "Show all").await;
        let band = part().await;
        assert!(band.0 > all.0 && band.1 - band.0 < (all.1 - all.0) * 0.6, "{band:?} of {all:?}");
        // It reaches to the end, which is followed.
        let script = format!(
            "return Number(document.querySelector('[data-testid=timeline]').dataset.last) > {}",
            band.1
        );
        page.wait_until("followed the end", &script).await;

        // However often it is moved, and while figures come, it is drawn once in a frame.
        let counted = page
            .run(
                "const canvas = document.querySelector('.timeline__canvas'), { left, top } = canvas.getBoundingClientRect();
                 const fill = CanvasRenderingContext2D.prototype.fillRect, frame = () => new Promise(requestAnimationFrame);
                 let draws = 0, most = 0, all = 0;
                 CanvasRenderingContext2D.prototype.fillRect = function (x, y, width, height) {
                     if (this.canvas === canvas && width === canvas.width) draws++;
                     fill.call(this, x, y, width, height);
                 };
                 const turn = (deltaX) => canvas.dispatchEvent(new WheelEvent('wheel', {
                     deltaX, clientX: left + 200, clientY: top + 50, bubbles: true, cancelable: true }));
                 return (async () => {
                     for (let time = 0; time < 90; time++) {
                         await frame();
                         most = Math.max(most, draws), all += draws, draws = 0;
                         for (const by of [9, -3, 6, -5]) turn(time % 20 < 10 ? -by : by);
                         await new Promise((done) => setTimeout(done, 1));
                         turn(time % 20 < 10 ? -2 : 2);
                     }
                     CanvasRenderingContext2D.prototype.fillRect = fill;
                     return [most, all];
                 })()",
            )
            .await;
        let (most, all): (u32, u32) = serde_json::from_value(counted).unwrap();
        // The page's frame may come before ours at one time and behind it at the next: then two are counted together.
        assert!(most <= 2 && (40..=92).contains(&all), "at most {most} drawings in a frame, {all} in 90");

        // With keys: all, nearer, earlier.
        page.run("document.querySelector('.timeline__canvas').focus()").await;
        page.press(&["0"]).await;
        page.wait_for_none("show-all").await;
        page.press(&["+"]).await;
        page.press(&["\u{e008}", "\u{e012}"]).await;
        page.wait_for(&crate::part("show-all"), "Show all").await;
        let earlier = part().await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(part().await, earlier, "what is not the end stays where it is");
        page.assert_quiet_console().await;
    })
    .await;
}
