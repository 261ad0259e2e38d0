//! A readable disassembly of code units, and the Python representation of constants.
//!
//! Registers show as their variable's name, as `h0`, `h1` … for hidden locals and `t0`, `t1` … for temporaries. It
//! prints anything, broken units too: what does not decode shows as numbers.

use super::code::{
    FLAG_ASYNC_GENERATOR, FLAG_COLLECTOR, FLAG_COMPREHENSION, FLAG_COROUTINE, FLAG_GENERATOR, FLAG_MODULE,
    FLAG_NAMESPACE,
};
use super::{CodeUnit, Const, Ext, Instr, Kind, Op};
use std::fmt::Write;

/// The disassembly of a unit and of the units nested in it.
pub fn disassemble(unit: &CodeUnit) -> String {
    let mut out = String::new();
    let mut pending = vec![unit];
    while let Some(unit) = pending.pop() {
        if !out.is_empty() {
            out.push('\n');
        }
        one(unit, &mut out);
        let nested = unit.constants.iter().rev().filter_map(|constant| match constant {
            Const::Code(nested) => Some(&**nested),
            _ => None,
        });
        pending.extend(nested);
    }
    out
}

/// Writing to a string does not fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{ let _ = write!($out, $($arg)*); }};
}

fn one(unit: &CodeUnit, out: &mut String) {
    put!(
        out,
        "{}: line {}, registers {}, temporaries from {}",
        unit.qualname,
        unit.first_line,
        unit.registers,
        unit.first_temp
    );
    let flags = [
        (FLAG_GENERATOR, "generator"),
        (FLAG_COROUTINE, "coroutine"),
        (FLAG_ASYNC_GENERATOR, "async generator"),
        (FLAG_NAMESPACE, "namespace"),
        (FLAG_COMPREHENSION, "comprehension"),
        (FLAG_MODULE, "module"),
        (FLAG_COLLECTOR, "collector"),
    ];
    for (flag, name) in flags {
        if unit.flags & flag != 0 {
            put!(out, ", {name}");
        }
    }
    out.push('\n');
    let mut pc = 0;
    let mut line = 0;
    while pc < unit.words.len() {
        let (text, width) = instruction(unit, pc);
        let at = unit.position(pc).line;
        if at == line {
            put!(out, "      {pc:5}  {text}\n");
        } else {
            put!(out, "{at:5} {pc:5}  {text}\n");
            line = at;
        }
        pc += width;
    }
    for handler in &unit.handlers {
        put!(
            out,
            "      {}..{} raises to {}, keeps {}\n",
            handler.start,
            handler.end,
            handler.target,
            handler.depth
        );
    }
}

/// The name of a register.
fn register(unit: &CodeUnit, number: usize) -> String {
    let temps = usize::from(unit.first_temp);
    match unit.local_names.get(number) {
        Some(name) => name.to_string(),
        None if number >= temps => format!("t{}", number - temps),
        None => format!("h{}", number - unit.local_names.len()),
    }
}

fn constant(unit: &CodeUnit, index: usize) -> String {
    unit.constants.get(index).map_or_else(|| format!("constant {index}?"), repr)
}

/// The text of the instruction at word `pc`, and its width.
pub fn instruction(unit: &CodeUnit, pc: usize) -> (String, usize) {
    let Some(word) = unit.words.get(pc).copied() else { return ("?".to_owned(), 1) };
    let instr = Instr(word);
    let Some(op) = Op::from_u8(instr.op()) else { return (format!("? {word:#010x}"), 1) };
    let format = op.format();
    let mut operands = Vec::new();
    let fields = [instr.a(), instr.b(), instr.c()];
    let end = pc as i64 + op.width() as i64;
    for (kind, field) in format.operands.iter().zip(fields) {
        match kind {
            Kind::None => {}
            Kind::Write | Kind::Read | Kind::Peek | Kind::ReadWrite => operands.push(register(unit, field)),
            Kind::Run | Kind::WriteRun => operands.push(format!("{}..", register(unit, field))),
            Kind::Const => operands.push(constant(unit, field)),
            Kind::Const16 => operands.push(constant(unit, instr.bx())),
            Kind::Imm if op == Op::LoadImm => {
                operands.push(["None", "True", "False", "hole"].get(field).unwrap_or(&"?").to_string());
            }
            Kind::Imm => operands.push(field.to_string()),
            Kind::Int16 => operands.push(instr.sbx().to_string()),
            Kind::Imm16 => operands.push(instr.bx().to_string()),
            Kind::Jump24 => operands.push(format!("-> {}", end + i64::from(instr.j()))),
        }
    }
    let ext = unit.words.get(pc + 1).copied().unwrap_or(0);
    match format.ext {
        Ext::None => {}
        Ext::Name => {
            let name = unit.names.get((ext & 0xffff) as usize);
            operands.push(name.map_or_else(|| format!("name {}?", ext & 0xffff), |name| format!(".{name}")));
        }
        Ext::Jump => operands.push(format!("-> {}", end + i64::from(ext as i32))),
        Ext::Const => operands.push(constant(unit, ext as usize)),
        Ext::Imm => operands.push(ext.to_string()),
    }
    let text = format!("{:<16} {}", format.name, operands.join(", "));
    (text.trim_end().to_owned(), op.width())
}

/// A constant as Python's `repr` shows it.
pub fn repr(value: &Const) -> String {
    match value {
        Const::None => "None".into(),
        Const::Bool(true) => "True".into(),
        Const::Bool(false) => "False".into(),
        Const::Ellipsis => "Ellipsis".into(),
        Const::Int(value) => value.to_string(),
        Const::BigInt(value) => value.to_string(),
        Const::Float(value) => float(*value),
        Const::Imaginary(value) => format!("{}j", float(*value).trim_end_matches(".0")),
        Const::Str(value) => text(value.chars().map(u32::from)),
        Const::Wide(value) => text(value.iter().copied()),
        Const::Bytes(value) => bytes(value),
        Const::Tuple(items) => match &**items {
            [only] => format!("({},)", repr(only)),
            items => format!("({})", list(items)),
        },
        Const::FrozenSet(items) if items.is_empty() => "frozenset()".into(),
        Const::FrozenSet(items) => format!("frozenset({{{}}})", list(items)),
        Const::Code(unit) => format!("<code {}>", unit.qualname),
    }
}

fn list(items: &[Const]) -> String {
    items.iter().map(repr).collect::<Vec<_>>().join(", ")
}

/// The shortest text that reads back as the same float, laid out as Python does.
fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn text(points: impl Iterator<Item = u32> + Clone) -> String {
    let has = |quote: char| points.clone().any(|point| point == quote as u32);
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for point in points {
        match char::from_u32(point) {
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\\') => out.push_str("\\\\"),
            Some(c) if c == quote => out.extend(['\\', c]),
            Some(c) if c < ' ' || ('\u{7f}'..='\u{a0}').contains(&c) || c == '\u{ad}' => {
                put!(out, "\\x{point:02x}");
            }
            Some(c) if c.is_control() => put!(out, "\\u{point:04x}"),
            Some(c) => out.push(c),
            None => put!(out, "\\u{point:04x}"),
        }
    }
    out.push(quote);
    out
}

fn bytes(value: &[u8]) -> String {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in value {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            byte if char::from(*byte) == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(char::from(*byte)),
            byte => put!(out, "\\x{byte:02x}"),
        }
    }
    out.push(quote);
    out
}
