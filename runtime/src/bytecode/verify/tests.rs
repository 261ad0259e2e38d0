//! Units broken by hand, each in one way, and a few that are fine.

use super::verify;
use crate::bytecode::code::{FLAG_GENERATOR, FLAG_NAMESPACE};
use crate::bytecode::{CodeUnit, Const, Handler, Instr, Op, Params, Position};

fn abc(op: Op, a: u8, b: u8, c: u8) -> u32 {
    Instr::abc(op, a, b, c).0
}

fn jump(op: Op, distance: i32) -> u32 {
    Instr::jump(op, distance).expect("a short jump").0
}

const RETURN_NONE: u32 = Op::ReturnNone as u32;

/// Two parameters `x` and `y` in registers 0 and 1, a local `z`, a hidden local, and temporaries from 4 to 11.
fn unit(words: &[u32]) -> CodeUnit {
    CodeUnit {
        qualname: "f".into(),
        params: Params { positional: 2, ..Params::default() },
        registers: 12,
        first_temp: 4,
        local_names: vec!["x".into(), "y".into(), "z".into()],
        words: words.to_vec(),
        constants: vec![
            Const::Int(7),
            Const::Tuple(Box::new([Const::Str("k".into())])),
            Const::Str("s".into()),
        ],
        names: vec!["n".into()],
        caches: 1,
        ..CodeUnit::default()
    }
}

fn accept(unit: &CodeUnit) {
    verify(unit).unwrap_or_else(|error| panic!("{error}"));
}

fn refuse(unit: &CodeUnit, why: &str) {
    match verify(unit) {
        Ok(()) => panic!("accepted, although: {why}"),
        Err(error) => assert!(error.why.contains(why), "refused for another reason: {error}"),
    }
}

#[test]
fn fine_units() {
    accept(&unit(&[abc(Op::Add, 4, 0, 1), abc(Op::Return, 4, 0, 0)]));
    accept(&unit(&[abc(Op::CheckLocal, 2, 0, 0), abc(Op::Return, 2, 0, 0)]));
    accept(&unit(&[abc(Op::JumpIfTrue, 0, 0, 0), 1, abc(Op::Move, 2, 1, 0), RETURN_NONE]));
    accept(&unit(&[abc(Op::LoadMethod, 4, 0, 0), 0, abc(Op::CallMethod, 4, 0, 5), abc(Op::Return, 5, 0, 0)]));
}

#[test]
fn opcodes_and_operands() {
    refuse(&unit(&[]), "no code");
    refuse(&unit(&[255]), "unknown opcode");
    refuse(&unit(&[abc(Op::LoadGlobal, 4, 0, 0)]), "the extension is missing");
    refuse(&unit(&[abc(Op::Neg, 4, 0, 1), RETURN_NONE]), "an unused operand is not zero");
    refuse(&unit(&[abc(Op::Add, 12, 0, 1), RETURN_NONE]), "a register out of bounds");
    refuse(&unit(&[Instr::abx(Op::LoadK, 4, 3).0, RETURN_NONE]), "a constant out of bounds");
    refuse(&unit(&[abc(Op::AddK, 4, 0, 9), RETURN_NONE]), "a constant out of bounds");
    refuse(&unit(&[abc(Op::LoadImm, 4, 4, 0), RETURN_NONE]), "an unknown immediate");
    refuse(&unit(&[abc(Op::LoadGlobal, 4, 0, 0), 1, RETURN_NONE]), "a name out of bounds");
    refuse(&unit(&[abc(Op::LoadGlobal, 4, 0, 0), 1 << 16, RETURN_NONE]), "an inline cache out of bounds");
    let twice = [abc(Op::GetAttr, 2, 0, 0), 0, abc(Op::SetAttr, 2, 0, 0), 0, RETURN_NONE];
    refuse(&unit(&twice), "an inline cache with two purposes");
    refuse(&unit(&[abc(Op::BuildList, 2, 1, 1), RETURN_NONE]), "a run outside of the temporaries");
    refuse(&unit(&[abc(Op::BuildList, 2, 11, 2), RETURN_NONE]), "a run beyond the registers");
    refuse(&unit(&[abc(Op::Call, 4, 0, 4), RETURN_NONE]), "register 4 may be undefined");
}

#[test]
fn constants_of_the_wrong_kind() {
    let call = [abc(Op::Move, 4, 0, 0), abc(Op::Move, 5, 1, 0), abc(Op::CallKw, 4, 1, 2), 0, RETURN_NONE];
    refuse(&unit(&call), "a constant of the wrong kind");
    let fine = [abc(Op::Move, 4, 0, 0), abc(Op::Move, 5, 1, 0), abc(Op::CallKw, 4, 1, 2), 1, RETURN_NONE];
    accept(&unit(&fine));
    let none = [abc(Op::Move, 4, 0, 0), abc(Op::CallKw, 4, 0, 2), 1, RETURN_NONE];
    refuse(&unit(&none), "more keywords than arguments");
    refuse(&unit(&[abc(Op::MakeFunction, 2, 4, 0), 0, RETURN_NONE]), "a constant of the wrong kind");
    let mut code = unit(&[Instr::abx(Op::LoadK, 2, 0).0, RETURN_NONE]);
    code.constants = vec![Const::Code(Box::new(unit(&[RETURN_NONE])))];
    refuse(&code, "code is not a value");
}

#[test]
fn jumps() {
    refuse(&unit(&[jump(Op::Jump, 5), RETURN_NONE]), "does not lead to an instruction");
    let middle = [jump(Op::Jump, 1), abc(Op::JumpIfTrue, 0, 0, 0), 0, RETURN_NONE];
    refuse(&unit(&middle), "does not lead to an instruction");
    refuse(&unit(&[jump(Op::Jump, -1)]), "only Loop jumps backward");
    refuse(&unit(&[jump(Op::Loop, 0), RETURN_NONE]), "only Loop jumps backward");
    refuse(&unit(&[abc(Op::JumpIfTrue, 0, 0, 0), -2i32 as u32, RETURN_NONE]), "only Loop jumps backward");
    refuse(&unit(&[abc(Op::Move, 2, 0, 0)]), "the code runs off its end");
    accept(&unit(&[jump(Op::Loop, -1)]));
}

#[test]
fn initialisation() {
    refuse(&unit(&[abc(Op::Return, 2, 0, 0)]), "register 2 may be undefined");
    let one_path = [abc(Op::JumpIfTrue, 0, 0, 0), 1, abc(Op::Move, 2, 1, 0), abc(Op::Return, 2, 0, 0)];
    refuse(&unit(&one_path), "register 2 may be undefined");
    let moved = [abc(Op::Move, 4, 0, 0), abc(Op::Move, 2, 4, 0), abc(Op::Return, 4, 0, 0)];
    refuse(&unit(&moved), "register 4 may be undefined");
    refuse(
        &unit(&[abc(Op::Move, 4, 0, 0), abc(Op::Add, 2, 4, 4), RETURN_NONE]),
        "register 4 may be undefined",
    );
    let deleted = [abc(Op::DeleteLocal, 0, 0, 0), abc(Op::Return, 0, 0, 0)];
    refuse(&unit(&deleted), "register 0 may be undefined");
    refuse(&unit(&[abc(Op::DeleteLocal, 2, 0, 0), RETURN_NONE]), "the local may be unbound");
    let overwritten = [abc(Op::Move, 4, 0, 0), abc(Op::Move, 4, 1, 0), abc(Op::Return, 4, 0, 0)];
    refuse(&unit(&overwritten), "overwritten before it is read");
    let pair = [abc(Op::LoadMethod, 4, 0, 0), 0, abc(Op::Return, 5, 0, 0)];
    refuse(&unit(&pair), "register 5 may be a hole");
}

#[test]
fn temporaries() {
    let merge = [abc(Op::JumpIfTrue, 0, 0, 0), 1, abc(Op::Move, 4, 1, 0), RETURN_NONE];
    refuse(&unit(&merge), "temporary t0 is defined on some paths only");
    refuse(&unit(&[abc(Op::Move, 4, 0, 0), RETURN_NONE]), "temporary t0 is still in use");
    refuse(&unit(&[abc(Op::Move, 4, 0, 0), jump(Op::Loop, -2)]), "temporary t0 is still in use");
    refuse(&unit(&[abc(Op::JumpIfTrueOrDrop, 0, 0, 0), 0, RETURN_NONE]), "not a temporary");
}

#[test]
fn super_needs_its_parts() {
    let words = [
        Instr::abx(Op::LoadClosure, 2, 0).0,
        abc(Op::Move, 4, 1, 0),
        abc(Op::LoadSuper, 4, 4, 2),
        0,
        abc(Op::CallMethod, 4, 0, 4),
        abc(Op::Return, 4, 0, 0),
    ];
    let good = CodeUnit { free_registers: vec![2], ..unit(&words) };
    accept(&good);
    let params = Params { positional: 0, keyword_only: good.params.positional, ..good.params };
    refuse(&CodeUnit { params, ..good.clone() }, "register 0 is not a parameter");
    let mut other = good.clone();
    other.words[2] = abc(Op::LoadSuper, 4, 4, 1);
    refuse(&other, "register 1 is not a cell");
    let mut captured = CodeUnit { cell_registers: vec![0], ..good };
    captured.words.insert(0, abc(Op::MakeCell, 0, 0, 0));
    refuse(&captured, "register 0 is not a parameter");
}

#[test]
fn errors_of_super_find_the_handler_that_was_told() {
    // What `LoadSuper` raises is raised two words before it, where local z was still defined.
    let words = [
        Instr::abx(Op::LoadClosure, 3, 0).0,
        abc(Op::Move, 2, 0, 0),
        abc(Op::Move, 6, 1, 0),
        abc(Op::Move, 4, 0, 0),
        abc(Op::Clear, 2, 0, 0),
        abc(Op::LoadSuper, 7, 6, 3),
        0,
        abc(Op::CallMethod, 7, 0, 7),
        abc(Op::Return, 7, 0, 0),
        abc(Op::PushExc, 4, 5, 0),
        abc(Op::Return, 2, 0, 0),
    ];
    let all = CodeUnit {
        free_registers: vec![3],
        first_temp: 6,
        local_names: vec!["x".into(), "y".into(), "z".into(), "__class__".into()],
        ..unit(&words)
    };
    accept(&all);
    let row = |start, end| Handler { start, end, target: 9, depth: 4 };
    refuse(&CodeUnit { handlers: vec![row(3, 4)], ..all.clone() }, "the code before it has another handler");
    refuse(&CodeUnit { handlers: vec![row(5, 8)], ..all.clone() }, "the code before it has another handler");
    refuse(&CodeUnit { handlers: vec![row(3, 8)], ..all }, "register 2 may be undefined");
}

#[test]
fn cells() {
    let with_cell = |words: &[u32]| CodeUnit { cell_registers: vec![2], ..unit(words) };
    accept(&with_cell(&[abc(Op::MakeCell, 2, 0, 0), abc(Op::LoadCell, 4, 2, 0), abc(Op::Return, 4, 0, 0)]));
    refuse(&with_cell(&[abc(Op::MakeCell, 2, 0, 0), abc(Op::Return, 2, 0, 0)]), "a cell is not a value");
    refuse(
        &with_cell(&[abc(Op::MakeCell, 2, 0, 0), abc(Op::Move, 2, 0, 0), RETURN_NONE]),
        "a cell is overwritten",
    );
    refuse(&with_cell(&[abc(Op::LoadCell, 4, 2, 0), abc(Op::Return, 4, 0, 0)]), "is not a cell");
    refuse(&unit(&[abc(Op::MakeCell, 2, 0, 0), RETURN_NONE]), "not a cell register");
    refuse(
        &unit(&[Instr::abx(Op::LoadClosure, 2, 0).0, RETURN_NONE]),
        "not the register of that free variable",
    );
    let mut closure = unit(&[abc(Op::MakeFunction, 2, 4, 0), 0, RETURN_NONE]);
    let inner = [Instr::abx(Op::LoadClosure, 2, 0).0, RETURN_NONE];
    closure.constants = vec![Const::Code(Box::new(CodeUnit { free_registers: vec![2], ..unit(&inner) }))];
    refuse(&closure, "the closure does not have the 1 cells of the code");
}

#[test]
fn handlers() {
    let row = |start, end, target, depth| Handler { start, end, target, depth };
    let with = |handlers: Vec<Handler>, words: &[u32]| CodeUnit { handlers, ..unit(words) };
    let code = [
        abc(Op::Neg, 2, 0, 0),
        RETURN_NONE,
        abc(Op::PushExc, 2, 3, 0),
        abc(Op::PopExc, 3, 0, 0),
        RETURN_NONE,
    ];
    accept(&with(vec![row(0, 1, 2, 3)], &code));
    refuse(&with(vec![row(0, 9, 2, 3)], &code), "not a range of instructions");
    refuse(&with(vec![row(1, 1, 2, 3)], &code), "not a range of instructions");
    refuse(&with(vec![row(0, 1, 1, 3)], &code), "no PushExc at its target");
    refuse(&with(vec![row(0, 1, 2, 1)], &code), "its depth is not among the hidden locals");
    refuse(&with(vec![row(0, 1, 2, 5)], &code), "its depth is not among the hidden locals");
    let fall = [abc(Op::Neg, 2, 0, 0), abc(Op::PushExc, 2, 3, 0), RETURN_NONE];
    refuse(&with(vec![row(0, 1, 1, 3)], &fall), "entered without an exception");
    let released = [abc(Op::Move, 3, 0, 0), abc(Op::Neg, 2, 0, 0), RETURN_NONE, abc(Op::PushExc, 2, 4, 0)];
    let mut released = with(vec![row(1, 2, 3, 3)], &released);
    released.words.extend([abc(Op::PopExc, 4, 0, 0), abc(Op::Return, 3, 0, 0)]);
    refuse(&released, "register 3 may be undefined");
    refuse(&unit(&[abc(Op::Reraise, 0, 0, 0)]), "not an exception caught here");
    refuse(&unit(&[abc(Op::PopExc, 0, 0, 0), RETURN_NONE]), "not a saved exception");
}

#[test]
fn things_under_construction() {
    refuse(&unit(&[abc(Op::ListAppend, 0, 1, 0), RETURN_NONE]), "not a list under construction");
    refuse(&unit(&[abc(Op::MapUpdate, 0, 1, 0), RETURN_NONE]), "not a dict under construction");
    let text = [abc(Op::Move, 4, 0, 0), abc(Op::BuildString, 2, 4, 1), RETURN_NONE];
    refuse(&unit(&text), "not a string");
    let moved = [abc(Op::BuildList, 4, 4, 0), abc(Op::ListAppend, 4, 4, 0), RETURN_NONE];
    refuse(&unit(&moved), "register 4 may be undefined");
}

#[test]
fn headers_and_kinds() {
    refuse(&CodeUnit { registers: 300, ..unit(&[RETURN_NONE]) }, "more than 256 registers");
    refuse(&CodeUnit { first_temp: 2, ..unit(&[RETURN_NONE]) }, "more names of locals than locals");
    refuse(&CodeUnit { flags: 1 << 20, ..unit(&[RETURN_NONE]) }, "unknown flags");
    refuse(&unit(&[abc(Op::Yield, 2, 0, 0), RETURN_NONE]), "the unit is no generator");
    accept(&CodeUnit { flags: FLAG_GENERATOR, ..unit(&[abc(Op::Yield, 2, 0, 0), RETURN_NONE]) });
    refuse(&unit(&[abc(Op::LoadName, 4, 0, 0), 0, RETURN_NONE]), "not the namespace");
    let kept = CodeUnit { flags: FLAG_NAMESPACE, ..unit(&[abc(Op::Move, 0, 1, 0), RETURN_NONE]) };
    refuse(&kept, "the namespace is overwritten");
}

#[test]
fn constants_are_what_they_say() {
    let with = |constants: Vec<Const>| CodeUnit { constants, ..unit(&[RETURN_NONE]) };
    let code = || Const::Code(Box::new(unit(&[RETURN_NONE])));
    accept(&with(vec![code(), Const::Wide(Box::new([0x61, 0xdfff]))]));
    refuse(&with(vec![Const::Tuple(Box::new([code()]))]), "code inside a collection of constants");
    let deep = Const::Tuple(Box::new([Const::None, Const::FrozenSet(Box::new([code()]))]));
    refuse(&with(vec![Const::None, deep]), "code inside a collection of constants");
    refuse(&with(vec![Const::Wide(Box::new([0xd800, 0x11_0000]))]), "something beyond the code points");
    let plain = Const::Tuple(Box::new([Const::Wide(Box::new([0x61]))]));
    refuse(&with(vec![plain]), "code points without a surrogate");
}

#[test]
fn numbers_in_proportion_to_the_code() {
    refuse(&CodeUnit { caches: 2, ..unit(&[RETURN_NONE]) }, "more inline caches than code");
    let at = |pc| Position { pc, ..Position::default() };
    accept(&CodeUnit { positions: vec![at(0), at(0)], ..unit(&[RETURN_NONE]) });
    refuse(&CodeUnit { positions: vec![at(1)], ..unit(&[RETURN_NONE]) }, "a position behind the code");
    refuse(&CodeUnit { positions: vec![at(1), at(0)], ..unit(&[RETURN_NONE, RETURN_NONE]) }, "not sorted");
}
