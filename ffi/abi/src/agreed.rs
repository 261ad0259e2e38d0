//! Two files that compile only if both sides agree with the header: a Rust one, of the library, in which the compiler compares every
//! signature, offset and number; and a C one, which says that the C compiler sees the sizes that `layout` works out.
//!
//! So nobody compares text: a parameter of another type is a type error.

use crate::layout;
use crate::model::*;
use std::fmt::Write;

/// What Rust calls the types of C.
const RUST: &[(&str, &str)] = &[
    ("void", "c_void"),
    ("char", "c_char"),
    ("int32_t", "i32"),
    ("uint32_t", "u32"),
    ("int64_t", "i64"),
    ("uint64_t", "u64"),
    ("size_t", "usize"),
    ("double", "f64"),
    ("tpn_status", "Status"),
    ("tpn_heap", "HostHeap"),
    ("tpn_ctx", "Context"),
    ("tpn_fin", "Fin"),
    ("tpn_tracer", "Tracer<'_>"),
    ("tpn_remote", "Remote"),
    ("tpn_val", "Val"),
    ("tpn_ref", "Ref"),
    ("tpn_slot", "HostSlot"),
    ("tpn_type", "TypeId"),
    ("tpn_name", "Name"),
    ("tpn_scope", "ScopeId"),
    ("tpn_kwarg", "KwArg"),
    ("tpn_buf", "Buf"),
    ("tpn_free_fn", "UdFreeFn"),
    ("tpn_log_fn", "LogFn"),
    ("tpn_opt", "Opt"),
    ("tpn_pressure_fn", "PressureFn"),
    ("tpn_alloc_fn", "AllocFn"),
    ("tpn_dealloc_fn", "DeallocFn"),
    ("tpn_loader_fn", "LoaderFn"),
    ("tpn_config", "Config"),
    ("tpn_died_fn", "DiedFn"),
    ("tpn_native_fn", "NativeFn"),
    ("tpn_fnspec", "FnSpec"),
    ("tpn_finalize_fn", "FinalizeFn"),
    ("tpn_trace_fn", "TraceFn"),
    ("tpn_task_fn", "TaskFn"),
    ("tpn_typespec", "TypeSpec"),
    ("tpn_stats", "Stats"),
    ("tpn_gc_event", "GcEvent"),
    ("tpn_gc_event_fn", "GcEventFn"),
];

/// Rust's name of a type; a new one must be added to the list above.
fn rust_name(name: &str) -> Result<&'static str, String> {
    let found = RUST.iter().find(|(c, _)| *c == name);
    found
        .map(|found| found.1)
        .ok_or_else(|| format!("no Rust name for {name}: add it to RUST in ffi/abi/src/agreed.rs"))
}

fn rust_type(kind: &Type) -> Result<String, String> {
    match kind {
        Type::Named { base, constant, pointers } => {
            let name = rust_name(base)?;
            let inner = match constant {
                true if *pointers > 0 => "*const ",
                _ if *pointers > 0 => "*mut ",
                _ => "",
            };
            Ok(format!("{}{inner}{name}", "*mut ".repeat(pointers.saturating_sub(1))))
        }
        Type::Function(signature) => Ok(format!("Option<{}>", rust_function(signature)?)),
    }
}

/// The type of a pointer to such a function.
fn rust_function(signature: &Signature) -> Result<String, String> {
    let params: Result<Vec<String>, String> = signature.params.iter().map(|p| rust_type(&p.kind)).collect();
    let result = match signature.result.is("void") {
        true => String::new(),
        false => format!(" -> {}", rust_type(&signature.result)?),
    };
    Ok(format!("unsafe extern \"C\" fn({}){result}", params?.join(", ")))
}

/// A field as Rust names it.
fn rust_field(name: &str) -> &str {
    // A keyword.
    if name == "fn" {
        "func"
    } else {
        name
    }
}

/// The Rust file.
pub fn rust(header: &Header) -> Result<String, String> {
    let mut out = String::from(
        "//! Does the library agree with `include/taipan.h`? The compiler says: signatures, layouts and numbers of the header, written as Rust.
//!
//! Made by `cargo run -p taipan-abi -- --write`. Leaves out: what neither compiler can tell, for which there are tests.
#![allow(clippy::type_complexity)] // a type that the header gives no name has none here

use crate::abi::*;
use crate::*;
use std::ffi::{c_char, c_void};
use std::mem::offset_of;

",
    );
    // Writing to a string does not fail.
    for function in header.functions() {
        let name = &function.signature.name;
        let _ = writeln!(out, "const _: {} = {name};", rust_function(&function.signature)?);
    }
    out.push('\n');
    for callback in header.callbacks() {
        let (name, kind) = (rust_name(&callback.name)?, rust_function(callback)?);
        let _ = writeln!(out, "const _: fn({name}) -> Option<{kind}> = |function| function;");
    }
    out.push('\n');
    for made in header.structs() {
        let name = rust_name(&made.name)?;
        let (Some(whole), Some(offsets)) =
            (layout::struct_extent(header, made), layout::offsets(header, made))
        else {
            return Err(format!("{} has no size", made.name));
        };
        let _ = writeln!(
            out,
            "const _: () = assert!(size_of::<{name}>() == {} && align_of::<{name}>() == {});",
            whole.size, whole.align
        );
        for (field, offset) in made.fields.iter().zip(offsets) {
            let (field, kind) = (rust_field(&field.name), rust_type(&field.kind)?);
            let _ = writeln!(out, "const _: fn(&{name}) -> &{kind} = |value| &value.{field};");
            let _ = writeln!(out, "const _: () = assert!(offset_of!({name}, {field}) == {offset});");
        }
    }
    out.push('\n');
    for constant in header.constants() {
        let name = constant.name.trim_start_matches("TPN_");
        let _ = writeln!(out, "const _: () = assert!({name} as i128 == {});", constant.value);
    }
    Ok(out)
}

/// The C file: it compiles if the compiler sees what this crate does.
pub fn c(header: &Header) -> Result<String, String> {
    let mut out = String::from("#include <stddef.h>\n#include \"taipan.h\"\n\n");
    for made in header.structs() {
        let name = &made.name;
        let (Some(whole), Some(offsets)) =
            (layout::struct_extent(header, made), layout::offsets(header, made))
        else {
            return Err(format!("{name} has no size"));
        };
        let _ = writeln!(out, "_Static_assert(sizeof({name}) == {}, \"{name}\");", whole.size);
        let _ = writeln!(out, "_Static_assert(_Alignof({name}) == {}, \"{name}\");", whole.align);
        for (field, offset) in made.fields.iter().zip(offsets) {
            let field = &field.name;
            let _ =
                writeln!(out, "_Static_assert(offsetof({name}, {field}) == {offset}, \"{name}.{field}\");");
        }
    }
    for constant in header.constants() {
        let suffix = if constant.value > i64::MAX.into() { "u" } else { "" };
        let _ = writeln!(out, "_Static_assert({0} == {1}{suffix}, \"{0}\");", constant.name, constant.value);
    }
    Ok(out)
}
