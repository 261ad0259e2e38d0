//! Arbitrary bytes as a code unit: see `taipan_tests::fuzzing::bytecode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| taipan_tests::fuzzing::bytecode(data));
