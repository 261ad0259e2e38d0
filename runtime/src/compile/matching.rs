//! `match` statements.
//!
//! The subject and every part of it that is looked at twice or captured are in hidden locals, so that a failing pattern
//! has no temporaries to give up: it just jumps. Names are bound when the whole pattern has matched.

use super::ir::{Arg, Label, Reg};
use super::unit::{Compiler, Dest, Done, Val};
use crate::bytecode::{Const, Op};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, Expr, IrrefutablePatternKind, Pattern, Singleton};
use ruff_text_size::{Ranged, TextRange};
use std::collections::HashSet;

/// The names that a pattern binds, with the registers that hold their values.
type Captures<'t> = Vec<(&'t str, Reg)>;

impl<'t> Compiler<'t> {
    pub(super) fn match_statement(&mut self, node: &'t ast::StmtMatch) -> Done {
        let at = node.subject.range();
        let subject = self.hold(&node.subject)?;
        let end = self.label();
        let base = self.unit.hidden;
        for (index, case) in node.cases.iter().enumerate() {
            let is_last = index + 1 == node.cases.len();
            if !is_last && case.guard.is_none() {
                check_reachable(&case.pattern)?;
            }
            let fails = self.label();
            let mut captures = Vec::new();
            self.pattern(&case.pattern, subject, fails, &mut captures)?;
            for (name, value) in &captures {
                self.store_name(name, *value, case.pattern.range())?;
            }
            if let Some(guard) = &case.guard {
                self.condition(guard, fails, false)?;
            }
            let used = self.unit.hidden;
            self.clear_hidden(base - 1, used, at);
            self.unit.hidden = base;
            self.body(&case.body)?;
            self.jump(case.body.last().map_or(at, |stmt| stmt.range()), end);
            self.bind(fails);
            self.clear_hidden(base, used, at);
        }
        self.emit(at, Op::Clear, subject, 0, 0);
        self.bind(end);
        self.unit.hidden -= 1;
        Ok(())
    }

    fn clear_hidden(&mut self, from: usize, to: usize, at: TextRange) {
        for number in from..to {
            self.emit(at, Op::Clear, Reg::hidden(number), 0, 0);
        }
    }

    /// Matches the subject in a register, or jumps to `fails`.
    fn pattern(
        &mut self,
        pattern: &'t Pattern,
        subject: Reg,
        fails: Label,
        captures: &mut Captures<'t>,
    ) -> Done {
        let at = pattern.range();
        match pattern {
            Pattern::MatchValue(node) => self.match_value(&node.value, subject, fails),
            Pattern::MatchSingleton(node) => {
                let value = match node.value {
                    Singleton::None => {
                        self.emit_jump(at, Op::JumpIfNone, subject, 0, 0, fails);
                        return Ok(());
                    }
                    Singleton::True => Const::Bool(true),
                    Singleton::False => Const::Bool(false),
                };
                let value = self.load(value, Dest::Temp, at)?;
                self.emit(at, Op::Is, value, subject, value);
                self.emit_jump(at, Op::JumpIfFalse, value, 0, 0, fails);
                self.unit.temps = 0;
                Ok(())
            }
            Pattern::MatchSequence(node) => self.match_sequence(&node.patterns, subject, fails, captures, at),
            Pattern::MatchMapping(node) => self.match_mapping(node, subject, fails, captures),
            Pattern::MatchClass(node) => self.match_class(node, subject, fails, captures),
            Pattern::MatchStar(node) => capture(captures, node.name.as_ref(), subject, at),
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.pattern(inner, subject, fails, captures)?;
                }
                capture(captures, node.name.as_ref(), subject, at)
            }
            Pattern::MatchOr(node) => self.match_or(node, subject, fails, captures),
        }
    }

    fn match_value(&mut self, value: &'t Expr, subject: Reg, fails: Label) -> Done {
        let at = value.range();
        if value.is_f_string_expr() {
            return Err(Fault::new("patterns may only match literals and attribute lookups", at));
        }
        let folded = self.folded(value)?;
        if let Some(constant @ (Const::Int(_) | Const::Float(_) | Const::Str(_))) = &folded {
            if let Some(id) = self.unit.constants.short_id(constant) {
                self.emit_jump(at, Op::JumpEqK, subject, Arg(id), 0, fails);
                return Ok(());
            }
        }
        let value = self.any(value)?;
        self.emit_jump(at, Op::JumpEq, subject, value, 0, fails);
        self.unit.temps = 0;
        Ok(())
    }

    /// Jumps to `fails` unless the subject is of a kind (0 sequence, 1 mapping).
    fn check_kind(&mut self, subject: Reg, kind: u32, fails: Label, at: TextRange) -> Done {
        let outcome = self.new_temp(at)?;
        self.emit(at, Op::MatchKind, outcome, subject, kind);
        self.emit_jump(at, Op::JumpIfFalse, outcome, 0, 0, fails);
        self.unit.temps -= 1;
        Ok(())
    }

    /// Jumps to `fails` unless the subject's length is `length`, or at least that.
    fn check_length(
        &mut self,
        subject: Reg,
        length: usize,
        exact: bool,
        fails: Label,
        at: TextRange,
    ) -> Done {
        let actual = self.new_temp(at)?;
        self.emit(at, Op::GetLen, actual, subject, 0);
        let wanted = Const::Int(length as i64);
        match self.unit.constants.short_id(&wanted) {
            Some(id) => {
                let op = if exact { Op::JumpNeK } else { Op::JumpLtK };
                self.emit_jump(at, op, actual, Arg(id), 1, fails);
            }
            None => {
                let wanted = self.load(wanted, Dest::Temp, at)?;
                let op = if exact { Op::JumpNe } else { Op::JumpLt };
                self.emit_jump(at, op, actual, wanted, 1, fails);
            }
        }
        self.unit.temps = 0;
        Ok(())
    }

    fn match_sequence(
        &mut self,
        patterns: &'t [Pattern],
        subject: Reg,
        fails: Label,
        captures: &mut Captures<'t>,
        at: TextRange,
    ) -> Done {
        let mut stars = patterns.iter().enumerate().filter(|(_, pattern)| pattern.is_match_star());
        let star = stars.next().map(|(index, _)| index);
        if stars.next().is_some() {
            return Err(Fault::new("multiple starred names in sequence pattern", at));
        }
        self.check_kind(subject, 0, fails, at)?;
        let fixed = patterns.len() - usize::from(star.is_some());
        if star.is_none() || fixed > 0 {
            self.check_length(subject, fixed, star.is_none(), fails, at)?;
        }
        if patterns.iter().all(is_ignored) {
            return Ok(());
        }
        if let Some(star) = star.filter(|star| is_ignored(&patterns[*star])) {
            return self.match_indexed(patterns, star, subject, fails, captures, at);
        }
        let run = self.items(patterns.len(), at)?;
        let after = star.map(|star| (patterns.len() - star - 1) as u32);
        match (star, after) {
            (Some(before), Some(after)) => {
                self.emit_ext(at, Op::UnpackStar, run, subject, before as u32, after)
            }
            _ => self.emit(at, Op::Unpack, run, subject, patterns.len() as u32),
        };
        self.match_items(patterns.iter(), run, fails, captures)
    }

    /// Matches items before and after `*_` by their index: the sequence is not iterated over.
    fn match_indexed(
        &mut self,
        patterns: &'t [Pattern],
        star: usize,
        subject: Reg,
        fails: Label,
        captures: &mut Captures<'t>,
        at: TextRange,
    ) -> Done {
        for (index, pattern) in patterns.iter().enumerate().filter(|(_, pattern)| !is_ignored(pattern)) {
            let position = if index < star {
                Val::Const(Const::Int(index as i64))
            } else {
                let length = self.new_temp(at)?;
                self.emit(at, Op::GetLen, length, subject, 0);
                let from_end = Val::Const(Const::Int((patterns.len() - index) as i64));
                let sub = (Op::Sub, Some(Op::SubK));
                Val::Reg(self.operate(sub, (Val::Reg(length), from_end), 0, Dest::Any, at)?)
            };
            let item = self.new_hidden(at)?;
            let get = (Op::GetItem, Some(Op::GetItemK));
            self.operate(get, (Val::Reg(subject), position), 0, Dest::To(item), at)?;
            self.pattern(pattern, item, fails, captures)?;
        }
        Ok(())
    }

    /// Temporaries for so many items.
    fn items(&mut self, count: usize, at: TextRange) -> Result<Reg, Fault> {
        if count > 200 {
            return Err(Fault::new("too many sub-patterns in a pattern (the limit of Taipan is 200)", at));
        }
        let run = Reg::temp(self.unit.temps);
        for _ in 0..count {
            self.new_temp(at)?;
        }
        Ok(run)
    }

    /// Matches items in consecutive temporaries, which are moved away first.
    fn match_items(
        &mut self,
        patterns: impl Iterator<Item = &'t Pattern>,
        run: Reg,
        fails: Label,
        captures: &mut Captures<'t>,
    ) -> Done {
        let mut subjects = Vec::new();
        for (index, pattern) in patterns.enumerate() {
            let item = run.next(index);
            if is_ignored(pattern) {
                self.emit(pattern.range(), Op::Clear, item, 0, 0);
                continue;
            }
            let hidden = self.new_hidden(pattern.range())?;
            self.emit(pattern.range(), Op::Move, hidden, item, 0);
            subjects.push((pattern, hidden));
        }
        self.unit.temps = 0;
        for (pattern, subject) in subjects {
            self.pattern(pattern, subject, fails, captures)?;
        }
        Ok(())
    }

    fn match_mapping(
        &mut self,
        node: &'t ast::PatternMatchMapping,
        subject: Reg,
        fails: Label,
        captures: &mut Captures<'t>,
    ) -> Done {
        let at = node.range;
        self.check_kind(subject, 1, fails, at)?;
        let mut seen = HashSet::new();
        for key in &node.keys {
            let mut identity = Vec::new();
            if let Some(constant) = self.folded(key)? {
                super::ir::write_key(&equal_form(&constant), &mut identity);
                if !seen.insert(identity) {
                    let shown = crate::bytecode::dis::repr(&constant);
                    return Err(Fault::new(format!("mapping pattern checks duplicate key ({shown})"), at));
                }
            }
        }
        // Keys that are needed again for `**rest`.
        let mut keys = Vec::new();
        if !node.keys.is_empty() {
            self.check_length(subject, node.keys.len(), false, fails, at)?;
            let wanted = self.keys_tuple(node, &mut keys)?;
            let values = self.new_hidden(at)?;
            self.emit(at, Op::MatchKeys, values, subject, wanted);
            self.unit.temps = 0;
            self.emit_jump(at, Op::JumpIfNone, values, 1, 0, fails);
            let run = self.items(node.keys.len(), at)?;
            self.emit(at, Op::Unpack, run, values, node.keys.len() as u32);
            self.match_items(node.patterns.iter(), run, fails, captures)?;
        }
        let Some(rest) = &node.rest else { return Ok(()) };
        let map = self.new_hidden(at)?;
        self.emit(at, Op::BuildMap, map, Reg::temp(0), 0);
        self.new_temp(at)?;
        self.unit.temps = 0;
        self.emit(at, Op::MapUpdate, map, subject, 0);
        for (key, held) in node.keys.iter().zip(keys) {
            let key = match held {
                Some(held) => held,
                None => self.any(key)?,
            };
            self.emit(at, Op::DelItem, map, key, 0);
            self.unit.temps = 0;
        }
        capture(captures, Some(rest), map, at)
    }

    /// The tuple of a mapping pattern's keys in a temporary. Those that are no constants and are needed again, for
    /// `**rest`, are kept in hidden locals.
    fn keys_tuple(
        &mut self,
        node: &'t ast::PatternMatchMapping,
        keys: &mut Vec<Option<Reg>>,
    ) -> Result<Reg, Fault> {
        let at = node.range;
        if let Some(constants) = self.constants(&node.keys)? {
            keys.resize(node.keys.len(), None);
            return self.load(Const::Tuple(constants.into()), Dest::Temp, at);
        }
        let run = self.items(node.keys.len(), at)?;
        for (index, key) in node.keys.iter().enumerate() {
            match self.folded(key)? {
                None if node.rest.is_some() => {
                    let hidden = self.hold(key)?;
                    self.emit(at, Op::Move, run.next(index), hidden, 0);
                    keys.push(Some(hidden));
                }
                _ => {
                    self.expr(key, Dest::To(run.next(index)))?;
                    keys.push(None);
                }
            }
        }
        self.emit(at, Op::BuildTuple, run, run, node.keys.len() as u32);
        Ok(run)
    }

    fn match_class(
        &mut self,
        node: &'t ast::PatternMatchClass,
        subject: Reg,
        fails: Label,
        captures: &mut Captures<'t>,
    ) -> Done {
        let at = node.range;
        let (patterns, keywords) = (&node.arguments.patterns, &node.arguments.keywords);
        let mut seen = HashSet::new();
        for keyword in keywords {
            if !seen.insert(keyword.attr.as_str()) {
                let message = format!("attribute name repeated in class pattern: {}", keyword.attr);
                return Err(Fault::new(message, keyword.range));
            }
        }
        let mut shape = vec![Const::Int(patterns.len() as i64)];
        shape.extend(keywords.iter().map(|keyword| Const::Str(self.mangled(&keyword.attr))));
        let class = self.any(&node.cls)?;
        let values = self.new_hidden(at)?;
        self.emit_const(at, Op::MatchClass, values, subject, class, Const::Tuple(shape.into()));
        self.unit.temps = 0;
        self.emit_jump(at, Op::JumpIfNone, values, 1, 0, fails);
        let count = patterns.len() + keywords.len();
        if count == 0 {
            return Ok(());
        }
        let run = self.items(count, at)?;
        self.emit(at, Op::Unpack, run, values, count as u32);
        let all = patterns.iter().chain(keywords.iter().map(|keyword| &keyword.pattern));
        self.match_items(all, run, fails, captures)
    }

    fn match_or(
        &mut self,
        node: &'t ast::PatternMatchOr,
        subject: Reg,
        fails: Label,
        captures: &mut Captures<'t>,
    ) -> Done {
        let at = node.range;
        let done = self.label();
        let mut common: Option<Captures<'t>> = None;
        for (index, alternative) in node.patterns.iter().enumerate() {
            let is_last = index + 1 == node.patterns.len();
            if !is_last {
                check_reachable(alternative)?;
            }
            let next = if is_last { fails } else { self.label() };
            let mut own = Vec::new();
            self.pattern(alternative, subject, next, &mut own)?;
            match &common {
                None => {
                    // The first alternative says which names there are; their values get registers of their own.
                    let mut shared = Vec::new();
                    for (name, value) in &own {
                        let hidden = self.new_hidden(at)?;
                        self.emit(at, Op::Move, hidden, *value, 0);
                        shared.push((*name, hidden));
                    }
                    common = Some(shared);
                }
                Some(shared) => {
                    let names =
                        |list: &Captures<'t>| list.iter().map(|(name, _)| *name).collect::<HashSet<_>>();
                    if names(shared) != names(&own) {
                        return Err(Fault::new("alternative patterns bind different names", at));
                    }
                    for (name, hidden) in shared.clone() {
                        if let Some((_, value)) = own.iter().find(|(other, _)| *other == name) {
                            self.emit(at, Op::Move, hidden, *value, 0);
                        }
                    }
                }
            }
            if !is_last {
                self.jump(at, done);
                self.bind(next);
            }
        }
        self.bind(done);
        for (name, value) in common.unwrap_or_default() {
            add(captures, name, value, at)?;
        }
        Ok(())
    }
}

/// A constant that stands for all that compare equal: `0`, `0.0` and `False` are the same key.
fn equal_form(value: &Const) -> Const {
    match value {
        Const::Bool(value) => Const::Int(i64::from(*value)),
        Const::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => Const::Int(*value as i64),
        Const::Imaginary(value) if *value == 0.0 => Const::Int(0),
        value => value.clone(),
    }
}

/// Whether a sub-pattern matches everything and binds nothing.
fn is_ignored(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::MatchAs(node) => node.pattern.is_none() && node.name.is_none(),
        Pattern::MatchStar(node) => node.name.is_none(),
        _ => false,
    }
}

fn capture<'t>(
    captures: &mut Captures<'t>,
    name: Option<&'t ast::Identifier>,
    value: Reg,
    at: TextRange,
) -> Done {
    name.map_or(Ok(()), |name| add(captures, name.as_str(), value, at))
}

fn add<'t>(captures: &mut Captures<'t>, name: &'t str, value: Reg, at: TextRange) -> Done {
    if captures.iter().any(|(other, _)| *other == name) {
        return Err(Fault::new(format!("multiple assignments to name '{name}' in pattern"), at));
    }
    captures.push((name, value));
    Ok(())
}

/// Refuses a pattern that matches everything and yet is followed by others.
fn check_reachable(pattern: &Pattern) -> Done {
    let Some(irrefutable) = pattern.irrefutable_pattern() else { return Ok(()) };
    let what = match &irrefutable.kind {
        IrrefutablePatternKind::Name(name) => format!("name capture '{name}'"),
        IrrefutablePatternKind::Wildcard => "wildcard".to_owned(),
    };
    Err(Fault::new(format!("{what} makes remaining patterns unreachable"), irrefutable.range))
}
