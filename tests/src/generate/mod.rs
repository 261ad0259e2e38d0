//! Random Python programs for differential tests: the same text for a seed everywhere, terminating, and printing nothing that depends on
//! addresses, time, or when a manager finds garbage.
//!
//! Programs are mostly well-typed, because what raises a `TypeError` at once exercises nothing; now and then an expression has the wrong type,
//! as error messages are compared, too. Every step of a loop and every call of a function burns fuel, values that loops build are cut
//! back. Sets are shown sorted. Finalizers, generators that are dropped half-way and callbacks of weak references only note down that
//! they ran; what ran is compared after collections, as a set.
//!
//! Left out: what Taipan leaves out (COMPATIBILITY.md), modules beside `gc`, `math` and `_weakref`, and objects that finalizers resurrect
//! while others refer to them, whose order CPython itself does not fix.

mod classes;
mod expressions;
mod random;
mod statements;
mod units;

pub use random::Random;

use classes::Class;

/// Lines before and after what is generated.
const PRELUDE: &str = include_str!("prelude.py");
const POSTLUDE: &str = include_str!("postlude.py");

/// The program of a seed.
pub fn program(seed: u64) -> String {
    let mut writer = Writer::new(seed);
    writer.globals();
    writer.line("def main():");
    writer.indent += 1;
    writer.frames.push(Frame::default());
    writer.line("global g_int, g_list, g_dict, g_any");
    let units = writer.random.between(5, 12);
    for _ in 0..units {
        writer.unit();
    }
    writer.keep_some();
    writer.indent -= 1;
    format!("{PRELUDE}{}{POSTLUDE}", writer.text)
}

/// What a variable holds, as far as the generator knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Int,
    Float,
    Str,
    Bytes,
    Bool,
    Ints,
    Strs,
    Mixed,
    Tuple,
    Dict,
    Set,
    Object,
}

const TYPES: [Type; 12] = [
    Type::Int,
    Type::Float,
    Type::Str,
    Type::Bytes,
    Type::Bool,
    Type::Ints,
    Type::Strs,
    Type::Mixed,
    Type::Tuple,
    Type::Dict,
    Type::Set,
    Type::Object,
];

#[derive(Clone, Debug)]
struct Variable {
    name: String,
    kind: Type,
}

/// A function that is being written.
#[derive(Default, Debug)]
struct Frame {
    variables: Vec<Variable>,
    /// Loops around the place.
    loops: usize,
    /// Whether `return` and `yield` may stand here.
    function: bool,
    generator: bool,
}

/// A function that was written and can be called.
#[derive(Clone, Debug)]
struct Function {
    name: String,
    parameters: usize,
    /// Whether it takes more arguments and keywords.
    variadic: bool,
    depth: usize,
}

struct Writer {
    random: Random,
    text: String,
    indent: usize,
    frames: Vec<Frame>,
    classes: Vec<Class>,
    functions: Vec<Function>,
    names: usize,
    /// Statements that may still be written.
    room: usize,
}

impl Writer {
    fn new(seed: u64) -> Writer {
        Writer {
            random: Random::new(seed),
            text: String::new(),
            indent: 0,
            frames: vec![Frame::default()],
            classes: Vec::new(),
            functions: Vec::new(),
            names: 0,
            room: 90,
        }
    }

    fn line(&mut self, line: impl AsRef<str>) {
        for _ in 0..self.indent {
            self.text.push_str("    ");
        }
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    /// Writes a head, and what `body` writes below it. Variables that the body defines are not relied on afterwards.
    fn suite(&mut self, head: impl AsRef<str>, body: impl FnOnce(&mut Writer)) {
        self.line(head);
        self.indent += 1;
        let (before, known) = (self.text.len(), self.frame().variables.len());
        let (functions, classes) = (self.functions.len(), self.classes.len());
        body(self);
        if self.text.len() == before {
            self.line("pass");
        }
        self.frame().variables.truncate(known);
        self.functions.truncate(functions);
        self.classes.truncate(classes);
        self.indent -= 1;
    }

    /// As [`suite`](Self::suite), for the body of a function, whose parameters are these.
    fn function(
        &mut self,
        head: impl AsRef<str>,
        parameters: &[(&str, Type)],
        body: impl FnOnce(&mut Writer),
    ) {
        let variables = parameters.iter().map(|&(name, kind)| Variable { name: name.into(), kind }).collect();
        self.line(head);
        self.frames.push(Frame { variables, function: true, ..Frame::default() });
        self.indent += 1;
        let (functions, classes) = (self.functions.len(), self.classes.len());
        self.line("tick()");
        body(self);
        self.functions.truncate(functions);
        self.classes.truncate(classes);
        self.indent -= 1;
        self.frames.pop();
    }

    fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn define(&mut self, name: &str, kind: Type) {
        let name = name.to_owned();
        let variables = &mut self.frame().variables;
        variables.retain(|variable| variable.name != name);
        variables.push(Variable { name, kind });
    }

    /// A variable of this type that can be read here: of this function, or of those around it.
    fn variable(&mut self, kind: Type) -> Option<String> {
        let all = self.frames.iter().flat_map(|frame| &frame.variables);
        let fitting: Vec<&str> = all.filter(|v| v.kind == kind).map(|v| v.name.as_str()).collect();
        if fitting.is_empty() {
            return None;
        }
        let at = self.random.below(fitting.len());
        Some(fitting[at].to_owned())
    }

    /// As [`variable`](Self::variable), of this function alone: it can be assigned to.
    fn own_variable(&mut self, kind: Type) -> Option<String> {
        let fitting: Vec<String> =
            self.frame().variables.iter().filter(|v| v.kind == kind).map(|v| v.name.clone()).collect();
        if fitting.is_empty() {
            return None;
        }
        let at = self.random.below(fitting.len());
        Some(fitting[at].clone())
    }

    fn any_type(&mut self) -> Type {
        TYPES[self.random.below(TYPES.len())]
    }

    fn globals(&mut self) {
        self.line("g_int = 7");
        self.line("g_list = [3, 1, 2]");
        self.line("g_dict = {'a': 1, 'b': 2}");
        self.line("g_any = None");
        for (name, kind) in [("g_int", Type::Int), ("g_list", Type::Ints), ("g_dict", Type::Dict)] {
            self.define(name, kind);
        }
        self.base_classes();
        self.line("");
    }

    /// The last lines of `main`: some values outlive it.
    fn keep_some(&mut self) {
        for kind in [Type::Object, Type::Mixed, Type::Dict] {
            if self.random.chance(60) {
                let value = self.expression(kind, 2);
                self.suite("try:", |w| w.line(format!("KEEP.append({value})")));
                self.suite("except Exception as e:", |w| w.line("log('kept', e)"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn a_seed_always_gives_the_same_program() {
        assert_eq!(program(7), program(7));
        assert_ne!(program(7), program(8));
    }
}
