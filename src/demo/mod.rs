//! Simulated boards that speak the dialects byte for byte.
//!
//! They are the product's embedded default (with no hardware the page does its main job), and the board at
//! the other end of the pseudo-terminal in the end-to-end tests. A simulated board knows no clock and no
//! random numbers but its own: the same calls give the same bytes.

use crate::heap::Millis;

mod random;
pub mod tasmota;
pub mod umm_heap;
mod wire;

pub use tasmota::{Scenario, TasmotaBoard};
pub use umm_heap::{Allocation, BLOCK_BYTES, Chunk, HEAP_END, HEAP_START, UmmHeap};

/// A board on a serial line, seen from the other end of the cable.
pub trait Board {
    /// Time passes: appends what the board prints up to `now`, counted from the moment it was switched on.
    fn advance(&mut self, now: Millis, out: &mut Vec<u8>);

    /// Bytes arrive at the board. What it answers comes out of the next [`advance`](Board::advance).
    fn input(&mut self, bytes: &[u8]);
}
