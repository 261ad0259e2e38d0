//! The misuse matrix: a C program that calls every function with each misuse that the types of its parameters allow, all other arguments
//! good, and compares what comes of it with what the header promises.
//!
//! This makes the tables: a call, good arguments and cases for each function. What runs them is `ffi/tests/matrix`, written by hand. Leaves
//! out: sequences of calls, which `ffi/tests/misuse.c` has some of. From the same good arguments comes a host that calls every function
//! many times over and leaves nothing behind.

mod good;
mod misuse;
mod wrong;

pub use misuse::Case;

use crate::layout;
use crate::model::*;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The program, and how many cases it has.
pub fn program(header: &Header) -> Result<(String, usize), String> {
    let mut out = String::from(
        "/* Made by taipan-abi from include/taipan.h; see ffi/tests/matrix/run.h. */\n#include \"run.h\"\n\n",
    );
    let (mut functions, mut rows, mut count) = (String::new(), String::new(), 0);
    let mut spoilers = BTreeSet::new();
    for (number, function) in header.functions().enumerate() {
        let (cases, own) = misuse::cases(header, function);
        // Writing to a string does not fail.
        for (name, text) in own.into_iter().filter(|(name, _)| spoilers.insert(name.clone())) {
            let _ = writeln!(out, "static void {name}(world *w, arg *a) {{ (void)w; (void)a; {text} }}");
        }
        out.push_str(&of_function(header, function)?);
        functions.push_str(&entry(header, function));
        for case in &cases {
            let pends = i32::from(case.pends);
            let _ = writeln!(
                rows,
                "    {{ {number}, {}, {}, \"{}\", {}, {}, {pends} }},",
                case.param, case.misuse, case.misuse, case.place, case.wanted
            );
        }
        count += cases.len();
    }
    out.push_str(&table(&functions));
    let _ = write!(
        out,
        "const test tests[] = {{\n{rows}}};\nconst int n_tests = (int)(sizeof tests / sizeof *tests);\n"
    );
    Ok((out, count))
}

/// The program that calls every function with good arguments in many rounds, and how many functions those are.
pub fn rounds(header: &Header) -> Result<(String, usize), String> {
    let mut out = String::from(
        "/* Made by taipan-abi from include/taipan.h; see ffi/tests/matrix/rounds.h. */\n#include \"rounds.h\"\n\n",
    );
    for function in header.functions() {
        out.push_str(&of_function(header, function)?);
    }
    out.push_str(&table(&header.functions().map(|function| entry(header, function)).collect::<String>()));
    Ok((out, header.functions().count()))
}

/// The table of functions, of its entries.
fn table(entries: &str) -> String {
    format!(
        "const function functions[] = {{\n{entries}}};\nconst int n_functions = (int)(sizeof functions / sizeof *functions);\n\n"
    )
}

/// The cases of each function by name.
pub fn cases(header: &Header) -> Vec<(String, Vec<Case>)> {
    header.functions().map(|f| (f.signature.name.clone(), misuse::cases(header, f).0)).collect()
}

/// The member of the harness's `arg` that holds a type.
fn member(header: &Header, kind: &Type) -> String {
    let Type::Named { base, constant, pointers } = kind else { return "out".to_owned() };
    let name = match (base.as_str(), pointers) {
        ("tpn_ctx" | "tpn_heap" | "tpn_fin" | "tpn_tracer" | "tpn_remote" | "tpn_slot", 1) => {
            base.trim_start_matches("tpn_")
        }
        (_, 1..) if *constant => "in",
        (_, 1..) => "out",
        ("tpn_status", 0) => "i32",
        ("size_t", 0) => "size",
        ("double", 0) => "f64",
        (name, 0) if header.is_callback(name) => return base.trim_start_matches("tpn_").to_owned(),
        (name, 0) => name.trim_start_matches("tpn_"),
    };
    match name {
        "int32_t" => "i32",
        "int64_t" => "i64",
        "uint32_t" => "u32",
        "uint64_t" => "u64",
        other => other,
    }
    .to_owned()
}

/// How the harness takes a result: which of them mean failure.
fn taker(result: &Type) -> &'static str {
    match result {
        Type::Named { pointers: 1.., .. } => "of_pointer",
        Type::Named { base, .. } => match base.as_str() {
            "tpn_val" => "of_val",
            "tpn_ref" => "of_ref",
            "tpn_name" => "of_name",
            "tpn_scope" => "of_scope",
            "uint64_t" => "of_id",
            "uint32_t" => "of_count",
            _ => "of_number",
        },
        Type::Function(_) => "of_pointer",
    }
}

/// The call of a function, its good arguments, and what takes it back.
fn of_function(header: &Header, function: &Function) -> Result<String, String> {
    let signature = &function.signature;
    let name = &signature.name;
    let (mut good, mut passed) = (String::new(), Vec::new());
    for (at, param) in signature.params.iter().enumerate() {
        let (member, expression) = (member(header, &param.kind), good::argument(signature, param)?);
        let _ = writeln!(good, "    a[{at}].{member} = {expression};");
        let cast = if ["in", "out"].contains(&member.as_str()) {
            format!("({})", param.kind)
        } else {
            String::new()
        };
        passed.push(format!("{cast}a[{at}].{member}"));
    }
    let (passed, taker) = (passed.join(", "), taker(&signature.result));
    let cleanup = good::cleanup(function);
    Ok(format!(
        "static void {name}_good(world *w, arg *a)\n{{\n    (void)w;\n    (void)a;\n{good}}}\n\
         static void {name}_call(const arg *a, outcome *o)\n{{\n    (void)a;\n    {taker}(o, {name}({passed}));\n}}\n\
         static void {name}_undo(world *w, const arg *a, const outcome *o)\n{{\n    (void)w;\n    (void)a;\n    (void)o;\n    {cleanup}\n}}\n\n"
    ))
}

/// A function's entry in the table: names, marks, and which parameter is written.
fn entry(header: &Header, function: &Function) -> String {
    let signature = &function.signature;
    let names: Vec<String> = signature.params.iter().map(|p| format!("\"{}\"", p.name)).collect();
    let names = if names.is_empty() { "NULL".to_owned() } else { names.join(", ") };
    let name = &signature.name;
    let written = signature.params.iter().filter(|p| p.kind.is_out()).filter_map(|p| match &p.kind {
        Type::Named { base, pointers, .. } => {
            let kind = Type::Named { base: base.clone(), constant: false, pointers: pointers - 1 };
            layout::extent(header, &kind)
        }
        Type::Function(_) => None,
    });
    let size: usize = written.map(|extent| extent.size).sum();
    let may_collect = i32::from(function.marks.runs || function.marks.collects || function.marks.any);
    format!("    {{ \"{name}\", {{ {names} }}, {name}_good, {name}_call, {name}_undo, {size}, {may_collect} }},\n")
}
