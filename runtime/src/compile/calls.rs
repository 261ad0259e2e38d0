//! Calls: the callee and its arguments go to consecutive temporaries.
//!
//! Unpacked arguments, and more arguments than there is room for, are collected in a list and a dict instead.

use super::ir::Reg;
use super::scope::ScopeKind;
use super::unit::{Compiler, Dest, Done, Place};
use crate::bytecode::{Const, Op};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, Expr, ExprContext, Keyword};
use ruff_text_size::{Ranged, TextRange};
use std::collections::HashSet;

/// What is called, with the arguments that are in place already.
#[derive(Clone, Copy)]
pub(super) struct Callee {
    /// The temporary of the function, or the first of a method pair.
    pub(super) function: Reg,
    /// Whether it is a pair from `LoadMethod`.
    pub(super) method: bool,
    /// How many positional arguments already follow.
    pub(super) given: usize,
}

impl<'t> Compiler<'t> {
    pub(super) fn call(&mut self, node: &'t ast::ExprCall, dest: Dest) -> Result<Reg, Fault> {
        let keywords = &node.arguments.keywords;
        self.check_keywords(keywords)?;
        let outside = self.call_parens.replace(node.arguments.range);
        let result = self.call_within(node, dest);
        self.call_parens = outside;
        result
    }

    fn call_within(&mut self, node: &'t ast::ExprCall, dest: Dest) -> Result<Reg, Fault> {
        let at = node.range();
        let temps = self.unit.temps;
        let (args, keywords) = (&node.arguments.args, &node.arguments.keywords);
        if let Expr::Attribute(attribute) = &*node.func {
            if attribute.ctx == ExprContext::Load && self.is_plain(args, keywords) {
                let (object, class_cell) = match self.super_call(&attribute.value) {
                    // The call that LoadSuper makes when it must is blamed on this instruction.
                    Some((at, cell)) => (self.name("super", at, Dest::Any)?, Some(cell)),
                    None => (self.any(&attribute.value)?, None),
                };
                self.unit.temps = temps;
                let function = self.new_temp(at)?;
                self.new_temp(at)?;
                let name = self.mangled(&attribute.attr);
                let mark = self.attribute_range(attribute);
                match class_cell {
                    Some(cell) => self.emit_name(mark, Op::LoadSuper, function, object, cell, &name),
                    None => self.emit_name(mark, Op::LoadMethod, function, object, 0, &name),
                }
                let at = if mark == attribute.range { at } else { TextRange::new(mark.start(), at.end()) };
                return self.arguments(Callee { function, method: true, given: 0 }, args, keywords, dest, at);
            }
        }
        if let Some((driver, items)) = self.collected(node)? {
            return self.collect_call(node, driver, items, dest);
        }
        let function = self.temp(&node.func)?;
        self.arguments(Callee { function, method: false, given: 0 }, args, keywords, dest, at)
    }

    /// For a plain `super()` in a method: its place, and the register of the cell `__class__`.
    fn super_call(&self, expr: &'t Expr) -> Option<(TextRange, Reg)> {
        let Expr::Call(call) = expr else { return None };
        let Expr::Name(name) = &*call.func else { return None };
        let is_super = name.id == "super" && matches!(self.place("super"), Place::Global);
        let in_method = self.scope_kind() == ScopeKind::Function
            && self.unit.params.positional > 0
            && !self.unit.cells.contains(&Reg::local(0));
        if !is_super || !in_method || !call.arguments.is_empty() {
            return None;
        }
        match self.place("__class__") {
            Place::Cell(cell) if self.unit.frees.contains(&cell) => Some((call.range(), cell)),
            _ => None,
        }
    }

    /// Refuses repeated keyword arguments.
    pub(super) fn check_keywords(&self, keywords: &[Keyword]) -> Done {
        let mut seen = HashSet::new();
        for keyword in keywords {
            let Some(name) = &keyword.arg else { continue };
            if name == "__debug__" {
                return Err(Fault::new("cannot assign to __debug__", keyword.range));
            }
            if !seen.insert(name.as_str()) {
                return Err(Fault::new(format!("keyword argument repeated: {name}"), keyword.range));
            }
        }
        Ok(())
    }

    /// Whether the arguments fit into temporaries one by one.
    fn is_plain(&self, args: &[Expr], keywords: &[Keyword]) -> bool {
        args.len() + keywords.len() <= self.run_limit()
            && !args.iter().any(Expr::is_starred_expr)
            && keywords.iter().all(|keyword| keyword.arg.is_some())
    }

    /// Evaluates the arguments and calls.
    pub(super) fn arguments(
        &mut self,
        callee: Callee,
        args: &'t [Expr],
        keywords: &'t [Keyword],
        dest: Dest,
        at: TextRange,
    ) -> Result<Reg, Fault> {
        let Callee { function, method, given } = callee;
        if !method && !self.is_plain(args, keywords) {
            return self.call_unpacked(callee, args, keywords, dest, at);
        }
        for arg in args {
            self.temp(arg)?;
        }
        for keyword in keywords {
            self.temp(&keyword.value)?;
        }
        let count = (given + args.len() + keywords.len()) as u32;
        self.unit.temps -= count as usize + 1 + usize::from(method);
        let to = self.register(dest, at)?;
        if keywords.is_empty() {
            let op = if method { Op::CallMethod } else { Op::Call };
            self.emit(at, op, function, count, to);
        } else {
            let op = if method { Op::CallMethodKw } else { Op::CallKw };
            let names = self.keyword_names(keywords);
            self.emit_const(at, op, function, count, to, names);
        }
        Ok(to)
    }

    fn keyword_names(&self, keywords: &[Keyword]) -> Const {
        let names = keywords.iter().filter_map(|keyword| keyword.arg.as_ref());
        Const::Tuple(names.map(|name| Const::Str(self.mangled(name))).collect())
    }

    /// `CallEx`: an iterable of arguments after the callee, then perhaps a dict of keyword arguments.
    fn call_unpacked(
        &mut self,
        callee: Callee,
        args: &'t [Expr],
        keywords: &'t [Keyword],
        dest: Dest,
        at: TextRange,
    ) -> Result<Reg, Fault> {
        let Callee { function, given, .. } = callee;
        if let ([Expr::Starred(only)], 0) = (args, given) {
            self.temp(&only.value)?;
        } else {
            self.collect_list(given, args, at)?;
        }
        if keywords.is_empty() {
            // Said by a hole that is written: a temporary that was moved out of may hold a stale value where nothing is counted.
            let nothing = self.new_temp(at)?;
            self.emit(at, Op::LoadImm, nothing, 3, 0);
        } else {
            self.keyword_dict(function, keywords, at)?;
        }
        self.unit.temps -= 3;
        let to = self.register(dest, at)?;
        self.emit(at, Op::CallEx, function, 0, to);
        Ok(to)
    }

    /// Builds the dict of keyword arguments in the next temporary.
    fn keyword_dict(&mut self, function: Reg, keywords: &'t [Keyword], at: TextRange) -> Result<Reg, Fault> {
        let limit = self.run_limit().div_ceil(2);
        let mut result = None;
        let mut rest = keywords;
        while let Some(first) = rest.first() {
            let temps = self.unit.temps;
            match (&first.arg, result) {
                (None, Some(map)) => {
                    let other = self.any(&first.value)?;
                    self.emit(at, Op::MapMerge, map, other, function);
                    self.unit.temps = temps;
                    rest = &rest[1..];
                }
                (None, None) => {
                    let map = self.new_temp(at)?;
                    self.emit(at, Op::BuildMap, map, map, 0);
                    result = Some(map);
                }
                (Some(_), _) => {
                    let named = rest.iter().take(limit).take_while(|keyword| keyword.arg.is_some()).count();
                    for keyword in &rest[..named] {
                        let name = keyword.arg.as_ref().map_or("", |name| name.as_str());
                        let name = Const::Str(self.mangled(name));
                        self.load(name, Dest::Temp, at)?;
                        self.temp(&keyword.value)?;
                    }
                    self.unit.temps = temps;
                    let map = self.new_temp(at)?;
                    self.emit(at, Op::BuildMap, map, map, named as u32);
                    match result {
                        Some(all) => {
                            self.emit(at, Op::MapMerge, all, map, function);
                            self.unit.temps = temps;
                        }
                        None => result = Some(map),
                    }
                    rest = &rest[named..];
                }
            }
        }
        Ok(result.unwrap_or(function))
    }
}
