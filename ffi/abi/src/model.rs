//! [`Header`]: sections of constants, types and functions, in the order of the header, with what their comments say.
//!
//! Plain data. Numbers are evaluated here already; sizes and offsets are `layout`'s, what the marks come to is `facts`'.

/// The header.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The list at its head, an entry each.
    pub conventions: Vec<String>,
    /// Its parts, with a heading each.
    pub sections: Vec<Section>,
}

/// What stands under a heading.
#[derive(Clone, Debug)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// What it holds, in order.
    pub items: Vec<Item>,
}

/// One declaration.
#[derive(Clone, Debug)]
pub enum Item {
    /// `#define TPN_X 1`
    Constant(Constant),
    /// `typedef int32_t tpn_x;`, or an opaque struct when there is no target.
    Alias(Alias),
    /// `typedef struct { … } tpn_x;`
    Struct(Struct),
    /// `typedef void (*tpn_x_fn)(…);`
    Callback(Signature),
    /// `TPN_API tpn_status tpn_x(…);`
    Function(Function),
    /// `static inline …`: for immediates only.
    Inline(Signature),
}

/// A number with a name.
#[derive(Clone, Debug)]
pub struct Constant {
    /// `TPN_…`
    pub name: String,
    /// As the header writes it.
    pub text: String,
    /// Its value.
    pub value: i128,
    /// What its comment says.
    pub doc: String,
    /// Where it stands.
    pub line: usize,
}

/// Another name of a type, or a type that only the library knows.
#[derive(Clone, Debug)]
pub struct Alias {
    /// `tpn_…`
    pub name: String,
    /// What it stands for; none for an opaque struct.
    pub target: Option<String>,
    /// What its comment says.
    pub doc: String,
    /// Where it stands.
    pub line: usize,
}

/// A struct whose fields are known.
#[derive(Clone, Debug)]
pub struct Struct {
    /// `tpn_…`
    pub name: String,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// What its comment says.
    pub doc: String,
    /// Where it stands.
    pub line: usize,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// What its comment says.
    pub doc: String,
    /// Where it stands.
    pub line: usize,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A name, `const` or not, behind so many stars.
    Named {
        /// `int32_t`, `tpn_val`, `void` …
        base: String,
        /// Whether what is pointed to is constant.
        constant: bool,
        /// How many stars.
        pointers: usize,
    },
    /// A pointer to a function that is declared in place; only fields have such.
    Function(Box<Signature>),
}

impl Type {
    /// Whether it is this name without stars.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Type::Named { base, pointers: 0, .. } if base == name)
    }

    /// Whether it is a pointer, with one star or more, to this name.
    pub fn points_to(&self, name: &str) -> bool {
        matches!(self, Type::Named { base, pointers: 1.., .. } if base == name)
    }

    /// Whether the call may write through it: a pointer to something that is neither constant nor opaque.
    pub fn is_out(&self) -> bool {
        match self {
            Type::Named { base, constant: false, pointers: 2, .. } => base != "char",
            Type::Named { base, constant: false, pointers: 1 } => !matches!(
                base.as_str(),
                "void"
                    | "char"
                    | "tpn_ctx"
                    | "tpn_heap"
                    | "tpn_fin"
                    | "tpn_tracer"
                    | "tpn_remote"
                    | "tpn_slot"
            ),
            _ => false,
        }
    }
}

/// Result and parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub name: String,
    /// What it gives.
    pub result: Type,
    /// What it takes.
    pub params: Vec<Param>,
    /// What its comment says, marks taken out.
    pub doc: String,
    /// Where it stands.
    pub line: usize,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type,
}

/// A function of the library.
#[derive(Clone, Debug)]
pub struct Function {
    /// Name, result, parameters, prose.
    pub signature: Signature,
    /// What stands in brackets.
    pub marks: Marks,
    /// Whether the compiler warns when its result is not looked at.
    pub check: bool,
}

/// What stands in brackets at the head of a comment.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Any thread, attached or not.
    pub any: bool,
    /// Leaves no error pending.
    pub quiet: bool,
    /// May run script code.
    pub runs: bool,
    /// May collect.
    pub collects: bool,
    /// Ends what its handle names.
    pub ends: bool,
    /// Keeps functions and their `ud`.
    pub keeps: bool,
    /// Parameters that may be NULL.
    pub null: Vec<String>,
    /// Parameters that may be `TPN_ABSENT`.
    pub absent: Vec<String>,
}

impl Header {
    /// All declarations, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }

    /// The functions of the library, in order.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.items().filter_map(|item| match item {
            Item::Function(function) => Some(function),
            _ => None,
        })
    }

    /// The constants, in order.
    pub fn constants(&self) -> impl Iterator<Item = &Constant> {
        self.items().filter_map(|item| match item {
            Item::Constant(constant) => Some(constant),
            _ => None,
        })
    }

    /// The structs, in order.
    pub fn structs(&self) -> impl Iterator<Item = &Struct> {
        self.items().filter_map(|item| match item {
            Item::Struct(made) => Some(made),
            _ => None,
        })
    }

    /// The types of functions of the host, in order.
    pub fn callbacks(&self) -> impl Iterator<Item = &Signature> {
        self.items().filter_map(|item| match item {
            Item::Callback(callback) => Some(callback),
            _ => None,
        })
    }

    /// Whether it is the name of a type of functions.
    pub fn is_callback(&self, name: &str) -> bool {
        self.callbacks().any(|callback| callback.name == name)
    }
}

impl Item {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Item::Constant(c) => &c.name,
            Item::Alias(a) => &a.name,
            Item::Struct(s) => &s.name,
            Item::Callback(s) | Item::Inline(s) => &s.name,
            Item::Function(f) => &f.signature.name,
        }
    }

    /// Where it stands.
    pub fn line(&self) -> usize {
        match self {
            Item::Constant(c) => c.line,
            Item::Alias(a) => a.line,
            Item::Struct(s) => s.line,
            Item::Callback(s) | Item::Inline(s) => s.line,
            Item::Function(f) => f.signature.line,
        }
    }

    /// What its comment says.
    pub fn doc(&self) -> &str {
        match self {
            Item::Constant(c) => &c.doc,
            Item::Alias(a) => &a.doc,
            Item::Struct(s) => &s.doc,
            Item::Callback(s) | Item::Inline(s) => &s.doc,
            Item::Function(f) => &f.signature.doc,
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Type::Named { base, constant, pointers } => {
                let (constant, stars) = (if *constant { "const " } else { "" }, "*".repeat(*pointers));
                let space = if *pointers > 0 { " " } else { "" };
                write!(f, "{constant}{base}{space}{stars}")
            }
            Type::Function(signature) => write!(f, "{} (*)({})", signature.result, signature.types()),
        }
    }
}

impl Signature {
    /// The types of the parameters, as C writes them.
    pub fn types(&self) -> String {
        let types: Vec<String> = self.params.iter().map(|p| p.kind.to_string()).collect();
        if types.is_empty() {
            "void".to_owned()
        } else {
            types.join(", ")
        }
    }

    /// The declaration, as C writes it.
    pub fn text(&self) -> String {
        let params: Vec<String> = self.params.iter().map(|p| declared(&p.kind, &p.name)).collect();
        let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
        declared(&self.result, &format!("{}({params})", self.name))
    }
}

/// A type with the name of what has it, as C writes it: `const char *name`.
pub fn declared(kind: &Type, name: &str) -> String {
    match kind {
        Type::Named { pointers: 0, .. } => format!("{kind} {name}"),
        Type::Named { .. } => format!("{kind}{name}"),
        Type::Function(signature) => format!("{} (*{name})({})", signature.result, signature.types()),
    }
}
