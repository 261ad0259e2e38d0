//! Which locals are certainly bound at each `CheckLocal`: those checks go.
//!
//! A forward dataflow over the instructions, exception edges included. The code generator writes a check before every
//! read of a local; in ordinary code hardly any stay.

use super::assemble::Flow;
use super::ir::{Ins, Reg};
use super::unit::Unit;
use crate::bytecode::{Kind, Op};

/// A set of locals.
type Set = [u64; 4];

const ALL: Set = [u64::MAX; 4];

fn add(set: &mut Set, local: usize) {
    if let Some(word) = set.get_mut(local / 64) {
        *word |= 1 << (local % 64);
    }
}

fn remove(set: &mut Set, local: usize) {
    if let Some(word) = set.get_mut(local / 64) {
        *word &= !(1 << (local % 64));
    }
}

fn has(set: &Set, local: usize) -> bool {
    set.get(local / 64).is_some_and(|word| word >> (local % 64) & 1 != 0)
}

/// Intersects `into` with `from`; whether that changed it.
fn meet(into: &mut Set, from: &Set) -> bool {
    let before = *into;
    for (into, from) in into.iter_mut().zip(from) {
        *into &= from;
    }
    *into != before
}

/// Removes the checks of locals that are certainly bound from what `flow` keeps.
pub(super) fn remove_checks(unit: &Unit<'_>, flow: &mut Flow) {
    let is_check = |index: &usize| flow.live[*index] && unit.code[*index].op == Op::CheckLocal;
    if !(0..unit.code.len()).any(|index| is_check(&index)) {
        return;
    }
    // The state at entry of each instruction that control can jump to.
    let mut at_entry: Vec<Option<Set>> = vec![None; unit.code.len() + 1];
    for index in (0..unit.code.len()).filter(|index| flow.live[*index]) {
        if let Some(to) = flow.jump_target(unit, index) {
            at_entry[to] = Some(ALL);
        }
        if let Some(to) = flow.handler_target(unit, index) {
            at_entry[to] = Some(ALL);
        }
    }
    let mut parameters = Set::default();
    (0..unit.params.count()).for_each(|local| add(&mut parameters, local));
    let mut changed = true;
    while changed {
        changed = false;
        let mut state = Some(parameters);
        for index in 0..unit.code.len() {
            if !flow.live[index] {
                continue;
            }
            if let Some(entry) = &mut at_entry[index] {
                if let Some(state) = &state {
                    changed |= meet(entry, state);
                }
                state = Some(*entry);
            }
            let Some(current) = &mut state else { continue };
            if let Some(to) = flow.handler_target(unit, index) {
                if let Some(entry) = &mut at_entry[to] {
                    changed |= meet(entry, current);
                }
            }
            let ins = &unit.code[index];
            let before = *current;
            step(ins, current);
            if let Some(to) = flow.jump_target(unit, index) {
                // `ForIter` writes only when it does not jump.
                let out = if ins.op == Op::ForIter { before } else { *current };
                if let Some(entry) = &mut at_entry[to] {
                    changed |= meet(entry, &out);
                }
            }
            if ins.op == Op::ForLoop {
                // And this one only when it does.
                *current = before;
            }
            if flow.ends(ins.op) {
                state = None;
            }
        }
    }
    drop_bound(unit, flow, &at_entry, parameters);
}

/// One more pass with the final states: checks of bound locals are no longer live.
fn drop_bound(unit: &Unit<'_>, flow: &mut Flow, at_entry: &[Option<Set>], parameters: Set) {
    let mut state = parameters;
    for (index, (ins, entry)) in unit.code.iter().zip(at_entry).enumerate() {
        if !flow.live[index] {
            continue;
        }
        if let Some(entry) = entry {
            state = *entry;
        }
        if ins.op == Op::CheckLocal && Reg::local_in(ins.args[0]).is_some_and(|local| has(&state, local)) {
            flow.live[index] = false;
        }
        if ins.op != Op::ForLoop {
            step(ins, &mut state);
        }
    }
}

/// What an instruction does to the set.
fn step(ins: &Ins, set: &mut Set) {
    let Some(local) = Reg::local_in(ins.args[0]) else { return write_others(ins, set) };
    match ins.op {
        Op::Clear | Op::DeleteLocal => remove(set, local),
        Op::CheckLocal => add(set, local),
        _ => write_others(ins, set),
    }
}

fn write_others(ins: &Ins, set: &mut Set) {
    if matches!(ins.op, Op::Clear | Op::DeleteLocal) {
        return;
    }
    for (kind, raw) in ins.op.format().operands.iter().zip(ins.args) {
        if *kind == Kind::Write {
            if let Some(local) = Reg::local_in(raw) {
                add(set, local);
            }
        }
    }
}
