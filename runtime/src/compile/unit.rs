//! The code generator's state: the stack of units under construction, and the primitives that write instructions.

use super::ir::{Arg, Constants, Ins, Label, Names, Reg, Target, UNBOUND};
use super::scope::{flag, mangle, ScopeId, ScopeKind, Scopes};
use crate::bytecode::{Const, Op, Params};
use crate::syntax::{ErrorKind, Fault, Lines, Mode};
use ruff_python_ast::Stmt;
use ruff_text_size::{TextRange, TextSize};
use std::collections::HashMap;

pub(super) type Done = Result<(), Fault>;

/// Where an expression's value should go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dest {
    /// Any register: a local is read where it is.
    Any,
    /// A fresh temporary, the next one.
    Temp,
    /// This register.
    To(Reg),
}

/// An evaluated operand.
#[derive(Clone, Debug)]
pub(super) enum Val {
    /// A constant for which nothing has been emitted yet.
    Const(Const),
    Reg(Reg),
}

/// Where a name's value lives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Local(Reg),
    Cell(Reg),
    Global,
    /// In the namespace of a class body or exec'd code.
    Namespace,
    /// In the namespace of a class body, else in a cell around it.
    NamespaceOrCell(Reg),
}

/// A statement that must be wound up when control leaves it early.
#[derive(Clone, Debug)]
pub(super) enum Block<'t> {
    /// A loop; `iterator`: the hidden local of a `for`.
    Loop { again: Label, done: Label, iterator: Option<Reg> },
    /// The body of a `try` with `except` clauses.
    Try,
    /// The body of a `try` with `finally`.
    Finally { body: &'t [Stmt] },
    /// An `except` clause: the exception, the one handled before, and the clause's `as` name.
    Handler { exception: Reg, saved: Reg, name: Option<&'t str>, at: TextRange },
    /// A `finally` clause reached by an exception, or the cleanup of another kind.
    Handling { exception: Reg, saved: Reg },
    /// A `with`: the pair for calling its exit.
    With { exit: Reg, is_async: bool, at: TextRange },
}

/// A block together with what was in force outside of it.
#[derive(Clone, Debug)]
pub(super) struct Entered<'t> {
    pub(super) block: Block<'t>,
    /// The handler outside.
    pub(super) outer_handler: u32,
}

/// One code unit under construction.
pub(super) struct Unit<'t> {
    pub(super) scope: ScopeId,
    pub(super) name: Box<str>,
    pub(super) qualname: Box<str>,
    pub(super) flags: u32,
    pub(super) params: Params,
    pub(super) first_line: u32,
    pub(super) doc: Option<Box<str>>,
    pub(super) attribute_hint: u16,
    pub(super) code: Vec<Ins>,
    /// Index of the instruction at each label.
    pub(super) labels: Vec<u32>,
    pub(super) targets: Vec<Target>,
    /// The handler that covers what is emitted now, plus 1.
    pub(super) handler: u32,
    pub(super) temps: usize,
    pub(super) max_temps: usize,
    pub(super) hidden: usize,
    pub(super) max_hidden: usize,
    /// How many functions of comprehensions there are.
    pub(super) inner: u32,
    pub(super) local_names: Vec<Box<str>>,
    pub(super) cells: Vec<Reg>,
    pub(super) frees: Vec<Reg>,
    /// Registers of variables and of cells, by name.
    pub(super) registers: HashMap<Box<str>, Reg>,
    pub(super) constants: Constants,
    pub(super) names: Names,
    pub(super) blocks: Vec<Entered<'t>>,
    /// Handlers and blocks that code of an early exit has left for the moment.
    pub(super) left: Vec<(u32, Vec<Entered<'t>>)>,
}

/// The code generator.
pub(super) struct Compiler<'t> {
    pub(super) lines: &'t Lines<'t>,
    pub(super) filename: Box<str>,
    pub(super) mode: Mode,
    pub(super) scopes: Scopes,
    pub(super) future_annotations: bool,
    pub(super) unit: Unit<'t>,
    /// The units around the current one.
    pub(super) outer: Vec<Unit<'t>>,
    /// How many more instructions may be emitted: nested `finally` clauses multiply.
    pub(super) budget: usize,
    /// The parentheses of the call whose parts are being compiled.
    pub(super) call_parens: Option<TextRange>,
    /// Around us are so many generator expressions that are compiled twice.
    pub(super) collecting: usize,
}

/// The place of instructions that come from nowhere in the source.
pub(super) fn nowhere() -> TextRange {
    TextRange::empty(TextSize::new(u32::MAX))
}

/// The most registers that a frame can have.
pub(super) const MAX_REGISTERS: usize = 256;

impl<'t> Unit<'t> {
    /// An empty unit for a scope, with registers assigned to its variables.
    pub(super) fn new(
        scopes: &Scopes,
        id: ScopeId,
        name: &str,
        qualname: Box<str>,
        namespace: bool,
    ) -> Unit<'t> {
        let scope = scopes.get(id);
        let mut unit = Unit {
            scope: id,
            name: name.into(),
            qualname,
            flags: 0,
            params: Params::default(),
            first_line: 1,
            doc: None,
            attribute_hint: 0,
            code: Vec::new(),
            labels: Vec::new(),
            targets: Vec::new(),
            handler: 0,
            temps: 0,
            max_temps: 0,
            hidden: 0,
            max_hidden: 0,
            inner: 0,
            local_names: Vec::new(),
            cells: Vec::new(),
            frees: Vec::new(),
            registers: HashMap::new(),
            constants: Constants::default(),
            names: Names::default(),
            blocks: Vec::new(),
            left: Vec::new(),
        };
        if namespace {
            unit.params.positional = 1;
            unit.local_names.push(".namespace".into());
        }
        let function = scope.kind.is_function();
        for symbol in scope.symbols.iter().filter(|symbol| function && symbol.has(flag::PARAMETER)) {
            unit.add_register(&symbol.name);
        }
        let mut frees = Vec::new();
        for symbol in scope.symbols.iter().filter(|symbol| symbol.has(flag::FREE) && !symbol.has(flag::CELL))
        {
            frees.push(&*symbol.name);
        }
        // A comprehension gets the cells as parameters, behind its iterator.
        let cells_given = scope.kind == ScopeKind::Comprehension;
        if cells_given {
            unit.add_frees(&frees);
        }
        let plain = |symbol: &&super::scope::Symbol| {
            function && symbol.is_local() && !symbol.has(flag::PARAMETER | flag::CELL)
        };
        for symbol in scope.symbols.iter().filter(plain) {
            unit.add_register(&symbol.name);
        }
        for symbol in scope.symbols.iter().filter(|symbol| symbol.has(flag::CELL)) {
            let reg = match unit.registers.get(&symbol.name) {
                Some(reg) => *reg,
                None => unit.add_register(&symbol.name),
            };
            unit.cells.push(reg);
        }
        if !cells_given {
            unit.add_frees(&frees);
        }
        unit
    }

    fn add_frees(&mut self, names: &[&str]) {
        for name in names {
            let reg = self.add_register(name);
            self.frees.push(reg);
        }
    }

    fn add_register(&mut self, name: &str) -> Reg {
        let reg = Reg::local(self.local_names.len());
        self.local_names.push(name.into());
        self.registers.insert(name.into(), reg);
        reg
    }
}

impl<'t> Compiler<'t> {
    // ---- instructions ----

    pub(super) fn emit(
        &mut self,
        at: TextRange,
        op: Op,
        a: impl Into<Arg>,
        b: impl Into<Arg>,
        c: impl Into<Arg>,
    ) -> &mut Ins {
        self.emit_ext(at, op, a, b, c, 0)
    }

    pub(super) fn emit_ext(
        &mut self,
        at: TextRange,
        op: Op,
        a: impl Into<Arg>,
        b: impl Into<Arg>,
        c: impl Into<Arg>,
        ext: u32,
    ) -> &mut Ins {
        self.budget = self.budget.saturating_sub(1);
        let args = [a.into().0, b.into().0, c.into().0];
        let index = self.unit.code.len();
        self.unit.code.push(Ins { op, args, ext, handler: self.unit.handler, at });
        &mut self.unit.code[index]
    }

    /// An instruction with a name in its extension.
    pub(super) fn emit_name(
        &mut self,
        at: TextRange,
        op: Op,
        a: impl Into<Arg>,
        b: impl Into<Arg>,
        c: impl Into<Arg>,
        name: &str,
    ) {
        let id = self.unit.names.id(name);
        self.emit_ext(at, op, a, b, c, id);
    }

    /// An instruction with a constant in its extension.
    pub(super) fn emit_const(
        &mut self,
        at: TextRange,
        op: Op,
        a: impl Into<Arg>,
        b: impl Into<Arg>,
        c: impl Into<Arg>,
        value: Const,
    ) {
        let id = self.unit.constants.id(value);
        self.emit_ext(at, op, a, b, c, id);
    }

    pub(super) fn emit_jump(
        &mut self,
        at: TextRange,
        op: Op,
        a: impl Into<Arg>,
        b: impl Into<Arg>,
        c: impl Into<Arg>,
        to: Label,
    ) {
        self.emit_ext(at, op, a, b, c, to.0);
    }

    /// Goes to a label: a polling `Loop` when it lies behind.
    pub(super) fn jump(&mut self, at: TextRange, to: Label) {
        let bound = self.unit.labels[to.0 as usize] != UNBOUND;
        self.emit_jump(at, if bound { Op::Loop } else { Op::Jump }, 0, 0, 0, to);
    }

    pub(super) fn label(&mut self) -> Label {
        self.unit.labels.push(UNBOUND);
        Label(self.unit.labels.len() as u32 - 1)
    }

    pub(super) fn bind(&mut self, label: Label) {
        self.unit.labels[label.0 as usize] = self.unit.code.len() as u32;
    }

    /// A label at the next instruction.
    pub(super) fn here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    // ---- handlers ----

    /// From here on exceptions go to `to`, which keeps the hidden locals in use now. Returns what was in force.
    pub(super) fn protect(&mut self, to: Label) -> u32 {
        self.unit.targets.push(Target { label: to, depth: self.unit.hidden });
        std::mem::replace(&mut self.unit.handler, self.unit.targets.len() as u32)
    }

    // ---- registers ----

    fn check_registers(&self, at: TextRange) -> Done {
        let unit = &self.unit;
        if unit.local_names.len() + unit.hidden + unit.temps < MAX_REGISTERS {
            return Ok(());
        }
        let message = if unit.local_names.len() > MAX_REGISTERS / 2 {
            format!(
                "too many local variables in '{}': {}, and {} registers are left for values",
                unit.name,
                unit.local_names.len(),
                (MAX_REGISTERS - 1).saturating_sub(unit.local_names.len())
            )
        } else {
            format!("too many nested values in '{}': no registers are left", unit.name)
        };
        Err(Fault::new(message, at))
    }

    pub(super) fn new_temp(&mut self, at: TextRange) -> Result<Reg, Fault> {
        let reg = Reg::temp(self.unit.temps);
        self.unit.temps += 1;
        self.unit.max_temps = self.unit.max_temps.max(self.unit.temps);
        self.check_registers(at)?;
        Ok(reg)
    }

    pub(super) fn new_hidden(&mut self, at: TextRange) -> Result<Reg, Fault> {
        let reg = Reg::hidden(self.unit.hidden);
        self.unit.hidden += 1;
        self.unit.max_hidden = self.unit.max_hidden.max(self.unit.hidden);
        self.check_registers(at)?;
        Ok(reg)
    }

    /// Two hidden locals in a row.
    pub(super) fn hidden_pair(&mut self, at: TextRange) -> Result<(Reg, Reg), Fault> {
        Ok((self.new_hidden(at)?, self.new_hidden(at)?))
    }

    /// The register that a destination means, when its operands have been consumed.
    pub(super) fn register(&mut self, dest: Dest, at: TextRange) -> Result<Reg, Fault> {
        match dest {
            Dest::Any | Dest::Temp => self.new_temp(at),
            Dest::To(reg) => Ok(reg),
        }
    }

    /// How many values may be held in temporaries for one instruction.
    pub(super) fn run_limit(&self) -> usize {
        let used = self.unit.local_names.len() + self.unit.hidden + self.unit.temps;
        (MAX_REGISTERS.saturating_sub(used) / 4).clamp(1, 32)
    }

    // ---- names ----

    pub(super) fn mangled(&self, name: &str) -> Box<str> {
        mangle(self.scopes.get(self.unit.scope).class_name.as_deref(), name)
    }

    pub(super) fn scope_kind(&self) -> ScopeKind {
        self.scopes.get(self.unit.scope).kind
    }

    /// Whether names are looked up in a namespace that register 0 holds.
    pub(super) fn has_namespace(&self) -> bool {
        self.unit.flags & crate::bytecode::code::FLAG_NAMESPACE != 0
    }

    /// Where a (mangled) name lives.
    pub(super) fn place(&self, name: &str) -> Place {
        let scope = self.scopes.get(self.unit.scope);
        let symbol = scope.get(name);
        let has = |flags| symbol.is_some_and(|symbol| symbol.has(flags));
        if has(flag::GLOBAL) {
            return Place::Global;
        }
        let reg = self.unit.registers.get(name).copied();
        match (scope.kind, reg) {
            (ScopeKind::Module, _) if self.has_namespace() => Place::Namespace,
            (ScopeKind::Module, _) => Place::Global,
            (ScopeKind::Class, Some(reg)) if has(flag::FREE) => {
                if has(flag::NONLOCAL) {
                    Place::Cell(reg)
                } else if symbol.is_some_and(|symbol| symbol.is_local()) {
                    Place::Namespace
                } else {
                    Place::NamespaceOrCell(reg)
                }
            }
            (ScopeKind::Class, _) => Place::Namespace,
            (_, Some(reg)) if has(flag::CELL | flag::FREE) => Place::Cell(reg),
            (_, Some(reg)) => Place::Local(reg),
            (_, None) => Place::Global,
        }
    }

    /// Whether a local may be rebound by `:=` within an expression.
    pub(super) fn is_walrus_target(&self, reg: Reg) -> bool {
        let scope = self.scopes.get(self.unit.scope);
        if scope.walrus.is_empty() || !reg.is_local() {
            return false;
        }
        scope.walrus.iter().any(|name| self.unit.registers.get(name) == Some(&reg))
    }

    // ---- limits ----

    /// Refuses to go on when far more code came out than the source warrants.
    pub(super) fn check_budget(&self, at: TextRange) -> Done {
        if self.budget > 0 {
            return Ok(());
        }
        Err(Fault::new("the code of nested 'finally' clauses becomes too large", at)
            .of_kind(ErrorKind::Overflow))
    }
}
