//! What the recorder and the replayer of calls know of the header: for every parameter, field and result how it is recorded, by rules from types, names
//! and marks; made into the tables, the exported functions and the one place that calls the library, all in `ffi/record/src`.
//!
//! A parameter that no rule fits is an error, so that no function is recorded by halves. Leaves out: recording and replaying, which read the tables.

use crate::layout;
use crate::model::*;
use std::fmt::Write;

/// The types of functions of the host that the recorder has a way with: a variant of `Call` for each.
const CALLS: &[(&str, &str)] = &[
    ("tpn_log_fn", "Log"),
    ("tpn_pressure_fn", "Pressure"),
    ("tpn_loader_fn", "Loader"),
    ("tpn_task_fn", "Task"),
    ("tpn_died_fn", "Died"),
    ("tpn_native_fn", "Native"),
    ("tpn_finalize_fn", "Finalize"),
    ("tpn_trace_fn", "Trace"),
    ("tpn_free_fn", "Free"),
    ("tpn_gc_event_fn", "Event"),
    ("tpn_alloc_fn", "Alloc"),
    ("tpn_dealloc_fn", "Dealloc"),
];

/// Those that a header need not have.
const OPTIONAL: &[&str] = &["tpn_alloc_fn", "tpn_dealloc_fn"];

/// What a scalar or handle is, by the name of its type.
const PLAIN: &[(&str, &str)] = &[
    ("int32_t", "I32"),
    ("uint32_t", "U32"),
    ("int64_t", "I64"),
    ("uint64_t", "U64"),
    ("size_t", "U64"),
    ("double", "F64"),
    ("tpn_status", "Status"),
    ("tpn_val", "Val"),
    ("tpn_ref", "Handle(Space::Ref)"),
    ("tpn_type", "Handle(Space::Type)"),
    ("tpn_name", "Handle(Space::Name)"),
    ("tpn_scope", "Handle(Space::Scope)"),
    ("tpn_ctx", "Object(Class::Ctx)"),
    ("tpn_heap", "Object(Class::Heap)"),
    ("tpn_fin", "Object(Class::Fin)"),
    ("tpn_tracer", "Object(Class::Tracer)"),
    ("tpn_remote", "Object(Class::Remote)"),
];

fn plain(name: &str) -> Option<&'static str> {
    PLAIN.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// Whether it belongs to an allocator of the host's: handed on as it is, and not there in a replay, whose memory comes from elsewhere.
fn is_allocator(name: &str) -> bool {
    name.contains("alloc")
}

/// Parameters of a function, or fields of a struct: names and types in their order.
struct List<'a> {
    header: &'a Header,
    /// Who has them, for messages.
    owner: &'a str,
    items: Vec<(&'a str, &'a Type)>,
    is_struct: bool,
    /// They are those of a function of the host's.
    is_call: bool,
}

impl List<'_> {
    fn named(&self, name: &str) -> Option<usize> {
        self.items.iter().position(|(found, _)| *found == name)
    }

    fn name(&self, at: Option<usize>) -> &str {
        at.and_then(|at| self.items.get(at)).map_or("", |(name, _)| *name)
    }

    fn structure(&self, base: &str) -> Option<usize> {
        structs(self.header).position(|made| made.name == base)
    }

    /// What is recorded of the item at a place.
    fn kind(&self, at: usize) -> Result<String, String> {
        let (name, kind) = self.items[at];
        let found = match kind {
            Type::Function(_) if name == "ud_free" => self.call("UdFree", name),
            Type::Function(_) => None,
            Type::Named { base, pointers: 0, .. } => self.by_value(name, base),
            Type::Named { base, constant: true, pointers: 1 } => self.read(at, base),
            Type::Named { base, pointers: 1, .. } => self.written(at, base),
            Type::Named { base, constant: false, pointers: 2 } => match base.as_str() {
                "void" => Some("Out(&Payload)".to_owned()),
                "tpn_slot" => Some("Out(&Slot)".to_owned()),
                _ => plain(base).map(|kind| format!("Out(&{kind})")),
            },
            Type::Named { .. } => None,
        };
        found.ok_or_else(|| {
            format!(
                "{}: no rule says how `{}` is recorded and replayed: add one to ffi/abi/src/record.rs",
                self.owner,
                declared(kind, name)
            )
        })
    }

    /// A function of the host's, and where its `ud` is.
    fn call(&self, call: &str, name: &str) -> Option<String> {
        let ud = self.named(&format!("{name}_ud")).or_else(|| self.named("ud"));
        // What takes memory back goes with what gives it.
        let ud = ud.or_else(|| self.named(&format!("{}_ud", name.trim_start_matches("de"))))?;
        Some(format!("Callback(Call::{call}, {ud})"))
    }

    fn by_value(&self, name: &str, base: &str) -> Option<String> {
        if let Some((_, call)) = CALLS.iter().find(|(known, _)| *known == base) {
            return self.call(call, name);
        }
        if self.header.is_callback(base) {
            return is_allocator(base).then(|| "Passed".to_owned());
        }
        if self.is_struct && self.owner == "tpn_buf" && name == "id" {
            return Some("Handle(Space::Buf)".to_owned());
        }
        if base == "uint64_t" && (name.ends_with("_ns") || name == "average_bytes") && self.is_struct {
            return Some("Time".to_owned());
        }
        plain(base).map(str::to_owned)
    }

    /// What is behind a pointer to constants.
    fn read(&self, at: usize, base: &str) -> Option<String> {
        let name = self.items[at].0;
        let next = self.name(Some(at + 1));
        let count = match self.is_struct {
            true => self.named(&format!("n_{name}")),
            false if matches!(next, "n_fns") => Some(at + 1),
            false => at.checked_sub(1).filter(|at| matches!(self.name(Some(*at)), "n" | "argc" | "n_kwargs")),
        };
        let times = if name == "pairs" { 2 } else { 1 };
        match (base, count) {
            ("char", _) if next == "len" => Some(format!("Text(Some({}))", at + 1)),
            ("char", _) => Some("Text(None)".to_owned()),
            ("void", _) if next == "len" => Some(format!("Bytes({})", at + 1)),
            ("tpn_slot", _) => Some("Slot".to_owned()),
            _ if is_allocator(base) => Some("Passed".to_owned()),
            (_, Some(count)) if self.structure(base).is_some() && plain(base).is_none() => {
                Some(format!("Structs({}, {count})", self.structure(base)?))
            }
            (_, Some(count)) => Some(format!("Items(&{}, {count}, {times})", plain(base)?)),
            (_, None) if self.is_call => self.structure(base).map(|_| "Opaque".to_owned()),
            (_, None) => self.structure(base).map(|at| format!("Struct({at})")),
        }
    }

    /// What is behind a pointer through which the library, or the host, may write.
    fn written(&self, at: usize, base: &str) -> Option<String> {
        let name = self.items[at].0;
        let next = self.name(Some(at + 1));
        match base {
            "char" | "void" if next == "cap" => Some(format!("Room({}, {})", at + 1, base == "char")),
            "void" if next == "len" && !self.is_struct => Some(format!("Memory({})", at + 1)),
            "void" if name == "ud" || name.ends_with("_ud") => Some("Ud".to_owned()),
            "void" if name == "payload" => Some("Payload".to_owned()),
            "void" if self.is_call && name == "memory" => Some("Opaque".to_owned()),
            "void" if self.is_struct => Some("Word".to_owned()),
            "void" | "char" => None,
            "tpn_slot" if next == "n" => Some(format!("Slots({})", at + 1)),
            "tpn_slot" => Some("Slot".to_owned()),
            _ => match plain(base) {
                Some(kind) if kind.starts_with("Object") => Some(kind.to_owned()),
                Some(kind) if name == "position" || self.is_call => Some(format!("InOut(&{kind})")),
                Some(kind) if self.named("n").is_some_and(|n| n < at) => Some(format!("OutItems(&{kind})")),
                Some(kind) => Some(format!("Out(&{kind})")),
                None => {
                    let of = if next == "size" { "OutStruct" } else { "InOutStruct" };
                    self.structure(base).map(|at| format!("{of}({at})"))
                }
            },
        }
    }
}

/// The structs that are recorded by their fields; those of one word are handles.
fn structs(header: &Header) -> impl Iterator<Item = &Struct> {
    header
        .structs()
        .filter(|made| plain(&made.name).is_none() && made.name != "tpn_slot" && !is_allocator(&made.name))
}

fn params<'a>(header: &'a Header, signature: &'a Signature, is_call: bool) -> List<'a> {
    let items = signature.params.iter().map(|p| (p.name.as_str(), &p.kind)).collect();
    List { header, owner: &signature.name, items, is_struct: false, is_call }
}

/// What is recorded of a result.
fn result(signature: &Signature) -> Result<String, String> {
    let found = match &signature.result {
        Type::Named { base, pointers: 0, .. } if base == "void" => Some("Void"),
        // Not where it is, but whether there is any.
        Type::Named { pointers: 1, .. } if signature.name == "tpn_alloc_fn" => Some("U64"),
        Type::Named { base, pointers: 0, .. } => plain(base),
        Type::Named { base, constant: true, pointers: 1 } if base == "char" => Some("Static"),
        Type::Named { base, pointers: 1, .. } if base == "void" => {
            Some(if signature.name == "tpn_payload" { "Payload" } else { "Word" })
        }
        Type::Named { base, pointers: 1, .. } => plain(base).filter(|kind| kind.starts_with("Object")),
        _ => None,
    };
    found.map(str::to_owned).ok_or_else(|| {
        format!(
            "{}: no rule says how its result is recorded: add one to ffi/abi/src/record.rs",
            signature.name
        )
    })
}

fn lines(list: &List<'_>) -> Result<String, String> {
    let mut out = String::new();
    for at in 0..list.items.len() {
        // Writing to a string does not fail.
        let _ = write!(out, "(\"{}\", {}), ", list.items[at].0, list.kind(at)?);
    }
    Ok(out.trim_end_matches(", ").to_owned())
}

/// A number for the header's description, so that a recording and its reader can tell whether they mean the same.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

const HEAD: &str = "//!\n//! Made by `cargo run -p taipan-abi -- --write`.";

/// The tables: functions, structs and functions of the host.
pub fn tables(header: &Header) -> Result<String, String> {
    let mut rows = String::new();
    let _ =
        writeln!(rows, "/// The functions of the library, by number.\npub const FUNCTIONS: &[Function] = &[");
    for function in header.functions() {
        let s = &function.signature;
        let list = lines(&params(header, s, false))?;
        let (any, runs) = (function.marks.any, function.marks.runs);
        let _ = writeln!(
            rows,
            "    Function {{ name: \"{}\", any: {any}, runs: {runs}, result: {}, params: &[{list}] }},",
            s.name,
            result(s)?
        );
    }
    let _ = writeln!(rows, "];\n\n/// Structs, by number.\npub const STRUCTS: &[Struct] = &[");
    for made in structs(header) {
        let items = made.fields.iter().map(|f| (f.name.as_str(), &f.kind)).collect();
        let fields = List { header, owner: &made.name, items, is_struct: true, is_call: false };
        let (Some(whole), Some(offsets)) =
            (layout::struct_extent(header, made), layout::offsets(header, made))
        else {
            return Err(format!("{} has no size", made.name));
        };
        let _ = writeln!(
            rows,
            "    Struct {{ name: \"{}\", size: {}, offsets: &{offsets:?}, fields: &[{}] }},",
            made.name,
            whole.size,
            lines(&fields)?
        );
    }
    let _ = writeln!(rows, "];\n\n/// What functions of the host take and give; `None`: one without a type of its own, which takes a `ud`.");
    let _ = writeln!(rows, "pub const fn signature(call: Call) -> Option<Function> {{\n    Some(match call {{\n        Call::UdFree => return None,");
    for (name, call) in CALLS {
        let found = header.callbacks().find(|s| s.name == *name);
        if found.is_none() && OPTIONAL.contains(name) {
            let _ = writeln!(rows, "        Call::{call} => return None,");
            continue;
        }
        let Some(s) = found else {
            return Err(format!("{name} is gone from the header: take it from ffi/abi/src/record.rs"));
        };
        let list = lines(&params(header, s, true))?;
        let _ = writeln!(
            rows,
            "        Call::{call} => Function {{ name: \"{name}\", any: false, runs: false, result: {}, params: &[{list}] }},",
            result(s)?
        );
    }
    rows.push_str("    })\n}\n");
    let abi = |name: &str| header.constants().find(|c| c.name == name).map_or(0, |c| c.value);
    Ok(format!(
        "//! What the header says of every function, struct and function of the host, as tables for the recorder and the replayer.\n{HEAD} Leaves out: what is done with them.\n\n\
         use crate::kinds::Kind::*;\nuse crate::kinds::{{Call, Class, Function, Space, Struct}};\n\n\
         /// The version of the ABI.\npub const ABI: u32 = {};\n\
         /// A number for the tables below: another one means that functions have other numbers.\npub const HASH: u64 = {:#x};\n\n{rows}",
        abi("TPN_ABI"),
        hash(&rows)
    ))
}

/// What Rust calls a type when it travels in a register: every struct that is passed fills one.
fn word(kind: &Type) -> &'static str {
    match kind {
        Type::Named { base, pointers: 0, .. } => match base.as_str() {
            "int32_t" | "tpn_status" => "i32",
            "uint32_t" | "tpn_type" => "u32",
            "double" => "f64",
            _ => "u64",
        },
        _ => "u64",
    }
}

/// The one place that calls the library, by a function's number.
pub fn calls(header: &Header) -> String {
    let mut out = format!(
        "//! Calls of the library's functions, by their numbers: arguments are words, and so is the result.\n{HEAD} Leaves out: which words are good.\n\n\
         use crate::kinds::{{caller, Caller}};\n\n\
         /// A function for each that calls it.\npub(crate) const CALLERS: &[Caller] = &[\n"
    );
    for function in header.functions() {
        let s = &function.signature;
        let params: Vec<String> =
            s.params.iter().enumerate().map(|(at, p)| format!("{}: {at}", word(&p.kind))).collect();
        let _ = writeln!(out, "    caller!(({}) -> {}), // {}", params.join(", "), word(&s.result), s.name);
    }
    out.push_str("];\n");
    out
}

/// The functions that the recorder has in place of the library's.
pub fn exports(header: &Header) -> String {
    let mut out = format!(
        "//! The functions of the header as the recorder exports them: each hands its number and its arguments on.\n{HEAD} Leaves out: what is done with them.\n\
         #![allow(clippy::missing_safety_doc, clippy::too_many_arguments, missing_docs, unreachable_pub)]\n\n\
         use crate::recorder::export;\n\n"
    );
    for (n, function) in header.functions().enumerate() {
        let s = &function.signature;
        let params: Vec<String> =
            s.params.iter().enumerate().map(|(at, p)| format!("p{at}: {}", word(&p.kind))).collect();
        let _ = writeln!(out, "export!({n} {}({}) -> {});", s.name, params.join(", "), word(&s.result));
    }
    out
}
