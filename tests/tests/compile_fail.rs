//! Programs that must not compile, with the compiler's reasons (of the pinned toolchain), and one that must, and run.
//!
//! `TRYBUILD=overwrite cargo test -p taipan-tests --test compile_fail` writes the reasons anew.

#[test]
fn unsound_programs_are_refused() {
    let cases = trybuild::TestCases::new();
    cases.pass("compile_pass/*.rs");
    cases.compile_fail("compile_fail/*.rs");
}
