//! Displays of lists, tuples, sets and dicts, and f-strings.
//!
//! Few elements are collected in temporaries and built at once; more are added one by one, so that a display of any
//! length takes a bounded number of registers.

use super::expr::text;
use super::ir::Reg;
use super::unit::{Compiler, Dest, Val};
use crate::bytecode::{Const, Op};
use crate::syntax::{code_points, may_hold_surrogates, Fault};
use ruff_python_ast::{self as ast, ConversionFlag, Expr, FStringPart, InterpolatedStringElement};
use ruff_text_size::TextRange;

impl<'t> Compiler<'t> {
    /// Whether elements can be built at once.
    fn fits(&self, elements: &[Expr]) -> bool {
        elements.len() <= self.run_limit() && !elements.iter().any(Expr::is_starred_expr)
    }

    /// Builds at once.
    fn build(&mut self, op: Op, elements: &'t [Expr], at: TextRange, dest: Dest) -> Result<Reg, Fault> {
        let temps = self.unit.temps;
        for element in elements {
            self.temp(element)?;
        }
        self.unit.temps = temps;
        let to = self.register(dest, at)?;
        self.emit(at, op, to, Reg::temp(temps), elements.len() as u32);
        Ok(to)
    }

    pub(super) fn list(&mut self, elements: &'t [Expr], at: TextRange, dest: Dest) -> Result<Reg, Fault> {
        if elements.len() >= 3 {
            if let Some(values) = self.constants(elements)? {
                let list = self.collection_of(Op::BuildList, Op::ListExtend, values, at)?;
                return self.deliver(Val::Reg(list), dest, at);
            }
        }
        if self.fits(elements) {
            return self.build(Op::BuildList, elements, at, dest);
        }
        let list = self.collect_list(0, elements, at)?;
        self.deliver(Val::Reg(list), dest, at)
    }

    pub(super) fn set(&mut self, elements: &'t [Expr], at: TextRange, dest: Dest) -> Result<Reg, Fault> {
        if elements.len() >= 3 {
            if let Some(values) = self.constants(elements)? {
                let set = self.collection_of(Op::BuildSet, Op::SetUpdate, values, at)?;
                return self.deliver(Val::Reg(set), dest, at);
            }
        }
        if self.fits(elements) {
            return self.build(Op::BuildSet, elements, at, dest);
        }
        let set = self.collect(Op::BuildSet, Op::SetAdd, Op::SetUpdate, 0, elements, at)?;
        self.deliver(Val::Reg(set), dest, at)
    }

    pub(super) fn tuple(&mut self, elements: &'t [Expr], at: TextRange, dest: Dest) -> Result<Reg, Fault> {
        if self.fits(elements) {
            return self.build(Op::BuildTuple, elements, at, dest);
        }
        let list = self.collect_list(0, elements, at)?;
        self.unit.temps -= 1;
        let to = self.register(dest, at)?;
        self.emit(at, Op::ListToTuple, to, list, 0);
        Ok(to)
    }

    /// An empty collection extended by a tuple of constants.
    fn collection_of(
        &mut self,
        build: Op,
        extend: Op,
        values: Vec<Const>,
        at: TextRange,
    ) -> Result<Reg, Fault> {
        let collection = self.new_temp(at)?;
        self.emit(at, build, collection, collection, 0);
        let values = self.load(Const::Tuple(values.into()), Dest::Temp, at)?;
        self.emit(at, extend, collection, values, 0);
        self.unit.temps -= 1;
        Ok(collection)
    }

    /// Collects any number of elements, unpacked ones too, in a list; `given` of them are the last temporaries.
    pub(super) fn collect_list(
        &mut self,
        given: usize,
        elements: &'t [Expr],
        at: TextRange,
    ) -> Result<Reg, Fault> {
        self.collect(Op::BuildList, Op::ListAppend, Op::ListExtend, given, elements, at)
    }

    fn collect(
        &mut self,
        build: Op,
        add: Op,
        extend: Op,
        given: usize,
        elements: &'t [Expr],
        at: TextRange,
    ) -> Result<Reg, Fault> {
        let limit = self.run_limit();
        let first = elements.iter().take(limit).take_while(|element| !element.is_starred_expr()).count();
        for element in &elements[..first] {
            self.temp(element)?;
        }
        self.unit.temps -= given + first;
        let collection = self.new_temp(at)?;
        self.emit(at, build, collection, collection, (given + first) as u32);
        let temps = self.unit.temps;
        for element in &elements[first..] {
            let (op, value) = match element {
                Expr::Starred(starred) => (extend, &*starred.value),
                plain => (add, plain),
            };
            let value = self.any(value)?;
            self.emit(at, op, collection, value, 0);
            self.unit.temps = temps;
        }
        Ok(collection)
    }

    pub(super) fn dict(&mut self, node: &'t ast::ExprDict, dest: Dest) -> Result<Reg, Fault> {
        let at = node.range;
        let temps = self.unit.temps;
        let limit = self.run_limit().div_ceil(2);
        let first = node.items.iter().take(limit).take_while(|item| item.key.is_some()).count();
        for item in &node.items[..first] {
            if let Some(key) = &item.key {
                self.temp(key)?;
            }
            self.temp(&item.value)?;
        }
        self.unit.temps = temps;
        if first == node.items.len() {
            let to = self.register(dest, at)?;
            self.emit(at, Op::BuildMap, to, Reg::temp(temps), first as u32);
            return Ok(to);
        }
        let map = self.new_temp(at)?;
        self.emit(at, Op::BuildMap, map, map, first as u32);
        let temps = self.unit.temps;
        for item in &node.items[first..] {
            match &item.key {
                Some(key) => {
                    let key = self.operand(key, &item.value)?;
                    let key = self.in_register(key, at)?;
                    let value = self.any(&item.value)?;
                    self.emit(at, Op::MapInsert, map, key, value);
                }
                None => {
                    let other = self.any(&item.value)?;
                    self.emit(at, Op::MapUpdate, map, other, 0);
                }
            }
            self.unit.temps = temps;
        }
        self.deliver(Val::Reg(map), dest, at)
    }

    // ---- f-strings ----

    pub(super) fn f_string(&mut self, node: &'t ast::ExprFString, dest: Dest) -> Result<Reg, Fault> {
        let at = node.range;
        let mut pieces = Pieces::new(self.unit.temps);
        for part in &node.value {
            match part {
                FStringPart::Literal(literal) => {
                    let value = self.string(&ast::StringLiteralValue::single(literal.clone()));
                    pieces.literal(value);
                }
                FStringPart::FString(inner) => {
                    let raw = matches!(inner.flags.prefix(), ast::str_prefix::FStringPrefix::Raw { .. });
                    for element in &inner.elements {
                        self.piece(&mut pieces, element, raw, at)?;
                    }
                }
            }
        }
        self.join(pieces, at, dest)
    }

    /// One element of an f-string or of a format specification.
    fn piece(
        &mut self,
        pieces: &mut Pieces,
        element: &'t InterpolatedStringElement,
        raw: bool,
        at: TextRange,
    ) -> Result<(), Fault> {
        match element {
            InterpolatedStringElement::Literal(literal) => {
                let source = self.source(literal.range);
                pieces.literal(if !raw && may_hold_surrogates(&literal.value, source) {
                    text(code_points(source, &literal.value, true))
                } else {
                    Const::Str(literal.value.clone())
                });
            }
            InterpolatedStringElement::Interpolation(field) => {
                if let Some(debug) = &field.debug_text {
                    pieces.literal(Const::Str(debug.as_str().into()));
                }
                self.flush(pieces, at)?;
                self.field(field, raw, at)?;
                pieces.count += 1;
                self.fold_pieces(pieces, at)?;
            }
        }
        Ok(())
    }

    /// A replacement field, formatted in the next temporary.
    fn field(&mut self, field: &'t ast::InterpolatedElement, raw: bool, at: TextRange) -> Result<(), Fault> {
        let temps = self.unit.temps;
        let conversion = match field.conversion {
            ConversionFlag::Str => 1,
            ConversionFlag::Repr => 2,
            ConversionFlag::Ascii => 3,
            // `f"{x=}"` shows the repr.
            ConversionFlag::None if field.debug_text.is_some() && field.format_spec.is_none() => 2,
            ConversionFlag::None => 0,
        };
        let mut value = self.any(&field.expression)?;
        if conversion != 0 {
            self.unit.temps = temps;
            let converted = self.new_temp(at)?;
            self.emit(at, Op::Convert, converted, value, conversion);
            value = converted;
        }
        let Some(spec) = &field.format_spec else {
            if conversion == 0 {
                self.unit.temps = temps;
                let to = self.new_temp(at)?;
                self.emit(at, Op::FormatPlain, to, value, 0);
            }
            return Ok(());
        };
        if self.is_walrus_target(value) {
            let copy = self.new_temp(at)?;
            self.emit(at, Op::Move, copy, value, 0);
            value = copy;
        }
        let mut pieces = Pieces::new(self.unit.temps);
        for element in &spec.elements {
            self.piece(&mut pieces, element, raw, at)?;
        }
        let spec = self.join(pieces, at, Dest::Temp)?;
        self.unit.temps = temps;
        let to = self.new_temp(at)?;
        self.emit(at, Op::Format, to, value, spec);
        Ok(())
    }

    /// Loads the literal text that has come up, if any.
    fn flush(&mut self, pieces: &mut Pieces, at: TextRange) -> Result<(), Fault> {
        if let Some(literal) = pieces.take_literal() {
            self.load(literal, Dest::Temp, at)?;
            pieces.count += 1;
            self.fold_pieces(pieces, at)?;
        }
        Ok(())
    }

    /// Joins what there is when temporaries run short.
    fn fold_pieces(&mut self, pieces: &mut Pieces, at: TextRange) -> Result<(), Fault> {
        if pieces.count > 1 && pieces.count >= self.run_limit() {
            self.unit.temps = pieces.first;
            let to = self.new_temp(at)?;
            self.emit(at, Op::BuildString, to, to, pieces.count as u32);
            pieces.count = 1;
        }
        Ok(())
    }

    fn join(&mut self, mut pieces: Pieces, at: TextRange, dest: Dest) -> Result<Reg, Fault> {
        if pieces.count == 0 {
            let literal = pieces.take_literal().unwrap_or(Const::Str("".into()));
            return self.load(literal, dest, at);
        }
        self.flush(&mut pieces, at)?;
        let first = Reg::temp(pieces.first);
        if pieces.count == 1 {
            return self.deliver(Val::Reg(first), dest, at);
        }
        self.unit.temps = pieces.first;
        let to = self.register(dest, at)?;
        self.emit(at, Op::BuildString, to, first, pieces.count as u32);
        Ok(to)
    }
}

/// The pieces of an f-string so far: some in temporaries, and literal text that follows them.
struct Pieces {
    /// Number of the first temporary.
    first: usize,
    count: usize,
    pending: Vec<Const>,
}

impl Pieces {
    fn new(first: usize) -> Pieces {
        Pieces { first, count: 0, pending: Vec::new() }
    }

    fn literal(&mut self, value: Const) {
        if !matches!(&value, Const::Str(text) if text.is_empty()) {
            self.pending.push(value);
        }
    }

    /// The literal text that has come up, as one constant.
    fn take_literal(&mut self) -> Option<Const> {
        let parts = std::mem::take(&mut self.pending);
        if parts.iter().all(|part| matches!(part, Const::Str(_))) {
            let joined: String =
                parts.iter().map(|part| if let Const::Str(text) = part { text } else { "" }).collect();
            return (!joined.is_empty()).then(|| Const::Str(joined.into()));
        }
        Some(text(parts.iter().flat_map(points).collect()))
    }
}

/// The code points of a string constant.
fn points(value: &Const) -> impl Iterator<Item = u32> + '_ {
    let (narrow, wide): (&str, &[u32]) = match value {
        Const::Str(text) => (text, &[]),
        Const::Wide(points) => ("", points),
        _ => ("", &[]),
    };
    narrow.chars().map(u32::from).chain(wide.iter().copied())
}
