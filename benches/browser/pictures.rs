//! The pictures as the page draws them, behind a few functions that JavaScript calls.

use heapscope::browser::canvas;
use heapscope::chart::{BlockMapPicture, Content, Options, TimelineChart, View};
use heapscope::heap::{Amount, Block, BlockKind, BlockMap, Figure, Figures, Millis};
use heapscope::recording::Timeline;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;

/// A hundred samples a second.
const STEP_MILLIS: u64 = 10;

/// Free heap, largest block and low-water mark, so many of each.
#[wasm_bindgen]
#[derive(Default)]
pub struct Series {
    timeline: Timeline,
    count: u64,
}

#[wasm_bindgen]
impl Series {
    /// So many samples of each.
    #[wasm_bindgen(constructor)]
    pub fn new(count: u32) -> Self {
        let mut series = Series::default();
        (0..count).for_each(|_| series.push());
        series
    }

    /// One more sample of each.
    pub fn push(&mut self) {
        let [free, largest, lowest] = values(self.count);
        let mut figures = Figures::default();
        figures.set(Figure::Free, Amount::exact(free));
        figures.set(Figure::LargestFreeBlock, Amount::exact(largest));
        figures.set(Figure::LowWaterMark, Amount::exact(lowest));
        self.timeline.push(Millis(self.count * STEP_MILLIS), self.count, &figures);
        self.count += 1;
    }

    /// The values of a sample, for the other's arrays.
    pub fn values(index: u32) -> Vec<f64> {
        values(index.into()).map(|value| value as f64).to_vec()
    }

    /// Draws what lies between two samples.
    pub fn draw(&self, element: &HtmlCanvasElement, first: f64, last: f64) {
        let at = |sample: f64| Millis(sample as u64 * STEP_MILLIS);
        let options = Options { view: View::Time(at(first), at(last)), ..Options::default() };
        let content = Content { timeline: &self.timeline, events: &[], reports: &[], marks: &[] };
        canvas::paint(element, &TimelineChart::new(content, options));
    }
}

/// A heap that falls, with teeth and noise, in bytes: everywhere the same, so that both draw the same.
fn values(index: u64) -> [u64; 3] {
    let noise = index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52;
    let free = 60_000 - index / 400 % 20_000 - index % 700 * 8 - noise;
    [free, free * 3 / 4 - noise / 2, 30_000 - index / 400 % 20_000]
}

/// A heap of so many blocks.
#[wasm_bindgen]
pub struct Blocks(BlockMap);

#[wasm_bindgen]
impl Blocks {
    /// Every third is free.
    #[wasm_bindgen(constructor)]
    pub fn new(count: u32) -> Self {
        let mut address = 0x3fff_0000;
        let blocks = (0..count).map(|number| {
            let size_bytes = 8 + number * 7_919 % 97 * 8;
            let kind = if number % 3 == 0 { BlockKind::Free } else { BlockKind::Used };
            let block = Block { address, size_bytes, kind, index: number };
            address += size_bytes;
            block
        });
        Blocks(BlockMap::new(blocks.collect()))
    }

    /// Draws all of them.
    pub fn draw(&self, element: &HtmlCanvasElement) {
        canvas::paint(element, &BlockMapPicture::new(&self.0));
    }
}
