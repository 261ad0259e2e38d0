//! The compiler: from a syntax tree to a [`CodeUnit`].
//!
//! A first walk builds the scopes ([`symbols`], [`resolve`]); a second one writes instructions over virtual registers
//! ([`unit`](mod@unit) and its siblings, one per part of the language); the result is cleaned up and laid out ([`assemble`]). The
//! walks recurse, which [`syntax`](crate::syntax) has bounded beforehand. What is left out: type parameters, `type`
//! statements and `except*`.
#![forbid(unsafe_code)]

mod assemble;
mod assign;
mod calls;
mod comprehension;
mod definite;
mod displays;
mod expr;
mod flow;
mod fold;
mod function;
mod generators;
mod imports;
mod ir;
mod matching;
mod resolve;
mod scope;
mod stmt;
mod symbols;
#[cfg(test)]
mod tests;
mod tries;
mod unit;

use crate::bytecode::code::{FLAG_MODULE, FLAG_NAMESPACE};
use crate::bytecode::{CodeUnit, Op};
use crate::syntax::{with_tree, Fault, Mode, Source, SyntaxError, Tree};
use ruff_python_ast::Mod;
use ruff_text_size::{Ranged, TextRange};
use scope::ScopeId;
use unit::{Compiler, Unit};

/// How a source is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Options {
    /// Names of the outermost level live in a namespace given in register 0 (`exec` and `eval` with locals that are
    /// not the globals) and not among the globals.
    pub namespace: bool,
    /// As if the source began with `from __future__ import annotations`.
    pub future_annotations: bool,
}

/// Compiles a source. What is refused, CPython's limits included, comes back as an error; nothing panics.
pub fn compile_source<'s>(
    source: impl Into<Source<'s>>,
    filename: &str,
    mode: Mode,
    options: Options,
) -> Result<CodeUnit, SyntaxError> {
    let unit = with_tree(source.into(), filename, mode, |tree| compile_tree(tree, filename, mode, options))?;
    #[cfg(debug_assertions)]
    if let Err(error) = crate::bytecode::verify::verify(&unit) {
        let message = format!("internal error: {error}");
        return Err(SyntaxError::without_position(crate::syntax::ErrorKind::Syntax, message));
    }
    Ok(unit)
}

fn compile_tree(tree: &Tree<'_>, filename: &str, mode: Mode, options: Options) -> Result<CodeUnit, Fault> {
    let future_annotations = imports::future_annotations(tree.root)? || options.future_annotations;
    let mut scopes = symbols::build(tree.root, future_annotations)?;
    resolve::resolve(&mut scopes)?;
    let mut unit = Unit::new(&scopes, ScopeId(0), "<module>", "<module>".into(), options.namespace);
    unit.flags = FLAG_MODULE | if options.namespace { FLAG_NAMESPACE } else { 0 };
    let size = tree.lines.text().len();
    let mut compiler = Compiler {
        lines: tree.lines,
        filename: filename.into(),
        mode,
        scopes,
        future_annotations,
        unit,
        outer: Vec::new(),
        budget: 1_000_000 + size.saturating_mul(64),
        call_parens: None,
        collecting: 0,
    };
    let start = TextRange::default();
    compiler.prologue(start)?;
    match tree.root {
        Mod::Module(module) => {
            if function::has_annotations(&module.body) {
                let in_namespace = i32::from(options.namespace);
                compiler.emit(start, Op::SetupAnnotations, 0, in_namespace, 0);
            }
            let body = match mode {
                Mode::Single => &module.body[..],
                _ => compiler.module_docstring(&module.body)?,
            };
            compiler.body(body)?;
            let end = module.body.last().map_or(start, |last| last.range());
            compiler.emit(end, Op::ReturnNone, 0, 0, 0);
        }
        Mod::Expression(expression) => {
            let value = compiler.value(&expression.body)?;
            compiler.return_value(value, expression.body.range())?;
        }
    }
    let Compiler { unit, lines, filename, .. } = compiler;
    assemble::finish(unit, lines, &filename, start)
}
