//! Any bytes as one of Toit's encoded messages; any text as a log that may have some.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| heapscope_fuzz::message(data));
