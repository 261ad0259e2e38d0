//! From the intermediate form to a [`CodeUnit`]: jumps are threaded, what is never reached goes, registers get their
//! numbers, constants their order, and everything is checked against the limits of the encoding.

use super::definite;
use super::ir::{Ins, Reg, UNBOUND};
use super::unit::{nowhere, Unit, MAX_REGISTERS};
use crate::bytecode::{CodeUnit, Ext, Handler, Instr, Kind, Op, Position};
use crate::syntax::{ErrorKind, Fault, Lines};
use ruff_text_size::TextRange;
use std::collections::HashMap;

/// From so many inline caches on, instructions share them.
const SHARED_FROM: u16 = 0x8000;

/// What is known of the control flow of a unit under assembly.
pub(super) struct Flow {
    /// Which instructions are kept.
    pub(super) live: Vec<bool>,
}

impl Flow {
    /// Whether control never goes on behind an instruction.
    pub(super) fn ends(&self, op: Op) -> bool {
        matches!(
            op,
            Op::Jump
                | Op::Loop
                | Op::Return
                | Op::ReturnNone
                | Op::Raise
                | Op::RaiseFrom
                | Op::Reraise
                | Op::RaiseCurrent
        )
    }

    /// The instruction that another may jump to.
    pub(super) fn jump_target(&self, unit: &Unit<'_>, index: usize) -> Option<usize> {
        let ins = &unit.code[index];
        is_jump(ins.op).then(|| unit.labels[ins.ext as usize] as usize)
    }

    /// The instruction where exceptions of another go.
    pub(super) fn handler_target(&self, unit: &Unit<'_>, index: usize) -> Option<usize> {
        let handler = unit.code[index].handler;
        let target = unit.targets.get((handler as usize).checked_sub(1)?)?;
        Some(unit.labels[target.label.0 as usize] as usize)
    }
}

fn is_jump(op: Op) -> bool {
    op.format().ext == Ext::Jump || matches!(op, Op::Jump | Op::Loop)
}

fn too_large(what: &str, name: &str, at: TextRange) -> Fault {
    Fault::new(format!("too many {what} in '{name}'"), at).of_kind(ErrorKind::Overflow)
}

/// Finishes a unit.
pub(super) fn finish(
    mut unit: Unit<'_>,
    lines: &Lines<'_>,
    filename: &str,
    at: TextRange,
) -> Result<CodeUnit, Fault> {
    if unit.labels.contains(&UNBOUND) {
        let used = unit.code.iter().any(|ins| is_jump(ins.op) && unit.labels[ins.ext as usize] == UNBOUND);
        if used {
            return Err(Fault::new("internal error: a label was never bound", at));
        }
    }
    let locals = unit.local_names.len();
    let registers = locals + unit.max_hidden + unit.max_temps;
    if registers > MAX_REGISTERS {
        let message = format!(
            "too many local variables in '{}': {locals}, and {} registers for values (the limit is {MAX_REGISTERS})",
            unit.name,
            registers - locals
        );
        return Err(Fault::new(message, at));
    }
    thread_jumps(&mut unit);
    fuse_loops(&mut unit);
    let mut flow = Flow { live: reachable(&unit) };
    definite::remove_checks(&unit, &mut flow);
    invert_jumps(&mut unit, &mut flow);
    remove_idle_jumps(&unit, &mut flow);
    let constants = order_constants(&unit, &flow, at)?;
    let mut layout = Layout::new(&unit, &flow);
    layout.encode(&unit, &flow, &constants, at)?;
    let handlers = layout.handlers(&unit, &flow);
    let positions = layout.positions(&unit, &flow, lines);
    if unit.names.items.len() > 1 << 16 {
        return Err(too_large("names", &unit.name, at));
    }
    Ok(CodeUnit {
        name: unit.name,
        qualname: unit.qualname,
        filename: filename.into(),
        first_line: unit.first_line,
        params: unit.params,
        registers: registers as u16,
        first_temp: (locals + unit.max_hidden) as u16,
        cell_registers: unit.cells.iter().map(|reg| number(*reg, locals)).collect(),
        free_registers: unit.frees.iter().map(|reg| number(*reg, locals)).collect(),
        local_names: unit.local_names,
        words: layout.words,
        constants: unit.constants.take(&constants.order),
        names: unit.names.items,
        caches: layout.caches,
        handlers,
        positions,
        doc: unit.doc,
        flags: unit.flags,
        attribute_hint: unit.attribute_hint,
    })
}

fn number(reg: Reg, locals: usize) -> u8 {
    Reg::number(super::ir::Arg::from(reg).0, locals, 0) as u8
}

/// The jump back at the end of a `for` loop fetches the next item itself, when the loop ends right behind it.
fn fuse_loops(unit: &mut Unit<'_>) {
    for index in 0..unit.code.len() {
        let back = unit.code[index];
        if back.op != Op::Loop {
            continue;
        }
        let top = unit.labels[back.ext as usize] as usize;
        let Some(next) = unit.code.get(top).copied() else { continue };
        let ends_here = next.op == Op::ForIter && unit.labels[next.ext as usize] as usize == index + 1;
        if ends_here && next.handler == back.handler {
            unit.labels.push(top as u32 + 1);
            let body = unit.labels.len() as u32 - 1;
            unit.code[index] = Ins { op: Op::ForLoop, args: next.args, ext: body, ..back };
        }
    }
}

/// Jumps to jumps go to their ends.
fn thread_jumps(unit: &mut Unit<'_>) {
    for index in 0..unit.code.len() {
        if !is_jump(unit.code[index].op) || unit.code[index].op == Op::Loop {
            continue;
        }
        let mut label = unit.code[index].ext;
        for _ in 0..16 {
            let Some(next) = unit.code.get(unit.labels[label as usize] as usize).copied() else { break };
            if next.op == Op::Jump && next.ext != label {
                label = next.ext;
                continue;
            }
            let plain = unit.code[index].op == Op::Jump;
            if plain && next.op == Op::Loop && next.handler == unit.code[index].handler {
                unit.code[index].op = Op::Loop;
                label = next.ext;
            } else if plain && next.op == Op::ReturnNone {
                unit.code[index] = Ins { handler: unit.code[index].handler, ..next };
                label = 0;
            }
            break;
        }
        if is_jump(unit.code[index].op) {
            unit.code[index].ext = label;
        }
    }
}

/// Which instructions control can reach.
fn reachable(unit: &Unit<'_>) -> Vec<bool> {
    let flow = Flow { live: Vec::new() };
    let mut live = vec![false; unit.code.len()];
    let mut pending = vec![0];
    while let Some(start) = pending.pop() {
        let mut index = start;
        while index < live.len() && !live[index] {
            live[index] = true;
            pending.extend(flow.jump_target(unit, index));
            pending.extend(flow.handler_target(unit, index));
            if flow.ends(unit.code[index].op) {
                break;
            }
            index += 1;
        }
    }
    live
}

/// A conditional jump over a jump becomes the opposite conditional jump to where that goes.
fn invert_jumps(unit: &mut Unit<'_>, flow: &mut Flow) {
    let mut targeted = vec![false; unit.code.len() + 1];
    for index in (0..unit.code.len()).filter(|index| flow.live[*index]) {
        if let Some(to) = flow.jump_target(unit, index) {
            targeted[to] = true;
        }
    }
    let count = unit.code.len();
    let next = |flow: &Flow, from: usize| (from..count).find(|index| flow.live[*index]);
    for index in 0..count {
        let (op, args) = (unit.code[index].op, unit.code[index].args);
        let Some((op, args)) = opposite(op, args).filter(|_| flow.live[index]) else { continue };
        let Some(over) = next(flow, index + 1) else { continue };
        let behind = next(flow, over + 1);
        let target = flow.jump_target(unit, index).and_then(|to| next(flow, to));
        // A label anywhere between would lead to the jump that goes away.
        let is_entered = targeted[index + 1..=over].contains(&true);
        if unit.code[over].op == Op::Jump && !is_entered && target.is_some() && target == behind {
            let label = unit.code[over].ext;
            unit.code[index] = Ins { op, args, ext: label, ..unit.code[index] };
            flow.live[over] = false;
        }
    }
}

/// The conditional jump that jumps exactly when another does not.
fn opposite(op: Op, [a, b, c]: [u32; 3]) -> Option<(Op, [u32; 3])> {
    Some(match op {
        Op::JumpIfTrue => (Op::JumpIfFalse, [a, b, c]),
        Op::JumpIfFalse => (Op::JumpIfTrue, [a, b, c]),
        Op::JumpIfNone => (op, [a, 1 - b, c]),
        Op::JumpLt | Op::JumpLe | Op::JumpGt | Op::JumpGe | Op::JumpEq | Op::JumpNe => (op, [a, b, 1 - c]),
        Op::JumpLtK | Op::JumpLeK | Op::JumpGtK | Op::JumpGeK | Op::JumpEqK | Op::JumpNeK => {
            (op, [a, b, 1 - c])
        }
        _ => return None,
    })
}

/// Drops jumps to the next instruction.
fn remove_idle_jumps(unit: &Unit<'_>, flow: &mut Flow) {
    // From an instruction on, the first that is kept.
    let mut next = vec![unit.code.len(); unit.code.len() + 1];
    for index in (0..unit.code.len()).rev() {
        let target = flow.jump_target(unit, index);
        if unit.code[index].op == Op::Jump
            && target.is_some_and(|to| to > index && next[to] == next[index + 1])
        {
            flow.live[index] = false;
        }
        next[index] = if flow.live[index] { index } else { next[index + 1] };
    }
}

/// Where the constants go.
struct ConstantOrder {
    /// Old ids in new order.
    order: Vec<u32>,
    /// New index of each old id.
    index: Vec<u32>,
}

/// Keeps the constants that are used, those of 8-bit operands first.
fn order_constants(unit: &Unit<'_>, flow: &Flow, at: TextRange) -> Result<ConstantOrder, Fault> {
    let count = unit.constants.len();
    let mut used = vec![false; count];
    for (ins, _) in unit.code.iter().zip(&flow.live).filter(|(_, live)| **live) {
        let format = ins.op.format();
        for (kind, raw) in format.operands.iter().zip(ins.args) {
            if matches!(kind, Kind::Const | Kind::Const16) {
                used[raw as usize] = true;
            }
        }
        if format.ext == Ext::Const {
            used[ins.ext as usize] = true;
        }
    }
    let short = (0..count).filter(|id| used[*id] && unit.constants.is_short(*id));
    let long = (0..count).filter(|id| used[*id] && !unit.constants.is_short(*id));
    let order: Vec<u32> = short.chain(long).map(|id| id as u32).collect();
    if order.len() > 1 << 16 {
        return Err(too_large("constants", &unit.name, at));
    }
    let mut index = vec![0; count];
    for (new, old) in order.iter().enumerate() {
        index[*old as usize] = new as u32;
    }
    Ok(ConstantOrder { order, index })
}

/// The words of a unit as they are laid out.
struct Layout {
    /// Word offset of each instruction; of the next one that is kept, for those that are not.
    offsets: Vec<u32>,
    words: Vec<u32>,
    caches: u16,
    /// Inline caches that several instructions use, by opcode and name.
    shared: HashMap<(Op, u32), u16>,
}

impl Layout {
    fn new(unit: &Unit<'_>, flow: &Flow) -> Layout {
        let mut offsets = Vec::with_capacity(unit.code.len() + 1);
        let mut offset = 0;
        for (ins, live) in unit.code.iter().zip(&flow.live) {
            offsets.push(offset);
            offset += if *live { ins.op.width() as u32 } else { 0 };
        }
        offsets.push(offset);
        Layout { offsets, words: Vec::with_capacity(offset as usize), caches: 0, shared: HashMap::new() }
    }

    fn encode(
        &mut self,
        unit: &Unit<'_>,
        flow: &Flow,
        constants: &ConstantOrder,
        at: TextRange,
    ) -> Result<(), Fault> {
        for (index, ins) in unit.code.iter().enumerate().filter(|(index, _)| flow.live[*index]) {
            let format = ins.op.format();
            let distance = match flow.jump_target(unit, index) {
                Some(to) => self.offsets[to] as i64 - self.offsets[index] as i64 - ins.op.width() as i64,
                None => 0,
            };
            let distance = i32::try_from(distance).map_err(|_| too_large("instructions", &unit.name, at))?;
            let word = match format.operands {
                [Kind::Jump24, ..] => {
                    Instr::jump(ins.op, distance).ok_or_else(|| too_large("instructions", &unit.name, at))?
                }
                operands => encode_operands(unit, ins, operands, constants, at)?,
            };
            self.words.push(word.0);
            let ext = match format.ext {
                Ext::None => continue,
                Ext::Jump => distance as u32,
                Ext::Const => constants.index[ins.ext as usize],
                Ext::Imm => ins.ext,
                Ext::Name => {
                    if ins.ext > 0xffff {
                        return Err(too_large("names", &unit.name, at));
                    }
                    let cache = self.cache(ins).ok_or_else(|| too_large("uses of names", &unit.name, at))?;
                    ins.ext | u32::from(cache) << 16
                }
            };
            self.words.push(ext);
        }
        Ok(())
    }

    /// The inline cache of an instruction: one for each global, one for each use of an attribute. A unit with very
    /// many uses shares them between equal ones.
    fn cache(&mut self, ins: &Ins) -> Option<u16> {
        let shares = ins.op == Op::LoadGlobal || self.caches >= SHARED_FROM;
        if shares {
            if let Some(cache) = self.shared.get(&(ins.op, ins.ext)) {
                return Some(*cache);
            }
        }
        let cache = self.caches;
        self.caches = self.caches.checked_add(1)?;
        if shares {
            self.shared.insert((ins.op, ins.ext), cache);
        }
        Some(cache)
    }

    /// The exception table: runs of instructions with the same handler.
    fn handlers(&self, unit: &Unit<'_>, flow: &Flow) -> Vec<Handler> {
        let mut rows: Vec<Handler> = Vec::new();
        let mut last = 0;
        for (index, ins) in unit.code.iter().enumerate().filter(|(index, _)| flow.live[*index]) {
            let (start, end) = (self.offsets[index], self.offsets[index] + ins.op.width() as u32);
            if ins.handler != 0 {
                if let (true, Some(row)) = (last == ins.handler, rows.last_mut()) {
                    row.end = end;
                } else {
                    let target = unit.targets[ins.handler as usize - 1];
                    let depth = (unit.local_names.len() + target.depth) as u8;
                    let to = self.offsets[unit.labels[target.label.0 as usize] as usize];
                    rows.push(Handler { start, end, target: to, depth });
                }
            }
            last = ins.handler;
        }
        rows
    }

    fn positions(&self, unit: &Unit<'_>, flow: &Flow, lines: &Lines<'_>) -> Vec<Position> {
        let mut rows: Vec<Position> = Vec::new();
        let mut last = None;
        for (index, ins) in unit.code.iter().enumerate().filter(|(index, _)| flow.live[*index]) {
            if last == Some(ins.at) {
                continue;
            }
            last = Some(ins.at);
            if ins.at == nowhere() {
                rows.push(Position { pc: self.offsets[index], ..Position::default() });
                continue;
            }
            let (line, column) = lines.locate(ins.at.start());
            let (end_line, end_column) = lines.locate(ins.at.end());
            rows.push(Position { pc: self.offsets[index], line, end_line, column, end_column });
        }
        rows
    }
}

fn encode_operands(
    unit: &Unit<'_>,
    ins: &Ins,
    operands: [Kind; 3],
    constants: &ConstantOrder,
    at: TextRange,
) -> Result<Instr, Fault> {
    let mut fields = [0u32; 3];
    let mut wide = None;
    for ((kind, raw), field) in operands.iter().zip(ins.args).zip(&mut fields) {
        match kind {
            Kind::None | Kind::Jump24 => {}
            Kind::Const => *field = constants.index[raw as usize],
            Kind::Imm => *field = raw,
            Kind::Const16 => wide = Some(constants.index[raw as usize]),
            Kind::Int16 | Kind::Imm16 => wide = Some(raw),
            Kind::Write | Kind::Read | Kind::Peek | Kind::ReadWrite | Kind::Run | Kind::WriteRun => {
                *field = Reg::number(raw, unit.local_names.len(), unit.max_hidden) as u32;
            }
        }
    }
    let byte = |field: u32| u8::try_from(field).map_err(|_| too_large("operands", &unit.name, at));
    if let Some(wide) = wide {
        let wide = u16::try_from(wide).map_err(|_| too_large("constants", &unit.name, at))?;
        return Ok(Instr::abx(ins.op, byte(fields[0])?, wide));
    }
    Ok(Instr::abc(ins.op, byte(fields[0])?, byte(fields[1])?, byte(fields[2])?))
}
