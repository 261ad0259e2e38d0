//! Loading code units: a verified unit becomes a code object with its constants, names and caches in this heap.

use crate::builtins::bootstrap;
use crate::bytecode::code::{FLAG_ASYNC_GENERATOR, FLAG_COMPREHENSION, FLAG_COROUTINE, FLAG_GENERATOR};
use crate::bytecode::{CodeUnit, Const};
use crate::object::layout::{Cache, Code, CodeData, CodeInit, Dict, Function, FunctionInit, Name, Tuple};
use crate::object::raise::Raised;
use crate::object::{bytes, int, names, none, retrying, root_handle, set, str, tuple, Root};
use crate::text::{Text, TextBuf};
use std::cell::Cell;
use taipan_gc::{refs, Cx, Handle, Local, Value};

/// Makes a code object of a unit that has been verified. Whatever runs has been loaded, and so finds the modules that programs begin with.
pub fn load<'s>(cx: &mut Cx<'s>, unit: CodeUnit) -> Result<Handle<'s, Code>, Raised> {
    bootstrap::begin(cx)?;
    let mut ids = Vec::with_capacity(unit.names.len());
    for name in &unit.names {
        ids.push(names::intern(cx, name)?);
    }
    let data = Box::new(CodeData {
        plain_arguments: plain_arguments(&unit, false),
        generator_arguments: plain_arguments(&unit, true),
        registers: unit.registers as u32,
        first_temp: unit.first_temp as u32,
        words: unit.words.iter().map(|&w| Cell::new(w)).collect(),
        constants: unit.constants.iter().map(|_| Cell::new(Value::HOLE)).collect(),
        names: ids.iter().map(|&id| Name { value: Cell::new(Value::HOLE), id }).collect(),
        titles: [const { Cell::new(Value::HOLE) }; 3],
        caches: (0..unit.caches).map(|_| Cache::default()).collect(),
        unit,
    });
    cx.reserve(1024)?;
    let code = cx.root(cx.alloc(CodeInit { data })?);
    for (i, &id) in ids.iter().enumerate() {
        let name = names::local(cx, id).value();
        let code = code.get(cx);
        // SAFETY: the cell is a slot of the code object, shown by its trace function.
        unsafe {
            refs::put(cx.core(), code.value().bits() as *mut _, code.data.names[i].value.as_ptr(), name)
        };
    }
    for i in 0..code.get(cx).data.constants.len() {
        cx.scoped(|cx| {
            let constant = code.get(cx).data.unit.constants[i].clone();
            let value = materialise(cx, &constant)?;
            let (code, value) = (code.get(cx), value.get(cx).value());
            // SAFETY: as above.
            unsafe {
                refs::put(cx.core(), code.value().bits() as *mut _, code.data.constants[i].as_ptr(), value);
            }
            Ok::<(), Raised>(())
        })?;
    }
    let (name, qualname, doc) = {
        let unit = &code.get(cx).data.unit;
        (unit.name.clone(), unit.qualname.clone(), unit.doc.clone())
    };
    let (name, qualname) = (names::intern(cx, &name)?, names::intern(cx, &qualname)?);
    let doc = match doc {
        Some(doc) => str::new(cx, &doc)?.any(),
        None => none(cx),
    };
    let code_now = code.get(cx);
    let titles = [names::local(cx, name).value(), names::local(cx, qualname).value(), doc.get(cx).value()];
    for (cell, value) in code_now.data.titles.iter().zip(titles) {
        // SAFETY: as above.
        unsafe { refs::put(cx.core(), code_now.value().bits() as *mut _, cell.as_ptr(), value) };
    }
    Ok(code)
}

/// See [`CodeData::plain_arguments`] and [`CodeData::generator_arguments`].
fn plain_arguments(unit: &CodeUnit, generator: bool) -> u32 {
    let params = &unit.params;
    let makes_generator = unit.flags & (FLAG_GENERATOR | FLAG_COROUTINE | FLAG_ASYNC_GENERATOR) != 0;
    if params.keyword_only != 0 || params.var_positional || params.var_keyword || makes_generator != generator
    {
        return u32::MAX;
    }
    params.positional as u32
}

fn materialise<'s>(cx: &mut Cx<'s>, constant: &Const) -> Result<Handle<'s>, Raised> {
    Ok(match constant {
        Const::None => none(cx),
        Const::Bool(b) => crate::object::bool(cx, *b),
        Const::Ellipsis => root_handle(cx, Root::Ellipsis),
        Const::Int(i) => int::from_i64(cx, *i)?,
        Const::BigInt(big) => int::new(cx, big.clone())?,
        Const::Float(x) => crate::object::float(cx, *x),
        Const::Imaginary(_) => {
            return Err(crate::object::raise::raise(
                cx,
                crate::object::classes::NOT_IMPLEMENTED_ERROR,
                "complex numbers are not supported by Taipan",
            ));
        }
        Const::Str(text) if is_name(text) => {
            let id = names::intern(cx, text)?;
            names::handle(cx, id).any()
        }
        Const::Str(text) => str::new(cx, text)?.any(),
        Const::Wide(points) => {
            let mut buffer = TextBuf::new();
            buffer.push_text(Text::Wide(points));
            let text = buffer.finish();
            str::from_owned(cx, &text)?.any()
        }
        Const::Bytes(content) => bytes::new(cx, content)?.any(),
        Const::Tuple(items) => {
            let items = items.iter().map(|i| materialise(cx, i)).collect::<Result<Vec<_>, _>>()?;
            tuple::new(cx, &items)?.any()
        }
        Const::FrozenSet(items) => {
            let frozen = set::new_frozen(cx)?;
            for item in items {
                let item = materialise(cx, item)?;
                set::add(cx, frozen, item)?;
            }
            frozen.any()
        }
        Const::Code(unit) => load(cx, (**unit).clone())?.any(),
    })
}

/// Strings that look like names are interned, as CPython does.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What a function is made of besides its code and globals.
#[derive(Clone, Copy, Debug, Default)]
pub struct FunctionParts<'s> {
    /// Defaults of positional parameters.
    pub defaults: Option<Handle<'s, Tuple>>,
    /// Defaults of keyword-only parameters.
    pub keyword_defaults: Option<Handle<'s, Dict>>,
    /// Annotations.
    pub annotations: Option<Handle<'s, Dict>>,
    /// Cells.
    pub closure: Option<Handle<'s, Tuple>>,
}

/// Makes a function.
pub fn new_function<'s>(
    cx: &mut Cx<'s>,
    code: Handle<'_, Code>,
    globals: Handle<'_, Dict>,
    parts: FunctionParts<'_>,
) -> Result<Handle<'s, Function>, Raised> {
    retrying(cx, |cx| {
        let code = code.get(cx);
        let globals = globals.get(cx);
        // Nobody sees the function of a comprehension.
        let module = if code.data.unit.flags & FLAG_COMPREHENSION == 0 {
            crate::object::dict::get_name(cx, globals, names::local(cx, names::NAME))
        } else {
            None
        };
        // SAFETY: the code object keeps them alive.
        let [name, qualname, doc] =
            [0, 1, 2].map(|n| Some(unsafe { Local::from_value(code.data.titles[n].get()) }));
        cx.alloc(FunctionInit {
            code: Some(code),
            globals: Some(globals),
            defaults: parts.defaults.map(|d| d.get(cx)),
            keyword_defaults: parts.keyword_defaults.map(|d| d.get(cx)),
            closure: parts.closure.map(|c| c.get(cx)),
            name,
            qualname,
            doc,
            module,
            annotations: parts.annotations.map(|a| a.get(cx)),
            dict: None,
            inner: None,
        })
    })
}
