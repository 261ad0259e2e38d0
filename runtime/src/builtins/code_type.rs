//! Code objects and tracebacks: their attributes and reprs.
//!
//! `co_code` and what depends on CPython's bytecode are left out.

use super::common::{address, string, Res};
use crate::bytecode::code::{
    FLAG_ASYNC_GENERATOR, FLAG_COROUTINE, FLAG_GENERATOR, FLAG_MODULE, FLAG_NAMESPACE,
};
use crate::bytecode::CodeUnit;
use crate::object::layout::{Code, FrameObject, Function, Traceback};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{casts, int, none, str, tuple};
use taipan_gc::{Cx, Handle};

/// Methods of `code`.
pub(super) const CODE: &[NativeDef] = &[
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::getter("co_name", |cx, args| text(cx, args, |u| &u.name)),
    NativeDef::getter("co_qualname", |cx, args| text(cx, args, |u| &u.qualname)),
    NativeDef::getter("co_filename", |cx, args| text(cx, args, |u| &u.filename)),
    NativeDef::getter("co_firstlineno", |cx, args| number(cx, args, |u| u.first_line as usize)),
    NativeDef::getter("co_argcount", |cx, args| number(cx, args, CodeUnit::visible_parameters)),
    NativeDef::getter("co_posonlyargcount", |cx, args| {
        number(cx, args, |u| u.params.positional_only as usize)
    }),
    NativeDef::getter("co_kwonlyargcount", |cx, args| number(cx, args, |u| u.params.keyword_only as usize)),
    NativeDef::getter("co_nlocals", |cx, args| number(cx, args, |u| variables(u).len())),
    NativeDef::getter("co_stacksize", |cx, args| number(cx, args, |u| u.registers as usize)),
    NativeDef::getter("co_flags", |cx, args| number(cx, args, flags)),
    NativeDef::getter("co_varnames", |cx, args| texts(cx, args, variables)),
    NativeDef::getter("co_cellvars", |cx, args| texts(cx, args, |u| named(u, &u.cell_registers))),
    NativeDef::getter("co_freevars", |cx, args| texts(cx, args, |u| named(u, &u.free_registers))),
    NativeDef::getter("co_names", |cx, args| texts(cx, args, |u| u.names.to_vec())),
    NativeDef::getter("co_consts", constants),
];

/// Methods of `traceback`.
pub(super) const TRACEBACK: &[NativeDef] = &[
    NativeDef::getter("tb_next", next),
    NativeDef::getter("tb_lineno", line),
    NativeDef::getter("tb_lasti", last_instruction),
    NativeDef::getter("tb_code", traceback_code),
    NativeDef::getter("tb_frame", traceback_frame),
];

/// Methods of `frame`.
pub(super) const FRAME: &[NativeDef] =
    &[NativeDef::getter("f_code", frame_code), NativeDef::getter("f_globals", frame_globals)];

fn self_code<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Code>, Raised> {
    match args.at(cx, 0).downcast::<Code>(cx) {
        Some(code) => Ok(code),
        None => Err(wrong_self(cx, args, "code")),
    }
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let code = self_code(cx, args)?;
    let local = code.get(cx);
    let unit = &local.data.unit;
    let at = address(cx, local.any())?;
    let text =
        format!("<code object {} at {at}, file \"{}\", line {}>", unit.name, unit.filename, unit.first_line);
    string(cx, &text)
}

fn text<'s>(cx: &mut Cx<'s>, args: &Args<'s>, read: fn(&CodeUnit) -> &str) -> Res<'s> {
    let code = self_code(cx, args)?;
    let text = read(&code.get(cx).data.unit).to_owned();
    string(cx, &text)
}

fn number<'s>(cx: &mut Cx<'s>, args: &Args<'s>, read: fn(&CodeUnit) -> usize) -> Res<'s> {
    let code = self_code(cx, args)?;
    let number = read(&code.get(cx).data.unit);
    int::from_usize(cx, number)
}

fn texts<'s>(cx: &mut Cx<'s>, args: &Args<'s>, read: fn(&CodeUnit) -> Vec<Box<str>>) -> Res<'s> {
    let code = self_code(cx, args)?;
    let texts = read(&code.get(cx).data.unit);
    let mut items = Vec::new();
    for text in texts {
        items.push(str::new(cx, &text)?.any());
    }
    Ok(tuple::new(cx, &items)?.any())
}

fn named(unit: &CodeUnit, registers: &[u8]) -> Vec<Box<str>> {
    registers.iter().filter_map(|&r| unit.local_names.get(r as usize).cloned()).collect()
}

/// Parameters, then the other locals that are not cells.
fn variables(unit: &CodeUnit) -> Vec<Box<str>> {
    let params = unit.params.count() - (unit.params.positional as usize - unit.visible_parameters());
    let is_cell = |n: usize| {
        u8::try_from(n).is_ok_and(|n| unit.cell_registers.contains(&n) || unit.free_registers.contains(&n))
    };
    let all = unit.local_names.iter().enumerate();
    all.filter(|(n, name)| *n < params || (!is_cell(*n) && !name.is_empty()))
        .map(|(_, name)| name.clone())
        .collect()
}

/// CPython's `CO_…` bits.
fn flags(unit: &CodeUnit) -> usize {
    let mut flags = 0;
    if unit.flags & (FLAG_MODULE | FLAG_NAMESPACE) == 0 {
        flags |= 0x3;
    }
    for (set, flag) in [
        (unit.params.var_positional, 0x4),
        (unit.params.var_keyword, 0x8),
        (unit.qualname.contains("<locals>"), 0x10),
        (unit.flags & FLAG_GENERATOR != 0, 0x20),
        (unit.flags & FLAG_COROUTINE != 0, 0x80),
        (unit.flags & FLAG_ASYNC_GENERATOR != 0, 0x200),
    ] {
        if set {
            flags |= flag;
        }
    }
    flags
}

fn constants<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let code = self_code(cx, args)?;
    let constants = casts::constants(cx, code);
    Ok(tuple::new(cx, &constants)?.any())
}

fn self_traceback<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Traceback>, Raised> {
    match args.at(cx, 0).downcast::<Traceback>(cx) {
        Some(traceback) => Ok(traceback),
        None => Err(wrong_self(cx, args, "traceback")),
    }
}

fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let traceback = self_traceback(cx, args)?;
    let next = traceback.get(cx).next.get(cx).map(|n| cx.root(n));
    Ok(next.unwrap_or_else(|| none(cx)))
}

fn line<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let traceback = self_traceback(cx, args)?;
    let local = traceback.get(cx);
    let line = local.code.get(cx).map_or(0, |c| c.data.unit.position(local.pc.get() as usize).line);
    int::from_usize(cx, line as usize)
}

fn last_instruction<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let traceback = self_traceback(cx, args)?;
    let pc = traceback.get(cx).pc.get();
    int::from_usize(cx, pc as usize * 4)
}

fn traceback_code<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let traceback = self_traceback(cx, args)?;
    let code = traceback.get(cx).code.get(cx).map(|c| cx.root(c.any()));
    Ok(code.unwrap_or_else(|| none(cx)))
}

fn traceback_frame<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let traceback = self_traceback(cx, args)?;
    let frame = traceback.get(cx).frame.get(cx).map(|f| cx.root(f.any()));
    Ok(frame.unwrap_or_else(|| none(cx)))
}

fn frame_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Function>, Raised> {
    let frame = args.at(cx, 0).downcast::<FrameObject>(cx);
    match frame.and_then(|frame| frame.get(cx).function.get(cx)).map(|f| cx.root(f)) {
        Some(function) => Ok(function),
        None => Err(wrong_self(cx, args, "frame")),
    }
}

fn frame_code<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let code = frame_function(cx, args)?.get(cx).code.get(cx).map(|c| cx.root(c.any()));
    Ok(code.unwrap_or_else(|| none(cx)))
}

fn frame_globals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let globals = frame_function(cx, args)?.get(cx).globals.get(cx).map(|g| cx.root(g.any()));
    Ok(globals.unwrap_or_else(|| none(cx)))
}
