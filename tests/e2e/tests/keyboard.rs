//! A technician without a mouse: everything from the first page to the saved log by keys alone. And what only a real
//! browser shows of sending: pasted lines, files, the history over visits.

use heapscope_e2e::parts::part;
use heapscope_e2e::{Page, Rig, artefact, within};

const CTRL: &str = "\u{e009}";
const ALT: &str = "\u{e00a}";
const SHIFT: &str = "\u{e008}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const UP: &str = "\u{e013}";
const DOWN: &str = "\u{e015}";
const LEFT: &str = "\u{e012}";
const TAB: &str = "\u{e004}";

/// Waits until the focus is on what `css` selects, and can be seen there: it has an outline or a line below it.
async fn wait_for_focus(page: &Page, css: &str) {
    let script = format!(
        "const element = document.activeElement;
         if (!element.matches('{css}')) return false;
         const style = getComputedStyle(element);
         return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none'"
    );
    page.wait_until(&format!("put a focus that can be seen on {css}"), &script).await;
}

async fn value(page: &Page, name: &str) -> String {
    let script = format!("return document.querySelector('{}').value", part(name));
    page.run(&script).await.as_str().unwrap_or_default().to_owned()
}

async fn wait_for_value(page: &Page, name: &str, value: &str) {
    let script = format!("return document.querySelector('{}').value === '{value}'", part(name));
    page.wait_until(&format!("had {value:?} in {name}"), &script).await;
}

/// Finds something in the palette and does it.
async fn choose(page: &Page, words: &str) {
    page.press(&[CTRL, "k"]).await;
    wait_for_focus(page, &part("palette-input")).await;
    page.type_text(words).await;
    page.wait_for(&part("palette-action"), words).await;
    page.press(&[ENTER]).await;
    page.wait_until("closed the palette", "return !document.querySelector('dialog')").await;
}

async fn connect(rig: &Rig) {
    rig.page.open("/").await;
    rig.page.wait_for(&part("port-button"), "CP2102").await;
    choose(&rig.page, "Connect to CP2102").await;
    rig.board.wait_for_port(true).await;
    rig.page.wait_for(&part("board-line"), "Tasmota").await;
}

/// The chooser is the browser's own and cannot be driven; the port was granted before, as on the second visit.
#[tokio::test]
async fn a_technician_needs_no_mouse() {
    within(180, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        connect(&rig).await;

        // Asked by keys, it answers; the verdict is there, and told to screen readers.
        page.press(&[ALT, "r"]).await;
        rig.board.wait_for_typed(b"Status 44\n").await;
        page.wait_for(&part("report"), "KB").await;
        page.press(&[ALT, "a"]).await;
        rig.board.wait_for_typed_times(b"Status 4\n", 2).await;
        page.wait_until(
            "told the verdict to screen readers, and not the log",
            "const said = document.querySelector('.verdict [role=status]').textContent;
             const log = document.querySelector('.console__scroller');
             return said.length > 10 && !log.closest('[aria-live], [role=log], [role=status], [role=alert]')",
        )
        .await;

        // From part to part, each with a focus that can be seen.
        for (keys, css) in [
            (["v"].as_slice(), part("verdict")),
            (&["b"], part("report")),
            (&["l"], ".console__scroller".to_owned()),
            (&["t"], ".timeline__canvas".to_owned()),
        ] {
            page.press(&[&[ALT], keys].concat()).await;
            wait_for_focus(page, &css).await;
        }
        // The cursor of the chart, and the line that it finds.
        page.press(&[LEFT]).await;
        page.wait_until("read the chart", "return !!document.querySelector('.reading__time')").await;
        page.press(&[ENTER]).await;
        page.wait_until("marked a line", "return !!document.querySelector('.line--marked')").await;
        page.wait_until("judged", "return !!document.querySelector('[aria-controls=verdict-why]')").await;
        page.press(&[ALT, "w"]).await;
        page.wait_until(
            "opened why",
            "return document.querySelector('[aria-controls=verdict-why]')?.getAttribute('aria-expanded') === 'true'",
        )
        .await;
        page.press(&[ALT, SHIFT, "n"]).await;
        page.press(&[ALT, "n"]).await;

        // The list of keys opens, closes, and gives the focus back.
        page.press(&[ALT, "l"]).await;
        page.press(&["?"]).await;
        page.wait_for(&part("shortcuts"), "Alt+R").await;
        page.screenshot(&artefact("shortcuts.png")).await;
        page.press(&[ESCAPE]).await;
        wait_for_focus(page, ".console__scroller").await;

        // Commands are offered and chosen, what changes the board is asked first.
        page.press(&[ALT, "i"]).await;
        wait_for_focus(page, &part("command-input")).await;
        page.type_text("serial").await;
        page.wait_for(&part("command-offer"), "writes settings").await;
        page.screenshot(&artefact("offers.png")).await;
        page.press(&[DOWN]).await;
        page.press(&[ENTER]).await;
        wait_for_value(page, "command-input", "SerialLog ").await;
        page.type_text("2").await;
        page.press(&[ENTER]).await;
        page.wait_for(&part("held"), "writes settings to the board").await;
        wait_for_focus(page, "#send-held").await;
        page.screenshot(&artefact("held.png")).await;
        assert!(!String::from_utf8_lossy(&rig.board.typed()).contains("SerialLog"), "it was not asked first");
        page.press(&[ENTER]).await;
        rig.board.wait_for_typed(b"SerialLog 2\n").await;
        wait_for_focus(page, &part("command-input")).await;
        wait_for_value(page, "command-input", "").await;

        // The history: the arrow key, and what was being typed.
        page.type_text("half").await;
        page.press(&[UP]).await;
        wait_for_value(page, "command-input", "SerialLog 2").await;
        page.press(&[DOWN]).await;
        wait_for_value(page, "command-input", "half").await;
        page.press(&[CTRL, "r"]).await;
        page.type_text("x").await;
        page.wait_for(&part("command-said"), "No line typed before").await;
        page.press(&[ESCAPE]).await;
        wait_for_value(page, "command-input", "half").await;

        // What Tasmota would not take is said before it is sent.
        page.type_text("ü").await;
        page.wait_for(&part("command-said"), "takes ASCII only").await;
        page.press(&[ENTER]).await;
        wait_for_value(page, "command-input", "halfü").await;

        // A macro by its keys; the log as a file; the end.
        page.press(&[ALT, "2"]).await;
        rig.board.wait_for_typed(b"Status 2\n").await;
        rig.board.hush().await;
        let sent = rig.board.sent().len();
        let script = format!("return Number(document.querySelector('[data-bytes]').dataset.bytes) === {sent}");
        page.wait_until("had every byte", &script).await;
        page.press(&[ALT, "s"]).await;
        let saved = page.downloaded("heapscope-log.txt").await;
        assert!(saved == rig.board.sent(), "what was saved is not what was sent");
        page.press(&[ALT, "c"]).await;
        rig.board.wait_for_port(false).await;
        page.assert_quiet_console().await;
    })
    .await;
}

#[tokio::test]
async fn several_lines_files_and_the_history_over_visits() {
    within(180, async {
        let rig = Rig::start().await;
        let page = &rig.page;
        connect(&rig).await;
        page.press(&[ALT, "i"]).await;
        wait_for_focus(page, &part("command-input")).await;

        // Several lines go one by one, each after the echo of the one before.
        let lines: Vec<_> = (1..=12).map(|number| format!("Var{number} {number}")).collect();
        page.click("#command-input").await;
        page.paste(&lines.join("\n")).await;
        page.wait_for(&part("held"), "Send 12 lines, one by one?").await;
        page.press(&[ENTER]).await;
        rig.board.wait_for_typed(b"Var12 12\n").await;
        let typed = String::from_utf8(rig.board.typed()).unwrap();
        let order: Vec<_> = typed.lines().filter(|line| line.starts_with("Var")).collect();
        assert_eq!(order, lines);
        page.wait_until("was done", "return !document.querySelector('[data-testid=sending-progress]')").await;

        // A file as it is: every byte, in order, with nothing of the page's own between.
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..6_000_u32).map(|at| b"0123456789abcdef"[(at * at % 16) as usize]).collect();
        let file = folder.path().join("raw.bin");
        std::fs::write(&file, &bytes).unwrap();
        page.run("document.querySelector('#send-file-raw').classList.remove('visually-hidden')").await;
        page.type_into("#send-file-raw", &file.to_string_lossy()).await;
        page.wait_for(&part("held"), "Send raw.bin as it is").await;
        page.press(&[ENTER]).await;
        page.wait_for(&part("sending-progress"), "raw.bin").await;
        rig.board.wait_for_typed(&bytes).await;

        // What was typed is there at the next visit; a secret is not.
        page.press(&[ALT, "i"]).await;
        wait_for_focus(page, &part("command-input")).await;
        page.type_text("Status 5").await;
        page.press(&[ENTER]).await;
        rig.board.wait_for_typed(b"Status 5\n").await;
        page.type_text("MqttPassword hunter22").await;
        page.press(&[ENTER]).await;
        page.wait_for(&part("held"), "MqttPassword …").await;
        page.press(&[ENTER]).await;
        rig.board.wait_for_typed(b"MqttPassword hunter22\n").await;
        assert_eq!(page.run("return JSON.stringify({ ...localStorage }).includes('hunter22')").await, false);
        page.press(&[ALT, "c"]).await;
        rig.board.wait_for_port(false).await;
        connect(&rig).await;
        page.press(&[ALT, "i"]).await;
        wait_for_focus(page, &part("command-input")).await;
        page.press(&[UP]).await;
        wait_for_value(page, "command-input", "Status 5").await;

        // A new macro by keys alone.
        page.press(&[ALT, "m"]).await;
        page.wait_for(&part("macros"), "New macro").await;
        page.run("document.querySelector('[data-testid=new-macro]').focus()").await;
        page.press(&[ENTER]).await;
        page.wait_until("has four", "return document.querySelectorAll('[data-testid=macro-row]').length === 4").await;
        page.screenshot(&artefact("macros.png")).await;
        page.press(&[TAB]).await;
        page.press(&[ESCAPE]).await;
        page.wait_until("closed", "return !document.querySelector('dialog')").await;

        // On a phone.
        page.resize(360, 780).await;
        for (name, keys) in [("palette", [CTRL, "k"]), ("macros", [ALT, "m"])] {
            page.press(&keys).await;
            page.wait_until("opened", "return !!document.querySelector('dialog')").await;
            let script = "const box = document.querySelector('dialog[open]').getBoundingClientRect();
                 return box.left >= 0 && box.right <= innerWidth && document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(page.run(script).await, true, "{name} reaches beyond the phone");
            page.screenshot(&artefact(&format!("{name}-phone.png"))).await;
            page.press(&[ESCAPE]).await;
            page.wait_until("closed", "return !document.querySelector('dialog')").await;
        }
        assert!(!value(page, "command-input").await.is_empty());
        page.assert_quiet_console().await;
    })
    .await;
}
