//! The reader as the page has it, behind a few functions that JavaScript calls; and the [`pictures`].

#[path = "../reader/sums.rs"]
mod sums;

#[cfg(target_arch = "wasm32")]
pub mod pictures;

use heapscope::dialect::{Finding, Reader};
use heapscope::stream::LineDecoder;
use sums::Sums;
use wasm_bindgen::prelude::wasm_bindgen;

/// A reader, and the sums of what it found.
#[wasm_bindgen]
#[derive(Default)]
pub struct Heapscope {
    reader: Reader,
    findings: Vec<Finding>,
    sums: Sums,
}

#[wasm_bindgen]
impl Heapscope {
    /// A reader that has read nothing.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.reader.feed(chunk, &mut self.findings);
        self.sums.add(&self.findings);
        self.findings.clear();
    }

    /// Samples, their free bytes, blocks, table bytes, failures: as the reference in JavaScript gives them.
    pub fn sums(&self) -> Vec<f64> {
        let Sums { samples, free_bytes, blocks, table_bytes, failures } = self.sums;
        [samples, free_bytes, blocks, table_bytes, failures].map(|sum| sum as f64).to_vec()
    }
}

/// A part of the path, for scale: lines, and nothing read from them.
#[wasm_bindgen]
#[derive(Default)]
pub struct Lines {
    decoder: LineDecoder,
    lines: u32,
}

#[wasm_bindgen]
impl Lines {
    /// Has seen no line.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, chunk: &[u8]) {
        let Lines { decoder, lines } = self;
        decoder.feed(chunk, |_| *lines += 1);
    }

    /// How many lines there were.
    pub fn sums(&self) -> Vec<f64> {
        vec![self.lines.into()]
    }
}
