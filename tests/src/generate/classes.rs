//! Classes: with attributes, inheritance, slots, properties, operators, finalizers.

use super::{Type, Writer};

#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) name: String,
    /// Whether its instances can be referred to weakly.
    pub(super) weak: bool,
    /// Whether subclasses may add to its layout.
    open: bool,
}

impl Writer {
    /// The classes that every program has.
    pub(super) fn base_classes(&mut self) {
        self.suite("class Base:", |w| {
            w.line("made = 0");
            w.suite("def __init__(self, a=0, b=None):", |w| {
                w.line("self.tag = new_tag(type(self).__name__)");
                w.line("self.a = a");
                w.line("self.b = b");
                w.line("self.next = None");
                w.line("Base.made += 1");
            });
            w.suite("def shown(self):", |w| w.line("return self.tag, self.a, self.b, self.next"));
            w.suite("def __repr__(self):", |w| w.line("return '<' + self.tag + '>'"));
            w.suite("def method(self, x=1):", |w| w.line("return x"));
        });
        self.suite("class Final(Base):", |w| {
            w.suite("def __del__(self):", |w| w.line("DEAD.append(self.tag)"));
        });
        for name in ["Base", "Final", "Final"] {
            self.classes.push(Class { name: name.into(), weak: true, open: true });
        }
    }

    /// Writes a class, in a function or at the top.
    pub(super) fn class(&mut self) {
        let name = self.fresh("C");
        let bases: Vec<Class> = self.classes.iter().filter(|class| class.open).cloned().collect();
        let base = bases[self.random.below(bases.len())].clone();
        let slots = self.random.chance(20);
        let head = match self.random.below(6) {
            0 => format!("class {name}({}, metaclass=type):", base.name),
            _ => format!("class {name}({}):", base.name),
        };
        self.line(head);
        self.indent += 1;
        if slots {
            let line = format!("__slots__ = ('{}', 'extra')", self.random.pick(&["s1", "s2"]));
            self.line(line);
        }
        let line = format!("shared = {}", self.random.below(50));
        self.line(line);
        if self.random.chance(30) {
            let line = format!("values = {}", self.random.pick(&["[1, 2]", "{}", "('t', 1)"]));
            self.line(line);
        }
        let members = self.random.between(1, 5);
        for _ in 0..members {
            self.member();
        }
        self.indent -= 1;
        self.classes.push(Class { name: name.clone(), weak: base.weak, open: base.open });
        if self.random.chance(30) {
            self.line(format!(
                "log({name}.__name__, [base.__name__ for base in {name}.__mro__], {name}.shared)"
            ));
        }
    }

    fn member(&mut self) {
        match self.random.below(16) {
            0 => self.method("def method(self, x=2):", |w| {
                let add = w.expression(Type::Int, 2);
                w.line(format!("return super().method(x) + {add}"));
            }),
            1 => {
                let text = self
                    .random
                    .pick(&[
                        "return self.a * 2",
                        "return self.a, self.b",
                        "return (self.b, type(self).shared)",
                    ])
                    .to_owned();
                let doubled = self.fresh("p");
                self.line("@property");
                self.method(&format!("def {doubled}(self):"), |w| w.line(text));
                self.line(format!("@{doubled}.setter"));
                self.method(&format!("def {doubled}(self, value):"), |w| w.line("self.a = value"));
            }
            2 => {
                let operator = self
                    .random
                    .pick(&["__add__", "__sub__", "__mul__", "__mod__", "__or__", "__matmul__"])
                    .to_owned();
                self.method(&format!("def {operator}(self, other):"), |w| {
                    w.line("if not isinstance(other, (int, Base)): return NotImplemented");
                    w.line("return type(self)(self.a, other)");
                });
            }
            3 => {
                let operator = self
                    .random
                    .pick(&["__radd__", "__rsub__", "__rmul__", "__iadd__", "__imul__"])
                    .to_owned();
                self.method(&format!("def {operator}(self, other):"), |w| {
                    w.line("self.b = other");
                    w.line("return self");
                });
            }
            4 => {
                self.method("def __eq__(self, other):", |w| {
                    w.line("return isinstance(other, Base) and self.a == other.a")
                });
                self.method("def __hash__(self):", |w| w.line("return hash(self.a)"));
            }
            5 => self.method("def __lt__(self, other):", |w| w.line("return self.a < other.a")),
            6 => {
                self.method("def __len__(self):", |w| w.line("return 3"));
                self.method("def __getitem__(self, i):", |w| {
                    w.line("if i >= 3: raise IndexError(i)");
                    w.line("return self.a, i");
                });
            }
            7 => self.method("def __iter__(self):", |w| {
                w.suite("for i in range(3):", |w| w.line("yield self.a, i"));
            }),
            8 => self.method("def __call__(self, *args, **kwargs):", |w| {
                w.line("return self.a, args, sorted(kwargs)")
            }),
            9 => self.method("def __getattr__(self, name):", |w| {
                w.line("if name.startswith('_'): raise AttributeError(name)");
                w.line("return 'no ' + name");
            }),
            10 => self.method("def __bool__(self):", |w| w.line("return self.a != 0")),
            11 => self.method("def __contains__(self, item):", |w| w.line("return item == self.a")),
            12 => {
                self.line("@classmethod");
                self.method("def make(cls, *args):", |w| w.line("return cls(len(args), args)"));
                self.line("@staticmethod");
                self.method("def plain(x, y=3):", |w| w.line("return x, y"));
            }
            13 => self.method("def __init__(self, a=0, b=None):", |w| {
                w.line("super().__init__(a, b)");
                w.line("self.extra = [a]");
            }),
            14 => self.method("def __str__(self):", |w| w.line("return 'str of ' + self.tag")),
            _ => self.method("def __format__(self, spec):", |w| w.line("return spec + ':' + self.tag")),
        }
    }

    /// A method; its names are its own.
    fn method(&mut self, head: &str, body: impl FnOnce(&mut Writer)) {
        self.function(head, &[], body);
    }

    /// Statements that use an instance.
    pub(super) fn use_object(&mut self) {
        let object = self.expression(Type::Object, 1);
        let name = self.fresh("o");
        self.line(format!("{name} = {object}"));
        let uses = self.random.between(1, 4);
        for _ in 0..uses {
            let n = self.expression(Type::Int, 1);
            let any = self.anything(1);
            let line = match self.random.below(18) {
                0 => format!("log({name}.method({n}))"),
                1 => format!("{name}.b = {any}"),
                2 => format!("{name}.a += {n}"),
                3 => format!("{name}.next = {name}"),
                4 => format!("{name}.next = {}", self.expression(Type::Object, 1)),
                // In order, because there may be a set in it.
                5 => format!("log(sorted(str({name})), sorted(repr({name})))"),
                6 => format!("log(f'{{{name}:spec}}')"),
                7 => format!("log({name} == {}, bool({name}))", self.expression(Type::Object, 1)),
                8 => format!("log(list({name}))"),
                9 => format!("log({name}({any}, k={n}))"),
                10 => format!("log({name}.missing)"),
                11 => format!("log({n} in {name}, len({name}))"),
                12 => format!("log(sorted([{name}, {}]))", self.expression(Type::Object, 1)),
                13 => format!("log({{{name}: 1, {}: 2}})", self.expression(Type::Object, 1)),
                14 => format!("log({name}.make({n}, {any}), {name}.plain({n}))"),
                15 => format!("del {name}.{}", self.random.pick(&["b", "next", "nothing"])),
                16 => format!(
                    "log(getattr({name}, {}, 'default'), hasattr({name}, 'extra'))",
                    self.expression(Type::Str, 0)
                ),
                _ => format!("setattr({name}, 'b', {any}); log(sorted(vars({name})))"),
            };
            self.line(line);
        }
        self.define(&name, Type::Object);
    }

    /// Objects that refer to each other in circles, dropped or kept.
    pub(super) fn cycle(&mut self) {
        let (ring, count) = (self.fresh("ring"), self.random.between(1, 5));
        let class = self.construct(0);
        self.line(format!("{ring} = [{class} for _ in range({count})]"));
        self.suite(format!("for i in range({count}):"), |w| {
            w.line(format!("{ring}[i].next = {ring}[(i + 1) % {count}]"))
        });
        let watched: Vec<bool> = self.classes.iter().map(|class| class.weak).collect();
        if self.random.chance(60) && watched.iter().all(|&weak| weak) {
            let line = format!("watch({ring}[{}])", self.random.below(count));
            self.line(line);
        }
        match self.random.below(5) {
            0 => self.line(format!("{ring}[0].b = {ring}")),
            1 => self.line(format!("{ring}[0].b = lambda: {ring}")),
            2 => self.line(format!("KEEP.append({ring}[0])")),
            3 => self.line(format!("{ring}.append({{'self': {ring}}})")),
            _ => {}
        }
        match self.random.chance(60) {
            true => self.line(format!("del {ring}")),
            false => self.define(&ring, Type::Mixed),
        }
        if self.random.chance(30) {
            self.line("gc.collect()");
        }
    }
}
