//! What is refused, where, and in which words.

use super::compile;
use crate::compile::{compile_source, Options};
use crate::syntax::{ErrorKind, Mode};

/// Checks message and place (line and column from 1) of the error in a source.
fn refused(source: &str, line: u32, column: u32, message: &str) {
    match compile(source) {
        Ok(_) => panic!("accepted: {source}"),
        Err(error) => {
            assert_eq!(
                (error.message.as_str(), error.line, error.column),
                (message, line, column),
                "{source}"
            );
        }
    }
}

#[test]
fn of_statements() {
    refused("x = 1\nreturn 5", 2, 1, "'return' outside function");
    refused("if x:\n    break", 2, 5, "'break' outside loop");
    refused("def f():\n    continue", 2, 5, "'continue' not properly in loop");
    refused("class A:\n    yield 1", 2, 5, "'yield' outside function");
    refused("await x", 1, 1, "'await' outside function");
    refused("def f(): await x", 1, 10, "'await' outside async function");
    refused("async def f():\n  yield 1\n  return 2", 3, 3, "'return' with value in async generator");
    refused("async def f(): yield from x", 1, 16, "'yield from' inside async function");
    refused("def f():\n from x import *", 2, 2, "import * only allowed at module level");
    refused("try: pass\nexcept: pass\nexcept A: pass", 2, 1, "default 'except:' must be last");
    refused("x\nfrom __future__ import annotations", 2, 1, MUST_BEGIN);
    refused("from __future__ import nothing", 1, 1, "future feature nothing is not defined");
}

const MUST_BEGIN: &str = "from __future__ imports must occur at the beginning of the file";

#[test]
fn of_names() {
    refused("def f():\n x = 1\n global x", 3, 2, "name 'x' is assigned to before global declaration");
    refused("def f():\n print(x)\n global x", 3, 2, "name 'x' is used prior to global declaration");
    refused("def f(x):\n global x", 2, 2, "name 'x' is parameter and global");
    refused("def f():\n nonlocal x", 2, 2, "no binding for nonlocal 'x' found");
    refused("nonlocal x", 1, 1, "nonlocal declaration not allowed at module level");
    refused("def f(a, b, a): pass", 1, 13, "duplicate argument 'a' in function definition");
    refused("f(a=1, b=2, a=3)", 1, 13, "keyword argument repeated: a");
    refused("__debug__ = 1", 1, 1, "cannot assign to __debug__");
    refused("def f():\n global x\n x: int = 1", 3, 2, "annotated name 'x' can't be global");
}

#[test]
fn of_comprehensions() {
    let rebinds = "assignment expression cannot rebind comprehension iteration variable 'i'";
    refused("[i := 1 for i in x]", 1, 2, rebinds);
    let class = "assignment expression within a comprehension cannot be used in a class body";
    refused("class A: [y := 1 for i in x]", 1, 11, class);
    let iterable = "assignment expression cannot be used in a comprehension iterable expression";
    refused("[i for i in (y := x)]", 1, 14, iterable);
    refused("[(yield 1) for i in x]", 1, 1, "'yield' inside list comprehension");
    let outside = "asynchronous comprehension outside of an asynchronous function";
    refused("def f(): [x async for x in y]", 1, 10, outside);
}

#[test]
fn of_targets_and_patterns() {
    refused("a, *b, *c = x", 1, 1, "multiple starred expressions in assignment");
    refused("*a = x", 1, 1, "starred assignment target must be in a list or tuple");
    refused("f() = 1", 1, 1, "cannot assign to function call here. Maybe you meant '==' instead of '='?");
    refused(
        "match x:\n case a: pass\n case b: pass",
        2,
        7,
        "name capture 'a' makes remaining patterns unreachable",
    );
    refused("match x:\n case [a, a]: pass", 2, 11, "multiple assignments to name 'a' in pattern");
    refused("match x:\n case [a] | [b]: pass", 2, 7, "alternative patterns bind different names");
    refused("match x:\n case {1: a, 1: b}: pass", 2, 7, "mapping pattern checks duplicate key (1)");
}

#[test]
fn of_syntax() {
    refused("f(1,\nx = 2", 1, 2, "'(' was never closed");
    refused("f(1]", 1, 4, "closing parenthesis ']' does not match opening parenthesis '('");
    refused("x)", 1, 2, "unmatched ')'");
    refused("if x\n  y", 1, 5, "expected ':'");
    refused("x = 'abc\n", 1, 5, "unterminated string literal (detected at line 1)");
    refused("x = '''abc\n\n", 1, 5, "unterminated triple-quoted string literal (detected at line 2)");
    refused("x = [a b]", 1, 6, "invalid syntax. Perhaps you forgot a comma?");
    refused("print 'x'", 1, 1, "Missing parentheses in call to 'print'. Did you mean print(...)?");
    refused("x = 3rd", 1, 5, "invalid decimal literal");
    refused("x = '\\x1'", 1, 5, TRUNCATED);
    refused("f'{}'", 1, 4, "f-string: empty expression not allowed");
    refused("x = €", 1, 5, "invalid character '€' (U+20AC)");
}

const TRUNCATED: &str =
    "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-2: truncated \\xXX escape";

#[test]
fn of_indentation() {
    let kind = |source| compile(source).expect_err("an error").kind;
    refused("if x:\ny", 2, 1, "expected an indented block after 'if' statement on line 1");
    refused("x\n  y", 2, 2, "unexpected indent");
    refused("if x:\n    y\n  z", 3, 4, "unindent does not match any outer indentation level");
    assert_eq!(kind("x\n  y"), ErrorKind::Indentation);
    assert_eq!(kind("if x:\n        y\n\tz"), ErrorKind::Tab);
}

#[test]
fn of_what_taipan_leaves_out() {
    refused("try: pass\nexcept* A: pass", 1, 1, "'except*' is not supported by Taipan");
    refused("type X = int", 1, 1, "the type statement is not supported by Taipan");
    refused("def f[T](): pass", 1, 6, "type parameters are not supported by Taipan");
}

#[test]
fn of_encodings() {
    let compile = |bytes: &[u8]| compile_source(bytes, "f.py", Mode::Exec, Options::default());
    let message = |bytes: &[u8]| compile(bytes).expect_err("an error").message;
    assert_eq!(message(b"x = 1\0"), "source code cannot contain null bytes");
    assert!(message(b"x = '\xff'").starts_with("Non-UTF-8 code starting with '\\xff' in file f.py on line 1"));
    assert_eq!(message(b"# coding: klingon\n"), "unknown encoding: klingon");
    assert_eq!(message(b"\xef\xbb\xbf# coding: latin-1\n"), "encoding problem: latin-1 with BOM");
    let latin = compile(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n").expect("latin-1");
    assert!(crate::bytecode::dis::disassemble(&latin).contains("'é'"));
    compile(b"\xef\xbb\xbfx = 1\r\ny = 2\r").expect("a byte order mark and other newlines");
}
