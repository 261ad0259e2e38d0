//! The shape of a unit: everything that can be checked one instruction at a time.

use super::{Checked, Problem};
use crate::bytecode::code::{
    FLAG_ASYNC_GENERATOR, FLAG_COLLECTOR, FLAG_COMPREHENSION, FLAG_COROUTINE, FLAG_GENERATOR, FLAG_MODULE,
    FLAG_NAMESPACE,
};
use crate::bytecode::{CodeUnit, Const, Driver, Ext, Instr, Kind, Op};

/// A unit's instructions, decoded.
pub(super) struct Code {
    pub(super) instructions: Vec<Decoded>,
    /// Index of the instruction that starts at each word, plus 1.
    at_word: Vec<u32>,
}

/// One instruction.
#[derive(Clone, Copy)]
pub(super) struct Decoded {
    pub(super) op: Op,
    pub(super) pc: usize,
    pub(super) word: Instr,
    pub(super) ext: u32,
}

impl Decoded {
    pub(super) fn end(&self) -> usize {
        self.pc + self.op.width()
    }

    /// The word that it may jump to.
    pub(super) fn jump(&self) -> Option<i64> {
        let format = self.op.format();
        let distance = match format.operands[0] {
            Kind::Jump24 => i64::from(self.word.j()),
            _ if format.ext == Ext::Jump => i64::from(self.ext as i32),
            _ => return None,
        };
        Some(self.end() as i64 + distance)
    }
}

impl Code {
    /// Index of the instruction that starts at a word.
    pub(super) fn index(&self, word: i64) -> Option<usize> {
        let word = usize::try_from(word).ok()?;
        (*self.at_word.get(word)? as usize).checked_sub(1)
    }
}

/// How many registers from the first the `Run` or `WriteRun` of an instruction spans.
pub(super) fn run_length(decoded: &Decoded) -> usize {
    let (b, c) = (decoded.word.b(), decoded.word.c());
    match decoded.op {
        Op::GetSlice | Op::SetSlice | Op::BuildSlice | Op::CallEx | Op::ExcParts => 3,
        Op::Call | Op::CallKw => 1 + b,
        Op::CallMethod | Op::CallMethodKw => 2 + b,
        Op::LoadMethod | Op::LoadSuper | Op::LoadSpecial => 2,
        Op::MakeFunction => 4,
        Op::BuildTuple | Op::BuildList | Op::BuildSet | Op::BuildString | Op::Unpack => c,
        Op::BuildMap => 2 * c,
        Op::UnpackStar => c + 1 + decoded.ext as usize,
        _ => 0,
    }
}

/// Checks the structure of a unit.
pub(super) fn check(unit: &CodeUnit) -> Result<Code, Problem> {
    header(unit)?;
    let code = decode(unit)?;
    let mut caches = vec![None; usize::from(unit.caches)];
    for decoded in &code.instructions {
        operands(unit, decoded)?;
        immediates(unit, decoded)?;
        extension(unit, decoded, &mut caches)?;
        jumps(&code, decoded)?;
    }
    handlers(unit, &code)?;
    constants(unit)?;
    if unit.positions.last().is_some_and(|position| position.pc as usize >= unit.words.len()) {
        return Err(Problem::general("a position behind the code"));
    }
    if !unit.positions.windows(2).all(|pair| pair[0].pc <= pair[1].pc) {
        return Err(Problem::general("the positions are not sorted"));
    }
    Ok(code)
}

fn header(unit: &CodeUnit) -> Checked {
    let named = unit.local_names.len();
    let registers = usize::from(unit.registers);
    let refuse = |bad: bool, why: &str| if bad { Err(Problem::general(why)) } else { Ok(()) };
    refuse(registers > 256, "more than 256 registers")?;
    refuse(usize::from(unit.first_temp) > registers, "first_temp lies beyond the registers")?;
    refuse(named > usize::from(unit.first_temp), "more names of locals than locals")?;
    refuse(unit.params.count() > named, "more parameters than locals")?;
    refuse(
        unit.params.positional_only > unit.params.positional,
        "positional-only parameters beyond the positional",
    )?;
    refuse(unit.words.is_empty(), "no code")?;
    refuse(unit.constants.len() > 1 << 16, "more than 65536 constants")?;
    refuse(unit.names.len() > 1 << 16, "more than 65536 names")?;
    // Caches are large: a short unit must not ask for many.
    refuse(usize::from(unit.caches) > unit.words.len(), "more inline caches than code")?;
    let kinds = unit.flags & (FLAG_GENERATOR | FLAG_COROUTINE | FLAG_ASYNC_GENERATOR);
    refuse(kinds.count_ones() > 1, "more than one kind of generator")?;
    let known = kinds | FLAG_NAMESPACE | FLAG_COMPREHENSION | FLAG_MODULE | FLAG_COLLECTOR;
    refuse(unit.flags & !known != 0, "unknown flags")?;
    let is_comprehension = unit.flags & FLAG_COMPREHENSION != 0;
    refuse(unit.flags & FLAG_COLLECTOR != 0 && !is_comprehension, "a collector that is no comprehension")?;
    let has_namespace = unit.flags & FLAG_NAMESPACE != 0;
    refuse(has_namespace && unit.params.positional == 0, "a namespace without a parameter for it")?;
    let mut seen = [false; 256];
    for cell in unit.cell_registers.iter().chain(&unit.free_registers) {
        refuse(usize::from(*cell) >= named, "a cell register that is no local")?;
        refuse(has_namespace && *cell == 0, "the namespace is a cell register")?;
        refuse(std::mem::replace(&mut seen[usize::from(*cell)], true), "a cell register listed twice")?;
    }
    let parameter = |cell: &u8| usize::from(*cell) < unit.params.count();
    if is_comprehension {
        return refuse(!unit.free_registers.iter().all(parameter), "a free variable that is no parameter");
    }
    refuse(unit.free_registers.iter().any(parameter), "a free variable in a parameter's register")
}

fn decode(unit: &CodeUnit) -> Result<Code, Problem> {
    let mut code = Code { instructions: Vec::new(), at_word: vec![0; unit.words.len()] };
    let mut pc = 0;
    while pc < unit.words.len() {
        let word = Instr(unit.words[pc]);
        let op = Op::from_u8(word.op()).ok_or_else(|| Problem::at(pc, "unknown opcode"))?;
        let ext = match op.width() {
            1 => 0,
            _ => *unit.words.get(pc + 1).ok_or_else(|| Problem::at(pc, "the extension is missing"))?,
        };
        code.instructions.push(Decoded { op, pc, word, ext });
        code.at_word[pc] = code.instructions.len() as u32;
        pc += op.width();
    }
    Ok(code)
}

fn operands(unit: &CodeUnit, decoded: &Decoded) -> Checked {
    let registers = usize::from(unit.registers);
    let fields = [decoded.word.a(), decoded.word.b(), decoded.word.c()];
    let refuse = |why: &str| Err(Problem::at(decoded.pc, why));
    let mut wide = false;
    for (kind, field) in decoded.op.format().operands.iter().zip(fields) {
        match kind {
            // `c` belongs to a 16-bit operand before it, and everything to a 24-bit one.
            Kind::None if wide => {}
            Kind::None if field != 0 => return refuse("an unused operand is not zero"),
            Kind::None | Kind::Imm => {}
            // With b = 0 there is no namespace.
            Kind::Peek if decoded.op == Op::SetupAnnotations && decoded.word.b() == 0 => {
                if field != 0 {
                    return refuse("an unused operand is not zero");
                }
            }
            Kind::Write | Kind::Read | Kind::Peek | Kind::ReadWrite => {
                if field >= registers {
                    return refuse("a register out of bounds");
                }
            }
            Kind::Run | Kind::WriteRun => {
                let first_temp = usize::from(unit.first_temp);
                let into_locals = decoded.op == Op::Unpack && field + run_length(decoded) <= first_temp;
                if field < first_temp && !into_locals {
                    return refuse("a run outside of the temporaries");
                }
                if field + run_length(decoded) > registers {
                    return refuse("a run beyond the registers");
                }
            }
            Kind::Const => plain_constant(unit, field, decoded)?,
            Kind::Const16 => {
                wide = true;
                plain_constant(unit, decoded.word.bx(), decoded)?;
            }
            Kind::Int16 | Kind::Imm16 | Kind::Jump24 => wide = true,
        }
    }
    Ok(())
}

/// Checks what instructions don't look at: what collections hold, and what strings are made of.
fn constants(unit: &CodeUnit) -> Checked {
    let mut pending: Vec<&Const> = Vec::new();
    for constant in &unit.constants {
        pending.push(constant);
        while let Some(constant) = pending.pop() {
            match constant {
                Const::Tuple(items) | Const::FrozenSet(items) => {
                    // Nobody would verify it.
                    if items.iter().any(|item| matches!(item, Const::Code(_))) {
                        return Err(Problem::general("code inside a collection of constants"));
                    }
                    pending.extend(items);
                }
                Const::Wide(points) => wide(points)?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// Equal strings have one form: only those that UTF-8 can't say are written as code points.
fn wide(points: &[u32]) -> Checked {
    if points.iter().any(|point| *point > 0x10_ffff) {
        return Err(Problem::general("a string with something beyond the code points"));
    }
    if points.iter().all(|point| char::from_u32(*point).is_some()) {
        return Err(Problem::general("a string of code points without a surrogate"));
    }
    Ok(())
}

fn plain_constant(unit: &CodeUnit, index: usize, decoded: &Decoded) -> Checked {
    match unit.constants.get(index) {
        None => Err(Problem::at(decoded.pc, "a constant out of bounds")),
        Some(Const::Code(_)) => Err(Problem::at(decoded.pc, "code is not a value")),
        Some(_) => Ok(()),
    }
}

/// Checks numbers, and registers that must be of a certain kind.
fn immediates(unit: &CodeUnit, decoded: &Decoded) -> Checked {
    let (a, b, c) = (decoded.word.a(), decoded.word.b(), decoded.word.c());
    let refuse = |bad: bool, why: &str| if bad { Err(Problem::at(decoded.pc, why)) } else { Ok(()) };
    let has_namespace = unit.flags & FLAG_NAMESPACE != 0;
    match decoded.op {
        Op::LoadImm => refuse(b > 3, "an unknown immediate"),
        Op::DeleteCell | Op::JumpIfNone => refuse(b > 1, "an operand that must be 0 or 1"),
        Op::MatchKind => refuse(c > 1, "an operand that must be 0 or 1"),
        Op::JumpLt | Op::JumpLe | Op::JumpGt | Op::JumpGe | Op::JumpEq | Op::JumpNe => {
            refuse(c > 1, "an operand that must be 0 or 1")
        }
        Op::JumpLtK | Op::JumpLeK | Op::JumpGtK | Op::JumpGeK | Op::JumpEqK | Op::JumpNeK => {
            refuse(c > 1, "an operand that must be 0 or 1")
        }
        Op::Convert => refuse(!(1..=3).contains(&c), "an unknown conversion"),
        Op::GetAwaitable => refuse(c > 2, "an unknown kind of await"),
        Op::UnpackStar => refuse(decoded.ext > 255, "too many items"),
        Op::LoadClosure => {
            let expected = unit.free_registers.get(decoded.word.bx());
            refuse(expected.map(|reg| usize::from(*reg)) != Some(a), "not the register of that free variable")
        }
        Op::TakeCell => {
            let is_free = unit.free_registers.contains(&(a as u8));
            refuse(!is_free || unit.flags & FLAG_COMPREHENSION == 0, "not a free variable of a comprehension")
        }
        Op::JumpUnlessDriven => refuse(b >= Driver::ALL.len(), "an unknown driver"),
        Op::MakeCell => refuse(!unit.cell_registers.contains(&(a as u8)), "not a cell register"),
        Op::CheckLocal | Op::DeleteLocal => refuse(a >= usize::from(unit.first_temp), "not a local"),
        Op::JumpIfTrueOrDrop | Op::JumpIfFalseOrDrop => {
            refuse(a < usize::from(unit.first_temp), "not a temporary")
        }
        Op::Delegate => {
            let suspends = unit.flags & (FLAG_GENERATOR | FLAG_COROUTINE | FLAG_ASYNC_GENERATOR) != 0;
            refuse(!suspends, "the unit is no generator or coroutine")?;
            let hidden = unit.local_names.len()..usize::from(unit.first_temp);
            refuse(!hidden.contains(&c) || b == c, "the value sent is not in a hidden local")
        }
        Op::LoadName | Op::LoadNameOrCell => refuse(!has_namespace || b != 0, "not the namespace"),
        Op::StoreName | Op::DeleteName => refuse(!has_namespace || a != 0, "not the namespace"),
        Op::SetupAnnotations => refuse(b > 1 || a != 0 || b == 1 && !has_namespace, "not the namespace"),
        Op::ImportStar => refuse(b > 1 || c != 0 || b == 1 && !has_namespace, "not the namespace"),
        Op::Yield => {
            let flags = FLAG_GENERATOR | FLAG_ASYNC_GENERATOR;
            refuse(unit.flags & flags == 0, "the unit is no generator")
        }
        _ => Ok(()),
    }
}

fn extension(unit: &CodeUnit, decoded: &Decoded, caches: &mut [Option<(Op, u32)>]) -> Checked {
    let refuse = |why: &str| Err(Problem::at(decoded.pc, why));
    match decoded.op.format().ext {
        Ext::Name => {
            if (decoded.ext & 0xffff) as usize >= unit.names.len() {
                return refuse("a name out of bounds");
            }
            // Only instructions that do the same share a cache.
            let user = (decoded.op, decoded.ext & 0xffff);
            match caches.get_mut((decoded.ext >> 16) as usize) {
                None => refuse("an inline cache out of bounds"),
                Some(Some(other)) if *other != user => refuse("an inline cache with two purposes"),
                Some(cache) => {
                    *cache = Some(user);
                    Ok(())
                }
            }
        }
        Ext::Const => match (decoded.op, unit.constants.get(decoded.ext as usize)) {
            (_, None) => refuse("a constant out of bounds"),
            (Op::MakeFunction | Op::MakeInner, Some(Const::Code(inner))) => {
                let is_comprehension = inner.flags & FLAG_COMPREHENSION != 0;
                if is_comprehension != (decoded.op == Op::MakeInner) {
                    return refuse("code of the wrong kind");
                }
                Ok(())
            }
            (Op::CallKw | Op::CallMethodKw, Some(Const::Tuple(names))) => {
                if names.len() > decoded.word.b() {
                    return refuse("more keywords than arguments");
                }
                if !names.iter().all(|name| matches!(name, Const::Str(_))) {
                    return refuse("a keyword that is no string");
                }
                Ok(())
            }
            (Op::MatchClass, Some(Const::Tuple(shape))) => match shape.split_first() {
                Some((Const::Int(0..=255), names))
                    if names.iter().all(|name| matches!(name, Const::Str(_))) =>
                {
                    Ok(())
                }
                _ => refuse("not the shape of a class pattern"),
            },
            _ => refuse("a constant of the wrong kind"),
        },
        Ext::None | Ext::Jump | Ext::Imm => Ok(()),
    }
}

fn jumps(code: &Code, decoded: &Decoded) -> Checked {
    let Some(to) = decoded.jump() else { return Ok(()) };
    if code.index(to).is_none() {
        return Err(Problem::at(decoded.pc, "a jump that does not lead to an instruction"));
    }
    let backward = to <= decoded.pc as i64;
    if backward != matches!(decoded.op, Op::Loop | Op::ForLoop) {
        return Err(Problem::at(decoded.pc, "only Loop jumps backward"));
    }
    Ok(())
}

fn handlers(unit: &CodeUnit, code: &Code) -> Checked {
    for handler in &unit.handlers {
        let (start, end) = (i64::from(handler.start), i64::from(handler.end));
        let ends_well = end as usize == unit.words.len() || code.index(end).is_some();
        if start >= end || code.index(start).is_none() || !ends_well {
            return Err(Problem::general(format!("handler {start}..{end}: not a range of instructions")));
        }
        let target = code.index(i64::from(handler.target)).map(|index| code.instructions[index].op);
        if target != Some(Op::PushExc) {
            return Err(Problem::general(format!("handler {start}..{end}: no PushExc at its target")));
        }
        let depth = usize::from(handler.depth);
        if depth < unit.local_names.len() || depth > usize::from(unit.first_temp) {
            return Err(Problem::general(format!(
                "handler {start}..{end}: its depth is not among the hidden locals"
            )));
        }
    }
    Ok(())
}
