//! Imports, and the `__future__` ones that change how the rest is compiled.

use super::ir::Reg;
use super::scope::ScopeKind;
use super::unit::{Compiler, Dest, Done};
use crate::bytecode::{Const, Op};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, Mod, Stmt};
use ruff_text_size::TextRange;

/// Features that are part of the language by now, or that change nothing here.
const KNOWN: [&str; 9] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
];

/// Checks the `__future__` imports of a source; whether `annotations` is among them.
pub(super) fn future_annotations(root: &Mod) -> Result<bool, Fault> {
    let Mod::Module(module) = root else { return Ok(false) };
    let mut annotations = false;
    let mut may_follow = true;
    for (index, stmt) in module.body.iter().enumerate() {
        match stmt {
            Stmt::ImportFrom(node) if is_future(node) => {
                if !may_follow {
                    return Err(late(node.range));
                }
                for alias in &node.names {
                    match alias.name.as_str() {
                        "annotations" => annotations = true,
                        "braces" => return Err(Fault::new("not a chance", node.range)),
                        name if KNOWN.contains(&name) => {}
                        name => {
                            return Err(Fault::new(
                                format!("future feature {name} is not defined"),
                                node.range,
                            ));
                        }
                    }
                }
            }
            Stmt::Expr(node) if index == 0 && node.value.is_string_literal_expr() => {}
            _ => may_follow = false,
        }
    }
    Ok(annotations)
}

fn is_future(node: &ast::StmtImportFrom) -> bool {
    node.level == 0 && node.module.as_ref().is_some_and(|module| module == "__future__")
}

fn late(at: TextRange) -> Fault {
    Fault::new("from __future__ imports must occur at the beginning of the file", at)
}

impl<'t> Compiler<'t> {
    pub(super) fn import(&mut self, node: &'t ast::StmtImport) -> Done {
        for alias in &node.names {
            let at = node.range;
            let name = alias.name.as_str();
            let mut parts = name.split('.');
            let top = parts.next().unwrap_or(name);
            match &alias.asname {
                None => {
                    self.define(top, at, |this, dest| this.import_name(name, Const::None, 0, dest, at))?
                }
                Some(asname) => {
                    let mut module = self.import_name(name, Const::None, 0, Dest::Any, at)?;
                    // `import a.b.c as d` binds the innermost module.
                    for part in parts {
                        let inner = self.new_temp(at)?;
                        self.emit_name(at, Op::ImportFrom, inner, module, 0, part);
                        self.emit(at, Op::Clear, module, 0, 0);
                        self.emit(at, Op::Move, module, inner, 0);
                        self.unit.temps -= 1;
                        module = Reg::temp(0);
                    }
                    self.store_name(asname, module, at)?;
                }
            }
            self.unit.temps = 0;
        }
        Ok(())
    }

    fn import_name(
        &mut self,
        name: &str,
        from: Const,
        level: u32,
        dest: Dest,
        at: TextRange,
    ) -> Result<Reg, Fault> {
        let from = self.load(from, Dest::Temp, at)?;
        self.unit.temps -= 1;
        let to = self.register(dest, at)?;
        self.emit_name(at, Op::ImportName, to, from, level, name);
        Ok(to)
    }

    pub(super) fn import_from(&mut self, node: &'t ast::StmtImportFrom) -> Done {
        let at = node.range;
        if node.level > 255 {
            return Err(Fault::new("too many levels in a relative import", at));
        }
        if is_future(node) && self.scope_kind() != ScopeKind::Module {
            return Err(late(at));
        }
        let names = node.names.iter().map(|alias| Const::Str(alias.name.as_str().into())).collect();
        let name = node.module.as_ref().map_or("", |module| module.as_str());
        let module = self.import_name(name, Const::Tuple(names), node.level, Dest::Any, at)?;
        if node.names.iter().any(|alias| &*alias.name == "*") {
            if self.scope_kind() != ScopeKind::Module {
                return Err(Fault::new("import * only allowed at module level", at));
            }
            self.emit(at, Op::ImportStar, module, i32::from(self.has_namespace()), 0);
            self.unit.temps = 0;
            return Ok(());
        }
        for alias in &node.names {
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            self.define(target, at, |this, dest| {
                let to = this.register(dest, at)?;
                this.emit_name(at, Op::ImportFrom, to, module, 0, &alias.name);
                Ok(to)
            })?;
        }
        self.emit(at, Op::Clear, module, 0, 0);
        self.unit.temps = 0;
        Ok(())
    }
}
