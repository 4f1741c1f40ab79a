//! Heapscope (the map comes with the house).
pub mod chart;
pub mod demo;
pub mod dialect;
pub mod format;
pub mod heap;
pub mod recording;
pub mod session;
pub mod stream;
pub mod verdict;
