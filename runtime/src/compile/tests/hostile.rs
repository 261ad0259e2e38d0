//! Sources made to overflow, to explode or to be slow: each ends soon, in code or in a clear error.

use super::compile;
use crate::syntax::ErrorKind;
use std::fmt::Write;

fn kind(source: &str) -> Option<ErrorKind> {
    compile(source).err().map(|error| error.kind)
}

#[test]
fn deep_nesting_is_refused() {
    let million = 1_000_000;
    for source in [
        format!("{}1", "-".repeat(million)),
        format!("{}1", "lambda:".repeat(100_000)),
        format!("a{}", ".a".repeat(million)),
        format!("{}1", "not ".repeat(million)),
        format!("x = {}1", "1+".repeat(50_000)),
        format!("x = {}1", "1 if a else ".repeat(100_000)),
        format!("f{}", "()".repeat(million)),
        format!("x = {}1{}", "lambda a=".repeat(5_000), ":1".repeat(5_000)),
        format!("{}x", "async ".repeat(100_000)),
    ] {
        assert_eq!(kind(&source), Some(ErrorKind::Recursion), "{}", &source[..40]);
    }
    for source in [
        "(".repeat(million),
        format!("{}1{}", "(".repeat(million), ")".repeat(million)),
        format!("x = {}", "f'{".repeat(50_000)),
        format!("f'{}{}'", "{a:".repeat(500), "}".repeat(500)),
    ] {
        assert_eq!(kind(&source), Some(ErrorKind::Syntax));
    }
}

#[test]
fn deep_blocks_are_refused() {
    let mut source = String::new();
    for level in 0..300 {
        let _ = writeln!(source, "{}if 1:", " ".repeat(level));
    }
    assert_eq!(kind(&source), Some(ErrorKind::Indentation));
    let mut source = String::new();
    for level in 0..30 {
        let _ = writeln!(source, "{}while 1:", " ".repeat(level));
    }
    source += &format!("{}pass", " ".repeat(30));
    assert_eq!(compile(&source).expect_err("an error").message, "too many statically nested blocks");
}

#[test]
fn finally_clauses_do_not_explode() {
    let mut source = "def f():\n".to_owned();
    for level in 1..19 {
        let indent = " ".repeat(level);
        let _ = writeln!(source, "{indent}try:\n{indent} return g()\n{indent}finally:");
    }
    source += &format!("{}pass\n", " ".repeat(19));
    assert_eq!(kind(&source), Some(ErrorKind::Overflow));
}

#[test]
fn long_sources_compile() {
    let long = 100_000;
    for source in [
        format!("x = ({})", "1,".repeat(long)),
        format!("x = [{}]", "a,".repeat(long)),
        format!("x = {{{}}}", "a:b,".repeat(long)),
        format!("if a:\n pass\n{}", "elif b:\n pass\n".repeat(long)),
        format!("f({})", "a,".repeat(300)),
        format!("o.f({}**k)", "a,".repeat(300)),
        format!("x = {}", "'a' ".repeat(long)),
        format!("x = f'{}'", "{a}b".repeat(long)),
        format!("x = {}c", "a and b or ".repeat(20_000)),
        format!("x = a{}", " < a".repeat(long)),
        format!("x = {}1", "1+".repeat(3_000)),
        format!("x = {}1", "a+".repeat(3_000)),
        format!("x = {}1", "a if b else ".repeat(2_000)),
        format!("x = {}a{}", "[".repeat(199), "]".repeat(199)),
        format!("x = {}1", "lambda:".repeat(400)),
        format!("x = 0x{}", "f".repeat(long)),
        format!("é = {}1", "é+".repeat(3_000)),
    ] {
        let start: String = source.chars().take(40).collect();
        compile(&source).unwrap_or_else(|error| panic!("{start}: {error}"));
    }
}

#[test]
fn limits_are_named() {
    let message = |source: &str| compile(source).expect_err("an error").message;
    let locals: String = (0..300).map(|n| format!(" a{n} = 1\n")).collect();
    assert!(message(&format!("def f():\n{locals}")).starts_with("too many local variables in 'f': 300"));
    let targets: Vec<String> = (0..300).map(|n| format!("a{n}")).collect();
    assert!(message(&format!("{} = x", targets.join(","))).starts_with("too many targets"));
    let numbers: String = (0..70_000).map(|n| format!("a={}\n", n + 100_000)).collect();
    assert_eq!(message(&numbers), "too many constants in '<module>'");
    assert!(message(&format!("x = {}", "9".repeat(5_000))).starts_with("Exceeds the limit (4300 digits)"));
}

#[test]
fn nothing_huge_is_folded() {
    for source in
        ["x = 2 ** 10000000000", "x = 1 << 100000000", "x = 'a' * 10 ** 9", "x = ((1,) * 200,) * 200 * 200"]
    {
        let unit = compile(source).expect("to compile");
        assert!(crate::bytecode::dis::disassemble(&unit).len() < 20_000, "{source}");
    }
}
