//! Expressions of a wanted type.

use super::{Type, Writer};

/// How often, in percent, an expression has another type than wanted.
const CONFUSED: usize = 2;

impl Writer {
    /// An expression of this type, of at most this depth.
    pub(super) fn expression(&mut self, kind: Type, depth: usize) -> String {
        let kind = match self.random.chance(CONFUSED).then(|| self.any_type()) {
            // A set in the place of something else would show its order.
            Some(other) if other != Type::Set => other,
            _ => kind,
        };
        if depth == 0 || self.random.chance(25) {
            return self.leaf(kind);
        }
        let depth = depth - 1;
        if self.random.chance(4) {
            let (a, test, b) = (
                self.expression(kind, depth),
                self.expression(Type::Bool, depth),
                self.expression(kind, depth),
            );
            return format!("({a} if {test} else {b})");
        }
        if self.random.chance(4) && kind != Type::Bool {
            let (a, b) = (self.expression(kind, depth), self.expression(kind, depth));
            let operator = self.random.pick(&["or", "and"]);
            return format!("({a} {operator} {b})");
        }
        match kind {
            Type::Int => self.int(depth),
            Type::Float => self.float(depth),
            Type::Str => self.string(depth),
            Type::Bytes => self.bytes(depth),
            Type::Bool => self.boolean(depth),
            Type::Ints => self.ints(depth),
            Type::Strs => self.strings(depth),
            Type::Mixed => self.mixed(depth),
            Type::Tuple => self.tuple(depth),
            Type::Dict => self.dict(depth),
            Type::Set => self.set(depth),
            Type::Object => self.object(depth),
        }
    }

    /// An expression of any type.
    pub(super) fn anything(&mut self, depth: usize) -> String {
        let kind = self.any_type();
        self.expression(kind, depth)
    }

    fn leaf(&mut self, kind: Type) -> String {
        if self.random.chance(65) {
            if let Some(name) = self.variable(kind) {
                return name;
            }
        }
        let n = self.random.below(10);
        match kind {
            Type::Int => self.int_literal(),
            Type::Float => {
                let texts = [
                    "0.0",
                    "-0.0",
                    "1.5",
                    "0.1",
                    "-2.75",
                    "1e16",
                    "1e-7",
                    "3.0",
                    "1e300",
                    "123456.789",
                    "float('inf')",
                ];
                self.random.pick(&texts).to_owned()
            }
            Type::Str => self.string_literal(),
            Type::Bytes => {
                self.random.pick(&["b''", "b'abc'", "b'\\x00\\xff'", "b'a,b,c'", "b'Zz'"]).to_owned()
            }
            Type::Bool => self.random.pick(&["True", "False", "True", "False", "None"]).to_owned(),
            Type::Ints => format!("[{n}, {}, 3]", n * 7 % 5),
            Type::Strs => self.random.pick(&["['b', 'a']", "[]", "['x', 'yy', '']", "['é', 'Z']"]).to_owned(),
            Type::Mixed => format!("[{n}, 'm', None, 1.5]"),
            Type::Tuple => self.random.pick(&["()", "(1,)", "(1, 'a')", "(0.5, None, 3)"]).to_owned(),
            Type::Dict => {
                self.random.pick(&["{}", "{'a': 1}", "{1: 'x', 2: 'y'}", "{'k': [1], 'a': 2}"]).to_owned()
            }
            Type::Set => self.random.pick(&["set()", "{1, 2}", "{'a', 'b'}", "frozenset({1, 3})"]).to_owned(),
            Type::Object => self.construct(0),
        }
    }

    fn int_literal(&mut self) -> String {
        let special = [
            "0",
            "1",
            "-1",
            "2",
            "255",
            "-256",
            "(1 << 47) - 1",
            "1 << 47",
            "-(1 << 47)",
            "-(1 << 47) - 1",
            "(1 << 48) + 5",
            "1 << 63",
            "10 ** 30",
            "-(10 ** 25) + 1",
            "0xdead_beef",
        ];
        // In brackets, because a method may be asked of it.
        match self.random.chance(35) {
            true => format!("({})", self.random.pick(&special)),
            false => format!("({})", self.random.below(20)),
        }
    }

    fn string_literal(&mut self) -> String {
        let texts = [
            "''",
            "'a'",
            "'hello'",
            "'a b c'",
            "'é'",
            "'日本'",
            "'\\n'",
            "\"it's\"",
            "'\\x00'",
            "'ÄÖ ß'",
            "'12'",
            "'-3'",
            "'😀x'",
            "'a,b,,c'",
            "' pad '",
            "'Title Case'",
            "'%'",
            "'{}'",
        ];
        self.random.pick(&texts).to_owned()
    }

    /// A small number for counts and indices.
    fn small(&mut self) -> String {
        let n = self.random.below(9) as i64 - 3;
        format!("{n}")
    }

    fn int(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(26) {
            0..=6 => {
                let (a, b) = (e(self, Type::Int), e(self, Type::Int));
                let operator = self.random.pick(&["+", "-", "*", "//", "%", "&", "|", "^"]);
                format!("({a} {operator} {b})")
            }
            7 => format!("({} << {})", e(self, Type::Int), self.random.below(70)),
            8 => format!("({} >> {})", e(self, Type::Int), self.random.below(70)),
            9 => format!("({}{})", self.random.pick(&["-", "~", "+"]), e(self, Type::Int)),
            10 => format!("({} ** {})", e(self, Type::Int), self.random.below(5)),
            11 => {
                let kind = [Type::Ints, Type::Str, Type::Dict, Type::Set, Type::Bytes, Type::Tuple]
                    [self.random.below(6)];
                format!("len({})", e(self, kind))
            }
            12 => format!("{}({})", self.random.pick(&["sum", "max", "min"]), e(self, Type::Ints)),
            13 => format!("int({})", e(self, Type::Float)),
            14 => format!("int({})", e(self, Type::Str)),
            15 => format!("{}[{}]", e(self, Type::Ints), self.small()),
            16 => format!("divmod({}, {})[{}]", e(self, Type::Int), e(self, Type::Int), self.random.below(2)),
            17 => format!("pow({}, {}, {})", e(self, Type::Int), self.random.below(40), e(self, Type::Int)),
            18 => format!("({}).bit_length()", e(self, Type::Int)),
            19 => format!("abs({})", e(self, Type::Int)),
            20 => {
                let method = self.random.pick(&["find", "count", "rfind", "index"]);
                format!("{}.{method}({})", e(self, Type::Str), e(self, Type::Str))
            }
            21 => format!(
                "{}.{}({})",
                e(self, Type::Ints),
                self.random.pick(&["count", "index"]),
                e(self, Type::Int)
            ),
            22 => format!("sum(i * {} for i in {})", e(self, Type::Int), e(self, Type::Ints)),
            23 => format!("{}.a", e(self, Type::Object)),
            24 => format!("round({})", e(self, Type::Float)),
            _ => self.call(depth),
        }
    }

    fn float(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(8) {
            0..=2 => {
                let (a, b) = (e(self, Type::Float), e(self, Type::Float));
                let operator = self.random.pick(&["+", "-", "*", "/", "//", "%"]);
                format!("({a} {operator} {b})")
            }
            3 => format!("({} / {})", e(self, Type::Int), e(self, Type::Int)),
            4 => format!("float({})", e(self, Type::Int)),
            5 => format!("round({}, {})", e(self, Type::Float), self.random.below(4)),
            6 => {
                let function = self.random.pick(&["sqrt", "floor", "ceil", "fabs", "trunc", "isqrt"]);
                let kind = if function == "isqrt" { Type::Int } else { Type::Float };
                format!("math.{function}({})", e(self, kind))
            }
            _ => {
                format!("(abs({}) ** {})", e(self, Type::Float), self.random.pick(&["0.5", "2", "-1", "3.0"]))
            }
        }
    }

    fn string(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(20) {
            0..=2 => format!("({} + {})", e(self, Type::Str), e(self, Type::Str)),
            3 => format!("({} * {})", e(self, Type::Str), self.random.below(4)),
            4 => format!("{}[{}]", e(self, Type::Str), self.small()),
            5 => format!("{}{}", e(self, Type::Str), self.slice()),
            6..=8 => {
                let method = self.random.pick(&[
                    "upper()",
                    "lower()",
                    "strip()",
                    "title()",
                    "capitalize()",
                    "swapcase()",
                    "casefold()",
                    "lstrip()",
                    "center(9, '*')",
                    "ljust(6)",
                    "rjust(6, '0')",
                    "zfill(5)",
                    "replace('a', 'bb')",
                    "expandtabs()",
                    "partition(',')[0]",
                    "removeprefix('a')",
                    "removesuffix('c')",
                    "translate({97: 'A', 98: None})",
                ]);
                format!("{}.{method}", e(self, Type::Str))
            }
            9 => format!("{}.join({})", e(self, Type::Str), e(self, Type::Strs)),
            10..=11 => self.f_string(depth),
            12 => {
                let spec = self
                    .random
                    .pick(&["d", "x", "#o", "b", "+d", ",", "_", "08d", ">12", "^+9d", "c", "e", ".3f", "s"]);
                format!("format(sure({}), '{spec}')", e(self, Type::Int))
            }
            13 => {
                let spec = self
                    .random
                    .pick(&[".2f", "e", "g", ".3g", "%", "010.3f", "+.1e", "n", ">12", ",.2f", "#.0f"]);
                format!("format(sure({}), '{spec}')", e(self, Type::Float))
            }
            14 => {
                let specs = ["%s", "%r", "%5s", "%-6s|", "%d", "%x", "%05d", "%.2f", "%e", "%g", "%c", "%a"];
                let spec = self.random.pick(&specs);
                let value = match &spec[spec.len() - 1..] {
                    "d" | "x" | "c" => e(self, Type::Int),
                    "f" | "e" | "g" => e(self, Type::Float),
                    _ => e(self, Type::Str),
                };
                format!("('<{spec}>' % (sure({value}),))")
            }
            15 => format!("str(sure({}))", e(self, Type::Int)),
            16 => {
                let kind = [Type::Int, Type::Float, Type::Str, Type::Bytes, Type::Ints, Type::Strs]
                    [self.random.below(6)];
                format!("repr(sure({}))", e(self, kind))
            }
            17 => format!("chr({} % 1000)", e(self, Type::Int)),
            18 => format!("{}.hex()", e(self, Type::Bytes)),
            _ => format!(
                "'{{0}}:{{1!r:>{}}}'.format(sure({}), sure({}))",
                self.random.below(9),
                e(self, Type::Int),
                e(self, Type::Str)
            ),
        }
    }

    fn f_string(&mut self, depth: usize) -> String {
        // Quotes and backslashes can't stand inside the braces in 3.11: names and numbers only.
        let part = |w: &mut Writer| {
            let kind = [Type::Int, Type::Float, Type::Str, Type::Ints][w.random.below(4)];
            let value = w.variable(kind).unwrap_or_else(|| "g_int".into());
            let tail = match kind {
                Type::Int => w.random.pick(&["", "!r", ":5", ":+d", ":x", ":,", ":{g_int % 9 + 1}", "="]),
                Type::Float => w.random.pick(&["", ":.2f", ":e", ":>10", "!s", ":g"]),
                Type::Str => w.random.pick(&["", "!r", ":>7", ":^9", "!a", ":.2", ":*<6"]),
                _ => w.random.pick(&["", "!r", "!s"]),
            };
            format!("{{sure({value}){tail}}}")
        };
        let (a, b) = (part(self), part(self));
        if depth > 0 && self.random.chance(30) {
            return format!("(f'{a}-' f'{{{{{b}}}}}')");
        }
        format!("f'<{a}|{b}>'")
    }

    fn bytes(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(7) {
            0 | 1 => format!("({} + {})", e(self, Type::Bytes), e(self, Type::Bytes)),
            2 => format!("({} * {})", e(self, Type::Bytes), self.random.below(4)),
            3 => format!("{}{}", e(self, Type::Bytes), self.slice()),
            4 => format!(
                "{}.encode({})",
                e(self, Type::Str),
                self.random.pick(&["", "'latin-1', 'replace'", "'utf-16-le'"])
            ),
            5 => format!("bytes(i & 255 for i in {})", e(self, Type::Ints)),
            _ => format!(
                "{}.{}",
                e(self, Type::Bytes),
                self.random.pick(&["upper()", "replace(b'a', b'')", "strip()", "title()"])
            ),
        }
    }

    fn boolean(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        let compare = ["<", "<=", "==", "!=", ">", ">="];
        match self.random.below(14) {
            0..=3 => {
                format!("({} {} {})", e(self, Type::Int), self.random.pick(&compare), e(self, Type::Int))
            }
            4 => format!("({} {} {})", e(self, Type::Int), self.random.pick(&compare), e(self, Type::Float)),
            5 => format!("({} {} {})", e(self, Type::Str), self.random.pick(&compare), e(self, Type::Str)),
            6 => format!("({} {} {})", e(self, Type::Ints), self.random.pick(&compare), e(self, Type::Ints)),
            7 => format!("({} < {} <= {})", e(self, Type::Int), e(self, Type::Int), e(self, Type::Int)),
            8 => format!(
                "({} {} {})",
                e(self, Type::Int),
                self.random.pick(&["in", "not in"]),
                e(self, Type::Ints)
            ),
            9 => format!("({} in {})", e(self, Type::Str), e(self, Type::Dict)),
            10 => format!("(not {})", self.anything(depth)),
            11 => {
                let class =
                    self.random.pick(&["int", "str", "(list, tuple)", "dict", "object", "bool", "Base"]);
                format!("isinstance({}, {class})", self.anything(depth))
            }
            12 => format!(
                "{}(i {} 2 for i in {})",
                self.random.pick(&["any", "all"]),
                self.random.pick(&compare),
                e(self, Type::Ints)
            ),
            _ => format!("({} == {})", self.anything(depth), self.anything(depth)),
        }
    }

    pub(super) fn slice(&mut self) -> String {
        let mut bound = || match self.random.chance(30) {
            true => String::new(),
            false => format!("{}", self.random.below(11) as i64 - 5),
        };
        let (start, stop, step) = (bound(), bound(), bound());
        match self.random.chance(40) {
            true => format!("[{start}:{stop}:{step}]"),
            false => format!("[{start}:{stop}]"),
        }
    }

    fn ints(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(13) {
            0 | 1 => format!("[{}, {}, {}]", e(self, Type::Int), e(self, Type::Int), e(self, Type::Int)),
            2 => format!(
                "list(range({}, {}, {}))",
                self.small(),
                self.random.below(12),
                self.random.between(1, 3)
            ),
            3 | 4 => {
                let i = self.fresh("i");
                let over = e(self, Type::Ints);
                let (value, test) = self.with(&i, Type::Int, |w| {
                    (w.expression(Type::Int, depth), w.expression(Type::Bool, depth))
                });
                format!("[{value} for {i} in {over} if {test}]")
            }
            5 => format!(
                "sorted({}{})",
                e(self, Type::Ints),
                self.random.pick(&["", ", reverse=True", ", key=lambda k: (k % 3, -k)"])
            ),
            6 => format!("{}{}", e(self, Type::Ints), self.slice()),
            7 => format!("({} + {})", e(self, Type::Ints), e(self, Type::Ints)),
            8 => format!("({} * {})", e(self, Type::Ints), self.random.below(3)),
            9 => format!(
                "list(map(lambda m: m {} {}, {}))",
                self.random.pick(&["+", "*", "-", "%"]),
                e(self, Type::Int),
                e(self, Type::Ints)
            ),
            10 => format!("[*{}, *{}]", e(self, Type::Ints), e(self, Type::Tuple)),
            11 => format!("list(filter(None, {}))", e(self, Type::Ints)),
            _ => format!("[x * y for x in {}[:7] for y in {}[:5]]", e(self, Type::Ints), e(self, Type::Ints)),
        }
    }

    fn strings(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(7) {
            0 | 1 => format!("[{}, {}]", e(self, Type::Str), e(self, Type::Str)),
            2 => {
                format!("{}.split({})", e(self, Type::Str), self.random.pick(&["", "','", "None, 1", "' '"]))
            }
            3 => format!("[str(sure(s)) for s in {}]", e(self, Type::Ints)),
            4 => format!(
                "sorted({}, key={})",
                e(self, Type::Strs),
                self.random.pick(&["len", "str.lower", "lambda s: s[::-1]"])
            ),
            5 => format!("list({})", e(self, Type::Str)),
            _ => format!("{}.splitlines({})", e(self, Type::Str), self.random.pick(&["", "True"])),
        }
    }

    fn mixed(&mut self, depth: usize) -> String {
        let (a, b, c) = (self.anything(depth), self.anything(depth), self.anything(depth));
        match self.random.below(5) {
            0 | 1 => format!("[{a}, {b}, {c}]"),
            2 => format!(
                "list(zip({}, {}))",
                self.expression(Type::Ints, depth),
                self.expression(Type::Strs, depth)
            ),
            3 => format!("list(enumerate({}))", self.expression(Type::Mixed, depth)),
            _ => format!("list(reversed([{a}, {b}, {c}]))"),
        }
    }

    fn tuple(&mut self, depth: usize) -> String {
        let (a, b) = (self.anything(depth), self.anything(depth));
        match self.random.below(6) {
            0 | 1 => format!("({a}, {b})"),
            2 => format!("tuple({})", self.expression(Type::Ints, depth)),
            3 => format!("({}, *{})", a, self.expression(Type::Strs, depth)),
            4 => {
                format!("({} + {})", self.expression(Type::Tuple, depth), self.expression(Type::Tuple, depth))
            }
            _ => format!(
                "divmod({}, {})",
                self.expression(Type::Int, depth),
                self.expression(Type::Int, depth)
            ),
        }
    }

    fn dict(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(8) {
            0 | 1 => format!(
                "{{{}: {}, {}: {}}}",
                e(self, Type::Str),
                self.anything(depth),
                e(self, Type::Int),
                self.anything(depth)
            ),
            2 => {
                let (k, over) = (self.fresh("k"), e(self, Type::Ints));
                let (key, value) =
                    self.with(&k, Type::Int, |w| (w.expression(Type::Int, depth), w.anything(depth)));
                format!("{{{key}: {value} for {k} in {over}}}")
            }
            3 => format!("{{**{}, **{}}}", e(self, Type::Dict), e(self, Type::Dict)),
            4 => format!("dict(zip({}, {}))", e(self, Type::Strs), e(self, Type::Ints)),
            5 => format!("dict.fromkeys({}, {})", e(self, Type::Strs), self.anything(depth)),
            6 => format!("({} | {})", e(self, Type::Dict), e(self, Type::Dict)),
            _ => format!("dict(a={}, b={})", self.anything(depth), self.anything(depth)),
        }
    }

    fn set(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(6) {
            0 | 1 => format!("{{{}, {}, {}}}", e(self, Type::Int), e(self, Type::Str), e(self, Type::Int)),
            2 => format!("set({})", e(self, Type::Ints)),
            3 | 4 => format!(
                "({} {} {})",
                e(self, Type::Set),
                self.random.pick(&["|", "&", "-", "^"]),
                e(self, Type::Set)
            ),
            // NaNs are one object here and many in CPython, so a set must not get two.
            _ => format!("{{str(s % 5) for s in {}}}", e(self, Type::Ints)),
        }
    }

    fn object(&mut self, depth: usize) -> String {
        let e = |w: &mut Writer, kind| w.expression(kind, depth);
        match self.random.below(7) {
            0..=4 => self.construct(depth),
            5 => format!("{}.next", e(self, Type::Object)),
            _ => {
                let operator = self.random.pick(&["+", "-", "*", "@", "|", "%"]);
                format!("({} {operator} {})", e(self, Type::Object), e(self, Type::Int))
            }
        }
    }

    /// A new instance.
    pub(super) fn construct(&mut self, depth: usize) -> String {
        let at = self.random.below(self.classes.len());
        let class = self.classes[at].name.clone();
        let depth = depth.min(2);
        match self.random.below(3) {
            0 => format!("{class}({})", self.expression(Type::Int, depth)),
            1 => format!("{class}({}, {})", self.expression(Type::Int, depth), self.anything(depth)),
            _ => format!("{class}(b={}, a={})", self.anything(depth), self.expression(Type::Int, depth)),
        }
    }

    /// A call of some function that is known here.
    pub(super) fn call(&mut self, depth: usize) -> String {
        let callable: Vec<_> =
            self.functions.iter().filter(|f| f.depth <= self.frames.len()).cloned().collect();
        if callable.is_empty() {
            return self.int_literal();
        }
        let at = self.random.below(callable.len());
        let function = &callable[at];
        let mut arguments: Vec<String> =
            (0..function.parameters).map(|_| self.expression(Type::Int, depth)).collect();
        if function.variadic {
            if self.random.chance(50) {
                arguments.push(format!("*{}", self.expression(Type::Tuple, depth)));
            }
            if self.random.chance(40) {
                arguments.push(format!("z={}", self.anything(depth)));
            }
            if self.random.chance(20) {
                arguments.push("**g_dict".into());
            }
        } else if self.random.chance(5) {
            arguments.push("1".into());
        }
        format!("plain({}({}))", function.name, arguments.join(", "))
    }

    /// What `body` makes while one more variable is known.
    pub(super) fn with<R>(&mut self, name: &str, kind: Type, body: impl FnOnce(&mut Writer) -> R) -> R {
        self.define(name, kind);
        let result = body(self);
        self.frame().variables.retain(|variable| variable.name != name);
        result
    }
}
