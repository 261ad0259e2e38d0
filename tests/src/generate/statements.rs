//! Statements: assignments, branches, loops, exceptions, changes of containers.

use super::{Type, Writer};

impl Writer {
    /// A few statements.
    pub(super) fn block(&mut self, depth: usize) {
        let count = self.random.between(1, 3);
        for _ in 0..count {
            self.statement(depth);
        }
    }

    pub(super) fn statement(&mut self, depth: usize) {
        if self.room == 0 {
            return self.show();
        }
        self.room -= 1;
        match self.random.below(if depth == 0 { 14 } else { 22 }) {
            0..=3 => self.assign(),
            4 => self.augmented(),
            5 | 6 => self.show(),
            7 | 8 => self.change(),
            9 => self.unpack(),
            10 => self.use_object(),
            11 => self.leave(),
            12 => self.slice_store(),
            13 => self.walrus(),
            14 | 15 => self.branch(depth - 1),
            16 | 17 => self.for_loop(depth - 1),
            18 => self.while_loop(depth - 1),
            19 | 20 => self.try_statement(depth - 1),
            _ => self.with_statement(depth - 1),
        }
    }

    pub(super) fn show(&mut self) {
        let (a, b) = (self.anything(2), self.anything(1));
        self.line(format!("log({a}, {b})"));
    }

    fn capped(&mut self, value: String) -> String {
        if self.frame().loops > 0 || self.random.chance(20) {
            return format!("cap({value})");
        }
        value
    }

    pub(super) fn assign(&mut self) {
        let kind = self.any_type();
        let value = self.expression(kind, 3);
        let value = self.capped(value);
        let name = match self.own_variable(kind) {
            Some(name) if self.random.chance(50) => name,
            _ => self.fresh("v"),
        };
        self.line(format!("{name} = {value}"));
        self.define(&name, kind);
    }

    fn augmented(&mut self) {
        let (kind, operators): (Type, &[&str]) = match self.random.below(6) {
            0 | 1 => (Type::Int, &["+=", "-=", "*=", "//=", "%=", "&=", "|=", "^=", ">>="]),
            2 => (Type::Str, &["+="]),
            3 => (Type::Ints, &["+="]),
            4 => (Type::Set, &["|=", "&=", "-=", "^="]),
            _ => (Type::Float, &["+=", "-=", "*=", "/="]),
        };
        let Some(name) = self.own_variable(kind) else { return self.assign() };
        let value = self.expression(kind, 2);
        let operator = self.random.pick(operators);
        self.line(format!("{name} {operator} {value}"));
        if self.frame().loops > 0 {
            self.line(format!("{name} = cap({name})"));
        }
    }

    /// Changes a container in place.
    fn change(&mut self) {
        let (n, any) = (self.expression(Type::Int, 1), self.anything(2));
        let small = self.random.below(7) as i64 - 3;
        let kind = [Type::Ints, Type::Mixed, Type::Dict, Type::Set][self.random.below(4)];
        let Some(name) = self.variable(kind) else { return self.assign() };
        // A loop need not be in sight: functions are called from some.
        self.line(format!("if len({name}) > 40: {name}.clear()"));
        let line = match kind {
            Type::Ints => match self.random.below(9) {
                0 | 1 => format!("{name}.append({n})"),
                2 => format!("{name}.extend({})", self.expression(Type::Ints, 1)),
                3 => format!("{name}.insert({small}, {n})"),
                4 => format!("log({name}.pop({small}))"),
                5 => format!("{name}.sort({})", self.random.pick(&["", "reverse=True", "key=lambda k: -k"])),
                6 => format!("{name}.reverse()"),
                7 => format!("{name}.remove({n})"),
                _ => format!("{name}[{small}] = {n}"),
            },
            Type::Mixed => match self.random.below(6) {
                0 | 1 => format!("{name}.append({any})"),
                2 => format!("{name}[{small}] = {any}"),
                3 => format!("del {name}[{small}]"),
                4 => format!("{name}.insert({small}, {name}[:2])"),
                _ => format!("log({name}.pop())"),
            },
            Type::Dict => match self.random.below(9) {
                0 | 1 => format!("{name}[{}] = {any}", self.expression(Type::Str, 1)),
                2 => format!("{name}[{n}] = {any}"),
                3 => format!("log({name}.pop({}, None))", self.expression(Type::Str, 1)),
                4 => format!("log({name}.setdefault({}, []))", self.expression(Type::Str, 1)),
                5 => format!("{name}.update({})", self.expression(Type::Dict, 1)),
                6 => format!("log({name}.get({n}), list({name}.items()))"),
                7 => format!("del {name}[{}]", self.expression(Type::Str, 0)),
                _ => format!("log({name}.popitem())"),
            },
            _ => match self.random.below(5) {
                0 | 1 => format!("{name}.add({n})"),
                2 => format!("{name}.discard({n})"),
                3 => format!("{name}.update({})", self.expression(Type::Ints, 1)),
                _ => format!(
                    "log({name} <= {}, {name}.isdisjoint({}))",
                    self.expression(Type::Set, 1),
                    self.expression(Type::Ints, 1)
                ),
            },
        };
        self.line(line);
    }

    fn unpack(&mut self) {
        let (a, b, c) = (self.fresh("u"), self.fresh("u"), self.fresh("u"));
        let (pattern, value) = match self.random.below(7) {
            0 => (format!("{a}, {b}"), self.expression(Type::Tuple, 2)),
            1 => (format!("{a}, *{b}"), self.expression(Type::Ints, 2)),
            2 => (format!("*{a}, {b}, {c}"), self.expression(Type::Ints, 2)),
            3 => (format!("{a}, *{b}, {c}"), self.expression(Type::Str, 2)),
            4 => (
                format!("{a}, ({b}, {c})"),
                format!("({}, {})", self.anything(1), self.expression(Type::Tuple, 1)),
            ),
            5 => (format!("{a} = {b}, {c}"), self.expression(Type::Tuple, 2)),
            _ => (
                format!("{a}, {b}, {c}"),
                format!("({}, {}, {})", self.anything(2), self.anything(1), self.anything(1)),
            ),
        };
        self.line(format!("{pattern} = {value}"));
        self.line(format!("log({a}, {b})"));
    }

    fn slice_store(&mut self) {
        let Some(name) = self.variable(Type::Ints) else { return self.assign() };
        let slice = self.slice();
        match self.random.chance(30) {
            true => self.line(format!("del {name}{slice}")),
            false => {
                let value = self.expression(Type::Ints, 1);
                self.line(format!("if type({name}) is list and len({name}) > 40: {name}.clear()"));
                self.line(format!("{name}{slice} = {value}[:6]"));
            }
        }
        self.line(format!("log({name})"));
    }

    fn walrus(&mut self) {
        let name = self.fresh("w");
        let value = self.expression(Type::Ints, 2);
        self.line(format!("log(({name} := {value}), len({name}), [y for x in {name}[:4] if (y := x % 3)])"));
        self.define(&name, Type::Ints);
    }

    /// Leaves a loop or a function, or raises.
    fn leave(&mut self) {
        let test = self.expression(Type::Bool, 1);
        let (loops, function) = (self.frame().loops, self.frame().function);
        match self.random.below(4) {
            0 if loops > 0 => self.line(format!("if {test}: break")),
            1 if loops > 0 => self.line(format!("if {test}: continue")),
            2 if function => {
                let value = self.anything(2);
                self.line(format!("if {test}: return {value}"));
            }
            _ => {
                let class = self.random.pick(&[
                    "ValueError",
                    "KeyError",
                    "TypeError",
                    "ZeroDivisionError",
                    "StopIteration",
                ]);
                let value = self.anything(1);
                self.line(format!("if {test}: raise {class}({value})"));
            }
        }
    }

    fn branch(&mut self, depth: usize) {
        let test = self.expression(Type::Bool, 2);
        self.suite(format!("if {test}:"), |w| w.block(depth));
        if self.random.chance(40) {
            let test = self.expression(Type::Bool, 2);
            self.suite(format!("elif {test}:"), |w| w.block(depth));
        }
        if self.random.chance(50) {
            self.suite("else:", |w| w.block(depth));
        }
    }

    fn for_loop(&mut self, depth: usize) {
        let i = self.fresh("i");
        let (over, kind) = match self.random.below(7) {
            0 | 1 => (format!("range({})", self.random.between(1, 12)), Type::Int),
            2 => (format!("{}[:8]", self.expression(Type::Ints, 2)), Type::Int),
            3 => (format!("list({})[:5]", self.expression(Type::Dict, 1)), Type::Str),
            4 => (format!("{}[:6]", self.expression(Type::Str, 2)), Type::Str),
            5 => (format!("sorted({}, key=repr)[:6]", self.expression(Type::Set, 2)), Type::Int),
            _ => (
                format!("zip({}, {})", self.expression(Type::Ints, 1), self.expression(Type::Strs, 1)),
                Type::Tuple,
            ),
        };
        self.suite(format!("for {i} in {over}:"), |w| {
            w.define(&i, kind);
            w.in_loop(depth);
        });
        if self.random.chance(25) {
            self.suite("else:", |w| w.block(depth));
        }
    }

    fn in_loop(&mut self, depth: usize) {
        self.line("tick()");
        self.frame().loops += 1;
        self.block(depth);
        self.frame().loops -= 1;
    }

    fn while_loop(&mut self, depth: usize) {
        let n = self.fresh("n");
        let line = format!("{n} = {}", self.random.between(1, 9));
        self.line(line);
        let test = self.expression(Type::Bool, 1);
        let more = if self.random.chance(30) { format!(" and {test}") } else { String::new() };
        self.suite(format!("while {n} > 0{more}:"), |w| {
            w.line(format!("{n} -= 1"));
            w.in_loop(depth);
        });
        if self.random.chance(20) {
            self.suite("else:", |w| w.block(depth));
        }
    }

    pub(super) fn try_statement(&mut self, depth: usize) {
        self.suite("try:", |w| w.block(depth));
        let finally = self.random.chance(35);
        if !finally || self.random.chance(70) {
            if self.random.chance(40) {
                let class = self.random.pick(&[
                    "ValueError",
                    "(KeyError, IndexError)",
                    "TypeError",
                    "ArithmeticError",
                    "LookupError",
                ]);
                self.suite(format!("except {class}:"), |w| w.handler(depth));
            }
            self.suite("except Exception as e:", |w| {
                w.line("log('caught', e)");
                w.handler(depth);
            });
            if self.random.chance(25) {
                self.suite("else:", |w| w.block(depth));
            }
        }
        if finally {
            self.suite("finally:", |w| {
                w.line("log('finally')");
                w.block(depth);
            });
        }
    }

    fn handler(&mut self, depth: usize) {
        match self.random.below(8) {
            0 => self.line("raise"),
            1 => {
                let value = self.anything(1);
                let line = format!(
                    "raise RuntimeError({value}) from {}",
                    self.random.pick(&["None", "ValueError('cause')"])
                );
                self.line(line);
            }
            2 => self.line("pass"),
            _ => self.block(depth),
        }
    }

    fn with_statement(&mut self, depth: usize) {
        let (name, suppresses) = (self.fresh("m"), self.random.pick(&["True", "False"]));
        let head = match self.random.chance(30) {
            true => format!("with Manager('{name}', {suppresses}) as {name}, Manager('inner', False):"),
            false => format!("with Manager('{name}', {suppresses}) as {name}:"),
        };
        self.suite(head, |w| {
            w.define(&name, Type::Str);
            w.block(depth);
        });
    }
}
