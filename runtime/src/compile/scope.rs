//! Scopes and their symbols: what the symbol table knows when code is generated.

use ruff_text_size::TextRange;
use std::collections::{HashMap, HashSet};

/// Index of a scope in [`Scopes`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ScopeId(pub(super) usize);

/// What kind of block a scope belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ScopeKind {
    Module,
    Class,
    /// A `def`.
    Function,
    Lambda,
    /// A comprehension or generator expression.
    Comprehension,
}

impl ScopeKind {
    /// Whether its variables live in registers and can be captured.
    pub(super) fn is_function(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }
}

/// Bits of [`Symbol::flags`].
pub(super) mod flag {
    /// Assigned, deleted, imported or defined.
    pub(crate) const BOUND: u16 = 1;
    pub(crate) const PARAMETER: u16 = 2;
    pub(crate) const USED: u16 = 4;
    pub(crate) const GLOBAL: u16 = 8;
    pub(crate) const NONLOCAL: u16 = 16;
    pub(crate) const ANNOTATED: u16 = 32;
    /// Bound as the target of a comprehension's `for`.
    pub(crate) const ITERATED: u16 = 64;
    /// A cell of this scope: a nested function uses it.
    pub(crate) const CELL: u16 = 128;
    /// Comes with the closure.
    pub(crate) const FREE: u16 = 256;
}

/// One name of a scope.
#[derive(Debug)]
pub(super) struct Symbol {
    pub(super) name: Box<str>,
    pub(super) flags: u16,
    /// Where a `global` or `nonlocal` declares it.
    pub(super) declared: TextRange,
}

impl Symbol {
    pub(super) fn has(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    /// Whether it is a variable of its scope.
    pub(super) fn is_local(&self) -> bool {
        self.has(flag::BOUND | flag::PARAMETER) && !self.has(flag::GLOBAL | flag::NONLOCAL)
    }
}

/// One scope.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) kind: ScopeKind,
    pub(super) parent: Option<ScopeId>,
    /// In order of appearance; parameters first.
    pub(super) symbols: Vec<Symbol>,
    known: HashMap<Box<str>, usize>,
    /// The innermost class around it, for private names.
    pub(super) class_name: Option<Box<str>>,
    /// Contains `yield`.
    pub(super) is_generator: bool,
    /// `async def`, or a comprehension with `await` or `async for`.
    pub(super) is_async: bool,
    /// Targets of `:=`, whose registers may change within an expression.
    pub(super) walrus: HashSet<Box<str>>,
    /// In a function: its first parameter.
    pub(super) first_parameter: Option<Box<str>>,
    /// In a class: attributes that its methods store on their first parameter.
    pub(super) attributes: HashSet<Box<str>>,
    /// Inside an iterable expression of a comprehension, where `:=` is refused.
    pub(super) in_iterable: bool,
}

impl Scope {
    pub(super) fn new(kind: ScopeKind, parent: Option<ScopeId>, class_name: Option<Box<str>>) -> Scope {
        Scope {
            kind,
            parent,
            symbols: Vec::new(),
            known: HashMap::new(),
            class_name,
            is_generator: false,
            is_async: false,
            walrus: HashSet::new(),
            first_parameter: None,
            attributes: HashSet::new(),
            in_iterable: false,
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Symbol> {
        self.known.get(name).map(|index| &self.symbols[*index])
    }

    /// Flags of a name; 0 when it does not occur.
    pub(super) fn flags(&self, name: &str) -> u16 {
        self.get(name).map_or(0, |symbol| symbol.flags)
    }

    /// The symbol of a name, which is added when it is new.
    pub(super) fn symbol(&mut self, name: &str) -> &mut Symbol {
        let index = match self.known.get(name) {
            Some(index) => *index,
            None => {
                let symbol = Symbol { name: name.into(), flags: 0, declared: TextRange::default() };
                self.symbols.push(symbol);
                self.known.insert(name.into(), self.symbols.len() - 1);
                self.symbols.len() - 1
            }
        };
        &mut self.symbols[index]
    }
}

/// All scopes of a source.
#[derive(Default)]
pub(super) struct Scopes {
    pub(super) all: Vec<Scope>,
    /// Scopes by the address of their syntax node.
    pub(super) by_node: HashMap<usize, ScopeId>,
}

impl Scopes {
    pub(super) fn get(&self, id: ScopeId) -> &Scope {
        &self.all[id.0]
    }

    pub(super) fn get_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.all[id.0]
    }

    /// The scope of a syntax node.
    pub(super) fn of<T>(&self, node: &T) -> Option<ScopeId> {
        self.by_node.get(&address(node)).copied()
    }
}

/// A syntax node's identity: its address, since the tree stays where it is.
pub(super) fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

/// The name under which a class-private `__name` is known.
pub(super) fn mangle(class_name: Option<&str>, name: &str) -> Box<str> {
    let Some(class) = class_name else { return name.into() };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.into();
    }
    match class.trim_start_matches('_') {
        "" => name.into(),
        class => format!("_{class}{name}").into(),
    }
}
