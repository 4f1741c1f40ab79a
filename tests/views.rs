//! The page as HTML, rendered natively from sessions that the test drives: what is on screen in each state.
//!
//! Snapshots stand in `tests/snapshots/views/`. After a change that is meant, `UPDATE_SNAPSHOTS=1 cargo test --test
//! views` writes them anew; read the difference before committing it. Effects (painting, scrolling, focus) do not
//! run here: the browser tests see them.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use heapscope::heap::Millis;
use heapscope::recording::{Recorder, Source};
use heapscope::session::arrangement::{ArrangeEvent, Panel};
use heapscope::session::comparing::{CompareEvent, Pick, Place};
use heapscope::session::{
    Drawer, Event, GivenFile, Macros, MapForm, Port, PortId, Problem, SendEvent, Session, Settings,
};
use heapscope::ui::actions::actions;
use heapscope::ui::components::macro_editor::{MacroEditor, MacroEditorProps};
use heapscope::ui::components::palette::{Palette, PaletteProps};
use heapscope::ui::components::verdict_bar::{self, Then, VerdictBar, VerdictBarProps};
use heapscope::ui::store::Listeners;
use heapscope::ui::view_state::ViewState;
use heapscope::ui::{App, AppProps, Store};
use heapscope::verdict::{self, State, Verdict};
use yew::{Callback, Html, Properties, ServerRenderer, component};

/// What happens before the page is drawn: each event and its time.
type Script = &'static [fn() -> (Event, u64)];

fn text(name: &str, text: &str) -> Event {
    Event::TextGiven { name: name.into(), bytes: text.as_bytes().to_vec() }
}

fn cp2102() -> Port {
    Port::new(PortId(0), Some((0x10c4, 0xea60)))
}

/// The page after these events.
async fn page(script: Script) -> String {
    let renderer = ServerRenderer::<App>::with_props(move || {
        let mut session = Session::new(Settings::default());
        for step in script {
            let (event, at) = step();
            session.handle(event, Millis(at));
        }
        let session = Rc::new(RefCell::new(session));
        AppProps { store: Store::new(session, Callback::noop(), Listeners::default()) }
    });
    renderer.hydratable(false).render().await
}

async fn check(name: &str, script: Script) -> String {
    let html = one_element_a_line(&page(script).await);
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/views").join(format!("{name}.html"));
    support::snapshot(&path, &html);
    html
}

/// So that differences can be read.
fn one_element_a_line(html: &str) -> String {
    html.replace("><", ">\n<") + "\n"
}

/// What stands in the element of this test id, tags left out.
fn content<'a>(html: &'a str, testid: &str) -> Option<&'a str> {
    let at = html.find(&format!("data-testid=\"{testid}\""))?;
    let from = at + html[at..].find('>')? + 1;
    Some(html[from..from + html[from..].find('<')?].trim())
}

#[tokio::test]
async fn a_symbol_file_is_answered_by_one_quiet_sentence() {
    let html = page(&[|| {
        let file = support::toit_program::snapshot_file(support::toit_program::Form::default());
        (Event::TextGiven { name: "app.snapshot".into(), bytes: file }, 1_000)
    }])
    .await;
    assert!(html.contains("Names are taken from app.snapshot: Toit program 0b52d4f8…"), "{html}");
    assert!(html.contains("data-testid=\"notice\""));
    assert!(!html.contains("data-testid=\"problem\""));
}

#[tokio::test]
async fn first_page_with_serial_and_a_known_port() {
    let html = check(
        "first-page",
        &[|| (Event::SerialSupportKnown(true), 0), || (Event::PortsListed(vec![cp2102()]), 0)],
    )
    .await;
    for way in ["connect-button", "demo-button", "paste-input", "port-button"] {
        assert!(html.contains(&format!("data-testid=\"{way}\"")), "{way}");
    }
}

#[tokio::test]
async fn first_page_without_serial() {
    let html = check("first-page-without-serial", &[|| (Event::SerialSupportKnown(false), 0)]).await;
    assert!(html.contains("data-testid=\"no-serial\""));
    assert!(html.contains("Firefox (from 151)"));
}

#[tokio::test]
async fn a_board_that_has_said_little() {
    let html = check(
        "connected",
        &[
            || (Event::SerialSupportKnown(true), 0),
            || (Event::PortChosen(cp2102()), 10),
            || (Event::PortOpened(PortId(0)), 20),
            || {
                (
                    Event::BytesReceived(
                        PortId(0),
                        b"18:40:08.501-023/02 CMD: Status 4\r\nhalf a li".to_vec(),
                    ),
                    1_520,
                )
            },
        ],
    )
    .await;
    assert!(content(&html, "headline").is_some_and(|headline| headline.contains("23")));
    assert!(html.contains("data-testid=\"tile-free\"") && !html.contains("data-testid=\"tile-low-water\""));
    assert!(html.contains("CP2102 · 115200 baud"));
    assert!(html.contains("half a li"));
    assert!(html.contains("data-bytes=\"44\""));
}

#[tokio::test]
async fn a_device_that_vanished_leaves_its_log_and_a_problem() {
    let html = check(
        "lost",
        &[
            || (Event::SerialSupportKnown(true), 0),
            || (Event::PortChosen(cp2102()), 10),
            || (Event::PortOpened(PortId(0)), 20),
            || (Event::BytesReceived(PortId(0), b"18:40:08.501-023/02 CMD: Status 4\r\n".to_vec()), 1_520),
            || (Event::PortLost(PortId(0), "The device has been lost.".into()), 2_000),
        ],
    )
    .await;
    assert!(html.contains("data-testid=\"problem\""));
    assert!(html.contains("data-connection=\"lost\""));
    assert!(html.contains("CMD: Status 4"));
}

#[tokio::test]
async fn an_out_of_memory_table() {
    let html = check(
        "toit",
        &[|| (text("toit.txt", include_str!("fixtures/toit/out_of_memory_question/log.txt")), 0)],
    )
    .await;
    assert!(html.contains("data-format=\"heap_report\"") && html.contains("data-complete=\"true\""));
    assert!(html.contains("data-state=\"out-of-memory\""));
    assert!(html.contains("data-testid=\"composition\""));
}

#[tokio::test]
async fn numbers_in_place_of_names_say_which_file_has_the_names() {
    let hint = Some(
        "Drop 00010203-0405-0607-0809-0a0b0c0d0e0f.snapshot on this page to see its classes and methods by name.",
    );
    // A histogram of objects.
    let html = check(
        "toit-numbers",
        &[|| {
            let messages = include_str!("fixtures/toit/message_reports/log.txt");
            let first: String = messages.split_inclusive('\n').take(5).collect();
            (text("toit.txt", &first), 0)
        }],
    )
    .await;
    assert!(html.contains("data-format=\"object_histogram\""));
    assert_eq!(content(&html, "names-hint"), hint);
    // What the page shows of exceptions, in a log without a report.
    let html =
        page(&[|| (text("toit.txt", include_str!("fixtures/toit/message_exceptions/log.txt")), 0)]).await;
    assert!(html.contains("report--empty"));
    assert_eq!(content(&html, "names-hint"), hint);
    // A table that was decoded already.
    let html = page(&[|| (text("toit.txt", include_str!("fixtures/toit/objects/log.txt")), 0)]).await;
    assert!(html.contains("data-format=\"object_histogram\""));
    assert_eq!(content(&html, "names-hint"), None);
}

#[tokio::test]
async fn rows_that_stand_out_say_so_in_words() {
    let html = page(&[|| (text("log.txt", include_str!("fixtures/toit/jaguar_failure/log.txt")), 0)]).await;
    let list = &html[html.find("data-testid=\"row-list\"").unwrap()..];
    let list = &list[..list.find("</dl>").unwrap()];
    // One row of fifteen, three of them parts.
    let count = |what: &str| list.matches(what).count();
    assert_eq!((count("rows__name"), count("rows__row--part"), count("rows__row--out")), (15, 3, 1));
    let out = &list[list.find("rows__row--out").unwrap()..];
    let out = &out[..out.find("</dd>").unwrap()];
    assert!(out.contains("tls/bignum") && out.contains("<svg") && out.contains("Stands out"), "{out}");
    // Compared with the report before, in the same run or not at all.
    assert!(
        list.contains("Here: An encrypted connection is open") && !list.contains("since the report before")
    );
    // Other reports have no such rows.
    let html = page(&[|| (text("o.txt", include_str!("fixtures/toit/objects/log.txt")), 0)]).await;
    assert!(html.contains("data-testid=\"composition\"") && !html.contains("row-list"));
}

#[tokio::test]
async fn block_maps_say_what_fits_and_what_became_of_the_blocks() {
    let html = page(&[|| {
        let maps = [
            include_str!("fixtures/umm/leak_core278_full_1/log.txt"),
            include_str!("fixtures/umm/leak_core278_full_2/log.txt"),
        ];
        (text("dumps.txt", &maps.concat()), 0)
    }])
    .await;
    let compared = content(&html, "compared").unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    assert_eq!(
        compared,
        "Since the block map before, 40 blocks appeared (3.1 KB), 0 blocks went (0 bytes) and 116 blocks stayed."
    );
    assert!(html.contains("<dt>16\u{a0}KB</dt><dd>once</dd>"), "{html}");
    // Alone it has nothing to be compared with.
    let alone =
        page(&[|| (text("dump.txt", include_str!("fixtures/umm/leak_core278_full_1/log.txt")), 0)]).await;
    assert!(content(&alone, "compared").is_none() && alone.contains("what-fits"));
}

/// Two dumps of one run, and one of a heap in pieces.
fn three_dumps() -> Event {
    let maps = [
        include_str!("fixtures/umm/leak_core278_full_1/log.txt"),
        include_str!("fixtures/umm/leak_core278_full_2/log.txt"),
        include_str!("fixtures/umm/fraghalf_core278_full/log.txt"),
    ];
    text("dumps.txt", &maps.concat())
}

#[tokio::test]
async fn block_maps_are_walked_through_compared_and_asked_what_fits() {
    let html = page(&[|| (three_dumps(), 0)]).await;
    assert_eq!(content(&html, "map-place"), Some("3 of 3"));
    let disabled = |testid: &str| {
        let at = html.find(&format!("data-testid=\"{testid}\"")).unwrap();
        let tag = &html[html[..at].rfind("<button").unwrap()..];
        tag[..tag.find('>').unwrap()].contains("disabled")
    };
    assert!(disabled("map-next") && !disabled("map-previous") && !disabled("map-play"));
    // Nothing, the map before, the two others, and this one, which it cannot be compared with.
    let list = &html[html.find("data-testid=\"map-compare\"").unwrap()..];
    let list = &list[..list.find("</select>").unwrap()];
    assert_eq!((list.matches("<option").count(), list.matches("disabled=").count()), (5, 1), "{list}");
    assert_eq!(html.matches("data-testid=\"fit-offer\"").count(), 3);
    assert!(html.contains("TLS record in BearSSL: 16.3\u{a0}KB"));
    assert!(html.contains("aria-valuetext=\"none\"") && !html.contains("fit-said"));
    assert!(html.contains("data-testid=\"free-blocks\""));
    // Alone it has nowhere to go, but can be asked.
    let alone =
        page(&[|| (text("dump.txt", include_str!("fixtures/umm/leak_core278_full_1/log.txt")), 0)]).await;
    assert!(!alone.contains("map-place") && alone.contains("fit-slider") && alone.contains("map-form"));
}

#[tokio::test]
async fn a_strip_is_chosen_in_the_settings() {
    let html = page(&[
        || (three_dumps(), 0),
        || (Event::SettingsChanged(Settings { map_form: MapForm::Strip, ..Settings::default() }), 1),
    ])
    .await;
    assert!(html.contains("data-testid=\"map-strip\"") && !html.contains("report__map"));
}

#[tokio::test]
async fn a_map_that_is_not_whole_is_not_asked_what_fits() {
    let html =
        page(&[|| (text("dump.txt", include_str!("fixtures/umm/corrupt_overrun_of_nb/log.txt")), 0)]).await;
    assert!(html.contains("fit-unknown") && !html.contains("fit-slider"));
    let pointed = content(&html, "map-pointed").unwrap();
    assert!(pointed.contains("block 7 at 0x3fff24f8 names 16705"), "{pointed}");
    assert!(html.contains("<span>Damaged</span>") && html.contains("<span>Not read</span>"));
}

#[tokio::test]
async fn a_dump_that_shows_a_corrupted_heap_is_still_a_dump() {
    let html =
        page(&[|| (text("dump.txt", include_str!("fixtures/umm/corrupt_pb_core278_full/log.txt")), 0)]).await;
    assert!(html.contains("data-state=\"heap-corrupted\""));
    let rows = |class: &str| html.matches(&format!("class=\"line {class}\"")).count();
    assert!(rows("line--report") > 20 && rows("line--event") < 5);
}

#[tokio::test]
async fn evidence_waits_until_it_is_asked_for() {
    let html = page(&[|| {
        let log: String =
            (1..=50).map(|count| format!("18:40:09.000-020/00 OOM: count {count} (+1)\n")).collect();
        (text("oom.txt", &log), 0)
    }])
    .await;
    assert!(html.contains("data-state=\"out-of-memory\"") && !html.contains("class=\"evidence\""));
}

/// The verdict bar alone.
async fn verdict_bar(verdict: Verdict, then: Option<(&'static str, Verdict)>) -> String {
    let renderer = ServerRenderer::<VerdictBar>::with_props(move || VerdictBarProps {
        verdict: Rc::new(verdict),
        then: then.map(|(when, verdict)| Then { when: when.into(), verdict: Rc::new(verdict) }),
        on_evidence: Callback::noop(),
    });
    renderer.hydratable(false).render().await
}

#[tokio::test]
async fn every_state_has_a_badge_of_its_own() {
    let mut badges = Vec::new();
    for state in [
        State::NotEnoughData,
        State::Healthy,
        State::NotAHeapProblem,
        State::NearlyFull,
        State::Fragmenting,
        State::Leaking,
        State::OutOfMemory,
        State::HeapCorrupted,
    ] {
        let html = verdict_bar(Verdict { state, ..Verdict::default() }, None).await;
        assert!(html.contains(&format!("verdict--{}", state.key())) && html.contains(state.label()));
        badges.push(html[html.find("<path").unwrap()..html.find("</svg>").unwrap()].to_owned());
    }
    badges.sort();
    badges.dedup();
    assert_eq!(badges.len(), 8);
}

#[tokio::test]
async fn what_held_at_a_moment_lies_over_what_holds_now() {
    let said = |state, headline: &str| Verdict { state, headline: headline.into(), ..Verdict::default() };
    let now = || said(State::Leaking, "Leaking about 3 KB an hour.");
    let html = verdict_bar(now(), Some(("At 0:05:30", said(State::Healthy, "Healthy: 24 KB free.")))).await;
    assert!(html.contains("data-state=\"leaking\"") && html.contains("Leaking about 3 KB an hour."));
    assert!(html.contains("<strong>At 0:05:30: </strong>Healthy: 24 KB free."), "{html}");
    assert!(html.contains("verdict--healthy verdict--then"));
    assert!(html.contains(">At 0:05:30: Healthy. Healthy: 24 KB free.<"), "{html}");
    assert!(!verdict_bar(now(), None).await.contains("verdict-then"));
}

#[derive(Clone, PartialEq, Properties)]
struct ReasonsProps {
    verdict: Verdict,
    has_next: bool,
}

/// The reasons alone, as they stand behind "Why".
#[component]
fn Reasons(props: &ReasonsProps) -> Html {
    verdict_bar::reasons(&props.verdict, props.has_next, &Callback::noop())
}

#[tokio::test]
async fn the_worst_finding_is_open_and_the_others_are_lines_that_open() {
    let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
    recorder.feed(include_bytes!("fixtures/umm/oom_core278_statsfull/log.txt"), Millis(0));
    recorder.finish(Millis(0));
    let verdict = verdict::judge(recorder.recording());
    assert_eq!(verdict.judgements.len(), 4);
    let render = async |has_next| {
        let verdict = verdict.clone();
        let renderer = ServerRenderer::<Reasons>::with_props(move || ReasonsProps { verdict, has_next });
        renderer.hydratable(false).render().await
    };
    let html = render(true).await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/views/findings.html");
    support::snapshot(&path, &one_element_a_line(&html));
    assert_eq!(html.matches("<details").count(), 3);
    for part in ["How sure: certain.", "How sure: likely. ", "What to do: "] {
        assert!(html.contains(part), "{part}");
    }
    assert!(!render(false).await.contains("What to do: "), "it stands beside them");
}

#[tokio::test]
async fn a_log_is_shown_as_text_whatever_is_in_it() {
    let html = check(
        "hostile",
        &[|| {
            (text("<img src=x>", "</script><script>alert(1)</script>\nbell\x07 \u{1b}[31mred\u{1b}[0m\n"), 0)
        }],
    )
    .await;
    assert!(!html.contains("<script") && !html.contains("<img"));
    // What has no face is shown, and set apart; what has a colour has it.
    assert!(
        html.contains("bell<span class=\"look-stand-in\">␇</span> <span class=\"look look-1\">red</span>")
    );
}

#[tokio::test]
async fn replacing_a_recording_of_a_board_is_asked_first() {
    let html = check(
        "replace",
        &[
            || (Event::PortChosen(cp2102()), 10),
            || (Event::PortOpened(PortId(0)), 20),
            || (Event::BytesReceived(PortId(0), b"one\ntwo\n".to_vec()), 30),
            || (Event::DemoClicked, 40),
        ],
    )
    .await;
    assert!(html.contains("This would replace the recording of CP2102 (2 lines)."));
}

#[tokio::test]
async fn a_problem_says_what_to_do() {
    let html = page(&[|| (Event::BrowserFailed(Problem::new("It broke.", "Mend it.")), 0)]).await;
    assert!(html.contains("It broke.") && html.contains("Mend it."));
}

#[tokio::test]
async fn the_demo_is_always_labelled_and_complete() {
    let html = page(&[|| (Event::DemoClicked, 0), || (Event::Tick, 1_000)]).await;
    for part in
        ["demo-badge", "timeline", "block-map", "tile-free", "tile-largest", "console-line", "poll-state"]
    {
        assert!(html.contains(&format!("data-testid=\"{part}\"")), "{part}");
    }
    // However long the log is, only what is in sight is in the document.
    assert!(html.matches("data-testid=\"console-line\"").count() < 80);
}

/// A Tasmota board, and several lines for it.
const SEVERAL_LINES: [fn() -> (Event, u64); 5] = [
    || (Event::SerialSupportKnown(true), 0),
    || (Event::PortChosen(cp2102()), 10),
    || (Event::PortOpened(PortId(0)), 20),
    || (Event::BytesReceived(PortId(0), b"18:40:08.501-023/02 CMD: Status 4\r\n".to_vec()), 1_520),
    || (SendEvent::LinesPasted("Status 1\n<b>Status 2</b>\nSerialLog 3".into()).into(), 1_600),
];

#[tokio::test]
async fn several_lines_are_asked_about_before_they_leave() {
    let html = page(&SEVERAL_LINES).await;
    let held = &html[html.find("data-testid=\"held\"").unwrap()..];
    assert!(held.contains("Send 3 lines, one by one? One of them changes the board."), "{held}");
    assert!(held.contains("&lt;b&gt;Status 2&lt;/b&gt;"), "{held}");
    assert!(held.contains("writes settings"));
    assert!(html.contains("role=\"alertdialog\" aria-labelledby=\"sending-question\""));
}

#[tokio::test]
async fn how_far_it_is_with_several_lines_is_shown_and_can_be_stopped() {
    let html = page(&[
        SEVERAL_LINES[0],
        SEVERAL_LINES[1],
        SEVERAL_LINES[2],
        SEVERAL_LINES[3],
        SEVERAL_LINES[4],
        || (SendEvent::Confirmed.into(), 1_700),
    ])
    .await;
    assert!(html.contains("1 of 3 lines sent"), "{html}");
    assert!(html.contains("data-testid=\"stop-sending\""));
    assert!(!html.contains("data-testid=\"held\""));
}

#[tokio::test]
async fn the_palette_is_a_list_that_belongs_to_its_field() {
    let renderer = ServerRenderer::<Palette>::with_props(|| {
        let session = Session::new(Settings::default());
        let actions = Rc::new(actions(&session, &ViewState::default()));
        PaletteProps { actions, on_choose: Callback::noop() }
    });
    let html = renderer.hydratable(false).render().await;
    for expected in [
        "role=\"combobox\"",
        "aria-controls=\"palette-list\"",
        "aria-activedescendant=\"palette-0\"",
        "id=\"palette-list\"",
        "role=\"listbox\"",
        "id=\"palette-0\"",
        "aria-selected=\"true\"",
        "<kbd>Alt+C</kbd>",
    ] {
        assert!(html.contains(expected), "{expected} is not in {html}");
    }
}

#[tokio::test]
async fn each_macro_has_a_row_with_named_fields() {
    let renderer = ServerRenderer::<MacroEditor>::with_props(|| {
        let mut macros = Macros::first();
        // The page's own keys, and another macro's.
        macros.sets[0].macros[1].key = macros.sets[0].macros[0].key.clone();
        macros.sets[0].macros[2].key = heapscope::session::Shortcut::from_text("Ctrl+K");
        MacroEditorProps { macros, on_change: Callback::noop() }
    });
    let html = renderer.hydratable(false).render().await;
    assert_eq!(html.matches("data-testid=\"macro-row\"").count(), 3);
    for name in ["Name", "Keys", "Lines", "Delete"] {
        assert_eq!(html.matches(&format!("aria-label=\"{name}\"")).count(), 3, "{name}");
    }
    assert!(html.contains("These keys are for: Heap."), "{html}");
    assert!(html.contains("These keys are for: Find everything that can be done."), "{html}");
}

fn maps_of_a_leak() -> String {
    ["1", "2", "3"]
        .map(|number| {
            let path = format!("tests/fixtures/umm/leak_core278_full_{number}/log.txt");
            std::fs::read_to_string(path).unwrap()
        })
        .concat()
}

/// All that has this test id, tags left out.
fn contents<'a>(html: &'a str, testid: &str) -> Vec<&'a str> {
    let key = format!("data-testid=\"{testid}\"");
    let places = html.match_indices(&key).map(|(at, _)| &html[at..]);
    places.filter_map(|rest| content(rest, testid)).collect()
}

#[tokio::test]
async fn two_moments_of_a_log_side_by_side() {
    let html = check(
        "compared-maps",
        &[
            || (text("maps.txt", &maps_of_a_leak()), 0),
            || (CompareEvent::Opened(true).into(), 10),
            || {
                let mut session = Session::new(Settings::default());
                session.handle(text("maps.txt", &maps_of_a_leak()), Millis(0));
                let line = session.recording().unwrap().reports()[0].lines.last;
                let first = Pick { is_other: false, place: Place::Line(line) };
                (CompareEvent::Picked(0, first).into(), 20)
            },
        ],
    )
    .await;
    assert_eq!(content(&html, "compare-cost"), Some("It cost 6\u{202f}400\u{a0}bytes of free heap."));
    assert!(html.contains("80\u{a0}bytes"), "by size");
    assert_eq!(html.matches("compare__picture\"").count(), 2, "both maps");
    assert!(html.contains("data-testid=\"pick-0\"") && !html.contains("data-testid=\"step-go\""));
}

#[tokio::test]
async fn a_step_of_the_demo_is_measured() {
    let waiting: Script =
        &[|| (Event::DemoClicked, 1_000), || (CompareEvent::StepBegun("open web page".into()).into(), 1_010)];
    let html = page(waiting).await;
    let said = content(&html, "step-waits").unwrap();
    assert!(said.contains("it was asked “Status 4”"), "{said}");

    let acting = page(&[
        || (Event::DemoClicked, 1_000),
        || (CompareEvent::StepBegun("open web page".into()).into(), 1_010),
        || (Event::Tick, 2_000),
        || (Event::Tick, 4_000),
        || (Event::Tick, 6_000),
    ])
    .await;
    assert!(content(&acting, "step-acts").unwrap().contains("Now do it: open web page."));
    let second = content(&acting, "step-go").unwrap();
    assert_eq!(second, "Take the second snapshot");
}

#[tokio::test]
async fn two_logs_have_two_verdicts_and_their_figures_side_by_side() {
    let html = page(&[
        || (text("before.txt", &maps_of_a_leak()), 0),
        || {
            let path = "tests/fixtures/toit/out_of_memory_question/log.txt";
            let other = GivenFile::whole("field.txt", std::fs::read(path).unwrap());
            (CompareEvent::OtherGiven(other).into(), 10)
        },
    ])
    .await;
    assert_eq!(contents(&html, "compare-headline").len(), 2);
    assert!(html.contains("B · field.txt: "), "the second log is named");
    assert!(
        content(&html, "compare-cost").unwrap().starts_with("Two logs side by side."),
        "the table has no free heap"
    );
    assert!(!html.contains("data-testid=\"compare-pictures\""), "a map and a table have nothing in common");
}

#[tokio::test]
async fn panels_stand_where_they_were_put_and_what_is_hidden_can_be_shown() {
    let html = page(&[
        || (Event::DemoClicked, 1_000),
        || (Event::KeptRead(Drawer::Panels, "log timeline comparison -report 40".into()), 1_010),
    ])
    .await;
    let place = |testid: &str| html.find(&format!("data-testid=\"{testid}\"")).unwrap();
    assert!(place("console") < place("edge") && place("edge") < place("timeline"), "the log is on the left");
    assert!(html.contains("aria-valuenow=\"60\""), "what is left of the edge");
    let report = &html[..place("report")];
    let around = &report[report.rfind("workbench__panel").unwrap() - 30..];
    assert!(around.contains("hidden"), "{around}");

    let alone = page(&[
        || (text("maps.txt", &maps_of_a_leak()), 0),
        || (ArrangeEvent::Enlarged(Panel::Report).into(), 10),
    ])
    .await;
    assert!(alone.contains("workbench--alone") && !alone.contains("data-testid=\"edge\""));
    // What was enlarged and is not there leaves the page as it was.
    let closed = page(&[
        || (text("maps.txt", &maps_of_a_leak()), 0),
        || (ArrangeEvent::Enlarged(Panel::Comparison).into(), 10),
    ])
    .await;
    assert!(!closed.contains("workbench--alone") && closed.contains("data-testid=\"edge\""));
}

/// A program's table, and the same after a step that took some of it.
fn two_tables() -> String {
    let table = std::fs::read_to_string("tests/fixtures/toit/out_of_memory_question/log.txt").unwrap();
    let from = table.find("Heap report @").unwrap();
    let to = table.find("How do I interpret").unwrap();
    let first = &table[from..to];
    let later = first
        .replace("73728   |     18", "81920   |     20")
        .replace("211240", "219432")
        .replace("541", "543");
    format!("{first}\n{later}\n")
}

#[tokio::test]
async fn two_tables_of_a_program_are_compared_by_type() {
    let html = check(
        "compared-tables",
        &[
            || (text("tables.txt", &two_tables()), 0),
            || (CompareEvent::Opened(true).into(), 10),
            || {
                let mut session = Session::new(Settings::default());
                session.handle(text("tables.txt", &two_tables()), Millis(0));
                let line = session.recording().unwrap().reports()[0].lines.last;
                let first = Pick { is_other: false, place: Place::Line(line) };
                (CompareEvent::Picked(0, first).into(), 20)
            },
        ],
    )
    .await;
    let changes = &html[html.find("data-testid=\"compare-changes\"").unwrap()..];
    let changes = &changes[..changes.find("</section>").unwrap()];
    assert!(changes.contains("toit") && changes.contains("+8\u{a0}KB"), "{changes}");
    assert!(changes.contains("214\u{a0}KB"), "what all of it comes to: {changes}");
    assert!(!changes.contains("event source"), "what stayed the same is left out");
    assert_eq!(html.matches("class=\"compare__picture\"").count(), 2, "both compositions");
}

#[tokio::test]
async fn several_reports_of_one_run_are_shown_over_time() {
    const MAPS: [&str; 3] = [
        include_str!("fixtures/umm/leak_core278_full_1/log.txt"),
        include_str!("fixtures/umm/leak_core278_full_2/log.txt"),
        include_str!("fixtures/umm/leak_core278_full_3/log.txt"),
    ];
    const BOOT: &str =
        "00:00:00.070 Project tasmota - Plug Version 15.5.0(release-tasmota)-2_7_8(2026-06-21T10:00:00)\r\n";
    let html = page(&[|| (text("maps.txt", &MAPS.concat()), 0)]).await;
    assert!(html.contains("data-testid=\"over-time\" data-reports=\"3\""), "{html}");
    // The shown one is the last: what changed since the one before is said.
    assert!(html.contains("Since line ") && html.contains("used in all +"), "{html}");
    // Memory of another run is another's.
    let html = page(&[|| (text("maps.txt", &[MAPS[0], BOOT, MAPS[1], MAPS[2]].concat()), 0)]).await;
    assert!(html.contains("data-testid=\"over-time\" data-reports=\"2\""), "{html}");
    // One report says nothing over time.
    for html in [
        page(&[|| (text("map.txt", MAPS[0]), 0)]).await,
        page(&[|| (text("maps.txt", &[MAPS[0], BOOT, MAPS[1]].concat()), 0)]).await,
    ] {
        assert!(html.contains("data-testid=\"block-map\"") && !html.contains("data-testid=\"over-time\""));
    }
}

/// One dump has its figures, and no line through a single point.
#[tokio::test]
async fn a_log_of_one_moment_has_no_chart() {
    const MAPS: [&str; 2] = [
        include_str!("fixtures/umm/leak_core278_full_1/log.txt"),
        include_str!("fixtures/umm/leak_core278_full_2/log.txt"),
    ];
    let html = page(&[|| (text("map.txt", MAPS[0]), 0)]).await;
    assert!(html.contains("data-testid=\"one-moment\"") && !html.contains("timeline__canvas"), "{html}");
    assert!(html.contains("20.5\u{a0}KB"), "{html}");
    let html = page(&[|| (text("maps.txt", &MAPS.concat()), 0)]).await;
    assert!(!html.contains("data-testid=\"one-moment\"") && html.contains("timeline__canvas"), "{html}");
}
