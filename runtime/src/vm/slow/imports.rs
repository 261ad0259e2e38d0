//! Imports.

use crate::builtins::import;
use crate::object::layout::CodeData;
use crate::object::raise::Raised;
use crate::vm::cache::globals;
use crate::vm::step::{step, step_plain};
use taipan_gc::{Cx, Value};

fn name_text(code: &CodeData, word: u32) -> &str {
    &code.unit.names[(word & 0xffff) as usize]
}

/// `import name`, `from name import …`
pub(in crate::vm) fn import_name(
    cx: &mut Cx<'_>,
    code: &CodeData,
    base: usize,
    fromlist: Value,
    level: usize,
    word: u32,
) -> Result<Value, Raised> {
    let name = name_text(code, word);
    step(cx, [fromlist], |cx, [fromlist]| {
        let table = globals(cx, base);
        import::import_name(cx, name, Some(table), fromlist, level)
    })
}

/// `from module import name`
pub(in crate::vm) fn import_from(
    cx: &mut Cx<'_>,
    code: &CodeData,
    module: Value,
    word: u32,
) -> Result<Value, Raised> {
    let name = name_text(code, word);
    step(cx, [module], |cx, [module]| import::import_from(cx, module, name))
}

/// `from module import *`
pub(in crate::vm) fn import_star(
    cx: &mut Cx<'_>,
    base: usize,
    module: Value,
    namespace: Option<Value>,
) -> Result<(), Raised> {
    step_plain(cx, [module, namespace.unwrap_or(Value::NONE)], |cx, [module, target]| {
        let target = if namespace.is_some() { target } else { globals(cx, base).any() };
        import::import_star(cx, module, target)
    })
}
