//! Arbitrary bytes as bytecode from a file: see `taipan_tests::fuzzing::kept`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| taipan_tests::fuzzing::kept(data));
