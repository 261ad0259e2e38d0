//! Arbitrary bytes as a source: see `taipan_tests::fuzzing::source`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| taipan_tests::fuzzing::source(data));
