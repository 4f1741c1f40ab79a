//! Any bytes as the snapshot of a Toit program, or as the source map in one.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| heapscope_fuzz::snapshot(data));
