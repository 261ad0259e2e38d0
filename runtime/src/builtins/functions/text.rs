//! Functions about text and numbers: `print`, `input`, `repr`, `ascii`, `format`, `chr`, `ord`, `hex`, `oct`, `bin`, `round`, `abs`, `divmod`,
//! `pow`, `hash`, `id`.

use crate::builtins::common::{fail, not_implemented, Res};
use crate::builtins::convert::{index_i32, method, owned_text, str_argument};
use crate::builtins::{file, format as formatting, int_type, quick, repr as showing};
use crate::object::names::{self, NameId};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, bytes, call, class, compare, int, none, number, root_handle, str, Root};
use crate::text::{TextBuf, TextOwned};
use num_bigint::BigInt;
use taipan_gc::{Cx, Handle};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("print", print, "*args, sep=' ', end='\\n', file=None, flush=False"),
    NativeDef::new("input", input, "prompt='', /"),
    NativeDef::new("repr", repr, "obj, /"),
    NativeDef::new("ascii", ascii, "obj, /"),
    NativeDef::new("format", format, "value, format_spec='', /"),
    NativeDef::new("chr", chr, "i, /"),
    NativeDef::new("ord", ord, "c, /").quickly(quick::ord),
    NativeDef::new("hex", hex, "number, /"),
    NativeDef::new("oct", oct, "number, /"),
    NativeDef::new("bin", bin, "number, /"),
    NativeDef::new("round", round, "number, ndigits=None"),
    NativeDef::new("abs", abs, "x, /").quickly(quick::abs),
    NativeDef::new("divmod", divmod_of, "x, y, /").quickly(quick::divmod),
    NativeDef::new("pow", pow, "base, exp, mod=None"),
    NativeDef::new("hash", hash, "obj, /").quickly(quick::hash),
    NativeDef::new("id", id, "obj, /"),
];

/// `sep` or `end`; `None` for the default.
fn separator(cx: &mut Cx<'_>, args: &Args<'_>, n: usize, what: &str) -> Result<Option<TextOwned>, Raised> {
    let Some(given) = args.some(cx, n) else { return Ok(None) };
    let given = cx.root(given.get(cx));
    match str::of_handle(cx, given) {
        Some(text) => owned_text(cx, text).map(Some),
        None => {
            let name = class::type_name(cx, given.get(cx));
            fail!(cx, TYPE_ERROR, "{what} must be None or a string, not {name}")
        }
    }
}

fn print<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let file = match args.some(cx, 2) {
        Some(file) => file,
        None => match file::standard(cx, names::STDOUT) {
            Some(file) if file.get(cx).value().is_none() => return Ok(none(cx)),
            Some(file) => file,
            None => fail!(cx, RUNTIME_ERROR, "lost sys.stdout"),
        },
    };
    let between = separator(cx, args, 0, "sep")?;
    let end = separator(cx, args, 1, "end")?;
    let flush = match args.get(cx, 3) {
        Some(flush) => compare::truth(cx, flush)?,
        None => false,
    };
    let space = TextOwned::Ascii(" ".to_owned());
    let newline = TextOwned::Ascii("\n".to_owned());
    let (between, end) = (between.as_ref().unwrap_or(&space), end.as_ref().unwrap_or(&newline));
    if !file::is_direct(cx, file) {
        return print_pieces(cx, args, file, between, end, flush);
    }
    let mut out = TextBuf::new();
    for i in 0..args.rest_len() {
        if i > 0 {
            out.push_text(between.as_text());
        }
        let value = args.rest(cx, i);
        if let Err(raised) = cx.scoped(|cx| showing::write_str(cx, value, &mut out)) {
            // What comes before it has been printed.
            let pending = cx.root(crate::object::root(cx, Root::Pending));
            emit(cx, file, &out.finish(), false)?;
            root_handle(cx, Root::Pending).set(cx, pending.get(cx));
            return Err(raised);
        }
    }
    out.push_text(end.as_text());
    emit(cx, file, &out.finish(), flush)?;
    Ok(none(cx))
}

/// Prints to an object that is no file of ours: a call of `write` for each piece.
fn print_pieces<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    file: Handle<'s>,
    between: &TextOwned,
    end: &TextOwned,
    flush: bool,
) -> Res<'s> {
    for i in 0..args.rest_len() {
        if i > 0 {
            emit(cx, file, between, false)?;
        }
        let value = args.rest(cx, i);
        cx.scoped(|cx| {
            let text = showing::str(cx, value)?.any();
            call::call_method(cx, file, names::WRITE, &[text]).map(drop)
        })?;
    }
    emit(cx, file, end, flush)?;
    Ok(none(cx))
}

/// Writes to a file object of any kind.
fn emit(cx: &mut Cx<'_>, file: Handle<'_>, text: &TextOwned, flush: bool) -> Result<(), Raised> {
    if file::write_direct(cx, file, text, flush)?.is_some() {
        return Ok(());
    }
    cx.scoped(|cx| {
        let text = str::from_owned(cx, text)?.any();
        call::call_method(cx, file, names::WRITE, &[text])?;
        if flush {
            call::call_method(cx, file, names::FLUSH, &[])?;
        }
        Ok(())
    })
}

fn input<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(source) = file::standard(cx, names::STDIN).filter(|f| !f.get(cx).value().is_none()) else {
        fail!(cx, RUNTIME_ERROR, "input(): lost sys.stdin");
    };
    let Some(target) = file::standard(cx, names::STDOUT).filter(|f| !f.get(cx).value().is_none()) else {
        fail!(cx, RUNTIME_ERROR, "input(): lost sys.stdout");
    };
    let mut prompt = TextBuf::new();
    if let Some(given) = args.get(cx, 0) {
        showing::write_str(cx, given, &mut prompt)?;
    }
    emit(cx, target, &prompt.finish(), true)?;
    let line = method(cx, source, "readline", &[])?;
    let line = str_argument(cx, line, "object.readline() returned non-string")?;
    let text = owned_text(cx, line)?;
    let len = text.as_text().len();
    if len == 0 {
        fail!(cx, EOF_ERROR, "EOF when reading a line");
    }
    let ends = text.as_text().get(len - 1) == Some(u32::from(b'\n'));
    crate::builtins::convert::piece(cx, line, 0, len - usize::from(ends))
}

fn repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    Ok(showing::repr(cx, args.at(cx, 0))?.any())
}

fn ascii<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    Ok(showing::ascii(cx, args.at(cx, 0))?.any())
}

fn format<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let spec = match args.get(cx, 1) {
        Some(spec) => str_argument(cx, spec, "format() argument 2")?.any(),
        None => root_handle(cx, Root::EmptyStr),
    };
    Ok(formatting::format(cx, args.at(cx, 0), spec)?.any())
}

fn chr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let point = index_i32(cx, args.at(cx, 0))?;
    match u32::try_from(point).ok().filter(|&c| c <= 0x10ffff) {
        Some(point) => Ok(str::from_point(cx, point)?.any()),
        None => fail!(cx, VALUE_ERROR, "chr() arg not in range(0x110000)"),
    }
}

fn ord<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let local = args.at(cx, 0).get(cx);
    let (len, point) = if let Some(text) = str::of(cx, local).map(str::text) {
        (text.len(), text.get(0))
    } else if let Some(data) = bytes::of(cx, local).map(bytes::content) {
        (data.len(), data.first().map(|&b| u32::from(b)))
    } else {
        let given = class::type_name(cx, local);
        fail!(cx, TYPE_ERROR, "ord() expected string of length 1, but {given} found");
    };
    match point {
        Some(point) if len == 1 => int::from_i64(cx, i64::from(point)),
        _ => fail!(cx, TYPE_ERROR, "ord() expected a character, but string of length {len} found"),
    }
}

fn hex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    int_type::prefixed(cx, args.at(cx, 0), 16, "0x")
}

fn oct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    int_type::prefixed(cx, args.at(cx, 0), 8, "0o")
}

fn bin<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    int_type::prefixed(cx, args.at(cx, 0), 2, "0b")
}

fn round<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = args.at(cx, 0);
    let digits: Vec<Handle<'s>> = args.some(cx, 1).into_iter().collect();
    match call::call_special(cx, value, names::ROUND, &digits)? {
        Some(rounded) => Ok(rounded),
        None => {
            let given = class::type_name(cx, value.get(cx));
            fail!(cx, TYPE_ERROR, "type {given} doesn't define __round__ method")
        }
    }
}

fn abs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    number::absolute(cx, args.at(cx, 0))
}

/// A special method of two operands, as binary operators look it up: `None` when neither has it.
fn binary_method<'s>(
    cx: &mut Cx<'s>,
    a: Handle<'s>,
    b: Handle<'s>,
    name: NameId,
    reversed: NameId,
) -> Result<Option<Handle<'s>>, Raised> {
    let (left, right) = (class::of_value(cx, a.get(cx)), class::of_value(cx, b.get(cx)));
    let same = left.get(cx).is(right.get(cx));
    let derived = !same && class::is_subclass(cx, right.get(cx), left.get(cx));
    let own = |cx: &Cx<'s>| {
        let theirs = attr::special(cx, b.get(cx), reversed).map(|m| m.value());
        theirs.is_some() && theirs != attr::special(cx, a.get(cx), reversed).map(|m| m.value())
    };
    let first = derived && own(cx);
    let order: &[bool] = match (first, same) {
        (true, _) => &[true, false],
        (false, true) => &[false],
        (false, false) => &[false, true],
    };
    for &swapped in order {
        let found = match swapped {
            true => call::call_special(cx, b, reversed, &[a])?,
            false => call::call_special(cx, a, name, &[b])?,
        };
        if let Some(found) = found {
            if !found.get(cx).is(not_implemented(cx).get(cx)) {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

fn divmod_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (a, b) = (args.at(cx, 0), args.at(cx, 1));
    divmod(cx, a, b)
}

/// `divmod(a, b)`
pub fn divmod<'s>(cx: &mut Cx<'s>, a: Handle<'s>, b: Handle<'s>) -> Res<'s> {
    match binary_method(cx, a, b, names::DIVMOD, names::RDIVMOD)? {
        Some(found) => Ok(found),
        None => {
            let (left, right) = (class::type_name(cx, a.get(cx)), class::type_name(cx, b.get(cx)));
            fail!(cx, TYPE_ERROR, "unsupported operand type(s) for divmod(): '{left}' and '{right}'")
        }
    }
}

fn pow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (base, exponent) = (args.at(cx, 0), args.at(cx, 1));
    match args.some(cx, 2) {
        None => number::binary(cx, number::BinaryOp::Pow, base, exponent),
        Some(modulus) => number::power3(cx, base, exponent, modulus),
    }
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let hash = compare::hash(cx, args.at(cx, 0))?;
    int::from_i64(cx, hash)
}

fn id<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let id = cx.id(args.at(cx, 0).get(cx))?;
    int::new(cx, BigInt::from(id))
}
