//! A recording as text: a line for each call and return, indented by how deep it is in functions of the host.
//!
//! For whoever looks for what a program did. Leaves out: what handles refer to, which only a replay knows.

use crate::format::Op;
use crate::kinds::Kind;
use crate::recording::{Recording, Value};
use crate::tables::{signature, FUNCTIONS};
use std::io::{Result, Write};

/// Longer texts are cut off.
const MOST_TEXT: usize = 200;

/// Writes all of it, thread by thread, each with what was called back when there was cause.
pub fn write(recording: &Recording, out: &mut dyn Write) -> Result<()> {
    for (n, events) in recording.threads.iter().enumerate() {
        writeln!(out, "thread {n}")?;
        stream(recording, events, out)?;
    }
    for body in &recording.bodies {
        writeln!(out, "when there is cause")?;
        entered(recording, body.enter, 0, out)?;
        stream(recording, &body.events, out)?;
    }
    Ok(())
}

fn stream(recording: &Recording, events: &[u32], out: &mut dyn Write) -> Result<()> {
    let mut depth = 1;
    // What a return is of.
    let mut calls: Vec<(usize, Vec<Value>)> = Vec::new();
    for event in events {
        match Op::from_number(recording.op(*event)) {
            Some(Op::Return) => {
                let Some((n, given)) = calls.pop() else { continue };
                let Ok((result, outs)) = recording.returned(*event, n, &given) else { continue };
                let function = &FUNCTIONS[n];
                write!(out, "{event:>8} {:depth$}= {}", "", shown(recording, function.result, &result))?;
                for (at, (name, kind)) in
                    function.params.iter().enumerate().filter(|(at, _)| outs[*at] != Value::Null)
                {
                    write!(out, ", *{name} = {}", shown(recording, *kind, &outs[at]))?;
                }
                writeln!(out)?;
            }
            Some(Op::Enter) => {
                entered(recording, *event, depth, out)?;
                depth += 1;
            }
            Some(Op::Leave) => {
                depth = depth.saturating_sub(1);
                writeln!(out, "{event:>8} {:depth$}the function returns", "")?;
            }
            Some(Op::Patch) => writeln!(out, "{event:>8} {:depth$}bytes are changed", "")?,
            Some(_) => writeln!(out, "{event:>8} {:depth$}a slot is elsewhere", "")?,
            None => {
                let Ok((n, given)) = recording.call(*event) else { continue };
                let items = FUNCTIONS[n].params.iter().zip(&given);
                let all: Vec<String> = items
                    .map(|((name, kind), value)| format!("{name} {}", shown(recording, *kind, value)))
                    .collect();
                writeln!(out, "{event:>8} {:depth$}{}({})", "", FUNCTIONS[n].name, all.join(", "))?;
                calls.push((n, given));
            }
        }
    }
    Ok(())
}

fn entered(recording: &Recording, event: u32, depth: usize, out: &mut dyn Write) -> Result<()> {
    let Ok((call, group, given)) = recording.entered(event) else { return Ok(()) };
    let params = signature(call).map_or(&[][..], |s| s.params);
    let all: Vec<String> = params
        .iter()
        .zip(&given)
        .filter(|((_, kind), _)| *kind != Kind::Ud)
        .map(|((name, kind), value)| format!("{name} {}", shown(recording, *kind, value)))
        .collect();
    writeln!(out, "{event:>8} {:depth$}{call:?} of functions {group}({})", "", all.join(", "))
}

fn shown(recording: &Recording, kind: Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::I32 | Kind::I64 | Kind::Status, Value::Number(number)) => (*number as i64).to_string(),
        (Kind::U32 | Kind::U64 | Kind::Object(_) | Kind::Payload | Kind::Ud, Value::Number(number)) => {
            number.to_string()
        }
        (Kind::F64, Value::Number(number)) => f64::from_bits(*number).to_string(),
        (Kind::Out(of) | Kind::InOut(of), value) => shown(recording, *of, value),
        (Kind::Items(of, ..) | Kind::OutItems(of), Value::List(all)) => {
            let all: Vec<String> = all.iter().map(|value| shown(recording, *of, value)).collect();
            format!("[{}]", all.join(", "))
        }
        (_, Value::Number(number)) => format!("{number:#x}"),
        (_, Value::Text(place)) => {
            let bytes = recording.text(place);
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_TEXT)]).into_owned();
            format!("{text:?}{}", if bytes.len() > MOST_TEXT { " …" } else { "" })
        }
        (_, Value::Null) => "NULL".to_owned(),
        (_, value) => format!("{value:?}"),
    }
}
