//! Heapscope (the map comes with the house).
#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod chart;
pub mod demo;
pub mod dialect;
pub mod format;
pub mod heap;
pub mod recording;
pub mod session;
pub mod stream;
pub mod ui;
pub mod verdict;
