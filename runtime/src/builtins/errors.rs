//! What an uncaught exception prints, and with which status the process ends: as CPython 3.11, to the character.

use super::common::{full_name, text_of};
use super::exception_kinds::own;
use super::repr;
use crate::object::layout::{Exception, Traceback};
use crate::object::raise::{self, Raised};
use crate::object::{attr, call, class, classes, int, list, names, str, tuple};
use crate::syntax::SyntaxError;
use crate::text::traceback::{
    format_chain, format_final_line, format_note, format_syntax_error, Frame, Link, Position, Relation,
    SyntaxErrorText,
};
use std::collections::HashMap;
use taipan_gc::{Cx, Handle, Local};

/// The longest chain of causes and contexts that is printed.
const MAX_CHAIN: usize = 200;

/// Sources that were run and are in no file.
#[derive(Debug, Default)]
struct Sources(HashMap<String, Vec<u8>>);

/// Keeps a source for tracebacks, unless it is in a file or its name is in angle brackets.
pub fn remember_source(cx: &Cx<'_>, filename: &str, source: &[u8]) {
    if filename.starts_with('<') || std::path::Path::new(filename).is_file() {
        return;
    }
    crate::stdlib::with_extension(cx, |_, sources: &mut Sources| {
        sources.0.insert(filename.to_owned(), source.to_vec());
    });
}

/// The lines of source files, read once per report.
#[derive(Default)]
struct Lines(HashMap<String, Vec<String>>);

impl Lines {
    fn load(&mut self, cx: &Cx<'_>, filename: &str) {
        if self.0.contains_key(filename) {
            return;
        }
        let source = match std::fs::read(filename) {
            Ok(source) => source,
            Err(_) => crate::stdlib::with_extension(cx, |_, sources: &mut Sources| {
                sources.0.get(filename).cloned().unwrap_or_default()
            }),
        };
        let text = String::from_utf8_lossy(&source);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let lines = text.split('\n').map(|l| l.strip_suffix('\r').unwrap_or(l).to_owned()).collect();
        self.0.insert(filename.to_owned(), lines);
    }

    fn get(&self, filename: &str, line: usize) -> Option<&str> {
        let lines = self.0.get(filename)?;
        lines.get(line.checked_sub(1)?).map(String::as_str)
    }
}

/// A level of a traceback, as plain data.
struct Level {
    filename: String,
    line: usize,
    name: String,
    position: Option<Position>,
}

/// An exception of a chain, as plain data.
struct Shown {
    relation: Relation,
    levels: Vec<Level>,
    message: String,
}

/// The text that CPython prints for an uncaught exception.
pub fn report(cx: &mut Cx<'_>, exception: Handle<'_>) -> String {
    cx.scoped(|cx| {
        let exception = cx.root(exception.get(cx));
        let chain = chain(cx, exception);
        let mut shown = Vec::new();
        for (relation, exception) in chain {
            let levels = levels(cx, exception);
            let message = message(cx, exception);
            shown.push(Shown { relation, levels, message });
        }
        let mut lines = Lines::default();
        for level in shown.iter().flat_map(|s| &s.levels) {
            lines.load(cx, &level.filename);
        }
        let links: Vec<Link<'_>> = shown.iter().map(|s| link(s, &lines)).collect();
        format_chain(&links)
    })
}

fn link<'a>(shown: &'a Shown, lines: &'a Lines) -> Link<'a> {
    let frames = shown.levels.iter().map(|level| Frame {
        filename: &level.filename,
        line: level.line,
        name: &level.name,
        source: lines.get(&level.filename, level.line),
        position: level.position,
    });
    Link { relation: shown.relation, frames: frames.collect(), message: shown.message.clone() }
}

/// The exception with its causes and contexts, the first one first.
fn chain<'s>(cx: &Cx<'s>, exception: Handle<'s>) -> Vec<(Relation, Handle<'s>)> {
    let mut found: Vec<(Relation, Handle<'s>)> = vec![(Relation::None, exception)];
    let mut at = exception;
    while found.len() < MAX_CHAIN {
        let Some(local) = raise::exception(cx, at.get(cx)) else { break };
        let is_new =
            |next: &Local<'_>| next.value().is_ref() && !found.iter().any(|(_, seen)| seen.get(cx).is(*next));
        let cause = local.cause.get(cx).filter(|c| c.value().is_ref());
        let context = local.context.get(cx).filter(|_| !local.suppress_context.get());
        let (next, relation) = match cause {
            Some(cause) => (Some(cause), Relation::Cause),
            None => (context, Relation::Context),
        };
        let Some(next) = next.filter(is_new) else { break };
        let next = cx.root(next);
        if let Some(last) = found.last_mut() {
            last.0 = relation;
        }
        found.push((Relation::None, next));
        at = next;
    }
    found.reverse();
    found
}

fn levels(cx: &Cx<'_>, exception: Handle<'_>) -> Vec<Level> {
    let mut levels = Vec::new();
    let first =
        raise::exception(cx, exception.get(cx)).and_then(|e: Local<'_, Exception>| e.traceback.get(cx));
    let mut at = first.and_then(|t| t.downcast::<Traceback>(cx));
    while let Some(traceback) = at {
        if let Some(code) = traceback.code.get(cx) {
            let unit = &code.data.unit;
            let position = unit.position(traceback.pc.get() as usize);
            let has_columns = position.end_line > 0 && (position.end_column > 0 || position.column > 0);
            levels.push(Level {
                filename: unit.filename.to_string(),
                line: position.line as usize,
                name: unit.name.to_string(),
                position: has_columns.then_some(Position {
                    column: position.column as usize,
                    end_line: position.end_line as usize,
                    end_column: position.end_column as usize,
                }),
            });
        }
        at = traceback.next.get(cx).and_then(|n| n.downcast::<Traceback>(cx));
    }
    levels
}

/// Drops an exception that came up while another is printed.
fn forget<T>(cx: &Cx<'_>, result: Result<T, Raised>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(_) => {
            let _ = raise::take(cx);
            None
        }
    }
}

/// The lines after the frames.
fn message(cx: &mut Cx<'_>, exception: Handle<'_>) -> String {
    let class = full_name(cx, class::of(cx, exception.get(cx)));
    let class = class.strip_prefix("__main__.").unwrap_or(&class).to_owned();
    let mut text = match syntax_error(cx, exception, &class) {
        Some(text) => text,
        None => {
            let shown = repr::str(cx, exception).map(|s| str::lossy(s.get(cx)));
            let shown = forget(cx, shown).unwrap_or_else(|| "<exception str() failed>".to_owned());
            format_final_line(&class, &shown)
        }
    };
    let notes = attr::get_opt(cx, exception, names::NOTES);
    if let Some(Some(notes)) = forget(cx, notes) {
        text.push_str(&format_notes(cx, notes));
    }
    text
}

fn format_notes(cx: &mut Cx<'_>, notes: Handle<'_>) -> String {
    let mut text = String::new();
    let notes = cx.root(notes.get(cx));
    match list::of_handle(cx, notes) {
        Some(notes) => {
            let mut at = 0;
            while let Some(note) = list::item(cx, notes.get(cx), at).map(|note| cx.root(note)) {
                let shown = cx.scoped(|cx| repr::str(cx, note).map(|s| str::lossy(s.get(cx))));
                text.push_str(&format_note(
                    &forget(cx, shown).unwrap_or_else(|| "<note str() failed>".to_owned()),
                ));
                at += 1;
            }
        }
        None if notes.get(cx).value().is_none() => {}
        None => {
            let shown = repr::repr(cx, notes).map(|s| str::lossy(s.get(cx)));
            text.push_str(&format_note(
                &forget(cx, shown).unwrap_or_else(|| "<__notes__ repr() failed>".to_owned()),
            ));
        }
    }
    text
}

fn syntax_error(cx: &mut Cx<'_>, exception: Handle<'_>, class: &str) -> Option<String> {
    if !class::is_instance(cx, exception.get(cx), classes::SYNTAX_ERROR) {
        return None;
    }
    let text = |cx: &mut Cx<'_>, name: &str| -> Option<String> {
        let found = own(cx, exception, name);
        forget(cx, found).flatten().and_then(|v| text_of(cx, v.get(cx)))
    };
    let number = |cx: &mut Cx<'_>, name: &str| -> Option<usize> {
        let found = own(cx, exception, name);
        let found = forget(cx, found).flatten()?;
        found.get(cx).value().as_int().and_then(|n| usize::try_from(n).ok())
    };
    let line = number(cx, "lineno")?;
    let end_line = number(cx, "end_lineno");
    let (filename, source, message) = (text(cx, "filename"), text(cx, "text"), text(cx, "msg"));
    let end_offset = number(cx, "end_offset").filter(|_| end_line.is_none_or(|end| end == line));
    let error = SyntaxErrorText {
        filename: filename.as_deref(),
        line: Some(line),
        text: source.as_deref(),
        offset: number(cx, "offset"),
        end_offset,
        message: message.as_deref(),
    };
    Some(format_syntax_error(&error, class))
}

/// What an uncaught exception makes of a process: what to print on standard error, and the exit status.
pub fn failure(cx: &mut Cx<'_>, exception: Handle<'_>) -> (String, i32) {
    if !class::is_instance(cx, exception.get(cx), classes::SYSTEM_EXIT) {
        let interrupted = class::is_instance(cx, exception.get(cx), classes::KEYBOARD_INTERRUPT);
        return (report(cx, exception), if interrupted { 130 } else { 1 });
    }
    let code = names::intern(cx, "code").and_then(|name| attr::get(cx, exception, name));
    let Some(code) = forget(cx, code) else { return (String::new(), 1) };
    let local = code.get(cx);
    if local.value().is_none() {
        return (String::new(), 0);
    }
    if let Some(number) = int::to_big(cx, local) {
        return (String::new(), i32::try_from(&number).unwrap_or(-1));
    }
    let shown = repr::str(cx, code).map(|s| str::lossy(s.get(cx)));
    let shown = forget(cx, shown).unwrap_or_default();
    (format!("{shown}\n"), 1)
}

/// The exit status alone.
pub fn exit_status(cx: &mut Cx<'_>, exception: Handle<'_>) -> i32 {
    failure(cx, exception).1
}

/// Prints an exception that can't be raised anywhere, as one in `__del__`.
pub fn unraisable<'s>(cx: &mut Cx<'s>, exception: Handle<'s>, object: Handle<'s>) {
    let method = attr::special(cx, object.get(cx), names::DEL).map(|m| cx.root(m));
    let place = method.unwrap_or(object);
    let shown = repr::repr(cx, place).map(|s| str::lossy(s.get(cx)));
    let shown = forget(cx, shown).unwrap_or_else(|| "<object repr() failed>".to_owned());
    let text = format!("Exception ignored in: {shown}\n{}", report(cx, exception));
    let Some(stream) = super::import::sys_attribute(cx, names::STDERR) else { return };
    let written =
        str::new(cx, &text).and_then(|text| call::call_method(cx, stream, names::WRITE, &[text.any()]));
    forget(cx, written);
}

/// Raises what the compiler says of a source.
pub fn raise_syntax_error(cx: &mut Cx<'_>, error: &SyntaxError, filename: &str) -> Raised {
    super::functions::code::raise_syntax_error(cx, filename, error)
}

/// Raises the `OSError` for a failed operation of the system.
pub fn raise_io(cx: &mut Cx<'_>, error: &std::io::Error, filename: Option<&str>) -> Raised {
    let Some(number) = error.raw_os_error() else {
        return raise::raise(cx, classes::OS_ERROR, error.to_string());
    };
    let text = std::io::Error::from_raw_os_error(number).to_string();
    let text = text.split(" (os error").next().unwrap_or_default().to_owned();
    let made = cx.scoped(|cx| {
        let mut arguments = vec![int::from_i64(cx, i64::from(number))?, str::new(cx, &text)?.any()];
        if let Some(filename) = filename {
            arguments.push(str::new(cx, filename)?.any());
        }
        let class = classes::handle(cx, classes::OS_ERROR).any();
        let exception = call::call(cx, class, &arguments)?;
        Ok::<_, Raised>(raise::raise_object(cx, exception))
    });
    match made {
        Ok(raised) | Err(raised) => raised,
    }
}

/// The `args` of an exception; for hosts.
pub fn arguments<'s>(cx: &Cx<'s>, exception: Handle<'_>) -> Result<Vec<Handle<'s>>, Raised> {
    let items = super::exception_type::arguments(cx, exception);
    tuple::handles(cx, items)
}
