//! The abstract interpretation: what each instruction needs of the registers and does to them, along every path.

use super::state::{Is, State};
use super::structure::{run_length, Code, Decoded};
use super::{Checked, Problem};
use crate::bytecode::code::{FLAG_NAMESPACE, PART_CLOSURE};
use crate::bytecode::{CodeUnit, Const, Handler, Kind, Op};

struct Flow<'u> {
    unit: &'u CodeUnit,
    code: &'u Code,
    /// States at the instructions that control can jump to.
    entries: Vec<Option<State>>,
    pending: Vec<usize>,
    /// For each instruction the row of the exception table that covers it, plus 1.
    covering: Vec<u32>,
}

/// Checks all paths through a unit.
pub(super) fn check(unit: &CodeUnit, code: &Code) -> Checked {
    let count = code.instructions.len();
    let mut flow =
        Flow { unit, code, entries: vec![None; count], pending: Vec::new(), covering: covering(unit, code) };
    let state = State::new(usize::from(unit.registers), usize::from(unit.first_temp), unit.params.count());
    flow.reach(0, &state, 0)?;
    while let Some(index) = flow.pending.pop() {
        if let Some(state) = flow.entries[index].clone() {
            flow.run(index, state)?;
        }
    }
    Ok(())
}

/// Which row of the exception table covers each instruction: the first that does.
fn covering(unit: &CodeUnit, code: &Code) -> Vec<u32> {
    let mut covering = vec![0; code.instructions.len()];
    // From each instruction, one at or behind it up to which all are covered: many rows over the same code are no work.
    let mut skip: Vec<usize> = (0..=covering.len()).collect();
    for (row, handler) in unit.handlers.iter().enumerate() {
        let start = code.instructions.partition_point(|decoded| decoded.pc < handler.start as usize);
        let end = code.instructions.partition_point(|decoded| decoded.pc < handler.end as usize);
        let mut at = uncovered(&mut skip, start);
        while at < end {
            covering[at] = row as u32 + 1;
            skip[at] = at + 1;
            at = uncovered(&mut skip, at);
        }
    }
    covering
}

/// The first instruction from `at` on that no row covers yet, or their number.
fn uncovered(skip: &mut [usize], mut at: usize) -> usize {
    while skip[at] != at {
        skip[at] = skip[skip[at]];
        at = skip[at];
    }
    at
}

/// Whether control never goes on behind an instruction.
fn ends(op: Op) -> bool {
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

impl Flow<'_> {
    /// Control reaches an instruction in a state, coming from word `from`.
    fn reach(&mut self, index: usize, state: &State, from: usize) -> Checked {
        match &mut self.entries[index] {
            Some(entry) => {
                if entry.join(state, from)? {
                    self.pending.push(index);
                }
            }
            entry => {
                *entry = Some(state.clone());
                self.pending.push(index);
            }
        }
        Ok(())
    }

    /// Control goes on at an instruction in the ordinary way.
    fn go(&mut self, index: usize, state: &State, from: usize) -> Checked {
        if self.code.instructions[index].op == Op::PushExc {
            return Err(Problem::at(from, "a handler is entered without an exception"));
        }
        self.reach(index, state, from)
    }

    /// Follows the code from an instruction up to the end of its path or the next place with a known state.
    fn run(&mut self, start: usize, mut state: State) -> Checked {
        let mut index = start;
        let mut told = 0;
        loop {
            let decoded = self.code.instructions[index];
            let cover = self.covering[index];
            let before = state.clone();
            if cover != 0 && (told != cover || index == start) {
                self.raise(cover, &state, decoded.pc)?;
                told = cover;
            }
            self.step(&decoded, &mut state)?;
            if matches!(decoded.op, Op::Loop | Op::Return | Op::ReturnNone) {
                if let Some(temp) = state.live_temp() {
                    return Err(Problem::at(decoded.pc, format!("temporary t{temp} is still in use")));
                }
            }
            if let Some(target) = decoded.jump().and_then(|word| self.code.index(word)) {
                let out = jumped(&decoded, &before, &state);
                self.go(target, &out, decoded.pc)?;
            }
            match decoded.op {
                Op::JumpIfTrueOrDrop | Op::JumpIfFalseOrDrop => {
                    state.registers[decoded.word.a()] = Is::Undefined;
                }
                // At the end of the iteration nothing is written.
                Op::ForLoop => state = before.clone(),
                _ => {}
            }
            if ends(decoded.op) {
                return Ok(());
            }
            // Handlers need to hear of changes among the registers that they keep.
            if state.registers != before.registers {
                told = 0;
            }
            index += 1;
            if index == self.code.instructions.len() {
                return Err(Problem::at(decoded.pc, "the code runs off its end"));
            }
            if self.code.instructions[index].op == Op::PushExc {
                return Err(Problem::at(decoded.pc, "a handler is entered without an exception"));
            }
            if self.entries[index].is_some() {
                return self.go(index, &state, decoded.pc);
            }
        }
    }

    fn raise(&mut self, cover: u32, state: &State, pc: usize) -> Checked {
        let handler = self.unit.handlers[cover as usize - 1];
        let Some(target) = self.code.index(i64::from(handler.target)) else { return Ok(()) };
        self.reach(target, &state.at_handler(usize::from(handler.depth)), pc)
    }

    // ---- one instruction ----

    fn step(&self, decoded: &Decoded, state: &mut State) -> Checked {
        match decoded.op {
            Op::Move => return self.step_move(decoded, state),
            Op::MakeCell => return self.make_cell(decoded, state),
            Op::LoadClosure => {
                if state.registers[decoded.word.a()] == Is::Cell {
                    return Err(Problem::at(decoded.pc, "the free variable is there already"));
                }
                state.registers[decoded.word.a()] = Is::Cell;
                return Ok(());
            }
            Op::TakeCell => {
                let is = &mut state.registers[decoded.word.a()];
                if *is != Is::Value {
                    return Err(Problem::at(decoded.pc, "not a parameter as it was given"));
                }
                *is = Is::Cell;
                return Ok(());
            }
            Op::PopExc => {
                if state.registers[decoded.word.a()] != Is::Saved {
                    return Err(Problem::at(decoded.pc, "not a saved exception"));
                }
                state.registers[decoded.word.a()] = Is::Undefined;
                return Ok(());
            }
            Op::CheckLocal => {
                let is = state.registers[decoded.word.a()];
                if matches!(is, Is::Cell | Is::Saved) {
                    return Err(Problem::at(decoded.pc, "not a variable"));
                }
                if !is.is_value() {
                    state.registers[decoded.word.a()] = Is::Value;
                }
                return Ok(());
            }
            Op::DeleteLocal if !state.registers[decoded.word.a()].is_value() => {
                return Err(Problem::at(decoded.pc, "the local may be unbound"));
            }
            Op::MakeFunction => self.function_parts(decoded, state)?,
            Op::LoadSuper => self.raises_before(decoded)?,
            _ => {}
        }
        self.typed(decoded, state)?;
        let result = self.result(decoded, state);
        self.reads(decoded, state)?;
        self.writes(decoded, state, result)
    }

    /// An error of `LoadSuper` is raised where the instruction before it stands, if that is a `LoadGlobal`: it must have the same handler.
    fn raises_before(&self, decoded: &Decoded) -> Checked {
        let row = |word: usize| {
            let covers = |handler: &Handler| handler.start as usize <= word && word < handler.end as usize;
            self.unit.handlers.iter().position(covers)
        };
        let before = decoded.pc.saturating_sub(Op::LoadGlobal.width());
        if row(before) != row(decoded.pc) {
            return Err(Problem::at(decoded.pc, "the code before it has another handler"));
        }
        Ok(())
    }

    fn step_move(&self, decoded: &Decoded, state: &mut State) -> Checked {
        let (a, b) = (decoded.word.a(), decoded.word.b());
        let is = match state.registers[b] {
            Is::Undefined => return Err(undefined(decoded, b)),
            Is::Saved => return Err(Problem::at(decoded.pc, "a saved exception is not a value")),
            Is::Cell => Is::CellCopy,
            is => is,
        };
        if b >= usize::from(self.unit.first_temp) {
            state.registers[b] = Is::Undefined;
        }
        self.write(decoded, state, a, is)
    }

    fn make_cell(&self, decoded: &Decoded, state: &mut State) -> Checked {
        let is = &mut state.registers[decoded.word.a()];
        if *is == Is::Cell {
            return Err(Problem::at(decoded.pc, "the cell is there already"));
        }
        *is = Is::Cell;
        Ok(())
    }

    /// The parts of a function: what they are said to be, where there are any.
    fn function_parts(&self, decoded: &Decoded, state: &mut State) -> Checked {
        let (first, given) = (decoded.word.b(), decoded.word.c());
        let needed = match self.unit.constants.get(decoded.ext as usize) {
            Some(Const::Code(unit)) => unit.free_registers.len(),
            _ => 0,
        };
        if given >= 1 << 4 {
            return Err(Problem::at(decoded.pc, "a function has four parts"));
        }
        if (given & usize::from(PART_CLOSURE) != 0) != (needed != 0) {
            return Err(Problem::at(
                decoded.pc,
                format!("the closure does not have the {needed} cells of the code"),
            ));
        }
        for offset in (0..4).filter(|offset| given & 1 << offset != 0) {
            let is = &mut state.registers[first + offset];
            let fits = match (offset, *is) {
                (0, Is::Tuple) | (1 | 2, Is::Dict) => true,
                (3, Is::Cells(count)) if usize::from(count) == needed => true,
                (3, Is::Cells(_)) => {
                    return Err(Problem::at(
                        decoded.pc,
                        format!("the closure does not have the {needed} cells of the code"),
                    ));
                }
                _ => false,
            };
            if !fits {
                return Err(Problem::at(decoded.pc, "a part of a function of the wrong kind"));
            }
            *is = Is::Undefined;
        }
        Ok(())
    }

    /// Operands that must hold something particular.
    fn typed(&self, decoded: &Decoded, state: &State) -> Checked {
        let (a, b, c) = (decoded.word.a(), decoded.word.b(), decoded.word.c());
        let need = |register: usize, is: Is, what: &str| {
            if state.registers[register] == is {
                return Ok(());
            }
            Err(Problem::at(decoded.pc, format!("register {register} is not {what}")))
        };
        match decoded.op {
            Op::ListAppend | Op::ListExtend => need(a, Is::List, "a list under construction"),
            Op::ListToTuple => need(b, Is::List, "a list under construction"),
            Op::SetAdd | Op::SetUpdate => need(a, Is::Set, "a set under construction"),
            Op::MapInsert | Op::MapUpdate | Op::MapMerge => need(a, Is::Dict, "a dict under construction"),
            Op::MatchKeys => need(c, Is::Tuple, "a tuple of keys"),
            Op::Reraise => need(a, Is::Exception, "an exception caught here"),
            Op::ExcMatch | Op::ExcParts | Op::IsStopAsyncIteration => {
                need(b, Is::Exception, "an exception caught here")
            }
            Op::LoadCell => need(b, Is::Cell, "a cell"),
            Op::StoreCell | Op::DeleteCell => need(a, Is::Cell, "a cell"),
            Op::LoadNameOrCell => need(c, Is::Cell, "a cell"),
            Op::LoadSuper if self.unit.params.positional == 0 || state.registers[0] == Is::Cell => {
                Err(Problem::at(decoded.pc, "register 0 is not a parameter that is no cell"))
            }
            Op::LoadSuper => need(c, Is::Cell, "a cell"),
            Op::BuildString => (b..b + c).try_for_each(|register| need(register, Is::Str, "a string")),
            Op::CallEx if state.registers[a + 2] != Is::Undefined => {
                need(a + 2, Is::Dict, "a dict of arguments")
            }
            _ => Ok(()),
        }
    }

    /// What the instruction's `Write` operand will hold.
    fn result(&self, decoded: &Decoded, state: &State) -> Is {
        let constant = |index: usize| match self.unit.constants.get(index) {
            Some(Const::Tuple(_)) => Is::Tuple,
            Some(Const::Str(_) | Const::Wide(_)) => Is::Str,
            _ => Is::Value,
        };
        match decoded.op {
            Op::LoadK => constant(decoded.word.bx()),
            Op::LoadImm if decoded.word.b() == 3 => Is::Undefined,
            Op::Clear | Op::DeleteLocal => Is::Undefined,
            Op::BuildList => Is::List,
            Op::BuildSet => Is::Set,
            Op::BuildMap => Is::Dict,
            Op::BuildTuple => {
                let items = &state.registers[decoded.word.b()..decoded.word.b() + decoded.word.c()];
                if !items.is_empty() && items.iter().all(|is| *is == Is::CellCopy) {
                    Is::Cells(items.len() as u8)
                } else {
                    Is::Tuple
                }
            }
            Op::ListToTuple => Is::Tuple,
            Op::BuildString | Op::Convert | Op::Format | Op::FormatPlain => Is::Str,
            _ => Is::Value,
        }
    }

    fn reads(&self, decoded: &Decoded, state: &mut State) -> Checked {
        let first_temp = usize::from(self.unit.first_temp);
        let fields = [decoded.word.a(), decoded.word.b(), decoded.word.c()];
        let operands = decoded.op.format().operands;
        for (kind, field) in operands.into_iter().zip(fields) {
            match kind {
                Kind::Read => {
                    self.readable(decoded, state, field)?;
                    if field >= first_temp {
                        state.registers[field] = Is::Undefined;
                    }
                }
                Kind::Run if decoded.op != Op::MakeFunction => self.read_run(decoded, state, field)?,
                _ => {}
            }
        }
        // After the moves, so that nothing is moved away that is read in place.
        for (kind, field) in operands.into_iter().zip(fields) {
            let is_absent = decoded.op == Op::SetupAnnotations && decoded.word.b() == 0;
            if kind == Kind::Peek && !is_absent && state.registers[field] != Is::Cell {
                self.readable(decoded, state, field)?;
            } else if kind == Kind::Peek && !is_absent && !takes_cell(decoded.op) {
                return Err(Problem::at(decoded.pc, "a cell is not a value"));
            }
        }
        Ok(())
    }

    fn readable(&self, decoded: &Decoded, state: &State, register: usize) -> Checked {
        match state.registers[register] {
            Is::Undefined => Err(undefined(decoded, register)),
            Is::Maybe => Err(Problem::at(decoded.pc, format!("register {register} may be a hole"))),
            Is::Cell => Err(Problem::at(decoded.pc, "a cell is not a value")),
            Is::Saved => Err(Problem::at(decoded.pc, "a saved exception is not a value")),
            _ => Ok(()),
        }
    }

    fn read_run(&self, decoded: &Decoded, state: &mut State, first: usize) -> Checked {
        let is_method = matches!(decoded.op, Op::CallMethod | Op::CallMethodKw);
        for register in first..first + run_length(decoded) {
            let is = state.registers[register];
            let may_be_hole = is_method && register == first + 1 && is == Is::Maybe;
            let may_be_absent = decoded.op == Op::CallEx && register == first + 2 && is == Is::Undefined;
            if !may_be_hole && !may_be_absent {
                self.readable(decoded, state, register)?;
            }
            state.registers[register] = Is::Undefined;
        }
        Ok(())
    }

    fn writes(&self, decoded: &Decoded, state: &mut State, result: Is) -> Checked {
        let fields = [decoded.word.a(), decoded.word.b(), decoded.word.c()];
        for (index, (kind, field)) in decoded.op.format().operands.into_iter().zip(fields).enumerate() {
            match kind {
                Kind::Write if decoded.op == Op::Clear => {
                    if state.registers[field] == Is::Cell {
                        return Err(Problem::at(decoded.pc, "a cell is overwritten"));
                    }
                    self.keep_namespace(decoded, field)?;
                    state.registers[field] = Is::Undefined;
                }
                Kind::Write if decoded.op == Op::PushExc => {
                    let is = if index == 0 { Is::Exception } else { Is::Saved };
                    self.write(decoded, state, field, is)?;
                }
                Kind::Write => self.write(decoded, state, field, result)?,
                Kind::WriteRun => {
                    let pair = matches!(decoded.op, Op::LoadMethod | Op::LoadSuper | Op::LoadSpecial);
                    for register in field..field + run_length(decoded) {
                        let is = if pair && register == field + 1 { Is::Maybe } else { Is::Value };
                        self.write(decoded, state, register, is)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn write(&self, decoded: &Decoded, state: &mut State, register: usize, is: Is) -> Checked {
        let old = state.registers[register];
        if old == Is::Cell {
            return Err(Problem::at(decoded.pc, "a cell is overwritten"));
        }
        let temp = register.checked_sub(usize::from(self.unit.first_temp));
        if let (Some(temp), true) = (temp, old != Is::Undefined) {
            return Err(Problem::at(
                decoded.pc,
                format!("temporary t{temp} is overwritten before it is read"),
            ));
        }
        self.keep_namespace(decoded, register)?;
        state.registers[register] = is;
        Ok(())
    }

    fn keep_namespace(&self, decoded: &Decoded, register: usize) -> Checked {
        if register == 0 && self.unit.flags & FLAG_NAMESPACE != 0 {
            return Err(Problem::at(decoded.pc, "the namespace is overwritten"));
        }
        Ok(())
    }
}

/// The state with which a jump goes to its target.
fn jumped(decoded: &Decoded, before: &State, after: &State) -> State {
    match decoded.op {
        // At the end of the iteration nothing is written.
        Op::ForIter => before.clone(),
        _ => after.clone(),
    }
}

fn takes_cell(op: Op) -> bool {
    matches!(op, Op::LoadCell | Op::StoreCell | Op::DeleteCell | Op::LoadNameOrCell | Op::LoadSuper)
}

fn undefined(decoded: &Decoded, register: usize) -> Problem {
    Problem::at(decoded.pc, format!("register {register} may be undefined"))
}
