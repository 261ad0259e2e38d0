//! The parts of a program: each shows one feature or several, around statements of any kind, inside a `try` of its own.

use super::{Function, Type, Writer};

impl Writer {
    /// Writes one part.
    pub(super) fn unit(&mut self) {
        match self.random.below(24) {
            0..=2 => self.class(),
            3..=5 => self.plain_function(),
            6 => self.closure(),
            7 => self.decorated(),
            8 | 9 => self.guarded(Writer::generator),
            10 => self.guarded(Writer::coroutine),
            11 | 12 => self.guarded(Writer::cycle),
            13 => self.guarded(Writer::matching),
            14 => self.recursion(),
            15 => self.guarded(Writer::churn),
            16 => self.guarded(Writer::watched),
            17 => self.guarded(Writer::finally_flow),
            18 => self.guarded(Writer::scopes),
            _ => self.guarded(|w| w.block(3)),
        }
    }

    fn guarded(&mut self, body: impl FnOnce(&mut Writer)) {
        self.line("try:");
        self.indent += 1;
        let before = self.text.len();
        body(self);
        if self.text.len() == before {
            self.line("pass");
        }
        self.indent -= 1;
        self.suite("except Exception as e:", |w| w.line("log('unit', e)"));
    }

    /// Remembers a function, and calls it some times.
    fn callable(&mut self, name: &str, parameters: usize, variadic: bool) {
        self.functions.push(Function { name: name.into(), parameters, variadic, depth: self.frames.len() });
        let times = self.random.between(1, 2);
        for _ in 0..times {
            self.guarded(|w| {
                let arguments: Vec<String> = (0..parameters).map(|_| w.expression(Type::Int, 2)).collect();
                w.line(format!("log({name}({}))", arguments.join(", ")));
            });
        }
    }

    fn plain_function(&mut self) {
        let (name, any) = (self.fresh("f"), self.anything(1));
        let (head, parameters, variadic): (String, &[(&str, Type)], bool) = match self.random.below(5) {
            0 | 1 => (format!("def {name}(x, y):"), &[("x", Type::Int), ("y", Type::Int)], false),
            2 => (
                format!("def {name}(x, y=3, *args, z={any}, **kwargs):"),
                &[("x", Type::Int), ("args", Type::Tuple), ("kwargs", Type::Dict)],
                true,
            ),
            3 => (
                format!("def {name}(x, /, *args, z=1, **more):"),
                &[("x", Type::Int), ("args", Type::Tuple), ("z", Type::Int)],
                true,
            ),
            _ => (format!("def {name}(x, *, z='z'):"), &[("x", Type::Int), ("z", Type::Str)], false),
        };
        self.function(head, parameters, |w| {
            w.block(3);
            let value = w.anything(2);
            w.line(format!("return {value}"));
        });
        let count = if parameters.len() == 2 && parameters[1].0 == "y" { 2 } else { 1 };
        self.callable(&name, count, variadic);
    }

    fn closure(&mut self) {
        let (outer, inner) = (self.fresh("outer"), self.fresh("inner"));
        self.function(format!("def {outer}(n):"), &[("n", Type::Int)], |w| {
            w.line("total = n");
            w.line("seen = []");
            w.define("total", Type::Int);
            w.define("seen", Type::Ints);
            w.function(format!("def {inner}(step=1):"), &[("step", Type::Int)], |w| {
                w.line("nonlocal total");
                w.line("total = cap(total + step)");
                w.line("seen.append(total)");
                w.block(1);
                w.line("return total");
            });
            w.line(format!("log({inner}(), {inner}(n), seen)"));
            let made = w
                .random
                .pick(&["lambda k: (k, total)", "[lambda j=j: (j, n) for j in range(3)]", "seen"])
                .to_owned();
            w.line(format!("return {inner}, {made}"));
        });
        self.guarded(|w| {
            let (pair, n) = (w.fresh("c"), w.expression(Type::Int, 1));
            w.line(format!("{pair} = {outer}({n})"));
            w.line(format!("log({pair}[0](2), {pair}[0](-1))"));
            w.line(format!("log([g() for g in {pair}[1]] if type({pair}[1]) is list else {pair}[1](5))"));
        });
    }

    fn decorated(&mut self) {
        let name = self.fresh("f");
        let decorators = self.random.between(1, 2);
        for _ in 0..decorators {
            let text = self.random.pick(&["traced", "repeated(2)", "repeated(3)"]);
            self.line(format!("@{text}"));
        }
        self.function(format!("def {name}(x):"), &[("x", Type::Int)], |w| {
            w.block(1);
            let value = w.anything(2);
            w.line(format!("return {value}"));
        });
        self.callable(&name, 1, false);
    }

    fn generator(&mut self) {
        let (name, made) = (self.fresh("gen"), self.fresh("g"));
        self.function(format!("def {name}(n):"), &[("n", Type::Int)], |w| {
            w.frame().generator = true;
            w.frame().function = false;
            w.suite("try:", |w| {
                w.suite("for i in range(5):", |w| {
                    w.define("i", Type::Int);
                    w.frame().loops += 1;
                    let value = w.anything(2);
                    w.line(format!("sent = yield {value}"));
                    w.line("if sent is not None: log('sent', sent)");
                    w.block(1);
                    w.frame().loops -= 1;
                });
                if w.random.chance(40) {
                    let value = w.expression(Type::Ints, 1);
                    w.line(format!("back = yield from {value}"));
                    w.line("log('back', back)");
                }
                w.line("return 'done'");
            });
            if w.random.chance(40) {
                w.suite("except ValueError as e:", |w| {
                    w.line("log('inside', e)");
                    w.line("yield 'recovered'");
                });
            }
            w.suite("finally:", |w| w.line(format!("DEAD.append('{name}')")));
        });
        let n = self.expression(Type::Int, 1);
        self.line(format!("{made} = {name}({n})"));
        let steps = self.random.between(1, 4);
        for _ in 0..steps {
            let any = self.anything(1);
            let line = match self.random.below(9) {
                0..=3 => format!("log(next({made}))"),
                4 => format!("log({made}.send({any}))"),
                5 => format!("log({made}.throw(ValueError({any})))"),
                6 => format!("log(list({made}))"),
                7 => format!("{made}.close()"),
                _ => format!("log(sum(1 for _ in {made}), next({made}, 'end'))"),
            };
            self.line(line);
        }
        match self.random.below(5) {
            0 | 1 => self.line(format!("{made} = None")),
            2 => {
                let holder = self.construct(0);
                self.line(format!("{made}_holder = {holder}; {made}_holder.b = [{made}, {made}_holder]"));
            }
            _ => {}
        }
    }

    fn coroutine(&mut self) {
        let (name, wait) = (self.fresh("co"), self.fresh("Wait"));
        self.suite(format!("class {wait}:"), |w| {
            w.suite("def __await__(self):", |w| {
                w.line("got = yield 'waiting'");
                w.line("return got");
            });
        });
        self.function(format!("async def {name}(n):"), &[("n", Type::Int)], |w| {
            w.suite("try:", |w| {
                w.line(format!("got = await {wait}()"));
                w.line("log('got', got, n)");
                w.block(1);
                w.line(format!("return n, await {wait}()"));
            });
            w.suite("finally:", |w| w.line("log('coroutine over')"));
        });
        let n = self.expression(Type::Int, 1);
        self.line(format!("{name}_run = {name}({n})"));
        self.suite("try:", |w| {
            w.suite("for step in [None, 1, 2, 3]:", |w| w.line(format!("log({name}_run.send(step))")));
        });
        self.suite("except StopIteration as e:", |w| w.line("log('stopped', e.value)"));
        self.suite("finally:", |w| w.line(format!("{name}_run.close()")));
    }

    fn matching(&mut self) {
        let (subject, n) = (self.anything(2), self.random.below(9));
        self.suite(format!("match {subject}:"), |w| {
            let cases = [
                "case int(x) if x > 3:",
                "case str() | bytes() as s:",
                "case [a, b]:",
                "case [first, *rest]:",
                "case {'a': value, **others}:",
                "case Base(a=a, b=b):",
                "case None | True | False:",
                "case (1 | 2 | 3) as few:",
                "case float(f):",
                "case {1: _}:",
                "case [int(p), str(q), *_]:",
                "case []:",
            ];
            let count = w.random.between(2, 5);
            for _ in 0..count {
                let case = w.random.pick(&cases).to_owned();
                w.suite(case.clone(), |w| {
                    w.line(format!("log('case', {case:?})"));
                    w.block(1);
                });
            }
            w.suite("case _:", |w| w.line(format!("log('other', {n})")));
        });
    }

    fn recursion(&mut self) {
        let name = self.fresh("r");
        let head = format!("def {name}(n, x=1):");
        self.function(head, &[("n", Type::Int), ("x", Type::Int)], |w| {
            w.suite("if type(n) is not int or n <= 0:", |w| {
                let value = w.anything(1);
                w.line(format!("return {value}"));
            });
            w.line("n = n % 7");
            let value = w.expression(Type::Int, 1);
            let line = match w.random.below(4) {
                0 => format!("return [n, {name}(n - 1), {name}(n - 2)]"),
                1 => format!("return ({name}(n - 1, {value}), x)"),
                2 => format!("return {{'n': {name}(n - 1, cap({value}))}}"),
                _ => format!("return {name}(n - 1) if x else {name}(n - 2, {value})"),
            };
            w.line(line);
        });
        self.callable(&name, 1, false);
    }

    /// Much that is short-lived beside some that is held.
    fn churn(&mut self) {
        let (held, times) = (self.fresh("held"), self.random.between(20, 300));
        let made = self.anything(1);
        let object = self.construct(0);
        self.line(format!("{held} = []"));
        self.suite(format!("for i in range({times}):"), |w| {
            w.line(format!("junk = [{made}, (i, str(i)), {{i: [i]}}]"));
            let line = format!("if i % {} == 0: {held}.append(({object}, junk))", w.random.between(3, 40));
            w.line(line);
            if w.random.chance(30) {
                w.line("junk.append(junk)");
            }
        });
        self.line(format!("log(len({held}), {held}[-1])"));
        self.define(&held, Type::Mixed);
    }

    /// Weak references to what stays, and to what goes.
    fn watched(&mut self) {
        let (a, b) = (self.construct(1), self.construct(1));
        let (kept, gone) = (self.fresh("o"), self.fresh("o"));
        if self.classes.iter().any(|class| !class.weak) {
            return;
        }
        self.line(format!("{kept} = {a}"));
        self.line(format!("watch({kept})"));
        self.line(format!("log(Ref({kept})() is {kept})"));
        self.line(format!("{gone} = {b}"));
        self.line(format!("watch({gone})"));
        self.line(format!("{gone} = None"));
        if self.random.chance(50) {
            self.line(format!("KEEP.append({kept})"));
        }
        self.define(&kept, Type::Object);
    }

    /// Ways out of a `finally`.
    fn finally_flow(&mut self) {
        let name = self.fresh("f");
        self.function(format!("def {name}(n):"), &[("n", Type::Int)], |w| {
            w.suite("for i in range(4):", |w| {
                w.define("i", Type::Int);
                w.frame().loops += 1;
                w.suite("try:", |w| {
                    let line = w.random.pick(&[
                        "if i == n: return 'try'",
                        "if i > n: raise KeyError(i)",
                        "if i == n: continue",
                        "if i == n: break",
                    ]);
                    w.line(line);
                    w.block(1);
                });
                if w.random.chance(50) {
                    w.suite("except KeyError as e:", |w| {
                        w.line("log('key', e)");
                        let line = w.random.pick(&[
                            "raise ValueError('again')",
                            "return 'except'",
                            "continue",
                            "pass",
                        ]);
                        w.line(line);
                    });
                }
                w.suite("finally:", |w| {
                    w.line("log('finally', i)");
                    let line = w.random.pick(&[
                        "pass",
                        "pass",
                        "if i == 2: return 'finally'",
                        "if i == 1: continue",
                        "if i == 3: break",
                    ]);
                    w.line(line);
                });
                w.frame().loops -= 1;
            });
            w.line("return 'end'");
        });
        self.suite("for n in range(-1, 4):", |w| {
            w.suite("try:", |w| w.line(format!("log(n, {name}(n))")));
            w.suite("except Exception as e:", |w| w.line("log('out', e, e.__context__, e.__cause__)"));
        });
    }

    /// Names: global, deleted, unbound, in class bodies, in `exec` and `eval`.
    fn scopes(&mut self) {
        let n = self.expression(Type::Int, 1);
        match self.random.below(6) {
            0 => self.line(format!("g_int = cap({n}); g_list.append(g_int); log(g_int, g_list[-3:])")),
            1 => {
                let name = self.fresh("d");
                self.line(format!("{name} = {n}"));
                self.line(format!("del {name}"));
                self.line(format!("log({name})"));
            }
            2 => {
                let name = self.fresh("x");
                self.suite(format!("class {name}:"), |w| {
                    w.line(format!("y = {n}"));
                    w.line("z = [y for _ in range(2)] if False else y");
                    w.line("log(y, z)");
                });
            }
            3 => self.line(format!("log(eval('g_int + len(g_list)'), eval('a * 2', {{'a': {n}}}))")),
            4 => self.line(format!("space = {{'q': {n}}}; exec('r = [q, q]', space); log(space['r'])")),
            _ => self
                .line(format!("log((lambda *a, k={n}, **kw: (a, k, sorted(kw)))(1, *g_list[:2], **g_dict))")),
        }
    }
}
