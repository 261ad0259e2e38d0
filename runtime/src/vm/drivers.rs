//! Drivers: what builtins do with a generator, as bytecode.
//!
//! `list(x for …)`, `any(…)`, `sum(…)` and their like step a generator again and again. A native would start a run of the loop for each item; a driver
//! is a function of a few instructions that steps it inside the loop. Programs never see a driver: it has no level in tracebacks, and natives don't
//! take it for their caller.

use super::calls::{put_at, room_for_one_more, shift, value_at};
use super::code::{load, new_function, FunctionParts};
use super::run::has_shape;
use super::step::retain;
use crate::bytecode::code::{Params, FLAG_COMPREHENSION, FLAG_DRIVER};
use crate::bytecode::{verify, CodeUnit, Driver, Instr, Op};
use crate::object::generator::SUSPENDED;
use crate::object::layout::{Class, Generator, Native};
use crate::object::raise::{raise, Raised};
use crate::object::{classes, dict, root as fixed_root, root_handle, shapes, tuple, Root};
use taipan_gc::{Cx, Local, Value};

// Registers: the callable that is driven for, the iterator, the result, the item. Temporaries follow.
const CALLEE: u8 = 0;
const ITER: u8 = 1;
const RESULT: u8 = 2;
const ITEM: u8 = 3;
const TEMP: u8 = 4;

/// `LoadImm`'s operands.
const TRUE: u8 = 1;
const FALSE: u8 = 2;

const fn one(op: Op, a: u8, b: u8, c: u8) -> u32 {
    Instr::abc(op, a, b, c).0
}

/// The second word of a jump at word `at` to word `to`.
const fn distance(at: i32, to: i32) -> u32 {
    (to - at - 2) as u32
}

/// Gathers the items with `gather`; the loop ends at word 6.
fn gathering(start: u32, gather: u32, end: &[u32]) -> Vec<u32> {
    gathering_at(ITER, ITEM, start, gather, end)
}

fn gathering_at(iter: u8, item: u8, start: u32, gather: u32, end: &[u32]) -> Vec<u32> {
    let mut words = vec![
        start,
        one(Op::ForIter, item, iter, 0),
        distance(1, 6),
        gather,
        one(Op::ForLoop, item, iter, 0),
        distance(4, 3),
    ];
    words.extend_from_slice(end);
    words
}

/// `callee(self, list)`: all registers from the iterator on are one higher.
fn method() -> Vec<u32> {
    let (iter, result, item, temp) = (ITER + 1, RESULT + 1, ITEM + 1, TEMP + 1);
    let call = [
        one(Op::Move, temp, CALLEE, 0),
        one(Op::Move, temp + 1, ITER, 0),
        one(Op::Move, temp + 2, result, 0),
        one(Op::Call, temp, 2, temp),
        one(Op::Return, temp, 0, 0),
    ];
    let (list, append) = (one(Op::BuildList, result, temp, 0), one(Op::ListAppend, result, item, 0));
    gathering_at(iter, item, list, append, &call)
}

fn quantifier(stop: Op, found: u8, otherwise: u8) -> Vec<u32> {
    vec![
        one(Op::ForIter, ITEM, ITER, 0),
        distance(0, 6),
        one(stop, ITEM, 0, 0),
        distance(2, 8),
        one(Op::ForLoop, ITEM, ITER, 0),
        distance(4, 2),
        one(Op::LoadImm, RESULT, otherwise, 0),
        one(Op::Return, RESULT, 0, 0),
        one(Op::LoadImm, RESULT, found, 0),
        one(Op::Return, RESULT, 0, 0),
    ]
}

/// `min`, `max`; without items the callee gets `()`, to complain about.
fn extreme(better: Op) -> Vec<u32> {
    vec![
        one(Op::ForIter, ITEM, ITER, 0),
        distance(0, 10),
        one(Op::Move, RESULT, ITEM, 0),
        Op::Jump as u32 | 3 << 8,
        one(better, ITEM, RESULT, 0),
        distance(4, 7),
        one(Op::Move, RESULT, ITEM, 0),
        one(Op::ForLoop, ITEM, ITER, 0),
        distance(7, 4),
        one(Op::Return, RESULT, 0, 0),
        one(Op::Move, TEMP, CALLEE, 0),
        one(Op::BuildTuple, TEMP + 1, TEMP + 1, 0),
        one(Op::Call, TEMP, 1, TEMP),
        one(Op::Return, TEMP, 0, 0),
    ]
}

fn words(driver: Driver) -> Vec<u32> {
    let list = one(Op::BuildList, RESULT, TEMP, 0);
    let append = one(Op::ListAppend, RESULT, ITEM, 0);
    let done = one(Op::Return, RESULT, 0, 0);
    match driver {
        Driver::List => gathering(list, append, &[done]),
        Driver::Tuple => gathering(list, append, &[one(Op::ListToTuple, RESULT, RESULT, 0), done]),
        Driver::Set => {
            let (set, add) = (one(Op::BuildSet, RESULT, TEMP, 0), one(Op::SetAdd, RESULT, ITEM, 0));
            gathering(set, add, &[done])
        }
        Driver::Sum => gathering(one(Op::LoadInt, RESULT, 0, 0), one(Op::Add, RESULT, RESULT, ITEM), &[done]),
        Driver::Gathered => {
            let call = [
                one(Op::Move, TEMP, CALLEE, 0),
                one(Op::Move, TEMP + 1, RESULT, 0),
                one(Op::Call, TEMP, 1, TEMP),
                one(Op::Return, TEMP, 0, 0),
            ];
            gathering(list, append, &call)
        }
        Driver::GatheredFor => method(),
        Driver::Any => quantifier(Op::JumpIfTrue, TRUE, FALSE),
        Driver::All => quantifier(Op::JumpIfFalse, FALSE, TRUE),
        Driver::Min => extreme(Op::JumpLt),
        Driver::Max => extreme(Op::JumpGt),
    }
}

/// A driver's code, which the verifier must find safe as any other.
fn unit(driver: Driver) -> Result<CodeUnit, verify::VerifyError> {
    let arguments = driver.arguments() as u16;
    let mut unit = CodeUnit {
        name: "<driver>".into(),
        qualname: "<driver>".into(),
        params: Params { positional: 1 + arguments, ..Params::default() },
        registers: u16::from(TEMP) + 2 * arguments,
        first_temp: u16::from(TEMP) + arguments - 1,
        local_names: (0..=arguments).map(|n| format!(".{n}").into()).collect(),
        words: words(driver),
        flags: FLAG_COMPREHENSION,
        ..CodeUnit::default()
    };
    verify::verify(&unit)?;
    // Nobody else may hide code, so the verifier refuses this.
    unit.flags |= FLAG_DRIVER;
    Ok(unit)
}

/// Makes the drivers of a heap, when it needs the first one.
#[cold]
fn install(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let globals = dict::new(cx)?;
    let mut functions = Vec::new();
    for driver in Driver::ALL {
        let unit = unit(driver).map_err(|error| raise(cx, classes::SYSTEM_ERROR, error.to_string()))?;
        let code = load(cx, unit)?;
        functions.push(new_function(cx, code, globals, FunctionParts::default())?.any());
    }
    let functions = tuple::new(cx, &functions)?;
    root_handle(cx, Root::Drivers).set(cx, functions.get(cx).any());
    Ok(())
}

/// The driver for a call of a builtin class with one argument.
pub(super) fn of_class(cx: &Cx<'_>, class: Local<'_, Class>) -> Option<Driver> {
    let is = |id| class.is(classes::local(cx, id));
    if is(classes::TUPLE) {
        Some(Driver::Tuple)
    } else if is(classes::LIST) {
        Some(Driver::List)
    } else if is(classes::SET) {
        Some(Driver::Set)
    } else {
        None
    }
}

/// Whether the value in a register is the builtin that driver `number` stands in for.
pub(super) fn is_of(cx: &Cx<'_>, callee: Value, number: usize) -> bool {
    let driver = if has_shape(callee, shapes::NATIVE) {
        // SAFETY: the shape says so; nothing runs before the field is read.
        unsafe { &*((callee.bits() + 8) as *const Native) }.def.driver
    } else if has_shape(callee, shapes::CLASS) {
        // SAFETY: the shape says so; the class lies in a register.
        of_class(cx, unsafe { Local::from_value(callee) })
    } else {
        None
    };
    driver.is_some_and(|driver| driver as usize == number)
}

/// Whether the value is a generator that a driver can step.
#[inline]
pub(super) fn is_driven(cx: &Cx<'_>, value: Value) -> bool {
    if !has_shape(value, shapes::GENERATOR) {
        return false;
    }
    let _ = cx;
    // SAFETY: the shape says so; the value lies on the stack.
    let generator: Local<'_, Generator> = unsafe { Local::from_value(value) };
    generator.flavour.get() == 0 && generator.state.get() <= SUSPENDED
}

/// Turns the call of what lies at stack index `function`, whose last argument [`is_driven`], into a call of a driver with one argument more. `false`
/// when there is no room.
pub(super) fn prepare(cx: &mut Cx<'_>, driver: Driver, function: usize) -> Result<bool, Raised> {
    let arguments = driver.arguments();
    if !room_for_one_more(cx, function, arguments) {
        return Ok(false);
    }
    if !fixed_root(cx, Root::Drivers).value().is_ref() {
        cx.scoped(install)?;
    }
    let found = tuple::get(cx, fixed_root(cx, Root::Drivers), driver as usize).map(Local::value);
    let Some(found) = found.filter(|&found| has_shape(found, shapes::FUNCTION)) else { return Ok(false) };
    shift(cx, function + 1, arguments, 1);
    put_at(cx, function + 1, value_at(cx, function));
    retain(cx, found);
    put_at(cx, function, found);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_are_safe_code() {
        for driver in Driver::ALL {
            if let Err(error) = unit(driver) {
                panic!("{driver:?}: {error}");
            }
        }
    }
}
