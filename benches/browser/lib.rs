//! The reader as the page has it, behind four functions that JavaScript calls.

#[path = "../reader/sums.rs"]
mod sums;

use heapscope::dialect::{Finding, Reader};
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
        self.reader.feed(chunk, &mut |_| {}, &mut self.findings);
        self.sums.add(&self.findings);
        self.findings.clear();
    }

    /// Samples, their free bytes, blocks, table bytes, failures: as the reference in JavaScript gives them.
    pub fn sums(&self) -> Vec<f64> {
        let Sums { samples, free_bytes, blocks, table_bytes, failures } = self.sums;
        [samples, free_bytes, blocks, table_bytes, failures].map(|sum| sum as f64).to_vec()
    }
}
