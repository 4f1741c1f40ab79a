//! Any bytes as a log of the dialect `umm`.
#![no_main]

libfuzzer_sys::fuzz_target!(|log: &[u8]| heapscope_fuzz::dialect("umm", log));
