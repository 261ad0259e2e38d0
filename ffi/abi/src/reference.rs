//! `docs/c-api.md`: the header as a page to look things up in, with the four facts of every function.
//!
//! Leaves out: how things go together, which is for a guide.

use crate::facts;
use crate::layout;
use crate::model::*;
use std::fmt::Write;

/// The page.
pub fn text(header: &Header) -> String {
    let mut out = String::from(
        "# The C API\n\nMade from [include/taipan.h](../include/taipan.h) by `cargo run -p taipan-abi -- --write`: every function with the four facts \
         that its caller must know. Offsets and sizes are those of 64-bit systems.\n\n",
    );
    for section in &header.sections {
        index(section, &mut out);
    }
    out.push_str("\n## Conventions\n\n");
    // Writing to a string does not fail.
    for entry in &header.conventions {
        let (name, rest) = split_entry(entry);
        let _ = writeln!(out, "- **{name}**{}", prose(rest));
    }
    for section in &header.sections {
        let _ = writeln!(out, "\n## {}", capital(&section.title));
        let mut table = false;
        for item in &section.items {
            if let Item::Constant(constant) = item {
                if !table {
                    out.push_str("\n| constant | value | |\n|---|---|---|\n");
                }
                let _ = writeln!(
                    out,
                    "| `{}` | `{}` | {} |",
                    constant.name,
                    constant.text.replace('|', "\\|"),
                    cell(&constant.doc)
                );
            } else {
                of_item(header, item, &mut out);
            }
            table = matches!(item, Item::Constant(_));
        }
    }
    out
}

/// A line that leads to the functions of a section.
fn index(section: &Section, out: &mut String) {
    let functions = section.items.iter().filter(|item| matches!(item, Item::Function(_)));
    let links: Vec<String> = functions.map(|item| format!("[{0}](#{0})", item.name())).collect();
    if !links.is_empty() {
        let _ = writeln!(out, "- {}: {}", section.title, links.join(", "));
    }
}

fn of_item(header: &Header, item: &Item, out: &mut String) {
    let _ = write!(out, "\n### `{}`\n\n", item.name());
    let code = |out: &mut String, text: &str| {
        let _ = write!(out, "```c\n{text}\n```\n");
    };
    match item {
        Item::Constant(_) => {}
        Item::Alias(Alias { name, target: Some(target), .. }) => {
            code(out, &format!("typedef {target} {name};"))
        }
        Item::Alias(Alias { name, .. }) => code(out, &format!("typedef struct {name} {name};")),
        Item::Struct(made) => of_struct(header, made, out),
        Item::Callback(s) => {
            let pointer = Signature { name: format!("(*{})", s.name), ..s.clone() };
            code(out, &format!("typedef {};", pointer.text()));
        }
        Item::Inline(s) => code(out, &format!("static inline {};", s.text())),
        Item::Function(f) => code(out, &format!("{};", f.signature.text())),
    }
    if !item.doc().is_empty() {
        let _ = write!(out, "\n{}\n", prose(item.doc()));
    }
    if let Item::Function(function) = item {
        let facts = facts::of(header, function);
        let pending = match function.marks.any || function.marks.quiet {
            true => "Leaves no error pending.",
            false => "Leaves an error pending.",
        };
        let _ = write!(
            out,
            "\n| | |\n|---|---|\n| ownership | {} |\n| NULL | {} |\n| thread | {} |\n| may collect | {} |\n| on failure | {pending} |\n",
            facts.ownership, facts.nullability, facts.thread, facts.collects
        );
    }
}

fn of_struct(header: &Header, made: &Struct, out: &mut String) {
    let (Some(whole), Some(offsets)) = (layout::struct_extent(header, made), layout::offsets(header, made))
    else {
        return;
    };
    let _ =
        write!(out, "{} bytes, aligned to {}.\n\n| at | field | |\n|---|---|---|\n", whole.size, whole.align);
    for (field, offset) in made.fields.iter().zip(offsets) {
        let _ =
            writeln!(out, "| {offset} | `{}` | {} |", declared(&field.kind, &field.name), cell(&field.doc));
    }
}

/// The name of a convention, and the rest.
fn split_entry(entry: &str) -> (&str, &str) {
    entry.split_at(entry.find(". ").map_or(0, |at| at + 1))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// Text of a comment as Markdown: names as code, nothing that Markdown would take for its own.
fn prose(text: &str) -> String {
    let words: Vec<String> = text.split(' ').map(word).collect();
    words.join(" ")
}

fn cell(text: &str) -> String {
    prose(text).replace('|', "\\|")
}

fn word(word: &str) -> String {
    let start = word.len() - word.trim_start_matches(|c: char| "().,;:".contains(c)).len();
    let mut inner = word[start..].trim_end_matches(|c: char| "().,;:".contains(c));
    // `sizeof(tpn_config)` keeps its end.
    if inner.contains('(') && word[start + inner.len()..].starts_with(')') {
        inner = &word[start..=start + inner.len()];
    }
    if word.contains('`') || inner.is_empty() {
        return word.to_owned();
    }
    let named = inner.to_lowercase().starts_with("tpn_")
        || inner.contains('_')
        || inner.starts_with('*') && inner.len() > 1;
    if named {
        return word.replacen(inner, &format!("`{inner}`"), 1);
    }
    word.replace('*', "\\*").replace('<', "\\<").replace('[', "\\[")
}
