//! Heapscope.
