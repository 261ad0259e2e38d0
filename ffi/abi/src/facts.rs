//! The four facts of a function: who owns what, what may be NULL, which thread, whether it may collect. From types and marks alone.
//!
//! Derived, so that no function can lack one and none can contradict its marks. Leaves out: what a function does.

use crate::model::*;

/// What a caller must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Of results and arguments.
    pub ownership: String,
    /// Of pointers.
    pub nullability: String,
    /// Who may call it.
    pub thread: String,
    /// What may happen meanwhile.
    pub collects: String,
}

/// What a parameter is for, which decides whether it may be NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// No pointer.
    Plain,
    /// The host's word, handed on as it is.
    Word,
    /// Text or an array, whose length another parameter gives.
    Sized,
    /// Room for text.
    Buffer,
    /// Any other pointer.
    Pointer,
}

/// What the parameter at a place is for.
pub fn role(header: &Header, signature: &Signature, at: usize) -> Role {
    let param = &signature.params[at];
    let Type::Named { base, constant, pointers } = &param.kind else { return Role::Pointer };
    if *pointers == 0 {
        return if header.is_callback(base) { Role::Pointer } else { Role::Plain };
    }
    let named = |at: Option<&Param>, names: &[&str]| at.is_some_and(|p| names.contains(&p.name.as_str()));
    let (before, after) = (at.checked_sub(1).map(|at| &signature.params[at]), signature.params.get(at + 1));
    if base == "void" && *pointers == 1 && !constant && !named(after, &["len"]) {
        return Role::Word;
    }
    if base == "char" && !constant && named(after, &["cap"]) {
        return Role::Buffer;
    }
    let sized = named(after, &["len", "n_fns"]) || named(before, &["n", "argc", "n_kwargs"]);
    if sized && *pointers == 1 {
        return Role::Sized;
    }
    Role::Pointer
}

/// The facts of a function.
pub fn of(header: &Header, function: &Function) -> Facts {
    Facts {
        ownership: ownership(header, function),
        nullability: nullability(header, function),
        thread: thread(function),
        collects: collects(&function.marks).to_owned(),
    }
}

fn ownership(header: &Header, function: &Function) -> String {
    let Function { signature, marks, .. } = function;
    let mut said: Vec<String> = Vec::new();
    let result = match &signature.result {
        Type::Named { base, pointers: 0, .. } => match base.as_str() {
            "tpn_val" => Some("The result is a new local of the innermost scope"),
            "tpn_ref" => Some("The result is the caller's until `tpn_ref_free`"),
            "tpn_name" => Some("The result lives as long as the heap"),
            "tpn_scope" => Some("The result is the caller's to close"),
            _ => None,
        },
        Type::Named { base, constant: true, .. } if base == "char" => Some("The result is static"),
        Type::Named { base, .. } if base == "void" && signature.name == "tpn_payload" => {
            Some("The result is the object's")
        }
        Type::Named { base, .. } if base == "void" => Some("The result is the caller's own pointer"),
        _ => Some("The result is borrowed: it ends with the heap"),
    };
    said.extend(result.map(str::to_owned));
    for param in signature.params.iter().filter(|p| p.kind.is_out()) {
        said.push(match &param.kind {
            kind if kind.points_to("tpn_heap") => {
                format!("`*{}` is the caller's until `tpn_heap_free`", param.name)
            }
            kind if kind.points_to("tpn_ctx") => format!("`*{}` is the heap's", param.name),
            kind if kind.points_to("tpn_type") => format!("`*{}` lives as long as the heap", param.name),
            kind if kind.points_to("tpn_buf") && marks.ends => format!("`*{}` is emptied", param.name),
            kind if kind.points_to("tpn_buf") => {
                format!("`*{}` is the caller's until `tpn_buf_close`", param.name)
            }
            kind if kind.points_to("void") => format!("`*{}` is the object's", param.name),
            _ => format!("`*{}` is written", param.name),
        });
    }
    if marks.ends {
        let handle = |p: &&Param| {
            ["tpn_ref", "tpn_scope"].iter().any(|name| p.kind.is(name)) || p.kind.points_to("tpn_buf")
        };
        let ended = signature.params.iter().find(handle).or(signature.params.first());
        said.extend(ended.map(|param| format!("`{}` ends here", param.name)));
    }
    if marks.keeps {
        said.push("Functions and their `ud` are kept".to_owned());
    }
    let reads = (0..signature.params.len()).any(|at| {
        let param = &signature.params[at];
        let text = matches!(param.kind, Type::Named { constant: true, pointers: 1, .. });
        text && role(header, signature, at) != Role::Word && !param.kind.points_to("tpn_slot")
    });
    if reads {
        said.push("What arguments point to is copied".to_owned());
    }
    sentence(said, "Nothing changes hands")
}

fn nullability(header: &Header, function: &Function) -> String {
    let Function { signature, marks, .. } = function;
    let (mut may, mut must, mut with_length) = (Vec::new(), Vec::new(), Vec::new());
    for (at, param) in signature.params.iter().enumerate() {
        let name = format!("`{}`", param.name);
        match role(header, signature, at) {
            Role::Plain => {}
            _ if marks.null.contains(&param.name) => may.push(name),
            Role::Word | Role::Buffer => may.push(name),
            Role::Sized => with_length.push(name),
            Role::Pointer => must.push(name),
        }
    }
    let mut said = Vec::new();
    if !must.is_empty() {
        said.push(format!("Not NULL: {}", must.join(", ")));
    }
    if !with_length.is_empty() {
        said.push(format!("NULL when there are none: {}", with_length.join(", ")));
    }
    if !may.is_empty() {
        said.push(format!("May be NULL: {}", may.join(", ")));
    }
    let result = match &signature.result {
        Type::Named { base, pointers: 1.., .. } if base != "char" => {
            Some("The result may be NULL".to_owned())
        }
        _ => None,
    };
    said.extend(result);
    sentence(said, "No pointers")
}

fn thread(function: &Function) -> String {
    let first = function.signature.params.first().map(|p| &p.kind);
    let on = |name: &str| first.is_some_and(|kind| kind.points_to(name));
    let text = match () {
        () if function.marks.any => "Any, attached or not",
        () if on("tpn_heap") => "The one that made the heap",
        () if on("tpn_fin") => "The one that runs the finalizer, inside it",
        () if on("tpn_tracer") => "The one that runs the trace function, inside it",
        () => "The context's, attached",
    };
    format!("{text}.")
}

fn collects(marks: &Marks) -> &'static str {
    match (marks.runs, marks.collects) {
        (true, _) => "Yes, and it may run script code.",
        (_, true) => "Yes.",
        _ => "No.",
    }
}

fn sentence(said: Vec<String>, otherwise: &str) -> String {
    match said.is_empty() {
        true => format!("{otherwise}."),
        false => format!("{}.", said.join(". ")),
    }
}
