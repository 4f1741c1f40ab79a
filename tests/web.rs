//! What only a browser can show, tested in one: `cargo xtask test web`.
//!
//! Each test here runs as wasm in a real page of a headless Chromium. What can be tested natively is tested
//! natively, where it is a hundred times faster; what needs a port is in `tests/e2e`.
#![cfg(target_arch = "wasm32")]

#[path = "web/serial_port.rs"]
mod serial_port;

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use heapscope::browser::pattern::Pattern;
use heapscope::browser::{canvas, clock, keys, storage};
use heapscope::chart::{BlockMapPicture, Composition, Content, Options, Spot, TimelineChart};
use heapscope::console::{Matcher, Query};
use heapscope::heap::{Amount, Block, BlockKind, BlockMap, Category, Figure, Figures, Millis};
use heapscope::recording::{Recorder, Source, Timeline};
use heapscope::session::{Drawer, LineEnding, Settings, Shortcut};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlCanvasElement;

wasm_bindgen_test_configure!(run_in_browser);

/// A canvas of this size on the page; it is taken away again when dropped.
struct Placed(HtmlCanvasElement);

impl Placed {
    fn new(width_px: u32, height_px: u32) -> Self {
        let canvas: HtmlCanvasElement =
            gloo_utils::document().create_element("canvas").unwrap().unchecked_into();
        gloo_utils::body().append_child(&canvas).unwrap();
        let placed = Placed(canvas);
        placed.resize(width_px, height_px);
        placed
    }

    fn resize(&self, width_px: u32, height_px: u32) {
        let style = format!("display: block; width: {width_px}px; height: {height_px}px");
        self.0.set_attribute("style", &style).unwrap();
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        self.0.remove();
    }
}

fn picture() -> Composition {
    let row = |name: &str, bytes| Category {
        name: name.to_owned().into(),
        bytes,
        count: 1,
        is_part_of_previous: false,
    };
    Composition::new(&[row("wifi", 42_896), row("toit", 73_728)])
}

#[wasm_bindgen_test]
fn a_picture_has_a_pixel_for_every_pixel_of_the_screen() {
    let placed = Placed::new(321, 120);
    let blank = placed.0.to_data_url().unwrap();
    canvas::paint(&placed.0, &picture());
    let density = gloo_utils::window().device_pixel_ratio();
    assert_eq!(placed.0.width(), (321.0 * density).round() as u32);
    assert_eq!(placed.0.height(), (120.0 * density).round() as u32);
    let painted = placed.0.to_data_url().unwrap();
    assert!(painted.len() > blank.len(), "nothing was painted");
    canvas::paint(&placed.0, &picture());
    assert_eq!(placed.0.to_data_url().unwrap(), painted, "painting again changes nothing");
}

/// Blocks of one look are one shape, and each of them has sharp edges all the same.
#[wasm_bindgen_test]
fn every_one_of_five_thousand_blocks_has_its_pixel() {
    let kind = |index: u32| if index.is_multiple_of(5) { BlockKind::Free } else { BlockKind::Used };
    let block = |index: u32| Block { address: index * 8, size_bytes: 8, kind: kind(index), index };
    let map = BlockMap::new((0..5_000).map(block).collect());
    let picture = BlockMapPicture::new(&map).as_strip(true);
    let placed = Placed::new(picture.strip_width_px() as u32, 76);
    let surface = canvas::surface(&placed.0);
    let mut times: Vec<f64> = (0..15)
        .map(|_| {
            let begin = performance();
            canvas::paint(&placed.0, &picture);
            performance() - begin
        })
        .collect();
    times.sort_by(f64::total_cmp);
    web_sys::console::log_1(&format!("5 000 blocks as a strip: {:.1} ms", times[times.len() / 2]).into());
    let palette = surface.theme.palette();
    let colours = js_sys::Function::new_with_args(
        "canvas, y",
        "return Array.from(canvas.getContext('2d').getImageData(0, y, canvas.width, 1).data)",
    );
    // Near their lower edge: in the middle stands the name of the largest.
    let strip = picture.rects(&surface, Spot::Block(1))[0];
    let row = ((strip.y + strip.height - 2.0) * surface.density) as u32;
    let pixels = colours.call2(&JsValue::NULL, &placed.0, &row.into()).unwrap();
    let pixels: js_sys::Array = pixels.unchecked_into();
    let byte = |place: u32| pixels.get(place).as_f64().unwrap() as u8;
    // The largest free block is the first, and has a border; the last ones share what pixels there are.
    for index in 1..4_900 {
        let rect = picture.rects(&surface, Spot::Block(index as usize))[0];
        let at = (rect.x * surface.density) as u32 * 4;
        let expected = if kind(index) == BlockKind::Free { palette.free } else { palette.used[0] };
        assert_eq!((byte(at), byte(at + 1), byte(at + 2)), (expected.0, expected.1, expected.2), "{index}");
    }
}

/// Columns of a line are drawn in another way than the rectangles that they are in a file, and look the same.
#[wasm_bindgen_test]
fn a_line_of_many_points_is_on_a_canvas_what_it_is_in_a_file() {
    let moments = (0..40_000_u64).map(|index| {
        let mut figures = Figures::default();
        let noise = index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50;
        figures.set(Figure::Free, Amount::exact(30_000 + noise));
        figures.set(Figure::LowWaterMark, Amount::exact(20_000 - index / 4));
        (Millis(index * 10), index, figures)
    });
    let timeline = Timeline::from_moments(moments);
    let content = Content { timeline: &timeline, events: &[], reports: &[], marks: &[] };
    let picture = TimelineChart::new(content, Options::default());
    let placed = Placed::new(900, 320);
    canvas::paint(&placed.0, &picture);
    let svg = canvas::svg(&picture, &canvas::surface(&placed.0));
    let differing = js_sys::Function::new_with_args(
        "canvas, svg",
        "const other = document.createElement('canvas');
         other.width = canvas.width, other.height = canvas.height;
         const context = other.getContext('2d');
         const rects = [...new DOMParser().parseFromString(svg, 'image/svg+xml').querySelectorAll('rect')];
         if (rects.length < 1500) return -1;
         for (const rect of rects) {
             const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(rect.getAttribute(name)));
             context.fillStyle = rect.getAttribute('fill');
             context.globalAlpha = Number(rect.getAttribute('opacity') ?? 1);
             context.fillRect(x, y, width, height);
         }
         // Where no texts are.
         const part = [canvas.width * 0.08, canvas.height * 0.1, canvas.width * 0.75, canvas.height * 0.8].map(Math.round);
         const one = canvas.getContext('2d').getImageData(...part).data, two = context.getImageData(...part).data;
         return one.filter((byte, place) => Math.abs(byte - two[place]) > 1).length;",
    );
    let differing = differing.call2(&JsValue::NULL, &placed.0, &svg.into()).unwrap();
    assert_eq!(differing.as_f64(), Some(0.0));
}

/// Milliseconds, with parts of them.
fn performance() -> f64 {
    js_sys::Function::new_no_args("return performance.now()").call0(&JsValue::NULL).unwrap().as_f64().unwrap()
}

#[wasm_bindgen_test]
fn a_canvas_without_size_is_left_alone() {
    let placed = Placed::new(0, 0);
    let before = (placed.0.width(), placed.0.height());
    canvas::paint(&placed.0, &picture());
    assert_eq!((placed.0.width(), placed.0.height()), before);
}

#[wasm_bindgen_test]
async fn a_change_of_size_is_noticed_until_the_watch_is_dropped() {
    let (placed, calls) = (Placed::new(100, 50), Rc::new(Cell::new(0)));
    let watch = canvas::SizeWatch::new(&placed.0, {
        let calls = Rc::clone(&calls);
        move || calls.set(calls.get() + 1)
    });
    TimeoutFuture::new(100).await;
    let first = calls.get();
    assert!(first > 0, "it calls once at the beginning");
    placed.resize(200, 50);
    TimeoutFuture::new(100).await;
    let second = calls.get();
    assert!(second > first, "the new size was not noticed");
    drop(watch);
    placed.resize(300, 50);
    TimeoutFuture::new(100).await;
    assert_eq!(calls.get(), second, "nobody asked any more");
}

#[wasm_bindgen_test]
fn settings_are_kept_by_the_browser() {
    let settings = Settings {
        line_ending: LineEnding::CrLf,
        poll_interval: Millis::from_secs(42),
        ..Settings::default()
    };
    storage::save(&settings);
    assert_eq!(storage::load(), settings);
    // What another program may have left under our name is no reason to fail.
    let kept = gloo_utils::window().local_storage().unwrap().unwrap();
    for index in 0..kept.length().unwrap() {
        let key = kept.key(index).unwrap().unwrap();
        kept.set_item(&key, "{\"baud\":").unwrap();
    }
    assert_eq!(storage::load(), Settings::default());
    kept.clear().unwrap();
}

#[wasm_bindgen_test]
async fn the_page_has_a_clock_that_goes_forward() {
    let before = clock::now();
    TimeoutFuture::new(30).await;
    assert!(clock::now() > before);
}

/// 32-bit words must not change what is read.
#[wasm_bindgen_test]
fn a_block_map_is_read_as_it_is_natively() {
    let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
    recorder.feed(include_bytes!("fixtures/umm/fraghalf_core278_full/log.txt"), Millis(0));
    recorder.finish(Millis(0));
    let [dated] = recorder.recording().reports() else { panic!("one report") };
    let figure = |figure| dated.report.figures.at_least(figure);
    assert!(dated.report.complete, "{:?}", dated.report.problems);
    assert_eq!(figure(Figure::Free), Some(11_528));
    assert_eq!(figure(Figure::LargestFreeBlock), Some(760));
    assert_eq!(figure(Figure::FragmentationL2), Some(79));
}

#[wasm_bindgen_test]
fn this_browser_has_web_serial() {
    // The end-to-end tests rest on it.
    let navigator = gloo_utils::window().navigator();
    assert!(js_sys::Reflect::has(&navigator, &"serial".into()).unwrap());
}

#[wasm_bindgen_test]
fn what_is_kept_is_there_at_the_next_visit() {
    for (drawer, text) in [(Drawer::History, "Status 4\nä → ß\n"), (Drawer::Macros, "{\"sets\": []}")] {
        storage::keep(drawer, text);
        assert_eq!(
            storage::kept().find(|(kept, _)| *kept == drawer).map(|(_, text)| text).as_deref(),
            Some(text)
        );
        storage::keep(drawer, "");
    }
}

/// The keys of the whole page: what something on the page took is not theirs, and what they take is not the browser's.
#[wasm_bindgen_test]
fn keys_are_heard_wherever_they_go_down() {
    let heard = Rc::new(Cell::new(None));
    let listener = keys::on_press({
        let heard = Rc::clone(&heard);
        move |pressed, is_in_field| {
            heard.set(Some(is_in_field));
            Some(pressed) == Shortcut::from_text("Ctrl+K").as_ref()
        }
    });
    let field = gloo_utils::document().create_element("input").unwrap();
    gloo_utils::body().append_child(&field).unwrap();
    let press = |target: &web_sys::EventTarget, key: &str| {
        let made = js_sys::Function::new_with_args(
            "key",
            "return new KeyboardEvent('keydown', { key, code: 'Key' + key.toUpperCase(), ctrlKey: true, bubbles: true, cancelable: true })",
        );
        let event: web_sys::Event =
            made.call1(&wasm_bindgen::JsValue::NULL, &key.into()).unwrap().unchecked_into();
        heard.set(None);
        // False when somebody took it.
        (heard.clone(), target.dispatch_event(&event).unwrap())
    };
    let (said, is_left) = press(&gloo_utils::body(), "k");
    assert_eq!((said.get(), is_left), (Some(false), false));
    let (said, is_left) = press(&field, "j");
    assert_eq!((said.get(), is_left), (Some(true), true));
    drop(listener);
    let (said, is_left) = press(&field, "k");
    assert_eq!((said.get(), is_left), (None, true));
    field.remove();
}

/// The browser's places count in UTF-16, ours in bytes of what came.
#[wasm_bindgen_test]
fn patterns_are_the_browsers_and_places_are_ours() {
    let places = |text: &str, line: &[u8], minds_case: bool, whole_words: bool| {
        let query = Query { text: text.into(), minds_case, whole_words, is_pattern: true };
        let mut places = Vec::new();
        Pattern::new(&query).unwrap().find(line, &mut |place| places.push((place.start, place.end)));
        places
    };
    assert_eq!(places("a+", b"baab a", true, false), [(1, 3), (5, 6)]);
    assert_eq!(places("ä.", "xÄ😀ä-".as_bytes(), false, false), [(1, 7), (7, 10)]);
    assert_eq!(places(".b", b"\xff\xfeb\xf0\x9fb", true, false), [(1, 3), (4, 6)]);
    assert_eq!(places("free|heap", b"freely heap", true, true), [(7, 11)]);
    // What finds nothing anywhere ends all the same.
    assert_eq!(places("x*", b"axxb", true, false), [(1, 3)]);
    assert_eq!(places("x*", "😀x😀".as_bytes(), true, false), [(4, 5)]);
    assert_eq!(places(r"\-1", b"a-1", true, false), [(1, 3)], "an escape that the strict form refuses");
    assert!(Pattern::new(&Query { text: "(".into(), is_pattern: true, ..Query::default() }).is_none());
}
