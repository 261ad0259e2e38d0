//! From pieces to the model: the subset of C that the header keeps to.
//!
//! Leaves out: what declarations mean. Whether they keep the conventions is for `rules`.

use crate::model::*;
use crate::tokens::{tokens, Placed, Token};
use crate::value;
use crate::{refuse, Refused};
use std::collections::BTreeMap;

/// Reads a header.
pub(crate) fn header(text: &str) -> Result<Header, Refused> {
    let mut reader = Reader { tokens: tokens(text)?, ..Reader::default() };
    while reader.at < reader.tokens.len() {
        reader.item()?;
    }
    Ok(reader.header)
}

#[derive(Default)]
struct Reader {
    tokens: Vec<Placed>,
    at: usize,
    header: Header,
    /// A comment whose item is to come.
    doc: Option<(usize, String)>,
    values: BTreeMap<String, i128>,
}

/// What each type that must not occur is to be replaced by.
const REFUSED_TYPES: &[(&str, &str)] = &[
    ("enum", "an enum's size is the compiler's: use int32_t or uint32_t and constants"),
    ("bool", "use int32_t: a bool that is neither 0 nor 1 is undefined in Rust"),
    ("_Bool", "use int32_t: a bool that is neither 0 nor 1 is undefined in Rust"),
    ("long", "its size differs between systems: use int64_t"),
    ("short", "use int32_t"),
    ("int", "use int32_t"),
    ("unsigned", "use uint32_t or uint64_t"),
    ("signed", "use int32_t or int64_t"),
    ("float", "use double"),
    ("union", "use a struct"),
    ("struct", "give the struct a name by a typedef"),
];
/// Types of C that may occur; `void` and `char` behind a star only.
const PLAIN_TYPES: &[&str] =
    &["void", "char", "int32_t", "uint32_t", "int64_t", "uint64_t", "size_t", "double"];

impl Reader {
    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |placed| placed.line)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?.token.clone();
        self.at += 1;
        Some(token)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let there =
            matches!(self.tokens.get(self.at), Some(Placed { token: Token::Sign(s), .. }) if *s == sign);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, sign: &str, what: &str) -> Result<(), Refused> {
        match self.takes(sign) {
            true => Ok(()),
            false => refuse(self.line(), format!("expected `{sign}` {what}")),
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let there =
            matches!(self.tokens.get(self.at), Some(Placed { token: Token::Word(w), .. }) if w == word);
        self.at += usize::from(there);
        there
    }

    fn name(&mut self, what: &str) -> Result<String, Refused> {
        let line = self.line();
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            Some(Token::Sign("...")) => refuse(line, "no variable arguments: pass an array and its length"),
            Some(Token::Sign("[")) => refuse(line, "no arrays: use a pointer, or a field each"),
            _ => refuse(line, format!("expected a name for {what}")),
        }
    }

    fn item(&mut self) -> Result<(), Refused> {
        let line = self.line();
        match self.next() {
            Some(Token::Comment { lines, trailing: true }) => self.describe_last(line, &lines),
            Some(Token::Comment { lines, .. }) => self.comment(line, &lines),
            Some(Token::Define(name, value)) => self.constant(line, name, &value),
            Some(Token::Word(word)) => match word.as_str() {
                "typedef" => self.typedef(line),
                "static" => self.inline(line),
                "TPN_API" => self.function(line),
                "enum" => refuse(line, REFUSED_TYPES[0].1),
                _ => refuse(
                    line,
                    "a declaration without TPN_API would not be exported: write TPN_API before it",
                ),
            },
            _ => {
                refuse(line, "expected a constant, a typedef, an inline function or a function with TPN_API")
            }
        }
    }

    fn add(&mut self, line: usize, item: Item) -> Result<(), Refused> {
        if let Some(before) = self.header.items().find(|before| before.name() == item.name()) {
            return refuse(line, format!("{} is declared in line {} already", item.name(), before.line()));
        }
        match self.header.sections.last_mut() {
            Some(section) => section.items.push(item),
            None => return refuse(line, "nothing stands before the first heading (`/* ---- name ---- */`)"),
        }
        Ok(())
    }

    fn take_doc(&mut self) -> String {
        self.doc.take().map(|(_, text)| text).unwrap_or_default()
    }

    fn comment(&mut self, line: usize, lines: &[String]) -> Result<(), Refused> {
        let text = joined(lines);
        if self.at == 1 {
            self.header.conventions = conventions(lines);
            return Ok(());
        }
        if let Some((before, _)) = self.doc {
            return refuse(before, "this comment describes nothing: put it before a declaration");
        }
        match text.strip_prefix("----") {
            Some(title) => {
                let title = title.trim_matches(['-', ' ']).to_owned();
                self.header.sections.push(Section { title, items: Vec::new() });
            }
            None => self.doc = Some((line, text)),
        }
        Ok(())
    }

    /// A comment behind a declaration.
    fn describe_last(&mut self, line: usize, lines: &[String]) -> Result<(), Refused> {
        let last = self.header.sections.last_mut().and_then(|section| section.items.last_mut());
        let doc = match last {
            Some(Item::Constant(c)) => &mut c.doc,
            Some(Item::Alias(a)) => &mut a.doc,
            Some(Item::Struct(s)) => &mut s.doc,
            // `#endif /* TPN_H */` and the like.
            None => return Ok(()),
            Some(_) => return refuse(line, "the comment of a function stands before it"),
        };
        if !doc.is_empty() {
            doc.push(' ');
        }
        doc.push_str(&joined(lines));
        Ok(())
    }

    fn constant(&mut self, line: usize, name: String, value: &[Token]) -> Result<(), Refused> {
        let doc = self.take_doc();
        let evaluated = value::of(value, &self.values);
        let Some(evaluated) = evaluated else {
            return refuse(line, format!("{name} is no whole number that this tool can work out"));
        };
        self.values.insert(name.clone(), evaluated);
        let text = value.iter().map(text_of).collect();
        self.add(line, Item::Constant(Constant { name, text, value: evaluated, doc, line }))
    }

    fn typedef(&mut self, line: usize) -> Result<(), Refused> {
        let doc = self.take_doc();
        if self.takes_word("struct") {
            let tag = match self.takes("{") {
                true => None,
                false => Some(self.name("a struct")?),
            };
            if tag.is_some() && !self.takes("{") {
                let name = self.name("a type")?;
                self.expect(";", "behind a typedef")?;
                return self.add(line, Item::Alias(Alias { name, target: None, doc, line }));
            }
            let fields = self.fields()?;
            let name = self.name("a struct")?;
            self.expect(";", "behind a struct")?;
            return self.add(line, Item::Struct(Struct { name, fields, doc, line }));
        }
        let result = self.kind()?;
        if self.takes("(") {
            self.expect("*", "in the type of a function")?;
            let name = self.name("a type of functions")?;
            self.expect(")", "behind its name")?;
            let params = self.params()?;
            self.expect(";", "behind a typedef")?;
            return self.add(line, Item::Callback(Signature { name, result, params, doc, line }));
        }
        let name = self.name("a type")?;
        self.expect(";", "behind a typedef")?;
        self.add(line, Item::Alias(Alias { name, target: Some(result.to_string()), doc, line }))
    }

    /// Fields up to the closing brace.
    fn fields(&mut self) -> Result<Vec<Field>, Refused> {
        let mut fields: Vec<Field> = Vec::new();
        loop {
            let line = self.line();
            if let Some(Placed { token: Token::Comment { lines, .. }, .. }) = self.tokens.get(self.at) {
                let text = joined(lines);
                self.at += 1;
                let described: Vec<&mut Field> =
                    fields.iter_mut().filter(|field| field.line == line).collect();
                if described.is_empty() {
                    return refuse(line, "the comment of a field stands behind it, on its line");
                }
                described.into_iter().for_each(|field| field.doc.clone_from(&text));
            } else if self.takes("}") {
                return Ok(fields);
            } else {
                self.field(line, &mut fields)?;
            }
        }
    }

    fn field(&mut self, line: usize, fields: &mut Vec<Field>) -> Result<(), Refused> {
        let kind = self.kind()?;
        if self.takes("(") {
            self.expect("*", "in the type of a function")?;
            let name = self.name("a field")?;
            self.expect(")", "behind its name")?;
            let params = self.params()?;
            self.expect(";", "behind a field")?;
            let signature = Signature { name: name.clone(), result: kind, params, doc: String::new(), line };
            fields.push(Field { name, kind: Type::Function(Box::new(signature)), doc: String::new(), line });
            return Ok(());
        }
        loop {
            let name = self.name("a field")?;
            fields.push(Field { name, kind: kind.clone(), doc: String::new(), line });
            if !self.takes(",") {
                return self.expect(";", "behind a field");
            }
        }
    }

    fn kind(&mut self) -> Result<Type, Refused> {
        let (line, constant) = (self.line(), self.takes_word("const"));
        let base = self.name("a type")?;
        if let Some((name, help)) = REFUSED_TYPES.iter().find(|(name, _)| *name == base) {
            return refuse(line, format!("`{name}` has no place in the ABI: {help}"));
        }
        let mut pointers = 0;
        while self.takes("*") {
            pointers += 1;
        }
        let known = PLAIN_TYPES.contains(&base.as_str()) || self.header.items().any(|i| i.name() == base);
        if !known {
            return refuse(line, format!("`{base}` is no type that is known here: declare it before"));
        }
        if base == "char" && pointers == 0 {
            return refuse(line, "`char` has no place in the ABI but for text: use int32_t");
        }
        Ok(Type::Named { base, constant, pointers })
    }

    /// Parameters in parentheses.
    fn params(&mut self) -> Result<Vec<Param>, Refused> {
        self.expect("(", "before the parameters")?;
        let mut params: Vec<Param> = Vec::new();
        loop {
            let line = self.line();
            let kind = self.kind()?;
            if params.is_empty() && kind.is("void") && self.takes(")") {
                return Ok(params);
            }
            if self.takes("(") {
                return refuse(line, "give the type of the function a name by a typedef");
            }
            if kind.is("void") {
                return refuse(line, "a parameter of the type void");
            }
            let name = self.name("a parameter: the reference and the wrong calls speak of it")?;
            params.push(Param { name, kind });
            if self.takes(")") {
                return Ok(params);
            }
            self.expect(",", "between parameters")?;
        }
    }

    fn function(&mut self, line: usize) -> Result<(), Refused> {
        let result = self.kind()?;
        let name = self.name("a function")?;
        let Some((doc_line, doc)) = self.doc.take() else {
            return refuse(line, format!("{name} has no comment: say what it does, and mark it"));
        };
        let params = self.params()?;
        let check = self.takes_word("TPN_CHECK");
        self.expect(";", "behind a function")?;
        let (marks, doc) = marks(doc_line, &doc)?;
        let signature = Signature { name, result, params, doc, line };
        self.add(line, Item::Function(Function { signature, marks, check }))
    }

    fn inline(&mut self, line: usize) -> Result<(), Refused> {
        if !self.takes_word("inline") {
            return refuse(line, "only inline functions are static");
        }
        let doc = self.take_doc();
        let result = self.kind()?;
        let name = self.name("a function")?;
        let params = self.params()?;
        self.expect("{", "before the body")?;
        while !self.takes("}") {
            if self.next().is_none() || self.takes("{") {
                return refuse(line, "the body of an inline function is one statement");
            }
        }
        self.add(line, Item::Inline(Signature { name, result, params, doc, line }))
    }
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The entries of the list behind the word CONVENTIONS.
fn conventions(lines: &[String]) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in lines.iter().skip_while(|line| line.trim() != "CONVENTIONS").skip(1) {
        match (line.trim().strip_prefix("- "), entries.last_mut()) {
            (Some(entry), _) => entries.push(entry.to_owned()),
            (None, Some(last)) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            (None, None) => {}
        }
    }
    entries
}

/// The marks at the head of a comment, and the rest.
fn marks(line: usize, doc: &str) -> Result<(Marks, String), Refused> {
    let mut marks = Marks::default();
    let mut rest = doc;
    while let Some((mark, behind)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
        let (word, names) = mark.split_once(' ').unwrap_or((mark, ""));
        let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
        match (word, names.is_empty()) {
            ("any", true) => marks.any = true,
            ("quiet", true) => marks.quiet = true,
            ("runs", true) => marks.runs = true,
            ("collects", true) => marks.collects = true,
            ("ends", true) => marks.ends = true,
            ("keeps", true) => marks.keeps = true,
            ("null", false) => marks.null.extend(names),
            ("absent", false) => marks.absent.extend(names),
            _ => {
                return refuse(
                    line,
                    format!("[{mark}] is no mark: see CONVENTIONS at the head of the header"),
                )
            }
        }
        rest = behind.trim_start();
    }
    Ok((marks, rest.to_owned()))
}

fn text_of(token: &Token) -> String {
    match token {
        Token::Word(text) | Token::Number(text) => text.clone(),
        Token::Sign(sign @ ("<<" | "|")) => format!(" {sign} "),
        Token::Sign(sign) => (*sign).to_owned(),
        Token::Comment { .. } | Token::Define(..) => String::new(),
    }
}
