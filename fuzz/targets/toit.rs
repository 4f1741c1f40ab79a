//! Any bytes as a log of the dialect `toit`.
#![no_main]

libfuzzer_sys::fuzz_target!(|log: &[u8]| heapscope_fuzz::dialect("toit", log));
